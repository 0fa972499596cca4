"""A piece of a text file's table: some rows, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Piece:
    """Consecutive rows.

    Attributes:
        columns: float64 arrays, or arrays of `str` objects where a column is text or a row has no number.
        lines: on which each row begins.
        after: the line behind the last row.
        blank, blank_after: the numbers of blank lines above a row, and below the last one.
        rounded: whole numbers that are no float64: index of the column, line and text.
    """

    columns: tuple[NDArray[Any], ...]
    lines: Sequence[int]
    after: int
    blank: int = 0
    blank_after: int = 0
    rounded: tuple[tuple[int, int, str], ...] = ()
