"""The methods of `scipy.optimize.minimize`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from steepest.errors import InputError
from steepest.optimizers.libraries.adapter import Evaluator, Verdict, verdict
from steepest.optimizers.libraries.library_optimizer import UNKNOWN, LibraryOptimizer
from steepest.optimizers.libraries.signatures import documented, signed

STOPS_ITSELF = True
METHODS = {
    "Nelder-Mead": "", "Powell": "", "COBYLA": "", "COBYQA": "", "CG": "g", "BFGS": "g", "L-BFGS-B": "g", "TNC": "g", "SLSQP": "g",
    "trust-constr": "gH", "Newton-CG": "gH", "dogleg": "gHH", "trust-ncg": "gHH", "trust-krylov": "gHH", "trust-exact": "gHH",
}  # fmt: skip
"""The derivatives that each method takes: a gradient, a Hessian; twice where it cannot do without."""
OTHERS = ("disp", "iprint", "verbose", "return_all", "workers", "bounds")  # options that are no hyperparameters


def calls() -> Mapping[str, str]:
    """The methods, which are called by their names."""
    return dict(zip(METHODS, METHODS, strict=True))


def hyperparameters(method: str) -> Mapping[str, Any]:
    """A method's options, as SciPy documents them, and `tol`; several trust-region methods share those of `trust-ncg`."""
    from scipy.optimize import show_options

    texts = [show_options("minimize", each, disp=False) for each in (method, "trust-ncg")[: 1 + ("HH" in METHODS[method])]]
    return dict.fromkeys(["tol", "maxiter", *(word for text in texts for word in documented(text) if word not in OTHERS)], UNKNOWN)


def recognize(given: Any) -> None:
    """Nothing: SciPy's methods have names only."""


def minimize(optimizer: LibraryOptimizer, run: Evaluator) -> Verdict:
    """Call `scipy.optimize.minimize`, which calls back after every iteration.

    Raises:
        InputError: for a method that needs a Hessian, on a Python function.
    """
    import scipy.optimize

    def step(intermediate_result: Any) -> None:  # by this name SciPy knows who takes its state, and no copy of the position
        run.step(intermediate_result["x"] if isinstance(intermediate_result, dict) else intermediate_result)

    takes = METHODS[optimizer.call]
    if "HH" in takes and not run.has_hessian:
        raise InputError(f"{optimizer.name} needs a Hessian, and a Python function has none: write a formula, or take scipy:BFGS")
    options = ({} if optimizer.call == "COBYLA" else {"maxiter": run.limit + 1}) | optimizer.numbers  # there it counts evaluations
    result = scipy.optimize.minimize(
        run.value, run.start.ravel(), method=optimizer.call, tol=options.pop("tol", None), options=options, callback=signed(step),
        jac=run.gradient if "g" in takes else None, hess=run.hessian if "H" in takes and run.has_hessian else None,
    )  # fmt: skip
    if result.x.tolist() != run.position:
        run.step(result.x)  # COBYLA returns the best of its points, not the last one
    return verdict(optimizer.name, result.success, result.message, result.get("nhev") if "HH" in takes else None)
