"""What made an export: the command and the Python code that make it again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import fields
from numbers import Real
from typing import TYPE_CHECKING, Any

from steepest.language.expression import Expression, substitute
from steepest.language.notation import number_text, plain
from steepest.objectives.data import DataObjective
from steepest.objectives.model import ModelObjective
from steepest.objectives.model_text import default_loss
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.plot.options import FilmOptions, PictureOptions, chosen
from steepest.runs.fit import Fit
from steepest.runs.trajectory import Trajectory
from steepest.version import __version__

if TYPE_CHECKING:
    from steepest.export.destination import Destination


def made_by(runs: Sequence[Trajectory], samples: int, destination: Destination) -> dict[str, str | int]:
    """The version, the seed, the command and the Python code, as every export carries them.

    The command saves the file again, under the name `descent`; it is empty for what no command can name: a Python function, a
    table that is no file.
    """
    made = command(runs, samples)
    return {
        "version": __version__,
        "seed": runs[0].seed,
        "command": f"{made} {shlex.join(saving(destination))}" if made else "",
        "python": code(runs),
    }


def command(runs: Sequence[Trajectory], samples: int = 0) -> str:
    """The shell command that makes the runs again; empty for a Python function or class, and for a table that is no file."""
    run = runs[0]
    words = _objective_words(run)
    if not words or not all(each.optimizer.is_written for each in runs if isinstance(each.optimizer, LibraryOptimizer)):
        return ""
    words += ["--start", ",".join(number_text(value) for value in run.start)]
    shared = _shared_settings(runs)
    for each in runs:
        words += ["-o", each.optimizer.text if each.optimizer.is_custom and shared is not None else _optimizer_text(each)]
    words += [word for name, value in (shared or {}).items() for word in ("--set", f"{name}={plain(value)}")]
    words += ["--steps", str(run.limit), "--tol", number_text(run.tol)]
    words += ["--gtol", number_text(run.gtol)] if run.gtol else []
    words += ["--budget", str(run.stopping.budget)] if run.stopping.budget is not None else []
    words += ["--samples", str(samples)] if samples else []
    words += ["--seed", str(run.seed)] if run.seed or samples else []
    return shlex.join(words)


def saving(destination: Destination) -> list[str]:
    """The words behind a command that save a file of the same kind with the same options.

    >>> from steepest.export.destination import Destination
    >>> options = PictureOptions(size=(640, 480))
    >>> saving(Destination("a.svg", "svg", film=True, picture_options=options, film_options=FilmOptions(loop=False)))
    ['--animate', '--save', 'descent.svg', '--size', '640x480', '--once']
    """
    suffix, film = destination.suffix, destination.film
    words = ["--animate"] if film and suffix in ("png", "svg") else []
    words += ["--save", "descent/" if suffix == "/" else f"descent.{suffix}"]
    words += _option_words(destination.picture_options) if destination.drawn else []
    words += _option_words(destination.film_options) if film else []
    return words


def _option_words(options: PictureOptions | FilmOptions) -> list[str]:
    """The options that differ from their defaults, as they are typed."""
    flags = {each.name: each.metadata["flag"].split("/") for each in fields(options) if "flag" in each.metadata}
    words: list[str] = []
    for name, value in chosen(options).items():
        words += [flags[name][not value]] if name in flags else [f"--{name}", _option_text(value)]
    return words


def _option_text(value: Any) -> str:
    """A value as it is typed.

    >>> _option_text((1280, 720)), _option_text(("v", "m")), _option_text(((-2.0, 2.0), (-1.0, 3.5))), _option_text(24.0)
    ('1280x720', 'v,m', '-2,2,-1,3.5', '24')
    """
    if isinstance(value, tuple):
        parts = [part for each in value for part in (each if isinstance(each, tuple) else [each])]
        return ("x" if isinstance(parts[0], int) else ",").join(map(_option_text, parts))
    return number_text(float(value)) if isinstance(value, Real) else str(value)


def code(runs: Sequence[Trajectory]) -> str:
    """The Python code that makes the runs again; a Python function appears by its name."""
    run = runs[0]
    function = _objective_code(run)
    start = run.start
    limits = f"steps={run.limit}, tol={number_text(run.tol)}, gtol={number_text(run.gtol)}, seed={run.seed}"
    if run.stopping.budget is not None:
        limits += f", budget={run.stopping.budget}"
    begin = repr(start) if len(start) <= 16 else "start"
    if isinstance(run, Fit):
        made = [f"steepest.fit({_fit_arguments(run)}, start={begin}, optimizer={_optimizer_code(each)}, {limits})" for each in runs]
        return made[0] if len(made) == 1 else f"[{', '.join(made)}]"
    if len(runs) == 1:
        return f"steepest.descend({function}, {begin}, optimizer={_optimizer_code(run)}, {limits})"
    optimizers = ", ".join(map(_optimizer_code, runs))
    return f"steepest.compare({function}, [{optimizers}], {begin}, {limits})"


def _objective_words(run: Trajectory) -> list[str]:
    """The command and its objective, without the settings of the run; empty for what no command can name."""
    if isinstance(run, Fit):
        if not run.objective.path:
            return []
        words = ["steepest", "fit", run.objective.path, run.objective.written]
        for name, value in _fit_settings(run.objective).items():
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
        return words
    objective = run.objective
    if objective.expression is None or (isinstance(objective, DataObjective) and not objective.path):
        return []
    words = ["steepest", "run", _objective_text(run)]
    if isinstance(objective, DataObjective):
        given = {"data": objective.path, "drop_missing": objective.drop_missing or None, "stream": objective.stream}
        words += [word for name, value in given.items() if value is not None for word in _option(name, value)]
    return words


def _option(name: str, value: Any) -> list[str]:
    """An option of the command line: `--batch 16`, `--stream`, `--no-stream`."""
    word = name.replace("_", "-")
    return [f"--no-{word}"] if value is False else [f"--{word}"] if value is True else [f"--{word}", str(value)]


def _objective_code(run: Trajectory) -> str:
    """The objective in Python; a Python function and a table that is no file appear by a name."""
    objective = run.objective
    if objective.expression is None:
        return objective.text
    text = repr(_objective_text(run))
    if not isinstance(objective, DataObjective):
        return text
    drop = ", drop_missing=True" if objective.drop_missing else ""
    stream = "" if objective.stream is None else f", stream={objective.stream}"
    return f"steepest.objective({text}, data={_data_code(objective)}{drop}{stream})"


def _fit_arguments(run: Fit) -> str:
    """The arguments of `steepest.fit` that say what is fitted, in Python."""
    objective = run.objective
    settings = [f"{name}={value!r}" for name, value in _fit_settings(objective).items()]
    return ", ".join([_data_code(objective), repr(objective.written), *settings])


def _data_code(objective: DataObjective | ModelObjective) -> str:
    return repr(objective.path) if objective.path else "data"


def _fit_settings(objective: ModelObjective) -> dict[str, Any]:
    """The settings of a fit that differ from their defaults, by the names of the arguments of `steepest.fit`."""
    given = {
        "loss": (objective.asked_loss, default_loss(objective.model_text)),
        "scale": (objective.scaling.method, "none"),
        "batch": (objective.batch, None),
        "order": (objective.order, "shuffle"),
        "drop_missing": (objective.drop_missing, False),
        "one": (objective.one, None),
        "stream": (objective.stream, None),
    }
    return {name: value for name, (value, default) in given.items() if value != default}


def _objective_text(run: Trajectory) -> str:
    """The gallery's name, or a text that is read as the same objective."""
    return run.objective.entry.name if run.objective.entry else run.objective.definition


def _shared_settings(runs: Sequence[Trajectory]) -> dict[str, Expression] | None:
    """The hyperparameters of the user's own equations, as `--set` gives them to all; None if two need different values."""
    own = [run for run in runs if run.optimizer.is_custom]
    shared: dict[str, Expression] = {}
    for run in own:
        if any(shared.setdefault(name, value) is not value for name, value in run.hyperparameters.items()):
            return None
    return None if any(name in shared for run in own for name in run.optimizer.assigned) else shared


def _optimizer_text(run: Trajectory) -> str:
    """The optimizer with all hyperparameters: in brackets after a name, substituted in the user's own equations."""
    values = run.hyperparameters
    if isinstance(run.optimizer, LibraryOptimizer):
        return run.optimizer.text
    if not run.optimizer.is_custom:
        settings = ", ".join(f"{name}={plain(value)}" for name, value in values.items())
        return f"{run.optimizer.name}({settings})" if settings else run.optimizer.name
    return "; ".join(f"{name} = {plain(substitute(expression, values))}" for name, expression in run.optimizer.equations)


def _optimizer_code(run: Trajectory) -> str:
    """The optimizer with all hyperparameters, in Python; a class that is in no library appears by its name."""
    if isinstance(run.optimizer, LibraryOptimizer):
        return run.optimizer.code
    if not run.optimizer.is_custom or not run.hyperparameters:
        return repr(_optimizer_text(run))
    settings = ", ".join(f"{name}={value!r}" for name, value in run.settings.items())
    return f"steepest.optimizer({run.optimizer.text!r}, {settings})"
