"""One tape, four ways to run it: every optimizer of the zoo ends alike, at the same place, on every target."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from steepest.language.expression import Expression
from steepest.objectives.formula import FormulaObjective, read_objective
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.reading import optimizer
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.tape.compile import program
from steepest.tape.lowering import optimizer_tape
from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP
from steepest.targets.array_runs import run_arrays
from steepest.targets.llvm import MachineGear
from steepest.targets.many.runs import run_many
from steepest.targets.python import PythonGear
from steepest.targets.reference import failure, results
from steepest.targets.runner import run

Array = NDArray[np.float64]


class Limits(NamedTuple):
    """When a run ends."""

    steps: int = 60
    tol: float = 1e-8
    gtol: float = 0.0
    asked: float = math.inf
    seed: int = 5


class End(NamedTuple):
    """What every target must agree on; `overflow` is None for a run that stayed finite."""

    stop: Stop
    positions: Array
    overflow: bool | None = None


class Case(NamedTuple):
    """An optimizer's program on an objective with all that a run needs."""

    program: Program
    objective: FormulaObjective
    optimizer: Optimizer
    numbers: dict[str, float]
    schedules: dict[str, Expression]


def case(method: str, formula: str) -> Case:
    chosen, objective = optimizer(method), read_objective(formula)
    values = chosen.resolve({}, objective.hyperparameters)
    schedules = {name: value for name, value in values.items() if value.operation != "number"}
    numbers = {name: value.value for name, value in values.items() if name not in schedules}
    prepared = program(chosen.equations, tuple(schedules.items()), objective.expression, objective.names)
    return Case(prepared, objective, chosen, numbers, schedules)


def by_reference(case: Case, start: Sequence[float], limits: Limits) -> End:
    """The loop in plain words, with the reference interpreter; the other three are compared with it."""
    step, objective = case.program.step, case.program.objective
    constants = [case.numbers[name] for name in case.program.hyperparameters]
    state = [0.0] * len(case.program.next_state)
    rows, length, slope = [tuple(start)], math.inf, math.inf
    moving = (*step.outputs["theta"], *case.program.next_state)

    def end(stop: Stop, overflow: bool | None = None) -> End:
        return End(stop, np.array(rows), overflow)

    for t in range(1, limits.steps + 2):
        at = results(objective, rows[-1])
        if not math.isfinite(at[objective.outputs["f"][0]]):
            cause = failure(objective, at, ("f",), ("f",))
            return end(Stop.LEFT, cause is None or cause.overflow)
        if length < limits.tol and math.dist(*rows[-2:]) < limits.tol and slope < limits.asked:
            return end(Stop.STEP)
        slope = math.hypot(*(at[slot] for slot in objective.outputs["g"]))
        if slope < limits.gtol:
            return end(Stop.GRADIENT)
        if t > limits.steps:
            return end(Stop.LIMIT)
        slots = results(step, [*rows[-1], *state, *constants, float(t), float(limits.steps), limits.seed])
        if not all(math.isfinite(slots[slot]) for slot in moving):
            cause = failure(step, slots, ("theta", *case.program.state), case.program.quantities)
            return end(Stop.BROKEN, cause is None or cause.overflow)
        state = [slots[slot] for slot in case.program.next_state]
        length = math.hypot(*(slots[slot] for slot in step.outputs[STEP]))
        rows.append(tuple(slots[slot] for slot in step.outputs["theta"]))
    raise AssertionError


def by_gear(gear: type[PythonGear] | type[MachineGear], case: Case, start: Sequence[float], limits: Limits) -> End:
    found = run(case.program, start, case.numbers, **limits._asdict(), gear=gear)
    broken = found.stop in (Stop.BROKEN, Stop.LEFT)
    table = np.array(found.block.numbers).reshape(-1, found.block.width)[: found.steps + 1]
    assert_recorded(case, table, limits)
    rows = table[:, : len(start)]
    return End(found.stop, rows, (found.failure is None or found.failure.overflow) if broken else None)


def assert_recorded(case: Case, table: Array, limits: Limits) -> None:
    """Every row has what the reference interpreter computes from the row before."""
    program, columns = case.program, case.program.columns
    constants = [case.numbers[name] for name in program.hyperparameters]
    state = [0.0] * len(program.next_state)
    for t, row in enumerate(table, 1):
        position = row[columns["theta"].start : columns["theta"].stop].tolist()
        at = results(program.objective, position)
        width = columns["g"].stop
        wanted = [*position, *(at[slot] for name in ("f", "g") for slot in program.objective.outputs[name])]
        if t < len(table):
            slots = results(program.step, [*position, *state, *constants, float(t), float(limits.steps), limits.seed])
            wanted, width = [float(slots[slot]) for slot in program.row], program.width
            state = [slots[slot] for slot in program.next_state]
        np.testing.assert_array_equal(row[:width], wanted)  # NaN is NaN, whichever it is
        finite = np.isfinite(wanted)
        assert row[:width][finite].tobytes() == np.array(wanted)[finite].tobytes(), "the sign of zero, too"


def by_many(case: Case, start: Sequence[float], limits: Limits) -> End:
    """The run as the second of three, so that it has neighbors that end at other times."""
    starts = np.array([[value + shift for value in start] for shift in (0.125, 0.0, -0.25)])
    found = run_many(case.program, starts, case.numbers, **limits._asdict(), history=True, exact=True)
    bare = run_many(case.program, starts, case.numbers, **limits._asdict(), exact=True)
    for one, other in ((found.stops, bare.stops), (found.steps, bare.steps), (found.positions, bare.positions)):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(found.values, bare.values)
    assert found.history is not None
    rows = found.history[: found.steps[1] + 1, 1]
    np.testing.assert_array_equal(found.positions[1], rows[-1])
    assert (found.history[found.steps[1] :, 1] == rows[-1]).all(), "a run that ended stays where it is"
    broken = found.stops[1] in (Stop.BROKEN.code, Stop.LEFT.code)
    cause = found.failure(1) if broken else None
    stop = next(stop for stop in Stop if stop.code == found.stops[1])
    return End(stop, rows, (cause is None or cause.overflow) if broken else None)


def by_arrays(case: Case, start: Sequence[float], limits: Limits) -> End:
    """The objective from outside, as a Python function is."""
    objective = case.program.objective

    def value(position: Array, step: int) -> float:
        return results(objective, position.tolist())[objective.outputs["f"][0]]

    def gradient(position: Array, step: int) -> Array:
        slots = results(objective, position.tolist())
        return np.array([slots[slot] for slot in objective.outputs["g"]])

    tape = optimizer_tape(case.optimizer, 0, case.schedules)
    found = run_arrays(tape, case.optimizer.state, value, gradient, np.array(start), case.numbers, **limits._asdict())
    return End(found.stop, np.array(found.positions))


TARGETS: dict[str, Callable[[Case, Sequence[float], Limits], End]] = {
    "python": partial(by_gear, PythonGear),
    "llvm": partial(by_gear, MachineGear),
    "many": by_many,
    "arrays": by_arrays,
}
EXACT = ("python", "llvm", "many")  # the same functions of the same library, so the same bits


def assert_same(target: str, case: Case, start: Sequence[float], limits: Limits) -> None:
    found, expected = TARGETS[target](case, start, limits), by_reference(case, start, limits)
    assert found.stop is expected.stop
    assert found.positions.shape == expected.positions.shape
    if target in EXACT:  # the sign of zero included
        assert found.positions.tobytes() == expected.positions.tobytes()
    np.testing.assert_allclose(found.positions, expected.positions, rtol=1e-12, atol=1e-12)
    if target != "arrays":  # a Python function is opaque: whether its slope overflowed cannot be told
        assert found.overflow == expected.overflow


OBJECTIVES = {
    "one parameter": ("2*x^2 - 4*x", (0.3,)),
    "two parameters": ("(1-x)^2 + 5*(y-x^2)^2", (-1.2, 1.0)),
    "leaves its domain": ("x - log(x) + sqrt(x)", (3.0,)),
    "falls without bound": ("-exp(x) - x^4*y^2", (2.0, 1.0)),
    "kinks": ("abs(x) + where(y < 0.5, y^2, max(y, 2*y-1)) + floor(x)", (1.3, 2.2)),
    "every function": (
        "sigmoid(x*y) + softplus(x) + erf(y) + hypot(x, y) + atan2(y, x+3) + tanh(x) + cbrt(y)",
        (0.4, -1.1),
    ),
    "three parameters": ("a^2 + 3*b^2 + c^4 - a*b*c", (1.0, -0.5, 0.7)),
}
METHODS = [
    *OPTIMIZERS,
    "adam(lr=5)",
    "gd(lr=0.1*cos(pi*t/T))",
    "momentum(lr=0.1/(1+0.02t), beta=1-1/(t+1))",
    "noisy_gd(lr=1/t, temperature=0.3)",
    "u = u + noise(); v = 0.5*v + g; s = dot(g, u)/norm(v); theta = theta - 0.1*(s + v)*sign(u)/(1 + norm(g))",
    "u = 1; n = norm(u); u = u + g; theta = theta - 0.01*n*u",
    "theta = theta - 0.05*(g + grad(0.7)/value(t/10 - 0.3)^2)",
    "seed = seed + 1; theta = theta - 0.01*g*seed + 0.001*noise()",
    "k = k + 1; theta = theta - 0.1*grad(theta - 0.1*g)/k",
]


CHAOTIC = ("barzilai_borwein", "newton", "polyak_step")  # far from a minimum they multiply a rounding at every step


PAIRS = [(method, target) for method in METHODS for target in TARGETS if (method, target) != ("newton", "arrays")]  # no Hessian


@pytest.mark.parametrize(("formula", "start"), OBJECTIVES.values(), ids=OBJECTIVES)
@pytest.mark.parametrize(("method", "target"), PAIRS)
def test_same_run_on_every_target(method: str, formula: str, start: tuple[float, ...], target: str) -> None:
    steps = 60 if target in EXACT else 3 if method in CHAOTIC else 20
    assert_same(target, case(method, formula), start, Limits(steps))


ENDINGS = {
    "step limit": ("gd(lr=0.1)", "x^2", (1.0,), Limits(7), Stop.LIMIT, 7),
    "no steps": ("gd(lr=0.1)", "x^2", (1.0,), Limits(0), Stop.LIMIT, 0),
    "tol": ("gd(lr=0.25)", "2*x^2 - 4*x", (0.0,), Limits(tol=1e-3), Stop.STEP, 2),
    "tol on the last step": ("gd(lr=0.25)", "2*x^2 - 4*x", (0.0,), Limits(2, tol=1e-3), Stop.STEP, 2),
    "tol 0 is never": ("gd(lr=0.25)", "2*x^2 - 4*x", (0.0,), Limits(9, tol=0.0), Stop.LIMIT, 9),
    "gtol": ("gd(lr=0.25)", "2*x^2 - 4*x", (0.0,), Limits(tol=0.0, gtol=1e-3), Stop.GRADIENT, 1),
    "gtol at the start": ("gd", "x^2", (0.0,), Limits(gtol=1e-3), Stop.GRADIENT, 0),
    "gtol 0 is never": ("gd", "x^2", (0.0,), Limits(9, tol=0.0), Stop.LIMIT, 9),
    "gtol at the limit": ("gd(lr=0.25)", "2*x^2 - 4*x", (0.0,), Limits(1, tol=0.0, gtol=1e-3), Stop.GRADIENT, 1),
    "gtol without a step": ("gd", "x^2", (0.0,), Limits(0, gtol=1e-3), Stop.GRADIENT, 0),
    "gtol past the limit": ("gd(lr=0.125)", "2*x^2 - 4*x", (0.0,), Limits(1, tol=0.0, gtol=1e-3), Stop.LIMIT, 1),
    "a learning rate of 0": ("gd(lr=0)", "x^2", (1.0,), Limits(9, asked=1e-8), Stop.LIMIT, 9),
    "a warm-up from 0": ("gd(lr=0.5*min(t-1, 1))", "x^2", (1.0,), Limits(9, asked=1e-8), Stop.STEP, 3),
    "a learning rate that vanishes": ("gd(lr=0.3*0.01^t)", "x^2", (1.0,), Limits(900, asked=1e-8), Stop.LIMIT, 900),
    "a turning point": (
        "v = v + 0.04*g; theta = theta - where(t == 20, 0, 0.1)*v",
        "x^2",
        (1.0,),
        Limits(40, asked=1e-5),
        Stop.LIMIT,
        40,
    ),
    "rounding makes a step longer": ("theta = theta - 0.9e-7", "x", (1e9,), Limits(20, tol=1e-7), Stop.LIMIT, 20),
    "undefined start": ("gd", "log(x)", (-1.0,), Limits(), Stop.LEFT, 0),
    "overflow at the start": ("gd", "exp(x)", (800.0,), Limits(), Stop.LEFT, 0),
    "undefined start, no steps": ("gd", "log(x)", (-1.0,), Limits(0), Stop.LEFT, 0),
    "leaves its domain": ("gd(lr=9)", "x - log(x)", (1.2,), Limits(), Stop.LEFT, 1),
    "a pole everywhere": ("gd", "x/0", (1.0,), Limits(), Stop.LEFT, 0),
    "only the slope is undefined": ("gd", "sqrt(x)", (0.0,), Limits(), Stop.BROKEN, 0),
    "long run to infinity": ("gd(lr=1)", "x - x^2", (0.0,), Limits(900), Stop.LEFT, None),
    "position overflows, value does not": ("theta = 3*theta", "tanh(x)", (1.0,), Limits(900), Stop.BROKEN, None),
    "a step that rounding swallows": ("gd(lr=0.1)", "x", (1e20,), Limits(9), Stop.LIMIT, 9),
    "steps too long to square": ("gd(lr=1e200)", "x*y", (1.0, 0.5), Limits(), Stop.LEFT, 1),
    "steps too short to square": ("gd(lr=1e-200)", "x + y", (0.0, 0.0), Limits(9, tol=0.0), Stop.LIMIT, 9),
    "state overflows": (
        "v = 3*v + g; theta = theta - 1e-300*tanh(v)",
        "x",
        (0.0,),
        Limits(2000, tol=0),
        Stop.BROKEN,
        None,
    ),
    "schedule leaves its domain": ("gd(lr=1/(t-5))", "x^2", (1.0,), Limits(), Stop.BROKEN, 4),
}


@pytest.mark.parametrize(("method", "formula", "start", "limits", "stop", "steps"), ENDINGS.values(), ids=ENDINGS)
def test_endings(method: str, formula: str, start: tuple[float, ...], limits: Limits, stop: Stop, steps: int | None) -> None:
    prepared = case(method, formula)
    expected = by_reference(prepared, start, limits)
    assert expected.stop is stop
    assert steps in (None, len(expected.positions) - 1)
    for target in TARGETS:
        assert_same(target, prepared, start, limits)
