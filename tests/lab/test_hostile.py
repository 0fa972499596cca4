"""Whatever text is sent: a tape, or a sentence with its place; never a mistake of the server's."""

import json
import runpy
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from steepest.language.tokens import SIGNS

LANGUAGE = runpy.run_path(str(Path(__file__).parent.parent / "language" / "test_properties.py"))
likely, bracketed, expressions = LANGUAGE["likely"], LANGUAGE["bracketed"], LANGUAGE["expressions"]
plain = LANGUAGE["plain"]
steady = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))

attacks = st.sampled_from(
    [
        "__import__('os').system('id')", "().__class__.__bases__", "eval('1')", "exec('x')", "lambda x: x", "{{7*7}}",
        "<script>alert(1)</script>", "'; DROP TABLE runs; --", "../../etc/passwd", "\x00", "%00", "file:///etc/passwd",
        "x;y", "1e999 x", "9" * 400 + "x", "x" + "²" * 400, "((((" * 400, "x!", "f(x) = f(x)", "theta", "noise()",
        "solve(H, g)", "\u202ex^2", "x\ny", "${7*7}",
    ]
)  # fmt: skip
broken = st.builds(
    lambda text, sign: f"{text}{sign}", likely | bracketed, st.sampled_from(["^", "(", "$", "sni(", "))", "@", '"', "\x00", "🙂"])
)
texts = st.one_of(broken, broken, st.text(), st.text(max_size=3_000), likely, bracketed, attacks, st.sampled_from(sorted(SIGNS)))


def check(answer: Any, text: str) -> None:
    if answer.status_code == 200:
        json.loads(answer.content, parse_constant=lambda constant: int(f"no {constant}"))
        return
    assert answer.status_code == 422, text
    error = answer.json()["error"]
    assert error["message"]
    assert "\n" not in error["message"]
    assert error["text"] == text
    assert 0 <= error["place"] <= len(text)
    assert error["length"] >= 1


def ask(client: Any, path: str, question: dict[str, Any]) -> Any:
    return client.post(path, content=json.dumps(question), headers={"content-type": "application/json"})


@given(texts)
@example("1" * 9_000)
@example("+".join(["x⁻¹"] * 250))
@example("max(" + "x," * 400 + "y)")
@settings(steady, max_examples=1_500)
def test_any_text_is_a_function_or_has_a_caret(client: Any, text: str) -> None:
    check(ask(client, "/read/objective", {"text": text}), text)


def test_at_least_5000_hostile_formulas_have_a_caret(client: Any) -> None:
    refused: set[str] = set()

    @given(broken)
    @settings(steady, max_examples=8_000)
    def collect(text: str) -> None:
        if len(refused) < 5_000 and text not in refused:
            answer = ask(client, "/read/objective", {"text": text})
            check(answer, text)
            if answer.status_code == 422:
                refused.add(text)

    collect()
    assert len(refused) >= 5_000


@given(expressions)
@settings(steady, max_examples=300)
def test_any_formula_has_finite_numbers_or_a_sentence(client: Any, expression: Any) -> None:
    answer = ask(client, "/read/objective", {"text": plain(expression)})
    assert answer.status_code in (200, 422)
    json.loads(answer.content, parse_constant=lambda constant: int(f"no {constant}"))


@given(st.one_of(likely, likely.map("theta = theta - lr*({})".format), attacks), st.integers(1, 16))
@settings(steady, max_examples=1_000)
def test_any_text_is_an_optimizer_or_has_a_sentence(client: Any, text: str, count: int) -> None:
    answer = ask(client, "/read/optimizer", {"text": text, "count": count})
    assert answer.status_code in (200, 422)
    if answer.status_code == 422:
        assert answer.json()["error"]["message"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.dictionaries(st.sampled_from(["text", "count", "settings", "state", "lr"]), parts, max_size=4)
    ),
    max_leaves=12,
)


@given(st.sampled_from(["/read/objective", "/read/optimizer"]), anything)
@settings(steady, max_examples=1_000)
def test_any_json_has_an_answer(client: Any, path: str, question: Any) -> None:
    assert ask(client, path, question).status_code in (200, 422)
