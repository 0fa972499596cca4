"""Lines that grow with the marks at their ends, as elements of an animated SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from steepest.plot.film.film import Film, RunArtist
from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import Whole
from steepest.plot.svg.document import FARTHEST, NOTHING, Element, SvgDocument, sides, style_attributes
from steepest.plot.svg.path_data import PLACES, number, path_data
from steepest.plot.svg.polyline import GrowingPolyline, growing_polyline
from steepest.plot.svg.strokes import Rectangle, strokes
from steepest.plot.svg.timing import Timing

MARGIN = 18.0  # points around the axes in which a head is still on its way out
SEEN = 0.12  # points that an animation may be off


@dataclass(frozen=True, eq=False)
class PathAnimation:
    """What of a run grows: lines through places in axes, and the mark at their end.

    Attributes:
        name: a letter of its own.
        spans: the steps between which each part of the line grows.
        trail: how many of the last steps are seen; all if None.
        drawn: the places without those that something hides, which are NaN; all if None.
    """

    name: str
    ax: Axes
    data: Array
    spans: tuple[Array | Whole, Array | Whole]
    lines: tuple[Line2D, ...]
    tip: Line2D | None
    trail: int | None = None
    drawn: Array | None = None


def path_animations(film: Film, run_artist: RunArtist) -> Iterator[PathAnimation]:
    """A run's path, in the plane or on the surface, and its graph."""
    ground, surface_run_artist, series = film.layout_.objective_layer, run_artist.surface_run_artist, run_artist.series
    if run_artist.track is not None and run_artist.head is not None and ground is not None:
        kept = run_artist.kept
        yield PathAnimation(
            "p", ground, run_artist.track[kept], (kept[1:] - 1, kept[1:]), run_artist.line, run_artist.head, run_artist.trail
        )
    if surface_run_artist is not None:
        surface_axes, surface_path = surface_run_artist.ground, surface_run_artist.surface_path
        for name, (data, drawn, lines) in zip("sbp", surface_run_artist.whole(), strict=True):
            tip = surface_run_artist.head if lines == surface_run_artist.front else None
            yield PathAnimation(
                name, surface_axes.ax, data, (surface_path.steps[:-1], surface_path.steps[1:]), lines, tip, run_artist.trail, drawn
            )
    if series is not None:
        data = np.column_stack([series.steps, series.values])
        yield PathAnimation(
            "g", film.layout_.chart, data, (series.steps[:-1], series.steps[1:]), (run_artist.graph,), run_artist.tip
        )


@dataclass(frozen=True, eq=False)
class MovingMarker:
    """Where a mark is at each frame, NaN where it is nowhere, and how opaque it is."""

    places: Array
    opacity: Array

    @classmethod
    def over(cls, frames: int) -> MovingMarker:
        """A mark that is nowhere."""
        return cls(np.full((frames, 2), np.nan), np.zeros(frames))

    def note(self, frame: int, line: Line2D, document: SvgDocument) -> None:
        """Take down the mark as it is now."""
        place = document.points(np.asarray(line.get_transform().transform(np.asarray(line.get_xydata()))))[-1]
        self.places[frame] = place
        alpha = line.get_alpha()
        self.opacity[frame] = (1.0 if alpha is None else alpha) if np.isfinite(place).all() else 0.0


@dataclass(frozen=True, eq=False)
class AnimatedPath:
    """A line that grows, in its axes.

    Attributes:
        name: of its shape; with an `s` behind it of the part that is seen.
        box: what is seen of the axes.
        low, high: the lengths between which it is seen, at each frame.
        drawn: what is drawn of the line.
        end: what is seen of that on the last frame.
    """

    name: str
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


def animated(name: str, each: PathAnimation, steps: Array, document: SvgDocument) -> AnimatedPath:
    """The course of what grows, at these steps."""
    box = document.box(each.ax)
    around = np.array([[box[0] - MARGIN, box[1] - MARGIN], [box[2] + MARGIN, box[3] + MARGIN]])
    line = growing_polyline(document.places(each.ax, each.data), *each.spans, around, PLACES)
    seen = line if each.drawn is None else growing_polyline(document.places(each.ax, each.drawn), *each.spans, around, PLACES)
    tails = np.zeros(len(steps)) if each.trail is None else np.maximum(steps - each.trail, 0)
    end = seen.between(*(float(seen.reached(each[-1:])[0]) for each in (tails, steps)))
    return AnimatedPath(name, box, line, line.reached(tails), line.reached(steps), seen.pieces, end)


def path_elements(
    animated_path: AnimatedPath, each: PathAnimation, tip: MovingMarker | None, document: SvgDocument, times: Timing
) -> Iterator[Element]:
    """The lines along a course and the mark at their end."""
    for name, pieces in {animated_path.name: animated_path.line.pieces, animated_path.shape: animated_path.drawn}.items():
        if pieces:
            document.define("path", name, attributes=f'd="{_joined(pieces)}"')
    if animated_path.drawn:
        _define_seen(animated_path, document, times)
        yield from (
            _line_element(line, f"{animated_path.name}m{index}", animated_path, document) for index, line in enumerate(each.lines)
        )
    if each.tip is not None and tip is not None and tip.opacity.any():
        yield _marker_element(each.tip, tip, animated_path, document, times)


def _define_seen(animated_path: AnimatedPath, document: SvgDocument, times: Timing) -> None:
    """Write down the part of a line that is seen."""
    pieces, shown = animated_path.line.pieces, []
    for piece, start in zip(pieces, animated_path.line.starts, strict=True):
        length = float(np.hypot(*np.diff(piece, axis=0).T).sum())
        viewport = np.stack([np.clip(side - start, 0, length) for side in (animated_path.low, animated_path.high)], axis=1)
        dashes = partial(_dash, gap=math.ceil(length) + 9, begins=bool(animated_path.low.any()))
        animation = f'<animate attributeName="stroke-dasharray" {times.moves(viewport, dashes, SEEN)}/>'
        shown.append(
            document.use(animated_path.name, "", animation)
            if len(pieces) == 1
            else f'<path d="{path_data(piece)}">{animation}</path>'
        )
    document.define("g", f"{animated_path.name}s", "".join(shown))


def _dash(viewport: Array, *, gap: int, begins: bool) -> str:
    """The dashes that show a line from one length to another; it may begin later than where it starts."""
    low, length = (number(float(part), 1) for part in (viewport[0], viewport[1] - viewport[0]))
    return f"0 {low} {length} {gap}" if begins else f"{length} {gap}"


def _joined(pieces: Sequence[Array]) -> str:
    """The data of a path of several pieces."""
    return "".join(map(path_data, pieces)) or NOTHING


def _line_element(line: Line2D, mask: str, animated_path: AnimatedPath, document: SvgDocument) -> Element:
    """A line. A dashed one, or one with gaps, is all drawn behind a mask that opens, so that its dashes stay where they are."""
    style = strokes(line, document.dpi)[0].style
    picture_options, seen = f"{style_attributes(style)} {document.clip(animated_path.box)}", f"{animated_path.name}s"
    moving, end = document.use(seen, picture_options), f'<path d="{_joined(animated_path.end)}" {picture_options}/>'
    if style.dash or animated_path.shape != animated_path.name:
        opening = document.use(seen, f'fill="none" stroke="#fff" stroke-width="{number(style.width + 0.2)}"')
        document.define("mask", mask, opening, f'maskUnits="userSpaceOnUse" {sides(animated_path.box)}')
        moving = document.use(animated_path.shape, f'{picture_options} mask="url(#{document.name(mask)})"')
    if not animated_path.low[-1]:
        end = document.use(animated_path.shape, picture_options)
    return Element(line.get_zorder(), moving, end)


def _marker_element(line: Line2D, tip: MovingMarker, animated_path: AnimatedPath, document: SvgDocument, times: Timing) -> Element:
    """The mark where a line ends, which it follows."""
    name, length, clip = f"{animated_path.name}h", animated_path.line.length, document.clip(animated_path.box)
    document.define("path", name, attributes=_marker_symbol(line, document))
    place = np.clip(tip.places[np.flatnonzero(tip.opacity)[-1]], -FARTHEST, FARTHEST)
    at = f'transform="translate({number(place[0])} {number(place[1])})"'
    states = [number(each) for each in tip.opacity.tolist()]
    motion = f'<animate attributeName="opacity" {times.jumps(states)}/>' if set(states) != {"1"} else ""
    moving = document.use(name, at, motion)
    if length:
        write = partial(_share, places=2 + math.ceil(math.log10(length)))
        along = times.moves(animated_path.high[:, None] / length, write, SEEN / length, "keyPoints")
        motion += f'<animateMotion {along}><mpath xlink:href="#{document.name(animated_path.name)}"/></animateMotion>'
        moving = document.use(name, "", motion)
    end = document.use(name, f'{at} opacity="{states[-1]}"' if states[-1] != "1" else at) if tip.opacity[-1] else ""
    return Element(line.get_zorder(), *(f"<g {clip}>{content}</g>" for content in (moving, end)))


def _share(row: Array, *, places: int) -> str:
    """A share of a line's length."""
    return number(float(row[0]), places)


def _marker_symbol(tip: Line2D, document: SvgDocument) -> str:
    """The shape of a marker around its place, with its ink."""
    before, alpha, transform = tip.get_data(), tip.get_alpha(), tip.get_transform()
    center = np.array([[400.0, 300.0]])
    tip.set_data(*transform.inverted().transform(center).T)
    tip.set_alpha(None)
    (stroke,) = strokes(tip, document.dpi)
    tip.set_data(*before)
    tip.set_alpha(alpha)
    return f'd="{document.centered(stroke.path, center)}" {style_attributes(stroke.style)}'
