"""Objectives over data on the command line: the options that name a table, a model and constants, read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from steepest.cli.arguments import complete_names, read_number
from steepest.errors import InputError, clipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from steepest.objectives.objective import Objective

LOSSES = "mse, mse/2, mae, huber, log, hinge, poisson, pinball"
ORDERS = click.Choice(["shuffle", "cyclic", "replacement"])
LET = click.option("--let", "constants", multiple=True, metavar="NAME=VALUE", help="A constant: --let k=10. Repeatable.")
FITTING = (
    click.option(
        "--loss",
        metavar="LOSS",
        help=f'What is minimized: {LOSSES}, or a formula in y and p: "log(cosh(p-y))".  [default: mse]',
    ),
    click.option(
        "--scale",
        type=click.Choice(["none", "z", "minmax"]),
        help="Scale the columns of the model; coefficients are told in both units.  [default: none]",
    ),
    click.option("--batch", metavar="N", help="The rows of one step, or full.  [default: full]"),
    click.option("--order", type=ORDERS, help="How batches take the rows.  [default: shuffle]"),
    click.option("--epochs", type=int, metavar="N", help="How often each row is taken, in place of --steps."),
    click.option("--one", metavar="VALUE", help="Of a target with two classes, the value that counts as 1."),
)
STREAM = click.option(
    "--stream/--no-stream",
    default=None,
    help="Whether a Parquet or Arrow file is read anew for each step, a chunk at a time.  [default: if it is large]",
)
DROP = click.option("--drop-missing", is_flag=True, default=None, help="Leave out the rows in which a number is missing.")
DATA_OPTIONS = (
    click.option(
        "--data",
        metavar="TABLE",
        shell_complete=complete_names("data"),
        help="A table (CSV, Parquet, Arrow, or one of: steepest list data) whose columns OBJECTIVE names.",
    ),
    click.option("--model", metavar="MODEL", help='With --data, in place of OBJECTIVE: a fit, such as "price ~ w*size + b".'),
    LET,
    *FITTING,
    DROP,
    STREAM,
)
"""Give a command about runs an objective over data."""
NAMES = ("data", "model", "constants", "loss", "scale", "batch", "order", "epochs", "one", "drop_missing", "stream")


def read_function(objective: str | None, given: dict[str, Any]) -> Objective:
    """The objective that the options describe.

    Args:
        objective: OBJECTIVE, if there is one.
        given: the values of the options that were given, by the names of `NAMES`.

    Raises:
        FormulaError, InputError: for what cannot be read, and for options that do not go together.
    """
    from steepest.objectives.formula import read_objective
    from steepest.objectives.model_text import is_model

    let = read_constants(given.get("constants", ()))
    if objective is not None and "data" in given and "model" not in given and is_model(objective):
        return read_fitted(given["data"], objective, let, given)
    if "model" in given:
        if objective is not None:
            raise InputError("give OBJECTIVE or --model, not both")
        if "data" not in given:
            raise InputError("--model needs a table: --data houses.csv")
        return read_fitted(given["data"], given["model"], let, given)
    for name in ("loss", "scale", "batch", "order", "epochs", "one"):
        if name in given:
            raise InputError(f"--{name} is for a fit: steepest fit TABLE MODEL, or --data TABLE --model MODEL")
    if not let and "data" not in given:
        for name in ("drop_missing", "stream"):
            if name in given:
                raise InputError(f"--{name.replace('_', '-')} is for a table: --data houses.csv")
        return read_objective("parabola" if objective is None else objective)
    if objective is None:
        raise InputError('give a formula, such as "mean((y - w*x)^2)"')
    from steepest.objectives.data import objective as over_data

    found = over_data(
        objective, given.get("data"), let=let, drop_missing=bool(given.get("drop_missing")), stream=given.get("stream")
    )  # fmt: skip
    check_constants(let, found, objective)
    return found


def read_fitted(table: str, model: str | None, let: dict[str, float], given: dict[str, Any]) -> Objective:
    """The objective of a fit.

    Args:
        table: a path, or the name of a table that comes with steepest, whose own model and loss are taken where none is given.
        model: `target ~ formula`.
        let: constants.
        given: the values of the other options that were given.

    Raises:
        FormulaError, InputError: for what cannot be read.
    """
    import os

    from steepest.data.sets.catalog import SETS, check_there
    from steepest.objectives.reading import read_model
    from steepest.runs.fitting import read_batch

    entry = None if os.path.exists(table) else SETS.get(table)
    if model is None and entry is None:
        check_there(table)
        raise InputError(f'write what is to be fitted behind {table}, such as "price ~ w*size + b"')
    chosen = entry.model if model is None and entry else model or ""
    loss = given.get("loss") or (entry.loss if model is None and entry else None)
    found = read_model(
        chosen, table, loss=loss, scale=given.get("scale") or "none", batch=read_batch(given.get("batch")),
        order=given.get("order") or "shuffle", let=let, drop_missing=bool(given.get("drop_missing")), one=given.get("one"),
        stream=given.get("stream"),
    )  # fmt: skip
    check_constants(let, found, chosen)
    return found


def check_constants(let: Mapping[str, float], found: Objective, text: str) -> None:
    """Refuse a constant that a formula does not use, such as a misspelled one.

    Args:
        let: the constants.
        found: what was read with them.
        text: the formula as it was typed.

    Raises:
        InputError: for such a constant, with the name that may be meant.
    """
    from steepest.language.suggestions import nearest
    from steepest.objectives.formula import FormulaObjective
    from steepest.objectives.gallery import GALLERY

    for word in let:
        if isinstance(found, FormulaObjective) and word not in dict(found.let):
            if text.strip() in GALLERY:
                raise InputError(f"{text.strip()} is a function of the gallery, without constants: leave --let {word} out")
            near = nearest(word, found.names)
            hint = f"did you mean {near}?" if near else f"its names are {', '.join((*found.names, *dict(found.let)))}"
            raise InputError(f"the formula has no '{clipped(word)}' to give a value to: {hint}")


def read_constants(texts: tuple[str, ...]) -> dict[str, float]:
    """The constants of `--let k=10`; a value may also be an expression such as `pi/2`.

    Raises:
        InputError, FormulaError: for anything else, or a name that is given twice.
    """
    found: dict[str, float] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise InputError(f"--let is a name and a value, such as k=10, not '{text}'")
        if name.strip() in found:
            raise InputError(f"--let gives {name.strip()} two values")
        found[name.strip()] = read_number(value)
    return found
