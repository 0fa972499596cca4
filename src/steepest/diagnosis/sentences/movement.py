"""Sentences on how a run moved: around a cycle, over an edge, from side to side, in one region forever, or straight down."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.motion.cycle import repeats_exactly
from steepest.diagnosis.motion.divergence import scheduled
from steepest.diagnosis.motion.oscillation import Oscillation
from steepest.diagnosis.sentences.wording import along, between, digits, listed, point, product

MOST_POINTS = 4
MOST_TURNS = 2  # coordinates whose turns are told
SAME = 1e-6  # how close two points of a cycle are, next to its size, that are one
ENOUGH = 20  # steps of which a mean and a deviation are told


def moved(evidence: Evidence) -> Iterator[str]:
    """Around a cycle, over an edge, from side to side, or straight down."""
    run = evidence.run
    if evidence.noisy:
        yield from _wandered(evidence)
        return
    yield from _returned(evidence)
    if evidence.kink:
        yield _hopped(evidence)
    if not run.steps or (run.ending == "undefined" and run.steps < 2):
        return
    many = [each for each in evidence.oscillations if each.changes > 1]
    for oscillation in many[:2]:
        yield _swung(evidence, oscillation)
    for oscillation in evidence.oscillations[:1] if not many else ():
        yield f"It crosses a valley floor once, {along(oscillation.direction, run.names)} at step {oscillation.first}."
    if not evidence.oscillations and evidence.cycle is None:
        yield from _straight(evidence)


def _returned(evidence: Evidence) -> Iterator[str]:
    """That the run repeats itself, or stays in one region without doing so."""
    run, seen = evidence.run, evidence.sampling
    if evidence.cycle is not None:
        period, points = evidence.cycle
        more = [f"{period - MOST_POINTS} more"] if period > MOST_POINTS else []
        places = listed([*(point(each) for each in points[:MOST_POINTS]), *more])
        forever = ", and would do so forever" if repeats_exactly(run, seen, period) else ""
        near = SAME * float(np.ptp(points, axis=0).max())
        distinct = all((np.abs(points - each).max(axis=1) <= near).sum() == 1 for each in points)
        same = f"the same {period} points, {places}" if distinct else f"itself every {period} steps, through {places}"
        yield f"It repeats {same}{forever}.{_on_the_bound(evidence)}"
    elif evidence.chaos is not None:
        found = evidence.chaos
        rows = (seen.steps >= found.first) & (seen.steps <= found.last)
        yield (
            f"It is chaotic: from step {found.first} to step {found.last} it keeps {between(seen.positions[rows], run.names)} and "
            f"neither settles nor repeats itself, and two runs that start next to each other part by the factor "
            f"{digits(math.exp(found.exponent))} per step there (the largest Lyapunov exponent is {digits(found.exponent)})."
        )
    elif evidence.wanders:
        before, last = (between(seen.positions[evidence.quarter(which)], run.names) for which in (2, 3))
        yield f"It has not settled: over the last quarter of its steps it keeps {last}, over the one before {before}."


def _wandered(evidence: Evidence) -> Iterator[str]:
    """Of a run with noise: the mean and the deviation of its second half."""
    run, seen = evidence.run, evidence.sampling
    yield "The optimizer adds noise to its steps."
    rows = seen.steps > run.steps // 2
    if rows.sum() < ENOUGH or evidence.diverges or run.ending == "undefined":
        return
    means, spreads = seen.positions[rows].mean(axis=0), seen.positions[rows].std(axis=0)
    parts = [
        f"{name} is {digits(mean)} on average, with a standard deviation of {digits(spread)}"
        for name, mean, spread in list(zip(run.names, means.tolist(), spreads.tolist(), strict=True))[:MOST_POINTS]
    ]
    yield f"Over the second half of its steps {listed(parts)}."


def _on_the_bound(evidence: Evidence) -> str:
    """That the run sits exactly on the bound of stability, if it does, at every step, and the curvature is the same everywhere."""
    steady, seen = evidence.stability, evidence.sampling
    if steady.bound is None or steady.scaled or not np.allclose(seen.curvatures, seen.curvatures[-1], rtol=1e-12, atol=0):
        return ""
    if not np.allclose(steady.lr_lambda, steady.bound, rtol=1e-12, atol=0):
        return ""
    told = product(evidence.run, seen.curvatures[-1, -1], steady.lr_lambda[-2], steady.bound, scaled=False)
    return f" Here {told} is exactly the bound between stable and unstable: the error neither shrinks nor grows."


def _hopped(evidence: Evidence) -> str:
    """That the slope jumps, and what that does to steps of one length."""
    end = evidence.stability.end
    plain = end is not None and not end[0].scaled and not scheduled(evidence.run) and len(end[0].names) == 1
    told = "The slope jumps on its way: there is an edge, and the run goes back and forth over it."
    if not plain:
        return told
    return (
        f"{told} Next to it the slope does not shrink, so steps of a constant learning rate hop over the edge instead of "
        "settling on it."
    )


def _swung(evidence: Evidence, oscillation: Oscillation) -> str:
    """From side to side: how often, when, and whether ever farther."""
    run = evidence.run
    way = along(oscillation.direction, run.names)
    some = "" if len(evidence.sampling.steps) == run.steps + 1 else ", as far as it was looked at"
    when = f"from step {oscillation.first} to step {oscillation.last}{some}"
    if oscillation.changes == oscillation.last - oscillation.first + 1:
        how = "at every step" + ("" if oscillation.first == 1 and oscillation.last == run.steps else f" {when}")
    elif math.isfinite(oscillation.period):
        how = f"about every {oscillation.period / 2:.3g} steps, a period of {oscillation.period:.3g}, {when}"
    else:
        how = f"{'' if oscillation.certain else 'at least '}{oscillation.changes} times {when}"
    size = ""
    if oscillation.factor > 1:
        size = f"; each step takes it {digits(oscillation.factor)} times as far"
    elif oscillation.factor < 1:
        size = f"; each step leaves {digits(oscillation.factor)} of the swing"
    return f"It swings from side to side {way} {how}{size}."


def _straight(evidence: Evidence) -> Iterator[str]:
    """No swing across a valley: whether any coordinate turned back, and whether the value fell."""
    run, seen = evidence.run, evidence.sampling
    turned = [(name, steps) for name, steps in zip(run.names, evidence.turns, strict=True) if len(steps)]
    changes = np.diff(seen.values if run.ending != "undefined" else seen.values[np.isfinite(seen.values)])
    looked_at = "" if len(seen.steps) == run.steps + 1 else ", as far as it was looked at"
    if run.ending == "diverged" and not np.isfinite(seen.values[-1]):
        changes = np.append(changes[:-1], np.inf)  # the value that is none is larger than any number
    if (changes < 0).all():
        value = f"the value falls at every step{looked_at}"
    elif evidence.falls:
        value = f"the value never rises{looked_at}"
    elif (changes > 0).all():
        value = f"the value rises at every step{looked_at}"
    else:
        rises = int((changes > 0).sum())
        value = f"the value rises at {rises} step{'s' * (rises != 1)}{looked_at}"
    if not turned and run.steps > 1 and len(changes):
        yield f"It never changes sides: every coordinate moves one way only, and {value}."
        return
    for name, steps in turned[:MOST_TURNS]:
        times = "once" if len(steps) == 1 else f"{len(steps)} times"
        yield f"{name} turns back {times}, {'at' if len(steps) == 1 else 'first at'} step {int(steps[0])}."
    if len(changes):
        yield f"{value[0].upper()}{value[1:]}."
