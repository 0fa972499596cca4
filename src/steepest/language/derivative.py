"""Exact derivatives, from the rules that stand beside each operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from heapq import heappop, heappush

from steepest.language.expression import ONE, ZERO, Expression, name, postorder, replaced, simplified
from steepest.language.grammar import read_expression
from steepest.language.operations import OPERATIONS
from steepest.language.tidy import tidy, tidy_quotient

__all__ = ["CHOICES", "derivative", "gradient", "jacobian", "rules"]


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
            for argument, slope in partials(node):
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
def partials(node: Expression) -> tuple[tuple[Expression, Expression], ...]:
    """Each argument that is not constant, with the derivative of the node by it."""
    meanings = dict(zip(("a", "b"), node.arguments, strict=False)) | {"r": node}
    return tuple(
        (argument, replaced(order, meanings))
        for argument, order in zip(node.arguments, orders(node.operation), strict=False)
        if not argument.is_constant
    )


@cache
def orders(operation: str) -> tuple[tuple[Expression, ...], ...]:
    """The postorder of each of the operation's derivative formulas."""
    return tuple(map(postorder, rules(operation)))


@cache
def rules(operation: str) -> tuple[Expression, ...]:
    """The operation's derivative formulas, read."""
    return tuple(read_expression(text, known=("a", "b", "r")) for text in OPERATIONS[operation].partials)
