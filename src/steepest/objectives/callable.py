"""An objective that is a Python function of a NumPy array."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, clipped, named

Array = NDArray[np.float64]
Function = Callable[[Array], Any]

SPACING = float(np.cbrt(np.finfo(np.float64).eps))  # balances rounding and truncation of a central difference
AGREEMENT = 1e-6
MISMATCH = 1e-4  # the share of a slope by which another one is certainly wrong
MOST_COMPARED = 16
HINTED = (TypeError, AttributeError, IndexError, KeyError)  # what comes of another idea of the argument


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
        return _scalar(self.function(position.copy()))


def callable_objective(function: Function, start: Array, gradient: Function | None = None) -> CallableObjective:
    """The objective of a function, tried out at the start.

    Without a `gradient`, JAX differentiates the function if it is installed and can trace it, and if the result agrees
    with the function's own slope at the start; else central differences do, with the spacing
    `h = cbrt(eps) * max(1, |p|)` in every coordinate, where `eps` is the precision of what the function returns: for
    float64 about 6e-6, an error near 1e-10 for a function and third derivatives of order 1 (Nocedal and Wright,
    Numerical Optimization, 2006, p. 197). A function written in JAX is run in float64.

    A gradient that is given is held against differences at the start: see `_refuse_other_slopes`.

    Raises:
        InputError: if the function or the gradient cannot be evaluated at the start, or the gradient is another function's.
    """
    raw = tried("objective", function, start)
    if type(raw).__module__.startswith(("jax.", "jaxlib.")):
        function = _in_double_precision(function)
        raw = tried("objective", function, start)
    tried("objective", lambda _: _scalar(raw), start)
    dtype = _numeric("objective", raw).dtype
    spacing = float(np.cbrt(np.finfo(dtype).eps)) if dtype.kind == "f" else SPACING
    if gradient is not None:
        exact = given(gradient)
        slope = tried("gradient", exact, start)
        _refuse_other_slopes(function, slope, start, spacing)
        return CallableObjective(function, exact, "given")
    traced = _traced_gradient(function, start, spacing)
    if traced is not None:
        return CallableObjective(function, traced, "jax")
    return CallableObjective(function, lambda position: central_differences(function, position, spacing), "central differences")


def _scalar(result: Any) -> float:
    """The number that a function gave, perhaps in an array of one element.

    Raises:
        InputError: for what is not one real number.
    """
    if result is None:
        raise InputError("the objective gives None, and a number is needed: does it end with return?")
    found = _numeric("objective", result)
    if found.dtype.kind == "c":
        raise InputError(f"the objective gives the complex number {_brief(result)}, and a real one is needed")
    if found.size != 1:
        raise InputError(f"the objective gives an array of shape {found.shape}, and a single number is needed")
    return float(found.reshape(()))


def _numeric(what: str, result: Any) -> NDArray[Any]:
    """What a function gave as an array of numbers, in their own precision; what is masked is not a number.

    Raises:
        InputError: for texts and other things that are no numbers.
    """
    found = result.detach() if hasattr(result, "detach") else result  # a tensor that PyTorch would differentiate
    if isinstance(found, np.ma.MaskedArray):
        found = np.ma.filled(found.astype(np.float64), np.nan)
    array = np.asarray(found)
    if array.dtype.kind == "O":  # Decimal, Fraction
        with suppress(TypeError, ValueError):
            array = array.astype(np.float64)
    if array.dtype.kind not in "biufc":
        needed = "a number is" if what == "objective" else "an array of real numbers is"
        raise InputError(f"the {what} gives {_brief(result)}, and {needed} needed")
    return array


def _brief(value: Any) -> str:
    """Something as one short line."""
    text = " ".join((value if isinstance(value, complex | np.ndarray) else repr(value)).__str__().split())
    return clipped(text)


def tried(what: str, function: Function, start: Array) -> Any:
    """What a function gives at the start."""
    try:
        with np.errstate(all="ignore"):  # what is not a number ends the run with a sentence
            return function(start.copy())
    except InputError:
        raise
    except Exception as error:
        message = f"the {what} cannot be evaluated at the start: {named(error)}"
        hint = f" (it is given a NumPy array of shape {start.shape})" if isinstance(error, HINTED) else ""
        raise InputError(message + hint) from error


def given(gradient: Function) -> Function:
    """The user's gradient, each result an array of its own in the shape of the position."""

    def checked(position: Array) -> Array:
        found = gradient(position.copy())
        slope = None if found is None else _numeric("gradient", found)
        if slope is None or slope.dtype.kind == "c":
            raise InputError(f"the gradient gives {_brief(found)}, and an array of real numbers is needed")
        if slope.shape != position.shape:
            raise InputError(f"the gradient has the shape {slope.shape} and the start has {position.shape}")
        return np.array(slope, dtype=np.float64)

    return checked


def _refuse_other_slopes(function: Function, slope: Array, start: Array, spacing: float) -> None:
    """Raise where a given gradient is certainly not the function's at the start.

    It is compared in every coordinate, or, of more than 16, in one direction that no symmetry lies in. Where differences of two
    spacings do not agree, as of a function with noise, nothing is said; at a kink every slope between both sides is right.

    Raises:
        InputError: with what the gradient gives and what the differences give.
    """
    if not np.isfinite(slope).all() or evaluated(function, start) != evaluated(function, start):
        return
    size = max(1.0, float(np.abs(start).max(initial=0.0)))
    for index in range(start.size if start.size <= MOST_COMPARED else 1):
        direction = np.zeros_like(start)
        if start.size <= MOST_COMPARED:
            direction.flat[index] = 1.0
            size = max(1.0, float(np.abs(start.flat[index])))
            where = f"for p[{index}]"
        else:
            direction = _oblique(start)
            where = "along the direction cos(1), cos(2), ..."
        claimed = float(np.vdot(slope, direction))
        found = _slope_along(function, start, direction, spacing * size, spacing**3, claimed)
        if found is not None:
            raise InputError(
                f"the gradient gives {claimed:.6g} {where} at the start, and differences of the function give {found:.6g}: "
                "correct it, or leave it out"
            )


def _slope_along(
    function: Function, start: Array, direction: Array, spacing: float, precision: float, claimed: float
) -> float | None:
    """The function's slope in a direction, if it is certain and not the claimed one."""
    here = evaluated(function, start)
    centers: list[float] = []
    sides: list[float] = []
    rounding = 0.0
    for h in (spacing, spacing / 8):
        ahead, behind = (evaluated(function, start + way * h * direction) for way in (1, -1))
        centers.append((ahead - behind) / (2 * h))
        sides += [(ahead - here) / h, (here - behind) / h]
        rounding = 10 * precision * max(abs(ahead), abs(here), abs(behind)) / h
    error = MISMATCH * max(abs(claimed), *map(abs, centers)) + rounding
    if not np.isfinite([*centers, *sides]).all() or not abs(centers[0] - centers[1]) <= error:
        return None
    return None if min(sides) - error <= claimed <= max(sides) + error else centers[1]


def evaluated(function: Function, position: Array) -> float:
    """The value at a position, not a number where the function raises."""
    try:
        with np.errstate(all="ignore"):
            return _scalar(function(position.copy()))
    except Exception:
        return math.nan


def _oblique(start: Array) -> Array:
    """A direction that no coordinate and no symmetry lies in."""
    direction = np.cos(np.arange(1.0, start.size + 1)).reshape(start.shape)
    return np.asarray(direction / np.linalg.norm(direction))


def _in_double_precision(function: Function) -> Function:
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
        high = _scalar(function(probe.copy()))
        probe[index] = below
        gradient[index] = (high - _scalar(function(probe.copy()))) / (above - below)
        probe[index] = center
    return gradient


def _traced_gradient(function: Function, start: Array, spacing: float) -> Function | None:
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
    """Whether a gradient predicts the change of the function in an oblique direction."""
    with np.errstate(over="ignore"):
        length = float(np.linalg.norm(slope))
    if not np.isfinite(length):
        return False
    direction = _oblique(start)
    h = spacing * max(1.0, float(np.abs(start).max(initial=0.0)))
    ends = [evaluated(function, start + sign * h * direction) for sign in (1, -1)]
    change = (ends[0] - ends[1]) / (2 * h)
    rounding = max(map(abs, ends)) * spacing**2  # h carries spacing, and spacing^3 is the precision
    return bool(abs(change - np.vdot(slope, direction)) <= AGREEMENT * max(1.0, length) + 10 * rounding)
