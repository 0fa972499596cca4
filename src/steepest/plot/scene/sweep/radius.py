"""How fast an optimizer's steps shrink in theory: the spectral radius over learning rates and values of another hyperparameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.dependence import same_factor
from steepest.diagnosis.recurrence import recurrence, spectral_radius
from steepest.diagnosis.stability import LATE
from steepest.optimizers.optimizer import Optimizer

Array = NDArray[np.float64]
BISECTIONS = 40
POINTS, NARROWINGS = 16, 8  # between two ends, of which each time the neighbors of the best are left: 4e-8 of the way at last
DEFINITE = 1e-9  # the least curvature next to the largest
PROBES = (1e-6, 3.7e-7)
"""What stands for the position, the gradient and the state of a step: near the minimum, and twice, as the step of a linear
recurrence depends on none of them."""


class Radius:
    """The largest spectral radius of an optimizer's step over the curvatures, for learning rates and values of another axis."""

    def __init__(self, optimizer: Optimizer, given: Mapping[str, float], eigenvalues: Array, other: str, values: Array) -> None:
        self.optimizer, self.given, self.other, self.values = optimizer, dict(given), other, values
        self.eigenvalues = eigenvalues[eigenvalues > DEFINITE * eigenvalues[-1]]

    def at(self, rates: Array) -> Array:
        """The radius for learning rates `(k, m)`, a column for each value of the other axis; NaN where theory has none."""
        shape = (len(rates), len(self.values))
        wide = np.broadcast_to(rates, shape).reshape(-1, 1)
        rows = len(wide)
        inputs = {name: np.full((rows, 1), value) for name, value in self.given.items()} | {"lr": wide}
        if self.other:
            inputs[self.other] = np.broadcast_to(self.values, shape).reshape(-1, 1)
        with np.errstate(all="ignore"):
            steps, again = (
                recurrence(self.optimizer, inputs | self._somewhere(rows, probe, late))
                for probe, late in zip(PROBES, (LATE, 2 * LATE), strict=True)
            )
            if steps is None or again is None or steps.scaled or again.scaled:
                return np.full(shape, np.nan)
            curvatures = np.broadcast_to(self.eigenvalues, (rows, len(self.eigenvalues)))
            systems = steps.systems(curvatures)
            if not same_factor(systems, again.systems(curvatures)):
                return np.full(shape, np.nan)
            found = spectral_radius(systems)
        return np.asarray(found.max(axis=1).reshape(shape))

    def _somewhere(self, rows: int, probe: float, late: float) -> dict[str, Array]:
        """Where a step could start from: a position, a gradient and a state near the minimum, late in a run."""
        found = {name: np.full((rows, 1), probe) for name in ("theta", "g", "f", *self.optimizer.state)}
        return found | {"t": np.full((rows, 1), late)}

    def bound(self, rates: Array) -> Array:
        """For each value of the other axis the learning rate from which on steps grow; NaN where there is none among the rates."""
        radii = self.at(rates[:, None])
        grows = radii > 1 + 1e-12
        first = np.argmax(grows, axis=0)
        known = grows.any(axis=0) & (first > 0) & np.isfinite(radii).all(axis=0)
        low, high = rates[np.maximum(first - 1, 0)], rates[first]
        for _ in range(BISECTIONS):
            middle = np.sqrt(low * high) if rates[0] > 0 else (low + high) / 2
            over = self.at(middle[None])[0] > 1 + 1e-12
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        return np.where(known, high, np.nan)

    def best_other(self, rates: Array) -> tuple[Array, Array]:
        """For each learning rate the value of the other axis with the least radius, and that radius."""
        radii = self.at(np.broadcast_to(rates[:, None], (len(rates), len(self.values))))
        if not np.isfinite(radii).all():
            return np.full(len(rates), np.nan), np.full(len(rates), np.nan)
        at = np.argmin(radii, axis=1)
        low, high = self.values[np.maximum(at - 1, 0)], self.values[np.minimum(at + 1, len(self.values) - 1)]

        def radius_at(values: Array) -> Array:
            one_each = Radius(self.optimizer, self.given, self.eigenvalues, self.other, values.ravel())
            return one_each.at(np.broadcast_to(rates, values.shape).reshape(1, -1)).reshape(values.shape)

        return _narrowed(radius_at, low, high)

    def best_of_all(self, low: float, high: float) -> tuple[float, float, float]:
        """The learning rate between two and the value of the other axis with the least radius, and that radius."""
        least = _narrowed(lambda rates: self.best_other(rates[:, 0])[1][:, None], np.array([low]), np.array([high]))[0]
        values, radii = self.best_other(least)
        return float(least[0]), float(values[0]), float(radii[0])

    def best(self, rates: Array) -> tuple[Array, Array]:
        """For each value of the other axis the learning rate of the least radius, and that radius."""
        radii = self.at(rates[:, None])
        if not np.isfinite(radii).all():
            return np.full(len(self.values), np.nan), np.full(len(self.values), np.nan)
        at = np.argmin(radii, axis=0)
        low, high = rates[np.maximum(at - 1, 0)], rates[np.minimum(at + 1, len(rates) - 1)]
        return _narrowed(self.at, low, high)

    def as_good(self, best: float, least: float) -> tuple[float, float]:
        """The ends of the learning rates around the best one whose radius is the same but for rounding."""
        inner, outer = np.full(2, best), best * np.array([1e-9, 1e9])
        for _ in range(BISECTIONS):
            middle = np.sqrt(inner * outer)
            good = self.at(middle[:, None])[:, 0] <= least * (1 + 1e-6) + 1e-9
            inner, outer = np.where(good, middle, inner), np.where(good, outer, middle)
        return float(inner[0]), float(inner[1])


def _narrowed(radius: Callable[[Array], Array], low: Array, high: Array) -> tuple[Array, Array]:
    """Where a radius that falls and then rises is least between two ends, `(m,)` each, and how large it is there.

    Args:
        radius: for points `(k, m)` between them.
    """
    for _ in range(NARROWINGS):
        points = low + (high - low) * np.linspace(0, 1, POINTS + 2)[:, None]
        least = np.argmin(radius(points[1:-1]), axis=0)
        low, high = (np.take_along_axis(points, least[None] + beside, 0)[0] for beside in (0, 2))
    middle = (low + high) / 2
    return middle, radius(middle[None])[0]
