"""The picture of a diagnosis: the local quadratic, stability, directions, rates, the map of learning rate and momentum."""

from __future__ import annotations

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.plot.mpl.layout import Picture
from steepest.plot.scene.diagnosis import DiagnosisLayer, QuadraticModel, StabilityMap, diagnosis_layer

BOWL = "x^2 + 10y^2"


def bowl(optimizer: str, steps: int = 60) -> DiagnosisLayer:
    return diagnosis_layer(steepest.descend(BOWL, (10, 1), optimizer=optimizer, steps=steps).diagnose())


def mapped(found: DiagnosisLayer) -> StabilityMap:
    assert found.stability_map is not None
    return found.stability_map


def test_the_local_quadratic_touches_the_function() -> None:
    run = steepest.descend("rosenbrock", steps=20)
    found = diagnosis_layer(run.diagnose(), at=7).model
    assert found is not None and found.step == 7
    near = run.positions[7] + 1e-4 * np.array([[0, 0], [1, 0], [0, 1], [-1, 2]])
    exact = [(1 - x) ** 2 + 100 * (y - x**2) ** 2 for x, y in near]
    assert found.at(near) == pytest.approx(exact, abs=1e-8)


def test_on_a_quadratic_it_is_the_function_everywhere() -> None:
    found = bowl("gd(lr=0.05)").model
    assert found is not None
    places = np.array([[0.0, 0.0], [3.0, -2.0], [-7.0, 5.0]])
    assert found.at(places) == pytest.approx([0, 49, 299], abs=1e-9)


@pytest.mark.parametrize(
    ("optimizer", "bound"), [("gd(lr=0.05)", 2.0), ("heavy_ball(lr=0.05, beta=0.5)", 3.0), ("momentum(lr=0.05, beta=0.9)", 3.8)]
)
def test_stability_along_the_path_is_known_of_a_quadratic(optimizer: str, bound: float) -> None:
    stability_course = bowl(optimizer).stability_course
    assert stability_course is not None and stability_course.bound == pytest.approx(bound)
    assert (
        stability_course.values == pytest.approx(np.full(len(stability_course.steps), 0.05 * 20)) and stability_course.steps[0] == 1
    )


def test_of_gradient_descent_the_factor_per_step_is_known_for_every_learning_rate() -> None:
    stability_map = mapped(bowl("gd(lr=0.05)"))
    assert stability_map.momentum == "" and stability_map.here == (0.05, 0.0)
    assert stability_map.rates[0] == pytest.approx(
        np.maximum(np.abs(1 - 2 * stability_map.lr), np.abs(1 - 20 * stability_map.lr)), abs=1e-9
    )
    assert stability_map.lr[-1] == pytest.approx(1.3 * 0.1, rel=1e-3)


def test_of_momentum_the_factor_is_that_of_the_two_by_two_recurrence() -> None:
    stability_map = mapped(bowl("momentum(lr=0.05, beta=0.8)"))
    assert stability_map.momentum == "beta" and stability_map.here == (0.05, 0.8)
    for row in (0, 20, 45):
        for column in (3, 40, 100):
            lr, beta = stability_map.lr[column], stability_map.beta[row]
            roots = [np.abs(np.roots([1, -(1 + beta - lr * curvature), beta])).max() for curvature in (2, 20)]
            assert stability_map.rates[row, column] == pytest.approx(max(roots), abs=1e-6)


@pytest.mark.parametrize(
    ("optimizer", "momentum"), [("adam(lr=0.1)", "beta1"), ("rmsprop(lr=0.01)", ""), ("nesterov(lr=0.01)", "beta")]
)
def test_the_momentum_is_found_in_the_equations(optimizer: str, momentum: str) -> None:
    assert mapped(bowl(optimizer)).momentum == momentum


def test_errors_along_the_eigenvectors_fall_by_their_own_factors() -> None:
    modes = bowl("gd(lr=0.04)", 30).modes
    assert modes is not None and modes.curvatures == pytest.approx([2, 20])
    assert modes.errors[:10, 0] == pytest.approx(10 * 0.92 ** np.arange(10))
    assert modes.errors[:10, 1] == pytest.approx(0.2 ** np.arange(10), abs=1e-12)


def test_what_cannot_be_said_is_left_out() -> None:
    diverging = bowl("gd(lr=0.21)")
    assert diverging.modes is None and diverging.stability_course is not None
    scheduled = diagnosis_layer(steepest.descend(BOWL, (10, 1), lr="0.05/(1+0.1t)").diagnose())
    assert scheduled.stability_map is None
    with pytest.raises(InputError, match="no step 99"):
        diagnosis_layer(steepest.descend("x^2", start=1, steps=5).diagnose(), at=99)


RUNS = {
    "bowl": lambda: steepest.descend(BOWL, (10, 1), optimizer="momentum(beta=0.8)", lr=0.05, steps=60),
    "diverges": lambda: steepest.descend(BOWL, (10, 1), lr=0.21, steps=50),
    "curve": lambda: steepest.descend("x^4 - 3x^3 + 2", -0.5, lr=0.02, steps=60),
    "saddle": lambda: steepest.descend("x^2 - y^2", (1, 0), lr=0.1, steps=60),
    "adam": lambda: steepest.descend("rosenbrock", optimizer="adam(lr=0.05)", steps=100),
    "newton": lambda: steepest.descend("rosenbrock", optimizer="newton", steps=20),
    "three": lambda: steepest.descend("a^2 + 2b^2 + 3c^2", (1, 1, 1), lr=0.1),
    "callable": lambda: steepest.descend(lambda p: float(p @ p), start=[1.0, 2.0], lr=0.1),
    "undefined": lambda: steepest.descend("sqrt(x)", 1, lr=0.8),
    "overflow": lambda: steepest.descend("x^4", 10, lr=1),
    "none": lambda: steepest.descend("x^2", 1, steps=0),
    "flat": lambda: steepest.descend("0x + 3", 1),
}


@pytest.mark.parametrize("name", list(RUNS))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_run_has_a_picture(name: str, theme: str) -> None:
    picture = RUNS[name]().plot("diagnosis", theme=theme)
    assert isinstance(picture, Picture)
    found = diagnosis_layer(RUNS[name]().diagnose())
    panels = sum(part is not None for part in (found.stability_course, found.modes, found.stability_map))
    assert sum(bool(ax.get_title(loc="left")) for ax in picture.axes) == panels
    picture.canvas.draw()


def test_the_picture_marks_the_runs_own_pair() -> None:
    picture = RUNS["bowl"]().plot("diagnosis")
    assert isinstance(picture, Picture)
    ax = next(ax for ax in picture.axes if ax.get_title(loc="left").startswith("factor"))
    assert [np.column_stack(line.get_data()).tolist() for line in ax.lines] == [[[0.05, 0.8]]]


def test_it_is_a_picture_of_one_run() -> None:
    with pytest.raises(InputError, match="one run, not 2"):
        steepest.compare(BOWL, ["gd", "adam"], (10, 1), steps=5).plot("diagnosis")
    with pytest.raises(InputError, match="a still picture"):
        RUNS["bowl"]().animate(view="diagnosis")
    with pytest.raises(InputError, match="needs its picture"):
        RUNS["bowl"]().plot(at=3)


def test_a_model_is_plain_data() -> None:
    model = QuadraticModel(0, np.zeros(2), 1.0, np.array([1.0, 0.0]), np.eye(2), np.ones(2), np.eye(2))
    assert model.at(np.array([[1.0, 1.0]])) == pytest.approx([3.0])
