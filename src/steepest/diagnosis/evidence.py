"""Everything that a diagnosis rests on, gathered once: curvature, stability, motion, place, rates."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.diagnosis.motion.chaos import Chaos, chaos
from steepest.diagnosis.motion.cycle import cycle
from steepest.diagnosis.motion.divergence import Divergence, divergence, scheduled
from steepest.diagnosis.motion.kink import kink
from steepest.diagnosis.motion.oscillation import Oscillation, falls, lengths, oscillations, turns
from steepest.diagnosis.motion.rate import Fit, fitted
from steepest.diagnosis.sampling import ROUGHLY, Sampling, is_quadratic, sampling
from steepest.diagnosis.stability import Stability, predicted_at, stability
from steepest.diagnosis.stationary import StationaryPoint, is_plateau, lower_value, stationary_point
from steepest.runs.descent import rerun
from steepest.targets.arrays import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

ROUNDING = 1e-14
RESTING = 1e-9  # the share of the largest error below which one that stays the same is rounding
STILL = 1e-6  # the share of the value by which a run must fall to be still going down
ONE_CURVATURE = 1 + 1e-9
TELLING = math.log(3)  # of the factor from the first to the last of the numbers that a rate is fitted to
AGREE = 0.1  # how far the logarithms of two rates may differ to be called the same
SEEDS = 20  # steps of a run with another seed
FEWEST_TO_WANDER = 20


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was found about one run.

    Attributes:
        run: the run.
        sampling: positions, slopes, curvatures.
        stability: of every step.
        oscillations: the directions in which it went from side to side.
        cycle: its period and points, if it ended in one.
        stationary: the stationary point near its end.
        predicted: the factor per step that the Jacobian at the end predicts in the long run, or None.
        fit: the factor per step that the last steps show, or None.
    """

    run: Trajectory
    sampling: Sampling
    stability: Stability
    oscillations: tuple[Oscillation, ...]
    cycle: tuple[int, Array] | None
    stationary: StationaryPoint | None
    predicted: float | None
    fit: Fit | None

    @property
    def rate(self) -> float | None:
        """The factor per step that the last steps show, or None."""
        return 1.0 if self.cycle is not None else self.fit.factor if self.fit else None

    @property
    def arrived(self) -> StationaryPoint | None:
        """The stationary point at which the run ended, if it did; around a cycle, and with noise, nothing ends."""
        ended = self.stationary is not None and self.stationary.arrived and not self.diverges and not self.cycle and not self.noisy
        return self.stationary if ended else None

    @property
    def diverges(self) -> bool:
        """Whether the run left the finite numbers, or grows and does so when it is continued."""
        return self.divergence is not None

    @cached_property
    def divergence(self) -> Divergence | None:
        last_unstable = self.run.steps - 1 in self.stability.unstable
        return divergence(self.run, self.sampling, self.growth, self.step_lengths, last_unstable)

    @cached_property
    def growth(self) -> Fit | None:
        """The factor per step of the steps' own lengths."""
        return fitted(self.step_lengths, 0.0, self.sampling.steps[self.tail + 1 :])

    @cached_property
    def step_lengths(self) -> Array:
        """The lengths of the steps at the end of the run that were looked at one after the other."""
        with np.errstate(all="ignore"):
            return lengths(np.diff(self.sampling.positions[self.tail :], axis=0))

    @cached_property
    def tail(self) -> int:
        """The first row from which on every position was looked at."""
        gaps = np.flatnonzero(np.diff(self.sampling.steps) != 1)
        return int(gaps[-1]) + 1 if len(gaps) else 0

    @cached_property
    def falls(self) -> bool:
        return falls(self.sampling.values)

    @cached_property
    def turns(self) -> tuple[NDArray[np.int64], ...]:
        """The steps at which each coordinate turns back."""
        return turns(np.array(self.run.record.positions(), dtype=float).reshape(self.run.steps + 1, -1))

    @cached_property
    def noisy(self) -> bool:
        """Whether the optimizer adds noise: whether another seed gives another run."""
        if not self.run.optimizer.uses("noise") or not self.run.steps:
            return self.run.optimizer.uses("noise")
        if self.run.objective.expression is None:
            return True
        count = min(SEEDS, self.run.steps)
        other = rerun(self.run, steps=count, tol=0, gtol=0, seed=(self.run.seed + 1) % 2**32)
        rows = range(min(count, other.steps) + 1)
        return self.run.record.positions(rows) != other.record.positions(rows)

    @cached_property
    def chaos(self) -> Chaos | None:
        """How fast neighbors of the run part, if it is chaotic."""
        moving = not (self.diverges or self.cycle or self.arrived or self.noisy or scheduled(self.run))
        return chaos(self.run, self.sampling) if moving and self.run.ending in ("step_limit", "interrupted") else None

    @cached_property
    def wanders(self) -> bool:
        """Whether the run goes on and on in the same region without settling: its last two quarters cover much the same ground."""
        run, seen = self.run, self.sampling
        if run.ending not in ("step_limit", "interrupted") or run.steps < FEWEST_TO_WANDER or self.noisy or scheduled(run):
            return False
        if self.diverges or self.arrived or self.cycle or self.plateau or self.chaos or self.fall:
            return False
        before, last = (self.quarter(which) for which in (2, 3))
        spans = [np.ptp(seen.positions[rows], axis=0).max() for rows in (before, last)]
        lows, highs = ([pick(seen.values[rows]) for rows in (before, last)] for pick in (np.min, np.max))
        alike = 0.5 * spans[0] <= spans[1] <= 2 * spans[0] and spans[1] > 0
        together = np.ptp(seen.positions[np.concatenate([before, last])], axis=0).max() <= 1.5 * max(spans)
        overlap = min(highs) - max(lows)
        turning = max(int((each > 0.75 * run.steps).sum()) for each in self.turns) >= 2
        heights = [high - low for high, low in zip(highs, lows, strict=True)]
        return bool(alike and together and turning and overlap >= 0.5 * max(heights))

    def quarter(self, which: int) -> NDArray[np.int64]:
        """The rows of a quarter of the steps, 0 to 3."""
        share = self.sampling.steps / max(1, self.run.steps)
        return np.flatnonzero((share >= which / 4) & ((share < (which + 1) / 4) | (which == 3)))

    @cached_property
    def plateau(self) -> bool:
        """Whether the run is stuck where the function is level."""
        if self.diverges or self.run.ending == "undefined" or self.cycle or self.noisy:
            return False
        if self.arrived:
            return self.arrived.kind == "flat"
        hollow = self.stationary is not None and self.stationary.kind == "minimum" and self.sampling.curvatures[-1, 0] >= 0
        looked_for = not hollow and self.sampling.exact and self.run.steps > 0 and not scheduled(self.run)
        return looked_for and is_plateau(self.run, self.sampling)

    @cached_property
    def fall(self) -> tuple[int, float, float] | None:
        """A step a quarter before the end, and the values there and at the end, of a run that was still going down.

        Its values fall from window to window over the second half, the highest as well as the lowest ones: one that lies
        lower by chance does not count.
        """
        halted = self.run.ending in ("step_limit", "interrupted") and self.run.steps > 0
        if not halted or self.arrived or self.diverges or self.cycle or self.plateau or self.noisy or self.chaos:
            return None
        seen = self.sampling
        row = int(np.searchsorted(seen.steps, self.run.steps - max(1, self.run.steps // 4)))
        before, last = float(seen.values[row]), float(seen.values[-1])
        late = np.flatnonzero(seen.steps >= self.run.steps // 2)
        windows = [seen.values[rows] for rows in np.array_split(late, min(4, len(late)))]
        lows, highs = (np.array([pick(window) for window in windows]) for pick in (np.min, np.max))
        falling = bool((np.diff(lows) < 0).all() and (np.diff(highs) < 0).all()) and last <= before
        if self.kink and not highs[-1] < lows[0]:  # hopping over an edge
            return None
        return (int(seen.steps[row]), before, last) if falling and before - last > STILL * abs(before) else None

    @cached_property
    def held(self) -> bool:
        """Whether the run rests where weight decay balances the slope: an equation pulls toward 0 even without a gradient."""
        if self.run.ending != "converged" or self.arrived or self.stability.end is None or scheduled(self.run):
            return False
        return self.pulled and bool(self.sampling.positions[-1].any())

    @cached_property
    def pulled(self) -> bool:
        """Whether the equations move a position without a gradient: whether they have weight decay."""
        if self.stability.end is None:
            return False
        column = self.stability.end[0].matrix[0, :, 0]
        return bool(np.abs(column - np.eye(len(column))[0]).max() > 1e-12)

    @cached_property
    def lower(self) -> tuple[Array, float] | None:
        """A lower value than that of the minimum at which the run ended."""
        at = self.arrived
        return lower_value(self.run, self.sampling, at.value) if at and at.kind == "minimum" else None

    @cached_property
    def kink(self) -> bool:
        """Whether the slope jumps in two or more of the last steps, by more than the curvatures on both sides allow."""
        return kink(self.run, self.sampling, self.tail)

    @cached_property
    def quadratic(self) -> bool:
        """Whether the curvature is the same at every position, and in between."""
        return is_quadratic(self.run, self.sampling)

    @cached_property
    def errors(self) -> Array | None:
        """The distances to the minimum, where one is known."""
        return (
            lengths(self.sampling.positions - self.stationary.position)
            if self.stationary and self.stationary.kind == "minimum"
            else None
        )

    @property
    def at_minimum(self) -> bool:
        """Whether `curvatures` are those of a minimum."""
        return self.stationary is not None and self.stationary.kind == "minimum"

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
    """Look at a run from all sides."""
    seen = sampling(run)
    steady, found = stability(run, seen), stationary_point(run, seen)
    around = None if run.ending == "converged" else cycle(seen)
    first = Evidence(run, seen, steady, oscillations(seen), around, found, None, None)
    predicted, fit = _predicted_of(first), _fit_of(first)
    return replace(first, predicted=predicted, fit=fit if fit and _telling(fit, predicted) else None)


def _telling(fit: Fit, predicted: float | None) -> bool:
    """Whether numbers changed by so much that a line through their logarithms says more than one through themselves.

    Any change is enough where the factor is the predicted one.
    """
    return abs(fit.span) >= TELLING or agrees(predicted, fit.factor, 1e-9)


def agrees(predicted: float | None, rate: float, least: float = 1e-4) -> bool:
    """Whether two factors per step are called the same: their logarithms differ little, or by less than the least that counts."""
    if predicted is None:
        return False
    return abs(math.log(max(predicted, 1e-300)) - math.log(rate)) <= AGREE * abs(math.log(rate)) + least


def _predicted_of(evidence: Evidence) -> float | None:
    """The predicted factor, with the curvature of the point at which the run arrived; None where it still changes.

    A schedule has a factor of its own at every step, so there is none in the long run.
    """
    steady, at, curvatures = evidence.stability, evidence.arrived, evidence.sampling.curvatures
    if scheduled(evidence.run) or evidence.noisy or evidence.kink:
        return None
    if at is not None and steady.end is not None:
        return predicted_at(steady, (at.directions * at.curvatures) @ at.directions.T, evidence.sampling)
    if at is None and steady.scaled:
        return None
    with np.errstate(all="ignore"):
        sizes = np.abs(curvatures).max(axis=1)
        sizes = (sizes[-3:] if at is not None else sizes) / sizes[-1]
    spread = 2.0 if at is not None else ONE_CURVATURE if evidence.sampling.exact else ROUGHLY
    known = sizes[np.isfinite(sizes)]
    if not len(known) or (evidence.sampling.exact and len(known) < len(sizes)):
        return None
    if not (known.max() < spread and known.min() > 1 / spread):
        return None
    hessians = evidence.sampling.hessians
    if steady.end is None or hessians is None or not np.isfinite(hessians[-1]).all():
        return steady.predicted
    return predicted_at(steady, hessians[-1], evidence.sampling)


def _fit_of(evidence: Evidence) -> Fit | None:
    """The factor per step of the last errors: distances to the minimum, where it is known, else lengths of steps."""
    run, found, seen = evidence.run, evidence.stationary, evidence.sampling
    if evidence.noisy or run.ending == "undefined" or evidence.cycle or evidence.chaos or evidence.wanders or evidence.held:
        return None
    if evidence.pulled and not evidence.diverges and not evidence.arrived:
        return None
    if evidence.diverges or (found and found.kind != "minimum" and found.arrived):
        return evidence.growth
    errors = evidence.errors
    if found is None or errors is None:
        return None
    precision = ROUNDING * (evidence.condition or 1.0) if seen.exact else 1e-8
    last = errors[-max(4, len(errors) // 4) :]
    rest = 2 * float(last.max()) if last.max() <= 2 * last.min() and last.max() <= RESTING * errors.max() else 0.0
    return fitted(errors, max(rest, precision * float(np.abs(found.position).max())), seen.steps)
