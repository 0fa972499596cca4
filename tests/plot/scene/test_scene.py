"""What a picture shows, as data."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.plot.options import PictureOptions
from steepest.plot.scene.grid import Grid, levels, lowest_point
from steepest.plot.scene.objective_layer import ObjectiveLayer
from steepest.plot.scene.path import Path, path
from steepest.plot.scene.scene import Scene, scene
from steepest.plot.scene.text.labels import pretty
from steepest.plot.scene.value_chart import chart
from steepest.runs.trajectory import Trajectory

UNIT = ((0.0, 1.0), (0.0, 1.0))


def shown(*runs: Trajectory) -> Scene:
    return scene(runs)


def ground(drawn: Scene) -> ObjectiveLayer:
    assert drawn.objective_layer is not None
    return drawn.objective_layer


def first_path(drawn: Scene) -> Path:
    assert drawn.runs[0].path is not None
    return drawn.runs[0].path


def test_a_curve_is_the_function() -> None:
    curve = ground(shown(steepest.descend("x^2", start=3, lr=0.3))).curve
    assert curve is not None
    np.testing.assert_allclose(curve[:, 1], curve[:, 0] ** 2, rtol=1e-15)


def test_a_path_on_a_curve_is_positions_and_values() -> None:
    run = steepest.descend("x^2", start=3, lr=0.3, steps=4)
    np.testing.assert_array_equal(first_path(shown(run)).points, np.column_stack([run.positions[:, 0], run.values]))


def test_a_path_in_the_plane_is_positions() -> None:
    run = steepest.descend("himmelblau", start=(0, 0), lr=0.01)
    np.testing.assert_array_equal(first_path(shown(run)).points, run.positions)


def test_heights_are_the_function_on_the_grid() -> None:
    grid = ground(shown(steepest.descend("booth"))).grid
    assert grid is not None
    x, y = np.meshgrid(grid.x, grid.y)
    np.testing.assert_allclose(grid.values, (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2, rtol=1e-12, atol=1e-9)


def test_rosenbrocks_valley_shows() -> None:
    """On the valley's floor and beside it lie several bands, though the heights span four decades."""
    grid = ground(shown(steepest.descend("rosenbrock"))).grid
    assert grid is not None and grid.spacing == "log"
    across = 100 * np.array([0.05, 0.1, 0.2, 0.5]) ** 2  # the valley at x = 1, so far from its floor in y
    assert len(set(np.searchsorted(grid.levels, across))) == 4


@pytest.mark.parametrize(
    ("formula", "spacing"),
    [("x^2 - y^2", "linear"), ("x^2 + y^2", "linear"), ("rosenbrock", "log"), ("1/x + y", "symlog")],
)
def test_levels_suit_the_landscape(formula: str, spacing: str) -> None:
    grid = ground(
        scene([steepest.descend(formula, start=(0.7, 0.7), steps=0)], options=PictureOptions(limits=((-1, 1), (-1, 1))))
    ).grid
    assert grid is not None and grid.spacing == spacing


@pytest.mark.parametrize("values", [np.zeros((3, 3)), np.full((3, 3), 1e300), np.array([[-1e308, 1e308], [0.0, 1.0]])])
def test_levels_increase_whatever_the_values(values: np.ndarray) -> None:
    found, _ = levels(values)
    values = np.clip(values, -1e300, 1e300)
    assert (np.diff(found) > 0).all() and found[0] <= values.min() and values.max() <= found[-1]


def test_nothing_finite_has_no_levels() -> None:
    assert levels(np.full((2, 2), np.nan))[0].size == 0


def test_known_places_are_marked() -> None:
    markers = ground(shown(steepest.descend("himmelblau"))).markers
    assert sorted(marker.kind for marker in markers) == ["minimum"] * 4 + ["saddle"] * 4
    assert min(math.dist(marker.point, (3, 2)) for marker in markers) == 0


def test_the_lowest_point_is_found_where_nothing_is_known() -> None:
    (marker,) = ground(shown(steepest.descend("(x-0.3)^2 + (y+0.7)^4", start=(1, 1)))).markers
    assert marker.kind == "lowest point found"
    assert marker.point == pytest.approx((0.3, -0.7), abs=1e-2)


@pytest.mark.parametrize(
    ("function", "place"),
    [
        (lambda x: (x - 0.123) ** 2, 0.123),
        (lambda x: np.abs(x - 0.123), 0.123),
        (lambda x: np.log(np.abs(x - 0.123)), None),  # falls without end
        (lambda x: -1 / np.abs(x - 0.123), None),
        (lambda x: x, None),  # lowest on the border
        (lambda x: np.full_like(x, np.nan), None),
    ],
)
def test_lowest_point(function: Callable[[np.ndarray], np.ndarray], place: float | None) -> None:
    with np.errstate(divide="ignore"):
        found = lowest_point(function, ((-1.0, 1.0),))
    assert (found is None) if place is None else (found is not None and found[0][0] == pytest.approx(place, abs=1e-6))


def test_the_tangent_touches_at_the_start() -> None:
    tangent = ground(shown(steepest.descend("x^2", start=3, lr=0.3))).tangent
    assert tangent is not None and tangent.slope == 6
    (x, y), (right, top) = tangent.ends
    assert (x + right) / 2 == pytest.approx(3) and (y + top) / 2 == pytest.approx(9) and (top - y) / (right - x) == pytest.approx(6)


def test_samples_lie_on_the_curve() -> None:
    drawn = scene([steepest.descend("x^2", start=3)], samples=[(1.0,), (-2.0,)])
    np.testing.assert_array_equal(ground(drawn).samples, [[1, 1], [-2, 4]])


def test_a_diverging_run_does_not_squash_the_others() -> None:
    calm = steepest.descend("x^2 + 10y^2", start=(2, 1), lr=0.05)
    wild = steepest.descend("x^2 + 10y^2", start=(2, 1), lr=0.2, steps=400)
    (left, right), (low, high) = ground(scene([calm, wild])).view
    assert right - left < 10 and high - low < 10


def test_a_diverging_run_says_where_it_leaves() -> None:
    run = shown(steepest.descend("x^2", start=1, lr=1.1, steps=10_000)).runs[0]
    assert run.path is not None and run.path.exit is not None
    assert run.outcome == f"leaves the picture at step {run.path.exit.step} and diverges"
    assert not run.path.exit.returns


def test_a_run_that_all_others_leave_still_shows_the_goal() -> None:
    """The start of a diverging run is shown together with the lowest point around it."""
    (left, right), (low, high) = ground(shown(steepest.descend("x^2 + 10y^2", start=(10, 1), lr=0.21, steps=50))).view
    assert left < 0 < right and low < 0 < high and right > 10


@pytest.mark.parametrize(
    ("ending", "formula", "lr", "steps", "outcome"),
    [
        ("converged", "x^2", 0.5, 9, "converged after 2 steps"),
        ("step_limit", "x^2", 0.1, 3, "stopped at the step limit after 3 steps"),
        ("undefined", "x - log(x)", 5, 9, "undefined at step 1"),
    ],
)
def test_outcomes(ending: str, formula: str, lr: float, steps: int, outcome: str) -> None:
    run = shown(steepest.descend(formula, start=3, lr=lr, steps=steps)).runs[0]
    assert run.ending == ending and run.outcome == outcome


def test_three_parameters_have_a_chart_only() -> None:
    drawn = shown(steepest.descend("x^2 + y^2 + z^2", start=(1, 2, 3)))
    assert drawn.objective_layer is None and drawn.runs[0].path is None and len(drawn.chart.series) == 1


def test_a_python_function_has_a_landscape() -> None:
    def bowl(p: np.ndarray) -> float:
        return float(p[0] ** 2 + 2 * p[1] ** 2)

    drawn = shown(steepest.descend(bowl, start=[1.0, 1.0]))
    assert drawn.title == "bowl(p) of 2 parameters" and ground(drawn).grid is not None


def test_a_python_function_that_fails_beside_the_path_is_drawn_as_far_as_it_goes() -> None:
    def edgy(p: np.ndarray) -> float:
        if p[0] > 1.5:
            raise ValueError("too far")
        return float(p @ p)

    drawn = scene(
        [steepest.descend(edgy, start=[1.0, 1.0], gradient=lambda p: 2 * p)],
        options=PictureOptions(limits=((-2, 2), (-2, 2))),
    )
    grid = ground(drawn).grid
    assert grid is not None and np.isnan(grid.values).any()


@pytest.mark.parametrize("limits", [(1, 0), "wide", ((0, 1), (1, 1)), ((0, 1),) * 3, (0, math.nan)])
def test_limits_that_are_none(limits: object) -> None:
    with pytest.raises(InputError, match="limits are"):
        scene([steepest.descend("x^2", start=1)], options=PictureOptions(limits=limits))  # type: ignore[arg-type]


def test_limits_are_kept() -> None:
    assert ground(scene([steepest.descend("rosenbrock")], options=PictureOptions(limits=((-2, 2), (-1, 3))))).view == (
        (-2, 2),
        (-1, 3),
    )


def test_runs_on_two_objectives_are_refused() -> None:
    with pytest.raises(InputError, match="one objective"):
        shown(steepest.descend("x^2", start=1), steepest.descend("x^4", start=1))


# Paths in the unit square.


def test_a_path_is_cut_at_the_border() -> None:
    drawn = path(np.array([[0.5, 0.5], [1.5, 0.5]]), UNIT)
    np.testing.assert_allclose(drawn.line[:2], [[0.5, 0.5], [1.0, 0.5]])
    assert drawn.exit is not None and drawn.exit.point == pytest.approx((1.0, 0.5)) and drawn.exit.step == 1


def test_a_path_that_comes_back_says_so() -> None:
    drawn = path(np.array([[0.5, 0.5], [1.5, 0.5], [0.5, 0.6]]), UNIT)
    assert drawn.exit is not None and drawn.exit.returns


def test_arrows_point_along_the_steps() -> None:
    points = np.array([[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]])
    arrows = path(points, UNIT).arrows
    np.testing.assert_allclose(arrows[:, :2], [[0.5, 0.1], [0.9, 0.5]])
    assert arrows[0, 2] > 0 and arrows[0, 3] == 0 and arrows[1, 2] == 0 and arrows[1, 3] > 0


def test_a_long_path_keeps_its_ends_and_few_dots() -> None:
    angle = np.linspace(0, 60, 100_000)
    points = 0.5 + 0.4 * np.column_stack([np.cos(angle), np.sin(angle)])
    drawn = path(points, UNIT)
    np.testing.assert_allclose(drawn.line[[0, -1]], points[[0, -1]])
    assert len(drawn.line) < 60_000 and len(drawn.dots) < 500 and drawn.opacity < 1


@pytest.mark.parametrize("points", [[[0.5, 0.5]], [[0.5, 0.5], [math.nan, 0.1]], [[2.0, 2.0], [1e300, -1e300]]])
def test_odd_paths_are_drawn(points: list[list[float]]) -> None:
    drawn = path(np.array(points), UNIT)
    assert drawn.points.shape == (len(points), 2)


# The chart.


@pytest.mark.parametrize(
    ("values", "least", "scale", "label"),
    [
        ([1e3, 1.0, 1e-3], 0.0, "log", "f"),
        ([1e3, 1.0, 1e-3], None, "log", "f"),
        ([3.0, 2.0, 1.5], None, "linear", "f"),
        ([9.0, -0.9, -1.0 + 1e-9], -1.0, "log", "f - f^*"),
        ([9.0, -0.9, -3.0], -1.0, "linear", "f"),  # below what was thought to be the least value
        ([5.0, -5.0], None, "linear", "f"),
    ],
)
def test_the_chart_takes_the_scale_that_shows_most(values: list[float], least: float | None, scale: str, label: str) -> None:
    drawn = chart([np.array(values)], [False], least)
    assert (drawn.scale, drawn.label) == (scale, label)


def test_a_value_that_reaches_the_least_one_leaves_the_logarithmic_axis() -> None:
    series = chart([np.array([1e3, 1.0, 1e-3, 0.0])], [False], 0.0).series[0]
    assert np.isnan(series.values[-1]) and series.values[-2] == 1e-3


def test_the_chart_of_a_diverging_run_among_others_is_cut() -> None:
    drawn = chart([np.array([1.0, 0.5, 0.1]), np.logspace(0, 290, 30)], [False, True], None)
    assert drawn.ylim[1] < 10
    assert drawn.series[1].exit is not None
    assert drawn.series[1].exit == pytest.approx((0.03, drawn.ylim[1]), abs=0.03)


def test_a_long_chart_is_thinned_and_keeps_its_extremes() -> None:
    values = np.sin(np.arange(100_000.0))
    values[77_777] = 9.0
    series = chart([values], [False], None).series[0]
    assert len(series.steps) < 2_000 and 77_777 in series.steps and series.steps[-1] == 99_999


def test_a_chart_without_a_value_says_so() -> None:
    assert chart([np.array([math.nan])], [False], None).message == "f has no value at the start"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("theta0 - 2", "θ₀ − 2"),
        ("beta1^2", "β₁²"),
        ("1e-5", "1e−5"),
        ("1 - 0.9^21", "1 − 0.9²¹"),
        ("x^2.5", "x^2.5"),
        ("adam(lr=0.05)", "adam(lr=0.05)"),
    ],
)
def test_pretty_text(text: str, shown: str) -> None:
    assert pretty(text) == shown


def test_runs_of_one_name_are_told_apart() -> None:
    runs = steepest.compare("x^2", ["adam", "adam"], start=1)
    assert [run.label for run in scene(runs).runs] == ["adam #1", "adam #2"]


def test_an_edge_of_the_domain_is_no_contour_line() -> None:
    x = np.linspace(0, 1, 401)
    slope = np.tile(100 + x, (401, 1))
    stripes = np.where(np.arange(401) % 8 < 4, slope, np.nan)
    whole, cut = (Grid(x, x, values, np.linspace(100, 101, 17), "linear").line_share for values in (slope, stripes))
    assert whole == cut == 1.0


def test_a_run_leaves_no_picture_where_the_chart_is_alone() -> None:
    run = steepest.descend("x^2 + 10y^2", (3, 1), lr=0.11)
    assert scene([run]).runs[0].outcome == "leaves the picture at step 7; stopped at the step limit after 100 steps"
    (alone,) = scene([run], options=PictureOptions(layout="chart")).runs
    assert alone.outcome == "stopped at the step limit after 100 steps"
