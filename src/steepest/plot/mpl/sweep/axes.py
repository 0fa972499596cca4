"""The axes of maps and curves: their scales, ticks and labels."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from steepest.language.digits import short
from steepest.plot.mpl.decades import mark_decades
from steepest.plot.mpl.text.measure import text_width
from steepest.plot.scene.sweep.axis import MapAxis
from steepest.plot.theme import Theme

APART = {"x": 0.55, "y": 0.3}  # inches from number to number of a logarithmic axis, in words of the theme's own size
CLEAR = 1.15  # of the width of a word, from word to word


def scale_axis(ax: Axes, axis: Any, about: MapAxis, theme: Theme, *, shown: bool) -> None:
    """The scale, the ticks and the label of one axis."""
    name = "x" if axis is ax.xaxis else "y"
    length = float(ax.bbox.width if name == "x" else ax.bbox.height) / float(ax.figure.dpi)
    if about.spacing == "log":
        (ax.set_xscale if name == "x" else ax.set_yscale)("log")
        low, high = sorted(about.limits)
        _mark_log(axis, low, high, max(2, int(length / (APART[name] * theme.type_scale))))
    if about.ticks is not None:
        places, words = about.ticks
        needed = max(text_width(word, theme.small_size, theme) for word in words) if name == "x" else theme.small_size / 72
        every = max(1, math.ceil(CLEAR * needed * len(words) / length))
        axis.set_ticks(places[::every], words[::every])
    if not shown:
        axis.set_tick_params(labelbottom=False, labelleft=False)
        return
    axis.set_label_text(about.label, color=theme.ink, fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
    axis.label.set_fontsize(theme.label_size if about.label.startswith("$") else theme.text_size + 1)


def _mark_log(axis: Any, low: float, high: float, most: int) -> None:
    """Ticks of a logarithmic scale: powers of ten; further numbers where few or none of these are in view."""
    mark_decades(axis, math.log10(low), math.log10(high), most)
    axis.set_minor_formatter(NullFormatter())
    if high > low * 10**1.5:
        return
    if high < low * 5:
        axis.set_major_locator(MaxNLocator(min(6, most)))
        axis.set_minor_locator(NullLocator())
    else:
        axis.set_major_locator(LogLocator(subs=(1, 2, 3, 5) if most > 5 else (1, 3)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: short(value, 4)))
