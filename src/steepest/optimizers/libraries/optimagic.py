"""The algorithms that optimagic wraps: those of NLopt, pygmo, TAO and others, where they are installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

import numpy as np

from steepest.optimizers.libraries.adapter import Evaluator, Verdict, verdict
from steepest.optimizers.libraries.bounds import read_bounds
from steepest.optimizers.libraries.library_optimizer import REQUIRED, LibraryOptimizer, Missing

STOPS_ITSELF = True
BOUNDS = Missing("(to be set)", "(-2, 2)")


def calls() -> Mapping[str, Any]:
    """The algorithms whose own libraries are installed, without those for sums of squares and likelihoods only."""
    import optimagic

    return {name: getattr(optimagic.algos, name) for name in optimagic.algos.Scalar.AvailableNames}


def hyperparameters(kind: Any) -> Mapping[str, Any]:
    """The options of an algorithm, and `bounds`, as of `optimagic.minimize`, where it takes or needs them."""
    about = kind.__algo_info__
    needed = getattr(about, "needs_bounds", False) or about.name == "scipy_shgo"  # which says that it does not, and fails
    bounds = {"bounds": BOUNDS if needed else None} if about.supports_bounds else {}
    return bounds | {each.name: REQUIRED if each.default is MISSING else each.default for each in fields(kind)}


def recognize(given: Any) -> None:
    """Nothing but one of the algorithms."""


def minimize(optimizer: LibraryOptimizer, run: Evaluator) -> Verdict:
    """Call `optimagic.minimize`; it does not tell its iterations, so that each value that it asks for is a step."""
    import optimagic

    began = False

    def value(position: np.typing.NDArray[np.float64]) -> float:
        nonlocal began
        found = run.value(position)
        if began or not np.array_equal(position, run.start.ravel()):
            run.step(position)
        began = True
        return found

    options = optimizer.numbers
    finite = not getattr(optimizer.call.__algo_info__, "supports_infinite_bounds", True)
    bounds = read_bounds(optimizer.name, options.pop("bounds", None), run.start.ravel(), finite=finite)
    result = optimagic.minimize(
        fun=value, params=run.start.ravel(), algorithm=optimizer.call, jac=run.gradient, algo_options=options, bounds=bounds
    )  # fmt: skip
    if not np.array_equal(result.params, run.position):
        run.step(np.asarray(result.params))  # the best point, where that was not the last one
    return verdict(optimizer.name, result.success is not False, str(result.message))
