"""What made an export: the command and the Python code that make it again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from steepest.language.expression import Expression, substitute
from steepest.language.notation import number_text, plain
from steepest.plot.film_options import FilmOptions
from steepest.plot.options import PictureOptions
from steepest.runs.trajectory import Trajectory
from steepest.version import __version__

FLAGS = {"loop": ("--once", "--loop")}


def made_by(runs: Sequence[Trajectory], samples: int = 0) -> dict[str, str | int]:
    """The version, the seed, the command and the Python code, as every export carries them."""
    return {
        "version": __version__,
        "seed": runs[0].seed,
        "command": command(runs, samples),
        "python": code(runs),
    }


def command(runs: Sequence[Trajectory], samples: int = 0) -> str:
    """The shell command that makes the runs again; empty for a Python function."""
    run = runs[0]
    if run.objective.expression is None:
        return ""
    words = ["steepest", "run", _objective_text(run)]
    words += ["--start", ",".join(number_text(value) for value in run.start)]
    shared = _shared_settings(runs)
    for each in runs:
        words += ["-o", each.optimizer.text if each.optimizer.is_custom and shared is not None else _optimizer_text(each)]
    words += [word for name, value in (shared or {}).items() for word in ("--set", f"{name}={plain(value)}")]
    words += ["--steps", str(run.limit), "--tol", number_text(run.tol)]
    words += ["--gtol", number_text(run.gtol)] if run.gtol else []
    words += ["--samples", str(samples)] if samples else []
    words += ["--seed", str(run.seed)] if run.seed or samples else []
    return shlex.join(words)


def retake(name: str, *settings: PictureOptions | FilmOptions) -> list[str]:
    """The words behind a command that make a picture or a film again; none for what no option can say."""
    chosen = {field: value for setting in settings for field, value in setting.chosen.items()}
    if "limits" in chosen:
        return []
    films = any(isinstance(setting, FilmOptions) for setting in settings)
    words = ["--animate"] if films and name.endswith((".png", ".svg")) else []
    words += ["--save", name]
    for field, value in chosen.items():
        words += [FLAGS[field][bool(value)]] if field in FLAGS else [f"--{field}", _option_text(value)]
    return words


def _option_text(value: object) -> str:
    """A setting as it is typed.

    >>> _option_text((1280, 720)), _option_text(("v", "m")), _option_text(24.0)
    ('1280x720', 'v,m', '24')
    """
    if isinstance(value, tuple):
        return "x".join(map(str, value)) if all(isinstance(part, int) for part in value) else ",".join(map(str, value))
    return number_text(value) if isinstance(value, float) else str(value)


def code(runs: Sequence[Trajectory]) -> str:
    """The Python code that makes the runs again; a Python function of the user's appears by its name."""
    run = runs[0]
    function = run.objective.text if run.objective.expression is None else repr(_objective_text(run))
    start = run.start
    limits = f"steps={run.limit}, tol={number_text(run.tol)}, gtol={number_text(run.gtol)}, seed={run.seed}"
    begin = repr(start) if len(start) <= 16 else "start"
    if len(runs) == 1:
        return f"steepest.descend({function}, {begin}, optimizer={_optimizer_code(run)}, {limits})"
    optimizers = ", ".join(map(_optimizer_code, runs))
    return f"steepest.compare({function}, [{optimizers}], {begin}, {limits})"


def _objective_text(run: Trajectory) -> str:
    """The gallery's name, or text that reads back to the objective."""
    return run.objective.entry.name if run.objective.entry else run.objective.definition


def _shared_settings(runs: Sequence[Trajectory]) -> dict[str, Expression] | None:
    """The hyperparameters of the user's own equations, as `--set` gives them to all; None where two need different ones."""
    own = [run for run in runs if run.optimizer.is_custom]
    shared: dict[str, Expression] = {}
    for run in own:
        if any(shared.setdefault(name, value) is not value for name, value in run.hyperparameters.items()):
            return None
    return None if any(name in shared for run in own for name in run.optimizer.assigned) else shared


def _optimizer_text(run: Trajectory) -> str:
    """The optimizer with every hyperparameter: in brackets behind a name, put into the user's own equations."""
    values = run.hyperparameters
    if not run.optimizer.is_custom:
        settings = ", ".join(f"{name}={plain(value)}" for name, value in values.items())
        return f"{run.optimizer.name}({settings})" if settings else run.optimizer.name
    return "; ".join(f"{name} = {plain(substitute(expression, values))}" for name, expression in run.optimizer.equations)


def _optimizer_code(run: Trajectory) -> str:
    """The optimizer with every hyperparameter, in Python."""
    if not run.optimizer.is_custom or not run.hyperparameters:
        return repr(_optimizer_text(run))
    settings = ", ".join(f"{name}={value!r}" for name, value in run.settings.items())
    return f"steepest.optimizer({run.optimizer.text!r}, {settings})"
