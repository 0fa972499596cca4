"""The colors of a surface: bands of height in the light, lines of equal height, the underside, the shadow on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.plot.scene.limits import Array
from steepest.plot.surface.surface import RISE, Surface
from steepest.plot.theme import Theme, channels

Colors = NDArray[np.uint32]
"""Red, green, blue and opacity of a point as the four bytes of one number, a row for each `y`."""

LIGHT_FROM = (-0.55, -0.35, 0.76)  # west-southwest and high, as in maps
AMBIENT, DIFFUSE = 0.66, 0.42
UNDERSIDE = 0.5  # of the light above
OPACITY, WHITE = 0.5, 255.0  # of the lines, which are light on dark colors in either theme
LINE = 0.55  # half the width of a line of equal height, in points of the skin
MUTED = 0.35  # of the theme's own muting
HALF = 0.5  # of the ground is there: the border
NOTHING = np.uint32(0)  # not opaque
FLOOR_MUTED = 0.72  # the floor's colors, mixed with paper


@dataclass(frozen=True, eq=False)
class Shading:
    """The colors of a surface from above and from below, and of the floor under it."""

    top: Colors
    bottom: Colors
    floor: Colors


def shading(surface: Surface, theme: Theme, fine: int) -> Shading:
    """The colors of a surface with `fine` points along the longer side."""
    counts = [max(2, round(2 * half * fine)) for half in surface.half]
    grid = _stretched(surface.grid.astype(np.float64), counts[1], counts[0])
    lines = _lines_of_height(grid * surface.bands)
    bare = _rainbow(grid, theme, theme.muted * MUTED)
    lit = bare * (AMBIENT + DIFFUSE * _light(grid, surface.half))[..., None]
    shares = (OPACITY * lines)[..., None]
    top = lit * (1 - shares) + WHITE * shares
    bands = _rainbow(np.clip(np.floor(grid * surface.bands) + 0.5, 0.5, surface.bands - 0.5) / surface.bands, theme, theme.muted)
    paper = np.array(channels(theme.paper), dtype=np.float64)
    floor = paper + (bands - paper) * (1 - FLOOR_MUTED + 0.5 * lines)[..., None]
    if surface.there is None:
        return Shading(_packed(top), _packed(UNDERSIDE * top), _packed(floor))
    there = _stretched(surface.there.astype(np.float64), counts[1], counts[0]) > HALF
    floor = np.where(there[..., None], floor, channels(theme.nowhere))
    return Shading(np.where(there, _packed(top), NOTHING), np.where(there, _packed(UNDERSIDE * top), NOTHING), _packed(floor))


def _stretched(grid: Array, rows: int, columns: int) -> Array:
    """A grid with more points, linear between the old ones."""
    for axis, count in ((0, rows), (1, columns)):
        place = np.linspace(0, grid.shape[axis] - 1, count)
        first = np.minimum(place.astype(int), grid.shape[axis] - 2)
        share = (place - first).reshape((-1, 1) if axis == 0 else (1, -1))
        grid = grid.take(first, axis) * (1 - share) + grid.take(first + 1, axis) * share
    return grid


def _rainbow(grid: Array, theme: Theme, muted: float) -> Array:
    """The theme's color of every height, red, green and blue from 0 to 255."""
    shades = np.array([channels(theme.shade(share)) for share in np.linspace(0, 1, 256)], dtype=np.float64)
    shades += (np.array(channels(theme.paper)) - shades) * muted
    return np.asarray(shades[np.rint(np.clip(grid, 0, 1) * 255).astype(int)])


def _light(grid: Array, half: tuple[float, float]) -> Array:
    """How much light falls on every point, from 0 to 1: the cosine to the light's direction (Lambert, Photometria, 1760)."""
    rows, columns = grid.shape
    up, right = np.gradient(RISE * grid, 2 * half[1] / (rows - 1), 2 * half[0] / (columns - 1))
    direction = np.array(LIGHT_FROM) / np.linalg.norm(LIGHT_FROM)
    facing = direction[2] - right * direction[0] - up * direction[1]
    return np.asarray(np.clip(facing / np.sqrt(1 + right**2 + up**2), 0, 1))


def _lines_of_height(bands: Array) -> Array:
    """How much of each point a line covers where `bands` is a whole number, from 0 to 1."""
    up, right = np.gradient(bands)
    steep = np.hypot(up, right)
    apart = np.abs(bands - np.rint(bands))
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(steep > 0, apart / steep, np.inf)
    inner = (np.rint(bands) > 0) & (np.rint(bands) < round(float(bands.max())) + 1)
    return np.asarray(np.clip(LINE + 0.5 - distance, 0, 1) * inner)


def _packed(colors: Array) -> Colors:
    """Opaque colors as one number a point."""
    bytes_ = np.full((*colors.shape[:2], 4), 255, np.uint8)
    bytes_[..., :3] = np.rint(np.clip(colors, 0, 255))
    return bytes_.view(np.uint32)[..., 0]
