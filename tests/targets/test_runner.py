"""Runs of both gears in blocks of steps, against the reference interpreter."""

from collections.abc import Sequence

import numpy as np
import pytest

from steepest.optimizers.reading import optimizer
from steepest.runs.descent import descend
from steepest.runs.trajectory import Trajectory
from steepest.tape.program import Program
from steepest.targets.python import STRIDE
from steepest.targets.reference import results


def program_of(run: Trajectory) -> Program:
    assert run.record.program is not None
    return run.record.program


def by_reference(run: Trajectory) -> list[Sequence[float]]:
    """The positions of a run, taken step by step with IEEE arithmetic."""
    program = program_of(run)
    step, position, state = program.step, run.positions[0].tolist(), [0.0] * len(program.next_state)
    constants = [run.hyperparameters[name].value for name in program.hyperparameters]
    rows = [position]
    for t in range(1, run.steps + 1):
        slots = results(step, [*position, *state, *constants, float(t), float(run.limit), run.seed])
        position, state = [slots[slot] for slot in step.outputs["theta"]], [slots[slot] for slot in program.next_state]
        rows.append(position)
    return rows


@pytest.mark.parametrize("steps", [1, STRIDE - 1, STRIDE, STRIDE + 1, 2 * STRIDE + 3])
@pytest.mark.parametrize(
    "method",
    [
        "gd",
        "adam",
        "radam",  # roots of negative numbers in the first steps, which its equations do not take
        "noisy_gd(lr=0.01/t)",
        "gd(lr=where(t == 1030, 0.001, 0.001/|t-1030|))",  # a pole that the schedule steps over
        "theta = theta - 0.001 t/T g; n = noise(); k = theta^t",
    ],
)
def test_every_block_is_the_reference(method: str, steps: int) -> None:
    for tol in (0.0, 1e-12):
        run = descend("(x-1)^2/8 + sin(y)", (0.5, 0.25), optimizer=method, steps=steps, tol=tol)
        assert run.steps == steps or (tol and run.ending == "converged")
        assert run.positions.tolist() == by_reference(run)
        assert all(len(rows) == run.steps for rows in run.quantities.values())


@pytest.mark.parametrize(
    "method",
    [
        "p = theta; theta = theta - lr*g + 0.5(theta - q); q = p",
        "a = b; b = g; theta = theta - lr*(a + b)",
        "c = d; d = h; h = g + 0.1c; theta = theta - lr*h",
        "v = 0.9v + g; w = v; theta = theta - lr*(v + 0.1w)",
        "old = before; before = theta; theta = 0.5theta + 0.5old - lr*g",
        "theta = theta - lr*g; s = theta",
    ],
)
@pytest.mark.parametrize("tol", [0.0, 1e-9])
@pytest.mark.parametrize("gtol", [0.0, 1e-9])
def test_equations_that_pass_old_values_on_have_them(method: str, tol: float, gtol: float) -> None:
    """A name has the value of the step before until it is assigned."""
    run = descend("(1-x)^2 + 3(y-x^2)^2", (-0.5, 0.4), optimizer=method, lr=0.02, steps=60, tol=tol, gtol=gtol)
    assert run.steps == 60
    assert run.positions.tolist() == by_reference(run)
    for name, shifted in (("p", run.positions[:-1]), ("s", run.positions[1:]), ("before", run.positions[:-1])):
        if name in run.quantities:
            assert np.array_equal(run.quantities[name], shifted)


@pytest.mark.parametrize(
    ("formula", "method", "ending"),
    [
        ("x - x^2", "gd(lr=0.3)", "diverged"),
        ("1e-3*exp(x)", "theta = theta + 0.5", "diverged"),
        ("x^2", "gd(lr=where(t < 1500, 0.001, 1/(t-1500)))", "undefined"),
        ("x^2", "v = 2v + 1; theta = theta + 1/v", "diverged"),
        ("x^2", "theta = where(t == 1400, 1e160, 0.5)", "diverged"),
    ],
)
def test_what_a_block_ends_with_is_found(formula: str, method: str, ending: str) -> None:
    run = descend(formula, 1.0, optimizer=method, steps=STRIDE, tol=0)
    assert run.ending == ending
    assert run.steps < STRIDE
    assert run.positions.tolist() == by_reference(run)


def test_zero_and_minus_zero_are_two_numbers() -> None:
    moved = [
        descend("x^2", 0.0, optimizer=optimizer("theta = theta + atan2(z, -1) t", z=z), steps=1, tol=0).positions[1, 0]
        for z in (0.0, -0.0, 0.0)
    ]
    assert moved[0] == -moved[1] == moved[2] > 3
