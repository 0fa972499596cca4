"""Fonts of this machine for characters that the fonts of a theme lack, such as those of other scripts."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

from matplotlib.font_manager import FontEntry, FontProperties, findfont, fontManager
from matplotlib.ft2font import FT2Font

from steepest.errors import PictureWarning
from steepest.plot.theme import Theme

BOXES = "Last Resort"  # a font that has a box for every character
SCENES = "steepest.plot.scene."
MOST_NAMED = 5  # characters
USUAL = 400  # the weight of a font


def with_fonts_for(theme: Theme, scene: Any) -> Theme:
    """The theme with further fonts, as far as there are any, for the characters of a scene that its own fonts lack.

    Warns:
        PictureWarning: of characters that no font of this machine has; they are drawn as boxes.
    """
    characters = {each for text in _texts(scene) if not text.isascii() for each in text if ord(each) > 0x7F}
    lacking = {each for each in characters if each.isprintable() and not any(_has(font, each) for font in _paths(theme.fonts))}
    if not lacking:
        return theme
    others, left = _fonts_with("".join(sorted(lacking)))
    if left:
        named = ", ".join(left[:MOST_NAMED]) + (", ..." if len(left) > MOST_NAMED else "")
        told = f"no font of this machine has {named}, drawn as a box: install one that has, such as Noto Sans CJK for Chinese"
        warnings.warn(told, PictureWarning, stacklevel=2)
    return replace(theme, others=others)


def _texts(part: Any) -> Iterator[str]:
    """Every text in a scene."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple | list):
        for each in part:
            yield from _texts(each)
    elif is_dataclass(part) and type(part).__module__.startswith(SCENES):
        for field in fields(part):
            yield from _texts(getattr(part, field.name))


@cache
def _paths(fonts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(findfont(FontProperties(family=[font])) for font in fonts)


@cache
def _charmap(path: str) -> frozenset[int]:
    """The characters of a font; none of one that has no outlines or cannot be read."""
    try:
        font = FT2Font(path)
        return frozenset(font.get_charmap()) if font.scalable else frozenset()
    except (RuntimeError, OSError):
        return frozenset()


def _has(path: str, character: str) -> bool:
    return ord(character) in _charmap(path)


@cache
def _fonts_with(characters: str) -> tuple[tuple[str, ...], str]:
    """Installed fonts that have these characters, as few as are found by taking the one with the most first, and what is left."""
    left, found = set(characters), []
    while left:
        best, covered = "", set[str]()
        for entry in _installed():
            covers = {each for each in left if _has(entry.fname, each)}
            if len(covers) > len(covered):
                best, covered = entry.name, covers
            if covers == left:
                break
        if not covered:
            break
        found.append(best)
        left -= covered
    return tuple(found), "".join(sorted(left))


def _installed() -> list[FontEntry]:
    """The upright fonts, those of usual weight first."""
    upright = [entry for entry in fontManager.ttflist if entry.style == "normal" and not entry.name.startswith(BOXES)]
    return sorted(upright, key=lambda entry: abs(entry.weight - USUAL) if isinstance(entry.weight, int) else 0)
