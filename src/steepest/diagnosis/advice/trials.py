"""Trials: a run repeated with other settings, or continued for as many steps as a trial may take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from steepest.language.expression import names, rows_of
from steepest.runs.descent import rerun
from steepest.runs.fit import Fit

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

LONGER = 10_000  # steps that a trial may take, and the run that it is compared with
MOST_STEPS = 100_000  # a longer run is not repeated
MOST_ROWS = 2_000_000  # rows that all steps of a trial take together
MOST_CALLS = 1_000  # steps of a trial with a Python function
TOL = 1e-8  # of the trials of a run that nothing but its step limit would end


def try_settings(run: Trajectory, settings: Mapping[str, float | str]) -> Trajectory:
    """Repeat a run with other settings from the same start, for as many steps as a trial may take.

    Args:
        run: the run to repeat.
        settings: hyperparameters to change; with `optimizer`, the name of another optimizer of the zoo, which has its own defaults;
            with `scale`, how the columns of a fit are scaled.

    Raises:
        KeyboardInterrupt: after Ctrl-C.
    """
    changed = dict(settings)
    name = changed.pop("optimizer", None)
    objective, start = None, None
    if (scale := changed.pop("scale", None)) is not None:
        assert isinstance(run, Fit)
        objective = run.objective.scaled(str(scale))
        start = objective.units.scaled(run.start)
    repeated = rerun(
        run, objective=objective, start=start, optimizer=str(name) if name else None, settings=changed, steps=trial_steps(run),
        tol=trial_tol(run),
    )  # fmt: skip
    if repeated.ending == "interrupted":
        raise KeyboardInterrupt
    return repeated


def continued(run: Trajectory) -> Trajectory:
    """The run with its own settings, for as many steps and with the same tolerance as a trial."""
    longer = run.ending == "step_limit" and run.steps < trial_steps(run)
    return try_settings(run, {}) if longer or trial_tol(run) != run.tol else run


def trial_steps(run: Trajectory) -> int:
    """How many steps a trial may take: no more than the run where its limit matters (`T`), and for a Python function."""
    if run.objective.expression is None:
        return min(run.limit, MOST_CALLS)
    counts = run.optimizer.uses("T") or "T" in names(*run.hyperparameters.values())
    longest = max(run.limit, min(LONGER, MOST_ROWS // rows_of_step(run)))
    return run.limit if counts else min(longest, MOST_STEPS)


def rows_of_step(run: Trajectory) -> int:
    """The rows over which each step takes sums and means; 1 without data."""
    expression = run.objective.expression
    return rows_of(expression).rows if expression is not None and expression.source else 1


def trial_tol(run: Trajectory) -> float:
    """The tolerance of a trial: the run's own, but 1e-8 for a run that only its step limit ends."""
    return run.tol if run.tol or run.gtol else TOL
