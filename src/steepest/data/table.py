"""A table: columns of numbers or of text by name, where they come from, and what the user should know about them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from steepest.data.files.cells import FIRST_SHOWN, MISSING, listed, why_no_number
from steepest.errors import InputError, clipped, counted
from steepest.language.suggestions import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_NAMED = 8  # columns that a sentence names


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one length.

    Attributes:
        names: of the columns, as they stand in the source; a name may occur twice, and then cannot be asked for.
        columns: a float64 array for numbers (NaN where one is missing), an array of `str` objects for text, each of the
            shape (rows,).
        source: where the table comes from, for sentences: `houses.csv`, `the pandas frame`.
        notes: sentences for the user: how the file was read, what was converted or left out.
        lines: the line of the file on which each row begins, counted from 1; None if the table is no text file.
        decimal: the decimal sign of the file.
        origins: the row of the source, counted from 0, that each row was; None if no row is left out.

    >>> table = Table(("size", "town"), (column([120.0, 80.0]), column(["Ulm", "Bern"])), "the example")
    >>> table.rows, table.numeric_names, table.select(["size"]).columns[0].tolist()
    (2, ('size',), [120.0, 80.0])
    """

    names: tuple[str, ...]
    columns: tuple[NDArray[Any], ...]
    source: str
    notes: tuple[str, ...] = ()
    lines: Sequence[int] | NDArray[Any] | None = None
    decimal: str = "."
    origins: NDArray[Any] | None = None

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

    @property
    def numeric_names(self) -> tuple[str, ...]:
        """The names of the columns of numbers, in order."""
        return tuple(name for name, values in zip(self.names, self.columns, strict=True) if is_numeric(values))

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column of that name.

        Raises:
            InputError: if there is none, with the nearest name, or if there are two.
        """
        return self.columns[position(self, name)]

    def place(self, row: int) -> str:
        """Where a row stands: `line 3` of a text file, otherwise `row 2`.

        Args:
            row: from 0.
        """
        if self.lines is not None:
            return f"line {self.lines[row]:,}"
        return f"row {(row if self.origins is None else int(self.origins[row])) + 1:,}"

    def select(self, names: Sequence[str], *, drop_missing: bool = False) -> Table:
        """The columns that a formula names, with a finite number in every row.

        Args:
            names: of the columns, in the order of the result; a name that occurs twice is selected once.
            drop_missing: leave out the rows in which one of these columns has no number, and say so in a note.

        Raises:
            InputError: for an unknown name, a name of two columns, a column of text, an infinite number, and for missing
                numbers unless they are dropped; with the lines.

        >>> from steepest.data.arrays import read_columns
        >>> table = read_columns({"x": [1, None, 3], "y": [None, 5, 6]})
        >>> table.select(["x"], drop_missing=True)["x"].tolist()
        [1.0, 3.0]
        >>> table.select(["x", "y"], drop_missing=True).notes[-1]
        '2 of 3 rows are left out: x is missing in row 2; y in row 1'
        """
        import numpy as np

        chosen = tuple(dict.fromkeys(names))
        picked = replace(self, names=chosen, columns=tuple(self[name] for name in chosen))
        for name, values in zip(chosen, picked.columns, strict=True):
            _check_numbers(self, name, values)
        if not chosen:
            return picked
        missing = np.zeros(self.rows, bool)
        for values in picked.columns:
            missing |= np.isnan(values)
        if not missing.any():
            return picked
        if not drop_missing:
            raise InputError(_refused_missing(picked))
        if missing.all():
            raise InputError(f"{self.source}: no row has a number in {'each of ' * (len(chosen) > 1)}{listed(chosen, MOST_NAMED)}")
        note = f"{missing.sum():,} of {counted(self.rows, 'row')} are left out: {_where_missing(picked)}"
        return replace(take(picked, np.flatnonzero(~missing)), notes=(*self.notes, note))


def column(values: Sequence[Any]) -> NDArray[Any]:
    """A column of a table from numbers, None for one that is missing, or from texts.

    >>> column([1, None]).tolist(), column(["a", "b"]).dtype
    ([1.0, nan], dtype('O'))
    """
    import numpy as np

    text = any(isinstance(value, str) for value in values)
    return np.array(values, object if text else np.float64)


def is_numeric(values: NDArray[Any]) -> bool:
    """Whether a column holds numbers, not text."""
    return values.dtype.kind == "f"


def position(table: Table, name: str) -> int:
    """The index of a column.

    Raises:
        InputError: if there is none of that name, with the nearest one, or if there are two.
    """
    found = [index for index, each in enumerate(table.names) if each == name]
    if len(found) == 1:
        return found[0]
    if found:
        where = " and ".join(str(index + 1) for index in found[:2])
        raise InputError(f"{table.source} has {len(found)} columns called '{clipped(name)}', number {where}: rename them")
    near = nearest(name, _suggested(table.names))
    hint = f"did you mean {near}?" if near else f"it has {listed(table.names, MOST_NAMED)}"
    raise InputError(f"{table.source} has no column '{clipped(name)}': {hint}")


def _suggested(names: Collection[str], most: int = 1000) -> list[str]:
    """Names that are searched for the nearest one."""
    return list(names)[:most]


def take(table: Table, rows: NDArray[Any]) -> Table:
    """The table with some of its rows.

    Args:
        rows: their indices.
    """
    import numpy as np

    lines = None if table.lines is None else np.asarray(table.lines)[rows]
    origins = np.asarray(rows) if table.origins is None else table.origins[rows]
    return replace(table, columns=tuple(values[rows] for values in table.columns), lines=lines, origins=origins)


def with_columns(table: Table, columns: Mapping[str, NDArray[Any]], *notes: str) -> Table:
    """The table with columns replaced, and notes added.

    Raises:
        InputError: for an unknown name or one of two columns.
    """
    changed = list(table.columns)
    for name, values in columns.items():
        changed[position(table, name)] = values
    return replace(table, columns=tuple(changed), notes=(*table.notes, *notes))


def _check_numbers(table: Table, name: str, values: NDArray[Any]) -> None:
    """Refuse a column that has text or an infinite number in it."""
    import numpy as np

    if not is_numeric(values):
        raise InputError(_refused_text(table, name, values))
    infinite = np.flatnonzero(np.isinf(values))
    if infinite.size:
        where = f"{table.source}, {table.place(infinite[0])}"
        raise InputError(f"{where}: '{clipped(name)}' is infinite, or beyond 1.8e308: leave the row out or change its unit")


def _refused_text(table: Table, name: str, values: NDArray[Any]) -> str:
    """The sentence about a column of text that is asked for as numbers: the first value that is no number, and why."""
    row, reason = next(
        ((row, reason) for row, cell in enumerate(values) if (reason := why_no_number(cell, table.decimal))),
        (0, "the column is text"),
    )
    return f"{table.source}, {table.place(row)}: '{clipped(name)}' is '{clipped(values[row])}', no number: {reason}"


def _refused_missing(table: Table) -> str:
    import numpy as np

    count = sum(int(np.isnan(values).sum()) for values in table.columns)
    what = "1 missing number" if count == 1 else f"{count:,} missing numbers"
    return f"{table.source} has {what}: {_where_missing(table)}: fill them in, or leave these rows out with --drop-missing"


def _where_missing(table: Table) -> str:
    """`size is missing in lines 3 and 7; price in line 4`."""
    import numpy as np

    parts: list[str] = []
    for name, values in zip(table.names, table.columns, strict=True):
        rows = np.flatnonzero(np.isnan(values))
        if rows.size and len(parts) == FIRST_SHOWN:
            return "; ".join([*parts, "and other columns"])
        if rows.size:
            places = [table.place(row) for row in rows[:FIRST_SHOWN]]
            kind = places[0].partition(" ")[0]
            numbers = [place.partition(" ")[2] for place in places]
            where = f"{kind}{'s' * (rows.size > 1)} {listed(numbers, FIRST_SHOWN, rows.size)}"
            parts.append(f"{clipped(name)} {'' if parts else 'is missing '}in {where}")
    return "; ".join(parts)


def missing_text(values: NDArray[Any]) -> NDArray[Any]:
    """Where a column of text has no value: a mask of the shape (rows,).

    >>> missing_text(column(["a", "NA", ""])).tolist()
    [False, True, True]
    """
    import numpy as np

    return np.array([cell.strip().lower() in MISSING for cell in values], bool)
