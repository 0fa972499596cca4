"""Anything that holds a table -> a table in memory, or one that is worked on chunk by chunk."""

from __future__ import annotations

import os
from typing import Any

from steepest.data.chunked import ChunkedTable
from steepest.data.dask_frame import computed, dask_table, is_dask
from steepest.data.files.columnar_file import columnar_file
from steepest.data.files.magic import library_format
from steepest.data.files.text_file import first_bytes
from steepest.data.reading import read_table
from steepest.data.sets.catalog import SETS, check_there
from steepest.data.table import Table
from steepest.errors import InputError, clipped_path, counted

AnyTable = Table | ChunkedTable
SHARE = 8  # of the memory, which a table in memory may take
MOST_BYTES = 1 << 29
UNKNOWN = 1 << 33  # bytes of memory, where the system does not tell


def open_table(source: Any, mentions: str = "", stream: bool | None = None) -> AnyTable:
    """A table from where it is: in memory, or a Parquet or Arrow file that is streamed because it is large.

    Such a file is streamed if the columns that are mentioned would take more than an eighth of the memory, or more than 512 MiB; if
    all columns would and these do not, only these are to be loaded.

    Args:
        source: as of `steepest.data.reading.read_table`, or a Dask frame; a table of either kind is returned as it is.
        mentions: a text in which the columns that are needed occur.
        stream: whether to stream, whatever the size.

    Raises:
        InputError: as `read_table`, and for a source that cannot be streamed.

    >>> open_table({"x": [1, 2]}).in_memory
    True
    """
    if isinstance(source, ChunkedTable):
        return source
    if is_dask(source):
        return read_table(computed(source)) if stream is False else dask_table(source)
    path = os.fsdecode(os.fspath(source)) if isinstance(source, str | os.PathLike) else ""
    if not path or (path in SETS and not os.path.exists(path)):
        return _in_memory(source, stream)
    check_there(path)
    kind = library_format(first_bytes(path))
    if kind is None:
        return _in_memory(source, stream)
    file = columnar_file(path, kind)
    named = [name for name in file.names if name in mentions]
    largest = min(memory() // SHARE, MOST_BYTES)
    fits = stream is None and 8 * file.rows * len(named) <= largest
    if stream is False or not file.rows or not file.names or (fits and 8 * file.rows * len(file.names) <= largest):
        return read_table(source)
    shown = clipped_path(path)
    if fits:
        return ChunkedTable(file.names, shown, file, file.rows, fits=True)
    way = "" if stream else "; --no-stream, or stream=False, reads all of them into memory"
    note = f"{shown} is streamed: {counted(file.rows, 'row')}, of which a chunk is in memory at a time{way}"
    return ChunkedTable(file.names, shown, file, file.rows, (note,))


def _in_memory(source: Any, stream: bool | None) -> Table:
    """A table in memory, which cannot be asked for otherwise."""
    if stream:
        raise InputError("only a Parquet or Arrow file can be streamed: save the table as Parquet, or leave stream out")
    return read_table(source)


def memory() -> int:
    """The bytes of memory that this process may use."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return UNKNOWN
    try:
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as file:
            return min(total, int(file.read()))
    except (OSError, ValueError):  # there is no such limit
        return total
