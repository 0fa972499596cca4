"""Settings worth a trial: rounded as they are printed, each with the reason for its numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest.diagnosis.advice.scaling import scalings
from steepest.diagnosis.advice.tuning import best_gain, best_momentum, critical, polyak, rounded_down, rounded_up
from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.inputs import equation_inputs
from steepest.targets.array_operations import Array

WORTHWHILE = 30.0  # the condition number from which gradient descent is compared with momentum
SHORTER = (0.5, 0.2, 0.1, 0.03)  # of Newton's step
FACTORS = (0.01, 0.1, 0.3, 3.0, 10.0, 100.0)  # of a learning rate where the curvature does not give the best one
Settings = dict[str, float | str]


def candidates(evidence: Evidence) -> Iterator[tuple[Settings, str]]:
    """Settings worth a trial, each with its reason."""
    rate = _last_rate(evidence)
    if rate is not None and 0 < rate < math.inf and evidence.run.optimizer.uses("H"):
        yield from _shorter(rate)
    if rate is not None and 0 < rate < math.inf:
        yield from _rates(evidence, rate)
    yield from scalings(evidence)
    if evidence.condition is None or evidence.kink:
        return
    least, largest = float(evidence.curvatures[0]), float(evidence.curvatures[-1])
    yield from _momenta(evidence, least, largest)
    highest = _largest_curvature(evidence)
    if highest is not None and highest > largest * 1.01:
        yield from _momenta(evidence, least, highest)


def _last_rate(evidence: Evidence) -> float | None:
    """The learning rate; of a schedule, that of the last step."""
    if "lr" not in evidence.run.hyperparameters:
        return None
    return float(equation_inputs(evidence.run, evidence.sampling)["lr"][-1, 0])


def _momenta(evidence: Evidence, least: float, largest: float) -> Iterator[tuple[Settings, str]]:
    """The best learning rate and momentum for a range of curvatures; the heavy ball for ill-conditioned gradient descent."""
    between = f"the best momentum for curvatures from {least:.4g} to {largest:.4g}"
    given = {name: column[-1:] for name, column in equation_inputs(evidence.run, evidence.sampling).items()}
    tuned = best_momentum(evidence.run.optimizer, given, least, largest)
    if tuned is not None and largest < least * (1 + 1e-9):
        yield dict(tuned.settings), f"with the one curvature {largest:.4g} a single step of 1/lambda arrives, without momentum"
    elif tuned is not None:
        yield dict(tuned.settings), f"{between}, {tuned.method}'s"
    elif evidence.is_gradient_descent and largest >= WORTHWHILE * least:
        lr = rounded_down(polyak(least, largest)[0])
        beta = rounded_up(critical("Polyak", lr, least))
        yield {"optimizer": "heavy_ball", "lr": lr, "beta": beta}, f"{between}, Polyak's"


def _rates(evidence: Evidence, rate: float) -> Iterator[tuple[Settings, str]]:
    """Learning rates: the best for the curvature where the run arrives, or half the bound for the largest curvature on its way."""
    run, next_step = evidence.run, evidence.stability.next_step
    if run.ending == "undefined":
        for share, words in ((2, "half"), (10, "a tenth of"), (100, "a hundredth of"), (1000, "a thousandth of")):
            yield _smaller(rate, share, f"{words} the learning rate stays where the function is defined")
    if evidence.kink or (next_step is not None and next_step.recurrence.scaled):
        yield {"lr": f"{rounded_down(rate):.12g}/sqrt(t)"}, "steps that shrink settle down where those of one length do not"
    if evidence.kink:
        return
    if next_step is None or evidence.stability.bound is None:
        yield from _multiples(rate)
        return
    method = next_step.recurrence
    curvatures = evidence.curvatures if not method.scaled else next_step.curvatures[0]
    best = best_gain(method, curvatures) if np.isfinite(curvatures).all() else None
    if best is not None and 0 < best[0] * rate < math.inf:
        yield {"lr": rounded_down(rate * best[0])}, _reason(evidence, curvatures)
    largest = _largest_curvature(evidence)
    if largest is not None and not method.scaled:
        safe = rate * float(method.threshold()[0]) / (2 * largest)
        if 0 < safe < math.inf:
            yield {"lr": rounded_down(safe)}, f"half of what the largest curvature on its way, {largest:.4g}, allows"
    if method.scaled:
        yield from _multiples(rate)


def _smaller(rate: float, share: float, why: str) -> tuple[Settings, str]:
    lr = rounded_down(rate / share)
    return {"lr": lr}, why if lr * share == rate else f"about {why}"


def _shorter(rate: float) -> Iterator[tuple[Settings, str]]:
    """Parts of Newton's step, which stay where the local quadratic is close to the function."""
    for share in SHORTER:
        yield {"lr": float(f"{rate * share:.3g}")}, f"Newton's method with steps {share:g} times as long"


def _multiples(rate: float) -> Iterator[tuple[Settings, str]]:
    """The learning rate times powers of about 3, for optimizers whose scaled curvature changes with it or is unknown."""
    for factor in FACTORS:
        lr = rounded_down(rate * factor)
        if 0 < lr < math.inf:
            about = "" if math.isclose(lr, rate * factor, rel_tol=1e-12) else "about "
            yield {"lr": lr}, f"{about}{factor:g} times the learning rate"


def _reason(evidence: Evidence, curvatures: Array) -> str:
    """The reason for the best learning rate."""
    least, largest = float(curvatures[0]), float(curvatures[-1])
    of = _origin(evidence)
    single = math.isclose(least, largest, rel_tol=1e-6)
    spread = f"curvature {largest:.4g} {of}" if single else f"curvatures {least:.4g} to {largest:.4g} {of}"
    if evidence.is_gradient_descent and least > 0:
        return f"1/lambda for the {spread}" if single else f"2/(mu + L) for the {spread}"
    return f"the best for the {spread}" if least > 0 else f"half of what the curvature {largest:.4g} {of} allows"


def _origin(evidence: Evidence) -> str:
    """Where the curvatures of the best learning rate were taken."""
    next_step = evidence.stability.next_step
    if next_step is not None and next_step.recurrence.scaled:
        return "of the scaled problem at the end"
    if evidence.stationary is not None:
        return f"at the {evidence.stationary.kind if evidence.stationary.kind != 'flat' else 'level place'}"
    last = evidence.sampling.curvatures[-1]
    return "at the end" if np.isfinite(last).all() and not evidence.diverges else "at the start"


def _largest_curvature(evidence: Evidence) -> float | None:
    """The largest curvature at the positions whose value is no higher than that of the start."""
    curvatures, values = evidence.sampling.curvatures[:, -1], evidence.sampling.values
    near = np.isfinite(curvatures) & (values <= values[0]) & (curvatures > 0)
    return float(curvatures[near].max()) if near.any() else None
