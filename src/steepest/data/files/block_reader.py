"""Whole blocks of a text file with the readers of Polars or PyArrow: quick, for blocks that can be read in one way only.

A block is left to `row_reader` where these readers object, and where they might read it differently: irregular quotes, blank lines,
rows that may be short, bytes 0, infinities, NaN that is written otherwise, and whole numbers beyond 2^53.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from steepest.data.files.cells import LARGEST_EXACT, MISSING
from steepest.data.files.dialect import NO_DELIMITER, Dialect
from steepest.data.files.piece import Piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_THREADS = 8
NULLS = sorted({spelled for word in MISSING for spelled in (word, word.upper(), word.title(), word.replace("nan", "NaN"))})

Columns = Sequence["NDArray[Any]"]
Read = Piece | Literal["rows", "quotes"]


def read_blocks(blocks: Iterable[bytes], dialect: Dialect) -> Iterator[tuple[bytes, Read]]:
    """Each block with its rows as a piece whose lines count from 0, or with why they are left to another reader.

    Yields:
        `rows` where this block is to be read row by row, `quotes` where a quote may reach into the next one.
    """
    from concurrent.futures import Future, ThreadPoolExecutor

    threads = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST_THREADS)
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[tuple[bytes, Future[Read]]] = deque()
        for block in blocks:
            waiting.append((block, pool.submit(_read, block, dialect)))
            if len(waiting) > 2 * threads:
                first, read = waiting.popleft()
                yield first, read.result()
        while waiting:
            first, read = waiting.popleft()
            yield first, read.result()


def _read(block: bytes, dialect: Dialect) -> Read:
    """One block, with the first reader that takes it."""
    if b'"' in block and not _quotes_are_regular(block, dialect.delimiter):
        return "quotes"
    if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return "rows"
    if len(dialect.names) == 1 and (block.startswith((b"\r", b"\n")) or b"\n\n" in block or b"\n\r\n" in block):
        return "rows"  # both readers leave out blank lines where there is one column
    if dialect.delimiter != " " and dialect.delimiter.isascii():  # several spaces are one delimiter
        for read in readers():
            columns = read(block, dialect)
            if columns is not None:
                count = len(columns[0])
                return Piece(tuple(columns), range(count), count)
    return "rows"


@cache
def readers() -> tuple[Callable[[bytes, Dialect], Columns | None], ...]:
    """The readers whose library is installed, the quickest first; each gives None for what it does not read."""
    found = {"polars": _with_polars, "pyarrow": _with_pyarrow}
    return tuple(read for library, read in found.items() if find_spec(library) is not None)


def _with_polars(block: bytes, dialect: Dialect) -> Columns | None:
    """A block of numbers without quotes, where an empty cell stands for a missing one."""
    if not all(dialect.numeric) or b'"' in block:
        return None
    import polars

    names = [str(index) for index in range(len(dialect.names))]
    try:
        frame = polars.read_csv(
            block,
            has_header=False,
            schema=dict.fromkeys(names, polars.Float64),
            separator=dialect.delimiter or NO_DELIMITER,
            decimal_comma=dialect.decimal == ",",
            quote_char=None,
        )
    except (polars.exceptions.PolarsError, ValueError):
        return None
    if frame[names[-1]].null_count():  # Polars fills up a row that is too short
        return None
    columns = [_exact(series.to_numpy(), series.null_count()) for series in frame.get_columns()]
    return None if any(values is None for values in columns) else [values for values in columns if values is not None]


def _with_pyarrow(block: bytes, dialect: Dialect) -> Columns | None:
    """A block whose quotes are regular."""
    import pyarrow
    from pyarrow import csv

    names = [str(index) for index in range(len(dialect.names))]
    types = [pyarrow.float64() if numeric else pyarrow.string() for numeric in dialect.numeric]
    try:
        table = csv.read_csv(
            pyarrow.py_buffer(block),
            csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
            csv.ParseOptions(delimiter=dialect.delimiter or NO_DELIMITER, ignore_empty_lines=False),
            csv.ConvertOptions(column_types=dict(zip(names, types, strict=True)), null_values=NULLS, decimal_point=dialect.decimal),
        )
    except pyarrow.ArrowInvalid:
        return None
    columns: list[NDArray[Any]] = []
    for column, numeric in zip(table.columns, dialect.numeric, strict=True):
        values = _exact(column.to_numpy(), column.null_count) if numeric else _stripped(column.to_pylist())
        if values is None:
            return None
        columns.append(values)
    return None if _has_empty_row(columns) else columns


def _exact(values: NDArray[Any], missing: int) -> NDArray[Any] | None:
    """Numbers as they are read; None if there are other NaN than missing ones, infinities, or numbers beyond 2^53."""
    import numpy as np

    present = int(np.count_nonzero(np.abs(values) < LARGEST_EXACT))
    return values if present == len(values) - missing else None


def _stripped(cells: Sequence[str]) -> NDArray[Any]:
    import numpy as np

    found = np.empty(len(cells), object)
    found[:] = [cell.strip() for cell in cells]
    return found


def _has_empty_row(columns: Columns) -> bool:
    """Whether a row has no value at all: it may be a blank line."""
    import numpy as np

    empty = np.ones(len(columns[0]), bool)
    for values in columns:
        empty &= (values == "") if values.dtype == object else np.isnan(values)
        if not empty.any():
            return False
    return True


def _quotes_are_regular(block: bytes, delimiter: str) -> bool:
    """Whether each quoted cell lies between delimiters or line ends, and on one line."""
    import numpy as np

    data = np.frombuffer(b"\n" + block + b"\n", np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    if quotes.size % 2 or not delimiter.isascii():
        return False
    opened, closed = quotes[0::2], quotes[1::2]
    around = [*b'\n\r"', *delimiter.encode()]
    if not np.isin(data[opened - 1], around).all() or not np.isin(data[closed + 1], around).all():
        return False
    breaks = np.flatnonzero((data == ord("\n")) | (data == ord("\r")))
    return bool((np.searchsorted(breaks, opened) == np.searchsorted(breaks, closed)).all())
