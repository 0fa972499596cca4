"""Tokens -> expression: a Pratt parser over an allow-list, with limits and a caret for every refusal."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import NamedTuple, NoReturn

from steepest.errors import FormulaError, clipped
from steepest.language.dialects import BARE, READINGS, SPELLINGS, constant_spelled, dialect_reason, spelled
from steepest.language.expression import Expression, call, constant, name, number, postorder
from steepest.language.operations import CONSTANTS, FUNCTIONS, OPERATIONS, VECTOR_FUNCTIONS, overflows
from steepest.language.pasted import read_tokens
from steepest.language.suggestions import fused, is_elsewhere, no_function, signature, split, unknown_name
from steepest.language.tokens import GREEK, Token, natural

MOST_NODES, DEEPEST, MOST_PARAMETERS = 1_000, 64, 16
ALIASES = {word: SPELLINGS[word] for word in ("ln", "log_2", "log_10")}
COMPARISON_SIGNS = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}
VARIADIC = ("min", "max")
INVERSES = {
    "sin": "asin(x)", "cos": "acos(x)", "tan": "atan(x)", "sinh": "asinh(x)", "cosh": "acosh(x)", "tanh": "atanh(x)",
    "exp": "log(x)", "log": "exp(x)",
}  # fmt: skip
WITH_TWO = {"atan": ": write atan2(y, x) for two", "log": ": write log(x)/log(b) for the base b"}
SUM, PRODUCT, SIGN, POWER = 10, 20, 25, 30
CROSSED = "brackets and bars cross: close the '|' first"
DECIMAL_COMMA = "a decimal number has a point, such as 0.5; a comma stands only between a function's arguments"


class Formula(NamedTuple):
    """An objective as it was read: the expression and its parameters in order."""

    expression: Expression
    names: tuple[str, ...]


def read_formula(text: str) -> Formula:
    """The objective that a text describes.

    `f(w, b) = ...` in front names the parameters and their order; otherwise they are those that occur,
    alphabetically, numbers in names by their value: x2 before x10.

    Raises:
        FormulaError: with the place and what to write instead.

    >>> read_formula("2x^2 - 4x").names
    ('x',)
    >>> read_formula("f(w, b) = (3w + b - 1)^2").names
    ('w', 'b')
    """
    tokens = read_tokens(text)
    declared, label, first = _read_header(text, tokens)
    parser = Parser(text, tokens, first, declared)
    expression = parser.whole()
    found = parser.positions
    if not found:
        raise FormulaError("the formula has no parameter: name what to minimize over, such as x", text, tokens[first].position)
    if label in found:
        raise FormulaError(f"'{clipped(label)}' stands on both sides of '='", text, found[label])
    return Formula(expression, declared or tuple(sorted(found, key=natural)))


def read_expression(text: str, *, known: Collection[str]) -> Expression:
    """An expression whose names are all in `known`, such as a schedule in `t` and `T`.

    Raises:
        FormulaError: also for a name that is not known, with the nearest one that is.
    """
    tokens = read_tokens(text, known)
    if any(token.kind == "=" for token in tokens):
        _refuse_assignment(text, tokens)
    return Parser(text, tokens, 0, tuple(known)).whole()


def read_assignments(texts: Sequence[str], *, known: Collection[str]) -> list[tuple[str, Expression]]:
    """The equations `name = expression` of an optimizer, which may use each other's names and the vector functions.

    Raises:
        FormulaError: with the number of the equation.
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


def _read_header(text: str, tokens: list[Token]) -> tuple[tuple[str, ...] | None, str, int]:
    """The declared parameters (or none), the label in front of `=`, and where the formula starts."""
    equals = next((index for index, token in enumerate(tokens) if token.kind == "="), None)
    if equals is None:
        return None, "", 0
    if any(token.kind == "=" for token in tokens[equals + 1 :]):
        _refuse_assignment(text, tokens[equals + 1 :])
    head = tokens[:equals]
    kinds = [token.kind for token in head]
    if kinds[:1] == ["name"] and _is_taken(head[0].text):  # sin(x) = 1/2 is an equation to solve
        _refuse_assignment(text, tokens)
    if kinds == ["name"]:
        return None, head[0].text, equals + 1
    if kinds[:2] != ["name", "("] or kinds[2:] not in ([")"], ["name", *[",", "name"] * (len(kinds) // 2 - 2), ")"]):
        _refuse_assignment(text, tokens)
    parameters = head[2:-1:2]
    if not parameters:
        raise FormulaError("name the parameters, such as f(x, y) = ...", text, head[-1].position)
    for index, token in enumerate(parameters):
        if _is_taken(token.text):
            kind = "constant" if token.text in CONSTANTS else "function"
            raise FormulaError(f"'{token.text}' is a {kind}: give the parameter another name", text, token.position)
        if token.text in {other.text for other in parameters[:index]}:
            raise FormulaError(f"the parameter '{clipped(token.text)}' is named twice", text, token.position)
    _check_parameters([token.position for token in parameters], text)
    return tuple(token.text for token in parameters), "", equals + 1


def _refuse_assignment(text: str, tokens: list[Token]) -> NoReturn:
    position = next(token.position for token in tokens if token.kind == "=")
    before = [index for index, token in enumerate(tokens) if token.position < position]
    for index in before:
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


def _check_parameters(positions: Sequence[int], text: str) -> None:
    if len(positions) > MOST_PARAMETERS:
        reason = f"a formula has at most {MOST_PARAMETERS} parameters, and this one has {len(positions)}"
        raise FormulaError(reason, text, positions[MOST_PARAMETERS])


def _is_taken(word: str) -> bool:
    """Whether the word is a constant or a function of the language."""
    return word in CONSTANTS or word in FUNCTIONS or word in ALIASES


class Template(NamedTuple):
    """What a name of another language is read as: `clip(x, a, b)` as min(max(x, a), b)."""

    names: tuple[str, ...]
    expression: Expression
    times: tuple[int, ...]  # how often each argument stands in it
    deeper: int  # than a call, as far as its arguments go
    signature: str


@cache
def _templates(word: str) -> tuple[Template, ...]:
    """The readings of a word, by the number of arguments."""
    found = []
    for reading in READINGS.get(word, ()):
        head, _, text = reading.partition(": ")
        parameters = tuple(head.split(", "))
        tokens = read_tokens(text)
        parser = Parser(text, tokens, 0, parameters)
        expression = parser.whole()
        times = tuple(sum(token.kind == "name" and token.text == word for token in tokens) for word in parameters)
        found.append(Template(parameters, expression, times, max(parser.deepest.values()) - 1, f"{word}({head})"))
    return tuple(found)


class Parser:
    """One pass over the tokens; `positions` holds where each name first occurs."""

    def __init__(
        self,
        text: str,
        tokens: list[Token],
        first: int,
        known: tuple[str, ...] | None,
        functions: Mapping[str, int] | None = None,
        noise_from: int = 0,
    ) -> None:
        self.text = text
        self.tokens = tokens
        self.index = first
        self.known = known
        self.extra = functions or {}
        self.noise = noise_from
        self.positions: dict[str, int] = {}
        self.deepest: dict[str, int] = {}  # how deep inside a name stands
        self.origins: dict[Expression, int] = {}
        self.nodes = self.depth = 0
        self.open: list[str] = []  # brackets and bars that wait for their closing

    # the whole text

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
            _check_parameters(list(self.positions.values()), self.text)
        known = {*self.positions, *(self.known or ()), *CONSTANTS}
        for word, position in self.positions.items():
            if self.known is None or word not in self.known:
                pieces = split(word, known - {word})
                if pieces:
                    self.fail(f"adjacent letters are one name: write {clipped('*'.join(pieces))}", position)
                if self.known is not None:
                    self.fail(unknown_name(word, self.known), position)

    def check_constants(self, expression: Expression) -> None:
        """Refuse a constant part that is not a finite real number, innermost first."""
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

    # expressions

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
        if self.depth + levels > DEEPEST + 1:
            self.fail(f"the formula is nested more than {DEEPEST} deep: split it into smaller parts")

    def strength(self) -> int:
        """How tightly the next token binds to what stands on its left; 0 where it does not."""
        kind = self.token.kind
        if kind in ("+", "-"):
            return SUM
        if kind in ("*", "/") or self.starts_operand():
            return PRODUCT
        return POWER if kind in ("^", "superscript") else 0

    def starts_operand(self) -> bool:
        """Whether the next token begins a factor of a product without a sign."""
        kind = self.token.kind
        return kind in ("number", "name", "(") or (kind == "|" and "|" not in self.open[-1:])

    def infix(self, left: Expression, strength: int) -> Expression:
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
        token = self.advance()
        if token.kind == "superscript":
            if self.token.kind in ("^", "superscript"):
                self.fail("a power of a power: use brackets, such as (x^2)^3")
            self.check_depth(1)
            return self.node("pow", token.position, base, self.number(token))
        return self.node("pow", token.position, base, self.expression(POWER - 1))

    def prefix(self) -> Expression:
        """What an expression starts with: a sign, a number, a name, a bracket, a bar."""
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
        value = float(token.text)
        if not math.isfinite(value):
            self.fail(f"{clipped(token.text)} is larger than any number of the machine (1.8e308)", token.position)
        self.count()
        return number(value)

    def inside(self, bracket: str, opening: Token) -> Expression:
        """The expression up to the closing bracket or bar."""
        self.open.append(bracket)
        if bracket == "(" and self.token.kind == ")":
            self.fail("there is nothing between the brackets")
        inner = self.expression(0)
        self.close(bracket, opening)
        return inner

    def close(self, bracket: str, opening: Token) -> None:
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

    # names and functions

    def name(self, token: Token) -> Expression:
        word = self.meaning(token)
        if self.is_function(word):
            return self.function(word, token)
        self.count()
        if word in CONSTANTS and word not in (self.known or ()):
            if word == "pi" and [after.kind for after in self.tokens[self.index : self.index + 2]] == ["(", ")"]:
                self.index += 2  # PI() of spreadsheets
            return constant(word)
        self.check_call(word, token)
        if len(word) > 1:
            self.check_word(word, token)
        self.deepest[word] = max(self.depth, self.deepest.get(word, 0))
        self.positions.setdefault(word, token.position)
        return name(word)

    def meaning(self, token: Token) -> str:
        """The function, reading, constant or name that a word stands for."""
        word = token.text
        if word in (self.known or ()) or word in self.extra:
            return word
        called = self.token.kind == "("
        if word in FUNCTIONS or word in ALIASES or called or self.stands_bare(word, self.index) or token.prefix:
            found = spelled(word)
            if found and (found in FUNCTIONS or called or self.stands_bare(word, self.index)):
                return found
        return constant_spelled(word, prefixed=bool(token.prefix)) or word

    def is_function(self, word: str) -> bool:
        """Whether a meaning is a function of ours or one that the tables read."""
        return word in self.extra or (word not in (self.known or ()) and (word in FUNCTIONS or self.is_reading(word)))

    def is_reading(self, word: str) -> bool:
        return word in READINGS and (self.token.kind == "(" or self.stands_bare(word, self.index))

    def stands_bare(self, word: str, index: int) -> bool:
        """Whether a word is a function whose argument follows without brackets, a power between the two or not."""
        if word not in BARE:
            return False
        if self.tokens[index].kind == "superscript":
            index += 1
        elif self.tokens[index].kind == "^":
            index += 2 if self.tokens[index + 1].kind == "-" else 1
            if self.tokens[index].kind != "number":
                return False
            index += 1
        return self.tokens[min(index, len(self.tokens) - 1)].kind in ("number", "name", "(", "|")

    def check_call(self, word: str, token: Token) -> None:
        """Refuse a name in front of brackets, or of a library, that would become a factor and is meant otherwise."""
        if word in (self.known or ()):
            return
        reason = dialect_reason(word) if self.token.kind == "(" else ""
        if reason:
            self.fail(reason, token.position)
        if token.prefix:
            self.fail(no_function(word, (*FUNCTIONS, *ALIASES))[0], token.position)
        inside = self.tokens[self.index + 1 : self.index + 3] if self.token.kind == "(" and self.token.glued else []
        if [part.kind for part in inside] == ["number", ")"] and inside[0].text.isdigit():
            way = f"{clipped(word)}{inside[0].text} or {clipped(word)}*{inside[0].text}"
            self.fail(f"this could be an element or a product: write {clipped(way)}", token.position)
        if inside and self.known is None and word in ("f", "g", "h") and self.holds_names(self.index + 1):
            self.fail(f"the function {word} is not defined: write its formula, or {word}*(...) for a parameter", token.position)

    def holds_names(self, index: int) -> bool:
        """Whether names alone stand up to the closing bracket, with commas between them."""
        while self.tokens[index].kind == "name" and self.tokens[index + 1].kind == ",":
            index += 2
        return [token.kind for token in self.tokens[index : index + 2]] == ["name", ")"]

    def check_word(self, word: str, token: Token) -> None:
        """Refuse a word that is meant as a function: `sine(x)`, `sine x`, `sinx`."""
        stem = word.rstrip("0123456789_")
        if len(stem) == 1 or stem in GREEK or word in (self.known or ()):
            return
        if self.token.kind == "(" and self.token.glued:
            self.fail(no_function(word, (*FUNCTIONS, *ALIASES, *self.extra))[0], token.position)
        if self.known is not None or (len(word) == 2 and not is_elsewhere(word)):
            return
        if call := fused(word):
            self.fail(f"adjacent letters are one name: write {call}, or give the parameter another name", token.position)
        if self.starts_operand():  # else read as the product of two parameters
            reason, meant = no_function(word, (*FUNCTIONS, *ALIASES))
            if meant:
                self.fail(f"{reason} (write {word}*... if it is a parameter)", token.position)

    def function(self, word: str, token: Token) -> Expression:
        """A function with its arguments, in brackets or without, and a power between the two."""
        exponent = self.function_exponent(token)
        if self.token.kind == "(":
            result = self.call_in_brackets(word, token)
        elif word not in self.extra and (word in BARE or (word in FUNCTIONS and FUNCTIONS[word].arity == 1)):
            if self.token.kind not in ("number", "name", "|", "-"):
                self.fail(f"{token.text} needs an argument, such as {token.text}(x)", token.position)
            before, deeper = self.nodes, max((template.deeper for template in _templates(word)), default=0)
            self.depth += deeper
            argument = self.bare_argument()
            self.depth -= deeper
            result = self.applied(word, token, [argument], [self.nodes - before])
        else:
            self.fail(f"{token.text} needs its arguments in brackets, such as {signature(word)}", token.position)
        return result if exponent is None else self.node("pow", token.position, result, exponent)

    def function_exponent(self, token: Token) -> Expression | None:
        """The 2 of `sin^2(x)`; `sin^-1(x)` could mean two things and is refused."""
        if self.token.kind not in ("^", "superscript"):
            return None
        if self.advance().kind == "superscript":
            exponent = self.number(self.tokens[self.index - 1])
        elif self.token.kind == "-":
            self.advance()
            exponent = number(-1) if self.token.kind != "number" else call("neg", self.number(self.advance()))
        elif self.token.kind == "number":
            exponent = self.number(self.advance())
        else:
            self.fail(f"write the power behind the brackets: {token.text}(x)^n")
        if exponent.value < 0:
            if exponent.value != -1:
                self.fail(f"write the power behind the brackets: {token.text}(x)^{exponent.value:g}", token.position)
            inverse = INVERSES.get(ALIASES.get(token.text, token.text), "the inverse function")
            self.fail(f"{token.text}^-1 could mean {inverse} or 1/{token.text}(x): write one of them", token.position)
        return exponent

    def bare_argument(self) -> Expression:
        """The factors up to the next function, sum, quotient or closing bracket: `sin 2x`."""
        argument = self.expression(PRODUCT)
        while not self.at_function() and (self.token.kind == "*" or self.starts_operand()):
            argument = self.infix(argument, PRODUCT)
        return argument

    def at_function(self) -> bool:
        """Whether the next factor is a function, with `*` in front or not."""
        token = self.tokens[self.index + 1] if self.token.kind == "*" else self.token
        if token.kind != "name" or token.text in (self.known or ()):
            return token.kind == "name" and token.text in self.extra
        word, index = ALIASES.get(token.text, token.text), self.index + 1 + (self.token.kind == "*")
        called = self.tokens[index].kind == "(" and spelled(word) is not None
        return word in FUNCTIONS or self.stands_bare(word, index) or word in self.extra or called

    def call_in_brackets(self, word: str, token: Token) -> Expression:
        opening = self.advance()
        self.open.append("(")
        arguments: list[Expression] = []
        sizes: list[int] = []
        decimal_comma = None
        deeper = max((template.deeper for template in _templates(word)), default=0)
        self.depth += deeper
        while self.token.kind != ")" or arguments:
            if arguments:
                comma = self.advance()
                if self.is_decimal(comma):
                    decimal_comma = comma.position
            before = self.nodes
            arguments.append(self.condition() if word == "where" and not arguments else self.expression(0))
            sizes.append(self.nodes - before)
            if self.token.kind != ",":
                break
        self.depth -= deeper
        self.close("(", opening)
        if word == "log" and len(arguments) == 2 and token.text in ("log", "LOG"):
            return self.node("div", token.position, *(self.node("log", token.position, argument) for argument in arguments))
        arities = [len(template.names) for template in _templates(word)]
        arity = self.extra[word] if word in self.extra else FUNCTIONS[word].arity if word in FUNCTIONS else arities[-1]
        if word == "noise" and not arguments:
            self.noise += 1
            return self.node(word, token.position, number(self.noise - 1))
        if word in VARIADIC and len(arguments) > 2:
            result = arguments[0]
            for argument in arguments[1:]:
                result = self.node(word, token.position, result, argument)
            return result
        if len(arguments) > arity and decimal_comma is not None:
            self.fail(DECIMAL_COMMA, decimal_comma)
        if len(arguments) != arity and len(arguments) not in arities:
            written = _templates(word)[-1].signature if arities else signature(word)
            counted = f"{arity} argument{'s' * (arity != 1)}, {written}, and got {len(arguments)}" + WITH_TWO.get(word, "")
            self.fail(f"{clipped(token.text)} takes {counted}", token.position)
        return self.applied(word, token, arguments, sizes)

    def applied(self, word: str, token: Token, arguments: Sequence[Expression], sizes: Sequence[int]) -> Expression:
        """The function, or the formula of ours that the tables read a word as, of its arguments and their sizes."""
        template = next((template for template in _templates(word) if len(template.names) == len(arguments)), None)
        if template is None or word in self.extra or word in FUNCTIONS:
            return self.node(word, token.position, *arguments)
        for times, size, argument in zip(template.times, sizes, arguments, strict=True):
            if times > 1 and any(part.operation == "noise" for part in postorder(argument)):
                self.fail(
                    f"{clipped(token.text)} would draw its noise more than once: assign noise() to a name first", token.position
                )
            self.count((times - 1) * size)
        results = dict(zip(map(name, template.names), arguments, strict=True))
        for part in postorder(template.expression):
            if part.arguments:
                results[part] = self.node(part.operation, token.position, *(results[inner] for inner in part.arguments))
            elif part.operation != "name":
                results[part] = part
        return results[template.expression]

    def is_decimal(self, comma: Token) -> bool:
        """Whether the comma that was just read stands between digits, as in `0,5`."""
        return self.token.kind == self.tokens[self.index - 2].kind == "number" and self.token.glued and comma.glued

    def condition(self) -> Expression:
        """The comparison that `where` starts with."""
        left = self.expression(0)
        token = self.token
        if token.kind not in COMPARISON_SIGNS:
            self.fail("where starts with a comparison, without brackets: where(x < 0, a, b)")
        self.index += 1
        result = self.node(COMPARISON_SIGNS[token.kind], token.position, left, self.expression(0))
        if self.token.kind in COMPARISON_SIGNS:
            self.fail("chained comparisons are not read: nest one where in another")
        return result

    # bookkeeping and refusals

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def advance(self) -> Token:
        self.index += 1
        return self.tokens[self.index - 1]

    def count(self, more: int = 1) -> None:
        self.nodes += more
        if self.nodes > MOST_NODES:
            self.fail(f"the formula has more than {MOST_NODES:,} parts")

    def node(self, operation: str, position: int, *arguments: Expression) -> Expression:
        result = call(operation, *arguments)
        if result.operation != "number":  # -2 is a number
            self.count()
        self.origins.setdefault(result, position)
        return result

    def fail(self, reason: str, position: int | None = None) -> NoReturn:
        raise FormulaError(reason, self.text, self.token.position if position is None else position)

    def never_closed(self, bracket: str, position: int) -> NoReturn:
        nested = bracket == "|" and sum(token.kind == "|" for token in self.tokens) > 2
        self.fail(f"this '{bracket}' is never closed" + ": write abs(...) for bars inside bars" * nested, position)

    def unexpected(self) -> NoReturn:
        """The reason why the next token cannot stand where it stands."""
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
