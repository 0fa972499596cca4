"""The camera from which the surface hides least of the paths and of the markers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from steepest.plot.scene.limits import Array
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.renderer import Viewport, render_surface
from steepest.plot.surface.surface import Surface

# Degrees.
USUAL = -60.0  # azimuth in textbooks and in matplotlib
STEP = 15  # from one azimuth to the next
ELEVATIONS = 40.0, 55.0, 70.0

# Costs, as a share of the path.
STEEP = 0.1  # of each higher elevation
UNUSUAL = 0.12  # of a quarter turn from the usual azimuth
ALIGNED = 0.05  # of a direction along an axis, which shows one side of the box instead of two
HIDING = 10.0  # of a camera that does not see all that it should

SMALL = Viewport(160, 160, 100.0, 80.0, 60.0)
CELLS = 24  # a side, in each of which a path counts once


def best_camera(surface: Surface, paths: Sequence[Array], markers: Array, minima: Array | None = None) -> Camera:
    """The camera from which the starts, the paths, their ends and the minimum nearest to each end are in front of the surface.

    Of several such cameras, or if there is none, the one that sees most of the paths and of the markers, at an angle near the
    usual one.

    Args:
        paths: points of each path on the surface, rows of `x, y, z`.
        markers: points on the surface, rows of `x, y, z`.
        minima: those of the markers that are minima; all if None.
    """
    wanted = wanted_points(paths, markers if minima is None else minima)
    usual, thinned = Camera(USUAL, ELEVATIONS[0]), [_thinned(path) for path in paths]
    cameras = (replace(usual, elevation=elevation).turned(turn) for elevation in ELEVATIONS for turn in range(-180, 180, STEP))
    return max(cameras, key=lambda camera: _score(camera, surface, [path for path in thinned if len(path)], markers, wanted))


def wanted_points(paths: Sequence[Array], minima: Array) -> Array:
    """What a camera should see: each path in steps of a cell, its start, its end, and the minimum nearest to it."""
    found = [np.zeros((0, 3))]
    for path in paths:
        finite = path[np.isfinite(path).all(axis=1)]
        if not len(finite):
            continue
        found += [_thinned(path), finite[:1], finite[-1:]]
        known = minima[np.isfinite(minima).all(axis=1)]
        if len(known):
            found.append(known[[int(np.hypot(*(known - finite[-1])[:, :2].T).argmin())]])
    return np.vstack(found)


def sees(camera: Camera, surface: Surface, points: Array) -> bool:
    """Whether the surface hides none of some points on it, as far as a small picture tells."""
    return bool(render_surface(surface, camera, SMALL).visible(points).all())


def _thinned(path: Array) -> Array:
    """One point of the path in every cell that it crosses, so that a zigzag counts no more than a straight line."""
    finite = path[np.isfinite(path).all(axis=1)]
    _, first = np.unique(np.floor(finite[:, :2] * CELLS), axis=0, return_index=True)
    return np.asarray(finite[first])


def _score(camera: Camera, surface: Surface, paths: Sequence[Array], markers: Array, wanted: Array) -> float:
    """The visible share of the paths, plus half that of the markers, minus the costs and the share of the underside."""
    rendering = render_surface(surface, camera, SMALL)
    path = float(np.mean([np.mean(rendering.visible(each)) for each in paths])) if paths else 0.0
    known = 0.5 * float(np.mean(rendering.visible(markers))) if len(markers) else 0.0
    hiding = 0.0 if rendering.visible(wanted).all() else HIDING
    turned = (camera.azimuth - USUAL + 180) % 360 - 180
    below, above = (float(np.abs(edge[:, -1] - edge[:, 0]).sum()) for edge in (rendering.lower, rendering.upper))
    steep = STEEP * ELEVATIONS.index(camera.elevation)
    aligned = ALIGNED if camera.azimuth % 90 == 0 else 0.0
    return path + known - UNUSUAL * abs(turned) / 90 - below / (below + above + 1e-9) - aligned - steep - hiding
