"""Draws the parts of a scene into matplotlib axes: the landscape, the paths on it, the chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, LogLocator, MaxNLocator, NullLocator

from steepest.language.digits import ticks
from steepest.plot.scene.grid import Grid
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import ObjectiveLayer
from steepest.plot.scene.path import Exit, Path
from steepest.plot.scene.scene import SceneRun
from steepest.plot.scene.value_chart import Chart, Series
from steepest.plot.theme import Brush, Theme

# What is drawn over what.
LEVELS, GUIDES, PATHS, ARROWS, SAMPLES, ENDS, NOTES = range(1, 8)

BAR_TICKS = 5
MOST_DOTS = 40  # on a line of the chart
ROOM = 0.13  # of the picture's width that such a label needs
LABEL = 0.8  # of the way along a tangent its slope is written
NOTE_ROOM = 0.3  # of the picture's width beside which a note is written on the other side of its arrow
GLYPHS = {"minimum": "*", "local minimum": "*", "lowest point found": "*", "saddle": "x", "flat spot": "x"}


def draw_objective(ax: Axes, objective_layer: ObjectiveLayer, theme: Theme) -> None:
    """The curve or the heights, with what is known about them; sets the limits and the axes' labels."""
    (left, right), (low, high) = objective_layer.view
    ax.set(xlim=(left, right), ylim=(low, high), facecolor=theme.panel)
    if objective_layer.grid is not None:
        _draw_contours(ax, objective_layer.grid, theme)
    if objective_layer.curve is not None:
        ax.plot(
            *objective_layer.curve.T,
            color=theme.curve,
            linewidth=theme.curve_width,
            zorder=LEVELS,
        )
    if len(objective_layer.samples):
        ax.plot(
            *objective_layer.samples.T, linestyle="none", marker="o", markersize=theme.dot_size, zorder=SAMPLES,
            markerfacecolor=theme.paper, markeredgecolor=theme.sample, markeredgewidth=1.0,
        )  # fmt: skip
    for mark in objective_layer.markers:
        ax.plot(*mark.place, clip_on=False, zorder=ENDS, **marker_style(mark.kind, theme))
    dress(ax, objective_layer.labels, theme)


def _draw_contours(ax: Axes, grid: Grid, theme: Theme) -> None:
    """Filled bands of height with lines between them; where the function has no value the ground shows."""
    ax.set_facecolor(theme.nowhere)
    shades = theme.shades(len(grid.levels) - 1)
    values = np.ma.masked_invalid(grid.values)
    ax.contourf(grid.x, grid.y, values, grid.levels, colors=shades, zorder=LEVELS, antialiased=True)
    color, opacity = theme.level
    ax.contour(
        grid.x,
        grid.y,
        values,
        grid.levels[1:-1],
        colors=color,
        alpha=opacity,
        linewidths=theme.level_width,
        linestyles="solid",
        zorder=LEVELS,
    )


def draw_color_bar(ax: Axes, grid: Grid, theme: Theme) -> None:
    """The bands of height as equal stripes, with the values of some of the levels between them."""
    shades, count = theme.shades(len(grid.levels) - 1), len(grid.levels) - 1
    ax.set(xlim=(0, 1), ylim=(0, count), xticks=[], facecolor=theme.paper)
    for band, shade in enumerate(shades):
        ax.axhspan(band, band + 1, facecolor=shade, edgecolor="none")
    if count == 1:  # of a level landscape
        level = float(np.nanmedian(grid.values))
        return _dress_bar(ax, [0.5], [level], theme)
    shown = np.unique(np.linspace(0, count, BAR_TICKS).round().astype(int))
    values = [float(grid.levels[place]) for place in shown]
    if grid.spacing == "linear":  # next to nothing, among numbers so far apart, is nothing
        values = [0.0 if abs(value) < 1e-3 * (values[-1] - values[0]) else value for value in values]
    return _dress_bar(ax, shown.tolist(), values, theme)


def _dress_bar(ax: Axes, places: Sequence[float], values: Sequence[float], theme: Theme) -> None:
    """Values beside a color bar."""
    ax.set_yticks(places, brief_numbers(values))
    ax.yaxis.tick_right()
    _quiet_ticks(ax, theme)
    ax.tick_params(length=0, pad=3)


def brief_numbers(values: Sequence[float]) -> list[str]:
    """Numbers in order with as few digits as tell them apart, with a true minus sign.

    >>> brief_numbers([0.0, 0.52, 1250.0]), brief_numbers([1e6, 1000000.25])
    (['0', '0.52', '1250'], ['1000000', '1000000.25'])
    """
    return [text.replace("-", "−") for text in ticks(values)]


def draw_tangent(ax: Axes, objective_layer: ObjectiveLayer, theme: Theme) -> None:
    """The tangent at the start, with its slope written on the side away from the curve."""
    tangent, curve = objective_layer.tangent, objective_layer.curve
    if tangent is None:
        return
    ends = sorted(tangent.ends, key=lambda end: (end[1], end[0]))
    xs, ys = zip(*tangent.ends, strict=True)
    ax.plot(xs, ys, color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES)
    bent_up = curve is None or float(np.interp(ends[0][0], *curve.T) + np.interp(ends[1][0], *curve.T)) >= sum(ys)
    (left, right), (low, high) = objective_layer.view
    x, y = (LABEL * end + (1 - LABEL) * other for end, other in zip(*(ends if bent_up else ends[::-1]), strict=True))
    to_right = bent_up == (tangent.slope >= 0)
    if not ROOM < (x - left) / (right - left) < 1 - ROOM:
        to_right = x < (left + right) / 2
    shift = 6 if to_right else -6
    ax.annotate(
        f"${tangent.label}$", (min(max(x, left), right), min(max(y, low), high)), (shift, -3 if bent_up else 3),
        textcoords="offset points", ha="left" if to_right else "right", va="top" if bent_up else "bottom", color=theme.ink,
        fontfamily=theme.fonts, fontsize=theme.text_size, math_fontfamily=theme.mathematics, zorder=NOTES,
        path_effects=[halo(theme)],
    )  # fmt: skip


def marker_style(kind: str, theme: Theme) -> dict[str, Any]:
    """How a known place looks, as properties of a line's marker."""
    if GLYPHS[kind] == "x":
        return {
            "marker": "x",
            "markersize": 0.8 * theme.mark_size,
            "markeredgecolor": theme.saddle,
            "markeredgewidth": 1.6,
        }
    size = theme.mark_size * (1.9 if kind != "local minimum" else 1.3)
    face = theme.minimum if kind != "local minimum" else theme.paper
    return {
        "marker": "*",
        "markersize": size,
        "markerfacecolor": face,
        "markeredgecolor": theme.ink,
        "markeredgewidth": 0.8,
    }


def draw_runs(ax: Axes, scene_runs: Sequence[SceneRun], theme: Theme) -> None:
    """The paths of all runs; those that start at one place have marks of several sizes there."""
    starts = [tuple(scene_run.path.points[0]) if scene_run.path is not None else () for scene_run in scene_runs]
    for index, scene_run in enumerate(scene_runs):
        draw_run(ax, scene_run, theme, over=starts[index + 1 :].count(starts[index]))


def draw_run(ax: Axes, scene_run: SceneRun, theme: Theme, *, over: int = 0) -> None:
    """One run's path: the line on a lighter ground, dots on its steps, arrows for the order, both ends, where it leaves.

    Args:
        over: how many runs that are drawn later start at the same place; this one's mark is so much larger.
    """
    if scene_run.path is None:
        return
    brush, path = theme.brush(scene_run.index), scene_run.path
    _draw_line(ax, path, brush, theme)
    if len(path.dots):
        dots = path.points[path.dots]
        ax.plot(
            *dots.T, linestyle="none", marker=brush.marker, markersize=theme.dot_size, markerfacecolor=brush.color,
            markeredgecolor=theme.paper, markeredgewidth=0.5, zorder=PATHS,
        )  # fmt: skip
    _draw_arrows(ax, path.arrows, brush, theme)
    _draw_ends(ax, path, brush, theme, over)
    if path.exit is not None:
        _draw_exit(ax, path.exit, brush, theme)


def _draw_line(ax: Axes, path: Path, brush: Brush, theme: Theme) -> None:
    """The visible line: the first part at full strength, so that a path that fills the picture still has a beginning."""
    for part, opacity in ((path.line[: path.clear + 1], 1.0), (path.line[path.clear :], path.opacity)):
        if len(part) > 1:
            ax.plot(
                *part.T, color=theme.paper, linewidth=theme.path_width + theme.halo, alpha=0.8 * opacity,
                zorder=PATHS - 0.2, solid_capstyle="round",
            )  # fmt: skip
            ax.plot(
                *part.T, color=brush.color, linewidth=theme.path_width, linestyle=brush.line,
                alpha=opacity, zorder=PATHS - 0.1, solid_joinstyle="round",
            )  # fmt: skip


def _draw_arrows(ax: Axes, arrows: Array, brush: Brush, theme: Theme) -> None:
    """Heads without shafts, all of one size whatever the axes' scales."""
    if not len(arrows):
        return
    place, direction = arrows[:, :2].T, arrows[:, 2:].T
    head = theme.arrow_size / 72
    ax.quiver(
        *place, *direction / np.hypot(*direction), angles="xy", scale_units="inches", scale=1 / head, units="inches", width=0.001,
        headwidth=900 * head, headlength=1000 * head, headaxislength=800 * head, minlength=0, minshaft=1, pivot="mid",
        facecolor=brush.color, edgecolor=theme.paper, linewidth=0.6, zorder=ARROWS,
    )  # fmt: skip


def _draw_ends(ax: Axes, path: Path, brush: Brush, theme: Theme, over: int) -> None:
    """An open mark where the run starts and a full one where it ends, if they are in the picture."""
    draw_start(ax, path, brush, theme, over)
    if len(path.points) > 1:
        ax.plot(
            *path.points[-1], marker=brush.marker, markersize=theme.mark_size - 1, markerfacecolor=brush.color,
            markeredgecolor=theme.paper, markeredgewidth=1.1, zorder=ENDS + 0.1,
        )  # fmt: skip


def draw_start(ax: Axes, path: Path, brush: Brush, theme: Theme, over: int = 0) -> None:
    """An open mark, larger where other runs start at the same place."""
    ax.plot(
        *path.points[0], marker=brush.marker, markersize=theme.mark_size + 1 + 3.4 * min(over, 3), markerfacecolor="none",
        markeredgecolor=brush.color, markeredgewidth=1.6, zorder=ENDS,
    )  # fmt: skip


def _draw_exit(ax: Axes, exit: Exit, brush: Brush, theme: Theme) -> None:
    """An arrow over the border where a run leaves the picture, and at which step it does."""
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    size = np.array([right - left, high - low])
    unit = np.array(exit.direction) / size
    unit = unit / np.hypot(*unit)
    tail, tip = np.array(exit.place) - 0.03 * unit * size, np.array(exit.place) + 0.035 * unit * size
    picture_options = {"arrowstyle": "-|>,head_width=0.3,head_length=0.55", "color": brush.color, "linewidth": 1.8}
    ax.annotate("", tip, tail, annotation_clip=False, zorder=NOTES, arrowprops={**picture_options, "shrinkA": 0, "shrinkB": 0})
    across = (np.array(exit.place) - (left, low)) / size
    to_left = across[0] > 1 - NOTE_ROOM
    above = across[1] < 0.5
    ax.annotate(
        f"step {exit.step}", exit.place, (-9 if to_left else 9, 9 if above else -9), textcoords="offset points",
        ha="right" if to_left else "left", va="bottom" if above else "top", color=brush.color,
        fontfamily=theme.fonts, fontsize=theme.small_size, fontweight="bold", zorder=NOTES, path_effects=[halo(theme)],
    )  # fmt: skip


def draw_chart(ax: Axes, chart: Chart, theme: Theme) -> None:
    """The axes for the value against the step."""
    ax.set(xlim=chart.steps, ylim=chart.values, yscale=chart.scale, facecolor=theme.panel)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    if chart.scale == "log":
        low, high = np.log10(chart.values)
        ax.yaxis.set_major_locator(FixedLocator(_decades(low, high)))
        ax.yaxis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=20) if high - low < 8 else NullLocator())
    dress(ax, ("step", chart.label), theme)
    ax.grid(visible=True, color=theme.grid, linewidth=0.7, zorder=0)
    ax.set_axisbelow(True)
    if chart.message:
        ax.text(
            0.5, 0.5, chart.message, transform=ax.transAxes, ha="center", color=theme.quiet, fontfamily=theme.fonts,
            fontsize=theme.text_size,
        )  # fmt: skip


def draw_value_lines(ax: Axes, chart: Chart, scene_runs: Sequence[SceneRun], theme: Theme) -> None:
    """A line a run in the chart."""
    for scene_run, series in zip(scene_runs, chart.series, strict=False):
        _draw_series(ax, series, theme.brush(scene_run.index), theme)


def _decades(low: float, high: float) -> list[float]:
    """Powers of ten between 10^low and 10^high, a round number of decades apart and at most eight.

    >>> _decades(-1.2, 2.5), _decades(-21.0, 41.0)
    ([0.1, 1.0, 10.0, 100.0], [1e-20, 1e-10, 1.0, 10000000000.0, 1e+20, 1e+30, 1e+40])
    """
    apart = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200) if (high - low) / step <= 7)
    return [float(f"1e{power}") for power in range(math.ceil(low / apart) * apart, math.floor(high) + 1, apart)]


def _draw_series(ax: Axes, series: Series, brush: Brush, theme: Theme) -> None:
    """One run's values, with a mark at the last and an arrow where they leave the chart."""
    marker = brush.marker if len(series.steps) <= MOST_DOTS else ""
    ax.plot(
        series.steps, series.values, color=brush.color, linewidth=theme.path_width, linestyle=brush.line, marker=marker,
        markersize=theme.dot_size - 0.5, markeredgecolor=theme.paper, markeredgewidth=0.4, zorder=PATHS,
    )  # fmt: skip
    shown = np.flatnonzero(np.isfinite(series.values))
    if len(shown):
        ax.plot(
            series.steps[shown[-1]], series.values[shown[-1]], marker=brush.marker, markersize=theme.mark_size - 1,
            markerfacecolor=brush.color, markeredgecolor=theme.paper, markeredgewidth=1.0, zorder=ENDS,
        )  # fmt: skip
    if series.exit is not None:
        upward = series.exit[1] == ax.get_ylim()[1]
        ax.plot(
            *series.exit, marker="^" if upward else "v", markersize=theme.mark_size, color=brush.color, clip_on=False, zorder=ENDS
        )


def dress(ax: Axes, labels: tuple[str, str], theme: Theme) -> None:
    """Names of the axes in mathematical type, quiet ticks and frame."""
    for axis, label in zip((ax.xaxis, ax.yaxis), labels, strict=True):
        text = label if label == "step" else f"${label}$"
        axis.set_label_text(text, color=theme.ink, fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
        axis.label.set_fontsize(theme.text_size + 1 if label == "step" else theme.label_size)
    _quiet_ticks(ax, theme)


def _quiet_ticks(ax: Axes, theme: Theme) -> None:
    ax.tick_params(which="both", labelsize=theme.small_size, labelfontfamily=theme.fonts, color=theme.faint, labelcolor=theme.quiet)
    for axis in (ax.xaxis, ax.yaxis):
        axis.offsetText.set(fontfamily=theme.fonts, fontsize=theme.small_size, color=theme.quiet)
    for spine in ax.spines.values():
        spine.set(color=theme.faint, linewidth=0.8)


def halo(theme: Theme) -> withStroke:
    """A light rim that keeps words legible on any ground."""
    return withStroke(linewidth=2.6, foreground=theme.paper)
