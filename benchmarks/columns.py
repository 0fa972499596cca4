"""Linear models of many columns: all rows, and batches, beside NumPy by hand and scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

import numpy as np
from benchmarks.measure import ratio, take_turns
from numpy.typing import NDArray

ROWS, COLUMNS, STEPS, LR = 100_000, 200, 20, 0.1
BATCH, BATCHES, BATCH_LR = 256, 1_000, 1e-3
Array = NDArray[np.float64]
Run = Callable[[], object]


def columns() -> None:
    """Gradient descent on a linear model, recorded: milliseconds a step over all rows, nanoseconds a row in batches."""
    chosen = np.random.default_rng(0)
    x = chosen.normal(size=(ROWS, COLUMNS))
    y = x @ chosen.normal(size=COLUMNS) + chosen.normal(size=ROWS)
    whole = take_turns({"steepest": ours(x, y, None, STEPS, LR), "NumPy": numpy_loop(x, y, None, STEPS, LR)}, 5)
    print(f"\nA linear model of {COLUMNS} columns, all of {ROWS:,} rows, mse, gd: milliseconds a step")
    for name, taken in whole.items():
        print(f"{name:<24}{taken / STEPS * 1e3:>9.2f}  ({ratio(whole, name):.2f}x)")
    candidates = {
        "steepest": ours(x, y, BATCH, BATCHES, BATCH_LR),
        "NumPy": numpy_loop(x, y, BATCH, BATCHES, BATCH_LR),
    }
    rows_of = dict.fromkeys(candidates, BATCH * BATCHES)
    if find_spec("sklearn"):
        candidates |= sklearn(x, y)
        rows_of |= {"SGDRegressor": ROWS, "LinearRegression": ROWS}
    else:
        print("sklearn is not installed")
    times = take_turns(candidates, 5)
    print(
        f"\n{BATCHES:,} batches of {BATCH} rows, shuffled; SGDRegressor one row a step, LinearRegression exact: nanoseconds a row"
    )
    for name, taken in times.items():
        own, first = taken / rows_of[name], times["steepest"] / rows_of["steepest"]
        print(f"{name:<24}{own * 1e9:>9.1f}  ({own / first:.2f}x)")


def ours(x: Array, y: Array, batch: int | None, steps: int, lr: float) -> Run:
    """Recorded runs on the mean square of `y ~ linear`, the table read."""
    from steepest import descend, fit

    table = {**{f"x{index}": x[:, index] for index in range(x.shape[1])}, "y": y}
    objective = fit(table, "y ~ linear", batch=batch, lr=lr, steps=0).objective
    start = np.zeros(len(objective.names))
    return lambda: descend(objective, start, lr=lr, steps=steps, tol=0.0)


def numpy_loop(x: Array, y: Array, batch: int | None, steps: int, lr: float) -> Run:
    """As one writes it, without values."""
    matrix = np.column_stack([x, np.ones(len(x))])

    def run() -> object:
        weights, chosen = np.zeros(matrix.shape[1]), np.random.default_rng(0)
        order = chosen.permutation(len(x))
        for step in range(steps):
            inputs, targets = matrix, y
            if batch is not None:
                rows = order[step * batch % len(x) :][:batch]
                inputs, targets = matrix[rows], y[rows]
            weights -= lr * 2 / len(targets) * (inputs.T @ (inputs @ weights - targets))
        return weights

    return run


def sklearn(x: Array, y: Array) -> dict[str, Run]:
    """An epoch of `SGDRegressor`, and the exact answer."""
    from sklearn.linear_model import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
        LinearRegression,
        SGDRegressor,
    )

    made = {
        "SGDRegressor": SGDRegressor(max_iter=1, tol=None, penalty=None, learning_rate="constant", eta0=BATCH_LR),
        "LinearRegression": LinearRegression(),
    }
    return {name: partial(each.fit, x, y) for name, each in made.items()}
