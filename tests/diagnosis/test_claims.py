"""Sentences that are false of some runs, and numbers that have closed forms."""

import math
import re
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from steepest.diagnosis.diagnosis import diagnose
from steepest.diagnosis.motion.rate import fitted
from steepest.diagnosis.sentences.wording import pace
from steepest.runs.descent import descend

DOWN = "on its way down"
# function, start, settings, what must be said, what must not
TOLD: list[tuple[str, Any, dict[str, Any], str, str]] = [
    # Arrivals: slope and step are small against the run.
    ("cos(3x)", 0.5, {"lr": 0.7}, "the value rises at", "arrives|stuck|trapped"),
    ("x^2 + 4sin(3x)", 8, {"lr": 0.1}, "It is chaotic", f"arrives|{DOWN}|multiplied by"),
    ("x^2", 1e6, {"lr": 0.02}, r"it ended 1\.687e\+04 from it", "arrives"),
    ("x^4", 0.9, {"lr": 0.5, "steps": 1000}, r"It is not quite there: it ended at x = -0\.01575", "in every direction"),
    ("quartic", None, {"optimizer": "rmsprop", "lr": 3.59, "steps": 200}, DOWN, "saddle"),  # one step far out, and back
    ("exp(x) - x", 50, {"lr": 0.1}, "stable below 2", "saddle|arrives"),  # the slope at its end is -1
    ("x^2 + y - sin(y)", (1, 2), {"optimizer": "newton"}, r"saddle, at \(0, 0\)", "condition number"),
    ("(x-2)^4 + (x-2y)^2", (3.1, -1.43), {"steps": 7}, r"a minimum at \(2, 1\)", r"0\.9999"),
    ("tilted_double_well", 1.5, {}, "curves up in every direction", "lowest value known"),
    # Chaos and wandering have no rate and no end.
    ("sqrt(abs(x))", 1, {"lr": 0.1, "steps": 300}, "It is chaotic", f"{DOWN}|multiplied by|There is an edge"),
    ("rastrigin", None, {"lr": 0.01, "steps": 200}, "It is chaotic", f"{DOWN}|multiplied by|differ"),
    ("x^2", 1, {"optimizer": "heavy_ball(beta=1)", "lr": 0.3, "steps": 300}, "It has not settled", DOWN),
    # Cycles: a slow spiral is none, and forever is to the last bit.
    ("x^2", 3, {"lr": 0.999999}, DOWN, "repeats|exactly"),
    ("x^2", 3, {"lr": 1}, "would do so forever.*is exactly the bound", DOWN),
    ("sqrt(x^2 + 1e-12)", 1.05, {"lr": 0.1}, "repeats the same 2 points", "edge"),  # steep, but smooth
    # Rates: a line that fits to the last step.
    ("log(1 + x^2)", 30, {"lr": 0.5, "steps": 2000}, "spectral radius 0", "further digit"),
    ("bowl", None, {"lr": "0.3/sqrt(t)"}, DOWN, "predicts|multiplied by"),
    ("himmelblau", None, {"optimizer": "adagrad", "lr": 0.001}, DOWN, "further digit"),
    ("x^2", 3, {"lr": 0.49}, r"multiplied by 0\.02 per step, 1\.7 further digits at each", "every 1 "),
    ("max(x, -2x)", 0.21, {"lr": "0.01*1.1^t"}, "On average each step is 1.1 times as long", " Each step"),
    # Stability: of the directions in which the run moves.
    ("x^2 + y^2", (1, 0), {"optimizer": "adam"}, "from side to side along x", "Unstable|2e\\+08"),
    ("x^2 + 1000y^2", (1, 0), {}, "above 2, where gd stops being stable, but the run does not move along y", "Unstable|199"),
    ("4x^3/3 - 1.5x^2", 0.3, {"lr": 1, "steps": 600}, "The step overshoots", "came back"),
    ("rosenbrock", None, {"optimizer": "nesterov", "steps": 4000}, "The run came back: f rose from 24.2 to 32.64", "diverge"),
    ("-x^2", 1, {}, "Continued, it leaves the finite numbers at step", "Unstable"),
    ("gaussian_well", None, {"lr": "0.3/sqrt(t)", "steps": 50}, DOWN, "ran away"),
    # Sides, by every coordinate.
    ("zakharov", None, {"steps": 20}, "x turns back once, at step 3", "never changes sides"),
    ("monkey_saddle", None, {"optimizer": "adadelta", "steps": 6000}, "x turns back once", "never changes sides"),
    ("cos(x)", 0, {}, "The value never rises", "falls at every step"),
    ("2x^2 - 4x", 0, {"lr": 0.45}, "along x at every step; each step leaves 0.8 of the swing", "to step 61"),
    # Edges, flat and level bottoms, plateaus.
    ("x^2*y^2", (-2, 1.77), {"steps": 3000}, "level along x: the value does not change there", "fades"),
    ("abs(x) + y^2 + z^4", (-0.12, 0, 0), {"optimizer": "polyak_step"}, "There is an edge along x", "fades"),
    ("gaussian_well", None, {"optimizer": "newton"}, "the value rises at every step", "plateau"),
    ("x*exp(-x)", 1.75, {"steps": 7}, DOWN, "plateau"),
    ("x^8", -1, {"optimizer": "rmsprop_momentum", "lr": 0.000134, "steps": 6000}, "the curvature fades to 0", "level"),
    ("x^2 + y^2 - z^2", (-0.32, -0.42, -0.92), {"lr": "0.01*1.1^t", "steps": 300}, "x turns back 83 times", "does not move"),
    ("abs(x-1) + x^2/10", 0.044, {"optimizer": "nesterov", "lr": 4.29, "steps": 1}, "crosses a valley floor", "In the long run"),
    ("log_barrier", None, {"optimizer": "adabelief", "lr": 1.46, "steps": 3}, "leads out of the domain", "rises at 0"),
    # What holds a run, and noise that is none.
    ("(x-3)^2", 0, {"optimizer": "theta = theta - lr*(g + 0.5*theta)", "lr": 0.1, "steps": 300}, "weight decay holds it", "error"),
    ("x^2", 1, {"optimizer": "noisy_gd(temperature=0)"}, "arrives at the minimum", "noise"),
    ("1000(x-2)^2 + 5", 0, {"steps": 1}, "the value rises|ran away", "nan|inf"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "start", "settings", "said", "unsaid"), TOLD)
def test_what_is_said_and_what_is_not(function: str, start: Any, settings: dict[str, Any], said: str, unsaid: str) -> None:
    told = " ".join(sentence for sentence in diagnose(descend(function, start, **settings)).sentences if "Try " not in sentence)
    assert re.search(said, told)
    assert not re.search(unsaid, told)


@pytest.mark.parametrize(
    ("function", "lr", "exponent"),
    [
        ("4x^3/3 - 1.5x^2", 1, math.log(2)),  # x' = 4x(1-x), the logistic map
        ("(x^2-1)^2/4", 2, math.log(3)),  # x = 2^(1/2) cos(a) goes to -2^(1/2) cos(3a): Chebyshev's third polynomial
    ],
)
def test_the_exponent_of_chaos(function: str, lr: float, exponent: float) -> None:
    found = diagnose(descend(function, 0.3, lr=lr, steps=2000)).evidence.chaos
    assert found is not None
    assert found.exponent == pytest.approx(exponent, abs=0.02)


@pytest.mark.parametrize(
    ("lr", "points"), [(1.1, [0.814551627, 1.116062971]), (1.24, [0.680465626, 0.73305452, 1.133545838, 1.153580429])]
)
def test_the_points_of_a_cycle(lr: float, points: list[float]) -> None:
    found = diagnose(descend("(x^2-1)^2/4", 0.3, lr=lr, steps=3000)).evidence.cycle
    assert found is not None
    assert found[0] == len(points)
    assert sorted(found[1][:, 0]) == pytest.approx(points, abs=1e-9)


def test_noise_has_the_deviation_of_its_stationary_distribution() -> None:
    """Of `x^2` with steps of gradient descent and noise: 2 lr temperature/(1 - (1 - 2 lr)^2)."""
    told = " ".join(diagnose(descend("x^2", 1, optimizer="noisy_gd", lr=0.1, steps=20_000)).sentences)
    deviation = float(re.findall(r"standard deviation of ([\d.]+)\.", told)[0])
    assert deviation == pytest.approx(math.sqrt(2 * 0.1 * 0.01 / (1 - 0.8**2)), rel=0.05)


def test_the_place_that_weight_decay_holds() -> None:
    found = diagnose(descend("(x-3)^2", 0, optimizer="theta = theta - lr*(g + 0.5*theta)", lr=0.1, steps=300))
    assert found.run.positions[-1] == pytest.approx(2.4, abs=1e-6)  # 2(x-3) + 0.5x = 0
    assert found.character == ("held", "monotone")


def test_a_rate_is_of_the_last_steps() -> None:
    slow: NDArray[np.float64] = np.concatenate([0.99 ** np.arange(100), 0.99**100 * 0.01 ** np.arange(1, 6)]).astype(float)
    assert fitted(slow) is None
    assert fitted(slow, 1e-3 * slow[99]) is None  # what follows falls away from the line
    assert fitted(1 / np.arange(1.0, 200)) is None  # no factor at all
    found = fitted(np.asarray(0.9 ** np.arange(40), dtype=np.float64))
    assert found is not None
    assert found.factor == pytest.approx(0.9)
    assert (found.first, found.last) == (20, 39)
    assert [pace(rate) for rate in (0.1, 0.001, 0.999999)] == [", 1 further digit at each", ", 3 further digits at each", ""]
