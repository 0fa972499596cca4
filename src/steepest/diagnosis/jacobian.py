"""The exact Jacobian of one step: the tape of the step, differentiated forward, operation by operation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from steepest.language.derivative import CHOICES, rules
from steepest.language.operations import COMPARISONS
from steepest.language.rows import GONE, Rows
from steepest.random import normal
from steepest.tape.builder import Builder
from steepest.tape.program import Program
from steepest.tape.tape import REDUCE, Tape, arguments
from steepest.targets.array_operations import FUNCTIONS, Array
from steepest.targets.arrays import interpret

MOST_ROWS = 2_000_000  # of all steps together
BLOCK = 4_000_000  # numbers in the tangents of one block of steps
FLAT = (*COMPARISONS, "noise")
CONDITIONS = {"min": "le", "max": "ge"}


def step_jacobians(program: Program, inputs: Sequence[Array]) -> Array:
    """The derivative of the position and the state after a step by those before it: shape `(m, d, d)`.

    With `z = (theta, state)` and the step `z' = S(z, t)`, entry `(i, j)` is `dz'_i / dz_j`. The step number is a constant, as
    are hyperparameters and noise. The tape of the step contains the gradient as operations, so its derivative, the Hessian,
    is exact too. At a kink the derivative is the language's.

    Args:
        inputs: one array for each input of the step's tape, with an element for each of the `m` steps.

    Returns:
        Shape `(m, d, d)`; NaN over data where that would take too many rows. Batches are left out: sums are over all rows.

    >>> from steepest.runs.descent import descend
    >>> run = descend("x^2", 3, optimizer="momentum", lr=0.1, steps=2)
    >>> columns = [np.array([value]) for value in (3.0, 0.0, 0.1, 0.9, 1.0, 2.0, 0.0)]  # x, v, lr, beta, t, T, seed
    >>> step_jacobians(run.record.program, columns)[0].round(12).tolist()
    [[0.8, -0.09], [2.0, 0.9]]
    """
    tape, state = program.step, program.next_state
    wanted = (*tape.outputs["theta"], *state)
    count, size = len(inputs[0]), rows_of_tape(tape).rows if tape.rows else 1
    if count * size > MOST_ROWS:
        return np.full((count, len(wanted), len(wanted)), np.nan)
    rows = max(1, BLOCK // (len(wanted) * max(1, len(tape.operations)) * size))
    blocks = [_tangents(tape, [part[first : first + rows] for part in inputs], wanted) for first in range(0, count, rows)]
    return np.concatenate(blocks) if blocks else np.empty((0, len(wanted), len(wanted)))


def _tangents(tape: Tape, inputs: Sequence[Array], wanted: Sequence[int]) -> Array:
    """The derivatives of the wanted slots by the first inputs: `(m, d, d)` with `d` wanted slots."""
    count, width = len(inputs[0]), len(wanted)
    given = [np.broadcast_to(np.eye(width)[index], (count, width)) for index in range(width)]
    slopes = _swept(tape, inputs, given, wanted)[1]
    zero = np.zeros((count, width))
    found = [slopes[slot] for slot in wanted]
    return np.stack([zero if slope is None else np.broadcast_to(slope, zero.shape) for slope in found], axis=1)


Slopes = list[Array | None]


def _swept(tape: Tape, inputs: Sequence[Array], given: Sequence[Array | None], wanted: Sequence[int]) -> tuple[list[Array], Slopes]:
    """The value and the tangent of every slot; those that nothing wanted depends on have no tangent.

    Args:
        inputs: of the shape `(m,)`.
        given: the tangents of the first inputs, `(m, d)`.
    """
    values = [*inputs, *map(np.asarray, tape.constants)]
    slopes: Slopes = [*given, *[None] * (len(values) - len(given) + len(tape.operations))]
    needed = tape.needed(wanted)
    sums: dict[tuple[int, ...], tuple[list[Array], Slopes]] = {}
    with np.errstate(all="ignore"):
        for slot, operation in enumerate(tape.operations, len(values)):
            name, used = operation[0], arguments(operation)
            parts = [values[part] for part in used]
            if name == REDUCE:
                if used not in sums:
                    sums[used] = _over_rows(tape, parts, [slopes[part] for part in used])
                values.append(sums[used][0][operation[1]])
                slopes[slot] = sums[used][1][operation[1]]
                continue
            values.append(_random(parts) if name == "noise" else np.asarray(FUNCTIONS[name](*parts), dtype=float))
            if slot in needed and name not in FLAT:
                slopes[slot] = _tangent(name, parts, [slopes[part] for part in used], values[slot])
    return values, slopes


def rows_of_tape(tape: Tape) -> Rows:
    """The rows over which a tape's sums and means are taken."""
    source = tape.rows.source() if tape.rows else None
    if source is None:
        raise ReferenceError(GONE)
    return source


def _over_rows(tape: Tape, position: Sequence[Array], given: Slopes) -> tuple[list[Array], Slopes]:
    """The values and tangents of all sums and means over the rows, at many positions."""
    assert tape.rows is not None
    source, shape = rows_of_tape(tape), np.broadcast_shapes(*map(np.shape, position))
    count, size = int(np.prod(shape)), source.rows
    values, tangents = list[Array](), Slopes()
    for stage, columns in zip(tape.rows.stages, tape.rows.columns, strict=True):
        known = [np.repeat(np.broadcast_to(part, (count,)), size) for part in (*position, *values)]
        slopes = [None if slope is None else np.repeat(slope, size, axis=0) for slope in (*given, *tangents)]
        inputs = [*known, *(np.tile(np.asarray(source[name], dtype=float), count) for name in columns)]
        wanted = [slot for (slot,) in stage.outputs.values()]
        every, found = _swept(stage, inputs, slopes, wanted)
        for name, (slot,) in stage.outputs.items():
            by = size if tape.rows.kinds[int(name)] == "mean" else 1
            values.append(np.broadcast_to(every[slot], (count * size,)).reshape(count, size).sum(axis=1) / by)
            slope = found[slot]
            tangents.append(None if slope is None else slope.reshape(count, size, -1).sum(axis=1) / by)
    return values, tangents


def _random(parts: list[Array]) -> Array:
    """The noise of each step."""
    return np.array([normal(*row) for row in zip(*(part.tolist() for part in np.broadcast_arrays(*parts)), strict=True)])


def _tangent(name: str, arguments: list[Array], slopes: list[Array | None], result: Array) -> Array | None:
    """The tangent of an operation's result; None where it is 0."""
    if name in CHOICES:
        chosen = FUNCTIONS[CONDITIONS[name]](*arguments) if name in CONDITIONS else arguments[0] != 0
        a, b = (0.0 if slope is None else slope for slope in slopes[-2:])
        return None if slopes[-2] is None and slopes[-1] is None else np.where(np.reshape(chosen, (-1, 1)), a, b)
    total: Array | None = None
    partials = _slopes_of(name, arguments, result) if any(slope is not None for slope in slopes) else []
    for partial, slope in zip(partials, slopes, strict=False):
        if slope is not None:
            change = np.where(slope == 0, 0.0, np.reshape(partial, (-1, 1)) * slope)  # a zero tangent stays 0, also at a pole
            total = change if total is None else total + change
    return total


def _slopes_of(name: str, arguments: list[Array], result: Array) -> list[Array]:
    """The operation's partial derivatives."""
    tape = _rule_tape(name)
    given = [*arguments, *[result] * (2 - len(arguments)), result]
    slots = interpret(tape, given)
    return [np.asarray(slots[tape.outputs[f"d{index}"][0]], dtype=float) for index in range(len(rules(name)))]


@cache
def _rule_tape(name: str) -> Tape:
    """The operation's derivative formulas as a tape of its arguments `a`, `b` and its result `r`."""
    builder = Builder(("a", "b", "r"))
    slots = builder.lower(rules(name), {"a": 0, "b": 1, "r": 2})
    return builder.tape({f"d{index}": (slot,) for index, slot in enumerate(slots)}, ())
