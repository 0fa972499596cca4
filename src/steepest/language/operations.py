"""The table of operations, each with its value and its derivatives.

Derivatives are formulas of the language in the arguments `a`, `b` and the result `r`: that of `sqrt` is `1/(2*r)`. At a
kink the derivative is one subgradient: the derivative of `abs` at 0 is `sign(0)`, which is 0; `min` and `max` of equal
arguments follow the first; `floor`, `ceil` and `sign` have the derivative 0.

Values follow IEEE 754 as in C, NumPy and JavaScript: nothing raises, overflows and poles give infinities, and outside a
function's domain the value is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

INFINITY = math.inf
NAN = math.nan
CONSTANTS = {"pi": math.pi, "e": math.e}


class Operation(NamedTuple):
    """One operation of formulas and tapes.

    Attributes:
        name: in formulas and tapes.
        arity: the number of arguments.
        value: the IEEE value; it never raises.
        partials: the derivative by each argument in textbook form, as formulas in `a`, `b` and `r`.
        computed: the same in a form that does not lose digits or overflow, where the textbook form does.
        rate: the derivative divided by the value, for functions that grow or shrink exponentially; it is finite where both
            overflow or vanish.
        domain: what the arguments must be for a finite value, as the end of "log(x) needs ..."; empty where only an
            overflow makes the value infinite.
    """

    name: str
    arity: int
    value: Callable[..., float]
    partials: tuple[str, ...] = ()
    domain: str = ""
    computed: tuple[str, ...] = ()
    rate: str = ""


def _quotient(a: float, b: float) -> float:
    if b:
        return a / b
    if not a or a != a or b != b:
        return NAN
    return math.copysign(INFINITY, a) * math.copysign(1.0, b)


def _power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INFINITY if a < 0 and math.fmod(b, 2) else INFINITY
    except ValueError:
        if a:
            return NAN
        return math.copysign(INFINITY, a) if math.fmod(b, 2) in (1, -1) else INFINITY


def _exponential(a: float) -> float:
    try:
        return math.exp(a)
    except OverflowError:
        return INFINITY


def _hyperbolic_sine(a: float) -> float:
    try:
        return math.sinh(a)
    except OverflowError:
        return math.copysign(INFINITY, a)


def _hyperbolic_cosine(a: float) -> float:
    try:
        return math.cosh(a)
    except OverflowError:
        return INFINITY


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    """`function` with its pole at 0, and NaN below."""

    def value(a: float) -> float:
        if a > 0:
            return function(a)
        return NAN if a else -INFINITY

    return value


def _inverse_tangent(a: float) -> float:
    """`atanh` with its poles at -1 and 1."""
    return math.copysign(INFINITY, a) if abs(a) == 1 else _nan_outside(math.atanh)(a)


def _logarithm_of_one_plus(a: float) -> float:
    """log(1 + a) without cancellation near 0."""
    return -INFINITY if a == -1 else _nan_outside(math.log1p)(a)


def _exponential_minus_one(a: float) -> float:
    """exp(a) - 1 without cancellation near 0."""
    try:
        return math.expm1(a)
    except OverflowError:
        return INFINITY


def _nan_outside(function: Callable[..., float]) -> Callable[..., float]:
    """`function` with NaN outside its domain."""

    def value(*arguments: float) -> float:
        try:
            return function(*arguments)
        except ValueError:
            return NAN

    return value


def _whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """`function` (floor or ceil) as a float: what is not finite is unchanged, and `ceil(-0.5)` is -0.0."""

    def value(a: float) -> float:
        return math.copysign(function(a), a) if math.isfinite(a) else a

    return value


def _minimum(a: float, b: float) -> float:
    return a if a <= b or a != a else b


def _maximum(a: float, b: float) -> float:
    return a if a >= b or a != a else b


def _sign(a: float) -> float:
    return 1.0 if a > 0 else -1.0 if a < 0 else a if a != a else 0.0


def _where(condition: float, a: float, b: float) -> float:
    return a if condition else b


def _sigmoid(a: float) -> float:
    """1/(1 + exp(-a)) without overflow on either side."""
    if a >= 0:
        return 1 / (1 + math.exp(-a))
    growth = math.exp(a)
    return growth / (1 + growth)


def _softplus(a: float) -> float:
    """log(1 + exp(a)) without overflow on either side."""
    return _maximum(a, 0.0) + math.log1p(math.exp(-abs(a)))


COMPARISONS = {
    "lt": Operation("lt", 2, lambda a, b: float(a < b)),
    "le": Operation("le", 2, lambda a, b: float(a <= b)),
    "gt": Operation("gt", 2, lambda a, b: float(a > b)),
    "ge": Operation("ge", 2, lambda a, b: float(a >= b)),
    "eq": Operation("eq", 2, lambda a, b: float(a == b)),
    "ne": Operation("ne", 2, lambda a, b: float(a != b)),
}

ARITHMETIC = {
    "neg": Operation("neg", 1, lambda a: -a, ("-1",)),
    "add": Operation("add", 2, lambda a, b: a + b, ("1", "1")),
    "sub": Operation("sub", 2, lambda a, b: a - b, ("1", "-1")),
    "mul": Operation("mul", 2, lambda a, b: a * b, ("b", "a")),
    "div": Operation("div", 2, _quotient, ("1/b", "-r/b"), "a divisor other than 0"),
    "pow": Operation("pow", 2, _power, ("b*a^(b-1)", "r*log(a)"), "a positive base for this exponent"),
}

FUNCTIONS = {
    "sqrt": Operation("sqrt", 1, _nan_outside(math.sqrt), ("1/(2*r)",), "a number that is not negative"),
    "cbrt": Operation("cbrt", 1, math.cbrt, ("1/(3*r^2)",)),
    "exp": Operation("exp", 1, _exponential, ("r",), rate="1"),
    "log": Operation("log", 1, _logarithm(math.log), ("1/a",), "a positive number"),
    "log2": Operation("log2", 1, _logarithm(math.log2), ("1/(a*log(2))",), "a positive number"),
    "log10": Operation("log10", 1, _logarithm(math.log10), ("1/(a*log(10))",), "a positive number"),
    "sin": Operation("sin", 1, _nan_outside(math.sin), ("cos(a)",), "a finite number"),
    "cos": Operation("cos", 1, _nan_outside(math.cos), ("-sin(a)",), "a finite number"),
    "tan": Operation("tan", 1, _nan_outside(math.tan), ("1/cos(a)^2",), "a finite number"),
    "asin": Operation("asin", 1, _nan_outside(math.asin), ("1/sqrt(1-a^2)",), "a number from -1 to 1"),
    "acos": Operation("acos", 1, _nan_outside(math.acos), ("-1/sqrt(1-a^2)",), "a number from -1 to 1"),
    "atan": Operation("atan", 1, math.atan, ("1/(1+a^2)",), computed=("1/hypot(1, a)/hypot(1, a)",)),
    "atan2": Operation(
        "atan2",
        2,
        math.atan2,
        ("b/(a^2+b^2)", "-a/(a^2+b^2)"),
        computed=("b/hypot(a, b)/hypot(a, b)", "-a/hypot(a, b)/hypot(a, b)"),
    ),
    "sinh": Operation("sinh", 1, _hyperbolic_sine, ("cosh(a)",), rate="1/tanh(a)"),
    "cosh": Operation("cosh", 1, _hyperbolic_cosine, ("sinh(a)",), rate="tanh(a)"),
    "tanh": Operation("tanh", 1, math.tanh, ("1/cosh(a)^2",), computed=("(1/cosh(a))^2",)),
    "asinh": Operation("asinh", 1, math.asinh, ("1/hypot(a,1)",)),
    "acosh": Operation(
        "acosh",
        1,
        _nan_outside(math.acosh),
        ("1/sqrt((a-1)*(a+1))",),
        "a number that is at least 1",
        computed=("1/sqrt(a-1)/sqrt(a+1)",),
    ),
    "atanh": Operation("atanh", 1, _inverse_tangent, ("1/((1-a)*(1+a))",), "a number between -1 and 1"),
    "log1p": Operation("log1p", 1, _logarithm_of_one_plus, ("1/(1+a)",), "a number greater than -1"),
    "expm1": Operation("expm1", 1, _exponential_minus_one, ("exp(a)",)),
    "floor": Operation("floor", 1, _whole(math.floor), ("0",)),
    "ceil": Operation("ceil", 1, _whole(math.ceil), ("0",)),
    "abs": Operation("abs", 1, abs, ("sign(a)",)),
    "sign": Operation("sign", 1, _sign, ("0",)),
    "min": Operation("min", 2, _minimum),
    "max": Operation("max", 2, _maximum),
    "where": Operation("where", 3, _where),
    "sigmoid": Operation("sigmoid", 1, _sigmoid, ("r*sigmoid(-a)",), computed=("(1/cosh(a/2))^2/4",), rate="sigmoid(-a)"),
    "softplus": Operation("softplus", 1, _softplus, ("sigmoid(a)",)),
    "erf": Operation("erf", 1, math.erf, ("2*exp(-a^2)/sqrt(pi)",)),
    "hypot": Operation("hypot", 2, math.hypot, ("a/r", "b/r")),
}

OPERATIONS = COMPARISONS | ARITHMETIC | FUNCTIONS


def overflows(operation: str, arguments: Sequence[float]) -> bool:
    """Whether a result that is not finite is an overflow, rather than a pole or a value outside the domain.

    Args:
        operation: its name.
        arguments: finite numbers.

    >>> overflows("exp", [1000.0]), overflows("log", [0.0])
    (True, False)
    """
    if not OPERATIONS[operation].domain:
        return True
    if operation == "div":
        return arguments[1] != 0
    return operation == "pow" and arguments[0] != 0 and math.isinf(_power(*arguments))


REDUCTIONS = {"mean": 1, "sum": 1}
"""The functions that make one number of all rows of a table, with their numbers of arguments."""
VECTOR_FUNCTIONS = {"grad": 1, "value": 1, "norm": 1, "dot": 2, "noise": 0, "solve": 2}
"""Further functions of an optimizer's equations, with their numbers of arguments: the gradient and the value of the
objective at a position, the Euclidean norm, the scalar product, standard normal noise, and `solve(H, v)`."""
