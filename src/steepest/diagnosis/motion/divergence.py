"""Whether a run diverges: it left the finite numbers, or it grows and does so when it is continued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.advice.trials import MOST_ROWS, rows_of_step
from steepest.diagnosis.motion.rate import Fit
from steepest.diagnosis.sampling import Sampling
from steepest.language.expression import names
from steepest.runs.descent import rerun
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

FAR = 10.0  # how many times farther from 0 than its start a run must get to diverge while it descends
GROWING = 1.001
FEW = 16
MUCH_ALONE = 10.0  # how many times larger than in its first half the value must get where the run cannot be continued
LONGER, MOST_STEPS = 10_000, 100_000
MUCH = 1e3  # how many times more the value must change when the run is continued and stays finite


@dataclass(frozen=True, eq=False)
class Divergence:
    """How a run diverges.

    Attributes:
        continued: the same run with more steps, where it did not leave the finite numbers by itself.
    """

    continued: Trajectory | None


def divergence(
    run: Trajectory, sampling: Sampling, growth: Fit | None, step_lengths: Array, last_unstable: bool
) -> Divergence | None:
    """Whether a run diverges; None if it does not.

    Args:
        run, sampling: the run and its sampled positions.
        growth: the factor by which the last steps grow, if there is one.
        step_lengths: the lengths of the last steps.
        last_unstable: whether the last step was unstable.
    """
    if run.ending == "diverged":
        return Divergence(None)
    if run.ending not in ("step_limit", "interrupted") or not run.steps:
        return None
    values, positions = sampling.values, sampling.positions
    rising = bool(values[-1] > values[0])
    if growth is None:
        accelerating = len(step_lengths) >= 3 and bool((np.diff(step_lengths[-5:]) > 0).all())
        few = run.steps < FEW and bool((np.diff(values[-3:]) > 0).all()) and last_unstable
        uphill = rising and (few or (accelerating and bool(values[-1] >= np.nanmax(values))))
    else:
        accelerating = growth.factor > GROWING
        uphill = rising and accelerating and bool(values[-1] >= 0.5 * np.nanmax(values))
    far = float(np.abs(positions[-1] - positions[0]).max()) > FAR * (1 + float(np.abs(positions[0]).max()))
    downhill = accelerating and far and bool(sampling.curvatures[-1, 0] < 0) and not scheduled(run)
    if scheduled(run):  # which cannot be continued
        uphill = uphill and bool(np.abs(values[-1]) > MUCH_ALONE * np.nanmax(np.abs(values[: len(values) // 2 + 1])))
    grows = uphill or downhill
    return _confirmed(run, sampling) if grows else None


def _confirmed(run: Trajectory, sampling: Sampling) -> Divergence | None:
    """A run that grows, if it still does when it is continued; one that cannot be continued counts as diverging."""
    steps = min(max(LONGER, 2 * run.steps), MOST_STEPS, max(MOST_ROWS // rows_of_step(run), run.steps))
    if run.objective.expression is None or scheduled(run) or steps <= run.steps:
        return Divergence(None)
    continued = rerun(run, steps=steps)
    if continued.ending == "diverged":
        return Divergence(continued)
    (last,) = continued.record.values([continued.steps])
    grown = abs(last - sampling.values[0]) > MUCH * abs(float(sampling.values[-1] - sampling.values[0]))
    return Divergence(continued) if continued.ending == "step_limit" and grown else None


def scheduled(run: Trajectory) -> bool:
    """Whether a hyperparameter is a formula of the step number or the step limit."""
    return bool({"t", "T"} & names(*run.hyperparameters.values()))
