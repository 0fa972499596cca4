"""`steepest.lab`: the page to play with, in a notebook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError, MissingDependencyError
from steepest.lab.document import state_of
from steepest.objectives.formula import read_objective
from steepest.optimizers.optimizer import Optimizer, Setting
from steepest.runs.descent import compare
from steepest.runs.start import builtin_number

if TYPE_CHECKING:
    from steepest.lab.widget import Lab

Range = tuple[float, float]


def lab(
    objective: str = "parabola",
    start: Any = None,
    *,
    optimizer: str | Optimizer | Sequence[str | Optimizer] = "gd",
    lr: Setting | Range | None = None,
    steps: int | tuple[int, int] = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
) -> Lab:
    """The page to play with, as a widget of the notebook: Jupyter, VS Code, Colab, marimo.

    The result's `runs` are the trajectories that the page shows, and `start`, `lr`, `steps` and the like can be read and set from
    Python while somebody plays. The arguments are those of `steepest.descend`, and besides:

    Args:
        objective: a formula or the name of a gallery function.
        optimizer: one, or several that race each other.
        lr, steps: a value, or `(low, high)` as the ends of a slider.

    Raises:
        InputError, FormulaError: for what cannot be run.
        MissingDependencyError: if anywidget is not installed.

    >>> w = lab("2x^2 - 4x", start=0, steps=(1, 20), lr=(0.01, 1))
    >>> w.lr, w.steps, w.runs[0].steps
    (0.1, 20, 20)
    >>> w.lr = 0.25
    >>> w.runs[0].ending.message
    'converged after 2 steps: the last step, 0 long, is shorter than tol = 1e-08'
    """
    if callable(objective):
        raise InputError("the page computes in the browser, so its objective is a formula, not a Python function")
    function = read_objective(objective)
    ranges: dict[str, list[float]] = {}
    if isinstance(steps, tuple):
        ranges["steps"] = _ends("steps", steps, lowest=0)
        steps = int(_inside(100, ranges["steps"]))
    if isinstance(lr, tuple):
        ranges["lr"] = _ends("lr", lr, lowest=math.ulp(0.0))
        lr = _inside(function.hyperparameters["lr"], ranges["lr"])
    chosen = [optimizer] if isinstance(optimizer, str | Optimizer) else list(optimizer)
    runs = compare(function, chosen, start, lr=lr, steps=steps, tol=tol, gtol=gtol, seed=seed).runs
    state = state_of(runs) | ({"ranges": ranges} if ranges else {})
    return _widget()(state)


def _ends(name: str, values: tuple[Any, ...], lowest: float) -> list[float]:
    """The ends of a slider.

    Raises:
        InputError: for what is no low and high number.
    """
    numbers = [builtin_number(value) for value in values]
    good = len(numbers) == 2 and all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers)
    if not good or not lowest <= numbers[0] < numbers[1] < math.inf:
        raise InputError(f"the range of {name} is (low, high), from {lowest:g}, not {values}")
    return numbers


def _inside(value: float, ends: list[float]) -> float:
    """The value, or the end of the range that is next to it."""
    return max(ends[0], min(value, ends[1]))


def _widget() -> type[Lab]:
    """The widget's class, which needs a library of its own."""
    try:
        from steepest.lab.widget import Lab
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "traitlets", "ipywidgets"):
            raise
        raise MissingDependencyError("anywidget", "the lab in a notebook", "notebook", or_else="type steepest lab") from None
    return Lab
