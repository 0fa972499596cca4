"""A polyline that grows with the steps, clipped to a box."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import OUTSIDE, Whole, clipped


@dataclass(frozen=True, eq=False)
class GrowingPolyline:
    """A polyline in pieces, each inside of a box.

    Attributes:
        pieces: polylines, in order, a row for each point.
        starts: for each piece the length of all pieces before it.
        length: of all pieces.
        steps, along: some steps and the length that has been drawn at each of them; in between it grows evenly.
    """

    pieces: tuple[Array, ...]
    starts: tuple[float, ...]
    length: float
    steps: Array
    along: Array

    def length_at(self, steps: Array) -> Array:
        """The length that has been drawn at each step."""
        return np.interp(steps, self.steps, self.along) if len(self.steps) else np.zeros(len(steps))

    def between(self, low: float, high: float) -> list[Array]:
        """The part from one length to another, in pieces."""
        parts = []
        for piece, start in zip(self.pieces, self.starts, strict=True):
            along = start + np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(piece, axis=0).T))])
            first, last = max(low, along[0]), min(high, along[-1])
            if first < last:
                ends = [[np.interp(length, along, column) for column in piece.T] for length in (first, last)]
                parts.append(np.vstack([ends[0], piece[(along > first) & (along < last)], ends[1]]))
        return parts


def growing_polyline(points: Array, begins: Array | Whole, ends: Array | Whole, box: Array, decimals: int) -> GrowingPolyline:
    """A polyline whose segments grow one after the other.

    Args:
        points: a row each; NaN separates pieces.
        begins, ends: the steps at which each segment begins and ends to grow.
        box: the low and the high corner of what is kept.
        decimals: to which the points are rounded.

    >>> across, box = np.array([[-1.0, 0.5], [1.0, 0.5]]), np.array([[0.0, 0.0], [1.0, 1.0]])
    >>> half = growing_polyline(across, np.array([0]), np.array([1]), box, 2)
    >>> half.pieces[0].tolist(), half.length_at(np.array([0.25, 0.75, 1.0])).tolist()
    ([[0.0, 0.5], [1.0, 0.5]], [0.0, 0.5, 1.0])
    """
    low, size = box[0], box[1] - box[0]
    unit = np.clip((points - low) / size, -OUTSIDE, OUTSIDE)
    if len(unit) < 2:
        return GrowingPolyline((), (), 0.0, np.zeros(0), np.zeros(0))
    first, last, shown = clipped(unit)
    start, end = (np.round(low + part * size, decimals) for part in (first, last))
    lengths = np.where(shown, np.hypot(*(end - start).T), 0.0)
    gaps = np.cumsum(~shown)
    shown = shown & (lengths > 0)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    whole = np.hypot(*np.diff(unit, axis=0).T)
    shares = [np.divide(np.hypot(*(part - unit[:-1]).T), whole, out=np.zeros(len(whole)), where=shown) for part in (first, last)]
    steps = np.stack([begins + share * (ends - begins) for share in shares], axis=1)[shown].ravel()
    knots = np.stack([along[:-1], along[1:]], axis=1)[shown].ravel()
    segments = np.flatnonzero(shown)
    joined = (np.diff(gaps[segments]) == 0) & (end[segments[:-1]] == start[segments[1:]]).all(axis=1)
    groups = [group for group in np.split(segments, np.flatnonzero(~joined) + 1) if len(group)]
    pieces = tuple(np.vstack([start[group[:1]], end[group]]) for group in groups)
    return GrowingPolyline(pieces, tuple(float(along[group[0]]) for group in groups), float(along[-1]), steps, knots)
