"""Derivatives as a textbook prints them, against central differences and against SymPy."""

import math
from collections.abc import Callable

import pytest
import sympy

from steepest.language.derivative import derivative, gradient, jacobian
from steepest.language.expression import Expression, evaluate, names
from steepest.language.grammar import read_formula
from steepest.language.notation import textbook
from steepest.language.operations import FUNCTIONS

Oracle = Callable[[Expression], sympy.Expr]

TEXTBOOK = {
    "x^2": "2x",
    "2x^2 - 4x": "4x - 4",
    "x^4 - 3x^3 + 2": "4x^3 - 9x^2",
    "x^3/3": "x^2",
    "x^2/3": "2x/3",
    "x/3 + x/6": "1/2",
    "0.26x^2": "0.52x",
    "x": "1",
    "-x": "-1",
    "5x": "5",
    "1/x": "-1/x^2",
    "x^-2": "-2/x^3",
    "sqrt(x)": "1/(2sqrt(x))",
    "x^(1/3)": "1/(3x^(2/3))",
    "x^1.5": "1.5x^0.5",
    "(2x+1)^3": "6(2x+1)^2",
    "exp(-x^2)": "-2x exp(-x^2)",
    "e^x": "e^x",
    "e^(2x)": "2 e^(2x)",
    "2^x": "2^x log(2)",
    "log(x)": "1/x",
    "log2(x)": "1/(x log(2))",
    "log(1+x^2)": "2x/(1+x^2)",
    "x log(x)": "log(x) + 1",
    "x^2 exp(-x)": "2x exp(-x) - x^2 exp(-x)",
    "sin(x)": "cos(x)",
    "cos(2x)": "-2sin(2x)",
    "sin(x)^2": "2sin(x)cos(x)",
    "tan(x)": "1/cos^2(x)",
    "x cos(0.15pi x)": "cos(0.15pi x) - 0.15pi x sin(0.15pi x)",
    "atan(x)": "1/(1+x^2)",
    "tanh(x)": "1/cosh^2(x)",
    "sigmoid(x)": "sigmoid(x)sigmoid(-x)",
    "1/cosh(x)": "-tanh(x)/cosh(x)",
    "log(cosh(x))": "tanh(x)",
    "x/exp(x)": "(1-x)/exp(x)",
    "sqrt(exp(x))": "sqrt(exp(x))/2",
    "softplus(x)": "sigmoid(x)",
    "|x|": "sign(x)",
    "floor(x)": "0",
    "where(x<0, x^2, -x)": "where(x < 0, 2x, -1)",
    "where(x<0, 1, 2)": "0",
    "1/(1+x^2)": "-2x/(1+x^2)^2",
    "x/(1+x^2)": "(1-x^2)/(1+x^2)^2",
    "3x/(1+x^2) + x": "3(1-x^2)/(1+x^2)^2 + 1",
    "x^2/(1+x^2)": "2x/(1+x^2)^2",
    "(x^2-1)/(x^2+1)": "4x/(x^2+1)^2",
    "(x+1)/(x-1)": "-2/(x-1)^2",
    "(x-1)/(x^2+1)^2": "(1+4x-3x^2)/(x^2+1)^3",
    "sin(x)/x": "(x cos(x)-sin(x))/x^2",
    "x/sqrt(1+x^2)": "1/sqrt(1+x^2)^3",
    "exp(x)/(1+exp(x))": "exp(x)/(1+exp(x))^2",
    "1/(1+exp(-x))": "exp(-x)/(1+exp(-x))^2",
}

TEXTBOOK_GRADIENTS = {
    "sin(x)cos(y)": ("cos(x)cos(y)", "-sin(x)sin(y)"),
    "x y": ("y", "x"),
    "x/y": ("1/y", "-x/y^2"),
    "(1-x)^2 + 100(y-x^2)^2": ("-2(1-x) - 400x(y-x^2)", "200(y-x^2)"),
    "(x^2+y-11)^2 + (x+y^2-7)^2": ("4x(x^2+y-11) + 2(x+y^2-7)", "2(x^2+y-11) + 4y(x+y^2-7)"),
    "0.26(x^2+y^2) - 0.48x y": ("0.52x - 0.48y", "0.52y - 0.48x"),
    "x^2 - y^2": ("2x", "-2y"),
    "hypot(x, y)": ("x/hypot(x, y)", "y/hypot(x, y)"),
    "atan2(y, x)": ("-y/(y^2+x^2)", "x/(y^2+x^2)"),
    "x^n": ("x^n log(x)", "n x^(n-1)"),
}


@pytest.mark.parametrize(("formula", "expected"), TEXTBOOK.items())
def test_prints_as_a_textbook(formula: str, expected: str) -> None:
    assert textbook(derivative(read_formula(formula).expression, "x")) == expected


@pytest.mark.parametrize(("formula", "expected"), TEXTBOOK_GRADIENTS.items())
def test_prints_gradients_as_a_textbook(formula: str, expected: tuple[str, ...]) -> None:
    expression, parameters = read_formula(formula)
    assert tuple(textbook(derivative(expression, name)) for name in parameters) == expected


SMOOTH = [  # formulas and where they are smooth
    *((formula, (0.3, 1.7)) for formula in [*TEXTBOOK, *TEXTBOOK_GRADIENTS] if "floor" not in formula),
    *((f"{word}(x)", (-1.3, 0.4, 2.2)) for word in ("exp", "sin", "cos", "atan", "sinh", "cosh", "tanh", "abs", "erf", "cbrt")),
    *((f"{word}(x)", (-40.0, -1.3, 0.0, 40.0)) for word in ("sigmoid", "softplus")),
    *((f"{word}(x)", (0.2, 1.0, 7.5)) for word in ("sqrt", "log", "log2", "log10")),
    *((f"{word}(x)", (-0.7, 1e-3, 0.6)) for word in ("asinh", "atanh", "log1p", "expm1")),
    ("acosh(x)", (1.2, 3.0)),
    *((f"{word}(x)", (-0.9, 0.0, 0.6)) for word in ("asin", "acos", "tan")),
    *((f"{word}(x^2, y+1)", (-1.7, 0.4)) for word in ("atan2", "min", "max", "hypot")),
    ("max(x, y, x y)", (-1.5, 0.7)),
    ("where(x < y^2, sin(x y), x^3)", (-1.1, 0.3, 2.0)),
    ("x^y", (0.3, 2.1)),
    ("(x^2+1)^(sin y)", (-0.7, 1.2)),
    ("-sin(x)sin(x^2/pi)^20", (1.1, 2.2)),
    ("0.5 + (sin(x^2-y^2)^2 - 0.5)/(1 + 0.001(x^2+y^2))^2", (0.7, -3.0)),
    ("-20exp(-0.2sqrt(0.5(x^2+y^2))) - exp(0.5(cos(2pi x)+cos(2pi y))) + e + 20", (0.7, -3.2)),
]
CASES = [(formula, x) for formula, points in SMOOTH for x in points]


def symbolic(point: dict[str, float]) -> dict[sympy.Symbol, float]:
    return {sympy.Symbol(name, real=True): value for name, value in point.items()}


@pytest.mark.parametrize(("formula", "x"), CASES)
def test_equals_central_differences_and_sympy(formula: str, x: float, to_sympy: Oracle) -> None:
    expression, parameters = read_formula(formula)
    point = dict(zip(("x", *(name for name in parameters if name != "x")), (x, 0.8), strict=False))
    reverse = dict(zip(parameters, gradient(expression, parameters), strict=True))
    oracle = to_sympy(expression)
    for name in parameters:
        forward, backward = evaluate(derivative(expression, name), point), evaluate(reverse[name], point)
        h = 1e-5 * max(1.0, abs(point[name]))
        left, right = (evaluate(expression, point | {name: point[name] + step}) for step in (-h, h))
        assert forward == pytest.approx((right - left) / (2 * h), rel=1e-6, abs=1e-8)
        exact = float(oracle.diff(sympy.Symbol(name, real=True)).subs(symbolic(point)).evalf(30))
        assert [forward, backward] == pytest.approx([exact, exact], rel=1e-12, abs=1e-15)


def test_every_function_is_compared() -> None:
    for word in FUNCTIONS.keys() - {"floor", "ceil", "sign"}:
        assert any(f"{word}(" in formula for formula, _ in SMOOTH), word


KINKS = [  # formula, x, the documented subgradient
    ("abs(x)", 0.0, 0),
    ("sign(x)", 0.0, 0),
    ("floor(x)", 2.0, 0),
    ("ceil(x)", 2.5, 0),
    ("max(x, 0)", 0.0, 1),
    ("max(0, x)", 0.0, 0),
    ("min(x, 0)", 0.0, 1),
    ("min(0, 3x)", 0.0, 0),
    ("max(x, 2x)", 0.0, 1),
    ("where(x < 1, x, 5x)", 1.0, 5),
    ("x^2 + x", -0.0, 1),
    ("|x|^3", 0.0, 0),
    # the branch that is not taken is not felt
    ("where(x > 0, log(x), 2x)", -1.0, 2),
    ("where(x > 0, log(x), 0)", 0.0, 0),
    ("where(x != 0, sin(x)/x, 1)", 0.0, 0),
    ("where(x < 700, exp(x), x)", 1000.0, 1),
    ("3 where(x > 0, sqrt(x), x)^2", -2.0, -12),
    ("where(x > 0, where(x > 1, log(x-1), x), 1/x)", 0.5, 1),
    ("where(x < 0, sqrt(-x), x) + where(x >= 0, x, 1/x^0.5)", 0.0, 2),
]


@pytest.mark.parametrize(("formula", "x", "slope"), KINKS)
def test_at_kinks(formula: str, x: float, slope: float) -> None:
    expression = read_formula(formula).expression
    assert evaluate(derivative(expression, "x"), {"x": x}) == slope
    assert evaluate(gradient(expression, ["x"])[0], {"x": x}) == slope


@pytest.mark.parametrize(
    "formula",
    [
        "(1-x)^2 + 100(y-x^2)^2",
        "sin(x+y) + (x-y)^2 - 1.5x + 2.5y + 1",
        "exp(-x^2)/(1+y^2)",
        "x^y + log(x y)",
        "tanh(x y) sigmoid(x - y)",
        "where(x > y, x^3 y, sqrt(x))",
        "|x - 2|^3 y + z^2 x",
        "hypot(x, y) + atan2(y, x)",
    ],
)
def test_hessian_equals_sympy(formula: str, to_sympy: Oracle) -> None:
    expression, parameters = read_formula(formula)
    symbols = [sympy.Symbol(name, real=True) for name in parameters]
    rows = jacobian(gradient(expression, parameters), parameters)
    for x, y in ((0.4, 1.3), (1.9, 0.7)):
        point = {"x": x, "y": y, "z": -0.5}
        exact = sympy.hessian(to_sympy(expression), symbols).subs(symbolic(point)).evalf(30)
        found = [evaluate(cell, point) for row in rows for cell in row]
        assert found == pytest.approx([float(value) for value in exact], rel=1e-11, abs=1e-13)


def test_a_gradient_costs_a_small_multiple_of_the_value() -> None:
    from steepest.language.expression import postorder

    expression, parameters = read_formula("sin(" * 20 + "x*y + z" + ")" * 20)
    assert len(list(postorder(*gradient(expression, parameters)))) < 5 * len(list(postorder(expression)))


@pytest.mark.parametrize("formula", TEXTBOOK)
def test_no_clutter(formula: str) -> None:
    text = textbook(derivative(read_formula(formula).expression, "x"))
    assert not any(clutter in text for clutter in ("1.0", "1*", "^1 ", "^1)", "+ -", "- -", "0*", "*0", "--"))


@pytest.mark.parametrize(
    "text", ["/".join(["(x+1)"] * 240), "*".join(f"sin({k}x)" for k in range(190)), "max(" + "x,y," * 240 + "0)"]
)
def test_long_formulas_have_derivatives(text: str) -> None:
    expression, parameters = read_formula(text)
    assert names(derivative(expression, "x")) <= set(parameters)
    assert math.isfinite(evaluate(gradient(expression, parameters)[0], {"x": 0.5, "y": 0.25}))


FAR_OUT = [  # formula, x, slope, second derivative: computed with 60 digits
    ("tanh(x)", 1e-300, 1.0, -2e-300),
    ("tanh(x)", 0.3, 0.9151369618266292, -0.5331818782014544),
    ("tanh(x)", -19.06, 1.113664410734558e-16, 2.227328821469116e-16),
    ("tanh(x)", 25.0, 7.714999391855671e-22, -1.5429998783711343e-21),
    ("tanh(x)", 350.0, 3.943870617503908e-304, -7.887741235007817e-304),
    ("sigmoid(x)", 1e-300, 0.25, -1.25e-301),
    ("sigmoid(x)", -1.5, 0.14914645207033286, 0.09473021278475267),
    ("sigmoid(x)", 36.0, 2.319522830243568e-16, -2.319522830243567e-16),
    ("sigmoid(x)", 37.0, 8.533047625744065e-17, -8.533047625744063e-17),
    ("sigmoid(x)", -40.0, 4.248354255291589e-18, 4.248354255291589e-18),
    ("sigmoid(x)", 700.0, 9.85967654375977e-305, -9.85967654375977e-305),
    ("softplus(x)", 40.0, 1.0, 4.248354255291589e-18),
    ("softplus(x)", -40.0, 4.248354255291589e-18, 4.248354255291589e-18),
    ("softplus(x)", 700.0, 1.0, 9.85967654375977e-305),
    ("1/cosh(x)", 1e-09, -1e-09, -1.0),
    ("1/cosh(x)", 2.0, -0.2562406794416764, 0.22824393540420507),
    ("1/cosh(x)", -40.0, 8.496708510583178e-18, 8.496708510583178e-18),
    ("1/cosh(x)", 400.0, -3.8303391934280114e-174, 3.8303391934280114e-174),
    ("1/cosh(x)", 700.0, -1.971935308751954e-304, 1.971935308751954e-304),
    ("log(cosh(x))", 1e-09, 1e-09, 1.0),
    ("log(cosh(x))", -20.0, -1.0, 1.6993417021166355e-17),
    ("log(cosh(x))", 40.0, 1.0, 7.219405551381661e-35),
    ("log(cosh(x))", 300.0, 1.0, 1.0601586212017243e-260),
    ("1/cosh(x)^2", 30.0, -7.005208610157216e-26, None),
    ("1/cosh(x)^2", -350.0, 7.887741235007817e-304, None),
    ("x/exp(x)", 40.0, -1.6568581595637197e-16, 1.6143746170108038e-16),
    ("x/exp(x)", 700.0, -6.891913904088079e-302, 6.88205422754432e-302),
    ("atan(x)", 1e-200, 1.0, -2e-200),
    ("atan(x)", 3.0, 0.1, -0.06),
    ("atan(x)", 1e90, 1e-180, -2e-270),
    ("atan(x)", -1e150, 1e-300, 0.0),
    ("erf(x)", 3.0, 0.00013925305194674786, -0.0008355183116804871),
    ("erf(x)", -26.0, 2.9470349932662697e-294, 1.53245819649846e-292),
    ("exp(-x^2)", 5.0, -1.3887943864964022e-10, 1.361018498766474e-09),
    ("exp(-x^2)", -26.0, 1.3581057158677088e-292, 7.056926238989518e-291),
    ("log(sigmoid(x))", 40.0, 4.248354255291589e-18, None),
    ("log(sigmoid(x))", -40.0, 1.0, None),
    ("tanh(x)^2", 20.0, 3.398683404233271e-17, -6.797366808466542e-17),
    ("tanh(x)^2", -300.0, -2.1203172424034486e-260, -4.240634484806897e-260),
    ("log(sigmoid(x))", -700.0, 1.0, None),
    ("1/cosh(x)", 1e300, 0.0, 0.0),
    ("tanh(x)", -1e300, 0.0, 0.0),
    ("x/exp(x)", 800.0, 0.0, 0.0),
    ("x/2^x", 2000.0, 0.0, 0.0),
    ("1/sqrt(cosh(x))", 1e5, 0.0, 0.0),
    ("exp(x)^-1", 1e5, 0.0, 0.0),
    ("sqrt(exp(-x^2))", 1e5, 0.0, 0.0),
    ("erf(x)", 1e200, 0.0, 0.0),
    ("softplus(x)", -1e300, 0.0, 0.0),
]


@pytest.mark.parametrize(("formula", "x", "slope", "second"), FAR_OUT)
def test_derivatives_keep_their_digits_far_out(formula: str, x: float, slope: float, second: float | None) -> None:
    expression = read_formula(formula).expression
    (computed,) = gradient(expression, ["x"])
    for form in (computed, derivative(expression, "x")):
        assert evaluate(form, {"x": x}) == pytest.approx(slope, rel=2e-13, abs=1e-307)
    if second is not None:
        (curvature,) = gradient(computed, ["x"])
        assert evaluate(curvature, {"x": x}) == pytest.approx(second, rel=2e-13, abs=1e-307)


@pytest.mark.parametrize(("y", "x"), [(3e200, 4e200), (3e-200, 4e-200), (-3e300, 4e300), (3e-300, -4e-300), (3.0, 4.0)])
def test_an_angle_has_slopes_at_any_magnitude(y: float, x: float) -> None:
    by_x, by_y = gradient(read_formula("atan2(y, x)").expression, ["x", "y"])
    length = math.hypot(x, y)
    assert evaluate(by_x, {"x": x, "y": y}) == pytest.approx(-y / length / length, rel=1e-15)
    assert evaluate(by_y, {"x": x, "y": y}) == pytest.approx(x / length / length, rel=1e-15)


POWERS = [  # formula, point, gradient: 0 is flat under a positive exponent
    ("0^x + x", {"x": 2.0}, [1.0]),
    ("0^x", {"x": 1e-300}, [0.0]),
    ("x^y", {"x": 0.0, "y": 2.0}, [0.0, 0.0]),
    ("x^y", {"x": 0.0, "y": 1.0}, [1.0, 0.0]),
    ("x^y", {"x": 0.0, "y": 0.5}, [math.inf, 0.0]),
    ("x^y", {"x": 2.0, "y": 0.0}, [0.0, math.log(2)]),
    ("x^y", {"x": -2.0, "y": 2.0}, [-4.0, math.nan]),
    ("(-2)^x", {"x": 2.0}, [math.nan]),
    ("0^x", {"x": 0.0}, [-math.inf]),
    ("(x^2)^y", {"x": 0.0, "y": 1.5}, [0.0, 0.0]),
]


@pytest.mark.parametrize(("formula", "point", "slopes"), POWERS)
def test_powers_of_zero_and_below(formula: str, point: dict[str, float], slopes: list[float]) -> None:
    found = [evaluate(slope, point) for slope in gradient(read_formula(formula).expression, list(point))]
    assert found == pytest.approx(slopes, nan_ok=True)


def test_a_power_of_zero_has_second_derivatives() -> None:
    rows = jacobian(gradient(read_formula("x^y").expression, ["x", "y"]), ["x", "y"])
    assert [evaluate(cell, {"x": 0.0, "y": 3.0}) for row in rows for cell in row] == [0.0, 0.0, 0.0, 0.0]


def test_the_branch_that_max_leaves_does_not_count() -> None:
    (slope,) = gradient(read_formula("max(sqrt(x), 1)").expression, ["x"])
    assert evaluate(slope, {"x": 0.0}) == 0.0


@pytest.mark.parametrize(
    ("formula", "position", "slopes"),
    [
        ("x^y", (0.0, 2.0), (0.0, 0.0)),
        ("x^y", (0.0, 1.0), (1.0, 0.0)),
        ("x^y", (0.0, 0.5), (math.inf, 0.0)),
        ("(x^2)^y", (0.0, 2.0), (0.0, 0.0)),
        ("|x|^y", (0.0, 1.5), (0.0, 0.0)),
        ("3x^y + y", (0.0, 3.0), (0.0, 1.0)),
        ("x^y", (2.0, 3.0), (12.0, 8 * math.log(2))),
        ("x^y", (0.0, 0.0), (0.0, -math.inf)),
        ("x^y", (-1.0, 2.0), (-2.0, math.nan)),
    ],
)
def test_the_slope_of_a_power_by_its_exponent_where_the_power_is_0(
    formula: str, position: tuple[float, ...], slopes: tuple[float, ...]
) -> None:
    """`0^b` is 0 for every positive b, whatever the log of 0 is."""
    expression, names = read_formula(f"f(x, y) = {formula}")
    values = dict(zip(names, position, strict=True))
    found = [evaluate(part, values) for part in gradient(expression, names)]
    assert found == pytest.approx(slopes, nan_ok=True)


def test_a_second_derivative_of_a_power_at_0() -> None:
    expression, names = read_formula("x^y")
    ((xx, _), (_, yy)) = jacobian(gradient(expression, names), names)
    assert (evaluate(xx, {"x": 0.0, "y": 2.0}), evaluate(yy, {"x": 0.0, "y": 2.0})) == (2.0, 0.0)
