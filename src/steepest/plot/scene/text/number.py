"""How numbers are written in pictures: with a true minus sign, and powers of ten without a plus sign and leading zeros.

Terminals, CSV and JSON have them as Python writes them, so that they can be read again.
"""

from __future__ import annotations

import re

DIGITS = 4
NUMBER = re.compile(r"(?<![\w.])(-?)(?:(\d+(?:\.\d+)?|\.\d+)(?:[eE]([+-]?)0*(\d+))?|(inf|nan))(?![\w])")


def typographic(text: str) -> str:
    """A text with its numbers as pictures write them; hyphens in words and signs between numbers stay.

    >>> typographic("f = -9.17e-09"), typographic("7.996e+10 to inf"), typographic("scipy:L-BFGS-B")
    ('f = −9.17e−9', '7.996e10 to ∞', 'scipy:L-BFGS-B')
    """
    return NUMBER.sub(_written, text)


def number(value: float, digits: int = DIGITS) -> str:
    """A number, rounded to so many significant digits.

    >>> number(-0.25), number(1234567.0), number(0.99999999)
    ('−0.25', '1.235e6', '1')
    """
    return typographic(f"{value + 0.0:.{digits}g}")


def _written(found: re.Match[str]) -> str:
    sign, mantissa, exponent_sign, exponent, word = found.groups()
    if word == "nan":
        return "not a number"
    power = f"e{'−' if exponent_sign == '-' else ''}{exponent}" if exponent else ""
    return f"{'−' if sign else ''}{mantissa or '∞'}{power}"
