"""Chunks of rows: cut so that blocks of rows stay whole, read ahead of the work, taken from any row on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from steepest.language.rows import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")
Chunk = list["NDArray[Any]"]
"""Consecutive rows as columns of one length."""


def whole_blocks(chunks: Iterable[Sequence[NDArray[Any]]], block: int = BLOCK) -> Iterator[Chunk]:
    """The same rows in chunks whose numbers of rows are multiples of a block; only that of the last may be another.

    Nothing is copied but the blocks that are cut by the end of a chunk.

    >>> import numpy as np
    >>> cut = whole_blocks([[np.arange(3)], [np.arange(3, 10)]], 4)
    >>> [values.tolist() for (values,) in cut]
    [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    """
    kept: Chunk = []
    for chunk in chunks:
        columns, rows = list(chunk), len(chunk[0])
        if kept and len(kept[0]):
            missing = min(block - len(kept[0]), rows)
            kept = _joined(kept, [values[:missing] for values in columns])
            if len(kept[0]) < block:
                continue
            yield kept
            columns, rows = [values[missing:] for values in columns], rows - missing
        whole = rows - rows % block
        if whole:
            yield [values[:whole] for values in columns]
        kept = [values[whole:].copy() for values in columns]  # so that the chunk itself can be given up
    if kept and len(kept[0]):
        yield kept


def _joined(first: Chunk, second: Chunk) -> Chunk:
    import numpy as np

    return [np.concatenate(pair) for pair in zip(first, second, strict=True)]


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The items of an iterator, each of which is made on a thread while the one before is worked on."""
    done = object()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(next, items, done)
        while (item := waiting.result()) is not done:
            waiting = pool.submit(next, items, done)
            yield item  # type: ignore[misc]


class Cursor:
    """A place among the rows, from which some are taken after the others.

    Args:
        chunks: all rows.

    Attributes:
        row: the place, counted from 0.

    >>> import numpy as np
    >>> cursor = Cursor(iter([[np.arange(3)], [np.arange(3, 10)]]))
    >>> [values.tolist() for (values,) in cursor.take(2)], [values.tolist() for (values,) in cursor.take(3)]
    ([[0, 1]], [[2], [3, 4]])
    """

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self.chunks, self.rest, self.row = chunks, Chunk(), 0

    def take(self, count: int) -> Iterator[Chunk]:
        """The next rows, in chunks; fewer where the table ends."""
        while count:
            if not self.rest or not len(self.rest[0]):
                self.rest = next(self.chunks, [])
            if not self.rest:
                return
            size = min(count, len(self.rest[0]))
            taken, self.rest = [values[:size] for values in self.rest], [values[size:] for values in self.rest]
            self.row, count = self.row + size, count - size
            yield taken
