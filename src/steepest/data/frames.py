"""Tables from frames of pandas, Polars and PyArrow, through narwhals."""

from __future__ import annotations

from typing import Any

from steepest.data.arrays import Column, from_values, read_columns, table_of
from steepest.data.table import Table
from steepest.errors import InputError, clipped, load, named

LIBRARIES = {"pandas": "pandas", "polars": "Polars", "pyarrow": "PyArrow"}


def read_frame(frame: Any, source: str = "", *, texts: bool = False) -> Table:
    """A table from a data frame; columns of numbers are float64, truth values 1 and 0, everything else is text.

    Args:
        frame: eager, of any library that narwhals knows.
        source: what it is called in sentences; by its library if this is empty.
        texts: whether texts stay texts even where all of them are numbers, since the frame is a part of a larger one.

    Raises:
        InputError: for what is no frame, for a lazy one, and for one with two columns of the same name.
        MissingDependencyError: without narwhals, with the command that installs it.

    >>> import polars
    >>> table = read_frame(polars.DataFrame({"x": [1, None], "y": ["a", "b"]}))
    >>> table.source, [values.tolist() for values in table.columns]
    ('the Polars frame', [[1.0, nan], ['a', 'b']])
    """
    narwhals = load("narwhals", "a data frame", "data", or_else="give a mapping of names to lists")
    library = type(frame).__module__.partition(".")[0]
    source = source or f"the {LIBRARIES.get(library, library)} frame"
    try:
        wrapped: Any = narwhals.from_native(frame, pass_through=True, allow_series=True)
    except Exception as error:  # of the frame's library, such as two columns of one name
        raise InputError(f"{source} cannot be read: {named(error)}") from None
    if isinstance(wrapped, narwhals.LazyFrame):
        raise InputError(f"{source} is lazy: collect it first, with .collect() or .compute()")
    if isinstance(wrapped, narwhals.Series):
        raise InputError(f"{source} is one column: give a frame, or {{'name': column}}")
    if not isinstance(wrapped, narwhals.DataFrame):
        raise InputError(
            f"a table is a path, a data frame, a mapping of names to columns or an array, not {clipped(type(frame).__name__)}"
        )
    if not wrapped.columns:
        raise InputError(f"{source} has no columns")
    columns: dict[str, Column] = {}
    for name in wrapped.columns:
        if str(name) in columns:
            raise InputError(f"{source} has two columns called '{clipped(str(name))}': rename one")
        columns[str(name)] = _column(wrapped[name], f"column '{clipped(str(name))}' of {source}")
    return table_of(columns, source, texts=texts)


def _column(series: Any, where: str) -> Column:
    """One column."""
    import narwhals

    kind = series.dtype
    if kind.is_integer() and not series.is_null().any():
        whole = read_columns({"": series.to_numpy()}, where) if len(series) else None
        return (
            Column(whole.columns[0], whole.notes[0].removeprefix(": ") if whole.notes else "") if whole else from_values([], where)
        )
    if kind.is_integer() or kind == narwhals.Boolean:
        return from_values(series.to_list(), where)
    if kind.is_numeric():
        return from_values(series.to_list(), where) if kind.is_decimal() else Column(_floats(series))
    return from_values(series.to_list(), where)


def _floats(series: Any) -> Any:
    """Numbers as float64, NaN where one is missing."""
    import narwhals
    import numpy as np

    return np.array(series.cast(narwhals.Float64).to_numpy(), np.float64)
