"""A tape as Python source; nothing but the tape goes into the text."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from steepest.language.operations import OPERATIONS
from steepest.random import normal
from steepest.tape.tape import REDUCE, Tape, arguments

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


def compiled(name: str, text: str, **names: object) -> Callable[..., Any]:
    """The function that the source defines under a name; the source may use the tape's operations and `names`."""
    namespace: dict[str, Any] = {**FUNCTIONS, **names}
    exec(compile(text, "<tape>", "exec"), namespace)  # noqa: S102
    function: Callable[..., Any] = namespace[name]
    return function


def assignments(tape: Tape, wanted: Iterable[int], named: Iterable[int] = ()) -> tuple[list[str], list[str]]:
    """The lines that compute what is wanted, and the text of every slot: `s0`, `s1`, ... for an input.

    A result that is used once is written where it is used, unless it is one of the `named`; the others are assigned to names.
    Sums and means over rows are what `reduce(position, k)` gives, which the text must define.
    """
    wanted = set(wanted)
    first = len(tape.inputs) + len(tape.constants)
    needed = tape.needed(wanted)
    written = [(slot, operation) for slot, operation in enumerate(tape.operations, first) if slot in needed]
    uses = Counter(wanted)
    for _, operation in written:
        for part in arguments(operation):
            uses[part] += 1 + (operation[0] in TWICE)
    sums: dict[tuple[int, ...], int] = {}
    named, lines = set(named), []
    texts = [f"s{slot}" for slot in range(len(tape.inputs))] + [_constant_text(value) for value in tape.constants]
    texts += [""] * len(tape.operations)
    depths = [0] * len(texts)
    for slot, (name, *used) in written:
        if name == REDUCE:  # one pass over the rows gives all sums and means at a position
            number, at = used[0], tuple(used[1:])
            if at not in sums:
                sums[at] = slot
                lines.append(f"rows{slot} = reduce(({', '.join(texts[part] for part in at)},), k)")
            lines.append(f"s{slot} = rows{sums[at]}[{number}]")
            texts[slot] = f"s{slot}"
            continue
        texts[slot] = _text(name, [texts[part] for part in used])
        depths[slot] = 1 + max((depths[part] for part in used), default=0)
        if uses[slot] > 1 or slot in named or depths[slot] > DEEPEST:
            lines.append(f"s{slot} = {texts[slot]}")
            texts[slot], depths[slot] = f"s{slot}", 0
    return lines, texts


def _text(name: str, parts: Sequence[str]) -> str:
    """An operation on the texts of its arguments."""
    return WRITTEN[name].format(*parts) if name in WRITTEN else f"{name}({', '.join(parts)})"


def _constant_text(value: float) -> str:
    """A number as Python text, in brackets if it has a sign: a power binds tighter."""
    text = repr(value) if math.isfinite(value) else f"float('{value}')"
    return f"({text})" if text.startswith("-") else text
