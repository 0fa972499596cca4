"""A model of many columns: a weight for each and an intercept, with a vector of parameters in place of a formula."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from steepest.data.batches import Batches
from steepest.data.labels import Labels
from steepest.data.losses import Loss
from steepest.data.scaling import Scaling, fit_scaling, original
from steepest.data.table import Table
from steepest.errors import InputError
from steepest.language.notation import column_text
from steepest.language.rows import reduced_rows
from steepest.objectives.array import ArrayObjective
from steepest.objectives.data import default_rate
from steepest.objectives.formula import DEFAULT_LR
from steepest.objectives.gallery import Point
from steepest.objectives.many_columns.predictors import Predictor
from steepest.objectives.spectrum import Product, spectrum_ends
from steepest.objectives.units import WeightUnits
from steepest.targets.rows.drawn_batches import DrawnBatches

if TYPE_CHECKING:
    from steepest.objectives.answer import Exact

Array = NDArray[np.float64]
Scored = tuple[NDArray[np.int64] | None, bytes, tuple[Array, Array, Array]]  # rows, position, and what was found there
MOST_DENSE = 300  # parameters whose whole Hessian is made
MOST_PRODUCTS, PRECISION = 400, 1e-6  # of Lanczos' method, for more
AT_ONCE = 16_384  # rows that are weighted at once
MOST_NAMED = 8  # columns that a text names


@dataclass(frozen=True, eq=False)
class ManyColumnsObjective(ArrayObjective):
    """The mean loss of a linear, logistic or softmax model; see `steepest.objectives.objective.Objective`.

    The scores are z = X w + b, or z = X W + b with a column of W for each class. Positions are the weights in the order of the
    columns, the intercept behind them, for softmax class after class.

    Attributes:
        predictor: what is predicted from the scores, and the loss of a row.
        target: the column that is predicted.
        columns: those with a weight, in order.
        named: whether the columns were named; else they are all that the table has.
        matrix: the columns as they are scaled, and one of ones: shape `(rows, columns + 1)`.
        table: the target, a number in every row.
        loss, scaling, labels, batch, order, path, drop_missing, asked_loss, one: see `steepest.objectives.fit.FitObjective`.
        classes: of softmax, the values of the target; class k is the number k.
        told: which columns are left out, and how the others are scaled.
    """

    is_fit: ClassVar[bool] = True
    method: ClassVar[str] = "exact"
    stream: ClassVar[None] = None

    predictor: Predictor
    target: str
    columns: tuple[str, ...]
    named: bool
    matrix: Array
    table: Table
    loss: Loss
    scaling: Scaling
    labels: Labels | None = None
    classes: tuple[str, ...] = ()
    batch: int | None = None
    order: str = "shuffle"
    path: str = ""
    drop_missing: bool = False
    asked_loss: str = "mse"
    one: str | float | None = None
    told: tuple[str, ...] = ()
    _last: dict[str, Scored] = field(default_factory=dict, repr=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The parameters: the columns' names and `intercept`; for softmax `class:column`."""
        intercept = "intercept" if "intercept" not in self.columns else "(intercept)"
        every = (*self.columns, intercept)
        return tuple(f"{each}:{name}" for each in self.classes for name in every) if self.classes else every

    @property
    def model_text(self) -> str:
        """The model as it is written: `linear(size, age)`, or `linear` for all columns."""
        return f"{self.predictor.name}({', '.join(map(column_text, self.columns))})" if self.named else self.predictor.name

    @property
    def written(self) -> str:
        """The target and the model: `price ~ linear(size, age)`."""
        return f"{column_text(self.target)} ~ {self.model_text}"

    written_with_constants = written  # of which it has none

    @property
    def text(self) -> str:
        """The loss and the model."""
        model = self.model_text
        if self.named and len(self.columns) > MOST_NAMED:
            shown = ", ".join(map(column_text, self.columns[:MOST_NAMED]))
            model = f"{self.predictor.name}({shown}, {len(self.columns) - MOST_NAMED:,} more)"
        return f"{self.predictor.text} of {column_text(self.target)} ~ {model}"

    title = definition = text

    @property
    def notes(self) -> tuple[str, ...]:
        """How the table was read, which columns have a weight, labels, scaling, batches."""
        batches = self.batches(0)
        return (*self.table.notes, *self.told, *([f"batches of {batches.sentence}"] if batches else []))

    def batches(self, seed: int) -> Batches | None:
        """The rows of each step; None for all of them."""
        return None if self.batch is None else Batches(len(self.matrix), self.batch, self.order, seed)

    @cached_property
    def hyperparameters(self) -> Mapping[str, float]:
        """A learning rate for plain gradient descent, see `steepest.objectives.data.default_rate`; for `f_star` 0 is taken."""
        return {"lr": DEFAULT_LR if self.curvature is None else default_rate(self.curvature), "f_star": 0.0}

    @cached_property
    def curvature(self) -> float | None:
        """The largest curvature at 0 over all rows, for many parameters to 1e-6; None if it is not positive and finite."""
        at = np.zeros(len(self.names))
        if len(at) > MOST_DENSE:
            ends, _ = spectrum_ends(self.hessian_product(at), len(at), most=MOST_PRODUCTS, precision=PRECISION, largest=True)
            largest = float(ends[1])
        else:
            found = self.curvatures(at)
            largest = math.nan if found is None else found[-1]
        return largest if 0 < largest < math.inf else None

    def curvatures(self, position: Sequence[float] | Array) -> list[float] | None:
        """The eigenvalues of the Hessian over all rows, the least first; None if not finite, or of more than 300 parameters."""
        if len(self.names) > MOST_DENSE:
            return None
        matrix = self.hessian(position)
        return np.linalg.eigvalsh(matrix).tolist() if np.isfinite(matrix).all() else None

    @property
    def is_quadratic(self) -> bool:
        """Whether the Hessian is the same everywhere."""
        return self.predictor.is_quadratic

    def value(self, position: Array, rows: NDArray[np.int64] | None = None) -> float:
        """The mean loss at a position over some rows; over all of them if they are left out."""
        observed, scores, _ = self._scored(position, rows)
        with np.errstate(all="ignore"):
            return float(self.predictor.losses(observed, scores).mean())

    def gradient(self, position: Array, rows: NDArray[np.int64] | None = None) -> Array:
        """The exact gradient X'L'(z)/rows at a position, with the derivative L' of a row's loss by its scores; see `value`."""
        observed, scores, matrix = self._scored(position, rows)
        with np.errstate(all="ignore"):
            return self._joined(matrix, self.predictor.slopes(observed, scores))

    def by_step(self, batches: Batches | None) -> tuple[Callable[[Array, int], float], Callable[[Array, int], Array]]:
        """The value and the gradient as functions of a position and of the step, from 1, over the rows of whose batch they are."""
        if batches is None:
            return lambda position, _: self.value(position), lambda position, _: self.gradient(position)
        drawn = DrawnBatches(batches)
        return (
            lambda position, step: self.value(position, drawn.at(step)),
            lambda position, step: self.gradient(position, drawn.at(step)),
        )

    def hessian_product(self, position: Array) -> Product:
        """The product of the exact Hessian X'L''X/rows at a position, over all rows, with a vector."""
        observed, scores, matrix = self._scored(position, None)
        shape, bend = (self.predictor.outputs, -1), self.predictor.bend(observed, scores)

        def times(vector: Array) -> Array:
            with np.errstate(all="ignore"):
                return self._joined(matrix, bend(matrix @ vector.reshape(shape).T))

        return times

    def hessian(self, position: Sequence[float] | Array) -> Array:
        """The exact Hessian at a position over all rows."""
        at, count = np.asarray(position, dtype=float), len(self.names)
        if self.predictor.outputs > 1:
            times = self.hessian_product(at)
            found = np.stack([times(unit) for unit in np.eye(count)], axis=1)
        else:
            observed, scores, matrix = self._scored(at, None)
            found = np.zeros((count, count))
            with np.errstate(all="ignore"):
                for first in range(0, len(matrix), AT_ONCE):
                    some = slice(first, first + AT_ONCE)
                    found += matrix[some].T @ self.predictor.bend(observed[some], scores[some])(matrix[some])
                found /= len(matrix)
        return np.asarray((found + found.T) / 2)

    def predict(self, position: Sequence[float], table: Table | None = None) -> Array:
        """The predictions in every row: shape `(rows,)`; for softmax a probability for each class, `(rows, classes)`.

        Args:
            position: the parameters, for the scaled columns.
            table: in original units; that of the fit if it is left out.

        Raises:
            InputError: for a table without a column of the model, or with missing numbers in one.
        """
        matrix = self.matrix if table is None else design(self.scaling.apply(table.select(self.columns)), self.columns)
        weights = np.reshape(np.asarray(position, dtype=float), (self.predictor.outputs, -1))
        with np.errstate(all="ignore"):
            return self.predictor.predictions(matrix @ weights.T)

    def residual_sum_of_squares(self, position: Sequence[float]) -> float:
        """The sum of the squared residuals over all rows."""
        with np.errstate(over="ignore"):
            return reduced_rows("sum", (self.residuals(position) ** 2).tolist())

    def residuals(self, position: Sequence[float]) -> Array:
        """Observed minus predicted in every row: shape `(rows,)`.

        Raises:
            InputError: for softmax, which predicts a probability for each class.
        """
        if self.classes:
            raise InputError("softmax predicts a probability for each class, and has no residuals")
        return np.asarray(self.observed - self.predict(position))

    @property
    def observed(self) -> Array:
        """The target: shape `(rows,)`."""
        return self.table[self.target]

    @property
    def drawn(self) -> ManyColumnsObjective:
        """The same over rows that are in memory, for pictures: itself."""
        return self

    @cached_property
    def unscaled(self) -> Table:
        """The columns in the table's own units."""
        columns = [
            original(self.matrix[:, index], shift, scale) if self.scaling.method != "none" else self.matrix[:, index]
            for index, (shift, scale) in enumerate(zip(self.scaling.shifts, self.scaling.scales, strict=True))
        ]
        return Table(self.columns, tuple(columns), self.table.source)

    @cached_property
    def units(self) -> WeightUnits:
        """How the parameters change with the units of the columns."""
        return WeightUnits(self.scaling, self.predictor.outputs)

    def in_original_units(self, position: Sequence[float]) -> dict[str, float]:
        """The parameters for the columns in the table's own units."""
        return dict(zip(self.names, self.units.original(position), strict=True))

    @cached_property
    def exact(self) -> Exact:
        """The exact answer."""
        from steepest.objectives.many_columns.exact import exact_answer

        return exact_answer(self)

    @property
    def minima(self) -> tuple[Point, ...]:
        """The minimum, if there is certainly one and no other."""
        return self.exact.minima

    def scaled(self, method: str) -> ManyColumnsObjective:
        """The same fit with its columns scaled in another way.

        Raises:
            InputError: for a column that cannot be scaled.
        """
        scaling = fit_scaling(self.unscaled, self.columns, method)
        told = tuple(note for note in self.told if note not in told_scaling(self.scaling))
        matrix = design(scaling.apply(self.unscaled), self.columns)
        return replace(self, scaling=scaling, matrix=matrix, told=(*told, *told_scaling(scaling)), _last={})

    def _scored(self, position: Array, rows: NDArray[np.int64] | None) -> tuple[Array, Array, Array]:
        """The observed numbers, the scores and the columns of some rows; those of the last call are kept."""
        kept = self._last.get("kept")
        if kept is None or kept[0] is not rows or kept[1] != position.tobytes():
            matrix, observed = self.matrix, self.observed
            if rows is not None:
                matrix, observed = matrix[rows], observed[rows]
            with np.errstate(all="ignore"):
                scores = matrix @ position.reshape(self.predictor.outputs, -1).T
            kept = self._last["kept"] = (rows, position.tobytes(), (observed, scores, matrix))
        return kept[2]

    def _joined(self, matrix: Array, of_scores: Array) -> Array:
        """X'v/rows, in the order of the parameters."""
        return np.asarray((of_scores.T @ matrix / len(matrix)).reshape(-1))


def told_scaling(scaling: Scaling) -> tuple[str, ...]:
    """The sentence about a scaling, if there is one."""
    return () if scaling.method == "none" else (scaling.sentence,)


def design(table: Table, columns: Sequence[str]) -> Array:
    """The columns and one of ones: shape `(rows, columns + 1)`."""
    found = np.ones((table.rows, len(columns) + 1))
    for index, name in enumerate(columns):
        found[:, index] = table[name]
    return found
