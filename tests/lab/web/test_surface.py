"""The surface in the page: the same points, visibility and camera as Python's pictures; what is drawn, in a real browser."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import steepest
from steepest.plot.options import PictureOptions
from steepest.plot.scene.grid import Grid
from steepest.plot.scene.limits import Array
from steepest.plot.scene.scene import scene
from steepest.plot.surface.best_camera import best_camera
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.renderer import Viewport, render_surface
from steepest.plot.surface.shading import AMBIENT, DIFFUSE
from steepest.plot.surface.surface import FLOOR, RISE, Surface, surface, surface_path
from steepest.plot.surface.ticks import tick_labels
from steepest.plot.theme import DARK, LIGHT, Theme

HERE = Path(__file__).parent
PAGE = Path(steepest.__file__).parent / "lab" / "web"
ORIGIN = "http://surface.test/"
POLICY = "default-src 'self'; img-src 'self' data:"
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
FILES = {"": HERE / "surface.html", "demo.js": HERE / "surface_demo.js", "surface.css": HERE / "surface.css"}
SOFTWARE = ("--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
RED = "#ff0000"
SQUARE = ((0.0, 1.0), (0.0, 1.0))
SIDE = np.linspace(0, 1, 81)
X, Y = np.meshgrid(SIDE, SIDE)
SHAPES = {
    "ridge": np.exp(-(((Y - 0.5) / 0.06) ** 2)),
    "bowl": 2 * ((X - 0.5) ** 2 + (Y - 0.5) ** 2),
    "saddle": 0.5 + 2 * ((X - 0.5) ** 2 - (Y - 0.5) ** 2),
    "waves": 0.5 + 0.5 * np.sin(9 * X) * np.cos(8 * Y),
    "gap": np.where(X + Y < 0.7, np.nan, 0.5 * (X + Y)),
}
CAMERAS = [(-60, 40), (-90, 20), (90, 20), (30, 55), (170, 30)]
Opened = Callable[..., Any]
ANGLES = "[renderer.viewport.camera.azimuth, renderer.viewport.camera.elevation]"


def shape(values: Array, view: Any = SQUARE) -> Surface:
    rows, columns = values.shape
    x, y = (np.linspace(low, high, count) for (low, high), count in zip(view, (columns, rows), strict=True))
    grid = Grid(x, y, values, np.linspace(0, 1, 17), "linear")
    return surface(grid, view)


def numbered(values: Array) -> list[float | None]:
    """For JSON, which has no NaN."""
    return [float(value) if np.isfinite(value) else None for value in values.ravel()]


def document(values: Array | None = None, *paths: Array, theme: Theme = LIGHT, view: Any = SQUARE, **more: Any) -> dict[str, Any]:
    """What the demonstration page shows."""
    found: dict[str, Any] = {"theme": dataclasses.asdict(theme), "dark": theme is DARK, **more}
    if values is not None:
        rows, columns = values.shape
        x, y = (np.linspace(low, high, count).tolist() for (low, high), count in zip(view, (columns, rows), strict=True))
        levels = np.linspace(0, 1, 17).tolist()
        found["shape"] = {"x": x, "y": y, "values": numbered(values), "levels": levels, "view": view}
    found["runs"] = [{"points": numbered(path), "color": RED, "dash": [], "marker": "o"} for path in paths]
    return found


GEOMETRY = """
import { numbers } from "/model/format.js";
import { bestCamera } from "/surface/best_camera.js";
import { Camera } from "/surface/camera.js";
import { Surface } from "/surface/surface.js";
import { surfacePath } from "/surface/surface_path.js";
import { sees } from "/surface/visibility.js";
const numbered = (values) => Float64Array.from(values, (value) => value ?? NaN);
globalThis.show = ({ shape, runs }) => {
  globalThis.surface = new Surface({ ...shape, values: numbered(shape.values) });
  globalThis.paths = runs.map(({ points }) => surfacePath(surface, numbered(points)));
  const points = (shape.markers ?? []).map(({ position }) => surface.pointAt(...position));
  const { azimuth, elevation } = bestCamera(surface, paths, points.filter(Boolean));
  return [azimuth, elevation];
};
Object.assign(globalThis, { Camera, numbers, sees });
"""


@pytest.fixture(scope="module")
def geometry(node: Callable[..., Any]) -> Any:
    """The page's geometry, which needs no browser; `show` gives it a document."""
    return node(GEOMETRY)


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Any]) -> Iterator[Any]:
    opened = launch(SOFTWARE)
    yield opened
    opened.close()


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    """Opens the demonstration page on a document; at the end nothing may have gone wrong in it."""
    tabs = []

    def visit(shown: Mapping[str, Any], script: str = "", **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 480, "height": 400}, **options})
        tab = context.new_page()
        mistakes: list[str] = []
        tab.on("console", lambda message: mistakes.append(message.text) if message.type in ("error", "warning") else None)
        tab.on("pageerror", lambda error: mistakes.append(str(error)))
        tab.route("**/*", lambda route: answer(route, shown))
        if script:
            tab.add_init_script(script)
        tabs.append((tab, mistakes))
        tab.goto(ORIGIN)
        tab.wait_for_selector("html[data-ready]")
        return tab

    yield visit
    for tab, mistakes in tabs:
        tab.context.close()
        assert mistakes == []


def answer(route: Any, shown: Mapping[str, Any]) -> None:
    name = route.request.url.removeprefix(ORIGIN)
    file = FILES.get(name, PAGE / name)
    if name == "document.json":
        route.fulfill(body=json.dumps(shown, allow_nan=False), content_type="application/json")
    elif route.request.url.startswith(ORIGIN) and file.is_file():
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(body=file.read_text(), content_type=f"{KINDS[file.suffix]}; charset=utf-8", headers=headers)
    else:
        route.fulfill(status=404)


def colors(tab: Any, places: Array, before: str = "") -> Array:
    """Red, green and blue from 0 to 255 where places in space are drawn; `before` is done first."""
    tab.evaluate("(before) => { for (const [name, ...values] of before) renderer[name](...values); }", json.loads(before or "[]"))
    tab.wait_for_function("() => !renderer.coarseTimer")
    found = tab.evaluate(
        """(places) => {
            renderer.draw();
            const gl = renderer.canvas.getContext("webgl2"), pixel = new Uint8Array(4), times = renderer.density;
            return places.map((place) => {
                const { x, y } = renderer.project(place);
                const row = renderer.canvas.height - 1 - Math.floor(y * times);
                gl.readPixels(Math.floor(x * times), row, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
                return [...pixel.slice(0, 3)];
            });
        }""",
        places.tolist(),
    )
    return np.array(found, dtype=np.float64)


def red(pixels: Array) -> NDArray[np.bool_]:
    """Which pixels are full of the path's color."""
    return np.asarray((pixels[:, 0] > 235) & (pixels[:, 1:] < 40).all(axis=1))


@pytest.mark.parametrize("size", [(480, 400), (360, 300), (700, 380)])
def test_places_are_where_pythons_camera_puts_them(opened: Opened, size: tuple[int, int]) -> None:
    tab = opened(document(SHAPES["waves"]), viewport={"width": size[0], "height": size[1]})
    places = np.random.default_rng(1).uniform(-0.5, 0.5, (40, 3))
    for azimuth, elevation in CAMERAS:
        frame, found = tab.evaluate(
            """([places, ...turn]) => {
                renderer.orbit(...turn);
                return [renderer.viewport.frame(), places.map((place) => renderer.project(place))];
            }""",
            [places.tolist(), azimuth, elevation],
        )
        expected = Camera(azimuth, elevation).project(places) * frame["scale"] * [1, -1] + [frame["x"], frame["y"]]
        assert np.array([[spot["x"], spot["y"]] for spot in found]) == pytest.approx(expected, abs=1e-9)
        corners = np.array([(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (FLOOR, RISE)])
        box = Camera(azimuth, elevation).project(corners) * frame["scale"] * [1, -1] + [frame["x"], frame["y"]]
        assert (box >= 0).all() and (box <= size).all()  # the whole box is in the canvas


@pytest.mark.parametrize("view", [SQUARE, ((-2.0, 2.0), (-1.0, 1.0)), ((0.0, 1.0), (0.0, 50.0))])
def test_points_are_those_of_pythons_surface(geometry: Any, view: Any) -> None:
    shown = shape(SHAPES["waves"], view)
    geometry.evaluate("show", document(SHAPES["waves"], view=view))
    rows = np.random.default_rng(2).uniform(-0.05, 1.05, (200, 2))
    rows[:40] = np.round(rows[:40] * 80) / 80  # points of the grid, where both agree exactly
    low, high = np.array(view).T
    positions = low + rows * (high - low)
    found = geometry.evaluate("(rows) => rows.map(([x, y]) => surface.pointAt(x, y))", positions.tolist())
    expected = shown.points(shown.unit(positions))
    inside = np.array([place is not None for place in found])
    assert (inside == np.isfinite(expected[:, 2])).all()
    places = np.array([place for place in found if place])
    assert places == pytest.approx(expected[inside], abs=2e-3)  # flat triangles against bilinear pieces
    exact = inside[:40]
    assert places[: exact.sum()] == pytest.approx(expected[:40][exact], abs=1e-6)
    assert geometry.evaluate("() => surface.half") == pytest.approx(shown.half)


@pytest.mark.parametrize("name", ["ridge", "bowl", "saddle", "waves"])
def test_what_is_seen_is_what_python_sees(geometry: Any, name: str) -> None:
    shown = shape(SHAPES[name])
    geometry.evaluate("show", document(SHAPES[name]))
    places = shown.points(np.random.default_rng(3).uniform(0.02, 0.98, (400, 2)))
    for azimuth, elevation in CAMERAS:
        viewport = Viewport(3200, 3200, 1600.0, 1600.0, 1200.0)  # its columns are close, so that little is left to where they stand
        expected = render_surface(shown, Camera(azimuth, elevation), viewport).visible(places)
        found = geometry.evaluate(
            "([places, ...turn]) => places.map((place) => sees(surface, new Camera(...turn), 1600, ...place))",
            [places.tolist(), azimuth, elevation],
        )
        assert np.mean(expected == found) > 0.99  # both sample the horizon, each at places of its own
        assert expected.mean() > 0.02


@pytest.mark.parametrize("name", ["ridge", "bowl", "waves"])
def test_a_path_is_full_in_front_and_faint_behind(opened: Opened, name: str) -> None:
    shown = shape(SHAPES[name])
    line = np.column_stack([np.linspace(0.08, 0.9, 30), np.linspace(0.04, 0.96, 30)])
    tab, places = opened(document(SHAPES[name], line), device_scale_factor=2), shown.points(line)[2:-2]
    hidden = 0
    for azimuth, elevation in [(-60, 40), (-90, 20), (60, 25)]:
        pixels = colors(tab, places, json.dumps([["orbit", azimuth, elevation], ["draw"]]))
        camera, viewport = Camera(azimuth, elevation), Viewport(960, 800, 500.0, 480.0, 400.0)
        expected: NDArray[np.bool_] = render_surface(shown, camera, viewport).visible(places)
        steady = np.append(True, expected[1:] == expected[:-1]) & np.append(expected[1:] == expected[:-1], True)
        assert np.mean(red(pixels)[steady] == expected[steady]) > 0.94
        hidden += int((~expected).sum())
        faint = pixels[~expected & steady & ~red(pixels)]
        if len(faint):  # it shines through
            toward_red = (faint - colors(tab, places[~expected & steady & ~red(pixels)], '[["setStep", -1]]')) * [1, -1, -1]
            assert np.mean((toward_red.max(axis=1) > 20) & (toward_red.min(axis=1) > -5)) > 0.9
        tab.evaluate("renderer.setStep(Infinity)")
    assert hidden > 10


def test_a_path_before_a_ridge_is_seen_and_one_beyond_it_is_not(opened: Opened) -> None:
    shown, across = shape(SHAPES["ridge"]), np.linspace(0.1, 0.9, 20)
    lines = [np.column_stack([across, np.full(20, y)]) for y in (0.25, 0.75)]
    tab = opened(document(SHAPES["ridge"], *lines), device_scale_factor=2)
    for azimuth, full in ((-90, 0), (90, 1)):
        for index, line in enumerate(lines):
            pixels = red(colors(tab, shown.points(line)[2:-2], json.dumps([["orbit", azimuth, 20]])))
            assert pixels.all() if index == full else not pixels.any()


def test_a_step_cuts_the_path_and_moves_the_head(opened: Opened) -> None:
    shown, line = shape(SHAPES["bowl"]), np.column_stack([np.linspace(0.2, 0.8, 11), np.full(11, 0.6)])
    tab, places = opened(document(SHAPES["bowl"], line)), shown.points(line)
    looked = json.dumps([["orbit", -90, 60], ["setStep", 6.5]])
    assert red(colors(tab, places, looked)).tolist() == [True] * 7 + [False] * 4
    head = tab.evaluate("pointAtStep(renderer.surfaceRuns[0].path, renderer.surface, renderer.step)")
    between = shown.points(((line[6] + line[7]) / 2)[None])[0]
    assert head == pytest.approx(between, abs=2e-3)
    for step, row in ((0, 0), (3, 3), (10, 10), (99, 10)):
        tab.evaluate("(step) => renderer.setStep(step)", step)
        assert tab.evaluate("pointAtStep(renderer.surfaceRuns[0].path, renderer.surface, renderer.step)") == pytest.approx(
            places[row], abs=1e-6
        )


def test_a_path_of_shrinking_steps_is_cut_where_its_head_is(opened: Opened) -> None:
    shown = shape(SHAPES["bowl"])
    line = np.column_stack([0.2 + 0.6 * (1 - 0.8 ** np.arange(200)), np.full(200, 0.6)])
    tab = opened(document(SHAPES["bowl"], line))
    along = np.column_stack([np.linspace(0.22, 0.78, 30), np.full(30, 0.6)])
    drawn = red(colors(tab, shown.points(along), json.dumps([["orbit", -90, 60], ["setStep", 4]])))
    reached = along[:, 0] < line[4, 0]
    apart = np.abs(along[:, 0] - line[4, 0]) > 0.02
    assert (drawn == reached)[apart].all() and reached.any() and not reached.all()


def test_paths_lie_where_pythons_do(geometry: Any) -> None:
    shown = shape(SHAPES["waves"])
    steps = np.array([[0.1, 0.1], [0.9, 0.4], [1.4, 0.6], [0.5, 0.9], [np.nan, 0.5], [0.2, 0.2], [0.21, 0.2], [0.21001, 0.2]])
    geometry.evaluate("show", document(SHAPES["waves"], steps))
    rows = np.array(geometry.evaluate("() => [...paths[0].line.slice(0, 6 * paths[0].count)]")).reshape(-1, 6)
    found, expected = rows[rows[:, 5] >= 0], surface_path(steps, shown)
    kept = np.isfinite(expected.points[:, 0])
    kept[1:] &= np.diff(expected.steps) != 0  # there a step begins where the one before ended
    assert found[:, :3] == pytest.approx(expected.points[kept], abs=2e-3)
    assert found[:, 5] == pytest.approx(expected.steps[kept], abs=1e-5)
    assert (rows[:, 5] < 0).sum() == 2  # it leaves the ground once, and once there is nothing


@pytest.mark.parametrize("name", [*(name for name in SHAPES if name != "gap")])
def test_the_camera_at_first_is_pythons(geometry: Any, name: str) -> None:
    shown = shape(SHAPES[name])
    paths = [
        np.column_stack([np.linspace(0.1, 0.5, 30), np.linspace(0.9, 0.6, 30)]),
        np.array([[0.8, 0.2], [0.6, 0.3], [0.5, 0.5]]),
    ]
    known = np.array([[0.5, 0.5], [0.2, 0.8]])
    given = document(SHAPES[name], *paths)
    given["shape"]["markers"] = [{"kind": "minimum", "position": place} for place in known.tolist()]
    expected = best_camera(shown, [surface_path(path, shown).points for path in paths], shown.points(shown.unit(known)))
    assert geometry.evaluate("show", given) == [expected.azimuth, expected.elevation]


def test_the_camera_for_a_run_in_the_gallery_is_pythons(geometry: Any) -> None:
    run = steepest.descend("himmelblau", steps=60)
    shown = scene([run], options=PictureOptions(view="surface"))
    assert shown.objective_layer is not None and shown.objective_layer.grid is not None and shown.camera is not None
    grid, scene_run = shown.objective_layer.grid, shown.runs[0]
    given = document(grid.values[::4, ::4], view=shown.objective_layer.view)
    given["shape"]["levels"] = grid.levels.tolist()
    given["shape"]["markers"] = [{"kind": mark.kind, "position": mark.point} for mark in shown.objective_layer.markers]
    assert scene_run.path is not None
    given["runs"] = [{"points": numbered(scene_run.path.points), "color": RED}]
    assert geometry.evaluate("show", given) == [shown.camera.azimuth, shown.camera.elevation]


def test_a_picture_that_was_shown_keeps_its_surface_when_a_step_is_taken(opened: Opened) -> None:
    tab = opened(document(SHAPES["bowl"], np.array([[0.2, 0.2], [0.5, 0.5]])))
    before = colors(tab, np.array([[0.2, -0.2, 0.3]]))
    tab.evaluate("new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))")
    assert (colors(tab, np.array([[0.2, -0.2, 0.3]]), json.dumps([["setStep", 1]])) == before).all()
    assert before.any()


def test_where_nothing_is_the_floor_shows(opened: Opened) -> None:
    tab, shown = opened(document(SHAPES["gap"], np.array([[0.9, 0.9], [0.6, 0.5], [0.1, 0.1]]))), shape(SHAPES["gap"])
    ground = np.array([[-0.3, -0.3, FLOOR], [-0.45, 0.0, FLOOR]])
    nowhere = [int(LIGHT.nowhere[at : at + 2], 16) for at in (1, 3, 5)]
    assert (colors(tab, ground, json.dumps([["orbit", -135, 60], ["setStep", -1]])) == nowhere).all()
    full = tab.evaluate("new Surface({ ...shape, values: shape.values.map(() => 0.5) }).triangles(1).length")
    assert 0 < tab.evaluate("renderer.surface.triangles(1).length") < full == 6 * 80 * 80
    assert tab.evaluate("renderer.surface.pointAt(0.1, 0.1)") is None
    assert tab.evaluate("renderer.surface.pointAt(0.8, 0.7)") == pytest.approx(shown.points(np.array([[0.8, 0.7]]))[0], abs=1e-6)
    rows = np.array(
        tab.evaluate("[...renderer.surfaceRuns[0].path.line.slice(0, 6 * renderer.surfaceRuns[0].path.count)]")
    ).reshape(-1, 6)
    assert (rows[:, 5] < 0).sum() == 1 and rows[:-1, :2].sum(axis=1).min() > -0.34  # the pen is lifted at the border


def test_the_surface_has_the_colors_of_the_theme(opened: Opened) -> None:
    flat, places = np.full((20, 20), 0.5), np.array([[0.1, 0.05, RISE / 2]])
    for theme in (LIGHT, DARK):
        pixel = colors(opened(document(flat + 0.01, theme=theme)), places, json.dumps([["orbit", -60, 50]]))[0]
        base = np.array([int(theme.shade(0.51)[at : at + 2], 16) for at in (1, 3, 5)])
        paper = np.array([int(theme.paper[at : at + 2], 16) for at in (1, 3, 5)])
        sun = 0.76 / np.linalg.norm((0.55, 0.35, 0.76))
        assert pixel == pytest.approx((base + (paper - base) * 0.35 * theme.muted) * (AMBIENT + DIFFUSE * sun), abs=3)


@pytest.mark.parametrize("interval", [(-5.0, 5.0), (0.0, 1.0), (-2.048, 2.048), (0.0, 12500.0), (-0.003, 0.004), (99.0, 101.0)])
def test_numbers_along_the_edges_are_pythons(geometry: Any, interval: tuple[float, float]) -> None:
    found = geometry.evaluate("(interval) => numbers(interval, 5)", list(interval))
    expected = tick_labels(interval)
    assert [tick["text"] for tick in found] == [text for _, text in expected]
    assert [tick["share"] for tick in found] == pytest.approx([share for share, _ in expected])


def test_a_drag_turns_and_a_double_click_resets(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"], np.array([[0.2, 0.2], [0.5, 0.6]])))
    begun = tab.evaluate(ANGLES)
    tab.mouse.move(200, 200)
    tab.mouse.down()
    tab.mouse.move(260, 220, steps=4)
    tab.mouse.up()
    turned = tab.evaluate(ANGLES)
    azimuth = (begun[0] - 24 + 180) % 360 - 180
    assert turned == pytest.approx([azimuth, begun[1] + 6])
    tab.mouse.wheel(0, -300)
    tab.wait_for_function("() => renderer.viewport.zoom > 1.3")
    tab.mouse.dblclick(200, 200)
    assert tab.evaluate("[renderer.viewport.camera.azimuth, renderer.viewport.camera.elevation, renderer.viewport.zoom]") == [
        *begun,
        1,
    ]


def test_what_is_under_the_pointer_stays_there_when_the_picture_comes_nearer(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"]))
    place = [0.1, -0.2, 0.2]
    before = tab.evaluate("(place) => renderer.project(place)", place)
    tab.evaluate("(spot) => renderer.approach(2.5, spot.x, spot.y)", before)
    assert tab.evaluate("renderer.viewport.zoom") == pytest.approx(2.5)
    after = tab.evaluate("(place) => renderer.project(place)", place)
    assert (after["x"], after["y"]) == pytest.approx((before["x"], before["y"]), abs=1e-6)
    assert tab.evaluate("renderer.approach(1e9) && renderer.approach(2)") is False  # there is an end to it


def test_keys_turn_and_zoom_and_leave_other_keys_alone(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"]))
    tab.evaluate("globalThis.passed = []; document.addEventListener('keydown', (event) => passed.push(event.key))")
    tab.focus("#surface")
    begun = tab.evaluate(ANGLES)
    for key in ("ArrowLeft", "ArrowUp", "+", "Home", " "):
        tab.keyboard.press(key)
    assert tab.evaluate(ANGLES) == pytest.approx([begun[0] + 5, begun[1] + 4])
    assert tab.evaluate("renderer.viewport.zoom") > 1
    assert tab.evaluate("passed") == ["Home", " "]
    tab.keyboard.press("0")
    assert tab.evaluate("[renderer.viewport.camera.azimuth, renderer.viewport.camera.elevation, renderer.viewport.zoom]") == [
        *begun,
        1,
    ]
    for _ in range(40):
        tab.keyboard.press("ArrowDown")
    assert 0 < tab.evaluate("renderer.viewport.camera.elevation") < 10  # never under the floor


def test_two_fingers_bring_it_nearer(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"]), has_touch=True)
    session = tab.context.new_cdp_session(tab)
    for kind, apart in (("touchStart", 40), ("touchMove", 60), ("touchMove", 80), ("touchEnd", 0)):
        points = [{"x": 240 + side * apart, "y": 200, "id": index} for index, side in enumerate((-1, 1))] if apart else []
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    tab.wait_for_function("() => renderer.viewport.zoom > 1.5")
    azimuth = tab.evaluate("renderer.viewport.camera.azimuth")
    for kind, x in (("touchStart", 200), ("touchMove", 250), ("touchEnd", 0)):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": 200}] if x else []})
    tab.wait_for_function("(before) => renderer.viewport.camera.azimuth !== before", arg=azimuth)


def test_the_camera_is_chosen_anew_for_another_function(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"]))
    begun = tab.evaluate(ANGLES)
    assert tab.evaluate("renderer.orbit(100, 33); renderer.draw(); " + ANGLES) == [100, 33]
    assert tab.evaluate("renderer.setSurface(shape); renderer.draw(); " + ANGLES) == begun


def test_it_follows_the_size_of_its_canvas_and_the_screens_density(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"]), device_scale_factor=2)
    assert tab.evaluate("[renderer.canvas.width, renderer.canvas.height, renderer.overlay.canvas.width]") == [960, 800, 960]
    tab.set_viewport_size({"width": 360, "height": 300})
    tab.wait_for_function("() => renderer.canvas.width === 720")
    assert tab.evaluate("[renderer.canvas.height, renderer.overlay.canvas.width, renderer.overlay.canvas.height]") == [
        600,
        720,
        600,
    ]
    boxes = "[renderer.canvas, renderer.overlay.canvas].map((each) => each.getBoundingClientRect())"
    sides = f"{boxes}.map((box) => [box.x, box.y, box.width, box.height])"
    assert tab.evaluate(sides) == [[0, 0, 360, 300]] * 2
    places = np.array([[0.0, 0.0, FLOOR]])
    assert (colors(tab, places) != 255).any()


def test_it_comes_back_after_the_graphics_card_is_lost(opened: Opened) -> None:
    line = np.array([[0.2, 0.5], [0.8, 0.5]])
    tab, places = opened(document(SHAPES["saddle"], line)), shape(SHAPES["saddle"]).points(np.array([[0.5, 0.5], [0.3, 0.2]]))
    looked = json.dumps([["orbit", -90, 60]])
    before = colors(tab, places, looked)
    tab.evaluate("globalThis.lose = renderer.canvas.getContext('webgl2').getExtension('WEBGL_lose_context'); lose.loseContext()")
    tab.wait_for_function("() => renderer.resources.gl.isContextLost()")
    tab.evaluate("renderer.orbit(20, 30); renderer.draw()")  # nothing happens, and nothing breaks
    tab.evaluate(
        """new Promise((done) => {
            renderer.canvas.addEventListener("webglcontextrestored", () => done(true));
            lose.restoreContext();
        })"""
    )
    assert colors(tab, places, looked) == pytest.approx(before, abs=1)


def test_without_webgl_a_sentence_stands_in_its_place(opened: Opened) -> None:
    blind = """const real = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind) { return kind === "webgl2" ? null : real.call(this, kind); };"""
    tab = opened(document(SHAPES["waves"], np.array([[0.2, 0.2], [0.5, 0.6]]), step=0.5), script=blind)
    assert "WebGL 2" in tab.locator(".surface-missing").inner_text()
    assert not tab.locator("#surface").is_visible()
    tab.evaluate("renderer.orbit(3, 30); renderer.approach(2); renderer.reset(); renderer.resize()")
    tab.evaluate("renderer.setTheme(scene.theme); renderer.destroy()")
    assert tab.locator(".surface-missing").count() == 0


def test_destroy_frees_and_listens_no_more(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"], np.array([[0.2, 0.2], [0.5, 0.6]])))
    tab.focus("#surface")
    assert tab.locator("canvas").count() == 2
    lost = tab.evaluate(
        "globalThis.gl = renderer.canvas.getContext('webgl2'); renderer.setStep(0.5); renderer.destroy(); gl.isContextLost()"
    )
    assert lost and tab.locator("canvas").count() == 1
    azimuth = tab.evaluate("renderer.viewport.camera.azimuth")
    tab.keyboard.press("ArrowLeft")
    tab.mouse.move(100, 100)
    tab.mouse.wheel(0, -100)
    tab.set_viewport_size({"width": 300, "height": 300})
    assert tab.evaluate("[renderer.viewport.camera.azimuth, renderer.viewport.zoom, renderer.resources, renderer.surface]") == [
        azimuth,
        1,
        None,
        None,
    ]
    tab.evaluate("renderer.setStep(1); renderer.draw(); renderer.resize(); renderer.destroy()")


def test_many_surfaces_after_each_other_leave_nothing_behind(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"]))
    left = tab.evaluate(
        """async () => {
            for (let count = 0; count < 24; count++) {
                const canvas = document.createElement("canvas");
                document.body.append(canvas);
                const other = new SurfaceRenderer(canvas, scene.theme);
                other.setSurface(shape);
                other.draw();
                other.destroy();
                canvas.remove();
            }
            renderer.draw();
            return [document.querySelectorAll("canvas").length, renderer.resources.gl.isContextLost()];
        }"""
    )
    assert left == [2, False]


def test_the_picture_is_a_png_with_words_and_lines(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"]), device_scale_factor=2)
    size, start, dark = tab.evaluate(
        """async () => {
            const blob = await renderer.image(), bitmap = await createImageBitmap(blob);
            const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
            pen.drawImage(bitmap, 0, 0);
            const { x, y } = axisLabels(renderer.surface, renderer.viewport, renderer.names).find(({ name }) => name);
            const parts = pen.getImageData(2 * x - 12, 2 * y - 12, 24, 24).data, bytes = new Uint8Array(await blob.arrayBuffer());
            return [[bitmap.width, bitmap.height], [...bytes.slice(1, 4)], parts.filter((part) => part < 100).length];
        }"""
    )
    assert size == [960, 800] and bytes(start) == b"PNG" and dark > 20


def test_it_has_a_name_and_can_be_reached_by_keyboard(opened: Opened) -> None:
    tab = opened(document(SHAPES["waves"]))
    canvas = tab.locator("#surface")
    assert canvas.get_attribute("tabindex") == "0" and "arrow keys" in canvas.get_attribute("aria-label")
    assert tab.evaluate("renderer.overlay.canvas.getAttribute('aria-hidden')") == "true"
