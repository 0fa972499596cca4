"""Round numbers along the axes of a surface: three to five on each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product, starmap

import numpy as np
from matplotlib.ticker import MaxNLocator

from steepest.plot.mpl.artists import brief_numbers
from steepest.plot.mpl.tick_locator import ROUND
from steepest.plot.scene.grid import Grid
from steepest.plot.scene.limits import Interval

TICKS = 5
TICK_MARGIN = 0.04  # share of an axis at each end without a tick
FEWEST, MOST = 3, 5
OTHERS = (4, 6, 7, 8, 3)  # numbers of intervals to try where as many as asked for give too few ticks, or too many
FEW, QUARTERS = ROUND, (1, 2.5, 5, 10)  # from tick to tick, in powers of ten: the second where no step of the first fits
HEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)  # where round values are looked for on an axis that is not linear
NEAR = 0.09  # how far from there
ROUNDING = 1e-9  # share of an axis by which a number may lie beyond its end


def tick_labels(interval: Interval) -> list[tuple[float, str]]:
    """Round numbers in an interval: for each its position, as a share of the interval, and its text."""
    return _round(interval, TICK_MARGIN)


def height_labels(grid: Grid) -> list[tuple[float, str]]:
    """Round values along the height axis, whose scale is that of the levels: the share of its length, and the text."""
    levels, shares = grid.levels, np.linspace(0, 1, len(grid.levels))
    if grid.spacing == "linear":
        return _round((float(levels[0]), float(levels[-1])), -ROUNDING)
    bounds = [np.interp((share - NEAR, share + NEAR), shares, levels).tolist() for share in HEIGHTS]
    values = sorted({roundest(*pair) for pair in bounds})
    return list(zip(np.interp(values, levels, shares).tolist(), brief_numbers(values), strict=True)) if values else []


def _round(interval: Interval, margin: float) -> list[tuple[float, str]]:
    """Three to five round numbers in an interval without so large a share of it at both ends, as few as there are if fewer."""
    low, high = interval

    def inside(steps: Sequence[float], count: int) -> list[tuple[float, float]]:
        ticks = [float(tick) for tick in MaxNLocator(count, steps=steps).tick_values(low, high)]
        shares = [(tick - low) / (high - low) for tick in ticks]
        return [(share, tick) for share, tick in zip(shares, ticks, strict=True) if margin <= share <= 1 - margin]

    tried = starmap(inside, product((FEW, QUARTERS), (TICKS, *OTHERS)))
    kept = next((each for each in tried if FEWEST <= len(each) <= MOST), None) or inside(FEW, TICKS)
    return list(zip([share for share, _ in kept], brief_numbers([tick for _, tick in kept]), strict=True)) if kept else []


def roundest(low: float, high: float) -> float:
    """The number with the fewest digits between two, powers of ten before their multiples by 2 and 5.

    >>> roundest(0.7, 140.0), roundest(-3.0, 4.0), roundest(61.0, 64.5), roundest(-2600.0, -1800.0)
    (100.0, 0.0, 62.0, -2000.0)
    """
    if low <= 0 <= high:
        return 0.0
    if high < 0:
        return -roundest(-high, -low)
    power = math.floor(math.log10(high))
    while True:
        step = float(f"1e{power}")
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if first <= last:
            inside = [each for each in (10, 5, 2, 1) if first <= each <= last]
            multiple = 1 if 1 in inside else inside[0] if inside else first + (last - first) // 2
            return float(f"{multiple}e{power}")
        power -= 1
