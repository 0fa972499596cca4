"""The words of a diagnosis: one closed list."""

from __future__ import annotations

import numpy as np

from steepest.diagnosis.advice.tuning import best_gain
from steepest.diagnosis.evidence import Evidence

CHARACTERS = {
    "diverging": "it left the finite numbers, or grew, and goes on to grow when it is continued",
    "left_domain": "a step went where the function is not defined",
    "interrupted": "Ctrl-C ended it",
    "minimum": "it arrived at a minimum, and no lower value is known",
    "local_minimum": "it arrived at a minimum, and a lower value is known",
    "saddle": "it came to where the slope vanishes and the function still falls in some direction",
    "maximum": "it is at the top of a hill, where the slope vanishes",
    "plateau": "it is stuck where the function is level: next to no slope, next to no curvature",
    "held": "it rests where weight decay balances the slope",
    "cycling": "it visits the same few points again and again",
    "chaotic": "it stays in one region without coming to rest, and runs that start next to each other part",
    "wandering": "it stayed in one region without coming to rest or repeating itself",
    "kink": "it hops over an edge, where the slope jumps instead of shrinking",
    "noisy": "its optimizer adds noise to every step, or each step takes the gradient over a batch of the rows",
    "underway": "it was still going down when it ended",
    "monotone": "no coordinate ever turned back, and the value never rose",
    "oscillating": "it went from side to side, twice or more",
    "unstable": "some step, in a direction in which the run moves, was outside the region where the method is stable",
    "creeping": "its learning rate is 10 times or more below what the curvature allows",
    "ill_conditioned": "the curvatures differ by 100 times or more between directions",
    "unclear": "none of the above can be said",
}
"""What each word says about a run. A run has one or several of them."""

MUCH = 10.0  # how many times below the best one a learning rate must be to make a run creep
FASTER = 5.0  # and how many times fewer steps the better one needs
ILL_CONDITIONED = 100.0
LASTING = 50  # steps for each of two changes of sides: both count in a run of up to a hundred steps
UNFINISHED = 0.5  # the share of its largest slope that a run still has if it has hardly begun


def character(evidence: Evidence) -> tuple[str, ...]:
    """The words that describe a run, in the order of `CHARACTERS`.

    Args:
        evidence: what was found about the run.
    """
    at, condition, outside = evidence.arrived, evidence.condition, evidence.run.ending == "undefined"
    kind = at.kind if at else ""
    still = not evidence.oscillations and not any(len(each) for each in evidence.turns)
    lasting = any(
        oscillation.changes >= 3 or oscillation.changes * LASTING >= evidence.run.steps
        for oscillation in evidence.oscillations
        if oscillation.changes > 1
    )
    holds = {
        "diverging": evidence.diverges,
        "left_domain": outside,
        "interrupted": evidence.run.ending == "interrupted",
        "minimum": kind == "minimum" and evidence.lower is None,
        "local_minimum": kind == "minimum" and evidence.lower is not None,
        "saddle": kind == "saddle",
        "maximum": kind == "maximum",
        "plateau": evidence.plateau,
        "held": evidence.held,
        "cycling": evidence.cycle is not None,
        "chaotic": evidence.chaos is not None,
        "wandering": evidence.wanders,
        "kink": evidence.kink,
        "noisy": evidence.noisy,
        "underway": evidence.fall is not None,
        "monotone": still and evidence.falls and evidence.run.steps > 0 and not evidence.noisy and not outside,
        "oscillating": lasting and not evidence.noisy,
        "unstable": len(evidence.stability.unstable) > 0,
        "creeping": creeping_factor(evidence) is not None,
        "ill_conditioned": condition is not None and condition >= ILL_CONDITIONED,
    }
    return tuple(word for word in CHARACTERS if holds.get(word)) or ("unclear",)


def creeping_factor(evidence: Evidence) -> float | None:
    """How many times `lr*lambda` was below its bound over the last half of a run; None if the run does not creep."""
    run, stability, at = evidence.run, evidence.stability, evidence.arrived
    if evidence.chaos or evidence.wanders or evidence.held:
        return None
    if stability.next_step is None or stability.bound is None or evidence.diverges or evidence.plateau or evidence.noisy:
        return None
    if run.ending == "undefined" or run.steps < 5 or evidence.cycle or (at and at.kind != "minimum") or evidence.kink:
        return None
    half = stability.lr_lambda[len(stability.lr_lambda) // 2 :]
    if not np.isfinite(half).all() or not 0 < half.max() < stability.bound / MUCH:
        return None
    slopes = np.abs(evidence.sampling.gradients).max(axis=1)
    if stability.scaled and (at or run.ending != "step_limit" or slopes[-1] < UNFINISHED * np.nanmax(slopes, initial=0.0)):
        return None
    method, (curvatures,) = stability.next_step
    best = best_gain(method, curvatures) if curvatures[0] > 0 else None
    if best is None or best[0] < MUCH:
        return None
    now = stability.predicted
    if now is not None and 0 < now < 1 and 0 < best[1] < 1 and np.log(best[1]) / np.log(now) < FASTER:
        return None
    return float(stability.bound / half.max())
