"""A sweep's definition as texts and numbers: what a store keeps, and the command and the code that make it again."""

from __future__ import annotations

import shlex
from typing import Any

from steepest.language.notation import number_text, plain
from steepest.objectives.data import DataObjective
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.runs.sweep.definition import Definition
from steepest.runs.sweep.optimizers import optimizer_text

DEFAULTS: dict[str, Any] = {
    "optimizer": ["gd"], "settings": {}, "start": None, "tol": 1e-8, "gtol": 0.0, "seed": 0, "below": None, "rate": False,
    "fast": False, "let": {}, "data": None, "batch": None, "target": "llvm", "loss": None, "scale": None, "order": None,
}  # fmt: skip
"""What a description leaves out."""
FLAGS = {"below": "--below", "tol": "--tol", "gtol": "--gtol", "seed": "--seed"}
TEXTS = ("loss", "scale", "order", "batch", "target")


def described(definition: Definition) -> dict[str, Any] | None:
    """The definition as what `read_definition` reads again; None for what no text names: a frame, an object.

    >>> from steepest.runs.sweep.definition import read_definition
    >>> found = described(read_definition("x^2", ["lr = log(0.1, 1, 3)"], start=3, steps=20))
    >>> found["over"], read_definition(**found).shape
    (['lr = log(0.1, 1, 3)'], (3,))
    """
    source = definition.source
    objective = _objective_text(source.given)
    written = all(each.is_written for each in definition.optimizers if isinstance(each, LibraryOptimizer))
    if objective is None or not written or (source.data is not None and not source.path):
        return None
    optimizers = [optimizer_text(each) for each in definition.optimizers]
    first = bool(definition.axes) and definition.axes[0].name == "optimizer"
    listed = "optimizer" in definition.roles and not first
    over = [str(axis) for axis in definition.axes if axis.name != "optimizer" or listed]
    start = definition.start
    if start is not None:
        start = {name: float(value) for name, value in start.items()} if hasattr(start, "items") else _numbers(start)
    found: dict[str, Any] = {"objective": objective, "over": over, "steps": definition.rule.steps}
    found |= {
        "optimizer": ["gd"] if listed else optimizers,
        "settings": {name: plain(value) for name, value in definition.shared.items()},
        "start": start, "tol": definition.rule.tol, "gtol": definition.rule.gtol, "seed": definition.seed,
        "below": definition.below, "rate": definition.rate, "fast": definition.fast, "target": definition.target,
        "let": {**dict(source.let), **dict.fromkeys(source.constants, 1.0)}, "data": source.path or None,
        "batch": source.batch, **source.settings,
    }  # fmt: skip
    return {name: value for name, value in found.items() if name not in DEFAULTS or value != DEFAULTS[name]}


def command(definition: Definition) -> str:
    """The shell command that runs the sweep again; empty for what no command can name."""
    about = described(definition)
    if about is None:
        return ""
    words = ["steepest", "sweep"]
    words += [about["data"], about["objective"]] if definition.source.is_fit else [about["objective"]]
    words += ["--data", about["data"]] if about.get("data") and not definition.source.is_fit else []
    for text in about["over"]:
        words += ["--over", text]
    for text in about.get("optimizer", []):
        words += ["-o", text]
    for name, value in about.get("settings", {}).items():
        words += ["--lr", value] if name == "lr" else ["--set", f"{name}={value}"]
    words += ["--start", _start_text(about["start"])] if "start" in about else []
    words += ["--steps", str(about["steps"])]
    for name, flag in FLAGS.items():
        words += [flag, number_text(float(about[name]))] if name in about else []
    words += [f"--{name}" for name in ("rate", "fast", "drop_missing") if about.get(name)]
    words += [word for name, value in about.get("let", {}).items() for word in ("--let", f"{name}={number_text(value)}")]
    words += [word for name in TEXTS if about.get(name) is not None for word in (f"--{name}", str(about[name]))]
    return shlex.join(words)


def code(definition: Definition) -> str:
    """The Python code that runs the sweep again; what no text names appears by a name."""
    about = described(definition) or {}
    objective = repr(about["objective"]) if about else "objective"
    over = ", ".join(map(repr, about.get("over", [str(axis) for axis in definition.axes])))
    given = {name: value for name, value in about.items() if name not in ("objective", "over", "settings")}
    if len(given.get("optimizer", [])) == 1:
        given["optimizer"] = given["optimizer"][0]
    given |= {"lr": about["settings"]["lr"]} if "lr" in about.get("settings", {}) else {}
    return f"steepest.sweep({', '.join([objective, f'[{over}]', *(f'{name}={value!r}' for name, value in given.items())])})"


def _objective_text(given: Any) -> str | None:
    if isinstance(given, str):
        return given
    if not isinstance(given, FormulaObjective) or isinstance(given, DataObjective):
        return None
    return given.entry.name if given.entry else given.definition


def _numbers(start: Any) -> Any:
    return [float(part) for part in start] if hasattr(start, "__iter__") else float(start)


def _start_text(start: Any) -> str:
    if isinstance(start, dict):
        return ",".join(f"{name}={number_text(value)}" for name, value in start.items())
    return ",".join(number_text(value) for value in (start if isinstance(start, list) else [start]))
