"""What a library's optimizer calls: every evaluation is counted and recorded, every step is checked."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from steepest.errors import counted
from steepest.runs.libraries.rows import BOTH, GRADIENT, HESSIAN, UNASKED, VALUE, Numbers, Rows
from steepest.runs.libraries.source import CallFailedError
from steepest.runs.stopping import StoppingRule
from steepest.tape.program import Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.runs.libraries.source import Source
    from steepest.targets.function import FormulaFunction

    Array = NDArray[np.float64]

MOST_IN_A_STEP = 100_000  # evaluations
MOST_LOOSE = 8192  # steps that are kept as they came; the others are packed


class FinishedError(BaseException):
    """The run is over, as the recorder's `stop` says; no library may catch this."""


class Recorder:
    """A run, as a library's optimizer sees it; see `steepest.optimizers.libraries.adapter.Evaluator`.

    Its methods take little time: what can be found out later is found out of `rows`.

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
        schedules: the hyperparameters that are formulas in `t` and `T`.

    Attributes:
        total: the evaluations so far.
        stop: why the run is over; None as long as it goes on.
        reason: what the user's function raised.
        complaint: what the optimizer did that is no optimization, where that ended the run.
        last_slope: the gradient's norm where the last step began, if that was so short that it ended the run.
        broken: the position that is not finite, if the optimizer went to one.
    """

    stop: Stop | None = None
    reason = complaint = ""
    broken: Sequence[float] = ()
    last_slope = 0.0
    paired = False
    total = before_last = last = 0  # the last two: the first trials of the last two steps
    ceiling = -1.0  # until the first evaluation

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
        schedules: Mapping[str, FormulaFunction],
    ) -> None:
        self.source, self.start, self.rule, self.asked, self.seed = source, start, rule, asked, seed
        self.schedules = schedules
        self.judged, self.has_hessian, self.progress = judged, has_hessian, progress
        self.flat = start.ndim == 1
        self.pairs = source.pairs and not batched
        self.watched = bool((judged and rule.tol) or rule.gtol or batched or progress or rule.budget is not None)
        begin: list[float] = start.ravel().tolist()
        self.width = len(begin)
        self.step_number: int | None = 1 if batched else None
        self.pause = min(self.limit, MOST_LOOSE)
        self.rows = Rows(begin, batched=batched)
        self.trials, self.steps = self.rows.trials, self.rows.steps

    @property
    def limit(self) -> int:
        """The step limit."""
        return self.rule.steps

    @property
    def position(self) -> list[float]:
        """The last position."""
        return self.rows.position

    @property
    def taken(self) -> int:
        """The steps so far."""
        return self.rows.taken

    @property
    def most(self) -> float:
        """The evaluations that the run may take."""
        return math.inf if self.rule.budget is None else self.rule.budget

    def value(self, position: Array) -> float:
        """The value at a position."""
        at = position.tolist() if self.flat else position.ravel().tolist()
        self.total = total = self.total + 1
        if total > self.ceiling or len(at) != self.width:
            self._refuse(at, 1)
        slope: Numbers | None = None
        try:
            if self.paired:
                found, slope = self.source.value_and_gradient(at, self.step_number)
            else:
                found = self.source.value(at, self.step_number)
        except CallFailedError as error:
            self._fail(error)
        self.trials.append((VALUE, at, found, slope))
        if found - found != 0.0:
            self._look_at(at)
        return found

    def value_and_gradient(self, position: Array) -> tuple[float, Array]:
        """Both at a position."""
        at = position.tolist() if self.flat else position.ravel().tolist()
        self.total = total = self.total + 2
        if total > self.ceiling or len(at) != self.width:
            self._refuse(at, 2)
        try:
            value, gradient = self.source.value_and_gradient(at, self.step_number)
        except CallFailedError as error:
            self._fail(error)
        self.trials.append((BOTH, at, value, gradient))
        if value - value != 0.0:
            self._look_at(at)
        return value, np.array(gradient) if self.flat else np.array(gradient).reshape(position.shape)

    def gradient(self, position: Array) -> Array:
        """The gradient at a position.

        If the last trial told the value there, then both are computed together from now on, where that takes less.
        """
        at = position.tolist() if self.flat else position.ravel().tolist()
        self.total = total = self.total + 1
        if total > self.ceiling or len(at) != self.width:
            self._refuse(at, 1)
        value: float | None = None
        gradient: Numbers | None = None
        if self.pairs and self.trials:
            _, where, value, gradient = self.trials[-1]
            if where == at:
                at, self.paired = where, True  # one list for both
            else:
                gradient = None
        if gradient is None:
            try:
                value, gradient = self.source.value_and_gradient(at, self.step_number)
            except CallFailedError as error:
                self._fail(error)
        self.trials.append((GRADIENT, at, value, gradient))
        return np.array(gradient) if self.flat else np.array(gradient).reshape(position.shape)

    def hessian(self, position: Array) -> Array:
        """The Hessian at a position."""
        at = position.tolist() if self.flat else position.ravel().tolist()
        self.total = total = self.total + 1
        if total > self.ceiling or len(at) != self.width:
            self._refuse(at, 1)
        self.trials.append((HESSIAN, at, None, None))
        return np.array(self.source.hessian(at)).reshape(len(at), len(at))

    def settings(self, step: int) -> dict[str, float]:
        """The hyperparameters that are formulas, at a step from 1."""
        return {name: formula.value((float(step), float(self.limit))) for name, formula in self.schedules.items()}

    def step(self, position: Array) -> None:
        """Record a step, and end the run if that was the last one."""
        at = position.tolist() if self.flat else position.ravel().tolist()
        total = sum(at)
        if total - total != 0.0 or len(at) != self.width or self.stop is not None:
            self._check_step(at)
        steps = self.steps
        steps.append((at, len(self.trials), self.total, perf_counter()))
        if self.watched:
            self._look_at_step(steps[-2][0] if len(steps) > 1 else self.rows.before)
        if len(steps) >= self.pause:
            self._pause()

    def _check_step(self, at: list[float]) -> None:
        """End the run where a step may not lead."""
        self._refuse(at, 0)
        if not all(map(math.isfinite, at)):
            self.broken = at
            self._finish(Stop.BROKEN)

    def _pause(self) -> None:
        """End the run at the step limit, or put its steps so far together."""
        if self.taken >= self.limit:
            self._finish(Stop.LIMIT)
        self.rows.pack()
        self.before_last = self.last = 0
        self.pause = min(self.limit - self.taken, MOST_LOOSE)

    def _look_at_step(self, before: list[float]) -> None:
        """End the run by the rule for stopping, after a step from a position; tell how far it is."""
        if self.judged and self.rule.tol and math.dist(self.position, before) < self.rule.tol:
            self._rest(before)
        if self.step_number is not None:
            self.step_number += 1
        if self.rule.gtol:
            self.check_gradient()
        if self.progress is not None:
            self.progress(self.taken, self.limit)
        self.before_last, self.last = self.last, len(self.trials)

    def check_gradient(self) -> None:
        """End the run where the gradient is smaller than `gtol`; what the optimizer did not ask for itself is not counted."""
        if self.rule.gtol:
            slope = self._slope(self.position)
            if slope is None:
                try:
                    value, slope = self.source.value_and_gradient(self.position, self.step_number)
                except CallFailedError as error:
                    self._fail(error)
                self.trials.append((UNASKED, self.position, value, slope))
            if math.hypot(*slope) < self.rule.gtol:
                self._finish(Stop.GRADIENT)

    def last_value(self) -> float:
        """The value at the last position, computed now unless the last trial told it; NaN where the function raises."""
        if self.trials:
            _, where, found, _ = self.trials[-1]
            if where == self.position and found is not None and self.step_number is None:
                return found
        try:
            if not self.judged:
                return self.source.value(self.position)
            value, slope = self.source.value_and_gradient(self.position, self.step_number)
        except CallFailedError as error:
            self.reason = self.reason or str(error)
            return math.nan
        self.trials.append((UNASKED, self.position, value, slope))
        return value

    def _rest(self, before: list[float]) -> None:
        """End the run after a short step from a position where the gradient was small."""
        slope = self._slope(before)
        if slope is not None and math.hypot(*slope) < self.asked:
            self.last_slope = math.hypot(*slope)
            self._finish(Stop.STEP)

    def _slope(self, at: list[float]) -> Numbers | None:
        """The gradient at a position, if it was asked for in this step or the one before."""
        recent = reversed(self.trials[self.before_last :])
        return next((slope for _, where, _, slope in recent if slope is not None and where == at), None)

    def _look_at(self, at: list[float]) -> None:
        """End a run without a rule of its own where the value at the last position is not finite."""
        if self.judged and at == self.position:
            self._finish(Stop.LEFT)

    def _refuse(self, at: list[float], asked: int) -> None:
        """End the run where nothing more may be asked for, or not there; the first evaluation starts the clock.

        Args:
            asked: how many evaluations were counted that are then none.
        """
        total, self.total = self.total, self.total - asked
        if self.stop is not None:
            raise FinishedError
        if len(at) != self.width:
            self.complaint = f"gives a position of {counted(len(at), 'number')}, not {self.width}"
            self._finish(Stop.FAILED)
        if self.ceiling < 0:  # what is imported and built before takes no time of the run
            self.rows.began = perf_counter()
        self.ceiling = min(self.most, self.rows.evaluations + MOST_IN_A_STEP)
        if total > self.ceiling:
            self.complaint = f"took {counted(MOST_IN_A_STEP, 'evaluation')} without completing a step"
            self._finish(Stop.BUDGET if self.ceiling == self.most else Stop.FAILED)
        self.total = total

    def _fail(self, error: CallFailedError) -> NoReturn:
        """End the run where the user's function raised."""
        self.reason = str(error)
        self._finish(Stop.BROKEN)

    def _finish(self, stop: Stop) -> NoReturn:
        """End the run; whoever asks for more is told again."""
        self.stop, self.ceiling = stop, -1.0
        raise FinishedError
