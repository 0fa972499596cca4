"""`steepest sweep`: many runs over a grid, as a map, a curve, arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.arguments import FormulaCommand, complete_names, read_start
from steepest.cli.codes import INTERRUPTED
from steepest.cli.data import DROP, FITTING, LET, read_constants
from steepest.cli.options import collected, map_options
from steepest.cli.terminal import Finishing, Progress, attempt, say, tell
from steepest.errors import InputError, clipped, counted
from steepest.plot.map_options import MapOptions

if TYPE_CHECKING:
    from steepest.runs.sweep.definition import Definition
    from steepest.runs.sweep.sweep import Cell, Sweep

SHOWS_PROGRESS = 20_000_000  # steps: about a tenth of a second
MOST_MINIMA = 12  # that are listed


class SweepCommand(FormulaCommand):
    """A command that also has words of its own: `grow`, `status` and `show` of a store."""

    words: Mapping[str, click.Command] = {}

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
    return read_definition(
        text, list(given.pop("over", ())), optimizer=list(optimizers) or "gd", settings=settings, let=let, data=table,
        start=None if start is None else read_start(start), **given,
    )  # fmt: skip


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
    help="Write a picture (png, svg, pdf), arrays (npz), a table (csv), NetCDF (nc) or Zarr (zarr). Repeatable.",
)
@map_options
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def sweep(
    ctx: click.Context, definition: Definition, paths: tuple[str, ...], options: MapOptions, quiet: bool, as_json: bool
) -> None:
    """Run an optimizer on OBJECTIVE for every combination of values: which learning rate, where would it end from there?

    OBJECTIVE is a formula or the name of a gallery function; TABLE MODEL is a fit. Every cell is the run that steepest run makes.

    \b
    Examples:
      steepest sweep himmelblau --over x --over y -o "momentum(lr=0.01)" --steps 3000 --save basins.png
      steepest sweep rosenbrock -o momentum --over "lr = log(1e-5, 1e-1, 400)" --over "beta = linear(0, 0.99, 400)" --save map.png
      steepest sweep "x^4 - 3x^2 + x" --over "lr = log(1e-3, 1, 2000)" --save rates.png
      steepest sweep houses "price ~ w*size + b" --over "lr = log(1e-8, 1e-4, 50)" --over "batch = 1, 8, full" --save sweep.npz
      steepest sweep rosenbrock -o "noisy_gd(lr=1e-3)" --over seed=0:100 --over "sigma = 0, 1, 10" --save noise.csv
      steepest sweep "f(x, y) = x^2 + k*y^2" --let k=1 --over "k = 1, 10, 100" --over "lr = linear(0.01, 2, 200)"
    """
    from steepest.export.sweeps.writers import check_destinations, save_sweep
    from steepest.runs.sweep.sweep import check_memory, run_sweep

    check_destinations(paths, options)
    check_memory(definition)
    long = definition.size * definition.rule.steps >= SHOWS_PROGRESS
    with Progress("runs", "runs", shown=long) as progress:
        found = run_sweep(definition, progress)

    def print_() -> None:
        if as_json:
            click.echo(json.dumps(summary(found)))
        elif not quiet:
            print_summary(found)

    with Finishing(interrupted=found.interrupted, long=False) as finishing:
        unprinted = attempt(print_)
        for path in paths:
            save_sweep(found, [path], options if path.lower().endswith(("png", "svg", "pdf")) else MapOptions())
            if not (quiet or as_json):
                tell(f"saved {path}")
    if unprinted is not None:
        raise unprinted
    if finishing.interrupted:
        ctx.exit(INTERRUPTED)


def print_summary(found: Sweep) -> None:
    """Print how many runs ended how and where, and the best of them."""
    objective = found.definition.source.objective()
    if getattr(objective, "read_as", None):
        tell(f"read as {objective.read_as}")
    over = " x ".join(f"{len(axis):,} {axis.name}" for axis in found.axes)
    say(f"{counted(found.ending.size, 'run')} over {over}, {counted(found.definition.rule.steps, 'step')} each at most")
    rows = [(word.replace("_", " "), count) for word, count in found.counts().items()]
    reached = [(index, int((found.minimum == index).sum())) for index in range(len(found.minima))]
    shown = [(name, count) for (index, count) in reached if count for name in [found.minimum_names[index]]]
    width = max(len(name) for name, _ in [*rows, *shown[:MOST_MINIMA], ("", 0)])
    for name, count in rows:
        say(f"  {name:{width}}  {count:>13,}  {100 * count / found.ending.size:5.1f} %")
    if shown:
        say("reached")
    for name, count in shown[:MOST_MINIMA]:
        say(f"  {name:{width}}  {count:>13,}  {100 * count / found.ending.size:5.1f} %")
    if len(shown) > MOST_MINIMA:
        say(f"  and {len(shown) - MOST_MINIMA:,} more")
    if (best := best_cell(found)) is not None:
        settings = ", ".join(
            f"{name} = {value if isinstance(value, str) else format(value, '.6g')}" for name, value in best.settings.items()
        )
        say(f"least value {best.value:.6g} at {settings}: {best.ending.replace('_', ' ')} after {counted(best.steps, 'step')}")


def best_cell(found: Sweep) -> Cell | None:
    """The cell with the least value; None where no run stayed finite."""
    try:
        return found.best("value")
    except InputError:
        return None


def summary(found: Sweep) -> dict[str, Any]:
    """What a sweep found, as JSON."""
    from dataclasses import asdict

    from steepest.runs.sweep.dataset import attributes

    best = best_cell(found)
    return {
        "axes": {axis.name: {"values": str(axis.values), "count": len(axis)} for axis in found.axes},
        "runs": found.ending.size,
        "endings": found.counts(),
        "minima": [
            {"name": name, "position": position, "runs": int((found.minimum == index).sum())}
            for index, (name, position) in enumerate(zip(found.minimum_names, found.minima.tolist(), strict=True))
        ],
        "best": None if best is None else asdict(best),
        "made_by": attributes(found.definition),
    }
