"""Settings worth a trial: rounded as they are printed, each with where its numbers come from."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest.diagnosis.advice.tuning import best_gain, best_momentum, critical, polyak, rounded_down, rounded_up
from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.stability import known_before
from steepest.targets.arrays import Array

WORTHWHILE = 30.0  # the condition number from which momentum is worth its own mention
FACTORS = (0.01, 0.1, 0.3, 3.0, 10.0, 100.0)  # of a learning rate whose best value no curvature tells
Settings = dict[str, float | str]


def candidates(evidence: Evidence) -> Iterator[tuple[Settings, str]]:
    """Settings worth a trial, each with its reason."""
    rate = _last_rate(evidence)
    if rate is not None and 0 < rate < math.inf:
        yield from _rates(evidence, rate)
    if evidence.condition is None or evidence.kink:
        return
    least, largest = float(evidence.curvatures[0]), float(evidence.curvatures[-1])
    yield from _momenta(evidence, least, largest)
    way = _steepest_curvature(evidence)
    if way is not None and way > largest * 1.01:
        yield from _momenta(evidence, least, way)


def _last_rate(evidence: Evidence) -> float | None:
    """The learning rate; of a schedule that of the step that would come next."""
    if "lr" not in evidence.run.hyperparameters:
        return None
    return float(known_before(evidence.run, evidence.sampling)["lr"][-1, 0])


def _momenta(evidence: Evidence, least: float, largest: float) -> Iterator[tuple[Settings, str]]:
    """The learning rate with the momentum for curvatures in between; of gradient descent on an uneven one, the heavy ball."""
    between = f"the best momentum for curvatures from {least:.4g} to {largest:.4g}"
    given = {name: column[-1:] for name, column in known_before(evidence.run, evidence.sampling).items()}
    tuned = best_momentum(evidence.run.optimizer, given, least, largest)
    if tuned is not None and largest < least * (1 + 1e-9):
        yield dict(tuned.settings), f"with the one curvature {largest:.4g} a single step of 1/lambda arrives, without momentum"
    elif tuned is not None:
        yield dict(tuned.settings), f"{between}, {tuned.method}'s"
    elif _plain(evidence) and largest >= WORTHWHILE * least:
        lr = rounded_down(polyak(least, largest)[0])
        beta = rounded_up(critical("Polyak", lr, least))
        yield {"optimizer": "heavy_ball", "lr": lr, "beta": beta}, f"{between}, Polyak's"


def _plain(evidence: Evidence) -> bool:
    """Whether the optimizer is gradient descent by its equations: nothing remembered, nothing scaled."""
    end = evidence.stability.end
    return end is not None and not end[0].scaled and len(end[0].names) == 1


def _rates(evidence: Evidence, rate: float) -> Iterator[tuple[Settings, str]]:
    """Learning rates: the best for the curvature where the run arrives, or half the bound at the steepest place of its way."""
    run, end = evidence.run, evidence.stability.end
    if run.ending == "undefined":
        for share, words in ((2, "half"), (10, "a tenth of"), (100, "a hundredth of"), (1000, "a thousandth of")):
            yield _smaller(rate, share, f"{words} the learning rate stays where the function is defined")
    if evidence.kink or (end is not None and end[0].scaled):
        yield {"lr": f"{rounded_down(rate):.12g}/sqrt(t)"}, "steps that shrink settle down where those of one length do not"
    if evidence.kink:
        return
    if end is None or evidence.stability.bound is None:
        yield from _multiples(rate)
        return
    method, scaled = end
    curvatures = evidence.curvatures if not method.scaled else scaled[0]
    best = best_gain(method, curvatures) if np.isfinite(curvatures).all() else None
    if best is not None and 0 < best[0] * rate < math.inf:
        yield {"lr": rounded_down(rate * best[0])}, _reason(evidence, curvatures)
    largest = _steepest_curvature(evidence)
    if largest is not None and not method.scaled:
        safe = rate * float(method.threshold()[0]) / (2 * largest)
        if 0 < safe < math.inf:
            yield {"lr": rounded_down(safe)}, f"half of what the largest curvature on its way, {largest:.4g}, allows"
    if method.scaled:
        yield from _multiples(rate)


def _smaller(rate: float, share: float, why: str) -> tuple[Settings, str]:
    lr = rounded_down(rate / share)
    return {"lr": lr}, why if lr * share == rate else f"about {why}"


def _multiples(rate: float) -> Iterator[tuple[Settings, str]]:
    """The learning rate times powers of about 3, for optimizers whose curvature changes with it, or that have none."""
    for factor in FACTORS:
        lr = rounded_down(rate * factor)
        if 0 < lr < math.inf:
            about = "" if math.isclose(lr, rate * factor, rel_tol=1e-12) else "about "
            yield {"lr": lr}, f"{about}{factor:g} times the learning rate"


def _reason(evidence: Evidence, curvatures: Array) -> str:
    """Where the best learning rate comes from."""
    least, largest = float(curvatures[0]), float(curvatures[-1])
    of = _place(evidence)
    single = math.isclose(least, largest, rel_tol=1e-6)
    spread = f"curvature {largest:.4g} {of}" if single else f"curvatures {least:.4g} to {largest:.4g} {of}"
    if _plain(evidence) and least > 0:
        return f"1/lambda for the {spread}" if single else f"2/(mu + L) for the {spread}"
    return f"the best for the {spread}" if least > 0 else f"half of what the curvature {largest:.4g} {of} allows"


def _place(evidence: Evidence) -> str:
    """Where the curvatures were taken that the best learning rate is for."""
    end = evidence.stability.end
    if end is not None and end[0].scaled:
        return "of the scaled problem at the end"
    if evidence.stationary is not None:
        return f"at the {evidence.stationary.kind if evidence.stationary.kind != 'flat' else 'level place'}"
    last = evidence.sampling.curvatures[-1]
    return "at the end" if np.isfinite(last).all() and not evidence.diverges else "at the start"


def _steepest_curvature(evidence: Evidence) -> float | None:
    """The largest curvature on the way, as far as the run was near its start or went down."""
    curvatures, values = evidence.sampling.curvatures[:, -1], evidence.sampling.values
    near = np.isfinite(curvatures) & (values <= values[0]) & (curvatures > 0)
    return float(curvatures[near].max()) if near.any() else None
