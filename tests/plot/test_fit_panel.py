"""The fit beside the cost: what stands in its panel, in stills and in films."""

import itertools
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

import steepest
from steepest.errors import InputError
from steepest.plot.film.film import film
from steepest.plot.mpl.figure import plot
from steepest.plot.options import FilmOptions, PictureOptions
from steepest.plot.scene.fit import FitCurve, fit_caption, fit_layer
from steepest.plot.scene.regions import FitRegions, Outline, rows_right
from steepest.plot.scene.scene import scene

HOUSES = {"size": [820.0, 1150.0, 1480.0, 1930.0, 2600.0], "price": [151.0, 209.0, 262.0, 371.0, 468.0]}


def line() -> steepest.Fit:
    return steepest.fit(HOUSES, "price ~ w*size + b", scale="z", lr=0.1, steps=10)


def test_a_line_in_the_tables_own_units() -> None:
    run = line()
    layer = fit_layer([run])
    assert layer is not None
    assert (layer.kind, layer.labels, layer.residuals) == ("curve", ("size", "price"), True)
    assert layer.points.tolist() == list(map(list, zip(HOUSES["size"], HOUSES["price"], strict=True)))
    for step in (0, 4, 10):
        points = layer.curves[0].at(step)
        expected = run.objective.in_original_units(run.positions[step].tolist())
        assert expected is not None
        np.testing.assert_allclose(points[:, 1], expected["w"] * points[:, 0] + expected["b"], rtol=1e-9, atol=1e-9)
    between = layer.curves[0].at(4.5)[:, 1]
    np.testing.assert_allclose(between, (layer.curves[0].at(4)[:, 1] + layer.curves[0].at(5)[:, 1]) / 2, rtol=1e-9)
    assert isinstance(layer.curves[0], FitCurve)
    segments = layer.curves[0].residuals(10)
    np.testing.assert_allclose(segments[:, 0, 1] - segments[:, 1, 1], run.residuals)
    assert layer.best is not None
    slope, constant = np.polyfit(HOUSES["size"], HOUSES["price"], 1)
    np.testing.assert_allclose(layer.best[:, 1], slope * layer.best[:, 0] + constant, rtol=1e-9)
    assert fit_caption(layer.curves[0], 10).endswith("in the table's units")


def test_classes_of_one_column_and_of_two() -> None:
    one = fit_layer([steepest.fit("exam", "passed ~ sigmoid(b0 + b1*hours)", loss="log", steps=5)])
    assert one is not None and one.classes is not None
    assert (one.kind, one.residuals, one.class_names) == ("curve", False, ())
    assert one.classes.tolist() == one.points[:, 1].tolist()
    model = "species ~ sigmoid(a*petal_length + c*petal_width + b)"
    run = steepest.fit("iris", model, loss="log", one="virginica", scale="z", lr=1, steps=50)
    two = fit_layer([run])
    assert two is not None
    assert (two.kind, two.labels, two.class_names) == ("regions", ("petal_length", "petal_width"), ("other", "virginica"))
    boundary = two.curves[0].at(50)
    found = boundary[np.isfinite(boundary[:, 1])]
    assert len(found) > 50
    values = run.predict({"petal_length": found[:, 0], "petal_width": found[:, 1]})
    np.testing.assert_allclose(values, 0.5, atol=0.01)


def area_of(outline: Outline | None) -> float:
    """The area within an outline, less its holes."""
    if outline is None:
        return 0.0
    starts = np.flatnonzero(outline.codes == 1)
    parts = np.split(outline.points, starts[1:])
    return float(abs(sum((np.roll(x, -1) * y - x * np.roll(y, -1)).sum() / 2 for x, y in (part.T for part in parts))))


def test_probabilities_are_areas_in_the_plane() -> None:
    rng = np.random.default_rng(3)
    x, z = rng.uniform(0, 1, (2, 200))
    run = steepest.fit(
        {"x": x, "z": z, "c": np.where(rng.random(200) < x, "yes", "no")}, "c ~ sigmoid(a*x + k + 0*z)", loss="log", start=(4, -2),
        steps=0,
    )  # fmt: skip
    layer = fit_layer([run])
    assert layer is not None and layer.plane is not None and isinstance(layer.curves[0], FitRegions)
    (left, right), (low, high) = layer.view
    whole = (right - left) * (high - low)
    outlines = list(layer.plane.outlines(layer.curves[0].fields(0)))
    for area, outline in zip(layer.plane.areas[1:], outlines[1:], strict=True):
        begins = np.clip((2 + np.log(area.level / (1 - area.level))) / 4, left, right)
        assert area_of(outline) == pytest.approx((right - begins) * (high - low), abs=1e-3 * whole)
    line = layer.curves[0].at(0)
    np.testing.assert_allclose(line[:, 0], 0.5, atol=1e-3)
    assert layer.plane.label == "probability of yes"
    assert fit_caption(layer.curves[0], 0).endswith("of 200 rows right")


def test_margins_of_the_hinge_loss() -> None:
    run = steepest.fit("iris", "species ~ a*petal_length + c*petal_width + b", loss="hinge", one="virginica", scale="z", steps=5)
    layer = fit_layer([run])
    assert layer is not None and layer.plane is not None
    line = layer.curves[0].at(5)
    scores = run.predict({"petal_length": line[:, 0], "petal_width": line[:, 1]})
    np.testing.assert_allclose(scores[np.isfinite(scores)], 0, atol=1e-9)
    assert [area.level for area in layer.plane.areas[1:]] == [-1, 0, 1]


@pytest.mark.parametrize("columns", ["(petal_length, petal_width)", ""])
def test_softmax_has_a_panel(columns: str, tmp_path: Path) -> None:
    run = steepest.fit("iris", f"species ~ softmax{columns}", scale="z", lr=0.5, steps=20)
    layer = fit_layer([run])
    assert layer is not None
    assert layer.class_names == ("setosa", "versicolor", "virginica")
    observed, predicted = run.objective.table["species"].astype(int), run.predict()
    right = int((predicted.argmax(axis=1) == observed).sum())
    assert fit_caption(layer.curves[0], 20) == f"{right} of 150 rows right"
    assert rows_right(run.objective, observed.astype(float), predicted) == right
    if columns:
        assert layer.kind == "regions"
        line = layer.curves[0].at(20)
        line = line[np.isfinite(line[:, 0])]
        found = np.sort(run.predict({"petal_length": line[:, 0], "petal_width": line[:, 1]}), axis=1)
        np.testing.assert_allclose(found[:, 2], found[:, 1], atol=0.02)  # two classes are even
    else:
        assert (layer.kind, layer.labels[1]) == ("certainty", "probability of the observed class")
        own = predicted[np.arange(150), observed]
        points = layer.curves[0].at(20)
        np.testing.assert_array_equal(points[:, 1], own)
        assert (np.abs(points[:, 0] - observed) < 0.4).all()
        np.testing.assert_allclose(-np.log(points[:, 1]).mean(), run.values[-1], rtol=1e-12)  # what the cost is
    run.save(tmp_path / "fit.png")
    run.animate(tmp_path / "fit.gif", frames=3)
    run.animate(tmp_path / "fit.svg", frames=3)


def test_more_columns_are_predicted_against_observed() -> None:
    run = steepest.fit("houses", "price ~ w1*size + w2*age + b", scale="z", lr=0.1, steps=9)
    layer = fit_layer([run])
    assert layer is not None
    assert (layer.kind, layer.labels) == ("agreement", ("price, observed", "predicted"))
    np.testing.assert_array_equal(layer.curves[0].at(9), np.column_stack([run.objective.table["price"], run.predict()]))


def test_many_rows_are_a_density() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000)
    layer = fit_layer([steepest.fit({"x": x, "y": 2 * x + rng.normal(size=len(x))}, "y ~ w*x", steps=2)])
    assert layer is not None and layer.density is not None
    assert layer.density.sum() == 20_000
    assert len(layer.points) == 0


def test_other_runs_have_no_fit() -> None:
    assert fit_layer([steepest.descend("x^2", 3)]) is None
    assert fit_layer([steepest.descend(steepest.objective("mean((y - w*x)^2)", data={"x": [1, 2], "y": [2, 3]}))]) is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_stills_have_three_panels(theme: str) -> None:
    figure: Any = line().plot(theme=theme)
    assert [axes.get_xlabel() for axes in figure.axes] == ["$b$", "", "step", "size"]
    compared: Any = plot(steepest.compare(line().objective, ["gd", "momentum"], lr=0.1, steps=5).runs)
    assert compared.axes[-1].get_xlabel() == "size"


def test_panels_do_not_overlap() -> None:
    figure: Any = line().plot()
    figure.canvas.draw()
    boxes = sorted((axes.get_tightbbox() for axes in figure.axes), key=lambda box: box.x0)
    for left, right in itertools.pairwise(boxes):
        assert left.x1 <= right.x0 + 1


@pytest.mark.parametrize("view", ["plane", "surface"])
def test_films_move_both(view: str, tmp_path: Path) -> None:
    run = line()
    made = film(scene([run]), FilmOptions(frames=4))
    frames = [frame.pixels.copy() for frame in made.frames()]
    (artist,) = made.fits
    (x, y) = np.asarray(artist.line.get_data())[:, -1]
    assert y == pytest.approx(run.predict({"size": [x]})[0])
    box = made.layout.fit_axes.get_window_extent()  # type: ignore[union-attr]
    part = (slice(int(made.size[1] - box.y1), int(made.size[1] - box.y0)), slice(int(box.x0), int(box.x1)))
    assert (frames[0][part] != frames[-1][part]).any()
    run.animate(tmp_path / "fit.gif", frames=3, view=view)
    with Image.open(tmp_path / "fit.gif") as image:
        assert image.size[0] % 2 == image.size[1] % 2 == 0


def test_a_film_of_batches_shows_the_values_over_all_rows_where_they_are_asked_for(tmp_path: Path) -> None:
    run = steepest.fit("houses", "price ~ w*size + b", scale="z", lr=0.1, batch=8, steps=40)
    for size in ("slide", (640, 360)):
        options = PictureOptions(show=("gradient", "full"), size=size)
        made = film(scene([run], options=options), FilmOptions(frames=3), picture_options=options)
        list(made.frames())
        (artist,) = made.run_artists
        assert artist.value is not None and artist.full is not None
        np.testing.assert_array_equal(np.asarray(artist.full.line.get_data()), [range(41), run.full_values])
        np.testing.assert_array_equal(np.asarray(artist.value.line.get_data()), [range(41), run.values])
        chart: Any = made.layout.chart_axes
        (note,) = (text for text in chart.texts if text.get_text().startswith("thick: over all rows"))
        assert note.get_window_extent().x0 >= chart.bbox.x0
    plain = film(scene([run]), FilmOptions(frames=2))
    assert plain.run_artists[0].full is None
    for name, show, faint in (("a.svg", [], 0), ("b.svg", ["full"], 2)):  # growing, and whole
        run.animate(tmp_path / name, frames=5, show=show)
        assert (tmp_path / name).read_text().count('stroke-opacity=".45"') == faint


def moving(path: Path) -> tuple[list[str], list[str]]:
    """The animations of path data in an animated SVG: their first and their last states."""
    found = re.findall(r'<animate attributeName="d" calcMode="\w+" values="([^"]*)"', path.read_text())
    return [states.split(";")[0] for states in found], [states.split(";")[-1] for states in found]


def test_a_line_moves_in_a_film_that_plays_by_itself(tmp_path: Path) -> None:
    run = line()
    run.animate(tmp_path / "fit.svg", frames=11)
    made = film(scene([run]), FilmOptions(frames=11))
    ax = made.layout.fit_axes
    assert ax is not None
    height = made.layout.figure.get_figheight() * 72
    firsts, lasts = moving(tmp_path / "fit.svg")
    residuals, curve = sorted(zip(firsts, lasts, strict=True), key=lambda each: -each[0].count("M"))
    for step, state in ((0, curve[0]), (10, curve[1])):
        corners = np.array([pair.split() for pair in state[1:].split("L")], dtype=float)
        assert len(corners) == 2  # a line has two ends
        pixels = np.column_stack([corners[:, 0], height - corners[:, 1]]) * made.layout.figure.dpi / 72
        expected = run.objective.in_original_units(run.positions[step].tolist())
        assert expected is not None
        for x, y in ax.transData.inverted().transform(pixels):
            if ax.get_ylim()[0] < y < ax.get_ylim()[1]:
                assert y == pytest.approx(expected["w"] * x + expected["b"], abs=2)
    assert residuals[0].count("V") == residuals[1].count("V") == 5
    assert residuals[0] != residuals[1]


@pytest.mark.parametrize(
    ("model", "loss", "moves"),
    [
        ("petal_width ~ linear(petal_length, sepal_length)", "mse", 1),
        ("species ~ sigmoid(a*petal_length + c*petal_width + b)", "log", 11),
    ],
)
def test_other_fits_move_in_films_that_play_by_themselves(model: str, loss: str, moves: int, tmp_path: Path) -> None:
    run = steepest.fit("iris", model, loss=loss, scale="z", lr=0.3, steps=10, one="virginica" if loss == "log" else None)
    run.animate(tmp_path / "fit.svg", frames=5)
    ElementTree.parse(tmp_path / "fit.svg")
    firsts, lasts = moving(tmp_path / "fit.svg")
    assert len(firsts) == moves
    assert firsts != lasts


def test_many_rows_move_as_a_told_part_of_them(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    x, z = rng.normal(size=(2, 5_000))
    run = steepest.fit({"x": x, "z": z, "y": x - z + rng.normal(size=5_000)}, "y ~ linear", lr=0.1, steps=3)
    layer = fit_layer([run])
    assert layer is not None and layer.dense
    assert len(layer.with_points().curves[0].at(3)) == 1_500
    assert layer.with_points().labels[0] == "y, observed (1,500 of 5,000 rows)"
    frames = [frame.pixels.copy() for frame in film(scene([run]), FilmOptions(frames=3)).frames()]
    assert (frames[0] != frames[-1]).any()
    run.animate(tmp_path / "fit.svg", frames=3)
    (first,), _ = moving(tmp_path / "fit.svg")
    assert first.count("L") == 1_499


def test_a_million_rows_cost_no_grid_of_sums() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=5_000)
    run = steepest.fit({"x": x, "y": 2 * x + 1 + rng.normal(size=len(x))}, "y ~ w*x + b", steps=3)
    grid = scene([run]).objective_layer.grid  # type: ignore[union-attr]
    assert grid is not None
    for row, column in ((0, 0), (17, 300), (399, 399)):
        exact = run.objective.value((grid.x[column], grid.y[row]))
        assert grid.values[row, column] == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("model", ["`y\\z` ~ linear(`a$b`, `c_{d}$%`)", "k ~ logistic(`a$b`)", "k ~ logistic(`a$b`, `c_{d}$%`)"])
def test_names_and_classes_with_signs_of_latex_are_drawn_as_they_are(model: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    table: dict[str, Any] = {"a$b": rng.normal(size=20), "c_{d}$%": rng.normal(size=20), "y\\z": rng.normal(size=20)}
    table["k"] = np.where(np.arange(20) % 3 == 0, "$5$", "a_$")
    run = steepest.fit(table, model, steps=3)
    run.save(tmp_path / "fit.png")
    run.animate(tmp_path / "fit.gif", frames=3)
    run.animate(tmp_path / "fit.svg", frames=3)
    texts = [text.get_text() for text in plot([run]).findobj(Text)]
    assert any(text == "a$b" or "`a$b`" in text for text in texts)


def test_the_answer_of_a_curve_is_seen_in_units_of_its_own() -> None:
    run = steepest.fit("misra1a", "y ~ b1*(1-exp(-b2*x))", start=(500, 1e-4), optimizer="newton")
    made = scene([run])
    assert made.objective_layer is not None and made.fit is not None and made.fit.best is not None
    (marker,) = made.objective_layer.markers
    assert marker.kind == "lowest point found"
    np.testing.assert_allclose(marker.point[:2], [238.94212918, 5.5015643181e-4], rtol=1e-9)
    (left, right), (low, high) = made.objective_layer.view
    assert left < 0 and right > 9697 and low > -0.002 and high < 0.002


def test_numbers_too_far_apart_for_a_picture_are_one_line() -> None:
    run = steepest.fit({"x": [1e308, -1e308, 3], "y": [1e308, 2, 1e308]}, "y ~ w*x + b", start=(1, 1))
    with pytest.raises(InputError, match=r"^the fit cannot be drawn: its numbers go from -1e\+308 to 1e\+308; change their unit$"):
        run.plot()
