"""One run in motion on a surface: its path in front and behind, its shadow on the floor, and the marker where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from steepest.plot.mpl.artists import ENDS, GUIDES, PATHS, animated_line, run_marker
from steepest.plot.scene.limits import Array
from steepest.plot.surface.axes import (
    HIDDEN,
    SHADOW,
    SurfaceAxes,
    contact_shadow,
    drop_line,
    drop_style,
    front_and_behind,
    on_floor,
)
from steepest.plot.surface.surface import SurfacePath
from steepest.plot.theme import RunStyle


@dataclass(frozen=True, eq=False)
class SurfaceRunArtist:
    """The artists of a run on a surface.

    Attributes:
        trail: how many of the last steps stay visible; all if None.
        visible, shadow_visible: for a camera at rest, which points of the path and which of its shadow are not hidden; None
            where the camera turns.
        front: the visible part of the path: its outline and the line itself.
        behind: the hidden part.
        contact: the shadow of the visible part on the surface.
        drop: from where the run is down to the floor; None unless asked for.
        start, marker: where the run starts and where it is.
    """

    axes: SurfaceAxes
    path: SurfacePath
    trail: int | None
    visible: NDArray[np.bool_] | None
    shadow_visible: NDArray[np.bool_] | None
    front: tuple[Line2D, ...]
    behind: Line2D
    contact: Line2D
    drop: Line2D | None
    shadow: Line2D
    start: Line2D
    marker: Line2D

    def at(self, step: float) -> Iterator[Artist]:
        """The artists, moved to where they are at a step or between two, as the camera sees them at present."""
        path, rendering, project = self.path, self.axes.rendering, self.axes.camera.project
        first = 0 if self.trail is None else int(np.searchsorted(path.steps, step - self.trail))
        part = slice(first, int(np.searchsorted(path.steps, step, side="right")))
        here = self._point(step)[None]
        past = np.vstack([path.points[part], here])
        shadow = on_floor(past)
        if self.visible is None or self.shadow_visible is None:
            visible, shadow_visible = rendering.visible(past), rendering.floor_visible(shadow)
        else:
            visible = np.append(self.visible[part], rendering.visible(here))
            shadow_visible = np.append(self.shadow_visible[part], rendering.floor_visible(shadow[-1:]))
        front, behind = front_and_behind(project(past), visible)
        self.shadow.set_data(*np.where(shadow_visible[:, None], project(shadow), np.nan).T)
        self.behind.set_data(*behind.T)
        for line in (self.contact, *self.front):
            line.set_data(*front.T)
        if self.drop is not None:
            self.drop.set_data(*drop_line(self.axes, here[0]).T)
            yield self.drop
        self._move(self.start, path.stops[:1])
        self._move(self.marker, here)
        yield from (self.shadow, self.behind, self.contact, *self.front, self.start, self.marker)

    def final_lines(self) -> Iterator[tuple[Array, Array, tuple[Line2D, ...]]]:
        """For a camera at rest, the shadow, the hidden and the visible part of the whole path.

        Yields:
            The projected points at `path.steps`; the same with NaN where nothing is drawn; the lines that draw them.
        """
        assert self.visible is not None and self.shadow_visible is not None
        shadow, path = (self.axes.camera.project(points) for points in (on_floor(self.path.points), self.path.points))
        front, behind = front_and_behind(path, self.visible)
        yield shadow, np.where(self.shadow_visible[:, None], shadow, np.nan), (self.shadow,)
        yield path, behind, (self.behind,)
        yield path, front, (self.contact,)
        yield path, front, self.front

    def _point(self, step: float) -> Array:
        """Where the run is at a step, or on the way to the next one, as `x, y, z`."""
        whole = int(step)
        if step == whole:
            return np.asarray(self.path.stops[whole])
        start, end = self.path.unit[whole : whole + 2]
        return np.asarray(self.axes.surface.points((start + (step - whole) * (end - start))[None])[0])

    def _move(self, line: Line2D, point: Array) -> None:
        """Move a marker; it is faint where the surface hides it."""
        line.set_data(*self.axes.camera.project(point).T)
        line.set_alpha(1.0 if self.axes.rendering.visible(point)[0] else HIDDEN)


def surface_run_artist(
    axes: SurfaceAxes, path: SurfacePath, style: RunStyle, trail: int | None, *, turning: bool
) -> SurfaceRunArtist:
    """The artists of a run, added to the axes of a surface.

    Args:
        trail: how many of the last steps stay visible; all if None.
        turning: whether the camera turns.
    """
    theme, width = axes.theme, axes.theme.path_width
    visible, shadow_visible = None, None
    if not turning:
        visible, shadow_visible = axes.rendering.visible(path.points), axes.rendering.floor_visible(on_floor(path.points))
    front = (
        animated_line(axes.ax, color=theme.paper, linewidth=width + theme.halo, alpha=0.8, zorder=PATHS - 0.2),
        animated_line(axes.ax, color=style.color, linewidth=width, linestyle=style.line, zorder=PATHS - 0.1),
    )
    behind = animated_line(axes.ax, color=style.color, linewidth=0.8 * width, alpha=HIDDEN, zorder=PATHS - 0.3)
    shadow = animated_line(axes.ax, color=style.color, linewidth=0.9, alpha=SHADOW, zorder=GUIDES)
    start = animated_line(axes.ax, **run_marker(style, theme, theme.mark_size + 1, filled=False))
    marker = animated_line(axes.ax, **run_marker(style, theme, theme.mark_size + 1) | {"zorder": ENDS + 0.1})
    contact = animated_line(axes.ax, **contact_shadow(axes.ax, theme))
    drop = animated_line(axes.ax, **drop_style(style)) if axes.drops else None
    return SurfaceRunArtist(axes, path, trail, visible, shadow_visible, front, behind, contact, drop, shadow, start, marker)
