"""One optimizer on one objective, with the loop over its steps as generated Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from steepest.tape import STEP, Tape
from steepest.targets.reference import safe_radius
from steepest.targets.source import Writer, compiled

__all__ = ["Program", "Stop"]

FAR = 1e30  # an objective that may overflow within this radius has its value watched at every step
INFECTIOUS = frozenset(("neg", "add", "sub", "mul", "div", "sqrt", "abs"))
NOT_RECORDED = ("theta", "f", "g", STEP)  # they follow from the positions


class Stop(Enum):
    """Why a loop ended."""

    LIMIT = "limit"  # all steps are taken
    STEP = "step"  # a step was shorter than the tolerance
    GRADIENT = "gradient"  # the gradient was shorter than its tolerance
    BROKEN = "broken"  # the next position or its state is not finite; that step is not recorded
    LEFT = "left"  # the value at the last position is not finite
    INTERRUPTED = "interrupted"  # Ctrl-C
    UNUSUAL = "unusual"  # the fast loop hands over


@dataclass(frozen=True)
class Program:
    """One optimizer on one objective, ready to run.

    Attributes:
        step: the linked tape of one step.
        objective: the objective's tape.
        state: the names of the state, in the order of the step's inputs.
        hyperparameters: the names of the hyperparameters that are inputs, in order.
    """

    step: Tape
    objective: Tape
    state: tuple[str, ...]
    hyperparameters: tuple[str, ...]
    loops: dict[tuple[bool, bool], Callable[..., Any]] = field(default_factory=dict)
    radius: list[float] = field(default_factory=list)

    def __reduce__(self) -> tuple[type[Program], tuple[Tape, Tape, tuple[str, ...], tuple[str, ...]]]:
        """Compiled loops stay at home: they are made again where the program is used."""
        return Program, (self.step, self.objective, self.state, self.hyperparameters)

    @property
    def count(self) -> int:
        return len(self.objective.inputs)

    @property
    def next_state(self) -> tuple[int, ...]:
        """The slots of the state after the step, in the order of the inputs."""
        return tuple(slot for name in self.state for slot in self.step.outputs[name])

    @property
    def escaping(self) -> tuple[int, ...]:
        """The slots of the next state that may be finite again after an overflow, which the loop must not miss."""
        pairs = enumerate(self.next_state, self.count)
        first = len(self.step.inputs) + len(self.step.constants)
        return tuple(new for old, new in pairs if new >= first and new not in infected(self.step, old))

    @property
    def recorded_names(self) -> tuple[str, ...]:
        """Every quantity that the equations name, theta aside."""
        return tuple(name for name in self.step.outputs if name not in NOT_RECORDED)

    @property
    def recorded(self) -> tuple[int, ...]:
        """The slots of the recorded quantities, in order."""
        return tuple(slot for name in self.recorded_names for slot in self.step.outputs[name])

    def loop(self, *, gradient: bool, quantities: bool) -> Callable[..., Any]:
        """The compiled loop that watches the gradient's norm or not, and records quantities or not."""
        key = (gradient, quantities)
        if key not in self.loops:
            self.loops[key] = compile_loop(self, gradient=gradient, quantities=quantities, value=self.watches_value)
        return self.loops[key]

    @property
    def safe_radius(self) -> float:
        if not self.radius:
            self.radius.append(safe_radius(self.objective))
        return self.radius[0]

    @property
    def watches_value(self) -> bool:
        """Whether the loop computes the value to see it leave the finite numbers."""
        return self.safe_radius < FAR


def compile_loop(program: Program, *, gradient: bool, quantities: bool, value: bool) -> Callable[..., Any]:
    """The loop as a function of (first, last, T, seed, shortest, flattest, farthest, position, state, constants, columns).

    It returns why it ended, the number of steps done, and the position and the state then.
    """
    return compiled("loop", loop_source(program, gradient, quantities, value), Stop=Stop)


def loop_source(program: Program, gradient: bool, quantities: bool, value: bool) -> str:
    """The loop's Python text, made of the tape alone."""
    tape, count = program.step, program.count
    position, moved = list(range(count)), list(tape.outputs["theta"])
    state = list(range(count, count + len(program.next_state)))
    constants = range(count + len(state), len(tape.inputs) - 3)
    t, limit, seed = range(len(tape.inputs) - 3, len(tape.inputs))
    recorded = list(program.recorded) if quantities else []
    watched = [*(tape.outputs["g"] if gradient else ()), *(tape.outputs["f"] if value else ())]
    steps = tape.outputs[STEP]
    writer = Writer(tape, [*steps, *program.next_state, *recorded, *watched], apart=moved, clock=t)
    once, always = writer.lines({*position, *state, t})
    texts = writer.texts
    result = f"{listed(f's{slot}' for slot in position)}, {listed(f's{slot}' for slot in state)}"
    replaced = {index: slot for index, slot in enumerate(moved) if slot != index and slot in (*position, *state)}
    commit = [
        *(f"c{count + index}[k] = {texts[slot]}" for index, slot in enumerate(recorded)),
        *(f"m{index} = {texts[slot]}" for index, slot in replaced.items()),
        *assignments([f"s{slot}" for slot in state], [texts[slot] for slot in program.next_state]),
        *(f"c{index}[k] = s{index} = {f'm{index}' if index in replaced else texts[slot]}" for index, slot in enumerate(moved)),
    ]
    checked = [*(["f"] if value else []), *(texts[slot] for slot in program.escaping)]
    finite = "".join(f" and {name} - {name} == 0.0" for name in checked)
    lines = [
        "def loop(first, last, T, seed, shortest, flattest, farthest, position, state, constants, columns):",
        *unpacked([f"s{slot}" for slot in position], "position"),
        *unpacked([f"s{slot}" for slot in state], "state"),
        *unpacked([f"s{slot}" for slot in constants], "constants"),
        *unpacked([f"c{index}" for index in range(count + len(recorded))], "columns"),
        f"  k, s{limit}, s{seed} = first, float(T), seed",
        "  try:",
        *(f"    {line}" for line in once),
        "    for k in range(first, last + 1):",
        *(f"      {line}" for line in always),
    ]
    if value:
        lines.append(f"      f = {texts[tape.outputs['f'][0]]}")
    if gradient:
        lines.append(f"      if {squares(texts[slot] for slot in tape.outputs['g'])} < flattest:")
        lines.append(f"        return Stop.GRADIENT, k - 1, {result}")
    lines += [
        f"      length = {squares(texts[slot] for slot in steps)}",
        f"      if not (shortest <= length < farthest{finite}):",
        f"        if not (length < farthest{finite}):",
        f"          return Stop.UNUSUAL, k - 1, {result}",
        *(f"        {line}" for line in commit),
        f"        return Stop.STEP, k, {result}",
        *(f"      {line}" for line in commit),
        f"    return Stop.LIMIT, last, {result}",
        "  except (ArithmeticError, ValueError):",
        f"    return Stop.UNUSUAL, k - 1, {result}",
        "  except KeyboardInterrupt:",
        f"    return Stop.INTERRUPTED, k - 1, {result}",
    ]
    return "\n".join(lines)


def infected(tape: Tape, source: int) -> set[int]:
    """The slots that are not finite whenever a source is not: what is added, multiplied or divided stays so."""
    found = {source}
    for slot, (name, *used) in enumerate(tape.operations, len(tape.inputs) + len(tape.constants)):
        if name in INFECTIOUS and not found.isdisjoint(used[:1] if name == "div" else used):
            found.add(slot)
    return found


def assignments(names: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Each text to its name; those that read another name are assigned at once, before it changes."""
    pairs = [(name, text) for name, text in zip(names, texts, strict=True) if name != text]
    read = [(name, text) for name, text in pairs if text in names]
    together = [f"{', '.join(name for name, _ in read)} = {', '.join(text for _, text in read)}"] if read else []
    return together + [f"{name} = {text}" for name, text in pairs if text not in names]


def unpacked(names: Sequence[str], source: str) -> list[str]:
    return [f"  {', '.join(names)}, = {source}"] if names else []


def listed(names: Any) -> str:
    return f"[{', '.join(names)}]"


def squares(texts: Any) -> str:
    return " + ".join(f"{text}*{text}" for text in texts)
