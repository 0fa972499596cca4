"""What a library's run left, as arrays: a row for each position, and every evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.runs.evaluations import KINDS, Trials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

VALUE, GRADIENT, HESSIAN, BOTH, UNASKED = range(5)
Numbers = Sequence[float]
Trial = tuple[int, list[float], float | None, Numbers | None]
"""What was asked for, where, and the value and the gradient there as far as they were computed.

The optimizer did not ask for what is `UNASKED`: a rule for stopping did.
"""


Step = tuple[list[float], int, int, float]
"""A step that is complete: where it led, how many loose trials and how many evaluations there were by then, and when."""
Row = tuple[list[float], float, Numbers]
"""A position, its value and its gradient, NaN where unknown."""


class Rows:
    """The positions of a run, each with the value and the gradient there where they were computed.

    An optimizer asks at a position in the step that leads there, such as a line search, or in the step that begins there.

    Args:
        start: the first position.
        batched: whether each step has rows of its own, so that only the step that begins at a position tells about it.

    Attributes:
        last: the row of the last position.
        complete: the rows of the positions before it, in parts.
        spent, seconds: of every position.
        asked: kinds, positions and values of what was asked for, in parts.
    """

    def __init__(self, start: list[float], *, batched: bool) -> None:
        self.batched, self.width = batched, len(start)
        self.unknown = (math.nan,) * self.width
        self.last: Row = (start, math.nan, self.unknown)
        self.complete: list[Array] = []
        self.spent, self.seconds = [0], [0.0]
        self.asked: list[tuple[NDArray[np.int8], Array, Array]] = []

    def add(self, trials: list[Trial], steps: list[Step]) -> None:
        """Take steps and what was asked for in them, and empty both lists; later trials are those of an incomplete step."""
        rows, first = [self.last], 0
        for place, end, spent, seconds in steps:
            rows[-1], reached = self._told(rows[-1], (place, math.nan, self.unknown), trials[first:end])
            rows.append(reached)
            self.spent.append(spent)
            self.seconds.append(seconds)
            first = end
        self.last, _ = self._told(rows.pop(), None, trials[first:])
        if rows:
            self.complete.append(self._table(rows))
        if trials:
            kinds, places, values, _ = zip(*trials, strict=True)
            kind, where, value = np.array(kinds, dtype=np.int8), self._array(places), np.array(values, dtype=np.float64)
            if UNASKED in kinds:
                asked = kind != UNASKED
                kind, where, value = kind[asked], where[asked], value[asked]
            self.asked.append((kind, where, value))
        trials.clear()
        steps.clear()

    def _told(self, row: Row, following: Row | None, trials: Sequence[Trial]) -> tuple[Row, Any]:
        """Two rows in a row, with what the trials of the step between them tell of both; a step of no length changes neither.

        Args:
            following: None for an incomplete step.
        """
        here, value, slope = row
        there, next_value, next_slope = following or row
        leads = following is not None and not self.batched
        known, known_slope = value == value, slope[0] == slope[0]
        for _, at, found, gradient in trials:
            if at == here:
                if found is not None and found == found and not known:
                    value = found
                if gradient is not None and gradient[0] == gradient[0] and not known_slope:
                    slope = gradient
            if leads and at == there:
                if found is not None and found == found:
                    next_value = found
                if gradient is not None and gradient[0] == gradient[0]:
                    next_slope = gradient
        if leads and here == there:
            next_value = next_value if next_value == next_value else value
            next_slope = next_slope if next_slope[0] == next_slope[0] else slope
        return (here, value, slope), (there, next_value, next_slope)

    def _table(self, rows: Sequence[Row]) -> Array:
        """Rows as an array."""
        numbers = chain.from_iterable((*place, value, *slope) for place, value, slope in rows)
        return np.fromiter(numbers, np.float64, len(rows) * (2 * self.width + 1)).reshape(len(rows), -1)

    def _array(self, rows: Sequence[Numbers]) -> Array:
        return np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * self.width).reshape(-1, self.width)

    def table(self) -> Array:
        """All positions with value and gradient: shape `(positions, 2 * parameters + 1)`."""
        return np.concatenate([*self.complete, self._table([self.last])])

    def trials(self) -> Trials:
        """Every evaluation that the optimizer asked for."""
        if not self.asked:
            return Trials((), np.zeros((0, self.width)), np.zeros(0))
        kinds, positions, values = map(np.concatenate, zip(*self.asked, strict=True))
        both = kinds == BOTH
        if both.any():
            row = np.repeat(np.arange(len(kinds)), 1 + both)
            second = np.append(False, row[1:] == row[:-1])
            kinds = np.where(both[row], np.where(second, GRADIENT, VALUE), kinds[row])
            positions, values = positions[row], values[row]
        return Trials(tuple(map(KINDS.__getitem__, kinds.tolist())), positions, np.where(kinds == VALUE, values, np.nan))
