"""Interval bounds: how far out a tape's value certainly cannot overflow, so that no loop has to check it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from steepest.language.operations import OPERATIONS
from steepest.tape.tape import Tape

LARGEST_VALUES = {
    "sin": 1.0, "cos": 1.0, "tan": 1e19, "tanh": 1.0, "atan": 2.0, "atan2": 4.0, "sign": 1.0, "sigmoid": 1.0,
    "erf": 1.0, "lt": 1.0, "le": 1.0, "gt": 1.0, "ge": 1.0, "eq": 1.0, "ne": 1.0,
}  # fmt: skip
DOMAIN_FREE = frozenset(("sin", "cos", "tan"))  # defined for every finite number


def _magnitude(tape: Tape, output: int, radius: float) -> float:
    """A bound of an output's absolute value for inputs within `radius`.

    It is infinite if an overflow cannot be excluded, and NaN if the output may be undefined.
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
            bounds.append(_bound(name, parts))
    return bounds[output]


def _bound(name: str, parts: Sequence[float]) -> float:
    """A bound of an operation's absolute value, from those of its arguments."""
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
    """A power of 2 such that the value `f` cannot overflow for inputs within it; 0 if there is none."""
    if tape.rows:
        return 0.0
    output = tape.outputs["f"][0]
    low, high = -1, 1023
    if not math.isfinite(_magnitude(tape, output, 1.0)):
        return 0.0
    while high - low > 1:
        middle = (low + high) // 2
        if math.isfinite(_magnitude(tape, output, 2.0**middle)):
            low = middle
        else:
            high = middle
    return 2.0**low if low >= 0 else 0.0
