"""`steepest fit`: fit a model to a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.output import Output, carry_out, output_options
from steepest.cli.request import Request, fit_options, tuning_options
from steepest.cli.terminal import say, tell

if TYPE_CHECKING:
    from steepest.objectives.model import ModelObjective
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
    if not (output.quiet or output.as_json):
        for note in (f"minimizes {objective.text}", *objective.notes):
            tell(note)
        rate = objective.hyperparameters["lr"]
        if (
            "lr" not in request.settings
            and request.tuning is None
            and objective.curvature
            and any(
                "lr" in each.hyperparameters and each.equations and "lr" not in {**each.defaults, **each.settings}
                for each in request.optimizers
            )
        ):
            tell(f"lr {rate:g} is 1/L to one digit: L = {objective.curvature:.4g} is the largest curvature at 0")
    carry_out(ctx, request, output, after=_print_coefficients)


def _print_coefficients(runs: Sequence[Trajectory]) -> None:
    """Print the coefficients of each run's last step, in both units, and the exact ones."""
    from steepest.export.coefficients import coefficient_lines

    say()
    for line in coefficient_lines(runs):
        say(line)
