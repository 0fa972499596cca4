"""Options of several commands: those of pictures and films follow from the fields of their dataclasses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import Field, fields
from functools import wraps
from typing import Any

import click

from steepest.cli.arguments import read_limits, read_size
from steepest.plot.map_options import MapOptions
from steepest.plot.options import FilmOptions, PictureOptions

Command = Callable[..., None]
Decorator = Callable[[Command], Command]
TYPES = {"int": int, "float": float}
READERS: dict[str, Callable[[str], Any]] = {"limits": read_limits, "size": read_size}


def collected(make: Callable[..., Any], parameter: str, options: Sequence[Decorator]) -> Decorator:
    """Give a command options whose values it receives as one argument: what `make` makes of those that were given."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def call(*arguments: Any, **values: Any) -> None:
            given = {name: value for name in names if (value := values.pop(name)) is not None}
            command(*arguments, **{parameter: make(**given)}, **values)

        known: list[click.Parameter] = call.__dict__.setdefault("__click_params__", [])
        before = len(known)
        for option in reversed(options):
            option(call)
        names = [str(each.name) for each in known[before:]]
        return call

    return decorate


def field_options(kind: type[PictureOptions | FilmOptions | MapOptions], *names: str) -> list[Decorator]:
    """An option for each field of a dataclass, or for those that are named."""
    return [_field_option(each) for each in fields(kind) if each.name in names or not names]


def _field_option(field: Field[Any]) -> Decorator:
    """The option of a field: its name, type and default, and its metadata."""
    about, read = field.metadata, READERS.get(field.name)
    settings: dict[str, Any] = {}
    if "choices" in about:
        settings["type"] = click.Choice(about["choices"])
    elif "flag" not in about:
        settings["type"] = TYPES.get(str(field.type).partition(" | ")[0], str)
    if read is not None:
        settings["callback"] = lambda ctx, parameter, value: None if value is None else read(value)
    return click.option(
        about.get("flag", f"--{field.name}"),
        field.name,
        default=field.default or None,
        show_default=bool(field.default),
        metavar=about.get("metavar"),
        help=about["help"],
        **settings,
    )


picture_options = collected(PictureOptions, "picture_options", field_options(PictureOptions))
map_options = collected(MapOptions, "options", field_options(MapOptions))
film_options = collected(FilmOptions, "film_options", field_options(FilmOptions))
