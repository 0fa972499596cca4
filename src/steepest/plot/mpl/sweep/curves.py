"""Draws outcome curves: charts below each other over one axis, and a strip of the endings."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from steepest.plot.mpl.artists import quiet_ticks
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.axes import scale_axis
from steepest.plot.mpl.sweep.caption import caption_lines, draw_caption
from steepest.plot.mpl.sweep.legend import Entry, draw_legend, legend_rows
from steepest.plot.mpl.sweep.spacing import ABOVE, BELOW, CAPTION, DPI, LEFT, LINE, PAD, RIGHT, ROW
from steepest.plot.mpl.text.heading import draw_heading, fitted_heading
from steepest.plot.scene.sweep.outcome_curve import CurvePanel, CurveScene, Outcomes
from steepest.plot.theme import Theme

# Inches.

CHART_WIDTH, CHART, BETWEEN = 7.2, 2.1, 0.14
OUTCOME_MARKERS = {0: "o", 1: "s", 2: "x", 3: "D", 4: ".", 5: "P", 6: "^"}
OUTCOME_COLORS = {
    "light": {0: "#007a5a", 1: "#e08a00", 2: "#b3123f", 3: "#5b3fa0", 4: "#8a949e", 5: "#111111", 6: "#0072b2"},
    "dark": {0: "#3ddc97", 1: "#ffd166", 2: "#ff6b8a", 3: "#b6a6ff", 4: "#8a949e", 5: "#ffffff", 6: "#5cb8ff"},
    "journal": {0: "#000000", 1: "#8a8a8a", 2: "#000000", 3: "#5a5a5a", 4: "#b0b0b0", 5: "#000000", 6: "#8a8a8a"},
}
RULES = {"bound": "-", "best": (0, (5.0, 2.2))}


def draw_curves(scene: CurveScene, name: str, theme: Theme) -> Picture:
    """The figure of outcome curves: charts below each other over one axis, points colored and marked by how the runs ended."""
    colors = OUTCOME_COLORS[name]
    width = LEFT + CHART_WIDTH + RIGHT
    top = fitted_heading(scene.title, scene.formula, scene.text, width - LEFT - RIGHT, theme)
    caption = caption_lines(scene.caption, width, theme)
    heading = ABOVE + top.height + CAPTION + (len(caption) - 1) * LINE
    handles: list[Entry] = [
        ({"color": theme.ink, "linewidth": 1.2, "linestyle": RULES[kind]}, label, "") for kind, _, label in scene.rules if label
    ]
    marks: list[Entry] = [
        (
            {"color": colors[each.code], "marker": OUTCOME_MARKERS[each.code], "markersize": 6.0, "linestyle": "none"},
            each.label,
            f"{each.count:,}",
        )
        for each in scene.outcomes
    ]
    legend = [row for group in (marks, handles) for row in legend_rows((), group, (LEFT, width - 0.1), theme)]
    below = BELOW + PAD + ROW * len(legend)
    strip = 0.2
    height = heading + len(scene.panels) * (CHART + BETWEEN) + strip + below
    figure = Picture(figsize=(width, height), dpi=DPI, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_heading(figure, top, LEFT, ABOVE - 0.05, theme)
    draw_caption(figure, caption, heading - 0.22, theme)
    for number, panel in enumerate(scene.panels):
        low = height - heading - (number + 1) * CHART - number * BETWEEN
        ax = figure.add_axes((LEFT / width, low / height, CHART_WIDTH / width, CHART / height))
        _draw_chart(ax, panel, scene, colors, theme)
    ax = figure.add_axes((LEFT / width, below / height, CHART_WIDTH / width, strip / height))
    _draw_strip(ax, scene, colors, theme)
    draw_legend(figure, legend, PAD / 2, theme)
    return figure


def _draw_chart(ax: Axes, panel: CurvePanel, scene: CurveScene, colors: dict[int, str], theme: Theme) -> None:
    """One chart."""
    ax.set_facecolor(theme.panel)
    if panel.spacing == "log":
        ax.set_yscale("log")
    size = 5.5 if len(scene.at) <= 60 else 3.2 if len(scene.at) <= 400 else 1.9
    for each in scene.outcomes:
        told = each.members & np.isfinite(panel.numbers) & (panel.numbers > 0 if panel.spacing == "log" else True)
        ax.plot(
            scene.at[told], panel.numbers[told], linestyle="none", marker=OUTCOME_MARKERS[each.code], markersize=size,
            color=colors[each.code], markeredgewidth=0.8 if OUTCOME_MARKERS[each.code] == "x" else 0.4,
            rasterized=len(scene.at) > 5000,
        )  # fmt: skip
    scale_axis(ax, ax.xaxis, scene.axis, theme, shown=False)
    ax.set_xlim(*scene.axis.limits)
    _draw_rules(ax, scene, theme)
    ax.set_ylabel(
        panel.label, fontsize=theme.text_size + ("\n" not in panel.label), color=theme.ink, fontfamily=theme.fonts,
        math_fontfamily=theme.mathematics, labelpad=2,
    )  # fmt: skip
    if not np.isfinite(panel.numbers).any():
        ax.set_yticks([])
        ax.text(
            0.5, 0.5, "none", transform=ax.transAxes, ha="center", va="center", fontsize=theme.text_size, color=theme.quiet,
            fontfamily=theme.fonts,
        )  # fmt: skip
    ax.grid(True, color=theme.grid, linewidth=0.6, alpha=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(which="both", labelbottom=False)
    quiet_ticks(ax, theme)
    ax.tick_params(which="both", labelbottom=False)


def _draw_rules(ax: Axes, scene: CurveScene, theme: Theme) -> None:
    """The vertical lines of what theory says."""
    for kind, at, _ in scene.rules:
        ax.axvline(at, color=theme.ink, linewidth=1.2, linestyle=RULES[kind], zorder=1.2)


def _draw_strip(ax: Axes, scene: CurveScene, colors: dict[int, str], theme: Theme) -> None:
    """A strip below the charts with the ending of every run, each at a height of its own so that it is told without color, too."""
    ax.set(xlim=scene.axis.limits, ylim=(0, len(scene.outcomes)), yticks=[], facecolor=theme.panel)
    scale_axis(ax, ax.xaxis, scene.axis, theme, shown=True)
    low, high = scene.axis.limits
    at = np.log(scene.at) if scene.axis.spacing == "log" else scene.at
    ends = (math.log(low), math.log(high)) if scene.axis.spacing == "log" else (low, high)
    middles = (at[1:] + at[:-1]) / 2
    edges = np.concatenate([[ends[0]], middles, [ends[1]]])
    edges = np.exp(edges) if scene.axis.spacing == "log" else edges
    for level, each in enumerate(scene.outcomes):
        for first, last in _runs_of(each):
            ax.fill_between([edges[first], edges[last]], level, level + 1, color=colors[each.code], linewidth=0)
    ax.set(xlim=scene.axis.limits, ylim=(0, len(scene.outcomes)))
    quiet_ticks(ax, theme)


def _runs_of(outcome: Outcomes) -> list[tuple[int, int]]:
    """The stretches of neighboring cells that ended so: the first, and the one behind the last."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], outcome.members, [False]]).astype(int)))
    return [(int(first), int(last)) for first, last in changes.reshape(-1, 2)]
