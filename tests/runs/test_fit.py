"""Fits: the numbers of the literature, labels, losses, batches, scaling, prediction, and what is refused."""

import csv
import math
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.errors import FormulaError, InputError
from steepest.objectives.data import objective
from steepest.runs.ending import Ending
from steepest.runs.fit import Fit
from steepest.runs.fitting import read_batch, step_limit
from steepest.tape.program import Stop

Data = Mapping[str, Sequence[Any]]
HOUSES: Data = {"x": [1, 2], "y": [300, 500]}
THREE: Data = {"size": [2104, 1416, 852], "rooms": [5, 3, 2], "floors": [1, 2, 1], "age": [45, 40, 35], "price": [460, 232, 178]}
EXAM: Data = {"a": [0.5, 1, 1.5, 3, 2, 1], "b": [1.5, 1, 0.5, 0.5, 2, 2.5], "passed": [0, 0, 0, 1, 1, 1]}
MISRA = {
    "y": [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78],
    "x": [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0],
}
RAT = {"y": [8.93, 10.8, 18.59, 22.33, 39.35, 56.11, 61.73, 64.62, 67.08], "x": [9, 14, 21, 28, 42, 57, 63, 70, 79]}
RANDOM = np.random.default_rng(5)
MANY = {"u": RANDOM.normal(3, 2, 23), "v": RANDOM.normal(-1, 0.5, 23)}
MANY["y"] = 2 * MANY["u"] - 3 * MANY["v"] + 1 + RANDOM.normal(0, 0.3, 23)


# Numbers of the literature --------------------------------------------------------------------------------------------


def test_two_houses() -> None:
    found = steepest.fit(HOUSES, "y ~ w*x + b", loss="mse/2", lr=0.01, steps=10_000, tol=0)
    assert isinstance(found, Fit)
    w, b = (found.objective.names.index(word) for word in "wb")
    assert found.positions[1, [w, b]].tolist() == pytest.approx([6.5, 4], rel=1e-15)
    assert found.values[1] == pytest.approx(79274.8125, rel=1e-13)
    assert found.positions[1001, [w, b]].tolist() == pytest.approx([194.914824093896, 108.2279874548], rel=1e-12)
    assert found.values[1001] == pytest.approx(3.41251, abs=5e-6)
    assert found.coefficients == pytest.approx({"w": 199.992850751318, "b": 100.011567727362}, rel=1e-12)


def test_two_houses_with_a_learning_rate_that_is_too_large() -> None:
    found = steepest.fit(HOUSES, "y(w, b) ~ w*x + b", loss="mse/2", lr=0.8, steps=2)
    assert found.positions[1:].tolist() == [pytest.approx([520, 320]), pytest.approx([-384, -240])]
    assert found.values[1:].tolist() == pytest.approx([257800, 781960], rel=1e-13)
    broken = found.rerun(steps=2000)
    assert broken.ending == "diverged"
    assert "in row 2" in broken.ending.message or "in row 1" in broken.ending.message
    assert found.diagnose().curvature.start.tolist() == pytest.approx([0.072949016875, 3.427050983125], rel=1e-11)


def test_three_houses() -> None:
    model = "price(w1, w2, w3, w4, b) ~ w1*size + w2*rooms + w3*floors + w4*age + b"
    found = steepest.fit(THREE, model, loss="mse/2", lr=5e-7, steps=1000, tol=0)
    expected = [0.203965687319, 0.00374919221, -0.011248703879, -0.065861399924, -0.0022354075]
    assert list(found.coefficients.values()) == pytest.approx(expected, rel=2e-8)
    assert found.predict().tolist() == pytest.approx([426.185, 286.167, 171.468], abs=6e-4)
    assert found.residuals.tolist() == pytest.approx([33.815, -54.167, 6.532], abs=6e-4)
    assert found.values[[0, 1, 900]].tolist() == pytest.approx([49518, 2529.46, 687.7006], rel=2e-6)


def test_logistic_regression() -> None:
    model = "passed(w1, w2, b) ~ sigmoid(w1*a + w2*b_ + b)"
    data = {"a": EXAM["a"], "b_": EXAM["b"], "passed": EXAM["passed"]}
    found = steepest.fit(data, model, loss="log", lr=0.1, steps=10_000, tol=0)
    at = found.objective.gradient((2, 3, 1))
    assert at == pytest.approx((0.498333393279, 0.49883942984, 0.498618065463), rel=1e-11)
    expected = [0.684610468561, 0.159097766687, 0.0190301371241]
    assert found.values[[1, 1001, 9001]].tolist() == pytest.approx(expected, rel=1e-10)
    assert list(found.coefficients.values()) == pytest.approx([5.281230291781, 5.07815607516, -14.22240998202], rel=1e-10)


@pytest.mark.parametrize(
    ("start", "positions"),
    [  # pure Newton in mpmath: from both of NIST's starts it leads away
        ((500, 1e-4), [(1462.0245, 2.8733687e-4), (1040.7656, 2.1069254e-4), (835.42685, 1.7136692e-4)]),
        ((250, 5e-4), [(255.05806, 5.1058997e-4), (455.78886, 4.6476341e-5), (-409.30746, -4.0614141e-5)]),
    ],
)
def test_misra1a_from_far(start: tuple[float, float], positions: list[tuple[float, float]]) -> None:
    found = steepest.fit(MISRA, "y ~ b1*(1 - exp(-b2*x))", optimizer="newton", start=start, steps=3)
    for index, (b1, b2) in enumerate(positions, 1):
        assert found.positions[index].tolist() == pytest.approx([b1, b2], rel=1e-6)


def test_misra1a_from_near() -> None:
    found = steepest.fit(MISRA, "y ~ b1*(1 - exp(-b2*x))", optimizer="newton", start=(239, 5.5e-4), steps=20, tol=0)
    assert list(found.coefficients.values()) == pytest.approx([238.94212918, 5.5015643181e-4], rel=1e-9)
    assert float(found.residuals @ found.residuals) == pytest.approx(0.12455138894, rel=1e-9)


def test_rat42() -> None:
    found = steepest.fit(RAT, "y ~ b1/(1 + exp(b2 - b3*x))", optimizer="newton", start=(75, 2.5, 0.07), steps=50, tol=0)
    assert list(found.coefficients.values()) == pytest.approx([72.462237576, 2.6180768402, 0.067359200066], rel=1e-9)
    assert float(found.residuals @ found.residuals) == pytest.approx(8.0565229338, rel=1e-9)


# Losses and labels ----------------------------------------------------------------------------------------------------

LOSSES: dict[str, Callable[[Any, Any], Any]] = {
    "mse": lambda y, p: (y - p) ** 2,
    "mse/2": lambda y, p: (y - p) ** 2 / 2,
    "mae": lambda y, p: abs(y - p),
    "huber(delta=2)": lambda y, p: np.where(abs(y - p) <= 2, (y - p) ** 2 / 2, 2 * (abs(y - p) - 1)),
    "pinball(0.9)": lambda y, p: np.maximum(0.9 * (y - p), -0.1 * (y - p)),
    "(y-p)^4": lambda y, p: (y - p) ** 4,
}


@pytest.mark.parametrize("loss", LOSSES)
def test_the_value_is_the_mean_loss(loss: str) -> None:
    found = steepest.fit(MANY, "y(p, q, r) ~ p*u + q*v + r", loss=loss, steps=0, start=(1.5, -2, 0.5))
    predictions = 1.5 * MANY["u"] - 2 * MANY["v"] + 0.5
    assert found.predict().tolist() == pytest.approx(predictions.tolist(), rel=1e-14)
    assert found.values[0] == pytest.approx(float(LOSSES[loss](MANY["y"], predictions).mean()), rel=1e-13)


def test_text_labels() -> None:
    data = {"a": EXAM["a"], "passed": ["no", "no", "no", "yes", "yes", "yes"]}
    found = steepest.fit(data, "passed ~ sigmoid(w*a + c)", loss="log", steps=20, lr=0.1)
    numbers = steepest.fit({"a": EXAM["a"], "passed": EXAM["passed"]}, "passed ~ sigmoid(w*a + c)", loss="log", steps=20, lr=0.1)
    other = steepest.fit(data, "passed ~ sigmoid(w*a + c)", loss="log", steps=20, lr=0.1, one="no")
    assert found.coefficients == numbers.coefficients
    assert other.coefficients == pytest.approx({word: -value for word, value in found.coefficients.items()}, rel=1e-12)
    assert any("yes" in note for note in found.objective.notes)


# Batches --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["shuffle", "cyclic", "replacement"])
@pytest.mark.parametrize("size", [1, 5, 23])
def test_each_step_follows_the_gradient_of_its_batch(order: str, size: int) -> None:
    found = steepest.fit(MANY, "y(p, q, r) ~ p*u + q*v + r", batch=size, order=order, lr=0.01, epochs=3, seed=9)
    batches = found.objective.batches(9)
    assert batches is not None
    assert found.steps == 3 * -(-23 // size)
    inputs = np.column_stack([MANY["u"], MANY["v"], np.ones(23)])
    seen: list[int] = []
    for step in range(1, found.steps + 1):
        rows = batches.at(step)
        seen += rows.tolist()
        left = inputs[rows] @ found.positions[step - 1] - MANY["y"][rows]
        slope = 2 * inputs[rows].T @ left / len(rows)
        assert found.gradients[step - 1].tolist() == pytest.approx(slope.tolist(), rel=1e-10, abs=1e-12)
        assert found.values[step - 1] == pytest.approx(float((left**2).mean()), rel=1e-12)
        assert found.positions[step].tolist() == pytest.approx((found.positions[step - 1] - 0.01 * slope).tolist(), rel=1e-12)
    if order != "replacement":
        assert all(sorted(seen[first : first + 23]) == list(range(23)) for first in (0, 23, 46))


def test_a_batch_of_all_rows_takes_the_steps_of_none() -> None:
    whole = steepest.fit(MANY, "y ~ p*u + q*v + r", lr=0.01, steps=20)
    assert steepest.fit(MANY, "y ~ p*u + q*v + r", lr=0.01, steps=20, batch="full").positions.tolist() == whole.positions.tolist()
    cyclic = steepest.fit(MANY, "y ~ p*u + q*v + r", lr=0.01, steps=20, batch=23, order="cyclic")
    assert cyclic.positions.tolist() == whole.positions.tolist()


def test_a_batch_that_happens_to_fit_is_no_convergence() -> None:
    data = {"x": [1, 1, 1, 1], "y": [1, 1, 1, 5]}
    found = steepest.fit(data, "y ~ w*x", batch=1, order="cyclic", lr=0.5, steps=40)
    assert found.positions[1:5].ravel().tolist() == [1, 1, 1, 5]
    assert found.ending == "step_limit"
    settled = steepest.fit({"x": [1, 2, 3, 4], "y": [2, 4, 6, 8]}, "y ~ w*x", batch=2, lr=0.05, steps=500)
    assert settled.ending == "converged"
    assert "each of the last 2 steps, an epoch, is shorter than tol" in settled.ending.message
    assert np.linalg.norm(np.diff(settled.positions[-3:], axis=0), axis=1).max() < 1e-8
    with pytest.raises(InputError, match="gtol asks for the gradient over all rows"):
        settled.rerun(gtol=1e-3)


def test_the_seed_chooses_the_batches() -> None:
    runs = [steepest.fit(MANY, "y ~ p*u + r", batch=4, steps=12, seed=seed).positions.tolist() for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


# Endings --------------------------------------------------------------------------------------------------------------

BAD = {"x": [1, 3, -1, 2], "y": [1, 2, 3, 4]}


def test_only_a_row_of_the_batch_is_blamed() -> None:
    whole = steepest.fit(BAD, "y ~ log(w*x)", start=1, steps=3)
    assert whole.ending.message == "undefined at the start: in row 3, log needs a positive number and got -1"
    later = steepest.fit(BAD, "y ~ log(w*x)", start=1, steps=9, batch=1, order="cyclic", lr=0.01)
    assert later.ending.message.startswith("undefined at step 2: in row 3, log needs a positive number and got -")
    data = {"x": [-1, 1, 1, -2], "y": [0, 0, 0, 0]}
    second = objective("mean(sqrt(x*w))", data)
    found = steepest.fit(data, "y ~ log(x*w)", start=-1, steps=5, batch=2, order="cyclic")
    assert "in row 2, log needs a positive number and got -1" in found.ending.message
    assert math.isnan(second.value([1]))


def test_rows_have_the_places_of_the_source(tmp_path: Path) -> None:
    dropped = steepest.fit(
        {"x": [None, 1, -1, 2], "y": [1, 2, 3, 4]}, "y ~ log(w*x)", start=1, steps=3, drop_missing=True
    )  # fmt: skip
    assert "in row 3, log needs" in dropped.ending.message
    file = tmp_path / "rows.csv"
    with file.open("w", newline="") as opened:
        csv.writer(opened).writerows([["x", "y"], [1, 2], [], [-1, 3], [4, 5]])
    assert "in line 4, log needs" in steepest.fit(str(file), "y ~ log(w*x)", start=1, steps=3).ending.message


def test_overflow_names_the_row_and_the_operation() -> None:
    found = steepest.fit({"x": [1, 2, 800], "y": [1, 2, 3]}, "y ~ exp(w*x)", start=1, steps=3)
    assert "in row 3, exp(800) is larger than any number" in found.ending.message
    nested = steepest.descend(objective("log(mean(exp(w*x)))", {"x": [1, 800, 3]}), start=1, steps=3)
    assert "in row 2, exp(800) is larger than any number" in nested.ending.message
    total = steepest.descend(objective("sum(x*w)", {"x": [1e308, 1e308]}), start=1, steps=3)
    assert "the value's sum over the rows is larger than any number" in total.ending.message
    inner = steepest.descend(objective("mean(exp(sum(x)*w*y))", {"x": [1e308, 1e308], "y": [1, 2]}), start=1, steps=3)
    assert "the value's sum over the rows is larger than any number" in inner.ending.message
    outside = steepest.descend(objective("log(mean(x)*w)", {"x": [2, 1, 3]}), start=-1, steps=3)
    assert outside.ending.message == "undefined at the start: log needs a positive number and got -2"


def test_a_row_is_blamed_only_by_a_sum_that_needs_it() -> None:
    data = {"x": [1, 0, 3], "y": [-1, 2, 3]}
    found = steepest.descend(
        objective("where(w < 2, mean(exp(mean(x)*w)), mean(1/x) + mean(log(y)))", data), start=1, lr=0.1, steps=40
    )
    assert found.steps < 40 or found.ending == "step_limit"
    second = steepest.descend(objective("mean(log(mean(x)*w*y)) + 0*w", data), start=1, steps=3)
    assert "in row 1, log needs a positive number and got -1.33333" in second.ending.message


def test_after_ctrl_c_no_exact_answer_is_sought_over_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    run = steepest.fit(HOUSES, "y ~ w*x", steps=1)
    stopped = replace(run, ending=Ending(Stop.INTERRUPTED, "interrupted after 1 step of 1"))
    assert stopped.exact.position is not None
    monkeypatch.setattr("steepest.runs.fit.MANY_ROWS", run.objective.table.rows)
    assert replace(stopped).exact.told == "none computed, since the run was interrupted"


def test_a_start_at_0_that_has_no_value_names_the_row() -> None:
    with pytest.raises(
        InputError, match="no finite value and slope there, because of row 3: look at the numbers there, or say where"
    ):
        steepest.fit(BAD, "y ~ w*log(x)")
    with pytest.raises(InputError, match=r"because of row 1: look at the numbers there, or say where to start$"):
        steepest.fit({"x": [1e308, -1e308, 3], "y": [1e308, 2, 1e308]}, "y ~ w*x + b")
    with pytest.raises(InputError, match=r"because of row 1: say where to start, such as --start 1, or start=1"):
        steepest.fit({"x": [1, 2], "y": [1, 2]}, "y ~ log(w*x)")
    with pytest.raises(InputError, match="the function is flat there: say where to start"):
        steepest.fit(HOUSES, "y ~ w^2*x")


# Scaling and prediction -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", ["none", "z", "minmax"])
@pytest.mark.parametrize(
    "model", ["y ~ p*u + q*v + r", "y ~ exp(p*u/9 + q*v/9 + r)", "y ~ p*(u + v) + q*u + r", "y ~ 2 + 3u + p*u + q*v + r"]
)
def test_original_coefficients_predict_the_same(scale: str, model: str) -> None:
    found = steepest.fit(MANY, model, scale=scale, steps=25, lr=0.01)
    assert isinstance(found, Fit)
    own = found.coefficients_in(original=True)
    bare = steepest.fit(MANY, model, steps=0, start=[own[word] for word in found.objective.names])
    assert bare.predict().tolist() == pytest.approx(found.predict().tolist(), rel=1e-9, abs=1e-9)
    new = {"u": [0.5, 9.0], "v": [2.0, -7.0]}
    assert bare.predict(new).tolist() == pytest.approx(found.predict(new).tolist(), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("y ~ p*u + q*v", "no parameter can take up what the scaling adds: the model needs a constant term, such as + b"),
        ("y ~ p*u^2 + r", "the model is not affine in the scaled columns"),
        ("y ~ exp(p*u)*q + r", "the model is not linear in its parameters"),
        ("y ~ p*(u - mean(u)) + r", "the model takes a mean or sum over the rows"),
    ],
)
def test_why_there_are_no_original_coefficients(model: str, reason: str) -> None:
    found = steepest.fit(MANY, model, scale="z", steps=2, lr=0.01)
    with pytest.raises(InputError) as caught:
        found.coefficients_in(original=True)
    assert str(caught.value) == f"there are no coefficients in the table's own units: {reason}"


def test_predictions_refuse_what_is_no_number() -> None:
    found = steepest.fit(MANY, "y ~ p*u + q*v + r", scale="z", steps=5)
    for new, reason in [
        ({"u": [1.0]}, "the data has no column 'v'"),
        ({"u": [1.0], "v": ["a"]}, "the data, row 1: 'v' is 'a', no number"),
        ({"u": [1.0, None], "v": [1.0, 2.0]}, "the data has 1 missing number: u is missing in row 2"),
    ]:
        with pytest.raises(InputError, match=reason) as caught:
            found.predict(new)
        assert "\n" not in str(caught.value)
    assert found.predict({"v": [1.0], "u": [2.0], "other": ["text"]}).shape == (1,)


# What stays a fit -----------------------------------------------------------------------------------------------------


def test_runs_of_runs_are_fits_with_the_same_batches() -> None:
    found = steepest.fit(MANY, "y ~ p*u + q*v + r", batch=5, lr=0.01, steps=30, seed=4)
    again = found.rerun(steps=40)
    assert isinstance(again, Fit)
    assert again.positions[:31].tolist() == found.positions.tolist()
    assert again.objective.batches(4) == found.objective.batches(4)
    loaded = pickle.loads(pickle.dumps(found))
    assert isinstance(loaded, Fit)
    assert loaded.positions.tolist() == found.positions.tolist()
    assert loaded.rerun(steps=40).positions.tolist() == again.positions.tolist()
    assert loaded.coefficients == found.coefficients
    whole = steepest.fit(MANY, "y ~ p*u + q*v + r", lr=1e-3, steps=30)
    assert all(isinstance(each.run, Fit) for each in whole.diagnose().advice)


# What is refused ------------------------------------------------------------------------------------------------------

FORMULAS = [  # model, position, reason
    ("y w*x", 0, "write the column that is predicted in front, such as price ~ w*size + b"),
    ("y ~ w*x ~ b", 8, "a model has one '~'"),
    ("~ w*x", 0, "write the column that is predicted in front"),
    ("z ~ w*x", 0, "the data has no column 'z': it has x and y"),
    ("y ~ w*y", 0, "'y' is on both sides: the model predicts it from other columns"),
    ("y(x) ~ w*x", 2, "'x' is a column of the table: give the parameter another name"),
    ("y(w, w) ~ w*x", 5, "the parameter 'w' is named twice"),
    ("y(w ~ w*x", 4, "in front of '~' stands a column, perhaps with the parameters, such as y(w, b)"),
    ("log(y) ~ w*x", 0, "in front of '~' stands a column, such as x, not a formula"),
    ("y+1 ~ w*x", 0, "in front of '~' stands a column"),
    ("y ~ w*x + +", 11, "the formula is unfinished"),
    ("y ~ x", 4, "the formula has no parameter"),
    ("y ~ mean(w)*x", 4, "there is no column in this mean"),
    ("y ~ w*`z`", 6, "there is no column 'z'"),
]


@pytest.mark.parametrize(("model", "position", "reason"), FORMULAS)
def test_models_that_are_refused(model: str, position: int, reason: str) -> None:
    with pytest.raises(FormulaError) as caught:
        steepest.fit(HOUSES, model)
    assert reason in caught.value.reason
    assert (caught.value.text, caught.value.position) == (model, position)


ARGUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"batch": 0}, "a batch of 0 rows cannot be taken from 2 rows: a batch has at least 1"),
    ({"batch": 3}, "a batch of 3 rows cannot be taken from 2 rows: for all rows, write full"),
    ({"batch": 1.5}, "a batch is a number of rows, or full, not 1.5"),
    ({"batch": "ful"}, "a batch is a number of rows, or full, not 'ful'"),
    ({"batch": True}, "a batch is a number of rows, or full, not True"),
    ({"batch": 1, "order": "shufle"}, "there is no order 'shufle': did you mean shuffle?"),
    ({"scale": "zz"}, "there is no scaling 'zz': did you mean z?"),
    ({"loss": "msee"}, "there is no loss 'msee': did you mean mse?"),
    ({"epochs": 2, "steps": 2}, "give steps or epochs, not both"),
    ({"epochs": 1.5}, "epochs is a whole number from 0, not 1.5"),
    ({"let": {"e": 2}}, "a constant has a name of its own, such as k, not 'e'"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "reason"), ARGUMENTS, ids=lambda part: str(part))
def test_arguments_that_are_refused(arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        steepest.fit(HOUSES, "y ~ w*x + b", **arguments)
    assert str(caught.value) == reason


TABLES: list[tuple[Data, str, dict[str, Any], str]] = [
    ({"x": [1, 1], "y": [1, 2]}, "y ~ w*x + b", {"scale": "z"}, "'x' is 1 in every row and cannot be scaled"),
    ({"x": [1, 2], "y": [3, -1]}, "y ~ exp(w*x)", {"loss": "poisson"}, "takes counts, and 'y' is negative in row 2"),
    ({"x": ["a", "b"], "y": [1, 2]}, "y ~ w*x", {}, "the data, row 1: 'x' is 'a', no number"),
    ({"x": [1, 2], "y": ["a", "b"]}, "y ~ w*x", {}, "the data, row 1: 'y' is 'a', no number"),
    ({"x": [1, None], "y": [1, 2]}, "y ~ w*x", {}, "the data has 1 missing number: x is missing in row 2"),
    ({"x": [1, 2], "y": ["a", "a"]}, "y ~ sigmoid(w*x)", {"loss": "log"}, "'y' is a in every row, and a loss of classes needs two"),
    ({"x": [], "y": []}, "y ~ w*x", {}, "the data has no rows"),
]


@pytest.mark.parametrize(("data", "model", "arguments", "reason"), TABLES)
def test_tables_that_are_refused(data: Data, model: str, arguments: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError) as caught:
        steepest.fit(data, model, **arguments)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_numbers_are_dropped_and_told() -> None:
    found = steepest.fit({"x": [1, None, 3], "y": [2, 4, 6], "z": [None, 1, 1]}, "y ~ w*x", drop_missing=True, steps=50)
    assert found.coefficients == pytest.approx({"w": 2})
    assert found.objective.table.rows == 2
    assert "1 of 3 rows are left out: x is missing in row 2" in found.objective.notes


def test_a_misspelled_column() -> None:
    with pytest.raises(FormulaError, match="there is no column 'sizes': did you mean size") as caught:
        steepest.fit(THREE, "price ~ w*sizes + b")
    assert caught.value.position == 10


def test_columns_with_any_name() -> None:
    data = {"living area": [1, 2, 3], "e": [2, 4, 6], "a~b": [1, 1, 2]}
    assert steepest.fit(data, "`e`(w, c) ~ w*`living area` + 0*c*`a~b`", steps=200).coefficients == pytest.approx({"w": 2, "c": 0})
    for model, fixed in [
        ("e ~ w*`a~b`", "write `e`, with backquotes"),
        ("living area ~ w*`e`", "write `living area`, with backquotes"),
    ]:
        with pytest.raises(FormulaError, match=fixed):
            steepest.fit(data, model)


def test_limits_and_batches_are_read() -> None:
    found = steepest.fit(MANY, "y ~ p*u", batch=5, steps=0).objective
    assert [step_limit(found, *given) for given in ((None, None), (7, None), (None, 2), (None, 0))] == [100, 7, 10, 0]
    assert [read_batch(given) for given in (None, "full", "32", 32.0)] == [None, None, 32, 32]


def test_differences_between_batches_have_a_true_reason() -> None:
    whole, some, other = (steepest.fit(MANY, "y ~ p*u", lr=0.01, steps=5, batch=size) for size in (None, 5, 6))
    assert "why: each step takes other rows" in str(steepest.diff(whole, some))
    assert "why: each step takes other rows" in str(steepest.diff(some, other))
    assert "why: the seed decides which rows each batch has, and nothing else" in str(steepest.diff(some, some.rerun(seed=3)))
    cyclic = steepest.fit(MANY, "y ~ p*u", lr=0.01, steps=5, batch=5, order="cyclic")
    assert "the seed decides nothing here" in str(steepest.diff(cyclic, cyclic.rerun(seed=3)))


def test_a_step_of_a_batch_that_changes_nothing_is_told_with_its_own_length() -> None:
    data = {"x": [1.0, 2.0, 3.0, 4.0], "y": [1.0, 5.0, 2.0, 9.0]}
    run = steepest.fit(data, "y ~ w*x", start=1e16, lr=1e-18, steps=3, batch=1, tol=0)
    added = 1e-18 * run.gradients[-2][0]
    assert f"the last one, {added:.3g} long, is below the spacing of floating-point numbers there, 2" in run.ending.message
