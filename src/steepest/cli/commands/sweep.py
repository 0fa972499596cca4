"""`steepest sweep`: many runs over a grid, as a map, a curve, arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.arguments import FormulaCommand, complete_names, read_start
from steepest.cli.commands.sweep_store import SHOWS_PROGRESS, STORE_COMMANDS, chosen_workers, closer, fill, loaded, narrowed
from steepest.cli.commands.sweep_summary import deliver
from steepest.cli.data import DROP, FITTING, LET, check_constants, read_constants
from steepest.cli.options import collected, map_options
from steepest.cli.terminal import Progress
from steepest.errors import InputError, clipped
from steepest.plot.map_options import MapOptions

if TYPE_CHECKING:
    from steepest.runs.sweep.definition import Definition


TARGETS = ("llvm", "jax")


class SweepCommand(FormulaCommand):
    """A command that also has words of its own: `grow`, `status` and `show` of a store."""

    words: Mapping[str, click.Command] = STORE_COMMANDS

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        word = args[0] if args else ""
        if word in self.words:
            return self.words[word].make_context(f"{info_name} {word}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


OPTIONS = (
    click.option(
        "--over", multiple=True, metavar='"NAME = VALUES"',
        help='What is varied: "lr = log(1e-5, 1e-1, 400)", "beta = linear(0, 0.99, 400)", "batch = 1, 8, full", seed=0:100, or a '
        "parameter alone, x, for starts over the view. Up to four times.",
    ),
    click.option("--start", metavar="POINT", help="Where runs start, but for coordinates that are varied."),
    click.option(
        "-o", "--optimizer", "optimizers", multiple=True, metavar="OPTIMIZER", shell_complete=complete_names("optimizers"),
        help='As of steepest run. Several are the first axis.  [default: gd]',
    ),
    click.option("--lr", metavar="FORMULA", help="The learning rate, a formula in t and T, whose constants may be varied."),
    click.option("--set", "hyperparameters", multiple=True, metavar="NAME=VALUE", help="Another hyperparameter. Repeatable."),
    click.option("--steps", type=int, default=100, show_default=True, metavar="N", help="The step limit."),
    click.option("--tol", type=float, default=1e-8, show_default=True, help="A run ends when a step is shorter than this."),
    click.option("--gtol", type=float, default=0.0, help="A run ends when the gradient's norm is smaller than this."),
    click.option("--seed", type=int, default=0, show_default=True, help="Of random starts and noise."),
    click.option("--below", type=float, metavar="VALUE", help="Keep the first step whose value is below this."),
    click.option("--rate", is_flag=True, default=None, help="Measure the factor by which steps shrink in the long run."),
    click.option("--fast", is_flag=True, default=None, help="Let sums be fused, functions be off by 2 units in the last place."),
    click.option("--target", type=click.Choice(TARGETS), help="What runs the cells: machine code, or JAX.  [default: llvm]"),
    click.option("--data", metavar="TABLE", shell_complete=complete_names("data"), help="A table whose columns OBJECTIVE names."),
    LET,
    *FITTING,
    DROP,
)  # fmt: skip


def _read(objective: str | None = None, model: str | None = None, **given: Any) -> Definition:
    """The texts of the command, read."""
    from steepest.data.sets.catalog import SETS
    from steepest.objectives.gallery import GALLERY
    from steepest.optimizers.settings import read_arguments
    from steepest.runs.sweep.definition import read_definition

    if given.pop("epochs", None) is not None:
        raise InputError("a sweep counts --steps, not epochs: batches of different sizes have epochs of different lengths")
    settings: dict[str, Any] = {}
    for text in given.pop("hyperparameters", ()):
        settings |= read_arguments(text)
    if "lr" in given:
        settings = {"lr": given.pop("lr"), **settings}
    text, table = objective or "parabola", given.pop("data", None)
    if model is not None:
        if table is not None:
            raise InputError("give TABLE MODEL, or OBJECTIVE --data TABLE, not both")
        if "~" not in model:
            raise InputError(f"a model has a tilde, such as \"price ~ w*size + b\", and '{clipped(model)}' has none")
        text, table = model, text
    elif table is None and text in SETS and text not in GALLERY:
        entry = SETS[text]
        text, table = entry.model, text
        given.setdefault("loss", entry.loss)
    optimizers = given.pop("optimizers", ())
    start = given.pop("start", None)
    let = read_constants(given.pop("constants", ()))
    definition = read_definition(
        text, list(given.pop("over", ())), optimizer=list(optimizers) or "gd", settings=settings, let=let, data=table,
        start=None if start is None else read_start(start), **given,
    )  # fmt: skip
    check_constants(let, definition.source.objective(), text)
    return definition


@click.command(cls=SweepCommand, short_help="Many runs over a grid: maps and curves.")
@collected(
    _read, "definition",
    (
        click.argument("objective", required=False, shell_complete=complete_names("functions", "data")),
        click.argument("model", required=False),
        *OPTIONS,
    ),
)  # fmt: skip
@click.option(
    "--save",
    "paths",
    multiple=True,
    metavar="PATH",
    help="Write a picture (png, svg, pdf), a film (gif, apng, mp4, webm), arrays (npz), a table (csv), nc or zarr. Repeatable.",
)
@map_options
@click.option("--store", metavar="FOLDER", help="Keep the runs in a Zarr store; the same command again computes what is missing.")
@click.option("--workers", type=int, metavar="N", help="Run on so many processes of this machine.")
@click.option("--dask", metavar="ADDRESS", help="Run on a Dask cluster: tcp://scheduler:8786.")
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def sweep(
    ctx: click.Context,
    definition: Definition,
    paths: tuple[str, ...],
    options: MapOptions,
    store: str | None,
    workers: int | None,
    dask: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run an optimizer on OBJECTIVE for every combination of values: which learning rate, where would it end from there?

    OBJECTIVE is a formula or the name of a gallery function; TABLE MODEL is a fit. Every cell is the run that steepest run makes.
    A store is filled further, looked at and drawn by: steepest sweep grow, status, show.

    \b
    Examples:
      steepest sweep himmelblau --over x --over y -o "momentum(lr=0.01)" --steps 3000 --save basins.png
      steepest sweep rosenbrock -o momentum --over "lr = log(1e-5, 1e-1, 400)" --over "beta = linear(0, 0.99, 400)" --save map.png
      steepest sweep himmelblau --over x --over y --over "lr = linear(0.005, 0.03, 60)" --save growing.gif --film lr
      steepest sweep himmelblau --over x --over y -o "momentum(lr=0.01)" --zoom "x=-0.5:0.5,y=1:2" --save closer.png
      steepest sweep "x^4 - 3x^2 + x" --over "lr = log(1e-3, 1, 2000)" --save rates.png
      steepest sweep himmelblau --over x --over y --save slide.png --size slide --title "Where gradient descent ends"
      steepest sweep houses "price ~ w*size + b" --over "lr = log(1e-8, 1e-4, 50)" --over "batch = 1, 8, full" --save sweep.npz
      steepest sweep rosenbrock -o "noisy_gd(lr=1e-3)" --over seed=0:100 --over "temperature = 0, 1, 10" --save noise.csv
      steepest sweep "f(x, y) = x^2 + k*y^2" --let k=1 --over "k = 1, 10, 100" --over "lr = linear(0.01, 2, 200)"
      steepest sweep himmelblau --over "x = linear(-5, 5, 5000)" --over "y = linear(-5, 5, 5000)" --store basins.zarr
    """
    from steepest.export.sweeps.writers import check_destinations, check_pictures, check_room
    from steepest.runs.sweep.stores.store import open_store
    from steepest.runs.sweep.sweep import run_sweep

    check_destinations(paths, options)
    if store is None:
        definition, options = narrowed(definition, options)
    check_pictures(paths, options, definition)
    long = definition.size * definition.rule.steps >= SHOWS_PROGRESS
    if long and store is None:
        check_room(paths, options, definition)
    with chosen_workers(workers, dask) as given:
        if store is not None:
            fill(ctx, store, definition, given, quiet=quiet or as_json)
            if not (paths or as_json):
                return
            found, options = closer(loaded(open_store(store)), options, given)
        else:
            with Progress("runs", "runs", shown=long) as progress:
                found = run_sweep(definition, progress, given)
        deliver(ctx, found, paths, options, given, quiet=quiet, as_json=as_json)
