"""What a library's optimizers can be told: their hyperparameters, read off their signatures."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from types import FunctionType
from typing import Any

from steepest.errors import InputError, named
from steepest.optimizers.libraries.library_optimizer import REQUIRED, LibraryOptimizer

PARTS = ("_", "scale_by_")  # how the names of functions begin that are no optimizers by themselves


def signed(function: Any) -> Any:
    """A callback with its signature at hand, for a library that reads it in every run."""
    code = function.__code__
    function.__signature__ = _signature(code.co_varnames[: code.co_argcount])
    return function


@cache
def _signature(names: tuple[str, ...]) -> inspect.Signature:
    """The signature of a function of these parameters."""
    return inspect.Signature([inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names])


def accepted(call: Callable[..., Any], *, skipped: int = 0) -> Mapping[str, Any] | None:
    """The names of a call's parameters with their defaults; None if it takes any.

    Args:
        skipped: how many parameters in front are no hyperparameters.

    >>> def sgd(params, lr, momentum=0): ...
    >>> list(accepted(sgd, skipped=1)), accepted(lambda **settings: None)
    (['lr', 'momentum'], None)
    """
    parameters = list(inspect.signature(call).parameters.values())[skipped:]
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return None
    return {
        each.name: REQUIRED if each.default is each.empty else each.default
        for each in parameters
        if each.kind is not each.VAR_POSITIONAL
    }


def has_rate(name: str, made: Any) -> bool:
    """Whether something is a function that makes an optimizer with a learning rate, by itself and not of another optimizer."""
    words = accepted(made) or () if isinstance(made, FunctionType | partial) and not name.startswith(PARTS) else ()
    return any(word.endswith("learning_rate") for word in words) and "base_optimizer" not in words


def documented(text: str) -> list[str]:
    """The names of the options, or else the parameters, that a text in the style of NumPy's documentation lists.

    >>> documented("\\n".join(["Options", "-------", "xtol, ftol : float", "    How near.", "", "Notes", "-----"]))
    ['xtol', 'ftol']
    """
    sections = re.split(r"^(\w+)\n-+\n", inspect.cleandoc(text), flags=re.MULTILINE)
    texts = dict(zip(sections[1::2], sections[2::2], strict=True))
    lines = re.findall(r"^(\w+(?:, \w+)*) :", texts.get("Options", texts.get("Parameters", "")), re.MULTILINE)
    return [word for line in lines for word in line.split(", ")]


@contextmanager
def refusing(optimizer: LibraryOptimizer) -> Iterator[None]:
    """What a library raises while it reads hyperparameters, as a mistake of the user.

    Raises:
        InputError: with the library's own words.
    """
    try:
        yield
    except Exception as error:
        raise InputError(f"{optimizer.name} refuses its hyperparameters: {named(error)}") from error
