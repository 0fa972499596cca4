"""Sums and means over rows by machine code, on one thread or on several."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.language.rows import BLOCK, LANES
from steepest.tape.tape import RowTapes
from steepest.targets.array_operations import Array
from steepest.targets.llvm import compile_functions, fuses, library_addresses
from steepest.targets.rows.rows_ir import declarations, rows_ir
from steepest.targets.vector.vector_math import lane_by_lane, vector_function

PIECES = 2  # of the blocks or positions for each thread, so that one that is held up is waited for less
REMEMBERED = 32  # compiled modules: the same formula over another table is not compiled again


class RowKernel:
    """The compiled functions for the sums and means of some tapes of one row; see `steepest.targets.rows_ir.rows_ir`.

    Args:
        tapes: of one row.
        engine: a module with these functions.
    """

    def __init__(self, tapes: RowTapes, engine: Any) -> None:
        self.tapes, self.engine = tapes, engine  # the engine owns the machine code
        pointer, count = ctypes.c_void_p, ctypes.c_int64
        many = ctypes.CFUNCTYPE(None, pointer, pointer, pointer, count, count)
        blocks = ctypes.CFUNCTYPE(None, pointer, pointer, pointer, count, count, count, pointer)
        self.many = many(engine.get_function_address("many"))
        self.blocks = [blocks(engine.get_function_address(f"blocks{stage}")) for stage in range(len(tapes.stages))]


def row_module(tapes: RowTapes, *, batched: bool) -> str:
    """The functions that add over rows and those that they call; see `steepest.targets.rows.rows_ir.declarations`."""
    addresses = library_addresses()
    text, called = rows_ir(tapes, addresses, batched=batched)
    functions = [
        vector_function(name, LANES, fused=fuses(), inlined=False) or lane_by_lane(name, LANES, addresses[name])
        for name in sorted(called)
    ]
    return "\n".join([*functions, text])


def row_kernel(tapes: RowTapes, *, batched: bool) -> RowKernel:
    """The compiled functions, which are kept with the tapes."""
    found: RowKernel | None = tapes.compiled.get(batched)
    if found is None:
        engine = compiled_rows(declarations() + row_module(tapes, batched=batched))
        found = tapes.compiled[batched] = RowKernel(tapes, engine)
    return found


@lru_cache(maxsize=REMEMBERED)
def compiled_rows(text: str) -> Any:
    """An engine with the functions of a module, in which nothing depends on the table but the number of its columns."""
    return compile_functions(text, level=2)


class Columns:
    """The columns of all stages of a table as machine code finds them.

    Args:
        columns: of each stage.
        rows: of the table.
        before: how many columns of earlier stages are left out.
    """

    def __init__(self, columns: Sequence[Sequence[Array]], rows: int, before: int = 0) -> None:
        self.arrays = [np.ascontiguousarray(values) for stage in columns for values in stage]  # which own the numbers
        self.rows = rows
        addresses = [*[0] * before, *(values.ctypes.data for values in self.arrays)]
        self.addresses = (ctypes.c_void_p * max(len(addresses), 1))(*addresses)


def sums_at(kernel: RowKernel, given: Array, columns: Columns, batch: NDArray[np.int64] | None = None) -> None:
    """All sums and means at many positions, one by one.

    Args:
        given: shape (positions, parameters + sums and means): the first are read, the last are written.
        batch: the rows; all if it is left out.
    """
    rows, address = (columns.rows, None) if batch is None else (len(batch), batch.ctypes.data)
    kernel.many(given.ctypes.data, columns.addresses, address, rows, len(given))


def block_sums(
    kernel: RowKernel, stage: int, given: Array, columns: Columns, batch: NDArray[np.int64] | None,
    pool: ThreadPoolExecutor | None, threads: int,
) -> Array:  # fmt: skip
    """The sums of all blocks of rows in one stage, which threads share: shape `(blocks, sums)`.

    Args:
        given: the position, and the sums and means of the stages before.
        batch: the rows; all if it is left out.
    """
    rows = columns.rows if batch is None else len(batch)
    blocks, function = -(-rows // BLOCK), kernel.blocks[stage]
    sums = np.empty((blocks, len(kernel.tapes.stages[stage].outputs)))

    def add(first: int, last: int) -> None:  # which keeps the arrays alive as long as a thread is at work
        chosen = None if batch is None else batch.ctypes.data
        function(given.ctypes.data, columns.addresses, chosen, rows, first, last, sums.ctypes.data)

    share(pool, threads, blocks, add)
    return sums


def share(pool: ThreadPoolExecutor | None, threads: int, count: int, work: Callable[[int, int], None], most: int = 1 << 62) -> None:
    """Work from 0 to `count`, in pieces that threads take one after the other; this thread is one of them.

    Args:
        pool, threads: where the others run, and how many there are with this one.
        count: what is to be done.
        work: does what lies between two numbers.
        most: of a piece.
    """
    size = max(min(-(-count // (PIECES * threads)), most), 1)
    pieces = iter([(first, min(first + size, count)) for first in range(0, count, size)])

    def take() -> None:
        for first, last in pieces:
            work(first, last)

    others = [pool.submit(take) for _ in range(threads - 1)] if pool else []
    try:
        take()
        for other in others:
            other.result()
    except BaseException:  # such as Ctrl-C: nothing more is begun
        list(pieces)
        raise
