"""A step worked out: its numbers are the record's, and what is shown follows from what is shown."""

import json
import math
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser
from numpy.typing import NDArray

import steepest
from steepest.explain.explanation import Explanation, explain
from steepest.explain.line import Line
from steepest.explain.rounding import rounded
from steepest.explain.substeps import substeps
from steepest.language.expression import evaluate, names
from steepest.language.grammar import read_expression
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.trajectory import Trajectory

Array = NDArray[np.float64]
OBJECTIVES = {
    "parabola": ("x^2", (3.0,)),
    "rosenbrock": ("rosenbrock", (-1.2, 1.0)),
    "himmelblau": ("himmelblau", (0.5, 0.25)),
    "wave": ("sin(x)*cos(2y) + exp(-x*y)", (0.3, 1.2)),
    "kinks": ("where(x < 0, -2x, x^2) + max(|y-1|, 0.1y)", (-0.7, 2.0)),
    "four": ("a^2 + 3b^2 + 10c^2 + (d-1)^2*a^2 + d^2", (1.0, -2.0, 0.5, 3.0)),
}


def run_of(method: str, objective: str, steps: int = 8) -> Trajectory:
    formula, start = OBJECTIVES[objective]
    return steepest.descend(
        formula, start, optimizer=method, lr=None if method in ("newton",) else 0.01, steps=steps, tol=0, seed=3
    )


CASES = [(method, objective) for method in OPTIMIZERS for objective in OBJECTIVES]


def explained(method: str, objective: str, digits: int = 4) -> Iterator[Explanation]:
    """Steps 1 and 7, or the last one of a shorter run."""
    run = run_of(method, objective)
    for step in (1, 7):
        yield explain(run, max(1, min(step, run.steps)), digits=digits)


# What the lines say --------------------------------------------------------------------------------------------------

HAND = {
    # x^2 from 3, lr 0.3: 3 -> 1.2 -> 0.48
    ("x^2", (3,), "gd(lr=0.3)", 1): ["g = f'(x) = 2x = 2*3 = 6", "x = x - lr*g = 3 - 0.3*6 = 1.2"],
    ("x^2", (3,), "gd(lr=0.3)", 2): ["g = f'(x) = 2x = 2*1.2 = 2.4", "x = x - lr*g = 1.2 - 0.3*2.4 = 0.48"],
    # x^2 from 1, lr 0.1: 0.8, 0.46, 0.062 (PyTorch)
    ("x^2", (1,), "momentum(lr=0.1)", 2): ["v = beta*v + g = 0.9*2 + 1.6 = 3.4", "x = x - lr*v = 0.8 - 0.1*3.4 = 0.46"],
    ("x^2", (1,), "momentum(lr=0.1)", 3): ["v = beta*v + g = 0.9*3.4 + 0.92 = 3.98", "x = x - lr*v = 0.46 - 0.1*3.98 = 0.062"],
    ("x^2", (1,), "heavy_ball(lr=0.1)", 2): [
        "v = beta*v - lr*g = 0.9*(-0.2) - 0.1*1.6 = -0.34",
        "x = x + v = 0.8 + (-0.34) = 0.46",
    ],
    # 0.62, 0.2224 (PyTorch's Nesterov); 0.8, 0.496 (Sutskever's)
    ("x^2", (1,), "nesterov(lr=0.1)", 1): ["v = beta*v + g = 0.9*0 + 2 = 2", "x = x - lr*(g+beta*v) = 1 - 0.1*(2+0.9*2) = 0.62"],
    ("x^2", (1,), "nesterov(lr=0.1)", 2): [
        "v = beta*v + g = 0.9*2 + 1.24 = 3.04",
        "x = x - lr*(g+beta*v) = 0.62 - 0.1*(1.24+0.9*3.04) = 0.2224",
    ],
    ("x^2", (1,), "sutskever_nesterov(lr=0.1)", 2): [
        "q = x + beta*v = 0.8 + 0.9*(-0.2) = 0.62",
        "g_q = f'(q) = 2q = 2*0.62 = 1.24",
        "v = beta*v - lr*g_q = 0.9*(-0.2) - 0.1*1.24 = -0.304",
        "x = x + v = 0.8 + (-0.304) = 0.496",
    ],
    # Adam: 0.9, 0.8004122
    ("x^2", (1,), "adam(lr=0.1)", 1): [
        "m = beta1*m + (1-beta1)*g = 0.9*0 + (1-0.9)*2 = 0.2",
        "v = beta2*v + (1-beta2)*g^2 = 0.999*0 + (1-0.999)*2^2 = 0.004",
        "x = x - lr*(m/(1-beta1^t))/(sqrt(v/(1-beta2^t))+eps) = 1 - 0.1*(0.2/(1-0.9^1))/(sqrt(0.004/(1-0.999^1))+1e-8) = 0.9",
    ],
    ("x^2", (1,), "adam(lr=0.1)", 2): ["m = beta1*m + (1-beta1)*g = 0.9*0.2 + (1-0.9)*1.8 = 0.36"],
    # s = 0.01*4, so the first step is 0.05*2/0.2 = 0.5
    ("x^2", (1,), "rmsprop(lr=0.05)", 1): [
        "s = alpha*s + (1-alpha)*g^2 = 0.99*0 + (1-0.99)*2^2 = 0.04",
        "x = x - lr*g/(sqrt(s)+eps) = 1 - 0.05*2/(sqrt(0.04)+1e-8) = 0.5",
    ],
    # AdaGrad: 0.9, 0.8331035
    ("x^2", (1,), "adagrad(lr=0.1)", 2): [
        "s = s + g^2 = 4 + 1.8^2 = 7.24",
        "x = x - lr*g/(sqrt(s)+eps) = 0.9 - 0.1*1.8/(sqrt(7.24)+1e-10) = 0.8331",
    ],
    ("x^4", (3,), "newton", 1): ["H = f''(x) = 12x^2 = 12*3^2 = 108", "d = g/H = 108/108 = 1", "x = x - lr*d = 3 - 1 = 2"],
    ("x^2", (1,), "lion(lr=0.02)", 1): [
        "u = sign(beta1*m+(1-beta1)*g) = sign(0.9*0+(1-0.9)*2) = 1",
        "m = beta2*m + (1-beta2)*g = 0.99*0 + (1-0.99)*2 = 0.02",
        "x = x - lr*(u+decay*x) = 1 - 0.02*(1+0*1) = 0.98",
    ],
    # SAM from 3 with rho 0.05: the gradient is taken at 3.05
    ("x^2", (3,), "sam(lr=0.1)", 1): [
        "norm(g) = abs(g) = abs(6) = 6",
        "r = rho*g/(norm(g)+eps) = 0.05*6/(6+1e-12) = 0.05",
        "q = x + r = 3 + 0.05 = 3.05",
        "g_q = f'(q) = 2q = 2*3.05 = 6.1",
        "x = x - lr*g_q = 3 - 0.1*6.1 = 2.39",
    ],
    ("x^2", (3,), "gd(lr=0.3/t)", 2): ["lr = 0.3/t = 0.3/2 = 0.15", "x = x - lr*g = 1.2 - 0.15*2.4 = 0.84"],
    ("-x^2", (3,), "gd(lr=0.5)", 1): ["g = f'(x) = -2x = -2*3 = -6", "x = x - lr*g = 3 - 0.5*(-6) = 6"],
    ("x^2 + 10y^2", (3, 4), "clipped_gd(lr=1)", 1): [
        "norm(g) = sqrt(g_x^2+g_y^2) = sqrt(6^2+80^2) = 80.22",
        "x = x - lr*g_x*min(1, max_norm/norm(g)) = 3 - 6*min(1, 1/80.22) = 2.925",
    ],
    ("rosenbrock", (-1.2, 1), "gd(lr=0.001)", 1): [
        "f(x, y) = (1-x)^2 + 100(y-x^2)^2 = (1-(-1.2))^2 + 100*(1-(-1.2)^2)^2 = 24.2",
        "g_y = df/dy = 200(y-x^2) = 200*(1-(-1.2)^2) = -88",
        "x = x - lr*g_x = -1.2 - 0.001*(-215.6) = -0.9844",
        "y = y - lr*g_y = 1 - 0.001*(-88) = 1.088",
    ],
    ("x^2 + 3y^2", (1, 2), "barzilai_borwein(lr=0.1)", 2): [
        "dot(s, s) = s_x^2 + s_y^2 = (-0.2)^2 + (-1.2)^2 = 1.48",
        "rate = where(t == 1, lr, dot(s, s)/dot(s, y)) = 1.48/8.72 = 0.1697",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("case", "expected"), HAND.items(), ids=lambda part: "-".join(map(str, part)) if isinstance(part, tuple) else ""
)
def test_steps_worked_by_hand(case: tuple[str, tuple[float, ...], str, int], expected: list[str]) -> None:
    formula, start, method, step = case
    found = explain(steepest.descend(formula, start, optimizer=method, tol=0), step)
    chains = [chain(line) for line in found.lines]
    for text in expected:
        assert text in chains


def chain(line: Line) -> str:
    *front, result = line.chain("plain")
    return f"{' = '.join(front)} {line.relation} {result}"


def test_the_text_of_a_step() -> None:
    found = steepest.descend("x^2", start=3, lr=0.3, tol=1e-5).explain(15)
    assert str(found).splitlines() == [
        "step 15 of gd(lr=0.3) on x^2",
        "at     x = 8.053e-6",
        "with   lr = 0.3, t = 15",
        "",
        "f(x) = x^2 = 8.053e-6^2 = 6.485e-11",
        "   g = f'(x) = 2x = 2*8.053e-6 = 1.611e-5",
        "   x = x - lr*g = 8.053e-6 - 0.3*1.611e-5 ≈ 3.221e-6",
        "",
        "f falls from 6.485e-11 to 1.038e-11",
        "here the run ended: converged after 15 steps: the last step, 4.83e-06 long, is",
        "shorter than tol = 1e-05",
    ]


def test_the_representation_is_short() -> None:
    assert repr(steepest.descend("x^2", start=3, lr=0.3).explain(2)) == "<Explanation of step 2 of gd(lr=0.3) on x^2>"


@pytest.mark.parametrize("value", [1e-310, -5e-324, 1.7e308, 1e16, 123456789.123])
def test_extreme_numbers(value: float) -> None:
    found = steepest.descend("x", start=value, lr=0.1, steps=1, tol=0).explain(1)
    assert float(found.lines[0].result) == pytest.approx(value, rel=1e-3)


def test_the_small_steps_of_nested_calls() -> None:
    method = steepest.optimizer("theta = theta - lr*grad(theta - norm(grad(theta + noise()))*solve(H, 2g))*value(2theta)", lr=0.1)
    found = [(step.kind, step.name) for step in substeps(method, ["q"])]
    assert found == [
        ("noise", "xi"), ("point", "q2"), ("grad", "g_q2"), ("norm", "norm(g_q2)"), ("vector", "b"), ("solve", "d"),
        ("point", "q3"), ("grad", "g_q3"), ("point", "q4"), ("value", "f_q4"), ("equation", "theta"),
    ]  # fmt: skip


# Numbers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", OPTIMIZERS)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_results_are_the_record_to_the_bit(method: str, objective: str) -> None:
    run = run_of(method, objective)
    quantities = run.record.quantities()
    for step in range(1, run.steps + 1):
        found: dict[tuple[str, str | None], float] = {}
        for line in explain(run, step).lines:
            found[line.quantity, line.parameter] = line.value
        moved, slope = run.record.positions([step])[0], run.record.gradients([step - 1])[0]
        assert found["f", None] == run.record.values([step - 1])[0]
        for index, parameter in enumerate(run.names):
            assert found["theta", parameter] == moved[index]
            assert found["g", parameter] == slope[index]
            for name, rows in quantities.items():
                row = rows[step - 1]
                expected, key = (row, None) if isinstance(row, float) else (row[index], parameter)
                assert found[name, key] == expected, (name, step)


@pytest.mark.parametrize(("method", "objective"), CASES)
@pytest.mark.parametrize("digits", [3, 4, 9])
def test_what_is_shown_follows_from_what_is_shown(method: str, objective: str, digits: int) -> None:
    for line in (line for found in explained(method, objective, digits) for line in found.lines):
        assert float(line.result) == pytest.approx(line.value, rel=10.0 ** (1 - digits), nan_ok=True)
        if line.numbers is None:
            continue
        if not math.isfinite(line.value) or "inf" in line.numbers or "nan" in line.numbers:
            continue
        again = value_of(line.numbers)
        last = last_place(line.result, digits)
        assert abs(again - float(line.result)) <= 1.001 * last, chain(line)
        if line.follows:
            assert abs(again - float(line.result)) <= 0.501 * last or line.result == "0", chain(line)
        else:
            assert again != float(line.result), chain(line)


def value_of(text: str) -> float:
    """The value of a line's numbers, by our own grammar."""
    expression = read_expression(text, known=())
    assert not names(expression)
    return evaluate(expression)


def last_place(text: str, digits: int) -> float:
    """What one unit of a number's last digit is worth, which may be a 0 that is not shown."""
    value = float(text)
    if not value:
        return 10.0 ** (1 - digits)
    mantissa, _, power = text.lstrip("-").partition("e")
    decimals = len(mantissa.partition(".")[2])
    written = 10.0 ** (int(power or 0) - decimals)
    return min(written, 10.0 ** (math.floor(math.log10(abs(value))) + 1 - digits))


@pytest.mark.parametrize("digits", [1, 2, 3, 4, 6, 10, 17])
def test_digits(digits: int) -> None:
    found = explain(run_of("adam", "himmelblau"), 5, digits=digits)
    slope = next(line for line in found.lines if line.name == "g_x")
    assert len(re.sub(r"\D", "", slope.result)) <= max(digits, 2)
    assert float(slope.result) == pytest.approx(slope.value, rel=0.5 * 10.0 ** (1 - digits))


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (46483.36, 3, 46483),
        (-215.6, 1, -216),
        (9.9999, 3, 10.0),
        (0.00012345, 2, 0.00012),
        (1.23456e20, 3, 1.23e20),
        (-0.0, 4, 0.0),
    ],
)
def test_rounding(value: float, digits: int, expected: float) -> None:
    assert repr(rounded(value, digits)) == repr(float(expected))


def test_a_small_step_stays_visible() -> None:
    run = steepest.descend("(x-1000)^2", start=1000.001, lr=0.001, steps=1)
    line = explain(run, 1).lines[-1]
    assert chain(line) == "x = x - lr*g = 1000.001 - 0.001*0.002 = 1000.000998"


def test_a_hyperparameter_is_shown_as_it_was_typed() -> None:
    run = steepest.descend("x^2", start=3, optimizer="adam(beta2=0.99999)", steps=1)
    assert any("(1-0.99999)" in (line.numbers or "") for line in explain(run, 1, digits=2).lines)


def test_a_factor_of_one_is_left_out_and_signs_are_in_brackets() -> None:
    for method in OPTIMIZERS:
        for line in (line for found in explained(method, "himmelblau") for line in found.lines):
            if line.numbers and not line.textbook:
                assert not re.search(r"(?<![\d.])1\*|[-+] ?-", line.numbers.replace("e-", "e")), line.numbers


# Every notation ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "objective"), CASES)
def test_every_optimizer_explains_itself_in_every_notation(method: str, objective: str) -> None:
    for found in explained(method, objective):
        assert max(map(len, str(found).splitlines())) <= 80
        for opening, closing in ((r"(?<!\\)\{", r"(?<!\\)\}"), (r"\\left\b", r"\\right\b"), (r"\\begin\b", r"\\end\b")):
            assert len(re.findall(opening, found.latex)) == len(re.findall(closing, found.latex)), opening
        rows = re.sub(r"\\begin\{cases\}.*?\\end\{cases\}", "", found.latex).splitlines()[1:-1]
        assert all(row.count("&") == 1 for row in rows), "one column of signs"
        assert ElementTree.fromstring(found.mathml).tag.endswith("math")
        assert found._repr_html_() == found.mathml
        assert len(json.loads(json.dumps(found.document, allow_nan=False))["lines"]) == len(found.lines)


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_matplotlib_sets_the_latex(method: str) -> None:
    parser = MathTextParser("path")
    parts = {part for line in next(explained(method, "rosenbrock")).lines for part in line.chain("latex")}
    for part in parts:
        if "cases" not in part:
            parser.parse(f"${part}$")


# Steps that were not taken, and that went wrong ----------------------------------------------------------------------

CONVERGED = "converged after 15 steps: the last step, 4.83e-06 long, is shorter than tol = 1e-05"
REFUSED = [
    (16, f"step 16 was not taken: the run ended with step 15 ({CONVERGED})"),
    (0, "the step is a whole number from 1, not 0: step 1 leads away from the start"),
    (-3, "the step is a whole number from 1, not -3: step 1 leads away from the start"),
    (2.5, "the step is a whole number from 1, not 2.5: step 1 leads away from the start"),
]


@pytest.mark.parametrize(("step", "message"), REFUSED)
def test_a_step_that_was_not_taken_says_why(step: int, message: str) -> None:
    with pytest.raises(steepest.InputError) as caught:
        steepest.descend("x^2", start=3, lr=0.3, tol=1e-5).explain(step)
    assert str(caught.value) == message


def test_more_steps_need_a_higher_limit() -> None:
    with pytest.raises(steepest.InputError, match=r"the run ended with step 5 \(.*\): a higher limit than 5 takes more steps"):
        steepest.descend("x^2", start=3, steps=5).explain(6)
    with pytest.raises(steepest.InputError, match="the run ended at its start"):
        steepest.descend("x^2", start=3, steps=0).explain(1)


@pytest.mark.parametrize(("digits", "most"), [(0, 4), (18, 4), (2.5, 4), (4, 0), (4, 17)])
def test_arguments_out_of_range(digits: int, most: int) -> None:
    with pytest.raises(steepest.InputError):
        steepest.descend("x^2", start=3).explain(1, digits=digits, most=most)


def test_the_step_that_broke_a_run() -> None:
    run = steepest.descend("x^2", start=0, optimizer="theta = theta - 0.1*g/norm(g)")
    found = run.explain(1)
    assert run.steps == 0
    assert chain(found.lines[-1]) == "x = x - 0.1*g/norm(g) = 0 - 0.1*0/0 = nan"
    assert found.remarks == (f"here the run ended: {run.ending.message}",)
    assert found.document["lines"][-1]["value"] == "NaN"


def test_the_step_out_of_the_domain() -> None:
    found = steepest.descend("log(x)", start=0.05, lr=0.1).explain(1)
    assert found.remarks[0] == "f is not defined where the step ends"
    assert found.remarks[1] == "here the run ended: undefined at step 1: log needs a positive number and got -1.95"


def test_the_step_that_overflows() -> None:
    run = steepest.descend("x^4", start=30, lr=0.1)
    assert run.explain(run.steps).remarks[0] == "f is larger than any number where the step ends"


# Python functions, names, many parameters ----------------------------------------------------------------------------


def rosenbrock(p: Array) -> float:
    return float((1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2)


@pytest.mark.parametrize("method", [name for name in OPTIMIZERS if name != "newton"])
def test_a_python_function_has_numbers_without_formulas(method: str) -> None:
    run = steepest.descend(rosenbrock, [-1.2, 1.0], optimizer=method, lr=0.001, steps=3, seed=2)
    found = run.explain(min(3, run.steps))
    slope = next(line for line in found.lines if line.name == "g_0")
    assert slope.written is None
    assert slope.value == run.gradients[min(3, run.steps) - 1][0]
    last = [line.value for line in found.lines if line.quantity == "theta"]
    assert last == run.positions[min(3, run.steps)].tolist()
    assert any("central differences" in section.heading for section in found.sections)
    ElementTree.fromstring(found.mathml)


def test_columns_have_their_own_names() -> None:
    table = {"living area": [1.0, 2, 3, 4], "a - b": [2.0, 1, 4, 3], "lot_size": [3.0, 1, 1, 2.5], "price": [3.0, 4, 8, 9]}
    found = steepest.fit(table, "price ~ linear", optimizer="momentum", lr=0.01, steps=2).explain(2)
    columns = ["`living area`", "`a - b`", "lot_size", "intercept"]
    assert [line.name for line in found.lines][-4:] == columns
    assert list(found.document["position"]) == columns
    text = str(found)
    assert "at     `living area` = 0.355, `a - b` = 0.345, lot_size = 0.2175," in text
    assert "v_`a - b` = beta*v_`a - b` + g_`a - b`" in text
    assert r"v_{\text{living area}} &= \beta v_{\text{living area}} + g_{\text{living area}}" in found.latex
    assert r"\frac{\partial f}{\partial \text{a - b}}" in found.latex
    assert "<msub><mi>g</mi><mtext>living area</mtext></msub>" in found.mathml
    ElementTree.fromstring(found.mathml)
    assert not any(f"p_{index}" in text + found.latex for index in range(4))


def test_an_array_of_many_numbers() -> None:
    found = steepest.descend(lambda p: (p**2).sum(), np.ones((10, 100)), optimizer="sam", steps=2).explain(2)
    assert found.remarks[-1] == "996 more parameters, p_4 to p_999, go the same way"
    assert [line.name for line in found.lines][-4:] == ["p_0", "p_1", "p_2", "p_3"]


def test_sixteen_parameters() -> None:
    formula = " + ".join(f"{k + 1}*x_{k:02}^2" for k in range(16))
    run = steepest.descend(formula, [1.0] * 16, optimizer="adam", steps=2)
    assert len([line for line in run.explain(1).lines if line.quantity == "theta"]) == 4
    found = run.explain(1, most=16)
    assert len([line for line in found.lines if line.quantity == "theta"]) == 16
    assert not any("more parameters" in remark for remark in found.remarks)
    assert all(len(row) <= 80 for row in str(found).splitlines())


def test_parameters_that_the_equations_name_too() -> None:
    found = steepest.descend("v^2", start=2, optimizer="momentum(lr=0.1)").explain(2)
    assert chain(found.lines[-1]) == "theta = theta - lr*v = 1.6 - 0.1*6.8 = 0.92"
    both = steepest.descend("lr^2 + t^2", start=(1, 2), optimizer="gd(lr=0.1)").explain(1)
    assert chain(both.lines[-1]) == "theta_t = theta_t - lr*g_t = 2 - 0.1*4 = 1.6"


def test_a_name_that_is_assigned_twice() -> None:
    found = steepest.descend("x^2", start=1, optimizer="a = 2g; a = a + 1; theta = theta - 0.1*a; theta = theta - 0.5").explain(1)
    assert [chain(line) for line in found.lines[2:]] == [
        "a = 2*g = 2*2 = 4",
        "a = a + 1 = 4 + 1 = 5",
        "x = x - 0.1*a = 1 - 0.1*5 = 0.5",
        "x = x - 0.5 = 0.5 - 0.5 = 0",
    ]


def test_the_gradient_at_the_new_position() -> None:
    found = steepest.descend("x^2", start=1, optimizer="theta = theta - 0.1*g; theta = theta - 0.1*grad(theta)").explain(1)
    assert "g_new = f'(x) = 2x = 2*0.8 = 1.6" in [chain(line) for line in found.lines]


@pytest.mark.parametrize(("formula", "start"), [("1/(1+exp(-x))", (-800,)), ("x^y", (-1, 2)), ("sqrt(x^2)", (0,))])
def test_what_is_not_a_number_has_no_sign(formula: str, start: tuple[float, ...]) -> None:
    explanation = steepest.descend(formula, start).explain()
    assert "= nan" in str(explanation)
    assert "-nan" not in str(explanation)
    assert r"-\mathrm{nan}" not in explanation.latex
    assert "nan" not in [line.result.strip("-") for line in explanation.lines if line.result.startswith("-")]
