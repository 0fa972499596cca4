"""Draws the picture of a sweep: a map of two axes, maps side by side, or the outcome curves of one axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, NullLocator

from steepest.errors import InputError
from steepest.language.digits import short
from steepest.plot.map_options import MAP_DEFAULTS, MapOptions
from steepest.plot.mpl.artists import GLYPHS, marker_properties, quiet_ticks
from steepest.plot.mpl.heading import draw_heading, fitted_heading
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.measure import wrapped
from steepest.plot.scene.map import ColorBar, MapAxis, MapScene, Panel, Swatch, map_scene
from steepest.plot.scene.outcome_curve import CurvePanel, CurveScene, Outcomes, curve_scene
from steepest.plot.scene.theory import Line, Point
from steepest.plot.theme import THEMES, Theme
from steepest.runs.sweep.sweep import Sweep

# Inches.
SIDE, SMALL_SIDE = 5.4, 3.0  # of a map, and of one of several
LEFT, RIGHT, BELOW, GAP, BESIDE = 0.8, 0.3, 0.62, 0.75, 0.18
BAR, BAR_GAP, BAR_ROOM = 0.14, 0.12, 0.75
ABOVE = 0.2
CAPTION, LINE, PANEL_TITLE, ROW, PAD = 0.3, 0.19, 0.28, 0.25, 0.14
CHART_WIDTH, CHART, BETWEEN = 7.2, 2.1, 0.14
DPI = 150
STROKE = {"bound": (), "best": (5.0, 2.2)}
OUTCOME_MARKERS = {0: "o", 1: "s", 2: "x", 3: "D", 4: ".", 5: "P", 6: "^"}
OUTCOME_COLORS = {
    "light": {0: "#007a5a", 1: "#e08a00", 2: "#b3123f", 3: "#5b3fa0", 4: "#8a949e", 5: "#111111", 6: "#0072b2"},
    "dark": {0: "#3ddc97", 1: "#ffd166", 2: "#ff6b8a", 3: "#b6a6ff", 4: "#8a949e", 5: "#ffffff", 6: "#5cb8ff"},
    "journal": {0: "#000000", 1: "#8a8a8a", 2: "#000000", 3: "#5a5a5a", 4: "#b0b0b0", 5: "#000000", 6: "#8a8a8a"},
}
RULES = {"bound": "-", "best": (0, (5.0, 2.2))}


def sweep_figure(sweep: Sweep, options: MapOptions = MAP_DEFAULTS) -> Picture:
    """The figure of a sweep.

    Raises:
        InputError: for axes that no picture shows.
    """
    theme = THEMES[options.theme]
    if options.film is not None:
        raise InputError("a film is saved as gif, apng, mp4 or webm: --save film.gif")
    if sum(len(axis) > 1 for axis in sweep.axes) < 2:
        return draw_curves(curve_scene(sweep, options), options.theme, theme)
    return draw_maps(map_scene(sweep, options), theme)


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
    caption = _caption_lines(scene.caption, width, theme)
    heading = ABOVE + top.height + CAPTION + (len(caption) - 1) * LINE
    below = BELOW + PAD + ROW * len(legend)
    gap = GAP if count % columns else BESIDE  # of incomplete rows, maps in the row above have numbers below them
    height = heading + rows * (tall + title) + (rows - 1) * gap + below
    figure = Picture(figsize=(width, height), dpi=dpi, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_heading(figure, top, LEFT, ABOVE - 0.05, theme)
    _draw_caption(figure, caption, heading - 0.22, theme)
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
        _scale(ax, axis, about, theme, shown=shown)
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
        ax.plot(*line.points.T, **_line_style(line.kind))
    for point in scene.points:
        properties = _point_properties(point.kind, theme)
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


def _scale(ax: Axes, axis: Any, about: MapAxis, theme: Theme, *, shown: bool) -> None:
    """The scale, the ticks and the label of one axis."""
    name = "x" if axis is ax.xaxis else "y"
    if about.spacing == "log":
        (ax.set_xscale if name == "x" else ax.set_yscale)("log")
        _ticks_of_decades(axis, *sorted(about.limits))
    if about.ticks is not None:
        axis.set_ticks(about.ticks[0], about.ticks[1])
    if not shown:
        axis.set_tick_params(labelbottom=False, labelleft=False)
        return
    axis.set_label_text(about.label, color=theme.ink, fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
    axis.label.set_fontsize(theme.label_size if about.label.startswith("$") else theme.text_size + 1)


def _ticks_of_decades(axis: Any, low: float, high: float) -> None:
    """Ticks of a logarithmic scale: powers of ten; plain numbers where few or none of these are in view."""
    axis.set_minor_formatter(NullFormatter())
    if high > low * 10**1.5:
        return
    if high < low * 5:
        axis.set_major_locator(MaxNLocator(6))
        axis.set_minor_locator(NullLocator())
    else:
        axis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: short(value, 4)))


def _line_style(kind: str) -> dict[str, Any]:
    """A line that is seen on any color: white with a dark outline."""
    return {
        "color": "#ffffff", "linewidth": 1.6, "linestyle": (0, STROKE[kind]) if STROKE[kind] else "-",
        "path_effects": [withStroke(linewidth=3.2, foreground="#10151a")], "scalex": False, "scaley": False,
    }  # fmt: skip


def _point_properties(kind: str, theme: Theme) -> dict[str, Any]:
    if kind in GLYPHS:
        found = marker_properties(kind, theme)
        outline = [withStroke(linewidth=3.0, foreground="#ffffff")] if GLYPHS[kind] == "x" else []
        return (
            {**found, "markeredgecolor": "#10151a", "path_effects": outline} if outline else {**found, "markeredgecolor": "#10151a"}
        )
    return {"marker": "P", "markersize": 9.0, "markerfacecolor": "#ffffff", "markeredgecolor": "#10151a", "markeredgewidth": 1.0}


def draw_bar(ax: Axes, bar: ColorBar, theme: Theme) -> None:
    """The scale of colors, with its label."""
    count = len(bar.colors) + 1
    edges = np.geomspace(bar.low, bar.high, count) if bar.spacing == "log" else np.linspace(bar.low, bar.high, count)
    if bar.spacing == "log":
        ax.set_yscale("log")
    for low, high, color in zip(edges[:-1], edges[1:], bar.colors, strict=True):
        ax.axhspan(low, high, facecolor=color, edgecolor="none", linewidth=0)
    ax.set(xticks=[], xlim=(0, 1), ylim=(bar.low, bar.high))
    ax.yaxis.tick_right()
    ax.yaxis.set_label_position("right")
    ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_ylabel(bar.label, fontsize=theme.text_size, color=theme.ink, fontfamily=theme.fonts, parse_math=False)
    quiet_ticks(ax, theme)


def _caption_lines(text: str, width: float, theme: Theme) -> list[str]:
    """What is below the formula, in lines as wide as what it stands over."""
    return wrapped(text, width - LEFT - RIGHT, theme.text_size, theme)


def _draw_caption(figure: Picture, lines: Sequence[str], down: float, theme: Theme) -> None:
    """Write the lines below the formula, the last one so many inches from the top."""
    width, height = (float(side) for side in figure.get_size_inches())
    for above, line in enumerate(reversed(lines)):
        figure.text(
            LEFT / width, 1 - (down - above * LINE) / height, line, fontsize=theme.text_size, color=theme.quiet,
            fontfamily=theme.fonts, va="center_baseline", parse_math=False,
        )  # fmt: skip


Entry = tuple[Any, str, str]  # a handle or colors, a label, a count


def line_handles(lines: Sequence[Line], points: Sequence[Point], theme: Theme) -> list[Entry]:
    """The legend's entries for lines and points."""
    found: list[Entry] = [(_line_style(line.kind), line.label, "") for line in lines if line.label]
    words = {"minimum": "a minimum that was reached", "saddle": "saddle"}
    for kind in dict.fromkeys(point.kind for point in points):
        label = next((point.label for point in points if point.kind == kind and point.label), words.get(kind, kind))
        found.append((_point_properties(kind, theme), label, ""))
    return found


def legend_rows(
    swatches: Sequence[Swatch], handles: Sequence[Entry], room: tuple[float, float], theme: Theme
) -> list[list[tuple[float, Entry]]]:
    """The entries of the legend in rows that fit their room, each with how far from the left it is.

    Args:
        room: its left and its right end, in inches from the left of the figure.
    """
    begin, end = room
    scratch = Picture(figsize=(1, 1), dpi=100)
    FigureCanvasAgg(scratch)
    rows: list[list[tuple[float, Entry]]] = []
    for group in ([((each.colors, each.hatch), each.label, each.count) for each in swatches], list(handles)):
        sizes = [
            0.44 + _width(scratch, label, theme) + (0.07 + _width(scratch, count, theme) if count else 0.0)
            for _, label, count in group
        ]
        step = max(sizes, default=0.0) + 0.28
        columns = max(1, int((end - begin + 0.28) / step))
        aligned = columns > 1 and len(group) > columns
        left = math.inf
        for number, (entry, size) in enumerate(zip(group, sizes, strict=True)):
            if (aligned and number % columns == 0) or left + size > end:
                rows.append([])
                left = begin
            rows[-1].append((left, entry))
            left += step if aligned else size + 0.28
    return rows


def _width(scratch: Picture, text: str, theme: Theme) -> float:
    """The width of a text of the legend in inches."""
    written = scratch.text(0, 0, text, fontsize=theme.small_size, fontfamily=theme.fonts, parse_math=False)
    return float(written.get_window_extent().width) / 100


def draw_legend(
    figure: Picture, rows: Sequence[Sequence[tuple[float, Entry]]], bottom: float, theme: Theme, pitch: float = ROW
) -> None:  # fmt: skip
    """Draw the legend of maps.

    Args:
        bottom: of the last row, in inches from that of the figure.
        pitch: from row to row, in inches.
    """
    width, height = (float(side) for side in figure.get_size_inches())
    text: dict[str, Any] = {"va": "center_baseline", "fontfamily": theme.fonts, "fontsize": theme.small_size, "parse_math": False}
    for number, row in enumerate(rows):
        y = bottom + pitch * (len(rows) - number - 0.5)
        for left, (handle, label, count) in row:
            if isinstance(handle, tuple):
                colors, lines = handle
                _swatch(figure, colors, lines, left, y, theme)
            else:
                ends = [left, left + 0.36] if "marker" not in handle else [left + 0.18]
                style = {name: value for name, value in handle.items() if name not in ("scalex", "scaley")}
                figure.add_artist(
                    Line2D([end / width for end in ends], [y / height] * len(ends), transform=figure.transFigure, **style)
                )
            written = figure.text((left + 0.44) / width, y / height, label, color=theme.ink, **text)
            if count:
                x = written.get_window_extent().x1 / figure.dpi + 0.07
                figure.text(x / width, y / height, count, color=theme.quiet, **text)


def _swatch(figure: Picture, colors: Sequence[str], hatch: str, left: float, y: float, theme: Theme) -> None:
    """A rectangle of one color, or of several side by side, with lines across it."""
    width, height = (float(side) for side in figure.get_size_inches())
    part = 0.36 / len(colors)
    for index, color in enumerate(colors):
        figure.add_artist(
            Rectangle(
                ((left + index * part) / width, (y - 0.07) / height),
                part / width,
                0.15 / height,
                transform=figure.transFigure,
                facecolor=color,
                edgecolor="none",
            )
        )
    figure.add_artist(
        Rectangle(
            (left / width, (y - 0.07) / height),
            0.36 / width,
            0.15 / height,
            transform=figure.transFigure,
            facecolor="none",
            edgecolor=theme.quiet,
            hatch=hatch,
            linewidth=0.6,
        )
    )


def draw_curves(scene: CurveScene, name: str, theme: Theme) -> Picture:
    """The figure of outcome curves: charts below each other over one axis, points colored and marked by how the runs ended."""
    colors = OUTCOME_COLORS[name]
    width = LEFT + CHART_WIDTH + RIGHT
    top = fitted_heading(scene.title, scene.formula, scene.text, width - LEFT - RIGHT, theme)
    caption = _caption_lines(scene.caption, width, theme)
    heading = ABOVE + top.height + CAPTION + (len(caption) - 1) * LINE
    handles: list[Entry] = [
        ({"color": theme.ink, "linewidth": 1.2, "linestyle": RULES[kind]}, label, "") for kind, _, label in scene.rules if label
    ]
    marks: list[Entry] = [
        (
            {"color": colors[each.code], "marker": OUTCOME_MARKERS[each.code], "markersize": 6.0, "linestyle": "none"},
            each.label,
            f"{each.count:,}",
        )
        for each in scene.outcomes
    ]
    legend = [row for group in (marks, handles) for row in legend_rows((), group, (LEFT, width - 0.1), theme)]
    below = BELOW + PAD + ROW * len(legend)
    strip = 0.2
    height = heading + len(scene.panels) * (CHART + BETWEEN) + strip + below
    figure = Picture(figsize=(width, height), dpi=DPI, facecolor=theme.paper)
    FigureCanvasAgg(figure)
    draw_heading(figure, top, LEFT, ABOVE - 0.05, theme)
    _draw_caption(figure, caption, heading - 0.22, theme)
    for number, panel in enumerate(scene.panels):
        low = height - heading - (number + 1) * CHART - number * BETWEEN
        ax = figure.add_axes((LEFT / width, low / height, CHART_WIDTH / width, CHART / height))
        _draw_chart(ax, panel, scene, colors, theme)
    ax = figure.add_axes((LEFT / width, below / height, CHART_WIDTH / width, strip / height))
    _draw_strip(ax, scene, colors, theme)
    draw_legend(figure, legend, PAD / 2, theme)
    return figure


def _draw_chart(ax: Axes, panel: CurvePanel, scene: CurveScene, colors: dict[int, str], theme: Theme) -> None:
    """One chart."""
    ax.set_facecolor(theme.panel)
    if panel.spacing == "log":
        ax.set_yscale("log")
    size = 5.5 if len(scene.at) <= 60 else 3.2 if len(scene.at) <= 400 else 1.9
    for each in scene.outcomes:
        told = each.members & np.isfinite(panel.numbers) & (panel.numbers > 0 if panel.spacing == "log" else True)
        ax.plot(
            scene.at[told], panel.numbers[told], linestyle="none", marker=OUTCOME_MARKERS[each.code], markersize=size,
            color=colors[each.code], markeredgewidth=0.8 if OUTCOME_MARKERS[each.code] == "x" else 0.4,
            rasterized=len(scene.at) > 5000,
        )  # fmt: skip
    _scale(ax, ax.xaxis, scene.axis, theme, shown=False)
    ax.set_xlim(*scene.axis.limits)
    _draw_rules(ax, scene, theme)
    ax.set_ylabel(
        panel.label, fontsize=theme.text_size + ("\n" not in panel.label), color=theme.ink, fontfamily=theme.fonts,
        math_fontfamily=theme.mathematics, labelpad=2,
    )  # fmt: skip
    if not np.isfinite(panel.numbers).any():
        ax.set_yticks([])
        ax.text(
            0.5, 0.5, "none", transform=ax.transAxes, ha="center", va="center", fontsize=theme.text_size, color=theme.quiet,
            fontfamily=theme.fonts,
        )  # fmt: skip
    ax.grid(True, color=theme.grid, linewidth=0.6, alpha=0.6)
    ax.set_axisbelow(True)
    ax.tick_params(which="both", labelbottom=False)
    quiet_ticks(ax, theme)
    ax.tick_params(which="both", labelbottom=False)


def _draw_rules(ax: Axes, scene: CurveScene, theme: Theme) -> None:
    """The vertical lines of what theory says."""
    for kind, at, _ in scene.rules:
        ax.axvline(at, color=theme.ink, linewidth=1.2, linestyle=RULES[kind], zorder=1.2)


def _draw_strip(ax: Axes, scene: CurveScene, colors: dict[int, str], theme: Theme) -> None:
    """A strip below the charts with the ending of every run, each at a height of its own so that it is told without color, too."""
    ax.set(xlim=scene.axis.limits, ylim=(0, len(scene.outcomes)), yticks=[], facecolor=theme.panel)
    _scale(ax, ax.xaxis, scene.axis, theme, shown=True)
    low, high = scene.axis.limits
    at = np.log(scene.at) if scene.axis.spacing == "log" else scene.at
    ends = (math.log(low), math.log(high)) if scene.axis.spacing == "log" else (low, high)
    middles = (at[1:] + at[:-1]) / 2
    edges = np.concatenate([[ends[0]], middles, [ends[1]]])
    edges = np.exp(edges) if scene.axis.spacing == "log" else edges
    for level, each in enumerate(scene.outcomes):
        for first, last in _runs_of(each):
            ax.fill_between([edges[first], edges[last]], level, level + 1, color=colors[each.code], linewidth=0)
    ax.set(xlim=scene.axis.limits, ylim=(0, len(scene.outcomes)))
    quiet_ticks(ax, theme)


def _runs_of(outcome: Outcomes) -> list[tuple[int, int]]:
    """The stretches of neighboring cells that ended so: the first, and the one behind the last."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], outcome.members, [False]]).astype(int)))
    return [(int(first), int(last)) for first, last in changes.reshape(-1, 2)]
