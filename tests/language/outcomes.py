"""What the language makes of a text, as plain data that another implementation of it can be held to."""

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from steepest.errors import FormulaError, InputError
from steepest.lab.texts import page_optimizer
from steepest.language.derivative import derivative, gradient
from steepest.language.digits import for_json
from steepest.language.expression import Expression, evaluate, name, number, postorder
from steepest.language.grammar import Formula, read_formula
from steepest.language.latex import latex
from steepest.language.mathml import mathml
from steepest.language.notation import LONGEST_WRITTEN, plain, textbook, unwritten
from steepest.language.operations import OPERATIONS

LARGEST_GRAPH = 20_000  # nodes
TOLERANCE, SAFETY, TRIALS = 1e-12, 20, 3
ERROR = 2.0**-50  # relative: what elementary functions may differ by
OPEN, CLOSE = '<math displaystyle="true">', "</math>"
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


def optimizer_outcome(text: str, settings: Mapping[str, float | str]) -> dict[str, Any]:
    """An optimizer as the page reads it, or why and where it is refused.

    Args:
        settings: the values of its hyperparameters: numbers, or formulas in `t` and `T`.
    """
    try:
        found = page_optimizer(text, settings)
    except FormulaError as error:
        return {"message": error.reason, "position": error.position, "where": error.where}
    except InputError as error:
        return {"message": str(error), "position": None, "where": ""}
    shown = [equation(name, expression) for name, expression in found.equations]
    trees = [tree(expression) for _, expression in (*found.equations, *found.settings.items())]
    return {
        "name": found.name,
        "equations": [f"{name} = {plain(expression)}" for name, expression in found.equations],
        "digest": _hash([*shown, *trees]),
        "state": list(found.state),
        "hyperparameters": list(found.hyperparameters),
        "settings": {name: plain(value) for name, value in found.settings.items()},
        "readAs": found.read_as,
    }


def points(names: Sequence[str]) -> list[dict[str, float]]:
    """Two points of which every coordinate is exact."""
    return [{name: first + index * more for index, name in enumerate(names)} for first, more in POINTS]


def written(style: Any, expression: Expression) -> str:
    """An expression as text; how many parts it has where that is too long."""
    return style(expression) if expression.parts <= LONGEST_WRITTEN else f"{expression.parts} parts"


def digest(expression: Expression, derivatives: Sequence[Expression], slopes: Sequence[Expression]) -> str:
    """The beginning of a hash of every notation of a formula and its derivatives, and of the trees."""
    return _hash(details(expression, derivatives, slopes))


def _hash(texts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


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


def difference(wanted: Any, found: Any) -> dict[str, Any]:
    """The parts of two outcomes that differ by more than rounding, as pairs."""
    every = {key: (wanted.get(key, "missing"), found.get(key, "missing")) for key in {*wanted, *found}}
    return {key: pair for key, pair in every.items() if not (_close(*pair) if key == "values" else pair[0] == pair[1])}


def _close(wanted: Any, found: Any) -> bool:
    """Whether values are equal but for rounding; one that rounding decides on is None, and equal to every other."""
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(_close, wanted, found))
    if isinstance(wanted, float) and isinstance(found, int | float):
        return math.isclose(wanted, found, rel_tol=TOLERANCE)
    return wanted is None or bool(wanted == found)


def certain(outcome: dict[str, Any], text: str, constants: Mapping[str, float], trials: int = TRIALS) -> dict[str, Any]:
    """An outcome without the values that differ in machines whose elementary functions round otherwise."""
    if "values" not in outcome:
        return outcome
    expression, names = read_formula(text, {name: number(value) for name, value in constants.items()})
    results = (expression, *gradient(expression, names))
    kept = [
        [value if _is_certain(root, point, value, trials) else None for root, value in zip(results, values, strict=True)]
        for point, values in zip(points(names), outcome["values"], strict=True)
    ]
    return outcome | {"values": kept}


def _is_certain(root: Expression, point: Mapping[str, float], value: Any, trials: int) -> bool:
    """Whether a value stays what it is when every operation in it has a rounding error of a few units."""
    others = [for_json(_with_errors(root, point, seed)) for seed in range(trials)]
    if isinstance(value, str):
        return all(other == value for other in others)
    return all(not isinstance(other, str) and abs(other - value) <= TOLERANCE / SAFETY * abs(value) for other in others)


def _with_errors(root: Expression, point: Mapping[str, float], seed: int) -> float:
    """The value with a random rounding error in every operation."""
    errors = random.Random(seed)
    results: dict[Expression, float] = {}
    for node in postorder(root):
        if node.arguments:
            exact = OPERATIONS[node.operation].value(*[results[argument] for argument in node.arguments])
            results[node] = exact * (1 + errors.uniform(-ERROR, ERROR))
        else:
            results[node] = point[node.name] if node.operation == "name" else node.value
    return results[root]


def equation(assigned: str, expression: Expression) -> str:
    """The equation `assigned = expression` as a `<math>` element of an HTML page."""
    return f"{OPEN}{content(name(assigned))}<mo>=</mo>{content(expression)}{CLOSE}"


def content(expression: Expression) -> str:
    """The MathML of an expression without the element around it; a note where it is too long to be read."""
    if reason := unwritten(expression):
        return f"<mtext>({reason})</mtext>"
    return mathml(expression).partition(">")[2].removesuffix(CLOSE)
