"""Formulas and gallery names as objectives."""

import pickle

import pytest

from steepest.errors import FormulaError, InputError
from steepest.objectives.formula import read_objective
from steepest.objectives.gallery import GALLERY


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("text", ["{}", "  {}\n"])
def test_gallery_names(name: str, text: str) -> None:
    function = read_objective(text.format(name))
    entry = GALLERY[name]
    assert function.entry is function.known is entry
    assert (function.names, function.view, function.start(7), function.title) == (
        entry.names, entry.view, entry.start, entry.title
    )  # fmt: skip
    assert (function.minima, function.saddles) == (entry.minima, entry.saddles)
    assert function.hyperparameters["lr"] == entry.lr
    assert function.hyperparameters["f_star"] == min((point.value for point in entry.minima), default=0.0)
    assert read_objective(function.definition).expression is function.expression


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("x^2", "parabola"),
        ("2x^2 - 4x", "parabola_shifted"),
        ("(1-x)² + 100·(y-x²)²", "rosenbrock"),
        ("f(x, y) = (1-x)^2 + 100(y-x^2)^2", "rosenbrock"),
        ("sin(x)cos(y)", "wave"),
        ("x^2 + 1", None),
        ("f(y, x) = (1-x)^2 + 100(y-x^2)^2", None),
        ("(1-u)^2 + 100(v-u^2)^2", None),
    ],
)
def test_a_formula_of_the_gallery_has_its_minima(text: str, known: str | None) -> None:
    function = read_objective(text)
    assert function.entry is None, "the view and the start are the gallery's only by name"
    assert (function.known.name if function.known else None) == known
    assert function.minima == (GALLERY[known].minima if known else ())
    assert function.hyperparameters["lr"] == 0.1
    assert function.view == ((-5.0, 5.0),) * len(function.names)


@pytest.mark.parametrize(
    ("text", "names", "definition", "read_as"),
    [
        ("2x^2 - 4x", ("x",), "2*x^2 - 4*x", "2*x^2 - 4*x"),
        ("x^2", ("x",), "x^2", None),
        ("b*a", ("a", "b"), "b*a", None),
        ("f(w, b) = w^2 + b", ("w", "b"), "f(w, b) = w^2 + b", None),
        ("f(b, w) = w^2 + b", ("b", "w"), "w^2 + b", None),
        ("theta0^2 + λ^2", ("lambda", "theta0"), "theta0^2 + lambda^2", "theta0^2 + lambda^2"),
    ],
)
def test_definitions(text: str, names: tuple[str, ...], definition: str, read_as: str | None) -> None:
    function = read_objective(text)
    assert function.names == names
    assert function.definition == definition
    assert read_objective(definition).names == names
    if read_as:
        assert function.read_as == read_as


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("rosenbrok", "did you mean rosenbrock?"),
        ("Himmelblau", "did you mean himmelblau?"),
        ("six_hump_camle", "did you mean six_hump_camel?"),
        ("parabola2", "did you mean parabola?"),
    ],
)
def test_nearly_a_gallery_name(text: str, hint: str) -> None:
    with pytest.raises(InputError, match="there is no function") as caught:
        read_objective(text)
    assert str(caught.value).endswith(hint)


@pytest.mark.parametrize("text", ["", "x +", "3", "sin", "x^2; y", "x.real", "f(x): x"])
def test_neither_a_name_nor_a_formula(text: str) -> None:
    with pytest.raises(FormulaError):
        read_objective(text)


def test_samples_are_seeded_and_in_the_view() -> None:
    function = read_objective("rosenbrock")
    points = function.samples(50, seed=3)
    assert points == function.samples(50, seed=3) != function.samples(50, seed=4)
    assert points[:10] == function.samples(10, seed=3), "more points do not move the first ones"
    assert all(low < value < high for point in points for value, (low, high) in zip(point, function.view, strict=True))
    assert len(set(points)) == 50
    formula = read_objective("x^2 + y^2")
    assert formula.start(3) == formula.samples(1, 3)[0]


def test_mathematics_for_people() -> None:
    function = read_objective("2x^2 - 4x")
    assert function.latex == "2 x^{2} - 4 x"
    assert len(function.derivatives) == 1
    assert function.text == "2*x^2 - 4*x"


def test_objectives_are_values() -> None:
    function = read_objective("f(w, b) = (3w + b - 1)^2")
    again = pickle.loads(pickle.dumps(function))
    assert again == function
    assert again.expression is function.expression


@pytest.mark.parametrize(
    ("text", "echo"),
    [
        ("E^x", "f(E, x) = E^x, where E is a parameter: Euler's number is e"),
        ("I*x + E", "f(E, I, x) = I*x + E, where E is a parameter: Euler's number is e and I is a parameter"),
        ("f(E, x) = E^x", None),
        ("f(E, x) = E**x", None),
        ("E1^x", None),
        ("math.e^x", "e^x"),
    ],
)
def test_capitals_that_are_numbers_elsewhere_are_told(text: str, echo: str | None) -> None:
    assert read_objective(text).read_as == echo
