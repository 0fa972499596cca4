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
import {{ outcome }} from "{(HERE / "language.js").as_uri()}";
globalThis.outcomes = (cases) => cases.map(([text, constants]) => {{
  try {{
    return outcome({{ text, constants }});
  }} catch (error) {{
    return {{ crash: error.stack }};
  }}
}});
"""
COUNT = 3_000


@pytest.fixture(scope="module")
def page(node: Callable[[str], Any]) -> Any:
    return node(MAIN)


def test_random_formulas_read_as_in_python(page: Any) -> None:
    seed = secrets.randbits(32)
    cases = list(random_texts["cases"](seed, COUNT))
    for (text, constants), found in zip(cases, page.evaluate("(cases) => outcomes(cases)", cases), strict=True):
        wanted = outcomes["outcome"](text, constants)
        if outcomes["difference"](wanted, found):
            differs = outcomes["difference"](outcomes["certain"](wanted, text, constants), found)
            assert not differs, f"seed {seed}: {text!a} with {constants}: {differs}"
