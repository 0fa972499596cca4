"""Draws maps: one, or several side by side or in a grid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import AxesImage

from steepest.plot.mpl.artists import quiet_ticks
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.arrangement import ABOVE, LINE, Needs, Rectangle, SweepArrangement, Told, arranged
from steepest.plot.mpl.sweep.axes import scale_axis
from steepest.plot.mpl.sweep.color_bar import draw_bar
from steepest.plot.mpl.sweep.legend import draw_legend, line_handles, line_style, point_properties, swatch_handles
from steepest.plot.mpl.sweep.margins import margins
from steepest.plot.mpl.text.heading import draw_heading, fitted_heading
from steepest.plot.scene.sweep.colors import ColorBar
from steepest.plot.scene.sweep.map import MapScene, Panel
from steepest.plot.size import PictureSize, whole_pixels
from steepest.plot.theme import Theme

# Inches.
SIDE, SMALL_SIDE = 5.4, 3.0  # of a map, and of one of several, in a picture without a size
RATIOS = 0.4, 2.5  # height over width of a map of positions, whose axes share one scale
TITLE = 0.24  # above each of several maps
BARE_GAP = 0.03  # between maps without words
MEASURED = 30  # frames of a film
WHOLE = 0.93  # of a map's side, from which on its cells are whole dots rather than as large as they fit

Limits = tuple[tuple[float, float], tuple[float, float]]  # of the axis across, and of the axis up


def draw_maps(scene: MapScene, size: PictureSize, theme: Theme) -> Picture:
    """The figure of maps.

    Raises:
        InputError: for a size too small for them.
    """
    if size.bare:
        return _bare_maps(scene, size, theme)
    plan = arrange_maps(scene, size, theme)
    dpi = size.dpi
    if size.inches is None:
        dpi = max(dpi, *(math.ceil(cells / side) for cells, side in zip(_cells(scene), plan.boxes[0][2:], strict=True)))
    width, height = plan.width, plan.height
    if size.inches is None or size.tallest is not None:  # whole dots
        width, height = (whole_pixels(side, dpi) for side in (width, height))
    figure = Picture(figsize=(width, height), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_around(figure, plan, theme)
    boxes = [whole_cells(box, _cells(scene), dpi) for box in plan.boxes]
    for number, (panel, box) in enumerate(zip(scene.panels, boxes, strict=True)):
        outer = number % plan.columns == 0, number + plan.columns >= len(boxes)
        draw_map(figure, box, panel, scene, theme, outer=outer)
    draw_bar_along(figure, boxes, plan, scene.bar, theme)
    return figure


def draw_bar_along(figure: Picture, boxes: Sequence[Rectangle], plan: SweepArrangement, bar: ColorBar | None, theme: Theme) -> None:
    """The color bar, if there is one, as long as the maps are high or wide, which have whole cells."""
    if bar is None or plan.bar is None:
        return
    left, low, wide, tall = plan.bar
    if plan.upright:
        low, top = min(box[1] for box in boxes), max(box[1] + box[3] for box in boxes)
        tall = top - low
    else:
        wide = max(box[0] + box[2] for box in boxes) - left
    draw_bar(figure.add_axes(shares(figure, (left, low, wide, tall))), bar, theme, upright=plan.upright)


def arrange_maps(
    scene: MapScene, size: PictureSize, theme: Theme, aside: float = 0.0, limits: Sequence[Limits] = ()
) -> SweepArrangement:
    """Where everything in a picture of maps goes; see `steepest.plot.mpl.sweep.arrangement.arranged`.

    Args:
        limits: the ends of both axes on each frame of a film that zooms, whose numbers are to have room.
    """
    count = len(scene.panels)
    told = Told(
        lambda width: fitted_heading(scene.title, scene.formula, scene.text, width, theme),
        scene.caption,
        (swatch_handles(scene.swatches), line_handles(scene.lines, scene.points, theme)),
    )
    sides = _natural_sides(scene)
    left, right, below = margins(sides, lambda figure, box: _measured_axes(figure, box, scene, theme, limits))
    title = TITLE * theme.type_scale if any(panel.title for panel in scene.panels) else 0.0
    needs = Needs(count, map_ratio(scene), left, right, below, title, scene.bar is not None)
    return arranged(needs, told, size, theme, sides, aside)


def draw_around(figure: Picture, plan: SweepArrangement, theme: Theme) -> None:
    """The heading, the caption and the legend."""
    width, height = (float(side) for side in figure.get_size_inches())
    times = theme.type_scale
    draw_heading(figure, plan.heading, plan.left, ABOVE * times, theme)
    left, down = plan.caption_at
    for number, line in enumerate(plan.caption):
        figure.text(
            left / width, 1 - (down + number * LINE * times) / height, line, fontsize=theme.text_size, color=theme.quiet,
            fontfamily=theme.fonts, va="center_baseline", parse_math=False,
        )  # fmt: skip
    draw_legend(figure, plan.legend, plan.legend_at, theme)


def _bare_maps(scene: MapScene, size: PictureSize, theme: Theme) -> Picture:
    """The maps alone, as large as they fit."""
    assert size.inches is not None
    width, height = size.inches
    figure = Picture(figsize=size.inches, dpi=size.dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    count = len(scene.panels)
    ratio = map_ratio(scene)

    def side(columns: int) -> tuple[float, float]:
        rows = math.ceil(count / columns)
        wide, tall = (width - (columns - 1) * BARE_GAP) / columns, (height - (rows - 1) * BARE_GAP) / rows
        return (wide, tall) if ratio is None else (min(wide, tall / ratio), min(tall, wide * ratio))

    columns = max(range(1, count + 1), key=lambda columns: math.prod(side(columns)))
    rows, (wide, tall) = math.ceil(count / columns), side(columns)
    left = (width - columns * wide - (columns - 1) * BARE_GAP) / 2
    top = (height + rows * tall + (rows - 1) * BARE_GAP) / 2
    for number, panel in enumerate(scene.panels):
        row, column = divmod(number, columns)
        box = left + column * (wide + BARE_GAP), top - (row + 1) * tall - row * BARE_GAP, wide, tall
        ax = draw_map(figure, box, replace(panel, title=""), scene, theme, outer=(False, False))[1]
        ax.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    return figure


def _natural_sides(scene: MapScene) -> tuple[float, float]:
    """Width and height of a map in a picture without a size; its cells are whole dots."""
    side = SIDE if len(scene.panels) == 1 else SMALL_SIDE
    ratio = map_ratio(scene) or 1.0
    return (side, side * ratio) if ratio <= 1 else (side / ratio, side)


def _measured_axes(figure: Picture, box: Rectangle, scene: MapScene, theme: Theme, limits: Sequence[Limits]) -> Iterator[Axes]:
    """The axes of a map without its cells; again with the ends on some of the frames of a film that zooms."""
    ax = figure.add_axes(shares(figure, box))
    _draw_axes(ax, scene, theme, outer=(True, True))
    yield ax
    for across, up in limits[:: max(1, len(limits) // MEASURED)]:
        ax.set(xlim=across, ylim=up)
        yield ax


def _cells(scene: MapScene) -> tuple[int, int]:
    """How many cells a map has across and up."""
    up, across = scene.panels[0].pixels.shape[:2]
    return across, up


def map_ratio(scene: MapScene) -> float | None:
    """The height of a map as a share of its width where both axes are positions; None where it may be any.

    Axes so different that they can share no scale, as those of weights may be, have any unless known points are in view.
    """
    linear = scene.x.spacing == scene.y.spacing == "linear" and not (scene.x.ticks or scene.y.ticks)
    if not (linear and scene.positions):
        return None
    spans = [abs(axis.limits[1] - axis.limits[0]) for axis in (scene.x, scene.y)]
    ratio = spans[1] / spans[0]
    return min(max(ratio, RATIOS[0]), RATIOS[1]) if scene.points else ratio if RATIOS[0] <= ratio <= RATIOS[1] else None


def shares(figure: Picture, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """A rectangle in inches as shares of the figure."""
    width, height = (float(side) for side in figure.get_size_inches())
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


def whole_cells(
    box: tuple[float, float, float, float], cells: tuple[int, int], dpi: float
) -> tuple[float, float, float, float]:  # fmt: skip
    """A rectangle in inches whose corner lies on whole dots, and whose cells are whole dots where that makes it little smaller."""
    left, low, wide, tall = box
    wide, tall = (
        whole if (whole := int(side * dpi / count + 1e-6) * count / dpi) >= WHOLE * side else round(side * dpi) / dpi
        for side, count in zip((wide, tall), cells, strict=True)
    )
    top = low + box[3]
    return round(left * dpi) / dpi, round((top - tall) * dpi) / dpi, wide, tall


def draw_map(
    figure: Picture, box: tuple[float, float, float, float], panel: Panel, scene: MapScene, theme: Theme, *,
    outer: tuple[bool, bool],
) -> tuple[CellImage, Axes]:  # fmt: skip
    """One map: the cells, and over them axes with the scales, the lines and the points.

    Args:
        box: left, bottom, width and height, in inches.
        outer: whether the left axis and the lower one have labels.
    """
    image = figure.add_axes(shares(figure, box))
    image.set_axis_off()
    up, across = panel.pixels.shape[:2]
    cells = CellImage(image, extent=(0, across, 0, up), origin="lower", interpolation="auto", interpolation_stage="rgba")
    cells.set_data(panel.pixels)
    image.set(xlim=(0, across), ylim=(0, up))
    image.add_image(cells)
    ax = figure.add_axes(shares(figure, box))
    ax.patch.set_visible(False)
    _draw_axes(ax, scene, theme, outer=outer)
    if panel.title:
        ax.set_title(
            panel.title, loc="left", pad=5, fontsize=theme.text_size + 0.5, color=theme.ink, fontfamily=theme.fonts,
            parse_math=False,
        )  # fmt: skip
    for line in scene.lines:
        ax.plot(*line.points.T, **line_style(line.kind, theme))
    for point in panel.points:
        ax.plot(*point.at, linestyle="none", **point_properties(point.kind, theme))
    return cells, ax


def _draw_axes(ax: Axes, scene: MapScene, theme: Theme, *, outer: tuple[bool, bool]) -> None:
    """The scales, ticks and labels of a map."""
    ax.set(xlim=scene.x.limits, ylim=scene.y.limits)
    for axis, about, shown in ((ax.xaxis, scene.x, outer[1]), (ax.yaxis, scene.y, outer[0])):
        scale_axis(ax, axis, about, theme, shown=shown)
    quiet_ticks(ax, theme)
    ax.set(xlim=scene.x.limits, ylim=scene.y.limits)


class CellImage(AxesImage):
    """An image of cells that is drawn as it is where each of them covers a whole number of dots: resampling takes a second."""

    def make_image(self, renderer: Any, magnification: float = 1.0, unsampled: bool = False) -> Any:
        cells: Any = self.get_array()
        box = self.axes.bbox
        up, across = cells.shape[:2]
        times = [round(length * magnification / count) for length, count in ((box.height, up), (box.width, across))]
        exact = all(
            abs(length * magnification - count * part) < 0.05 and part > 0
            for length, count, part in ((box.height, up, times[0]), (box.width, across, times[1]))
        )
        if unsampled or not exact:
            return super().make_image(renderer, magnification, unsampled)
        dots = np.full((up * times[0], across * times[1], 4), 255, dtype=np.uint8)
        dots[..., :3] = np.repeat(np.repeat(cells[..., :3], times[0], axis=0), times[1], axis=1)
        return dots, box.x0 * magnification, box.y0 * magnification, None
