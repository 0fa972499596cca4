"""The panels of a function of three and more parameters: a chart for each parameter, or planes through the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from steepest.plot.mpl.artists import draw_chart, draw_color_bar, draw_objective, draw_runs, draw_value_lines, label_axes
from steepest.plot.mpl.text.mathtext import with_underscores
from steepest.plot.mpl.text.measure import text_width
from steepest.plot.mpl.tick_locator import ROUND, FittingLocator
from steepest.plot.scene.grid import Grid
from steepest.plot.scene.parameters import ParameterChart
from steepest.plot.scene.planes import PlanePanel
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.theme import Theme

# Inches.
HEADING, HEADING_LINE = 0.24, 0.17  # above the panels, and for each further line of the heading
ENDS = 0.62  # right of a chart, for the last values
ACROSS, UP = 0.62, 0.16  # between the charts of parameters
SIDE, ROW = 0.72, 0.52  # between planes
ONE_COLUMN = 4  # most charts above each other, where two columns of them have room
BAR = 0.75  # for a color bar with its labels
TICKS = 4
SMALLER = 0.75  # the marks and lines of the paths in one of several planes
LINE = 0.15  # from one last value to the next
NARROWEST, LEAST_CHART, LEAST_OF_MANY = 0.9, 0.6, 0.3  # width and height of a parameter's chart, and height of one of many
LEAST_PLANE = 1.0  # side of a plane
BARE = 0.1  # between panels without words
WIDE, OVER = 0.75, 0.2  # the width from which on labels stand above their charts, and the room for them there


@dataclass(frozen=True)
class _Grid:
    """Rows and columns, and the distances between them and right of them in inches."""

    rows: int
    columns: int
    across: float
    up: float
    right: float


@dataclass(frozen=True, eq=False)
class Panels:
    """The panels of three and more parameters: their axes, and the last values beside the charts of parameters."""

    axes: tuple[Axes, ...] = ()
    ends: tuple[Text, ...] = ()


def has_panels(scene: Scene) -> bool:
    """Whether a scene shows the panels of three and more parameters."""
    return scene.parameters is not None or scene.planes is not None


def add_panels(
    figure: Figure, rectangle: tuple[float, float, float, float], scene: Scene, theme: Theme, *, bare: bool = False
) -> Panels:  # fmt: skip
    """Axes for the panels of a scene, with everything drawn but the runs.

    Args:
        rectangle: left, bottom, width and height of all of them, as shares of the figure.
        bare: whether the words are taken out afterwards, so that they need no room.
    """
    left, bottom, width, height = rectangle
    wide, high = (float(side) for side in figure.get_size_inches())
    over = 0.0 if bare else _draw_heading(figure, (left, bottom + height), width, scene, theme)
    scratch, above = Figure(figsize=(wide, high), dpi=figure.dpi), _wide_labels(scene, theme)
    over += OVER if above and not bare else 0.0
    grid = _grid(scene, label_width(scratch, scene, theme), OVER if above else 0.0, width * wide)
    grid = replace(grid, across=BARE, up=BARE, right=0.0) if bare else grid
    axes = _axes(figure, (left, bottom, width, height - over / high), scene, grid)
    ends: list[Text] = []
    if scene.parameters is not None:
        for ax, each in zip(axes, scene.parameters.charts, strict=True):
            ends += _draw_parameter(ax, each, theme, above=above)
        _share_labels(axes, grid.columns)
    elif scene.planes is not None:
        for ax, panel in zip(axes, scene.planes.panels, strict=True):
            draw_objective(ax, panel.layer, theme)
            ax.set_aspect("equal" if panel.layer.equal else "auto", adjustable="box", anchor="C")
            ax.xaxis.set_major_locator(FittingLocator(theme, TICKS, ROUND))
            ax.yaxis.set_major_locator(MaxNLocator(TICKS, steps=ROUND))
            if len(axes) == 1 and panel.layer.grid is not None:
                _add_color_bar(ax, panel.layer.grid, theme)
    return Panels(axes, tuple(ends))


def _draw_heading(figure: Figure, at: tuple[float, float], width: float, scene: Scene, theme: Theme) -> float:
    """Write the heading of the panels from its upper left corner, in shares of the figure; its height in inches."""
    heading = scene.parameters.heading if scene.parameters is not None else scene.planes.heading if scene.planes is not None else ""
    text = figure.text(
        *at, heading, va="top", ha="left", color=theme.quiet, fontfamily=theme.fonts, fontsize=theme.small_size, wrap=False
    )
    for line in _broken(heading, width * float(figure.bbox.width), text):
        text.set_text(line)
    return HEADING + HEADING_LINE * text.get_text().count("\n")


def least_height(scene: Scene, width: float, labels: float, theme: Theme) -> float:
    """The height in inches from which on everything in panels of a width can be read.

    Args:
        labels: the room in inches that labels need on the left of a chart.
    """
    figure, above = Figure(figsize=(width, 1.0)), OVER if _wide_labels(scene, theme) else 0.0
    grid = _grid(scene, labels, above, width)
    side = LEAST_PLANE if scene.parameters is None else LEAST_CHART if grid.rows <= ONE_COLUMN else LEAST_OF_MANY
    return _draw_heading(figure, (0.0, 1.0), 1.0, scene, theme) + above + grid.rows * side + (grid.rows - 1) * grid.up


def _add_color_bar(ax: Axes, grid: Grid, theme: Theme) -> None:
    """Draw a color bar right of a plane, which makes room for it."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    width, height = (float(side) for side in figure.get_size_inches())
    box = ax.get_position(original=True)
    ratio = (ax.get_xlim()[1] - ax.get_xlim()[0]) / (ax.get_ylim()[1] - ax.get_ylim()[0])
    wide, high = box.width * width - BAR, box.height * height
    if ax.get_aspect() != "auto":
        wide, high = min(wide, high * ratio), min(high, wide / ratio)
    left, bottom = box.x0, box.y0 + (box.height - high / height) / 2
    ax.set_position((left, bottom, wide / width, high / height))
    bar = figure.add_axes((left + (wide + 0.08) / width, bottom, 0.13 / width, high / height))
    draw_color_bar(bar, grid, theme)


def _broken(heading: str, width: float, text: Any) -> list[str]:
    """The heading with line breaks at semicolons and commas, as few as let it fit into a width in pixels."""
    if text.get_window_extent().width <= width:
        return [heading]
    words, lines = heading.split(" "), [""]
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        text.set_text(longer)
        if text.get_window_extent().width > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return ["\n".join(lines)]


def _grid(scene: Scene, labels: float, over: float, width: float) -> _Grid:
    """The grid of the panels.

    Args:
        labels, over: the room in inches that labels need on the left of a chart, and above it.
        width: of all of them, in inches.
    """
    if scene.parameters is not None:
        count, across = len(scene.parameters.charts), max(ACROSS, labels)
        columns = 1 if count <= ONE_COLUMN or (width - across - 2 * ENDS) / 2 < NARROWEST else 2
        return _Grid(-(-count // columns), columns, across, UP + over, ENDS)
    count = len(scene.planes.panels) if scene.planes is not None else 0
    across = max(SIDE, labels)
    columns = 1 if count == 1 or width < 2 * LEAST_PLANE + across else 2
    return _Grid(-(-count // columns), columns, across, ROW, 0.0)


def _axes(figure: Figure, rectangle: tuple[float, float, float, float], scene: Scene, grid: _Grid) -> tuple[Axes, ...]:
    """Empty axes, row by row from the top left."""
    width, height = (float(side) for side in figure.get_size_inches())
    left, bottom, wide, high = rectangle
    across, up, right = grid.across / width, grid.up / height, grid.right / width
    cell = (wide - (grid.columns - 1) * across - grid.columns * right) / grid.columns, (high - (grid.rows - 1) * up) / grid.rows
    count = len(scene.parameters.charts) if scene.parameters is not None else len(scene.planes.panels) if scene.planes else 0
    places = [divmod(index, grid.columns) for index in range(count)]
    return tuple(
        figure.add_axes((
            left + column * (cell[0] + across + right), bottom + (grid.rows - 1 - row) * (cell[1] + up), max(cell[0], 0.05),
            max(cell[1], 0.05),
        ))
        for row, column in places
    )  # fmt: skip


def _wide_labels(scene: Scene, theme: Theme) -> bool:
    """Whether the names of the parameters are so wide that they stand above their charts."""
    charts = scene.parameters.charts if scene.parameters is not None else ()
    labels = (f"${with_underscores(each.chart.label)}$" for each in charts)
    return any(text_width(label, theme.label_size, theme) > WIDE for label in labels)


def _draw_parameter(ax: Axes, each: ParameterChart, theme: Theme, *, above: bool) -> list[Text]:
    """Draw the chart of a parameter, with the last value of each run to its right; equal ones once. Returns these texts.

    Args:
        above: whether its name stands above it, instead of on its left.
    """
    draw_chart(ax, each.chart, theme)
    ax.yaxis.set_major_locator(MaxNLocator(TICKS, min_n_ticks=2, steps=ROUND))
    if above:
        ax.annotate(
            ax.yaxis.label.get_text(), (0, 1), (0, 2), xycoords="axes fraction", textcoords="offset points", va="bottom", ha="left",
            color=theme.ink, fontfamily=theme.fonts, math_fontfamily=theme.mathematics, fontsize=theme.text_size + 1,
            annotation_clip=False,
        )  # fmt: skip
        ax.set_ylabel("")
    ax.yaxis.label.set(rotation=0, ha="right", va="center")
    (low, high), points = each.chart.ylim, ax.get_window_extent().height / ax.figure.dpi / LINE
    told: dict[str, list[int]] = {}
    for index, text in enumerate(each.ends):
        told.setdefault(text, []).append(index)
    heights = [min(max((each.last[runs[0]] - low) / (high - low), 0.0), 1.0) for runs in told.values()]
    texts: list[Text] = []
    for (text, runs), height in zip(told.items(), spread(heights, 1 / max(points, 1)), strict=True):
        color = theme.run_style(runs[0]).color if len(runs) == 1 and len(each.ends) > 1 else theme.ink
        texts.append(ax.annotate(
            text, (1, height), (5, 0), xycoords="axes fraction", textcoords="offset points", va="center",
            ha="left", color=color, fontfamily=theme.fonts, fontsize=theme.small_size, annotation_clip=False,
        ))  # fmt: skip
    return texts


def spread(heights: Sequence[float], apart: float) -> list[float]:
    """Heights from 0 to 1 moved as little as needed so that they are apart, in their order.

    >>> spread([0.5, 0.5, 0.0], 0.2)
    [0.4, 0.6, 0.0]
    """
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    groups: list[list[float]] = []  # middle, count
    for index in order:
        groups.append([heights[index], 1])
        while len(groups) > 1 and groups[-1][0] - groups[-2][0] < (groups[-1][1] + groups[-2][1]) * apart / 2:
            (middle, count), (other, more) = groups.pop(), groups.pop()
            groups.append([(middle * count + other * more) / (count + more), count + more])
    placed = [middle + (place - (count - 1) / 2) * apart for middle, count in groups for place in range(int(count))]
    found = [0.0] * len(heights)
    for index, height in zip(order, placed, strict=True):
        found[index] = round(height, 9)
    return found


def _share_labels(axes: Sequence[Axes], columns: int) -> None:
    """Leave the label and the numbers of the horizontal axis to the lowest chart of each column."""
    for ax in axes[:-columns]:
        ax.tick_params(axis="x", labelbottom=False)
        ax.set_xlabel("")


def draw_panel_runs(axes: Sequence[Axes], scene: Scene, theme: Theme) -> None:
    """Draw the runs into the panels of a still picture."""
    if scene.parameters is not None:
        for ax, each in zip(axes, scene.parameters.charts, strict=True):
            draw_value_lines(ax, each.chart, scene.runs, theme)
    if scene.planes is not None:
        theme = panel_theme(scene, theme)
        for ax, panel in zip(axes, scene.planes.panels, strict=True):
            draw_runs(ax, plane_runs(scene, panel), theme)


def panel_theme(scene: Scene, theme: Theme) -> Theme:
    """The theme for the paths in planes: marks and lines are smaller where there are several."""
    if scene.planes is None or len(scene.planes.panels) == 1:
        return theme
    names = ("path_width", "halo", "dot_size", "mark_size", "arrow_size")
    return replace(theme, **{name: SMALLER * getattr(theme, name) for name in names})


def plane_runs(scene: Scene, panel: PlanePanel) -> list[SceneRun]:
    """The runs of a scene with their paths in a plane."""
    shown = zip(scene.runs, panel.paths, panel.standings, strict=True)
    return [replace(run, path=path, standing=standing) for run, path, standing in shown]


def label_width(figure: Figure, scene: Scene, theme: Theme) -> float:
    """How far the labels of the left panels reach to the left of them, in inches."""
    found, above = 0.0, _wide_labels(scene, theme)
    for each in scene.parameters.charts if scene.parameters is not None else ():
        ax = figure.add_axes((0.5, 0.25, 0.25, 0.2))
        _draw_parameter(ax, each, theme, above=above)
        box = ax.yaxis.get_tightbbox()
        found = max(found, 0.0 if box is None else float(ax.bbox.x0 - box.x0) / ax.figure.dpi)
    for panel in scene.planes.panels if scene.planes is not None else ():
        ax = figure.add_axes((0.5, 0.25, 0.25, 0.2))
        ax.set(xlim=panel.layer.view[0], ylim=panel.layer.view[1])
        label_axes(ax, panel.layer.labels, theme)
        box = ax.yaxis.get_tightbbox()
        found = max(found, 0.0 if box is None else float(ax.bbox.x0 - box.x0) / ax.figure.dpi)
    return found
