"""Runs whose fate is known, from closed forms and by construction, and what a diagnosis must call them."""

import math
from typing import Any

import numpy as np
import pytest

from steepest.diagnosis.character import CHARACTERS
from steepest.diagnosis.diagnosis import diagnose
from steepest.runs.descent import descend

Start = float | tuple[float, ...] | None

# function, start, settings, words that must be there, words that must not
RUNS: list[tuple[str, Start, dict[str, Any], str, str]] = [
    # A parabola: e_k = (1 - lr*lambda)^k e_0.
    ("2x^2 - 4x", 0, {"lr": 0.1}, "minimum monotone", "oscillating unstable creeping"),
    ("2x^2 - 4x", 0, {"lr": 0.25}, "minimum monotone", "oscillating unstable"),
    ("2x^2 - 4x", 0, {"lr": 0.4}, "minimum oscillating", "monotone unstable cycling"),
    ("2x^2 - 4x", 0, {"lr": 0.5}, "cycling oscillating", "minimum unstable diverging"),
    ("2x^2 - 4x", 0, {"lr": 0.51}, "diverging oscillating unstable", "cycling minimum"),
    ("2x^2 - 4x", 0, {"lr": 0.51, "steps": 6}, "diverging oscillating unstable", "cycling minimum"),
    ("2x^2 - 4x", 0, {"lr": 0.005}, "underway monotone creeping", "minimum"),
    ("x^2", 3, {"lr": 1, "steps": 10}, "cycling", "diverging unstable"),
    ("x^2", 3, {"lr": 1.1, "steps": 5000}, "diverging unstable", "cycling"),
    ("x^2", 0, {}, "minimum", "oscillating unstable"),
    ("x^2", 3, {"steps": 0}, "unclear", "minimum monotone"),
    # Two directions: the steep one decides.
    ("x^2 + 10y^2", (10, 1), {"lr": 0.21, "steps": 50}, "diverging oscillating unstable", "minimum creeping"),
    ("x^2 + 10y^2", (10, 1), {"lr": 0.09}, "minimum oscillating", "unstable ill_conditioned"),
    ("x^2 + 10y^2", (10, 0), {"lr": 0.04}, "minimum monotone", "oscillating unstable"),
    ("x^2 + 1000y^2", (10, 1), {"lr": 0.0005}, "underway monotone ill_conditioned", "oscillating"),
    ("x^2 + 1000y^2", (10, 0), {"lr": 0.0011}, "ill_conditioned monotone", "diverging unstable"),  # y stays 0
    ("x^2 + 1000y^2", (10, 1e-9), {"lr": 0.0011}, "unstable ill_conditioned", "monotone"),
    ("x^2 + y^2", (1, 0), {"optimizer": "adam", "lr": 0.1}, "oscillating", "unstable"),  # so does this one
    ("rosenbrock", None, {"lr": 0.001, "steps": 500}, "underway ill_conditioned", "minimum diverging"),
    ("rosenbrock", None, {"lr": 0.01}, "diverging unstable", "minimum"),
    ("rosenbrock", None, {"optimizer": "newton"}, "minimum", "diverging underway"),
    # Momentum: stable up to 2 + 2 beta, and its complex roots swing.
    ("x^2", 1, {"optimizer": "momentum", "lr": 0.1, "steps": 200}, "minimum oscillating", "unstable monotone"),
    ("x^2", 1, {"optimizer": "heavy_ball", "lr": 1.89, "steps": 400}, "oscillating", "unstable diverging"),
    ("x^2", 1, {"optimizer": "heavy_ball", "lr": 1.91, "steps": 400}, "diverging unstable", "minimum"),
    ("x^2", 1, {"optimizer": "heavy_ball(beta=0.5)", "lr": 1.6, "steps": 400}, "diverging unstable", "minimum"),
    ("x^2", 1, {"optimizer": "ema_momentum", "lr": 1.91, "steps": 200}, "oscillating", "unstable diverging"),
    ("x^2", 1, {"optimizer": "nesterov", "lr": 0.67, "steps": 400}, "oscillating", "unstable diverging"),
    ("x^2", 1, {"optimizer": "nesterov", "lr": 0.69, "steps": 400}, "diverging unstable", "minimum"),
    # Saddles, hills, plateaus.
    ("x^2 - y^2", (1, 0), {}, "saddle monotone", "minimum oscillating diverging"),
    ("x^2 - y^2", (1, 1e-9), {"steps": 40}, "saddle", "minimum diverging"),
    ("x^2 - y^2", (1, 0.01), {"steps": 400}, "diverging", "saddle minimum unstable"),
    ("x^3 - 3x*y^2", (1, 0), {"lr": 0.05, "steps": 2000}, "saddle", "minimum plateau"),
    ("x^3", 1, {"steps": 1000}, "saddle", "minimum diverging"),
    ("cos(x)", 0, {}, "maximum", "minimum saddle plateau"),
    ("-x^2 - y^2", (0, 0), {}, "maximum", "minimum saddle"),
    ("-x^2", 1, {}, "diverging monotone", "unstable maximum"),
    ("-exp(-x^2)", 4, {}, "plateau", "minimum creeping"),
    ("where(x > 1, 1, x^2)", 3, {}, "plateau", "minimum"),
    ("easom", (10, -10), {}, "plateau", "minimum"),
    # More than one minimum.
    ("tilted_double_well", 1.5, {}, "local_minimum monotone", "saddle unstable"),
    ("tilted_double_well", -1.5, {}, "minimum", "local_minimum saddle"),
    ("rastrigin", (2.1, 2.9), {"lr": 0.001}, "local_minimum", "saddle"),
    ("x^4 - 2x^2 + 0.5x", 1, {"lr": 0.05, "steps": 300}, "local_minimum", "saddle"),
    ("himmelblau", (0, 0), {}, "minimum", "local_minimum"),
    ("styblinski_tang", (2, 2), {"lr": 0.01, "steps": 300}, "local_minimum", "saddle"),
    # Edges: steps of one length hop over them.
    ("abs(x)", 2.05, {"lr": 0.1}, "cycling kink oscillating", "minimum diverging"),
    ("abs(x) + abs(y)", (1, 2.03), {"lr": 0.1}, "cycling kink oscillating", "diverging"),
    ("abs(x) + abs(y)", (1, 2.03), {"lr": "0.3/sqrt(t)"}, "kink oscillating", "diverging cycling"),
    ("max(x, -2x)", 1, {"lr": 0.1, "steps": 200}, "kink", "diverging"),
    # Flat bottoms and walls: x^4 diverges under gradient descent from |x_0| > 1/sqrt(2 lr).
    ("x^4", 0.99, {"lr": 0.5, "steps": 1000}, "minimum unstable", "diverging"),
    ("x^4", 1.01, {"lr": 0.5, "steps": 1000}, "diverging oscillating unstable", "minimum"),
    ("x - log(x)", 3, {"lr": 5}, "left_domain", "diverging minimum"),
    ("sqrt(x)", 1, {"lr": 0.3}, "left_domain", "diverging minimum"),
    ("log(x)", -1, {}, "left_domain", "diverging"),
    # Never at rest: x' = 4x(1-x) is the logistic map, whose Lyapunov exponent is ln 2.
    ("4x^3/3 - 1.5x^2", 0.3, {"lr": 1, "steps": 600}, "chaotic", "underway wandering minimum cycling diverging"),
    ("x^2 + 4sin(3x)", 8, {"lr": 0.1, "steps": 300}, "chaotic", "minimum underway"),
    ("rastrigin", (2.1, 2.9), {"lr": 0.01, "steps": 300}, "chaotic", "minimum underway"),
    ("x^2", 1, {"optimizer": "heavy_ball(beta=1)", "lr": 0.3, "steps": 300}, "wandering", "underway cycling chaotic diverging"),
    ("cos(3x)", 0.5, {"lr": 0.7, "steps": 500}, "", "minimum saddle maximum underway diverging"),
    # Not there yet.
    ("x^2", 1e6, {"lr": 0.02}, "underway monotone", "minimum"),
    # Where weight decay holds it: 2(x-3) + 0.5x = 0.
    (
        "(x-3)^2",
        0,
        {"optimizer": "theta = theta - lr*(g + 0.5*theta)", "lr": 0.1, "steps": 300},
        "held monotone",
        "minimum underway",
    ),
    # Steps of their own size.
    ("x^2", 1, {"optimizer": "signsgd", "lr": 0.3}, "cycling unstable", "minimum diverging"),
    ("x^2", 1, {"optimizer": "normalized_gd", "lr": 0.3}, "cycling unstable", "diverging"),
    ("x^2", 1, {"optimizer": "adam", "lr": 0.1, "steps": 300}, "minimum oscillating", "unstable diverging"),
    ("x^2", 3, {"optimizer": "adam", "lr": 0.0001}, "underway monotone creeping", "minimum"),
    ("x^2", 1, {"optimizer": "noisy_gd", "steps": 500}, "noisy", "monotone oscillating unclear"),
    ("x^2", 1, {"optimizer": "theta = theta + lr*g", "lr": 0.1}, "diverging unstable", "minimum oscillating"),
    ("x^2", 1, {"optimizer": "noisy_gd(temperature=0)"}, "minimum monotone", "noisy"),
    ("x^2", 1, {"lr": "0.5/t^3"}, "minimum", "diverging unstable"),
]


@pytest.mark.parametrize(("function", "start", "settings", "present", "absent"), RUNS)
def test_the_character_of_a_run(function: str, start: Start, settings: dict[str, Any], present: str, absent: str) -> None:
    words = diagnose(descend(function, start, **settings)).character
    assert set(words) <= set(CHARACTERS)
    assert set(present.split()) <= set(words)
    assert not set(absent.split()) & set(words)


def test_the_table_is_long_and_names_everything() -> None:
    assert len(RUNS) >= 40
    named = {word for *_, present, _ in RUNS for word in present.split()}
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
