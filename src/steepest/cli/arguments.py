"""Reading what is typed after a command: formulas with a leading minus sign, starts, limits, sizes, optimizers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from steepest.errors import InputError

if TYPE_CHECKING:
    from steepest.language.expression import Expression
    from steepest.optimizers.optimizer import Optimizer


class FormulaCommand(click.Command):
    """A command whose argument may be a formula that starts with a minus sign."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, _protected(self.get_params(ctx), args))


def _protected(parameters: Sequence[click.Parameter], args: Sequence[str]) -> list[str]:
    """The arguments with formulas such as `-x^2` moved behind `--`, where they are not taken for options."""
    options = {name: option for option in parameters if isinstance(option, click.Option) for name in option.opts}
    others: list[str] = []
    formulas: list[str] = []
    index = 0
    while index < len(args):
        word = args[index]
        index += 1
        if word == "--":
            return [*others, "--", *formulas, *args[index:]]
        if word.startswith("-") and not word.startswith("--") and word not in options and not _has_value(word, options):
            formulas.append(word)
            continue
        others.append(word)
        option = options.get(word)
        if option is not None and not option.is_flag and index < len(args):
            others.append(args[index])
            index += 1
    return [*others, "--", *formulas] if formulas else others


def _has_value(word: str, options: Mapping[str, click.Option]) -> bool:
    """Whether a word such as `-oadam` is an option with its value rather than a formula such as `-omega^2`."""
    if word[:2] not in options:
        return word == "-"
    from steepest.optimizers.libraries.reading import is_prefixed
    from steepest.optimizers.zoo import OPTIMIZERS

    return word[2:].partition("(")[0].strip() in OPTIMIZERS or is_prefixed(word[2:])


def complete_names(*kinds: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Shell completion with the names of the zoo (`optimizers`), the gallery (`functions`) or the tables (`data`)."""

    def complete(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
        return [name for kind in kinds for name in _names_of(kind) if name.startswith(incomplete)]

    return complete


def _names_of(kind: str) -> list[str]:
    from steepest.data.sets.catalog import SETS
    from steepest.objectives.gallery import GALLERY
    from steepest.optimizers.zoo import OPTIMIZERS

    tables: dict[str, Mapping[str, object]] = {"optimizers": OPTIMIZERS, "functions": GALLERY, "data": SETS}
    return list(tables[kind])


def read_optimizers(texts: Sequence[str], settings: Sequence[str]) -> list[Optimizer]:
    """Read optimizers; each gets the values of `--set` that are hyperparameters of its own.

    Raises:
        InputError, FormulaError: for what cannot be read, and for a hyperparameter that no optimizer has.
    """
    from steepest.optimizers.libraries.reading import is_prefixed, read_library_optimizer
    from steepest.optimizers.reading import read_optimizer
    from steepest.optimizers.settings import read_settings

    offered: dict[str, Expression] = {}
    for setting in settings:
        offered |= read_settings(setting)
    chosen: list[Optimizer] = []
    for text in texts:
        library = is_prefixed(text)
        chosen.append(read_library_optimizer(text, {}).with_offered(offered) if library else read_optimizer(text, {}, offered))
    for name in offered:
        if not any(name in optimizer.hyperparameters for optimizer in chosen):
            names = ", ".join(dict.fromkeys(word for optimizer in chosen for word in optimizer.hyperparameters))
            raise InputError(f"--set {name}: no optimizer has that hyperparameter; there are {names or 'none'}")
    return chosen


def read_start(text: str) -> list[float] | dict[str, float]:
    """Read a start such as `3`, `-1.2,1` or `x=-1.2,y=1`; a number may also be an expression such as `pi/2`.

    Raises:
        InputError, FormulaError: for anything else.
    """
    parts = _split("--start", text, "write a number for each parameter, such as -1.2,1")
    if not any("=" in part for part in parts):
        return [read_number(part) for part in parts]
    start: dict[str, float] = {}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals or name.strip() in start:
            raise InputError(f"--start names every parameter once, such as x=-1.2,y=1; '{part.strip()}' does not fit")
        start[name.strip()] = read_number(value)
    return start


def read_limits(text: str) -> list[float]:
    """Read limits such as `-2,2` or `-2,2,-1,3`; a number may also be an expression such as `pi/2`."""
    return [read_number(part) for part in _split("--limits", text, "write a low and a high number, such as -2,2")]


def _split(option: str, text: str, hint: str) -> list[str]:
    """The parts of a comma-separated list, which may be enclosed in brackets."""
    from steepest.optimizers.settings import split_arguments

    text = text.strip()
    if text[:1] + text[-1:] in ("()", "[]"):
        text = text[1:-1]
    parts = split_arguments(text)
    if not parts:
        raise InputError(f"{option} is empty: {hint}")
    return parts


def read_number(text: str) -> float:
    """Read a number, or an expression of numbers such as `pi/2`.

    Raises:
        InputError, FormulaError: for anything else.
    """
    from steepest.language.expression import evaluate
    from steepest.language.grammar import read_expression

    try:
        return float(text)
    except ValueError:
        if not text.strip():
            raise InputError("--start has an empty place: write a number for each parameter, such as -1.2,1") from None
        return evaluate(read_expression(text, known=()))


def read_size(text: str) -> str | tuple[int, int]:
    """Read a size such as `1280x720`, or the name of one.

    Raises:
        InputError: unless it is such a name, or two whole numbers with an x between them.
    """
    from steepest.plot.size import PRESETS

    width, _, height = text.lower().replace("×", "x").partition("x")
    if width.strip().isdecimal() and height.strip().isdecimal():
        return int(width), int(height)
    if text.strip().lower() in PRESETS:
        return text.strip().lower()
    raise InputError(f"--size is one of {', '.join(PRESETS)}, or a width and a height in pixels, such as 1280x720, not '{text}'")
