"""Sentences on what theory says about a run: curvature, learning rate, rate of convergence, and settings that help."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from steepest.diagnosis.advice.advice import Advice, can_advise
from steepest.diagnosis.advice.crossing import crosses
from steepest.diagnosis.advice.trials import trial_tol
from steepest.diagnosis.advice.unbounded import falls_without_end
from steepest.diagnosis.character import creeping_factor
from steepest.diagnosis.curvature import rescaled_condition
from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.motion.divergence import scheduled
from steepest.diagnosis.rates import agrees
from steepest.diagnosis.sentences.wording import along, digits, exact, method, outcome, pace, per_digit, point
from steepest.diagnosis.stability import Stability, predicted_rate
from steepest.language.digits import apart
from steepest.runs.trajectory import Trajectory
from steepest.targets.array_operations import Array

WORTH_RESCALING = 10.0  # the condition number from which rescaling is mentioned
HIDDEN = 1e-15  # the share of the largest curvature by which an eigenvalue is rounding
EVEN = 0.01  # how much the factors of single steps may differ to count as one
NEGLIGIBLE = 0.1  # the share of the error that is negligible
FEW = 17  # positions with which no rate can be fitted


def about_creeping(evidence: Evidence) -> Iterator[str]:
    """By how much the learning rate is too small."""
    factor, stability = creeping_factor(evidence), evidence.stability
    if factor is None or stability.bound is None:
        return
    half = float(stability.lr_lambda[len(stability.lr_lambda) // 2 :].max())
    scaled = ", lambda being the curvature after the optimizer's own scaling" if stability.scaled else ""
    allowed = f" A learning rate {digits(factor)} times larger is where that bound lies."
    if stability.scaled or scheduled(evidence.run):
        allowed = ""
    yield (
        f"It creeps: over the second half of the run lr*lambda is {digits(half, stability.bound)} at most{scaled}, and "
        f"{method(evidence.run)} is stable up to {digits(stability.bound)}.{allowed}"
    )


def about_curvature(evidence: Evidence) -> Iterator[str]:
    """Curvatures at the start and the end, the condition number, and what rescaling would save."""
    sampling, names = evidence.sampling, evidence.run.names
    first, last = sampling.curvatures[0], sampling.curvatures[-1]
    if not np.isfinite(first).all():
        if np.isfinite(first[-1]):
            yield f"The largest curvature is {digits(first[-1])} at the start; the smallest cannot be told."
        return
    told = bool(np.isfinite(last).all()) and not evidence.diverges and evidence.run.steps > 0
    constant = evidence.quadratic
    if constant and math.isclose(float(first[0]), float(first[-1]), rel_tol=1e-9, abs_tol=1e-12):
        yield f"The curvature is {digits(first[0])} {'in every direction' if len(names) > 1 else 'all the way'}."
        return
    if len(names) == 1:
        end = f" and {digits(last[0])} at the end" if told else ""
        yield f"The curvature is {digits(first[0])} at the start{end}."
        return
    ways = [along(sampling.directions[0, :, index], names) for index in (0, -1)]
    ends = _spread(first)
    text = f"The curvature goes from {ends[0]} {ways[0]} to {ends[1]} {ways[1]}"
    text += "" if constant else " at the start"
    if not constant and told:
        text += ", and from {} to {} at the end".format(*_spread(last))
    condition = evidence.condition
    if condition is None:
        yield f"{text}."
        return
    yield f"{text}. The condition number{_where(evidence, constant)}, the largest over the smallest, is {digits(condition)}."
    if (constant or evidence.at_minimum) and condition >= WORTH_RESCALING:
        yield _rescaled(evidence, condition)


def _spread(curvatures: Array) -> tuple[str, str]:
    """The least and the largest curvature as text; one that rounding in the other hides is 0."""
    least, largest = float(curvatures[0]), float(curvatures[-1])
    size = max(abs(least), abs(largest))
    texts = apart(least, largest, digits=4)
    lower, upper = (
        "0 (to rounding)" if size and abs(value) <= HIDDEN * size else text
        for value, text in zip((least, largest), texts, strict=True)
    )
    return lower, upper


def _where(evidence: Evidence, constant: bool) -> str:
    """Where the condition number is taken."""
    if constant:
        return ""
    if evidence.stationary is not None and evidence.at_minimum:
        named = "" if evidence.arrived else f" {point(evidence.stationary.position, evidence.run.names)}"
        return f" at the minimum{named}"
    return " at the start" if evidence.diverges or not np.isfinite(evidence.sampling.curvatures[-1]).all() else " at the end"


def _rescaled(evidence: Evidence, condition: float) -> str:
    """How many steps for each digit rescaling the parameters would save."""
    now, after = (condition - 1) / (condition + 1), rescaled_condition(evidence)
    best_lr = "With so uneven a curvature the best learning rate of gradient descent"
    costs = f"{best_lr} needs {per_digit(now)} step{'s' * (per_digit(now) != '1')} for each further digit"
    if after is None or after > 0.5 * condition:
        left = "" if after is None else f" (the condition number would be {digits(after)})"
        return f"{costs}; to rescale the parameters, each by its own curvature, would not help much{left}."
    best = (after - 1) / (after + 1)
    steps = per_digit(best) if best > 0.1 else "less than one"
    cheap = "a single one" if best <= 1e-9 else f"{steps} (condition number {digits(after)})"
    return f"{costs}; rescaling the parameters to equal curvature would bring that to {cheap}."


def about_rate(evidence: Evidence) -> Iterator[str]:
    """Predicted and measured factor per step."""
    predicted, fit, run, at = evidence.predicted, evidence.fit, evidence.run, evidence.arrived
    lost = run.ending == "undefined" or evidence.noisy or evidence.plateau or (at and at.kind == "maximum")
    if lost or evidence.cycle or evidence.chaos or evidence.wanders or evidence.held or not run.steps:
        return
    if fit is None:
        yield from _unmeasured(evidence)
        return
    over = f"from step {fit.first} to step {fit.last}"
    if evidence.diverges:
        moves = evidence.step_lengths[-min(len(evidence.step_lengths), fit.last - fit.first + 1) :]
        even = np.allclose(moves[1:] / moves[:-1], fit.factor, rtol=EVEN)
        shown = f"{'Each' if even else 'On average each'} step is {digits(fit.factor)} times as long as the one before"
    elif at and at.kind != "minimum":
        if fit.factor < 1:
            yield f"Its steps shrink by the factor {digits(fit.factor)} each, {over}."
        return
    else:
        assert evidence.stationary is not None
        what = "error" if at else f"distance to {point(evidence.stationary.position, run.names)}"
        shown = f"The {what} is multiplied by {digits(fit.factor)} per step{pace(fit.factor)}"
    if predicted is None:
        yield f"{shown} (measured {over})."
        return
    source = "the curvature" if evidence.quadratic else "the curvature at the end"
    told = f"{shown} (measured {over}; {source} predicts {digits(predicted)})."
    yield told + ("" if agrees(predicted, fit.factor) else _differing(evidence, predicted, fit.factor))


def _unmeasured(evidence: Evidence) -> Iterator[str]:
    """The predicted factor where none could be measured, and why not."""
    predicted, at, errors = evidence.predicted, evidence.arrived, evidence.errors
    if evidence.diverges:
        moves = evidence.step_lengths[-4:]
        if len(moves) == 4 and bool((np.diff(np.log(moves), 2) > 0).all()) and moves[-1] > moves[-2]:
            yield "There is no one factor per step: it runs away ever faster."
        return
    if at is not None and at.kind != "minimum":
        return
    if at is not None and predicted is not None and predicted < 1e-9 and errors is not None and len(errors) > 1:
        if errors[-1] <= 1e-3 * errors[-2] or (len(errors) > 2 and errors[-2] <= 1e-3 * errors[-3]):
            yield "Near its end a step removes nearly all of the error, as the Jacobian there, of spectral radius 0, predicts."
        return
    if predicted is None or predicted >= 1 or evidence.pulled or errors is None or (at is None and not evidence.quadratic):
        return
    why = "there are too few steps" if len(evidence.sampling.steps) < FEW else "the last steps do not show it"
    source = "the curvature" if evidence.quadratic else "the curvature at the end"
    if evidence.stability.scaled:
        source += " with the optimizer's own scaling"
    yield f"In the long run each step multiplies the error by {digits(predicted)}, says {source}; it is not measured, for {why}."


def _factor_of(stability: Stability, curvature: float) -> float | None:
    """The factor per step in a direction of some curvature."""
    return (
        predicted_rate(stability, np.array([[curvature]]) * stability.next_step.recurrence.scale) if stability.next_step else None
    )


def _differing(evidence: Evidence, predicted: float, rate: float) -> str:
    """Why the measured factor differs from the predicted one, where that can be checked."""
    stationary = evidence.stationary
    if stationary is not None and rate < predicted and evidence.stability.next_step is not None and not evidence.stability.scaled:
        parts = np.abs((evidence.sampling.positions[-1] - stationary.position) @ stationary.directions)
        rates = [_factor_of(evidence.stability, float(stationary.curvatures[index])) for index in range(len(parts))]
        slowest = [float(part) for part, own in zip(parts, rates, strict=True) if own is not None and own > 0.999 * predicted]
        if slowest and max(slowest) <= NEGLIGIBLE * float(np.linalg.norm(parts)):
            return " The run is faster, for it has hardly any error in the slowest direction."
    return " The two differ."


def about_advice(evidence: Evidence, advice: Sequence[Advice]) -> Iterator[str]:
    """The settings that are advised and how their runs end, next to how the run with its own settings does."""
    run = evidence.run
    check = "run to check" if trial_tol(run) == run.tol else f"run to check with tol = {trial_tol(run):g}"
    for index, each in enumerate(advice):
        named = dict(each.settings)
        name = named.pop("optimizer", None)
        values = ", ".join(f"{key} {exact(value)}" for key, value in named.items())
        now = f"; {_as_it_is(run, named)} {outcome(each.usual)}{_at_best(each.usual)}" if index == 0 else ""
        local = ", a local minimum: a lower value is known" if each.local else ""
        yield f"Try {f'{name} with ' if name else ''}{values} ({each.why}): {check}, it {outcome(each.run)}{local}{now}."
    if not advice:
        yield from _unadvised(evidence)


def _unadvised(evidence: Evidence) -> Iterator[str]:
    """Why nothing is advised: more steps are enough, or the function has no lower bound."""
    run = evidence.run
    if not can_advise(evidence) or evidence.cycle:
        return
    usual = evidence.usual
    if run.ending != "converged" and usual.ending == "converged" and not crosses(usual):
        how = "With more steps" if trial_tol(run) == run.tol else f"With tol = {trial_tol(run):g}"
        yield f"{how} it {outcome(usual)}."
    elif not evidence.arrived:
        found = falls_without_end(run, evidence.sampling)
        if found is not None:
            far = point(found[0]) if len(found[0]) > 1 else f"({point(found[0])})"
            yield f"No other settings are advised, for the function has no lower bound: f{far} = {digits(found[1])}."


def _as_it_is(run: Trajectory, named: Mapping[str, object]) -> str:
    """The settings of the run that the advice would change."""
    if not set(named) <= run.settings.keys():
        return run.label
    return ", ".join(f"{name} {exact(run.settings[name])}" for name in named)


def _at_best(run: Trajectory) -> str:
    """The lowest value of a run that did not end there."""
    values = np.array(run.record.values())
    lowest = float(np.nanmin(values))
    if run.ending == "converged" or lowest == values[0] or digits(lowest) == digits(float(values[-1])):
        return ""
    return f" (at best f = {digits(lowest)})"
