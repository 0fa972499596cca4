"""Whatever text is typed: a tape, or a sentence with its place; never a mistake of the page's."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from steepest.language.tokens import SIGNS

LANGUAGE = runpy.run_path(str(Path(__file__).parent.parent.parent / "language" / "test_properties.py"))
likely, bracketed, expressions = LANGUAGE["likely"], LANGUAGE["bracketed"], LANGUAGE["expressions"]
plain = LANGUAGE["plain"]
steady = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
MAIN = """
import { readObjective, readOptimizer } from "/model/reading.js";
const outcome = (read) => {
  try {
    const { tape } = read();
    return { finite: tape.constants.every(Number.isFinite) };
  } catch (error) {
    return error instanceof Error ? { crash: error.stack } : error; // a mistake of the user's is plain data
  }
};
globalThis.objective = (text) => outcome(() => readObjective(text));
globalThis.optimizer = ([text, count]) => outcome(() => readOptimizer(text, {}, count));
"""

attacks = st.sampled_from(
    [
        "__import__('os').system('id')", "().__class__.__bases__", "eval('1')", "exec('x')", "lambda x: x", "{{7*7}}",
        "<script>alert(1)</script>", "'; DROP TABLE runs; --", "../../etc/passwd", "\x00", "%00", "file:///etc/passwd",
        "x;y", "1e999 x", "9" * 400 + "x", "x" + "²" * 400, "((((" * 400, "x!", "f(x) = f(x)", "theta", "noise()",
        "solve(H, g)", "\u202ex^2", "x\ny", "${7*7}", "__proto__", "constructor", "toString(x)", "hasOwnProperty",
    ]
)  # fmt: skip
broken = st.builds(
    lambda text, sign: f"{text}{sign}", likely | bracketed, st.sampled_from(["^", "(", "$", "sni(", "))", "@", '"', "\x00", "🙂"])
)
texts = st.one_of(broken, broken, st.text(), st.text(max_size=3_000), likely, bracketed, attacks, st.sampled_from(sorted(SIGNS)))


@pytest.fixture(scope="module")
def page(node: Callable[[str], Any]) -> Any:
    return node(MAIN)


def check(found: dict[str, Any], text: str) -> bool:
    """Whether a text was refused, as it is to be."""
    assert "crash" not in found, (text, found)
    if "finite" in found:
        assert found["finite"], text
        return False
    assert found["message"] and "\n" not in found["message"]
    assert found["text"] == text
    assert 0 <= found["place"] <= len(text)
    assert found["length"] >= 1
    return True


@given(texts)
@example("1" * 9_000)
@example("+".join(["x⁻¹"] * 250))
@example("max(" + "x," * 400 + "y)")
@settings(steady, max_examples=1_500)
def test_any_text_is_a_function_or_has_a_caret(page: Any, text: str) -> None:
    check(page.evaluate("(text) => objective(text)", text), text)


def test_at_least_5000_hostile_formulas_have_a_caret(page: Any) -> None:
    refused: set[str] = set()

    @given(broken)
    @settings(steady, max_examples=8_000)
    def collect(text: str) -> None:
        if len(refused) < 5_000 and text not in refused and check(page.evaluate("(text) => objective(text)", text), text):
            refused.add(text)

    collect()
    assert len(refused) >= 5_000


@given(expressions)
@settings(steady, max_examples=300)
def test_any_formula_has_finite_numbers_or_a_sentence(page: Any, expression: Any) -> None:
    text = plain(expression)
    check(page.evaluate("(text) => objective(text)", text), text)


@given(st.one_of(likely, likely.map("theta = theta - lr*({})".format), attacks), st.integers(1, 16))
@settings(steady, max_examples=1_000)
def test_any_text_is_an_optimizer_or_has_a_sentence(page: Any, text: str, count: int) -> None:
    found = page.evaluate("(given) => optimizer(given)", [text, count])
    assert "crash" not in found, (text, found)
    assert "finite" in found or found["message"]
