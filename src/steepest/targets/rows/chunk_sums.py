"""What is done with one chunk of rows: the sums of its blocks are taken, or the first row is sought whose term is not finite."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from steepest.data.sums import lanes, tree
from steepest.language.rows import BLOCK
from steepest.tape.tape import RowTapes, Tape
from steepest.targets.array_operations import FUNCTIONS

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BlockSums:
    """The sums of the blocks of a chunk in one stage. Where it is pickled, the table stays at home.

    Attributes:
        tapes: of one row.
        stage: its number.
        given: the position, and the sums and means of the stages before.
        machine_code: whether it is used.
        threads, pool: how many share the blocks with this one, and where they run.
    """

    tapes: RowTapes
    stage: int
    given: tuple[float, ...]
    machine_code: bool = False
    threads: int = 1
    pool: ThreadPoolExecutor | None = None

    def __call__(self, columns: Sequence[Array]) -> Array:
        """The sums: shape `(blocks, sums)`; the first block begins with the first row.

        Args:
            columns: those of the stage, and perhaps further ones.
        """
        tape, rows = self.tapes.stages[self.stage], len(columns[0])
        own = columns[: len(self.tapes.columns[self.stage])]
        if self.machine_code:
            return self._by_machine_code(own, rows)
        sums = np.empty((-(-rows // BLOCK), len(tape.outputs)))
        for block, begin in enumerate(range(0, rows, BLOCK)):
            size = min(BLOCK, rows - begin)
            found = slots(tape, [*self.given, *(values[begin : begin + size] for values in own)])
            sums[block] = [_sum(found[slot], size) for (slot,) in tape.outputs.values()]
        return sums

    def _by_machine_code(self, columns: Sequence[Array], rows: int) -> Array:
        from steepest.targets.rows.kernel import Columns, block_sums, row_kernel

        kernel = row_kernel(self.tapes, batched=False)
        found = Columns([columns], rows, before=sum(map(len, self.tapes.columns[: self.stage])))
        return block_sums(kernel, self.stage, np.array(self.given), found, None, self.pool, self.threads)

    def __reduce__(self) -> tuple[Any, ...]:
        tapes = self.tapes
        return _arrived, (tapes.stages, tapes.kinds, tapes.columns, self.stage, self.given, self.machine_code)


class _Elsewhere:
    """Stands for the table of tapes that travelled without it."""


ELSEWHERE: Any = _Elsewhere()


def _arrived(
    stages: tuple[Tape, ...], kinds: tuple[str, ...], columns: tuple[tuple[str, ...], ...], stage: int, given: tuple[float, ...],
    machine_code: bool,
) -> BlockSums:  # fmt: skip
    """Pickled work, on one thread."""
    if machine_code:
        from steepest.targets.llvm import is_available

        machine_code = is_available()
    return BlockSums(RowTapes(stages, kinds, columns, ref(ELSEWHERE)), stage, given, machine_code)


@dataclass(frozen=True)
class FirstNotFinite:
    """The first row of a chunk in which a term is not finite.

    Attributes:
        tape: of one row.
        given: its inputs in front of the columns.
        columns: the number of its columns.
    """

    tape: Tape
    given: tuple[float, ...]
    columns: int

    def __call__(self, columns: Sequence[Array]) -> tuple[int, dict[str, tuple[int, tuple[float, ...]]]]:
        """The number of rows; and for each output with such a term the row, and what stands in its columns."""
        own, rows = columns[: self.columns], len(columns[0])
        found = slots(self.tape, [*self.given, *own])
        first: dict[str, tuple[int, tuple[float, ...]]] = {}
        for name, (slot,) in self.tape.outputs.items():
            wrong = np.flatnonzero(~np.isfinite(np.broadcast_to(found[slot], (rows,))))
            if wrong.size:
                row = int(wrong[0])
                first[name] = row, tuple(float(values[row]) for values in own)
        return rows, first


def slots(tape: Tape, inputs: Sequence[Any]) -> list[Any]:
    """The value of every slot of a tape of one row, in many rows at once."""
    found: list[Any] = [*inputs, *tape.constants]
    with np.errstate(all="ignore"):
        for name, *used in tape.operations:
            found.append(FUNCTIONS[name](*[found[slot] for slot in used]))
    return found


def _sum(values: Any, size: int) -> float:
    """The sum over the rows of one block, in the fixed order."""
    with np.errstate(all="ignore"):
        return float(tree(lanes(np.broadcast_to(values, (size,)))))
