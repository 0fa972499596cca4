"""`steepest run`: descend, print, save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand
from steepest.cli.codes import INTERRUPTED
from steepest.cli.options import film_options, picture_options
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import Finishing, Progress, attempt, print_json, print_runs, tell
from steepest.errors import InputError
from steepest.plot.options import FilmOptions, PictureOptions, chosen

if TYPE_CHECKING:
    from steepest.export.destination import Destination
    from steepest.runs.trajectory import Trajectory

LONG = 500_000  # steps whose table or record takes so long that the first Ctrl-C ends it


@click.command(cls=FormulaCommand)
@run_options
@click.option("--samples", type=int, default=0, metavar="N", help="Show N random points of the function.")
@click.option(
    "--save",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Write a picture (png, svg, pdf), a film (gif, apng, mp4, webm, or a folder/), a page to play with (html) "
    "or the record (csv, json, npz). Repeatable.",
)
@picture_options
@click.option("--animate", is_flag=True, help="Make films of png and svg paths, too.")
@film_options
@click.option("--every", type=int, default=1, metavar="K", help="Print every K-th step.")
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def run(
    ctx: click.Context,
    request: Request,
    samples: int,
    paths: tuple[str, ...],
    picture_options: PictureOptions,
    animate: bool,
    film_options: FilmOptions,
    every: int,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run optimizers on OBJECTIVE and show every step.

    OBJECTIVE is a formula or the name of a gallery function (see: steepest list functions).

    \b
    Examples:
      steepest run "x^2" --start 3 --lr 0.3 --tol 1e-5 --steps 20 --save descent.png
      steepest run rosenbrock -o gd --lr 0.001 -o "adam(lr=0.05)" --steps 500 --save compare.png
      steepest run rosenbrock -o gd -o adam --lr 0.002 --steps 400 --save race.mp4 --seconds 8
      steepest run "sin(x)cos(y)" --start 1.2,0.4 --lr 0.1 --view surface --save surface.mp4 --turn 90
      steepest run rosenbrock -o momentum --steps 60 --show gradient,momentum,update --save arrows.gif
      steepest run "x^2" --start 3 --lr 0.3 --animate --save descent.svg
      steepest run himmelblau --start 0,0 -o "v = 0.9 v + g; theta = theta - 0.01 v"
      steepest run "f(w, b) = (3w + b - 1)^2 + (w - b)^2" --lr "0.1/(1+0.02t)" --json
    """
    if every < 1:
        raise InputError(f"--every is a whole number from 1, not {every}")
    if not 0 <= samples <= 1_000_000:
        raise InputError(f"--samples is a whole number from 0 to 1,000,000, not {samples}")
    destinations = _destinations(request, paths, picture_options, film_options, animate=animate)
    runs = request.runs()
    points = request.function.samples(samples, request.seed)

    def print_() -> None:
        if as_json:
            print_json(runs, points)
        elif not quiet:
            print_runs(request.function, runs, every)

    def save(*, films: bool) -> None:
        for each in destinations:
            if each.film == films:
                _save(runs, points, each, quiet=quiet or as_json)

    with Finishing(interrupted=runs[-1].ending == "interrupted", long=sum(run.steps for run in runs) >= LONG) as finishing:
        unprinted = attempt(print_)
        save(films=False)
    if not finishing.interrupted:
        save(films=True)
    if unprinted is not None:
        raise unprinted
    if finishing.interrupted:
        ctx.exit(INTERRUPTED)


def _destinations(
    request: Request, paths: Sequence[str], picture_options: PictureOptions, film_options: FilmOptions, *, animate: bool
) -> list[Destination]:
    """Where to save what; refuses, before any work is done, what cannot be written and options that nothing would follow."""
    found: list[Destination] = []
    if paths:
        from steepest.export.destination import destination_of

        names, optimizers = request.function.names, request.optimizers
        found = [destination_of(path, names, optimizers, picture_options, film_options, animated=animate) for path in paths]
    given = chosen(picture_options)
    if given and not any(each.drawn for each in found):
        raise InputError(f"--{next(iter(given))} is for pictures and films: --save one, such as descent.png")
    if (animate or chosen(film_options)) and not any(each.film for each in found):
        raise InputError(
            "the options of a film need a film: --save with a path that ends in gif, apng, mp4, webm or /, "
            "or --animate for png and svg"
        )
    return found


def _save(runs: Sequence[Trajectory], points: Sequence[Sequence[float]], destination: Destination, *, quiet: bool) -> None:
    from steepest.export.writers import write

    with Progress(f"drawing {destination.path}", "frames", shown=destination.film) as progress:
        write(runs, destination, points, progress=progress)
    if not quiet:
        tell(f"saved {destination.path}")
