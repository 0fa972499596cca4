"""The time that recording adds to a library's own loop: the same optimizer with the same function, by hand and through us."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import numpy as np
import optax
import scipy.optimize
import torch
from benchmarks.measure import take_turns
from numpy.typing import NDArray

from steepest import descend, objective
from steepest.objectives.formula import FormulaObjective
from steepest.targets.function import FormulaFunction

STEPS = 2000
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """An objective, as a user of a library would write it."""

    objective: FormulaObjective
    start: tuple[float, ...]
    steps: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "function", FormulaFunction(self.objective.expression, self.objective.names, steps=STEPS))

    def value(self, position: Array) -> float:
        """The value."""
        value: float = self.function.value(position.tolist())  # type: ignore[attr-defined]
        return value

    def value_and_gradient(self, position: Array) -> tuple[float, Array]:
        """Both."""
        value, gradient = self.function.value_and_gradient(position.tolist())  # type: ignore[attr-defined]
        return value, np.array(gradient)


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


def libraries() -> None:
    """A run of each library's optimizer by its own loop, which keeps its positions, and recorded by us."""
    draws = np.random.default_rng(0).normal(size=(2, 20_000))
    data = {"x": draws[0], "y": 2 * draws[0] + 1 + 0.1 * draws[1]}
    problems = {
        "Rosenbrock": Problem(objective("rosenbrock"), (-1.2, 1.0), STEPS),
        "20,000 rows": Problem(objective("mean(log(cosh(y - (w*x + b))))", data=data), (0.0, 0.0), 100),
    }
    rows: dict[str, Callable[[Problem], None]] = {
        "torch:Adam(lr=1e-3)": with_torch,
        "optax:adam(learning_rate=1e-3)": with_optax,
        "scipy:BFGS": partial(with_scipy, "BFGS"),
        "scipy:Nelder-Mead": partial(with_scipy, "Nelder-Mead"),
    }
    print("Optimizers of other libraries: milliseconds a run\n")
    print(f"{'':<46}{'steepest':>10}{'own loop':>10}{'more':>9}")
    for name, problem in problems.items():
        for text, by_hand in rows.items():
            ours = partial(descend, problem.objective, problem.start, optimizer=text, steps=problem.steps, tol=0)
            times = take_turns({"steepest": ours, "own loop": partial(by_hand, problem)}, 15)
            more = 100 * (times["steepest"] / times["own loop"] - 1)
            print(f"{f'{name}, {text}':<46}{1e3 * times['steepest']:>10.2f}{1e3 * times['own loop']:>10.2f}{more:>8.1f}%")
