"""Models of many columns: equal to the formula written out, to central differences, to scikit-learn; what is refused."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

import steepest
from steepest.errors import FormulaError, InputError
from steepest.objectives.callable import central_differences
from steepest.objectives.fit import read_fit
from steepest.objectives.many_columns.objective import ManyColumnsObjective
from steepest.objectives.reading import read_model

RANDOM = np.random.default_rng(3)
DATA: dict[str, Any] = {"u": RANDOM.normal(3, 2, 40), "v": RANDOM.normal(-1, 0.5, 40), "w x": RANDOM.normal(0, 1, 40)}
DATA["y"] = 2 * DATA["u"] - 3 * DATA["v"] + 1 + RANDOM.normal(0, 0.3, 40)
DATA["passed"] = (DATA["u"] + RANDOM.normal(0, 2, 40) > 3).astype(float)
DATA["side"] = 2 * DATA["passed"] - 1
DATA["kind"] = np.array(["a", "b", "c"], object)[(DATA["u"] + RANDOM.normal(0, 1, 40)).astype(int) % 3]
WRITTEN = "a*u + b*v + c*`w x` + d"
POSITION = np.array([0.3, -0.7, 0.2, 0.5])
NUMBERS = POSITION.tolist()


def many(model: str, **settings: Any) -> ManyColumnsObjective:
    found = read_model(model, DATA, **settings)
    assert isinstance(found, ManyColumnsObjective)
    return found


@pytest.mark.parametrize("scale", ["none", "z", "minmax"])
@pytest.mark.parametrize("loss", ["mse", "mse/2", "mae", "huber(0.5)", "pinball(0.9)", "log(cosh(p-y))"])
def test_linear_is_the_formula(loss: str, scale: str) -> None:
    found = many("y ~ linear(u, v, `w x`)", loss=loss, scale=scale)
    formula = read_fit(f"y(a, b, c, d) ~ {WRITTEN}", DATA, loss=loss, scale=scale)
    assert found.value(POSITION) == pytest.approx(formula.value(NUMBERS), rel=1e-13)
    assert found.gradient(POSITION) == pytest.approx(formula.gradient(NUMBERS), rel=1e-12)
    assert found.hessian(POSITION) == pytest.approx(np.array(formula.hessian(NUMBERS), dtype=float), rel=1e-12, abs=1e-12)
    assert found.predict(NUMBERS) == pytest.approx(formula.predict(NUMBERS), rel=1e-13)
    assert found.residuals(NUMBERS) == pytest.approx(formula.residuals(NUMBERS), rel=1e-11)
    assert list((found.in_original_units(NUMBERS)).values()) == pytest.approx(
        list((formula.in_original_units(NUMBERS) or {}).values()), rel=1e-11
    )
    assert found.is_quadratic == formula.is_quadratic
    assert found.hyperparameters == formula.hyperparameters


def test_texts_write_a_space_as_a_space() -> None:
    found = many("y ~ linear(u, `w x`)")
    assert found.written == "y ~ linear(u, `w x`)"
    assert found.text == "mean((y-p)^2) of y ~ linear(u, `w x`)"
    assert read_model(found.written, DATA).columns == ("u", "w x")


@pytest.mark.parametrize(("loss", "target"), [(None, "passed"), ("mse", "passed"), ("hinge", "side")])
def test_classes_are_the_formula(loss: str | None, target: str) -> None:
    word, written = ("linear", WRITTEN) if loss == "hinge" else ("logistic", f"sigmoid({WRITTEN})")
    found = many(f"{target} ~ {word}(u, v, `w x`)", loss=loss, scale="z")
    formula = read_fit(f"{target}(a, b, c, d) ~ {written}", DATA, loss=loss or "log", scale="z")
    assert found.value(POSITION) == pytest.approx(formula.value(NUMBERS), rel=1e-13)
    assert found.gradient(POSITION) == pytest.approx(formula.gradient(NUMBERS), rel=1e-12)
    assert found.hessian(POSITION) == pytest.approx(np.array(formula.hessian(NUMBERS), dtype=float), rel=1e-11, abs=1e-12)
    assert found.predict(NUMBERS) == pytest.approx(formula.predict(NUMBERS), rel=1e-13)


def test_softmax_by_differences() -> None:
    found = many("kind ~ softmax(u, v)", scale="z")
    position = RANDOM.normal(size=9)
    assert found.names[:3] == ("a:u", "a:v", "a:intercept")
    assert found.gradient(position) == pytest.approx(central_differences(found.value, position), rel=1e-7, abs=1e-9)
    hessian = np.stack([(found.gradient(position + h) - found.gradient(position - h)) / 2e-6 for h in 1e-6 * np.eye(9)], axis=1)
    assert found.hessian(position) == pytest.approx(hessian, rel=1e-6, abs=1e-9)
    shares = found.predict(position.tolist())
    assert shares.shape == (40, 3) and shares.sum(axis=1) == pytest.approx(np.ones(40))
    assert found.value(np.zeros(9)) == pytest.approx(np.log(3))


def test_parameters_have_names_of_their_own() -> None:
    numbers = read_model("y ~ softmax", {"x": [1.0, 2, 3], "y": [1_000_001, 1_000_002, 1_000_001]})
    assert numbers.names[0::2] == ("1000001:x", "1000002:x")
    with pytest.raises(InputError, match="two parameters would be called 'a:b:c'"):
        read_model("y ~ softmax", {"c": [1, 2], "b:c": [2, 1], "y": ["a", "a:b"]})
    with pytest.raises(InputError, match=r"two parameters would be called '\(intercept\)'"):
        read_model("y ~ linear", {"intercept": [1, 2, 4], "(intercept)": [2, 1, 3], "y": [1, 2, 3]})


def test_softmax_stays_finite() -> None:
    found = read_model("y ~ softmax", {"x": [1e300, -1e300], "y": ["a", "b"]})
    assert found.value(np.array([1.0, 0, -1.0, 0])) == 0.0  # type: ignore[arg-type]


def test_the_exact_answers_are_those_of_scikit_learn() -> None:
    matrix = np.column_stack([DATA["u"], DATA["v"], DATA["w x"]])
    expected = LinearRegression().fit(matrix, DATA["y"])
    found = many("y ~ linear(u, v, `w x`)").exact
    assert found.position == pytest.approx((*expected.coef_, expected.intercept_), rel=1e-10)
    logistic = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(matrix, DATA["passed"])
    answer = many("passed ~ logistic(u, v, `w x`)").exact
    assert answer.position == pytest.approx((*logistic.coef_[0], logistic.intercept_[0]), rel=1e-5)
    assert answer.unique


def test_softmax_arrives_at_the_predictions_of_scikit_learn() -> None:
    fit = steepest.fit(DATA, "kind ~ softmax(u, v)", scale="z", optimizer="nesterov", lr=1.0, steps=3_000, tol=0)
    matrix = np.column_stack([DATA["u"], DATA["v"]])
    expected = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000).fit(matrix, DATA["kind"])
    assert fit.predict({"u": DATA["u"], "v": DATA["v"]}) == pytest.approx(expected.predict_proba(matrix), abs=1e-6)
    assert fit.residual_sum_of_squares is None
    with pytest.raises(InputError, match="softmax predicts a probability for each class"):
        _ = fit.residuals


def test_separable_classes_and_dependent_columns_are_told() -> None:
    separable = read_model("y ~ logistic", {"x": [1, 2, 3, 4], "y": [0, 0, 1, 1]}).exact
    assert separable.position is None and "separated" in separable.told
    dependent = read_model("y ~ linear", {"a": [1, 2, 3, 4], "b": [2, 4, 6, 8], "y": [1, 2, 3, 5]}).exact
    assert dependent.position is None and "a and b cannot be told apart" in dependent.told


def test_all_columns_but_texts_and_constants() -> None:
    data = {"town": ["x", "y", "x"], "a": [1, 2, 4], "one": [7, 7, 7], "y": [1, 2, 3]}
    found = read_model("y ~ linear", data, scale="z")
    assert found.columns == ("a",)
    assert "left out: town (text) and one (7 in every row)" in found.notes
    missing = {"a": [1, 2, None, 4], "b": [5, 5, 6, 5], "y": [1, 2, 3, 4]}
    found = read_model("y ~ linear", missing, drop_missing=True, scale="z")
    assert found.names == ("a", "intercept")
    assert "left out: b (5 in every row)" in found.notes


def test_ten_thousand_columns() -> None:
    matrix = RANDOM.normal(size=(30, 10_000))
    data: dict[str, Any] = {f"c{index}": column for index, column in enumerate(matrix.T)}
    fit = steepest.fit({**data, "y": matrix[:, 0]}, "y ~ linear", steps=5)
    assert fit.names[-1] == "intercept" and len(fit.names) == 10_001
    largest = np.linalg.eigvalsh(2 * np.column_stack([matrix, np.ones(30)]) @ np.column_stack([matrix, np.ones(30)]).T / 30)[-1]
    assert fit.objective.curvature == pytest.approx(largest, rel=1e-5)
    assert (np.diff(fit.values) < 0).all()
    assert fit.objective.exact.position is None
    assert "30 rows do not determine 10,001 parameters" in fit.objective.exact.told


@pytest.mark.parametrize(
    ("model", "settings", "words", "place"),
    [
        ("y ~ linear(u, z)", {}, "has no column 'z'", 14),
        ("y ~ linear(u, kind)", {}, "'kind' holds text", 14),
        ("y ~ linear(u, u)", {}, "'u' is named twice", 14),
        ("y ~ linear(u, y)", {}, "'y' is on both sides", 14),
        ("y ~ linear()", {}, "a column is missing", 11),
        ("y ~ linear(u,)", {}, "a column is missing", 13),
        ("y ~ liner", {}, "did you mean linear?", 4),
        ("y ~ Softmax", {}, "did you mean softmax?", 4),
        ("y(a, b) ~ linear(u)", {}, "write y ~ linear", 1),
        ("no ~ linear", {}, "has no column 'no'", 0),
    ],
)
def test_what_is_refused_with_its_place(model: str, settings: dict[str, Any], words: str, place: int) -> None:
    with pytest.raises(FormulaError) as raised:
        read_model(model, DATA, **settings)
    assert words in raised.value.reason and raised.value.position == place


@pytest.mark.parametrize(
    ("model", "settings", "words"),
    [
        ("passed ~ logistic(u)", {"loss": "hinge"}, "logistic predicts a probability"),
        ("passed ~ linear(u)", {"loss": "log"}, "write logistic"),
        ("kind ~ softmax(u)", {"loss": "mse"}, "takes no other loss"),
        ("kind ~ softmax(u)", {"one": "a"}, "leave --one out"),
        ("kind ~ logistic(u)", {}, "choose the one that counts as 1"),
        ("y ~ linear(u)", {"let": {"k": 1}}, "linear has no constants"),
        ("y ~ linear(u)", {"batch": 41}, "cannot be taken from 40 rows"),
    ],
)
def test_what_is_refused(model: str, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_model(model, DATA, **settings)


def test_a_column_called_linear() -> None:
    data = {"linear": [1, 2, 3], "y": [2, 4, 6]}
    with pytest.raises(FormulaError, match="write `linear` for the column"):
        read_model("y ~ linear", data)
    assert read_model("y ~ linear(linear)", data).names == ("linear", "intercept")
    assert read_model("y ~ w*`linear`", data).names == ("w",)
    assert read_model("y ~ linear(intercept)", {"intercept": [1, 2], "y": [1, 2]}).names == ("intercept", "(intercept)")
