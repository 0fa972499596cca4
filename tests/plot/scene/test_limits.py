"""The part of a curve that its picture shows."""

from collections.abc import Callable

import numpy as np
import pytest

from steepest import compare, descend
from steepest.plot.mpl.layout import lay_out
from steepest.plot.scene.grid import levels
from steepest.plot.scene.limits import value_interval
from steepest.plot.scene.scene import scene
from steepest.plot.size import picture_size
from steepest.plot.theme import LIGHT

Function = Callable[[np.ndarray], np.ndarray]
X = np.linspace(-4.2, 3.0, 800)


def test_a_steep_branch_does_not_flatten_what_the_runs_visited() -> None:
    curve, visited = X**4 - 3 * X**2 + X, np.array([6.0, 0.3, -1.07, -3.5])
    low, high = value_interval(curve, visited)
    assert low < -3.5 and high > 6.0
    assert high < curve.max() / 2
    assert (visited.max() - visited.min()) / (high - low) > 0.1


def test_hills_and_valleys_that_no_run_visited_are_seen() -> None:
    curve = np.sin(X) + np.cos(2 * X)
    low, high = value_interval(curve, np.array([0.42, 0.1, 0.0]))
    assert low < curve.min() and high > curve.max()


@pytest.mark.parametrize(
    ("curve", "lowest", "highest"),
    [
        (lambda x: 1 / (x + 3.9) + x, -6.0, 30.0),  # beside a pole at the left end; the runs were right of it
        (lambda x: -1 / (x + 3.9), -30.0, 6.0),
        (lambda x: 1 / (x + 3.9) + 1 / (x - 2.8), -30.0, 30.0),  # between two poles
    ],
)
def test_the_branch_beyond_a_pole_does_not_flatten_the_curve(curve: Function, lowest: float, highest: float) -> None:
    low, high = value_interval(curve(X), curve(np.array([-3.0, -2.5, -2.0])))
    assert lowest < low < high < highest


@pytest.mark.parametrize("curve", [lambda x: np.where(x < -3.9, -5.0, 1.0), lambda x: np.arctan(50 * (x + 3.9)), lambda x: x**3])
def test_a_step_and_a_steep_branch_are_no_poles(curve: Function) -> None:
    low, high = value_interval(curve(X), curve(np.array([-4.0, 2.0])))
    assert low < curve(X).min() and high > curve(X).max()


def test_what_was_visited_is_seen_also_far_above_the_rest() -> None:
    low, high = value_interval(X**2, np.array([400.0, 0.0]))
    assert low < 0.0 and high > 400.0
    assert value_interval(np.full(800, 2.0), np.array([2.0])) == value_interval(np.full(800, 2.0), np.array([]))


@pytest.mark.parametrize(
    ("formula", "start", "lr", "bottom", "swings"),
    [
        ("(x-3)^2 + 1", 0, 1.1, (3,), 4),
        ("(x-3)^2", 0, 1.1, (3,), 4),
        ("(x-3)^2", 0, 3, (3,), 1),
        ("(x-10000)^2", 0, 1.05, (10000,), 4),
        ("(x+700)^2 + 5x", 1, 1.02, (-702.5,), 4),
        ("(x-3)^2 + (y+2)^2", (0, 0), 1.1, (3, -2), 4),
        ("x^2", 3, 1.1, (0,), 4),
        ("(x^2-100)^2", 1, 1, (10,), 0),
        ("x^4", 10, 1, (0,), 0),
    ],
)
def test_the_bowl_and_the_first_swings_of_a_diverging_run_are_seen(
    formula: str, start: object, lr: float, bottom: tuple[float, ...], swings: int
) -> None:
    run = descend(formula, start, lr=lr, steps=60)
    ground = scene([run]).objective_layer
    assert ground is not None
    low, high = np.array(ground.view).T[:, : len(bottom)]
    for place in (np.array(bottom), *run.positions[: swings + 1]):
        assert ((low < place) & (place < high)).all()
    assert (high - low < 40 * np.ptp([*run.positions[: swings + 1], np.array(bottom)], axis=0)).all()
    assert ((np.array(bottom) - low) / (high - low) > 0.1).all() and ((high - np.array(bottom)) / (high - low) > 0.1).all()


def test_beside_a_run_that_arrives_the_first_swing_of_another_is_seen() -> None:
    ground = scene(compare("(x-3)^2", ["gd(lr=0.1)", "gd(lr=1.1)"], start=0, steps=30)).objective_layer
    assert ground is not None and ground.view[0][0] < 0 and 6.6 < ground.view[0][1] < 12


@pytest.mark.parametrize("formula", ["0x + 0y + 7", "sin(x)^2 + cos(x)^2 + 6 + 0y", "x - x + y - y + 7"])
def test_a_level_function_has_one_color_and_one_label(formula: str) -> None:
    shown = scene([descend(formula, (1, 2))])
    assert shown.objective_layer is not None and shown.objective_layer.grid is not None
    assert len(shown.objective_layer.grid.levels) == 2
    bar = lay_out(shown, picture_size(None, 100, film=False), LIGHT).figure.axes[1]
    assert [text.get_text() for text in bar.get_yticklabels()] == ["7"]
    assert len(levels(np.full((9, 9), -3e200))[0]) == 2


@pytest.mark.parametrize(
    ("formula", "start", "lr"),
    [
        ("(x-10000)^2", 0, 0.1), ("(x-1e6)^2 + (y-1e6)^2", (0, 0), 0.1), ("x^2 + y^2 + 1e6", (1e-3, 1e-3), 0.1),
        ("x^2 + 1e6", 3, 0.1),
        ("(x-1000)^2 + 1000", 1000.02, 0.1), ("-123456x", 1, 0.01), ("1e-12x^2", 1e-3, 1e11), ("1e200x^2 + y^2", (1, 1), 1e-201),
        ("0.001(x^2-y)^2 + 1000y^2 + 12345678", (0.1, 0.01), 3e-4), ("(x-3)^2", 0, 1.1), ("x^4", 10, 1),
    ],
)  # fmt: skip
def test_no_number_along_an_axis_is_cut(formula: str, start: object, lr: float) -> None:
    figure = lay_out(scene([descend(formula, start, lr=lr)]), picture_size(None, 100, film=False), LIGHT).figure
    for index, ax in enumerate(figure.axes):
        words = ax.get_tightbbox()
        assert words is not None
        assert words.x0 >= 0 and words.y0 >= 0 and words.x1 <= figure.bbox.x1 + 1 and words.y1 <= figure.bbox.y1 + 1
        for other in figure.axes[index + 1 :]:  # nor does one stand on another
            beside = other.get_tightbbox()
            assert beside is not None and words.x1 <= beside.x0 + 1
