"""`steepest diff`: two runs compared."""

from __future__ import annotations

import json
from dataclasses import replace

import click

from steepest.cli.arguments import FormulaCommand, read_start
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import ignore_closed_pipe, say
from steepest.errors import InputError
from steepest.version import __version__


@click.command(cls=FormulaCommand, short_help="Compare two runs: where they differ first, and why.")
@run_options
@click.option("--float32", "single", is_flag=True, help="Compare the run with itself in float32.")
@click.option("--other-seed", type=int, metavar="N", help="Compare the run with one of another seed.")
@click.option("--other-start", metavar="POINT", help="Compare the run with one from another start.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def diff(request: Request, single: bool, other_seed: int | None, other_start: str | None, as_json: bool) -> None:
    """Compare two runs on OBJECTIVE: the first step and quantity where they differ, by how much, and why.

    Give two optimizers, or one and what else to change.

    \b
    Examples:
      steepest diff "x^2" --start 1 --lr 0.1 -o momentum -o heavy_ball
      steepest diff rosenbrock -o adam --steps 2000 --float32
      steepest diff himmelblau -o noisy_gd --other-seed 1
    """
    from steepest.compare.difference import diff as compare

    other = request
    if other_start is not None:
        other = replace(other, start=read_start(other_start))
    if other_seed is not None:
        other = replace(other, settings={**other.settings, "seed": other_seed})
    if len(request.optimizers) + (other is not request) + single != 2:
        raise InputError("diff compares two runs: -o twice, or -o once with --float32, --other-seed or --other-start")
    runs = [*request.runs(), *(other.runs() if other is not request else ())]
    result = compare(runs[0], "float32" if single else runs[-1])
    with ignore_closed_pipe():
        if as_json:
            say(json.dumps({"steepest": __version__, **result.document}, allow_nan=False))
        else:
            say(str(result))
