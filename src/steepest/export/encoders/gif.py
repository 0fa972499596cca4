"""GIF: one palette, and patches over the picture before (GIF89a specification, CompuServe 1990)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from io import BytesIO
from itertools import chain
from typing import IO

from PIL import Image

from steepest.export.encoders.patches import TRANSPARENT, Patch, palette_for, patches
from steepest.plot.film.frames import FilmFormat, Frame, Pixels

COLOR_TABLE = 0xF7  # a global table of 256 colors
FOREVER = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
KEEP_AND_TRANSPARENT = 0x05  # the picture stays under the next patch; one color is transparent
BLOCK = 255
SHORTEST = 2  # hundredths of a second: players slow down what is faster


def write_gif(frames: Iterable[Frame], film_format: FilmFormat, file: IO[bytes]) -> None:
    """Write a film; times are rounded to hundredths of a second so that their sum is right."""
    frames = iter(frames)
    first = next(frames)
    palette = palette_for(first.pixels, film_format)
    file.write(
        b"GIF89a" + struct.pack("<HHBBB", film_format.width, film_format.height, COLOR_TABLE, 0, 0) + palette.colors.tobytes()
    )
    file.write(FOREVER if film_format.loop else b"")
    comment = "\n".join(f"{name}: {text}" for name, text in film_format.tags).encode()
    file.write(b"\x21\xfe" + _blocks(comment))
    seconds, hundredths = 0.0, 0
    for patch in patches(chain([first], frames), palette):
        seconds += patch.seconds
        delay = max(round(100 * seconds) - hundredths, SHORTEST)
        hundredths += delay
        _write_patch(patch, min(delay, 0xFFFF), file)
    file.write(b"\x3b")


def _write_patch(patch: Patch, delay: int, file: IO[bytes]) -> None:
    height, width = patch.indices.shape
    file.write(b"\x21\xf9\x04" + struct.pack("<BHB", KEEP_AND_TRANSPARENT, delay, TRANSPARENT) + b"\x00")
    file.write(b"\x2c" + struct.pack("<HHHHB", patch.left, patch.top, width, height, 0) + _compressed(patch.indices))


def _compressed(indices: Pixels) -> bytes:
    """The image data that Pillow makes of these indices: what follows the image descriptor, without the trailer."""
    single = BytesIO()
    Image.fromarray(indices).save(single, "GIF", optimize=False, interlace=0)
    data = single.getbuffer()
    start = 13 + 3 * 256
    while data[start] == 0x21:  # an extension
        start += 2
        while data[start]:
            start += data[start] + 1
        start += 1
    return bytes(data[start + 10 : len(data) - 1])


def _blocks(text: bytes) -> bytes:
    """Data in blocks of at most 255 bytes, each after its length, and an empty one."""
    pieces = (text[first : first + BLOCK] for first in range(0, len(text), BLOCK))
    return b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\x00"
