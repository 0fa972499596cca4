"""Running an optimizer's equations on an objective: links them, runs them on a target, and says how the run ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import TYPE_CHECKING

from steepest.errors import InputError
from steepest.language.expression import Expression
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.optimizer import Optimizer, constant_settings, schedules
from steepest.runs.ending import LastStep, failed_ending, finite_ending
from steepest.runs.evaluations import evaluations_a_step, even_work
from steepest.runs.record import Record, array_record
from steepest.runs.stable_forms import remedy
from steepest.runs.stopping import StoppingRule
from steepest.runs.trajectory import Trajectory
from steepest.tape.compile import method_tape, program
from steepest.tape.program import Stop
from steepest.targets.runner import run as run_program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.data.batches import Batches
    from steepest.objectives.callable import CallableObjective
    from steepest.objectives.many_columns.objective import ManyColumnsObjective
    from steepest.objectives.objective import Objective

Progress = Callable[[int, int], None]


def run_formula(
    objective: FormulaObjective,
    start: tuple[float, ...],
    optimizer: Optimizer,
    shared: Mapping[str, Expression],
    rule: StoppingRule,
    seed: int,
    progress: Progress | None = None,
) -> Trajectory:
    """A run of an optimizer's equations on a formula.

    Args:
        shared: values of hyperparameters that the optimizer does not set itself.

    Raises:
        InputError: for hyperparameters without values, and for `gtol` with batches.
    """
    hyperparameters = optimizer.resolve(shared, objective.hyperparameters)
    numbers = constant_settings(hyperparameters)
    batches = objective.batches(seed)
    check_gtol(rule, batches)
    formulas = schedules(hyperparameters)
    linked = program(optimizer.equations, tuple(formulas.items()), objective.compiled, objective.names, objective.constant_names)
    each = evaluations_a_step(optimizer, formulas, linked.count)
    began = perf_counter()
    outcome = run_program(
        linked, start, numbers | objective.constant_inputs, steps=rule.allowed(each.total), tol=rule.tol, gtol=rule.gtol,
        asked=rule.gradient_bound(optimizer, hyperparameters), horizon=rule.steps, seed=seed, batches=batches, progress=progress,
    )  # fmt: skip
    work = even_work(each, outcome.steps, perf_counter() - began)
    record = Record(outcome.block.numbers, linked.columns, linked.step.vectors, (linked.count,), outcome.steps, linked)
    if outcome.stop in (Stop.BROKEN, Stop.LEFT):
        failed_objective = outcome.failure is not None and outcome.failure.quantity in ("f", "g")
        last_position = record.positions([outcome.steps])[0]
        stable = remedy(objective.expression, objective.names, last_position) if failed_objective else ""
        ending = failed_ending(outcome.stop, outcome.steps, outcome.failure, stable)
    else:
        last = last_step(record, outcome.swallowed)
        epoch = batches.steps_an_epoch if batches else 0
        ending = finite_ending(outcome.stop, outcome.steps, last, rule, optimizer, hyperparameters, epoch)
    return trajectory_of(objective)(objective, optimizer, hyperparameters, rule, seed, ending, outcome.steps, record, work)


def run_on_arrays(
    objective: CallableObjective | ManyColumnsObjective,
    start: NDArray[np.float64],
    optimizer: Optimizer,
    shared: Mapping[str, Expression],
    rule: StoppingRule,
    seed: int,
    progress: Progress | None = None,
) -> Trajectory:
    """A run of an optimizer's equations on whole NumPy arrays: of a Python function, or a model of many columns."""
    from steepest.targets.array_runs import run_arrays

    hyperparameters = optimizer.resolve(shared, objective.hyperparameters)
    batches = objective.batches(seed)
    check_gtol(rule, batches)
    epoch = batches.steps_an_epoch if batches else 0
    value, gradient = objective.by_step(batches)  # type: ignore[arg-type]
    tape = method_tape(optimizer.equations, tuple(schedules(hyperparameters).items()), 0)
    each = evaluations_a_step(optimizer, schedules(hyperparameters), 0)
    began = perf_counter()
    outcome = run_arrays(
        tape, optimizer.state, value, gradient, start, constant_settings(hyperparameters),
        steps=rule.allowed(each.total), tol=rule.tol, gtol=rule.gtol, asked=rule.gradient_bound(optimizer, hyperparameters),
        horizon=rule.steps, seed=seed, progress=progress, source="gradient" if objective.method == "given" else "function",
        epoch=max(epoch, 1),
    )  # fmt: skip
    record = array_record(outcome, tape.vectors)
    steps = record.steps
    work = even_work(each, steps, perf_counter() - began)
    if outcome.stop in (Stop.BROKEN, Stop.LEFT):
        ending = failed_ending(outcome.stop, steps, outcome.failure)
    else:
        ending = finite_ending(outcome.stop, steps, last_step(record, outcome.swallowed), rule, optimizer, hyperparameters, epoch)
    return trajectory_of(objective)(objective, optimizer, hyperparameters, rule, seed, ending, steps, record, work)


def trajectory_of(objective: Objective) -> type[Trajectory]:
    """The kind of trajectory that a run on an objective is."""
    if not objective.is_fit:
        return Trajectory
    from steepest.runs.fit import Fit

    return Fit


def check_gtol(rule: StoppingRule, batches: Batches | None) -> None:
    """Refuse to end a run by the gradient of a batch.

    Raises:
        InputError: for `gtol` with batches.
    """
    if rule.gtol and batches is not None:
        raise InputError("gtol asks for the gradient over all rows, and a batch has another one: leave out gtol or the batch")


def last_step(record: Record, swallowed: tuple[float, float] | None) -> LastStep:
    """The last step of a run; `swallowed` as of `LastStep`."""
    if not record.steps:
        return LastStep()
    slope = math.hypot(*record.gradients([record.steps - 1])[0])
    return LastStep(math.dist(*record.positions([record.steps - 1, record.steps])), slope, swallowed)
