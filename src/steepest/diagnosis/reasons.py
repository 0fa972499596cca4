"""What the theory says about a run, in sentences: curvature, learning rate, rate of approach, and what would help."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from steepest.diagnosis.advice import Advice, wanted
from steepest.diagnosis.character import creeping_factor
from steepest.diagnosis.crossing import crosses
from steepest.diagnosis.curvature import rescaled_condition
from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.trial import continued, trial_tol
from steepest.diagnosis.unbounded import falls_without_end
from steepest.diagnosis.wording import along, digits, exact, method, outcome, per_digit, point
from steepest.trajectory import Trajectory

__all__ = ["advised", "crept", "curved", "rated"]

AGREE = 0.1  # how far the logarithms of two rates may differ to be called the same
WORTH_RESCALING = 10.0
FEW = 17


def crept(evidence: Evidence) -> Iterator[str]:
    """By how much the learning rate was too small."""
    factor, steady = creeping_factor(evidence), evidence.stability
    if factor is None or steady.bound is None:
        return
    half = float(steady.lr_lambda[len(steady.lr_lambda) // 2 :].max())
    yield (
        f"It creeps: over the second half of the run lr*lambda is {digits(half, steady.bound)} at most, and "
        f"{method(evidence.run)} is stable up to {digits(steady.bound)}. The curvature there would allow a learning rate "
        f"{digits(factor)} times larger."
    )


def curved(evidence: Evidence) -> Iterator[str]:
    """Curvatures at the start and the end, the condition number, what rescaling would buy."""
    survey, names = evidence.survey, evidence.run.names
    first, last = survey.curvatures[0], survey.curvatures[-1]
    if not np.isfinite(first).all():
        if np.isfinite(first[-1]):
            yield f"The largest curvature is {digits(first[-1])} at the start; the smallest cannot be told."
        return
    told = bool(np.isfinite(last).all()) and not evidence.diverges
    constant = bool(np.allclose(first, last, rtol=1e-9, atol=1e-12))
    if constant and math.isclose(float(first[0]), float(first[-1]), rel_tol=1e-9, abs_tol=1e-12):
        yield f"The curvature is {digits(first[0])} {'in every direction' if len(names) > 1 else 'all the way'}."
        return
    if len(names) == 1:
        end = f" and {digits(last[0])} at the end" if told else ""
        yield f"The curvature is {digits(first[0])} at the start{end}."
        return
    ways = [along(survey.directions[0, :, index], names) for index in (0, -1)]
    text = f"The curvature goes from {digits(first[0])} {ways[0]} to {digits(first[-1])} {ways[1]}"
    text += "" if constant else " at the start"
    if not constant and told:
        text += f", and from {digits(last[0])} to {digits(last[-1])} at the end"
    condition = evidence.condition
    if condition is None:
        yield f"{text}."
        return
    at = "" if constant else " at the minimum" if evidence.place else " there" if evidence.diverges else " at the end"
    yield f"{text}. The condition number{at}, the largest over the smallest, is {digits(condition)}."
    if (constant or evidence.place) and condition >= WORTH_RESCALING:
        yield rescaled(evidence, condition)


def rescaled(evidence: Evidence, condition: float) -> str:
    """What it would buy to measure each parameter in a unit of its own."""
    now, after = (condition - 1) / (condition + 1), rescaled_condition(evidence)
    best_lr = "With so uneven a curvature the best learning rate of gradient descent"
    costs = f"{best_lr} needs {per_digit(now)} step{'s' * (per_digit(now) != '1')} for each further digit"

    if after is None or after > 0.5 * condition:
        return f"{costs}, and other units for the parameters would not help, for the valley lies aslant."
    best = (after - 1) / (after + 1)
    cheap = f"{per_digit(best)} (condition number {digits(after)})" if best > 1e-9 else "a single one"
    return f"{costs}; rescaling the parameters to equal curvature would bring that to {cheap}."


def rated(evidence: Evidence) -> Iterator[str]:
    """Predicted and measured factor per step."""
    predicted, rate, run, at = evidence.predicted, evidence.rate, evidence.run, evidence.arrived
    lost = run.ending == "undefined" or evidence.noisy or evidence.plateau or (at and at.kind == "maximum")
    if lost or evidence.cycle or not run.steps:
        return
    what = "distance" if evidence.diverges else "error"
    if at and at.kind == "saddle":
        if rate is not None and rate < 1:
            yield f"Over the last steps it approached the saddle by the factor {digits(rate)} per step."
    elif rate is None:
        yield unmeasured(evidence)
    elif predicted is None:
        yield f"The {what} is multiplied by {digits(rate)} per step, measured over the last steps; no one factor can be predicted."
    else:
        same = abs(math.log(max(predicted, 1e-300)) - math.log(rate)) <= AGREE * abs(math.log(rate)) + 1e-4
        digit = ", a further digit or more every step" if rate <= 0.1 else f", a further digit every {per_digit(rate)} steps"
        digit = digit if rate < 0.9999 else ""
        yield (
            f"The {what} is multiplied by {digits(rate)} per step{digit} (measured over the last steps; the curvature at the end "
            f"predicts {digits(predicted)})." + ("" if same else f" {differing(evidence, predicted, rate)}")
        )


def unmeasured(evidence: Evidence) -> str:
    """What is predicted where nothing could be measured, and why not."""
    predicted = evidence.predicted
    if evidence.diverges and predicted is None:
        return "There is no one factor per step: it runs away ever faster."
    if predicted is not None and predicted < 1e-9:
        return "Near its end a step removes all of the error but rounding, as the Jacobian there, of spectral radius 0, predicts."
    if evidence.place is None:
        why = "it is not known where the run would end"
    elif len(evidence.survey.steps) < FEW:
        why = "there are too few steps"
    else:
        why = "the last steps show no constant factor"
    if predicted is None:
        return f"The factor per step can be neither measured nor predicted: {why}."
    told = f"In the long run each step multiplies the error by {digits(predicted)}, says the curvature at the end"
    return f"{told}; it is not measured, for {why}."


def differing(evidence: Evidence, predicted: float, rate: float) -> str:
    if evidence.arrived is None:
        return "They differ because the run is not near its end yet, where the prediction holds."
    if predicted >= 1 - 1e-6:
        return "They differ because the approach slows down as it goes."
    if rate < predicted:
        return "The run is faster, for it has hardly any error in the slowest direction."
    return "They differ, so the prediction does not hold there yet."


def advised(evidence: Evidence, advice: Sequence[Advice]) -> Iterator[str]:
    """What was tried and what became of it, next to what the run as it is would do."""
    run = evidence.run
    check = "run to check" if trial_tol(run) == run.tol else f"run to check with tol = {trial_tol(run):g}"
    for index, each in enumerate(advice):
        named = dict(each.settings)
        name = named.pop("optimizer", None)
        values = ", ".join(f"{key} {exact(value)}" for key, value in named.items())
        now = f"; {as_it_is(run, named)} {outcome(each.usual)}{at_best(each.usual)}" if index == 0 else ""
        local = ", a local minimum: a lower value is known" if each.local else ""
        yield f"Try {f'{name} with ' if name else ''}{values} ({each.why}): {check}, it {outcome(each.run)}{local}{now}."
    if not advice:
        yield from unadvised(evidence)


def unadvised(evidence: Evidence) -> Iterator[str]:
    """Where nothing is advised: that more steps are enough, or that the function has no lower bound."""
    run = evidence.run
    if not wanted(evidence) or evidence.cycle:
        return
    usual = continued(run)
    if run.ending != "converged" and usual.ending == "converged" and not crosses(usual):
        how = "With more steps" if trial_tol(run) == run.tol else f"With tol = {trial_tol(run):g}"
        yield f"{how} it {outcome(usual)}."
    elif not evidence.arrived:
        found = falls_without_end(run, evidence.survey)
        if found is not None:
            far = point(found[0]) if len(found[0]) > 1 else f"({point(found[0])})"
            yield f"No other settings are advised, for the function has no lower bound: f{far} = {digits(found[1])}."


def as_it_is(run: Trajectory, named: Mapping[str, object]) -> str:
    """The settings of the run that the advice would change."""
    if not set(named) <= run.settings.keys():
        return run.label
    return ", ".join(f"{name} {exact(run.settings[name])}" for name in named)


def at_best(run: Trajectory) -> str:
    """The lowest value of a run that did not end there."""
    values = np.array(run.record.values())
    lowest = float(np.nanmin(values))
    if run.ending == "converged" or lowest == values[0] or digits(lowest) == digits(float(values[-1])):
        return ""
    return f" (at best f = {digits(lowest)})"
