"""From where a surface is looked at: where most of the paths and of the known places is in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from steepest.plot.scene.limits import Array
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.renderer import Viewport, render_surface
from steepest.plot.surface.surface import Surface

USUAL = -60.0  # degrees: as textbooks and matplotlib have it
STEP = 15
HEIGHTS = 40.0, 55.0
STEEP = 0.1  # what the higher one costs
SMALL = Viewport(160, 160, 100.0, 80.0, 60.0)
CELLS = 24  # along a side
FAMILIAR = 0.12  # what a quarter turn away from the usual costs, as a share of the path


def best_camera(surface: Surface, paths: Sequence[Array], places: Array) -> Camera:
    """The camera that sees most of the paths (rows of `x, y, z`) and of the places, at an angle near the usual one."""
    usual, ways = Camera(USUAL, HEIGHTS[0]), [_thinned(path) for path in paths]
    cameras = (replace(usual, elevation=height).turned(turn) for height in HEIGHTS for turn in range(-180, 180, STEP))
    return max(cameras, key=lambda camera: _worth(camera, surface, [way for way in ways if len(way)], places))


def _thinned(path: Array) -> Array:
    """One point of the path in every cell of the ground that it crosses, so that a zigzag counts no more than a line."""
    finite = path[np.isfinite(path).all(axis=1)]
    _, first = np.unique(np.floor(finite[:, :2] * CELLS), axis=0, return_index=True)
    return np.asarray(finite[first])


def _worth(camera: Camera, surface: Surface, paths: Sequence[Array], places: Array) -> float:
    """The share of the paths in front of the surface, half as much for the places, less what is unfamiliar or an underside."""
    seen = render_surface(surface, camera, SMALL)
    path = float(np.mean([np.mean(seen.sees(each)) for each in paths])) if paths else 0.0
    known = 0.5 * float(np.mean(seen.sees(places))) if len(places) else 0.0
    turned = (camera.azimuth - USUAL + 180) % 360 - 180
    from_below, from_above = (float(np.abs(edge[:, -1] - edge[:, 0]).sum()) for edge in (seen.lower, seen.upper))
    steep = STEEP if camera.elevation > HEIGHTS[0] else 0.0
    aligned = 0.05 if camera.azimuth % 90 == 0 else 0.0  # two sides of the ground seen are better than one
    return path + known - FAMILIAR * abs(turned) / 90 - from_below / (from_below + from_above + 1e-9) - aligned - steep
