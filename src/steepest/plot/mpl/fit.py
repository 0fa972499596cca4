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
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.text import Text

from steepest.plot.mpl.artists import ENDS, GUIDES, LEVELS, PATHS, animated_line, halo, style_axes
from steepest.plot.mpl.regions import RegionArtist, area_patches
from steepest.plot.mpl.text.measure import text_width
from steepest.plot.scene.fit import BINS, DIGITS, FitCurve, FitLayer, density_of, fit_caption
from steepest.plot.scene.regions import FitRegions
from steepest.plot.theme import RunStyle, Theme, mix

NAMED_AT = (0.02, 1.015)  # of the axes: where the model's numbers stand
FEWER_DIGITS = 4  # of these numbers, where there is little room
MEASURED, ROOMY = 9, 1.04  # the steps at which their width is measured, and what they may be wider at another step
FEW = 300  # points that are drawn large
EVEN = 0.5  # the probability above which one of two classes is predicted
LEAST_CLASS = 0.62  # inches of an axis for the name of a class


def draw_fit(ax: Axes, layer: FitLayer, theme: Theme) -> None:
    """Draw what does not move: the rows, the exact answer's curve, the labels of the axes."""
    (left, right), (low, high) = layer.view
    ax.set(xlim=(left, right), ylim=(low, high), facecolor=theme.panel)
    style_axes(ax, layer.labels, theme)
    ax.grid(visible=True, color=theme.grid, linewidth=0.7, zorder=0)
    ax.set_axisbelow(True)
    if layer.density is not None and layer.kind == "regions":
        for of, counts in enumerate(layer.density):
            color = theme.class_color(of)
            image = _density_image(ax, counts, layer, [mix(color, theme.panel, 0.25), color, mix(color, theme.ink, 0.6)])
            image.set(zorder=GUIDES - 0.5, alpha=0.75)
    elif layer.density is not None:
        _density_image(ax, layer.density, layer, (theme.faint, theme.quiet, theme.ink))
    if layer.kind in ("curve", "regions"):
        _draw_points(ax, layer, theme)
    if layer.class_names and layer.kind == "curve":
        observed = np.unique(layer.points[:, 1]) if len(layer.points) else np.array([0.0, 1.0])
        ax.set_yticks(observed, layer.class_names[: len(observed)], parse_math=False)
    if layer.kind == "certainty":
        _mark_classes(ax, layer, theme)
    if layer.kind == "agreement":
        ends = max(left, low), min(right, high)
        ax.plot(ends, ends, color=theme.quiet, linewidth=1.0, linestyle=(0, (5, 2.5)), zorder=GUIDES)
    if layer.best is not None:
        ax.plot(*layer.best.T, color=theme.ink, linewidth=1.1, linestyle=(0, (5, 2.5)), zorder=GUIDES)


def fit_handles(layer: FitLayer, theme: Theme) -> list[Line2D]:
    """The legend's handles of the classes and of the exact answer."""
    handles: list[Line2D] = []
    if layer.class_names and (layer.kind == "regions" or (layer.kind == "curve" and len(layer.points))):
        handles = [
            Line2D([], [], linestyle="none", label=name.replace("$", r"\$"), **_of_class(layer, of, theme, theme.mark_size - 1))
            for of, name in enumerate(layer.class_names)
        ]
    if layer.best is not None:
        handles.append(Line2D([], [], color=theme.ink, linewidth=1.1, linestyle=(0, (4, 2)), label="exact answer"))
    return handles


def _of_class(layer: FitLayer, of: int, theme: Theme, size: float) -> dict[str, Any]:
    """How a row of a class is drawn: of two classes the first as a ring; in the plane in the color of the class."""
    color = theme.class_color(of) if layer.kind == "regions" else theme.quiet
    ring = len(layer.class_names) <= 2 and of == 0 and layer.classes is not None
    return {
        "marker": "o" if len(layer.class_names) <= 2 else theme.markers[of % len(theme.markers)], "markersize": size,
        "markerfacecolor": theme.paper if ring else color, "markeredgecolor": color if ring else theme.paper,
        "markeredgewidth": 1.1 if ring else 0.7,
    }  # fmt: skip


def _draw_points(ax: Axes, layer: FitLayer, theme: Theme) -> None:
    """Draw the rows; those of later classes lie below, so that the rings of the first are seen."""
    size = theme.dot_size + (1.5 if len(layer.points) <= FEW else 0.0)
    chosen: list[tuple[int, Any]] = [(1, slice(None))]
    if layer.classes is not None and len(layer.points):
        chosen = [(of, layer.classes == of) for of in range(int(layer.classes.max()), -1, -1)]
    for of, rows in chosen:
        properties = _of_class(layer, of, theme, size)
        ax.plot(*layer.points[rows].T, linestyle="none", zorder=PATHS - 0.5, clip_on=False, **properties)


def _mark_classes(ax: Axes, layer: FitLayer, theme: Theme) -> None:
    """Write the names of the classes below their rows, as many as there is room for, and draw where two classes are even."""
    width = ax.bbox.width / ax.figure.dpi
    every = max(1, int(np.ceil(len(layer.class_names) * LEAST_CLASS / max(width, LEAST_CLASS))))
    shown = range(0, len(layer.class_names), every)
    ax.set_xticks(list(shown), [layer.class_names[of] for of in shown], parse_math=False)
    ax.grid(visible=False, axis="x")
    if len(layer.class_names) == 2:
        height = EVEN if layer.labels[1].startswith("probability") else 0.0
        ax.axhline(height, color=theme.quiet, linewidth=1.0, linestyle=(0, (5, 2.5)), zorder=GUIDES)


def _density_image(ax: Axes, counts: Any, layer: FitLayer, colors: Sequence[str]) -> AxesImage:
    """An image of how many rows are in each cell."""
    (left, right), (low, high) = layer.view
    shades = LinearSegmentedColormap.from_list("rows", list(colors))
    return ax.imshow(
        np.ma.masked_equal(counts, 0), origin="lower", extent=(left, right, low, high), aspect="auto", norm=LogNorm(),
        cmap=shades, interpolation="nearest", zorder=LEVELS,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class FitArtist:
    """One run's model in motion.

    Attributes:
        line: its curve, its boundary, or its predictions; of a density, empty.
        segments: the distances of the rows from the curve; None where they are not drawn.
        caption: its numbers; None where several runs share the panel.
        digits: of these numbers; 0 where they have no room.
        density: of its predictions; None where they are points.
        regions: what it says in the plane; None of anything but classes over two columns.
        above: what lies above the regions and does not move: the rows, the exact answer.
    """

    layer: FitLayer
    curve: FitCurve | FitRegions
    line: Line2D
    segments: LineCollection | None
    caption: Text | None
    digits: int
    density: AxesImage | None = None
    regions: RegionArtist | None = None
    above: tuple[Artist, ...] = ()

    def at(self, step: float) -> Iterator[Artist]:
        """The artists, moved to where they are at a step or between two."""
        step = min(step, len(self.curve.positions) - 1)
        if isinstance(self.curve, FitRegions):
            assert self.regions is not None
            yield from self.regions.at(self.curve, step)
            yield from self.above
        else:
            yield from self._moved(self.curve, step)
        if self.caption is not None:
            self.caption.set_text(fit_caption(self.curve, step, self.digits))
            yield self.caption

    def _moved(self, curve: FitCurve, step: float) -> Iterator[Artist]:
        points = curve.at(step)
        if self.density is not None:
            counts = density_of(points, self.layer.view)
            self.density.set_data(np.ma.masked_equal(counts, 0))
            self.density.set_norm(LogNorm(1, max(float(counts.max()), 2.0)))
            yield self.density
            return
        if self.segments is not None:
            self.segments.set_segments(list(curve.residuals(step)))
            yield self.segments
        self.line.set_data(points[:, 0], points[:, 1])
        yield self.line


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
    ax: Axes, layer: FitLayer, curve: FitCurve | FitRegions, style: RunStyle, theme: Theme, *, alone: bool, animated: bool
) -> FitArtist:
    few = isinstance(curve, FitCurve) and len(curve.xs if curve.rows is None else curve.rows) <= FEW
    segments: LineCollection | None = None
    caption: Text | None = None
    digits = 0
    density: AxesImage | None = None
    if layer.kind in ("agreement", "certainty"):
        line = animated_line(
            ax, linestyle="none", marker=style.marker, markersize=theme.dot_size if few else 2.0,
            markerfacecolor=style.color, markeredgecolor="none", alpha=0.8 if few else 0.4, zorder=PATHS,
        )  # fmt: skip
    else:
        line = animated_line(
            ax, color=style.color, linewidth=theme.path_width + 0.4, linestyle=style.line, zorder=PATHS,
            path_effects=[halo(theme)],
        )  # fmt: skip
    if layer.dense:
        density = _density_image(ax, np.zeros((BINS, BINS)), layer, (theme.faint, theme.quiet, theme.ink))
    if layer.residuals and alone:
        segments = LineCollection([], colors=style.color, linewidths=0.9, alpha=0.55, zorder=PATHS - 1)
        ax.add_collection(segments, autolim=False)
    if alone:
        digits, beyond = _caption_form(ax, curve, theme)
        caption = ax.text(
            1.0 if beyond else NAMED_AT[0], NAMED_AT[1], "", transform=ax.transAxes, color=theme.quiet, fontfamily=theme.fonts,
            fontsize=theme.small_size, ha="right" if beyond else "left", zorder=ENDS, parse_math=False,
        )  # fmt: skip
    regions = None
    if isinstance(curve, FitRegions):
        regions = RegionArtist(line, area_patches(ax, curve.plane, theme) if alone else ())
    above: tuple[Artist, ...] = ()
    if regions is not None and regions.areas:
        above = tuple(each for each in (*ax.lines, *ax.images) if each is not line)
    for artist in (line, segments, caption, density, *(regions.areas if regions is not None else ()), *above):
        if artist is not None:
            artist.set_animated(animated)
    return FitArtist(layer, curve, line, segments, caption, digits, density, regions, above)


def _caption_form(ax: Axes, curve: FitCurve | FitRegions, theme: Theme) -> tuple[int, bool]:
    """The digits with which a caption has room above its panel, and whether it takes the room above the numbers left of it, too."""
    dpi, labels = float(ax.figure.dpi), ax.yaxis.get_tightbbox()
    width = ax.bbox.width / dpi
    beside = (ax.bbox.x0 - labels.x0) / dpi if labels is not None else 0.0
    steps = np.linspace(0, len(curve.positions) - 1, MEASURED)
    for digits in (DIGITS, FEWER_DIGITS):
        texts = [fit_caption(curve, float(step), digits) for step in steps]
        widest = ROOMY * max(text_width(text, theme.small_size, theme) for text in texts)
        if widest <= (1 - NAMED_AT[0]) * width:
            return digits, False
        if widest <= width + beside:
            return digits, True
    return 0, False
