"""The tape in the browser gives what Python gives: runs, endings, noise, grids."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.lab.web.oracle import objective_data, optimizer_data

from steepest.language.operations import OPERATIONS
from steepest.objectives.formula import read_objective
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.plot.scene.grid import function_over
from steepest.random import pcg3d
from steepest.runs.descent import descend

OBJECTIVES = {
    "rosenbrock": (-1.2, 1.0),
    "himmelblau": (0.5, -0.5),
    "2x^2 - 4x": (0.0,),
    "sin(x)cos(y) + 0.1x^2": (1.2, 0.4),
    "(x-1)^2 + 3(y+2)^2 + x z + 2z^2": (0.3, 0.2, -0.4),
    "asinh(x)^2 + log1p(y^2) + expm1(-x*y/9)^2 + acosh(2+y^2) + atanh(y/9)^2": (1.5, -0.7),
    "log(1+x^2) + erf(y/2)^2 + tanh(x-y)^2 + |x y|^1.5 + sqrt(1+y^2) - 1": (1.5, -0.7),
}
# Quotients of differences that shrink to nothing as the run converges.
CANCELLING = {("barzilai_borwein", "rate"): 1e-8, ("polyak_step", "rate"): 1e-8}
MAIN = """
import { isDeepStrictEqual } from "node:util";
import { pcg3d } from "/model/tape/operations.js";
import { Program, quantityAt } from "/model/runs/program.js";
import { Grid, Machine } from "/model/tape/tape.js";
const told = ({ ending: { kind, message } }) => ({ kind, message });
globalThis.runs = (cases) => cases.map(({ optimizer, objective, state, start, hyperparameters, limits, forms }) => {
  const run = new Program(optimizer, objective, state, () => forms).run(start, hyperparameters, limits);
  const end = run.steps + 1;
  return {
    steps: run.steps, ending: told(run),
    positions: [...run.positions.slice(0, end * run.count)], values: [...run.values.slice(0, end)],
    gradients: [...run.gradients.slice(0, end * run.count)],
    quantities: Object.fromEntries(run.quantities.map((each) => [
      each.name, Array.from({ length: run.steps }, (_, k) => [...quantityAt(run, each, k + 1)]).flat(),
    ])),
  };
});
// Each case by the interpreter, by WebAssembly, and by WebAssembly from the eighth step on: how many were compiled, and
// in what the three differ, which is nothing.
globalThis.gears = (cases) => cases.map(({ optimizer, objective, state, start, hyperparameters, limits }) => {
  const made = [Infinity, 0, 7].map((patience) => {
    const program = Object.assign(new Program(optimizer, objective, state), { patience });
    const run = program.run(start, hyperparameters, limits);
    const starts = Float64Array.from([...start, ...start.map((part) => part / 2), ...start]);
    const many = program.runMany(starts, hyperparameters, limits);
    const at = Math.floor(run.steps / 2);
    const { positions, values, gradients, stepValues, steps } = run;
    const repeated = at < run.steps ? program.repeat(run, at, (value) => value) : [];
    const { machine = null } = program.compiled ?? {};
    return { compiled: machine !== null, positions, values, gradients, stepValues, steps, ending: told(run), repeated, many };
  });
  const names = ["positions", "values", "gradients", "stepValues", "steps", "ending", "repeated", "many"];
  return {
    compiled: made.map(({ compiled }) => compiled),
    differ: names.filter((name) => made.some((each) => !isDeepStrictEqual(each[name], made[0][name]))),
  };
});
// One program asked again and again, as a drag does, beside a new one each time.
globalThis.again = ({ optimizer, objective, state, hyperparameters }, asked) => {
  const kept = new Program(optimizer, objective, state);
  return asked.map(({ start, settings, limits }) => [kept, new Program(optimizer, objective, state)].map((program) => {
    const run = program.run(start, { ...hyperparameters, ...settings }, limits), end = run.steps + 1;
    const rows = Array.from({ length: run.steps }, (_, k) => k + 1);
    const carried = run.quantities.flatMap((each) => rows.flatMap((step) => [...quantityAt(run, each, step)]));
    return [told(run), [...run.positions.slice(0, end * run.count)], [...run.values.slice(0, end)], carried];
  }));
};
globalThis.grid = (tape, x, y) => [...new Grid(tape).evaluate(Float64Array.from(x), y && Float64Array.from(y))];
globalThis.each = (tape, points) => points.map((point) => {
  const machine = new Machine(tape);
  machine.registers.set(point);
  machine.execute();
  return tape.outputs.f.map((slot) => machine.registers[slot])[0];
});
globalThis.noises = (triples) => triples.map((triple) => pcg3d(...triple));
"""


@pytest.fixture(scope="module")
def engine(node: Callable[..., Any]) -> Any:
    return node(MAIN)


def case(
    text: str, start: tuple[float, ...], optimizer: str, steps: int = 100, seed: int = 7, tol: float = 1e-8, gtol: float = 0.0,
    **settings: Any,
) -> dict[str, Any]:  # fmt: skip
    objective = objective_data(text)
    method = optimizer_data(optimizer, len(start), settings)
    parts = method["hyperparameters"]
    chosen = {part["name"]: part["default"] if part["value"] is None else part["value"] for part in parts}
    chosen |= {part["name"]: part["schedule"] for part in parts if part["schedule"] is not None}
    values = objective["hyperparameters"] | {name: value for name, value in chosen.items() if value is not None}
    return {
        "optimizer": method["tape"], "objective": objective["tape"], "state": method["state"], "start": start,
        "hyperparameters": values, "limits": {"steps": steps, "tol": tol, "gtol": gtol, "seed": seed}, "forms": objective["forms"],
    }  # fmt: skip


def close(found: list[float], wanted: Any, tolerance: float = 1e-12) -> None:
    expected = np.asarray(wanted, dtype=float).ravel()
    scale = np.maximum(np.abs(expected), 1.0)
    np.testing.assert_array_less(np.abs(np.array(found) - expected), tolerance * scale + 1e-300)


@pytest.mark.parametrize("text", OBJECTIVES)
def test_every_optimizer_runs_as_in_python(engine: Any, text: str) -> None:
    start = OBJECTIVES[text]
    names = list(OPTIMIZERS)
    found = engine.evaluate("(cases) => runs(cases)", [case(text, start, name) for name in names])
    for name, result in zip(names, found, strict=True):
        run = descend(text, start, optimizer=name, steps=100, seed=7)
        assert result["steps"] == run.steps, name
        assert result["ending"]["kind"] == run.ending, name
        close(result["positions"], run.positions)
        close(result["values"], run.values)
        for quantity, rows in run.quantities.items():
            close(result["quantities"][quantity], rows, CANCELLING.get((name, quantity), 1e-11))


@pytest.mark.parametrize("text", OBJECTIVES)
@pytest.mark.parametrize("tol", [0.0, 1e-3])
def test_webassembly_gives_the_interpreters_numbers_bit_for_bit(engine: Any, text: str, tol: float) -> None:
    start = OBJECTIVES[text]
    cases = [case(text, start, name, tol=tol, gtol=tol / 10) for name in OPTIMIZERS]
    for name, found in zip(OPTIMIZERS, engine.evaluate("(cases) => gears(cases)", cases), strict=True):
        assert found["differ"] == [], name
        assert found["compiled"][:2] == [False, True], name


@pytest.mark.parametrize("optimizer", ["adam", "noisy_gd", "radam", "gd"])
def test_what_a_program_remembers_changes_nothing(engine: Any, optimizer: str) -> None:
    settings: dict[str, Any] = {"lr": "0.01/(1+0.1t)*(1-t/T)"} if optimizer == "gd" else {}
    given = case("rosenbrock", (-1.2, 1.0), optimizer, **settings)
    limits = {"steps": 60, "tol": 0, "gtol": 0, "seed": 3}
    asked = [
        {"start": [-1.2, 1.0], "settings": {}, "limits": limits | {"steps": 20}},
        {"start": [0.3, 0.2], "settings": {}, "limits": limits},
        {"start": [50.0, -40.0], "settings": {"lr": 5.0}, "limits": limits},
        {"start": [-1.2, 1.0], "settings": {"lr": 0.002}, "limits": limits},
        {"start": [-1.2, 1.0], "settings": {"lr": 0.002}, "limits": limits | {"seed": 4}},
        {"start": [-1.2, 1.0], "settings": {"lr": 0.002}, "limits": limits | {"seed": 4, "steps": 90}},
    ]
    for kept, fresh in engine.evaluate("([given, asked]) => again(given, asked)", [given, asked]):
        assert kept == fresh
        assert len(kept[1]) >= 2


ENDINGS = [
    ("x^2", (3.0,), "gd", {"lr": 0.3}),
    ("x^2", (3.0,), "gd", {"lr": 1.1}),
    ("2x^2 - 4x", (0.0,), "gd", {"lr": 0.51}),
    ("x^4", (3.0,), "gd", {"lr": 1.0}),
    ("log(x) + x", (3.0,), "gd", {"lr": 2.0}),
    ("sqrt(x) + x", (1.0,), "gd", {"lr": 2.0}),
    ("1/x", (0.0,), "gd", {}),
    ("asin(x) + x^2", (2.0,), "gd", {}),
    ("x^1.5", (1.0,), "gd", {"lr": 1.0}),
    ("x^2", (3.0,), "gd", {"lr": "0.1/(1+0.02t)"}),
    ("x^2", (0.5,), "clipped_gd", {}),
    ("x^3", (-1.0,), "newton", {"lr": 2.0}),
    ("exp(x)", (800.0,), "gd", {}),
    ("1/(1+exp(-x))", (-800.0,), "gd", {}),
    ("log(1+exp(x)) + y^2", (800.0, 1.0), "gd", {}),
    ("log(cosh(x)) + 1/cosh(x)", (800.0,), "gd", {}),
    ("x^4", (1e60,), "adam", {}),
    ("x^4 - 3x", (1e80,), "gd", {}),
    ("x^2 - x^2*(1+x)", (1e160,), "gd", {}),
    ("0.001exp(x)", (1.0,), "theta = theta + 5", {}),
    ("x^y", (0.0, 2.0), "gd", {}),
    ("x^y", (-1.0, 2.0), "gd", {}),
    ("x^x", (0.0,), "gd", {}),
    ("sqrt(x^2)", (0.0,), "gd", {}),
    ("x^2", (1.0,), "gd", {"lr": "1/(t-3)"}),
    ("x^2", (1.0,), "gd", {"lr": "0.1*min(t-1, 1)"}),
    ("x^2", (1.0,), "gd", {"lr": 0}),
    ("x^2", (3.0,), "gd", {"lr": 1e-4}),
    ("1e6*x^2", (1.0,), "gd", {"lr": 4e-7}),
    ("exp(x) - x", (50.0,), "gd", {}),
    ("(x-1e12)^2 + y^2", (0.0, 1e9), "gd", {}),
    ("x^2", (1e9,), "gd", {"lr": 0.3, "tol": 1e-7}),
    ("x^2/2", (0.0999999,), "gd", {"lr": 1.0, "tol": 0.1}),
    ("x^2", (1.0,), "gd", {"steps": 0, "gtol": 3}),
    ("x^2", (1.0,), "gd", {"steps": 2, "lr": 0.25, "gtol": 0.6}),
    ("(x-3)^2", (0.0,), "theta = theta - 0.1*(g + 0.5*theta)", {"steps": 300}),
    ("(x-3)^2", (0.0,), "theta = 0.95*theta - 0.1*g", {"steps": 300}),
    ("(x-3)^2 + y^2", (0.0, 1.0), "theta = theta - 0.1*g - 0.05*theta", {"steps": 300}),
    ("(x-3)^2", (1.0,), "s = theta - grad(theta + 0.1*g); theta = theta - 1e-9*g", {"steps": 3}),
    ("0^x + x", (2.0,), "gd", {}),
    ("(-2)^x", (2.0,), "gd", {}),
    ("x*1e308*10", (2.0,), "gd", {}),
    ("x*1e308*10", (1e-300,), "gd", {}),
    ("tanh(x)", (-1e300,), "gd", {}),
    ("1/cosh(x)", (800.0,), "gd", {}),
]
LIMITS = ("steps", "tol", "gtol")


@pytest.mark.parametrize(("text", "start", "optimizer", "settings"), ENDINGS)
def test_endings_are_told_in_the_same_words(
    engine: Any, text: str, start: tuple[float, ...], optimizer: str, settings: Any
) -> None:
    import steepest

    (result,) = engine.evaluate("(cases) => runs(cases)", [case(text, start, optimizer, **({"steps": 2000} | settings))])
    limits = {"steps": 2000} | {name: settings[name] for name in LIMITS if name in settings}
    method = steepest.optimizer(optimizer, **{name: value for name, value in settings.items() if name not in LIMITS})
    run = descend(text, start, optimizer=method, seed=7, **limits)
    assert result["ending"] == {"kind": str(run.ending), "message": run.ending.message}
    assert result["steps"] == run.steps


@pytest.mark.parametrize(("text", "start", "optimizer", "settings"), ENDINGS)
def test_runs_end_alike_in_webassembly(engine: Any, text: str, start: tuple[float, ...], optimizer: str, settings: Any) -> None:
    (found,) = engine.evaluate("(cases) => gears(cases)", [case(text, start, optimizer, **({"steps": 2000} | settings))])
    assert found["differ"] == []


NUMBERS = (0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 3.7, -7.25, 0.25, 5.5, -3.2, 20.0)


@pytest.mark.parametrize("name", OPERATIONS)
def test_operations_have_the_same_values(engine: Any, name: str) -> None:
    arity = OPERATIONS[name].arity
    inputs = ["a", "b", "c"][:arity]
    tape = {"inputs": inputs, "constants": [], "operations": [[name, *range(arity)]], "outputs": {"f": [arity]}, "vectors": []}
    points = [[a, b, c] for a in NUMBERS for b in NUMBERS for c in (1.0, -2.0)]
    for point, found in zip(
        points, engine.evaluate("([tape, points]) => each(tape, points)", [tape, [p[:arity] for p in points]]), strict=True
    ):
        wanted = OPERATIONS[name].value(*point[:arity])
        assert (math.isnan(wanted) and math.isnan(found)) or found == pytest.approx(wanted, rel=2e-15, abs=1e-300), point


def test_random_numbers_are_the_same(engine: Any) -> None:
    triples = [[0, 0, 0], [1, 2, 3], [4294967295, 12345, 15]]
    assert engine.evaluate("(triples) => noises(triples)", triples) == [list(pcg3d(*triple)) for triple in triples]


@pytest.mark.parametrize("text", ["rosenbrock", "ackley", "log(x) + y^2", "eggholder", "3", "y^2 + 0x"])
def test_grids_equal_numpy(engine: Any, text: str) -> None:
    objective = read_objective(text if text not in ("3",) else "3 + 0x + 0y")
    if len(objective.names) != 2:
        objective = read_objective(f"f(x, y) = {text}")
    x, y = np.linspace(-2.0, 3.0, 23), np.linspace(-1.0, 2.0, 17)
    tape = objective_data(objective.definition)["tape"]
    found = np.array(engine.evaluate("([tape, x, y]) => grid(tape, x, y)", [tape, x.tolist(), y.tolist()]), dtype=float).reshape(
        17, 23
    )
    wanted = np.broadcast_to(function_over(objective, (2,))(x[None, :], y[:, None]), (17, 23))
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
