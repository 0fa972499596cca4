"""optax's optimizers, and every gradient transformation."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import numpy as np

from steepest.optimizers.libraries.adapter import Evaluator, Found
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.libraries.signatures import accepted, has_rate, refusing
from steepest.optimizers.libraries.traceable import traceable, transformation

STOPS_ITSELF = False
hyperparameters = accepted


def calls() -> Mapping[str, Any]:
    """The functions with a learning rate, those of `optax.contrib` with that prefix."""
    import optax

    found = {**vars(optax), **{f"contrib.{name}": made for name, made in vars(optax.contrib).items()}}
    return {name: made for name, made in found.items() if has_rate(name.removeprefix("contrib."), made)}


def recognize(given: Any) -> Found | None:
    """A gradient transformation that a function of optax has made."""
    import optax

    made = isinstance(given, optax.GradientTransformation)
    return Found("GradientTransformation", lambda: given, {}, reads_back=False) if made else None


def minimize(optimizer: LibraryOptimizer, run: Evaluator) -> None:
    """Apply the updates in float64, compiled; what needs more than a gradient gets the value and a function for it."""
    import jax
    import optax

    with jax.enable_x64(True):
        place, position, (function, raised) = run.start, jax.numpy.asarray(run.start), traceable(run)
        with refusing(optimizer):
            made = transformation(optimizer, run.settings(1))
            state = made.init(position)

        @jax.jit
        def update(gradient: Any, state: Any, position: Any, value: Any) -> Any:
            updates, state = made.update(gradient, state, position, value=value, grad=gradient, value_fn=function)
            return optax.apply_updates(position, updates), state

        for step in count(1):
            if optimizer.schedules:
                state.hyperparams.update({name: np.float64(value) for name, value in run.settings(step).items()})
            value, gradient = run.value_and_gradient(place)
            position, state = update(gradient, state, position, value)
            if raised:
                raise raised[0]
            place = np.asarray(position)
            run.step(place)
