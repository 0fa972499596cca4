"""A run in progress: what every gear reads and moves on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from steepest.targets.block import Block

if TYPE_CHECKING:
    from steepest.targets.rows.sums import RowSums


@dataclass
class RunState:
    """A run in progress.

    Attributes:
        block: the record. Row k has position k, the value and gradient there, and the quantities of step k + 1.
        moving: the position and the state after `done` steps.
        constants: what is the same in every step: see `steepest.tape.program.Program.held`.
        limit: how many steps are taken at most.
        horizon: `T` in a schedule.
        seed: of the noise.
        shortest: the square of the tolerance for steps, 0 for none.
        asked: the square of the gradient's norm below which a short step ends the run.
        flattest: the square of the tolerance for the gradient's norm, 0 for none.
        rows: the sums and means over rows; None without data.
        done: the steps that were taken; the rows of all of them but the last are complete.
    """

    block: Block
    moving: Sequence[float]
    constants: Sequence[float]
    limit: int
    horizon: int
    seed: int
    shortest: float = 0.0
    asked: float = 0.0
    flattest: float = 0.0
    rows: RowSums | None = None
    done: int = 0
