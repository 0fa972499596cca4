"""What the page is given: the state that it shows first, as plain data for JSON.

The page reads the texts in it by itself, and computes everything. No number in a document is NaN or infinite.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from steepest.errors import InputError
from steepest.lab.fit_data import data_of, shown, state_objective
from steepest.lab.recordings import is_recorded, recordings
from steepest.lab.state import DEFAULTS, SCHEMA, check_state
from steepest.lab.texts import constants, default_start, objective_text, optimizer_text, page_optimizer, setting_data
from steepest.language.expression import Expression
from steepest.objectives.formula import FormulaObjective
from steepest.objectives.objective import Objective
from steepest.optimizers.libraries.library_optimizer import need_equations
from steepest.optimizers.optimizer import Optimizer, schedules
from steepest.optimizers.settings import Setting, read_setting
from steepest.plot.theme import THEMES
from steepest.runs.descent import descend
from steepest.runs.start import builtin_number, start_position
from steepest.runs.stopping import StoppingRule, check_seed
from steepest.runs.trajectory import Trajectory
from steepest.tape.compile import program
from steepest.version import __version__

Data = dict[str, Any]


def document(state: Data, recorded: Sequence[Data] = ()) -> Data:
    """What the page is given to show a state.

    Args:
        state: the page's state: see `steepest.lab.state`. What is left out has a default.
        recorded: runs that the page shows besides: see `steepest.lab.recordings`.

    Raises:
        FormulaError, InputError: for a state whose texts cannot be read.

    >>> made = document({"objective": "parabola", "optimizers": [{"text": "gd", "settings": {"lr": 0.1}}]})
    >>> made["state"]["start"], made["state"]["steps"]
    ([3.0], 100)
    """
    check_state(state)
    function = state_objective(state)
    optimizers = state.get("optimizers") or ([] if recorded else [{"text": "gd", "settings": {}}])
    for each in optimizers:
        page_optimizer(each["text"], each.get("settings") or {})
    start = state.get("start") or list(default_start(function))
    if len(start) != len(function.names):
        raise InputError(f"the state is damaged: 'start' has one number for each of {', '.join(function.names)}")
    return {
        "schema": SCHEMA,
        "version": __version__,
        "state": DEFAULTS | state | {"objective": objective_text(function), "optimizers": optimizers, "start": start},
        "themes": {name: asdict(theme) for name, theme in THEMES.items()},
        **({"recordings": list(recorded)} if recorded else {}),
    }


def document_of(runs: Sequence[Trajectory], **more: Any) -> Data:
    """What the page is given to show these runs: those of other libraries' optimizers as recordings, the others as what it runs.

    Args:
        runs: one or more, of one objective from one start.
        more: further fields of the state.

    Raises:
        InputError: for runs of a Python function, which only Python can call, over data, and for recordings that are too long.
    """
    return document(state_of(runs) | more, recordings([run for run in runs if is_recorded(run.optimizer)]))


def first_document(
    function: FormulaObjective, start: Any, optimizers: Sequence[Optimizer], *, more: Data | None = None, **settings: Any
) -> Data:
    """What the page is given to show what `steepest.compare` would run; the optimizers of other libraries are run and recorded.

    Args:
        function, start, optimizers, settings: as of `first_state`.
        more: further fields of the state.

    Raises:
        InputError, FormulaError: for what cannot be run.
    """
    own = [each for each in optimizers if not is_recorded(each)]
    recorded = [each for each in optimizers if is_recorded(each)]
    state = first_state(function, start, own, alone=not recorded, **settings)
    made = [descend(function, state["start"], optimizer=each, **settings) for each in recorded]
    return document(state | (more or {}), recordings(made))


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
    alone: bool = True,
) -> Data:
    """The page's state that shows what `steepest.compare` would run, without running it.

    Args:
        function: the objective.
        start: one number for each parameter, a mapping of names to numbers, or None for the objective's own start.
        optimizers: one or more; perhaps none where recordings stand beside them.
        alone: whether nothing stands beside them.
        lr, steps, tol, gtol, seed: as of `steepest.descend`.

    Raises:
        InputError, FormulaError: for what cannot be run, as `steepest.descend` does.

    >>> from steepest.objectives.formula import read_objective
    >>> from steepest.optimizers.reading import optimizer
    >>> state = first_state(read_objective("x^2"), {"x": 3}, [optimizer("adam")], lr=0.05)
    >>> state["objective"], state["start"], state["optimizers"]
    ('x^2', [3.0], [{'text': 'adam', 'settings': {'lr': 0.05}}])
    """
    if alone and not optimizers:
        raise InputError("the page needs an optimizer, such as 'gd' or 'adam'")
    shared = {} if lr is None else {"lr": read_setting("lr", builtin_number(lr))}
    stopping = StoppingRule(builtin_number(steps), builtin_number(tol), builtin_number(gtol))
    chosen_seed = check_seed(builtin_number(seed))
    return _state(
        function,
        start_position(function, start, chosen_seed),
        stopping,
        chosen_seed,
        [(each, resolve(each, function, shared)) for each in optimizers],
    )


def state_of(runs: Sequence[Trajectory]) -> Data:
    """The page's state that shows these runs but those of other libraries' optimizers, of which there may be no other.

    Raises:
        InputError: for runs that the page cannot show; see `steepest.lab.fit_data.check_shown`.
    """
    run = runs[0]
    function = shown(run.objective)
    optimizers = [(each.optimizer, each.hyperparameters) for each in runs if not is_recorded(each.optimizer)]
    return _state(function, run.start, run.stopping, run.seed, optimizers)


def resolve(
    optimizer: Optimizer, function: FormulaObjective, shared: Mapping[str, Expression] | None = None
) -> dict[str, Expression]:
    """The hyperparameters of an optimizer on an objective, with which it can be run.

    Args:
        shared: values for the hyperparameters that the optimizer does not set itself.

    Raises:
        InputError: for a hyperparameter without a value, or a step that is too long to be compiled.
    """
    need_equations(optimizer, "the page")
    hyperparameters = optimizer.resolve(shared or {}, function.hyperparameters)
    formulas = tuple(schedules(hyperparameters).items())
    program(  # raises what a run would; it is cached
        optimizer.equations, formulas, function.compiled, function.names, function.constant_names
    )
    return hyperparameters


def _state(
    function: Objective,
    start: Iterable[float],
    stopping: StoppingRule,
    seed: int,
    optimizers: Iterable[tuple[Optimizer, Mapping[str, Expression]]],
) -> Data:
    return {
        "schema": SCHEMA,
        "objective": objective_text(function),
        "data": data_of(function),
        "let": constants(function),
        "start": [float(value) for value in start],
        "steps": stopping.steps,
        "seed": seed,
        "tol": stopping.tol,
        "gtol": stopping.gtol,
        "optimizers": [
            {"text": optimizer_text(optimizer), "settings": _settings(optimizer, hyperparameters, function)}
            for optimizer, hyperparameters in optimizers
        ],
    }


def _settings(optimizer: Optimizer, hyperparameters: Mapping[str, Expression], function: Objective) -> dict[str, float | str]:
    """The hyperparameters whose values are neither the zoo's nor the objective's."""
    known = {**function.hyperparameters, **{name: value.value for name, value in optimizer.defaults.items()}}
    values = {name: setting_data(value) for name, value in hyperparameters.items()}
    return {name: value for name, value in values.items() if value != known.get(name)}
