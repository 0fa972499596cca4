"""Objective + optimizer -> tape: one straight-line program that every target runs.

A tape is a list of operations without branches. Its slots are numbered: first the inputs, then the constants, then one
for the result of each operation. An operation is its name and the slots of its arguments:

    {"steepest_tape": 1, "inputs": ["x"], "constants": [2.0], "operations": [["mul", 0, 0], ["mul", 1, 0]],
     "outputs": {"f": [2], "g": [3]}}

An objective's tape has the parameters as inputs and `f`, `g` (and `H`, row by row) as outputs. An optimizer's tape for
`n` parameters has `theta[0]` ... , its state, its hyperparameters, `t`, `T` and `seed` as inputs and every quantity of
its equations as outputs; it asks for the objective by calls, `["value", p0, ...]`, `["gradient", k, p0, ...]` and
`["hessian", i, j, p0, ...]`, whose indices `k`, `i`, `j` are not slots. `link` puts the objective in for the calls.
With `n = 0` the optimizer's tape works on whole arrays: `theta` is one input, `["dot", a, b]` sums over all
coordinates and `["noise", seed, t, stream, theta]` is an array like `theta`; else `noise` ends in a coordinate. A tape
that runs has the output `±step`, what a step adds to the position, up to its sign: its length is the step's, also where
the position is so large that rounding swallows the step.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from steepest.errors import InputError
from steepest.language.derivative import gradient, hessian
from steepest.language.expression import Expression, postorder
from steepest.language.operations import OPERATIONS
from steepest.optimizers import Optimizer, hessian_mistake

__all__ = ["CALLS", "MOST_PARAMETERS", "STEP", "Tape", "link", "objective_tape", "optimizer_tape"]

VERSION = 1
MOST_PARAMETERS = 16
MOST_FOR_SOLVE = 4
CALLS = {"value": 0, "gradient": 1, "hessian": 2}
"""What an optimizer's tape may ask of its objective, with the number of indices before the position."""
STEP = "±step"  # an output that no equation can assign
REPEATED = 64  # up to here a whole power is a product
ARRAY_OPERATIONS = {"dot": 2, "noise": 4}

Operation = tuple[Any, ...]  # a name and whole numbers


@dataclass(frozen=True)
class Tape:
    """A straight-line program; see the module's description.

    Attributes:
        inputs: the names of the first slots.
        constants: the values of the next slots.
        operations: one slot each.
        outputs: the slots of each named result; one for a scalar, one for each coordinate of a vector.
        vectors: the outputs that are vectors, also where there is a single coordinate.
    """

    inputs: tuple[str, ...]
    constants: tuple[float, ...]
    operations: tuple[Operation, ...]
    outputs: Mapping[str, tuple[int, ...]]
    vectors: frozenset[str] = frozenset()

    def needed(self, slots: Iterable[int]) -> set[int]:
        """The slots that go into these, themselves included."""
        needed, first = set(slots), len(self.inputs) + len(self.constants)
        for slot in range(first + len(self.operations) - 1, first - 1, -1):
            if slot in needed:
                needed.update(self.operations[slot - first][1:])
        return needed

    def to_json(self) -> str:
        """The tape as a JSON document."""
        document = {
            "steepest_tape": VERSION,
            "inputs": self.inputs,
            "constants": self.constants,
            "operations": self.operations,
            "outputs": self.outputs,
            "vectors": sorted(self.vectors),
        }
        return json.dumps(document, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Tape:
        """The tape of a JSON document.

        Raises:
            InputError: for a document that is not a tape of this version, or whose slots do not come before their use.
        """
        try:
            document = json.loads(text)
            if document["steepest_tape"] != VERSION:
                raise InputError(f"this is a tape of version {document['steepest_tape']}, and only {VERSION} is read")
            tape = cls(
                tuple(map(str, document["inputs"])),
                tuple(map(float, document["constants"])),
                tuple((str(name), *map(int, slots)) for name, *slots in document["operations"]),
                {str(name): tuple(map(int, slots)) for name, slots in document["outputs"].items()},
                frozenset(document["vectors"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"this is not a tape: {error}") from None
        check(tape)
        return tape


def check(tape: Tape) -> None:
    """Raise unless every operation is known and uses earlier slots only."""
    ready = len(tape.inputs) + len(tape.constants)
    for operation in tape.operations:
        name = operation[0]
        if name not in OPERATIONS and name not in CALLS and name not in ARRAY_OPERATIONS:
            raise InputError(f"this is not a tape: there is no operation '{name}'")
        used = arguments(operation)
        wanted = OPERATIONS[name].arity if name in OPERATIONS else ARRAY_OPERATIONS.get(name, len(used))
        indices = operation[1 : 1 + CALLS.get(name, 0)]
        fits = len(used) == wanted and all(0 <= slot < ready for slot in used)
        if not fits or (name in CALLS and not used) or not all(0 <= index < len(used) for index in indices):
            raise InputError(f"this is not a tape: the operation {list(operation)} does not fit")
        ready += 1
    if not all(0 <= slot < ready for slots in tape.outputs.values() for slot in slots):
        raise InputError("this is not a tape: an output has no slot")


def arguments(operation: Operation) -> tuple[int, ...]:
    """The slots an operation reads."""
    return operation[1 + CALLS.get(operation[0], 0) :]


def objective_tape(expression: Expression, names: Sequence[str], *, second: bool = False) -> Tape:
    """The tape of an objective's value and gradient, and with `second` its Hessian."""
    builder = Builder(names)
    environment = {name: builder.input(name) for name in names}
    roots = [expression, *gradient(expression, names)]
    if second:
        roots += [entry for row in hessian(expression, names) for entry in row]
    slots = builder.lower(roots, environment)
    count = len(names)
    outputs = {"f": slots[:1], "g": slots[1 : 1 + count]} | ({"H": slots[1 + count :]} if second else {})
    return builder.tape(outputs, {"g", "H"} & set(outputs))


def optimizer_tape(optimizer: Optimizer, count: int, schedules: Mapping[str, Expression] | None = None) -> Tape:
    """The tape of one step for `count` parameters, or on whole arrays where `count` is 0.

    `schedules` are hyperparameters that are formulas in `t` and `T`; the others are inputs.

    Raises:
        InputError: for more parameters than are unrolled, or equations whose vectors and numbers do not fit.
    """
    if count > MOST_PARAMETERS:
        raise InputError(f"a formula has at most {MOST_PARAMETERS} parameters, not {count}")
    return _Unroller(optimizer, count, schedules or {}).tape()


def link(optimizer: Tape, objective: Tape) -> Tape:
    """The tape of one step on one objective: every call replaced by the objective's operations.

    The result has the optimizer's inputs and outputs, `f` and `g` at the position where the step starts, and the `±step`
    in every coordinate up to its sign, whose length the loops watch.
    """
    builder = Builder(optimizer.inputs)
    results: list[int] = [*range(len(optimizer.inputs)), *map(builder.constant, optimizer.constants)]
    evaluations: dict[tuple[int, ...], dict[str, tuple[int, ...]]] = {}

    def at(position: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        if position not in evaluations:
            evaluations[position] = builder.inline(objective, position)
        return evaluations[position]

    for operation in optimizer.operations:
        name = operation[0]
        slots = tuple(results[slot] for slot in arguments(operation))
        if name == "value":
            results.append(at(slots)["f"][0])
        elif name == "gradient":
            results.append(at(slots)["g"][operation[1]])
        elif name == "hessian":
            results.append(at(slots)["H"][operation[1] * len(slots) + operation[2]])
        else:
            results.append(builder.emit(name, *slots))
    outputs = {name: tuple(results[slot] for slot in slots) for name, slots in optimizer.outputs.items()}
    position = tuple(range(len(objective.inputs)))
    start = at(position)
    steps = tuple(builder.difference(new, old) for new, old in zip(outputs["theta"], position, strict=True))
    return builder.tape(outputs | {"f": start["f"], "g": start["g"], STEP: steps}, {*optimizer.vectors, "g", STEP})


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
            tuple(moved(self.nodes[slot], place) for slot in operations),  # type: ignore[arg-type]
            {name: tuple(place[slot] for slot in slots) for name, slots in outputs.items()},
            frozenset(vectors),
        )


def moved(operation: Operation, place: Mapping[int, int]) -> Operation:
    """The operation with its slots renumbered."""
    indices = CALLS.get(operation[0], 0)
    return (operation[0], *operation[1 : 1 + indices], *(place[slot] for slot in operation[1 + indices :]))


class _Unroller:
    """Lowers an optimizer's equations coordinate by coordinate.

    Every expression is a list of slots: one for a number, `count` for a vector; on whole arrays a vector, too, is one.
    """

    def __init__(self, optimizer: Optimizer, count: int, schedules: Mapping[str, Expression]) -> None:
        self.optimizer = optimizer
        self.width = count or 1
        self.whole = not count
        self.schedules = schedules
        self.vectors = vector_names(optimizer)
        held = [name for name in optimizer.hyperparameters if name not in schedules]
        inputs = [slot for name in ("theta", *optimizer.state) for slot in self.coordinates(name)]
        self.builder = Builder([*inputs, *held, "t", "T", "seed"])
        self.values: dict[str, tuple[int, ...]] = {}

    def coordinates(self, name: str) -> list[str]:
        if name not in self.vectors or self.whole:
            return [name]
        return [f"{name}[{index}]" for index in range(self.width)]

    def tape(self) -> Tape:
        builder = self.builder
        for name in ("theta", *self.optimizer.state):
            self.values[name] = tuple(builder.input(slot) for slot in self.coordinates(name))
        for name in (*self.optimizer.hyperparameters, "t", "T"):
            if name not in self.schedules:
                self.values[name] = (builder.input(name),)
        clock = {name: self.values[name][0] for name in ("t", "T")}
        for name, formula in self.schedules.items():
            self.values[name] = builder.lower([formula], clock)
        theta = self.values["theta"]
        if self.optimizer.uses("f"):
            self.values["f"] = (self.call("value", (), theta),)
        if self.optimizer.uses("g"):
            self.values["g"] = self.gradient(theta)
        if self.optimizer.uses("H"):
            self.values["H"] = self.hessian(theta)
        for name, expression in self.optimizer.equations:
            slots = self.lower(expression)
            self.values[name] = slots if name not in self.vectors or is_vector(expression, self.vectors) else self.spread(slots[0])
        outputs = {name: self.values[name] for name in self.optimizer.assigned}
        outputs |= {name: self.values[name] for name in self.schedules}
        if self.whole:
            outputs[STEP] = (builder.difference(self.values["theta"][0], theta[0]),)
        return builder.tape(outputs, {*self.vectors, STEP} & set(outputs))

    def call(self, name: str, indices: tuple[int, ...], position: tuple[int, ...]) -> int:
        operation: Operation = (name, *indices, *position)
        return self.builder.add(operation, operation)

    def gradient(self, position: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(self.call("gradient", (index,), position) for index in range(self.width))

    def hessian(self, position: tuple[int, ...]) -> tuple[int, ...]:
        if self.whole or self.width > MOST_FOR_SOLVE:
            raise InputError(f"the Hessian H is there for formulas of up to {MOST_FOR_SOLVE} parameters")
        pairs = [(i, j) for i in range(self.width) for j in range(self.width)]
        return tuple(self.call("hessian", (min(pair), max(pair)), position) for pair in pairs)

    def lower(self, root: Expression) -> tuple[int, ...]:
        slots: dict[Expression, tuple[int, ...]] = {}
        for node in postorder(root):
            if node.operation == "name":
                slots[node] = self.values[node.name]
            elif not node.arguments:
                slots[node] = (self.builder.constant(node.value),)
            else:
                slots[node] = self.apply(node.operation, [slots[argument] for argument in node.arguments])
        return slots[root]

    def apply(self, operation: str, parts: list[tuple[int, ...]]) -> tuple[int, ...]:
        if operation == "grad":
            return self.gradient(self.widened(parts[0]))
        if operation == "value":
            return (self.call("value", (), self.widened(parts[0])),)
        if operation == "dot":
            return (self.dot(parts[0], parts[1]),)
        if operation == "norm":
            return (self.builder.emit("sqrt", self.dot(parts[0], parts[0])),)
        if operation == "noise":
            return self.noise(parts[0])
        if operation == "solve":
            return self.solve(parts[0], self.widened(parts[1]))
        width = max(map(len, parts))
        columns = [part if len(part) == width else part * width for part in parts]
        return tuple(self.builder.emit(operation, *row) for row in zip(*columns, strict=True))

    def spread(self, slot: int) -> tuple[int, ...]:
        """A number as a vector of equal coordinates; on whole arrays `where` gives it the position's shape."""
        if not self.whole:
            return (slot,) * self.width
        return (self.builder.emit("where", self.builder.constant(1.0), slot, self.values["theta"][0]),)

    def widened(self, part: tuple[int, ...]) -> tuple[int, ...]:
        return part if len(part) == self.width else part * self.width

    def dot(self, a: tuple[int, ...], b: tuple[int, ...]) -> int:
        if self.whole:
            return self.builder.emit("dot", a[0], b[0])
        width = max(len(a), len(b))  # two numbers are not made vectors: the norm of a number is its absolute value
        total: int | None = None
        for left, right in zip(a * (width // len(a)), b * (width // len(b)), strict=True):
            product = self.builder.emit("mul", left, right)
            total = product if total is None else self.builder.emit("add", total, product)
        assert total is not None
        return total

    def noise(self, stream: tuple[int, ...]) -> tuple[int, ...]:
        seed = len(self.builder.inputs) - 1  # the last, also where the equations have a seed of their own
        source = (seed, self.values["t"][0], stream[0])
        if self.whole:
            return (self.builder.emit("noise", *source, self.values["theta"][0]),)
        return tuple(self.builder.emit("noise", *source, self.builder.constant(float(index))) for index in range(self.width))

    def solve(self, matrix: tuple[int, ...], vector: tuple[int, ...]) -> tuple[int, ...]:
        """Cramer's rule: component k is the determinant with the vector for column k, over the determinant."""
        size = self.width
        rows = [list(matrix[i * size : (i + 1) * size]) for i in range(size)]
        below = self.determinant(rows)
        replaced = [[[*row[:k], value, *row[k + 1 :]] for row, value in zip(rows, vector, strict=True)] for k in range(size)]
        return tuple(self.builder.emit("div", self.determinant(other), below) for other in replaced)

    def determinant(self, rows: list[list[int]]) -> int:
        """By minors along the first row; equal minors share their slots."""
        if len(rows) == 1:
            return rows[0][0]
        total: int | None = None
        for k, entry in enumerate(rows[0]):
            minor = self.determinant([[*row[:k], *row[k + 1 :]] for row in rows[1:]])
            product = self.builder.emit("mul", entry, minor)
            total = product if total is None else self.builder.emit("sub" if k % 2 else "add", total, product)
        assert total is not None
        return total


def vector_names(optimizer: Optimizer) -> frozenset[str]:
    """The names of the equations that are vectors: theta, g and what is made of them.

    Raises:
        InputError: where the Hessian stands for a vector or a vector for the Hessian.
    """
    for _, expression in optimizer.equations:
        if mistake := hessian_mistake(expression):
            raise InputError(mistake)
    vectors = {"theta", "g"}
    while True:
        found = vectors | {name for name, expression in optimizer.equations if is_vector(expression, vectors)}
        if found == vectors:
            return frozenset(vectors)
        vectors = found


def is_vector(root: Expression, vectors: Collection[str]) -> bool:
    """Whether an expression is one number for each coordinate."""
    results: dict[Expression, bool] = {}
    for node in postorder(root):
        operation, parts = node.operation, [results[argument] for argument in node.arguments]
        if operation == "name":
            results[node] = node.name in vectors
        elif operation in ("value", "norm", "dot"):
            results[node] = False
        else:
            results[node] = operation in ("grad", "noise", "solve") or any(parts)
    return results[root]
