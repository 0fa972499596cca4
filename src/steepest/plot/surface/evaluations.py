"""Simplices and trials of a run on a surface: edges that follow it, and marks on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.lines import Line2D

from steepest.plot.mpl.artists import PATHS
from steepest.plot.mpl.evaluations import EARLIER, trial_properties
from steepest.plot.scene.evaluations import DrawnSimplices, Trials
from steepest.plot.scene.limits import Array
from steepest.plot.scene.scene import SceneRun
from steepest.plot.surface.axes import HIDDEN, SurfaceAxes, front_and_behind
from steepest.plot.surface.surface import surface_path
from steepest.plot.theme import Theme

LAYER = PATHS + 0.05  # over the paths
GAP = np.full((1, 3), np.nan)  # between two polylines


@dataclass(frozen=True, eq=False)
class SurfaceSimplexArtist:
    """The present simplex on a surface.

    Attributes:
        edges: of each outline, rows of `x, y, z`.
        front, behind: what is visible and what the surface hides.
    """

    axes: SurfaceAxes
    simplices: DrawnSimplices
    edges: tuple[Array, ...]
    front: Line2D
    behind: Line2D

    def at(self, step: float) -> Iterator[Artist]:
        """The artists, moved to where they are at a step, as the camera sees them at present."""
        shown = int(self.simplices.at[min(int(step), len(self.simplices.at) - 1)])
        if shown >= 0:
            _place((self.front, self.behind), self.edges[shown], self.axes)
            yield from (self.front, self.behind)


@dataclass(frozen=True, eq=False)
class SurfaceTrialsArtist:
    """The trials on a surface: those of the steps so far and of the one that begins.

    Attributes:
        points: rows of `x, y, z`.
        front, behind: what is visible and what the surface hides.
    """

    axes: SurfaceAxes
    trials: Trials
    points: Array
    front: Line2D
    behind: Line2D

    def at(self, step: float) -> Iterator[Artist]:
        """The artists with the marks of a step, as the camera sees them at present."""
        points = self.points[self.trials.steps <= int(step)]
        visible, seen = self.axes.rendering.visible(points), self.axes.camera.project(points)
        self.front.set_data(*seen[visible].T)
        self.behind.set_data(*seen[~visible].T)
        yield from (self.front, self.behind)


def surface_evaluation_artists(
    axes: SurfaceAxes, run: SceneRun, *, animated: bool
) -> tuple[SurfaceSimplexArtist | SurfaceTrialsArtist, ...]:
    """The artists of a run's simplices and trials, added to the axes of a surface.

    Args:
        animated: whether they are left out when the figure is drawn, and drawn by themselves on each frame of a film.
    """
    theme, made = axes.theme, list[SurfaceSimplexArtist | SurfaceTrialsArtist]()
    if run.simplices is not None:
        edges = tuple(_edges(axes, outline) for outline in run.simplices.outlines)
        made.append(SurfaceSimplexArtist(axes, run.simplices, edges, *_simplex_lines(axes, run, theme, 1.0)))
    if run.trials is not None:
        surface, look = axes.surface, trial_properties(theme.run_style(run.index).color, theme)
        marks = [Line2D([], [], **look, alpha=alpha, zorder=LAYER + 0.05) for alpha in (1.0, HIDDEN)]
        made.append(SurfaceTrialsArtist(axes, run.trials, surface.points(surface.unit(run.trials.points)), *marks))
    for each in made:
        for line in (each.front, each.behind):
            axes.ax.add_line(line)
            line.set_animated(animated)
    return tuple(made)


def draw_surface_evaluations(axes: SurfaceAxes, runs: Sequence[SceneRun]) -> None:
    """Draw all simplices and trials of the runs into a still picture."""
    for run in runs:
        for artist in surface_evaluation_artists(axes, run, animated=False):
            if isinstance(artist, SurfaceSimplexArtist) and artist.edges:
                lines = _simplex_lines(axes, run, axes.theme, EARLIER * artist.simplices.opacity)
                _place(lines, np.vstack([part for each in artist.edges for part in (each, GAP)]), axes)
                for line in lines:
                    axes.ax.add_line(line)
            list(artist.at(len(run.values)))


def _edges(axes: SurfaceAxes, outline: Array) -> Array:
    """A closed polyline in the plane on the surface."""
    return surface_path(np.vstack([outline, outline[:1]]), axes.surface).points


def _simplex_lines(axes: SurfaceAxes, run: SceneRun, theme: Theme, opacity: float) -> tuple[Line2D, Line2D]:
    color, width = theme.run_style(run.index).color, 0.8 * theme.path_width
    front = Line2D([], [], color=color, linewidth=width, alpha=opacity, zorder=LAYER)
    return front, Line2D([], [], color=color, linewidth=0.8 * width, alpha=HIDDEN * opacity, zorder=PATHS - 0.3)


def _place(lines: tuple[Line2D, Line2D], points: Array, axes: SurfaceAxes) -> None:
    """Move lines to the visible and the hidden part of a polyline in space."""
    parts = front_and_behind(axes.camera.project(points), axes.rendering.visible(points))
    for line, part in zip(lines, parts, strict=True):
        line.set_data(*part.T)
