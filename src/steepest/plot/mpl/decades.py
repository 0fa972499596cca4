"""Logarithmic axes: powers of ten a round number of decades apart, as numbers without small exponents."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.ticker import FixedLocator, LogFormatter, LogLocator, NullLocator

from steepest.plot.scene.text.number import number, typographic

PLAIN = 1e-3, 1e3  # numbers between them have no power of ten
FEWEST, MOST = 2, 8  # numbers on an axis
NEAR = 1e-9  # decades
SUBDIVIDED = 8.0  # decades, up to which ticks stand between the numbers


class DecadeFormatter(LogFormatter):
    """Matplotlib's choice of ticks that have a number, as pictures write numbers: its own exponents are smaller than any word."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return decade_text(x) if super().__call__(x, pos) else ""


def decade_text(value: float) -> str:
    """A number on a logarithmic axis.

    >>> [decade_text(value) for value in (1e-12, 0.001, 30.0, 1000.0, 2e5)]
    ['1e−12', '0.001', '30', '1000', '2e5']
    """
    if value == 0 or PLAIN[0] * (1 - 1e-9) <= abs(value) <= PLAIN[1] * (1 + 1e-9):
        return number(value)
    mantissa, _, power = f"{value:.3e}".partition("e")
    return typographic(f"{float(mantissa):g}e{int(power)}")


def mark_decades(axis: Any, low: float, high: float, most: int = MOST) -> None:
    """Give a logarithmic axis its ticks and numbers.

    Args:
        axis: of matplotlib.
        low, high: the decimal logarithms of its ends.
        most: numbers that have room.
    """
    axis.set_major_locator(FixedLocator(decades(low, high, most)))
    axis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=20) if high - low < SUBDIVIDED else NullLocator())
    write_decades(axis)


def write_decades(axis: Any) -> None:
    """Write the numbers of a logarithmic axis; those between powers of ten where few of these are in view."""
    axis.set_major_formatter(DecadeFormatter())
    axis.set_minor_formatter(DecadeFormatter(minor_thresholds=(1, 0.4)))


def decades(low: float, high: float, most: int = MOST) -> list[float]:
    """At most so many powers of ten between 10^low and 10^high, a round number of decades apart.

    >>> decades(-1.2, 2.5), decades(-21.0, 41.0)
    ([0.1, 1.0, 10.0, 100.0], [1e-20, 1e-10, 1.0, 10000000000.0, 1e+20, 1e+30, 1e+40])
    """
    chosen: list[int] = []
    for apart in (1, 2, 5, 10, 20, 50, 100, 200):
        powers = list(range(math.ceil(low / apart - NEAR) * apart, math.floor(high + NEAR) + 1, apart))
        if chosen and len(powers) < FEWEST:
            break
        chosen = powers
        if len(chosen) <= most:
            break
    return [float(f"1e{power}") for power in chosen]
