"""What to run: the options that all commands about runs share, and the runs that they ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.arguments import complete_names, read_optimizers, read_start
from steepest.cli.terminal import Progress

if TYPE_CHECKING:
    from steepest.objectives.formula import FormulaObjective
    from steepest.optimizers.optimizer import Optimizer
    from steepest.runs.trajectory import Trajectory

SHOWS_PROGRESS = 500_000  # steps: about a tenth of a second

OPTIONS = (
    click.argument("objective", default="parabola", shell_complete=complete_names("functions")),
    click.option("--start", metavar="POINT", help="Where to start: 3, or -1.2,1, or x=-1.2,y=1."),
    click.option(
        "-o", "--optimizer", "optimizers", multiple=True, default=("gd",), metavar="OPTIMIZER",
        shell_complete=complete_names("optimizers"),
        help='A name, a name with hyperparameters "adam(lr=0.05)", or equations separated by ";". Repeatable.',
    ),
    click.option("--lr", metavar="FORMULA", help='The learning rate, a number or a formula in t and T: "0.1/(1+0.02t)".'),
    click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Another hyperparameter. Repeatable."),
    click.option("--steps", type=int, default=100, show_default=True, metavar="N", help="The step limit."),
    click.option("--tol", type=float, default=1e-8, show_default=True, help="Stop when a step is shorter than this."),
    click.option("--gtol", type=float, default=0.0, help="Stop when the gradient's norm is smaller than this."),
    click.option("--seed", type=int, default=0, show_default=True, help="Of random starts, samples and noise."),
)  # fmt: skip


@dataclass(frozen=True)
class Request:
    """What was typed about the runs; nothing is read before it is asked for."""

    objective: str
    start: str | None
    optimizers: tuple[str, ...]
    lr: str | None
    settings: tuple[str, ...]
    steps: int
    tol: float
    gtol: float
    seed: int

    def read(self) -> Plan:
        """The request, read and checked."""
        from steepest.objectives.formula import read_objective
        from steepest.runs.stopping import StoppingRule, check_seed

        StoppingRule(self.steps, self.tol, self.gtol)
        check_seed(self.seed)
        function = read_objective(self.objective)
        chosen = read_optimizers(self.optimizers, self.settings)
        return Plan(self, function, chosen, read_start(self.start) if self.start is not None else None)


@dataclass(frozen=True)
class Plan:
    """What will be run: a function, from one start, by each of the optimizers."""

    request: Request
    function: FormulaObjective
    optimizers: list[Optimizer]
    start: list[float] | dict[str, float] | None

    def runs(self) -> list[Trajectory]:
        """A run of each optimizer; after Ctrl-C those so far, the last one interrupted."""
        runs: list[Trajectory] = []
        for each in self.optimizers:
            runs.append(self.run(each))
            if runs[-1].ending == "interrupted":
                break
        return runs

    def run(self, optimizer: Optimizer) -> Trajectory:
        from steepest.runs.descent import descend

        asked = self.request
        with Progress("steps", "steps", shown=asked.steps >= SHOWS_PROGRESS) as progress:
            return descend(
                self.function, self.start, optimizer=optimizer, lr=asked.lr, steps=asked.steps, tol=asked.tol, gtol=asked.gtol,
                seed=asked.seed, progress=progress,
            )  # fmt: skip


def run_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the argument OBJECTIVE and the options of a run; it receives them as one `request`."""

    @wraps(command)
    def collected(*arguments: Any, **options: Any) -> None:
        request = Request(**{name: options.pop(name) for name in Request.__dataclass_fields__})
        command(*arguments, request=request, **options)

    for option in reversed(OPTIONS):
        option(collected)
    return collected
