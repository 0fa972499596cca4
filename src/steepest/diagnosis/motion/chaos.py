"""Whether a run is chaotic: whether two runs that start next to each other separate by a constant factor per step.

The logarithm of that factor is the largest Lyapunov exponent: the mean growth of a tangent vector under the exact Jacobians of the
steps, in position and state (Strogatz, Nonlinear Dynamics and Chaos, 2nd edition, section 10.5). For the logistic map with
`r = 4` it is `ln 2`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.inputs import equation_inputs, tape_inputs
from steepest.diagnosis.jacobian import step_jacobians
from steepest.diagnosis.sampling import Sampling
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

FEWEST, MOST = 30, 1000  # steps whose Jacobians are multiplied
SEPARATED = math.log(1e4)  # the least separation over these steps, as a logarithm
SLOWEST = 0.01  # and the least one per step
ALIKE = 3.0  # how much larger the range of one half of these steps may be than that of the other
WIDEST = 40  # coordinates of position and state


@dataclass(frozen=True)
class Chaos:
    """The largest Lyapunov exponent over the steps from `first` to `last`."""

    exponent: float
    first: int
    last: int


def chaos(run: Trajectory, sampling: Sampling) -> Chaos | None:
    """The exponent of a run that stays in one region without coming to rest, while neighbors separate; None for any other.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.sampling import sampling
    >>> run = descend("4x^3/3 - 1.5x^2", 0.3, lr=1, steps=600)  # x' = 4x(1-x)
    >>> abs(chaos(run, sampling(run)).exponent - math.log(2)) < 0.02
    True
    """
    first = max(len(sampling.steps) // 2, sampling.tail, len(sampling.steps) - 1 - MOST)
    rows = np.arange(first, len(sampling.steps) - 1)
    if run.record.program is None or len(rows) < FEWEST or not _stays(sampling.positions[first:]):
        return None
    program = run.record.program
    if program.count + len(program.next_state) > WIDEST:
        return None
    inputs = tape_inputs(run, equation_inputs(run, sampling))
    logs = _growth(step_jacobians(program, [column[rows] for column in inputs]))
    half = len(logs) // 2
    if not np.isfinite(logs).all() or logs.sum() < SEPARATED or min(logs[:half].mean(), logs[half:].mean()) < SLOWEST:
        return None
    return Chaos(float(logs.mean()), int(sampling.steps[first]), int(sampling.steps[-1]))


def _stays(positions: Array) -> bool:
    """Whether both halves have similar ranges: the run neither grows nor shrinks nor moves on."""
    half = len(positions) // 2
    early, late, both = (float(np.ptp(part, axis=0).max()) for part in (positions[:half], positions[half:], positions))
    return 0 < max(early, late) < ALIKE * min(early, late) and both < ALIKE / 2 * max(early, late)


def _growth(jacobians: Array) -> Array:
    """The logarithm of the factor by which each step stretches a tangent vector, `(m,)`."""
    size = jacobians.shape[1]
    vector = np.cos(np.arange(1.0, size + 1))
    logs = np.empty(len(jacobians))
    for row, jacobian in enumerate(jacobians):
        vector = jacobian @ vector
        length = float(np.linalg.norm(vector))
        if not 0 < length < math.inf:
            logs[row:] = -math.inf
            break
        logs[row] = math.log(length)
        vector = vector / length
    return logs
