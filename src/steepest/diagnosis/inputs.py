"""What a step reads at each sampled position: the inputs of the equations and of their tape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.sampling import Sampling
from steepest.language.expression import evaluate
from steepest.objectives.many_columns.objective import ManyColumnsObjective
from steepest.tape.compile import function_tape
from steepest.targets.array_operations import Array
from steepest.targets.reference import results

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory


def equation_inputs(run: Trajectory, sampling: Sampling) -> dict[str, Array]:
    """What the equations read at each sampled position: `theta`, `g`, `f`, `t`, `T`, the hyperparameters and the state.

    Returns:
        Arrays by name, `(m, n)` for a vector and `(m, 1)` for a number.
    """
    count = len(sampling.steps)
    times = np.minimum(sampling.steps + 1, max(run.steps, 1)).astype(float)
    given = {"theta": sampling.positions, "g": sampling.gradients, "f": sampling.values[:, None]}
    given |= {"t": times[:, None], "T": np.full((count, 1), float(run.limit))}
    for name, value in run.constant_settings.items():
        given[name] = np.full((count, 1), value)
    for name, formula in run.schedules.items():
        given[name] = np.array([[evaluate(formula, {"t": t, "T": float(run.limit)})] for t in times.tolist()])
    quantities = run.quantities if run.optimizer.state else {}
    for name in run.optimizer.state:
        rows = np.asarray(quantities[name]).reshape(run.steps, -1) if name in quantities and run.steps else np.empty((0, 1))
        width = sampling.positions.shape[1] if name in run.record.vectors else 1
        given[name] = np.vstack([np.zeros((1, width)), rows.reshape(-1, width)])[sampling.steps]
    return given


def batch_gradient(run: Trajectory, position: Array, step: int) -> Array:
    """The gradient over the rows of a step's batch, at a position."""
    from steepest.targets.rows.sums import RowSums

    function = run.objective
    if isinstance(function, ManyColumnsObjective):
        return function.by_step(function.batches(run.seed))[1](position, step)
    assert function.expression is not None
    tape = function_tape(function.expression, function.names, False)
    assert tape.rows is not None
    sums = RowSums(tape.rows, function.batches(run.seed))
    slots = results(tape, position.tolist(), lambda at: sums.at(at, step))
    return np.array([slots[slot] for slot in tape.outputs["g"]])


def tape_inputs(run: Trajectory, given: Mapping[str, Array]) -> list[Array]:
    """The inputs of a formula's step tape at each sampled position: one array `(m,)` for each input.

    Args:
        run: a run of a formula.
        given: see `equation_inputs`.
    """
    program = run.record.program
    assert program is not None
    columns = [given["theta"], *(given[name] for name in (*program.state, *program.hyperparameters))]
    columns += [np.full((len(given["theta"]), 1), run.held[name]) for name in program.held[len(program.hyperparameters) :]]
    columns += [given["t"], given["T"]]
    return [*np.concatenate(columns, axis=1).T, np.full(len(given["theta"]), float(run.seed))]
