"""Objective and optimizer -> tapes, and both linked to one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from steepest.errors import InputError
from steepest.language.derivative import gradient, jacobian
from steepest.language.expression import Expression, postorder
from steepest.language.precedence import MOST_PARAMETERS
from steepest.objectives.constants import CONSTANT
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.vectors import is_vector, vector_names
from steepest.tape.builder import Builder
from steepest.tape.row_lowering import row_tapes
from steepest.tape.tape import STEP, Operation, Tape, arguments

MOST_OPERATIONS = 100_000  # of one step
MOST_FOR_SOLVE = 4


def objective_tape(expression: Expression, names: Sequence[str], *, second: bool = False, constants: Sequence[str] = ()) -> Tape:
    """The tape of an objective's value and gradient.

    Args:
        names: of the parameters, which are the inputs.
        second: whether the Hessian is an output, too.
        constants: further names that are inputs.

    >>> from steepest.language.grammar import read_formula
    >>> objective_tape(*read_formula("x^2")).operations
    (('mul', 0, 0), ('mul', 1, 0))
    """
    builder = Builder([*names, *(CONSTANT + name for name in constants)])
    environment = {name: slot for slot, name in enumerate((*names, *constants))}
    slopes, count = gradient(expression, names), len(names)
    roots = [expression, *slopes]
    if second:
        rows = jacobian(slopes, names)
        roots += [rows[min(i, j)][max(i, j)] for i in range(count) for j in range(count)]  # symmetric: half is enough
    found: dict[Expression, int] = {}
    if expression.source:
        builder.rows, numbers = row_tapes(roots, names, constants)
        found = {node: builder.reduce(number, range(len(environment))) for node, number in numbers.items()}
    slots = builder.lower(roots, environment, found)
    outputs = {"f": slots[:1], "g": slots[1 : 1 + count]} | ({"H": slots[1 + count :]} if second else {})
    return builder.tape(outputs, {"g", "H"} & set(outputs))


def optimizer_tape(optimizer: Optimizer, count: int, schedules: Mapping[str, Expression] | None = None) -> Tape:
    """The tape of one step of an optimizer; see `steepest.tape.tape`.

    Args:
        count: the number of parameters; 0 for whole arrays.
        schedules: hyperparameters that are formulas in `t` and `T`; the others are inputs.

    Raises:
        InputError: for too many parameters, or equations that misuse the Hessian.
    """
    if count > MOST_PARAMETERS:
        raise InputError(f"a formula has at most {MOST_PARAMETERS} parameters, not {count}")
    return _Unroller(optimizer, count, schedules or {}).tape()


def link(optimizer: Tape, objective: Tape) -> Tape:
    """The tape of one step on one objective: the objective's operations replace the calls.

    The result has the optimizer's inputs, the objective's constants in front of `t`, the optimizer's outputs, `f` and `g` at the
    position where the step starts, and `±step`, the step up to its sign.

    Raises:
        InputError: for a step of too many operations, where equations evaluate a long formula at many positions.
    """
    last, given = len(optimizer.inputs) - 3, objective.constant_inputs  # in front of t, T and the seed
    builder = Builder([*optimizer.inputs[:last], *given, *optimizer.inputs[last:]])
    constants = range(last, last + len(given))
    results: list[int] = [*range(last), *range(constants.stop, len(builder.inputs)), *map(builder.constant, optimizer.constants)]
    evaluations: dict[tuple[int, ...], dict[str, tuple[int, ...]]] = {}

    def at(position: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
        if position not in evaluations:
            evaluations[position] = builder.inline(objective, (*position, *constants))
        if len(builder.nodes) > MOST_OPERATIONS:
            asked = f"asks for a formula of {len(objective.operations):,} operations at {len(evaluations)} places or more"
            raise InputError(f"a step has at most {MOST_OPERATIONS:,} operations, and this one {asked}")
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
    position = tuple(range(len(objective.inputs) - len(given)))
    start = at(position)
    steps = tuple(builder.difference(new, old) for new, old in zip(outputs["theta"], position, strict=True))
    return builder.tape(outputs | {"f": start["f"], "g": start["g"], STEP: steps}, {*optimizer.vectors, "g", STEP})


class _Unroller:
    """Lowers an optimizer's equations coordinate by coordinate.

    An expression has one slot for a number and `count` for a vector; on whole arrays a vector has one, too.
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
        """The names of a quantity's inputs, such as `v[0]`, `v[1]`."""
        if name not in self.vectors or self.whole:
            return [name]
        return [f"{name}[{index}]" for index in range(self.width)]

    def tape(self) -> Tape:
        """The tape of one step."""
        builder = self.builder
        for name in ("theta", *self.optimizer.state):
            self.values[name] = tuple(builder.input(slot) for slot in self.coordinates(name))
        for name in (*self.optimizer.hyperparameters, "t", "T"):
            if name not in self.schedules:
                self.values[name] = (builder.input(name),)
        time = {name: self.values[name][0] for name in ("t", "T")}
        for name, formula in self.schedules.items():
            self.values[name] = builder.lower([formula], time)
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
        """A call of the objective at a position."""
        operation: Operation = (name, *indices, *position)
        return self.builder.add(operation, operation)

    def gradient(self, position: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(self.call("gradient", (index,), position) for index in range(self.width))

    def hessian(self, position: tuple[int, ...]) -> tuple[int, ...]:
        """The Hessian, row by row; the calls are symmetric in its indices."""
        if self.whole or self.width > MOST_FOR_SOLVE:
            raise InputError(f"the Hessian H is there for formulas of up to {MOST_FOR_SOLVE} parameters")
        pairs = [(i, j) for i in range(self.width) for j in range(self.width)]
        return tuple(self.call("hessian", (min(pair), max(pair)), position) for pair in pairs)

    def lower(self, root: Expression) -> tuple[int, ...]:
        """The slots of an expression."""
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
        """The slots of an operation; numbers are broadcast."""
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
        """A number as a vector of equal coordinates; on whole arrays, `where` broadcasts it to the position's shape."""
        if not self.whole:
            return (slot,) * self.width
        return (self.builder.emit("where", self.builder.constant(1.0), slot, self.values["theta"][0]),)

    def widened(self, part: tuple[int, ...]) -> tuple[int, ...]:
        """A number as a vector of equal coordinates; a vector unchanged."""
        return part if len(part) == self.width else part * self.width

    def dot(self, a: tuple[int, ...], b: tuple[int, ...]) -> int:
        """The scalar product."""
        if self.whole:
            return self.builder.emit("dot", a[0], b[0])
        width = max(len(a), len(b))  # numbers are not broadcast: the norm of a number is its absolute value
        total: int | None = None
        for left, right in zip(a * (width // len(a)), b * (width // len(b)), strict=True):
            product = self.builder.emit("mul", left, right)
            total = product if total is None else self.builder.emit("add", total, product)
        assert total is not None
        return total

    def noise(self, stream: tuple[int, ...]) -> tuple[int, ...]:
        """Standard normal noise for each coordinate."""
        seed = len(self.builder.inputs) - 1  # the last, also where the equations have a seed of their own
        source = (seed, self.values["t"][0], stream[0])
        if self.whole:
            return (self.builder.emit("noise", *source, self.values["theta"][0]),)
        return tuple(self.builder.emit("noise", *source, self.builder.constant(float(index))) for index in range(self.width))

    def solve(self, matrix: tuple[int, ...], vector: tuple[int, ...]) -> tuple[int, ...]:
        """Cramer's rule: component k is the determinant with column k replaced by the vector, over the determinant."""
        size = self.width
        rows = [list(matrix[i * size : (i + 1) * size]) for i in range(size)]
        below = self.determinant(rows)
        replaced = [[[*row[:k], value, *row[k + 1 :]] for row, value in zip(rows, vector, strict=True)] for k in range(size)]
        return tuple(self.builder.emit("div", self.determinant(other), below) for other in replaced)

    def determinant(self, rows: list[list[int]]) -> int:
        """Laplace expansion along the first row; equal minors share their slots."""
        if len(rows) == 1:
            return rows[0][0]
        total: int | None = None
        for k, entry in enumerate(rows[0]):
            minor = self.determinant([[*row[:k], *row[k + 1 :]] for row in rows[1:]])
            product = self.builder.emit("mul", entry, minor)
            total = product if total is None else self.builder.emit("sub" if k % 2 else "add", total, product)
        assert total is not None
        return total
