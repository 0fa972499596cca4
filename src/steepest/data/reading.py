"""Anything that holds a table -> a table: a path, a frame, a mapping, an array."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steepest.data.arrays import read_array, read_columns
from steepest.data.files.columnar import columnar_chunks, read_columnar
from steepest.data.files.delimited import delimited_chunks, read_delimited
from steepest.data.files.magic import library_format
from steepest.data.files.text_file import first_bytes
from steepest.data.frames import read_frame
from steepest.data.sets.catalog import SETS, read_set
from steepest.data.table import Table
from steepest.errors import InputError


def read_table(
    source: Any,
    *,
    delimiter: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
) -> Table:
    """A table from where it is; `notes` of the table tell how it was read.

    Args:
        source: the path of a CSV file or one of its relatives, perhaps packed by gzip, or of a Parquet, Arrow or Feather file; a
            frame of pandas, Polars or PyArrow; a mapping of names to sequences; an array of the shape (rows, columns); the name of
            a table that comes with steepest, where there is no such file.
        delimiter, decimal, header, encoding: of a text file, where they are not to be found by themselves: the sign between
            cells, `.` or `,`, whether the first row has the columns' names, the encoding as Python names it.

    Raises:
        InputError: for what is no table, or cannot be read; of a file with the line.
        MissingDependencyError: for a frame or file whose library is missing, with the command that installs it.

    >>> read_table({"x": [1, 2], "y": [3, 5]}).names
    ('x', 'y')
    """
    given = {"delimiter": delimiter, "decimal": decimal, "header": header, "encoding": encoding}
    of_text = [name for name, value in given.items() if value is not None]
    if isinstance(source, str) and source in SETS and not os.path.exists(source):
        return read_set(source)
    if isinstance(source, str | os.PathLike):
        path = os.fsdecode(os.fspath(source))
        columnar = library_format(first_bytes(path))
        if columnar is None:
            return read_delimited(path, delimiter=delimiter, decimal=decimal, header=header, encoding=encoding)
    if of_text:
        raise InputError(f"{of_text[0]} is a setting of text files such as CSV")
    if isinstance(source, str | os.PathLike):
        return read_columnar(path, columnar or "")
    if isinstance(source, Table):
        return source
    if isinstance(source, Mapping):
        return read_columns(source)
    if hasattr(source, "dtype") and hasattr(source, "ndim") and not hasattr(source, "index"):
        return read_array(source)
    if isinstance(source, list | tuple):
        raise InputError("a list has no names of columns: give {'x': [...], 'y': [...]}, or an array of the shape (rows, columns)")
    return read_frame(source)


def chunks(path: str | os.PathLike[str], rows: int, *, columns: Sequence[str] | None = None) -> Iterator[Table]:
    """A table that is larger than memory, in tables of so many rows; the last one may be shorter.

    Only about one chunk is in memory. A column that is text in one chunk may be numbers in another, since each is read by itself;
    `select` refuses the former.

    Args:
        path: of a CSV file or one of its relatives, or a Parquet or Arrow file, in which the rows of a batch end a chunk as well.
        rows: of a chunk, at least 1.
        columns: which to take; all if it is None.

    Raises:
        InputError: as `read_table` does, or for an unknown column.
        MissingDependencyError: as `read_table` does.

    >>> from steepest.data.sets.catalog import set_path
    >>> [chunk.rows for chunk in chunks(set_path("misra1a"), 10)]
    [10, 4]
    """
    if not isinstance(rows, int) or rows < 1:
        raise InputError(f"a chunk has at least 1 row, not {rows}")
    name = os.fsdecode(os.fspath(path))
    columnar = library_format(first_bytes(name))
    if columnar is not None:
        yield from columnar_chunks(name, columnar, rows, columns)
        return
    for table in delimited_chunks(name, rows):
        yield table if columns is None else _only(table, columns)


def _only(table: Table, columns: Sequence[str]) -> Table:
    from dataclasses import replace

    return replace(table, names=tuple(columns), columns=tuple(table[name] for name in columns))
