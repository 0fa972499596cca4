"""The values of expressions in every row of a chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.tape.tape import Tape
from steepest.targets.rows.chunk_sums import Array, slots


@dataclass(frozen=True)
class RowValues:
    """The values of some expressions in every row of a chunk.

    Attributes:
        tapes: of one row, each with the output `p`; see `steepest.tape.row_lowering.row_tape`.
        given: their inputs in front of the columns.
        columns: the number of their columns.
    """

    tapes: tuple[Tape, ...]
    given: tuple[float, ...]
    columns: int

    def __call__(self, columns: Sequence[Array]) -> Array:
        """An array of the shape `(rows, expressions)`.

        Args:
            columns: those of the tapes, and perhaps further ones.
        """
        own = columns[: self.columns]
        found = np.empty((len(columns[0]), len(self.tapes)), order="F")
        for index, tape in enumerate(self.tapes):
            found[:, index] = slots(tape, [*self.given, *own])[tape.outputs["p"][0]]
        return found
