"""Draws what a diagnosis found: the local quadratic over the landscape, and a row of charts below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

from steepest.language.digits import short
from steepest.plot.mpl.artists import ENDS, GUIDES, NOTES, PATHS, dress, halo
from steepest.plot.mpl.layout import Layout
from steepest.plot.scene.diagnosis import (
    DiagnosisLayer,
    DirectionErrors,
    PredictedRates,
    QuadraticModel,
    StabilityCourse,
    StabilityMap,
)
from steepest.plot.scene.objective_layer import ObjectiveLayer, typed
from steepest.plot.scene.value_chart import Chart
from steepest.plot.theme import Brush, Theme

PANELS = 3.15  # inches, of the row of charts with its titles and labels
HEIGHT, ABOVE, BELOW = 2.05, 0.42, 0.68
LEFT, RIGHT, BETWEEN = 0.85, 0.3, 0.95
FINE = 201  # points a side of the local quadratic
AXIS = 0.16  # of the picture's side: the longer arm of an eigenvector
LEAST = 1e-300


def draw_diagnosis(
    layout_: Layout, objective_layer: ObjectiveLayer | None, chart: Chart, found: DiagnosisLayer, brush: Brush, theme: Theme
) -> None:
    """Everything that was found, into a stage that has room for the row of charts at its foot."""
    if layout_.objective_layer is not None and objective_layer is not None and found.model is not None:
        _draw_model(layout_.objective_layer, objective_layer, found.model, theme)
    _draw_rates(layout_.chart, chart, found.rates, theme)
    drawers: list[Callable[[Axes], None]] = []
    if found.stability_course is not None:
        drawers.append(lambda ax: _draw_stability_course(ax, found.stability_course, brush, theme))  # type: ignore[arg-type]
    if found.modes is not None:
        drawers.append(lambda ax: _draw_direction_errors(ax, found.modes, theme))  # type: ignore[arg-type]
    if found.stability_map is not None:
        drawers.append(lambda ax: _draw_stability_map(ax, found.stability_map, brush, theme))  # type: ignore[arg-type]
    width, height = (float(side) for side in layout_.picture.get_size_inches())
    for index, draw in enumerate(drawers):
        wide = (width - LEFT - RIGHT - (len(drawers) - 1) * BETWEEN) / len(drawers)
        left = LEFT + index * (wide + BETWEEN)
        draw(layout_.picture.add_axes((left / width, BELOW / height, wide / width, HEIGHT / height)))


def _draw_model(ax: Axes, objective_layer: ObjectiveLayer, model: QuadraticModel, theme: Theme) -> None:
    """The quadratic: a parabola over a curve; over a plane its line through the point, and its eigenvectors."""
    (left, right), (low, high) = objective_layer.view
    limits = ax.get_xlim(), ax.get_ylim()
    x = np.linspace(left, right, FINE)
    picture_options: dict[str, Any] = {"linewidth": 1.3, "zorder": GUIDES + 0.5}
    if objective_layer.curve is not None:
        ax.plot(x, model.at(x[:, None]), color=theme.ink, linestyle=(0, (4, 2)), **picture_options)
    elif len(model.position) == 2:
        columns, rows = np.meshgrid(x, np.linspace(low, high, FINE))
        values = model.at(np.column_stack([columns.ravel(), rows.ravel()])).reshape(columns.shape)
        for color, width in ((theme.paper, 2.6), (theme.ink, 1.2)):
            ax.contour(
                columns, rows, values, [model.value], colors=color, linewidths=width, linestyles="dashed", zorder=GUIDES + 0.5
            )
        _draw_axes(ax, objective_layer, model, theme)
    ax.set(xlim=limits[0], ylim=limits[1])


def _draw_axes(ax: Axes, objective_layer: ObjectiveLayer, model: QuadraticModel, theme: Theme) -> None:
    """The eigenvectors at the point, as long as the quadratic is wide that way, each with its curvature."""
    size = np.array([high - low for low, high in objective_layer.view])
    reach = 1 / np.sqrt(np.maximum(np.abs(model.curvatures), 1e-12 * np.abs(model.curvatures).max() + LEAST))
    spans = np.hypot(*(model.directions / size[:, None]))  # of a unit along each, in shares of the picture
    lengths = AXIS * np.maximum(reach * spans / (reach * spans).max(), 0.35) / spans
    for curvature, axis, length in zip(model.curvatures, model.directions.T, lengths, strict=True):
        direction = axis * np.sign(axis[np.abs(axis).argmax()])
        right, up = (direction > -1e-9).tolist()
        ends = model.position + np.array([-length, length])[:, None] * direction
        for color, width in ((theme.paper, 3.4), (theme.ink, 1.4)):
            ax.plot(*ends.T, color=color, linewidth=width, solid_capstyle="round", zorder=PATHS + 0.5)
        ax.annotate(
            rf"$\lambda = {typed(curvature, 3)}$", ends[1], tuple(6 * np.sign(direction)), textcoords="offset points",
            color=theme.ink, fontsize=theme.small_size, ha="left" if right else "right", va="bottom" if up else "top",
            zorder=NOTES, math_fontfamily=theme.mathematics, path_effects=[halo(theme)], annotation_clip=True,
        )  # fmt: skip


def _draw_rates(ax: Axes, chart: Chart, rates: PredictedRates, theme: Theme) -> None:
    """Lines that fall as the error predicted and as the error measured, over the last steps, beside the run's own."""
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
            grid = lift * top * rate ** (2 * (span - first))
            ax.plot(
                span,
                grid,
                color=theme.ink,
                linewidth=1.2,
                linestyle=line,
                label=f"{name}: error × {short(rate, 4)} a step",
                zorder=PATHS,
            )
    ax.set_ylim(*limits)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(fontsize=theme.small_size, facecolor=theme.paper, edgecolor=theme.faint, labelcolor=theme.ink, loc="best")


def _draw_stability_course(ax: Axes, stability_course: StabilityCourse, brush: Brush, theme: Theme) -> None:
    """Stability along the path, and the ground above the bound."""
    dots = brush.marker if len(stability_course.steps) <= 40 else ""
    ax.plot(
        stability_course.steps, stability_course.values,
        color=brush.color, linewidth=theme.path_width, marker=dots, markersize=theme.dot_size - 0.5,
        zorder=PATHS,
    )  # fmt: skip
    top = float(stability_course.values.max())
    bound = stability_course.bound
    spread = stability_course.values[stability_course.values > 0]
    if bound is not None and len(spread) and (max(top, bound) > 200 * min(float(spread.min()), bound)):
        ax.set_yscale("symlog", linthresh=bound)
    high = 1.15 * max(top, bound or 0.0, 1e-12)
    ax.set_ylim(min(0.0, 1.1 * float(stability_course.values.min())), high)
    if bound is not None:
        ax.axhspan(bound, high, facecolor=theme.colors[0], alpha=0.1, zorder=0)
        ax.axhline(bound, color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES)
        ax.annotate(
            f"stable below {short(bound, 4)}", (1, bound), (-4, -3), xycoords=("axes fraction", "data"), textcoords="offset points",
            ha="right", va="top", fontsize=theme.small_size, color=theme.quiet, path_effects=[halo(theme)], zorder=NOTES,
        )  # fmt: skip
    _finish(ax, "stability along the path", ("step", stability_course.label), theme)
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))


def _draw_direction_errors(ax: Axes, modes: DirectionErrors, theme: Theme) -> None:
    """The error in each eigendirection, on a logarithmic axis."""
    errors = np.where(modes.errors > 0, modes.errors, np.nan)
    for index, curvature in enumerate(modes.curvatures):
        brush = theme.brush(index + 1)
        ax.plot(
            modes.steps, errors[:, index], color=brush.color, linestyle=brush.line, linewidth=theme.path_width,
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
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True))


def _draw_stability_map(ax: Axes, stability_map: StabilityMap, brush: Brush, theme: Theme) -> None:
    """Where the learning rate and the momentum are stable, and how fast, with the run's own pair."""
    if not stability_map.momentum:
        _draw_line_of_rates(ax, stability_map, brush, theme)
        return
    shades = LinearSegmentedColormap.from_list("heights", theme.shades(64))
    rates = np.clip(stability_map.rates, 0, 1)
    ax.contourf(stability_map.lr, stability_map.beta, rates, np.linspace(0, 1, 11), cmap=shades)
    ax.contourf(stability_map.lr, stability_map.beta, stability_map.rates, [1, 1e300], colors=[theme.nowhere])
    ax.contour(stability_map.lr, stability_map.beta, stability_map.rates, [1], colors=theme.ink, linewidths=1.3)
    lines = ax.contour(
        stability_map.lr, stability_map.beta, stability_map.rates, [0.8, 0.9, 0.95], colors=theme.paper, linewidths=0.7
    )
    ax.clabel(lines, fmt="%g", fontsize=theme.small_size - 1.5)
    _mark_pair(ax, stability_map, stability_map.here[1], brush, theme)
    momentum = {"beta": r"\beta", "beta1": r"\beta_1"}.get(
        stability_map.momentum, rf"\mathrm{{{stability_map.momentum}}}".replace("_", r"\_")
    )
    _finish(ax, "factor per step: stable below 1", (r"\mathrm{lr}", momentum), theme)
    ax.grid(visible=False)
    ax.text(
        0.97, 0.06, "unstable", transform=ax.transAxes, ha="right", fontsize=theme.small_size, color=theme.quiet,
        path_effects=[halo(theme)],
    )  # fmt: skip


def _draw_line_of_rates(ax: Axes, stability_map: StabilityMap, brush: Brush, theme: Theme) -> None:
    """The same for a method without momentum: a curve over the learning rate."""
    rates = stability_map.rates[0]
    ax.plot(stability_map.lr, rates, color=theme.curve, linewidth=theme.curve_width, zorder=PATHS)
    high = min(max(1.6, 1.1 * float(np.interp(stability_map.here[0], stability_map.lr, rates))), 1.1 * float(rates.max()))
    ax.set(xlim=(0, stability_map.lr[-1]), ylim=(0, high))
    ax.axhspan(1, max(high, 1), facecolor=theme.colors[0], alpha=0.1, zorder=0)
    ax.axhline(1, color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES)
    _mark_pair(ax, stability_map, float(np.interp(stability_map.here[0], stability_map.lr, rates)), brush, theme)
    _finish(ax, "factor per step: stable below 1", (r"\mathrm{lr}", r"\rho"), theme)


def _mark_pair(ax: Axes, stability_map: StabilityMap, up: float, brush: Brush, theme: Theme) -> None:
    """The run's own learning rate, and its momentum."""
    ax.plot(
        stability_map.here[0], up, marker=brush.marker, markersize=theme.mark_size + 1, markerfacecolor=brush.color,
        markeredgecolor=theme.paper, markeredgewidth=1.1, zorder=ENDS, clip_on=False,
    )  # fmt: skip


def _finish(ax: Axes, title: str, labels: tuple[str, str], theme: Theme) -> None:
    """A small heading, and the look of the other charts."""
    ax.set_facecolor(theme.paper)
    ax.set_title(title, loc="left", fontsize=theme.text_size, color=theme.ink, pad=6)
    dress(ax, labels, theme)
    ax.grid(visible=True, color=theme.faint, linewidth=0.7, zorder=0)
    ax.set_axisbelow(True)
