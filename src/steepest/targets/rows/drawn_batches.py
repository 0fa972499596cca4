"""The rows of a run's batches, drawn for many steps at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.targets.llvm import is_available

if TYPE_CHECKING:
    from steepest.data.batches import Batches

FIRST_AHEAD, MOST_AHEAD = 8, 1 << 15  # steps, and rows, for which batches are drawn at once
COMPILED_FROM = 1 << 18  # rows that a run has drawn, from which on machine code is likely to pay for its making


class DrawnBatches:
    """The rows of each step, which are drawn for the next steps, too: more of them each time that they are asked for in order.

    Args:
        batches: whose rows they are.
        compiled: whether they are drawn by machine code from the first step on, as where it is at hand anyway; else it is made
            once 262,144 rows were drawn.

    >>> from steepest.data.batches import Batches
    >>> batches = Batches(5, 2, seed=7)
    >>> DrawnBatches(batches).at(2).tolist() == batches.at(2).tolist()
    True
    """

    def __init__(self, batches: Batches, *, compiled: bool = False) -> None:
        self.batches, self.compiled = batches, compiled
        self._first, self._last, self._total = 0, -1, 0
        self._rows: NDArray[np.int64] = np.empty(0, np.int64)
        self._step, self._taken = 0, self._rows

    def at(self, step: int) -> NDArray[np.int64]:
        """The rows of a step's batch, as `Batches.at` gives them; the same array while the same step is asked for.

        Args:
            step: from 1.
        """
        if step == self._step:
            return self._taken
        first, last = self._first, self._last
        if not first <= step <= last:
            most = max(MOST_AHEAD // self.batches.size, 1)
            count = min(max(2 * (last - first + 1), FIRST_AHEAD), most) if step == last + 1 or last < 0 else 1
            self._rows = self._between(step, step + count - 1)
            self._first, self._last = step, step + count - 1
        begin = self.batches.first_place(step) - self.batches.first_place(self._first)
        self._step, self._taken = step, self._rows[begin : begin + self.batches.length(step)]
        return self._taken

    def _between(self, first: int, last: int) -> NDArray[np.int64]:
        self._total += (last - first + 1) * self.batches.size
        if not ((self.compiled or self._total > COMPILED_FROM) and is_available()):
            return self.batches.between(first, last)
        from steepest.targets.rows.batch_kernel import rows_between

        return rows_between(self.batches, first, last)
