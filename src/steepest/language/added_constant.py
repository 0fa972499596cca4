"""An expression without the constants that are added to it, whose least value lies at the same place."""

from __future__ import annotations

from steepest.language.expression import ZERO, Expression, call, postorder, reduction, rows_of, simplified
from steepest.language.operations import REDUCTIONS


def without_constant(root: Expression) -> Expression:
    """An expression without the constants that are added to it; itself if there are none.

    >>> from steepest.language.grammar import read_formula
    >>> from steepest.language.notation import plain
    >>> plain(without_constant(read_formula("(5 - 3*((x-2)^2 + 7))/4").expression))
    '-(3*(x-2)^2)/4'
    """
    kept: dict[Expression, Expression] = {}
    for node in postorder(root):
        kept[node] = ZERO if node.is_constant else _kept(node, tuple(kept[part] for part in node.arguments))
    return kept[root]


def _kept(node: Expression, parts: tuple[Expression, ...]) -> Expression:
    """What is left of an operation, if this is left of its arguments."""
    operation = node.operation
    if operation in ("add", "sub", "neg"):
        return simplified(operation, *parts)
    if operation in REDUCTIONS:
        return reduction(operation, parts[0], rows_of(node))
    if operation == "mul" and node.arguments[0].is_constant:
        return call(operation, node.arguments[0], parts[1])
    if operation in ("mul", "div") and node.arguments[1].is_constant:
        return call(operation, parts[0], node.arguments[1])
    return node
