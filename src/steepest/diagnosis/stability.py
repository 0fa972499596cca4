"""Whether each step of a run was stable: `lr*lambda` against the bound that the optimizer's equations give.

A step is stable where it shrinks the error in every eigendirection of positive curvature. For equations with a recurrence
(`steepest.diagnosis.recurrence`) that is `lr*lambda < bound`:

| optimizer | bound |
|---|---|
| gradient descent | `2` |
| `momentum`, `heavy_ball` | `2 + 2*beta` |
| `ema_momentum` | `(2 + 2*beta)/(1 - beta)` |
| `nesterov`, `sutskever_nesterov` | `(2 + 2*beta)/(1 + 2*beta)` |
| `adagrad`, `rmsprop` | `2`, of the Hessian scaled by this step's preconditioner, `D^(-1/2) H D^(-1/2)` |
| `adam` and kin | `(2 + 2*beta1)/(1 - beta1)`, of the scaled Hessian: 38 for `beta1 = 0.9` |

(Polyak, Introduction to Optimization, 1987, section 3.2.1; Cohen et al., Gradient descent on neural networks typically
occurs at the edge of stability, ICLR 2021; Adaptive gradient methods at the edge of stability, 2022, arXiv:2207.14484.) None
of these is written down here: they come out of the equations, so those that a user typed have theirs. What changes with
the step besides the gradient's size (a bias correction, a schedule) counts as part of the learning rate, so that one bound
holds for the whole run. Equations without a recurrence have the spectral radius of the exact Jacobian instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.jacobian import step_jacobians
from steepest.diagnosis.recurrence import Recurrence, radius, recurrence
from steepest.diagnosis.sampling import Product, Sampling, ends, spectra
from steepest.language.expression import evaluate
from steepest.runs.record import TapeRecord
from steepest.targets.arrays import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

LATE = 1e9  # a step number by which every bias correction has worn off
ROUNDING = 1e-9
NEXT = 10  # steps within which a direction must be moved in
STILL = 1e-9  # by this share of the step
EIGENVALUES = 2_000_000  # the number of operations, roughly, that the eigenvalues of Jacobians may take
SETTLED = 0.1  # how much the scale may change over ten steps if a rate is to be predicted from it


@dataclass(frozen=True, eq=False)
class Stability:
    """The stability of the steps from the survey's positions; row `i` is the step from position `survey.steps[i]`.

    Attributes:
        lr_lambda: the learning rate times the largest curvature, in the units of `bound`; `(m,)`, the last row being the
            step that would come next. Without a bound, the hyperparameter `lr` times the Hessian's largest eigenvalue.
        bound: below which a step is stable, or None.
        directions: the direction of that curvature, `(m, n)`.
        radii: where there is no bound, the spectral radius of the exact Jacobian of each step in position and state.
        unstable: the rows whose step is unstable.
        scaled: whether the equations scale the gradient by its own size.
        steady: whether that scale has settled.
        end: the recurrence of the step that would come next, one row, with its scaled curvatures.
        predicted: the factor by which the error shrinks in a step at the end point, or None.
    """

    lr_lambda: Array
    bound: float | None
    directions: Array
    radii: Array | None
    unstable: NDArray[np.int64]
    scaled: bool
    steady: bool
    end: tuple[Recurrence, Array] | None
    predicted: float | None


def stability(run: Trajectory, sampling: Sampling) -> Stability:
    """The stability of a run's steps.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.sampling import sampling
    >>> run = descend("x^2 + 10y^2", (10, 1), lr=0.21, steps=3)
    >>> found = stability(run, sampling(run))
    >>> found.lr_lambda.round(9).tolist(), found.bound, found.directions[0].tolist(), round(found.predicted, 9)
    ([4.2, 4.2, 4.2, 4.2], 2.0, [0.0, 1.0], 3.2)
    """
    given = known_before(run, sampling)
    method = recurrence(run.optimizer, given)
    if method is None:
        return _without_recurrence(run, sampling, given)
    thresholds = method.threshold()
    method = replace(method, scale=_scale_of_moving(method.scale, sampling))
    curvatures, directions = _scaled_spectra(sampling, method.scale)
    largest = np.nan_to_num(curvatures, nan=-np.inf).max(axis=1)
    largest[~np.isfinite(curvatures).any(axis=1)] = np.nan
    moved = np.where(moving(sampling, directions), np.nan_to_num(curvatures, nan=-np.inf), -np.inf)
    bound, gain = _reference(run, given, thresholds)
    if bound is None or np.isnan(thresholds).all():
        return _without_recurrence(run, sampling, given)
    with np.errstate(all="ignore"):
        unit = np.where(np.isinf(thresholds), gain, bound / thresholds)
        lr_lambda = largest * unit
        over = moved.max(axis=1) > thresholds * (1 + ROUNDING)
        unstable = np.flatnonzero(over & (sampling.steps < max(run.steps, 1)))
    worst = np.where(over, moved.argmax(axis=1), np.nan_to_num(curvatures, nan=-np.inf).argmax(axis=1))
    lr_lambda = np.where(over, moved.max(axis=1) * unit, lr_lambda)
    along = np.take_along_axis(directions, worst[:, None, None], axis=2)[:, :, 0]
    end = last(method), curvatures[-1:]
    steady = not method.scaled or _settled(method.scale, sampling)
    found = Stability(lr_lambda, None if np.isinf(bound) else bound, along, None, unstable, method.scaled, steady, end, None)
    return replace(found, predicted=predicted_rate(found, end[1]))


def _scale_of_moving(scale: Array, sampling: Sampling) -> Array:
    """The scale of every coordinate; one that never moved has none of its own, and is given the others' geometric mean."""
    still = np.ptp(sampling.positions, axis=0) == 0
    if scale.shape[1] == 1 or still.all() or not still.any():
        return scale
    with np.errstate(all="ignore"):
        others = np.exp(np.log(scale[:, ~still]).mean(axis=1, keepdims=True))
    return np.where(still, others, scale)


def moving(sampling: Sampling, directions: Array) -> NDArray[np.bool_]:
    """Whether the run has a component along each direction, by more than rounding, within the next few steps: `(m, k)`.

    What grows there grows from next to nothing else.
    """
    moves = np.diff(sampling.positions, axis=0, append=sampling.positions[-1:])
    basis = np.where(np.isfinite(directions), directions, 0.0)
    square = basis.shape[1] == basis.shape[2]
    inverse = np.linalg.pinv(basis) if square else basis.transpose(0, 2, 1)
    found = np.zeros((len(moves), basis.shape[2]), dtype=bool)
    for ahead in range(min(NEXT, len(moves))):
        there = np.concatenate([moves[ahead:], np.zeros((ahead, moves.shape[1]))])
        with np.errstate(all="ignore"):
            unit = there / np.maximum(np.abs(there).max(axis=1, keepdims=True), 1e-300)
            parts = np.abs(np.einsum("mkn,mn->mk", inverse, unit))
        found |= parts > STILL
    return found


def known_before(run: Trajectory, sampling: Sampling) -> dict[str, Array]:
    """What the equations read at each surveyed position: theta, gradient, value, clock, hyperparameters, state."""
    count, taken = len(sampling.steps), max(run.steps, 1)
    clock = np.minimum(sampling.steps + 1, taken).astype(float)
    given = {"theta": sampling.positions, "g": sampling.gradients, "f": sampling.values[:, None]}
    given |= {"t": clock[:, None], "T": np.full((count, 1), float(run.limit))}
    for name, value in run.hyperparameters.items():
        column = [evaluate(value, {"t": t, "T": float(run.limit)}) for t in clock.tolist()]
        given[name] = np.array(column)[:, None]
    quantities = run.quantities if run.optimizer.state else {}
    for name in run.optimizer.state:
        rows = np.asarray(quantities[name]).reshape(run.steps, -1) if name in quantities and run.steps else np.empty((0, 1))
        width = sampling.positions.shape[1] if name in run.record.vectors else 1
        given[name] = np.vstack([np.zeros((1, width)), rows.reshape(-1, width)])[sampling.steps]
    return given


def _reference(run: Trajectory, given: Mapping[str, Array], thresholds: Array) -> tuple[float | None, Array]:
    """The bound of `lr*lambda` for the whole run, and what a curvature is multiplied with where there is none."""
    rate = given["lr"][:, 0] if "lr" in run.hyperparameters and _depends_on_rate(run, given) else np.ones_like(thresholds)
    if np.isinf(thresholds).all():
        return math.inf, rate
    rows = np.flatnonzero(np.isfinite(thresholds) & (rate > 0))  # a schedule may end at 0
    if not len(rows):
        return None, rate
    late = recurrence(run.optimizer, _only(given, rows[-1]) | {"t": np.array([[LATE]])})
    usual = float(thresholds[rows[-1]])
    worn = float(late.threshold()[0]) if late else math.nan
    bound = (worn if 1e-3 < worn / usual < 1e3 else usual) * float(rate[rows[-1]])
    return float(f"{bound:.12g}"), rate


def _depends_on_rate(run: Trajectory, given: Mapping[str, Array]) -> bool:
    """Whether another `lr` moves the threshold; it does not where `lr` only starts a rate that the equations find."""
    rows = np.flatnonzero(given["lr"][:, 0] > 0)
    final = _only(given, rows[-1] if len(rows) else -1)
    both = [recurrence(run.optimizer, final | {"lr": final["lr"] * factor}) for factor in (1.0, 0.5)]
    found = [float(each.threshold()[0]) for each in both if each]
    return len(found) == 2 and abs(found[0] - found[1]) > ROUNDING * abs(found[0])


def _only(given: Mapping[str, Array], row: int) -> dict[str, Array]:
    """What the equations read at one row."""
    return {name: column[[row]] for name, column in given.items()}


def last(method: Recurrence) -> Recurrence:
    parts = method.matrix[-1:], method.response[-1:], method.place[-1:], method.scale[-1:]
    return Recurrence(method.names, *parts, method.scaled)


def _scaled_spectra(sampling: Sampling, scale: Array) -> tuple[Array, Array]:
    """The curvatures of the Hessian scaled by `S`, as `S^(1/2) H S^(1/2)`, and their directions in the parameters."""
    if scale.shape[1] == 1:
        return sampling.curvatures * scale, sampling.directions
    with np.errstate(invalid="ignore"):
        root = np.sqrt(scale)
    if sampling.hessians is not None:
        values, vectors = spectra(root[:, :, None] * sampling.hessians * root[:, None, :])
    else:
        values, vectors = np.full_like(sampling.curvatures, np.nan), np.full_like(sampling.directions, np.nan)
        for row, times in sampling.products.items():
            weights = root[row]
            values[row], vectors[row] = ends(scaled(times, weights), len(weights))
    directions = root[:, :, None] * vectors
    with np.errstate(invalid="ignore"):
        return values, directions / np.linalg.norm(directions, axis=1, keepdims=True)


def scaled(times: Product, weights: Array) -> Product:
    """The products with a matrix scaled from both sides."""
    return lambda vector: weights * times(weights * vector)


def _settled(scale: Array, sampling: Sampling) -> bool:
    """Whether the scale changed little over the last ten steps."""
    before = int(np.searchsorted(sampling.steps, sampling.steps[-1] - 10))
    if sampling.steps[-1] < 10:
        return False
    with np.errstate(all="ignore"):
        change = np.abs(scale[before:] / scale[-1] - 1)
    return bool((change < SETTLED).all())


def predicted_rate(found: Stability, curvatures: Array) -> float | None:
    """The spectral radius of the recurrences in all eigendirections; None where the scale changes with the error."""
    if found.end is None or not found.steady:
        return None
    rate = float(radius(found.end[0].systems(curvatures)).max())
    return rate if np.isfinite(rate) and not (found.scaled and rate > 1 + ROUNDING) else None


def predicted_at(found: Stability, hessian: Array, sampling: Sampling) -> float | None:
    """The factor by which the error shrinks in a step with a Hessian, in the slowest of the directions in which the run moved."""
    if found.end is None:
        return None
    scale = found.end[0].scale
    coordinates = np.flatnonzero(np.ptp(sampling.positions, axis=0) > 0)
    if scale.shape[1] > 1:
        root = np.sqrt(scale[0]) if (scale > 0).all() else np.full(len(hessian), np.nan)
        hessian = root[:, None] * hessian * root[None, :]
        moved = hessian[np.ix_(coordinates, coordinates)] if len(coordinates) else hessian
        return predicted_rate(found, spectra(moved[None])[0])
    curvatures, directions = np.linalg.eigh(hessian)
    ways = np.ptp(sampling.positions @ directions, axis=0)
    along = ways > STILL * ways.max()
    return predicted_rate(found, (curvatures[along] if along.any() else curvatures)[None] * scale)


def _without_recurrence(run: Trajectory, sampling: Sampling, given: Mapping[str, Array]) -> Stability:
    """The stability by the exact Jacobian of each step; of a Python function nothing can be said."""
    count, largest = len(sampling.steps), sampling.curvatures[:, -1]
    rate = given["lr"][:, 0] if "lr" in given else np.full(count, np.nan)
    along = sampling.directions[:, :, -1].copy()
    lr_lambda = rate * largest
    if not isinstance(run.record, TapeRecord):
        return Stability(lr_lambda, None, along, None, np.empty(0, dtype=np.int64), False, False, None, None)
    program = run.record.program
    inputs = tape_inputs(run, given)
    width = program.count + len(program.next_state)
    rows = np.unique(np.linspace(0, count - 1, min(count, max(20, EIGENVALUES // width**3))).astype(int))
    jacobians = step_jacobians(program, [column[rows] for column in inputs])
    radii, unstable = np.full(count, np.nan), []
    for row, jacobian in zip(rows.tolist(), jacobians, strict=True):
        if np.isfinite(jacobian).all():
            radii[row], wrong = unstable_direction(_observable(jacobian, program.count), program.count, sampling.curvatures[row])
            if wrong is not None and sampling.steps[row] < max(run.steps, 1):
                unstable.append(row)
                along[row] = wrong
    predicted = float(radii[-1]) if np.isfinite(radii[-1]) else None
    return Stability(lr_lambda, None, along, radii, np.array(unstable, dtype=np.int64), False, False, None, predicted)


def tape_inputs(run: Trajectory, given: Mapping[str, Array]) -> list[Array]:
    """What the tape of a step takes at each surveyed position, an array an input."""
    assert isinstance(run.record, TapeRecord)
    program = run.record.program
    columns = [given["theta"], *(given[name] for name in (*program.state, *program.hyperparameters, "t", "T"))]
    return [*np.concatenate(columns, axis=1).T, np.full(len(given["theta"]), float(run.seed))]


def _observable(jacobian: Array, count: int) -> Array:
    """The part of a Jacobian that reaches the position: what is only written down decides nothing."""
    reached = list(range(count))
    smallest = 1e-12 * max(1.0, float(np.abs(jacobian).max()))
    for row in reached:
        reached += [other for other in np.flatnonzero(np.abs(jacobian[row]) > smallest).tolist() if other not in reached]
    return jacobian[np.ix_(reached, reached)]


def unstable_direction(jacobian: Array, count: int, curvatures: Array) -> tuple[float, Array | None]:
    """The spectral radius, and the direction in which the step is unstable, if it is.

    Growth without a change of sides is how any method leaves a saddle or a hill; it is no instability unless the
    function curves upward in every direction.
    """
    roots, vectors = np.linalg.eig(jacobian)
    sizes = np.abs(roots)
    oscillations = (np.abs(roots.imag) > ROUNDING * sizes) | (roots.real < 0) | bool((curvatures > 0).all())
    wrong = np.where((sizes > 1 + 1e-6) & oscillations, sizes, 0.0)
    if not wrong.any():
        return float(sizes.max()), None
    found: Any = vectors[:count, wrong.argmax()]
    part = found.real if np.linalg.norm(found.real) >= np.linalg.norm(found.imag) else found.imag
    return float(sizes.max()), part / np.linalg.norm(part)
