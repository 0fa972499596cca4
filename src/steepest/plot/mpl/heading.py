"""The heading of a picture: a title, and the formula as large as it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure

from steepest.plot.mpl.mathtext import typeset
from steepest.plot.theme import Theme

ABOVE, TITLE, FORMULA = 0.2, 0.34, 0.36  # inches: the margin above, the title, the formula
FLAT_LINE, TALL_LINE = 1.5, 2.3  # from one line of the formula to the next, in font sizes


@dataclass(frozen=True)
class Formula:
    """The lines of the formula, their font size in points, from line to line in inches, and the height of all in inches."""

    lines: Sequence[str]
    size: float
    pitch: float
    height: float


def typeset_formula(formula: str, text: str, width: float, theme: Theme) -> Formula:
    """The formula, as large as it fits into a width in inches.

    Args:
        formula, text: in LaTeX, and in plain text for what mathtext does not support; empty for none.
    """
    if not formula:
        return Formula([], 0.0, 0.0, 0.0)
    lines, size = typeset(formula, text, 72 * width, theme)
    pitch = (TALL_LINE if any(r"\frac" in line for line in lines) else FLAT_LINE) * size / 72
    return Formula(lines, size, pitch, FORMULA + (len(lines) - 1) * pitch)


def draw_heading(figure: Figure, title: str, formula: Formula, left: float, theme: Theme) -> None:
    """Draw the title and the formula below it.

    Args:
        left: the margin in inches.
    """
    width, height = (float(side) for side in figure.get_size_inches())
    text: dict[str, Any] = {"ha": "left", "va": "top", "fontfamily": theme.fonts, "color": theme.ink}
    figure.text(
        left / width, 1 - (ABOVE - 0.05) / height, title, fontsize=theme.title_size, fontweight="bold", parse_math=False, **text
    )
    for row, line in enumerate(formula.lines):
        down = ABOVE - 0.05 + (TITLE if title else 0.0) + row * formula.pitch
        figure.text(left / width, 1 - down / height, line, fontsize=formula.size, math_fontfamily=theme.mathematics, **text)
