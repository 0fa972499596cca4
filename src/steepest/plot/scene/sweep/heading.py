"""What stands above a map or a curve: title, formula, and what was run."""

from __future__ import annotations

import numpy as np

from steepest.errors import clipped, counted
from steepest.language.digits import short
from steepest.language.expression import name as named
from steepest.language.expression import number, substitute
from steepest.language.latex import latex
from steepest.language.notation import textbook
from steepest.plot.scene.sweep.axis import value_text
from steepest.plot.scene.text.labels import listed, point_text, pretty
from steepest.runs.sweep.optimizers import optimizer_text
from steepest.runs.sweep.sweep import Sweep


def heading(sweep: Sweep) -> tuple[str, str, str]:
    """The title, and the formula in LaTeX and in plain text."""
    objective = sweep.definition.source.objective()
    if objective.expression is None:
        return objective.text, "", ""
    names, expression = objective.names, objective.expression
    if objective.named is not None:  # constants that are varied have no value
        varied = {axis.name for axis in sweep.axes if len(axis) > 1}
        values = dict(objective.let) | {name: float(value) for name, value in sweep.definition.alone("constant").items()}
        expression = substitute(objective.named, {name: number(value) for name, value in values.items() if name not in varied})
    label = ", ".join(latex(named(word)) for word in names)
    text = pretty(f"f({', '.join(names)}) = {textbook(expression)}")
    return (objective.entry.title if objective.entry else ""), f"f({label}) = {latex(expression)}", text


def caption(sweep: Sweep) -> str:
    """What was run, in a line."""
    definition = sweep.definition
    parts = []
    swept = {axis.name for axis in sweep.axes}
    if len(definition.optimizers) > 1:
        parts += [f"{name} = {textbook(value)}" for name, value in definition.shared.items() if name not in swept]
    else:
        parts.append(clipped(optimizer_text(definition.optimizers[0])))
        setup = definition.setup((0,) * len(definition.structural))
        given = {name: value for name, value in setup.hyperparameters.items() if name not in swept}
        shown = {name: value for name, value in given.items() if name not in definition.optimizers[0].settings}
        formulas = {name: definition.shared.get(name, value) for name, value in shown.items()}
        parts += [f"{name} = {textbook(value)}" for name, value in formulas.items()]
    parts += [
        f"{axis.name} = {value_text(axis.values.array[0].item())}"
        for axis, role in zip(sweep.axes, definition.roles, strict=True)
        if len(axis) == 1 and role not in ("parameter", "optimizer")
    ]
    if start := _start_text(sweep):
        parts.append(f"from {start}")
    parts.append(f"{counted(sweep.ending.size, 'run')}, up to {counted(definition.rule.steps, 'step')} each")
    thinned: dict[int, list[str]] = {}
    for axis in sweep.axes:
        thinned.setdefault(axis.values.every, []).append(axis.name)
    parts += [f"one in {every:,} values of {' and '.join(names)}" for every, names in thinned.items() if every > 1]
    return pretty("; ".join(parts))


def _start_text(sweep: Sweep) -> str:
    """The coordinates from which all runs start; nothing where there are none."""
    definition = sweep.definition
    lengths = {axis.name: len(axis) for axis in sweep.axes}
    fixed = [name for name in sweep.names if lengths.get(name, 1) == 1]
    if not fixed or (lengths.get("seed", 1) > 1 and definition.start is None):
        return ""
    first = definition.starts(
        [np.zeros(1, dtype=np.int64)] * len(sweep.axes), definition.setup((0,) * len(definition.structural)).objective
    )
    at = dict(zip(sweep.names, first[0].tolist(), strict=True))
    if len(fixed) == len(at):
        return point_text(sweep.names, list(at.values()))
    return listed([f"{name} = {short(at[name])}" for name in fixed])
