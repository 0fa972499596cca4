"""Text -> hyperparameters: names with numbers, or with formulas in `t` and `T`."""

from __future__ import annotations

import math
import re

from steepest.errors import FormulaError, InputError, clipped
from steepest.language.expression import Expression, names, number
from steepest.language.grammar import read_expression
from steepest.optimizers.frameworks import PARAMETERS

MOST_SETTINGS = 100
NUMBER = re.compile(r"[0-9.]{1,40}(?:[eE][-+]?[0-9]{1,4})?")
Setting = float | int | str | Expression


def read_settings(text: str) -> dict[str, Expression]:
    """Settings from text.

    Raises:
        InputError: for anything but `name=value` between commas, or a name that is set twice.
        FormulaError: for a value that cannot be read.

    >>> read_settings("lr=0.05, beta=0.9")
    {'lr': 0.05, 'beta': 0.9}
    """
    return {name: read_setting(name, value) for name, value in read_arguments(text).items()}


def read_arguments(text: str) -> dict[str, str]:
    """`lr=0.05, beta1=0.8` as names and texts; a lone number in front is the learning rate, as in other libraries.

    Raises:
        InputError: for anything but `name=value` between commas, or a name that is set twice.
    """
    settings: dict[str, str] = {}
    parts = split_arguments(text)
    if len(parts) > MOST_SETTINGS:
        raise InputError(f"the optimizer has {len(parts):,} hyperparameters and may have {MOST_SETTINGS}")
    for part in parts:
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals and not settings and name in PARAMETERS:
            continue
        if not equals and not settings and NUMBER.fullmatch(name):
            name, equals, value = "lr", "=", name
        if not equals or not name.isidentifier():
            raise InputError(f"a hyperparameter is set as name=value, such as lr=0.1, not '{clipped(part.strip())}'")
        if name in settings:
            raise InputError(f"the hyperparameter '{clipped(name)}' is set twice")
        settings[name] = value
    return settings


def misspelled(text: str, name: str) -> str:
    """What to write in place of a text that begins with an optimizer's name and goes on as none does."""
    return f"'{clipped(text.strip())}' is no optimizer: write {name}, or {name}(name=value) with a bracket at the end"


def split_arguments(text: str) -> list[str]:
    """The parts between commas outside brackets; blank parts are left out.

    >>> split_arguments("adam(lr=1, eps=0), gd")
    ['adam(lr=1, eps=0)', ' gd']
    """
    parts, depth, start = [], 0, 0
    for index, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    return [part for part in (*parts, text[start:]) if part.strip()]


def read_setting(name: str, value: Setting) -> Expression:
    """The value of a hyperparameter: a finite number, or a formula in `t` and `T`.

    Args:
        name: of the hyperparameter, for errors.

    Raises:
        InputError: for anything else.
        FormulaError: for a text that cannot be read.

    >>> read_setting("lr", "0.1/t")
    div(0.1, t)
    """
    if isinstance(value, Expression):
        for other in names(value) - {"t", "T"}:
            raise InputError(f"{name} is a formula in t and T, and '{other}' is neither")
        return value
    if isinstance(value, str):
        if not value.strip():
            raise InputError(f"{name} has no value: write a number or a formula in t and T")
        try:
            return read_expression(value, known=("t", "T"))
        except FormulaError as error:
            raise error.within(name) from None
    try:
        if isinstance(value, bool | bytes) or getattr(value, "shape", ()) != () or getattr(value, "mask", False):
            raise TypeError
        converted = float(value)
    except (TypeError, ValueError, OverflowError):
        shown = clipped(" ".join(repr(value).split()))
        raise InputError(f"{name} is a number or a formula in t and T, not {shown}") from None
    if not math.isfinite(converted):
        raise InputError(f"{name} is a finite number, not {converted}")
    return number(converted)
