"""How a run moved: on one side or from side to side, around a cycle, at what factor per step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.survey import Survey
from steepest.targets.numpy import Array

__all__ = ["Swing", "cycle", "falls", "lengths", "measured_rate", "swings"]

LONGEST_CYCLE = 16
SAME = 1e-5  # how closely a cycle comes back, relative to its size
VISIBLE = 0.01  # the share of the gradient from which a direction is seen to swing
SIGNIFICANT = 1e-6  # and the share of the largest slope so far in that direction
ALIGNED = 0.7  # eigenvectors of two neighbors are the same direction when their cosine is larger
FEWEST = 8  # numbers that a rate is fitted to, where there are as many
BENT = 0.02  # how much the slope of the logarithm may differ between two halves, however small it is
ROUGH = 0.05  # how far the logarithms may lie from their line, however flat it is


@dataclass(frozen=True, eq=False)
class Swing:
    """A swing from side to side along an eigenvector of the Hessian.

    Attributes:
        direction: the eigenvector, at the last change of sides.
        changes: how often the slope along it changed its sign.
        first, last: the steps of the first and the last change.
        period: twice the mean number of steps between two changes; not a number for a single one.
        factor: by what the slope along it was multiplied per step, where that stayed the same; else not a number.
    """

    direction: Array
    changes: int
    first: int
    last: int
    period: float
    factor: float


def swings(survey: Survey) -> tuple[Swing, ...]:
    """The directions in which the run crossed the floor of the valley, the most frequent first.

    In an eigendirection of a quadratic the slope is the curvature times the error, so it changes its sign where the error
    does; on any function it changes its sign where the run crosses from one slope to the other, also at a kink.

    >>> from steepest.descent import descend
    >>> from steepest.diagnosis.survey import survey
    >>> [(swing.direction.tolist(), swing.period) for swing in swings(survey(descend("x^2 + 10y^2", (10, 1), lr=0.09)))]
    [([0.0, 1.0], 2.0)]
    """
    if survey.hessians is None:
        return ()
    vectors = np.where(np.isfinite(survey.directions), survey.directions, np.eye(survey.positions.shape[1]))
    with np.errstate(all="ignore"):
        largest = np.abs(survey.gradients).max(axis=1, keepdims=True)
        slopes = np.einsum("mij,mi->mj", vectors, survey.gradients / np.where(largest > 0, largest, 1.0))
        overlap = np.einsum("mij,mij->mj", vectors[1:], vectors[:-1])
        sizes = np.abs(slopes) * largest
    next_to = (np.diff(survey.steps) == 1)[:, None] & (np.abs(overlap) > ALIGNED)
    peak = np.maximum.accumulate(np.nan_to_num(sizes), axis=0)
    tiny = (sizes <= SIGNIFICANT * peak) | (sizes <= 1e-12 * peak.max(axis=1, keepdims=True))
    seen = (np.abs(slopes) > VISIBLE) & ~tiny
    turned = np.concatenate([np.ones_like(overlap[:1]), np.where(overlap < 0, -1.0, 1.0)]).cumprod(axis=0)
    sides = kept(np.where(seen, np.sign(slopes) * turned, 0.0), tiny)
    changed = (sides[1:] * sides[:-1] < 0) & next_to
    found = [
        swing(survey, changed[:, index], sizes[1:, index], index) for index in range(changed.shape[1]) if changed[:, index].any()
    ]
    return tuple(sorted(found, key=lambda each: -each.changes))


def kept(sides: Array, tiny: NDArray[np.bool_]) -> Array:
    """The sides; on the valley floor, where the slope is tiny, the one before."""
    rows = np.where(tiny, 0, np.arange(len(sides))[:, None])
    return np.take_along_axis(sides, np.maximum.accumulate(rows, axis=0), axis=0)


def swing(survey: Survey, changed: Array, sizes: Array, index: int) -> Swing:
    rows = np.flatnonzero(changed)
    first, last = int(survey.steps[rows[0] + 1]), int(survey.steps[rows[-1] + 1])
    gaps = np.diff(survey.steps[rows + 1])
    period = (
        2 * float(np.median(gaps) if len(gaps) < 20 else gaps[gaps <= 4 * np.median(gaps)].mean()) if len(gaps) else float("nan")
    )
    factor = steady_factor(survey.steps[rows + 1], sizes[rows])
    return Swing(survey.directions[rows[-1] + 1, :, index], len(rows), first, last, period, factor)


def steady_factor(steps: NDArray[np.int64], sizes: Array) -> float:
    """The factor per step of sizes at some steps, if it is the same in both halves."""
    if len(steps) < 4:
        return float("nan")
    middle = len(steps) // 2
    with np.errstate(all="ignore"):
        heights = np.log(sizes)
        parts = ((0, middle), (middle, -1), (0, -1))
        first, second, whole = (float((heights[b] - heights[a]) / (steps[b] - steps[a])) for a, b in parts)
    alike = abs(first - second) <= 0.2 * abs(whole) + 1e-6
    return float(np.exp(whole)) if alike and abs(whole) > 1e-5 else 1.0 if alike else float("nan")


def cycle(survey: Survey) -> tuple[int, Array] | None:
    """The period of the cycle at the end, from 2 to 16, with its points; None if there is none.

    >>> from steepest.descent import descend
    >>> from steepest.diagnosis.survey import survey
    >>> period, points = cycle(survey(descend("x^2", 3, lr=1, steps=20)))
    >>> period, points.tolist()
    (2, [[-3.0], [3.0]])
    """
    positions = survey.positions
    if not np.isfinite(positions[-2 * LONGEST_CYCLE :]).all() or len(positions) < 6:
        return None
    for period in range(2, LONGEST_CYCLE + 1):
        tail = positions[-2 * period - 2 :]
        if len(tail) < 2 * period + 2:
            return None
        size = float(np.ptp(tail, axis=0).max())
        if size <= 1e-9 * max(1e-3, float(np.abs(tail).max())):
            return None
        if float(np.abs(tail[period:] - tail[:-period]).max()) <= SAME * size:
            return period, tail[-period:]
    return None


def falls(values: Array) -> bool:
    """Whether the value never rose by more than rounding."""
    sound = values[np.isfinite(values)]
    return bool((np.diff(sound) <= 1e-12 * np.maximum(1e-300, np.abs(sound[:-1]))).all())


def lengths(rows: Array) -> Array:
    """The Euclidean length of each row, without overflow."""
    largest = np.abs(rows).max(axis=1, initial=0.0)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    with np.errstate(all="ignore"):
        return np.asarray(scale * np.sqrt(((rows / scale[:, None]) ** 2).sum(axis=1)))


def measured_rate(errors: Array, smallest: float, steps: NDArray[np.int64] | None = None) -> float | None:
    """The factor per step of the last errors, from the slope of their logarithm; None if they do not show one.

    Errors of momentum swing, so the line goes through the largest of several neighbors. It covers the last half of what is
    above `smallest`, where rounding begins. The errors are those after `steps`, one after the other if it is left out.

    >>> measured_rate(0.8 ** np.arange(30), 1e-16).__round__(9)
    0.8
    """
    with np.errstate(all="ignore"):
        usable = np.isfinite(errors) & (errors > smallest)
    end = len(errors) if usable.all() else int(np.argmin(usable))
    last = slice(max(0, min(end // 2, end - FEWEST)), end)
    tail, places = errors[last], (np.arange(len(errors)) if steps is None else steps)[last]
    if len(tail) < FEWEST // 2:
        return None
    width = max(1, len(tail) // 5)
    heights = np.log(np.lib.stride_tricks.sliding_window_view(tail, width).max(axis=1))
    places = places[: len(heights)]
    half = len(heights) // 2
    slope, first, second = (slope_of(places[part], heights[part]) for part in (slice(None), slice(half), slice(half, None)))
    line = slope * (places - places.mean())
    scatter = float((heights - heights.mean() - line).std())
    if abs(first - second) > max(BENT, abs(slope)) or scatter > max(ROUGH, abs(slope) * float(np.ptp(places)) / 2):
        return None
    factor = float(f"{np.exp(slope):.10g}")
    return factor if 0 < factor < np.inf else None


def slope_of(places: NDArray[np.int64], heights: Array) -> float:
    """The slope of the line through points, by least squares."""
    centered = places - places.mean()
    return float((centered * heights).sum() / (centered * centered).sum()) if len(heights) > 1 else 0.0
