"""The lines below the formula: what was run."""

from __future__ import annotations

from collections.abc import Sequence

from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.spacing import LEFT, LINE, RIGHT
from steepest.plot.mpl.text.measure import wrapped
from steepest.plot.theme import Theme

# Inches.


def caption_lines(text: str, width: float, theme: Theme) -> list[str]:
    """What is below the formula, in lines as wide as what it stands over."""
    return wrapped(text, width - LEFT - RIGHT, theme.text_size, theme)


def draw_caption(figure: Picture, lines: Sequence[str], down: float, theme: Theme) -> None:
    """Write the lines below the formula, the last one so many inches from the top."""
    width, height = (float(side) for side in figure.get_size_inches())
    for above, line in enumerate(reversed(lines)):
        figure.text(
            LEFT / width, 1 - (down - above * LINE) / height, line, fontsize=theme.text_size, color=theme.quiet,
            fontfamily=theme.fonts, va="center_baseline", parse_math=False,
        )  # fmt: skip
