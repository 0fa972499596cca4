"""What the page makes of a text is what Python makes of it: tapes, notation, starts, roles; and a sentence with its place."""

import json
import re
import runpy
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.lab.web.oracle import mistake, objective_data, optimizer_data

from steepest.errors import SteepestError
from steepest.lab.error_data import error_data
from steepest.objectives.formula import read_objective
from steepest.objectives.gallery import GALLERY
from steepest.optimizers.reading import optimizer
from steepest.optimizers.zoo import OPTIMIZERS

LANGUAGE = Path(__file__).parent.parent.parent / "language"
random_texts = runpy.run_path(str(LANGUAGE / "random_texts.py"))
MAIN = """
import { readObjective, readOptimizer } from "/model/reading.js";
const made = (read) => {
  try {
    return read();
  } catch (error) {
    return { error };
  }
};
globalThis.objectives = (texts) => texts.map((text) => made(() => {
  const found = readObjective(text);
  return { ...found, forms: found.forms, latex: found.latex };
}));
globalThis.optimizers = (cases) => cases.map(([text, count, settings]) => made(() => readOptimizer(text, settings, count)));
"""
WORDS = [
    "rosenbrok", "Himmelblau", "  styblinski tang", "x", "w", "E", "I^2", "f(E) = E^2", "-h", "--x", "f(y, x) = x - y^2",
    "p -> p^2",     "sqrt(x)+log(y)", "log(x-100)", "asin(x-7)", "log(x-3)+sqrt(y+1e4)", "x^x", "log(log(log(x)))", "sqrt(-1-x^2)",
    "log(1+exp(x))", "log(sigmoid(x))", "log(1-sigmoid(x))", "log(cosh(x y))", "exp(x)/(1+exp(x))",
    "(exp(x)-exp(-x))/(exp(x)+exp(-x))",
    "sqrt(x^2+y^2)", "log(exp(x)+exp(y))", "1/(1+e^-x)", "sinh(x)/cosh(x)", "log(x^2+y^2)", "x1+x2+x3+x4+x5", "x 2**3", "\ufeffx^2",
]  # fmt: skip
OPTIMIZER_TEXTS = [
    "v = beta*v + g; theta = theta - lr*v", "theta = theta - lr*noise()*g", "theta = theta - solve(H, g)", "theta = theta - lr",
    "m = max(beta*m, abs(g)); theta = theta - lr*g/(m+1e-8)", "adam(lr=0.1/t)", "SGD(lr=0.1, momentum=0.9)", "adan",
    "theta = theta - h",     "s = s + dot(g, g); theta = theta - lr*g/sqrt(s)", "theta = theta - lr*grad(theta - lr*g)",
    "theta = theta - lr*value(2theta)*g",
]  # fmt: skip
RANDOM = 1_500


@pytest.fixture(scope="module")
def page(node: Callable[[str], Any]) -> Any:
    return node(MAIN)


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (LANGUAGE / "corpus" / name).read_text(encoding="utf-8").splitlines()]


def differing(wanted: Any, found: Any) -> str:
    """The path to the first difference beyond rounding; empty if there is none."""
    if isinstance(wanted, Mapping):
        paths = ((name, differing(value, found.get(name)) if isinstance(found, Mapping) else "!") for name, value in wanted.items())
        return next((f"{name} {path}" for name, path in paths if path), "")
    if isinstance(wanted, list | tuple):
        if not isinstance(found, list) or len(wanted) != len(found):
            return f"{wanted!r:.200} and {found!r:.200}"
        return next(
            (f"{index} {path}" for index, pair in enumerate(zip(wanted, found, strict=True)) if (path := differing(*pair))), ""
        )
    if isinstance(wanted, float) and isinstance(found, int | float) and abs(wanted - found) <= 1e-12 * max(abs(wanted), abs(found)):
        return ""
    return "" if wanted == found else f"{wanted!r:.200} and {found!r:.200}"


def outcome(read: Callable[[], dict[str, Any]], refused: Callable[[SteepestError], dict[str, Any]]) -> dict[str, Any]:
    try:
        return read()
    except SteepestError as error:
        return {"error": refused(error)}


def check_objectives(page: Any, texts: list[str], told: str = "") -> None:
    for text, found in zip(texts, page.evaluate("(texts) => objectives(texts)", texts), strict=True):
        wanted = outcome(partial(objective_data, text), partial(mistake, text))
        assert not differing(wanted, found), f"{text!a}{told}: {differing(wanted, found)}"


def check_optimizers(page: Any, cases: list[tuple[str, int, dict[str, Any]]], told: str = "") -> None:
    for (text, count, settings), found in zip(cases, page.evaluate("(cases) => optimizers(cases)", cases), strict=True):
        read = {name: value for name, value in settings.items() if text not in OPTIMIZERS or isinstance(value, str)}
        wanted = outcome(partial(optimizer_data, text, count, read), error_data)
        assert not differing(wanted, found), f"{text!a} {count} {settings}{told}: {differing(wanted, found)}"


def test_what_is_too_long_to_be_written_is_given_the_reason_instead(page: Any) -> None:
    text = "".join(f"(x+{index})" for index in range(70))
    check_objectives(page, [text])
    (found,) = page.evaluate("(texts) => objectives(texts)", [text])
    assert found["gradient"][0]["mathml"].startswith('<math displaystyle="true"><mtext>(too long to write out: ')


def test_the_gallery_is_the_gallery(page: Any) -> None:
    check_objectives(page, list(GALLERY))


def test_formulas_are_made_into_what_python_makes_of_them(page: Any) -> None:
    check_objectives(page, [*WORDS, *(row["text"] for row in rows("formulas.jsonl") if not row.get("constants"))])


@pytest.mark.parametrize("count", [1, 2, 3, 5, 16])
def test_the_zoo_is_the_zoo(page: Any, count: int) -> None:
    check_optimizers(page, [(name, count, {}) for name in OPTIMIZERS])
    check_optimizers(page, [(text, count, {}) for text in OPTIMIZER_TEXTS])


def test_optimizers_are_made_into_what_python_makes_of_them(page: Any) -> None:
    for count in (1, 3):
        check_optimizers(page, [(row["text"], count, row.get("given") or {}) for row in rows("optimizers.jsonl")])


def test_random_texts_are_made_into_what_python_makes_of_them(page: Any) -> None:
    seed = secrets.randbits(32)
    check_optimizers(page, [(text, 2, given) for text, given in random_texts["optimizers"](seed, RANDOM)], f" (seed {seed})")
    texts = [text for text, constants in random_texts["cases"](seed, RANDOM) if not constants]
    check_objectives(page, texts, f" (seed {seed})")


def test_no_sentence_of_the_page_speaks_of_a_command_line(page: Any) -> None:
    formulas = [row["text"] for row in rows("formulas.jsonl")] + ["f(x) = k x", "f(x) = " + "long" * 80 + " x", *WORDS]
    optimizers = [(row["text"], 2, row.get("given") or {}) for row in rows("optimizers.jsonl")] + [("adan", 2, {}), ("qq", 1, {})]
    made = page.evaluate("(texts) => objectives(texts)", formulas) + page.evaluate("(cases) => optimizers(cases)", optimizers)
    told = [each["error"]["message"] for each in made if "error" in each]
    assert len(told) > 500
    assert [each for each in told if re.search(r"--[a-z]{3}|-o |steepest (list|run|show|lab)|let=|optimizer\(\.\.\.", each)] == []


def test_errors_of_python_speak_as_the_page_does() -> None:
    for read in (lambda: read_objective("f(x) = k x"), lambda: optimizer("qq"), lambda: optimizer("theta = theta - q*g")):
        with pytest.raises(SteepestError, match=r"--set|--let|steepest list") as refused:
            read()
        told = error_data(refused.value)["message"]
        assert not re.search(r"--[a-z]|steepest list|let=", told)
