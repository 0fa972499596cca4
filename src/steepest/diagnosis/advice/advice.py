"""Advice that was tried out: another learning rate or momentum, and the run with it.

A trial uses the settings exactly as they are printed. It is advice if it ends at or on its way to a minimum, at a value that
is no higher than the lowest that the run with its own settings reaches in as many steps, and if it

- converges where the run does not, or in at most four fifths of its steps, or at a lower value; or
- does not converge, but at least halves the distance between the run's lowest value and the lowest one known; or
- stays finite where the run does not.

Among several, the one with the lowest value is chosen, then the one with the fewest steps.
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
from steepest.diagnosis.advice.trials import MOST_ROWS, MOST_STEPS, rows_of_step, trial_steps, try_settings
from steepest.diagnosis.evidence import Evidence, gather
from steepest.diagnosis.sampling import MOST_DENSE, harmless

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

FEWER = 0.8  # the share of the steps that advice must do with
LOWER = 0.5  # or the share of the distance to the lowest value
SAME = 1e-9  # the share of a fall by which two values may differ and be the same
SHRINKS = 0.95  # by at least this factor from each quarter of the steps to the next, if the run settles
LEVEL = 1e-6  # and the share by which trials may end above the best of them and count as equal
ROUNDING = 1e-14
REST = 1e-3  # the share of the first slope, or of the fall, below which one counts as 0
STEEP = 0.2  # and the share above which no run has come to rest
NEIGHBORS = 64


@dataclass(frozen=True, eq=False)
class Advice:
    """A change of settings, with the run that shows what it does.

    Attributes:
        settings: what to set: hyperparameters, `optimizer` where it should be another one, `scale` for the columns of a fit.
        why: where the numbers come from.
        run: the run with them.
        usual: the run with its own settings, for as many steps.
        local: whether it ends at a minimum although a lower value is known.
    """

    settings: Mapping[str, float | str]
    why: str
    run: Trajectory
    usual: Trajectory
    local: bool = False

    @property
    def kind(self) -> str:
        """What is changed: `lr`, `scale` (of a fit's columns) or `momentum`."""
        return "lr" if set(self.settings) == {"lr"} else "scale" if "scale" in self.settings else "momentum"


def advice(evidence: Evidence) -> tuple[Advice, ...]:
    """The settings that help, tried out: the best learning rate first, then scaled columns and momentum if they are better still.

    A trial may take 10,000 steps, and is compared with the run with its own settings and as many steps.
    """
    if not can_advise(evidence):
        return ()
    reasons: dict[str, Advice] = {}
    for settings, why in candidates(evidence):
        if str(settings) not in reasons:
            reasons[str(settings)] = Advice(settings, why, try_settings(evidence.run, settings), evidence.usual)
    given: list[Advice] = []
    for wanted in ("lr", "scale", "momentum"):
        before = given[-1].run if given else evidence.usual
        kind = [each for each in reasons.values() if each.kind == wanted]
        chosen = _best([each for each in kind if _helps(evidence, before, each.run)], before)
        given += [chosen] if chosen else []
    return tuple(given)


def can_advise(evidence: Evidence) -> bool:
    """Whether settings could help: not a run without steps, with noise, on a plateau or at a saddle or maximum.

    Newton's method seeks these, too, and shorter steps may lead it elsewhere.
    """
    run, at = evidence.run, evidence.arrived
    if evidence.noisy or evidence.plateau or run.ending == "interrupted":
        return False
    if at and at.kind != "minimum" and not run.optimizer.uses("H"):
        return False
    steps = max(run.steps, trial_steps(run))
    return run.steps > 0 and steps <= MOST_STEPS and steps * rows_of_step(run) <= MOST_ROWS


def _helps(evidence: Evidence, before: Trajectory, trial: Trajectory) -> bool:
    """Whether a trial ends no higher than the lowest value of the run before, and has converged where, or sooner than, it did.

    One that has not converged is examined further by `_ends_well`.
    """
    if trial.ending not in ("converged", "step_limit"):
        return False
    first, lowest, reached = float(before.values[0]), least(before), settled_value(trial)
    fall = first - lowest
    if not reached < first or not reached <= lowest + SAME * fall + ROUNDING * abs(lowest):
        return False
    if evidence.lower is not None and not reached < lowest - LEVEL * (1 + abs(lowest)):
        return False
    if trial.ending == "step_limit":
        return before.ending != "converged" or lowest - reached > LEVEL * fall
    return before.ending != "converged" or trial.steps <= FEWER * before.steps or lowest - reached > LEVEL * fall


def _best(trials: Sequence[Advice], before: Trajectory) -> Advice | None:
    """The trial with the lowest value, then with the fewest steps, that ends at a minimum or approaches one."""
    left = list(trials)
    while left:
        lowest = min(settled_value(each.run) for each in left)
        margin = LEVEL * (float(before.values[0]) - lowest)
        level = [each for each in left if settled_value(each.run) <= lowest + margin]
        chosen = min(level, key=lambda each: (each.run.ending != "converged", each.run.steps, settled_value(each.run)))
        found = None if crosses(chosen.run) else _ends_well(before, chosen.run)
        if found is not None:
            return replace(chosen, local=found)
        left.remove(chosen)
    return None


def _ends_well(before: Trajectory, trial: Trajectory) -> bool | None:
    """Of a trial that ends at a minimum or approaches one, whether a lower value is known; None for any other."""
    if trial.objective.expression is None and math.prod(trial.record.shape) > MOST_DENSE:
        return False if trial.ending == "converged" and _at_rest(trial) else None
    found = gather(trial)
    at, first, reached = found.arrived, float(before.values[0]), settled_value(trial)
    if found.diverges or found.plateau or found.cycle or (at and at.kind != "minimum") or _beyond(trial, reached):
        return None
    if trial.ending == "converged":
        close = at is not None and reached - at.value <= REST * (first - at.value)
        return found.lower is not None if close else None
    lowest_value = least(trial) if found.kink else math.nan
    if found.stationary and found.at_minimum:
        lowest_value = found.stationary.value
    nearer = reached - lowest_value <= LOWER * (least(before) - lowest_value) or before.ending in ("diverged", "undefined")
    return found.lower is not None if nearer and _settles(trial, lowest_value) else None


def _beyond(run: Trajectory, value: float) -> bool:
    """Whether a run left the intended domain of a gallery function, to values below its minimum, or ends on a steep slope."""
    minima = run.objective.minima
    known = min((point.value for point in minima), default=-math.inf)
    slopes = [math.hypot(*slope) for slope in run.record.gradients([0, run.steps])]
    steep = run.ending == "converged" and not slopes[1] <= STEEP * slopes[0]
    return steep or value < known - LEVEL * (1 + abs(known))


def _settles(run: Trajectory, lowest_value: float) -> bool:
    """Whether the highest value above the minimum shrinks from quarter to quarter of a run."""
    parts = np.array_split(run.values[1:] - lowest_value, 4)
    highest = [float(part.max(initial=-math.inf)) for part in parts[1:]]
    return all(0 <= after <= SHRINKS * before for before, after in pairwise(highest))


def least(run: Trajectory) -> float:
    """The lowest value of a run."""
    return float(run.values[np.isfinite(run.values)].min(initial=math.inf))


def settled_value(run: Trajectory) -> float:
    """The last value of a run that converged, else the highest of its last quarter; NaN if one of these is."""
    first = -1 if run.ending == "converged" else -1 - len(run.values) // 4
    return float(run.values[first:].max())


def _at_rest(run: Trajectory) -> bool:
    """Whether a converged run ended where the slope is small and no value close to it is lower."""
    slopes = run.record.gradients([0, run.steps])
    if not math.hypot(*slopes[1]) <= REST * math.hypot(*slopes[0]):
        return False
    last = np.array(run.record.positions([run.steps])[0])
    directions = np.cos(np.arange(1.0, NEIGHBORS * last.size + 1).reshape(-1, last.size) ** 1.5)
    around = last + REST * (1 + float(np.abs(last).max())) * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    assert run.objective.expression is None
    value = harmless(run.objective.value)
    return min(float(value(row.reshape(run.record.shape))) for row in around) >= least(run)
