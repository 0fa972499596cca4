"""Two classes as numbers: a column with two values becomes 0 and 1, or -1 and 1, and says which is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from steepest.data.files.cells import listed
from steepest.data.table import is_numeric, missing_text
from steepest.errors import InputError, clipped, counted
from steepest.language.suggestions import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.data.chunked import ChunkedTable
    from steepest.data.table import Table

    AnyTable = TypeVar("AnyTable", Table, ChunkedTable, Table | ChunkedTable)

CODES = {"0/1": (0.0, 1.0), "-1/1": (-1.0, 1.0)}
MOST_NAMED = 5
MOST_VALUES = 1_000  # of a column that may be two classes, looked for chunk by chunk


@dataclass(frozen=True)
class Labels:
    """How the values of a column stand for two classes.

    Attributes:
        name: of the column.
        low, high: the value that becomes `codes[0]`, and the one that becomes `codes[1]`; `low` is None for all others.
        codes: 0 and 1, or -1 and 1.
    """

    name: str
    low: str | float | None
    high: str | float
    codes: tuple[float, float]

    @property
    def unchanged(self) -> bool:
        """Whether the column has the codes already."""
        return (self.low, self.high) == self.codes

    @property
    def sentence(self) -> str:
        """`species: versicolor counts as 0, virginica as 1`."""
        low = "every other value" if self.low is None else _written(self.low)
        return f"{clipped(self.name)}: {low} counts as {self.codes[0]:g}, {_written(self.high)} as {self.codes[1]:g}"

    def coded(self, values: NDArray[Any]) -> NDArray[Any]:
        """The codes of values, NaN where one is missing."""
        import numpy as np

        missing = np.isnan(values) if is_numeric(values) else missing_text(values)
        return np.where(missing, np.nan, np.where(values == self.high, self.codes[1], self.codes[0]))


def with_labels(
    table: AnyTable, name: str, kind: str = "0/1", *, one: str | float | None = None
) -> tuple[AnyTable, Labels]:  # fmt: skip
    """The table with a column of two values as labels, and which value is which; a note tells it unless nothing changed.

    Numbers keep their order, texts that of the alphabet: the greater becomes 1. Missing values stay missing.

    Args:
        kind: `0/1` or `-1/1`.
        one: the value that becomes 1; every other one becomes the other label then.

    Raises:
        InputError: if the column has not two values, and none was chosen.

    >>> from steepest.data.arrays import read_columns
    >>> table, labels = with_labels(read_columns({"passed": ["no", "yes", "no"]}), "passed")
    >>> table["passed"].tolist(), labels.sentence
    ([0.0, 1.0, 0.0], 'passed: no counts as 0, yes as 1')
    """
    if kind not in CODES:
        raise InputError(f"labels are {' or '.join(CODES)}, not '{clipped(kind)}'")
    found: set[Any] = set()
    for some in table.by_chunk(_distinct, [name]):
        found |= some
        if not table.in_memory and len(found) > MOST_VALUES:
            many = f"'{clipped(name)}' has more than {MOST_VALUES:,} values"
            raise InputError(f"{table.source}: {many}, and a loss of two classes needs 2")
    labels = _labels(table, name, sorted(found), CODES[kind], one)
    return table.changed({name: labels.coded}, *([] if labels.unchanged else [labels.sentence])), labels


def _distinct(columns: Sequence[NDArray[Any]]) -> set[Any]:
    """The values of a column, without what stands for a missing one."""
    import numpy as np

    (values,) = columns
    if is_numeric(values):
        return set(np.unique(values[~np.isnan(values)]).tolist())
    return set(values[~missing_text(values)].tolist())


def _labels(
    table: Table | ChunkedTable, name: str, found: list[Any], codes: tuple[float, float], one: str | float | None
) -> Labels:  # fmt: skip
    """Which of the values found becomes which label."""
    shown = clipped(name)
    if one is not None:
        matching = [value for value in found if value == one or _written(value) == str(one)]
        if not matching:
            near = nearest(str(one), list(map(_written, found))[:1000])
            hint = f"did you mean {near}?" if near else f"it has {_values(found)}"
            raise InputError(f"{table.source}: '{shown}' has no value '{clipped(str(one))}': {hint}")
        others = [value for value in found if value != matching[0]]
        if not others:
            raise InputError(f"{table.source}: '{shown}' is {_written(found[0])} in every row, and a loss of classes needs two")
        return Labels(name, others[0] if len(others) == 1 else None, matching[0], codes)
    if len(found) == 2:
        return Labels(name, found[0], found[1], codes)
    if len(found) == 1 and found[0] not in codes:
        raise InputError(f"{table.source}: '{shown}' is {_written(found[0])} in every row, and a loss of classes needs two")
    if len(found) == 1:
        return Labels(name, codes[0], codes[1], codes)
    if not found:
        raise InputError(f"{table.source}: '{shown}' has no value at all")
    what = f"{counted(len(found), 'value')} ({_values(found)})"
    way = f"choose the one that counts as 1, such as --one {_written(found[-1])}"
    raise InputError(f"{table.source}: '{shown}' has {what} and a loss of two classes needs 2: {way}")


def _values(found: list[Any]) -> str:
    return listed(list(map(_written, found[:MOST_NAMED])), MOST_NAMED, len(found))


def _written(value: str | float) -> str:
    return f"{value:g}" if isinstance(value, float) else value
