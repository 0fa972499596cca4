"""An objective that is a Python function of a NumPy array."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
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
        gradient: gives the gradient there, an array of float64 in the position's shape.
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
        return scalar(self.function(position.copy()))


def callable_objective(function: Function, start: Array, gradient: Function | None = None) -> CallableObjective:
    """The objective of a function, tried out at the start.

    Without a `gradient`, JAX differentiates the function if it is installed and can trace it, and if the result agrees
    with the function's own slope at the start; else central differences do, with the spacing
    `h = cbrt(eps) * max(1, |p|)` in every coordinate, where `eps` is the precision of what the function returns: for
    float64 about 6e-6, an error near 1e-10 for a function and third derivatives of order 1 (Nocedal and Wright,
    Numerical Optimization, 2006, p. 197). A function written in JAX is run in float64.

    Raises:
        InputError: if the function or the gradient cannot be evaluated at the start.
    """
    value = tried("objective", function, start)
    if value is None:
        raise InputError("the objective gives None, and a number is needed: does it end with return?")
    if np.size(value) != 1:
        raise InputError(f"the objective gives an array of shape {np.shape(value)}, and a single number is needed")
    if type(value).__module__.startswith(("jax.", "jaxlib.")):
        function = in_double_precision(function)
    value = np.asarray(tried("objective", function, start))
    tried("objective", lambda _: scalar(value), start)
    if gradient is not None:
        exact = given(gradient)
        tried("gradient", exact, start)
        return CallableObjective(function, exact, "given")
    spacing = float(np.cbrt(np.finfo(value.dtype).eps)) if value.dtype.kind == "f" else SPACING
    traced = traced_gradient(function, start, spacing)
    if traced is not None:
        return CallableObjective(function, traced, "jax")
    return CallableObjective(function, lambda position: central_differences(function, position, spacing), "central differences")


def scalar(result: Any) -> float:
    """The number that a function gave, perhaps in an array of one element."""
    if np.iscomplexobj(result):
        raise InputError(f"the objective gives the complex number {result}, and a real one is needed")
    return float(np.asarray(result, dtype=np.float64).reshape(()))


def tried(what: str, function: Function, start: Array) -> Any:
    """What a function gives at the start."""
    try:
        with np.errstate(all="ignore"):  # what is not a number ends the run with a sentence
            return function(start.copy())
    except InputError:
        raise
    except Exception as error:
        message = " ".join(f"{type(error).__name__}: {error}".split())
        raise InputError(f"the {what} cannot be evaluated at the start: {message}") from error


def given(gradient: Function) -> Function:
    """The user's gradient, each result an array of its own in the shape of the position."""

    def checked(position: Array) -> Array:
        found = gradient(position.copy())
        if found is None or np.iscomplexobj(found):
            raise InputError(f"the gradient gives {found}, and an array of real numbers is needed")
        slope = np.array(found, dtype=np.float64)
        if slope.shape != position.shape:
            raise InputError(f"the gradient has the shape {slope.shape} and the start has {position.shape}")
        return slope

    return checked


def in_double_precision(function: Function) -> Function:
    """A function written in JAX, with float64 switched on where JAX would round to float32."""
    import jax

    @wraps(function)
    def wide(position: Array) -> Any:
        with jax.enable_x64(True):
            return function(position)

    return wide


def central_differences(function: Function, position: Array, spacing: float = SPACING) -> Array:
    """The gradient by `(f(p + h e) - f(p - h e)) / 2h` in every coordinate.

    >>> central_differences(lambda p: (p**2).sum(), np.array([3.0, -1.0])).round(8)
    array([ 6., -2.])
    """
    gradient = np.empty_like(position)
    probe = position.copy()
    for index in np.ndindex(position.shape):
        center = float(position[index])
        h = spacing * max(1.0, abs(center))
        above, below = center + h, center - h  # the spacing that the floating-point grid really has
        probe[index] = above
        high = scalar(function(probe.copy()))
        probe[index] = below
        gradient[index] = (high - scalar(function(probe.copy()))) / (above - below)
        probe[index] = center
    return gradient


def traced_gradient(function: Function, start: Array, spacing: float) -> Function | None:
    """JAX's gradient in double precision, if JAX is there and its gradient agrees with the function."""
    try:
        import jax
    except ImportError:
        return None

    compiled = jax.jit(jax.grad(lambda position: jax.numpy.reshape(function(position), ())))

    def gradient(position: Array) -> Array:
        with jax.enable_x64(True):
            return np.asarray(compiled(position), dtype=np.float64)

    try:
        slope = gradient(start)
    except Exception:  # whatever a function does that JAX cannot trace, differences can
        return None
    return gradient if agrees(function, start, slope, spacing) else None


def agrees(function: Function, start: Array, slope: Array, spacing: float) -> bool:
    """Whether a gradient predicts the change of the function in a direction that no coordinate and no symmetry lies in."""
    length = float(np.linalg.norm(slope))
    if not np.isfinite(length):
        return False
    direction = np.cos(np.arange(1.0, start.size + 1)).reshape(start.shape)
    direction /= np.linalg.norm(direction)
    h = spacing * max(1.0, float(np.abs(start).max(initial=0.0)))
    with np.errstate(all="ignore"):
        ends = [scalar(function(start + sign * h * direction)) for sign in (1, -1)]
    change = (ends[0] - ends[1]) / (2 * h)
    rounding = max(map(abs, ends)) * spacing**2  # h carries spacing, and spacing^3 is the precision
    return bool(abs(change - np.vdot(slope, direction)) <= AGREEMENT * max(1.0, length) + 10 * rounding)
