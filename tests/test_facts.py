"""Facts from the literature, as shared/FACTS.md lists them: minima, closed forms on quadratics, first steps by hand."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from steepest.language.grammar import read_formula
from steepest.runs.descent import descend
from steepest.tape.lowering import objective_tape
from steepest.tape.tape import Tape
from steepest.targets.reference import results

Array = NDArray[np.float64]


def tape(formula: str) -> Tape:
    expression, names = read_formula(formula)
    return objective_tape(expression, names, second=True)


def derivatives(formula: str, position: tuple[float, ...]) -> tuple[float, Array, Array]:
    """The value, the gradient and the Hessian."""
    program = tape(formula)
    slots = results(program, position)
    value, gradient, hessian = ([slots[slot] for slot in program.outputs[name]] for name in "fgH")
    return value[0], np.array(gradient), np.array(hessian).reshape(len(position), -1)


ROSENBROCK = "(1-x)^2 + 100(y-x^2)^2"
HIMMELBLAU = "(x^2+y-11)^2 + (x+y^2-7)^2"
CAMEL = "(4-2.1x^2+x^4/3)x^2 + x y + (-4+4y^2)y^2"
STYBLINSKI_TANG = "(x^4-16x^2+5x + y^4-16y^2+5y)/2"

# formula, stationary point, value, signs of the Hessian's eigenvalues
STATIONARY = [
    (ROSENBROCK, (1.0, 1.0), 0.0, (1, 1)),
    ("(1.5-x+x y)^2 + (2.25-x+x y^2)^2 + (2.625-x+x y^3)^2", (3.0, 0.5), 0.0, (1, 1)),
    ("(x+2y-7)^2 + (2x+y-5)^2", (1.0, 3.0), 0.0, (1, 1)),
    (".26(x^2+y^2) - .48 x y", (0.0, 0.0), 0.0, (1, 1)),
    (HIMMELBLAU, (3.0, 2.0), 0.0, (1, 1)),
    (HIMMELBLAU, (-2.805118, 3.131313), 0.0, (1, 1)),
    (HIMMELBLAU, (-3.779310, -3.283186), 0.0, (1, 1)),
    (HIMMELBLAU, (3.584428, -1.848127), 0.0, (1, 1)),
    (HIMMELBLAU, (-3.07303, -0.08135), None, (-1, 1)),
    (HIMMELBLAU, (-0.12796, -1.95371), None, (-1, 1)),
    (HIMMELBLAU, (0.08668, 2.88425), None, (-1, 1)),
    (HIMMELBLAU, (3.38515, 0.07385), None, (-1, 1)),
    (HIMMELBLAU, (-0.270845, -0.923039), 181.616522, (-1, -1)),
    (CAMEL, (0.089842, -0.712656), -1.0316285, (1, 1)),
    (CAMEL, (-0.089842, 0.712656), -1.0316285, (1, 1)),
    ("sin(x+y) + (x-y)^2 - 1.5x + 2.5y + 1", (-0.547198, -1.547198), -1.9132230, (1, 1)),
    (STYBLINSKI_TANG, (-2.903534, -2.903534), -78.332331, (1, 1)),
]


@pytest.mark.parametrize(("formula", "position", "value", "signs"), STATIONARY)
def test_stationary_points(formula: str, position: tuple[float, float], value: float | None, signs: tuple[int, int]) -> None:
    found, gradient, hessian = derivatives(formula, position)
    eigenvalues = np.linalg.eigvalsh(hessian)
    assert tuple(np.sign(eigenvalues)) == signs
    printed = 1e-5 if value is None else 1e-6  # the last digit of the position
    assert np.abs(gradient).max() <= printed * np.abs(eigenvalues).max() * 1.5
    if value is not None:
        assert found == pytest.approx(value, abs=1e-6)


def test_rosenbrock_is_ill_conditioned() -> None:
    _, _, hessian = derivatives(ROSENBROCK, (1.0, 1.0))
    assert np.linalg.eigvalsh(hessian) == pytest.approx([0.399361, 1001.600639], abs=5e-7)


# Closed forms for a quadratic with Hessian eigenvalues mu..L.

MU, L = 1.0, 10.0
KAPPA = L / MU
QUADRATIC = "x^2/2 + 5*y^2"
START = (1.0, 1.0)


@pytest.mark.parametrize("lr", [0.01, 1 / L, 2 / (MU + L), 0.199, 0.2, 0.201])
def test_gradient_descent_on_a_quadratic(lr: float) -> None:
    errors = descend(QUADRATIC, START, lr=lr, steps=200, tol=0).positions
    powers = np.arange(201)[:, None]
    np.testing.assert_allclose(errors, (1 - lr * np.array([MU, L])) ** powers, rtol=1e-11, atol=1e-300)
    shrinks = np.abs(errors[-1]).max() < 0.5
    assert shrinks == (lr < 2 / L)


def rate(optimizer: str, lr: float) -> float:
    """By what factor the error shrinks in a step, in the long run: its largest over a cycle of several steps."""
    errors = np.linalg.norm(descend(QUADRATIC, START, optimizer=optimizer, lr=lr, steps=600, tol=0).positions, axis=1)
    return float((errors[300:350].max() / errors[200:250].max()) ** 0.01)


def test_best_rates_at_condition_number_10() -> None:
    best = 2 / (MU + L)
    assert best == pytest.approx(0.181818, abs=1e-6)
    assert rate("gd", best) == pytest.approx((KAPPA - 1) / (KAPPA + 1), abs=1e-6) == pytest.approx(0.818182, abs=1e-6)
    assert rate("gd", 1 / L) == pytest.approx(1 - 1 / KAPPA, abs=1e-6)
    root = math.sqrt(KAPPA)
    lr, beta = 4 / (math.sqrt(L) + math.sqrt(MU)) ** 2, ((root - 1) / (root + 1)) ** 2
    assert (lr, beta) == pytest.approx((0.230886, 0.269874), abs=1e-6)
    # At the best values the roots are double: the error falls like k r^k, (k + 100)/k slower over 100 steps.
    slower = ((300 + 25) / (200 + 25)) ** 0.01
    assert rate(f"momentum(beta={beta!r})", lr) / slower == pytest.approx(0.519494, abs=1e-3)
    assert (root - 1) / (root + 1) == pytest.approx(0.519494, abs=1e-6)
    nesterov = (root - 1) / (root + 1)
    assert rate(f"nesterov(beta={nesterov!r})", 1 / L) / slower == pytest.approx(0.683772, abs=1e-3)
    assert 1 - 1 / root == pytest.approx(0.683772, abs=1e-6)


@pytest.mark.parametrize("optimizer", ["momentum", "heavy_ball"])
@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_heavy_ball_is_stable_up_to_2_plus_2_beta(optimizer: str, beta: float, factor: float) -> None:
    run = descend("x^2/2", 1, optimizer=f"{optimizer}(beta={beta})", lr=factor * (2 + 2 * beta), steps=2000, tol=0)
    assert (abs(run.positions[-1, 0]) < 1) == (factor < 1)


@pytest.mark.parametrize("beta", [0.5, 0.9])
def test_complex_roots_have_the_modulus_root_beta(beta: float) -> None:
    positions = descend("x^2/2", 1, optimizer=f"heavy_ball(beta={beta})", lr=0.3, steps=200, tol=0).positions[:, 0]
    # x_{k+1} = (1 + beta - lr) x_k - beta x_{k-1}, so this determinant shrinks by beta at every step
    determinant = positions[:-2] * positions[2:] - positions[1:-1] ** 2
    np.testing.assert_allclose(determinant[1:40] / determinant[:39], beta, rtol=1e-9)


def test_noise_in_the_gradient_leaves_a_stationary_variance() -> None:
    lr, sigma, curvature = 0.3, 0.5, 2.0
    equations = f"theta = theta - lr*(g + {sigma}*noise())"
    tail = descend("x^2", 0, optimizer=equations, lr=lr, steps=100_000, tol=0, seed=3).positions[100:, 0]
    assert tail.var() == pytest.approx(lr * sigma**2 / (curvature * (2 - lr * curvature)), rel=0.03)


@pytest.mark.parametrize("lr", [0.01, 0.1, 0.5])
@pytest.mark.parametrize("factor", [0.999, 1.001, -1.001])
def test_the_fourth_power_diverges_from_outside_only(lr: float, factor: float) -> None:
    ending = descend("x^4", factor / math.sqrt(2 * lr), lr=lr, steps=5000, tol=0).ending
    assert (ending == "diverged") == (abs(factor) > 1)


# Trajectories.


@pytest.mark.parametrize("lr", [0.1, 0.25, 0.5, 0.51])
def test_one_parabola_four_fates(lr: float) -> None:
    run = descend("2x^2 - 4x", 0, lr=lr, steps=100, tol=0)
    np.testing.assert_allclose(run.positions[:, 0], 1 - (1 - 4 * lr) ** np.arange(101), rtol=1e-12)


def test_the_four_fates_of_the_parabola() -> None:
    assert descend("2x^2 - 4x", 0, lr=0.1, steps=3).positions[:, 0] == pytest.approx([0, 0.4, 0.64, 0.784])
    arrives = descend("2x^2 - 4x", 0, lr=0.25)
    assert (arrives.ending, arrives.steps, arrives.positions[1, 0], arrives.values[1]) == ("converged", 2, 1.0, -2.0)
    assert descend("2x^2 - 4x", 0, lr=0.5, steps=6).positions[:, 0].tolist() == [0, 2, 0, 2, 0, 2, 0]
    assert descend("2x^2 - 4x", 0, lr=0.51, steps=100_000).ending == "diverged"


def test_rosenbrock_from_the_classical_start() -> None:
    run = descend(ROSENBROCK, (-1.2, 1), lr=0.001, steps=1000, tol=0)
    assert run.values[0] == pytest.approx(24.2)
    assert run.gradients[0] == pytest.approx([-215.6, -88])
    assert run.positions[1] == pytest.approx([-0.9844, 1.088])
    assert run.positions[1000] == pytest.approx([0.327263, 0.104013], abs=5e-7)
    adam = descend(ROSENBROCK, (-1.2, 1), optimizer="adam", lr=0.01, steps=2)
    assert adam.positions[2] == pytest.approx([-1.180032, 1.019971], abs=5e-7)


@pytest.mark.parametrize(
    ("optimizer", "positions"),
    [
        ("momentum", [0.8, 0.46, 0.062]),
        ("nesterov", [0.62, 0.2224]),
        ("sutskever_nesterov", [0.8, 0.496]),
        ("adam", [0.9, 0.8004122, 0.7015863]),
        ("adagrad", [0.9, 0.8331035]),
    ],
)
def test_first_steps_on_a_parabola(optimizer: str, positions: list[float]) -> None:
    chosen = f"{optimizer}(lr=0.1)"
    run = descend("x^2", 1, optimizer=chosen, steps=len(positions))
    assert run.positions[1:, 0] == pytest.approx(positions, abs=6e-8)
