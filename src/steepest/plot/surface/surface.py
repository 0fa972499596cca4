"""A function of two parameters as a surface in space, and the paths on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.plot.scene.grid import Grid
from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import OUTSIDE, View, clipped, moves

# In units of the longer side of the domain.
RISE = 0.6  # z of the highest point
FLOOR = -0.3  # z of the floor
LONGEST = 2.5  # a domain is drawn to scale up to this ratio of its sides, and as a square beyond
SLENDER = 1.4  # but no longer than this ratio, so that it fills its panel from every side

DEFINED = 0.2  # least value of the mask at a point of the surface
PIECES = 90  # of a path along a whole side
MOST_PIECES = 60_000

FloatGrid = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of two parameters in space; the longer side of its domain is 1, and the center is the origin.

    Attributes:
        view: the domain: the intervals of both parameters.
        half: half the sides of the domain in space.
        grid: heights from 0, at the lowest level, to 1, at the highest, a row for each `y`; the levels are equally spaced
            in height, so that a logarithmic spacing of the levels is a logarithmic vertical scale.
        mask: 1 where the function has a value, 0 where it has none and the grid is extrapolated, smooth in between; None if
            it has a value everywhere.
        bands: the number of bands between the levels.
        line_share: the share of its opacity that a contour line keeps.
    """

    view: View
    half: tuple[float, float]
    grid: FloatGrid
    mask: FloatGrid | None
    bands: int
    line_share: float = 1.0

    def unit(self, positions: Array) -> Array:
        """Positions, a row each, as points of the unit square; those outside of the view lie outside."""
        low, high = (np.array(side) for side in zip(*self.view, strict=True))
        with np.errstate(over="ignore", invalid="ignore"):
            return np.asarray((positions - low) / (high - low))

    def points(self, unit: Array) -> Array:
        """Points of the unit square on the surface, as rows of `x, y, z`; NaN outside and where the function has no value."""
        shown: NDArray[np.bool_] = np.asarray(((unit >= 0) & (unit <= 1)).all(axis=1))
        inside = np.where(shown[:, None], unit, 0.0)
        if self.mask is not None:
            shown &= _interpolated(self.mask, inside) >= DEFINED
        horizontal = (inside - 0.5) * 2 * np.array(self.half)
        return np.where(shown[:, None], np.column_stack([horizontal, RISE * _interpolated(self.grid, inside)]), np.nan)


def _interpolated(grid: FloatGrid, unit: Array) -> Array:
    """The grid at points of the unit square, interpolated bilinearly."""
    rows, columns = grid.shape
    x, y = unit.T
    column, row = np.minimum((x * (columns - 1)).astype(int), columns - 2), np.minimum((y * (rows - 1)).astype(int), rows - 2)
    right, up = x * (columns - 1) - column, y * (rows - 1) - row
    low = grid[row, column] * (1 - right) + grid[row, column + 1] * right
    high = grid[row + 1, column] * (1 - right) + grid[row + 1, column + 1] * right
    return np.asarray(low * (1 - up) + high * up)


def surface(grid: Grid, view: View) -> Surface:
    """The surface of the values on a grid over a view."""
    (left, right), (low, high) = view
    ratio = (right - left) / (high - low)
    ratio = min(max(ratio, 1 / SLENDER), SLENDER) if 1 / LONGEST <= ratio <= LONGEST else 1.0
    half = (0.5, 0.5 / ratio) if ratio > 1 else (0.5 * ratio, 0.5)
    missing = ~np.isfinite(grid.values)
    shares = np.interp(np.nan_to_num(grid.values), grid.levels, np.linspace(0, 1, len(grid.levels)))
    mask = None
    if missing.any():
        shares, mask = _extrapolated(np.where(missing, np.nan, shares)), _smoothed(~missing)
    return Surface(view, half, shares.astype(np.float32), mask, len(grid.levels) - 1, grid.line_share)


NEIGHBORS = [(up, right) for up in (-1, 0, 1) for right in (-1, 0, 1) if up or right]


def _extrapolated(shares: Array) -> Array:
    """A grid with NaN in its holes, extrapolated linearly two points into them; 0 farther inside."""
    rows, columns = shares.shape
    for _ in range(2):
        padded = np.pad(shares, 2, constant_values=np.nan)
        guesses = []
        for up, right in NEIGHBORS:
            near, far = (
                padded[2 + times * up : 2 + times * up + rows, 2 + times * right : 2 + times * right + columns] for times in (1, 2)
            )
            guesses.append(np.where(np.isnan(far), near, 2 * near - far))
        known = ~np.isnan(guesses)
        count = known.sum(axis=0)
        mean = np.nansum(guesses, axis=0) / np.maximum(count, 1)
        shares = np.where(np.isnan(shares) & (count > 0), np.clip(mean, 0, 1), shares)
    return np.nan_to_num(shares)


def _smoothed(mask: NDArray[np.bool_]) -> FloatGrid:
    """A mask of 1 and 0, smoothed with the weights 1, 2, 1 along both axes."""
    soft = mask.astype(np.float32)
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
    """A run's path on a surface: straight from step to step as seen from above, and following the surface in height.

    Attributes:
        stops: the point at every position, rows of `x, y, z`; NaN outside of the view.
        points: the path as a polyline, rows of `x, y, z`; a row of NaN where it is outside.
        steps: the step at each of `points`, with the fraction of the next one.
        unit: the positions as points of the unit square.
    """

    stops: Array
    points: Array
    steps: Array
    unit: Array


def surface_path(positions: Array, surface: Surface) -> SurfacePath:
    """The path of a run on a surface.

    Args:
        positions: a row each, the start first.
    """
    unit = np.clip(surface.unit(positions), -OUTSIDE, OUTSIDE)
    stops = surface.points(unit)
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
    separator = share > 1  # a row of NaN after each segment
    along_path = start[segment] + np.minimum(share, 1.0)[:, None] * (end - start)[segment]
    along = first[segment] + np.minimum(share, 1.0) * (last - first)[segment]
    steps = kept[segment] + along * (kept[segment + 1] - kept[segment])
    joined = np.append((end[:-1] == start[1:]).all(axis=1) & shown[1:], False)
    kept_rows = ~(separator & joined[segment])
    points = np.where(separator[:, None], np.nan, surface.points(along_path))
    return SurfacePath(stops, points[kept_rows], steps[kept_rows], unit)
