"""Films: the stage drawn once, and on each frame only what moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D

from steepest.language.digits import at_step
from steepest.plot.film.frames import FilmFormat, Frame
from steepest.plot.film.sprites import glyph_sprites
from steepest.plot.film.timeline import Timeline, timeline
from steepest.plot.mpl.artists import ENDS, GUIDES, PATHS, draw_start
from steepest.plot.mpl.layout import Layout, layout
from steepest.plot.mpl.quantities import QuantityArtists, quantity_artists
from steepest.plot.options import FILM_DEFAULTS, FilmOptions
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import TANGENT, ObjectiveLayer
from steepest.plot.scene.path import OUTSIDE, Whole, moves
from steepest.plot.scene.quantities import QuantityScale
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.scene.value_chart import Series
from steepest.plot.surface.run_artist import SurfaceRunArtist, surface_run_artist
from steepest.plot.theme import LIGHT, Brush, Theme

RESTING, TURNING = 3, 2  # samples a side of a pixel of a surface


@dataclass(frozen=True, eq=False)
class Film:
    """A film that is ready to be drawn.

    Attributes:
        shown: what it is a film of.
        layout_: what stays still.
        run_artists: what moves, a group for each run.
        timeline: which step each frame shows.
        turn: degrees by which the camera of a surface turns until the last frame.
    """

    shown: Scene
    layout_: Layout
    run_artists: tuple[RunArtist, ...]
    timeline: Timeline
    theme: Theme
    turn: float = 0.0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self.canvas.get_width_height()
        return int(width), int(height)

    @property
    def canvas(self) -> FigureCanvasAgg:
        canvas = self.layout_.picture.canvas
        assert isinstance(canvas, FigureCanvasAgg)
        return canvas

    @property
    def turns(self) -> Iterator[float]:
        """The camera's degrees on each frame."""
        last = max(len(self.timeline.steps) - 1, 1)
        return (self.turn * index / last for index in range(last + 1))

    def film_format(self, film_options: FilmOptions, title: str, software: str, made: str) -> FilmFormat:
        """What an encoder needs to know besides the frames."""
        width, height = self.size
        theme = self.theme
        moving = tuple(theme.brush(run_artist.scene_run.index).color for run_artist in self.run_artists)
        shown_quantities = tuple(
            pointer.color for run_artist in self.run_artists if run_artist.load for pointer in run_artist.load.quantity_artists
        )
        colors = tuple(dict.fromkeys((*moving, theme.ink, theme.quiet, *shown_quantities)))
        return FilmFormat(width, height, film_options.fps, film_options.loop, colors, theme.paper, title, software, made)

    def frames(self) -> Iterator[Frame]:
        """Every frame in order; its pixels change when the next one is asked for."""
        canvas: Any = self.canvas
        canvas.draw()
        still = canvas.copy_from_bbox(self.layout_.picture.bbox)
        renderer, pixels = canvas.get_renderer(), np.asarray(canvas.buffer_rgba())
        lines = [glyph_sprites(words, canvas) for words in self.layout_.words]
        turned = self.layout_.surface_axes.views(self.turns) if self.layout_.surface_axes is not None and self.turn else None
        for index, step in enumerate(self.timeline.steps):
            canvas.restore_region(still)
            if self.layout_.surface_axes is not None and turned is not None:
                seen, picture = next(turned)
                self.layout_.surface_axes.picture_options(seen)
                self.layout_.surface_axes.draw(picture, renderer, pixels)
            artists = [artist for run_artist in self.run_artists for artist in run_artist.at(float(step))]
            for artist in sorted(artists, key=lambda artist: artist.get_zorder()):
                artist.draw(renderer)
            for run_artist, line in zip(self.run_artists, lines, strict=True):
                line.write(run_artist.words(float(step)), pixels)
            last = index == len(self.timeline.steps) - 1
            yield Frame(pixels, 1 / self.timeline.rate + (self.timeline.hold if last else 0.0))


def film(shown: Scene, film_options: FilmOptions = FILM_DEFAULTS, theme: Theme = LIGHT) -> Film:
    """The film of a scene.

    Raises:
        InputError: for a size that is too small to draw in, or for too many frames.
    """
    frames = timeline(max(len(scene_run.values) for scene_run in shown.scene_runs) - 1, film_options)
    size = None if film_options.size is None else (film_options.size[0] / film_options.dpi, film_options.size[1] / film_options.dpi)
    found = shown.quantity_scales()
    turning = bool(film_options.turn)
    layout_ = layout(shown, size, film_options.dpi, theme, found, turning=turning, fine=TURNING if turning else RESTING)
    run_artists = tuple(
        run_artist(layout_, shown, scene_run, film_options.trail, theme, found, turning=turning) for scene_run in shown.scene_runs
    )
    return Film(shown, layout_, run_artists, frames, theme, film_options.turn)


@dataclass(frozen=True, eq=False)
class RunArtist:
    """One run in motion.

    Attributes:
        surface_run_artist: on a surface; all that follows up to the graph is there without one.
        track: the place in the landscape at each step; `kept` are the steps that move far enough to be seen.
        line, head: where it has been, and where it is.
        tangent, stride: of a function of one parameter, at the step that is being taken.
        graph, tip: the same in the chart.
        load: what it carries, where the step that is being taken began.
    """

    scene_run: SceneRun
    series: Series | None
    track: Array | None
    kept: Whole
    trail: int | None
    line: tuple[Line2D, ...]
    head: Line2D | None
    tangent: Tangent | None
    graph: Line2D
    tip: Line2D
    surface_run_artist: SurfaceRunArtist | None = None
    load: QuantityArtists | None = None

    def at(self, step: float) -> Iterable[Artist]:
        """What is to be drawn at a step, or between two, in its place."""
        last = len(self.scene_run.values) - 1
        step = min(step, last)
        if self.surface_run_artist is not None:
            yield from self.surface_run_artist.at(step)
        if self.track is not None and self.head is not None:
            past = walked(self.track, self.kept, step, self.trail)
            for line in self.line:
                line.set_data(past[:, 0], past[:, 1])
                yield line
            self.head.set_data(past[-1:, 0], past[-1:, 1])
            yield self.head
        if self.tangent is not None:
            yield from self.tangent.at(min(int(step), last))
        if self.load is not None:
            yield from self.load.at(int(step))
        if self.series is not None:
            x, y = drawn(self.series, step)
            self.graph.set_data(x, y)
            self.tip.set_data(x[-1:], y[-1:])
            yield from (self.graph, self.tip)

    def words(self, step: float) -> str:
        """The step and the value; at the end how the run ended."""
        whole, values = int(step), self.scene_run.values
        return (
            self.scene_run.outcome
            if whole >= len(values) - 1
            else f"step {whole}   f = {at_step(values[max(whole - 1, 0) : whole + 2].tolist(), min(whole, 1))}"
            + self.scene_run.numbers(whole)
        )


def run_artist(
    layout_: Layout,
    shown: Scene,
    scene_run: SceneRun,
    trail: int | None,
    theme: Theme,
    found: Sequence[QuantityScale],
    *,
    turning: bool,
) -> RunArtist:
    """The artists of a run, in their axes."""
    brush, ax, path = theme.brush(scene_run.index), layout_.objective_layer, scene_run.path
    line: tuple[Line2D, ...] = ()
    track, head = None, None
    kept = np.zeros(1, np.intp)
    surface_artist = None
    if layout_.surface_axes is not None and scene_run.surface_path is not None:
        surface_artist = surface_run_artist(layout_.surface_axes, scene_run.surface_path, brush, trail, turning=turning)
    elif ax is not None and path is not None and shown.objective_layer is not None:
        track = _within(path.points, shown.objective_layer)
        kept = _visible_steps(track, shown.objective_layer)
        draw_start(ax, path, brush, theme)
        width = theme.path_width
        line = (
            _added(ax, Line2D([], [], color=theme.paper, linewidth=width + theme.halo, alpha=0.8, zorder=PATHS - 0.2)),
            _added(ax, Line2D([], [], color=brush.color, linewidth=width, linestyle=brush.line, zorder=PATHS - 0.1)),
        )
        head = _added(ax, marker(brush, theme, theme.mark_size + 1))
    graph = _added(layout_.chart, Line2D([], [], color=brush.color, linewidth=theme.path_width, linestyle=brush.line, zorder=PATHS))
    tip = _added(layout_.chart, marker(brush, theme, theme.mark_size - 1))
    series = shown.chart.series[scene_run.index] if shown.chart.series else None
    guides = None
    if ax is not None and shown.objective_layer is not None and track is not None and scene_run.slopes is not None:
        guides = tangent(ax, shown.objective_layer, track, scene_run.slopes, brush, theme)
    load = (
        quantity_artists(ax, scene_run, found, shown.objective_layer, theme)
        if ax is not None and shown.objective_layer is not None
        else None
    )
    return RunArtist(scene_run, series, track, kept, trail, line, head, guides, graph, tip, surface_artist, load)


def marker(brush: Brush, theme: Theme, size: float) -> Line2D:
    return Line2D(
        [], [], linestyle="none", marker=brush.marker, markersize=size, markerfacecolor=brush.color, markeredgecolor=theme.paper,
        markeredgewidth=1.1, zorder=ENDS,
    )  # fmt: skip


def _added(ax: Axes, line: Line2D) -> Line2D:
    """A line that moves: the stage is drawn without it."""
    ax.add_line(line)
    line.set_animated(True)
    return line


def _visible_steps(track: Array, objective_layer: ObjectiveLayer) -> Whole:
    """The steps that move far enough to be seen, so that a trail of very many steps is drawn with few points."""
    if len(track) < 2:
        return np.zeros(1, np.intp)
    low, high = (np.array(side) for side in zip(*objective_layer.view, strict=True))
    return np.flatnonzero(moves((track - low) / (high - low)))


def _within(points: Array, objective_layer: ObjectiveLayer) -> Array:
    """The points, none so far outside of the picture that it cannot be drawn to."""
    low, high = (np.array(side) for side in zip(*objective_layer.view, strict=True))
    return np.clip(points, low - OUTSIDE * (high - low), high + OUTSIDE * (high - low))


def walked(points: Array, kept: Whole, step: float, trail: int | None) -> Array:
    """The points of a path up to a step, or to a place on the way to the next one, beginning `trail` steps before."""
    step = min(step, len(points) - 1)  # beyond, the run is too far out to be drawn
    whole = int(step)
    first = 0 if trail is None else int(np.searchsorted(kept, whole - trail))
    past = points[kept[first : int(np.searchsorted(kept, whole, side="right"))]]
    here = points[whole]
    if step > whole:
        here = here + (step - whole) * (points[whole + 1] - here)
    return np.vstack([past, here])


def drawn(series: Series, step: float) -> tuple[Array, Array]:
    """The line of the chart up to a step."""
    count = int(np.searchsorted(series.steps, step, side="right"))
    x, y = series.steps[:count].astype(np.float64), series.values[:count]
    if count < len(series.steps) and step > x[-1]:
        share = (step - x[-1]) / (series.steps[count] - x[-1])
        x, y = np.append(x, step), np.append(y, between(float(y[-1]), float(series.values[count]), share))
    return x, y


def between(start: float, end: float, share: float) -> float:
    """A value on the way from one to another: on a straight line where both are positive and far apart on a logarithmic axis."""
    return start * (end / start) ** share if start > 0 and end > 0 else start + share * (end - start)


@dataclass(frozen=True, eq=False)
class Tangent:
    """The tangent where a step starts, and the step itself: along the axis, then up or down to the curve."""

    track: Array
    slopes: Array
    size: tuple[float, float]
    line: Line2D
    stride: Line2D

    def at(self, step: int) -> Iterable[Artist]:
        """Both for the step that starts here; neither after the last."""
        if step + 1 >= len(self.track):
            return
        (x, y), (ahead, value), slope = self.track[step], self.track[step + 1], self.slopes[step]
        reach = TANGENT / np.hypot(1 / self.size[0], slope / self.size[1])
        self.line.set_data([x - reach, x + reach], [y - slope * reach, y + slope * reach])
        self.stride.set_data([x, ahead, ahead], [y, y, value])
        yield self.line
        yield self.stride


def tangent(ax: Axes, objective_layer: ObjectiveLayer, track: Array, slopes: Array, brush: Brush, theme: Theme) -> Tangent:
    """The tangent's artists, for a function of one parameter."""
    (left, right), (low, high) = objective_layer.view
    line = _added(ax, Line2D([], [], color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES))
    stride = _added(ax, Line2D([], [], color=brush.color, linewidth=1.0, linestyle=(0, (1.5, 1.5)), zorder=GUIDES))
    return Tangent(track, slopes, (right - left, high - low), line, stride)
