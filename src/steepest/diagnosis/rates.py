"""The factor by which a step multiplies the error: as the curvature predicts it, and as the last steps show it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.motion.divergence import scheduled
from steepest.diagnosis.motion.rate import Fit, fitted
from steepest.diagnosis.sampling import ROUGHLY
from steepest.diagnosis.stability import predicted_at

if TYPE_CHECKING:
    from steepest.diagnosis.evidence import Evidence

ROUNDING = 1e-14
RESTING = 1e-9  # the share of the largest error below which one that stays the same is rounding
ONE_CURVATURE = 1 + 1e-9
TELLING = math.log(3)  # the factor from the first to the last error that makes a fit certain
AGREE = 0.1  # how far the logarithms of two rates may differ to be called the same


def predicted_factor(evidence: Evidence) -> float | None:
    """The factor by which a step multiplies the error in the long run, by the curvature at the end; None where that changes.

    It is the curvature of the stationary point at which the run arrived, else the one at every sampled position. A schedule has
    another factor at every step, so there is none in the long run.
    """
    stability, at, curvatures = evidence.stability, evidence.arrived, evidence.sampling.curvatures
    if scheduled(evidence.run) or evidence.noisy or evidence.kink:
        return None
    if at is not None and stability.next_step is not None:
        return predicted_at(stability, (at.directions * at.curvatures) @ at.directions.T, evidence.sampling)
    if at is None and stability.scaled:
        return None
    with np.errstate(all="ignore"):
        sizes = np.abs(curvatures).max(axis=1)
        sizes = (sizes[-3:] if at is not None else sizes) / sizes[-1]
    spread = 2.0 if at is not None else ONE_CURVATURE if evidence.sampling.exact else ROUGHLY
    known = sizes[np.isfinite(sizes)]
    if not len(known) or (evidence.sampling.exact and len(known) < len(sizes)):
        return None
    if not (known.max() < spread and known.min() > 1 / spread):
        return None
    hessians = evidence.sampling.hessians
    if stability.next_step is None or hessians is None or not np.isfinite(hessians[-1]).all():
        return stability.predicted
    return predicted_at(stability, hessians[-1], evidence.sampling)


def measured_factor(evidence: Evidence) -> Fit | None:
    """The factor per step of the last errors: distances to the minimum if one is known, of a run that diverges lengths of steps.

    None where no line fits their logarithms, or where they hardly change and are not predicted to.
    """
    fit = _fit(evidence)
    if fit is None or abs(fit.span) >= TELLING or agrees(evidence.predicted, fit.factor, 1e-9):
        return fit
    return None


def _fit(evidence: Evidence) -> Fit | None:
    run, at, sampling = evidence.run, evidence.stationary, evidence.sampling
    if evidence.noisy or run.ending == "undefined" or evidence.cycle or evidence.chaos or evidence.wanders or evidence.held:
        return None
    if evidence.pulled and not evidence.diverges and not evidence.arrived:
        return None
    if evidence.diverges or (at and at.kind != "minimum" and at.arrived):
        return evidence.growth
    errors = evidence.errors
    if at is None or errors is None:
        return None
    precision = ROUNDING * (evidence.condition or 1.0) if sampling.exact else 1e-8
    last = errors[-max(4, len(errors) // 4) :]
    floor = 2 * float(last.max()) if last.max() <= 2 * last.min() and last.max() <= RESTING * errors.max() else 0.0
    return fitted(errors, max(floor, precision * float(np.abs(at.position).max())), sampling.steps)


def agrees(predicted: float | None, rate: float, least: float = 1e-4) -> bool:
    """Whether two factors per step are called the same.

    Args:
        predicted, rate: the factors.
        least: the difference of their logarithms that does not count.
    """
    if predicted is None:
        return False
    return abs(math.log(max(predicted, 1e-300)) - math.log(rate)) <= AGREE * abs(math.log(rate)) + least
