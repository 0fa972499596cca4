"""Stability of equations without a recurrence: the spectral radius of each step's exact Jacobian."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.inputs import tape_inputs
from steepest.diagnosis.jacobian import step_jacobians
from steepest.diagnosis.sampling import Sampling
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

EIGENVALUES = 2_000_000  # the number of operations, roughly, that the eigenvalues of Jacobians may take
FEWEST = 20  # rows whose Jacobian is taken, however many operations that is
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class JacobianStability:
    """The stability of the sampled steps by their Jacobians.

    Attributes:
        radii: the spectral radius of each step in position and state, `(m,)`; NaN where it was not computed.
        unstable: the rows whose step is unstable.
        directions: the direction of the parameters in which each of these is, `(len(unstable), n)`.
    """

    radii: Array
    unstable: NDArray[np.int64]
    directions: Array

    @property
    def predicted(self) -> float | None:
        """The factor per step at the end, if its Jacobian is finite."""
        return float(self.radii[-1]) if np.isfinite(self.radii[-1]) else None


def jacobian_stability(run: Trajectory, sampling: Sampling, given: Mapping[str, Array]) -> JacobianStability | None:
    """The stability of a formula's steps; None for a Python function, whose steps have no tape.

    Args:
        run, sampling: the run and its sampled positions.
        given: see `steepest.diagnosis.inputs.equation_inputs`.
    """
    if run.record.program is None:
        return None
    program, count = run.record.program, len(sampling.steps)
    width = program.count + len(program.next_state)
    rows = np.unique(np.linspace(0, count - 1, min(count, max(FEWEST, EIGENVALUES // width**3))).astype(int))
    jacobians = step_jacobians(program, [column[rows] for column in tape_inputs(run, given)])
    radii = np.full(count, np.nan)
    unstable: dict[int, Array] = {}
    for row, jacobian in zip(rows.tolist(), jacobians, strict=True):
        if not np.isfinite(jacobian).all():
            continue
        observable = _observable(jacobian, program.count)
        radii[row], direction = _unstable_direction(observable, program.count, sampling.curvatures[row])
        if direction is not None and sampling.steps[row] < max(run.steps, 1):
            unstable[row] = direction
    directions = np.array(list(unstable.values())).reshape(len(unstable), program.count)
    return JacobianStability(radii, np.array(list(unstable), dtype=np.int64), directions)


def _observable(jacobian: Array, count: int) -> Array:
    """The part of a Jacobian that reaches the position: state that the position never reads is left out."""
    reached = list(range(count))
    smallest = 1e-12 * max(1.0, float(np.abs(jacobian).max()))
    for row in reached:
        reached += [other for other in np.flatnonzero(np.abs(jacobian[row]) > smallest).tolist() if other not in reached]
    return jacobian[np.ix_(reached, reached)]


def _unstable_direction(jacobian: Array, count: int, curvatures: Array) -> tuple[float, Array | None]:
    """The spectral radius, and the direction in which the step is unstable, if it is.

    Any method leaves a saddle or a maximum by growth without a change of sign; that counts as unstable only where the function
    curves upward in every direction.
    """
    roots, vectors = np.linalg.eig(jacobian)
    sizes = np.abs(roots)
    counted = (np.abs(roots.imag) > ROUNDING * sizes) | (roots.real < 0) | bool((curvatures > 0).all())
    wrong = np.where((sizes > 1 + 1e-6) & counted, sizes, 0.0)
    if not wrong.any():
        return float(sizes.max()), None
    found: Any = vectors[:count, wrong.argmax()]
    part = found.real if np.linalg.norm(found.real) >= np.linalg.norm(found.imag) else found.imag
    return float(sizes.max()), part / np.linalg.norm(part)
