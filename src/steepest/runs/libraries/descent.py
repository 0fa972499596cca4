"""Running an optimizer of another library: it takes its steps itself, and everything that it asks for is recorded."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from steepest.errors import InputError, SteepestError, named
from steepest.objectives.array import ArrayObjective
from steepest.optimizers.libraries.adapter import Verdict
from steepest.optimizers.libraries.registry import adapter
from steepest.runs.ending import Ending, LastStep
from steepest.runs.equations import check_gtol, trajectory_of
from steepest.runs.libraries.ending import BY_VERDICT, broken_ending, library_ending
from steepest.runs.libraries.record import library_record
from steepest.runs.libraries.recorder import FinishedError, Recorder
from steepest.runs.libraries.source import source_of
from steepest.runs.libraries.work import RecordedWork
from steepest.runs.record import Record
from steepest.runs.stopping import SLOPE, StoppingRule
from steepest.runs.trajectory import Trajectory
from steepest.tape.program import Stop
from steepest.targets.function import FormulaFunction
from steepest.targets.reference import Failure

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from steepest.objectives.objective import Objective
    from steepest.optimizers.libraries.adapter import Adapter
    from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer

SILENT = Verdict("", "")  # where the rule for stopping ended the run


def descend_with_library(
    objective: Objective,
    start: ArrayLike,
    optimizer: LibraryOptimizer,
    rule: StoppingRule,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Trajectory:
    """Run an optimizer of another library.

    Args:
        objective: a formula, or a Python function with its gradient.
        start: numbers in the shape that the objective takes.
        rule: when the run stops. An optimizer that has a rule of its own follows that, and of ours the limits and `gtol` only.
        seed: of the batches, and of what the library draws where it can be told.

    Raises:
        InputError: for hyperparameters that the library refuses, and for batches where it needs one and the same function.
    """
    optimizer.check_complete()
    begin = np.array(start, dtype=np.float64)
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
        source_of(objective, begin.shape, seed, rule.steps), begin, rule,
        asked=math.inf if driver.STOPS_ITSELF else _asked(optimizer, rule),
        judged=not driver.STOPS_ITSELF, seed=seed, batched=batched, has_hessian=_has_hessian(objective, begin), progress=progress,
        schedules={name: FormulaFunction(value, ("t", "T")) for name, value in optimizer.schedules.items()},
    )  # fmt: skip
    stop, verdict = _driven(driver, optimizer.with_seed(seed), recorder)
    record, stop = library_record(recorder, stop, exact=objective.method != "central differences")
    ending = _ending(recorder, record, stop, verdict.reason, optimizer)
    work = RecordedWork(recorder.rows, verdict.hessians)
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


def _ending(recorder: Recorder, record: Record, stop: Stop, reason: str, optimizer: LibraryOptimizer) -> Ending:
    """The ending of a run, with the cause of what is not finite."""
    steps, rule = record.steps, recorder.rule
    if stop in (Stop.BROKEN, Stop.LEFT):
        cause = Failure(False, "raised", (), recorder.reason) if recorder.reason else None
        if cause is None:
            last = record.positions([steps])[0]
            cause = recorder.source.failure(last, None if recorder.step_number is None else steps + 1)
        return broken_ending(stop, steps, cause, recorder.broken, optimizer.name)
    step = LastStep() if reason else LastStep(recorder.rows.last_length(), recorder.last_slope)
    return library_ending(stop, steps, reason, step, rule, optimizer)
