"""How rough the boundary between a map's regions is: its box-counting dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, clipped

if TYPE_CHECKING:
    from steepest.runs.sweep.sweep import Sweep

LEAST = 64  # cells along each axis


def boundary_dimension(sweep: Sweep, of: str = "minimum") -> float:
    """The box-counting dimension of the boundary between the regions of a map of two axes.

    A box of `s x s` cells belongs to the boundary where its cells differ. The number of such boxes grows as `s^-D`; `D` is the
    slope of a line through `log N` against `log 1/s`, for s = 1, 2, 4, ... up to an eighth of the map; boxes of one cell are
    compared with the cells next to it. It is 1 for a smooth curve, more where the boundary is rough at every size that the map
    shows: what lies below a cell is not known.

    Args:
        of: `minimum` or `ending`.

    Raises:
        InputError: for another number of axes than two, for fewer than 64 values on one of them, and for a map of one region.

    Source: Mandelbrot, The Fractal Geometry of Nature, 1982; Sohl-Dickstein, arXiv:2402.06184, measures so where training diverges.

    >>> from steepest.runs.sweep.axes import linear
    >>> from steepest.runs.sweep.sweep import sweep
    >>> line = linear(-1, 1, 128)
    >>> found = sweep("(x^2 - 1)^2 + y^2", {"x": line, "y": line}, lr=0.05, steps=300)
    >>> round(boundary_dimension(found), 1)
    1.0
    """
    if of not in ("minimum", "ending"):
        raise InputError(f"a boundary is that of minimum or ending, not '{clipped(str(of))}'")
    regions = np.squeeze(getattr(sweep, of))
    if regions.ndim != 2 or min(regions.shape) < LEAST:
        shape = " x ".join(map(str, regions.shape))
        raise InputError(f"the boundary is measured on a map of two axes of at least {LEAST} values each, not {shape or '1'}")
    sides, counts = [], []
    side = 1
    while side <= min(regions.shape) // 8:
        sides.append(side)
        counts.append(_boxes(regions, side))
        side *= 2
    if not all(counts):
        raise InputError(f"every run has the same {of}: there is no boundary on this map")
    slope = np.polyfit(np.log(1 / np.array(sides, dtype=float)), np.log(np.array(counts, dtype=float)), 1)[0]
    return float(slope)


def _boxes(regions: NDArray[np.integer], side: int) -> int:
    """How many boxes of a side have more than one region, with the row and the column of cells next to them."""
    rows, columns = ((size - 1) // side for size in regions.shape)
    low = high = regions[: rows * side, : columns * side]
    for down, right in ((0, 1), (1, 0), (1, 1)):
        moved = regions[down : rows * side + down, right : columns * side + right]
        low, high = np.minimum(low, moved), np.maximum(high, moved)
    low = low.reshape(rows, side, columns, side).min(axis=(1, 3))
    high = high.reshape(rows, side, columns, side).max(axis=(1, 3))
    return int((low != high).sum())
