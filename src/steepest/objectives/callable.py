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
from steepest.objectives.array import ArrayObjective

Array = NDArray[np.float64]
Function = Callable[[Array], Any]

SPACING = float(np.cbrt(np.finfo(np.float64).eps))  # balances rounding and truncation of a central difference
AGREEMENT = 1e-6
MISMATCH = 1e-4  # a relative difference by which a slope is certainly wrong
MOST_COMPARED = 16
HINTED = (TypeError, AttributeError, IndexError, KeyError)  # raised by functions that expect another kind of argument


@dataclass(frozen=True)
class CallableObjective(ArrayObjective):
    """A function of an array of any shape, with its gradient; see `steepest.objectives.objective.Objective`.

    Attributes:
        function: returns the value at a position.
        gradient: returns the gradient there, an array of float64 in the position's shape.
        method: where the gradient comes from: `given`, `jax` or `central differences`.
    """

    function: Function
    gradient: Function
    method: str

    @property
    def text(self) -> str:
        """The function's name, as in `loss(p)`."""
        name = getattr(self.function, "__name__", type(self.function).__name__)
        return "a Python function" if name == "<lambda>" else f"{name}(p)"

    title = definition = text

    @property
    def hyperparameters(self) -> Mapping[str, float]:
        """The learning rate and the least value that are assumed where nobody sets them."""
        return {"lr": 0.1, "f_star": 0.0}

    def value(self, position: Array) -> float:
        """The value at a position.

        Raises:
            InputError: if the function does not return one real number.
        """
        return _scalar(self.function(position.copy()))

    def by_step(self, batches: None) -> tuple[Callable[[Array, int], float], Callable[[Array, int], Array]]:
        """The value and the gradient as functions of a position and of the step that begins there, which does not matter."""
        return lambda position, _: self.value(position), lambda position, _: self.gradient(position)


def callable_objective(function: Function, start: Array, gradient: Function | None = None) -> CallableObjective:
    """The objective of a Python function, which is tried at the start.

    Without a `gradient`, JAX differentiates the function if it is installed and can trace it, and if the result agrees
    with the function's own slope at the start; else central differences do, with the spacing
    `h = cbrt(eps) * max(1, |p|)` in every coordinate, where `eps` is the precision of what the function returns: for
    float64 about 6e-6, an error near 1e-10 for a function and third derivatives of order 1 (Nocedal and Wright,
    Numerical Optimization, 2006, p. 197). A function written in JAX is run in float64.

    A given gradient is compared with finite differences at the start.

    Args:
        function: takes a float64 array of the start's shape and returns one real number.
        start: the position where the run will begin.
        gradient: takes the same array and returns the gradient in its shape.

    Raises:
        InputError: if the function or the gradient cannot be evaluated at the start, or the given gradient is certainly
            not the function's.

    >>> callable_objective(lambda p: (p**2).sum(), np.ones(2), gradient=lambda p: 2 * p).method
    'given'
    """
    raw = _tried("objective", function, start)
    if type(raw).__module__.startswith(("jax.", "jaxlib.")):
        function = _in_double_precision(function)
        raw = _tried("objective", function, start)
    _tried("objective", lambda _: _scalar(raw), start)
    dtype = _numeric("objective", raw).dtype
    spacing = float(np.cbrt(np.finfo(dtype).eps)) if dtype.kind == "f" else SPACING
    if gradient is not None:
        exact = _checked(gradient)
        slope = _tried("gradient", exact, start)
        _refuse_other_slopes(function, slope, start, spacing)
        return CallableObjective(function, exact, "given")
    traced = _traced_gradient(function, start, spacing)
    if traced is not None:
        return CallableObjective(function, traced, "jax")
    return CallableObjective(function, lambda position: central_differences(function, position, spacing), "central differences")


def _scalar(result: Any) -> float:
    """The number that a function returned, perhaps in an array of one element.

    Raises:
        InputError: for anything but one real number.
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
    """What a function returned, as an array of numbers in their own precision; masked elements become NaN.

    Raises:
        InputError: for strings and other objects that are not numbers.
    """
    found = result.detach() if hasattr(result, "detach") else result  # a PyTorch tensor that requires its gradient
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
    """An object as one short line."""
    text = " ".join((value if isinstance(value, complex | np.ndarray) else repr(value)).__str__().split())
    return clipped(text)


def _tried(what: str, function: Function, start: Array) -> Any:
    """What a function returns at the start."""
    try:
        with np.errstate(all="ignore"):  # a NaN ends the run with a sentence
            return function(start.copy())
    except InputError:
        raise
    except Exception as error:
        message = f"the {what} cannot be evaluated at the start: {named(error)}"
        hint = f" (it is given a NumPy array of shape {start.shape})" if isinstance(error, HINTED) else ""
        raise InputError(message + hint) from error


def _checked(gradient: Function) -> Function:
    """The user's gradient, checked: each result is a new array in the shape of the position."""

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
    """Raise if a given gradient is certainly not the function's at the start.

    The gradient is compared in every coordinate, or, for more than 16, along one oblique direction. Where differences with
    two spacings disagree, as for a noisy function, nothing is refused; at a kink every slope between the one-sided ones is
    accepted.

    Raises:
        InputError: with the gradient's slope and that of the differences.
    """
    if not np.isfinite(slope).all() or _evaluated(function, start) != _evaluated(function, start):
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
    """The function's slope along a direction, if it is certain and differs from the claimed one; else None."""
    here = _evaluated(function, start)
    centers: list[float] = []
    sides: list[float] = []
    rounding = 0.0
    for h in (spacing, spacing / 8):
        ahead, behind = (_evaluated(function, start + way * h * direction) for way in (1, -1))
        centers.append((ahead - behind) / (2 * h))
        sides += [(ahead - here) / h, (here - behind) / h]
        rounding = 10 * precision * max(abs(ahead), abs(here), abs(behind)) / h
    error = MISMATCH * max(abs(claimed), *map(abs, centers)) + rounding
    if not np.isfinite([*centers, *sides]).all() or not abs(centers[0] - centers[1]) <= error:
        return None
    return None if min(sides) - error <= claimed <= max(sides) + error else centers[1]


def _evaluated(function: Function, position: Array) -> float:
    """The value at a position; NaN where the function raises."""
    try:
        with np.errstate(all="ignore"):
            return _scalar(function(position.copy()))
    except Exception:
        return math.nan


def _oblique(start: Array) -> Array:
    """A unit vector along no coordinate axis and no axis of symmetry."""
    direction = np.cos(np.arange(1.0, start.size + 1)).reshape(start.shape)
    return np.asarray(direction / np.linalg.norm(direction))


def _in_double_precision(function: Function) -> Function:
    """A function written in JAX, run with float64 enabled; JAX would round to float32."""
    import jax

    @wraps(function)
    def wide(position: Array) -> Any:
        with jax.enable_x64(True):
            return function(position)

    return wide


def central_differences(function: Function, position: Array, spacing: float = SPACING) -> Array:
    """The gradient by central differences, `(f(p + h e) - f(p - h e)) / 2h` for every unit vector `e`.

    Args:
        spacing: `h` is this times `max(1, |p|)` in each coordinate.

    Raises:
        InputError: if the function does not return one real number.

    >>> central_differences(lambda p: (p**2).sum(), np.array([3.0, -1.0])).round(8)
    array([ 6., -2.])
    """
    gradient = np.empty_like(position)
    probe = position.copy()
    for index in np.ndindex(position.shape):
        center = float(position[index])
        h = spacing * max(1.0, abs(center))
        above, below = center + h, center - h  # rounded to floats, so the difference below is exact
        probe[index] = above
        high = _scalar(function(probe.copy()))
        probe[index] = below
        gradient[index] = (high - _scalar(function(probe.copy()))) / (above - below)
        probe[index] = center
    return gradient


def _traced_gradient(function: Function, start: Array, spacing: float) -> Function | None:
    """JAX's gradient in float64, if JAX is installed and its gradient agrees with the function; else None."""
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
    except Exception:  # differences can handle whatever JAX cannot trace
        return None
    return gradient if _agrees(function, start, slope, spacing) else None


def _agrees(function: Function, start: Array, slope: Array, spacing: float) -> bool:
    """Whether a gradient predicts the change of the function along an oblique direction."""
    with np.errstate(over="ignore"):
        length = float(np.linalg.norm(slope))
    if not np.isfinite(length):
        return False
    direction = _oblique(start)
    h = spacing * max(1.0, float(np.abs(start).max(initial=0.0)))
    ends = [_evaluated(function, start + sign * h * direction) for sign in (1, -1)]
    change = (ends[0] - ends[1]) / (2 * h)
    rounding = max(map(abs, ends)) * spacing**2  # h carries spacing, and spacing^3 is the precision
    return bool(abs(change - np.vdot(slope, direction)) <= AGREEMENT * max(1.0, length) + 10 * rounding)
