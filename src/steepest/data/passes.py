"""Passes over the rows of a table that is not in memory, and who watches them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Watcher = Callable[[int, int], None]
_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher | None) -> Iterator[None]:
    """Have passes call a function with the rows that are done and the rows there are, after each chunk.

    >>> from steepest.data.passes import passed
    >>> with watched(lambda done, rows: print(done, "of", rows)):
    ...     passed(3, 5)
    3 of 5
    """
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def passed(done: int, rows: int) -> None:
    """Tell whoever watches how far a pass is."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(done, rows)
