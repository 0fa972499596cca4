"""A diagnosis in sentences, each with its evidence: the step, the direction, the number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from steepest.diagnosis.advice import Advice
from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.motion import Swing, lengths
from steepest.diagnosis.place import Place
from steepest.diagnosis.reasons import advised, crept, curved, rated
from steepest.diagnosis.wording import along, begin, digits, listed, method, point
from steepest.digits import apart
from steepest.errors import counted
from steepest.objectives.callable import CallableObjective

__all__ = ["sentences"]

MOST_POINTS = 4
STEEP = 1e-3  # the share of its largest slope from which a place is no place to rest


def sentences(evidence: Evidence, advice: Sequence[Advice], words: Sequence[str]) -> tuple[str, ...]:
    """What happened, where, how it moved, what the curvature says, at what rate, what would help."""
    parts = (ended, placed, left_stability, moved, crept, curved, rated)
    told = [sentence for part in parts for sentence in part(evidence)]
    told += advised(evidence, advice)
    if "unclear" in words or not np.isfinite(evidence.survey.curvatures).any():
        told.append(unsure(evidence))
    return tuple(told)


def ended(evidence: Evidence) -> Iterator[str]:
    """How the run ended."""
    run, seen = evidence.run, evidence.survey
    if evidence.diverges and run.ending != "diverged":
        why = "" if seen.values[-1] > seen.values[0] else " The function falls without end in this direction."
        first, last = apart(*seen.values[[0, -1]].tolist(), digits=4)
        yield f"It ran away: after {counted(run.steps, 'step')}, the limit, f is {last}; it was {first} at the start.{why}"
        return
    yield begin(run.ending.message) + "."
    slopes = lengths(seen.gradients)
    if run.ending == "converged" and not evidence.arrived and not evidence.plateau and slopes[-1] > STEEP * np.nanmax(slopes):
        yield f"Its steps became short, but the slope did not: its length is {digits(slopes[-1])} there, so it is not at rest."
    sound = np.flatnonzero(np.isfinite(seen.values))
    if run.ending == "undefined" and len(sound):
        place, slope = point(seen.positions[sound[-1]], run.names), point(seen.gradients[sound[-1]])
        if run.steps or len(sound) > 1:
            yield f"Before that it was at {place}, where the slope is {slope}: from there the step leads out of the domain."


def placed(evidence: Evidence) -> Iterator[str]:
    """Where it ended."""
    at, seen, names = evidence.arrived, evidence.survey, evidence.run.names
    if evidence.fall is not None:
        before, last = apart(*map(float, evidence.fall), digits=4)
        yield f"It was still on its way down: over the last quarter of its steps f fell from {before} to {last}."
    elif evidence.plateau:
        slope, curvature = (digits(float(np.abs(part[-1]).max())) for part in (seen.gradients, seen.curvatures))
        yield (
            f"It is stuck on a plateau at {point(seen.positions[-1], names)}: the function is level there. The slope is {slope} "
            f"and the curvature {curvature}, tiny next to the rest of the view, so no step can be long."
        )
    elif at is not None and at.kind == "minimum":
        yield from settled(evidence, at)
    elif at is not None and at.kind == "saddle":
        yield stuck(evidence, at)
    elif at is not None and at.kind == "maximum":
        where = point(at.position, names)
        yield f"It is stuck at the top of a hill, at {where}: the slope vanishes there, so no step leads away."


def settled(evidence: Evidence, at: Place) -> Iterator[str]:
    run, lower = evidence.run, evidence.lower
    there = f"{point(at.position, run.names)}, where f = {digits(at.value)}"
    if lower is not None:
        better = point(lower[0]) if len(lower[0]) > 1 else f"({point(lower[0])})"
        yield (
            f"It is trapped in a local minimum at {there}: the slope vanishes and the function curves up in every direction. A "
            f"lower value is known: f{better} = {digits(lower[1])}."
        )
        return
    known = not isinstance(run.objective, CallableObjective) and run.objective.minima
    yield f"It arrives at the minimum {there}: {'the lowest value known' if known else 'no lower value is known'}."
    if at.curvatures[0] <= 1e-6 * max(1e-300, float(np.nanmax(np.abs(evidence.survey.curvatures)))):
        yield (
            f"The bottom is flat {along(at.directions[:, 0], run.names)}: the curvature fades to 0 there, so the steps shrink "
            "faster than the error, and no constant factor per step is reached."
        )


def stuck(evidence: Evidence, at: Place) -> str:
    least, names, growth = float(at.curvatures[0]), evidence.run.names, evidence.predicted or 0.0
    where = f"It is stuck at a saddle, at {point(at.position, names)}: the slope vanishes there, yet it is no minimum"
    if not least < -1e-6 * max(abs(float(at.curvatures[-1])), 1e-3):
        return f"{where}: the curvature vanishes too, and there are lower values right next to it. Start a little beside it."
    way, grows = along(at.directions[:, 0], names), f" by the factor {digits(growth)} per step" if growth > 1 else ""
    return (
        f"{where}, for the function falls {way} (curvature {digits(least)}). The run has next to no slope {way} to follow; the "
        f"least disturbance would grow{grows}, so start a little beside it."
    )


def left_stability(evidence: Evidence) -> Iterator[str]:
    """The first step outside the stable region."""
    steady, run = evidence.stability, evidence.run
    if not len(steady.unstable):
        return
    row, count = int(steady.unstable[0]), len(steady.unstable)
    where = f"Unstable {along(steady.directions[row], run.names)} at step {int(evidence.survey.steps[row]) + 1}"
    others = f" and at {count - 1} later one{'s' * (count > 2)}" if count > 1 else ""
    where += " and at every later one" if count == len(evidence.survey.steps) - 1 - row and count > 1 else others
    values = evidence.survey.values
    back = not evidence.diverges and run.ending != "undefined" and values[-1] < np.nanmax(values[row:])
    after = " The run came back, but such a step overshoots." if back else ""
    if steady.bound is None or steady.radii is not None:
        radius = digits(steady.radii[row]) if steady.radii is not None else "above 1"
        alone = "" if evidence.swings or evidence.falls else " They grow on one side: the equations seem to step uphill."
        why = f"the exact Jacobian of that step has the spectral radius {radius}, and more than 1 makes errors grow"
        yield f"{where}: {why}.{after}{alone}"
        return
    scaled = ", after the optimizer's own scaling of each coordinate" if steady.scaled else ""
    yield (
        f"{where}: {product(evidence, row)} there, and {method(run)} is stable below "
        f"{digits(steady.bound, steady.lr_lambda[row])} only (lambda is the curvature, how fast the slope changes{scaled}).{after}"
    )


def product(evidence: Evidence, row: int) -> str:
    """`lr*lambda = 0.21*20 = 4.2`, or the result alone where more than these two go into it."""
    found, rate = float(evidence.stability.lr_lambda[row]), evidence.run.settings.get("lr")
    shown = digits(found, *([] if evidence.stability.bound is None else [evidence.stability.bound]))
    largest = float(evidence.survey.curvatures[row, -1])
    if isinstance(rate, float) and not evidence.stability.scaled and math.isclose(rate * largest, found, rel_tol=1e-9):
        return f"lr*lambda = {digits(rate)}*{digits(largest)} = {shown}"
    return f"lr*lambda = {shown}"


def moved(evidence: Evidence) -> Iterator[str]:
    """Around a cycle, over an edge, from side to side, or straight down."""
    run, swings = evidence.run, evidence.swings
    if evidence.noisy:
        yield "The optimizer adds noise to every step, so the run wanders and never settles for good."
        return
    if evidence.cycle is not None:
        period, points = evidence.cycle
        more = [f"{period - MOST_POINTS} more"] if period > MOST_POINTS else []
        places = listed([*(point(each) for each in points[:MOST_POINTS]), *more])
        yield f"It repeats the same {period} points, {places}, and would do so forever.{on_the_bound(evidence)}"
    if evidence.kink:
        yield (
            "The slope jumps where the run crosses the valley floor: there is an edge. Near it the slope does not shrink, so steps "
            "of a constant learning rate hop over the edge instead of settling on it."
        )
    for swing in [each for each in swings if each.changes > 1][:2]:
        yield swung(evidence, swing)
    if swings and swings[0].changes == 1:
        where = f"{along(swings[0].direction, run.names)} at step {swings[0].first}"
        yield f"It overshoots once, {where}, and does not come back to that side."
    if not swings and evidence.cycle is None and run.steps and evidence.survey.hessians is not None and run.ending != "undefined":
        yield "It never changes sides" + (
            ", and the value falls at every step." if evidence.falls else ", but the value rises on the way."
        )


def on_the_bound(evidence: Evidence) -> str:
    """That the run sits exactly on the bound of stability, if it does."""
    last, bound = float(evidence.stability.lr_lambda[-2]), evidence.stability.bound
    if bound is None or not math.isclose(last, bound, rel_tol=1e-6):
        return ""
    return f" Here {product(evidence, -2)} is exactly the bound between stable and unstable: the error neither shrinks nor grows."


def swung(evidence: Evidence, swing: Swing) -> str:
    way, run = along(swing.direction, evidence.run.names), evidence.run
    how = "at every step" if swing.period < 2.05 else f"about every {swing.period / 2:.3g} steps, a period of {swing.period:.3g}"
    whole = swing.last >= 0.8 * run.steps and swing.first <= 3 + swing.period
    when = "" if whole else f", from step {swing.first} to step {swing.last}"
    size = ""
    if swing.factor > 1:
        size = f"; each step takes it {digits(swing.factor)} times as far"
    elif swing.factor < 1:
        size = f"; each step leaves {digits(swing.factor)} of the swing"
    return f"It swings from side to side {way} {how}{when}{size}."


def unsure(evidence: Evidence) -> str:
    """What could not be said, and why."""
    if not evidence.run.steps:
        return "It took no step, so there is nothing to say about its motion."
    if not evidence.survey.exact:
        return "The curvature of this Python function would take too many calls to find, so stability cannot be judged."
    return "None of the usual patterns fits, so this diagnosis is unsure."
