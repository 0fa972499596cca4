"""The texts by which the page knows objectives and optimizers, which it reads by itself."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from steepest.errors import InputError
from steepest.language.expression import Expression, names
from steepest.language.notation import plain
from steepest.language.tokens import natural
from steepest.objectives.formula import FormulaObjective
from steepest.objectives.objective import Objective
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.reading import read_optimizer
from steepest.optimizers.settings import Setting, read_setting
from steepest.optimizers.zoo import OPTIMIZERS


def objective_text(objective: Objective) -> str:
    """Its name in the gallery, the model of a fit, or a formula that reads back; constants have their names in it."""
    if objective.is_fit:
        return str(objective.written_with_constants)  # type: ignore[attr-defined]
    if isinstance(objective, FormulaObjective) and objective.named is not None:
        parameters = tuple(sorted(names(objective.named) - dict(objective.let).keys(), key=natural))
        text = plain(objective.named)
        return text if parameters == objective.names else f"f({', '.join(objective.names)}) = {text}"
    return objective.entry.name if objective.entry else objective.definition


def constants(objective: Objective) -> dict[str, float]:
    """The values of its constants by name, as the page's state has them."""
    return dict(objective.let) if isinstance(objective, FormulaObjective) else {}


def default_start(objective: FormulaObjective) -> tuple[float, ...]:
    """The objective's own start; the middle of the view where no start is found, for the user to move."""
    try:
        return objective.start(0)
    except InputError:
        return tuple((low + high) / 2 for low, high in objective.view)


def page_optimizer(text: str, settings: Mapping[str, Setting]) -> Optimizer:
    """The optimizer that the page means by a text and settings.

    In equations, a name that is a hyperparameter of the zoo takes the value that most of the zoo's optimizers give it, unless
    `settings` or the objective give it another.

    Raises:
        FormulaError, InputError: for what cannot be read.

    >>> page_optimizer("v = beta*v + g; theta = theta - lr*v", {}).settings["beta"]
    0.9
    """
    given = {name: read_setting(name, value) for name, value in settings.items()}
    return read_optimizer(text, given, _zoo_hyperparameters() if "=" in text.partition("(")[0] else None)


def optimizer_text(optimizer: Optimizer) -> str:
    """Its name in the zoo, or its equations."""
    return optimizer.name_or_text


def setting_data(value: Expression) -> float | str:
    """A hyperparameter's value as data: a number, or the text of a formula in `t` and `T`."""
    return value.value if value.operation == "number" else plain(value)


@cache
def _zoo_hyperparameters() -> dict[str, Expression]:
    """Every hyperparameter of the zoo but the learning rate, with its most frequent default."""
    values: dict[str, list[float]] = {}
    for entry in OPTIMIZERS.values():
        for name, value in entry.defaults.items():
            values.setdefault(name, []).append(value)
    return {name: read_setting(name, max(found, key=found.count)) for name, found in values.items() if name != "lr"}
