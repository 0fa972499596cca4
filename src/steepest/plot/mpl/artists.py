"""Draws the parts of a scene into matplotlib axes: the objective, the paths, the chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline
from matplotlib.patheffects import Stroke, withStroke
from matplotlib.ticker import AutoLocator, FixedLocator, LogLocator, NullLocator

from steepest.language.digits import ticks
from steepest.plot.mpl.text.mathtext import SCRIPT, with_underscores
from steepest.plot.mpl.text.measure import wrapped
from steepest.plot.mpl.tick_locator import ROUND, FittingLocator
from steepest.plot.options import AGAINST
from steepest.plot.scene.grid import Grid
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import ObjectiveLayer
from steepest.plot.scene.overlap import Layering, Share, Standing, shares
from steepest.plot.scene.path import Exit, Path
from steepest.plot.scene.scene import SceneRun
from steepest.plot.scene.text.number import typographic
from steepest.plot.scene.value_chart import Chart, Series
from steepest.plot.theme import RunStyle, Theme

# Drawing order (matplotlib's `zorder`).
LEVELS, GUIDES, PATHS, ARROWS, SAMPLES, ENDS, NOTES = range(1, 8)

LAYER = 1e-4  # of the drawing order from one path to the next
RING, HOLE, DISK = 6.0, 0.62, 3.0  # of a shared marker: how much larger its ring and its disk are in points, the ring's hole
ARC = 33  # points along its edge
WIDER, MOST_UNDER = 1.8, 3  # points by which a path is wider for each one that covers it, and for how many

THIN = 0.5  # the line of a path beside simplices

BAR_TICKS = 5
MOST_MARKERS = 40  # a line of the chart with more steps has none
NOTE_WIDTH = 0.3  # of the note beside an exit, as a share of the axes' width
GLYPHS = {"minimum": "*", "local minimum": "*", "lowest point found": "*", "saddle": "x", "flat spot": "x"}


def draw_objective(ax: Axes, layer: ObjectiveLayer, theme: Theme) -> None:
    """Draw the curve or the filled contours, the markers and the samples; set the limits and the labels of the axes."""
    (left, right), (low, high) = layer.view
    ax.set(xlim=(left, right), ylim=(low, high), facecolor=theme.panel)
    if layer.grid is not None:
        _draw_contours(ax, layer.grid, theme)
    if layer.curve is not None:
        ax.plot(*layer.curve.T, color=theme.curve, linewidth=theme.curve_width, zorder=LEVELS)
    if len(layer.samples):
        ax.plot(
            *layer.samples.T, linestyle="none", marker="o", markersize=theme.dot_size, zorder=SAMPLES,
            markerfacecolor=theme.paper, markeredgecolor=theme.sample, markeredgewidth=1.0,
        )  # fmt: skip
    for marker in layer.markers:
        ax.plot(*marker.point, clip_on=False, zorder=ENDS, **marker_properties(marker.kind, theme))
    label_axes(ax, layer.labels, theme)


def _draw_contours(ax: Axes, grid: Grid, theme: Theme) -> None:
    """Filled contours with lines between them; where the function has no value the background shows."""
    ax.set_facecolor(theme.nowhere)
    shades = theme.shades(len(grid.levels) - 1)
    values = np.ma.masked_invalid(grid.values)
    ax.contourf(grid.x, grid.y, values, grid.levels, colors=shades, zorder=LEVELS, antialiased=True)
    color, opacity = theme.level
    ax.contour(
        grid.x, grid.y, values, grid.levels[1:-1], colors=color, alpha=opacity * grid.line_share, linewidths=theme.level_width,
        linestyles="solid", zorder=LEVELS,
    )  # fmt: skip


def draw_color_bar(ax: Axes, grid: Grid, theme: Theme) -> None:
    """Draw a color bar: a stripe of equal height for each band between two levels, with the values of some levels."""
    shades, count = theme.shades(len(grid.levels) - 1), len(grid.levels) - 1
    ax.set(xlim=(0, 1), ylim=(0, count), xticks=[], facecolor=theme.paper)
    for band, shade in enumerate(shades):
        ax.axhspan(band, band + 1, facecolor=shade, edgecolor="none")
    if count == 1:  # of a constant function
        level = float(np.nanmedian(grid.values))
        return _label_bar(ax, [0.5], [level], theme)
    shown = np.unique(np.linspace(0, count, BAR_TICKS).round().astype(int))
    values = [float(grid.levels[level]) for level in shown]
    if grid.spacing == "linear":  # rounding beside the other levels
        values = [0.0 if abs(value) < 1e-3 * (values[-1] - values[0]) else value for value in values]
    return _label_bar(ax, shown.tolist(), values, theme)


def _label_bar(ax: Axes, heights: Sequence[float], values: Sequence[float], theme: Theme) -> None:
    """Write values beside a color bar."""
    ax.set_yticks(heights, brief_numbers(values))
    ax.yaxis.tick_right()
    quiet_ticks(ax, theme)
    ax.tick_params(length=0, pad=3)


def brief_numbers(values: Sequence[float]) -> list[str]:
    """Ascending numbers with as few digits as tell them apart, with a true minus sign.

    >>> brief_numbers([0.0, 0.52, 1250.0]), brief_numbers([1e6, 1000000.25])
    (['0', '0.52', '1250'], ['1000000', '1000000.25'])
    """
    return [typographic(text) for text in ticks(values)]


def marker_properties(kind: str, theme: Theme) -> dict[str, Any]:
    """The properties of a `Line2D` that shows a marker of this kind: a star for a minimum, a cross for a saddle."""
    if GLYPHS[kind] == "x":
        return {"marker": "x", "markersize": 0.8 * theme.mark_size, "markeredgecolor": theme.saddle, "markeredgewidth": 1.6}
    size = theme.mark_size * (1.9 if kind != "local minimum" else 1.3)
    face = theme.minimum if kind != "local minimum" else theme.paper
    return {
        "marker": "*", "markersize": size, "markerfacecolor": face, "markeredgecolor": theme.ink, "markeredgewidth": 0.8,
    }  # fmt: skip


def draw_runs(ax: Axes, runs: Sequence[SceneRun], theme: Theme) -> None:
    """Draw the paths of all runs, the shorter over the longer; at a place that several share each has a part of the marker."""
    for run in runs:
        draw_run(ax, run, theme)


def draw_run(ax: Axes, run: SceneRun, theme: Theme) -> None:
    """Draw one run's path: the line with its outline, a dot for each step, arrows, both ends, and its exit from the view."""
    if run.path is None or run.standing is None:
        return
    style, path, standing = theme.run_style(run.index), run.path, run.standing
    triangles = run.simplices is not None and run.simplices.closed  # which show the steps
    _draw_line(ax, path, style, beside_simplices(theme) if triangles else theme, standing.layering)
    above = standing.layering.rank * LAYER
    if len(path.dots) and not triangles:
        dots = path.points[path.dots]
        ax.plot(
            *dots.T, linestyle="none", marker=style.marker, markersize=theme.dot_size, markerfacecolor=style.color,
            markeredgecolor=theme.paper, markeredgewidth=0.5, zorder=PATHS + above,
        )  # fmt: skip
    if not triangles:
        _draw_arrows(ax, path.arrows, style, theme)
    draw_start(ax, standing, style, theme)
    if len(path.points) > 1:
        ax.plot(*standing.end_place, **end_marker(style, theme, standing.end))
    if path.exit is not None:
        _draw_exit(ax, path.exit, style, theme)


def beside_simplices(theme: Theme) -> Theme:
    """The theme for a path through the lowest corners of triangles, which are the subject."""
    return replace(theme, path_width=THIN * theme.path_width, halo=THIN * theme.halo)


def line_width(layer: Layering, theme: Theme) -> float:
    """The width of a path: wider under others that cover it, so that its color is seen beside theirs."""
    return theme.path_width + WIDER * min(layer.under, MOST_UNDER)


def _draw_line(ax: Axes, path: Path, style: RunStyle, theme: Theme, layer: Layering) -> None:
    """Draw the visible line, its first part opaque, so that the start of a path that fills the view can be made out."""
    above, width = layer.rank * LAYER, line_width(layer, theme)
    line = "-" if layer.under else style.line
    for part, opacity in ((path.line[: path.opaque + 1], 1.0), (path.line[path.opaque :], path.opacity)):
        if len(part) > 1:
            ax.plot(
                *part.T, color=theme.paper, linewidth=width + theme.halo, alpha=0.8 * opacity,
                zorder=PATHS - 0.2 + above, solid_capstyle="round",
            )  # fmt: skip
            ax.plot(
                *part.T, color=style.color, linewidth=width, linestyle=line, alpha=opacity, zorder=PATHS - 0.1 + above,
                solid_joinstyle="round",
            )  # fmt: skip


def _draw_arrows(ax: Axes, arrows: Array, style: RunStyle, theme: Theme) -> None:
    """Draw arrow heads without shafts, all of one size whatever the scales of the axes."""
    if not len(arrows):
        return
    points, direction = arrows[:, :2].T, arrows[:, 2:].T
    head = theme.arrow_size / 72
    ax.quiver(
        *points, *direction / np.hypot(*direction), angles="xy", scale_units="inches", scale=1 / head, units="inches", width=0.001,
        headwidth=900 * head, headlength=1000 * head, headaxislength=800 * head, minlength=0, minshaft=1, pivot="mid",
        facecolor=style.color, edgecolor=theme.paper, linewidth=0.6, zorder=ARROWS,
    )  # fmt: skip


def draw_start(ax: Axes, standing: Standing, style: RunStyle, theme: Theme) -> Line2D:
    """Draw the open marker where a run starts, or its part of the ring of all runs that start there."""
    share = standing.start
    alone = share.count == 1
    marker: Any = style.marker if alone else sector(share, hole=HOLE)
    size, face = (theme.mark_size + 1, "none") if alone else (theme.mark_size + RING, style.color)
    (line,) = ax.plot(
        *standing.start_place, marker=marker, markersize=size, markerfacecolor=face,
        markeredgecolor=style.color if alone else theme.paper, markeredgewidth=1.6 if alone else 0.6,
        zorder=ENDS,
    )  # fmt: skip
    return line


def end_marker(style: RunStyle, theme: Theme, share: Share, zorder: float = ENDS + 0.1) -> dict[str, Any]:
    """The properties of the filled marker where a run ends, or of its part of the disk of all runs that end there."""
    marker = style.marker if share.count == 1 else sector(share)
    size = theme.mark_size - 1 if share.count == 1 else theme.mark_size + DISK
    return {
        "linestyle": "none", "marker": marker, "markersize": size, "markerfacecolor": style.color,
        "markeredgecolor": theme.paper, "markeredgewidth": 1.1 if share.count == 1 else 0.6, "zorder": zorder,
    }  # fmt: skip


def sector(share: Share, hole: float = 0.0) -> Outline:
    """A run's part of a disk or a ring as a marker: equal parts clockwise from the top.

    Args:
        hole: the inner radius of a ring, relative to the outer one.
    """
    turn = 2 * np.pi / share.count
    angles = np.pi / 2 - turn * np.linspace(share.number, share.number + 1, ARC)
    outer = np.column_stack([np.cos(angles), np.sin(angles)])
    inner = hole * outer[::-1] if hole else np.zeros((1, 2))
    vertices = np.vstack([[(1.0, 0.0)], outer, inner, outer[:1]])  # begins apart: a marker is scaled by its largest coordinate
    codes = [Outline.MOVETO, Outline.MOVETO, *[Outline.LINETO] * (len(vertices) - 3), Outline.CLOSEPOLY]
    return Outline(vertices, codes)


def _draw_exit(ax: Axes, exit: Exit, style: RunStyle, theme: Theme) -> None:
    """Draw an arrow across the border where a run leaves the view, and at which step it does."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    size = np.array([right - left, high - low])
    unit = np.array(exit.direction) / size
    unit = unit / np.hypot(*unit)
    tail, tip = np.array(exit.point) - 0.03 * unit * size, np.array(exit.point) + 0.035 * unit * size
    arrow = {
        "arrowstyle": "-|>,head_width=0.3,head_length=0.55",
        "color": style.color,
        "linewidth": 1.8,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    ax.annotate("", tip, tail, annotation_clip=False, zorder=NOTES, arrowprops=arrow)
    across = (np.array(exit.point) - (left, low)) / size
    to_left = across[0] > 1 - NOTE_WIDTH
    above = across[1] < 0.5
    ax.annotate(
        f"step {exit.step}", exit.point, (-9 if to_left else 9, 9 if above else -9), textcoords="offset points",
        ha="right" if to_left else "left", va="bottom" if above else "top", color=style.color,
        fontfamily=theme.fonts, fontsize=theme.small_size, fontweight="bold", zorder=NOTES, path_effects=[halo(theme)],
    )  # fmt: skip


def draw_chart(ax: Axes, chart: Chart, theme: Theme) -> None:
    """Set up axes for the value against the step: limits, scale, ticks, labels; the lines are `draw_value_lines`."""
    ax.set(xlim=chart.xlim, ylim=chart.ylim, yscale=chart.scale, facecolor=theme.panel)
    ax.xaxis.set_major_locator(FittingLocator(theme, 6, ROUND, integer=chart.across != "seconds"))
    if chart.scale == "log":
        low, high = np.log10(chart.ylim)
        ax.yaxis.set_major_locator(FixedLocator(_decades(low, high)))
        ax.yaxis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=20) if high - low < 8 else NullLocator())
    label_axes(ax, (chart.across, chart.label), theme)
    if chart.scale == "log":
        ax.tick_params(axis="y", which="both", labelsize=theme.small_size / SCRIPT)
    ax.grid(visible=True, color=theme.grid, linewidth=0.7, zorder=0)
    ax.set_axisbelow(True)
    if chart.message:
        ax.text(
            0.5, 0.5, chart.message, transform=ax.transAxes, ha="center", color=theme.quiet, fontfamily=theme.fonts,
            fontsize=theme.text_size,
        )  # fmt: skip
    if chart.full:
        note, width = "thick: over all rows; faint: over the batch of each step", ax.bbox.width / float(ax.figure.dpi)
        lines = wrapped(note, 0.96 * width, theme.small_size, theme)
        ax.text(
            0.98, 0.97, "\n".join(lines), transform=ax.transAxes, ha="right", va="top", color=theme.quiet,
            fontfamily=theme.fonts, fontsize=theme.small_size, zorder=NOTES, path_effects=[halo(theme)],
        )  # fmt: skip


def draw_value_lines(ax: Axes, chart: Chart, runs: Sequence[SceneRun], theme: Theme) -> None:
    """Draw the values of each run into the chart; where several end at one place, each has a part of the marker."""
    ends = chart_ends(chart)
    for run, series, end in zip(runs, chart.series, ends, strict=False):
        style = theme.run_style(run.index)
        _draw_series(ax, series, style, theme, faint=bool(chart.full))
        place = last_point(chart.series[end.leader])
        if place is not None:
            ax.plot(*place, **end_marker(style, theme, end, ENDS))
    for run, series in zip(runs, chart.full, strict=False):
        ax.plot(series.places, series.values, **full_line(theme.run_style(run.index), theme))


def value_line(style: RunStyle, theme: Theme, *, faint: bool) -> dict[str, Any]:
    """How a line of values is drawn; faint where another one shows the values over all rows."""
    width = theme.path_width * (0.6 if faint else 1.0)
    return {"color": style.color, "linewidth": width, "linestyle": style.line, "alpha": 0.45 if faint else 1.0, "zorder": PATHS}


def full_line(style: RunStyle, theme: Theme) -> dict[str, Any]:
    """How a line of the values over all rows is drawn."""
    return {
        "color": style.color, "linewidth": theme.path_width + 0.6, "linestyle": style.line, "path_effects": [halo(theme)],
        "zorder": PATHS + 0.5,
    }  # fmt: skip


def chart_ends(chart: Chart) -> list[Share]:
    """For each run its share of the marker at its last value."""
    points = [last_point(series) for series in chart.series]
    if chart.scale == "log":
        points = [None if point is None else np.array([point[0], np.log10(point[1])]) for point in points]
    low, high = np.log10(chart.ylim) if chart.scale == "log" else chart.ylim
    return shares(points, (chart.xlim, (float(low), float(high))))


def last_point(series: Series) -> Array | None:
    """The place and the value of the last step of a line that has a value; None if none has."""
    shown = np.flatnonzero(np.isfinite(series.values))
    return np.array([series.places[shown[-1]], series.values[shown[-1]]]) if len(shown) else None


def _decades(low: float, high: float) -> list[float]:
    """At most eight powers of ten between 10^low and 10^high, a round number of decades apart.

    >>> _decades(-1.2, 2.5), _decades(-21.0, 41.0)
    ([0.1, 1.0, 10.0, 100.0], [1e-20, 1e-10, 1.0, 10000000000.0, 1e+20, 1e+30, 1e+40])
    """
    apart = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if (high - low) / step <= 7)
    return [float(f"1e{power}") for power in range(math.ceil(low / apart) * apart, math.floor(high) + 1, apart)]


def _draw_series(ax: Axes, series: Series, style: RunStyle, theme: Theme, *, faint: bool = False) -> None:
    """Draw one run's values, with a triangle where they leave the chart; faint ones have others beside them."""
    marker = style.marker if len(series.steps) <= MOST_MARKERS and not faint else ""
    ax.plot(
        series.places, series.values, **value_line(style, theme, faint=faint), marker=marker, markersize=theme.dot_size - 0.5,
        markeredgecolor=theme.paper, markeredgewidth=0.4,
    )  # fmt: skip
    if series.exit is not None:
        upward = series.exit[1] == ax.get_ylim()[1]
        ax.plot(
            *series.exit, marker="^" if upward else "v", markersize=theme.mark_size, color=style.color, clip_on=False, zorder=ENDS
        )


def label_axes(ax: Axes, labels: tuple[str, str], theme: Theme) -> None:
    """Write the labels of both axes, LaTeX or one of the words for what a chart counts, and style the ticks and the frame."""
    for axis, label in zip((ax.xaxis, ax.yaxis), labels, strict=True):
        word = label in AGAINST.values()
        text = label if word else f"${with_underscores(label)}$"
        axis.set_label_text(text, color=theme.ink, fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
        axis.label.set_fontsize(theme.text_size + 1 if word else theme.label_size)
    quiet_ticks(ax, theme)


def style_axes(ax: Axes, labels: tuple[str, str], theme: Theme) -> None:
    """Write plain labels of both axes, and style the ticks and the frame."""
    for axis, label in zip((ax.xaxis, ax.yaxis), labels, strict=True):
        axis.set_label_text(label, color=theme.ink, fontfamily=theme.fonts, fontsize=theme.text_size + 1)
        axis.label.set_parse_math(False)
    quiet_ticks(ax, theme)


def quiet_ticks(ax: Axes, theme: Theme) -> None:
    """Style the ticks and the frame."""
    ax.tick_params(which="both", labelsize=theme.small_size, labelfontfamily=theme.fonts, color=theme.faint, labelcolor=theme.quiet)
    for axis in (ax.xaxis, ax.yaxis):
        axis.offsetText.set(fontfamily=theme.fonts, fontsize=theme.small_size, color=theme.quiet)
    if type(ax.xaxis.get_major_locator()) is AutoLocator:
        ax.xaxis.set_major_locator(FittingLocator(theme))
    for spine in ax.spines.values():
        spine.set(color=theme.faint, linewidth=0.8)


def halo(theme: Theme) -> withStroke:
    """A path effect in the background's color that keeps text legible on anything."""
    return withStroke(linewidth=2.6, foreground=theme.paper)


def bold_halo(color: str, theme: Theme) -> list[Stroke]:
    """The same for a label in color, with slightly bolder glyphs."""
    return [Stroke(linewidth=3.2, foreground=theme.paper), withStroke(linewidth=0.35, foreground=color)]


def run_marker(style: RunStyle, theme: Theme, size: float, *, filled: bool = True) -> dict[str, Any]:
    """The properties of a `Line2D` that shows a run's marker: filled where the run is or ends, open where it starts."""
    return {
        "linestyle": "none", "marker": style.marker, "markersize": size, "markerfacecolor": style.color if filled else "none",
        "markeredgecolor": theme.paper if filled else style.color, "markeredgewidth": 1.1 if filled else 1.6, "zorder": ENDS,
    }  # fmt: skip


def animated_line(ax: Axes, **properties: Any) -> Line2D:
    """A line without points that is left out when the figure is drawn, and drawn by itself on each frame of a film."""
    line = Line2D([], [], **properties)
    ax.add_line(line)
    line.set_animated(True)
    return line
