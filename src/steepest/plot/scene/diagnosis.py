"""What a diagnosis found, as data for a picture: the local quadratic, stability along the path, the error by direction, rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.diagnosis import Diagnosis
from steepest.diagnosis.inputs import equation_inputs
from steepest.diagnosis.recurrence import recurrence, spectral_radius
from steepest.diagnosis.sampling import spectra
from steepest.errors import InputError
from steepest.plot.scene.limits import Array
from steepest.runs.trajectory import Trajectory

Whole = NDArray[np.int64]

MESH = 61, 121  # rows and columns of the map of stability
STEEPEST_MOMENTUM = 0.98
BEYOND = 1.3  # the map's greatest learning rate, relative to the greatest stable one
MOST_MODES = 6


@dataclass(frozen=True, eq=False)
class QuadraticModel:
    """The second-order Taylor polynomial of the function at a step: `f + g.d + d.H.d/2`.

    Attributes:
        step: the number of steps before it.
        position, value, gradient, hessian: at that step.
        curvatures, directions: the Hessian's eigenvalues, ascending, and its eigenvectors as columns.
    """

    step: int
    position: Array
    value: float
    gradient: Array
    hessian: Array
    curvatures: Array
    directions: Array

    def at(self, positions: Array) -> Array:
        """Its value at positions, a row each.

        >>> bowl = QuadraticModel(0, np.zeros(1), 1.0, np.zeros(1), np.array([[2.0]]), np.array([2.0]), np.eye(1))
        >>> bowl.at(np.array([[3.0]])).tolist()
        [10.0]
        """
        away = positions - self.position
        return np.asarray(self.value + away @ self.gradient + ((away @ self.hessian) * away).sum(axis=1) / 2)


@dataclass(frozen=True, eq=False)
class StabilityCourse:
    """Stability along the path: `lr*lambda` at each step, or the spectral radius of the step's Jacobian where that decides.

    Attributes:
        steps: the steps, from 1.
        values: at each of them.
        bound: what they must stay below; None where it is not known.
        label: of the vertical axis, in LaTeX.
    """

    steps: Whole
    values: Array
    bound: float | None
    label: str


@dataclass(frozen=True, eq=False)
class DirectionErrors:
    """The distance from where the run arrives, or heads to, along every eigenvector there.

    Attributes:
        steps: the positions, 0 for the start.
        errors: a row for each, a column for each of the `curvatures`.
    """

    steps: Whole
    errors: Array
    curvatures: Array


@dataclass(frozen=True)
class PredictedRates:
    """The factor per step by which the error shrinks: what theory predicts at the end, what the last steps show."""

    predicted: float | None
    measured: float | None


@dataclass(frozen=True, eq=False)
class StabilityMap:
    """The factor per step for other learning rates and momenta, where the run ends; stable below 1.

    Attributes:
        momentum: the hyperparameter's name; empty for a method that has none, whose map has a single row.
        lr, beta: the columns' and the rows' values.
        rates: a row for each beta.
        here: the run's own pair.
    """

    momentum: str
    lr: Array
    beta: Array
    rates: Array
    here: tuple[float, float]


@dataclass(frozen=True, eq=False)
class DiagnosisLayer:
    """What the picture of a diagnosis shows; None for what cannot be said."""

    model: QuadraticModel | None
    stability_course: StabilityCourse | None
    modes: DirectionErrors | None
    rates: PredictedRates
    stability_map: StabilityMap | None


def diagnosis_layer(found: Diagnosis, at: int | None = None) -> DiagnosisLayer:
    """What the picture of a diagnosis shows.

    Args:
        at: the number of steps before the local quadratic is taken: the first unstable step by default, else none.

    Raises:
        InputError: for a step that the run has not.

    >>> from steepest.runs.descent import descend
    >>> layer = diagnosis_layer(descend("x^2 + 10y^2", (10, 1), lr=0.21, steps=50).diagnose())
    >>> float(layer.stability_course.values[0]), layer.stability_course.bound, layer.model.curvatures.tolist()
    (4.2, 2.0, [2.0, 20.0])
    """
    if at is not None and not 0 <= at <= found.run.steps:
        raise InputError(f"the run has steps 0 to {found.run.steps}, and no step {at}")
    with np.errstate(all="ignore"):
        step = at if at is not None else (found.unstable_step or 1) - 1
        return DiagnosisLayer(
            model(found, step),
            stability_course(found),
            modes(found),
            PredictedRates(found.predicted_rate, found.measured_rate),
            stability_map(found),
        )


def model(found: Diagnosis, step: int) -> QuadraticModel | None:
    """The local quadratic at the sampled position nearest to a step; None where the Hessian is not known."""
    seen = found.evidence.sampling
    row = int(np.abs(seen.steps - step).argmin())
    if seen.hessians is None or not np.isfinite(seen.hessians[row]).all():
        return None
    return QuadraticModel(
        int(seen.steps[row]), seen.positions[row], float(seen.values[row]), seen.gradients[row], seen.hessians[row],
        seen.curvatures[row], seen.directions[row],
    )  # fmt: skip


def stability_course(found: Diagnosis) -> StabilityCourse | None:
    """Stability along the path; None where it is not known at any step."""
    seen, stability = found.evidence.sampling, found.evidence.stability
    taken = seen.steps < found.run.steps
    bound = found.bound
    if bound is None and stability.radii is not None:
        values, bound, label = stability.radii[taken], 1.0, r"\rho(J)"
    else:
        values, label = stability.lr_lambda[taken], r"\mathrm{lr} \, \lambda_{\max}"
    known = np.isfinite(values)
    return StabilityCourse(seen.steps[taken][known] + 1, values[known], bound, label) if known.any() else None


def modes(found: Diagnosis) -> DirectionErrors | None:
    """The errors along a few of the eigenvectors; None for a run that diverges, or where they are not known."""
    if found.modes is None or found.evidence.diverges:
        return None
    errors, curvatures = found.modes
    chosen = np.unique(np.linspace(0, len(curvatures) - 1, min(len(curvatures), MOST_MODES)).astype(int))
    return DirectionErrors(found.evidence.sampling.steps, np.abs(errors[:, chosen]), curvatures[chosen])


def stability_map(found: Diagnosis) -> StabilityMap | None:
    """The map of stability; None unless the steps are a linear recurrence and the learning rate is a number."""
    run, hessian = found.run, _end_hessian(found)
    fixed = run.constant_settings
    if "lr" not in fixed or fixed["lr"] <= 0 or hessian is None or found.evidence.stability.next_step is None:
        return None
    given = {name: column[-1:] for name, column in equation_inputs(run, found.evidence.sampling).items()}
    momentum = _momentum_name(run, given, fixed)
    own = {momentum: fixed[momentum]} if momentum else {}
    beta = np.linspace(0, max(STEEPEST_MOMENTUM, *own.values()), MESH[0]) if momentum else np.zeros(1)
    edge = _first_unstable(run, given, hessian, fixed["lr"], own)
    if edge is None:
        return None
    lr = np.linspace(0, max(BEYOND * edge, 1.15 * fixed["lr"]), MESH[1])[1:]
    columns, rows = (part.ravel() for part in np.meshgrid(lr, beta))
    rates = _rates_with(run, given, hessian, {"lr": columns} | ({momentum: rows} if momentum else {}))
    if rates is None:
        return None
    return StabilityMap(momentum, lr, beta, rates.reshape(len(beta), len(lr)), (fixed["lr"], fixed.get(momentum, 0.0)))


def _end_hessian(found: Diagnosis) -> Array | None:
    """The Hessian where the run arrives, or at its start if it does not, if it curves upward somewhere."""
    point, hessians = found.evidence.stationary, found.evidence.sampling.hessians
    if point is not None:
        hessian = (point.directions * point.curvatures) @ point.directions.T
    elif hessians is not None:
        hessian = hessians[0]
    else:
        return None
    return hessian if np.isfinite(hessian).all() and float(np.linalg.eigvalsh(hessian)[-1]) > 0 else None


def _rates_with(run: Trajectory, given: dict[str, Array], hessian: Array, changed: dict[str, Array]) -> Array | None:
    """The factor per step at the end of a run with other hyperparameters, one for each of the rows of `changed`."""
    count = len(changed["lr"])
    repeated = {name: np.repeat(column, count, axis=0) for name, column in given.items()}
    method = recurrence(run.optimizer, repeated | {name: values[:, None] for name, values in changed.items()})
    if method is None:
        return None
    root = np.sqrt(method.scale) * np.ones(len(hessian))
    curvatures = spectra(root[:, :, None] * hessian * root[:, None, :])[0]
    return np.asarray(spectral_radius(method.systems(curvatures)).max(axis=1))


def _first_unstable(run: Trajectory, given: dict[str, Array], hessian: Array, lr: float, changed: dict[str, float]) -> float | None:
    """The learning rate from which on steps are unstable, found between powers of two and then by halves."""
    tried = lr * 2.0 ** np.arange(-30, 31)
    for _ in range(12):
        fixed = {name: np.full(len(tried), value) for name, value in changed.items()}
        rates = _rates_with(run, given, hessian, {"lr": tried} | fixed)
        if rates is None:
            return None
        over = np.flatnonzero(rates > 1 + 1e-9)
        if not len(over) or over[0] == 0:
            return None
        tried = np.linspace(tried[over[0] - 1], tried[over[0]], 9)
    return float(tried[-1])


def _momentum_name(run: Trajectory, given: dict[str, Array], fixed: dict[str, float]) -> str:
    """The hyperparameter that says how much of the last steps is kept: the first one that changes what is remembered."""
    before = recurrence(run.optimizer, given)
    for name, value in fixed.items():
        if name == "lr" or not 0 <= value < 1 or before is None:
            continue
        after = recurrence(run.optimizer, given | {name: np.array([[value / 2 + 0.25]])})
        if (
            after is not None
            and after.matrix.shape == before.matrix.shape
            and not np.allclose(after.matrix, before.matrix, rtol=1e-6)
        ):
            return name
    return ""
