"""The record of a run: what it gives, how it reads, and that it travels."""

import copy
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steepest.errors import InputError
from steepest.objectives.formula import read_objective
from steepest.runs.descent import compare, descend
from steepest.runs.ending import Ending
from steepest.runs.trajectory import Comparison, Trajectory
from steepest.tape.lowering import objective_tape
from steepest.tape.program import Stop
from steepest.targets.reference import results


@pytest.fixture(scope="module")
def run() -> Trajectory:
    return descend("rosenbrock", optimizer="adam", lr=0.01, steps=30)


def test_shapes(run: Trajectory) -> None:
    assert len(run) == 31
    assert run.positions.shape == run.gradients.shape == (31, 2)
    assert run.values.shape == (31,)
    assert {name: rows.shape for name, rows in run.quantities.items()} == {"m": (30, 2), "v": (30, 2)}
    assert run.names == ("x", "y")


def test_values_and_gradients_belong_to_the_positions(run: Trajectory) -> None:
    function = read_objective("rosenbrock")
    tape = objective_tape(function.expression, function.names)
    for position, value, gradient in zip(run.positions, run.values, run.gradients, strict=True):
        slots = results(tape, position.tolist())
        assert value == slots[tape.outputs["f"][0]]
        assert gradient.tolist() == [slots[slot] for slot in tape.outputs["g"]]


@pytest.mark.parametrize("steps", [30, 300])
@pytest.mark.parametrize("objective", ["x^2 + 3*y^4", lambda p: p[0] ** 2 + 3 * p[1] ** 4])
def test_quantities_are_those_of_the_equations(objective: Any, steps: int) -> None:
    """Row k is what step k + 1 computed."""
    found = descend(objective, (1.0, 0.5), optimizer="adam", lr=0.01, steps=steps, tol=0)
    m, v = np.zeros(2), np.zeros(2)
    for k, gradient in enumerate(found.gradients[:-1]):
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        np.testing.assert_allclose(found["m"][k], m, rtol=1e-12)
        np.testing.assert_allclose(found["v"][k], v, rtol=1e-12)


def test_scalars_and_vectors() -> None:
    found = descend("x^2", 1, optimizer="s = norm(g); u = g/s; theta = theta - 0.1*u", steps=4)
    assert (found["s"].shape, found["u"].shape) == ((4,), (4, 1))
    assert found["s"].tolist() == pytest.approx([2, 1.8, 1.6, 1.4])
    assert descend("x^2", 1, steps=4).quantities == {}


def test_an_unknown_quantity_has_a_hint(run: Trajectory) -> None:
    with pytest.raises(KeyError, match="the equations assign no quantity 'w': there are m, v"):
        run["w"]
    with pytest.raises(KeyError, match="the equations assign no quantity 'velo': did you mean 'velocity'"):
        descend("x^2", 1, optimizer="velocity = g; theta = theta - 0.1 velocity", steps=1)["velo"]
    with pytest.raises(KeyError, match="assign no quantity 'v': there are none"):
        descend("x^2", 1, steps=1)["v"]
    with pytest.raises(KeyError, match="assign no quantity 3"):
        run[3]  # type: ignore[index]


@pytest.mark.parametrize(
    ("optimizer", "lr", "label"),
    [
        ("gd", None, "gd(lr=0.1)"),
        ("gd", "0.1/t", "gd(lr=0.1/t)"),
        ("adam", None, "adam"),
        ("adam", 0.1, "adam"),
        ("adam(beta1=0.8)", 0.05, "adam(lr=0.05, beta1=0.8)"),
        ("adam(beta1=0.9)", None, "adam"),
        ("polyak_step", None, "polyak_step(f_star=0)"),
        ("v = 0.9 v + g; theta = theta - 0.01 v", None, "v = 0.9*v + g; theta = theta - 0.01*v"),
    ],
)
def test_labels(optimizer: str, lr: Any, label: str) -> None:
    found = descend("x^2", 1, optimizer=optimizer, lr=lr, steps=1)
    assert found.label == label
    ending = "stopped at the step limit after 1 step; the last one was"
    assert repr(found).startswith(f"<Trajectory of {label} on x^2: {ending}")
    assert "\n" not in repr(found)


def test_settings() -> None:
    assert descend("x^2", 1, optimizer="momentum(beta=0.5)", lr="1/t", steps=1).settings == {"lr": "1/t", "beta": 0.5}


def test_printing_shows_both_ends_of_a_long_run(run: Trajectory) -> None:
    lines = str(run).splitlines()
    assert lines[0].split() == ["step", "x", "y", "f", "|gradient|", "|step|"]
    assert lines[1].split()[:4] == ["0", "-1.2", "1", "24.2"]
    assert lines[11].split() == ["..."]
    assert lines[-2].split()[0] == "30"
    assert lines[-1] == run.ending.message
    assert len(str(descend("x^2", 1, lr=0.01, steps=3)).splitlines()) == 6


def test_printing_a_run_that_left_the_numbers() -> None:
    assert "inf" in str(descend("x^4", 5, lr=1))


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda found: pickle.loads(pickle.dumps(found))])
@pytest.mark.parametrize("optimizer", ["adam", "noisy_gd(lr=0.01/t)", "v = 0.9 v + g; theta = theta - 0.001 v"])
def test_runs_of_formulas_travel(how: Any, optimizer: str) -> None:
    found = descend("rosenbrock", optimizer=optimizer, lr=0.001, steps=300, progress=lambda done, limit: None)
    again = how(found)
    assert again.ending == found.ending
    assert again.ending.message == found.ending.message
    assert (again.positions == found.positions).all()
    assert (again.values == found.values).all()
    assert again.label == found.label
    assert {name: rows.tolist() for name, rows in again.quantities.items()} == {
        name: rows.tolist() for name, rows in found.quantities.items()
    }


@pytest.mark.parametrize("stop", [stop for stop in Stop if stop.endings])
def test_endings(stop: Stop) -> None:
    for kind in stop.endings:
        ending = Ending(stop, "a sentence", diverged=kind == "diverged")
        again = pickle.loads(pickle.dumps(ending))
        assert (ending, ending.message) == (kind, "a sentence")
        assert (again, again.message, again.stop) == (kind, "a sentence", stop)


def test_the_words_for_how_a_run_ended() -> None:
    words = {word for stop in Stop for word in stop.endings}
    assert words == {"converged", "step_limit", "budget", "diverged", "undefined", "failed", "interrupted"}


@pytest.mark.parametrize("objective", ["x^2 + y^2", lambda p: float((p**2).sum())])
def test_running_again(objective: Any) -> None:
    run = descend(objective, np.array([3.0, 1.0]), optimizer="adam(beta1=0.8)", lr="0.1/t", steps=20, tol=1e-3, gtol=1e-9, seed=4)
    same = run.rerun()
    assert (same.positions == run.positions).all()
    assert (same.label, same.stopping, same.seed) == (run.label, run.stopping, run.seed)
    assert same.ending.message == run.ending.message
    other = run.rerun(settings={"lr": 0.2}, steps=5, tol=0, seed=7)
    assert other.settings == run.settings | {"lr": 0.2}
    assert (other.steps, other.limit, other.tol, other.gtol, other.seed, other.start) == (5, 5, 0, 1e-9, 7, (3.0, 1.0))
    assert run.rerun(optimizer="gd", settings={"lr": 0.3}).label == "gd(lr=0.3)"
    with pytest.raises(InputError, match="number of steps"):
        run.rerun(steps=-1)


def test_comparisons() -> None:
    both = compare("x^2", ["gd", "adam"], 1, steps=2)
    assert isinstance(both, Comparison)
    assert [found.label for found in both] == ["gd(lr=0.1)", "adam"]
    assert both[1].label == "adam"
    assert len(both) == 2
    assert repr(both) == "<Comparison of gd(lr=0.1), adam on x^2>"
    assert str(both).count("stopped at the step limit") == 2


@pytest.mark.parametrize("backend", ["pandas", "polars"])
def test_data_frames(run: Trajectory, backend: str) -> None:
    frame = run.to_frame() if backend == "pandas" else run.to_frame(backend)
    assert type(frame).__module__.startswith(backend)
    own = ["run", "optimizer", "step", "x", "y"]
    more = ["f", "gradient_x", "gradient_y", "gradient_norm", "step_length", "m_x", "m_y", "v_x", "v_y"]
    assert list(frame.columns) == own + more
    assert frame.shape == (31, 14)
    np.testing.assert_array_equal(frame["x"].to_numpy(), run.positions[:, 0])
    np.testing.assert_array_equal(frame["m_y"].to_numpy()[1:], run["m"][:, 1])
    both = compare("x^2", ["gd", "momentum"], 1, steps=2).to_frame(backend)
    assert both["run"].to_list() == [1, 1, 1, 2, 2, 2]
    assert list(both.columns)[-1] == "v_x"


def test_a_frame_of_an_unknown_kind(run: Trajectory) -> None:
    with pytest.raises(InputError, match="pandas, polars or pyarrow, not 'excel'"):
        run.to_frame("excel")


@pytest.mark.parametrize("suffix", ["csv", "json", "npz"])
@pytest.mark.parametrize("kind", ["formula", "function", "comparison"])
def test_records_are_saved(suffix: str, kind: str, tmp_path: Path, run: Trajectory) -> None:
    runs: dict[str, Trajectory | Comparison] = {
        "formula": run,
        "function": descend(lambda p: (p**2).sum(), np.ones((2, 3)), optimizer="adam", steps=3),
        "comparison": compare("x^2", ["gd", "adam"], 1, steps=2),
    }
    path = tmp_path / f"run.{suffix}"
    runs[kind].save(str(path))
    assert path.stat().st_size > 100
    assert [other.name for other in tmp_path.iterdir()] == [path.name]
