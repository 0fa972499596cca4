#!/usr/bin/env python3
"""Write the corpus that other implementations of the language are held to, with a row for each text.

`corpus/formulas.jsonl` has the formulas of `corpus/texts.jsonl`, which people wrote, those of the gallery, some at the language's
bounds, and random ones; `corpus/optimizers.jsonl` has optimizers of the same kinds.
"""

import json
import runpy
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from steepest.objectives.gallery import GALLERY
from steepest.optimizers.frameworks import COUNTERPARTS
from steepest.optimizers.zoo import OPTIMIZERS

HERE = Path(__file__).parent
FOLDER = HERE / "corpus"
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


OPTIMIZER_BOUNDS = (
    "theta = theta - lr*g; " * 100, "theta = theta - lr*g; " * 101, "theta = theta - g" + " " * 8_000, "adam(" + "a=1," * 101 + ")",
    "theta = theta - " + "(" * 70 + "g" + ")" * 70, "a" * 61, "", " ; ", "theta = theta - lr*g;;\n", "v = v + g; w = w + v",
)  # fmt: skip


def formula_cases() -> list[tuple[str, dict[str, Any]]]:
    """Every formula once, with the values of its constants."""
    gallery = [text for entry in GALLERY.values() for text in (entry.formula, f"f({', '.join(entry.names)}) = {entry.formula}")]
    plain: list[tuple[str, dict[str, Any]]] = [(text, {}) for text in (*_typed("texts"), *gallery, *BOUNDS)]
    return _once([*plain, *CONSTANTS, *random_texts["cases"](SEED, RANDOM)])


def optimizer_cases() -> list[tuple[str, dict[str, Any]]]:
    """Every optimizer once, with its settings."""
    zoo = [text for name, entry in OPTIMIZERS.items() for text in (name, entry.equations)]
    elsewhere = [each.call for each in COUNTERPARTS.values()]
    typed = (*_typed("optimizer_texts"), *zoo, *elsewhere, *OPTIMIZER_BOUNDS)
    plain: list[tuple[str, dict[str, Any]]] = [(text, {}) for text in typed]
    return _once([*plain, *random_texts["optimizers"](SEED, RANDOM)])


def _typed(name: str) -> list[str]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


def _once(both: Sequence[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    return [(text, values) for text, values in {json.dumps(case): case for case in both}.values()]


def formula_row(text: str, constants: dict[str, Any]) -> dict[str, Any]:
    """A formula with what the language makes of it."""
    made: dict[str, Any] = outcomes["certain"](outcomes["outcome"](text, constants), text, constants)
    return {"text": text, **({"constants": constants} if constants else {}), **made}


def optimizer_row(text: str, settings: dict[str, Any]) -> dict[str, Any]:
    """An optimizer with what is read."""
    return {"text": text, **({"given": settings} if settings else {}), **outcomes["optimizer_outcome"](text, settings)}


def write(name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write a file of the corpus."""
    text = "".join(json.dumps(row, separators=(",", ":")) + "\n" for row in rows)
    (FOLDER / f"{name}.jsonl").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write("formulas", (formula_row(*case) for case in formula_cases()))
    write("optimizers", (optimizer_row(*case) for case in optimizer_cases()))
