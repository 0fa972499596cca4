"""What every model over a table offers, whether it is a formula or takes many columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from steepest.data.labels import Labels
from steepest.data.losses import Loss
from steepest.data.opening import AnyTable
from steepest.data.scaling import Scaling
from steepest.data.table import Table
from steepest.objectives.objective import Objective

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.objectives.answer import Exact


class ModelUnits(Protocol):
    """How the parameters change with the units of the columns."""

    @property
    def reason(self) -> str:
        """Why there are none for the original units; empty where there are."""

    def original(self, position: Sequence[float]) -> list[float] | None:
        """The parameters for the columns in their own units; None where the model has none."""

    def scaled(self, original: Sequence[float]) -> list[float] | None:
        """The parameters for the scaled columns; None where the model has none."""


class ModelObjective(Objective, Protocol):
    """The loss over the rows of a table, of a model that predicts one of its columns."""

    @property
    def target(self) -> str:
        """The column that is predicted."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the model takes."""

    @property
    def model_text(self) -> str:
        """The model in plain text."""

    @property
    def written(self) -> str:
        """The target and the model: `price ~ w*size + b`."""

    @property
    def written_with_constants(self) -> str:
        """The same with the names of constants in place of their values."""

    @property
    def loss(self) -> Loss:
        """The loss of one row, and how the rows are put together."""

    @property
    def asked_loss(self) -> str:
        """The loss as it was asked for."""

    @property
    def scaling(self) -> Scaling:
        """Of the columns; the target keeps its units."""

    @property
    def labels(self) -> Labels | None:
        """Which value of the target is which of two classes."""

    @property
    def one(self) -> str | float | None:
        """The value of the target that was chosen to count as 1."""

    @property
    def table(self) -> AnyTable:
        """The target, and what else the model takes, a number in every row."""

    @property
    def unscaled(self) -> AnyTable | None:
        """The columns in the table's own units."""

    @property
    def drawn(self) -> ModelObjective:
        """The same over rows that are in memory, for pictures."""

    @property
    def stream(self) -> bool | None:
        """Whether a file is read anew for each step; None to go by its size."""

    @property
    def batch(self) -> int | None:
        """The rows of one step; None for all of them."""

    @property
    def order(self) -> str:
        """In which batches take the rows."""

    @property
    def path(self) -> str:
        """By which a command can name the table; empty where none can."""

    @property
    def drop_missing(self) -> bool:
        """Whether rows in which a number was missing were left out."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know: how the table was read, its labels and its scaling."""

    @property
    def is_quadratic(self) -> bool:
        """Whether the Hessian is the same everywhere."""

    @property
    def curvature(self) -> float | None:
        """The largest curvature at 0; None if it is not positive and finite."""

    @property
    def units(self) -> ModelUnits:
        """How the parameters change with the units of the columns."""

    @property
    def exact(self) -> Exact:
        """The exact answer, sought from 0 where it has to be sought."""

    def curvatures(self, position: Any, /) -> list[float] | None:
        """The eigenvalues of the Hessian, the least first, or of many parameters the two ends; None if they are not known."""

    def in_original_units(self, position: Sequence[float], /) -> dict[str, float] | None:
        """The parameters for the columns in the table's own units; None where the model has none."""

    def predict(self, position: Sequence[float], table: Table | None = None, /) -> NDArray[np.float64]:
        """The predictions in every row."""

    def residuals(self, position: Sequence[float], /) -> NDArray[np.float64]:
        """Observed minus predicted in every row."""

    def residual_sum_of_squares(self, position: Sequence[float], /) -> float:
        """The sum of the squared residuals over all rows."""

    def scaled(self, method: str, /) -> ModelObjective:
        """The same fit with its columns scaled in another way."""
