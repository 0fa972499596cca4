"""A start in the function's domain, whatever the domain."""

import math

import pytest

from steepest.errors import InputError
from steepest.objectives.formula import read_objective
from steepest.runs.descent import descend

FORMULAS = (
    "asin(x)^2", "sqrt(x-5) + x", "log(x-100)", "sqrt(1-x^2-y^2)", "log(x)/(x-3)", "log(x + sqrt(x^2 - 1))", "sqrt(x-1000)",
    "log(1-(x-50)^2)", "asin(x-20)", "sqrt(1-(x-30)^2-(y-40)^2)", "log(x)*log(1-x)", "sqrt(-x-20)", "log(x*y*z)", "log(x-y-100)",
    "(x-200)^1.5", "x^y", "log(x-100)+log(101-x)", "asin(x1)*asin(x2)*asin(x3)*asin(x4)*asin(x5)", "exp(exp(exp(x^2)))",
    "sqrt(1-x1^2-x2^2-x3^2-x4^2-x5^2-x6^2)", "exp(1000-x) + x", "log(sin(x)-0.999)", "log(exp(x)-1e10)", "asin(1000x)",
    "log(x-1e12)",     "log(log(x-50)-3)", "sqrt(y-x^2) + sqrt(1-y)",
    "log(1e-8-(x-77)^2)", "0.5*log((1+x)/(1-x))", "floor(x) + log(floor(x)-10)",
    "where(x>100, log(x-100), log(-1-x^2))",
)  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_start_has_a_value_and_a_slope(formula: str) -> None:
    function = read_objective(formula)
    starts = [function.start(seed) for seed in range(4)]
    assert starts == [read_objective(formula).start(seed) for seed in range(4)]
    assert len(set(starts)) == 4
    for seed, start in enumerate(starts):
        run = descend(formula, steps=0, seed=seed)
        assert tuple(run.positions[0]) == start
        assert math.isfinite(run.values[0]) and all(map(math.isfinite, run.gradients[0]))


@pytest.mark.parametrize("formula", ["x^2", "sin(x) + cos(2y)", "x^2 + log(1 + y^2)"])
def test_a_start_that_is_in_the_domain_stays_what_it_was(formula: str) -> None:
    function = read_objective(formula)
    assert function.start(5) == function.samples(1, 5)[0] or function.entry


@pytest.mark.parametrize("formula", ["log(-1-x^2)", "sqrt(-x^2-y^2-1)", "log(0*x)", "1/(x-x)"])
def test_no_start_is_made_up(formula: str) -> None:
    with pytest.raises(
        InputError, match="no point was found where the function has a value and a slope: say where to start"
    ) as error:
        descend(formula)
    assert str(error.value).count("\n") == 0 and "--start 1" in str(error.value)
