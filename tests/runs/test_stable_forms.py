"""Other ways to write a formula: equal to it where both can be computed, and told only where they are finite."""

import math

import numpy as np
import pytest

from steepest.language.expression import evaluate
from steepest.language.grammar import read_formula
from steepest.language.notation import plain
from steepest.runs.descent import descend
from steepest.runs.stable_forms import forms, remedy

# formula, where it is not finite, what to write
REMEDIES = [
    ("1/(1+exp(-x))", -800.0, "sigmoid(x) instead of 1/(1+exp(-x))"),
    ("1/(1+exp(x))", 800.0, "sigmoid(-x) instead of 1/(1+exp(x))"),
    ("1/(exp(-x)+1)", -800.0, "sigmoid(x) instead of 1/(exp(-x)+1)"),
    ("3/(1+e^(-2x))", -800.0, "3*sigmoid(2*x) instead of 3/(1+e^(-2*x))"),
    ("(1+exp(-x))^(-1)", -800.0, "sigmoid(x) instead of (1+exp(-x))^-1"),
    ("exp(x)/(1+exp(x))", 800.0, "sigmoid(x) instead of exp(x)/(1+exp(x))"),
    ("exp(x)/(exp(x)+exp(2))", 800.0, "sigmoid(x-2) instead of exp(x)/(exp(x)+exp(2))"),
    ("(exp(x)-exp(-x))/(exp(x)+exp(-x))", 800.0, "tanh(x) instead of (exp(x)-exp(-x))/(exp(x)+exp(-x))"),
    ("(exp(2x)-1)/(exp(2x)+1)", 800.0, "tanh(x) instead of (exp(2*x)-1)/(exp(2*x)+1)"),
    ("sinh(x)/cosh(x)", 800.0, "tanh(x) instead of sinh(x)/cosh(x)"),
    ("log(1+exp(x))", 800.0, "softplus(x) instead of log(1+exp(x))"),
    ("log(exp(-x)+1)", -800.0, "softplus(-x) instead of log(exp(-x)+1)"),
    ("log(exp(x)+exp(3)) - x", 800.0, "x + softplus(3-x) instead of log(exp(x)+exp(3))"),
    ("log(1+exp(x)+exp(2x))", 800.0, "softplus(x) + softplus(2*x-softplus(x)) instead of log(1+exp(x)+exp(2*x))"),
    ("log(cosh(x))", 800.0, "abs(x) + softplus(-2*abs(x)) - log(2) instead of log(cosh(x))"),
    ("log(exp(x))", 800.0, "x instead of log(exp(x))"),
    ("-log(1/(1+exp(-x)))", -800.0, "-softplus(-x) instead of log(1/(1+exp(-x)))"),
    ("-log(1-1/(1+exp(-x)))", -800.0, "-softplus(x) instead of log(1-1/(1+exp(-x)))"),
    ("sqrt(x^2+1)", 1e200, "hypot(x, 1) instead of sqrt(x^2+1)"),
    ("(x^2+9)^0.5", 1e200, "hypot(x, 3) instead of (x^2+9)^0.5"),
    ("sqrt(x*x)", 0.0, "abs(x) instead of sqrt(x*x)"),
    ("log(1+x^2)", 1e200, "2*log(hypot(1, x)) instead of log(1+x^2)"),
    ("log(x^2)", 1e200, "2*log(abs(x)) instead of log(x^2)"),
]


@pytest.mark.parametrize(("formula", "place", "told"), REMEDIES)
def test_remedies(formula: str, place: float, told: str) -> None:
    run = descend(formula, place)
    assert run.ending in ("undefined", "diverged")
    assert run.ending.message.endswith(f"; {told} stays finite there")


@pytest.mark.parametrize("formula", [row[0] for row in REMEDIES])
def test_forms_are_equal(formula: str) -> None:
    expression, _ = read_formula(formula)
    found = list(forms(expression))
    assert found
    for _, form in found:
        for x in (-2.7, -0.4, 0.3, 1.9):
            assert evaluate(form, {"x": x}) == pytest.approx(evaluate(expression, {"x": x}), rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "place"),
    [
        ("x^4", 1e100),  # the value itself is too large
        ("exp(x)", 800.0),
        ("sqrt(x^2+y^2)", 0.0),  # hypot has no slope at 0 either
        ("1/x", 0.0),
        ("log(x)", -1.0),
        ("1/(1-exp(-x))", -800.0),
        ("log(exp(x)-1)", 800.0),
        ("exp(x)/(1+exp(2x))", 800.0),
    ],
)
def test_nothing_is_told_that_is_no_remedy(formula: str, place: float) -> None:
    expression, names = read_formula(formula)
    told = remedy(expression, names, [place] * len(names))
    run = descend(formula, [place] * len(names))
    assert not told or run.ending.message.endswith(told)
    assert "instead of" not in run.ending.message or "sigmoid" in told


def test_of_two_the_one_that_matters_is_told() -> None:
    run = descend("1/(1+exp(-x)) + log(1+exp(y))", (1, 800))
    assert run.ending.message.endswith("softplus(y) instead of log(1+exp(y)) stays finite there")
    run = descend("1/(1+exp(-x)) + log(1+exp(y))", (-800, 800))
    assert run.ending.message.endswith(
        "sigmoid(x) instead of 1/(1+exp(-x)) and softplus(y) instead of log(1+exp(y)) stay finite there"
    )


def test_random_formulas_keep_their_values() -> None:
    """Whatever is put together of the parts that are known, every form has its value."""
    random = np.random.default_rng(3)
    atoms = ["x", "y", "1", "2", "exp(x)", "exp(-y)", "exp(2x)", "e^y", "cosh(x)", "sinh(x)", "x^2", "y*y"]
    wraps = ["({})/({})", "log({}+{})", "sqrt({}+{})", "1/({}+{})", "({})*({})", "({})-({})", "log({})+{}", "({}+{})^0.5"]
    compared = 0
    for _ in range(400):
        text = str(random.choice(atoms))
        for _ in range(int(random.integers(1, 4))):
            text = str(random.choice(wraps)).format(*random.permutation([text, str(random.choice(atoms))]))
        expression = read_formula(f"f(x, y) = {text} + 0x").expression
        for told, form in forms(expression):
            for values in ({"x": 0.7, "y": 1.3}, {"x": 1.6, "y": 0.2}):
                wanted, found = evaluate(expression, values), evaluate(form, values)
                if math.isfinite(wanted):
                    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9), (text, told, plain(form))
                    compared += 1
    assert compared > 100
