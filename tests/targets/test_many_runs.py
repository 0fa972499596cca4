"""Many runs at once: each is the run that it would be alone."""

import _thread
import math
from typing import Any

import numpy as np
import pytest

from steepest.objectives.formula import read_objective
from steepest.optimizers.optimizer import constant_settings
from steepest.optimizers.reading import optimizer
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import descend
from steepest.tape.compile import program
from steepest.tape.program import Program, Stop
from steepest.targets.many import runs as many_runs
from steepest.targets.many.runs import run_many


def prepared(formula: str, method: str) -> tuple[Program, dict[str, float]]:
    """A program, and the values of its hyperparameters."""
    objective, chosen = read_objective(formula), optimizer(method)
    values = constant_settings(chosen.resolve({}, objective.hyperparameters))
    return program(chosen.equations, (), objective.expression, objective.names), values


def starts(count: int, parameters: int = 2) -> Any:
    return np.random.default_rng(3).uniform(-2, 2, (count, parameters))


@pytest.mark.parametrize("method", ["gd", "momentum", "adam", "noisy_gd", "rmsprop_centered"])
@pytest.mark.parametrize("count", [1, 7, 8, 65])
def test_each_run_has_its_own_start_hyperparameters_and_seed(method: str, count: int) -> None:
    linked, numbers = prepared("sin(x)*cos(y) + x^2/8 + exp(-y^2)", method)
    rates = np.geomspace(1e-3, 0.3, count)
    seeds = np.arange(count) + 5
    found = run_many(linked, starts(count), {**numbers, "lr": rates}, steps=90, tol=1e-3, seed=seeds, exact=True)
    for index, start in enumerate(starts(count)):
        chosen = optimizer(method, lr=rates[index])
        alone = descend("sin(x)*cos(y) + x^2/8 + exp(-y^2)", start, optimizer=chosen, steps=90, tol=1e-3, seed=int(seeds[index]))
        if found.stops[index] == alone.ending.stop.code:  # the bound on the slope depends on lr, and there is one for all runs here
            assert found.steps[index] == alone.steps
            assert found.positions[index].tobytes() == alone.positions[-1].tobytes()
            assert found.values[index] == alone.values[-1]
    assert (found.stops == Stop.LIMIT.code).sum() + (found.stops == Stop.STEP.code).sum() == count


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_fused_arithmetic_and_vector_functions_stay_close(name: str) -> None:
    """The default is not bound to the bits of a single run; over a few steps it is close to them."""
    linked, numbers = prepared("sin(x)*cos(y) + exp(x/4) + log(3 + y) + (x^2 + 2)^1.3", name)
    wanted = run_many(linked, starts(40), numbers, steps=6, tol=0, exact=True)
    found = run_many(linked, starts(40), numbers, steps=6, tol=0)
    np.testing.assert_array_equal(found.stops, wanted.stops)
    ended = wanted.stops == Stop.LIMIT.code
    assert ended.any()
    np.testing.assert_allclose(found.positions[ended], wanted.positions[ended], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.values[ended], wanted.values[ended], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("formula", "method"),
    [
        ("(x^2+y-11)^2 + (x+y^2-7)^2", "gd(lr=0.03)"),  # some diverge
        ("x - log(x) + y^2", "gd(lr=0.4)"),  # some leave the domain
        ("x^2 + sqrt(y)", "momentum(lr=0.1)"),
        ("x^2 + y^2", "v = 3v + g; theta = theta - 0.1*tanh(v)"),
        ("x^2 + y^2", "theta = 1/theta; u = u + theta^9"),  # leaves and comes back within a block
    ],
)
@pytest.mark.parametrize("gtol", [0.0, 1e-2])
def test_runs_end_where_they_would_alone(formula: str, method: str, gtol: float) -> None:
    linked, numbers = prepared(formula, method)
    begin = starts(64) * 1.5
    found = run_many(linked, begin, numbers, steps=700, tol=1e-6, gtol=gtol, exact=True)
    for index, start in enumerate(begin):
        alone = descend(formula, start, optimizer=method, steps=700, tol=1e-6, gtol=gtol)
        if alone.ending == "converged" and alone.ending.stop is Stop.STEP and alone.steps != found.steps[index]:
            continue  # the slope's bound
        assert (found.stops[index], found.steps[index]) == (alone.ending.stop.code, alone.steps), start
        assert found.positions[index].tobytes() == alone.positions[-1].tobytes()
        if alone.ending in ("diverged", "undefined"):
            cause = found.failure(index)
            assert cause is None or cause.overflow == (alone.ending == "diverged")


def test_a_run_that_leaves_the_numbers_and_returns_has_ended() -> None:
    """x goes to 1e200, whose square overflows, and back: the value there ends the run."""
    linked, numbers = prepared("x^2", "theta = where(t == 40, 1e200, where(t == 41, 0.5, theta - 0.001*g))")
    found = run_many(linked, np.ones((9, 1)), numbers, steps=60, tol=0)
    assert found.steps.tolist() == [40] * 9
    assert found.stops.tolist() == [Stop.LEFT.code] * 9


def test_without_llvm_every_run_is_taken_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    linked, numbers = prepared("x - log(x) + y^2", "momentum(lr=0.1)")
    wanted = run_many(linked, starts(12), numbers, steps=30, tol=1e-4, history=True, exact=True)
    monkeypatch.setattr(many_runs, "is_available", lambda: False)
    found = run_many(linked, starts(12), numbers, steps=30, tol=1e-4, history=True)
    for name in ("stops", "steps", "positions", "values", "history"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
    going = wanted.stops == Stop.LIMIT.code
    np.testing.assert_array_equal(found.state[going], wanted.state[going])


def test_ctrl_c_keeps_the_runs_that_are_done() -> None:
    linked, numbers = prepared("sin(x)*cos(y)", "gd(lr=0.1)")

    def interrupt(done: int, count: int) -> None:
        if done:
            _thread.interrupt_main()

    found = run_many(linked, starts(40_000), numbers, steps=2000, tol=0, exact=True, progress=interrupt)
    kept = found.stops == Stop.LIMIT.code
    assert 0 < kept.sum() < 40_000
    assert (found.stops[~kept] == Stop.INTERRUPTED.code).all() and np.isnan(found.values[~kept]).all()
    np.testing.assert_array_equal(found.positions[~kept], starts(40_000)[~kept])
    assert (found.steps[kept] == 2000).all() and (found.steps[~kept] == 0).all()
    first = int(np.flatnonzero(kept)[0])
    alone = descend("sin(x)*cos(y)", starts(40_000)[first], lr=0.1, steps=2000, tol=0)
    assert found.positions[first].tobytes() == alone.positions[-1].tobytes()


def test_progress_counts_the_runs() -> None:
    calls: list[tuple[int, int]] = []
    linked, numbers = prepared("x^2", "gd")
    run_many(linked, starts(5000, 1), numbers, steps=50, tol=0, progress=lambda *call: calls.append(call))
    assert calls[-1] == (5000, 5000) and calls == sorted(calls)


def test_no_steps_are_the_starts() -> None:
    linked, numbers = prepared("log(x) + y", "gd")
    found = run_many(linked, np.array([[1.0, 2.0], [-1.0, 0.0]]), numbers, steps=0, tol=1e-8)
    assert found.stops.tolist() == [Stop.LIMIT.code, Stop.LEFT.code]
    assert found.values[0] == 2.0 and math.isnan(found.values[1])
