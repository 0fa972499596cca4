"""The coefficients of fits as lines of text: of the last step, in the table's own units, and the exact ones."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from steepest.language.digits import short
from steepest.runs.fit import Fit
from steepest.runs.trajectory import Trajectory

DIGITS = 8
FAR = 1e-3  # the share of the way from the start to the least value that is certainly more than rounding
MOST_NAMED, NAMED = 12, 8  # of more coefficients than the first number, so many are printed


def coefficient_lines(runs: Sequence[Trajectory]) -> Iterator[str]:
    """A line for the coefficients of each run, for those in the table's own units, and for the exact ones.

    Args:
        runs: on one objective, that of a fit.
    """
    fits = [run for run in runs if isinstance(run, Fit)]
    for each in fits:
        name = f" of {each.label}" if len(fits) > 1 else ""
        objective, last = each.objective, each.record.positions([each.steps])[0]
        scaled = objective.scaling.method != "none"
        yield f"coefficients{name}{' for the scaled columns' if scaled else ''}: {_named(each.coefficients)}"
        if scaled:
            original = objective.in_original_units(last)
            found = _named(original) if original else f"none, since {objective.units.reason}"
            yield f"coefficients{name} in the table's units: {found}"
        if each.residual_sum_of_squares is not None:
            yield f"residual sum of squares{name}: {short(each.residual_sum_of_squares, DIGITS)}"
    if not fits:
        return
    objective, exact = fits[0].objective, fits[0].exact
    if exact.position is None:
        yield f"exact: {exact.told}"
        return
    numbers = dict(zip(fits[0].names, exact.position, strict=True))
    yield f"exact: {_named(numbers)}, f = {short(exact.value or 0.0, DIGITS)} ({exact.told})"
    if objective.scaling.method != "none" and (original := objective.in_original_units(exact.position)):
        yield f"exact in the table's units: {_named(original)}"
    for each in fits:
        if (above := _above(each, exact.value or 0.0)) is not None:
            whose = f"{each.label} converged" if len(fits) > 1 else "the run converged"
            yield f"{whose} above the exact answer, at f = {short(above, DIGITS)}: {_asked(each)} says why, and what helps"


def _above(run: Fit, least: float) -> float | None:
    """The last value of a run that converged far above the least value; None of any other."""
    first, last = run.record.values([0, run.steps])
    return last if run.ending == "converged" and last - least > FAR * abs(first - least) else None


def _asked(run: Fit) -> str:
    """How to ask for a diagnosis."""
    if not run.objective.path or run.optimizer.is_custom:
        return "its diagnosis"
    model = shlex.join(["--data", run.objective.path, "--model", run.objective.written])
    return f"steepest diagnose {model}, with the options as here,"


def _named(numbers: Mapping[str, float]) -> str:
    """`b = 10.96, w = 1808.6`; of very many the largest."""
    if len(numbers) > MOST_NAMED:
        largest = sorted(numbers, key=lambda name: -abs(numbers[name]))[:NAMED]
        return f"{_named({name: numbers[name] for name in largest})} (the {NAMED} largest of {len(numbers):,})"
    return ", ".join(f"{name} = {short(value, DIGITS)}" for name, value in numbers.items())
