"""The heading of a picture: a title, and the formula as large as it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from steepest.plot.mpl.text.mathtext import line_height, typeset
from steepest.plot.mpl.text.measure import wrapped
from steepest.plot.theme import Theme

TITLE, FORMULA = 0.32, 0.34  # inches: a line of the title, and of the formula, in the sizes of the themes
LINE, GAP = 1.5, 0.3  # in font sizes: from one line of the formula to the next, and the least between two that are tall


@dataclass(frozen=True)
class Heading:
    """The lines of the title and of the formula, the formula's size in points, its line pitch and the height of all in inches."""

    title: Sequence[str]
    formula: Sequence[str]
    size: float
    pitch: float
    height: float


def fitted_heading(title: str, formula: str, text: str, width: float, theme: Theme) -> Heading:
    """The title and the formula, as large as they fit into a width in inches.

    Args:
        title: empty for none.
        formula, text: in LaTeX, and in plain text for what mathtext does not support; empty for none.
    """
    words = wrapped(title, width, theme.title_size, theme, bold=True) if title else []
    height = len(words) * TITLE * theme.title_size / 14
    if not formula:
        return Heading(words, [], 0.0, 0.0, height)
    lines, size = typeset(formula, text, 72 * width, theme)
    pitch = max(LINE * size, *(line_height(line, size, theme) + GAP * size for line in lines)) / 72
    last = max(FORMULA * theme.formula_size / 13.5, pitch)
    return Heading(words, lines, size, pitch, height + (len(lines) - 1) * pitch + last)


def draw_heading(figure: Figure, heading: Heading, left: float, down: float, theme: Theme) -> None:
    """Draw the title and the formula below it.

    Args:
        left, down: where they begin, in inches from the left and from the top of the figure.
    """
    width, height = (float(side) for side in figure.get_size_inches())
    text: dict[str, Any] = {"ha": "left", "va": "top", "fontfamily": theme.fonts, "color": theme.ink}
    line = TITLE * theme.title_size / 14
    for words in heading.title:
        figure.text(
            left / width, 1 - down / height, words, fontsize=theme.title_size, fontweight="bold", parse_math=False, **text
        )  # fmt: skip
        down += line
    for words in heading.formula:
        figure.text(left / width, 1 - down / height, words, fontsize=heading.size, math_fontfamily=theme.mathematics, **text)
        down += heading.pitch
