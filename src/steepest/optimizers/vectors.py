"""Which names of an optimizer's equations are vectors, with one number for each coordinate."""

from __future__ import annotations

from collections.abc import Collection

from steepest.errors import InputError
from steepest.language.expression import Expression, postorder
from steepest.optimizers.optimizer import Optimizer, hessian_mistake


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
