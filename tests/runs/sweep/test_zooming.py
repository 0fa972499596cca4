"""A closer look at a sweep: a box of its axes, computed as the sweep itself would be over that box."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.errors import SteepestError
from steepest.plot.map_options import MapOptions
from steepest.plot.mpl.sweep.film import map_film
from steepest.plot.scene.sweep.map import map_scene
from steepest.runs.sweep.axes import linear, log
from steepest.runs.sweep.sweep import Sweep
from steepest.runs.sweep.zooming import levels, magnification, read_boxes, zoomed

WELLS = "(x^2 - 1)^2 + (y - 2)^2"


@pytest.fixture(scope="module")
def wells() -> Sweep:
    return steepest.sweep(WELLS, {"x": linear(-2, 2, 40), "lr": log(1e-3, 0.1, 30)}, start={"y": 1.0}, steps=60)


def test_a_closer_look_is_the_sweep_over_its_box_and_its_cells_are_single_runs(wells: Sweep) -> None:
    found = wells.zoom(x=(-0.5, 0.75), lr=(0.01, 0.04))
    again = steepest.sweep(WELLS, {"x": linear(-0.5, 0.75, 40), "lr": log(0.01, 0.04, 30)}, start={"y": 1.0}, steps=60)
    for name in ("ending", "steps", "value", "position"):
        assert getattr(found, name).tobytes() == getattr(again, name).tobytes()
    assert [str(axis) for axis in found.axes] == ["x = linear(-0.5, 0.75, 40)", "lr = log(0.01, 0.04, 30)"]
    run = steepest.descend(WELLS, {"x": -0.5, "y": 1.0}, lr=found.axes[1].values.array[7].item(), steps=60)
    assert run.positions[-1].tobytes() == found.position[0, 7].tobytes()


def test_what_is_left_out_stays_and_a_look_into_a_look_goes_deeper(wells: Sweep) -> None:
    once = wells.zoom(x=(-1, 1)).zoom(x=(0, 0.5))
    assert str(once.axes[0]) == "x = linear(0, 0.5, 40)" and once.axes[1] == wells.axes[1]


def test_minima_keep_their_numbers_and_colors(wells: Sweep) -> None:
    found = wells.zoom(x=(0.5, 1.5), lr=(0.02, 0.1))
    assert found.minima.tolist() == wells.minima.tolist() and found.minimum_names == wells.minimum_names
    assert set(np.unique(found.minimum).tolist()) <= {-1, 1} and wells.minima[1].tolist() == [1.0, 2.0]
    before, after = (map_scene(each, MapOptions(by="minimum")).swatches for each in (wells, found))
    assert {each.label: each.colors for each in after}.items() <= {each.label: each.colors for each in before}.items()


def test_of_lists_the_values_inside_are_kept() -> None:
    found = steepest.sweep("x^2", {"lr": [0.1, 0.2, 0.4, 0.8], "seed": range(10)}, start=1, steps=3)
    deeper = found.zoom(lr=(0.15, 0.5), seed=(2, 4))
    assert deeper.axes[0].values.given == (0.2, 0.4) and deeper.axes[1].values.array.tolist() == [2, 3, 4]
    np.testing.assert_array_equal(deeper.position, found.position[1:3, 2:5])


def test_a_film_of_zooming_narrows_by_the_same_factor_on_each_frame(wells: Sweep) -> None:
    box = {"x": (0.25, 0.75), "lr": (0.01, 0.02)}
    found = levels(wells.definition, box, 5)
    assert found[0] == {} and found[-1] == box
    widths = [4.0, *(high - low for low, high in (each["x"] for each in found[1:]))]
    assert np.allclose(np.array(widths[1:]) / widths[:-1], (0.5 / 4) ** 0.25)
    ratios = [math.log(100), *(math.log(high / low) for low, high in (each["lr"] for each in found[1:]))]
    assert np.allclose(np.array(ratios[1:]) / ratios[:-1], (math.log(2) / math.log(100)) ** 0.25)
    assert magnification(wells.definition, box) == 8.0


def test_a_film_of_zooming_ends_in_the_picture_of_the_box(wells: Sweep) -> None:
    box = {"x": (-0.5, 0.5)}
    told: list[tuple[int, int]] = []
    film = map_film(wells, MapOptions(film="zoom", zoom=box, by="ending"), progress=lambda *each: told.append(each))
    last = map_scene(wells.zoom(x=(-0.5, 0.5)), MapOptions(by="ending"))
    np.testing.assert_array_equal(film.scene.panels[-1].pixels, last.panels[0].pixels)
    np.testing.assert_array_equal(film.scene.panels[0].pixels, map_scene(wells, MapOptions(by="ending")).panels[0].pixels)
    assert film.limits[-1] == (last.x.limits, last.y.limits) and film.scene.panels[-1].title == "zoom = 4"
    count = len(film.scene.panels)
    assert len(film.limits) == count == sum(1 for _ in film.frames(lambda *each: told.append(each)))
    assert told == [(done, 2 * count) for done in range(2, 2 * count + 1)]


def test_a_picture_of_a_box_carries_the_command_that_makes_it_again(wells: Sweep, tmp_path: Path) -> None:
    from PIL import Image

    wells.save(tmp_path / "closer.png", zoom="x=-0.5:0.5")
    with Image.open(tmp_path / "closer.png") as picture:
        assert "x = linear(-0.5, 0.5, 40)" in str(picture.info)
    wells.save(tmp_path / "zoom.gif", film="zoom", zoom={"x": (1.9, 2)})
    with Image.open(tmp_path / "zoom.gif") as film:
        assert "--film zoom --zoom x=1.9:2" in str(film.info["comment"])


@pytest.mark.parametrize(
    ("zoom", "message"),
    [
        ("x", "a zoom is an axis and its ends, such as x=-0.5:0.5"),
        ("", "a zoom is an axis and its ends"),
        ("x=1:0", "from a lower to a higher number"),
        ("x=nan:1", "from a lower to a higher number"),
        ("x=0:1,x=0:2", "the zoom has x twice"),
        ("x=0:two", "two"),
        ({"x": 3}, "a zoom has two ends"),
        (3, "a zoom is a text such as"),
        ("q=0:1", "there is no axis 'q'"),
        ("x=0:3", "x goes from -2 to 2, and 0 to 3 is beyond"),
        ("lr=-1:0.1", "lr goes from 0.001 to 0.1"),
        ("x=1:1.000000000000001", "fewer than 40 numbers of 64 bits"),
    ],
)
def test_what_is_no_box_is_refused_in_a_line(wells: Sweep, zoom: Any, message: str) -> None:
    with pytest.raises(SteepestError, match=message) as error:
        zoomed(wells.definition, read_boxes(zoom))
    assert len(str(error.value).splitlines()) <= 3


@pytest.mark.parametrize("zoom", ["lr=0:0.5", "lr=-1:0.5", "lr=1e-13:0.1"])
def test_a_box_beyond_a_tiny_end_of_an_axis_of_equal_factors_is_refused(zoom: str) -> None:
    """What is rounding next to 1 is beyond 1e-12; a film refuses it before it takes a logarithm."""
    found = steepest.sweep("x^2", {"x": linear(-2, 2, 5), "lr": log(1e-12, 1, 8)}, steps=3)
    for refused in (lambda: found.zoom(**read_boxes(zoom)), lambda: map_film(found, MapOptions(film="zoom", zoom=zoom))):
        with pytest.raises(SteepestError, match=r"lr goes from 1e-12 to 1, and .* is beyond"):
            refused()
    assert len(found.zoom(lr=(1e-12, 1.0)).axes[1]) == 8


def test_ctrl_c_while_a_frame_is_computed_ends_the_film(wells: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from steepest.runs.sweep import engine

    made = []

    def stopped(*given: Any, **further: Any) -> Any:
        made.append(given)
        if len(made) == 3:
            raise KeyboardInterrupt
        return together(*given, **further)

    together = engine._together
    monkeypatch.setattr(engine, "_together", stopped)
    with pytest.raises(KeyboardInterrupt):
        wells.save(tmp_path / "zoom.gif", film="zoom", zoom="x=-0.5:0.5")
    assert len(made) == 3
    assert not list(tmp_path.iterdir())


def test_the_memory_of_a_film_is_that_of_all_its_frames(wells: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    from steepest.runs.sweep import sweep as module

    room = 3 * wells.ending.size * module.bytes_of_cell(wells.definition)
    monkeypatch.setattr(module, "free_memory", lambda: room)
    wells.zoom(x=(-0.5, 0.5))
    with pytest.raises(SteepestError, match=r"20,400 cells take .* of memory, .*: take fewer values, or a larger box"):
        map_film(wells, MapOptions(film="zoom", zoom="x=-0.5:0.5"))


def test_workers_compute_the_closer_look_and_the_frames(wells: Sweep) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from steepest.cli.commands.sweep_store import closer

    class Counting(ThreadPoolExecutor):
        tasks = 0

        def submit(self, *given: Any, **further: Any) -> Any:
            self.tasks += 1
            return super().submit(*given, **further)

    with Counting(2) as pool:
        found, left = closer(wells, MapOptions(zoom="x=-0.5:0.5", by="ending"), (pool, 2))
        assert pool.tasks
        assert (left.zoom, left.by) == (None, "ending")
        assert found.value.tobytes() == wells.zoom(x=(-0.5, 0.5)).value.tobytes()
        before = pool.tasks
        map_film(wells, MapOptions(film="zoom", zoom="x=-0.5:0.5"), (pool, 2))
        assert pool.tasks > before


def test_a_film_of_zooming_needs_a_box() -> None:
    with pytest.raises(SteepestError, match="a film of zooming goes to a box"):
        MapOptions(film="zoom")
