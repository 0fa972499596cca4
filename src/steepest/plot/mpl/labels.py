"""Labels beside arrows and squares: where they go, so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.plot.scene.limits import Array

# Points.
AWAY = 9.0  # of a label from the tip
APART = 13.0  # of two labels


@dataclass(frozen=True)
class Label:
    """A label and its place, as shares of the axes' sides; `away` is the direction from what it names, in points."""

    text: str
    place: tuple[float, float]
    away: tuple[float, float]
    color: str


@dataclass(frozen=True, eq=False)
class LabelArea:
    """The picture that pointers stand in: its sides in data and in points."""

    low: Array
    sizes: Array
    points: Array

    def label(self, text: str, color: str, tail: Array, shift: Array, border: Array) -> Label:
        """The label beyond the tip of what goes from `tail` by `shift`; beside it where that is too far out.

        Args:
            border: how far out of the picture a label may be, to the sides and up and down, in points.
        """
        start = (tail - self.low) / self.sizes * self.points
        way = shift / self.sizes * self.points
        unit = way / np.hypot(*way)
        way = way + AWAY * unit
        room = np.where(way > 0, self.points + border - start, start + border)
        share = min(1.0, *(float(surface_axes / length) for surface_axes, length in zip(room, np.abs(way), strict=True) if length))
        place = start + share * way
        if share < 1:
            across = np.array([-unit[1], unit[0]])
            place = place + AWAY * (across if across @ (self.points / 2 - place) >= 0 else -across)
        x, y = np.clip(place, -border, self.points + border) / self.points
        return Label(text, (float(x), float(y)), (float(unit[0]), float(unit[1])), color)

    def holds(self, place: Array) -> bool:
        return bool(((place >= self.low) & (place <= self.low + self.sizes)).all())

    def beside(self, label: Label, others: Sequence[Label]) -> Label:
        """The label, moved across its arrow where another one stands already."""
        across = np.array([-label.away[1], label.away[0]]) / self.points
        for shift in (0.0, APART, -APART, 2 * APART, -2 * APART):
            place = np.array(label.place) + shift * across
            if all(np.hypot(*((place - other.place) * self.points)) >= APART for other in others):
                break
        return Label(label.text, (float(place[0]), float(place[1])), label.away, label.color)
