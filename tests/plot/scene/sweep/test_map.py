"""Maps and curves of sweeps as data: what each color counts, where theory draws its lines, which options are refused."""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.plot.map_options import MapOptions
from steepest.plot.mpl.sweep.figure import sweep_figure
from steepest.plot.oklch import rgb
from steepest.plot.scene.sweep.colors import BESIDE, ENDING_COLORS, STRIPED, hatch, shades
from steepest.plot.scene.sweep.map import map_scene
from steepest.plot.scene.sweep.outcome_curve import curve_scene
from steepest.plot.theme import THEMES, lightness
from steepest.runs.sweep.endings import CONVERGED, DIVERGED, STEP_LIMIT, UNDEFINED
from steepest.runs.sweep.sweep import Sweep

LINE = steepest.linear(-5, 5, 41)


@pytest.fixture(scope="module")
def basins() -> Sweep:
    return steepest.sweep("himmelblau", {"x": LINE, "y": LINE}, lr=0.01, steps=1000)


@pytest.fixture(scope="module")
def balls() -> Sweep:
    over = {"lr": steepest.linear(0.001, 0.25, 60), "beta": steepest.linear(0, 0.99, 50)}
    return steepest.sweep("x^2 + 10y^2", over, optimizer="heavy_ball", start=(1, 1), steps=300, rate=True)


def test_a_map_has_a_row_of_pixels_for_each_value_of_the_second_axis(balls: Sweep) -> None:
    scene = map_scene(balls, MapOptions(by="ending"))
    assert scene.panels[0].pixels.shape == (50, 60, 3)
    assert (scene.x.name, scene.y.name) == ("lr", "beta")
    colors = ENDING_COLORS["light"]
    for i, j in ((0, 0), (59, 0), (30, 49)):
        assert "#" + bytes(scene.panels[0].pixels[j, i]).hex() == colors[int(balls.ending[i, j])]


@pytest.mark.parametrize("by", ["minimum", "ending"])
def test_the_legend_counts_every_cell_once(basins: Sweep, by: str) -> None:
    scene = map_scene(basins, MapOptions(by=by))
    assert sum(int(swatch.count.replace(",", "")) for swatch in scene.swatches) == 41 * 41


def test_each_minimum_has_a_hue_that_gets_darker_with_the_steps(basins: Sweep) -> None:
    scene = map_scene(basins, MapOptions())
    pixels = scene.panels[0].pixels.transpose(1, 0, 2)
    for index in range(4):
        members = basins.minimum == index
        found = {tuple(pixel) for pixel in pixels[members].tolist()}
        others = {tuple(pixel) for pixel in pixels[~members].tolist()}
        assert found and not found & others
        light = [lightness("#" + bytes(pixels[members][k]).hex()) for k in np.argsort(basins.steps[members], kind="stable")]
        assert light[0] > light[-1] and (np.diff(light) <= 0.02).all()


def test_known_points_are_marked(basins: Sweep) -> None:
    kinds = [point.kind for point in map_scene(basins, MapOptions()).points]
    assert kinds.count("minimum") == 4 and kinds.count("saddle") == 4


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_endings_are_told_apart_without_color(theme: str) -> None:
    for colors in (ENDING_COLORS[theme], BESIDE[theme]):
        levels = sorted(lightness(colors[code]) for code in (CONVERGED, STEP_LIMIT, DIVERGED, UNDEFINED))
        assert min(np.diff(levels)) > 0.05
    for one, other in (STRIPED[theme][code] for code in (DIVERGED, UNDEFINED)):
        assert abs(lightness(one) - lightness(other)) > 0.05


@pytest.mark.parametrize("count", [1, 4, 8, 9, 120])
def test_the_hues_of_minima_differ(count: int) -> None:
    middles = {tuple(shades(index, count)[128].tolist()) for index in range(count)}
    assert len(middles) == count
    for index in range(count):
        levels = [lightness("#" + bytes(color).hex()) for color in shades(index, count)]
        assert levels[0] > 0.85 and levels[-1] < 0.5 and (np.diff(levels) <= 0.01).all()


def test_lightness_is_what_is_asked_for() -> None:
    """OKLab's lightness of a gray is the cube root of its luminance."""
    for wanted in (0.2, 0.5, 0.8):
        linear = [(part / 255 + 0.055) / 1.055 for part in rgb(wanted, 0.0, 0.0).tolist()]
        assert linear[0] ** 2.4 == pytest.approx(wanted**3, abs=0.006)


def test_the_heavy_balls_lines_are_polyaks(balls: Sweep) -> None:
    scene = map_scene(balls, MapOptions(by="rate"))
    bound, best = scene.lines
    mu, largest = 2.0, 20.0
    assert bound.kind == "bound" and bound.label == "stable below lr = 2(1+β)/L"
    np.testing.assert_allclose(bound.points[:, 0], 2 * (1 + bound.points[:, 1]) / largest, rtol=1e-9)
    lr = best.points[:, 0]
    wanted = np.maximum((1 - np.sqrt(lr * mu)) ** 2, (1 - np.sqrt(lr * largest)) ** 2)
    np.testing.assert_allclose(best.points[:, 1], wanted, atol=1e-6)
    (point,) = [each for each in scene.points if each.kind == "best"]
    root = math.sqrt(largest / mu)
    assert point.at == pytest.approx((4 / (math.sqrt(largest) + math.sqrt(mu)) ** 2, ((root - 1) / (root + 1)) ** 2), rel=1e-5)
    assert "lr = 0.1154, β = 0.2699, factor 0.519" in point.label


@pytest.mark.parametrize(("optimizer", "bound", "best"), [("gd", 0.1, 2 / 22), ("momentum(beta=0.5)", 0.15, None)])
def test_rules_of_one_axis(optimizer: str, bound: float, best: float | None) -> None:
    found = steepest.sweep("x^2 + 10y^2", {"lr": steepest.log(1e-3, 1, 50)}, optimizer=optimizer, start=(1, 1), steps=200)
    rules = {kind: at for kind, at, _ in curve_scene(found, MapOptions()).rules}
    assert rules["bound"] == pytest.approx(bound, rel=1e-9)
    if best is not None:
        assert rules["best"] == pytest.approx(best, rel=1e-6)
    assert curve_scene(found, MapOptions(theory=False)).rules == ()


@pytest.mark.parametrize("optimizer", ["adam", "torch:SGD", "gd(lr=0.1/t)"])
def test_there_is_no_line_where_theory_knows_none(optimizer: str) -> None:
    over: dict[str, Any] = {"x": [1.0, 2.0, 3.0]} if "/t" in optimizer else {"lr": [0.01, 0.1, 1.0]}
    found = steepest.sweep("x^2", over, optimizer=optimizer, start=1, steps=5)
    assert curve_scene(found, MapOptions()).rules == ()


def test_a_curve_has_every_cell_once() -> None:
    found = steepest.sweep("(x^2-1)^2/4", {"lr": steepest.linear(0.5, 2.1, 80)}, start=0.3, steps=300)
    scene = curve_scene(found, MapOptions())
    assert sum(each.count for each in scene.outcomes) == 80
    assert np.array(sum(each.members.astype(int) for each in scene.outcomes)).tolist() == [1] * 80
    assert [panel.label for panel in scene.panels] == ["value at the end", "$x$ at the end", "steps taken"]


def test_three_axes_are_maps_side_by_side() -> None:
    over = {"x": LINE, "y": LINE}
    found = steepest.sweep("himmelblau", over, optimizer=["gd", "adam", "momentum"], lr=0.01, steps=50)
    scene = map_scene(found, MapOptions(by="value"))
    assert [panel.title for panel in scene.panels] == ["gd", "adam", "momentum"]
    assert scene.panels[1].pixels.shape == (41, 41, 3)
    alone = steepest.sweep("himmelblau", over, optimizer=["adam"], lr=0.01, steps=50)
    np.testing.assert_array_equal(
        map_scene(alone, MapOptions(by="ending")).panels[0].pixels, map_scene(found, MapOptions(by="ending")).panels[1].pixels
    )


@pytest.mark.parametrize(
    ("over", "options", "message"),
    [
        ({"x": LINE, "y": LINE, "lr": [0.1, 0.2], "seed": [1, 2]}, {}, "up to three axes"),
        ({"x": LINE, "y": LINE, "seed": range(13)}, {}, "up to 12 panels"),
        ({"x": LINE, "y": LINE}, {"by": "rate"}, "the rate was not measured: sweep"),
        ({"x": LINE, "y": LINE}, {"by": "stps"}, "did you mean steps"),
        ({"x": [1.0]}, {}, "more than one value"),
    ],
)
def test_what_no_picture_shows_is_refused(over: dict[str, Any], options: dict[str, Any], message: str) -> None:
    found = steepest.sweep("x^2 + y^2", over, start=(1, 1), steps=2)
    with pytest.raises(InputError, match=message) as error:
        found.plot(**options)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("formula", "over", "about"),
    [
        ("x^2", {"x": [0.0, 0.0], "seed": [1, 1]}, {}),  # all the same
        ("log(x) + y", {"x": LINE, "y": [0.0, 1.0]}, {}),  # some undefined
        ("x^4", {"x": [1e3, 1e4], "lr": [1.0, 2.0]}, {}),  # all diverge
        ("x^2", {"lr": [0.1, 0.7, 0.2]}, {}),
        ("x^2", {"lr": [-0.1, 0.0, 0.1]}, {}),
        ("x^2", {"optimizer": ["gd", "adam"], "lr": [0.1, 0.2, 0.9]}, {}),
        ("x^2", {"optimizer": ["gd", "adam"]}, {}),
        ("θ^2 + a_1^2", {"lr": [0.1, 0.2], "a_1": [1.0, 2.0]}, {}),
    ],
)
def test_any_sweep_is_drawn(theme: str, formula: str, over: dict[str, Any], about: dict[str, Any]) -> None:
    start = {"x^2": 1, "x^4": 1}.get(formula, (1, 1))
    found = steepest.sweep(formula, over, start=start, steps=30, below=0.1, rate=True, **about)
    for by in (None, "minimum", "value", "steps", "ending", "rate", "first"):
        figure = sweep_figure(found, MapOptions(by=by, theme=theme))
        figure.canvas.draw()


def test_cells_are_whole_dots(basins: Sweep) -> None:
    """What is drawn is the cells themselves, each as often as it is large."""
    scene = map_scene(basins, MapOptions())
    figure = basins.plot()
    figure.canvas.draw()
    image = np.asarray(figure.canvas.buffer_rgba())[..., :3]  # type: ignore[attr-defined]
    box = figure.axes[0].bbox
    times = round(box.width / 41)
    assert box.width == pytest.approx(41 * times)
    left, top = round(box.x0), image.shape[0] - round(box.y1)
    for column, row in ((3, 17), (30, 8), (20, 33)):
        dot = image[top + (40 - row) * times + times // 2, left + column * times + times // 2]
        np.testing.assert_array_equal(dot, scene.panels[0].pixels[row, column])


def test_the_hatches_of_a_journal_are_grays_and_differ() -> None:
    found = [hatch(order, (40, 40)) for order in range(6)]
    assert not found[0].any()
    assert all((one != other).any() for one, other in combinations(found, 2))
    points = np.linspace(-5, 5, 24)
    basins = steepest.sweep("himmelblau", {"x": points, "y": points}, lr=0.01, steps=100)
    scene = map_scene(basins, MapOptions(by="minimum", theme="journal"))
    assert np.ptp(scene.panels[0].pixels[..., :3].astype(int), axis=-1).max() == 0
    assert len({each.hatch for each in scene.swatches if each.label.startswith("minimum")}) == 4


def test_the_swatch_of_more_minima_is_as_gray_as_their_cells() -> None:
    points = np.linspace(-10, 10, 60)
    many = steepest.sweep("sin(x)*sin(y)", {"x": points, "y": points}, lr=0.1, steps=300)
    for theme, colorless in (("journal", True), ("light", False)):
        swatches = map_scene(many, MapOptions(by="minimum", theme=theme)).swatches
        (further,) = [each for each in swatches if each.label.endswith("more minima")]
        grays = [len({color[1:3], color[3:5], color[5:7]}) == 1 for color in further.colors]
        assert all(grays) if colorless else not any(grays)


def test_a_map_of_every_so_manieth_value_says_so() -> None:
    over = {"x": "linear(-5, 5, 40)[::4]", "y": steepest.linear(-5, 5, 30)}
    thinned = steepest.sweep("himmelblau", over, steps=5)
    assert map_scene(thinned, MapOptions()).caption.endswith("; 300 runs, up to 5 steps each; one in 4 values of x")


def rules(objective: str, over: dict[str, Any], **about: Any) -> dict[str, tuple[float, str]]:
    """What theory says about a sweep over the learning rate: where, and what it is called."""
    found = steepest.sweep(objective, over, **about)
    return {kind: (at, label) for kind, at, label in curve_scene(found, MapOptions()).rules if label}


def shrinks(optimizer: str, curvatures: tuple[float, ...], lr: float, beta: float) -> bool:
    """Whether a run of the optimizer on a quadratic ends closer to its minimum than it started: the textbook's loop."""
    eigenvalues = np.array(curvatures)
    x, v = np.ones(len(eigenvalues)), np.zeros(len(eigenvalues))
    for _ in range(8000):
        if optimizer == "sutskever_nesterov":
            v = beta * v - lr * eigenvalues * (x + beta * v)
            x = x + v
            continue
        v = beta * v + eigenvalues * x
        x = x - lr * (eigenvalues * x + beta * v if optimizer == "nesterov" else v)
        if np.abs(x).max() > 1e9:
            return False
    return bool(np.abs(x).max() < 1e-3)


@pytest.mark.parametrize("curvatures", [(2.0, 10.0), (0.5, 1.0), (1.0, 60.0)])
@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "sutskever_nesterov"])
def test_runs_shrink_just_below_the_bound_and_grow_just_above(optimizer: str, beta: float, curvatures: tuple[float, float]) -> None:
    mu, largest = curvatures
    over = {"lr": steepest.log(1e-3 / largest, 100 / largest, 30)}
    told = rules(f"{mu / 2}*x^2 + {largest / 2}*y^2", over, optimizer=f"{optimizer}(beta={beta})", start=(1, 1), steps=300)
    at = told["bound"][0]
    assert shrinks(optimizer, curvatures, 0.99 * at, beta) and not shrinks(optimizer, curvatures, 1.01 * at, beta)


def test_theory_has_the_value_of_an_axis_of_one_value() -> None:
    told = rules("x^2 + 5y^2", {"lr": steepest.linear(0.01, 0.6, 50), "beta": [0.5]}, optimizer="momentum", start=(3, 2))
    at, label = told["bound"]
    assert at == pytest.approx(2 * 1.5 / 10) and label == "stable below lr = 2(1+β)/L = 0.3"
    found = steepest.sweep("x^2 + 5y^2", {"lr": [0.1, 0.2], "x": [1, 2], "beta": [0.5]}, optimizer="momentum", start=(3, 2))
    assert map_scene(found, MapOptions()).caption.startswith("momentum; β = 0.5; from y = 2; ")


def test_where_all_learning_rates_are_equally_good_the_interval_is_told() -> None:
    over = {"lr": steepest.log(1e-3, 1, 60)}
    found = steepest.sweep("x^2 + 5y^2", over, optimizer="momentum(beta=0.5)", start=(3, 2), steps=200)
    ends = [(at, label) for kind, at, label in curve_scene(found, MapOptions()).rules if kind == "best"]
    root = math.sqrt(0.5)
    assert [at for at, _ in ends] == pytest.approx([(1 - root) ** 2 / 2, (1 + root) ** 2 / 10], rel=1e-3)
    assert [label for _, label in ends] == ["best in theory: lr from 0.04289 to 0.2914, factor 0.707 per step", ""]


@pytest.mark.parametrize(
    "optimizer",
    [
        "signsgd",
        "theta = theta - lr*g*abs(g)",
        "theta = theta - lr*g*f",
        "theta = theta - lr*(1-t/T)*g",
        "theta = theta - lr*cos(t)*g",
    ],
)
def test_there_is_no_line_where_the_step_is_no_linear_recurrence(optimizer: str) -> None:
    assert rules("booth", {"lr": steepest.log(1e-3, 1, 20)}, optimizer=optimizer, start=(1, 1)) == {}


@pytest.mark.parametrize(("batch", "bound"), [(None, 2 / 51), ("full", 2 / 51), (1, None), (2, None)])
def test_there_is_no_line_where_steps_see_some_rows_only(batch: Any, bound: float | None) -> None:
    rows = {"x": [float(x) for x in range(1, 9)], "y": [2.0, 3.9, 6.2, 7.8, 10.1, 12.3, 13.8, 16.1]}
    told = rules("y ~ w*x", {"lr": steepest.log(1e-4, 1, 50)}, data=rows, batch=batch, start=0)
    assert ("bound" in told) == (bound is not None)
    if bound is not None:
        assert told["bound"][0] == pytest.approx(bound)


def test_lines_over_lists_lie_where_their_cells_are() -> None:
    """A list without an even spacing has a cell for each value, side by side."""
    about: dict[str, Any] = {"optimizer": "momentum", "start": (3, 2)}
    over: dict[str, Any] = {"lr": steepest.linear(0.01, 0.6, 50), "beta": [0, 0.5, 0.8, 0.9]}
    scene = map_scene(steepest.sweep("x^2 + 5y^2", over, **about), MapOptions())
    (line,) = scene.lines
    assert line.points[:, 1].tolist() == [-0.5, 0.5, 0.5, 1.5, 1.5, 2.5, 2.5, 3.5]
    assert line.points[::2, 0] == pytest.approx([0.2, 0.3, 0.36, 0.38])
    assert line.points[1::2, 0].tolist() == line.points[::2, 0].tolist()
    assert not [point for point in scene.points if point.kind == "best"]
    for over in ({"lr": [0.1, 0.15, 0.3, 0.5], "x": steepest.linear(-3, 3, 20)}, {"lr": [0.1, 0.15, 0.3], "beta": [0.5, 0.9]}):
        assert map_scene(steepest.sweep("x^2 + 5y^2", over, **about), MapOptions()).lines == ()
    assert rules("x^2", {"lr": [2.0, 0.1, 0.3]}, start=1) == {}


def test_lines_say_which_of_several_minima_they_are_about() -> None:
    over = {"lr": steepest.log(1e-3, 1, 60), "x": steepest.linear(-2, 2, 60)}
    scene = map_scene(steepest.sweep("x^4 - 3x^2 + x", over), MapOptions())
    assert scene.lines[0].label == "stable below lr = 2/L = 0.1398, at x = −1.30084"


def test_runs_about_to_diverge_do_not_stretch_a_chart() -> None:
    """Every run is in view, also where values reach from 1e-15 to 1e290; those that are cut lie at the end that is told."""
    over = {"lr": steepest.log(0.003, 0.3, 60)}
    found = steepest.sweep("x^2 + 10y^2", over, optimizer="momentum(beta=0.9)", start=(1, 1), steps=300)
    values = curve_scene(found, MapOptions()).panels[0]
    assert values.label == "value at the end\n(cut at 1000)" and np.nanmax(values.numbers) == 1000.0  # from 11
    chart = sweep_figure(found).axes[0]
    low, high = chart.get_ylim()
    drawn = np.concatenate([ends for line in chart.lines if len(ends := np.asarray(line.get_ydata())) > 2])
    told = ((found.ending == 0) | (found.ending == 1)).sum()
    assert len(drawn) == told and (drawn >= low).all() and (drawn <= high).all()

    wide = steepest.sweep("x^2", {"lr": steepest.log(1e-3, 1e3, 40)}, start=3, steps=100)
    position = curve_scene(wide, MapOptions()).panels[1]
    assert position.label == "$x$ at the end\n(cut at ±30)" and np.nanmax(np.abs(position.numbers)) == 30.0


def test_a_chart_of_what_no_run_has_says_none() -> None:
    found = steepest.sweep("x^2", {"lr": steepest.linear(0.1, 0.9, 20)}, start=3, below=-0.5)
    scene = curve_scene(found, MapOptions())
    assert scene.panels[-1].label == "first step below −0.5"
    chart = sweep_figure(found).axes[len(scene.panels) - 1]
    assert [text.get_text() for text in chart.texts] == ["none"] and len(chart.get_yticks()) == 0


def test_panels_and_color_bars_are_written_as_text_is() -> None:
    over = {"x": steepest.linear(-1, 1, 5), "y": steepest.linear(-1, 1, 5), "beta": [0.5, 0.9]}
    panels = map_scene(steepest.sweep("x^2 + y^2", over, optimizer="momentum"), MapOptions()).panels
    assert [panel.title for panel in panels] == ["β = 0.5", "β = 0.9"]
    del over["beta"]
    panels = map_scene(steepest.sweep("x^2 + y^2", over, optimizer=["gd", "adam(lr=1)"]), MapOptions()).panels
    assert [panel.title for panel in panels] == ["gd", "adam(lr=1)"]
    steep = {"lr": steepest.linear(0.01, 0.15, 60), "x": steepest.linear(-3, 3, 20)}
    bar = map_scene(steepest.sweep("x^2 + 10y^2", steep, start=(1, 1), steps=40), MapOptions(by="value")).bar
    assert bar is not None and bar.label == "value at the end (one color from 1000 on)"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0.03, 0.3, ["0.03", "0.05", "0.1", "0.2", "0.3"]), (1e-4, 1e-3, ["0.0001", "0.0002", "0.0003", "0.0005", "0.001"])],
)
def test_a_short_logarithmic_axis_has_plain_numbers(low: float, high: float, ticks: list[str]) -> None:
    found = steepest.sweep("x^2", {"lr": steepest.log(low, high, 12), "x": steepest.linear(1, 2, 5)}, steps=5)
    axis = sweep_figure(found).axes[1].xaxis
    shown = [axis.get_major_formatter()(at, 0) for at in axis.get_majorticklocs() if low * 0.99 <= at <= high * 1.01]
    assert shown == ticks


def test_a_constant_that_is_varied_keeps_its_name_in_the_formula() -> None:
    over = {"k": [1, 10, 100], "lr": steepest.linear(0.01, 2, 60)}
    found = steepest.sweep("f(x, y) = x^2 + c*k*y^2", over, let={"k": 1, "c": 2}, start=(1, 1))
    scene = map_scene(found, MapOptions())
    assert scene.text == "f(x, y) = x² + 2k y²" and scene.formula == "f(x, y) = x^{2} + 2 k y^{2}"
    assert scene.bar is not None and scene.bar.low < 1e-8 and scene.bar.high == 1e4  # runs start from 201 at most
    alone = steepest.sweep("f(x, y) = x^2 + c*k*y^2", over | {"k": [10]}, let={"k": 1, "c": 2}, start=(1, 1))
    assert curve_scene(alone, MapOptions()).text == "f(x, y) = x² + 20y²"


def test_a_map_whose_cells_crowd_at_one_end_of_its_scale_has_differences_there() -> None:
    """Nearly all runs stand in the valley of Rosenbrock's function, with values from 3 to 5."""
    over = {"lr": steepest.log(1e-5, 1e-2, 60), "beta": steepest.linear(0, 0.9, 60)}
    found = steepest.sweep("rosenbrock", over, optimizer="momentum", steps=200)
    shown = map_scene(found, MapOptions())
    assert shown.bar is not None
    colors = np.array([[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in shown.bar.colors])
    crowded = np.log(found.value[(found.value > 1) & (found.value < 6)])
    assert len(crowded) > 0.6 * found.value.size
    places = (np.quantile(crowded, [0.05, 0.95]) - np.log(shown.bar.low)) / np.log(shown.bar.high / shown.bar.low) * 255
    low, high = np.clip(places, 0, 255).astype(int)
    assert (
        np.abs(colors[high] - colors[low]).sum()
        > 1.5
        * np.abs(
            np.diff(
                np.array(
                    [
                        [int(color[at : at + 2], 16) for at in (1, 3, 5)]
                        for color in (THEMES["light"].shade(1 - high / 255), THEMES["light"].shade(1 - low / 255))
                    ]
                ),
                axis=0,
            )
        ).sum()
    )
    assert np.abs(np.diff(colors, axis=0)).max() <= 12  # neighbors do not differ visibly
