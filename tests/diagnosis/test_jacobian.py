"""The exact Jacobian of a step against differences of the step itself, for every optimizer."""

import numpy as np
import pytest
from numpy.typing import NDArray

from steepest.diagnosis.jacobian import step_jacobians
from steepest.language.operations import COMPARISONS, OPERATIONS
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import descend
from steepest.runs.trajectory import Trajectory
from steepest.tape.program import Program
from steepest.targets.reference import results

Array = NDArray[np.float64]
FUNCTION = "(1-x)^2 + 3(y-x^2)^2 + exp(x*y/9)"
TAKEN = 5


def program_of(run: Trajectory) -> Program:
    assert run.record.program is not None
    return run.record.program


def before(run: Trajectory) -> list[float]:
    """What goes into the tape of the step that comes next."""
    state = [value for name in run.optimizer.state for value in np.atleast_1d(run[name][-1])]
    numbers = [run.hyperparameters[name].value for name in program_of(run).hyperparameters]
    return [*run.positions[-1], *state, *numbers, float(run.steps + 1), float(run.limit), float(run.seed)]


def step(program: Program, inputs: list[float]) -> Array:
    slots = results(program.step, inputs)
    return np.array([slots[slot] for slot in (*program.step.outputs["theta"], *program.next_state)])


def differences(program: Program, inputs: list[float], width: int) -> Array:
    columns = []
    for index in range(width):
        spacing = 1e-6 * max(1e-2, abs(inputs[index]))
        ahead, behind = (step(program, [*inputs[:index], inputs[index] + way * spacing, *inputs[index + 1 :]]) for way in (1, -1))
        columns.append((ahead - behind) / (2 * spacing))
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_jacobian_is_that_of_the_step(name: str) -> None:
    run = descend(FUNCTION, (-0.4, 0.7), optimizer=name, steps=TAKEN, tol=0)
    program, inputs = program_of(run), before(run)
    found = step_jacobians(program, [np.array([value]) for value in inputs])[0]
    width = program.count + len(program.next_state)
    assert found.shape == (width, width)
    expected = differences(program, inputs, width)
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-6 * max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in COMPARISONS and OPERATIONS[name].arity == 1])
def test_every_function_is_differentiated(name: str) -> None:
    equations = f"theta = theta - lr*g*{name}(norm(theta))" if name != "neg" else "theta = theta - lr*g*(-norm(theta))"
    run = descend("x^2 + x*y + y^2", (0.3, 0.4), optimizer=equations, lr=0.1, steps=1, tol=0)
    program = program_of(run)
    inputs = [0.3, 0.4, 0.1, 1.0, 1.0, 0.0]
    found = step_jacobians(program, [np.array([value]) for value in inputs])[0]
    np.testing.assert_allclose(found, differences(program, inputs, 2), rtol=1e-6, atol=1e-7)


def test_branches_that_are_not_taken_do_not_contribute() -> None:
    run = descend("x^2", 2, optimizer="theta = theta - lr*where(norm(g) > 1, g, sqrt(g-9))", lr=0.1, steps=1)
    columns = [np.array([2.0, 0.25]), *[np.full(2, value) for value in (0.1, 1.0, 1.0, 0.0)]]
    found = step_jacobians(program_of(run), columns)
    assert found[0, 0, 0] == pytest.approx(0.8)
    assert np.isnan(found[1, 0, 0])


def test_many_steps_at_once_are_the_same_as_one_by_one() -> None:
    run = descend(FUNCTION, (-0.4, 0.7), optimizer="adam", steps=20, tol=0)
    program = program_of(run)
    states = [np.vstack([np.zeros((1, 2)), run[name][:-1]]) for name in run.optimizer.state]
    numbers = [np.full((20, 1), run.hyperparameters[name].value) for name in program.hyperparameters]
    clock = np.arange(1.0, 21)[:, None]
    table = np.hstack([run.positions[:-1], *states, *numbers, clock, np.full((20, 1), 20.0), np.zeros((20, 1))])
    together = step_jacobians(program, list(table.T))
    alone = [step_jacobians(program, [np.array([value]) for value in row])[0] for row in table]
    np.testing.assert_array_equal(together, np.stack(alone))
