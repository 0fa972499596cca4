"""Compositions: the subject fills its panel, and every word is large enough and within the picture."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex
from tests.plot.mpl.words import hard_to_read, overlapping, words

import steepest
from steepest import linear, log
from steepest.errors import InputError
from steepest.objectives.gallery import GALLERY
from steepest.plot.film.film import film
from steepest.plot.mpl.figure import figure
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.figure import sweep_figure
from steepest.plot.options import FilmOptions, PictureOptions
from steepest.plot.scene.scene import scene
from steepest.plot.size import picture_size
from steepest.plot.surface.axes import SurfaceAxes
from steepest.plot.surface.labels import axis_labels, label_margins
from steepest.plot.surface.shading import surface_theme
from steepest.plot.surface.ticks import height_labels
from steepest.plot.theme import LIGHT

LEAST = 0.55  # of a panel, within the outline of its surface


LEAST_TYPE = {"slide": 22.0, "column": 7 * 300 / 72, "square": 15.0}  # pixels


@pytest.mark.parametrize(
    ("view", "size"),
    [*((view, size) for view in ("plane", "surface") for size in LEAST_TYPE), ("diagnosis", "slide"), ("diagnosis", "square")],
)
@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "rastrigin", "easom", "ackley", "branin"])
def test_words_are_large_enough_and_none_is_cut(name: str, view: str, size: str) -> None:
    options = PictureOptions(view=view, size=size)
    run = steepest.descend(name)
    diagnosis = run.diagnose() if view == "diagnosis" else None
    picture = figure(scene([run], options=options, diagnosis=diagnosis), options)
    assert len(words(picture)) > 10 and hard_to_read(picture, LEAST_TYPE[size]) == []


@pytest.mark.parametrize("size", ["slide", "column"])
@pytest.mark.parametrize(("name", "view"), [
    ("powell_badly_scaled", "plane"), ("powell_badly_scaled", "surface"), ("branin", "surface"), ("bukin_6", "surface"),
    ("eggholder", "surface"), ("easom", "surface"), ("fourth_power", "plane"), ("sine_wave", "plane"), ("gramacy_lee", "plane"),
])  # fmt: skip
def test_no_word_covers_another(name: str, view: str, size: str) -> None:
    """Long numbers, those of the floor beside those of the height, and the slope beside the curve."""
    options = PictureOptions(view=view, size=size)
    picture = figure(scene([steepest.descend(name)], options=options), options)
    assert overlapping(picture) == []


FITS: dict[str, tuple[str, str, PictureOptions]] = {
    "many parameters in a column": ("iris", "species ~ softmax", PictureOptions(size="column")),
    "three parameters in a column": ("houses", "price ~ w1*size + w2*age + b", PictureOptions(size="column")),
    "a slice on a slide": (
        "houses", "price ~ w1*size + w2*age + b", PictureOptions(size="slide", over=("w1", "w2"), view="slices")),
    "four slices in a square": (
        "houses", "price ~ w1*size + w2*age + w3*rooms + b", PictureOptions(size="square", view="slices")),
    "a line in a column": ("houses", "price ~ w*size + b", PictureOptions(size="column")),
    "classes on a slide": ("iris", "species ~ softmax(petal_length, petal_width)", PictureOptions(size="slide")),
}  # fmt: skip


@pytest.mark.parametrize("case", FITS)
def test_in_a_fit_no_word_covers_another_and_none_is_cut(case: str) -> None:
    data, model, options = FITS[case]
    picture = figure(scene([steepest.fit(data, model, scale="z", lr=0.3, steps=60)], options=options), options)
    assert overlapping(picture) == []
    width, height = picture.canvas.get_width_height()
    for text in words(picture):
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, text.get_text()


@pytest.mark.parametrize(("view", "height"), [("parameters", 0.6), ("slices", 0.9), ("directions", 0.9)])
def test_panels_of_three_parameters_can_be_read_on_a_column(view: str, height: float) -> None:
    options = PictureOptions(view=view, size="column")
    run = steepest.descend("x^2 + 2y^2 + 3z^2 + x*y*z/4", start=(2, 1.5, -1), lr=0.1)
    picture = figure(scene([run], options=options), options)
    panels = [ax for ax in picture.axes if ax.get_xlabel() != "step" or view == "parameters"]
    assert min(ax.bbox.height for ax in panels) / picture.dpi >= height
    assert overlapping(picture) == []


@pytest.mark.parametrize("size", ["slide", "column"])
def test_the_numbers_of_a_fit_end_within_the_picture(size: str) -> None:
    options = PictureOptions(size=size)
    run = steepest.fit("exam", "passed ~ sigmoid(b0 + b1*hours)", loss="log", steps=40)
    picture = figure(scene([run], options=options), options)
    (told,) = (text for text in words(picture) if "rows right" in text.get_text())
    assert told.get_window_extent().x1 <= picture.bbox.x1


@pytest.mark.parametrize(("formula", "start", "view"), [
    ("x^4-3x^2+x", 1.6, "plane"), ("x^2+y^2+z^2", (2, 1, -1), "parameters"), ("x^2+y^2+z^2", (2, 1, -1), "slices"),
    ("x^2+y^2", (2, 1), "surface"),
])  # fmt: skip
def test_a_thumbnail_has_no_words(formula: str, start: float | tuple[float, ...], view: str) -> None:
    options = PictureOptions(view=view, size="thumbnail")
    shown = scene([steepest.descend(formula, start=start, lr=0.1)], options=options)
    assert words(figure(shown, options)) == []
    assert words(film(shown, FilmOptions(frames=2), picture_options=options).layout.figure) == []


def test_the_curvature_of_an_eigenvector_stands_in_view() -> None:
    run = steepest.descend("x^2 + 10y^2", start=(10, 1), optimizer="momentum(beta=0.8)", lr=0.05, steps=80)
    picture = run.plot("diagnosis")
    assert isinstance(picture, Picture)
    plane = picture.axes[0]
    curvatures = [text for text in plane.texts if "λ" in text.get_text()]
    assert len(curvatures) == 2
    for text in curvatures:
        box = text.get_window_extent()
        assert plane.bbox.x0 <= box.x0 and box.x1 <= plane.bbox.x1 and plane.bbox.y0 <= box.y0 and box.y1 <= plane.bbox.y1


def test_a_panel_too_narrow_to_be_read_is_refused() -> None:
    options = PictureOptions(size="column", layout="side")
    with pytest.raises(InputError, match=r"^side by side a panel would be 0\.4 inches wide: make the picture wider, or "):
        figure(scene([steepest.descend("rosenbrock")], options=options), options)


@pytest.mark.parametrize("name", ["fourth_power", "tilted_double_well", "sine_wave", "gramacy_lee", "quartic", "plateau"])
def test_the_slope_is_written_within_the_axes_beside_the_curve(name: str) -> None:
    options = PictureOptions(size="slide")
    picture = figure(scene([steepest.descend(name)], options=options), options)
    (slope,) = (text for text in words(picture) if text.get_text().startswith("$f'("))
    box, ax = slope.get_window_extent(), picture.axes[0]
    assert ax.bbox.x0 <= box.x0 and box.x1 <= ax.bbox.x1 and ax.bbox.y0 <= box.y0 and box.y1 <= ax.bbox.y1
    for line in ax.lines:
        path = line.get_transform().transform(line.get_xydata())
        dense = np.vstack([np.linspace(one, other, 50) for one, other in pairwise(path)] or [path])
        assert not ((dense > box.min) & (dense < box.max)).all(axis=1).any()


@pytest.mark.parametrize("name", [name for name, each in GALLERY.items() if len(each.names) == 2])
def test_each_axis_of_a_surface_has_three_to_five_numbers(name: str) -> None:
    shown = scene([steepest.descend(name, steps=5)], options=PictureOptions(view="surface"))
    assert shown.surface is not None and shown.camera is not None
    assert shown.objective_layer is not None and shown.objective_layer.grid is not None
    heights = height_labels(shown.objective_layer.grid)
    labels = axis_labels(shown.surface, shown.camera, ("x", "y"), heights, LIGHT)
    for axis in (0, 1, 2):
        assert 3 <= sum(label.axis == axis and not label.is_name for label in labels) <= 5


def test_a_camera_looks_along_no_axis_where_another_sees_as_much() -> None:
    camera = scene([steepest.descend("branin")], options=PictureOptions(view="surface")).camera
    assert camera is not None and camera.azimuth % 90 != 0


def test_the_color_bar_of_a_surface_has_its_colors() -> None:
    options = PictureOptions(view="surface", layout="picture")
    picture = figure(scene([steepest.descend("himmelblau")], options=options), options)
    bar = picture.axes[1]
    shades = surface_theme(LIGHT).shades(len(bar.patches))
    assert [to_hex(patch.get_facecolor()) for patch in bar.patches] == shades
    assert shades != LIGHT.shades(len(bar.patches))


@pytest.mark.parametrize("view", ["plane", "surface"])
def test_words_of_a_film_on_a_slide_are_large_enough(view: str) -> None:
    options = PictureOptions(view=view, size="slide")
    made = film(scene([steepest.descend("himmelblau")], options=options), FilmOptions(frames=2), picture_options=options)
    assert min(float(text.get_fontsize()) for text in words(made.layout.figure)) * made.layout.figure.dpi / 72 >= 22


def filled(axes: SurfaceAxes) -> float:
    """The share of a panel that is within the outline of its surface."""
    finest = axes.supersampling**2
    return axes.rendering.outline / (finest * axes.viewport.width * axes.viewport.height)


@pytest.mark.parametrize("name", [name for name, each in GALLERY.items() if len(each.names) == 2])
def test_a_surface_fills_its_panel_at_rest_and_while_it_turns(name: str) -> None:
    options = PictureOptions(view="surface")
    run = steepest.descend(name, steps=20)
    shown = scene([run], options=options)
    still = film(shown, FilmOptions(frames=2), picture_options=options).layout.surface_axes
    assert still is not None and filled(still) >= LEAST
    turning = film(shown, FilmOptions(frames=2, turn=90), picture_options=options).layout.surface_axes
    assert turning is not None
    shares = []
    for rendering, _ in turning.views(np.linspace(0, 90, 7)):
        turning.turn_to(rendering)
        shares.append(filled(turning))
    assert min(shares) >= LEAST


@pytest.mark.parametrize("runs", [1, 4])
@pytest.mark.parametrize("name", ["rosenbrock", "himmelblau", "x^4 - 3x^2 + x"])
def test_a_column_grows_until_its_panels_are_large(name: str, runs: int) -> None:
    """Its width is that of a journal's column, and it fits on a page."""
    options = PictureOptions(size="column")
    start = None if name in GALLERY else 1.6
    race = steepest.compare(name, ["gd", "momentum", "adam", "rmsprop"][:runs], start=start, lr=0.001, steps=30)
    picture = figure(scene(list(race), options=options), options)
    width, height = picture.get_size_inches()
    assert width == pytest.approx(3.4)
    assert height <= 9.0
    axes = picture.axes[0].get_position()
    assert axes.width * width > 1.6
    assert min(ax.get_position().height * height for ax in picture.axes if ax.get_xlabel() == "step") >= 1.3


OPTIMIZERS = [
    "gd", "momentum", "nesterov", "adam", "rmsprop", "adagrad", "adamw", "nadam", "amsgrad", "adamax", "lion", "adadelta",
]  # fmt: skip


@pytest.mark.parametrize("view", ["plane", "surface"])
def test_twelve_runs_leave_room_for_the_panels(view: str) -> None:
    """Their legend has places, and how all of them ended once; a film's has none, and its rows still change places."""
    options = PictureOptions(view=view, size="slide")
    shown = scene(list(steepest.compare("himmelblau", OPTIMIZERS, lr=0.01, steps=10)), options=options)
    picture = figure(shown, options)
    written = words(picture)
    for text in written:
        box = text.get_window_extent()
        assert box.x0 >= 0 and box.x1 <= 1920 and box.y0 >= 0 and box.y1 <= 1080, text.get_text()
    assert {f"{place}." for place in range(1, 13)} <= {text.get_text().partition("  ")[0] for text in written}
    assert [text.get_text() for text in written if "ended" in text.get_text() or "stopped" in text.get_text()] == [
        "all: stopped at the step limit after 10 steps"
    ]
    chart = next(ax for ax in picture.axes if ax.get_xlabel() == "step")
    assert chart.bbox.height / picture.dpi >= 1.35
    made = film(shown, FilmOptions(frames=2), picture_options=options)
    assert len(list(made.frames())) == 2
    assert len(made.layout.slots) == 12


@pytest.mark.parametrize("size", ["column", "square"])
@pytest.mark.parametrize("name", ["himmelblau", "rastrigin", "rosenbrock", "beale"])
def test_the_labels_of_a_surface_end_above_the_chart(name: str, size: str) -> None:
    """Also those of a small surface, whose labels reach further beyond it."""
    options = PictureOptions(view="surface", size=size)
    shown = scene([steepest.descend(name)], options=options)
    picture = figure(shown, options)
    surface, chart = picture.axes[0].bbox, next(ax for ax in picture.axes if ax.get_xlabel() == "step").bbox
    layer = shown.objective_layer
    assert shown.surface is not None and shown.camera is not None and layer is not None and layer.grid is not None
    theme = LIGHT.scaled(picture_size(size, None, film=False).type_scale)
    sides = surface.width / picture.dpi, surface.height / picture.dpi
    beyond = label_margins(
        shown.surface, shown.camera, 0.0, layer.labels, height_labels(layer.grid), theme, sides[0] / sides[1], min(sides)
    )  # fmt: skip
    assert (surface.y0 - chart.y1) / picture.dpi >= beyond.below + 0.02


@pytest.mark.parametrize("view", ["parameters", "slices"])
def test_the_panels_of_a_thumbnail_fill_it(view: str) -> None:
    run = steepest.descend("f(a, b, c, d, k) = a^2 + 2b^2 + 3c^2 + (d-k)^2 + k^2", (1, 2, 3, 4, 5), lr=0.05, steps=20)
    picture = figure(scene([run], options=PictureOptions(view=view)), PictureOptions(view=view, size="thumbnail"))
    boxes = [ax.get_position(original=True) for ax in picture.axes if ax.get_visible()]
    assert len(boxes) >= 4
    rows = len({round(box.y0, 6) for box in boxes})
    assert min(box.width for box in boxes) >= 0.45
    assert min(box.height for box in boxes) >= 0.8 / rows


@pytest.mark.parametrize(("size", "share"), [("slide", 0.65), ("square", 0.4)])
def test_the_legend_of_a_race_stands_beside_its_plane_or_chart(size: str, share: float) -> None:
    """No name in it is cut, and the plane, which is as high as wide, has much of the picture's height."""
    runs = steepest.compare("rosenbrock", ["gd", "momentum", "adam", "rmsprop", "nesterov"], (-1.2, 1), lr=1e-3, steps=400)
    picture = figure(scene(list(runs), options=PictureOptions(size=size)), PictureOptions(size=size))
    assert not any(text.get_text().endswith("…") for text in words(picture))
    assert picture.axes[0].get_position().height >= share


def test_runs_that_ended_apart_say_so_each() -> None:
    runs = steepest.compare("x^2", ["gd", "momentum"], 3, lr=0.3, steps=30)
    assert len({run.ending.message for run in runs}) == 2
    told = [text.get_text() for text in words(figure(scene(list(runs))))]
    assert not any(each.startswith("both: ") for each in told)
    assert sum("after" in each for each in told) == 2


@pytest.mark.parametrize("size", [None, "slide"])
def test_the_panels_of_a_fit_begin_at_one_height(size: str | None) -> None:
    """Without a size they end at one, too."""
    picture = steepest.fit("houses", "price ~ w*size + b", steps=20).plot(size=size)
    assert isinstance(picture, Picture)
    plane, _, chart, fit = (ax.get_position() for ax in picture.axes)
    assert fit.y1 == pytest.approx(plane.y1)
    if size is None:
        assert [fit.y0, chart.y0, chart.y1] == pytest.approx([plane.y0, plane.y0, plane.y1])


def test_what_is_written_over_a_map_ends_where_the_map_does() -> None:
    """A long caption has more lines, none of them smaller."""
    over = {"lr": log(0.01, 1, 6), "beta": linear(0, 0.9, 6)}
    equations = "velocity = beta*velocity + g; another_name = another_name + g^2; theta = theta - lr*velocity"
    start = dict.fromkeys(("x", "y", "z", "u", "v", "w"), -1.234567)
    found = steepest.sweep("x^2 + y^2 + z^2 + u^2 + v^2 + w^2", over, optimizer=equations, start=start, steps=12345, tol=0)
    picture = sweep_figure(found)
    caption = [text for text in picture.texts if text.get_color() == LIGHT.quiet]
    assert len(caption) > 1
    for text in caption:
        assert text.get_window_extent().x1 <= picture.bbox.width - 0.3 * picture.dpi
        assert text.get_fontsize() == LIGHT.text_size
