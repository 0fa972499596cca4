"""What the page is to make of texts, made by Python: the tapes, the notation and what is known about each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.language.outcomes import CLOSE, OPEN, content, equation

from steepest.errors import FormulaError, InputError, SteepestError
from steepest.lab.error_data import error_data
from steepest.lab.texts import default_start, objective_text, optimizer_text, page_optimizer, setting_data
from steepest.language.expression import Expression, name
from steepest.language.notation import plain
from steepest.objectives.formula import read_objective
from steepest.objectives.gallery import Point
from steepest.optimizers.optimizer import Optimizer, schedules
from steepest.optimizers.quantities import momentum, order
from steepest.optimizers.settings import Setting
from steepest.runs.stable_forms import forms
from steepest.tape.compile import function_tape, method_tape
from steepest.tape.lowering import objective_tape
from steepest.tape.tape import Tape

MOST_FOR_CURVATURE = 4  # parameters of a tape that also has second derivatives
SQUARED = 2  # the power of the gradient that a second moment averages

HEADER = re.compile(r"\s*\w+\s*\([^()=]*\)\s*=")  # names the parameters in front of `=`


def objective_data(text: str) -> dict[str, Any]:
    """A formula or the name of a function of the gallery, as `objectives/objective_data.js` has it."""
    objective = read_objective(text)
    expression, known, names = objective.expression, objective.known, objective.names
    return {
        "text": objective_text(objective),
        "plain": objective.text,
        "readAs": objective.read_as,
        "header": HEADER.match(text) is not None,
        "constants": {},
        "constantInputs": [],
        "names": list(names),
        "symbols": {each: symbol(each) for each in names},
        "tape": tape_data(function_tape(expression, names, len(names) <= MOST_FOR_CURVATURE)),
        "forms": [{"told": told, "tape": tape_data(objective_tape(form, names))} for told, form in forms(expression)],
        "latex": objective.latex,
        "gradient": [{"name": name, "mathml": element(slope)} for name, slope in zip(names, objective.derivatives, strict=True)],
        "view": [list(interval) for interval in objective.view],
        "known": [list(interval) for interval in known.view] if known else None,
        "start": list(default_start(objective)),
        "hyperparameters": dict(objective.hyperparameters),
        "minima": [point_data(point) for point in objective.minima],
        "localMinima": [point_data(point) for point in (objective.known.local_minima if objective.known else ())],
        "saddles": [point_data(point) for point in objective.saddles],
        "title": objective.title,
        "gallery": objective.entry.name if objective.entry else None,
        "description": objective.entry.description if objective.entry else "",
        "table": None,
        "fit": None,
        "isQuadratic": False,
        "batches": None,
    }


def optimizer_data(text: str, count: int, settings: Mapping[str, Setting] | None = None) -> dict[str, Any]:
    """An optimizer of the zoo, or equations, as `optimizers/optimizer_data.js` has it."""
    optimizer = page_optimizer(text, settings or {})
    formulas = schedules(optimizer.settings)
    average, words = momentum(optimizer), {*optimizer.words, *optimizer.assigned}
    return {
        "name": optimizer.name,
        "text": optimizer_text(optimizer),
        "equations": [f"{target} = {plain(expression)}" for target, expression in optimizer.equations],
        "mathml": [equation(target, expression) for target, expression in optimizer.equations],
        "symbols": {word: symbol(word) for word in sorted(words) if word.isidentifier()},
        "assigned": [target for target, _ in optimizer.equations],
        "tape": tape_data(method_tape(optimizer.equations, tuple(formulas.items()), count)),
        "state": list(optimizer.state),
        "hyperparameters": [hyperparameter_data(optimizer, each) for each in optimizer.hyperparameters],
        "arrows": [average] if average else [],
        "squares": [each for each in optimizer.state if (order(optimizer, each) or 0) >= SQUARED],
        "isCustom": optimizer.is_custom,
    }


def mistake(text: str, error: SteepestError) -> dict[str, Any]:
    """What is wrong with a text; a name of no function of the gallery stands where the text begins."""
    if isinstance(error, InputError) and not isinstance(error, FormulaError):
        error = FormulaError(str(error), text, len(text) - len(text.lstrip()))
    return error_data(error)


def tape_data(tape: Tape) -> dict[str, Any]:
    return {key: value for key, value in tape.to_data().items() if key != "steepest_tape"}


def point_data(point: Point) -> dict[str, Any]:
    return {"position": list(point.position), "value": point.value}


def hyperparameter_data(optimizer: Optimizer, word: str) -> dict[str, Any]:
    default, setting = optimizer.defaults.get(word), optimizer.settings.get(word)
    chosen = setting_data(setting) if setting is not None else None
    return {
        "name": word,
        "default": default.value if default is not None else None,
        "value": None if isinstance(chosen, str) else chosen,
        "schedule": chosen if isinstance(chosen, str) else None,
    }


def element(expression: Expression) -> str:
    return f"{OPEN}{content(expression)}{CLOSE}"


def symbol(word: str) -> str:
    return content(name(word))
