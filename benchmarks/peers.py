"""The same descents as others write them: a tutorial's loop, NumPy, torch.optim, optax."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Point = Sequence[float]
Run = Callable[[int], Any]

LR = {"gd": 0.001, "adam": 0.01}
TOL = 0.0  # every loop looks at the step's length, and none stops


@dataclass(frozen=True)
class Problem:
    """A function of two parameters, as a formula and as Python."""

    name: str
    formula: str
    start: tuple[float, float]
    f: Callable[[float, float], float]
    fx: Callable[[float, float], float]
    fy: Callable[[float, float], float]
    tensor: Callable[[Any, Any], Any]


PROBLEMS = [
    Problem(
        "rosenbrock",
        "(1-x)^2 + 100(y-x^2)^2",
        (-1.2, 1.0),
        lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2,
        lambda x, y: -2 * (1 - x) - 400 * x * (y - x**2),
        lambda x, y: 200 * (y - x**2),
        lambda p, module: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2,
    ),
    Problem(
        "sin(x)cos(y)",
        "sin(x)cos(y)",
        (1.2, 0.4),
        lambda x, y: math.sin(x) * math.cos(y),
        lambda x, y: math.cos(x) * math.cos(y),
        lambda x, y: -math.sin(x) * math.sin(y),
        lambda p, module: module.sin(p[0]) * module.cos(p[1]),
    ),
]


def tutorial(problem: Problem, optimizer: str) -> Run:
    """The loop of the tutorials: functions for value and gradient, a list of points and one of values, a stopping test."""
    lr = LR[optimizer]

    def f(p: Point) -> float:
        return problem.f(p[0], p[1])

    def gradient(p: Point) -> Point:
        return [problem.fx(p[0], p[1]), problem.fy(p[0], p[1])]

    def gd(steps: int) -> tuple[list[Point], list[float]]:
        p: Point = list(problem.start)
        path, values = [p], [f(p)]
        for _ in range(steps):
            g = gradient(p)
            new = [p[i] - lr * g[i] for i in range(2)]
            path.append(new)
            values.append(f(new))
            if math.dist(new, p) < TOL:
                break
            p = new
        return path, values

    def adam(steps: int, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> tuple[list[Point], list[float]]:
        p: Point = list(problem.start)
        m, v = [0.0, 0.0], [0.0, 0.0]
        path, values = [p], [f(p)]
        for t in range(1, steps + 1):
            g = gradient(p)
            new = list(p)
            for i in range(2):
                m[i] = beta1 * m[i] + (1 - beta1) * g[i]
                v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2
                m_hat = m[i] / (1 - beta1**t)
                v_hat = v[i] / (1 - beta2**t)
                new[i] = p[i] - lr * m_hat / (math.sqrt(v_hat) + eps)
            path.append(new)
            values.append(f(new))
            if math.dist(new, p) < TOL:
                break
            p = new
        return path, values

    return {"gd": gd, "adam": adam}[optimizer]


def lean(problem: Problem, optimizer: str) -> Run:
    """The least that a loop by hand can do: derivatives written into it, one list, no values, no stopping test."""
    lr, start = LR[optimizer], problem.start

    def rosenbrock_gd(steps: int) -> list[tuple[float, float]]:
        x, y = start
        path = [(x, y)]
        for _ in range(steps):
            b = y - x * x
            x, y = x + lr * (2 * (1 - x) + 400 * x * b), y - lr * 200 * b
            path.append((x, y))
        return path

    def wave_gd(steps: int) -> list[tuple[float, float]]:
        x, y = start
        sin, cos = math.sin, math.cos
        path = [(x, y)]
        for _ in range(steps):
            x, y = x - lr * cos(x) * cos(y), y + lr * sin(x) * sin(y)
            path.append((x, y))
        return path

    def adam(steps: int, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> list[tuple[float, float]]:
        x, y = start
        mx = my = vx = vy = 0.0
        fx, fy, sqrt = problem.fx, problem.fy, math.sqrt
        path = [(x, y)]
        for t in range(1, steps + 1):
            gx, gy = fx(x, y), fy(x, y)
            mx = beta1 * mx + (1 - beta1) * gx
            my = beta1 * my + (1 - beta1) * gy
            vx = beta2 * vx + (1 - beta2) * gx * gx
            vy = beta2 * vy + (1 - beta2) * gy * gy
            rate, scale = lr / (1 - beta1**t), 1 - beta2**t
            x -= rate * mx / (sqrt(vx / scale) + eps)
            y -= rate * my / (sqrt(vy / scale) + eps)
            path.append((x, y))
        return path

    return adam if optimizer == "adam" else {"rosenbrock": rosenbrock_gd}.get(problem.name, wave_gd)


def numpy_loop(problem: Problem, optimizer: str) -> Run:
    """The same with arrays of two numbers."""
    import numpy as np

    lr = LR[optimizer]

    def gradient(p: Any) -> Any:
        return np.array([problem.fx(p[0], p[1]), problem.fy(p[0], p[1])])

    def gd(steps: int) -> Any:
        p = np.array(problem.start)
        path = [p.copy()]
        for _ in range(steps):
            new = p - lr * gradient(p)
            path.append(new)
            if np.linalg.norm(new - p) < TOL:
                break
            p = new
        return np.array(path)

    def adam(steps: int, beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8) -> Any:
        p = np.array(problem.start)
        m, v = np.zeros(2), np.zeros(2)
        path = [p.copy()]
        for t in range(1, steps + 1):
            g = gradient(p)
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g**2
            new = p - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
            path.append(new)
            if np.linalg.norm(new - p) < TOL:
                break
            p = new
        return np.array(path)

    return {"gd": gd, "adam": adam}[optimizer]


def torch_loop(problem: Problem, optimizer: str) -> Run:
    """torch.optim with autograd, positions recorded, float64."""
    import torch

    torch.set_num_threads(1)
    chosen: Any = {"gd": torch.optim.SGD, "adam": torch.optim.Adam}[optimizer]

    def run(steps: int) -> Any:
        p = torch.tensor(problem.start, dtype=torch.float64, requires_grad=True)
        method = chosen([p], lr=LR[optimizer])
        path = [p.detach().clone()]
        for _ in range(steps):
            method.zero_grad()
            problem.tensor(p, torch).backward()
            method.step()
            path.append(p.detach().clone())
        return torch.stack(path)

    return run


def optax_loop(problem: Problem, optimizer: str) -> Run:
    """optax with the whole step compiled, positions recorded, float64."""
    import jax
    import numpy as np
    import optax

    jax.config.update("jax_enable_x64", True)
    method = {"gd": optax.sgd, "adam": optax.adam}[optimizer](LR[optimizer])
    gradient = jax.grad(lambda p: problem.tensor(p, jax.numpy))

    @jax.jit
    def step(p: Any, state: Any) -> Any:
        updates, state = method.update(gradient(p), state, p)
        return optax.apply_updates(p, updates), state

    def run(steps: int) -> Any:
        p = jax.numpy.array(problem.start, dtype=jax.numpy.float64)
        state = method.init(p)
        path = [p]
        for _ in range(steps):
            p, state = step(p, state)
            path.append(p)
        return np.array(path)

    return run
