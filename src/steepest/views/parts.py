"""What moves in a film, as elements of an animated SVG: lines that grow, marks at their ends, words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise
from xml.sax.saxutils import escape

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.path import Path

from steepest.views.film import Actor, Film
from steepest.views.frame import Array
from steepest.views.keyframes import Clock
from steepest.views.letters import Letters, letters
from steepest.views.outline import PLACES, curves, number, outline
from steepest.views.path import Whole
from steepest.views.recorder import Rectangle, Stroke, strokes
from steepest.views.ribbon import Ribbon, ribbon
from steepest.views.sheet import FARTHEST, Sheet, inked, sides

__all__ = ["Part", "parts", "spoken"]

MARGIN = 18.0  # points around the axes in which a head is still on its way out
SEEN = 0.12  # points that an animation may be off
NOTHING = "M0 0"
FALLBACK = "DejaVu Sans,Verdana,sans-serif"


@dataclass(frozen=True)
class Part:
    """Something that moves, in SVG.

    Attributes:
        over: parts with less are drawn before.
        moving, end: as it plays, and as it is on the last frame.
    """

    over: float
    moving: str
    end: str


def parts(film: Film, sheet: Sheet, times: Clock) -> list[Part]:
    """Everything that moves, in the order in which it is drawn."""
    found: list[Part] = []
    for index, (actor, text, words) in enumerate(zip(film.actors, film.set_up.words, spoken(film), strict=True)):
        found += actor_parts(film, actor, sheet, times, index)
        found.append(words_part(words, letters(text, film.canvas), sheet, times))
    return sorted(found, key=lambda part: part.over)


def spoken(film: Film) -> list[list[str]]:
    """What is said of each run at each frame, with spaces that no browser joins."""
    return [[actor.words(float(step)).replace("  ", " \xa0") for step in film.timeline.steps] for actor in film.actors]


def actor_parts(film: Film, actor: Actor, sheet: Sheet, times: Clock, index: int) -> Iterator[Part]:
    """A run: its path with its head, its graph with its tip, and what else it shows on the way."""
    steps = np.minimum(film.timeline.steps, len(actor.trace.values) - 1)
    ground, chart = film.set_up.landscape, film.set_up.chart
    axes: dict[Artist | None, Axes | None] = {actor.head: ground, actor.tip: chart}
    tips = {tip: np.full((len(steps), 2), np.nan) for tip in axes}
    others: dict[Artist, list[Sequence[Stroke]]] = {}
    for frame, step in enumerate(steps):
        for artist in actor.at(float(step)):
            if isinstance(artist, Line2D) and (ax := axes.get(artist)) is not None:
                tips[artist][frame] = sheet.places(ax, np.asarray(artist.get_xydata()))[-1]
            elif artist not in (*actor.line, actor.graph):
                others.setdefault(artist, [()] * len(steps))[frame] = strokes(artist, sheet.dpi)
    if actor.track is not None and actor.head is not None and ground is not None:
        kept = actor.kept
        course = laid(f"p{index}", sheet, ground, actor.track[kept], (kept[1:] - 1, kept[1:]), steps, actor.trail)
        yield from course_parts(course, actor.line, actor.head, tips[actor.head], sheet, times)
    if actor.series is not None:
        at, values = actor.series.steps, actor.series.values
        course = laid(f"g{index}", sheet, chart, np.column_stack([at, values]), (at[:-1], at[1:]), steps, None)
        yield from course_parts(course, (actor.graph,), actor.tip, tips[actor.tip], sheet, times)
    for artist, frames in others.items():
        yield from other_parts(artist, frames, sheet, times)


@dataclass(frozen=True, eq=False)
class Course:
    """A line that grows, in its axes.

    Attributes:
        name: of its shape; with an `s` behind it of the part that is seen.
        low, high: the lengths between which it is seen, at each frame.
    """

    name: str
    box: Rectangle
    line: Ribbon
    low: Array
    high: Array


def laid(name: str, sheet: Sheet, ax: Axes, data: Array, spans: tuple[Whole, Whole], steps: Array, trail: int | None) -> Course:
    """The course of a line through an axes' coordinates, of which each part takes the steps of its span."""
    box = sheet.box(ax)
    around = np.array([[box[0] - MARGIN, box[1] - MARGIN], [box[2] + MARGIN, box[3] + MARGIN]])
    line = ribbon(sheet.places(ax, data), *spans, around, PLACES)
    low = np.zeros(len(steps)) if trail is None else line.reached(np.maximum(steps - trail, 0))
    return Course(name, box, line, low, line.reached(steps))


def course_parts(course: Course, lines: Sequence[Line2D], tip: Line2D, places: Array, sheet: Sheet, times: Clock) -> Iterator[Part]:
    """The lines along a course and the mark at their end."""
    if course.line.pieces:
        define(course, sheet, times)
        yield from (line_part(line, course, sheet) for line in lines)
    if np.isfinite(places).any():
        yield tip_part(tip, places, course, sheet, times)


def define(course: Course, sheet: Sheet, times: Clock) -> None:
    """Write down the whole line, and the part of it that is seen."""
    pieces = course.line.pieces
    sheet.define("path", course.name, attributes=f'd="{"".join(map(outline, pieces))}"')
    shown = []
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


def line_part(line: Line2D, course: Course, sheet: Sheet) -> Part:
    """A line. Of a dashed one all is drawn behind a mask that opens, so that its dashes stay where they are."""
    ink = strokes(line, sheet.dpi)[0].ink
    look, name, low, high = f"{inked(ink)} {sheet.clip(course.box)}", course.name, course.low[-1], course.high[-1]
    moving, end = sheet.use(f"{name}s", look), sheet.use(name, look)
    if ink.dash:
        opening = sheet.use(f"{name}s", f'fill="none" stroke="#fff" stroke-width="{number(ink.width + 0.2)}"')
        sheet.define("mask", f"{name}m", opening, f'maskUnits="userSpaceOnUse" {sides(course.box)}')
        moving = sheet.use(name, f'{look} mask="url(#{sheet.name(name)}m)"')
    if low > 0 or high < course.line.length:
        end = f'<path d="{"".join(map(outline, course.line.between(low, high)))}" {look}/>'
    return Part(line.get_zorder(), moving, end)


def tip_part(tip: Line2D, places: Array, course: Course, sheet: Sheet, times: Clock) -> Part:
    """The mark where a line ends, which it follows; where its place is NaN it is not to be seen."""
    name, length, clip = f"{course.name}h", course.line.length, sheet.clip(course.box)
    sheet.define("path", name, attributes=mark(tip, sheet))
    seen = np.asarray(np.isfinite(places).all(axis=1))
    place = np.clip(places[np.flatnonzero(seen)[-1]], -FARTHEST, FARTHEST)
    at = f'transform="translate({number(place[0])} {number(place[1])})"'
    states = times.jumps(["visible" if each else "hidden" for each in seen])
    motion = "" if seen.all() else f'<animate attributeName="visibility" {states}/>'
    moving = sheet.use(name, at, motion)
    if length:
        write = partial(share, places=2 + math.ceil(math.log10(length)))
        along = times.moves(course.high[:, None] / length, write, SEEN / length, "keyPoints")
        motion += f'<animateMotion {along}><mpath xlink:href="#{sheet.name(course.name)}"/></animateMotion>'
        moving = sheet.use(name, "", motion)
    end = sheet.use(name, at) if seen[-1] else ""
    return Part(tip.get_zorder(), *(f"<g {clip}>{content}</g>" for content in (moving, end)))


def share(row: Array, *, places: int) -> str:
    """A share of a line's length."""
    return number(float(row[0]), places)


def mark(tip: Line2D, sheet: Sheet) -> str:
    """The shape of a marker around its place, with its ink."""
    before, ax = tip.get_data(), tip.axes
    assert ax is not None
    center = np.array([[ax.bbox.x0 + ax.bbox.x1, ax.bbox.y0 + ax.bbox.y1]]) / 2
    tip.set_data(*ax.transData.inverted().transform(center).T)
    (stroke,) = strokes(tip, sheet.dpi)
    tip.set_data(*before)
    vertices = (np.asarray(stroke.path.vertices) - center) * (72 / sheet.dpi, -72 / sheet.dpi)
    return f'd="{curves(Path(vertices, stroke.path.codes))}" {inked(stroke.ink)}'


def other_parts(artist: Artist, frames: Sequence[Sequence[Stroke]], sheet: Sheet, times: Clock) -> Iterator[Part]:
    """Anything else, which is drawn anew at each step: one path for each of its strokes that looks different."""
    looks = dict.fromkeys((index, stroke.ink, stroke.clip) for frame in frames for index, stroke in enumerate(frame))
    for index, ink, clip in looks:
        states = [NOTHING] * len(frames)
        for time, frame in enumerate(frames):
            if index < len(frame) and (frame[index].ink, frame[index].clip) == (ink, clip):
                states[time] = sheet.path(frame[index].path)
        look = inked(ink) if clip is None else f"{inked(ink)} {sheet.clip(sheet.rectangle(clip))}"
        moving = f'<path d="{NOTHING}" {look}><animate attributeName="d" {times.jumps(states)}/></path>'
        yield Part(artist.get_zorder(), moving, "" if states[-1] == NOTHING else f'<path d="{states[-1]}" {look}/>')


def words_part(words: Sequence[str], where: Letters, sheet: Sheet, times: Clock) -> Part:
    """What is said of a run: every line under the one before, on a strip that moves up behind a slit."""
    size = float(where.text.get_fontsize())
    left, baseline = where.left * 72 / sheet.dpi, where.baseline * 72 / sheet.dpi
    pitch = math.ceil(2 * size)
    lines = [line for line, _ in groupby(words)]
    places = np.cumsum([0, *(one != other for one, other in pairwise(words))])
    strip = times.jumps([f"0 {number(-pitch * place)}" for place in places.tolist()])
    texts = "".join(f'<text y="{pitch * row}">{escape(line)}</text>' for row, line in enumerate(lines))
    slit = (left - size, baseline - 1.4 * size, sheet.width, baseline + 0.6 * size)
    look = f'transform="translate({number(left)} {number(baseline)})" font-family="{sheet.name("f")},{FALLBACK}" '
    look += f'font-size="{number(size)}" fill="{where.text.get_color()}"'
    motion = f'<animateTransform attributeName="transform" type="translate" {strip}/>'
    moving = f"<g {sheet.clip(slit)}><g {look}><g>{motion}{texts}</g></g></g>"
    return Part(where.text.get_zorder(), moving, f"<g {look}><text>{escape(words[-1])}</text></g>")
