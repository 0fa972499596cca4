"""SymPy as the oracle for derivatives, and a measure of work that is the same on every machine."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
import sympy

from steepest.language.expression import Expression, names
from steepest.language.notation import plain

Oracle = Callable[[Expression], sympy.Expr]
CountedCalls = Callable[[], AbstractContextManager[list[int]]]

FUNCTIONS = {
    "e": sympy.E,
    "abs": sympy.Abs,
    "ceil": sympy.ceiling,
    "erf": sympy.erf,
    "log2": lambda a: sympy.log(a, 2),
    "log10": lambda a: sympy.log(a, 10),
    "log1p": lambda a: sympy.log(1 + a),
    "expm1": lambda a: sympy.exp(a) - 1,
    "min": sympy.Min,
    "max": sympy.Max,
    "where": lambda condition, a, b: sympy.Piecewise((a, condition), (b, True)),
    "sigmoid": lambda a: 1 / (1 + sympy.exp(-a)),
    "softplus": lambda a: sympy.log(1 + sympy.exp(a)),
    "hypot": lambda a, b: sympy.sqrt(a**2 + b**2),
    "cbrt": lambda a: sympy.sign(a) * sympy.Abs(a) ** sympy.Rational(1, 3),
}


@pytest.fixture(scope="session")
def to_sympy() -> Oracle:
    def convert(expression: Expression) -> sympy.Expr:
        symbols = {name: sympy.Symbol(name, real=True) for name in names(expression)}
        return sympy.sympify(plain(expression).replace("^", "**"), locals=FUNCTIONS | symbols)

    return convert


@pytest.fixture(scope="session")
def counted_calls() -> CountedCalls:
    """Counts the calls of functions, built-in ones included, in the body of a `with` statement."""

    @contextmanager
    def counted() -> Iterator[list[int]]:
        count = [0]

        def profile(frame: Any, event: str, argument: Any) -> None:
            count[0] += event.endswith("call")

        before = sys.getprofile()
        sys.setprofile(profile)
        try:
            yield count
        finally:
            sys.setprofile(before)

    return counted
