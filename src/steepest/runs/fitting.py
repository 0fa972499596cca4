"""Fitting a formula to a table: reads what a user gives, and runs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from steepest.errors import InputError, clipped
from steepest.objectives.objective import Objective
from steepest.objectives.reading import read_model
from steepest.optimizers.settings import Setting
from steepest.runs.descent import descend
from steepest.runs.fit import Fit
from steepest.runs.start import builtin_number


def fit(
    data: Any,
    model: str,
    *,
    loss: str | None = None,
    scale: str = "none",
    batch: int | str | None = None,
    order: str = "shuffle",
    epochs: int | None = None,
    start: Any = None,
    optimizer: Any = "gd",
    lr: Setting | None = None,
    steps: int | None = None,
    tol: float = 1e-8,
    gtol: float = 0.0,
    budget: int | None = None,
    seed: int = 0,
    let: Mapping[str, float] | None = None,
    drop_missing: bool = False,
    one: str | float | None = None,
    stream: bool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Fit:
    """Fit a model to a table by an optimizer, and record every step.

    The default learning rate is 1/L with the largest curvature L of the loss at 0, to one digit.

    Args:
        data: a path, a frame, a mapping of names to sequences; see `steepest.data.opening.open_table`.
        model, loss: see `steepest.objectives.reading.read_model`.
        scale, order, let, drop_missing, one, stream: see `steepest.objectives.fit.read_fit`.
        batch: the rows of one step, or `full`.
        epochs: how often each row is taken, in place of `steps`.
        start: one number for each parameter; 0 if it is left out.
        optimizer, lr, steps, tol, gtol, budget, seed, progress: see `steepest.runs.descent.descend`.

    Raises:
        FormulaError, InputError: for what cannot be read or run, in one line.

    >>> found = fit({"x": [1, 2], "y": [300, 500]}, "y ~ w*x + b", loss="mse/2", lr=0.01, steps=1)
    >>> found.coefficients, found.values.tolist()
    ({'b': 4.0, 'w': 6.5}, [85000.0, 79274.8125])
    """
    size = read_batch(batch)
    objective = read_model(
        model, data, loss=loss, scale=scale, batch=size, order=order, let=let, drop_missing=drop_missing, one=one, stream=stream
    )  # fmt: skip
    limit = step_limit(objective, steps, epochs)
    run = descend(
        objective, start, optimizer=optimizer, lr=lr, steps=limit, tol=tol, gtol=gtol, budget=budget, seed=seed, progress=progress
    )  # fmt: skip
    assert isinstance(run, Fit)
    return run


def read_batch(batch: Any) -> int | None:
    """The rows of one step; None for all.

    Raises:
        InputError: for what is no number of rows.
    """
    given = builtin_number(batch)
    if given is None or given == "full":
        return None
    try:
        size = int(given)
        if size != float(given) or isinstance(given, bool):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"a batch is a number of rows, or full, not {clipped(repr(batch))}") from None
    return size


def step_limit(objective: Objective, steps: int | None, epochs: int | None) -> int:
    """The step limit that steps or epochs set; 100 if neither is given.

    Raises:
        InputError: for both, or for epochs that are none.
    """
    if epochs is None:
        return 100 if steps is None else steps
    if steps is not None:
        raise InputError("give steps or epochs, not both")
    if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0:
        raise InputError(f"epochs is a whole number from 0, not {clipped(repr(epochs))}")
    batches = objective.batches(0)
    return epochs * (batches.steps_an_epoch if batches else 1)
