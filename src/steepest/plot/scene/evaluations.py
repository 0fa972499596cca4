"""What an optimizer of a library asked for besides the positions of its steps, as data: simplices and trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from steepest.plot.scene.grid import Function
from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import OUTSIDE, SHORT, View, Whole
from steepest.runs.libraries.simplices import simplices
from steepest.runs.trajectory import Trajectory

SMALL = 0.006  # a simplex that is less wide, as a share of the view, is not drawn
FULL_OPACITY, LEAST_OPACITY = 60, 0.5  # so many simplices are drawn with full opacity; many more have the least


@dataclass(frozen=True, eq=False)
class DrawnSimplices:
    """The simplices of a run as outlines in a view: triangles in a plane, over one parameter parts of the curve.

    Attributes:
        outlines: a polyline each, in data coordinates; each differs visibly from the one before.
        first: the step at which each of them is reached.
        at: for each step the outline there; -1 where the simplex is too small to be seen, or outside of the view.
        closed: whether the last point of an outline is joined to the first.
        opacity: of those behind the present one, so that many do not cover the view.
    """

    outlines: tuple[Array, ...]
    first: Whole
    at: Whole
    closed: bool
    opacity: float


@dataclass(frozen=True, eq=False)
class Trials:
    """Where the optimizer asked for something and did not step to, in data coordinates of the view.

    Attributes:
        points: a row each, in order.
        steps: the step that each belongs to: 0 for the first one's.
    """

    points: Array
    steps: Whole


def drawn_simplices(run: Trajectory, view: View, curve: Array | None) -> DrawnSimplices | None:
    """The simplices of a run of one or two parameters; None where it has none.

    Args:
        curve: of one parameter: see `ObjectiveLayer`.

    Raises:
        OtherRulesError: where they are not known.
    """
    found = simplices(run)
    if found is None:
        return None
    flat = found.corners.shape[2] == 1
    corners = np.stack([found.corners[..., 0], found.values], axis=2) if flat else found.corners
    low, high = (np.array(side) for side in zip(*view, strict=True))
    with np.errstate(over="ignore", invalid="ignore"):
        unit = np.clip((corners - low) / (high - low), -OUTSIDE, OUTSIDE)  # NaN stays
    with np.errstate(invalid="ignore"):
        seen = (unit.max(axis=1) > 0).all(axis=1) & (unit.min(axis=1) < 1).all(axis=1)
        seen &= np.ptp(unit, axis=1).max(axis=1) >= SMALL
    cells = np.round(np.nan_to_num(np.sort(unit, axis=1)) / SHORT)
    moved = np.append(True, (np.diff(cells, axis=0) != 0).any(axis=(1, 2)))
    new = seen & (moved | ~np.append(False, seen[:-1]))
    first = np.flatnonzero(new)
    places = low + unit[first] * (high - low)
    outlines = tuple(_along(curve, ends) for ends in places) if flat and curve is not None else tuple(places)
    opacity = float(np.clip(FULL_OPACITY / max(len(first), 1), LEAST_OPACITY, 1.0))
    return DrawnSimplices(outlines, first, np.where(seen, np.cumsum(new) - 1, -1), not flat, opacity)


def _along(curve: Array, ends: Array) -> Array:
    """The part of a curve between two of its points."""
    left, right = ends[np.argsort(ends[:, 0])]
    between = (curve[:, 0] > left[0]) & (curve[:, 0] < right[0])
    return np.vstack([left, curve[between], right])


def drawn_trials(run: Trajectory, function: Function) -> Trials:
    """The trials of a run of one or two parameters.

    Args:
        function: the objective over arrays, which gives the heights over one parameter.
    """
    points, steps = _trials(run)
    if len(run.names) == 1:
        points = np.column_stack([points[:, 0], function(points[:, 0])])
    return Trials(points, steps)


def trials_a_step(run: Trajectory) -> Array:
    """How many trials each step took."""
    _, steps = _trials(run)
    return np.bincount(steps, minlength=run.steps + 1)[: run.steps].astype(np.float64)


def _trials(run: Trajectory) -> tuple[Array, Whole]:
    """Where the optimizer asked for something and did not step to, each position once, and the steps of these trials."""
    asked, count = run.work.trials, len(run.names)
    if asked is None:
        return np.zeros((0, count)), np.zeros(0, np.intp)
    stepped = set(map(tuple, run.positions.reshape(-1, count).tolist()))
    first: dict[tuple[float, ...], int] = {}
    for index, place in enumerate(map(tuple, asked.positions.tolist())):
        if place not in stepped:
            first.setdefault(place, index)
    rows = np.array(list(first.values()), dtype=np.intp)
    return asked.positions[rows], np.searchsorted(np.array(run.spent), rows, side="right") - 1
