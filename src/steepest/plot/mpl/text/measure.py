"""How wide words are, before they are drawn, and where lines of them break."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from steepest.plot.theme import Theme

FINE = 10  # pixels a point, so that rounding to pixels does not add up


def text_width(text: str, size: float, theme: Theme, *, bold: bool = False) -> float:
    """The width in inches of a line of plain text, or of LaTeX between dollar signs, at a size in points."""
    return _width(text, theme.fonts, theme.mathematics, bold) * size / 72


@lru_cache(maxsize=4096)
def _width(text: str, fonts: tuple[str, ...], mathematics: str, bold: bool) -> float:
    """The width in sizes of the font."""
    make: Any = RendererAgg
    properties = FontProperties(
        family=list(fonts), size=10, weight="bold" if bold else "normal", math_fontfamily=mathematics
    )  # fmt: skip
    is_math = text.startswith("$") and text.endswith("$") and len(text) > 1
    width, _, _ = make(1, 1, 72 * FINE).get_text_width_height_descent(text, properties, is_math)
    return float(width) / (10 * FINE)


def wrapped(text: str, width: float, size: float, theme: Theme, *, bold: bool = False) -> list[str]:
    """A text in lines of at most this width in inches; a longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, theme, bold=bold) <= width:
            lines[-1] = longer
        elif lines or word:
            lines.append(word)
    return lines
