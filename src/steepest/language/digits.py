"""Numbers for people, as short as possible without hiding differences; and for JSON.

A number has a few digits, and more where rounding would hide that it is not quite a round number, or that it differs from the
number next to it. `lab/web/model/format.js` does the same in the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

MOST = 17  # digits that determine a float64
NOISE = 1e-12  # relative: smaller differences are taken for rounding
SHOWN = 2  # digits of a difference that are shown
COARSE = [10.0 ** (SHOWN - digits) for digits in range(MOST + 1)]  # the differences that so many digits show in a number of size 1
WRITTEN_OUT = 6  # digits: longer whole numbers are written with a power of ten, unless all digits matter


def short(value: float, digits: int = 6, others: Sequence[float] = (), *, noise: float = NOISE) -> str:
    """A number with some digits, and more where it is not quite round or not quite one of the others.

    Args:
        digits: the least number of significant digits, before trailing zeros are dropped.
        others: numbers that the text must differ from, unless they are equal.
        noise: the relative difference from a round number that is ignored.

    >>> short(1 / 3), short(0.99999996), short(1e6 + 0.25), short(0.1 + 0.2)
    ('0.333333', '0.99999996', '1000000.25', '0.3')
    >>> short(1000001.5, 4, [1000003.25])
    '1000001.5'
    """
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return f"{value + 0.0:.{max(_by_itself(value, digits, noise), _distinct(value, others, digits))}g}"


def _by_itself(value: float, digits: int, noise: float) -> int:
    """The digits that a number needs: more where it would be rounded to a round number that it is not."""
    text = f"{value:.{digits - 1}e}"
    if "0" * max(SHOWN, digits // 2) + "e" not in text:
        return digits
    distance = abs(value - float(text))
    return exponent(value) - exponent(distance) + SHOWN if distance > noise * abs(value) else digits


def _distinct(value: float, others: Sequence[float], digits: int, noise: float = 0.0) -> int:
    """The digits that distinguish a number from others.

    Args:
        digits: the least.
        noise: the relative difference up to which others are ignored.
    """
    size = abs(value)
    least, most = noise * size, COARSE[digits] * size
    gap = min((gap for other in others if least < (gap := abs(value - other)) < most), default=most)
    return digits if gap == most else max(digits, min(exponent(value) - exponent(gap) + SHOWN, MOST))


def exponent(value: float) -> int:
    """The power of ten of the first digit.

    >>> exponent(0.025)
    -2
    """
    return int(f"{value:.16e}".partition("e")[2])


def column(
    values: Sequence[float], digits: int = 6, *, before: Sequence[float] = (), noise: float = NOISE, told: bool = True
) -> list[str]:
    """The numbers in a column of a table, each distinguished from those in the rows around it.

    Args:
        digits: the least number of significant digits.
        before: for each number another one that it is distinguished from: where a step began.
        noise: the relative difference that is ignored, from round numbers and from numbers two rows away.
        told: whether neighbors are distinguished however close they are.

    >>> column([1000009.0, 1000000.25, 1e6])
    ['1000009', '1000000.25', '1000000']
    """
    needed = [digits] * len(values)
    for row, value in enumerate(values):
        if math.isfinite(value) and value:
            close = values[max(row - 2, 0) : row + 3]
            count = _distinct(value, close, _by_itself(value, digits, noise), noise)
            needed[row] = _distinct(value, [*values[max(row - 1, 0) : row + 2], *before[row : row + 1]], count) if told else count
    longest = max(needed, default=digits)
    return [written(value, count, longest) for value, count in zip(values, needed, strict=True)]


def written(value: float, digits: int, longest: int) -> str:
    """A number with some digits, in a column whose longest number has `longest`: written out if that one is."""
    if not math.isfinite(value):
        return short(value)
    text = f"{value + 0.0:.{digits}g}"
    return f"{value:.0f}" if "e+" in text and abs(value) < 10.0 ** min(longest, 15) else text


def for_json(value: Any) -> Any:
    """A number, or nested lists of numbers, for JSON; non-finite ones become "Infinity", "-Infinity" or "NaN", as in ProtoJSON.

    >>> for_json([1.5, math.inf, -math.inf, math.nan])
    [1.5, 'Infinity', '-Infinity', 'NaN']
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return [for_json(item) for item in value] if isinstance(value, list | tuple) else value


def at_step(values: Sequence[float], step: int, digits: int = 4) -> str:
    """The number at a step, distinguished from those at the steps before and after it.

    >>> at_step([1000009.0, 1000003.25, 1000001.5], 1)
    '1000003.2'
    """
    around = [float(value) for value in values[max(step - 1, 0) : step + 2]]
    return short(float(values[step]), digits, around)


def apart(*values: float, digits: int = 6) -> tuple[str, ...]:
    """The numbers of one sentence, each distinguished from the others.

    >>> apart(1001.2, 1000.9, digits=4), apart(2.0, 2.0)
    (('1001.2', '1000.9'), ('2', '2'))
    """
    return tuple(short(value, digits, [*values[:place], *values[place + 1 :]]) for place, value in enumerate(values))


def ticks(values: Sequence[float]) -> list[str]:
    """The labels of an axis: numbers in order, with as many digits as their distances need.

    >>> ticks([0.0, 0.5, 1.0]), ticks([1000000.0, 1000000.5]), ticks([0.001, 1.9, 24.2, 3789.3])
    (['0', '0.5', '1'], ['1000000', '1000000.5'], ['0.001', '1.9', '24.2', '3789'])
    >>> ticks([0.0, 2e7, 4e7]), ticks([-2e-5, 0.0, 2e-5])
    (['0', '2e7', '4e7'], ['-2e-5', '0', '2e-5'])
    """
    nothing = 1e-14 * (max(values) / 2 - min(values) / 2) if len(values) > 1 else 0.0
    values = [0.0 if abs(value) < nothing else value for value in values]
    return [_tick(value, values[max(place - 1, 0) : place + 2]) for place, value in enumerate(values)]


def _tick(value: float, others: Sequence[float]) -> str:
    """A number of an axis, distinguished from its neighbors."""
    if not value or not math.isfinite(value):
        return short(value)
    first, count = exponent(value), _distinct(value, others, 3)
    if -5 < first < WRITTEN_OUT or (count > WRITTEN_OUT - 1 and 0 < first < 16):
        text = f"{value:.{max(count - 1 - first, 0)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return _powered(value, _distinct(value, others, 2) - 1)


def _powered(value: float, places: int) -> str:
    """A number in scientific notation.

    >>> _powered(-2.5e-7, 3)
    '-2.5e-7'
    """
    mantissa, _, power = f"{value:.{places}e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(power)}"
