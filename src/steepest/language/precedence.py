"""Tokens -> expression, but for names: operators by their precedence (a Pratt parser), brackets, bars and numbers.

V. R. Pratt, "Top Down Operator Precedence", POPL 1973.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NoReturn

from steepest.errors import FormulaError, clipped
from steepest.language.expression import Expression, call, number, postorder
from steepest.language.operations import CONSTANTS, FUNCTIONS, OPERATIONS, REDUCTIONS, overflows
from steepest.language.suggestions import split, unknown_name
from steepest.language.tokens import Token

MOST_NODES, DEEPEST, MOST_PARAMETERS = 1_000, 64, 16
COMPARISON_SIGNS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
SUM, PRODUCT, SIGN, POWER = 10, 20, 25, 30  # how tightly operators bind
CROSSED = "brackets and bars cross: close the '|' first"
DECIMAL_COMMA = "a decimal number has a point, such as 0.5; a comma stands only between a function's arguments"


class PrecedenceParser:
    """One pass over the tokens of a text; `name` is left to `Parser`.

    Attributes:
        known: the names that may occur; None where every name is a parameter.
        extra: the functions besides the language's, with their numbers of arguments.
        meanings: what other names stand for: columns of a table, constants.
        given: the names that keep their meaning, whatever they mean in other languages.
        noise: how many `noise()` were read so far, those of earlier equations included.
        positions: where each name first occurs.
        deepest: the depth at which each name occurs.
        origins: where each expression was typed.
        outside: where each column was typed first outside of sums and means over rows.
        reducing: in how many sums and means the next token stands.
        open: the brackets and bars that are not closed yet.
        way_out: what is said behind an unknown name, with a place for it.
    """

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        first: int,
        known: tuple[str, ...] | None,
        functions: Mapping[str, int] | None = None,
        noise_from: int = 0,
        meanings: Mapping[str, Expression] | None = None,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.index = first
        self.known = known
        self.extra = functions or {}
        self.meanings = meanings or {}
        self.given: Collection[str] = {*(known or ()), *free_names(self.meanings)}
        self.noise = noise_from
        self.positions: dict[str, int] = {}
        self.deepest: dict[str, int] = {}
        self.origins: dict[Expression, int] = {}
        self.way_out = ""
        self.outside: dict[Expression, int] = {}
        self.reducing = 0
        self.nodes = self.depth = 0
        self.open: list[str] = []

    def whole(self) -> Expression:
        """The expression of all tokens, checked."""
        if self.token.kind == "end":
            self.fail("there is no formula: write one, such as x^2 + y^2")
        expression = self.expression(0)
        if self.token.kind != "end":
            self.unexpected()
        self.check_names()
        self.check_constants(expression)
        return expression

    def check_names(self) -> None:
        """Refuse names that nothing defines, and `xy` where x and y are known: adjacent letters are one name."""
        if self.known is None:
            check_parameters(list(self.positions.values()), self.text)
        known = {*self.positions, *self.given, *CONSTANTS}
        for word, position in self.positions.items():
            if self.known is None or word not in self.known:
                pieces = split(word, known - {word})
                if pieces:
                    self.fail(f"adjacent letters are one name: write {clipped('*'.join(pieces))}", position)
                if self.known is not None:
                    unknown = unknown_name(word, (*self.known, *self.meanings))
                    self.fail(unknown + self.way_out.format(word, word), position)

    def check_constants(self, expression: Expression) -> None:
        """Refuse a constant part that is not a finite real number, the innermost first."""
        values: dict[Expression, float] = {}
        for node in postorder(expression):
            if not node.is_constant:
                continue
            arguments = [values[argument] for argument in node.arguments]
            values[node] = OPERATIONS[node.operation].value(*arguments) if arguments else node.value
            if not math.isfinite(values[node]):
                if overflows(node.operation, arguments):
                    self.fail("this constant part is larger than any number of the machine (1.8e308)", self.origins[node])
                word = {"div": "a quotient", "pow": "a power"}.get(node.operation, node.operation)
                needed = f"{word} needs {OPERATIONS[node.operation].domain}"
                self.fail(f"this constant part is not a finite real number: {needed}", self.origins[node])

    def expression(self, floor: int) -> Expression:
        """The longest expression whose operators bind tighter than `floor`."""
        levels = 2 if self.token.kind == "-" and floor in (SUM, PRODUCT) else 1  # x*-y is written x*(-y)
        self.check_depth(levels)
        self.depth += levels
        left = self.prefix()
        while (strength := self.strength()) > floor:
            left = self.infix(left, strength)
        self.depth -= levels
        return left

    def check_depth(self, levels: int) -> None:
        """Refuse to nest so many levels deeper than a formula may be."""
        if self.depth + levels > DEEPEST + 1:
            self.fail(f"the formula is nested more than {DEEPEST} deep: split it into smaller parts")

    def strength(self) -> int:
        """How tightly the next token binds to its left; 0 if it is no operator."""
        kind = self.token.kind
        if kind in ("+", "-"):
            return SUM
        if kind in ("*", "/") or self.starts_operand():
            return PRODUCT
        return POWER if kind in ("^", "superscript") else 0

    def starts_operand(self) -> bool:
        """Whether the next token begins a factor, as in the product `2x`."""
        kind = self.token.kind
        return kind in ("number", "name", "(") or (kind == "|" and "|" not in self.open[-1:])

    def infix(self, left: Expression, strength: int) -> Expression:
        """The operator at the next token, with `left` as its first argument."""
        token = self.token
        if strength == POWER:
            return self.power(left)
        if token.kind in ("+", "-", "*", "/"):
            self.index += 1
            operation = {"+": "add", "-": "sub", "*": "mul", "/": "div"}[token.kind]
            return self.node(operation, token.position, left, self.expression(strength))
        if token.kind == "number" and self.tokens[self.index - 1].kind == "number":
            self.fail("two numbers side by side: write '*' between them")
        return self.node("mul", token.position, left, self.expression(strength))

    def power(self, base: Expression) -> Expression:
        """`base^exponent`, or a base with a superscript; powers group from the right."""
        token = self.advance()
        if token.kind == "superscript":
            if self.token.kind in ("^", "superscript"):
                self.fail("a power of a power: use brackets, such as (x^2)^3")
            self.check_depth(1)
            return self.node("pow", token.position, base, self.number(token))
        return self.node("pow", token.position, base, self.expression(POWER - 1))

    def prefix(self) -> Expression:
        """What an expression begins with: a sign, a number, a name, a bracket or a bar."""
        token = self.advance()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "name":
            return self.name(token)
        if token.kind == "-":
            return self.node("neg", token.position, self.expression(SIGN))
        if token.kind == "+":
            return self.expression(SIGN)
        if token.kind == "(":
            return self.inside("(", token)
        if token.kind == "|":
            return self.node("abs", token.position, self.inside("|", token))
        self.index -= 1
        return self.unexpected()

    def number(self, token: Token) -> Expression:
        """The number that a token writes."""
        value = float(token.text)
        if not math.isfinite(value):
            self.fail(f"{clipped(token.text)} is larger than any number of the machine (1.8e308)", token.position)
        self.count()
        return number(value)

    def name(self, token: Token) -> Expression:
        """What a name stands for, with a function's arguments."""
        raise NotImplementedError

    def inside(self, bracket: str, opening: Token) -> Expression:
        """The expression up to the closing bracket or bar."""
        self.open.append(bracket)
        if bracket == "(" and self.token.kind == ")":
            self.fail("there is nothing between the brackets")
        inner = self.expression(0)
        self.close(bracket, opening)
        return inner

    def close(self, bracket: str, opening: Token) -> None:
        """Move past the closing bracket or bar."""
        closing = {"(": ")", "|": "|"}[bracket]
        if self.token.kind == closing:
            self.index += 1
            self.open.pop()
        elif self.token.kind == "end":
            self.never_closed(bracket, opening.position)
        elif self.token.kind == ")":
            self.fail(CROSSED)
        else:
            self.unexpected()

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.index]

    def advance(self) -> Token:
        """The next token, and move past it."""
        self.index += 1
        return self.tokens[self.index - 1]

    def count(self, more: int = 1) -> None:
        """Count parts of the formula; refuse more than it may have."""
        self.nodes += more
        if self.nodes > MOST_NODES:
            self.fail(f"the formula has more than {MOST_NODES:,} parts")

    def node(self, operation: str, position: int, *arguments: Expression) -> Expression:
        """An operation that was typed at a position."""
        result = call(operation, *arguments)
        if result.operation != "number":  # -2 is a number
            self.count()
        self.origins.setdefault(result, position)
        return result

    def fail(self, reason: str, position: int | None = None) -> NoReturn:
        """Refuse the text at a position, or at the next token."""
        raise FormulaError(reason, self.text, self.token.position if position is None else position)

    def never_closed(self, bracket: str, position: int) -> NoReturn:
        """Refuse a bracket or a bar that is never closed."""
        nested = bracket == "|" and sum(token.kind == "|" for token in self.tokens) > 2
        self.fail(f"this '{bracket}' is never closed" + ": write abs(...) for bars inside bars" * nested, position)

    def unexpected(self) -> NoReturn:
        """Refuse the next token, which cannot stand where it stands."""
        kind = self.token.kind
        if kind == "end":
            before = self.tokens[self.index - 1]
            if before.kind in ("(", "|"):
                self.never_closed(before.kind, before.position)
            self.fail("the formula is unfinished: something is missing at the end")
        if kind == "/" and self.tokens[self.index - 1].kind == "/":
            self.fail("'//' is not part of the language: write floor(a/b)")
        if kind == ",":
            self.fail(DECIMAL_COMMA)
        if kind in COMPARISON_SIGNS:
            self.fail("a comparison is read only as the first argument of where: where(x < 0, a, b)")
        if kind == ")" and "|" in self.open[-1:]:
            self.fail(CROSSED)
        if kind == ")":
            self.fail("something is missing before this ')'" if self.open else "this ')' closes nothing")
        shown = self.text[self.token.position]
        if shown == "\\":
            shown += self.text[self.token.position + 1 :].partition(" ")[0]
        self.fail(f"'{clipped(shown)}' cannot stand here: something is missing in front of it")


def free_names(meanings: Collection[str]) -> list[str]:
    """The names of columns and constants that read without backquotes: the others are functions or constants of the language."""
    return [name for name in meanings if name not in CONSTANTS and name not in FUNCTIONS and name not in REDUCTIONS]


def check_parameters(positions: Sequence[int], text: str) -> None:
    """Refuse more parameters than a formula may have.

    Args:
        positions: where each parameter first stands in the text.
        text: the formula.

    Raises:
        FormulaError: at the first parameter that is too many.
    """
    if len(positions) > MOST_PARAMETERS:
        reason = f"a formula has at most {MOST_PARAMETERS} parameters, and this one has {len(positions)}"
        raise FormulaError(reason, text, positions[MOST_PARAMETERS])
