"""Constants as inputs of what is compiled: another value compiles nothing, and means what the number in its place means."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.objectives.constants import LARGEST
from steepest.objectives.data import objective
from steepest.objectives.fit import read_fit
from steepest.tape import compile as caches
from steepest.tape.program import FAR
from steepest.targets import llvm, source
from steepest.targets.llvm import MachineGear
from steepest.targets.many.runs import run_many
from steepest.targets.python import PythonGear
from steepest.targets.runner import run

TABLE = {"x": [1.0, 2.0, 3.0, 4.5], "y": [2.0, 4.5, 7.0, 8.0]}


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are compiled, as Python and as machine code."""
    found: list[str] = []

    def counting(original: Callable[..., Any]) -> Callable[..., Any]:
        def compiled(*given: Any, **named: Any) -> Any:
            found.append(str(given))
            return original(*given, **named)

        return compiled

    for place in ("python", "function"):
        monkeypatch.setattr(f"steepest.targets.{place}.compiled", counting(source.compiled))
    original = llvm.compile_functions
    for place in ("llvm", "many.runs", "rows.kernel"):
        monkeypatch.setattr(f"steepest.targets.{place}.compile_functions", counting(original))
    return found


def test_another_value_compiles_nothing(compilations: list[str]) -> None:
    def both(k: float) -> None:
        function = objective("f(x, y) = x^2 + k*y^4 + log(k)*x*y", let={"k": k})
        steepest.descend(function, (1, 1), optimizer="momentum", lr=0.01, steps=40)
        steepest.descend(function, (1, 1), optimizer="adam", lr=1e-9, steps=500_000)  # machine code
        steepest.descend(function, (1, 1), optimizer="newton", steps=3)

    both(10)
    first, before = len(compilations), (caches.program.cache_info().misses, caches.function_tape.cache_info().misses)
    assert first >= 3
    both(7.25)
    assert len(compilations) == first
    assert (caches.program.cache_info().misses, caches.function_tape.cache_info().misses) == before


def test_another_value_over_rows_compiles_no_machine_code(compilations: list[str]) -> None:
    rng = np.random.default_rng(0)
    table = {"x": rng.random(2000), "y": rng.random(2000)}

    def ends(k: float) -> list[float]:
        function = objective("mean((y - w*x)^2) + k*w^2 + mean(exp(k*x*w))", table, let={"k": k})
        return list(steepest.descend(function, lr=0.01, steps=3000, tol=0).positions[-1])

    found = [ends(0.25)]
    first = sum("define" in text for text in compilations)
    assert first
    found.append(ends(0.5))
    assert sum("define" in text for text in compilations) == first
    plain = [
        steepest.descend(objective(f"mean((y - w*x)^2) + {k}*w^2 + mean(exp({k}*x*w))", table), lr=0.01, steps=3000, tol=0)
        for k in (0.25, 0.5)
    ]
    np.testing.assert_allclose(found, [each.positions[-1].tolist() for each in plain], rtol=1e-14)


EQUAL = ["x^2 + k*y^2", "k*x^4 + log(k)*y + y^2", "sin(k*x) + exp(x/k) + y^2", "(x - k)^2 + where(y < k, y^2, k*y)"]


@pytest.mark.parametrize("text", EQUAL)
@pytest.mark.parametrize("k", [10.0, -2.5, 0.1, 1.0, 1e-300])
@pytest.mark.parametrize("optimizer", ["gd", "adam", "nesterov"])
def test_the_bits_are_those_of_the_number_in_its_place(text: str, k: float, optimizer: str) -> None:
    if "log" in text and k < 0:
        k = -k
    opened = objective(f"f(x, y) = {text}", let={"k": k})
    written = steepest.objective(f"f(x, y) = {text.replace('k', f'({k!r})')}")
    runs = [steepest.descend(each, (0.5, -0.7), optimizer=optimizer, steps=30) for each in (opened, written)]
    for name in ("positions", "values", "gradients"):
        np.testing.assert_array_equal(*[getattr(each, name) for each in runs])
    assert runs[0].ending == runs[1].ending
    if runs[0].steps:
        assert str(runs[0].explain(1)) == str(runs[1].explain(1))


def test_where_a_number_would_be_multiplied_into_another_the_last_digit_may_differ() -> None:
    opened, written = (
        steepest.descend(each, (0.7,), lr=0.01, steps=40, tol=0)
        for each in (objective("f(x) = k*x^3 + x^2", let={"k": 0.3}), "0.3*x^3 + x^2")
    )
    np.testing.assert_allclose(opened.positions, written.positions, rtol=1e-15)
    assert not np.array_equal(opened.gradients, written.gradients)  # 3*(k*x^2), and (3*0.3)*x^2


@pytest.mark.parametrize(
    ("text", "let", "inputs"),
    [
        ("a*x^2 + b*x^n", {"a": 3, "b": 2, "n": 2}, ("a", "b")),  # x^2 is a product, x^2.5 is a power
        ("a*x^2 + b*sqrt(x)", {"a": 3, "b": 0}, ("a",)),  # 0*sqrt(x) has the slope 0 at 0, too
        ("a*x^2 + b*x", {"a": 1e31, "b": 2}, ("b",)),  # beyond what bounds are computed for
        ("x^2", {"k": 1}, ()),
    ],
)
def test_constants_that_decide_operations_are_in_the_formula(text: str, let: dict[str, float], inputs: tuple[str, ...]) -> None:
    function = objective(f"f(x) = {text}", let=let)
    assert function.constant_names == inputs
    written = objective("f(x) = " + text.replace("a*", f"{let.get('a')}*").replace("^n", f"^{let.get('n')}"), let=let)
    for position in ((0.0,), (2.0,)):
        assert function.value(position) == written.value(position)
        assert function.gradient(position) == written.gradient(position)
    run_ = steepest.descend(function, (0.0,), lr=0.01, steps=2)
    assert np.isfinite(run_.positions).all()


def test_bounds_on_numbers_hold_for_constants() -> None:
    assert LARGEST <= FAR


def test_the_gears_and_many_runs_agree() -> None:
    function = objective("f(x, y) = k*x^2 + y^4/k + cos(k*y)", let={"k": 3})
    program = caches.program(
        steepest.optimizer("adam").equations, (), function.compiled, function.names, function.constant_names
    )  # fmt: skip
    assert program.held == ("lr", "beta1", "beta2", "eps", "constant k")
    assert program.count == 2
    given = {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "constant k": 3.0}
    ends = []
    for gear in (PythonGear, MachineGear):
        outcome = run(program, (1, 1), given, steps=50, tol=0, gear=gear)
        ends.append(list(outcome.block.read(50, 0, program.width)))
    assert ends[0] == ends[1]
    several = run_many(program, np.ones((3, 2)), {**given, "constant k": np.array([3.0, 2.0, 0.5])}, steps=50, tol=0, exact=True)
    assert several.positions[0].tolist() == ends[0][:2]
    for row, k in ((1, 2.0), (2, 0.5)):
        alone = steepest.descend(
            objective("f(x, y) = k*x^2 + y^4/k + cos(k*y)", let={"k": k}), (1, 1), optimizer="adam", lr=0.01, steps=50, tol=0
        )
        assert several.positions[row].tolist() == alone.positions[-1].tolist()


def test_a_run_that_breaks_names_its_cause() -> None:
    found = steepest.descend(objective("f(x) = k/x + log(x)", let={"k": 2}), (0.001,), lr=1e-9, steps=5)
    written = steepest.descend("2/x + log(x)", (0.001,), lr=1e-9, steps=5)
    assert (found.ending, found.ending.message) == (written.ending, written.ending.message)


def test_what_comes_behind_a_run_has_the_constants() -> None:
    opened, written = (
        steepest.descend(each, (1, 2), optimizer="momentum", lr=0.01, steps=30)
        for each in (objective("f(x, y) = x^2 + k*y^2", let={"k": 10}), "x^2 + 10*y^2")
    )
    assert opened.objective.definition == written.objective.definition == "x^2 + 10*y^2"
    assert str(opened.diagnose()) == str(written.diagnose())
    assert str(opened.explain(2)) == str(written.explain(2))
    from steepest.compare.single_precision import in_single_precision

    np.testing.assert_array_equal(in_single_precision(opened).positions, in_single_precision(written).positions)
    import scipy

    assert scipy
    runs = [steepest.descend(each.objective, (1, 2), optimizer="scipy:BFGS") for each in (opened, written)]
    np.testing.assert_array_equal(runs[0].positions, runs[1].positions)


def test_a_fit_has_constants() -> None:
    opened = read_fit("y ~ w*exp(k*x) + b", TABLE, let={"k": 0.3}, scale="z", loss="huber")
    written = read_fit("y ~ w*exp(0.3*x) + b", TABLE, scale="z", loss="huber")
    assert opened.constant_names == ("k",)
    assert opened.written == written.written
    assert opened.exact == written.exact
    for position in ((0.0, 0.0), (1.0, 2.0)):
        assert opened.value(position) == written.value(position)
        assert opened.gradient(position) == written.gradient(position)
        assert opened.curvatures(position) == written.curvatures(position)
    fits = [
        steepest.fit(TABLE, f"y ~ w*exp({k}*x) + b", let=let, batch=2, epochs=3) for k, let in (("k", {"k": 0.3}), ("0.3", None))
    ]
    np.testing.assert_array_equal(fits[0].positions, fits[1].positions)
    assert fits[0].predict().tolist() == fits[1].predict().tolist()
    assert str(fits[0].explain(2)) == str(fits[1].explain(2))
