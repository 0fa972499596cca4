"""Still pictures of sweeps in every size: pixels, the size of words, what is beside and below the maps, and what is refused."""

from typing import Any

import pytest
from matplotlib.axes import Axes
from tests.plot.mpl.words import hard_to_read, overlapping, smallest, words

import steepest
from steepest import linear, log
from steepest.errors import InputError
from steepest.plot.map_options import MapOptions
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.figure import sweep_figure
from steepest.plot.mpl.sweep.maps import CellImage
from steepest.runs.sweep.sweep import Sweep

LINE = linear(-5, 5, 40)
BOWL = {"start": (1, 1), "steps": 60}
SWEEPS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "basins": ("himmelblau", {"x": LINE, "y": LINE}, {"optimizer": "momentum(lr=0.01)", "steps": 300}),
    "rates and momenta": (
        "x^2 + 10y^2", {"lr": log(1e-4, 0.3, 40), "beta": linear(0, 0.95, 40)}, {"optimizer": "momentum", **BOWL}),
    "optimizers": ("rosenbrock", {"lr": log(1e-4, 0.1, 12)}, {"optimizer": ["gd", "momentum", "adam"], "steps": 50}),
    "three maps": ("himmelblau", {"x": LINE, "y": LINE}, {"optimizer": ["gd(lr=0.01)", "momentum", "adam(lr=0.1)"], "steps": 99}),
    "twelve maps": (
        "x^2 + 10y^2", {"lr": log(0.001, 0.2, 9), "beta": linear(0, 0.95, 9), "x": linear(1, 12, 12)},
        {"optimizer": "momentum", "start": {"y": 1}, "steps": 60}),
    "curve": ("x^4 - 3x^2 + x", {"lr": log(1e-3, 1, 60)}, {}),
    "curve of a bowl": ("x^2 + 10y^2", {"lr": linear(0.005, 0.12, 30)}, BOWL),
}  # fmt: skip
LEAST_TYPE = {
    "slide": 22.0,
    "square": 15.0,
    "column": 7 * 300 / 72,
    "poster": 60.0,
    (1280, 720): 12.0,
    (1000, 1600): 12.0,
}  # pixels


@pytest.fixture(scope="module")
def found() -> dict[str, Sweep]:
    return {name: steepest.sweep(formula, over, **about) for name, (formula, over, about) in SWEEPS.items()}


def maps(picture: Picture) -> list[Axes]:
    """The axes of maps, from the upper left one to the lower right one."""
    return [axes for axes in picture.axes if any(isinstance(each, CellImage) for each in axes.get_images())]


@pytest.mark.parametrize("size", LEAST_TYPE, ids=str)
@pytest.mark.parametrize("name", SWEEPS)
def test_a_picture_has_its_pixels_and_words_that_can_be_read(found: dict[str, Sweep], name: str, size: Any) -> None:
    picture = sweep_figure(found[name], MapOptions(size=size))
    width, height = picture.canvas.get_width_height()
    if size == "column":  # as high as it has to be
        assert width == 1020 and height <= 2700
    else:
        assert (width, height) == {"slide": (1920, 1080), "square": (1080, 1080), "poster": (4800, 3600)}.get(size, size)
    assert len(words(picture)) > 8 and hard_to_read(picture, LEAST_TYPE[size]) == []
    assert overlapping(picture) == []


@pytest.mark.parametrize("theme", ["light", "dark", "journal"])
def test_words_are_as_large_in_every_theme(found: dict[str, Sweep], theme: str) -> None:
    picture = sweep_figure(found["basins"], MapOptions(size="slide", theme=theme))
    assert min(smallest(text) for text in words(picture)) * picture.dpi / 72 >= 22


@pytest.mark.parametrize(("name", "size", "share"), [
    ("basins", "slide", 0.27), ("basins", "square", 0.35), ("basins", "column", 0.25), ("rates and momenta", "slide", 0.4),
    ("rates and momenta", "square", 0.4), ("three maps", "slide", 0.22), ("twelve maps", "slide", 0.25),
    ("twelve maps", "poster", 0.25), ("optimizers", "slide", 0.4),
])  # fmt: skip
def test_maps_fill_their_picture(found: dict[str, Sweep], name: str, size: str, share: float) -> None:
    picture = sweep_figure(found[name], MapOptions(size=size))
    whole = picture.bbox.width * picture.bbox.height
    assert sum(axes.bbox.width * axes.bbox.height for axes in maps(picture)) >= share * whole


def test_the_legend_stands_beside_a_map_where_the_picture_is_wide_and_below_it_where_not(found: dict[str, Sweep]) -> None:
    for size, beside in (("slide", True), ("square", False), ("column", False)):
        picture = sweep_figure(found["basins"], MapOptions(size=size))
        box = maps(picture)[0].bbox
        legend = next(text for text in words(picture) if text.get_text() == "saddle").get_window_extent()
        assert bool(legend.x0 > box.x1) is beside and bool(legend.y1 < box.y0) is not beside


def test_a_color_bar_lies_below_the_map_of_a_column(found: dict[str, Sweep]) -> None:
    for size, lies in (("slide", False), ("column", True)):
        picture = sweep_figure(found["rates and momenta"], MapOptions(size=size))
        bar = next(axes for axes in picture.axes if axes.collections)
        assert bool(bar.bbox.width > bar.bbox.height) is lies


@pytest.mark.parametrize(("size", "columns"), [("slide", 3), ("column", 2), ((700, 1600), 1)])
def test_maps_are_arranged_by_the_shape_of_the_picture(found: dict[str, Sweep], size: Any, columns: int) -> None:
    picture = sweep_figure(found["three maps"], MapOptions(size=size))
    assert len({round(axes.bbox.x0) for axes in maps(picture)}) == columns


@pytest.mark.parametrize("name", SWEEPS)
def test_a_thumbnail_is_the_picture_alone(found: dict[str, Sweep], name: str) -> None:
    picture = sweep_figure(found[name], MapOptions(size="thumbnail"))
    assert picture.canvas.get_width_height() == (480, 270) and words(picture) == []


@pytest.mark.parametrize("name", ["basins", "curve"])
def test_a_title_takes_the_place_of_the_functions(found: dict[str, Sweep], name: str) -> None:
    def texts(title: str | None) -> list[str]:
        return [text.get_text() for text in words(sweep_figure(found[name], MapOptions(title=title)))]

    assert "Where runs end" in texts("Where runs end") and "Himmelblau" not in texts("")
    assert ("Himmelblau" in texts(None)) is (name == "basins")


@pytest.mark.parametrize(("options", "message"), [
    ({"size": "huge"}, "the size is one of slide, square, column, poster, thumbnail, or width and height in pixels"),
    ({"size": (200, 100)}, "a picture is at least"),
    ({"title": 3}, "a title is a text, not 3"),
])  # fmt: skip
def test_what_is_no_size_or_title_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        MapOptions(**options)
    assert "\n" not in str(caught.value)


def test_a_size_too_small_for_its_maps_is_refused(found: dict[str, Sweep]) -> None:
    with pytest.raises(InputError, match="12 maps with their legend have no room in 400x300 pixels: make it larger, or") as caught:
        sweep_figure(found["twelve maps"], MapOptions(size=(400, 300)))
    assert "\n" not in str(caught.value)


def test_a_size_needs_a_picture(found: dict[str, Sweep], tmp_path: Any) -> None:
    given: tuple[dict[str, Any], ...] = ({"size": "slide"}, {"title": "Basins"})
    for options in given:
        with pytest.raises(InputError, match="the options of a picture need one"):
            found["basins"].save(tmp_path / "map.npz", **options)


@pytest.mark.parametrize(("high", "ratio"), [(1.0, 1.0), (2.0, 2.0), (1000.0, None)])
def test_axes_of_positions_share_one_scale_where_no_known_point_is_in_view_too(high: float, ratio: float | None) -> None:
    over = {"x": linear(100, 101, 11), "y": linear(100, 100 + high, 11)}
    (axes,) = maps(sweep_figure(steepest.sweep("x^2 + y^2", over, steps=1), MapOptions(size="slide")))
    found = axes.bbox.height / axes.bbox.width
    assert found == pytest.approx(ratio, rel=0.05) if ratio else found < 0.9


def test_a_map_of_minima_says_what_dark_means(found: dict[str, Sweep]) -> None:
    for by, told in (("minimum", True), ("value", False)):
        texts = [text.get_text() for text in words(sweep_figure(found["basins"], MapOptions(by=by)))]
        assert any(text.startswith("light: ") for text in texts) is told


@pytest.mark.parametrize("size", [None, "slide", "column"])
def test_a_color_bar_is_as_long_as_its_map(size: Any) -> None:
    """Also where whole cells make the map a little smaller."""
    line = linear(-5, 5, 300)
    picture = sweep_figure(steepest.sweep("himmelblau", {"x": line, "y": line}, steps=5), MapOptions(by="value", size=size))
    (box,) = (axes.bbox for axes in maps(picture))
    bar = next(axes for axes in picture.axes if axes.collections).bbox
    ends = (bar.y0, bar.y1, box.y0, box.y1) if bar.height > bar.width else (bar.x0, bar.x1, box.x0, box.x1)
    assert ends[:2] == pytest.approx(ends[2:], abs=1)
