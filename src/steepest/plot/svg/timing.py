"""Changes over a film, as the attributes of SVG animations."""

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
        shares: the beginning of each frame, as a share of the duration.
        seconds: the duration, with the time for which the last frame is held.
        loop: whether the film begins again at its end.
        steady: whether each frame stays until the next, instead of changing smoothly.
    """

    shares: Array
    seconds: float
    loop: bool
    steady: bool

    def jumps(self, states: Sequence[str]) -> str:
        """The attributes of an animation from state to state, one for each frame."""
        kept = [index for index, state in enumerate(states) if not index or state != states[index - 1]]
        return self._attributes("discrete", "values", [states[index] for index in kept], self.shares[kept])

    def moves(self, rows: Array, write: Callable[[Array], str], tolerance: float, name: str = "values") -> str:
        """The attributes of an animation that changes smoothly, unless all frames are steady.

        Args:
            rows: the numbers at each frame.
            write: a row as text.
            tolerance: how far numbers may be off, so that frames can be left out.
            name: of the attribute with the values.
        """
        changed = [True, *(rows[1:] != rows[:-1]).any(axis=1)]
        kept = np.flatnonzero(changed) if self.steady else needed(self.shares, rows, tolerance)
        texts, shares = [write(rows[index]) for index in kept], self.shares[kept]
        if self.steady:
            return self._attributes("discrete", name, texts, shares)
        return self._attributes("linear", name, [*texts, texts[-1]], np.append(shares, 1.0))

    def _attributes(self, mode: str, name: str, texts: Sequence[str], shares: Array) -> str:
        times = ";".join(number(share, self._places) for share in shares.tolist())
        stay = 'repeatCount="indefinite"' if self.loop else 'fill="freeze"'
        return f'calcMode="{mode}" {name}="{";".join(texts)}" keyTimes="{times}" dur="{number(self.seconds, 4)}s" {stay}'

    @property
    def _places(self) -> int:
        """How many decimal places of a share resolve a hundredth of a frame."""
        return 2 + math.ceil(math.log10(1 / float(np.diff(self.shares, append=1.0).min())))


def timing(timeline: Timeline, *, loop: bool) -> Timing:
    """The timing of a film; it is steady where every frame shows a whole step.

    >>> from steepest.plot.options import FilmOptions
    >>> from steepest.plot.film.timeline import timeline
    >>> ticks = timing(timeline(3, FilmOptions(fps=2, seconds=3, hold=1, narrated=False)), loop=True)
    >>> ticks.seconds, ticks.shares.tolist(), ticks.steady
    (4.0, [0.0, 0.125, 0.25, 0.375, 0.5, 0.625], False)
    """
    ends = np.cumsum(timeline.seconds)
    seconds = float(ends[-1])
    steady = bool((timeline.steps == np.floor(timeline.steps)).all())
    return Timing((ends - timeline.seconds) / seconds, seconds, loop, steady)


def needed(times: Array, rows: Array, tolerance: float) -> list[int]:
    """The indices of the rows from which the others follow by linear interpolation.

    Ramer, An iterative procedure for the polygonal approximation of plane curves, Computer Graphics and Image Processing
    1(3), 1972.

    >>> needed(np.arange(5.0), np.array([[0.0], [1.0], [2.0], [2.0], [2.0]]), 0.1)
    [0, 2, 4]
    """
    kept, pending = {0, len(rows) - 1}, [(0, len(rows) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        inner = slice(first + 1, last)
        share = (times[inner] - times[first]) / (times[last] - times[first])
        off = np.abs(rows[inner] - rows[first] - share[:, None] * (rows[last] - rows[first])).max(axis=1)
        worst = first + 1 + int(off.argmax())
        if off[worst - first - 1] > tolerance:
            kept.add(worst)
            pending += [(first, worst), (worst, last)]
    return sorted(kept)
