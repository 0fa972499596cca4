"""The learning rate that the page marks is where the steps stop being stable, as Python's diagnosis has it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.lab.web.oracle import optimizer_data

from steepest.diagnosis.sampling import sampling
from steepest.diagnosis.stability import stability
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import descend

MAIN = """
import { Stability } from "/model/stability.js";
globalThis.limits = (optimizer, count, cases) => {
  const found = new Stability(optimizer, count);
  return cases.map(({ curvature, values }) => found.limit(curvature, values));
};
"""
CURVATURES = (0.01, 1.0, 37.0, 1500.0)


@pytest.fixture(scope="module")
def engine(node: Callable[..., Any]) -> Any:
    return node(MAIN)


def limits(engine: Any, text: str, count: int, cases: list[tuple[float, dict[str, float]]], **settings: Any) -> list[float | None]:
    asked = optimizer_data(text, count, settings)
    known = {part["name"]: part["schedule"] or part["default"] or 0.1 for part in asked["hyperparameters"]}
    plain = [{"curvature": curvature, "values": known | values} for curvature, values in cases]
    found: list[float | None] = engine.evaluate("([each, count, cases]) => limits(each, count, cases)", [asked, count, plain])
    return found


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "polyak_step"])
def test_the_zoo_has_the_bounds_of_the_diagnosis(engine: Any, name: str, count: int) -> None:
    run = descend(
        f"{' + '.join(f'x{axis}^2' for axis in range(count))} + 0.25*x0^2", [0.05] * count, optimizer=name, lr=0.01, steps=20
    )
    told = stability(run, sampling(run))
    found = limits(engine, name, count, [(curvature, {}) for curvature in CURVATURES])
    if name == "newton":  # its steps do not depend on the curvature
        assert found == pytest.approx([2.0] * len(CURVATURES))
    elif told.bound is None or told.scaled:
        assert found == [None] * len(CURVATURES)
    else:
        assert found == pytest.approx([told.bound / curvature for curvature in CURVATURES], rel=1e-6)


def test_a_momentum_that_moves_moves_the_bound(engine: Any) -> None:
    betas = [0.0, 0.3, 0.9, 0.99, 0.3]
    found = limits(engine, "v = beta*v + g; theta = theta - lr*v", 2, [(2.0, {"beta": beta}) for beta in betas])
    assert found == pytest.approx([(2 + 2 * beta) / 2 for beta in betas], rel=1e-6)


def test_equations_in_which_the_bound_is_not_inverse_to_the_curvature(engine: Any) -> None:
    found = limits(engine, "v = 0.8v + g + 0.5theta; theta = theta - lr*(v + g)", 2, [(curvature, {}) for curvature in CURVATURES])
    for curvature, limit in zip(CURVATURES, found, strict=True):
        assert limit is not None
        for lr, stable in ((limit * (1 - 1e-4), True), (limit * (1 + 1e-4), False)):
            step = np.array([[1 - lr * (2 * curvature + 0.5), -lr * 0.8], [curvature + 0.5, 0.8]])
            assert (np.abs(np.linalg.eigvals(step)).max() <= 1) == stable


@pytest.mark.parametrize(
    "text", ["theta = theta + lr*g", "theta = theta - lr*sign(g)", "theta = theta - lr*g*norm(g)", "theta = theta - 0.1g + 0*lr*g"]
)
def test_equations_without_a_bound_have_no_mark(engine: Any, text: str) -> None:
    assert limits(engine, text, 2, [(1.0, {}), (3.0, {})]) == [None, None]


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("theta = theta - lr/t*g", {}),
        ("theta = theta - lr*(1-t/T)*g", {}),
        ("v = t/(t+3)*v + g; theta = theta - lr*where(t > 5, g, 1/t*v)/t", {}),
        ("momentum", {"beta": "1 - 0.5/t"}),
        ("momentum", {"lr": "0.1/t"}),
    ],
)
def test_steps_that_change_have_no_mark(engine: Any, text: str, settings: dict[str, Any]) -> None:
    assert limits(engine, text, 2, [(1.0, {}), (3.0, {})], **settings) == [None, None]


def test_a_bias_correction_wears_off(engine: Any) -> None:
    found = limits(engine, "m = beta*m + (1-beta)*g; theta = theta - lr*m/(1-beta^t)", 1, [(2.0, {"beta": 0.9})])
    assert found == pytest.approx([(2 + 1.8) / 0.1 / 2], rel=1e-6)


def test_nothing_is_marked_where_the_function_does_not_curve_upward(engine: Any) -> None:
    assert limits(engine, "gd", 2, [(0.0, {}), (-2.0, {}), (float("nan"), {})]) == [None, None, None]
