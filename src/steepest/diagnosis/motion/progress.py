"""Whether a run that its limit ended was still making progress, or stays in one region without settling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.sampling import Sampling

FEWEST = 20  # steps of which it can be said that they stay in a region
STILL = 1e-6  # the share of the value by which a run must fall to be still falling
LATE = 0.75  # the share of the steps after which a coordinate must still turn back


def last_fall(sampling: Sampling, *, scattered: bool) -> tuple[int, float, float] | None:
    """A step a quarter before the end, with the values there and at the end, of a run that was still falling; else None.

    Its values fall from window to window over the second half, the highest as well as the lowest of each: a single low value is
    not enough.

    Args:
        sampling: the sampled positions.
        scattered: whether the values go up and down, over a kink or by batches, so that only those below all earlier ones count.
    """
    last_step = int(sampling.steps[-1])
    row = int(np.searchsorted(sampling.steps, last_step - max(1, last_step // 4)))
    before, last = float(sampling.values[row]), float(sampling.values[-1])
    late = np.flatnonzero(sampling.steps >= last_step // 2)
    windows = [sampling.values[rows] for rows in np.array_split(late, min(4, len(late)))]
    lows, highs = (np.array([extreme(window) for window in windows]) for extreme in (np.min, np.max))
    falling = bool((np.diff(lows) < 0).all() and (np.diff(highs) < 0).all()) and last <= before
    if scattered and not highs[-1] < lows[0]:
        return None
    return (int(sampling.steps[row]), before, last) if falling and before - last > STILL * abs(before) else None


def stays_in_region(sampling: Sampling, turns: Sequence[NDArray[np.int64]]) -> bool:
    """Whether the last two quarters of a run cover much the same positions and values, and coordinates still turn back.

    Args:
        sampling: the sampled positions.
        turns: the steps at which each coordinate turns back.
    """
    if sampling.steps[-1] < FEWEST:
        return False
    rows = [quarter(sampling, which) for which in (2, 3)]
    spans = [np.ptp(sampling.positions[part], axis=0).max() for part in rows]
    lows, highs = ([extreme(sampling.values[part]) for part in rows] for extreme in (np.min, np.max))
    alike = 0.5 * spans[0] <= spans[1] <= 2 * spans[0] and spans[1] > 0
    together = np.ptp(sampling.positions[np.concatenate(rows)], axis=0).max() <= 1.5 * max(spans)
    turning = max(int((steps > LATE * sampling.steps[-1]).sum()) for steps in turns) >= 2
    overlap = min(highs) - max(lows)
    ranges = [high - low for high, low in zip(highs, lows, strict=True)]
    return bool(alike and together and turning and overlap >= 0.5 * max(ranges))


def quarter(sampling: Sampling, which: int) -> NDArray[np.int64]:
    """The rows of a quarter of the steps, 0 to 3."""
    share = sampling.steps / max(1, sampling.steps[-1])
    return np.flatnonzero((share >= which / 4) & ((share < (which + 1) / 4) | (which == 3)))
