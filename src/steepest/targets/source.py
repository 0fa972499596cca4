"""A tape as Python text: an expression for every operation, built of the tape alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from steepest.language.operations import OPERATIONS
from steepest.random import normal
from steepest.tape.tape import Operation, Tape

DEEPEST = 12  # how many operations are written into one expression
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(math, name) for name in ("sqrt", "cbrt", "exp", "log", "log2", "log10", "sin", "cos", "tan", "asin")},
    **{name: getattr(math, name) for name in ("acos", "atan", "atan2", "sinh", "cosh", "tanh", "erf", "hypot")},
    **{name: getattr(math, name) for name in ("asinh", "acosh", "atanh", "log1p", "expm1")},
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


def evaluator(tape: Tape, outputs: Sequence[int]) -> Callable[..., Any]:
    """The outputs of an objective's tape as a function of its inputs; it raises where Python's arithmetic does."""
    writer = Writer(tape, outputs)
    once, always = writer.lines(range(len(tape.inputs)))  # once: constants that are not finite, and what is made of them
    arguments = ", ".join(writer.texts[: len(tape.inputs)])
    body = [f"  {line}" for line in (*once, *always)]
    text = "\n".join([f"def evaluate({arguments}):", *body, f"  return ({', '.join(writer.texts[slot] for slot in outputs)},)"])
    return compiled("evaluate", text)


def compiled(name: str, text: str, **names: object) -> Callable[..., Any]:
    """The function of that name that the text defines, where it can use the tape's operations and `names`."""
    namespace: dict[str, Any] = {**FUNCTIONS, **names}
    exec(compile(text, "<tape>", "exec"), namespace)  # noqa: S102
    function: Callable[..., Any] = namespace[name]
    return function


def _constant_text(value: float) -> str:
    """A number as Python text, in brackets if it has a sign: a power binds tighter."""
    text = repr(value) if math.isfinite(value) else f"float('{value}')"
    return f"({text})" if text.startswith("-") else text


class Writer:
    """Operations as Python text: a result used once is written where it is used, the others are assigned to names."""

    def __init__(
        self,
        tape: Tape,
        wanted: Sequence[int],
        apart: Sequence[int] = (),
        *,
        given: Collection[int] = (),
        counter: int | None = None,
    ) -> None:
        """`wanted` results get names; so do those of `apart` unless they are an input plus or minus a wanted one.

        `given` slots have their names already. `counter` is the input that counts steps, as the whole number `k`.
        """
        self.tape, self.given, self.counter = tape, given, counter
        self.first = len(tape.inputs) + len(tape.constants)
        self.wanted = {*wanted, *(slot for index, slot in enumerate(apart) if not self.in_place(index, slot, wanted))}
        self.needed = tape.needed([*wanted, *apart], given)
        self.uses = self.count_uses()
        self.texts = [f"s{slot}" for slot in range(len(tape.inputs))] + [_constant_text(value) for value in tape.constants]
        if counter is not None:
            self.texts[counter] = "float(k)"
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

    def written(self) -> list[int]:
        """The slots of the operations that are written, in order."""
        slots = range(self.first, self.first + len(self.tape.operations))
        return [slot for slot in slots if slot in self.needed and slot not in self.given]

    def count_uses(self) -> dict[int, int]:
        uses: dict[int, int] = {}
        for slot in self.written():
            name, *used = self.operation(slot)
            for part in used:
                uses[part] = uses.get(part, 0) + (2 if name in TWICE else 1)
        return uses

    def lines(self, varying: Iterable[int]) -> tuple[list[str], list[str]]:
        """The assignments that need to be done once, and those of every step; `varying` are the inputs that change."""
        once: list[str] = []
        always: list[str] = []
        changing = self.tape.dependents(varying)
        written = self.written()
        read_in_loop = {part for slot in written if slot in changing for part in self.operation(slot)[1:]}
        self.texts += [
            f"s{slot}" if slot in self.given else "" for slot in range(self.first, self.first + len(self.tape.operations))
        ]
        self.depths += [0] * len(self.tape.operations)
        for slot in written:
            name, *used = self.operation(slot)
            text, depth = self.text(name, used), 1 + max((self.depths[part] for part in used), default=0)
            boundary = slot not in changing and slot in read_in_loop
            if slot in self.wanted or self.uses.get(slot, 0) > 1 or depth > DEEPEST or boundary:
                (always if slot in changing else once).append(f"s{slot} = {text}")
                text, depth = f"s{slot}", 0
            self.texts[slot], self.depths[slot] = text, depth
        return once, always

    def text(self, name: str, used: Sequence[int]) -> str:
        parts = [self.texts[slot] for slot in used]
        if name == "pow" and used[1] == self.counter:
            return f"({parts[0]}**k)"  # a whole exponent: Python's own operator, and the same number
        if name in WRITTEN:
            return WRITTEN[name].format(*parts)
        return f"{name}({', '.join(parts)})"
