"""How a film is cut: its length, its pace, its size."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from numbers import Integral, Real

from steepest.errors import InputError

PACES = ("steps", "uniform", "log")
SMALLEST = (4, 3)  # inches, as for a picture
LARGEST = 8192  # pixels
WHOLE = ("frames", "trail")


@dataclass(frozen=True)
class FilmOptions:
    """How a film is cut.

    Attributes:
        fps: frames a second, from 1 to 120.
        seconds, frames: the length before the last frame is held, one of them at most; 2 to 6 seconds if neither.
        size: width and height in pixels; what suits the picture if None.
        dpi: pixels an inch, which decides on the size of the words.
        loop: whether it begins again at its end, where the format can say so.
        hold: seconds on the last frame.
        pace: `steps`, one frame for each step; `uniform`, the same time for each step; `log`, in which step k begins at a
            time proportional to log(1 + k), so that the first steps, where most happens, get the most time. By default
            `uniform` for up to 60 steps, else `log`.
        trail: how many of the last steps stay visible; all if None.
        turn: degrees by which the camera of a surface turns over the film, counterclockwise as seen from above.
    """

    fps: float = 30.0
    seconds: float | None = None
    frames: int | None = None
    size: tuple[int, int] | None = None
    dpi: float = 100.0
    loop: bool = True
    hold: float = 2.0
    pace: str | None = None
    trail: int | None = None
    turn: float = 0.0

    def check(self) -> None:
        """Refuse numbers out of range.

        Raises:
            InputError: for these, and for a length besides the pace `steps`, which has its own.
        """
        for part in fields(self):
            _check_kind(part.name, getattr(self, part.name), optional=part.default is None)
        if not 1 <= self.fps <= 120:
            raise InputError(f"a film has 1 to 120 frames a second, not {self.fps:g}")
        if self.pace is not None and self.pace not in PACES:
            raise InputError(f"the pace is one of {', '.join(PACES)}, not {self.pace!r}")
        if self.seconds is not None and not 0 < self.seconds < math.inf:
            raise InputError(f"a film lasts more than 0 seconds, not {self.seconds:g}")
        if self.frames is not None and self.frames < 1:
            raise InputError(f"a film has at least one frame, not {self.frames}")
        if not 0 <= self.hold < math.inf:
            raise InputError(f"the last frame is held for 0 or more seconds, not {self.hold:g}")
        if self.seconds is not None and self.frames is not None:
            raise InputError("a film has a number of seconds or of frames, not both")
        if self.pace == "steps" and (self.seconds is not None or self.frames is not None):
            raise InputError("with a frame for every step, the steps say how long the film is: leave out its seconds or frames")
        if self.trail is not None and self.trail < 1:
            raise InputError(f"a trail has at least one step, not {self.trail}")
        if not -3600 <= self.turn <= 3600:
            raise InputError(f"the camera turns by -3600 to 3600 degrees, not {self.turn:g}")
        if not 20 <= self.dpi <= 1200:
            raise InputError(f"a film has 20 to 1200 pixels an inch, not {self.dpi:g}")
        if self.size is not None and not all(
            low * self.dpi <= side <= LARGEST for low, side in zip(SMALLEST, self.size, strict=True)
        ):
            least = "x".join(f"{low * self.dpi:.0f}" for low in SMALLEST)
            raise InputError(
                f"with {self.dpi:g} pixels an inch a film is {least} to {LARGEST}x{LARGEST}, not {self.size[0]}x{self.size[1]}"
            )

    @property
    def chosen(self) -> dict[str, object]:
        """What differs from the defaults."""
        return {part.name: value for part in fields(self) if (value := getattr(self, part.name)) != part.default}


def _check_kind(name: str, value: object, *, optional: bool) -> None:
    """Refuse what is no number where one is needed, such as a text of digits."""
    if (optional and value is None) or name in ("loop", "pace"):
        return
    if name == "size":
        whole = isinstance(value, tuple | list) and len(value) == 2 and all(is_number(side, Integral) for side in value)
        if not whole:
            raise InputError(f"the size of a film is its width and height in pixels, two whole numbers, not {value!r}")
    elif not is_number(value, Integral if name in WHOLE else Real):
        raise InputError(f"{name} is a {'whole ' if name in WHOLE else ''}number, not {value!r}")


def is_number(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
