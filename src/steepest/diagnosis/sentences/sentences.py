"""A diagnosis in sentences, each with its evidence: the step, the direction, the number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from steepest.diagnosis.advice.advice import Advice
from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.motion.oscillation import lengths
from steepest.diagnosis.sentences.arrival import placed
from steepest.diagnosis.sentences.movement import moved
from steepest.diagnosis.sentences.theory import advised, crept, curved, rated
from steepest.diagnosis.sentences.wording import along, begin, digits, method, point, product
from steepest.errors import counted
from steepest.language.digits import apart

RESTING = 1e-15  # the share of the coordinates that is rounding
STEEP = 1e-3  # the share of its largest slope from which a place is no place to rest


def sentences(evidence: Evidence, advice: Sequence[Advice], words: Sequence[str]) -> tuple[str, ...]:
    """What happened, where, how it moved, what the curvature says, at what rate, what would help."""
    parts = (ended, placed, _left_stability, moved, crept, curved, rated)
    told = [sentence for part in parts for sentence in part(evidence)]
    told += advised(evidence, advice)
    if "unclear" in words or not np.isfinite(evidence.sampling.curvatures).any():
        told.append(_unsure(evidence))
    return tuple(told)


def ended(evidence: Evidence) -> Iterator[str]:
    """How the run ended."""
    run, seen = evidence.run, evidence.sampling
    if evidence.divergence and run.ending != "diverged":
        first, last = apart(*seen.values[[0, -1]].tolist(), digits=4)
        limit = ", the limit" if run.ending == "step_limit" else ""
        after = f"after {counted(run.steps, 'step')}{limit}"
        yield f"It ran away: {after}, f is {last}; it was {first} at the start.{_continued(evidence)}"
        return
    yield begin(run.ending.message) + "."
    slopes = lengths(seen.gradients)
    if evidence.held:
        yield (
            f"It rests where the optimizer's own pull toward 0 balances the slope, whose length is {digits(slopes[-1])} there: "
            "that is where weight decay holds it, and no minimum of the function."
        )
    elif run.ending == "converged" and not evidence.arrived and not evidence.plateau and slopes[-1] > STEEP * np.nanmax(slopes):
        yield f"Its steps became short, but the slope did not: its length is {digits(slopes[-1])} there, so it is not at rest."
    sound = np.flatnonzero(np.isfinite(seen.values))
    if run.ending == "undefined" and len(sound) and run.steps:
        place, slope = point(seen.positions[sound[-1]], run.names), point(seen.gradients[sound[-1]])
        left = sound[-1] < len(seen.values) - 1
        then = "from there the step leads out of the domain" if left else "from there no step can be computed"
        yield f"Before that it was at {place}, where the slope is {slope}: {then}."


def _continued(evidence: Evidence) -> str:
    """What the run that ran away does when it is continued."""
    more = evidence.divergence.continued if evidence.divergence else None
    if more is None:
        return ""
    if more.ending == "diverged":
        when = more.ending.message.partition(":")[0].partition(" ")[2]
        return f" Continued, it leaves the finite numbers {when}."
    return f" Continued to {more.steps:,} steps, f is {digits(more.record.values([more.steps])[0])}."


def _left_stability(evidence: Evidence) -> Iterator[str]:
    """The first step outside the stable region, in a direction in which the run moves."""
    steady, run, seen = evidence.stability, evidence.run, evidence.sampling
    if not len(steady.unstable):
        yield from _above_at_rest(evidence)
        return
    row, count = int(steady.unstable[0]), len(steady.unstable)
    where = f"Unstable {along(steady.directions[row], run.names)} at step {int(seen.steps[row]) + 1}"
    judged = np.isfinite(steady.lr_lambda if steady.radii is None else steady.radii) & (seen.steps < run.steps)
    later = int(judged[row + 1 :].sum())
    if count > 1:
        looked_at = "" if judged.sum() == run.steps else " that was looked at"
        every = count - 1 == later and later > 1
        where += f" and at every later one{looked_at}" if every else f" and at {count - 1} later one{'s' * (count > 2)}"
    if steady.bound is None or steady.radii is not None:
        radius = digits(steady.radii[row]) if steady.radii is not None else "above 1"
        why = f"the exact Jacobian of that step has the spectral radius {radius}, and more than 1 makes errors grow"
        yield f"{where}: {why}.{_afterwards(evidence, row)}"
        return
    found = product(run, seen.curvatures[row, -1], steady.lr_lambda[row], steady.bound, scaled=steady.scaled)
    scaled = ", after the optimizer's own scaling of each coordinate" if steady.scaled else ""
    yield (
        f"{where}: {found} there, and {method(run)} is stable below {digits(steady.bound, steady.lr_lambda[row])} only "
        f"(lambda is the curvature, how fast the slope changes{scaled})."
        f"{_afterwards(evidence, row)}"
    )


def _afterwards(evidence: Evidence, row: int) -> str:
    """What an unstable step did: led uphill, overshot, and whether the run came back from it."""
    seen = evidence.sampling
    if row + 1 >= len(seen.steps) or seen.steps[row + 1] != seen.steps[row] + 1:
        return ""
    with np.errstate(all="ignore"):
        step = seen.positions[row + 1] - seen.positions[row]
        before, after = float(step @ seen.gradients[row]), float(step @ seen.gradients[row + 1])
    told = " The step leads uphill." if before > 0 else " The step overshoots." if before < 0 < after else ""
    highest, last = float(np.nanmax(seen.values[row:])), float(seen.values[-1])
    if (evidence.arrived or evidence.fall) and highest > seen.values[row] > last:
        told += " The run came back: f rose from {} to {}".format(*apart(float(seen.values[row]), highest, digits=4))
        told += f", and is {digits(last)} at the end."
    return told


def _above_at_rest(evidence: Evidence) -> Iterator[str]:
    """A curvature above the bound in a direction in which the run does not move."""
    steady, run, seen = evidence.stability, evidence.run, evidence.sampling
    if steady.bound is None or steady.scaled or evidence.noisy or not np.ptp(seen.positions, axis=0).any():
        return
    with np.errstate(invalid="ignore"):
        rows = np.flatnonzero((steady.lr_lambda > steady.bound * (1 + 1e-9)) & (seen.steps < max(run.steps, 1)))
    for row in rows[:1].tolist():
        if np.ptp(seen.positions[row:] @ steady.directions[row]) > RESTING * np.abs(seen.positions[row]).max():
            return
        way = along(steady.directions[row], run.names)
        told = product(run, seen.curvatures[row, -1], steady.lr_lambda[row], steady.bound, scaled=False)
        yield (
            f"{begin(way)}, {told} at step {int(seen.steps[row]) + 1} is above {digits(steady.bound)}, where {method(run)} stops "
            f"being stable, but the run does not move {way}."
        )


def _unsure(evidence: Evidence) -> str:
    """What could not be said, and why."""
    if not evidence.run.steps:
        return "It took no step, so there is nothing to say about its motion."
    if not evidence.sampling.exact:
        return "The curvature of this Python function would take too many calls to find, so stability cannot be judged."
    return "None of the usual patterns fits, so this diagnosis is unsure."
