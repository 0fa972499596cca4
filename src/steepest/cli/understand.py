"""`steepest explain` and `steepest diff`: a step worked out with its numbers, two runs compared."""

from __future__ import annotations

from dataclasses import replace

import click

from steepest.cli.arguments import FormulaCommand, read_start
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import reader_may_leave, say
from steepest.errors import InputError, clipped
from steepest.version import __version__


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
    from steepest.explain.explanation import Explanation
    from steepest.explain.explanation import explain as worked_out

    found: list[Explanation] = []
    for run in request.runs():
        try:
            found.append(worked_out(run, step, digits=digits, most=most))
        except InputError as error:
            raise (InputError(f"{clipped(run.label)}: {error}") if len(request.optimizers) > 1 else error) from None
    with reader_may_leave():
        if notation == "json":
            import json

            document = {"steepest": __version__, "explanations": [each.document for each in found]}
            say(json.dumps(document, allow_nan=False))
        elif notation:
            say("\n".join(getattr(each, notation) for each in found), markup=notation == "mathml")
        else:
            say("\n\n\n".join(map(str, found)))


@click.command(cls=FormulaCommand, short_help="Compare two runs: where they part, and why.")
@run_options
@click.option("--float32", "single", is_flag=True, help="Compare the run with itself in float32.")
@click.option("--other-seed", type=int, metavar="N", help="Compare the run with one of another seed.")
@click.option("--other-start", metavar="POINT", help="Compare the run with one from another start.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def diff(request: Request, single: bool, other_seed: int | None, other_start: str | None, as_json: bool) -> None:
    """Compare two runs on OBJECTIVE: the first step and quantity where they part, by how much, and why.

    Give two optimizers, or one and what else to change.

    \b
    Examples:
      steepest diff "x^2" --start 1 --lr 0.1 -o momentum -o heavy_ball
      steepest diff rosenbrock -o adam --steps 2000 --float32
      steepest diff himmelblau -o noisy_gd --other-seed 1
    """
    from steepest.compare.difference import diff as compared

    other = request
    if other_start is not None:
        other = replace(other, start=read_start(other_start))
    if other_seed is not None:
        other = replace(other, settings={**other.settings, "seed": other_seed})
    if len(request.optimizers) + (other is not request) + single != 2:
        raise InputError("diff compares two runs: -o twice, or -o once with --float32, --other-seed or --other-start")
    runs = [*request.runs(), *(other.runs() if other is not request else ())]
    result = compared(runs[0], "float32" if single else runs[-1])
    with reader_may_leave():
        if as_json:
            import json

            say(json.dumps({"steepest": __version__, **result.document}, allow_nan=False))
        else:
            say(str(result))
