"""Columns of about one size: each is shifted and divided by a number, which is told and can be undone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steepest.data.table import Table, with_columns
from steepest.errors import InputError, clipped
from steepest.language.digits import short
from steepest.language.suggestions import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

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

    def apply(self, table: Table) -> Table:
        """The table with these columns scaled, as in training so in prediction.

        Raises:
            InputError: if a column is missing or is text.
        """
        picked = table.select(self.names) if self.method != "none" else table
        columns = {
            name: scaled(picked[name], shift, scale)
            for name, shift, scale in zip(self.names, self.shifts, self.scales, strict=True)
        }
        return with_columns(table, columns, self.sentence) if self.method != "none" else table


def _written(name: str, shift: float, scale: float) -> str:
    sign = "+" if shift < 0 else "-"
    top = f"({clipped(name)} {sign} {short(abs(shift))})" if shift else clipped(name)
    return f"{top}/{short(scale)}"


def fit_scaling(table: Table, names: Sequence[str], method: str = "none") -> Scaling:
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
    pairs: list[tuple[float, float]] = []
    for name in chosen:
        values = picked[name]
        if values.min() == values.max():
            every = f"is {short(values[0])} in every row" if len(values) > 1 else "has one row"
            raise InputError(f"{table.source}: '{clipped(name)}' {every} and cannot be scaled: leave it out, or scale by none")
        shift, scale = METHODS[method].fit(values)
        if not (math.isfinite(scale) and scale > 0):
            raise InputError(f"{table.source}: the range of '{clipped(name)}' is beyond 1.8e308: change its unit")
        pairs.append((shift, scale))
    return Scaling(method, chosen, tuple(shift for shift, _ in pairs), tuple(scale for _, scale in pairs))


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


def _mean_and_deviation(values: NDArray[Any]) -> tuple[float, float]:
    """The mean and the population standard deviation in two passes, on numbers brought to at most 1 by a power of two."""
    import numpy as np

    power = math.frexp(float(np.abs(values).max()))[1]
    small = np.ldexp(values, -power)
    mean = float(small.mean())
    away = small - mean
    mean += (correction := float(away.mean()))
    variance = float((away**2).mean()) - correction**2
    if variance <= 0 or variance < 1e-280:  # squares that vanish
        largest = float(np.abs(away).max())
        variance = float(((away / largest) ** 2).mean())
        return math.ldexp(mean, power), math.ldexp(largest * math.sqrt(variance), power)
    return math.ldexp(mean, power), math.ldexp(math.sqrt(variance), power)


def _least_and_range(values: NDArray[Any]) -> tuple[float, float]:
    least, greatest = float(values.min()), float(values.max())
    return least, greatest - least


@dataclass(frozen=True)
class Method:
    """A way to scale.

    Attributes:
        fit: values -> shift and scale.
        told: what the two numbers are, as the end of a sentence.
        description: one sentence.
    """

    fit: Callable[[NDArray[Any]], tuple[float, float]]
    told: str
    description: str


METHODS = {
    "z": Method(
        _mean_and_deviation,
        "its mean and its population standard deviation",
        "The mean becomes 0 and the population standard deviation (with 1/n) 1.",
    ),
    "minmax": Method(_least_and_range, "its least value and its range", "The least value becomes 0 and the greatest 1."),
    "none": Method(lambda values: (0.0, 1.0), "nothing", "The columns keep their units."),
}
"""Every way to scale columns."""
