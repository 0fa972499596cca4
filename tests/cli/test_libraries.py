"""The optimizers of other libraries on the command line."""

from __future__ import annotations

import csv
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as package

Steepest = Callable[..., Any]
NAMES = ("torch:Adam(lr=0.1)", "torch:LBFGS(max_iter=3)", "optax:lion(learning_rate=0.01)", "scipy:BFGS", "scipy:Nelder-Mead")


def test_a_run_prints_its_evaluations(steepest: Steepest) -> None:
    code, out, err = steepest("run", "rosenbrock", "-o", "scipy:BFGS", "--every", "20")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].split() == ["step", "x", "y", "f", "|gradient|", "|step|", "evaluations"]
    assert lines[1].split()[-1] == "0"
    assert lines[-3].split()[0] == "32"
    assert lines[-2] == 'converged after 32 steps by a rule of its own: scipy:BFGS says "Optimization terminated successfully"'
    assert lines[-1] == "evaluations: 39 values, 39 gradients"


def test_the_evaluations_in_json(steepest: Steepest) -> None:
    words = [word for name in ("adam", "sam", "newton", *NAMES) for word in ("-o", name)]
    found = json.loads(steepest("run", "rosenbrock", *words, "--steps", "10", "--json").out)["runs"]
    counts = [run["evaluations"] for run in found]
    assert counts[:4] == [
        {"value": 10, "gradient": 10, "hessian": 0},
        {"value": 10, "gradient": 20, "hessian": 0},
        {"value": 7, "gradient": 7, "hessian": 7},
        {"value": 10, "gradient": 10, "hessian": 0},
    ]
    assert [run["equations"] for run in found[3:]] == [[]] * 5
    assert found[3]["hyperparameters"]["betas"] == [0.9, 0.999]


def test_a_budget_ends_every_run(steepest: Steepest) -> None:
    words = [word for name in ("gd", "sam", *NAMES) for word in ("-o", name)]
    found = json.loads(steepest("run", "rosenbrock", *words, "--lr", "0.001", "--budget", "60", "--json").out)["runs"]
    assert {run["ending"] for run in found} == {"budget"}
    assert [sum(run["evaluations"].values()) for run in found[:3]] == [60, 60, 60]
    assert all(sum(run["evaluations"].values()) <= 60 for run in found)
    assert [run["steps"] for run in found[:3]] == [30, 20, 30]


def test_set_and_lr_reach_the_library(steepest: Steepest) -> None:
    words = ("-o", "torch:SGD", "-o", "momentum", "--lr", "0.001", "--set", "momentum=0.5", "--set", "beta=0.5")
    runs = json.loads(steepest("run", "x^2", "--start", "1", *words, "--json").out)["runs"]
    assert runs[0]["hyperparameters"]["momentum"] == 0.5
    np.testing.assert_allclose(runs[0]["positions"], runs[1]["positions"], rtol=1e-14)
    assert steepest("run", "x^2", "-otorch:Adam", "--set", "betta=1").code == 2


@pytest.mark.parametrize("suffix", ["csv", "json", "npz", "png", "svg", "gif"])
def test_what_a_file_says_made_it_makes_it_again(
    steepest: Steepest, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["run", "rosenbrock", "--start", "-1.2,1", "-o", NAMES[0], "-o", "scipy:BFGS(gtol=1e-3)", "--budget", "80"]
    assert steepest(*words, "--save", f"first.{suffix}").code == 0
    steepest(*words, "--save", "about.json")
    command = json.loads(Path("about.json").read_text())["made_by"]["command"].replace("descent.json", f"descent.{suffix}")
    assert steepest(*shlex.split(command)[1:]).code == 0
    first, again = (Path(f"{name}.{suffix}") for name in ("first", "descent"))
    if suffix == "npz":
        with np.load(first) as one, np.load(again) as other:
            assert {name: value.tolist() for name, value in one.items()} == {name: value.tolist() for name, value in other.items()}
    else:
        assert again.read_bytes() == first.read_bytes()


def test_the_code_of_an_export_makes_the_run_again(tmp_path: Path) -> None:
    for name in ("gd(lr=0.001)", "sam(lr=0.001)", *NAMES):
        run = package.descend("rosenbrock", optimizer=name, steps=7, budget=50)
        run.save(tmp_path / "a.json")
        made = eval(json.loads((tmp_path / "a.json").read_text())["made_by"]["python"], {"steepest": package})  # noqa: S307
        assert (made.positions == run.positions).all()
        assert made.ending.message == run.ending.message
        assert made.evaluations == run.evaluations


def test_a_budget_leaves_the_step_limit_as_it_is() -> None:
    run = package.descend("x^2", 3, optimizer="gd(lr=0.1/t*cos(t/T))", steps=100, budget=10)
    assert (run.ending, run.steps, run.limit) == ("budget", 5, 100)
    free = package.descend("x^2", 3, optimizer="gd(lr=0.1/t*cos(t/T))", steps=100)
    assert run.positions.tolist() == free.positions[:6].tolist()
    again = run.rerun()
    assert (again.ending.message, again.positions.tolist()) == (run.ending.message, run.positions.tolist())
    array = package.descend(lambda p: (p**2).sum(), np.array([3.0]), optimizer="gd(lr=0.1/t*cos(t/T))", steps=100, budget=10)
    assert (array.ending, array.steps, array.limit) == ("budget", 5, 100)


def test_the_table_counts_evaluations(steepest: Steepest, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    steepest("run", "rosenbrock", "-o", "scipy:BFGS", "-o", "gd", "--steps", "3", "--save", str(path), "--quiet")
    rows = list(csv.DictReader(path.read_text().splitlines()))
    assert [row["evaluations"] for row in rows if row["optimizer"].startswith("gd")] == ["0", "2", "4", "6"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["explain", "rosenbrock", "-o", "torch:Adam"], "an explanation needs equations, and torch:Adam has none"),
        (["lab", "rosenbrock", "--budget", "5"], "the page counts steps, not evaluations"),
        (["diff", "rosenbrock", "-o", "torch:Adam", "--float32"], "float32 needs equations, and torch:Adam has none"),
        (
            ["run", "rosenbrock", "-o", "torch:Adam", "--show", "momentum", "--save", "a.png"],
            "the optimizer 'torch:Adam' has no 'mom",
        ),
        (["run", "rosenbrock", "-o", "scipy:BFSG"], "SciPy has no optimizer 'BFSG': did you mean scipy:BFGS?"),
        (["run", "rosenbrock", "--budget", "-1"], "the budget is a whole number of evaluations from 0, not -1"),
        (["show", "torch:Adm"], "PyTorch has no optimizer 'Adm'"),
    ],
)
def test_what_cannot_be_done_is_one_line(steepest: Steepest, words: list[str], message: str) -> None:
    code, out, err = steepest(*words)
    assert (code, out) == (2, "")
    assert err.startswith(f"steepest: {message}")
    assert err.count("\n") == 1


def test_diff_of_the_zoo_and_pytorch(steepest: Steepest) -> None:
    same = steepest("diff", "rosenbrock", "-o", "adam", "-o", "torch:Adam(lr=0.1)").out
    assert "both make the same steps: they agree to" in same
    other = " ".join(steepest("diff", "rosenbrock", "-o", "adam", "-o", "torch:Adam(betas=(0.8, 0.99))").out.split())
    assert "why: lr is 0.1 and 0.001 (the default of torch:Adam), beta1 is 0.9 and 0.8, beta2 is 0.999 and 0.99;" in other
    assert "torch:Adam(betas=(0.9, 0.999), lr=0.1) makes the steps of adam: checked by running it" in other
    nadam = " ".join(steepest("diff", "rosenbrock", "-o", "nadam", "-o", "optax:nadam(0.1)").out.split())
    assert "optax:nadam has no schedule for its momentum" in nadam
    between = json.loads(steepest("diff", "bowl", "-o", "torch:SGD(lr=0.1)", "-o", "optax:sgd(0.1)", "--json").out)
    assert between["gap"] < 1e-15


def test_diagnoses_of_positions(steepest: Steepest) -> None:
    out = steepest("diagnose", "rosenbrock", "-o", "scipy:BFGS").out
    assert "It arrives at the minimum (1, 1)" in out


def test_lists_and_shows(steepest: Steepest) -> None:
    out = steepest("list", "optimizers").out
    for name in ("adam ", "torch:LBFGS", "optax:lion", "scipy:trust-exact", "optimagic"):
        assert name in out
    (adam,) = [line for line in steepest("list", "torch").out.splitlines() if line.startswith("torch:Adam ")]
    assert adam.split()[1:4] == ["lr,", "betas,", "eps,"]
    assert "line_search_fn = None" in steepest("show", "torch:LBFGS").out
    shown = steepest("show", "adam").out.splitlines()
    assert shown[-5:-2] == [
        "adam              0.1    0.9    0.999  1e-8",
        "torch.optim.Adam  0.001  0.9    0.999  1e-8",
        "optax.adam        -      0.9    0.999  1e-8",
    ]


@pytest.mark.parametrize("name", ["torch:Adam", "optax:lion", "optax:contrib.dpsgd", "optimagic:scipy_direct", "scipy:trust-exact"])
def test_the_command_that_show_proposes_runs(steepest: Steepest, name: str) -> None:
    proposed = steepest("show", name).out.splitlines()[-1].removeprefix("try  ")
    assert proposed.startswith(f'steepest run rosenbrock -o "{name}')
    code, out, err = steepest(*shlex.split(proposed)[1:])
    assert (code, err) == (0, "")
    assert "after 0 steps" not in out


def test_a_library_that_cannot_be_imported_is_one_line(steepest: Steepest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "optimagic.py").write_text("raise OSError('libgfortran.so.5 is missing')")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "optimagic"]:
        monkeypatch.delitem(sys.modules, name)
    told = "needs optimagic, and importing it raised OSError: libgfortran.so.5 is missing"
    code, _, err = steepest("run", "x^2", "-o", "optimagic:nlopt_sbplx")
    assert (code, err) == (2, f"steepest: optimagic:nlopt_sbplx {told}\n")
    assert steepest("list", "optimizers").out.splitlines()[-1] == f"optimagic  the list {told}"
