"""What the language makes of a text, as plain data that another implementation of it can be held to."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

from steepest.errors import FormulaError
from steepest.language.derivative import derivative, gradient
from steepest.language.digits import for_json
from steepest.language.expression import Expression, evaluate, number, postorder
from steepest.language.grammar import Formula, read_formula
from steepest.language.latex import latex
from steepest.language.mathml import mathml
from steepest.language.notation import LONGEST_WRITTEN, plain, textbook

LARGEST_GRAPH = 20_000  # nodes
POINTS = ((0.75, 0.375), (-1.625, 0.8125))  # of each the first coordinate, and how much larger the next one is


def outcome(text: str, constants: Mapping[str, float]) -> dict[str, Any]:
    """A formula's normal form, derivatives and values, or why and where it is refused.

    Args:
        constants: the values of names that are not parameters.
    """
    try:
        formula = read_formula(text, {name: number(value) for name, value in constants.items()})
    except FormulaError as error:
        return {"message": error.reason, "position": error.position}
    return form(formula)


def form(formula: Formula) -> dict[str, Any]:
    """A formula's normal form, its derivatives as texts, the digest of every notation, and values with gradients at two points."""
    expression, names = formula
    derivatives = [derivative(expression, name) for name in names]
    slopes = gradient(expression, names)
    return {
        "form": written(plain, expression),
        "names": list(names),
        "gradient": [written(plain, slope) for slope in derivatives],
        "digest": digest(expression, derivatives, slopes),
        "values": [[for_json(evaluate(each, point)) for each in (expression, *slopes)] for point in points(names)],
    }


def points(names: Sequence[str]) -> list[dict[str, float]]:
    """Two points of which every coordinate is exact."""
    return [{name: first + index * more for index, name in enumerate(names)} for first, more in POINTS]


def written(style: Any, expression: Expression) -> str:
    """An expression as text; how many parts it has where that is too long."""
    return style(expression) if expression.parts <= LONGEST_WRITTEN else f"{expression.parts} parts"


def digest(expression: Expression, derivatives: Sequence[Expression], slopes: Sequence[Expression]) -> str:
    """The beginning of a hash of every notation of a formula and its derivatives, and of the trees."""
    return hashlib.sha256("\n".join(details(expression, derivatives, slopes)).encode()).hexdigest()[:12]


def details(expression: Expression, derivatives: Sequence[Expression], slopes: Sequence[Expression]) -> list[str]:
    """What is hashed."""
    shown = (expression, *derivatives)
    notations = [written(style, each) for style in (textbook, mathml, latex) for each in shown]
    return [*notations, *(tree(each) for each in (expression, *derivatives, *slopes))]


def tree(root: Expression) -> str:
    """An expression with its shared parts: each part in order, by the places of its arguments."""
    order = postorder(root)
    places = {node: place for place, node in enumerate(order)}
    return " ".join(_part(node, places) for node in order) if len(order) <= LARGEST_GRAPH else f"{len(order)} nodes"


def _part(node: Expression, places: Mapping[Expression, int]) -> str:
    if node.arguments:
        return f"{node.operation}({','.join(str(places[argument]) for argument in node.arguments)})"
    return node.name or repr(node.value)


def agree(one: Any, other: Any) -> bool:
    """Whether two outcomes are equal but for the rounding of values."""
    if set(one) != set(other) or any(one[key] != other[key] for key in one if key != "values"):
        return False
    pairs = zip(sum(one.get("values", []), []), sum(other.get("values", []), []), strict=True)
    return all(close(left, right) for left, right in pairs)


def close(left: Any, right: Any) -> bool:
    """Whether two values are equal but for rounding."""
    if isinstance(left, str) or isinstance(right, str):
        return bool(left == right)
    return math.isclose(left, right, rel_tol=1e-12)
