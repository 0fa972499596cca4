"""Tables in the page's state: what is fitted, and how, as plain data for JSON, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError
from steepest.lab.state import MOST_COLUMNS, MOST_PARAMETERS, MOST_ROWS
from steepest.language.notation import column_text
from steepest.objectives.formula import FormulaObjective
from steepest.objectives.many_columns.objective import ManyColumnsObjective
from steepest.objectives.many_columns.written_out import written_out
from steepest.objectives.model_text import is_model
from steepest.objectives.objective import Objective

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.data.table import Table
    from steepest.objectives.data import DataObjective

INSTEAD = "a picture, a film or a record can be saved"


def state_objective(state: Mapping[str, Any], usual: str = "parabola") -> FormulaObjective:
    """The objective of a page's state: a formula, or over the state's table a fit or a formula over its rows.

    Args:
        state: checked by `steepest.lab.state.check_state`.
        usual: the objective of a state that has none.

    Raises:
        FormulaError, InputError: for a text that cannot be read, or does not go with the table.

    >>> table = {"name": "points", "names": ["x", "y"], "columns": [[1, 2], [2, 4]]}
    >>> state_objective({"objective": "y ~ w*x", "data": {"table": table}}).value([1.0])
    2.5
    """
    from steepest.objectives.data import objective

    text, data, let = state.get("objective", usual), state.get("data"), state.get("let") or {}
    if data is None:
        return objective(text, let=let)
    if data.get("table") is None:
        raise InputError("this state has no table in it: give the page's file, or fit the table again")
    from steepest.objectives.fit import read_fit

    table = _table_of(data["table"])
    drop = bool(data.get("dropMissing"))
    if not is_model(text):
        return objective(text, table, let=let, drop_missing=drop)
    return read_fit(
        text, table, loss=data.get("loss", "mse"), scale=data.get("scale", "none"), batch=data.get("batch"),
        order=data.get("order", "shuffle"), one=data.get("one"), let=let, drop_missing=drop,
    )  # fmt: skip


def data_of(objective: Objective) -> dict[str, Any] | None:
    """What the page is given of an objective's table; None for an objective without one.

    Raises:
        InputError: for what the page cannot show; see `check_shown`.

    >>> from steepest.objectives.fit import read_fit
    >>> made = data_of(read_fit("y ~ w*x", {"x": [1, 2], "y": [2, 4]}, scale="z"))
    >>> made["table"]["names"], made["table"]["columns"], made["scale"]
    (['y', 'x'], [[2.0, 4.0], [1.0, 2.0]], 'z')
    """
    check_shown(objective)
    if not _is_over_data(objective):
        return None
    over: DataObjective = objective  # type: ignore[assignment]
    table: Any = getattr(over, "unscaled", None) or over.table
    table, path = _whole_table(over, table)
    made: dict[str, Any] = {
        "table": _table_data(table, path), "loss": "mse", "scale": "none", "batch": over.batch, "order": over.order,
        "one": None, "dropMissing": over.drop_missing,
    }  # fmt: skip
    if over.is_fit:
        fit: Any = over
        made |= {"loss": fit.asked_loss, "scale": fit.scaling.method, "one": fit.one if table is not fit.unscaled else None}
    return made


def shown(objective: Objective) -> Objective:
    """The objective as the page shows it: a model of many columns is written out as a formula.

    Raises:
        InputError: for what the page cannot show; see `check_shown`.
    """
    check_shown(objective)
    return written_out(objective) if isinstance(objective, ManyColumnsObjective) else objective


def check_shown(objective: Objective) -> None:
    """Refuse an objective that the page cannot show.

    Raises:
        InputError: for a Python function, which only Python can call, softmax, a model of more than 16 parameters, and a table
            that is not in memory or has too many rows.
    """
    if isinstance(objective, ManyColumnsObjective):
        if objective.classes:
            raise InputError(f"the page does not show softmax, which has weights for every class: {INSTEAD}")
        if len(objective.names) > MOST_PARAMETERS:
            ways = (
                f"name some of the columns, such as {objective.predictor.name}({column_text(objective.columns[0])}), or {INSTEAD}"
            )
            raise InputError(f"the page shows at most {MOST_PARAMETERS} parameters, and there are {len(objective.names):,}: {ways}")
        _check_rows(objective.table)
        return
    if objective.expression is None:
        raise InputError(f"the page shows formulas, and this objective is a Python function: {INSTEAD}")
    if not _is_over_data(objective):
        return
    _check_rows(objective.table)  # type: ignore[attr-defined]


def _check_rows(table: Any) -> None:
    """Refuse a table that the page cannot hold."""
    if not table.in_memory:
        raise InputError(f"the page keeps all rows in itself, and {table.source} is streamed: {INSTEAD}")
    if table.rows > MOST_ROWS:
        raise InputError(f"the page takes at most {MOST_ROWS:,} rows, and {table.source} has {table.rows:,}: {INSTEAD}")


def _whole_table(over: DataObjective, table: Table) -> tuple[Table, str]:
    """The table of the file with the columns that another model may name, and the file; those of the run alone, and no file, where
    the file has other numbers by now, or is gone."""
    import numpy as np

    from steepest.data.reading import read_table

    if not over.path:
        return table, ""
    labels = getattr(over, "labels", None)
    numbers = [each for each in table.names if labels is None or each != labels.name]  # the classes are codes in the run
    try:
        whole = read_table(over.path)
        now = whole.select(numbers, drop_missing=over.drop_missing)
    except InputError:
        return table, ""
    if now.rows != table.rows or not all(np.array_equal(now[each], table[each]) for each in numbers):
        return table, ""
    return whole if whole.rows <= MOST_ROWS and len(whole.names) <= MOST_COLUMNS else table, over.path


def _is_over_data(objective: Objective) -> bool:
    return objective.expression is not None and objective.expression.source is not None


def _table_of(data: Mapping[str, Any]) -> Table:
    """The table of plain data; None stands for a missing number."""
    from dataclasses import replace

    from steepest.data.arrays import read_columns

    columns = {
        str(index): ["" if each is None else each for each in values] if _is_text(values) else values
        for index, values in enumerate(data["columns"])
    }
    return replace(read_columns(columns), names=tuple(data["names"]), source=data["name"], lines=data.get("lines"))


def _is_text(values: list[Any]) -> bool:
    return any(isinstance(each, str) for each in values)


def _table_data(table: Table, path: str) -> dict[str, Any]:
    """The table as plain data, without columns that are called alike, or have an infinite number.

    With it come the line of each row, where it was read from a text file, and what a command calls the file, without the folder,
    which is nobody else's business. The names are a list, as JavaScript has an order of its own for names that are whole numbers.
    """
    shown = {name: _plain(values) for name, values in zip(table.names, table.columns, strict=True) if table.names.count(name) == 1}
    columns = {name: values for name, values in shown.items() if math.inf not in values}
    file = PurePath(path).name
    made: dict[str, Any] = {"name": file if table.source == path else table.source}
    if path:
        made["path"] = file
    if table.lines is not None:
        made["lines"] = [int(line) for line in table.lines]
    return made | {"names": list(columns), "columns": list(columns.values())}


def _plain(values: NDArray[Any]) -> list[Any]:
    """Numbers, None where one is missing, or texts; an infinite one of either sign is `inf`."""
    if values.dtype.kind != "f":
        return [str(each) for each in values]
    return [None if each != each else abs(each) if math.isinf(each) else each for each in values.tolist()]
