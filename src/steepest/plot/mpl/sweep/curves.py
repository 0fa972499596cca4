"""Draws outcome curves: charts below each other over one axis, and a strip of the endings."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from steepest.plot.mpl.artists import quiet_ticks
from steepest.plot.mpl.decades import write_decades
from steepest.plot.mpl.layout import Picture, remove_words
from steepest.plot.mpl.sweep.arrangement import Needs, SweepArrangement, Told, arranged
from steepest.plot.mpl.sweep.axes import scale_axis
from steepest.plot.mpl.sweep.legend import Entry
from steepest.plot.mpl.sweep.maps import draw_around, shares
from steepest.plot.mpl.sweep.margins import margins
from steepest.plot.mpl.text.heading import fitted_heading
from steepest.plot.mpl.text.measure import wrapped
from steepest.plot.scene.sweep.outcome_curve import CurvePanel, CurveScene, Outcomes
from steepest.plot.size import PictureSize, whole_pixels
from steepest.plot.theme import Theme

# Inches.
CHART_WIDTH, CHART, BETWEEN, STRIP = 7.2, 2.1, 0.14, 0.2
FLATTEST = 3.5  # width over height that is worth having of a chart
GROWN = 0.52  # height over width of a chart in a picture that is as high as it has to be
OUTCOME_MARKERS = {0: "o", 1: "s", 2: "x", 3: "D", 4: ".", 5: "P", 6: "^"}
OUTCOME_COLORS = {
    "light": {0: "#007a5a", 1: "#e08a00", 2: "#b3123f", 3: "#5b3fa0", 4: "#8a949e", 5: "#111111", 6: "#0072b2"},
    "dark": {0: "#3ddc97", 1: "#ffd166", 2: "#ff6b8a", 3: "#b6a6ff", 4: "#8a949e", 5: "#ffffff", 6: "#5cb8ff"},
    "journal": {0: "#000000", 1: "#8a8a8a", 2: "#000000", 3: "#5a5a5a", 4: "#b0b0b0", 5: "#000000", 6: "#8a8a8a"},
}
RULES = {"bound": "-", "best": (0, (5.0, 2.2))}


def draw_curves(scene: CurveScene, name: str, size: PictureSize, theme: Theme) -> Picture:
    """The figure of outcome curves: charts below each other over one axis, points colored and marked by how the runs ended.

    Raises:
        InputError: for a size too small for them.
    """
    colors = OUTCOME_COLORS[name]
    if size.bare:
        return _bare_curve(scene, colors, size, theme)
    plan = _arranged(scene, colors, size, theme)
    width, height = plan.width, plan.height
    if size.inches is None or size.tallest is not None:  # whole dots
        width, height = (whole_pixels(side, size.dpi) for side in (width, height))
    figure = Picture(figsize=(width, height), dpi=size.dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_around(figure, plan, theme)
    _draw_charts(figure, plan.boxes[0], scene, colors, theme)
    return figure


def _arranged(scene: CurveScene, colors: dict[int, str], size: PictureSize, theme: Theme) -> SweepArrangement:
    """Where everything goes."""
    rules: list[Entry] = [
        ({"color": theme.ink, "linewidth": 1.2, "linestyle": RULES[kind]}, label, "") for kind, _, label in scene.rules if label
    ]
    marks: list[Entry] = [
        (
            {
                "color": colors[each.code], "marker": OUTCOME_MARKERS[each.code], "markersize": 0.8 * theme.mark_size,
                "linestyle": "none",
            },
            each.label, f"{each.count:,}",
        )
        for each in scene.outcomes
    ]  # fmt: skip
    told = Told(
        lambda width: fitted_heading(scene.title, scene.formula, scene.text, width, theme), scene.caption, (marks, rules)
    )  # fmt: skip
    natural = CHART_WIDTH, len(scene.panels) * (CHART + BETWEEN) + STRIP
    left, right, below = margins(natural, lambda figure, box: _draw_charts(figure, box, scene, colors, theme))
    needs = Needs(1, None, left, right, below, grown=GROWN * len(scene.panels), flattest=FLATTEST / len(scene.panels), fills=True)
    return arranged(needs, told, size, theme, natural)


def _draw_charts(
    figure: Picture, box: tuple[float, float, float, float], scene: CurveScene, colors: dict[int, str], theme: Theme
) -> list[Axes]:  # fmt: skip
    """The charts in a rectangle in inches, and the strip below them."""
    left, low, wide, tall = box
    times = theme.type_scale
    chart = (tall - (STRIP + len(scene.panels) * BETWEEN) * times) / len(scene.panels)
    drawn = []
    for number, panel in enumerate(scene.panels):
        base = low + tall - (number + 1) * chart - number * BETWEEN * times
        ax = figure.add_axes(shares(figure, (left, base, wide, chart)))
        _draw_chart(ax, panel, scene, colors, theme)
        drawn.append(ax)
    strip = figure.add_axes(shares(figure, (left, low, wide, STRIP * times)))
    _draw_strip(strip, scene, colors, theme)
    return [*drawn, strip]


def _bare_curve(scene: CurveScene, colors: dict[int, str], size: PictureSize, theme: Theme) -> Picture:
    """The first chart alone."""
    assert size.inches is not None
    figure = Picture(figsize=size.inches, dpi=size.dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    ax = figure.add_axes((0.02, 0.03, 0.96, 0.94))
    _draw_chart(ax, scene.panels[0], scene, colors, theme)
    ax.tick_params(which="both", length=0, labelleft=False)
    remove_words(figure)
    return figure


def _draw_chart(ax: Axes, panel: CurvePanel, scene: CurveScene, colors: dict[int, str], theme: Theme) -> None:
    """One chart."""
    ax.set_facecolor(theme.panel)
    if panel.spacing == "log":
        ax.set_yscale("log")
        write_decades(ax.yaxis)
    size = (5.5 if len(scene.at) <= 60 else 3.2 if len(scene.at) <= 400 else 1.9) * theme.type_scale
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
    tall = float(ax.bbox.height) / float(ax.figure.dpi)
    label = "\n".join(line for part in panel.label.split("\n") for line in wrapped(part, tall, theme.text_size, theme))
    ax.set_ylabel(
        label, fontsize=theme.text_size + ("\n" not in label), color=theme.ink, fontfamily=theme.fonts,
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
