"""Tables from Python: names with sequences, two-dimensional and structured arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

from steepest.data.files.cells import LARGEST_EXACT, meaning
from steepest.data.table import Table
from steepest.errors import InputError, clipped, counted

if TYPE_CHECKING:
    from numpy.typing import NDArray

SOURCE = "the data"


def read_columns(columns: Mapping[str, Any], source: str = SOURCE) -> Table:
    """A table from names with sequences or arrays of one length.

    Args:
        columns: numbers, truth values (1 and 0) or texts; None or NaN where a value is missing.
        source: what the columns are called in sentences.

    Raises:
        InputError: for columns of different length or dimension, or with values that are neither numbers nor texts.

    >>> table = read_columns({"size": [1, None], "town": ["Ulm", "Bern"], "sold": [True, False]})
    >>> [values.tolist() for values in table.columns]
    [[1.0, nan], ['Ulm', 'Bern'], [1.0, 0.0]]
    >>> table.notes
    ('sold: True counts as 1',)
    """
    named = {str(name): values for name, values in columns.items()}
    if len(named) < len(columns):
        raise InputError(f"{source} has two columns whose names are written alike")
    read = {name: _column(values, f"column '{clipped(name)}' of {source}") for name, values in named.items()}
    if not read:
        raise InputError(f"{source} has no columns")
    (first, example), *others = read.items()
    for name, each in others:
        if len(each.values) != len(example.values):
            longer = f"'{clipped(first)}' has {counted(len(example.values), 'row')} and '{clipped(name)}' {len(each.values):,}"
            raise InputError(f"the columns of {source} differ in length: {longer}")
    return table_of(read, source)


class Column(NamedTuple):
    """A column's values, and what to tell about them after its name; empty if there is nothing."""

    values: NDArray[Any]
    note: str = ""


def table_of(columns: Mapping[str, Column], source: str, *, texts: bool = False) -> Table:
    """A table of columns of one length; texts that are numbers throughout are read as such.

    Args:
        texts: whether texts stay what they are.

    Raises:
        InputError: if there are no rows.
    """
    notes: list[str] = []
    values: list[NDArray[Any]] = []
    for name, each in columns.items():
        told = f"{clipped(name)}: {each.note}" if each.note else ""
        own = each.values
        if own.dtype == object and not texts:
            found = meaning(name, own)
            if found.values is not own:
                own, told = found.values, found.note or f"{clipped(name)}: texts are read as numbers"
        values.append(own)
        notes += [told] if told else []
    if not len(values[0]):
        raise InputError(f"{source} has no rows")
    return Table(tuple(columns), tuple(values), source, tuple(notes))


def read_array(array: Any, names: Sequence[str] | None = None, source: str = "the array") -> Table:
    """A table from a two-dimensional array, a row of it a row of the table, or from a structured array.

    Args:
        array: of the shape (rows, columns), or (rows,) with named fields.
        names: of the columns; `c1`, `c2`, ... if they are not given.

    Raises:
        InputError: for an array of another shape, or another number of names.

    >>> import numpy as np
    >>> read_array(np.eye(2)).names
    ('c1', 'c2')
    """
    import numpy as np

    array = np.ma.asanyarray(array) if np.ma.isMaskedArray(array) else np.asarray(array)
    if array.dtype.names:
        return read_columns({name: array[name] for name in array.dtype.names}, source)
    if array.ndim != 2:
        raise InputError(f"{source} has the shape {array.shape}: a table has the shape (rows, columns)")
    found = tuple(map(str, names)) if names else tuple(f"c{index}" for index in range(1, array.shape[1] + 1))
    if len(found) != array.shape[1]:
        raise InputError(f"{source} has {counted(array.shape[1], 'column')} and {counted(len(found), 'name')}")
    table = read_columns(dict(zip(found, array.T, strict=True)), source)
    if names:
        return table
    from dataclasses import replace

    return replace(table, notes=(f"the columns of {source} are called c1 to {found[-1]}", *table.notes))


def _column(values: Any, where: str) -> Column:
    """One column from a sequence or an array."""
    import numpy as np

    if isinstance(values, str | bytes | Mapping) or not hasattr(values, "__len__"):
        raise InputError(f"{where} is {type(values).__name__}: give a list or an array")
    if isinstance(values, Sequence):
        return from_values(values, where)
    try:
        array = values.filled(np.nan) if np.ma.isMaskedArray(values) and values.dtype.kind == "f" else np.asarray(values)
    except (TypeError, ValueError, RuntimeError):
        raise InputError(f"{where} is {type(values).__name__}: give a list or an array") from None
    if array.ndim != 1:
        raise InputError(f"{where} has the shape {array.shape}: a column has one dimension")
    if np.ma.isMaskedArray(values) and array.dtype.kind != "f":
        return from_values(values.tolist(), where)
    if array.dtype.kind == "b":
        return Column(array.astype(np.float64), "True counts as 1")
    if array.dtype.kind in "iuf":
        with np.errstate(over="ignore"):
            converted = array.astype(np.float64)
        return Column(converted, _rounded(array) if array.dtype.kind in "iu" else "")
    return from_values(array.tolist() if array.dtype.kind in "OUT" else list(map(str, array)), where)


def _rounded(whole: NDArray[Any]) -> str:
    """What to tell about whole numbers that no float64 is equal to; empty if there are none."""
    large = whole[(whole > LARGEST_EXACT) | (whole < -LARGEST_EXACT)]
    inexact = [value for value in large.tolist() if int(float(value)) != value]
    return f"{counted(len(inexact), 'whole number')} beyond 2^53 rounded to float64, the first {inexact[0]}" if inexact else ""


def from_values(values: Sequence[Any], where: str) -> Column:
    """A column from Python's values: numbers with None for missing ones, truth values, or texts.

    Args:
        where: the column for sentences.

    Raises:
        InputError: for a value that is neither a number nor a text, such as a list.
    """
    import numpy as np

    kinds: set[type] = {type(value) for value in values} - {type(None)}
    if kinds and kinds <= {bool, np.bool_}:
        return Column(np.array([np.nan if value is None else float(value) for value in values]), "True counts as 1")
    if bool not in kinds and all(issubclass(kind, Real | Decimal) for kind in kinds):
        return _numbers(values, where)
    for row, value in enumerate(values, 1):
        if isinstance(value, list | tuple | dict | set | complex | bytes) or getattr(value, "ndim", None):
            raise InputError(f"{where} has {clipped(repr(value))} in row {row:,}: a column holds numbers or texts")
    texts = np.empty(len(values), object)
    texts[:] = ["" if value is None or _is_nan(value) else str(value) for value in values]
    return Column(texts)


def _is_nan(value: Any) -> bool:
    """Whether a value is NaN, or pandas' NA or NaT."""
    return (isinstance(value, float) and value != value) or type(value).__name__ in ("NAType", "NaTType")


def _numbers(values: Sequence[Any], where: str) -> Column:
    import numpy as np

    found = np.empty(len(values))
    inexact = []
    for row, value in enumerate(values):
        try:
            found[row] = np.nan if value is None else float(value)
        except OverflowError:
            raise InputError(f"{where} has a number beyond 1.8e308 in row {row + 1:,}") from None
        if isinstance(value, int) and abs(value) > LARGEST_EXACT and int(found[row]) != value:
            inexact.append(value)
    if not inexact:
        return Column(found)
    return Column(found, f"{counted(len(inexact), 'whole number')} beyond 2^53 rounded to float64, the first {inexact[0]}")
