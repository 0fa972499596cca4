"""The predictions of a fit's model in the rows of a chunk, and what is left of the observed numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.data.opening import AnyTable
from steepest.data.sums import added, block_sums
from steepest.language.expression import Expression, number, postorder, rebuilt
from steepest.language.operations import REDUCTIONS
from steepest.tape.compile import function_tape
from steepest.tape.row_lowering import row_tape
from steepest.targets.reference import results
from steepest.targets.rows.values import RowValues

if TYPE_CHECKING:
    from steepest.objectives.fit import FitObjective

Array = NDArray[np.float64]


def predictor(objective: FitObjective, position: Sequence[float]) -> RowValues:
    """What gives the predictions in every row of a chunk, whose first columns are those of the model.

    Args:
        position: the parameters, for the scaled columns.
    """
    given = dict(zip(objective.names, map(float, position), strict=True))
    tape = row_tape(reduced(objective.model, given), objective.names, objective.columns)
    return RowValues((tape,), tuple(given.values()), len(objective.columns))


def predictions(objective: FitObjective, position: Sequence[float], table: AnyTable) -> Array:
    """The predictions in every row of a table in memory with the scaled columns of the model: shape `(rows,)`."""
    columns = [table[name] for name in objective.columns] or [np.empty(table.rows)]
    return predictor(objective, position)(columns)[:, 0]


def residual_sum_of_squares(objective: FitObjective, position: Sequence[float]) -> float:
    """The sum of the squared differences between observed numbers and predictions, over all rows."""
    total, work = 0.0, _SquaredResiduals(predictor(objective, position))
    for sums in objective.table.by_chunk(work, (*objective.columns, objective.target)):
        total = float(added(sums, total))
    return total


@dataclass(frozen=True)
class _SquaredResiduals:
    """The sums of the squared residuals of the blocks of a chunk, whose last column is the target."""

    predictor: RowValues

    def __call__(self, columns: Sequence[Array]) -> Array:
        with np.errstate(all="ignore"):
            return block_sums((columns[-1] - self.predictor(columns)[:, 0]) ** 2)


def reduced(expression: Expression, given: Mapping[str, float] | None = None) -> Expression:
    """An expression of one row in which sums and means over all rows are numbers.

    Args:
        given: the values of the names in them.
    """
    names = tuple(given or ())

    def replace(node: Expression) -> Expression | None:
        if node.operation not in REDUCTIONS:
            return None
        tape = function_tape(node, names, False)
        return number(results(tape, tuple((given or {}).values()))[tape.outputs["f"][0]])

    return rebuilt(expression, replace) if any(node.operation in REDUCTIONS for node in postorder(expression)) else expression
