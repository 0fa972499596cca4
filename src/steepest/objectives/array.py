"""What objectives have in common that are computed on whole arrays, not as a formula: Python functions, models of many columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from steepest.objectives.gallery import Entry, Point

if TYPE_CHECKING:
    from steepest.data.batches import Batches


class ArrayObjective:
    """An objective without a formula; see `steepest.objectives.objective.Objective`."""

    expression: ClassVar[None] = None
    latex: ClassVar[None] = None
    entry: ClassVar[Entry | None] = None
    known: ClassVar[Entry | None] = None
    view: ClassVar[tuple[tuple[float, float], ...]] = ()
    read_as: ClassVar[None] = None
    is_fit: ClassVar[bool] = False

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in order; none where they have no names."""
        return ()

    @property
    def minima(self) -> tuple[Point, ...]:
        """The known global minima; empty where none is known."""
        return ()

    def start(self, seed: int) -> tuple[float, ...]:
        """Where a run starts that is not told where: 0."""
        return (0.0,) * len(self.names)

    def batches(self, seed: int) -> Batches | None:
        """The rows of each step; None without data."""
        return None

    def samples(self, count: int, seed: int) -> list[tuple[float, ...]]:
        """No points: there is no view to draw them from."""
        return []

    def hessian_product(self, position: Any) -> Callable[[Any], Any] | None:
        """The product of the exact Hessian at a position with a vector; None where it is not known."""
        return None
