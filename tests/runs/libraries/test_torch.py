"""PyTorch's optimizers take the steps that they take in a loop of one's own, to the bit; hostile ones end with a sentence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

import steepest
from steepest.errors import InputError
from steepest.optimizers.libraries.torch import calls
from steepest.runs.libraries.recorder import MOST_LOOSE

from .conftest import PROBLEMS, Problem, torch_loop

SETTINGS: dict[str, dict[str, Any]] = {"SGD": {"lr": 1e-3}, "LBFGS": {"max_iter": 4}}
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 1e-3, "momentum": 0.9}),
    ("SGD", {"lr": 1e-3, "momentum": 0.9, "nesterov": True}),
    ("Adam", {"lr": 0.01, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "betas": (0.8, 0.99), "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01, "centered": True, "momentum": 0.5}),
    ("LBFGS", {"line_search_fn": "strong_wolfe"}),
    ("NAdam", {"lr": 0.01, "decoupled_weight_decay": True, "weight_decay": 0.01}),
    ("Rprop", {"lr": 0.01, "etas": (0.4, 1.3)}),
]
DENSE = [name for name in calls() if name not in ("SparseAdam", "Muon")]  # the gradient is dense, the parameters are a vector
CASES = [(name, SETTINGS.get(name, {})) for name in DENSE] + VARIANTS


def test_there_are_twenty_cases() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize(("name", "settings"), CASES, ids=str)
def test_the_steps_are_pytorchs_own(problem: Problem, name: str, settings: dict[str, Any]) -> None:
    steps = 8 if name == "LBFGS" else 40
    run = problem.descend(steepest.optimizer(f"torch:{name}", **settings), steps)
    expected = torch_loop(problem, lambda params: getattr(torch.optim, name)(params, **settings), steps)
    finite = expected[: len(run.positions)]
    assert (run.positions == finite).all()
    assert run.steps == steps or not np.isfinite(run.values[-1])


def test_a_run_that_is_put_together_in_parts_keeps_every_step() -> None:
    steps, problem = 2 * MOST_LOOSE + 100, PROBLEMS["rosenbrock"]
    run = problem.descend("torch:SGD(lr=1e-3)", steps)
    expected = torch_loop(problem, lambda params: torch.optim.SGD(params, lr=1e-3), steps)
    values, gradients = zip(*map(problem.value_and_gradient, expected), strict=True)
    assert (run.positions == expected).all()
    assert (run.values == np.array(values)).all()
    assert (run.gradients == np.array(gradients)).all()
    assert list(run.spent) == list(range(0, 2 * steps + 1, 2))
    assert len(run.work.seconds) == steps + 1
    assert all(np.diff(run.work.seconds) >= 0)


def test_the_steps_are_those_of_automatic_differentiation() -> None:
    theta = torch.nn.Parameter(torch.tensor((-1.2, 1.0), dtype=torch.float64))
    made = torch.optim.Adam([theta], lr=0.01)
    for _ in range(100):
        made.zero_grad()
        ((1 - theta[0]) ** 2 + 100 * (theta[1] - theta[0] ** 2) ** 2).backward()  # type: ignore[no-untyped-call, unused-ignore]
        made.step()
    run = PROBLEMS["rosenbrock"].descend("torch:Adam(lr=0.01)", 100)
    np.testing.assert_allclose(run.positions[-1], theta.detach().numpy(), rtol=1e-12)


def test_classes_and_objects_are_taken_as_they_are() -> None:
    by_name = PROBLEMS["rosenbrock"].descend("torch:Adam(lr=0.01)")
    by_class = PROBLEMS["rosenbrock"].descend(torch.optim.Adam, lr=0.01)
    by_object = PROBLEMS["rosenbrock"].descend(torch.optim.Adam([torch.zeros(2)], lr=0.01))
    assert by_name.label == by_class.label == by_object.label == "torch:Adam(lr=0.01)"
    assert (by_class.positions == by_name.positions).all()
    assert (by_object.positions == by_name.positions).all()
    assert by_name.settings["betas"] == (0.9, 0.999)


def test_an_object_with_state_is_refused() -> None:
    theta = torch.nn.Parameter(torch.ones(1))
    made = torch.optim.Adam([theta])
    theta.grad = torch.ones(1)
    made.step()
    with pytest.raises(InputError, match="give its class"):
        steepest.descend("x^2", 1, optimizer=made)


def test_a_python_function_of_a_matrix() -> None:
    run = steepest.descend(lambda p: (p**2).sum(), np.ones((2, 3)), optimizer="torch:Muon(lr=0.01)", steps=5)
    assert run.positions.shape == (6, 2, 3)
    assert run.steps == 5


def test_batches_are_those_of_the_equations() -> None:
    fits = [steepest.fit({"x": [1, 2, 3, 4], "y": [2, 4, 6, 8.5]}, "y ~ w*x + b", optimizer=each, lr=0.1, batch=2, seed=3)
            for each in ("torch:Adam", "adam")]  # fmt: skip
    np.testing.assert_allclose(fits[0].positions, fits[1].positions, rtol=1e-12)
    np.testing.assert_allclose(fits[0].values, fits[1].values, rtol=1e-12)
    np.testing.assert_allclose(fits[0].gradients, fits[1].gradients, rtol=1e-9, atol=1e-12)
    assert isinstance(fits[0], steepest.Fit)


class Base(torch.optim.Optimizer):
    """An optimizer from elsewhere: gradient descent."""

    def __init__(self, params: Any, lr: float = 0.001) -> None:
        super().__init__(params, {"lr": lr})
        self.taken = 0

    @property
    def theta(self) -> Any:
        return self.param_groups[0]["params"][0]

    def move(self) -> None:
        self.theta.data.add_(self.theta.grad, alpha=-self.param_groups[0]["lr"])

    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        closure()
        self.move()


class Raises(Base):
    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        self.taken += 1
        if self.taken == 3:
            raise RuntimeError("out of\nideas")
        super().step(closure)


class ReturnsNaN(Base):
    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        closure()
        self.theta.data.fill_(math.nan)


class NeverStops(Base):
    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        while True:
            closure()


class Cuts(Base):
    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        super().step(closure)
        self.theta.data = self.theta.data[:1].clone()


class Exits(Base):
    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        raise SystemExit(3)


class IgnoresTheClosure(Base):
    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        if self.theta.grad is not None:
            self.move()


class TakesNoClosure(Base):
    def step(self) -> None:  # type: ignore[override, unused-ignore]
        self.move()


class Mutates(Base):
    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        closure()
        self.theta.grad.mul_(-self.param_groups[0]["lr"])
        self.theta.data.add_(self.theta.grad)
        self.theta.grad.fill_(7.0)


class Swallows(Base):
    def step(self, closure: Any = None) -> None:  # type: ignore[override, unused-ignore]
        try:
            closure()
        except BaseException:
            return
        self.move()


class Refuses(Base):
    def __init__(self, params: Any, lr: float = 0.001) -> None:
        raise ValueError("not today")


@pytest.mark.parametrize("kind", [Base, IgnoresTheClosure, TakesNoClosure, Mutates, Swallows])
def test_any_optimizer_class_makes_its_steps(kind: type[Base]) -> None:
    run = PROBLEMS["rosenbrock"].descend(kind, 30, lr=0.001)
    expected = PROBLEMS["rosenbrock"].descend("gd", 30, lr=0.001)
    np.testing.assert_allclose(run.positions, expected.positions, rtol=1e-13)
    np.testing.assert_allclose(run.gradients, expected.gradients, rtol=1e-10)
    assert run.evaluations == expected.evaluations
    assert run.label == f"{kind.__name__}(lr=0.001)"


@pytest.mark.parametrize(
    ("kind", "ending", "steps", "message"),
    [
        (Raises, "failed", 2, "failed after 2 steps: Raises raised RuntimeError: out of ideas"),
        (ReturnsNaN, "undefined", 0, "undefined at step 1: ReturnsNaN moved to a position that is not a number"),
        (Cuts, "failed", 0, "failed after 0 steps: Cuts gives a position of 1 number, not 2"),
        (Exits, "failed", 0, "failed after 0 steps: Exits raised SystemExit: 3"),
        (NeverStops, "failed", 0, "failed after 0 steps: NeverStops took 100,000 evaluations without completing a step"),
    ],
)
def test_hostile_optimizers_end_with_a_sentence(kind: type[Base], ending: str, steps: int, message: str) -> None:
    run = PROBLEMS["rosenbrock"].descend(kind)
    assert (run.ending, run.steps, run.ending.message) == (ending, steps, message)
    assert np.isfinite(run.positions).all()
    assert run.diagnose().sentences


def test_an_optimizer_that_swallows_the_end_ends() -> None:
    run = PROBLEMS["rosenbrock"].descend(Swallows, 100, budget=6)
    assert (run.ending, run.steps, run.evaluations.total) == ("budget", 3, 6)


def test_what_the_library_refuses_is_one_line() -> None:
    for given, message in [
        (Refuses, "Refuses refuses its hyperparameters: ValueError: not today"),
        ("torch:Adam(lr=-1)", "torch:Adam refuses its hyperparameters: ValueError: Invalid learning rate: -1"),
    ]:
        with pytest.raises(InputError) as caught:
            PROBLEMS["rosenbrock"].descend(given)
        assert str(caught.value) == message


def test_a_run_that_diverges_keeps_its_finite_steps() -> None:
    run = PROBLEMS["rosenbrock"].descend("torch:SGD(lr=1)")
    expected = PROBLEMS["rosenbrock"].descend("gd(lr=1)")
    assert run.ending == expected.ending == "diverged"
    assert run.steps == expected.steps
    np.testing.assert_allclose(run.positions, expected.positions, rtol=1e-9)
    assert run.ending.message.startswith(f"diverged at step {run.steps}: ")


def test_a_run_that_leaves_the_domain() -> None:
    run = steepest.descend("log(x) + 1/x", 3, optimizer="torch:SGD(lr=100)")
    assert run.ending.message == "undefined at step 1: log needs a positive number and got -19.2222"
    assert run.positions[:, 0].tolist() == pytest.approx([3, 3 - 100 * (1 / 3 - 1 / 9)])


def test_a_function_that_raises() -> None:
    def half(p: Any) -> Any:
        if p[0] < 2:
            raise KeyError("x")
        return p[0] ** 2

    for optimizer in ("torch:SGD(lr=0.1)", "scipy:BFGS", "optax:lbfgs"):
        run = steepest.descend(half, [3.0], optimizer=optimizer, gradient=lambda p: 2 * p)
        assert run.ending == "undefined", optimizer
        assert run.ending.message.endswith("the function raised KeyError: 'x'")


def test_the_rule_for_stopping_is_ours() -> None:
    run = steepest.descend("x^2", 3, optimizer="torch:SGD(lr=0.3)", tol=1e-5)
    assert run.ending.message == steepest.descend("x^2", 3, lr=0.3, tol=1e-5).ending.message
    assert steepest.descend("x^2", 3, optimizer="torch:SGD(lr=0.3)", gtol=1e-2).ending.message.endswith("smaller than gtol = 0.01")
    assert steepest.descend("x^2", 3, optimizer="torch:SGD(lr=0.3)", steps=0).ending == "step_limit"


@pytest.mark.parametrize("optimizer", ["torch:Adam", "scipy:BFGS", "scipy:L-BFGS-B", "scipy:TNC", "optax:adam(0.1)", "optax:lbfgs"])
def test_an_interrupt_keeps_the_steps(optimizer: str) -> None:
    calls = 0

    def gradient(p: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 8:
            raise KeyboardInterrupt
        return 4 * (p - 1) ** 3

    run = steepest.descend(lambda p: ((p - 1) ** 4).sum(), np.array([4.0, 9.0]), optimizer=optimizer, gradient=gradient, tol=0)
    assert run.ending == "interrupted"
    assert run.steps > 0
    assert np.isfinite(run.positions).all()


def test_an_optimizer_that_puts_its_parameters_elsewhere() -> None:
    class Elsewhere(Base):
        def move(self) -> None:
            self.theta.data = self.theta.data - self.param_groups[0]["lr"] * self.theta.grad

    run = PROBLEMS["rosenbrock"].descend(Elsewhere, 30, lr=0.001)
    np.testing.assert_allclose(run.positions, PROBLEMS["rosenbrock"].descend("gd", 30, lr=0.001).positions, rtol=1e-13)


def test_seeds_and_the_state_of_pytorch() -> None:
    before = torch.random.get_rng_state()
    PROBLEMS["rosenbrock"].descend("torch:Adam", seed=3)
    assert (torch.random.get_rng_state() == before).all()
