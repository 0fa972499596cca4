"""Constants of a formula: names that are neither parameters nor columns, and have a value."""

from __future__ import annotations

import math
from collections.abc import Mapping

from steepest.errors import InputError, clipped
from steepest.language.expression import Expression, name, names, number, postorder, rebuilt
from steepest.language.operations import CONSTANTS, FUNCTIONS
from steepest.language.tokens import natural, tokenize

CONSTANT = "constant "  # in front of the names of constants as inputs of a tape
LARGEST = 1e30  # of an input: bounds within which nothing overflows hold for inputs up to here

Values = tuple[tuple[str, float], ...]


def read_constants(let: Mapping[str, float]) -> dict[str, Expression]:
    """Constants by name.

    Raises:
        InputError: for a name that is none, or a value that is no finite number.
    """
    found: dict[str, Expression] = {}
    for word, value in let.items():
        if not isinstance(word, str) or [token.kind for token in tokenize(word)] != ["name", "end"] or _is_taken(word):
            raise InputError(f"a constant has a name of its own, such as k, not '{clipped(str(word))}'")
        try:
            size = float(value)
        except (TypeError, ValueError):
            size = math.nan
        if not math.isfinite(size):
            raise InputError(f"the constant {clipped(word)} is a finite number, not {clipped(str(value))}")
        found[word] = number(size)
    return found


def as_names(constants: Mapping[str, Expression]) -> dict[str, Expression]:
    """What the names of constants stand for where their values are left open."""
    return {word: name(word) for word in constants}


def let_of(formula: Expression, constants: Mapping[str, Expression]) -> tuple[tuple[str, float], ...]:
    """The names and values of the constants of a formula in which they are names."""
    return tuple((word, constants[word].value) for word in sorted(names(formula) & set(constants), key=natural))


def as_inputs(formula: Expression, constants: Mapping[str, Expression]) -> tuple[Expression, Values]:
    """A formula in which constants are names, as it is compiled; and the constants that are inputs of what is compiled.

    Those whose value decides which operations there are have their value in the formula: the ones in an exponent, since x^2 is a
    product and x^2.5 is not; 0, since a product with the number 0 has the slope 0 whatever the other factor; and enormous ones, so
    that bounds on numbers hold.

    Args:
        formula: with the names of constants.
        constants: their values.

    >>> from steepest.language.grammar import read_formula
    >>> as_inputs(read_formula("a*x^2 + b*x^n").expression, read_constants({"a": 3, "b": 0, "n": 2}))[1]
    (('a', 3.0),)
    """
    values = {word: value.value for word, value in constants.items()}
    exponents = [node.arguments[1] for node in postorder(formula) if node.operation == "pow"]
    fixed = names(*exponents) | {word for word, value in values.items() if not 0 < abs(value) <= LARGEST}
    opened = tuple((word, values[word]) for word in sorted(names(formula) & set(constants) - fixed))
    put_in = {name(word): constants[word] for word in fixed & set(constants)}
    return rebuilt(formula, put_in.get), opened


def _is_taken(word: str) -> bool:
    return word in CONSTANTS or word in FUNCTIONS
