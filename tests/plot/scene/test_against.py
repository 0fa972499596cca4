"""Charts against evaluations and against time."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.plot.film.run_artist import _chart_points
from steepest.plot.options import PictureOptions
from steepest.plot.scene.scene import scene

RUNS = [steepest.descend("rosenbrock", optimizer=each, steps=30) for each in ("scipy:BFGS", "scipy:Nelder-Mead", "sam")]


def drawn(against: str) -> Any:
    return scene(RUNS, options=PictureOptions(against=against)).chart


def test_the_axis_counts_what_is_asked() -> None:
    assert [drawn(against).across for against in ("steps", "evaluations", "time")] == ["step", "evaluations", "seconds"]
    for run, series in zip(RUNS, drawn("steps").series, strict=True):
        assert series.places.tolist() == list(range(run.steps + 1))
    for run, series in zip(RUNS, drawn("evaluations").series, strict=True):
        assert series.places.tolist() == list(run.spent)
    assert drawn("evaluations").series[2].places.tolist() == [3 * step for step in range(31)]
    for run, series in zip(RUNS, drawn("time").series, strict=True):
        assert series.places.tolist() == list(run.work.seconds)
        assert (np.diff(series.places) >= 0).all()


def test_the_axis_reaches_the_last_place() -> None:
    low, high = drawn("evaluations").xlim
    last = max(run.spent[-1] for run in RUNS)
    assert low < 0
    assert last < high < 1.1 * last


def test_a_line_leaves_the_chart_at_its_place() -> None:
    lost, kept = (steepest.descend("x^4", 2, lr=lr, steps=4) for lr in (0.3, 0.01))
    chart = scene([lost, kept], options=PictureOptions(against="evaluations")).chart
    by_step = scene([lost, kept]).chart
    assert by_step.series[0].exit is not None
    assert chart.series[0].exit is not None
    assert chart.series[0].exit[0] == pytest.approx(2 * by_step.series[0].exit[0])


def test_a_film_moves_along_the_places() -> None:
    series = drawn("evaluations").series[0]
    x, y = _chart_points(series, 2.5)
    assert x[:-1].tolist() == list(RUNS[0].spent[:3])
    assert x[-1] == (RUNS[0].spent[2] + RUNS[0].spent[3]) / 2
    assert len(y) == 4


def test_what_does_not_count_evaluations_says_so(tmp_path: Path) -> None:
    run = steepest.descend("rosenbrock", steps=5)
    with pytest.raises(InputError, match="drawn against steps"):
        run.plot("diagnosis", against="time")
    with pytest.raises(InputError, match="a page draws against steps"):
        run.save(tmp_path / "a.html", against="evaluations")
    with pytest.raises(InputError, match="against is one of steps, evaluations, time, not 'tims'"):
        run.plot(against="tims")


@pytest.mark.parametrize("suffix", ["png", "svg", "gif"])
def test_files_of_such_charts(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    steepest.compare("rosenbrock", ["adam", "scipy:BFGS"], steps=5).save(path, against="evaluations")
    assert b"--against evaluations" in path.read_bytes() or suffix == "gif"
    figure: Any = RUNS[0].plot(against="evaluations")
    (axes,) = [each for each in figure.axes if each.get_xlabel() == "evaluations"]
    assert axes.lines
