"""Surfaces: where a place is in the picture, what hides what, the path on the drawn that it crosses."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.plot.film.film import Film, film
from steepest.plot.mpl.layout import Picture
from steepest.plot.options import FilmOptions, PictureOptions
from steepest.plot.scene.grid import Grid
from steepest.plot.scene.limits import Array
from steepest.plot.scene.scene import scene
from steepest.plot.surface.axes import HIDDEN, blend_over, downsampled, front_and_behind
from steepest.plot.surface.best_camera import best_camera
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.framing import fitted
from steepest.plot.surface.renderer import SurfaceRendering, Viewport, in_front, render_surface
from steepest.plot.surface.run_artist import SurfaceRunArtist
from steepest.plot.surface.shading import shading
from steepest.plot.surface.surface import FLOOR, RISE, SLENDER, Surface, surface, surface_path
from steepest.plot.theme import DARK, LIGHT

SPACE = PictureOptions(view="surface")
WINDOW = Viewport(240, 200, 150.0, 120.0, 80.0)
SIDE = np.linspace(0, 1, 81)
X, Y = np.meshgrid(SIDE, SIDE)
SHAPES = {
    "plain": np.full_like(X, 0.0),
    "ridge": np.exp(-(((Y - 0.5) / 0.06) ** 2)),
    "bowl": 2 * ((X - 0.5) ** 2 + (Y - 0.5) ** 2),
    "saddle": 0.5 + 2 * ((X - 0.5) ** 2 - (Y - 0.5) ** 2),
    "waves": 0.5 + 0.5 * np.sin(9 * X) * np.cos(8 * Y),
}


def shape(name: str, view: tuple[tuple[float, float], tuple[float, float]] = ((0.0, 1.0), (0.0, 1.0))) -> Surface:
    values = SHAPES[name]
    return surface(Grid(SIDE, SIDE, values, np.linspace(0, 1, 17), "linear"), view)


def seen(name: str, camera: Camera) -> SurfaceRendering:
    return render_surface(shape(name), camera, WINDOW)


def test_a_camera_in_the_south_sees_x_to_the_right_and_y_away() -> None:
    camera = Camera(azimuth=-90, elevation=30)
    places = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]])
    assert camera.project(places) == pytest.approx(np.array([[1, 0], [0, 0.5], [0, math.sqrt(0.75)]]), abs=1e-12)
    assert camera.turned(90).project(places)[1] == pytest.approx([1, 0], abs=1e-12)  # now in the east


def test_places_lie_on_the_grid_and_nowhere_outside() -> None:
    drawn = shape("bowl", ((-2.5, 2.5), (-2.0, 2.0)))
    assert drawn.half == (0.5, 0.4)
    places = drawn.points(drawn.unit(np.array([[0.0, 0.0], [2.5, 2.0], [2.6, 0.0]])))
    assert places[0] == pytest.approx([0, 0, 0], abs=1e-6)
    assert places[1] == pytest.approx([0.5, 0.4, RISE], abs=1e-6)
    assert np.isnan(places[2]).all()


@pytest.mark.parametrize(("width", "half"), [(1.3, (0.5, 0.5 / 1.3)), (2.0, (0.5, 0.5 / SLENDER)), (3.0, (0.5, 0.5))])
def test_a_domain_is_drawn_to_scale_unless_it_is_long(width: float, half: tuple[float, float]) -> None:
    assert shape("bowl", ((0.0, width), (0.0, 1.0))).half == pytest.approx(half)
    assert shape("bowl", ((0.0, 1.0), (0.0, width))).half == pytest.approx(half[::-1])


def test_a_path_in_front_of_a_ridge_is_seen_and_one_behind_it_is_not() -> None:
    south = seen("ridge", Camera(azimuth=-90, elevation=20))
    line = np.column_stack([np.linspace(0.1, 0.9, 9), np.full(9, 0.25)])
    ahead, beyond = (south.surface.points(points) for points in (line, np.column_stack([line[:, 0], np.full(9, 0.75)])))
    assert south.visible(ahead).all() and not south.visible(beyond).any()
    north = seen("ridge", Camera(azimuth=90, elevation=20))
    assert north.visible(beyond).all() and not north.visible(ahead).any()
    above = seen("ridge", Camera(azimuth=-90, elevation=85))
    assert above.visible(ahead).all() and above.visible(beyond).all()


def test_the_near_wall_of_a_bowl_is_seen_from_below() -> None:
    south = seen("bowl", Camera(azimuth=-90, elevation=15))
    near, far = (south.surface.points(np.array([[0.5, y]])) for y in (0.1, 0.9))
    assert not south.visible(near).any() and south.visible(far).all()


@pytest.mark.parametrize("name", list(SHAPES))
@pytest.mark.parametrize("azimuth", [-90, -60, 17, 135])
@pytest.mark.parametrize("elevation", [20, 40, 65])
def test_what_is_seen_is_what_no_ray_meets_before(name: str, azimuth: float, elevation: float) -> None:
    """An oracle that marches from each place to the eye; places near an edge of what is seen are left out."""
    camera = Camera(azimuth, elevation)
    view = render_surface(shape(name), camera, WINDOW.finer(2))
    places = view.surface.points(np.random.default_rng(3).uniform(0.03, 0.97, (150, 2)))
    clearance = np.array([least_clearance(view.surface, camera, place) for place in places])
    told = view.visible(places)
    sure = (clearance > 0.0035) | (clearance < -0.03)  # a pixel and a half of doubt are for the place
    assert (told[sure] == (clearance > 0)[sure]).all()
    assert (in_front(view.surface, camera, places, view.viewport.scale)[sure] == (clearance > 0)[sure]).all()
    assert sure.mean() > 0.3


def least_clearance(drawn: Surface, camera: Camera, place: Array) -> float:
    """How far above the surface a ray from a place to the eye stays, or below it, apart from where it begins."""
    toward = np.array([*(-camera.away * camera.cosine), camera.sine])
    points = place + np.linspace(0.012, 2, 900)[:, None] * toward
    unit = points[:, :2] / (2 * np.array(drawn.half)) + 0.5
    over = points[:, 2] - drawn.points(unit)[:, 2]
    over = over[np.isfinite(over)]
    return float(over.min()) if len(over) else math.inf


@pytest.mark.parametrize("name", ["bowl", "waves", "saddle"])
def test_a_pixel_has_the_color_of_the_place_that_it_shows(name: str) -> None:
    view = seen(name, Camera(azimuth=-50, elevation=50))
    colors = shading(view.surface, LIGHT, 200)
    picture = view.picture(colors)
    unit = np.random.default_rng(5).uniform(0.05, 0.95, (200, 2))
    places = view.surface.points(unit)
    across, up = (view.camera.project(places) * WINDOW.scale + (WINDOW.across, WINDOW.up)).T
    column, row = np.floor(across).astype(int), WINDOW.height - 1 - np.floor(up).astype(int)
    shown = channels(picture[row, column])
    near = channels(colors.top[np.rint(unit[:, 1] * 199).astype(int), np.rint(unit[:, 0] * 199).astype(int)])
    differs = np.abs(shown - near).max(axis=1)
    visible = view.visible(places)
    assert np.median(differs[visible]) < 12 and visible.any()


def channels(colors: object) -> Array:
    return np.ascontiguousarray(colors).view(np.uint8).reshape(-1, 4)[:, :3].astype(np.float64)


def test_the_floor_is_seen_through_a_hole_and_no_wall_stands_around_it() -> None:
    distance = np.hypot(X - 0.5, Y - 0.5)
    drawn = surface(
        Grid(SIDE, SIDE, np.where(distance < 0.2, np.nan, 0.5 + 0.4 * X), np.linspace(0, 1, 17), "linear"),
        ((0.0, 1.0), (0.0, 1.0)),
    )
    unit = np.random.default_rng(8).uniform(0, 1, (400, 2))
    away = np.hypot(*(unit - 0.5).T)
    places = drawn.points(unit)
    assert np.isnan(places[away < 0.17]).all() and np.isfinite(places[away > 0.23]).all()
    assert places[away > 0.23][:, 2] == pytest.approx(RISE * (0.5 + 0.4 * unit[away > 0.23][:, 0]), abs=1e-5)
    for camera in (Camera(azimuth=-60, elevation=40), Camera(azimuth=100, elevation=70)):
        view = render_surface(drawn, camera, WINDOW)
        colors = shading(drawn, LIGHT, 200)
        picture = view.picture(colors)
        assert view.visible(places[away > 0.23]).all()
        for point in ((0.5, 0.5), (0.45, 0.52), (0.55, 0.5)):  # through the hole one sees the floor, or nothing
            place = np.array([*(np.array(point) - 0.5), RISE * (0.5 + 0.4 * point[0])])
            across, up = camera.project(place[None])[0] * WINDOW.scale + (WINDOW.across, WINDOW.up)
            seen_there = picture[WINDOW.height - 1 - int(up), int(across)]
            assert seen_there == 0 or (seen_there not in colors.top and seen_there in colors.floor)


def test_the_floor_is_seen_beside_the_surface_only() -> None:
    view = seen("plain", Camera(azimuth=-90, elevation=30))
    hidden = -0.5 - FLOOR * math.sqrt(3)  # the floor here is in line with the near edge of the surface
    under = np.array([[0.0, hidden + 0.01, FLOOR], [0.0, hidden - 0.01, FLOOR]])
    assert view.floor_visible(under).tolist() == [False, True]
    steep = seen("plain", Camera(azimuth=-90, elevation=88))
    assert not steep.floor_visible(under[:1]).any()


def test_averages_are_of_what_is_there() -> None:
    opaque, none = 0xFF_30_20_10, 0
    picture = np.array([[opaque, none], [none, none]], np.uint32)
    assert downsampled(picture, 1)[0, 0].tolist() == [0x10, 0x20, 0x30, 255]
    assert downsampled(picture, 2).reshape(-1).tolist() == [0x10, 0x20, 0x30, 64]
    under = np.full((1, 1, 4), 255, np.uint8)
    blend_over(under, downsampled(picture, 2))
    assert under[0, 0, 3] == 255 and 0xC0 <= under[0, 0, 0] < 0xFF


def test_a_path_follows_the_surface_from_stop_to_stop() -> None:
    drawn = shape("waves")
    positions = np.array([[0.1, 0.1], [0.8, 0.3], [0.5, 0.9]])
    path = surface_path(positions, drawn)
    assert path.stops == pytest.approx(drawn.points(positions))
    assert (np.diff(path.steps) >= 0).all() and path.steps[0] == 0 and path.steps[-1] == 2
    assert np.isfinite(path.points[:-1]).all()
    unit = path.points[:-1, :2] + 0.5
    assert path.points[:-1, 2] == pytest.approx(drawn.points(unit)[:, 2], abs=1e-6)
    assert np.hypot(*np.diff(unit, axis=0).T).max() < 0.03


def test_a_path_that_leaves_has_a_gap() -> None:
    path = surface_path(np.array([[0.5, 0.5], [1.5, 0.5], [1.5, 0.8], [0.5, 0.8]]), shape("bowl"))
    finite = np.isfinite(path.points).all(axis=1)
    assert not finite.all() and path.points[finite][:, 0].max() == pytest.approx(0.5)
    assert ((path.steps[finite] <= 0.5 + 1e-9) | (path.steps[finite] >= 2.5 - 1e-9)).all()
    assert np.isnan(path.stops[1:3]).all()


def test_front_and_behind_meet() -> None:
    points = np.arange(10.0).reshape(5, 2)
    front, behind = front_and_behind(points, np.array([True, True, False, False, True]))
    assert np.isnan(front[:, 0]).tolist() == [False, False, True, True, False]
    assert np.isnan(behind[:, 0]).tolist() == [True, False, False, False, False]


@pytest.mark.parametrize("zscale", ["linear", "log"])
def test_the_vertical_scale_is_that_of_the_levels(zscale: str) -> None:
    run = steepest.descend("rosenbrock")
    shown = scene([run], options=PictureOptions(view="surface", zscale=zscale))
    assert shown.objective_layer is not None and shown.objective_layer.grid is not None and shown.surface is not None
    assert shown.objective_layer.grid.spacing == zscale
    valley = float((shown.surface.grid < 0.5).mean())
    assert (valley > 0.75) == (zscale == "linear")


@pytest.mark.parametrize("function", ["rosenbrock", "himmelblau", "beale", "x^2 + 10y^2", "sin(x)cos(y)"])
def test_the_camera_sees_most_of_the_path(function: str) -> None:
    run = steepest.descend(function, (0.5, 0.5), optimizer="adam(lr=0.05)", steps=200)
    shown = scene([run], options=SPACE)
    assert shown.surface is not None and shown.camera is not None
    places = shown.runs[0].surface_path.points  # type: ignore[union-attr]
    places = places[np.isfinite(places).all(axis=1)]
    assert render_surface(shown.surface, shown.camera, WINDOW).visible(places).mean() > 0.7
    assert best_camera(shown.surface, [], np.zeros((0, 3))).azimuth == shown.camera.azimuth or shown.camera.elevation > 0


RACE = steepest.compare("rosenbrock", ["gd(lr=0.001)", "adam(lr=0.05)"], steps=60)


def artists(made: Film) -> list[SurfaceRunArtist]:
    return [run_artist.surface for run_artist in made.run_artists if run_artist.surface is not None]


def test_a_film_shows_the_path_up_to_its_frame() -> None:
    made = film(scene(RACE, options=SPACE), FilmOptions(pace="steps"))
    for one, run in zip(artists(made), RACE, strict=True):
        list(one.at(30))
        project, surface = one.axes.camera.project, one.axes.surface
        assert np.column_stack(one.marker.get_data())[0] == pytest.approx(
            project(surface.points(surface.unit(run.positions[30:31])))[0]
        )
        parts = [np.column_stack(line.get_data()) for line in (one.front[-1], one.behind)]
        drawn = np.vstack([part[np.isfinite(part).all(axis=1)] for part in parts])
        assert len(drawn) >= np.count_nonzero(one.path.steps <= 30)


def test_what_is_behind_is_faint() -> None:
    made = film(scene(RACE, options=SPACE), FilmOptions(turn=180, frames=8, pace="uniform"))
    shades = []
    for _ in made.frames():
        shades += [one.marker.get_alpha() for one in artists(made)]
    assert set(shades) == {1.0, HIDDEN}
    assert artists(made)[0].behind.get_alpha() == HIDDEN


def test_the_camera_turns_as_far_as_asked() -> None:
    made = film(scene(RACE, options=SPACE), FilmOptions(turn=90, frames=5, hold=0))
    assert made.layout.surface_axes is not None
    first = made.layout.surface_axes.initial.azimuth
    angles = [made.layout.surface_axes.camera.azimuth - first for _ in made.frames()]
    assert angles == pytest.approx([0, 22.5, 45, 67.5, 90])


@pytest.mark.parametrize("formula", ["sin(x)cos(y)", "rosenbrock", "himmelblau"])
def test_a_turning_surface_keeps_its_size_where_its_axes_change_sides(formula: str) -> None:
    """It was smaller by 3 to 33 percent from one frame to the next when the height axis went to another corner."""
    turned = scene([steepest.descend(formula, (1, 1), lr=0.001, steps=5)], options=SPACE)
    assert turned.camera is not None and turned.surface is not None
    scales = [fitted(turned.surface, turned.camera.turned(angle), 500, 500).scale for angle in np.arange(0, 360, 0.25)]
    assert max(abs(after / before - 1) for before, after in pairwise(scales)) < 0.008


def test_frames_of_a_turning_film_differ_where_the_surface_is() -> None:
    made = film(scene(RACE, options=SPACE), FilmOptions(turn=90, frames=3, hold=0), DARK, PictureOptions(size=(640, 400), dpi=72))
    frames = [frame.pixels.copy() for frame in made.frames()]
    assert all(frame.shape == (400, 640, 4) and (frame[..., 3] == 255).all() for frame in frames)
    assert ((frames[0] != frames[2]).any(axis=2)).mean() > 0.07


@pytest.mark.parametrize(
    "formula", ["sqrt(x^2 + y^2 - 1)", "1/x + y^2 + x", "0x + 0y + 3", "x^2 + 1e-6y^2", "-x^2 - y^2", "1e-320*(x^2 + y^2)"]
)
def test_surfaces_with_holes_poles_and_none_of_it(formula: str) -> None:
    run = steepest.descend(formula, (2, 1), lr=0.2, steps=30)
    picture = run.plot("surface")
    assert isinstance(picture, Picture) and len(picture.axes) in (2, 3)


@pytest.mark.parametrize(
    ("options", "objective", "message"),
    [
        ({"view": "sphere"}, "rosenbrock", "one of plane, surface"),
        ({"view": "surface", "zscale": "cubic"}, "rosenbrock", "one of linear, log"),
        ({"zscale": "log"}, "rosenbrock", "needs the surface"),
        ({"view": "surface"}, "x^2", "this one has 1"),
        ({"view": "surface"}, "a^2+b^2+c^2", "this one has 3"),
    ],
)
def test_options_of_surfaces_that_are_refused(options: dict[str, Any], objective: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        steepest.descend(objective, steps=1).plot(**options)


def test_only_a_surface_turns(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs the surface"):
        steepest.descend("rosenbrock", steps=2).animate(tmp_path / "a.gif", turn=90)
