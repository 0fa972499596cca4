"""Linear least squares by QR, to the last digits: block after block of rows, so that Q is never kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steepest.data.files.cells import listed
from steepest.data.opening import AnyTable
from steepest.language.expression import Expression
from steepest.language.rows import BLOCK
from steepest.objectives.prediction import reduced
from steepest.tape.row_lowering import row_tape
from steepest.targets.rows.values import RowValues

if TYPE_CHECKING:
    from steepest.objectives.fit import FitObjective

Array = NDArray[np.float64]
Values = Callable[[Sequence[Array]], Array]
Solved = tuple[tuple[float, ...] | None, str]
AT_ONCE = 16 * BLOCK  # rows whose residuals are taken at once
MOST_NAMED = 8  # parameters that a sentence names
LARGEST_POWER = 1023  # of two that is finite
PERFECT = 1e-13  # residuals next to the observed numbers that are rounding


def least_squares(objective: FitObjective, rest: Expression, factors: Sequence[Expression]) -> Solved:
    """The parameters of a fit whose model is `rest` and the sum of parameters times `factors`; see `solved`."""
    names = (*objective.columns, objective.target)
    return solved(objective.table, names, values_in_rows(objective, [*factors, rest]), objective.names)


def solved(table: AnyTable, names: Sequence[str], values: Values, labels: Sequence[str]) -> Solved:
    """The parameters with the least sum of squares, or None, and how they were found, or why there are none.

    Householder QR with a step of refinement (Björck, Numerical Methods for Least Squares Problems, 1996, sections 2.4 and 2.9).
    The triangles of blocks of rows are put together one after another (Demmel, Grigori, Hoemmen and Langou, SIAM J. Sci. Comput.
    34(1), 2012), so the answer is the same however the rows come.

    Args:
        table, names: the columns, the last one that of the observed numbers.
        values: makes of these columns, in some rows, the factors of the parameters and, behind them, the part without any.
        labels: the parameters' names, for sentences.
    """
    passes = _Passes(table, names, values)
    sizes, size, finite = passes.sizes()
    if not finite:
        return None, "none: the model has no finite value in every row"
    zero = [name for name, each in zip(labels, sizes, strict=True) if not each]
    if zero:
        return None, f"none: every value of {listed(zero, MOST_NAMED)} gives the same predictions"
    scales = np.ldexp(1.0, np.minimum(np.frexp(sizes)[1], LARGEST_POWER))
    size = size or 1.0
    triangle, turned = passes.solved_form(scales, size)
    spread, directions = np.linalg.svd(triangle)[1:]
    rows, count = table.rows, len(sizes)
    if rows < count or spread[-1] <= spread[0] * np.finfo(float).eps * max(rows, count):
        mixed = np.abs(directions[-1]) > 1e-6 * np.abs(directions[-1]).max()
        together = [name for name, part in zip(labels, mixed, strict=True) if part]
        return None, f"none: {listed(together, MOST_NAMED)} cannot be told apart by these rows, so many answers are equal"
    found: Array = np.asarray(np.linalg.solve(triangle, turned), dtype=float)
    found += np.linalg.solve(triangle, passes.solved_form(scales, size, found)[1])
    position = tuple(map(float, found * size / scales))
    if not all(map(math.isfinite, position)):
        return None, "none: the numbers of the answer are beyond 1.8e308"
    perfect = passes.largest_residual(scales, size, found) <= PERFECT
    return position, "least squares by QR" + ("; the model fits every row, up to rounding" if perfect else "")


def values_in_rows(objective: FitObjective, parts: Sequence[Expression]) -> RowValues:
    """What gives expressions without parameters in every row; its columns are those of the model, followed by the target."""
    columns = objective.columns
    return RowValues(tuple(row_tape(reduced(part), (), columns) for part in parts), (), len(columns))


class _Passes:
    """Passes over the rows."""

    def __init__(self, table: AnyTable, names: Sequence[str], values: Values) -> None:
        self.table, self.names, self.values = table, names, values

    def sizes(self) -> tuple[Array, float, bool]:
        """The largest absolute value of each factor, that of what they are to give, and whether everything is finite."""
        sizes = np.max(list(self.table.by_chunk(_Sizes(self.values), self.names)), axis=0)
        return sizes[:-1], float(sizes[-1]), bool(np.isfinite(sizes).all())

    def solved_form(self, scales: Array, size: float, found: Array | None = None) -> tuple[Array, Array]:
        """R of the QR factorization of X, and Q'y, or Q' times the residuals of an answer."""
        count = len(scales)
        triangle: Array = np.zeros((0, count + 1))
        for blocks in self.table.by_chunk(_Triangles(_Scaled(self.values, scales, size), found), self.names):
            for block in blocks:
                triangle = np.asarray(np.linalg.qr(np.vstack([triangle, block]), mode="r"))
        triangle = np.vstack([triangle, np.zeros((max(count - len(triangle), 0), count + 1))])
        return triangle[:count, :count], triangle[:count, count]

    def largest_residual(self, scales: Array, size: float, found: Array) -> float:
        """The largest absolute residual of an answer."""
        return max(map(float, self.table.by_chunk(_LargestResidual(_Scaled(self.values, scales, size), found), self.names)))


@dataclass(frozen=True)
class _Sizes:
    """The largest absolute values of a chunk's columns of X and of y; infinite where one is not finite."""

    values: Values

    def __call__(self, columns: Sequence[Array]) -> Array:
        matrix = self.values(columns)
        with np.errstate(all="ignore"):
            matrix[:, -1] = columns[-1] - matrix[:, -1]
        sizes: Array = np.abs(matrix).max(axis=0)
        return np.where(np.isnan(sizes), np.inf, sizes)


class _Block(NamedTuple):
    """Rows of X and y."""

    matrix: Array
    target: Array


@dataclass(frozen=True)
class _Scaled:
    """X and y of a chunk, divided by numbers that bring them to about 1."""

    values: Values
    scales: Array
    size: float

    def __call__(self, columns: Sequence[Array]) -> _Block:
        values = self.values(columns)
        return _Block(values[:, :-1] / self.scales, (columns[-1] - values[:, -1]) / self.size)


@dataclass(frozen=True)
class _Triangles:
    """The triangles of [X y] of each block of a chunk, or of [X residuals]."""

    scaled: _Scaled
    found: Array | None

    def __call__(self, columns: Sequence[Array]) -> list[Array]:
        triangles: list[Array] = []
        for begin in range(0, len(columns[0]), AT_ONCE):
            matrix, target = self.scaled([values[begin : begin + AT_ONCE] for values in columns])
            right = target if self.found is None else _residuals(matrix, target, self.found)
            both = np.column_stack([matrix, right])
            triangles += [np.asarray(np.linalg.qr(both[first : first + BLOCK], mode="r")) for first in range(0, len(both), BLOCK)]
        return triangles


@dataclass(frozen=True)
class _LargestResidual:
    """The largest absolute residual of a chunk."""

    scaled: _Scaled
    found: Array

    def __call__(self, columns: Sequence[Array]) -> float:
        largest = 0.0
        for begin in range(0, len(columns[0]), AT_ONCE):
            matrix, target = self.scaled([values[begin : begin + AT_ONCE] for values in columns])
            largest = max(largest, float(np.abs(_residuals(matrix, target, self.found)).max()))
        return largest


def _residuals(matrix: Array, target: Array, found: Array) -> Array:
    """Observed minus predicted, in more digits than they are kept with."""
    return (target - matrix.astype(np.longdouble) @ found.astype(np.longdouble)).astype(float)
