"""An optimizer on whole NumPy arrays, for objectives that are Python functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.language.operations import OPERATIONS, overflows
from steepest.tape import STEP, Operation, Tape, arguments
from steepest.targets.numpy import Array, interpret
from steepest.targets.program import Stop
from steepest.targets.reference import Failure

__all__ = ["ArrayOutcome", "run_arrays"]


@dataclass
class ArrayOutcome:
    """What a run left: a row for the start and one for each step, of the quantities one for each step."""

    stop: Stop = Stop.LIMIT
    positions: list[Array] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    gradients: list[Array] = field(default_factory=list)
    quantities: dict[str, list[Any]] = field(default_factory=dict)
    failure: Failure | None = None


def run_arrays(
    tape: Tape,
    state: tuple[str, ...],
    value: Callable[[Array], float],
    gradient: Callable[[Array], Array],
    start: Array,
    hyperparameters: Mapping[str, float],
    *,
    steps: int,
    tol: float,
    gtol: float = 0.0,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> ArrayOutcome:
    """Take up to `steps` steps of an optimizer's whole-array tape; `value` and `gradient` are the objective's."""
    outcome = ArrayOutcome(quantities={name: [] for name in tape.outputs if name not in ("theta", STEP)})
    constants = [hyperparameters[name] for name in tape.inputs[1 + len(state) : -3]]
    remembered: list[Any] = [np.zeros_like(start) if name in tape.vectors else 0.0 for name in state]
    try:
        arrive(outcome, value, gradient, np.array(start, dtype=np.float64), {})
        for t in range(1, steps + 1):
            position = outcome.positions[-1]
            if not np.isfinite(outcome.values[-1]):
                break
            if gtol and length(outcome.gradients[-1]) < gtol:
                outcome.stop = Stop.GRADIENT
                return outcome
            known = {
                "value": at(position, outcome.values[-1], value),
                "gradient": at(position, outcome.gradients[-1], gradient),
            }
            slots = interpret(tape, [position, *remembered, *constants, float(t), float(steps), seed], known)
            results = {name: result(slots[used[0]], position, name in tape.vectors) for name, used in tape.outputs.items()}
            moved, step = results.pop("theta"), results.pop(STEP)
            remembered = [results[name] for name in state]
            if not all(np.isfinite(part).all() for part in (moved, *remembered)):
                outcome.stop = Stop.BROKEN
                outcome.failure = failure(tape, slots, [tape.outputs[name][0] for name in ("theta", *state)])
                return outcome
            arrive(outcome, value, gradient, moved, results)
            if length(step) < tol:
                outcome.stop = Stop.STEP
                break
            if progress:
                progress(t, steps)
        if not np.isfinite(outcome.values[-1]):
            outcome.stop, outcome.failure = Stop.LEFT, Failure(not np.isnan(outcome.values[-1]), "value", ())
    except KeyboardInterrupt:
        if not outcome.positions:
            raise
        outcome.stop = Stop.INTERRUPTED
        del outcome.values[len(outcome.positions) :]
        del outcome.gradients[len(outcome.positions) :]
        for rows in outcome.quantities.values():
            del rows[len(outcome.positions) - 1 :]
    return outcome


def arrive(
    outcome: ArrayOutcome,
    value: Callable[[Array], float],
    gradient: Callable[[Array], Array],
    position: Array,
    quantities: Mapping[str, Any],
) -> None:
    """Record a position with all that belongs to it; the position comes last, so what is there without it can be told."""
    with np.errstate(all="ignore"):
        found, slope = value(position), gradient(position)
    for name, quantity in quantities.items():
        outcome.quantities[name].append(quantity)
    outcome.values.append(found)
    outcome.gradients.append(slope)
    outcome.positions.append(position)


def length(vector: Array) -> float:
    """The length of an array of any shape, infinite where its square is."""
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(vector))


def result(part: Any, position: Array, vector: bool) -> Any:
    """A result of the tape, a vector in the position's shape."""
    return np.broadcast_to(np.asarray(part, dtype=np.float64), position.shape) if vector else float(part)


def at(position: Array, known: Any, function: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """The function, which knows its result at one position already; a number is a position of equal coordinates."""
    return lambda other: known if other is position else function(np.broadcast_to(other, position.shape))


def failure(tape: Tape, slots: Sequence[Any], outputs: Sequence[int]) -> Failure | None:
    """Where the outputs that are not finite come from, element by element; see `steepest.targets.reference.failure`."""
    first = len(tape.inputs) + len(tape.constants)
    broken = [~np.isfinite(np.asarray(slot, dtype=np.float64)) for slot in slots]
    waiting = [slot for slot in outputs if broken[slot].any()]
    origins: list[int] = []
    seen: set[int] = set()
    while waiting:
        slot = waiting.pop()
        if slot in seen or slot < first:
            continue
        seen.add(slot)
        operation = tape.operations[slot - first]
        here = broken[slot] if operation[0] in OPERATIONS else True  # the others mix elements
        causes = [part for part, read in taken(operation, slots) if np.any(broken[part] & read & here)]
        waiting.extend(causes)
        if not causes:
            origins.append(slot)
    if not origins:
        return None
    operation, result = tape.operations[min(origins) - first], np.asarray(slots[min(origins)])
    if operation[0] not in OPERATIONS:
        return Failure(not np.isnan(result).any(), operation[0], ())
    place = np.flatnonzero(broken[min(origins)])[0]
    values = tuple(float(np.broadcast_to(slots[used], result.shape).flat[place]) for used in arguments(operation))
    return Failure(overflows(operation[0], values), operation[0], values)


def taken(operation: Operation, slots: Sequence[Any]) -> list[tuple[int, Any]]:
    """The arguments of an operation, each with the elements that its value depends on."""
    used = arguments(operation)
    if operation[0] != "where":
        return [(slot, True) for slot in used]
    chosen = np.asarray(slots[used[0]], dtype=bool)
    return [(used[0], True), (used[1], chosen), (used[2], ~chosen)]
