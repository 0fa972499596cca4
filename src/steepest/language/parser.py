"""Tokens -> expression: names, constants and functions with their arguments, and what other languages call them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from steepest.errors import clipped
from steepest.language.dialects import BARE, READINGS, SPELLINGS, constant_spelled, dialect_reason, spelled
from steepest.language.expression import Expression, call, constant, name, names, number, postorder
from steepest.language.operations import CONSTANTS, FUNCTIONS, REDUCTIONS
from steepest.language.pasted import read_tokens
from steepest.language.precedence import COMPARISON_SIGNS, DECIMAL_COMMA, PRODUCT, PrecedenceParser
from steepest.language.suggestions import fused, is_elsewhere, listed, nearest, no_function, signature
from steepest.language.tokens import GREEK, Token

ALIASES = {word: SPELLINGS[word] for word in ("ln", "log_2", "log_10")}
VARIADIC = ("min", "max")
INVERSES = {
    "sin": "asin(x)", "cos": "acos(x)", "tan": "atan(x)", "sinh": "asinh(x)", "cosh": "acosh(x)", "tanh": "atanh(x)",
    "exp": "log(x)", "log": "exp(x)",
}  # fmt: skip
WITH_TWO = {"atan": ": write atan2(y, x) for two", "log": ": write log(x)/log(b) for the base b"}


class Parser(PrecedenceParser):
    """The parser of the whole language."""

    def name(self, token: Token) -> Expression:
        """A name, a constant, or a function with its arguments."""
        if token.prefix == "`":
            return self.quoted(token)
        word = self.meaning(token)
        if self.is_function(word):
            return self.function(word, token)
        self.count()
        if word in CONSTANTS and word not in self.given:
            if word == "pi" and [after.kind for after in self.tokens[self.index : self.index + 2]] == ["(", ")"]:
                self.index += 2  # PI() of spreadsheets
            return constant(word)
        if word in self.given and word in self.meanings:
            return self.meant(word, token)
        self.check_call(word, token)
        if len(word) > 1:
            self.check_word(word, token)
        self.deepest[word] = max(self.depth, self.deepest.get(word, 0))
        self.positions.setdefault(word, token.position)
        return name(word)

    def quoted(self, token: Token) -> Expression:
        """The column whose name stands in backquotes."""
        if token.text not in self.meanings:
            near = nearest(token.text, self.columns)
            hint = f"did you mean `{near}`?" if near else f"there are {listed(self.columns)}"
            if not self.columns:
                self.fail("backquotes stand around the name of a column, and this formula has no table", token.position)
            self.fail(f"there is no column '{clipped(token.text)}': {hint}", token.position)
        self.count()
        return self.meant(token.text, token)

    def meant(self, word: str, token: Token) -> Expression:
        """What a name stands for, with the place where it stands, preferably outside of sums and means."""
        places = self.origins if self.reducing else self.outside
        places.setdefault(self.meanings[word], token.position)
        return self.meanings[word]

    @property
    def columns(self) -> list[str]:
        """The names of the table's columns."""
        return [word for word, meaning in self.meanings.items() if meaning.operation == "column"]

    def check_rows(self, expression: Expression, *, inside: bool) -> None:
        """Refuse a column that stands outside a sum or mean over the rows, and a sum or mean in which there is none.

        Args:
            expression: of all tokens.
            inside: whether it is itself taken in every row.
        """
        nodes = postorder(expression)
        for node in nodes:
            if node.operation in REDUCTIONS and not node.source:
                near = next(filter(None, (nearest(word, self.columns) for word in sorted(names(node)) if len(word) > 1)), None)
                hint = f"did you mean {near}?" if near else f"the columns are {listed(self.columns)}"
                reason = f"there is no column in this {node.operation}, which is taken over the rows: {hint}"
                self.fail(reason, self.origins[node])
        waiting = [] if inside else [expression]
        while waiting:
            node = waiting.pop()
            if node.operation == "column":
                reason = f"the column '{clipped(node.name)}' has a number in every row: put mean(...) or sum(...) around it"
                self.fail(reason, self.outside[node])
            if node.operation not in REDUCTIONS:
                waiting += node.arguments

    def meaning(self, token: Token) -> str:
        """The function, the reading of another language's function, the constant or the name that a word stands for."""
        word = token.text
        if word in self.given or word in self.extra:
            return word
        called = self.token.kind == "("
        if word in FUNCTIONS or word in ALIASES or called or self.stands_bare(word, self.index) or token.prefix:
            found = spelled(word)
            if found and (found in FUNCTIONS or called or self.stands_bare(word, self.index)):
                return found
        return constant_spelled(word, prefixed=bool(token.prefix)) or word

    def is_function(self, word: str) -> bool:
        """Whether a word is a function of the language or one that the tables read."""
        return word in self.extra or (word not in self.given and (word in FUNCTIONS or self.is_reading(word)))

    def is_reading(self, word: str) -> bool:
        """Whether a word is another language's function in front of its argument."""
        return word in READINGS and (self.token.kind == "(" or self.stands_bare(word, self.index))

    def stands_bare(self, word: str, index: int) -> bool:
        """Whether a word is a function that its argument follows without brackets, perhaps with a power in between."""
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
        """Refuse a name in front of brackets, or one of a library, that would be read as a factor and is meant as a call."""
        if word in self.given:
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
        """Whether only names with commas between them stand before the closing bracket."""
        while self.tokens[index].kind == "name" and self.tokens[index + 1].kind == ",":
            index += 2
        return [token.kind for token in self.tokens[index : index + 2]] == ["name", ")"]

    def check_word(self, word: str, token: Token) -> None:
        """Refuse a word that is meant as a function: `sine(x)`, `sine x`, `sinx`."""
        stem = word.rstrip("0123456789_")
        if len(stem) == 1 or stem in GREEK or word in self.given:
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
        """A function with its arguments, in brackets or without, and a power in between."""
        exponent = self.function_exponent(token)
        if self.token.kind == "(":
            self.reducing += word in REDUCTIONS
            result = self.call_in_brackets(word, token)
            self.reducing -= word in REDUCTIONS
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
        if token.kind != "name" or token.text in self.given:
            return token.kind == "name" and token.text in self.extra
        word, index = ALIASES.get(token.text, token.text), self.index + 1 + (self.token.kind == "*")
        called = self.tokens[index].kind == "(" and spelled(word) is not None
        return word in FUNCTIONS or self.stands_bare(word, index) or word in self.extra or called

    def call_in_brackets(self, word: str, token: Token) -> Expression:
        """A function with its arguments in brackets."""
        arguments, sizes, decimal_comma = self.arguments(word)
        if word == "log" and len(arguments) == 2 and token.text in ("log", "LOG"):
            return self.node("div", token.position, *(self.node("log", token.position, argument) for argument in arguments))
        if word == "noise" and not arguments:
            self.noise += 1
            return self.node(word, token.position, number(self.noise - 1))
        if word in VARIADIC and len(arguments) > 2:
            result = arguments[0]
            for argument in arguments[1:]:
                result = self.node(word, token.position, result, argument)
            return result
        self.check_arity(word, token, len(arguments), decimal_comma)
        return self.applied(word, token, arguments, sizes)

    def arguments(self, word: str) -> tuple[list[Expression], list[int], int | None]:
        """The arguments in brackets, how many parts each has, and where a comma stands between digits, as in `0,5`."""
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
        return arguments, sizes, decimal_comma

    def check_arity(self, word: str, token: Token, count: int, decimal_comma: int | None) -> None:
        """Refuse a wrong number of arguments, or a decimal comma."""
        arities = [len(template.names) for template in _templates(word)]
        arity = self.extra[word] if word in self.extra else FUNCTIONS[word].arity if word in FUNCTIONS else arities[-1]
        if count > arity and decimal_comma is not None:
            self.fail(DECIMAL_COMMA, decimal_comma)
        if count != arity and count not in arities:
            written = _templates(word)[-1].signature if arities else signature(word)
            takes = f"{arity} argument{'s' * (arity != 1)}, {written}, and got {count}" + WITH_TWO.get(word, "")
            self.fail(f"{clipped(token.text)} takes {takes}", token.position)

    def applied(self, word: str, token: Token, arguments: Sequence[Expression], sizes: Sequence[int]) -> Expression:
        """A function, or the formula that the tables read a word as, of its arguments, which have so many parts each."""
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
        """The comparison that `where` begins with."""
        left = self.expression(0)
        token = self.token
        if token.kind not in COMPARISON_SIGNS:
            self.fail("where starts with a comparison, without brackets: where(x < 0, a, b)")
        self.index += 1
        result = self.node(COMPARISON_SIGNS[token.kind], token.position, left, self.expression(0))
        if self.token.kind in COMPARISON_SIGNS:
            self.fail("chained comparisons are not read: nest one where in another")
        return result


class _Template(NamedTuple):
    """What a function of another language is read as: `clip(x, a, b)` as min(max(x, a), b).

    Attributes:
        names: of the arguments.
        expression: of these names.
        times: how often each argument occurs in the expression.
        deeper: how much deeper the arguments stand in the expression than in a call.
        signature: the call, for errors.
    """

    names: tuple[str, ...]
    expression: Expression
    times: tuple[int, ...]
    deeper: int
    signature: str


@cache
def _templates(word: str) -> tuple[_Template, ...]:
    """The readings of a word, which differ in the number of arguments."""
    found = []
    for reading in READINGS.get(word, ()):
        head, _, text = reading.partition(": ")
        parameters = tuple(head.split(", "))
        tokens = read_tokens(text)
        parser = Parser(text, tokens, 0, parameters)
        expression = parser.whole()
        times = tuple(sum(token.kind == "name" and token.text == word for token in tokens) for word in parameters)
        found.append(_Template(parameters, expression, times, max(parser.deepest.values()) - 1, f"{word}({head})"))
    return tuple(found)
