"""One run in motion: its path with the marker at its end, the tangent, its line in the chart, what is shown at its marker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from steepest.plot.mpl.artists import GUIDES, PATHS, animated_line, draw_start, run_marker
from steepest.plot.mpl.layout import Layout
from steepest.plot.mpl.quantities import QuantityArtists, quantity_artists
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import TANGENT, ObjectiveLayer
from steepest.plot.scene.path import OUTSIDE, Whole, moves
from steepest.plot.scene.quantities import QuantityScale
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.scene.value_chart import Series
from steepest.plot.surface.run_artist import SurfaceRunArtist, surface_run_artist
from steepest.plot.theme import RunStyle, Theme


@dataclass(frozen=True, eq=False)
class PathArtist:
    """A run's path in the plane or on a curve.

    Attributes:
        points: the point at each step, in data coordinates, a row each.
        kept: the steps that move far enough to be seen; only these are vertices of the lines.
        trail: how many of the last steps stay visible; all if None.
        lines: the path's outline and the path itself.
        marker: where the run is.
    """

    points: Array
    kept: Whole
    trail: int | None
    lines: tuple[Line2D, Line2D]
    marker: Line2D

    def at(self, step: float) -> Iterator[Artist]:
        """The artists, moved to where they are at a step or between two."""
        vertices = _vertices_until(self.points, self.kept, step, self.trail)
        for line in self.lines:
            line.set_data(vertices[:, 0], vertices[:, 1])
        self.marker.set_data(vertices[-1:, 0], vertices[-1:, 1])
        yield from (*self.lines, self.marker)


@dataclass(frozen=True, eq=False)
class TangentArtist:
    """The tangent where a step starts, and the step itself: along the horizontal axis, then up or down to the curve.

    Attributes:
        points: the point of the curve at each step, a row each.
        slopes: the derivative at each step.
        size: the width and the height of the view, in data coordinates.
    """

    points: Array
    slopes: Array
    size: tuple[float, float]
    line: Line2D
    step: Line2D

    def at(self, step: int) -> Iterator[Artist]:
        """Both for the step that starts here; neither after the last."""
        if step + 1 >= len(self.points):
            return
        (x, y), (next_x, next_y), slope = self.points[step], self.points[step + 1], self.slopes[step]
        reach = TANGENT / np.hypot(1 / self.size[0], slope / self.size[1])
        self.line.set_data([x - reach, x + reach], [y - slope * reach, y + slope * reach])
        self.step.set_data([x, next_x, next_x], [y, y, next_y])
        yield from (self.line, self.step)


@dataclass(frozen=True, eq=False)
class RunArtist:
    """The artists of one run, and where they are at each step.

    Attributes:
        series: the run's values in the chart; None where the chart shows none.
        chart_line, chart_marker: those values up to a step, and the value there; None where there is no chart.
        path: in the plane or on a curve; `surface` instead where the scene shows a surface, neither where it has only a chart.
        tangent: of a function of one parameter.
        quantities: what is shown at the run's marker.
    """

    run: SceneRun
    series: Series | None
    chart_line: Line2D | None
    chart_marker: Line2D | None
    path: PathArtist | None
    surface: SurfaceRunArtist | None
    tangent: TangentArtist | None
    quantities: QuantityArtists | None

    def at(self, step: float) -> Iterator[Artist]:
        """The artists to draw at a step, or between two, moved to where they are then."""
        last = len(self.run.values) - 1
        step = min(step, last)
        if self.surface is not None:
            yield from self.surface.at(step)
        if self.path is not None:
            yield from self.path.at(step)
        if self.tangent is not None:
            yield from self.tangent.at(min(int(step), last))
        if self.quantities is not None:
            yield from self.quantities.at(int(step))
        if self.series is not None and self.chart_line is not None and self.chart_marker is not None:
            x, y = _chart_points(self.series, step)
            self.chart_line.set_data(x, y)
            self.chart_marker.set_data(x[-1:], y[-1:])
            yield from (self.chart_line, self.chart_marker)

    def caption(self, step: float) -> str:
        """The step, the value and the shown numbers; at the end how the run ended."""
        return self.run.caption_at(step)


def longest_caption(run: SceneRun) -> str:
    """A caption at least about as long as any of a film."""
    last = len(run.values) - 1
    told = (run.caption_at(step) for step in {0, 1, last // 3, last // 2, 2 * last // 3, max(last - 1, 0), last} if step <= last)
    return max((*told, run.outcome), key=len)


def run_artist(
    layout: Layout,
    scene: Scene,
    run: SceneRun,
    trail: int | None,
    theme: Theme,
    scales: Sequence[QuantityScale],
    *,
    turning: bool,
) -> RunArtist:
    """The artists of a run, added to the axes of a layout.

    Args:
        trail: how many of the last steps stay visible; all if None.
        scales: how long each shown quantity is drawn.
        turning: whether the camera of a surface turns.
    """
    style, ax, layer = theme.run_style(run.index), layout.objective_axes, scene.objective_layer
    path: PathArtist | None = None
    surface: SurfaceRunArtist | None = None
    if layout.surface_axes is not None and run.surface_path is not None:
        surface = surface_run_artist(layout.surface_axes, run.surface_path, style, trail, turning=turning)
    elif ax is not None and layer is not None and run.path is not None:
        draw_start(ax, run.path, style, theme)
        path = _path_artist(ax, layer, run.path.points, trail, style, theme)
    chart, chart_line, chart_marker = layout.chart_axes, None, None
    if chart is not None:
        chart_line = animated_line(chart, color=style.color, linewidth=theme.path_width, linestyle=style.line, zorder=PATHS)
        chart_marker = animated_line(chart, **run_marker(style, theme, theme.mark_size - 1))
    tangent: TangentArtist | None = None
    quantities: QuantityArtists | None = None
    if ax is not None and layer is not None:
        if path is not None and run.slopes is not None:
            tangent = _tangent_artist(ax, layer, path.points, run.slopes, style, theme)
        quantities = quantity_artists(ax, run, scales, layer, theme)
    series = scene.chart.series[run.index] if scene.chart.series else None
    return RunArtist(run, series, chart_line, chart_marker, path, surface, tangent, quantities)


def _path_artist(ax: Axes, layer: ObjectiveLayer, points: Array, trail: int | None, style: RunStyle, theme: Theme) -> PathArtist:
    """The artists of a path; points too far outside of the view to be drawn to are moved nearer."""
    low, high = (np.array(side) for side in zip(*layer.view, strict=True))
    points = np.clip(points, low - OUTSIDE * (high - low), high + OUTSIDE * (high - low))
    kept = np.flatnonzero(moves((points - low) / (high - low))) if len(points) > 1 else np.zeros(1, np.intp)
    width = theme.path_width
    lines = (
        animated_line(ax, color=theme.paper, linewidth=width + theme.halo, alpha=0.8, zorder=PATHS - 0.2),
        animated_line(ax, color=style.color, linewidth=width, linestyle=style.line, zorder=PATHS - 0.1),
    )
    marker = animated_line(ax, **run_marker(style, theme, theme.mark_size + 1))
    return PathArtist(points, kept, trail, lines, marker)


def _tangent_artist(ax: Axes, layer: ObjectiveLayer, points: Array, slopes: Array, style: RunStyle, theme: Theme) -> TangentArtist:
    (left, right), (low, high) = layer.view
    line = animated_line(ax, color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES)
    step = animated_line(ax, color=style.color, linewidth=1.0, linestyle=(0, (1.5, 1.5)), zorder=GUIDES)
    return TangentArtist(points, slopes, (right - left, high - low), line, step)


def _vertices_until(points: Array, kept: Whole, step: float, trail: int | None) -> Array:
    """The vertices of a path up to a step, or up to a point on the way to the next, from `trail` steps before."""
    step = min(step, len(points) - 1)  # later positions are not finite
    whole = int(step)
    first = 0 if trail is None else int(np.searchsorted(kept, whole - trail))
    past = points[kept[first : int(np.searchsorted(kept, whole, side="right"))]]
    here = points[whole]
    if step > whole:
        here = here + (step - whole) * (points[whole + 1] - here)
    return np.vstack([past, here])


def _chart_points(series: Series, step: float) -> tuple[Array, Array]:
    """The places and the values of the line in the chart up to a step."""
    count = int(np.searchsorted(series.steps, step, side="right"))
    x, y, last = series.places[:count], series.values[:count], int(series.steps[count - 1])
    if count < len(series.steps) and step > last:
        share = (step - last) / (int(series.steps[count]) - last)
        x = np.append(x, x[-1] + share * (series.places[count] - x[-1]))
        y = np.append(y, _interpolated(float(y[-1]), float(series.values[count]), share))
    return x, y


def _interpolated(start: float, end: float, share: float) -> float:
    """A value on the way between two: geometric where both are positive, so that it moves evenly on a logarithmic axis."""
    return start * (end / start) ** share if start > 0 and end > 0 else start + share * (end - start)
