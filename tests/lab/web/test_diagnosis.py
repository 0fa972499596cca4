"""The page's verdicts are held to Python's diagnosis: never another word than its, on the runs of known character and on others."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steepest.diagnosis.character import CHARACTERS
from steepest.diagnosis.diagnosis import Diagnosis, diagnose
from steepest.lab.diagnosis_tables import VERDICTS
from steepest.lab.objective_data import objective_data
from steepest.lab.optimizer_data import optimizer_data
from steepest.runs.descent import descend

RUNS: list[dict[str, Any]] = json.loads((Path(__file__).parents[2] / "diagnosis" / "runs.json").read_text(encoding="utf-8"))
MAIN = """
import { judge } from "/model/diagnosis/verdict.js";
import { Optimizer } from "/model/optimizer.js";
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


def both(engine: Any, function: str, start: Any, settings: dict[str, Any]) -> tuple[dict[str, Any], Diagnosis]:
    """The page's verdict and Python's diagnosis of the same run."""
    at = tuple(start) if isinstance(start, list) else start
    run = descend(function, at, **settings)
    objective = objective_data(function)
    text = settings.get("optimizer", "gd")
    own = {name: value.value if value.operation == "number" else str(settings[name]) for name, value in run.optimizer.settings.items()}
    own |= {"lr": settings["lr"]} if "lr" in settings else {}
    given = {
        "objective": objective,
        "data": optimizer_data(run.optimizer.name if run.optimizer.year else text, len(run.names), own),
        "settings": own,
        "start": list(np.atleast_1d(run.positions[0]).astype(float)),
        "limits": {"steps": run.limit, "tol": run.tol, "gtol": run.gtol, "seed": run.seed},
    }
    return engine.evaluate("(given) => verdict(given)", given), diagnose(run)


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
    same = row == first["step"] and found.unstable_direction is not None and found.bound is not None
    if not (
        same
        and math.isclose(told["bound"], found.bound or 0, rel_tol=1e-6)
        and math.isclose(first["product"], found.lr_lambda[row - 1], rel_tol=1e-6)
        and np.allclose(np.abs(first["direction"]), np.abs(found.unstable_direction), atol=1e-6)
    ):
        wrong.append(f"{first} beside {row}, {found.unstable_direction}, {found.bound}")
    return ", ".join(wrong)


@pytest.mark.parametrize("row", RUNS, ids=lambda row: f"{row['function']} {row['settings']}")
def test_the_page_says_nothing_else_than_python(engine: Any, row: dict[str, Any]) -> None:
    told, found = both(engine, row["function"], row["start"], row["settings"])
    assert disagreement(told, found) == "", (told, found.character)
    assert not (set(row["absent"].split()) - {"wandering"}) & set(told["words"])
