"""An optimizer on whole NumPy arrays, for objectives that are Python functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from steepest.tape import Tape
from steepest.targets.numpy import Array, interpret
from steepest.targets.python import Stop

__all__ = ["ArrayOutcome", "run_arrays"]


@dataclass
class ArrayOutcome:
    """What a run left: a row for the start and one for each step, of the quantities one for each step."""

    stop: Stop = Stop.LIMIT
    positions: list[Array] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    gradients: list[Array] = field(default_factory=list)
    quantities: dict[str, list[Any]] = field(default_factory=dict)


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
    outcome = ArrayOutcome(quantities={name: [] for name in tape.outputs if name != "theta"})
    calls = {"value": value, "gradient": lambda position: np.asarray(gradient(position), dtype=np.float64)}
    constants = [hyperparameters[name] for name in tape.inputs[1 + len(state) : -3]]
    remembered: list[Any] = [np.zeros_like(start) if name in tape.vectors else 0.0 for name in state]
    position = np.array(start, dtype=np.float64)
    try:
        arrive(outcome, calls, position)
        for t in range(1, steps + 1):
            if not np.isfinite(outcome.values[-1]):
                outcome.stop = Stop.LEFT
                return outcome
            if gtol and np.linalg.norm(outcome.gradients[-1]) < gtol:
                outcome.stop = Stop.GRADIENT
                return outcome
            known = {"value": at(position, outcome.values[-1], value), "gradient": at(position, outcome.gradients[-1], calls["gradient"])}
            slots = interpret(tape, [position, *remembered, *constants, float(t), float(steps), seed], known)
            results = {name: slots[used[0]] for name, used in tape.outputs.items()}
            moved = np.asarray(results.pop("theta"), dtype=np.float64)
            remembered = [results[name] for name in state]
            if not all(np.isfinite(part).all() for part in (moved, *remembered)):
                outcome.stop = Stop.BROKEN
                return outcome
            arrive(outcome, calls, moved)
            for name, result in results.items():
                outcome.quantities[name].append(result)
            length = float(np.linalg.norm(moved - position))
            position = moved
            if length < tol:
                outcome.stop = Stop.STEP if np.isfinite(outcome.values[-1]) else Stop.LEFT
                return outcome
            if progress:
                progress(t, steps)
        if not np.isfinite(outcome.values[-1]):
            outcome.stop = Stop.LEFT
    except KeyboardInterrupt:
        outcome.stop = Stop.INTERRUPTED
    return outcome


def arrive(outcome: ArrayOutcome, calls: Mapping[str, Callable[[Array], Any]], position: Array) -> None:
    """Record a position with its value and gradient, all three or none."""
    with np.errstate(all="ignore"):
        found, slope = calls["value"](position), calls["gradient"](position)
    outcome.positions.append(position)
    outcome.values.append(found)
    outcome.gradients.append(slope)


def at(position: Array, known: Any, function: Callable[[Array], Any]) -> Callable[[Array], Any]:
    """The function, which knows its result at one position already."""
    return lambda other: known if other is position else function(other)
