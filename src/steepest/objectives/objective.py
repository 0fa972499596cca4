"""What every objective offers: the protocol that trajectories, records, pictures and explanations are written against."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from steepest.language.expression import Expression
from steepest.objectives.gallery import Entry, Point

if TYPE_CHECKING:
    from steepest.data.batches import Batches


class Objective(Protocol):
    """A function to minimize: a formula, a Python function, a model of many columns.

    Whoever needs exact derivatives or a tape asks for the `expression`; what has none is computed on whole arrays.
    """

    @property
    def expression(self) -> Expression | None:
        """The formula; None for a Python function."""

    @property
    def read_as(self) -> str | None:
        """The formula in plain text if it was read in another way than typed; else None."""

    @property
    def is_fit(self) -> bool:
        """Whether it is the loss of a model over a table: then it is a `steepest.objectives.model.ModelObjective`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in order; empty for a Python function, whose array may have any shape."""

    @property
    def text(self) -> str:
        """The formula in plain text, or what the function is called."""

    @property
    def title(self) -> str:
        """The gallery's title, else the text."""

    @property
    def definition(self) -> str:
        """Text that reads back to the same formula, its parameters in order; for a Python function its text."""

    @property
    def latex(self) -> str | None:
        """The formula in LaTeX; None for a Python function."""

    @property
    def entry(self) -> Entry | None:
        """The gallery's entry by whose name the objective was asked for."""

    @property
    def known(self) -> Entry | None:
        """The gallery's entry with the same formula."""

    @property
    def minima(self) -> tuple[Point, ...]:
        """The known global minima; empty where none is known."""

    @property
    def view(self) -> tuple[tuple[float, float], ...]:
        """The interval of each parameter that a picture shows first; empty for a Python function."""

    @property
    def hyperparameters(self) -> Mapping[str, float]:
        """Values for hyperparameters that nobody set: a learning rate `lr` and the least value `f_star`."""

    @property
    def method(self) -> str:
        """Where the gradient comes from: `exact`, `given`, `jax` or `central differences`."""

    def batches(self, seed: int) -> Batches | None:
        """The rows of each step of a run; None where every step takes the function itself."""

    def samples(self, count: int, seed: int) -> list[tuple[float, ...]]:
        """Seeded random points, uniform in the view; none where there is no view."""

    def value(self, position: Any, /) -> float:
        """The value at a position: an array of the run's shape, for a formula one number for each parameter."""

    def gradient(self, position: Any, /) -> Any:
        """The gradient at a position, in the position's shape."""
