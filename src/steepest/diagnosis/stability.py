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
| `adam` and related | `(2 + 2*beta1)/(1 - beta1)`, of the scaled Hessian: 38 for `beta1 = 0.9` |

(Polyak, Introduction to Optimization, 1987, section 3.2.1; Cohen et al., Gradient descent on neural networks typically
occurs at the edge of stability, ICLR 2021; Adaptive gradient methods at the edge of stability, 2022, arXiv:2207.14484.) No
bound of this table is stored: each is derived from the equations, so a custom optimizer has its own. What changes with the
step besides the gradient's size (a bias correction, a schedule) counts as part of the learning rate, so that one bound holds
for the whole run. Equations without a recurrence have the spectral radius of the exact Jacobian instead.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.inputs import equation_inputs
from steepest.diagnosis.jacobian_stability import jacobian_stability
from steepest.diagnosis.recurrence import Recurrence, recurrence, spectral_radius
from steepest.diagnosis.sampling import Sampling, spectra
from steepest.objectives.spectrum import Product, spectrum_ends
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

LATE = 1e9  # a step number by which every bias correction has worn off
ROUNDING = 1e-9
NEXT = 10  # steps within which the run must move in a direction
STILL = 1e-9  # the share of a step below which it does not
SETTLED = 0.1  # how much the scale may change over ten steps if a rate is to be predicted from it


class NextStep(NamedTuple):
    """The step that would come after the last one.

    Attributes:
        recurrence: its recurrence, one row.
        curvatures: those of the Hessian scaled by it, `(1, n)`.
    """

    recurrence: Recurrence
    curvatures: Array


@dataclass(frozen=True, eq=False)
class Stability:
    """The stability of the steps from the sampled positions; row `i` is the step from position `sampling.steps[i]`.

    Attributes:
        lr_lambda: the learning rate times the largest curvature, in the units of `bound`; `(m,)`, the last row being the
            step that would come next. Without a bound, the hyperparameter `lr` times the Hessian's largest eigenvalue.
        bound: below which a step is stable, or None.
        directions: the direction of that curvature, `(m, n)`.
        radii: where there is no bound, the spectral radius of the exact Jacobian of each step in position and state.
        unstable: the rows whose step is unstable.
        scaled: whether the equations scale the gradient by its own size.
        settled: whether that scale has settled.
        next_step: the recurrence of the step that would come next, or None.
        predicted: the factor by which the error shrinks in a step at the end point, or None.
    """

    lr_lambda: Array
    bound: float | None
    directions: Array
    radii: Array | None
    unstable: NDArray[np.int64]
    scaled: bool
    settled: bool
    next_step: NextStep | None
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
    given = equation_inputs(run, sampling)
    steps = recurrence(run.optimizer, given)
    if steps is None:
        return _without_recurrence(run, sampling, given)
    thresholds = steps.threshold()
    steps = replace(steps, scale=_scale_of_moving(steps.scale, sampling))
    curvatures, directions = _scaled_spectra(sampling, steps.scale)
    bound, gain = _reference(run, given, thresholds)
    if bound is None or np.isnan(thresholds).all():
        return _without_recurrence(run, sampling, given)
    known = np.nan_to_num(curvatures, nan=-np.inf)
    largest = np.where(np.isfinite(curvatures).any(axis=1), known.max(axis=1), np.nan)
    moved = np.where(_moves_along(sampling, directions), known, -np.inf)
    with np.errstate(all="ignore"):
        unit = np.where(np.isinf(thresholds), gain, bound / thresholds)
        over = moved.max(axis=1) > thresholds * (1 + ROUNDING)
        unstable = np.flatnonzero(over & (sampling.steps < max(run.steps, 1)))
        lr_lambda = np.where(over, moved.max(axis=1), largest) * unit
    worst = np.where(over, moved.argmax(axis=1), known.argmax(axis=1))
    along = np.take_along_axis(directions, worst[:, None, None], axis=2)[:, :, 0]
    next_step = NextStep(steps.last, curvatures[-1:])
    settled = not steps.scaled or _has_settled(steps.scale, sampling)
    found = Stability(
        lr_lambda, None if np.isinf(bound) else bound, along, None, unstable, steps.scaled, settled, next_step, None
    )  # fmt: skip
    return replace(found, predicted=predicted_rate(found, curvatures[-1:]))


def _scale_of_moving(scale: Array, sampling: Sampling) -> Array:
    """The scale of every coordinate; one that never moved has none of its own, and is given the others' geometric mean."""
    still = np.ptp(sampling.positions, axis=0) == 0
    if scale.shape[1] == 1 or still.all() or not still.any():
        return scale
    with np.errstate(all="ignore"):
        others = np.exp(np.log(scale[:, ~still]).mean(axis=1, keepdims=True))
    return np.where(still, others, scale)


def _moves_along(sampling: Sampling, directions: Array) -> NDArray[np.bool_]:
    """Whether the run has a component along each direction, by more than rounding, within the next few steps: `(m, k)`.

    An unstable direction in which the run does not move has nothing that could grow.
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
            values[row], vectors[row] = spectrum_ends(_scaled(times, weights), len(weights))
    directions = root[:, :, None] * vectors
    with np.errstate(invalid="ignore"):
        return values, directions / np.linalg.norm(directions, axis=1, keepdims=True)


def _scaled(times: Product, weights: Array) -> Product:
    """The product with the matrix scaled from both sides."""
    return lambda vector: weights * times(weights * vector)


def _has_settled(scale: Array, sampling: Sampling) -> bool:
    """Whether the scale changed little over the last ten steps."""
    before = int(np.searchsorted(sampling.steps, sampling.steps[-1] - 10))
    if sampling.steps[-1] < 10:
        return False
    with np.errstate(all="ignore"):
        change = np.abs(scale[before:] / scale[-1] - 1)
    return bool((change < SETTLED).all())


def predicted_rate(found: Stability, curvatures: Array) -> float | None:
    """The spectral radius of the recurrences in all eigendirections; None where the scale changes with the error."""
    if found.next_step is None or not found.settled:
        return None
    rate = float(spectral_radius(found.next_step.recurrence.systems(curvatures)).max())
    return rate if np.isfinite(rate) and not (found.scaled and rate > 1 + ROUNDING) else None


def predicted_at(found: Stability, hessian: Array, sampling: Sampling) -> float | None:
    """The factor by which the error shrinks in a step with a Hessian, in the slowest of the directions in which the run moved."""
    if found.next_step is None:
        return None
    scale = found.next_step.recurrence.scale
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
    """The stability by the exact Jacobian of each step; unknown for a Python function."""
    rate = given["lr"][:, 0] if "lr" in given else np.full(len(sampling.steps), np.nan)
    lr_lambda, directions = rate * sampling.curvatures[:, -1], sampling.directions[:, :, -1].copy()
    found = jacobian_stability(run, sampling, given)
    if found is None:
        return Stability(lr_lambda, None, directions, None, np.empty(0, dtype=np.int64), False, False, None, None)
    directions[found.unstable] = found.directions
    return Stability(lr_lambda, None, directions, found.radii, found.unstable, False, False, None, found.predicted)
