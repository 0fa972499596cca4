"""What the runs carry: vectors as arrows, second moments as squares, numbers as words; data first, then artists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver

import steepest
from steepest.errors import InputError
from steepest.plot.film.film import Film, film
from steepest.plot.film.run_artist import RunArtist
from steepest.plot.film.sprites import TextSprite
from steepest.plot.mpl.quantities import LEAST_OPACITY, SHORTEST_ARROW, Arrow, QuantityArtists, Squares
from steepest.plot.options import FilmOptions, PictureOptions
from steepest.plot.scene.quantities import ShownQuantity, quantity_scales, shown_quantities, still_step
from steepest.plot.scene.scene import Scene, scene
from steepest.plot.scene.text.number import number
from steepest.plot.theme import LIGHT

MOMENTUM = steepest.descend("rosenbrock", optimizer="momentum", lr=0.001, steps=30)
ADAM = steepest.descend("rosenbrock", optimizer="adam(lr=0.1)", steps=30)
CURVE = steepest.descend("x^2", start=3, optimizer="momentum(beta=0.5)", lr=0.2, steps=8)
RACE = steepest.compare("himmelblau", ["gd", "momentum", "adam(lr=0.1)"], start=(0, 0), lr=0.01, steps=20)
STEPPING = steepest.descend("himmelblau", optimizer="barzilai_borwein", steps=6)
ALL = ("gradient", "momentum", "update")
UNIT = ((0.0, 1.0), (0.0, 1.0))


def shown(runs: Any, *names: str) -> Scene:
    return scene(runs.runs, options=PictureOptions(show=names))


def shot(runs: Any, *names: str) -> Film:
    return film(shown(runs, *names), FilmOptions(frames=5))


def quantities_of(run_artist: RunArtist) -> QuantityArtists:
    assert run_artist.quantities is not None
    return run_artist.quantities


def placed(film: Film, step: int, run: int = 0) -> list[Any]:
    return list(quantities_of(film.run_artists[run]).at(step))


def test_rows_are_what_the_step_from_there_uses() -> None:
    gradient, momentum, update = shown_quantities(MOMENTUM, ALL, drawn=True)
    np.testing.assert_array_equal(gradient.rows, MOMENTUM.gradients)
    np.testing.assert_array_equal(momentum.rows, MOMENTUM["v"])
    np.testing.assert_allclose(MOMENTUM.positions[:-1] + update.rows, MOMENTUM.positions[1:], rtol=1e-15)
    assert [each.symbol for each in (gradient, momentum, update)] == ["g", "v", r"\Delta\theta"]


def test_second_moments_are_squares_whose_areas_are_the_quantity() -> None:
    (squares,) = shown_quantities(ADAM, ["v"], drawn=True)
    assert (squares.kind, squares.root) == ("squares", True)
    np.testing.assert_allclose(squares.rows**2, ADAM["v"])


def test_a_largest_gradient_is_a_side_itself() -> None:
    run = steepest.descend("rosenbrock", optimizer="adamax", steps=3)
    (squares,) = shown_quantities(run, ["u"], drawn=True)
    assert (squares.kind, squares.root) == ("squares", False)
    np.testing.assert_array_equal(squares.rows, run["u"])


def test_numbers_are_words() -> None:
    (rate,) = shown_quantities(STEPPING, ["rate"], drawn=True)
    assert rate.kind == "number"
    words = shot(STEPPING, "rate", "lr").run_artists[0].caption(2)
    assert words.endswith(f"   rate = {number(STEPPING['rate'][2])}   lr = {number(STEPPING.hyperparameters['lr'].value)}")


def test_a_schedule_is_a_number_that_changes() -> None:
    run = steepest.descend("x^2", start=1, lr="0.1/t", steps=4)
    (lr,) = shown_quantities(run, ["lr"], drawn=True)
    assert lr.rows.tolist() == pytest.approx([0.1, 0.05, 0.1 / 3, 0.025])


def test_without_a_plane_a_vector_is_told_by_its_length() -> None:
    run = steepest.descend("x^2 + y^2 + z^2", start=(1, 2, 2), optimizer="adam", steps=3)
    gradient, second = shown(run, "gradient", "v").runs[0].quantities
    assert [gradient.symbol, second.symbol] == ["|g|", "|v|"]
    assert gradient.rows[0] == 6
    np.testing.assert_allclose(second.rows, np.linalg.norm(run["v"], axis=1))


def test_on_a_surface_too() -> None:
    flat = scene([MOMENTUM], options=PictureOptions(view="surface", show=ALL))
    assert [each.symbol for each in flat.runs[0].quantities] == ["|g|", "|v|", "|Δθ|"]
    assert flat.quantity_scales() == ()


def test_a_run_without_a_quantity_is_left_alone() -> None:
    runs = shown(RACE, "gradient", "momentum", "v").runs
    assert [[each.name for each in run.quantities] for run in runs] == [
        ["gradient"], ["gradient", "momentum", "v"], ["gradient", "momentum", "v"],
    ]  # fmt: skip
    assert [run.quantities[-1].kind for run in runs] == ["arrow", "arrow", "squares"]


@pytest.mark.parametrize("door", ["plot", "animate", "save"])
def test_a_name_that_nothing_has(door: str, tmp_path: Any) -> None:
    arguments = {"plot": (), "animate": (tmp_path / "x.gif",), "save": (tmp_path / "x.png",)}[door]
    with pytest.raises(InputError, match="did you mean update"):
        getattr(RACE, door)(*arguments, show=["updte"])
    assert not list(tmp_path.iterdir())


def test_names_in_one_text() -> None:
    picture = ADAM.plot(show="gradient, m")
    assert isinstance(picture, Figure)
    assert sum(isinstance(part, Quiver) for part in picture.axes[0].collections) == 2


def test_an_empty_name() -> None:
    with pytest.raises(InputError, match="empty name"):
        ADAM.plot(show="gradient,")


def arrows(*lengths: float) -> ShownQuantity:
    return ShownQuantity("q", "q", "arrow", np.column_stack([lengths, np.zeros(len(lengths))]))


@pytest.mark.parametrize(
    ("lengths", "factor"),
    [((2.0, 0.1), 0.07), ((0.1,), 1.0), ((3e-7,), 5e5), ((0.0,), 1.0), ((np.inf, 2.0), 0.07), ((np.nan, 2.0), 0.07)],
)
def test_one_round_factor_makes_the_largest_some_fifth_of_the_picture(lengths: tuple[float, ...], factor: float) -> None:
    (found,) = quantity_scales([((arrows(*lengths),), np.full((len(lengths), 2), 0.5))], UNIT, ["q"])
    assert found.factor == factor
    assert factor == 1 or 0.1 < factor * np.nanmax(np.where(np.isinf(lengths), 0, lengths)) <= 0.2


def test_what_is_out_of_the_picture_does_not_count() -> None:
    places = np.array([[0.5, 0.5], [7.0, 0.5]])
    (found,) = quantity_scales([((arrows(2.0, 1e9),), places)], UNIT, ["q"])
    assert found.factor == 0.07
    (still,) = quantity_scales([((arrows(2.0, 0.2),), places * 0 + 0.5)], UNIT, ["q"], steps=[1])
    assert still.factor == 1.0


def test_the_factor_is_one_for_all_runs_and_in_the_order_asked_for() -> None:
    found = shown(RACE, "update", "momentum", "gradient").quantity_scales()
    assert [each.name for each in found] == ["update", "momentum", "gradient"]
    assert found[1].symbols == ("v", "m") and found[0].factor == 1
    assert found[1].label == f"momentum $v$, $m$ × {found[1].factor:g}"


def test_an_update_ends_where_the_next_step_begins() -> None:
    made = shot(MOMENTUM, "update")
    for step in (0, 3, 11):
        quiver, *_ = placed(made, step)
        np.testing.assert_allclose(quiver.get_offsets()[0] + [quiver.U[0], quiver.V[0]], MOMENTUM.positions[step + 1])


def test_arrows_have_the_direction_and_the_common_scale_of_the_data() -> None:
    made = shown(MOMENTUM, "gradient").quantity_scales()[0]
    film = shot(MOMENTUM, "gradient")
    for step in (0, 2):
        quiver, word = placed(film, step)
        assert quiver.get_offsets()[0].tolist() == MOMENTUM.positions[step].tolist()
        assert [quiver.U[0], quiver.V[0]] == pytest.approx((made.factor * MOMENTUM.gradients[step]).tolist())
        assert isinstance(word, TextSprite)


def test_a_short_arrow_keeps_a_length_and_fades() -> None:
    (arrow,) = quantities_of(shot(MOMENTUM, "gradient").run_artists[0]).artists
    assert isinstance(arrow, Arrow)
    shift, opacity = arrow.visible(np.array([1e-9, 1e-9]))
    assert np.hypot(*(shift / arrow.area.sizes)) == pytest.approx(SHORTEST_ARROW) and opacity == LEAST_OPACITY
    long = 0.1 * arrow.area.sizes
    assert arrow.visible(long)[0].tolist() == long.tolist() and arrow.visible(long)[1] == 1
    assert not arrow.visible(np.array([np.inf, 0.0]))[0].any()


def test_squares_are_squares_on_paper_and_each_on_its_axis() -> None:
    run = steepest.descend("x^2 + 1e6*y^2", start=(3, 0.002), optimizer="adam(lr=0.001)", steps=20)
    made = shot(run, "v")
    (squares,) = quantities_of(made.run_artists[0]).artists
    assert isinstance(squares, Squares)
    artist, *words = placed(made, 10)
    assert isinstance(artist, PolyCollection) and len(words) == 2
    place = run.positions[10]
    for path, axis in zip(artist.get_paths(), (0, 1), strict=True):
        corners = np.asarray(path.vertices)[:4]
        width, height = np.ptp(corners / squares.area.sizes * squares.area.points, axis=0)
        assert width == pytest.approx(height)
        assert (np.abs(corners - place) < 1e-12).all(axis=1).any(), "the run's place is a corner"
        assert (corners[:, axis] - place[axis]).max() > 0
    assert [text for text, _ in quantities_of(made.run_artists[0]).sprites] == ["$v_{x}$", "$v_{y}$"]


def test_after_the_last_step_only_the_gradient_is_left() -> None:
    made = shot(MOMENTUM, *ALL)
    assert len([part for part in placed(made, 29) if isinstance(part, Quiver)]) == 3
    assert len([part for part in placed(made, 30) if isinstance(part, Quiver)]) == 1
    assert placed(made, 31) == []


def test_labels_do_not_cover_each_other() -> None:
    made = shot(MOMENTUM, *ALL)
    points = quantities_of(made.run_artists[0]).area.points
    for step in range(30):
        places = [np.array(part.center) * points for part in placed(made, step) if isinstance(part, TextSprite)]
        for index, place in enumerate(places):
            assert all(np.hypot(*(place - other)) > 12.9 for other in places[:index])


def test_on_a_line_arrows_to_one_side_stand_over_each_other() -> None:
    made = shot(CURVE, "gradient", "momentum", "update")
    arrows: list[Any] = [part for part in placed(made, 1) if isinstance(part, Quiver)]
    update = arrows[0]
    grid = [float(quiver.get_offsets()[0][1]) for quiver in arrows]
    assert grid[0] == grid[1] == CURVE.values[1] and grid[2] > grid[1]
    assert all(quiver.V[0] == 0 for quiver in arrows)
    assert update.U[0] == pytest.approx(CURVE.positions[2, 0] - CURVE.positions[1, 0])


def test_a_still_shows_the_last_long_step_and_says_which() -> None:
    points = np.array([[0.1, 0.1], [0.6, 0.1], [0.6, 0.3], [0.6, 0.31], [0.601, 0.31]])
    assert still_step(points, UNIT) == 1
    assert still_step(points + 0.5, UNIT) == 0, "what starts outside does not count"
    assert still_step(points[:1], UNIT) == 0
    picture = MOMENTUM.plot(show=ALL)
    assert isinstance(picture, Figure)
    path = shown(MOMENTUM).runs[0].path
    assert path is not None
    step = still_step(path.points, ((-2, 2), (-1, 3)))
    assert any(text.get_text().endswith(f"drawn at step {step}") for text in picture.texts)
    drawn: list[Any] = [part for part in picture.axes[0].collections if isinstance(part, Quiver) and part.N == 1]
    assert {tuple(part.get_offsets()[0]) for part in drawn} == {tuple(MOMENTUM.positions[step])}
    assert {text.get_text() for text in picture.axes[0].texts} >= {"$g$", "$v$", r"$\Delta\theta$"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_key_explains_each_quantity_once(theme: str) -> None:
    picture = RACE.plot(show=[*ALL, "v"], theme=theme)
    assert isinstance(picture, Figure)
    labels = [text.get_text() for legend in picture.legends for text in legend.get_texts()]
    assert [sum(label.startswith(word) for label in labels) for word in ("gradient", "momentum", "update", "$v$")] == [1, 1, 1, 1]


def test_in_axes_of_ones_own() -> None:
    ax = Figure().add_subplot()
    MOMENTUM.plot(ax=ax, show=ALL)
    legend = ax.get_legend()
    assert legend is not None and len(legend.get_texts()) == 4


def test_the_palette_of_a_film_has_the_arrows_colors() -> None:
    film_format = shot(MOMENTUM, *ALL).film_format(FilmOptions(), "", "", "")
    assert set(LIGHT.quantity_colors[:3]) <= set(film_format.colors)


def test_nothing_to_show_adds_nothing() -> None:
    made = shot(MOMENTUM)
    assert made.run_artists[0].quantities is None
    assert to_hex(made.layout.figure.get_facecolor()) == LIGHT.paper


@pytest.mark.parametrize(
    "run",
    [
        steepest.descend("x^2", start=1, lr=1.5, steps=2000),
        steepest.descend("log(x)", start=-1),
        steepest.descend("rosenbrock", lr=0.01, steps=8),
        steepest.descend("rosenbrock", steps=0),
        steepest.descend("himmelblau", start=(3, 2), steps=4),
        steepest.descend(lambda p: float(p @ p), start=[1.0, 2.0], steps=5),
        steepest.descend("x^2 + y^2 + z^2", start=(1, 2, 3), steps=30),
    ],
    ids=["diverging", "undefined", "overflow", "no step", "at rest", "function", "three parameters"],
)
def test_every_kind_of_run_can_be_shown(run: Any) -> None:
    made = shot(run, "gradient", "update")
    assert sum(1 for _ in made.frames()) == len(made.timeline.steps)
    run.plot(show=["gradient", "update"]).canvas.draw()
