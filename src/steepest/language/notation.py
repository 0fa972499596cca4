"""Expression -> text: `write` decides on brackets and signs, and a style how each part is written.

Plain and textbook text are written here; `latex` and `mathml` have further styles. Plain and textbook text read back to the
same expression.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple, Protocol

from steepest.language.expression import Expression, postorder
from steepest.language.operations import CONSTANTS, FUNCTIONS, REDUCTIONS
from steepest.language.tokens import GREEK, KEYWORDS, NOT_NUMBERS

SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
POWERED = ("sin", "cos", "tan", "sinh", "cosh", "tanh")  # sin^2(x) rather than sin(x)^2
COMPARISON_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
HELD = "\ue000"  # a space in the name of a column while the text around it is put together
PARTS = re.compile(r"`[^`]*`|[^`_]+")
DECIMAL = re.compile(r"\.\d*(e-?\d+)?$")  # a number with a point at the end of a text
ELLIPSIS = "..."  # a name that begins so stands for terms that are not written
LONGEST_WRITTEN = 1_000  # parts of a derivative, as many as a formula may have
Numbers = Mapping[str, float]


class Fragment(NamedTuple):
    """A written part of an expression.

    Attributes:
        text: without a leading minus sign.
        level: how tightly the part binds, from `SUM` to `ATOM`.
        negative: whether a minus sign leads it.
        node: the part itself.
    """

    text: str
    level: int
    negative: bool = False
    node: Expression | None = None


class Style(Protocol):
    """How one notation writes each kind of expression; a `flat` one writes quotients on one line."""

    flat: bool

    def number(self, value: float) -> str:
        """A number that is not negative."""

    def name(self, name: str) -> str:
        """A name or a named constant."""

    def column(self, name: str) -> str:
        """The name of a column, which may have any characters but backquotes."""

    def group(self, text: str) -> str:
        """The text in brackets."""

    def sum(self, left: str, sign: str, right: str) -> str:
        """A sum or a difference."""

    def product(self, left: Fragment, right: Fragment) -> str:
        """A product."""

    def quotient(self, left: str, right: str) -> str:
        """A quotient."""

    def power(self, base: Fragment, exponent: str) -> str:
        """A power."""

    def negative(self, text: str) -> str:
        """The text behind a minus sign."""

    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]:
        """Any other operation, and its level; `texts` are the arguments with their signs."""


def plain(expression: Expression, numbers: Numbers | None = None) -> str:
    """Plain text with every product sign, as in `2*x^2 - 4*x`.

    Args:
        numbers: values that are written in place of names.

    >>> from steepest.language.grammar import read_formula
    >>> plain(read_formula("2x^2 - 4x").expression)
    '2*x^2 - 4*x'
    >>> plain(read_formula("2x^2 - 4x").expression, {"x": -1})
    '2*(-1)^2 - 4*(-1)'
    """
    return write(expression, PLAIN, numbers)


def textbook(expression: Expression, numbers: Numbers | None = None) -> str:
    """Text as a textbook prints it.

    Args:
        numbers: values that are written in place of names.

    >>> from steepest.language.grammar import read_formula
    >>> textbook(read_formula("2*x^2 - 4*x*exp(x)").expression)
    '2x^2 - 4x exp(x)'
    """
    return write(expression, TEXTBOOK, numbers)


def unwritten(expression: Expression) -> str:
    """Why an expression is too long to be written; empty if it is not."""
    return f"too long to write out: {expression.parts:,} parts" if expression.parts > LONGEST_WRITTEN else ""


def read_as(text: str, form: str) -> str | None:
    """The plain text of a formula, unless the typed text differs only by white space and `**`."""
    typed, bare = "".join(text.split()).replace("**", "^").lstrip("\N{BYTE ORDER MARK}"), form.replace(" ", "")
    return None if typed == bare or typed.endswith(f"={bare}") else form


def write(root: Expression, style: Style, numbers: Numbers | None) -> str:
    """An expression in a style.

    Args:
        numbers: values that are written in place of names.
    """
    fragments: dict[Expression, Fragment] = {}
    given = numbers or {}
    for node in postorder(root):
        fragments[node] = _fragment(node, fragments, style, given)
    return _with_sign(fragments[root], style).replace(HELD, " ")


def _fragment(node: Expression, done: Mapping[Expression, Fragment], style: Style, numbers: Numbers) -> Fragment:
    operation = node.operation
    if operation == "number":
        return _written_number(node.value, node, style)
    if operation == "name" and node.name in numbers:
        return _written_number(float(numbers[node.name]), node, style)
    if operation == "column":
        return Fragment(style.column(node.name), ATOM, False, node)
    if not node.arguments:
        return Fragment(style.name(node.name), ATOM, False, node)
    arguments = [done[argument] for argument in _written_arguments(node)]
    if operation in ("add", "sub"):
        left, right = _with_sign(arguments[0], style), bracketed(arguments[1], PRODUCT, style).text
        return Fragment(style.sum(left, "+" if operation == "add" else "-", right), SUM, False, node)
    if operation == "mul":
        over, under = bracketed(arguments[0], PRODUCT, style, leading=True), bracketed(arguments[1], SIGN, style)
        return Fragment(style.product(over, under), PRODUCT, over.negative, node)
    if operation == "div":
        return _written_quotient(node, done, style)
    if operation == "neg":
        return Fragment(bracketed(arguments[0], POWER if style.flat else PRODUCT, style).text, SIGN, True, node)
    if operation == "pow":
        exponent = bracketed(arguments[1], SIGN, style, leading=True) if style.flat else arguments[1]
        return Fragment(style.power(bracketed(arguments[0], ATOM, style), _with_sign(exponent, style)), POWER, False, node)
    if operation == "noise":
        arguments = []
    text, level = style.function(operation, arguments, [_with_sign(argument, style) for argument in arguments])
    return Fragment(text, level, False, node)


def _written_arguments(node: Expression) -> tuple[Expression, ...]:
    """The arguments as they are written: `max(max(a, b), c)` is max(a, b, c)."""
    arguments = node.arguments
    while node.operation in ("min", "max") and arguments[0].operation == node.operation:
        arguments = (*arguments[0].arguments, *arguments[1:])
    return arguments


def _written_number(value: float, node: Expression, style: Style) -> Fragment:
    text, negative = style.number(abs(value)), math.copysign(1.0, value) < 0 and value == value  # NaN has no sign
    compound = not style.flat and "e" in repr(value)  # 2.5 times a power of ten
    return Fragment(text, PRODUCT if compound else SIGN if negative else ATOM, negative, node)


def _written_quotient(node: Expression, done: Mapping[Expression, Fragment], style: Style) -> Fragment:
    """A quotient on one line, or a fraction with the sign of its numerator in front."""
    over, under = (done[argument] for argument in node.arguments)
    if style.flat:
        over, under = bracketed(over, PRODUCT, style, leading=True), bracketed(under, SIGN, style)
        return Fragment(style.quotient(over.text, under.text), PRODUCT, over.negative, node)
    numerator = node.arguments[0]
    if numerator.operation == "neg" and not done[numerator.arguments[0]].negative:
        over = done[numerator.arguments[0]]._replace(negative=True)
    return Fragment(style.quotient(over.text, _with_sign(under, style)), SIGN, over.negative, node)


def _with_sign(part: Fragment, style: Style) -> str:
    """The text of a part, its minus sign included."""
    return style.negative(part.text) if part.negative else part.text


def bracketed(part: Fragment, level: int, style: Style, *, leading: bool = False) -> Fragment:
    """A part in brackets, unless it binds as tightly as `level`; with a minus sign only if it may be `leading`."""
    if part.level >= level and (leading or not part.negative):
        return part
    return part._replace(text=style.group(_with_sign(part, style)), level=ATOM, negative=False)


def column_text(name: str) -> str:
    """The name of a column as plain text has it.

    >>> column_text("size"), column_text("living area")
    ('size', '`living area`')
    """
    return PLAIN.column(name).replace(HELD, " ")


def _without_spaces(text: str) -> str:
    """The text of a sum without spaces, for use inside brackets."""
    return text.replace(" + ", "+").replace(" - ", "-")


def number_text(value: float) -> str:
    """The shortest text of a float.

    >>> number_text(2.0), number_text(1e-8)
    ('2', '1e-8')
    """
    mantissa, e, exponent = repr(value).partition("e")
    return f"{mantissa.removesuffix('.0')}{e}{int(exponent)}" if e else mantissa.removesuffix(".0")


def is_plain_name(text: str) -> bool:
    """Whether a column's name reads as that name without backquotes.

    >>> is_plain_name("size"), is_plain_name("living area"), is_plain_name("log")
    (True, False, False)
    """
    taken = (*CONSTANTS, *FUNCTIONS, *REDUCTIONS, *KEYWORDS)
    return bool(PLAIN_NAME.fullmatch(text)) and text not in taken and text.lower() not in (*NOT_NUMBERS, "pi")


class Plain:
    """`2*x^2 - 4*x`"""

    flat = True

    def number(self, value: float) -> str:
        return number_text(value)

    def name(self, name: str) -> str:
        return ELLIPSIS if name.startswith(ELLIPSIS) else name.replace(" ", HELD)

    def column(self, name: str) -> str:
        return name if is_plain_name(name) else f"`{name}`".replace(" ", HELD)

    def group(self, text: str) -> str:
        return f"({_without_spaces(text)})"

    def sum(self, left: str, sign: str, right: str) -> str:
        return f"{left} {sign} {right}"

    def product(self, left: Fragment, right: Fragment) -> str:
        return f"{left.text}*{right.text}"

    def quotient(self, left: str, right: str) -> str:
        return f"{left}/{right}"

    def power(self, base: Fragment, exponent: str) -> str:
        return f"{base.text}^{exponent}"

    def negative(self, text: str) -> str:
        return f"-{text}"

    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]:
        if operation in COMPARISON_SIGNS:
            return f"{_without_spaces(texts[0])} {COMPARISON_SIGNS[operation]} {_without_spaces(texts[1])}", SUM
        return f"{operation}({', '.join(map(_without_spaces, texts))})", ATOM


class Textbook(Plain):
    """`2x^2 - 4x`: a product sign only where its absence would read differently."""

    def product(self, left: Fragment, right: Fragment) -> str:
        return f"{left.text}{_separator(left, right)}{right.text}"

    def power(self, base: Fragment, exponent: str) -> str:
        if is_function_power(base, exponent):
            head, bracket, argument = base.text.partition("(")
            return f"{head}^{exponent}{bracket}{argument}"
        return Plain.power(self, base, exponent)

    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]:
        if operation == "abs" and "|" not in texts[0]:
            return f"|{_without_spaces(texts[0])}|", ATOM
        return Plain.function(self, operation, arguments, texts)


def _separator(left: Fragment, right: Fragment) -> str:
    """The separator of two factors in textbook text."""
    last, first = left.text[-1], right.text[0]
    word = _last_word(left.text)
    number = word[:1].isdigit() or word[:1] == "."
    if first == "|":  # behind anything but a coefficient, a bar would close an open one
        return "" if left.text == word and number else "*"
    if first.isdigit() or last == "|" or _last_operation(left) == "div":
        return "*"
    if number:  # 2x, 2(x+1); but 2 e, since 2e-3 is a number
        head = right.text[1:2]
        alone = not (head.isalnum() or head == "_")
        exponent = first in "eE" and not head.isalpha()
        imaginary = first in "ijIJ" and alone  # 2i would be a complex number
        single = first in "fF" and alone and DECIMAL.search(left.text)  # and 0.5f one of C's single precision
        return " " if exponent or imaginary or single or ("^" in left.text and first.isalpha()) else ""
    stem = word.rstrip("0123456789_")
    if len(stem) > 1 and stem not in (*GREEK, "pi") and (first == "(" or len(word) > 2):
        return "*"  # not the name of a function
    return "" if last == ")" or first == "(" else " "


def _last_word(text: str) -> str:
    """The name or number that the text ends with; empty after a bracket."""
    start = len(text)
    while start and (text[start - 1].isalnum() or text[start - 1] in "_."):
        start -= 1
    return text[start:].lstrip("0123456789.") or text[start:]


def is_function_power(base: Fragment, exponent: str) -> bool:
    """Whether a power is written behind the name of its base's function, as in `sin^2(x)`."""
    return exponent.isdigit() and _last_operation(base) in POWERED and base.level == ATOM


def _last_operation(part: Fragment) -> str:
    return part.node.operation if part.node is not None else ""


def name_parts(name: str) -> tuple[str, list[str]]:
    """A name as its base and its subscripts, of which those in backquotes are the names of columns.

    >>> name_parts("x_1"), name_parts("beta1"), name_parts("lr")
    (('x', ['1']), ('beta', ['1']), ('lr', []))
    >>> name_parts("g_`living area`"), name_parts("`2nd_floor`")
    (('g', ['`living area`']), ('`2nd_floor`', []))
    """
    if "`" in name:
        base, *subscripts = PARTS.findall(name)
        return base, subscripts
    base, _, subscript = name.partition("_")
    if not subscript:
        base = name.rstrip("0123456789_")
        subscript = name[len(base) :].strip("_")
    return base, [part for part in subscript.split("_") if part]


PLAIN, TEXTBOOK = Plain(), Textbook()
