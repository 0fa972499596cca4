"""`steepest list`: the optimizers, the functions of the gallery, the tables that come with steepest."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence

import click

from steepest.cli.terminal import ignore_closed_pipe, say
from steepest.errors import InputError, MissingDependencyError

LIBRARIES = ("torch", "optax", "scipy", "optimagic")  # those of steepest.optimizers.libraries.registry


@click.command("list")
@click.argument("kind", type=click.Choice(["optimizers", "functions", "data", *LIBRARIES]))
@ignore_closed_pipe()
def list_(kind: str) -> None:
    """List the optimizers of the zoo and of other libraries, the functions of the gallery, or the tables that come with steepest.

    The name of a library lists its optimizers with their hyperparameters.
    """
    from steepest.data.sets.catalog import SETS
    from steepest.objectives.gallery import GALLERY
    from steepest.optimizers.zoo import OPTIMIZERS

    if kind == "optimizers":
        _say_columns([(name, entry.description) for name, entry in OPTIMIZERS.items()])
        for library in LIBRARIES:
            _say_library(library)
    elif kind == "data":
        _say_columns([(name, f"{entry.description} {entry.model}") for name, entry in SETS.items()])
    elif kind == "functions":
        _say_columns([(name, f"{', '.join(entry.names)}  {entry.formula}") for name, entry in GALLERY.items()])
    else:
        from steepest.optimizers.libraries.registry import adapter

        driver = adapter(kind, f"steepest list {kind}")
        _say_columns([(f"{kind}:{name}", ", ".join(driver.hyperparameters(call) or ())) for name, call in driver.calls().items()])


def _say_library(library: str) -> None:
    """Print the names of a library's optimizers, or how it is installed."""
    from steepest.optimizers.libraries.registry import LIBRARIES as TITLES
    from steepest.optimizers.libraries.registry import adapter

    try:
        names = ", ".join(f"{library}:{name}" for name in adapter(library, "the list").calls())
    except MissingDependencyError:
        names = f"pip install 'steepest[{library}]'"
    except InputError as error:
        names = str(error)
    say()
    _say_columns([(TITLES[library], names)])


def _say_columns(lines: Sequence[tuple[str, str]]) -> None:
    """Print names with a text each, broken at the width of the terminal."""
    width = max(len(name) for name, _ in lines)
    columns = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    for name, text in lines:
        say(textwrap.fill(f"{name:<{width}}  {text}", max(columns, width + 20), subsequent_indent=" " * (width + 2)))
