"""Runs of other libraries' optimizers in the page: recorded by Python, shown, and never run again."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.lab.web.conftest import LAB
from tests.lab.web.test_page import drawn

import steepest
from steepest.cli.command_line import cli
from steepest.errors import InputError
from steepest.lab.document import document_of, first_document
from steepest.lab.recordings import recordings
from steepest.objectives.formula import read_objective
from steepest.optimizers.reading import optimizer

Open = Callable[..., Any]
START = (-1.2, 1.0)


@pytest.fixture(scope="module")
def runs() -> Any:
    return steepest.compare("rosenbrock", ["adam", "scipy:BFGS", "scipy:Nelder-Mead"], START, lr=0.05, steps=60)


def opened(visit: Open, document: dict[str, Any]) -> Any:
    tab = visit(LAB, document, viewport={"width": 1280, "height": 1000})
    tab.wait_for_function("() => document.querySelector('.steepest-ending')?.textContent")
    return tab


def test_what_was_recorded_is_what_is_shown(visit: Open, runs: Any) -> None:
    tab = opened(visit, document_of(runs))
    shown = tab.evaluate(
        """() => values.lab.sceneRuns.map(({ run, label }) => ({
          label, steps: run.steps, ending: run.ending.message,
          positions: [...run.positions.slice(0, 2 * (run.steps + 1))], values: [...run.values.slice(0, run.steps + 1)],
        }))"""
    )
    assert len(shown) == 3
    for found, run in zip(shown[1:], runs[1:], strict=True):
        assert (found["label"], found["steps"], found["ending"]) == (run.label, run.steps, run.ending.message)
        assert found["positions"] == list(np.ravel(run.positions))  # to the last bit
        assert found["values"] == list(run.values)
    cards = tab.locator(".steepest-recording")
    assert cards.count() == 2
    told = cards.first.inner_text()
    assert "A recording of scipy:BFGS, made by steepest" in told
    assert "from x = −1.2, y = 1. It is not run again here." in told.replace("-1.2", "−1.2")
    assert runs[1].ending.message in told
    assert cards.locator("input").count() == 0
    assert tab.mistakes == []


def test_a_recording_that_is_chosen_has_its_rows_in_the_table(visit: Open, runs: Any) -> None:
    tab = opened(visit, document_of(runs))
    tab.locator(".steepest-recording").first.click(position={"x": 5, "y": 30})
    tab.wait_for_function("() => document.querySelector('.steepest-lesson').textContent.includes('no equations')")
    tab.keyboard.press("End")
    last = [f"{value:.3g}" for value in runs[1].positions[-1]]
    tab.wait_for_function("() => document.querySelector('.steepest-step').textContent.startsWith('60')")
    assert tab.evaluate("() => [...values.lab.store.chosenRun.positions.slice(-2)].map((each) => each.toPrecision(3))") == [
        f"{float(each):#.3g}" for each in last
    ]
    assert tab.mistakes == []


def test_it_stays_as_it_was_and_is_hidden_on_another_function(visit: Open, runs: Any) -> None:
    tab = opened(visit, document_of(runs))
    before = tab.evaluate("() => [...values.lab.sceneRuns[1].run.positions]")
    tab.get_by_role("textbox", name="start: x").fill("2")
    tab.get_by_role("textbox", name="start: x").press("Enter")
    tab.wait_for_function("() => values.lab.sceneRuns[0].run.start[0] === 2 && !values.lab.store.stale")
    assert tab.evaluate("() => [...values.lab.sceneRuns[1].run.positions]") == before
    tab.get_by_role("textbox", name="function to minimize").fill("x^2 + y^2")
    tab.get_by_text("not shown: it was made on rosenbrock").first.wait_for()
    assert tab.evaluate("() => values.lab.sceneRuns.length") == 1
    tab.get_by_role("button", name="undo", exact=False).first.click()
    tab.wait_for_function("() => values.lab.sceneRuns.length === 3")
    tab.get_by_role("button", name="show scipy:BFGS").click()
    tab.wait_for_function("() => values.lab.sceneRuns.length === 2")
    assert tab.mistakes == []


def test_a_file_carries_them_and_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    words = [
        "run",
        "rosenbrock",
        "-o",
        "adam",
        "-o",
        "scipy:BFGS",
        "-o",
        "scipy:Nelder-Mead",
        "--steps",
        "200",
        "--save",
        str(path),
    ]
    result = CliRunner().invoke(cli, words)
    assert result.exit_code == 0, result.output
    assert path.stat().st_size < 500_000
    written = re.search(r'id="steepest-document">(.*?)</script>', path.read_text(), re.DOTALL)
    assert written
    assert [each["label"] for each in json.loads(written[1])["recordings"]] == ["scipy:BFGS", "scipy:Nelder-Mead"]


def test_recordings_may_stand_alone_and_the_lab_records_too() -> None:
    made = first_document(read_objective("rosenbrock"), START, [optimizer("scipy:BFGS")], steps=20)
    assert made["state"]["optimizers"] == []
    assert [each["label"] for each in made["recordings"]] == ["scipy:BFGS"]
    run = steepest.descend("rosenbrock", START, optimizer="scipy:BFGS", steps=20)
    assert made["recordings"][0]["values"] == list(run.values)
    counted = run.evaluations
    expected = {"value": counted.value, "gradient": counted.gradient, "hessian": 0}
    assert made["recordings"][0]["evaluations"] == expected


def test_too_many_numbers_are_refused_in_a_sentence() -> None:
    run = steepest.descend("rosenbrock", START, optimizer="scipy:Nelder-Mead", steps=60)
    with pytest.raises(InputError, match=r"the page carries 10,000 numbers .* and these have .*: take fewer steps"):
        recordings([run] * 60)


def test_a_choice_keeps_the_cards_and_offers_no_starts_of_a_recording(visit: Open, runs: Any) -> None:
    tab = opened(visit, document_of(runs))
    cards = tab.locator(".steepest-recording")
    tab.evaluate("() => { globalThis.kept = [...document.querySelectorAll('.steepest-recording')]; }")
    starts = tab.get_by_role("button", name="where starts end")
    assert starts.is_visible()
    cards.nth(1).focus()
    tab.wait_for_function("() => document.querySelectorAll('.steepest-recording')[1].classList.contains('steepest-chosen')")
    assert not starts.is_visible(), "a recording is not run from other starts"
    assert cards.nth(1).evaluate("card => card === document.activeElement")
    assert tab.evaluate(
        "() => [...document.querySelectorAll('.steepest-recording')].every((card, k) => card === globalThis.kept[k])"
    )
    cards.nth(0).get_by_role("button", name="show").evaluate("button => button.click()")
    drawn(tab)
    assert tab.evaluate("() => values.lab.store.chosenRun === values.lab.store.recordings[1].run"), "the choice stays"
    assert cards.nth(0).get_by_role("button", name="show").get_attribute("aria-pressed") == "false"
    assert tab.mistakes == []


def test_recordings_alone_need_no_optimizer_beside_them(visit: Open) -> None:
    pair = steepest.compare("rosenbrock", ["scipy:BFGS", "scipy:Nelder-Mead"], START, steps=60)
    made = document_of(list(pair))
    assert made["state"]["optimizers"] == []
    tab = visit(LAB, made, viewport={"width": 1280, "height": 1000})
    cards = tab.locator(".steepest-recording")
    cards.first.wait_for()
    shown = "() => values.lab.sceneRuns.map(({ label }) => label)"
    tab.wait_for_function("() => values.lab.sceneRuns.length === 2")
    assert tab.locator(".steepest-optimizer:not(.steepest-recording)").count() == 0
    tab.keyboard.press("End")
    tab.wait_for_function("() => document.querySelector('.steepest-step').textContent.startsWith(String(values.lab.store.longest))")
    for card in (0, 1):
        cards.nth(card).get_by_role("button", name="show").click()
        drawn(tab)
    assert len(tab.evaluate(shown)) == 1, "one run stays"
    tab.get_by_role("button", name="Share").click()
    tab.get_by_role("button", name="Copy as command").click()
    assert "add an optimizer first" in tab.locator(".steepest-note").inner_text()
    tab.get_by_role("textbox", name="function to minimize").fill("x^2 + y^2")
    tab.wait_for_function("() => values.lab.sceneRuns.length === 1 && values.lab.sceneRuns[0].label === 'gd'")
    assert tab.locator(".steepest-optimizer:not(.steepest-recording)").count() == 1
    assert tab.mistakes == []
