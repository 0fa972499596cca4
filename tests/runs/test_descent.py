"""`descend` and `compare`: what they take, how runs end, and what is refused in one line."""

import math
import signal
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from steepest.errors import InputError, SteepestError
from steepest.objectives.formula import read_objective
from steepest.optimizers.reading import optimizer
from steepest.runs.descent import compare, descend
from steepest.targets.python import STRIDE

LIMIT = "stopped at the step limit after"
TOO = "and the gradient's norm,"
BELOW = "is below the spacing of floating-point numbers there"
TOO_LARGE = "larger than any number of the machine (1.8e308)"
DIVISOR = "a quotient needs a divisor other than 0 and got 1/0"
POWER = "a power needs a positive base for this exponent and got"

# objective, start, arguments, ending, steps, message
ENDINGS: list[tuple[Any, Any, dict[str, Any], str, int, str]] = [
    (
        *("x^2", 3, {"lr": 0.3, "tol": 1e-5}, "converged", 15),
        "converged after 15 steps: the last step, 4.83e-06 long, is shorter than tol = 1e-05",
    ),
    (
        *("x^2", 3, {"lr": 0.5}, "converged", 2),
        "converged after 2 steps: the last step, 0 long, is shorter than tol = 1e-08",
    ),
    (
        *("x^2", 3, {"lr": 0.5, "gtol": 1e-3}, "converged", 1),
        "converged after 1 step: the gradient's norm is smaller than gtol = 0.001",
    ),
    (
        *("x^2", 0, {"gtol": 1e-3}, "converged", 0),
        "converged after 0 steps: the gradient's norm is smaller than gtol = 0.001",
    ),
    ("x^2", 3, {"steps": 2}, "step_limit", 2, f"{LIMIT} 2 steps; the last one was 0.48 long"),
    ("x^2", 3, {"steps": 1}, "step_limit", 1, f"{LIMIT} 1 step; the last one was 0.6 long"),
    ("x^2", 3, {"steps": 0}, "step_limit", 0, f"{LIMIT} 0 steps"),
    ("x^4", 5, {"lr": 1}, "diverged", 4, f"diverged at step 4: the value is {TOO_LARGE}"),
    ("exp(x)", 800, {}, "diverged", 0, f"diverged at the start: the value is {TOO_LARGE}"),
    ("tanh(x)", 1, {"optimizer": "theta = 1e200*theta^2"}, "diverged", 1, f"diverged at step 2: the position is {TOO_LARGE}"),
    ("log(x)", -1, {}, "undefined", 0, "undefined at the start: log needs a positive number and got -1"),
    ("log(x)", 0, {}, "undefined", 0, "undefined at the start: log needs a positive number and got 0"),
    ("1/x", 0, {}, "undefined", 0, "undefined at the start: a quotient needs a divisor other than 0 and got 1/0"),
    ("x/0", 1, {}, "undefined", 0, "undefined at the start: a quotient needs a divisor other than 0 and got 1/0"),
    (
        *("x - log(x)", 1.2, {"lr": 9}, "undefined", 1),
        "undefined at step 1: log needs a positive number and got -0.3",
    ),
    ("sqrt(x)", 0, {}, "undefined", 0, f"undefined at step 1: in the gradient, {DIVISOR}"),
    ("x^2", 1, {"lr": "1/(t-3)"}, "undefined", 2, f"undefined at step 3: in lr, {DIVISOR}"),
    # which quantity, at which operation, and what to write instead
    (
        *("1/(1+exp(-x))", -800, {}, "undefined", 0),
        f"undefined at step 1: in the gradient, exp(800) is {TOO_LARGE}, and inf*0 is not a number; "
        "sigmoid(x) instead of 1/(1+exp(-x)) stays finite there",
    ),
    (
        *("log(1+exp(x))", 800, {}, "undefined", 0),
        f"undefined at the start: in the value, exp(800) is {TOO_LARGE}; softplus(x) instead of log(1+exp(x)) stays finite there",
    ),
    (
        *("sqrt(x^2)", 0, {}, "undefined", 0),
        f"undefined at step 1: in the gradient, {DIVISOR}; abs(x) instead of sqrt(x^2) stays finite there",
    ),
    ("x^4", 1e60, {"optimizer": "adam"}, "undefined", 0, f"undefined at step 1: in v, 4e+180^2 is {TOO_LARGE}"),
    ("x^4", 1e60, {"optimizer": "v = 1e200*g; theta = theta - v"}, "diverged", 0, f"diverged at step 1: v is {TOO_LARGE}"),
    ("log(x)", 1e-310, {}, "diverged", 0, f"diverged at step 1: the gradient is {TOO_LARGE}"),
    ("x^4 - 3x", 1e80, {}, "diverged", 0, f"diverged at the start: the value is {TOO_LARGE}"),
    ("1e-3*x^2", 1e155, {}, "undefined", 0, f"undefined at the start: in the value, 1e+155^2 is {TOO_LARGE}"),
    (
        *("x^2 - x^2*(1+x)", 1e160, {}, "undefined", 0),
        f"undefined at the start: in the value, 1e+160^2 is {TOO_LARGE}, and inf - inf is not a number",
    ),
    (
        *("x^x", 0, {}, "undefined", 0),
        "undefined at step 1: in the gradient, the slope of a power by its exponent needs a positive base and got 0",
    ),
    (
        "x^0.5",
        0,
        {"optimizer": "v = 0.9v + g; theta = theta - 0.1v"},
        "undefined",
        0,
        f"undefined at step 1: in the gradient, {POWER} 0 and -0.5",
    ),
    # a short step is short because the run has converged
    (
        "x^2",
        1,
        {"lr": "0.1*(t-1)", "steps": 3},
        "step_limit",
        3,
        f"{LIMIT} 3 steps; the last one was 0.32 long",
    ),
    ("x^2", 1, {"lr": 0}, "step_limit", 100, f"{LIMIT} 100 steps; the last one was 0 long"),
    ("x^2", 1, {"lr": 1e-9}, "step_limit", 100, f"{LIMIT} 100 steps; the last one was 2e-09 long"),
    (
        *("x^2", 1, {"lr": "0.5*abs(cos(pi*t/4))"}, "converged", 5),
        f"converged after 5 steps: the last step, 0 long, is shorter than tol = 1e-08, {TOO} 0, is smaller than tol, too",
    ),
    (
        *("1e6*x^2", 1, {"lr": 4e-7}, "converged", 18),
        f"converged after 18 steps: the last step, 1.05e-12 long, is shorter than tol = 1e-08, {TOO} 2.62e-06, "
        "is smaller than 1e-05, too",
    ),
    # one length of a step, with digits enough
    (
        *("x^2/2", 0.0999999, {"lr": 1, "tol": 0.1}, "converged", 1),
        "converged after 1 step: the last step, 0.0999999 long, is shorter than tol = 0.1",
    ),
    (
        "x",
        1e9,
        {"optimizer": "theta = theta - 0.9e-7", "tol": 1e-7, "steps": 2},
        "step_limit",
        2,
        f"{LIMIT} 2 steps; the last one was 1.19e-07 long",
    ),
    (
        *("exp(x) - x", 50, {}, "step_limit", 100),
        f"{LIMIT} 100 steps; the last one, 0.1 long, {BELOW}, 6.55e+04, and changed nothing",
    ),
    (
        *("(x-1e12)^2", 0, {"steps": 300}, "step_limit", 300),
        f"{LIMIT} 300 steps; the last one, 4.88e-05 long, {BELOW}, 0.000122, and changed nothing",
    ),
    (
        *(lambda p: p[0], [1e20], {"steps": 2}, "step_limit", 2),
        f"{LIMIT} 2 steps; the last one, 0.1 long, {BELOW}, 1.64e+04, and changed nothing",
    ),
    # the last position counts
    ("x^2", 1, {"steps": 0, "gtol": 3}, "converged", 0, "converged after 0 steps: the gradient's norm is smaller than gtol = 3"),
    (
        *("x^2", 1, {"lr": 0.25, "steps": 2, "gtol": 0.6}, "converged", 2),
        "converged after 2 steps: the gradient's norm is smaller than gtol = 0.6",
    ),
    (
        *(lambda p: p[0] ** 2, [1.0], {"lr": 0.25, "steps": 2, "gtol": 0.6}, "converged", 2),
        "converged after 2 steps: the gradient's norm is smaller than gtol = 0.6",
    ),
    (
        "x^2",
        1,
        {"lr": 0.25, "steps": 2, "gtol": 0.4},
        "step_limit",
        2,
        f"{LIMIT} 2 steps; the last one was 0.25 long",
    ),
    (lambda p: np.log(p[0]), [-1.0], {}, "undefined", 0, "undefined at the start: the function's value is not a number"),
    (lambda p: np.exp(p[0]), [800.0], {}, "diverged", 0, "diverged at the start: the function's value is infinite"),
    (lambda p: p[0] ** 4, [1e60], {"optimizer": "adam"}, "undefined", 0, f"undefined at step 1: in v, 4e+180^2 is {TOO_LARGE}"),
    (
        *(lambda p: p[0] ** 2, [3.0], {"lr": 0.5, "gtol": 1e-3}, "converged", 1),
        "converged after 1 step: the gradient's norm is smaller than gtol = 0.001",
    ),
    (
        *(lambda p: p[0] ** 2, [3.0], {"gradient": lambda p: p * math.nan}, "undefined", 0),
        "undefined at step 1: the function's gradient is not a number",
    ),
]


@pytest.mark.parametrize(("objective", "start", "arguments", "ending", "steps", "message"), ENDINGS)
def test_endings(objective: Any, start: Any, arguments: dict[str, Any], ending: str, steps: int, message: str) -> None:
    run = descend(objective, start, **arguments)
    assert (run.ending, run.steps) == (ending, steps)
    assert run.ending.message == message
    assert run.positions.shape == (steps + 1, 1)
    assert run.gradients.shape == (steps + 1, 1)
    assert run.values.shape == (steps + 1,)
    assert np.isfinite(run.positions).all()
    assert np.isfinite(run.values[:-1]).all()
    assert all(len(rows) == steps for rows in run.quantities.values())


@pytest.mark.parametrize(
    ("formula", "start", "position"),
    [
        ("x^2", 3, (3,)),
        ("x^2", "3", (3,)),
        ("x^2", np.float32(3), (3,)),
        ("x^2", np.array(3.0), (3,)),
        ("x^2", [3], (3,)),
        ("x^2 + y^2", (1, 2), (1, 2)),
        ("x^2 + y^2", np.array([1, 2]), (1, 2)),
        ("x^2 + y^2", iter([1, 2]), (1, 2)),
        ("x^2 + y^2", {"y": 2, "x": 1}, (1, 2)),
        ("f(w, b) = w^2 + b^2", (1, 2), (1, 2)),
        ("f(w, b) = w^2 + b^2", {"b": 2, "w": 1}, (1, 2)),
        ("rosenbrock", None, (-1.2, 1)),
        ("x^2", -0.0, (-0.0,)),
        ("x^2", 5e-324, (5e-324,)),
    ],
)
def test_starts(formula: str, start: Any, position: tuple[float, ...]) -> None:
    run = descend(formula, start, steps=1)
    assert tuple(run.positions[0]) == position


def test_a_series_with_labels_is_a_start_by_name() -> None:
    import pandas

    assert tuple(descend("x^2 + y^2", pandas.Series({"y": 2, "x": 1}), steps=1).positions[0]) == (1, 2)
    assert tuple(descend("x^2 + y^2", pandas.Series([1, 2]), steps=1).positions[0]) == (1, 2)
    with pytest.raises(InputError, match="the start names 'z', and the parameters are x, y"):
        descend("x^2 + y^2", pandas.Series({"y": 2, "x": 1, "z": 3}))


def test_tensors_are_starts_and_rates() -> None:
    import torch

    start = torch.tensor([1.0, 2.0], requires_grad=True)
    lr: Any = torch.tensor(0.25, requires_grad=True)
    run = descend("x^2 + y^2", start, lr=lr, steps=1)
    assert run.positions.tolist() == [[1, 2], [0.5, 1]]
    assert descend(lambda p: torch.tensor(p).pow(2).sum(), start, lr=0.25, steps=1).positions[1] == pytest.approx([0.5, 1])


def test_a_formula_without_a_start_begins_at_a_seeded_point_of_the_view() -> None:
    points = [descend("x^2 + y^2", seed=seed, steps=0).positions[0] for seed in (0, 0, 1, 2**32 - 1)]
    assert (points[0] == points[1]).all()
    assert (points[0] != points[2]).all()
    assert (np.abs(points) < 5).all()


NOT_A_START = "the start is one number for each of x, y, not"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": 3}, "the start has 1 number, and the parameters are x, y"),
        ({"start": (1, 2, 3)}, "the start has 3 numbers, and the parameters are x, y"),
        ({"start": ()}, "the start has 0 numbers, and the parameters are x, y"),
        ({"start": {"x": 1}}, "the start has no number for y"),
        ({"start": {"x": 1, "z": 1}}, "the start names 'z', and the parameters are x, y"),
        ({"start": (1, None)}, NOT_A_START),
        ({"start": "1,2"}, NOT_A_START),
        ({"start": (1, 2j)}, NOT_A_START),
        ({"start": np.array([1, 2 + 0j])}, NOT_A_START),
        ({"start": b"12"}, NOT_A_START),
        ({"start": {1.0, 2.0}}, NOT_A_START),
        ({"start": np.ma.array([1.0, 2.0], mask=[False, True])}, NOT_A_START),
        ({"start": [np.ones(1), 2]}, NOT_A_START),
        ({"lr": np.ones(1)}, "lr is a number or a formula in t and T, not array([1.])"),
        ({"lr": np.complex128(0.1)}, "lr is a number or a formula in t and T, not (0.1+0j)"),
        ({"lr": True}, "lr is a number or a formula in t and T, not True"),
        ({"start": (1, 10**400)}, NOT_A_START),
        ({"start": [[1, 2]]}, NOT_A_START),
        ({"start": np.ones((2, 1))}, NOT_A_START),
        ({"start": (1, math.nan)}, "the start is made of finite numbers"),
        ({"start": (math.inf, 1)}, "the start is made of finite numbers"),
        ({"steps": -1}, "the number of steps is a whole number from 0 to 100,000,000, not -1"),
        ({"steps": 1.5}, "the number of steps is a whole number from 0 to 100,000,000, not 1.5"),
        ({"steps": True}, "the number of steps is a whole number from 0 to 100,000,000, not True"),
        ({"steps": 10**9}, "the number of steps is a whole number from 0 to 100,000,000, not 1000000000"),
        ({"tol": -1}, "tol is a length, a finite number from 0, not -1"),
        ({"tol": math.nan}, "tol is a length, a finite number from 0, not nan"),
        ({"tol": "1e-3"}, "tol is a length, a finite number from 0, not '1e-3'"),
        ({"tol": 1e-200}, "tol is 0 or a length from 1e-150 to 1e+150, not 1e-200"),
        ({"gtol": math.inf}, "gtol is a length, a finite number from 0, not inf"),
        ({"gtol": 1e200}, "gtol is 0 or a length from 1e-150 to 1e+150, not 1e+200"),
        ({"seed": -1}, "the seed is a whole number from 0 to 4294967295, not -1"),
        ({"seed": 2**32}, "the seed is a whole number from 0 to 4294967295, not 4294967296"),
        ({"seed": 1.0}, "the seed is a whole number from 0 to 4294967295, not 1.0"),
        ({"lr": math.nan}, "lr is a finite number, not nan"),
        ({"lr": [0.1]}, "lr is a number or a formula in t and T, not [0.1]"),
        ({"lr": "x"}, "lr: unknown name 'x'"),
        (
            {"optimizer": 3},
            "an optimizer is a name, equations, steepest.optimizer(...) or a class of PyTorch",
        ),
        ({"optimizer": "adm"}, "there is no optimizer 'adm': did you mean adam?"),
        ({"gradient": lambda p: p}, "a formula brings its own gradient: leave 'gradient' out"),
        ({"progress": 3}, "progress is a function of the steps done and the step limit, not 3"),
        ({"objective": 3}, "an objective is a formula, a gallery name or a function of an array, not int"),
        ({"objective": b"x^2"}, "an objective is a formula, a gallery name or a function of an array, not bytes"),
        ({"objective": "rosenbrok"}, "there is no function 'rosenbrok' in the gallery: did you mean rosenbrock?"),
        ({"objective": "x^2 +"}, "the formula is unfinished"),
    ],
)
def test_what_cannot_be_run(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SteepestError) as caught:
        descend(**({"objective": "x^2 + y^2", "start": (1, 2)} | arguments))
    first, *_ = str(caught.value).splitlines()
    assert first.startswith(message)


def test_numbers_of_numpy_are_numbers() -> None:
    run = descend(
        "x^2", np.float64(3), lr=np.float32(0.25), steps=np.int64(5), tol=np.float32(0), seed=np.uint32(7)  # type: ignore[arg-type]
    )  # fmt: skip
    assert run.positions[:, 0].tolist() == [3 * 0.5**k for k in range(6)]
    assert (type(run.limit), type(run.tol), type(run.seed)) == (int, float, int)


@pytest.mark.parametrize(
    ("lr", "factors"),
    [
        (0.25, [0.5, 0.5, 0.5, 0.5]),
        ("1/4", [0.5, 0.5, 0.5, 0.5]),
        ("t/8", [0.75, 0.5, 0.25, 0.0]),
        ("(T-t)/8", [0.25, 0.5, 0.75, 1.0]),
        ("where(t < 3, 0.5, 0.25)", [0.0, 0.0, 0.5, 0.5]),
    ],
)
def test_schedules_in_t_and_T(lr: float | str, factors: list[float]) -> None:  # noqa: N802
    run = descend("x^2", 16, lr=lr, steps=4, tol=0)
    assert run.positions[:, 0].tolist() == [16 * math.prod(factors[:k]) for k in range(5)]


def test_a_schedule_is_a_quantity_of_the_run() -> None:
    run = descend("x^2", 16, lr="t/8", steps=4, tol=0)
    assert run["lr"].tolist() == [0.125, 0.25, 0.375, 0.5]


def test_who_says_the_learning_rate() -> None:
    """The optimizer's own, else the argument, else the optimizer's default, else the objective's."""
    both = compare("rosenbrock", ["gd", optimizer("adam", lr=0.05), "adam(lr=0.2)", "adam"], lr=0.001, steps=1)
    assert [run.settings["lr"] for run in both] == [0.001, 0.05, 0.2, 0.001]
    assert descend("rosenbrock", steps=1).settings["lr"] == 0.001
    assert descend("rosenbrock", optimizer="adam", steps=1).settings["lr"] == 0.1
    assert descend("rosenbrock", optimizer="gd", lr=0.002, steps=1).settings["lr"] == 0.002


def test_the_same_seed_is_the_same_noise() -> None:
    runs = [descend("x^2", 1, optimizer="noisy_gd", seed=seed, steps=20).positions for seed in (4, 4, 5)]
    assert (runs[0] == runs[1]).all()
    assert (runs[0][1:] != runs[2][1:]).all()


@pytest.mark.parametrize("steps", [1, STRIDE - 1, STRIDE, STRIDE + 1, 2 * STRIDE + 3, 300_000])
def test_long_runs_are_recorded_whole(steps: int) -> None:
    calls: list[tuple[int, int]] = []
    run = descend("cos(x)", 0.5, lr=1e-6, steps=steps, tol=0, progress=lambda *call: calls.append(call))
    assert run.positions.shape == (steps + 1, 1)
    assert (np.diff(run.positions[:, 0]) > 0).all()
    done = [call[0] for call in calls]
    assert done[-1] == steps and done == sorted(set(done))
    assert {call[1] for call in calls} == {steps}


def test_a_huge_step_limit_costs_nothing_when_the_run_ends_early() -> None:
    run = descend("x^2", 3, lr=0.3, steps=10_000_000)
    assert (run.ending, run.steps) == ("converged", 22)


def interrupt(done: int, limit: int) -> None:
    raise KeyboardInterrupt


def interrupting(calls: int) -> Callable[[Any], float]:
    """A function that is interrupted at one of its calls."""

    def function(position: Any) -> float:
        nonlocal calls
        calls -= 1
        if not calls:
            raise KeyboardInterrupt
        return math.cosh(position[0])

    return function


def test_ctrl_c_keeps_what_was_computed() -> None:
    run = descend("x^2", 3, lr=1e-7, steps=10**6, tol=0, progress=interrupt)
    assert run.ending == "interrupted" and 0 < run.steps < 10**6
    assert run.ending.message == f"interrupted after {run.steps} steps of 1000000"
    whole = descend("x^2", 3, lr=1e-7, steps=run.steps, tol=0)
    assert (run.positions == whole.positions).all()
    assert run.values.shape == (run.steps + 1,)


@pytest.mark.parametrize("optimizer", ["gd", "adam", "noisy_gd"])
def test_ctrl_c_at_any_time(optimizer: str) -> None:
    """A signal that falls between two coordinates, or two steps, leaves whole rows."""

    def handler(*_: object) -> None:
        raise KeyboardInterrupt

    arguments: dict[str, Any] = {"start": (3, 1), "optimizer": optimizer, "lr": 1e-6, "tol": 0}
    before = signal.signal(signal.SIGVTALRM, handler)
    descend("sin(x)cos(y)", steps=1, **arguments)  # from here on the time goes into the steps, and it is the process's own
    try:
        for delay in np.linspace(0.02, 0.06, 8):
            signal.setitimer(signal.ITIMER_VIRTUAL, delay)
            run = descend("sin(x)cos(y)", steps=20_000_000, **arguments)
            assert run.ending == "interrupted"
            whole = descend("sin(x)cos(y)", steps=run.steps, **arguments)
            assert (run.positions == whole.positions).all()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


@pytest.mark.parametrize("optimizer", ["adam", "noisy_gd", "sutskever_nesterov", "polyak_step"])
def test_ctrl_c_at_any_call_of_a_function(optimizer: str) -> None:
    whole = descend(math.cosh, 2.0, optimizer=optimizer, steps=50)
    interrupted = 0
    for calls in range(10, 40):
        run = descend(interrupting(calls), [2.0], optimizer=optimizer, steps=50)
        assert run.ending == "interrupted"
        assert run.ending.message == f"interrupted after {run.steps} step{'s' * (run.steps != 1)} of 50"
        assert len(run.values) == len(run.gradients) == len(run.positions) == run.steps + 1
        assert {len(rows) for rows in run.quantities.values()} <= {run.steps}
        np.testing.assert_allclose(run.positions[:, 0], whole.positions[: run.steps + 1], rtol=1e-6)
        interrupted += run.steps
    assert interrupted > 60


def test_ctrl_c_before_there_is_anything_to_keep() -> None:
    with pytest.raises(KeyboardInterrupt):
        descend(interrupting(1), [2.0])


def test_ctrl_c_ends_a_comparison() -> None:
    runs = compare(interrupting(30), ["gd", "adam", "momentum"], [2.0])
    assert [run.ending for run in runs] == ["interrupted"]


def raising(value: Any, error: Exception | None = None) -> Callable[[Any], Any]:
    """x^2, which raises below 0.5 or gives something else there."""

    def function(position: Any) -> Any:
        if position[0] < 0.5:
            if error is not None:
                raise error
            return value
        return position[0] ** 2

    return function


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (raising(None, RuntimeError("too\nfar")), "the function raised RuntimeError: too far"),
        (raising(None, ValueError()), "the function raised ValueError"),
        (raising(None), "the objective gives None, and a number is needed: does it end with return?"),
        (raising("0.1"), "the objective gives '0.1', and a number is needed"),
        (raising(1j), "the objective gives the complex number 1j, and a real one is needed"),
        (raising(np.ones(2)), "the objective gives an array of shape (2,), and a single number is needed"),
        (raising(np.ma.masked), "the function's value is not a number"),
        (raising(np.nan), "the function's value is not a number"),
        (lambda p: math.log(p[0] - 0.5) + 8 * p[0], "the function raised ValueError: math domain error"),
    ],
)
def test_a_function_may_raise_on_the_way(function: Any, message: str) -> None:
    """The run is undefined there, and keeps its steps; the position that the function refuses is the last."""
    run = descend(function, [1.0])
    assert run.ending == "undefined"
    assert run.ending.message == f"undefined at step {run.steps}: {message}"
    assert run.positions.shape == run.gradients.shape == (run.steps + 1, 1)
    assert run.steps > 0 and np.isfinite(run.values[:-1]).all() and np.isnan(run.values[-1])
    assert np.isfinite(run.positions).all()


@pytest.mark.parametrize("method", ["gd", "sutskever_nesterov", "sam"])
def test_a_gradient_may_raise_on_the_way(method: str) -> None:
    def gradient(position: Any) -> Any:
        if position[0] < 0.5:
            raise KeyError("x")
        return 2 * position

    run = descend(lambda p: (p**2).sum(), [1.0], gradient=gradient, optimizer=method)
    assert run.ending == "undefined" and run.steps > 1
    assert run.ending.message.endswith(": the gradient raised KeyError: 'x'")
    assert len(run.values) == len(run.positions) == run.steps + 1
    assert all(len(rows) == run.steps for rows in run.quantities.values())


def test_a_short_step_is_as_long_as_the_table_says() -> None:
    """The tolerance, the message and the column speak of the distance between two recorded positions."""
    for start in (1e9, 3e7, 12345.678):
        run = descend("x^2", start, lr=0.3, tol=1e-7, steps=2000)
        assert run.ending == "converged"
        moved = np.abs(np.diff(run.positions[:, 0]))
        assert moved[-1] < 1e-7 <= moved[-2]
        assert f"the last step, {moved[-1]:.3g} long" in run.ending.message


@pytest.mark.parametrize(
    "lr", ["0.1*min(t-1, 1)", "0.1*min(t/10, 1)", "0.05*(1+cos(2*pi*t/10))", "0.3*0.5^t", "1e-12*t", "where(t > 5, 0.1, 0)"]
)
@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "signsgd"])
def test_a_schedule_does_not_converge_by_itself(lr: str, method: str) -> None:
    run = descend("(x-1)^2 + 3y^2", (4, 1), optimizer=method, lr=lr, steps=400)
    if run.ending == "converged":
        assert np.linalg.norm(run.gradients[-2]) < 1e-8
        assert run.ending.message.endswith("is smaller than tol, too")
    else:
        assert (run.ending, run.steps) == ("step_limit", 400)


def test_a_turning_point_is_no_rest() -> None:
    """Velocity passes through 0 where the slope is largest."""
    method = "v = where(t == 5, 0, 0.9v + g); theta = theta - 0.1v"
    assert descend("x^2", 3, optimizer=method, steps=6).ending == "step_limit"


def test_comparisons() -> None:
    both = compare("rosenbrock", ["gd", optimizer("adam", lr=0.05)], start=(-1.2, 1), lr=0.001, steps=5)
    assert [run.label for run in both] == ["gd(lr=0.001)", "adam(lr=0.05)"]
    assert len(both) == 2
    assert (both[0].positions == descend("rosenbrock", lr=0.001, steps=5).positions).all()
    assert both[0].objective is both[1].objective
    functions = compare(lambda p: (p**2).sum(), ["gd", "adam"], [1.0, 2.0], steps=3)
    assert [run.positions.shape for run in functions] == [(4, 2), (4, 2)]
    assert len(compare("x^2", (name for name in ("gd", "adam")), 1)) == 2  # type: ignore[arg-type]
    assert len(compare("x^2", np.array(["gd", "adam"]), 1)) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize("optimizers", [None, 3, "adam", [], optimizer("adam"), ()])
def test_comparisons_need_a_list(optimizers: Any) -> None:
    with pytest.raises(InputError, match=r"compare takes a list of optimizers, such as \['gd', 'adam'\]"):
        compare("x^2", optimizers, 1)


@pytest.mark.parametrize("names", ["t, theta, lr, g", "f, H, T, lambda", "v, m, beta1, noise1", "seed, s0, k, c0"])
def test_parameters_may_be_called_like_an_optimizers_names(names: str) -> None:
    a, b, c, d = names.split(", ")
    formula = f"f({names}) = ({a}-1)^2 + {b}^2 + 2{c}^2 + ({d}+1)^2*{a}^2"
    plain = "f(x, y, z, w) = (x-1)^2 + y^2 + 2z^2 + (w+1)^2*x^2"
    for method in ("adam", "newton", "noisy_gd(lr=1/(1+t))"):
        found, expected = (descend(text, (1, 2, 3, 4), optimizer=method, steps=20) for text in (formula, plain))
        assert (found.positions == expected.positions).all()
        assert found.names == (a, b, c, d)


@pytest.mark.parametrize("method", ["adam", "sam", "noisy_gd", "barzilai_borwein"])
def test_sixteen_parameters(method: str) -> None:
    formula = " + ".join(f"{k + 1}*x{k}^2" for k in range(16))
    run = descend(formula, [1.0] * 16, optimizer=method, lr=0.01, steps=30)
    assert run.positions.shape == (31, 16)
    assert run.values[-1] < run.values[0]


@pytest.mark.parametrize("start", [0.0, -0.0, 5e-324, -1e-310, 1e-160, 1.0, 1e160, 1.7e308, -1.7e308])
@pytest.mark.parametrize("lr", [5e-324, 1e-200, 0.1, 1.0, 1e200, 1.7e308])
@pytest.mark.parametrize("method", ["gd", "adam", "momentum", "normalized_gd", "barzilai_borwein"])
def test_extreme_numbers_give_a_record(method: str, lr: float, start: float) -> None:
    for formula in ("x^2", "x^64", "x^-2", "exp(x)", "|x|", "log(|x|)", "tanh(x)", "1e308 x", "x^(1/3)", "x^x"):
        run = descend(formula, start, optimizer=method, lr=lr, steps=12)
        assert np.isfinite(run.positions).all()
        assert len(run.values) == len(run.gradients) == run.steps + 1
        assert all(np.isfinite(rows).all() and len(rows) == run.steps for rows in run.quantities.values())
        assert str(run)
        assert run.ending.message in str(run)


def test_objectives_may_be_read_before() -> None:
    function = read_objective("x^2")
    assert (descend(function, 3).positions == descend("x^2", 3).positions).all()
