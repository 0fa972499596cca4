"""An optimizer as the page is given it: its tape, its notation and its hyperparameters, as plain data for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from steepest.lab import mathml
from steepest.language.expression import Expression
from steepest.language.notation import plain
from steepest.optimizers.optimizer import Optimizer, schedules
from steepest.optimizers.quantities import momentum, order
from steepest.optimizers.reading import read_optimizer
from steepest.optimizers.settings import Setting, read_setting
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.tape.compile import method_tape

SQUARED = 2  # the power of the gradient that a second moment averages


def optimizer_data(text: str, count: int, settings: Mapping[str, Setting] | None = None) -> dict[str, Any]:
    """An optimizer of the zoo, or equations, as data.

    Args:
        text: a name (`"adam"`), a name with hyperparameters (`"adam(lr=0.05)"`), or equations.
        count: the number of parameters that the tape is for, from 1.
        settings: see `page_optimizer`. Hyperparameters that are formulas in `t` and `T` are part of the tape, the others its
            inputs.

    Raises:
        FormulaError, InputError: for what cannot be read.

    >>> [part["name"] for part in optimizer_data("v = beta*v + g; theta = theta - lr*v", 2)["hyperparameters"]]
    ['lr', 'beta']
    """
    optimizer = page_optimizer(text, settings or {})
    formulas = schedules(optimizer.settings)
    average, words = momentum(optimizer), {*optimizer.words, *optimizer.assigned}
    return {
        "name": optimizer.name,
        "text": optimizer_text(optimizer),
        "label": optimizer_text(optimizer),
        "equations": [f"{name} = {plain(expression)}" for name, expression in optimizer.equations],
        "mathml": [mathml.equation(name, expression) for name, expression in optimizer.equations],
        "symbols": {word: mathml.symbol(word) for word in sorted(words) if word.isidentifier()},
        "assigned": [name for name, _ in optimizer.equations],
        "tape": method_tape(optimizer.equations, tuple(formulas.items()), count).to_data(),
        "count": count,
        "state": list(optimizer.state),
        "hyperparameters": [_hyperparameter_data(optimizer, name) for name in optimizer.hyperparameters],
        "arrows": [average] if average else [],
        "squares": [name for name in optimizer.state if (order(optimizer, name) or 0) >= SQUARED],
        "description": optimizer.description,
        "paper": optimizer.paper,
        "year": optimizer.year,
    }


def page_optimizer(text: str, settings: Mapping[str, Setting]) -> Optimizer:
    """The optimizer that the page means by a text and settings.

    In equations, a name that is a hyperparameter of the zoo takes the value that most of the zoo's optimizers give it, unless
    `settings` or the objective give it another.

    Raises:
        FormulaError, InputError: for what cannot be read.
    """
    given = {name: read_setting(name, value) for name, value in settings.items()}
    return read_optimizer(text, given, _zoo_hyperparameters() if "=" in text.partition("(")[0] else None)


def optimizer_text(optimizer: Optimizer) -> str:
    """The text by which the page knows an optimizer: its name in the zoo, or its equations."""
    return optimizer.name if optimizer.year else optimizer.text


def setting_data(value: Expression) -> float | str:
    """A hyperparameter's value as data: a number, or the text of a formula in `t` and `T`."""
    return value.value if value.operation == "number" else plain(value)


def _hyperparameter_data(optimizer: Optimizer, name: str) -> dict[str, Any]:
    """A hyperparameter with its default, which is None where the objective supplies it, and what the user set."""
    default, setting = optimizer.defaults.get(name), optimizer.settings.get(name)
    chosen = setting_data(setting) if setting is not None else None
    return {
        "name": name,
        "default": default.value if default is not None else None,
        "value": None if isinstance(chosen, str) else chosen,
        "schedule": chosen if isinstance(chosen, str) else None,
    }


@cache
def _zoo_hyperparameters() -> dict[str, Expression]:
    """Every hyperparameter of the zoo but the learning rate, with its most frequent default."""
    values: dict[str, list[float]] = {}
    for entry in OPTIMIZERS.values():
        for name, value in entry.defaults.items():
            values.setdefault(name, []).append(value)
    return {name: read_setting(name, max(found, key=found.count)) for name, found in values.items() if name != "lr"}
