"""Frames, and what an encoder needs to know of a film besides them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 4: red, green, blue and opacity."""


@dataclass(frozen=True)
class Frame:
    """One picture of a film.

    Attributes:
        pixels: all opaque; they may change when the next frame is asked for.
        seconds: for which it is shown.
    """

    pixels: Pixels
    seconds: float


@dataclass(frozen=True)
class FilmFormat:
    """Everything about a film except its frames.

    Attributes:
        width, height: in pixels.
        rate: frames a second.
        loop: whether it begins again at its end.
        colors: `#rrggbb` of what moves, which a palette must contain.
        paper: the background color.
        title, software, made: what it shows, what made it, and the command that makes it again.
    """

    width: int
    height: int
    rate: float
    loop: bool
    colors: tuple[str, ...]
    paper: str
    title: str
    software: str
    made: str

    @property
    def tags(self) -> Iterator[tuple[str, str]]:
        """The metadata as names and texts; empty ones are left out."""
        pairs = (("Title", self.title), ("Software", self.software), ("Description", self.made))
        return ((name, text) for name, text in pairs if text)
