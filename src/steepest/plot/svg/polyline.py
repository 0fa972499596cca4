"""A line that grows: the parts of it that can be seen, and how much of them has been drawn at each step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import OUTSIDE, Whole, clipped


@dataclass(frozen=True, eq=False)
class GrowingPolyline:
    """A line in pieces, each inside of a box.

    Attributes:
        pieces: polylines, in order.
        starts: the length of all pieces before each.
        length: of all pieces.
        steps, along: a length for each of some steps; between two of them it grows evenly.
    """

    pieces: tuple[Array, ...]
    starts: tuple[float, ...]
    length: float
    steps: Array
    along: Array

    def reached(self, steps: Array) -> Array:
        """How much of the line has been drawn at each of some steps."""
        return np.interp(steps, self.steps, self.along) if len(self.steps) else np.zeros(len(steps))

    def between(self, low: float, high: float) -> list[Array]:
        """The parts of the pieces from one length to another."""
        elements = []
        for piece, start in zip(self.pieces, self.starts, strict=True):
            along = start + np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(piece, axis=0).T))])
            first, last = max(low, along[0]), min(high, along[-1])
            if first < last:
                ends = [[np.interp(place, along, side) for side in piece.T] for place in (first, last)]
                elements.append(np.vstack([ends[0], piece[(along > first) & (along < last)], ends[1]]))
        return elements


def growing_polyline(places: Array, leaving: Array | Whole, arriving: Array | Whole, box: Array, decimals: int) -> GrowingPolyline:
    """The line through `places`, of which the part after the first leaves and arrives at the first of these steps, and so on.

    Args:
        places: a row for each; NaN lifts the pen.
        box: the low and the high corner.
        decimals: to which the places are rounded.

    >>> across, box = np.array([[-1.0, 0.5], [1.0, 0.5]]), np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> half = growing_polyline(across, np.array([0]), np.array([1]), box, 2)
    >>> half.pieces[0].tolist(), half.reached(np.array([0.25, 0.75, 1.0])).tolist()
    ([[0.0, 0.5], [1.0, 0.5]], [0.0, 0.5, 1.0])
    """
    low, size = box[0], box[1] - box[0]
    unit = np.clip((places - low) / size, -OUTSIDE, OUTSIDE)
    if len(unit) < 2:
        return GrowingPolyline((), (), 0.0, np.zeros(0), np.zeros(0))
    first, last, shown = clipped(unit)
    start, end = (np.round(low + part * size, decimals) for part in (first, last))
    lengths = np.where(shown, np.hypot(*(end - start).T), 0.0)
    lifted = np.cumsum(~shown)
    shown = shown & (lengths > 0)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    whole = np.hypot(*np.diff(unit, axis=0).T)
    shares = [np.divide(np.hypot(*(part - unit[:-1]).T), whole, out=np.zeros(len(whole)), where=shown) for part in (first, last)]
    steps = np.stack([leaving + share * (arriving - leaving) for share in shares], axis=1)[shown].ravel()
    knots = np.stack([along[:-1], along[1:]], axis=1)[shown].ravel()
    elements = np.flatnonzero(shown)
    joined = (np.diff(lifted[elements]) == 0) & (end[elements[:-1]] == start[elements[1:]]).all(axis=1)
    groups = [group for group in np.split(elements, np.flatnonzero(~joined) + 1) if len(group)]
    pieces = tuple(np.vstack([start[group[:1]], end[group]]) for group in groups)
    return GrowingPolyline(pieces, tuple(float(along[group[0]]) for group in groups), float(along[-1]), steps, knots)
