"""Trajectories equal those of PyTorch and optax, step by step, wherever they have the same optimizer."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import jax
import numpy as np
import optax
import pytest
import torch
from numpy.typing import NDArray

from steepest.optimizers import frameworks
from steepest.optimizers.reading import zoo_entry
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.random import normal
from steepest.runs.descent import descend

Array = NDArray[np.float64]
STEPS = 300
CLOSE = 1e-12  # relative to the coordinate, and to the trajectory's size where a coordinate passes 0


class Objective(NamedTuple):
    """A formula and the same in a framework's words, which come as `m`."""

    formula: str
    function: Callable[[Any, Any], Any]
    start: tuple[float, float]
    least: float


OBJECTIVES = {
    "rosenbrock": Objective(
        "(1-x)^2 + 100*(y-x^2)^2", lambda m, p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, (-1.2, 1.0), 0.0
    ),
    "wave": Objective("sin(x)*cos(y)", lambda m, p: m.sin(p[0]) * m.cos(p[1]), (0.3, 1.2), -1.0),
    "quadratic": Objective("x^2/2 + 5*y^2", lambda m, p: p[0] ** 2 / 2 + 5 * p[1] ** 2, (4.0, -1.5), 0.0),
}

# Ours, PyTorch's class, and its arguments; the learning rates keep Rosenbrock from diverging.
# `dampening` has no row: PyTorch leaves it out of the first step, so no equation without a case of its own equals it.
TORCH: list[tuple[str, str, dict[str, Any]]] = [
    ("gd(lr=0.001)", "SGD", {"lr": 0.001}),
    ("momentum(lr=0.0005)", "SGD", {"lr": 0.0005, "momentum": 0.9}),
    ("momentum(lr=0.0005, beta=0.5)", "SGD", {"lr": 0.0005, "momentum": 0.5}),
    ("momentum(lr=0.001, beta=0)", "SGD", {"lr": 0.001, "momentum": 0.0}),
    ("nesterov(lr=0.0005)", "SGD", {"lr": 0.0005, "momentum": 0.9, "nesterov": True}),
    ("adagrad(lr=0.1)", "Adagrad", {"lr": 0.1, "eps": 1e-10}),
    ("rmsprop(lr=0.002)", "RMSprop", {"lr": 0.002}),
    ("rmsprop_centered(lr=0.001)", "RMSprop", {"lr": 0.001, "centered": True}),
    ("rmsprop_momentum(lr=0.0005)", "RMSprop", {"lr": 0.0005, "momentum": 0.9}),
    ("adadelta", "Adadelta", {"lr": 1.0, "rho": 0.9, "eps": 1e-6}),
    ("adam(lr=0.01)", "Adam", {"lr": 0.01}),
    ("adam(lr=0.02, beta1=0.8, beta2=0.99, eps=1e-4)", "Adam", {"lr": 0.02, "betas": (0.8, 0.99), "eps": 1e-4}),
    ("adamw(lr=0.01, decay=0.1)", "AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    ("adamax(lr=0.01)", "Adamax", {"lr": 0.01}),
    ("amsgrad(lr=0.01)", "Adam", {"lr": 0.01, "amsgrad": True}),
    # PyTorch keeps the product of momenta in its default type: the fixture makes that float64
    ("nadam(lr=0.01)", "NAdam", {"lr": 0.01, "momentum_decay": 0.004}),
    ("radam(lr=0.01)", "RAdam", {"lr": 0.01}),
]

# Ours, and how optax makes it for an objective.
OPTAX: list[tuple[str, Callable[[Objective], Any]]] = [
    ("gd(lr=0.001)", lambda _: optax.sgd(0.001)),
    ("momentum(lr=0.0005)", lambda _: optax.sgd(0.0005, momentum=0.9)),
    ("nesterov(lr=0.0005)", lambda _: optax.sgd(0.0005, momentum=0.9, nesterov=True)),
    ("adam(lr=0.01)", lambda _: optax.adam(0.01)),
    ("adamw(lr=0.01, decay=0.1)", lambda _: optax.adamw(0.01, weight_decay=0.1)),
    ("adamax(lr=0.01)", lambda _: optax.adamax(0.01)),
    ("rmsprop(lr=0.002)", lambda _: optax.rmsprop(0.002, decay=0.99, eps_in_sqrt=False)),
    ("rmsprop_centered(lr=0.001)", lambda _: optax.rmsprop(0.001, decay=0.99, eps_in_sqrt=False, centered=True)),
    ("rmsprop_momentum(lr=0.0005)", lambda _: optax.rmsprop(0.0005, decay=0.99, eps_in_sqrt=False, momentum=0.9)),
    ("lion(lr=0.001)", lambda _: optax.lion(0.001, weight_decay=0.0)),
    ("lion(lr=0.001, decay=0.1)", lambda _: optax.lion(0.001, weight_decay=0.1)),
    # optax's eps_root is the eps inside the second moment, its eps the one beside the root
    ("adabelief(lr=0.01)", lambda _: optax.adabelief(0.01, eps=1e-16, eps_root=1e-16)),
    ("signsgd(lr=0.001)", lambda _: optax.sign_sgd(0.001)),
    # Polyak's order: the learning rate goes into the velocity
    ("heavy_ball(lr=0.0005)", lambda _: optax.chain(optax.scale_by_learning_rate(0.0005), optax.trace(0.9))),
    (
        "ema_momentum(lr=0.001)",
        lambda _: optax.chain(optax.ema(0.9, debias=False), optax.scale_by_learning_rate(0.001)),
    ),
    ("normalized_gd(lr=0.001, eps=0)", lambda _: optax.chain(optax.contrib.normalize(), optax.sgd(0.001))),
    ("clipped_gd(lr=0.01)", lambda _: optax.chain(optax.clip_by_global_norm(1.0), optax.sgd(0.01))),
    ("sam(lr=0.001, rho=0.01, eps=0)", lambda _: sharpness_aware(0.001, 0.01)),
]


def sharpness_aware(lr: float, rho: float) -> Any:
    adversary = optax.chain(optax.contrib.normalize(), optax.sgd(rho))
    method = optax.contrib.sam(optax.sgd(lr), adversary, sync_period=2, opaque_mode=True)

    def update(gradient: Any, state: Any, position: Any, *, value: Any, grad_fn: Any) -> Any:
        return method.update(gradient, state, position, grad_fn=grad_fn)

    return optax.GradientTransformationExtraArgs(method.init, update)


@pytest.fixture
def x64() -> Iterator[None]:
    """JAX in double precision."""
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", False)


@pytest.fixture
def float64() -> Iterator[None]:
    """PyTorch's scalars in double precision."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def ours(optimizer: str, objective: Objective, steps: int = STEPS) -> Array:
    run = descend(objective.formula, objective.start, optimizer=optimizer, steps=steps, tol=0)
    assert run.ending == "step_limit"
    return run.positions


def torch_positions(name: str, arguments: dict[str, Any], objective: Objective) -> Array:
    position = torch.tensor(objective.start, dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([position], **arguments)
    rows = [position.detach().numpy().copy()]
    for _ in range(STEPS):
        optimizer.zero_grad()
        objective.function(torch, position).backward()
        optimizer.step()
        rows.append(position.detach().numpy().copy())
    return np.stack(rows)


def optax_positions(optimizer: Any, objective: Objective, steps: int = STEPS) -> Array:
    function = jax.value_and_grad(lambda p: objective.function(jax.numpy, p))
    optimizer = optax.with_extra_args_support(optimizer)

    def step(carry: Any, _: Any) -> Any:
        position, state = carry
        value, gradient = function(position)
        more = {"value": value, "grad_fn": lambda p, _: function(p)[1]}  # what some ask for
        updates, state = optimizer.update(gradient, state, position, **more)
        position = optax.apply_updates(position, updates)
        return (position, state), position

    start = jax.numpy.asarray(objective.start, dtype=jax.numpy.float64)
    _, rows = jax.lax.scan(step, (start, optimizer.init(start)), None, length=steps)
    return np.vstack([np.asarray(start), np.asarray(rows)])


def assert_close(found: Array, expected: Array) -> None:
    assert expected.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=CLOSE, atol=CLOSE * float(np.abs(expected).max()))


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
@pytest.mark.parametrize(("optimizer", "name", "arguments"), TORCH, ids=[row[0] for row in TORCH])
@pytest.mark.usefixtures("float64")
def test_pytorch(optimizer: str, name: str, arguments: dict[str, Any], objective: Objective) -> None:
    assert_close(ours(optimizer, objective), torch_positions(name, arguments, objective))


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
@pytest.mark.parametrize(("optimizer", "make"), OPTAX, ids=[row[0] for row in OPTAX])
@pytest.mark.usefixtures("x64")
def test_optax(optimizer: str, make: Callable[[Objective], Any], objective: Objective) -> None:
    assert_close(ours(optimizer, objective), optax_positions(make(objective), objective))


OTHERWISE_IN_OPTAX: list[tuple[str, Callable[[], Any]]] = [
    ("amsgrad(lr=0.01)", lambda: optax.amsgrad(0.01)),
    ("nadam(lr=0.01)", lambda: optax.nadam(0.01)),
    ("radam(lr=0.01)", lambda: optax.radam(0.01)),
    ("rmsprop(lr=0.002)", lambda: optax.rmsprop(0.002, decay=0.99)),
    ("adagrad(lr=0.1)", lambda: optax.adagrad(0.1)),
]


@pytest.mark.parametrize(("optimizer", "make"), OTHERWISE_IN_OPTAX, ids=[row[0] for row in OTHERWISE_IN_OPTAX])
@pytest.mark.usefixtures("x64")
def test_what_is_said_to_be_otherwise_in_optax_is(optimizer: str, make: Callable[[], Any]) -> None:
    """The words of `frameworks`, the README and docs/optimizers.md: other equations, so steps that part by more than roundings."""
    apart = np.abs(ours(optimizer, OBJECTIVES["wave"]) - optax_positions(make(), OBJECTIVES["wave"])).max()
    assert apart > 1e-9
    assert optimizer.partition("(")[0] in frameworks.OTHERWISE_IN_OPTAX


def default_of(function: Any, name: str) -> Any:
    return inspect.signature(function).parameters[name].default


THEIR_WORDS = {"decay": "weight_decay", "psi": "momentum_decay"}


@pytest.mark.parametrize("name", frameworks.COUNTERPARTS)
def test_the_defaults_that_show_tells_are_those_of_the_installed_library(name: str) -> None:
    call, defaults = frameworks.COUNTERPARTS[name]
    library, _, word = call.partition("(")[0].rpartition(".")
    function = getattr({"torch.optim": torch.optim, "optax": optax}[library], word)
    given = {part.partition("=")[0] for part in call.partition("(")[2].rstrip(")").split(", ")}
    for hyperparameter, value in defaults.items():
        theirs = THEIR_WORDS.get(hyperparameter, hyperparameter)
        if hyperparameter in ("beta1", "beta2"):
            index = int(hyperparameter[-1]) - 1
            found = default_of(function, "betas")[index] if library == "torch.optim" else default_of(function, f"b{index + 1}")
        else:
            found = default_of(function, theirs)
        assert found == value, hyperparameter
    told = {*defaults, "lr"} if library == "optax" else {*defaults}
    assert {*zoo_entry(name).hyperparameters} - told <= {"beta"}
    assert "beta" not in zoo_entry(name).hyperparameters or "momentum" in given
    rows = [row for row in TORCH if row[0].partition("(")[0] == name and row[1] == word] if library == "torch.optim" else OPTAX
    assert any(row[0].partition("(")[0] == name for row in rows), "steps that are held to the library"


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
def test_where_sutskever_looks_is_where_pytorch_stands(objective: Objective) -> None:
    """Sutskever et al. (2013), section 2: theta + beta*v is the position of the other form."""
    run = descend(objective.formula, objective.start, optimizer="sutskever_nesterov(lr=0.0005)", steps=STEPS, tol=0)
    ahead = run.positions + 0.9 * np.vstack([np.zeros(2), run["v"]])
    assert_close(ahead, torch_positions("SGD", {"lr": 0.0005, "momentum": 0.9, "nesterov": True}, objective))


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
@pytest.mark.usefixtures("x64")
def test_polyak_step(objective: Objective) -> None:
    """The step zigzags across a valley, which multiplies a rounding until after some 30 steps it shows."""
    found = ours("polyak_step", objective, steps=15)
    method = optax.polyak_sgd(max_learning_rate=1e9, f_min=objective.least)  # the cap is out of reach
    assert_close(found, optax_positions(method, objective, steps=15))


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
@pytest.mark.usefixtures("x64")
def test_newton(objective: Objective) -> None:
    """Nocedal and Wright (2006), eq. 3.30, with the Hessian of JAX and the solution of NumPy."""
    slope, curvature = (make(lambda p: objective.function(jax.numpy, p)) for make in (jax.grad, jax.hessian))
    rows = [np.array(objective.start)]
    for _ in range(6):
        rows.append(rows[-1] - np.linalg.solve(np.asarray(curvature(rows[-1])), np.asarray(slope(rows[-1]))))
    np.testing.assert_allclose(ours("newton", objective, steps=6), np.stack(rows), rtol=1e-10, atol=1e-10)


def test_barzilai_borwein() -> None:
    """Barzilai and Borwein (1988), eq. 6, on a quadratic with the Hessian diag(1, 10)."""
    hessian, lr = np.array([1.0, 10.0]), 0.05
    rows = [np.array([4.0, -1.5])]
    for _ in range(10):
        step = -lr * hessian * rows[-1]
        lr = float(step @ step / (step @ (hessian * step)))
        rows.append(rows[-1] + step)
    np.testing.assert_allclose(
        ours("barzilai_borwein(lr=0.05)", OBJECTIVES["quadratic"], steps=10), np.stack(rows), rtol=1e-10, atol=1e-12
    )


def test_noisy_gd() -> None:
    """Welling and Teh (2011), eq. 4, at a temperature."""
    position, rows = np.array([4.0, -1.5]), [np.array([4.0, -1.5])]
    for step in range(1, 101):
        noise = np.array([normal(7, step, 0, 0), normal(7, step, 0, 1)])
        position = position - 0.02 * np.array([1.0, 10.0]) * position + np.sqrt(2 * 0.02 * 0.3) * noise
        rows.append(position)
    optimizer = "noisy_gd(lr=0.02, temperature=0.3)"
    run = descend("x^2/2 + 5*y^2", (4.0, -1.5), optimizer=optimizer, steps=100, tol=0, seed=7)
    assert_close(run.positions, np.stack(rows))


def test_the_whole_zoo_has_an_oracle() -> None:
    here = {"sutskever_nesterov", "polyak_step", "newton", "barzilai_borwein", "noisy_gd"}
    rows = [row[0] for row in TORCH] + [row[0] for row in OPTAX]
    assert {row.partition("(")[0] for row in rows} | here == set(OPTIMIZERS)
