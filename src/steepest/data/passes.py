"""Passes over the rows of a table that is not in memory, and who watches them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[int, int], None]
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Have passes call a function with the rows that are done and the rows there are, after each chunk,
    and once with all rows at the end.

    >>> with watched(lambda done, rows: print(done, "of", rows)):
    ...     with passing(5) as tell:
    ...         tell(3)
    3 of 5
    5 of 5
    """
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


@contextmanager
def passing(rows: int) -> Iterator[Callable[[int], None]]:
    """A pass over so many rows; gives what is to be called with the rows that are done."""
    watcher = _watcher.get() or _unseen
    try:
        yield lambda done: watcher(done, rows) if done < rows else None
    finally:
        watcher(rows, rows)


def _unseen(done: int, rows: int) -> None:
    """Nobody watches."""
