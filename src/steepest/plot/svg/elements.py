"""What moves in a film, as elements of an animated SVG: what grows, what is drawn anew at each step, words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from xml.sax.saxutils import escape

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from steepest.plot.film.film import Film, RunArtist
from steepest.plot.film.sprites import GlyphSprites, glyph_sprites
from steepest.plot.mpl.sprite import TextSprite
from steepest.plot.scene.limits import Array
from steepest.plot.svg.document import NOTHING, Element, SvgDocument, style_attributes
from steepest.plot.svg.path_animation import MovingMarker, animated, path_animations, path_elements
from steepest.plot.svg.path_data import number
from steepest.plot.svg.strokes import Stroke, strokes
from steepest.plot.svg.timing import Timing

FALLBACK = "DejaVu Sans,Verdana,sans-serif"


def elements(film: Film, document: SvgDocument, times: Timing) -> list[Element]:
    """Everything that moves, in the order in which it is drawn."""
    found: list[Element] = []
    for index, (run_artist, text, words) in enumerate(zip(film.run_artists, film.layout_.words, texts(film), strict=True)):
        found += _run_elements(film, run_artist, document, times, index)
        found.append(_text_element(words, glyph_sprites(text, film.canvas), document, times))
    return sorted(found, key=lambda part: part.over)


def texts(film: Film) -> list[list[str]]:
    """What is said of each run at each frame, with spaces that no browser joins."""
    return [
        [run_artist.words(float(step)).replace("  ", " \xa0") for step in film.timeline.steps] for run_artist in film.run_artists
    ]


def _run_elements(film: Film, run_artist: RunArtist, document: SvgDocument, times: Timing, index: int) -> Iterator[Element]:
    """A run: its path with its head, its graph with its tip, and what else it shows on the way."""
    steps = np.minimum(film.timeline.steps, len(run_artist.scene_run.values) - 1)
    grown = list(path_animations(film, run_artist))
    lines = {line for each in grown for line in each.lines}
    tips = {each.tip: MovingMarker.over(len(steps)) for each in grown if each.tip is not None}
    others: dict[Artist, list[Sequence[Stroke]]] = {}
    stamps: dict[TextSprite, Array] = {}
    for frame, step in enumerate(steps):
        for artist in run_artist.at(float(step)):
            if isinstance(artist, Line2D) and artist in tips:
                tips[artist].note(frame, artist, document)
            elif isinstance(artist, TextSprite):
                place = artist.axes.transAxes.transform([artist.place])  # type: ignore[union-attr]
                stamps.setdefault(artist, np.full((len(steps), 2), np.nan))[frame] = document.points(place)[0]
            elif artist not in lines:
                others.setdefault(artist, [()] * len(steps))[frame] = strokes(artist, document.dpi)
    for each in grown:
        animated_path = animated(f"{each.name}{index}", each, steps, document)
        yield from path_elements(animated_path, each, None if each.tip is None else tips[each.tip], document, times)
    for artist, frames in others.items():
        yield from _artist_elements(artist, frames, document, times)
    for order, (word, places) in enumerate(stamps.items()):
        yield _sprite_element(word, f"l{index}-{order}", places, document, times)


def _artist_elements(artist: Artist, frames: Sequence[Sequence[Stroke]], document: SvgDocument, times: Timing) -> Iterator[Element]:
    """Anything else, which is drawn anew at each step: one path for each of its strokes that looks different."""
    looks = dict.fromkeys((index, stroke.style, stroke.clip) for frame in frames for index, stroke in enumerate(frame))
    for index, style, clip in looks:
        states = [NOTHING] * len(frames)
        for time, frame in enumerate(frames):
            if index < len(frame) and (frame[index].style, frame[index].clip) == (style, clip):
                states[time] = document.path(frame[index].path)
        picture_options = (
            style_attributes(style) if clip is None else f"{style_attributes(style)} {document.clip(document.rectangle(clip))}"
        )
        moving = f'<path d="{NOTHING}" {picture_options}><animate attributeName="d" {times.jumps(states)}/></path>'
        yield Element(artist.get_zorder(), moving, "" if states[-1] == NOTHING else f'<path d="{states[-1]}" {picture_options}/>')


def _sprite_element(text_sprite: TextSprite, name: str, places: Array, document: SvgDocument, times: Timing) -> Element:
    """A word that moves, and where its place is NaN is not to be seen."""
    drawn = strokes(text_sprite.word, document.dpi)
    box = text_sprite.word.get_window_extent()
    middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2])
    document.define(
        "g",
        name,
        "".join(f'<path d="{document.centered(stroke.path, middle)}" {style_attributes(stroke.style)}/>' for stroke in drawn),
    )
    seen: list[bool] = [bool(np.isfinite(place).all()) for place in places]
    at = [f"{number(x)} {number(y)}" for x, y in np.nan_to_num(places).tolist()]
    hides = times.jumps(["inline" if each else "none" for each in seen])
    moving = f'<animateTransform attributeName="transform" type="translate" {times.jumps(at)}/>'
    moving += f'<animate attributeName="display" {hides}/>'
    end = document.use(name, f'transform="translate({at[-1]})"') if seen[-1] else ""
    return Element(text_sprite.get_zorder(), document.use(name, "", moving), end)


def _text_element(words: Sequence[str], where: GlyphSprites, document: SvgDocument, times: Timing) -> Element:
    """What is said of a run: every line under the one before, on a strip that moves up behind a slit."""
    size = float(where.text.get_fontsize())
    left, baseline = where.left * 72 / document.dpi, where.baseline * 72 / document.dpi
    pitch = math.ceil(2 * size)
    lines = [line for line, _ in groupby(words)]
    places = np.cumsum([0, *(one != other for one, other in pairwise(words))])
    strip = times.jumps([f"0 {number(-pitch * place)}" for place in places.tolist()])
    texts = "".join(f'<text y="{pitch * row}">{escape(line)}</text>' for row, line in enumerate(lines))
    slit = (left - size, baseline - 1.4 * size, document.width, baseline + 0.6 * size)
    picture_options = f'transform="translate({number(left)} {number(baseline)})" font-family="{document.name("f")},{FALLBACK}" '
    picture_options += f'font-size="{number(size)}" fill="{where.text.get_color()}"'
    motion = f'<animateTransform attributeName="transform" type="translate" {strip}/>'
    moving = f"<g {document.clip(slit)}><g {picture_options}><g>{motion}{texts}</g></g></g>"
    return Element(where.text.get_zorder(), moving, f"<g {picture_options}><text>{escape(words[-1])}</text></g>")
