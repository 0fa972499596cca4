"""Draws maps: one, or several side by side, each cell a whole number of pixels across and up."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import AxesImage

from steepest.plot.mpl.artists import quiet_ticks
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.axes import scale_axis
from steepest.plot.mpl.sweep.caption import caption_lines, draw_caption
from steepest.plot.mpl.sweep.color_bar import draw_bar
from steepest.plot.mpl.sweep.legend import draw_legend, legend_rows, line_handles, line_style, point_properties
from steepest.plot.mpl.sweep.spacing import (
    ABOVE,
    BAR,
    BAR_GAP,
    BAR_ROOM,
    BELOW,
    BESIDE,
    CAPTION,
    DPI,
    GAP,
    LEFT,
    LINE,
    PAD,
    PANEL_TITLE,
    RIGHT,
    ROW,
)
from steepest.plot.mpl.text.heading import draw_heading, fitted_heading
from steepest.plot.scene.sweep.map import MapScene, Panel
from steepest.plot.theme import Theme

# Inches.

SIDE, SMALL_SIDE = 5.4, 3.0  # of a map, and of one of several


def draw_maps(scene: MapScene, theme: Theme) -> Picture:
    """The figure of maps: each cell is a whole number of pixels across and up."""
    count = len(scene.panels)
    columns = 1 if count == 1 else 2 if count <= 4 else 3 if count <= 9 else 4
    rows = math.ceil(count / columns)
    (wide, tall), dpi = _sides(scene, SIDE if count == 1 else SMALL_SIDE)
    bar = BAR_GAP + BAR + BAR_ROOM if scene.bar else 0.0
    width = LEFT + columns * wide + (columns - 1) * GAP * 0.9 + bar + RIGHT
    handles = line_handles(scene.lines, scene.points, theme)
    legend = legend_rows(scene.swatches, handles, (LEFT, width - 0.1), theme)
    top = fitted_heading(scene.title, scene.formula, scene.text, width - LEFT - RIGHT, theme)
    title = PANEL_TITLE if count > 1 else 0.0
    caption = caption_lines(scene.caption, width, theme)
    heading = ABOVE + top.height + CAPTION + (len(caption) - 1) * LINE
    below = BELOW + PAD + ROW * len(legend)
    gap = GAP if count % columns else BESIDE  # of incomplete rows, maps in the row above have numbers below them
    height = heading + rows * (tall + title) + (rows - 1) * gap + below
    figure = Picture(figsize=(width, height), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_heading(figure, top, LEFT, ABOVE - 0.05, theme)
    draw_caption(figure, caption, heading - 0.22, theme)
    for number, panel in enumerate(scene.panels):
        row, column = divmod(number, columns)
        left = LEFT + column * (wide + GAP * 0.9)
        low = height - heading - (row + 1) * (tall + title) - row * gap
        box = snapped((left, low, wide, tall), width, height, dpi)
        draw_map(figure, box, panel, scene, theme, outer=(column == 0, row == rows - 1 or number + columns >= count))
    if scene.bar:
        left = LEFT + columns * wide + (columns - 1) * GAP * 0.9 + BAR_GAP
        draw_bar(
            figure.add_axes(
                (left / width, below / height, BAR / width, (tall if rows == 1 else height - heading - below - title) / height)
            ),
            scene.bar,
            theme,
        )
    draw_legend(figure, legend, PAD / 2, theme)
    return figure


def _sides(scene: MapScene, side: float) -> tuple[tuple[float, float], float]:
    """Width and height of a map in inches, and the dots an inch, so that a cell is a whole number of dots."""
    up, across = scene.panels[0].pixels.shape[:2]
    ratio = map_ratio(scene) or 1.0
    wide, tall = (side, side * ratio) if ratio <= 1 else (side / ratio, side)
    dpi = max(DPI, math.ceil(across / wide), math.ceil(up / tall))
    per = [max(1, round(length * dpi / cells)) for length, cells in ((wide, across), (tall, up))]
    return (per[0] * across / dpi, per[1] * up / dpi), dpi


def map_ratio(scene: MapScene) -> float | None:
    """The height of a map as a share of its width where both axes are positions, up to a limit; None where it may be any."""
    linear = scene.x.spacing == scene.y.spacing == "linear" and not (scene.x.ticks or scene.y.ticks)
    if not (linear and len(scene.points) and all(point.kind != "best" for point in scene.points)):
        return None
    spans = [abs(axis.limits[1] - axis.limits[0]) for axis in (scene.x, scene.y)]
    return min(max(spans[1] / spans[0], 0.4), 2.5)


def snapped(box: tuple[float, float, float, float], width: float, height: float, dpi: float) -> tuple[float, float, float, float]:
    """A rectangle in shares of the figure whose corner lies on whole dots."""
    left, low, wide, tall = box
    left, low = round(left * dpi) / dpi, round(low * dpi) / dpi
    return left / width, low / height, wide / width, tall / height


def draw_map(
    figure: Picture,
    box: tuple[float, float, float, float],
    panel: Panel,
    scene: MapScene,
    theme: Theme,
    *,
    outer: tuple[bool, bool],
) -> tuple[CellImage, Axes]:
    """One map: the cells, and over them axes with the scales, the lines and the points.

    Args:
        box: left, bottom, width and height, as shares of the figure.
        outer: whether the left axis and the lower one have labels.
    """
    image = figure.add_axes(box)
    image.set_axis_off()
    up, across = panel.pixels.shape[:2]
    cells = CellImage(image, extent=(0, across, 0, up), origin="lower", interpolation="nearest", interpolation_stage="rgba")
    cells.set_data(panel.pixels)
    image.set(xlim=(0, across), ylim=(0, up))
    image.add_image(cells)
    ax = figure.add_axes(box)
    ax.patch.set_visible(False)
    ax.set(xlim=scene.x.limits, ylim=scene.y.limits)
    for axis, about, shown in ((ax.xaxis, scene.x, outer[1]), (ax.yaxis, scene.y, outer[0])):
        scale_axis(ax, axis, about, theme, shown=shown)
    quiet_ticks(ax, theme)
    ax.set(xlim=scene.x.limits, ylim=scene.y.limits)
    if panel.title:
        ax.set_title(
            panel.title,
            loc="left",
            pad=5,
            fontsize=theme.text_size + 0.5,
            color=theme.ink,
            fontfamily=theme.fonts,
            parse_math=False,
        )
    for line in scene.lines:
        ax.plot(*line.points.T, **line_style(line.kind))
    for point in scene.points:
        properties = point_properties(point.kind, theme)
        ax.plot(*point.at, linestyle="none", **properties)
    return cells, ax


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
