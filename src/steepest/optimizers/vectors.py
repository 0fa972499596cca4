"""Which names of an optimizer's equations are vectors, with one number for each coordinate."""

from __future__ import annotations

from collections.abc import Collection

from steepest.errors import InputError
from steepest.language.expression import Expression, postorder
from steepest.optimizers.optimizer import Optimizer


def vector_names(optimizer: Optimizer) -> frozenset[str]:
    """The names of the equations that are vectors: `theta`, `g` and everything computed from them coordinate by coordinate.

    Raises:
        InputError: if the Hessian is used as a vector or a vector as the Hessian.
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
    """Whether an expression has one number for each coordinate.

    Args:
        vectors: the names that are vectors.
    """
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


def hessian_mistake(root: Expression) -> str:
    """Why an expression misuses the Hessian, the only matrix of the language; empty if it does not."""
    for node in postorder(root):
        matrices = [argument.name == "H" for argument in node.arguments]
        if any(matrices) and (node.operation != "solve" or matrices != [True, False]):
            return "the Hessian H stands only in solve(H, v)"
        if node.operation == "solve" and not matrices[0]:
            return "solve takes the Hessian first: solve(H, g)"
    return "the Hessian H stands only in solve(H, v)" if root.name == "H" else ""
