"""The exact answer of a fit, as data."""

from __future__ import annotations

from dataclasses import dataclass

from steepest.objectives.gallery import Point


@dataclass(frozen=True)
class Exact:
    """The answer of a fit that no descent is needed for.

    Attributes:
        position: the parameters, for the scaled columns; None where there is no answer, or none was found.
        value: the loss there.
        unique: whether it is certain that no other position has so low a value.
        told: how it was found, or why there is none.
    """

    position: tuple[float, ...] | None
    value: float | None
    unique: bool
    told: str

    @property
    def minima(self) -> tuple[Point, ...]:
        """The minimum, if there is certainly one and no other."""
        return (Point(self.position, self.value),) if self.unique and self.position and self.value is not None else ()
