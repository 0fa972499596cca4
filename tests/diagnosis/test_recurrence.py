"""What the equations of an optimizer say about its stability: bounds, recurrences, and equations of another kind."""

import numpy as np
import pytest

from steepest.diagnosis.inputs import equation_inputs
from steepest.diagnosis.recurrence import recurrence
from steepest.diagnosis.sampling import sampling
from steepest.diagnosis.stability import stability
from steepest.optimizers.reading import optimizer
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import descend

SMOOTH = "x^2 + 10y^2 + x*y"

# optimizer, the bound of lr*lambda
BOUNDS = [
    ("gd", 2.0),
    ("momentum(beta=0.9)", 3.8),
    ("momentum(beta=0.5)", 3.0),
    ("heavy_ball(beta=0.9)", 3.8),
    ("ema_momentum(beta=0.9)", 38.0),
    ("nesterov(beta=0.9)", 3.8 / 2.8),
    ("sutskever_nesterov(beta=0.5)", 1.5),
    ("adagrad", 2.0),
    ("rmsprop", 2.0),
    ("rmsprop_momentum", 3.8),
    ("adam", 38.0),
    ("adam(beta1=0.5)", 6.0),
    ("amsgrad", 38.0),
    ("adamax", 38.0),
    ("adabelief", 38.0),
    ("signsgd", 2.0),
    ("normalized_gd", 2.0),
    ("clipped_gd", 2.0),
    ("noisy_gd", 2.0),
    ("theta = theta - 0.5*lr*g", 4.0),
    ("v = 0.8v + 0.2g; theta = theta - lr*v", 18.0),
]


@pytest.mark.parametrize(("name", "bound"), BOUNDS)
def test_the_bound_comes_out_of_the_equations(name: str, bound: float) -> None:
    run = descend(SMOOTH, (1, 0.5), optimizer=name, lr=0.01, steps=10, tol=0)
    assert stability(run, sampling(run)).bound == pytest.approx(bound, rel=1e-9)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_which_optimizers_have_a_recurrence(name: str) -> None:
    run = descend(SMOOTH, (1, 0.5), optimizer=name, steps=5, tol=0)
    found = recurrence(run.optimizer, equation_inputs(run, sampling(run)))
    assert (found is None) == (name in ("sam", "newton"))


@pytest.mark.parametrize(
    "equations",
    [
        "theta = theta - lr*tanh(g)",  # no proportion
        "theta = theta - lr*(g + g^2)",  # a direction and a size
        "theta = theta - lr*grad(theta - lr*g)",  # a gradient inside a gradient
        "theta = theta - lr*(g + grad(theta/2))",  # two gradients
        "theta = theta - lr*max(g, -1)",
        "theta = theta - lr*solve(H, g)",
    ],
)
def test_other_equations_have_none(equations: str) -> None:
    run = descend(SMOOTH, (1, 0.5), optimizer=equations, lr=0.01, steps=5, tol=0)
    assert recurrence(run.optimizer, equation_inputs(run, sampling(run))) is None
    found = stability(run, sampling(run))
    assert found.bound is None
    assert found.radii is not None and np.isfinite(found.radii).all()


def test_the_scale_of_adam_is_its_preconditioner() -> None:
    run = descend(SMOOTH, (1, 0.5), optimizer="adam", steps=7, tol=0)
    found = recurrence(run.optimizer, equation_inputs(run, sampling(run)))
    assert found is not None and found.scaled
    scale = 1 / (np.sqrt(run["v"] / (1 - 0.999 ** np.arange(1, 8))[:, None]) + 1e-8)
    np.testing.assert_allclose(found.scale[:7], scale, rtol=1e-12)
    np.testing.assert_allclose(found.threshold()[:7], (1 - 0.9 ** np.arange(1, 8)) * 38 / 0.1, rtol=1e-9)


def test_lr_lambda_of_adam_is_that_of_the_scaled_hessian() -> None:
    run = descend(SMOOTH, (1, 0.5), optimizer="adam(lr=0.02)", steps=7, tol=0)
    found = stability(run, sampling(run))
    root = 1 / np.sqrt(np.sqrt(run["v"][4] / (1 - 0.999**5)) + 1e-8)
    largest = np.linalg.eigvalsh(root[:, None] * np.array([[2.0, 1.0], [1.0, 20.0]]) * root[None, :])[-1]
    assert found.lr_lambda[4] == pytest.approx(0.02 * largest / (1 - 0.9**5), rel=1e-9)


@pytest.mark.parametrize("name", [name for name, _ in BOUNDS[:7]])
@pytest.mark.parametrize("lr", [0.002, 0.02, 0.08])
def test_the_recurrence_has_the_spectral_radius_of_the_exact_jacobian(name: str, lr: float) -> None:
    run = descend(SMOOTH, (1, 0.5), optimizer=name, lr=lr, steps=4, tol=0)
    seen = sampling(run)
    predicted = stability(run, seen).predicted
    entangled = optimizer(
        f"{run.optimizer.text}; unused = tanh(g)", **{key: value.value for key, value in run.hyperparameters.items()}
    )
    assert recurrence(entangled, equation_inputs(run, seen)) is None
    other = descend(SMOOTH, (1, 0.5), optimizer=entangled, steps=4, tol=0)
    assert stability(other, sampling(other)).predicted == pytest.approx(predicted, rel=1e-7)


def test_a_schedule_counts_as_the_learning_rate_of_its_step() -> None:
    run = descend("x^2", 1, lr="0.4/t", steps=5, tol=0)
    assert stability(run, sampling(run)).lr_lambda[:5].tolist() == pytest.approx([0.8 / t for t in range(1, 6)])


@pytest.mark.parametrize(("name", "bound"), [("gd", 2.0), ("momentum", 3.8), ("adam", 38.0)])
def test_a_schedule_that_ends_at_0_has_the_bound_all_the_same(name: str, bound: float) -> None:
    run = descend("x^2 + 10y^2", (1, 1), optimizer=name, lr="0.01*(1-t/T)", steps=20, tol=0)
    found = stability(run, sampling(run))
    assert found.bound == pytest.approx(bound)
    assert found.radii is None
    assert np.isfinite(found.lr_lambda[:19]).all()


def test_a_rate_of_the_equations_own_is_the_learning_rate() -> None:
    run = descend("x^2 + 10y^2", (1, 1), optimizer="barzilai_borwein", lr=0.03, steps=5, tol=0)
    found = stability(run, sampling(run))
    assert found.lr_lambda[:5].tolist() == pytest.approx((20 * run["rate"]).tolist())


def test_the_gradient_at_the_position_is_the_gradient() -> None:
    run = descend("x^2", 1, optimizer="theta = theta - lr*(g + grad(theta))/2", lr=0.1, steps=3)
    assert stability(run, sampling(run)).bound == 2
