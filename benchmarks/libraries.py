"""The time that recording adds to a library's own loop: the same optimizer with the same function, by hand and through us.

Run it with `python benchmarks/libraries.py`; it prints a line for each optimizer.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Any

import jax
import numpy as np
import optax
import scipy.optimize
import torch

from steepest import descend
from steepest.objectives.formula import read_objective
from steepest.targets.function import FormulaFunction

STEPS, REPEATS = 2000, 7
START = (-1.2, 1.0)
ROSENBROCK = read_objective("rosenbrock")
FUNCTION = FormulaFunction(ROSENBROCK.expression, ROSENBROCK.names)


def value_and_gradient(position: np.ndarray[Any, Any]) -> tuple[float, np.ndarray[Any, Any]]:
    """The value and the gradient, as a user would write the function for a library."""
    value, gradient = FUNCTION.value_and_gradient(position.tolist())
    return value, np.array(gradient)


def with_torch() -> None:
    """PyTorch's loop with a closure, which keeps its positions."""
    theta = torch.nn.Parameter(torch.tensor(START, dtype=torch.float64))
    made = torch.optim.Adam([theta], lr=1e-3)
    path = [theta.tolist()]

    def closure() -> Any:
        value, gradient = value_and_gradient(theta.detach().numpy())
        theta.grad = torch.from_numpy(gradient)
        return torch.tensor(value, dtype=torch.float64)

    for _ in range(STEPS):
        made.step(closure)  # type: ignore[arg-type, unused-ignore]
        path.append(theta.tolist())


def with_optax() -> None:
    """optax's loop with a compiled update, which keeps its positions."""
    with jax.enable_x64(True):
        made = optax.adam(1e-3)
        position = jax.numpy.asarray(START)
        state = made.init(position)

        @jax.jit
        def update(gradient: Any, state: Any, position: Any) -> Any:
            updates, state = made.update(gradient, state, position)
            return optax.apply_updates(position, updates), state

        path = [np.asarray(position)]
        for _ in range(STEPS):
            _, gradient = value_and_gradient(path[-1])
            position, state = update(gradient, state, position)
            path.append(np.asarray(position))


def with_scipy(method: str) -> Callable[[], None]:
    """SciPy's loop with a callback that keeps the positions."""

    def run() -> None:
        path = [np.array(START)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scipy.optimize.minimize(
                lambda position: FUNCTION.value(position.tolist()), START, method=method, options={"maxiter": STEPS + 1},
                jac=None if method == "Nelder-Mead" else lambda position: value_and_gradient(position)[1],
                callback=lambda position: path.append(position.copy()),
            )  # fmt: skip

    return run


def best(run: Callable[[], object]) -> float:
    """The least time of several."""
    times = [math.inf]
    for _ in range(REPEATS):
        began = perf_counter()
        run()
        times.append(perf_counter() - began)
    return min(times)


def main() -> None:
    """Print the times."""
    rows: dict[str, Callable[[], None]] = {
        "torch:Adam(lr=1e-3)": with_torch,
        "optax:adam(learning_rate=1e-3)": with_optax,
        "scipy:BFGS": with_scipy("BFGS"),
        "scipy:Nelder-Mead": with_scipy("Nelder-Mead"),
        "scipy:L-BFGS-B": with_scipy("L-BFGS-B"),
    }
    for text, by_hand in rows.items():

        def through_us(text: str = text) -> None:
            descend("rosenbrock", START, optimizer=text, steps=STEPS, tol=0)

        through_us()
        theirs, ours = best(by_hand), best(through_us)
        print(f"{text:<32} by hand {1e3 * theirs:8.2f} ms   recorded {1e3 * ours:8.2f} ms   {100 * (ours / theirs - 1):+5.1f} %")


if __name__ == "__main__":
    main()
