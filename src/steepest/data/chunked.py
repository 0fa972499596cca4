"""A table that is not in memory: its columns come in chunks of rows, and work is done on one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from steepest.data.chunks import Chunk, Cursor, ahead, whole_blocks
from steepest.data.missing_values import Findings, accepted, look, together
from steepest.data.origin import Change, Origin, Preparation
from steepest.data.passes import passing
from steepest.data.spool import Spool, check_room, told
from steepest.data.table import Table, position
from steepest.errors import InputError, counted
from steepest.language.rows import BLOCK, Work

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")
AT_ONCE = 16 * BLOCK  # rows from anywhere that are in memory at once
MOST_SAMPLED = 100_000  # rows of a sample


@dataclass(frozen=True)
class _Counted(Generic[T]):
    """Work, and the number of rows that it was done on."""

    work: Work[T]

    def __call__(self, columns: Sequence[NDArray[Any]]) -> tuple[int, T]:
        return len(columns[0]), self.work(columns)


@dataclass(frozen=True, eq=False)
class ChunkedTable:
    """Columns that are not in memory; see `steepest.data.table.Table` for those that are.

    Attributes:
        names: of the columns.
        source: where the table comes from, for sentences.
        origin: what the columns come from.
        rows: the number of rows, without those that are left out.
        notes: sentences for the user.
        changes: what is made of the numbers of columns, in order, by name.
        complete: the columns of which each has a number in every row that is not left out; empty if none is.
        checked: columns that hold finite numbers and nothing else.
        fits: whether the columns of a formula, though not all columns, are few enough to be loaded.
    """

    names: tuple[str, ...]
    source: str
    origin: Origin
    rows: int
    notes: tuple[str, ...] = ()
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    complete: tuple[str, ...] = ()
    checked: frozenset[str] = frozenset()
    fits: bool = False
    in_memory: ClassVar[bool] = False
    _cursors: dict[tuple[str, ...], Cursor] = field(default_factory=dict, repr=False)

    def __reduce__(self) -> tuple[type[ChunkedTable], tuple[Any, ...]]:
        """A place among the rows, and a copy of them, are not pickled."""
        return ChunkedTable, (
            self.names, self.source, self.origin, self.rows, self.notes, self.changes, self.complete, self.checked, self.fits
        )  # fmt: skip

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Refuses a name, since a whole column does not fit into memory.

        Raises:
            InputError: always; for an unknown name with the nearest one.
        """
        position(self, name)
        raise InputError(f"{self.source} is {self.origin.told}, and this needs all of its {counted(self.rows, 'row')} at once")

    def place(self, row: int) -> str:
        """Where a row, counted from 0, stands: `row 2`."""
        if not self.complete:
            return f"row {row + 1:,}"
        above = 0
        for missing in self.origin.over(replace(self._preparation(self.complete), drops=False), _missing):
            kept = (~missing).nonzero()[0]
            if row < len(kept):
                return f"row {above + int(kept[row]) + 1:,}"
            row, above = row - len(kept), above + len(missing)
        return "a row"

    def by_chunk(self, work: Work[T], names: Sequence[str]) -> Iterator[T]:
        """What work makes of the columns of these names, one chunk after another in the order of the rows.

        Of a file, the numbers of rows are multiples of a block of `steepest.language.rows`, but for the last chunk.

        Raises:
            InputError: for an unknown name, or a table that cannot be read, or that changed.
        """
        yield from self._passing(self.origin.over(self._preparation(names), _Counted(work)))

    def _passing(self, results: Iterator[tuple[int, T]]) -> Iterator[T]:
        """The results of a pass, of which each comes with the number of its rows."""
        done = 0
        with passing(self.rows) as tell:
            for rows, result in results:
                done += rows
                tell(done)
                yield result
        if done != self.rows:
            raise InputError(f"{self.source} has {done:,} rows now and had {self.rows:,} when it was opened: it must not change")

    def between(self, work: Work[T], names: Sequence[str], first: int, count: int) -> Iterator[T]:
        """What work makes of some consecutive rows; blocks begin with the first of them.

        It is fast where they follow those that were asked for last.

        Args:
            first, count: the first row, counted from 0, and how many there are.

        Raises:
            InputError: as `by_chunk`.
        """
        key = tuple(names)
        cursor = self._cursors.get(key)
        if cursor is None or cursor.row > first:
            prepare = self._preparation(names)
            cursor = self._cursors[key] = Cursor(map(prepare, self.origin.read(prepare.names)))
        for _ in cursor.take(first - cursor.row):
            pass
        yield from map(work, whole_blocks(cursor.take(count)))

    def at_rows(self, work: Work[T], names: Sequence[str], rows: NDArray[Any]) -> Iterator[T]:
        """What work makes of rows from anywhere; blocks begin with the first of them.

        The first time a pass over all rows copies the numbers of the columns into a temporary file.

        Args:
            rows: counted from 0, in the order in which they are worked on.

        Raises:
            InputError: as `by_chunk`, and where the disk has no room.
        """
        places = [self.names.index(name) for name in names]
        for first in range(0, len(rows), AT_ONCE):
            columns = self._spool.at(rows[first : first + AT_ONCE])
            yield work([columns[place] for place in places])

    @cached_property
    def _spool(self) -> Spool:
        """The copy of all columns."""
        check_room(self.source, self.rows, len(self.names))
        prepare = self._preparation(self.names)
        chunks = ahead(map(prepare, self.origin.read(prepare.names)))
        return Spool(self._passing((len(columns[0]), columns) for columns in chunks), len(self.names), self.source)

    def check_batches(self, order: str) -> None:
        """Refuse batches in an order for which rows are copied, where the disk has no room.

        Raises:
            InputError: with what to do instead.
        """
        if order != "cyclic" and "_spool" not in vars(self):
            check_room(self.source, self.rows, len(self.names))

    def batch_notes(self, order: str) -> tuple[str, ...]:
        """Sentences for the user about how batches take the rows.

        Args:
            order: in which they take the rows.

        Raises:
            InputError: where there is no folder for the copy from which rows are taken at random.
        """
        return () if order == "cyclic" else (told(self.source, self.rows, len(self.names)),)

    def cell(self, name: str, row: int) -> float:
        """The number of a column in a row, counted from 0."""
        import numpy as np

        if "_spool" in vars(self):
            return float(next(self.at_rows(_first_number, [name], np.array([row]))))
        return float(next(self.between(_first_number, [name], row, 1)))

    def select(self, names: Sequence[str], *, drop_missing: bool = False) -> ChunkedTable:
        """The columns that a formula names, with a finite number in every row; see `steepest.data.table.Table.select`.

        Raises:
            InputError: as there.
        """
        chosen = tuple(dict.fromkeys(names))
        for name in chosen:
            position(self, name)
        if self.checked.issuperset(chosen):
            return replace(self, names=chosen, _cursors={})
        found = together(self._looked(self._preparation(chosen)))
        note = accepted(found, chosen, self.source, _row, drop_missing=drop_missing)
        converted = [self.origin.noted[name] for name in chosen if name in self.origin.noted and name not in self.changes]
        notes = (*self.notes, *converted, *([note] if note else ()))
        return replace(
            self, names=chosen, origin=self.origin.only(chosen), rows=found.complete, notes=notes,
            complete=chosen if note else (), checked=frozenset(chosen), _cursors={},
        )  # fmt: skip

    def _looked(self, prepare: Preparation) -> Iterator[Findings]:
        """What is found in chunk after chunk."""
        done = 0
        with passing(self.rows) as tell:
            for found in self.origin.over(prepare, look):
                done += found.rows
                tell(done)
                yield found

    def changed(self, changes: Mapping[str, Change], *notes: str) -> ChunkedTable:
        """The table with columns changed, and notes added."""
        for name in changes:
            position(self, name)
        merged = dict(self.changes) | {name: (*self.changes.get(name, ()), change) for name, change in changes.items()}
        return replace(self, changes=merged, notes=(*self.notes, *notes), _cursors={})

    def loaded(self, names: Sequence[str]) -> Table:
        """The table with the columns of these names in memory.

        Raises:
            InputError: for an unknown name, or one of two columns.
        """
        return self._gathered(names, _Thinned(1))

    def sample(self, most: int | None = None) -> Table:
        """A table in memory with rows from all over this one, at equal distances; with all if there are not more.

        Args:
            most: rows of it, or a few more; 100,000 if it is left out.
        """
        return self._gathered(self.names, _Thinned(-(-self.rows // (most or MOST_SAMPLED))))

    def _gathered(self, names: Sequence[str], work: Work[Chunk]) -> Table:
        """What work takes from the columns of these names, in memory."""
        import numpy as np

        chosen = tuple(dict.fromkeys(names))
        for name in chosen:
            position(self, name)
        columns = zip(*self.by_chunk(work, chosen), strict=True)
        return Table(chosen, tuple(np.concatenate(parts) for parts in columns), self.source, self.notes)

    def _preparation(self, names: Sequence[str]) -> Preparation:
        """How the columns of these names are made; some must be read only to see which rows are left out."""
        chosen = [*names, *(name for name in self.complete if name not in names)]
        return Preparation(
            tuple(chosen), tuple(tuple(self.changes.get(name, ())) for name in chosen), len(names), bool(self.complete)
        )  # fmt: skip


def _row(row: int) -> str:
    return f"row {row + 1:,}"


@dataclass(frozen=True)
class _Thinned:
    """Every row of so many."""

    stride: int

    def __call__(self, columns: Sequence[NDArray[Any]]) -> Chunk:
        return [values[:: self.stride].copy() for values in columns]


def _first_number(columns: Sequence[NDArray[Any]]) -> Any:
    """The number in the first row."""
    return columns[0][0]


def _missing(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Where one of the columns lacks a number: a mask of the shape (rows,)."""
    import numpy as np

    found: NDArray[Any] = np.logical_or.reduce([np.isnan(values) for values in columns])
    return found
