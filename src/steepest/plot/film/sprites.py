"""Sprites: text that is drawn once and then copied onto every frame of a film.

A `TextSprite` is a label that moves as a whole; `GlyphSprites` are the single glyphs of a line whose text changes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from steepest.plot.film.frames import Pixels
from steepest.plot.mpl.artists import bold_halo
from steepest.plot.scene.limits import Array
from steepest.plot.theme import Theme

REFERENCE = "0"  # a glyph that stands on the baseline


class TextSprite(Artist):
    """A label as an image.

    Attributes:
        center: where its middle is, in axes coordinates.
        text: the label as matplotlib's text, for renderers that draw outlines.
        pixels: the image, the bottom row first.
    """

    def __init__(self, ax: Axes, text: Text, pixels: Pixels, zorder: float) -> None:
        super().__init__()
        self.center = (0.5, 0.5)
        self.text = text
        self.pixels = pixels
        self.axes = ax
        self.set_figure(ax.figure)
        self.set_zorder(zorder)

    def draw(self, renderer: Any) -> None:
        """Copy the image to where the label is."""
        x, y = self.axes.transAxes.transform(self.center)  # type: ignore[union-attr]
        height, width = self.pixels.shape[:2]
        gc = renderer.new_gc()
        renderer.draw_image(gc, round(x - width / 2), round(y - height / 2), self.pixels)
        gc.restore()


def text_sprite(ax: Axes, text: str, color: str, size: float, theme: Theme, zorder: float) -> TextSprite:
    """The sprite of a text with a halo.

    Args:
        text: may hold LaTeX between dollar signs.
        size: of the font, in points.
    """
    dpi = float(ax.figure.dpi)
    side = 4 * size / 72
    figure = Figure(figsize=(max(2, len(text)) * side, side), dpi=dpi, facecolor="none")
    canvas: Any = FigureCanvasAgg(figure)
    drawn = figure.text(
        0.5, 0.5, text, color=color, fontfamily=theme.fonts, fontsize=size, math_fontfamily=theme.mathematics,
        path_effects=bold_halo(color, theme), ha="center", va="center",
    )  # fmt: skip
    canvas.draw()
    pixels = np.array(canvas.buffer_rgba())
    rows, columns = (np.flatnonzero(pixels[..., 3].any(axis=axis)) for axis in (1, 0))
    cropped = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return TextSprite(ax, drawn, np.ascontiguousarray(cropped[::-1]), zorder)


@dataclass(frozen=True, eq=False)
class GlyphSprites:
    """The glyphs of one font, and where the line of text begins.

    Attributes:
        text: an empty text with the font and the color.
        left, baseline: in pixels, from the left and from the top of the frame.
        color: red, green and blue from 0 to 255.
        tiles: for each glyph the coverage of its pixels, from 0 to 1, and its advance width.
    """

    text: Text
    left: int
    baseline: int
    color: Array
    dpi: float
    tiles: dict[str, tuple[Array, float]] = field(default_factory=dict)

    def write(self, line: str, pixels: Pixels, across: int = 0, down: int = 0) -> None:
        """Draw a line of text over a frame, so many pixels right of its place and below it."""
        tiles = [self.tiles.get(glyph) or self.tile(glyph) for glyph in line]
        if not tiles:
            return
        starts = np.rint(np.cumsum([0.0, *(advance for _, advance in tiles)])).astype(int)
        height = self.height
        coverage = np.zeros((2 * height, int(starts[-1]) + 2 * height))
        for (tile, _), start in zip(tiles, starts, strict=False):
            part = coverage[:, start : start + tile.shape[1]]
            np.maximum(part, tile, out=part)
        top, left = self.baseline + down - height, self.left + across - height // 2
        under = pixels[max(top, 0) : top + 2 * height, left : left + coverage.shape[1], :3]
        coverage = coverage[max(-top, 0) :][: under.shape[0], : under.shape[1], None]
        under[...] = np.rint(under + (self.color - under) * coverage)

    @property
    def height(self) -> int:
        """Of a line, in pixels; a tile has that much above the baseline and that much below it."""
        return int(np.ceil(1.5 * float(self.text.get_fontsize()) * self.dpi / 72))

    def tile(self, glyph: str) -> tuple[Array, float]:
        """The coverage of a glyph in a box that begins half a line before it, with the baseline in its middle; its advance."""
        height = self.height
        make: Any = RendererAgg
        renderer = make(2 * height, 2 * height, self.dpi)
        gc, font = renderer.new_gc(), self.text.get_fontproperties()
        double, _, _ = renderer.get_text_width_height_descent(glyph * 2, font, False)
        single, _, _ = renderer.get_text_width_height_descent(glyph, font, False)
        renderer.draw_text(gc, height // 2, height, glyph, font, 0)
        coverage = np.asarray(renderer.buffer_rgba())[..., 3] / 255
        self.tiles[glyph] = coverage, double - single
        return self.tiles[glyph]


def glyph_sprites(text: Text, canvas: FigureCanvasAgg) -> GlyphSprites:
    """The glyphs with which an empty text on a canvas is written; the text stays empty."""
    drawing: Any = canvas
    renderer: Any = drawing.get_renderer()
    color = 255 * np.array(to_rgb(text.get_color()))
    dpi = float(canvas.figure.dpi)
    glyphs = GlyphSprites(text, 0, 0, color, dpi)
    tile, _ = glyphs.tile(REFERENCE)
    rows, columns = (np.flatnonzero(tile.any(axis=axis)) for axis in (1, 0))
    before = np.array(renderer.buffer_rgba())
    text.set_text(REFERENCE)
    text.draw(renderer)
    changed = (np.asarray(renderer.buffer_rgba()) != before).any(axis=2)
    text.set_text("")
    below, right = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    left = int(right[0]) - int(columns[0]) + glyphs.height // 2
    baseline = int(below[-1]) - int(rows[-1]) + glyphs.height
    return GlyphSprites(text, left, baseline, color, dpi, glyphs.tiles)
