"""What an export says made it does make it again: the recorded command, read by a shell, gives the same document."""

from __future__ import annotations

import io
import json
import shlex
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PIL import Image

import steepest
from steepest.cli.command_line import cli
from steepest.errors import SteepestError
from steepest.export.provenance import command
from steepest.export.records import document
from steepest.runs.trajectory import Trajectory

NAMES = (
    "x", "y", "h", "o", "ogd", "oadam", "theta", "lr", "e1", "f", "g", "beta", "log_wall", "rosenbrock", "himmelblaw", "x_1",
    "alpha", "t", "T",
)  # fmt: skip
NUMBERS = ("2", "0.5", "1e-3", "pi", "3.7e5", "-1.5", "1e300", "0.1")
ZOO = ("gd", "adam(lr=0.05)", "momentum(beta=0.8)", "adam(lr=0.1/(1+0.02t), beta1=0.7)", "noisy_gd", "rmsprop(lr=min(0.1, 1/t))")
OWN = {
    "v = beta*v + g; theta = theta - lr*v": ("beta",),
    "v = 0.9 v + (1-0.9) g; theta = theta - 0.01 v": (),
    "m = beta1 m + (1-beta1) g; theta = theta - lr m": ("beta1",),
    "theta = theta - f_star*g - max(0.1, 1/t)*g": (),
}
VALUES = st.sampled_from([0.9, 0.1 + 0.2, 1 / 3])
SETTINGS = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))


def made_again(words: str) -> Any:
    """The document that a recorded command makes."""
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(io.StringIO()):
        cli.main([*shlex.split(words)[1:], "--json"], standalone_mode=False)
    return json.loads(out.getvalue())


@st.composite
def formulas(draw: Any) -> str:
    """Formulas over a few names, some with a header, some of whose parameters are not used."""
    used = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    leaves = st.sampled_from([*used, *NUMBERS])
    text = draw(
        st.recursive(
            leaves,
            lambda inner: st.one_of(
                st.builds("({}){}({})".format, inner, st.sampled_from("+-*/^"), inner),
                st.builds("{} {} {}".format, inner, st.sampled_from("+-*/"), inner),
                st.builds("-{}".format, inner),
                st.builds("{}({})".format, st.sampled_from(["sin", "exp", "abs", "sqrt", "tanh", "log"]), inner),
            ),
            max_leaves=8,
        )
    )
    label = draw(st.sampled_from(["", "", "s = ", "f", "loss"]))
    if label.isidentifier():
        spare = draw(st.lists(st.sampled_from([name for name in NAMES if name not in used]), max_size=2, unique=True))
        return f"{label}({', '.join(draw(st.permutations([*used, *spare])))}) = {text}"
    return str(label + text)


@st.composite
def optimizers(draw: Any) -> Any:
    text = draw(st.sampled_from([*ZOO, *OWN]))
    return steepest.optimizer(text, **{name: draw(VALUES) for name in OWN.get(text, ())})


@SETTINGS
@given(
    formulas(),
    st.lists(optimizers(), min_size=1, max_size=2),
    st.sampled_from([None, 0.1, 1e-3, "0.1/t", "0.1*(1+cos(pi*t/T))"]),
    st.sampled_from([0, 1e-3, 0.1 + 0.2]),
    st.sampled_from([0, 1e-10, 0.3]),
    st.integers(0, 2**32 - 1),
)
def test_the_command_makes_the_same_document(text: str, chosen: list[Any], lr: Any, tol: float, gtol: float, seed: int) -> None:
    try:
        runs = list(steepest.compare(text, chosen, lr=lr, steps=5, tol=tol, gtol=gtol, seed=seed))
    except SteepestError:
        assume(False)
    assume(sum(not each.year for each in chosen) < 2)  # two that need different hyperparameters have them put in
    assert made_again(command(runs)) == json.loads(json.dumps(document(runs)))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("f(x, y) = x^2", ("x", "y")),
        ("f(y, x) = x^2", ("y", "x")),
        ("f(x, f) = x^2", ("x", "f")),
        ("s = log_wall", ("log_wall",)),
        ("s = himmelblaw", ("himmelblaw",)),
        ("f(h) = -h", ("h",)),
        ("f(o) = -o", ("o",)),
        ("-ogd", ("ogd",)),
        ("x^2 - (-(-x))", ("x",)),
        ("+".join(f"x*{1000000000 + k}" for k in range(150)), ("x",)),
    ],
)
def test_definitions_read_back(text: str, names: tuple[str, ...]) -> None:
    run = steepest.descend(text, [1.0] * len(names), lr=1e-9, steps=2)
    assert run.names == names
    assert made_again(command([run])) == json.loads(json.dumps(document([run])))


def test_own_equations_with_different_hyperparameters_are_put_in() -> None:
    own = "v = beta*v + g; theta = theta - lr*v"
    runs: list[Trajectory] = list(
        steepest.compare("x^2", [steepest.optimizer(own, beta=beta) for beta in (0.5, 0.25)], 1, lr=0.1, steps=5)
    )
    again = made_again(command(runs))["runs"]
    assert [run["positions"] for run in again] == [run["positions"] for run in document(runs)["runs"]]


@pytest.mark.parametrize(
    "name", ["a style.mplstyle", "-dash.mplstyle", 'it\'s "so".mplstyle', "two\nlines.mplstyle", "sÿtil.mplstyle"]
)
@pytest.mark.parametrize("suffix", ["png", "gif", "html"])
def test_a_picture_in_a_style_is_made_again(name: str, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("axes.facecolor: '#eeeeff'\n", encoding="utf-8")
    run = steepest.descend("x^2", 1, lr=0.3, steps=3)
    first, again = tmp_path / f"first.{suffix}", tmp_path / f"descent.{suffix}"
    if suffix == "gif":
        run.animate(first, frames=2, hold=0, style=name)
    else:
        run.save(first, style=name)
    words = recorded(first)
    assert words[-1] == name or name in words
    cli.main([*words[1:], "--quiet"], standalone_mode=False)
    assert again.read_bytes() == first.read_bytes()


def recorded(path: Path) -> list[str]:
    """The words of the command in a file."""
    if path.suffix == ".html":
        from html import unescape

        head = path.read_text(encoding="utf-8").partition('<meta name="description" content="')[2]
        return shlex.split(unescape(head.partition('">')[0]))
    with Image.open(path) as image:
        told = image.info.get("Description") or image.info["comment"].decode().partition("Description: ")[2]
    return shlex.split(told)


def test_a_style_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SteepestError, match="its name is not UTF-8"):
        steepest.descend("x^2", 1, steps=1).save(tmp_path / "run.png", style="\udcff.mplstyle")
