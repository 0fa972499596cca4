"""Named quantities of a run, drawn at its current point: vectors as arrows, second moments as squares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.lines import Line2D
from matplotlib.path import Path as Outline
from matplotlib.quiver import Quiver

from steepest.optimizers.quantities import UPDATE
from steepest.plot.film.sprites import TextSprite, text_sprite
from steepest.plot.mpl.artists import ENDS, NOTES, bold_halo
from steepest.plot.mpl.text.labels import Label, LabelArea
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import ObjectiveLayer
from steepest.plot.scene.quantities import QuantityScale, ShownQuantity
from steepest.plot.scene.scene import SceneRun
from steepest.plot.theme import Theme

# Shares of the width of the axes.
SHORTEST_ARROW = 0.035  # a shorter arrow is drawn with this length, and fades
SMALLEST_SQUARE = 0.012  # the same for the side of a square
LONGEST = 20.0

LEAST_OPACITY = 0.35
FILL_OPACITY = 0.22
LABEL_SCALE = 1.1  # the size of a label relative to the labels of the axes

# Points.
LIFT = 11.0  # between horizontal arrows in the same direction
LABELED = 5.0  # a shorter arrow has no label
BORDER = np.array([40.0, 14.0])  # so far outside of the axes a label may be, or inside it must be if its arrow is cut at the border
LEGEND_ARROW = 18.0  # the length of an arrow in the legend

# The width of the shaft in points; the head's width, length and length at the shaft, in shafts.
SHAPES = ((1.9, 4.6, 5.0, 4.4), (2.9, 3.6, 4.2, 3.0), (1.3, 6.4, 7.4, 5.2), (2.3, 4.4, 3.2, 3.2), (1.6, 5.0, 7.0, 3.6))
LAYER = ENDS - 0.5


class QuantityArtist(Protocol):
    """What draws one quantity of a run."""

    @property
    def artist(self) -> Artist: ...
    @property
    def color(self) -> str: ...
    @property
    def rows(self) -> Array: ...
    @property
    def texts(self) -> tuple[str, ...]: ...
    def at(self, row: int, point: Array, level: int) -> list[Label] | None:
        """Move the artist and return where its labels go; None where there is nothing to draw.

        Args:
            row: of `rows`: the step.
            point: where the run is, in data coordinates.
            level: how many arrows in the same direction there are already, if all are horizontal.
        """


@dataclass(frozen=True, eq=False)
class Arrow:
    """A vector that starts where the run is.

    Attributes:
        rows: the vectors as drawn, in data coordinates, a row for each step.
        shortest: the least length, as a share of the width; 0 for the update, which ends at the next point.
    """

    artist: Quiver
    symbol: str
    color: str
    rows: Array
    area: LabelArea
    shortest: float

    @property
    def texts(self) -> tuple[str, ...]:
        return (f"${self.symbol}$",)

    def at(self, row: int, point: Array, level: int) -> list[Label] | None:
        """See `QuantityArtist.at`."""
        shift = np.zeros(2)
        shift[: self.rows.shape[1]] = self.rows[row]
        shift, opacity = self.visible(shift)
        if not shift.any():
            return None
        tail = point + np.array([0.0, level * LIFT]) / self.area.points * self.area.sizes
        self.artist.set_offsets([tail])
        self.artist.set_UVC([shift[0]], [shift[1]])
        self.artist.set_alpha(opacity)
        if np.hypot(*shift / self.area.sizes * self.area.points) < LABELED:
            return []
        return [self.area.label(self.texts[0], self.color, tail, shift, BORDER if self.shortest else -BORDER)]

    def visible(self, shift: Array) -> tuple[Array, float]:
        """The vector with a length that can be drawn and seen, and its opacity."""
        if not np.isfinite(shift).all():
            return np.zeros(2), 0.0
        largest = float(np.abs(shift / self.area.sizes).max())
        if not largest:
            return shift, 0.0
        length = largest * float(np.hypot(*(shift / self.area.sizes / largest)))
        if length >= self.shortest:
            return shift * min(1.0, LONGEST / length), 1.0
        return shift / length * self.shortest, max(LEAST_OPACITY, length / self.shortest)


@dataclass(frozen=True, eq=False)
class Squares:
    """A second moment: a square for each parameter, with a corner where the run is.

    Attributes:
        rows: the sides as shares of the width of the axes, a row for each step.
        turn: 1 for the horizontal parameter's square to the lower right and the vertical one's to the upper left; -1 for
            upper right and lower left.
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

    def at(self, row: int, point: Array, level: int) -> list[Label] | None:
        """See `QuantityArtist.at`."""
        sides = self.rows[row]
        if not np.isfinite(sides).all() or not sides.any():
            return None
        unit = self.area.sizes * self.area.points[0] / self.area.points  # equal lengths on the screen
        corners, labels = [], []
        for axis, (text, side) in enumerate(zip(self.texts, np.clip(sides, SMALLEST_SQUARE, LONGEST), strict=True)):
            across, up = side * unit * ((1, -self.turn) if axis == 0 else (-1, self.turn))
            corners.append(point + np.array([(0.0, 0.0), (across, 0.0), (across, up), (0.0, up)]))
            start, shift = (np.array(pair) for pair in (((0.0, up / 2), (across, 0.0)), ((across / 2, 0.0), (0.0, up)))[axis])
            labels.append(self.area.label(text, self.color, point + start, shift, BORDER))
        self.artist.set_verts(corners)
        opacity = max(LEAST_OPACITY, min(1.0, float(sides.max()) / SMALLEST_SQUARE))
        self.artist.set(facecolor=(self.color, FILL_OPACITY * opacity), edgecolor=(self.color, opacity))
        return labels


@dataclass(frozen=True, eq=False)
class QuantityArtists:
    """The arrows and squares of a run, with their labels.

    Attributes:
        points: the run's path, in data coordinates, a row for each position.
        horizontal: whether all arrows are horizontal; those in the same direction are then stacked.
        sprites: of a film: the label for a text and a color.
    """

    points: Array
    artists: tuple[QuantityArtist, ...]
    area: LabelArea
    horizontal: bool
    sprites: dict[tuple[str, str], TextSprite]

    def at(self, step: int) -> Iterator[Artist]:
        """The artists to draw at a step of a film, moved to where they are then."""
        shown, labels = self.placed(step)
        yield from shown
        for label in labels:
            sprite = self.sprites[label.text, label.color]
            sprite.center = label.center
            yield sprite

    def placed(self, step: int) -> tuple[list[Artist], list[Label]]:
        """The artists to draw at a step, moved there, and their labels, of which none covers another."""
        shown: list[Artist] = []
        labels: list[Label] = []
        if step >= len(self.points) or not self.area.contains(self.points[step]):
            return shown, labels
        levels = Counter[float]()
        for each in self.artists:
            if step >= len(each.rows):
                continue
            direction = float(np.sign(each.rows[step][0])) if self.horizontal and isinstance(each, Arrow) else 0.0
            own = each.at(step, self.points[step], levels[direction] if direction else 0)
            levels[direction] += 1
            if own is not None:
                shown.append(each.artist)
                labels += [self.area.beside(label, labels) for label in own]
        return shown, labels


def quantity_artists(
    ax: Axes, run: SceneRun, scales: Sequence[QuantityScale], layer: ObjectiveLayer, theme: Theme
) -> QuantityArtists | None:
    """The arrows and squares of a run in a film; None if it has none."""
    made = _made_artists(ax, run, scales, layer, theme)
    if made is None:
        return None
    for each in made.artists:
        each.artist.set_animated(True)
        for text in each.texts:
            made.sprites[text, each.color] = text_sprite(ax, text, each.color, LABEL_SCALE * theme.label_size, theme, NOTES)
    return made


def draw_quantities(
    ax: Axes, run: SceneRun, scales: Sequence[QuantityScale], layer: ObjectiveLayer, step: int, theme: Theme
) -> None:
    """Draw the arrows and squares of a run at one step, with their labels, into a still picture."""
    made = _made_artists(ax, run, scales, layer, theme)
    if made is None:
        return
    shown, labels = made.placed(step)
    for each in made.artists:
        each.artist.set_visible(each.artist in shown)
    for label in labels:
        ax.text(
            *label.center, label.text, transform=ax.transAxes, ha="center", va="center", color=label.color, fontfamily=theme.fonts,
            fontsize=LABEL_SCALE * theme.label_size, math_fontfamily=theme.mathematics, zorder=NOTES,
            path_effects=bold_halo(label.color, theme),
        )  # fmt: skip


def _made_artists(
    ax: Axes, run: SceneRun, scales: Sequence[QuantityScale], layer: ObjectiveLayer, theme: Theme
) -> QuantityArtists | None:
    """The artists, added to the axes; the update first, so that its arrow is the lowest of a stack."""
    if run.path is None:
        return None
    low, high = (np.array(side) for side in zip(*layer.view, strict=True))
    box = ax.get_window_extent()
    area = LabelArea(low, high - low, np.array([box.width, box.height]) * 72 / ax.figure.dpi)
    horizontal, made, turn = run.slopes is not None, list[QuantityArtist](), 1
    for index, scale in sorted(enumerate(scales), key=lambda pair: pair[1].name != UPDATE):
        for each in (each for each in run.quantities if each.name == scale.name):
            color = theme.quantity_colors[index % len(theme.quantity_colors)]
            if each.kind == "squares":
                made.append(_squares(ax, each, scale, () if horizontal else layer.labels, color, area, turn))
                turn = -turn
            else:
                made.append(_arrow(ax, each, scale, _ArrowStyle(color, SHAPES[index % len(SHAPES)], theme.paper), area))
    return QuantityArtists(run.path.points, tuple(made), area, horizontal, {}) if made else None


@dataclass(frozen=True)
class _ArrowStyle:
    """The color and the shape of an arrow, and the color of its outline."""

    color: str
    shape: tuple[float, float, float, float]
    outline: str


def _arrow(ax: Axes, quantity: ShownQuantity, scale: QuantityScale, style: _ArrowStyle, area: LabelArea) -> Arrow:
    shaft, width, length, inner = style.shape
    update = scale.name == UPDATE
    artist = ax.quiver(
        [area.low[0]], [area.low[1]], [0.0], [0.0], angles="xy", scale_units="xy", scale=1, units="inches", width=shaft / 72,
        headwidth=width, headlength=length, headaxislength=inner, minlength=0, facecolor=style.color, edgecolor=style.outline,
        linewidth=0.7, zorder=LAYER + update / 10, clip_on=update,
    )  # fmt: skip
    with np.errstate(over="ignore", invalid="ignore"):
        rows = quantity.rows * scale.factor
    return Arrow(artist, quantity.symbol, style.color, rows, area, 0.0 if update else SHORTEST_ARROW)


def _squares(
    ax: Axes, quantity: ShownQuantity, scale: QuantityScale, parameters: Sequence[str], color: str, area: LabelArea, turn: int
) -> Squares:
    artist = PolyCollection([], linewidth=1.4, zorder=LAYER - 0.1)
    ax.add_collection(artist, autolim=False)
    symbols = tuple(_subscripted(quantity.symbol, name) for name in parameters) or (quantity.symbol,)
    return Squares(artist, symbols, color, quantity.rows * scale.factor / area.sizes[0], area, turn)


def _subscripted(symbol: str, name: str) -> str:
    r"""A symbol with the name of a parameter as its subscript.

    >>> _subscripted("v", "x"), _subscripted(r"v_{\mathrm{max}}", "y")
    ('v_{x}', 'v_{\\mathrm{max}, y}')
    """
    return f"{symbol[:-1]}, {name}}}" if "_{" in symbol else f"{symbol}_{{{name}}}"


def quantity_handles(scales: Sequence[QuantityScale], theme: Theme) -> list[Line2D]:
    """The legend's handle for each quantity: an arrow or a square in its color, with its label."""
    handles = []
    for index, scale in enumerate(scales):
        color = theme.quantity_colors[index % len(theme.quantity_colors)]
        if scale.kind == "squares":
            shape: dict[str, Any] = {"marker": "s", "markersize": 0.9 * theme.mark_size, "markerfacecolor": (color, FILL_OPACITY)}
        else:
            shape = {"marker": _arrow_outline(index), "markersize": LEGEND_ARROW, "markerfacecolor": color}
        edge = 1.2 if scale.kind == "squares" else 0.0
        handles.append(Line2D([], [], linestyle="none", **shape, markeredgecolor=color, markeredgewidth=edge, label=scale.label))
    return handles


def _arrow_outline(index: int) -> Outline:
    """The arrow in the legend, as long as its marker."""
    shaft, width, length, inner = SHAPES[index % len(SHAPES)]
    half, head, neck, wing = shaft / 36, shaft * width / 36, shaft * inner / 18, shaft * length / 18
    upper = [(-0.5, half), (0.5 - neck, half), (0.5 - wing, head)]
    vertices = [*upper, (0.5, 0.0), *((x, -y) for x, y in reversed(upper))]
    return Outline([*vertices, vertices[0]], closed=True)
