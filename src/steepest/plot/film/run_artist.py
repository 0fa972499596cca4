"""One run in motion: its path with the marker at its end, the tangent, its line in the chart, what is shown at its marker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from steepest.language.digits import at_step
from steepest.plot.film.guide import Guide, plane_guide, surface_guide
from steepest.plot.film.timeline import Stage
from steepest.plot.mpl.artists import (
    ENDS,
    GUIDES,
    LAYER,
    PATHS,
    animated_line,
    beside_simplices,
    chart_ends,
    draw_start,
    end_marker,
    full_line,
    last_point,
    line_width,
    run_marker,
    value_line,
)
from steepest.plot.mpl.evaluations import SimplexArtist, TrialsArtist, evaluation_artists
from steepest.plot.mpl.layout import Layout
from steepest.plot.mpl.panels import panel_theme, plane_runs
from steepest.plot.mpl.quantities import QuantityArtists, quantity_artists
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import TANGENT, ObjectiveLayer
from steepest.plot.scene.path import OUTSIDE, Whole, moves
from steepest.plot.scene.quantities import QuantityScale
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.scene.text.number import typographic
from steepest.plot.scene.value_chart import Chart, Series
from steepest.plot.surface.evaluations import SurfaceSimplexArtist, SurfaceTrialsArtist, surface_evaluation_artists
from steepest.plot.surface.run_artist import SurfaceRunArtist, surface_run_artist
from steepest.plot.theme import RunStyle, Theme

EvaluationArtist = SimplexArtist | TrialsArtist | SurfaceSimplexArtist | SurfaceTrialsArtist


@dataclass(frozen=True, eq=False)
class PathArtist:
    """A run's path in the plane or on a curve.

    Attributes:
        points: the point at each step, in data coordinates, a row each.
        kept: the steps that move far enough to be seen; only these are vertices of the lines.
        trail: how many of the last steps stay visible; all if None.
        lines: the path's outline and the path itself.
        marker: where the run is.
        arrived: its part of the marker of all runs that end where it ends, which is drawn instead from its last step on; None
            where no other does.
        start: the open marker where it starts, or its part of the ring of all runs that start there.
    """

    points: Array
    kept: Whole
    trail: int | None
    lines: tuple[Line2D, Line2D]
    marker: Line2D
    start: Line2D
    arrived: Line2D | None = None

    def at(self, step: float) -> Iterator[Artist]:
        """The artists, moved to where they are at a step or between two."""
        yield self.start
        vertices = _vertices_until(self.points, self.kept, step, self.trail)
        for line in self.lines:
            line.set_data(vertices[:, 0], vertices[:, 1])
        self.marker.set_data(vertices[-1:, 0], vertices[-1:, 1])
        yield from self.lines
        yield self.arrived if self.arrived is not None and step >= len(self.points) - 1 else self.marker


@dataclass(frozen=True, eq=False)
class LineArtist:
    """A run's line in a chart: its values up to a step, and the marker at the last of them.

    Attributes:
        marker: None of the values over all rows, beside those of batches.
        arrived: its part of the marker of all runs whose lines end at one place, drawn instead from its last step on.
    """

    series: Series
    line: Line2D
    marker: Line2D | None
    arrived: Line2D | None = None

    def at(self, step: float) -> Iterator[Artist]:
        """The artists, moved to where they are at a step or between two."""
        x, y = _chart_points(self.series, step)
        self.line.set_data(x, y)
        yield self.line
        if self.marker is None:
            return
        self.marker.set_data(x[-1:], y[-1:])
        yield self.arrived if self.arrived is not None and step >= int(self.series.steps[-1]) else self.marker


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
        value: the run's values in the chart; None where the chart shows none.
        full: those over all rows, beside those of batches; None unless they were asked for.
        path: in the plane or on a curve; `surface` instead where the scene shows a surface, neither where it has only a chart.
        tangent: of a function of one parameter.
        quantities: what is shown at the run's marker.
        evaluations: its simplices and its trials.
        panels: of three and more parameters: the lines in their charts, or the paths in planes.
        scene: of all runs.
        guide: the arrow downhill from the start.
    """

    run: SceneRun
    scene: Scene
    value: LineArtist | None
    full: LineArtist | None
    path: PathArtist | None
    surface: SurfaceRunArtist | None
    tangent: TangentArtist | None
    quantities: QuantityArtists | None
    evaluations: tuple[EvaluationArtist, ...] = ()
    panels: tuple[PathArtist | LineArtist, ...] = ()
    guide: Guide | None = None

    def at(self, step: float, stage: Stage = Stage.RUN) -> Iterator[Artist]:
        """The artists to draw at a step, or between two, moved to where they are then."""
        if not stage.shows_runs:
            return
        last = len(self.run.values) - 1
        step = min(step, last)
        whole = 0 if stage == Stage.STEP else int(step)  # the first step is explained until it is done
        if self.surface is not None:
            yield from self.surface.at(step)
        if self.path is not None:
            yield from self.path.at(step)
        if self.tangent is not None and stage != Stage.START:
            yield from self.tangent.at(whole)
        if self.quantities is not None and stage != Stage.START:
            yield from self.quantities.at(whole)
        if self.guide is not None and stage in (Stage.SLOPE, Stage.STEP):
            yield from self.guide.artists()
        for part in (*self.evaluations, *self.panels):
            yield from part.at(step)
        for line in (self.value, self.full):
            if line is not None:
                yield from line.at(step)

    def caption(self, step: float, stage: Stage = Stage.RUN) -> str:
        """The step, the value and the shown numbers; at the end how the run ended; in a race its place and the goal."""
        return run_caption(self.scene, self.run, step) if stage.shows_runs else ""


def run_caption(scene: Scene, run: SceneRun, step: float) -> str:
    """What is told of a run at a step: the value, the slope of a tangent and the shown numbers; in a race its place and the goal.

    From its last step on, how it ended instead of the value, unless that is told of all runs together.
    """
    values, race = run.values, scene.race
    whole = min(int(step), len(values) - 1)
    slopes = _tangent_slopes(scene, run)
    slope = f"   slope = {_number_at(slopes, whole)}" if slopes is not None and whole < len(values) - 1 else ""
    parts = [f"step {whole}   f = {_number_at(values, whole)}{slope}{run.numbers(whole)}"]
    if race is not None:
        parts.append(race.note(run.index, step))
    if whole == len(values) - 1 and not scene.common_outcome:
        parts = [*parts[1:], run.outcome]
    told = "; ".join(filter(None, parts))
    return told if race is None else f"{race.place(run.index, step)}.  {told}"


def _tangent_slopes(scene: Scene, run: SceneRun) -> Array | None:
    """The slopes of the only tangent of a film; None where there is none, or where it is over the rows of a batch."""
    batched = run.trajectory.objective.batches(run.trajectory.seed)
    return run.slopes if len(scene.runs) == 1 and not batched else None


def _number_at(values: Array, step: int) -> str:
    """One of some values, with as many digits as tell it from those before and after it."""
    return typographic(at_step(values[max(step - 1, 0) : step + 2].tolist(), min(step, 1)))


def longest_caption(scene: Scene, run: SceneRun) -> str:
    """A caption at least about as long as any of a film."""
    last = len(run.values) - 1
    told = [run_caption(scene, run, step) for step in sorted({0, 1, last // 3, last // 2, 2 * last // 3, max(last - 1, 0), last})]
    return max(told, key=len)


def run_artist(
    layout: Layout,
    scene: Scene,
    run: SceneRun,
    trail: int | None,
    theme: Theme,
    scales: Sequence[QuantityScale],
    *,
    turning: bool,
    guided: bool,
) -> RunArtist:
    """The artists of a run, added to the axes of a layout.

    Args:
        trail: how many of the last steps stay visible; all if None.
        scales: how long each shown quantity is drawn.
        turning: whether the camera of a surface turns.
        guided: whether an arrow shows the slope at the start.
    """
    style, ax, layer = theme.run_style(run.index), layout.objective_axes, scene.objective_layer
    path: PathArtist | None = None
    surface: SurfaceRunArtist | None = None
    evaluations: tuple[EvaluationArtist, ...] = ()
    if layout.surface_axes is not None and run.surface_path is not None:
        surface = surface_run_artist(layout.surface_axes, run.surface_path, style, trail, turning=turning)
        evaluations = surface_evaluation_artists(layout.surface_axes, run, animated=True)
    elif ax is not None and layer is not None and run.path is not None:
        path = _path_artist(ax, layer, run, trail, theme)
        evaluations = evaluation_artists(ax, run, trail, theme, animated=True)
    tangent: TangentArtist | None = None
    quantities: QuantityArtists | None = None
    if ax is not None and layer is not None:
        if path is not None and run.slopes is not None:
            tangent = _tangent_artist(ax, layer, path.points, run.slopes, style, theme)
        quantities = quantity_artists(ax, run, scales, layer, theme)
    chart = layout.chart_axes
    value = _line_artist(chart, scene.chart, run.index, theme) if chart is not None and scene.chart.series else None
    full: LineArtist | None = None
    if chart is not None and scene.chart.full:
        full = LineArtist(scene.chart.full[run.index], animated_line(chart, **full_line(style, theme)), None)
    panels = tuple(_panel_artists(layout, scene, run.index, trail, theme))
    guide: Guide | None = None
    if guided and layer is not None and surface is not None and layout.surface_axes is not None:
        guide = surface_guide(layout.surface_axes, layer, run, theme)
    elif guided and layer is not None and ax is not None:
        guide = plane_guide(ax, layer, run, theme)
    return RunArtist(run, scene, value, full, path, surface, tangent, quantities, evaluations, panels, guide)


def _panel_artists(layout: Layout, scene: Scene, index: int, trail: int | None, theme: Theme) -> Iterator[PathArtist | LineArtist]:
    """The artists of a run in the panels of three and more parameters, if the layout has them."""
    if not layout.panels:
        return
    if scene.parameters is not None:
        for ax, each in zip(layout.panels, scene.parameters.charts, strict=True):
            yield _line_artist(ax, each.chart, index, theme)
    if scene.planes is not None:
        theme = panel_theme(scene, theme)
        for ax, panel in zip(layout.panels, scene.planes.panels, strict=True):
            yield _path_artist(ax, panel.layer, plane_runs(scene, panel)[index], trail, theme)


def _line_artist(ax: Axes, chart: Chart, index: int, theme: Theme) -> LineArtist:
    style, end = theme.run_style(index), chart_ends(chart)[index]
    line = animated_line(ax, **value_line(style, theme, faint=bool(chart.full)))
    marker = animated_line(ax, **run_marker(style, theme, theme.mark_size - 1))
    place, arrived = last_point(chart.series[end.leader]), None
    if end.count > 1 and place is not None:
        arrived = animated_line(ax, **end_marker(style, theme, end, ENDS))
        arrived.set_data(place[:1], place[1:])
    return LineArtist(chart.series[index], line, marker, arrived)


def _path_artist(ax: Axes, layer: ObjectiveLayer, run: SceneRun, trail: int | None, theme: Theme) -> PathArtist:
    """The artists of a path; points too far outside of the view to be drawn to are moved nearer."""
    assert run.path is not None and run.standing is not None
    points, style, standing = run.path.points, theme.run_style(run.index), run.standing
    if run.simplices is not None and run.simplices.closed:
        theme = beside_simplices(theme)
    begin = draw_start(ax, standing, style, theme)
    begin.set_animated(True)
    low, high = (np.array(side) for side in zip(*layer.view, strict=True))
    points = np.clip(points, low - OUTSIDE * (high - low), high + OUTSIDE * (high - low))
    kept = np.flatnonzero(moves((points - low) / (high - low))) if len(points) > 1 else np.zeros(1, np.intp)
    width, above = line_width(standing.layering, theme), standing.layering.rank * LAYER
    line = "-" if standing.layering.under else style.line
    lines = (
        animated_line(ax, color=theme.paper, linewidth=width + theme.halo, alpha=0.8, zorder=PATHS - 0.2 + above),
        animated_line(ax, color=style.color, linewidth=width, linestyle=line, zorder=PATHS - 0.1 + above),
    )
    marker, arrived = animated_line(ax, **run_marker(style, theme, theme.mark_size + 1)), None
    if standing.end.count > 1:
        arrived = animated_line(ax, **end_marker(style, theme, standing.end))
        arrived.set_data(standing.end_place[:1], standing.end_place[1:])
    return PathArtist(points, kept, trail, lines, marker, begin, arrived)


def _tangent_artist(ax: Axes, layer: ObjectiveLayer, points: Array, slopes: Array, style: RunStyle, theme: Theme) -> TangentArtist:
    (left, right), (low, high) = layer.view
    line = animated_line(ax, color=theme.ink, linewidth=theme.path_width, linestyle=(0, (5, 2.5)), zorder=GUIDES)
    step = animated_line(ax, color=style.color, linewidth=0.8 * theme.path_width, linestyle=(0, (1.5, 1.5)), zorder=GUIDES)
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
