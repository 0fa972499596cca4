"""The exact answers of fits, against published numbers and arithmetic of many digits; and why there may be none."""

from typing import Any

import mpmath
import numpy as np
import pytest

import steepest
from steepest.objectives.answer import Exact
from steepest.objectives.exact.exact import exact_answer
from steepest.objectives.fit import FitObjective, read_fit


def answer(model: str, data: Any, start: Any = None, **settings: Any) -> Exact:
    return exact_answer(read_fit(model, data, **settings), start)


def test_two_houses() -> None:
    found = answer("y(w, b) ~ w*x + b", {"x": [1, 2], "y": [300, 500]}, loss="mse/2")
    assert found.position == pytest.approx((200, 100), rel=1e-14)
    assert found.unique
    assert found.told == "least squares by QR; the model fits every row, up to rounding"


@pytest.mark.parametrize("start", [(500, 1e-4), (250, 5e-4)])
def test_misra1a(start: tuple[float, ...]) -> None:
    found = answer("y ~ b1*(1-exp(-b2*x))", "misra1a", start)
    assert found.position == pytest.approx((238.94212918, 5.5015643181e-4), rel=1e-10)
    assert found.value is not None
    assert 14 * found.value == pytest.approx(0.12455138894, rel=1e-10)
    assert not found.unique


@pytest.mark.parametrize("start", [(100, 1, 0.1), (75, 2.5, 0.07)])
def test_rat42(start: tuple[float, ...]) -> None:
    found = answer("y ~ b1/(1+exp(b2-b3*x))", "rat42", start)
    assert found.position == pytest.approx((72.462237576, 2.6180768402, 0.067359200066), rel=1e-10)
    assert found.value is not None
    assert 9 * found.value == pytest.approx(8.0565229338, rel=1e-10)


def test_ill_conditioned_least_squares_keep_their_digits() -> None:
    """Powers of x on [0, 1]: the condition number is 1e6 or so, that of the normal equations 1e12."""
    x = np.linspace(0, 1, 50)
    powers = " + ".join(f"c{k}*x^{k}" for k in range(1, 6))
    found = answer(f"y ~ c0 + {powers}", {"x": x, "y": np.exp(x)})
    with mpmath.workdps(60):
        matrix = mpmath.matrix([[mpmath.mpf(float(each)) ** k for k in range(6)] for each in x])
        target = mpmath.matrix([mpmath.mpf(float(each)) for each in np.exp(x)])
        exact = [float(each) for each in mpmath.lu_solve(matrix.T * matrix, matrix.T * target)]
    assert found.position == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize("size", [1e-200, 1.0, 1e150])
def test_any_unit(size: float) -> None:
    rng = np.random.default_rng(1)
    x, noise = rng.normal(size=30), rng.normal(size=30)
    found = answer("y ~ b + w*x", {"x": x * size, "y": 3 + 2 * x + noise})
    slope, constant = np.polyfit(x, 3 + 2 * x + noise, 1)
    assert found.position == pytest.approx((constant, slope / size), rel=1e-12)


def test_numbers_next_to_the_largest() -> None:
    found = answer("y ~ w*x + b", {"x": [1e308, -1e308, 3], "y": [1e308, 2, 1e308]})
    assert found.position == pytest.approx((1e308 / 3 * 2, 0.5), rel=1e-12)
    assert found.told == "least squares by QR"


def test_many_rows_are_factored_in_blocks() -> None:
    rng = np.random.default_rng(2)
    x, z = rng.normal(size=(2, 200_001))
    y = 1 + 2 * x - 3 * z + rng.normal(size=len(x))
    found = answer("y(a, b, c) ~ a + b*x + c*z", {"x": x, "z": z, "y": y})
    matrix = np.column_stack([np.ones_like(x), x, z])
    assert found.position == pytest.approx(np.linalg.lstsq(matrix, y, rcond=None)[0].tolist(), rel=1e-12)


@pytest.mark.parametrize("scale", ["none", "z", "minmax"])
def test_scaling_changes_the_parameters_and_not_the_fit(scale: str) -> None:
    objective = read_fit("price ~ w1*size + w2*age + b", "houses", scale=scale)
    found = exact_answer(objective)
    assert found.position is not None
    plain = answer("price ~ w1*size + w2*age + b", "houses")
    assert plain.position is not None
    assert objective.in_original_units(found.position) == pytest.approx(
        dict(zip(objective.names, plain.position, strict=True)), rel=1e-9
    )
    assert found.value == pytest.approx(plain.value, rel=1e-12)


@pytest.mark.parametrize(("loss", "model"), [("log", "sigmoid(w*x + v*z + b)"), ("poisson", "exp(w*x + v*z + b)")])
def test_generalized_linear_models_have_no_slope_left(loss: str, model: str) -> None:
    rng = np.random.default_rng(3)
    x, z = rng.normal(size=(2, 80))
    mean = 0.3 + x - 0.5 * z
    y = (rng.random(80) < 1 / (1 + np.exp(-mean))).astype(float) if loss == "log" else rng.poisson(np.exp(mean)).astype(float)
    objective = read_fit(f"y ~ {model}", {"x": x, "z": z, "y": y}, loss=loss)
    found = exact_answer(objective)
    assert found.position is not None and found.unique
    assert np.abs(objective.gradient(found.position)).max() < 1e-14
    away = [tuple(np.array(found.position) + step) for step in 1e-3 * rng.normal(size=(20, 3))]
    assert min(map(objective.value, away)) > objective.value(found.position)


@pytest.mark.parametrize(
    ("model", "data", "settings", "told"),
    [
        ("y ~ w*x + v*z + b", {"x": [1, 2, 3, 4], "z": [2, 4, 6, 8], "y": [1, 2, 4, 3]}, {}, "v and w cannot be told apart"),
        ("y ~ w*x + b", {"x": [2, 2, 2], "y": [1, 2, 4]}, {}, "b and w cannot be told apart"),
        ("y ~ w*x + b", {"x": [2], "y": [1]}, {}, "b and w cannot be told apart"),
        ("y ~ w*x + b", {"x": [0, 0], "y": [1, 3]}, {}, "every value of w gives the same predictions"),
        ("y ~ sigmoid(w*x + b)", {"x": [1, 2, 3, 4], "y": [0, 0, 1, 1]}, {"loss": "log"}, "the classes can be separated"),
        ("y ~ sigmoid(w*x + b)", {"x": [1, 2, 2, 3], "y": [0, 0, 1, 1]}, {"loss": "log"}, "the classes can be separated"),
        ("y ~ w*x", {"x": [1, 2, 3], "y": [1, 2, 4]}, {"loss": "mae"}, "Newton's method found no minimum"),
        ("y ~ w*log(x)", {"x": [0, 2, 3], "y": [1, 2, 4]}, {}, "the model has no finite value in every row"),
        ("y ~ exp(w*x)", {"x": [1e308, 2, 3], "y": [1, 2, 4]}, {}, "no finite value and curvature"),
    ],
)
def test_why_there_is_none(model: str, data: Any, settings: dict[str, Any], told: str) -> None:
    found = answer(model, data, **settings)
    assert found.position is None and found.value is None
    assert told in found.told


def test_separation_is_not_said_of_classes_that_overlap() -> None:
    rng = np.random.default_rng(4)
    for seed in range(30):
        x = np.random.default_rng(seed).normal(size=12)
        y = (rng.random(12) < 0.5).astype(float)
        low, high = x[y == 0], x[y == 1]
        if not (len(low) and len(high)):
            continue
        separated = low.max() <= high.min() or high.max() <= low.min()
        assert ("separated" in answer("y ~ sigmoid(w*x + b)", {"x": x, "y": y}, loss="log").told) == separated


def test_the_star_of_a_picture_is_a_minimum_that_is_certain() -> None:
    (point,) = read_fit("price ~ w*size + b", "houses").minima
    assert point.value == pytest.approx(809068685.01, rel=1e-9)
    assert read_fit("y ~ b1*(1-exp(-b2*x))", "misra1a").minima == ()


def test_a_fit_seeks_from_its_start() -> None:
    fit = steepest.fit("misra1a", "y ~ b1*(1-exp(-b2*x))", start=(250, 5e-4), steps=1)
    assert isinstance(fit.objective, FitObjective)
    assert fit.exact.position == pytest.approx((238.94212918, 5.5015643181e-4), rel=1e-10)


# A constant that is added to the loss ---------------------------------------------------------------------------------

FOUR = {"x": [1.0, 2, 3, 4], "y": [2.1, 3.9, 6.2, 7.8]}


@pytest.mark.parametrize("constant", [-5.0, -0.02, -0.02425, 5.0])
def test_a_constant_in_the_loss_leaves_the_answer_where_it_is(constant: float) -> None:
    """Of two minima with the same value the one near the start is the answer, whatever the sign of that value."""
    given: dict[str, Any] = {"start": 4, "lr": 1e-3, "steps": 3}
    plain = steepest.fit(FOUR, "y ~ (w-1)^2*x", loss="(y-p)^2", **given).exact
    moved = steepest.fit(FOUR, "y ~ (w-1)^2*x", loss=f"(y-p)^2+({constant})", **given).exact
    assert plain.position is not None
    assert plain.value is not None
    assert plain.position[0] > 1
    assert moved.position == pytest.approx(plain.position, rel=1e-12)
    assert moved.value == pytest.approx(plain.value + constant, rel=1e-12, abs=1e-13)
    assert (moved.told, moved.unique) == (plain.told, plain.unique)


def test_least_squares_with_a_constant_are_solved_by_qr() -> None:
    found = answer("y ~ w*x + b", FOUR, loss="(y-p)^2-5")
    assert found.told == "least squares by QR"
    assert found.unique
    assert found.position == answer("y ~ w*x + b", FOUR).position


@pytest.mark.parametrize("loss", ["log(cosh(p-y))", "log(cosh(p-y))-7", "log(cosh(p-y))+7", "(y-p)^4+(y-p)^2"])
def test_a_minimum_of_another_loss_whose_value_is_zero_or_negative(loss: str) -> None:
    found = answer("y(w, b) ~ w*x + b", {"x": [0.0, 1, 2, 3], "y": [1.0, 3, 5, 7]}, loss=loss)
    assert found.position == pytest.approx((2, 1), rel=1e-9)


@pytest.mark.parametrize("constant", [-1e6, -5.0, 5.0, 1e6, 1e12])
def test_a_constant_costs_no_digits(constant: float) -> None:
    found = answer("y ~ w*x", {"x": [1.0, 2, 3], "y": [2.0, 4, 6]}, loss=f"(y-p)^4+({constant})")
    assert found.position == pytest.approx((2.0,), rel=1e-12)
    assert found.value == constant


@pytest.mark.parametrize("constant", [-1e6, 0.0, 1e6])
def test_of_two_minima_that_hardly_differ_the_lower_one_is_the_answer_whatever_is_added(constant: float) -> None:
    found = steepest.fit(FOUR, "y ~ (w-1)^2*x - 3e-8*w", loss=f"(y-p)^2+({constant})", start=4, lr=1e-3, steps=3).exact
    assert found.position == pytest.approx((-0.41067359652355867,), rel=1e-9)
