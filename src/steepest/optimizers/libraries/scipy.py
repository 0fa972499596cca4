"""The methods of `scipy.optimize.minimize`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from inspect import cleandoc
from typing import Any

from steepest.errors import InputError
from steepest.optimizers.libraries.adapter import Evaluator, Found, Verdict, verdict
from steepest.optimizers.libraries.library_optimizer import UNKNOWN, LibraryOptimizer

STOPS_ITSELF = True
METHODS = {
    "Nelder-Mead": "", "Powell": "", "COBYLA": "", "COBYQA": "", "CG": "g", "BFGS": "g", "L-BFGS-B": "g", "TNC": "g", "SLSQP": "g",
    "trust-constr": "gH", "Newton-CG": "gH", "dogleg": "gHH", "trust-ncg": "gHH", "trust-krylov": "gHH", "trust-exact": "gHH",
}  # fmt: skip
"""The derivatives that each method takes: a gradient, a Hessian; twice where it cannot do without."""
ELSEWHERE = ("disp", "iprint", "verbose", "return_all", "workers", "bounds")  # options that are no hyperparameters


def names() -> Sequence[str]:
    """The methods."""
    return list(METHODS)


def find(name: str) -> Found:
    """The method of that name; its hyperparameters are its options, as SciPy documents them, and `tol`."""
    words = [*_options(name), *(_options("trust-ncg") if "HH" in METHODS[name] else ())]
    return Found(name, name, dict.fromkeys(["tol", "maxiter", *(word for word in words if word not in ELSEWHERE)], UNKNOWN))


@cache
def _options(method: str) -> list[str]:
    """The names of a method's options, read off SciPy's documentation of them."""
    from scipy.optimize import show_options

    sections = re.split(r"^(\w+)\n-+\n", cleandoc(show_options("minimize", method, disp=False)), flags=re.MULTILINE)
    texts = dict(zip(sections[1::2], sections[2::2], strict=True))
    lines = re.findall(r"^([\w, ]+) :", texts.get("Options", texts.get("Parameters", "")), re.MULTILINE)
    return [word for line in lines for word in line.split(", ")]


def recognize(given: Any) -> Found | None:
    """Nothing: SciPy's methods have names only."""
    return None


def minimize(optimizer: LibraryOptimizer, run: Evaluator) -> Verdict:
    """Call `scipy.optimize.minimize`, which calls back after every iteration.

    Raises:
        InputError: for a method that needs a Hessian, on a Python function.
    """
    import scipy.optimize

    takes, options = METHODS[optimizer.call], {"maxiter": run.limit + 1, **optimizer.arguments}
    if "HH" in takes and not run.has_hessian:
        raise InputError(f"{optimizer.name} needs a Hessian, and a Python function has none: write a formula, or take scipy:BFGS")
    if optimizer.call == "COBYLA" and "maxiter" not in optimizer.arguments:
        del options["maxiter"]  # there it counts evaluations
    derivatives: Mapping[str, Any] = {"jac": run.gradient} if "g" in takes else {}
    derivatives = {**derivatives, "hess": run.hessian} if "H" in takes and run.has_hessian else derivatives
    constrained = optimizer.call == "trust-constr"  # whose callback is given a state, too
    result = scipy.optimize.minimize(
        run.value, run.start.ravel(), method=optimizer.call, tol=options.pop("tol", None), options=options,
        callback=(lambda position, state: run.step(position)) if constrained else run.step, **derivatives,
    )  # fmt: skip
    if result.x.tolist() != run.position:
        run.step(result.x)  # COBYLA returns the best of its points, not the last one
    return verdict(optimizer.name, result.success, result.message, result.get("nhev") if "HH" in takes else None)
