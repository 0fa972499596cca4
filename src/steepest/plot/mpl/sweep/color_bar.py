"""The color bar of a map."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter

from steepest.plot.mpl.artists import quiet_ticks
from steepest.plot.scene.sweep.colors import ColorBar
from steepest.plot.theme import Theme

# Inches.


def draw_bar(ax: Axes, bar: ColorBar, theme: Theme) -> None:
    """The scale of colors, with its label."""
    count = len(bar.colors) + 1
    edges = np.geomspace(bar.low, bar.high, count) if bar.spacing == "log" else np.linspace(bar.low, bar.high, count)
    if bar.spacing == "log":
        ax.set_yscale("log")
    for low, high, color in zip(edges[:-1], edges[1:], bar.colors, strict=True):
        ax.axhspan(low, high, facecolor=color, edgecolor="none", linewidth=0)
    ax.set(xticks=[], xlim=(0, 1), ylim=(bar.low, bar.high))
    ax.yaxis.tick_right()
    ax.yaxis.set_label_position("right")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_ylabel(bar.label, fontsize=theme.text_size, color=theme.ink, fontfamily=theme.fonts, parse_math=False)
    quiet_ticks(ax, theme)
