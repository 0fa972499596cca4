"""Where everything in a picture goes, and what stays still in it: title, formula, axes, the landscape, the key."""

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
from steepest.plot.mpl.artists import draw_chart, draw_color_bar, draw_objective, dress, marker_style
from steepest.plot.mpl.mathtext import typeset
from steepest.plot.mpl.quantities import quantity_handles
from steepest.plot.mpl.settings import own_settings
from steepest.plot.scene.quantities import QuantityScale
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.surface.axes import SurfaceAxes, surface_axes
from steepest.plot.theme import Theme

# Inches.
HEIGHT = 4.2  # of the panels
LANDSCAPE, ALONE, CHART = 5.6, 6.4, 3.9  # widths
LEFT, RIGHT, BETWEEN, BELOW, ABOVE = 0.75, 0.25, 0.85, 0.62, 0.2
BAR, BAR_GAP, BAR_LABELS = 0.13, 0.08, 0.42
EDGE, CLEAR = 0.05, 0.12  # beside the words left of an axis: to the edge of the picture, to what stands there
LINE = 0.235  # of the key
CARRIED = 1.9  # for the sign and the label of a carried quantity
HEADING, FORMULA = 0.34, 0.36
FLAT_LINE, TALL_LINE = 1.5, 2.3  # between two lines of the formula, in its size
FINE = 3
SMALLEST = (4.0, 3.0)  # of a figure


class Picture(Figure):
    """A figure that a notebook shows by itself; pyplot knows nothing of it, and it does not change with the user's settings."""

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
        objective_layer: None where there is none.
        surface_axes: the surface in those axes, if that is what they show.
        words: a text for each run behind its name in the key, still empty.
    """

    picture: Picture
    objective_layer: Axes | None
    chart: Axes
    words: tuple[Text, ...]
    surface_axes: SurfaceAxes | None = None


def layout(
    shown: Scene,
    size: tuple[float, float] | None,
    dpi: float,
    theme: Theme,
    quantity_scales: Sequence[QuantityScale] = (),
    *,
    turning: bool = False,
    fine: int = FINE,
    foot: float = 0.0,
) -> Layout:
    """The stage for a scene.

    Args:
        size: width and height in inches, what suits the scene if None.
        quantity_scales: of the carried quantities that the key explains.
        turning: whether the camera of a surface will turn, so that its picture and its box are left out.
        foot: inches to leave empty at the bottom.
        fine: samples a side of a pixel of a surface's picture.

    Raises:
        InputError: for a size that is too small to draw in.
    """
    if size is not None and not (size[0] >= SMALLEST[0] and size[1] >= SMALLEST[1]):
        raise InputError(f"a picture is at least {SMALLEST[0]:g} by {SMALLEST[1]:g} inches, not {size[0]:g} by {size[1]:g}")
    room = _words_beside(shown, theme)
    lines = _key_lines(shown, quantity_scales, _placed(shown, size, 0.0, 0.0, foot, room).width, theme)
    key = LINE * (len(shown.scene_runs) + len(lines))
    placement = _placed(shown, size, 0.0, key, foot, room)
    formula, formula_size = (
        typeset(shown.formula, shown.text, 72 * (placement.width - LEFT - RIGHT), theme) if shown.formula else ([], 0.0)
    )
    spacing = TALL_LINE if any(r"\frac" in line for line in formula) else FLAT_LINE
    below = FORMULA + (len(formula) - 1) * spacing * formula_size / 72 if formula else 0.0
    placement = _placed(shown, size, (HEADING if shown.title else 0.0) + below + 0.06, key, foot, room)
    if size is None:
        placement = replace(placement, width=_even(placement.width, dpi), height=_even(placement.height, dpi))
    picture = Picture(figsize=(placement.width, placement.height), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(picture)
    _draw_title(picture, shown, placement, theme)
    for row, line in enumerate(formula):
        down = ABOVE - 0.05 + (HEADING if shown.title else 0.0) + row * spacing * formula_size / 72
        _draw_formula(picture, line, formula_size, LEFT / placement.width, 1 - down / placement.height, theme)
    ground: Axes | None = None
    built: SurfaceAxes | None = None
    if shown.objective_layer is not None and placement.objective_layer is not None:
        ground = picture.add_axes(placement.objective_layer)
        if shown.surface is None:
            draw_objective(ground, shown.objective_layer, theme)
        else:
            built = surface_axes(ground, shown, theme, turning=turning, fine=fine)
        if shown.objective_layer.grid is not None and placement.bar is not None:
            draw_color_bar(picture.add_axes(placement.bar), shown.objective_layer.grid, theme)
    chart = picture.add_axes(placement.chart)
    draw_chart(chart, shown.chart, theme)
    return Layout(picture, ground, chart, _draw_key(picture, shown.scene_runs, lines, placement, theme), built)


Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True)
class Placement:
    """Where everything goes: the figure's size in inches; left, bottom, width and height as shares of it; what is below all."""

    width: float
    height: float
    objective_layer: Rectangle | None
    bar: Rectangle | None
    chart: Rectangle
    foot: float


def _even(length: float, dpi: float) -> float:
    """A length in inches that is an even number of pixels, as videos need it."""
    return 2 * round(length * dpi / 2) / dpi


@dataclass(frozen=True)
class Room:
    """Inches for the words left of the landscape, right of its color bar, and left of the chart."""

    left: float = LEFT
    bar: float = BAR_LABELS
    between: float = BETWEEN


def _words_beside(shown: Scene, theme: Theme) -> Room:
    """The room that the numbers along the axes and their names need."""
    sheet = Figure(figsize=(2 * LANDSCAPE, 2 * HEIGHT))
    FigureCanvasAgg(sheet)
    side = (0.5, 0.25, 0.25, 0.5)
    chart = sheet.add_axes(side)
    draw_chart(chart, shown.chart, theme)
    ground = shown.objective_layer
    if ground is None:
        return Room(left=max(LEFT, EDGE + _left_of(chart)))
    plane = sheet.add_axes(side)
    plane.set(xlim=ground.view[0], ylim=ground.view[1])
    dress(plane, ground.labels, theme)
    left = LEFT if shown.surface is not None else max(LEFT, EDGE + _left_of(plane))
    bar = BAR_LABELS
    if ground.grid is not None:
        scale = sheet.add_axes(side)
        draw_color_bar(scale, ground.grid, theme)
        bar = max(bar, CLEAR + scale.yaxis.get_tightbbox().width / sheet.dpi)  # type: ignore[union-attr]
    return Room(left, bar, max(BETWEEN, CLEAR + _left_of(chart)))


def _left_of(ax: Axes) -> float:
    """How far the numbers and the name of a vertical axis reach to the left, in inches."""
    words = ax.yaxis.get_tightbbox()
    return 0.0 if words is None else float(ax.bbox.x0 - words.x0) / ax.figure.dpi


def _placed(
    shown: Scene, size: tuple[float, float] | None, heading: float, key: float, foot: float, words: Room | None = None
) -> Placement:
    """Panels of the sizes that suit the scene, or that fill a figure of a given size."""
    ground, words = shown.objective_layer, words or Room()
    bar = BAR_GAP + BAR + words.bar if ground is not None and ground.grid is not None else 0.0
    beside = words.left + RIGHT + (bar + words.between if ground is not None else 0.0)
    around = ABOVE + heading + BELOW + key + 0.12 + foot
    height = HEIGHT if size is None else max(size[1] - around, 1.0)
    ratio = _proportion(shown)
    if ground is None:
        wide, chart = 0.0, ALONE if size is None else size[0] - beside
    elif size is None:
        wide, chart = (height * ratio if ratio else LANDSCAPE), CHART
    else:
        room = max(size[0] - beside, 2.0)
        wide = min(height * ratio, 0.62 * room) if ratio else 0.59 * room
        chart = room - wide
    width, total = size or (beside + wide + chart, around + height)
    tall = wide / ratio if ratio else height
    floor = BELOW + key + 0.12 + foot
    bottom = floor + (height - tall) / 2

    def place(left: float, low: float, across: float, up: float) -> Rectangle:
        return (left / width, low / total, across / width, up / total)

    return Placement(
        width,
        total,
        place(words.left, bottom, wide, tall) if ground is not None else None,
        place(words.left + wide + BAR_GAP, bottom, BAR, tall) if bar else None,
        place(width - RIGHT - chart, floor, chart, height),
        foot,
    )


def _proportion(shown: Scene) -> float | None:
    """Width over height of a landscape whose axes share one scale."""
    if shown.objective_layer is None or not shown.objective_layer.equal or shown.surface is not None:
        return None
    (left, right), (low, high) = shown.objective_layer.view
    return (right - left) / (high - low)


def _draw_title(picture: Picture, shown: Scene, placement: Placement, theme: Theme) -> None:
    picture.text(
        LEFT / placement.width, 1 - (ABOVE - 0.05) / placement.height, shown.title, ha="left", va="top", fontfamily=theme.fonts,
        fontsize=theme.title_size, fontweight="bold", color=theme.ink,
    )  # fmt: skip


def _draw_formula(picture: Picture, line: str, size: float, left: float, top: float, theme: Theme) -> None:
    picture.text(
        left,
        top,
        line,
        ha="left",
        va="top",
        fontfamily=theme.fonts,
        fontsize=size,
        color=theme.ink,
        math_fontfamily=theme.mathematics,
    )


@dataclass(frozen=True, eq=False)
class KeyLine:
    """A line of the key: signs with their labels, the labels' size in points, and how far they are from the signs in sizes."""

    handles: Sequence[Line2D]
    size: float
    apart: float


def _key_lines(shown: Scene, quantity_scales: Sequence[QuantityScale], width: float, theme: Theme) -> list[KeyLine]:
    """What the signs in a picture of this width mean, the lowest line first: the marks, then what the runs carry."""
    markers, shown_quantities = _key_handles(shown, theme), quantity_handles(quantity_scales, theme)
    lines = [KeyLine(markers, theme.small_size, 0.35)] if markers else []
    fit = max(2, int((width - LEFT) / CARRIED))
    parts = [shown_quantities[first : first + fit] for first in range(0, len(shown_quantities), fit)]
    return lines + [KeyLine(part, 1.1 * theme.small_size, 0.8) for part in reversed(parts)]


def _draw_key(
    picture: Picture, scene_runs: Sequence[SceneRun], lines: Sequence[KeyLine], placement: Placement, theme: Theme
) -> tuple[Text, ...]:
    """A line for each run with its look, its name and room for words; then lines of what the signs mean."""
    row = LINE * (len(scene_runs) + len(lines))
    picture_options: dict[str, Any] = {"va": "center_baseline", "fontfamily": theme.fonts, "fontsize": theme.text_size}
    labels = []
    for scene_run in scene_runs:
        row -= LINE
        up = (placement.foot + row + LINE / 2 + 0.08) / placement.height
        line = run_handle(scene_run, theme)
        line.set_data([LEFT / placement.width, (LEFT + 0.42) / placement.width], [up, up])
        line.set(transform=picture.transFigure, markevery=[1])
        picture.add_artist(line)
        labels.append(
            picture.text(
                (LEFT + 0.56) / placement.width, up, scene_run.label, color=theme.ink, fontweight="bold", **picture_options
            )
        )
    for up, each in enumerate(lines):
        place = ((LEFT - 0.03) / placement.width, (placement.foot + 0.06 + up * LINE) / placement.height)
        legend = picture.legend(
            handles=each.handles, loc="lower left", bbox_to_anchor=place, ncols=len(each.handles), frameon=False,
            fontsize=each.size, labelcolor=theme.quiet, borderpad=0, borderaxespad=0, handletextpad=each.apart,
            columnspacing=1.6, handlelength=1.5,
        )  # fmt: skip
        for text in legend.get_texts():
            text.set(fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
    left = (max(label.get_window_extent().x1 for label in labels) / picture.dpi + 0.13) / placement.width
    return tuple(picture.text(left, label.get_position()[1], "", color=theme.quiet, **picture_options) for label in labels)


def run_handle(scene_run: SceneRun, theme: Theme) -> Line2D:
    """A piece of a run's line with its marker."""
    brush = theme.brush(scene_run.index)
    return Line2D(
        [], [], color=brush.color, linewidth=theme.path_width, linestyle=brush.line, marker=brush.marker,
        markersize=theme.mark_size - 1, markeredgecolor=theme.paper, label=scene_run.label,
    )  # fmt: skip


def _key_handles(shown: Scene, theme: Theme) -> list[Line2D]:
    """The marks that the landscape has, each once."""
    if shown.objective_layer is None:
        return []
    ring: dict[str, Any] = {
        "marker": "o",
        "markersize": theme.mark_size,
        "markerfacecolor": "none",
        "markeredgewidth": 1.5,
    }
    looks: dict[str, dict[str, Any]] = {"start": {**ring, "markeredgecolor": theme.quiet}}
    if any(scene_run.path is not None and len(scene_run.path.points) > 1 for scene_run in shown.scene_runs):
        looks["end"] = {**ring, "markerfacecolor": theme.quiet, "markeredgecolor": theme.paper}
    looks |= {mark.kind: marker_style(mark.kind, theme) for mark in shown.objective_layer.markers}
    if len(shown.objective_layer.samples):
        looks["sample"] = {
            **ring,
            "markersize": theme.dot_size,
            "markeredgecolor": theme.sample,
            "markeredgewidth": 1.0,
        }
    return [Line2D([], [], linestyle="none", label=label, **picture_options) for label, picture_options in looks.items()]
