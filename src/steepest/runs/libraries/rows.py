"""What a library's run left, as arrays: a row for each position, and every evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

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


class Rows:
    """The positions of a run, each with the value and the gradient there where they were computed.

    An optimizer asks at a position in the step that leads there, such as a line search, or in the step that begins there.

    Args:
        start: the first position.
        batched: whether each step has rows of its own, so that only the step that begins at a position tells about it.

    Attributes:
        last: the row of the last position: the position, its value and its gradient, NaN where unknown.
        complete: the rows of the positions before it, in parts.
        spent, seconds: of every position.
        asked: kinds, positions and values of what was asked for, in parts.
    """

    def __init__(self, start: list[float], *, batched: bool) -> None:
        self.batched, self.width = batched, len(start)
        self.last: Array = np.full((1, 2 * self.width + 1), np.nan)
        self.last[0, : self.width] = start
        self.unknown = (np.nan,) * self.width
        self.complete: list[Array] = []
        self.spent, self.seconds = [0], [0.0]
        self.asked: list[tuple[NDArray[np.int8], Array, Array]] = []

    def add(self, trials: list[Trial], steps: list[Step]) -> None:
        """Take steps and what was asked for in them, and empty both lists; later trials are those of an incomplete step."""
        table = self.last
        if steps:
            places, ends, spent, seconds = zip(*steps, strict=True)
            table = np.full((len(steps) + 1, table.shape[1]), np.nan)
            table[0], table[1:, : self.width] = self.last, self._array(places)
            self.spent += spent
            self.seconds += seconds
        if trials:
            ends = (0, *ends, len(trials)) if steps else (0, len(trials))
            self._tell(table, trials, np.repeat(np.arange(len(table)), np.diff(ends)))
        self.complete.append(table[:-1])
        self.last = table[-1:]
        trials.clear()
        steps.clear()

    def _tell(self, table: Array, trials: list[Trial], steps: NDArray[np.intp]) -> None:
        """Write into the table what trials tell of its positions, and keep what the optimizer asked for."""
        kinds, places, values, gradients = zip(*trials, strict=True)
        kind, place, value = np.array(kinds, dtype=np.int8), self._array(places), np.array(values, dtype=np.float64)
        slopes = self._array([self.unknown if each is None else each for each in gradients])
        for row in (steps,) if self.batched else (steps, np.minimum(steps + 1, len(table) - 1)):
            here = np.logical_and.reduce(place == table[row, : self.width], axis=1)
            known = (here & ~np.isnan(value)).nonzero()[0]
            table[row[known], self.width] = value[known]
            known = (here & ~np.isnan(slopes[:, 0])).nonzero()[0]
            table[row[known], self.width + 1 :] = slopes[known]
        if UNASKED in kinds:
            asked = kind != UNASKED
            kind, place, value = kind[asked], place[asked], value[asked]
        self.asked.append((kind, place, value))

    def _array(self, rows: Sequence[Numbers]) -> Array:
        return np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * self.width).reshape(-1, self.width)

    def table(self) -> Array:
        """All positions with value and gradient: shape `(positions, 2 * parameters + 1)`; a step of no length changes neither."""
        table = np.concatenate([*self.complete, self.last])
        if self.batched or not np.isnan(table[:, self.width]).any():
            return table
        moved = np.append(True, (table[1:, : self.width] != table[:-1, : self.width]).any(axis=1))
        reached = table[np.maximum.accumulate(np.where(moved, np.arange(len(table)), 0)), self.width :]
        table[:, self.width :] = np.where(np.isnan(table[:, self.width :]), reached, table[:, self.width :])
        return table

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
