"""The evaluations of a library's run, packed into few bytes."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np

from steepest.runs.evaluations import KINDS, Trials

VALUE, GRADIENT, HESSIAN, BOTH = range(4)
Trial = tuple[int, list[float], float | None, Sequence[float] | None]
"""What was asked for, where, and the value and the gradient there as far as they were computed."""


class PackedTrials:
    """Evaluations in the order in which they were asked for."""

    def __init__(self) -> None:
        self.kinds, self.positions, self.values = bytearray(), array("d"), array("d")

    def add(self, trials: list[Trial]) -> None:
        """Pack evaluations, and empty their list."""
        for kind, at, value, _ in trials:
            if kind in (VALUE, BOTH):
                assert value is not None
                self._append(VALUE, at, value)
            if kind != VALUE:
                self._append(GRADIENT if kind == BOTH else kind, at, np.nan)
        trials.clear()

    def _append(self, kind: int, at: list[float], value: float) -> None:
        self.kinds.append(kind)
        self.positions.extend(at)
        self.values.append(value)

    def trials(self, width: int) -> Trials:
        """All of them.

        Args:
            width: how many parameters there are.
        """
        positions = np.array(self.positions).reshape(len(self.kinds), width)
        return Trials(tuple(KINDS[kind] for kind in self.kinds), positions, np.array(self.values))
