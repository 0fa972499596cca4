"""What of a function lies near the paths and belongs into the view: neighboring minima, the passes to them, poles, flat ends.

The function is scanned on a grid a few times larger than the view. Minima and passes are found by the components of its
sublevel sets: a component is born at a local minimum and ends at the pass where it meets one with a lower minimum; the
height between the two is its persistence (Edelsbrunner, Letscher and Zomorodian, Discrete Comput. Geom. 28, 2002).
The page follows the same rule: `lab/web/plot/limits/neighborhood.js`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Evaluate = Callable[[Sequence[Array]], Array]
"""Values on a grid, given the coordinates along each axis: one for each point, or a row for each `y`."""

SCAN = 6.0  # width of the scanned box relative to the view that fits the paths
SCANNED = (1201, 81)  # points a side of the scan, by the number of parameters
SEEN = 0.02  # persistence from which on a minimum is seen, as a share of the spread of the values in the view
DEEP = 1.0  # the same for a component that leaves the scanned box, whose minimum is not known
BEYOND = 0.3  # shown beyond what is near, as a share of the way to it from the paths
FLAT = 0.25  # change of the values in the outer half of a side, relative to all of it, below which that side is flat
DECAY = 0.6  # the same, relative to the change in the quarter before it: a logarithm or a root never gets flat
PROFILE = 241  # points along an axis on which a flat side is looked for
ROUNDS, WINDOW, CELLS = 8, 2, 17  # a minimum is confirmed on ever finer grids: how many, cells to each side, points a side
NOISE = 1e-13  # relative to a value, a difference that may be rounding
LOW = 0.1  # quantile of the values in the view from which their spread is taken, up to the median


@dataclass(frozen=True, eq=False)
class _Scan:
    """Values on a grid over a box, flat, a row for each `y`, and the coordinates along each axis."""

    axes: tuple[Array, ...]
    values: Array

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(axis) for axis in self.axes[::-1])

    def point(self, cell: int) -> Array:
        """The position of a cell."""
        return np.array([axis[index] for axis, index in zip(self.axes, np.unravel_index(cell, self.shape)[::-1], strict=True)])

    def cell(self, point: Array) -> int:
        """The cell nearest to a position."""
        nearest = [int(np.abs(axis - value).argmin()) for axis, value in zip(self.axes, point, strict=True)]
        return int(np.ravel_multi_index(nearest[::-1], self.shape))

    def on_border(self, cell: int) -> bool:
        places = np.unravel_index(cell, self.shape)
        return any(place in (0, size - 1) for place, size in zip(places, self.shape, strict=True))


@dataclass(frozen=True)
class _Neighbor:
    """A minimum and the pass to it, as cells of a scan."""

    minimum: int
    passage: int
    persistence: float


def widened(box: Array, seen: Array, anchor: Array, evaluate: Evaluate) -> Array:
    """A view that fits the paths, widened so that it holds what lies near them.

    Args:
        box: the view, a row of its low and its high end for each of one or two parameters.
        seen: the smallest box around what the paths show, as `box`.
        anchor: their lowest position.

    Returns:
        The view, at most `SCAN` times as wide and as high.

    >>> bowls = lambda axes: axes[0] ** 4 - 3 * axes[0] ** 2 + axes[0]
    >>> widened(np.array([[0.6, 1.8]]), np.array([[1.1, 1.6]]), np.array([1.1]), bowls).round(2).tolist()
    [[-2.02, 1.8]]
    """
    middle, half = box.mean(axis=1), (box[:, 1] - box[:, 0]) / 2
    outer = np.column_stack([middle - SCAN * half, middle + SCAN * half])
    if not np.isfinite(outer).all() or not (half > 0).all():
        return box
    axes = tuple(np.linspace(low, high, SCANNED[len(box) - 1]) for low, high in outer)
    scan = _Scan(axes, np.asarray(evaluate(axes), dtype=np.float64).ravel())
    spread = _spread(scan, box)
    if not spread > 0:
        return box
    points = [*_neighbors(scan, box, seen, anchor, spread, evaluate), *_flat_ends(scan, anchor, spread, evaluate)]
    if len(box) == 1:
        points += _domain_ends(scan, box, seen)
    else:  # of one parameter every peak is a pass
        upside_down = _Scan(axes, -scan.values)
        points += _neighbors(upside_down, box, seen, anchor, spread, lambda axes: -evaluate(axes), passes=False)
    for point in points:
        box = np.column_stack([np.minimum(box[:, 0], point), np.maximum(box[:, 1], point)])
    return np.column_stack([np.maximum(box[:, 0], outer[:, 0]), np.minimum(box[:, 1], outer[:, 1])])


def _spread(scan: _Scan, box: Array) -> float:
    """From a low value to the median in the view; 0 where there are too few."""
    inside = [(axis >= low) & (axis <= high) for axis, (low, high) in zip(scan.axes, box, strict=True)]
    chosen = inside[0] if len(inside) == 1 else (inside[1][:, None] & inside[0][None, :]).ravel()
    values = np.sort(scan.values[chosen & np.isfinite(scan.values)])
    return float(values[len(values) >> 1] - values[math.floor(LOW * (len(values) - 1))]) if len(values) > 1 else 0.0


def _neighbors(
    scan: _Scan, box: Array, seen: Array, anchor: Array, spread: float, evaluate: Evaluate, *, passes: bool = True
) -> Iterator[Array]:
    """Positions beyond the minimum of the own valley and beyond its neighbors, those nearest to the paths first.

    A neighbor that is nearer to an earlier one than to the paths is left out.
    """
    own, found = _components(scan, scan.cell(anchor), SEEN * spread)
    places = [] if own is None else [(scan.point(own), True)]
    for each in found:
        if not scan.on_border(each.minimum):
            places.append((scan.point(each.minimum), True))
        elif passes and each.persistence >= DEEP * spread and not scan.on_border(each.passage):
            places.append((scan.point(each.passage), False))
    size, near, kept = box[:, 1] - box[:, 0], SCAN / (SCANNED[len(box) - 1] - 1), list[Array]()
    apart = [_distance(place, seen, size) for place, _ in places]
    for index in np.argsort(apart, kind="stable"):
        place, is_minimum = places[index]
        nearest = min((float((np.abs(place - other) / size).max()) for other in kept), default=math.inf)
        if apart[index] > nearest + near or (is_minimum and not _confirmed(scan, place, evaluate)):
            continue
        kept.append(place)
        yield place + BEYOND * (place - np.clip(place, seen[:, 0], seen[:, 1]))


def _distance(place: Array, seen: Array, size: Array) -> float:
    """How far a position is from a box, in sizes of the view."""
    return float((np.maximum(np.maximum(seen[:, 0] - place, place - seen[:, 1]), 0.0) / size).max())


def _components(scan: _Scan, anchor: int, least: float) -> tuple[int | None, list[_Neighbor]]:
    """The minimum of the valley that holds a cell, unless it lies on the border, and its neighbors of some persistence."""
    values, shape = scan.values.tolist(), scan.shape
    around = _offsets(shape)
    parent, minimum, own, settled = [-1] * len(values), [0] * len(values), -1, -1
    found: list[_Neighbor] = []

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    width = shape[-1]
    for cell in np.argsort(scan.values, kind="stable").tolist():
        value = values[cell]
        if not value < math.inf:
            break
        parent[cell] = minimum[cell] = home = cell
        column = cell % width
        for offset, shift in around:
            other = cell + offset
            if not (0 <= column + shift < width and 0 <= other < len(values)) or parent[other] < 0:
                continue
            met = root(other)
            if met == home:
                continue
            elder, younger = (met, home) if values[minimum[met]] <= values[minimum[home]] else (home, met)
            height = value - values[minimum[younger]]
            if height >= least:
                is_own = settled < 0 <= own and root(own) == younger
                found.append(_Neighbor(minimum[elder if is_own else younger], cell, height))
                settled = minimum[younger] if is_own else settled
            parent[younger] = home = elder
        if cell == anchor:
            own = cell
    bottom = settled if settled >= 0 else minimum[root(own)] if own >= 0 else -1
    return (None if bottom < 0 or scan.on_border(bottom) else bottom), found


def _offsets(shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """To the neighbors of a cell: the difference of their numbers, and of their columns."""
    if len(shape) == 1:
        return [(-1, -1), (1, 1)]
    return [(row * shape[1] + column, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column]


def _confirmed(scan: _Scan, place: Array, evaluate: Evaluate) -> bool:
    """Whether a cell's minimum is one also on finer grids; in a narrow valley a coarse grid has false ones."""
    half = np.array([WINDOW * (axis[1] - axis[0]) for axis in scan.axes])
    for _ in range(ROUNDS):
        axes = tuple(np.linspace(middle - reach, middle + reach, CELLS) for middle, reach in zip(place, half, strict=True))
        finer = _Scan(axes, np.asarray(evaluate(axes), dtype=np.float64).ravel())
        values = np.where(np.isnan(finer.values), np.inf, finer.values)
        inner = np.array([not finer.on_border(cell) for cell in range(len(values))])
        lowest = float(values[inner].min())
        if values[~inner].min() < lowest - NOISE * abs(lowest):
            return False
        place = finer.point(int(np.where(inner, values, np.inf).argmin()))
        half = half * (2 * WINDOW / (CELLS - 1))
    return True


def _flat_ends(scan: _Scan, anchor: Array, spread: float, evaluate: Evaluate) -> Iterator[Array]:
    """Positions along each axis through the lowest one from which on the function is flat, where it is not flat before."""
    for index, axis in enumerate(scan.axes):
        reach = (axis[-1] - axis[0]) / 2
        line = anchor[index] + np.linspace(-reach, reach, PROFILE)
        places = [np.array([value]) for value in anchor]
        places[index] = line
        values = np.asarray(evaluate(places), dtype=np.float64).ravel()
        center = PROFILE // 2
        for along, heights in ((line[center::-1], values[center::-1]), (line[center:], values[center:])):
            if not np.isfinite(heights).all():
                continue
            change = FLAT * float(np.ptp(heights))
            outer, before = np.ptp(heights[center // 2 :]), np.ptp(heights[center // 4 : center // 2 + 1])
            if change < FLAT * SEEN * spread or outer > change or outer > DECAY * before:
                continue
            last = int(np.flatnonzero(np.abs(heights - heights[-1]) > change)[-1])
            place = np.array(anchor)
            place[index] += (1 + BEYOND) * (along[last] - anchor[index])
            yield place


def _domain_ends(scan: _Scan, box: Array, seen: Array) -> Iterator[Array]:
    """Positions beyond the ends of the domain of a function of one parameter, where they are nearer than the view is wide."""
    axis, (low, high) = scan.axes[0], seen[0]
    nowhere, size = np.isnan(scan.values), box[0, 1] - box[0, 0]
    before, after = np.flatnonzero(nowhere & (axis < low)), np.flatnonzero(nowhere & (axis > high))
    for cells, end in ((before[-1:], low), (after[:1], high)):
        for cell in cells:
            if abs(axis[cell] - end) <= size:
                yield np.array([axis[cell] + BEYOND * (axis[cell] - end)])
