"""`steepest explain`: a step worked out with its numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import ignore_closed_pipe, say
from steepest.errors import InputError, clipped
from steepest.version import __version__

if TYPE_CHECKING:
    from steepest.explain.explanation import Explanation


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
    from steepest.explain.explanation import explain as explain_step

    explanations: list[Explanation] = []
    for run in request.runs():
        try:
            explanations.append(explain_step(run, step, digits=digits, most=most))
        except InputError as error:
            raise (InputError(f"{clipped(run.label)}: {error}") if len(request.optimizers) > 1 else error) from None
    with ignore_closed_pipe():
        if notation == "json":
            document = {"steepest": __version__, "explanations": [each.document for each in explanations]}
            say(json.dumps(document, allow_nan=False))
        elif notation:
            say("\n".join(getattr(each, notation) for each in explanations), markup=notation == "mathml")
        else:
            say("\n\n\n".join(map(str, explanations)))
