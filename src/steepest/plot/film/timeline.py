"""Which step each frame of a film shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from steepest.errors import InputError
from steepest.plot.options import FilmOptions
from steepest.plot.scene.limits import Array

FEW = 60  # most steps of a uniform pace
A_STEP = 0.4  # seconds for each of a few steps
SHORTEST, LONGEST = 2.0, 6.0  # seconds of a film without a chosen length
CLOSE = 1e-12  # of all steps: a frame this near to a whole step shows that step
MOST_FRAMES = 100_000


@dataclass(frozen=True, eq=False)
class Timeline:
    """A film's frames.

    Attributes:
        steps: the step that each frame shows, increasing from 0 to the last; a fraction is a point on the way to the next step.
        rate: frames a second.
        hold: seconds for which the last frame stays.
    """

    steps: Array
    rate: float
    hold: float


def timeline(limit: int, options: FilmOptions) -> Timeline:
    """The timeline of runs, the longest of which takes `limit` steps.

    Raises:
        InputError: for too many frames.

    >>> timeline(3, FilmOptions(fps=2, seconds=3)).steps.round(9).tolist()
    [0.0, 0.6, 1.2, 1.8, 2.4, 3.0]
    """
    pace = options.pace or ("uniform" if limit <= FEW else "log")
    if pace == "steps":
        count = limit + 1
    elif options.frames is not None:
        count = options.frames
    else:
        count = math.ceil(options.fps * (options.seconds or min(max(A_STEP * limit, SHORTEST), LONGEST)))
    if count > MOST_FRAMES:
        raise InputError(f"a film has at most {MOST_FRAMES:,} frames, not {count:,}")
    share = np.linspace(0, 1, count) if limit else np.zeros(1)
    steps = np.expm1(share * math.log1p(limit)) if pace == "log" else share * limit
    steps[-1] = limit
    whole = np.rint(steps)
    steps = np.where(np.abs(steps - whole) < CLOSE * max(limit, 1), whole, steps)
    return Timeline(steps, options.fps, options.hold)
