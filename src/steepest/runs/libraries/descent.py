"""Running an optimizer of another library: it takes its steps itself, and everything that it asks for is recorded."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.errors import InputError, SteepestError, named
from steepest.objectives.array import ArrayObjective
from steepest.optimizers.libraries.adapter import Verdict
from steepest.optimizers.libraries.registry import adapter
from steepest.runs.ending import Ending, LastStep
from steepest.runs.equations import check_gtol, trajectory_of
from steepest.runs.evaluations import Work
from steepest.runs.libraries.ending import BY_VERDICT, broken_ending, library_ending
from steepest.runs.libraries.recorder import FinishedError, Recorder
from steepest.runs.libraries.source import CallFailedError, source_of
from steepest.runs.record import Record
from steepest.runs.stopping import SLOPE, StoppingRule
from steepest.runs.trajectory import Trajectory
from steepest.tape.program import Stop
from steepest.targets.function import FormulaFunction
from steepest.targets.reference import Failure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.objectives.objective import Objective
    from steepest.optimizers.libraries.adapter import Adapter
    from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer

SILENT = Verdict("", "")  # where the rule for stopping ended the run


def descend_with_library(
    objective: Objective,
    start: NDArray[np.float64],
    optimizer: LibraryOptimizer,
    rule: StoppingRule,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Trajectory:
    """Run an optimizer of another library.

    Args:
        objective: a formula, or a Python function with its gradient.
        start: an array of the shape that the objective takes.
        rule: when the run stops. An optimizer that has a rule of its own follows that, and of ours the limits and `gtol` only.
        seed: of the batches, and of what the library draws where it can be told.

    Raises:
        InputError: for hyperparameters that the library refuses, and for batches where it needs one and the same function.
    """
    optimizer.check_complete()
    driver = adapter(optimizer.library, optimizer.name)
    batches = objective.batches(seed)
    batched = batches is not None
    if batched and driver.STOPS_ITSELF:
        raise InputError(f"{optimizer.name} needs the same function in every step, and a batch is another one: leave out the batch")
    if driver.STOPS_ITSELF and optimizer.schedules:
        name = next(iter(optimizer.schedules))
        raise InputError(f"{optimizer.name} runs a loop of its own, in which {name} is a number, not a formula in t and T")
    check_gtol(rule, batches)
    recorder = Recorder(
        source_of(objective, start.shape, seed, rule.steps), start, rule,
        asked=math.inf if driver.STOPS_ITSELF else _asked(optimizer, rule),
        judged=not driver.STOPS_ITSELF, seed=seed, batched=batched, has_hessian=_has_hessian(objective, start), progress=progress,
        schedules={name: FormulaFunction(value, ("t", "T")) for name, value in optimizer.schedules.items()},
    )  # fmt: skip
    stop, verdict = _driven(driver, optimizer.with_seed(seed), recorder)
    record, stop = _record(recorder, objective, stop)
    ending = _ending(recorder, record, stop, verdict.reason, optimizer)
    trials = recorder.rows.trials()
    work = Work(trials.counts, recorder.rows.spent, recorder.rows.seconds, trials)
    if verdict.hessians is not None:
        work = replace(work, evaluations=replace(work.evaluations, hessian=verdict.hessians))
    return trajectory_of(objective)(objective, optimizer, {}, rule, seed, ending, record.steps, record, work)


def _has_hessian(objective: Objective, start: NDArray[np.float64]) -> bool:
    """Whether the exact Hessian is known: of a formula, and of a model of many columns."""
    return not isinstance(objective, ArrayObjective) or objective.hessian_product(start) is not None


def _asked(optimizer: LibraryOptimizer, rule: StoppingRule) -> float:
    """The gradient's norm above which a short step does not end the run; see `StoppingRule.gradient_bound`."""
    if optimizer.schedules:
        return rule.tol
    values = optimizer.values
    lr = values.get(optimizer.learning_rate or "")
    if isinstance(lr, int | float) and not lr > rule.tol:
        return rule.tol
    return math.inf if values.get("weight_decay") else SLOPE * rule.tol


def _driven(driver: Adapter, optimizer: LibraryOptimizer, recorder: Recorder) -> tuple[Stop, Verdict]:
    """Let the library take its steps; returns why the run is over, and what the library says about it."""
    try:
        recorder.check_gradient()
        if not recorder.limit:
            return Stop.LIMIT, SILENT
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # how a run ended is said by its ending
            verdict = driver.minimize(optimizer, recorder)
    except FinishedError:
        pass
    except KeyboardInterrupt:
        return Stop.INTERRUPTED, SILENT
    except SteepestError:
        raise
    except (Exception, SystemExit) as error:
        if recorder.stop is None:  # else the library wrapped what ended the run
            return Stop.FAILED, Verdict("failed", f"{optimizer.name} raised {named(error)}")
    else:
        if recorder.stop is None:
            assert verdict is not None
            return BY_VERDICT[verdict.word], verdict
    assert recorder.stop is not None
    failed = recorder.stop is Stop.FAILED
    return recorder.stop, Verdict("failed", f"{optimizer.name} {recorder.complaint}") if failed else SILENT


def _record(recorder: Recorder, objective: Objective, stop: Stop) -> tuple[Record, Stop]:
    """The record of a run, up to the first value that is not finite, and why the run is over.

    What the optimizer did not ask for itself at a position is evaluated now, and not counted; a gradient by differences, which
    would cost more than the run, is NaN there.
    """
    rows = recorder.rows
    rows.add(recorder.trials, recorder.steps)
    table = rows.table()
    count, width = len(table), len(recorder.position)
    exact = objective.method != "central differences"
    if not _completed(table, recorder, exact=exact):
        stop = Stop.INTERRUPTED
    if recorder.judged and (lost := np.flatnonzero(~np.isfinite(table[:-1, width]))).size:
        count, stop = int(lost[0]) + 1, Stop.LEFT
    if not math.isfinite(table[count - 1, width]) and stop not in (Stop.BROKEN, Stop.INTERRUPTED):
        stop = Stop.LEFT
    columns = {"theta": range(width), "f": range(width, width + 1), "g": range(width + 1, 2 * width + 1)}
    numbers: Any = table[:count].reshape(-1).data
    return Record(numbers, columns, (), recorder.start.shape, count - 1), stop


def _completed(table: NDArray[np.float64], recorder: Recorder, *, exact: bool) -> bool:
    """Write into the rows of a run what is not known of them; returns whether that was not interrupted.

    Args:
        exact: whether the gradient is known without differences.
    """
    width, told, found = len(recorder.position), dict[Any, Any](), list[Sequence[float]]()
    unknown = np.isnan(table[:, width + exact]).nonzero()[0]
    positions, known = table[unknown, :width].tolist(), table[unknown, width:].tolist()
    interrupted = False
    try:
        for row, position, before in zip(unknown.tolist(), positions, known, strict=True):
            step = None if recorder.step_number is None else row + 1
            key = (step, *position)
            if key not in told:
                told[key] = _evaluated(recorder, position, step, exact=exact)
            found.append(told[key] or before)
    except KeyboardInterrupt:
        interrupted = True
    if found:
        table[unknown[: len(found)], width:] = found
    return not interrupted


def _evaluated(recorder: Recorder, position: list[float], step: int | None, *, exact: bool) -> Sequence[float]:
    """The value and the gradient at a position, NaN where only differences know it; nothing where the function raises."""
    unknown = [math.nan] * len(position)
    try:
        if not exact:
            return recorder.source.value(position, step), *unknown
        value, gradient = recorder.source.value_and_gradient(position, step)
    except CallFailedError as error:
        recorder.reason = recorder.reason or str(error)
        return ()
    return value, *gradient


def _ending(recorder: Recorder, record: Record, stop: Stop, reason: str, optimizer: LibraryOptimizer) -> Ending:
    """The ending of a run, with the cause of what is not finite."""
    steps, rule = record.steps, recorder.rule
    last = record.positions([steps])[0]
    if stop in (Stop.BROKEN, Stop.LEFT):
        cause = Failure(False, "raised", (), recorder.reason) if recorder.reason else None
        if cause is None:
            cause = recorder.source.failure(last, None if recorder.step_number is None else steps + 1)
        return broken_ending(stop, steps, cause, recorder.broken, optimizer.name)
    if not steps or reason:
        return library_ending(stop, steps, reason, LastStep(), rule, optimizer)
    before, slope = record.positions([steps - 1])[0], record.gradients([steps - 1])[0]
    return library_ending(stop, steps, reason, LastStep(math.dist(before, last), math.hypot(*slope)), rule, optimizer)
