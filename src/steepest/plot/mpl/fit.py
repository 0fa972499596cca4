"""Draws the fit beside the cost: the rows, and each run's model at a step, in a still or in motion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.lines import Line2D
from matplotlib.text import Text

from steepest.plot.mpl.artists import ENDS, GUIDES, LEVELS, PATHS, halo, style_axes
from steepest.plot.scene.fit import FitCurve, FitLayer, fit_caption
from steepest.plot.theme import RunStyle, Theme

NAMED_AT = (0.02, 1.015)  # of the axes: where the model's numbers stand


def draw_fit(ax: Axes, layer: FitLayer, theme: Theme) -> None:
    """Draw what does not move: the rows, the exact answer's curve, the labels of the axes."""
    (left, right), (low, high) = layer.view
    ax.set(xlim=(left, right), ylim=(low, high), facecolor=theme.panel)
    style_axes(ax, layer.labels, theme)
    ax.grid(visible=True, color=theme.grid, linewidth=0.7, zorder=0)
    ax.set_axisbelow(True)
    if layer.density is not None:
        shades = LinearSegmentedColormap.from_list("rows", [theme.faint, theme.quiet, theme.ink])
        counts = np.ma.masked_equal(layer.density, 0)
        ax.imshow(
            counts, origin="lower", extent=(left, right, low, high), aspect="auto", norm=LogNorm(), cmap=shades,
            interpolation="nearest", zorder=LEVELS,
        )  # fmt: skip
    elif layer.kind != "agreement":
        _draw_points(ax, layer, theme)
    if layer.class_names and layer.kind == "curve":
        observed = np.unique(layer.points[:, 1]) if len(layer.points) else np.array([0.0, 1.0])
        ax.set_yticks(observed, layer.class_names[: len(observed)], parse_math=False)
    if layer.kind == "agreement":
        ends = max(left, low), min(right, high)
        ax.plot(ends, ends, color=theme.quiet, linewidth=1.0, linestyle=(0, (5, 2.5)), zorder=GUIDES)
    if layer.best is not None:
        ax.plot(*layer.best.T, color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES)


def fit_handles(layer: FitLayer, theme: Theme) -> list[Line2D]:
    """The legend's handles of the classes and of the exact answer."""
    handles: list[Line2D] = []
    if layer.class_names and len(layer.points):
        handles = [
            Line2D(
                [],
                [],
                linestyle="none",
                label=name.replace("$", r"\$"),
                **_point_properties(theme, theme.mark_size - 1, filled=filled),
            )
            for name, filled in zip(layer.class_names, (False, True), strict=True)
        ]
    if layer.best is not None:
        handles.append(Line2D([], [], color=theme.ink, linewidth=1.1, linestyle=(0, (4, 2)), label="exact answer"))
    return handles


def _point_properties(theme: Theme, size: float, *, filled: bool) -> dict[str, Any]:
    """How a row is drawn: filled, or as a ring."""
    return {
        "marker": "o", "markersize": size, "markerfacecolor": theme.quiet if filled else theme.paper,
        "markeredgecolor": theme.paper if filled else theme.quiet, "markeredgewidth": 0.7 if filled else 1.1,
    }  # fmt: skip


def _draw_points(ax: Axes, layer: FitLayer, theme: Theme) -> None:
    """Draw the rows, those of the class that counts as 1 filled."""
    size = theme.dot_size + (1.5 if len(layer.points) <= 300 else 0.0)
    chosen = (
        [(layer.points, True)] if layer.high is None else [(layer.points[layer.high], True), (layer.points[~layer.high], False)]
    )
    for points, filled in chosen:
        properties = _point_properties(theme, size, filled=filled)
        ax.plot(*points.T, linestyle="none", zorder=PATHS - 0.5, clip_on=False, **properties)


@dataclass(frozen=True, eq=False)
class FitArtist:
    """One run's model in motion.

    Attributes:
        line: its curve, its boundary, or its predictions.
        segments: the distances of the rows from the curve; None where they are not drawn.
        caption: its numbers; None where several runs share the panel.
    """

    curve: FitCurve
    line: Line2D
    segments: LineCollection | None
    caption: Text | None

    def at(self, step: float) -> Iterator[Artist]:
        """The artists, moved to where they are at a step or between two."""
        step = min(step, len(self.curve.positions) - 1)
        if self.segments is not None:
            self.segments.set_segments(list(self.curve.residuals(step)))
            yield self.segments
        points = self.curve.at(step)
        self.line.set_data(points[:, 0], points[:, 1])
        yield self.line
        if self.caption is not None:
            self.caption.set_text(fit_caption(self.curve, step))
            yield self.caption


def fit_artists(ax: Axes, layer: FitLayer, styles: Sequence[RunStyle], theme: Theme, *, animated: bool) -> tuple[FitArtist, ...]:
    """The artists of all runs, added to the axes.

    Args:
        styles: of the runs.
        animated: whether they are left out when the figure is drawn, for a film.
    """
    return tuple(
        _fit_artist(ax, layer, curve, style, theme, alone=len(styles) == 1, animated=animated)
        for curve, style in zip(layer.curves, styles, strict=True)
    )


def _fit_artist(
    ax: Axes, layer: FitLayer, curve: FitCurve, style: RunStyle, theme: Theme, *, alone: bool, animated: bool
) -> FitArtist:
    if layer.kind == "agreement":
        line = Line2D(
            [], [], linestyle="none", marker=style.marker, markersize=theme.dot_size if len(curve.xs) <= 300 else 2.0,
            markerfacecolor=style.color, markeredgecolor="none", alpha=0.8 if len(curve.xs) <= 300 else 0.4, zorder=PATHS,
        )  # fmt: skip
    else:
        line = Line2D(
            [], [], color=style.color, linewidth=theme.path_width + 0.4, linestyle=style.line, zorder=PATHS,
            path_effects=[halo(theme)],
        )  # fmt: skip
    ax.add_line(line)
    segments = None
    if layer.residuals and alone:
        segments = LineCollection([], colors=style.color, linewidths=0.9, alpha=0.55, zorder=PATHS - 1)
        ax.add_collection(segments, autolim=False)
    caption = None
    if alone:
        caption = ax.text(
            *NAMED_AT, "", transform=ax.transAxes, color=theme.quiet, fontfamily=theme.fonts, fontsize=theme.small_size,
            zorder=ENDS, parse_math=False,
        )  # fmt: skip
    found = FitArtist(curve, line, segments, caption)
    for artist in (line, segments, caption):
        if artist is not None:
            artist.set_animated(animated)
    return found
