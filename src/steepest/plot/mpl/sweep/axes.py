"""The axes of maps and curves: their scales, ticks and labels."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from steepest.language.digits import short
from steepest.plot.scene.sweep.axis import MapAxis
from steepest.plot.theme import Theme

# Inches.


def scale_axis(ax: Axes, axis: Any, about: MapAxis, theme: Theme, *, shown: bool) -> None:
    """The scale, the ticks and the label of one axis."""
    name = "x" if axis is ax.xaxis else "y"
    if about.spacing == "log":
        (ax.set_xscale if name == "x" else ax.set_yscale)("log")
        _ticks_of_decades(axis, *sorted(about.limits))
    if about.ticks is not None:
        axis.set_ticks(about.ticks[0], about.ticks[1])
    if not shown:
        axis.set_tick_params(labelbottom=False, labelleft=False)
        return
    axis.set_label_text(about.label, color=theme.ink, fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
    axis.label.set_fontsize(theme.label_size if about.label.startswith("$") else theme.text_size + 1)


def _ticks_of_decades(axis: Any, low: float, high: float) -> None:
    """Ticks of a logarithmic scale: powers of ten; plain numbers where few or none of these are in view."""
    axis.set_minor_formatter(NullFormatter())
    if high > low * 10**1.5:
        return
    if high < low * 5:
        axis.set_major_locator(MaxNLocator(6))
        axis.set_minor_locator(NullLocator())
    else:
        axis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: short(value, 4)))
