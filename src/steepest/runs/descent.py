"""Running an optimizer on an objective: settings resolved, the right target chosen, the ending told."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from steepest.errors import InputError, clipped, counted
from steepest.language.expression import Expression
from steepest.objectives.formula import FormulaObjective, read_objective
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.reading import Setting, read_setting
from steepest.optimizers.reading import optimizer as read_optimizer
from steepest.runs.ending import Last, Limits, asked, tell
from steepest.runs.record import ArrayRecord, TapeRecord
from steepest.runs.stable_forms import remedy
from steepest.runs.trajectory import Comparison, Trajectory
from steepest.tape.compile import method_tape, program
from steepest.targets.python import run

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
            `steepest.runs.ending.asked`); that step is kept. 0 for never.
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
    shared = {} if lr is None else {"lr": read_setting("lr", plain(lr))}
    limits = Limits(plain(steps), plain(tol), plain(gtol), plain(seed))
    limits.check()
    if progress is not None and not callable(progress):
        raise InputError(f"progress is a function of the steps done and the step limit, not {progress!r}")
    if callable(objective):
        return _descend_callable(objective, start, chosen, shared, limits, progress, gradient)
    if gradient is not None:
        raise InputError("a formula brings its own gradient: leave 'gradient' out")
    if not isinstance(objective, str | FormulaObjective):
        raise InputError(f"an objective is a formula, a gallery name or a function of an array, not {type(objective).__name__}")
    function = read_objective(objective) if isinstance(objective, str) else objective
    return _descend_formula(function, position(function, start, seed), chosen, shared, limits, progress)


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
    """Run several optimizers on one objective from the same start; the arguments are those of `descend`.

    Ctrl-C ends the comparison; the runs so far are kept, the last one `interrupted`.

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


def plain(value: Any) -> Any:
    """A number of NumPy or PyTorch as Python's own; anything else as it is, also a masked number."""
    single = getattr(value, "shape", None) == () and hasattr(value, "item") and not getattr(value, "mask", False)
    return value.item() if single else value


def _detached(value: Any) -> Any:
    """The numbers of a tensor that PyTorch would differentiate; anything else as it is."""
    if isinstance(value, list | tuple):
        return [_detached(each) for each in value]
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def position(objective: FormulaObjective, start: Any, seed: int) -> tuple[float, ...]:
    """The start as one finite number for each parameter."""
    names = objective.names
    if start is None:
        return objective.start(seed)
    labels = list(start.keys()) if hasattr(start, "keys") and hasattr(start, "__getitem__") else []
    if isinstance(start, Mapping) or any(isinstance(label, str) for label in labels):  # also a Series with names
        unknown = [str(name) for name in labels if name not in names]
        missing = [name for name in names if name not in labels]
        if unknown:
            raise InputError(f"the start names '{clipped(unknown[0])}', and the parameters are {', '.join(names)}")
        if missing:
            raise InputError(f"the start has no number for {', '.join(missing)}")
        start = [start[name] for name in names]
    single = isinstance(start, str) or not hasattr(start, "__iter__") or getattr(start, "shape", None) == ()
    try:
        if isinstance(start, bytes | bytearray | set | frozenset):  # whose order or meaning is not that of parameters
            raise TypeError
        numbers = [real(value) for value in ([start] if single else start)]
    except (TypeError, ValueError, OverflowError):
        shown = clipped(" ".join(repr(start).split()))
        raise InputError(f"the start is one number for each of {', '.join(names)}, not {shown}") from None
    if len(numbers) != len(names):
        found = counted(len(numbers), "number")
        raise InputError(f"the start has {found}, and the parameters are {', '.join(names)}")
    if not all(map(math.isfinite, numbers)):
        raise InputError("the start is made of finite numbers")
    return tuple(numbers)


def real(value: Any) -> float:
    """One real number.

    Raises:
        TypeError, ValueError, OverflowError: for anything else, such as an array of one number, or a masked one.
    """
    if getattr(value, "shape", ()) != () or getattr(value, "mask", False):
        raise TypeError
    return float(plain(value))


def _descend_formula(
    objective: FormulaObjective,
    start: tuple[float, ...],
    optimizer: Optimizer,
    shared: Mapping[str, Expression],
    limits: Limits,
    progress: Progress | None,
) -> Trajectory:
    """A recorded run of generated Python."""
    hyperparameters = optimizer.resolve(shared, objective.hyperparameters)
    schedules = {name: value for name, value in hyperparameters.items() if value.operation != "number"}
    numbers = {name: value.value for name, value in hyperparameters.items() if name not in schedules}
    prepared = program(optimizer.equations, tuple(schedules.items()), objective.expression, objective.names)
    outcome = run(
        prepared, start, numbers, steps=limits.steps, tol=limits.tol, gtol=limits.gtol,
        asked=asked(limits, optimizer, hyperparameters), seed=limits.seed, progress=progress,
    )  # fmt: skip
    record = TapeRecord(prepared, start, numbers, limits, outcome)
    moved = math.hypot(*(column[-1] - column[-2] for column in outcome.positions)) if outcome.steps else 0.0
    last = Last(moved, outcome.slope, outcome.swallowed)
    cure = ""
    if outcome.failure and outcome.failure.quantity in ("f", "g"):
        cure = remedy(objective.expression, objective.names, record.positions([outcome.steps])[0])
    ending = tell(outcome.stop, outcome.steps, last, outcome.failure, limits, optimizer, hyperparameters, cure)
    return Trajectory(
        objective, optimizer, hyperparameters, limits.steps, limits.tol, limits.gtol, limits.seed, ending, outcome.steps, record
    )


def _descend_callable(
    function: Callable[[Any], Any],
    start: Any,
    optimizer: Optimizer,
    shared: Mapping[str, Expression],
    limits: Limits,
    progress: Progress | None,
    gradient: Callable[[Any], Any] | None,
) -> Trajectory:
    """A run on whole NumPy arrays."""
    import numpy as np

    from steepest.objectives.callable import callable_objective
    from steepest.targets.array_runs import run_arrays

    if gradient is not None and not callable(gradient):
        raise InputError(f"the gradient is a function of the position, not {clipped(repr(gradient))}")
    if start is None:
        raise InputError("a Python function needs a start: an array of the shape that it takes")
    try:
        first = np.array(_detached(start))
        if first.dtype.kind not in "biuf" or np.ma.is_masked(start):
            raise TypeError
        first = first.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError("the start of a Python function is an array of numbers") from None
    if not first.size or not np.isfinite(first).all():
        raise InputError("the start is made of finite numbers, at least one")
    objective = callable_objective(function, first, gradient)
    hyperparameters = optimizer.resolve(shared, objective.hyperparameters)
    schedules = {name: value for name, value in hyperparameters.items() if value.operation != "number"}
    numbers = {name: value.value for name, value in hyperparameters.items() if name not in schedules}
    tape = method_tape(optimizer.equations, tuple(schedules.items()), 0)
    outcome = run_arrays(
        tape, optimizer.state, objective.value, objective.gradient, first, numbers, steps=limits.steps, tol=limits.tol,
        gtol=limits.gtol, asked=asked(limits, optimizer, hyperparameters), seed=limits.seed, progress=progress,
        source="gradient" if objective.method == "given" else "function",
    )  # fmt: skip
    record = ArrayRecord(outcome, tape.vectors)
    steps = len(outcome.positions) - 1
    last = Last()
    if steps:
        slope = math.hypot(*record.gradients([steps - 1])[0])
        last = Last(math.dist(*record.positions([steps - 1, steps])), slope, outcome.swallowed)
    ending = tell(outcome.stop, steps, last, outcome.failure, limits, optimizer, hyperparameters)
    return Trajectory(
        objective, optimizer, hyperparameters, limits.steps, limits.tol, limits.gtol, limits.seed, ending, steps, record
    )
