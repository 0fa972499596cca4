"""Words of films can be read on a projector: on 1920 x 1080 none is under 22 pixels, on other sizes in proportion."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
from matplotlib.text import Text
from tests.plot.mpl.words import smallest

import steepest
from steepest.plot.film.film import Film, film
from steepest.plot.film.sprites import TextSprite
from steepest.plot.options import FilmOptions, PictureOptions
from steepest.plot.scene.scene import scene
from steepest.plot.svg.film import write_svg
from steepest.runs.trajectory import Trajectory

LEAST, PIXELS = 22.0, 1920 * 1080

compare, descend = steepest.compare, steepest.descend
RACE = list(compare("rosenbrock", ["gd", "momentum(beta=0.9)", "adam(lr=0.05)"], lr=0.001, steps=300))
MANY = descend("x^2 + 2y^2 + 3z^2 + x*y*z/4", (2, 1.5, -1), lr=0.1)


class Kind(NamedTuple):
    runs: list[Trajectory]
    film: Mapping[str, Any] = MappingProxyType({})
    picture: Mapping[str, Any] = MappingProxyType({})


KINDS = {
    "curve": Kind([descend("1 - exp(-x^2) + x^2/9", start=1, lr=0.2)]),
    "plane": Kind(
        [descend("1e8*(x^2 + y^2)", (2, 1), optimizer="adam", lr=0.1, steps=9)], picture={"show": ("gradient", "v", "m")}
    ),
    "surface": Kind(RACE[:2], {"turn": 90}, {"view": "surface"}),
    "race": Kind([*compare("himmelblau", ["gd", "adam", "adagrad", "rmsprop", "nesterov", "momentum"], start=(0, 0), lr=0.01)]),
    "simplices": Kind([descend("rosenbrock", optimizer="scipy:Nelder-Mead")], picture={"show": ("trials",)}),
    "fit": Kind([steepest.fit("houses", "price ~ w*size + b", lr=2e-5)]),
    "caption": Kind(RACE, {"caption": "step"}),
    "parameters": Kind([MANY]),
    "slices": Kind([MANY], picture={"view": "slices"}),
    "chart": Kind([MANY], picture={"layout": "chart"}),
}


def texts(made: Film) -> Iterator[tuple[Text, str]]:
    """Every text of a film, and what it says at some frame."""
    canvas: Any = made.canvas
    canvas.draw()
    yield from ((text, text.get_text()) for text in made.layout.figure.findobj(Text) if text.get_visible())
    yield from ((word, word.get_text()) for card in made.cards.values() for word in card.words)
    for place, lines in zip(made.layout.strip, zip(*made.strip.pieces, strict=True) if made.strip else (), strict=True):
        yield from ((place, line) for line in set(lines))
    for place, run in zip(made.layout.captions, made.run_artists, strict=bool(made.layout.captions)):
        yield from ((place, run.caption(step, stage)) for step, stage in made.timeline)
    for fit in made.fits:
        if fit.caption is not None:
            yield fit.caption, "w = 1"
    for step, stage in made.timeline:
        for artist in made.artists_at(step, stage):
            if isinstance(artist, TextSprite):
                yield artist.text, artist.text.get_text()


@pytest.mark.parametrize("size", [None, "slide", "square"])
@pytest.mark.parametrize("name", KINDS)
def test_all_words_can_be_read(name: str, size: str | None) -> None:
    kind = KINDS[name]
    options = PictureOptions(size=size, **kind.picture)
    made = film(scene(kind.runs, options=options), FilmOptions(fps=4, **kind.film), picture_options=options)
    (width, height), dpi = made.size, made.layout.figure.dpi
    assert made.cards
    small = {
        words: pixels
        for text, words in texts(made)
        if words.strip() and (pixels := smallest(text, words) * dpi / 72) < LEAST * math.sqrt(width * height / PIXELS)
    }
    assert not small


@pytest.mark.parametrize("name", ["curve", "race", "caption", "parameters"])
def test_the_words_of_an_svg_are_as_large(name: str, tmp_path: Any) -> None:
    """Words that change are texts, those that stay are outlines of the same figure."""
    kind = KINDS[name]
    made = film(scene(kind.runs), FilmOptions(fps=4, **kind.film))
    with (tmp_path / "film.svg").open("wb") as file:
        write_svg(made, made.film_format(FilmOptions(), "", "", ""), file)
    svg = (tmp_path / "film.svg").read_text(encoding="utf-8")
    sizes = [float(found) for found in re.findall(r'font-size="([\d.]+)"', svg)]
    points = 72 / float(made.layout.figure.dpi)
    assert min(sizes) >= points * LEAST * math.sqrt(math.prod(made.size) / PIXELS)
