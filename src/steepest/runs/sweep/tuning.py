"""Fair comparison: each optimizer at its own best value of a hyperparameter, found by a sweep with the same budget for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from steepest.errors import InputError, clipped, counted
from steepest.language.notation import number_text
from steepest.optimizers.libraries.library_optimizer import LEARNING_RATES, LibraryOptimizer
from steepest.optimizers.reading import optimizer as read_optimizer
from steepest.runs.sweep.axes import Axis, Values, linear, log, read_axis
from steepest.runs.sweep.definition import read_definition
from steepest.runs.sweep.sweep import Sweep, run_sweep
from steepest.runs.trajectory import Comparison, Trajectory

ALL, HALF = 64, 32  # values that are tried: half of them over all decades, half next to the best of these
WIDEST = (1e-9, 1e4)  # learning rates
SHARES = ("beta", "beta1", "beta2", "alpha", "momentum", "rho", "decay")  # hyperparameters from 0 to 1
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Tuning:
    """How a hyperparameter of a run was chosen.

    Attributes:
        name, value: the hyperparameter, and what was chosen.
        sweep: the runs of all values that were tried.
        criterion: `value`, the least at the end, or `first`, the first to be below a threshold.
    """

    name: str
    value: float
    sweep: Sweep
    criterion: str

    @property
    def text(self) -> str:
        """What was done, for the table and the picture.

        >>> tune("x^2", ["gd"], start=3, steps=5)[0].tuning.text
        'lr tuned over 64 values for 5 steps'
        """
        values, steps = self.sweep.ending.size, self.sweep.definition.rule.steps
        tried = f"{self.name} tuned over {counted(values, 'value')} for {counted(steps, 'step')}"
        below = self.sweep.definition.below
        if below is None:
            return tried
        if self.criterion == "value":
            return f"{tried}, by the value at the end, as none is below {number_text(below)}"
        return f"{tried}, by the first step below {number_text(below)}"


def tune(
    objective: Any,
    optimizers: Sequence[Any],
    over: str | Mapping[str, Values] = "lr",
    *,
    start: Any = None,
    settings: Mapping[str, Any] | None = None,
    steps: int = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
    below: float | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run each optimizer at its own best value of a hyperparameter: all get the same number of trials and of steps.

    A learning rate without values is looked for among 32 values by equal factors from 1e-9 to 1e4, then among 32 between the
    neighbors of the best of these. The best is the one with the least value at the end of its run or, with `below`, the first
    to be below that value.

    Args:
        objective: as of `steepest.sweep`.
        optimizers: one or more, as of `steepest.descend`; one without that hyperparameter is run as it is.
        over: the hyperparameter, `"lr"`; with its values, `"lr = log(1e-4, 1, 64)"`, or `{"beta": steepest.linear(0, 0.99, 64)}`.
        settings: further hyperparameters that the optimizers share.
        start, steps, tol, gtol, seed: as of `steepest.descend`.
        below: the value that decides.
        progress: called with the runs done and all runs of an optimizer now and then.

    Raises:
        FormulaError, InputError: for what cannot be read or run, and where no value gives a run that stays finite.

    >>> from steepest import tune
    >>> fair = tune("x^2 + 10y^2", ["gd", "momentum"], start=(1, 1), steps=30)
    >>> [round(run.tuning.value, 3) for run in fair], [run.tuning.sweep.shape for run in fair]
    ([0.088, 0.015], [(64,), (64,)])
    """
    given = [] if isinstance(optimizers, str) or not isinstance(optimizers, Sequence) else list(optimizers)
    if not given:
        raise InputError("tune takes a list of optimizers, such as ['gd', 'adam']")
    limits = {"start": start, "settings": settings, "steps": steps, "tol": tol, "gtol": gtol, "seed": seed, "below": below}
    chosen = [read_optimizer(each) for each in given]
    name, values = _read_over(over)
    if not any(name in each.hyperparameters for each in chosen):
        words = ", ".join(dict.fromkeys(word for each in chosen for word in each.hyperparameters)) or "none"
        raise InputError(f"no optimizer has the hyperparameter '{clipped(name)}' to be tuned: there are {words}")
    if values is None and name not in LEARNING_RATES:
        raise InputError(f'say among which values {clipped(name)} is looked for: "{clipped(name)} = log(1e-5, 1e-1, 64)"')
    runs: list[Trajectory] = []
    for each in chosen:
        runs.append(_tuned(objective, each, name, values, limits, progress))
        if runs[-1].ending == "interrupted":
            break
    return Comparison(tuple(runs))


def _read_over(over: Any) -> tuple[str, Values | None]:
    """The hyperparameter and its values; None for the learning rate's own."""
    if isinstance(over, Mapping):
        if len(over) != 1:
            raise InputError("one hyperparameter is tuned at a time")
        name, values = next(iter(over.items()))
    else:
        name, values = read_axis(over)
    return name, linear(0, 0.99, ALL) if values is None and name in SHARES else values


def _tuned(
    objective: Any, optimizer: Any, name: str, values: Values | None, limits: Mapping[str, Any], progress: Progress | None
) -> Trajectory:
    """The run of one optimizer at its best."""
    if name not in optimizer.hyperparameters:
        if isinstance(optimizer, LibraryOptimizer) and name == "lr" and optimizer.learning_rate:
            name = optimizer.learning_rate
        else:
            return _as_it_is(objective, optimizer, limits)

    def swept(axis: Values) -> Sweep:
        return run_sweep(read_definition(objective, {name: axis}, optimizer=optimizer, **limits), progress)

    if values is None:
        wide = _rounded(log(*WIDEST, HALF).array)
        first = swept(_listed(wide))
        at = 0 if first.interrupted else _best(first).index[0]
        low, high = wide[max(at - 1, 0)], wide[min(at + 1, HALF - 1)]
        values = _listed(sorted([*wide, *_rounded(log(low, high, HALF + 3).array[1:-1], without=wide)[:HALF]]))
    found = swept(values)
    best = _best(found)
    criterion = "value" if found.first is None or not (found.first >= 0).any() else "first"
    run = found.definition.trajectory(best.index[0])
    return replace(run, tuning=Tuning(name, float(Axis(name, values).values.array[best.index[0]]), found, criterion))


def _rounded(values: Any, without: Sequence[float] = ()) -> list[float]:
    """The values with three digits, as one would type them."""
    return [value for value in dict.fromkeys(float(f"{value:.3g}") for value in values) if value not in without]


def _listed(values: Sequence[float]) -> Values:
    return Values("list", values[0], values[-1], len(values), tuple(values))


def _best(found: Sweep) -> Any:
    """The best cell: the first to be below the threshold, else the one with the least value."""
    if found.first is not None and (found.first >= 0).any():
        return found.best("first")
    return found.best("value")


def _as_it_is(objective: Any, optimizer: Any, limits: Mapping[str, Any]) -> Trajectory:
    """The run of an optimizer that has no such hyperparameter."""
    definition = read_definition(objective, {"seed": [limits["seed"]]}, optimizer=optimizer, **{**limits, "settings": None})
    return definition.trajectory(0)
