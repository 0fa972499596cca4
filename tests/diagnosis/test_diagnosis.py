"""A diagnosis as data and as text, advice that was tried, Python functions, long runs, everything at once."""

import json
import math
import re
import time
from functools import cache
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.diagnosis.advice.tuning import best_momentum
from steepest.diagnosis.character import CHARACTERS
from steepest.diagnosis.diagnosis import Diagnosis, diagnose
from steepest.diagnosis.recurrence import recurrence
from steepest.diagnosis.sampling import sampled_steps
from steepest.objectives.gallery import GALLERY
from steepest.objectives.spectrum import spectrum_ends
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import compare, descend

KEYS = [
    "ending", "character", "unstable_step", "unstable_direction", "lr_lambda", "bound", "curvature", "predicted_rate",
    "measured_rate", "advice", "sentences",
]  # fmt: skip


@cache
def example() -> Diagnosis:
    return descend("x^2 + 10y^2", (10, 1), lr=0.21, steps=50).diagnose()


def test_the_document_has_the_promised_keys() -> None:
    document = json.loads(json.dumps(example().document, allow_nan=False))
    assert list(document) == ["runs"]
    (run,) = document["runs"]
    assert list(run) == KEYS
    assert run["ending"] == "step_limit"
    assert run["character"] == ["diverging", "oscillating", "unstable"]
    assert (run["unstable_step"], run["unstable_direction"]) == (1, [0.0, 1.0])
    assert run["lr_lambda"] == pytest.approx([4.2] * 50)
    assert run["bound"] == 2
    assert run["curvature"] == {"start": [2.0, 20.0], "end": [2.0, 20.0]}
    assert run["predicted_rate"] == pytest.approx(3.2)
    assert run["measured_rate"] == pytest.approx(3.2)
    (advice,) = run["advice"]
    assert advice["set"] == {"lr": 0.0909}  # 2/22, rounded down
    assert advice["outcome"] == {"ending": "converged", "steps": 98}
    assert "2/(mu + L)" in advice["why"]


def test_the_sentences_bring_their_evidence() -> None:
    text = " ".join(example().sentences)
    evidence = (
        "along y at step 1",
        "lr*lambda = 0.21*20 = 4.2",
        "stable below 2",
        "condition number",
        "3.2",
        "lr 0.0909",
        "98 steps",
    )
    for part in evidence:
        assert part in text
    assert re.search(r"lr 0\.21 diverges at step \d+", text)


def test_a_run_whose_learning_rate_faded_is_not_at_rest() -> None:
    found = descend("x^2", 3, lr="0.1*0.5^t", steps=100).diagnose()
    assert found.ending == "step_limit"
    assert "minimum" not in found.character
    assert "is below the spacing of floating-point numbers there" in found.sentences[0]


def test_a_rate_of_next_to_nothing_is_a_rate() -> None:
    found = descend("x^2/2 + 0.50000001*y^2", (1, 1), lr=1 - 1e-15, steps=20, tol=0).diagnose()
    assert found.measured_rate is None or 0 < found.measured_rate < 1e-6
    assert found.sentences


def test_the_text_fits_a_terminal() -> None:
    for run in (example(), descend("himmelblau", optimizer="m = 0.9m + g; theta = theta - lr*m", lr=0.001).diagnose()):
        assert max(map(len, str(run).splitlines())) < 80
        assert max(map(len, run.text(60).splitlines())) < 60
        assert " ".join(run.sentences[0].split()) in " ".join(str(run).split())


def test_a_notebook_shows_a_list() -> None:
    html = descend("x^2", 3, optimizer="theta = theta - lr*where(norm(g) < 1, g, g/norm(g))", lr=0.1).diagnose()._repr_html_()
    assert html.startswith("<p><strong>theta = theta - lr*where(norm(g) &lt; 1, g, g/norm(g))(lr=0.1)</strong> on <math ")
    assert "<msup>" in html
    assert html.count("<li>") == html.count("</li>") > 2


def test_a_comparison_is_diagnosed_run_by_run() -> None:
    found = compare("x^2", ["gd(lr=1.1)", "adam"], 3, steps=40).diagnose()
    assert len(found) == 2
    assert ["diverging" in each.character for each in found] == [True, False]
    assert [run["bound"] for run in found.document["runs"]] == [2.0, pytest.approx(38)]
    assert str(found) == f"{found[0]}\n\n{found[1]}"
    assert found._repr_html_().count("<ul>") == 2
    assert repr(found) == "<Diagnoses of gd(lr=1.1), adam>"
    assert repr(found[0]) == "<Diagnosis of gd(lr=1.1) on x^2: diverging, oscillating, unstable>"


def test_the_public_name() -> None:
    assert steepest.Diagnosis is Diagnosis


# Advice.

ADVISED: list[tuple[str, Any, dict[str, Any], dict[str, float]]] = [
    ("x^2/2 + 5y^2", (1, 1), {"lr": 0.01}, {"lr": 0.1818}),
    ("x^2/2 + 5y^2", (1, 1), {"optimizer": "heavy_ball", "lr": 0.01}, {"lr": 0.2308, "beta": 0.27}),
    ("x^2/2 + 5y^2", (1, 1), {"optimizer": "momentum", "lr": 0.01}, {"lr": 0.2308, "beta": 0.27}),
    ("x^2/2 + 5y^2", (1, 1), {"optimizer": "momentum(beta=0)", "lr": 0.01}, {"lr": 0.2308, "beta": 0.27}),
    ("x^2/2 + 5y^2", (1, 1), {"optimizer": "ema_momentum", "lr": 0.01}, {"lr": 0.3162, "beta": 0.27}),
    ("x^2/2 + 5y^2", (1, 1), {"optimizer": "nesterov", "lr": 0.001}, {"lr": 0.129, "beta": 0.4715}),
    ("x^2/2 + 5y^2", (1, 1), {"optimizer": "nesterov(beta=0)", "lr": 0.001}, {"lr": 0.129, "beta": 0.4715}),
    ("x^2/2 + 5y^2", (1, 1), {"optimizer": "sutskever_nesterov", "lr": 0.001}, {"lr": 0.129, "beta": 0.4715}),
    ("x^2 + 1000y^2", (10, 1), {"optimizer": "nesterov", "lr": 0.0005}, {"lr": 0.0006664, "beta": 0.9296}),
    ("x^2", 1, {"optimizer": "momentum"}, {"lr": 0.5, "beta": 0}),
    ("x^2/2 + 5y^2", (1, 1), {"optimizer": "v = b*v + g; theta = theta - 2*lr*v", "lr": 0.01}, {"lr": 0.1154, "b": 0.27}),
]


@pytest.mark.parametrize(("function", "start", "settings", "advised"), ADVISED)
def test_advice_has_the_closed_forms_as_they_are_printed(
    function: str, start: Any, settings: dict[str, Any], advised: dict[str, float]
) -> None:
    chosen = dict(settings)
    if "b*v" in chosen.get("optimizer", ""):
        chosen["optimizer"] = steepest.optimizer(chosen["optimizer"], b=0.5)
    found = diagnose(descend(function, start, steps=200, **chosen))
    assert advised in [dict(each.settings) for each in found.advice]
    shown = ", ".join(f"{name} {value:g}" for name, value in advised.items())
    assert f"Try {shown} (" in " ".join(found.sentences)


@pytest.mark.parametrize("condition", [1.5, 10.0, 1e3, 12345.0, 1e6])
@pytest.mark.parametrize("name", ["heavy_ball", "momentum", "ema_momentum", "nesterov", "sutskever_nesterov"])
def test_rounded_momentum_is_stable_and_next_to_the_best(name: str, condition: float) -> None:
    """The spectral radius of the printed pair against the closed form, in both extreme directions."""
    largest = 7.7
    given = {"theta": 1.0, "g": 1.0, "f": 1.0, "t": 1.0, "T": 9.0, "lr": 0.1, "beta": 0.9, "v": 0.0}
    columns = {key: np.array([[value]]) for key, value in given.items()}
    method = steepest.optimizer(name)
    tuned = best_momentum(method, columns, largest / condition, largest)
    assert tuned is not None and tuned.method == ("Nesterov" if "nesterov" in name else "Polyak")
    settings = {key: np.array([[value]]) for key, value in tuned.settings.items()}
    steps = recurrence(method, columns | settings)
    assert steps is not None
    curvatures = np.geomspace(largest / condition, largest, 200)
    rate = float(np.abs(np.linalg.eigvals(steps.systems(curvatures[None]))).max())
    best = 1 - 2 / (math.sqrt(condition) + 1) if tuned.method == "Polyak" else 1 - 2 / math.sqrt(3 * condition + 1)
    assert best * (1 - 1e-9) <= rate < 1
    assert 1 - rate > 0.95 * (1 - best) and rate < best + 0.02


def test_the_best_momentum_of_nesterov_takes_fewer_steps() -> None:
    """552 steps with the exact values, 631 with `1/L` and `(sqrt(k) - 1)/(sqrt(k) + 1)`."""
    root = math.sqrt(3001)
    exact, textbook = (4 / 6002, (root - 2) / (root + 2)), (1 / 2000, 0.9387)
    taken = [
        descend("x^2 + 1000y^2", (10, 1), optimizer=f"nesterov(lr={lr!r}, beta={beta!r})", steps=2000).steps
        for lr, beta in (exact, textbook)
    ]
    assert taken == [552, 631]
    found = diagnose(descend("x^2 + 1000y^2", (10, 1), optimizer="nesterov", lr=0.0005))
    assert found.advice[-1].run.steps <= 552


def test_an_uneven_bowl_is_advised_the_heavy_ball() -> None:
    found = diagnose(descend("x^2 + 1000y^2", (10, 1), lr=0.0005))
    settings = [dict(each.settings) for each in found.advice]
    assert [each.get("optimizer") for each in settings] == [None, "heavy_ball"]
    assert found.advice[1].run.steps < found.advice[0].run.steps / 10


@pytest.mark.parametrize(
    ("function", "start", "settings"),
    [
        ("x^2 + 10y^2", (10, 1), {"lr": 0.21}),
        ("rosenbrock", None, {"lr": 0.01}),
        ("x - log(x)", 3, {"lr": 5}),
        ("abs(x)", 2.05, {"lr": 0.1}),
        ("x^2", 3, {"optimizer": "adam", "lr": 0.0001}),
        ("rosenbrock", None, {"optimizer": "adam", "lr": 0.001}),
        ("himmelblau", (0, 0), {"lr": 0.03}),
    ],
)
def test_advice_does_what_it_says_and_better_than_the_run(function: str, start: Any, settings: dict[str, Any]) -> None:
    run = descend(function, start, **settings)
    found = diagnose(run)
    assert found.advice
    for each, told in zip(found.advice, found.document["runs"][0]["advice"], strict=True):
        chosen = dict(each.settings)
        name = str(chosen.pop("optimizer", run.optimizer.name))
        again = descend(function, start, optimizer=steepest.optimizer(name, **chosen), steps=10_000)
        assert told["outcome"] == {"ending": again.ending, "steps": again.steps}
        assert again.values[-1] < run.values[0]
        assert again.ending in ("converged", "step_limit")
        assert not run.values[-1] <= again.values[-1] or again.steps < run.steps or run.ending in ("diverged", "undefined")


@pytest.mark.parametrize(
    ("function", "start", "settings"),
    [
        ("2x^2 - 4x", 0, {"lr": 0.25}),  # one step
        ("x^2 - y^2", (1, 0), {}),
        ("-exp(-x^2)", 4, {}),
        ("x^2", 1, {"optimizer": "noisy_gd"}),
        ("x^2", 1, {"optimizer": "newton"}),
        ("-x^2", 1, {}),
        ("log(x)", -1, {}),
    ],
)
def test_no_advice_where_none_helps(function: str, start: Any, settings: dict[str, Any]) -> None:
    assert diagnose(descend(function, start, **settings)).advice == ()


# What pictures and other programs draw from.


def test_the_errors_by_direction_are_the_closed_form() -> None:
    found = diagnose(descend("x^2 + 10y^2", (10, 1), lr=0.04, steps=60, tol=0))
    assert found.modes is not None
    errors, curvatures = found.modes
    assert curvatures.tolist() == [2, 20]
    factors = (1 - 0.04 * np.array([2, 20])) ** np.arange(61)[:, None]
    np.testing.assert_allclose(np.abs(errors), factors * [10, 1], rtol=1e-9, atol=1e-300)


def test_the_curvature_along_the_path() -> None:
    found = diagnose(descend("x^4 + y^2", (1, 1), lr=0.05, steps=20)).curvature
    assert found.path.shape == (21, 2)
    assert found.directions.shape == (21, 2, 2)
    assert found.start.tolist() == [2, 12]


def test_a_long_run_is_looked_at_in_part_and_in_little_time() -> None:
    run = descend("rosenbrock", lr=0.0005, steps=100_000, tol=0)
    begin = time.process_time()
    found = run.diagnose()
    assert time.process_time() - begin < 5  # a fifth of a second; a machine may be busy
    assert found.lr_lambda.shape == (100_000,)
    looked = np.isfinite(found.lr_lambda)
    assert 3000 < looked.sum() <= 5000 and looked[:1000].all() and looked[-999:].all()
    assert json.dumps(found.document).count("null") > 90_000


def test_sampling() -> None:
    assert sampled_steps(4999).tolist() == list(range(5000))
    rows = sampled_steps(1_000_000)
    assert len(rows) <= 5000 and rows[0] == 0 and rows[-1] == 1_000_000 and (np.diff(rows) > 0).all()


# Python functions.


@pytest.mark.parametrize("gradient", [None, lambda p: np.array([2 * p[0], 20 * p[1]])])
def test_a_python_function_has_the_diagnosis_of_its_formula(gradient: Any) -> None:
    run = descend(lambda p: float(p[0] ** 2 + 10 * p[1] ** 2), np.array([10.0, 1.0]), lr=0.21, steps=50, gradient=gradient)
    found, formula = diagnose(run), example()
    assert found.character == formula.character
    assert (found.unstable_step, found.bound) == (1, 2)
    assert found.lr_lambda == pytest.approx([4.2] * 50, rel=1e-3)
    assert found.predicted_rate == pytest.approx(3.2, rel=1e-3)
    assert found.advice[0].settings["lr"] == pytest.approx(2 / 22, rel=1e-3)


def test_of_many_parameters_the_largest_curvature_is_found() -> None:
    scale = np.linspace(1, 50, 200)
    run = descend(lambda p: float((scale * p**2).sum()), np.ones(200), gradient=lambda p: 2 * scale * p, lr=0.021, steps=80)
    found = diagnose(run)
    assert found.document["runs"][0]["curvature"]["start"] == [None, pytest.approx(100, rel=1e-3)]
    assert found.unstable_step == 1
    assert np.nanmax(found.lr_lambda) == pytest.approx(2.1, rel=1e-3)
    assert {"diverging", "unstable"} <= set(found.character)


def test_what_would_take_too_many_calls_is_not_said() -> None:
    def slow(position: Any) -> float:
        return float(np.abs(position).sum())

    found = diagnose(descend(slow, np.ones(300), lr=0.1, steps=3))
    assert found.document["runs"][0]["lr_lambda"] == [None] * 3
    assert found.curvature.condition is None
    assert "cannot be judged" in found.sentences[-1]


def test_a_python_function_that_breaks_down_is_no_error() -> None:
    found = diagnose(descend(lambda p: float(np.sqrt(p[0])), np.array([0.5]), lr=0.5, steps=9))
    assert "left_domain" in found.character


def test_a_python_function_that_raises_elsewhere_does_not_spoil_the_diagnosis() -> None:
    def wall(position: Any) -> float:
        return float(math.log(position[0]) ** 2 + position[1] ** 2)  # raises where x is not positive

    def slope(position: Any) -> Any:
        return np.array([2 * math.log(position[0]) / position[0], 2 * position[1]])

    for gradient in (None, slope):
        found = diagnose(descend(wall, np.array([0.5, 1.0]), lr=0.002, steps=30, gradient=gradient))
        assert found.curvature.start.tolist() == pytest.approx([2, (2 - 2 * math.log(0.5)) / 0.25], rel=1e-3)
        assert found.sentences


def test_lanczos_finds_the_ends_of_a_spectrum() -> None:
    values = np.concatenate([[-3.0], np.linspace(1, 2, 100), [9.0]])
    found, vectors = spectrum_ends(lambda vector: values * vector, len(values))
    assert found == pytest.approx([-3, 9])
    assert np.abs(vectors[[0, -1], [0, 1]]) == pytest.approx([1, 1])
    assert spectrum_ends(lambda vector: vector * math.nan, 5)[0].tolist() == pytest.approx([math.nan, math.nan], nan_ok=True)


# Everything at once.


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_on_every_kind_of_function(name: str) -> None:
    for function in ("absolute_value", "log_wall", "plateau", "powell_badly_scaled", "bukin_6", "monkey_saddle", "eggholder"):
        for lr in (None, 30.0):
            found = diagnose(descend(function, optimizer=name, steps=25, lr=lr))
            assert found.character and set(found.character) <= set(CHARACTERS)
            assert found.sentences
            json.dumps(found.document, allow_nan=False)
            str(found)


@pytest.mark.parametrize("name", GALLERY)
def test_the_gallery(name: str) -> None:
    found = diagnose(descend(name, steps=60))
    assert "diverging" not in found.character
    assert found.bound == 2
    assert not any("nan" in sentence or "None" in sentence for sentence in found.sentences)


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4, 5, 7])
def test_short_runs(steps: int) -> None:
    for name in ("gd", "adam", "newton"):
        found = diagnose(descend("x^2 + 10y^2", (1, 1), optimizer=name, lr=0.11, steps=steps))
        assert len(found.lr_lambda) == found.run.steps
        assert found.sentences
