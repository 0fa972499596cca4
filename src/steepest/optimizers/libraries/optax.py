"""optax's optimizers, and every gradient transformation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from types import FunctionType
from typing import Any

import numpy as np

from steepest.optimizers.libraries.adapter import Evaluator, Found
from steepest.optimizers.libraries.library_optimizer import SEEDS, LibraryOptimizer
from steepest.optimizers.libraries.signatures import accepted, refusing
from steepest.optimizers.libraries.traceable import traceable

STOPS_ITSELF = False
PARTS = ("_", "scale_by_")  # how the names of functions begin that are no optimizers by themselves


def names() -> Sequence[str]:
    """The functions with a learning rate, those of `optax.contrib` with that prefix."""
    import optax

    found = {"": optax, "contrib.": optax.contrib}
    return [prefix + name for prefix, module in found.items() for name, made in vars(module).items() if _is_optimizer(name, made)]


def _is_optimizer(name: str, made: Any) -> bool:
    if not isinstance(made, FunctionType | partial) or name.startswith(PARTS):
        return False
    rates = [word for word in accepted(made) or () if word.endswith("learning_rate")]
    return bool(rates) and "base_optimizer" not in (accepted(made) or ())


def find(name: str) -> Found:
    """The function of that name."""
    import optax

    module, _, word = name.rpartition(".")
    call = getattr(optax.contrib if module else optax, word)
    return Found(name, call, accepted(call))


def recognize(given: Any) -> Found | None:
    """A function of optax, or a gradient transformation that one has made."""
    import optax

    if isinstance(given, optax.GradientTransformation):
        return Found("GradientTransformation", lambda: given, {}, reads_back=False)
    return next((find(name) for name in names() if find(name).call is given), None) if callable(given) else None


def minimize(optimizer: LibraryOptimizer, run: Evaluator) -> None:
    """Apply the updates in float64, compiled; what needs more than a gradient gets the value and a function for it."""
    import jax
    import optax

    with jax.enable_x64(True):
        raised: list[BaseException] = []
        position, function = jax.numpy.asarray(run.start), traceable(run, raised)
        with refusing(optimizer):
            made = optax.with_extra_args_support(optimizer.call(**_seeded(optimizer, run.seed)))
            state = made.init(position)

        @jax.jit
        def update(gradient: Any, state: Any, position: Any, value: Any) -> Any:
            updates, state = made.update(gradient, state, position, value=value, grad=gradient, value_fn=function)
            return optax.apply_updates(position, updates), state

        while True:
            value, gradient = run.value_and_gradient(np.asarray(position))
            position, state = update(gradient, state, position, value)
            if raised:
                raise raised[0]
            run.step(np.asarray(position))


def _seeded(optimizer: LibraryOptimizer, seed: int) -> Mapping[str, Any]:
    """The hyperparameters, with the run's seed where the optimizer draws noise and none is set."""
    seeds = [name for name in SEEDS if name in (optimizer.accepted or ())]
    if not seeds or any(name in optimizer.arguments for name in seeds):
        return optimizer.arguments
    return {seeds[0]: seed, **optimizer.arguments}
