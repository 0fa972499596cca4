"""The places of runs that start at one point: which came below a goal first, and by how much the others lead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.errors import counted
from steepest.plot.scene.limits import Array
from steepest.plot.scene.text.number import number
from steepest.runs.trajectory import Trajectory

GOAL, EASIEST = 1e-3, 0.1  # the goal, relative to what there is to gain at the start, and the one that is tried last
BEST = "the lowest value of all"


@dataclass(frozen=True, eq=False)
class Race:
    """A race to a goal.

    Attributes:
        goal: how far above the least value a run has to come; a power of ten.
        told: what comes below the goal, as text: `f < 0.001`.
        reached: for each run the first step with such a value; None if there is none.
        distances: for each run how far its values are above the least value, at each step.
        costs: for each run what each of its positions had taken, steps, evaluations or seconds; the least cost is the first place.
        against: which of these.
    """

    goal: float
    told: str
    reached: tuple[int | None, ...]
    distances: tuple[Array, ...]
    costs: tuple[Array, ...]
    against: str = "steps"

    def order(self, step: float) -> list[int]:
        """The runs by place at a step: those that reached the goal by what it cost them, then by value."""
        return sorted(range(len(self.reached)), key=lambda run: self._key(run, int(step)))

    def _key(self, run: int, step: int) -> tuple[float, float, int]:
        reached, values = self.reached[run], self.distances[run]
        value = float(values[min(step, len(values) - 1)])
        arrived = math.inf if reached is None or reached > step else float(self.costs[run][reached])
        return arrived, 0.0 if arrived < math.inf else value if math.isfinite(value) else math.inf, run

    def place(self, run: int, step: float) -> int:
        """The place of a run at a step, from 1."""
        return self.order(step).index(run) + 1

    def note(self, run: int, step: float) -> str:
        """When a run reached the goal, once it has; empty before.

        >>> from dataclasses import replace
        >>> steps = (np.arange(50), np.arange(50))
        >>> race = Race(0.001, "f < 0.001", (41, None), (np.zeros(50), np.ones(50)), steps)
        >>> race.note(0, 41), race.note(0, 40), race.note(1, 49)
        ('f < 0.001 at step 41', '', '')
        >>> replace(race, costs=tuple(2 * each for each in steps), against="evaluations").note(0, 41)
        'f < 0.001 after 82 evaluations'
        """
        reached = self.reached[run]
        if reached is None or reached > step:
            return ""
        cost = float(self.costs[run][reached])
        if self.against == "steps":
            return f"{self.told} at step {reached}"
        return f"{self.told} after {counted(int(cost), 'evaluation') if self.against == 'evaluations' else f'{number(cost, 3)} s'}"


def race(runs: Sequence[Trajectory], least: float | None, against: str = "steps") -> Race | None:
    """The race of several runs from one start; None where there is none, or where no run comes near a goal.

    Runs in batches have none: each step's value is of another batch, so that two values say nothing about who is lower.

    The goal is a thousandth of what there is to gain at the start, rounded down to a power of ten; where no run comes so far,
    an easier one.

    Args:
        least: the global minimum, if it is known; otherwise the lowest value of all runs stands for it.
        against: as of `Race`.
    """
    starts = [run.positions[0] for run in runs]
    if len(runs) < 2 or not all(np.array_equal(start, starts[0]) for start in starts[1:]):
        return None
    if any(run.objective.batches(run.seed) is not None for run in runs):
        return None
    finite = [run.values[np.isfinite(run.values)] for run in runs]
    if not all(len(values) for values in finite):
        return None
    lowest = min(float(values.min()) for values in finite)
    known = least is not None and lowest >= least - 1e-9 * max(1.0, abs(least))
    bottom = least if known and least is not None else lowest
    gain = float(runs[0].values[0]) - bottom
    if not 0 < gain < math.inf:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        distances = tuple(np.asarray(run.values - bottom) for run in runs)
    costs = tuple(positions_along(run, against) for run in runs)
    goal = 10.0 ** math.floor(math.log10(GOAL * gain) + 1e-12)
    while goal <= EASIEST * gain:
        reached = tuple(_first_below(values, goal) for values in distances)
        if any(step is not None for step in reached):
            return Race(goal, _told(goal, bottom, known=known), reached, distances, costs, against)
        goal *= 10
    return None


def positions_along(run: Trajectory, against: str) -> Array:
    """Where each position of a run stands on an axis of steps, evaluations or seconds: what it had taken."""
    if against == "evaluations":
        return np.array(run.spent, dtype=np.float64)[: run.steps + 1]
    if against == "time":
        return np.array(run.work.seconds, dtype=np.float64)[: run.steps + 1]
    return np.arange(run.steps + 1, dtype=np.float64)


def _first_below(values: Array, goal: float) -> int | None:
    """The first step whose value is below the goal."""
    with np.errstate(invalid="ignore"):
        below = np.flatnonzero(values < goal)
    return int(below[0]) if below.size else None


def _told(goal: float, bottom: float, *, known: bool) -> str:
    """What comes below the goal, in words."""
    if not known:
        return f"within {number(goal, 3)} of {BEST}"
    return f"f < {number(goal, 3)}" if bottom == 0 else f"f − f* < {number(goal, 3)}"
