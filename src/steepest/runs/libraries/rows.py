"""What a library's run left, packed into few bytes: a row for each position, and every evaluation."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

import numpy as np

from steepest.runs.evaluations import KINDS, Trials

VALUE, GRADIENT, HESSIAN, BOTH, UNASKED = range(5)
Numbers = Sequence[float]
Trial = tuple[int, list[float], float | None, Numbers | None]
"""What was asked for, where, and the value and the gradient there as far as they were computed.

The optimizer did not ask for what is `UNASKED`: a rule for stopping did.
"""


Step = tuple[list[float], int, int, float]
"""A step that is complete: where it led, how many loose trials and how many evaluations there were by then, and when."""


class Rows:
    """The positions of a run, each with the value and the gradient there where the optimizer asked for them.

    An optimizer asks at a position in the step that leads there, such as a line search, or in the step that begins there.

    Args:
        start: the first position.
        batched: whether each step has rows of its own, so that only the step that begins at a position tells about it.

    Attributes:
        positions, values, gradients: of every position but the last, NaN where unknown.
        spent, seconds: of every position.
    """

    def __init__(self, start: list[float], *, batched: bool) -> None:
        self.batched = batched
        self.last: list[float] = start
        self.value: float | None = None
        self.gradient: Numbers | None = None
        self.unknown = [math.nan] * len(start)
        self.positions, self.values, self.gradients = array("d"), array("d"), array("d")
        self.spent, self.seconds = [0], [0.0]
        self.kinds, self.asked_positions, self.asked_values = bytearray(), array("d"), array("d")

    def add(self, trials: list[Trial], steps: list[Step]) -> None:
        """Pack steps and what was asked for in them, and empty both lists; later trials are those of an incomplete step."""
        begin = 0
        for at, end, spent, seconds in steps:
            segment = trials[begin:end]
            self._complete(segment)
            value, gradient = self.value, self.gradient
            self._write()
            if self.batched:
                value = gradient = None
            elif at != self.last:
                value, gradient = _known(segment[::-1], at)
            self.last, self.value, self.gradient, begin = at, value, gradient, end
            self.spent.append(spent)
            self.seconds.append(seconds)
        self._complete(trials[begin:])
        for trial in trials:
            self._pack(*trial)
        trials.clear()
        steps.clear()

    def _complete(self, segment: list[Trial]) -> None:
        """Take what the step that begins at the last position tells about it."""
        if self.value is None or self.gradient is None:
            value, gradient = _known(segment, self.last)
            self.value = value if self.value is None else self.value
            self.gradient = gradient if self.gradient is None else self.gradient

    def _write(self) -> None:
        self.positions.extend(self.last)
        self.values.append(math.nan if self.value is None else self.value)
        self.gradients.extend(self.unknown if self.gradient is None else self.gradient)

    def _pack(self, kind: int, at: list[float], value: float | None, gradient: Numbers | None) -> None:
        if kind != UNASKED:
            for each in (VALUE, GRADIENT) if kind == BOTH else (kind,):
                self.kinds.append(each)
                self.asked_positions.extend(at)
                self.asked_values.append(value if each == VALUE and value is not None else math.nan)

    def table(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """All positions with value and gradient: shape `(positions, 2 * parameters + 1)`."""
        width = len(self.last)
        self._write()
        positions, gradients = (np.array(each).reshape(-1, width) for each in (self.positions, self.gradients))
        return np.column_stack([positions, np.array(self.values), gradients])

    def trials(self) -> Trials:
        """Every evaluation that the optimizer asked for."""
        positions = np.array(self.asked_positions).reshape(-1, len(self.last))
        return Trials(tuple(map(KINDS.__getitem__, self.kinds)), positions, np.array(self.asked_values))


def _known(trials: Sequence[Trial], at: list[float]) -> tuple[float | None, Numbers | None]:
    """The value and the gradient at a position, as far as they were asked for."""
    value: float | None = None
    for kind, where, found, gradient in trials:
        if where == at and kind != HESSIAN:
            value = found if value is None else value
            if gradient is not None:
                return value, gradient
    return value, None
