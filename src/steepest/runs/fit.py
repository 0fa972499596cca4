"""A run on the loss of a model over a table, and what it says about the data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from steepest.data.losses import CLASSES, SIGNS
from steepest.errors import InputError
from steepest.objectives.fit import FitObjective
from steepest.objectives.model import ModelObjective
from steepest.runs.trajectory import Trajectory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.objectives.answer import Exact


MANY_ROWS = 1_000_000  # over which a search for the exact answer takes seconds to minutes
SAME, ROUNDING = 1e-12, 1e-15  # the shares of them, and of the value at the start, by which two values of one minimum differ


@dataclass(frozen=True, eq=False, repr=False)
class Fit(Trajectory):
    """A run on the loss of a model over a table."""

    objective: ModelObjective

    @property
    def coefficients(self) -> dict[str, float]:
        """The parameters after the last step, for the columns as they were scaled."""
        return self.coefficients_in()

    def coefficients_in(self, *, original: bool = False) -> dict[str, float]:
        """The parameters after the last step.

        Args:
            original: whether for the columns in the table's own units, not as they were scaled.

        Raises:
            InputError: if the model has no parameters that mean the same in the original units.
        """
        last = self.record.positions([self.steps])[0]
        if not original:
            return dict(zip(self.names, map(float, last), strict=True))
        found = self.objective.in_original_units(last)
        if found is None:
            raise InputError(f"there are no coefficients in the table's own units: {self.objective.units.reason}")
        return found

    @cached_property
    def exact(self) -> Exact:
        """The exact answer, sought from where the run starts if it has to be sought; after Ctrl-C not with further long passes."""
        from steepest.objectives.answer import Exact
        from steepest.objectives.exact.exact import exact_answer, without_constant

        if self.ending == "interrupted" and self.has_long_passes:
            return Exact(None, None, False, "none computed, since the run was interrupted")
        known, objective = self.objective.exact, self.objective
        if known.unique or not any(self.start) or not isinstance(objective, FitObjective):
            return known
        found = exact_answer(objective, self.start)
        if known.position is None or found.position is None:
            return found if known.position is None else known
        low, other, first = map(without_constant(objective).value, (known.position, found.position, self.start))
        return known if low < other - SAME * max(abs(low), abs(other)) - ROUNDING * abs(first) else found

    @property
    def has_long_passes(self) -> bool:
        """Whether a pass over the rows takes so long that the exact answer, which takes many, is not sought after Ctrl-C."""
        return not self.objective.table.in_memory or self.objective.table.rows >= MANY_ROWS

    def predict(self, new: Any = None) -> NDArray[np.float64]:
        """The predictions of the last step's model, in original units: shape `(rows,)`, for softmax `(rows, classes)`.

        Args:
            new: a table with the model's columns, in original units; the fitted one if it is left out.

        Raises:
            InputError: for a table that lacks a column, or a number in one.
        """
        from steepest.data.reading import read_table

        last = self.record.positions([self.steps])[0]
        return self.objective.predict(last, None if new is None else read_table(new))

    @property
    def residuals(self) -> NDArray[np.float64]:
        """Observed minus predicted, of the last step's model: shape `(rows,)`."""
        return self.objective.residuals(self.record.positions([self.steps])[0])

    @cached_property
    def residual_sum_of_squares(self) -> float | None:
        """The sum of the squared residuals over all rows; None where the target holds classes."""
        if self.objective.loss.labels in (CLASSES, SIGNS):
            return None
        return self.objective.residual_sum_of_squares(self.record.positions([self.steps])[0])
