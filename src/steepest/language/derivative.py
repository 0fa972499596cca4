"""Exact derivatives by the rules in the table of operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from heapq import heappop, heappush

from steepest.language.expression import (  # fmt: skip
    ONE,
    ZERO,
    Expression,
    constant,
    evaluate,
    name,
    number,
    postorder,
    reduction,
    replaced,
    rows_of,
    simplified,
)
from steepest.language.grammar import read_expression
from steepest.language.operations import OPERATIONS, REDUCTIONS
from steepest.language.simplify import tidy, tidy_quotient


def gradient(root: Expression, names: Sequence[str]) -> tuple[Expression, ...]:
    """The partial derivatives of an expression in reverse mode, with shared parts, for evaluation.

    The adjoints are `root' = 1` and `a' += node' * d(node)/d(a)` for each argument `a` of each node, from the root down. Of
    the branches of `where`, `min` and `max`, only the one that is taken contributes, whatever the other one's value is. A
    sum over rows contributes to each parameter the sum of the derivatives in the rows.

    Args:
        names: of the parameters; the result has one expression for each.

    >>> from steepest.language.grammar import read_formula
    >>> gradient(read_formula("x*y").expression, ["x", "y"])
    (y, x)
    """
    return _ReverseMode(names).gradient(root)


class _ReverseMode:
    """Reverse mode for fixed names; the gradients of branches are cached."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [name(text) for text in names]
        self.branches: dict[Expression, tuple[Expression, ...]] = {}
        self.order: tuple[Expression, ...] = ()
        self.places: dict[Expression, int] = {}

    def gradient(self, root: Expression) -> tuple[Expression, ...]:
        """The gradient of the root, after those of the branches in it, the innermost first."""
        self.order = postorder(root)
        self.places = {node: place for place, node in enumerate(self.order)}
        for node in self.order:
            if node.operation in CHOICES:
                for branch in node.arguments[-2:]:
                    self.sweep(branch)
            elif node.operation in REDUCTIONS:
                self.sweep(node.arguments[0])
        return self.sweep(root)

    def sweep(self, root: Expression) -> tuple[Expression, ...]:
        """The gradient of a part; the sweep stops at the choices in it, whose branches have theirs already."""
        if root in self.branches:
            return self.branches[root]
        adjoints: dict[Expression, Expression] = {root: ONE}
        waiting = [-self.places[root]]  # a heap: the last in postorder comes first
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
        """The expressions that a node's adjoint contributes to, each with its factor."""
        if node.operation in REDUCTIONS:
            inner = zip(self.names, self.branches[node.arguments[0]], strict=True)
            return [(target, reduction(node.operation, slope, rows_of(node))) for target, slope in inner if slope is not ZERO]
        if node.operation not in CHOICES:
            return partials(node)
        condition, a, b = CHOICES[node.operation](*node.arguments)
        chosen = zip(self.names, self.branches[a], self.branches[b], strict=True)
        return [(target, simplified("where", condition, da, db)) for target, da, db in chosen if (da, db) != (ZERO, ZERO)]


def derivative(root: Expression, parameter: str) -> Expression:
    """The derivative by one parameter in forward mode, in textbook form, for reading.

    Args:
        parameter: its name.

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
        elif node.operation in REDUCTIONS:
            slopes[node] = reduction(node.operation, tidy(slopes[node.arguments[0]]), rows_of(node))
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
    """The gradient of each expression as a row; for a gradient this is the Hessian.

    >>> from steepest.language.grammar import read_formula
    >>> jacobian(gradient(read_formula("x*y").expression, ["x", "y"]), ["x", "y"])
    ((0.0, 1.0), (1.0, 0.0))
    """
    return tuple(gradient(root, names) for root in roots)


CHOICES: dict[str, Callable[..., tuple[Expression, Expression, Expression]]] = {
    "where": lambda condition, a, b: (condition, a, b),
    "min": lambda a, b: (simplified("le", a, b), a, b),
    "max": lambda a, b: (simplified("ge", a, b), a, b),
}
"""Operations that choose one of two branches, each as the condition and the branches."""


@lru_cache(maxsize=4096)
def partials(node: Expression, *, written: bool = False) -> tuple[tuple[Expression, Expression], ...]:
    """The arguments of an operation that are not constant, each with the operation's derivative by it.

    Args:
        written: whether the derivatives are to be read, not evaluated.
    """
    if by_rates := _slopes_by_rates(node):
        return by_rates
    meanings = dict(zip(("a", "b"), node.arguments, strict=False)) | {"r": node}
    if node.operation == "pow" and not written:
        formulas = _power_rules(*node.arguments)
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
    """The derivative formulas of an operation: the textbook's if `written`, else those to evaluate."""
    entry = OPERATIONS[operation]
    return tuple(map(_rule, entry.partials if written or not entry.computed else entry.computed))


def _rule(text: str) -> Expression:
    return read_expression(text, known=("a", "b", "r"))


def _power_rules(base: Expression, exponent: Expression) -> tuple[tuple[Expression, ...], ...]:
    """The derivative formulas of a power: the textbook's, but finite where the base is 0 and the power is flat.

    As 0^b is 0 for every positive b, its derivative by the exponent is 0, not 0*log(0).
    """
    plain = _orders("pow", written=True)
    guarded = _guarded_powers()
    positive = base.is_constant and evaluate(base) != 0
    return (plain[0] if exponent.is_constant else guarded[0]), (plain[1] if positive else guarded[1])


GUARDED_POWERS = ("b*a^where(b == 0, 0, b-1)", "r*log(where(a == 0, where(b > 0, 1, 0), a))")


@cache
def _guarded_powers() -> tuple[tuple[Expression, ...], ...]:
    return tuple(postorder(_rule(text)) for text in GUARDED_POWERS)


def _slopes_by_rates(node: Expression) -> tuple[tuple[Expression, Expression], ...]:
    """The derivatives of a quotient, a logarithm, a root or a power of exponentials by their rates; empty for other operations.

    The textbook's derivative of `1/cosh(x)`, `-sinh(x)/cosh(x)^2`, overflows in numerator and denominator where
    `-tanh(x)/cosh(x)` is still exact.
    """
    operation, arguments = node.operation, node.arguments
    if operation == "div" and (found := _rates(arguments[1])):
        over = () if arguments[0].is_constant else ((arguments[0], simplified("div", ONE, arguments[1])),)
        return (*over, *((part, simplified("neg", simplified("mul", node, rate))) for part, rate in found))
    if operation in LOGARITHMS and (found := _rates(arguments[0], alone=True)):
        return tuple((part, simplified("div", rate, simplified("log", LOGARITHMS[operation]))) for part, rate in found)
    if operation in ROOTS and (found := _rates(arguments[0], alone=True)):
        return tuple((part, simplified("div", simplified("mul", node, rate), ROOTS[operation])) for part, rate in found)
    if operation == "pow" and arguments[1].is_constant and evaluate(arguments[1]) < 1:
        alone = evaluate(arguments[1]) > 0
        found = _rates(arguments[0], alone=alone)
        return tuple((part, simplified("mul", arguments[1], simplified("mul", node, rate))) for part, rate in found)
    return ()


ROOTS = {"sqrt": number(2), "cbrt": number(3)}
LOGARITHMS = {"log": constant("e"), "log2": number(2), "log10": number(10)}


def _rates(root: Expression, *, alone: bool = False) -> list[tuple[Expression, Expression]]:
    """The derivative of a product over its value, by each part; empty unless some factor is exponential (if `alone`, all)."""
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
            exponential.append(part is not node and not (alone and operation == "sinh"))  # sinh is 0 at 0
            found.append((part, simplified("mul", power, rate)))
    wanted = all(exponential) if alone else any(exponential)
    return found if wanted else []


def _rate_of(node: Expression) -> tuple[Expression, Expression]:
    """A part and the derivative by it over the value: for an exponential the part is its argument, else the node itself."""
    if node.operation == "pow" and node.arguments[0].is_constant and evaluate(node.arguments[0]) > 0:
        return node.arguments[1], simplified("log", node.arguments[0])
    if text := OPERATIONS[node.operation].rate if node.operation in OPERATIONS else "":
        return node.arguments[0], replaced(postorder(_rule(text)), {"a": node.arguments[0]})
    return node, simplified("div", ONE, node)
