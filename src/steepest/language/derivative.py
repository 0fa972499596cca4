"""Exact derivatives, from the rules that stand beside each operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from heapq import heappop, heappush

from steepest.language.expression import ONE, ZERO, Expression, constant, evaluate, name, number, postorder, replaced, simplified
from steepest.language.grammar import read_expression
from steepest.language.operations import OPERATIONS
from steepest.language.simplify import tidy, tidy_quotient


def gradient(root: Expression, names: Sequence[str]) -> tuple[Expression, ...]:
    """The partial derivatives of `root` in reverse mode: one sweep, every part shared, for machines.

    With adjoints `root' = 1` and `a' += node' * d(node)/d(a)` for every argument `a` of every node, from the root down.
    Where a node chooses between branches (`where`, `min`, `max`), the branch that is not taken never contributes.

    >>> from steepest.language.grammar import read_formula
    >>> gradient(read_formula("x*y").expression, ["x", "y"])
    (y, x)
    """
    return _Sweep(names).gradient(root)


class _Sweep:
    """Reverse mode for fixed names; remembers the gradients of branches."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [name(text) for text in names]
        self.branches: dict[Expression, tuple[Expression, ...]] = {}
        self.order: tuple[Expression, ...] = ()
        self.places: dict[Expression, int] = {}

    def gradient(self, root: Expression) -> tuple[Expression, ...]:
        """The gradient of the root; those of the branches inside come first, the innermost before all others."""
        self.order = postorder(root)
        self.places = {node: place for place, node in enumerate(self.order)}
        for node in self.order:
            if node.operation in CHOICES:
                for branch in node.arguments[-2:]:
                    self.sweep(branch)
        return self.sweep(root)

    def sweep(self, root: Expression) -> tuple[Expression, ...]:
        """The gradient of a part; goes through what its slope depends on, and no further than the choices inside."""
        if root in self.branches:
            return self.branches[root]
        adjoints: dict[Expression, Expression] = {root: ONE}
        waiting = [-self.places[root]]  # a heap: what comes last in the order first
        while waiting:
            node = self.order[-heappop(waiting)]
            if node.is_constant or not node.arguments:
                continue
            for argument, slope in self.slopes(node):
                if argument not in adjoints:
                    heappush(waiting, -self.places[argument])
                change = simplified("mul", adjoints[node], slope)
                adjoints[argument] = simplified("add", adjoints.get(argument, ZERO), change)
        result = tuple(adjoints.get(parameter, ZERO) for parameter in self.names)
        self.branches[root] = result
        return result

    def slopes(self, node: Expression) -> Iterable[tuple[Expression, Expression]]:
        """What the adjoint of a node passes on: each target with the factor it gets."""
        if node.operation not in CHOICES:
            return partials(node)
        condition, a, b = CHOICES[node.operation](*node.arguments)
        chosen = zip(self.names, self.branches[a], self.branches[b], strict=True)
        return [(target, simplified("where", condition, da, db)) for target, da, db in chosen if (da, db) != (ZERO, ZERO)]


def derivative(root: Expression, parameter: str) -> Expression:
    """The derivative by one parameter in forward mode, tidied, for people.

    >>> from steepest.language.grammar import read_formula
    >>> from steepest.language.notation import textbook
    >>> textbook(derivative(read_formula("exp(-x^2)").expression, "x"))
    '-2x exp(-x^2)'
    """
    slopes: dict[Expression, Expression] = {}
    for node in postorder(root):
        if not node.arguments:
            slopes[node] = ONE if node.operation == "name" and node.name == parameter else ZERO
        elif all(slopes[argument] is ZERO for argument in node.arguments):
            slopes[node] = ZERO
        elif node.operation in CHOICES:
            condition, a, b = CHOICES[node.operation](*node.arguments)
            slopes[node] = simplified("where", condition, slopes[a], slopes[b])
        else:
            total = ZERO
            for argument, slope in partials(node, written=True):
                factors = (slope, slopes[argument])
                if node.operation == "mul" and argument is node.arguments[0]:  # (uv)' = u'v + uv', in this order
                    factors = factors[::-1]
                total = simplified("add", total, simplified("mul", *factors))
            fractions = node.operation == "div" and ZERO not in [slopes[argument] for argument in node.arguments]
            slopes[node] = tidy_quotient(total) if fractions else total
    return tidy(slopes[root])


def jacobian(roots: Sequence[Expression], names: Sequence[str]) -> tuple[tuple[Expression, ...], ...]:
    """The gradient of each root, row by row; of the parts of a gradient, the second derivatives."""
    return tuple(gradient(root, names) for root in roots)


CHOICES: dict[str, Callable[..., tuple[Expression, Expression, Expression]]] = {
    "where": lambda condition, a, b: (condition, a, b),
    "min": lambda a, b: (simplified("le", a, b), a, b),
    "max": lambda a, b: (simplified("ge", a, b), a, b),
}
"""Operations whose value is one of two branches, as the condition and both."""


@lru_cache(maxsize=4096)
def partials(node: Expression, *, written: bool = False) -> tuple[tuple[Expression, Expression], ...]:
    """Parts that are not constant, with the derivative of the node by each: as it is computed, or as a textbook has it."""
    if by_rates := _slopes_by_rates(node):
        return by_rates
    meanings = dict(zip(("a", "b"), node.arguments, strict=False)) | {"r": node}
    if node.operation == "pow" and not written:
        formulas = powers(*node.arguments)
    else:
        formulas = _orders(node.operation, written=written)
    return tuple(
        (argument, replaced(order, meanings))
        for argument, order in zip(node.arguments, formulas, strict=False)
        if not argument.is_constant
    )


@cache
def _orders(operation: str, *, written: bool) -> tuple[tuple[Expression, ...], ...]:
    """The postorder of each of the operation's derivative formulas."""
    return tuple(map(postorder, rules(operation, written=written)))


@cache
def rules(operation: str, *, written: bool = False) -> tuple[Expression, ...]:
    """The operation's derivative formulas, read: those that are computed, or those that are written."""
    entry = OPERATIONS[operation]
    return tuple(map(rule, entry.partials if written or not entry.computed else entry.computed))


def rule(text: str) -> Expression:
    return read_expression(text, known=("a", "b", "r"))


def powers(base: Expression, exponent: Expression) -> tuple[tuple[Expression, ...], ...]:
    """The derivative formulas of a power: the textbook's, but 0 has a slope where the power is flat around it.

    A power of 0 is 0 for every positive exponent, and its derivative by the exponent is 0, not 0*log(0).
    """
    plain = _orders("pow", written=True)
    guarded = _guarded_powers()
    positive = base.is_constant and evaluate(base) != 0
    return (plain[0] if exponent.is_constant else guarded[0]), (plain[1] if positive else guarded[1])


@cache
def _guarded_powers() -> tuple[tuple[Expression, ...], ...]:
    texts = ("b*a^where(b == 0, 0, b-1)", "r*log(where(a == 0, where(b > 0, 1, 0), a))")
    return tuple(postorder(rule(text)) for text in texts)


def _slopes_by_rates(node: Expression) -> tuple[tuple[Expression, Expression], ...]:
    """The slopes of a quotient, a logarithm, a root or a power of exponentials by their rates; empty for all other nodes.

    In `1/cosh(x)` the numerator and the denominator of the textbook's `-sinh(x)/cosh(x)^2` overflow long before the
    slope does: `-tanh(x)/cosh(x)`.
    """
    operation, arguments = node.operation, node.arguments
    if operation == "div" and (found := rates(arguments[1])):
        over = () if arguments[0].is_constant else ((arguments[0], simplified("div", ONE, arguments[1])),)
        return (*over, *((part, simplified("neg", simplified("mul", node, rate))) for part, rate in found))
    if operation in LOGARITHMS and (found := rates(arguments[0], alone=True)):
        return tuple((part, simplified("div", rate, simplified("log", LOGARITHMS[operation]))) for part, rate in found)
    if operation in ROOTS and (found := rates(arguments[0], alone=True)):
        return tuple((part, simplified("div", simplified("mul", node, rate), ROOTS[operation])) for part, rate in found)
    if operation == "pow" and arguments[1].is_constant and evaluate(arguments[1]) < 1:
        alone = evaluate(arguments[1]) > 0
        found = rates(arguments[0], alone=alone)
        return tuple((part, simplified("mul", arguments[1], simplified("mul", node, rate))) for part, rate in found)
    return ()


ROOTS = {"sqrt": number(2), "cbrt": number(3)}
LOGARITHMS = {"log": constant("e"), "log2": number(2), "log10": number(10)}


def rates(root: Expression, *, alone: bool = False) -> list[tuple[Expression, Expression]]:
    """The derivative over the value of a product, by each part; empty unless a factor is exponential, or `alone` all are."""
    found: list[tuple[Expression, Expression]] = []
    exponential: list[bool] = []
    waiting = [(root, ONE)]
    while waiting:
        node, power = waiting.pop()
        operation, arguments = node.operation, node.arguments
        if node.is_constant:
            continue
        if operation in ("mul", "div", "neg"):
            waiting += [(part, power) for part in arguments[:1]]
            waiting += [(part, power if operation == "mul" else simplified("neg", power)) for part in arguments[1:]]
        elif operation == "pow" and arguments[1].is_constant:
            waiting.append((arguments[0], simplified("mul", power, arguments[1])))
        elif operation in ROOTS:
            waiting.append((arguments[0], simplified("div", power, ROOTS[operation])))
        else:
            part, rate = _rate_of(node)
            exponential.append(part is not node and not (alone and operation == "sinh"))  # which is 0 somewhere
            found.append((part, simplified("mul", power, rate)))
    wanted = all(exponential) if alone else any(exponential)
    return found if wanted else []


def _rate_of(node: Expression) -> tuple[Expression, Expression]:
    """A part and the derivative by it over the value: of an exponential by its argument, of anything else by itself."""
    if node.operation == "pow" and node.arguments[0].is_constant and evaluate(node.arguments[0]) > 0:
        return node.arguments[1], simplified("log", node.arguments[0])
    if text := OPERATIONS[node.operation].rate if node.operation in OPERATIONS else "":
        return node.arguments[0], replaced(postorder(rule(text)), {"a": node.arguments[0]})
    return node, simplified("div", ONE, node)
