"""PyTorch's objects: optimizers that are given as a class or as an object, also of classes from elsewhere, and parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from steepest.errors import InputError
from steepest.optimizers.libraries.adapter import Found
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.libraries.signatures import accepted


def recognize(given: Any) -> Found | None:
    """A class of optimizers, or an optimizer: its class with its hyperparameters.

    Raises:
        InputError: for an optimizer that has taken steps, or with several groups of parameters.
    """
    from torch import optim

    kind = given if isinstance(given, type) else type(given)
    if not issubclass(kind, optim.Optimizer) or kind is optim.Optimizer:
        return None
    own = getattr(optim, kind.__name__, None) is kind
    found = Found(kind.__name__, kind, accepted(kind, skipped=1), reads_back=own)
    if kind is given:
        return found
    if given.state or len(given.param_groups) > 1:
        raise InputError(f"this {kind.__name__} has state or several groups of parameters: give its class, and its hyperparameters")
    defaults = found.accepted or {}
    changed = {name: value for name, value in given.defaults.items() if name in defaults and value != defaults[name]}
    return found._replace(arguments=changed)


def check_scheduled(made: Any, optimizer: LibraryOptimizer) -> None:
    """Refuse formulas for what a made optimizer does not look up in its groups of parameters.

    Raises:
        InputError: with the name.
    """
    for name in optimizer.schedules:
        if any(name not in group for group in made.param_groups):
            raise InputError(f"{optimizer.name} keeps no {name} in its groups of parameters: {name} is a number, not a formula")


def numbers_of(theta: Any) -> Callable[[], Any]:
    """A function that gives the numbers of a parameter as an array, which shares its memory."""
    view = [theta.data_ptr(), theta.detach().numpy()]

    def numbers() -> Any:
        if theta.data_ptr() != view[0]:  # an optimizer may put the parameter elsewhere
            view[:] = theta.data_ptr(), theta.detach().numpy()
        return view[1]

    return numbers
