"""The figure of a film of maps: the map, which value it is of, how far the film is, and what the colors stand for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.maps import CellImage, Limits, arrange_maps, draw_around, draw_bar_along, draw_map, whole_cells
from steepest.plot.mpl.text.measure import text_width
from steepest.plot.scene.sweep.map import MapScene, Panel
from steepest.plot.scene.sweep.theory import Point
from steepest.plot.size import PictureSize, whole_pixels
from steepest.plot.theme import Theme

# Inches: heights of the value, of the track below it, of the numbers at the track's ends, and below them.
VALUE, TRACK, ENDS, UNDER_TRACK = 0.5, 0.16, 0.3, 0.2
TIMES = 2.0  # the size of the value, in that of plain words
TRACK_WIDTH = 3.0  # points


@dataclass(frozen=True, eq=False)
class MapFrame:
    """A figure that shows one map after the other.

    Attributes:
        cells, axes: the map, and the axes over it.
        value: which value of the film's axis the map is of.
        passed, marker: the part of the track that the film has gone, and its end.
        track: its left and its right end, as shares of the figure's width.
        points, marks: those of all maps, and what is drawn for each.
    """

    figure: Picture
    cells: CellImage
    axes: Axes
    value: Text
    passed: Line2D
    marker: Line2D
    track: tuple[float, float]
    points: tuple[Point, ...]
    marks: tuple[Line2D, ...]

    def show(self, panel: Panel, told: str, share: float) -> None:
        """Show a map.

        Args:
            told: which value it is of.
            share: how far along the film's axis that value is, from 0 to 1.
        """
        left, right = self.track
        at = left + share * (right - left)
        self.cells.set_data(panel.pixels)
        for point, mark in zip(self.points, self.marks, strict=True):
            mark.set_visible(point in panel.points)
        self.value.set_text(told)
        self.passed.set_xdata([left, at])
        self.marker.set_xdata([at])


def map_frame(
    scene: MapScene, ends: tuple[str, str], longest: str, size: PictureSize, theme: Theme, *, grows: bool,
    limits: Sequence[Limits] = (),
) -> MapFrame:  # fmt: skip
    """The figure of a film of maps.

    Args:
        ends: the first and the last value of the film's axis, as text.
        longest: the longest text of a value.
        limits: of a film that zooms, the ends of both axes on each frame.
        grows: whether it is larger where its map has more cells than dots.

    Raises:
        InputError: for a size too small for a map with what is told beside it.
    """
    single = replace(
        scene, panels=(replace(scene.panels[0], title="", points=scene.points),),
        swatches=tuple(replace(each, count="") for each in scene.swatches),  # of all maps together
    )  # fmt: skip
    aside = (VALUE + TRACK + ENDS + UNDER_TRACK) * theme.type_scale
    plan = arrange_maps(single, size, theme, aside, limits)
    up, across = scene.panels[0].pixels.shape[:2]
    wide, tall = plan.boxes[0][2:]
    dpi = max(size.dpi, across / wide, up / tall) if grows else size.dpi
    width, height = (whole_pixels(side, dpi, 2) for side in (plan.width, plan.height))  # even, as videos need it
    figure = Picture(figsize=(width, height), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_around(figure, plan, theme)
    box = whole_cells(plan.boxes[0], (across, up), dpi)
    cells, axes = draw_map(figure, box, single.panels[0], single, theme, outer=(True, True))
    draw_bar_along(figure, [box], plan, scene.bar, theme)
    left, down, right = plan.aside
    value, passed, marker = _draw_progress(figure, (left, right), down, ends, longest, theme)
    marks = tuple(axes.lines[len(scene.lines) :])
    return MapFrame(figure, cells, axes, value, passed, marker, (left / width, right / width), scene.points, marks)


def _draw_progress(
    figure: Picture, across: tuple[float, float], down: float, ends: Sequence[str], longest: str, theme: Theme
) -> tuple[Text, Line2D, Line2D]:
    """The value in large words, and below it a track with the first and the last value; the value, and what moves on the track.

    Args:
        across: left and right, in inches.
        down: how far from the top of the figure they begin, in inches.
    """
    width, height = (float(side) for side in figure.get_size_inches())
    left, right = (side / width for side in across)
    times = theme.type_scale
    tall, track = VALUE * times, TRACK * times
    size = TIMES * theme.plain_size
    size *= min(1.0, (across[1] - across[0]) / max(text_width(longest, size, theme, bold=True), 1e-9))
    words: dict[str, Any] = {"fontfamily": theme.fonts, "parse_math": False, "va": "center_baseline"}
    value = figure.text(left, 1 - (down + 0.4 * tall) / height, longest, fontsize=size, fontweight="bold", color=theme.ink, **words)
    y = 1 - (down + tall + track / 2) / height
    color = theme.run_style(0).color
    lines: list[Line2D] = []
    styles: tuple[tuple[list[float], dict[str, Any]], ...] = (
        ([left, right], {"color": theme.grid, "linewidth": TRACK_WIDTH}),
        ([left, left], {"color": color, "linewidth": TRACK_WIDTH}),
        ([left], {"color": color, "marker": "o", "markersize": theme.mark_size, "markeredgecolor": theme.paper}),
    )
    for places, style in styles:
        lines.append(Line2D(places, [y] * len(places), transform=figure.transFigure, solid_capstyle="round", **style))
        figure.add_artist(lines[-1])
    below = 1 - (down + tall + track + ENDS * times / 2) / height
    for place, text, side in ((left, ends[0], "left"), (right, ends[1], "right")):
        figure.text(place, below, text, ha=side, fontsize=theme.small_size, color=theme.quiet, **words)
    return value, lines[1], lines[2]


def shares(values: Sequence[float], spacing: str) -> list[float]:
    """How far along an axis each of its values is.

    >>> shares([1.0, 10.0, 100.0], "log"), shares([4.0], "linear")
    ([0.0, 0.5, 1.0], [1.0])
    """
    at = [math.log(value) for value in values] if spacing == "log" else list(values)
    span = at[-1] - at[0]
    return [(each - at[0]) / span for each in at] if span else [1.0] * len(at)
