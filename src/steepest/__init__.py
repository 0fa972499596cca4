"""See, understand and share gradient descent: type a function and an optimizer, get every step of the way down.

>>> import steepest
>>> run = steepest.descend("x^2", start=3, lr=0.3, tol=1e-5, steps=20)
>>> run.ending == "converged", run.steps
(True, 15)
"""

from __future__ import annotations

import sys
from types import ModuleType

from steepest.version import __version__

TYPE_CHECKING = False  # as checkers of types understand it; to load typing takes longer than all the rest here
if TYPE_CHECKING:
    from typing import Any

    from steepest.compare.difference import Difference as Difference
    from steepest.compare.difference import diff as diff
    from steepest.diagnosis.diagnosis import Diagnosis as Diagnosis
    from steepest.errors import FormulaError as FormulaError
    from steepest.errors import InputError as InputError
    from steepest.errors import SteepestError as SteepestError
    from steepest.explain.explanation import Explanation as Explanation
    from steepest.lab.notebook import lab as lab
    from steepest.objectives.data import objective as objective
    from steepest.objectives.gallery import GALLERY as GALLERY
    from steepest.optimizers.optimizer import Optimizer as Optimizer
    from steepest.optimizers.reading import optimizer as optimizer
    from steepest.optimizers.zoo import OPTIMIZERS as OPTIMIZERS
    from steepest.runs.descent import compare as compare
    from steepest.runs.descent import descend as descend
    from steepest.runs.fit import Fit as Fit
    from steepest.runs.fitting import fit as fit
    from steepest.runs.sweep.axes import linear as linear
    from steepest.runs.sweep.axes import log as log
    from steepest.runs.sweep.sweep import Sweep as Sweep
    from steepest.runs.sweep.sweep import sweep as sweep
    from steepest.runs.sweep.tuning import tune as tune
    from steepest.runs.trajectory import Comparison as Comparison
    from steepest.runs.trajectory import Trajectory as Trajectory

PLACES = {
    "compare": "runs.descent",
    "descend": "runs.descent",
    "diff": "compare.difference",
    "fit": "runs.fitting",
    "lab": "lab.notebook",
    "linear": "runs.sweep.axes",
    "log": "runs.sweep.axes",
    "objective": "objectives.data",
    "optimizer": "optimizers.reading",
    "sweep": "runs.sweep.sweep",
    "tune": "runs.sweep.tuning",
    "Comparison": "runs.trajectory",
    "Diagnosis": "diagnosis.diagnosis",
    "Difference": "compare.difference",
    "Explanation": "explain.explanation",
    "Fit": "runs.fit",
    "FormulaError": "errors",
    "GALLERY": "objectives.gallery",
    "InputError": "errors",
    "OPTIMIZERS": "optimizers.zoo",
    "Optimizer": "optimizers.optimizer",
    "SteepestError": "errors",
    "Sweep": "runs.sweep.sweep",
    "Trajectory": "runs.trajectory",
}
__all__ = ["__version__", *PLACES]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that `import steepest` loads next to nothing."""
    if name not in PLACES:
        raise AttributeError(f"module 'steepest' has no attribute '{name}'")
    from importlib import import_module

    module, _, attribute = PLACES[name].partition(":")
    value = getattr(import_module(f"steepest.{module}"), attribute or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *PLACES])


class _Package(ModuleType):
    """Keeps `steepest.compare` and `steepest.lab` the public functions when the folders of the same names are imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in PLACES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
