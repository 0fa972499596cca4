"""The colors of a surface: shaded by a light, with contour lines; the underside; and the contours on the floor."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from steepest.plot.scene.limits import Array
from steepest.plot.surface.surface import RISE, Surface
from steepest.plot.theme import Theme, channels

Colors = NDArray[np.uint32]
"""Textures: red, green, blue and opacity of each point as the four bytes of one number, a row for each `y`."""

LIGHT_FROM = (-0.55, -0.35, 0.76)  # west-southwest and high, as in maps
AMBIENT, DIFFUSE = 0.6, 0.5
UNDERSIDE = 0.5  # brightness relative to the upper side
OPACITY = 0.5  # of contour lines
LINE = 0.55  # least half width of a contour line, in points of the texture
MUTED = 0.35  # share of the theme's muting on the surface
BORDER = 0.5  # of the mask: where the surface ends
AT_ONCE = 16  # rows, whose colors stay in the processor's cache
TRANSPARENT = np.uint32(0)
FLOOR_MUTED, FLOOR_LINES = 0.72, 0.45  # shares of the background in the colors of the floor, and of the text's color in its lines


@dataclass(frozen=True, eq=False)
class Shading:
    """Textures of the upper side of a surface, of its underside, and of the floor under it."""

    top: Colors
    bottom: Colors
    floor: Colors


def shading(surface: Surface, theme: Theme, resolution: int, line: float = LINE) -> Shading:
    """The textures of a surface, with `resolution` points along the longer side.

    Args:
        line: half the width of a contour line, in points of the texture.
    """
    counts = [max(2, round(2 * half * resolution)) for half in surface.half]
    grid = _resampled(surface.grid.astype(np.float64), counts[1], counts[0])
    lines = _contour_lines(grid * surface.bands, max(line, LINE)) * surface.line_share
    light = AMBIENT + DIFFUSE * _light(grid, surface.half)
    plain, banded = _palette(theme, surface_theme(theme).muted), _palette(theme, theme.muted)
    ink, paper, level = (np.array(channels(each), dtype=np.float64) for each in (theme.ink, theme.paper, theme.surface_line))
    found = Shading(*(np.empty(grid.shape, np.uint32) for _ in range(3)))
    for first in range(0, len(grid), AT_ONCE):
        rows = slice(first, first + AT_ONCE)
        heights, shares = grid[rows], lines[rows, :, None]
        top = _colored(heights, plain) * light[rows, :, None]
        top += (level - top) * (OPACITY * shares)
        band = np.clip(np.floor(heights * surface.bands) + 0.5, 0.5, surface.bands - 0.5) / surface.bands
        floor = paper + (_colored(band, banded) - paper) * (1 - FLOOR_MUTED)
        floor += (ink - floor) * (FLOOR_LINES * shares)
        found.top[rows], found.bottom[rows], found.floor[rows] = _packed(top), _packed(UNDERSIDE * top), _packed(floor)
    if surface.mask is not None:
        nowhere = _resampled(surface.mask.astype(np.float64), counts[1], counts[0]) <= BORDER
        found.top[nowhere] = found.bottom[nowhere] = TRANSPARENT
        found.floor[nowhere] = _packed(np.array([[channels(theme.nowhere)]], dtype=np.float64))[0, 0]
    return found


def surface_theme(theme: Theme) -> Theme:
    """The theme for the colors on a surface, which are stronger than in the plane."""
    return replace(theme, muted=theme.muted * MUTED)


def _resampled(grid: Array, rows: int, columns: int) -> Array:
    """A grid with another number of points, interpolated linearly along each axis."""
    for axis, count in ((0, rows), (1, columns)):
        cells = np.linspace(0, grid.shape[axis] - 1, count)
        first = np.minimum(cells.astype(int), grid.shape[axis] - 2)
        share = (cells - first).reshape((-1, 1) if axis == 0 else (1, -1))
        grid = grid.take(first, axis) * (1 - share) + grid.take(first + 1, axis) * share
    return grid


def _palette(theme: Theme, muted: float) -> Array:
    """The theme's colors of heights from 0 to 1: red, green and blue from 0 to 255."""
    shades = np.array([channels(theme.shade(share)) for share in np.linspace(0, 1, 256)], dtype=np.float64)
    shades += (np.array(channels(theme.paper)) - shades) * muted
    return shades


def _colored(heights: Array, palette: Array) -> Array:
    """The color of each height from 0 to 1."""
    return palette.take(np.rint(np.clip(heights, 0, 1) * (len(palette) - 1)).astype(np.intp), axis=0)


def _light(grid: Array, half: tuple[float, float]) -> Array:
    """Diffuse light on each point: the cosine between its normal and the light's direction, at least 0 (Lambert, 1760)."""
    rows, columns = grid.shape
    up, right = np.gradient(RISE * grid, 2 * half[1] / (rows - 1), 2 * half[0] / (columns - 1))
    direction = np.array(LIGHT_FROM) / np.linalg.norm(LIGHT_FROM)
    facing = direction[2] - right * direction[0] - up * direction[1]
    return np.asarray(np.clip(facing / np.sqrt(1 + right**2 + up**2), 0, 1))


def _contour_lines(bands: Array, line: float) -> Array:
    """The coverage of each point by contour lines of half this width, where `bands` is a whole number: from 0 to 1."""
    up, right = np.gradient(bands)
    steep = np.hypot(up, right)
    apart = np.abs(bands - np.rint(bands))
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.where(steep > 0, apart / steep, np.inf)
    inner = (np.rint(bands) > 0) & (np.rint(bands) < round(float(bands.max())) + 1)
    return np.asarray(np.clip(line + 0.5 - distance, 0, 1) * inner)


def _packed(colors: Array) -> Colors:
    """Opaque colors as one number for each point."""
    bytes_ = np.full((*colors.shape[:2], 4), 255, np.uint8)
    bytes_[..., :3] = np.rint(np.clip(colors, 0, 255))
    return bytes_.view(np.uint32)[..., 0]
