"""Advice that was tried out: another learning rate or momentum, and what became of the run with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.descent import descend
from steepest.diagnosis.evidence import Evidence, gather
from steepest.diagnosis.stability import known_before
from steepest.diagnosis.survey import harmless
from steepest.diagnosis.tuning import best_gain, best_momentum, polyak
from steepest.language.expression import names
from steepest.objectives.callable import CallableObjective
from steepest.objectives.gallery import Point
from steepest.optimizers import Setting, read_setting, zoo_entry
from steepest.targets.numpy import Array

if TYPE_CHECKING:
    from steepest.optimizers import Optimizer
    from steepest.trajectory import Trajectory

__all__ = ["MOST_STEPS", "Advice", "advice", "continued", "trial_steps"]

LONGER = 10_000  # steps that a trial may take, and what a run would have done with as many
MOST_STEPS = 100_000  # a run of more is not tried again
MOST_CALLS = 1_000  # steps of a trial of a Python function
FEWER = 0.8  # the share of the steps that advice must do with
LOWER = 0.5  # or the share of the distance to the lowest value
WORTHWHILE = 30.0  # the condition number from which momentum is worth its own mention
Settings = dict[str, float | str]


@dataclass(frozen=True, eq=False)
class Advice:
    """A change of settings and what it does, found out by running it.

    Attributes:
        settings: what to set: hyperparameters, and `optimizer` where it should be another one.
        why: where the numbers come from.
        run: the run with them.
    """

    settings: Mapping[str, float | str]
    why: str
    run: Trajectory


def advice(evidence: Evidence) -> tuple[Advice, ...]:
    """What helps, tried out: the best learning rate first, then momentum where it is better still.

    A trial goes on for 10,000 steps, and is held against what the run as it is would have done with as many. What does
    not help is not given.
    """
    run = evidence.run
    if max(run.steps, trial_steps(run)) > MOST_STEPS or not wanted(evidence):
        return ()
    usual = continued(run)
    trials = [Advice(settings, why, again(run, settings)) for settings, why in candidates(evidence)]
    given: list[Advice] = []
    for rate_alone in (True, False):
        before = given[-1].run if given else usual
        helpful = [each for each in trials if (set(each.settings) == {"lr"}) is rate_alone and helps(evidence, before, each.run)]
        if helpful:
            given.append(min(helpful, key=lambda each: merit(each.run)))
    return tuple(given)


def wanted(evidence: Evidence) -> bool:
    """Whether there is anything to mend: not for a run without steps, with noise, on a plateau or at a stationary point."""
    run, at = evidence.run, evidence.arrived
    if evidence.noisy or evidence.plateau or run.ending == "interrupted" or (at and at.kind != "minimum"):
        return False
    return run.steps > 0


def continued(run: Trajectory) -> Trajectory:
    """The run as it is, with as many steps as a trial has."""
    return again(run, {}) if run.ending == "step_limit" and run.steps < trial_steps(run) else run


def trial_steps(run: Trajectory) -> int:
    """How many steps a trial may take: where a schedule counts on the limit, and of a Python function, no more than the run's."""
    if isinstance(run.objective, CallableObjective):
        return min(run.limit, MOST_CALLS)
    return run.limit if "T" in names(*run.hyperparameters.values()) else min(max(run.limit, LONGER), MOST_STEPS)


def again(run: Trajectory, settings: Settings) -> Trajectory:
    """The run with other settings from the same start."""
    changes = dict(settings)
    name = changes.pop("optimizer", None)
    chosen: Optimizer = zoo_entry(str(name)) if name else run.optimizer
    old = {} if name else dict(run.hyperparameters)
    new: dict[str, Setting] = dict(changes)
    optimizer = replace(chosen, settings=old | {key: read_setting(key, value) for key, value in new.items()})
    tol = run.tol if run.tol or run.gtol else 1e-8
    objective: Any = run.objective
    gradient = None
    if isinstance(run.objective, CallableObjective):
        objective, gradient = harmless(run.objective.function), harmless(run.objective.gradient, vector=True)
    start = np.array(run.record.positions([0])[0]).reshape(run.record.shape)
    return descend(
        objective, start, optimizer=optimizer, steps=trial_steps(run), tol=tol, gtol=run.gtol, seed=run.seed, gradient=gradient
    )


def candidates(evidence: Evidence) -> Iterator[tuple[Settings, str]]:
    """Settings worth a trial, each with its reason."""
    run = evidence.run
    rate = run.settings.get("lr")
    if isinstance(rate, float | int) and rate > 0:
        yield from rates(evidence, float(rate))
    if evidence.condition is None or evidence.kink:
        return
    least, largest = float(evidence.curvatures[0]), float(evidence.curvatures[-1])
    yield from momenta(evidence, least, largest)
    way = steepest_curvature(evidence)
    if way is not None and way > largest * 1.01:
        yield from momenta(evidence, least, way)


def momenta(evidence: Evidence, least: float, largest: float) -> Iterator[tuple[Settings, str]]:
    """The learning rate with the momentum for curvatures in between; of gradient descent on an uneven one, the heavy ball."""
    between = f"the best momentum for curvatures from {least:.4g} to {largest:.4g}"
    given = {name: column[-1:] for name, column in known_before(evidence.run, evidence.survey).items()}
    tuned = best_momentum(evidence.run.optimizer, given, least, largest)
    if tuned is not None and largest < least * (1 + 1e-9):
        yield dict(tuned), f"with the one curvature {largest:.4g} a single step of 1/lambda arrives, without momentum"
    elif tuned is not None:
        yield dict(tuned), between
    elif plain(evidence) and largest >= WORTHWHILE * least:
        lr, beta = polyak(least, largest)
        yield {"optimizer": "heavy_ball", "lr": lr, "beta": beta}, f"{between}, Polyak's"


def plain(evidence: Evidence) -> bool:
    """Whether the optimizer is gradient descent by its equations: nothing remembered, nothing scaled."""
    end = evidence.stability.end
    return end is not None and not end[0].scaled and len(end[0].names) == 1


def rates(evidence: Evidence, rate: float) -> Iterator[tuple[Settings, str]]:
    """Learning rates: the best for the curvature where the run arrives, or half the bound at the steepest place of its way."""
    run, end = evidence.run, evidence.stability.end
    if run.ending == "undefined":
        for share in (2, 10):
            yield (
                {"lr": rate / share},
                f"{'half' if share == 2 else 'a tenth of'} the learning rate stays where the function is defined",
            )
    if end is None or evidence.stability.bound is None:
        return
    method, scaled = end
    if evidence.kink or (evidence.cycle and method.scaled):
        yield {"lr": f"{rate:.6g}/sqrt(t)"}, "steps that shrink settle down where the slope does not"
        return
    curvatures = evidence.curvatures if not method.scaled else scaled[0]
    best = best_gain(method, curvatures) if np.isfinite(curvatures).all() else None
    if best is not None and math.isfinite(best[0] * rate):
        yield {"lr": rate * best[0]}, reason(evidence, curvatures)
    largest = steepest_curvature(evidence)
    if largest is not None and not method.scaled:
        safe = float(method.threshold()[0]) / (2 * largest)
        yield {"lr": rate * safe}, f"half of what the largest curvature on its way, {largest:.4g}, allows"
    if method.scaled:
        for factor in (0.1, 0.3, 3.0, 10.0):
            yield {"lr": rate * factor}, f"{factor:g} times the learning rate"


def reason(evidence: Evidence, curvatures: Array) -> str:
    """Where the best learning rate comes from."""
    least, largest = float(curvatures[0]), float(curvatures[-1])
    place = evidence.place
    where = "at the minimum" if place and place.kind == "minimum" else "at the start" if evidence.diverges else "at the end"
    if plain(evidence) and least > 0:
        if math.isclose(least, largest, rel_tol=1e-6):
            return f"1/lambda for the curvature {largest:.4g} {where}"
        return f"2/(mu + L) for the curvatures {least:.4g} to {largest:.4g} {where}"
    if least > 0:
        spread = f"curvature {largest:.4g}" if math.isclose(least, largest) else f"curvatures {least:.4g} to {largest:.4g}"
        return f"the best for the {spread} {where}"
    return f"half of what the curvature {largest:.4g} {where} allows"


def steepest_curvature(evidence: Evidence) -> float | None:
    """The largest curvature on the way, as far as the run was near its start or went down."""
    curvatures, values = evidence.survey.curvatures[:, -1], evidence.survey.values
    near = np.isfinite(curvatures) & (values <= values[0]) & (curvatures > 0)
    return float(curvatures[near].max()) if near.any() else None


def merit(run: Trajectory) -> tuple[int, float, float]:
    """Runs in the order of their worth: those that converge, by their steps, then the others by their value."""
    value = run.record.values([run.steps])[0]
    value = value if math.isfinite(value) else math.inf
    if run.ending == "converged":
        return 0, run.steps, value
    return (1, value, run.steps) if run.ending == "step_limit" else (2, value, 0)


def helps(evidence: Evidence, usual: Trajectory, trial: Trajectory) -> bool:
    """Whether a trial ends better: converged where the run would not, in fewer steps, or much lower; never at a worse value."""
    old, new = usual.record.values([usual.steps])[0], trial.record.values([trial.steps])[0]
    if trial.ending not in ("converged", "step_limit") or not math.isfinite(new):
        return False
    if trial.ending == "converged" and not at_rest(trial):
        return False
    start = trial.record.values([0])[0]
    margin = 1e-6 * (1e-6 + abs(start - (old if math.isfinite(old) else start)))
    lost = usual.ending in ("diverged", "undefined") or not math.isfinite(old)
    if lost or (evidence.diverges and usual.ending != "converged"):
        return new < start and not (trial.ending == "step_limit" and gather(trial).diverges)
    if new > old + margin or (evidence.lower is not None and not new < old - margin):
        return False
    if trial.ending == "converged":
        return usual.ending != "converged" or trial.steps <= FEWER * usual.steps or old - new > margin
    least = min((point.value for point in minima(evidence)), default=new)
    return old - least > 1e-9 * (1 + abs(old)) and new - least <= LOWER * (old - least) and new < old


def minima(evidence: Evidence) -> tuple[Point, ...]:
    return () if isinstance(evidence.run.objective, CallableObjective) else evidence.run.objective.minima


def at_rest(run: Trajectory) -> bool:
    """Whether a converged run ended where the slope is small, rather than with steps too short to see."""
    slopes = run.record.gradients([0, run.steps])
    return math.hypot(*slopes[1]) <= 1e-3 * max(math.hypot(*slopes[0]), 1e-9)
