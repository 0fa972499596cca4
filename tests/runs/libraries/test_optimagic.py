"""The algorithms of optimagic."""

from __future__ import annotations

import re

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.optimizers.libraries.optimagic import BOUNDS, calls, hyperparameters

from .conftest import PROBLEMS


def test_a_run() -> None:
    run = PROBLEMS["rosenbrock"].descend("optimagic:scipy_lbfgsb", 500)
    assert run.ending == "converged"
    np.testing.assert_allclose(run.positions[-1], 1, atol=1e-3)
    assert run.evaluations.value == run.steps + 1


def test_the_last_position_is_the_one_that_is_returned() -> None:
    run = PROBLEMS["rosenbrock"].descend("optimagic:scipy_basinhopping", 100_000)
    assert run.ending == "converged"
    assert run.values[-1] == min(run.values)


def test_a_budget_and_an_error_of_the_library() -> None:
    assert PROBLEMS["rosenbrock"].descend("optimagic:scipy_lbfgsb", budget=20).ending == "budget"
    run = PROBLEMS["rosenbrock"].descend("optimagic:scipy_lbfgsb(stopping_maxiter='many')")
    assert run.ending == "failed"
    assert "optimagic:scipy_lbfgsb raised" in run.ending.message


@pytest.mark.parametrize("name", calls())
def test_every_algorithm_runs_or_needs_bounds(name: str) -> None:
    needed = hyperparameters(calls()[name]).get("bounds") is BOUNDS
    run = PROBLEMS["rosenbrock"].descend(f"optimagic:{name}{'(bounds=(-2, 2))' if needed else ''}", 20)
    assert (run.ending, run.steps) == ("step_limit", 20), run.ending.message


def test_an_algorithm_that_fails_without_bounds_needs_them() -> None:
    with pytest.raises(InputError, match=re.escape("optimagic:scipy_shgo needs bounds: optimagic:scipy_shgo(bounds=(-2, 2))")):
        PROBLEMS["rosenbrock"].descend("optimagic:scipy_shgo")


@pytest.mark.parametrize("bounds", ["(-2, 2)", "((-2, 2), (-1, 3))"])
def test_an_algorithm_that_needs_bounds(bounds: str) -> None:
    run = PROBLEMS["rosenbrock"].descend(f"optimagic:scipy_direct(bounds={bounds})", 1000)
    assert min(run.values) < 1e-4
    low, high = np.array([[-2, 2], [-2, 2]] if bounds == "(-2, 2)" else [[-2, 2], [-1, 3]]).T
    assert ((low <= run.positions) & (run.positions <= high)).all()


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ("", "optimagic:scipy_direct needs bounds: optimagic:scipy_direct(bounds=(-2, 2))"),
        ("bounds=3", "bounds are a pair such as (-2, 2), or one for each parameter, not 3"),
        ("bounds='wide'", "bounds are a pair such as (-2, 2), or one for each parameter, not 'wide'"),
        ("bounds=(1, 2, 3)", "bounds are a pair such as (-2, 2), or one for each parameter, not (1, 2, 3)"),
        ("bounds=((-2,), (2,))", "bounds are a pair such as (-2, 2), or one for each parameter, not ((-2,), (2,))"),
        ("bounds=(None, 2)", "optimagic:scipy_direct needs bounds at both ends, such as (-2, 2), not -inf to 2"),
        ("bounds=((-2, 2), (-2, inf))", "optimagic:scipy_direct needs bounds at both ends, such as (-2, 2), not -2 to inf"),
        ("bounds=(2, -2)", "bounds go from a lower to a higher number, not from 2 to -2"),
        ("bounds=(0, 2)", "the start -1.2 is not within its bounds, 0 to 2"),
    ],
)
def test_bounds_that_are_none(bounds: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        PROBLEMS["rosenbrock"].descend(f"optimagic:scipy_direct({bounds})")


@pytest.mark.parametrize("bounds", ["(None, 0.5)", "(-inf, 0.5)", "((None, 0.5), (-1, None))", "((-2, 0.5), (None, inf))"])
def test_bounds_at_one_end(bounds: str) -> None:
    run = steepest.descend("rosenbrock", start=(-1.2, 0.5), optimizer=f"optimagic:scipy_lbfgsb(bounds={bounds})", steps=500)
    assert run.ending == "converged"
    np.testing.assert_allclose(run.positions[-1], (0.5, 0.25), atol=1e-4)
    assert steepest.optimizer(run.optimizer.text) == run.optimizer


def test_algorithms_that_minimize_no_number_are_not_offered() -> None:
    with pytest.raises(InputError, match="optimagic has no optimizer 'scipy_ls_lm'"):
        PROBLEMS["rosenbrock"].descend("optimagic:scipy_ls_lm")


@pytest.mark.parametrize("name", ["bobyqa", "neldermead", "lbfgsb", "slsqp", "newuoa"])
def test_nlopt(name: str) -> None:
    run = PROBLEMS["rosenbrock"].descend(f"optimagic:nlopt_{name}", 1000)
    assert run.ending == "converged"
    np.testing.assert_allclose(run.positions[-1], 1, atol=1e-3)


def test_a_limit_of_nlopt() -> None:
    run = PROBLEMS["rosenbrock"].descend("optimagic:nlopt_crs2_lm(bounds=(-2, 2), stopping_maxfun=30)", 1000)
    assert run.ending == "step_limit"
    assert "max_criterion_evaluations was reached" in run.ending.message
