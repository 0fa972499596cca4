"""Grids: the tape over arrays is the tape at every point."""

from __future__ import annotations

import math

import numpy as np
import pytest

from steepest.language.grammar import read_formula
from steepest.objectives.gallery import GALLERY
from steepest.tape.lowering import objective_tape
from steepest.tape.tape import Tape
from steepest.targets.arrays import BLOCK, evaluate
from steepest.targets.reference import results

PLANE = {name: entry for name, entry in GALLERY.items() if len(entry.names) == 2}
FORMULAS = [
    "where(x < y, sqrt(x), erf(y)) + x",
    "max(x, y)^2 + min(x, y) + sigmoid(x - y) + softplus(x*y)",
    "1/x + log(y) + atan2(x, y) + hypot(x, y)",
    "x^2 + 0*y",
    "asinh(x*y) + expm1(y) + log1p(x) + acosh(y) + atanh(x/2)",
    "where(x == y, 1, where(x != 0, y, x))",
    "(x - y)^2 + (x - y)^3 + floor(x) + ceil(y) + sign(x)",
]


def tape_of(formula: str) -> Tape:
    expression, names = read_formula(formula)
    return objective_tape(expression, names)


def assert_pointwise(tape: Tape, x: np.ndarray, y: np.ndarray) -> None:
    (output,) = tape.outputs["f"]
    grid = evaluate(tape, [x[None, :], y[:, None]], output)
    assert grid.shape == (len(y), len(x))
    for row in {0, len(y) // 2, len(y) - 1}:
        for column in {0, len(x) // 3, len(x) - 1}:
            expected = results(tape, [float(x[column]), float(y[row])])[output]
            assert grid[row, column] == pytest.approx(expected, rel=1e-12, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize("name", PLANE)
def test_the_gallery_on_its_view(name: str) -> None:
    entry = PLANE[name]
    tape = tape_of(f"f({', '.join(entry.names)}) = {entry.formula}")
    assert_pointwise(tape, *(np.linspace(low, high, 37) for low, high in entry.view))


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("size", [(1, 1), (1, 5), (5, 1), (3, 2 * BLOCK), (700, 201)])
def test_any_shape(formula: str, size: tuple[int, int]) -> None:
    rows, columns = size
    assert_pointwise(tape_of(formula), np.linspace(-2, 3, columns), np.linspace(-1, 3, rows))


def test_a_curve() -> None:
    tape = tape_of("x^2 - cos(x)")
    x = np.linspace(-3, 3, 3 * BLOCK + 1)
    np.testing.assert_allclose(evaluate(tape, [x], tape.outputs["f"][0]), x**2 - np.cos(x), rtol=1e-14, atol=1e-15)


def test_inputs_are_left_as_they_are() -> None:
    tape = tape_of("(x + y)^2 - (x + y)")
    x, y = np.arange(4.0).reshape(2, 2), np.ones((2, 2))
    evaluate(tape, [x, y], tape.outputs["f"][0])
    assert x.tolist() == [[0, 1], [2, 3]]
    assert (y == 1).all()


def test_a_constant_along_the_grid() -> None:
    tape = tape_of("0*x + 0*y + 2")
    grid = evaluate(tape, [np.zeros((1, 3)), np.zeros((4, 1))], tape.outputs["f"][0])
    assert grid.tolist() == [[2.0] * 3] * 4


def test_no_value_is_nan_and_a_pole_is_infinite() -> None:
    tape = tape_of("log(x)")
    low, pole, one = evaluate(tape, [np.array([-1.0, 0.0, 1.0])], tape.outputs["f"][0])
    assert math.isnan(low)
    assert (pole, one) == (-math.inf, 0)
