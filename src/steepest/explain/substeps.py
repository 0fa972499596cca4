"""An optimizer's equations in substeps: every gradient, length or random number inside one gets a name of its own.

`v = beta*v - lr*grad(theta+beta*v)` becomes `q = theta + beta*v`, `g_q = grad(q)` and `v = beta*v - lr*g_q`. The substeps
are an optimizer again, so the same tape computes them, bit for bit.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from steepest.language.expression import Expression, call, name, names, postorder
from steepest.language.notation import plain
from steepest.language.operations import VECTOR_FUNCTIONS
from steepest.optimizers.optimizer import GIVEN, Optimizer


class Substep(NamedTuple):
    """One substep: `name = formula`.

    Attributes:
        kind: `equation` for an equation of the optimizer; `point` and `vector` for an argument that is named; else the
            function that is called: `grad`, `value`, `norm`, `dot`, `noise` or `solve`.
        name: what is assigned.
        formula: an expression without functions of `VECTOR_FUNCTIONS`, or one call of such a function.
        written: the equation as the optimizer has it; for the other kinds, the formula.
    """

    kind: str
    name: str
    formula: Expression
    written: Expression


def substeps(optimizer: Optimizer, reserved: Collection[str] = ()) -> list[Substep]:
    """The substeps of an optimizer.

    Args:
        optimizer: its equations.
        reserved: names that no substep may get.

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
    splitter = _Splitter(taken)
    for target, expression in optimizer.equations:
        splitter.equation(target, expression)
    return splitter.steps


class _Splitter:
    """Splits equations into substeps; `known` names the calls whose value is still current."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.steps: list[Substep] = []
        self.known: dict[Expression, str] = {}
        self.position_assigned = False

    def equation(self, target: str, expression: Expression) -> None:
        """Add the substeps of an equation."""
        self.steps.append(Substep("equation", target, self.flat(expression), expression))
        self.known = {node: known for node, known in self.known.items() if target not in names(node)}
        self.position_assigned = self.position_assigned or target == "theta"

    def flat(self, root: Expression) -> Expression:
        """The expression with the name of a substep in place of every call."""
        results: dict[Expression, Expression] = {}
        for node in postorder(root):
            rebuilt = call(node.operation, *[results[argument] for argument in node.arguments]) if node.arguments else node
            if node.operation == "noise":
                rebuilt = node
            results[node] = name(self.name_of(rebuilt)) if node.operation in VECTOR_FUNCTIONS else rebuilt
        return results[root]

    def name_of(self, node: Expression) -> str:
        """The name of a call, whose substeps are added unless its value is known."""
        if node not in self.known:
            self.known[node] = self.split(node)
        return self.known[node]

    def split(self, node: Expression) -> str:
        """Add the substeps of a call; returns its name."""
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
        if point.name == "theta" and not self.position_assigned:
            return given
        if point.operation != "name":
            point = name(self.point(point))
        suffix = "new" if point.name == "theta" else point.name
        return self.step(node.operation, self.fresh(f"{given}_{suffix}"), call(node.operation, point))

    def point(self, expression: Expression) -> str:
        """The name of a position, which `grad` and `value` may share."""
        if expression not in self.known:
            self.known[expression] = self.step("point", self.fresh("q"), expression)
        return self.known[expression]

    def step(self, kind: str, target: str, formula: Expression) -> str:
        """Add one substep; returns its name."""
        self.steps.append(Substep(kind, target, formula, formula))
        return target

    def fresh(self, word: str) -> str:
        """The word, with a number appended if it is taken."""
        candidates = (word, *(f"{word}{number}" for number in range(2, len(self.taken) + 3)))
        found = next(candidate for candidate in candidates if candidate not in self.taken)
        self.taken.add(found)
        return found
