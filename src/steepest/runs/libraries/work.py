"""What a library's optimizer asked for, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from steepest.runs.evaluations import KINDS, Evaluations, Trials
from steepest.runs.libraries.rows import BOTH, GRADIENT, VALUE, Rows


class RecordedWork:
    """What a library's optimizer asked for, put together when it is looked at; see `steepest.runs.evaluations.Work`.

    Args:
        rows: of the run.
        hessians: how many Hessians the library counts, if it is not all of them.
    """

    def __init__(self, rows: Rows, hessians: int | None) -> None:
        self.rows, self.hessians = rows, hessians

    @cached_property
    def trials(self) -> Trials:
        """Every evaluation."""
        self.rows.table()
        asked, width = self.rows.asked, self.rows.width
        if not asked:
            return Trials((), np.zeros((0, width)), np.zeros(0))
        kinds, positions, values = map(np.concatenate, zip(*asked, strict=True))
        both = kinds == BOTH
        if both.any():
            row = np.repeat(np.arange(len(kinds)), 1 + both)
            second = np.append(False, row[1:] == row[:-1])
            kinds = np.where(both[row], np.where(second, GRADIENT, VALUE), kinds[row])
            positions, values = positions[row], values[row]
        return Trials(tuple(map(KINDS.__getitem__, kinds.tolist())), positions, np.where(kinds == VALUE, values, np.nan))

    @cached_property
    def evaluations(self) -> Evaluations:
        """How many of each kind."""
        counts = self.trials.counts
        return counts if self.hessians is None else replace(counts, hessian=self.hessians)

    @cached_property
    def spent(self) -> Sequence[int]:
        """How many each position had taken when it was reached."""
        self.rows.table()
        return self.rows.spent

    @cached_property
    def seconds(self) -> Sequence[float]:
        """When each position was reached."""
        self.rows.table()
        return self.rows.seconds
