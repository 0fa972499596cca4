"""Running an optimizer on an objective: reads what a user gives, runs it on a target, and says how it ended."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError, clipped
from steepest.language.expression import Expression
from steepest.objectives.formula import FormulaObjective, read_objective
from steepest.optimizers.optimizer import Optimizer, constant_settings, schedules
from steepest.optimizers.reading import optimizer as read_optimizer
from steepest.optimizers.settings import Setting, read_setting
from steepest.runs.ending import LastStep, failed_ending, finite_ending
from steepest.runs.record import Record, array_record
from steepest.runs.stable_forms import remedy
from steepest.runs.start import builtin_number, start_array, start_position
from steepest.runs.stopping import StoppingRule, check_seed
from steepest.runs.trajectory import Comparison, Trajectory
from steepest.tape.compile import method_tape, program
from steepest.tape.program import Stop
from steepest.targets.runner import run as run_program

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.objectives.objective import Objective

Progress = Callable[[int, int], None]


def descend(
    objective: Any,
    start: Any = None,
    *,
    optimizer: str | Optimizer = "gd",
    lr: Setting | None = None,
    steps: int = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
    gradient: Callable[[Any], Any] | None = None,
    progress: Progress | None = None,
) -> Trajectory:
    """Run an optimizer on an objective and record every step.

    Args:
        objective: a formula, the name of a gallery function, or a function of one NumPy array.
        start: a number, one number for each parameter, or a mapping of names to numbers; the gallery's start or a
            seeded point of the view if it is left out. For a Python function an array of any shape, which is required.
        optimizer: a name (`"adam"`), a name with hyperparameters (`"adam(lr=0.05)"`), equations, or the result of
            `steepest.optimizer`.
        lr: the learning rate, unless the optimizer sets its own: a number or a formula in `t` and `T`.
        steps: the step limit, `T` in a schedule.
        tol: the run has converged when a step is shorter, unless the gradient says that only the learning rate was small (see
            `steepest.runs.stopping.StoppingRule.gradient_bound`); that step is kept. 0 for never.
        gtol: the run has converged when the gradient's norm is smaller, at the last position, too. 0 for never.
        seed: of the optimizer's noise and of the start, from 0 to 2^32 - 1.
        gradient: of a Python function; see `steepest.objectives.callable` for where it comes from otherwise.
        progress: called with the steps done and the step limit now and then.

    Raises:
        InputError, FormulaError: for what cannot be run, in one line. A run that goes wrong is no error: see `.ending`.

    >>> run = descend("2x^2 - 4x", start=0, lr=0.1, steps=3)
    >>> run.positions[:, 0].round(3).tolist()
    [0.0, 0.4, 0.64, 0.784]
    >>> descend("x^2", start=3, lr=0.3, tol=1e-5).ending.message
    'converged after 15 steps: the last step, 4.83e-06 long, is shorter than tol = 1e-05'
    """
    chosen = read_optimizer(optimizer) if isinstance(optimizer, str) else optimizer
    if not isinstance(chosen, Optimizer):
        raise InputError(f"an optimizer is a name, equations or steepest.optimizer(...), not {type(optimizer).__name__}")
    shared = {} if lr is None else {"lr": read_setting("lr", builtin_number(lr))}
    rule = StoppingRule(builtin_number(steps), builtin_number(tol), builtin_number(gtol))
    seed = check_seed(builtin_number(seed))
    if progress is not None and not callable(progress):
        raise InputError(f"progress is a function of the steps done and the step limit, not {progress!r}")
    if callable(objective):
        if gradient is not None and not callable(gradient):
            raise InputError(f"the gradient is a function of the position, not {clipped(repr(gradient))}")
        array = start_array(start)
        from steepest.objectives.callable import callable_objective

        return _descend_callable(callable_objective(objective, array, gradient), array, chosen, shared, rule, seed, progress)
    if gradient is not None:
        raise InputError("a formula brings its own gradient: leave 'gradient' out")
    if not isinstance(objective, str | FormulaObjective):
        raise InputError(f"an objective is a formula, a gallery name or a function of an array, not {type(objective).__name__}")
    function = read_objective(objective) if isinstance(objective, str) else objective
    return _descend_formula(function, start_position(function, start, seed), chosen, shared, rule, seed, progress)


def compare(
    objective: Any,
    optimizers: Sequence[str | Optimizer],
    start: Any = None,
    *,
    lr: Setting | None = None,
    steps: int = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
    gradient: Callable[[Any], Any] | None = None,
) -> Comparison:
    """Run several optimizers on one objective from the same start.

    Ctrl-C ends the comparison; the runs so far are kept, the last one `interrupted`.

    Args:
        objective, start, lr, steps, tol, gtol, seed, gradient: as of `descend`.
        optimizers: one or more, each a name, equations or the result of `steepest.optimizer`.

    Raises:
        InputError, FormulaError: for no optimizer, and for what `descend` refuses.

    >>> both = compare("x^2", ["gd", "momentum"], start=1, lr=0.1, steps=10)
    >>> [run.steps for run in both]
    [10, 10]
    """
    chosen = [] if isinstance(optimizers, str) or not isinstance(optimizers, Iterable) else list(optimizers)
    if not chosen:
        raise InputError("compare takes a list of optimizers, such as ['gd', 'adam']")
    function = read_objective(objective) if isinstance(objective, str) else objective
    runs: list[Trajectory] = []
    for each in chosen:
        run = descend(function, start, optimizer=each, lr=lr, steps=steps, tol=tol, gtol=gtol, seed=seed, gradient=gradient)
        runs.append(run)
        if run.ending == "interrupted":
            break
    return Comparison(tuple(runs))


def rerun(
    run: Trajectory,
    *,
    objective: FormulaObjective | None = None,
    start: Sequence[float] | None = None,
    optimizer: str | Optimizer | None = None,
    settings: Mapping[str, Setting] | None = None,
    steps: int | None = None,
    tol: float | None = None,
    gtol: float | None = None,
    seed: int | None = None,
) -> Trajectory:
    """Run again from the same start, with some settings changed; those that are left out stay as they were.

    Args:
        run: the run to repeat.
        objective, start: another formula with as many parameters, and where to start on it.
        optimizer: another optimizer, as for `descend`; none of the run's hyperparameters are passed on to it.
        settings: hyperparameters to change: numbers, or formulas in `t` and `T`.
        steps, tol, gtol, seed: as for `descend`.

    Raises:
        InputError, FormulaError: as `descend`.

    >>> run = descend("x^2", start=1, lr=0.1, steps=3)
    >>> rerun(run, steps=5).steps, rerun(run, settings={"lr": 0.25}).settings
    (5, {'lr': 0.25})
    """
    base = read_optimizer(optimizer) if isinstance(optimizer, str) else optimizer
    if base is None:
        base = replace(run.optimizer, settings=run.hyperparameters)
    changed = {name: read_setting(name, value) for name, value in (settings or {}).items()}
    chosen = replace(base, settings={**base.settings, **changed})
    rule = StoppingRule(
        run.limit if steps is None else steps, run.tol if tol is None else tol, run.gtol if gtol is None else gtol
    )  # fmt: skip
    seed = run.seed if seed is None else check_seed(seed)
    if isinstance(run.objective, FormulaObjective):
        begin = run.start if start is None else tuple(start)
        return _descend_formula(objective or run.objective, begin, chosen, {}, rule, seed)
    import numpy as np

    return _descend_callable(run.objective, np.array(run.start).reshape(run.record.shape), chosen, {}, rule, seed)


def _descend_formula(
    objective: FormulaObjective,
    start: tuple[float, ...],
    optimizer: Optimizer,
    shared: Mapping[str, Expression],
    rule: StoppingRule,
    seed: int,
    progress: Progress | None = None,
) -> Trajectory:
    """A run of a formula."""
    hyperparameters = optimizer.resolve(shared, objective.hyperparameters)
    numbers = constant_settings(hyperparameters)
    batches = objective.batches(seed)
    if rule.gtol and batches is not None:
        raise InputError("gtol asks for the gradient over all rows, and a batch has another one: leave out gtol or the batch")
    linked = program(optimizer.equations, tuple(schedules(hyperparameters).items()), objective.expression, objective.names)
    outcome = run_program(
        linked, start, numbers, steps=rule.steps, tol=rule.tol, gtol=rule.gtol,
        asked=rule.gradient_bound(optimizer, hyperparameters), seed=seed, batches=batches, progress=progress,
    )  # fmt: skip
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
    kind: type[Trajectory] = Trajectory
    if objective.is_fit:
        from steepest.runs.fit import Fit

        kind = Fit
    return kind(objective, optimizer, hyperparameters, rule, seed, ending, outcome.steps, record)


def _descend_callable(
    objective: Objective,
    start: NDArray[np.float64],
    optimizer: Optimizer,
    shared: Mapping[str, Expression],
    rule: StoppingRule,
    seed: int,
    progress: Progress | None = None,
) -> Trajectory:
    """A run of a Python function on whole NumPy arrays."""
    from steepest.targets.array_runs import run_arrays

    hyperparameters = optimizer.resolve(shared, objective.hyperparameters)
    tape = method_tape(optimizer.equations, tuple(schedules(hyperparameters).items()), 0)
    outcome = run_arrays(
        tape, optimizer.state, objective.value, objective.gradient, start, constant_settings(hyperparameters),
        steps=rule.steps, tol=rule.tol, gtol=rule.gtol, asked=rule.gradient_bound(optimizer, hyperparameters), seed=seed,
        progress=progress, source="gradient" if objective.method == "given" else "function",
    )  # fmt: skip
    record = array_record(outcome, tape.vectors)
    steps = record.steps
    if outcome.stop in (Stop.BROKEN, Stop.LEFT):
        ending = failed_ending(outcome.stop, steps, outcome.failure)
    else:
        ending = finite_ending(outcome.stop, steps, last_step(record, outcome.swallowed), rule, optimizer, hyperparameters)
    return Trajectory(objective, optimizer, hyperparameters, rule, seed, ending, steps, record)


def last_step(record: Record, swallowed: tuple[float, float] | None) -> LastStep:
    """The last step of a run; `swallowed` as of `LastStep`."""
    if not record.steps:
        return LastStep()
    slope = math.hypot(*record.gradients([record.steps - 1])[0])
    return LastStep(math.dist(*record.positions([record.steps - 1, record.steps])), slope, swallowed)
