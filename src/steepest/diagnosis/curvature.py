"""Curvature in a few numbers: the spectrum at the start and the end, and condition numbers before and after rescaling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.evidence import Evidence
from steepest.diagnosis.sampling import spectra
from steepest.targets.array_operations import Array


@dataclass(frozen=True, eq=False)
class Curvature:
    """The Hessian's eigenvalues along a run.

    Attributes:
        start, end: ascending, from `mu` to `L`; of more than 16 parameters of a Python function only these two. NaN
            where they are unknown.
        steps: the sampled positions, 0 for the start.
        path: the eigenvalues there, `(m, n)`.
        directions: the eigenvectors as columns, `(m, n, n)`.
        condition: `L/mu` where the run arrives (else where it ends, else at its start); None unless all are positive.
        rescaled: the condition number there in units that give every parameter the curvature 1 on its own.
    """

    start: Array
    end: Array
    steps: NDArray[np.int64]
    path: Array
    directions: Array
    condition: float | None
    rescaled: float | None


def curvature(evidence: Evidence) -> Curvature:
    """The curvature along a run.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.evidence import gather
    >>> found = curvature(gather(descend("x^2 + 10y^2", (10, 1), lr=0.09)))
    >>> found.start.tolist(), found.condition, found.rescaled
    ([2.0, 20.0], 10.0, 1.0)
    """
    sampling = evidence.sampling
    path = sampling.curvatures
    return Curvature(path[0], path[-1], sampling.steps, path, sampling.directions, evidence.condition, rescaled_condition(evidence))


def rescaled_condition(evidence: Evidence) -> float | None:
    """The condition number of `D^(-1/2) H D^(-1/2)` with `D` the diagonal of the Hessian (Jacobi's scaling)."""
    if evidence.condition is None or evidence.sampling.hessians is None:
        return None
    if evidence.stationary is not None:
        hessian = (evidence.stationary.directions * evidence.stationary.curvatures) @ evidence.stationary.directions.T
    else:
        rows = evidence.sampling.hessians[[-1, 0]]
        hessian = rows[0] if np.isfinite(rows[0]).all() and not evidence.diverges else rows[1]
    diagonal = np.diag(hessian)
    if not (diagonal > 0).all():
        return None
    values = spectra((hessian / np.sqrt(np.outer(diagonal, diagonal)))[None])[0][0]
    return float(f"{values[-1] / values[0]:.12g}") if values[0] > 0 else None
