"""What theory says about a sweep over the learning rate: up to where it is stable, and what would be best, at the minimum reached.

At a minimum whose Hessian has the eigenvalues mu to L, a run of an optimizer that is a linear recurrence converges where the
spectral radius of its step is below 1 for each of them (`steepest.diagnosis.recurrence`): gradient descent up to `2/L`, the heavy
ball up to `2(1+beta)/L`. Best is where the largest of these radii is least: `2/(mu+L)` for gradient descent.
(Polyak, Introduction to Optimization, 1987, section 3.2.1.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.recurrence import recurrence, spectral_radius
from steepest.diagnosis.stability import LATE
from steepest.language.digits import short
from steepest.objectives.data import DataObjective
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.optimizer import Optimizer, schedules
from steepest.plot.scene.number import typographic
from steepest.tape.compile import function_tape
from steepest.targets.reference import results

if TYPE_CHECKING:
    from steepest.runs.sweep.sweep import Sweep

Array = NDArray[np.float64]
RATES, OTHERS = 256, 160  # learning rates and values of the other axis at which radii are computed first
BISECTIONS = 40
DEFINITE = 1e-9  # the least curvature next to the largest


class Scaled(Protocol):
    """An axis of a picture."""

    @property
    def name(self) -> str: ...
    @property
    def spacing(self) -> str: ...
    @property
    def limits(self) -> tuple[float, float]: ...
    @property
    def ticks(self) -> Any: ...


@dataclass(frozen=True, eq=False)
class Line:
    """A line over a picture: points, a row each, in data coordinates; `kind` is `bound` or `best`."""

    kind: str
    points: Array
    label: str


@dataclass(frozen=True)
class Point:
    """A point of a picture: `minimum`, `saddle`, or `best`, with what the legend says of it."""

    kind: str
    at: tuple[float, float]
    label: str


@dataclass(frozen=True, eq=False)
class Curvature:
    """The minimum that the lines are about: its position, and the eigenvalues of the Hessian there, the least first."""

    position: Array
    eigenvalues: Array


def theory(sweep: Sweep, x: Scaled, y: Scaled) -> tuple[tuple[Line, ...], tuple[Point, ...]]:
    """The bound of stability and what is best, over a map; nothing where that is not known."""
    if "lr" not in (x.name, y.name):
        return (), ()
    lr, other = (x, y) if x.name == "lr" else (y, x)
    found = _prepared(sweep)
    if found is None:
        return (), ()
    optimizer, given, curvature = found
    moves = other.name in given
    values = _inside(other, OTHERS) if moves else np.array(other.limits)
    radius = _Radius(optimizer, given, curvature.eigenvalues, other.name if moves else "", values)
    rates = _inside(lr, RATES)
    bound = radius.bound(rates)
    lines = []
    inside = np.isfinite(bound)
    if inside.sum() > 1:
        lines.append(
            Line(
                "bound", _placed(bound[inside], values[inside], x is lr), _bound_label(bound, values, given, curvature, other.name)
            )
        )
    points: list[Point] = []
    if not curvature.eigenvalues[0] > DEFINITE * curvature.eigenvalues[-1]:
        return tuple(lines), ()
    if not moves:
        best, _ = radius.best(rates)
        if rates[0] * (1 + 1e-6) < best[0] < rates[-1] * (1 - 1e-6):
            label = "best in theory: lr = 2/(μ+L)" if _is_gradient_descent(best, curvature) else "best lr in theory"
            lines.append(Line("best", _placed(best, values, x is lr), label))
        return tuple(lines), ()
    best, least = radius.best_other(rates)
    inside = _between(best, values) & (least < 1)
    if inside.sum() > 1:
        lines.append(Line("best", _placed(rates[inside], best[inside], x is lr), f"best {other.name} in theory for each lr"))
        at = int(np.argmin(np.where(inside, least, np.inf)))
        if 0 < at < len(rates) - 1:
            rate, value, factor = radius.best_of_all(rates[at - 1], rates[at + 1])
            told = f"best in theory: lr = {short(rate, 4, noise=1e-6)}, {other.name} = {short(value, 4, noise=1e-6)}"
            told += f", factor {short(factor, 3)} per step"
            points.append(Point("best", (rate, value) if x is lr else (value, rate), typographic(told)))
    return tuple(lines), tuple(points)


def _between(best: Array, values: Array) -> NDArray[np.bool_]:
    """Which of the best lie inside of the axis, not at its ends."""
    room = 1e-6 * abs(values[-1] - values[0])
    with np.errstate(invalid="ignore"):
        return np.asarray((best > values.min() + room) & (best < values.max() - room))


def theory_of_rate(sweep: Sweep, lr: Scaled) -> list[tuple[str, float, str]]:
    """The bound and the best learning rate on an axis alone: kind, learning rate and label of each."""
    found = _prepared(sweep) if lr.name == "lr" else None
    if found is None:
        return []
    optimizer, given, curvature = found
    radius = _Radius(optimizer, given, curvature.eigenvalues, "", np.zeros(1))
    rates = _inside(lr, RATES)
    lines = []
    bound = radius.bound(rates)
    if np.isfinite(bound[0]):
        lines.append(
            (
                "bound",
                float(bound[0]),
                f"{_bound_label(bound, np.zeros(1), given, curvature, '')} = {typographic(short(float(bound[0]), 4, noise=1e-6))}",
            )
        )
    if curvature.eigenvalues[0] > DEFINITE * curvature.eigenvalues[-1]:
        best, least = radius.best(rates)
        if rates[0] * (1 + 1e-6) < best[0] < rates[-1] * (1 - 1e-6):
            formula = "lr = 2/(μ+L)" if _is_gradient_descent(best, curvature) else "lr"
            factor = short(float(least[0]), 3) if least[0] > 1e-6 else "0"
            lines.append(
                (
                    "best",
                    float(best[0]),
                    typographic(f"best in theory: {formula} = {short(float(best[0]), 4, noise=1e-6)}, factor {factor} per step"),
                )
            )
    return lines


def _prepared(sweep: Sweep) -> tuple[Optimizer, dict[str, float], Curvature] | None:
    """The optimizer, its other hyperparameters, and the curvature at the minimum; None where theory has nothing to say."""
    definition = sweep.definition
    if len(definition.optimizers) != 1 or set(definition.roles) & {"constant", "schedule", "batch", "optimizer"}:
        return None
    setup = definition.setup(())
    if isinstance(setup.optimizer, LibraryOptimizer) or schedules(setup.hyperparameters):
        return None
    curvature = curvature_at_minimum(sweep)
    if curvature is None:
        return None
    given = {name: value.value for name, value in setup.hyperparameters.items()}
    return setup.optimizer, given, curvature


def curvature_at_minimum(sweep: Sweep) -> Curvature | None:
    """The Hessian's eigenvalues at the minimum that most runs reached, else at the first known; None where there is none."""
    objective = sweep.definition.source.objective()
    if not isinstance(objective, FormulaObjective) or (isinstance(objective, DataObjective) and not objective.table.in_memory):
        return None
    if not len(sweep.minima):
        return None
    counts = np.bincount(sweep.minimum[sweep.minimum >= 0].ravel(), minlength=len(sweep.minima))
    position = sweep.minima[int(np.argmax(counts))]
    tape, count = function_tape(objective.expression, objective.names, True), len(objective.names)
    slots = results(tape, position.tolist())
    hessian = np.array([slots[slot] for slot in tape.outputs["H"]]).reshape(count, count)
    if not np.isfinite(hessian).all():
        return None
    eigenvalues = np.linalg.eigvalsh(hessian)
    return Curvature(position, eigenvalues) if eigenvalues[-1] > 0 and eigenvalues[0] >= -DEFINITE * eigenvalues[-1] else None


class _Radius:
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
        inputs |= {name: np.full((rows, 1), 1.0) for name in ("theta", "g", "f", "T", *self.optimizer.state)}
        inputs["t"] = np.full((rows, 1), LATE)
        with np.errstate(all="ignore"):
            steps = recurrence(self.optimizer, inputs)
            if steps is None or steps.scaled:
                return np.full(shape, np.nan)
            curvatures = np.broadcast_to(self.eigenvalues, (rows, len(self.eigenvalues)))
            found = spectral_radius(steps.systems(curvatures * steps.scale[:, :1]))
        return np.asarray(found.max(axis=1).reshape(shape))

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
            column = _Radius(self.optimizer, self.given, self.eigenvalues, self.other, values)
            return np.asarray(column.at(rates[None])[0])

        return _narrowed(radius_at, low, high)

    def best_of_all(self, low: float, high: float) -> tuple[float, float, float]:
        """The learning rate between two and the value of the other axis with the least radius, and that radius."""
        for _ in range(BISECTIONS):
            one, two = low + (high - low) / 3, high - (high - low) / 3
            radii = self.best_other(np.array([one, two]))[1]
            low, high = (low, two) if radii[0] <= radii[1] else (one, high)
        rate = (low + high) / 2
        values, radii = self.best_other(np.array([rate]))
        return float(rate), float(values[0]), float(radii[0])

    def best(self, rates: Array) -> tuple[Array, Array]:
        """For each value of the other axis the learning rate of the least radius, and that radius."""
        radii = self.at(rates[:, None])
        if not np.isfinite(radii).all():
            return np.full(len(self.values), np.nan), np.full(len(self.values), np.nan)
        at = np.argmin(radii, axis=0)
        low, high = rates[np.maximum(at - 1, 0)], rates[np.minimum(at + 1, len(rates) - 1)]
        return _narrowed(lambda middle: self.at(middle[None])[0], low, high)


def _narrowed(radius: Callable[[Array], Array], low: Array, high: Array) -> tuple[Array, Array]:
    """Where a radius is least between two ends, and how large it is there."""
    for _ in range(BISECTIONS):
        one, two = low + (high - low) / 3, high - (high - low) / 3
        lower = radius(one) <= radius(two)
        low, high = np.where(lower, low, one), np.where(lower, two, high)
    middle = (low + high) / 2
    return middle, radius(middle)


def _inside(axis: Scaled, count: int) -> Array:
    """Numbers across an axis."""
    low, high = sorted(axis.limits)
    if axis.spacing == "log":
        return np.asarray(np.geomspace(low, high, count), dtype=np.float64)
    return np.linspace(max(low, (high - low) * 1e-6) if axis.name == "lr" else low, high, count)


def _placed(rates: Array, values: Array, across: bool) -> Array:
    """Rows of points, the learning rate across or up."""
    return np.stack([rates, values] if across else [values, rates], axis=1)


def _is_gradient_descent(best: Array, curvature: Curvature) -> bool:
    expected = 2 / (curvature.eigenvalues[0] + curvature.eigenvalues[-1])
    return bool(np.allclose(best, expected, rtol=1e-4))


def _bound_label(bound: Array, values: Array, given: Mapping[str, float], curvature: Curvature, other: str) -> str:
    """The bound as a formula where it is one of those that are known."""
    product = bound * curvature.eigenvalues[-1]
    beta = values if other == "beta" else np.array(given.get("beta", 0.0))
    told = np.isfinite(product)
    formulas = {
        "2/L": np.full_like(product, 2.0),
        "2(1+β)/L": 2 + 2 * np.broadcast_to(beta, product.shape),
        "2(1+β)/((1+2β)L)": (2 + 2 * np.broadcast_to(beta, product.shape)) / (1 + 2 * np.broadcast_to(beta, product.shape)),
        "2(1+β)/((1−β)L)": (2 + 2 * np.broadcast_to(beta, product.shape))
        / np.maximum(1 - np.broadcast_to(beta, product.shape), 1e-12),
    }
    for formula, expected in formulas.items():
        if np.allclose(product[told], expected[told], rtol=1e-6):
            return f"stable below lr = {formula}"
    return "stable below lr"
