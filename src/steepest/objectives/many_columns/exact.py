"""The exact answer of a model of many columns: least squares by QR, logistic regression by damped Newton."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.data.losses import CLASSES
from steepest.data.table import Table
from steepest.objectives.answer import Exact
from steepest.objectives.exact.exact import MOST_STEPS, is_squared
from steepest.objectives.exact.least_squares import solved
from steepest.objectives.exact.newton import Derivatives, newton

if TYPE_CHECKING:
    from steepest.objectives.many_columns.objective import ManyColumnsObjective

Array = NDArray[np.float64]
MOST_WORK = 2e9  # rows times the square of the parameters: up to about ten seconds on two cores
MOST_PARAMETERS = 2_000
MOST_NEWTON = 300  # parameters


def exact_answer(objective: ManyColumnsObjective) -> Exact:
    """The minimum of the loss over all rows, where it is sought: of squared errors, and of a convex loss with few parameters."""
    count, rows = len(objective.names), len(objective.matrix)
    if objective.predictor.outputs > 1:
        why = "adding one number to the weights of a column in all classes changes no prediction, so many answers are equal"
        return Exact(None, None, False, f"none: {why}")
    if rows < count:
        return Exact(None, None, False, f"none: {rows:,} rows do not determine {count:,} parameters")
    if rows * count**2 > MOST_WORK or count > MOST_PARAMETERS:
        return Exact(None, None, False, f"none computed: it takes long for {rows:,} rows and {count:,} parameters")
    if objective.predictor.name == "linear" and is_squared(objective.loss.expression):
        names = tuple(map(str, range(count + 1)))
        table = Table(names, (*objective.matrix.T, objective.observed), objective.table.source)
        position, told = solved(table, names, _factors, objective.names)
        return Exact(position, None if position is None else objective.value(np.array(position)), position is not None, told)
    if count > MOST_NEWTON:
        return Exact(None, None, False, f"none computed: Newton's method is not tried with {count:,} parameters")
    return newton(_Search(objective), [0.0] * count, MOST_STEPS)


def _factors(columns: Sequence[Array]) -> Array:
    """The factors of the parameters, which are the columns themselves, and a part without parameters, which is 0."""
    return np.column_stack([*columns[:-1], np.zeros(len(columns[-1]))])


class _Search:
    """The loss, its derivatives, and what is known about its shape."""

    def __init__(self, objective: ManyColumnsObjective) -> None:
        self.objective = objective
        self.convex = objective.predictor.name == "logistic" and objective.loss.name == "log"

    def at(self, position: Array) -> Derivatives | None:
        """The value, the gradient and the Hessian; None where one is not finite."""
        function = self.objective
        found = function.value(position), function.gradient(position), function.hessian(position)
        return found if all(np.isfinite(part).all() for part in found) else None

    def separates(self, position: Array) -> bool:
        """Whether parameters, however large, put every row on its own side: then the loss falls along them without end.

        Albert and Anderson, Biometrika 71 (1984), p. 1: complete and quasi-complete separation.
        """
        if not self.convex or self.objective.loss.labels != CLASSES or not position.any():
            return False
        margins = (2 * self.objective.observed - 1) * (self.objective.matrix @ position)
        return bool(margins.min() >= 0 and margins.max() > 0)
