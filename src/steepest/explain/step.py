"""One step of a run computed again, with the value of every quantity in it: bitwise the numbers of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.errors import InputError
from steepest.explain.rows import StepRows
from steepest.explain.substeps import Substep, substeps
from steepest.language.expression import Expression, name
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.libraries.library_optimizer import need_equations
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.vectors import vector_names
from steepest.runs.trajectory import Trajectory
from steepest.tape.compile import tape_of
from steepest.tape.lowering import link, optimizer_tape
from steepest.tape.program import Stop
from steepest.targets.reference import results

Value = tuple[float, ...]  # a number for each coordinate, or a single one of a scalar


@dataclass(frozen=True)
class WorkedStep:
    """One step of a run, worked out.

    Attributes:
        run, step: the run, and the number of the step, from 1.
        optimizer: the equations in substeps, as an optimizer.
        substeps: the substeps.
        vectors: the names that have one number for each coordinate.
        before: the value of every name when the step begins: `theta`, `f`, `g`, the state, hyperparameters, `t`, `T`.
        results: what each substep assigns.
        hessian: the second derivatives row by row, where the equations use them.
        after: the value of the objective at the new position.
        rows: those of the step, for a formula over data.
    """

    run: Trajectory
    step: int
    optimizer: Optimizer
    substeps: tuple[Substep, ...]
    vectors: frozenset[str]
    before: Mapping[str, Value]
    results: tuple[Value, ...]
    hessian: Value
    after: float | None
    rows: StepRows | None = None


def work_step(run: Trajectory, step: int) -> WorkedStep:
    """Compute one step of a run again, perhaps the one that broke it.

    Args:
        run: the run.
        step: from 1 to the last one, or the one after it that is not finite.

    Raises:
        InputError: for a step that was not taken, with the reason, and for an optimizer of another library.
    """
    need_equations(run.optimizer, "an explanation")
    _check_step(run, step)
    small_steps = tuple(substeps(run.optimizer, run.names))
    equations: list[tuple[str, Expression]] = []
    for index, each in enumerate(small_steps):
        equations += [(each.name, each.formula), (_snapshot(index), name(each.name))]
    optimizer = Optimizer("", tuple(equations))
    known: dict[str, Value] = {key: (value,) for key, value in run.held.items()}
    known |= {"t": (float(step),), "T": (float(run.limit),), "theta": tuple(run.record.positions([step - 1])[0])}
    known |= _state_before(run, step)
    rows = StepRows(run, step) if run.objective.expression is not None and run.objective.expression.source else None
    if _is_formula(run):
        outputs, hessian = _formula_outputs(run, optimizer, known, rows)
    else:
        outputs, hessian = _array_outputs(run, optimizer, known, step)
    before = known | {key: outputs[key] for key in ("f", "g", *run.schedules)}
    after = _value_after(run, step, rows) if step <= run.steps else None
    assigned = tuple(outputs[_snapshot(index)] for index in range(len(small_steps)))
    return WorkedStep(run, step, optimizer, small_steps, vector_names(optimizer), before, assigned, hessian, after, rows)


def _value_after(run: Trajectory, step: int, rows: StepRows | None) -> float:
    """The value at the end of a step; over the rows of the step, as the record has it over those of the next one."""
    if rows is None or rows.batches is None or run.objective.expression is None:
        return run.record.values([step])[0]
    function = _formula_of(run)
    tape = tape_of(function)
    return results(tape, function.inputs(run.record.positions([step])[0]), rows.reduce(tape))[tape.outputs["f"][0]]


def _formula_of(run: Trajectory) -> FormulaObjective:
    """The formula that a run minimized."""
    assert isinstance(run.objective, FormulaObjective)
    return run.objective


def _snapshot(index: int) -> str:
    """A name for the value that a substep assigns: a later substep may assign the same name again."""
    return f"#{index}"


def _is_formula(run: Trajectory) -> bool:
    return run.objective.expression is not None


def _check_step(run: Trajectory, step: int) -> None:
    if isinstance(step, bool) or not isinstance(step, int) or step < 1:
        raise InputError(f"the step is a whole number from 1, not {step!r}: step 1 leads away from the start")
    if step <= run.steps or (step == run.steps + 1 and _broke(run)):
        return
    last = run.steps + _broke(run)
    where = f"with step {last}" if last else "at its start"
    more = f": a higher limit than {run.limit} takes more steps" if run.ending == "step_limit" else ""
    raise InputError(f"step {step} was not taken: the run ended {where} ({run.ending.message.partition('; ')[0]}){more}")


def _broke(run: Trajectory) -> bool:
    """Whether the run ended in a step whose result is not finite, which is not recorded."""
    return run.ending.stop is Stop.BROKEN


def _state_before(run: Trajectory, step: int) -> dict[str, Value]:
    """The state when a step begins: what the step before assigned, 0 in the first step."""
    if not run.optimizer.state:
        return {}
    if step == 1:
        size = len(run.names)
        return {key: (0.0,) * (size if key in run.record.vectors else 1) for key in run.optimizer.state}
    return {key: _flat(run.record.quantity(key, [step - 1])[0]) for key in run.optimizer.state}


def _flat(row: Any) -> Value:
    return (row,) if isinstance(row, float) else tuple(row)


def _formula_outputs(
    run: Trajectory, optimizer: Optimizer, known: Mapping[str, Value], rows: StepRows | None
) -> tuple[dict[str, Value], Value]:
    """Every output of the step's tape, and the Hessian if the equations use it."""
    count, formula = len(run.names), _formula_of(run)
    function = tape_of(formula, second=optimizer.uses("H"))
    tape = link(optimizer_tape(optimizer, count, run.schedules), function)
    inputs = [_input_value(known, slot) for slot in tape.inputs[:-3]]
    slots = results(tape, [*inputs, *known["t"], *known["T"], run.seed], rows.reduce(tape) if rows else None)
    outputs = {key: tuple(slots[slot] for slot in used) for key, used in tape.outputs.items()}
    if not optimizer.uses("H"):
        return outputs, ()
    at = results(function, formula.inputs(known["theta"]), rows.reduce(function) if rows else None)
    return outputs, tuple(at[slot] for slot in function.outputs["H"])


def _input_value(known: Mapping[str, Value], slot: str) -> float:
    """The value of an input such as `v[1]` or `beta`."""
    word, _, index = slot.partition("[")
    return known[word][int(index[:-1]) if index else 0]


def _array_outputs(run: Trajectory, optimizer: Optimizer, known: Mapping[str, Value], step: int) -> tuple[dict[str, Value], Value]:
    """Every output of the step on whole arrays, for a Python function."""
    import numpy as np

    from steepest.targets.array_runs import at
    from steepest.targets.arrays import interpret

    objective: Any = run.objective
    tape = optimizer_tape(optimizer, 0, run.schedules)
    shape = run.record.shape
    position = np.array(known["theta"]).reshape(shape)
    f, g = run.record.values([step - 1])[0], np.array(run.record.gradients([step - 1])[0]).reshape(shape)
    calls = {"value": at(position, f, objective.value), "gradient": at(position, g, objective.gradient)}
    inputs = [np.array(known[slot]).reshape(shape) if slot in tape.vectors else known[slot][0] for slot in tape.inputs[1:-3]]
    slots = interpret(tape, [position, *inputs, *known["t"], *known["T"], run.seed], calls)
    outputs = {
        key: _spread(slots[used[0]], shape) if key in tape.vectors else (float(slots[used[0]]),)
        for key, used in tape.outputs.items()
    }
    return outputs | {"f": (f,), "g": tuple(g.ravel().tolist())}, ()


def _spread(values: Any, shape: Sequence[int]) -> Value:
    import numpy as np

    return tuple(np.broadcast_to(np.asarray(values, dtype=np.float64), shape).ravel().tolist())
