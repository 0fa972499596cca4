"""`steepest run`: descend, print, save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand, read_size
from steepest.cli.codes import INTERRUPTED
from steepest.cli.request import Request, run_options
from steepest.cli.terminal import Finishing, Progress, attempt, print_json, print_runs, tell
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.objectives.formula import FormulaObjective
    from steepest.optimizers.optimizer import Optimizer
    from steepest.plot.film_options import FilmOptions
    from steepest.plot.options import PictureOptions
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
@click.option(
    "--view",
    type=click.Choice(["plane", "surface", "diagnosis"]),
    default="plane",
    show_default=True,
    help="Of pictures and films: the plane with its contours, or the surface in space; of a picture also the plane with the "
    "diagnosis of one run.",
)
@click.option("--at", type=int, metavar="STEP", help="The step whose local quadratic the picture of a diagnosis shows.")
@click.option(
    "--zscale", type=click.Choice(["linear", "log"]), help="The scale of a surface's heights, unless the function is to say."
)
@click.option(
    "--turn", type=float, default=0, metavar="DEGREES", help="Turn the camera of a surface over a film, by 90 for example."
)
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Of pictures and films.")
@click.option("--style", metavar="STYLE", help="A matplotlib style file, or a style's name such as ggplot, on top of the theme.")
@click.option(
    "--show", metavar="NAMES",
    help="Draw what each run carries: gradient, momentum, update, any name in its equations, such as m,v.",
)  # fmt: skip
@click.option("--animate", is_flag=True, help="Make films of png and svg paths, too.")
@click.option("--fps", type=float, default=30, show_default=True, metavar="N", help="A film's frames a second.")
@click.option("--seconds", type=float, metavar="N", help="A film's length before its last frame is held.")
@click.option("--frames", type=int, metavar="N", help="A film's length, in frames.")
@click.option(
    "--pace", metavar="PACE", help="A film's pace: steps (a frame each), uniform, or log (the first steps get the most time)."
)
@click.option("--hold", type=float, default=2, show_default=True, metavar="SECONDS", help="How long a film's last frame stays.")
@click.option("--trail", type=int, metavar="N", help="Show the last N steps only behind each run of a film.")
@click.option("--size", metavar="WIDTHxHEIGHT", help="A film's size in pixels: 1280x720.")
@click.option(
    "--dpi", type=float, default=100, show_default=True, metavar="N", help="Pixels an inch: more make a film's words larger."
)
@click.option("--loop/--once", "loop", default=True, help="Whether a GIF or APNG begins again at its end.  [default: loop]")
@click.option("--every", type=int, default=1, metavar="K", help="Print every K-th step.")
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def run(
    ctx: click.Context,
    request: Request,
    samples: int,
    paths: tuple[str, ...],
    view: str,
    at: int | None,
    zscale: str | None,
    turn: float,
    theme: str,
    style: str | None,
    show: str | None,
    animate: bool,
    fps: float,
    seconds: float | None,
    frames: int | None,
    pace: str | None,
    hold: float,
    trail: int | None,
    size: str | None,
    dpi: float,
    loop: bool,
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
    from steepest.plot.film_options import FilmOptions
    from steepest.plot.options import PictureOptions, listed

    if every < 1:
        raise InputError(f"--every is a whole number from 1, not {every}")
    if not 0 <= samples <= 1_000_000:
        raise InputError(f"--samples is a whole number from 0 to 1,000,000, not {samples}")
    plan = request.read()
    film_options = FilmOptions(fps, seconds, frames, read_size(size), dpi, loop, hold, pace, trail, turn)
    picture_options = PictureOptions(
        view=view, zscale=zscale, show=listed(show) if show is not None else (), theme=theme, style=style, at=at
    )
    picture_options.check(len(plan.function.names))
    films = _check_paths(paths, film_options, picture_options, len(plan.optimizers), animate=animate)
    _check_look(picture_options, plan.optimizers)
    runs = plan.runs()
    points = plan.function.samples(samples, request.seed)
    quietly, pictures = quiet or as_json, [path for path in paths if path not in films]
    with Finishing(interrupted=runs[-1].ending == "interrupted", long=sum(run.steps for run in runs) >= LONG) as finishing:
        unprinted = attempt(lambda: _print_(plan.function, runs, points, every, quiet=quiet, as_json=as_json))
        _save_all(runs, pictures, points, film_options, picture_options, quiet=quietly)
    if not finishing.interrupted:
        _save_all(runs, films, points, film_options, picture_options, quiet=quietly, films=True)
    if unprinted is not None:
        raise unprinted
    if finishing.interrupted:
        ctx.exit(INTERRUPTED)


def _print_(
    function: FormulaObjective,
    runs: Sequence[Trajectory],
    points: Sequence[Sequence[float]],
    every: int,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    if as_json:
        print_json(runs, points)
    elif not quiet:
        print_runs(function, runs, every)


def _check_paths(
    paths: Sequence[str], film_options: FilmOptions, picture_options: PictureOptions, runs: int, *, animate: bool
) -> list[str]:
    """The films among the paths; refuses what cannot be written, before any work is done."""
    film_options.check()
    films: list[str] = []
    if paths:
        from steepest.export.writers import check_path, check_view, is_film

        for path in paths:
            check_path(path, film_options, animated=animate)
            check_view(path, picture_options, runs, animated=animate)
        films = [path for path in paths if is_film(path, animated=animate)]
    if film_options.turn and picture_options.view != "surface":
        raise InputError("--turn turns the camera of a surface: it needs --view surface")
    if picture_options.chosen and not any(
        path.lower().endswith((".png", ".svg", ".pdf", ".html")) or path in films for path in paths
    ):
        raise InputError(f"--{next(iter(picture_options.chosen))} is for pictures and films: --save one, such as descent.png")
    if (animate or film_options != type(film_options)()) and not films:
        raise InputError(
            "the options of a film need a film: --save with a path that ends in gif, apng, mp4, webm or /, "
            "or --animate for png and svg"
        )
    return films


def _check_look(picture_options: PictureOptions, optimizers: Sequence[Optimizer]) -> None:
    """Refuse what cannot be shown, before any work is done."""
    if picture_options.show:
        from steepest.optimizers.quantities import check_shown

        check_shown(picture_options.show, optimizers)
    if picture_options.style is not None:
        from steepest.plot.mpl.style import theme_of

        theme_of(picture_options)


def _save_all(
    runs: Sequence[Trajectory],
    paths: Sequence[str],
    points: Sequence[Sequence[float]],
    film_options: FilmOptions,
    picture_options: PictureOptions,
    *,
    quiet: bool,
    films: bool = False,
) -> None:
    if not paths:
        return
    from steepest.export.writers import save

    for path in paths:
        with Progress(f"drawing {path}", "frames", shown=films) as progress:
            save(runs, path, points, film_options=film_options, picture_options=picture_options, animated=films, progress=progress)
        if not quiet:
            tell(f"saved {path}")
