"""One tape, one operation at a time, with IEEE values: slow, exact about what went wrong, and what the others must equal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from steepest.language.operations import OPERATIONS, overflows
from steepest.random import normal
from steepest.tape.tape import Operation, Tape, arguments

NEGLIGIBLE = 1e291  # beside the largest number, 1.8e308: half a unit of its last place


class Failure(NamedTuple):
    """The first operation of a tape that gave no finite number although its arguments were finite.

    Attributes:
        overflow: whether its result was merely too large.
        operation, arguments: what was computed.
        quantity: whose part it is: `f`, `g`, `theta` or what an equation assigns; `""` where that is not known.
        inner: whether the quantity itself is perhaps not too large, only this part of it.
        lost: where an overflow then led to what is not a number, such as `inf/inf`.
    """

    overflow: bool
    operation: str
    arguments: tuple[float, ...]
    quantity: str = ""
    inner: bool = False
    lost: str = ""


def results(tape: Tape, inputs: Sequence[float]) -> list[float]:
    """The value of every slot."""
    slots = [*inputs, *tape.constants]
    for name, *used in tape.operations:
        values = [slots[slot] for slot in used]
        slots.append(normal(*values) if name == "noise" else OPERATIONS[name].value(*values))
    return slots


def failure(tape: Tape, slots: Sequence[float], wanted: Sequence[str], quantities: Sequence[str]) -> Failure | None:
    """Where the `wanted` outputs that are not finite come from, as a part of the first of the `quantities` that it spoils."""
    first = len(tape.inputs) + len(tape.constants)
    seen, origins = spoiled(tape, slots, [slot for name in wanted for slot in tape.outputs[name]])
    if not origins:
        return None
    origin = min(origins)
    operation = tape.operations[origin - first]
    values = tuple(slots[used] for used in arguments(operation))
    overflow = overflows(operation[0], values)
    place, quantity = whose(tape, slots, origin, seen, quantities)
    unnamed = operation[0] == "log" and quantity == "g" and _is_base(tape, operation[1])
    way = spoiled(tape, slots, [place])[0]
    lost = next((slot for slot in sorted(way) if slots[slot] != slots[slot]), None)
    return Failure(
        overflow,
        "exponent" if unnamed else operation[0],  # the log of a power's derivative, which nobody wrote
        values,
        quantity,
        overflow and not _enormous(tape, slots, place, origin),
        written(tape.operations[lost - first], slots) if overflow and lost is not None else "",
    )


def _is_base(tape: Tape, slot: int) -> bool:
    """Whether a power is taken of a slot, or of what a choice leaves as it is."""
    first = len(tape.inputs) + len(tape.constants)
    chosen = tape.operations[slot - first] if slot >= first else ("",)
    base = chosen[3] if chosen[0] == "where" else slot
    return any(each[:2] == ("pow", base) for each in tape.operations)


def whose(tape: Tape, slots: Sequence[float], origin: int, seen: set[int], quantities: Sequence[str]) -> tuple[int, str]:
    """The slot and the name of the first quantity that an operation spoils; the gradient before all, in use or not."""
    parts = [(name != "g", slot, name) for name in quantities for slot in tape.outputs[name] if name == "g" or slot in seen]
    reached = [part for part in parts if origin in spoiled(tape, slots, [part[1]])[0]]
    return min(reached, default=(False, origin, ""))[1:]


def spoiled(tape: Tape, slots: Sequence[float], outputs: Sequence[int]) -> tuple[set[int], list[int]]:
    """The slots that make outputs not finite, and those among them whose arguments are finite.

    A branch of `where` that is not taken is not looked at.
    """
    first = len(tape.inputs) + len(tape.constants)
    waiting = [slot for slot in outputs if not math.isfinite(slots[slot])]
    origins: list[int] = []
    seen: set[int] = set()
    while waiting:
        slot = waiting.pop()
        if slot in seen or slot < first:
            continue
        seen.add(slot)
        causes = [used for used in taken(tape, slots, slot) if not math.isfinite(slots[used])]
        waiting.extend(causes)
        if not causes:
            origins.append(slot)
    return seen, origins


def _enormous(tape: Tape, slots: Sequence[float], slot: int, origin: int) -> bool:
    """Whether an infinite result really is larger than any number, as the overflow at `origin` is; not if in doubt."""
    if slot == origin:
        return True
    first = len(tape.inputs) + len(tape.constants)
    if slot < first or math.isfinite(slots[slot]) or slots[slot] != slots[slot]:
        return False
    name, used = tape.operations[slot - first][0], taken(tape, slots, slot)
    sizes = [abs(slots[part]) for part in used if math.isfinite(slots[part])]
    kept = {
        "neg": True,
        "abs": True,
        "add": all(size < NEGLIGIBLE for size in sizes),
        "sub": all(size < NEGLIGIBLE for size in sizes),
        "mul": all(size >= 1 for size in sizes),
        "div": math.isfinite(slots[used[-1]]) and all(size <= 1 for size in sizes),
    }
    return kept.get(name, False) and all(_enormous(tape, slots, part, origin) for part in used if math.isinf(slots[part]))


SIGNS = {"add": "{} + {}", "sub": "{} - {}", "mul": "{}*{}", "div": "{}/{}", "pow": "{}^{}"}


def written(operation: Operation, slots: Sequence[float]) -> str:
    """An operation with its numbers: `exp(800)`, `1e+200^2`, `inf - inf`."""
    name, *used = operation
    return told(name, [slots[slot] for slot in used])


def told(name: str, values: Sequence[float]) -> str:
    """An operation's name with numbers; a product of equal ones is a square."""
    if name == "mul" and values[0] == values[1]:
        name, values = "pow", (values[0], 2.0)
    texts = [f"{value + 0.0:.6g}" for value in values]  # without the sign of zero
    return SIGNS[name].format(*texts) if name in SIGNS else f"{name}({', '.join(texts)})"


def taken(tape: Tape, slots: Sequence[float], slot: int) -> tuple[int, ...]:
    """The arguments that an operation's value really depends on."""
    operation = tape.operations[slot - len(tape.inputs) - len(tape.constants)]
    used = arguments(operation)
    if operation[0] == "where":
        return (used[0], used[1] if slots[used[0]] else used[2])
    return used
