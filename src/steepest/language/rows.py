"""Rows of a table as a formula sees them, and the order in which numbers of all rows are added.

The order is fixed, so that every target and every number of threads gives the same sum: the rows form blocks; in a block, row
number i belongs to lane i modulo 8; the numbers of a lane are added one by one, the lanes as a balanced tree, and the blocks one by
one. The error of such a sum is at most about (BLOCK/LANES + 3 + rows/BLOCK) units in the last place of the sum of absolute values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeVar

LANES = 8
BLOCK = 4096  # rows
GONE = "the table of this formula is gone: keep the objective that was made with it"


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Work(Protocol[T_co]):
    """What is done with the columns of a chunk of rows; it can be pickled, since it may travel."""

    def __call__(self, columns: Sequence[Any], /) -> T_co:
        """What becomes of these columns of one length."""


class Rows(Protocol):
    """The rows of a table whose columns a formula names."""

    @property
    def in_memory(self) -> bool:
        """Whether whole columns are: otherwise there are chunks only."""

    @property
    def rows(self) -> int:
        """The number of rows, at least 1."""

    def __getitem__(self, name: str, /) -> Any:
        """The numbers of a column, one for each row."""

    def place(self, row: int, /) -> str:
        """Where a row, counted from 0, stands in its source: `row 2` or `line 3`."""

    def cell(self, name: str, row: int, /) -> float:
        """The number of a column in a row, counted from 0."""

    def by_chunk(self, work: Work[T], names: Sequence[str], /) -> Iterator[T]:
        """What work makes of the columns of these names, one chunk of rows after another in the order of the rows."""

    def between(self, work: Work[T], names: Sequence[str], first: int, count: int, /) -> Iterator[T]:
        """The same for some consecutive rows."""

    def at_rows(self, work: Work[T], names: Sequence[str], rows: Any, /) -> Iterator[T]:
        """The same for rows from anywhere, counted from 0, in their order."""


def reduced_rows(operation: str, values: Sequence[float]) -> float:
    """The sum or the mean of the numbers of all rows, in the fixed order.

    Args:
        operation: `sum` or `mean`.
        values: one for each row.

    >>> reduced_rows("mean", [1.0, 2.0, 6.0])
    3.0
    """
    total = 0.0
    for begin in range(0, len(values), BLOCK):
        lanes = [0.0] * LANES
        for place, value in enumerate(values[begin : begin + BLOCK]):
            lanes[place % LANES] += value
        while len(lanes) > 1:
            half = len(lanes) // 2
            lanes = [lanes[index] + lanes[index + half] for index in range(half)]
        total += lanes[0]
    return total / len(values) if operation == "mean" else total
