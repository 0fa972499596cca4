"""The legend: a row for each run with its caption, then what is told of all, the quantities and the markers.

The runs stand in as many columns as there is room for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from steepest.plot.film.frames import Pixels
from steepest.plot.mpl.artists import marker_properties
from steepest.plot.mpl.evaluations import evaluation_handles
from steepest.plot.mpl.fit import fit_handles
from steepest.plot.mpl.quantities import quantity_handles
from steepest.plot.mpl.text.measure import text_width, wrapped
from steepest.plot.scene.quantities import QuantityScale
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.theme import Theme

# Inches.
ROW, UNDER = 0.235, 0.19  # from row to row; from a label to its caption below it, and from line to line of a caption
LINE, LABEL, GAP = 0.42, 0.56, 0.13  # length of a run's line, where its label begins, from the label to its caption
HANDLE, APART = 0.27, 0.2  # width of a marker's handle with its gap, and from one marker's label to the next
COLUMNS = 0.35  # between two columns of runs
EDGE = 0.06  # left of a run's line, for its round ends
MOST_COLUMNS = 3
HIDDEN = "behind the surface, from every side tried"


@dataclass(frozen=True, eq=False)
class Entry:
    """A run in the legend.

    Attributes:
        lines: its caption, as far as it is known.
        below: whether the caption is under the label instead of beside it.
        at: left and top, in inches from the left and from the top of the legend.
        caption_at: where the caption begins, in inches from the left of the legend.
        size: width and height in inches.
    """

    run: SceneRun
    label: str
    lines: tuple[str, ...]
    below: bool
    at: tuple[float, float]
    caption_at: float
    size: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Row:
    """Handles side by side.

    Attributes:
        size: of their labels, in points.
        pad: from a handle to its label, in sizes.
        top: inches from the top of the legend.
    """

    handles: tuple[Line2D, ...]
    size: float
    pad: float
    top: float


@dataclass(frozen=True, eq=False)
class Legend:
    """A legend that is arranged for a width.

    Attributes:
        common: the lines of what is told of all runs.
        common_top: inches from the top of the legend to these.
        width, height: in inches.
        fits: whether every line is within the width.
    """

    entries: tuple[Entry, ...]
    common: tuple[str, ...]
    common_top: float
    rows: tuple[Row, ...]
    width: float
    height: float
    fits: bool


@dataclass(frozen=True, eq=False)
class LegendContent:
    """What a legend explains.

    Attributes:
        captions: what is written beside each run, or of a film the longest line that will be.
        places: what is written there where there is no room for more: the places of a race; of a film, where they change, nothing.
        wrap: whether a caption may have several lines.
        alike: whether all runs need rows of one kind, as they change places.
        order: the indices of the runs from the top.
        markers, quantities: handles with their labels.
        common: what is told of all runs together.
    """

    runs: tuple[SceneRun, ...]
    captions: tuple[str, ...]
    places: tuple[str, ...]
    wrap: bool
    alike: bool
    order: tuple[int, ...]
    markers: tuple[Line2D, ...]
    quantities: tuple[Line2D, ...]
    common: str
    theme: Theme

    def terse(self) -> LegendContent:
        """The same with the runs' places only, for very many runs."""
        return replace(self, captions=self.places)

    def arranged(self, width: float) -> Legend:
        """The legend in a width in inches, with as few rows as fit."""
        for columns in range(min(MOST_COLUMNS, len(self.runs)), 1, -1):
            share = (width - (columns - 1) * COLUMNS) / columns
            if all(self._beside(index) <= share for index in range(len(self.runs))):
                return self._arranged(width, columns, share)
        return self._arranged(width, 1, width)

    def widths(self) -> tuple[float, float]:
        """The widths from which on each label has room with its place in a race, and each with all of its caption."""
        runs = range(len(self.runs))
        return max(self._beside(index, self.places[index]) for index in runs), max(map(self._beside, runs))

    def _beside(self, index: int, caption: str | None = None) -> float:
        """The width of a run's row with its caption, or another one, beside the label."""
        theme, caption = self.theme, self.captions[index] if caption is None else caption
        label = text_width(self.runs[index].label, theme.text_size, theme, bold=True)
        return LABEL + label + (GAP + text_width(caption, theme.text_size, theme) if caption else 0.0)

    def _arranged(self, width: float, columns: int, share: float) -> Legend:
        theme, size = self.theme, self.theme.text_size
        entries: dict[int, Entry] = {}
        fits, top = True, 0.0
        per_column = -(-len(self.runs) // columns)
        beside = all(self._beside(index) <= share for index in range(len(self.runs)))
        widest = max((text_width(run.label, size, theme, bold=True) for run in self.runs), default=0.0)
        aligned = beside and all(
            LABEL + widest + GAP + text_width(caption, size, theme) <= share for caption in self.captions
        )  # fmt: skip
        tops = [0.0] * columns
        for place, index in enumerate(self.order):
            run, caption, column = self.runs[index], self.captions[index], place // per_column
            left = column * (share + COLUMNS)
            own = text_width(run.label, size, theme, bold=True)
            label = run.label
            if LABEL + own > share:
                label, fits = _cut(label, share - LABEL, size, theme), False
            below = not beside and bool(caption) and (self.alike or self._beside(index) > share)
            lines: tuple[str, ...] = (caption,) if caption else ()
            if below and self.wrap:
                lines = tuple(wrapped(caption, share - LABEL, size, theme))
            fits &= all(text_width(line, size, theme) <= share - LABEL for line in lines if below)
            caption_at = left + LABEL + (0.0 if below else (widest if aligned else own) + GAP)
            tall = ROW + (UNDER * len(lines) + 0.04) * below
            entries[index] = Entry(run, label, lines, below, (left, tops[column]), caption_at, (share, tall))
            tops[column] += tall
        top = common_top = max(tops)
        common = tuple(wrapped(self.common, width - LABEL, size, theme)) if self.common else ()
        fits &= all(text_width(line, size, theme) <= width - LABEL for line in common)
        top += ROW + UNDER * (len(common) - 1) if common else 0.0
        rows: list[Row] = []
        for handles, points, pad in ((self.quantities, 1.1 * theme.small_size, 0.8), (self.markers, theme.small_size, 0.35)):
            for part in _flowed(handles, points, width, theme):
                rows.append(Row(part, points, pad, top))
                fits &= sum(_handle_width(handle, points, theme) for handle in part) - APART <= width
                top += ROW
        runs = tuple(entries[index] for index in range(len(self.runs)))
        return Legend(runs, common, common_top, tuple(rows), width, top, fits)


def _cut(text: str, width: float, size: float, theme: Theme) -> str:
    """A label that is too long for its column, with an ellipsis."""
    while len(text) > 1 and text_width(text + "…", size, theme, bold=True) > width:
        text = text[:-1].rstrip(" ;,(")
    return text + "…"


def _flowed(handles: Sequence[Line2D], size: float, width: float, theme: Theme) -> list[tuple[Line2D, ...]]:
    """Handles in rows of at most this width."""
    rows: list[list[Line2D]] = []
    used = 0.0
    for handle in handles:
        needed = _handle_width(handle, size, theme)
        if not rows or used + needed - APART > width:
            rows.append([])
            used = 0.0
        rows[-1].append(handle)
        used += needed
    return [tuple(row) for row in rows]


def _handle_width(handle: Line2D, size: float, theme: Theme) -> float:
    """The width of a handle with its label, up to the next handle."""
    return HANDLE + text_width(str(handle.get_label()), size, theme) + APART


def legend_content(
    scene: Scene, scales: Sequence[QuantityScale], captions: Sequence[str], theme: Theme, *, wrap: bool,
    order: Sequence[int] = (), subject: bool = True, common: bool = True,
) -> LegendContent:  # fmt: skip
    """What the legend of a scene explains.

    Args:
        subject: whether more is drawn than the chart, so that markers and quantities are to be explained.
        common: whether it is told how all runs ended, where they ended the same.
    """
    shown = tuple(order) or tuple(range(len(scene.runs)))
    return LegendContent(
        scene.runs,
        tuple(captions),
        tuple(scene.place(run) if wrap else "" for run in scene.runs),
        wrap,
        scene.race is not None and not wrap,
        shown,
        tuple(_marker_handles(scene, theme)) if subject else (),
        tuple(quantity_handles(scales, theme)) if subject else (),
        scene.common_outcome if common else "",
        theme,
    )


@dataclass(frozen=True)
class Slot:
    """The place of a run in the legend, in pixels from the left and from the top of the figure."""

    left: int
    top: int
    width: int
    height: int

    def is_within(self, figure: Figure) -> bool:
        """Whether all of it is in the figure."""
        width, height = figure.bbox.size
        return bool(0 <= self.top <= height - self.height and 0 <= self.left <= width - self.width)

    def cut(self, pixels: Pixels) -> SlotImage:
        """What is drawn there at present."""
        return SlotImage(self, pixels[self.top : self.top + self.height, self.left : self.left + self.width].copy())


@dataclass(frozen=True, eq=False)
class SlotImage:
    """What a slot shows: the line and the label of a run."""

    slot: Slot
    pixels: Pixels

    def copy_to(self, slot: Slot, frame: Pixels) -> None:
        """Draw it into another slot."""
        if slot != self.slot:
            high, wide = self.pixels.shape[:2]
            frame[slot.top : slot.top + high, slot.left : slot.left + wide] = self.pixels


def legend_slots(figure: Figure, legend: Legend, left: float, top: float) -> tuple[Slot, ...]:
    """The place of each run in a legend: see `draw_legend`."""
    dpi, height = figure.dpi, float(figure.get_size_inches()[1])
    wide, tall = (min(entry.size[side] for entry in legend.entries) for side in (0, 1))
    return tuple(
        Slot(
            max(round((left + entry.at[0] - EDGE) * dpi), 0), round((height - top + entry.at[1]) * dpi), int((wide + EDGE) * dpi),
            int(tall * dpi),
        )
        for entry in legend.entries
    )  # fmt: skip


def draw_legend(
    figure: Figure, legend: Legend, left: float, top: float, theme: Theme, *, write: bool
) -> tuple[tuple[Text, ...], tuple[Text, ...]]:
    """Draw a legend; the text of each run's caption, which is empty unless it is to be written, and those about all runs.

    Args:
        left, top: of the legend, in inches from the left and from the bottom of the figure.
    """
    width, height = (float(side) for side in figure.get_size_inches())
    text: dict[str, Any] = {"va": "center_baseline", "fontfamily": theme.fonts, "fontsize": theme.text_size, "parse_math": False}
    captions, common = [], []
    for entry in legend.entries:
        x, y = left + entry.at[0], top - entry.at[1] - ROW / 2
        line = run_handle(entry.run, theme)
        line.set_data([x / width, (x + LINE) / width], [y / height, y / height])
        line.set(transform=figure.transFigure, markevery=[1])
        figure.add_artist(line)
        figure.text((x + LABEL) / width, y / height, entry.label, color=theme.ink, fontweight="bold", **text)
        spot = ((left + entry.caption_at) / width, (y - UNDER * entry.below) / height)
        first, *others = (*entry.lines, "") if write else ("",)
        captions.append(figure.text(*spot, first, color=theme.quiet, **text))
        for number, words in enumerate(filter(None, others), 1):
            figure.text(spot[0], spot[1] - number * UNDER / height, words, color=theme.quiet, **text)
    for number, words in enumerate(legend.common):
        y = top - legend.common_top - ROW / 2 - number * UNDER
        common.append(figure.text((left + LABEL) / width, y / height, words, color=theme.quiet, **text))
    for row in legend.rows:
        made = figure.legend(
            handles=row.handles, loc="center left", bbox_to_anchor=((left - 0.03) / width, (top - row.top - ROW / 2) / height),
            ncols=len(row.handles), frameon=False, fontsize=row.size, labelcolor=theme.quiet, borderpad=0, borderaxespad=0,
            handletextpad=row.pad, columnspacing=1.3, handlelength=1.5,
        )  # fmt: skip
        for label in made.get_texts():
            label.set(fontfamily=theme.fonts, math_fontfamily=theme.mathematics)
    return tuple(captions), tuple(common)


def run_handle(run: SceneRun, theme: Theme) -> Line2D:
    """The legend's handle for a run: a piece of its line with its marker."""
    style = theme.run_style(run.index)
    return Line2D(
        [], [], color=style.color, linewidth=theme.path_width, linestyle=style.line, marker=style.marker,
        markersize=theme.mark_size - 1, markeredgecolor=theme.paper, label=run.label,
    )  # fmt: skip


def _marker_handles(scene: Scene, theme: Theme) -> list[Line2D]:
    """A handle for each kind of marker in the objective's axes."""
    layer = scene.objective_layer
    of_fit = fit_handles(scene.fit, theme) if scene.fit is not None else []
    paths = [run.path for run in scene.runs]
    if scene.planes is not None:
        paths = list(scene.planes.panels[0].paths)
    elif layer is None:
        return of_fit
    ring: dict[str, Any] = {"marker": "o", "markersize": theme.mark_size, "markerfacecolor": "none", "markeredgewidth": 1.5}
    kinds: dict[str, dict[str, Any]] = {"start": {**ring, "markeredgecolor": theme.quiet}}
    if any(path is not None and len(path.points) > 1 for path in paths):
        kinds["end"] = {**ring, "markerfacecolor": theme.quiet, "markeredgecolor": theme.paper}
    if layer is not None:
        kinds |= {marker.kind: marker_properties(marker.kind, theme) for marker in layer.markers}
    if scene.hidden:
        faint = {
            "marker": "_",
            "markersize": 1.4 * theme.mark_size,
            "markeredgecolor": theme.quiet,
            "markeredgewidth": 1.2,
            "alpha": 0.5,
        }
        kinds[HIDDEN] = faint
    if layer is not None and len(layer.samples):
        kinds["sample"] = {**ring, "markersize": theme.dot_size, "markeredgecolor": theme.sample, "markeredgewidth": 1.0}
    made = [Line2D([], [], linestyle="none", label=kind, **properties) for kind, properties in kinds.items()]
    return [*made, *evaluation_handles(scene, theme), *of_fit]
