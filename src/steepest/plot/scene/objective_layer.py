"""The landscape that the runs cross: a curve or a grid of heights, what is known about it, and the paths on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from steepest.language.digits import short
from steepest.objectives.gallery import Entry
from steepest.plot.scene import text as captions
from steepest.plot.scene.grid import Function, Grid, curve_over, function_over, grid, lowest_places, lowest_point
from steepest.plot.scene.limits import SQUASH, Array, Box, box_around, intervals, squared, value_interval
from steepest.plot.scene.path import Path, View, path
from steepest.runs.trajectory import Trajectory

TANGENT = 0.17  # of the picture's sides, to each side of the start
WIDENINGS = 11  # each four times as far
SAME = 0.02  # marks closer than this share of the sides are one


@dataclass(frozen=True, eq=False)
class FiniteRun:
    """A run as pictures see it: its finite positions, a row a step, the values there, and whether it is let go."""

    positions: Array
    values: Array
    away: bool


@dataclass(frozen=True)
class Marker:
    """A place worth knowing; `kind` is `minimum`, `local minimum`, `lowest point found`, `saddle` or `flat spot`."""

    kind: str
    place: tuple[float, float]


@dataclass(frozen=True)
class Tangent:
    """The tangent of a curve at the start: its ends, its slope, and an equation in LaTeX that names the slope."""

    ends: tuple[tuple[float, float], tuple[float, float]]
    slope: float
    label: str


@dataclass(frozen=True, eq=False)
class ObjectiveLayer:
    """The main picture of a function of one or two parameters.

    Attributes:
        view: the horizontal and the vertical interval.
        labels: of both axes, in LaTeX.
        equal: whether both axes have one scale.
        markers: known minima and saddles, else the lowest point found.
        samples: a row for each, in the view's coordinates.
        curve: of a function of one parameter: a row of place and value for each point; NaN where there is a gap.
        tangent: of that curve at the first run's start.
        grid: of a function of two; neither is there for a Python function that is too slow to draw.
    """

    view: View
    labels: tuple[str, str]
    equal: bool
    markers: tuple[Marker, ...]
    samples: Array
    curve: Array | None = None
    tangent: Tangent | None = None
    grid: Grid | None = None


def known_entry(run: Trajectory) -> Entry | None:
    """The gallery's entry of the objective."""
    return run.objective.known


def objective_layer(
    run: Trajectory, finite_runs: Sequence[FiniteRun], view: Box | None, samples: Array, spacing: str | None = None
) -> tuple[ObjectiveLayer, list[Path]]:
    """The landscape of a run's objective, of one or two parameters, and the path of each walk in it.

    Args:
        view: the part to show, if the user says so.
        samples: positions, a row each.
        spacing: of the levels of height, `linear` or `log`, unless the landscape is to say.
    """
    entry = known_entry(run)
    tracks, away = [finite_run.positions for finite_run in finite_runs], [finite_run.away for finite_run in finite_runs]
    function = function_over(run.objective, run.record.shape)
    lowest = bottom(run, tracks, function) if all(away) and entry is None else None
    box = view or box_around(tracks, away, entry.view if entry else None, _lowest_visited(finite_runs), samples, lowest)
    if len(run.names) == 1:
        return _over_line(run, finite_runs, box, function, samples)
    fixed = (box[0], box[1])
    wide, equal = squared(fixed)
    if view is None:
        return _over_plane(run, finite_runs, wide, function, samples, spacing, equal=equal)
    return _over_plane(run, finite_runs, fixed, function, samples, spacing, equal=equal and wide == fixed)


def _lowest_visited(finite_runs: Sequence[FiniteRun]) -> Array:
    """The position of the least value of all walks that the picture follows."""
    best, place = math.inf, finite_runs[0].positions[0]
    for finite_run in finite_runs:
        finite = np.where(np.isfinite(finite_run.values), finite_run.values, np.inf)
        if not finite_run.away and finite.min() < best:
            best, place = float(finite.min()), finite_run.positions[int(finite.argmin())]
    return np.asarray(place)


def bottom(run: Trajectory, tracks: Sequence[Array], function: Function) -> Array:
    """Where runs that fly away could have gone: the lowest places of the smallest box around the start that has them inside.

    None is looked for where it would squash the runs.
    """
    start, found = tracks[0][0], np.zeros((0, tracks[0].shape[1]))
    reach = 1.5 * np.maximum(1.0, np.abs(start))
    with np.errstate(over="ignore"):
        farthest = np.max([np.abs(track - start).max(axis=0) for track in tracks], axis=0)
    for _ in range(0 if run.objective.expression is None else WIDENINGS):
        found = lowest_places(function, intervals(start - reach, start + reach))
        if len(found) or not (reach < SQUASH * farthest).any():
            break
        reach = 4 * reach
    return found


def _over_line(
    run: Trajectory, finite_runs: Sequence[FiniteRun], box: Box, function: Function, samples: Array
) -> tuple[ObjectiveLayer, list[Path]]:
    """The curve of a function of one parameter."""
    (low, high), name = box[0], captions.axis_names(run)[0]
    curve = curve_over(run.objective, function, box[0])
    points = [np.column_stack([finite_run.positions[:, 0], finite_run.values]) for finite_run in finite_runs]
    seen = np.concatenate([each[(each[:, 0] >= low) & (each[:, 0] <= high), 1] for each in points])
    drawn = curve[:, 1] if curve is not None else seen
    view = (box[0], box[1] if len(box) > 1 else value_interval(drawn, seen))
    shown = ObjectiveLayer(
        view,
        (name, f"f({name})"),
        equal=False,
        markers=markers(run, function, box[:1], view),
        samples=np.column_stack([samples[:, 0], function(samples[:, 0])]) if len(samples) else np.zeros((0, 2)),
        curve=None if curve is None else _without_poles(curve, view),
        tangent=tangent(run, name, view),
    )
    return shown, [path(_grounded(each, view), view) for each in points]


def _over_plane(
    run: Trajectory,
    finite_runs: Sequence[FiniteRun],
    view: View,
    function: Function,
    samples: Array,
    spacing: str | None,
    *,
    equal: bool,
) -> tuple[ObjectiveLayer, list[Path]]:
    """The heights of a function of two parameters."""
    contours = grid(run.objective, function, view, _least_in(run, finite_runs, view), spacing)
    x, y = captions.axis_names(run)
    shown = ObjectiveLayer(view, (x, y), equal, markers(run, function, view, view), samples, grid=contours)
    return shown, [path(finite_run.positions, view) for finite_run in finite_runs]


def _least_in(run: Trajectory, finite_runs: Sequence[FiniteRun], view: View) -> float:
    """The least value known to lie in the view; infinity if none is."""
    entry = known_entry(run)
    known = [point.value for point in entry.minima if holds(view, point.position)] if entry else []
    low, high = (np.array(side) for side in zip(*view, strict=True))
    for finite_run in finite_runs:
        inside = ((finite_run.positions >= low) & (finite_run.positions <= high)).all(axis=1) & np.isfinite(finite_run.values)
        known += [float(finite_run.values[inside].min())] if inside.any() else []
    return min(known, default=math.inf)


def _without_poles(curve: Array, view: View) -> Array:
    """The curve without the lines that would join the two sides of a pole."""
    low, high = view[1]
    side = np.where(curve[:, 1] > high, 1, np.where(curve[:, 1] < low, -1, 0))
    gaps = np.flatnonzero(side[1:] * side[:-1] < 0) + 1
    return np.insert(curve, gaps, np.nan, axis=0)


def _grounded(points: Array, view: View) -> Array:
    """The points of a walk; one without a value lies on the lower border, so that the step to it is seen."""
    return np.column_stack([points[:, 0], np.where(np.isnan(points[:, 1]), view[1][0], points[:, 1])])


def tangent(run: Trajectory, name: str, view: View) -> Tangent | None:
    """The tangent at the start of a run of one parameter; none where the curve has none."""
    x, value = float(run.positions.ravel()[0]), float(run.values[0])
    slope = float(run.gradients.ravel()[0])
    if not (math.isfinite(value) and math.isfinite(slope) and holds(view, (x, value))):
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


def markers(run: Trajectory, function: Function, box: Box, view: View) -> tuple[Marker, ...]:
    """The known places in the view; where nothing is known, the lowest point found, which may not be the global minimum."""
    entry = known_entry(run)
    if entry and entry.minima:
        return tuple(spread(_known_markers(entry, view), view))
    found = None if run.objective.expression is None else lowest_point(function, box)
    known = list(_known_markers(entry, view)) if entry else []
    if found and not known and holds(view, spot(*found)):
        known.append(Marker("lowest point found", spot(*found)))
    return tuple(known)


def _known_markers(entry: Entry, view: View) -> Iterator[Marker]:
    flat = "saddle" if len(entry.names) > 1 else "flat spot"
    for kind, points in (("minimum", entry.minima), ("local minimum", entry.local_minima), (flat, entry.saddles)):
        for point in points:
            place = spot(point.position, point.value)
            if holds(view, place):
                yield Marker(kind, place)


def spot(position: tuple[float, ...], value: float) -> tuple[float, float]:
    """Where a point of one or two parameters is in the picture."""
    return (position[0], value if len(position) == 1 else position[1])


def spread(known: Iterator[Marker], view: View) -> Iterator[Marker]:
    """The marks without those that would cover an earlier one."""
    kept: list[Marker] = []
    sizes = [high - low for low, high in view]
    for mark in known:
        apart = (math.hypot(*((a - b) / size for a, b, size in zip(mark.place, other.place, sizes, strict=True))) for other in kept)
        if min(apart, default=1.0) >= SAME:
            kept.append(mark)
            yield mark


def holds(view: Box, place: Sequence[float]) -> bool:
    """Whether a place lies in a view."""
    return all(low <= value <= high for (low, high), value in zip(view, place, strict=True))
