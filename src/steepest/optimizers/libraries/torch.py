"""PyTorch's optimizers, and those that others wrote for PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from inspect import signature
from itertools import count
from typing import Any

import numpy as np

from steepest.optimizers.libraries.adapter import Evaluator
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.libraries.signatures import accepted, refusing
from steepest.optimizers.libraries.torch_objects import check_scheduled, numbers_of, recognize

__all__ = ["STOPS_ITSELF", "calls", "hyperparameters", "minimize", "recognize"]
STOPS_ITSELF = False
hyperparameters = partial(accepted, skipped=1)


def calls() -> Mapping[str, Any]:
    """The classes of `torch.optim`."""
    from torch import optim

    return {name: kind for name, kind in vars(optim).items() if isinstance(kind, type) and optim.Optimizer in kind.__mro__[1:]}


def minimize(optimizer: LibraryOptimizer, run: Evaluator) -> None:
    """Call `step(closure)`; an optimizer that does not call the closure finds the gradient in place."""
    import torch

    theta = torch.nn.Parameter(torch.tensor(run.start, dtype=torch.float64))
    position, evaluated = numbers_of(theta), False

    def closure() -> torch.Tensor:
        nonlocal evaluated
        value, gradient = run.value_and_gradient(position())
        theta.grad, evaluated = torch.from_numpy(gradient), True
        return torch.from_numpy(np.array(value))

    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(run.seed)
        with refusing(optimizer):
            made = optimizer.call([theta], **optimizer.numbers, **run.settings(1))
        check_scheduled(made, optimizer)
        asks = bool(signature(made.step).parameters)
        for step in count(1):
            for group in made.param_groups if optimizer.schedules else ():
                group.update(run.settings(step))
            if asks:
                made.step(closure)
                asks = evaluated
            if not asks:
                closure()
                made.step()
            run.step(position())
