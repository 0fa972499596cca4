"""A model of many columns as a fit with a formula, `price ~ w1*size + w2*age + b`: as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.data.table import Table
from steepest.errors import InputError, clipped
from steepest.language.notation import column_text
from steepest.objectives.fit import read_fit

if TYPE_CHECKING:
    from steepest.objectives.fit import FitObjective
    from steepest.objectives.many_columns.objective import ManyColumnsObjective

ROUNDING = 1e-12  # of columns whose scaling was undone, relative to the largest number


def written_out(objective: ManyColumnsObjective) -> FitObjective:
    """The same model, linear or logistic, with its weights in the order of the columns and the intercept behind them.

    Over the table of the file where it still has the same numbers, else over the columns of the model alone.

    Raises:
        InputError, FormulaError: for what no formula can have, such as more than 16 parameters.

    >>> from steepest.objectives.many_columns.reading import read_many_columns
    >>> found = written_out(read_many_columns("y ~ linear", {"size": [1, 2], "w": [3, 1], "y": [1, 2]}, "linear", None))
    >>> found.written, found.value([0.5, 0, 0])
    ('y(ww1,ww2,b) ~ ww1*size + ww2*w + b', 0.625)
    """
    columns = objective.columns
    if odd := next((name for name in (objective.target, *columns) if "`" in name), None):
        raise InputError(f"{objective.table.source}: no formula can name '{clipped(odd)}', for its backtick: rename the column")
    weight, intercept = (_free(letter, (*columns, objective.target)) for letter in "wb")
    weights = [f"{weight}{index + 1}" for index in range(len(columns))]
    score = " + ".join([*(f"{each}*{column_text(name)}" for each, name in zip(weights, columns, strict=True)), intercept])
    predicted = score if objective.predictor.name == "linear" else f"sigmoid({score})"
    model = f"{column_text(objective.target)}({', '.join([*weights, intercept])}) ~ {predicted}"
    about: dict[str, Any] = {
        "loss": objective.asked_loss, "scale": objective.scaling.method, "batch": objective.batch, "order": objective.order,
    }  # fmt: skip
    if objective.path:
        try:
            found = read_fit(model, objective.path, **about, one=objective.one, drop_missing=objective.drop_missing)
        except InputError:  # the file is another one by now, or gone
            pass
        else:
            if _is_same(found, objective):
                return found
    values = tuple(np.asarray(objective.unscaled[name]) for name in columns)
    table = Table((objective.target, *columns), (objective.observed, *values), objective.table.source)
    return read_fit(model, table, **about, one=None if objective.labels is None else objective.labels.codes[1])


def _free(letter: str, columns: tuple[str, ...]) -> str:
    """A beginning of names that no column has."""
    found = letter
    while any(name.startswith(found) for name in columns):
        found += letter
    return found


def _is_same(found: FitObjective, objective: ManyColumnsObjective) -> bool:
    """Whether a fit has the numbers of a model, but for the rounding of a scaling that was undone."""
    table = found.unscaled
    assert table is not None
    if table.rows != objective.table.rows or not np.array_equal(found.table[objective.target], objective.observed):
        return False
    return all(
        np.allclose(table[name], objective.unscaled[name], rtol=ROUNDING, atol=ROUNDING * float(np.abs(table[name]).max()))
        for name in objective.columns
    )
