"""Words that change in an animated SVG: the captions of runs, the strip below, the cards."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from matplotlib.text import Text

from steepest.plot.film.card import Card
from steepest.plot.film.film import Film
from steepest.plot.film.sprites import GlyphSprites, glyph_sprites
from steepest.plot.film.timeline import Stage
from steepest.plot.scene.fit import fit_caption
from steepest.plot.svg.document import Element, SvgDocument, style_attributes
from steepest.plot.svg.path_data import number
from steepest.plot.svg.strokes import strokes
from steepest.plot.svg.timing import Timing

FALLBACK = "DejaVu Sans,Verdana,sans-serif"
BASELINE = 0.36  # below the middle of a line, in sizes of the font


def word_elements(film: Film, document: SvgDocument, timing: Timing) -> Iterator[Element]:
    """The captions, the strip and the cards of a film."""
    for text, lines in changing_lines(film).items():
        yield _caption_element(lines, glyph_sprites(text, film.canvas), document, timing)
    for stage, card in film.cards.items():
        yield _card_element(card, stage, film, document, timing)
    if film.layout.ends:
        yield _ends_element(film, document, timing)


def changing_lines(film: Film) -> dict[Text, list[str]]:
    """The texts that change from frame to frame, and what they are at each."""
    texts = (*film.layout.captions, *film.layout.strip)
    found = dict(zip(texts, [*captions(film), *strip_lines(film)], strict=True))
    for fit in film.fits:
        if fit.caption is not None:
            found[fit.caption] = [
                fit_caption(fit.curve, step, fit.digits) if stage.shows_runs else "" for step, stage in film.timeline
            ]
    return found


def captions(film: Film) -> list[list[str]]:
    """The caption of each run at each frame, with spaces that browsers do not collapse."""
    if not film.layout.captions:
        return []
    return [[_spaced(run.caption(step, stage)) for step, stage in film.timeline] for run in film.run_artists]


def strip_lines(film: Film) -> list[list[str]]:
    """Each text of the strip at each frame."""
    if film.strip is None:
        return []
    return [[_spaced(text) for text in texts] for texts in zip(*film.strip.pieces, strict=True)]


def changing_words(film: Film) -> tuple[str, Text | None]:
    """The characters of all words that change, and a text in their font; None if there are none."""
    changing = changing_lines(film)
    words = [*(word for card in film.cards.values() for word in card.words), *film.layout.ends]
    lines = [line for text in changing.values() for line in text] + [_spaced(word.get_text()) for word in words]
    texts = [*changing, *words]
    return "".join(sorted({character for line in lines for character in line})), texts[0] if texts else None


def _spaced(text: str) -> str:
    return text.replace("  ", " \u00a0")


def _font(document: SvgDocument, size: float, color: Any) -> str:
    """The font of words that change, as attributes."""
    return f'font-family="{document.name("f")},{FALLBACK}" font-size="{number(size)}" fill="{color}"'


def _caption_element(lines: Sequence[str], glyphs: GlyphSprites, document: SvgDocument, timing: Timing) -> Element:
    """A line of words: all that it says, each below the one before, moved up behind a clip path that shows one of them."""
    size = float(glyphs.text.get_fontsize())
    left, baseline = glyphs.left * 72 / document.dpi, glyphs.baseline * 72 / document.dpi
    pitch = math.ceil(2 * size)
    rows = np.cumsum([0, *(one != other for one, other in pairwise(lines))])
    shifts = timing.jumps([f"0 {number(-pitch * row)}" for row in rows.tolist()])
    texts = "".join(f'<text y="{pitch * row}">{escape(line)}</text>' for row, (line, _) in enumerate(groupby(lines)))
    window = (left - size, baseline - 1.4 * size, document.width, baseline + 0.6 * size)
    attributes = f'transform="translate({number(left)} {number(baseline)})" {_font(document, size, glyphs.text.get_color())}'
    motion = f'<animateTransform attributeName="transform" type="translate" {shifts}/>'
    moving = f"<g {document.clip(window)}><g {attributes}><g>{motion}{texts}</g></g></g>"
    return Element(glyphs.text.get_zorder(), moving, f"<g {attributes}><text>{escape(lines[-1])}</text></g>")


def _card_element(card: Card, stage: Stage, film: Film, document: SvgDocument, timing: Timing) -> Element:
    """A card, which is displayed in its stage."""
    content = []
    for artist in (card.box, *card.marks):
        content += [
            f'<path d="{document.path(stroke.path)}" {style_attributes(stroke.style)}/>' for stroke in strokes(artist, document.dpi)
        ]
    words = "".join([*content, *(_line_of(word, word.get_position(), document) for word in card.words)])
    shown = [each == stage for each in film.timeline.stages.tolist()]
    return _displayed(words, shown, card.box.get_zorder(), timing)


def _ends_element(film: Film, document: SvgDocument, timing: Timing) -> Element:
    """The last values of parameters, which are displayed at the last step."""
    words = []
    for text in film.layout.ends:
        box = text.get_window_extent()
        words.append(_line_of(text, (box.x0, (box.y0 + box.y1) / 2), document))
    shown = [step >= film.timeline.steps[-1] for step in film.timeline.steps.tolist()]
    return _displayed("".join(words), shown, film.layout.ends[0].get_zorder(), timing)


def _line_of(text: Text, place: tuple[float, float], document: SvgDocument) -> str:
    """A line of words that begins at a place in pixels, the middle of the line."""
    x, y = document.points(np.array([place], dtype=np.float64))[0].tolist()
    size = float(text.get_fontsize())
    font = _font(document, size, text.get_color())
    return f'<text x="{number(x)}" y="{number(y + BASELINE * size)}" {font}>{escape(_spaced(text.get_text()))}</text>'


def _displayed(words: str, shown: Sequence[bool], zorder: float, timing: Timing) -> Element:
    """Words that are displayed in some frames."""
    display = timing.jumps(["inline" if each else "none" for each in shown])
    moving = f'<g display="none"><animate attributeName="display" {display}/>{words}</g>'
    return Element(zorder, moving, f"<g>{words}</g>" if shown[-1] else "")
