"""One run in motion on a surface: where it has been, before and behind, its shadow on the floor, and its head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from steepest.plot.mpl.artists import ENDS, GUIDES, PATHS
from steepest.plot.scene.limits import Array
from steepest.plot.surface.axes import BEHIND, SHADOW, SurfaceAxes, apart
from steepest.plot.surface.surface import FLOOR, SurfacePath
from steepest.plot.theme import Brush, Theme


@dataclass(frozen=True, eq=False)
class SurfaceRunArtist:
    """The artists of a run on a surface.

    Attributes:
        seen, above: of a camera at rest, which places of the climb are in front, and which shadows are not hidden.
        front: the path in front, on its lighter ground; `behind`, what the surface hides of it.
        start, head: their marks.
    """

    ground: SurfaceAxes
    surface_path: SurfacePath
    trail: int | None
    seen: Any
    above: Any
    front: tuple[Line2D, ...]
    behind: Line2D
    shadow: Line2D
    start: Line2D
    head: Line2D

    def at(self, step: float) -> Iterable[Artist]:
        """What is to be drawn at a step, or between two, from where the camera is."""
        surface_path, project = self.surface_path, self.ground.camera.project
        part = slice(0 if self.trail is None else int(np.searchsorted(surface_path.steps, step - self.trail)), self.last(step))
        here = self.place(step)[None]
        past = np.vstack([surface_path.places[part], here])
        shadow = np.column_stack([past[:, :2], np.full(len(past), FLOOR)])
        if self.seen is None:
            seen, above = self.ground.seen.sees(past), self.ground.seen.sees_floor(shadow)
        else:
            seen = np.append(self.seen[part], self.ground.seen.sees(here))
            above = np.append(self.above[part], self.ground.seen.sees_floor(shadow[-1:]))
        front, behind = apart(project(past), seen)
        self.shadow.set_data(*np.where(above[:, None], project(shadow), np.nan).T)
        self.behind.set_data(*behind.T)
        for line in self.front:
            line.set_data(*front.T)
        self.mark(self.start, surface_path.stops[:1])
        self.mark(self.head, here)
        return (self.shadow, self.behind, *self.front, self.start, self.head)

    def whole(self) -> Iterator[tuple[Array, Array, tuple[Line2D, ...]]]:
        """Of each line in the end, for a camera at rest: places beside `climb.steps`, those that are drawn, the artists."""
        places, project = self.surface_path.places, self.ground.camera.project
        shadow = np.column_stack([places[:, :2], np.full(len(places), FLOOR)])
        front, behind = apart(project(places), self.seen)
        yield project(shadow), np.where(self.above[:, None], project(shadow), np.nan), (self.shadow,)
        yield project(places), behind, (self.behind,)
        yield project(places), front, self.front

    def last(self, step: float) -> int:
        return int(np.searchsorted(self.surface_path.steps, step, side="right"))

    def place(self, step: float) -> Array:
        """Where the run is at a step, or on its way to the next one."""
        whole = int(step)
        if step == whole:
            return np.asarray(self.surface_path.stops[whole])
        start, end = self.surface_path.unit[whole : whole + 2]
        return np.asarray(self.ground.surface.places((start + (step - whole) * (end - start))[None])[0])

    def mark(self, line: Line2D, place: Array) -> None:
        """Put a mark, faint where the surface hides it."""
        line.set_data(*self.ground.camera.project(place).T)
        line.set_alpha(1.0 if self.ground.seen.sees(place)[0] else BEHIND)


def surface_run_artist(
    ground: SurfaceAxes, surface_path: SurfacePath, brush: Brush, trail: int | None, *, turning: bool
) -> SurfaceRunArtist:
    """The artists of a run, in the axes of a surface."""
    theme = ground.theme
    shadow = np.column_stack([surface_path.places[:, :2], np.full(len(surface_path.places), FLOOR)])
    seen, above = (None, None) if turning else (ground.seen.sees(surface_path.places), ground.seen.sees_floor(shadow))
    width = theme.path_width
    front = (
        added(ground, color=theme.paper, linewidth=width + theme.halo, alpha=0.8, zorder=PATHS - 0.2),
        added(ground, color=brush.color, linewidth=width, linestyle=brush.line, zorder=PATHS - 0.1),
    )
    behind = added(ground, color=brush.color, linewidth=0.8 * width, alpha=BEHIND, zorder=PATHS - 0.3)
    fall = added(ground, color=brush.color, linewidth=0.9, alpha=SHADOW, zorder=GUIDES)
    start = added(ground, **mark(brush, theme, filled=False))
    head = added(ground, **mark(brush, theme, filled=True))
    return SurfaceRunArtist(ground, surface_path, trail, seen, above, front, behind, fall, start, head)


def added(ground: SurfaceAxes, **picture_options: Any) -> Line2D:
    """A line that moves: the stage is drawn without it."""
    line = Line2D([], [], **picture_options)
    ground.ax.add_line(line)
    line.set_animated(True)
    return line


def mark(brush: Brush, theme: Theme, *, filled: bool) -> dict[str, Any]:
    return {
        "linestyle": "none",
        "marker": brush.marker,
        "markersize": theme.mark_size + 1,
        "markerfacecolor": brush.color if filled else "none",
        "markeredgecolor": theme.paper if filled else brush.color,
        "markeredgewidth": 1.1 if filled else 1.6,
        "zorder": ENDS + 0.1 * filled,
    }
