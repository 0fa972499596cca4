"""The rows of a film's legend as images, which change places in a race."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from steepest.plot.film.frames import Pixels
from steepest.plot.film.sprites import GlyphSprites


@dataclass(frozen=True, eq=False)
class LegendRow:
    """A row of the legend: the line and the label of a run, without its caption.

    Attributes:
        top: of the row, in pixels from the top of the frame.
        pixels: the image, as wide as the frame.
    """

    top: int
    pixels: Pixels

    def copy_to(self, place: LegendRow, frame: Pixels) -> None:
        """Draw this row where another one was."""
        if place.top != self.top:
            frame[place.top : place.top + len(self.pixels)] = self.pixels


def legend_rows(captions: Sequence[GlyphSprites], background: Pixels) -> list[LegendRow]:
    """The row of each run in a frame that shows nothing else yet, by the place of its caption."""
    baselines = [caption.baseline for caption in captions]
    pitch = min((abs(a - b) for a, b in pairwise(baselines)), default=0)
    above = round(0.68 * pitch)  # of a row is above the baseline
    return [LegendRow(line - above, background[line - above : line - above + pitch].copy()) for line in baselines]
