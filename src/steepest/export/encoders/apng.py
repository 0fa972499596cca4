"""Animated PNG: the same patches as in a GIF, compressed without loss (W3C, PNG, third edition, 2025)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from itertools import chain
from typing import IO

import numpy as np

from steepest.export.encoders.patches import TRANSPARENT, Patch, palette_for, patches
from steepest.plot.film.frames import FilmFormat, Frame, Pixels

INDEXED = 3  # the color type
KEEP, OVER = 0, 1  # dispose and blend operations
LEVEL = 6
TICKS = 1000  # of a second


def write_apng(frames: Iterable[Frame], film_format: FilmFormat, file: IO[bytes]) -> None:
    """Write a film; the number of frames is filled in at the end, so the file must be seekable."""
    frames = iter(frames)
    first = next(frames)
    palette = palette_for(first.pixels, film_format)
    file.write(b"\x89PNG\r\n\x1a\n")
    _chunk(file, b"IHDR", struct.pack(">IIBBBBB", film_format.width, film_format.height, 8, INDEXED, 0, 0, 0))
    count_at = file.tell()
    _chunk(file, b"acTL", bytes(8))
    for name, text in film_format.tags:
        _chunk(file, b"iTXt", name.encode() + b"\x00\x00\x00\x00\x00" + text.encode())
    _chunk(file, b"PLTE", palette.colors.tobytes())
    _chunk(file, b"tRNS", b"\xff" * TRANSPARENT + b"\x00")
    seconds, ticks, number, count = 0.0, 0, 0, 0
    for patch in patches(chain([first], frames), palette):
        seconds += patch.seconds
        delay = round(TICKS * seconds) - ticks
        ticks += delay
        _chunk(file, b"fcTL", _control(patch, number, delay))
        data = zlib.compress(_filtered(patch.indices), LEVEL)
        _chunk(file, *((b"fdAT", struct.pack(">I", number + 1) + data) if count else (b"IDAT", data)))
        number += 2 if count else 1
        count += 1
    _chunk(file, b"IEND", b"")
    file.seek(count_at)
    _chunk(file, b"acTL", struct.pack(">II", count, 0 if film_format.loop else 1))
    file.seek(0, 2)


def _control(patch: Patch, number: int, delay: int) -> bytes:
    height, width = patch.indices.shape
    area = struct.pack(">IIIII", number, width, height, patch.left, patch.top)
    return area + struct.pack(">HHBB", min(delay, 0xFFFF), TICKS, KEEP, OVER)


def _filtered(indices: Pixels) -> bytes:
    """The rows, each after the number of its filter: 0, none, which suits a palette."""
    return np.pad(indices, ((0, 0), (1, 0))).tobytes()


def _chunk(file: IO[bytes], kind: bytes, data: bytes) -> None:
    file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
