"""Numbers for people: few digits, and all that matter."""

import math
import random

import pytest

import steepest
from steepest.export.table import header, rows
from steepest.language.digits import apart, at_step, column, for_json, short, ticks

RUNS = {
    "raised": steepest.descend("x^2 + 1e6", 3, lr=0.1),
    "near 1": steepest.descend("(x-1)^2", 3, lr=0.3),
    "far": steepest.descend("(x-1e6)^2", 3, lr=0.3),
    "almost a cycle": steepest.descend("2x^2 - 4x", 0.3, lr=0.4999999, steps=9),
    "creeping": steepest.descend("0.001x", 1, lr=1e-5, steps=9),
    "plane": steepest.descend("(x-2)^2 + 10(y-3)^2 + 12345", (0, 0), lr=0.04),
    "diverging": steepest.descend("x^4", 3, lr=1),
}


@pytest.mark.parametrize("name", RUNS)
def test_no_two_rows_of_a_table_hide_their_difference(name: str) -> None:
    run = RUNS[name]
    head, body = header(run), list(rows(run))
    exact = [*run.positions.T.tolist(), run.values.tolist()]
    for column_name, values in zip(head[1:], exact, strict=False):
        shown = [line[head.index(column_name)] for line in body]
        for k in range(1, len(values)):
            assert (shown[k] == shown[k - 1]) == (values[k] == values[k - 1]), (column_name, k, shown[k])
        for text, value in zip(shown, values, strict=True):
            assert float(text) == pytest.approx(value, rel=5e-6)
    assert max(len(text) for line in body for text in line) <= 24


def test_a_position_is_not_round_where_it_has_a_slope() -> None:
    (line,) = rows(steepest.descend("(x-1)^2", 0.99999996, steps=0))
    assert line == ("0", "0.99999996", "1.6e-15", "8e-08", "-")
    *_, last = rows(RUNS["near 1"], every=100)
    assert last[1] == "1.0000000035"


def test_ordinary_columns_stay_short() -> None:
    random.seed(3)
    values = [random.uniform(-10, 10) for _ in range(300)]
    assert sum(text != f"{value:.6g}" for text, value in zip(column(values), values, strict=True)) < 5
    assert column([0.1 * k for k in range(40)]) == [f"{0.1 * k:.6g}" for k in range(40)]


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (1 / 3, 6, "0.333333"), (0.99999996, 6, "0.99999996"), (2.0000004, 4, "2.0000004"), (0.1 + 0.2, 6, "0.3"),
        (1e22, 6, "1e+22"),
        (12.004, 4, "12.004"), (-1000000.25, 4, "-1000000.25"), (0.0, 4, "0"), (-0.0, 4, "0"), (math.inf, 4, "inf"),
        (-math.inf, 4, "-inf"), (math.nan, 4, "nan"), (5e-324, 6, "4.94066e-324"), (2.0, 4, "2"),
    ],
)  # fmt: skip
def test_a_number_by_itself(value: float, digits: int, text: str) -> None:
    assert short(value, digits) == text


@pytest.mark.parametrize("seed", range(200))
def test_two_numbers_are_told_apart_with_two_digits_of_their_difference(seed: int) -> None:
    random.seed(seed)
    a = random.uniform(1, 10) * 10.0 ** random.randint(-20, 20)
    b = a * (1 + random.uniform(1, 10) * 10.0 ** random.randint(-13, 0))
    one, other = map(float, apart(a, b, digits=random.choice([3, 4, 6])))
    assert other - one == pytest.approx(b - a, rel=0.11)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0, 0.5, 1], ["0", "0.5", "1"]),
        ([1e6, 1000000.5], ["1000000", "1000000.5"]),
        ([9999.98, 1e4, 10000.02], ["9999.98", "10000", "10000.02"]),
        ([-2e-5, 1e-21, 2e-5], ["-2e-5", "0", "2e-5"]),
        ([7.0], ["7"]),
        ([1.2e8, 1.25e8], ["1.2e8", "1.25e8"]),
    ],
)
def test_numbers_along_an_axis(values: list[float], texts: list[str]) -> None:
    assert ticks(values) == texts


def test_words_for_what_is_not_finite() -> None:
    assert for_json([math.inf, (-math.inf, math.nan), 1]) == ["Infinity", ["-Infinity", "NaN"], 1]
    assert at_step([math.nan, 1000000.5, 1000000.25], 1) == "1000000.5"


def test_a_diagnosis_tells_its_numbers_apart() -> None:
    run = steepest.descend("(x-3)^2 + 1000.7", 3.5, lr=0.001, steps=40)
    (told,) = (sentence for sentence in run.diagnose().sentences if "f fell from" in sentence)
    before, last = told.partition("f fell from ")[2].rstrip(".").split(" to ")
    assert float(before) > float(last) > 1000.7
