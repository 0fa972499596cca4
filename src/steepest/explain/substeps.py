"""An optimizer's equations in small steps: every gradient, length or random number inside one gets a name of its own.

`v = beta*v - lr*grad(theta+beta*v)` becomes `q = theta + beta*v`, `g_q = grad(q)` and `v = beta*v - lr*g_q`. The small
steps are an optimizer again, so the same tape computes them, to the bit.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from steepest.language.expression import Expression, call, name, names, postorder
from steepest.language.notation import plain
from steepest.language.operations import VECTOR_FUNCTIONS
from steepest.optimizers.optimizer import GIVEN, Optimizer


class Substep(NamedTuple):
    """One small step: `name = formula`.

    Attributes:
        kind: `equation` for an equation of the optimizer; `point` and `vector` for an argument that got a name; else the
            function that is called: `grad`, `value`, `norm`, `dot`, `noise` or `solve`.
        name: what is assigned.
        formula: of names, numbers and at most one function of `VECTOR_FUNCTIONS`, which then stands alone.
        written: the equation as the optimizer has it; the formula itself for the others.
    """

    kind: str
    name: str
    formula: Expression
    written: Expression


def substeps(optimizer: Optimizer, reserved: Collection[str] = ()) -> list[Substep]:
    """The small steps of an optimizer; the names that it gets are not among the reserved ones.

    >>> from steepest.optimizers.reading import optimizer
    >>> for step in substeps(optimizer("sam")):
    ...     print(step.kind, step.name, "=", plain(step.formula))
    norm norm(g) = norm(g)
    equation r = rho*g/(norm(g)+eps)
    point q = theta + r
    grad g_q = grad(q)
    equation theta = theta - lr*g_q
    """
    taken = {*GIVEN, *reserved, *optimizer.assigned, *optimizer.hyperparameters}
    unfolder = _Unfolder(taken)
    for target, expression in optimizer.equations:
        unfolder.equation(target, expression)
    return unfolder.steps


class _Unfolder:
    """The small steps so far; `known` are calls whose value still holds."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.steps: list[Substep] = []
        self.known: dict[Expression, str] = {}
        self.moved = False

    def equation(self, target: str, expression: Expression) -> None:
        self.steps.append(Substep("equation", target, self.flat(expression), expression))
        self.known = {node: helper for node, helper in self.known.items() if target not in names(node)}
        self.moved = self.moved or target == "theta"

    def flat(self, root: Expression) -> Expression:
        """The expression with the name of a small step for every call."""
        results: dict[Expression, Expression] = {}
        for node in postorder(root):
            rebuilt = call(node.operation, *[results[argument] for argument in node.arguments]) if node.arguments else node
            if node.operation == "noise":
                rebuilt = node
            results[node] = name(self.named(rebuilt)) if node.operation in VECTOR_FUNCTIONS else rebuilt
        return results[root]

    def named(self, node: Expression) -> str:
        if node not in self.known:
            self.known[node] = self.helper(node)
        return self.known[node]

    def helper(self, node: Expression) -> str:
        """The name of a call, after the small steps that it takes."""
        if node.operation in ("norm", "dot"):
            return self.step(node.operation, plain(node), node)
        if node.operation == "noise":
            return self.step("noise", self.fresh("xi"), node)
        if node.operation == "solve":
            matrix, vector = node.arguments
            if vector.operation != "name":
                vector = name(self.step("vector", self.fresh("b"), vector))
            return self.step("solve", self.fresh("d"), call("solve", matrix, vector))
        given = "g" if node.operation == "grad" else "f"
        point = node.arguments[0]
        if point.name == "theta" and not self.moved:
            return given
        if point.operation != "name":
            point = name(self.point(point))
        place = "new" if point.name == "theta" else point.name
        return self.step(node.operation, self.fresh(f"{given}_{place}"), call(node.operation, point))

    def point(self, expression: Expression) -> str:
        """The name of a position, which `grad` and `value` may share."""
        if expression not in self.known:
            self.known[expression] = self.step("point", self.fresh("q"), expression)
        return self.known[expression]

    def step(self, kind: str, target: str, formula: Expression) -> str:
        self.steps.append(Substep(kind, target, formula, formula))
        return target

    def fresh(self, word: str) -> str:
        """The word, or with a number behind it if it is taken."""
        candidates = (word, *(f"{word}{number}" for number in range(2, len(self.taken) + 3)))
        found = next(candidate for candidate in candidates if candidate not in self.taken)
        self.taken.add(found)
        return found
