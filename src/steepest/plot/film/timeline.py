"""Which step each frame of a film shows, in which stage of the film, and for how long."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError
from steepest.plot.options import FilmOptions
from steepest.plot.scene.limits import Array

FEW = 60  # most steps of a uniform pace
A_STEP = 0.4  # seconds for each of a few steps
SHORTEST, LONGEST = 2.0, 6.0  # seconds of a film without a chosen length, its first step apart where that is slow
CLOSE = 1e-12  # of all steps: a frame this near to a whole step shows that step
MOST_FRAMES = 100_000

# Seconds.
FUNCTION, START, SLOPE, MOVE, ARRIVED = 0.7, 0.9, 1.2, 0.8, 1.0  # the stages before the pace, and the first step's end
INTRO = FUNCTION + START + SLOPE + MOVE + ARRIVED
LEAST = 4.0  # a film with a shorter chosen length begins at once
MOST_OF_LENGTH = 0.5  # of a chosen length, that all of them may take
BEFORE_CARD = 0.5  # of the last frame's hold, before the card with the ending


class Stage(IntEnum):
    """What a frame tells: the function alone; the start; the slope there; the first step; all others; the ending."""

    FUNCTION = 0
    START = 1
    SLOPE = 2
    STEP = 3
    RUN = 4
    CARD = 5

    @property
    def shows_runs(self) -> bool:
        """Whether runs and what belongs to them are shown: not while the function is alone."""
        return self != Stage.FUNCTION


@dataclass(frozen=True, eq=False)
class Timeline:
    """A film's frames.

    Attributes:
        steps: the step that each frame shows, increasing from 0 to the last; a fraction is a point on the way to the next step.
        stages: what each frame tells, as a `Stage`.
        seconds: for which each frame is shown.
        rate: frames a second where things move.
    """

    steps: Array
    stages: NDArray[np.int_]
    seconds: Array
    rate: float

    def __len__(self) -> int:
        return len(self.steps)

    def __iter__(self) -> Iterator[tuple[float, Stage]]:
        """The step and the stage of each frame."""
        for step, stage in zip(self.steps.tolist(), self.stages.tolist(), strict=True):
            yield step, Stage(stage)

    @property
    def turned(self) -> Array:
        """The share of its whole turn by which a camera has turned at each frame: it waits for the first step."""
        moving = self.stages == Stage.RUN
        count = np.cumsum(moving)
        first = int(moving[0])
        return np.clip((count - first) / max(int(count[-1]) - first, 1), 0, 1)


def timeline(limit: int, options: FilmOptions) -> Timeline:
    """The timeline of runs, the longest of which takes `limit` steps.

    Raises:
        InputError: for too many frames.

    >>> timeline(3, FilmOptions(fps=2, seconds=3)).steps[:7].round(9).tolist()
    [0.0, 0.6, 1.2, 1.8, 2.4, 3.0, 3.0]
    >>> float(timeline(3, FilmOptions()).seconds.sum().round(9))
    9.6
    """
    pace = options.pace or ("uniform" if limit <= FEW else "log")
    told = options.narrated and options.frames is None and pace != "steps"
    slow = told and (options.seconds is None or options.seconds >= LEAST)
    shrunk = 1.0 if options.seconds is None else min(1.0, MOST_OF_LENGTH * options.seconds / INTRO)
    frames = _Frames(options.fps)
    first = 0
    if slow:
        first = min(limit, 1)
        _begin(frames, limit, shrunk)
    _run(frames, limit, first, pace, options, sum(frames.seconds), slow=slow)
    if told and options.hold:
        before = min(BEFORE_CARD, options.hold / 2)
        frames.stay(limit, Stage.RUN, before)
        frames.stay(limit, Stage.CARD, options.hold - before)
    else:
        frames.seconds[-1] += options.hold
    return frames.timeline()


class _Frames:
    """Frames that are being collected."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.steps: list[float] = []
        self.stages: list[Stage] = []
        self.seconds: list[float] = []

    def move(self, steps: Array, stage: Stage) -> None:
        """Add a frame for each step."""
        self.steps += steps.tolist()
        self.stages += [stage] * len(steps)
        self.seconds += [1 / self.rate] * len(steps)
        _check_count(len(self.steps))

    def stay(self, step: float, stage: Stage, seconds: float) -> None:
        """Add a frame that stays; the last moment of it is a frame of its own, from which what moves next sets out."""
        for part in (seconds - 1 / self.rate, 1 / self.rate) if seconds > 2 / self.rate else (seconds,):
            self.steps.append(step)
            self.stages.append(stage)
            self.seconds.append(part)

    def timeline(self) -> Timeline:
        return Timeline(np.array(self.steps), np.array(self.stages, dtype=np.int_), np.array(self.seconds), self.rate)


def _check_count(count: int) -> None:
    """Refuse a film of too many frames."""
    if count > MOST_FRAMES:
        raise InputError(f"a film has at most {MOST_FRAMES:,} frames, not {count:,}")


def _begin(frames: _Frames, limit: int, shrunk: float) -> None:
    """The function, the start, and the first step slowly, its durations shrunk to a share."""
    frames.stay(0, Stage.FUNCTION, shrunk * FUNCTION)
    frames.stay(0, Stage.START, shrunk * START)
    if not limit:
        return
    frames.stay(0, Stage.SLOPE, shrunk * SLOPE)
    share = np.linspace(0, 1, max(round(shrunk * MOVE * frames.rate), 1) + 1)[1:]
    frames.move(share**2 * (3 - 2 * share), Stage.STEP)
    frames.stay(1, Stage.STEP, shrunk * ARRIVED)


def _run(frames: _Frames, limit: int, first: int, pace: str, options: FilmOptions, spent: float, *, slow: bool) -> None:
    """The steps from the first at their pace.

    Args:
        spent: seconds before.
        slow: whether the first step has been shown.
    """
    left = limit - first
    if slow and not left and not options.turn:
        return
    if pace == "steps":
        count = limit + 1
    elif options.frames is not None:
        count = options.frames
    else:
        seconds = min(max(A_STEP * left, SHORTEST), LONGEST)
        if options.seconds is not None:
            seconds = max(options.seconds - spent, 1 / options.fps)
        count = math.ceil(options.fps * seconds)
    _check_count(count)
    share = np.linspace(0, 1, count + slow)[int(slow) :] if left or slow else np.zeros(1)
    begin = math.log1p(first)
    steps = np.expm1(begin + share * (math.log1p(limit) - begin)) if pace == "log" else first + share * left
    steps[-1] = limit
    whole = np.rint(steps)
    steps = np.where(np.abs(steps - whole) < CLOSE * max(limit, 1), whole, steps)
    frames.move(steps, Stage.RUN)
