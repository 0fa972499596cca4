"""Expression -> LaTeX for mathematics mode."""

from __future__ import annotations

import math
import re

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

FUNCTIONS = {
    "sin": r"\sin", "cos": r"\cos", "tan": r"\tan", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan",
    "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}",
    "asinh": r"\operatorname{arsinh}", "acosh": r"\operatorname{arcosh}", "atanh": r"\operatorname{artanh}",
    "min": r"\min", "max": r"\max", "exp": r"\exp", "sigmoid": r"\sigma", "grad": r"\nabla f", "value": "f",
}  # fmt: skip
BRACKETS = {
    "abs": (r"\left|", r"\right|"), "floor": (r"\left\lfloor ", r"\right\rfloor"), "norm": (r"\left\|", r"\right\|"),
    "ceil": (r"\left\lceil ", r"\right\rceil"), "sqrt": (r"\sqrt{", "}"), "cbrt": (r"\sqrt[3]{", "}"),
    "dot": (r"\left\langle ", r"\right\rangle"),
}  # fmt: skip
TEXT_ESCAPES = {sign: "\\" + sign for sign in "#$%&_{}"} | {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
LONGEST_EXPONENT = 24  # characters: a longer one stands in brackets behind `exp`
TEXT_SIGNS = re.compile(r"[#$%&_{}\\~^]")
COMPARISONS = {"lt": "<", "le": r"\leq", "gt": ">", "ge": r"\geq", "eq": "=", "ne": r"\neq"}


def latex(expression: Expression, numbers: Numbers | None = None) -> str:
    r"""LaTeX for mathematics mode.

    Args:
        numbers: values that are written in place of names.

    >>> from steepest.language.grammar import read_formula
    >>> latex(read_formula("sqrt(x)/(1+theta1)").expression)
    '\\frac{\\sqrt{x}}{1 + \\theta_{1}}'
    """
    return write(expression, LATEX, numbers)


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
        if name == "pi" or name.startswith(ELLIPSIS):
            return r"\pi" if name == "pi" else r"\cdots"
        base, subscripts = name_parts(name)
        if name == base and name.startswith("`"):
            return self.column(name.strip("`"))
        written = (part if part.isdigit() else self.name(part) for part in subscripts)
        return f"{self.word(base)}_{{{','.join(written)}}}" if subscripts else self.word(base)

    def column(self, name: str) -> str:
        return self.name(name) if is_plain_name(name) else rf"\text{{{TEXT_SIGNS.sub(lambda sign: TEXT_ESCAPES[sign[0]], name)}}}"

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
        if is_function_power(base, exponent):
            head, bracket, argument = base.text.partition(r"\left(")
            return f"{head}^{{{exponent}}}{bracket}{argument}"
        return f"{{{base.text}}}^{{{exponent}}}" if "_" in base.text else f"{base.text}^{{{exponent}}}"

    def negative(self, text: str) -> str:
        return f"-{text}"

    def function(self, operation: str, arguments: list[Fragment], texts: list[str]) -> tuple[str, int]:
        if operation in COMPARISONS:
            return f"{texts[0]} {COMPARISONS[operation]} {texts[1]}", SUM
        if operation == "where":
            return rf"\begin{{cases}} {texts[1]} & \text{{if }} {texts[0]} \\ {texts[2]} & \text{{otherwise}} \end{{cases}}", SUM
        if operation == "exp" and len(texts[0]) <= LONGEST_EXPONENT and r"\frac" not in texts[0]:
            return f"e^{{{texts[0]}}}", POWER
        if operation == "noise":
            return r"\xi", ATOM
        if operation == "solve":
            return f"{bracketed(arguments[0], ATOM, self).text}^{{-1}} {bracketed(arguments[1], SIGN, self).text}", PRODUCT
        if operation in BRACKETS:
            opening, closing = BRACKETS[operation]
            return f"{opening}{', '.join(texts)}{closing}", ATOM
        head = FUNCTIONS.get(operation, rf"\operatorname{{{operation}}}")
        return rf"{head}\left({', '.join(texts)}\right)", ATOM


LATEX = Latex()
