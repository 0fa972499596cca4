"""The NumPy target: interprets a tape over arrays; grids are evaluated in blocks that fit the cache."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.language.operations import COMPARISONS
from steepest.tape.tape import CALLS, Tape

Array = NDArray[np.float64]
BLOCK = 32_768  # numbers in one temporary array: 256 KiB
MASK = np.uint64(0xFFFFFFFF)
STREAM = 0x9E3779B9


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
    y, z = (np.full_like(x, value) for value in (step & 0xFFFFFFFF, (seed + stream * STREAM) & 0xFFFFFFFF))
    x, y, z = ((part * np.uint64(1664525) + np.uint64(1013904223)) & MASK for part in (x, y, z))
    for last in (False, True):
        x = (x + y * z) & MASK
        y = (y + z * x) & MASK
        z = (z + x * y) & MASK
        if not last:
            x, y, z = (part ^ (part >> np.uint64(16)) for part in (x, y, z))
    radius = np.sqrt(-2 * np.log((x + 0.5) / 2**32))
    return np.asarray(radius * np.cos(2 * np.pi * ((y + 0.5) / 2**32)))


def interpret(tape: Tape, inputs: Sequence[Any], calls: Mapping[str, Callable[..., Any]] | None = None) -> list[Any]:
    """The value of every slot of a tape.

    Args:
        inputs: numbers or arrays that broadcast together.
        calls: the objective's `value` and `gradient`, functions of the position, for an optimizer's tape on whole arrays.
    """
    slots: list[Any] = [*inputs, *tape.constants]
    with np.errstate(all="ignore"):
        for name, *used in tape.operations:
            if name in CALLS:
                slots.append((calls or {})[name](slots[used[-1]]))
            elif name == "noise":
                slots.append(noise_like(*(slots[slot] for slot in used)))
            else:
                slots.append(FUNCTIONS[name](*[slots[slot] for slot in used]))
    return slots


def noise_like(seed: float, step: Any, stream: float, where: Any) -> Any:
    """Noise for one coordinate (a number) or for every element of an array, numbered in C order."""
    if np.ndim(where) == 0 and not isinstance(where, np.ndarray):
        return float(noise(int(seed), int(step), int(stream), np.array([where]).astype(np.uint64))[0])
    counted = np.arange(np.size(where), dtype=np.uint64).reshape(np.shape(where))
    return noise(int(seed), int(step), int(stream), counted)


def evaluate(tape: Tape, inputs: Sequence[Array], output: int) -> Array:
    """One output of an objective's tape over a grid, in blocks along the first axis.

    Intermediate results as large as a block are kept in reused buffers.

    Args:
        inputs: arrays that broadcast together; with a row and a column, what depends on one parameter alone is computed once
            for each of its values.
        output: the slot.

    Returns:
        An array of the broadcast shape.
    """
    shape = np.broadcast_shapes(*map(np.shape, inputs))
    steps = list(_plan(tape, [_axes_of(part, shape) for part in inputs], output, _axes_of(np.broadcast_to(0, shape), shape)))
    result = np.empty(shape)
    rows = max(1, BLOCK // max(1, math.prod(shape[1:])))
    buffers: list[Array] = []
    with np.errstate(all="ignore"):
        for first in range(0, shape[0], rows):
            block = slice(first, first + rows)
            place = result[block]
            parts = [part[block] if np.ndim(part) == len(shape) and np.shape(part)[0] > 1 else part for part in inputs]
            slots: list[Any] = [*parts, *tape.constants, *[None] * len(tape.operations)]
            free = [buffer[: len(place)] for buffer in buffers]
            for slot, function, used, buffered, finished in steps:
                arguments = [slots[part] for part in used]
                free += [slots[part] for part in finished]
                if not buffered:
                    slots[slot] = function(*arguments)
                    continue
                if slot == output:
                    free.append(place)
                elif not free:
                    buffers.append(np.empty_like(place))
                    free.append(buffers[-1])
                slots[slot] = function(*arguments, out=free.pop())
            if slots[output] is not place:
                place[...] = slots[output]
    return result


def _axes_of(part: Any, shape: tuple[int, ...]) -> int:
    """The axes along which an array has more than one element, as bits."""
    sizes = np.shape(part)
    return sum(1 << axis for axis, size in enumerate(reversed(sizes)) if size > 1)


Step = tuple[int, Callable[..., Any], tuple[int, ...], bool, list[int]]


def _plan(tape: Tape, axes: Sequence[int], output: int, whole: int) -> Iterator[Step]:
    """The operations that an output needs, each as its slot, function, arguments, whether it fills a buffer, and those it frees.

    Args:
        axes: of each input, as bits.
        whole: the axes of the grid.
    """
    needed, first = tape.needed([output]), len(tape.inputs) + len(tape.constants)
    last = {used: slot for slot, (_, *parts) in enumerate(tape.operations, first) if slot in needed for used in parts}
    spans = [*axes, *[0] * len(tape.constants)]
    held: set[int] = set()
    for slot, (name, *used) in enumerate(tape.operations, first):
        spans.append(0)
        if slot in needed:
            for part in used:
                spans[slot] |= spans[part]
            function = FUNCTIONS[name]
            finished = [part for part in dict.fromkeys(used) if part in held and last[part] == slot]
            buffered = spans[slot] == whole and isinstance(function, np.ufunc) and name not in COMPARISONS
            held |= {slot} if buffered else set()
            yield slot, function, tuple(used), buffered, finished
