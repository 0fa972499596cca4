"""SciPy's methods take the steps that they take by themselves, to the bit, and count what SciPy counts."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import steepest
from steepest.errors import InputError
from steepest.optimizers.libraries.scipy import METHODS
from steepest.targets.function import FormulaFunction

from .conftest import PROBLEMS, Array, Problem

FIVE = PROBLEMS["five parameters"]


def minimized(problem: Problem, method: str, **options: Any) -> tuple[Any, Array]:
    """SciPy's own result and the positions of its callback."""
    path = [np.array(problem.start)]
    takes = METHODS[method]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = scipy.optimize.minimize(
            problem.value, problem.start, method=method, callback=lambda x, *state: path.append(np.array(x)), options=options,
            jac=problem.gradient if "g" in takes else None, hess=problem.hessian if "H" in takes else None,
        )  # fmt: skip
    if (path[-1] != result.x).any():
        path.append(result.x)
    return result, np.array(path)


@pytest.mark.parametrize("method", METHODS)
def test_the_steps_and_the_counts_are_scipys_own(problem: Problem, method: str) -> None:
    run = problem.descend(f"scipy:{method}", 2000)
    options = {} if method == "COBYLA" else {"maxiter": 2001}
    if run.ending == "failed" and "raised" in run.ending.message:
        with pytest.raises(np.linalg.LinAlgError):
            minimized(problem, method, **options)
        return
    result, path = minimized(problem, method, **options)
    assert (run.positions == path).all()
    counts = run.evaluations
    assert counts.value == result.nfev
    assert counts.gradient == result.get("njev", counts.gradient)
    assert counts.hessian == result.get("nhev", counts.hessian)
    assert (run.positions[-1] == result.x).all()
    assert run.values[-1] == result.fun
    assert (run.ending == "converged") == result.success


@pytest.mark.parametrize(
    ("optimizer", "steps", "values"),
    [
        ("scipy:Nelder-Mead(xatol=1e-8)", 339 - 1, 571),  # SciPy's count of iterations begins at 1 there
        ("scipy:BFGS", 25, 30),
        ("scipy:Newton-CG(xtol=1e-8)", 24, 33),
        ("scipy:trust-exact(gtol=1e-8)", 13, 14),
    ],
)
def test_the_counts_are_those_of_scipys_documentation(optimizer: str, steps: int, values: int) -> None:
    run = FIVE.descend(optimizer, 1000)
    assert (run.steps, run.evaluations.value) == (steps, values)
    np.testing.assert_allclose(run.positions[-1], np.ones(5), atol=1e-5)


def test_the_step_limit_is_ours() -> None:
    run = FIVE.descend("scipy:Nelder-Mead", 50)
    assert (run.steps, run.ending) == (50, "step_limit")
    assert (run.positions == minimized(FIVE, "Nelder-Mead", maxiter=51)[1]).all()


def test_an_interrupt_after_the_last_step_keeps_the_run() -> None:
    asked = 0

    def value(p: Array) -> float:
        nonlocal asked
        asked += 1
        return FIVE.value(p)

    def gradient(p: Array) -> Array:  # which Nelder-Mead does not ask for
        if asked > 40:
            raise KeyboardInterrupt
        return FIVE.gradient(p)

    run = steepest.descend(value, FIVE.start, optimizer="scipy:Nelder-Mead", steps=50, gradient=gradient)
    assert (run.ending, run.steps) == ("interrupted", 50)
    assert np.isfinite(run.values).all()


def test_gradients_that_nobody_asked_for_are_computed_when_they_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(FormulaFunction, "value_and_gradient", interrupted)
        run = FIVE.descend("scipy:Nelder-Mead", 50)
        with pytest.raises(KeyboardInterrupt):
            run.gradients  # noqa: B018
    assert (run.steps, run.ending) == (50, "step_limit")
    for position, value, gradient in zip(run.positions, run.values, run.gradients, strict=True):
        assert value == FIVE.value(position)
        np.testing.assert_array_equal(gradient, FIVE.gradient(position))
    again = pickle.loads(pickle.dumps(FIVE.descend("scipy:Nelder-Mead", 50)))
    np.testing.assert_array_equal(again.gradients, run.gradients)
    assert again.evaluations == run.evaluations


@pytest.mark.parametrize("method", ["BFGS", "Newton-CG", "trust-exact", "SLSQP"])
def test_what_is_computed_is_what_is_recorded(problem: Problem, method: str) -> None:
    run = problem.descend(f"scipy:{method}", 100)
    for position, value, gradient in zip(run.positions, run.values, run.gradients, strict=True):
        expected = problem.value_and_gradient(position)
        assert value == expected[0]
        np.testing.assert_array_equal(gradient, expected[1])


def test_no_position_is_evaluated_twice_for_value_and_gradient(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[float, ...]] = []
    both = FormulaFunction.value_and_gradient

    def counting(self: FormulaFunction, position: Any, step: int | None = None) -> Any:
        asked.append(tuple(position))
        return both(self, position, step)

    monkeypatch.setattr(FormulaFunction, "value_and_gradient", counting)
    run = FIVE.descend("scipy:BFGS", 100)
    assert len(asked) == len(set(asked)) == run.evaluations.gradient


def test_a_limit_of_its_own() -> None:
    run = FIVE.descend("scipy:Nelder-Mead(maxfev=20)", 50)
    assert run.ending == "step_limit"
    assert run.ending.message.startswith("stopped at a limit of its own after ")


def test_every_evaluation_is_recorded() -> None:
    run = FIVE.descend("scipy:BFGS", 1000)
    trials = run.work.trials
    assert trials is not None
    assert len(trials) == run.evaluations.total == trials.positions.shape[0]
    for kind, position, value in zip(trials.kinds, trials.positions, trials.values, strict=True):
        assert np.isnan(value) if kind == "gradient" else value == FIVE.value(position)
    assert list(run.spent) == sorted(run.spent)
    assert run.spent[-1] <= run.evaluations.total
    assert (np.diff(run.work.seconds) >= 0).all()


def test_positions_are_copies() -> None:
    assert len(np.unique(FIVE.descend("scipy:L-BFGS-B").positions, axis=0)) > 10


@pytest.mark.parametrize("budget", [0, 1, 7, 30])
@pytest.mark.parametrize("method", ["Nelder-Mead", "BFGS", "trust-exact", "TNC", "COBYLA"])
def test_a_budget_is_never_exceeded(method: str, budget: int) -> None:
    run = FIVE.descend(f"scipy:{method}", 1000, budget=budget)
    assert run.evaluations.total <= budget
    assert run.ending == "budget"
    assert run.ending.message.endswith(f"a budget of {budget} evaluation{'s' * (budget != 1)} allows no more")


def test_python_functions() -> None:
    run = steepest.descend(lambda p: ((p - 1) ** 2).sum(), np.zeros((2, 2)), optimizer="scipy:BFGS")
    assert run.positions.shape[1:] == (2, 2)
    np.testing.assert_allclose(run.positions[-1], 1, atol=1e-6)
    with pytest.raises(InputError, match="a Python function has none"):
        steepest.descend(lambda p: (p**2).sum(), np.zeros(2), optimizer="scipy:trust-exact")


def test_a_python_function_is_not_called_more_often_than_counted() -> None:
    calls = 0

    def value(p: Array) -> float:
        nonlocal calls
        calls += 1
        return float(np.abs(p).sum() + p[0] ** 2)

    run = steepest.descend(value, [3.0, 1.0], optimizer="scipy:Nelder-Mead", steps=30)
    assert run.objective.method == "central differences"
    tried_before = calls - run.evaluations.value
    assert tried_before < 40, "the start is looked at"
    assert np.isnan(run.gradients).all()
    assert run.diagnose().sentences


def test_batches_are_refused() -> None:
    with pytest.raises(InputError, match="leave out the batch"):
        steepest.fit({"x": [1, 2, 3], "y": [2, 4, 7]}, "y ~ w*x", optimizer="scipy:BFGS", batch=2)


def test_a_fit_is_a_fit() -> None:
    found = steepest.fit({"x": [1, 2, 3, 4], "y": [2, 4, 6, 8.5]}, "y ~ w*x + b", optimizer="scipy:trust-exact")
    assert found.coefficients == pytest.approx({"b": -0.25, "w": 2.15})
