"""The objective as a picture shows it: a curve or a grid of values, its known points, and the paths of the runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from steepest.language.digits import short
from steepest.objectives.gallery import Entry
from steepest.objectives.objective import Objective
from steepest.plot.scene.grid import Function, Grid, curve_over, evaluate_over, function_over, grid, lowest_point, lowest_positions
from steepest.plot.scene.limits import SQUASH, Array, Box, box_around, intervals, squared, value_interval
from steepest.plot.scene.path import Path, View, path
from steepest.plot.scene.text import labels as captions
from steepest.runs.fit import Fit
from steepest.runs.trajectory import Trajectory

TANGENT = 0.17  # half the length of a tangent, as a share of the view
WIDENINGS = 11  # of the box in which the lowest points are looked for, each by a factor of 4
SAME = 0.02  # share of the view within which two markers are one


@dataclass(frozen=True, eq=False)
class FiniteRun:
    """The part of a run that can be drawn.

    Attributes:
        positions: the finite ones, a row each.
        values: at these positions.
        escapes: whether it goes so far that the view follows only its beginning.
        leaves: whether it leaves for good: it goes far, and diverged or is still speeding up.
    """

    positions: Array
    values: Array
    escapes: bool
    leaves: bool


@dataclass(frozen=True)
class Marker:
    """A known point of the objective, in data coordinates of the view.

    Attributes:
        kind: `minimum`, `local minimum`, `lowest point found`, `saddle` or `flat spot`.
    """

    kind: str
    point: tuple[float, float]


@dataclass(frozen=True)
class Tangent:
    """The tangent of a curve at the start: its ends, its slope, and the slope as an equation in LaTeX."""

    ends: tuple[tuple[float, float], tuple[float, float]]
    slope: float
    label: str


@dataclass(frozen=True, eq=False)
class ObjectiveLayer:
    """An objective of one or two parameters.

    Attributes:
        view: the horizontal and the vertical interval.
        labels: of both axes, in LaTeX.
        equal: whether both axes have the same scale.
        markers: known minima and saddles, else the lowest point found.
        samples: a point of the view for each, a row each.
        curve: of one parameter: rows of position and value; NaN where the curve has a gap.
        tangent: of that curve at the first run's start.
        grid: of two parameters. Both `curve` and `grid` are None for a Python function that is too slow to draw.
    """

    view: View
    labels: tuple[str, str]
    equal: bool
    markers: tuple[Marker, ...]
    samples: Array
    curve: Array | None = None
    tangent: Tangent | None = None
    grid: Grid | None = None


def plane_layer(
    objective: Objective, runs: Sequence[FiniteRun], function: Function, labels: tuple[str, str], aspect: float
) -> tuple[ObjectiveLayer, list[Path]]:
    """An objective in a plane through its parameters, and the paths in it.

    Args:
        runs: with positions in the plane; the values of the objective are those at the runs' own positions.
        function: the objective over two arrays of coordinates in the plane.
        labels: of the coordinates, in LaTeX.
        aspect: width over height of the panel.
    """
    paths, escapes = [run.positions for run in runs], [run.escapes for run in runs]
    evaluate = evaluate_over(objective, function, 2)
    box = box_around(paths, escapes, None, runs[0].positions[-1], np.zeros((0, 2)), None, evaluate)
    wide, equal = squared((box[0], box[1]), (aspect, aspect))
    contours = grid(objective, function, wide, math.inf)
    return ObjectiveLayer(wide, labels, equal, (), np.zeros((0, 2)), grid=contours), [path(each, wide) for each in paths]


def known_entry(run: Trajectory) -> Entry | None:
    """The gallery's entry of a run's objective, if it has one."""
    return run.objective.known


def objective_layer(
    first: Trajectory, runs: Sequence[FiniteRun], view: Box | None, samples: Array, spacing: str | None = None
) -> tuple[ObjectiveLayer, list[Path]]:
    """The objective of one or two parameters, and the path of each run in its view.

    Args:
        first: the first run, for its objective and its start.
        view: the part to show, if the user chose one.
        samples: positions, a row each.
        spacing: of the levels, `linear` or `log`; what suits the values if None.
    """
    function = function_over(first.objective, first.record.shape)
    box = view or fitting_box(first, runs, samples, function)
    if len(first.names) == 1:
        return _curve_layer(first, runs, box, function, samples)
    fixed = (box[0], box[1])
    wide, equal = squared(fixed)
    if view is None:
        return _grid_layer(first, runs, wide, function, samples, spacing, equal=equal)
    return _grid_layer(first, runs, fixed, function, samples, spacing, equal=equal and wide == fixed)


def fitting_box(first: Trajectory, runs: Sequence[FiniteRun], samples: Array, function: Function) -> Box:
    """The part that shows the runs: the gallery's view if there is one, else one that holds them and what lies near them.

    Args:
        first: the first run, for its objective.
        samples: positions that must be seen, a row each.
        function: the objective over arrays.
    """
    known, paths, escapes = known_entry(first), [run.positions for run in runs], [run.escapes for run in runs]
    if known is not None:
        return box_around(paths, escapes, known.view, _lowest_visited(runs), samples)
    lowest = _lowest_around(first, paths, function) if all(escapes) else None
    evaluate, fits = evaluate_over(first.objective, function, len(first.names)), isinstance(first, Fit)
    seen = np.vstack([samples, *([answer] if (answer := _answer(first)) is not None else [])])
    return box_around(paths, escapes, None, _lowest_visited(runs), seen, lowest, evaluate, own_units=fits)


def _answer(run: Trajectory) -> Array | None:
    """The exact answer of a fit, as a row; None where there is none."""
    found = run.exact.position if isinstance(run, Fit) else None
    return None if found is None else np.array([found])


def _lowest_visited(runs: Sequence[FiniteRun]) -> Array:
    """The position of the least value of all runs that do not escape."""
    best, position = math.inf, runs[0].positions[0]
    for run in runs:
        values = np.where(np.isfinite(run.values), run.values, np.inf)
        if not run.escapes and values.min() < best:
            best, position = float(values.min()), run.positions[int(values.argmin())]
    return np.asarray(position)


def _lowest_around(first: Trajectory, paths: Sequence[Array], function: Function) -> Array:
    """The lowest positions around the start of runs that all escape, a row each; none if they are not found.

    They are looked for in growing boxes around the start, until they lie inside of one, or until a larger box would leave
    the runs too small in the picture.
    """
    start, found = paths[0][0], np.zeros((0, paths[0].shape[1]))
    reach = 1.5 * np.maximum(1.0, np.abs(start))
    with np.errstate(over="ignore"):
        farthest = np.max([np.abs(path - start).max(axis=0) for path in paths], axis=0)
    for _ in range(WIDENINGS if first.objective.expression is not None else 0):
        found = lowest_positions(function, intervals(start - reach, start + reach))
        if len(found) or not (reach < SQUASH * farthest).any():
            break
        reach = 4 * reach
    return found


def _curve_layer(
    first: Trajectory, runs: Sequence[FiniteRun], box: Box, function: Function, samples: Array
) -> tuple[ObjectiveLayer, list[Path]]:
    """The layer and the paths of a function of one parameter."""
    (low, high), name = box[0], captions.axis_names(first)[0]
    curve = curve_over(first.objective, function, box[0])
    points = [np.column_stack([run.positions[:, 0], run.values]) for run in runs]
    visited = np.concatenate([each[(each[:, 0] >= low) & (each[:, 0] <= high), 1] for each in points])
    values = curve[:, 1] if curve is not None else visited
    view = (box[0], box[1] if len(box) > 1 else value_interval(values, visited))
    layer = ObjectiveLayer(
        view,
        (name, f"f({name})"),
        equal=False,
        markers=_markers(first, function, box[:1], view),
        samples=np.column_stack([samples[:, 0], function(samples[:, 0])]) if len(samples) else np.zeros((0, 2)),
        curve=None if curve is None else _without_poles(curve, view),
        tangent=_tangent(first, name, view),
    )
    return layer, [path(_without_nan(each, view), view) for each in points]


def _grid_layer(
    first: Trajectory,
    runs: Sequence[FiniteRun],
    view: View,
    function: Function,
    samples: Array,
    spacing: str | None,
    *,
    equal: bool,
) -> tuple[ObjectiveLayer, list[Path]]:
    """The layer and the paths of a function of two parameters."""
    contours = grid(first.objective, function, view, _least_in(first, runs, view), spacing)
    x, y = captions.axis_names(first)
    layer = ObjectiveLayer(view, (x, y), equal, _markers(first, function, view, view), samples, grid=contours)
    return layer, [path(run.positions, view) for run in runs]


def _least_in(first: Trajectory, runs: Sequence[FiniteRun], view: View) -> float:
    """The least value known to lie in the view; infinity if none is."""
    entry = known_entry(first)
    known = [point.value for point in entry.minima if _contains(view, point.position)] if entry else []
    low, high = (np.array(side) for side in zip(*view, strict=True))
    for run in runs:
        inside = ((run.positions >= low) & (run.positions <= high)).all(axis=1) & np.isfinite(run.values)
        known += [float(run.values[inside].min())] if inside.any() else []
    return min(known, default=math.inf)


def _without_poles(curve: Array, view: View) -> Array:
    """The curve with a gap at each pole, so that no line joins its two sides."""
    low, high = view[1]
    side = np.where(curve[:, 1] > high, 1, np.where(curve[:, 1] < low, -1, 0))
    gaps = np.flatnonzero(side[1:] * side[:-1] < 0) + 1
    return np.insert(curve, gaps, np.nan, axis=0)


def _without_nan(points: Array, view: View) -> Array:
    """The points of a path; one without a value is moved to the lower border, so that the step to it is seen."""
    return np.column_stack([points[:, 0], np.where(np.isnan(points[:, 1]), view[1][0], points[:, 1])])


def _tangent(run: Trajectory, name: str, view: View) -> Tangent | None:
    """The tangent at the start of a run of one parameter; None where the curve has none, or outside of the view."""
    x, value = float(run.positions.ravel()[0]), float(run.values[0])
    slope = float(run.gradients.ravel()[0])
    if not (math.isfinite(value) and math.isfinite(slope) and _contains(view, (x, value))):
        return None
    width, height = (high - low for low, high in view)
    reach = TANGENT / math.hypot(1 / width, slope / height)
    ends = (x - reach, value - slope * reach), (x + reach, value + slope * reach)
    return Tangent(ends, slope, f"f'({typed(x, 4)}) = {typed(slope, 3)}")


def typed(value: float, digits: int) -> str:
    r"""A rounded number in LaTeX.

    >>> typed(2e15, 3), typed(-0.125, 2)
    ('2 \\cdot 10^{15}', '-0.12')
    """
    mantissa, e, exponent = short(value, digits).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if e else mantissa


def _markers(run: Trajectory, function: Function, box: Box, view: View) -> tuple[Marker, ...]:
    """The known points in the view, or else the lowest point found, which need not be the global minimum."""
    entry = known_entry(run)
    if entry and entry.minima:
        return tuple(_distinct(_known_markers(entry, view), view))
    if isinstance(run, Fit) and run.exact.position is not None:
        place = _view_point(run.exact.position, run.exact.value or 0.0)
        kind = "minimum" if run.exact.unique else "lowest point found"
        return (Marker(kind, place),) if _contains(view, place) else ()
    found = lowest_point(function, box) if run.objective.expression is not None else None
    known = list(_known_markers(entry, view)) if entry else []
    if found and not known and _contains(view, _view_point(*found)):
        known.append(Marker("lowest point found", _view_point(*found)))
    return tuple(known)


def _known_markers(entry: Entry, view: View) -> Iterator[Marker]:
    flat = "saddle" if len(entry.names) > 1 else "flat spot"
    for kind, points in (("minimum", entry.minima), ("local minimum", entry.local_minima), (flat, entry.saddles)):
        for point in points:
            marked = _view_point(point.position, point.value)
            if _contains(view, marked):
                yield Marker(kind, marked)


def _view_point(position: tuple[float, ...], value: float) -> tuple[float, float]:
    """The point of the view that shows a position: of one parameter the position and its value."""
    return (position[0], value if len(position) == 1 else position[1])


def _distinct(known: Iterator[Marker], view: View) -> Iterator[Marker]:
    """The markers without those that would cover an earlier one."""
    kept: list[Marker] = []
    sizes = [high - low for low, high in view]
    for marker in known:
        distances = (
            math.hypot(*((a - b) / size for a, b, size in zip(marker.point, other.point, sizes, strict=True))) for other in kept
        )
        if min(distances, default=1.0) >= SAME:
            kept.append(marker)
            yield marker


def _contains(view: Box, point: Sequence[float]) -> bool:
    return all(low <= value <= high for (low, high), value in zip(view, point, strict=True))
