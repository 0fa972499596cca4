"""The table of operations: each stands beside its value and its derivative.

A derivative is written in the project's own notation: `a`, `b` are the arguments and `r` is the result, so the
entry of `sqrt` reads `1/(2*r)`. Where a function has a kink the derivative is one subgradient: `sign(0)` is 0
(so is the slope of `abs` there), `min` and `max` of equal arguments follow the first, `floor`, `ceil` and `sign`
are flat.

Values follow IEEE 754 as C, NumPy and JavaScript do: nothing raises, an overflow is an infinity, a pole is an
infinity, and outside a function's domain the value is not a number.
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
        name: how formulas and tapes call it.
        arity: how many arguments it takes.
        value: the IEEE value, which never raises.
        partials: the derivative by each argument, as formulas in `a`, `b` (arguments) and `r` (result), as a textbook has
            them; they do not cancel where the arguments are large.
        computed: the same as a machine computes them, where a textbook's form loses digits or overflows.
        rate: the derivative over the value, of what grows or shrinks exponentially: finite where both are not, or 0.
        domain: what the arguments must be for the value to be a finite number, as an ending of
            "log(x) needs ..."; empty where only an overflow can make the value infinite.
    """

    name: str
    arity: int
    value: Callable[..., float]
    partials: tuple[str, ...] = ()
    domain: str = ""
    computed: tuple[str, ...] = ()
    rate: str = ""


def quotient(a: float, b: float) -> float:
    if b:
        return a / b
    if not a or a != a or b != b:
        return NAN
    return math.copysign(INFINITY, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INFINITY if a < 0 and math.fmod(b, 2) else INFINITY
    except ValueError:
        if a:
            return NAN
        return math.copysign(INFINITY, a) if math.fmod(b, 2) in (1, -1) else INFINITY


def exponential(a: float) -> float:
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


def logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    """`function` with its pole at 0 and not a number below."""

    def value(a: float) -> float:
        if a > 0:
            return function(a)
        return NAN if a else -INFINITY

    return value


def _inverse_tangent(a: float) -> float:
    """atanh with its poles at -1 and 1."""
    return math.copysign(INFINITY, a) if abs(a) == 1 else partial(math.atanh)(a)


def _logarithm_of_one_plus(a: float) -> float:
    """log(1 + a) without cancellation near 0."""
    return -INFINITY if a == -1 else partial(math.log1p)(a)


def _exponential_minus_one(a: float) -> float:
    """exp(a) - 1 without cancellation near 0."""
    try:
        return math.expm1(a)
    except OverflowError:
        return INFINITY


def partial(function: Callable[..., float]) -> Callable[..., float]:
    """`function`, not a number outside its domain."""

    def value(*arguments: float) -> float:
        try:
            return function(*arguments)
        except ValueError:
            return NAN

    return value


def whole(function: Callable[[float], int]) -> Callable[[float], float]:
    """`function` (floor or ceil) as a float: an infinity passes unchanged, and `ceil(-0.5)` is -0.0."""

    def value(a: float) -> float:
        return math.copysign(function(a), a) if math.isfinite(a) else a

    return value


def minimum(a: float, b: float) -> float:
    return a if a <= b or a != a else b


def maximum(a: float, b: float) -> float:
    return a if a >= b or a != a else b


def sign(a: float) -> float:
    return 1.0 if a > 0 else -1.0 if a < 0 else a if a != a else 0.0


def where(condition: float, a: float, b: float) -> float:
    return a if condition else b


def sigmoid(a: float) -> float:
    """1/(1 + exp(-a)) without overflow on either side."""
    if a >= 0:
        return 1 / (1 + math.exp(-a))
    growth = math.exp(a)
    return growth / (1 + growth)


def softplus(a: float) -> float:
    """log(1 + exp(a)) without overflow on either side."""
    return maximum(a, 0.0) + math.log1p(math.exp(-abs(a)))


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
    "div": Operation("div", 2, quotient, ("1/b", "-r/b"), "a divisor other than 0"),
    "pow": Operation("pow", 2, power, ("b*a^(b-1)", "r*log(a)"), "a positive base for this exponent"),
}

FUNCTIONS = {
    "sqrt": Operation("sqrt", 1, partial(math.sqrt), ("1/(2*r)",), "a number that is not negative"),
    "cbrt": Operation("cbrt", 1, math.cbrt, ("1/(3*r^2)",)),
    "exp": Operation("exp", 1, exponential, ("r",), rate="1"),
    "log": Operation("log", 1, logarithm(math.log), ("1/a",), "a positive number"),
    "log2": Operation("log2", 1, logarithm(math.log2), ("1/(a*log(2))",), "a positive number"),
    "log10": Operation("log10", 1, logarithm(math.log10), ("1/(a*log(10))",), "a positive number"),
    "sin": Operation("sin", 1, partial(math.sin), ("cos(a)",), "a finite number"),
    "cos": Operation("cos", 1, partial(math.cos), ("-sin(a)",), "a finite number"),
    "tan": Operation("tan", 1, partial(math.tan), ("1/cos(a)^2",), "a finite number"),
    "asin": Operation("asin", 1, partial(math.asin), ("1/sqrt(1-a^2)",), "a number from -1 to 1"),
    "acos": Operation("acos", 1, partial(math.acos), ("-1/sqrt(1-a^2)",), "a number from -1 to 1"),
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
        partial(math.acosh),
        ("1/sqrt((a-1)*(a+1))",),
        "a number that is at least 1",
        computed=("1/sqrt(a-1)/sqrt(a+1)",),
    ),
    "atanh": Operation("atanh", 1, _inverse_tangent, ("1/((1-a)*(1+a))",), "a number between -1 and 1"),
    "log1p": Operation("log1p", 1, _logarithm_of_one_plus, ("1/(1+a)",), "a number greater than -1"),
    "expm1": Operation("expm1", 1, _exponential_minus_one, ("exp(a)",)),
    "floor": Operation("floor", 1, whole(math.floor), ("0",)),
    "ceil": Operation("ceil", 1, whole(math.ceil), ("0",)),
    "abs": Operation("abs", 1, abs, ("sign(a)",)),
    "sign": Operation("sign", 1, sign, ("0",)),
    "min": Operation("min", 2, minimum),
    "max": Operation("max", 2, maximum),
    "where": Operation("where", 3, where),
    "sigmoid": Operation("sigmoid", 1, sigmoid, ("r*sigmoid(-a)",), computed=("(1/cosh(a/2))^2/4",), rate="sigmoid(-a)"),
    "softplus": Operation("softplus", 1, softplus, ("sigmoid(a)",)),
    "erf": Operation("erf", 1, math.erf, ("2*exp(-a^2)/sqrt(pi)",)),
    "hypot": Operation("hypot", 2, math.hypot, ("a/r", "b/r")),
}

OPERATIONS = COMPARISONS | ARITHMETIC | FUNCTIONS


def overflows(operation: str, arguments: Sequence[float]) -> bool:
    """Whether a value that is not finite, of finite arguments, is an overflow rather than a pole or outside the domain."""
    if not OPERATIONS[operation].domain:
        return True
    if operation == "div":
        return arguments[1] != 0
    return operation == "pow" and arguments[0] != 0 and math.isinf(power(*arguments))


VECTOR_FUNCTIONS = {"grad": 1, "value": 1, "norm": 1, "dot": 2, "noise": 0, "solve": 2}
"""What an optimizer's equations may call besides, with the number of arguments: the gradient and the value of the
objective at a position, the Euclidean length, the scalar product, standard normal noise, and `solve(H, v)`."""
