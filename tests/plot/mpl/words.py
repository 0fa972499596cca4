"""The words of a picture, for tests: which are seen, how large they are, which cover each other."""

from itertools import combinations

from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from matplotlib.text import Text

from steepest.plot.mpl.layout import Picture


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


def smallest(text: Text) -> float:
    """The size of the smallest glyphs of a text in points: the exponents of a formula are smaller than its letters."""
    size = float(text.get_fontsize())
    shown, is_formula = text._preprocess_math(text.get_text())
    if not is_formula or is_formula == "TeX":
        return size
    properties = FontProperties(size=size, math_fontfamily=text.get_math_fontfamily())
    return min(glyph[1] for glyph in MathTextParser("path").parse(shown, dpi=72, prop=properties).glyphs)


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
