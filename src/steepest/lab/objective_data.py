"""An objective as the page is given it: its tape, its notation and what is known about it, as plain data for JSON."""

from __future__ import annotations

from typing import Any

from steepest.errors import InputError
from steepest.lab import mathml
from steepest.objectives.formula import FormulaObjective, read_objective
from steepest.objectives.gallery import Point
from steepest.objectives.objective import Objective
from steepest.runs.stable_forms import forms
from steepest.tape.compile import function_tape
from steepest.tape.lowering import objective_tape

MOST_FOR_CURVATURE = 4  # parameters of a tape that also has second derivatives


def objective_data(text: str) -> dict[str, Any]:
    """A formula or the name of a gallery function as data.

    Raises:
        FormulaError, InputError: for a text that is neither.

    >>> found = objective_data("2x^2 - 4x")
    >>> found["text"], found["readAs"], found["names"]
    ('2*x^2 - 4*x', '2*x^2 - 4*x', ['x'])
    """
    objective = read_objective(text)
    entry, names = objective.entry, objective.names
    return {
        "text": objective_text(objective),
        "readAs": objective.read_as,
        "plain": objective.text,
        "names": list(names),
        "symbols": {name: mathml.symbol(name) for name in names},
        "tape": function_tape(objective.expression, names, len(names) <= MOST_FOR_CURVATURE).to_data(),
        "forms": [{"told": told, "tape": objective_tape(form, names).to_data()} for told, form in forms(objective.expression)],
        "latex": objective.latex,
        "mathml": mathml.element(objective.expression),
        "gradient": [
            {"name": name, "mathml": mathml.element(derivative)}
            for name, derivative in zip(names, objective.derivatives, strict=True)
        ],
        "view": [list(interval) for interval in objective.view],
        "known": [list(interval) for interval in objective.known.view] if objective.known else None,
        "start": list(default_start(objective)),
        "hyperparameters": dict(objective.hyperparameters),
        "minima": [_point_data(point) for point in objective.minima],
        "saddles": [_point_data(point) for point in objective.saddles],
        "title": objective.title,
        "gallery": entry.name if entry else None,
        "description": entry.description if entry else "",
        "source": entry.source if entry else "",
    }


def objective_text(objective: Objective) -> str:
    """The text by which the page knows an objective: its name in the gallery, or a formula that reads back."""
    return objective.entry.name if objective.entry else objective.definition


def default_start(objective: FormulaObjective) -> tuple[float, ...]:
    """The objective's own start; the middle of the view where no start is found, for the user to move."""
    try:
        return objective.start(0)
    except InputError:
        return tuple((low + high) / 2 for low, high in objective.view)


def _point_data(point: Point) -> dict[str, Any]:
    return {"position": list(point.position), "value": point.value}
