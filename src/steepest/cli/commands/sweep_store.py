"""`steepest sweep grow`, `status` and `show`: the store of a sweep."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.codes import INTERRUPTED
from steepest.cli.commands.sweep_summary import deliver
from steepest.cli.options import map_options
from steepest.cli.terminal import Progress, say, tell
from steepest.errors import InputError, clipped, counted
from steepest.plot.map_options import MapOptions

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from steepest.runs.sweep.definition import Definition
    from steepest.runs.sweep.stores.store import Store
    from steepest.runs.sweep.sweep import Sweep

SHOWS_PROGRESS = 20_000_000  # steps: about a tenth of a second
SHOWS_READING = 20_000_000  # cells: about a second
PART = re.compile(r"\s*(\d+)\s*/\s*(\d+)\s*")
FOLDER = click.argument("folder")
WORKERS = (
    click.option("--workers", type=int, metavar="N", help="Run on so many processes of this machine."),
    click.option("--dask", metavar="ADDRESS", help="Run on a Dask cluster: tcp://scheduler:8786."),
)


@contextmanager
def chosen_workers(workers: int | None, dask: str | None) -> Iterator[tuple[Executor, int] | None]:
    """Who runs the cells; None for this process.

    Raises:
        InputError: for both, for a number that is none, or a scheduler that does not answer.
    """
    from steepest.runs.sweep.workers import cluster, processes

    if workers is not None and dask is not None:
        raise InputError("runs are made by --workers of this machine or by --dask, not by both")
    if workers is None and dask is None:
        yield None
        return
    with processes(workers) if workers is not None else cluster(dask or "") as found:
        yield found


def fill(ctx: click.Context, path: str, definition: Definition, workers: tuple[Executor, int] | None, *, quiet: bool) -> None:
    """Make a store, or go on with the one that is there, and compute what is missing."""
    from steepest.runs.sweep.stores.store import make_store

    compute(ctx, make_store(path, definition), 1, 1, workers, quiet=quiet)


def compute(ctx: click.Context, store: Store, part: int, parts: int, workers: tuple[Executor, int] | None, *, quiet: bool) -> None:
    """Compute the missing chunks of a part; Ctrl-C leaves those that are done."""
    from steepest.runs.sweep.stores.store import complete, grow, part_of

    chunks = part_of(store, part, parts)
    with Progress("runs", "runs", shown=len(chunks) > 1) as progress:
        finished = grow(store, chunks, progress, workers)
    there = len(store.done())
    if there == store.count:
        complete(store)
    if not quiet:
        tell(f"{there:,} of {counted(store.count, 'chunk')} in {store.path}")
    if not finished:
        ctx.exit(INTERRUPTED)


def loaded(store: Store, every: int = 1) -> Sweep:
    """The sweep of a store, or every so-manieth value of its axes."""
    from steepest.runs.sweep.stores.loading import load

    with Progress("reading", "chunks", shown=store.definition.size >= SHOWS_READING) as progress:
        return load(store, every, progress)


def narrowed(definition: Definition, options: MapOptions) -> tuple[Definition, MapOptions]:
    """What is run, and the options that are left, where a box is looked at: the box alone, unless a film goes there."""
    from steepest.runs.sweep.zooming import zoomed

    if not options.is_of_box:
        return definition, options
    return zoomed(definition, options.box), replace(options, zoom=None)


def closer(found: Sweep, options: MapOptions, workers: tuple[Executor, int] | None = None) -> tuple[Sweep, MapOptions]:
    """The box that is looked at, computed, and the options that are left; the sweep itself where no picture is of a box."""
    from steepest.runs.sweep.sweep import run_sweep
    from steepest.runs.sweep.zooming import with_minima_of, zoomed

    if not options.is_of_box:
        return found, options
    with Progress("runs", "runs", shown=found.ending.size * found.definition.rule.steps >= SHOWS_PROGRESS) as progress:
        deeper = run_sweep(zoomed(found.definition, options.box), progress, workers)
    return with_minima_of(deeper, [found]), replace(options, zoom=None)


@click.command()
@FOLDER
@click.option(
    "--part", metavar="K/N", default="1/1", help="Compute the K-th of N parts, as any scheduler counts them.  [default: 1/1]"
)
@WORKERS[0]
@WORKERS[1]
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.pass_context
def grow(ctx: click.Context, folder: str, part: str, workers: int | None, dask: str | None, quiet: bool) -> None:
    """Compute the chunks that a store in FOLDER lacks. Several may do so at once, on several machines with a shared folder.

    \b
    Examples:
      steepest sweep grow basins.zarr
      steepest sweep grow basins.zarr --part 3/64
    """
    from steepest.runs.sweep.stores.store import open_store

    found = PART.fullmatch(part)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise InputError(f"--part is which of how many, such as 3/64, not '{clipped(part)}'")
    store = open_store(folder)
    with chosen_workers(workers, dask) as given:
        compute(ctx, store, int(found[1]), int(found[2]), given, quiet=quiet)


@click.command()
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
def status(folder: str, as_json: bool) -> None:
    """Print what the store in FOLDER is of, and how much of it is there.

    \b
    Example:
      steepest sweep status basins.zarr
    """
    from steepest.runs.sweep.description import command
    from steepest.runs.sweep.stores.store import open_store

    store = open_store(folder)
    done = store.done()
    runs = sum(last - first for first, last in map(store.cells, done))
    about: dict[str, Any] = {
        "command": command(store.definition), "chunks": store.count, "chunks_done": len(done), "runs": store.definition.size,
        "runs_done": runs, "complete": store.minima is not None,
    }  # fmt: skip
    if as_json:
        say(json.dumps(about))
        return
    say(about["command"])
    say(f"{len(done):,} of {counted(store.count, 'chunk')} are done, {runs:,} of {counted(store.definition.size, 'run')}")
    if len(done) < store.count:
        say(f"compute the rest: steepest sweep grow {shlex.quote(folder)}")


@click.command()
@FOLDER
@click.option("--save", "paths", multiple=True, metavar="PATH", help="As of steepest sweep. Repeatable.")
@click.option(
    "--every",
    type=click.IntRange(min=1),
    default=1,
    metavar="N",
    help="Take every N-th value of each axis that is no list, of a sweep that is larger than memory or a picture.",
)
@map_options
@click.option("--quiet", is_flag=True, help="Print nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")
@click.pass_context
def show(
    ctx: click.Context, folder: str, paths: tuple[str, ...], every: int, options: MapOptions, quiet: bool, as_json: bool
) -> None:  # fmt: skip
    """Print and draw the complete store in FOLDER.

    \b
    Examples:
      steepest sweep show basins.zarr --save map.png
      steepest sweep show basins.zarr --zoom "x=-0.5:0.5,y=1:2" --save closer.png
      steepest sweep show large.zarr --every 8 --save map.png
    """
    from steepest.export.sweeps.writers import check_destinations, check_pictures
    from steepest.runs.sweep.stores.loading import thinned
    from steepest.runs.sweep.stores.store import open_store

    check_destinations(paths, options)
    store = open_store(folder)
    check_pictures(paths, options, thinned(store.definition, every))
    found, options = closer(loaded(store, every), options)
    deliver(ctx, found, paths, options, quiet=quiet, as_json=as_json)


STORE_COMMANDS = {"grow": grow, "status": status, "show": show}
"""What `steepest sweep` does with a store."""
