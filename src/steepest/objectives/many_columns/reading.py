"""Reads a model of many columns, such as `price ~ linear(size, age)`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from steepest.data.files.cells import listed
from steepest.data.labels import Labels, with_labels
from steepest.data.losses import ANY, COUNTS, Loss, read_loss
from steepest.data.opening import open_table
from steepest.data.scaling import fit_scaling
from steepest.data.table import Table, is_numeric, missing_text
from steepest.errors import FormulaError, InputError, clipped, counted
from steepest.language.notation import number_text
from steepest.objectives.data import path_of
from steepest.objectives.many_columns.objective import ManyColumnsObjective, design, told_scaling
from steepest.objectives.many_columns.predictors import Predictor, Softmax, one_score
from steepest.objectives.model_text import as_definition, default_loss, target_of, tilde

MOST_TOLD = 5  # columns that a note names
MOST_CLASSES = 1_000


def read_many_columns(
    model: str,
    data: Any,
    word: str,
    named: list[tuple[str, int]] | None,
    *,
    loss: str | None = None,
    scale: str = "none",
    batch: int | None = None,
    order: str = "shuffle",
    drop_missing: bool = False,
    one: str | float | None = None,
    stream: bool | None = None,
) -> ManyColumnsObjective:
    """The objective of a model of many columns.

    Args:
        model: the text, for error messages.
        data, scale, batch, order, drop_missing, one: as of `steepest.objectives.fit.read_fit`.
        word: `linear`, `logistic` or `softmax`.
        named: the columns, each with its place in the text; None for every other column of numbers.
        loss: of one row; `mse` for linear and `log` for the others, if it is left out.
        stream: refused: all rows are read into memory.

    Raises:
        FormulaError, InputError: for what cannot be read, in one line.

    >>> fitted = read_many_columns("y ~ linear", {"a": [1, 2], "b": [3, 3], "y": [1, 2]}, "linear", None)
    >>> fitted.names, fitted.value(np.array([1.0, 0.0])), fitted.told
    (('a', 'intercept'), 0.0, ('left out: b (3 in every row)',))
    """
    if stream:
        raise InputError(f"{word} takes all rows at once, and they cannot be streamed: leave stream out, or write a formula")
    table = _in_memory(data, model)
    if not table.rows:
        raise InputError(f"{table.source} has no rows")
    if named is None and word in table:
        reason = f"'{word}' is a column and a model: write `{word}` for the column, or {word}(...) with columns"
        raise FormulaError(reason, model, model.index(word, tilde(model)))
    target = target_of(as_definition(model), model, table)
    head = model[: tilde(model)].strip()
    if head.endswith(")"):
        raise FormulaError(f"{word} has a weight for each column: write {clipped(target)} ~ {word}", model, model.index("("))
    table[target]  # refuses a name that two columns have
    chosen, asked = _read_loss(word, loss)
    labels: Labels | None = None
    classes: tuple[str, ...] = ()
    if word == "softmax":
        if one is not None:
            raise InputError("softmax has a probability for every class: leave --one out, or take logistic")
        table, classes = _with_classes(table, target)
    elif chosen.labels not in (ANY, COUNTS):
        table, labels = with_labels(table, target, chosen.labels, one=one)
    columns, left_out = _all_columns(table, target) if named is None else (_named_columns(model, table, target, named), ())
    picked = table.select([target, *columns], drop_missing=drop_missing)
    if named is None and picked.rows < table.rows:
        constant = [name for name in columns if picked[name].min() == picked[name].max()]
        columns = tuple(name for name in columns if name not in constant)
        left_out += _as_constant(picked, constant)
    if not columns:
        raise InputError(f"{table.source} has no column of numbers beside {clipped(target)} that differs from row to row")
    scaling = fit_scaling(picked, columns, scale)
    made = ManyColumnsObjective(
        _predictor(word, chosen, classes), target, columns, named is not None, design(scaling.apply(picked), columns),
        replace(picked, names=(target,), columns=(picked[target],)), chosen, scaling, labels, classes, batch, order,
        path_of(data), drop_missing, asked, one,
        told=(*([f"left out: {listed(left_out, MOST_TOLD)}"] if left_out else []), *told_scaling(scaling)),
    )  # fmt: skip
    made.batches(0)  # refuses what is no batch
    if len(set(made.names)) < len(made.names):
        twice = next(name for name in made.names if made.names.count(name) > 1)
        raise InputError(f"{table.source}: two parameters would be called '{clipped(twice)}': rename a column")
    return made


def _in_memory(data: Any, model: str) -> Table:
    """The table, all of it."""
    found = open_table(data, model, stream=False)
    assert isinstance(found, Table)
    return found


def _read_loss(word: str, loss: str | None) -> tuple[Loss, str]:
    """The loss, and the name by which it was asked for."""
    asked = loss or default_loss(word)
    if word == "softmax" and asked != "log":
        raise InputError("softmax minimizes cross-entropy and takes no other loss: leave --loss out")
    return read_loss(asked), asked


def _predictor(word: str, loss: Loss, classes: tuple[str, ...]) -> Predictor:
    return Softmax(len(classes)) if word == "softmax" else one_score(word, loss)


def _named_columns(model: str, table: Table, target: str, named: list[tuple[str, int]]) -> tuple[str, ...]:
    """The columns that were named.

    Raises:
        FormulaError: for one that is none, that is the target, or that is named twice.
    """
    seen: list[str] = []
    for name, place in named:
        try:
            values = table[name]
        except InputError as error:
            raise FormulaError(str(error), model, place) from None
        if name == target:
            raise FormulaError(f"'{clipped(target)}' is on both sides: the model predicts it from other columns", model, place)
        if name in seen:
            raise FormulaError(f"'{clipped(name)}' is named twice", model, place)
        if not is_numeric(values):
            raise FormulaError(f"'{clipped(name)}' holds text, and a weight needs numbers: leave it out", model, place)
        seen.append(name)
    return tuple(seen)


def _all_columns(table: Table, target: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every other column that can have a weight, and the others, with why they cannot.

    Raises:
        InputError: for two columns of one name.
    """
    found: list[str] = []
    texts: list[str] = []
    constant: list[str] = []
    for name, values in zip(table.names, table.columns, strict=True):
        if name == target:
            continue
        if not is_numeric(values):
            texts.append(name)
        elif np.nanmin(values, initial=np.inf) == np.nanmax(values, initial=-np.inf):
            constant.append(name)
        else:
            found.append(name)
    if len(set(found)) < len(found):
        table[next(name for name in found if found.count(name) > 1)]  # refuses it
    return tuple(found), (*(f"{name} (text)" for name in texts), *_as_constant(table, constant))


def _as_constant(table: Table, names: list[str]) -> tuple[str, ...]:
    """Columns with the number that they hold in every row."""
    return tuple(f"{name} ({np.nanmin(table[name]):g} in every row)" for name in names)


def _with_classes(table: Table, target: str) -> tuple[Table, tuple[str, ...]]:
    """The table with the target's values as 0, 1, 2, ..., and these values in order.

    Raises:
        InputError: for one value alone, or for very many.
    """
    values = table[target]
    missing = np.isnan(values) if is_numeric(values) else missing_text(values)
    kinds, numbers = np.unique(values[~missing], return_inverse=True)
    if not 2 <= len(kinds) <= MOST_CLASSES:
        found = counted(len(kinds), "value")
        raise InputError(f"{table.source}: '{clipped(target)}' has {found}, and softmax takes 2 to {MOST_CLASSES:,} classes")
    coded = np.full(table.rows, np.nan)
    coded[~missing] = numbers
    names = tuple(number_text(float(kind)) if is_numeric(values) else str(kind) for kind in kinds)
    return table.changed({target: lambda _: coded}, f"{clipped(target)}: classes {listed(names, MOST_TOLD)}"), names
