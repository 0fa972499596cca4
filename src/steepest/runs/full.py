"""The value and the gradient over all rows, at every position of a run that took a batch in each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.objectives.formula import FormulaObjective
from steepest.targets.function import FormulaFunction

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

Array = NDArray[np.float64]


def over_all_rows(run: Trajectory) -> tuple[Array, Array]:
    """The values and the gradients over all rows, in the shapes of `run.values` and `run.gradients`; these without batches."""
    objective = run.objective
    if objective.batches(run.seed) is None:
        return run.values, run.gradients
    values, gradients = np.empty(run.steps + 1), np.empty(run.gradients.shape)
    if isinstance(objective, FormulaObjective):
        function = FormulaFunction(
            objective.compiled, objective.names, steps=run.steps + 1, constants=dict(objective.constants)
        )  # fmt: skip
        for index, position in enumerate(run.record.positions()):
            values[index], gradients[index] = function.value_and_gradient(position)
    else:
        with np.errstate(all="ignore"):
            for index, position in enumerate(run.positions):
                values[index], gradients[index] = objective.value(position), objective.gradient(position)
    values.flags.writeable = gradients.flags.writeable = False
    return values, gradients
