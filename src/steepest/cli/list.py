"""`steepest list`: the optimizers of the zoo, the functions of the gallery, the tables that come with steepest."""

from __future__ import annotations

import shutil
import sys
import textwrap

import click

from steepest.cli.terminal import ignore_closed_pipe, say


@click.command("list")
@click.argument("kind", type=click.Choice(["optimizers", "functions", "data"]))
@ignore_closed_pipe()
def list_(kind: str) -> None:
    """List the optimizers of the zoo, the functions of the gallery, or the tables that come with steepest."""
    from steepest.data.sets.catalog import SETS
    from steepest.objectives.gallery import GALLERY
    from steepest.optimizers.zoo import OPTIMIZERS

    if kind == "optimizers":
        lines = [(name, entry.description) for name, entry in OPTIMIZERS.items()]
    elif kind == "data":
        lines = [(name, f"{entry.description} {entry.model}") for name, entry in SETS.items()]
    else:
        lines = [(name, f"{', '.join(entry.names)}  {entry.formula}") for name, entry in GALLERY.items()]
    width = max(len(name) for name, _ in lines)
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    for name, text in lines:
        say(textwrap.fill(f"{name:<{width}}  {text}", max(columns, width + 20), subsequent_indent=" " * (width + 2)))
