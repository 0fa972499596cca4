"""CSV and its relatives: text files as tables, whole or in chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from steepest.data.files.block_reader import read_blocks
from steepest.data.files.cells import meaning
from steepest.data.files.dialect import Dialect, sniff
from steepest.data.files.encoding import UTF8, single_byte
from steepest.data.files.piece import Piece
from steepest.data.files.row_reader import lines_of, row_pieces
from steepest.data.files.text_file import TextFile, blocks, look_into
from steepest.data.table import Table, is_numeric
from steepest.errors import InputError, clipped, counted

if TYPE_CHECKING:
    from numpy.typing import NDArray


def read_delimited(
    path: str,
    *,
    delimiter: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
) -> Table:
    """The table in a text file; what is not given is found, and told in the table's notes.

    Args:
        delimiter: between cells, such as `;`.
        decimal: the decimal sign, `.` or `,`.
        header: whether the first row has the names of the columns.
        encoding: as Python names it.

    Raises:
        InputError: if the file cannot be read; with the line.
    """
    file, text = look_into(path, encoding)
    dialect = sniff(text, file.name, delimiter=delimiter, decimal=decimal, header=header)
    try:
        return _read(file, dialect)
    except UnicodeDecodeError as error:  # beyond what was looked at
        if encoding:
            raise InputError(f"{file.name} is not written in {clipped(encoding)}: leave the encoding out") from None
        return _read(replace(file, encoding=single_byte(error.object)), dialect)


def _read(file: TextFile, dialect: Dialect) -> Table:
    """The whole table; columns that are not numbers to the end are read again as texts."""
    pieces = list(_pieces(file, dialect))
    mixed = {
        index
        for index, numeric in enumerate(dialect.numeric)
        if numeric and any(not is_numeric(piece.columns[index]) for piece in pieces)
    }
    if mixed:
        dialect = replace(dialect, numeric=tuple(each and index not in mixed for index, each in enumerate(dialect.numeric)))
        pieces = list(_pieces(file, dialect))
    if not any(len(piece.lines) for piece in pieces):
        raise InputError(f"{file.name} has a header and no rows below it")
    return _table(file, dialect, pieces)


def delimited_chunks(path: str, rows: int) -> Iterator[Table]:
    """The table in a text file in tables of so many rows, the last one aside; only about one of them is in memory.

    Raises:
        InputError: if the file cannot be read; with the line.
    """
    file, text = look_into(path)
    dialect = sniff(text, file.name)
    kept: list[Piece] = []
    for piece in _pieces(file, dialect):
        first = 0
        while first < len(piece.lines):
            missing = rows - sum(len(each.lines) for each in kept)
            kept.append(_part(piece, first, first + missing))
            first += missing
            if len(kept[-1].lines) == missing:
                yield _table(file, dialect, kept)
                kept = []
    if kept:
        yield _table(file, dialect, kept)


def _part(piece: Piece, first: int, last: int) -> Piece:
    """Some rows of a piece."""
    lines = piece.lines[first:last]
    inexact = tuple(each for each in piece.rounded if lines and lines[0] <= each[1] <= lines[-1])
    return Piece(tuple(values[first:last] for values in piece.columns), lines, piece.after, rounded=inexact)


def _texts(values: NDArray[Any]) -> NDArray[Any]:
    """A part of a column that is text elsewhere: numbers as they are written shortest."""
    import numpy as np

    if not is_numeric(values):
        return values
    found = np.empty(len(values), object)
    found[:] = ["" if value != value else repr(value) for value in values.tolist()]
    return found


def _pieces(file: TextFile, dialect: Dialect) -> Iterator[Piece]:
    """The rows below the header, in order."""
    line, skip = 1 + dialect.skipped, dialect.skipped
    with closing(blocks(file)) as every:  # an error must not leave the file open
        yield from _pieces_of_blocks(file, dialect, _without_first_lines(every, skip), line)


def _pieces_of_blocks(file: TextFile, dialect: Dialect, remaining: Iterator[bytes], line: int) -> Iterator[Piece]:
    """The rows of blocks that begin with a line of that number: as a whole where a reader takes them, else one by one."""
    read = read_blocks(remaining, dialect)
    for block, piece in read:
        if piece == "quotes":  # where the block ends within quotes, only reading on tells
            rest = chain([block], (block for block, _ in read))
            yield from row_pieces(lines_of(rest, file.name, line), file.name, dialect, line)
            return
        if isinstance(piece, Piece):
            yield replace(piece, lines=range(line, line + piece.after), after=line + piece.after)
            line += piece.after
            continue
        for each in row_pieces(lines_of([block], file.name, line), file.name, dialect, line):
            yield each
            line = each.after


def _without_first_lines(parts: Iterable[bytes], skip: int) -> Iterator[bytes]:
    """The blocks without the first lines."""
    for part in parts:
        start = 0
        while skip and (end := part.find(b"\n", start)) >= 0:
            start, skip = end + 1, skip - 1
        if not skip and start < len(part):
            yield part[start:]


def _table(file: TextFile, dialect: Dialect, pieces: Sequence[Piece]) -> Table:
    """The pieces as one table."""
    import numpy as np

    columns: list[NDArray[Any]] = []
    notes = list(_told(file, dialect, pieces))
    for index, name in enumerate(dialect.names):
        parts = [piece.columns[index] for piece in pieces]
        text = any(part.dtype == object for part in parts)
        values: NDArray[Any] = np.concatenate([_texts(part) if text else part for part in parts])
        if text:
            found = meaning(name, values, dialect.decimal, sure=dialect.sure)
            values = found.values
            notes += [found.note] if found.note else []
        columns.append(values)
    return Table(dialect.names, tuple(columns), file.name, tuple(notes), _lines(pieces), dialect.decimal)


def _lines(pieces: Sequence[Piece]) -> Sequence[int] | NDArray[Any]:
    """The lines of all rows: a range where they follow one another."""
    import numpy as np

    parts = [piece.lines for piece in pieces if len(piece.lines)]
    regular = all(isinstance(part, range) for part in parts)
    if regular and all(left[-1] + 1 == right[0] for left, right in pairwise(parts)):
        return range(parts[0][0], parts[-1][-1] + 1) if parts else range(0)
    return np.concatenate([np.asarray(part) for part in parts])


def _told(file: TextFile, dialect: Dialect, pieces: Sequence[Piece]) -> Iterator[str]:
    """Sentences about how the file was read."""
    rows = counted(sum(len(piece.lines) for piece in pieces), "row")
    yield f"{file.name}: {rows}, {dialect.notes[0]}{_written_in(file)}"
    yield from dialect.notes[1:]
    with_rows = [index for index, piece in enumerate(pieces) if len(piece.lines)]
    if blank := sum(piece.blank for piece in pieces) + sum(piece.blank_after for piece in pieces[: with_rows[-1]]):
        yield f"{counted(blank, 'blank line')} between the rows {'is' if blank == 1 else 'are'} left out"
    inexact = [each for piece in pieces for each in piece.rounded]
    for index in dict.fromkeys(each[0] for each in inexact):
        own = [each for each in inexact if each[0] == index]
        count = counted(len(own), "whole number")
        name = clipped(dialect.names[index])
        yield f"{name}: {count} beyond 2^53 rounded to float64, the first {clipped(own[0][2].strip())} in line {own[0][1]:,}"


def _written_in(file: TextFile) -> str:
    encoding = "" if file.encoding in UTF8 else f", {file.encoding.upper()}"
    return encoding + (", packed by gzip" if file.compressed else "") + (", lines end with CR" if file.returns else "")
