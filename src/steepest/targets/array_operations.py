"""The operations of tapes on NumPy arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.random import MASK, STREAM, pcg3d

Array = NDArray[np.float64]


def _sigmoid(a: Array) -> Array:
    growth = np.exp(-np.abs(a))
    return np.where(a >= 0, 1 / (1 + growth), growth / (1 + growth))


def _softplus(a: Array) -> Array:
    return np.maximum(a, 0.0) + np.log1p(np.exp(-np.abs(a)))


def _error_function(a: Array) -> Array:
    return np.asarray(_erf(a), dtype=np.float64)


_erf = np.frompyfunc(math.erf, 1, 1)

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "neg": np.negative, "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
    "sqrt": np.sqrt, "cbrt": np.cbrt, "exp": np.exp, "log": np.log, "log2": np.log2, "log10": np.log10, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh,
    "acosh": np.arccosh, "atanh": np.arctanh, "log1p": np.log1p, "expm1": np.expm1, "floor": np.floor,
    "ceil": np.ceil, "abs": np.abs, "sign": np.sign, "min": np.minimum, "max": np.maximum, "where": np.where,
    "sigmoid": _sigmoid, "softplus": _softplus, "erf": _error_function,
    "hypot": np.hypot, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "ne": np.not_equal, "dot": lambda a, b: np.vdot(*np.broadcast_arrays(a, b)),
}  # fmt: skip


def noise(seed: int, step: int, stream: int, coordinates: NDArray[np.uint64]) -> Array:
    """Standard normal noise of many coordinates; see `steepest.random.normal`, which it equals."""
    x = coordinates.astype(np.uint64)
    y, z = (np.full_like(x, value) for value in (step & MASK, (seed + stream * STREAM) & MASK))
    drawn, turn, _ = pcg3d(x, y, z)  # type: ignore[arg-type]
    radius = np.sqrt(-2 * np.log((drawn + 0.5) / 2**32))
    return np.asarray(radius * np.cos(2 * np.pi * ((turn + 0.5) / 2**32)))


def noise_like(seed: float, step: Any, stream: float, where: Any) -> Any:
    """Noise for one coordinate (a number) or for every element of an array, numbered in C order."""
    if np.ndim(where) == 0 and not isinstance(where, np.ndarray):
        return float(noise(int(seed), int(step), int(stream), np.array([where]).astype(np.uint64))[0])
    counted = np.arange(np.size(where), dtype=np.uint64).reshape(np.shape(where))
    return noise(int(seed), int(step), int(stream), counted)
