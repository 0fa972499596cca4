"""The factor per step of a sequence of errors: a line through their logarithms, if one fits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.targets.array_operations import Array

FEWEST = 8  # numbers that a rate is fitted to, where there are as many
BENT, SWINGING = 0.03, 0.1  # the share of the slope by which those of the halves may differ from it; of numbers that swing
ROUGH = 0.1  # the share of the whole fall, or rise, by which the logarithms may lie off their line
ROUNDING = 1e-4  # and what both may always be
ABRUPT = 100.0  # how many times smaller than the line says a number may be after the last one that is fitted


@dataclass(frozen=True)
class Fit:
    """A factor per step.

    Attributes:
        factor: the factor.
        first, last: the steps after which the first and the last of the numbers were taken.
    """

    factor: float
    first: int
    last: int

    @property
    def span(self) -> float:
        """The logarithm of what the numbers were multiplied by from the first to the last."""
        return math.log(self.factor) * (self.last - self.first)


def fitted(errors: Array, smallest: float = 0.0, steps: NDArray[np.int64] | None = None) -> Fit | None:
    """The factor per step of the last errors, from the slope of their logarithm; None where no line fits them.

    Errors of momentum oscillate, so the line goes through the largest of several neighbors. It covers the last half of the errors
    above `smallest`, where rounding begins. No line fits errors that vanish faster than it predicts.

    Args:
        errors: positive numbers, `(m,)`.
        smallest: errors up to this size are rounding.
        steps: the steps after which they were taken, `(m,)`; consecutive ones if left out.

    >>> fitted(0.8 ** np.arange(30), 1e-16)
    Fit(factor=0.8, first=15, last=29)
    """
    numbers = np.arange(len(errors)) if steps is None else steps
    with np.errstate(all="ignore"):
        usable = np.isfinite(errors) & (errors > smallest)
    end = len(errors) if usable.all() else int(np.argmin(usable))
    rows = slice(max(0, min(end // 2, end - FEWEST)), end)
    tail = errors[rows]
    if len(tail) < FEWEST // 2:
        return None
    peaks = _peaks(tail)
    logarithms, at = np.log(tail[peaks]), numbers[rows][peaks]
    half = len(logarithms) // 2
    bent = BENT if len(peaks) == len(tail) else SWINGING
    slope, first, second = (_slope_of(at[part], logarithms[part]) for part in (slice(None), slice(half), slice(half, None)))
    off = np.abs(logarithms - logarithms.mean() - slope * (at - at.mean()))
    rise = abs(slope) * float(np.ptp(at))
    if max(abs(first - slope), abs(second - slope)) > bent * abs(slope) + ROUNDING or off.max() > ROUGH * rise + ROUNDING:
        return None
    next_one = logarithms[-1] + slope * (numbers[min(end, len(numbers) - 1)] - at[-1])
    if end < len(errors) and next_one > np.log(max(smallest, 5e-324) * ABRUPT):
        return None
    factor = float(f"{np.exp(slope):.10g}")
    return Fit(factor, int(numbers[rows][0]), int(numbers[rows][-1])) if 0 < factor < np.inf else None


def _peaks(values: Array) -> NDArray[np.int64]:
    """The rows that a line goes through: all, if the values only fall or only rise, else the highest around each."""
    changes = np.diff(values)
    if (changes <= 0).all() or (changes >= 0).all():
        return np.arange(len(values))
    width = max(1, len(values) // 5)
    windows = np.lib.stride_tricks.sliding_window_view(values, width)
    return np.asarray(windows.argmax(axis=1) + np.arange(len(windows)))


def _slope_of(steps: NDArray[np.int64], logarithms: Array) -> float:
    """The slope of the line through points, by least squares."""
    centered = steps - steps.mean()
    return float((centered * logarithms).sum() / (centered * centered).sum()) if centered.any() else 0.0
