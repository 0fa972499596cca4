"""The heights of a function of two parameters as a surface in space, and the paths that lie on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.plot.scene.grid import Grid
from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import OUTSIDE, View, clipped, moves

RISE = 0.52  # the height of the highest place, in the unit of the longer side of the ground
FLOOR = -0.26  # where the floor is
PRESENT = 0.2  # how much of the ground must be there for a place on it: the border is between two points of the grid
PIECES = 90  # so many pieces has a path on its way along a side
MOST_PIECES = 60_000

FloatGrid = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of two parameters in space. The longer side of the ground is 1, and its middle is the origin.

    Attributes:
        view: the intervals of both parameters.
        half: half the sides of the ground.
        grid: heights from 0, at the lowest level, to 1, at the highest, a row for each `y`; the levels lie at equal
            distances, so that a logarithmic spacing of the levels is a logarithmic vertical scale.
        there: 1 where the function has a value, 0 where it has none and the grid goes on as beside, smooth between them;
            None if it has one everywhere.
        bands: the number of bands between the levels.
    """

    view: View
    half: tuple[float, float]
    grid: FloatGrid
    there: FloatGrid | None
    bands: int

    def unit(self, positions: Array) -> Array:
        """Positions as shares of the view's sides."""
        low, high = (np.array(side) for side in zip(*self.view, strict=True))
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray((positions - low) / (high - low))

    def places(self, unit: Array) -> Array:
        """Points of the unit square as places on the surface, rows of `x, y, z`; NaN outside and where nothing is."""
        shown: NDArray[np.bool_] = np.asarray(((unit >= 0) & (unit <= 1)).all(axis=1))
        points = np.where(shown[:, None], unit, 0.0)
        if self.there is not None:
            shown &= between(self.there, points) >= PRESENT
        ground = (points - 0.5) * 2 * np.array(self.half)
        return np.where(shown[:, None], np.column_stack([ground, RISE * between(self.grid, points)]), np.nan)


def between(grid: FloatGrid, unit: Array) -> Array:
    """The grid at points of the unit square, bilinear."""
    rows, columns = grid.shape
    x, y = unit.T
    column, row = np.minimum((x * (columns - 1)).astype(int), columns - 2), np.minimum((y * (rows - 1)).astype(int), rows - 2)
    right, up = x * (columns - 1) - column, y * (rows - 1) - row
    low = grid[row, column] * (1 - right) + grid[row, column + 1] * right
    high = grid[row + 1, column] * (1 - right) + grid[row + 1, column + 1] * right
    return np.asarray(low * (1 - up) + high * up)


def surface(grid: Grid, view: View) -> Surface:
    """The surface over a grid of heights."""
    (left, right), (low, high) = view
    ratio = (right - left) / (high - low)
    ratio = ratio if 0.4 <= ratio <= 2.5 else 1.0  # beyond, the axes have scales of their own
    half = (0.5, 0.5 / ratio) if ratio > 1 else (0.5 * ratio, 0.5)
    missing = ~np.isfinite(grid.values)
    shares = np.interp(np.nan_to_num(grid.values), grid.levels, np.linspace(0, 1, len(grid.levels)))
    there = None
    if missing.any():
        shares, there = _continued(np.where(missing, np.nan, shares)), _softened(~missing)
    return Surface(view, half, shares.astype(np.float32), there, len(grid.levels) - 1)


AROUND = [(up, right) for up in (-1, 0, 1) for right in (-1, 0, 1) if up or right]


def _continued(shares: Array) -> Array:
    """A grid with NaN in its holes, filled two points far with where the ground beside them leads to, and then with 0."""
    rows, columns = shares.shape
    for _ in range(2):
        padded = np.pad(shares, 2, constant_values=np.nan)
        led = []
        for up, right in AROUND:
            near, far = (
                padded[2 + times * up : 2 + times * up + rows, 2 + times * right : 2 + times * right + columns] for times in (1, 2)
            )
            led.append(np.where(np.isnan(far), near, 2 * near - far))
        known = ~np.isnan(led)
        count = known.sum(axis=0)
        mean = np.nansum(led, axis=0) / np.maximum(count, 1)
        shares = np.where(np.isnan(shares) & (count > 0), np.clip(mean, 0, 1), shares)
    return np.nan_to_num(shares)


def _softened(there: NDArray[np.bool_]) -> FloatGrid:
    """1 and 0, each the mean of what is around it, what is next to it counting more."""
    soft = there.astype(np.float32)
    for axis in (0, 1):
        weights = [np.pad(part, [(1, 1) if each == axis else (0, 0) for each in (0, 1)]) for part in (soft, np.ones_like(soft))]
        total, count = (
            sum(times * part.take(range(first, first + soft.shape[axis]), axis) for first, times in enumerate((1, 2, 1)))
            for part in weights
        )
        soft = np.asarray(total / count, dtype=np.float32)
    return soft


@dataclass(frozen=True, eq=False)
class SurfacePath:
    """A run's path on a surface: straight steps seen from above, laid on the ground that they cross.

    Attributes:
        stops: the place at every step; NaN outside the view.
        places: rows of `x, y, z` along the path; a row of NaN where it is outside.
        steps: the step at each of them, with the share of the way to the next.
        unit: the steps as points of the unit square.
    """

    stops: Array
    places: Array
    steps: Array
    unit: Array


def surface_path(positions: Array, ground: Surface) -> SurfacePath:
    """The path of a run, a row of `positions` a step, on a surface."""
    unit = np.clip(ground.unit(positions), -OUTSIDE, OUTSIDE)
    stops = ground.places(unit)
    if len(unit) < 2:
        return SurfacePath(stops, stops, np.zeros(1), unit)
    kept = np.flatnonzero(moves(unit))
    start, end, shown = clipped(unit[kept])
    change = np.diff(unit[kept], axis=0)
    axis = np.abs(change).argmax(axis=1)
    rows = np.arange(len(axis))
    with np.errstate(divide="ignore", invalid="ignore"):
        first, last = ((part - unit[kept][:-1])[rows, axis] / change[rows, axis] for part in (start, end))
    lengths = np.where(shown, np.hypot(*(end - start).T), 0.0)
    fine = min(1.0, MOST_PIECES / max(PIECES * float(lengths.sum()), 1.0))
    counts = np.where(shown, np.maximum(np.ceil(PIECES * fine * np.nan_to_num(lengths)), 1) + 2, 0).astype(int)
    segment = np.repeat(rows, counts)
    share = (np.arange(len(segment)) - np.repeat(np.cumsum(counts) - counts, counts)) / np.maximum(counts[segment] - 2, 1)
    lifted = share > 1  # the last of each segment lifts the pen
    points = start[segment] + np.minimum(share, 1.0)[:, None] * (end - start)[segment]
    along = first[segment] + np.minimum(share, 1.0) * (last - first)[segment]
    steps = kept[segment] + along * (kept[segment + 1] - kept[segment])
    joined = np.append((end[:-1] == start[1:]).all(axis=1) & shown[1:], False)
    drop = lifted & joined[segment]
    places = np.where(lifted[:, None], np.nan, ground.places(points))
    return SurfacePath(stops, places[~drop], steps[~drop], unit)
