"""The page reads random texts as Python does, other ones in every run."""

import runpy
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
LANGUAGE = HERE.parent.parent / "language"
outcomes = runpy.run_path(str(LANGUAGE / "outcomes.py"))
random_texts = runpy.run_path(str(LANGUAGE / "random_texts.py"))
MAIN = f"""
import {{ optimizerOutcome, outcome }} from "{(HERE / "language.js").as_uri()}";
const made = (outcome) => {{
  try {{
    return outcome();
  }} catch (error) {{
    return {{ crash: error.stack }};
  }}
}};
globalThis.formulas = (cases) => cases.map(([text, constants]) => made(() => outcome({{ text, constants }})));
globalThis.optimizers = (cases) => cases.map(([text, settings]) => made(() => optimizerOutcome({{ text, settings }})));
"""
COUNT = 3_000
TRIALS = 24  # other roundings of a value that differs: floor(cos(123456789^2*x)) is the same in three of them by chance
CONSTANT, MOST_DOUBTFUL = "this constant part", 1  # rounding decides whether sqrt(cos(123456789^2)) is real


@pytest.fixture(scope="module")
def page(node: Callable[[str], Any]) -> Any:
    return node(MAIN)


def test_random_formulas_read_as_in_python(page: Any) -> None:
    seed, doubtful = secrets.randbits(32), 0
    cases = list(random_texts["cases"](seed, COUNT))
    for (text, constants), found in zip(cases, page.evaluate("(cases) => formulas(cases)", cases), strict=True):
        wanted = outcomes["outcome"](text, constants)
        if not outcomes["difference"](wanted, found):
            continue
        if any(each.get("message", "").startswith(CONSTANT) for each in (wanted, found)):
            doubtful += 1
            continue
        differs = outcomes["difference"](outcomes["certain"](wanted, text, constants, TRIALS), found)
        assert not differs, f"seed {seed}: {text!a} with {constants}: {differs}"
    assert doubtful <= MOST_DOUBTFUL, f"seed {seed}"


def test_a_value_that_rounding_decides_on_is_found_out() -> None:
    text = r"floor(cos(\sqrt{t}*(123456789)^2))"  # at whose argument neighbors of float64 are 2 apart
    wanted = outcomes["outcome"](text, {})
    assert wanted["values"][0][0] == -1
    assert outcomes["certain"](wanted, text, {}, TRIALS)["values"][0][0] is None


def test_random_optimizers_read_as_in_python(page: Any) -> None:
    seed = secrets.randbits(32)
    cases = list(random_texts["optimizers"](seed, COUNT // 2))
    for (text, settings), found in zip(cases, page.evaluate("(cases) => optimizers(cases)", cases), strict=True):
        differs = outcomes["difference"](outcomes["optimizer_outcome"](text, settings), found)
        assert not differs, f"seed {seed}: {text!a} with {settings}: {differs}"
