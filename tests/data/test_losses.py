"""Losses: closed forms in NumPy, stable forms, and texts that cannot be read."""

import math
from collections.abc import Callable

import pytest

from steepest.data.losses import LOSSES, read_loss
from steepest.errors import FormulaError, InputError, SteepestError
from steepest.language.derivative import derivative
from steepest.language.expression import evaluate, name, names
from steepest.language.grammar import read_expression

VALUES: dict[str, tuple[Callable[[float, float], float], list[tuple[float, float]]]] = {
    "mse": (lambda y, p: (y - p) ** 2, [(1, 3), (-2, 0.5)]),
    "mse/2": (lambda y, p: (y - p) ** 2 / 2, [(1, 3), (-2, 0.5)]),
    "mae": (lambda y, p: abs(y - p), [(1, 3), (-2, 0.5)]),
    "huber": (lambda y, p: (y - p) ** 2 / 2 if abs(y - p) <= 1 else abs(y - p) - 0.5, [(1, 3), (1, 1.5), (0, 1), (3, 1)]),
    "huber(delta=2)": (lambda y, p: (y - p) ** 2 / 2 if abs(y - p) <= 2 else 2 * (abs(y - p) - 1), [(1, 6), (1, 1.5)]),
    "huber(2)": (lambda y, p: (y - p) ** 2 / 2 if abs(y - p) <= 2 else 2 * (abs(y - p) - 1), [(1, 6), (1, 1.5)]),
    "log": (lambda y, p: -(y * math.log(p) + (1 - y) * math.log(1 - p)), [(1, 0.2), (0, 0.2), (1, 0.9)]),
    "hinge": (lambda y, p: max(0, 1 - y * p), [(1, 0.3), (-1, 0.3), (1, 3)]),
    "poisson": (lambda y, p: p - y * math.log(p), [(0, 2), (3, 2)]),
    "pinball": (lambda y, p: abs(y - p) / 2, [(1, 3), (3, 1)]),
    "pinball(0.9)": (lambda y, p: 0.9 * (y - p) if y >= p else 0.1 * (p - y), [(1, 3), (3, 1)]),
    "log(cosh(p-y))": (lambda y, p: math.log(math.cosh(p - y)), [(1, 3), (-2, 0.5)]),
}


@pytest.mark.parametrize("text", VALUES)
def test_values(text: str) -> None:
    expected, places = VALUES[text]
    loss = read_loss(text)
    for y, p in places:
        assert evaluate(loss.expression, {"y": y, "p": p}) == pytest.approx(expected(y, p), rel=1e-14)
    again = read_expression(loss.text, known=("y", "p"))
    assert all(evaluate(again, {"y": y, "p": p}) == evaluate(loss.expression, {"y": y, "p": p}) for y, p in places)


def test_every_loss_is_in_the_table_above_and_described() -> None:
    assert set(LOSSES) <= set(VALUES)
    for title, entry in LOSSES.items():
        assert entry.description.endswith(".") and entry.source, title
        assert names(read_loss(title).expression) == {"y", "p"}, title
        assert bool(entry.link) == bool(entry.linked)


@pytest.mark.parametrize("title", [title for title, entry in LOSSES.items() if entry.link])
@pytest.mark.parametrize("z", [-3.0, -0.1, 0.0, 2.5])
def test_the_linked_form_is_the_loss_of_the_linked_prediction(title: str, z: float) -> None:
    loss = read_loss(title)
    prediction = read_expression(f"{loss.link}(z)", known=("z",))
    row = loss.of_row(name("y"), prediction)
    assert row is loss.linked
    for y in (0.0, 1.0):
        p = evaluate(prediction, {"z": z})
        for found, other in ((row, loss.expression), (derivative(row, "z"), None)):
            value = evaluate(found, {"y": y, "z": z})
            chain = derivative(loss.expression, "p")
            slope = evaluate(derivative(prediction, "z"), {"z": z})
            expected = evaluate(other, {"y": y, "p": p}) if other else evaluate(chain, {"y": y, "p": p}) * slope
            assert value == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("z", [-1e308, -800.0, -40.0, 40.0, 800.0, 1e308])
def test_log_of_large_arguments(z: float) -> None:
    row = read_loss("log").of_row(name("y"), read_expression("sigmoid(z)", known=("z",)))
    for y in (0.0, 1.0):
        wrong = (1 - 2 * y) * z
        assert evaluate(row, {"y": y, "z": z}) == pytest.approx(max(wrong, 0) + math.log1p(math.exp(-abs(wrong))), rel=1e-15)
        slope = evaluate(derivative(row, "z"), {"y": y, "z": z})
        below = math.exp(-abs(z)) / (1 + math.exp(-abs(z)))
        assert slope == pytest.approx((1 - 2 * y) * (below if wrong < 0 else 1 - below), rel=1e-14)


def test_log_of_a_certain_prediction() -> None:
    loss = read_loss("log").expression
    assert evaluate(loss, {"y": 1, "p": 1}) == 0 == evaluate(loss, {"y": 0, "p": 0})
    assert evaluate(loss, {"y": 1, "p": 0}) == math.inf
    assert evaluate(derivative(loss, "p"), {"y": 0, "p": 0}) == 1


def test_only_the_outermost_function_is_linked() -> None:
    loss = read_loss("log", "sum")
    inner = read_expression("0.9*sigmoid(z)", known=("z",))
    row = loss.of_row(name("passed"), inner)
    assert "softplus" not in repr(row) and names(row) == {"passed", "z"}
    assert loss.written == "sum(-log(where(y == 1, p, 1-p)))"


def test_the_facts_about_three_houses() -> None:
    """FACTS: two houses (1, 300), (2, 500), model w*x + b at (6.5, 4), loss sum (y-p)^2/(2m): 79274.8."""
    row = read_loss("mse/2").of_row(name("y"), read_expression("6.5*x+4", known=("x",)))
    values = [evaluate(row, {"x": x, "y": y}) for x, y in ((1, 300), (2, 500))]
    assert sum(values) / 2 == pytest.approx(79274.8, abs=0.05)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hubr", "there is no loss 'hubr': did you mean huber?"),
        ("rmse", "there is no loss 'rmse': did you mean mse?"),
        ("xyzzy", "there are mse, mse/2, mae, huber, log, hinge, poisson, pinball, or a formula in y and p"),
        ("", "a loss is a name such as mse, or a formula in y and p such as (y-p)^2"),
        ("pinball(q=2)", "q of the loss 'pinball' is a number between 0 and 1, not '2'"),
        ("pinball(0)", "between 0 and 1, not '0'"),
        ("huber(delta=-1)", "delta of the loss 'huber' is a number greater than 0, not '-1'"),
        ("huber(inf)", "delta of the loss 'huber' is a"),
        ("huber(nan)", "greater than 0, not 'nan'"),
        ("huber(q=1)", "the loss 'huber' has no setting 'q': it has delta"),
        ("y^2", "p does not occur"),
        ("(y-x)^2", "unknown name 'x'"),
        ("(y-p", ""),
        ("y" * 3000, "the loss has 3,000 characters and may have 2,000"),
    ],
)
def test_what_is_no_loss(text: str, told: str) -> None:
    with pytest.raises(SteepestError) as caught:
        read_loss(text)
    assert isinstance(caught.value, InputError | FormulaError)
    assert told in str(caught.value)


def test_reductions() -> None:
    assert read_loss("mae", "sum").written == "sum(abs(y-p))"
    with pytest.raises(InputError, match=r"there is no reduction 'means': did you mean mean\?"):
        read_loss("mae", "means")
