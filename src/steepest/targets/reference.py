"""The reference target: interprets a tape with IEEE arithmetic, and finds the cause of a result that is not finite."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from steepest.language.operations import OPERATIONS, overflows
from steepest.random import normal
from steepest.tape.tape import REDUCE, Tape, arguments
from steepest.targets.rows.failure import RowFailure, first_not_finite

NEGLIGIBLE = 1e291  # next to the largest float, 1.8e308: half a unit in its last place


class Failure(NamedTuple):
    """The first operation of a tape whose result is not finite although its arguments are.

    Attributes:
        overflow: whether the result is merely too large.
        operation, arguments: what was computed.
        quantity: the quantity it is a part of: `f`, `g`, `theta` or an assigned one; empty if that is not known.
        inner: whether only this part overflows, and perhaps not the quantity itself.
        lost: the operation that then turned the overflow into NaN, such as `inf/inf`; empty if none did.
        place: the first row of the table in which it was computed, such as `row 2`; empty without data, or for the sum over rows.
    """

    overflow: bool
    operation: str
    arguments: tuple[float, ...]
    quantity: str = ""
    inner: bool = False
    lost: str = ""
    place: str = ""


Reduce = Callable[[Sequence[float]], Sequence[float]]
Find = Callable[[int, Sequence[float]], RowFailure]


def results(tape: Tape, inputs: Sequence[float], reduce: Reduce | None = None) -> list[float]:
    """The value of every slot of a tape.

    Args:
        tape, inputs: what is computed, and from what.
        reduce: gives the sums and means over rows at a position; over all rows if it is left out.

    >>> from steepest.language.grammar import read_formula
    >>> from steepest.tape.lowering import objective_tape
    >>> results(objective_tape(*read_formula("x^2")), [3.0])
    [3.0, 2.0, 9.0, 6.0]
    """
    slots = [*inputs, *tape.constants]
    found: dict[tuple[float, ...], Sequence[float]] = {}
    for operation in tape.operations:
        name, values = operation[0], [slots[slot] for slot in arguments(operation)]
        if name == REDUCE:
            position = tuple(values)
            if position not in found:
                found[position] = (reduce or _whole(tape))(position)
            slots.append(found[position][operation[1]])
        else:
            slots.append(normal(*values) if name == "noise" else OPERATIONS[name].value(*values))
    return slots


def _whole(tape: Tape) -> Reduce:
    """The sums and means over all rows."""
    from steepest.targets.rows.sums import RowSums

    assert tape.rows is not None
    return RowSums(tape.rows).at


def failure(
    tape: Tape, slots: Sequence[float], wanted: Sequence[str], quantities: Sequence[str], find: Find | None = None
) -> Failure | None:
    """The cause of outputs that are not finite; None if they are.

    Args:
        slots: the values of all slots.
        wanted: the names of the outputs.
        quantities: the names of quantities, of which the first that the cause affects is reported.
        find: gives what makes a sum or mean over the rows not finite at a position; over all rows if it is left out.
    """
    first = len(tape.inputs) + len(tape.constants)
    seen, origins = _not_finite(tape, slots, [slot for name in wanted for slot in tape.outputs[name]])
    if not origins:
        return None
    origin = min(origins)
    operation = tape.operations[origin - first]
    values = tuple(slots[used] for used in arguments(operation))
    place, quantity = _affected(tape, slots, origin, seen, quantities)
    if operation[0] == REDUCE:
        return _cause_in_rows((find or _in_all_rows(tape))(operation[1], values))._replace(quantity=quantity)
    overflow = overflows(operation[0], values)
    unnamed = operation[0] == "log" and quantity == "g" and _is_base(tape, operation[1])
    way = _not_finite(tape, slots, [place])[0]
    lost = ""
    if overflow and (undefined := next((slot for slot in sorted(way) if slots[slot] != slots[slot]), None)) is not None:
        name, *used = tape.operations[undefined - first]
        lost = operation_text(name, [slots[slot] for slot in used])
    return Failure(
        overflow,
        "exponent" if unnamed else operation[0],  # the log of a power's derivative, which nobody wrote
        values,
        quantity,
        overflow and not _enormous(tape, slots, place, origin),
        lost,
    )


def _in_all_rows(tape: Tape) -> Find:
    """What finds the row at fault among all rows."""
    from steepest.targets.rows.sums import RowSums

    assert tape.rows is not None
    return partial(first_not_finite, RowSums(tape.rows))


def _cause_in_rows(found: RowFailure) -> Failure:
    """The cause of a sum or mean over rows that is not finite: in the first row where that is so, or the sum itself."""
    if found.tape is None:
        return Failure(True, found.kind, ())
    cause = failure(found.tape, results(found.tape, found.inputs), (found.output,), (found.output,))
    assert cause is not None
    return cause._replace(place=found.place)


def _is_base(tape: Tape, slot: int) -> bool:
    """Whether a power is taken of a slot, or of what a choice leaves as it is."""
    first = len(tape.inputs) + len(tape.constants)
    chosen = tape.operations[slot - first] if slot >= first else ("",)
    base = chosen[3] if chosen[0] == "where" else slot
    return any(each[:2] == ("pow", base) for each in tape.operations)


def _affected(tape: Tape, slots: Sequence[float], origin: int, seen: set[int], quantities: Sequence[str]) -> tuple[int, str]:
    """The slot and the name of the first quantity that an operation makes not finite, the gradient before all others."""
    parts = [(name != "g", slot, name) for name in quantities for slot in tape.outputs[name] if name == "g" or slot in seen]
    reached = [part for part in parts if origin in _not_finite(tape, slots, [part[1]])[0]]
    return min(reached, default=(False, origin, ""))[1:]


def _not_finite(tape: Tape, slots: Sequence[float], outputs: Sequence[int]) -> tuple[set[int], list[int]]:
    """The slots that make outputs not finite, and those among them whose arguments are finite.

    Only the branch of `where` that is taken counts.
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
        causes = [used for used in _used_arguments(tape, slots, slot) if not math.isfinite(slots[used])]
        waiting.extend(causes)
        if not causes:
            origins.append(slot)
    return seen, origins


def _enormous(tape: Tape, slots: Sequence[float], slot: int, origin: int) -> bool:
    """Whether an infinite result certainly exceeds every float, as the overflow at `origin` does."""
    if slot == origin:
        return True
    first = len(tape.inputs) + len(tape.constants)
    if slot < first or math.isfinite(slots[slot]) or slots[slot] != slots[slot]:
        return False
    name, used = tape.operations[slot - first][0], _used_arguments(tape, slots, slot)
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


def operation_text(name: str, values: Sequence[float]) -> str:
    """An operation with its arguments, as `exp(800)` or `inf - inf`; a product of equal numbers is a square.

    >>> operation_text("mul", [1e200, 1e200])
    '1e+200^2'
    """
    if name == "mul" and values[0] == values[1]:
        name, values = "pow", (values[0], 2.0)
    texts = [f"{value + 0.0:.6g}" for value in values]  # without the sign of zero
    return SIGNS[name].format(*texts) if name in SIGNS else f"{name}({', '.join(texts)})"


def _used_arguments(tape: Tape, slots: Sequence[float], slot: int) -> tuple[int, ...]:
    """The arguments that an operation's value depends on, without the branch of `where` that is not taken."""
    operation = tape.operations[slot - len(tape.inputs) - len(tape.constants)]
    used = arguments(operation)
    if operation[0] == "where":
        return (used[0], used[1] if slots[used[0]] else used[2])
    return used
