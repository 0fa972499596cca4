"""Numbers for people, as short as they can be while what matters is seen; and for JSON.

A number has a few digits, and more where they would hide something: that it is not quite the round number which it would be
rounded to, or that it is not the one beside it. `views/page/format.js` says the same for the page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

MOST = 17  # a float64 has no more
NOISE = 1e-12  # of a number: what is closer to it is told from it only where the difference is the point
SHOWN = 2  # digits of a difference
COARSE = [10.0 ** (SHOWN - digits) for digits in range(MOST + 1)]  # distances that so many digits show in any number of size 1
WRITTEN_OUT = 6  # a longer whole number has a power of ten, unless its other digits matter


def short(value: float, digits: int = 6, others: Sequence[float] = (), *, noise: float = NOISE) -> str:
    """A number with so many digits, and more where it is not quite round or not quite one of the others.

    >>> short(1 / 3), short(0.99999996), short(1e6 + 0.25), short(0.1 + 0.2)
    ('0.333333', '0.99999996', '1000000.25', '0.3')
    >>> short(1000001.5, 4, [1000003.25])
    '1000001.5'
    """
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    return f"{value + 0.0:.{max(_by_itself(value, digits, noise), beside(value, others, digits))}g}"


def _by_itself(value: float, digits: int, noise: float) -> int:
    """How many digits a number needs: more where it would be rounded to a round one that it is not."""
    text = f"{value:.{digits - 1}e}"
    if "0" * max(SHOWN, digits // 2) + "e" not in text:
        return digits
    distance = abs(value - float(text))
    return exponent(value) - exponent(distance) + SHOWN if distance > noise * abs(value) else digits


def beside(value: float, others: Sequence[float], digits: int, noise: float = 0.0) -> int:
    """How many digits tell a number from others; those that are closer than this share of it do not matter."""
    size = abs(value)
    least, most = noise * size, COARSE[digits] * size
    gap = min((gap for other in others if least < (gap := abs(value - other)) < most), default=most)
    return digits if gap == most else max(digits, min(exponent(value) - exponent(gap) + SHOWN, MOST))


def exponent(value: float) -> int:
    """The power of ten of the first digit."""
    return int(f"{value:.16e}".partition("e")[2])


def column(
    values: Sequence[float], digits: int = 6, *, before: Sequence[float] = (), noise: float = NOISE, told: bool = True
) -> list[str]:
    """Numbers of a column of a table, each told from those before and behind it.

    Args:
        before: a number for each that it is told from, too: where a step came from.
        noise: the share of a number within which it is taken for the round one beside it, or for the one two rows away.
        told: whether neighbors are told apart however close they are.

    >>> column([1000009.0, 1000000.25, 1e6])
    ['1000009', '1000000.25', '1000000']
    """
    needed = [digits] * len(values)
    for row, value in enumerate(values):
        if math.isfinite(value) and value:
            close = values[max(row - 2, 0) : row + 3]
            count = beside(value, close, _by_itself(value, digits, noise), noise)
            needed[row] = beside(value, [*values[max(row - 1, 0) : row + 2], *before[row : row + 1]], count) if told else count
    longest = max(needed, default=digits)
    return [written(value, count, longest) for value, count in zip(values, needed, strict=True)]


def written(value: float, digits: int, longest: int) -> str:
    """A number of a column whose longest one has so many digits: written out where that one is."""
    if not math.isfinite(value):
        return short(value)
    text = f"{value + 0.0:.{digits}g}"
    return f"{value:.0f}" if "e+" in text and abs(value) < 10.0 ** min(longest, 15) else text


def for_json(value: Any) -> Any:
    """Numbers, and lists of them, for JSON; what is not finite is "Infinity", "-Infinity" or "NaN", as Protocol Buffers write it.

    >>> for_json([1.5, math.inf, -math.inf, math.nan])
    [1.5, 'Infinity', '-Infinity', 'NaN']
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return [for_json(item) for item in value] if isinstance(value, list | tuple) else value


def at_step(values: Sequence[float], step: int, digits: int = 4) -> str:
    """The number at a step, told from those at the steps beside it.

    >>> at_step([1000009.0, 1000003.25, 1000001.5], 1)
    '1000003.2'
    """
    around = [float(value) for value in values[max(step - 1, 0) : step + 2]]
    return short(float(values[step]), digits, around)


def apart(*values: float, digits: int = 6) -> tuple[str, ...]:
    """Numbers that stand in one sentence, each told from the others.

    >>> apart(1001.2, 1000.9, digits=4), apart(2.0, 2.0)
    (('1001.2', '1000.9'), ('2', '2'))
    """
    return tuple(short(value, digits, [*values[:place], *values[place + 1 :]]) for place, value in enumerate(values))


def ticks(values: Sequence[float]) -> list[str]:
    """Numbers along an axis or a scale, in order, with as many digits as their distances need.

    >>> ticks([0.0, 0.5, 1.0]), ticks([1000000.0, 1000000.5]), ticks([0.001, 1.9, 24.2, 3789.3])
    (['0', '0.5', '1'], ['1000000', '1000000.5'], ['0.001', '1.9', '24.2', '3789'])
    >>> ticks([0.0, 2e7, 4e7]), ticks([-2e-5, 0.0, 2e-5])
    (['0', '2e7', '4e7'], ['-2e-5', '0', '2e-5'])
    """
    nothing = 1e-14 * (max(values) / 2 - min(values) / 2) if len(values) > 1 else 0.0
    values = [0.0 if abs(value) < nothing else value for value in values]
    return [_tick(value, values[max(place - 1, 0) : place + 2]) for place, value in enumerate(values)]


def _tick(value: float, others: Sequence[float]) -> str:
    """A number told from those beside it on an axis."""
    if not value or not math.isfinite(value):
        return short(value)
    first, count = exponent(value), beside(value, others, 3)
    if -5 < first < WRITTEN_OUT or (count > WRITTEN_OUT - 1 and 0 < first < 16):
        text = f"{value:.{max(count - 1 - first, 0)}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return _powered(value, beside(value, others, 2) - 1)


def _powered(value: float, places: int) -> str:
    """A number times a power of ten.

    >>> _powered(-2.5e-7, 3)
    '-2.5e-7'
    """
    mantissa, _, power = f"{value:.{places}e}".partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(power)}"
