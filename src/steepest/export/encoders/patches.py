"""Frames as patches of palette colors: only what changed, and how long it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from steepest.plot.film.frames import FilmFormat, Frame, Pixels

TRANSPARENT = 255  # the palette's last color: the pixel stays as it was
SHADES = 7  # from a moving color to the one behind it, for smooth edges
Codes = NDArray[np.uint32]  # the four channels of a pixel as one number
BITS = 5  # of each channel, by which a color is looked up


@dataclass(frozen=True, eq=False)
class Palette:
    """Up to 255 colors.

    Attributes:
        colors: 256 rows of red, green and blue.
        lookup: the nearest color of each of 32 x 32 x 32.
    """

    colors: Pixels
    lookup: Pixels

    def indices(self, pixels: Pixels) -> Pixels:
        """The nearest color of each pixel."""
        red, green, blue = (pixels[..., channel].astype(np.uint16) >> (8 - BITS) for channel in range(3))
        return np.asarray(self.lookup[(red << 2 * BITS) | (green << BITS) | blue])


@dataclass(frozen=True, eq=False)
class Patch:
    """A rectangle of palette indices to put over the picture before, and how long the result is shown, in seconds."""

    left: int
    top: int
    indices: Pixels
    seconds: float


def palette_for(first: Pixels, film_format: FilmFormat) -> Palette:
    """The colors of the first frame, and of what will move over it."""
    ramps = [_ramp(color, film_format.paper) for color in film_format.colors]
    own = np.unique(np.concatenate([*ramps, np.zeros((0, 3), np.uint8)]), axis=0)[: TRANSPARENT // 2]
    image = Image.fromarray(np.ascontiguousarray(first[..., :3]))
    rest = image.quantize(TRANSPARENT - len(own), method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    found = np.array(rest.getpalette(), dtype=np.uint8).reshape(-1, 3)[: TRANSPARENT - len(own)]
    colors = np.zeros((256, 3), np.uint8)
    colors[: len(own) + len(found)] = np.concatenate([own, found])
    colors[len(own) + len(found) :] = colors[0]
    return Palette(colors, _nearest(colors[:TRANSPARENT]))


def _ramp(color: str, paper: str) -> Pixels:
    """Colors from one to the other."""
    ends = [[int(text[first : first + 2], 16) for first in (1, 3, 5)] for text in (color, paper)]
    shares = np.linspace(0, 1, SHADES)[:, None]
    return np.rint((1 - shares) * ends[0] + shares * ends[1]).astype(np.uint8)


def _nearest(colors: Pixels) -> Pixels:
    """The index of the nearest color for each of the 32 x 32 x 32 that a pixel can round to."""
    code = np.arange(1 << 3 * BITS)
    channels = [(code >> shift) & 31 for shift in (2 * BITS, BITS, 0)]
    every = np.stack([channel << 3 | channel >> 2 for channel in channels], axis=-1).astype(np.float32)
    table = colors.astype(np.float32)
    distances = (table**2).sum(axis=1) - 2 * every @ table.T
    return np.asarray(distances.argmin(axis=1).astype(np.uint8))


def patches(frames: Iterable[Frame], palette: Palette) -> Iterator[Patch]:
    """The whole first frame, then the changes; a frame without a change lengthens the one before."""
    waiting: Patch | None = None
    before: Codes | None = None
    for frame in frames:
        code = frame.pixels.view(np.uint32)[..., 0]
        box = (0, 0, code.shape[1], code.shape[0]) if before is None else _changed(before, code)
        if waiting is not None and box is None:
            waiting = Patch(waiting.left, waiting.top, waiting.indices, waiting.seconds + frame.seconds)
            continue
        if waiting is not None:
            yield waiting
        assert box is not None
        left, top, right, bottom = box
        part = (slice(top, bottom), slice(left, right))
        indices = palette.indices(frame.pixels[part])
        if before is None:
            before = code.copy()
        else:
            indices[before[part] == code[part]] = TRANSPARENT
            before[part] = code[part]
        waiting = Patch(left, top, indices, frame.seconds)
    if waiting is not None:
        yield waiting


def _changed(before: Codes, after: Codes) -> tuple[int, int, int, int] | None:
    """The smallest rectangle around everything that differs: left, top, right and bottom."""
    different = before != after
    rows = np.flatnonzero(different.any(axis=1))
    if not rows.size:
        return None
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(different[top:bottom].any(axis=0))
    return int(columns[0]), top, int(columns[-1]) + 1, bottom
