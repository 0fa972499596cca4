"""A table: columns of numbers or of text by name, where they come from, and what the user should know about them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from steepest.data.files.cells import MISSING, listed
from steepest.data.missing_values import MOST_NAMED, accepted, look
from steepest.errors import InputError, clipped
from steepest.language.rows import Work
from steepest.language.suggestions import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")


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
    >>> table.rows, table.select(["size"]).columns[0].tolist()
    (2, [120.0, 80.0])
    """

    names: tuple[str, ...]
    columns: tuple[NDArray[Any], ...]
    source: str
    notes: tuple[str, ...] = ()
    lines: Sequence[int] | NDArray[Any] | None = None
    decimal: str = "."
    origins: NDArray[Any] | None = None
    in_memory: ClassVar[bool] = True

    @property
    def rows(self) -> int:
        """The number of rows."""
        return len(self.columns[0]) if self.columns else 0

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

    def cell(self, name: str, row: int) -> float:
        """The number of a column in a row, counted from 0."""
        return float(self[name][row])

    def check_batches(self, order: str) -> None:
        """Refuse batches whose rows cannot be taken: none, as all rows are in memory."""

    def batch_notes(self, order: str) -> tuple[str, ...]:
        """Sentences for the user about how batches take the rows: none."""
        return ()

    def changed(self, changes: Mapping[str, Callable[[NDArray[Any]], NDArray[Any]]], *notes: str) -> Table:
        """The table with columns changed, and notes added.

        Raises:
            InputError: for an unknown name or one of two columns.
        """
        columns = list(self.columns)
        for name, change in changes.items():
            columns[position(self, name)] = change(self[name])
        return replace(self, columns=tuple(columns), notes=(*self.notes, *notes))

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
        note = accepted(look(picked.columns, self.decimal), chosen, self.source, self.place, drop_missing=drop_missing)
        if not note:
            return picked
        complete = ~np.logical_or.reduce([np.isnan(values) for values in picked.columns])
        return replace(take(picked, np.flatnonzero(complete)), notes=(*self.notes, note))

    def by_chunk(self, work: Work[T], names: Sequence[str]) -> Iterator[T]:
        """What work makes of the columns of these names; all rows are one chunk, since they are in memory."""
        yield work([self[name] for name in names])

    def between(self, work: Work[T], names: Sequence[str], first: int, count: int) -> Iterator[T]:
        """The same for some consecutive rows, of which the first is counted from 0."""
        yield work([self[name][first : first + count] for name in names])

    def at_rows(self, work: Work[T], names: Sequence[str], rows: NDArray[Any]) -> Iterator[T]:
        """The same for rows from anywhere, counted from 0, in their order."""
        yield work([self[name][rows] for name in names])


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


class Named(Protocol):
    """What has columns with names, and is called something."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    def source(self) -> str:
        """What it is called in sentences."""


def position(table: Named, name: str) -> int:
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


def missing_text(values: NDArray[Any]) -> NDArray[Any]:
    """Where a column of text has no value: a mask of the shape (rows,).

    >>> missing_text(column(["a", "NA", ""])).tolist()
    [False, True, True]
    """
    import numpy as np

    return np.array([cell.strip().lower() in MISSING for cell in values], bool)
