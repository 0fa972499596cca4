"""How large a picture is, and how large the words in it: presets for slides, journals and posters, or pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from steepest.errors import InputError, clipped

AREA = 10.04 * 5.65  # square inches of a picture whose type has its own size: on 1920 x 1080 nothing is under 22 pixels
COARSEST = 85.0  # pixels an inch: on a smaller picture words shrink no further, as 10 pixels are the least that can be read
STILL_DPI = 150.0  # of a still picture without a size
FILM = (1280, 720)  # of a film without a size
SMALLEST = (4.0, 3.0)  # inches: width and height of a picture with words
LARGEST = 8192  # pixels a side
EXACT = 1e-7  # pixels, so that inches times pixels an inch are never rounded down


def whole_pixels(length: float, dpi: float, times: int = 1) -> float:
    """A length in inches that is a whole number of pixels, a multiple of some.

    >>> round(100 * whole_pixels(1.234, 100, 2), 6)
    124.0
    """
    return (times * round(length * dpi / times) + EXACT) / dpi


@dataclass(frozen=True)
class Preset:
    """A size by name.

    Attributes:
        width, height: in pixels.
        dpi: pixels an inch of a picture that is printed at a known width; what suits the area if None.
        type_scale: of the words, relative to the theme's sizes.
        bare: whether the picture alone is shown, without words.
        told: for help texts.
        tallest: up to how many pixels it grows in height where its panels need them; not at all if None.
    """

    width: int
    height: int
    dpi: float | None
    type_scale: float
    bare: bool
    told: str
    tallest: int | None = None


PRESETS = {
    "slide": Preset(1920, 1080, None, 1.0, False, "1920x1080"),
    "square": Preset(1080, 1080, None, 1.0, False, "1080x1080"),
    "column": Preset(1020, 1560, 300.0, 0.85, False, "a journal's column, 3.4 in wide, as high as it has to be", 2700),
    "poster": Preset(4800, 3600, None, 1.0, False, "4800x3600"),
    "thumbnail": Preset(480, 270, None, 1.0, True, "480x270, the picture alone"),
}


@dataclass(frozen=True)
class PictureSize:
    """The size of a picture.

    Attributes:
        inches: width and height; None where the scene decides.
        dpi: pixels an inch.
        type_scale, bare: see `Preset`.
        tallest: inches up to which it grows in height where its panels need them; not at all if None.
    """

    inches: tuple[float, float] | None
    dpi: float
    type_scale: float = 1.0
    bare: bool = False
    tallest: float | None = None


def picture_size(size: str | tuple[int, int] | None, dpi: float | None, *, film: bool) -> PictureSize:
    """The size of a picture from its options.

    Args:
        size: a preset's name, width and height in pixels, or None for what suits the scene (of a film 1280 x 720).
        dpi: pixels an inch; what keeps the type readable if None.

    Raises:
        InputError: for a size that is too small for its pixels an inch.

    >>> picture_size("slide", None, film=False).dpi.__round__()
    191
    """
    if size is None and not film:
        return PictureSize(None, dpi or STILL_DPI)
    preset = PRESETS.get(size) if isinstance(size, str) else None
    width, height = (preset.width, preset.height) if preset else FILM if size is None or isinstance(size, str) else size
    chosen = dpi or (preset and preset.dpi) or max(math.sqrt(width * height / AREA), COARSEST)
    scale, bare = (preset.type_scale, preset.bare) if preset else (1.0, False)
    if not (bare or (preset and preset.dpi and dpi is None)):
        _check_words(width, height, chosen)
    tallest = preset.tallest / chosen if preset and preset.tallest else None
    return PictureSize(((width + EXACT) / chosen, (height + EXACT) / chosen), chosen, scale, bare, tallest)


def checked_size(size: Any) -> str | tuple[int, int]:
    """A size as it is kept: a preset's name, or two whole numbers.

    Raises:
        InputError: for anything else.

    >>> checked_size([1280, 720]), checked_size("slide")
    ((1280, 720), 'slide')
    """
    if isinstance(size, str) and size in PRESETS:
        return size
    if isinstance(size, tuple | list) and len(size) == 2 and all(isinstance(s, Integral) and not isinstance(s, bool) for s in size):
        if max(size) > LARGEST:
            raise InputError(f"a picture has at most {LARGEST} pixels a side, not {size[0]}x{size[1]}")
        return int(size[0]), int(size[1])
    raise InputError(
        f"the size is one of {', '.join(PRESETS)}, or width and height in pixels, two whole numbers, not {clipped(repr(size))}"
    )


def _check_words(width: int, height: int, dpi: float) -> None:
    """Refuse a picture with too little room for its words."""
    least = tuple(round(low * dpi) for low in SMALLEST)
    if width < least[0] or height < least[1]:
        raise InputError(
            f"with {dpi:g} pixels an inch a picture is at least {least[0]}x{least[1]}, not {width}x{height}: "
            "make it larger, or --size thumbnail without words"
        )
