"""Whether a run jumped over a pole or a gap in the domain of its function."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.sampling import harmless
from steepest.language.expression import Expression, call, postorder
from steepest.tape.compile import function_tape
from steepest.targets.arrays import Array, interpret

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

LONGEST = 400  # steps that are examined between their ends, the longest first
MOST_CALLS = 10  # and of a Python function
INSIDE = np.array([0.0, *(np.arange(1, 24) - math.sqrt(0.5) + 0.5) / 24, 1.0])  # irrational: no step is examined at a round number
SUSPECTS = 40
CLOSE = 0.05  # the share of its size at the ends below which the minimum of a divisor is examined
GROWS = 0.9  # each decade toward a pole adds the same to a logarithm, more to 1/x, and less to what stays finite
DECADES = 10.0 ** -np.arange(3, 8)


def crosses(run: Trajectory) -> bool:
    """Whether the straight line of one of the steps crosses a pole or a gap in the domain.

    >>> from steepest.runs.descent import descend
    >>> [crosses(descend("x + 1/x", 3, lr=lr, steps=20)) for lr in (0.1, 5)]
    [False, True]
    """
    positions = run.positions.reshape(run.steps + 1, -1)
    steps = np.diff(positions, axis=0)
    rows = np.argsort(-np.abs(steps).max(axis=1, initial=0.0), kind="stable")
    function = run.objective
    longest = np.sort(rows[: MOST_CALLS if function.expression is None else LONGEST])
    if not np.isfinite(_values(run, _between(positions[longest], steps[longest], INSIDE))).all():
        return True
    if function.expression is None:
        return False
    for divisor in _divisors(function.expression):
        for fractions, chosen in ((INSIDE, longest), (INSIDE[[0, -1]], rows)):
            if any(_has_pole(run, *suspect) for suspect in _suspects(run, divisor, positions[chosen], steps[chosen], fractions)):
                return True
    return False


def _between(starts: Array, steps: Array, fractions: Array) -> Array:
    """The positions on straight lines, `(lines, fractions, n)`."""
    return np.asarray(starts[:, None, :] + fractions[None, :, None] * steps[:, None, :])


def _values(run: Trajectory, positions: Array, expression: Expression | None = None) -> Array:
    """The function, or a part of it, at an array of positions."""
    shape, rows = positions.shape[:-1], positions.reshape(-1, positions.shape[-1])
    if run.objective.expression is None:
        value = harmless(run.objective.value)
        return np.array([value(row.reshape(run.record.shape)) for row in rows]).reshape(shape)
    tape = function_tape(expression or run.objective.expression, run.objective.names, False)
    found = interpret(tape, list(rows.T))[tape.outputs["f"][0]]
    return np.array(np.broadcast_to(found, len(rows)), dtype=float).reshape(shape)


def _divisors(root: Expression) -> list[Expression]:
    """Expressions that must not be 0: denominators, arguments of logarithms, bases of negative powers, cosines of tangents."""
    found: dict[Expression, None] = {}
    for node in postorder(root):
        first, last = (node.arguments[0], node.arguments[-1]) if node.arguments else (node, node)
        negative = last.operation != "number" or last.value < 0
        if node.operation == "div":
            found |= dict.fromkeys(_factors(last))
        elif node.operation in ("log", "log2", "log10") or (node.operation == "pow" and negative):
            found |= dict.fromkeys(_factors(first))
        elif node.operation == "tan":
            found[call("cos", first)] = None
    return [each for each in found if each.operation not in ("number", "constant")]


def _factors(root: Expression) -> Iterator[Expression]:
    """Expressions one of which is 0 where this one is, and which change their sign there if they can."""
    if root.operation in ("neg", "abs", "sqrt", "cbrt", "pow"):
        yield from _factors(root.arguments[0])
    elif root.operation == "mul":
        for argument in root.arguments:
            yield from _factors(argument)
    elif root.operation == "div":
        yield from _factors(root.arguments[0])
    else:
        yield root


def _suspects(run: Trajectory, divisor: Expression, starts: Array, steps: Array, fractions: Array) -> Iterator[tuple[Array, Array]]:
    """Positions on the steps where a divisor is 0 or smallest in size, each with the interval around it."""
    lines = _between(starts, steps, fractions)
    sizes = _values(run, lines, divisor)
    changed = np.argwhere(sizes[:, 1:] * sizes[:, :-1] < 0)
    for row, column in changed[:SUSPECTS].tolist():
        low, high = lines[row, column], lines[row, column + 1]
        yield _bisected(run, divisor, low, high, float(np.sign(sizes[row, column]))), high - low
    if len(fractions) > 2:
        inner, whole = np.abs(sizes), np.abs(sizes).max(axis=1, keepdims=True)
        least = (inner[:, 1:-1] <= inner[:, :-2]) & (inner[:, 1:-1] <= inner[:, 2:]) & (inner[:, 1:-1] < CLOSE * whole)
        for row, column in np.argwhere(least)[:SUSPECTS].tolist():
            low, high = lines[row, column], lines[row, column + 2]
            yield _least(run, divisor, low, high), high - low


def _bisected(run: Trajectory, divisor: Expression, low: Array, high: Array, sign: float) -> Array:
    """Where a divisor changes its sign between two positions."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(_values(run, middle[None], divisor)[0]) * sign > 0 else (low, middle)
    return high


def _least(run: Trajectory, divisor: Expression, low: Array, high: Array) -> Array:
    """Where a divisor is closest to 0 between two positions."""
    for _ in range(40):
        points = low + np.linspace(0, 1, 9)[:, None] * (high - low)
        best = int(np.argmin(np.abs(_values(run, points, divisor))))
        low, high = points[max(best - 1, 0)], points[min(best + 1, 8)]
    return (low + high) / 2


def _has_pole(run: Trajectory, position: Array, direction: Array) -> bool:
    """Whether the function grows without bound toward a position, from one side or the other."""
    for side in (1.0, -1.0):
        found = _values(run, position + side * DECADES[:, None] * direction)
        if not np.isfinite(found).all():
            return True
        added = np.abs(np.diff(found))
        if (added[1:] >= GROWS * added[:-1]).all() and added[-1] > 1e-9 * (1 + float(np.abs(found).max())):
            return True
    return False
