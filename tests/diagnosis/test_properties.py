"""Random quadratics, where thresholds and rates are exact: below the threshold a run converges, above it diverges."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from steepest.diagnosis.diagnosis import diagnose
from steepest.runs.descent import descend

Array = NDArray[np.float64]


@st.composite
def quadratics(draw: st.DrawFn) -> tuple[str, Array, Array]:
    """A formula `x^T H x/2` of 1 to 6 parameters with condition number 1 to 10^4, its eigenvalues and eigenvectors."""
    size = draw(st.integers(1, 6))
    condition = 10 ** draw(st.floats(0, 4))
    inner = [draw(st.floats(0, 1)) for _ in range(max(0, size - 2))]
    values = np.sort(condition ** np.array([0.0, *inner, 1.0][:size])) * 10 ** draw(st.floats(-1, 1))
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    vectors = np.linalg.qr(generator.normal(size=(size, size)))[0]
    hessian = (vectors * values) @ vectors.T
    names = [f"x{index}" for index in range(size)]
    terms = [f"({hessian[i, j]!r})*{names[i]}*{names[j]}/2" for i in range(size) for j in range(size)]
    text = f"f({', '.join(names)}) = {' + '.join(terms)}".replace("np.float64(", "(")
    return text, values, vectors


LONGEST = 30_000
EXAMPLES = settings(max_examples=40, deadline=None)
# optimizer, the bound of lr*lambda, the characteristic polynomial z^2 - p z + q of an eigendirection by a = lr*lambda
METHODS: dict[str, tuple[float, Callable[[float], tuple[float, float]]]] = {
    "gd": (2.0, lambda a: (1 - a, 0.0)),
    "heavy_ball(beta=0.5)": (3.0, lambda a: (1.5 - a, 0.5)),
    "momentum(beta=0.5)": (3.0, lambda a: (1.5 - a, 0.5)),
    "nesterov(beta=0.5)": (1.5, lambda a: (1.5 * (1 - a), 0.5 * (1 - a))),
    "ema_momentum(beta=0.5)": (6.0, lambda a: (1.5 - a / 2, 0.5)),
}


def exact_rate(method: str, lr: float, values: Array) -> float:
    """The largest modulus of the roots of the characteristic polynomials."""
    traces = [METHODS[method][1](lr * value) for value in values]
    return max(float(np.abs(np.roots([1.0, -trace, determinant])).max()) for trace, determinant in traces)


@EXAMPLES
@given(quadratics(), st.sampled_from(list(METHODS)), st.floats(0.05, 0.97))
def test_below_the_threshold_it_converges(quadratic: tuple[str, Array, Array], method: str, share: float) -> None:
    text, values, vectors = quadratic
    bound = METHODS[method][0]
    lr = share * bound / values[-1]
    rate = exact_rate(method, lr, values)
    steps = min(LONGEST, math.ceil(12 / -math.log(max(rate, 1e-3))) + 20)
    found = diagnose(descend(text, vectors.sum(axis=1), optimizer=method, lr=lr, steps=steps, tol=0))
    assert not {"diverging", "unstable", "cycling"} & set(found.character)
    assert found.bound == pytest.approx(bound)
    assert found.unstable_step is None
    assert found.lr_lambda[0] == pytest.approx(share * bound, rel=1e-6)
    assert found.predicted_rate == pytest.approx(rate, abs=1e-6)
    assert found.run.values[-1] < found.run.values[0]
    if steps < LONGEST:
        assert "minimum" in found.character
    if found.measured_rate is not None:
        assert math.log(found.measured_rate) <= math.log(max(rate, 1e-10)) * 0.8


@EXAMPLES
@given(quadratics(), st.sampled_from(list(METHODS)), st.floats(1.02, 1.5))
def test_above_the_threshold_it_diverges(quadratic: tuple[str, Array, Array], method: str, share: float) -> None:
    text, values, vectors = quadratic
    bound = METHODS[method][0]
    lr = share * bound / values[-1]
    rate = exact_rate(method, lr, values)
    steps = math.ceil(30 / math.log(rate))
    found = diagnose(descend(text, vectors.sum(axis=1), optimizer=method, lr=lr, steps=steps, tol=0))
    assert {"diverging", "unstable", "oscillating"} <= set(found.character)
    assert found.unstable_step == 1
    assert found.predicted_rate == pytest.approx(rate, rel=1e-6)
    direction = found.unstable_direction
    assert direction is not None
    top = values >= values[-1] * (1 - 1e-9)
    assert float(np.linalg.norm(vectors[:, top].T @ direction)) == pytest.approx(1, abs=1e-4)
    rising = values * lr > bound
    if rising.sum() == 1:  # else two directions grow, and the faster one may not lead yet
        assert found.measured_rate == pytest.approx(rate, rel=0.02)


@EXAMPLES
@given(quadratics(), st.floats(0.1, 0.9))
def test_the_measured_rate_is_the_exact_one(quadratic: tuple[str, Array, Array], share: float) -> None:
    """From a start in the slowest direction alone, gradient descent shrinks by the same factor at every step."""
    text, values, vectors = quadratic
    lr = share / values[-1]
    found = diagnose(descend(text, vectors[:, 0], lr=lr, steps=60, tol=0))
    rate = 1 - lr * values[0]
    assert found.predicted_rate == pytest.approx(rate, abs=1e-7)
    assert found.measured_rate == pytest.approx(rate, abs=1e-6)
    assert found.curvature.start.tolist() == pytest.approx(values.tolist(), rel=1e-6)
    if len(values) > 1:
        assert found.curvature.condition == pytest.approx(values[-1] / values[0], rel=1e-5)


@EXAMPLES
@given(quadratics())
def test_advice_is_the_best_learning_rate(quadratic: tuple[str, Array, Array]) -> None:
    text, values, vectors = quadratic
    found = diagnose(descend(text, vectors.sum(axis=1), lr=3 / values[-1], steps=30))
    best = found.advice[0]
    again = descend(text, vectors.sum(axis=1), lr=best.settings["lr"], steps=10_000)
    assert (again.ending, again.steps) == (best.run.ending, best.run.steps)
    if best.run.ending == "converged":
        exact = 2 / (values[0] + values[-1])
        assert exact * (1 - 1.01e-3) <= float(best.settings["lr"]) <= exact * (1 + 1e-9)  # rounded down
    else:  # after so many steps the lower value counts, and 1/L may have it
        assert values[-1] / values[0] > 500
        assert 0.999 / values[-1] <= float(best.settings["lr"]) < 2 / values[-1]
