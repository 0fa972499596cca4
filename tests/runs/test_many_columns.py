"""Runs on models of many columns: equal to those of the formula written out, with every optimizer, in batches, exported."""

import json
import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.optimizers.reading import optimizer
from steepest.optimizers.zoo import OPTIMIZERS

RANDOM = np.random.default_rng(8)
DATA = {"u": RANDOM.normal(3, 2, 50), "v": RANDOM.normal(-1, 0.5, 50)}
DATA["y"] = 2 * DATA["u"] - 3 * DATA["v"] + 1 + RANDOM.normal(0, 0.3, 50)
FORMULA = "y(a, b, c) ~ a*u + b*v + c"


@pytest.mark.parametrize(
    "name", [name for name in OPTIMIZERS if not optimizer(name).uses("H") and not optimizer(name).uses("noise")]
)
def test_every_optimizer_takes_the_steps_of_the_formula(name: str) -> None:
    steps = 10 if name == "barzilai_borwein" else 40  # it arrives, and then divides differences that are rounding alone
    one, other = (steepest.fit(DATA, model, scale="z", optimizer=name, steps=steps, tol=0) for model in ("y ~ linear", FORMULA))
    assert one.steps == other.steps
    close = 1e-6 if name == "polyak_step" else 1e-9  # which divides by a vanishing gradient
    assert one.positions == pytest.approx(other.positions, rel=close, abs=1e-9)


@pytest.mark.parametrize("order", ["shuffle", "cyclic", "replacement"])
def test_batches_are_the_rows_of_the_formula(order: str) -> None:
    runs = [
        steepest.fit(DATA, model, scale="z", lr=0.1, batch=16, epochs=5, seed=4, order=order, tol=0)
        for model in ("y ~ linear", FORMULA)
    ]
    assert runs[0].positions == pytest.approx(runs[1].positions, rel=1e-12)
    assert runs[0].values == pytest.approx(runs[1].values, rel=1e-11)
    assert runs[0].gradients == pytest.approx(runs[1].gradients, rel=1e-10, abs=1e-12)


def test_batches_converge_over_an_epoch() -> None:
    perfect = {"u": DATA["u"], "y": 2 * DATA["u"] + 1}
    runs = [steepest.fit(perfect, model, scale="z", lr=0.1, batch=20, steps=5_000) for model in ("y ~ linear", "y(a, b) ~ a*u + b")]
    assert [run.ending.message for run in runs] == [runs[1].ending.message] * 2
    assert "each of the last 3 steps, an epoch, is shorter" in runs[0].ending.message
    with pytest.raises(InputError, match="gtol asks for the gradient over all rows"):
        steepest.fit(DATA, "y ~ linear", batch=10, gtol=1e-3)


def test_it_diverges_with_a_sentence() -> None:
    run = steepest.fit(DATA, "y ~ linear", lr=10, steps=1_000)
    assert run.ending == "diverged"
    assert np.isfinite(run.positions).all()


def test_a_start_by_name_and_what_is_kept(tmp_path: Path) -> None:
    run = steepest.fit(DATA, "y ~ linear", start={"u": 1, "v": 2, "intercept": 3}, steps=3)
    assert list(run.start) == [1, 2, 3]
    run.save(tmp_path / "run.json")
    kept = json.loads((tmp_path / "run.json").read_text())
    fit = kept["runs"][0]["fit"]
    assert fit["model"] == "linear" and fit["loss"] == "mean((y-p)^2)" and list(fit["coefficients"]) == ["u", "v", "intercept"]
    assert fit["exact"]["value"] == pytest.approx(run.exact.value)
    assert kept["made_by"]["python"].startswith("steepest.fit(data, 'y ~ linear', start=(1.0, 2.0, 3.0)")
    again = pickle.loads(pickle.dumps(run))
    assert again.positions.tolist() == run.positions.tolist() and again.coefficients == run.coefficients
    for suffix in ("csv", "npz", "png", "html"):
        run.save(tmp_path / f"run.{suffix}")
    assert "y(w1,w2,b) ~ w1*u + w2*v + b" in (tmp_path / "run.html").read_text()


def test_the_command_that_an_export_carries_runs_again(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    lines = [",".join(DATA), *(",".join(map(repr, map(float, row))) for row in zip(*DATA.values(), strict=True))]
    path.write_text("\n".join(lines))
    run = steepest.fit(str(path), "y ~ linear(v, u)", scale="z", batch=8, epochs=2, loss="huber")
    run.save(tmp_path / "run.json")
    made = json.loads((tmp_path / "run.json").read_text())["made_by"]
    scope: dict[str, Any] = {"steepest": steepest}
    exec(f"again = {made['python']}", scope)  # noqa: S102
    assert scope["again"].positions.tolist() == run.positions.tolist()
    assert f"steepest fit {path} 'y ~ linear(v, u)' --loss huber --scale z --batch 8" in made["command"]


def test_explanation_and_diagnosis() -> None:
    run = steepest.fit(DATA, "y ~ linear", steps=100)
    assert "u - lr*g_u" in str(run.explain(1))
    found = run.diagnose()
    matrix = np.column_stack([DATA["u"], DATA["v"], np.ones(50)])
    expected = np.linalg.eigvalsh(2 * matrix.T @ matrix / 50)
    assert found.curvature.start.tolist() == pytest.approx(expected.tolist(), rel=1e-9)
    assert found.advice[0].settings["scale"] == "z" and found.advice[0].run.ending == "converged"
    noisy = steepest.fit(DATA, "y ~ linear", scale="z", lr=0.2, batch=5, epochs=40).diagnose()
    assert "noisy" in noisy.character
    assert any("the gradient over a batch does not vanish" in sentence for sentence in noisy.sentences)


def test_the_curvature_of_many_columns_in_a_diagnosis() -> None:
    matrix = np.random.default_rng(1).normal(size=(200, 400))
    data = {f"c{index}": column for index, column in enumerate(matrix.T)}
    data["y"] = matrix @ np.ones(400)
    found = steepest.fit(data, "y ~ linear", steps=20).diagnose()
    full = np.column_stack([matrix, np.ones(200)])
    assert found.curvature.start[-1] == pytest.approx(np.linalg.norm(full, 2) ** 2 * 2 / 200, rel=0.02)
    assert math.isfinite(found.curvature.end[-1])


@pytest.mark.parametrize("name", ["scipy:BFGS", "scipy:trust-exact", "torch:Adam(lr=0.1)", "optax:sgd(learning_rate=0.1)"])
def test_the_optimizers_of_other_libraries(name: str) -> None:
    one, other = (steepest.fit(DATA, model, scale="z", optimizer=name, steps=30) for model in ("y ~ linear", FORMULA))
    assert one.positions == pytest.approx(other.positions, rel=1e-6, abs=1e-9)
    assert one.evaluations == other.evaluations


def test_batches_of_another_library() -> None:
    one, other = (
        steepest.fit(DATA, model, scale="z", optimizer="torch:SGD(lr=0.1)", batch=16, epochs=3, seed=2)
        for model in ("y ~ linear", FORMULA)
    )
    assert one.positions == pytest.approx(other.positions, rel=1e-10)


def test_a_run_that_goes_far_and_converges_stays_in_the_chart() -> None:
    from steepest.plot.scene.scene import scene

    far = {"u": DATA["u"], "v": DATA["v"], "y": 1e5 * DATA["y"]}
    runs = [steepest.fit(far, "y ~ linear", scale="z", optimizer=name, steps=60) for name in ("scipy:BFGS", "adam(lr=1)")]
    chart = scene(runs).chart
    assert [series.exit for series in chart.series] == [None, None]
