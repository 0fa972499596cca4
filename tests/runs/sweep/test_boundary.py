"""The box-counting dimension of a map's boundary."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.runs.sweep.boundary import boundary_dimension
from steepest.runs.sweep.sweep import Sweep

SIDE = 513
LINE = steepest.linear(0, 1, SIDE)


@pytest.fixture(scope="module")
def blank() -> Sweep:
    return steepest.sweep("x^2 + y^2", {"x": LINE, "y": LINE}, steps=0)


def with_regions(blank: Sweep, regions: Any) -> Sweep:
    return replace(blank, minimum=np.asarray(regions, dtype=np.int16))


def test_a_straight_and_a_round_boundary_have_dimension_one(blank: Sweep) -> None:
    x, y = np.meshgrid(np.linspace(0, 1, SIDE), np.linspace(0, 1, SIDE), indexing="ij")
    for regions in (x > 0.4, x + 0.3 * y > 0.6, np.hypot(x - 0.5, y - 0.5) < 0.3):
        assert boundary_dimension(with_regions(blank, regions)) == pytest.approx(1, abs=0.08)


def test_a_checkerboard_has_dimension_two(blank: Sweep) -> None:
    assert boundary_dimension(with_regions(blank, np.indices((SIDE, SIDE)).sum(axis=0) % 2)) == pytest.approx(2, abs=0.02)


def test_a_sierpinski_carpet_has_its_dimension() -> None:
    """log 8 / log 3."""
    cells = np.ones((1, 1), dtype=bool)
    for _ in range(6):
        hole = np.ones((3, 3), dtype=bool)
        hole[1, 1] = False
        cells = np.kron(cells, hole)
    line = steepest.linear(0, 1, 729)
    found = with_regions(steepest.sweep("x^2 + y^2", {"x": line, "y": line}, steps=0), cells)
    assert boundary_dimension(found) == pytest.approx(np.log(8) / np.log(3), abs=0.08)


def test_momentum_makes_rough_borders() -> None:
    line = steepest.linear(-5, 5, 512)
    over = {"x": line, "y": line}
    smooth = boundary_dimension(steepest.sweep("himmelblau", over, lr=0.01, steps=2000))
    rough = boundary_dimension(steepest.sweep("himmelblau", over, optimizer="momentum", lr=0.01, steps=2000))
    assert smooth == pytest.approx(1, abs=0.05) and rough > 1.3


def test_what_has_no_boundary_is_refused(blank: Sweep) -> None:
    with pytest.raises(InputError, match="there is no boundary"):
        boundary_dimension(with_regions(blank, np.zeros((SIDE, SIDE))))
    with pytest.raises(InputError, match="a map of two axes of at least 64 values each"):
        boundary_dimension(steepest.sweep("x^2", {"x": LINE}, steps=1))
    with pytest.raises(InputError, match="minimum or ending"):
        boundary_dimension(blank, "steps")
