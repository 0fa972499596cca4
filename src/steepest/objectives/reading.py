"""Reads the text of a model over a table: a formula, or one of many columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError
from steepest.objectives.fit import FitObjective, read_fit
from steepest.objectives.model_text import of_columns

if TYPE_CHECKING:
    from steepest.objectives.many_columns.objective import ManyColumnsObjective


def read_model(
    model: str, data: Any, *, loss: str | None = None, let: Mapping[str, float] | None = None, **settings: Any
) -> FitObjective | ManyColumnsObjective:
    """The objective of a fit.

    Args:
        model: `price ~ w*size + b`: the column that is predicted, and a formula for it; or `price ~ linear`, `linear(size, age)`,
            and so `logistic` and `softmax`: a weight for every other column of numbers, or for those that are named.
        data: what `steepest.data.reading.read_table` reads.
        loss: of one row; if it is left out `mse`, and `log` for logistic and softmax.
        let, settings: as of `steepest.objectives.fit.read_fit`.

    Raises:
        FormulaError, InputError: for what cannot be read, in one line.

    >>> read_model("y ~ linear", {"x": [1, 2], "z": [2, 0], "y": [300, 500]}).text
    'mean((y-p)^2) of y ~ linear'
    """
    found = of_columns(model)
    if found is None:
        return read_fit(model, data, loss=loss or "mse", let=let, **settings)
    from steepest.objectives.many_columns.reading import read_many_columns

    if let:
        raise InputError(f"{found[0]} has no constants: leave out {next(iter(let))}")
    return read_many_columns(model, data, *found, loss=loss, **settings)
