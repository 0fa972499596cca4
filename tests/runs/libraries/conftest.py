"""Objectives to run the optimizers of other libraries on, and their own loops, written by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

import steepest
from steepest.objectives.formula import FormulaObjective
from steepest.targets.function import FormulaFunction

Array = NDArray[np.float64]
ROSENBROCK_5 = "f(p, q, r, s, u) = " + " + ".join(
    f"100*({after}-{before}^2)^2 + (1-{before})^2" for before, after in zip("pqrs", "qrsu", strict=True)
)
HOUSES = {"size": [1.0, 2.0, 3.0, 4.0, 5.5], "price": [3.1, 4.9, 7.2, 8.8, 12.3]}


@dataclass(frozen=True)
class Problem:
    """An objective, a start, and the objective as a user of a library would write it."""

    objective: FormulaObjective
    start: tuple[float, ...]

    @property
    def function(self) -> FormulaFunction:
        return FormulaFunction(self.objective.expression, self.objective.names)

    def value(self, position: Array) -> float:
        return self.function.value(position.tolist())

    def value_and_gradient(self, position: Array) -> tuple[float, Array]:
        value, gradient = self.function.value_and_gradient(position.tolist())
        return value, np.array(gradient)

    def gradient(self, position: Array) -> Array:
        return self.value_and_gradient(position)[1]

    def hessian(self, position: Array) -> Array:
        return np.array(self.function.hessian(position.tolist())).reshape(len(self.start), -1)

    def descend(self, optimizer: Any, steps: int = 40, **settings: Any) -> steepest.Trajectory:
        return steepest.descend(self.objective, self.start, optimizer=optimizer, steps=steps, **{"tol": 0, **settings})


PROBLEMS = {
    "rosenbrock": Problem(steepest.objective("rosenbrock"), (-1.2, 1.0)),
    "five parameters": Problem(steepest.objective(ROSENBROCK_5), (1.3, 0.7, 0.8, 1.9, 1.2)),
    "himmelblau": Problem(steepest.objective("himmelblau"), (0.0, 0.0)),
    "bowl": Problem(steepest.objective("x^2 + 10y^2 - x*y"), (3.0, 1.0)),
    "wave": Problem(steepest.objective("sin(x) + cos(2y) + 0.1x^2 + 0.1y^2"), (1.0, 0.5)),
    "data": Problem(steepest.objective("mean((price - (w*size + b))^2)", data=HOUSES), (0.0, 0.0)),
}


@pytest.fixture(params=PROBLEMS)
def problem(request: pytest.FixtureRequest) -> Problem:
    return PROBLEMS[request.param]


def torch_loop(problem: Problem, make: Callable[[Any], Any], steps: int) -> Array:
    """PyTorch's own loop."""
    theta = torch.nn.Parameter(torch.tensor(problem.start, dtype=torch.float64))
    made = make([theta])
    path = [theta.tolist()]

    def closure() -> torch.Tensor:
        value, gradient = problem.value_and_gradient(theta.detach().numpy().copy())
        theta.grad = torch.tensor(gradient)
        return torch.tensor(value, dtype=torch.float64)

    for _ in range(steps):
        made.step(closure)
        path.append(theta.tolist())
    return np.array(path)
