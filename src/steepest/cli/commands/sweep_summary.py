"""What a sweep prints, and where it is saved."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from steepest.cli.codes import INTERRUPTED
from steepest.cli.terminal import Finishing, Progress, attempt, say, tell
from steepest.errors import InputError, counted
from steepest.plot.map_options import ZOOM, MapOptions

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from steepest.runs.sweep.statistics import SeedStatistics
    from steepest.runs.sweep.sweep import Cell, Sweep

MOST_MINIMA, MOST_SEEDED = 12, 12  # that are listed: minima, and cells with statistics over seeds
MOST_WRITTEN = 10_000  # cells with statistics over seeds, as JSON


def deliver(
    ctx: click.Context,
    found: Sweep,
    paths: Sequence[str],
    options: MapOptions,
    workers: tuple[Executor, int] | None = None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """Print a sweep and save it, its films last; exit with the code of Ctrl-C if cells or films were left out for it.

    Args:
        workers: who runs the frames of a film of zooming.
    """
    from steepest.export.sweeps.writers import FILMS, PICTURES, save_sweep

    def print_() -> None:
        if as_json:
            say(json.dumps(summary(found)))
        elif not quiet:
            print_summary(found)

    def save(path: str, shown: MapOptions) -> None:
        with Progress(f"drawing {path}", "frames", shown=shown.film is not None) as progress:
            save_sweep(found, [path], shown, workers, progress)
        if not (quiet or as_json):
            tell(f"saved {path}")

    films, others = ([path for path in paths if path.lower().endswith(FILMS) == filmed] for filmed in (True, False))
    with Finishing(interrupted=found.interrupted, long=False) as finishing:
        unprinted = attempt(print_)
        for path in others:
            drawn = path.lower().endswith(PICTURES)
            save(path, replace(options, film=None, zoom=None) if drawn else MapOptions())
    with Finishing(interrupted=finishing.interrupted, long=options.film == ZOOM) as finishing:
        try:
            while films and not (finishing.interrupted and finishing.long):
                save(films[0], options)
                del films[0]
        except KeyboardInterrupt:
            finishing.interrupted = True
    for path in films:
        tell(f"interrupted: {path} is not written")
    if unprinted is not None:
        raise unprinted
    if finishing.interrupted:
        ctx.exit(INTERRUPTED)


def print_summary(found: Sweep) -> None:
    """Print how many runs ended how and where, and the best of them."""
    objective = found.definition.source.objective()
    if getattr(objective, "read_as", None):
        tell(f"read as {objective.read_as}")
    over = ", ".join(f"{axis.name} ({len(axis):,})" for axis in found.axes)
    say(f"{counted(found.ending.size, 'run')} over {over}; {counted(found.definition.rule.steps, 'step')} each at most")
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
        settings = ", ".join(f"{name} = {_written(value)}" for name, value in best.settings.items())
        say(f"least value {best.value:.6g} at {settings}: {best.ending.replace('_', ' ')} after {counted(best.steps, 'step')}")
    if _has_statistics(found):
        _print_seeds(found.over_seeds())


def _has_statistics(found: Sweep) -> bool:
    """Whether there are seeds, and few enough cells for each of them that statistics can be listed."""
    seeds = next((len(axis) for axis in found.axes if axis.name == "seed"), 1)
    return seeds > 1 and found.ending.size // seeds <= MOST_WRITTEN


def _print_seeds(found: SeedStatistics) -> None:
    """Print the quartiles of the values over seeds, a line for each cell of the other axes."""
    say(f"value at the end over {found.seeds:,} seeds: median (quartiles), and how many ended how")
    for row in islice(found.rows(), MOST_SEEDED):
        settings = ", ".join(f"{name} = {_written(value)}" for name, value in row["settings"].items())
        middle = "none is finite"
        if row["median"] is not None:
            middle = f"{row['median']:.6g} ({row['low']:.6g} to {row['high']:.6g})"
        endings = ", ".join(f"{count:,} {word.replace('_', ' ')}" for word, count in row["endings"].items())
        say(f"  {settings + ': ' if settings else ''}{middle}; {endings}")
    if found.finite.size > MOST_SEEDED:
        say(f"  and {found.finite.size - MOST_SEEDED:,} more, which --json has")


def _written(value: Any) -> str:
    return value if isinstance(value, str) else format(value, ".6g")


def best_cell(found: Sweep) -> Cell | None:
    """The cell with the least value; None where no run stayed finite."""
    try:
        return found.best("value")
    except InputError:
        return None


def summary(found: Sweep) -> dict[str, Any]:
    """What a sweep found, as JSON."""
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
        **({"over_seeds": list(found.over_seeds().rows())} if _has_statistics(found) else {}),
        "made_by": attributes(found.definition),
    }
