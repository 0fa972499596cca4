"""How something changes over a film, as the attributes of an animation in SVG."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from steepest.plot.film.timeline import Timeline
from steepest.plot.scene.limits import Array
from steepest.plot.svg.path_data import number


@dataclass(frozen=True, eq=False)
class Timing:
    """When each frame of a film begins.

    Attributes:
        shares: of the whole film, from 0.
        seconds: the whole film's, the time included for which its last frame stays.
        loop: whether it begins again at its end.
        steady: whether a frame stays until the next, instead of moving on to it.
    """

    shares: Array
    seconds: float
    loop: bool
    steady: bool

    def jumps(self, states: Sequence[str]) -> str:
        """The attributes of what stays as it is until it becomes something else; a state for each frame."""
        kept = [index for index, state in enumerate(states) if not index or state != states[index - 1]]
        return self.attributes("discrete", "values", [states[index] for index in kept], self.shares[kept])

    def moves(self, rows: Array, write: Callable[[Array], str], tolerance: float, name: str = "values") -> str:
        """The attributes of what moves on all the time; a row for each frame."""
        steady = [True, *(rows[1:] != rows[:-1]).any(axis=1)]
        kept = np.flatnonzero(steady) if self.steady else needed(self.shares, rows, tolerance)
        texts, shares = [write(rows[index]) for index in kept], self.shares[kept]
        if self.steady:
            return self.attributes("discrete", name, texts, shares)
        return self.attributes("linear", name, [*texts, texts[-1]], np.append(shares, 1.0))

    def attributes(self, mode: str, name: str, texts: Sequence[str], shares: Array) -> str:
        times = ";".join(number(share, self.places) for share in shares.tolist())
        stay = 'repeatCount="indefinite"' if self.loop else 'fill="freeze"'
        return f'calcMode="{mode}" {name}="{";".join(texts)}" keyTimes="{times}" dur="{number(self.seconds, 4)}s" {stay}'

    @property
    def places(self) -> int:
        """Decimal places that tell a hundredth of a frame from the next."""
        return 2 + math.ceil(math.log10(1 / float(np.diff(self.shares, append=1.0).min())))


def timing(timeline: Timeline, *, loop: bool) -> Timing:
    """The clock of a film; it is steady where every frame shows a whole step, as then nothing is ever on its way.

    >>> from steepest.plot.options import FilmOptions
    >>> from steepest.plot.film.timeline import timeline
    >>> ticks = timing(timeline(3, FilmOptions(fps=2, seconds=3, hold=1)), loop=True)
    >>> ticks.seconds, ticks.shares.tolist(), ticks.steady
    (4.0, [0.0, 0.125, 0.25, 0.375, 0.5, 0.625], False)
    """
    count = len(timeline.steps)
    seconds = count / timeline.rate + timeline.hold
    steady = bool((timeline.steps == np.floor(timeline.steps)).all())
    return Timing(np.arange(count) / (timeline.rate * seconds), seconds, loop, steady)


def needed(times: Array, rows: Array, tolerance: float) -> list[int]:
    """The rows from which all others follow on straight lines (Ramer, Computer Graphics and Image Processing 1(3), 1972).

    >>> needed(np.arange(5.0), np.array([[0.0], [1.0], [2.0], [2.0], [2.0]]), 0.1)
    [0, 2, 4]
    """
    kept, open_ends = {0, len(rows) - 1}, [(0, len(rows) - 1)]
    while open_ends:
        first, last = open_ends.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        share = (times[inner] - times[first]) / (times[last] - times[first])
        off = np.abs(rows[inner] - rows[first] - share[:, None] * (rows[last] - rows[first])).max(axis=1)
        worst = first + 1 + int(off.argmax())
        if off[worst - first - 1] > tolerance:
            kept.add(worst)
            open_ends += [(first, worst), (worst, last)]
    return sorted(kept)
