"""Advice that was tried out: another learning rate or momentum, and what became of the run with it.

A trial is made with the settings as they are printed. It is advice if it ends at or on its way to a minimum, at a value that
is no higher than any that the run as it is reaches in as many steps, and if it

- converges where the run does not, or in at most four fifths of its steps, or at a lower value; or
- does not converge, but at least halves the distance between the run's lowest value and the lowest one known; or
- stays finite where the run does not.

Where several settings do, the lowest value counts, then the fewest steps.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.advice.candidates import candidates
from steepest.diagnosis.advice.crossing import crosses
from steepest.diagnosis.advice.trials import MOST_STEPS, again, continued, trial_steps
from steepest.diagnosis.evidence import Evidence, gather
from steepest.diagnosis.sampling import MOST_DENSE, harmless
from steepest.targets.arrays import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

FEWER = 0.8  # the share of the steps that advice must do with
LOWER = 0.5  # or the share of the distance to the lowest value
SAME = 1e-9  # the share of a fall by which two values may differ and be the same
SHRINKS = 0.95  # from a quarter of the steps to the next, if they lead anywhere
LEVEL = 1e-6  # and the share by which trials may end higher than the best of them
ROUNDING = 1e-14
REST = 1e-3  # the share of the first slope, or of the fall, that is next to none
STEEP = 0.2  # and the share with which no run has come to rest
NEIGHBORS = 64


@dataclass(frozen=True, eq=False)
class Advice:
    """A change of settings and what it does, found out by running it.

    Attributes:
        settings: what to set: hyperparameters, and `optimizer` where it should be another one.
        why: where the numbers come from.
        run: the run with them.
        usual: the run as it is, with as many steps.
        local: whether it ends at a minimum although a lower value is known.
    """

    settings: Mapping[str, float | str]
    why: str
    run: Trajectory
    usual: Trajectory
    local: bool = False


def advice(evidence: Evidence) -> tuple[Advice, ...]:
    """What helps, tried out: the best learning rate first, then momentum where it is better still.

    A trial goes on for 10,000 steps, and is held against what the run as it is would have done with as many. What does
    not help is not given.
    """
    if not wanted(evidence):
        return ()
    usual = continued(evidence.run)
    reasons: dict[str, Advice] = {}
    for settings, why in candidates(evidence):
        if str(settings) not in reasons:
            reasons[str(settings)] = Advice(settings, why, again(evidence.run, settings), usual)
    given: list[Advice] = []
    for rate_alone in (True, False):
        before = given[-1].run if given else usual
        kind = [each for each in reasons.values() if (set(each.settings) == {"lr"}) is rate_alone]
        chosen = best([each for each in kind if _helps(evidence, before, each.run)], before)
        given += [chosen] if chosen else []
    return tuple(given)


def wanted(evidence: Evidence) -> bool:
    """Whether there is anything to mend: not for a run without steps, with noise, on a plateau or at a stationary point."""
    run, at = evidence.run, evidence.arrived
    if evidence.noisy or evidence.plateau or run.ending == "interrupted" or (at and at.kind != "minimum"):
        return False
    return run.steps > 0 and max(run.steps, trial_steps(run)) <= MOST_STEPS


def _helps(evidence: Evidence, before: Trajectory, trial: Trajectory) -> bool:
    """Whether a trial ends no higher than the lowest value of the run before, and has converged where, or sooner than, it did.

    One that has not converged is looked at more closely later.
    """
    if trial.ending not in ("converged", "step_limit"):
        return False
    first, lowest, reached = float(values(before)[0]), least(before), settled_value(trial)
    fall = first - lowest
    if not reached < first or not reached <= lowest + SAME * fall + ROUNDING * abs(lowest):
        return False
    if evidence.lower is not None and not reached < lowest - LEVEL * (1 + abs(lowest)):
        return False
    if trial.ending == "step_limit":
        return before.ending != "converged" or lowest - reached > LEVEL * fall
    return before.ending != "converged" or trial.steps <= FEWER * before.steps or lowest - reached > LEVEL * fall


def best(trials: Sequence[Advice], before: Trajectory) -> Advice | None:
    """Of the trials that end at or on their way to a minimum the one with the lowest value, then with the fewest steps."""
    left = list(trials)
    while left:
        lowest = min(settled_value(each.run) for each in left)
        margin = LEVEL * (float(values(before)[0]) - lowest)
        level = [each for each in left if settled_value(each.run) <= lowest + margin]
        chosen = min(level, key=lambda each: (each.run.ending != "converged", each.run.steps, settled_value(each.run)))
        found = None if crosses(chosen.run) else _ends_well(before, chosen.run)
        if found is not None:
            return replace(chosen, local=found)
        left.remove(chosen)
    return None


def _ends_well(before: Trajectory, trial: Trajectory) -> bool | None:
    """Whether a trial that ends at a minimum, or comes close to one, has a lower value than that known; None if it does not."""
    if trial.objective.expression is None and math.prod(trial.record.shape) > MOST_DENSE:
        return False if trial.ending == "converged" and _at_rest(trial) else None
    seen = gather(trial)
    if seen.diverges or seen.plateau or seen.cycle or (seen.arrived and seen.arrived.kind != "minimum"):
        return None
    first, reached = float(values(before)[0]), settled_value(trial)
    if _beyond(trial, reached):
        return None
    if trial.ending == "converged":
        return (
            seen.lower is not None if seen.arrived and reached - seen.arrived.value <= REST * (first - seen.arrived.value) else None
        )
    bottom = (
        seen.stationary.value if seen.stationary and seen.stationary.kind == "minimum" else least(trial) if seen.kink else math.nan
    )
    nearer = reached - bottom <= LOWER * (least(before) - bottom) or before.ending in ("diverged", "undefined")
    return seen.lower is not None if nearer and _settles(trial, bottom) else None


def _beyond(run: Trajectory, value: float) -> bool:
    """Whether a run left a gallery function's part that is meant, to values below its minimum, or ends on a steep slope."""
    minima = run.objective.minima
    known = min((point.value for point in minima), default=-math.inf)
    slopes = [math.hypot(*slope) for slope in run.record.gradients([0, run.steps])]
    steep = run.ending == "converged" and not slopes[1] <= STEEP * slopes[0]
    return steep or value < known - LEVEL * (1 + abs(known))


def _settles(run: Trajectory, bottom: float) -> bool:
    """Whether the highest value above the bottom shrinks from quarter to quarter of a run, as it does not in wandering."""
    parts = np.array_split(values(run)[1:] - bottom, 4)
    highest = [float(part.max(initial=-math.inf)) for part in parts[1:]]
    return all(0 <= after <= SHRINKS * before for before, after in pairwise(highest))


def values(run: Trajectory) -> Array:
    return np.array(run.record.values())


def least(run: Trajectory) -> float:
    """The lowest value of a run."""
    found = values(run)
    return float(found[np.isfinite(found)].min(initial=math.inf))


def settled_value(run: Trajectory) -> float:
    """The last value of a run that converged; of another one the highest of its last quarter. Not a number where one is none."""
    found = values(run)
    return float(found[-1:].max() if run.ending == "converged" else found[-1 - len(found) // 4 :].max())


def _at_rest(run: Trajectory) -> bool:
    """Whether a converged run ended where the slope is small, and no value next to it is lower."""
    slopes = run.record.gradients([0, run.steps])
    if not math.hypot(*slopes[1]) <= REST * math.hypot(*slopes[0]):
        return False
    last = np.array(run.record.positions([run.steps])[0])
    ways = np.cos(np.arange(1.0, NEIGHBORS * last.size + 1).reshape(-1, last.size) ** 1.5)
    around = last + REST * (1 + float(np.abs(last).max())) * ways / np.linalg.norm(ways, axis=1, keepdims=True)
    assert run.objective.expression is None
    value = harmless(run.objective.value)
    return min(float(value(row.reshape(run.record.shape))) for row in around) >= least(run)
