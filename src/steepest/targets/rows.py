"""Sums and means over the rows of a table, at one position or at many: in NumPy, or by machine code where there is much to do."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.language.rows import BLOCK, GONE, LANES
from steepest.tape.tape import RowTapes, Tape
from steepest.targets.array_operations import FUNCTIONS
from steepest.targets.cores import cores
from steepest.targets.llvm_ir import LIBRARY
from steepest.targets.row_failure import RowFailure

if TYPE_CHECKING:
    from steepest.data.batches import Batches
    from steepest.targets.row_kernel import Columns, RowKernel

Array = NDArray[np.float64]
MOST_AT_ONCE = 1 << 18  # numbers in one temporary array
FIRST_AHEAD, MOST_AHEAD = 8, 1 << 15  # steps, and rows, for which batches are drawn at once

CALL = 10  # a function is as much work as so many sums
OPERATION, OPERATION_BLOCK = 2.0, 1000.0  # nanoseconds that NumPy takes for an operation in one row, and for one in a block
DRAWING, DRAWING_BATCHES = 150.0, 3e5  # and for the rows of batches: for one, and for those that are drawn at once
LOADING = 6e7  # in which LLVM is loaded
COMPILING, COMPILING_ONE = 1.5e7, 3e5  # and a kernel compiled, and one operation of it
THREADED = 3e6  # operations in all rows from which on threads are worth starting
PIECE = 1e8  # operations between two looks at the keyboard


class RowSums:
    """The sums and means over the rows, at a position.

    Args:
        tapes: of one row.
        batches: the rows of each step; None for all of them.
        steps: how often they are likely to be taken.
        threads: on how many threads large tables are added; on one for each core if it is left out.

    Attributes:
        operations: the work in one row.
        rows_a_step: the rows of a step, or of most of them.
    """

    def __init__(self, tapes: RowTapes, batches: Batches | None = None, *, steps: int = 1, threads: int | None = None) -> None:
        source = tapes.source()
        if source is None:
            raise ReferenceError(GONE)
        self.tapes, self.batches, self.source, self.steps = tapes, batches, source, steps
        self.columns = [[np.asarray(source[name], dtype=np.float64) for name in names] for names in tapes.columns]
        self.operations = sum(CALL if name in LIBRARY else 1 for tape in tapes.stages for name, *_ in tape.operations) + len(
            tapes.kinds
        )
        self.rows_a_step = batches.size if batches else source.rows
        self.threads = (threads or cores()) if self.operations * self.rows_a_step >= THREADED or threads else 1
        self._drawn = 0, -1, np.empty(0, np.int64)

    @np.errstate(all="ignore")
    def at(self, position: Sequence[float], step: int | None = None) -> list[float]:
        """All sums and means at a position, in the order of their numbers.

        Args:
            position: a number for each parameter.
            step: from 1; None for all rows, whatever the batches.
        """
        taken = self._taken(step) if self.batches and step is not None else None
        kernel = self._kernel(taken is not None, self._numpy_time(1) * self.steps)
        if kernel is None:
            return self._at(position, taken)
        from steepest.targets.row_kernel import sums_at, sums_on_threads

        given = np.empty((1, len(position) + len(self.tapes.kinds)))
        given[0, : len(position)] = position
        if self.threads == 1:
            sums_at(kernel, given, self.found_columns, taken)
        else:
            sums_on_threads(kernel, self._pool, self.threads, given, self.found_columns, taken)
        found: list[float] = given[0, len(position) :].tolist()
        return found

    def _at(self, position: Sequence[float], taken: NDArray[np.int64] | None) -> list[float]:
        """All sums and means at a position over some rows, in NumPy."""
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

    @property
    def nanoseconds(self) -> float:
        """About how long one step's sums and means take in NumPy."""
        drawing = (DRAWING + DRAWING_BATCHES / MOST_AHEAD) * self.rows_a_step if self.batches else 0.0
        return self._numpy_time(1) + drawing

    def _numpy_time(self, positions: int) -> float:
        """About how long the sums and means at so many positions take in NumPy, in nanoseconds."""
        rows = self.rows_a_step
        return self.operations * positions * (rows * OPERATION + -(-rows // BLOCK) * OPERATION_BLOCK)

    def _kernel(self, batched: bool, work: float) -> RowKernel | None:
        """The machine code, if there is some already or it is worth its compilation, counting what was done without it.

        Args:
            batched: whether it is for batches.
            work: that lies ahead, in nanoseconds of NumPy.
        """
        compiled = self.tapes.compiled
        if batched not in compiled:
            waiting = COMPILING + COMPILING_ONE * self.operations + (0 if "llvmlite.binding" in sys.modules else LOADING)
            spent = compiled.get("spent", 0.0)
            if spent + work <= waiting:
                compiled["spent"] = spent + work / self.steps
                return None
        from steepest.targets.llvm import is_available

        if not is_available():
            return None
        from steepest.targets.row_kernel import row_kernel

        return row_kernel(self.tapes, batched=batched)

    @cached_property
    def found_columns(self) -> Columns:
        """The columns as machine code finds them."""
        from steepest.targets.row_kernel import Columns

        return Columns(self.columns, self.source.rows)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max(self.threads, cores()))

    def _taken(self, step: int) -> NDArray[np.int64]:
        """The rows of a step, which are drawn for the next steps, too."""
        assert self.batches is not None
        first, last, rows = self._drawn
        if not first <= step <= last:
            most = max(MOST_AHEAD // self.batches.size, 1)
            count = min(max(2 * (last - first + 1), FIRST_AHEAD), most) if step == last + 1 or last < 0 else 1
            first, last = step, step + count - 1
            rows = self._between(first, last)
            self._drawn = first, last, rows
        begin = self.batches.first_place(step) - self.batches.first_place(first)
        return rows[begin : begin + self.batches.length(step)]

    def _between(self, first: int, last: int) -> NDArray[np.int64]:
        """The rows of some steps, by machine code if there is some."""
        assert self.batches is not None
        if True not in self.tapes.compiled:
            return self.batches.between(first, last)
        from steepest.targets.batch_kernel import rows_between

        return rows_between(self.batches, first, last)

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

    @np.errstate(all="ignore")
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
        kernel = self._kernel(False, size * self.source.rows * self.operations * OPERATION)
        if kernel is not None:
            return [values.reshape(shape) for values in self._over(kernel, flat, size)]
        result = [np.empty(size) for _ in self.tapes.kinds]
        width = max(MOST_AT_ONCE // min(self.source.rows, BLOCK), 1)
        for begin in range(0, size, width):
            some = slice(begin, begin + width)
            for place, values in zip(result, self._over_some([part[some, None] for part in flat]), strict=True):
                place[some] = values
        return [place.reshape(shape) for place in result]

    def _over(self, kernel: RowKernel, positions: Sequence[Array], count: int) -> list[Array]:
        """All sums and means at many positions by machine code, on all threads if there is much to do."""
        from steepest.targets.row_kernel import share, sums_at

        given = np.empty((count, len(positions) + len(self.tapes.kinds)))
        for index, values in enumerate(positions):
            given[:, index] = values
        work, columns = self.operations * self.source.rows, self.found_columns
        threads = cores() if work * count >= THREADED else 1
        share(
            self._pool if threads > 1 else None, threads, count,
            lambda first, last: sums_at(kernel, given[first:last], columns), max(int(PIECE / work), 1),
        )  # fmt: skip
        return list(given[:, len(positions) :].T)

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
