"""An optimizer on whole NumPy arrays, for objectives that are Python functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.errors import InputError, named
from steepest.language.operations import OPERATIONS, overflows
from steepest.tape.program import Stop, swallowed
from steepest.tape.tape import STEP, Operation, Tape, arguments
from steepest.targets.arrays import Array, interpret
from steepest.targets.reference import Failure


@dataclass
class ArrayOutcome:
    """What a run left: a row for the start and one for each step, of the quantities one for each step."""

    stop: Stop = Stop.LIMIT
    positions: list[Array] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    gradients: list[Array] = field(default_factory=list)
    quantities: dict[str, list[Any]] = field(default_factory=dict)
    failure: Failure | None = None
    swallowed: tuple[float, float] | None = None


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
    asked: float = math.inf,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    source: str = "gradient",
) -> ArrayOutcome:
    """Take up to `steps` steps of an optimizer's whole-array tape; `value` and `gradient` are the objective's.

    A step shorter than `tol` ends the run where the gradient's norm is below `asked`, too. `source` is who has raised where
    the gradient does.
    """
    value, gradient = _guarded("function", value), _guarded(source, gradient)
    outcome = ArrayOutcome(quantities={name: [] for name in tape.outputs if name not in ("theta", STEP)})
    constants = [hyperparameters[name] for name in tape.inputs[1 + len(state) : -3]]
    remembered: list[Any] = [np.zeros_like(start) if name in tape.vectors else 0.0 for name in state]
    try:
        arrive(outcome, value, gradient, np.array(start, dtype=np.float64), {})
        for t in range(1, steps + 1):
            if not _sound(outcome) or length(outcome.gradients[-1]) < gtol:
                break
            position = outcome.positions[-1]
            known = {
                "value": at(position, outcome.values[-1], value),
                "gradient": at(position, outcome.gradients[-1], gradient),
            }
            try:
                slots = interpret(tape, [position, *remembered, *constants, float(t), float(steps), seed], known)
            except NoNumberError as error:
                outcome.stop, outcome.failure = Stop.BROKEN, Failure(False, "raised", (), str(error))
                return outcome
            results = {name: result(slots[used[0]], position, name in tape.vectors) for name, used in tape.outputs.items()}
            moved, step = results.pop("theta"), results.pop(STEP)
            remembered = [results[name] for name in state]
            if not all(np.isfinite(part).all() for part in (moved, *remembered)):
                outcome.stop, outcome.failure = Stop.BROKEN, failure(tape, slots, ("theta", *state))
                return outcome
            arrive(outcome, value, gradient, moved, results)
            outcome.swallowed = None if (moved != position).any() else swallowed(step.ravel().tolist(), moved.ravel().tolist())
            if length(step) < tol and length(moved - position) < tol and length(outcome.gradients[-2]) < asked:
                outcome.stop = Stop.STEP
                break
            if progress:
                progress(t, steps)
        finish(outcome, gtol)
    except KeyboardInterrupt:
        if not outcome.positions:
            raise
        outcome.stop = Stop.INTERRUPTED
        del outcome.values[len(outcome.positions) :]
        del outcome.gradients[len(outcome.positions) :]
        for rows in outcome.quantities.values():
            del rows[len(outcome.positions) - 1 :]
    return outcome


def _sound(outcome: ArrayOutcome) -> bool:
    """Whether the run can go on from its last position."""
    return outcome.failure is None and math.isfinite(outcome.values[-1])


def finish(outcome: ArrayOutcome, gtol: float) -> None:
    """What the last position says about the end."""
    if not _sound(outcome):
        outcome.stop = Stop.LEFT
        outcome.failure = outcome.failure or Failure(not math.isnan(outcome.values[-1]), "value", ())
    elif outcome.stop is Stop.LIMIT and length(outcome.gradients[-1]) < gtol:
        outcome.stop = Stop.GRADIENT


class NoNumberError(Exception):
    """A call of the objective that gave no number: what there is to say about it."""


def _guarded(name: str, function: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """The function, whose exceptions say who raised them; a mistake of ours to tell, such as a wrong shape, says it itself."""

    def called(position: Array) -> Any:
        try:
            return function(position)
        except InputError as error:
            raise NoNumberError(str(error)) from error
        except Exception as error:
            raise NoNumberError(f"the {name} raised {named(error)}") from error

    return called


def arrive(
    outcome: ArrayOutcome,
    value: Callable[[Array], float],
    gradient: Callable[[Array], Array],
    position: Array,
    quantities: Mapping[str, Any],
) -> None:
    """Record a position with all that belongs to it; the position comes last, so what is there without it can be told."""
    found, slope = math.nan, np.full_like(position, math.nan)
    try:
        with np.errstate(all="ignore"):
            found = value(position)
            slope = gradient(position)
    except NoNumberError as error:
        if not math.isinf(found):  # else the value says why the run ends
            outcome.failure = Failure(False, "raised", (), str(error))
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


def failure(tape: Tape, slots: Sequence[Any], wanted: Sequence[str]) -> Failure | None:
    """Where the outputs that are not finite come from, element by element; see `steepest.targets.reference.failure`."""
    first = len(tape.inputs) + len(tape.constants)
    broken = [~np.isfinite(np.asarray(slot, dtype=np.float64)) for slot in slots]
    waiting = [slot for name in wanted for slot in tape.outputs[name] if broken[slot].any()]
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
    origin = min(origins)
    operation, result = tape.operations[origin - first], np.asarray(slots[origin])
    if operation[0] not in OPERATIONS:
        return Failure(not np.isnan(result).any(), operation[0], ())
    place = np.flatnonzero(broken[origin])[0]
    values = tuple(float(np.broadcast_to(slots[used], result.shape).flat[place]) for used in arguments(operation))
    named = [(used[0], name) for name, used in tape.outputs.items() if name != STEP and used[0] in seen and used[0] >= origin]
    slot, quantity = min(named, key=lambda each: (each[0], each[1] == "theta"), default=(origin, ""))
    overflow = overflows(operation[0], values)
    return Failure(overflow, operation[0], values, quantity, overflow and slot != origin)


def taken(operation: Operation, slots: Sequence[Any]) -> list[tuple[int, Any]]:
    """The arguments of an operation, each with the elements that its value depends on."""
    used = arguments(operation)
    if operation[0] != "where":
        return [(slot, True) for slot in used]
    chosen = np.asarray(slots[used[0]], dtype=bool)
    return [(used[0], True), (used[1], chosen), (used[2], ~chosen)]
