"""What a library's optimizer calls: every evaluation is counted and recorded, every step is checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from steepest.runs.evaluations import Work
from steepest.runs.libraries.source import CallFailedError
from steepest.runs.libraries.trials import BOTH, GRADIENT, HESSIAN, VALUE, PackedTrials, Trial
from steepest.runs.stopping import StoppingRule
from steepest.tape.program import Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.runs.libraries.source import Source

    Array = NDArray[np.float64]

MOST_IN_A_STEP = 100_000  # evaluations
MOST_LOOSE = 10_000  # evaluations that are kept as they came; the others are packed
Numbers = Sequence[float]


class FinishedError(BaseException):
    """The run is over, as the recorder's `stop` says; no library may catch this."""


class Recorder:
    """A run, as a library's optimizer sees it; see `steepest.optimizers.libraries.adapter.Evaluator`.

    Args:
        source: of the numbers.
        start: in the objective's own shape.
        rule: when the run stops.
        asked: a step shorter than `tol` ends the run only where the gradient's norm is below this.
        judged: whether `tol` and a value that is not finite end the run; False for an optimizer with a rule of its own.
        seed: of what the library draws.
        batched: whether each step has rows of its own.
        has_hessian: whether there is a Hessian.
        progress: called with the steps done and the step limit now and then.

    Attributes:
        positions: after each step, the start first.
        values, gradients: there, where they were asked for; else None.
        stop: why the run is over; None as long as it goes on.
        reason: what the user's function raised.
        broken: the position that is not finite, if the optimizer went to one.
        work: what was asked for so far.
    """

    def __init__(
        self,
        source: Source,
        start: Array,
        rule: StoppingRule,
        *,
        asked: float,
        judged: bool,
        seed: int,
        batched: bool,
        has_hessian: bool,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.source, self.start, self.rule, self.asked, self.seed = source, start, rule, asked, seed
        self.limit, self.judged, self.has_hessian, self.progress = rule.steps, judged, has_hessian, progress
        self.stop: Stop | None = None
        self.reason = ""
        self.broken: list[float] = []
        self.most = math.inf if rule.budget is None else rule.budget
        self.position: list[float] = start.ravel().tolist()
        self.positions: list[list[float]] = [self.position]
        self.values: list[float | None] = [None]
        self.gradients: list[Numbers | None] = [None]
        self.step_number: int | None = 1 if batched else None
        self.total, self.ceiling = 0, min(self.most, MOST_IN_A_STEP)
        self.spent, self.seconds = [0], [0.0]
        self.trials: list[Trial] = []
        self.packed = PackedTrials()
        self.first = 0  # of the trials of this step
        self.began = perf_counter()

    def value(self, position: Array) -> float:
        """The value at a position."""
        at = position.ravel().tolist()
        self._count(1)
        found: float = self._ask(self.source.value, at)
        self.trials.append((VALUE, at, found, None))
        if self.judged and at == self.position:
            self._look_at(found)
        return found

    def value_and_gradient(self, position: Array) -> tuple[float, Array]:
        """Both at a position."""
        at = position.ravel().tolist()
        self._count(2)
        value, gradient = self._ask(self.source.value_and_gradient, at)
        self.trials.append((BOTH, at, value, gradient))
        if self.judged and at == self.position:
            self._look_at(value)
            self.values[-1], self.gradients[-1] = value, gradient
        return value, np.array(gradient).reshape(position.shape)

    def gradient(self, position: Array) -> Array:
        """The gradient at a position."""
        at = position.ravel().tolist()
        self._count(1)
        value, gradient = self._ask(self.source.value_and_gradient, at)
        self.trials.append((GRADIENT, at, value, gradient))
        return np.array(gradient).reshape(position.shape)

    def hessian(self, position: Array) -> Array:
        """The Hessian at a position."""
        at = position.ravel().tolist()
        self._count(1)
        self.trials.append((HESSIAN, at, None, None))
        return np.array(self.source.hessian(at)).reshape(len(at), len(at))

    def step(self, position: Array) -> None:
        """Record a step, and end the run if that was the last one."""
        if self.stop is not None:
            raise FinishedError
        at, before, rule = position.ravel().tolist(), self.position, self.rule
        total = sum(at)
        if total - total != 0.0 and not all(map(math.isfinite, at)):
            self.broken = at
            self._finish(Stop.BROKEN)
        self._close_step(at)
        if self.judged and math.dist(at, before) < rule.tol:
            slope = self.gradients[-2]
            if slope is not None and math.hypot(*slope) < self.asked:
                self._finish(Stop.STEP)
        if rule.gtol:
            self.check_gradient()
        taken = len(self.positions) - 1
        if taken >= self.limit:
            self._finish(Stop.LIMIT)
        if self.progress is not None:
            self.progress(taken, self.limit)

    def check_gradient(self) -> None:
        """End the run where the gradient is smaller than `gtol`; what the optimizer did not ask for itself is not counted."""
        if self.rule.gtol:
            slope = self.gradients[-1]
            if slope is None:
                self.values[-1], slope = self._ask(self.source.value_and_gradient, self.position)
                self.gradients[-1] = slope
            if math.hypot(*slope) < self.rule.gtol:
                self._finish(Stop.GRADIENT)

    def _close_step(self, at: list[float]) -> None:
        """Record where a step led, with what is known there: an optimizer may have come there before it chose to stay."""
        if self.values[-1] is None or self.gradients[-1] is None:
            self._look_up(self.position)
        resting = at == self.position and self.step_number is None
        self.values.append(self.values[-1] if resting else None)
        self.gradients.append(self.gradients[-1] if resting else None)
        self.position = at
        self.positions.append(at)
        if self.step_number is None:
            self._look_up(at)
        else:
            self.step_number += 1
        self.spent.append(self.total)
        self.seconds.append(perf_counter() - self.began)
        self.ceiling = min(self.most, self.total + MOST_IN_A_STEP)
        self.first = len(self.trials)
        if self.first > MOST_LOOSE:
            self.packed.add(self.trials)
            self.first = 0

    def _look_up(self, at: list[float]) -> None:
        """Take the value and the gradient of the last position from what was asked for in this step."""
        for index in range(len(self.trials) - 1, self.first - 1, -1):
            _, where, value, gradient = self.trials[index]
            if where == at:
                if self.values[-1] is None:
                    self.values[-1] = value
                if gradient is not None:
                    self.gradients[-1] = gradient
                    return

    def _ask(self, function: Callable[..., Any], at: list[float]) -> Any:
        """What the source has at a position."""
        try:
            return function(at, self.step_number)
        except CallFailedError as error:
            self.reason = str(error)
            self._finish(Stop.BROKEN)

    def _look_at(self, value: float) -> None:
        """End a run without a rule of its own where the value is not finite."""
        if not math.isfinite(value):
            self.values[-1] = value
            self._finish(Stop.LEFT)

    def _finish(self, stop: Stop) -> NoReturn:
        """End the run; whoever asks for more is told again."""
        self.stop = stop
        raise FinishedError

    def _count(self, more: int) -> None:
        """Count evaluations; those beyond the budget are not made."""
        if self.stop is not None:
            raise FinishedError
        if self.total + more > self.ceiling:
            self._finish(Stop.BUDGET if self.ceiling == self.most else Stop.FAILED)
        if not self.total:
            self.began = perf_counter()  # what is imported and built before the first evaluation takes no time of the run
        self.total += more

    @property
    def work(self) -> Work:
        """What was asked for so far."""
        self.packed.add(self.trials)
        self.first = 0
        trials = self.packed.trials(len(self.position))
        return Work(trials.counts, self.spent, self.seconds, trials)
