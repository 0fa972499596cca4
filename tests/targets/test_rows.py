"""Sums over rows: the same in the language, in NumPy and as machine code, on any number of threads; and runs over data."""

import _thread
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.targets.test_gears import recorded

from steepest.data.batches import ORDERS, Batches
from steepest.language.expression import evaluate as evaluate_expression
from steepest.objectives.data import DataObjective, objective
from steepest.objectives.fit import read_fit
from steepest.optimizers.optimizer import constant_settings, schedules
from steepest.optimizers.reading import optimizer
from steepest.runs.descent import descend
from steepest.runs.fitting import fit
from steepest.tape.compile import function_tape, program
from steepest.tape.program import Program, Stop
from steepest.tape.tape import RowTapes
from steepest.targets.arrays import evaluate
from steepest.targets.llvm import is_available
from steepest.targets.python import PythonGear
from steepest.targets.reference import results
from steepest.targets.rows import sums as rows_module
from steepest.targets.rows.batch_kernel import rows_between
from steepest.targets.rows.chunk_sums import slots as slots_of
from steepest.targets.rows.gear import RowGear
from steepest.targets.rows.sums import RowSums
from steepest.targets.runner import Outcome, run

Array = NDArray[np.float64]
COUNTS = (1, 7, 8, 9, 4095, 4096, 4097, 10_000)
ENDLESS = 1 << 60  # steps ahead, for which everything is compiled
POSITION = (0.7, -1.3)
ARITHMETIC = ("{} + {}", "{} - {}", "{}*{}", "{}/(1 + ({})^2)", "min({}, {})", "max({}, {})", "where({} < {}, x, a*y)")
FUNCTIONS = (
    "exp(-({})^2) + {}", "log(1 + ({})^2)*{}", "sin({}) - cos({})", "tanh({})/(2 + sin({}))", "sigmoid({}) + softplus({})",
    "sqrt(1 + ({})^2) + {}", "hypot({}, {})", "atan({})*{}", "erf({}) + {}", "(1 + ({})^2)^(y/4) + {}",
)  # fmt: skip


@contextmanager
def without_llvm() -> Iterator[None]:
    """As where llvmlite is not installed."""
    with patch("steepest.targets.llvm.is_available", lambda: False):
        yield


def table(count: int, seed: int = 0) -> dict[str, Array]:
    chosen = np.random.default_rng(seed)
    return {"x": chosen.normal(size=count), "y": chosen.normal(size=count)}


def formula(chosen: random.Random, operations: tuple[str, ...]) -> str:
    """A random formula over the columns x and y, with the parameters a and b; sums stand in sums."""

    def row(depth: int, level: int) -> str:
        if not depth:
            return chosen.choice(("x", "y", "x", "a", "b", "1.5"))
        if level and chosen.random() < 0.15:
            return f"{chosen.choice(('mean', 'sum'))}({row(depth - 1, level - 1)} + 0.1x)/{chosen.choice((3, 7))}"
        return f"({chosen.choice(operations).format(row(depth - 1, level), row(depth - 1, level))})"

    return f"mean({row(3, 2)} + a*b*x) + sum({row(2, 1)} + y)/9"


def over(text: str, columns: dict[str, Array]) -> tuple[DataObjective, RowTapes]:
    """A formula over data, and the tapes of its sums."""
    made = objective(f"f(a, b) = {text}", columns)
    assert isinstance(made, DataObjective)
    rows = function_tape(made.expression, made.names, False).rows
    assert rows is not None
    return made, rows


def in_numpy(rows: RowTapes, batches: Batches | None = None, step: int | None = None) -> list[float]:
    with without_llvm():
        return RowSums(rows, batches).at(POSITION, step)


def in_machine_code(rows: RowTapes, batches: Batches | None = None, step: int | None = None, threads: int = 1) -> list[float]:
    found = RowSums(rows, batches, steps=ENDLESS, threads=threads).at(POSITION, step)
    assert (step is not None) in rows.compiled
    return found


@pytest.mark.parametrize("count", COUNTS)
def test_arithmetic_has_the_same_bits_everywhere(count: int) -> None:
    assert is_available()
    chosen, columns = random.Random(count), table(count)
    for turn in range(12 if count < 4000 else 5):
        made, rows = over(formula(chosen, ARITHMETIC), columns)
        expected = in_numpy(rows)
        assert in_machine_code(rows) == in_machine_code(rows, threads=2) == in_machine_code(rows, threads=3) == expected, made.text
        if turn < 2:
            tape = function_tape(made.expression, made.names, False)
            known = evaluate_expression(made.expression, dict(zip(made.names, POSITION, strict=True)))
            assert results(tape, POSITION)[tape.outputs["f"][0]] == pytest.approx(known, rel=1e-13), made.text


@pytest.mark.parametrize("count", COUNTS)
def test_plain_sums_have_the_bits_of_the_language(count: int) -> None:
    for text in ("sum(x)*a + b", "mean(x*y - a*x) + b", "sum((y - (a*x + b))^2)", "mean((x - mean(x))^2) + a + b"):
        made, rows = over(text, table(count))
        known = evaluate_expression(made.expression, dict(zip(made.names, POSITION, strict=True)))
        tape = function_tape(made.expression, made.names, False)
        in_machine_code(rows)  # from here on there is a kernel
        assert results(tape, POSITION)[tape.outputs["f"][0]] == known


def test_functions_agree() -> None:
    chosen = random.Random(4)
    for count in (1, 9, 100, 4097):
        for _ in range(8):
            made, rows = over(formula(chosen, ARITHMETIC[:4] + FUNCTIONS), table(count))
            expected, sizes = in_numpy(rows), sum_of_sizes(made, rows)
            found = in_machine_code(rows)
            assert found == in_machine_code(rows, threads=2)
            for mine, known, size in zip(found, expected, sizes, strict=True):
                assert mine == pytest.approx(known, rel=1e-12, abs=1e-12 * size), made.text


def sum_of_sizes(made: DataObjective, rows: RowTapes) -> list[float]:
    """For each sum or mean, that of the absolute values of its rows, next to which it is exact."""
    with without_llvm():
        sums, found = RowSums(rows), list[float]()
        known = sums.at(POSITION)
        for tape, columns in zip(rows.stages, sums.columns, strict=True):
            before = known[: len(found)]
            slots = slots_of(tape, [*POSITION, *before, *columns])
            found += [float(np.abs(np.broadcast_to(slots[slot], (made.table.rows,))).sum()) for (slot,) in tape.outputs.values()]
    return found


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.0])
@pytest.mark.parametrize("place", [0, 7, 8, 10])
def test_one_unusual_row(value: float, place: int) -> None:
    """It reaches the sum, wherever it stands; and what lies behind the last row never does."""
    for text in ("sum(x*y) + a + b", "mean(x + y) + a + b", "sum(where(x > 0, a/x, y)) + b"):
        longer = np.full(30, np.nan)
        columns = table(11)
        columns["x"][place] = value
        longer[3:14] = columns["x"]
        made, rows = over(text, table(11))
        sums, kernel = RowSums(rows), RowSums(rows, steps=ENDLESS, threads=1)
        for each in (sums, kernel):
            for stage, names in zip(each.columns, rows.columns, strict=True):
                stage[:] = [longer[3:14] if name == "x" else columns[name] for name in names]
        with without_llvm():
            expected = sums.at(POSITION)
        np.testing.assert_array_equal(kernel.at(POSITION), expected, made.text)


def test_columns_that_are_not_contiguous() -> None:
    whole = np.random.default_rng(1).normal(size=(500, 3))
    apart, rows = over("mean((y - a*x)^2) + b", {"x": whole[:, 0], "y": whole[:, 2]})
    assert apart.table.rows == 500 and in_machine_code(rows) == in_numpy(rows)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("count", "size"), [(1, 1), (7, 3), (64, 64), (65, 8), (1000, 37), (5000, 4099)])
def test_batches(order: str, count: int, size: int) -> None:
    """Of every step, in NumPy and as machine code: those of `Batches.row`, and sums over them."""
    batches = Batches(count, size, order, seed=5)
    last = 3 * batches.steps_an_epoch + 2
    rows = [batches.row(step, place) for step in range(1, last + 1) for place in range(batches.length(step))]
    assert rows_between(batches, 1, last).tolist() == batches.between(1, last).tolist() == rows
    assert rows_between(batches, 2, last).tolist() == rows[batches.length(1) :]
    columns = table(count)
    whole, tapes = over("mean(x*y - a*x) + sum(y/(1 + x^2) - mean(b*x)) + a", columns)
    for step in (1, 2, batches.steps_an_epoch, last):
        taken = batches.at(step)
        part, own = over(
            "mean(x*y - a*x) + sum(y/(1 + x^2) - mean(b*x)) + a", {name: column[taken] for name, column in columns.items()}
        )
        assert in_machine_code(tapes, batches, step) == in_numpy(tapes, batches, step) == in_numpy(own)
        assert (whole.table.rows, part.table.rows) == (count, len(taken))


def test_batches_far_from_the_first_step() -> None:
    chosen = random.Random(3)
    for _ in range(200):
        rows = chosen.choice((2, 63, 64, 65, 4096, 2**20 + 1, 2**31, chosen.randrange(1, 10**6)))
        batches = Batches(rows, chosen.randrange(1, min(rows, 500) + 1), chosen.choice(list(ORDERS)), chosen.randrange(2**32))
        first = chosen.randrange(1, 10**9)
        expected = np.concatenate([batches.at(step) for step in range(first, first + 9)])
        np.testing.assert_array_equal(rows_between(batches, first, first + 8), expected)


def linked(made: DataObjective, method: str = "gd") -> tuple[Program, dict[str, float]]:
    """The program of an optimizer on a formula over data, and its hyperparameters."""
    chosen = optimizer(method)
    values = chosen.resolve({}, {"lr": 0.05, "f_star": 0.0})
    found = program(chosen.equations, tuple(schedules(values).items()), made.expression, made.names)
    return found, dict(constant_settings(values))


def through(gear: Any, made: DataObjective, method: str = "gd", **limits: Any) -> Outcome:
    found, numbers = linked(made, method)
    seed = limits.get("seed", 0)
    return run(found, POSITION, numbers, gear=gear, batches=made.batches(seed), **{"steps": 60, "tol": 0.0} | limits)


def with_batch(made: DataObjective, batch: int | None, order: str = "shuffle") -> DataObjective:
    return DataObjective(made.expression, made.names, typed=made.typed, table=made.table, batch=batch, order=order)


METHODS = ("gd", "momentum", "adam", "gd(lr=0.1/t)", "theta = theta - 0.05*grad(theta - 0.02*g) + 0.01*noise()")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("batch", [None, 1, 8, 13])
def test_both_gears_give_the_same_bits(method: str, batch: int | None) -> None:
    made, _ = over("mean((y - (a*x + b))^2) + mean((x - mean(a*x))^2)/3", table(100))
    chosen = with_batch(made, batch)
    with without_llvm():
        one = through(PythonGear, chosen, method)
    other = through(RowGear, chosen, method)
    assert one.stop is other.stop is Stop.LIMIT and other.steps == 60
    assert recorded(one)[:-1].tobytes() == recorded(other)[:-1].tobytes()
    width = linked(chosen, method)[0].columns["g"].stop
    assert recorded(one)[-1, :width].tobytes() == recorded(other)[-1, :width].tobytes()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("gear", [PythonGear, RowGear])
def test_every_gradient_is_that_of_its_batch(order: str, gear: Any) -> None:
    """By hand: the mean of -2(y - (ax + b))x and of -2(y - (ax + b)) over the rows of the step's batch."""
    columns = table(50)
    made = with_batch(over("mean((y - (a*x + b))^2)", columns)[0], 12, order)
    batches = made.batches(9)
    found = through(gear, made, seed=9, steps=30)
    names = linked(made)[0].columns
    assert batches is not None and found.steps == 30
    for step in range(1, 31):
        row, taken = recorded(found)[step - 1], [batches.row(step, place) for place in range(batches.length(step))]
        a, b = row[list(names["theta"])]
        error = columns["y"][taken] - (a * columns["x"][taken] + b)
        expected = [(error**2).mean(), (-2 * error * columns["x"][taken]).mean(), (-2 * error).mean()]
        np.testing.assert_allclose(row[[*names["f"], *names["g"]]], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("batch", [None, 5])
@pytest.mark.parametrize(
    ("text", "limits", "stop"),
    [
        ("mean((y - (a*x + b))^2)*1e3", {"steps": 400}, Stop.LEFT),  # diverges
        ("mean(x*x)*tanh(a) + tanh(b)", {"steps": 40, "method": "theta = 1e200*theta^2 + 0*g"}, Stop.BROKEN),
        ("mean(log(a + x/9)) + b^2", {"steps": 400}, Stop.LEFT),  # leaves the domain
        ("mean((x - a)^2 + (2y/y - b)^2)", {"steps": 2000, "tol": 1e-6}, Stop.STEP),
        ("mean((x/x - a)^2 + (2y/y - b)^2)", {"steps": 2000, "gtol": 1e-3}, Stop.GRADIENT),
    ],
)
def test_runs_end_alike(text: str, limits: dict[str, Any], stop: Stop, batch: int | None) -> None:
    if batch and stop is Stop.STEP:
        limits = {**limits, "steps": 50, "tol": 0.03}
    if batch and stop is Stop.GRADIENT:  # the gradient of a batch says nothing
        limits, stop = {**limits, "steps": 50}, Stop.LIMIT
    made = with_batch(over(text, table(20))[0], batch)
    with without_llvm():
        one = through(PythonGear, made, **limits)
    other = through(RowGear, made, **limits)
    assert one.stop is other.stop is stop and one.steps == other.steps and one.failure == other.failure
    width = linked(made)[0].columns["g"].stop
    np.testing.assert_allclose(recorded(one)[:, :width], recorded(other)[:, :width], rtol=1e-11)


def test_a_row_that_has_no_value() -> None:
    """Row 4 has the first logarithm of a negative number, wherever the run stands then."""
    columns = {"x": np.array([3.0, 2.0, 5.0, 0.5, 4.0]), "y": np.ones(5)}
    for gear in (PythonGear, RowGear):
        found = through(gear, over("mean(log(x + a)*y) + b^2", columns)[0], steps=500)
        assert found.stop in (Stop.LEFT, Stop.BROKEN) and found.failure is not None
        assert (found.failure.place, found.failure.operation) == ("row 4", "log")


def test_the_runner_chooses() -> None:
    """Small work stays in NumPy, much of it is compiled, and a large table is added on threads by the first gear."""
    small = read_fit("y ~ a*x + b", table(20))
    found, numbers = linked(small)
    run(found, POSITION, numbers, steps=5, tol=0.0)
    assert ("rows", False) not in found.compiled
    run(found, POSITION, numbers, steps=100_000, tol=0.0)
    assert ("rows", False) in found.compiled
    large = read_fit("y ~ a*x + b", table(20))
    found, numbers = linked(large)
    run(found, POSITION, numbers, steps=20_000, tol=0.0, threads=2)
    assert ("rows", False) not in found.compiled
    assert found.step.rows is not None and False in found.step.rows.compiled


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("batch", [None, 500])
def test_an_interrupt_keeps_what_was_computed(threads: int, batch: int | None) -> None:
    made = read_fit("y ~ a*x + b", table(5000), batch=batch)
    found, numbers = linked(made)

    def progress(done: int, limit: int) -> None:
        if done:
            _thread.interrupt_main()

    steps = 300_000
    outcome = run(
        found, POSITION, {"lr": 1e-6}, steps=steps, tol=0.0, batches=made.batches(0), threads=threads, progress=progress
    )  # fmt: skip
    assert outcome.stop is Stop.INTERRUPTED and 0 < outcome.steps < steps
    names = found.columns
    last = recorded(outcome)[-1]
    assert np.isfinite(last[: names["g"].stop]).all() and last[0] != POSITION[0] and numbers


def test_without_llvmlite() -> None:
    columns = table(300)
    with without_llvm():
        one = fit(columns, "y ~ w*x + b", batch=20, steps=40_000 // 20, lr=0.01, tol=0.0)
        assert descend(objective("mean((y - a*x)^2)", columns), steps=20_000, tol=0.0).steps == 20_000
    other = fit(columns, "y ~ w*x + b", batch=20, steps=40_000 // 20, lr=0.01, tol=0.0)
    assert one.positions.tobytes() == other.positions.tobytes()
    assert other.record.program is not None and ("rows", True) in other.record.program.compiled


@pytest.mark.parametrize("count", [3, 60, 5000])
def test_many_positions(count: int) -> None:
    """A grid has at each place the number that the position has alone."""
    made, rows = over("mean((y - (a*x + b))^2) + sum((x - mean(a*x))^2)/3 + b*sum(x)", table(count))
    tape, grid = function_tape(made.expression, made.names, False), [np.linspace(-2, 2, 9)[None, :], np.linspace(-1, 3, 6)[:, None]]
    slot = tape.outputs["f"][0]
    with without_llvm():
        known = evaluate(tape, grid, slot)
    with patch.object(rows_module, "COMPILING", -1e18):
        found = evaluate(tape, grid, slot)
        assert False in rows.compiled
        with patch.object(rows_module, "THREADED", 0.0):
            assert evaluate(tape, grid, slot).tobytes() == found.tobytes()
    assert found.tobytes() == known.tobytes()
    assert found[4, 7] == made.value([grid[0][0, 7], grid[1][4, 0]])
