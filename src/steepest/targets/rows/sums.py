"""Sums and means over the rows of a table at a position: in NumPy, or by machine code where there is much to do."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from steepest.data.sums import added
from steepest.language.rows import BLOCK, GONE
from steepest.tape.tape import RowTapes
from steepest.targets.cores import cores
from steepest.targets.llvm_ir import LIBRARY
from steepest.targets.rows.chunk_sums import BlockSums
from steepest.targets.rows.drawn_batches import MOST_AHEAD, DrawnBatches

if TYPE_CHECKING:
    from steepest.data.batches import Batches
    from steepest.language.rows import Work
    from steepest.targets.rows.kernel import Columns, RowKernel

T = TypeVar("T")
Array = NDArray[np.float64]
REMEMBERED = 4  # positions whose sums over a table that is not in memory are kept

CALL = 10  # a function is as much work as so many sums
OPERATION, OPERATION_BLOCK = 2.0, 1000.0  # nanoseconds that NumPy takes for an operation in one row, and for one in a block
DRAWING, DRAWING_BATCHES = 150.0, 3e5  # and for the rows of batches: for one, and for those that are drawn at once
LOADING = 6e7  # in which LLVM is loaded
COMPILING, COMPILING_ONE = 1.5e7, 3e5  # and a kernel compiled, and one operation of it
THREADED = 3e6  # operations in all rows from which on threads are worth starting


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
        self.drawn = DrawnBatches(batches) if batches else None

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
        kernel = self.kernel(taken is not None, self._numpy_time(1) * self.steps)
        if kernel is None or self.threads > 1:
            return self._by_stage(position, kernel, step, taken)
        from steepest.targets.rows.kernel import sums_at

        given = np.empty((1, len(position) + len(self.tapes.kinds)))
        given[0, : len(position)] = position
        sums_at(kernel, given, self.found_columns, taken)
        found: list[float] = given[0, len(position) :].tolist()
        return found

    def _remembered(self, position: Sequence[float], step: int | None) -> list[float]:
        """The same over a table that is not in memory; what was found at the last positions is not added up again."""
        known: dict[Any, list[float]] = self.tapes.compiled.setdefault("totals", {})
        key = (tuple(position), None if step is None else (self.batches, step))
        if key not in known:
            found = self._by_stage(position, self.kernel(False, self._numpy_time(1) * self.steps), step)
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
        pool = self.pool if self.threads > 1 else None
        if kernel is not None and self.in_memory:
            from steepest.targets.rows.kernel import block_sums

            return iter([block_sums(kernel, stage, np.array(given), self.found_columns, taken, pool, self.threads)])
        work = BlockSums(self.tapes, stage, given, kernel is not None, self.threads, pool)
        return self.by_chunk(work, stage, step, taken)

    def by_chunk(self, work: Work[T], stage: int, step: int | None, taken: NDArray[np.int64] | None = None) -> Iterator[T]:
        """What work makes of the columns of a stage (of one at least, so that it knows how many rows there are)."""
        if self.in_memory:
            columns = self.columns[stage] or self.columns[0][:1]
            return iter([work(columns if taken is None else [values[taken] for values in columns])])
        names = self.tapes.columns[stage] or self.tapes.columns[0][:1]
        if not self.batches or step is None:
            return self.source.by_chunk(work, names)
        if self.batches.order != "cyclic":
            return self.source.at_rows(work, names, self._taken(step) if taken is None else taken)
        first = self.batches.first_place(step) % self.batches.span
        return self.source.between(work, names, first, self.batches.length(step))

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

    def kernel(self, batched: bool, work: float) -> RowKernel | None:
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
        from steepest.targets.rows.kernel import row_kernel

        return row_kernel(self.tapes, batched=batched)

    @cached_property
    def found_columns(self) -> Columns:
        """The columns as machine code finds them."""
        from steepest.targets.rows.kernel import Columns

        return Columns(self.columns, self.source.rows)

    @cached_property
    def pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max(self.threads, cores()))

    def _taken(self, step: int) -> NDArray[np.int64]:
        """The rows of a step."""
        assert self.drawn is not None
        self.drawn.compiled = True in self.tapes.compiled
        return self.drawn.at(step)
