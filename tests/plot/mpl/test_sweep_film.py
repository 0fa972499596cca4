"""Films of sweeps: a map for each value of the third axis."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import steepest
from steepest.errors import InputError
from steepest.plot.map_options import MapOptions
from steepest.plot.mpl.sweep_film import map_film
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
