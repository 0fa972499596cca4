"""A diagnosis in sentences, each with its evidence: the step, the direction, the number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.advice.advice import Advice
from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.motion.oscillation import lengths
from steepest.diagnosis.sentences.arrival import about_arrival
from steepest.diagnosis.sentences.movement import about_motion
from steepest.diagnosis.sentences.theory import about_advice, about_creeping, about_curvature, about_rate
from steepest.diagnosis.sentences.wording import along, begin, digits, method, point, product
from steepest.errors import counted
from steepest.language.digits import apart

RESTING = 1e-15  # the share of the coordinates that is rounding
STEEP = 1e-3  # the share of its largest slope from which a place is no place to rest


def sentences(evidence: Evidence, advice: Sequence[Advice], words: Sequence[str]) -> tuple[str, ...]:
    """What happened, where, how it moved, what the curvature says, at what rate, what would help."""
    parts = (about_ending, about_arrival, _about_stability, about_motion, about_creeping, about_curvature, about_rate)
    told = [sentence for part in parts for sentence in part(evidence)]
    told += about_advice(evidence, advice)
    if "unclear" in words or not np.isfinite(evidence.sampling.curvatures).any():
        told.append(_unsure(evidence))
    return tuple(told)


def about_ending(evidence: Evidence) -> Iterator[str]:
    """How the run ended."""
    run, sampling = evidence.run, evidence.sampling
    if evidence.divergence and run.ending != "diverged":
        first, last = apart(*sampling.values[[0, -1]].tolist(), digits=4)
        limit = ", the limit" if run.ending == "step_limit" else ""
        after = f"after {counted(run.steps, 'step')}{limit}"
        yield f"It ran away: {after}, f is {last}; it was {first} at the start.{_continued(evidence)}"
        return
    yield begin(run.ending.message) + "."
    slopes = lengths(sampling.gradients)
    if evidence.held:
        yield (
            f"It rests where the optimizer's own pull toward 0 balances the slope, whose length is {digits(slopes[-1])} there: "
            "that is where weight decay holds it, and no minimum of the function."
        )
    elif run.ending == "converged" and not evidence.arrived and not evidence.plateau and _is_steep(slopes):
        yield f"Its steps became short, but the slope did not: its length is {digits(slopes[-1])} there, so it is not at rest."
    sound = np.flatnonzero(np.isfinite(sampling.values))
    if run.ending == "undefined" and len(sound) and run.steps:
        position, slope = point(sampling.positions[sound[-1]], run.names), point(sampling.gradients[sound[-1]])
        left = sound[-1] < len(sampling.values) - 1
        then = "from there the step leads out of the domain" if left else "from there no step can be computed"
        yield f"Before that it was at {position}, where the slope is {slope}: {then}."


def _is_steep(slopes: NDArray[np.float64]) -> bool:
    """Whether the last slope is not small next to the steepest of a run."""
    return bool(slopes[-1] > STEEP * np.nanmax(slopes, initial=0.0))


def _continued(evidence: Evidence) -> str:
    """What a run that diverges does when it is continued."""
    more = evidence.divergence.continued if evidence.divergence else None
    if more is None:
        return ""
    if more.ending == "diverged":
        when = more.ending.message.partition(":")[0].partition(" ")[2]
        return f" Continued, it leaves the finite numbers {when}."
    return f" Continued to {more.steps:,} steps, f is {digits(more.record.values([more.steps])[0])}."


def _about_stability(evidence: Evidence) -> Iterator[str]:
    """The first step outside the stable region, in a direction in which the run moves."""
    stability, run, sampling = evidence.stability, evidence.run, evidence.sampling
    if not len(stability.unstable):
        yield from _above_at_rest(evidence)
        return
    row, count = int(stability.unstable[0]), len(stability.unstable)
    where = f"Unstable {along(stability.directions[row], run.names)} at step {int(sampling.steps[row]) + 1}"
    judged = np.isfinite(stability.lr_lambda if stability.radii is None else stability.radii) & (sampling.steps < run.steps)
    later = int(judged[row + 1 :].sum())
    if count > 1:
        looked_at = "" if judged.sum() == run.steps else " that was looked at"
        every = count - 1 == later and later > 1
        where += f" and at every later one{looked_at}" if every else f" and at {count - 1} later one{'s' * (count > 2)}"
    if stability.bound is None or stability.radii is not None:
        radius = digits(stability.radii[row]) if stability.radii is not None else "above 1"
        why = f"the exact Jacobian of that step has the spectral radius {radius}, and more than 1 makes errors grow"
        yield f"{where}: {why}.{_afterwards(evidence, row)}"
        return
    found = product(run, sampling.curvatures[row, -1], stability.lr_lambda[row], stability.bound, scaled=stability.scaled)
    scaled = ", after the optimizer's own scaling of each coordinate" if stability.scaled else ""
    yield (
        f"{where}: {found} there, and {method(run)} is stable below {digits(stability.bound, stability.lr_lambda[row])} only "
        f"(lambda is the curvature, how fast the slope changes{scaled})."
        f"{_afterwards(evidence, row)}"
    )


def _afterwards(evidence: Evidence, row: int) -> str:
    """What an unstable step did: led uphill, overshot, and whether the run came back from it."""
    sampling = evidence.sampling
    if row + 1 >= len(sampling.steps) or sampling.steps[row + 1] != sampling.steps[row] + 1:
        return ""
    with np.errstate(all="ignore"):
        step = sampling.positions[row + 1] - sampling.positions[row]
        before, after = float(step @ sampling.gradients[row]), float(step @ sampling.gradients[row + 1])
    told = " The step leads uphill." if before > 0 else " The step overshoots." if before < 0 < after else ""
    highest, last = float(np.nanmax(sampling.values[row:])), float(sampling.values[-1])
    if (evidence.arrived or evidence.fall) and highest > sampling.values[row] > last:
        told += " The run came back: f rose from {} to {}".format(*apart(float(sampling.values[row]), highest, digits=4))
        told += f", and is {digits(last)} at the end."
    return told


def _above_at_rest(evidence: Evidence) -> Iterator[str]:
    """That a curvature is above the bound, in a direction in which the run does not move."""
    stability, run, sampling = evidence.stability, evidence.run, evidence.sampling
    if stability.bound is None or stability.scaled or evidence.noisy or not np.ptp(sampling.positions, axis=0).any():
        return
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((stability.lr_lambda > stability.bound * (1 + 1e-9)) & (sampling.steps < max(run.steps, 1)))
    for row in rows[:1].tolist():
        if np.ptp(sampling.positions[row:] @ stability.directions[row]) > RESTING * np.abs(sampling.positions[row]).max():
            return
        way = along(stability.directions[row], run.names)
        told = product(run, sampling.curvatures[row, -1], stability.lr_lambda[row], stability.bound, scaled=False)
        yield (
            f"{begin(way)}, {told} at step {int(sampling.steps[row]) + 1} is above {digits(stability.bound)}, where {method(run)} "
            f"stops being stable, but the run does not move {way}."
        )


def _unsure(evidence: Evidence) -> str:
    """What could not be said, and why."""
    if not evidence.run.steps:
        return "It took no step, so there is nothing to say about its motion."
    if not np.isfinite(evidence.sampling.curvatures).any():
        return "The curvature of this Python function would take too many calls to find, so stability cannot be judged."
    return "None of the usual patterns fits, so this diagnosis is unsure."
