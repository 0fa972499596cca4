"""Every entry of the gallery: its minima are minima, its saddles are saddles, its gradient is right."""

import math

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray
from scipy.optimize import minimize

from steepest.objectives.formula import FormulaObjective, read_objective
from steepest.objectives.gallery import GALLERY, Entry, Point
from steepest.runs.descent import descend
from steepest.tape.compile import function_tape
from steepest.targets.arrays import evaluate
from steepest.targets.reference import results

Array = NDArray[np.float64]
entries = pytest.mark.parametrize("entry", GALLERY.values(), ids=GALLERY)

# Where the gradient has no value at the minimum: kinks, cusps, and the edge of the view.
SHARP = {"absolute_value", "bukin_6", "ackley", "drop_wave", "eggholder"}


def at(entry: Entry, position: Array) -> tuple[float, Array]:
    """The value and the gradient at a position."""
    function = read_objective(entry.name)
    tape = function_tape(function.expression, function.names, False)
    slots = results(tape, position.tolist())
    return slots[tape.outputs["f"][0]], np.array([slots[slot] for slot in tape.outputs["g"]])


def hessian(entry: Entry, position: Array) -> Array:
    function = read_objective(entry.name)
    tape = function_tape(function.expression, function.names, True)
    slots = results(tape, position.tolist())
    return np.array([slots[slot] for slot in tape.outputs["H"]]).reshape(len(position), -1)


def points(kind: str) -> pytest.MarkDecorator:
    rows = [(entry, point) for entry in GALLERY.values() for point in getattr(entry, kind)]
    names = [f"{entry.name}{point.position}" for entry, point in rows]
    return pytest.mark.parametrize(("entry", "point"), rows, ids=names)


def scale(entry: Entry) -> float:
    """How much the function varies around its start, to compare values with."""
    return max(1.0, abs(at(entry, np.array(entry.start))[0]))


def inside(position: Array, entry: Entry) -> bool:
    return all(low <= value <= high for value, (low, high) in zip(position, entry.view, strict=True))


def neighbors(entry: Entry, point: Point, radius: float) -> list[float]:
    """Values all around at a distance of so many widths of the view, where that is in the view."""
    widths = np.array([high - low for low, high in entry.view])
    angles = np.linspace(0, 2 * math.pi, 360, endpoint=False)
    circle = np.array([[-1.0], [1.0]]) if len(widths) == 1 else np.stack([np.cos(angles), np.sin(angles)], axis=1)
    around = [np.array(point.position) + radius * widths * offset for offset in circle]
    return [at(entry, position)[0] for position in around if inside(position, entry)]


def test_there_is_enough_to_look_at() -> None:
    assert len(GALLERY) >= 30
    assert {len(entry.names) for entry in GALLERY.values()} == {1, 2}


@entries
def test_entries_are_complete(entry: Entry) -> None:
    function = read_objective(entry.name)
    assert function.title
    assert function.latex
    assert all(function.latex.count(opening) == function.latex.count(closing) for opening, closing in ("{}", ("(", ")")))
    assert entry.description.endswith(".")
    assert len(entry.view) == len(entry.start) == len(entry.names)
    assert all(low < high for low, high in entry.view)
    assert inside(np.array(entry.start), entry)
    assert entry.lr > 0
    assert set(function.names) == set(entry.names)
    assert read_objective(function.definition).names == entry.names


@entries
def test_a_default_run_goes_down(entry: Entry) -> None:
    run = descend(entry.name)
    assert run.ending in ("converged", "step_limit")
    assert run.values[-1] < run.values[0]


@entries
def test_nothing_in_the_view_is_lower(entry: Entry) -> None:
    """Both by a scan of the view and by SciPy's descent from the scan's lowest points."""
    if not entry.minima:
        return
    function = read_objective(entry.name)
    tape = function_tape(function.expression, function.names, False)
    axes = [np.linspace(low, high, 401 if len(entry.view) == 2 else 20_001) for low, high in entry.view]
    grid = np.ix_(*axes)
    values = evaluate(tape, grid, tape.outputs["f"][0])
    least = {point.value for point in entry.minima}
    assert max(least) - min(least) <= 1e-13 * scale(entry), "they are equally low"
    slack = 1e-9 * scale(entry)
    assert np.nanmin(values) >= min(least) - slack
    for index in np.argsort(values, axis=None)[:4]:
        place = np.unravel_index(index, values.shape)
        start = np.array([axis[k] for axis, k in zip(axes, place, strict=True)])
        found = minimize(lambda p: at(entry, p)[0], start, method="Nelder-Mead", bounds=entry.view, tol=1e-12)
        assert found.fun >= min(least) - slack, found.x


@points("minima")
def test_minima(entry: Entry, point: Point) -> None:
    position = np.array(point.position)
    value, gradient = at(entry, position)
    rounding = 1e-6 if entry.name == "bukin_6" else 1e-9 if entry.name == "powell_badly_scaled" else 2e-14
    assert value == pytest.approx(point.value, abs=rounding * scale(entry), rel=4e-15)
    assert inside(position, entry)
    assert min(neighbors(entry, point, 1e-3)) >= point.value
    if entry.name not in SHARP:
        curvature = np.linalg.eigvalsh(hessian(entry, position))
        assert np.abs(gradient).max() <= 1e-12 * max(1.0, np.abs(curvature).max()) * max(1.0, np.abs(position).max())
        assert curvature.min() >= 0


@points("local_minima")
def test_local_minima(entry: Entry, point: Point) -> None:
    position = np.array(point.position)
    value, gradient = at(entry, position)
    assert value == pytest.approx(point.value, abs=1e-13 * scale(entry))
    assert min(neighbors(entry, point, 1e-4)) > point.value
    assert point.value > min(best.value for best in entry.minima)
    curvature = np.linalg.eigvalsh(hessian(entry, position))
    assert np.abs(gradient).max() <= 1e-12 * max(1.0, np.abs(curvature).max()) * max(1.0, np.abs(position).max())
    assert curvature.min() > 0


@points("saddles")
def test_saddles(entry: Entry, point: Point) -> None:
    position = np.array(point.position)
    value, gradient = at(entry, position)
    assert value == pytest.approx(point.value, abs=1e-13 * scale(entry))
    curvature = np.linalg.eigvalsh(hessian(entry, position))
    assert np.abs(gradient).max() <= 1e-12 * max(1.0, np.abs(curvature).max()) * max(1.0, np.abs(position).max())
    if np.abs(curvature).max() > 1e-6:  # else flat to second order, as the monkey's
        assert curvature.min() <= 0
    around = neighbors(entry, point, 1e-3)
    assert min(around) < point.value < max(around)


def samples(function: FormulaObjective) -> list[Array]:
    return [np.array(point) for point in function.samples(20, seed=1)]


@entries
def test_gradients_are_slopes(entry: Entry) -> None:
    function = read_objective(entry.name)
    widths = np.array([high - low for low, high in entry.view])
    for position in samples(function):
        _, gradient = at(entry, position)
        for k, width in enumerate(widths):
            h = 1e-5 * width
            ends = [at(entry, position + sign * h * np.eye(len(widths))[k])[0] for sign in (2, 1, -1, -2)]
            slope = (-ends[0] + 8 * ends[1] - 8 * ends[2] + ends[3]) / (12 * h)  # of fourth order
            noise = 1e-15 * max(map(abs, ends)) / h
            assert gradient[k] == pytest.approx(slope, rel=2e-6, abs=10 * noise + 1e-8 * float(np.abs(gradient).max()))


@entries
def test_gradients_are_those_of_sympy(entry: Entry) -> None:
    function = read_objective(entry.name)
    symbols = sympy.symbols(entry.names, real=True)
    words = {"abs": sympy.Abs, "hypot": lambda a, b: sympy.sqrt(a**2 + b**2), "e": sympy.E}
    words |= {"sigmoid": lambda a: 1 / (1 + sympy.exp(-a)), "softplus": lambda a: sympy.log(1 + sympy.exp(a))}
    formula = sympy.sympify(function.text.replace("^", "**"), locals=words | dict(zip(entry.names, symbols, strict=True)))
    slopes = [sympy.lambdify(symbols, sympy.diff(formula, symbol), "mpmath") for symbol in symbols]
    for position in samples(function)[:5]:
        expected = [float(slope(*position.tolist())) for slope in slopes]
        assert at(entry, position)[1] == pytest.approx(expected, rel=1e-9, abs=1e-9 * scale(entry) / entry_width(entry))


def entry_width(entry: Entry) -> float:
    return min(high - low for low, high in entry.view)
