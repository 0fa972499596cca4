"""What `steepest run` and `steepest fit` do with runs: print them, save them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.codes import INTERRUPTED
from steepest.cli.options import film_options, picture_options
from steepest.cli.request import Request
from steepest.cli.terminal import Finishing, Progress, attempt, print_json, print_runs, tell
from steepest.errors import InputError
from steepest.plot.options import FilmOptions, PictureOptions, chosen

if TYPE_CHECKING:
    from steepest.export.destination import Destination
    from steepest.runs.trajectory import Trajectory

LONG = 500_000  # steps whose table or record takes so long that the first Ctrl-C ends it


@dataclass(frozen=True)
class Output:
    """What is asked for: files, and what is printed.

    Attributes:
        paths: of the files.
        picture_options, film_options: how they are drawn.
        animate: whether png and svg are films, too.
        every: which steps are printed.
        quiet: whether nothing is printed.
        as_json: whether one JSON document is printed and nothing else.
    """

    paths: tuple[str, ...]
    picture_options: PictureOptions
    film_options: FilmOptions
    animate: bool
    every: int
    quiet: bool
    as_json: bool


OPTIONS = (
    click.option(
        "--save",
        "paths",
        multiple=True,
        metavar="PATH",
        help="Write a picture (png, svg, pdf), a film (gif, apng, mp4, webm, or a folder/), a page to play with (html) "
        "or the record (csv, json, npz). Repeatable.",
    ),
    picture_options,
    click.option("--animate", is_flag=True, help="Make films of png and svg paths, too."),
    film_options,
    click.option("--every", type=int, default=1, metavar="K", help="Print every K-th step."),
    click.option("--quiet", is_flag=True, help="Print nothing."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else."),
)


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of what is printed and saved; it receives them as one `output`."""

    @wraps(command)
    def collect(*arguments: Any, **values: Any) -> None:
        mine = {name: values.pop(name) for name in Output.__dataclass_fields__}
        command(*arguments, output=Output(**mine), **values)

    call: Callable[..., None] = collect
    for option in reversed(OPTIONS):
        call = option(call)
    return call


def carry_out(
    ctx: click.Context,
    request: Request,
    output: Output,
    samples: int = 0,
    after: Callable[[Sequence[Trajectory]], None] | None = None,
) -> None:
    """Make the runs, print them and save them.

    Args:
        samples: how many random points of the function are shown.
        after: prints what follows the tables.

    Raises:
        InputError: for what cannot be run or written.
    """
    from steepest.runs.fit import Fit

    if output.every < 1:
        raise InputError(f"--every is a whole number from 1, not {output.every}")
    destinations = _destinations(request, output)
    runs = request.runs()
    points = request.function.samples(samples, request.seed)

    def print_() -> None:
        if output.as_json:
            print_json(runs, points)
        elif not output.quiet:
            print_runs(request.function, runs, output.every)
            if after is not None:
                after(runs)

    def save(*, films: bool) -> None:
        for each in destinations:
            if each.film == films:
                _save(runs, points, each, quiet=output.quiet or output.as_json)

    long = sum(run.steps for run in runs) >= LONG or any(isinstance(run, Fit) and run.has_long_passes for run in runs)
    with Finishing(interrupted=runs[-1].ending == "interrupted", long=long) as finishing:
        unprinted = attempt(print_)
        save(films=False)
    if not finishing.interrupted:
        save(films=True)
    if unprinted is not None:
        raise unprinted
    if finishing.interrupted:
        ctx.exit(INTERRUPTED)


def _destinations(request: Request, output: Output) -> list[Destination]:
    """Where to save what; refuses, before any work is done, what cannot be written and options that nothing would follow."""
    found: list[Destination] = []
    picture_options, film_options = output.picture_options, output.film_options
    if output.paths:
        from steepest.export.destination import destination_of

        names, optimizers = request.function.names, request.optimizers
        found = [
            destination_of(path, names, optimizers, picture_options, film_options, animated=output.animate) for path in output.paths
        ]
    if any(each.suffix == "html" for each in found):
        from steepest.lab.fit_data import check_shown

        check_shown(request.function)
    given = chosen(picture_options)
    if given and not any(each.drawn for each in found):
        raise InputError(f"--{next(iter(given))} is for pictures and films: --save one, such as descent.png")
    if (output.animate or chosen(film_options)) and not any(each.film for each in found):
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
