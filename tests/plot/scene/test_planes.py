"""Three and more parameters: their charts, slices through the end, the plane of the main directions; runs that hide each other."""

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure

from steepest import compare, descend, fit
from steepest.errors import InputError
from steepest.plot.film.film import film
from steepest.plot.options import FilmOptions, PictureOptions
from steepest.plot.scene.overlap import layering, shares
from steepest.plot.scene.path import path
from steepest.plot.scene.planes import WIDE, main_directions, random_walk_share
from steepest.plot.scene.race import race
from steepest.plot.scene.scene import scene

FORMULA = "(x^2-1)^2 + (y^2-1)^2 + z^2 + w^2 + x y/5 + z w"
RUNS = list(compare(FORMULA, ["gd(lr=0.05)", "adam(lr=0.1)"], start=(0.4, 0.3, 2, 1), steps=40))


def walk_share(positions: int, parameters: int, walks: int) -> tuple[float, float]:
    """The mean share of the two main directions of simulated walks, and its standard error."""
    random, found = np.random.default_rng(11), []
    for _ in range(walks):
        places = np.vstack([np.zeros(parameters), random.normal(size=(positions - 1, parameters)).cumsum(axis=0)])
        sizes = np.square(np.linalg.svd(places - places.mean(axis=0), compute_uv=False))
        found.append(sizes[:2].sum() / sizes.sum())
    return float(np.mean(found)), float(np.std(found) / np.sqrt(walks))


@pytest.mark.parametrize(("positions", "parameters"), [(4, 3), (12, 3), (80, 3), (300, 5), (60, 20), (300, 200), (40, 1000)])
def test_the_share_of_a_random_walk_is_that_of_simulated_ones(positions: int, parameters: int) -> None:
    mean, error = walk_share(positions, parameters, 400 if parameters < WIDE else 40)
    limit = 0.012 if parameters >= WIDE else 0.0  # of the formula, which is for infinitely many parameters
    assert random_walk_share(positions, parameters) == pytest.approx(mean, abs=4 * error + 0.008 + limit)


def test_the_main_directions_are_those_of_the_covariance() -> None:
    positions = np.random.default_rng(2).normal(size=(50, 6)) * [5, 1, 1, 3, 0.1, 1]
    unit, held = main_directions(positions)
    sizes, vectors = np.linalg.eigh(np.cov(positions.T))
    assert held == pytest.approx(tuple(sizes[::-1][:2] / sizes.sum()))
    assert np.abs(unit @ vectors[:, ::-1][:, :2]) == pytest.approx(np.eye(2), abs=1e-9)


@pytest.mark.parametrize("positions", [[[1.0, 2, 3]], [[1.0, 2, 3], [1.0, 2, 3]], [[0.0, 0, 0], [0.0, 2, 0]]])
def test_a_path_without_two_directions_gets_two_that_are_perpendicular(positions: list[list[float]]) -> None:
    unit, _ = main_directions(np.array(positions))
    assert unit @ unit.T == pytest.approx(np.eye(2), abs=1e-12)


@pytest.mark.parametrize("view", ["slices", "directions"])
def test_the_planes_hold_the_objective_and_the_paths(view: str) -> None:
    shown = scene(RUNS, options=PictureOptions(view=view)).planes
    assert shown is not None and len(shown.panels) == (4 if view == "slices" else 1)
    for panel in shown.panels:
        grid, end = panel.layer.grid, panel.paths[0].points[-1]
        assert grid is not None
        cell = np.abs(grid.y - end[1]).argmin(), np.abs(grid.x - end[0]).argmin()
        near = np.abs(np.gradient(grid.values)).max() * 1.0
        assert grid.values[cell] == pytest.approx(RUNS[0].values[-1], abs=near)


def test_each_parameter_has_its_chart_and_its_end() -> None:
    shown = scene(RUNS).parameters
    assert shown is not None and [each.chart.label for each in shown.charts] == ["w", "x", "y", "z"]
    for index, each in enumerate(shown.charts):
        assert each.last == tuple(run.positions[-1, index] for run in RUNS)
        assert each.chart.series[1].values.tolist() == RUNS[1].positions[:, index].tolist()


def test_of_many_parameters_those_that_moved_the_farthest_are_shown() -> None:
    text = " + ".join(f"{1 + (index % 3)}*p{index}^2" for index in range(12))
    run = descend(text, [0.0] * 6 + [1.0] * 6, lr=0.1, steps=3)
    shown = scene([run]).parameters
    assert shown is not None and len(shown.charts) == 8 and "8 of 12 parameters" in shown.heading
    assert {f"p_{{{index}}}" for index in range(6, 12)} <= {each.chart.label for each in shown.charts}


@pytest.mark.parametrize("view", ["parameters", "slices", "directions"])
def test_films_and_stills_end_alike(view: str) -> None:
    options = PictureOptions(view=view)
    picture = RUNS[0].plot(view=view)
    assert isinstance(picture, Figure) and len(picture.axes) > 2
    made = film(scene(RUNS, options=options), FilmOptions(frames=3))
    frames = [frame.pixels.copy() for frame in made.frames()]
    assert all((one != other).any() for one, other in pairwise(frames))


def test_a_view_that_does_not_suit_is_refused() -> None:
    with pytest.raises(InputError, match="three and more parameters, and this function has 2"):
        PictureOptions(view="slices").check_for(["x", "y"], [])
    with pytest.raises(InputError, match="limits are for one or two"):
        PictureOptions(limits=(0, 1)).check_for(["x", "y", "z"], [])


def test_markers_at_one_place_are_parts_of_one() -> None:
    view = ((0.0, 1.0), (0.0, 1.0))
    found = shares([np.array([0.5, 0.5]), np.array([0.505, 0.5]), np.array([0.9, 0.5]), None], view)
    assert [(each.number, each.count, each.leader) for each in found] == [(0, 2, 0), (1, 2, 0), (0, 1, 2), (0, 1, 3)]


def test_a_shorter_path_is_drawn_over_a_longer_one_which_is_wider_where_it_is_covered() -> None:
    view = ((0.0, 1.0), (0.0, 1.0))
    long, short = np.array([[0.1, 0.1], [0.9, 0.9]]), np.array([[0.1, 0.1], [0.4, 0.4]])
    found = layering([path(short, view), path(long, view), path(long + np.array([0.0, 0.001]), view)], view)
    assert found[0].rank == 2 and found[0].under == 0
    assert {found[1].rank, found[2].rank} == {0, 1}
    assert {found[1].under, found[2].under} == {0, 1}


def test_the_places_of_a_race_follow_from_the_values() -> None:
    runs = list(compare("x^2 + y^2", ["gd(lr=0.05)", "gd(lr=0.3)", "gd(lr=0.1)"], start=(2, 1), steps=60))
    found = race(runs, 0.0)
    assert found is not None and found.goal == 1e-3 and found.told == "f < 0.001"
    assert found.reached == tuple(int(np.flatnonzero(run.values < 1e-3)[0]) for run in runs)
    assert found.order(60) == [1, 2, 0] and found.order(0) == [0, 1, 2] and found.place(2, 60) == 2
    assert scene(runs).final_order() == [1, 2, 0]
    assert race(runs[:1], 0.0) is None
    assert race([runs[0], descend("x^2 + y^2", (1, 1), steps=5)], 0.0) is None


def test_the_places_against_evaluations_are_those_of_what_each_run_spent() -> None:
    runs = list(compare("rosenbrock", ["torch:LBFGS(max_iter=20)", "scipy:BFGS"], steps=60))
    by_steps = scene(runs)
    assert by_steps.race is not None and by_steps.final_order() == [0, 1]
    fair = scene(runs, options=PictureOptions(against="evaluations"))
    assert fair.race is not None and fair.final_order() == [1, 0]
    for index, run in enumerate(runs):
        reached = fair.race.reached[index]
        assert reached is not None
        assert fair.race.note(index, 60) == f"f < 0.01 after {run.spent[reached]} evaluations"
    timed = scene(runs, options=PictureOptions(against="time"))
    assert timed.race is not None and re.fullmatch(r"f < 0\.01 after [\d.e-]+ s", timed.race.note(1, 60))


def test_runs_in_batches_do_not_race() -> None:
    """Each step's value is of another batch: a low one says more about its rows than about the run."""
    batched, whole = [
        [fit("houses", "price ~ w*size + b", scale="z", batch=batch, lr=lr, steps=20) for lr in (0.02, 0.2)] for batch in (4, None)
    ]
    assert race(batched, None) is None and scene(batched).race is None
    assert race(whole, None) is not None
