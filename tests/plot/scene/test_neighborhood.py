"""What of a function is in its picture besides the paths; the page is held to the same rows by `tests/lab/web/views.test.js`."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from steepest import compare, descend
from steepest.objectives.gallery import GALLERY
from steepest.plot.options import PictureOptions
from steepest.plot.scene.limits import squared
from steepest.plot.scene.neighborhood import widened
from steepest.plot.scene.scene import scene

VIEWS = Path(__file__).parent / "views.jsonl"
MAKER = runpy.run_path(str(VIEWS.with_name("make_views.py")))
ROWS = [json.loads(line) for line in VIEWS.read_text(encoding="utf-8").splitlines()]


def view_of(formula: str, start: object, lr: float, **limits: object) -> np.ndarray:
    layer = scene([descend(formula, start, lr=lr)], options=PictureOptions(**limits)).objective_layer  # type: ignore[arg-type]
    assert layer is not None
    return np.array(layer.view)


def holds(view: np.ndarray, *point: float) -> bool:
    """Whether a point lies inside of a view, not at its border."""
    low, high = view[: len(point)].T
    margin = 0.02 * (high - low)
    return bool(((np.array(point) > low + margin) & (np.array(point) < high - margin)).all())


def test_the_rows_hold_every_case() -> None:
    assert [(row["formula"], tuple(row["start"]), tuple(row["rates"])) for row in ROWS] == list(MAKER["CASES"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['formula']} {row['start']} {row['rates']}")
def test_python_shows_what_the_rows_say(row: dict) -> None:  # type: ignore[type-arg]
    runs = MAKER["runs_of"](row["formula"], tuple(row["start"]), tuple(row["rates"]))
    assert [run.positions.ravel().tolist() for run in runs] == [pytest.approx(each["positions"], rel=1e-12) for each in row["runs"]]
    sizes = [high - low for low, high in row["view"]]
    for found, wanted, size in zip(MAKER["shown"](runs), row["view"], sizes, strict=True):
        assert found == pytest.approx(wanted, abs=1e-9 * size)
    layer = scene(runs).objective_layer
    assert layer is not None
    if len(row["view"]) == 2:
        (x, y), _ = squared((tuple(row["view"][0]), tuple(row["view"][1])))
        assert np.array(layer.view) == pytest.approx(np.array([x, y]), rel=1e-9, abs=1e-9 * max(sizes))


@pytest.mark.parametrize(
    ("formula", "start", "lr", "points"),
    [
        ("x^4 - 3x^2 + x", 1.6, 0.02, [(-1.3008, -3.5139), (1.1309, -1.0702), (0.1699, 0.0841), (1.6, 0.4736)]),
        ("x^4 - 3x^2 + x", -1.9, 0.02, [(-1.3008, -3.5139), (1.1309, -1.0702), (0.1699, 0.0841)]),
        ("-1/(1 + x^2)", 0.5, 0.3, [(0, -1), (1.5, -0.31), (-1.5, -0.31)]),
        ("exp(-x^2)", 0.4, 0.2, [(0, 1), (-1.5, 0.1054), (1.5, 0.1054)]),
        ("x^3 - 3x", 1.8, 0.05, [(-1, 2), (1, -2)]),
        ("x^6 - 5x^4 + 6x^2 + x/2", 1.9, 0.005, [(-0.0416, -0.0104), (0.9156, 2.4)]),
        ("sin(x) + x^2/10", 3, 0.3, [(-1.3064, -0.7946), (3.8375, 0.831)]),
        ("x^2 - 4x + 7", 9, 1e-4, [(2, 3)]),
        ("1/x", 1, 0.5, [(0,)]),
        ("1/x^2", 1, 0.1, [(0,), (-0.2,)]),
        ("log(x)", 2, 0.1, [(0,)]),
        ("sqrt(x)", 3, 0.3, [(0, 0)]),
        ("tan(x)", 1, 0.02, [(np.pi / 2,), (-np.pi / 2,)]),
        ("(x^2 - 1)^2 + y^2", (0.5, 0.8), 0.1, [(-1, 0), (1, 0), (0, 0)]),
        ("(x^2 - 1)^2 + (y^2 - 1)^2", (0.5, 0.8), 0.1, [(1, 1), (-1, 1), (1, -1), (0, 0)]),
        ("-exp(-x^2 - y^2)", (0.5, 0.6), 0.3, [(0, 0), (1.2, 0), (-1.2, 0), (0, -1.2)]),
        ("1/(x^2 + y^2)", (1, 0.5), 0.05, [(0, 0)]),
        ("x^3 - 3x + y^2", (2, 1), 0.05, [(1, 0), (-1, 0)]),
    ],
)
def test_what_lies_near_is_seen(formula: str, start: object, lr: float, points: list[tuple[float, ...]]) -> None:
    view = view_of(formula, start, lr)
    assert all(holds(view, *point) for point in points), view


@pytest.mark.parametrize("seed", range(12))
def test_both_wells_and_the_barrier_between_them_are_seen_wherever_they_are(seed: int) -> None:
    random = np.random.default_rng(seed)
    apart, tilt, move = random.uniform(1.5, 4), random.uniform(-0.2, 0.2), random.uniform(-50, 50)
    scale = 10 ** random.uniform(-6, 6)
    text = f"{scale!r}*((x - ({move!r}))^2 - {apart**2 / 4!r})^2 + {scale * tilt * apart**3 / 8!r}*(x - ({move!r}))"
    side = random.choice([-1, 1])
    run = descend(text, move + side * apart * 0.7, lr=0.02 / (scale * apart**2))
    layer = scene([run]).objective_layer
    assert layer is not None
    roots = np.roots([4, 0, -(apart**2), tilt * apart**3 / 8]).real + move
    assert all(holds(np.array(layer.view), float(root)) for root in roots)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['formula']} {row['start']} {row['rates']}")
def test_the_paths_stay_large_enough_to_be_followed(row: dict) -> None:  # type: ignore[type-arg]
    if row["base"] or len(row["runs"]) > 1 or row["runs"][0]["ending"] == "diverged":
        return
    positions = np.array(row["runs"][0]["positions"]).reshape(-1, len(row["start"]))
    low, high = np.array(row["view"]).T
    inside = positions[((positions >= low) & (positions <= high)).all(axis=1)]
    longest = float((np.ptp(inside, axis=0) / (high - low)).max())
    assert longest == 0 or longest > 0.05


def test_a_valley_that_a_coarse_grid_breaks_into_pieces_is_no_row_of_minima() -> None:
    """The curved valley has one minimum, (3, 9), and a grid has dozens."""
    fitted = np.array([[-1.6, 1.9], [-0.7, 1.9]])

    def evaluate(axes: object) -> np.ndarray:
        x, y = np.asarray(axes[0])[None, :], np.asarray(axes[1])[:, None]  # type: ignore[index]
        return np.asarray((3 - x) ** 2 + 3000 * (y - x**2) ** 2)

    wide = widened(fitted, fitted, np.array([1.0, 1.0]), evaluate)
    assert wide[0, 0] == fitted[0, 0] and wide[1, 0] == fitted[1, 0]


def test_gallery_functions_keep_their_views_and_limits_are_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("scanned")

    monkeypatch.setattr("steepest.plot.scene.limits.widened", refuse)
    for entry in GALLERY.values():
        scene([descend(entry.name, steps=2)])
    assert view_of("x^4 - 3x^2 + x", 1.6, 0.02, limits=(1, 2))[0].tolist() == [1, 2]
    with pytest.raises(AssertionError, match="scanned"):
        view_of("x^4 - 3x^2 + x", 1.6, 0.02)


def test_a_slow_python_function_is_not_scanned() -> None:
    calls = 0

    def slow(p: np.ndarray) -> float:
        nonlocal calls
        calls += 1
        sum(range(100_000))
        return float(p[0] ** 2 + p[1] ** 2)

    run = descend(slow, [1.0, 1.0], gradient=lambda p: 2 * np.asarray(p), steps=3)
    before = calls
    scene([run])
    assert calls - before < 3 * 30 * 30


def test_runs_that_end_in_different_wells_are_in_one_view() -> None:
    layer = scene(compare("x^4 - 3x^2 + x", ["gd(lr=0.02)", "momentum(lr=0.05)"], start=1.6)).objective_layer
    assert layer is not None and holds(np.array(layer.view), -1.3, -3.5)
