"""How much one request may ask for, and the fields of a request, checked against that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from steepest.errors import FormulaError, InputError, clipped
from steepest.lab.state import is_number


@dataclass(frozen=True)
class Bounds:
    """How much one request may ask for.

    Attributes:
        text: characters of a formula or of equations.
        optimizers: the number of optimizers, and of hyperparameters of one optimizer.
        steps: the largest step limit of a file.
    """

    text: int
    optimizers: int
    steps: int


LOCAL = Bounds(text=8_000, optimizers=32, steps=100_000)
PUBLIC = Bounds(text=500, optimizers=8, steps=2_000)


def text_field(request: Any, name: str, longest: int) -> str:
    """A text of a request.

    Raises:
        InputError: for anything else.
        FormulaError: for a longer text, with the position of the first character too many.
    """
    value = request.get(name) if isinstance(request, Mapping) else None
    if not isinstance(value, str):
        raise InputError(f"a request needs the text '{name}'")
    if len(value) > longest:
        raise FormulaError(f"this is longer than {longest:,} characters: shorten it", value, longest)
    return value


def integer_field(request: Any, name: str, low: int, high: int) -> int:
    """An integer of a request, from `low` to `high`.

    Raises:
        InputError: for anything else.
    """
    value = request.get(name) if isinstance(request, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"'{name}' is a whole number from {low} to {high:,}")
    return value


def settings_field(request: Any, bounds: Bounds) -> dict[str, float | str]:
    """The hyperparameters of a request: numbers, or formulas in `t` and `T`; none where the field is missing.

    Raises:
        InputError: for anything else.
    """
    value = request.get("settings") or {}
    if not isinstance(value, Mapping) or len(value) > bounds.optimizers:
        raise InputError(f"'settings' gives each of at most {bounds.optimizers} hyperparameters its value")
    for name, each in value.items():
        if not is_number(each) and not (isinstance(each, str) and len(each) <= bounds.text):
            raise InputError(f"the hyperparameter '{clipped(name)}' is a finite number or a formula in t and T")
    return dict(value)
