"""`steepest explain`: steps worked out with their numbers."""

from __future__ import annotations

import click

from steepest import __version__
from steepest.cli.arguments import FormulaCommand
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import reader_may_leave
from steepest.errors import InputError

__all__ = ["explain"]


@click.command(cls=FormulaCommand, short_help="Work out one step with its numbers.")
@run_options
@click.option("--step", type=int, default=1, show_default=True, metavar="K", help="Which step, from 1 to the last one.")
@click.option("--digits", type=int, default=4, show_default=True, metavar="N", help="To how many digits numbers are rounded.")
@click.option("--most", type=int, default=4, show_default=True, metavar="N", help="How many parameters are written out, up to 16.")
@click.option("--latex", "notation", flag_value="latex", help="Print LaTeX, an aligned environment.")
@click.option("--mathml", "notation", flag_value="mathml", help="Print MathML, a <math> element.")
@click.option("--json", "notation", flag_value="json", help="Print one JSON document and nothing else.")
def explain(request: Request, step: int, digits: int, most: int, notation: str | None) -> None:
    """Work out one step of a run on OBJECTIVE: every equation as written, with its numbers, and its result.

    OBJECTIVE is a formula or the name of a gallery function (see: steepest list functions).

    \b
    Examples:
      steepest explain "x^2" --start 3 --lr 0.3 --step 2
      steepest explain rosenbrock -o adam --lr 0.05 --step 17 --latex
    """
    from steepest.explanation import Explanation
    from steepest.explanation import explain as worked_out

    plan = request.read()
    found: list[Explanation] = []
    for run in plan.runs():
        try:
            found.append(worked_out(run, step, digits=digits, most=most))
        except InputError as error:
            raise (InputError(f"{run.label}: {error}") if len(plan.optimizers) > 1 else error) from None
    with reader_may_leave():
        if notation == "json":
            import json

            document = {"steepest": __version__, "explanations": [each.document for each in found]}
            click.echo(json.dumps(document, allow_nan=False))
        elif notation:
            click.echo("\n".join(getattr(each, notation) for each in found))
        else:
            click.echo("\n\n\n".join(map(str, found)))
