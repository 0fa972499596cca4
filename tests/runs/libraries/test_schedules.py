"""Hyperparameters that are formulas: the optimizers of PyTorch and optax get the values that equations get."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import steepest
from steepest.errors import InputError

from .conftest import PROBLEMS, Problem

FORMULAS = ("3e-4/sqrt(t)", "3e-4*0.9^t", "3e-4*(1 + cos(pi*t/T))/2", "3e-4*t^2/T^2", "min(3e-4, t*1e-5)")
RATE = {"torch": "lr", "optax": "learning_rate"}


@pytest.mark.parametrize("library", RATE)
@pytest.mark.parametrize("formula", FORMULAS)
def test_a_learning_rate_has_the_values_that_equations_get(problem: Problem, library: str, formula: str) -> None:
    equations = problem.descend("gd", 60, lr=formula)
    theirs = problem.descend(f"{library}:sgd", 60, lr=formula)
    np.testing.assert_allclose(theirs.positions, equations.positions, rtol=1e-14, atol=1e-15 * np.abs(equations.positions).max())
    assert theirs.settings[RATE[library]] == equations.settings["lr"]
    assert theirs.label == f"{library}:{'SGD' if library == 'torch' else 'sgd'}({RATE[library]}={equations.settings['lr']})"


@pytest.mark.parametrize("optimizer", ["torch:SGD(lr=0.001, momentum=1-1/(t+1))", "optax:sgd(0.001, momentum=1-1/(t+1))"])
def test_other_hyperparameters_may_be_formulas_too(optimizer: str) -> None:
    run = PROBLEMS["rosenbrock"].descend(optimizer, 30)
    equations = PROBLEMS["rosenbrock"].descend("momentum(lr=0.001, beta=1-1/(t+1))", 30)
    np.testing.assert_allclose(run.positions, equations.positions, rtol=1e-13)


def test_pytorchs_own_schedule_makes_the_same_steps() -> None:
    problem = PROBLEMS["rosenbrock"]
    theta = torch.nn.Parameter(torch.tensor(problem.start, dtype=torch.float64))
    made = torch.optim.Adam([theta], lr=0.1)
    schedule = torch.optim.lr_scheduler.LambdaLR(made, lambda step: 0.95**step)
    for _ in range(40):
        theta.grad = torch.from_numpy(problem.gradient(theta.detach().numpy()))
        made.step()
        schedule.step()
    run = problem.descend("torch:Adam(lr=0.1*0.95^(t-1))", 40)
    np.testing.assert_allclose(run.positions[-1], theta.detach().numpy(), rtol=1e-12)


@pytest.mark.parametrize("optimizer", ["torch:Adam(lr=0.1/t)", "optax:adam(learning_rate=0.1/t)"])
def test_the_text_and_a_rerun_make_the_same_run(optimizer: str) -> None:
    run = steepest.descend("rosenbrock", optimizer=optimizer, steps=20)
    assert steepest.descend("rosenbrock", optimizer=run.label, steps=20).positions.tolist() == run.positions.tolist()
    assert run.rerun().positions.tolist() == run.positions.tolist()
    given = steepest.optimizer(optimizer.partition("(")[0], lr="0.1/t")
    assert steepest.descend("rosenbrock", optimizer=given, steps=20).positions.tolist() == run.positions.tolist()


def test_a_short_step_ends_no_run_whose_rate_is_a_formula() -> None:
    run = steepest.descend("x^2", 1, optimizer="torch:SGD(lr=1e-9*t)", steps=20)
    assert run.ending == "step_limit"


@pytest.mark.parametrize("optimizer", ["scipy:BFGS(gtol=1/t)", "optimagic:scipy_lbfgsb(stopping_maxiter=9*t)"])
def test_loops_of_their_own_take_numbers(optimizer: str) -> None:
    with pytest.raises(InputError, match=r"runs a loop of its own, in which \w+ is a number, not a formula in t and T"):
        steepest.descend("rosenbrock", optimizer=optimizer)


class Forgetful(torch.optim.SGD):
    def __init__(self, params: Any, lr: float = 0.1, strength: float = 1.0) -> None:
        super().__init__(params, lr * strength)


def test_what_is_not_looked_up_in_each_step_takes_a_number() -> None:
    with pytest.raises(InputError, match="Forgetful keeps no strength in its groups of parameters"):
        steepest.descend("x^2", 1, optimizer=steepest.optimizer(Forgetful, strength="1/t"))


def test_a_value_that_the_library_refuses_is_one_line() -> None:
    with pytest.raises(InputError, match="refuses its hyperparameters: ValueError: Invalid learning rate"):
        steepest.descend("x^2", 1, optimizer="torch:SGD(lr=1-2*t)")


def test_a_difference_names_the_formula() -> None:
    one, other = (steepest.descend("rosenbrock", optimizer=each, steps=20) for each in ("gd(lr=0.001/t)", "torch:SGD"))
    assert "why: lr is 0.001/t and 0.001 (the default of torch:SGD); torch:SGD(lr=0.001/t) makes" in " ".join(
        str(steepest.diff(one, other)).split()
    )
