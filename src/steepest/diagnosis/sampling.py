"""The positions, gradients and curvatures of a run, sampled along it.

The Hessians of a formula are exact. Those of a Python function are differences of its gradient: the whole matrix for up to 16
parameters, and for more the two ends of the spectrum by Lanczos' method (Golub and Van Loan, Matrix
Computations, 4th edition, chapter 10).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.objectives.array import ArrayObjective
from steepest.objectives.many_columns.objective import ManyColumnsObjective
from steepest.objectives.objective import Objective
from steepest.objectives.spectrum import MOST_PRODUCTS, Product, spectrum_ends
from steepest.tape.compile import function_tape
from steepest.targets.arrays import Array, interpret

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

MOST, LEAST = 5_000, 50  # positions that are sampled
MOST_NUMBERS = 2_000_000_000  # of a table, in all passes over it
BUDGET = 20_000  # calls of a Python function
GRADIENT = 10  # how many calls a gradient counts for that is not made of differences
MOST_DENSE = 16  # parameters of a Python function whose whole Hessian is made
ROUGHLY = 1.01  # the factor within which curvatures made of differences count as equal


@dataclass(frozen=True, eq=False)
class Sampling:
    """The samples, one row for each position. What is unknown or not finite is NaN.

    Attributes:
        steps: which positions of the run, 0 for the start; all of them up to 5,000, see `sampled_steps`.
        positions, gradients: `(m, n)`.
        values: `(m,)`.
        hessians: `(m, n, n)`, or None for more than 16 parameters of a Python function.
        curvatures: the eigenvalues of the Hessian, ascending, `(m, n)`; where only the ends are known, `(m, 2)`.
        directions: the eigenvectors as columns, `(m, n, n)` or `(m, n, 2)`.
        products: by row, the product of the Hessian with a vector, where the matrix itself is unknown.
        exact: whether the derivatives are those of a formula.
    """

    steps: NDArray[np.int64]
    positions: Array
    values: Array
    gradients: Array
    hessians: Array | None
    curvatures: Array
    directions: Array
    products: dict[int, Product]
    exact: bool

    @property
    def tail(self) -> int:
        """The first row from which on every position was sampled."""
        gaps = np.flatnonzero(np.diff(self.steps) != 1)
        return int(gaps[-1]) + 1 if len(gaps) else 0


def sampled_steps(steps: int, most: int = MOST) -> NDArray[np.int64]:
    """The sampled steps of a run: all, or the first and last fifths of `most` and others evenly between.

    >>> sampled_steps(4).tolist(), sampled_steps(100, 10).tolist()
    ([0, 1, 2, 3, 4], [0, 1, 15, 29, 43, 57, 71, 85, 99, 100])
    """
    if steps < most:
        return np.arange(steps + 1)
    fifth = most // 5
    between = np.linspace(fifth - 1, steps - fifth + 1, most - 2 * fifth + 2).astype(np.int64)
    return np.unique(np.concatenate([np.arange(fifth), between, np.arange(steps - fifth + 1, steps + 1)]))


def sampling(run: Trajectory) -> Sampling:
    """Sample the positions, gradients and curvatures of a run.

    >>> from steepest.runs.descent import descend
    >>> sampling(descend("x^2 + 10y^2", (10, 1), lr=0.01, steps=2)).curvatures.tolist()
    [[2.0, 20.0], [2.0, 20.0], [2.0, 20.0]]
    """
    steps = sampled_steps(run.steps, most_sampled(run.objective))
    positions = np.array(run.record.positions(steps.tolist()), dtype=float).reshape(len(steps), -1)
    if run.objective.expression is None:
        return _of_callable(run, run.objective, steps, positions)
    values, gradients, hessians = evaluations(run, positions)
    return Sampling(steps, positions, values, gradients, hessians, *spectra(hessians), {}, True)


def most_sampled(objective: Objective) -> int:
    """How many positions are sampled: fewer where each takes a pass over a large table."""
    if not isinstance(objective, ManyColumnsObjective) or objective.batch is None:
        return MOST
    return max(LEAST, min(MOST, MOST_NUMBERS // objective.matrix.size))


def is_quadratic(run: Trajectory, sampling: Sampling) -> bool:
    """Whether the curvature is the same at every position, in between, and beside the start.

    >>> from steepest.runs.descent import descend
    >>> [is_quadratic(run, sampling(run)) for run in (descend("x^2 - x*y", (1, 2)), descend("x^4", 1))]
    [True, False]
    """
    if sampling.hessians is None:
        return False
    known = sampling.hessians[np.isfinite(sampling.hessians).all(axis=(1, 2))]
    if not len(known):
        return False
    size = float(np.abs(known[0]).max())
    if not sampling.exact:
        return len(known) > 1 and bool(np.allclose(known, known[0], rtol=ROUGHLY - 1, atol=1e-6 * size))
    points = sampling.positions[np.isfinite(sampling.positions).all(axis=1)]
    between = (points[1:] + points[:-1]) / 2
    beside = points[:1] + np.array([[1.0], [-1.0], [0.37]])
    every = np.concatenate([known, evaluations(run, np.concatenate([between, beside]))[2]])
    return bool(np.allclose(every, known[0], rtol=1e-9, atol=1e-12 * size))


def evaluations(run: Trajectory, positions: Array) -> tuple[Array, Array, Array]:
    """The value, the gradient and the Hessian of a formula at every row."""
    assert run.objective.expression is not None
    count, size = positions.shape
    tape = function_tape(run.objective.expression, run.objective.names, True)
    slots = interpret(tape, list(positions.T))
    columns = {name: [np.broadcast_to(slots[slot], count) for slot in tape.outputs[name]] for name in "fgH"}
    value, gradient, hessian = (np.stack(columns[name], axis=1).astype(float) for name in "fgH")
    return value[:, 0], gradient, hessian.reshape(count, size, size)


def spectra(matrices: Array) -> tuple[Array, Array]:
    """The eigenvalues `(m, n)`, ascending, and eigenvectors `(m, n, n)` of symmetric matrices; NaN where an entry is not finite."""
    count, size = matrices.shape[:2]
    values, vectors = np.full((count, size), np.nan), np.full((count, size, size), np.nan)
    finite = np.isfinite(matrices).all(axis=(1, 2))
    found = matrices[finite]
    scale = np.abs(found).max(axis=(1, 2), initial=0.0)[:, None, None]
    scale[scale == 0] = 1.0
    values[finite], vectors[finite] = np.linalg.eigh(found / scale)
    values[finite] *= scale[:, :, 0]
    return values, vectors


def _of_callable(run: Trajectory, objective: Objective, steps: NDArray[np.int64], positions: Array) -> Sampling:
    """Samples of a Python function's run, with as many curvatures as the budget of calls allows."""
    chosen, size = steps.tolist(), positions.shape[1]
    if objective.batches(run.seed) is None:
        values, gradients = np.array(run.record.values(chosen)), np.array(run.record.gradients(chosen)).reshape(positions.shape)
    else:  # those of the record are of batches
        values = np.array([objective.value(position) for position in positions])
        gradients = np.array([objective.gradient(position) for position in positions])
    dense = size <= MOST_DENSE
    calls = (2 * size if objective.method == "central differences" else GRADIENT) * 2 * (size if dense else MOST_PRODUCTS)
    rows = np.unique(np.linspace(0, len(steps) - 1, min(len(steps), BUDGET // calls)).astype(int))
    width = size if dense else 2
    hessians = np.full((len(steps), size, size), np.nan) if dense else None
    curvatures, directions = np.full((len(steps), width), np.nan), np.full((len(steps), size, width), np.nan)
    products = {int(row): hessian_product(objective, positions[row], run.record.shape) for row in rows}
    for row, times in products.items():
        if hessians is None:
            curvatures[row], directions[row] = spectrum_ends(times, size)
            continue
        matrix = np.stack([times(unit) for unit in np.eye(size)], axis=1)
        hessians[row] = (matrix + matrix.T) / 2
    if hessians is not None:
        curvatures, directions = spectra(hessians)
    return Sampling(steps, positions, values, gradients, hessians, curvatures, directions, {} if dense else products, False)


def harmless(function: Callable[[Array], Any], *, vector: bool = False) -> Callable[[Array], Any]:
    """A Python function that returns NaN, or a vector of NaN, where it raises: it is called at positions the run never visited."""

    def guarded(position: Array) -> Any:
        try:
            with np.errstate(all="ignore"):
                return function(position)
        except Exception:
            return np.full_like(position, np.nan) if vector else float("nan")

    return guarded


def hessian_product(objective: Objective, position: Array, shape: tuple[int, ...]) -> Product:
    """The product of the Hessian at a position with a vector: the exact one where it is known, else a difference of the gradient.

    The spacing balances rounding and truncation: the cube root of the gradient's precision, which is that of float64, or
    about 1e-10 where the gradient itself is a difference.
    """
    exact = objective.hessian_product(position) if isinstance(objective, ArrayObjective) else None
    if exact is not None:
        return exact
    precision = 1e-10 if objective.method == "central differences" else float(np.finfo(float).eps)
    spacing = precision ** (1 / 3) * max(1.0, float(np.abs(position).max()))
    gradient = harmless(objective.gradient, vector=True)

    def times(vector: Array) -> Array:
        length = float(np.linalg.norm(vector))
        if not length or not np.isfinite(length):
            return vector * 0.0
        step = vector * (spacing / length)
        with np.errstate(all="ignore"):
            ahead, behind = (np.ravel(gradient((position + sign * step).reshape(shape))) for sign in (1, -1))
            return np.asarray((ahead - behind) * (length / (2 * spacing)))

    return times
