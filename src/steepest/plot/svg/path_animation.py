"""Lines that grow with the marks at their ends, as elements of an animated SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from steepest.plot.film.film import Actor, Film
from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import Whole
from steepest.plot.svg.document import FARTHEST, NOTHING, Part, Sheet, inked, sides
from steepest.plot.svg.path_data import PLACES, number, outline
from steepest.plot.svg.polyline import Ribbon, ribbon
from steepest.plot.svg.strokes import Rectangle, strokes
from steepest.plot.svg.timing import Clock

__all__ = ["Growing", "Tip", "course_parts", "growing", "laid"]

MARGIN = 18.0  # points around the axes in which a head is still on its way out
SEEN = 0.12  # points that an animation may be off


@dataclass(frozen=True, eq=False)
class Growing:
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


def growing(film: Film, actor: Actor) -> Iterator[Growing]:
    """A run's path, in the plane or on the surface, and its graph."""
    ground, climber, series = film.set_up.landscape, actor.climber, actor.series
    if actor.track is not None and actor.head is not None and ground is not None:
        kept = actor.kept
        yield Growing("p", ground, actor.track[kept], (kept[1:] - 1, kept[1:]), actor.line, actor.head, actor.trail)
    if climber is not None:
        space, climb = climber.ground, climber.climb
        for name, (data, drawn, lines) in zip("sbp", climber.whole(), strict=True):
            tip = climber.head if lines == climber.front else None
            yield Growing(name, space.ax, data, (climb.steps[:-1], climb.steps[1:]), lines, tip, actor.trail, drawn)
    if series is not None:
        data = np.column_stack([series.steps, series.values])
        yield Growing("g", film.set_up.chart, data, (series.steps[:-1], series.steps[1:]), (actor.graph,), actor.tip)


@dataclass(frozen=True, eq=False)
class Tip:
    """Where a mark is at each frame, NaN where it is nowhere, and how opaque it is."""

    places: Array
    opacity: Array

    @classmethod
    def over(cls, frames: int) -> Tip:
        """A mark that is nowhere."""
        return cls(np.full((frames, 2), np.nan), np.zeros(frames))

    def note(self, frame: int, line: Line2D, sheet: Sheet) -> None:
        """Take down the mark as it is now."""
        place = sheet.points(np.asarray(line.get_transform().transform(np.asarray(line.get_xydata()))))[-1]
        self.places[frame] = place
        alpha = line.get_alpha()
        self.opacity[frame] = (1.0 if alpha is None else alpha) if np.isfinite(place).all() else 0.0


@dataclass(frozen=True, eq=False)
class Course:
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
    line: Ribbon
    low: Array
    high: Array
    drawn: tuple[Array, ...]
    end: Sequence[Array]

    @property
    def shape(self) -> str:
        """The name of what is drawn."""
        return self.name if self.drawn is self.line.pieces else f"{self.name}d"


def laid(name: str, each: Growing, steps: Array, sheet: Sheet) -> Course:
    """The course of what grows, at these steps."""
    box = sheet.box(each.ax)
    around = np.array([[box[0] - MARGIN, box[1] - MARGIN], [box[2] + MARGIN, box[3] + MARGIN]])
    line = ribbon(sheet.places(each.ax, each.data), *each.spans, around, PLACES)
    seen = line if each.drawn is None else ribbon(sheet.places(each.ax, each.drawn), *each.spans, around, PLACES)
    tails = np.zeros(len(steps)) if each.trail is None else np.maximum(steps - each.trail, 0)
    end = seen.between(*(float(seen.reached(each[-1:])[0]) for each in (tails, steps)))
    return Course(name, box, line, line.reached(tails), line.reached(steps), seen.pieces, end)


def course_parts(course: Course, each: Growing, tip: Tip | None, sheet: Sheet, times: Clock) -> Iterator[Part]:
    """The lines along a course and the mark at their end."""
    for name, pieces in {course.name: course.line.pieces, course.shape: course.drawn}.items():
        if pieces:
            sheet.define("path", name, attributes=f'd="{joined(pieces)}"')
    if course.drawn:
        define_seen(course, sheet, times)
        yield from (line_part(line, f"{course.name}m{index}", course, sheet) for index, line in enumerate(each.lines))
    if each.tip is not None and tip is not None and tip.opacity.any():
        yield tip_part(each.tip, tip, course, sheet, times)


def define_seen(course: Course, sheet: Sheet, times: Clock) -> None:
    """Write down the part of a line that is seen."""
    pieces, shown = course.line.pieces, []
    for piece, start in zip(pieces, course.line.starts, strict=True):
        length = float(np.hypot(*np.diff(piece, axis=0).T).sum())
        window = np.stack([np.clip(side - start, 0, length) for side in (course.low, course.high)], axis=1)
        dashes = partial(dash, gap=math.ceil(length) + 9, begins=bool(course.low.any()))
        animation = f'<animate attributeName="stroke-dasharray" {times.moves(window, dashes, SEEN)}/>'
        shown.append(
            sheet.use(course.name, "", animation) if len(pieces) == 1 else f'<path d="{outline(piece)}">{animation}</path>'
        )
    sheet.define("g", f"{course.name}s", "".join(shown))


def dash(window: Array, *, gap: int, begins: bool) -> str:
    """The dashes that show a line from one length to another; it may begin later than where it starts."""
    low, length = (number(float(part), 1) for part in (window[0], window[1] - window[0]))
    return f"0 {low} {length} {gap}" if begins else f"{length} {gap}"


def joined(pieces: Sequence[Array]) -> str:
    """The data of a path of several pieces."""
    return "".join(map(outline, pieces)) or NOTHING


def line_part(line: Line2D, mask: str, course: Course, sheet: Sheet) -> Part:
    """A line. A dashed one, or one with gaps, is all drawn behind a mask that opens, so that its dashes stay where they are."""
    ink = strokes(line, sheet.dpi)[0].ink
    look, seen = f"{inked(ink)} {sheet.clip(course.box)}", f"{course.name}s"
    moving, end = sheet.use(seen, look), f'<path d="{joined(course.end)}" {look}/>'
    if ink.dash or course.shape != course.name:
        opening = sheet.use(seen, f'fill="none" stroke="#fff" stroke-width="{number(ink.width + 0.2)}"')
        sheet.define("mask", mask, opening, f'maskUnits="userSpaceOnUse" {sides(course.box)}')
        moving = sheet.use(course.shape, f'{look} mask="url(#{sheet.name(mask)})"')
    if not course.low[-1]:
        end = sheet.use(course.shape, look)
    return Part(line.get_zorder(), moving, end)


def tip_part(line: Line2D, tip: Tip, course: Course, sheet: Sheet, times: Clock) -> Part:
    """The mark where a line ends, which it follows."""
    name, length, clip = f"{course.name}h", course.line.length, sheet.clip(course.box)
    sheet.define("path", name, attributes=mark(line, sheet))
    place = np.clip(tip.places[np.flatnonzero(tip.opacity)[-1]], -FARTHEST, FARTHEST)
    at = f'transform="translate({number(place[0])} {number(place[1])})"'
    states = [number(each) for each in tip.opacity.tolist()]
    motion = f'<animate attributeName="opacity" {times.jumps(states)}/>' if set(states) != {"1"} else ""
    moving = sheet.use(name, at, motion)
    if length:
        write = partial(share, places=2 + math.ceil(math.log10(length)))
        along = times.moves(course.high[:, None] / length, write, SEEN / length, "keyPoints")
        motion += f'<animateMotion {along}><mpath xlink:href="#{sheet.name(course.name)}"/></animateMotion>'
        moving = sheet.use(name, "", motion)
    end = sheet.use(name, f'{at} opacity="{states[-1]}"' if states[-1] != "1" else at) if tip.opacity[-1] else ""
    return Part(line.get_zorder(), *(f"<g {clip}>{content}</g>" for content in (moving, end)))


def share(row: Array, *, places: int) -> str:
    """A share of a line's length."""
    return number(float(row[0]), places)


def mark(tip: Line2D, sheet: Sheet) -> str:
    """The shape of a marker around its place, with its ink."""
    before, alpha, transform = tip.get_data(), tip.get_alpha(), tip.get_transform()
    center = np.array([[400.0, 300.0]])
    tip.set_data(*transform.inverted().transform(center).T)
    tip.set_alpha(None)
    (stroke,) = strokes(tip, sheet.dpi)
    tip.set_data(*before)
    tip.set_alpha(alpha)
    return f'd="{sheet.centered(stroke.path, center)}" {inked(stroke.ink)}'
