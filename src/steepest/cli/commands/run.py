"""`steepest run`: descend, print, save."""

from __future__ import annotations

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.output import Output, carry_out, output_options
from steepest.cli.request import Request, run_options, tuning_options
from steepest.cli.terminal import tell
from steepest.errors import InputError


@click.command(cls=FormulaCommand)
@run_options
@click.option("--samples", type=int, default=0, metavar="N", help="Show N random points of the function.")
@tuning_options
@output_options
@click.pass_context
def run(ctx: click.Context, request: Request, samples: int, output: Output) -> None:
    """Run optimizers on OBJECTIVE and show every step.

    OBJECTIVE is a formula or the name of a gallery function (see: steepest list functions); with --data it may have mean(...) and
    sum(...) over the rows of a table. To fit a model to a table, see: steepest fit.

    \b
    Examples:
      steepest run "x^2" --start 3 --lr 0.3 --tol 1e-5 --steps 20 --save descent.png
      steepest run rosenbrock -o gd --lr 0.001 -o "adam(lr=0.05)" --steps 500 --save compare.png
      steepest run rosenbrock -o gd -o adam --lr 0.002 --steps 400 --save race.mp4 --seconds 8
      steepest run "sin(x)cos(y)" --start 1.2,0.4 --lr 0.1 --view surface --save surface.mp4 --turn 90
      steepest run rosenbrock -o momentum --steps 60 --show gradient,momentum,update --save arrows.gif
      steepest run rosenbrock -o gd -o momentum -o adam --tune lr --steps 300 --save fair.png
      steepest run "x^2" --start 3 --lr 0.3 --animate --save descent.svg
      steepest run himmelblau --start 0,0 -o "v = 0.9 v + g; theta = theta - 0.01 v"
      steepest run "f(w, b) = (3w + b - 1)^2 + (w - b)^2" --lr "0.1/(1+0.02t)" --json
      steepest run "f(x, y) = x^2 + k y^2" --let k=10 --start 1,1
      steepest run "mean((price - (w*size + b))^2) + 0.1 w^2" --data houses --lr 1e-5
    """
    if not 0 <= samples <= 1_000_000:
        raise InputError(f"--samples is a whole number from 0 to 1,000,000, not {samples}")
    table = getattr(request.function, "table", None)
    if table is not None and not (table.in_memory or output.quiet or output.as_json):
        for note in table.notes:
            tell(note)
    carry_out(ctx, request, output, samples)
