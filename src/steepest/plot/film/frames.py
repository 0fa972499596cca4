"""What an encoder needs to know of a film besides its frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 4: red, green, blue and an opacity that is always 255. It may change when the next frame is asked for."""


@dataclass(frozen=True)
class Frame:
    """A picture and how long it is shown, in seconds."""

    pixels: Pixels
    seconds: float


@dataclass(frozen=True)
class FilmFormat:
    """A film apart from its frames.

    Attributes:
        width, height: in pixels.
        rate: frames a second.
        loop: whether it begins again at its end.
        colors: `#rrggbb` of what moves, which a palette must have.
        paper: the color behind them.
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
        """Names and texts of what is written beside the frames; empty ones are left out."""
        pairs = (("Title", self.title), ("Software", self.software), ("Description", self.made))
        return ((name, text) for name, text in pairs if text)
