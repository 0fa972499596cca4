"""What the page draws of a function and of paths: the levels of Python's pictures, and no line beyond the picture."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from steepest.language.digits import short, ticks
from steepest.objectives.formula import read_objective
from steepest.plot.scene.grid import levels
from steepest.plot.scene.limits import squared
from steepest.plot.scene.overlap import shares
from steepest.plot.scene.scene import scene
from steepest.runs.descent import descend

EDGE, LEFT, TOP = 20, 46, 10
WIDTH, HEIGHT = 300, 200
MAIN = f"""
import {{ levels }} from "/plot/contour.js";
import {{ boxAround }} from "/plot/limits/limits.js";
import {{ short, tickText }} from "/model/format.js";
import {{ PlotArea }} from "/plot/plot_area.js";
globalThis.levels = (values, least) => {{
  const found = levels(Float64Array.from(values, (value) => value ?? NaN), least ?? Infinity);
  return [[...found.levels], found.spacing];
}};
const area = Object.assign(new PlotArea(), {{ width: {WIDTH + LEFT + 10}, height: {HEIGHT + TOP + 28} }});
globalThis.cut = (lines) => lines.map((line) => area.clipped(...line));
globalThis.frame = (run, start, base, text) => {{
  const value = new Function("x", "y", `return ${{text}}`), count = start.length;
  const given = {{ ...run, positions: Float64Array.from(run.positions.flat()), values: run.values.map(Number), count }};
  return boxAround([given], start, base, ([x, y]) => Float64Array.from({{ length: x.length * (y?.length ?? 1) }},
    (_, k) => value(x[k % x.length], y?.[Math.floor(k / x.length)])));
}};
globalThis.texts = (values) => values.map((value, k) =>
  [short(value, 4, values.slice(Math.max(0, k - 1), k + 2)), tickText(value, values)]);
"""


@pytest.fixture(scope="module")
def engine(node: Callable[..., Any]) -> Any:
    return node(MAIN)


@pytest.mark.parametrize(
    ("formula", "script", "start", "lr"),
    [
        ("(x-40)^2 + 1", "(x-40)**2 + 1", 0, 0.1),
        ("(x-3)^2 + 1", "(x-3)**2 + 1", 0, 1.1),
        ("(x-3)^2 + 1", "(x-3)**2 + 1", 0, 3),
        ("(x-10000)^2", "(x-10000)**2", 0, 0.1),
        ("(x^2-100)^2", "(x**2-100)**2", 1, 1),
        ("x^2", "x**2", 3, 1.1),
        ("x^4", "x**4", 10, 1),
        ("-x^2 + 1", "1-x*x", 0.1, 0.1),
        ("0x + 5", "5", 1, 0.1),
        ("x^2", "x**2", 1e-7, 0.1),
        ("2x^2 - 4x + 1", "2*x*x-4*x+1", 0, 0.5),
        ("(x-3)^2 + 2(y+2)^2", "(x-3)**2 + 2*(y+2)**2", (0, 0), 0.1),
        ("(x-3)^2 + 2(y+2)^2", "(x-3)**2 + 2*(y+2)**2", (0, 0), 0.6),
    ],
)
def test_the_first_view_is_that_of_pythons_pictures(engine: Any, formula: str, script: str, start: Any, lr: float) -> None:
    run = descend(formula, start, lr=lr, steps=40)
    known = read_objective(formula).known
    told = {"positions": run.positions.tolist(), "values": run.values.astype(str).tolist(), "steps": run.steps}
    told |= {"ending": {"kind": str(run.ending)}}
    given = [told, run.positions[0].tolist(), [list(side) for side in known.view] if known else None, script]
    found = np.array(engine.evaluate("([run, start, base, script]) => frame(run, start, base, script)", given))
    layer = scene([run]).objective_layer
    assert layer is not None
    if len(run.names) == 1:
        assert found[0] == pytest.approx(layer.view[0], rel=1e-9)
    else:  # there the picture is made square, each by its own sides
        square, _ = squared(((found[0][0], found[0][1]), (found[1][0], found[1][1])))
        assert np.array(square) == pytest.approx(np.array(layer.view), rel=0.02)


@pytest.mark.parametrize(
    "values",
    [
        [0.0, 0.5, 1.0], [1e6, 1000000.25], [0.0, 2e7, 4e7], [-2e-5, 0.0, 2e-5], [9999.98, 1e4, 10000.02],
        [39.99999995, 39.99999997],
        [1 / 3, 0.3333], [1e5, 2e5], [24.2, 300.4, 3789.9], [1e300, 2e300], [0.9999999, 1.0],
    ],
)  # fmt: skip
def test_numbers_have_the_digits_that_python_gives_them(engine: Any, values: list[float]) -> None:
    found = engine.evaluate("(values) => texts(values)", values)
    assert [text.replace("\u2212", "-") for _, text in found] == ticks(values)
    expected = [short(value, 4, values[max(0, k - 1) : k + 2]) for k, value in enumerate(values)]
    read = [float(text.replace("\u2212", "-")) for text, _ in found]
    assert len(set(read)) == len(values)
    assert read == pytest.approx([float(text) for text in expected], rel=5e-3, abs=0)


@pytest.mark.parametrize("shape", ["bowl", "valley", "poles", "steps", "few", "holes"])
def test_the_levels_are_those_of_pythons_pictures(engine: Any, shape: str) -> None:
    u = np.random.default_rng(7).uniform(size=3 if shape == "few" else 4000)
    values = {
        "bowl": u**2,
        "valley": np.exp(20 * u),
        "poles": 1 / (u - 0.5),
        "steps": np.round(4 * u),
        "few": u,
        "holes": np.where(u < 0.2, np.nan, 100 * u),
    }[shape]
    for least in (np.inf, 0.0):
        expected, spacing = levels(values, least)
        given = [None if np.isnan(value) else value for value in values.tolist()]
        found, told = engine.evaluate("([values, least]) => levels(values, least)", [given, None if np.isinf(least) else least])
        assert told == spacing
        assert found == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-12)


def test_a_line_is_cut_where_the_picture_ends(engine: Any) -> None:
    random = np.random.default_rng(5)
    near, far = random.uniform(-200, 600, (200, 4)), random.uniform(-1e8, 1e8, (100, 4))
    lines = np.vstack([near, far, np.array([[100.0, 100.0, 100.0, 1e9], [5.0, 300.0, 400.0, 300.0]])])
    inside = (LEFT - EDGE, TOP - EDGE), (LEFT + WIDTH + EDGE, TOP + HEIGHT + EDGE)
    shares = np.linspace(0, 1, 200_001)[:, None]
    for line, found in zip(lines, engine.evaluate("(lines) => cut(lines)", lines.tolist()), strict=True):
        begin, end = line[:2], line[2:]
        points = begin + shares * (end - begin)
        seen = points[((points >= inside[0]) & (points <= inside[1])).all(axis=1)]
        apart = float(np.abs(end - begin).max()) / 200_000
        if found is None:
            assert len(seen) == 0
            continue
        if len(seen):
            assert np.array(found).reshape(2, 2) == pytest.approx(np.array([seen[0], seen[-1]]), abs=2 * apart)
        assert (np.array(found).reshape(2, 2) >= np.array(inside[0]) - 1e-6 * np.abs(line).max()).all()
        assert (np.array(found).reshape(2, 2) <= np.array(inside[1]) + 1e-6 * np.abs(line).max()).all()
    assert engine.evaluate("() => cut([[100, 50, 120, 60]])") == [[100, 50, 120, 60]]
    assert engine.evaluate("() => cut([[-500, 50, -400, 60]])") == [None]


def test_runs_at_one_place_share_a_marker_as_in_python(node: Callable[[str], Any]) -> None:
    page = node('import { shares } from "/plot/paths/heads.js"; globalThis.shares = shares;')
    places = [[0.1, 0.1], [0.5, 0.5], [0.105, 0.1], [0.1, 0.111], [0.5, 0.53], [0.1115, 0.1], [0.9, 0.1]]
    wanted = shares([np.array(each) for each in places], ((0.0, 1.0), (0.0, 1.0)))
    assert page.evaluate("(places) => shares(places)", places) == [asdict(each) for each in wanted]
    assert max(each.count for each in wanted) > 2
