"""The best learning rates and momenta for given curvatures, by the theory of quadratics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.recurrence import Recurrence, recurrence, spectral_radius
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.optimizers.optimizer import Optimizer

GRID = 400
REFINEMENTS = 40
DIGITS = 4  # of what is printed
PROBE = 0.5
SMALLEST = 1e-9  # the momentum that stands for 0, with which the recurrence still has its state


def best_gain(method: Recurrence, curvatures: Array) -> tuple[float, float] | None:
    """The factor on the learning rate for the fastest convergence, with the error's factor per step then.

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
        return gain, _rate_at(method, curvatures, np.array([gain]))[0]
    shares = np.geomspace(1e-5, 1.0, GRID)[:-1]
    for _ in range(2):
        rates = _rate_at(method, curvatures, shares * threshold / largest)
        best = int(rates.argmin())
        low, high = shares[max(best - 1, 0)], shares[min(best + 1, len(shares) - 1)]
        shares = np.linspace(low, high, REFINEMENTS)
    rates = _rate_at(method, curvatures, shares * threshold / largest)
    best = int(rates.argmin())
    return float(shares[best] * threshold / largest), float(rates[best])


def _rate_at(method: Recurrence, curvatures: Array, gains: Array) -> Array:
    """The slowest direction's factor per step, for each gain."""
    grid = (gains[:, None] * curvatures[None, :]).reshape(1, -1)
    return np.asarray(spectral_radius(method.systems(grid)).reshape(len(gains), -1).max(axis=1))


def rounded_down(value: float) -> float:
    """A learning rate as it is printed, with four digits: never above the value, so never above a bound of stability.

    >>> rounded_down(2 / 22), rounded_down(0.1 * 2.5), rounded_down(1 / 3), rounded_down(0.3 * 10)
    (0.0909, 0.25, 0.3333, 3.0)
    """
    exact = Decimal(f"{value:.12g}")  # 0.24999999999999997 is 0.25
    return float(exact.quantize(Decimal(1).scaleb(exact.adjusted() - DIGITS + 1), ROUND_FLOOR))


def rounded_up(momentum: float) -> float:
    """A momentum as it is printed: with four decimals, and three digits of its distance from 1; never below the value.

    A little more of it costs a little; a little less than the best costs the square root of that.

    >>> rounded_up(0.2699674), rounded_up(0.99368123), rounded_up(0.0)
    (0.27, 0.99369, 0.0)
    """
    exact = Decimal(f"{momentum:.12g}")
    decimals = max(DIGITS, DIGITS - 2 - (1 - exact).adjusted())
    return float(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_CEILING))


def polyak(least: float, largest: float) -> tuple[float, float]:
    """Polyak's learning rate and momentum for curvatures from `mu` to `L`, and so the factor `sqrt(beta)` per step.

    `lr = 4/(sqrt(L) + sqrt(mu))^2`, `beta = ((sqrt(L) - sqrt(mu))/(sqrt(L) + sqrt(mu)))^2` (Polyak, USSR Comput. Math. Math.
    Phys. 4(5), 1964, p. 1).

    >>> [round(value, 6) for value in polyak(1, 10)]
    [0.230886, 0.269874]
    """
    low, high = math.sqrt(least), math.sqrt(largest)
    return 4 / (high + low) ** 2, ((high - low) / (high + low)) ** 2


def nesterov(least: float, largest: float) -> tuple[float, float]:
    """The best learning rate and momentum of Nesterov's method on quadratics with curvatures from `mu` to `L`.

    `lr = 4/(3L + mu)`, `beta = (sqrt(3k + 1) - 2)/(sqrt(3k + 1) + 2)` with `k = L/mu`, and so the factor
    `1 - 2/sqrt(3k + 1)` per step (Lessard, Recht and Packard, SIAM J. Optim. 26(1), 2016, p. 57, proposition 1).

    >>> [round(value, 6) for value in nesterov(1, 10)]
    [0.129032, 0.471442]
    """
    root = math.sqrt(3 * largest / least + 1)
    return 4 / (3 * largest + least), (root - 2) / (root + 2)


def critical(method: str, step: float, least: float) -> float:
    """The momentum that damps the flattest direction, `a = lr*mu`, critically: with more of it the error there oscillates."""
    root = math.sqrt(step * least)
    return (1 - root) ** 2 if method == "Polyak" else (1 - root) / (1 + root)


@dataclass(frozen=True)
class Tuned:
    """The best settings of equations with momentum, rounded as they are printed.

    Attributes:
        settings: `lr` and the momentum under its name.
        method: whose they are: `Polyak` or `Nesterov`.
    """

    settings: dict[str, float]
    method: str


def best_momentum(optimizer: Optimizer, given: Mapping[str, Array], least: float, largest: float) -> Tuned | None:
    """The best `lr` and momentum of equations that turn out to be the heavy ball or Nesterov's method.

    With one remembered vector the error obeys `e'' = (1 + beta - a nu) e' - beta e` (heavy ball: Polyak's values) or
    `e'' = (1 + beta)(1 - a nu) e' - beta (1 - a nu) e` (Nesterov's). Which hyperparameter is `beta`, and how `lr` makes `a`,
    is found out with `beta = 1/2`. The learning rate is rounded down, and the momentum is the best one for that.
    """
    if "lr" not in given:
        return None
    for name in optimizer.hyperparameters:
        method = _kind_of_momentum(optimizer, given, name)
        if name == "lr" or method is None:
            continue
        gain, beta = polyak(least, largest) if method == "Polyak" else nesterov(least, largest)
        single = largest < least * (1 + 1e-9)  # then it is best not to remember anything
        for _ in range(4):  # of an average of gradients the step depends on the momentum, too
            beta = 0.0 if single else rounded_up(max(beta, 0.0))
            unit = _unit_step(optimizer, given, name, max(beta, SMALLEST), method)
            if not (unit > 0 and 0 < gain / unit < math.inf):
                return None
            lr, last = rounded_down(gain / unit), beta
            beta = critical(method, lr * unit, least)
        return Tuned({"lr": lr, name: last}, method)
    return None


def _with_momentum(optimizer: Optimizer, given: Mapping[str, Array], name: str, beta: float) -> tuple[float, ...] | None:
    """The coefficients of the recurrence with `lr = 1` and a momentum."""
    method = recurrence(optimizer, {**given, name: np.array([[beta]]), "lr": np.array([[1.0]])})
    return None if method is None or len(method.names) > 2 or method.scaled else _coefficients(method)


def _kind_of_momentum(optimizer: Optimizer, given: Mapping[str, Array], name: str) -> str | None:
    """Whose momentum a hyperparameter is, if it is one."""
    found = _with_momentum(optimizer, given, name, PROBE)
    if found is None or abs(found[0] - 1 - PROBE) > 1e-9 or abs(found[2] - PROBE) > 1e-9 or not found[1] < 0:
        return None
    if abs(found[3]) < 1e-12:
        return "Polyak"
    return "Nesterov" if abs(found[3] * (1 + PROBE) - found[1] * PROBE) < 1e-9 * abs(found[1]) else None


def _unit_step(optimizer: Optimizer, given: Mapping[str, Array], name: str, beta: float, method: str) -> float:
    """What `lr = 1` makes of the curvature, the `a` of the recurrence."""
    found = _with_momentum(optimizer, given, name, beta)
    slope = -found[1] if found else math.nan
    return slope / (1 + beta) if method == "Nesterov" else slope


def _coefficients(method: Recurrence) -> tuple[float, float, float, float]:
    """Trace and determinant of a recurrence of two, each as a constant and a slope in the curvature."""
    none, one = (method.systems(np.array([value]))[0] for value in (0.0, 1.0))
    traces = float(np.trace(none)), float(np.trace(one))
    single = len(none) == 1  # without momentum nothing is remembered
    determinants = (0.0, 0.0) if single else (float(np.linalg.det(none)), float(np.linalg.det(one)))
    return traces[0], traces[1] - traces[0], determinants[0], determinants[1] - determinants[0]
