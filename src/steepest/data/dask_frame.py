"""A Dask frame as the origin of a table that is not in memory: the work travels to its partitions, but for batches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from steepest.data.chunked import ChunkedTable
from steepest.data.chunks import Chunk
from steepest.data.frames import read_frame
from steepest.errors import InputError, SteepestError, clipped, counted, named
from steepest.language.rows import Work

if TYPE_CHECKING:
    from steepest.data.origin import Preparation

T = TypeVar("T")
SOURCE = "the Dask frame"


@dataclass(frozen=True, eq=False)
class DaskFrame:
    """A Dask frame; see `steepest.data.origin.Origin`.

    With a client of `distributed` the work is done on its cluster, which keeps the columns of a formula in its memory; otherwise on
    the threads of this process. What comes of the partitions is put together in their order.

    Attributes:
        frame: of `dask.dataframe`.
    """

    frame: Any
    told: str = "on its cluster"

    @property
    def noted(self) -> dict[str, str]:
        """What to tell about columns that are converted, by name."""
        kinds = self.frame.dtypes
        return {str(name): f"{clipped(str(name))}: True counts as 1" for name in self.frame.columns if kinds[name].kind == "b"}

    def only(self, names: Sequence[str]) -> DaskFrame:
        """The frame with the columns of these names, which the cluster keeps."""
        frame = self.frame[list(names)]
        return DaskFrame(_asked(frame.persist) if _client() else frame)

    def over(self, prepare: Preparation, work: Work[T]) -> Iterator[T]:
        """What work makes of the prepared columns of one partition after another; partitions without rows are left out."""
        for found in self._computed(_OnPartition(prepare, work)):
            if found is not None:
                yield found[0]

    def read(self, names: Sequence[str]) -> Iterator[Chunk]:
        """The columns of these names, brought into this process one partition after another."""
        for partition in self._partitions:
            found = _asked(partition.compute)
            if len(found):
                yield list(read_frame(found[list(names)], SOURCE, texts=True).columns)

    @cached_property
    def _partitions(self) -> Sequence[Any]:
        partitions: Sequence[Any] = _asked(self.frame.to_delayed)
        return partitions

    def _computed(self, task: Any) -> Iterator[Any]:
        """What a function makes of each partition."""
        from dask.base import compute
        from dask.delayed import delayed

        made = delayed(task, pure=False, traverse=False)
        calls = [made(partition) for partition in self._partitions]
        client = _client()
        if client is None:
            yield from _asked(compute, *calls)
            return
        futures = _asked(client.compute, calls)
        try:
            for future in futures:
                yield _asked(future.result)
        finally:  # after Ctrl-C, too
            with suppress(Exception):  # of a client that is closed
                client.cancel(futures)


@dataclass(frozen=True)
class _OnPartition:
    """Work on the prepared columns of a partition; None where it has no rows."""

    prepare: Preparation
    work: Work[Any]

    def __call__(self, partition: Any) -> tuple[Any] | None:
        if not len(partition):
            return None
        table = read_frame(partition[list(self.prepare.names)], SOURCE, texts=True)
        columns = self.prepare(table.columns)
        return (self.work(columns),) if len(columns[0]) else None


def is_dask(source: Any) -> bool:
    """Whether something is Dask's, which is not imported for that."""
    return type(source).__module__.partition(".")[0] in ("dask", "dask_expr")


def dask_table(frame: Any) -> ChunkedTable:
    """The table of a Dask frame, whose rows are counted.

    Raises:
        InputError: for what is no frame, or a frame that cannot be computed.
    """
    if not hasattr(frame, "to_delayed") or not hasattr(frame, "columns") or getattr(frame, "ndim", 0) != 2:
        raise InputError(f"of Dask a table is a dask.dataframe, not {clipped(type(frame).__name__)}")
    names = tuple(map(str, frame.columns))
    if not names:
        raise InputError(f"{SOURCE} has no columns")
    rows = int(_asked(len, frame))
    size = f"{counted(rows, 'row')} in {counted(frame.npartitions, 'partition')}"
    if _client():
        note = f"{SOURCE} is worked on by its cluster: {size}"
    else:
        note = f"{SOURCE} is computed in this process, since there is no distributed.Client: {size}"
    return ChunkedTable(names, SOURCE, DaskFrame(frame), rows, (note,))


def computed(frame: Any) -> Any:
    """The frame in the memory of this process.

    Raises:
        InputError: if it cannot be computed.
    """
    return _asked(frame.compute)


def _client() -> Any:
    """The client of the cluster; None without one."""
    distributed = sys.modules.get("distributed")
    try:
        return distributed.default_client() if distributed else None
    except ValueError:  # there is none
        return None


def _asked(function: Callable[..., Any], *arguments: Any) -> Any:
    """What Dask gives; what goes wrong on its way, or in a partition, becomes one line."""
    try:
        return function(*arguments)
    except (SteepestError, MemoryError):
        raise
    except Exception as error:
        if type(error).__name__ == "KilledWorker":
            raise InputError(f"{SOURCE}: its workers died again and again, perhaps since their memory is too small") from None
        raise InputError(f"{SOURCE} cannot be worked on: {named(error)}") from None
