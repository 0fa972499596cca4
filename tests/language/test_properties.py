"""What holds for every expression and for every text."""

import math
import pickle
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import TypeVar
from xml.etree import ElementTree

import sympy
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from steepest.errors import FormulaError
from steepest.language.derivative import derivative, gradient
from steepest.language.expression import Expression, call, constant, evaluate, name, names, number, postorder
from steepest.language.grammar import read_assignments, read_formula
from steepest.language.latex import latex
from steepest.language.mathml import mathml
from steepest.language.notation import plain, read_as, textbook
from steepest.language.operations import COMPARISONS, FUNCTIONS
from steepest.language.simplify import tidy, tidy_quotient
from steepest.language.tokens import DIGITS, GREEK, LETTERS, SIGNS, SUBSCRIPTS, SUPERSCRIPTS

Text = TypeVar("Text")
Read = TypeVar("Read")
Oracle = Callable[[Expression], sympy.Expr]

steady = partial(settings, deadline=None, derandomize=True, database=None)

NAMES = ("x", "y", "t", "E", "theta", "alpha", "x_1", "b2", "abc", "grid", "sin_1", "i", "J")
SMOOTH = ("exp", "sin", "cos", "tan", "atan", "tanh", "sigmoid", "softplus", "erf", "sinh", "cosh", "log", "sqrt")


def grown(leaves: st.SearchStrategy[Expression], functions: tuple[str, ...], size: int) -> st.SearchStrategy[Expression]:
    """Expressions over the leaves, with arithmetic and functions."""

    def grow(parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
        operations = [partial(call, word) for word in functions if FUNCTIONS[word].arity == 1]
        pairs = [word for word in functions if FUNCTIONS[word].arity == 2]
        binary = st.sampled_from(["add", "sub", "mul", "mul", "div", *pairs])
        kinds = [
            st.builds(call, binary, parts, parts),
            st.builds(call, binary, parts, parts),
            st.builds(call, st.just("pow"), parts, st.one_of(parts, st.integers(-3, 4).map(number))),
            st.builds(partial(call, "neg"), parts),
            st.sampled_from(operations).flatmap(lambda operation: parts.map(operation)),
        ]
        if "where" in functions:
            conditions = st.builds(call, st.sampled_from(list(COMPARISONS)), parts, parts)
            kinds.append(st.builds(partial(call, "where"), conditions, parts, parts))
        return st.one_of(kinds)

    return st.recursive(leaves, grow, max_leaves=size)


def readable(expression: Expression) -> bool:
    """Whether it has a parameter, and constant parts that are finite numbers."""
    constants = (node for node in postorder(expression) if node.is_constant)
    return bool(names(expression)) and all(math.isfinite(evaluate(node)) for node in constants)


numbers = (
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-20, 20).map(float) | st.sampled_from([0.5, 0.1, 1e-8, 1e20])
)
any_leaf = st.one_of(st.sampled_from(NAMES).map(name), st.sampled_from(["pi", "e"]).map(constant), numbers.map(number))
expressions = grown(any_leaf, tuple(FUNCTIONS), 20).filter(readable)
plain_leaf = st.sampled_from(["x", "x", "y"]).map(name) | st.sampled_from([-2.0, -1.0, 0.5, 1.0, 2.0, 3.0]).map(number)
smooth = grown(plain_leaf, SMOOTH, 8).filter(readable)
coordinate = st.integers(200, 1900).map(lambda thousandths: thousandths / 1000)
points = st.fixed_dictionaries({"x": coordinate, "y": coordinate | coordinate.map(lambda value: -value)})


@given(expressions)
@steady(max_examples=1_000)
def test_print_then_read_is_the_identity(expression: Expression) -> None:
    for write in (plain, textbook):
        text = write(expression)
        if len(text) <= 2_000:
            assert read_formula(text).expression is expression
    assert read_as(plain(expression), plain(expression)) is None


@given(expressions, st.dictionaries(st.sampled_from(NAMES), st.floats(), max_size=4))
@steady(max_examples=300)
def test_every_notation_is_well_formed(expression: Expression, values: dict[str, float]) -> None:
    for put_in in (None, values):
        ElementTree.fromstring(mathml(expression, put_in))
        text = latex(expression, put_in)
        assert text.count("{") == text.count("}")
        assert text.count(r"\left(") == text.count(r"\right)")
        assert "--" not in text
    assert pickle.loads(pickle.dumps(expression)) is expression


def tame(expression: Expression, point: dict[str, float], largest: float = 1e4) -> bool:
    """Whether rounding does not matter at the point: no part is large, undefined or nearly 0."""
    values = [abs(evaluate(node, point)) for node in postorder(expression) if node.operation != "number"]
    return all(1 / largest < value < largest for value in values)


@given(grown(plain_leaf, tuple(FUNCTIONS), 12), points)
@steady(max_examples=500)
def test_tidying_keeps_the_value(expression: Expression, point: dict[str, float]) -> None:
    assume(tame(expression, point))
    value = evaluate(expression, point)
    for form in (tidy(expression), tidy_quotient(expression)):
        assert math.isclose(evaluate(form, point), value, rel_tol=1e-6, abs_tol=1e-6)


@given(grown(plain_leaf, tuple(FUNCTIONS), 12))
@steady(max_examples=300)
def test_tidying_twice_changes_nothing(expression: Expression) -> None:
    once = tidy(expression)
    assert tidy(once) is once


def has_isolated_power(expression: Expression, point: dict[str, float]) -> bool:
    """Whether a negative number has a power that varies: it is defined at whole exponents only, and has no slope."""
    powers = [node.arguments for node in postorder(expression) if node.operation == "pow"]
    return any(evaluate(base, point) < 0 and names(exponent) for base, exponent in powers)


@given(smooth, points)
@steady(max_examples=300)
def test_a_derivative_equals_central_differences(expression: Expression, point: dict[str, float]) -> None:
    assume(tame(expression, point, 100) and not has_isolated_power(expression, point))
    for slope, parameter in zip(gradient(expression, ("x", "y")), ("x", "y"), strict=True):
        found, h = evaluate(slope, point), 1e-5
        values = [evaluate(expression, point | {parameter: point[parameter] + step * h}) for step in (-2, -1, 1, 2)]
        rough, fine = (values[3] - values[0]) / (4 * h), (values[2] - values[1]) / (2 * h)
        assume(math.isclose(rough, fine, rel_tol=1e-5, abs_tol=1e-5))  # smooth around the point
        assert math.isclose(found, fine, rel_tol=1e-3, abs_tol=1e-3)
        assert math.isclose(evaluate(derivative(expression, parameter), point), found, rel_tol=1e-6, abs_tol=1e-6)


@given(grown(plain_leaf, SMOOTH, 5).filter(readable), points)
@steady(max_examples=100)
def test_a_derivative_equals_sympy(to_sympy: Oracle, expression: Expression, point: dict[str, float]) -> None:
    assume(tame(expression, point, 100))
    found = evaluate(derivative(expression, "x"), point)
    symbols = {sympy.Symbol(name, real=True): value for name, value in point.items()}
    exact = to_sympy(expression).diff(sympy.Symbol("x", real=True)).subs(symbols).evalf(30)
    assume(exact.is_real)
    assert math.isclose(found, float(exact), rel_tol=1e-8, abs_tol=1e-8)


def outcome(read: Callable[[Text], Read], text: Text) -> Read | FormulaError:
    try:
        return read(text)
    except FormulaError as error:
        return error


words = st.sampled_from([*FUNCTIONS, *NAMES, *GREEK, "ln", "log_2", "xy", "sinx", "lambda", "if", "nan", "i", "pi", "e", "norm"])
signs = st.sampled_from([*SIGNS, *SUPERSCRIPTS, *SUBSCRIPTS, *LETTERS, *"+-*/^(),|=<>._; \n", "**", "==", "√", "\ufeff", "\ud800"])
digits = st.sampled_from(sorted(DIGITS)) | st.sampled_from(["1e400", "0.5", "1e-9", "2e", ".", "1,5"])
likely = st.lists(words | signs | digits | st.sampled_from("xy2+-*^()|"), max_size=25).map("".join)
bracketed = st.lists(st.sampled_from(["(", ")", "|", "x", "sin", "-", "2", "^", "*", "+", "max(", ",", " "]), max_size=40).map(
    "".join
)


@given(st.one_of(st.text(), st.text(max_size=3_000), likely, likely, bracketed))
@example("-" * 1_999 + "x")
@example("x" + "^-x" * 60)
@example("sin -" * 40 + "x")
@example("(" * 64 + "x²" + ")" * 64)
@example("+".join(["x⁻¹"] * 250))
@example("max(" + "x," * 400 + "y)")
@steady(max_examples=3_000)
def test_any_text_is_an_expression_or_a_formula_error(
    counted_calls: Callable[[], AbstractContextManager[list[int]]], text: str
) -> None:
    with counted_calls() as count:
        _check_text(text)
    assert count[0] < 5_000_000


def _check_text(text: str) -> None:
    read = outcome(read_formula, text)
    if isinstance(read, FormulaError):
        assert read.text == text
        assert 0 <= read.position <= len(text)
        assert str(read).count("\n") == 2
    else:
        expression, parameters = read
        assert 0 < len(parameters) <= 16
        for write in (plain, textbook):
            if len(write(expression)) <= 2_000:
                assert read_formula(write(expression)).expression is expression
        for slope in (*gradient(expression, parameters), *(derivative(expression, name) for name in parameters)):
            evaluate(slope, dict.fromkeys(parameters, 0.5))


@given(st.lists(st.one_of(likely, likely.map("theta = {}".format), st.text()), min_size=1, max_size=3))
@steady(max_examples=500)
def test_any_text_is_an_equation_or_a_formula_error(texts: list[str]) -> None:
    read = outcome(partial(read_assignments, known=NAMES), texts)
    assert str(read).startswith("equation ") if isinstance(read, FormulaError) else len(read) == len(texts)
