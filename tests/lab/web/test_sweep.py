"""The page's maps of many runs have the cells, minima and colors of `steepest.sweep`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.lab.web.oracle import objective_data, optimizer_data

from steepest.objectives.formula import read_objective
from steepest.plot.map_options import MapOptions
from steepest.plot.scene.map import MOST_NAMED, map_scene
from steepest.runs.sweep.axes import linear
from steepest.runs.sweep.sweep import Sweep, sweep

MAIN = """
import { Program } from "/model/program.js";
import { basins, completed, counts } from "/model/sweep/basins.js";
import { linear } from "/model/sweep/axis.js";
globalThis.linear = (...given) => [...linear(...given)];
globalThis.made = null;
globalThis.sweep = ({ objective, optimizer, axes, hyperparameters, limits, interpreted }) => {
  const program = new Program(optimizer.tape, objective.tape, optimizer.state);
  if (interpreted) Object.assign(program, { patience: Infinity });
  const grid = axes.map((axis) => linear(...axis));
  made = completed(basins(objective, program, grid, hyperparameters, limits));
  const { cells, minima, reached } = made;
  return {
    ending: [...cells.ending], steps: [...cells.steps], value: [...cells.value], position: [...cells.position],
    minima, reached: [...reached], counts: counts(made), wasm: Boolean(program.compiled),
  };
};
"""
BOX = [(-6.0, 6.0, 36), (-5.0, 5.0, 30)]
CASES: dict[str, tuple[Any, ...]] = {
    "gd": ("himmelblau", "gd", {"lr": 0.01}, BOX, 200),
    "gd whose steps are too long": ("himmelblau", "gd", {"lr": 0.024}, BOX, 300),
    "momentum": ("himmelblau", "momentum", {"lr": 0.01, "beta": 0.9}, BOX, 500),
    "adam": ("himmelblau", "adam", {"lr": 0.2}, BOX, 300),
    "a valley": ("rosenbrock", "momentum", {"lr": 1e-3}, [(-2.0, 2.0, 31), (-1.0, 3.0, 29)], 400),
    "most diverge": ("rosenbrock", "gd", {"lr": 0.01}, [(-2.0, 2.0, 31), (-1.0, 3.0, 29)], 200),
    "minima that are found": ("(x^2-1)^2 + (y^2-2)^2 + x y/4", "nesterov", {"lr": 0.02}, [(-2, 2, 40), (-2, 2, 33)], 200),
    "a ring of minima": ("(x^2+y^2-1)^2", "gd", {"lr": 0.05}, [(-2, 2, 24), (-2, 2, 25)], 300),
    "steps out of the domain": ("log(x) + x^2*y^2 + 1/x", "gd", {"lr": 0.3}, [(0.05, 3, 30), (-2, 2, 21)], 100),
    "a root": ("sqrt(x) + (y-1)^2", "gd", {"lr": 0.4}, [(-1, 3, 28), (-2, 2, 15)], 60),
    "one parameter": ("x^4 - 3x^2 + x", "gd", {"lr": 0.12}, [(-2.5, 2.5, 300)], 200),
    "one parameter, many minima": ("sin(3x) + x^2/9", "adam", {"lr": 0.05}, [(-6.0, 6.0, 201)], 300),
    "a schedule": ("himmelblau", "gd", {"lr": "0.02/(1+0.1t)"}, BOX, 200),
    "noise": ("himmelblau", "noisy_gd", {"lr": 0.01, "temperature": 0.5}, BOX, 60),
}
CLOSE = {"adam": 1e-9, "one parameter, many minima": 1e-9, "noise": 1e-9}  # functions of two libraries differ in the last place


def python_sweep(name: str, optimizer: str, settings: dict[str, Any], axes: Any, steps: int) -> Sweep:
    arguments = ", ".join(f"{key}={value}" for key, value in settings.items())
    over = {name: linear(*axis) for name, axis in zip(read_objective(name).names, axes, strict=True)}
    return sweep(name, over, optimizer=f"{optimizer}({arguments})", steps=steps)


def page_case(name: str, optimizer: str, settings: dict[str, Any], axes: Any, steps: int, **more: Any) -> dict[str, Any]:
    objective = read_objective(name)
    data = optimizer_data(optimizer, len(objective.names), settings)
    values = {
        each["name"]: settings.get(each["name"], each["default"] if each["default"] is not None else objective.hyperparameters.get(each["name"]))
        for each in data["hyperparameters"]
    }  # fmt: skip
    limits = {"steps": steps, "tol": 1e-8, "gtol": 0, "seed": 0}
    return {
        "objective": objective_data(name), "optimizer": data, "axes": axes, "hyperparameters": values, "limits": limits, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def page(node: Callable[[str], Any]) -> Any:
    return node(MAIN)


def test_axes_are_numpy_s(page: Any) -> None:
    for given in [(0.1, 0.7, 7), (-1e-3, 3e5, 400), (2.0, 2.0, 3), (1.0, -1.0, 11), (0.3, 5.0, 1)]:
        assert page.evaluate("(given) => linear(...given)", given) == np.linspace(*given).tolist()


@pytest.mark.parametrize("case", CASES)
def test_cells_are_those_of_python(page: Any, case: str) -> None:
    wanted = python_sweep(*CASES[case])
    found = page.evaluate("(given) => sweep(given)", page_case(*CASES[case]))
    assert found["wasm"]
    assert found["ending"] == wanted.ending.ravel().tolist()
    assert found["steps"] == wanted.steps.ravel().tolist()
    for name in ("value", "position"):
        ours = np.array(found[name])
        if case in CLOSE:
            assert ours == pytest.approx(getattr(wanted, name).ravel(), rel=CLOSE[case], abs=1e-9, nan_ok=True)
        else:
            assert np.array_equal(ours, getattr(wanted, name).ravel(), equal_nan=True)
    assert len(found["minima"]) == len(wanted.minima)
    places = np.array([each["position"] for each in found["minima"]]).reshape(wanted.minima.shape)
    assert places == pytest.approx(wanted.minima, rel=1e-9, abs=1e-9)
    assert [each["name"] for each in found["minima"]] == list(wanted.minimum_names)
    assert found["reached"] == wanted.minimum.ravel().tolist()


@pytest.mark.parametrize("case", ["momentum", "steps out of the domain"])
def test_without_webassembly_the_numbers_are_the_same(page: Any, case: str) -> None:
    compiled, interpreted = (
        page.evaluate("(given) => sweep(given)", page_case(*CASES[case], interpreted=slow)) for slow in (False, True)
    )
    assert compiled.pop("wasm") and not interpreted.pop("wasm")
    assert repr(compiled) == repr(interpreted)
