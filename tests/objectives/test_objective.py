"""The protocol that both kinds of objectives fulfill."""

import numpy as np
import pytest

from steepest.objectives.callable import callable_objective
from steepest.objectives.formula import read_objective
from steepest.objectives.objective import Objective

FORMULA: Objective = read_objective("x^2 + 3y")
CALLABLE: Objective = callable_objective(lambda p: p[0] ** 2 + 3 * p[1], np.ones(2), gradient=lambda p: np.array([2 * p[0], 3.0]))


@pytest.mark.parametrize("objective", [FORMULA, CALLABLE])
def test_value_and_gradient(objective: Objective) -> None:
    position = np.array([2.0, -1.0])
    assert objective.value(position) == 1
    assert list(objective.gradient(position)) == [4, 3]


@pytest.mark.parametrize("objective", [FORMULA, CALLABLE])
def test_it_is_a_formula_or_a_function(objective: Objective) -> None:
    assert len(objective.names) == len(objective.view) == (0 if objective.expression is None else 2)
    assert len(objective.samples(3, seed=0)) == (0 if objective.expression is None else 3)
    assert (objective.latex is None) == (objective.expression is None)
    assert objective.minima == () and objective.known is None
    assert objective.text == objective.title == objective.definition


def test_a_value_outside_the_domain_is_nan() -> None:
    assert np.isnan(read_objective("log(x)").value([-1.0]))
