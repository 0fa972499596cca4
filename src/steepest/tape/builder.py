"""Building a tape: every operation once, constants folded, what is simple made simpler."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from steepest.language.expression import Expression, postorder
from steepest.language.operations import OPERATIONS
from steepest.tape.tape import CALLS, Operation, Tape, arguments

REPEATED = 64  # up to here a whole power is a product


class Builder:
    """A tape in the making: equal operations share a slot, operations on constants are constants."""

    def __init__(self, inputs: Sequence[str]) -> None:
        self.inputs = tuple(inputs)
        self.nodes: list[float | Operation | None] = [None] * len(self.inputs)
        self.known: dict[object, int] = {}

    def input(self, name: str) -> int:
        return self.inputs.index(name)

    def constant(self, value: float) -> int:
        return self.add((value, math.copysign(1.0, value)), float(value))

    def add(self, key: object, node: float | Operation) -> int:
        slot = self.known.get(key)
        if slot is None:
            slot = self.known[key] = len(self.nodes)
            self.nodes.append(node)
        return slot

    def emit(self, name: str, *slots: int) -> int:
        """The slot of an operation; what is simplified keeps the value but for a rounding of coefficients."""
        nodes = [self.nodes[slot] for slot in slots]
        values = [node for node in nodes if isinstance(node, float)]
        if len(values) == len(slots) and name in OPERATIONS:
            value = OPERATIONS[name].value(*values)
            if math.isfinite(value):  # else a run finds out, and where it comes from
                return self.constant(value)
        if name == "pow" and isinstance(nodes[1], float):
            return self.power(slots[0], nodes[1], slots)
        if name == "pow" and nodes[0] == math.e:
            return self.add(("exp", slots[1]), ("exp", slots[1]))
        simpler = self.simpler(name, slots)
        if simpler is not None:
            return simpler
        if name in ("add", "mul"):  # the same in either order, so the same slot
            slots = tuple(sorted(slots, key=lambda slot: (self.value(slot) is None, slot)))
        operation: Operation = (name, *slots)
        return self.add(operation, operation)

    def simpler(self, name: str, slots: tuple[int, ...]) -> int | None:
        """A shorter way to the same number: signs move outward until a sum or a coefficient takes them."""
        if name == "neg":
            inner = self.operation(slots[0])
            return inner[1] if inner[0] == "neg" else None
        if name not in ("add", "sub", "mul", "div"):
            return None
        a, b = slots
        if name == "mul" and self.value(b) is not None:
            a, b = b, a
        minus_a, minus_b = (self.operation(slot)[0] == "neg" for slot in (a, b))
        if name == "div":
            return a if self.value(b) == 1 else None
        if name == "sub":
            if self.value(b) == 0:
                return a
            if minus_b:
                return self.emit("add", a, self.operation(b)[1])
            return self.emit("neg", self.emit("add", self.operation(a)[1], b)) if minus_a else None
        if name == "add":
            if minus_b:
                return self.emit("sub", a, self.operation(b)[1])
            return self.emit("sub", b, self.operation(a)[1]) if minus_a else None
        return self.coefficient(a, b, minus_a=minus_a, minus_b=minus_b)

    def coefficient(self, a: int, b: int, *, minus_a: bool, minus_b: bool) -> int | None:
        """A simpler product: signs go outside, and constants that multiply the same thing become one."""
        by = self.value(a)
        if by == 1:
            return b
        if by == -1:
            return self.emit("neg", b)
        inner = self.operation(b)
        if by is not None and inner[0] == "mul" and self.value(inner[1]) is not None:
            product = by * self.number(inner[1])
            if math.isfinite(product) and product:
                return self.emit("mul", self.constant(product), inner[2])
            return None
        if minus_a or minus_b:
            bare = [self.operation(slot)[1] if minus else slot for slot, minus in ((a, minus_a), (b, minus_b))]
            product_slot = self.emit("mul", *bare)
            return product_slot if minus_a and minus_b else self.emit("neg", product_slot)
        return None

    def difference(self, new: int, old: int) -> int:
        """The difference of two slots up to its sign; what was added to the old one, where the new one is such a sum."""
        name, *slots = self.operation(new)
        used: list[int] = slots
        if name in ("add", "sub") and used[0] == old:
            return used[1]
        return used[0] if name == "add" and used[1] == old else self.emit("sub", new, old)

    def operation(self, slot: int) -> Operation:
        """The operation that fills a slot; an input or a constant has the name ''."""
        node = self.nodes[slot]
        return node if isinstance(node, tuple) else ("",)

    def value(self, slot: int) -> float | None:
        node = self.nodes[slot]
        return node if isinstance(node, float) else None

    def number(self, slot: int) -> float:
        node = self.nodes[slot]
        assert isinstance(node, float)
        return node

    def power(self, base: int, exponent: float, slots: tuple[int, ...]) -> int:
        """A whole power as products, by squaring; a square root for 1/2."""
        if exponent == 0.5:
            return self.emit("sqrt", base)
        if not exponent.is_integer() or abs(exponent) > REPEATED:
            return self.add(("pow", *slots), ("pow", *slots))
        if exponent < 0:
            return self.emit("div", self.constant(1.0), self.power(base, -exponent, slots))
        result, square, left = self.constant(1.0), base, int(exponent)
        while left:
            if left & 1:
                result = self.emit("mul", result, square)
            left >>= 1
            if left:
                square = self.emit("mul", square, square)
        return result

    def lower(self, roots: Iterable[Expression], environment: Mapping[str, int]) -> tuple[int, ...]:
        """The slots of scalar expressions whose names have the slots of `environment`."""
        roots = tuple(roots)
        slots: dict[Expression, int] = {}
        for node in postorder(*roots):
            if node.operation == "name":
                slots[node] = environment[node.name]
            elif not node.arguments:
                slots[node] = self.constant(node.value)
            else:
                slots[node] = self.emit(node.operation, *[slots[argument] for argument in node.arguments])
        return tuple(slots[root] for root in roots)

    def inline(self, tape: Tape, position: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """Another tape's outputs at a position."""
        results = [*position, *map(self.constant, tape.constants)]
        for name, *slots in tape.operations:
            results.append(self.emit(name, *[results[slot] for slot in slots]))
        return {name: tuple(results[slot] for slot in slots) for name, slots in tape.outputs.items()}

    def tape(self, outputs: Mapping[str, tuple[int, ...]], vectors: Iterable[str]) -> Tape:
        """The finished tape: only what the outputs need, constants before operations."""
        needed = {slot for slots in outputs.values() for slot in slots}
        for slot in range(len(self.nodes) - 1, -1, -1):
            node = self.nodes[slot]
            if slot in needed and isinstance(node, tuple):
                needed.update(arguments(node))
        first = len(self.inputs)
        constants = [slot for slot in sorted(needed) if slot >= first and isinstance(self.nodes[slot], float)]
        operations = [slot for slot in sorted(needed) if isinstance(self.nodes[slot], tuple)]
        place = {slot: index for index, slot in enumerate((*range(first), *constants, *operations))}
        return Tape(
            self.inputs,
            tuple(self.nodes[slot] for slot in constants),  # type: ignore[misc]
            tuple(_moved(self.nodes[slot], place) for slot in operations),  # type: ignore[arg-type]
            {name: tuple(place[slot] for slot in slots) for name, slots in outputs.items()},
            frozenset(vectors),
        )


def _moved(operation: Operation, place: Mapping[int, int]) -> Operation:
    """The operation with its slots renumbered."""
    indices = CALLS.get(operation[0], 0)
    return (operation[0], *operation[1 : 1 + indices], *(place[slot] for slot in operation[1 + indices :]))
