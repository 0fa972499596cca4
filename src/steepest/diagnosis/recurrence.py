"""An optimizer as a linear recurrence, read off its equations.

Equations whose quantities are constants, scales and linear (`steepest.diagnosis.dependence`) have, in an eigendirection with
curvature `nu` of the Hessian scaled by `S`, the recurrence `z' = (A + nu*b*c^T) z` in `z = (theta, remembered vectors)`. For
all others `steepest.diagnosis.jacobian` has the exact Jacobian.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.dependence import Dependence, Factors, dependence, same_factor
from steepest.optimizers.optimizer import Optimizer
from steepest.targets.array_operations import Array

Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Recurrence:
    """The steps of an optimizer on a quadratic, one system for each of `m` steps.

    Attributes:
        names: `theta` and the remembered vectors that steer it, `k` in all.
        matrix: what each of them keeps of each, `(m, k, k)`.
        response: what each takes of the gradient, `(m, k)`.
        gradient_at: where the gradient is taken, as a sum of them, `(m, k)`.
        scale: the preconditioner `S` of every coordinate, `(m, n)` or `(m, 1)`.
        scaled: whether a scale that depends on the gradient takes part at all.
    """

    names: tuple[str, ...]
    matrix: Array
    response: Array
    gradient_at: Array
    scale: Array
    scaled: bool

    def systems(self, curvature: Array) -> Array:
        """The matrices `A + nu*b*c^T`, `(m, ..., k, k)`, of curvatures `(m, ...)`."""
        extra = (1,) * (curvature.ndim - 1)
        count, k = self.response.shape
        outer = (self.response[:, :, None] * self.gradient_at[:, None, :]).reshape(count, *extra, k, k)
        return np.asarray(self.matrix.reshape(count, *extra, k, k) + curvature[..., None, None] * outer)

    @property
    def last(self) -> Recurrence:
        """The recurrence of the last of the steps alone."""
        rows = {name: getattr(self, name)[-1:] for name in ("matrix", "response", "gradient_at", "scale")}
        return replace(self, **rows)

    def threshold(self) -> Array:
        """The scaled curvature at which each step leaves its stable region, `(m,)`.

        Where it leaves through the eigenvalue -1, `det(A + I + nu*b*c^T) = 0` gives `nu = -1/(c^T (A + I)^-1 b)`:
        `2/lr` for gradient descent, `(2 + 2 beta)/lr` for the heavy ball. Infinite where there is no such curvature, NaN
        where the step is unstable below it, too.
        """
        k = len(self.names)
        with np.errstate(all="ignore"):
            below = self.matrix + np.eye(k)
            solved = np.full((len(below), k), np.nan)
            sound: Truths = np.asarray(np.isfinite(below).all(axis=(1, 2)) & np.isfinite(self.response).all(axis=1))
            regular = sound & (np.abs(np.linalg.det(np.where(sound[:, None, None], below, 0.0))) > 1e-12)
            solved[regular] = np.linalg.solve(below[regular], self.response[regular][..., None])[..., 0]
            found = -1 / (self.gradient_at * solved).sum(axis=1)
        found = np.where(found > 0, found, np.where(np.isfinite(found), np.inf, np.nan))
        probes = np.where(np.isfinite(found), found, 1.0)[:, None] * np.array([1e-3, 0.1, 0.5, 0.99])
        return np.where((spectral_radius(self.systems(probes)) <= 1 + 1e-6).all(axis=1), found, np.nan)


def spectral_radius(matrices: Array) -> Array:
    """The spectral radius of each matrix; NaN where an entry is not finite."""
    sound: Truths = np.asarray(np.isfinite(matrices).all(axis=(-1, -2), keepdims=True))
    roots = np.linalg.eigvals(np.where(sound, matrices, 0.0))
    return np.asarray(np.where(sound[..., 0, 0], np.abs(roots).max(axis=-1), np.nan))


def recurrence(optimizer: Optimizer, given: Mapping[str, Array]) -> Recurrence | None:
    """The recurrence of an optimizer's steps, or None where its equations are of another kind.

    Args:
        given: `theta`, `g`, `f`, `t`, `T`, the hyperparameters and the state before each step: `(m, n)` or `(m, 1)`.

    >>> from steepest.optimizers.reading import optimizer
    >>> numbers = {"theta": 3.0, "g": 6.0, "f": 9.0, "t": 1.0, "T": 9.0, "lr": 0.1, "beta": 0.9, "v": 0.0}
    >>> momentum = recurrence(optimizer("momentum"), {name: np.array([[number]]) for name, number in numbers.items()})
    >>> momentum.names, float(momentum.threshold()[0].round(9))
    (('theta', 'v'), 38.0)
    """
    read = dependence(optimizer, given)
    return None if read is None else _assembled(read)


def _assembled(read: Dependence) -> Recurrence | None:
    """The recurrence of theta and what reaches it, with all scales moved to the gradient."""
    results = read.quantities
    one = np.ones((len(results["theta"].value), 1))
    weights: dict[str, Array] = {"theta": one}  # what each quantity is multiplied with until it arrives in theta
    order = ["theta"]
    for name in order:
        for other, (constant, scale) in results[name].terms.items():
            if not constant.any():
                continue
            weight = weights[name] * scale
            if other in weights and not same_factor(weights[other], weight):
                return None
            if other not in weights and not other.startswith("grad "):
                order.append(other)
            weights.setdefault(other, weight)
    sources = [name for name in weights if name.startswith("grad ")]
    if len(sources) != 1:
        return None
    position = read.gradient_positions[int(sources[0].removeprefix("grad "))]
    position = {name: factors for name, factors in position.items() if factors[0].any()}
    for name, (_, scale) in position.items():
        if name not in weights or not same_factor(scale, one) or not same_factor(weights[name], one):
            return None
    return _built(read, position, sources[0], order, weights)


def _built(
    read: Dependence, position: Mapping[str, Factors], source: str, order: list[str], weights: Mapping[str, Array]
) -> Recurrence:
    """The matrices of the recurrence, with rows and columns in order."""
    results = read.quantities
    count, k = len(results["theta"].value), len(order)
    matrix, response, gradient_at = np.zeros((count, k, k)), np.zeros((count, k)), np.zeros((count, k))
    for row, name in enumerate(order):
        for other, (constant, _) in results[name].terms.items():
            if other == source:
                response[:, row] = constant[:, 0]
            elif other in order:
                matrix[:, row, order.index(other)] = constant[:, 0]
    for name, (constant, _) in position.items():
        gradient_at[:, order.index(name)] = constant[:, 0]
    scale = weights[source]
    return Recurrence(tuple(order), matrix, response, gradient_at, scale, not same_factor(scale, np.ones_like(scale)))
