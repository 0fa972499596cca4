"""The words of a picture, for tests: which are seen, how large they are, which cover each other."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from matplotlib.cbook import is_math_text
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text

from steepest.plot.mpl.layout import Picture

SIGNS = ("cmsy10", "cmex10")  # fonts of signs and of brackets, which grow in steps
PARSER: MathTextParser[Any] = MathTextParser("path")


def words(picture: Picture) -> list[Text]:
    """What is written in a picture."""
    picture.draw_without_rendering()
    unseen: set[object] = set()
    for ax in picture.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if not ax.axison:
                unseen.update(axis.findobj(Text))
            low, high = sorted(axis.get_view_interval())
            beyond = [tick for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()) if not low <= tick.get_loc() <= high]
            unseen.update(label for tick in beyond for label in (tick.label1, tick.label2))
    texts = [text for text in picture.findobj(Text) if isinstance(text, Text) and text not in unseen]
    return [text for text in texts if text.get_visible() and text.get_text().strip()]


def smallest(text: Text, written: str | None = None) -> float:
    """The size of the smallest letter or digit of a text in points: the exponents of a formula are smaller than its letters.

    Args:
        written: what the text says, where that is not what it says now.
    """
    words = text.get_text() if written is None else written
    size = float(text.get_fontsize())
    if not (text.get_parse_math() and is_math_text(words)):
        return size
    properties = FontProperties(family=text.get_fontfamily(), size=size, math_fontfamily=text.get_math_fontfamily())
    glyphs = PARSER.parse(words, dpi=72, prop=properties).glyphs
    return float(min(glyph[1] for glyph in glyphs if glyph[0].family_name not in SIGNS))


def hard_to_read(picture: Picture, least: float) -> list[str]:
    """The words of a picture that are cut at its border, or whose smallest letter is under so many pixels."""
    width, height = picture.canvas.get_width_height()

    def is_whole(text: Text) -> bool:
        box = text.get_window_extent()
        return bool(box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height)

    return [text.get_text() for text in words(picture) if smallest(text) * picture.dpi / 72 < least or not is_whole(text)]


def overlapping(picture: Picture) -> list[tuple[str, str]]:
    """The words of a picture that cover each other by more than a point both ways."""
    written = [(text.get_text(), text.get_window_extent()) for text in words(picture)]
    point = picture.dpi / 72
    found = []
    for (one, a), (other, b) in combinations(written, 2):
        shared = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        if min(shared) > point:
            found.append((one, other))
    return found
