"""Expression -> plain text, textbook text, LaTeX or presentation MathML, with or without numbers put in for names.

One walk decides on brackets and signs; a style says how each thing is written. Plain and textbook text read back to
the same expression.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from html import escape
from typing import NamedTuple, Protocol

from steepest.language.expression import Expression, postorder
from steepest.language.tokens import GREEK

SUM, PRODUCT, SIGN, POWER, ATOM = 1, 2, 3, 4, 5
POWERED = ("sin", "cos", "tan", "sinh", "cosh", "tanh")  # sin^2(x) rather than sin(x)^2
COMPARISON_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
LONGEST_WRITTEN = 1_000  # parts, as many as a formula that is read has: nobody reads a derivative of more
Numbers = Mapping[str, float]


class Fragment(NamedTuple):
    """A written part: its text without a leading minus sign, how tightly it holds together, that sign, what it shows."""

    text: str
    level: int
    negative: bool = False
    node: Expression | None = None


class Style(Protocol):
    """How one notation writes each kind of expression; `flat` notations need brackets around fractions' parts."""

    flat: bool

    def number(self, value: float) -> str: ...
    def name(self, name: str) -> str: ...
    def group(self, text: str) -> str: ...
    def sum(self, left: str, sign: str, right: str) -> str: ...
    def product(self, left: Fragment, right: Fragment) -> str: ...
    def quotient(self, left: str, right: str) -> str: ...
    def power(self, base: Fragment, exponent: str) -> str: ...
    def negative(self, text: str) -> str: ...
    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]: ...


def plain(expression: Expression, numbers: Numbers | None = None) -> str:
    """Text with every product sign, as in `2*x^2 - 4*x`.

    >>> from steepest.language.grammar import read_formula
    >>> plain(read_formula("2x^2 - 4x").expression)
    '2*x^2 - 4*x'
    >>> plain(read_formula("2x^2 - 4x").expression, {"x": -1})
    '2*(-1)^2 - 4*(-1)'
    """
    return write(expression, PLAIN, numbers)


def textbook(expression: Expression, numbers: Numbers | None = None) -> str:
    """Text as a textbook prints it, as in `2x^2 - 4x` and `-2x exp(-x^2)`."""
    return write(expression, TEXTBOOK, numbers)


def latex(expression: Expression, numbers: Numbers | None = None) -> str:
    r"""LaTeX for mathematics mode.

    >>> from steepest.language.grammar import read_formula
    >>> latex(read_formula("sqrt(x)/(1+theta1)").expression)
    '\\frac{\\sqrt{x}}{1 + \\theta_{1}}'
    """
    return write(expression, LATEX, numbers)


def mathml(expression: Expression, numbers: Numbers | None = None) -> str:
    """A `<math>` element of presentation MathML."""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{write(expression, MATHML, numbers)}</math>'


def unwritten(expression: Expression) -> str:
    """Why a derivative is not written out; empty where it is."""
    return f"too long to write out: {expression.parts:,} parts" if expression.parts > LONGEST_WRITTEN else ""


def read_as(text: str, form: str) -> str | None:
    """The plain form where the formula was typed with more differences than white space and `**`."""
    typed, bare = "".join(text.split()).replace("**", "^").lstrip("\N{BYTE ORDER MARK}"), form.replace(" ", "")
    return None if typed == bare or typed.endswith(f"={bare}") else form


def write(root: Expression, style: Style, numbers: Numbers | None) -> str:
    """The root in a style, from the leaves up."""
    fragments: dict[Expression, Fragment] = {}
    given = numbers or {}
    for node in postorder(root):
        fragments[node] = _fragment(node, fragments, style, given)
    return _signed(fragments[root], style)


def _fragment(node: Expression, done: Mapping[Expression, Fragment], style: Style, numbers: Numbers) -> Fragment:
    operation = node.operation
    if operation == "number":
        return _written_number(node.value, node, style)
    if operation == "name" and node.name in numbers:
        return _written_number(float(numbers[node.name]), node, style)
    if not node.arguments:
        return Fragment(style.name(node.name), ATOM, False, node)
    arguments = [done[argument] for argument in _written_arguments(node)]
    if operation in ("add", "sub"):
        left, right = _signed(arguments[0], style), _needed(arguments[1], PRODUCT, style).text
        return Fragment(style.sum(left, "+" if operation == "add" else "-", right), SUM, False, node)
    if operation == "mul":
        over, under = _needed(arguments[0], PRODUCT, style, leading=True), _needed(arguments[1], SIGN, style)
        return Fragment(style.product(over, under), PRODUCT, over.negative, node)
    if operation == "div":
        return _written_quotient(node, done, style)
    if operation == "neg":
        return Fragment(_needed(arguments[0], POWER if style.flat else PRODUCT, style).text, SIGN, True, node)
    if operation == "pow":
        exponent = _needed(arguments[1], SIGN, style, leading=True) if style.flat else arguments[1]
        return Fragment(style.power(_needed(arguments[0], ATOM, style), _signed(exponent, style)), POWER, False, node)
    if operation == "noise":
        arguments = []
    text, level = style.function(operation, arguments, [_signed(argument, style) for argument in arguments])
    return Fragment(text, level, False, node)


def _written_arguments(node: Expression) -> tuple[Expression, ...]:
    """The arguments; of `max(max(a, b), c)`, which is written max(a, b, c), all three."""
    arguments = node.arguments
    while node.operation in ("min", "max") and arguments[0].operation == node.operation:
        arguments = (*arguments[0].arguments, *arguments[1:])
    return arguments


def _written_number(value: float, node: Expression, style: Style) -> Fragment:
    text, negative = style.number(abs(value)), math.copysign(1.0, value) < 0 and value == value  # NaN has no sign
    compound = not style.flat and "e" in repr(value)  # 2.5 times a power of ten
    return Fragment(text, PRODUCT if compound else SIGN if negative else ATOM, negative, node)


def _written_quotient(node: Expression, done: Mapping[Expression, Fragment], style: Style) -> Fragment:
    """A quotient on one line, or a fraction with the numerator's sign in front."""
    over, under = (done[argument] for argument in node.arguments)
    if style.flat:
        over, under = _needed(over, PRODUCT, style, leading=True), _needed(under, SIGN, style)
        return Fragment(style.quotient(over.text, under.text), PRODUCT, over.negative, node)
    numerator = node.arguments[0]
    if numerator.operation == "neg" and not done[numerator.arguments[0]].negative:
        over = done[numerator.arguments[0]]._replace(negative=True)
    return Fragment(style.quotient(over.text, _signed(under, style)), SIGN, over.negative, node)


def _signed(part: Fragment, style: Style) -> str:
    return style.negative(part.text) if part.negative else part.text


def _needed(part: Fragment, level: int, style: Style, *, leading: bool = False) -> Fragment:
    """The part, in brackets unless it holds together at this level; a minus sign may only lead."""
    if part.level >= level and (leading or not part.negative):
        return part
    return part._replace(text=style.group(_signed(part, style)), level=ATOM, negative=False)


def _tight(text: str) -> str:
    """A sum inside brackets, without the spaces."""
    return text.replace(" + ", "+").replace(" - ", "-")


def number_text(value: float) -> str:
    """The shortest text of a float: `2`, `0.5`, `1e-8`."""
    mantissa, e, exponent = repr(value).partition("e")
    return f"{mantissa.removesuffix('.0')}{e}{int(exponent)}" if e else mantissa.removesuffix(".0")


class Plain:
    """`2*x^2 - 4*x`"""

    flat = True

    def number(self, value: float) -> str:
        return number_text(value)

    def name(self, name: str) -> str:
        return name

    def group(self, text: str) -> str:
        return f"({_tight(text)})"

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
            return f"{_tight(texts[0])} {COMPARISON_SIGNS[operation]} {_tight(texts[1])}", SUM
        return f"{operation}({', '.join(map(_tight, texts))})", ATOM


class Textbook(Plain):
    """`2x^2 - 4x`: a product sign only where its absence would read differently."""

    def product(self, left: Fragment, right: Fragment) -> str:
        return f"{left.text}{between(left, right)}{right.text}"

    def power(self, base: Fragment, exponent: str) -> str:
        if _is_function_power(base, exponent):
            head, bracket, argument = base.text.partition("(")
            return f"{head}^{exponent}{bracket}{argument}"
        return Plain.power(self, base, exponent)

    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]:
        if operation == "abs" and "|" not in texts[0]:
            return f"|{_tight(texts[0])}|", ATOM
        return Plain.function(self, operation, arguments, texts)


def between(left: Fragment, right: Fragment) -> str:
    """What stands between two factors in textbook text."""
    last, first = left.text[-1], right.text[0]
    word = _last_word(left.text)
    number = word[:1].isdigit() or word[:1] == "."
    if first == "|":  # a bar behind anything but a coefficient would close one that is open
        return "" if left.text == word and number else "*"
    if first.isdigit() or last == "|" or _last_operation(left) == "div":
        return "*"
    if number:  # 2x, 2(x+1); but 2 e, since 2e-3 is a number
        head = right.text[1:2]
        exponent = first in "eE" and not head.isalpha()
        imaginary = first in "ijIJ" and not (head.isalnum() or head == "_")  # 2i would be a complex number
        return " " if exponent or imaginary or ("^" in left.text and first.isalpha()) else ""
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


def _is_function_power(base: Fragment, exponent: str) -> bool:
    """Whether a power is written behind the function's name, as in `sin^2(x)`."""
    return exponent.isdigit() and _last_operation(base) in POWERED and base.level == ATOM


def _last_operation(part: Fragment) -> str:
    return part.node.operation if part.node is not None else ""


LATEX_FUNCTIONS = {
    "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan",
    "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}",
    "asinh": r"\operatorname{arsinh}", "acosh": r"\operatorname{arcosh}", "atanh": r"\operatorname{artanh}",
    "min": r"\min", "max": r"\max", "exp": r"\exp", "sigmoid": r"\sigma", "grad": r"\nabla f", "value": "f",
}  # fmt: skip
LATEX_BRACKETS = {
    "abs": (r"\left|", r"\right|"), "floor": (r"\left\lfloor ", r"\right\rfloor"), "norm": (r"\left\|", r"\right\|"),
    "ceil": (r"\left\lceil ", r"\right\rceil"), "sqrt": (r"\sqrt{", "}"), "cbrt": (r"\sqrt[3]{", "}"),
    "dot": (r"\left\langle ", r"\right\rangle"),
}  # fmt: skip
LATEX_COMPARISONS = {"lt": "<", "le": r"\leq", "gt": ">", "ge": r"\geq", "eq": "=", "ne": r"\neq"}


def _name_parts(name: str) -> tuple[str, list[str]]:
    """A name as its letter and its subscripts: `x_1`, `x1` and `beta1` have the subscript 1."""
    base, _, subscript = name.partition("_")
    if not subscript:
        base = name.rstrip("0123456789_")
        subscript = name[len(base) :].strip("_")
    return base, [part for part in subscript.split("_") if part]


class Latex:
    r"""`2 x^{2} - 4 x`"""

    flat = False

    def number(self, value: float) -> str:
        if not math.isfinite(value):
            return r"\infty" if math.isinf(value) else r"\mathrm{nan}"
        mantissa, _, exponent = number_text(value).partition("e")
        if not exponent:
            return mantissa
        power = f"10^{{{int(exponent)}}}"
        return power if mantissa == "1" else rf"{mantissa} \cdot {power}"

    def name(self, name: str) -> str:
        if name == "pi":
            return r"\pi"
        base, subscripts = _name_parts(name)
        written = (part if part.isdigit() else self.name(part) for part in subscripts)
        return f"{self.word(base)}_{{{','.join(written)}}}" if subscripts else self.word(base)

    def word(self, word: str) -> str:
        if word in GREEK:
            return r"\varepsilon" if word == "epsilon" else "\\" + word
        return word if len(word) == 1 else rf"\mathrm{{{word}}}".replace("_", r"\_")

    def group(self, text: str) -> str:
        return rf"\left({text}\right)"

    def sum(self, left: str, sign: str, right: str) -> str:
        return f"{left} {sign} {right}"

    def product(self, left: Fragment, right: Fragment) -> str:
        if right.text[0].isdigit() or (left.text[-1:].isdigit() and right.text.startswith(r"\frac")):
            return rf"{left.text} \cdot {right.text}"
        wide = r"\mathrm" in left.text.rsplit(" ", 1)[-1] or right.text.startswith(r"\mathrm")
        return rf"{left.text} \, {right.text}" if wide else f"{left.text} {right.text}"

    def quotient(self, left: str, right: str) -> str:
        return rf"\frac{{{left}}}{{{right}}}"

    def power(self, base: Fragment, exponent: str) -> str:
        if _is_function_power(base, exponent):
            head, bracket, argument = base.text.partition(r"\left(")
            return f"{head}^{{{exponent}}}{bracket}{argument}"
        return f"{{{base.text}}}^{{{exponent}}}" if "_" in base.text else f"{base.text}^{{{exponent}}}"

    def negative(self, text: str) -> str:
        return f"-{text}"

    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]:
        if operation in LATEX_COMPARISONS:
            return f"{texts[0]} {LATEX_COMPARISONS[operation]} {texts[1]}", SUM
        if operation == "where":
            return rf"\begin{{cases}} {texts[1]} & \text{{if }} {texts[0]} \\ {texts[2]} & \text{{otherwise}} \end{{cases}}", SUM
        if operation == "exp" and len(texts[0]) <= 24 and r"\frac" not in texts[0]:
            return f"e^{{{texts[0]}}}", POWER
        if operation == "noise":
            return r"\xi", ATOM
        if operation == "solve":
            return f"{_needed(arguments[0], ATOM, self).text}^{{-1}} {_needed(arguments[1], SIGN, self).text}", PRODUCT
        if operation in LATEX_BRACKETS:
            opening, closing = LATEX_BRACKETS[operation]
            return f"{opening}{', '.join(texts)}{closing}", ATOM
        head = LATEX_FUNCTIONS.get(operation, rf"\operatorname{{{operation}}}")
        return rf"{head}\left({', '.join(texts)}\right)", ATOM


MATHML_BRACKETS = {"abs": "||", "floor": "⌊⌋", "ceil": "⌈⌉", "norm": "‖‖", "dot": "⟨⟩"}
MATHML_COMPARISONS = {"lt": "&lt;", "le": "≤", "gt": "&gt;", "ge": "≥", "eq": "=", "ne": "≠"}
MATHML_FUNCTIONS = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "log": "ln",
    "sigmoid": "σ", "value": "f",
}  # fmt: skip

WORD_FIRST = re.compile(r"(<\w+>)*<mi>\w{2,}</mi>")
WORD_LAST = re.compile(r"<mi>\w{2,}</mi>(</\w+>)*$")
FIRST_ELEMENT = re.compile(r"(?:<(?:mrow|msup|msub)>)*<([^>]*)")


class MathML:
    """`<mrow>...</mrow>`"""

    flat = False

    def number(self, value: float) -> str:
        if not math.isfinite(value):
            return "<mi>∞</mi>" if math.isinf(value) else "<mi>nan</mi>"
        mantissa, _, exponent = number_text(value).partition("e")
        if not exponent:
            return f"<mn>{mantissa}</mn>"
        power = f"<msup><mn>10</mn><mn>{int(exponent)}</mn></msup>"
        return power if mantissa == "1" else f"<mrow><mn>{mantissa}</mn><mo>·</mo>{power}</mrow>"

    def name(self, name: str) -> str:
        if name == "pi":
            return "<mi>π</mi>"
        base, subscripts = _name_parts(name)
        letter = f"<mi>{escape(GREEK.get(base, base))}</mi>"
        if not subscripts:
            return letter
        written = [f"<mn>{part}</mn>" if part.isdigit() else self.name(part) for part in subscripts]
        row = written[0] if len(written) == 1 else f"<mrow>{'<mo>,</mo>'.join(written)}</mrow>"
        return f"<msub>{letter}{row}</msub>"

    def group(self, text: str) -> str:
        return f"<mrow><mo>(</mo>{text}<mo>)</mo></mrow>"

    def sum(self, left: str, sign: str, right: str) -> str:
        return f"<mrow>{left}<mo>{'−' if sign == '-' else sign}</mo>{right}</mrow>"

    def product(self, left: Fragment, right: Fragment) -> str:
        digits = _first_element(right.text) == "mn" or (left.text.endswith("</mn>") and _first_element(right.text) == "mfrac")
        wide = not digits and (WORD_LAST.match(left.text, max(0, left.text.rfind("<mi>"))) or WORD_FIRST.match(right.text))
        sign = f"<mo>{'·' if digits else '&#x2062;'}</mo>" + ('<mspace width="0.17em"/>' if wide else "")
        return f"<mrow>{left.text}{sign}{right.text}</mrow>"

    def quotient(self, left: str, right: str) -> str:
        return f"<mfrac>{left}{right}</mfrac>"

    def power(self, base: Fragment, exponent: str) -> str:
        if _is_function_power(base, exponent.removeprefix("<mn>").removesuffix("</mn>")):
            head, apply, argument = base.text.removeprefix("<mrow>").partition("<mo>&#x2061;</mo>")
            return f"<mrow><msup>{head}{exponent}</msup>{apply}{argument}"
        return f"<msup>{base.text}{exponent}</msup>"

    def negative(self, text: str) -> str:
        return f"<mrow><mo>−</mo>{text}</mrow>"

    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]:
        if operation in MATHML_COMPARISONS:
            return f"<mrow>{texts[0]}<mo>{MATHML_COMPARISONS[operation]}</mo>{texts[1]}</mrow>", SUM
        if operation == "where":
            rows = f"<mtr><mtd>{texts[1]}</mtd><mtd><mtext>if&#xA0;</mtext>{texts[0]}</mtd></mtr>"
            rows += f"<mtr><mtd>{texts[2]}</mtd><mtd><mtext>otherwise</mtext></mtd></mtr>"
            return f"<mrow><mo>{{</mo><mtable>{rows}</mtable></mrow>", SUM
        if operation == "sqrt":
            return f"<msqrt>{texts[0]}</msqrt>", ATOM
        if operation == "cbrt":
            return f"<mroot>{texts[0]}<mn>3</mn></mroot>", ATOM
        if operation == "exp":
            return f"<msup><mi>e</mi>{texts[0]}</msup>", POWER
        if operation == "noise":
            return "<mi>ξ</mi>", ATOM
        if operation == "solve":
            inverse = f"<msup>{_needed(arguments[0], ATOM, self).text}<mn>−1</mn></msup>"
            return f"<mrow>{inverse}<mo>&#x2062;</mo>{_needed(arguments[1], SIGN, self).text}</mrow>", PRODUCT
        inner = "<mo>,</mo>".join(texts)
        if operation in MATHML_BRACKETS:
            opening, closing = tuple(MATHML_BRACKETS[operation])
            return f"<mrow><mo>{opening}</mo>{inner}<mo>{closing}</mo></mrow>", ATOM
        return f"<mrow>{self.head(operation)}<mo>&#x2061;</mo><mo>(</mo>{inner}<mo>)</mo></mrow>", ATOM

    def head(self, operation: str) -> str:
        if operation in ("log2", "log10"):
            return f"<msub><mi>log</mi><mn>{operation[3:]}</mn></msub>"
        if operation == "grad":
            return "<mrow><mo>∇</mo><mi>f</mi></mrow>"
        return f"<mi>{MATHML_FUNCTIONS.get(operation, operation)}</mi>"


def _first_element(text: str) -> str:
    """The tag of what stands first, with powers, subscripts and rows opened."""
    found = FIRST_ELEMENT.match(text)
    return found[1] if found else ""


PLAIN, TEXTBOOK, LATEX, MATHML = Plain(), Textbook(), Latex(), MathML()
