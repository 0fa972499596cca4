"""How a surface fills its panel: the shape of the panel, and how large the surface is in it from each side."""

from __future__ import annotations

import numpy as np

from steepest.plot.scene.limits import Array
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.renderer import Viewport, render_surface
from steepest.plot.surface.surface import FLOOR, RISE, Surface

PAD = 1.5  # pixels around everything
ANGLES = 15.0  # degrees between the cameras for which the panel of a turning surface is shaped
RATIOS = np.geomspace(0.7, 1.8, 96)  # of such a panel
HIGHEST = 48.0  # degrees of elevation of a camera that turns: from higher up it leaves nearly half of a panel empty on its way
LATE = 2.0  # by how much lower the top of a height axis counts for each unit that its corner is right of the leftmost one
FARTHER = 1e-6  # what a unit of distance counts against one to the left
SMALL = 200  # pixels a side, in which an outline is measured


def corners(surface: Surface) -> Array:
    """The corners of the domain, rows of `x, y`, counterclockwise."""
    x, y = surface.half
    return np.array([(-x, -y), (x, -y), (x, y), (-x, y)])


def height_axis(surface: Surface, camera: Camera) -> Array:
    """The corner at which the height axis stands: the leftmost one in the picture, of two the farther one, as `x, y`."""
    places = corners(surface)
    return np.asarray(places[int((places @ camera.right - FARTHER * places @ camera.away).argmin())])


def extent(surface: Surface, camera: Camera) -> tuple[Array, Array]:
    """The lower left and the upper right corner of what a camera sees of the surface, its floor and its height axis.

    There is room for the height axis before it changes corners, more and more, so that a surface that turns keeps its size then.
    """
    across = corners(surface) @ camera.right
    away = corners(surface) @ camera.away
    rows, columns = surface.grid.shape
    x, y = (np.linspace(-half, half, count, dtype=np.float32) for half, count in zip(surface.half, (columns, rows), strict=True))
    heights = surface.grid * np.float32(camera.cosine * RISE)
    heights += (x * np.float32(camera.sine * camera.away[0]))[None, :]
    heights += (y * np.float32(camera.sine * camera.away[1]))[:, None]
    if surface.mask is not None:
        heights = heights[surface.mask > 0]
    axis = float((camera.sine * away - LATE * (across - across.min())).max()) + camera.cosine * RISE
    top = max(float(heights.max(initial=-np.inf)), axis, camera.sine * away.max() + camera.cosine * FLOOR)
    return np.array([across.min(), camera.sine * away.min() + camera.cosine * FLOOR]), np.array([across.max(), top])


def fitted(surface: Surface, camera: Camera, width: int, height: int) -> Viewport:
    """The viewport of so many pixels in which a camera sees the surface as large as it fits."""
    low, high = extent(surface, camera)
    size = high - low
    scale = min((width - 2 * PAD) / size[0], (height - 2 * PAD) / size[1])
    middle = (low + high) / 2
    return Viewport(width, height, float(scale), float(width / 2 - scale * middle[0]), float(height / 2 - scale * middle[1]))


def passed(camera: Camera, turn: float) -> list[Camera]:
    """The camera, or some of those that it passes as it turns by so many degrees."""
    count = 1 + int(np.ceil(min(abs(turn), 360.0) / ANGLES))
    return [camera.turned(turn * share) for share in np.linspace(0, 1, count)]


def panel_ratio(surface: Surface, camera: Camera, turn: float) -> float:
    """Width over height of the panel that a surface fills best, from the camera or from all that it passes as it turns.

    Args:
        turn: degrees by which the camera turns.
    """
    cameras = passed(camera, turn)
    sizes = np.array([np.subtract(*extent(surface, each)[::-1]) for each in cameras])
    if len(cameras) == 1:
        return float(np.clip(sizes[0, 0] / sizes[0, 1], RATIOS[0], RATIOS[-1]))
    areas = np.array([_outline(surface, each) for each in cameras])
    filled = [(areas / np.maximum(sizes[:, 0] ** 2 / ratio, sizes[:, 1] ** 2 * ratio)).min() for ratio in RATIOS]
    return float(RATIOS[int(np.argmax(filled))])


def _outline(surface: Surface, camera: Camera) -> float:
    """The area within the outline of what a camera sees, in units of the picture."""
    viewport = fitted(surface, camera, SMALL, SMALL)
    return render_surface(surface, camera, viewport).outline / viewport.scale**2
