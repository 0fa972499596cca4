"""`steepest list` and `steepest show`: what there is, and what it is."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand, complete_names
from steepest.cli.terminal import reader_may_leave
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.objectives.formula import FormulaObjective
    from steepest.optimizers import Optimizer

__all__ = ["list_", "show"]


@click.command("list")
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


@click.command(cls=FormulaCommand, short_help="Show an optimizer, a function or a formula.")
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
    from steepest.language.notation import textbook, unwritten

    entry = function.entry or function.known
    heading = f"{entry.title}: {entry.description}" if entry and entry.description else entry.title if entry else ""
    if heading:
        click.echo(f"{heading}\n")
    click.echo(f"  f({', '.join(function.names)}) = {textbook(function.expression)}")
    for name, derivative in zip(function.names, function.derivatives, strict=True):
        reason = unwritten(derivative)
        click.echo(f"  df/d{name} = {f'({reason})' if reason else textbook(derivative)}")
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
