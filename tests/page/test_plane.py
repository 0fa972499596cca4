"""What the page draws of a landscape and of paths: the levels of Python's pictures, and no line beyond the picture."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from steepest.views.heights import levels

EDGE, LEFT, TOP = 20, 46, 10
WIDTH, HEIGHT = 300, 200
MAIN = f"""
import {{ levels }} from "/contour.js";
import {{ Plane }} from "/plane.js";
globalThis.levels = (values, least) => {{
  const found = levels(Float64Array.from(values, (value) => value ?? NaN), least ?? Infinity);
  return [[...found.levels], found.spacing];
}};
const plane = Object.assign(Object.create(Plane.prototype), {{ width: {WIDTH + LEFT + 10}, height: {HEIGHT + TOP + 28} }});
globalThis.cut = (lines) => lines.map((line) => plane.clipped(...line));
globalThis.ready = true;
"""


@pytest.fixture(scope="module")
def tab(visit: Callable[..., Any]) -> Any:
    return visit(MAIN)


@pytest.mark.parametrize("shape", ["bowl", "valley", "poles", "steps", "few", "holes"])
def test_the_levels_are_those_of_pythons_pictures(tab: Any, shape: str) -> None:
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
        found, told = tab.evaluate("([values, least]) => levels(values, least)", [given, None if np.isinf(least) else least])
        assert told == spacing
        assert found == pytest.approx(expected.tolist(), rel=1e-12, abs=1e-12)


def test_a_line_is_cut_where_the_picture_ends(tab: Any) -> None:
    random = np.random.default_rng(5)
    near, far = random.uniform(-200, 600, (200, 4)), random.uniform(-1e8, 1e8, (100, 4))
    lines = np.vstack([near, far, np.array([[100.0, 100.0, 100.0, 1e9], [5.0, 300.0, 400.0, 300.0]])])
    inside = (LEFT - EDGE, TOP - EDGE), (LEFT + WIDTH + EDGE, TOP + HEIGHT + EDGE)
    shares = np.linspace(0, 1, 200_001)[:, None]
    for line, found in zip(lines, tab.evaluate("(lines) => cut(lines)", lines.tolist()), strict=True):
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
    assert tab.evaluate("() => cut([[100, 50, 120, 60]])") == [[100, 50, 120, 60]]
    assert tab.evaluate("() => cut([[-500, 50, -400, 60]])") == [None]
