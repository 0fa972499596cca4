"""The fit beside the cost: what stands in its panel, in stills and in films."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

import steepest
from steepest.plot.film.film import film
from steepest.plot.mpl.figure import plot
from steepest.plot.options import FilmOptions
from steepest.plot.scene.fit import fit_caption, fit_layer
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
    segments = layer.curves[0].residuals(10)
    np.testing.assert_allclose(segments[:, 0, 1] - segments[:, 1, 1], run.residuals)
    assert layer.best is not None
    slope, constant = np.polyfit(HOUSES["size"], HOUSES["price"], 1)
    np.testing.assert_allclose(layer.best[:, 1], slope * layer.best[:, 0] + constant, rtol=1e-9)
    assert fit_caption(layer.curves[0], 10).endswith("in the table's units")


def test_classes_of_one_column_and_of_two() -> None:
    one = fit_layer([steepest.fit("exam", "passed ~ sigmoid(b0 + b1*hours)", loss="log", steps=5)])
    assert one is not None and one.high is not None
    assert (one.kind, one.residuals) == ("curve", False)
    assert one.high.tolist() == (one.points[:, 1] == 1).tolist()
    model = "species ~ sigmoid(a*petal_length + c*petal_width + b)"
    run = steepest.fit("iris", model, loss="log", one="virginica", scale="z", lr=1, steps=50)
    two = fit_layer([run])
    assert two is not None
    assert (two.kind, two.labels, two.class_names) == ("boundary", ("petal_length", "petal_width"), ("other", "virginica"))
    boundary = two.curves[0].at(50)
    found = boundary[np.isfinite(boundary[:, 1])]
    assert len(found) > 50
    values = run.predict({"petal_length": found[:, 0], "petal_width": found[:, 1]})
    np.testing.assert_allclose(values, 0.5, atol=0.01)


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


def test_films_that_play_by_themselves_show_the_cost(tmp_path: Path) -> None:
    line().animate(tmp_path / "fit.svg")
    assert (tmp_path / "fit.svg").read_text().startswith("<")


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
