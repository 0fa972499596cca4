"""A run's path in a view: the visible part, the steps with a dot, arrows that show the order, the exit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.plot.scene.limits import Array, Interval

Whole = NDArray[np.intp]
View = tuple[Interval, Interval]

# Lengths as shares of the view.
SHORT = 0.0008  # a shorter move is not drawn; this is less than a point
DOT = 0.014  # a shorter step has no dot
LONG = 0.045  # a longer step has an arrow
SPACING = 0.16  # from arrow to arrow along a path of shorter steps
APART = 0.05  # least distance between two arrows
OPAQUE = 5.0  # the length of the path that is drawn opaque
OUTSIDE = 1e6  # coordinates are clipped to this

MOST_ARROWS = 24


@dataclass(frozen=True)
class Exit:
    """Where a path leaves the view.

    Attributes:
        point: on the border.
        direction: of the step there.
        step: its number, from 1.
        returns: whether the path ends inside.
    """

    point: tuple[float, float]
    direction: tuple[float, float]
    step: int
    returns: bool


@dataclass(frozen=True, eq=False)
class Path:
    """One run as a polyline, in data coordinates of the view.

    Attributes:
        points: the start and the point after each step, visible or not, a row each; NaN where there is no value.
        line: the visible part, clipped at the border; a row of NaN separates its pieces.
        opaque: how many of the first rows of `line` are drawn opaque.
        opacity: of the others, so that a path that crosses the view many times does not cover it.
        dots: the steps with a dot: those long enough to be told apart.
        arrows: rows of `x, y, dx, dy`, in order.
        exit: where the path leaves: for the first time if it ends in the view, else for good.
    """

    points: Array
    line: Array
    opaque: int
    opacity: float
    dots: Whole
    arrows: Array
    exit: Exit | None


def path(points: Array, view: View) -> Path:
    """The path through `points`, a row for each position, as a view shows it."""
    low, high = (np.array(side) for side in zip(*view, strict=True))
    size = high - low
    with np.errstate(over="ignore"):
        unit = np.clip((points - low) / size, -OUTSIDE, OUTSIDE)  # NaN stays
    line = _visible_line(unit)
    length = np.concatenate([[0.0], np.cumsum(np.nan_to_num(np.hypot(*np.diff(line, axis=0).T)))]) if len(line) else np.zeros(0)
    total = float(length[-1]) if len(line) else 0.0
    arrows = _arrows_along(unit)
    arrows = np.hstack([low + arrows[:, :2] * size, arrows[:, 2:] * size])
    opaque = int(np.searchsorted(length, OPAQUE, side="right"))
    opacity = float(np.clip(2 * OPAQUE / max(total, OPAQUE), 0.3, 1.0))
    return Path(points, low + line * size, opaque, opacity, _dots_along(unit), arrows, _border_crossing(unit, low, size))


def _visible_line(unit: Array) -> Array:
    """The part of a polyline inside the unit square, without moves too short to see."""
    if len(unit) < 2:
        return unit[:0]
    unit = unit[moves(unit)]
    if _inside(unit).all():
        return unit
    start, end, shown = clipped(unit)
    joined = shown[1:] & shown[:-1] & (end[:-1] == start[1:]).all(axis=1)
    rows = np.stack([start, end, np.full_like(start, np.nan)], axis=1)
    keep = np.stack([shown & ~np.append(False, joined), shown, shown & ~np.append(joined, True)], axis=1)
    return np.asarray(rows[keep])


def moves(unit: Array) -> NDArray[np.bool_]:
    """Which points of a path differ visibly from the one before; the first and the last always do."""
    cells = np.round(np.nan_to_num(unit, nan=-OUTSIDE) / SHORT)
    changed = (np.diff(cells, axis=0) != 0).any(axis=1)
    return np.concatenate([[True], changed[:-1], [True]])


def _inside(unit: Array) -> NDArray[np.bool_]:
    """Which points lie in the unit square."""
    return np.asarray(((unit >= 0) & (unit <= 1)).all(axis=1))


def clipped(unit: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
    """The segments of a polyline clipped to the unit square (Liang and Barsky, ACM TOG 3(1), 1984).

    Returns:
        The start and the end of each segment, a row each, and which segments have a part inside.
    """
    start, end = unit[:-1], unit[1:]
    change = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = -start / change, (1 - start) / change
    enter = np.where(change == 0, -np.inf, np.minimum(to_low, to_high)).max(axis=1)
    leave = np.where(change == 0, np.inf, np.maximum(to_low, to_high)).min(axis=1)
    still_inside = ((change != 0) | ((start >= 0) & (start <= 1))).all(axis=1)
    first, last = np.clip(enter, 0, 1)[:, None], np.clip(leave, 0, 1)[:, None]
    shown = still_inside & (first < last)[:, 0]
    return np.where(first > 0, start + first * change, start), np.where(last < 1, start + last * change, end), shown


def _border_crossing(unit: Array, low: Array, size: Array) -> Exit | None:
    """Where the path goes from inside to outside: for the first time if it ends inside, else for good."""
    seen = _inside(unit)
    leaving = np.flatnonzero(seen[:-1] & ~seen[1:] & np.isfinite(unit[1:]).all(axis=1))
    if not leaving.size:
        return None
    returns = bool(seen[-1])
    step = int(leaving[0 if returns else -1])
    _, border, _ = clipped(unit[step : step + 2])
    point, direction = low + border[0] * size, (unit[step + 1] - unit[step]) * size
    return Exit((float(point[0]), float(point[1])), (float(direction[0]), float(direction[1])), step + 1, returns)


def _dots_along(unit: Array) -> Whole:
    """The visible steps that are long enough, at most one for each cell of a fine grid."""
    steps = np.flatnonzero(_inside(unit))
    if len(unit) < 2:
        return steps
    lengths = np.hypot(*np.diff(unit, axis=0).T)
    longest = np.fmax(np.append(lengths, 0.0), np.append(0.0, lengths))
    steps = steps[longest[steps] >= DOT]
    cells = np.floor(unit[steps] / DOT)
    _, first = np.unique(cells, axis=0, return_index=True)
    return np.asarray(np.sort(steps[first]))


def _arrows_along(unit: Array) -> Array:
    """Arrows that show the order: on every long step, and at equal distances along short ones, the first steps first."""
    unit = unit[np.isfinite(unit).all(axis=1)]
    if len(unit) < 2:
        return np.zeros((0, 4))
    start, end, shown = clipped(unit)
    change = np.where(shown[:, None], end - start, 0.0)
    lengths = np.hypot(*change.T)
    along = np.cumsum(lengths)
    own = np.flatnonzero(lengths >= LONG)
    distances = np.arange(SPACING, along[-1], SPACING)
    passing = np.searchsorted(along, distances[: 4 * MOST_ARROWS])
    candidates = np.unique(np.concatenate([own[: 10 * MOST_ARROWS], passing]))
    chosen: list[tuple[float, float, float, float]] = []
    for step in candidates:
        long = lengths[step] >= LONG
        ahead = step if long else min(int(np.searchsorted(along, along[step] + DOT)), len(lengths) - 1)
        middle = (start[step] + end[step]) / 2
        direction = end[ahead] - start[step]
        apart = all(np.hypot(middle[0] - x, middle[1] - y) >= APART for x, y, _, _ in chosen)
        clear_of_ends = long or min(np.hypot(*(middle - unit[0])), np.hypot(*(middle - unit[-1]))) >= APART
        if shown[step] and apart and clear_of_ends and direction.any():
            chosen.append((*middle, *direction))
        if len(chosen) == MOST_ARROWS:
            break
    return np.array(chosen).reshape(-1, 4)
