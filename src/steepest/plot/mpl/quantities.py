"""Arrows and squares at the head of a run: what it carries, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline
from matplotlib.quiver import Quiver

from steepest.optimizers.quantities import UPDATE
from steepest.plot.mpl.artists import ENDS, NOTES
from steepest.plot.mpl.labels import Label, LabelArea
from steepest.plot.mpl.sprite import TextSprite, rims, text_sprite
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import ObjectiveLayer
from steepest.plot.scene.quantities import QuantityScale, ShownQuantity
from steepest.plot.scene.scene import SceneRun
from steepest.plot.theme import Theme

# Shares of the picture's width.
FLOOR = 0.035  # a shorter arrow keeps this length and fades: it shows its direction only
SMALLEST = 0.012  # the same of a square's side
FAINTEST = 0.35
FARTHEST = 20.0
FILLED = 0.22
LARGER = 1.1  # a label than the names of the axes
# Points.
LIFT = 11.0  # of a horizontal arrow over another to the same side
NAMED = 5.0  # a shorter arrow has no label
OUTSIDE = np.array([40.0, 14.0])  # so far out a label may be, sideways and up or down
INSIDE = np.array([40.0, 14.0])  # so far inside it must be, of an arrow that ends at the border
POINTER = 18.0  # the length of an arrow in the key

# Shaft, then the head's width, length and length at the shaft, in shafts.
SHAPES = ((1.9, 4.6, 5.0, 4.4), (2.9, 3.6, 4.2, 3.0), (1.3, 6.4, 7.4, 5.2), (2.3, 4.4, 3.2, 3.2), (1.6, 5.0, 7.0, 3.6))
LAYER = ENDS - 0.5


class QuantityArtist(Protocol):
    """What stands for one quantity of a run; `at` puts it to a place and says where its labels go, or that there is nothing."""

    @property
    def artist(self) -> Artist: ...
    @property
    def color(self) -> str: ...
    @property
    def rows(self) -> Array: ...
    @property
    def texts(self) -> tuple[str, ...]: ...
    def at(self, row: int, place: Array, level: int) -> list[Label] | None: ...


@dataclass(frozen=True, eq=False)
class Arrow:
    """A vector from where the run is.

    Attributes:
        rows: the vectors as they are drawn, in data.
        floor: the least length; 0 for a step, which ends where the next one begins.
    """

    artist: Quiver
    symbol: str
    color: str
    rows: Array
    area: LabelArea
    floor: float

    @property
    def texts(self) -> tuple[str, ...]:
        return (f"${self.symbol}$",)

    def at(self, row: int, place: Array, level: int) -> list[Label] | None:
        """Move the arrow, so many lines above the run's place, and say where its label goes."""
        shift = np.zeros(2)
        shift[: self.rows.shape[1]] = self.rows[row]
        shift, opacity = self.visible(shift)
        if not shift.any():
            return None
        tail = place + np.array([0.0, level * LIFT]) / self.area.points * self.area.sizes
        self.artist.set_offsets([tail])
        self.artist.set_UVC([shift[0]], [shift[1]])
        self.artist.set_alpha(opacity)
        if np.hypot(*shift / self.area.sizes * self.area.points) < NAMED:
            return []
        return [self.area.label(self.texts[0], self.color, tail, shift, OUTSIDE if self.floor else -INSIDE)]

    def visible(self, shift: Array) -> tuple[Array, float]:
        """The vector with a length that can be drawn, and its opacity."""
        if not np.isfinite(shift).all():
            return np.zeros(2), 0.0
        largest = float(np.abs(shift / self.area.sizes).max())
        if not largest:
            return shift, 0.0
        length = largest * float(np.hypot(*(shift / self.area.sizes / largest)))
        if length >= self.floor:
            return shift * min(1.0, FARTHEST / length), 1.0
        return shift / length * self.floor, max(FAINTEST, length / self.floor)


@dataclass(frozen=True, eq=False)
class Squares:
    """A second moment: a square on each axis through the run's place, that of the vertical one to the left.

    Attributes:
        rows: the sides in shares of the picture's width.
        turn: 1 where the horizontal axis's square is below it and the vertical one's above the place; -1 for the other way round.
    """

    artist: PolyCollection
    symbols: tuple[str, ...]
    color: str
    rows: Array
    area: LabelArea
    turn: int

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(f"${symbol}$" for symbol in self.symbols)

    def at(self, row: int, place: Array, level: int) -> list[Label] | None:
        """Move the squares, and say where their labels go."""
        sides = self.rows[row]
        if not np.isfinite(sides).all() or not sides.any():
            return None
        unit = self.area.sizes * self.area.points[0] / self.area.points  # so that a square is one on paper
        corners, labels = [], []
        for axis, (text, side) in enumerate(zip(self.texts, np.clip(sides, SMALLEST, FARTHEST), strict=True)):
            across, up = side * unit * ((1, -self.turn) if axis == 0 else (-1, self.turn))
            corners.append(place + np.array([(0.0, 0.0), (across, 0.0), (across, up), (0.0, up)]))
            middle, way = (np.array(pair) for pair in (((0.0, up / 2), (across, 0.0)), ((across / 2, 0.0), (0.0, up)))[axis])
            labels.append(self.area.label(text, self.color, place + middle, way, OUTSIDE))
        self.artist.set_verts(corners)
        opacity = max(FAINTEST, min(1.0, float(sides.max()) / SMALLEST))
        self.artist.set(facecolor=(self.color, FILLED * opacity), edgecolor=(self.color, opacity))
        return labels


@dataclass(frozen=True, eq=False)
class QuantityArtists:
    """All pointers of a run, and a stamp for each label of theirs.

    Attributes:
        places: of the run, a row for each position.
        flat: whether all arrows are horizontal, so that those to one side stand over each other.
    """

    places: Array
    quantity_artists: tuple[QuantityArtist, ...]
    area: LabelArea
    flat: bool
    stamps: dict[tuple[str, str], TextSprite]

    def at(self, step: int) -> Iterator[Artist]:
        """What is to be drawn at a step."""
        shown, labels = self.placed(step)
        yield from shown
        for label in labels:
            word = self.stamps[label.text, label.color]
            word.place = label.place
            yield word

    def placed(self, step: int) -> tuple[list[Artist], list[Label]]:
        """The artists, put to their places, and their labels, none upon another."""
        shown: list[Artist] = []
        labels: list[Label] = []
        if step >= len(self.places) or not self.area.holds(self.places[step]):
            return shown, labels
        levels = Counter[float]()
        for pointer in self.quantity_artists:
            if step >= len(pointer.rows):
                continue
            side = float(np.sign(pointer.rows[step][0])) if self.flat and isinstance(pointer, Arrow) else 0.0
            found = pointer.at(step, self.places[step], levels[side] if side else 0)
            levels[side] += 1
            if found is not None:
                shown.append(pointer.artist)
                labels += [self.area.beside(label, labels) for label in found]
        return shown, labels


def quantity_artists(
    ax: Axes, scene_run: SceneRun, found: Sequence[QuantityScale], objective_layer: ObjectiveLayer, theme: Theme
) -> QuantityArtists | None:
    """The pointers of a run in motion; None if it carries nothing that is drawn."""
    made = _made_artists(ax, scene_run, found, objective_layer, theme)
    if made is None:
        return None
    for pointer in made.quantity_artists:
        pointer.artist.set_animated(True)
        for text in pointer.texts:
            made.stamps[text, pointer.color] = text_sprite(ax, text, pointer.color, LARGER * theme.label_size, theme, NOTES)
    return made


def draw_quantities(
    ax: Axes, scene_run: SceneRun, found: Sequence[QuantityScale], objective_layer: ObjectiveLayer, step: int, theme: Theme
) -> None:
    """The pointers of a run at one step, with their labels, in a still picture."""
    made = _made_artists(ax, scene_run, found, objective_layer, theme)
    if made is None:
        return
    shown, labels = made.placed(step)
    for pointer in made.quantity_artists:
        pointer.artist.set_visible(pointer.artist in shown)
    for label in labels:
        ax.text(
            *label.place, label.text, transform=ax.transAxes, ha="center", va="center", color=label.color, fontfamily=theme.fonts,
            fontsize=LARGER * theme.label_size, math_fontfamily=theme.mathematics, zorder=NOTES,
            path_effects=rims(label.color, theme),
        )  # fmt: skip


def _made_artists(
    ax: Axes, scene_run: SceneRun, found: Sequence[QuantityScale], objective_layer: ObjectiveLayer, theme: Theme
) -> QuantityArtists | None:
    """The artists, in the axes."""
    if scene_run.path is None:
        return None
    low, high = (np.array(side) for side in zip(*objective_layer.view, strict=True))
    box = ax.get_window_extent()
    area = LabelArea(low, high - low, np.array([box.width, box.height]) * 72 / ax.figure.dpi)
    flat, made, turn = scene_run.slopes is not None, list[QuantityArtist](), 1
    for index, scale in sorted(enumerate(found), key=lambda pair: pair[1].name != UPDATE):
        for load in (each for each in scene_run.shown_quantities if each.name == scale.name):
            color = theme.quantity_artists[index % len(theme.quantity_artists)]
            if load.kind == "squares":
                made.append(squares(ax, load, scale, () if flat else objective_layer.labels, color, area, turn))
                turn = -turn
            else:
                made.append(arrow(ax, load, scale, ArrowStyle(color, SHAPES[index % len(SHAPES)], theme.paper), area))
    return QuantityArtists(scene_run.path.points, tuple(made), area, flat, {}) if made else None


@dataclass(frozen=True)
class ArrowStyle:
    """The color and the shape of an arrow, and the color of its rim."""

    color: str
    shape: tuple[float, float, float, float]
    rim: str


def arrow(ax: Axes, load: ShownQuantity, scale: QuantityScale, style: ArrowStyle, area: LabelArea) -> Arrow:
    shaft, width, length, inner = style.shape
    whole = scale.name == UPDATE
    artist = ax.quiver(
        [area.low[0]], [area.low[1]], [0.0], [0.0], angles="xy", scale_units="xy", scale=1, units="inches", width=shaft / 72,
        headwidth=width, headlength=length, headaxislength=inner, minlength=0, facecolor=style.color, edgecolor=style.rim,
        linewidth=0.7, zorder=LAYER + whole / 10, clip_on=whole,
    )  # fmt: skip
    with np.errstate(over="ignore", invalid="ignore"):
        rows = load.rows * scale.factor
    return Arrow(artist, load.symbol, style.color, rows, area, 0.0 if whole else FLOOR)


def squares(
    ax: Axes, load: ShownQuantity, scale: QuantityScale, axes: Sequence[str], color: str, area: LabelArea, turn: int
) -> Squares:
    artist = PolyCollection([], linewidth=1.4, zorder=LAYER - 0.1)
    ax.add_collection(artist, autolim=False)
    symbols = tuple(_subscripted(load.symbol, axis) for axis in axes) or (load.symbol,)
    return Squares(artist, symbols, color, load.rows * scale.factor / area.sizes[0], area, turn)


def _subscripted(symbol: str, axis: str) -> str:
    r"""A symbol with the name of an axis.

    >>> _subscripted("v", "x"), _subscripted(r"v_{\mathrm{max}}", "y")
    ('v_{x}', 'v_{\\mathrm{max}, y}')
    """
    return f"{symbol[:-1]}, {axis}}}" if "_{" in symbol else f"{symbol}_{{{axis}}}"


def quantity_handles(found: Sequence[QuantityScale], theme: Theme) -> list[Line2D]:
    """What the key shows of each quantity: an arrow or a square of its color, and its label."""
    handles = []
    for index, scale in enumerate(found):
        color = theme.quantity_artists[index % len(theme.quantity_artists)]
        sign = (
            ("s", 0.9 * theme.mark_size, (color, FILLED)) if scale.kind == "squares" else (_marker_outline(index), POINTER, color)
        )
        handles.append(
            Line2D(
                [], [], linestyle="none", marker=sign[0], markersize=sign[1], markerfacecolor=sign[2],
                markeredgecolor=color, markeredgewidth=1.2 if scale.kind == "squares" else 0.0, label=scale.label,
            )
        )  # fmt: skip
    return handles


def _marker_outline(index: int) -> Outline:
    """The arrow of the key, as long as its marker."""
    shaft, width, length, inner = SHAPES[index % len(SHAPES)]
    half, head, neck, wing = shaft / 36, shaft * width / 36, shaft * inner / 18, shaft * length / 18
    right = [
        (-0.5, half),
        (0.5 - neck, half),
        (0.5 - wing, head),
        (0.5, 0.0),
        (0.5 - wing, -head),
        (0.5 - neck, -half),
        (-0.5, -half),
    ]
    return Outline([*right, right[0]], closed=True)
