"""The tangent of a curve at the start of a run, and its slope, written where it covers least."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from matplotlib.axes import Axes

from steepest.plot.mpl.artists import GUIDES, NOTES, halo
from steepest.plot.mpl.text.measure import text_width
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import ObjectiveLayer
from steepest.plot.scene.scene import SceneRun
from steepest.plot.theme import Theme

DASHES = (0, (5, 2.5))
ALONG = (0.85, 0.5, 0.15)  # of the tangent, where its slope may stand, in order
AWAY = (7.0, 14.0, 24.0)  # points from there, in order
HIGH = 1.5  # height of a label, in sizes of its font
PAD = 2.0  # points around it
OUTSIDE = 1000.0  # what a label that leaves the axes costs, next to one that covers a point of a line
FARTHER, OTHER = 0.4, 0.1  # of a place farther away, and of another one in order


def draw_tangent(ax: Axes, layer: ObjectiveLayer, runs: Sequence[SceneRun], theme: Theme) -> None:
    """Draw the tangent at the start, with its slope beside it.

    Args:
        runs: whose paths the label leaves free, as far as there is room.
    """
    tangent = layer.tangent
    if tangent is None:
        return
    ends = np.array(tangent.ends)
    ax.plot(*ends.T, color=theme.ink, linewidth=1.1, linestyle=DASHES, zorder=GUIDES)
    label = f"${tangent.label}$"
    size = 72 * text_width(label, theme.text_size, theme), HIGH * theme.text_size
    curves = [ends, *([layer.curve] if layer.curve is not None else [])]
    curves += [run.path.points for run in runs if run.path is not None]
    markers = [np.array([marker.point]) for marker in layer.markers]
    at, shift = _place(ax, ends, [*curves, *markers], size)
    ax.annotate(
        label, at, shift, textcoords="offset points", ha="center", va="center", color=theme.ink, fontfamily=theme.fonts,
        fontsize=theme.text_size, math_fontfamily=theme.mathematics, zorder=NOTES, path_effects=[halo(theme)],
        annotation_clip=False,
    )  # fmt: skip


def _place(
    ax: Axes, ends: Array, curves: Sequence[Array], size: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the center of a label of this size stands: a point of the tangent, and from there to the center, in points."""
    point = float(ax.get_figure(root=True).dpi) / 72  # type: ignore[union-attr]
    low, high = (corner / point for corner in ax.bbox.get_points())
    lines = np.vstack([_dense(ax.transData.transform(each) / point) for each in curves])
    start, end = ax.transData.transform(ends) / point
    normal = np.array([start[1] - end[1], end[0] - start[0]])
    normal = normal / max(float(np.hypot(*normal)), 1e-9)
    half = np.array(size) / 2 + PAD
    best: tuple[float, tuple[float, float], tuple[float, float]] | None = None
    for (order, along), (far, away), side in product(enumerate(ALONG), enumerate(AWAY), (1.0, -1.0)):
        anchor = np.clip(start + along * (end - start), low, high)
        shift = side * normal * (away + np.abs(normal) @ half)
        center = anchor + shift
        covered = int((np.abs(lines - center) < half).all(axis=1).sum())
        beyond = float(np.maximum(low - (center - half), 0).sum() + np.maximum(center + half - high, 0).sum())
        cost = covered + OUTSIDE * beyond + FARTHER * far + OTHER * order
        if best is None or cost < best[0]:
            x, y = ax.transData.inverted().transform(anchor * point)
            best = cost, (float(x), float(y)), (float(shift[0]), float(shift[1]))
    assert best is not None
    return best[1:]


def _dense(polyline: Array) -> Array:
    """A polyline in points of the picture, with a vertex at least every point of it; without what is not finite."""
    kept = polyline[np.isfinite(polyline).all(axis=1)]
    if len(kept) < 2:
        return kept
    kept = np.clip(kept, -1e4, 1e4)
    lengths = np.append(0.0, np.cumsum(np.hypot(*np.diff(kept, axis=0).T)))
    places = np.linspace(0, lengths[-1], min(int(lengths[-1]) + 2, 5000))
    return np.column_stack([np.interp(places, lengths, part) for part in kept.T])
