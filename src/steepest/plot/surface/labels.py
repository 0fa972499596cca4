"""The numbers and the names along the axes of a surface: what they say, and where they stand clear of the box and each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.plot.mpl.text.measure import text_width
from steepest.plot.scene.limits import Array
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.framing import fitted, height_axis, passed
from steepest.plot.surface.surface import FLOOR, RISE, Surface
from steepest.plot.surface.ticks import tick_labels
from steepest.plot.theme import Theme

# Points.
MARK = 3.0  # length of a tick mark
CLEAR, NAME_CLEAR = 5.0, 4.0  # from the floor to a number, and from the numbers to the name
HEIGHT_LABELS, HEIGHT_NAME = 6.0, 12.0  # left of the height axis, and above it
HEIGHTS_APART = 11.0  # from a label of the height axis to the next, which is left out where they would be nearer

TALL, TALL_NAME = 0.74, 0.9  # height of a line of digits, and of a name, in sizes of its font
SHARPEST = 0.35  # least sine of an angle between two sides of the floor that counts: labels move no farther than for this one
NOMINAL = 2.0  # inches a side of the panel in which the room for labels is measured, if it is not smaller


@dataclass(frozen=True)
class Label:
    """A number or a name, and the point in space that it belongs to.

    Attributes:
        text: a name is LaTeX between dollar signs.
        point: `x, y, z`.
        axis: 0 and 1 for those of the floor, 2 for the height.
        outward: of an axis of the floor, the direction in space away from the surface.
        width, height: in points.
    """

    text: str
    point: Array
    axis: int
    outward: Array
    width: float
    height: float

    @property
    def is_name(self) -> bool:
        return self.text.startswith("$")


@dataclass(frozen=True)
class Placed:
    """Where a label stands in the picture: its center in points from `anchor`, which is the projection of its point.

    Attributes:
        mark: the end of the tick mark that leads to it; None where there is none.
    """

    anchor: Array
    offset: Array
    mark: Array | None


def axis_labels(
    surface: Surface, camera: Camera, names: tuple[str, str], heights: Sequence[tuple[float, str]], theme: Theme
) -> list[Label]:
    """The labels along the two sides of the floor near the camera, and along the height axis: first numbers, then the name.

    Args:
        names: of the horizontal axes, in LaTeX.
        heights: the numbers of the height axis, each with its share of it.
    """
    found: list[Label] = []
    for axis in (0, 1):
        side = -1.0 if float(camera.away[1 - axis]) > -1e-9 else 1.0  # the one near the camera
        outward = np.zeros(3)
        outward[1 - axis] = side
        for share, text in (*tick_labels(surface.view[axis]), (0.5, f"${names[axis]}$")):
            point = np.array([0.0, 0.0, FLOOR])
            point[axis] = (2 * share - 1) * surface.half[axis]
            point[1 - axis] = side * surface.half[1 - axis]
            found.append(_label(text, point, axis, outward, theme))
    corner = height_axis(surface, camera)
    for share, text in (*heights, (1.0, "$f$")):
        found.append(_label(text, np.array([*corner, RISE * share]), 2, np.zeros(3), theme))
    return found


def _label(text: str, point: Array, axis: int, outward: Array, theme: Theme) -> Label:
    name = text.startswith("$")
    size = theme.label_size if name else theme.small_size
    return Label(text, point, axis, outward, 72 * text_width(text, size, theme), (TALL_NAME if name else TALL) * size)


def placed(labels: Sequence[Label], camera: Camera, unit: float) -> list[Placed | None]:
    """Where each label stands so that it touches neither the floor nor another one; None for one without room.

    Args:
        unit: the size of a point in the units of `Camera.project`.
    """
    found: list[Placed | None] = []
    reach, lowest = 0.0, -np.inf  # of the numbers of an axis from the floor; where the next one on the height axis may stand
    for index, label in enumerate(labels):
        at = camera.project(label.point[None])[0]
        if label.axis == 2:
            crowded = not label.is_name and at[1] < lowest
            lowest = lowest if crowded or label.is_name else at[1] + HEIGHTS_APART * unit
            shift = np.array([-HEIGHT_LABELS - label.width / 2, HEIGHT_NAME if label.is_name else 0.0])
            found.append(None if crowded else Placed(at, shift, None if label.is_name else np.array([-MARK, 0.0])))
            continue
        if index == 0 or labels[index - 1].axis != label.axis:
            reach = 0.0
        direction, normal = _outward(camera, label)
        half = abs(normal[0]) * label.width / 2 + abs(normal[1]) * label.height / 2
        distance = (max(reach + NAME_CLEAR, CLEAR) if label.is_name else CLEAR) + half
        if not label.is_name:
            reach = max(reach, distance + half)
        along = distance / max(float(direction @ normal), SHARPEST)
        found.append(Placed(at, direction * along, None if label.is_name else direction * MARK))
    return found


def _outward(camera: Camera, label: Label) -> tuple[Array, Array]:
    """The direction of a label's tick mark in the picture, and that across the side of the floor, as unit vectors."""
    along = np.zeros(3)
    along[label.axis] = 1.0
    direction, side = (_unit(camera.project(each[None])[0]) for each in (label.outward, along))
    normal = np.array([-side[1], side[0]])
    return direction, normal * (1.0 if direction @ normal >= 0 else -1.0)


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.hypot(*vector))


@dataclass(frozen=True)
class Margins:
    """How far labels reach beyond a panel, in inches."""

    left: float
    right: float
    above: float
    below: float


def label_margins(
    surface: Surface, camera: Camera, turn: float, names: tuple[str, str], heights: Sequence[tuple[float, str]], theme: Theme,
    ratio: float, side: float = NOMINAL,
) -> Margins:  # fmt: skip
    """How far the labels reach beyond the panel of a surface, from the camera or from all that it passes as it turns.

    Args:
        ratio: width over height of the panel.
        side: the shorter of the two in inches; in a smaller panel labels of one size reach further beyond it.
    """
    width, height = (round(72 * side * times) for times in (max(ratio, 1.0), max(1 / ratio, 1.0)))
    found = []
    for each in passed(camera, turn):
        viewport = fitted(surface, each, width, height)
        labels = axis_labels(surface, each, names, heights, theme)
        origin = np.array([viewport.across, viewport.up])
        for label, place in zip(labels, placed(labels, each, 1 / viewport.scale), strict=True):
            if place is None:
                continue
            x, y = place.anchor * viewport.scale + origin + place.offset
            half, high = label.width / 2, label.height / 2
            found.append((half - x, x + half - width, y + high - height, high - y))
    return Margins(*(max(0.0, float(beyond)) / 72 for beyond in np.max(found, axis=0)))
