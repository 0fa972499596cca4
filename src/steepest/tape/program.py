"""One optimizer on one objective, ready to run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from steepest.tape.bounds import safe_radius
from steepest.tape.tape import STEP, Tape

FAR = 1e30  # an objective that may overflow within this radius has its value watched at every step
INFECTIOUS = frozenset(("neg", "add", "sub", "mul", "div", "sqrt", "abs"))
NOT_RECORDED = ("theta", "f", "g", STEP)  # they follow from the positions


class Stop(Enum):
    """How a run ended: the code that a target returns, with the words for it that a user reads as `run.ending`.

    What is not finite has two words. Which of them it is depends on the cause, which `steepest.runs.ending` reads; a target
    need not know it.

    Attributes:
        endings: the words, the usual one first.
    """

    LIMIT = 0, "step_limit"  # all steps are taken
    STEP = 1, "converged"  # a step was shorter than the tolerance
    GRADIENT = 2, "converged"  # the gradient was shorter than its tolerance
    BROKEN = 3, "undefined", "diverged"  # the next position or its state is not finite; that step is not recorded
    LEFT = 4, "undefined", "diverged"  # the value at the last position is not finite
    INTERRUPTED = 5, "interrupted"  # Ctrl-C
    UNUSUAL = (6,)  # the fast loop hands over; no run ends so

    def __init__(self, code: int, *endings: str) -> None:
        self.code, self.endings = code, endings


@dataclass(frozen=True)
class Program:
    """One optimizer on one objective.

    Attributes:
        step: the linked tape of one step.
        objective: the objective's tape.
        state: the names of the state, in the order of the step's inputs.
        hyperparameters: the names of the hyperparameters that are inputs, in order.
        loops: what a target made of it.
    """

    step: Tape
    objective: Tape
    state: tuple[str, ...]
    hyperparameters: tuple[str, ...]
    loops: dict[Any, Any] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[Program], tuple[Tape, Tape, tuple[str, ...], tuple[str, ...]]]:
        """Compiled loops are not pickled: they are compiled again where the program is used."""
        return Program, (self.step, self.objective, self.state, self.hyperparameters)

    @cached_property
    def count(self) -> int:
        return len(self.objective.inputs)

    @cached_property
    def next_state(self) -> tuple[int, ...]:
        """The slots of the state after the step, in the order of the inputs."""
        return tuple(slot for name in self.state for slot in self.step.outputs[name])

    @cached_property
    def moving(self) -> range:
        """The inputs that a step changes: the position, then the state."""
        return range(self.count + len(self.next_state))

    @cached_property
    def escaping(self) -> tuple[int, ...]:
        """The slots of the next state that may be finite again after an overflow, which the loop must not miss."""
        pairs = enumerate(self.next_state, self.count)
        first = len(self.step.inputs) + len(self.step.constants)
        return tuple(new for old, new in pairs if new >= first and new not in _infected(self.step, old))

    @cached_property
    def recorded_names(self) -> tuple[str, ...]:
        """Every quantity that the equations name, theta aside."""
        return tuple(name for name in self.step.outputs if name not in NOT_RECORDED)

    @cached_property
    def recorded(self) -> tuple[int, ...]:
        """The slots of the recorded quantities, in order."""
        return tuple(slot for name in self.recorded_names for slot in self.step.outputs[name])

    @cached_property
    def quantities(self) -> tuple[str, ...]:
        """What a step computes, in the order in which a failure is looked for: the gradient, what is assigned, the position."""
        return ("g", *(name for name in self.step.outputs if name not in NOT_RECORDED), "theta")

    @cached_property
    def safe_radius(self) -> float:
        """How far out the value still cannot overflow; 0 where that is not far enough to rely on."""
        radius = safe_radius(self.objective)
        return radius if radius >= FAR else 0.0

    @property
    def watches_value(self) -> bool:
        """Whether the loop computes the value to see it leave the finite numbers."""
        return not self.safe_radius


def _infected(tape: Tape, source: int) -> set[int]:
    """The slots that are not finite whenever a source is not: what is added, multiplied or divided stays so."""
    found = {source}
    for slot, (name, *used) in enumerate(tape.operations, len(tape.inputs) + len(tape.constants)):
        if name in INFECTIOUS and not found.isdisjoint(used[:1] if name == "div" else used):
            found.add(slot)
    return found


def swallowed(step: Sequence[float], position: Sequence[float]) -> tuple[float, float] | None:
    """The lengths of a step that rounding makes nothing of, and of the spacing of numbers there; None for a step of zeros.

    >>> swallowed([0.1], [1e20]), swallowed([0.0], [1e20])
    ((0.1, 16384.0), None)
    """
    spacing = [math.ulp(value) for part, value in zip(step, position, strict=True) if part]
    return (math.hypot(*step), math.hypot(*spacing)) if spacing else None
