"""Runs on whole NumPy arrays, for objectives that are Python functions or models of many columns."""

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

Value = Callable[[Array, int], float]
Gradient = Callable[[Array, int], Array]


@dataclass
class ArrayOutcome:
    """The record of a run.

    Attributes:
        stop: why it ended.
        positions, values, gradients: for the start and after each step.
        quantities: the assigned quantities of each step.
        failure: the cause of a result that is not finite.
        swallowed: see `steepest.tape.program.swallowed`.
    """

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
    value: Value,
    gradient: Gradient,
    start: Array,
    hyperparameters: Mapping[str, float],
    *,
    steps: int,
    tol: float,
    gtol: float = 0.0,
    asked: float = math.inf,
    horizon: int | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
    source: str = "gradient",
    epoch: int = 1,
) -> ArrayOutcome:
    """Run an optimizer's whole-array tape.

    Args:
        state: the names of the optimizer's state.
        value, gradient: the objective's, functions of an array of the start's shape and of the step, from 1, that begins there.
        steps, tol, gtol: when the run ends; see `steepest.descend`.
        asked: a step shorter than `tol` ends the run only where the gradient's norm is below this.
        horizon: `T` in a schedule; `steps` if it is left out.
        source: the function that an exception in the gradient is attributed to.
        epoch: how many steps in a row must be shorter than `tol`.
    """
    value, gradient = _guarded("function", value), _guarded(source, gradient)
    outcome = ArrayOutcome(quantities={name: [] for name in tape.outputs if name not in ("theta", STEP)})
    constants = [hyperparameters[name] for name in tape.inputs[1 + len(state) : -3]]
    state_values: list[Any] = [np.zeros_like(start) if name in tape.vectors else 0.0 for name in state]
    short = 0
    try:
        _record(outcome, value, gradient, np.array(start, dtype=np.float64), {}, 1)
        for t in range(1, steps + 1):
            if not _sound(outcome) or _norm(outcome.gradients[-1]) < gtol:
                break
            position = outcome.positions[-1]
            here = _at_step(value, t), _at_step(gradient, t)
            results = _step(
                tape,
                state,
                outcome,
                *here,
                [*state_values, *constants, float(t), float(steps if horizon is None else horizon), seed],
            )
            if results is None:
                return outcome
            moved, step = results.pop("theta"), results.pop(STEP)
            state_values = [results[name] for name in state]
            _record(outcome, value, gradient, moved, results, t + 1)
            outcome.swallowed = None if (moved != position).any() else swallowed(step.ravel().tolist(), moved.ravel().tolist())
            rests = _norm(step) < tol and _norm(moved - position) < tol and _norm(outcome.gradients[-2]) < asked
            short = short + 1 if rests else 0
            if short >= epoch:
                outcome.stop = Stop.STEP
                break
            if progress:
                progress(t, steps)
        finish(outcome, gtol)
    except KeyboardInterrupt:
        if not outcome.positions:
            raise
        _interrupt(outcome)
    return outcome


def _step(
    tape: Tape,
    state: tuple[str, ...],
    outcome: ArrayOutcome,
    value: Callable[[Array], float],
    gradient: Callable[[Array], Array],
    inputs: Sequence[Any],
) -> dict[str, Any] | None:
    """The results of one step from the last position; None, with the cause in the outcome, if they are not finite.

    `inputs` are those of the tape behind the position.
    """
    position = outcome.positions[-1]
    known = {"value": at(position, outcome.values[-1], value), "gradient": at(position, outcome.gradients[-1], gradient)}
    try:
        slots = interpret(tape, [position, *inputs], known)
    except _CallFailedError as error:
        outcome.stop, outcome.failure = Stop.BROKEN, Failure(False, "raised", (), str(error))
        return None
    results = {name: _shaped(slots[used[0]], position, name in tape.vectors) for name, used in tape.outputs.items()}
    if not all(np.isfinite(results[name]).all() for name in ("theta", *state)):
        outcome.stop, outcome.failure = Stop.BROKEN, _cause(tape, slots, ("theta", *state))
        return None
    return results


def _at_step(function: Callable[[Array, int], Any], step: int) -> Callable[[Array], Any]:
    """A function of the position in one step."""
    return lambda position: function(position, step)


def _interrupt(outcome: ArrayOutcome) -> None:
    """End a run at its last complete step."""
    outcome.stop = Stop.INTERRUPTED
    del outcome.values[len(outcome.positions) :]
    del outcome.gradients[len(outcome.positions) :]
    for rows in outcome.quantities.values():
        del rows[len(outcome.positions) - 1 :]


def _sound(outcome: ArrayOutcome) -> bool:
    """Whether the run can go on from its last position."""
    return outcome.failure is None and math.isfinite(outcome.values[-1])


def finish(outcome: ArrayOutcome, gtol: float) -> None:
    """Set why a run ended that took all its steps, by its last position."""
    if not _sound(outcome):
        outcome.stop = Stop.LEFT
        outcome.failure = outcome.failure or Failure(not math.isnan(outcome.values[-1]), "value", ())
    elif outcome.stop is Stop.LIMIT and _norm(outcome.gradients[-1]) < gtol:
        outcome.stop = Stop.GRADIENT


class _CallFailedError(Exception):
    """A call of the objective that raised; the message says what."""


def _guarded(name: str, function: Callable[[Array, int], Any]) -> Callable[[Array, int], Any]:
    """The function with its exceptions as `_CallFailedError`; those of this package keep their own messages."""

    def guarded(position: Array, step: int) -> Any:
        try:
            return function(position, step)
        except InputError as error:
            raise _CallFailedError(str(error)) from error
        except Exception as error:
            raise _CallFailedError(f"the {name} raised {named(error)}") from error

    return guarded


def _record(
    outcome: ArrayOutcome,
    value: Value,
    gradient: Gradient,
    position: Array,
    quantities: Mapping[str, Any],
    step: int,
) -> None:
    """Record a position with its value and gradient in the step that begins there, and the quantities of the step before.

    The position is appended last, so that an interrupt leaves a record that can be repaired.
    """
    found, slope = math.nan, np.full_like(position, math.nan)
    try:
        with np.errstate(all="ignore"):
            found = value(position, step)
            slope = gradient(position, step)
    except _CallFailedError as error:
        if not math.isinf(found):  # an infinite value explains the end of the run by itself
            outcome.failure = Failure(False, "raised", (), str(error))
    for name, quantity in quantities.items():
        outcome.quantities[name].append(quantity)
    outcome.values.append(found)
    outcome.gradients.append(slope)
    outcome.positions.append(position)


def _norm(vector: Array) -> float:
    """The Euclidean norm of an array of any shape; infinite if its square overflows."""
    with np.errstate(all="ignore"):
        return float(np.linalg.norm(vector))


def _shaped(part: Any, position: Array, vector: bool) -> Any:
    """A result of the tape; a vector gets the position's shape."""
    return np.broadcast_to(np.asarray(part, dtype=np.float64), position.shape) if vector else float(part)


def at(position: Array, known: Any, function: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """A function whose result at one position is known; a number stands for a position of equal coordinates."""
    return lambda other: known if other is position else function(np.broadcast_to(other, position.shape))


def _cause(tape: Tape, slots: Sequence[Any], wanted: Sequence[str]) -> Failure | None:
    """The cause of outputs that are not finite, elementwise; see `steepest.targets.reference.failure`."""
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
        here = broken[slot] if operation[0] in OPERATIONS else True  # dot and calls mix elements
        causes = [part for part, read in _used_arguments(operation, slots) if np.any(broken[part] & read & here)]
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


def _used_arguments(operation: Operation, slots: Sequence[Any]) -> list[tuple[int, Any]]:
    """The arguments of an operation, each with a mask of the elements that its value depends on."""
    used = arguments(operation)
    if operation[0] != "where":
        return [(slot, True) for slot in used]
    chosen = np.asarray(slots[used[0]], dtype=bool)
    return [(used[0], True), (used[1], chosen), (used[2], ~chosen)]
