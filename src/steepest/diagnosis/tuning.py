"""Learning rates and momenta from curvature: what the theory of quadratics recommends."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.recurrence import Recurrence, radius, recurrence
from steepest.targets.numpy import Array

if TYPE_CHECKING:
    from steepest.optimizers import Optimizer

__all__ = ["best_gain", "best_momentum", "polyak"]

GRID = 400
REFINEMENTS = 40


def best_gain(method: Recurrence, curvatures: Array) -> tuple[float, float] | None:
    """By what the learning rate should be multiplied for the fastest approach, with the factor per step then.

    Gradient descent has `lr = 2/(mu + L)` and the factor `(L - mu)/(L + mu)`; for other recurrences the smallest spectral
    radius is searched for below the bound. With a curvature that is not positive, half the bound, and the factor 1.

    >>> one = np.ones((1, 1))
    >>> gd = Recurrence(("theta",), one[None], -0.01 * one, one, one, False)
    >>> [round(float(value), 9) for value in best_gain(gd, np.array([1.0, 10.0]))]
    [18.181818182, 0.818181818]
    """
    largest, threshold = float(curvatures[-1]), float(method.threshold()[0])
    if not (largest > 0 and math.isfinite(threshold) and math.isfinite(largest)):
        return None
    if curvatures[0] <= 0:
        return threshold / (2 * largest), 1.0
    if len(method.names) == 1 and float(method.matrix[0, 0, 0]) == 1.0:
        gain = threshold / (float(curvatures[0]) + largest)
        return gain, rate_at(method, curvatures, np.array([gain]))[0]
    shares = np.geomspace(1e-5, 1.0, GRID)[:-1]
    for _ in range(2):
        rates = rate_at(method, curvatures, shares * threshold / largest)
        best = int(rates.argmin())
        low, high = shares[max(best - 1, 0)], shares[min(best + 1, len(shares) - 1)]
        shares = np.linspace(low, high, REFINEMENTS)
    rates = rate_at(method, curvatures, shares * threshold / largest)
    best = int(rates.argmin())
    return float(shares[best] * threshold / largest), float(rates[best])


def rate_at(method: Recurrence, curvatures: Array, gains: Array) -> Array:
    """The slowest direction's factor per step, for each gain."""
    grid = (gains[:, None] * curvatures[None, :]).reshape(1, -1)
    return np.asarray(radius(method.systems(grid)).reshape(len(gains), -1).max(axis=1))


def polyak(least: float, largest: float) -> tuple[float, float]:
    """Polyak's learning rate and momentum for curvatures from `mu` to `L`, and so the factor `sqrt(beta)` per step.

    `lr = 4/(sqrt(L) + sqrt(mu))^2`, `beta = ((sqrt(L) - sqrt(mu))/(sqrt(L) + sqrt(mu)))^2` (Polyak, USSR Comput. Math. Math.
    Phys. 4(5), 1964, p. 1).

    >>> [round(value, 6) for value in polyak(1, 10)]
    [0.230886, 0.269874]
    """
    low, high = math.sqrt(least), math.sqrt(largest)
    return 4 / (high + low) ** 2, ((high - low) / (high + low)) ** 2


def best_momentum(optimizer: Optimizer, given: Mapping[str, Array], least: float, largest: float) -> dict[str, float] | None:
    """The best `lr` and momentum of equations that turn out to be the heavy ball or Nesterov's method.

    With one remembered vector the error obeys `e'' = (1 + beta - a nu) e' - beta e` (heavy ball: Polyak's values) or
    `e'' = (1 + beta)(1 - a nu) e' - beta (1 - a nu) e` (Nesterov: `a = 1/L`, `beta = (sqrt(kappa)-1)/(sqrt(kappa)+1)`,
    Lectures on Convex Optimization, 2018, p. 94). Which hyperparameter is `beta`, and how `lr` makes `a`, is read off.
    """
    method = recurrence(optimizer, given)
    if method is None or len(method.names) != 2 or "lr" not in given or method.scaled:
        return None
    trace, slope, momentum, tilt = coefficients(method)
    if abs(trace - 1 - momentum) > 1e-9 or not slope < 0:
        return None
    name = next(
        (word for word in optimizer.hyperparameters if word != "lr" and abs(float(given[word][0, 0]) - momentum) < 1e-12), None
    )
    if name is None:
        return None
    if abs(tilt) < 1e-12:
        gain, beta = polyak(least, largest)
    else:
        root = math.sqrt(largest / least)
        gain, beta = 1 / largest, (root - 1) / (root + 1)
    tuned = recurrence(optimizer, {**given, name: np.array([[beta]]), "lr": np.array([[1.0]])})
    if tuned is None:
        return None
    trace, slope, momentum, other = coefficients(tuned)
    unit = -other / beta if abs(tilt) > 1e-12 and beta else -slope
    return {"lr": gain / unit, name: beta} if unit > 0 and abs(momentum - beta) < 1e-9 else None


def coefficients(method: Recurrence) -> tuple[float, float, float, float]:
    """Trace and determinant of a recurrence of two, each as a constant and a slope in the curvature."""
    none, one = (method.systems(np.array([value]))[0] for value in (0.0, 1.0))
    traces = float(np.trace(none)), float(np.trace(one))
    single = len(none) == 1  # without momentum nothing is remembered
    determinants = (0.0, 0.0) if single else (float(np.linalg.det(none)), float(np.linalg.det(one)))
    return traces[0], traces[1] - traces[0], determinants[0], determinants[1] - determinants[0]
