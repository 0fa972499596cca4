"""The numbers of a run: one block of float64, with names for its columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from steepest.tape.program import AT_THE_POSITION, Program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.targets.array_runs import ArrayOutcome

Row = Sequence[float]
Steps = Sequence[int] | None
FEW = 16  # columns up to which rows are put together from whole columns
READ_AT_ONCE = 4096  # rows, where a long run is read piece by piece


@dataclass(frozen=True, eq=False)
class Record:
    """The numbers of a run: a row for the start and one for each step.

    Row k has the position after k steps, the value and the gradient there, and the quantities of the step that begins there; the
    last row has none of these. What is read is a view of the block, or a copy of some of its numbers; nothing is computed again.

    Attributes:
        block: all numbers, row after row, or what gives them when they are first looked at.
        columns: the columns of `theta`, `f`, `g` and of every quantity of the equations, in order.
        vectors: the quantities that have the shape of a position; the others are numbers.
        shape: of a position.
        steps: how many steps were taken.
        program: what was run, for a formula; None for a Python function.
        precision: the floating-point type that every number was rounded to.
    """

    block: memoryview[float] | Callable[[], memoryview[float]]
    columns: Mapping[str, range]
    vectors: Collection[str]
    shape: tuple[int, ...]
    steps: int
    program: Program | None = None
    precision: str = "float64"

    def __reduce__(self) -> tuple[Callable[..., Record], tuple[Any, ...]]:
        """Pickled are the rows that were written."""
        columns = {name: (part.start, part.stop) for name, part in self.columns.items()}
        used = self.numbers[: (self.steps + 1) * self.width].tobytes()
        return _unpickled, (used, columns, self.vectors, self.shape, self.steps, self.program, self.precision)

    @cached_property
    def numbers(self) -> memoryview[float]:
        """All numbers, row after row."""
        return self.block() if callable(self.block) else self.block

    @cached_property
    def width(self) -> int:
        """The numbers in a row."""
        return max(part.stop for part in self.columns.values())

    @property
    def quantity_names(self) -> Collection[str]:
        """The names of the quantities, in order."""
        return [name for name in self.columns if name not in AT_THE_POSITION]

    def positions(self, steps: Steps = None) -> list[Row]:
        """The positions after `steps`, in their order; 0 is the start. Of the whole run, if none are given."""
        return self._rows("theta", range(self.steps + 1) if steps is None else steps)

    def values(self, steps: Steps = None) -> Sequence[float]:
        """The values at these positions."""
        return self._column(self.columns["f"].start, range(self.steps + 1) if steps is None else steps)

    def gradients(self, steps: Steps = None) -> list[Row]:
        """The gradients at these positions."""
        return self._rows("g", range(self.steps + 1) if steps is None else steps)

    def quantity(self, name: str, steps: Steps = None) -> Sequence[Any]:
        """A quantity in these steps, counted from 1: numbers, or a row for each step. Of the whole run, if none are given."""
        rows = range(self.steps) if steps is None else [step - 1 for step in steps]
        return self._rows(name, rows) if name in self.vectors else self._column(self.columns[name].start, rows)

    def quantities(self) -> dict[str, Sequence[Any]]:
        """Every quantity of every step."""
        return {name: self.quantity(name) for name in self.quantity_names}

    def array(self, name: str) -> NDArray[np.float64]:
        """The columns of a name as a view of the block: `(steps + 1, ...)`, or `(steps, ...)` for a quantity."""
        import numpy as np

        columns, rows = self.columns[name], self.steps + (name in AT_THE_POSITION)
        table = np.asarray(self.numbers)[: (self.steps + 1) * self.width].reshape(-1, self.width)[:rows]
        table.flags.writeable = False
        if name == "f" or not (name in self.vectors or name in AT_THE_POSITION):
            return table[:, columns.start]
        return table[:, columns.start : columns.stop].reshape(rows, *self.shape)

    def _column(self, column: int, rows: Sequence[int]) -> Sequence[float]:
        """A column in some rows."""
        if isinstance(rows, range) and rows.step == 1 and rows:
            return self.numbers[rows.start * self.width + column : (rows.stop - 1) * self.width + column + 1 : self.width].tolist()
        return [self.numbers[row * self.width + column] for row in rows]

    def _rows(self, name: str, rows: Sequence[int]) -> list[Row]:
        """Some columns in some rows."""
        columns, width = self.columns[name], self.width
        if len(columns) <= FEW:
            return list(zip(*(self._column(column, rows) for column in columns), strict=True))
        return [self.numbers[row * width + columns.start : row * width + columns.stop].tolist() for row in rows]


def _unpickled(numbers: bytes, columns: Mapping[str, tuple[int, int]], *rest: Any) -> Record:
    """The record that was pickled."""
    return Record(memoryview(numbers).cast("d"), {name: range(*ends) for name, ends in columns.items()}, *rest)


def in_pieces(read: Callable[[Sequence[int]], Sequence[Any]], steps: range) -> Iterator[Any]:
    """What a record's method reads of consecutive steps, a piece at a time, so that a long run needs no long list."""
    for first in range(steps.start, steps.stop, READ_AT_ONCE):
        yield from read(range(first, min(first + READ_AT_ONCE, steps.stop)))


def array_record(outcome: ArrayOutcome, vectors: Collection[str], precision: str = "float64") -> Record:
    """The record of a run on NumPy arrays, such as a Python function's.

    Args:
        outcome: what the target returned.
        vectors: the quantities that have the shape of a position.
        precision: see `Record`.
    """
    import numpy as np

    shape, steps = outcome.positions[0].shape, len(outcome.positions) - 1
    parts: dict[str, Sequence[Any]] = {
        "theta": outcome.positions,
        "f": outcome.values,
        "g": outcome.gradients,
        **outcome.quantities,
    }
    columns: dict[str, range] = {}
    width = 0
    for name in parts:
        size = math.prod(shape) if name in (*vectors, "theta", "g") else 1
        columns[name] = range(width, width := width + size)
    table = np.zeros((steps + 1, width))
    for name, rows in parts.items():
        if rows:
            table[: len(rows), columns[name].start : columns[name].stop] = np.reshape(rows, (len(rows), -1))
    return Record(memoryview(table.reshape(-1).data), columns, vectors, shape, steps, precision=precision)
