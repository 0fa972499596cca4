"""Whether a run ends in a cycle: the same few points again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.sampling import Sampling
from steepest.language.expression import names
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

LONGEST = 16
PERIODS = 8  # how many of the last periods are compared
SAME = 1e-5  # how closely a cycle returns, relative to its size
ROUNDING = 1e-11  # the share of the largest coordinate below which a change is rounding
REMAINING = 1e-3  # the share of its size by which it may still change, extrapolated


def cycle(sampling: Sampling) -> tuple[int, Array] | None:
    """The period of the cycle at the end, from 2 to 16, with its points; None if there is none.

    A run that returns to almost the same point each time may be a slow spiral. So the change that remains, extrapolated as a
    geometric series, must be small compared with the cycle.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.sampling import sampling
    >>> period, points = cycle(sampling(descend("x^2", 3, lr=1, steps=20)))
    >>> period, points.tolist()
    (2, [[-3.0], [3.0]])
    >>> cycle(sampling(descend("x^2", 3, lr=0.999999, steps=20)))
    """
    positions = sampling.positions[sampling.tail :]
    for period in range(2, LONGEST + 1):
        tail = positions[-PERIODS * period :]
        if len(tail) < 2 * period + 2 or not np.isfinite(tail).all():
            return None
        last = tail[-2 * period - 2 :]
        size = float(np.ptp(last, axis=0).max())
        if size <= 1e-9 * max(1e-300, float(np.abs(last).max())):
            return None
        changes = np.abs(tail[period:] - tail[:-period]).max(axis=1)
        if changes[-period - 2 :].max() <= SAME * size:
            remaining = _remaining_change(changes, period, float(np.abs(last).max()))
            return (period, tail[-period:]) if remaining <= REMAINING * size else None
    return None


def _remaining_change(changes: Array, period: int, largest: float) -> float:
    """How far the points will still move: the sum of the geometric series that the last changes begin."""
    first, last = float(changes[:period].max()), float(changes[-period:].max())
    if last <= ROUNDING * largest:
        return 0.0
    count = (len(changes) - period) / period
    ratio = (last / first) ** (1 / count) if first and count else 1.0
    return last / (1 - ratio) if ratio < 1 else np.inf


def repeats_exactly(run: Trajectory, sampling: Sampling, period: int) -> bool:
    """Whether the last position and state are bitwise those of a period before, and nothing depends on the step number.

    Then the run would repeat them forever.
    """
    if names(*run.hyperparameters.values()) & {"t", "T"} or any(run.optimizer.uses(name) for name in ("t", "T", "noise")):
        return False
    if not np.array_equal(sampling.positions[-1], sampling.positions[-1 - period]):
        return False
    quantities = run.quantities if run.optimizer.state else {}
    state = [np.asarray(quantities[name]) for name in run.optimizer.state if name in quantities]
    return all(len(rows) > period and np.array_equal(rows[-1], rows[-1 - period]) for rows in state)
