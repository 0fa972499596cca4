"""Sums and means over the rows of a table, at one position or at many: in NumPy, or by machine code where there is much to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from steepest.data.sums import added, lanes, tree
from steepest.language.rows import BLOCK, GONE
from steepest.tape.tape import RowTapes
from steepest.targets.chunk_sums import BlockSums, FirstNotFinite, slots
from steepest.targets.cores import cores
from steepest.targets.llvm_ir import LIBRARY
from steepest.targets.row_failure import RowFailure

if TYPE_CHECKING:
    from steepest.data.batches import Batches
    from steepest.language.rows import Work
    from steepest.targets.row_kernel import Columns, RowKernel

T = TypeVar("T")
Array = NDArray[np.float64]
REMEMBERED = 4  # positions whose sums over a table that is not in memory are kept
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
        in_memory: whether the columns are.
        operations: the work in one row.
        rows_a_step: the rows of a step, or of most of them.
    """

    def __init__(self, tapes: RowTapes, batches: Batches | None = None, *, steps: int = 1, threads: int | None = None) -> None:
        source = tapes.source()
        if source is None:
            raise ReferenceError(GONE)
        self.tapes, self.batches, self.source, self.steps = tapes, batches, source, steps
        self.in_memory = source.in_memory
        self.columns = [[np.asarray(source[name], dtype=np.float64) for name in names] for names in tapes.columns if self.in_memory]
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
        if not self.in_memory:
            return self._remembered(position, step if self.batches else None)
        taken = self._taken(step) if self.batches and step is not None else None
        kernel = self._kernel(taken is not None, self._numpy_time(1) * self.steps)
        if kernel is None or self.threads > 1:
            return self._by_stage(position, kernel, step, taken)
        from steepest.targets.row_kernel import sums_at

        given = np.empty((1, len(position) + len(self.tapes.kinds)))
        given[0, : len(position)] = position
        sums_at(kernel, given, self.found_columns, taken)
        found: list[float] = given[0, len(position) :].tolist()
        return found

    def _remembered(self, position: Sequence[float], step: int | None) -> list[float]:
        """The same over a table that is not in memory; what was found at the last positions is not added up again."""
        known: dict[Any, list[float]] = self.tapes.compiled.setdefault("totals", {})
        key = (tuple(position), None if step is None else self._window(step))
        if key not in known:
            found = self._by_stage(position, self._kernel(False, self._numpy_time(1) * self.steps), step)
            while len(known) >= REMEMBERED:
                del known[next(iter(known))]
            known[key] = found
        return known[key]

    def _by_stage(
        self, position: Sequence[float], kernel: RowKernel | None, step: int | None, taken: NDArray[np.int64] | None = None
    ) -> list[float]:
        """All sums and means, one stage after another."""
        found: list[float] = []
        count = self._count(step)
        for stage, tape in enumerate(self.tapes.stages):
            totals: Any = np.zeros(len(tape.outputs))
            for sums in self._block_sums(stage, (*position, *found), kernel, step, taken):
                totals = added(sums, totals)
            kinds = self.tapes.kinds[len(found) : len(found) + len(totals)]
            found += [total / count if kind == "mean" else total for kind, total in zip(kinds, totals.tolist(), strict=True)]
        return found

    def _block_sums(
        self, stage: int, given: tuple[float, ...], kernel: RowKernel | None, step: int | None, taken: NDArray[np.int64] | None
    ) -> Iterator[Array]:
        """The sums of the blocks of all rows or of a batch, chunk by chunk."""
        pool = self._pool if self.threads > 1 else None
        if kernel is not None and self.in_memory:
            from steepest.targets.row_kernel import block_sums

            return iter([block_sums(kernel, stage, np.array(given), self.found_columns, taken, pool, self.threads)])
        work = BlockSums(self.tapes, stage, given, kernel is not None, self.threads, pool)
        return self._by_chunk(work, stage, step, taken)

    def _by_chunk(self, work: Work[T], stage: int, step: int | None, taken: NDArray[np.int64] | None = None) -> Iterator[T]:
        """What work makes of the columns of a stage (of one at least, so that it knows how many rows there are)."""
        if self.in_memory:
            columns = self.columns[stage] or self.columns[0][:1]
            return iter([work(columns if taken is None else [values[taken] for values in columns])])
        names = self.tapes.columns[stage] or self.tapes.columns[0][:1]
        if self.batches and step is not None:
            return self.source.between(work, names, *self._window(step))
        return self.source.by_chunk(work, names)

    def _window(self, step: int) -> tuple[int, int]:
        """The first row of a step's batch and their number, where batches take the rows in the order of the table."""
        assert self.batches is not None
        return self.batches.first_place(step) % self.batches.span, self.batches.length(step)

    def _count(self, step: int | None) -> int:
        """The rows of a step."""
        return self.batches.length(step) if self.batches and step is not None else self.source.rows

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
        taken = np.sort(self.batches.at(step)) if self.batches and step is not None else None
        totals = self.at(position, step)
        needed, first = self._needed(number), 0
        for stage, tape in enumerate(self.tapes.stages):
            work = FirstNotFinite(tape, (*position, *totals[:first]), len(self.tapes.columns[stage]))
            wrong: dict[str, tuple[int, tuple[float, ...]]] = {}
            rows = 0
            for size, found in self._by_chunk(work, stage, step, taken):
                wrong = {name: (row + rows, values) for name, (row, values) in found.items()} | wrong
                rows += size
            for name in tape.outputs:
                kind = self.tapes.kinds[int(name)]
                if int(name) in needed and name in wrong:
                    row, values = wrong[name]
                    place = self.source.place(row if taken is None else int(taken[row]))
                    return RowFailure(kind, place, tape, (*work.given, *values), name)
                if int(name) in needed and not np.isfinite(totals[int(name)]):
                    return RowFailure(kind)
            first += len(tape.outputs)
        return RowFailure(self.tapes.kinds[number])

    def _needed(self, number: int) -> set[int]:
        """The sums and means that one is computed from, itself included."""
        needed = {number}
        for tape in reversed(self.tapes.stages):
            for name, outputs in tape.outputs.items():
                if int(name) in needed:
                    inputs = [tape.inputs[slot] for slot in tape.needed(outputs) if slot < len(tape.inputs)]
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
        if not self.in_memory:
            at = np.array([self.at([float(part[index]) for part in flat]) for index in range(size)])
            return [values.reshape(shape) for values in at.T]
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
                every = slots(tape, [*positions, *before, *(values[begin : begin + size] for values in columns)])
                for total, (slot,) in zip(totals, tape.outputs.values(), strict=True):
                    rows = np.broadcast_to(every[slot], (len(total), size))
                    with np.errstate(all="ignore"):
                        total += tree(lanes(rows.T).T)
            kinds = self.tapes.kinds[len(found) : len(found) + len(totals)]
            found += [total / count if kind == "mean" else total for kind, total in zip(kinds, totals, strict=True)]
        return found
