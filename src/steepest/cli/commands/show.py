"""`steepest show`: what an optimizer, a gallery function or a formula is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from steepest.cli.arguments import FormulaCommand, complete_names
from steepest.cli.terminal import ignore_closed_pipe, say
from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.objectives.formula import FormulaObjective
    from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
    from steepest.optimizers.optimizer import Optimizer


@click.command(cls=FormulaCommand, short_help="Show an optimizer, a function or a formula.")
@click.argument("name", shell_complete=complete_names("optimizers", "functions"))
@ignore_closed_pipe()
def show(name: str) -> None:
    """Show an optimizer, a gallery function or a formula: its equations, its derivatives, where it comes from.

    \b
    Examples:
      steepest show adam
      steepest show torch:Adam
      steepest show rosenbrock
      steepest show "x^2 sin(y)"
    """
    from steepest.language.suggestions import nearest
    from steepest.objectives.formula import read_objective
    from steepest.objectives.gallery import GALLERY
    from steepest.optimizers.frameworks import zoo_name
    from steepest.optimizers.libraries.reading import is_prefixed, read_library_optimizer
    from steepest.optimizers.reading import zoo_entry
    from steepest.optimizers.zoo import OPTIMIZERS

    if is_prefixed(name):
        _show_library_optimizer(read_library_optimizer(name, {}))
        return
    found = None if name.strip() in GALLERY else zoo_name(name.strip(), OPTIMIZERS)
    if found:
        _show_optimizer(zoo_entry(found))
        return
    if name.strip() not in GALLERY and len(name) > 2 and name.isidentifier():
        near = nearest(name, [*OPTIMIZERS, *GALLERY])
        raise InputError(
            f"there is no '{name}' in the zoo or the gallery: "
            + (f"did you mean {near}?" if near else "see steepest list optimizers, steepest list functions")
        )
    _show_function(read_objective(name))


def _show_optimizer(optimizer: Optimizer) -> None:
    from steepest.language.notation import plain
    from steepest.optimizers.frameworks import COUNTERPARTS, counterpart
    from steepest.optimizers.zoo import OPTIMIZERS

    say(f"{optimizer.name}: {optimizer.description}\n")
    for equation in optimizer.text.split("; "):
        say(f"  {equation}")
    defaults = {name: plain(value) for name, value in optimizer.defaults.items()}
    named = [f"{name}={defaults.get(name, 'from the function')}" for name in optimizer.hyperparameters]
    say(f"\nhyperparameters  {', '.join(named) or 'none'}")
    if optimizer.state:
        say(f"state            {', '.join(optimizer.state)} (starts at 0)")
    say(f"source           {optimizer.paper} ({optimizer.year})")
    if optimizer.name in COUNTERPARTS:
        say(f"the same in      {counterpart(optimizer.name, OPTIMIZERS[optimizer.name].defaults)}")
        _show_defaults(optimizer, defaults)
    say(f"\ntry  steepest run rosenbrock -o {optimizer.name} --steps 200")


def _show_defaults(optimizer: Optimizer, ours: Mapping[str, str]) -> None:
    """Print the defaults of PyTorch and optax beside ours."""
    from steepest.export.table import aligned
    from steepest.language.notation import number_text
    from steepest.optimizers.frameworks import COUNTERPARTS, IN_OPTAX

    rows = {optimizer.name: ours}
    for each in (COUNTERPARTS[optimizer.name], IN_OPTAX.get(optimizer.name)):
        rows |= {each.call: {name: number_text(value) for name, value in each.defaults.items()}} if each else {}
    head = ("default", *optimizer.hyperparameters)
    say("\n" + aligned([head, *((call, *(values.get(name, "-") for name in head[1:])) for call, values in rows.items())]))


def _show_library_optimizer(optimizer: LibraryOptimizer) -> None:
    from steepest.optimizers.libraries.library_optimizer import default_text

    say(f"{optimizer.name}: {optimizer.description}\n")
    for name, default in (optimizer.accepted or {}).items():
        say(f"  {name} = {default_text(default)}")
    say(f'\ntry  steepest run rosenbrock -o "{optimizer.complete_text}" --steps 200')


def _show_function(function: FormulaObjective) -> None:
    from steepest.language.notation import textbook, unwritten

    entry = function.entry or function.known
    heading = f"{entry.title}: {entry.description}" if entry and entry.description else entry.title if entry else ""
    if heading:
        say(f"{heading}\n")
    say(f"  f({', '.join(function.names)}) = {textbook(function.expression)}")
    for name, derivative in zip(function.names, function.derivatives, strict=True):
        reason = unwritten(derivative)
        say(f"  df/d{name} = {f'({reason})' if reason else textbook(derivative)}")
    say()
    flat = "saddle" if len(function.names) > 1 else "flat spot"
    for title, points in (("minimum", function.minima), (flat, function.saddles)):
        for point in points:
            position = ", ".join(f"{value:.10g}" for value in point.position)
            say(f"{title:<9} f({position}) = {point.value:.10g}")
    if entry:
        view = "  ".join(f"{name} {low:g} to {high:g}" for name, (low, high) in zip(entry.names, entry.view, strict=True))
        say(f"view      {view}\nstart     {', '.join(f'{value:g}' for value in entry.start)}")
        if entry.source:
            say(f"source    {entry.source}")
        say(f"\ntry  steepest run {entry.name} --save {entry.name}.png")
