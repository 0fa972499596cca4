"""Which part of the plane a picture shows: the known view, or one that fits the paths, without those that escape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.plot.options import LARGEST
from steepest.plot.scene.neighborhood import Evaluate, widened

Array = NDArray[np.float64]
Interval = tuple[float, float]
Box = tuple[Interval, ...]

AMONG = 2.5  # how far the beginning of an escaping run is shown beside others, in natural scales
FIRST, FIRST_FARTHER = 3, 3.0  # of its positions, the first ones are shown this many times farther
FAR = 4.0  # natural scales from the start within which no run escapes
GROWTH = 2.5  # the last step relative to the median one from which on a run is speeding up
SQUASH = 8.0  # the size of a path relative to everything else from which on it would leave the rest too small
MARGIN = 0.05
BESIDE = 0.6  # shown beyond the lowest point, as a share of how far the paths reach on its other side
DOT = 0.003  # share of the known view below which a path is a dot
STANDSTILL = 1e-6  # relative change of a position below which a run has not moved
SIDES = (0.8, 1.6)  # width over height of a view whose axes share one scale
COMES_BACK = 0.75  # of the height at a pole, the most that is left one point beside it
STRETCH = 2.6  # how much larger a view may become so that its axes share one scale


def _natural_scale(start: Array, base: Box | None) -> Array:
    """The unit of distance in each parameter: half the known view, else the start's absolute value, at least 1."""
    if base is not None:
        return np.array([(high - low) / 2 for low, high in base])
    return np.maximum(1.0, np.abs(start))


def _distances(path: Array, scale: Array) -> Array:
    """How far from the start each position is, in natural scales."""
    with np.errstate(over="ignore"):
        return np.asarray((np.abs(path - path[0]) / scale).max(axis=1))


def _escapes(path: Array, diverged: bool, scale: Array) -> bool:
    """Whether a run leaves for good: it goes far from its start, and it diverged or is still speeding up."""
    if _distances(path, scale).max() <= FAR:
        return False
    with np.errstate(over="ignore"):
        lengths = (np.abs(np.diff(path, axis=0)) / scale).max(axis=1)
    return diverged or bool(lengths[-1] >= GROWTH * np.median(lengths))


def leaves(path: Array, diverged: bool, base: Box | None) -> bool:
    """Whether a run leaves for good, on its own: where there is no plane that it could squash."""
    return _escapes(path, diverged, _natural_scale(path[0], base))


def escaping(paths: Sequence[Array], diverged: Sequence[bool], base: Box | None) -> list[bool]:
    """For each run whether it leaves for good, or goes so far that showing it all would leave the rest too small.

    Args:
        paths: the finite positions of each run, a row each.
        diverged: whether each run ended so.
        base: the known view.
    """
    scales = [_natural_scale(path[0], base) for path in paths]
    escapes = [_escapes(path, bad, scale) for path, bad, scale in zip(paths, diverged, scales, strict=True)]
    for index, path in enumerate(paths):
        others = [other for number, other in enumerate(paths) if number != index and not escapes[number]]
        if escapes[index] or not (others or base):
            continue
        rest = _hull([path[0] - scales[index], path[0] + scales[index], *others, *_corners(base)])
        with np.errstate(over="ignore"):
            escapes[index] = bool((np.ptp(path, axis=0) > SQUASH * (rest[1] - rest[0])).any())
    return escapes


def box_around(
    paths: Sequence[Array],
    escapes: Sequence[bool],
    base: Box | None,
    anchor: Array,
    points: Array,
    lowest: Array | None = None,
    evaluate: Evaluate | None = None,
    *,
    own_units: bool = False,
) -> Box:
    """The box to show: the known view, enlarged where the paths need it, or a box that holds them and what lies near them.

    Of a run that escapes the beginning is shown; where there is a known view and other runs stay in it, only the start.

    Args:
        paths: the finite positions of each run, a row each.
        escapes: which of them escape.
        base: the known view.
        anchor: the lowest position that a run came to; without a known view both sides of it are shown.
        points: other positions that must be seen, such as samples.
        lowest: the lowest positions around runs that all escape, a row each; None or empty if not known.
        evaluate: the function, where no view is known; None if it is too slow to be looked at beyond the paths.
        own_units: whether each parameter has its own, so that one range says nothing about the other.
    """
    everyone, stay = all(escapes), [path for path, lost in zip(paths, escapes, strict=True) if not lost]
    known = lowest if lowest is not None and len(lowest) else paths[0][:1]
    if base is None:
        scales = [_natural_scale(path[0], base) for path in paths]
        reach = np.abs(known - paths[0][0]).max(axis=0) if everyone else np.ptp(np.vstack(stay), axis=0)
        followed = [
            _beginning(path, np.maximum(scale, reach), FAR if everyone else AMONG) if lost else path
            for path, lost, scale in zip(paths, escapes, scales, strict=True)
        ]
        low, high = _hull([*followed, points, known])
        center = known.mean(axis=0) if everyone else anchor
        fitted = _fitted(low, high, center, own_units=own_units)
        if evaluate is None:
            return fitted
        wide = widened(np.array(fitted), np.column_stack([low, high]), center, evaluate)
        return intervals(wide[:, 0], wide[:, 1])
    followed = [
        path if not lost else _beginning(path, _natural_scale(path[0], base), FAR) if everyone else path[:1]
        for path, lost in zip(paths, escapes, strict=True)
    ]
    low, high = _hull([*followed, points])
    if _unseen(low, high, base):
        return _fitted(low, high, anchor)
    least, most = _hull([low, high, *_corners(base)])
    middle, reach = np.mean(_corners(base), axis=0), np.maximum(high - np.mean(_corners(base), axis=0), 0)
    reach = np.maximum(reach, middle - low)
    least, most = np.minimum(least, middle - BESIDE * reach), np.maximum(most, middle + BESIDE * reach)
    margin = MARGIN * (most - least)
    return intervals(np.minimum(least, low - margin), np.maximum(most, high + margin))


def _unseen(low: Array, high: Array, base: Box) -> bool:
    """Whether paths that do move would be a dot in the known view."""
    extent, sizes = high - low, np.array([high - low for low, high in base])
    return bool((extent < DOT * sizes).all() and extent.max() > STANDSTILL * np.abs(low + high).max())


def _beginning(path: Array, scale: Array, far: float) -> Array:
    """The beginning of a run that escapes: its positions within a number of scales, of the first few also farther ones."""
    distances = _distances(path, scale)
    within = int(np.argmax(distances > far)) if (distances > far).any() else len(path)
    beyond = distances[:FIRST] > FIRST_FARTHER * far
    return path[: max(1, within, int(np.argmax(beyond)) if beyond.any() else FIRST)]


def _fitted(low: Array, high: Array, anchor: Array, *, own_units: bool = False) -> Box:
    """A box with room around the paths, in which their lowest position is not at the border."""
    reach = np.maximum(anchor - low, high - anchor)
    low, high = np.minimum(low, anchor - BESIDE * reach), np.maximum(high, anchor + BESIDE * reach)
    extent = high - low
    natural = np.maximum(1.0, np.abs(low + high) / 2)
    moved = extent.max() > STANDSTILL * np.abs(low + high).max()
    if own_units and (extent > STANDSTILL * np.abs(low + high)).all():
        size = 1.35 * extent
        return intervals((low + high - size) / 2, (low + high + size) / 2)
    smallest = np.minimum(natural, 12 * extent.max()) if moved else 4.0 * natural
    size = np.maximum(1.35 * extent, np.maximum(smallest, 0.4 * extent.max()))
    return intervals((low + high - size) / 2, (low + high + size) / 2)


def squared(box: tuple[Interval, Interval], sides: tuple[float, float] = SIDES) -> tuple[tuple[Interval, Interval], bool]:
    """The box, enlarged in one direction where both axes can then share one scale, and whether they can.

    With one scale a gradient is perpendicular to the contours.

    Args:
        sides: the least and the greatest width over height.

    >>> squared(((0.0, 20.0), (0.0, 10.0)))[1]
    True
    """
    (left, right), (low, high) = box
    ratio = (right - left) / (high - low)
    aim = min(max(ratio, sides[0]), sides[1])
    if not 1 / STRETCH <= ratio / aim <= STRETCH:
        return box, False
    width, height = max(right - left, (high - low) * aim), max(high - low, (right - left) / aim)
    middle, center = (left + right) / 2, (low + high) / 2
    return ((middle - width / 2, middle + width / 2), (center - height / 2, center + height / 2)), True


def value_interval(curve: Array, visited: Array) -> Interval:
    """The values to show of a curve: all that are near those of the runs; of a pole or a steep branch only a part.

    Args:
        curve: values over the interval to show; NaN where there are none.
        visited: values of the runs.
    """
    curve, visited = (np.clip(values[np.isfinite(values)], -LARGEST, LARGEST) for values in (curve, visited))
    if not curve.size:
        return (-1.0, 1.0)
    curve = _between_poles(curve)
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


def _between_poles(curve: Array) -> Array:
    """The longest part of a curve between poles at which it changes from one infinity to the other.

    There the largest jump is: from one side of the median to the other, and beside it the curve comes back on both sides.
    """
    while len(curve) > 3:
        apart = curve - np.median(curve)
        at = int(np.abs(np.diff(curve)).argmax())
        heights = np.abs(apart)
        sides = ((at - 1, at), (at + 2, at + 1))  # a point beside each end of the jump
        comes_back = all(heights[beside] <= COMES_BACK * heights[end] for beside, end in sides if 0 <= beside < len(curve))
        if (apart[at] < 0) == (apart[at + 1] < 0) or not comes_back:
            break
        curve = curve[at + 1 :] if at + 1 < len(curve) / 2 else curve[: at + 1]
    return curve


def _hull(parts: Sequence[Array]) -> tuple[Array, Array]:
    """The lowest and the highest coordinates of all positions."""
    positions = np.vstack([part.reshape(-1, parts[0].shape[-1]) for part in parts])
    return positions.min(axis=0), positions.max(axis=0)


def _corners(box: Box | None) -> list[Array]:
    return [] if box is None else [np.array([low for low, _ in box]), np.array([high for _, high in box])]


def intervals(low: Array, high: Array) -> Box:
    """A box from its lower and its upper corner, clipped so that the difference of its ends is finite."""
    return tuple((max(float(a), -LARGEST), min(float(b), LARGEST)) for a, b in zip(low, high, strict=True))
