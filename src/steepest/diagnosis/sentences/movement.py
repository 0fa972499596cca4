"""Sentences on how a run moved: around a cycle, over an edge, from side to side, in one region forever, or straight down."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.inputs import batch_gradient
from steepest.diagnosis.motion.cycle import repeats_exactly
from steepest.diagnosis.motion.divergence import scheduled
from steepest.diagnosis.motion.oscillation import Oscillation
from steepest.diagnosis.motion.progress import quarter
from steepest.diagnosis.sentences.wording import along, between, digits, listed, point, product
from steepest.errors import counted

MOST_POINTS = 4
MOST_TURNS = 2  # coordinates whose turns are told
SAME = 1e-6  # how close two points of a cycle are, next to its size, that are one
SETTLES = 1e-9  # the share of the first slope that counts as 0
MOST_BATCHES = 64  # whose gradients are looked at
ENOUGH = 20  # steps of which a mean and a deviation are told


def about_motion(evidence: Evidence) -> Iterator[str]:
    """How the run moved: around a cycle, over an edge, from side to side, or straight down."""
    run = evidence.run
    if evidence.noisy:
        yield from _with_noise(evidence)
        return
    yield from _toward_saddles(evidence)
    yield from _recurring(evidence)
    if evidence.kink:
        yield _over_an_edge(evidence)
    if not run.steps or (run.ending == "undefined" and run.steps < 2):
        return
    many = [each for each in evidence.oscillations if each.changes > 1]
    for oscillation in many[:2]:
        yield _oscillating(evidence, oscillation)
    for oscillation in evidence.oscillations[:1] if not many else ():
        yield f"It crosses a valley floor once, {along(oscillation.direction, run.names)} at step {oscillation.first}."
    if not evidence.oscillations and evidence.cycle is None:
        yield from _without_oscillation(evidence)


def _toward_saddles(evidence: Evidence) -> Iterator[str]:
    """That steps of Newton's method start where the local quadratic has no minimum."""
    run, sampling = evidence.run, evidence.sampling
    if not run.optimizer.uses("H") or sampling.hessians is None:
        return
    with np.errstate(invalid="ignore"):
        bent = np.flatnonzero((sampling.curvatures[:, 0] < 0) & (sampling.steps < run.steps))
    if not len(bent):
        return
    row = int(bent[0])
    step, way = int(sampling.steps[row]) + 1, along(sampling.directions[row][:, 0], run.names)
    some = "" if len(sampling.steps) == run.steps + 1 else " that were looked at"
    steps = f"{len(bent)} of its {counted(run.steps, 'step')}{some}, first of step {step}," if len(bent) > 1 else f"step {step}"
    yield (
        f"At the start of {steps} the curvature is negative {way} ({digits(float(sampling.curvatures[row, 0]))}"
        f"{' at first' if len(bent) > 1 else ''}): the local quadratic has no minimum there, and Newton's method steps to its "
        "saddle or its maximum."
    )


def _recurring(evidence: Evidence) -> Iterator[str]:
    """That the run repeats itself, or stays in one region without doing so."""
    run, sampling = evidence.run, evidence.sampling
    if evidence.cycle is not None:
        period, points = evidence.cycle
        more = [f"{period - MOST_POINTS} more"] if period > MOST_POINTS else []
        places = listed([*(point(each) for each in points[:MOST_POINTS]), *more])
        forever = ", and would do so forever" if repeats_exactly(run, sampling, period) else ""
        near = SAME * float(np.ptp(points, axis=0).max())
        distinct = all((np.abs(points - each).max(axis=1) <= near).sum() == 1 for each in points)
        same = f"the same {period} points, {places}" if distinct else f"itself every {period} steps, through {places}"
        yield f"It repeats {same}{forever}.{_on_the_bound(evidence)}"
    elif evidence.chaos is not None:
        found = evidence.chaos
        rows = (sampling.steps >= found.first) & (sampling.steps <= found.last)
        region = between(sampling.positions[rows], run.names)
        yield (
            f"It is chaotic: from step {found.first} to step {found.last} it keeps {region} and "
            f"neither settles nor repeats itself, and two runs that start next to each other part by the factor "
            f"{digits(math.exp(found.exponent))} per step there (the largest Lyapunov exponent is {digits(found.exponent)})."
        )
    elif evidence.wanders:
        before, last = (between(sampling.positions[quarter(sampling, which)], run.names) for which in (2, 3))
        yield f"It has not settled: over the last quarter of its steps it keeps {last}, over the one before {before}."


def _with_noise(evidence: Evidence) -> Iterator[str]:
    """The mean and the standard deviation of the second half of a run with noise."""
    run, sampling = evidence.run, evidence.sampling
    if evidence.batches is not None:
        size, count = evidence.batches.size, evidence.batches.rows
        yield f"Each step follows the gradient over a batch, {size:,} of {counted(count, 'row')}, not that of the function itself."
        yield from _noise_floor(evidence)
    if run.optimizer.uses("noise"):
        yield "The optimizer adds noise to its steps."
    rows = sampling.steps > run.steps // 2
    if rows.sum() < ENOUGH or evidence.diverges or run.ending == "undefined":
        return
    means, spreads = sampling.positions[rows].mean(axis=0), sampling.positions[rows].std(axis=0)
    parts = [
        f"{name} is {digits(mean)} on average, with a standard deviation of {digits(spread)}"
        for name, mean, spread in list(zip(run.names, means.tolist(), spreads.tolist(), strict=True))[:MOST_POINTS]
    ]
    yield f"Over the second half of its steps {listed(parts)}."


def _noise_floor(evidence: Evidence) -> Iterator[str]:
    """Why gradient descent at a constant rate does not settle at the minimum: the gradients of batches do not vanish there."""
    run, at, batches, rate = evidence.run, evidence.stationary, evidence.batches, evidence.run.settings.get("lr")
    if at is None or batches is None or not evidence.at_minimum or evidence.diverges or not isinstance(rate, float):
        return
    if not evidence.is_gradient_descent or evidence.pulled:
        return
    first = max(run.steps - batches.steps_an_epoch, 0) + 1
    steps = np.unique(np.linspace(first, first + batches.steps_an_epoch - 1, min(batches.steps_an_epoch, MOST_BATCHES)).astype(int))
    slopes = [float(np.linalg.norm(batch_gradient(run, at.position, int(step)))) for step in steps]
    mean, size = float(np.mean(slopes)), float(np.linalg.norm(evidence.sampling.gradients[0]))
    if not mean > SETTLES * size:
        return
    yield (
        f"At the minimum {point(at.position, run.names)} the gradient over a batch does not vanish: over {len(slopes)} batches its "
        f"length there is {digits(mean)} on average, so a step from there is {digits(rate * mean)} long, and the run does not "
        f"come to rest there while lr stays {digits(rate)}."
    )


def _on_the_bound(evidence: Evidence) -> str:
    """That the run sits exactly on the bound of stability, if it does, at every step, and the curvature is the same everywhere."""
    stability, sampling = evidence.stability, evidence.sampling
    if (
        stability.bound is None
        or stability.scaled
        or not np.allclose(sampling.curvatures, sampling.curvatures[-1], rtol=1e-12, atol=0)
    ):
        return ""
    if not np.allclose(stability.lr_lambda, stability.bound, rtol=1e-12, atol=0):
        return ""
    told = product(evidence.run, sampling.curvatures[-1, -1], stability.lr_lambda[-2], stability.bound, scaled=False)
    return f" Here {told} is exactly the bound between stable and unstable: the error neither shrinks nor grows."


def _over_an_edge(evidence: Evidence) -> str:
    """That the slope jumps at an edge, and what a constant learning rate does there."""
    told = "The slope jumps on its way: there is an edge, and the run goes back and forth over it."
    if not evidence.is_gradient_descent or scheduled(evidence.run):
        return told
    return (
        f"{told} Next to it the slope does not shrink, so steps of a constant learning rate hop over the edge instead of "
        "settling on it."
    )


def _oscillating(evidence: Evidence, oscillation: Oscillation) -> str:
    """How often and when the run oscillates in a direction, and whether the oscillation grows."""
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


def _without_oscillation(evidence: Evidence) -> Iterator[str]:
    """Whether any coordinate turned back, and whether the value fell."""
    run, sampling = evidence.run, evidence.sampling
    turned = [(name, steps) for name, steps in zip(run.names, evidence.turns, strict=True) if len(steps)]
    changes = np.diff(sampling.values if run.ending != "undefined" else sampling.values[np.isfinite(sampling.values)])
    looked_at = "" if len(sampling.steps) == run.steps + 1 else ", as far as it was looked at"
    if run.ending == "diverged" and not np.isfinite(sampling.values[-1]):
        changes = np.append(changes[:-1], np.inf)  # the value overflowed
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
