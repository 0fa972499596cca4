"""Numbers for readers: rounded, but so that each result follows from the numbers that are shown.

A line such as `x = 3 - 0.3*6 = 1.2` can be checked with a calculator. Digits are left out only as long as the check still
holds: where rounded numbers would give another result, those that matter most keep more digits.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from steepest.errors import InputError
from steepest.language.expression import Expression, evaluate, names

MOST_DIGITS = 17  # a float64 has no more
LARGEST_WRITTEN = 1e16  # from here on numbers are written with a power of ten
SMALLEST = -323  # the smallest power of ten that is a float64
TRUSTED = 15  # digits of a result that are more than rounding
CHANGE = 2  # digits of a step that its end must show
HALF = 0.5 + 1e-6  # of the last digit, and what the check itself may round


@dataclass(frozen=True)
class Fit:
    """Rounded numbers for the names of a formula, and the rounded result.

    Attributes:
        numbers: what is put in for each name.
        result: the result to show.
        follows: whether the formula with these numbers, rounded as the result is, gives the result: `=` rather than `≈`.
    """

    numbers: Mapping[str, float]
    result: float
    follows: bool


def check_digits(digits: int) -> None:
    """Refuse a number of digits that no float64 has.

    Raises:
        InputError: unless it is a whole number from 1 to 17.
    """
    if isinstance(digits, bool) or not isinstance(digits, int) or not 1 <= digits <= MOST_DIGITS:
        raise InputError(f"the number of digits is a whole number from 1 to {MOST_DIGITS}, not {digits!r}")


def rounded(value: float, digits: int) -> float:
    """The number with so many significant digits; no digit before the point is dropped.

    >>> rounded(-215.60000000000002, 4), rounded(0.123456, 2), rounded(46483.36, 3)
    (-215.6, 0.12, 46483.0)
    """
    if not math.isfinite(value):
        return value
    return float(f"{value:.{_places_of(value, digits) - 1}e}") + 0.0  # never -0.0


def last_place(value: float, digits: int) -> int:
    """The power of ten of the last of so many digits: -2 for 3.14."""
    return max(_exponent(value) - _places_of(value, digits) + 1, SMALLEST)


def _places_of(value: float, digits: int) -> int:
    return max(digits, _exponent(value) + 1) if abs(value) < LARGEST_WRITTEN else digits


def _exponent(value: float) -> int:
    return int(f"{value:.16e}".partition("e")[2])


def fit(
    formula: Expression, exact: Mapping[str, float], value: float, digits: int, *, whole: Collection[str] = (), change: float = 0.0
) -> Fit:
    """Numbers for a formula, as short as they can be while the result still follows from them to a unit of its last digit.

    Args:
        formula: what is evaluated.
        exact: the value of each name.
        value: the result.
        digits: significant digits to begin with.
        whole: names whose numbers are shown as they are: what a user typed.
        change: how far the result lies from where it was; it gets digits enough to show that.

    >>> from steepest.language.expression import call, name
    >>> fit(call("sub", name("a"), name("b")), {"a": 1.00004, "b": 1.00001}, 1.00004 - 1.00001, 2)
    Fit(numbers={'a': 1.00004, 'b': 1.00001}, result=3e-05, follows=True)
    """
    search = _Search(formula, exact, value, digits, frozenset(whole))
    return search.run(change)


class _Search:
    """Lengthens rounded numbers until the result follows from them."""

    def __init__(self, formula: Expression, exact: Mapping[str, float], value: float, digits: int, whole: frozenset[str]) -> None:
        self.formula, self.value, self.digits = formula, value, digits
        self.exact = {name: exact[name] for name in sorted(names(formula))}
        self.places = {name: MOST_DIGITS if name in whole else digits for name in self.exact}
        self.harms: dict[tuple[str, float], float] = {}

    def run(self, change: float) -> Fit:
        if not math.isfinite(self.value) or not all(map(math.isfinite, self.exact.values())):
            return self.as_it_is()
        last = self.last_place(change)
        while True:
            length = max(_exponent(self.value) - last + 1, 1) if self.value else self.digits
            result, one = rounded(self.value, length), float(f"1e{last}")
            while self.error(result) > one and self.lengthen():
                pass
            error = self.error(result)
            if error <= one or length <= 1 or not self.value:
                return Fit(self.numbers(), result, error <= (HALF * one if self.value else 0.0))
            last += 1  # float64 itself has lost the last digit

    def last_place(self, change: float) -> int:
        """The power of ten of the result's last digit."""
        if not self.value:
            return last_place(max(map(abs, self.exact.values()), default=1.0) or 1.0, self.digits)
        place = last_place(self.value, self.digits)
        if change and math.isfinite(change):
            return min(place, max(last_place(change, CHANGE), last_place(self.value, TRUSTED)))
        return place

    def as_it_is(self) -> Fit:
        """Numbers that are not finite, all rounded to the same digits."""
        numbers, result = self.numbers(), rounded(self.value, self.digits)
        found = evaluate(self.formula, numbers)
        return Fit(numbers, result, found == result or (math.isnan(found) and math.isnan(result)))

    def numbers(self) -> dict[str, float]:
        return {name: rounded(value, self.places[name]) for name, value in self.exact.items()}

    def error(self, result: float) -> float:
        """How far the formula with the rounded numbers is from the rounded result."""
        distance = abs(evaluate(self.formula, self.numbers()) - result)
        return math.inf if math.isnan(distance) else distance

    def lengthen(self) -> bool:
        """Give one more digit to the number whose rounding matters most; whether there was one."""
        numbers = self.numbers()
        short = [name for name, value in self.exact.items() if numbers[name] != value and self.places[name] < MOST_DIGITS]
        if not short:
            return False
        worst = max(short, key=lambda name: self.harm(name, numbers[name]))
        self.places[worst] += 1
        return True

    def harm(self, name: str, number: float) -> float:
        """How much the rounding of one number changes the result; worked out once for each length of a number."""
        if (name, number) not in self.harms:
            change = abs(evaluate(self.formula, {**self.exact, name: number}) - self.exactly)
            self.harms[name, number] = math.inf if math.isnan(change) else change
        return self.harms[name, number]

    @cached_property
    def exactly(self) -> float:
        return evaluate(self.formula, self.exact)
