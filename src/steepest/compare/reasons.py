"""Why two runs differ, as far as that can be checked by running."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from steepest.compare.conventions import Convention, convention, steady, translated
from steepest.errors import counted
from steepest.language.expression import Expression, evaluate
from steepest.language.grammar import read_expression
from steepest.optimizers.vectors import vector_names
from steepest.runs.trajectory import Trajectory

Setting = tuple[str, str, str]
CLOSE = 1e-9  # of the largest coordinate: closer, two runs make the same steps


@dataclass(frozen=True)
class Reason:
    """Why two runs differ.

    Attributes:
        kind: `convention`, `precision`, `seed`, `objective`, `start`, `optimizer`, `hyperparameters`, `limits` or `none`.
        sentence: in words.
        optimizer: of a convention, the run that makes the same steps.
        gap: how far that run is from the one that it repeats, at most.
        source: where a convention can be read.
    """

    kind: str
    sentence: str
    optimizer: str | None = None
    gap: float | None = None
    source: str | None = None

    @property
    def document(self) -> dict[str, Any]:
        return {"kind": self.kind, "sentence": self.sentence, "optimizer": self.optimizer, "gap": self.gap, "source": self.source}


def label(run: Trajectory) -> str:
    """The run in a sentence."""
    return run.label + (" in float32" if run.record.precision == "float32" else "")


def reasons(one: Trajectory, other: Trajectory, settings: Sequence[Setting], gap: float) -> Iterator[Reason]:
    """What the settings that differ have to do with it."""
    names = {name for name, _, _ in settings}
    if "objective" in names:
        yield Reason("objective", "why: they minimize different functions")
    if "start" in names:
        yield Reason("start", "why: they start at different points")
    if "precision" in names:
        yield precision()
    if "seed" in names:
        yield seed(one, other)
    if "optimizer" in names and "objective" not in names:
        yield from _methods(one, other)
    elif names & (set(one.hyperparameters) | set(other.hyperparameters)):
        yield Reason("hyperparameters", "why: the method is the same, its hyperparameters differ")
    if names <= {"steps", "tol", "gtol"} and names:
        yield limits(gap)


def limits(gap: float) -> Reason:
    if gap == 0:
        return Reason("limits", "why: only the rule for stopping differs: the steps that both took are the same, to the bit")
    return Reason("limits", "why: only the step limit differs, and a hyperparameter is a formula in it")


def precision() -> Reason:
    return Reason("precision", "why: float32 keeps 24 bits of a number, about 7 digits, where float64 keeps 53, about 16")


def seed(one: Trajectory, other: Trajectory) -> Reason:
    if one.optimizer.uses("noise") or other.optimizer.uses("noise"):
        return Reason("seed", "why: the seed decides the noise, and nothing else")
    return Reason("seed", "the seed decides nothing here: no equation draws noise")


def _methods(one: Trajectory, other: Trajectory) -> Iterator[Reason]:
    """Of two methods, how each makes the steps of the other, if a convention is all that parts them."""
    told: list[Reason] = []
    for this, that in ((one, other), (other, one)):
        row = convention(this, that)
        if row is None or not steady(this, row) or (told and told[0].optimizer == this.label):
            continue
        again = translated(this, row)
        largest, scale = apart(this, again, row)
        if largest <= CLOSE * scale:
            told.append(Reason("convention", sentence(this, again, row, largest, bool(told)), again.label, largest, row.source))
    yield from told or [Reason("optimizer", different(one, other))]


def different(one: Trajectory, other: Trajectory) -> str:
    row = convention(one, other) or convention(other, one)
    if row is None:
        return "why: the methods are different"
    return (
        f"why: with a constant {' and '.join(row.steady)} they would be the same method, since {row.why}; here that is a schedule"
    )


def sentence(run: Trajectory, again: Trajectory, row: Convention, largest: float, further: bool) -> str:
    steps = min(run.steps, again.steps)
    agreed = "to the bit" if largest == 0 else f"to {largest:.1g}"
    where = "" if row.position == "theta" else f" seen at {row.position}"
    begin = "likewise," if further else f"why: the same method in other clothes: {row.why}."
    return (
        f"{begin} {again.label} makes the steps of {run.label}{where}: "
        f"checked by running both, they agree {agreed} over {counted(steps, 'step')}"
    )  # fmt: skip


def apart(run: Trajectory, again: Trajectory, row: Convention) -> tuple[float, float]:
    """The largest distance between the run and its translation, and the largest coordinate."""
    formula = read_expression(row.position, known=(*run.hyperparameters, *run.quantities, "theta"))
    steps = min(run.steps, again.steps)
    seen = np.array([_point(run, formula, step) for step in range(steps + 1)])
    others = again.positions[: steps + 1].reshape(steps + 1, -1)
    return float(np.abs(seen - others).max()), float(np.abs(others).max())


def _point(run: Trajectory, formula: Expression, step: int) -> list[float]:
    """The value of a formula in the run's quantities after a step; the state starts at 0."""
    vectors = vector_names(run.optimizer)
    rows: dict[str, Any] = {"theta": run.positions[step].ravel()}
    for name, values in run.quantities.items():
        rows[name] = np.ravel(values[step - 1]) if step else np.zeros(len(run.names) if name in vectors else 1)
    return [
        evaluate(formula, run.constant_settings | {name: float(row[index if name in vectors else 0]) for name, row in rows.items()})
        for index in range(len(run.names))
    ]
