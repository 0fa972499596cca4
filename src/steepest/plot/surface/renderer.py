"""A surface as pixels: which place of it each pixel shows, and what it hides.

Every column of pixels looks along one line on the ground. Along that line the surface's height in the picture is a
function of the distance; its running maximum is the horizon that hides what lies farther and lower, and its running
minimum the edge under which the surface is seen from below (floating horizons: T. J. Wright, A two-space solution to the
hidden line problem for plotting functions of two variables, IEEE Trans. Computers 22(1), 1973).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.plot.scene.limits import Array
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.shading import Colors, Shading
from steepest.plot.surface.surface import FLOOR, RISE, Surface

SAMPLES = 320  # along a line away from the camera
NEAR = 2.5  # samples: what is so near cannot hide a place
EDGE = 0.35  # of the ground is there: a bit beyond the border, where the skin cuts it off
SLACK = 1.5  # pixels: as much higher the horizon may be than a place that is still seen

Floats = NDArray[np.float32]
Whole = NDArray[np.int32]


@dataclass(frozen=True)
class Viewport:
    """The pixels of a picture: how many, how long a unit is, and where the origin is, from the left and from below."""

    width: int
    height: int
    scale: float
    across: float
    up: float

    def finer(self, times: int) -> Viewport:
        """The same picture with so many times the pixels a side."""
        return Viewport(self.width * times, self.height * times, self.scale * times, self.across * times, self.up * times)


@dataclass(frozen=True, eq=False)
class SurfaceRendering:
    """What a camera sees of a surface. Lengths in the picture are in pixels, lengths on the ground in its unit.

    Attributes:
        columns: the columns of pixels that look over the ground; all that follows has a row for each of them.
        across: where they are, from the origin to the right.
        near, far: where their lines enter and leave the ground, from the origin away from the camera.
        upper, lower: the running maximum and minimum of the surface's height in the picture, along the line.
        whole: between which samples of a line there is ground, or next to it, which the skin cuts off; None if everywhere.
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
    whole: NDArray[np.bool_] | None

    def picture(self, shading: Shading) -> Colors:
        """Every pixel as one number of red, green, blue and opacity, the top row first."""
        pixels = np.zeros((self.viewport.width, self.viewport.height), np.uint32)
        for column, row, ground, colors in (self.floor(shading), *self.sides(shading)):
            shown = (row >= 0) & (row < self.viewport.height)
            place = self.columns[column[shown]] * np.int32(self.viewport.height) + row[shown]
            color = colors.ravel().take(self.texel(column[shown], ground[shown], colors.shape))
            opaque = slice(None) if self.whole is None else color != 0
            pixels.ravel()[place[opaque]] = color[opaque]
        return pixels.T[::-1]

    def floor(self, shading: Shading) -> tuple[Whole, Whole, Floats, Colors]:
        """The pixels of the floor: column, row, distance on the ground, and its colors."""
        slope, level = self.camera.sine * self.viewport.scale, self.level(FLOOR)
        first = np.ceil(self.near * slope + level).astype(np.int32)
        count = np.floor(self.far * slope + level).astype(np.int32) - first + 1
        column, row = _stacked(first, np.maximum(count, 0))
        return column, row, ((row - level) / np.float32(slope)).astype(np.float32), shading.floor

    def sides(self, shading: Shading) -> Any:
        """The pixels of the surface seen from above, and those of its underside."""
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
            if self.whole is not None:
                kept = self.whole.ravel()[piece]
                column, row, along = column[kept], row[kept], along[kept]
            yield column, row, self.near[column] + (self.far - self.near)[column] * along, colors

    def texel(self, column: Whole, ground: Floats, shape: tuple[int, ...]) -> Whole:
        """The place in a skin of this shape that lies on a column's line at a distance."""
        (half_x, half_y), (right, away) = self.surface.half, (self.camera.right, self.camera.away)
        across = self.across[column]
        places = []
        for axis, (half, count) in enumerate(((half_x, shape[1]), (half_y, shape[0]))):
            place = across * np.float32(right[axis]) + ground * np.float32(away[axis]) + np.float32(half)
            place *= np.float32((count - 1) / (2 * half))
            place += np.float32(0.5)
            places.append(np.clip(place.astype(np.int32), 0, count - 1))
        return np.asarray(places[1] * np.int32(shape[1]) + places[0])

    def sees(self, places: Array) -> NDArray[np.bool_]:
        """Which places on the surface are in front of everything else; the rest is behind it."""
        column, ground, height = self.looked_at(places)
        with np.errstate(invalid="ignore"):
            span = np.maximum(self.far - self.near, 1e-9)[column]
            sample = (ground - self.near[column]) / span * (self.upper.shape[1] - 1) - NEAR
            horizon = self.upper[column, np.clip(np.nan_to_num(sample), 0, self.upper.shape[1] - 1).astype(int)]
            return np.asarray((height + SLACK >= horizon) & np.isfinite(height))

    def sees_floor(self, places: Array) -> NDArray[np.bool_]:
        """Which places on the floor no part of the surface hides."""
        column, _, height = self.looked_at(places)
        with np.errstate(invalid="ignore"):
            return np.asarray((height > self.upper[column, -1]) | (height < self.lower[column, -1]))

    def looked_at(self, places: Array) -> tuple[NDArray[np.intp], Array, Array]:
        """The column that looks at each place, its distance on the ground, and its height in the picture."""
        across, ground = places[:, :2] @ self.camera.right, places[:, :2] @ self.camera.away
        column = np.searchsorted(self.across, np.nan_to_num(across)).clip(0, len(self.across) - 1)
        return column, ground, self.viewport.scale * self.camera.sine * ground + self.level(places[:, 2])

    def level(self, height: Any) -> Any:
        """The height in the picture of what is so high above the origin; whole numbers are the middles of pixels."""
        return self.viewport.up - 0.5 + self.viewport.scale * self.camera.cosine * height


def render_surface(surface: Surface, camera: Camera, viewport: Viewport) -> SurfaceRendering:
    """What a camera sees of a surface through a window."""
    across = ((np.arange(viewport.width) + 0.5 - viewport.across) / viewport.scale).astype(np.float32)
    near, far = _crossed(across, camera, surface.half)
    columns = np.flatnonzero(near < far).astype(np.int32)
    across, near, far = across[columns], near[columns], far[columns]
    away = near[:, None] + (far - near)[:, None] * np.linspace(0, 1, SAMPLES, dtype=np.float32)
    grid = _along_lines(surface.grid, surface.half, camera, across, away)
    there = None if surface.there is None else _along_lines(surface.there, surface.half, camera, across, away) >= EDGE
    grid *= np.float32(RISE * camera.cosine * viewport.scale)
    away *= np.float32(camera.sine * viewport.scale)
    grid += away
    grid += np.float32(viewport.up - 0.5)
    if there is None:
        upper, lower = np.maximum.accumulate(grid, axis=1), np.minimum.accumulate(grid, axis=1)
        return SurfaceRendering(surface, camera, viewport, columns, across, near, far, upper, lower, None)
    begin = np.take_along_axis(grid, there.argmax(axis=1)[:, None], axis=1)
    begun = np.logical_or.accumulate(there, axis=1)
    upper = np.where(begun, np.maximum.accumulate(np.where(there, grid, -np.inf), axis=1), begin)
    lower = np.where(begun, np.minimum.accumulate(np.where(there, grid, np.inf), axis=1), begin)
    return SurfaceRendering(surface, camera, viewport, columns, across, near, far, upper, lower, there[:, 1:] & there[:, :-1])


def _crossed(across: Floats, camera: Camera, half: tuple[float, float]) -> tuple[Floats, Floats]:
    """Where the lines away from the camera enter and leave the ground; the first is not less where they miss it."""
    near, far = np.full_like(across, -np.inf), np.full_like(across, np.inf)
    for side, right, away in zip(half, camera.right, camera.away, strict=True):
        if abs(away) < 1e-9:
            near[np.abs(across * right) > side] = np.inf
            continue
        ends = (-side - across * right) / away, (side - across * right) / away
        near, far = np.maximum(near, np.minimum(*ends)), np.minimum(far, np.maximum(*ends))
    return near.astype(np.float32), far.astype(np.float32)


def _along_lines(grid: Floats, sides: tuple[float, float], camera: Camera, across: Floats, away: Floats) -> Floats:
    """A grid over a ground of half these sides, between its points, bilinear, along every line."""
    rows, columns = grid.shape
    places = []
    for axis, (half, count) in enumerate(zip(sides, (columns, rows), strict=True)):
        place = away * np.float32(camera.away[axis])
        place += (across * np.float32(camera.right[axis]) + np.float32(half))[:, None]
        place *= np.float32((count - 1) / (2 * half))
        places.append(np.clip(place, 0, np.float32(count - 1.001), out=place))
    x, y = places
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
    """For `count` things in each column, numbered from `first`: the column and the number of each."""
    column = np.repeat(np.arange(len(first), dtype=np.int32), count)
    begins = (np.cumsum(count) - count).astype(np.int32)
    return column, np.arange(len(column), dtype=np.int32) + (first - begins)[column]
