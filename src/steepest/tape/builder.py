"""Building a tape: common subexpressions are shared, constants folded, signs and powers simplified."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from steepest.language.expression import Expression, postorder
from steepest.language.operations import OPERATIONS
from steepest.tape.tape import INDICES, REDUCE, Operation, RowTapes, Tape, arguments

REPEATED = 64  # up to here a power with a whole exponent is a product


class Builder:
    """A tape under construction: equal operations share a slot, operations on constants are constants."""

    def __init__(self, inputs: Sequence[str]) -> None:
        self.inputs = tuple(inputs)
        self.nodes: list[float | Operation | None] = [None] * len(self.inputs)
        self.known: dict[object, int] = {}
        self.rows: RowTapes | None = None

    def input(self, name: str) -> int:
        """The slot of an input."""
        return self.inputs.index(name)

    def constant(self, value: float) -> int:
        """The slot of a constant; 0 and -0 are two."""
        return self.add((value, math.copysign(1.0, value)), float(value))

    def add(self, key: object, node: float | Operation) -> int:
        """The slot of a constant or an operation as it is; equal keys share one."""
        slot = self.known.get(key)
        if slot is None:
            slot = self.known[key] = len(self.nodes)
            self.nodes.append(node)
        return slot

    def emit(self, name: str, *slots: int) -> int:
        """The slot of an operation, simplified; the value stays the same except for rounding of coefficients."""
        nodes = [self.nodes[slot] for slot in slots]
        values = [node for node in nodes if isinstance(node, float)]
        if len(values) == len(slots) and name in OPERATIONS:
            value = OPERATIONS[name].value(*values)
            if math.isfinite(value):  # else the failure shows in a run, with its cause
                return self.constant(value)
        if name == "pow" and isinstance(nodes[1], float):
            return self._power(slots[0], nodes[1], slots[1])
        if name == "pow" and nodes[0] == math.e:
            return self.add(("exp", slots[1]), ("exp", slots[1]))
        simpler = self._simpler(name, slots)
        if simpler is not None:
            return simpler
        if name in ("add", "mul"):  # commutative, so both orders share a slot
            slots = tuple(sorted(slots, key=lambda slot: (self.value(slot) is None, slot)))
        operation: Operation = (name, *slots)
        return self.add(operation, operation)

    def _simpler(self, name: str, slots: tuple[int, ...]) -> int | None:
        """The slot of a shorter equal form, if there is one: signs move outward until a sum or a coefficient absorbs them."""
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
        return self._product(a, b, minus_a=minus_a, minus_b=minus_b)

    def _product(self, a: int, b: int, *, minus_a: bool, minus_b: bool) -> int | None:
        """The slot of a shorter equal product: signs move outward, and constant factors are multiplied."""
        by = self.value(a)
        if by == 1:
            return b
        if by == -1:
            return self.emit("neg", b)
        inner = self.operation(b)
        if by is not None and inner[0] == "mul" and (factor := self.value(inner[1])) is not None:
            product = by * factor
            if math.isfinite(product) and product:
                return self.emit("mul", self.constant(product), inner[2])
            return None
        if minus_a or minus_b:
            bare = [self.operation(slot)[1] if minus else slot for slot, minus in ((a, minus_a), (b, minus_b))]
            product_slot = self.emit("mul", *bare)
            return product_slot if minus_a and minus_b else self.emit("neg", product_slot)
        return None

    def difference(self, new: int, old: int) -> int:
        """The difference of two slots up to its sign; if the new one is the old one plus a term, that term."""
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
        """The value of a constant; None for any other slot."""
        node = self.nodes[slot]
        return node if isinstance(node, float) else None

    def _power(self, base: int, exponent: float, exponent_slot: int) -> int:
        """A power: with a small whole exponent products, by repeated squaring; with the exponent 1/2 a square root."""
        if exponent == 0.5:
            return self.emit("sqrt", base)
        if not exponent.is_integer() or abs(exponent) > REPEATED:
            operation = ("pow", base, exponent_slot)
            return self.add(operation, operation)
        if exponent < 0:
            return self.emit("div", self.constant(1.0), self._power(base, -exponent, exponent_slot))
        result, square, left = self.constant(1.0), base, int(exponent)
        while left:
            if left & 1:
                result = self.emit("mul", result, square)
            left >>= 1
            if left:
                square = self.emit("mul", square, square)
        return result

    def lower(
        self, roots: Iterable[Expression], environment: Mapping[str, int], known: Mapping[Expression, int] | None = None
    ) -> tuple[int, ...]:
        """The slots of scalar expressions.

        Args:
            environment: the slots of their names and columns.
            known: the slots of expressions that are there already.
        """
        roots = tuple(roots)
        slots: dict[Expression, int] = {}
        for node in _outside(roots, known or {}):
            if known and node in known:
                slots[node] = known[node]
            elif node.operation in ("name", "column"):
                slots[node] = environment[node.name]
            elif not node.arguments:
                slots[node] = self.constant(node.value)
            else:
                slots[node] = self.emit(node.operation, *[slots[argument] for argument in node.arguments])
        return tuple(slots[root] for root in roots)

    def inline(self, tape: Tape, position: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """The slots of another tape's outputs, its inputs being those of `position`."""
        results = [*position, *map(self.constant, tape.constants)]
        self.rows = tape.rows
        for operation in tape.operations:
            name, slots = operation[0], [results[slot] for slot in arguments(operation)]
            results.append(self.reduce(operation[1], slots) if name == REDUCE else self.emit(name, *slots))
        return {name: tuple(results[slot] for slot in slots) for name, slots in tape.outputs.items()}

    def reduce(self, number: int, position: Sequence[int]) -> int:
        """The slot of a sum or mean over rows at a position."""
        operation: Operation = (REDUCE, number, *position)
        return self.add(operation, operation)

    def tape(self, outputs: Mapping[str, tuple[int, ...]], vectors: Iterable[str]) -> Tape:
        """The finished tape: what the outputs need, constants before operations.

        Args:
            outputs: the slots of each named result.
            vectors: the names of those that are vectors.
        """
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
            tuple(_renumbered(self.nodes[slot], place) for slot in operations),  # type: ignore[arg-type]
            {name: tuple(place[slot] for slot in slots) for name, slots in outputs.items()},
            frozenset(vectors),
            self.rows,
        )


def _outside(roots: tuple[Expression, ...], known: Mapping[Expression, int]) -> Iterable[Expression]:
    """The postorder of expressions without what only the known ones need."""
    if not known:
        return postorder(*roots)
    wanted = set(roots)
    order = postorder(*roots)
    for node in reversed(order):
        if node in wanted and node not in known:
            wanted.update(node.arguments)
    return [node for node in order if node in wanted]


def _renumbered(operation: Operation, place: Mapping[int, int]) -> Operation:
    """The operation with its slots renumbered."""
    indices = INDICES.get(operation[0], 0)
    return (operation[0], *operation[1 : 1 + indices], *(place[slot] for slot in operation[1 + indices :]))
