"""Runs whose fate is known, from closed forms and by construction, and what a diagnosis must call them."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steepest.diagnosis.character import CHARACTERS
from steepest.diagnosis.diagnosis import diagnose
from steepest.runs.descent import descend

Start = float | tuple[float, ...] | None

RUNS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "runs.json").read_text(encoding="utf-8"))
"""Each: what it is about, function, start (null for the function's own), settings, words that must be there, words that must not.

The page's verdicts are held to the same runs: `tests/lab/web/test_diagnosis.py`.
"""


@pytest.mark.parametrize("row", RUNS, ids=lambda row: f"{row['function']} {row['settings']}")
def test_the_character_of_a_run(row: dict[str, Any]) -> None:
    start = tuple(row["start"]) if isinstance(row["start"], list) else row["start"]
    words = diagnose(descend(row["function"], start, **row["settings"])).character
    assert set(words) <= set(CHARACTERS)
    assert set(row["present"].split()) <= set(words)
    assert not set(row["absent"].split()) & set(words)


def test_the_table_is_long_and_names_everything() -> None:
    assert len(RUNS) >= 40
    named = {word for row in RUNS for word in row["present"].split()}
    assert named == set(CHARACTERS) - {"interrupted"}


def test_an_interrupted_run_says_so() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    found = diagnose(descend("rosenbrock", lr=1e-4, steps=200_000, tol=0, progress=stop))
    assert found.ending == "interrupted"
    assert "interrupted" in found.character
    assert found.advice == ()


@pytest.mark.parametrize("lr", [0.001, 0.01, 0.1])
def test_the_first_step_of_adam_is_as_long_as_its_learning_rate(lr: float) -> None:
    """So is lr*lambda: the scale is 1/|g|, and the bias correction is worth 1/(1 - beta1)."""
    found = diagnose(descend("x^2", 3, optimizer="adam", lr=lr, steps=5))
    assert found.lr_lambda[0] == pytest.approx(lr / (1 - 0.9) * 2 / 6, rel=1e-6)
    assert found.bound == pytest.approx(38)


# function, start, settings, the step, the direction
UNSTABLE = [
    ("x^2 + 10y^2", (10, 1), {"lr": 0.21}, 1, (0, 1)),
    ("x^2 + y^2 + 9(x+y)^2", (1, 1), {"lr": 0.06}, 1, (math.sqrt(0.5), math.sqrt(0.5))),
    ("x^4", 1.2, {"lr": 0.5}, 1, (1,)),
    ("x^2 + 10y^2", (10, 1), {"lr": "0.01*1.1^t"}, 25, (0, 1)),  # 20*0.01*1.1^t > 2 from t = 25
    ("exp(x)", 0, {"lr": 0.1}, None, None),
]


@pytest.mark.parametrize(("function", "start", "settings", "step", "direction"), UNSTABLE)
def test_where_stability_is_lost(
    function: str, start: Start, settings: dict[str, Any], step: int | None, direction: tuple[float, ...] | None
) -> None:
    found = diagnose(descend(function, start, steps=60, **settings))
    assert found.unstable_step == step
    if direction is None:
        assert found.unstable_direction is None
    else:
        assert found.unstable_direction is not None
        np.testing.assert_allclose(np.abs(found.unstable_direction), direction, atol=1e-12)


@pytest.mark.parametrize("period", [3, 4, 5, 8])
def test_longer_cycles(period: int) -> None:
    """The heavy ball with beta = 1 turns by the angle of cos = 1 - lr*lambda/2 at every step."""
    lr = 1 - math.cos(2 * math.pi / period)  # lambda = 2
    found = diagnose(descend("x^2", 1, optimizer="heavy_ball(beta=1)", lr=lr, steps=60, tol=0))
    assert found.evidence.cycle is not None
    assert found.evidence.cycle[0] == period
    assert "cycling" in found.character


@pytest.mark.parametrize(("lr", "beta"), [(0.1, 0.9), (0.3, 0.9), (0.05, 0.95), (0.5, 0.8)])
def test_the_period_of_momentum(lr: float, beta: float) -> None:
    """z^2 - (1 + beta - lr*lambda) z + beta has the roots sqrt(beta) exp(+-i phi), and the period is 2 pi/phi."""
    angle = math.acos((1 + beta - 2 * lr) / (2 * math.sqrt(beta)))
    found = diagnose(descend("x^2", 1, optimizer=f"momentum(beta={beta})", lr=lr, steps=400, tol=0))
    assert found.evidence.oscillations[0].period == pytest.approx(2 * math.pi / angle, rel=0.03)
