"""What theory says about a sweep over the learning rate: up to where it is stable, and what would be best, at the minimum reached.

At a minimum whose Hessian has the eigenvalues mu to L, a run of an optimizer that is a linear recurrence converges where the
spectral radius of its step is below 1 for each of them (`steepest.diagnosis.recurrence`): gradient descent up to `2/L`, the heavy
ball up to `2(1+beta)/L`. Best is where the largest of these radii is least: `2/(mu+L)` for gradient descent.
(Polyak, Introduction to Optimization, 1987, section 3.2.1.)

There are no lines where a step is not the same linear map at every step: for an optimizer that scales the gradient by its size,
for a schedule, for batches, whose rows have other curvatures than all of them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from steepest.language.digits import short
from steepest.objectives.data import DataObjective
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.optimizer import Optimizer, schedules
from steepest.plot.scene.sweep.radius import DEFINITE, Radius
from steepest.plot.scene.text.labels import point_text, pretty
from steepest.plot.scene.text.number import typographic
from steepest.tape.compile import function_tape
from steepest.targets.reference import results

if TYPE_CHECKING:
    from steepest.runs.sweep.sweep import Sweep

Array = NDArray[np.float64]
MOST_COMPARED = 64  # minima whose curvatures are compared
RATES, OTHERS = 256, 160  # learning rates and values of the other axis at which radii are computed first


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
    """A line over a picture: points, a row each, in data coordinates; `kind` is `bound` or `best`; without a label, the line before
    has told what this one is."""

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
    """The minimum that the lines are about: its position, and the eigenvalues of the Hessian there, the least first.

    Attributes:
        place: which minimum it is, for the labels; nothing where no other has other eigenvalues.
    """

    position: Array
    eigenvalues: Array
    place: str

    @property
    def definite(self) -> bool:
        """Whether the least curvature is positive."""
        return bool(self.eigenvalues[0] > DEFINITE * self.eigenvalues[-1])


Prepared = tuple[Optimizer, dict[str, float], Curvature]
"""The optimizer, its hyperparameters, and the curvature at the minimum."""


def theory(sweep: Sweep, x: Scaled, y: Scaled) -> tuple[tuple[Line, ...], tuple[Point, ...]]:
    """The bound of stability and what is best, over a map; nothing where that is not known."""
    if "lr" not in (x.name, y.name):
        return (), ()
    lr, other = (x, y) if x.name == "lr" else (y, x)
    found = _prepared(sweep, lr)
    if found is None:
        return (), ()
    if other.name not in found[1]:
        ends = np.array(other.limits)
        rules = _rules(found, lr)
        return tuple(Line(kind, _placed(np.full(2, at), ends, x is lr), label) for kind, at, label in rules), ()
    if other.ticks is not None:
        return _steps(sweep, lr, other, found, x is lr), ()
    return _curves(found, lr, other, x is lr)


def _curves(found: Prepared, lr: Scaled, other: Scaled, across: bool) -> tuple[tuple[Line, ...], tuple[Point, ...]]:
    """The bound and the best over a learning rate and another hyperparameter."""
    optimizer, given, curvature = found
    values, rates = _inside(other, OTHERS), _inside(lr, RATES)
    radius = Radius(optimizer, given, curvature.eigenvalues, other.name, values)
    bound = radius.bound(rates)
    lines = []
    inside = np.isfinite(bound)
    if inside.sum() > 1:
        label = _bound_label(bound, values, given, curvature, other.name) + curvature.place
        lines.append(Line("bound", _placed(bound[inside], values[inside], across), label))
    points: list[Point] = []
    if not curvature.definite:
        return tuple(lines), ()
    best, least = radius.best_other(rates)
    inside = _between(best, values) & (least < 1)
    if inside.sum() > 1:
        label = f"best {pretty(other.name)} in theory for each lr{curvature.place}"
        lines.append(Line("best", _placed(rates[inside], best[inside], across), label))
        at = int(np.argmin(np.where(inside, least, np.inf)))
        if 0 < at < len(rates) - 1:
            rate, value, factor = radius.best_of_all(rates[at - 1], rates[at + 1])
            told = f"best in theory: lr = {short(rate, 4, noise=1e-6)}, {pretty(other.name)} = {short(value, 4, noise=1e-6)}"
            told += f", {_factor(factor)}{curvature.place}"
            points.append(Point("best", (rate, value) if across else (value, rate), typographic(told)))
    return tuple(lines), tuple(points)


def _steps(sweep: Sweep, lr: Scaled, other: Scaled, found: Prepared, across: bool) -> tuple[Line, ...]:
    """The bound over a list of values without an even spacing: for each of them as wide as its cells."""
    optimizer, given, curvature = found
    values = sweep.definition.axis(other.name).values.array.astype(float)
    bound = Radius(optimizer, given, curvature.eigenvalues, other.name, values).bound(_inside(lr, RATES))
    if not np.isfinite(bound).any():
        return ()
    sides = np.arange(len(values))[:, None] + np.array([-0.5, 0.5])
    label = _bound_label(bound, values, given, curvature, other.name) + curvature.place
    return (Line("bound", _placed(np.repeat(bound, 2), sides.ravel(), across), label),)


def _factor(radius: float) -> str:
    """By what steps shrink at the best learning rate, whose radius is found but for rounding."""
    return f"factor {short(radius, 3, noise=1e-6) if radius > 1e-4 else '0'} per step"


def _between(best: Array, values: Array) -> NDArray[np.bool_]:
    """Which of the best lie inside of the axis, not at its ends."""
    room = 1e-6 * abs(values[-1] - values[0])
    with np.errstate(invalid="ignore"):
        return np.asarray((best > values.min() + room) & (best < values.max() - room))


def theory_of_rate(sweep: Sweep, lr: Scaled) -> list[tuple[str, float, str]]:
    """The bound and the best learning rate on an axis alone: kind, learning rate and label of each."""
    found = _prepared(sweep, lr) if lr.name == "lr" else None
    return [] if found is None else _rules(found, lr)


def _rules(found: Prepared, lr: Scaled) -> list[tuple[str, float, str]]:
    """The bound and the best learning rate where no other hyperparameter is varied."""
    optimizer, given, curvature = found
    radius, rates = Radius(optimizer, given, curvature.eigenvalues, "", np.zeros(1)), _inside(lr, RATES)
    lines = []
    bound = radius.bound(rates)
    if np.isfinite(bound[0]):
        told = f"{_bound_label(bound, np.zeros(1), given, curvature, '')} = {short(float(bound[0]), 4, noise=1e-6)}"
        lines.append(("bound", float(bound[0]), typographic(told + curvature.place)))
    if curvature.definite:
        told, ends = _best_rates(radius, rates, curvature)
        lines += [("best", rate, "" if number else typographic(told)) for number, rate in enumerate(ends)]
    return lines


def _best_rates(radius: Radius, rates: Array, curvature: Curvature) -> tuple[str, list[float]]:
    """What is told of the best learning rate, and where it is drawn; at the ends of an interval in which all are as good.

    With momentum the factor is `sqrt(beta)` wherever the roots of every curvature are complex.
    """
    (best,), (least,) = radius.best(rates)
    if not rates[0] * (1 + 1e-6) < best < rates[-1] * (1 - 1e-6):
        return "", []
    ends = radius.as_good(float(best), float(least))
    texts = [short(rate, 4, noise=1e-6) for rate in (ends if ends[1] > 1.01 * ends[0] else (float(best),))]
    told = f"lr from {texts[0]} to {texts[1]}" if len(texts) > 1 else f"lr = {texts[0]}"
    if len(texts) == 1 and math.isclose(best, 2 / (curvature.eigenvalues[0] + curvature.eigenvalues[-1]), rel_tol=1e-4):
        told = f"lr = 2/(μ+L) = {texts[0]}"
    drawn = [rate for rate in (ends if len(texts) > 1 else (float(best),)) if rates[0] < rate < rates[-1]]
    return f"best in theory: {told}, {_factor(float(least))}{curvature.place}", drawn


def _prepared(sweep: Sweep, lr: Scaled) -> Prepared | None:
    """The optimizer, its other hyperparameters, and the curvature at the minimum; None where theory has nothing to say."""
    definition = sweep.definition
    if lr.ticks is not None:  # cells side by side, between which there are no numbers
        return None
    if len(definition.optimizers) != 1 or set(definition.roles) & {"constant", "schedule", "batch", "optimizer"}:
        return None
    setup = definition.setup(())
    if isinstance(setup.optimizer, LibraryOptimizer) or schedules(setup.hyperparameters):
        return None
    if isinstance(setup.objective, DataObjective) and setup.objective.batch is not None:
        return None
    curvature = curvature_at_minimum(sweep)
    if curvature is None:
        return None
    given = {name: value.value for name, value in setup.hyperparameters.items()}
    given |= {name: float(value) for name, value in definition.alone("hyperparameter").items()}
    given["T"] = float(definition.rule.steps)
    return setup.optimizer, given, curvature


def curvature_at_minimum(sweep: Sweep) -> Curvature | None:
    """The Hessian's eigenvalues at the minimum that most runs reached, else at the first known; None where there is none."""
    objective = sweep.definition.source.objective()
    if not isinstance(objective, FormulaObjective) or (isinstance(objective, DataObjective) and not objective.table.in_memory):
        return None
    if not len(sweep.minima):
        return None
    counts = np.bincount(sweep.minimum[sweep.minimum >= 0].ravel(), minlength=len(sweep.minima))
    most = np.argsort(-counts, kind="stable")[:MOST_COMPARED]
    position, *others = sweep.minima[most[counts[most] > 0] if counts.any() else most]
    eigenvalues = _eigenvalues(objective, position)
    if not (eigenvalues[-1] > 0 and eigenvalues[0] >= -DEFINITE * eigenvalues[-1]):
        return None
    alike = all(np.allclose(_eigenvalues(objective, other), eigenvalues, rtol=1e-4) for other in others)
    return Curvature(position, eigenvalues, "" if alike else f", at {pretty(point_text(sweep.names, position.tolist()))}")


def _eigenvalues(objective: FormulaObjective, position: Array) -> Array:
    """The eigenvalues of the Hessian, the least first; NaN where it is not finite."""
    tape, count = function_tape(objective.expression, objective.names, True), len(objective.names)
    slots = results(tape, position.tolist())
    hessian = np.array([slots[slot] for slot in tape.outputs["H"]]).reshape(count, count)
    return np.asarray(np.linalg.eigvalsh(hessian) if np.isfinite(hessian).all() else np.full(count, np.nan))


def _inside(axis: Scaled, count: int) -> Array:
    """Numbers across an axis."""
    low, high = sorted(axis.limits)
    if axis.spacing == "log":
        return np.asarray(np.geomspace(low, high, count), dtype=np.float64)
    return np.linspace(max(low, (high - low) * 1e-6) if axis.name == "lr" else low, high, count)


def _placed(rates: Array, values: Array, across: bool) -> Array:
    """Rows of points, the learning rate across or up."""
    return np.stack([rates, values] if across else [values, rates], axis=1)


def _bound_label(bound: Array, values: Array, given: Mapping[str, float], curvature: Curvature, other: str) -> str:
    """The bound as a formula where it is one of those that are known."""
    product = bound * curvature.eigenvalues[-1]
    beta = values if other == "beta" else np.array(given.get("beta", 0.0))
    told = np.isfinite(product)
    product, beta = product[told], np.broadcast_to(beta, product.shape)[told]
    with np.errstate(divide="ignore"):
        formulas = {
            "2/L": np.full_like(product, 2.0),
            "2(1+β)/L": 2 + 2 * beta,
            "2(1+β)/((1+2β)L)": (2 + 2 * beta) / (1 + 2 * beta),
            "2(1+β)/((1−β)L)": (2 + 2 * beta) / (1 - beta),
        }
    for formula, expected in formulas.items():
        if np.allclose(product, expected, rtol=1e-6):
            return f"stable below lr = {formula}"
    return "stable below lr"
