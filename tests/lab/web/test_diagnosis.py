"""The page's verdicts are held to Python's diagnosis: never another word than its, on the runs of known character and on others."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.diagnosis.test_truth import diagnosed, random_run
from tests.lab.web.oracle import objective_data, optimizer_data

from steepest.diagnosis.character import CHARACTERS
from steepest.diagnosis.diagnosis import Diagnosis, diagnose
from steepest.lab.tables.diagnosis import VERDICTS
from steepest.lab.texts import objective_text, optimizer_text, setting_data
from steepest.runs.descent import descend
from steepest.runs.trajectory import Trajectory

RUNS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "diagnosis" / "runs.json").read_text(encoding="utf-8"))
BEYOND = {"chaotic", "ill_conditioned", "unclear"}  # what the page leaves to Python
MAIN = """
import { judge } from "/model/diagnosis/verdict.js";
import { Optimizer } from "/model/optimizer.js";
import { kinds, outcomes } from "/model/sweep/outcomes.js";
globalThis.along = ({ objective, data, settings, start, limits, rates }) => {
  const optimizer = new Optimizer(data, settings, objective, 0);
  const found = [];
  for (const _ of outcomes(rates, (lr) => optimizer.spare.run(start, { lr }, limits), found));
  return { values: found.map(({ value }) => value), kinds: kinds(found, start[0] ** 2, 0) };
};
globalThis.verdict = ({ objective, data, settings, start, limits }) => {
  const optimizer = new Optimizer(data, settings, objective, 0);
  const run = optimizer.run(limits, start);
  const working = judge(run, { optimizer, objective, start, limits });
  for (;;) {
    const { value, done } = working.next();
    if (!done) continue;
    const { title, tone, text, advice, observation } = value;
    const { words, bounds, unmoved } = observation;
    return { title, tone, text, advice, words: [...words], first: bounds?.first ?? null, bound: bounds?.bound ?? null, unmoved };
  }
};
"""


@pytest.fixture(scope="module")
def engine(node: Callable[..., Any]) -> Any:
    return node(MAIN)


def judged(engine: Any, run: Trajectory) -> dict[str, Any]:
    """The page's verdict on a run."""
    objective, hyperparameters = run.objective, {name: setting_data(value) for name, value in run.hyperparameters.items()}
    count = len(run.names)
    given = {
        "objective": objective_data(objective_text(objective)),
        "data": optimizer_data(optimizer_text(run.optimizer), count, hyperparameters),
        "settings": hyperparameters,
        "start": list(np.atleast_1d(run.positions[0]).astype(float)),
        "limits": {"steps": run.limit, "tol": run.tol, "gtol": run.gtol, "seed": run.seed},
    }
    told: dict[str, Any] = engine.evaluate("(given) => verdict(given)", given)
    return told


def known_run(row: dict[str, Any]) -> Trajectory:
    start = tuple(row["start"]) if isinstance(row["start"], list) else row["start"]
    return descend(row["function"], start, **row["settings"])


def agrees(word: str, words: tuple[str, ...]) -> bool:
    """Whether Python says the same; it tells chaos from wandering, and the page does not."""
    return word in words or (word == "wandering" and "chaotic" in words)


def disagreement(told: dict[str, Any], found: Diagnosis) -> str:
    """What the page says and Python does not; empty if there is nothing."""
    wrong = [word for word in told["words"] if not agrees(word, found.character)]
    first = told["first"]
    if first is None:
        return ", ".join(wrong)
    row = found.unstable_step or 0
    direction = found.unstable_direction
    if not (
        row == first["step"]
        and direction is not None
        and found.bound is not None
        and math.isclose(told["bound"], found.bound or 0, rel_tol=1e-6)
        and math.isclose(first["product"], found.lr_lambda[row - 1], rel_tol=1e-6)
        and np.allclose(np.abs(first["direction"]), np.abs(direction), atol=1e-6)
    ):
        wrong.append(f"{first} beside {row}, {found.unstable_direction}, {found.bound}")
    return ", ".join(wrong)


@pytest.mark.parametrize("row", RUNS, ids=lambda row: f"{row['function']} {row['settings']}")
def test_the_page_says_nothing_else_than_python(engine: Any, row: dict[str, Any]) -> None:
    run = known_run(row)
    told, found = judged(engine, run), diagnose(run)
    assert disagreement(told, found) == "", (told, found.character)
    assert not (set(row["absent"].split()) - {"wandering"}) & set(told["words"])
    missing = set(row["present"].split()) - set(told["words"]) - BEYOND
    assert not missing or (missing <= {"unstable", "creeping"} and run.optimizer.name != "gd"), told


@pytest.mark.parametrize("block", range(4))
def test_neither_does_it_of_random_runs(engine: Any, block: int) -> None:
    runs = [random_run(seed) for seed in range(1000 + 20 * block, 1020 + 20 * block)]
    assert [wrong for run in runs if (wrong := disagreement(judged(engine, run), diagnosed(run)))] == []


def test_what_is_told_of_a_learning_rate_is_what_comes_of_it(engine: Any) -> None:
    tried = 0
    for row in RUNS:
        run = known_run(row)
        advice = judged(engine, run)["advice"]
        if advice is None:
            continue
        tried += 1
        again = descend(row["function"], run.start, **row["settings"] | {"lr": advice["lr"]})
        assert (again.ending == "converged", again.steps) == (advice["converged"], advice["steps"])
        assert again.values[-1] == pytest.approx(advice["value"], rel=1e-6, abs=1e-12)
        assert again.values[-1] <= run.values[0]
    assert tried > 20


def test_the_best_learning_rate_is_python_s(engine: Any) -> None:
    for function, start, lr in (("x^2", 3, 1.67), ("2x^2 - 4x", 0, 0.005), ("x^2 + 10y^2", (10, 1), 0.05), ("x^2", 3, 1.0)):
        run = descend(function, start, lr=lr, steps=200)
        assert judged(engine, run)["advice"]["lr"] == diagnose(run).advice[0].settings["lr"]


@pytest.mark.parametrize(
    ("lr", "title", "tone", "text"),
    [
        (1.67, "diverges", "bad", "from step 1 along x: lr·λ = 1.67·2 = 3.34, and gd is stable below 2"),
        (1.0, "bounces without end", "warning", "the same 2 points again and again: lr·λ = 2 is exactly the bound of stability"),
        (-1.0, "diverges", "bad", "lr is negative, so the steps lead uphill; f grew from 9 to 2.39e96 in 100 steps"),
        (0.0, "does not move", "warning", "lr is 0"),
        (0.01, "slow", "warning", "still going down after 100 steps: lr·λ is only 0.02, and gd is stable below 2"),
        (0.3, "converges", "good", "to the minimum x = 0, f = 0, in 22 steps"),
    ],
)
def test_what_the_card_of_a_parabola_says(engine: Any, lr: float, title: str, tone: str, text: str) -> None:
    told = judged(engine, descend("x^2", 3, lr=lr, steps=100))
    assert (told["title"], told["tone"], told["text"]) == (title, tone, text)


@pytest.mark.parametrize(
    ("objective", "start", "title", "text"),
    [
        ("tan(x)", 1.5, "unstable", "at step 1 along x: lr·λ = 0.1·5636 = 563.6, and gd is stable below 2"),
        ("log(x)+1/x", 0.01, "unstable", "at step 1 along x: lr·λ = 0.1·1.99e6 = 199000, and gd is stable below 2"),
    ],
)
def test_an_unstable_step_is_told_where_there_is_nothing_else_to_tell(
    engine: Any, objective: str, start: float, title: str, text: str
) -> None:
    run = descend(objective, start)
    assert diagnose(run).character == ("unstable",)
    told = judged(engine, run)
    assert (told["title"], told["tone"], told["text"]) == (title, "warning", text)


def test_a_run_on_its_way_down_tells_of_unstable_steps(engine: Any) -> None:
    run = descend("tan(x)", 1.5, steps=1)
    assert diagnose(run).character == ("underway", "monotone", "unstable")
    assert judged(engine, run)["text"] == "still going down after 1 step, after unstable steps from step 1 on"


@pytest.mark.parametrize("block", range(2))
def test_a_run_of_known_character_has_a_title(engine: Any, block: int) -> None:
    for seed in range(2000 + 20 * block, 2020 + 20 * block):
        run = random_run(seed)
        told = judged(engine, run)
        assert told["title"] or not set(told["words"]) & set(VERDICTS), seed
        assert told["text"] or told["title"] in ("", "left the domain"), (seed, told)


def test_every_word_of_a_verdict_is_one_of_the_diagnosis() -> None:
    assert set(VERDICTS) <= set(CHARACTERS)


def test_outcomes_along_a_slider_are_those_of_python_s_runs(engine: Any) -> None:
    rates = [0.001, 0.01, 0.1, 0.45, 0.9, 0.999, 1.001, 1.5]
    given = {
        "objective": objective_data("x^2"), "data": optimizer_data("gd", 1), "settings": {}, "start": [3.0],
        "limits": {"steps": 100, "tol": 1e-8, "gtol": 0, "seed": 0}, "rates": rates,
    }  # fmt: skip
    found = engine.evaluate("(given) => along(given)", given)
    runs = [descend("x^2", 3, lr=lr, steps=100) for lr in rates]
    assert found["values"] == pytest.approx([run.values[-1] for run in runs], rel=1e-9, abs=1e-300)
    assert found["kinds"] == ["slow", "slow", "fast", "fast", "oscillates", "oscillates", "unstable", "unstable"]
