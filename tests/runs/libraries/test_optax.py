"""optax's optimizers take the steps that they take in a loop of one's own."""

from __future__ import annotations

import warnings
from typing import Any

import jax
import numpy as np
import optax
import pytest

import steepest
from steepest.errors import InputError
from steepest.optimizers.libraries.optax import calls, hyperparameters

from .conftest import PROBLEMS, Array, Problem

NEEDS_MORE = ("contrib.dpsgd", "contrib.sophia", "lbfgs", "polyak_sgd", "contrib.momo", "contrib.momo_adam", "contrib.muon")
SIMPLE = [name for name in calls() if name not in NEEDS_MORE]


def loop(problem: Problem, made: Any, steps: int) -> Array:
    """optax's own loop, compiled, in float64."""
    with jax.enable_x64(True):
        position = jax.numpy.asarray(problem.start)
        state = made.init(position)

        @jax.jit
        def update(gradient: Any, state: Any, position: Any) -> Any:
            updates, state = made.update(gradient, state, position)
            return optax.apply_updates(position, updates), state

        path = [np.asarray(position)]
        for _ in range(steps):
            position, state = update(problem.gradient(path[-1]), state, position)
            path.append(np.asarray(position))
    return np.array(path)


def settings(name: str) -> dict[str, float]:
    accepted = hyperparameters(calls()[name]) or {}
    return {"learning_rate": 0.01} if "learning_rate" in accepted else {}


def test_there_are_more_than_twenty() -> None:
    assert len(SIMPLE) > 30


@pytest.mark.parametrize("name", SIMPLE)
def test_the_steps_are_optaxs_own(name: str) -> None:
    for problem in ("rosenbrock", "data") if name != "adam" else PROBLEMS:
        run = PROBLEMS[problem].descend(steepest.optimizer(f"optax:{name}", **settings(name)), 12)
        assert run.ending != "failed", run.ending.message
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            made = calls()[name](**settings(name), **({"key": 0} if name == "noisy_sgd" else {}))
        expected = loop(PROBLEMS[problem], made, 12)[: len(run.positions)]
        assert np.abs(run.positions - expected).max() <= 1e-15 * max(1, np.abs(expected).max())


@pytest.mark.parametrize("name", ["lbfgs", "polyak_sgd"])
def test_line_searches_get_the_function_and_every_call_counts(name: str) -> None:
    run = PROBLEMS["rosenbrock"].descend(f"optax:{name}", 60)
    assert run.values[-1] < (1e-9 if name == "lbfgs" else 24)
    assert run.evaluations.value >= run.steps
    assert run.work.trials is not None
    assert len(run.work.trials) == run.evaluations.total


@pytest.mark.parametrize(
    "name",
    [
        "contrib.momo(learning_rate=0.01)",
        "contrib.momo_adam(learning_rate=0.01)",
        "contrib.muon(learning_rate=0.01)",
        "contrib.dpsgd(learning_rate=0.01, l2_norm_clip=1.0, noise_multiplier=0.0)",
    ],
)
def test_those_that_need_more_than_a_gradient_or_more_settings_run(name: str) -> None:
    run = PROBLEMS["rosenbrock"].descend(f"optax:{name}", 5)
    assert (run.ending, run.steps) == ("step_limit", 5), run.ending.message


def test_what_cannot_run_says_what_it_lacks() -> None:
    run = PROBLEMS["rosenbrock"].descend("optax:contrib.sophia(learning_rate=0.1)", 5)
    assert run.ending == "failed"
    assert "obj_fn must be provided" in run.ending.message


def test_lbfgs_is_that_of_optax_on_a_function_that_jax_differentiates() -> None:
    def value(p: Any) -> Any:
        return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2

    with jax.enable_x64(True):
        made, position = optax.lbfgs(), jax.numpy.asarray((-1.2, 1.0))
        state = made.init(position)
        for _ in range(10):
            found, gradient = jax.value_and_grad(value)(position)
            updates, state = made.update(gradient, state, position, value=found, grad=gradient, value_fn=value)
            position = optax.apply_updates(position, updates)
    run = PROBLEMS["rosenbrock"].descend("optax:lbfgs", 10)
    np.testing.assert_allclose(run.positions[-1], np.asarray(position), rtol=1e-9)


def test_functions_and_transformations_are_taken_as_they_are() -> None:
    by_name = PROBLEMS["rosenbrock"].descend("optax:adam(0.01)")
    by_function = PROBLEMS["rosenbrock"].descend(optax.adam, lr=0.01)
    chained = PROBLEMS["rosenbrock"].descend(optax.chain(optax.clip(1e9), optax.adam(0.01)))
    assert by_function.label == by_name.label == "optax:adam(learning_rate=0.01)"
    assert (by_name.positions == by_function.positions).all()
    np.testing.assert_allclose(chained.positions, by_name.positions, rtol=1e-12)


def test_a_learning_rate_is_needed() -> None:
    with pytest.raises(InputError, match=r"optax:adam needs learning_rate: optax:adam\(learning_rate=0.1\)"):
        PROBLEMS["rosenbrock"].descend("optax:adam")


def test_a_budget_ends_a_line_search(capfd: pytest.CaptureFixture[str]) -> None:
    run = PROBLEMS["rosenbrock"].descend("optax:lbfgs", budget=25)
    assert run.ending == "budget"
    assert run.evaluations.total <= 25
    assert capfd.readouterr().err == ""


def test_float64_stays_inside() -> None:
    PROBLEMS["bowl"].descend("optax:adam(0.1)", 2)
    assert jax.numpy.asarray(1.0).dtype == np.float32
