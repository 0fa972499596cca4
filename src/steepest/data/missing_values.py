"""What stands in columns that a formula names and is no finite number: texts, infinite numbers, missing ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steepest.data.files.cells import FIRST_SHOWN, listed, why_no_number
from steepest.errors import InputError, clipped, counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_NAMED = 8  # columns that a sentence names


@dataclass(frozen=True)
class Finding:
    """What was found in one column.

    Attributes:
        text: the first row that has a text, the text, and why it is no number.
        infinite: the first row whose number is infinite.
        missing: how many numbers are missing.
        first_missing: the first rows without a number.
    """

    text: tuple[int, str, str] | None = None
    infinite: int | None = None
    missing: int = 0
    first_missing: tuple[int, ...] = ()

    def after(self, rows: int) -> Finding:
        """The same in a column that has so many rows above."""
        text = None if self.text is None else (self.text[0] + rows, *self.text[1:])
        infinite = None if self.infinite is None else self.infinite + rows
        return Finding(text, infinite, self.missing, tuple(row + rows for row in self.first_missing))


@dataclass(frozen=True)
class Findings:
    """What was found in some columns.

    Attributes:
        columns: for each.
        rows: the number of rows.
        complete: the number of rows in which none of the columns lacks a number.
    """

    columns: tuple[Finding, ...]
    rows: int
    complete: int


def look(columns: Sequence[NDArray[Any]], decimal: str = ".") -> Findings:
    """What is found in columns of one length.

    >>> import numpy as np
    >>> found = look([np.array([1.0, np.nan]), np.array([np.inf, 2.0])])
    >>> found.complete, found.columns[0].first_missing, found.columns[1].infinite
    (1, (1,), 0)
    """
    import numpy as np

    rows = len(columns[0]) if columns else 0
    missing = np.zeros(rows, bool)
    found: list[Finding] = []
    for values in columns:
        if values.dtype.kind != "f":
            found.append(Finding(text=_first_text(values, decimal)))
            continue
        finite = np.isfinite(values)
        if finite.all():
            found.append(Finding())
            continue
        absent = np.isnan(values)
        missing |= absent
        infinite = np.flatnonzero(~finite & ~absent)
        places = np.flatnonzero(absent)
        first = int(infinite[0]) if infinite.size else None
        found.append(Finding(None, first, int(places.size), tuple(places[:FIRST_SHOWN].tolist())))
    return Findings(tuple(found), rows, rows - int(missing.sum()))


def _first_text(values: NDArray[Any], decimal: str) -> tuple[int, str, str]:
    """The first text that is no number, and why; the first one if all of them are, and no reason."""
    found = ((row, reason) for row, cell in enumerate(values) if (reason := why_no_number(cell, decimal)))
    row, reason = next(found, (0, ""))
    return row, str(values[row]), reason


def together(parts: Iterable[Findings]) -> Findings:
    """What was found in parts of the rows, one below the other."""
    columns: list[Finding] = []
    rows = complete = 0
    for part in parts:
        below = [each.after(rows) for each in part.columns]
        columns = [_joined(*pair) for pair in zip(columns, below, strict=True)] if columns else below
        rows, complete = rows + part.rows, complete + part.complete
    return Findings(tuple(columns), rows, complete)


def _joined(above: Finding, below: Finding) -> Finding:
    infinite = below.infinite if above.infinite is None else above.infinite
    places = (*above.first_missing, *below.first_missing)[:FIRST_SHOWN]
    text = next((each for each in (above.text, below.text) if each and each[-1]), above.text or below.text)
    return Finding(text, infinite, above.missing + below.missing, places)


def accepted(found: Findings, names: Sequence[str], source: str, place: Callable[[int], str], *, drop_missing: bool = False) -> str:
    """What to tell about rows that are left out; empty if none is.

    Args:
        found: in the columns of these names.
        source: what the table is called.
        place: where a row stands.
        drop_missing: whether rows in which a number is missing are to be left out.

    Raises:
        InputError: for text, an infinite number, and for missing numbers unless they are left out; with the lines.
    """
    for name, each in zip(names, found.columns, strict=True):
        if each.text is not None:
            row, cell, reason = each.text
            raise InputError(
                f"{source}, {place(row)}: '{clipped(name)}' is '{clipped(cell)}', no number: {reason or 'the column is text'}"
            )
        if each.infinite is not None:
            where = f"{source}, {place(each.infinite)}"
            raise InputError(f"{where}: '{clipped(name)}' is infinite, or beyond 1.8e308: leave the row out or change its unit")
    if found.complete == found.rows:
        return ""
    if not drop_missing:
        count = sum(each.missing for each in found.columns)
        what = "1 missing number" if count == 1 else f"{count:,} missing numbers"
        advice = "fill them in, or leave these rows out with --drop-missing"
        raise InputError(f"{source} has {what}: {_where(found, names, place)}: {advice}")
    if not found.complete:
        raise InputError(f"{source}: no row has a number in {'each of ' * (len(names) > 1)}{listed(names, MOST_NAMED)}")
    left = found.rows - found.complete
    return f"{left:,} of {counted(found.rows, 'row')} are left out: {_where(found, names, place)}"


def _where(found: Findings, names: Sequence[str], place: Callable[[int], str]) -> str:
    """`size is missing in lines 3 and 7; price in line 4`."""
    parts: list[str] = []
    for name, each in zip(names, found.columns, strict=True):
        if each.missing and len(parts) == FIRST_SHOWN:
            return "; ".join([*parts, "and other columns"])
        if each.missing:
            places = [place(row) for row in each.first_missing]
            kind = places[0].partition(" ")[0]
            numbers = [where.partition(" ")[2] for where in places]
            where = f"{kind}{'s' * (each.missing > 1)} {listed(numbers, FIRST_SHOWN, each.missing)}"
            parts.append(f"{clipped(name)} {'' if parts else 'is missing '}in {where}")
    return "; ".join(parts)
