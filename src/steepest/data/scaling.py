"""Columns of about one size: each is shifted and divided by a number, which is told and can be undone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from steepest.data.sums import added, block_sums
from steepest.errors import InputError, clipped
from steepest.language.digits import short
from steepest.language.suggestions import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.data.chunked import ChunkedTable
    from steepest.data.table import Table

    AnyTable = TypeVar("AnyTable", Table, ChunkedTable, Table | ChunkedTable)

LARGE = 2.0**1022  # a difference of two numbers below it does not overflow
MOST_TOLD = 4  # columns that a sentence has numbers of


@dataclass(frozen=True)
class Scaling:
    """An affine map of each of some columns: scaled = (original - shift)/scale.

    Attributes:
        method: `z`, `minmax` or `none`.
        names: of the columns.
        shifts, scales: a number for each; a scale is positive.

    >>> Scaling("z", ("size",), (2000.0,), (800.0,)).sentence
    'z: size is replaced by (size - 2000)/800, its mean and its population standard deviation'
    """

    method: str
    names: tuple[str, ...]
    shifts: tuple[float, ...]
    scales: tuple[float, ...]

    @property
    def sentence(self) -> str:
        """The transformation, to be printed."""
        if not self.names or self.method == "none":
            return "none: the columns keep their units"
        rows = list(zip(self.names, self.shifts, self.scales, strict=True))
        told = [f"{name} is replaced by {_written(name, shift, scale)}" for name, shift, scale in rows[:MOST_TOLD]]
        more = f" and {len(rows) - MOST_TOLD:,} more columns likewise" if len(rows) > MOST_TOLD else ""
        return f"{self.method}: {', '.join(told)}{more}, {METHODS[self.method].told}"

    def apply(self, table: AnyTable) -> AnyTable:
        """The table with these columns scaled, as in training so in prediction.

        Raises:
            InputError: if a column is missing or is text.
        """
        if self.method == "none":
            return table
        if table.in_memory:
            table.select(self.names)
        numbers = zip(self.names, self.shifts, self.scales, strict=True)
        return table.changed({name: partial(scaled, shift=shift, scale=scale) for name, shift, scale in numbers}, self.sentence)


def _written(name: str, shift: float, scale: float) -> str:
    sign = "+" if shift < 0 else "-"
    top = f"({clipped(name)} {sign} {short(abs(shift))})" if shift else clipped(name)
    return f"{top}/{short(scale)}"


def fit_scaling(table: Table | ChunkedTable, names: Sequence[str], method: str = "none") -> Scaling:
    """The scaling of some columns, found from a table.

    `z` subtracts the mean m and divides by the population standard deviation sqrt(mean((x - m)^2)), with 1/n, not 1/(n - 1);
    `minmax` maps the least value to 0 and the greatest to 1; `none` leaves everything as it is.

    Args:
        names: of columns with a number in every row.
        method: `z`, `minmax` or `none`.

    Raises:
        InputError: for an unknown method, a constant column, or a range beyond 1.8e308.

    >>> from steepest.data.arrays import read_columns
    >>> found = fit_scaling(read_columns({"x": [1, 3]}), ["x"], "z")
    >>> found.shifts, found.scales, found.apply(read_columns({"x": [5]}))["x"].tolist()
    ((2.0,), (1.0,), [3.0])
    """
    if method not in METHODS:
        near = nearest(method, METHODS) if isinstance(method, str) else None
        hint = f"did you mean {near}?" if near else f"there are {', '.join(METHODS)}"
        raise InputError(f"there is no scaling '{clipped(str(method))}': {hint}")
    chosen = tuple(dict.fromkeys(names))
    if method == "none":
        return Scaling("none", chosen, (0.0,) * len(chosen), (1.0,) * len(chosen))
    picked = table.select(chosen)
    extremes = _extremes(picked)
    for name, each in zip(chosen, extremes, strict=True):
        if each.least == each.greatest:
            every = f"is {short(each.least)} in every row" if table.rows > 1 else "has one row"
            raise InputError(f"{table.source}: '{clipped(name)}' {every} and cannot be scaled: leave it out, or scale by none")
    pairs = METHODS[method].fit(picked, extremes) if chosen else []
    for name, (_, scale) in zip(chosen, pairs, strict=True):
        if not (math.isfinite(scale) and scale > 0):
            raise InputError(f"{table.source}: the range of '{clipped(name)}' is beyond 1.8e308: change its unit")
    return Scaling(method, chosen, tuple(shift for shift, _ in pairs), tuple(scale for _, scale in pairs))


class Extremes(NamedTuple):
    """The least and the greatest number of a column."""

    least: float
    greatest: float

    @property
    def power(self) -> int:
        """The power of two that brings all numbers to at most 1."""
        return math.frexp(max(abs(self.least), abs(self.greatest)))[1]


def _extremes(table: Table | ChunkedTable) -> list[Extremes]:
    """The least and the greatest number of each column."""
    if not table.names:
        return []
    lows, highs = zip(*table.by_chunk(_least_and_greatest, table.names), strict=True)
    return [Extremes(min(low), max(high)) for low, high in zip(zip(*lows, strict=True), zip(*highs, strict=True), strict=True)]


def _least_and_greatest(columns: Sequence[NDArray[Any]]) -> tuple[list[float], list[float]]:
    return [float(values.min()) for values in columns], [float(values.max()) for values in columns]


def scaled(values: NDArray[Any], shift: float, scale: float) -> NDArray[Any]:
    """(values - shift)/scale, without an overflow on the way.

    >>> import numpy as np
    >>> scaled(np.array([1e308, -1e308]), -1e308, 1e308).tolist()
    [2.0, 0.0]
    """
    import numpy as np

    if abs(shift) >= LARGE or np.abs(values).max(initial=0.0) >= LARGE:
        return (values / 2 - shift / 2) / (scale / 2)
    return (values - shift) / scale


def original(values: NDArray[Any], shift: float, scale: float) -> NDArray[Any]:
    """What `scaled` was given: values*scale + shift."""
    return values * scale + shift


def _means_and_deviations(table: Table | ChunkedTable, extremes: Sequence[Extremes]) -> list[tuple[float, float]]:
    """The means and the population standard deviations in two passes, on numbers brought to at most 1 by a power of two."""
    powers, rows = tuple(each.power for each in extremes), table.rows
    zeros = (0.0,) * len(powers)
    means = [first / rows for first, *_ in _sums_of(table, _Away(powers, zeros, zeros))]
    sizes = [
        max(abs(math.ldexp(end, -power) - mean) for end in each)
        for each, mean, power in zip(extremes, means, powers, strict=True)
    ]  # fmt: skip
    found: list[tuple[float, float]] = []
    sums = _sums_of(table, _Away(powers, tuple(means), tuple(sizes)))
    for mean, size, power, (away, squares, small) in zip(means, sizes, powers, sums, strict=True):
        correction = away / rows
        variance = squares / rows - correction**2
        if variance <= 0 or variance < 1e-280:  # squares that vanish
            found.append((math.ldexp(mean + correction, power), math.ldexp(size * math.sqrt(small / rows), power)))
        else:
            found.append((math.ldexp(mean + correction, power), math.ldexp(math.sqrt(variance), power)))
    return found


@dataclass(frozen=True)
class _Away:
    """The sums of the blocks of numbers minus a center, of their squares, and of these over that of a size: for each column.

    Attributes:
        powers: of two, by which the numbers are divided.
        centers, sizes: a number for each column; a size of 0 asks for no squares.
    """

    powers: tuple[int, ...]
    centers: tuple[float, ...]
    sizes: tuple[float, ...]

    def __call__(self, columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
        """An array of the shape (blocks, columns, 3)."""
        import numpy as np

        found = []
        for values, power, center, size in zip(columns, self.powers, self.centers, self.sizes, strict=True):
            away = np.ldexp(values, -power) - center
            first = block_sums(away)
            squares = [block_sums(away**2), block_sums((away / size) ** 2)] if size else [first, first]
            found.append(np.stack([first, *squares], axis=-1))
        return np.stack(found, axis=1)


def _sums_of(table: Table | ChunkedTable, work: _Away) -> list[tuple[float, float, float]]:
    """What the sums of all blocks add up to, for each column."""
    total: Any = 0.0
    for sums in table.by_chunk(work, table.names):
        total = added(sums, total)
    return [tuple(row) for row in total.tolist()]


def _least_and_range(table: Table | ChunkedTable, extremes: Sequence[Extremes]) -> list[tuple[float, float]]:
    return [(each.least, each.greatest - each.least) for each in extremes]


@dataclass(frozen=True)
class Method:
    """A way to scale.

    Attributes:
        fit: a table and the extremes of its columns -> shift and scale of each.
        told: what the two numbers are, as the end of a sentence.
        description: one sentence.
    """

    fit: Callable[[Table | ChunkedTable, Sequence[Extremes]], list[tuple[float, float]]]
    told: str
    description: str


METHODS = {
    "z": Method(
        _means_and_deviations,
        "its mean and its population standard deviation",
        "The mean becomes 0 and the population standard deviation (with 1/n) 1.",
    ),
    "minmax": Method(_least_and_range, "its least value and its range", "The least value becomes 0 and the greatest 1."),
    "none": Method(lambda table, extremes: [(0.0, 1.0)] * len(extremes), "nothing", "The columns keep their units."),
}
"""Every way to scale columns."""
