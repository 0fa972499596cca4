"""What all positions of many runs tell: the first step below a value, and the measured rate."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.targets.many.runs import ManyOutcome, run_many

ROUNDING = 1e-13  # a step's length, next to the position's size, that may be rounding
FEWEST = 4  # step lengths from which a rate is measured
Array = NDArray[np.float64]


def first_below(outcome: ManyOutcome, threshold: float, *, exact: bool) -> NDArray[np.int32]:
    """The first step whose value is below a threshold, 0 for the start; -1 where none is."""
    assert outcome.history is not None
    rows, count, parameters = outcome.history.shape
    constants = dict(zip(outcome.program.hyperparameters, [part[0] for part in outcome.constants[:-1]], strict=True))
    found = run_many(
        outcome.program, outcome.history.reshape(rows * count, parameters), constants, steps=0, tol=0.0, exact=exact
    )  # fmt: skip
    return np.array(first_below_of(found.values.reshape(rows, count), threshold), dtype=np.int32)


def first_below_of(values: Any, threshold: float) -> Any:
    """The first row whose value is below a threshold; -1 where none is."""
    with np.errstate(invalid="ignore"):
        below = np.asarray(values) < threshold
    return np.where(below.any(axis=0), below.argmax(axis=0), -1)


def measured_rate(outcome: ManyOutcome) -> Array:
    """The factor by which a step is shorter than the one before, in the long run."""
    assert outcome.history is not None
    return rate_of(outcome.history, outcome.steps)


def rate_of(positions: Array, steps: NDArray[np.int64]) -> Array:
    """The measured rate: `exp` of the slope of a line through the logarithms of the steps' lengths.

    The line goes through the second half of the steps that are longer than rounding. As the error, steps shrink by the factor
    of the slowest direction in the long run; of complex roots the line averages the oscillation.

    Args:
        positions: of every step and run: shape `(steps + 1, runs, parameters)`.
        steps: that each run took.

    Returns:
        NaN where fewer than four steps are longer than rounding.

    >>> positions = 0.5 ** np.arange(20.0)
    >>> rate_of(positions[:, None, None], np.array([19])).round(12).tolist()
    [0.5]
    """
    with np.errstate(all="ignore"):
        lengths = np.sqrt((np.diff(positions, axis=0) ** 2).sum(axis=2))
        size = np.sqrt((positions[:-1] ** 2).sum(axis=2))
        k = np.arange(len(lengths))[:, None]
        told = np.isfinite(lengths) & (lengths > ROUNDING * np.maximum(size, 1e-300)) & (k < steps)
        last = np.where(told.all(axis=0), len(lengths), np.argmin(told, axis=0))  # steps before the first that tells nothing
        used = told & (k < last) & (k >= last // 2)
        count = used.sum(axis=0)
        logs = np.where(used, np.log(np.where(used, lengths, 1.0)), 0.0)
        at = np.where(used, k, 0)
        mean_k, mean_log = at.sum(axis=0) / count, logs.sum(axis=0) / count
        slope = (np.where(used, k - mean_k, 0.0) * (logs - mean_log)).sum(axis=0) / (np.where(used, k - mean_k, 0.0) ** 2).sum(
            axis=0
        )
        return np.asarray(np.where(count >= FEWEST, np.exp(slope), np.nan))
