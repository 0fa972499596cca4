"""Simplices and trials of a run, as it moves: the present simplex with the earlier ones behind it, a mark for each trial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline

from steepest.plot.mpl.artists import PATHS
from steepest.plot.scene.evaluations import DrawnSimplices, Trials
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.theme import RunStyle, Theme

EARLIER, FILL = 0.8, 0.16  # opacity of the edges of earlier simplices, and of the inside of the present one
BAND = 4.0  # the width of a simplex over one parameter, in widths of the curve
TRIANGLE = Outline([(-1, -0.75), (1, -0.75), (-0.2, 1), (-1, -0.75)], closed=True)  # in the legend
LAYER = PATHS - 0.05  # over the paths


@dataclass(frozen=True, eq=False)
class SimplexArtist:
    """The simplices of a run in a plane, or as segments between points of a curve.

    Attributes:
        trail: how many of the last steps stay visible; all if None.
        earlier: those that are behind the present one.
        present: where the run is.
    """

    simplices: DrawnSimplices
    trail: int | None
    earlier: PolyCollection
    present: PolyCollection

    def at(self, step: float) -> Iterator[Artist]:
        """The artists, moved to where they are at a step."""
        drawn = self.simplices
        whole = min(int(step), len(drawn.at) - 1)
        present = int(drawn.at[whole])
        first = 0 if self.trail is None else int(np.searchsorted(drawn.first, whole - self.trail))
        last = int(np.searchsorted(drawn.first, whole, side="right")) - (present >= 0)
        self.earlier.set_verts(drawn.outlines[first:last], drawn.closed)
        self.present.set_verts(drawn.outlines[present : present + 1] if present >= 0 else [], drawn.closed)
        yield from (self.earlier, self.present)


@dataclass(frozen=True, eq=False)
class TrialsArtist:
    """The trials of a run: those of the steps so far and of the one that begins."""

    trials: Trials
    marks: Line2D

    def at(self, step: float) -> Iterator[Artist]:
        """The artist with the marks of a step."""
        self.marks.set_data(*self.trials.points[self.trials.steps <= int(step)].T)
        yield self.marks


def evaluation_artists(
    ax: Axes, run: SceneRun, trail: int | None, theme: Theme, *, animated: bool
) -> tuple[SimplexArtist | TrialsArtist, ...]:
    """The artists of a run's simplices and trials, added to the axes.

    Args:
        trail: how many of the last steps stay visible; all if None.
        animated: whether they are left out when the figure is drawn, and drawn by themselves on each frame of a film.
    """
    style, made = theme.run_style(run.index), list[SimplexArtist | TrialsArtist]()
    if run.simplices is not None:
        parts = [PolyCollection([], **each) for each in _simplex_properties(style, theme, run.simplices)]
        for part in parts:
            ax.add_collection(part, autolim=False)
            part.set_animated(animated)
        made.append(SimplexArtist(run.simplices, trail, *parts))
    if run.trials is not None:
        marks = Line2D([], [], **trial_properties(style.color, theme), zorder=LAYER + 0.05)
        ax.add_line(marks)
        marks.set_animated(animated)
        made.append(TrialsArtist(run.trials, marks))
    return tuple(made)


def draw_evaluations(ax: Axes, runs: Sequence[SceneRun], theme: Theme) -> None:
    """Draw all simplices and trials of the runs into a still picture."""
    for run in runs:
        for artist in evaluation_artists(ax, run, None, theme, animated=False):
            list(artist.at(len(run.values)))


def _simplex_properties(style: RunStyle, theme: Theme, simplices: DrawnSimplices) -> tuple[dict[str, Any], dict[str, Any]]:
    """The properties of earlier simplices and of the present one: triangles have edges, parts of a curve are bands along it."""
    color, opacity = style.color, EARLIER * simplices.opacity
    if not simplices.closed:
        band = {"facecolor": "none", "linewidth": BAND * theme.curve_width, "zorder": LAYER, "capstyle": "butt"}
        return band | {"edgecolor": (color, FILL * simplices.opacity)}, band | {"edgecolor": (color, 3 * FILL)}
    width = 0.55 * theme.path_width
    earlier = {"facecolor": (color, FILL * opacity), "edgecolor": (color, opacity), "linewidth": width, "zorder": LAYER}
    present = {"facecolor": (color, FILL), "edgecolor": color, "linewidth": 1.6 * width, "zorder": LAYER + 0.1}
    return earlier, present


def trial_properties(color: str, theme: Theme) -> dict[str, Any]:
    """The properties of a `Line2D` that marks trials."""
    return {
        "linestyle": "none", "marker": "+", "markersize": 1.1 * theme.dot_size, "markeredgecolor": color,
        "markeredgewidth": 0.25 * theme.dot_size,
    }  # fmt: skip


def evaluation_handles(scene: Scene, theme: Theme) -> list[Line2D]:
    """A handle of the legend for simplices, and one for trials, as far as the scene has them."""
    found = []
    simplices = [run.simplices for run in scene.runs if run.simplices is not None]
    if simplices:
        outline: Any = TRIANGLE if simplices[0].closed else "_"
        edge = {"markeredgewidth": 0.8} if simplices[0].closed else {"markeredgewidth": BAND * theme.curve_width, "alpha": 3 * FILL}
        look: dict[str, Any] = {"markersize": 1.3 * theme.mark_size, "markerfacecolor": (theme.quiet, FILL), **edge}
        found.append(Line2D([], [], linestyle="none", marker=outline, markeredgecolor=theme.quiet, label="simplex", **look))
    if any(run.trials is not None for run in scene.runs):
        found.append(Line2D([], [], label="trial", **trial_properties(theme.quiet, theme)))
    return found
