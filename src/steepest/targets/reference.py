"""One tape, one operation at a time, with IEEE values: slow, exact about what went wrong, and what the others must equal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from steepest.language.operations import OPERATIONS, overflows
from steepest.noise import normal
from steepest.tape import Tape, arguments

__all__ = ["Failure", "failure", "magnitude", "results", "safe_radius"]


class Failure(NamedTuple):
    """The first operation of a tape that gave no finite number although its arguments were finite.

    `overflow` tells whether the number was merely too large; `operation` and `arguments` say what was computed.
    """

    overflow: bool
    operation: str
    arguments: tuple[float, ...]


def results(tape: Tape, inputs: Sequence[float]) -> list[float]:
    """The value of every slot."""
    slots = [*inputs, *tape.constants]
    for name, *used in tape.operations:
        values = [slots[slot] for slot in used]
        slots.append(normal(*values) if name == "noise" else OPERATIONS[name].value(*values))
    return slots


def failure(tape: Tape, slots: Sequence[float], outputs: Sequence[int]) -> Failure | None:
    """Where the outputs that are not finite come from; a branch of `where` that is not taken is not looked at."""
    first = len(tape.inputs) + len(tape.constants)
    waiting = [slot for slot in outputs if not math.isfinite(slots[slot])]
    origins: list[int] = []
    seen: set[int] = set()
    while waiting:
        slot = waiting.pop()
        if slot in seen or slot < first:
            continue
        seen.add(slot)
        causes = [used for used in taken(tape, slots, slot) if not math.isfinite(slots[used])]
        waiting.extend(causes)
        if not causes:
            origins.append(slot)
    if not origins:
        return None
    operation = tape.operations[min(origins) - first]
    values = tuple(slots[used] for used in arguments(operation))
    return Failure(overflows(operation[0], values), operation[0], values)


def taken(tape: Tape, slots: Sequence[float], slot: int) -> tuple[int, ...]:
    """The arguments that an operation's value really depends on."""
    operation = tape.operations[slot - len(tape.inputs) - len(tape.constants)]
    used = arguments(operation)
    if operation[0] == "where":
        return (used[0], used[1] if slots[used[0]] else used[2])
    return used


LARGEST_VALUES = {
    "sin": 1.0, "cos": 1.0, "tan": 1e19, "tanh": 1.0, "atan": 2.0, "atan2": 4.0, "sign": 1.0, "sigmoid": 1.0,
    "erf": 1.0, "lt": 1.0, "le": 1.0, "gt": 1.0, "ge": 1.0, "eq": 1.0, "ne": 1.0,
}  # fmt: skip
DOMAIN_FREE = frozenset(("sin", "cos", "tan"))  # defined for every finite number


def magnitude(tape: Tape, output: int, radius: float) -> float:
    """A bound for an output's absolute value while every input stays within `radius`.

    It is infinite where no overflow can be excluded, and not a number where the output may be undefined.
    """
    bounds = [radius] * len(tape.inputs) + [abs(constant) for constant in tape.constants]
    first = len(tape.inputs)
    for name, *used in tape.operations:
        parts = [bounds[slot] for slot in used]
        if name == "div" and first <= used[1] < first + len(tape.constants):
            bounds.append(parts[0] / parts[1] if parts[1] else math.nan)
        elif OPERATIONS[name].domain and name not in DOMAIN_FREE:
            bounds.append(math.nan)
        else:
            bounds.append(bound(name, parts))
    return bounds[output]


def bound(name: str, parts: Sequence[float]) -> float:
    if name in LARGEST_VALUES:
        return LARGEST_VALUES[name] if all(map(math.isfinite, parts)) else math.nan
    if name in ("add", "sub", "hypot"):
        return parts[0] + parts[1]
    if name == "mul":
        return parts[0] * parts[1]
    if name in ("exp", "expm1", "sinh", "cosh"):
        return OPERATIONS["exp"].value(parts[0])
    if name in ("min", "max"):
        return parts[0] + parts[1]
    if name == "where":
        return parts[1] + parts[2]
    return parts[0] + 1  # neg, abs, floor, ceil, cbrt, asinh, softplus


def safe_radius(tape: Tape) -> float:
    """How large the inputs may be, as a power of 2, so that the value `f` cannot overflow; 0 where that cannot be said."""
    output = tape.outputs["f"][0]
    low, high = -1, 1023
    if not math.isfinite(magnitude(tape, output, 1.0)):
        return 0.0
    while high - low > 1:
        middle = (low + high) // 2
        if math.isfinite(magnitude(tape, output, 2.0**middle)):
            low = middle
        else:
            high = middle
    return 2.0**low if low >= 0 else 0.0
