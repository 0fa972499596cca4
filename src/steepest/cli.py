"""The command line: `steepest run`, `steepest list`, `steepest show`."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from steepest import __version__
from steepest.errors import InputError, SteepestError

if TYPE_CHECKING:
    from steepest.language.expression import Expression
    from steepest.objectives.formula import FormulaObjective
    from steepest.optimizers import Optimizer
    from steepest.trajectory import Trajectory
    from steepest.views.cut import Cut

__all__ = ["cli", "main"]

WRONG, INTERRUPTED = 2, 130
SHOWS_PROGRESS = 500_000  # steps: about a tenth of a second


def main() -> None:
    """Run the command line; what the user got wrong is one message and exit code 2."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Exit as wanted:
        code = wanted.exit_code
    except click.exceptions.NoArgsIsHelpError as help_:
        click.echo(help_.format_message(), err=True)
        code = WRONG
    except click.ClickException as error:
        code = complain(" ".join(error.format_message().split()))
    except SteepestError as error:
        code = complain(str(error))
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    except MemoryError:
        code = complain("there is not enough memory for that many steps")
    except OSError as error:
        silence()
        code = complain(f"cannot write: {error.strerror or error}")
    sys.exit(code or 0)


def silence() -> None:
    """Send the rest of standard output nowhere, so that closing it cannot fail."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """A reader of a pipe that has seen enough, such as head, ends the printing and nothing else."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        silence()


class Finishing:
    """Prints and saves what was computed even if Ctrl-C comes meanwhile; a second one ends it.

    Attributes:
        interrupted: whether one came.
    """

    def __init__(self, *, interrupted: bool) -> None:
        self.interrupted = interrupted

    def __enter__(self) -> Finishing:
        self.before = signal.signal(signal.SIGINT, self.note)
        return self

    def note(self, number: int, frame: object) -> None:
        self.interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        click.echo("printing and saving what was computed: press Ctrl-C again to stop", err=True)

    def __exit__(self, *details: object) -> None:
        signal.signal(signal.SIGINT, self.before)


def complain(message: str) -> int:
    """Tell what the user got wrong."""
    click.echo(f"steepest: {message}", err=True)
    return WRONG


class FormulaCommand(click.Command):
    """A command whose argument may be a formula that starts with a minus sign."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, protected(self.get_params(ctx), args))


def protected(parameters: Sequence[click.Parameter], args: Sequence[str]) -> list[str]:
    """The arguments with a formula such as `-x^2` behind `--`, where it is not taken for an option."""
    options = {name: option for option in parameters if isinstance(option, click.Option) for name in option.opts}
    others: list[str] = []
    formulas: list[str] = []
    index = 0
    while index < len(args):
        word = args[index]
        index += 1
        if word == "--":
            return [*others, "--", *formulas, *args[index:]]
        if word.startswith("-") and not word.startswith("--") and word not in options and not has_value(word, options):
            formulas.append(word)
            continue
        others.append(word)
        option = options.get(word)
        if option is not None and not option.is_flag and index < len(args):
            others.append(args[index])
            index += 1
    return [*others, "--", *formulas] if formulas else others


def has_value(word: str, options: Mapping[str, click.Option]) -> bool:
    """Whether a word such as `-oadam` is an option with its value rather than a formula such as `-omega^2`."""
    if word[:2] not in options:
        return word == "-"
    from steepest.optimizers import OPTIMIZERS

    return word[2:].partition("(")[0].strip() in OPTIMIZERS


def complete_names(*kinds: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Shell completion from the zoo or the gallery."""

    def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
        return [name for kind in kinds for name in names_of(kind) if name.startswith(incomplete)]

    return complete


def names_of(kind: str) -> list[str]:
    from steepest.objectives.gallery import GALLERY
    from steepest.optimizers import OPTIMIZERS

    return list(OPTIMIZERS if kind == "optimizers" else GALLERY)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="steepest", message="%(prog)s %(version)s")
def cli() -> None:
    """See, understand and share gradient descent.

    Type a function and an optimizer and get every step of the way down:

    \b
      steepest run "x^2" --start 3 --lr 0.3
      steepest run rosenbrock -o gd -o adam --steps 500 --save race.png
      steepest list functions
      steepest show adam
    """


@cli.command(cls=FormulaCommand)
@click.argument("objective", default="parabola", shell_complete=complete_names("functions"))
@click.option("--start", metavar="POINT", help="Where to start: 3, or -1.2,1, or x=-1.2,y=1.")
@click.option(
    "-o", "--optimizer", "optimizers", multiple=True, default=("gd",), metavar="OPTIMIZER",
    shell_complete=complete_names("optimizers"),
    help='A name, a name with hyperparameters "adam(lr=0.05)", or equations separated by ";". Repeatable.',
)  # fmt: skip
@click.option("--lr", metavar="FORMULA", help='The learning rate, a number or a formula in t and T: "0.1/(1+0.02t)".')
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Another hyperparameter. Repeatable.")
@click.option("--steps", type=int, default=100, show_default=True, metavar="N", help="The step limit.")
@click.option("--tol", type=float, default=1e-8, show_default=True, help="Stop when a step is shorter than this.")
@click.option("--gtol", type=float, default=0.0, help="Stop when the gradient's norm is smaller than this.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of random starts, samples and noise.")
@click.option("--samples", type=int, default=0, metavar="N", help="Show N random points of the function.")
@click.option(
    "--save",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Write a picture (png, svg, pdf), a film (gif, apng, mp4, webm, or a folder/) or the record (csv, json, npz). Repeatable.",
)
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True, help="Of pictures and films.")
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
    objective: str,
    start: str | None,
    optimizers: tuple[str, ...],
    lr: str | None,
    settings: tuple[str, ...],
    steps: int,
    tol: float,
    gtol: float,
    seed: int,
    samples: int,
    paths: tuple[str, ...],
    theme: str,
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
      steepest run himmelblau --start 0,0 -o "v = 0.9 v + g; theta = theta - 0.01 v"
      steepest run "f(w, b) = (3w + b - 1)^2 + (w - b)^2" --lr "0.1/(1+0.02t)" --json
    """
    from steepest.descent import descend
    from steepest.ending import Limits
    from steepest.objectives.formula import read_objective
    from steepest.views.cut import Cut

    if every < 1:
        raise InputError(f"--every is a whole number from 1, not {every}")
    if not 0 <= samples <= 1_000_000:
        raise InputError(f"--samples is a whole number from 0 to 1,000,000, not {samples}")
    Limits(steps, tol, gtol, seed).check()
    function = read_objective(objective)
    chosen = read_optimizers(optimizers, settings)
    first = read_start(start) if start is not None else None
    cut = Cut(fps, seconds, frames, read_size(size), dpi, loop, hold, pace, trail)
    check_paths(paths, cut)
    runs: list[Trajectory] = []
    for each in chosen:
        with Progress("steps", "steps", shown=steps >= SHOWS_PROGRESS) as progress:
            runs.append(
                descend(
                    function,
                    first,
                    optimizer=each,
                    lr=lr,
                    steps=steps,
                    tol=tol,
                    gtol=gtol,
                    seed=seed,
                    progress=progress,
                )
            )
        if runs[-1].ending == "interrupted":
            break
    points = function.samples(samples, seed)
    with Finishing(interrupted=runs[-1].ending == "interrupted") as finishing:
        with reader_may_leave():
            if as_json:
                print_json(runs, points)
            elif not quiet:
                print_runs(function, runs, every)
        save_all(runs, [path for path in paths if not is_film(path)], points, cut, theme, quiet=quiet or as_json)
    if not finishing.interrupted:
        save_all(runs, [path for path in paths if is_film(path)], points, cut, theme, quiet=quiet or as_json)
    if finishing.interrupted:
        ctx.exit(INTERRUPTED)


def read_optimizers(texts: Sequence[str], settings: Sequence[str]) -> list[Optimizer]:
    """The optimizers, each with the `--set` values whose names it has."""
    from steepest.optimizers import read_optimizer, read_settings

    offered: dict[str, Expression] = {}
    for setting in settings:
        offered |= read_settings(setting)
    chosen = [read_optimizer(text, {}, offered) for text in texts]
    for name in offered:
        if not any(name in optimizer.hyperparameters for optimizer in chosen):
            names = ", ".join(dict.fromkeys(word for optimizer in chosen for word in optimizer.hyperparameters))
            raise InputError(f"--set {name}: no optimizer has that hyperparameter; there are {names or 'none'}")
    return chosen


def read_start(text: str) -> list[float] | dict[str, float]:
    """`3`, `-1.2,1` or `x=-1.2,y=1`; a number may be written as `pi/2`."""
    from steepest.optimizers import split_arguments

    text = text.strip()
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1]
    parts = split_arguments(text)
    if not parts:
        raise InputError("--start is empty: write a number for each parameter, such as -1.2,1")
    if not any("=" in part for part in parts):
        return [read_number(part) for part in parts]
    start: dict[str, float] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or name.strip() in start:
            raise InputError(f"--start names every parameter once, such as x=-1.2,y=1; '{part.strip()}' does not fit")
        start[name.strip()] = read_number(value)
    return start


def read_number(text: str) -> float:
    from steepest.language.expression import evaluate
    from steepest.language.grammar import read_expression

    try:
        return float(text)
    except ValueError:
        if not text.strip():
            raise InputError("--start has an empty place: write a number for each parameter, such as -1.2,1") from None
        return evaluate(read_expression(text, known=()))


def check_paths(paths: Sequence[str], cut: Cut) -> None:
    """Refuse what cannot be written, before any work is done."""
    cut.check()
    if paths:
        from steepest.export import check_path

        for path in paths:
            check_path(path, cut)
    if cut != type(cut)() and not any(map(is_film, paths)):
        raise InputError("the options of a film need a film: --save with a path that ends in gif, apng, mp4, webm or /")


def is_film(path: str) -> bool:
    from steepest import export

    return export.is_film(path)


def read_size(text: str | None) -> tuple[int, int] | None:
    """`1280x720` as two numbers."""
    if text is None:
        return None
    width, _, height = text.lower().replace("×", "x").partition("x")
    if not (width.strip().isdecimal() and height.strip().isdecimal()):
        raise InputError(f"--size is a width and a height in pixels, such as 1280x720, not '{text}'")
    return int(width), int(height)


def print_runs(function: FormulaObjective, runs: Sequence[Trajectory], every: int) -> None:
    """The table and the ending of every run; what was read differently from how it was typed goes to standard error."""
    if function.read_as:
        click.echo(f"read as {function.read_as}", err=True)
    for index, run in enumerate(runs):
        if len(runs) > 1:
            click.echo(f"{chr(10) if index else ''}{run.label}")
        if sys.stdout.isatty():
            print_rich(run, every)
        else:
            print_plain(run, every)
        click.echo(run.ending.message)


def print_plain(run: Trajectory, every: int) -> None:
    from steepest.views.table import header, plain_table, rows

    click.echo(plain_table(header(run), list(rows(run, every))))


def print_rich(run: Trajectory, every: int) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    from steepest.views.table import header, plain_table, rows

    console, head, body = Console(), header(run), list(rows(run, every))
    if sum(max(map(len, column)) + 3 for column in zip(head, *body, strict=True)) > console.width:
        click.echo(plain_table(head, body))  # wider than the window: lines that wrap rather than numbers that are cut
        return
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    styles = {"step": "dim", "f": "bold cyan"}
    for name in head:
        table.add_column(name, justify="right", style=styles.get(name), no_wrap=True)
    for cells in body:
        table.add_row(*cells)
    console.print(table)


def print_json(runs: Sequence[Trajectory], points: Sequence[Sequence[float]]) -> None:
    import json

    from steepest.export import document

    click.echo(json.dumps(document(runs, points), allow_nan=False))


def save_all(
    runs: Sequence[Trajectory], paths: Sequence[str], points: Sequence[Sequence[float]], cut: Cut, theme: str, *, quiet: bool
) -> None:
    if not paths:
        return
    from steepest.export import save

    for path in paths:
        with Progress(f"drawing {path}", "frames", shown=is_film(path)) as progress:
            save(runs, path, points, cut=cut, theme=theme, progress=progress)
        if not quiet:
            click.echo(f"saved {path}", err=True)


class Progress:
    """A progress bar on standard error, for long work on a terminal."""

    def __init__(self, what: str, unit: str, *, shown: bool) -> None:
        self.what, self.unit, self.shown = what, unit, shown and sys.stderr.isatty()
        self.bar: Any = None

    def __enter__(self) -> Callable[[int, int], None] | None:
        if not self.shown:
            return None
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        rate = TextColumn("{task.fields[rate]}")
        columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), rate, TimeRemainingColumn()
        self.bar = Bar(*columns, console=Console(stderr=True), transient=True)
        self.bar.start()
        task = self.bar.add_task(self.what, total=None, rate="")

        def tell(done: int, total: int) -> None:
            speed = self.bar.tasks[0].speed
            self.bar.update(task, completed=done, total=total, rate=f"{speed:,.0f} {self.unit}/s" if speed else "")

        return tell

    def __exit__(self, *details: object) -> None:
        if self.bar is not None:
            self.bar.stop()


@cli.command("list")
@click.argument("kind", type=click.Choice(["optimizers", "functions"]))
@reader_may_leave()
def list_(kind: str) -> None:
    """List the optimizers of the zoo or the functions of the gallery."""
    from steepest.objectives.gallery import GALLERY
    from steepest.optimizers import OPTIMIZERS

    if kind == "optimizers":
        lines = [(name, entry.description) for name, entry in OPTIMIZERS.items()]
    else:
        lines = [(name, f"{', '.join(entry.names)}  {entry.formula}") for name, entry in GALLERY.items()]
    width = max(len(name) for name, _ in lines)
    across = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    for name, text in lines:
        click.echo(textwrap.fill(f"{name:<{width}}  {text}", max(across, width + 20), subsequent_indent=" " * (width + 2)))


@cli.command(cls=FormulaCommand, short_help="Show an optimizer, a function or a formula.")
@click.argument("name", shell_complete=complete_names("optimizers", "functions"))
@reader_may_leave()
def show(name: str) -> None:
    """Show an optimizer, a gallery function or a formula: its equations, its derivatives, where it comes from.

    \b
    Examples:
      steepest show adam
      steepest show rosenbrock
      steepest show "x^2 sin(y)"
    """
    from steepest.language.grammar import nearest
    from steepest.objectives.formula import read_objective
    from steepest.objectives.gallery import GALLERY
    from steepest.optimizers import OPTIMIZERS, zoo_entry

    if name.strip() in OPTIMIZERS:
        show_optimizer(zoo_entry(name.strip()))
        return
    if name.strip() not in GALLERY and len(name) > 2 and name.isidentifier():
        near = nearest(name, [*OPTIMIZERS, *GALLERY])
        raise InputError(
            f"there is no '{name}' in the zoo or the gallery: "
            + (f"did you mean {near}?" if near else "see steepest list optimizers, steepest list functions")
        )
    show_function(read_objective(name))


def show_optimizer(optimizer: Optimizer) -> None:
    from steepest.language.notation import plain

    click.echo(f"{optimizer.name}: {optimizer.description}\n")
    for equation in optimizer.text.split("; "):
        click.echo(f"  {equation}")
    defaults = {name: plain(value) for name, value in optimizer.defaults.items()}
    named = [f"{name}={defaults.get(name, 'from the function')}" for name in optimizer.hyperparameters]
    click.echo(f"\nhyperparameters  {', '.join(named) or 'none'}")
    if optimizer.state:
        click.echo(f"state            {', '.join(optimizer.state)} (starts at 0)")
    click.echo(f"source           {optimizer.paper} ({optimizer.year})")
    click.echo(f"\ntry  steepest run rosenbrock -o {optimizer.name} --steps 200")


def show_function(function: FormulaObjective) -> None:
    from steepest.language.notation import textbook

    entry = function.entry or function.known
    heading = f"{entry.title}: {entry.description}" if entry and entry.description else entry.title if entry else ""
    if heading:
        click.echo(f"{heading}\n")
    click.echo(f"  f({', '.join(function.names)}) = {textbook(function.expression)}")
    for name, derivative in zip(function.names, function.derivatives, strict=True):
        click.echo(f"  df/d{name} = {textbook(derivative)}")
    click.echo()
    flat = "saddle" if len(function.names) > 1 else "flat spot"
    for title, points in (("minimum", function.minima), (flat, function.saddles)):
        for point in points:
            position = ", ".join(f"{value:.10g}" for value in point.position)
            click.echo(f"{title:<9} f({position}) = {point.value:.10g}")
    if entry:
        view = "  ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in zip(entry.names, entry.view, strict=True))
        click.echo(f"view      {view}\nstart     {', '.join(f'{value:g}' for value in entry.start)}")
        if entry.source:
            click.echo(f"source    {entry.source}")
        click.echo(f"\ntry  steepest run {entry.name} --save {entry.name}.png")


if __name__ == "__main__":
    main()
