"""`steepest.lab`: the page to play with, in a notebook."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError, load
from steepest.lab.document import first_document
from steepest.lab.fit_data import shown
from steepest.lab.plan import as_optimizers
from steepest.lab.recordings import is_recorded
from steepest.objectives.constants import CONSTANT
from steepest.objectives.formula import FormulaObjective
from steepest.objectives.model_text import is_model
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.reading import optimizer as read_optimizer
from steepest.optimizers.settings import Setting
from steepest.runs.start import builtin_number

if TYPE_CHECKING:
    from steepest.lab.widget import Lab

Range = tuple[float, float]


def lab(
    objective: str | FormulaObjective = "parabola",
    start: Any = None,
    *,
    optimizers: str | Optimizer | Sequence[str | Optimizer] = "gd",
    let: Mapping[str, float | Range] | None = None,
    data: Any = None,
    loss: str = "mse",
    scale: str = "none",
    batch: int | None = None,
    order: str = "shuffle",
    lr: Setting | Range | None = None,
    steps: int | tuple[int, int] = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
    compact: bool = False,
) -> Lab:
    """The page to play with, as a widget of a notebook: Jupyter, VS Code, Colab, marimo.

    The page runs the optimizers in the browser. The widget's `start`, `lr`, `steps` and the like follow the page and can be set;
    its `runs` are the trajectories that the page shows, computed in Python when they are read.

    Args:
        objective: a formula or the name of a gallery function; with `data` a model such as `price ~ w*size + b`, or a formula over
            rows; or the objective of a run.
        start: a number, one number for each parameter, or a mapping of names to numbers; the objective's own start if it is
            left out.
        optimizers: one, or several to compare, each a text or the result of `steepest.optimizer`. Those of other libraries are run
            and recorded; where there are no others, `gd` stands beside them, whose numbers are the widget's.
        let: the values of constants, names of the formula that are no parameters, or `(low, high)` as the ends of their sliders.
        data: a table; see `steepest.data.opening.open_table`. Its rows are kept in the page.
        loss, scale, batch, order: of a model; see `steepest.fit`.
        lr: the learning rate (a number or a formula in `t` and `T`), or `(low, high)` as the ends of its slider.
        steps: the step limit, or `(low, high)` as the ends of its slider.
        tol, gtol, seed: as of `steepest.descend`.
        compact: whether to show the picture and the sliders only.

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
    ranges: dict[str, list[float]] = {}
    constants: dict[str, float] = {}
    for name, value in (let or {}).items():
        if isinstance(value, tuple):
            ranges[CONSTANT + name] = _ends(name, value, lowest=-math.inf)
            value = _inside(1.0, ranges[CONSTANT + name])
        constants[name] = builtin_number(value)
    function = _function(objective, constants, data, loss=loss, scale=scale, batch=batch, order=order)
    if isinstance(steps, tuple):
        ranges["steps"] = _ends("steps", steps, lowest=0)
        steps = int(_inside(100, ranges["steps"]))
    if isinstance(lr, tuple):
        ranges["lr"] = _ends("lr", lr, lowest=math.ulp(0.0))
        lr = _inside(function.hyperparameters["lr"], ranges["lr"])
    flags = {"flags": {"show": ["compact"]}} if compact else {}
    more = ({"ranges": ranges} if ranges else {}) | flags
    settings = {"lr": lr, "steps": steps, "tol": tol, "gtol": gtol, "seed": seed}
    instead = "type steepest lab"
    module = load("steepest.lab.widget", "the lab in a notebook", "notebook", library="anywidget", or_else=instead)
    every = as_optimizers(optimizers)
    if every and all(map(is_recorded, every)):
        every.append(read_optimizer("gd"))  # whose numbers are the widget's own
    widget: Lab = module.Lab(first_document(function, start, every, more=more, **settings))
    return widget


def _function(objective: str | FormulaObjective, let: Mapping[str, float], data: Any, **settings: Any) -> FormulaObjective:
    """The objective of a text, perhaps over a table."""
    found: Any = objective
    if isinstance(objective, str):
        from steepest.objectives.data import objective as read
        from steepest.objectives.reading import read_model

        is_fit = data is not None and is_model(objective)
        found = read_model(objective, data, let=let, **settings) if is_fit else read(objective, data, let=let)
    return shown(found)  # type: ignore[return-value]


def _ends(name: str, values: tuple[Any, ...], lowest: float) -> list[float]:
    """The ends of a slider.

    Raises:
        InputError: for anything but a low and a high number from `lowest`.
    """
    numbers = [builtin_number(value) for value in values]
    good = len(numbers) == 2 and all(isinstance(value, int | float) and not isinstance(value, bool) for value in numbers)
    if not good or not lowest <= numbers[0] < numbers[1] < math.inf or math.isinf(numbers[0]):
        least = "" if math.isinf(lowest) else f", from {lowest:g}"
        raise InputError(f"the range of {name} is (low, high){least}, not {values}")
    return numbers


def _inside(value: float, ends: list[float]) -> float:
    """The value, or the nearest end of the range."""
    return max(ends[0], min(value, ends[1]))
