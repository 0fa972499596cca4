"""The cards of a film: what its beginning tells line by line, and how its runs ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from steepest.plot.film.card import OUTSIDE, Card, CardText, best_corner, card_text, draw_card
from steepest.plot.film.timeline import Stage
from steepest.plot.mpl.layout import Layout
from steepest.plot.scene.limits import Array
from steepest.plot.scene.text.narration import Told, ending_lines, first_step_lines, slope_lines, start_lines

if TYPE_CHECKING:
    from steepest.plot.film.film import Film

ENDS_COUNT = 40  # how many points of a path the point where a run is, or a minimum, counts as
COVERED = 2.0  # what a covered point costs
SUBJECT, SMALLER = 60.0, 20.0  # the same of a part of the subject, and of a point less of the font
PARTED, CUT = 100.0, 200.0  # the same of lines that are broken where they belong together, and of words that are left out
CURVE = 12.0  # the same of a panel with a curve, which has room
OF_PANEL = 0.75  # the share of a panel that the last card takes unless it needs more
SPREAD = 5.0  # pixels from point to point of a line that is looked at
MOST_LENGTHS = 20  # a line is looked at as far as this many widths of the picture
CELLS = 24  # a side, of the lattice of points that a surface is looked at


def film_cards(film: Film) -> dict[Stage, Card]:
    """A card for each stage of a film that has one, where it covers the least of what that stage shows."""
    stages = set(film.timeline.stages.tolist())
    start, slope = start_lines(film.scene), slope_lines(film.scene)
    step = first_step_lines(film.scene) if film.strip is None else []
    texts = {Stage.START: start, Stage.SLOPE: [*start, *slope], Stage.STEP: [*start, *slope, *step]}
    begun = {stage: told for stage, told in texts.items() if stage in stages}
    cards = _placed(film, begun, _points(film, 1), 1.0) if begun else {}
    if Stage.CARD in stages:
        last = max(len(run.values) for run in film.scene.runs) - 1
        cards |= _placed(film, {Stage.CARD: ending_lines(film.scene)}, _points(film, last), OF_PANEL)
    return cards


def _placed(film: Film, told: Mapping[Stage, Sequence[Told]], points: Array, share: float) -> dict[Stage, Card]:
    """The cards of stages that follow each other, in one size and one corner of one panel, which suits the largest of them."""
    figure, theme = film.layout.figure, film.theme
    dpi = float(figure.dpi)
    best: tuple[float, tuple[float, float], dict[Stage, CardText]] | None = None
    of_subject = SUBJECT if film.scene.objective_layer is None or film.scene.objective_layer.curve is None else CURVE
    for (panel, dear), size in product(_panels(film.layout, of_subject), (theme.plain_size, theme.text_size, theme.small_size)):
        left, bottom, right, top = panel
        room = (right - left) / dpi, (top - bottom) / dpi
        made = {stage: card_text(lines, room, size, theme, share) for stage, lines in told.items()}
        texts = {stage: text for stage, text in made.items() if text is not None}
        if len(texts) < len(told):
            continue
        width, height = (max(getattr(text, side) for text in texts.values()) * dpi for side in ("width", "height"))
        gap = OUTSIDE * dpi
        corner, covered = best_corner((width, height), (left + gap, bottom + gap, right - gap, top - gap), points)
        cost = COVERED * covered + dear + SMALLER * (theme.plain_size - size)
        cost += PARTED * any(text.parted for text in texts.values()) + CUT * any(text.cut for text in texts.values())
        if best is None or cost < best[0]:
            best = cost, corner, texts
    if best is None:
        return {}
    return {stage: draw_card(figure, text, best[1], film.scene.runs, theme) for stage, text in best[2].items()}


def _panels(layout: Layout, of_subject: float) -> Iterator[tuple[tuple[float, float, float, float], float]]:
    """The panels that cards may be in, as left, bottom, right and top in pixels, with what it costs to cover a part of each."""
    if layout.chart_axes is not None:
        yield _box([layout.chart_axes]), 0.0
    if layout.objective_axes is not None:
        yield _box([layout.objective_axes]), of_subject
    elif layout.panels:
        free = _free_place(layout.panels)
        if free is not None:
            yield free, 0.0
        for ax in layout.panels:
            yield _box([ax]), of_subject
    elif layout.fit_axes is not None:
        yield _box([layout.fit_axes]), of_subject


def _free_place(axes: Sequence[Axes]) -> tuple[float, float, float, float] | None:
    """The box right of the last panel, below those of the row before it; None where its row is full."""
    boxes = [ax.get_tightbbox() for ax in axes]
    found = [box.extents for box in boxes if box is not None]
    _, bottom, left, _ = found[-1]
    above = [box for box in found if box[0] >= left]
    if not above:
        return None
    return float(left), float(bottom), float(max(box[2] for box in above)), float(min(box[1] for box in above))


def _box(axes: Sequence[Axes]) -> tuple[float, float, float, float]:
    """The box around axes, in pixels."""
    boxes = np.array([ax.bbox.extents for ax in axes])
    (left, bottom), (right, top) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return left, bottom, right, top


def _points(film: Film, last: int) -> Array:
    """The points in pixels that a card should not cover: the paths up to a step, what they lead to, and the curve."""
    found = [part[np.isfinite(part).all(axis=1)] for part in _parts(film, last)]
    return np.vstack([*found, np.zeros((0, 2))])


def _parts(film: Film, last: int) -> Iterator[Array]:
    layer, layout = film.scene.objective_layer, film.layout
    for run in film.run_artists:
        for artist in run.at(float(last), Stage.RUN):
            ax, data = artist.axes, getattr(artist, "get_xydata", lambda: None)()
            if ax is not None and data is not None and len(data):
                pixels = np.asarray(ax.transData.transform(np.asarray(data, dtype=np.float64)))
                yield _along(pixels, film.size)
                yield np.repeat(pixels[-1:], ENDS_COUNT, axis=0)
    if layer is None or layout.objective_axes is None:
        return
    transform = layout.objective_axes.transData
    surface = layout.surface_axes
    if surface is not None:
        share = (np.arange(CELLS) + 0.5) / CELLS
        lattice = surface.surface.points(np.stack(np.meshgrid(share, share), axis=-1).reshape(-1, 2))
        yield np.asarray(transform.transform(surface.camera.project(lattice[np.isfinite(lattice).all(axis=1)])))
        return
    if layer.curve is not None:
        yield _along(np.asarray(transform.transform(layer.curve)), film.size)
    for marker in layer.markers:
        yield np.repeat(np.asarray(transform.transform([marker.point])), ENDS_COUNT, axis=0)


def _along(line: Array, size: tuple[int, int]) -> Array:
    """Points along a line, evenly spaced, as far as it stays near the picture."""
    around = np.array(size)
    line = line[np.isfinite(line).all(axis=1) & (np.abs(line) < 3 * around).all(axis=1)]
    if len(line) < 2:
        return line
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    spots = np.arange(0, min(float(lengths[-1]), MOST_LENGTHS * size[0]), SPREAD)
    return np.column_stack([np.interp(spots, lengths, side) for side in line.T])
