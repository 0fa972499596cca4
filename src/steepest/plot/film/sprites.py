"""Words that change on every frame of a film: each letter is drawn once and then copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from steepest.plot.film.frames import Pixels
from steepest.plot.scene.limits import Array

REFERENCE = "0"  # stands on the baseline


@dataclass(frozen=True, eq=False)
class GlyphSprites:
    """The letters of one font, and where their line begins.

    Attributes:
        left, baseline: in pixels, from the left and from the top.
        color: red, green and blue from 0 to 255.
        tiles: how much ink each pixel of a letter has, from 0 to 1, and how far the next letter is from it.
    """

    text: Text
    left: int
    baseline: int
    color: Array
    dpi: float
    tiles: dict[str, tuple[Array, float]] = field(default_factory=dict)

    def write(self, words: str, pixels: Pixels) -> None:
        """Put the words over a picture."""
        tiles = [self.tiles.get(letter) or self.tile(letter) for letter in words]
        if not tiles:
            return
        places = np.rint(np.cumsum([0.0, *(advance for _, advance in tiles)])).astype(int)
        height = self.height
        ink = np.zeros((2 * height, int(places[-1]) + 2 * height))
        for (tile, _), place in zip(tiles, places, strict=False):
            part = ink[:, place : place + tile.shape[1]]
            np.maximum(part, tile, out=part)
        top, left = self.baseline - height, self.left - height // 2
        under = pixels[max(top, 0) : top + 2 * height, left : left + ink.shape[1], :3]
        ink = ink[max(-top, 0) :][: under.shape[0], : under.shape[1], None]
        under[...] = np.rint(under + (self.color - under) * ink)

    @property
    def height(self) -> int:
        """Of a line, and its depth below the baseline, in pixels."""
        return int(np.ceil(1.5 * float(self.text.get_fontsize()) * self.dpi / 72))

    def tile(self, letter: str) -> tuple[Array, float]:
        """The ink of a letter, in a box that begins half a line before it and has the baseline in its middle."""
        height = self.height
        make: Any = RendererAgg
        renderer = make(2 * height, 2 * height, self.dpi)
        pen, font = renderer.new_gc(), self.text.get_fontproperties()
        advance, _, _ = renderer.get_text_width_height_descent(letter * 2, font, False)
        single, _, _ = renderer.get_text_width_height_descent(letter, font, False)
        renderer.draw_text(pen, height // 2, height, letter, font, 0)
        ink = np.asarray(renderer.buffer_rgba())[..., 3] / 255
        self.tiles[letter] = ink, advance - single
        return self.tiles[letter]


def glyph_sprites(text: Text, canvas: FigureCanvasAgg) -> GlyphSprites:
    """The letters of a text in a picture, which is empty and stays so."""
    drawing: Any = canvas
    renderer: Any = drawing.get_renderer()
    color = 255 * np.array(to_rgb(text.get_color()))
    dpi = float(canvas.figure.dpi)
    found = GlyphSprites(text, 0, 0, color, dpi)
    tile, _ = found.tile(REFERENCE)
    rows, columns = (np.flatnonzero(tile.any(axis=axis)) for axis in (1, 0))
    before = np.array(renderer.buffer_rgba())
    text.set_text(REFERENCE)
    text.draw(renderer)
    changed = (np.asarray(renderer.buffer_rgba()) != before).any(axis=2)
    text.set_text("")
    below, right = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    left = int(right[0]) - int(columns[0]) + found.height // 2
    baseline = int(below[-1]) - int(rows[-1]) + found.height
    return GlyphSprites(text, left, baseline, color, dpi, found.tiles)
