"""The algorithms that optimagic wraps: those of NLopt, pygmo, TAO and others, where they are installed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import MISSING, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.optimizers.libraries.adapter import Evaluator, Found, Verdict, verdict
from steepest.optimizers.libraries.library_optimizer import REQUIRED, LibraryOptimizer

STOPS_ITSELF = True


def names() -> Sequence[str]:
    """The algorithms whose own libraries are installed."""
    import optimagic

    return list(optimagic.algos.AvailableNames)


def find(name: str) -> Found:
    """The algorithm of that name, with its options."""
    import optimagic

    kind = getattr(optimagic.algos, name)
    options = {each.name: REQUIRED if each.default is MISSING else each.default for each in fields(kind)}
    return Found(name, name, options)


def recognize(given: Any) -> Found | None:
    """One of `optimagic.algos`."""
    import optimagic

    return next((find(name) for name in names() if getattr(optimagic.algos, name) is given), None)


def minimize(optimizer: LibraryOptimizer, run: Evaluator) -> Verdict:
    """Call `optimagic.minimize`; it does not tell its iterations, so that each value that it asks for is a step."""
    import optimagic

    began = False

    def value(position: NDArray[np.float64]) -> float:
        nonlocal began
        found = run.value(position)
        if began or not np.array_equal(position, run.start.ravel()):
            run.step(position)
        began = True
        return found

    result = optimagic.minimize(
        fun=value, params=run.start.ravel(), algorithm=optimizer.call, jac=run.gradient, algo_options=dict(optimizer.arguments)
    )  # fmt: skip
    if not np.array_equal(result.params, run.position):
        run.step(np.asarray(result.params))  # the best point, where that was not the last one
    return verdict(optimizer.name, result.success is not False, str(result.message))
