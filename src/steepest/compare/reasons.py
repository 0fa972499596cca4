"""Why two runs differ, as far as running them can show it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.compare.conventions import Convention, convention, is_steady, translated
from steepest.compare.libraries import library_reason
from steepest.errors import counted
from steepest.language.expression import Expression, evaluate
from steepest.language.grammar import read_expression
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.vectors import vector_names
from steepest.runs.trajectory import Trajectory

if TYPE_CHECKING:
    from steepest.data.batches import Batches

Setting = tuple[str, str, str]
CLOSE = 1e-9  # of the largest coordinate: closer, two runs make the same steps


@dataclass(frozen=True)
class Reason:
    """Why two runs differ.

    Attributes:
        kind: `convention`, `precision`, `seed`, `objective`, `start`, `optimizer`, `hyperparameters`, `limits` or `none`.
        sentence: the reason in words.
        optimizer: of a convention, the label of the run that makes the same steps.
        gap: how far that run is from the one that it repeats, at most.
        source: the paper or documentation that describes a convention.
    """

    kind: str
    sentence: str
    optimizer: str | None = None
    gap: float | None = None
    source: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        """The reason as data for JSON."""
        return {"kind": self.kind, "sentence": self.sentence, "optimizer": self.optimizer, "gap": self.gap, "source": self.source}


def label(run: Trajectory) -> str:
    """How a sentence names a run: its own label, with its precision."""
    return run.label + (" in float32" if run.record.precision == "float32" else "")


def reasons(one: Trajectory, other: Trajectory, settings: Sequence[Setting], gap: float) -> Iterator[Reason]:
    """Why two runs differ, by the settings in which they do.

    Args:
        one, other: the runs.
        settings: what was set differently.
        gap: the largest distance of their positions.
    """
    names = {name for name, _, _ in settings}
    if "objective" in names:
        yield Reason("objective", "why: they minimize different functions")
    if "start" in names:
        yield Reason("start", "why: they start at different points")
    if "precision" in names:
        yield Reason("precision", "why: float32 keeps 24 bits of a number, about 7 digits, where float64 keeps 53, about 16")
    if "seed" in names:
        noise = one.optimizer.uses("noise") or other.optimizer.uses("noise")
        drawn = {batches.order for batches in map(_batches, (one, other)) if batches} & {"shuffle", "replacement"}
        what = [*(["the noise"] if noise else []), *(["which rows each batch has"] if drawn else [])]
        decides = f"why: the seed decides {' and '.join(what)}" + (", and nothing else" if len(what) == 1 else "")
        yield Reason("seed", decides if what else "the seed decides nothing here: no equation draws noise")
    if not names and _batches(one) != _batches(other):
        yield Reason("objective", "why: each step takes other rows")
    libraries = any(isinstance(run.optimizer, LibraryOptimizer) for run in (one, other))
    if libraries and not names & {"objective", "start", "seed"}:
        yield Reason("optimizer", library_reason(one, other, gap))
    elif "optimizer" in names and "objective" not in names:
        yield from _methods(one, other)
    elif not libraries and names & (set(one.hyperparameters) | set(other.hyperparameters)):
        yield Reason("hyperparameters", "why: the method is the same, its hyperparameters differ")
    if not libraries and names <= {"steps", "tol", "gtol", "budget"} and names:
        same = "why: only the rule for stopping differs: the steps that both took are the same, to the bit"
        horizon = "why: only the step limit differs, and a hyperparameter is a formula in it"
        yield Reason("limits", same if gap == 0 else horizon)


def _batches(run: Trajectory) -> Batches | None:
    """The rows of each step; None for all of them, or without data."""
    return run.objective.batches(run.seed)


def _methods(one: Trajectory, other: Trajectory) -> Iterator[Reason]:
    """How each of two methods makes the steps of the other, if they differ by a convention only."""
    found: list[Reason] = []
    for run, target in ((one, other), (other, one)):
        row = convention(run, target)
        if row is None or not is_steady(run, row) or (found and found[0].optimizer == run.label):
            continue
        translation = translated(run, row)
        largest, scale = distance_to(run, translation, row)
        if largest <= CLOSE * scale:
            sentence = _sentence(run, translation, row, largest, further=bool(found))
            found.append(Reason("convention", sentence, translation.label, largest, row.source))
    yield from found or [Reason("optimizer", _difference(one, other))]


def _difference(one: Trajectory, other: Trajectory) -> str:
    """That two methods are different, or would be the same without a schedule."""
    row = convention(one, other) or convention(other, one)
    if row is None:
        return "why: the methods are different"
    steady = " and ".join(row.steady)
    return f"why: with a constant {steady} they would be the same method, since {row.why}; here that is a schedule"


def _sentence(run: Trajectory, translation: Trajectory, row: Convention, largest: float, *, further: bool) -> str:
    """That a translation makes the steps of a run, and how closely."""
    steps = min(run.steps, translation.steps)
    agreed = "to the bit" if largest == 0 else f"to {largest:.1g}"
    where = "" if row.position == "theta" else f" seen at {row.position}"
    begin = "likewise," if further else f"why: the same method in other clothes: {row.why}."
    return (
        f"{begin} {translation.label} makes the steps of {run.label}{where}: "
        f"checked by running both, they agree {agreed} over {counted(steps, 'step')}"
    )


def distance_to(run: Trajectory, translation: Trajectory, row: Convention) -> tuple[float, float]:
    """The largest difference of a coordinate between a run and its translation, and the largest coordinate.

    Args:
        run: a run by the first method of the row.
        translation: the same by the second, see `steepest.compare.conventions.translated`.
        row: how one becomes the other, with the position that the second method keeps.
    """
    formula = read_expression(row.position, known=(*run.hyperparameters, *run.quantities, "theta"))
    steps = min(run.steps, translation.steps)
    expected = np.array([_evaluated(run, formula, step) for step in range(steps + 1)])
    positions = translation.positions[: steps + 1].reshape(steps + 1, -1)
    return float(np.abs(expected - positions).max()), float(np.abs(positions).max())


def _evaluated(run: Trajectory, formula: Expression, step: int) -> list[float]:
    """The value of a formula in the run's quantities after a step; the state starts at 0."""
    vectors = vector_names(run.optimizer)
    rows: dict[str, Any] = {"theta": run.positions[step].ravel()}
    for name, values in run.quantities.items():
        rows[name] = np.ravel(values[step - 1]) if step else np.zeros(len(run.names) if name in vectors else 1)
    return [
        evaluate(formula, run.constant_settings | {name: float(row[index if name in vectors else 0]) for name, row in rows.items()})
        for index in range(len(run.names))
    ]
