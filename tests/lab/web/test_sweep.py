"""The page's maps of many runs have the cells, minima and colors of `steepest.sweep`."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.lab.web.oracle import objective_data, optimizer_data

from steepest.objectives.formula import read_objective
from steepest.plot.map_options import MapOptions
from steepest.plot.scene.sweep.colors import colored
from steepest.plot.scene.sweep.map import map_scene
from steepest.runs.descent import descend
from steepest.runs.sweep.axes import linear, log
from steepest.runs.sweep.sweep import Sweep, sweep

MAIN = """
import { Program } from "/model/runs/program.js";
import { basins, counts } from "/model/sweep/basins.js";
import { linear } from "/model/sweep/axis.js";
import { Optimizer } from "/model/optimizer.js";
import { readObjective, readOptimizer } from "/model/reading.js";
import { manyRuns } from "/model/sweep/many_starts.js";
import { largestCurvature, minimumOf, settingMap, stableBounds } from "/model/sweep/setting_map.js";
import { levels, MinimumColors, shades } from "/plot/sweep/colors.js";
import { endingColors } from "/plot/sweep/basin_picture.js";
const optimizerOn = (objective, text, settings) => {
  const read = readObjective(objective);
  return new Optimizer(readOptimizer(text, settings, read.names.length), settings, read, 0);
};
globalThis.settings = ({ objective, optimizer, hyperparameters, axes, start, limits }) => {
  const made = optimizerOn(objective, optimizer, hyperparameters);
  const into = [];
  const strides = [...settingMap(made, made.values(), axes, start, limits, into)].filter(Boolean);
  return { strides, cells: into.map(({ ending, steps, value }) => ({ ending, steps, value })) };
};
globalThis.bounds = ({ objective, optimizer, hyperparameters, start, limits, other, others }) => {
  const made = optimizerOn(objective, optimizer, hyperparameters);
  made.run(limits, start);
  const minimum = minimumOf(made);
  const curvature = minimum ? largestCurvature(made, minimum) : NaN;
  const working = stableBounds(made, made.values(), other, others, curvature);
  let next = working.next();
  while (!next.done) next = working.next();
  return { minimum, curvature, bounds: next.value };
};
globalThis.many = ({ objective, optimizer, hyperparameters, box, limits }) =>
  manyRuns(optimizerOn(objective, optimizer, hyperparameters), box, limits).map(({ positions, values, steps }) =>
    ({ steps, positions: [...positions], values: [...values] }));
globalThis.colored = (dark) => {
  const orders = new MinimumColors().orders(made);
  const many = orders.filter((order) => order >= 0).length;
  const { table, low, high } = levels(made);
  const gray = endingColors(dark).map(([color]) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16)));
  const { reached, cells } = made;
  const pixels = [...reached].map((index, cell) =>
    index < 0 ? gray[cells.ending[cell]] : shades(orders[index], many)[table[cells.steps[cell]]]);
  return { pixels, low, high };
};
globalThis.linear = (...given) => [...linear(...given)];
globalThis.made = null;
globalThis.sweep = ({ objective, optimizer, axes, hyperparameters, limits, interpreted }) => {
  const program = new Program(optimizer.tape, objective.tape, optimizer.state);
  if (interpreted) Object.assign(program, { patience: Infinity });
  const grid = axes.map((axis) => linear(...axis));
  made = [...basins(objective, program, grid, hyperparameters, limits)].filter(Boolean).at(-1);
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
    values = {each["name"]: each["default"] for each in data["hyperparameters"] if each["default"] is not None}
    values = dict(objective.hyperparameters) | values | settings
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


@pytest.mark.parametrize("case", ["gd", "gd whose steps are too long", "momentum", "a root", "one parameter, many minima"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colors_are_those_of_python(page: Any, case: str, theme: str) -> None:
    wanted = python_sweep(*CASES[case])
    page.evaluate("(given) => sweep(given)", page_case(*CASES[case]))
    found = page.evaluate("(dark) => colored(dark)", theme == "dark")
    pixels, _, _ = colored(wanted, "minimum", theme)
    assert np.abs(np.array(found["pixels"]) - pixels.reshape(-1, 3).astype(int)).max() <= 1  # of 255


def test_a_minimum_keeps_its_color_while_others_come_and_go(node: Callable[[str], Any]) -> None:
    main = """
import { MinimumColors } from "/plot/sweep/colors.js";
const basins = (positions, reached) => ({ minima: positions.map((position) => ({ position })), reached: Int16Array.from(reached) });
globalThis.orders = () => {
  const colors = new MinimumColors();
  return [
    colors.orders(basins([[0, 0], [1, 1], [2, 2]], [2, 2, 0])),
    colors.orders(basins([[1, 1], [2, 2 + 1e-9]], [1, 0])),
    colors.orders(basins([[2, 2]], [-1])),
  ];
};
"""
    assert node(main).evaluate("() => orders()") == [[0, -1, 1], [2, 1], [1]]


MAPS = [
    ("himmelblau", "momentum", {"lr": 0.01}, "beta", [0.1, 0.5, 0.9, 0.99], [0.0, 0.0]),
    ("rosenbrock", "adam", {}, "beta1", [0.0, 0.5, 0.9], [-1.2, 1.0]),
    ("x^2/2 + 5y^2", "nesterov", {"lr": 0.1}, "beta", [0.2, 0.9], [3.0, 1.0]),
    ("sqrt(x) + (y-1)^2", "momentum", {"lr": 0.1}, "beta", [0.1, 0.9], [2.0, 0.0]),
]


@pytest.mark.parametrize(("objective", "optimizer", "settings", "other", "others", "start"), MAPS)
def test_a_map_over_two_hyperparameters_is_python_s(
    page: Any, objective: str, optimizer: str, settings: dict[str, float], other: str, others: list[float], start: list[float]
) -> None:
    rates = [1e-4, 1e-3, 5e-3, 0.02, 0.1, 0.4, 3.0]
    limits = {"steps": 150, "tol": 1e-8, "gtol": 0, "seed": 0}
    given = {"objective": objective, "optimizer": optimizer, "hyperparameters": settings, "start": start, "limits": limits}
    found = page.evaluate("(given) => settings(given)", given | {"axes": {"lr": rates, other: others}})
    wanted = sweep(objective, {"lr": rates, other: others}, optimizer=optimizer, start=start, steps=150)
    assert found["strides"] == [4, 1]
    assert [each["ending"] for each in found["cells"]] == [wanted.endings[code] for code in wanted.ending.ravel()]
    assert [each["steps"] for each in found["cells"]] == wanted.steps.ravel().tolist()
    ours, theirs = np.array([each["value"] for each in found["cells"]]), wanted.value.ravel()
    if optimizer == "adam":  # two libraries' powers differ in the last place, and long steps make more of it
        assert ours == pytest.approx(theirs, rel=1e-5, nan_ok=True)
    else:
        assert np.array_equal(ours, theirs, equal_nan=True)


def test_the_line_is_the_heavy_ball_s_bound_and_python_s(page: Any) -> None:
    betas = [0.0, 0.25, 0.5, 0.9, 0.99]
    given = {"optimizer": "momentum", "limits": {"steps": 200, "tol": 1e-8, "gtol": 0, "seed": 0}, "other": "beta", "others": betas}
    found = page.evaluate(
        "(given) => bounds(given)",
        given | {"objective": "x^2/2 + 5y^2", "hyperparameters": {"lr": 0.1, "beta": 0.9}, "start": [3.0, 1.0]},
    )
    assert (found["minimum"], found["curvature"]) == ([0, 0], 10)
    assert found["bounds"] == pytest.approx([2 * (1 + beta) / 10 for beta in betas], rel=1e-6)
    found = page.evaluate(
        "(given) => bounds(given)", given | {"objective": "rosenbrock", "hyperparameters": {"lr": 5e-4}, "start": [-1.2, 1.0]}
    )
    axes = {"lr": log(1e-5, 1e-1, 40), "beta": linear(0, 0.99, 20)}
    (line, *_) = map_scene(sweep("rosenbrock", axes, optimizer="momentum", steps=200), MapOptions()).lines
    assert line.kind == "bound"
    assert found["bounds"] == pytest.approx(np.interp(betas, line.points[:, 1], line.points[:, 0]), rel=1e-4)


@pytest.mark.parametrize(
    "optimizer",
    [
        "v = beta*v + g; theta = theta - lr*v",
        "v = beta*v + g; theta = theta - lr*sign(v)",
        "v = beta*v + g; theta = theta - lr*v/t",
        "v = beta*v + g; theta = theta - lr*v*(1-t/T)",
        "v = beta*v + (1-beta)*g; theta = theta - lr*v/(1-beta^t)",
        "v = beta*v + g; theta = theta - lr*v - lr*0.5*theta",
        "v = beta*v + g/(norm(g)+1); theta = theta - lr*v",
        "rmsprop",
    ],
)
def test_there_is_a_line_where_python_has_one(page: Any, optimizer: str) -> None:
    other = "alpha" if optimizer == "rmsprop" else "beta"
    values = [0.1, 0.3, 0.5, 0.7, 0.9]
    given = {"optimizer": optimizer, "limits": {"steps": 200, "tol": 1e-8, "gtol": 0, "seed": 0}, "other": other, "others": values}
    found = page.evaluate(
        "(given) => bounds(given)",
        given | {"objective": "x^2/2 + 5y^2", "hyperparameters": {"lr": 0.1, other: 0.9}, "start": [3.0, 1.0]},
    )
    axes = {"lr": log(1e-3, 10, 40), other: linear(0.1, 0.9, 20)}
    made = sweep("x^2/2 + 5y^2", axes, optimizer=optimizer, steps=200, start=(3, 1))
    lines = [line for line in map_scene(made, MapOptions()).lines if line.kind == "bound"]
    if not lines:
        assert found["bounds"] == [None] * len(values)
    else:
        assert found["bounds"] == pytest.approx(np.interp(values, lines[0].points[:, 1], lines[0].points[:, 0]), rel=2e-3)


@pytest.mark.parametrize(
    ("objective", "box", "count"), [("himmelblau", [[-1.0, 2.0], [0.5, 1.5]], 37), ("x^4 - 3x^2 + x", [[-2.0, 2.0]], 15)]
)
def test_many_starts_are_each_the_run_of_python(page: Any, objective: str, box: list[list[float]], count: int) -> None:
    limits = {"steps": 60, "tol": 1e-8, "gtol": 0, "seed": 0}
    given = {"objective": objective, "optimizer": "momentum", "hyperparameters": {"lr": 0.01}, "box": box, "limits": limits}
    found = page.evaluate("(given) => many(given)", given)
    assert len(found) == count
    for each in found:
        start = each["positions"][: len(box)]
        assert all(low - 1e-12 <= part <= high + 1e-12 for part, (low, high) in zip(start, box, strict=True))
        run = descend(objective, start, optimizer="momentum(lr=0.01)", steps=60)
        assert (each["steps"], each["values"]) == (run.steps, run.values.tolist())
        assert each["positions"] == run.positions.ravel().tolist()
