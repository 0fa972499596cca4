"""Values against closed forms and Python's mathematics, at ordinary and at extreme arguments."""

import math

import pytest

from steepest.language.derivative import CHOICES
from steepest.language.expression import evaluate
from steepest.language.grammar import read_formula
from steepest.language.operations import COMPARISONS, FUNCTIONS, OPERATIONS, overflows

INF, NAN = math.inf, math.nan

VALUES = [  # formula, x, value
    ("sqrt(x)", 2.25, 1.5),
    ("cbrt(x)", -27, -3),
    ("exp(x)", 1, math.e),
    ("log(x)", math.e**2, 2),
    ("ln(x)", math.e, 1),
    ("log2(x)", 8, 3),
    ("log10(x)", 0.001, -3),
    ("sin(x)", math.pi / 6, 0.5),
    ("cos(x)", math.pi / 3, 0.5),
    ("tan(x)", math.pi / 4, 1),
    ("asin(x)", 0.5, math.pi / 6),
    ("acos(x)", 0.5, math.pi / 3),
    ("atan(x)", -1, -math.pi / 4),
    ("atan2(x, -1)", 1, 3 * math.pi / 4),
    ("sinh(x)", math.log(2), 0.75),
    ("cosh(x)", math.log(2), 1.25),
    ("tanh(x)", math.log(2), 0.6),
    ("asinh(x)", 0.75, math.log(2)),
    ("asinh(x)", -1e9, -21.41641301750636),
    ("asinh(x)", 1e-9, 1e-9),
    ("acosh(x)", 1.25, math.log(2)),
    ("atanh(x)", 0.6, math.log(2)),
    ("atanh(x)", -1e-9, -1e-9),
    ("log1p(x)", 1e-12, 9.999999999995e-13),
    ("log1p(x)", math.e - 1, 1),
    ("expm1(x)", 1e-12, 1.0000000000005e-12),
    ("expm1(x)", -50, -1),
    ("floor(x)", -1.5, -2),
    ("ceil(x)", -1.5, -1),
    ("abs(x)", -1.5, 1.5),
    ("sign(x)", -1.5, -1),
    ("sign(x)", 0, 0),
    ("min(x, 2, 3)", 1, 1),
    ("max(x, 2, 3)", 1, 3),
    ("where(x < 1, 2, 3)", 1, 3),
    ("where(x <= 1, 2, 3)", 1, 2),
    ("where(x == 1, 2, 3)", 1, 2),
    ("where(x != 1, 2, 3)", 1, 3),
    ("where(x > 1, 2, 3)", 1, 3),
    ("where(x >= 1, 2, 3)", 1, 2),
    ("sigmoid(x)", math.log(3), 0.75),
    ("softplus(x)", math.log(3), math.log(4)),
    ("erf(x)", 1, 0.8427007929497149),
    ("hypot(x, 4)", 3, 5),
    ("pi x + e", 1, math.pi + math.e),
    ("-x^2", 3, -9),
    ("2^3^x", 2, 512),
    ("2^-x", 2, 0.25),
    ("1/2x", 4, 2),
    ("x/2/4", 8, 1),
    ("8 - x - 2", 1, 5),
    ("|x - 2abs(x)|", -3, 9),
]

EXTREMES = [
    ("1/x", 0.0, INF),
    ("1/x", -0.0, -INF),
    ("x/x", 0.0, NAN),
    ("x/0.5", NAN, NAN),
    ("sqrt(x)", -1.0, NAN),
    ("log(x)", 0.0, -INF),
    ("log(x)", -1.0, NAN),
    ("log2(x)", 0.0, -INF),
    ("log10(x)", -1.0, NAN),
    ("exp(x)", 1e3, INF),
    ("exp(x)", -1e3, 0.0),
    ("sinh(x)", -1e3, -INF),
    ("cosh(x)", -1e3, INF),
    ("tanh(x)", 1e3, 1.0),
    ("sin(x)", INF, NAN),
    ("cos(x)", INF, NAN),
    ("tan(x)", -INF, NAN),
    ("asin(x)", 1.5, NAN),
    ("acos(x)", -1.5, NAN),
    ("acosh(x)", 0.5, NAN),
    ("asinh(x)", -INF, -INF),
    ("atanh(x)", 1.0, INF),
    ("atanh(x)", -1.0, -INF),
    ("atanh(x)", 1.5, NAN),
    ("log1p(x)", -1.0, -INF),
    ("log1p(x)", -1.5, NAN),
    ("expm1(x)", 1e3, INF),
    ("expm1(x)", -1e3, -1.0),
    ("floor(x)", INF, INF),
    ("ceil(x)", NAN, NAN),
    ("ceil(x)", -0.5, -0.0),
    ("sign(x)", NAN, NAN),
    ("min(x, 1)", NAN, NAN),
    ("max(1, x)", NAN, NAN),
    ("sigmoid(x)", 1e3, 1.0),
    ("sigmoid(x)", -1e3, 0.0),
    ("sigmoid(x)", NAN, NAN),
    ("softplus(x)", 1e3, 1e3),
    ("softplus(x)", -1e3, 0.0),
    ("softplus(x)", NAN, NAN),
    ("x^x", 0.0, 1.0),
    ("x^-1", 0.0, INF),
    ("x^-1", -0.0, -INF),
    ("x^-2", -0.0, INF),
    ("x^-1.5", 0.0, INF),
    ("x^3", -1e200, -INF),
    ("x^2", -1e200, INF),
    ("x^0.5", -1.0, NAN),
    ("x*x", 1e200, INF),
    ("x + 1", NAN, NAN),
    ("hypot(x, 1)", INF, INF),
]


@pytest.mark.parametrize(("formula", "x", "value"), VALUES)
def test_values(formula: str, x: float, value: float) -> None:
    assert evaluate(read_formula(formula).expression, {"x": x}) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(("formula", "x", "value"), EXTREMES)
def test_values_follow_ieee_754(formula: str, x: float, value: float) -> None:
    found = evaluate(read_formula(formula).expression, {"x": x})
    assert (math.isnan(found) and math.isnan(value)) or (found, math.copysign(1, found)) == (value, math.copysign(1, value))


def test_no_value_raises() -> None:
    extremes = (-INF, -1e308, -1.5, -1.0, -5e-324, -0.0, 0.0, 5e-324, 0.5, 1.0, 2.0, 1e308, INF, NAN)
    for operation in OPERATIONS.values():
        for a in extremes:
            for b in extremes if operation.arity > 1 else (0.0,):
                value = operation.value(*(a, b, 1.0)[: operation.arity])
                assert type(value) is float, (operation.name, a, b)


@pytest.mark.parametrize(
    ("operation", "arguments", "expected"),
    [
        ("exp", (1e3,), True),
        ("mul", (1e200, 1e200), True),
        ("div", (1e200, 1e-200), True),
        ("div", (1.0, 0.0), False),
        ("pow", (1e200, 2.0), True),
        ("pow", (0.0, -1.0), False),
        ("pow", (-8.0, 0.5), False),
        ("log", (0.0,), False),
    ],
)
def test_an_overflow_is_told_from_a_pole(operation: str, arguments: tuple[float, ...], expected: bool) -> None:
    assert not math.isfinite(OPERATIONS[operation].value(*arguments))
    assert overflows(operation, arguments) is expected


@pytest.mark.parametrize("word", FUNCTIONS)
def test_every_function_has_a_value_and_a_derivative(word: str) -> None:
    operation = FUNCTIONS[word]
    assert operation.name == word
    assert any(f"{word}(" in formula for formula, _, _ in VALUES)
    assert len(operation.partials) == (0 if word in CHOICES else operation.arity)


def test_comparisons_are_no_functions() -> None:
    assert not COMPARISONS.keys() & FUNCTIONS.keys()


@pytest.mark.parametrize(
    ("formula", "x", "value"),
    [
        ("where(x > 0, log(x), 0)", -1, 0),
        ("where(x != 0, sin(x)/x, 1)", 0, 1),
        ("where(x < 700, exp(x), 1)", 1000, 1),
        ("where(x < 0, sqrt(-x), where(x > 1, sqrt(x-1), 7))", 0.5, 7),
        ("2 where(x >= 0, x^0.5, 0) + 1", -4, 1),
    ],
)
def test_the_branch_not_taken_is_not_felt(formula: str, x: float, value: float) -> None:
    assert evaluate(read_formula(formula).expression, {"x": x}) == value
