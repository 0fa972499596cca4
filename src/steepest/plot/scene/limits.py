"""Which part of the plane a picture shows: the known view or one that fits the paths, without those that fly away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.plot.options import LARGEST

Array = NDArray[np.float64]
Interval = tuple[float, float]
Box = tuple[Interval, ...]

AMONG = 2.5  # sizes of the paths beside which it flies away, within which its beginning is followed
SWINGS, SWING = 3, 3.0  # positions at a run's beginning that are followed so many times farther
FAR = 4.0  # natural scales from the start, within which a run is worth following however it ends
GROWTH = 2.5  # a last step so many times the median one: the run speeds up, away from everything
SQUASH = 8.0  # times the size of everything else, beyond which a run would squash the rest of the picture
MARGIN = 0.05
BESIDE = 0.6  # of the way from the lowest place to where the paths go, that is shown on its other side
DOT = 0.003  # of the known view's sides, within which paths would not be seen
STANDSTILL = 1e-6  # of a position, within which a run has not moved: there would be nothing to see
SIDES = (0.8, 1.6)  # width over height of a picture whose axes share one scale
STRETCH = 2.6  # how much more to show for the sake of one scale


def _natural_scale(start: Array, base: Box | None) -> Array:
    """The distance in each parameter that counts as one: half the known view, else the start's size and at least 1."""
    if base is not None:
        return np.array([(high - low) / 2 for low, high in base])
    return np.maximum(1.0, np.abs(start))


def distances(track: Array, scale: Array) -> Array:
    """How far from the start each position is, in natural scales."""
    with np.errstate(over="ignore"):
        return np.asarray((np.abs(track - track[0]) / scale).max(axis=1))


def _flies_away(track: Array, diverged: bool, scale: Array) -> bool:
    """Whether a run leaves for good: it is far from its start, and it diverged or is still speeding up."""
    if distances(track, scale).max() <= FAR:
        return False
    with np.errstate(over="ignore"):
        lengths = (np.abs(np.diff(track, axis=0)) / scale).max(axis=1)
    return diverged or bool(lengths[-1] >= GROWTH * np.median(lengths))


def fly_away(tracks: Sequence[Array], diverged: Sequence[bool], base: Box | None) -> list[bool]:
    """For each run whether the picture lets it go: it flies away, or following it would squash everything else."""
    scales = [_natural_scale(track[0], base) for track in tracks]
    away = [_flies_away(track, bad, scale) for track, bad, scale in zip(tracks, diverged, scales, strict=True)]
    for index, track in enumerate(tracks):
        others = [other for place, other in enumerate(tracks) if place != index and not away[place]]
        if away[index] or not (others or base):
            continue
        rest = _hull([track[0] - scales[index], track[0] + scales[index], *others, *corners(base)])
        with np.errstate(over="ignore"):
            away[index] = bool((np.ptp(track, axis=0) > SQUASH * (rest[1] - rest[0])).any())
    return away


def box_around(
    tracks: Sequence[Array], away: Sequence[bool], base: Box | None, anchor: Array, points: Array, bottom: Array | None = None
) -> Box:
    """The box to show: the known view, grown where the paths need it, or a box that fits them.

    A run that flies away counts with its beginning; where there is a known view and others stay in it, with its start.

    Args:
        tracks: the positions of each run, a row a step, finite.
        away: which of them the picture lets go.
        base: the known view.
        anchor: the lowest place that a run came to; without a known view it is shown from both sides.
        points: other positions that must be seen, such as samples.
        bottom: where the function is lowest around runs that all fly away, a row a place; none or None if not known.
    """
    everyone, stay = all(away), [track for track, lost in zip(tracks, away, strict=True) if not lost]
    known = bottom if bottom is not None and len(bottom) else tracks[0][:1]
    if base is None:
        scales = [_natural_scale(track[0], base) for track in tracks]
        reach = np.abs(known - tracks[0][0]).max(axis=0) if everyone else np.ptp(np.vstack(stay), axis=0)
        followed = [
            beginning(track, np.maximum(scale, reach), FAR if everyone else AMONG) if lost else track
            for track, lost, scale in zip(tracks, away, scales, strict=True)
        ]
        low, high = _hull([*followed, points, known])
        return fitted(low, high, known.mean(axis=0) if everyone else anchor)
    far = [beginning(track, _natural_scale(track[0], base), FAR) if everyone else track[:1] for track in tracks]
    low, high = _hull([*(own if lost else track for own, track, lost in zip(far, tracks, away, strict=True)), points])
    if _unseen(low, high, base):
        return fitted(low, high, anchor)
    least, most = _hull([low, high, *corners(base)])
    middle, reach = np.mean(corners(base), axis=0), np.maximum(high - np.mean(corners(base), axis=0), 0)
    reach = np.maximum(reach, middle - low)
    least, most = np.minimum(least, middle - BESIDE * reach), np.maximum(most, middle + BESIDE * reach)
    margin = MARGIN * (most - least)
    return intervals(np.minimum(least, low - margin), np.maximum(most, high + margin))


def _unseen(low: Array, high: Array, base: Box) -> bool:
    """Whether paths that move at all would be a dot in the known view."""
    extent, sizes = high - low, np.array([high - low for low, high in base])
    return bool((extent < DOT * sizes).all() and extent.max() > STANDSTILL * np.abs(low + high).max())


def beginning(track: Array, scale: Array, far: float) -> Array:
    """The first positions of a run that flies away: those within so many scales, and a first swing that goes farther."""
    apart = distances(track, scale)
    within = int(np.argmax(apart > far)) if (apart > far).any() else len(track)
    swing = int(np.argmax(apart[:SWINGS] > SWING * far)) if (apart[:SWINGS] > SWING * far).any() else SWINGS
    return track[: max(1, within, swing)]


def fitted(low: Array, high: Array, anchor: Array) -> Box:
    """A box with room around the paths, so that their lowest place is seen from all sides."""
    reach = np.maximum(anchor - low, high - anchor)
    low, high = np.minimum(low, anchor - BESIDE * reach), np.maximum(high, anchor + BESIDE * reach)
    extent = high - low
    natural = np.maximum(1.0, np.abs(low + high) / 2)
    moved = extent.max() > STANDSTILL * np.abs(low + high).max()
    smallest = np.minimum(natural, 12 * extent.max()) if moved else 4.0 * natural
    size = np.maximum(1.35 * extent, np.maximum(smallest, 0.4 * extent.max()))
    return intervals((low + high - size) / 2, (low + high + size) / 2)


def squared(box: tuple[Interval, Interval]) -> tuple[tuple[Interval, Interval], bool]:
    """The box, widened in one direction if then both axes can share one scale, and whether they can.

    With one scale a gradient stands upright on the lines of equal height.

    >>> squared(((0.0, 20.0), (0.0, 10.0)))[1]
    True
    """
    (left, right), (low, high) = box
    ratio = (right - left) / (high - low)
    aim = min(max(ratio, SIDES[0]), SIDES[1])
    if not 1 / STRETCH <= ratio / aim <= STRETCH:
        return box, False
    width, height = max(right - left, (high - low) * aim), max(high - low, (right - left) / aim)
    middle, center = (left + right) / 2, (low + high) / 2
    return ((middle - width / 2, middle + width / 2), (center - height / 2, center + height / 2)), True


def value_interval(curve: Array, visited: Array) -> Interval:
    """The values to show of a curve: all if they stay near what the runs visited, never the whole of a pole or a steep branch."""
    curve, visited = (np.clip(values[np.isfinite(values)], -LARGEST, LARGEST) for values in (curve, visited))
    if not curve.size:
        return (-1.0, 1.0)
    low, usual, high = np.quantile(curve, (0.02, 0.75, 0.9))
    if visited.size:
        least, most = float(visited.min()), float(visited.max())
        low, high = min(least, low), max(most, np.clip(2 * most - least, usual, high))
    room = 0.6 * (high - low)
    low, high = max(low - room, min(curve.min(), low)), min(high + room, max(curve.max(), high))
    if not high > low:
        low, high = low - max(1.0, abs(low)) / 2, high + max(1.0, abs(high)) / 2
    margin = 0.07 * (high - low)
    return (float(low - margin), float(high + margin))


def _hull(parts: Sequence[Array]) -> tuple[Array, Array]:
    """The lowest and the highest coordinates of all positions."""
    positions = np.vstack([part.reshape(-1, parts[0].shape[-1]) for part in parts])
    return positions.min(axis=0), positions.max(axis=0)


def corners(box: Box | None) -> list[Array]:
    return [] if box is None else [np.array([low for low, _ in box]), np.array([high for _, high in box])]


def intervals(low: Array, high: Array) -> Box:
    """A box from its corners, within what the machine can subtract."""
    return tuple((max(float(a), -LARGEST), min(float(b), LARGEST)) for a, b in zip(low, high, strict=True))
