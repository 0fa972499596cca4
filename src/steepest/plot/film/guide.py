"""The slope where a run starts, as an arrow: against the gradient, in the plane or along a surface."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from steepest.plot.mpl.artists import ENDS, animated_line
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import ObjectiveLayer
from steepest.plot.scene.scene import SceneRun
from steepest.plot.scene.text.narration import start_slope
from steepest.plot.surface.axes import SurfaceAxes
from steepest.plot.theme import Theme

LENGTH = 0.17  # of the arrow, as a share of the view
PIECES = 25  # of an arrow along a surface
HEAD = 9.0  # points
SHAFT = 1.5
LAYER = ENDS - 0.6  # drawing order


@dataclass(frozen=True, eq=False)
class Guide:
    """An arrow from where a run starts, straight downhill.

    Attributes:
        lines: the shaft's outline, the shaft, and the head, a triangle at the tip with an outline of its own.
    """

    lines: tuple[Line2D, ...]

    def artists(self) -> Iterator[Artist]:
        """In drawing order."""
        yield from self.lines


def plane_guide(ax: Axes, layer: ObjectiveLayer, run: SceneRun, theme: Theme) -> Guide | None:
    """The arrow in a plane of two parameters; None where the gradient is zero or unknown, or the start is not in view."""
    unit = _downhill(layer, run)
    if unit is None:
        return None
    start, direction = unit
    low, high = (np.array(side) for side in zip(*layer.view, strict=True))
    points = low + (high - low) * (start + LENGTH * np.linspace(0, 1, 2)[:, None] * direction)
    return _guide(ax, points, theme)


def surface_guide(axes: SurfaceAxes, layer: ObjectiveLayer, run: SceneRun, theme: Theme) -> Guide | None:
    """The arrow along a surface; None where there is none, or the surface hides it."""
    unit = _downhill(layer, run)
    if unit is None:
        return None
    start, direction = unit
    along = axes.surface.points(start + LENGTH * np.linspace(0, 1, PIECES)[:, None] * direction)
    along = along[np.isfinite(along).all(axis=1)]
    if len(along) < 2 or not axes.rendering.visible(along[:1])[0]:
        return None
    return _guide(axes.ax, axes.camera.project(along), theme)


def _downhill(layer: ObjectiveLayer, run: SceneRun) -> tuple[Array, Array] | None:
    """The start in the unit square of a view, and the direction against the gradient there, of length 1."""
    slope = start_slope(run.trajectory)
    if slope is None or len(slope) != 2 or run.path is None:
        return None
    low, high = (np.array(side) for side in zip(*layer.view, strict=True))
    start = (run.path.points[0] - low) / (high - low)
    largest = float(np.abs(slope).max())
    if not largest or not ((start >= 0) & (start <= 1)).all():
        return None
    direction = -slope / largest / (high - low)
    return start, direction / np.hypot(*direction)


def _guide(ax: Axes, points: Array, theme: Theme) -> Guide:
    """The artists of an arrow through points in data coordinates."""
    shown = np.asarray(ax.transData.transform(points[-2:]))
    angle = math.degrees(math.atan2(*(shown[1] - shown[0])[::-1]))
    shafts = [
        animated_line(ax, color=color, linewidth=width, zorder=layer, solid_capstyle="butt")
        for width, color, layer in ((SHAFT + theme.halo, theme.paper, LAYER), (SHAFT, theme.ink, LAYER + 0.1))
    ]
    head = animated_line(
        ax, linestyle="none", marker=(3, 0, angle - 90), markersize=HEAD, markerfacecolor=theme.ink, markeredgecolor=theme.paper,
        markeredgewidth=0.7, zorder=LAYER + 0.2,
    )  # fmt: skip
    for shaft in shafts:
        shaft.set_data(*points.T)
    head.set_data(*points[-1:].T)
    return Guide((*shafts, head))
