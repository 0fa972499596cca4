"""What moves in a film, as elements of an animated SVG: what grows, what is drawn anew at each step, words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from xml.sax.saxutils import escape

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from steepest.plot.film.film import Actor, Film
from steepest.plot.film.sprites import Letters, letters
from steepest.plot.mpl.sprite import Stamp
from steepest.plot.scene.limits import Array
from steepest.plot.svg.document import NOTHING, Part, Sheet, inked
from steepest.plot.svg.path_animation import Tip, course_parts, growing, laid
from steepest.plot.svg.path_data import number
from steepest.plot.svg.strokes import Stroke, strokes
from steepest.plot.svg.timing import Clock

__all__ = ["parts", "spoken"]

FALLBACK = "DejaVu Sans,Verdana,sans-serif"


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
    grown = list(growing(film, actor))
    lines = {line for each in grown for line in each.lines}
    tips = {each.tip: Tip.over(len(steps)) for each in grown if each.tip is not None}
    others: dict[Artist, list[Sequence[Stroke]]] = {}
    stamps: dict[Stamp, Array] = {}
    for frame, step in enumerate(steps):
        for artist in actor.at(float(step)):
            if isinstance(artist, Line2D) and artist in tips:
                tips[artist].note(frame, artist, sheet)
            elif isinstance(artist, Stamp):
                place = artist.axes.transAxes.transform([artist.place])  # type: ignore[union-attr]
                stamps.setdefault(artist, np.full((len(steps), 2), np.nan))[frame] = sheet.points(place)[0]
            elif artist not in lines:
                others.setdefault(artist, [()] * len(steps))[frame] = strokes(artist, sheet.dpi)
    for each in grown:
        course = laid(f"{each.name}{index}", each, steps, sheet)
        yield from course_parts(course, each, None if each.tip is None else tips[each.tip], sheet, times)
    for artist, frames in others.items():
        yield from other_parts(artist, frames, sheet, times)
    for order, (word, places) in enumerate(stamps.items()):
        yield stamp_part(word, f"l{index}-{order}", places, sheet, times)


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


def stamp_part(stamp: Stamp, name: str, places: Array, sheet: Sheet, times: Clock) -> Part:
    """A word that moves, and where its place is NaN is not to be seen."""
    drawn = strokes(stamp.word, sheet.dpi)
    box = stamp.word.get_window_extent()
    middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2])
    sheet.define("g", name, "".join(f'<path d="{sheet.centered(stroke.path, middle)}" {inked(stroke.ink)}/>' for stroke in drawn))
    seen: list[bool] = [bool(np.isfinite(place).all()) for place in places]
    at = [f"{number(x)} {number(y)}" for x, y in np.nan_to_num(places).tolist()]
    hides = times.jumps(["inline" if each else "none" for each in seen])
    moving = f'<animateTransform attributeName="transform" type="translate" {times.jumps(at)}/>'
    moving += f'<animate attributeName="display" {hides}/>'
    end = sheet.use(name, f'transform="translate({at[-1]})"') if seen[-1] else ""
    return Part(stamp.get_zorder(), sheet.use(name, "", moving), end)


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
