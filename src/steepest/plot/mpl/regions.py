"""Draws what a model says about classes in the plane of two columns: areas, the lines between them, and their color bar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from steepest.plot.mpl.artists import LEVELS, quiet_ticks
from steepest.plot.scene.regions import MARGIN, SURE, ClassPlane, FitRegions
from steepest.plot.scene.text.number import number
from steepest.plot.theme import Theme

BAR, COLUMN = 0.13, 0.09  # inches: width of a color bar, and of each of several classes in one
NOWHERE = Path(np.zeros((1, 2)))


@dataclass(frozen=True, eq=False)
class RegionArtist:
    """One run's areas and lines.

    Attributes:
        line: on which two classes are even.
        areas: in drawing order; none where several runs share the panel.
    """

    line: Line2D
    areas: tuple[PathPatch, ...]

    def at(self, regions: FitRegions, step: float) -> Iterator[Artist]:
        """The artists, as they are at a step or between two."""
        fields = regions.fields(step)
        if self.areas:
            for patch, outline in zip(self.areas, regions.plane.outlines(fields), strict=True):
                patch.set_path(NOWHERE if outline is None else Path(outline.points, outline.codes))
                yield patch
        self.line.set_data(*regions.plane.lines(fields).T)
        yield self.line


def area_patches(ax: Axes, plane: ClassPlane, theme: Theme) -> tuple[PathPatch, ...]:
    """An empty patch for each area, added to the axes."""
    patches = tuple(
        PathPatch(NOWHERE, facecolor=theme.class_shade(area.of, area.strength), edgecolor="none", zorder=LEVELS + 0.001 * order)
        for order, area in enumerate(plane.areas)
    )
    for patch in patches:
        ax.add_artist(patch)
    return patches


def class_bar_width(plane: ClassPlane) -> float:
    """The width of the color bar in inches."""
    return COLUMN * len(plane.classes) if plane.kind == "softmax" else BAR


def draw_class_bar(ax: Axes, plane: ClassPlane, theme: Theme) -> None:
    """Draw a color bar: which color is which probability, or which score; of many classes a column for each."""
    ax.set(xlim=(0, 1), xticks=[], facecolor=theme.paper)
    if plane.kind == "softmax":
        _draw_columns(ax, plane, theme)
    else:
        count = len(plane.areas)
        for row, area in enumerate(plane.areas):
            ax.axhspan(row, row + 1, facecolor=theme.class_shade(area.of, area.strength), edgecolor="none")
        ax.set_ylim(0, count)
        ticks = (1, count / 2, count - 1)
        texts = ("0.1", "0.5", "0.9") if plane.kind == "probability" else (number(-MARGIN), "0", number(MARGIN))
        ax.set_yticks(ticks, texts)
    ax.yaxis.tick_right()
    ax.yaxis.set_label_position("right")
    ax.set_ylabel(plane.label, parse_math=False, color=theme.ink, fontfamily=theme.fonts, fontsize=theme.small_size)
    quiet_ticks(ax, theme)
    ax.tick_params(length=0, pad=3)


def _draw_columns(ax: Axes, plane: ClassPlane, theme: Theme) -> None:
    count = len(plane.classes)
    for area in plane.areas:
        row = len(SURE) if area.strength == 1 else int(area.strength * (len(SURE) + 1)) - 1
        ends = (area.of / count, (area.of + 1) / count)
        ax.axhspan(row, row + 1, *ends, facecolor=theme.class_shade(area.of, area.strength), edgecolor="none")
    ax.set_ylim(0, len(SURE) + 1)
    ax.set_yticks(range(1, len(SURE) + 1), [f"{level:g}" for level in SURE])
