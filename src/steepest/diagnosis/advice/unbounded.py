"""Whether a function falls without end: a direction in which its values go down to the end of the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.sampling import Sampling, evaluations
from steepest.targets.arrays import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

DISTANCES = 10.0 ** np.arange(0, 301, 0.25)
FEWEST = 8  # of them, before the value leaves the numbers
DEEP = -1e100  # the value that counts as the end, in units of the first one's size
SHOWN = -1e6  # and one that is far enough down to be shown


def falls_without_end(run: Trajectory, sampling: Sampling) -> tuple[Array, float] | None:
    """A position far out with its value, in a direction in which the function falls the farther the lower.

    Straight lines from the run's last positions along its way, the coordinates and the eigenvectors of the Hessian; the
    function must fall from somewhere on until its value or a coordinate leaves the floating-point numbers, to below -1e100.

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
        ways = [start - sampling.positions[rows[0]], -sampling.gradients[row], *np.eye(size)]
        ways += [*sampling.directions[row].T] if np.isfinite(sampling.directions[row]).all() else []
        for way in ways:
            length = float(np.abs(way).max())
            if not (length > 0 and np.isfinite(length)):
                continue
            for side in (1.0, -1.0):
                found = _bottomless(run, start, side * way / length)
                if found is not None:
                    return found
    return None


def _bottomless(run: Trajectory, start: Array, way: Array) -> tuple[Array, float] | None:
    """A deep position on a line if the values along it fall to the end of the floating-point numbers."""
    with np.errstate(all="ignore"):
        places = start + DISTANCES[:, None] * way
        found = evaluations(run, places)[0]
    finite = np.isfinite(found)
    count = len(found) if finite.all() else int(np.argmin(finite))
    if count < FEWEST or (count < len(found) and found[count] != -np.inf):
        return None
    unit, last = 1 + abs(float(found[0])), found[count // 2 : count]
    if not (np.diff(last) < 0).all() or last[-1] > DEEP * unit:
        return None
    shown = np.array([float(f"{number:.4g}") for number in places[int(np.argmax(found <= SHOWN * unit))].tolist()])
    return shown, float(evaluations(run, shown[None])[0][0])
