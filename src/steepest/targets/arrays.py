"""The NumPy target: interprets a tape over arrays; grids are evaluated in blocks that fit the cache."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.language.operations import COMPARISONS
from steepest.tape.tape import CALLS, REDUCE, Tape
from steepest.targets.array_operations import FUNCTIONS, noise_like
from steepest.targets.rows.grid import sums_over
from steepest.targets.rows.sums import RowSums

Array = NDArray[np.float64]
BLOCK = 32_768  # numbers in one temporary array: 256 KiB


def interpret(tape: Tape, inputs: Sequence[Any], calls: Mapping[str, Callable[..., Any]] | None = None) -> list[Any]:
    """The value of every slot of a tape.

    Args:
        inputs: numbers or arrays that broadcast together.
        calls: the objective's `value` and `gradient`, functions of the position, for an optimizer's tape on whole arrays.
    """
    slots: list[Any] = [*inputs, *tape.constants]
    sums: dict[tuple[int, ...], Sequence[Any]] = {}
    with np.errstate(all="ignore"):
        for name, *used in tape.operations:
            if name == REDUCE:
                at = tuple(used[1:])
                sums[at] = sums.get(at) or _over_rows(tape, [slots[slot] for slot in at])
                slots.append(sums[at][used[0]])
            elif name in CALLS:
                slots.append((calls or {})[name](slots[used[-1]]))
            elif name == "noise":
                slots.append(noise_like(*(slots[slot] for slot in used)))
            else:
                slots.append(FUNCTIONS[name](*[slots[slot] for slot in used]))
    return slots


def _over_rows(tape: Tape, position: Sequence[Any]) -> Sequence[Any]:
    """The sums and means over all rows, at a position or at many."""
    assert tape.rows is not None
    return sums_over(RowSums(tape.rows), position)


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
    if tape.rows:
        return np.array(np.broadcast_to(interpret(tape, inputs)[output], shape))
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
