"""Sweeps: every cell is the run that it would be alone, and the facts about gradient descent come out of them."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import steepest
from steepest.errors import InputError, SteepestError
from steepest.objectives.formula import read_objective
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.sweep import sweep as sweeps
from steepest.runs.sweep.definition import Definition, read_definition
from steepest.runs.sweep.description import described
from steepest.runs.sweep.endings import ENDINGS
from steepest.runs.sweep.engine import run_cells
from steepest.runs.sweep.sweep import Sweep
from steepest.targets.many import runs as many_runs


def ending_words(found: Sweep) -> Any:
    return np.array(ENDINGS)[found.ending]


def check_cells(definition: Definition, count: int = 40) -> None:
    """Cells are the runs that `steepest.descend` makes, bit for bit."""
    found = run_cells(definition, 0, definition.size)
    for cell in np.random.default_rng(1).permutation(definition.size)[:count].tolist():
        alone = definition.trajectory(cell)
        assert (ENDINGS[found.ending[cell]], found.steps[cell]) == (alone.ending, alone.steps), cell
        assert found.position[cell].tobytes() == alone.positions[-1].tobytes()
        assert found.value[cell] == alone.values[-1] or math.isnan(alone.values[-1])
        if found.first is not None:
            assert definition.below is not None
            below = np.flatnonzero(alone.values < definition.below)
            assert found.first[cell] == (below[0] if len(below) else -1)


# The facts.


@pytest.mark.parametrize(
    ("lr", "points"), [(1.1, (0.814551627, 1.116062971)), (1.24, (0.680465626, 1.133545838, 0.73305452, 1.153580429))]
)
def test_a_double_well_cycles_above_its_bound(lr: float, points: tuple[float, ...]) -> None:
    found = steepest.sweep("(x^2-1)^2/4", {"lr": [0.9, lr, 2.0, 2.05]}, start=0.3, steps=3000)
    assert ending_words(found).tolist() == ["converged", "step_limit", "step_limit", "diverged"]
    assert found.minimum.tolist() == [0, -1, -1, -1]
    np.testing.assert_allclose(found.minima, [[1.0]], atol=1e-12)
    assert min(abs(found.position[1, 0] - point) for point in points) < 1e-8
    assert found.at(lr=lr).positions[-1].tobytes() == found.position[1].tobytes()


def test_himmelblau_has_four_basins() -> None:
    line = steepest.linear(-5, 5, 256)
    found = steepest.sweep("himmelblau", {"x": line, "y": line}, lr=0.01, steps=3000)
    assert found.counts() == {"converged": 65536}
    assert sorted(np.unique(found.minimum)) == [0, 1, 2, 3]
    assert np.abs(found.minima[found.minimum] - found.position).max() < 1e-5
    assert found.minimum_names[0] == "minimum (3, 2)"
    x, y = found.minima.T
    assert np.abs((x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2).max() < 1e-20


@pytest.mark.parametrize(("lr", "beta"), [(0.05, 0.95), (0.2, 0.9), (0.1, 0.99)])
def test_the_heavy_ball_shrinks_by_the_root_of_beta_where_its_roots_are_complex(lr: float, beta: float) -> None:
    found = steepest.sweep(
        "x^2 + 10y^2", {"lr": [lr / 10], "beta": [beta]}, optimizer="heavy_ball", start=(1, 0), steps=4000, tol=0, rate=True
    )
    assert found.rate is not None
    assert found.rate[0, 0] == pytest.approx(math.sqrt(beta), rel=2e-3)


def test_the_heavy_ball_is_stable_below_two_plus_two_beta() -> None:
    """On x^2/2 from 1, with curvature 1."""
    beta = np.linspace(0, 0.9, 19)
    found = steepest.sweep(
        "x^2/2", {"lr": steepest.linear(0.05, 4.05, 401), "beta": beta}, optimizer="heavy_ball", start=1, steps=6000, tol=0
    )
    lr = found.axes[0].values.array
    stable = np.abs(found.position[..., 0]) < 1.5
    inside, outside = lr[:, None] < (2 + 2 * beta) * 0.999, lr[:, None] > (2 + 2 * beta) * 1.001
    assert stable[inside].all() and not stable[outside].any()


def test_descent_on_a_quadratic_has_the_rates_of_the_closed_form() -> None:
    found = steepest.sweep("x^2/2 + 5y^2", {"lr": [0.181818181818, 0.1, 0.05]}, start=(1, 1), steps=400, tol=0, rate=True)
    assert found.rate is not None
    np.testing.assert_allclose(found.rate, [9 / 11, 0.9, 0.95], rtol=1e-6)


# Cells are single runs.


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_cell_is_a_single_run(name: str) -> None:
    second = {"lr": steepest.log(1e-4, 3, 6)} if "lr" in steepest.optimizer(name).hyperparameters else {"y": [0.5, 1.0]}
    over = {**second, "x": steepest.linear(-2, 2, 3)}
    check_cells(read_definition("sin(x)*cos(y) + (x^2 + y^2)/8", over, optimizer=name, start=(1, 0.5), steps=60), 8)


@pytest.mark.parametrize(
    ("formula", "over", "about"),
    [
        (
            "rosenbrock", {"lr": steepest.log(1e-5, 1e-1, 20), "beta": steepest.linear(0, 0.99, 20)},
            {"optimizer": "momentum", "steps": 300, "below": 0.5},
        ),
        ("x - log(x) + y^2", {"x": steepest.linear(-1, 4, 30), "lr": steepest.linear(0.05, 1.2, 10)}, {"start": (1, 1)}),
        ("exp(x) + exp(-x) + y^4", {"lr": steepest.log(1e-2, 10, 40), "y": [-3.0, 1.0]}, {"start": (2, 1), "gtol": 1e-3}),
        ("x^2 + y^2", {"temperature": [0.0, 0.1, 3.0], "seed": range(7)}, {"optimizer": "noisy_gd(lr=0.1)", "start": (1, 2)}),
        ("sqrt(x) + y^2", {"seed": range(9), "lr": [0.1, 2.0]}, {}),
        ("x^2", {"k": [0.0, 0.5, 2.0], "lr0": [0.1, 0.2], "x": [1, 2]}, {"settings": {"lr": "lr0/(1+k*t)"}}),
        ("f(x, y) = x^2 + k*y^2", {"k": [1.0, 10.0, 1e200], "lr": [0.01, 0.05]}, {"start": (1, 1)}),
        (
            "x^2 + k*y^2", {"k": [1.0, 2.0], "optimizer": ["gd", "adam", "momentum(beta=0.5)"], "lr": [0.01, 0.05]},
            {"let": {"k": 1}, "start": (1, 1)},
        ),
        ("x^4 + y^2", {"lr": [1e-9, 1e-8, 1e-3, 0.1]}, {"start": (1, 1), "steps": 50}),
        ("himmelblau", {"x": steepest.linear(-9, 9, 25), "y": steepest.linear(-9, 9, 25)}, {"settings": {"lr": 0.02}}),
        ("x/(y^2 - 1) + x^2", {"y": steepest.linear(-2, 2, 41), "x": [0.0, 1.0]}, {}),
    ],
)  # fmt: skip
def test_cells_are_single_runs_on_any_axis(formula: str, over: dict[str, Any], about: dict[str, Any]) -> None:
    check_cells(read_definition(formula, over, **about))


def test_without_llvm_the_cells_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    about: dict[str, Any] = {"over": {"lr": steepest.log(1e-3, 3, 12), "x": [0.5, 2.0]}, "steps": 40, "below": 0.3, "rate": True}
    wanted = steepest.sweep("x - log(x)", **about)
    monkeypatch.setattr(many_runs, "is_available", lambda: False)
    found = steepest.sweep("x - log(x)", **about)
    for name in ("ending", "steps", "value", "position", "minimum", "first"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


def test_a_fit_is_swept_over_batches_and_rates() -> None:
    found = steepest.sweep("price ~ w*size + b", {"lr": [1e-7, 1e-6], "batch": [1, 8, "full"]}, data="houses", steps=40, seed=3)
    for i, lr in enumerate((1e-7, 1e-6)):
        for j, batch in enumerate(("1", "8", "full")):
            alone = steepest.fit("houses", "price ~ w*size + b", lr=lr, batch=batch, steps=40, seed=3)
            assert found.position[i, j].tobytes() == alone.positions[-1].tobytes()
            assert found.value[i, j] == alone.objective.value(alone.positions[-1].tolist())
    assert found.axes[1].values.array.tolist() == ["1", "8", "full"]


def test_other_libraries_are_swept_run_by_run() -> None:
    found = steepest.sweep("x^2 + y^2", {"lr": [0.1, 0.2]}, optimizer="torch:SGD", start=(1, 2), steps=5)
    np.testing.assert_allclose(found.position[0], 0.8**5 * np.array([1, 2]))
    np.testing.assert_allclose(found.position[1], 0.6**5 * np.array([1, 2]))


def test_fast_cells_are_close() -> None:
    over = {"x": steepest.linear(-2, 2, 33), "y": steepest.linear(-2, 2, 33)}
    exact, fast = (steepest.sweep("sin(x)*cos(y) + exp(x/4)", over, lr=0.1, steps=6, tol=0, fast=fast) for fast in (False, True))
    np.testing.assert_allclose(exact.position, fast.position, rtol=1e-12, atol=1e-12)


# What a sweep gives.


@pytest.fixture(scope="module")
def found() -> Sweep:
    over = {"lr": steepest.log(1e-5, 1e-1, 30), "beta": steepest.linear(0, 0.99, 20)}
    return steepest.sweep("rosenbrock", over, optimizer="momentum", steps=500, below=1e-3, rate=True)


def test_at_is_the_nearest_cell(found: Sweep) -> None:
    run = found.at(lr=1e-3, beta=0.9)
    i, j = found.index_of({"lr": 1e-3, "beta": 0.9})
    lr, beta = found.axes[0].values.array, found.axes[1].values.array
    assert i == np.argmin(np.abs(np.log(lr / 1e-3))) and j == np.argmin(np.abs(beta - 0.9))
    assert run.settings == {"lr": lr[i], "beta": beta[j]}
    assert run.positions[-1].tobytes() == found.position[i, j].tobytes()


def test_the_best_is_the_least(found: Sweep) -> None:
    best = found.best("value")
    assert best.value == np.nanmin(np.where(found.ending <= 1, found.value, np.inf))
    assert found.at(**best.settings).values[-1] == best.value
    column = found.index_of({"lr": 1e-3, "beta": 0.5})[1]
    assert found.best("value", beta=0.5).index[1] == column
    assert found.first is not None
    assert found.first[found.best("first").index] == found.first[found.first >= 0].min()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda found: found.at(lr=1e-3), "say beta, too"),
        (lambda found: found.at(lr=1e-3, bta=1), "did you mean beta?"),
        (lambda found: found.at(lr=2, beta=0.5), "lr goes from 1e-5 to 0.1, and 2 is beyond"),
        (lambda found: found.at(lr="x", beta=0.5), "finite numbers"),
        (lambda found: found.best("valu"), "did you mean value?"),
    ],
)  # fmt: skip
def test_what_is_no_cell_is_refused_in_one_line(found: Sweep, call: Any, message: str) -> None:
    with pytest.raises(InputError, match="(?s)" + message.replace("?", r"\?")) as error:
        call(found)
    assert "\n" not in str(error.value)


def test_minima_are_found_where_the_gallery_knows_none() -> None:
    over = {"x": steepest.linear(-2, 2, 40), "y": steepest.linear(-2, 2, 40)}
    found = steepest.sweep("x^4 - 3x^2 + x + y^2", over, lr=0.02, steps=500)
    roots = np.sort([root.real for root in np.roots([4, 0, -6, 1]) if root * root > 0.5])
    np.testing.assert_allclose(np.sort(found.minima[:, 0]), roots, atol=1e-12)
    assert found.minimum_names == tuple(f"found ({x:.6g}, 0)" for x in found.minima[:, 0])
    assert (found.minimum >= 0).all()


def test_a_coordinate_that_is_zero_but_for_rounding_is_called_zero() -> None:
    over = {"x": steepest.linear(-2, 7, 31), "y": steepest.linear(-2, 2, 31)}
    found = sweeps.sweep("-exp(-x^2-y^2)-exp(-(x-5)^2-y^2)", over, optimizer="gd(lr=0.2)", steps=3000)
    assert found.minimum_names == ("found (6.94397e-11, 0)", "found (5, 0)")  # the slope of the second at 0 is 10*exp(-25)


def test_saddles_and_maxima_are_no_minima() -> None:
    over = {"x": [0.0, 1.0], "y": [0.0]}
    found = steepest.sweep("(x^2-1)^2 + y^2", over, lr=0.05, steps=400)
    assert ending_words(found).ravel().tolist() == ["converged", "converged"]
    assert found.minimum.ravel().tolist() == [-1, 0]


def test_a_valley_has_no_minimum_of_its_own() -> None:
    line = steepest.linear(-2, 2, 20)
    found = steepest.sweep("(x - y)^2", {"x": line, "y": line}, lr=0.2, steps=200)
    assert len(found.minima) == 0 and (found.minimum == -1).all()


def test_a_flat_minimum_is_found() -> None:
    found = steepest.sweep("x^4", {"x": steepest.linear(-1, 1, 11)}, lr=0.1, steps=5000)
    assert found.minima.tolist() == [[0.0]]


def test_each_constant_has_minima_of_its_own() -> None:
    found = steepest.sweep("f(x) = (x-k)^2", {"k": [1.0, 2.0], "lr": [0.1, 0.4]}, start=0, steps=400)
    assert found.minima[found.minimum][..., 0].tolist() == [[1.0, 1.0], [2.0, 2.0]]


def test_ctrl_c_keeps_what_is_done() -> None:
    def interrupt(done: int, count: int) -> None:
        if done >= 131_072:
            raise KeyboardInterrupt

    found = steepest.sweep("x^2", {"x": steepest.linear(-2, 2, 400_000)}, steps=20, tol=0, progress=interrupt)
    done = ending_words(found) == "step_limit"
    assert 0 < done.sum() < 400_000 and (ending_words(found)[~done] == "interrupted").all()
    assert np.isnan(found.value[~done]).all() and found.interrupted


def test_progress_counts_the_runs() -> None:
    calls: list[tuple[int, int]] = []
    steepest.sweep("x^2", {"x": steepest.linear(-2, 2, 300_000)}, steps=20, progress=lambda *call: calls.append(call))
    assert calls[-1] == (300_000, 300_000) and calls == sorted(calls)


# What is asked for.


@pytest.mark.parametrize(
    ("over", "about", "message"),
    [
        ({}, {}, "a sweep goes over something"),
        ([], {}, "a sweep goes over something"),
        (["lr = linear(0, 1, 0)"], {}, "at least one value"),
        (["lr = "], {}, "lr has no values"),
        (["seed = 5:5"], {}, "seed has no values"),
        (["lr = linear(0, nan, 5)"], {}, "finite numbers, not nan"),
        (["lr = 1, inf"], {}, "finite numbers, not inf"),
        ({"lr": [math.nan]}, {}, "finite numbers, not nan"),
        ({"lr": np.array([1.0, np.nan])}, {}, "finite numbers, not nan"),
        (["lr = log(0, 1, 5)"], {}, "one positive number to another"),
        (["lr = log(1, 2)"], {}, "how many values"),
        (["lr = linear(1, 1, 10)"], {}, "both are 1"),
        ({"lr": ["1"]}, {}, "finite numbers, not '1'"),
        (["lr = log(3, 3, 2)"], {}, "both are 3"),
        (["lr = linear(-1e308, 1e308, 9)"], {}, "from -1e308 to 1e308 is further than"),
        (["seed"], {}, 'say over which values: --over "seed = 0:100"'),
        (["optimizer = "], {}, "write such as optimizer = gd, momentum"),
        (["lr = logspace(1, 2, 5)"], {}, "log takes the two ends"),
        (["lr = linear(0, 1, 2.5)"], {}, "whole number of values"),
        (["lrr = 1, 2"], {}, "did you mean lr?"),
        (["beta = 1, 2"], {}, "nothing is called 'beta'"),
        (["beta = 1, 2"], {"optimizer": ["gd", "momentum"]}, "gd has no hyperparameter beta"),
        (["lr"], {}, "say over which values"),
        (["lr = 1, 2"], {"settings": {"lr": 3}}, "varied and set"),
        (["lr = 1, 2"], {"optimizer": "gd(lr=1)"}, "varied and set"),
        (["x", "lr = 1", "seed = 1", "x = 2"], {}, "two axes called x"),
        (["x", "lr = 1", "seed = 1", "optimizer = gd", "q = 1"], {}, "one to 4 axes, not 5"),
        (["steps = 1, 2"], {}, "no axis can be called steps"),
        (["seed = 0.5"], {}, "seeds are whole numbers"),
        (["seed = -1"], {}, "from 0 to"),
        (["seed = 0:5000000000"], {}, "a seed is a whole number from 0 to 4294967295"),
        (["seed = 3:-9:-4"], {}, "from 0 to"),
        (["batch = 1, 2"], {}, "rows of a fit"),
        (["optimizer = gd, gd"], {}, "there twice"),
        (["optimizer = gdd"], {}, "did you mean gd?"),
        (["x y = 1"], {}, "name of what it varies"),
        (["lr = 1, two"], {}, "unknown name 'two'"),
        ("lr", {}, "say over which values"),
        (3, {}, "over is a mapping"),
        ({"lr": [True]}, {}, "finite numbers"),
        ({"lr": [[1, 2]]}, {}, "finite numbers"),
        (["lr = log(1e-5, 1e-1, 1000000)", "x = linear(0, 1, 1000000)"], {}, "1,000,000,000,000 cells take 23 TB of memory"),
        (["lr = log(1e-5, 1e-1, 99999999999999999999)"], {}, "at most 2\\^62 values"),
    ],
)  # fmt: skip
def test_what_is_no_sweep_is_refused_in_one_line(over: Any, about: dict[str, Any], message: str) -> None:
    with pytest.raises(SteepestError, match=message.replace("?", r"\?")) as error:
        sweeps.run_sweep(read_definition("x^2", over, start=1, **about))
    assert len(str(error.value).splitlines()) <= 3


def test_a_batch_that_cannot_be_taken_is_refused_before_any_run() -> None:
    with pytest.raises(InputError, match="64 rows cannot be taken from 60 rows"):
        read_definition("price ~ w*size + b", ["batch = 1, 64"], data="houses")


NAMES = st.sampled_from(["lr", "x", "y", "beta", "seed", "q", "optimizer", "batch", "steps", ""])
NUMBERS = st.sampled_from(["0", "1", "-2.5", "1e-3", "nan", "inf", "pi/2", "x", "", "1e400", "10**9", "gd", "full", "0:3", "3:0"])
LISTS = st.lists(NUMBERS, max_size=3).map(", ".join)
CALLS = st.tuples(st.sampled_from(["log", "linear", "logspace", "lin"]), LISTS).map(lambda parts: f"{parts[0]}({parts[1]})")
AXES = st.tuples(NAMES, st.sampled_from(["=", " = ", "", "=="]), st.one_of(LISTS, CALLS, NUMBERS)).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.lists(AXES, max_size=5), st.sampled_from(["gd", "momentum"]))
def test_any_axes_are_run_or_refused_in_a_line(over: list[str], optimizer: str) -> None:
    refused = ""
    try:
        definition = read_definition("x^2 + y^2", over, optimizer=optimizer, start=(1, 1), steps=3)
    except SteepestError as error:
        refused = str(error)
    if refused:
        assert len(refused.splitlines()) <= 3
        return
    if definition.size > 10_000:
        definition = read_definition("x^2 + y^2", {"lr": [0.1]})
    found = run_cells(definition, 0, definition.size)
    assert found.ending.max() <= 3 and len(found.ending) == math.prod(definition.shape)
    again = read_definition(**(described(definition) or {}))
    assert again.shape == definition.shape
    for one, other in zip(definition.axes, again.axes, strict=True):
        assert one.name == other.name and one.values.array.tobytes() == other.values.array.tobytes()


def test_the_objective_may_be_read_before() -> None:
    found = steepest.sweep(read_objective("booth"), {"lr": [0.01, 0.1]}, steps=200)
    assert found.minima.tolist() == [[1.0, 3.0]]
    with pytest.raises(InputError, match="a formula, a gallery name"):
        steepest.sweep(lambda x: x, {"lr": [1]})


def test_the_names_of_own_equations_may_be_axes() -> None:
    text = "v = b*v + g; theta = theta - c*v"
    found = steepest.sweep("x^2 + 3y^2", {"c": [0.1, 0.2], "b": [0.5, 0.9]}, optimizer=text, start=(1, 1), steps=20)
    alone = steepest.descend("x^2 + 3y^2", (1, 1), optimizer=steepest.optimizer(text, c=0.2, b=0.5), steps=20)
    assert found.position[1, 0].tobytes() == alone.positions[-1].tobytes()
    with pytest.raises(SteepestError, match="unknown name 'b'"):
        read_definition("x^2", {"c": [0.1]}, optimizer=text, start=1)
    fixed = read_definition("x^2", {"c": [0.1]}, optimizer=text, settings={"b": 0.9}, start=1)
    assert run_cells(fixed, 0, 1).steps[0] > 0


@pytest.mark.parametrize("shape", [(7,), (1, 1), (3, 5), (2, 3, 4), (5, 1, 3), (2, 2, 3, 2)])
def test_the_indices_of_consecutive_cells(shape: tuple[int, ...]) -> None:
    names = ["x", "y", "lr", "seed"][: len(shape)]
    over = {name: list(range(1, size + 1)) for name, size in zip(names, shape, strict=True)}
    definition = read_definition("himmelblau", over, steps=1)
    for first in range(definition.size):
        for last in range(first + 1, definition.size + 1):
            between = definition.indices_between(first, last)
            np.testing.assert_array_equal(between, definition.indices(np.arange(first, last)))
