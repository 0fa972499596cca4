"""PyTorch's optimizers, and those that others wrote for PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import signature
from typing import Any

from steepest.errors import InputError
from steepest.optimizers.libraries.adapter import Evaluator, Found
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.libraries.signatures import accepted, refusing

STOPS_ITSELF = False


def names() -> Sequence[str]:
    """The optimizers of `torch.optim`."""
    from torch import optim

    kinds = {name: kind for name, kind in vars(optim).items() if isinstance(kind, type) and issubclass(kind, optim.Optimizer)}
    return [name for name in kinds if name != "Optimizer"]


def find(name: str) -> Found:
    """The class of that name."""
    from torch import optim

    return Found(name, getattr(optim, name), accepted(getattr(optim, name), skipped=1))


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


def minimize(optimizer: LibraryOptimizer, run: Evaluator) -> None:
    """Call `step(closure)`; an optimizer that does not call the closure finds the gradient in place."""
    import torch

    theta = torch.nn.Parameter(torch.tensor(run.start, dtype=torch.float64))
    views = {theta.data_ptr(): theta.detach().numpy()}  # an optimizer may put the parameters elsewhere
    calls = 0

    def position() -> Any:
        place = theta.data_ptr()
        if place not in views:
            views.clear()
            views[place] = theta.detach().numpy()
        return views[place]

    def closure() -> torch.Tensor:
        nonlocal calls
        calls += 1
        value, gradient = run.value_and_gradient(position())
        theta.grad = torch.from_numpy(gradient)
        return torch.tensor(value, dtype=torch.float64)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(run.seed)
        with refusing(optimizer):
            made = optimizer.call([theta], **optimizer.arguments)
        calls_closure = bool(signature(made.step).parameters)
        if calls_closure:
            made.step(closure)
            calls_closure = calls > 0
        while True:
            if not calls_closure:
                closure()
                made.step()
            run.step(position())
            if calls_closure:
                made.step(closure)
