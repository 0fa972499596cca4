"""Simplices and trials: what pictures and films show of them is what the optimizer asked for."""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection

import steepest
from steepest.errors import InputError
from steepest.plot.film.film import film
from steepest.plot.mpl.evaluations import SimplexArtist, TrialsArtist
from steepest.plot.mpl.figure import figure
from steepest.plot.options import FilmOptions, PictureOptions
from steepest.plot.scene.scene import Scene, SceneRun, scene
from steepest.plot.surface.evaluations import SurfaceSimplexArtist, SurfaceTrialsArtist
from steepest.runs.libraries.simplices import simplices
from steepest.runs.trajectory import Trajectory

NELDER_MEAD = "scipy:Nelder-Mead"
BOWL = steepest.descend("x^2 + 10y^2 - x*y", (3, 1), optimizer=NELDER_MEAD)
WELL = steepest.descend("x^4 - 3x^2 + x", 2, optimizer=NELDER_MEAD)
SEARCH = steepest.descend("rosenbrock", optimizer="scipy:BFGS")
SHOWN = PictureOptions(show="trials")


def drawn(run: Trajectory, **options: Any) -> tuple[Scene, SceneRun]:
    made = scene([run], options=PictureOptions(**options))
    return made, made.runs[0]


def legend(made: Scene) -> list[str]:
    return [text.get_text() for each in figure(made).legends for text in each.get_texts()]


def test_triangles_are_the_simplices() -> None:
    found, shown = simplices(BOWL), drawn(BOWL)[1].simplices
    assert found is not None
    assert shown is not None
    assert shown.closed
    for outline, step in zip(shown.outlines, shown.first, strict=True):
        np.testing.assert_allclose(outline, found.corners[step])
        assert shown.at[step] == list(shown.first).index(step)
    assert len(shown.outlines) > 15
    assert shown.at[-1] == -1  # at the end too small to be seen
    assert (np.diff(shown.first) >= 1).all()


def test_over_one_parameter_they_are_parts_of_the_curve() -> None:
    (found, (made, run)) = simplices(WELL), drawn(WELL)
    assert found is not None
    assert run.simplices is not None
    assert not run.simplices.closed
    assert made.objective_layer is not None
    for outline, step in zip(run.simplices.outlines, run.simplices.first, strict=True):
        np.testing.assert_allclose(sorted(outline[[0, -1], 0]), sorted(found.corners[step, :, 0]))
        np.testing.assert_allclose(outline[:, 1], outline[:, 0] ** 4 - 3 * outline[:, 0] ** 2 + outline[:, 0], atol=1e-9)
        assert (np.diff(outline[:, 0]) > 0).all()


def test_a_simplex_with_a_corner_without_a_value_is_left_out() -> None:
    run = steepest.descend("log(x)^2 + 1", 0.02, optimizer=steepest.optimizer(NELDER_MEAD, initial_simplex=((0.02,), (-0.3,))))
    shown = drawn(run)[1].simplices
    assert shown is not None
    assert shown.at[0] == -1
    assert (shown.at[2:6] >= 0).any()


def test_where_the_rules_are_not_known_the_caption_says_so() -> None:
    trials = BOWL.work.trials
    assert trials is not None
    work = copy(BOWL.work)
    work.__dict__["trials"] = replace(trials, positions=trials.positions + 1e-6)
    made, run = drawn(replace(BOWL, work=work))
    assert run.simplices is None
    assert run.outcome.endswith("no simplices: it moves them by rules that are not known here")
    assert "simplex" not in legend(made)


def test_trials_are_what_it_did_not_step_to() -> None:
    trials, marks = SEARCH.work.trials, drawn(SEARCH, show="trials")[1].trials
    assert trials is not None
    assert marks is not None
    asked, stepped, marked = (set(map(tuple, each.tolist())) for each in (trials.positions, SEARCH.positions, marks.points))
    assert marked == asked - stepped
    assert len(marks.points) == len(marked)
    for point, step in zip(marks.points, marks.steps, strict=True):
        first = (trials.positions == point).all(axis=1).argmax()
        assert SEARCH.spent[step] <= first < SEARCH.spent[step + 1]


def test_over_one_parameter_trials_lie_on_the_curve() -> None:
    marks = drawn(WELL, show="trials")[1].trials
    assert marks is not None
    assert len(marks.points) > 5
    x, y = marks.points.T
    np.testing.assert_allclose(y, x**4 - 3 * x**2 + x)


def test_of_many_parameters_the_caption_counts_them() -> None:
    run = steepest.descend("x^2 + 2y^2 + z^4", (2, 1, 1), optimizer=NELDER_MEAD)
    (each,) = drawn(run, show="trials")[1].quantities
    assert each.kind == "number"
    trials = run.work.trials
    assert trials is not None
    left_out = {tuple(row) for row in trials.positions.tolist()} - {tuple(row) for row in run.positions.tolist()}
    assert each.rows.sum() == len(left_out)
    assert each.rows[0] == 4


def test_who_asks_at_its_steps_only_says_so() -> None:
    run = drawn(steepest.descend("x^2 + y^2", (1, 1), optimizer="scipy:trust-exact"), show="trials")[1]
    assert run.trials is None
    assert run.outcome.endswith("no trials: it asked at its steps only")
    beside = scene([SEARCH, steepest.descend("rosenbrock", optimizer="adam", steps=3)], options=SHOWN).runs[1]
    assert (beside.trials, "trials" in beside.outcome) == (None, False)


def test_equations_have_no_trials() -> None:
    with pytest.raises(InputError, match="the optimizer 'adam' has no 'trials' to show"):
        SHOWN.check_for(("x", "y"), [steepest.optimizer("adam")])
    with pytest.raises(InputError, match="no 'trial' to show: did you mean trials"):
        PictureOptions(show="trial").check_for(("x", "y"), [SEARCH.optimizer])


def test_a_picture_has_every_triangle_and_a_legend() -> None:
    made, run = drawn(BOWL, show="trials")
    picture = figure(made)
    ax = picture.axes[0]
    patches = [path for each in ax.collections if isinstance(each, PolyCollection) for path in each.get_paths()]
    assert run.simplices is not None
    assert run.trials is not None
    assert len(patches) == len(run.simplices.outlines)
    (marks,) = (line for line in ax.lines if line.get_marker() == "+" and len(np.asarray(line.get_xydata())) > 1)
    np.testing.assert_array_equal(marks.get_xydata(), run.trials.points)
    assert {"simplex", "trial"} <= set(legend(made))
    assert {"simplex", "trial"}.isdisjoint(legend(drawn(SEARCH)[0]))


@pytest.mark.parametrize("trail", [None, 4])
def test_a_film_shows_the_present_triangle_and_those_before(trail: int | None) -> None:
    made, run = drawn(BOWL, show="trials")
    assert run.simplices is not None
    assert run.trials is not None
    moving = film(made, FilmOptions(frames=12, trail=trail))
    simplex, marks = moving.run_artists[0].evaluations
    assert isinstance(simplex, SimplexArtist)
    assert isinstance(marks, TrialsArtist)
    for step in (0, 5, 9.5, BOWL.steps):
        list(moving.run_artists[0].at(step))
        whole, shown = int(step), run.simplices
        before = [first for first in shown.first if first < whole and (trail is None or first >= whole - trail)]
        index = shown.at[whole]
        present = [] if index < 0 else [shown.outlines[index]]
        if index >= 0 and shown.first[index] in before:
            before.remove(shown.first[index])
        assert len(simplex.earlier.get_paths()) == len(before)
        assert [np.asarray(path.vertices)[:3].tolist() for path in simplex.present.get_paths()] == [
            each.tolist() for each in present
        ]
        assert len(np.asarray(marks.marks.get_xydata())) == (run.trials.steps <= whole).sum()


def test_on_a_surface_the_edges_follow_it() -> None:
    made, run = drawn(BOWL, show="trials", view="surface")
    assert run.simplices is not None
    assert made.surface is not None
    moving = film(made, FilmOptions(frames=12))
    simplex, marks = moving.run_artists[0].evaluations
    assert isinstance(simplex, SurfaceSimplexArtist)
    assert isinstance(marks, SurfaceTrialsArtist)
    for edges, outline in zip(simplex.edges, run.simplices.outlines, strict=True):
        known = edges[np.isfinite(edges).all(axis=1)]
        np.testing.assert_allclose(known, made.surface.points(known[:, :2] / (2 * np.array(made.surface.half)) + 0.5), atol=1e-6)
        corners = made.surface.points(made.surface.unit(outline))
        assert all(np.abs(known - corner).max(axis=1).min() < 1e-6 for corner in corners if np.isfinite(corner).all())
    list(moving.run_artists[0].at(6))
    seen = sum(len(np.asarray(line.get_xydata())) for line in (marks.front, marks.behind))
    assert seen == (marks.trials.steps <= 6).sum()
    figure(made)


def test_an_svg_film_has_each_triangle_once(tmp_path: Path) -> None:
    path = tmp_path / "film.svg"
    BOWL.animate(path, frames=30)
    shown = drawn(BOWL)[1].simplices
    assert shown is not None
    changing = re.findall(r'attributeName="d" calcMode="discrete" values="([^"]*)"', path.read_text())
    once = [values for values in changing if len(values.split(";")) == 2 and values.startswith("M0 0;")]
    assert len(once) > len(shown.outlines) / 2
    assert path.stat().st_size < 200_000
