"""Sums and means over the rows of a table, at one position or at many, in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.language.rows import BLOCK, GONE, LANES
from steepest.tape.tape import RowTapes, Tape
from steepest.targets.array_operations import FUNCTIONS
from steepest.targets.row_failure import RowFailure

if TYPE_CHECKING:
    from steepest.data.batches import Batches

Array = NDArray[np.float64]
MOST_AT_ONCE = 1 << 18  # numbers in one temporary array


class RowSums:
    """The sums and means over the rows, at a position.

    Args:
        tapes: of one row.
        batches: the rows of each step; None for all of them.
    """

    def __init__(self, tapes: RowTapes, batches: Batches | None = None) -> None:
        source = tapes.source()
        if source is None:
            raise ReferenceError(GONE)
        self.tapes, self.batches, self.source = tapes, batches, source
        self.columns = [[np.asarray(source[name], dtype=np.float64) for name in names] for names in tapes.columns]

    def at(self, position: Sequence[float], step: int | None = None) -> list[float]:
        """All sums and means at a position, in the order of their numbers.

        Args:
            position: a number for each parameter.
            step: from 1; None for all rows, whatever the batches.
        """
        taken = self.batches.at(step) if self.batches and step is not None else None
        found: list[float] = []
        for tape, columns in zip(self.tapes.stages, self.columns, strict=True):
            chosen = columns if taken is None else [values[taken] for values in columns]
            count = self.source.rows if taken is None else len(taken)
            totals = [0.0] * len(tape.outputs)
            for begin in range(0, count, BLOCK):
                size = min(BLOCK, count - begin)
                slots = _slots(tape, [*position, *found, *(values[begin : begin + size] for values in chosen)])
                for index, (slot,) in enumerate(tape.outputs.values()):
                    totals[index] += _sum(slots[slot], size)
            kinds = self.tapes.kinds[len(found) : len(found) + len(totals)]
            found += [total / count if kind == "mean" else total for kind, total in zip(kinds, totals, strict=True)]
        return found

    def first_not_finite(self, number: int, position: Sequence[float], step: int | None = None) -> RowFailure:
        """What makes a sum or mean not finite: the first row of it, or of one that it needs, whose term is not finite.

        Args:
            number: of the sum or mean.
            position: a number for each parameter.
            step: whose batch is looked at, from 1; None for all rows.
        """
        taken = self.batches.at(step) if self.batches and step is not None else np.arange(self.source.rows)
        totals = self.at(position, step)
        needed, first = self._needed(number), 0
        for tape, columns in zip(self.tapes.stages, self.columns, strict=True):
            before = totals[:first]
            slots = _slots(tape, [*position, *before, *(values[taken] for values in columns)])
            for name, (slot,) in tape.outputs.items():
                if int(name) not in needed:
                    continue
                wrong = np.flatnonzero(~np.isfinite(np.broadcast_to(slots[slot], taken.shape)))
                kind = self.tapes.kinds[int(name)]
                if wrong.size:
                    row = int(taken[wrong].min())
                    inputs = (*position, *before, *(float(values[row]) for values in columns))
                    return RowFailure(kind, self.source.place(row), tape, inputs, name)
                if not np.isfinite(totals[int(name)]):
                    return RowFailure(kind)
            first += len(tape.outputs)
        return RowFailure(self.tapes.kinds[number])

    def _needed(self, number: int) -> set[int]:
        """The sums and means that one is computed from, itself included."""
        needed = {number}
        for tape in reversed(self.tapes.stages):
            for name, slots in tape.outputs.items():
                if int(name) in needed:
                    inputs = [tape.inputs[slot] for slot in tape.needed(slots) if slot < len(tape.inputs)]
                    needed |= {int(word.partition(" ")[2]) for word in inputs if word.startswith("reduce ")}
        return needed

    def over(self, positions: Sequence[Any]) -> list[Array]:
        """All sums and means at many positions, over all rows.

        Args:
            positions: for each parameter a number or an array; they broadcast together.

        Returns:
            Arrays of the broadcast shape.
        """
        shape = np.broadcast_shapes(*map(np.shape, positions))
        flat = [np.broadcast_to(part, shape).ravel() for part in positions]
        size = flat[0].size if flat else 1
        result = [np.empty(size) for _ in self.tapes.kinds]
        width = max(MOST_AT_ONCE // min(self.source.rows, BLOCK), 1)
        for begin in range(0, size, width):
            some = slice(begin, begin + width)
            for place, values in zip(result, self._over_some([part[some, None] for part in flat]), strict=True):
                place[some] = values
        return [place.reshape(shape) for place in result]

    def _over_some(self, positions: Sequence[Array]) -> list[Array]:
        """All sums and means at some positions, each of which is a column of numbers."""
        count, found = self.source.rows, list[Array]()
        for tape, columns in zip(self.tapes.stages, self.columns, strict=True):
            totals = [np.zeros(len(positions[0])) for _ in tape.outputs]
            for begin in range(0, count, BLOCK):
                size = min(BLOCK, count - begin)
                before = [values[:, None] for values in found]
                slots = _slots(tape, [*positions, *before, *(values[begin : begin + size] for values in columns)])
                for total, (slot,) in zip(totals, tape.outputs.values(), strict=True):
                    rows = np.broadcast_to(slots[slot], (len(total), size))
                    with np.errstate(all="ignore"):
                        total += _tree(_lanes(rows.T, size).T)
            kinds = self.tapes.kinds[len(found) : len(found) + len(totals)]
            found += [total / count if kind == "mean" else total for kind, total in zip(kinds, totals, strict=True)]
        return found


def _slots(tape: Tape, inputs: Sequence[Any]) -> list[Any]:
    """The value of every slot of a tape of one row, in many rows at once."""
    slots: list[Any] = [*inputs, *tape.constants]
    with np.errstate(all="ignore"):
        for name, *used in tape.operations:
            slots.append(FUNCTIONS[name](*[slots[slot] for slot in used]))
    return slots


def _sum(values: Any, size: int) -> float:
    """The sum over the rows of one block, in the fixed order."""
    with np.errstate(all="ignore"):
        return float(_tree(_lanes(np.broadcast_to(values, (size,)), size)))


def _lanes(values: Array, size: int) -> Array:
    """The sum of each lane: of an array (rows, ...), one of the shape (LANES, ...)."""
    whole = size - size % LANES
    lanes: Array = np.add.reduce(values[:whole].reshape(-1, LANES, *values.shape[1:]), axis=0)
    if whole < size:
        lanes[: size - whole] += values[whole:]
    return lanes


def _tree(lanes: Array) -> Any:
    """The sum of lanes, which are along the last axis, as a balanced tree."""
    while lanes.shape[-1] > 1:
        half = lanes.shape[-1] // 2
        lanes = lanes[..., :half] + lanes[..., half:]
    return lanes[..., 0]
