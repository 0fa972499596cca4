"""The objective of a fit: the loss of a model's predictions over the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Self

from steepest.data.labels import Labels, with_labels
from steepest.data.losses import ANY, COUNTS, Loss, read_loss
from steepest.data.opening import AnyTable, open_table
from steepest.data.scaling import Scaling, fit_scaling, original
from steepest.data.table import Table, position
from steepest.errors import FormulaError, InputError, clipped
from steepest.language.expression import ZERO, Expression, column, postorder, reduction
from steepest.language.grammar import read_formula
from steepest.language.notation import plain
from steepest.language.tokens import natural
from steepest.objectives.constants import as_inputs, as_names, let_of, read_constants
from steepest.objectives.data import DataObjective, meanings_of, over_table, path_of, read_over
from steepest.objectives.gallery import Point
from steepest.objectives.model_text import as_definition, check_predictor, target_of
from steepest.objectives.units import Units, units_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.objectives.answer import Exact

NONE = Scaling("none", (), (), ())
NO_LOSS = read_loss("mse")


@dataclass(frozen=True)
class FitObjective(DataObjective):
    """A loss over the rows of a table, of a model that predicts one of its columns.

    Attributes:
        model: the prediction in one row, over the columns as they are scaled.
        named_model: the same with the names of constants.
        target: the column that is predicted.
        loss: of one row, and how the rows are put together.
        scaling: of the columns that the model names; the target keeps its units.
        labels: which value of the target is which class, where the loss asks for classes.
        unscaled: the table in its own units.
        asked_loss: the loss as it was asked for.
        one: the value of the target that was chosen to count as 1.
    """

    is_fit: ClassVar[bool] = True

    model: Expression = ZERO
    named_model: Expression = ZERO
    target: str = ""
    loss: Loss = NO_LOSS
    scaling: Scaling = NONE
    labels: Labels | None = None
    unscaled: AnyTable | None = None
    asked_loss: str = "mse"
    one: str | float | None = None

    @property
    def model_text(self) -> str:
        """The model in plain text."""
        return plain(self.model)

    @property
    def written(self) -> str:
        """The target and the model: `price ~ w*size + b`, or `price(w,b) ~ ...` where the order is not that of the names."""
        return self._predicting(self.model)

    @property
    def written_with_constants(self) -> str:
        """The same with the names of constants in place of their values: `price ~ k*w*size`."""
        return self._predicting(self.named_model)

    def _predicting(self, model: Expression) -> str:
        target = plain(column(self.target, self.table))
        ordered = tuple(sorted(self.names, key=natural)) == self.names
        return f"{target if ordered else f'{target}({chr(44).join(self.names)})'} ~ {plain(model)}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the model names, in the order in which they occur."""
        return tuple(dict.fromkeys(node.name for node in postorder(self.model) if node.operation == "column"))

    @property
    def notes(self) -> tuple[str, ...]:
        """What a user should know: how the table was read, its labels and its scaling."""
        notes = self.table.notes
        if self.batch is None:
            return notes
        return (*notes, *self.table.batch_notes(self.order), self.batches_told)

    @property
    def batches_told(self) -> str:
        """The size of the batches and of an epoch."""
        batches = self.batches(0)
        assert batches is not None
        return f"batches of {batches.sentence}"

    @cached_property
    def units(self) -> Units:
        """How the parameters change with the units of the columns."""
        return units_of(self.model, self.names, self.scaling)

    def in_original_units(self, position: Sequence[float]) -> dict[str, float] | None:
        """The parameters for the columns in the table's own units; None where the model has none."""
        found = self.units.original(position)
        return None if found is None else dict(zip(self.names, found, strict=True))

    @cached_property
    def exact(self) -> Exact:
        """The exact answer, sought from 0 where it has to be sought."""
        from steepest.objectives.exact.exact import exact_answer

        return exact_answer(self)

    @property
    def minima(self) -> tuple[Point, ...]:
        """The minimum, if there is certainly one and no other."""
        return self.exact.minima

    def scaled(self, method: str) -> FitObjective:
        """The same fit with its columns scaled in another way.

        Raises:
            InputError: for a column that cannot be scaled.
        """
        made = read_fit(
            self.written, self.unscaled, loss=self.asked_loss, scale=method, batch=self.batch, order=self.order, one=self.one
        )  # fmt: skip
        return replace(made, path=self.path, drop_missing=self.drop_missing, stream=self.stream)

    def _over(self, table: Table) -> Self:
        """The same over another table with the same columns, scaled already."""
        numbers = zip(self.scaling.names, self.scaling.shifts, self.scaling.scales, strict=True)
        back = {name: partial(original, shift=shift, scale=scale) for name, shift, scale in numbers}
        expression, model, named = (over_table(each, table) for each in (self.expression, self.model, self.named_model))
        opened = self._opened_over(table)
        return replace(
            self, expression=expression, opened=opened, table=table, model=model, named_model=named, unscaled=table.changed(back)
        )

    def predict(self, position: Sequence[float], table: Table | None = None) -> NDArray[np.float64]:
        """The predictions in every row: shape `(rows,)`.

        Args:
            position: the parameters, for the scaled columns.
            table: in original units; that of the fit if it is left out.

        Raises:
            InputError: for a table without a column of the model, or with missing numbers in one.
        """
        from steepest.objectives.prediction import predictions

        return predictions(self, position, self.table if table is None else self.scaling.apply(table.select(self.columns)))

    def residual_sum_of_squares(self, position: Sequence[float]) -> float:
        """The sum of the squared residuals over all rows."""
        from steepest.objectives.prediction import residual_sum_of_squares

        return residual_sum_of_squares(self, position)

    def residuals(self, position: Sequence[float]) -> NDArray[np.float64]:
        """Observed minus predicted in every row: shape `(rows,)`."""
        found: NDArray[np.float64] = self.table[self.target] - self.predict(position)
        return found


def read_fit(
    model: str,
    data: Any,
    *,
    loss: str = "mse",
    scale: str = "none",
    batch: int | None = None,
    order: str = "shuffle",
    let: Mapping[str, float] | None = None,
    drop_missing: bool = False,
    one: str | float | None = None,
    stream: bool | None = None,
) -> FitObjective:
    """The objective of a fit.

    Args:
        model: `price ~ w*size + b`: the column that is predicted, and a formula for it. `price(w, b) ~ ...` names the parameters
            and their order.
        data: what `steepest.data.opening.open_table` reads.
        loss: a name such as `mse`, or a formula in the observed `y` and the prediction `p`; its mean over the rows is minimized.
        scale: `z`, `minmax` or `none`: how the columns of the model are scaled.
        batch: the rows of one step; all of them if it is left out.
        order: in which batches take the rows: `shuffle`, `cyclic` or `replacement`.
        let: the values of constants.
        drop_missing: leave out the rows in which a number is missing.
        one: of a target with classes, the value that counts as 1.
        stream: whether a Parquet or Arrow file is read anew for each step; by its size if it is left out.

    Raises:
        FormulaError, InputError: for what cannot be read, in one line.

    >>> fitted = read_fit("y ~ w*x + b", {"x": [1, 2], "y": [300, 500]}, loss="mse/2")
    >>> fitted.text, fitted.value([0, 0])
    ('mean((y-(w*x+b))^2/2)', 85000.0)
    """
    text, chosen, constants, labels = as_definition(model), read_loss(loss), read_constants(let or {}), None
    whole = open_table(data, text, stream)
    try:
        target = target_of(text, model, whole)
        check_predictor(model, whole)
        position(whole, target)  # refuses a name that two columns have
        if chosen.labels not in (ANY, COUNTS):
            whole, labels = with_labels(whole, target, chosen.labels, one=one)
        table, formula = read_over(text, whole, constants, row=True, drop_missing=drop_missing, further=(target,))
        features = tuple(node.name for node in postorder(formula.expression) if node.operation == "column")
        if target in features:
            raise FormulaError(f"'{clipped(target)}' is on both sides: the model predicts it from other columns", text, 0)
        if chosen.labels == COUNTS and (row := _first_negative(table, target)) is not None:
            told = f"the loss {chosen.name} takes counts, and '{clipped(target)}' is negative in {table.place(row)}"
            raise InputError(f"{table.source}: {told}")
        scaling = fit_scaling(table, features, scale)
        scaled = scaling.apply(table)
        if scaled is table:
            scaled = replace(table)  # the formula's own: it lives as long as the objective
        formula = read_formula(text, meanings_of(scaled, scaled.names, constants), row=True)
        named = read_formula(text, meanings_of(scaled, scaled.names, as_names(constants)), row=True)
    except FormulaError as error:
        asked = "in front of '~' stands a column, perhaps with the parameters, such as y(w, b)"
        misplaced = model[error.position :].startswith("~") and bool(model[: error.position].strip()) and "=" not in model
        raise FormulaError(asked if misplaced else error.reason, model, error.position) from None

    def loss_of(predicted: Expression) -> Expression:
        return reduction(chosen.reduction, chosen.of_row(column(target, scaled), predicted), scaled)

    opened, values = as_inputs(loss_of(named.expression), constants)
    made = FitObjective(
        loss_of(formula.expression), formula.names, opened=opened, constants=values, table=scaled, batch=batch, order=order,
        model=formula.expression, named_model=named.expression, target=target, loss=chosen, scaling=scaling, labels=labels,
        unscaled=table, path=path_of(data), drop_missing=drop_missing, asked_loss=loss, one=one, stream=stream,
        let=let_of(named.expression, constants),
    )  # fmt: skip
    if made.batches(0) is not None:  # which refuses what is no batch
        scaled.check_batches(order)
    return made


def _first_negative(table: AnyTable, name: str) -> int | None:
    """The first row with a negative number in a column; None if there is none."""
    above = 0
    for rows, found in table.by_chunk(_negative, [name]):
        if found is not None:
            return above + found
        above += rows
    return None


def _negative(columns: Sequence[NDArray[np.float64]]) -> tuple[int, int | None]:
    """The number of rows, and the first one with a negative number."""
    (values,) = columns
    return len(values), int((values < 0).argmax()) if values.min() < 0 else None
