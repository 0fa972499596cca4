"""Whether a run jumps back and forth over a kink of the function, where the gradient jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.motion.oscillation import lengths
from steepest.diagnosis.sampling import Sampling, evaluations
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

JUMP = 5.0  # times more than the curvatures on both sides allow
LAST = 12  # steps that are examined
PARTS = 32
ZOOMS = 8  # each into one of the parts, until only a kink has a jump of the gradient in an interval so short


def kink(run: Trajectory, sampling: Sampling) -> bool:
    """Whether the slope jumps in two or more of the last steps, by more than the curvatures on both sides allow.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.sampling import sampling
    >>> runs = descend("abs(x)", 2.05, lr=0.1), descend("sqrt(x^2 + 1e-12)", 2.05, lr=0.1)
    >>> [kink(run, sampling(run)) for run in runs]
    [True, False]
    """
    if not sampling.exact:
        return False
    rows = slice(max(sampling.tail, len(sampling.steps) - LAST), None)
    slopes, positions, curvatures = (part[rows] for part in (sampling.gradients, sampling.positions, sampling.curvatures))
    with np.errstate(all="ignore"):
        change, distance = lengths(np.diff(slopes, axis=0)), lengths(np.diff(positions, axis=0))
        size = np.abs(curvatures).max(axis=1)
        jumps = (change > JUMP * np.maximum(size[1:], size[:-1]) * distance) & (change > 0.5 * lengths(slopes[1:]))
        for row in np.flatnonzero(jumps):  # a smooth function has the missing curvature in between
            jumps[row] = _is_kink(run, positions[row], positions[row + 1], float(change[row]))
    return bool(jumps.sum() >= 2)


def _is_kink(run: Trajectory, one: Array, other: Array, change: float) -> bool:
    """Whether half of the change of the gradient between two positions happens within a tiny interval."""
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
