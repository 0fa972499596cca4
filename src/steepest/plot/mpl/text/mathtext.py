"""Formulas as matplotlib's mathtext, as large as they fit."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser

from steepest.plot.scene.text.labels import pieces
from steepest.plot.theme import Theme

SMALLEST = 10.0  # points, below which a long formula is broken instead
SCRIPT = 0.7  # of a size, that of its exponents and indices
LARGER = 1.3  # times its size in the theme a formula is at most, so that exponents of exponents can be read
MOST_LINES = 2
TALL = (r"\frac", r"\sqrt")
BRACKETS = re.compile(r"\\(left|right)(\\[lr](?:floor|ceil)\b|[(|)])")
TEXT, UNDERSCORE = re.compile(r"\\text\{(?:[^{}\\]|\\.)*\}"), re.compile(r"(?<!\\mathtt\{)\\_")
AFTER_FACTOR = re.compile(r"(?<=[\w})|])\s*(?=\\(?:a?(?:sin|cos|tan)h?|arc(?:sin|cos|tan)|exp|ln|log|operatorname|max|min)\b)")


def typeset(formula: str, text: str, width: float, theme: Theme) -> tuple[list[str], float]:
    """The lines to draw and their size in points; no exponent is smaller than the theme's smallest words.

    Args:
        formula: in LaTeX.
        text: the same without LaTeX, for what mathtext does not support, and for exponents too deep to be read.
        width: to fit into, in points.
    """
    readable = theme.small_size / SCRIPT ** _levels(formula)
    size, smallest = max(theme.formula_size, readable), max(SMALLEST, readable)
    try:
        if readable > LARGER * theme.formula_size:
            raise ValueError("exponents so deep that they cannot be read")
        extent = _extent_of(formula, size, theme)
        if extent * smallest / size <= width:
            return [f"${_tuned(formula)}$"], min(size, size * width / extent)
        lines = list(_broken(formula, width, smallest, theme))
        if len(lines) <= MOST_LINES and all(_extent_of(line, smallest, theme) <= width for line in lines):
            return [f"${_tuned(line)}$" for line in lines], smallest
    except ValueError:  # also LaTeX that mathtext does not support, such as cases
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
    return _box(f"${_tuned(formula)}$", size, theme)[0]


def line_height(line: str, size: float, theme: Theme) -> float:
    """The height in points of a line that `typeset` made."""
    return _box(line, size, theme)[1] if line.startswith("$") else size


def _box(mathematics: str, size: float, theme: Theme) -> tuple[float, float]:
    """The width and the height of mathtext in points."""
    _check_glyphs(mathematics, theme.mathematics)
    properties = FontProperties(size=size, math_fontfamily=theme.mathematics)
    width, height, *_ = _parser().parse(mathematics, dpi=72, prop=properties)
    return float(width), float(height)


@lru_cache(maxsize=256)
def _check_glyphs(mathematics: str, fonts: str) -> None:
    """Refuse mathtext with letters that its fonts lack, as those of Chinese names of columns.

    Raises:
        ValueError: for these, and for what mathtext does not support.
    """
    if mathematics.isascii():
        return
    log, found = logging.getLogger("matplotlib.mathtext"), list[logging.LogRecord]()

    def note(record: logging.LogRecord) -> bool:
        found.append(record)
        return False

    log.addFilter(note)
    try:
        MathTextParser("path").parse(mathematics, dpi=72, prop=FontProperties(size=10.0, math_fontfamily=fonts))
    finally:
        log.removeFilter(note)
    if found:
        raise ValueError(found[0].getMessage())


def _levels(formula: str) -> int:
    """How deep exponents and indices are nested in LaTeX.

    >>> _levels("e^{-x^{2}} + x"), _levels("x_1"), _levels("{x}")
    (2, 1, 0)
    """
    deepest, open_groups = 0, [0]
    for before, letter in pairwise(" " + formula.replace(r"\_", "")):
        level = open_groups[-1] + (before in "^_")
        deepest = max(deepest, level)
        if letter == "{" and before != "\\":
            open_groups.append(level)
        elif letter == "}" and before != "\\":
            open_groups.pop()
    return deepest


@cache
def _parser() -> MathTextParser[Any]:
    return MathTextParser("path")


def _tuned(formula: str) -> str:
    r"""LaTeX adapted to mathtext: large fractions, brackets that grow only around these and roots, a space before a function.

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
    return with_underscores(AFTER_FACTOR.sub(r"\\,", formula)).replace(r"\frac", r"\dfrac")


def with_underscores(formula: str) -> str:
    r"""LaTeX whose underscores are drawn in a font that has one: the upright font of mathtext has a dot in its place.

    >>> with_underscores(r"\text{petal\_width} + \mathrm{a\_b}")
    '\\text{petal}\\mathtt{\\_}\\text{width} + \\mathrm{a\\mathtt{\\_}b}'
    """
    parted = TEXT.sub(lambda found: found[0].replace(r"\_", r"}\mathtt{\_}\text{"), formula)
    return UNDERSCORE.sub(r"\\mathtt{\\_}", parted)
