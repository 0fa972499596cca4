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

FAR = 1e30  # if the objective may overflow within this radius, its value is looked at in every step
PROPAGATING = frozenset(("neg", "add", "sub", "mul", "div", "sqrt", "abs"))
AT_THE_POSITION = ("theta", "f", "g")  # recorded of the start, too
NOT_RECORDED = (*AT_THE_POSITION, STEP)  # as quantities


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
    OWN_RULE = 7, "converged"  # an optimizer of another library stopped by a rule of its own
    FAILED = 8, "failed"  # an optimizer of another library gave up, or raised
    BUDGET = 9, "budget"  # all evaluations are spent
    UNUSUAL = (6,)  # a gear hands a step to the reference interpreter; no run ends so

    def __init__(self, code: int, *endings: str) -> None:
        self.code, self.endings = code, endings


@dataclass(frozen=True)
class Program:
    """One optimizer on one objective.

    Attributes:
        step: the linked tape of one step.
        objective: the objective's tape.
        state: the names of the state, in the order of the step's inputs.
        hyperparameters: the names of the hyperparameters that are inputs, in order; the formula's constants are behind them.
        compiled: what targets compiled for it; not pickled.
    """

    step: Tape
    objective: Tape
    state: tuple[str, ...]
    hyperparameters: tuple[str, ...]
    compiled: dict[Any, Any] = field(default_factory=dict)

    def __reduce__(self) -> tuple[type[Program], tuple[Tape, Tape, tuple[str, ...], tuple[str, ...]]]:
        """What was compiled is not pickled: it is compiled again where the program is used."""
        return Program, (self.step, self.objective, self.state, self.hyperparameters)

    @cached_property
    def count(self) -> int:
        """The number of parameters."""
        return len(self.objective.inputs) - len(self.objective.constant_inputs)

    @cached_property
    def held(self) -> tuple[str, ...]:
        """The names of the inputs that are the same in every step: the hyperparameters, then the constants as `constant k`."""
        return (*self.hyperparameters, *self.objective.constant_inputs)

    @cached_property
    def next_state(self) -> tuple[int, ...]:
        """The slots of the state after the step, in the order of the inputs."""
        return tuple(slot for name in self.state for slot in self.step.outputs[name])

    @cached_property
    def moving(self) -> range:
        """The inputs that a step changes: the position, then the state."""
        return range(self.count + len(self.next_state))

    @cached_property
    def recorded_names(self) -> tuple[str, ...]:
        """The quantities that the equations assign, without theta."""
        return tuple(name for name in self.step.outputs if name not in NOT_RECORDED)

    @cached_property
    def columns(self) -> dict[str, range]:
        """The columns of a record's row: those of `theta`, `f`, `g` and of every recorded quantity."""
        columns: dict[str, range] = {}
        width = 0
        for name in (*AT_THE_POSITION, *self.recorded_names):
            columns[name] = range(width, width + len(self.step.outputs[name]))
            width = columns[name].stop
        return columns

    @cached_property
    def row(self) -> tuple[int, ...]:
        """The slots of the step that a row records, in order."""
        taken = [slot for name in ("f", "g", *self.recorded_names) for slot in self.step.outputs[name]]
        return (*range(self.count), *taken)

    @property
    def width(self) -> int:
        """The numbers in a row of the record."""
        return len(self.row)

    @cached_property
    def escaping(self) -> tuple[int, ...]:
        """The slots of the next state that may be finite although the last state was not."""
        pairs = enumerate(self.next_state, self.count)
        first = len(self.step.inputs) + len(self.step.constants)
        return tuple(new for old, new in pairs if new >= first and new not in _not_finite_after(self.step, old))

    @cached_property
    def safe_radius(self) -> float:
        """The distance from 0 within which the value cannot overflow, also of constants; 0 if that is too small to be useful."""
        radius = safe_radius(self.objective)
        return radius if radius >= FAR else 0.0

    @cached_property
    def quantities(self) -> tuple[str, ...]:
        """What a step computes, in the order in which failures are attributed: the gradient, assigned quantities, the position."""
        return ("g", *self.recorded_names, "theta")


def _not_finite_after(tape: Tape, source: int) -> set[int]:
    """The slots that are certainly not finite if a source is not: sums, products and quotients of it."""
    found = {source}
    for slot, (name, *used) in enumerate(tape.operations, len(tape.inputs) + len(tape.constants)):
        if name in PROPAGATING and not found.isdisjoint(used[:1] if name == "div" else used):
            found.add(slot)
    return found


def swallowed(step: Sequence[float], position: Sequence[float]) -> tuple[float, float] | None:
    """The length of a step that is lost to rounding, and that of the spacing of floats there; None for a step of zeros.

    >>> swallowed([0.1], [1e20]), swallowed([0.0], [1e20])
    ((0.1, 16384.0), None)
    """
    spacing = [math.ulp(value) for part, value in zip(step, position, strict=True) if part]
    return (math.hypot(*step), math.hypot(*spacing)) if spacing else None
