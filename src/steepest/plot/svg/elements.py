"""What moves in a film, as elements of an animated SVG: paths that grow, artists that change at each step, labels, captions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from steepest.plot.film.film import Film
from steepest.plot.film.run_artist import RunArtist
from steepest.plot.film.sprites import TextSprite
from steepest.plot.scene.limits import Array
from steepest.plot.svg.document import NOTHING, Element, SvgDocument, style_attributes
from steepest.plot.svg.fit_animation import fit_elements
from steepest.plot.svg.path_animation import MovingMarker, path_animation, path_elements, path_sources
from steepest.plot.svg.path_data import number
from steepest.plot.svg.strokes import Stroke, strokes
from steepest.plot.svg.timing import Timing
from steepest.plot.svg.words import word_elements


def elements(film: Film, document: SvgDocument, timing: Timing) -> list[Element]:
    """Everything that moves in a film, in drawing order."""
    found: list[Element] = []
    for index, run in enumerate(film.run_artists):
        found += _run_elements(film, run, document, timing, index)
    for index, fit in enumerate(film.fits):
        moving = fit_elements(fit, film.timeline.steps, document, timing, f"f{index}")
        found += [_where_runs_are_shown(element, film, timing) for element in moving]
    found += word_elements(film, document, timing)
    return sorted(found, key=lambda element: element.zorder)


def _where_runs_are_shown(element: Element, film: Film, timing: Timing) -> Element:
    """An element that is displayed at the stages that show runs."""
    shown = [stage.shows_runs for _, stage in film.timeline]
    if all(shown):
        return element
    display = timing.jumps(["inline" if each else "none" for each in shown])
    return replace(element, moving=f'<g><animate attributeName="display" {display}/>{element.moving}</g>')


def _run_elements(film: Film, run: RunArtist, document: SvgDocument, timing: Timing, index: int) -> Iterator[Element]:
    """One run: its path and its line in the chart with their markers, and all other artists."""
    steps = np.minimum(film.timeline.steps, len(run.run.values) - 1)
    sources = list(path_sources(film, run))
    lines = {line for source in sources for line in source.lines}
    markers = {source.marker: MovingMarker.empty(len(steps)) for source in sources if source.marker is not None}
    others: dict[Artist, list[Sequence[Stroke]]] = {}
    sprites: dict[TextSprite, Array] = {}
    for frame, (step, stage) in enumerate(film.timeline):
        for artist in run.at(step, stage):
            if isinstance(artist, Line2D) and artist in markers:
                markers[artist].record(frame, artist, document)
            elif isinstance(artist, TextSprite):
                center = artist.axes.transAxes.transform([artist.center])  # type: ignore[union-attr]
                sprites.setdefault(artist, np.full((len(steps), 2), np.nan))[frame] = document.points(center)[0]
            elif artist not in lines:
                others.setdefault(artist, [()] * len(steps))[frame] = strokes(artist, document.dpi)
    for source in sources:
        animation = path_animation(f"{source.name}{index}", source, steps, document)
        yield from path_elements(animation, None if source.marker is None else markers[source.marker], document, timing)
    for artist, frames in others.items():
        yield from _artist_elements(artist, frames, document, timing)
    for order, (sprite, centers) in enumerate(sprites.items()):
        yield _sprite_element(sprite, f"l{index}-{order}", centers, document, timing)


def _artist_elements(
    artist: Artist, frames: Sequence[Sequence[Stroke]], document: SvgDocument, timing: Timing
) -> Iterator[Element]:
    """An artist that changes at each step: a path for each of its strokes and each of the styles that a stroke has."""
    styles = dict.fromkeys((index, stroke.style, stroke.clip) for frame in frames for index, stroke in enumerate(frame))
    for index, style, clip in styles:
        states = [NOTHING] * len(frames)
        for time, frame in enumerate(frames):
            if index < len(frame) and (frame[index].style, frame[index].clip) == (style, clip):
                states[time] = document.path(frame[index].path)
        attributes = style_attributes(style)
        if clip is not None:
            attributes += f" {document.clip(document.rectangle(clip))}"
        if len(set(states)) == 1:
            yield Element(artist.get_zorder(), *2 * (f'<path d="{states[0]}" {attributes}/>',))
            continue
        moving = f'<path d="{NOTHING}" {attributes}><animate attributeName="d" {timing.jumps(states)}/></path>'
        end = "" if states[-1] == NOTHING else f'<path d="{states[-1]}" {attributes}/>'
        yield Element(artist.get_zorder(), moving, end)


def _sprite_element(sprite: TextSprite, name: str, centers: Array, document: SvgDocument, timing: Timing) -> Element:
    """A label that moves; where its center is NaN it is not displayed."""
    box = sprite.text.get_window_extent()
    middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2])
    outlines = (
        f'<path d="{document.centered(stroke.path, middle)}" {style_attributes(stroke.style)}/>'
        for stroke in strokes(sprite.text, document.dpi)
    )
    document.define("g", name, "".join(outlines))
    displayed: list[bool] = [bool(np.isfinite(center).all()) for center in centers]
    shifts = [f"{number(x)} {number(y)}" for x, y in np.nan_to_num(centers).tolist()]
    display = timing.jumps(["inline" if each else "none" for each in displayed])
    moving = f'<animateTransform attributeName="transform" type="translate" {timing.jumps(shifts)}/>'
    moving += f'<animate attributeName="display" {display}/>'
    end = document.use(name, f'transform="translate({shifts[-1]})"') if displayed[-1] else ""
    return Element(sprite.get_zorder(), document.use(name, "", moving), end)
