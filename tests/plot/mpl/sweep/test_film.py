"""Films of sweeps: a map for each value of the third axis."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.plot.mpl.words import smallest, words

import steepest
from steepest.errors import InputError
from steepest.plot.map_options import MapOptions
from steepest.plot.mpl.sweep.film import map_film
from steepest.runs.sweep.endings import ENDINGS
from steepest.runs.sweep.sweep import Sweep

LINE = steepest.linear(-5, 5, 31)


@pytest.fixture(scope="module")
def growing() -> Sweep:
    return steepest.sweep("himmelblau", {"x": LINE, "y": LINE, "lr": steepest.linear(0.005, 0.03, 15)}, steps=60)


def test_a_film_has_a_frame_for_each_value(growing: Sweep, tmp_path: Path) -> None:
    path = tmp_path / "f.gif"
    growing.save(path, film="lr", by="ending")
    with Image.open(path) as film:
        assert film.n_frames == 15  # type: ignore[attr-defined]
        assert b"steepest sweep himmelblau" in film.info["comment"] and b"--film lr" in film.info["comment"]


def test_frames_show_their_maps(growing: Sweep) -> None:
    film = map_film(growing, MapOptions(film="lr", by="ending"))
    box = film.figure.axes[0].bbox
    times = round(box.width / 31)
    left, top = round(box.x0) + times // 2, film.figure.canvas.get_width_height()[1] - round(box.y1) + times // 2
    for frame, panel in zip(film.frames(), film.scene.panels, strict=True):
        shown = frame.pixels[top : top + 31 * times : times, left : left + 31 * times : times, :3][::-1]
        same = (shown == panel.pixels).all(axis=2)
        assert same.mean() > 0.9  # all but those under markers
    assert sum(frame.seconds for frame in film.frames()) == pytest.approx(7.5)
    assert all(side % 2 == 0 for side in film.figure.canvas.get_width_height())


def test_any_axis_may_be_the_films(growing: Sweep) -> None:
    film = map_film(growing, MapOptions(film="x"))
    assert (film.scene.x.name, film.scene.y.name, len(film.scene.panels)) == ("y", "lr", 31)
    np.testing.assert_array_equal(film.scene.panels[3].pixels.shape, (15, 31, 3))


@pytest.mark.parametrize(
    ("paths", "options", "message"),
    [
        (["f.gif"], {}, "--save film.gif --film lr"),
        (["f.png"], {"film": "lr"}, "--save film.gif --film lr"),
        (["f.gif"], {"film": "lrr"}, "did you mean lr"),
    ],
)
def test_what_is_no_film_is_refused(
    growing: Sweep, tmp_path: Path, paths: list[str], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        growing.save(*(tmp_path / path for path in paths), **options)
    assert not list(tmp_path.iterdir())


def test_a_film_needs_two_further_axes() -> None:
    found = steepest.sweep("x^2", {"x": LINE, "lr": [0.1, 0.2]}, steps=3)
    with pytest.raises(InputError, match="a film shows two axes besides lr, and there are 1"):
        map_film(found, MapOptions(film="lr"))


def test_a_sweep_that_was_interrupted_is_not_zoomed_into() -> None:
    found = steepest.sweep("himmelblau", {"x": LINE, "y": LINE}, lr=0.01, steps=5)
    ending = found.ending.copy()
    ending[3, 4] = ENDINGS.index("interrupted")
    with pytest.raises(InputError, match="this one was interrupted"):
        map_film(replace(found, ending=ending), MapOptions(film="zoom", zoom={"x": (2, 3), "y": (1, 2)}))


LECTURE = 22 * 720 / 1080  # pixels: the smallest words on 1920 x 1080


@pytest.mark.parametrize(
    ("axes", "options", "first", "middle"),
    [
        ({"x": LINE, "y": LINE, "lr": steepest.linear(0.005, 0.03, 11)}, MapOptions(film="lr"), "lr = 0.0050", 0.5),
        ({"x": LINE, "y": LINE, "lr": steepest.log(1e-4, 1e-2, 3)}, MapOptions(film="lr"), "lr = 0.0001", 0.5),
        ({"x": LINE, "lr": [0.01, 0.02], "beta": [0.1, 0.2, 0.9]}, MapOptions(film="beta", by="value"), "β = 0.1", 0.5),
        ({"x": LINE, "y": LINE}, MapOptions(film="zoom", zoom={"x": (2, 3), "y": (1, 2)}), "zoom = 1", 0.5),
    ],
    ids=["linear", "log", "list", "zoom"],
)
def test_a_film_of_maps_tells_its_value_and_how_far_it_is(axes: Any, options: MapOptions, first: str, middle: float) -> None:
    given: dict[str, Any] = {} if "lr" in axes else {"lr": 0.01}
    film = map_film(steepest.sweep("himmelblau", axes, optimizer="momentum", steps=20, **given), options)
    assert film.figure.canvas.get_width_height() == (1280, 720)
    assert film.told[0] == first and (film.shares[0], film.shares[-1]) == (0, 1)
    assert np.interp(0.5, np.linspace(0, 1, len(film.shares)), film.shares) == pytest.approx(middle, abs=0.03)
    count = len(film.scene.panels)
    for number, _ in enumerate(film.frames()):
        assert film.frame.value.get_text() == film.told[number]
        left, right = film.frame.track
        assert np.asarray(film.frame.marker.get_xdata()).tolist() == pytest.approx([left + film.shares[number] * (right - left)])
    assert number == count - 1
    written = words(film.figure)
    assert min(smallest(text) * film.figure.dpi / 72 for text in written) >= LECTURE
    whole = film.figure.bbox
    for text in written:
        box = text.get_window_extent()
        assert box.width == 0 or (box.x0 >= 0 and box.y0 >= 0 and box.x1 <= whole.x1 and box.y1 <= whole.y1), text.get_text()


def test_a_map_with_more_cells_than_dots_makes_a_larger_film() -> None:
    line = steepest.linear(-5, 5, 700)
    film = map_film(steepest.sweep("himmelblau", {"x": line, "y": line, "lr": [0.01, 0.02]}, steps=2), MapOptions(film="lr"))
    box, (width, height) = film.frame.axes.bbox, film.figure.canvas.get_width_height()
    assert round(box.width) == round(box.height) == 700
    assert width / height == pytest.approx(1280 / 720, rel=0.01) and width % 2 == height % 2 == 0


def test_a_star_stands_only_where_runs_of_the_frame_arrive() -> None:
    """With lr = 0.03 a run stays at no minimum whose curvature is above 2/0.03 = 67, but where it starts."""
    axes = {"x": LINE, "y": LINE, "lr": [0.01, 0.03]}
    found = steepest.sweep("himmelblau", axes, steps=500)
    film = map_film(found, MapOptions(film="lr"))
    stars = [mark for point, mark in zip(film.frame.points, film.frame.marks, strict=True) if point.kind == "minimum"]
    shown = [[mark.get_visible() for mark in stars] for _ in film.frames()]
    assert shown == [[bool((found.minimum[..., lr] == index).any()) for index in range(4)] for lr in range(2)]
    assert shown[0] == [True] * 4 and sum(shown[1]) < 2


@pytest.mark.parametrize(("size", "pixels"), [("slide", (1920, 1080)), ("square", (1080, 1080)), ((1600, 900), (1600, 900))])
def test_a_film_of_maps_has_the_size_and_the_title_that_are_asked_for(size: Any, pixels: tuple[int, int]) -> None:
    line = steepest.linear(-5, 5, 300)
    found = steepest.sweep("himmelblau", {"x": line, "y": line, "lr": [0.01, 0.02]}, steps=2)
    film = map_film(found, MapOptions(film="lr", size=size, title="Basins"))
    assert film.figure.canvas.get_width_height() == pixels
    assert "Basins" in [text.get_text() for text in words(film.figure)]


@pytest.mark.parametrize("size", ["column", "thumbnail"])
def test_a_film_of_maps_has_no_size_without_room_for_what_is_told(growing: Sweep, size: str) -> None:
    with pytest.raises(InputError, match=f"words beside its map, for which {size} has no room"):
        map_film(growing, MapOptions(film="lr", size=size))


def test_a_picture_of_too_many_maps_beside_a_film_does_not_advise_the_film(tmp_path: Path) -> None:
    found = steepest.sweep("himmelblau", {"x": LINE, "y": LINE, "lr": steepest.linear(0.001, 0.02, 14)}, steps=2)
    with pytest.raises(InputError, match="lr has 14 values: take fewer, or save the film alone"):
        found.save(tmp_path / "x.gif", tmp_path / "x.png", film="lr")
    assert list(tmp_path.iterdir()) == []
