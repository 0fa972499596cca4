"""The legend of maps and curves: what colors, lines and points stand for, in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from steepest.plot.mpl.artists import GLYPHS, marker_properties
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.text.measure import text_width, wrapped
from steepest.plot.scene.sweep.colors import Swatch
from steepest.plot.scene.sweep.theory import Line, Point
from steepest.plot.theme import Theme

# Inches, in words of the theme's own size.
ROW, LINE = 0.25, 0.17  # from row to row, and from line to line of an entry
HANDLE, WORDS, APART, COUNT = 0.36, 0.44, 0.28, 0.1  # a handle's width, where its words begin, between entries, before a count
STROKE = {"bound": (), "best": (5.0, 2.2)}

Entry = tuple[Any, str, str]  # a handle or colors, a label, a count


@dataclass(frozen=True, eq=False)
class PlacedEntry:
    """An entry with its lines, and where the first of them is: inches from the left and from the top of the legend."""

    entry: Entry
    lines: tuple[str, ...]
    left: float
    down: float


@dataclass(frozen=True, eq=False)
class MapLegend:
    """The entries of a legend, each in its place, and the height of all."""

    entries: tuple[PlacedEntry, ...]
    height: float


def line_handles(lines: Sequence[Line], points: Sequence[Point], theme: Theme) -> list[Entry]:
    """The legend's entries for lines and points."""
    found: list[Entry] = [(line_style(line.kind, theme), line.label, "") for line in lines if line.label]
    words = {"minimum": "a minimum that was reached", "saddle": "saddle"}
    for kind in dict.fromkeys(point.kind for point in points):
        label = next((point.label for point in points if point.kind == kind and point.label), words.get(kind, kind))
        found.append((point_properties(kind, theme), label, ""))
    return found


def swatch_handles(swatches: Sequence[Swatch]) -> list[Entry]:
    """The legend's entries for colors."""
    return [((each.colors, each.hatch), each.label, each.count) for each in swatches]


def line_style(kind: str, theme: Theme) -> dict[str, Any]:
    """A line that is seen on any color: white with a dark outline."""
    width = theme.path_width
    return {
        "color": "#ffffff", "linewidth": width, "linestyle": (0, STROKE[kind]) if STROKE[kind] else "-",
        "path_effects": [withStroke(linewidth=2 * width, foreground="#10151a")], "scalex": False, "scaley": False,
    }  # fmt: skip


def point_properties(kind: str, theme: Theme) -> dict[str, Any]:
    """A marker that is seen on any color."""
    if kind in GLYPHS:
        found = {**marker_properties(kind, theme), "markeredgecolor": "#10151a"}
        return {**found, "path_effects": [withStroke(linewidth=3.0, foreground="#ffffff")]} if GLYPHS[kind] == "x" else found
    size = 1.2 * theme.mark_size
    return {"marker": "P", "markersize": size, "markerfacecolor": "#ffffff", "markeredgecolor": "#10151a", "markeredgewidth": 1.0}


def placed_legend(groups: Sequence[Sequence[Entry]], width: float, theme: Theme) -> MapLegend:
    """The entries in rows of at most this width in inches; those of each group begin a row."""
    times = theme.type_scale
    placed: list[PlacedEntry] = []
    down = 0.0
    for group in groups:
        broken = [(entry, *_broken(entry, width - WORDS * times, theme)) for entry in group]
        step = max((size for _, _, size in broken), default=0.0) + (WORDS + APART) * times
        columns = max(1, int((width + APART * times) / step)) if broken else 1
        aligned = columns > 1 and len(group) > columns
        left, tall = 0.0, 0.0
        for number, (entry, lines, size) in enumerate(broken):
            size += WORDS * times
            if number and ((aligned and number % columns == 0) or left + size > width):
                down, left, tall = down + tall, 0.0, 0.0
            placed.append(PlacedEntry(entry, tuple(lines), left, down + ROW * times / 2))
            left += step if aligned else size + APART * times
            tall = max(tall, (ROW + (len(lines) - 1) * LINE) * times)
        down += tall
    return MapLegend(tuple(placed), down)


def _broken(entry: Entry, width: float, theme: Theme) -> tuple[list[str], float]:
    """The lines of an entry, its count on the last, and the width of the longest in inches."""
    _, label, count = entry
    lines = wrapped(label, width, theme.small_size, theme)
    sizes = [text_width(line, theme.small_size, theme) for line in lines]
    if count:
        more = text_width(count, theme.small_size, theme) + COUNT * theme.type_scale
        if sizes[-1] + more > width:
            lines.append("")
            sizes.append(0.0)
        sizes[-1] += more
    return lines, max(sizes)


def draw_legend(figure: Picture, legend: MapLegend, at: tuple[float, float], theme: Theme) -> None:
    """Draw the legend of maps.

    Args:
        at: its left end and its top, in inches from the left and from the top of the figure.
    """
    width, height = (float(side) for side in figure.get_size_inches())
    times = theme.type_scale
    text: dict[str, Any] = {"va": "center_baseline", "fontfamily": theme.fonts, "fontsize": theme.small_size, "parse_math": False}
    for each in legend.entries:
        handle, _, count = each.entry
        left, y = at[0] + each.left, height - at[1] - each.down
        if isinstance(handle, tuple):
            colors, lines = handle
            _swatch(figure, colors, lines, (left, y), theme)
        else:
            reach = HANDLE * times
            ends = [left, left + reach] if "marker" not in handle else [left + reach / 2]
            style = {name: value for name, value in handle.items() if name not in ("scalex", "scaley")}
            figure.add_artist(
                Line2D([end / width for end in ends], [y / height] * len(ends), transform=figure.transFigure, **style)
            )
        for line in each.lines:
            figure.text((left + WORDS * times) / width, y / height, line, color=theme.ink, **text)
            y -= LINE * times
        if count:
            last = text_width(each.lines[-1], theme.small_size, theme) + COUNT * times if each.lines[-1] else 0.0
            figure.text((left + WORDS * times + last) / width, (y + LINE * times) / height, count, color=theme.quiet, **text)


def _swatch(figure: Picture, colors: Sequence[str], hatch: str, at: tuple[float, float], theme: Theme) -> None:
    """A rectangle of one color, or of several side by side, with lines across it; its left end and the middle of its words."""
    width, height = (float(side) for side in figure.get_size_inches())
    times = theme.type_scale
    (left, y), wide, tall = at, HANDLE * times, 0.15 * times
    part = wide / len(colors)
    low = (y - 0.07 * times) / height
    for index, color in enumerate(colors):
        corner = (left + index * part) / width, low
        figure.add_artist(
            Rectangle(
                corner,
                part / width,
                tall / height,
                transform=figure.transFigure,
                facecolor=color,
                edgecolor="none",
            )
        )
    figure.add_artist(
        Rectangle(
            (left / width, low),
            wide / width,
            tall / height,
            transform=figure.transFigure,
            facecolor="none",
            edgecolor=theme.quiet,
            hatch=hatch,
            linewidth=0.6,
        )
    )
