"""The time that recording adds to a library's own loop.

Each optimizer runs four times: through us, which records every position and every evaluation; the same with all of the record
looked at; by the library's own loop, which keeps the positions, with the function that we compile; and by that loop with the
function in NumPy, as a user writes it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import numpy as np
import optax
import scipy.optimize
import torch
from benchmarks.measure import paired, processor_times
from numpy.typing import NDArray

from steepest import Trajectory, descend, objective
from steepest.objectives.formula import FormulaObjective
from steepest.targets.function import FormulaFunction

STEPS = 2000
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """An objective, and its value and gradient for a library's own loop."""

    objective: FormulaObjective
    start: tuple[float, ...]
    steps: int
    value: Callable[[Array], float]
    value_and_gradient: Callable[[Array], tuple[float, Array]]


def compiled(problem: FormulaObjective, start: tuple[float, ...], steps: int) -> Problem:
    """A problem with the functions that we compile."""
    function = FormulaFunction(problem.expression, problem.names, steps=STEPS)

    def value_and_gradient(position: Array) -> tuple[float, Array]:
        value, gradient = function.value_and_gradient(position.tolist())
        return value, np.array(gradient)

    return Problem(problem, start, steps, lambda position: function.value(position.tolist()), value_and_gradient)


def rosenbrock(position: Array) -> float:
    """Rosenbrock's function as a user of NumPy writes it."""
    x, y = position
    return float((1 - x) ** 2 + 100 * (y - x**2) ** 2)


def rosenbrock_and_gradient(position: Array) -> tuple[float, Array]:
    """The same with its gradient."""
    x, y = position
    return rosenbrock(position), np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])


def log_cosh(x: Array, y: Array) -> tuple[Callable[[Array], float], Callable[[Array], tuple[float, Array]]]:
    """The mean of log(cosh(residual)) over rows as a user of NumPy writes it, and the same with its gradient."""

    def value(position: Array) -> float:
        w, b = position
        return float(np.mean(np.log(np.cosh(y - (w * x + b)))))

    def value_and_gradient(position: Array) -> tuple[float, Array]:
        w, b = position
        residuals = y - (w * x + b)
        slopes = -np.tanh(residuals)
        return float(np.mean(np.log(np.cosh(residuals)))), np.array([np.mean(slopes * x), np.mean(slopes)])

    return value, value_and_gradient


def with_torch(problem: Problem) -> None:
    """PyTorch's loop with a closure, which keeps its positions."""
    theta = torch.nn.Parameter(torch.tensor(problem.start, dtype=torch.float64))
    made = torch.optim.Adam([theta], lr=1e-3)
    path = [theta.tolist()]

    def closure() -> Any:
        value, gradient = problem.value_and_gradient(theta.detach().numpy())
        theta.grad = torch.from_numpy(gradient)
        return torch.tensor(value, dtype=torch.float64)

    for _ in range(problem.steps):
        made.step(closure)
        path.append(theta.tolist())


def with_optax(problem: Problem) -> None:
    """optax's loop with a compiled update, which keeps its positions."""
    with jax.enable_x64(True):
        made = optax.adam(1e-3)
        position = jax.numpy.asarray(problem.start)
        state = made.init(position)

        @jax.jit
        def update(gradient: Any, state: Any, position: Any) -> Any:
            updates, state = made.update(gradient, state, position)
            return optax.apply_updates(position, updates), state

        path = [np.asarray(position)]
        for _ in range(problem.steps):
            _, gradient = problem.value_and_gradient(path[-1])
            position, state = update(gradient, state, position)
            path.append(np.asarray(position))


def with_scipy(method: str, problem: Problem) -> None:
    """SciPy's loop with a callback that keeps the positions."""
    path = [np.array(problem.start)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scipy.optimize.minimize(
            problem.value, problem.start, method=method, options={"maxiter": problem.steps + 1},
            jac=None if method == "Nelder-Mead" else lambda position: problem.value_and_gradient(position)[1],
            callback=lambda position: path.append(position.copy()),
        )  # fmt: skip


def recorded(problem: Problem, optimizer: str) -> Trajectory:
    """The run through us."""
    return descend(problem.objective, problem.start, optimizer=optimizer, steps=problem.steps, tol=0)


def looked_at(problem: Problem, optimizer: str) -> tuple[object, ...]:
    """The same, and all that it recorded."""
    run = recorded(problem, optimizer)
    return run.positions, run.values, run.gradients, run.work.trials, run.work.spent, run.work.seconds


def libraries() -> None:
    """A run of each library's optimizer by its own loop, which keeps its positions, and recorded by us."""
    draws = np.random.default_rng(0).normal(size=(2, 20_000))
    data = {"x": draws[0], "y": 2 * draws[0] + 1 + 0.1 * draws[1]}
    problems = {
        "Rosenbrock": compiled(objective("rosenbrock"), (-1.2, 1.0), STEPS),
        "20,000 rows": compiled(objective("mean(log(cosh(y - (w*x + b))))", data=data), (0.0, 0.0), 100),
    }
    in_numpy = {"Rosenbrock": (rosenbrock, rosenbrock_and_gradient), "20,000 rows": log_cosh(data["x"], data["y"])}
    rows: dict[str, Callable[[Problem], None]] = {
        "torch:Adam(lr=1e-3)": with_torch,
        "optax:adam(learning_rate=1e-3)": with_optax,
        "scipy:BFGS": partial(with_scipy, "BFGS"),
        "scipy:Nelder-Mead": partial(with_scipy, "Nelder-Mead"),
    }
    print("Optimizers of other libraries: least milliseconds of processor time a run, and the median of how much more ours takes\n")
    print(f"{'':<46}{'steepest':>10}{'looked at':>11}{'own loop':>10}{'more':>8}{'NumPy':>10}{'more':>8}")
    for name, problem in problems.items():
        value, value_and_gradient = in_numpy[name]
        own = replace(problem, value=value, value_and_gradient=value_and_gradient)
        for text, by_hand in rows.items():
            candidates: dict[str, Callable[[], object]] = {
                "steepest": partial(recorded, problem, text),
                "looked at": partial(looked_at, problem, text),
                "own loop": partial(by_hand, problem),
                "NumPy": partial(by_hand, own),
            }
            times = processor_times(candidates, 8.0)
            least = {each: 1e3 * min(own) for each, own in times.items()}
            line = f"{f'{name}, {text}':<46}{least['steepest']:>10.2f}{least['looked at']:>11.2f}"
            for peer in ("own loop", "NumPy"):
                line += f"{least[peer]:>10.2f}{100 * (paired(times, 'steepest', peer) - 1):>7.1f}%"
            print(line)
