"""`steepest diagnose`: why runs went the way they did."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.codes import INTERRUPTED
from steepest.cli.options import collected, field_options
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import attempt, echo_optimizers, say, tell
from steepest.errors import InputError, clipped_path
from steepest.plot.options import PictureOptions

if TYPE_CHECKING:
    from steepest.export.destination import Destination
    from steepest.objectives.objective import Objective
    from steepest.runs.trajectory import Trajectory


@click.command(cls=FormulaCommand, short_help="Say why a run went the way it did.")
@run_options
@click.option("--save", "path", metavar="PATH", help="Draw the diagnosis of a single run as a picture (png, svg, pdf).")
@collected(partial(PictureOptions, view="diagnosis"), "picture_options", field_options(PictureOptions, "at", "theme"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def diagnose(ctx: click.Context, request: Request, path: str | None, picture_options: PictureOptions, as_json: bool) -> None:
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
    picture = None if path is None else _picture(path, request, picture_options)
    if picture is None and picture_options.at is not None:
        raise InputError("--at is for the picture of a diagnosis: --save one, such as diagnosis.png")
    runs = request.runs()
    unprinted = attempt(lambda: _print_diagnoses(request.function, runs, as_json=as_json))
    if picture is not None:
        from steepest.export.writers import write

        write(runs, picture)
        tell(f"saved {path}")
    if unprinted is not None:
        raise unprinted
    if runs[-1].ending == "interrupted":
        ctx.exit(INTERRUPTED)


def _print_diagnoses(function: Objective, runs: Sequence[Trajectory], *, as_json: bool) -> None:
    from steepest.diagnosis.diagnosis import diagnose_all

    found = diagnose_all(runs)
    if as_json:
        say(json.dumps(found.document, allow_nan=False))
        return
    if function.read_as:
        tell(f"read as {function.read_as}")
    echo_optimizers([run.optimizer for run in runs])
    say(found.text(shutil.get_terminal_size().columns if sys.stdout.isatty() else 80))


def _picture(path: str, request: Request, picture_options: PictureOptions) -> Destination:
    """The picture to draw; refuses one that cannot be drawn, before any work is done."""
    from steepest.export.destination import PICTURES, destination_of

    picture = destination_of(path, request.function.names, request.optimizers, picture_options)
    if picture.suffix not in PICTURES:
        raise InputError(
            f"cannot draw a diagnosis to {clipped_path(path)}: the suffix is one of {', '.join(PICTURES)}; --json prints it as data"
        )
    return picture
