"""Expression -> presentation MathML."""

from __future__ import annotations

import math
import re
from html import escape

from steepest.language.expression import Expression
from steepest.language.notation import (  # fmt: skip
    ATOM,
    ELLIPSIS,
    POWER,
    PRODUCT,
    SIGN,
    SUM,
    Fragment,
    Numbers,
    bracketed,
    is_function_power,
    is_plain_name,
    name_parts,
    number_text,
    write,
)
from steepest.language.tokens import GREEK

BRACKETS = {"abs": "||", "floor": "⌊⌋", "ceil": "⌈⌉", "norm": "‖‖", "dot": "⟨⟩"}
COMPARISONS = {"lt": "&lt;", "le": "≤", "gt": "&gt;", "ge": "≥", "eq": "=", "ne": "≠"}
FUNCTIONS = {
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arsinh", "acosh": "arcosh", "atanh": "artanh", "log": "ln",
    "sigmoid": "σ", "value": "f",
}  # fmt: skip

WORD_FIRST = re.compile(r"(<\w+>)*<mi>\w{2,}</mi>")
WORD_LAST = re.compile(r"<mi>\w{2,}</mi>(</\w+>)*$")
FIRST_ELEMENT = re.compile(r"(?:<(?:mrow|msup|msub)>)*<([^>]*)")


def mathml(expression: Expression, numbers: Numbers | None = None) -> str:
    """A `<math>` element of presentation MathML.

    Args:
        numbers: values that are written in place of names.

    >>> from steepest.language.expression import name
    >>> mathml(name("x"))
    '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math>'
    """
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML">{write(expression, MATHML, numbers)}</math>'


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
        if name == "pi" or name.startswith(ELLIPSIS):
            return "<mi>π</mi>" if name == "pi" else "<mo>⋯</mo>"
        base, subscripts = name_parts(name)
        if name == base and name.startswith("`"):
            return self.column(name.strip("`"))
        letter = f"<mi>{escape(GREEK.get(base, base))}</mi>"
        if not subscripts:
            return letter
        written = [f"<mn>{part}</mn>" if part.isdigit() else self.name(part) for part in subscripts]
        row = written[0] if len(written) == 1 else f"<mrow>{'<mo>,</mo>'.join(written)}</mrow>"
        return f"<msub>{letter}{row}</msub>"

    def column(self, name: str) -> str:
        return self.name(name) if is_plain_name(name) else f"<mtext>{escape(name)}</mtext>"

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
        if is_function_power(base, exponent.removeprefix("<mn>").removesuffix("</mn>")):
            head, apply, argument = base.text.removeprefix("<mrow>").partition("<mo>&#x2061;</mo>")
            return f"<mrow><msup>{head}{exponent}</msup>{apply}{argument}"
        return f"<msup>{base.text}{exponent}</msup>"

    def negative(self, text: str) -> str:
        return f"<mrow><mo>−</mo>{text}</mrow>"

    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]:
        if operation in COMPARISONS:
            return f"<mrow>{texts[0]}<mo>{COMPARISONS[operation]}</mo>{texts[1]}</mrow>", SUM
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
            inverse = f"<msup>{bracketed(arguments[0], ATOM, self).text}<mn>−1</mn></msup>"
            return f"<mrow>{inverse}<mo>&#x2062;</mo>{bracketed(arguments[1], SIGN, self).text}</mrow>", PRODUCT
        inner = "<mo>,</mo>".join(texts)
        if operation in BRACKETS:
            opening, closing = tuple(BRACKETS[operation])
            return f"<mrow><mo>{opening}</mo>{inner}<mo>{closing}</mo></mrow>", ATOM
        return f"<mrow>{self.head(operation)}<mo>&#x2061;</mo><mo>(</mo>{inner}<mo>)</mo></mrow>", ATOM

    def head(self, operation: str) -> str:
        if operation in ("log2", "log10"):
            return f"<msub><mi>log</mi><mn>{operation[3:]}</mn></msub>"
        if operation == "grad":
            return "<mrow><mo>∇</mo><mi>f</mi></mrow>"
        return f"<mi>{FUNCTIONS.get(operation, operation)}</mi>"


def _first_element(text: str) -> str:
    """The tag of the first element inside rows, powers and subscripts."""
    found = FIRST_ELEMENT.match(text)
    return found[1] if found else ""


MATHML = MathML()
