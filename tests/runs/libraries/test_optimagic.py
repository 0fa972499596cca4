"""The algorithms of optimagic."""

from __future__ import annotations

import numpy as np

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
    run = PROBLEMS["rosenbrock"].descend("optimagic:scipy_differential_evolution")
    assert run.ending == "failed"
    assert "IncompleteBoundsError" in run.ending.message
