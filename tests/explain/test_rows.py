"""Worked steps over data: the first rows are written out with their numbers, and the batch is that of the step."""

import math
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.mathtext import MathTextParser

import steepest
from steepest.explain.explanation import Explanation
from steepest.explain.line import Line
from steepest.language.expression import evaluate
from steepest.language.grammar import read_expression
from steepest.objectives.data import objective

HOUSES = {"x": [1, 2], "y": [300, 500]}
THREE = {"size": [2104, 1416, 852], "price": [460, 232, 178]}
SIX = {"size": [2104, 1416, 1534, 852, 1940, 1300], "price": [460, 232, 315, 178, 400, 210]}


def chain(line: Line) -> str:
    *front, result = line.chain("plain")
    return f"{' = '.join(front)} {line.relation} {result}"


def chains(found: Explanation) -> list[str]:
    return [chain(line) for line in found.lines]


def test_two_houses_by_hand() -> None:
    found = steepest.fit(HOUSES, "y ~ w*x + b", lr=0.01, steps=3).explain(1)
    assert chains(found) == [
        "f(b, w) = mean((y-(w x+b))^2) = ((300-(0*1+0))^2+(500-(0*2+0))^2)/2 = 170000".replace("+(500", " + (500").replace(
            " + ", "+"
        ),
        "g_b = df/db = -2mean(y-w x-b) = -2*((300-0*1-0+(500-0*2-0))/2) = -800",
        "g_w = df/dw = -2mean(x(y-w x-b)) = -2*((300-0*1-0+2*(500-0*2-0))/2) = -1300",
        "b = b - lr*g_b = 0 - 0.01*(-800) = 8",
        "w = w - lr*g_w = 0 - 0.01*(-1300) = 13",
    ]


def test_all_of_three_rows_and_two_of_six() -> None:
    three = steepest.fit(THREE, "price ~ w*size", lr=1e-7, steps=3).explain(1)
    assert chains(three)[0] == "f(w) = mean((price-w size)^2) = ((460-0*2104)^2+(232-0*1416)^2+(178-0*852)^2)/3 = 99036"
    six = steepest.fit(SIX, "price ~ w*size", lr=1e-7, steps=3).explain(1)
    assert chains(six)[0] == "f(w) = mean((price-w size)^2) = ((460-0*2104)^2+(232-0*1416)^2+...)/6 = 100072"
    assert sum(value**2 for value in SIX["price"]) / 6 == pytest.approx(100072, abs=0.5)


def test_a_sum_has_no_divisor_and_a_mean_of_one_row_neither() -> None:
    total = steepest.descend(objective("sum((y - w*x)^2)", HOUSES), start=1, steps=2, lr=0.01).explain(1)
    assert chains(total)[0] == "f(w) = sum((y-w x)^2) = (300-1)^2 + (500-2)^2 = 337405"
    one = steepest.fit({"x": [3], "y": [4]}, "y ~ w*x", steps=3).explain(1)
    assert chains(one)[:2] == ["f(w) = mean((y-w x)^2) = (4-0*3)^2 = 16", "g = f'(w) = -2mean(x(y-w x)) = -2*(3*(4-0*3)) = -24"]


def test_nested_means_are_numbers() -> None:
    found = steepest.descend(objective("mean((x - mean(x))^2*w)", {"x": [1, 2, 3, 4]}), start=1, steps=2).explain(1)
    assert chains(found)[0] == "f(w) = mean((x-mean(x))^2 w) = ((1-2.5)^2*1+(2-2.5)^2*1+...)/4 = 1.25"


def test_branches_of_rows() -> None:
    found = steepest.fit({"x": [1, 2], "y": [0.5, 9]}, "y ~ w*x", loss="huber", lr=0.1, steps=2).explain(1)
    assert chains(found)[0].endswith("= ((0.5-0*1)^2/2+(abs(9-0*2)-1/2))/2 = 4.312")
    assert not any(line.conditions for line in found.lines)


def test_a_batch_is_told_and_written() -> None:
    run = steepest.fit(SIX, "price ~ w*size", batch=2, order="cyclic", lr=1e-7, steps=4)
    found = run.explain(2)
    assert found.sections[0].heading == "the batch of this step: rows 3 and 4 of 6 rows"
    assert "(315-" in chains(found)[0]
    assert "178-" in chains(found)[0]
    assert chains(found)[0].count("size") == 1  # in the formula, not for a row
    after = float(np.mean([(SIX["price"][row] - run.positions[2, 0] * SIX["size"][row]) ** 2 for row in (2, 3)]))
    before = float(run.values[1])
    assert found.remarks[0].startswith(f"over this batch f {'falls' if after < before else 'rises'} from {before:.0f} to ")
    assert float(found.remarks[0].rsplit(" ", 1)[1]) == pytest.approx(after, rel=1e-3)
    large = steepest.fit({"x": range(100), "y": range(100)}, "y ~ w*x", batch=20, order="cyclic", lr=1e-5, steps=2).explain(2)
    assert large.sections[0].heading == "the batch of this step: rows 21, 22, 23, 24, 25, 26 and 14 more of 100 rows"


RUNS: dict[str, tuple[Mapping[str, Any], str, dict[str, Any]]] = {
    "six": (SIX, "price ~ w*size + b", {}),
    "scaled": (SIX, "price ~ w*size + b", {"scale": "z"}),
    "batch": (SIX, "price ~ w*size + b", {"scale": "z", "batch": 2}),
    "large batch": (SIX, "price ~ w*size + b", {"scale": "z", "batch": 4, "optimizer": "momentum"}),
    "adam": (SIX, "price ~ w*size + b", {"scale": "z", "batch": 5, "optimizer": "adam"}),
    "nesterov": (SIX, "price ~ w*size + b", {"scale": "minmax", "batch": 5, "optimizer": "sutskever_nesterov", "lr": 0.01}),
    "newton": (SIX, "price ~ w*size + b", {"scale": "z", "optimizer": "newton"}),
    "newton batch": (SIX, "price ~ w*size + b", {"scale": "z", "optimizer": "newton", "batch": 4}),
    "logistic": ({"a b": [1, 2, 3, 4], "c": [0, 1, 0, 1]}, "c ~ sigmoid(w*`a b` + v)", {"loss": "log"}),
    "huber": (SIX, "price ~ w*size", {"loss": "huber", "lr": 1e-6}),
    "mean inside": (SIX, "price ~ w*(size - mean(size))/mean(size) + b", {"lr": 0.1}),
}


@pytest.mark.parametrize("case", RUNS)
@pytest.mark.parametrize("digits", [2, 4, 9])
def test_every_line_is_right_in_every_notation(case: str, digits: int) -> None:
    data, model, arguments = RUNS[case]
    run = steepest.fit(data, model, steps=4, **arguments)
    for step in range(1, run.steps + 1):
        found = run.explain(step, digits=digits)
        lines = {line.name: line for line in found.lines}
        assert lines[next(iter(lines))].value == pytest.approx(run.values[step - 1], rel=1e-12)
        gradient = [line.value for line in found.lines if line.quantity == "g"]
        assert gradient == pytest.approx(run.gradients[step - 1].tolist(), rel=1e-12)
        moved = [line.value for line in found.lines if line.quantity == "theta"]
        assert moved == pytest.approx(run.positions[step].tolist(), rel=1e-12)
        for line in found.lines:
            assert_right(line)
        assert ElementTree.fromstring(found.mathml).tag.endswith("math")
        assert "[" not in re.sub(r"\\\\\[6pt\]", "", found.latex)
        assert max(map(len, str(found).splitlines())) <= 80


def assert_right(line: Line) -> None:
    """The numbers of a line give its result to within a unit of its last digit; dots are what is missing."""
    result = float(line.result)
    assert result == pytest.approx(line.value, rel=0.06, abs=1e-9)
    numbers = line.numbers
    if numbers is None or "..." in numbers:
        return
    last = 10.0 ** (math.floor(math.log10(abs(result) or 1)) + 1 - len(re.sub(r"e.*|\D", "", line.result).lstrip("0") or "1"))
    shown = evaluate(read_expression(numbers, known=()))
    assert abs(shown - result) <= 1.01 * last + 1e-12, chain(line)


def test_matplotlib_sets_the_latex_of_a_mean() -> None:
    run = steepest.fit({"living area": [1, 2, 3, 4], "y": [2, 3, 5, 7]}, "y ~ w*`living area` + b", steps=2)
    for row in run.explain(1).latex.splitlines()[2:-1]:
        cells = re.sub(r"\\\\(\[6pt\])?$", "", row.strip()).replace("&", "").strip()
        MathTextParser("path").parse(f"${cells.replace(chr(92) + 'text{', chr(92) + 'mathrm{')}$")
