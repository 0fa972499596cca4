"""`steepest explain` and `steepest diff`, as other programs see them."""

import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

Steepest = Callable[..., Any]


PARABOLA = ("x^2", "--start", "3", "--lr", "0.3")


def test_explain_prints_a_step(steepest: Steepest) -> None:
    code, out, err = steepest("explain", *PARABOLA)
    assert (code, err) == (0, "")
    assert "g = f'(x) = 2x = 2*3 = 6" in out
    assert "x = x - lr*g = 3 - 0.3*6 = 1.2" in out


def test_explain_in_json(steepest: Steepest) -> None:
    code, out, _ = steepest("explain", *PARABOLA, "-o", "gd", "-o", "momentum", "--step", "2", "--json", "--digits", "3")
    document = json.loads(out)
    assert code == 0
    assert [each["optimizer"] for each in document["explanations"]] == ["gd(lr=0.3)", "momentum(lr=0.3)"]
    last = document["explanations"][0]["lines"][-1]
    assert (last["written"], last["numbers"], last["relation"], last["result"]) == ("x - lr*g", "1.2 - 0.3*2.4", "=", "0.48")
    assert last["value"] == pytest.approx(0.48, abs=1e-15)


def test_explain_in_latex_and_mathml(steepest: Steepest) -> None:
    code, out, _ = steepest("explain", *PARABOLA, "--latex")
    assert code == 0
    assert out.startswith("\\begin{aligned}\n")
    assert out.endswith("\\end{aligned}\n")
    assert r"x &= x - \mathrm{lr} \, g = 3 - 0.3 \cdot 6 = 1.2" in out
    code, out, _ = steepest("explain", *PARABOLA, "--mathml")
    assert code == 0
    assert ElementTree.fromstring(out).tag.endswith("math")


def test_explain_says_why_a_step_was_not_taken(steepest: Steepest) -> None:
    code, out, err = steepest("explain", *PARABOLA, "--tol", "1e-5", "--step", "16")
    assert (code, out) == (2, "")
    assert err.startswith("steepest: step 16 was not taken: the run ended with step 15 (converged after 15 steps")
    assert len(err.splitlines()) == 1
    _, _, err = steepest("explain", *PARABOLA, "-o", "gd", "-o", "adam", "--step", "200")
    assert err.startswith("steepest: gd(lr=0.3): step 200 was not taken")


@pytest.mark.parametrize("words", [("--step", "0"), ("--digits", "0"), ("--most", "17"), ("--steps", "-1"), ("-o", "nothing")])
def test_explain_refuses_in_one_line(steepest: Steepest, words: tuple[str, str]) -> None:
    code, out, err = steepest("explain", "x^2", *words)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_diff_prints_where_two_runs_part(steepest: Steepest) -> None:
    code, out, err = steepest("diff", "x^2", "--start", "1", "--lr", "0.1", "-o", "momentum", "-o", "heavy_ball")
    assert (code, err) == (0, "")
    assert ["v", "step", "1", "2", "-0.2", "2.2", "4.38"] in [line.split() for line in out.splitlines()]
    assert "the same method in other clothes" in out


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("-o", "noisy_gd", "--other-seed", "1"), "seed"),
        (("--other-start", "4,4"), "start"),
        (("--float32",), "precision"),
        (("-o", "gd", "-o", "nesterov"), "optimizer"),
        (("-o", "gd(lr=0.001)", "-o", "gd(lr=0.002)"), "hyperparameters"),
    ],
)
def test_diff_in_json(steepest: Steepest, words: tuple[str, ...], kind: str) -> None:
    code, out, err = steepest("diff", "himmelblau", *words, "--json", "--steps", "20")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert [reason["kind"] for reason in document["reasons"]] == [kind]
    assert document["first"]["gap"] > 0
    assert document["same"] is False


@pytest.mark.parametrize("words", [(), ("-o", "gd", "-o", "adam", "-o", "lion"), ("-o", "gd", "-o", "adam", "--float32")])
def test_diff_compares_two(steepest: Steepest, words: tuple[str, ...]) -> None:
    code, out, err = steepest("diff", "x^2", *words)
    assert (code, out) == (2, "")
    assert err == "steepest: diff compares two runs: -o twice, or -o once with --float32, --other-seed or --other-start\n"
