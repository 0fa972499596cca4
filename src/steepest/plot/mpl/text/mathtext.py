"""Formulas as matplotlib's mathtext, as large as they fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

from steepest.plot.scene.text.labels import pieces
from steepest.plot.theme import Theme

SMALLEST = 0.89  # of the size of formulas, below which a long one is broken instead: its exponents are as large as small words
LEAST = 0.74  # the same for one that cannot be broken, before it is written as plain text
MOST_LINES = 3
TALL = (r"\frac", r"\sqrt")
BRACKETS = re.compile(r"\\(left|right)(\\[lr](?:floor|ceil)\b|[(|)])")
TEXT, UNDERSCORE = re.compile(r"\\text\{(?:[^{}\\]|\\.)*\}"), re.compile(r"(?<!\\mathtt\{)\\_")
AFTER_FACTOR = re.compile(r"(?<=[\w})|])\s*(?=\\(?:a?(?:sin|cos|tan)h?|arc(?:sin|cos|tan)|exp|ln|log|operatorname|max|min)\b)")


def typeset(formula: str, text: str, width: float, theme: Theme) -> tuple[list[str], float]:
    """The lines to draw and their size in points.

    Args:
        formula: in LaTeX.
        text: the same without LaTeX, for what mathtext does not support.
        width: to fit into, in points.
    """
    size, smallest = theme.formula_size, SMALLEST * theme.formula_size
    try:
        extent = _extent_of(formula, size, theme)
        if extent * smallest / size <= width:
            return [f"${_tuned(formula)}$"], min(size, size * width / extent)
        lines = list(_broken(formula, width, smallest, theme))
        if len(lines) <= MOST_LINES and all(_extent_of(line, smallest, theme) <= width for line in lines):
            return [f"${_tuned(line)}$" for line in lines], smallest
        if extent * LEAST <= width:
            return [f"${_tuned(formula)}$"], size * width / extent
    except ValueError:  # LaTeX that mathtext does not support, such as cases
        pass
    longest = int(width / (0.6 * theme.plain_size))
    return [text if len(text) <= longest else text[: longest - 1].rstrip() + "…"], theme.plain_size


def _broken(formula: str, width: float, size: float, theme: Theme) -> Iterator[str]:
    """The formula in lines of at most this width, as far as it can be broken."""
    line = ""
    for piece in pieces(formula):
        if line and _extent_of(line + piece, size, theme) > width:
            yield line
            line = r"\quad "
        line += piece
    yield line


def _extent_of(formula: str, size: float, theme: Theme) -> float:
    """The width in points.

    Raises:
        ValueError: for LaTeX that mathtext does not support.
    """
    properties = FontProperties(size=size, math_fontfamily=theme.mathematics)
    return float(_parser().parse(f"${_tuned(formula)}$", dpi=72, prop=properties)[0])


@cache
def _parser() -> MathTextParser[Any]:
    return MathTextParser("path")


def _tuned(formula: str) -> str:
    r"""LaTeX adapted to mathtext: brackets that grow only around fractions and roots, a space before a function's name.

    >>> _tuned(r"2 \sin\left(x\right)"), _tuned(r"\left(\frac{x}{2}\right)")
    ('2\\,\\sin(x)', '\\left(\\dfrac{x}{2}\\right)')
    """
    opened: list[re.Match[str]] = []
    tall: set[re.Match[str]] = set()
    small: list[tuple[int, int]] = []
    for bracket in BRACKETS.finditer(formula):
        if bracket[1] == "left":
            opened.append(bracket)
            continue
        first = opened.pop()
        if first in tall or any(sign in formula[first.end() : bracket.start()] for sign in TALL):
            tall.update(opened)
        else:
            small += [first.span(), bracket.span()]
    for begin, end in sorted(small, reverse=True):
        formula = formula[:begin] + formula[begin:end].removeprefix(r"\left").removeprefix(r"\right") + formula[end:]
    return with_underscores(AFTER_FACTOR.sub(r"\\,", formula.replace(r"\frac", r"\dfrac")))


def with_underscores(formula: str) -> str:
    r"""LaTeX whose underscores are drawn in a font that has one: the upright font of mathtext has a dot in its place.

    >>> with_underscores(r"\text{petal\_width} + \mathrm{a\_b}")
    '\\text{petal}\\mathtt{\\_}\\text{width} + \\mathrm{a\\mathtt{\\_}b}'
    """
    parted = TEXT.sub(lambda found: found[0].replace(r"\_", r"}\mathtt{\_}\text{"), formula)
    return UNDERSCORE.sub(r"\\mathtt{\\_}", parted)
