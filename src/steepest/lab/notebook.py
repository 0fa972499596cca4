"""`steepest.lab`: the page to play with, in a notebook."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError, MissingDependencyError
from steepest.lab.document import first_state
from steepest.lab.fit_data import check_shown
from steepest.lab.plan import as_optimizers
from steepest.objectives.formula import FormulaObjective, read_objective
from steepest.objectives.model_text import is_model
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.settings import Setting
from steepest.runs.start import builtin_number

if TYPE_CHECKING:
    from steepest.lab.widget import Lab

Range = tuple[float, float]


def lab(
    objective: str | FormulaObjective = "parabola",
    start: Any = None,
    *,
    data: Any = None,
    loss: str = "mse",
    scale: str = "none",
    batch: int | None = None,
    order: str = "shuffle",
    optimizer: str | Optimizer | Sequence[str | Optimizer] = "gd",
    lr: Setting | Range | None = None,
    steps: int | tuple[int, int] = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
) -> Lab:
    """The page to play with, as a widget of a notebook: Jupyter, VS Code, Colab, marimo.

    The page runs the optimizers in the browser. The widget's `start`, `lr`, `steps` and the like follow the page and can be set;
    its `runs` are the trajectories that the page shows, computed in Python when they are read.

    Args:
        objective: a formula or the name of a gallery function; with `data` a model such as `price ~ w*size + b`, or a formula over
            rows; or the objective of a run.
        start: a number, one number for each parameter, or a mapping of names to numbers; the objective's own start if it is
            left out.
        data: a table; see `steepest.data.opening.open_table`. Its rows are kept in the page.
        loss, scale, batch, order: of a model; see `steepest.fit`.
        optimizer: one optimizer, or several to compare, each a text or the result of `steepest.optimizer`.
        lr: the learning rate (a number or a formula in `t` and `T`), or `(low, high)` as the ends of its slider.
        steps: the step limit, or `(low, high)` as the ends of its slider.
        tol, gtol, seed: as of `steepest.descend`.

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
    function = _function(objective, data, loss=loss, scale=scale, batch=batch, order=order)
    ranges: dict[str, list[float]] = {}
    if isinstance(steps, tuple):
        ranges["steps"] = _ends("steps", steps, lowest=0)
        steps = int(_inside(100, ranges["steps"]))
    if isinstance(lr, tuple):
        ranges["lr"] = _ends("lr", lr, lowest=math.ulp(0.0))
        lr = _inside(function.hyperparameters["lr"], ranges["lr"])
    state = first_state(function, start, as_optimizers(optimizer), lr=lr, steps=steps, tol=tol, gtol=gtol, seed=seed)
    return _widget()(state | ({"ranges": ranges} if ranges else {}))


def _function(objective: str | FormulaObjective, data: Any, **settings: Any) -> FormulaObjective:
    """The objective of a text, perhaps over a table."""
    if not isinstance(objective, str):
        check_shown(objective)
        return objective
    if data is None:
        return read_objective(objective)
    from steepest.objectives.data import objective as over_data
    from steepest.objectives.reading import read_model

    found: Any = read_model(objective, data, **settings) if is_model(objective) else over_data(objective, data)
    check_shown(found)
    return found  # type: ignore[no-any-return]


def _ends(name: str, values: tuple[Any, ...], lowest: float) -> list[float]:
    """The ends of a slider.

    Raises:
        InputError: for anything but a low and a high number from `lowest`.
    """
    numbers = [builtin_number(value) for value in values]
    good = len(numbers) == 2 and all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers)
    if not good or not lowest <= numbers[0] < numbers[1] < math.inf:
        raise InputError(f"the range of {name} is (low, high), from {lowest:g}, not {values}")
    return numbers


def _inside(value: float, ends: list[float]) -> float:
    """The value, or the nearest end of the range."""
    return max(ends[0], min(value, ends[1]))


def _widget() -> type[Lab]:
    """The class of the widget, which needs anywidget."""
    try:
        from steepest.lab.widget import Lab
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "traitlets", "ipywidgets"):
            raise
        raise MissingDependencyError("anywidget", "the lab in a notebook", "notebook", or_else="type steepest lab") from None
    return Lab
