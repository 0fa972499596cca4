"""A word that moves over a film: drawn once, then copied to wherever it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import Stroke, withStroke
from matplotlib.text import Text

from steepest.plot.film.frames import Pixels
from steepest.plot.theme import Theme

HALO, BOLD = 3.2, 0.35  # points around letters: of paper, and of their own color


class TextSprite(Artist):
    """A word as a small picture, whose middle is at `place`, in shares of the axes' sides; `word` is the same in letters."""

    def __init__(self, ax: Axes, word: Text, pixels: Pixels, zorder: float) -> None:
        super().__init__()
        self.place = (0.5, 0.5)
        self.word = word
        self.pixels = pixels
        self.axes = ax
        self.set_figure(ax.figure)
        self.set_zorder(zorder)

    def draw(self, renderer: Any) -> None:
        """Copy the picture to its place."""
        x, y = self.axes.transAxes.transform(self.place)  # type: ignore[union-attr]
        height, width = self.pixels.shape[:2]
        pen = renderer.new_gc()
        renderer.draw_image(pen, round(x - width / 2), round(y - height / 2), self.pixels)
        pen.restore()


def text_sprite(ax: Axes, text: str, color: str, size: float, theme: Theme, zorder: float) -> TextSprite:
    """A stamp of a text, which may hold LaTeX between dollar signs, with a rim of paper."""
    dpi = float(ax.figure.dpi)
    side = 4 * size / 72
    paper = Figure(figsize=(max(2, len(text)) * side, side), dpi=dpi, facecolor="none")
    canvas: Any = FigureCanvasAgg(paper)
    word = paper.text(
        0.5,
        0.5,
        text,
        color=color,
        fontfamily=theme.fonts,
        fontsize=size,
        math_fontfamily=theme.mathematics,
        path_effects=rims(color, theme),
        ha="center",
        va="center",
    )
    canvas.draw()
    pixels = np.array(canvas.buffer_rgba())
    rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
    return TextSprite(ax, word, np.ascontiguousarray(pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1][::-1]), zorder)


def rims(color: str, theme: Theme) -> list[Stroke]:
    """Letters that are legible on any ground: a little bolder, on paper."""
    return [Stroke(linewidth=HALO, foreground=theme.paper), withStroke(linewidth=BOLD, foreground=color)]
