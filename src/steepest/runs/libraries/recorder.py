"""What a library's optimizer calls: every evaluation is counted and recorded, every step is checked."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from steepest.runs.evaluations import KINDS, Evaluations, Trials, Work
from steepest.runs.libraries.source import CallFailedError
from steepest.runs.stopping import StoppingRule
from steepest.tape.program import Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.runs.libraries.source import Source

    Array = NDArray[np.float64]

VALUE, GRADIENT, HESSIAN = range(3)
MOST_IN_A_STEP = 100_000  # evaluations
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
        self.known_values: dict[tuple[float, ...], float] = {}
        self.known_gradients: dict[tuple[float, ...], Numbers] = {}
        self.total, self.ceiling = 0, min(self.most, MOST_IN_A_STEP)
        self.spent, self.seconds, self.kinds = [0], [0.0], bytearray()
        self.asked_positions, self.asked_values = array("d"), array("d")
        self.began = perf_counter()

    def value(self, position: Array) -> float:
        """The value at a position."""
        at = position.ravel().tolist()
        self._count(1)
        found: float = self._ask(self.source.value, at)
        self._note(at, found)
        return found

    def value_and_gradient(self, position: Array) -> tuple[float, Array]:
        """Both at a position."""
        at = position.ravel().tolist()
        self._count(2)
        value, gradient = self._ask(self.source.value_and_gradient, at)
        self._note(at, value)
        self._note_gradient(at, gradient)
        return value, np.array(gradient).reshape(position.shape)

    def gradient(self, position: Array) -> Array:
        """The gradient at a position."""
        at = position.ravel().tolist()
        self._count(1)
        found = self._ask(self.source.value_and_gradient, at)[1]
        self._note_gradient(at, found)
        return np.array(found).reshape(position.shape)

    def hessian(self, position: Array) -> Array:
        """The Hessian at a position."""
        at = position.ravel().tolist()
        self._count(1)
        self._trial(HESSIAN, at, math.nan)
        return np.array(self.source.hessian(at)).reshape(len(at), len(at))

    def step(self, position: Array) -> None:
        """Record a step, and end the run if that was the last one."""
        at = position.ravel().tolist()
        if not all(map(math.isfinite, at)):
            self.broken = at
            self._finish(Stop.BROKEN)
        before, slope = self.position, self._close_step(at)
        taken = len(self.positions) - 1
        rule = self.rule
        if self.judged and math.dist(at, before) < rule.tol and slope is not None and math.hypot(*slope) < self.asked:
            self._finish(Stop.STEP)
        self.check_gradient()
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

    def _close_step(self, at: list[float]) -> Numbers | None:
        """Record what a step led to; returns the gradient where it began, if that is known."""
        key, slope, last = tuple(at), self.gradients[-1], self.values[-1]
        resting = at == self.position and self.step_number is None
        self.values.append(self.known_values.get(key, last if resting else None))
        self.gradients.append(self.known_gradients.get(key, slope if resting else None))
        self.known_values.clear()
        self.known_gradients.clear()
        self.position = at
        self.positions.append(at)
        self.spent.append(self.total)
        self.seconds.append(perf_counter() - self.began)
        self.ceiling = min(self.most, self.total + MOST_IN_A_STEP)
        if self.step_number is not None:
            self.step_number += 1
            self.values[-1] = self.gradients[-1] = None
        return slope

    def _ask(self, function: Callable[..., Any], at: list[float]) -> Any:
        """What the source has at a position."""
        try:
            return function(at, self.step_number)
        except CallFailedError as error:
            self.reason = str(error)
            self._finish(Stop.BROKEN)

    def _finish(self, stop: Stop) -> NoReturn:
        """End the run; whoever asks for more is told again."""
        self.stop = stop
        self.ceiling = 0
        raise FinishedError

    def _count(self, more: int) -> None:
        """Count evaluations; those beyond the budget are not made."""
        if self.stop is not None:
            raise FinishedError
        if self.total + more > self.ceiling:
            self._finish(Stop.BUDGET if self.ceiling == self.most else Stop.FAILED)
        self.total += more

    def _note(self, at: list[float], value: float) -> None:
        """Record a value; one that is not finite where the last step led ends the run of an optimizer without a rule of its own."""
        self._trial(VALUE, at, value)
        self.known_values[tuple(at)] = value
        if at == self.position:
            self.values[-1] = value
            if self.judged and not math.isfinite(value):
                self._finish(Stop.LEFT)

    def _note_gradient(self, at: list[float], gradient: Numbers) -> None:
        self._trial(GRADIENT, at, math.nan)
        self.known_gradients[tuple(at)] = gradient
        if at == self.position:
            self.gradients[-1] = gradient

    def _trial(self, kind: int, at: list[float], value: float) -> None:
        self.kinds.append(kind)
        self.asked_positions.extend(at)
        self.asked_values.append(value)

    @property
    def work(self) -> Work:
        """What was asked for so far."""
        kinds = tuple(KINDS[kind] for kind in self.kinds)
        where = np.array(self.asked_positions).reshape(len(kinds), len(self.position))
        counts = Evaluations(*(kinds.count(kind) for kind in KINDS))
        return Work(counts, self.spent, self.seconds, Trials(kinds, where, np.array(self.asked_values)))
