"""The numbers of a run: stored while it runs, or computed when they are first read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from steepest.tape.program import Program, Stop
from steepest.tape.tape import Tape
from steepest.targets.python import Column, Outcome, run
from steepest.targets.reference import results
from steepest.targets.source import evaluator

if TYPE_CHECKING:
    from steepest.targets.array_runs import ArrayOutcome

Row = Sequence[float]
Steps = Sequence[int] | None
Item = TypeVar("Item")


class Record(Protocol):
    """The numbers of a run, in rows: one for the start and one for each step; quantities have one for each step.

    `steps` selects the rows of these steps, in their order; 0 is the start.
    """

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a position."""

    @property
    def vectors(self) -> Collection[str]:
        """The quantities that have the shape of a position; the others are numbers."""

    @property
    def precision(self) -> str:
        """The floating-point type that every number was rounded to."""

    def positions(self, steps: Steps = None) -> list[Row]: ...
    def values(self, steps: Steps = None) -> list[float]: ...
    def gradients(self, steps: Steps = None) -> list[Row]: ...
    def quantities(self) -> dict[str, list[Any]]: ...

    @property
    def quantity_names(self) -> Collection[str]:
        """The names of the quantities, in order."""

    def quantity_rows(self) -> Mapping[str, Iterator[Any]]:
        """Iterators over the rows of every quantity, for a run that is too long for lists."""


@dataclass(eq=False)
class TapeRecord:
    """The record of a formula's run: positions are stored; values, gradients and quantities are computed when they are read.

    Attributes:
        program: what was run.
        start: the first position.
        hyperparameters: the values of those that are inputs of the program.
        horizon: the step limit, `T` in a schedule.
        seed: of the noise.
        outcome: what the target returned.
    """

    program: Program
    start: tuple[float, ...]
    hyperparameters: Mapping[str, float]
    horizon: int
    seed: int
    outcome: Outcome
    _evaluated: list[Row] = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.program.count,)

    @property
    def vectors(self) -> Collection[str]:
        return self.program.step.vectors

    @property
    def precision(self) -> str:
        return "float64"

    def positions(self, steps: Steps = None) -> list[Row]:
        return list(zip(*self._columns(steps), strict=True))

    def values(self, steps: Steps = None) -> list[float]:
        return [value for value, *_ in self._evaluations(steps)]

    def gradients(self, steps: Steps = None) -> list[Row]:
        return [tuple(gradient) for _, *gradient in self._evaluations(steps)]

    def _columns(self, steps: Steps) -> Sequence[Column]:
        """The positions, one column for each coordinate."""
        columns = self.outcome.positions
        return columns if steps is None else [[column[step] for step in steps] for column in columns]

    def _evaluations(self, steps: Steps) -> list[Row]:
        """The value and the gradient at the positions; those of the whole run are cached."""
        tape = self.program.objective
        outputs = (*tape.outputs["f"], *tape.outputs["g"])
        if steps is not None:
            return evaluate_rows(tape, outputs, self._columns(steps))
        if not self._evaluated:
            self._evaluated.extend(evaluate_rows(tape, outputs, self._columns(None)))
        return self._evaluated

    @property
    def quantity_names(self) -> Collection[str]:
        return self.program.recorded_names

    def quantities(self) -> dict[str, list[Any]]:
        return {name: list(rows) for name, rows in self.quantity_rows().items()}

    def quantity_rows(self) -> Mapping[str, Iterator[Any]]:
        """Run the program again, with every quantity recorded."""
        step = self.program.step
        again = run(
            self.program, self.start, self.hyperparameters, steps=self.outcome.steps, horizon=self.horizon,
            tol=0.0, seed=self.seed, quantities=True,
        )  # fmt: skip
        if again.stop is Stop.INTERRUPTED:
            raise KeyboardInterrupt
        columns = iter(again.quantities)
        quantities: dict[str, Iterator[Any]] = {}
        for name in self.program.recorded_names:
            own: list[Column] = [next(columns) for _ in step.outputs[name]]
            quantities[name] = islice(zip(*own, strict=True) if name in step.vectors else iter(own[0]), 1, None)
        return quantities


def evaluate_rows(tape: Tape, outputs: tuple[int, ...], columns: Sequence[Column]) -> list[Row]:
    """Outputs of an objective's tape at every position; IEEE values where Python's arithmetic raises.

    Args:
        tape: the objective's.
        outputs: the slots to return.
        columns: the positions, one column for each coordinate.
    """
    function = evaluator(tape, outputs)
    rows: list[Row] = []
    for position in zip(*columns, strict=True):
        try:
            rows.append(function(*position))
        except (ArithmeticError, ValueError):
            slots = results(tape, position)
            rows.append(tuple(slots[slot] for slot in outputs))
    return rows


@dataclass(eq=False)
class ArrayRecord:
    """The record of a run on NumPy arrays, such as a Python function's: everything is stored while it runs."""

    outcome: ArrayOutcome
    vectors: Collection[str]
    precision: str = "float64"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.outcome.positions[0].shape

    def positions(self, steps: Steps = None) -> list[Row]:
        return [position.ravel().tolist() for position in _selected(self.outcome.positions, steps)]

    def values(self, steps: Steps = None) -> list[float]:
        return _selected(self.outcome.values, steps)

    def gradients(self, steps: Steps = None) -> list[Row]:
        return [gradient.ravel().tolist() for gradient in _selected(self.outcome.gradients, steps)]

    @property
    def quantity_names(self) -> Collection[str]:
        return self.outcome.quantities.keys()

    def quantities(self) -> dict[str, list[Any]]:
        return {name: list(rows) for name, rows in self.quantity_rows().items()}

    def quantity_rows(self) -> Mapping[str, Iterator[Any]]:
        return {
            name: (row if isinstance(row, float) else row.ravel().tolist() for row in rows)
            for name, rows in self.outcome.quantities.items()
        }


def _selected(rows: list[Item], steps: Steps) -> list[Item]:
    return rows if steps is None else [rows[step] for step in steps]
