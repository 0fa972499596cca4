"""What JAX can trace of a run: its value and gradient, and the hyperparameters that are formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from steepest.optimizers.libraries.adapter import Evaluator
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer


def traceable(run: Evaluator) -> tuple[Callable[[Any], Any], list[BaseException]]:
    """The value as a function that JAX can trace and differentiate, for line searches, and a list of what its calls raise.

    JAX would print that, so that such a call returns NaN.

    Args:
        run: that counts its calls.
    """
    import jax

    raised: list[BaseException] = []

    shapes = np.float64(0), np.zeros(run.start.shape)

    def quiet(call: Callable[[Any], Any], position: Any) -> Any:
        try:
            return call(np.asarray(position))
        except BaseException as error:
            raised.append(error)
            return np.nan, np.full(run.start.shape, np.nan)

    @jax.custom_vjp
    def value(position: Any) -> Any:
        called = jax.pure_callback(lambda at: quiet(lambda at: (run.value(at), at), at), shapes, position)
        return called[0]

    def both(position: Any) -> Any:
        return jax.pure_callback(lambda at: quiet(run.value_and_gradient, at), shapes, position)

    value.defvjp(both, lambda gradient, factor: (factor * gradient,))
    return value, raised


def transformation(optimizer: LibraryOptimizer, first: Mapping[str, float]) -> Any:
    """The gradient transformation of an optimizer, whose state has those hyperparameters that are formulas.

    Args:
        first: their values in the first step.
    """
    import optax

    held = [name for name in optimizer.hyperparameters if name not in first]
    call = optax.inject_hyperparams(optimizer.call, held) if first else optimizer.call
    return optax.with_extra_args_support(call(**optimizer.numbers, **first))
