"""Sentences on where a run ended: at a minimum, a saddle, a maximum, on a plateau, or before it arrived."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.sentences.wording import along, digits, point
from steepest.diagnosis.stationary import StationaryPoint, derivatives, values_at
from steepest.language.digits import apart

ROUNDING = 1e-14
REMAINING = 1e-6  # the share of the distance from the start that must be left to be told
FAR = 10.0  # how many times farther than the start a run may end from a minimum that is still told


def about_arrival(evidence: Evidence) -> Iterator[str]:
    """Whether it arrived at a stationary point, is stuck, was still falling, or how far from a minimum it ended."""
    at, sampling, run = evidence.arrived, evidence.sampling, evidence.run
    if evidence.fall is not None:
        step, before, last = evidence.fall
        shown = "f{} fell from {} to {}".format(" over all rows" if evidence.batches else "", *apart(before, last, digits=4))
        yield f"It was still on its way down: from step {step} to step {run.steps} {shown}."
    elif evidence.plateau:
        slope, curvature = (digits(float(np.abs(part[-1]).max())) for part in (sampling.gradients, sampling.curvatures))
        yield (
            f"It is stuck on a plateau at {point(sampling.positions[-1], run.names)}: the function is level there. The slope is "
            f"{slope} and the curvature {curvature}, tiny next to the rest of the view."
        )
    elif at is not None and at.kind == "minimum":
        yield from _settled(evidence, at)
    elif at is not None and at.kind == "saddle":
        yield _stuck(evidence, at)
        yield from _short_of(evidence, at)
    elif at is not None and at.kind == "maximum":
        yield _on_top(evidence, at)
    if at is None and not evidence.plateau:
        yield from _ahead(evidence)


def _ahead(evidence: Evidence) -> Iterator[str]:
    """How far from the nearest minimum a run ended that did not arrive."""
    run, at, last = evidence.run, evidence.stationary, evidence.sampling.positions[-1]
    going = (evidence.halted or run.ending == "converged") and not evidence.diverges and not evidence.cycle
    if at is None or at.kind != "minimum" or not going or not run.steps:
        return
    away = float(np.linalg.norm(last - at.position))
    if away > FAR * float(np.linalg.norm(evidence.sampling.positions[0] - at.position)):
        return
    yield f"There is a minimum at {point(at.position, run.names)}, where f = {digits(at.value)}; it ended {digits(away)} from it."


def _settled(evidence: Evidence, at: StationaryPoint) -> Iterator[str]:
    run, lower = evidence.run, evidence.lower
    where = point(at.position, run.names)
    there = f"{where}, where f = {digits(at.value)}"
    if lower is not None:
        better = point(lower[0]) if len(lower[0]) > 1 else f"({point(lower[0])})"
        curved = " and the function curves up in every direction" if not at.flat else ""
        yield (
            f"It is trapped in a local minimum at {there}: the slope vanishes{curved}. A lower value is known: "
            f"f{better} = {apart(at.value, lower[1], digits=4)[1]}."
        )
    else:
        known = run.objective.minima
        yield f"It arrives at the minimum {there}: {'the lowest value known' if known else 'no lower value is known'}."
    if at.flat:
        yield _bottom(evidence, at)
    yield from _short_of(evidence, at)


def _short_of(evidence: Evidence, at: StationaryPoint) -> Iterator[str]:
    """That the run ended short of a point where the curvature vanishes, which it approaches ever more slowly."""
    first, last, names = evidence.sampling.positions[0], evidence.sampling.positions[-1], evidence.run.names
    away, covered = np.abs(last - at.position).max(), np.abs(first - at.position).max()
    if at.flat and point(last, names) != point(at.position, names) and away > REMAINING * covered:
        slope = digits(float(np.linalg.norm(evidence.sampling.gradients[-1])))
        yield f"It is not quite there: it ended at {point(last, names)}, where the slope is {slope}."


def _bottom(evidence: Evidence, at: StationaryPoint) -> str:
    """Why the curvature vanishes at a minimum: a level line, an edge, or a curvature that fades to 0."""
    run = evidence.run
    direction, next_step = at.directions[:, 0], evidence.stability.next_step
    reach = 1e-2 * (1 + float(np.abs(at.position).max()))
    beside = values_at(run, at.position + reach * np.array([[1.0], [-1.0], [100.0], [-100.0]]) * direction)
    if (np.abs(beside - at.value) <= ROUNDING * (min(1.0, float(np.abs(evidence.sampling.values).max())) + abs(at.value))).all():
        where = along(direction, run.names)
        return f"The bottom is level {where}: the value does not change there, so the minimum is no single point."
    near, far = (_slope_at(evidence, at, share * reach) for share in (1e-3, 1.0))
    if not near <= 0.1 * far:
        return f"There is an edge {along(direction, run.names)}: the slope does not fade toward the bottom."
    slow = ""
    if next_step is not None and not next_step.recurrence.scaled and isinstance(run.settings.get("lr"), float):
        slow = ", so the steps shrink faster than the error, and no constant factor per step is reached"
    return f"The bottom is flat {along(direction, run.names)}: the curvature fades to 0 there{slow}."


def _slope_at(evidence: Evidence, at: StationaryPoint, distance: float) -> float:
    """The slope at a distance from a stationary point, in the direction of its least curvature."""
    direction = at.directions[:, 0]
    return float(np.abs(derivatives(evidence.run, at.position + distance * direction)[1] @ direction))


def _stuck(evidence: Evidence, at: StationaryPoint) -> str:
    """That a run is stuck at a saddle, or slowly leaves it."""
    least, run, growth = float(at.curvatures[0]), evidence.run, evidence.predicted or 0.0
    where = f"It is stuck at a saddle, at {point(at.position, run.names)}: the slope vanishes there, yet it is no minimum"
    if not least < -1e-6 * float(np.abs(at.curvatures).max()):
        return f"{where}: the curvature vanishes too, and there are lower values right next to it."
    falling = along(at.directions[:, 0], run.names)
    falls = f"{where}, for the function falls {falling} (curvature {digits(least)})."
    last = np.abs((evidence.sampling.positions[-2:] - at.position) @ at.directions[:, 0])
    if len(last) == 2 and 0 < last[0] < last[1]:
        leaving = f"it is {digits(last[1])} away from it {falling}, and that grows"
        return falls.replace("It is stuck at", "It came to") + f" The run has begun to leave it: {leaving}."
    if growth > 1:
        falls += (
            f" The run has next to no slope {falling} to follow; the least disturbance would grow by the factor {digits(growth)} "
            "per step, so start a little beside it."
        )
    return falls


def _on_top(evidence: Evidence, at: StationaryPoint) -> str:
    slope = float(np.abs(evidence.sampling.gradients[-1]).max())
    where = f"at the top of a hill, at {point(at.position, evidence.run.names)}: the slope vanishes there"
    if slope == 0:
        return f"It is stuck {where}, so no step leads away."
    return f"It ended {where}, and is {digits(slope)} where the run ended."
