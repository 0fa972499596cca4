"""The legend of maps and curves: what colors, lines and points stand for, in rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from steepest.plot.mpl.artists import GLYPHS, marker_properties
from steepest.plot.mpl.layout import Picture

# Inches.
from steepest.plot.mpl.sweep.spacing import ROW
from steepest.plot.scene.sweep.colors import Swatch
from steepest.plot.scene.sweep.theory import Line, Point
from steepest.plot.theme import Theme

Entry = tuple[Any, str, str]  # a handle or colors, a label, a count


def line_handles(lines: Sequence[Line], points: Sequence[Point], theme: Theme) -> list[Entry]:
    """The legend's entries for lines and points."""
    found: list[Entry] = [(line_style(line.kind), line.label, "") for line in lines if line.label]
    words = {"minimum": "a minimum that was reached", "saddle": "saddle"}
    for kind in dict.fromkeys(point.kind for point in points):
        label = next((point.label for point in points if point.kind == kind and point.label), words.get(kind, kind))
        found.append((point_properties(kind, theme), label, ""))
    return found


STROKE = {"bound": (), "best": (5.0, 2.2)}


def line_style(kind: str) -> dict[str, Any]:
    """A line that is seen on any color: white with a dark outline."""
    return {
        "color": "#ffffff", "linewidth": 1.6, "linestyle": (0, STROKE[kind]) if STROKE[kind] else "-",
        "path_effects": [withStroke(linewidth=3.2, foreground="#10151a")], "scalex": False, "scaley": False,
    }  # fmt: skip


def point_properties(kind: str, theme: Theme) -> dict[str, Any]:
    if kind in GLYPHS:
        found = marker_properties(kind, theme)
        outline = [withStroke(linewidth=3.0, foreground="#ffffff")] if GLYPHS[kind] == "x" else []
        return (
            {**found, "markeredgecolor": "#10151a", "path_effects": outline} if outline else {**found, "markeredgecolor": "#10151a"}
        )
    return {"marker": "P", "markersize": 9.0, "markerfacecolor": "#ffffff", "markeredgecolor": "#10151a", "markeredgewidth": 1.0}


def legend_rows(
    swatches: Sequence[Swatch], handles: Sequence[Entry], room: tuple[float, float], theme: Theme
) -> list[list[tuple[float, Entry]]]:
    """The entries of the legend in rows that fit their room, each with how far from the left it is.

    Args:
        room: its left and its right end, in inches from the left of the figure.
    """
    begin, end = room
    scratch = Picture(figsize=(1, 1), dpi=100)
    FigureCanvasAgg(scratch)
    rows: list[list[tuple[float, Entry]]] = []
    for group in ([((each.colors, each.hatch), each.label, each.count) for each in swatches], list(handles)):
        sizes = [
            0.44 + _width(scratch, label, theme) + (0.07 + _width(scratch, count, theme) if count else 0.0)
            for _, label, count in group
        ]
        step = max(sizes, default=0.0) + 0.28
        columns = max(1, int((end - begin + 0.28) / step))
        aligned = columns > 1 and len(group) > columns
        left = math.inf
        for number, (entry, size) in enumerate(zip(group, sizes, strict=True)):
            if (aligned and number % columns == 0) or left + size > end:
                rows.append([])
                left = begin
            rows[-1].append((left, entry))
            left += step if aligned else size + 0.28
    return rows


def _width(scratch: Picture, text: str, theme: Theme) -> float:
    """The width of a text of the legend in inches."""
    written = scratch.text(0, 0, text, fontsize=theme.small_size, fontfamily=theme.fonts, parse_math=False)
    return float(written.get_window_extent().width) / 100


def draw_legend(
    figure: Picture, rows: Sequence[Sequence[tuple[float, Entry]]], bottom: float, theme: Theme, pitch: float = ROW
) -> None:  # fmt: skip
    """Draw the legend of maps.

    Args:
        bottom: of the last row, in inches from that of the figure.
        pitch: from row to row, in inches.
    """
    width, height = (float(side) for side in figure.get_size_inches())
    text: dict[str, Any] = {"va": "center_baseline", "fontfamily": theme.fonts, "fontsize": theme.small_size, "parse_math": False}
    for number, row in enumerate(rows):
        y = bottom + pitch * (len(rows) - number - 0.5)
        for left, (handle, label, count) in row:
            if isinstance(handle, tuple):
                colors, lines = handle
                _swatch(figure, colors, lines, left, y, theme)
            else:
                ends = [left, left + 0.36] if "marker" not in handle else [left + 0.18]
                style = {name: value for name, value in handle.items() if name not in ("scalex", "scaley")}
                figure.add_artist(
                    Line2D([end / width for end in ends], [y / height] * len(ends), transform=figure.transFigure, **style)
                )
            written = figure.text((left + 0.44) / width, y / height, label, color=theme.ink, **text)
            if count:
                x = written.get_window_extent().x1 / figure.dpi + 0.07
                figure.text(x / width, y / height, count, color=theme.quiet, **text)


def _swatch(figure: Picture, colors: Sequence[str], hatch: str, left: float, y: float, theme: Theme) -> None:
    """A rectangle of one color, or of several side by side, with lines across it."""
    width, height = (float(side) for side in figure.get_size_inches())
    part = 0.36 / len(colors)
    for index, color in enumerate(colors):
        figure.add_artist(
            Rectangle(
                ((left + index * part) / width, (y - 0.07) / height),
                part / width,
                0.15 / height,
                transform=figure.transFigure,
                facecolor=color,
                edgecolor="none",
            )
        )
    figure.add_artist(
        Rectangle(
            (left / width, (y - 0.07) / height),
            0.36 / width,
            0.15 / height,
            transform=figure.transFigure,
            facecolor="none",
            edgecolor=theme.quiet,
            hatch=hatch,
            linewidth=0.6,
        )
    )
