"""Whether a run hops over an edge of the function, where the slope jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.motion.oscillation import lengths
from steepest.diagnosis.sampling import Sampling, evaluations
from steepest.targets.arrays import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

JUMP = 5.0  # times more than the curvatures on both sides allow
LAST = 12  # steps that are looked at
PARTS = 32
ZOOMS = 8  # into one of the parts each, until what is left is so short that only an edge has a jump of the slope in it


def kink(run: Trajectory, sampling: Sampling, tail: int) -> bool:
    """Whether the slope jumps in two or more of the last steps, by more than the curvatures on both sides allow.

    Args:
        tail: the first row from which on every position was looked at.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.sampling import sampling
    >>> runs = descend("abs(x)", 2.05, lr=0.1), descend("sqrt(x^2 + 1e-12)", 2.05, lr=0.1)
    >>> [kink(run, sampling(run), 0) for run in runs]
    [True, False]
    """
    if not sampling.exact:
        return False
    rows = slice(max(tail, len(sampling.steps) - LAST), None)
    slopes, positions, curvatures = (part[rows] for part in (sampling.gradients, sampling.positions, sampling.curvatures))
    with np.errstate(all="ignore"):
        change, way = lengths(np.diff(slopes, axis=0)), lengths(np.diff(positions, axis=0))
        size = np.abs(curvatures).max(axis=1)
        jumps = (change > JUMP * np.maximum(size[1:], size[:-1]) * way) & (change > 0.5 * lengths(slopes[1:]))
        for row in np.flatnonzero(jumps):  # a smooth function has the missing curvature in between
            jumps[row] = edge(run, positions[row], positions[row + 1], float(change[row]))
    return bool(jumps.sum() >= 2)


def edge(run: Trajectory, one: Array, other: Array, change: float) -> bool:
    """Whether half of the change of the slope between two positions takes place within next to nothing."""
    for _ in range(ZOOMS):
        points = one + np.linspace(0, 1, PARTS + 1)[:, None] * (other - one)
        parts = lengths(np.diff(evaluations(run, points)[1], axis=0))
        if not np.isfinite(parts).all():
            return False
        row = int(parts.argmax())
        if parts[row] < 0.5 * change:
            return False
        one, other = points[row], points[row + 1]
    return True
