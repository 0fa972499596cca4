"""The rows of a text file, one by one, with Python's `csv` module: correct for everything, with the line of every mistake."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from steepest.data.files.cells import numbers, rounded
from steepest.data.files.dialect import Dialect, is_blank, rows_of
from steepest.data.files.piece import Piece
from steepest.errors import InputError, clipped, counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROWS = 1 << 16  # of a piece
LONGEST_CELL = 131_072  # characters: the default of the csv module
MISTAKES = {
    "unexpected end of data": 'a quote is opened here and never closed: write " as "" within quotes',
    "field larger than": f"a cell has more than {LONGEST_CELL:,} characters: is a closing quote missing?",
    "expected after": 'there is something between a closing quote and the next cell: write " as "" within quotes',
}
"""What the `csv` module says, and what we say."""


def lines_of(blocks: Iterable[bytes], source: str, line: int) -> Iterator[str]:
    """The lines of blocks of UTF-8, with their line ends.

    Args:
        source: the file's name, for errors.
        line: the number of the first line.

    Raises:
        InputError: for a byte 0.
        UnicodeDecodeError: for what is not UTF-8.
    """
    for block in blocks:
        if b"\0" in block:
            line += block.count(b"\n", 0, block.index(b"\0"))
            raise InputError(f"{source}, line {line:,}: there is a byte 0, which does not occur in texts")
        yield from io.StringIO(block.decode(), newline="")
        line += block.count(b"\n")


def row_pieces(lines: Iterable[str], source: str, dialect: Dialect, line: int) -> Iterator[Piece]:
    """The rows of lines of text in pieces.

    Args:
        source: the file's name, for errors.
        line: the number of the first line.

    Raises:
        InputError: for a row with too few or too many cells, a quote that is not closed; with the line.
    """
    width, reader = len(dialect.names), rows_of(lines, dialect.delimiter)
    rows: list[list[str]] = []
    places: list[int] = []
    blank, blank_before = 0, 0
    start = line
    try:
        for row in reader:
            if len(row) != width or (width == 1 and not row):
                if is_blank(row, dialect.delimiter):
                    blank_before += 1
                    start = line + reader.line_num
                    continue
                raise InputError(f"{source}, line {start:,}: {_ragged(row, dialect)}")
            blank, blank_before = blank + blank_before, 0
            rows.append(row)
            places.append(start)
            start = line + reader.line_num
            if len(rows) == ROWS:
                yield _piece(rows, places, start, blank, dialect)
                rows, places, blank = [], [], 0
    except csv.Error as error:
        told = next((told for said, told in MISTAKES.items() if said in str(error)), str(error))
        raise InputError(f"{source}, line {start:,}: {told}") from None
    yield replace(_piece(rows, places, line + reader.line_num, blank, dialect), blank_after=blank_before)


def _ragged(row: list[str], dialect: Dialect) -> str:
    """The sentence about a row with too few or too many cells."""
    expected = counted(len(dialect.names), "column")
    written = clipped((dialect.delimiter or ",").join(row))
    sentence = f"'{written}' has {counted(len(row), 'cell')} and the table {expected}"
    if dialect.delimiter == "," and len(row) > len(dialect.names):
        return f"{sentence}: write a cell with a comma in quotes"
    return f"{sentence}: fill in or take out what is missing or too much"


def _piece(rows: list[list[str]], places: list[int], after: int, blank: int, dialect: Dialect) -> Piece:
    """Rows as columns: numbers where the dialect says so and every cell is one, else texts."""
    transposed = list(zip(*rows, strict=True)) if rows else [() for _ in dialect.names]
    columns: list[NDArray[Any]] = []
    inexact: list[tuple[int, int, str]] = []
    for index, (cells, numeric) in enumerate(zip(transposed, dialect.numeric, strict=True)):
        values = numbers(cells, dialect.decimal) if numeric else None
        if values is None:
            columns.append(_texts(cells))
            continue
        columns.append(values)
        inexact += [(index, places[row], cells[row]) for row in rounded(cells, values)]
    lines = range(places[0], places[0] + len(places)) if places and places[-1] - places[0] == len(places) - 1 else places
    return Piece(tuple(columns), lines, after, blank, rounded=tuple(inexact))


def _texts(cells: tuple[str, ...]) -> NDArray[Any]:
    import numpy as np

    found = np.empty(len(cells), object)
    found[:] = [cell.strip() for cell in cells]
    return found
