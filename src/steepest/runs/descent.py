"""Running an optimizer on an objective: reads what a user gives, runs it on a target, and says how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError, clipped
from steepest.language.expression import Expression
from steepest.objectives.array import ArrayObjective
from steepest.objectives.formula import FormulaObjective, read_objective
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.libraries.reading import library_settings
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.reading import optimizer as read_optimizer
from steepest.optimizers.settings import Setting, read_setting
from steepest.runs.equations import Progress, run_formula, run_on_arrays
from steepest.runs.start import builtin_number, start_array, start_position
from steepest.runs.stopping import StoppingRule, check_seed
from steepest.runs.trajectory import Comparison, Trajectory

if TYPE_CHECKING:
    from steepest.objectives.objective import Objective


def descend(
    objective: Any,
    start: Any = None,
    *,
    optimizer: Any = "gd",
    lr: Setting | None = None,
    steps: int = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    budget: int | None = None,
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
            `steepest.optimizer`; of another library a name (`"torch:Adam"`, `"scipy:BFGS"`), a class or an object.
        lr: the learning rate, unless the optimizer sets its own: a number or a formula in `t` and `T`.
        steps: the step limit, `T` in a schedule.
        tol: the run has converged when a step is shorter, unless the gradient says that only the learning rate was small (see
            `steepest.runs.stopping.StoppingRule.gradient_bound`); that step is kept. 0 for never.
        gtol: the run has converged when the gradient's norm is smaller, at the last position, too. 0 for never.
        budget: how many values, gradients and Hessians the optimizer may ask for, all together; see `.evaluations` of the result.
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
    chosen = read_optimizer(optimizer)
    shared = {} if lr is None else {"lr": read_setting("lr", builtin_number(lr))}
    rule = StoppingRule(builtin_number(steps), builtin_number(tol), builtin_number(gtol), builtin_number(budget))
    seed = check_seed(builtin_number(seed))
    if progress is not None and not callable(progress):
        raise InputError(f"progress is a function of the steps done and the step limit, not {progress!r}")
    if callable(objective):
        if gradient is not None and not callable(gradient):
            raise InputError(f"the gradient is a function of the position, not {clipped(repr(gradient))}")
        array = start_array(start)
        from steepest.objectives.callable import callable_objective

        return _run(callable_objective(objective, array, gradient), array, chosen, shared, rule, seed, progress)
    if gradient is not None:
        raise InputError("a formula brings its own gradient: leave 'gradient' out")
    if isinstance(objective, ArrayObjective):
        import numpy as np

        columns: Any = objective
        return _run(columns, np.array(start_position(objective, start, seed)), chosen, shared, rule, seed, progress)
    if not isinstance(objective, str | FormulaObjective):
        raise InputError(f"an objective is a formula, a gallery name or a function of an array, not {type(objective).__name__}")
    function = read_objective(objective) if isinstance(objective, str) else objective
    return _run(function, start_position(function, start, seed), chosen, shared, rule, seed, progress)


def compare(
    objective: Any,
    optimizers: Sequence[Any],
    start: Any = None,
    *,
    lr: Setting | None = None,
    steps: int = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    budget: int | None = None,
    seed: int = 0,
    gradient: Callable[[Any], Any] | None = None,
) -> Comparison:
    """Run several optimizers on one objective from the same start.

    Ctrl-C ends the comparison; the runs so far are kept, the last one `interrupted`.

    Args:
        objective, start, lr, steps, tol, gtol, budget, seed, gradient: as of `descend`.
        optimizers: one or more, each as of `descend`.

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
        run = descend(
            function, start, optimizer=each, lr=lr, steps=steps, tol=tol, gtol=gtol, budget=budget, seed=seed, gradient=gradient
        )  # fmt: skip
        runs.append(run)
        if run.ending == "interrupted":
            break
    return Comparison(tuple(runs))


def rerun(
    run: Trajectory,
    *,
    objective: Objective | None = None,
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
    base = replace(run.optimizer, settings=run.hyperparameters) if optimizer is None else read_optimizer(optimizer)
    if isinstance(base, LibraryOptimizer):
        chosen: Optimizer = base.with_arguments(library_settings(settings or {}))
    else:
        changed = {name: read_setting(name, value) for name, value in (settings or {}).items()}
        chosen = replace(base, settings={**base.settings, **changed})
    rule = StoppingRule(
        run.limit if steps is None else steps, run.tol if tol is None else tol, run.gtol if gtol is None else gtol,
        run.stopping.budget,
    )  # fmt: skip
    seed = run.seed if seed is None else check_seed(seed)
    function, begin = objective or run.objective, run.start if start is None else tuple(start)
    if isinstance(function, FormulaObjective):
        return _run(function, begin, chosen, {}, rule, seed)
    import numpy as np

    return _run(function, np.array(begin).reshape(run.record.shape), chosen, {}, rule, seed)


def _run(
    objective: Objective,
    start: Any,
    optimizer: Optimizer,
    shared: Mapping[str, Expression],
    rule: StoppingRule,
    seed: int,
    progress: Progress | None = None,
) -> Trajectory:
    """A run of equations, or of an optimizer of another library."""
    if isinstance(optimizer, LibraryOptimizer):
        from steepest.runs.libraries.descent import descend_with_library

        return descend_with_library(objective, start, optimizer.with_shared_rate(shared.get("lr")), rule, seed, progress)
    run = run_formula if isinstance(objective, FormulaObjective) else run_on_arrays
    return run(objective, start, optimizer, shared, rule, seed, progress)  # type: ignore[arg-type]
