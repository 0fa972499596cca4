"""`steepest diagnose`: why runs went the way they did."""

from __future__ import annotations

import json
import shutil
import sys

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.codes import INTERRUPTED
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import reader_may_leave

__all__ = ["diagnose"]


@click.command(cls=FormulaCommand, short_help="Say why a run went the way it did.")
@run_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def diagnose(ctx: click.Context, request: Request, as_json: bool) -> None:
    """Run optimizers on OBJECTIVE and say why each run went the way it did.

    Where it ended, at which step and in which direction it became unstable, how it moved, what the curvature predicts and
    allows, and what would do better, tried out.

    \b
    Examples:
      steepest diagnose "x^2 + 10y^2" --start 10,1 --lr 0.21 --steps 50
      steepest diagnose rosenbrock -o adam --lr 0.05 --steps 500
      steepest diagnose "x^2 - y^2" --start 1,0 --json
    """
    from steepest.diagnosis.diagnosis import diagnose_all

    plan = request.read()
    runs = plan.runs()
    with reader_may_leave():
        found = diagnose_all(runs)
        if as_json:
            click.echo(json.dumps(found.document, allow_nan=False))
        else:
            if plan.function.read_as:
                click.echo(f"read as {plan.function.read_as}", err=True)
            click.echo(found.text(shutil.get_terminal_size().columns if sys.stdout.isatty() else 80))
    if runs[-1].ending == "interrupted":
        ctx.exit(INTERRUPTED)
