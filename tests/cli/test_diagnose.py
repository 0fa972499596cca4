"""`steepest diagnose`, as other programs see it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from steepest.diagnosis.evidence import Evidence, gather

Steepest = Callable[..., Any]


def test_a_diagnosis_is_printed_in_sentences(steepest: Steepest) -> None:
    code, out, err = steepest("diagnose", "x^2 + 10y^2", "--start", "10,1", "--lr", "0.21", "--steps", "50")
    lines = out.splitlines()
    assert (code, err) == (0, "read as x^2 + 10*y^2\n")
    assert lines[:3] == ["gd(lr=0.21) on x^2 + 10*y^2", "diverging, oscillating, unstable", ""]
    assert max(map(len, lines)) < 80
    assert all(line.startswith(("- ", "  ")) for line in lines[3:])


def test_json_is_one_document(steepest: Steepest) -> None:
    code, out, err = steepest("diagnose", "x^2", "--start", "3", "--lr", "1", "-o", "gd", "-o", "adam", "--json")
    runs = json.loads(out)["runs"]
    assert (code, err, len(runs)) == (0, "", 2)
    assert "cycling" in runs[0]["character"]
    assert runs[1]["bound"] == pytest.approx(38)


def test_several_runs_are_told_one_after_the_other(steepest: Steepest) -> None:
    out = steepest("diagnose", "x^2", "--start", "3", "-o", "gd", "-o", "adam").out
    assert [block.splitlines()[0] for block in out.split("\n\n")][::2] == ["gd(lr=0.1) on x^2", "adam on x^2"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x^2", "--start", "a"], "unknown name 'a'"),
        (["x^2", "--start", "1,2"], "the start has 2 numbers"),
        (["x^2", "-o", "adm"], "did you mean adam"),
        (["x^2 +"], "steepest:"),
    ],
)
def test_mistakes_are_one_message(steepest: Steepest, words: list[str], message: str) -> None:
    code, out, err = steepest("diagnose", *words)
    assert (code, out) == (2, "")
    assert message in err


def test_the_picture_of_a_diagnosis(steepest: Steepest, tmp_path: Path) -> None:
    words = ("diagnose", "x^2 + 10y^2", "--start", "10,1", "--lr", "0.05")
    path = tmp_path / "diagnosis.png"
    assert steepest(*words, "--save", str(path), "--at", "3", "--theme", "dark").code == 0
    with Image.open(path) as picture:
        assert picture.info["Description"].endswith("--save descent.png --view diagnosis --at 3 --theme dark")
    for wrong, reason in (
        (("--save", str(tmp_path / "a.gif")), "one of png, svg, pdf"),
        (("--save", str(path), "-o", "gd", "-o", "adam"), "one run, not 2"),
        (("--at", "3"), "--save one"),
        (("--save", str(path), "--at", "1000"), "no step 1000"),
    ):
        code, _, err = steepest(*words, *wrong)
        assert code == 2 and reason in err


def test_a_diagnosis_that_is_printed_and_drawn_is_made_once(
    steepest: Steepest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []

    def counted(run: Any) -> Evidence:
        made.append(run)
        return gather(run)

    monkeypatch.setattr("steepest.diagnosis.diagnosis.gather", counted)
    words = ("diagnose", "x^2 + 10y^2", "--start", "10,1", "--lr", "0.05", "--save", str(tmp_path / "diagnosis.png"))
    assert steepest(*words).code == 0
    assert len(made) == 1
