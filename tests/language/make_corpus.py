#!/usr/bin/env python3
"""Write the corpus that other implementations of the language are held to: `corpus/formulas.jsonl`, a row for each text.

The texts are those of `corpus/texts.jsonl`, which people wrote, of the gallery, some at the language's bounds, and random ones.
"""

import json
import runpy
from pathlib import Path

from steepest.objectives.gallery import GALLERY

HERE = Path(__file__).parent
TEXTS, FORMULAS = HERE / "corpus" / "texts.jsonl", HERE / "corpus" / "formulas.jsonl"
outcomes = runpy.run_path(str(HERE / "outcomes.py"))
random_texts = runpy.run_path(str(HERE / "random_texts.py"))
SEED, RANDOM = 16, 1_500

BOUNDS = (
    "x" * 2_000, "x" * 2_001, "(" * 64 + "x" + ")" * 64, "(" * 65 + "x" + ")" * 65, "-" * 70 + "x", "x" + "^x" * 70,
    "sin " * 70 + "x", "|" * 80, "+".join(["x"] * 501), "+".join(["x²"] * 334), "max(" + "x," * 400 + "y)",
    "{" * 70 + "x" + "}" * 70,
    r"\frac" * 70 + "xy", r"\sqrt" * 70 + "x", "[" * 1_000, "9" * 400 + "x", "x" + "²" * 400, "where(x<0,x," * 60 + "x" + ")" * 60,
    "relu(" * 22 + "x" + ")" * 22, "+".join(f"a{index}" for index in range(17)), "sin" + "1" * 1_500 + "x", "x^" * 300 + "x",
    "x" + ".x" * 400, "`" + "a" * 400 + "`", "'" * 400, "x*" * 400 + "x", "(x+1)" * 250, "a" * 300 + "(x)", "x ; " * 300,
)  # fmt: skip
CONSTANTS = (
    ("x^2 + k y^2", {"k": 10.0}), ("k", {"k": 1.0}), ("f(k) = k", {"k": 1.0}), ("kx + k", {"k": 0.5}), ("x^k", {"k": -1.5}),
    ("k x + `k`", {"k": -0.0}), ("k/(x-k)", {"k": 1e-300}), ("log(k) x", {"k": -1.0}), ("x/k", {"k": 0.0}), ("pi x", {"pi": 3.0}),
    ("e x + `e`", {"e": 2.0}), ("sin(x) + `sin`", {"sin": 2.0}), ("x + k2", {"k": 1.0}), ("k^2^x", {"k": 2.0}), ("xk", {"k": 2.0}),
    ("x(k)", {"k": 2.0}), ("k(x)", {"k": 2.0}), ("k = x^2", {"k": 2.0}), ("T x^T", {"T": 2.0}), ("x^{T}", {"T": 2.0}),
    ("clip(x, k, 2)", {"k": -1.0}), ("mean x", {"mean": 2.0}), ("mean(x)", {"mean": 2.0}), ("sum x", {"sum": 0.5}),
    ("lambda x", {"lambda": 2.0}),
)  # fmt: skip


def cases() -> list[tuple[str, dict[str, float]]]:
    """Every text once, with the values of its constants."""
    typed = [json.loads(line) for line in TEXTS.read_text("utf-8").splitlines()]
    gallery = [text for entry in GALLERY.values() for text in (entry.formula, f"f({', '.join(entry.names)}) = {entry.formula}")]
    plain: list[tuple[str, dict[str, float]]] = [(text, {}) for text in (*typed, *gallery, *BOUNDS)]
    both = [*plain, *CONSTANTS, *random_texts["cases"](SEED, RANDOM)]
    return [(text, constants) for text, constants in {json.dumps(case): case for case in both}.values()]


def rows() -> list[dict[str, object]]:
    """Each text with what the language makes of it."""
    made = []
    for text, constants in cases():
        given = {"text": text, "constants": constants} if constants else {"text": text}
        made.append(given | outcomes["certain"](outcomes["outcome"](text, constants), text, constants))
    return made


if __name__ == "__main__":
    FORMULAS.write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows()), encoding="utf-8")
