"""Labels of arrows and squares: where they go, so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.plot.scene.limits import Array

# Points.
TIP_GAP = 9.0  # from the tip of an arrow to the middle of its label
LABEL_GAP = 13.0  # between the middles of two labels


@dataclass(frozen=True)
class Label:
    """A label.

    Attributes:
        text: in LaTeX between dollar signs.
        center: of the text, in axes coordinates.
        direction: the unit vector along what it names, in points.
    """

    text: str
    center: tuple[float, float]
    direction: tuple[float, float]
    color: str


@dataclass(frozen=True, eq=False)
class LabelArea:
    """The axes in which labels are placed.

    Attributes:
        low: the lower left corner, in data coordinates.
        sizes: width and height, in data coordinates.
        points: width and height, in points.
    """

    low: Array
    sizes: Array
    points: Array

    def label(self, text: str, color: str, tail: Array, shift: Array, border: Array) -> Label:
        """The label beyond the tip of an arrow from `tail` by `shift`, or beside the arrow where its tip is too far outside.

        Args:
            border: how far outside of the axes a label may be, horizontally and vertically, in points.
        """
        start = (tail - self.low) / self.sizes * self.points
        arrow = shift / self.sizes * self.points
        unit = arrow / np.hypot(*arrow)
        arrow = arrow + TIP_GAP * unit
        room = np.where(arrow > 0, self.points + border - start, start + border)
        share = min(1.0, *(float(space / length) for space, length in zip(room, np.abs(arrow), strict=True) if length))
        center = start + share * arrow
        if share < 1:
            across = np.array([-unit[1], unit[0]])
            center = center + TIP_GAP * (across if across @ (self.points / 2 - center) >= 0 else -across)
        x, y = np.clip(center, -border, self.points + border) / self.points
        return Label(text, (float(x), float(y)), (float(unit[0]), float(unit[1])), color)

    def contains(self, point: Array) -> bool:
        """Whether a point in data coordinates lies inside of the axes."""
        return bool(((point >= self.low) & (point <= self.low + self.sizes)).all())

    def beside(self, label: Label, others: Sequence[Label]) -> Label:
        """The label, moved sideways from its arrow where it would cover another one."""
        across = np.array([-label.direction[1], label.direction[0]]) / self.points
        for shift in (0.0, LABEL_GAP, -LABEL_GAP, 2 * LABEL_GAP, -2 * LABEL_GAP):
            center = np.array(label.center) + shift * across
            if all(np.hypot(*((center - other.center) * self.points)) >= LABEL_GAP for other in others):
                break
        return Label(label.text, (float(center[0]), float(center[1])), label.direction, label.color)
