"""Python functions as objectives: where their gradient comes from, how good it is, and what is refused."""

import functools
import math
import sys
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import jax
import numpy as np
import pytest
from numpy.typing import NDArray

from steepest.errors import InputError
from steepest.objectives.callable import callable_objective, central_differences
from steepest.runs.descent import descend

Array = NDArray[np.float64]


def with_a_branch(p: Array) -> float:
    """JAX cannot trace a decision about a value."""
    return float(p[0] ** 2 if p[0] > 0 else -p[0])


# function, start, where the gradient comes from
SOURCES: list[tuple[Callable[[Any], Any], Any, str]] = [
    (lambda p: (p**2).sum(), [1.0, -2.0], "jax"),
    (lambda p: (p**2).sum(), np.ones(1000), "jax"),
    (lambda p: p**4, 1.5, "jax"),
    (lambda p: (p @ p).sum(), [[1.0, 2.0], [3.0, 4.0]], "jax"),
    (lambda p: jax.numpy.sin(p).sum(), [1.0, 2.0], "jax"),
    (jax.jit(lambda p: jax.numpy.exp(p).sum()), [1.0, 2.0], "jax"),
    (lambda p: [p[0] ** 2], [1.0], "central differences"),
    (lambda p: np.array([p[0] ** 2]), [1.0], "central differences"),
    (lambda p: np.sin(p).sum(), [1.0, 2.0], "central differences"),
    (lambda p: math.sin(p[0]), [1.0], "central differences"),
    (with_a_branch, [1.0], "central differences"),
    (functools.partial(lambda a, p: a * p[0] ** 2, 3), [1.0], "jax"),
    (lambda p: np.float32((np.asarray(p) ** 2).sum()), [1.0, 2.0], "central differences"),
    (np.square, 1.0, "central differences"),
]


@pytest.mark.parametrize(("function", "start", "source"), SOURCES)
def test_the_record_says_where_the_gradient_comes_from(function: Any, start: Any, source: str) -> None:
    run = descend(function, start, lr=0.01, steps=3)
    assert getattr(run.objective, "method") == source  # noqa: B009
    assert run.positions.shape == (4, *np.shape(start))
    assert run.gradients.shape == run.positions.shape
    assert run.gradients.dtype == np.float64


def test_a_given_gradient_is_used() -> None:
    run = descend(lambda p: (p**2).sum(), [1.0, 2.0], gradient=lambda p: 2 * p, lr=0.1, steps=2)
    assert getattr(run.objective, "method") == "given"  # noqa: B009
    np.testing.assert_allclose(run.positions[:, 0], [1, 0.8, 0.64])


def test_without_jax(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jax", None)
    run = descend(lambda p: (p**2).sum(), [1.0, 2.0], lr=0.1, steps=2)
    assert getattr(run.objective, "method") == "central differences"  # noqa: B009
    np.testing.assert_allclose(run.positions[:, 0], [1, 0.8, 0.64], rtol=1e-9)


def test_a_gradient_that_jax_gets_wrong_is_not_used() -> None:
    """Rounding has the slope 0 almost everywhere for JAX, and the function climbs all the same."""
    run = descend(lambda p: (p[0] * 1e8).round() / 1e8, [1.0], lr=0.1, steps=2)
    assert getattr(run.objective, "method") == "central differences"  # noqa: B009
    assert run.gradients[0] == pytest.approx([1.0], abs=1e-2)


def test_jax_works_in_double_precision_and_leaves_its_settings_alone() -> None:
    before = jax.numpy.ones(1).dtype
    run = descend(lambda p: jax.numpy.sum(p**4), [1.1, -0.7], lr=0.1, steps=50, tol=0)
    formula = descend("x^4 + y^4", (1.1, -0.7), lr=0.1, steps=50, tol=0)
    np.testing.assert_allclose(run.positions, formula.positions, rtol=1e-14)
    np.testing.assert_allclose(run.values, formula.values, rtol=1e-14)
    assert jax.numpy.ones(1).dtype == before


# function, its derivative, position
SMOOTH: list[tuple[Callable[[Array], Any], Callable[[Array], Array], Array]] = [
    (lambda p: np.sin(p).sum(), np.cos, np.linspace(-3, 3, 7)),
    (lambda p: np.exp(p).sum(), np.exp, np.linspace(-2, 1, 5)),
    (lambda p: (p**4).sum(), lambda p: 4 * p**3, np.array([0.0, 1.0, -2.0])),
    (lambda p: np.log(p).sum(), lambda p: 1 / p, np.array([1e3, 1e6, 1e9])),
    (lambda p: np.log(p).sum(), lambda p: 1 / p, np.array([[0.5, 1.0], [2.0, 4.0]])),
    (lambda p: (p**2).sum(), lambda p: 2 * p, np.linspace(-1, 1, 1000)),
    (lambda p: 3 * p, lambda p: np.asarray(3.0), np.array(2.0)),
]


@pytest.mark.parametrize(("function", "derivative", "position"), SMOOTH)
def test_the_error_of_a_central_difference(
    function: Callable[[Array], Any], derivative: Callable[[Array], Array], position: Array
) -> None:
    """About eps^(2/3) of the value and its third derivative: Nocedal and Wright (2006), p. 197."""
    before = position.copy()
    found = central_differences(function, position)
    assert found.shape == position.shape
    rounding = 1e-16 * abs(float(function(position))) / 6e-6
    np.testing.assert_allclose(found, derivative(position), rtol=1e-8, atol=1e-9 + 4 * rounding)
    assert (position == before).all()


def test_single_precision_takes_wider_steps() -> None:
    found = callable_objective(lambda p: np.float32(np.sin(np.asarray(p)).sum()), np.array([1.0, 2.0]))
    assert found.method == "central differences"
    np.testing.assert_allclose(found.gradient(np.array([1.0, 2.0])), np.cos([1.0, 2.0]), rtol=1e-4)


AT_THE_START = "the objective cannot be evaluated at the start:"


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda p: 1 / 0, f"{AT_THE_START} ZeroDivisionError: division by zero"),
        (lambda p: p[5], f"{AT_THE_START} IndexError:"),
        (lambda p: "a\nb", "the objective gives 'a\\nb', and a number is needed"),
        (lambda p: "3", "the objective gives '3', and a number is needed"),
        (lambda p: p["x"], f"{AT_THE_START} IndexError:"),
        (lambda: 3, f"{AT_THE_START} TypeError:"),
        (lambda p: None, "the objective gives None, and a number is needed: does it end with return?"),
        (lambda p: p, "the objective gives an array of shape (2,), and a single number is needed"),
        (lambda p: p[:0], "the objective gives an array of shape (0,), and a single number is needed"),
        (lambda p: [[1], [2]], "the objective gives an array of shape (2, 1), and a single number is needed"),
        (lambda p: p[0] * 1j, "the objective gives the complex number 1j, and a real one is needed"),
        (lambda p: {}, "the objective gives {}, and a number is needed"),
    ],
)
def test_functions_that_cannot_be_run(function: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        descend(function, [1.0, 2.0])
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


AND_DIFFERENCES = "at the start, and differences of the function give"


@pytest.mark.parametrize(
    ("gradient", "message"),
    [
        (lambda p: 1 / 0, "the gradient cannot be evaluated at the start: ZeroDivisionError: division by zero"),
        (lambda p: 2, "the gradient has the shape () and the start has (2,)"),
        (lambda p: p[:1], "the gradient has the shape (1,) and the start has (2,)"),
        (lambda p: [p], "the gradient has the shape (1, 2) and the start has (2,)"),
        (lambda p: None, "the gradient gives None, and an array of real numbers is needed"),
        (lambda p: p * 1j, "the gradient gives [0.+1.j 0.+2.j], and an array of real numbers is needed"),
        (lambda p: ["2", "4"], "the gradient gives ['2', '4'], and an array of real numbers is needed"),
        (3, "the gradient is a function of the position, not 3"),
        (True, "the gradient is a function of the position, not True"),
        (lambda p: p, f"the gradient gives 1 for p[0] {AND_DIFFERENCES} 2: correct it, or leave it out"),
        (lambda p: -2 * p, f"the gradient gives -2 for p[0] {AND_DIFFERENCES} 2: correct it, or leave it out"),
        (lambda p: [2 * p[0], 3 * p[1]], f"the gradient gives 6 for p[1] {AND_DIFFERENCES} 4: correct it, or leave it out"),
        (lambda p: 2.001 * p, f"the gradient gives 2.001 for p[0] {AND_DIFFERENCES} 2: correct it, or leave it out"),
    ],
)
def test_gradients_that_cannot_be_used(gradient: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        descend(lambda p: (p**2).sum(), [1.0, 2.0], gradient=gradient)
    assert str(caught.value) == message


# function, gradient, start: right at the start, or nobody can say that it is not
RIGHT: list[tuple[Callable[[Array], Any], Callable[[Array], Any], Any]] = [
    (lambda p: np.abs(p).sum(), lambda p: np.where(p >= 0, 1.0, -1.0), [0.0, 1.0]),
    (lambda p: np.maximum(p, 0).sum(), lambda p: (p > 0) * 1.0, [0.0]),
    (lambda p: np.maximum(p, 0).sum(), lambda p: (p >= 0) * 1.0, [0.0]),
    (lambda p: (p**2).sum() + np.random.default_rng().random(), lambda p: 2 * p, [1.0, 2.0]),
    (lambda p: np.float32((p**2).sum()), lambda p: np.float32(2 * p), [1.0, 2.0]),
    (lambda p: np.float32(1e6 + (p**2).sum()), lambda p: 2 * p, [1.0, 2.0]),
    (lambda p: np.sin(1e7 * p).sum(), lambda p: 1e7 * np.cos(1e7 * p), [1.0]),
    (lambda p: 1e10 + (p**2).sum(), lambda p: 2 * p, [1.0, 2.0]),
    (lambda p: np.sqrt(p).sum(), lambda p: 0.5 / np.sqrt(p), [1e-12]),
    (lambda p: math.log(p[0]), lambda p: 1 / p, [1e-9]),
    (lambda p: np.exp(p).sum(), np.exp, [700.0, -700.0]),
    (lambda p: (p**2).sum(), lambda p: 2 * p, np.linspace(1, 2, 1000)),
    (lambda p: (p**2).sum(), lambda p: 2 * p, np.float64(3.0)),
    (lambda p: (p**2).sum(), lambda p: 2 * p, np.ones((2, 3, 2))),
    (lambda p: np.floor(p).sum(), lambda p: 0 * p, [2.0]),
]


@pytest.mark.parametrize(("function", "gradient", "start"), RIGHT)
def test_a_gradient_that_may_be_right_is_taken(function: Any, gradient: Any, start: Any) -> None:
    assert descend(function, start, gradient=gradient, steps=1, lr=1e-12).steps == 1


def test_of_many_parameters_a_wrong_gradient_is_found_too() -> None:
    message = r"the gradient gives -0.0795568 along the direction cos\(1\), cos\(2\), ... at the start, .* give -0.159114:"
    with pytest.raises(InputError, match=message):
        descend(lambda p: (p**2).sum(), np.linspace(1, 2, 100), gradient=lambda p: p)


@pytest.mark.parametrize(
    "result",
    [
        lambda p: [float(p @ p)], lambda p: np.array([[p @ p]]), lambda p: Decimal(float(p @ p)), lambda p: Fraction(float(p @ p)),
        lambda p: np.ma.array([p @ p]), lambda p: np.float32(p @ p),
    ],
)  # fmt: skip
def test_what_counts_as_a_number(result: Any) -> None:
    run = descend(result, [1.0, 2.0], lr=0.25, steps=1)
    np.testing.assert_allclose(run.positions[1], [0.5, 1.0], rtol=1e-3)


def test_a_function_that_asks_the_edge_of_its_domain() -> None:
    """What raises near the start is no reason to refuse the start."""
    run = descend(lambda p: math.sqrt(1 - p[0] ** 2), [1.0], steps=3)
    assert run.ending == "undefined"
    assert run.ending.message == "undefined at the start: the function raised ValueError: math domain error"


NOT_NUMBERS = "the start of a Python function is an array of numbers"
NOT_FINITE = "the start is made of finite numbers, at least one"


@pytest.mark.parametrize(
    ("start", "message"),
    [
        (None, "a Python function needs a start: an array of the shape that it takes"),
        ("abc", NOT_NUMBERS),
        ({"x": 1}, NOT_NUMBERS),
        ([1j], NOT_NUMBERS),
        (np.array([1j]), NOT_NUMBERS),
        ([[1, 2], [3]], NOT_NUMBERS),
        ([None], NOT_NUMBERS),
        (np.ma.array([1.0, 2.0], mask=[False, True]), NOT_NUMBERS),
        ([], NOT_FINITE),
        ([math.nan], NOT_FINITE),
        ([1.0, -math.inf], NOT_FINITE),
    ],
)
def test_starts_that_cannot_be_used(start: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        descend(lambda p: (p**2).sum(), start)
    assert str(caught.value) == message


def test_a_function_may_spoil_its_argument() -> None:
    def function(p: Array) -> float:
        total = float((p**2).sum())
        p[...] = math.nan
        return total

    def gradient(p: Array) -> Array:
        p *= 2
        return p

    for given in (None, gradient):
        run = descend(function, [1.0, 2.0], gradient=given, lr=0.1, steps=3)
        np.testing.assert_allclose(run.positions[1], [0.8, 1.6], rtol=1e-9)


@pytest.mark.parametrize("optimizer", ["adam", "noisy_gd", "sam", "sutskever_nesterov", "clipped_gd", "polyak_step"])
@pytest.mark.parametrize("shape", [(), (1,), (6,), (2, 3), (3, 1, 2)])
def test_any_shape(optimizer: str, shape: tuple[int, ...]) -> None:
    start = np.linspace(1, 2, math.prod(shape)).reshape(shape)
    run = descend(lambda p: (p**2).sum(), start, optimizer=optimizer, lr=0.01, steps=5)
    flat = descend(lambda p: (p**2).sum(), start.ravel(), optimizer=optimizer, lr=0.01, steps=5)
    assert run.positions.shape == (6, *shape)
    np.testing.assert_allclose(run.positions.reshape(6, -1), flat.positions, rtol=1e-13)
    for name, rows in run.quantities.items():
        assert rows.shape in {(5,), (5, *shape)}, name


def test_a_newton_step_needs_a_formula() -> None:
    with pytest.raises(InputError, match="Hessian"):
        descend(lambda p: (p**2).sum(), [1.0], optimizer="newton")


def test_names_of_functions() -> None:
    assert descend(with_a_branch, [1.0], steps=1).objective.text == "with_a_branch(p)"
    assert descend(lambda p: p[0] ** 2, [1.0], steps=1).objective.text == "a Python function"
    assert descend(functools.partial(lambda p: p[0] ** 2), [1.0], steps=1).objective.text == "partial(p)"
