"""Whether a function has no lower bound: a direction in which its values fall to the end of the floating-point numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.sampling import Sampling, evaluations
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

DISTANCES = 10.0 ** np.arange(0, 301, 0.25)
FEWEST = 8  # of them, before the value is no longer finite
DEEP = -1e100  # the value that counts as no bound, in units of the first one
SHOWN = -1e6  # and the one that is shown


def falls_without_end(run: Trajectory, sampling: Sampling) -> tuple[Array, float] | None:
    """A distant position with its value, in a direction in which the function falls without bound; None if none is found.

    Straight lines are tried from the run's first and last positions: along its path, the gradient, the coordinates and the
    eigenvectors of the Hessian. The function must fall from somewhere on until its value or a coordinate leaves the
    floating-point numbers, to below -1e100.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.sampling import sampling
    >>> runs = [descend(text, 1, steps=3) for text in ("x^3", "x^4 - x^3", "-log(x)")]
    >>> [falls_without_end(run, sampling(run)) is not None for run in runs]
    [True, False, False]
    """
    if run.objective.expression is None:
        return None
    rows = np.flatnonzero(np.isfinite(sampling.positions).all(axis=1) & np.isfinite(sampling.values))
    for row in rows[[0, -1]] if len(rows) else ():
        start, size = sampling.positions[row], sampling.positions.shape[1]
        directions = [start - sampling.positions[rows[0]], -sampling.gradients[row], *np.eye(size)]
        directions += [*sampling.directions[row].T] if np.isfinite(sampling.directions[row]).all() else []
        for direction in directions:
            length = float(np.abs(direction).max())
            if not (length > 0 and np.isfinite(length)):
                continue
            for side in (1.0, -1.0):
                found = _bottomless(run, start, side * direction / length)
                if found is not None:
                    return found
    return None


def _bottomless(run: Trajectory, start: Array, direction: Array) -> tuple[Array, float] | None:
    """A position far down a line, if the values along it fall to the end of the floating-point numbers."""
    with np.errstate(all="ignore"):
        positions = start + DISTANCES[:, None] * direction
        found = evaluations(run, positions)[0]
    finite = np.isfinite(found)
    count = len(found) if finite.all() else int(np.argmin(finite))
    if count < FEWEST or (count < len(found) and found[count] != -np.inf):
        return None
    unit, last = 1 + abs(float(found[0])), found[count // 2 : count]
    if not (np.diff(last) < 0).all() or last[-1] > DEEP * unit:
        return None
    shown = np.array([float(f"{number:.4g}") for number in positions[int(np.argmax(found <= SHOWN * unit))].tolist()])
    return shown, float(evaluations(run, shown[None])[0][0])
