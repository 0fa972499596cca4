"""The camera from which the surface hides least of the paths and of the markers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from steepest.plot.scene.limits import Array
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.renderer import Viewport, in_front, render_surface
from steepest.plot.surface.surface import Surface, SurfacePath

# Degrees.
USUAL = -60.0  # azimuth in textbooks and in matplotlib
STEP = 15  # from one azimuth to the next
ELEVATIONS = 40.0, 48.0, 56.0, 64.0, 72.0

# Costs, as a share of the path.
STEEP = 0.05  # of each higher elevation
UNUSUAL = 0.12  # of a quarter turn from the usual azimuth
ALIGNED = 0.3  # of a direction along an axis, which shows one side of the box instead of two

SMALL = Viewport(160, 160, 100.0, 80.0, 60.0)
SHARP = 1000.0  # pixels a unit of the picture in which nothing that is wanted may be hidden
CELLS = 24  # a side, in each of which a path counts once


def best_camera(surface: Surface, paths: Sequence[Array], markers: Array, minima: Array | None = None) -> Camera:
    """The lowest camera from which the starts, the paths, their ends and the minimum nearest to each are in front of the surface.

    Of several such cameras of one elevation, or of all where there is none, the one that sees most of the paths and of the
    markers, at an angle near the usual one.

    Args:
        paths: points of each path on the surface, rows of `x, y, z`.
        markers: points on the surface, rows of `x, y, z`.
        minima: those of the markers that are minima; all if None.
    """
    wanted = wanted_points(paths, markers if minima is None else minima)
    thinned = [each for each in map(_thinned, paths) if len(each)]
    found: list[tuple[float, Camera]] = []
    for elevation in ELEVATIONS:
        usual = Camera(USUAL, elevation)
        scored = [_score(usual.turned(turn), surface, thinned, markers, wanted) for turn in range(-180, 180, STEP)]
        seeing = [(score, camera) for score, camera, sees_all in scored if sees_all]
        if seeing:
            return max(seeing, key=lambda each: each[0])[1]
        found += [(score, camera) for score, camera, _ in scored]
    return max(found, key=lambda each: each[0])[1]


def turning_camera(camera: Camera, turn: float, surface: Surface, paths: Sequence[SurfacePath], steps: Array) -> Camera:
    """The camera from which a turn begins so that the surface hides the least: of runs on their way, and of all paths at its end.

    Args:
        camera: the best one of a surface at rest; the elevation stays.
        turn: degrees by which it turns.
        steps: which step the runs are at, at even shares of the turn from its beginning to its end.
    """
    places = [path.stops[np.minimum(np.rint(steps).astype(int), len(path.stops) - 1)] for path in paths]
    ways = [_thinned(path.points) for path in paths]
    points = np.vstack([*places, *ways])
    known = np.isfinite(points).all(axis=1)
    cameras = [camera.turned(degrees) for degrees in range(0, 360, STEP)]
    seen = np.zeros((len(cameras), len(points)))
    for place, each in enumerate(cameras):
        seen[place, known] = in_front(surface, each, points[known], SHARP)
    count = len(paths) * len(steps)
    at = np.rint(np.linspace(0, turn, len(steps)) / STEP).astype(int)

    def score(first: int) -> float:
        passed = (first + at) % len(cameras)
        moving = seen[np.tile(passed, len(paths)), np.arange(count)].reshape(len(paths), -1)
        ends = cameras[first], cameras[passed[-1]]
        aligned = ALIGNED * sum(each.azimuth % 90 == 0 for each in ends) / len(ends)
        turned = (ends[0].azimuth - USUAL + 180) % 360 - 180
        whole = float(seen[passed[-1], count:].mean())
        heads = moving.mean() + 0.5 * moving[:, 0].mean() + moving[:, -1].mean()
        return float(heads + whole - aligned - UNUSUAL * abs(turned) / 90)

    return cameras[max(range(len(cameras)), key=score)]


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
    """Whether the surface hides none of some points on it."""
    return bool(in_front(surface, camera, points, SHARP).all())


def _thinned(path: Array) -> Array:
    """One point of the path in every cell that it crosses, so that a zigzag counts no more than a straight line."""
    finite = path[np.isfinite(path).all(axis=1)]
    _, first = np.unique(np.floor(finite[:, :2] * CELLS), axis=0, return_index=True)
    return np.asarray(finite[first])


def _score(
    camera: Camera, surface: Surface, paths: Sequence[Array], markers: Array, wanted: Array
) -> tuple[float, Camera, bool]:  # fmt: skip
    """The visible share of the paths, plus half that of the markers, minus the costs and the share of the underside.

    Returns:
        That, the camera, and whether it sees everything that is wanted.
    """
    rendering = render_surface(surface, camera, SMALL)
    path = float(np.mean([np.mean(rendering.visible(each)) for each in paths])) if paths else 0.0
    known = 0.5 * float(np.mean(rendering.visible(markers))) if len(markers) else 0.0
    turned = (camera.azimuth - USUAL + 180) % 360 - 180
    below, above = (float(np.abs(edge[:, -1] - edge[:, 0]).sum()) for edge in (rendering.lower, rendering.upper))
    steep = STEEP * ELEVATIONS.index(camera.elevation)
    aligned = ALIGNED if camera.azimuth % 90 == 0 else 0.0
    score = path + known - UNUSUAL * abs(turned) / 90 - below / (below + above + 1e-9) - aligned - steep
    return score, camera, sees(camera, surface, wanted)
