"""Draws what a diagnosis found: the local quadratic over the objective, and a row of charts below."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from steepest.language.digits import short
from steepest.plot.mpl.artists import ENDS, GUIDES, NOTES, PATHS, halo, label_axes
from steepest.plot.mpl.layout import Layout
from steepest.plot.mpl.tick_locator import FittingLocator
from steepest.plot.scene.diagnosis import (
    DiagnosisLayer,
    DirectionErrors,
    PredictedRates,
    QuadraticModel,
    StabilityCourse,
    StabilityMap,
)
from steepest.plot.scene.objective_layer import ObjectiveLayer, typed
from steepest.plot.scene.text.number import typographic
from steepest.plot.scene.value_chart import Chart
from steepest.plot.theme import RunStyle, Theme

# Inches.
PANELS = 3.0  # height of the row of charts with its titles and labels, in a picture without a size
BELOW, TITLE = 0.72, 0.3
LEFT, RIGHT, BETWEEN = 0.85, 0.3, 0.95

POINTS = 201  # a side of the grid on which the local quadratic is drawn
EIGENVECTOR = 0.16  # length of the longest one to each side, as a share of the view
TINY = 1e-300


def draw_diagnosis(
    layout: Layout, layer: ObjectiveLayer | None, chart: Chart, found: DiagnosisLayer, style: RunStyle, theme: Theme
) -> None:
    """Draw all that was found.

    Args:
        layout: with room left empty at the bottom.
        style: of the run.
    """
    if layout.objective_axes is not None and layer is not None and found.model is not None:
        _draw_model(layout.objective_axes, layer, found.model, theme)
    if layout.chart_axes is not None:
        _draw_rates(layout.chart_axes, chart, found.rates, theme)
    drawers: list[Callable[[Axes], None]] = []
    if found.stability_course is not None:
        drawers.append(partial(_draw_stability_course, course=found.stability_course, style=style, theme=theme))
    if found.modes is not None:
        drawers.append(partial(_draw_direction_errors, modes=found.modes, theme=theme))
    if found.stability_map is not None:
        drawers.append(partial(_draw_stability_map, stability_map=found.stability_map, style=style, theme=theme))
    width, height = (float(side) for side in layout.figure.get_size_inches())
    high = layout.bottom - BELOW - TITLE
    for index, draw in enumerate(drawers):
        wide = (width - LEFT - RIGHT - (len(drawers) - 1) * BETWEEN) / len(drawers)
        left = LEFT + index * (wide + BETWEEN)
        draw(layout.figure.add_axes((left / width, BELOW / height, wide / width, high / height)))


def _draw_model(ax: Axes, layer: ObjectiveLayer, model: QuadraticModel, theme: Theme) -> None:
    """Draw the quadratic: a parabola over a curve; over contours its level through the point, and its eigenvectors."""
    (left, right), (low, high) = layer.view
    limits = ax.get_xlim(), ax.get_ylim()
    x = np.linspace(left, right, POINTS)
    if layer.curve is not None:
        ax.plot(x, model.at(x[:, None]), color=theme.ink, linestyle=(0, (4, 2)), linewidth=1.3, zorder=GUIDES + 0.5)
    elif len(model.position) == 2:
        columns, rows = np.meshgrid(x, np.linspace(low, high, POINTS))
        values = model.at(np.column_stack([columns.ravel(), rows.ravel()])).reshape(columns.shape)
        for color, width in ((theme.paper, 2.6), (theme.ink, 1.2)):
            ax.contour(
                columns, rows, values, [model.value], colors=color, linewidths=width, linestyles="dashed", zorder=GUIDES + 0.5
            )
        _draw_eigenvectors(ax, layer, model, theme)
    ax.set(xlim=limits[0], ylim=limits[1])


def _draw_eigenvectors(ax: Axes, layer: ObjectiveLayer, model: QuadraticModel, theme: Theme) -> None:
    """Draw the eigenvectors at the point, each as long as the quadratic is wide in its direction, with its eigenvalue."""
    size = np.array([high - low for low, high in layer.view])
    reach = 1 / np.sqrt(np.maximum(np.abs(model.curvatures), 1e-12 * np.abs(model.curvatures).max() + TINY))
    spans = np.hypot(*(model.directions / size[:, None]))  # a unit along each, as a share of the view
    lengths = EIGENVECTOR * np.maximum(reach * spans / (reach * spans).max(), 0.35) / spans
    for curvature, axis, length in zip(model.curvatures, model.directions.T, lengths, strict=True):
        direction = axis * np.sign(axis[np.abs(axis).argmax()])
        if not _is_within(model.position + length * direction, layer):
            direction = -direction
        right, up = (direction > -1e-9).tolist()
        ends = model.position + np.array([-length, length])[:, None] * direction
        for color, width in ((theme.paper, 3.4), (theme.ink, 1.4)):
            ax.plot(*ends.T, color=color, linewidth=width, solid_capstyle="round", zorder=PATHS + 0.5)
        ax.annotate(
            rf"$\lambda = {typed(curvature, 3)}$", ends[1], tuple(6 * np.sign(direction)), textcoords="offset points",
            color=theme.ink, fontsize=theme.small_size, ha="left" if right else "right", va="bottom" if up else "top",
            zorder=NOTES, math_fontfamily=theme.mathematics, path_effects=[halo(theme)], annotation_clip=True,
        )  # fmt: skip


def _is_within(point: NDArray[np.float64], layer: ObjectiveLayer) -> bool:
    """Whether a point is in view."""
    return all(low <= value <= high for value, (low, high) in zip(point.tolist(), layer.view, strict=True))


def _draw_rates(ax: Axes, chart: Chart, rates: PredictedRates, theme: Theme) -> None:
    """Draw lines that fall at the predicted and at the measured rate, over the second half of the run's values."""
    if chart.scale != "log" or not chart.series or len(chart.series[0].steps) < 3:
        return
    steps, values = chart.series[0].steps, chart.series[0].values
    shown = np.flatnonzero(np.isfinite(values) & (values > 0))
    if len(shown) < 3:
        return
    first, last = steps[shown[len(shown) // 2]], steps[shown[-1]]
    span = np.array([first, last], dtype=np.float64)
    limits = ax.get_ylim()
    top = float(values[shown[len(shown) // 2]])
    for rate, name, line, lift in (
        (rates.predicted, "predicted", (0, (5, 2)), 30.0),
        (rates.measured, "measured", (0, (1.2, 1.2)), 6.0),
    ):
        if rate is not None and rate > 0:
            fall = lift * top * rate ** (2 * (span - first))
            label = f"{name}: error × {typographic(short(rate, 4))} a step"
            ax.plot(span, fall, color=theme.ink, linewidth=1.2, linestyle=line, label=label, zorder=PATHS)
    ax.set_ylim(*limits)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=theme.small_size, facecolor=theme.paper, edgecolor=theme.faint, labelcolor=theme.ink, loc="best")


def _draw_stability_course(ax: Axes, course: StabilityCourse, style: RunStyle, theme: Theme) -> None:
    """Draw stability along the path, with the unstable part above the bound shaded."""
    dots = style.marker if len(course.steps) <= 40 else ""
    ax.plot(
        course.steps, course.values,
        color=style.color, linewidth=theme.path_width, marker=dots, markersize=theme.dot_size - 0.5,
        zorder=PATHS,
    )  # fmt: skip
    top = float(course.values.max())
    bound = course.bound
    spread = course.values[course.values > 0]
    if bound is not None and len(spread) and (max(top, bound) > 200 * min(float(spread.min()), bound)):
        ax.set_yscale("symlog", linthresh=bound)
    high = 1.15 * max(top, bound or 0.0, 1e-12)
    ax.set_ylim(min(0.0, 1.1 * float(course.values.min())), high)
    if bound is not None:
        ax.axhspan(bound, high, facecolor=theme.colors[0], alpha=0.1, zorder=0)
        ax.axhline(bound, color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES)
        ax.annotate(
            f"stable below {typographic(short(bound, 4))}", (1, bound), (-4, -3), xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right", va="top", fontsize=theme.small_size, color=theme.quiet, path_effects=[halo(theme)], zorder=NOTES,
        )  # fmt: skip
    _finish(ax, "stability along the path", ("step", course.label), theme)
    ax.xaxis.set_major_locator(FittingLocator(theme, 5, integer=True))


def _draw_direction_errors(ax: Axes, modes: DirectionErrors, theme: Theme) -> None:
    """Draw the error along each eigenvector, on a logarithmic axis."""
    errors = np.where(modes.errors > 0, modes.errors, np.nan)
    for index, curvature in enumerate(modes.curvatures):
        style = theme.run_style(index + 1)
        ax.plot(
            modes.steps, errors[:, index], color=style.color, linestyle=style.line, linewidth=theme.path_width,
            label=rf"$\lambda = {typed(curvature, 3)}$",
        )  # fmt: skip
    if np.isfinite(errors).any():
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(numticks=6))
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.legend(
        fontsize=theme.small_size, facecolor=theme.paper, edgecolor=theme.faint, labelcolor=theme.ink, loc="best",
        handlelength=1.8, borderpad=0.3,
    )  # fmt: skip
    _finish(ax, "error along each eigenvector", ("step", r"|e_i|"), theme)
    ax.xaxis.set_major_locator(FittingLocator(theme, 5, integer=True))


def _draw_stability_map(ax: Axes, stability_map: StabilityMap, style: RunStyle, theme: Theme) -> None:
    """Draw the factor per step over learning rate and momentum, with the run's own pair."""
    if not stability_map.momentum:
        _draw_line_of_rates(ax, stability_map, style, theme)
        return
    shades = LinearSegmentedColormap.from_list("values", theme.shades(64))
    rates = np.clip(stability_map.rates, 0, 1)
    ax.contourf(stability_map.lr, stability_map.beta, rates, np.linspace(0, 1, 11), cmap=shades)
    ax.contourf(stability_map.lr, stability_map.beta, stability_map.rates, [1, 1e300], colors=[theme.nowhere])
    ax.contour(stability_map.lr, stability_map.beta, stability_map.rates, [1], colors=theme.ink, linewidths=1.3)
    lines = ax.contour(
        stability_map.lr, stability_map.beta, stability_map.rates, [0.8, 0.9, 0.95], colors=theme.paper, linewidths=0.7
    )
    ax.clabel(lines, fmt="%g", fontsize=theme.small_size)
    _mark_pair(ax, stability_map, stability_map.here[1], style, theme)
    momentum = {"beta": r"\beta", "beta1": r"\beta_1"}.get(
        stability_map.momentum, rf"\mathrm{{{stability_map.momentum}}}".replace("_", r"\_")
    )
    _finish(ax, "factor per step: stable below 1", (r"\mathrm{lr}", momentum), theme)
    ax.grid(visible=False)
    ax.text(
        0.97, 0.06, "unstable", transform=ax.transAxes, ha="right", fontsize=theme.small_size, color=theme.quiet,
        path_effects=[halo(theme)],
    )  # fmt: skip


def _draw_line_of_rates(ax: Axes, stability_map: StabilityMap, style: RunStyle, theme: Theme) -> None:
    """Draw the factor per step of an optimizer without momentum: a curve over the learning rate."""
    rates = stability_map.rates[0]
    ax.plot(stability_map.lr, rates, color=theme.curve, linewidth=theme.curve_width, zorder=PATHS)
    high = min(max(1.6, 1.1 * float(np.interp(stability_map.here[0], stability_map.lr, rates))), 1.1 * float(rates.max()))
    ax.set(xlim=(0, stability_map.lr[-1]), ylim=(0, high))
    ax.axhspan(1, max(high, 1), facecolor=theme.colors[0], alpha=0.1, zorder=0)
    ax.axhline(1, color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES)
    _mark_pair(ax, stability_map, float(np.interp(stability_map.here[0], stability_map.lr, rates)), style, theme)
    _finish(ax, "factor per step: stable below 1", (r"\mathrm{lr}", r"\rho"), theme)


def _mark_pair(ax: Axes, stability_map: StabilityMap, y: float, style: RunStyle, theme: Theme) -> None:
    """Draw the run's marker at its own learning rate and this height."""
    ax.plot(
        stability_map.here[0], y, marker=style.marker, markersize=theme.mark_size + 1, markerfacecolor=style.color,
        markeredgecolor=theme.paper, markeredgewidth=1.1, zorder=ENDS, clip_on=False,
    )  # fmt: skip


def _finish(ax: Axes, title: str, labels: tuple[str, str], theme: Theme) -> None:
    """Give a chart its title and labels, and the style of the others."""
    ax.set_facecolor(theme.paper)
    ax.set_title(title, loc="left", fontsize=theme.text_size, color=theme.ink, pad=6)
    label_axes(ax, labels, theme)
    ax.grid(visible=True, color=theme.faint, linewidth=0.7, zorder=0)
    ax.set_axisbelow(True)
