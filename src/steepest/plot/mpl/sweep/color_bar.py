"""The color bar of a map, upright or lying."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.ticker import NullFormatter

from steepest.plot.mpl.artists import quiet_ticks
from steepest.plot.mpl.decades import mark_decades
from steepest.plot.mpl.sweep.axes import APART
from steepest.plot.mpl.text.measure import wrapped
from steepest.plot.mpl.tick_locator import FittingLocator
from steepest.plot.scene.sweep.colors import ColorBar
from steepest.plot.theme import Theme


def draw_bar(ax: Axes, bar: ColorBar, theme: Theme, *, upright: bool = True) -> None:
    """The scale of colors, with its label: beside an upright bar, below a lying one."""
    count = len(bar.colors) + 1
    edges = np.geomspace(bar.low, bar.high, count) if bar.spacing == "log" else np.linspace(bar.low, bar.high, count)
    axis, other = (ax.yaxis, ax.xaxis) if upright else (ax.xaxis, ax.yaxis)
    length = float(ax.bbox.height if upright else ax.bbox.width) / float(ax.figure.dpi)
    if bar.spacing == "log":
        (ax.set_yscale if upright else ax.set_xscale)("log")
    low, high, none, all_ = edges[:-1], edges[1:], np.zeros(count - 1), np.ones(count - 1)
    along = np.column_stack([low, low, high, high])
    across = np.column_stack([none, all_, all_, none])
    corners = np.stack([across, along] if upright else [along, across], axis=-1)
    ax.add_collection(PolyCollection(list(corners), facecolors=bar.colors, edgecolors=bar.colors, linewidths=0.2), autolim=False)
    other.set_ticks([])
    (ax.set_ylim if upright else ax.set_xlim)(bar.low, bar.high)
    (ax.set_xlim if upright else ax.set_ylim)(0, 1)
    if bar.spacing == "log":
        apart = APART["y" if upright else "x"] * theme.type_scale
        mark_decades(axis, math.log10(bar.low), math.log10(bar.high), max(2, int(length / apart)))
    elif not upright:
        axis.set_major_locator(FittingLocator(theme))
    if upright:
        ax.yaxis.tick_right()
        ax.yaxis.set_label_position("right")
    if bar.high > 30 * bar.low > 0:
        axis.set_minor_formatter(NullFormatter())
    lines = wrapped(bar.label, length, theme.text_size, theme)
    label = "\n".join(lines)
    axis.set_label_text(label, fontsize=theme.text_size, color=theme.ink, fontfamily=theme.fonts, parse_math=False)
    quiet_ticks(ax, theme)
