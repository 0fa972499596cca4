"""`steepest fit`: fit a model to a table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.output import Output, carry_out, output_options
from steepest.cli.request import Request, fit_options, tuning_options
from steepest.cli.terminal import say, tell
from steepest.objectives.formula import FormulaObjective

if TYPE_CHECKING:
    from steepest.objectives.model import ModelObjective
    from steepest.optimizers.optimizer import Optimizer
    from steepest.runs.trajectory import Trajectory


@click.command(cls=FormulaCommand, short_help="Fit a model to a table.")
@fit_options
@tuning_options
@output_options
@click.pass_context
def fit(ctx: click.Context, request: Request, output: Output) -> None:
    """Fit MODEL to TABLE by gradient descent and show every step.

    TABLE is a CSV, Parquet or Arrow file, or one of the tables of: steepest list data. MODEL is the column that is predicted, a
    tilde, and a formula: a name that is a column is that column, all other names are parameters. They start at 0, and the learning
    rate is 1/L for the largest curvature L there, unless --start and --lr say otherwise.

    \b
    Examples:
      steepest fit houses "price ~ w*size + b"
      steepest fit houses "price ~ w*size + b" --loss mse/2 --lr 1e-5 --steps 1000 --save fit.png --save fit.gif --save fit.csv
      steepest fit houses "price ~ w1*size + w2*age + b" --scale z -o adam --lr 100 --batch 16 --epochs 30 --seed 1
      steepest fit exam "passed ~ sigmoid(b0 + b1*hours)" --loss log
      steepest fit misra1a "y ~ b1*(1-exp(-b2*x))" --start 250,5e-4 -o newton
      steepest fit houses "price ~ k*w*size" --let k=1000 --json
    """
    objective: ModelObjective = request.function  # type: ignore[assignment]
    usual = request.tuning is None and "lr" not in request.settings and any(map(_takes_usual_rate, request.optimizers))
    tunable = usual and isinstance(objective, FormulaObjective) and request.settings.get("budget") is None
    if not (output.quiet or output.as_json):
        for note in (f"minimizes {objective.text}", *objective.notes):
            tell(note)
        if usual and objective.curvature:
            rate = objective.hyperparameters["lr"]
            tell(f"lr {rate:g} is 1/L to one digit: L = {objective.curvature:.4g} is the largest curvature at 0")
    carry_out(ctx, request, output, after=partial(_print_coefficients, advise=tunable))


def _takes_usual_rate(optimizer: Optimizer) -> bool:
    """Whether an optimizer takes the objective's learning rate where nobody gives one."""
    given = {**optimizer.defaults, **optimizer.settings}
    return "lr" in optimizer.hyperparameters and bool(optimizer.equations) and "lr" not in given


def _print_coefficients(runs: Sequence[Trajectory], *, advise: bool) -> None:
    """Print the coefficients of each run's last step, in both units, and the exact ones.

    Args:
        advise: whether to look for another learning rate where a run diverged with the usual one.
    """
    from steepest.export.coefficients import coefficient_lines

    say()
    for line in coefficient_lines(runs):
        say(line)
    if advise and any(run.ending == "diverged" and _takes_usual_rate(run.optimizer) for run in runs):
        tell("diverged with the usual learning rate: --tune lr takes the best of 64")
