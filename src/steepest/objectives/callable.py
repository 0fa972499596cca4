"""An objective that is a Python function of a NumPy array."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError

__all__ = ["CallableObjective", "callable_objective"]

Array = NDArray[np.float64]
Function = Callable[[Array], Any]

SPACING = float(np.cbrt(np.finfo(np.float64).eps))  # balances rounding and truncation of a central difference
AGREEMENT = 1e-6


@dataclass(frozen=True)
class CallableObjective:
    """A function of an array of any shape, with its gradient.

    Attributes:
        function: gives the value at a position.
        gradient: gives the gradient there, an array of the position's shape.
        method: where the gradient comes from: `given`, `jax` or `central differences`.
    """

    function: Function
    gradient: Function
    method: str

    @property
    def text(self) -> str:
        name = getattr(self.function, "__name__", type(self.function).__name__)
        return "a Python function" if name == "<lambda>" else f"{name}(p)"

    title = definition = text

    @property
    def hyperparameters(self) -> Mapping[str, float]:
        return {"lr": 0.1, "f_star": 0.0}

    def value(self, position: Array) -> float:
        return float(np.asarray(self.function(position)))


def callable_objective(function: Function, start: Array, gradient: Function | None = None) -> CallableObjective:
    """The objective of a function, tried out at the start.

    Without a `gradient`, JAX differentiates the function if it is installed and can trace it, and if the result agrees
    with the function's own slope at the start; else central differences do, with the spacing
    `h = cbrt(2^-52) * max(1, |p|)` in every coordinate: about 6e-6, an error near 1e-10 for a function and
    third derivatives of order 1 (Nocedal and Wright, Numerical Optimization, 2006, p. 197).

    Raises:
        InputError: if the function or the gradient cannot be evaluated at the start.
    """
    try:
        value = np.asarray(function(start.copy()), dtype=np.float64)
    except Exception as error:
        raise InputError(f"the objective cannot be evaluated at the start: {type(error).__name__}: {error}") from error
    if value.size != 1:
        raise InputError(f"the objective gives an array of shape {value.shape}, and a single number is needed")
    if gradient is not None:
        slope = np.asarray(gradient(start.copy()), dtype=np.float64)
        if slope.shape != start.shape:
            raise InputError(f"the gradient has the shape {slope.shape} and the start has {start.shape}")
        return CallableObjective(function, gradient, "given")
    traced = traced_gradient(function, start)
    if traced is not None:
        return CallableObjective(function, traced, "jax")
    return CallableObjective(function, lambda position: central_differences(function, position), "central differences")


def central_differences(function: Function, position: Array) -> Array:
    """The gradient by `(f(p + h e) - f(p - h e)) / 2h` in every coordinate.

    >>> central_differences(lambda p: (p**2).sum(), np.array([3.0, -1.0])).round(8)
    array([ 6., -2.])
    """
    gradient = np.empty_like(position)
    probe = position.copy()
    for index in np.ndindex(position.shape):
        center = position[index]
        spacing = SPACING * max(1.0, abs(center))
        above, below = center + spacing, center - spacing  # the spacing that the floating-point grid really has
        probe[index] = above
        high = float(np.asarray(function(probe)))
        probe[index] = below
        gradient[index] = (high - float(np.asarray(function(probe)))) / (above - below)
        probe[index] = center
    return gradient


def traced_gradient(function: Function, start: Array) -> Function | None:
    """JAX's gradient in double precision, if JAX is there and its gradient agrees with the function."""
    if importlib.util.find_spec("jax") is None:
        return None
    import jax

    compiled = jax.jit(jax.grad(lambda position: jax.numpy.reshape(function(position), ())))

    def gradient(position: Array) -> Array:
        with jax.enable_x64(True):
            return np.asarray(compiled(position), dtype=np.float64)

    try:
        slope = gradient(start)
    except Exception:  # whatever a function does that JAX cannot trace, differences can
        return None
    return gradient if agrees(function, start, slope) else None


def agrees(function: Function, start: Array, slope: Array) -> bool:
    """Whether a gradient predicts the change of the function along itself."""
    length = float(np.linalg.norm(slope))
    if not np.isfinite(length):
        return False
    direction = slope / length if length else np.ones_like(start) / np.sqrt(start.size)
    spacing = SPACING * max(1.0, float(np.abs(start).max(initial=0.0)))
    ends = [float(np.asarray(function(start + sign * spacing * direction))) for sign in (1, -1)]
    change = (ends[0] - ends[1]) / (2 * spacing)
    rounding = max(map(abs, ends)) * float(np.finfo(np.float64).eps) / spacing
    return abs(change - length) <= AGREEMENT * max(1.0, length) + 10 * rounding
