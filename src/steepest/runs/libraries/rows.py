"""What a library's run left, as arrays: a row for each position, and every evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

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
        steps, trials: those that are kept as they came.
        before: the position before these.
        packed: the rows of positions before these, in parts, the last row of each being the first of the next.
        asked: kinds, positions and values of what was asked for before, in parts.
        spent, seconds: how many evaluations each position of the packed rows had taken when it was reached, and how many seconds.
        began: when the run began, on the clock of its steps.
    """

    def __init__(self, start: list[float], *, batched: bool) -> None:
        self.batched, self.width = batched, len(start)
        self.steps: list[Step] = []
        self.trials: list[Trial] = []
        self.before = start
        self.packed: list[Array] = []
        self.asked: list[tuple[NDArray[np.int8], Array, Array]] = []
        self.spent, self.seconds, self.began = [0], [0.0], perf_counter()

    @property
    def position(self) -> list[float]:
        """The last position."""
        return self.steps[-1][0] if self.steps else self.before

    @property
    def taken(self) -> int:
        """How many steps there are."""
        return len(self.spent) - 1 + len(self.steps)

    @property
    def evaluations(self) -> int:
        """How many evaluations the last position had taken when it was reached."""
        return self.steps[-1][2] if self.steps else self.spent[-1]

    def pack(self) -> None:
        """Turn the steps and the trials into arrays; later trials are those of an incomplete step."""
        width, trials = self.width, self.trials
        places, ends, spent, moments = zip(*self.steps, strict=True) if self.steps else ((),) * 4
        table = np.full((1 + len(places), 2 * width + 1), math.nan)
        if self.packed:
            table[0] = self.packed[-1][-1]
        else:
            table[0, :width] = self.before
        table[1:, :width] = self._array(places)
        if trials:
            kinds, where, values, slopes = zip(*trials, strict=True)
            kind, at, value = np.array(kinds, dtype=np.int8), self._array(where), np.array(values, dtype=np.float64)
            row = np.repeat(np.arange(len(table)), np.diff((0, *ends, len(trials))))
            slope = self._array([each or (math.nan,) * width for each in slopes])
            self._tell(table, row, at, value, slope)
            asked = kind != UNASKED
            self.asked.append((kind[asked], at[asked], value[asked]))
        if not self.batched:
            self._keep_where_nothing_moved(table)
        self.packed.append(table)
        self.spent += spent
        self.seconds += [moment - self.began for moment in moments]
        self.before = self.position
        self.steps.clear()
        trials.clear()

    def _tell(self, table: Array, row: NDArray[np.int64], at: Array, value: Array, slope: Array) -> None:
        """Write what trials told into the rows where they were: the one where their step began, and the one to which it led."""
        width = self.width
        for rows in (row,) if self.batched else (row, np.minimum(row + 1, len(table) - 1)):
            there = (table[rows, :width] == at).all(axis=1)
            for columns, told in ((slice(width, width + 1), value[:, None]), (slice(width + 1, None), slope)):
                found = there & ~np.isnan(told[:, 0])
                table[rows[found], columns] = told[found]

    def _keep_where_nothing_moved(self, table: Array) -> None:
        """Write what is known of a position also into the rows of the steps that did not leave it."""
        moved, rows = np.append(True, (table[1:, : self.width] != table[:-1, : self.width]).any(axis=1)), np.arange(len(table))
        if not moved.all():
            for columns in (slice(self.width, self.width + 1), slice(self.width + 1, None)):
                told = moved | ~np.isnan(table[:, columns.start])
                table[:, columns] = table[np.maximum.accumulate(np.where(told, rows, 0)), columns]

    def _array(self, rows: Sequence[Numbers]) -> Array:
        return np.fromiter(chain.from_iterable(rows), np.float64, len(rows) * self.width).reshape(-1, self.width)

    def begin_with_values(self) -> bool:
        """Whether every step is known to begin with a value at its own position."""
        before, first = self.before, 0
        for place, end, *_ in self.steps:
            if first == end or self.trials[first][1] != before or self.trials[first][2] is None:
                return False
            before, first = place, end
        return not self.packed

    def last_length(self) -> float:
        """The distance between the last two positions, 0 if there is only one."""
        packed = self.packed[-1][-2:, : self.width].tolist() if self.packed else [self.before]
        ends = [*packed, *(place for place, *_ in self.steps[-2:])][-2:]
        return math.dist(ends[0], ends[-1])

    def table(self) -> Array:
        """All positions with value and gradient, NaN where unknown: shape `(positions, 2 * parameters + 1)`."""
        if self.steps or self.trials or not self.packed:
            self.pack()
        if len(self.packed) > 1:
            self.packed = [np.concatenate([*(part[:-1] for part in self.packed[:-1]), self.packed[-1]])]
        return self.packed[0]
