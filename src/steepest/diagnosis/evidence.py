"""Everything that a diagnosis rests on, gathered once: curvature, stability, motion, place, rates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.motion import Swing, cycle, falls, lengths, measured_rate, swings
from steepest.diagnosis.place import Place, is_plateau, lower_value, place
from steepest.diagnosis.stability import Stability, predicted_at, stability
from steepest.diagnosis.survey import Survey, evaluations, spectra, survey
from steepest.targets.numpy import Array

if TYPE_CHECKING:
    from steepest.trajectory import Trajectory

__all__ = ["Evidence", "gather"]

FAR = 10.0  # how many times farther than its start a run must get to be running away downhill
GROWING = 1.001
FEW = 16
ROUNDING = 1e-14
RESTING = 1e-9  # the share of the largest error below which one that stays the same is rounding
STILL = 1e-6  # the share of the value by which a run must fall to be still going down
JUMP = 5.0  # times more than the curvatures on both sides allow
STEPS_FOR_KINK = 12
ONE_CURVATURE = 1 + 1e-9


@dataclass(frozen=True, eq=False)
class Evidence:
    """What was found about one run.

    Attributes:
        run: the run.
        survey: positions, slopes, curvatures.
        stability: of every step.
        swings: the directions in which it went from side to side.
        cycle: its period and points, if it ended in one.
        place: the stationary point near its end.
        predicted: the factor per step that the Jacobian at the end predicts in the long run, or None.
        rate: the factor per step that the last steps show, or None.
    """

    run: Trajectory
    survey: Survey
    stability: Stability
    swings: tuple[Swing, ...]
    cycle: tuple[int, Array] | None
    place: Place | None
    predicted: float | None
    rate: float | None

    @property
    def arrived(self) -> Place | None:
        """The stationary point at which the run ended, if it did; around a cycle nothing ends."""
        return self.place if self.place and self.place.arrived and not self.diverges and not self.cycle else None

    @cached_property
    def diverges(self) -> bool:
        """Whether the run left the finite numbers or was on its way there."""
        if self.run.ending == "diverged":
            return True
        values, positions = self.survey.values, self.survey.positions
        if self.run.ending == "undefined" or self.run.steps == 0:
            return False
        if self.growth is None or self.growth <= GROWING:  # of a few steps the last ones must tell
            rising = self.run.steps < FEW and values[-1] > values[0] and bool((np.diff(values[-3:]) > 0).all())
            return rising and self.run.steps - 1 in self.stability.unstable
        if values[-1] > values[0] and values[-1] >= 0.5 * np.nanmax(values):
            return True
        far = float(np.abs(positions[-1] - positions[0]).max()) > FAR * (1 + float(np.abs(positions[0]).max()))
        return far and bool(self.survey.curvatures[-1, 0] < 0)

    @cached_property
    def growth(self) -> float | None:
        """The factor per step of the steps' own lengths."""
        return measured_rate(self.step_lengths, 0.0)

    @cached_property
    def step_lengths(self) -> Array:
        """The lengths of the steps at the end of the run that were looked at one after the other."""
        tail = self.tail
        with np.errstate(all="ignore"):
            return lengths(np.diff(self.survey.positions[tail:], axis=0))

    @cached_property
    def tail(self) -> int:
        """The first row from which on every position was looked at."""
        gaps = np.flatnonzero(np.diff(self.survey.steps) != 1)
        return int(gaps[-1]) + 1 if len(gaps) else 0

    @cached_property
    def falls(self) -> bool:
        return falls(self.survey.values)

    @cached_property
    def noisy(self) -> bool:
        return self.run.optimizer.uses("noise")

    @cached_property
    def plateau(self) -> bool:
        """Whether the run is stuck where the function is level."""
        if self.diverges or self.run.ending == "undefined" or self.cycle:
            return False
        if self.arrived:
            return self.arrived.kind == "flat"
        hollow = self.place is not None and self.place.kind == "minimum" and self.survey.curvatures[-1, 0] >= 0
        return not hollow and self.survey.exact and self.run.steps > 0 and is_plateau(self.run, self.survey)

    @cached_property
    def fall(self) -> tuple[float, float] | None:
        """The values a quarter before the end and at the end of a run that was still going down; None if it was not."""
        values = self.survey.values
        before, last = float(values[-1 - len(values) // 4]), float(values[-1])
        halted = self.run.ending in ("step_limit", "interrupted") and self.run.steps > 0
        if not halted or self.arrived or self.diverges or self.cycle or self.plateau or self.noisy:
            return None
        return (before, last) if before - last > STILL * (1e-9 + abs(before)) else None

    @cached_property
    def lower(self) -> tuple[Array, float] | None:
        """A lower value than that of the minimum at which the run ended."""
        at = self.arrived
        return lower_value(self.run, at.value) if at and at.kind == "minimum" else None

    @cached_property
    def kink(self) -> bool:
        """Whether the slope at the end jumps by more than the curvatures on both sides allow."""
        if not self.survey.exact:
            return False
        rows = slice(max(self.tail, len(self.survey.steps) - STEPS_FOR_KINK), None)
        slopes, positions, curvatures = (
            part[rows] for part in (self.survey.gradients, self.survey.positions, self.survey.curvatures)
        )
        with np.errstate(all="ignore"):
            change, way = lengths(np.diff(slopes, axis=0)), lengths(np.diff(positions, axis=0))
            size = np.abs(curvatures).max(axis=1)
            jumps = (change > JUMP * np.maximum(size[1:], size[:-1]) * way) & (change > 0.5 * lengths(slopes[1:]))
            for row in np.flatnonzero(jumps):  # a smooth function has the missing curvature in between
                between = positions[row] + np.linspace(0, 1, 65)[1:-1, None] * (positions[row + 1] - positions[row])
                steepest = np.abs(spectra(evaluations(self.run, between)[2])[0]).max()
                jumps[row] = not change[row] <= JUMP * steepest * way[row]
        return bool(jumps.sum() >= 2)

    @property
    def curvatures(self) -> Array:
        """The Hessian's eigenvalues that matter in the long run: where the run arrives, else where it ended, else at its start."""
        if self.place is not None:
            return self.place.curvatures
        rows = self.survey.curvatures[[-1, 0]]
        return np.asarray(rows[0] if np.isfinite(rows[0]).all() and not self.diverges else rows[1])

    @property
    def condition(self) -> float | None:
        """The largest of these curvatures over the smallest, where all are positive."""
        least, largest = float(self.curvatures[0]), float(self.curvatures[-1])
        return largest / least if least > 0 and np.isfinite(largest) and largest / least < 1e12 else None


def gather(run: Trajectory) -> Evidence:
    """Look at a run from all sides."""
    seen = survey(run)
    steady, found = stability(run, seen), place(run, seen)
    around = None if run.ending == "converged" else cycle(seen)
    first = Evidence(run, seen, steady, swings(seen), around, found, None, None)
    return replace(first, predicted=predicted_of(first), rate=rate_of(first))


def predicted_of(evidence: Evidence) -> float | None:
    """The predicted factor, with the curvature of the point at which the run arrived; None where it still changes."""
    steady, at, curvatures = evidence.stability, evidence.arrived, evidence.survey.curvatures
    if at is not None and steady.end is not None:
        return predicted_at(steady, (at.directions * at.curvatures) @ at.directions.T)
    with np.errstate(all="ignore"):
        sizes = np.abs(curvatures).max(axis=1)
        sizes = (sizes if evidence.cycle else sizes[-3:]) / sizes[-1]
    spread = ONE_CURVATURE if evidence.cycle else 2.0
    return steady.predicted if (sizes < spread).all() and (sizes > 1 / spread).all() else None


def rate_of(evidence: Evidence) -> float | None:
    """The factor per step of the last errors: distances to the minimum, where it is known, else lengths of steps."""
    run, found = evidence.run, evidence.place
    if evidence.noisy or run.ending == "undefined":
        return None
    if evidence.cycle is not None:
        return 1.0
    if evidence.diverges or (found and found.kind != "minimum"):
        return evidence.growth
    if found is None:
        return None
    seen = evidence.survey
    errors = lengths(seen.positions - found.position)
    precision = ROUNDING * (evidence.condition or 1.0) if seen.exact else 1e-8
    last = errors[-max(4, len(errors) // 4) :]
    rest = 2 * float(last.max()) if last.max() <= 2 * last.min() and last.max() <= RESTING * errors.max() else 0.0
    return measured_rate(errors, max(rest, precision * float(np.abs(found.position).max())), seen.steps)
