"""A surface as pixels: which point of it each pixel shows, and what it hides.

Every column of pixels corresponds to one line in the horizontal plane, away from the camera. Along that line the height
of the surface in the picture is a function of the distance; its running maximum is the horizon that hides what lies
farther and lower, and its running minimum the edge below which the underside is seen (floating horizons: T. J. Wright, A
two-space solution to the hidden line problem for plotting functions of two variables, IEEE Trans. Computers 22(1), 1973).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.plot.scene.limits import Array
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.shading import Colors, Shading
from steepest.plot.surface.surface import FLOOR, RISE, Surface

SAMPLES = 320  # along a line away from the camera
NEAR = 2.5  # samples in front of a point that cannot hide it
EDGE = 0.35  # of the mask: a little outside of the border, where the texture is transparent
TOLERANCE = 1.5  # pixels by which the horizon may be above a visible point

Floats = NDArray[np.float32]
Whole = NDArray[np.int32]


@dataclass(frozen=True)
class Viewport:
    """The pixels of a picture.

    Attributes:
        width, height: in pixels.
        scale: pixels a unit.
        across, up: where the origin is, in pixels from the left and from below.
    """

    width: int
    height: int
    scale: float
    across: float
    up: float

    def finer(self, times: int) -> Viewport:
        """The same picture with this many times the pixels a side."""
        return Viewport(self.width * times, self.height * times, self.scale * times, self.across * times, self.up * times)


@dataclass(frozen=True, eq=False)
class SurfaceRendering:
    """What a camera sees of a surface. Lengths in the picture are in pixels, horizontal lengths in the surface's unit.

    Attributes:
        columns: the columns of pixels in which the domain lies; all that follows has a row for each of them.
        across: where they are, from the origin to the right.
        near, far: where their lines enter and leave the domain, from the origin away from the camera.
        upper, lower: the running maximum and minimum of the surface's height in the picture, along the line.
        defined: whether the function has a value between one sample of a line and the next, or near there; None if everywhere.
    """

    surface: Surface
    camera: Camera
    viewport: Viewport
    columns: Whole
    across: Floats
    near: Floats
    far: Floats
    upper: Floats
    lower: Floats
    defined: NDArray[np.bool_] | None

    @property
    def outline(self) -> float:
        """The area within the outline of the surface and its floor, in pixels."""
        slope, level = self.camera.sine * self.viewport.scale, self._height(FLOOR)
        top = np.maximum(self.upper[:, -1], self.far * slope + level)
        low = np.minimum(self.lower[:, -1], self.near * slope + level)
        return float((top - low).sum())

    def picture(self, shading: Shading) -> Colors:
        """Every pixel as one number of red, green, blue and opacity, the top row first; 0 where nothing is drawn."""
        pixels = np.zeros((self.viewport.width, self.viewport.height), np.uint32)
        for column, row, distance, colors in (self._floor(shading), *self._sides(shading)):
            shown = (row >= 0) & (row < self.viewport.height)
            pixel = self.columns[column[shown]] * np.int32(self.viewport.height) + row[shown]
            color = colors.ravel().take(self._texel(column[shown], distance[shown], colors.shape))
            opaque = slice(None) if self.defined is None else color != 0
            pixels.ravel()[pixel[opaque]] = color[opaque]
        return pixels.T[::-1]

    def _floor(self, shading: Shading) -> tuple[Whole, Whole, Floats, Colors]:
        """The pixels of the floor: column, row, horizontal distance from the origin, and the texture."""
        slope, level = self.camera.sine * self.viewport.scale, self._height(FLOOR)
        first = np.ceil(self.near * slope + level).astype(np.int32)
        count = np.floor(self.far * slope + level).astype(np.int32) - first + 1
        column, row = _stacked(first, np.maximum(count, 0))
        return column, row, ((row - level) / np.float32(slope)).astype(np.float32), shading.floor

    def _sides(self, shading: Shading) -> Iterator[tuple[Whole, Whole, Floats, Colors]]:
        """The pixels of the surface seen from above, and those of its underside, as for the floor."""
        last = self.upper.shape[1] - 1
        for horizon, sign, colors in ((self.upper, 1, shading.top), (self.lower, -1, shading.bottom)):
            rows = np.floor(horizon).astype(np.int32) if sign > 0 else np.ceil(horizon).astype(np.int32)
            counts = sign * np.diff(rows, axis=1)
            piece = np.repeat(np.arange(counts.size, dtype=np.int32), counts.ravel())
            if not piece.size:
                continue
            column, order = _stacked(np.zeros(len(rows), np.int32), counts.sum(axis=1))
            row = rows[:, 0][column] + np.int32(sign) * (order + np.int32(1))
            before = horizon.ravel()[piece + column]
            share = (row - before) / (horizon.ravel()[piece + column + 1] - before)
            along = (piece - column * np.int32(last) + share) * np.float32(1 / last)
            if self.defined is not None:
                kept = self.defined.ravel()[piece]
                column, row, along = column[kept], row[kept], along[kept]
            yield column, row, self.near[column] + (self.far - self.near)[column] * along, colors

    def _texel(self, column: Whole, distance: Floats, shape: tuple[int, ...]) -> Whole:
        """The index into a texture of this shape of the point on a column's line at a distance."""
        (half_x, half_y), (right, away) = self.surface.half, (self.camera.right, self.camera.away)
        across = self.across[column]
        cells = []
        for axis, (half, count) in enumerate(((half_x, shape[1]), (half_y, shape[0]))):
            cell = across * np.float32(right[axis]) + distance * np.float32(away[axis]) + np.float32(half)
            cell *= np.float32((count - 1) / (2 * half))
            cell += np.float32(0.5)
            cells.append(np.clip(cell.astype(np.int32), 0, count - 1))
        return np.asarray(cells[1] * np.int32(shape[1]) + cells[0])

    def visible(self, points: Array) -> NDArray[np.bool_]:
        """Which points on the surface, rows of `x, y, z`, it does not hide itself; NaN is not visible."""
        column, distance, height = self._located(points)
        with np.errstate(invalid="ignore"):
            span = np.maximum(self.far - self.near, 1e-9)[column]
            sample = (distance - self.near[column]) / span * (self.upper.shape[1] - 1) - NEAR
            horizon = self.upper[column, np.clip(np.nan_to_num(sample), 0, self.upper.shape[1] - 1).astype(int)]
            return np.asarray((height + TOLERANCE >= horizon) & np.isfinite(height))

    def floor_visible(self, points: Array) -> NDArray[np.bool_]:
        """Which points on the floor, rows of `x, y, z`, the surface does not hide."""
        column, _, height = self._located(points)
        with np.errstate(invalid="ignore"):
            return np.asarray((height > self.upper[column, -1]) | (height < self.lower[column, -1]))

    def _located(self, points: Array) -> tuple[NDArray[np.intp], Array, Array]:
        """For each point its column, its horizontal distance away from the camera, and its height in the picture."""
        across, distance = points[:, :2] @ self.camera.right, points[:, :2] @ self.camera.away
        column = np.searchsorted(self.across, np.nan_to_num(across)).clip(0, len(self.across) - 1)
        return column, distance, self.viewport.scale * self.camera.sine * distance + self._height(points[:, 2])

    def _height(self, z: Any) -> Any:
        """The height in the picture of a point above the origin; whole numbers are the centers of pixels."""
        return self.viewport.up - 0.5 + self.viewport.scale * self.camera.cosine * z


def render_surface(surface: Surface, camera: Camera, viewport: Viewport) -> SurfaceRendering:
    """Render a surface, except for its colors: see `SurfaceRendering.picture`."""
    across = ((np.arange(viewport.width) + 0.5 - viewport.across) / viewport.scale).astype(np.float32)
    near, far = _crossed(across, camera, surface.half)
    columns = np.flatnonzero(near < far).astype(np.int32)
    across, near, far = across[columns], near[columns], far[columns]
    away = near[:, None] + (far - near)[:, None] * np.linspace(0, 1, SAMPLES, dtype=np.float32)
    grid = _along_lines(surface.grid, surface.half, camera, across, away)
    mask = None if surface.mask is None else _along_lines(surface.mask, surface.half, camera, across, away) >= EDGE
    grid *= np.float32(RISE * camera.cosine * viewport.scale)
    away *= np.float32(camera.sine * viewport.scale)
    grid += away
    grid += np.float32(viewport.up - 0.5)
    if mask is None:
        upper, lower = np.maximum.accumulate(grid, axis=1), np.minimum.accumulate(grid, axis=1)
        return SurfaceRendering(surface, camera, viewport, columns, across, near, far, upper, lower, None)
    begin = np.take_along_axis(grid, mask.argmax(axis=1)[:, None], axis=1)
    begun = np.logical_or.accumulate(mask, axis=1)
    upper = np.where(begun, np.maximum.accumulate(np.where(mask, grid, -np.inf), axis=1), begin)
    lower = np.where(begun, np.minimum.accumulate(np.where(mask, grid, np.inf), axis=1), begin)
    return SurfaceRendering(surface, camera, viewport, columns, across, near, far, upper, lower, mask[:, 1:] & mask[:, :-1])


def in_front(surface: Surface, camera: Camera, points: Array, scale: float) -> NDArray[np.bool_]:
    """Which points on a surface, rows of `x, y, z`, it does not hide in a picture in which a unit has `scale` pixels.

    As `SurfaceRendering.visible`, but along the line through each point itself instead of through the middle of its column.
    """
    across, distance = (points[:, :2] @ camera.right).astype(np.float32), points[:, :2] @ camera.away
    near, far = _crossed(across, camera, surface.half)
    away = near[:, None] + (far - near)[:, None] * np.linspace(0, 1, SAMPLES, dtype=np.float32)
    heights = RISE * camera.cosine * _along_lines(surface.grid, surface.half, camera, across, away) + camera.sine * away
    if surface.mask is not None:
        heights = np.where(_along_lines(surface.mask, surface.half, camera, across, away) >= EDGE, heights, -np.inf)
    sample = (distance - near) / np.maximum(far - near, 1e-9) * (SAMPLES - 1) - NEAR
    before = np.arange(SAMPLES) <= np.floor(np.clip(sample, 0, SAMPLES - 1))[:, None]
    own = camera.sine * distance + camera.cosine * points[:, 2]
    return np.asarray(own + TOLERANCE / scale >= np.where(before, heights, -np.inf).max(axis=1))


def _crossed(across: Floats, camera: Camera, half: tuple[float, float]) -> tuple[Floats, Floats]:
    """Where the lines away from the camera enter and leave the domain; the first is not less where they miss it."""
    near, far = np.full_like(across, -np.inf), np.full_like(across, np.inf)
    for half_side, right, away in zip(half, camera.right, camera.away, strict=True):
        if abs(away) < 1e-9:
            near[np.abs(across * right) > half_side] = np.inf
            continue
        ends = (-half_side - across * right) / away, (half_side - across * right) / away
        near, far = np.maximum(near, np.minimum(*ends)), np.minimum(far, np.maximum(*ends))
    return near.astype(np.float32), far.astype(np.float32)


def _along_lines(grid: Floats, half_sides: tuple[float, float], camera: Camera, across: Floats, away: Floats) -> Floats:
    """A grid over the domain, interpolated bilinearly along every line."""
    rows, columns = grid.shape
    cells = []
    for axis, (half, count) in enumerate(zip(half_sides, (columns, rows), strict=True)):
        cell = away * np.float32(camera.away[axis])
        cell += (across * np.float32(camera.right[axis]) + np.float32(half))[:, None]
        cell *= np.float32((count - 1) / (2 * half))
        cells.append(np.clip(cell, 0, np.float32(count - 1.001), out=cell))
    x, y = cells
    column, row = x.astype(np.int32), y.astype(np.int32)
    x -= column
    y -= row
    first = row * np.int32(columns) + column
    flat = grid.ravel()
    low, below = flat.take(first), flat.take(first + np.int32(1))
    below -= low
    below *= x
    low += below
    first += np.int32(columns)
    high, above = flat.take(first), flat.take(first + np.int32(1))
    above -= high
    above *= x
    high += above
    high -= low
    high *= y
    high += low
    return high


def _stacked(first: Whole, count: Whole) -> tuple[Whole, Whole]:
    """For `count` pixels in each column, from the row `first` on: the column and the row of each."""
    column = np.repeat(np.arange(len(first), dtype=np.int32), count)
    begins = (np.cumsum(count) - count).astype(np.int32)
    return column, np.arange(len(column), dtype=np.int32) + (first - begins)[column]
