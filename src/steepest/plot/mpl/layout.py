"""Where everything in a picture goes, and what is in it besides the runs: title, formula, axes, the objective, the legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from steepest.errors import InputError
from steepest.plot.mpl.artists import draw_chart, draw_color_bar, draw_objective, label_axes, marker_properties
from steepest.plot.mpl.fit import draw_fit, fit_handles
from steepest.plot.mpl.heading import ABOVE, TITLE, draw_heading, typeset_formula
from steepest.plot.mpl.quantities import quantity_handles
from steepest.plot.mpl.settings import own_settings
from steepest.plot.scene.quantities import QuantityScale
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.surface.axes import SurfaceAxes, surface_axes
from steepest.plot.theme import Theme

# Inches.
HEIGHT = 4.2  # of the panels
OBJECTIVE, ALONE, CHART = 5.6, 6.4, 3.9  # widths: of the objective's panel, of a chart without one, of a chart beside one
FIT_CAPTION = 0.16  # above a fit's panel
FIT, FIT_SHARE = 4.6, 0.34  # width of a fit's panel, and its share of the room in a figure of a given size
LEFT, RIGHT, BETWEEN, BELOW = 0.75, 0.25, 0.85, 0.62  # margins
BAR, BAR_GAP, BAR_LABELS = 0.13, 0.08, 0.42  # widths: of the color bar, of the gap before it, of its labels
EDGE, CLEAR = 0.05, 0.12  # least distance of the labels of an axis from the edge of the figure and from other panels
ROW = 0.235  # of the legend
QUANTITY = 1.9  # width of a quantity in the legend
PAD = 0.12  # between the legend and the panels

SUPERSAMPLING = 3
SMALLEST = (4.0, 3.0)  # inches: width and height of a figure


class Picture(Figure):
    """A figure that a notebook displays, that pyplot does not manage, and that the user's `rcParams` do not change."""

    def draw(self, renderer: RendererBase) -> None:
        with own_settings():
            super().draw(renderer)

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        with own_settings():
            self.savefig(file, format="png")
        return file.getvalue()


@dataclass(frozen=True, eq=False)
class Layout:
    """A picture without its runs.

    Attributes:
        objective_axes: None where the scene has only a chart.
        captions: for each run a text, still empty, after its label in the legend.
        surface_axes: the surface in the objective's axes, if the scene shows one.
        fit_axes: those of the fit, if the scene has one.
    """

    figure: Picture
    objective_axes: Axes | None
    chart_axes: Axes
    captions: tuple[Text, ...]
    surface_axes: SurfaceAxes | None = None
    fit_axes: Axes | None = None


def lay_out(
    scene: Scene,
    size: tuple[float, float] | None,
    dpi: float,
    theme: Theme,
    scales: Sequence[QuantityScale] = (),
    *,
    turning: bool = False,
    supersampling: int = SUPERSAMPLING,
    bottom: float = 0.0,
) -> Layout:
    """The layout of a scene, with everything drawn but the runs.

    Args:
        size: width and height in inches; what suits the scene if None.
        dpi: pixels an inch.
        scales: of the quantities that the legend explains.
        turning: whether the camera of a surface turns; the surface and its box are then left to each frame.
        supersampling: samples a side of a pixel of a surface.
        bottom: inches to leave empty at the bottom.

    Raises:
        InputError: for a size too small to draw in.
    """
    if size is not None and not (size[0] >= SMALLEST[0] and size[1] >= SMALLEST[1]):
        raise InputError(f"a picture is at least {SMALLEST[0]:g} by {SMALLEST[1]:g} inches, not {size[0]:g} by {size[1]:g}")
    margins = _margins(scene, theme)
    width = _placement(scene, size, 0.0, 0.0, bottom, margins).width
    rows = _legend_rows(scene, scales, width, theme)
    formula = typeset_formula(scene.formula, scene.text, width - LEFT - RIGHT, theme)
    heading = (TITLE if scene.title else 0.0) + formula.height + (FIT_CAPTION if scene.fit else 0.06)
    placement = _placement(scene, size, heading, ROW * (len(scene.runs) + len(rows)), bottom, margins)
    if size is None:
        placement = replace(placement, width=_even(placement.width, dpi), height=_even(placement.height, dpi))
    figure = Picture(figsize=(placement.width, placement.height), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_heading(figure, scene.title, formula, LEFT, theme)
    axes: Axes | None = None
    surface: SurfaceAxes | None = None
    layer = scene.objective_layer
    if layer is not None and placement.objective is not None:
        axes = figure.add_axes(placement.objective)
        if scene.surface is None:
            draw_objective(axes, layer, theme)
        else:
            surface = surface_axes(axes, scene, theme, turning=turning, supersampling=supersampling)
        if layer.grid is not None and placement.bar is not None:
            draw_color_bar(figure.add_axes(placement.bar), layer.grid, theme)
    chart = figure.add_axes(placement.chart)
    draw_chart(chart, scene.chart, theme)
    fit: Axes | None = None
    if scene.fit is not None and placement.fit is not None:
        fit = figure.add_axes(placement.fit)
        draw_fit(fit, scene.fit, theme)
    return Layout(figure, axes, chart, _draw_legend(figure, scene.runs, rows, bottom, theme), surface, fit)


Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Placement:
    """The figure's width and height in inches; the left, bottom, width and height of each panel as shares of them."""

    width: float
    height: float
    objective: Rectangle | None
    bar: Rectangle | None
    chart: Rectangle
    fit: Rectangle | None = None


@dataclass(frozen=True)
class _Margins:
    """Inches for the labels left of the objective, right of its color bar, left of the chart, and left of the fit."""

    left: float = LEFT
    bar: float = BAR_LABELS
    between: float = BETWEEN
    fit: float = 0.0


@dataclass(frozen=True, eq=False)
class _LegendRow:
    """A row of the legend: its handles, the size of their labels in points, and their distance from the handles in sizes."""

    handles: Sequence[Line2D]
    size: float
    pad: float


def _even(length: float, dpi: float) -> float:
    """A length in inches that is an even number of pixels, as videos need it."""
    return 2 * round(length * dpi / 2) / dpi


def _margins(scene: Scene, theme: Theme) -> _Margins:
    """The room that the labels and tick labels of the axes need, measured on a figure that is thrown away."""
    figure = Figure(figsize=(2 * OBJECTIVE, 2 * HEIGHT))
    FigureCanvasAgg(figure)
    rectangle = (0.5, 0.25, 0.25, 0.5)
    chart = figure.add_axes(rectangle)
    draw_chart(chart, scene.chart, theme)
    layer, between = scene.objective_layer, max(BETWEEN, CLEAR + _label_width(chart))
    fit = 0.0
    if scene.fit is not None:
        fit_axes = figure.add_axes(rectangle)
        draw_fit(fit_axes, scene.fit, theme)
        fit = max(LEFT, CLEAR + _label_width(fit_axes))
    if layer is None:
        return _Margins(left=max(LEFT, EDGE + _label_width(chart)), between=between, fit=fit)
    plane = figure.add_axes(rectangle)
    plane.set(xlim=layer.view[0], ylim=layer.view[1])
    label_axes(plane, layer.labels, theme)
    left = LEFT if scene.surface is not None else max(LEFT, EDGE + _label_width(plane))
    bar = BAR_LABELS
    if layer.grid is not None:
        bar_axes = figure.add_axes(rectangle)
        draw_color_bar(bar_axes, layer.grid, theme)
        bar = max(bar, CLEAR + bar_axes.yaxis.get_tightbbox().width / figure.dpi)  # type: ignore[union-attr]
    return _Margins(left, bar, between, fit)


def _label_width(ax: Axes) -> float:
    """How far the label and the tick labels of a vertical axis reach to the left of it, in inches."""
    box = ax.yaxis.get_tightbbox()
    return 0.0 if box is None else float(ax.bbox.x0 - box.x0) / ax.figure.dpi


def _placement(
    scene: Scene, size: tuple[float, float] | None, heading: float, legend: float, bottom: float, margins: _Margins
) -> _Placement:
    """Panels of the sizes that suit the scene, or that fill a figure of a given size.

    Args:
        heading, legend, bottom: inches for the title and the formula, for the legend, and below it.
    """
    layer = scene.objective_layer
    bar = BAR_GAP + BAR + margins.bar if layer is not None and layer.grid is not None else 0.0
    beside = margins.left + RIGHT + (bar + margins.between if layer is not None else 0.0)
    around = ABOVE + heading + BELOW + legend + PAD + bottom
    height = HEIGHT if size is None else max(size[1] - around, 1.0)
    ratio = _aspect_ratio(scene)
    fit = 0.0
    if margins.fit:  # the fit stands between the cost and the chart; without a cost, left of the chart
        beside += margins.fit + (margins.between - LEFT if layer is None else 0.0)
        fit = FIT if size is None else FIT_SHARE * max(size[0] - beside, 2.0)
        beside += fit
    if layer is None:
        wide, chart = 0.0, ALONE if size is None else size[0] - beside
    elif size is None:
        wide, chart = (height * ratio if ratio else OBJECTIVE), CHART
    else:
        room = max(size[0] - beside, 2.0)
        wide = min(height * ratio, 0.62 * room) if ratio else 0.59 * room
        chart = room - wide
    width, total = size or (beside + wide + chart, around + height)
    tall = wide / ratio if ratio else height
    chart_bottom = BELOW + legend + PAD + bottom
    panel_bottom = chart_bottom + (height - tall) / 2

    def shares(left: float, low: float, across: float, up: float) -> Rectangle:
        return (left / width, low / total, across / width, up / total)

    return _Placement(
        width,
        total,
        shares(margins.left, panel_bottom, wide, tall) if layer is not None else None,
        shares(margins.left + wide + BAR_GAP, panel_bottom, BAR, tall) if bar else None,
        shares(width - RIGHT - chart, chart_bottom, chart, height),
        shares(width - RIGHT - chart - margins.between - fit, chart_bottom, fit, height) if margins.fit else None,
    )


def _aspect_ratio(scene: Scene) -> float | None:
    """Width over height of an objective's panel whose axes share one scale."""
    if scene.objective_layer is None or not scene.objective_layer.equal or scene.surface is not None:
        return None
    (left, right), (low, high) = scene.objective_layer.view
    return (right - left) / (high - low)


def _legend_rows(scene: Scene, scales: Sequence[QuantityScale], width: float, theme: Theme) -> list[_LegendRow]:
    """The rows below the runs in a figure of this width, the lowest first: the markers, then the shown quantities."""
    markers, quantities = _marker_handles(scene, theme), quantity_handles(scales, theme)
    rows = [_LegendRow(markers, theme.small_size, 0.35)] if markers else []
    count = max(2, int((width - LEFT) / QUANTITY))
    parts = [quantities[first : first + count] for first in range(0, len(quantities), count)]
    return rows + [_LegendRow(part, 1.1 * theme.small_size, 0.8) for part in reversed(parts)]


def _draw_legend(
    figure: Figure, runs: Sequence[SceneRun], rows: Sequence[_LegendRow], bottom: float, theme: Theme
) -> tuple[Text, ...]:
    """Draw a row for each run: its line, its label and an empty caption, which is returned; then the other rows below."""
    width, height = (float(side) for side in figure.get_size_inches())
    text: dict[str, Any] = {"va": "center_baseline", "fontfamily": theme.fonts, "fontsize": theme.text_size, "parse_math": False}
    labels = []
    down = ROW * (len(runs) + len(rows))
    for run in runs:
        down -= ROW
        y = (bottom + down + ROW / 2 + 0.08) / height
        line = run_handle(run, theme)
        line.set_data([LEFT / width, (LEFT + 0.42) / width], [y, y])
        line.set(transform=figure.transFigure, markevery=[1])
        figure.add_artist(line)
        labels.append(figure.text((LEFT + 0.56) / width, y, run.label, color=theme.ink, fontweight="bold", **text))
    for index, row in enumerate(rows):
        anchor = ((LEFT - 0.03) / width, (bottom + 0.06 + index * ROW) / height)
        legend = figure.legend(
            handles=row.handles, loc="lower left", bbox_to_anchor=anchor, ncols=len(row.handles), frameon=False,
            fontsize=row.size, labelcolor=theme.quiet, borderpad=0, borderaxespad=0, handletextpad=row.pad,
            columnspacing=1.6, handlelength=1.5,
        )  # fmt: skip
        for label in legend.get_texts():
            label.set(fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
    left = (max(label.get_window_extent().x1 for label in labels) / figure.dpi + 0.13) / width
    return tuple(figure.text(left, label.get_position()[1], "", color=theme.quiet, **text) for label in labels)


def run_handle(run: SceneRun, theme: Theme) -> Line2D:
    """The legend's handle for a run: a piece of its line with its marker."""
    style = theme.run_style(run.index)
    return Line2D(
        [], [], color=style.color, linewidth=theme.path_width, linestyle=style.line, marker=style.marker,
        markersize=theme.mark_size - 1, markeredgecolor=theme.paper, label=run.label,
    )  # fmt: skip


def _marker_handles(scene: Scene, theme: Theme) -> list[Line2D]:
    """A handle for each kind of marker in the objective's axes."""
    layer = scene.objective_layer
    of_fit = fit_handles(scene.fit, theme) if scene.fit is not None else []
    if layer is None:
        return of_fit
    ring: dict[str, Any] = {"marker": "o", "markersize": theme.mark_size, "markerfacecolor": "none", "markeredgewidth": 1.5}
    kinds: dict[str, dict[str, Any]] = {"start": {**ring, "markeredgecolor": theme.quiet}}
    if any(run.path is not None and len(run.path.points) > 1 for run in scene.runs):
        kinds["end"] = {**ring, "markerfacecolor": theme.quiet, "markeredgecolor": theme.paper}
    kinds |= {marker.kind: marker_properties(marker.kind, theme) for marker in layer.markers}
    if len(layer.samples):
        kinds["sample"] = {**ring, "markersize": theme.dot_size, "markeredgecolor": theme.sample, "markeredgewidth": 1.0}
    return [*(Line2D([], [], linestyle="none", label=kind, **properties) for kind, properties in kinds.items()), *of_fit]
