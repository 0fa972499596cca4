"""The simplices of a run are those that SciPy ends with, whatever the step it ends at, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import steepest
from steepest.runs.libraries.simplices import OtherRulesError, simplices

from .conftest import PROBLEMS, Problem

WIDE = ((0.2, -0.5), (-0.4, -2.4), (1.8, 1.1))
SETTINGS: tuple[dict[str, Any], ...] = (
    {}, {"adaptive": True}, {"maxfev": 17}, {"maxfev": 23}, {"xatol": 1e-12, "fatol": 1e-12},
    {"initial_simplex": WIDE},
)  # fmt: skip
CORNERED = Problem(steepest.objective("abs(x)^0.5 + abs(y)^0.5"), (1.3, -0.4))
LOGARITHM = Problem(steepest.objective("log(x)^2"), (0.3,))  # has no value at some corners


CASES = {
    f"{name}-{next(iter(settings), 'default')}": (problem, settings)
    for name, problem in {**PROBLEMS, "cornered": CORNERED, "logarithm": LOGARITHM}.items()
    for settings in SETTINGS
    if "initial_simplex" not in settings or len(problem.start) == 2
}


@pytest.mark.parametrize(("problem", "settings"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("steps", [1, 2, 7, 400])
def test_the_last_simplex_is_scipys_own(problem: Problem, settings: dict[str, Any], steps: int) -> None:
    run = problem.descend(steepest.optimizer("scipy:Nelder-Mead", **settings), steps)
    options = {"maxiter": steps + 1, **settings}
    result = scipy.optimize.minimize(problem.value, problem.start, method="Nelder-Mead", options=options)
    found = simplices(run)
    assert found is not None
    assert found.corners.shape == (run.steps + 1, len(problem.start) + 1, len(problem.start))
    np.testing.assert_array_equal(found.corners[-1], result.final_simplex[0])
    np.testing.assert_array_equal(found.values[-1], result.final_simplex[1])


def test_every_simplex_has_its_step_as_its_lowest_corner() -> None:
    run = CORNERED.descend(steepest.optimizer("scipy:Nelder-Mead", initial_simplex=WIDE), 60)
    found = simplices(run)
    assert found is not None
    np.testing.assert_array_equal(found.corners[1:, 0], run.positions[1:])
    shrunk = [step for step, spent in enumerate(np.diff(run.spent)) if step and spent == 4]  # reflected, contracted, two corners
    assert shrunk
    for step in shrunk:
        np.testing.assert_allclose(np.ptp(found.corners[step + 1], axis=0), np.ptp(found.corners[step], axis=0) / 2)


def test_what_follows_other_rules_has_no_known_simplex() -> None:
    run = CORNERED.descend("scipy:Nelder-Mead", 20)
    trials = run.work.trials
    assert trials is not None
    moved, values = trials.positions.copy(), trials.values.copy()
    moved[10] += 1e-9
    values[8] -= 100
    for other in (replace(trials, positions=moved), replace(trials, values=values)):
        run.work.__dict__["trials"] = other
        with pytest.raises(OtherRulesError):
            simplices(run)


def test_other_optimizers_and_runs_without_steps_have_none() -> None:
    assert simplices(CORNERED.descend("scipy:BFGS", 5)) is None
    assert simplices(CORNERED.descend("adam", 5)) is None
    assert simplices(CORNERED.descend("scipy:Nelder-Mead", 0)) is None
