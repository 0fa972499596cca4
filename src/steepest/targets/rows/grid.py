"""Sums and means over the rows of a table at many positions, such as those of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.data.sums import lanes, tree
from steepest.language.rows import BLOCK
from steepest.targets.cores import cores
from steepest.targets.rows.chunk_sums import slots
from steepest.targets.rows.sums import OPERATION, THREADED, RowSums

if TYPE_CHECKING:
    from steepest.targets.rows.kernel import RowKernel

Array = NDArray[np.float64]
MOST_AT_ONCE = 1 << 18  # numbers in one temporary array
PIECE = 1e8  # operations between two looks at the keyboard


@np.errstate(all="ignore")
def sums_over(sums: RowSums, positions: Sequence[Any]) -> list[Array]:
    """All sums and means at many positions, over all rows.

    Args:
        positions: for each parameter a number or an array; they broadcast together.

    Returns:
        Arrays of the broadcast shape.
    """
    shape = np.broadcast_shapes(*map(np.shape, positions))
    flat = [np.broadcast_to(part, shape).ravel() for part in positions]
    size, rows = flat[0].size if flat else 1, sums.source.rows
    if not sums.in_memory:
        at = np.array([sums.at([float(part[index]) for part in flat]) for index in range(size)])
        return [values.reshape(shape) for values in at.T]
    kernel = sums.kernel(False, size * rows * sums.operations * OPERATION)
    if kernel is not None:
        return [values.reshape(shape) for values in _by_machine_code(sums, kernel, flat, size)]
    result = [np.empty(size) for _ in sums.tapes.kinds]
    width = max(MOST_AT_ONCE // min(rows, BLOCK), 1)
    for begin in range(0, size, width):
        some = slice(begin, begin + width)
        for place, values in zip(result, _in_numpy(sums, [part[some, None] for part in flat]), strict=True):
            place[some] = values
    return [place.reshape(shape) for place in result]


def _by_machine_code(sums: RowSums, kernel: RowKernel, positions: Sequence[Array], count: int) -> list[Array]:
    """All sums and means at many positions, on all threads if there is much to do."""
    from steepest.targets.rows.kernel import share, sums_at

    given = np.empty((count, len(positions) + len(sums.tapes.kinds)))
    for index, values in enumerate(positions):
        given[:, index] = values
    work, columns = sums.operations * sums.source.rows, sums.found_columns
    threads = cores() if work * count >= THREADED else 1
    share(
        sums.pool if threads > 1 else None, threads, count,
        lambda first, last: sums_at(kernel, given[first:last], columns), max(int(PIECE / work), 1),
    )  # fmt: skip
    return list(given[:, len(positions) :].T)


def _in_numpy(sums: RowSums, positions: Sequence[Array]) -> list[Array]:
    """All sums and means at some positions, each of which is a column of numbers."""
    count, found = sums.source.rows, list[Array]()
    for tape, columns in zip(sums.tapes.stages, sums.columns, strict=True):
        totals = [np.zeros(len(positions[0])) for _ in tape.outputs]
        for begin in range(0, count, BLOCK):
            size = min(BLOCK, count - begin)
            before = [values[:, None] for values in found]
            every = slots(tape, [*positions, *before, *(values[begin : begin + size] for values in columns)])
            for total, (slot,) in zip(totals, tape.outputs.values(), strict=True):
                rows = np.broadcast_to(every[slot], (len(total), size))
                with np.errstate(all="ignore"):
                    total += tree(lanes(rows.T).T)
        kinds = sums.tapes.kinds[len(found) : len(found) + len(totals)]
        found += [total / count if kind == "mean" else total for kind, total in zip(kinds, totals, strict=True)]
    return found
