"""Two runs, compared; and the conventions, each checked on several functions."""

import json
import re

import numpy as np
import pytest

import steepest
from steepest.compare.conventions import CONVENTIONS, Convention, translated
from steepest.compare.difference import Difference, diff
from steepest.compare.reasons import distance_to
from steepest.compare.single_precision import in_single_precision
from steepest.optimizers.zoo import OPTIMIZERS

OBJECTIVES = [
    ("x^2", (3.0,)),
    ("rosenbrock", (-1.2, 1.0)),
    ("x^2 + 10y^2 + x*y", (4.0, 1.0)),
    ("sin(x) + cos(2y) + z^2", (1.0, 0.5, 2.0)),
]


def compared(formula: str, one: str, other: str, steps: int = 60, start: object = None, lr: object = 0.01) -> Difference:
    return diff(*steepest.compare(formula, [one, other], start, lr=lr, steps=steps))  # type: ignore[arg-type]


def kinds(found: Difference) -> list[str]:
    return [reason.kind for reason in found.reasons]


@pytest.mark.parametrize("row", CONVENTIONS, ids=lambda row: f"{row.one}-{row.other}")
@pytest.mark.parametrize(("formula", "start"), OBJECTIVES)
@pytest.mark.parametrize("lr", [0.0004, 0.0007])
def test_every_convention_makes_the_same_steps(row: Convention, formula: str, start: tuple[float, ...], lr: float) -> None:
    settings = {name: 0.8 for name in ("beta",) if "beta" in steepest.optimizer(row.one).hyperparameters} | dict(row.needs)
    run = steepest.descend(formula, start, optimizer=steepest.optimizer(row.one, **settings), lr=lr, steps=100, tol=0)
    again = translated(run, row)
    assert again.optimizer.name == row.other
    largest, scale = distance_to(run, again, row)
    assert largest <= 1e-13 * scale
    assert np.abs(run.positions[-1] - run.positions[0]).max() > 1e-3, "the run went somewhere"


def test_the_conventions_name_methods_of_the_zoo() -> None:
    for row in CONVENTIONS:
        assert {row.one, row.other} <= set(OPTIMIZERS)
        assert set(row.steady) <= set(steepest.optimizer(row.one).hyperparameters)
    pairs = {(row.one, row.other) for row in CONVENTIONS}
    momenta = ("momentum", "heavy_ball", "ema_momentum")
    assert {(a, b) for a in momenta for b in momenta if a != b} <= pairs


def test_momentum_and_heavy_ball_are_the_same_method() -> None:
    found = compared("x^2", "momentum", "heavy_ball", start=1, lr=0.1, steps=100)
    assert not found.same
    assert found.first is not None
    assert (found.first.quantity, found.first.step, found.first.values) == ("v", 1, (2.0, -0.2))
    assert found.gap < 1e-15
    assert kinds(found) == ["convention"]
    assert found.reasons[0].optimizer == "heavy_ball(lr=0.1)"
    assert found.reasons[0].gap is not None
    assert found.reasons[0].gap < 1e-15
    assert "agree to 2e-16 over 100 steps" in str(found).replace("\n", " ")


def test_the_learning_rate_that_makes_one_momentum_the_other() -> None:
    found = compared("x^2", "momentum(beta=0.75)", "ema_momentum(beta=0.75)", start=1, lr=0.1)
    assert [reason.optimizer for reason in found.reasons] == ["ema_momentum(lr=0.4, beta=0.75)", "momentum(lr=0.025, beta=0.75)"]
    same = compared("x^2", "momentum(lr=0.1, beta=0.75)", "ema_momentum(lr=0.4, beta=0.75)", start=1)
    assert [reason.optimizer for reason in same.reasons] == ["ema_momentum(lr=0.4, beta=0.75)"]
    assert all(parting.step is None for parting in same.partings if parting.quantity != "v")


def test_nesterov_looks_ahead() -> None:
    found = compared("x^2 + 3y^2", "nesterov", "sutskever_nesterov", start=(1, 2))
    assert kinds(found) == ["convention"]
    assert "theta + lr*beta*v" in found.reasons[0].sentence


def test_a_schedule_keeps_two_conventions_apart() -> None:
    found = compared("x^2", "momentum", "heavy_ball", start=1, lr="0.1/t")
    assert kinds(found) == ["optimizer"]
    assert found.reasons[0].sentence.startswith("why: with a constant lr they would be the same method")
    assert kinds(compared("x^2", "momentum", "ema_momentum", start=1, lr="0.1/t")) == ["convention", "convention"]


def test_equations_of_the_user_s_own_are_recognized() -> None:
    mine = steepest.optimizer("v = beta*v + g; theta = theta - lr*v", beta=0.9)
    found = diff(*steepest.compare("x^2", [mine, "heavy_ball"], 1, lr=0.1))
    assert kinds(found) == ["convention"]


def test_two_identical_runs_are_the_same_to_the_bit() -> None:
    found = compared("rosenbrock", "adam", "adam")
    assert found.same
    assert found.first is None
    assert found.settings == ()
    assert found.reasons == ()
    assert "the same, to the bit, over 60 steps" in str(found)
    assert found.document["same"] is True


def test_a_seed() -> None:
    runs = [steepest.descend("himmelblau", (0, 0), optimizer="noisy_gd", seed=seed, steps=20) for seed in (1, 2)]
    found = diff(*runs)
    assert found.settings == (("seed", "1", "2"),)
    assert kinds(found) == ["seed"]
    assert found.first is not None
    assert (found.first.quantity, found.first.step) == ("position", 1)
    quiet = diff(*[steepest.descend("himmelblau", (0, 0), seed=seed, steps=20) for seed in (1, 2)])
    assert quiet.same
    assert "no equation draws noise" in quiet.reasons[0].sentence


def test_what_was_set_differently() -> None:
    base = steepest.descend("x^2", 3, lr=0.1, steps=10)
    cases = {
        "start": steepest.descend("x^2", 4, lr=0.1, steps=10),
        "objective": steepest.descend("x^2 + 1", 3, lr=0.1, steps=10),
        "hyperparameters": steepest.descend("x^2", 3, lr=0.2, steps=10),
        "limits": steepest.descend("x^2", 3, lr=0.1, steps=12),
        "optimizer": steepest.descend("x^2", 3, optimizer="signsgd(lr=0.1)", steps=10),
    }
    for kind, other in cases.items():
        assert kinds(diff(base, other)) == [kind]
    start = diff(base, cases["start"]).first
    assert start is not None
    assert (start.step, start.values, start.gap) == (0, (3.0, 4.0), 1.0)


def test_the_first_quantity_is_the_first_in_the_equations() -> None:
    found = compared("rosenbrock", "adam(beta1=0.9)", "adam(beta1=0.8)")
    assert found.first is not None
    assert (found.first.quantity, found.first.step, found.first.parameter) == ("m", 1, "x")


def test_runs_that_go_different_ways() -> None:
    found = compared("x^2", "gd(lr=0.1)", "gd(lr=1.1)", start=3, steps=8)
    assert found.gap == pytest.approx(found.end_gap)
    assert found.gap == pytest.approx(3 * (1.2**8 - 0.8**8))
    broken = compared("log(x)", "gd(lr=0.1)", "gd(lr=0.0001)", start=0.05, steps=3)
    assert any("undefined at step 1" in sentence for sentence in broken.sentences)
    json.dumps(broken.document, allow_nan=False)


@pytest.mark.parametrize("method", [name for name in OPTIMIZERS if name != "newton"])
def test_float32_stays_close_to_float64(method: str) -> None:
    run = steepest.descend("x^2 + 3y^2 + x*y/2", (1.5, -0.75), optimizer=method, steps=20, seed=4)
    single = in_single_precision(run)
    assert single.record.precision == "float32"
    np.testing.assert_array_equal(single.positions, single.positions.astype(np.float32))
    steps = min(run.steps, single.steps, 10)
    np.testing.assert_allclose(single.positions[:steps], run.positions[:steps], atol=2e-4)
    found = diff(run, "float32")
    assert kinds(found) == ["precision"]
    assert set(single.quantities) == set(run.quantities)


def test_float32_by_numpy() -> None:
    single = in_single_precision(steepest.descend("x^2", 3, lr=0.1, steps=50, tol=0))
    x, lr = np.float32(3), np.float32(0.1)
    for row in single.positions[:, 0]:
        assert row == float(x)
        x = x - lr * (np.float32(2) * x)


@pytest.mark.parametrize(
    ("formula", "start", "lr", "ending", "message"),
    [
        ("x^4", 1e4, 1.0, "diverged", "float32"),
        ("log(x)", 0.05, 0.1, "undefined", "undefined at step 1: the value is not a number in float32"),
        ("x^2", 3, 0.3, "converged", "converged after"),
        ("x^2", 3, 0.01, "step_limit", "stopped at the step limit after 100 steps"),
        ("exp(x)", 100, 0.1, "diverged", "diverged at the start: the value is larger than any float32 (3.4e+38)"),
    ],
)
def test_how_a_run_ends_in_float32(formula: str, start: float, lr: float, ending: str, message: str) -> None:
    single = in_single_precision(steepest.descend(formula, start, lr=lr))
    assert single.ending == ending
    assert message in single.ending.message
    assert len(single.values) == len(single.positions) == single.steps + 1


def test_what_cannot_be_compared() -> None:
    run = steepest.descend("x^2", 3)
    with pytest.raises(steepest.InputError, match="one moves 1 number and the other 2 numbers"):
        diff(run, steepest.descend("x^2 + y^2", (1, 1)))
    with pytest.raises(steepest.InputError, match="or with 'float32', not 'float16'"):
        diff(run, "float16")
    with pytest.raises(steepest.InputError, match="not int"):
        diff(run, 3)  # type: ignore[arg-type]
    with pytest.raises(steepest.InputError, match="float32 needs a formula"):
        diff(steepest.descend(lambda p: p @ p, [1.0, 2.0]), "float32")


def test_python_functions_are_compared_too() -> None:
    found = diff(*steepest.compare(lambda p: p @ p, ["momentum", "heavy_ball"], [1.0, 2.0], lr=0.1, steps=20))
    assert kinds(found) == ["convention"]


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_every_pair_reads_well_and_is_data(method: str) -> None:
    found = compared("rosenbrock", "gd(lr=0.001)", method, steps=8)
    assert all(len(line) <= 80 for line in str(found).splitlines() if not re.search(r"\S{60}", line))
    assert json.loads(json.dumps(found.document, allow_nan=False))["runs"][0]["label"] == "gd(lr=0.001)"
    assert "Difference" in repr(found)
