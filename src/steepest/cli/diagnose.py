"""`steepest diagnose`: why runs went the way they did."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.codes import INTERRUPTED
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import attempt, echo_optimizers, say, tell
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.objectives.formula import FormulaObjective
    from steepest.runs.trajectory import Trajectory


@click.command(cls=FormulaCommand, short_help="Say why a run went the way it did.")
@run_options
@click.option("--save", "path", metavar="PATH", help="Draw the diagnosis of a single run as a picture (png, svg, pdf).")
@click.option(
    "--at", type=int, metavar="STEP", help="The step whose local quadratic the picture shows: the first unstable one, else 0."
)
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Of the picture.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def diagnose(ctx: click.Context, request: Request, path: str | None, at: int | None, theme: str, as_json: bool) -> None:
    """Run optimizers on OBJECTIVE and say why each run went the way it did.

    Where it ended, at which step and in which direction it became unstable, how it moved, what the curvature predicts and
    allows, and what would do better, tried out.

    \b
    Examples:
      steepest diagnose "x^2 + 10y^2" --start 10,1 --lr 0.21 --steps 50
      steepest diagnose rosenbrock -o adam --lr 0.05 --steps 500
      steepest diagnose "x^2 + 10y^2" --start 10,1 -o "momentum(beta=0.8)" --lr 0.05 --save diagnosis.png
      steepest diagnose "x^2 - y^2" --start 1,0 --json
    """
    plan = request.read()
    _check_picture(path, at, len(plan.optimizers))
    runs = plan.runs()
    unprinted = attempt(lambda: _print_diagnoses(plan.function, runs, as_json=as_json))
    if path is not None:
        from steepest.export.writers import save
        from steepest.plot.options import PictureOptions

        save(runs, path, picture_options=PictureOptions(view="diagnosis", at=at, theme=theme))
        tell(f"saved {path}")
    if unprinted is not None:
        raise unprinted
    if runs[-1].ending == "interrupted":
        ctx.exit(INTERRUPTED)


def _print_diagnoses(function: FormulaObjective, runs: Sequence[Trajectory], *, as_json: bool) -> None:
    from steepest.diagnosis.diagnosis import diagnose_all

    found = diagnose_all(runs)
    if as_json:
        say(json.dumps(found.document, allow_nan=False))
        return
    if function.read_as:
        tell(f"read as {function.read_as}")
    echo_optimizers([run.optimizer for run in runs])
    say(found.text(shutil.get_terminal_size().columns if sys.stdout.isatty() else 80))


def _check_picture(path: str | None, at: int | None, runs: int) -> None:
    """Refuse a picture that cannot be drawn, before any work is done."""
    if path is None:
        if at is not None:
            raise InputError("--at is for the picture of a diagnosis: --save one, such as diagnosis.png")
        return
    from steepest.export.writers import PICTURES, check_path, check_view
    from steepest.plot.options import PictureOptions

    check_path(path)
    if path.rpartition(".")[2].lower() not in PICTURES:
        raise InputError(f"cannot draw a diagnosis to {path}: the suffix is one of png, svg, pdf; --json prints it as data")
    check_view(path, PictureOptions(view="diagnosis"), runs)
