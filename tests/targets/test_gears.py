"""Both gears on random formulas: the same bits, or the same ending where something is not finite."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.targets.test_extremes import cases

from steepest.errors import InputError
from steepest.language.grammar import read_formula
from steepest.language.operations import OPERATIONS
from steepest.objectives.formula import read_objective
from steepest.objectives.gallery import GALLERY
from steepest.optimizers.optimizer import constant_settings, schedules
from steepest.optimizers.reading import optimizer
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.tape.compile import program
from steepest.tape.program import Program
from steepest.targets.llvm import MachineGear, compile_functions, is_available, library_addresses
from steepest.targets.many.runs import run_many
from steepest.targets.python import PythonGear
from steepest.targets.runner import Outcome, run

Array = NDArray[np.float64]
METHODS = (
    *OPTIMIZERS,
    "gd(lr=0.1*cos(pi*t/T))",
    "momentum(lr=1/t, beta=0.5)",
    "u = u + noise(); theta = theta - 0.1*(g + 0.01u)",
    "theta = theta - 0.05*(g + grad(theta/2)/(1 + norm(g)))",
    "k = sign(g)*max(k, |g|); theta = theta - 0.01*k",
)


def recorded(found: Outcome) -> Array:
    """The rows of a run."""
    return np.array(found.block.numbers).reshape(-1, found.block.width)[: found.steps + 1]


def assert_same(linked: Program, point: Sequence[float], numbers: Mapping[str, float], where: object, **limits: Any) -> None:
    """Both gears give the same ending and the same bits; NaN is NaN, whichever it is."""
    one, other = (run(linked, point, numbers, gear=gear, **limits) for gear in (PythonGear, MachineGear))
    assert one.stop is other.stop and one.steps == other.steps, where
    assert (one.failure, one.swallowed) == (other.failure, other.swallowed), where
    width = linked.columns["g"].stop
    for mine, yours in ((recorded(one)[:-1], recorded(other)[:-1]), (recorded(one)[-1:, :width], recorded(other)[-1:, :width])):
        finite = np.isfinite(mine)
        np.testing.assert_array_equal(mine, yours, str(where))
        assert mine[finite].tobytes() == yours[finite].tobytes(), where


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_the_gallery_has_the_same_bits_in_both_gears(method: str) -> None:
    made = optimizer(method)
    for name in GALLERY:
        objective = read_objective(name)
        if made.uses("H") and len(objective.names) > 4:
            continue
        for settings, limits in (({}, {"steps": 40, "tol": 1e-3}), ({"lr": 40.0}, {"steps": 25, "tol": 0.0, "gtol": 1e-2})):
            values = made.resolve({}, objective.hyperparameters)
            linked = program(made.equations, (), objective.expression, objective.names)
            numbers = constant_settings(values) | {key: value for key, value in settings.items() if key in values}
            assert_same(linked, objective.start(0), numbers, (name, method, settings), seed=4, **limits)


def compare(seed: int, count: int) -> int:
    """Run random formulas with random optimizers through both gears; how many of them were compared."""
    assert is_available()
    chosen = random.Random(seed)
    compared = 0
    for text, point in cases(count, seed):
        formula, method = read_formula(text), chosen.choice(METHODS)
        made = optimizer(method)
        values = made.resolve({}, {"lr": 0.1, "f_star": 0.0})
        if len(formula.names) > 4 and made.uses("H"):
            continue
        linked = program(made.equations, tuple(schedules(values).items()), formula.expression, formula.names)
        if len(linked.step.operations) > 2000:
            continue
        numbers = constant_settings(values)
        limits: dict[str, Any] = {
            "steps": 12,
            "tol": chosen.choice((0.0, 1e-8, 1e-2)),
            "gtol": chosen.choice((0.0, 1e-3)),
            "seed": 3,
        }
        assert_same(linked, point, numbers, (text, method, point, limits), **limits)
        compared += 1
    return compared


def test_random_formulas_have_the_same_bits_in_both_gears() -> None:
    assert compare(11, 150) > 120


def test_random_formulas_end_alike_among_many_runs() -> None:
    chosen = random.Random(2)
    for text, point in cases(60, 5):
        formula, method = read_formula(text), chosen.choice(["gd", "momentum", "adam"])
        made = optimizer(method)
        values = made.resolve({}, {"lr": 0.1, "f_star": 0.0})
        linked = program(made.equations, (), formula.expression, formula.names)
        numbers = constant_settings(values)
        alone = run(linked, point, numbers, steps=20, tol=1e-8)
        many = run_many(linked, np.array([point, np.ones(len(point)), point]), numbers, steps=20, tol=1e-8, exact=True)
        assert (many.stops[2], many.steps[2]) == (alone.stop.code, alone.steps), (text, method, point)
        position = np.array(alone.block.read(alone.steps, 0, linked.count))
        assert many.positions[0].tobytes() == many.positions[2].tobytes() == position.tobytes(), (text, method, point)


NUMBERS = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.5,
    -3.7,
    1e-300,
    5e-324,
    1e300,
    -1e300,
    1e16,
    710.0,
    -746.0,
    0.1,
    float("inf"),
    float("nan"),
]


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_the_bits_of_the_table(name: str) -> None:
    """One function for each operation, at every pair or triple of unusual numbers and at random ones."""
    import ctypes
    from itertools import product

    from steepest.targets.llvm_ir import DECLARATIONS, Code

    assert is_available()
    operation = OPERATIONS[name]
    parts = [f"%a{index}" for index in range(operation.arity)]
    code = Code(library_addresses())
    result = code.operation(name, *parts)
    head = f"define double @one({', '.join(f'double {part}' for part in parts)}) {{"
    engine = compile_functions("\n".join([DECLARATIONS, head, *code.lines, f"  ret double {result}", "}"]))
    function = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * operation.arity)(engine.get_function_address("one"))
    chosen = random.Random(1)
    points = list(product(NUMBERS, repeat=operation.arity))
    points += [tuple(chosen.gauss(0, 1) * 10 ** chosen.uniform(-8, 8) for _ in parts) for _ in range(3000)]
    for point in points:
        wanted, found = float(operation.value(*point)) if known(name, point) else None, function(*point)
        if wanted is not None:
            assert np.float64(found).tobytes() == np.float64(wanted).tobytes() or (found != found and wanted != wanted), point


def known(name: str, point: tuple[float, ...]) -> bool:
    """Whether the table has a value: a formula's sigmoid and softplus are computed from numbers that are not NaN."""
    try:
        OPERATIONS[name].value(*point)
    except (OverflowError, ValueError):
        return False
    return True


def test_a_module_that_is_not_valid_is_one_line() -> None:
    assert is_available()
    with pytest.raises(InputError, match="a mistake in steepest") as caught:
        compile_functions("define double @one() { ret i32 0 }")
    assert "\n" not in str(caught.value)
