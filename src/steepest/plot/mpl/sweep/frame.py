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
from steepest.plot.mpl.sweep.color_bar import draw_bar
from steepest.plot.mpl.sweep.legend import draw_legend, legend_rows, line_handles
from steepest.plot.mpl.sweep.maps import CellImage, draw_map, map_ratio, snapped
from steepest.plot.mpl.sweep.spacing import BAR, BAR_GAP, BAR_ROOM, BELOW, LEFT, LINE, ROW
from steepest.plot.mpl.text.heading import draw_heading, fitted_heading
from steepest.plot.mpl.text.measure import text_width, wrapped
from steepest.plot.scene.sweep.colors import Pixels
from steepest.plot.scene.sweep.map import MapScene
from steepest.plot.size import picture_size
from steepest.plot.theme import Theme

# Inches.
ABOVE, EDGE = 0.2, 0.25
UNDER_HEADING = 0.12
BESIDE = 0.45  # between the map, or its bar of colors, and what is told beside it
NARROWEST = 3.0  # width of what is told
VALUE, TRACK, ENDS = 0.5, 0.16, 0.3  # heights: of the value, of the track below it, of the numbers at the track's ends
UNDER_TRACK = 0.2

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
    """

    figure: Picture
    cells: CellImage
    axes: Axes
    value: Text
    passed: Line2D
    marker: Line2D
    track: tuple[float, float]

    def show(self, pixels: Pixels, told: str, share: float) -> None:
        """Show a map.

        Args:
            told: which value it is of.
            share: how far along the film's axis that value is, from 0 to 1.
        """
        left, right = self.track
        at = left + share * (right - left)
        self.cells.set_data(pixels)
        self.value.set_text(told)
        self.passed.set_xdata([left, at])
        self.marker.set_xdata([at])


def map_frame(scene: MapScene, ends: tuple[str, str], longest: str, theme: Theme) -> MapFrame:
    """The figure of a film of maps: as large as other films, or larger where its map has more cells, each a whole number of dots.

    Args:
        ends: the first and the last value of the film's axis, as text.
        longest: the longest text of a value.
    """
    size = picture_size(None, None, film=True)
    assert size.inches is not None
    width, height = size.inches
    top = fitted_heading(scene.title, scene.formula, scene.text, width - LEFT - EDGE, theme)
    heading = ABOVE + top.height + UNDER_HEADING
    bar = BAR_GAP + BAR + BAR_ROOM if scene.bar else 0.0
    (wide, tall), dpi = _side(scene, (width - LEFT - bar - BESIDE - NARROWEST - EDGE, height - heading - BELOW), size.dpi)
    width, height = (2 * round(side * dpi / 2) / dpi for side in (width, height))  # even, as videos need it
    figure = Picture(figsize=(width, height), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_heading(figure, top, LEFT, ABOVE - 0.05, theme)
    low = height - heading - tall
    box = snapped((LEFT, low, wide, tall), width, height, dpi)
    cells, axes = draw_map(figure, box, replace(scene.panels[0], title=""), scene, theme, outer=(True, True))
    if scene.bar:
        at = LEFT + wide + BAR_GAP
        draw_bar(figure.add_axes((at / width, box[1], BAR / width, box[3])), scene.bar, theme)
    left, right = LEFT + wide + bar + BESIDE, width - EDGE
    down = heading
    value, passed, marker = _draw_progress(figure, (left, right), down, ends, longest, theme)
    down += VALUE + TRACK + ENDS + UNDER_TRACK
    text: dict[str, Any] = {"va": "center_baseline", "color": theme.quiet, "fontfamily": theme.fonts, "fontsize": theme.text_size}
    for line in wrapped(scene.caption, right - left, theme.text_size, theme):
        figure.text(left / width, 1 - (down + LINE / 2) / height, line, parse_math=False, **text)
        down += LINE
    swatches = [replace(each, count="") for each in scene.swatches]  # of all maps together
    rows = legend_rows(swatches, line_handles(scene.lines, scene.points, theme), (left, right), theme)
    room = height - down - UNDER_TRACK - EDGE
    pitch = min(ROW, room / max(len(rows), 1))
    bottom = min(low, height - down - UNDER_TRACK - pitch * len(rows))  # at the foot of the map where there is room
    draw_legend(figure, rows, bottom, theme, pitch)
    return MapFrame(figure, cells, axes, value, passed, marker, (left / width, right / width))


def _side(scene: MapScene, room: tuple[float, float], least: float) -> tuple[tuple[float, float], float]:
    """Width and height of the map in inches, and the dots an inch, so that a cell is a whole number of dots."""
    up, across = scene.panels[0].pixels.shape[:2]
    ratio = map_ratio(scene) or room[1] / room[0]
    wide = min(room[0], room[1] / ratio)
    tall = wide * ratio
    dpi = max(least, across / wide, up / tall)
    return (int(wide * dpi / across + 1e-9) * across / dpi, int(tall * dpi / up + 1e-9) * up / dpi), dpi


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
    size = TIMES * theme.plain_size
    size *= min(1.0, (across[1] - across[0]) / max(text_width(longest, size, theme, bold=True), 1e-9))
    words: dict[str, Any] = {"fontfamily": theme.fonts, "parse_math": False, "va": "center_baseline"}
    value = figure.text(
        left, 1 - (down + 0.4 * VALUE) / height, longest, fontsize=size, fontweight="bold", color=theme.ink, **words
    )
    y = 1 - (down + VALUE + TRACK / 2) / height
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
    below = 1 - (down + VALUE + TRACK + ENDS / 2) / height
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
