"""How a text file writes its table: found in the lines that it begins with, and told."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from steepest.data.files.cells import DATE, GROUPED, ONE_GROUP, TRUTH, is_missing, is_number, listed, numbers
from steepest.errors import InputError, clipped, counted

DELIMITERS = {"\t": "tab", ";": "';'", "|": "'|'", ",": "','", " ": "space"}
"""What may stand between cells, with names for sentences; in doubt the first that fits."""

COUNTED = 200  # rows whose cells are counted with each delimiter
NO_DELIMITER = "\x1f"
LOOKED_AT, MOST_CELLS, MOST_TEXT = 1000, 200_000, 1 << 18  # rows, cells and characters in which the dialect is found
MOST_NAMED = 3  # columns that a note names


@dataclass(frozen=True)
class Dialect:
    """How a file writes its table.

    Attributes:
        delimiter: between cells; empty for a file of one column.
        decimal: the decimal sign, `.` or `,`.
        sure: whether the decimal sign was given or occurs in a number that can be read in one way only.
        names: of the columns.
        numeric: for each column, whether all rows that were looked at have a number in it or none at all.
        skipped: the number of lines before the first row.
        notes: sentences for the user.
    """

    delimiter: str
    decimal: str
    sure: bool
    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    skipped: int
    notes: tuple[str, ...]


def sniff(
    text: str,
    source: str,
    *,
    delimiter: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
) -> Dialect:
    """The dialect of a table from the lines that it begins with.

    Args:
        text: whole lines.
        source: the file's name, for errors.
        delimiter, decimal, header: what is known; found where they are None.

    Raises:
        InputError: for a delimiter or decimal sign that cannot be, or if there are no rows.

    >>> found = sniff("size;price\\n1,5;300\\n2;400\\n", "houses.csv")
    >>> found.delimiter, found.decimal, found.names, found.skipped
    (';', ',', ('size', 'price'), 1)
    """
    if delimiter is not None and (len(delimiter) != 1 or delimiter in "\"'\r\n.+-" or delimiter.isalnum()):
        raise InputError(f"the delimiter is one character, such as ',' or ';', not '{clipped(delimiter)}'")
    if decimal not in (None, ".", ","):
        raise InputError(f"the decimal sign is '.' or ',', not '{clipped(str(decimal))}'")
    first = 0
    if text[:4].lower() == "sep=" and text[4:5] and text[5:6] in "\r\n":  # a spreadsheet's hint
        delimiter, first = delimiter or text[4], 1
    if len(text) > MOST_TEXT and "\n" in text[:MOST_TEXT]:
        text = text[: text.rindex("\n", 0, MOST_TEXT) + 1]
    body = text.split("\n", 1)[-1] if first else text
    sign = _delimiter_of(body) if delimiter is None else delimiter
    ends, rows = _records(body, sign)
    if not rows:
        raise InputError(f"{source}: the first row cannot be read: is a closing quote missing?")
    has_header = _has_header(rows) if header is None else header
    cells = rows[1:] if has_header else rows
    point, sure = _decimal_of(cells) if decimal is None else (decimal, True)
    names, told = _names(rows[0], has_header)
    columns = zip_longest([""] * len(names), *cells, fillvalue="")
    numeric = tuple(numbers(column, point) is not None for column in columns)
    notes = (_summary(sign, point, sure, has_header, len(names)), *told)
    return Dialect(sign, point, sure, names, numeric[: len(names)], first + (ends[0] if has_header else 0), notes)


def rows_of(lines: Iterable[str], delimiter: str) -> Any:
    """A reader of rows by the rules of RFC 4180, with blanks after a delimiter left out; its `line_num` counts lines.

    Args:
        lines: with their line ends.

    >>> list(rows_of(['a b   "c d"\\n'], " "))
    [['a', 'b', 'c d']]
    """
    if delimiter == " ":
        lines = (line.rstrip(" \r\n") + "\n" for line in lines)
    return csv.reader(lines, delimiter=delimiter or NO_DELIMITER, skipinitialspace=True, strict=True)


def is_blank(row: Sequence[str], delimiter: str) -> bool:
    """Whether a line has no row on it: it is empty, or has nothing but blanks where a row has several cells."""
    return not row or (len(row) == 1 and delimiter != "" and not row[0].strip())


def _records(text: str, delimiter: str, most: int = LOOKED_AT) -> tuple[list[int], list[list[str]]]:
    """The last lines of the first rows, and the rows."""
    reader = rows_of(io.StringIO(text, newline=""), delimiter)
    ends: list[int] = []
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in reader:
            if not is_blank(row, delimiter):
                ends.append(reader.line_num)
                rows.append(row)
                cells += len(row)
            if len(rows) >= most or cells >= MOST_CELLS:
                break
    except csv.Error:  # what is wrong is told by the reader of all rows
        pass
    return ends, rows


def _delimiter_of(text: str) -> str:
    """The delimiter that gives the most rows as many cells as the first one has, at least two; empty if none does so in half."""
    shares: dict[str, float] = {}
    for delimiter in DELIMITERS:
        rows = _records(text, delimiter, COUNTED)[1]
        width = len(rows[0]) if rows else 0
        shares[delimiter] = sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0.0
    best = max(shares, key=lambda delimiter: shares[delimiter])
    return best if shares[best] >= 0.5 else ""


def _decimal_of(rows: Sequence[Sequence[str]]) -> tuple[str, bool]:
    """The decimal sign, and whether a number shows it beyond doubt; a point unless only commas are seen."""
    comma = point = False
    for cell in chain.from_iterable(rows):
        if "," in cell:
            word = cell.strip()
            comma = comma or (is_number(word, ",") and not ONE_GROUP.fullmatch(word))
            point = point or (GROUPED.fullmatch(word) is not None and "." in word)
        elif not point and "." in cell:
            word = cell.strip()
            point = is_number(word) and not ONE_GROUP.fullmatch(word.replace(".", ","))
    return ("," if comma and not point else "."), comma != point


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names the columns.

    It does if none of its cells is a value, or if it has a text above a column of values.
    """
    first, rest = rows[0], rows[1:]
    words = [index for index, cell in enumerate(first) if not is_missing(cell) and not _is_value(cell)]
    if not any(_is_value(cell) for cell in first):
        return bool(words)
    below = ([row[index] for row in rest if index < len(row) and not is_missing(row[index])] for index in words)
    return any(cells and all(map(_is_value, cells)) for cells in below)


def _is_value(cell: str) -> bool:
    """Whether a cell is rather a value than a name: a number, a share, a truth value, a date."""
    word = cell.strip()
    number = word.removesuffix("%").strip()
    return (
        is_number(number)
        or is_number(number, ",")
        or GROUPED.fullmatch(number) is not None
        or DATE.fullmatch(word) is not None
        or word.lower() in TRUTH
    )


def _names(first: Sequence[str], has_header: bool) -> tuple[tuple[str, ...], list[str]]:
    """The columns' names and what to tell about them."""
    if not has_header:
        names = tuple(f"c{index}" for index in range(1, len(first) + 1))
        shown = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        return names, [f"no header: the first row is data, and the columns are called {shown}"]
    names = tuple(" ".join(cell.split()) or f"c{index}" for index, cell in enumerate(first, 1))
    notes = []
    unnamed = [f"c{index}" for index, cell in enumerate(first, 1) if not cell.strip()]
    if unnamed:
        notes.append(f"{counted(len(unnamed), 'column')} without a name: called {listed(unnamed, MOST_NAMED)}")
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        notes.append(f"columns with the same name cannot be used: {listed(twice, MOST_NAMED)}")
    return names, notes


def _summary(delimiter: str, decimal: str, sure: bool, has_header: bool, width: int) -> str:
    between = f"{DELIMITERS.get(delimiter, repr(delimiter))} between columns"
    sign = "decimal comma" if decimal == "," else "decimal point" if sure else ""
    parts = [counted(width, "column"), between if width > 1 else "", sign, "with a header" if has_header else ""]
    return ", ".join(part for part in parts if part)
