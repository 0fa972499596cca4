"""The tape as generated Python: one straight-line loop, for recorded runs.

The fast loop uses Python's own arithmetic and leaves as soon as anything is unusual: an exception, a position so far
out that the value could overflow, a value that is not finite. Those steps are taken by the reference interpreter, which
knows IEEE arithmetic and what went wrong, and then the fast loop takes over again.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from steepest.language.operations import OPERATIONS
from steepest.noise import normal
from steepest.tape import STEP, Operation, Tape
from steepest.targets.reference import Failure, failure, results, safe_radius

__all__ = ["Column", "Outcome", "Program", "Stop", "evaluator", "run"]

Column: TypeAlias = "list[float] | array[float]"
Progress = Callable[[int, int], None]

SHORT = 200  # up to here lists are faster than arrays, which do not keep a float object for every number
CHUNK = 65_536  # steps between two reports of progress
FAR = 1e30  # an objective that may overflow within this radius has its value watched at every step
DEEPEST = 12  # how many operations are written into one expression
SMALLEST = 5e-324
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


@dataclass
class Outcome:
    """What a run left: columns of every coordinate of the position, start included, and of the recorded quantities."""

    stop: Stop
    steps: int
    positions: list[Column]
    quantities: list[Column] = field(default_factory=list)
    failure: Failure | None = None


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


def run(
    program: Program,
    start: Sequence[float],
    hyperparameters: Mapping[str, float],
    *,
    steps: int,
    tol: float,
    gtol: float = 0.0,
    seed: int = 0,
    horizon: int | None = None,
    quantities: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Take up to `steps` steps from `start` and record every position; `T` is the horizon, if that is not `steps`."""
    runner = _Runner(program, start, hyperparameters, steps, horizon or steps, tol, gtol, seed, quantities, progress)
    try:
        return runner.run()
    except KeyboardInterrupt:
        return runner.outcome(Stop.INTERRUPTED)


class _Runner:
    """One run in progress: what is recorded so far, and the position and state after `done` steps."""

    def __init__(
        self,
        program: Program,
        start: Sequence[float],
        hyperparameters: Mapping[str, float],
        steps: int,
        horizon: int,
        tol: float,
        gtol: float,
        seed: int,
        quantities: bool,
        progress: Progress | None,
    ) -> None:
        self.program = program
        self.steps, self.horizon, self.seed, self.progress = steps, horizon, seed, progress
        self.shortest = max(tol * tol, SMALLEST) if tol > 0 else 0.0
        self.flattest = max(gtol * gtol, SMALLEST) if gtol > 0 else 0.0
        self.constants = [hyperparameters[name] for name in program.hyperparameters]
        self.position = [float(value) for value in start]
        self.state = [0.0] * len(program.next_state)
        self.start = list(self.position)
        self.recorded = program.recorded if quantities else ()
        self.done = 0
        self.columns: list[Column] = self.fresh_columns()
        self.loop = program.loop(gradient=gtol > 0, quantities=quantities)

    def fresh_columns(self) -> list[Column]:
        """Columns for the positions and the recorded quantities, the start in their first row."""
        first = [*self.start, *[math.nan] * len(self.recorded)]
        if self.steps <= SHORT:
            return [[value] + [0.0] * self.steps for value in first]
        return [array("d", [value]) for value in first]

    def run(self) -> Outcome:
        stop, handed_over = Stop.UNUSUAL, 1
        if self.value_is_finite():
            while self.done < self.steps:
                stop = self.fast()
                if not all(map(math.isfinite, self.state)):
                    return self.again()
                if stop is not Stop.UNUSUAL:
                    break
                stop, broken = self.careful(handed_over)
                handed_over *= 2
                if stop is not Stop.UNUSUAL:
                    return self.outcome(stop, broken)
            stop = Stop.LIMIT if stop is Stop.UNUSUAL else stop
        if not self.value_is_finite():
            return self.outcome(Stop.LEFT, self.value_failure())
        return self.outcome(stop)

    def fast(self) -> Stop:
        """The compiled loop in chunks, until it ends or hands over."""
        stop, farthest = Stop.LIMIT, self.farthest()
        while self.done < self.steps:
            last = min(self.steps, self.done + CHUNK)
            views = [self.room(column, last) for column in self.columns]
            stop, self.done, self.position, self.state = self.loop(
                self.done + 1, last, self.horizon, self.seed, self.shortest, self.flattest, farthest,
                self.position, self.state, self.constants, views,
            )  # fmt: skip
            for view in views:
                if isinstance(view, memoryview):
                    view.release()
            if self.progress:
                self.progress(self.done, self.steps)
            if stop is not Stop.LIMIT:
                break
        if stop is Stop.INTERRUPTED:  # perhaps between two coordinates
            self.position = [column[self.done] for column in self.columns[: self.program.count]]
        return stop

    def farthest(self) -> float:
        """The square of a step's length from where the value might overflow before the run has taken all its steps."""
        if self.program.watches_value:
            return math.inf
        radius = self.program.safe_radius / 2
        if any(abs(value) > radius for value in self.position):
            return 0.0
        far = radius / (self.steps + 1)
        return far * far

    def room(self, column: Column, last: int) -> Any:
        """The column, a list or a view of an array, long enough for row `last`."""
        if isinstance(column, list):
            return column
        missing = last + 1 - len(column)
        if missing > 0:
            column.frombytes(bytes(8 * missing))
        return memoryview(column)

    def careful(self, most: int) -> tuple[Stop, Failure | None]:
        """Up to `most` steps of the reference interpreter."""
        step = self.program.step
        if not self.value_is_finite():
            return Stop.LEFT, self.value_failure()
        for _ in range(min(most, self.steps - self.done)):
            t = self.done + 1
            slots = results(step, [*self.position, *self.state, *self.constants, float(t), float(self.horizon), self.seed])
            if self.flattest and sum(slots[slot] * slots[slot] for slot in step.outputs["g"]) < self.flattest:
                return Stop.GRADIENT, None
            moved, state = [slots[slot] for slot in step.outputs["theta"]], [slots[slot] for slot in self.program.next_state]
            if not all(map(math.isfinite, (*moved, *state))):
                return Stop.BROKEN, failure(step, slots, (*step.outputs["theta"], *self.program.next_state))
            length = sum(slots[slot] * slots[slot] for slot in step.outputs[STEP])
            self.position, self.state = moved, state
            for column, value in zip(self.columns, [*moved, *(slots[slot] for slot in self.recorded)], strict=True):
                self.room(column, t)[t] = value
            self.done = t
            if not self.value_is_finite():
                return Stop.LEFT, self.value_failure()
            if length < self.shortest:
                return Stop.STEP, None
        return Stop.UNUSUAL, None

    def again(self) -> Outcome:
        """The whole run with the reference interpreter: the state overflowed somewhere on the way."""
        self.position, self.state, self.done = list(self.start), [0.0] * len(self.state), 0
        stop, broken = self.careful(self.steps)
        return self.outcome(Stop.LIMIT if stop is Stop.UNUSUAL else stop, broken)

    def value_is_finite(self) -> bool:
        """Whether the value at the present position is; within the safe radius it must be."""
        if not self.program.watches_value and all(abs(value) <= self.program.safe_radius for value in self.position):
            return True
        return math.isfinite(results(self.program.objective, self.position)[self.program.objective.outputs["f"][0]])

    def value_failure(self) -> Failure | None:
        objective = self.program.objective
        return failure(objective, results(objective, self.position), objective.outputs["f"])

    def outcome(self, stop: Stop, broken: Failure | None = None) -> Outcome:
        rows, count = self.done + 1, self.program.count
        columns = [column if len(column) == rows else column[:rows] for column in self.columns]
        return Outcome(stop, self.done, columns[:count], columns[count:], broken)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(math, name) for name in ("sqrt", "cbrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "asin")},
    **{name: getattr(math, name) for name in ("acos", "atan", "atan2", "sinh", "cosh", "tanh", "erf", "hypot")},
    **{name: OPERATIONS[name].value for name in ("floor", "ceil", "sign", "sigmoid", "softplus")},
    "abs": abs,
    "pow": math.pow,
    "noise": normal,
}
WRITTEN = {
    "neg": "(-{0})",
    "add": "({0} + {1})",
    "sub": "({0} - {1})",
    "mul": "({0}*{1})",
    "div": "({0}/{1})",
    "where": "({1} if {0} else {2})",
    "min": "({0} if {0} <= {1} or {0} != {0} else {1})",
    "max": "({0} if {0} >= {1} or {0} != {0} else {1})",
    "lt": "({0} < {1})",
    "le": "({0} <= {1})",
    "gt": "({0} > {1})",
    "ge": "({0} >= {1})",
    "eq": "({0} == {1})",
    "ne": "({0} != {1})",
}
TWICE = ("min", "max")  # their arguments are written more than once, so they are names


class Writer:
    """Operations as Python text: a result used once is written where it is used, the others are assigned to names."""

    def __init__(self, tape: Tape, wanted: Sequence[int], apart: Sequence[int] = (), clock: int | None = None) -> None:
        """`wanted` results get names; so do those of `apart` unless they are an input plus or minus a wanted one.

        `clock` is the input that counts steps, as the whole number `k`.
        """
        self.tape, self.clock = tape, clock
        self.first = len(tape.inputs) + len(tape.constants)
        self.wanted = {*wanted, *(slot for index, slot in enumerate(apart) if not self.in_place(index, slot, wanted))}
        self.needed = self.reachable([*wanted, *apart])
        self.uses = self.count_uses()
        self.texts = [f"s{slot}" for slot in range(len(tape.inputs))] + [repr(constant) for constant in tape.constants]
        if clock is not None:
            self.texts[clock] = "float(k)"
        self.depths = [0] * len(self.texts)

    def in_place(self, index: int, slot: int, wanted: Sequence[int]) -> bool:
        """Whether an input can be updated by its own operation, from itself and a wanted result."""
        if slot < self.first:
            return True
        name, *used = self.operation(slot)
        results = [part for part in wanted if part >= self.first]
        return name in ("add", "sub") and index in used and all(part == index or part in results for part in used)

    def operation(self, slot: int) -> Operation:
        return self.tape.operations[slot - self.first]

    def reachable(self, wanted: Sequence[int]) -> set[int]:
        needed = set(wanted)
        for slot in range(self.first + len(self.tape.operations) - 1, self.first - 1, -1):
            if slot in needed:
                needed.update(self.operation(slot)[1:])
        return needed

    def count_uses(self) -> dict[int, int]:
        uses: dict[int, int] = {}
        for slot in range(self.first, self.first + len(self.tape.operations)):
            if slot in self.needed:
                for used in self.operation(slot)[1:]:
                    uses[used] = uses.get(used, 0) + (2 if self.operation(slot)[0] in TWICE else 1)
        return uses

    def lines(self, varying: set[int]) -> tuple[list[str], list[str]]:
        """The assignments that need to be done once, and those of every step; `varying` are the inputs that change."""
        once: list[str] = []
        always: list[str] = []
        changing = self.dependents(varying)
        read_in_loop = {part for slot in self.needed & changing if slot >= self.first for part in self.operation(slot)[1:]}
        for slot in range(self.first, self.first + len(self.tape.operations)):
            if slot not in self.needed:
                self.texts.append("")
                self.depths.append(0)
                continue
            name, *used = self.operation(slot)
            text, depth = self.text(name, used), 1 + max((self.depths[part] for part in used), default=0)
            boundary = slot not in changing and slot in read_in_loop
            if slot in self.wanted or self.uses.get(slot, 0) > 1 or depth > DEEPEST or boundary:
                (always if slot in changing else once).append(f"s{slot} = {text}")
                text, depth = f"s{slot}", 0
            self.texts.append(text)
            self.depths.append(depth)
        return once, always

    def dependents(self, inputs: set[int]) -> set[int]:
        """The inputs and every slot that depends on one of them."""
        found = set(inputs)
        for slot in range(self.first, self.first + len(self.tape.operations)):
            if not found.isdisjoint(self.operation(slot)[1:]):
                found.add(slot)
        return found

    def text(self, name: str, used: Sequence[int]) -> str:
        parts = [self.texts[slot] for slot in used]
        if name == "pow" and used[1] == self.clock:
            return f"({parts[0]}**k)"  # a whole exponent: Python's own operator, and the same number
        if name in WRITTEN:
            return WRITTEN[name].format(*parts)
        return f"{name}({', '.join(parts)})"


def compile_loop(program: Program, *, gradient: bool, quantities: bool, value: bool) -> Callable[..., Any]:
    """The loop as a function of (first, last, T, seed, shortest, flattest, farthest, position, state, constants, columns).

    It returns why it ended, the number of steps done, and the position and the state then.
    """
    namespace: dict[str, Any] = {**FUNCTIONS, "Stop": Stop}
    exec(compile(loop_source(program, gradient, quantities, value), "<tape>", "exec"), namespace)  # noqa: S102
    function: Callable[..., Any] = namespace["loop"]
    return function


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


def evaluator(tape: Tape, outputs: Sequence[int]) -> Callable[..., Any]:
    """The outputs of an objective's tape as a function of its inputs; it raises where Python's arithmetic does."""
    writer = Writer(tape, outputs)
    _, lines = writer.lines(set(range(len(tape.inputs))))
    arguments = ", ".join(writer.texts[: len(tape.inputs)])
    body = [f"  {line}" for line in lines]
    text = "\n".join([f"def evaluate({arguments}):", *body, f"  return ({', '.join(writer.texts[slot] for slot in outputs)},)"])
    namespace: dict[str, Any] = dict(FUNCTIONS)
    exec(compile(text, "<tape>", "exec"), namespace)  # noqa: S102
    function: Callable[..., Any] = namespace["evaluate"]
    return function
