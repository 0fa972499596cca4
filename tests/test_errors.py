"""Sentences count in the singular and the plural; libraries that are missing, or broken."""

import re
from pathlib import Path

import pytest

import steepest
from steepest.errors import InputError, MissingDependencyError, counted, load


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 steps"), (1, "1 step"), (2, "2 steps"), (1.0, "1 step"), (0.5, "0.5 steps"), (12_345, "12,345 steps")],
)
def test_counted(number: float, text: str) -> None:
    assert counted(number, "step") == text


WRONG = re.compile(r"\b(?<![.,])1 (?:more |later |further )?(?:steps|points|runs|rows|parameters|digits|numbers|values|seconds)\b")


@pytest.mark.parametrize("formula", ["x^2", "-x^2", "log(x)", "x^2 + y^2", "sqrt(x)", "abs(x)"])
@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("optimizer", ["gd(lr=0.5)", "gd(lr=0.01)", "momentum(lr=0.1)", "adam", "newton"])
def test_a_run_of_one_step_is_told_in_the_singular(formula: str, steps: int, optimizer: str) -> None:
    start = (3.0, 1.0) if "y" in formula else 3.0
    run = steepest.descend(formula, start, optimizer=optimizer, steps=steps)
    longer = steepest.descend(formula, start, optimizer=optimizer, steps=steps + 1)
    texts = [run.ending.message, str(run.diagnose()), str(steepest.diff(run, longer)), str(steepest.diff(run, run))]
    texts += [str(run.explain(1))] if run.steps else []
    assert not [text for text in texts if WRONG.search(text)]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("import steepest_needs_this", MissingDependencyError, r"the example needs Broken: pip install 'steepest\[some\]'"),
        (
            "raise ImportError('libbroken.so: not found')",
            InputError,
            r"needs Broken, and importing it raised ImportError: libbroken",
        ),
        ("import steepest.nothing", ModuleNotFoundError, r"steepest\.nothing"),
    ],
)
def test_a_library_that_cannot_be_imported_is_told_apart_from_one_that_is_missing(
    text: str, error: type[Exception], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "steepest_broken.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(error, match=message) as raised:
        load("steepest_broken", "the example", "some", library="Broken")
    assert type(raised.value) is error
