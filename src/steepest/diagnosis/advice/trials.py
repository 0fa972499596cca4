"""A run made again: with other settings, or with as many steps as it takes to compare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from steepest.language.expression import names
from steepest.runs.descent import rerun

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

LONGER = 10_000  # steps that a trial may take, and what a run would have done with as many
MOST_STEPS = 100_000  # a run of more is not tried again
MOST_CALLS = 1_000  # steps of a trial of a Python function
TOL = 1e-8  # of the trials of a run that nothing but its step limit would end


def again(run: Trajectory, settings: Mapping[str, float | str]) -> Trajectory:
    """The run with other settings from the same start, for as many steps as a trial may take.

    Args:
        settings: hyperparameters, the others stay; with `optimizer` it is another one of the zoo, with its own defaults.

    Raises:
        KeyboardInterrupt: if Ctrl-C came meanwhile.
    """
    changed = dict(settings)
    name = changed.pop("optimizer", None)
    trial = rerun(run, optimizer=str(name) if name else None, settings=changed, steps=trial_steps(run), tol=trial_tol(run))
    if trial.ending == "interrupted":
        raise KeyboardInterrupt
    return trial


def continued(run: Trajectory) -> Trajectory:
    """The run as it is, with as many steps as a trial has, and ended by what ends a trial."""
    longer = run.ending == "step_limit" and run.steps < trial_steps(run)
    return again(run, {}) if longer or trial_tol(run) != run.tol else run


def trial_steps(run: Trajectory) -> int:
    """How many steps a trial may take: where the limit counts (`T`), and of a Python function, no more than the run's."""
    if run.objective.expression is None:
        return min(run.limit, MOST_CALLS)
    counts = run.optimizer.uses("T") or "T" in names(*run.hyperparameters.values())
    return run.limit if counts else min(max(run.limit, LONGER), MOST_STEPS)


def trial_tol(run: Trajectory) -> float:
    """The length of a step that ends a trial: the run's own, but 1e-8 where only the step limit would end it."""
    return run.tol if run.tol or run.gtol else TOL
