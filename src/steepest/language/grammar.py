"""Text -> expression: formulas, expressions of known names, and the equations of an optimizer.

Only what the tables of operations and dialects contain is read; nothing is executed. Every refusal has a position.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, NoReturn

from steepest.errors import FormulaError, clipped
from steepest.language.dialects import dialect_reason
from steepest.language.expression import Expression
from steepest.language.operations import CONSTANTS, FUNCTIONS, REDUCTIONS, VECTOR_FUNCTIONS
from steepest.language.parser import ALIASES, Parser
from steepest.language.pasted import read_tokens
from steepest.language.precedence import check_parameters
from steepest.language.tokens import Token, natural


class Formula(NamedTuple):
    """A formula as it was read: the expression and its parameters in order."""

    expression: Expression
    names: tuple[str, ...]


def read_formula(text: str, meanings: Mapping[str, Expression] | None = None, *, row: bool = False) -> Formula:
    """The formula of a text.

    Args:
        meanings: what some names stand for: constants, and columns of a table, over whose rows `mean` and `sum` are taken.
        row: whether the formula is that of one row, so that columns may stand anywhere.
        text: such as `2x^2 - 4x`. `f(w, b) = ...` in front names the parameters and their order; otherwise they are the names
            that occur, sorted alphabetically and by the numbers in them: x2 before x10.

    Raises:
        FormulaError: with the position and what to write instead.

    >>> read_formula("2x^2 - 4x").names
    ('x',)
    >>> read_formula("f(w, b) = (3w + b - 1)^2").names
    ('w', 'b')
    """
    meanings = meanings or {}
    over_rows = any(meaning.operation == "column" for meaning in meanings.values())
    tokens = read_tokens(text, meanings)
    declared, label, first = _read_header(text, tokens, meanings)
    parser = Parser(text, tokens, first, declared, REDUCTIONS if over_rows else None, meanings=meanings)
    parser.way_out = "; a constant needs a value, such as --let {}=1, or let={{'{}': 1}}"
    expression = parser.whole()
    if over_rows:
        parser.check_rows(expression, inside=row)
    found = parser.positions
    if not found:
        free = next(word for word in ("x", "w", "a", "theta", "parameter") if word not in meanings or word == "parameter")
        reason = f"the formula has no parameter: name what to minimize over, such as {free}"
        raise FormulaError(reason, text, tokens[first].position)
    if label in found:
        raise FormulaError(f"'{clipped(label)}' stands on both sides of '='", text, found[label])
    return Formula(expression, declared or tuple(sorted(found, key=natural)))


def read_expression(text: str, *, known: Collection[str]) -> Expression:
    """An expression of known names, such as a schedule in `t` and `T`.

    Args:
        known: the names that may occur.

    Raises:
        FormulaError: with the position and what to write instead; for an unknown name with the nearest one that is known.

    >>> read_expression("0.1/(1+t)", known=("t", "T"))
    div(0.1, add(1.0, t))
    """
    tokens = read_tokens(text, known)
    if any(token.kind == "=" for token in tokens):
        _refuse_assignment(text, tokens)
    return Parser(text, tokens, 0, tuple(known)).whole()


def read_assignments(texts: Sequence[str], *, known: Collection[str]) -> list[tuple[str, Expression]]:
    """The equations of an optimizer as pairs of a name and the expression assigned to it.

    Args:
        texts: equations `name = expression`, which may use each other's names and the vector functions.
        known: the other names that may occur.

    Raises:
        FormulaError: with the number of the equation, the position, and what to write instead.

    >>> read_assignments(["v = beta*v + g", "theta = theta - v"], known=("theta", "g", "beta"))[1]
    ('theta', sub(theta, v))
    """
    heads = [_read_target(text, index, known) for index, text in enumerate(texts)]
    names = tuple(dict.fromkeys((*known, *(head for head, _ in heads))))
    assignments: list[tuple[str, Expression]] = []
    noises = 0
    for index, (text, (head, tokens)) in enumerate(zip(texts, heads, strict=True)):
        try:
            parser = Parser(text, tokens, 2, names, VECTOR_FUNCTIONS, noises)
            assignments.append((head, parser.whole()))
        except FormulaError as error:
            raise error.within(f"equation {index + 1}") from None
        noises = parser.noise
    return assignments


def _read_target(text: str, index: int, known: Collection[str]) -> tuple[str, list[Token]]:
    """The name that an equation assigns, and all its tokens."""
    where = f"equation {index + 1}"
    try:
        tokens = read_tokens(text, (*known, *VECTOR_FUNCTIONS))
    except FormulaError as error:
        raise error.within(where) from None
    if text.rstrip().endswith(";"):
        raise FormulaError("one equation at a time: leave out the ';'", text, len(text.rstrip()) - 1, where)
    if [token.kind for token in tokens[:2]] != ["name", "="]:
        raise FormulaError("an equation assigns a name, such as theta = theta - lr*g", text, tokens[0].position, where)
    if any(token.kind == "=" for token in tokens[2:]):
        position = next(token.position for token in tokens[2:] if token.kind == "=")
        raise FormulaError("one '=' an equation: separate equations by ';'", text, position, where)
    word = tokens[0].text
    if _is_taken(word) or word in VECTOR_FUNCTIONS:
        raise FormulaError(f"'{word}' is a constant or a function: assign another name", text, tokens[0].position, where)
    return word, tokens


def _read_header(text: str, tokens: list[Token], meanings: Mapping[str, Expression]) -> tuple[tuple[str, ...] | None, str, int]:
    """The declared parameters (None if there are none), the label in front of `=`, and the index of the formula's first token."""
    equals = next((index for index, token in enumerate(tokens) if token.kind == "="), None)
    functions = REDUCTIONS if any(meaning.operation == "column" for meaning in meanings.values()) else ()
    if equals is None:
        return None, "", 0
    if any(token.kind == "=" for token in tokens[equals + 1 :]):
        _refuse_assignment(text, tokens[equals + 1 :], functions)
    head = tokens[:equals]
    kinds = [token.kind for token in head]
    if (
        kinds[:1] == ["name"] and _is_taken(head[0].text) and not head[0].prefix
    ):  # sin(x) = 1/2 is an equation to solve, not a definition
        _refuse_assignment(text, tokens, functions)
    if kinds == ["name"]:
        return None, "" if head[0].text in meanings else head[0].text, equals + 1
    if kinds[:2] != ["name", "("] or kinds[2:] not in ([")"], ["name", *[",", "name"] * (len(kinds) // 2 - 2), ")"]):
        _refuse_assignment(text, tokens, functions)
    parameters = head[2:-1:2]
    if not parameters:
        raise FormulaError("name the parameters, such as f(x, y) = ...", text, head[-1].position)
    for index, token in enumerate(parameters):
        if _is_taken(token.text):
            kind = "constant" if token.text in CONSTANTS else "function"
            raise FormulaError(f"'{token.text}' is a {kind}: give the parameter another name", text, token.position)
        if token.text in meanings:
            kind = "column of the table" if meanings[token.text].operation == "column" else "constant with a value"
            raise FormulaError(f"'{clipped(token.text)}' is a {kind}: give the parameter another name", text, token.position)
        if token.text in {other.text for other in parameters[:index]}:
            raise FormulaError(f"the parameter '{clipped(token.text)}' is named twice", text, token.position)
    check_parameters([token.position for token in parameters], text)
    return tuple(token.text for token in parameters), "", equals + 1


def _refuse_assignment(text: str, tokens: list[Token], functions: Collection[str] = ()) -> NoReturn:
    """Refuse the first `=` among the tokens, with what was probably meant.

    Args:
        functions: those that the formula may have besides the language's.
    """
    position = next(token.position for token in tokens if token.kind == "=")
    before = [index for index, token in enumerate(tokens) if token.position < position]
    for index in (each for each in before if tokens[each].text not in functions):
        if tokens[index].kind == "name" and tokens[index + 1].kind == "(" and (reason := dialect_reason(tokens[index].text)):
            raise FormulaError(reason, text, tokens[index].position)
    if len(before) > 2 and tokens[before[-1]].kind == "name" and tokens[before[-2]].kind == ",":
        reason = "the arguments of a function have no names: give them in order, such as clip(x, a, b)"
        raise FormulaError(reason, text, tokens[before[-1]].position)
    advice = "to bring two sides together, minimize (left - right)^2"
    if tokens[0].kind == "=":
        advice = "leave out the one in front (and note that -x^2 is -(x^2) here)"
    if any(token.text == "where" and token.position < position for token in tokens):
        advice = "the comparisons of where are <, <=, >, >=, == and !="
    raise FormulaError(f"'=' inside a formula: {advice}", text, position)


def _is_taken(word: str) -> bool:
    """Whether a word is a constant or a function of the language."""
    return word in CONSTANTS or word in FUNCTIONS or word in ALIASES
