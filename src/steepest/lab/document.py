"""What the page of the lab is given: objectives, optimizers and its own state, as plain data for JSON.

The page computes for itself; Python reads the texts. An objective and an optimizer travel as tapes of their own, and the page
links them, so that any pair runs without asking again. Nothing here holds a number that is not finite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache, lru_cache
from typing import Any

from steepest.errors import InputError
from steepest.lab.state import SCHEMA, check_state
from steepest.language.expression import Expression
from steepest.language.expression import name as named
from steepest.language.notation import mathml as namespaced
from steepest.language.notation import plain, unwritten
from steepest.objectives.formula import FormulaObjective, read_objective
from steepest.objectives.gallery import GALLERY, Point
from steepest.optimizers.optimizer import Optimizer, Setting, read_optimizer, read_setting
from steepest.optimizers.quantities import momentum, order
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.plot.theme import THEMES
from steepest.runs.descent import position
from steepest.runs.ending import Limits
from steepest.runs.stable_forms import forms
from steepest.runs.trajectory import Trajectory
from steepest.tape.compile import function_tape, method_tape
from steepest.tape.lowering import objective_tape
from steepest.version import __version__

MOST_FOR_CURVATURE = 4
SQUARED = 2  # the power of the gradient that a second moment averages
Data = dict[str, Any]


def objective(text: str) -> Data:
    """A formula or the name of a gallery function, with its tape and its notation.

    Raises:
        FormulaError, InputError: for a text that is neither.

    >>> found = objective("2x^2 - 4x")
    >>> found["text"], found["readAs"], found["names"]
    ('2*x^2 - 4*x', '2*x^2 - 4*x', ['x'])
    """
    return describe_objective(read_objective(text))


def describe_objective(function: FormulaObjective) -> Data:
    entry, count = function.entry, len(function.names)
    return {
        "text": entry.name if entry else function.definition,
        "readAs": function.read_as,
        "plain": function.text,
        "names": list(function.names),
        "symbols": {name: _symbol(name) for name in function.names},
        "tape": function_tape(function.expression, function.names, count <= MOST_FOR_CURVATURE).to_data(),
        "forms": [
            {"told": told, "tape": objective_tape(form, function.names).to_data()} for told, form in forms(function.expression)
        ],
        "latex": function.latex,
        "mathml": mathml(function.expression),
        "gradient": [
            {"name": name, "mathml": mathml(slope)} for name, slope in zip(function.names, function.derivatives, strict=True)
        ],
        "view": [list(interval) for interval in function.view],
        "known": [list(interval) for interval in function.known.view] if function.known else None,
        "start": list(_start_of(function)),
        "hyperparameters": dict(function.hyperparameters),
        "minima": list(map(_describe_point, function.minima)),
        "saddles": list(map(_describe_point, function.saddles)),
        "title": function.title,
        "gallery": entry.name if entry else None,
        "description": entry.description if entry else "",
        "source": entry.source if entry else "",
    }


def _start_of(function: FormulaObjective) -> tuple[float, ...]:
    """Where the page starts; in the middle of the view where no better point is found, for a hand to move it."""
    try:
        return function.start(0)
    except InputError:
        return tuple((low + high) / 2 for low, high in function.view)


def mathml(expression: Expression) -> str:
    """A `<math>` element for a page, whose parser knows the namespace."""
    if reason := unwritten(expression):
        return f'<math displaystyle="true"><mtext>({reason})</mtext></math>'
    return f'<math displaystyle="true">{_bare(namespaced(expression))}</math>'


def _describe_point(point: Point) -> Data:
    return {"position": list(point.position), "value": point.value}


def optimizer(text: str, count: int, settings: Mapping[str, Setting] | None = None) -> Data:
    """An optimizer of the zoo or the user's own equations, with its tape for so many parameters.

    Hyperparameters that are formulas in `t` and `T` are part of the tape, the others are its inputs. In equations of the user's
    a name that is a hyperparameter somewhere in the zoo has the zoo's value, unless `settings` or the objective give it one.

    Raises:
        FormulaError, InputError: for what cannot be read.

    >>> [part["name"] for part in optimizer("v = beta*v + g; theta = theta - lr*v", 2)["hyperparameters"]]
    ['lr', 'beta']
    """
    return _describe_optimizer(method(text, settings or {}), count)


def method(text: str, settings: Mapping[str, Setting]) -> Optimizer:
    """The optimizer that the page means by a text and its settings.

    Raises:
        FormulaError, InputError: for what cannot be read.
    """
    offered = {name: read_setting(name, value) for name, value in _known_hyperparameters().items()}
    given = {name: read_setting(name, value) for name, value in settings.items()}
    return read_optimizer(text, given, offered if "=" in text.partition("(")[0] else None)


@cache
def _known_hyperparameters() -> dict[str, float]:
    """Every hyperparameter of the zoo with the value most entries give it, the learning rate aside."""
    values: dict[str, list[float]] = {}
    for entry in OPTIMIZERS.values():
        for name, value in entry.defaults.items():
            values.setdefault(name, []).append(value)
    return {name: max(found, key=found.count) for name, found in values.items() if name != "lr"}


def _describe_optimizer(method: Optimizer, count: int) -> Data:
    schedules = {name: value for name, value in method.settings.items() if value.operation != "number"}
    return {
        "name": method.name,
        "text": _text_of(method),
        "label": _text_of(method),
        "equations": [f"{name} = {plain(expression)}" for name, expression in method.equations],
        "mathml": [equation(name, mathml(expression)) for name, expression in method.equations],
        "symbols": {name: _symbol(name) for name in sorted(words(method))},
        "assigned": [name for name, _ in method.equations],
        "tape": method_tape(method.equations, tuple(schedules.items()), count).to_data(),
        "count": count,
        "state": list(method.state),
        "hyperparameters": [
            {
                "name": name,
                "default": _default_of(method, name),
                "value": _number_of(method.settings.get(name)),
                "schedule": plain(schedules[name]) if name in schedules else None,
            }
            for name in method.hyperparameters
        ],
        "arrows": [carried for carried in (momentum(method),) if carried],
        "squares": [name for name in method.state if (order(method, name) or 0) >= SQUARED],
        "description": method.description,
        "paper": method.paper,
        "year": method.year,
    }


def _text_of(method: Optimizer) -> str:
    """The zoo's name, or the equations."""
    return method.name if method.year else method.text


def _default_of(method: Optimizer, name: str) -> float | None:
    """What the zoo says; None where the objective is to say."""
    value = method.defaults.get(name)
    return value.value if value is not None else None


def _number_of(value: Any) -> float | None:
    return value.value if value is not None and value.operation == "number" else None


def words(method: Optimizer) -> set[str]:
    return {word for word in {*method.words, *method.assigned} if word and word.isidentifier()}


@lru_cache(maxsize=1024)
def _symbol(name: str) -> str:
    """A name in MathML, without the element around it."""
    return _bare(mathml(named(name)))


def equation(name: str, right: str) -> str:
    """An equation in MathML."""
    return f'<math displaystyle="true">{_symbol(name)}<mo>=</mo>{_bare(right)}</math>'


def _bare(text: str) -> str:
    return text.partition(">")[2].removesuffix("</math>")


def document(state: Data) -> Data:
    """Everything that the page needs to show a state, and to play on without Python.

    Raises:
        FormulaError, InputError: for a state whose texts cannot be read.

    >>> made = document({"objective": "parabola", "optimizers": [{"text": "gd", "settings": {"lr": 0.1}}]})
    >>> made["state"]["start"], made["state"]["steps"], len(made["gallery"]) > 50
    ([3.0], 100, True)
    """
    check_state(state)
    function = objective(state.get("objective", "parabola"))
    chosen = state.get("optimizers") or [{"text": "gd", "settings": {}}]
    count = len(function["names"])
    complete = DEFAULTS | state | {"objective": function["text"], "optimizers": chosen}
    complete["start"] = state.get("start") or function["start"]
    if len(complete["start"]) != count:
        raise InputError(f"the state is damaged: 'start' has one number for each of {', '.join(function['names'])}")
    return {
        "schema": SCHEMA,
        "version": __version__,
        "objective": function,
        "optimizers": [optimizer(each["text"], count, each.get("settings")) for each in chosen],
        "state": complete,
        "themes": {name: asdict(theme) for name, theme in THEMES.items()},
        "gallery": gallery(),
        "zoo": zoo(tuple(sorted({1, 2, count}))),
    }


DEFAULTS: Data = {
    "schema": SCHEMA,
    "steps": 100,
    "seed": 0,
    "tol": 1e-8,
    "gtol": 0.0,
    "step": 0,
    "view": "plane",
    "zoom": None,
    "show": [],
    "scale": "linear",
    "flags": {"hide": [], "lock": []},
}


@cache
def gallery() -> list[Data]:
    """Every gallery function."""
    return [objective(name) for name in GALLERY]


@cache
def zoo(counts: tuple[int, ...]) -> list[Data]:
    """Every optimizer of the zoo, with a tape for each number of parameters."""
    return [{**optimizer(name, counts[0]), "tape": None, "tapes": _tapes(name, counts)} for name in OPTIMIZERS]


def _tapes(name: str, counts: Sequence[int]) -> dict[str, Data]:
    """The tapes of an optimizer by the number of parameters; those that cannot be are left out."""
    found: dict[str, Data] = {}
    for count in counts:
        try:
            found[str(count)] = optimizer(name, count)["tape"]
        except InputError:  # the Hessian of many parameters
            continue
    return found


def first_state(
    function: FormulaObjective,
    start: Any,
    optimizers: Sequence[Optimizer],
    *,
    lr: Setting | None = None,
    steps: int = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
) -> Data:
    """The page's state that shows these optimizers; nothing is run.

    Raises:
        InputError, FormulaError: for what cannot be run.
    """
    Limits(steps, tol, gtol, seed).check()
    shared = {} if lr is None else {"lr": read_setting("lr", lr)}
    chosen = []
    for each in optimizers:
        known = {**function.hyperparameters, **{name: value.value for name, value in each.defaults.items()}}
        values = each.resolve(shared, function.hyperparameters)
        told = {name: value.value if value.operation == "number" else plain(value) for name, value in values.items()}
        settings = {name: value for name, value in told.items() if value != known.get(name)}
        chosen.append({"text": each.name if each.year else each.text, "settings": settings})
    return {
        "schema": SCHEMA,
        "objective": function.entry.name if function.entry else function.definition,
        "start": list(position(function, start, seed)),
        "steps": steps,
        "seed": seed,
        "tol": tol,
        "gtol": gtol,
        "optimizers": chosen,
    }


def state_of(runs: Sequence[Trajectory]) -> Data:
    """The page's state that shows these runs.

    Raises:
        InputError: for runs of a Python function, which only Python can call.
    """
    run = runs[0]
    if not isinstance(run.objective, FormulaObjective):
        raise InputError(
            "the page shows formulas, and this objective is a Python function: a picture, a film or a record can be saved"
        )
    entry = run.objective.entry
    return {
        "schema": SCHEMA,
        "objective": entry.name if entry else run.objective.definition,
        "start": list(map(float, run.record.positions([0])[0])),
        "steps": run.limit,
        "seed": run.seed,
        "tol": run.tol,
        "gtol": run.gtol,
        "optimizers": [
            {"text": each.optimizer.name if each.optimizer.year else each.optimizer.text, "settings": _settings_of(each)}
            for each in runs
        ],
    }


def _settings_of(run: Trajectory) -> dict[str, float | str]:
    """The hyperparameters that neither the zoo nor the objective says."""
    known = {name: value.value for name, value in run.optimizer.defaults.items()}
    return {name: value for name, value in run.settings.items() if value != (known | own(run, known)).get(name)}


def own(run: Trajectory, known: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in run.objective.hyperparameters.items() if name not in known}
