"""Whether a run oscillates: in which directions, how often, and with what period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.motion.rate import fitted
from steepest.diagnosis.sampling import Sampling
from steepest.targets.array_operations import Array

VISIBLE = 0.01  # the share of the gradient from which a change of sign along a direction counts
SIGNIFICANT = 1e-6  # and the share of the largest slope along it so far
ALIGNED = 0.7  # eigenvectors of two neighbors are the same direction when their cosine is larger
ROUNDING = 1e-14  # of slopes, relative to what they are made of; of differences of a Python function more
FEWEST_BETWEEN = 2.5  # steps between two changes of sides, on average, from which there is a period to tell
FAINT = 0.01  # the least growth or decay of an oscillation that is reported, as a logarithm
REGULAR = 0.3  # how far the numbers of steps between changes of sides may lie from their mean to have a period
Steps = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Oscillation:
    """An oscillation along a direction, an eigenvector of the Hessian along the run.

    Attributes:
        direction: the eigenvector, at the last change of sides.
        changes: how often the slope along it changed its sign.
        certain: whether that number is exact: whether no slope was so small that its sign may be rounding.
        first, last: the steps of the first and the last change.
        period: twice the mean number of steps between two changes; NaN where these numbers differ, or for a single change.
        factor: by what the amplitude was multiplied per step; NaN where that did not stay the same.
    """

    direction: Array
    changes: int
    certain: bool
    first: int
    last: int
    period: float
    factor: float


def oscillations(sampling: Sampling) -> tuple[Oscillation, ...]:
    """The directions in which the slope changed its sign, the most frequent first.

    In an eigendirection of a quadratic the slope is the curvature times the error, so both change their sign together; on any
    function the slope changes its sign where the run crosses a minimum along the direction, also at a kink. Eigenvectors turn
    along the run, so they only propose directions: the changes of sign are counted along a fixed one.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.sampling import sampling
    >>> run = descend("x^2 + 10y^2", (10, 1), lr=0.09)
    >>> [(each.direction.tolist(), each.period) for each in oscillations(sampling(run))]
    [([0.0, 1.0], 2.0)]
    """
    if sampling.hessians is None:
        return ()
    found: list[Oscillation] = []
    for direction in _crossed(sampling):
        if all(abs(float(direction @ other.direction)) < ALIGNED for other in found):
            found += _along(sampling, direction)
    return tuple(sorted(found, key=lambda each: -each.changes))


def _crossed(sampling: Sampling) -> list[Array]:
    """The eigenvectors along which the slope changed its sign, each where it last did, the most frequent first."""
    vectors = np.where(np.isfinite(sampling.directions), sampling.directions, np.eye(sampling.positions.shape[1]))
    with np.errstate(all="ignore"):
        largest = np.abs(sampling.gradients).max(axis=1, keepdims=True)
        slopes = np.einsum("mij,mi->mj", vectors, sampling.gradients / np.where(largest > 0, largest, 1.0))
        overlap = np.einsum("mij,mij->mj", vectors[1:], vectors[:-1])
        sizes = np.abs(slopes) * largest
    next_to = (np.diff(sampling.steps) == 1)[:, None] & (np.abs(overlap) > ALIGNED)
    peak = np.maximum.accumulate(np.nan_to_num(sizes), axis=0)
    tiny = (sizes <= SIGNIFICANT * peak) | (sizes <= 1e-12 * peak.max(axis=1, keepdims=True))
    visible = (np.abs(slopes) > VISIBLE) & ~tiny
    turned = np.concatenate([np.ones_like(overlap[:1]), np.where(overlap < 0, -1.0, 1.0)]).cumprod(axis=0)
    sides = _kept(np.where(visible, np.sign(slopes) * turned, 0.0), tiny)
    changed = (sides[1:] * sides[:-1] < 0) & next_to
    counts = changed.sum(axis=0)
    order = [index for index in np.argsort(-counts, kind="stable").tolist() if counts[index]]
    return [sampling.directions[np.flatnonzero(changed[:, index])[-1] + 1, :, index] for index in order]


def _along(sampling: Sampling, direction: Array) -> list[Oscillation]:
    """The oscillation along a fixed direction, if the slope along it changes its sign by more than rounding."""
    precision = ROUNDING if sampling.exact else SIGNIFICANT
    with np.errstate(all="ignore"):
        slopes = sampling.gradients @ direction
        curvatures = np.nan_to_num(np.abs(sampling.curvatures).max(axis=1))
        reach = np.maximum(
            np.abs(sampling.positions).max(axis=1),
            np.abs(np.diff(sampling.positions, axis=0, prepend=sampling.positions[:1])).max(axis=1),
        )
        terms = np.abs(sampling.gradients).max(axis=1) + curvatures * reach
        tiny = ~(np.abs(slopes) > precision * terms)
        moves = np.abs(np.diff(sampling.positions, axis=0) @ direction)
    sides = _kept(np.where(tiny, 0.0, np.sign(slopes))[:, None], tiny[:, None])[:, 0]
    rows = np.flatnonzero((sides[1:] * sides[:-1] < 0) & (np.diff(sampling.steps) == 1))
    if not len(rows):
        return []
    at = sampling.steps[rows + 1]
    gaps = np.diff(at)
    mean = float(gaps.mean()) if len(gaps) else np.nan
    alike = bool((np.abs(gaps - mean) <= max(1.0, REGULAR * mean)).all())
    regular = mean == 1 or (len(gaps) > 2 and mean >= FEWEST_BETWEEN and alike)
    line = fitted(moves[rows], 0.0, at) if len(rows) >= 4 else None
    factor = line.factor if line and abs(line.span) > FAINT else np.nan
    signs = np.sign(slopes[rows[0] : rows[-1] + 2])
    certain = int((np.diff(signs[signs != 0]) != 0).sum()) == len(rows)
    return [Oscillation(direction, len(rows), certain, int(at[0]), int(at[-1]), 2 * mean if regular else np.nan, factor)]


def _kept(sides: Array, tiny: NDArray[np.bool_]) -> Array:
    """The signs of the slope; where it is tiny, the sign before."""
    rows = np.where(tiny, 0, np.arange(len(sides))[:, None])
    return np.take_along_axis(sides, np.maximum.accumulate(rows, axis=0), axis=0)


def turns(positions: Array) -> tuple[Steps, ...]:
    """The steps at which each coordinate reverses its direction, by more than rounding.

    Args:
        positions: `(m, n)`.

    >>> [steps.tolist() for steps in turns(np.array([[0.0, 1.0], [1.0, 1.0], [3.0, 1.0], [2.0, 1.0]]))]
    [[3], []]
    """
    found = []
    for column in positions.T:
        moves = np.diff(column)
        real = np.flatnonzero(np.abs(moves) > 1e-15 * np.maximum(np.abs(column[1:]), np.abs(column[:-1])))
        ways = np.sign(moves[real])
        found.append(real[1:][ways[1:] != ways[:-1]] + 1)
    return tuple(found)


def falls(values: Array) -> bool:
    """Whether the value never rose by more than rounding."""
    with np.errstate(invalid="ignore"):
        return bool((np.diff(values) <= 1e-12 * np.maximum(1e-300, np.abs(values[:-1]))).all())


def lengths(rows: Array) -> Array:
    """The Euclidean length of each row, without overflow."""
    largest = np.abs(rows).max(axis=1, initial=0.0)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    with np.errstate(all="ignore"):
        return np.asarray(scale * np.sqrt(((rows / scale[:, None]) ** 2).sum(axis=1)))
