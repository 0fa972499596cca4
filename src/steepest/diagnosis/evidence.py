"""Everything that a diagnosis rests on: what was sampled along the run, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.advice.trials import continued
from steepest.diagnosis.motion.chaos import Chaos, chaos
from steepest.diagnosis.motion.cycle import cycle
from steepest.diagnosis.motion.divergence import Divergence, divergence, scheduled
from steepest.diagnosis.motion.kink import kink
from steepest.diagnosis.motion.oscillation import Oscillation, falls, lengths, oscillations, turns
from steepest.diagnosis.motion.progress import last_fall, stays_in_region
from steepest.diagnosis.motion.rate import Fit, fitted
from steepest.diagnosis.rates import measured_factor, predicted_factor
from steepest.diagnosis.sampling import Sampling, is_quadratic, sampling
from steepest.diagnosis.stability import Stability, stability
from steepest.diagnosis.stationary import StationaryPoint, is_plateau, lower_value, stationary_point
from steepest.runs.descent import rerun
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.data.batches import Batches
    from steepest.runs.trajectory import Trajectory

SEEDS = 20  # steps that are taken again with another seed


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was found about one run; all else is computed when it is first read.

    Attributes:
        run: the run.
        sampling: positions, gradients and curvatures along it.
        stability: of every sampled step.
        oscillations: the directions in which it oscillates.
        cycle: the period and the points of the cycle in which it ends, if it does.
        stationary: the stationary point near its end.
    """

    run: Trajectory
    sampling: Sampling
    stability: Stability
    oscillations: tuple[Oscillation, ...]
    cycle: tuple[int, Array] | None
    stationary: StationaryPoint | None

    @cached_property
    def predicted(self) -> float | None:
        """The factor by which a step multiplies the error in the long run, as the Jacobian at the end predicts it."""
        return predicted_factor(self)

    @cached_property
    def fit(self) -> Fit | None:
        """The factor per step of the last errors, with the steps that show it."""
        return measured_factor(self)

    @property
    def rate(self) -> float | None:
        """The factor per step that the last steps show, or None."""
        return 1.0 if self.cycle is not None else self.fit.factor if self.fit else None

    @property
    def arrived(self) -> StationaryPoint | None:
        """The stationary point at which the run came to rest; None for a run that diverges, cycles or has noise."""
        if self.stationary is None or not self.stationary.arrived or self.diverges or self.cycle or self.noisy:
            return None
        return self.stationary

    @property
    def at_minimum(self) -> bool:
        """Whether the stationary point near the end is a minimum."""
        return self.stationary is not None and self.stationary.kind == "minimum"

    @property
    def halted(self) -> bool:
        """Whether a limit, Ctrl-C or an optimizer that failed ended the run."""
        return self.run.ending in ("step_limit", "budget", "interrupted", "failed")

    @property
    def diverges(self) -> bool:
        """Whether the run left the finite numbers, or grows and does so when it is continued."""
        return self.divergence is not None

    @cached_property
    def divergence(self) -> Divergence | None:
        """How the run diverges, if it does."""
        last_unstable = self.run.steps - 1 in self.stability.unstable
        return divergence(self.run, self.sampling, self.growth, self.step_lengths, last_unstable)

    @cached_property
    def growth(self) -> Fit | None:
        """The factor by which the lengths of the steps change per step."""
        return fitted(self.step_lengths, 0.0, self.sampling.steps[self.sampling.tail + 1 :])

    @cached_property
    def step_lengths(self) -> Array:
        """The lengths of the last steps, as far as every position was sampled."""
        with np.errstate(all="ignore"):
            return lengths(np.diff(self.sampling.positions[self.sampling.tail :], axis=0))

    @cached_property
    def falls(self) -> bool:
        """Whether the value never rose."""
        return falls(self.sampling.values)

    @cached_property
    def turns(self) -> tuple[NDArray[np.int64], ...]:
        """The steps at which each coordinate turns back."""
        return turns(self.run.positions.reshape(self.run.steps + 1, -1))

    @cached_property
    def batches(self) -> Batches | None:
        """The rows of each step; None where every step takes the gradient of the function itself."""
        return self.run.objective.batches(self.run.seed)

    @cached_property
    def noisy(self) -> bool:
        """Whether the steps are random: the gradient is that of a batch, or the optimizer adds noise, so that the seed matters."""
        if self.batches is not None:
            return True
        uses_noise = self.run.optimizer.uses("noise")
        if not uses_noise or not self.run.steps or self.run.objective.expression is None:
            return uses_noise
        count = min(SEEDS, self.run.steps)
        other = rerun(self.run, steps=count, tol=0, gtol=0, seed=(self.run.seed + 1) % 2**32)
        rows = range(min(count, other.steps) + 1)
        return self.run.record.positions(rows) != other.record.positions(rows)

    @cached_property
    def chaos(self) -> Chaos | None:
        """How fast runs that start next to each other separate, if this one is chaotic."""
        if not self.halted or self.diverges or self.cycle or self.arrived or self.noisy or scheduled(self.run):
            return None
        return chaos(self.run, self.sampling)

    @cached_property
    def wanders(self) -> bool:
        """Whether the run stays in the same region without settling: its last two quarters cover much the same positions."""
        if not self.halted or self.noisy or scheduled(self.run):
            return False
        if self.diverges or self.arrived or self.cycle or self.plateau or self.chaos or self.fall:
            return False
        return stays_in_region(self.sampling, self.turns)

    @cached_property
    def plateau(self) -> bool:
        """Whether the run is stuck where the function is flat."""
        if self.diverges or self.run.ending == "undefined" or self.cycle or self.noisy:
            return False
        if self.arrived:
            return self.arrived.kind == "flat"
        near_minimum = self.at_minimum and self.sampling.curvatures[-1, 0] >= 0
        if near_minimum or not self.sampling.exact or not self.run.steps or scheduled(self.run):
            return False
        return is_plateau(self.run, self.sampling)

    @cached_property
    def fall(self) -> tuple[int, float, float] | None:
        """A step a quarter before the end, and the values there and at the end, of a run that was still falling."""
        if not self.halted or not self.run.steps or self.arrived or self.diverges or self.cycle:
            return None
        if self.plateau or (self.noisy and self.batches is None) or self.chaos:
            return None
        return last_fall(self.sampling, scattered=self.kink or self.noisy)

    @cached_property
    def held(self) -> bool:
        """Whether the run rests where weight decay balances the gradient."""
        if self.run.ending != "converged" or self.arrived or self.stability.next_step is None or scheduled(self.run):
            return False
        return self.pulled and bool(self.sampling.positions[-1].any())

    @cached_property
    def pulled(self) -> bool:
        """Whether the equations have weight decay: whether they move a position even without a gradient."""
        if self.stability.next_step is None:
            return False
        column = self.stability.next_step.recurrence.matrix[0, :, 0]
        return bool(np.abs(column - np.eye(len(column))[0]).max() > 1e-12)

    @property
    def is_gradient_descent(self) -> bool:
        """Whether the equations are those of gradient descent: no state, and no scaling of the gradient by its size."""
        if self.stability.next_step is None:
            return False
        recurrence = self.stability.next_step.recurrence
        return not recurrence.scaled and len(recurrence.names) == 1

    @cached_property
    def usual(self) -> Trajectory:
        """The run with its own settings, for as many steps as a trial of other settings may take."""
        return continued(self.run)

    @cached_property
    def lower(self) -> tuple[Array, float] | None:
        """A lower value than that of the minimum at which the run ended, with its position."""
        at = self.arrived
        return lower_value(self.run, self.sampling, at.value) if at and at.kind == "minimum" else None

    @cached_property
    def kink(self) -> bool:
        """Whether the gradient jumps in two or more of the last steps, by more than the curvatures on both sides allow."""
        return kink(self.run, self.sampling)

    @cached_property
    def quadratic(self) -> bool:
        """Whether the curvature is the same at every position, and in between."""
        return is_quadratic(self.run, self.sampling)

    @cached_property
    def errors(self) -> Array | None:
        """The distances to the minimum, where one is known."""
        if self.stationary is None or not self.at_minimum:
            return None
        return lengths(self.sampling.positions - self.stationary.position)

    @property
    def curvatures(self) -> Array:
        """The Hessian's eigenvalues that matter in the long run: at the minimum, else where the run ended, else at its start."""
        if self.stationary is not None and self.at_minimum:
            return self.stationary.curvatures
        rows = self.sampling.curvatures[[-1, 0]]
        return np.asarray(rows[0] if np.isfinite(rows[0]).all() and not self.diverges else rows[1])

    @property
    def condition(self) -> float | None:
        """The largest of these curvatures over the smallest, where all are positive."""
        least, largest = float(self.curvatures[0]), float(self.curvatures[-1])
        if self.stationary is not None and (self.stationary.flat if self.at_minimum else self.arrived):
            return None
        return largest / least if least > 0 and np.isfinite(largest) and largest / least < 1e12 else None


def gather(run: Trajectory) -> Evidence:
    """Sample a run and compute what everything else about it is derived from."""
    sampled = sampling(run)
    found = Evidence(run, sampled, stability(run, sampled), oscillations(sampled), None, stationary_point(run, sampled))
    if found.batches is not None:  # a batch has a curvature of its own, and a cycle is one of the batches
        judged = replace(found.stability, unstable=np.empty(0, dtype=np.int64), predicted=None)
        return replace(found, stability=judged, oscillations=())
    return replace(found, cycle=None if run.ending == "converged" else cycle(sampled))
