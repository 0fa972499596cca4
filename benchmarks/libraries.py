"""The time that recording adds to a library's own loop: the same optimizer by hand, with a written function and with ours.

Both loops keep their positions only; ours keeps values, gradients, every trial and the time of every step, too, and computes the
gradients that a method such as Nelder-Mead does not ask for.
"""

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
    """A function to minimize.

    Attributes:
        objective: the formula.
        start, steps: of the runs.
        written: the function over PyTorch's tensors, JAX's or NumPy's arrays, whose module is the second argument.
        gradient: as one writes it with NumPy.
    """

    objective: FormulaObjective
    start: tuple[float, ...]
    steps: int
    written: Callable[[Any, Any], Any]
    gradient: Callable[[Array], Array]

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


def with_torch(problem: Problem, *, ours: bool) -> None:
    """PyTorch's loop with a closure, which keeps its positions."""
    theta = torch.nn.Parameter(torch.tensor(problem.start, dtype=torch.float64))
    made = torch.optim.Adam([theta], lr=1e-3)
    path = [theta.tolist()]

    def closure() -> Any:
        if ours:
            value, gradient = problem.value_and_gradient(theta.detach().numpy())
            theta.grad = torch.from_numpy(gradient)
            return torch.tensor(value, dtype=torch.float64)
        made.zero_grad()
        loss = problem.written(theta, torch)
        loss.backward()
        return loss

    for _ in range(problem.steps):
        made.step(closure)
        path.append(theta.tolist())


def with_optax(problem: Problem, *, ours: bool) -> None:
    """optax's loop with a compiled update, which keeps its positions."""
    with jax.enable_x64(True):
        made = optax.adam(1e-3)
        position = jax.numpy.asarray(problem.start)
        state = made.init(position)
        slope = jax.jit(jax.grad(lambda position: problem.written(position, jax.numpy)))

        @jax.jit
        def update(gradient: Any, state: Any, position: Any) -> Any:
            updates, state = made.update(gradient, state, position)
            return optax.apply_updates(position, updates), state

        path = [np.asarray(position)]
        for _ in range(problem.steps):
            gradient = problem.value_and_gradient(path[-1])[1] if ours else slope(position)
            position, state = update(gradient, state, position)
            path.append(np.asarray(position))


def with_scipy(method: str, problem: Problem, *, ours: bool) -> None:
    """SciPy's loop with a callback that keeps the positions."""
    path = [np.array(problem.start)]
    slope = (lambda position: problem.value_and_gradient(position)[1]) if ours else problem.gradient
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scipy.optimize.minimize(
            problem.value if ours else lambda position: problem.written(position, np), problem.start, method=method,
            options={"maxiter": problem.steps + 1}, jac=None if method == "Nelder-Mead" else slope,
            callback=lambda position: path.append(position.copy()),
        )  # fmt: skip


def libraries() -> None:
    """A run of each library's optimizer by its own loop, which keeps its positions, and recorded by us."""
    draws = np.random.default_rng(0).normal(size=(2, 20_000))
    x = draws[0]
    y = 2 * x + 1 + 0.1 * draws[1]
    columns = {torch: (torch.from_numpy(x), torch.from_numpy(y)), np: (x, y)}

    def loss(position: Any, module: Any) -> Any:
        a, b = columns.get(module, (x, y))
        return module.mean(module.log(module.cosh(b - (position[1] * a + position[0]))))

    def slope(position: Array) -> Array:
        lean = np.tanh(y - (position[1] * x + position[0]))
        return np.array([-lean.mean(), -(lean * x).mean()])

    problems = {
        "Rosenbrock": Problem(
            objective("rosenbrock"), (-1.2, 1.0), STEPS,
            lambda p, _: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2,
            lambda p: np.array([-2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2), 200 * (p[1] - p[0] ** 2)]),
        ),
        "20,000 rows": Problem(
            objective("mean(log(cosh(y - (w*x + b))))", data={"x": x, "y": y}), (0.0, 0.0), 100, loss, slope
        ),
    }  # fmt: skip
    rows: dict[str, Callable[..., None]] = {
        "torch:Adam(lr=1e-3)": with_torch,
        "optax:adam(learning_rate=1e-3)": with_optax,
        "scipy:BFGS": partial(with_scipy, "BFGS"),
        "scipy:Nelder-Mead": partial(with_scipy, "Nelder-Mead"),
    }
    print("Optimizers of other libraries: milliseconds a run, and how much longer ours takes than the library's own loop\n")
    print(f"{'':<43}{'steepest':>9}{'own loop with a written function':>35}{'with our function':>21}")
    for name, problem in problems.items():
        for text, by_hand in rows.items():
            ours = partial(descend, problem.objective, problem.start, optimizer=text, steps=problem.steps, tol=0)
            peers = {"written": partial(by_hand, problem, ours=False), "compiled": partial(by_hand, problem, ours=True)}
            times = take_turns({"steepest": ours, **peers}, 15)
            more = {peer: f"{1e3 * times[peer]:.2f} ({100 * (times['steepest'] / times[peer] - 1):+.0f}%)" for peer in peers}
            print(f"{f'{name}, {text}':<43}{1e3 * times['steepest']:>9.2f}{more['written']:>35}{more['compiled']:>21}")
