"""A card: a few lines of words in a corner of the picture, where they cover the least of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text

from steepest.plot.mpl.artists import NOTES, run_marker
from steepest.plot.mpl.text.measure import text_width, wrapped
from steepest.plot.scene.limits import Array
from steepest.plot.scene.scene import SceneRun
from steepest.plot.scene.text.narration import NO_BREAK, Told
from steepest.plot.theme import Theme

# Inches.
INSIDE, OUTSIDE = 0.11, 0.09  # from the card's edge to its words, and from the panel to the card
MARK = 0.2  # for the marker of a run before its words
LEAST_WIDTH = 1.3  # of the words of a card
WIDEST = 5.6

PITCH = 1.5  # from line to line, in sizes of the font
OPACITY = 0.93
ABOVE_ALL = NOTES + 10.0  # drawing order
NEAR = 6.0  # a point within this many pixels of the card counts as covered
HINTED = 1.08  # times as wide as its outline a word can be where there are few pixels for it
PLACES = 7  # a side, of the lattice of places that are tried


@dataclass(frozen=True, eq=False)
class CardText:
    """The words of a card, broken into lines.

    Attributes:
        lines: each with the line of `Told` it belongs to, and whether it is its first.
        size: of the font, in points.
        width, height: of the card in inches.
        marked: whether the lines stand behind the markers of runs.
        parted, cut: whether what belongs together had to be broken, and whether words were left out.
    """

    lines: tuple[tuple[str, Told, bool], ...]
    size: float
    width: float
    height: float
    marked: bool
    parted: bool
    cut: bool


@dataclass(frozen=True, eq=False)
class Card:
    """A card in its place.

    Attributes:
        corner: left and top, in pixels from the lower left.
    """

    text: CardText
    corner: tuple[float, float]
    box: FancyBboxPatch
    words: tuple[Text, ...]
    marks: tuple[Line2D, ...]

    @property
    def artists(self) -> Iterator[Artist]:
        """In drawing order."""
        yield from (self.box, *self.words, *self.marks)


def card_text(told: Sequence[Told], room: tuple[float, float], size: float, theme: Theme, share: float = 1.0) -> CardText | None:
    """The words of a card for a room: fewer lines where they do not fit; None where there is no room at all.

    Args:
        room: width and height in inches.
        size: of the font, in points.
        share: of both, that the words take unless they need more.
    """
    marked = any(each.run is not None for each in told)
    width = min(room[0] - 2 * (INSIDE + OUTSIDE), WIDEST) - MARK * marked
    high = room[1] - 2 * (INSIDE + OUTSIDE)
    if not told or width < LEAST_WIDTH:
        return None
    lines, fits = _broken(told, width, size, theme), False
    for part in (share, 1.0):
        lines = _broken(told, part * width, size, theme)
        fits = len(lines) * PITCH * size / 72 <= high * part and _widest(lines, size, theme) <= width
        if fits:
            break
    if _widest(lines, size, theme) > width:  # what belongs together has lines of its own in parts
        lines = _broken([replace(each, text=each.text.replace(NO_BREAK, " ")) for each in told], width, size, theme)
    most = int(high * 72 / (PITCH * size))
    if most < 1:
        return None
    cut = len(lines) > most
    if cut:
        lines = lines[:most]
        text, each, first = lines[-1]
        lines[-1] = (f"{text} …", each, first)
    widest = _widest(lines, size, theme)
    return CardText(
        tuple(lines), size, widest + MARK * marked + 2 * INSIDE, len(lines) * PITCH * size / 72 + 2 * INSIDE, marked, not fits, cut
    )  # fmt: skip


def _widest(lines: Sequence[tuple[str, Told, bool]], size: float, theme: Theme) -> float:
    """The width of the longest line in inches."""
    return HINTED * max(text_width(text, size, theme) for text, _, _ in lines)


def _broken(told: Sequence[Told], width: float, size: float, theme: Theme) -> list[tuple[str, Told, bool]]:
    return [
        (line.strip(" "), each, index == 0)
        for each in told
        for index, line in enumerate(wrapped(each.text, width, size, theme))
    ]  # fmt: skip


def best_corner(
    size: tuple[float, float], panel: tuple[float, float, float, float], points: Array
) -> tuple[tuple[float, float], int]:
    """Left and top of a card in a panel where it covers the fewest points, and how many; a corner if it can be.

    Args:
        size: width and height.
        panel: left, bottom, right and top, all in pixels.
        points: those that matter, a row each, in pixels.
    """
    (width, height), (left, bottom, right, top) = size, panel
    across, up = np.linspace(right - width, left, PLACES), np.linspace(top, bottom + height, PLACES)
    places = [(float(x), float(y)) for y in up for x in across]

    def covered(place: tuple[float, float]) -> int:
        x, y = place
        inside = (points[:, 0] > x - NEAR) & (points[:, 0] < x + width + NEAR)
        return int((inside & (points[:, 1] < y + NEAR) & (points[:, 1] > y - height - NEAR)).sum())

    counts = [covered(place) for place in places]
    aside = [min(index, PLACES - 1 - index) for index in range(PLACES)]  # from the nearest border
    best = min(range(len(places)), key=lambda index: (counts[index], sum(aside[part] for part in divmod(index, PLACES))))
    return places[best], counts[best]


def draw_card(figure: Figure, text: CardText, corner: tuple[float, float], runs: Sequence[SceneRun], theme: Theme) -> Card:
    """The artists of a card, which are drawn by themselves.

    Args:
        corner: left and top, in pixels from the lower left.
    """
    dpi = float(figure.dpi)
    left, top = corner
    box = FancyBboxPatch(
        (left, top - text.height * dpi), text.width * dpi, text.height * dpi, boxstyle=f"round,pad=0,rounding_size={0.05 * dpi}",
        facecolor=theme.paper, edgecolor=theme.faint, linewidth=0.9, alpha=OPACITY, zorder=ABOVE_ALL,
    )  # fmt: skip
    box.set_figure(figure)
    words, marks = [], []
    for row, (line, told, first) in enumerate(text.lines):
        y = top - (INSIDE + (row + 0.5) * PITCH * text.size / 72) * dpi
        x = left + (INSIDE + MARK * text.marked) * dpi
        word = Text(
            x, y, line, color=theme.quiet if told.quiet else theme.ink, fontfamily=theme.fonts, fontsize=text.size,
            va="center_baseline", ha="left", parse_math=False, zorder=ABOVE_ALL + 0.1,
        )  # fmt: skip
        word.set_figure(figure)
        words.append(word)
        if told.run is not None and first:
            style = theme.run_style(runs[told.run].index)
            mark = Line2D([left + (INSIDE + 0.35 * MARK) * dpi], [y], **run_marker(style, theme, theme.mark_size - 1))
            mark.set_zorder(ABOVE_ALL + 0.1)
            mark.set_figure(figure)
            marks.append(mark)
    for artist in (box, *words, *marks):
        artist.set_animated(True)
    return Card(text, corner, box, tuple(words), tuple(marks))
