"""The runs that a command is asked for: the options that all commands about runs share, read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.arguments import complete_names, read_optimizers, read_start
from steepest.cli.data import DATA_OPTIONS, DROP, FITTING, LET, NAMES, STREAM, read_constants, read_fitted, read_function
from steepest.cli.options import collected
from steepest.cli.passes import PASS_BAR
from steepest.cli.terminal import Progress, tell
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.objectives.objective import Objective
    from steepest.optimizers.optimizer import Optimizer
    from steepest.runs.trajectory import Trajectory

DEFAULT_STEPS = 100
SHOWS_PROGRESS = 500_000  # steps: about a tenth of a second

TABLE = click.argument("table", shell_complete=complete_names("data"))
MODEL = click.argument("model", required=False)
OBJECTIVE = click.argument("objective", required=False, shell_complete=complete_names("functions"))
OPTIONS = (
    click.option("--start", metavar="POINT", help="Where to start: 3, or -1.2,1, or x=-1.2,y=1."),
    click.option(
        "-o", "--optimizer", "optimizers", multiple=True, default=("gd",), metavar="OPTIMIZER",
        shell_complete=complete_names("optimizers"),
        help='A name, a name with hyperparameters "adam(lr=0.05)", equations separated by ";", or another library\'s '
        '"torch:Adam(lr=0.05)", "scipy:BFGS". Repeatable.',
    ),
    click.option("--lr", metavar="FORMULA", help='The learning rate, a number or a formula in t and T: "0.1/(1+0.02t)".'),
    click.option("--set", "hyperparameters", multiple=True, metavar="NAME=VALUE", help="Another hyperparameter. Repeatable."),
    click.option("--steps", type=int, metavar="N", help="The step limit.  [default: 100]"),
    click.option("--tol", type=float, default=1e-8, show_default=True, help="Stop when a step is shorter than this."),
    click.option("--gtol", type=float, default=0.0, help="Stop when the gradient's norm is smaller than this."),
    click.option("--budget", type=int, metavar="N", help="Stop when so many values, gradients and Hessians are evaluated."),
    click.option("--seed", type=int, default=0, show_default=True, help="Of random starts, samples and noise."),
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """Runs to be made: a function, from one start, by each of the optimizers.

    Attributes:
        start: None for the function's own.
        settings: the arguments `lr`, `steps`, `tol`, `gtol`, `budget` and `seed` of `steepest.descend`.
        tuning: the arguments `over` and `below` of `steepest.tune`, where each optimizer is to be tuned.
    """

    function: Objective
    start: list[float] | dict[str, float] | None
    optimizers: list[Optimizer]
    settings: dict[str, Any]
    tuning: Mapping[str, Any] | None = None

    @property
    def seed(self) -> int:
        return int(self.settings["seed"])

    def runs(self) -> list[Trajectory]:
        """A run of each optimizer; after Ctrl-C those so far, the last one interrupted."""
        if self.tuning is not None:
            return self._tuned_runs(self.tuning)
        from steepest.runs.descent import descend

        runs: list[Trajectory] = []
        for each in self.optimizers:
            with Progress("steps", "steps", shown=self.settings["steps"] >= SHOWS_PROGRESS) as progress:
                told = progress or PASS_BAR.step
                runs.append(descend(self.function, self.start, optimizer=each, **self.settings, progress=told))
            PASS_BAR.stepped()
            if runs[-1].ending == "interrupted":
                break
        return runs

    def page(self) -> dict[str, Any]:
        """The page that shows the runs, of which it runs those with equations: see `steepest.lab.document.document`.

        Raises:
            InputError: for what the page cannot show.
        """
        from steepest.lab.document import first_document
        from steepest.lab.fit_data import shown
        from steepest.objectives.formula import FormulaObjective

        if "budget" in self.settings:
            raise InputError("the page counts steps, not evaluations: --steps in place of --budget")
        function = shown(self.function)
        assert isinstance(function, FormulaObjective)
        return first_document(function, self.start, self.optimizers, **self.settings)

    def _tuned_runs(self, tuning: Mapping[str, Any]) -> list[Trajectory]:
        """A run of each optimizer at its own best."""
        from steepest.runs.sweep.tuning import tune

        if self.settings.get("budget") is not None:
            raise InputError("--tune gives every optimizer the same --steps: leave out --budget")
        given = {name: value for name, value in self.settings.items() if name not in ("lr", "budget")}
        settings = {"lr": self.settings["lr"]} if "lr" in self.settings else None
        with Progress("tuning", "runs", shown=True) as progress:
            found = tune(self.function, self.optimizers, start=self.start, settings=settings, progress=progress, **given, **tuning)
        for run in found:
            if run.tuning is None and run.ending != "interrupted":
                tell(f"{run.label} has no {tuning['over'].partition('=')[0].strip()} to tune")
        return list(found)


def _read_request(objective: str | None = None, **given: Any) -> Request:
    """The texts of a command about an objective, read."""
    over_data = {name: given.pop(name) for name in NAMES if name in given}
    return _request(read_function(objective, over_data), over_data.get("epochs"), **given)


def _read_fit(table: str, model: str | None = None, **given: Any) -> Request:
    """The texts of `steepest fit`, read."""
    over_data = {name: given.pop(name) for name in NAMES if name in given}
    function = read_fitted(table, model, read_constants(over_data.get("constants", ())), over_data)
    return _request(function, over_data.get("epochs"), **given)


def _request(
    function: Objective,
    epochs: int | None,
    optimizers: tuple[str, ...],
    hyperparameters: tuple[str, ...] = (),
    start: str | None = None,
    steps: int | None = None,
    **settings: Any,
) -> Request:
    if epochs is not None:
        from steepest.runs.fitting import step_limit

        steps = step_limit(function, steps, epochs)
    chosen = read_optimizers(optimizers, hyperparameters)
    settings["steps"] = DEFAULT_STEPS if steps is None else steps
    return Request(function, None if start is None else read_start(start), chosen, settings)


run_options = collected(_read_request, "request", (OBJECTIVE, *OPTIONS, *DATA_OPTIONS))
"""Gives a command the argument OBJECTIVE, which may be one over data, and the options of a run, as one `request`."""
fit_options = collected(_read_fit, "request", (TABLE, MODEL, *OPTIONS, LET, *FITTING, DROP, STREAM))
"""Gives a command the arguments TABLE and MODEL and the options of a fit, as one `request`."""


def tuning_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that has a `request` the options that tune each optimizer.

    Raises:
        InputError: when the command is called, for `--below` without `--tune`.
    """

    @wraps(command)
    def call(*arguments: Any, request: Request, tune: str | None, below: float | None, **values: Any) -> None:
        if below is not None and tune is None:
            raise InputError("--below says when a tuned run is good: give --tune lr, too")
        if tune is not None:
            request = replace(request, tuning={"over": tune, "below": below})
        command(*arguments, request=request, **values)

    for option in (
        click.option("--below", type=float, metavar="VALUE", help="With --tune: what is first below this value is best."),
        click.option(
            "--tune",
            metavar="NAME",
            help='Give each optimizer its own best value of a hyperparameter: lr, "lr = log(1e-4, 1, 64)".'
        ),
    ):  # fmt: skip
        call = option(call)
    return call
