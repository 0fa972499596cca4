"""Lines that grow, with the markers at their ends, as elements of an animated SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from string import ascii_lowercase

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from steepest.plot.film.film import Film
from steepest.plot.film.run_artist import LineArtist, PathArtist, RunArtist
from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import Whole
from steepest.plot.svg.document import FARTHEST, NOTHING, Element, SvgDocument, rectangle_attributes, style_attributes
from steepest.plot.svg.path_data import PLACES, number, path_data
from steepest.plot.svg.polyline import GrowingPolyline, growing_polyline
from steepest.plot.svg.strokes import Rectangle, strokes
from steepest.plot.svg.timing import Timing

MARGIN = 18.0  # points around the axes in which lines still have vertices, so that a marker leaves smoothly
TOLERANCE = 0.12  # points that an animation may be off


@dataclass(frozen=True, eq=False)
class PathSource:
    """What of a run grows: matplotlib's lines along a path in axes, and the marker at their end.

    Attributes:
        name: of one or two letters, unique among those of a run.
        points: the path, in data coordinates, a row each.
        spans: the steps at which each segment of the path begins and ends.
        trail: how many of the last steps are visible; all if None.
        drawn: the points, with NaN for those that are hidden; all if None.
    """

    name: str
    ax: Axes
    points: Array
    spans: tuple[Array | Whole, Array | Whole]
    lines: tuple[Line2D, ...]
    marker: Line2D | None
    trail: int | None = None
    drawn: Array | None = None


def path_sources(film: Film, run: RunArtist) -> Iterator[PathSource]:
    """A run's path, in the plane or on a surface, and its line in the chart."""
    surface = run.surface
    if run.path is not None:
        yield _source("p", run.path)
    if surface is not None:
        steps = surface.path.steps
        for name, (points, drawn, lines) in zip("sbcp", surface.final_lines(), strict=True):
            marker = surface.marker if lines == surface.front else None
            yield PathSource(name, surface.axes.ax, points, (steps[:-1], steps[1:]), lines, marker, surface.trail, drawn)
    for name, panel in zip(ascii_lowercase, run.panels, strict=False):
        yield _source(f"q{name}", panel)
    for name, line in (("g", run.value), ("f", run.full)):
        if line is not None:
            yield _source(name, line)


def _source(name: str, artist: PathArtist | LineArtist) -> PathSource:
    """What grows of a path in a plane, or of a line in a chart."""
    if isinstance(artist, PathArtist):
        ax, kept = artist.marker.axes, artist.kept
        assert isinstance(ax, Axes)
        return PathSource(name, ax, artist.points[kept], (kept[1:] - 1, kept[1:]), artist.lines, artist.marker, artist.trail)
    series, ax = artist.series, artist.line.axes
    assert isinstance(ax, Axes)
    points, spans = np.column_stack([series.places, series.values]), (series.steps[:-1], series.steps[1:])
    return PathSource(name, ax, points, spans, (artist.line,), artist.marker)


@dataclass(frozen=True, eq=False)
class MovingMarker:
    """A marker at each frame of a film.

    Attributes:
        points: where it is, in the document's coordinates; NaN where it is not drawn.
        opacity: 0 where it is not drawn.
    """

    points: Array
    opacity: Array

    @classmethod
    def empty(cls, frames: int) -> MovingMarker:
        """A marker that is not drawn at any frame."""
        return cls(np.full((frames, 2), np.nan), np.zeros(frames))

    def record(self, frame: int, line: Line2D, document: SvgDocument) -> None:
        """Store the marker as it is now."""
        point = document.points(np.asarray(line.get_transform().transform(np.asarray(line.get_xydata()))))[-1]
        self.points[frame] = point
        alpha = line.get_alpha()
        self.opacity[frame] = (1.0 if alpha is None else alpha) if np.isfinite(point).all() else 0.0


@dataclass(frozen=True, eq=False)
class PathAnimation:
    """A path that grows over a film, in the document's coordinates.

    Attributes:
        name: of the whole path in the document; with an `s` appended, of its part that is visible at a time.
        box: the part of the document in which it is visible.
        line: the whole path.
        low, high: the lengths along the path between which it is visible, at each frame.
        drawn: the pieces of the path that are not hidden.
        end: what is visible of them on the last frame.
    """

    name: str
    source: PathSource
    box: Rectangle
    line: GrowingPolyline
    low: Array
    high: Array
    drawn: tuple[Array, ...]
    end: Sequence[Array]

    @property
    def shape(self) -> str:
        """The name of what is drawn."""
        return self.name if self.drawn is self.line.pieces else f"{self.name}d"


def path_animation(name: str, source: PathSource, steps: Array, document: SvgDocument) -> PathAnimation:
    """The animation of a path.

    Args:
        name: unique in the document.
        steps: the step at each frame.
    """
    box = document.box(source.ax)
    around = np.array([[box[0] - MARGIN, box[1] - MARGIN], [box[2] + MARGIN, box[3] + MARGIN]])
    whole = growing_polyline(document.data_points(source.ax, source.points), *source.spans, around, PLACES)
    drawn = whole
    if source.drawn is not None:
        drawn = growing_polyline(document.data_points(source.ax, source.drawn), *source.spans, around, PLACES)
    tails = np.zeros(len(steps)) if source.trail is None else np.maximum(steps - source.trail, 0)
    end = drawn.between(*(float(drawn.length_at(ends[-1:])[0]) for ends in (tails, steps)))
    return PathAnimation(name, source, box, whole, whole.length_at(tails), whole.length_at(steps), drawn.pieces, end)


def path_elements(
    animation: PathAnimation, marker: MovingMarker | None, document: SvgDocument, timing: Timing
) -> Iterator[Element]:
    """The lines along a path that grows, and the marker at its end."""
    source = animation.source
    for name, pieces in {animation.name: animation.line.pieces, animation.shape: animation.drawn}.items():
        if pieces:
            document.define("path", name, attributes=f'd="{_joined(pieces)}"')
    if animation.drawn:
        _define_visible(animation, document, timing)
        for index, line in enumerate(source.lines):
            yield _line_element(line, f"{animation.name}m{index}", animation, document)
    if source.marker is not None and marker is not None and marker.opacity.any():
        yield _marker_element(source.marker, marker, animation, document, timing)


def _define_visible(animation: PathAnimation, document: SvgDocument, timing: Timing) -> None:
    """Define the part of a path that is visible at a time, by dashes whose lengths change."""
    pieces, visible = animation.line.pieces, []
    for piece, start in zip(pieces, animation.line.starts, strict=True):
        length = float(np.hypot(*np.diff(piece, axis=0).T).sum())
        interval = np.stack([np.clip(end - start, 0, length) for end in (animation.low, animation.high)], axis=1)
        dashes = partial(_dashes, gap=math.ceil(length) + 9, trail=bool(animation.low.any()))
        animate = f'<animate attributeName="stroke-dasharray" {timing.moves(interval, dashes, TOLERANCE)}/>'
        visible.append(
            document.use(animation.name, "", animate) if len(pieces) == 1 else f'<path d="{path_data(piece)}">{animate}</path>'
        )
    document.define("g", f"{animation.name}s", "".join(visible))


def _dashes(interval: Array, *, gap: int, trail: bool) -> str:
    """The dashes that show a line from one length to another, or from its start if it has no trail."""
    low, length = (number(float(part), 1) for part in (interval[0], interval[1] - interval[0]))
    return f"0 {low} {length} {gap}" if trail else f"{length} {gap}"


def _joined(pieces: Sequence[Array]) -> str:
    """The path data of several pieces."""
    return "".join(map(path_data, pieces)) or NOTHING


def _line_element(line: Line2D, mask: str, animation: PathAnimation, document: SvgDocument) -> Element:
    """A line that grows.

    A dashed line, or one with hidden parts, is drawn whole behind a mask that grows, so that its dashes do not move.
    """
    style = strokes(line, document.dpi)[0].style
    attributes, visible = f"{style_attributes(style)} {document.clip(animation.box)}", f"{animation.name}s"
    moving, end = document.use(visible, attributes), f'<path d="{_joined(animation.end)}" {attributes}/>'
    if style.dash or animation.shape != animation.name:
        opening = document.use(visible, f'fill="none" stroke="#fff" stroke-width="{number(style.width + 0.2)}"')
        document.define("mask", mask, opening, f'maskUnits="userSpaceOnUse" {rectangle_attributes(animation.box)}')
        moving = document.use(animation.shape, f'{attributes} mask="url(#{document.name(mask)})"')
    if not animation.low[-1]:
        end = document.use(animation.shape, attributes)
    return Element(line.get_zorder(), moving, end)


def _marker_element(line: Line2D, marker: MovingMarker, animation: PathAnimation, document: SvgDocument, timing: Timing) -> Element:
    """The marker at the end of a path, which moves along it."""
    name, length, clip = f"{animation.name}h", animation.line.length, document.clip(animation.box)
    document.define("path", name, attributes=marker_symbol(line, document))
    x, y = np.clip(marker.points[np.flatnonzero(marker.opacity)[-1]], -FARTHEST, FARTHEST)
    at = f'transform="translate({number(x)} {number(y)})"'
    states = [number(each) for each in marker.opacity.tolist()]
    motion = f'<animate attributeName="opacity" {timing.jumps(states)}/>' if set(states) != {"1"} else ""
    moving = document.use(name, at, motion)
    if length:
        places = 2 + math.ceil(math.log10(length))
        shares = animation.high[:, None] / length
        along = timing.moves(shares, lambda row: number(float(row[0]), places), TOLERANCE / length, "keyPoints")
        motion += f'<animateMotion {along}><mpath xlink:href="#{document.name(animation.name)}"/></animateMotion>'
        moving = document.use(name, "", motion)
    end = document.use(name, f'{at} opacity="{states[-1]}"' if states[-1] != "1" else at) if marker.opacity[-1] else ""
    return Element(line.get_zorder(), *(f"<g {clip}>{content}</g>" for content in (moving, end)))


def marker_symbol(marker: Line2D, document: SvgDocument) -> str:
    """The outline of a marker around the origin, with its style, as attributes."""
    before, alpha, transform = marker.get_data(), marker.get_alpha(), marker.get_transform()
    center = np.array([[400.0, 300.0]])
    marker.set_data(*transform.inverted().transform(center).T)
    marker.set_alpha(None)
    (stroke,) = strokes(marker, document.dpi)
    marker.set_data(*before)
    marker.set_alpha(alpha)
    return f'd="{document.centered(stroke.path, center)}" {style_attributes(stroke.style)}'
