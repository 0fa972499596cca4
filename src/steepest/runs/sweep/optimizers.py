"""The optimizers of a sweep: their equations and schedules may name axes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from steepest.errors import FormulaError, InputError, clipped
from steepest.language.expression import Expression, number
from steepest.language.grammar import read_expression
from steepest.language.notation import number_text, plain
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.reading import optimizer as read_optimizer
from steepest.optimizers.reading import read_optimizer as read_equations
from steepest.optimizers.settings import read_arguments, read_setting
from steepest.runs.sweep.axes import Value


def read_schedule(name: str, value: Any, words: Sequence[str]) -> Expression:
    """The value of a hyperparameter, whose formula may name axes besides `t` and `T`."""
    if not isinstance(value, str):
        return read_setting(name, value)
    try:
        return read_expression(value, known=("t", "T", *(word for word in words if re.search(rf"(?<!\w){word}(?!\w)", value))))
    except FormulaError as error:
        raise error.within(name) from None


def read_optimizer_over(given: Any, words: Sequence[str], shared: Sequence[str]) -> Optimizer:
    """An optimizer; its equations and schedules may name axes, which are read as if they were numbers, then put back."""
    if isinstance(given, str) and re.search(r"\w\s*=[^;]*$", given.partition("(")[0]):  # equations
        offered = dict.fromkeys((*words, *shared), number(1.0))
        found = read_equations(given, {}, offered)
        return replace(found, settings={name: value for name, value in found.settings.items() if name not in offered})
    if not isinstance(given, str) or not (called := re.fullmatch(r"\s*(\w+)\s*\((.*)\)\s*", given, re.DOTALL)):
        return read_optimizer(given)
    inner = read_arguments(called[2])
    held = {key: value for key, value in inner.items() if any(re.search(rf"(?<!\w){word}(?!\w)", value) for word in words)}
    if not held:
        return read_optimizer(given)
    others = ", ".join(f"{key}={value}" for key, value in inner.items() if key not in held)
    made = read_optimizer(f"{called[1]}({', '.join([others] * bool(others) + [f'{key}=1' for key in held])})")
    return replace(made, settings={**made.settings, **{key: read_schedule(key, value, words) for key, value in held.items()}})


def labels(optimizers: Sequence[Optimizer]) -> list[str]:
    """Each optimizer as a short text; two that are the same are refused.

    Raises:
        InputError: for the same optimizer twice.
    """
    found = [optimizer_text(each) for each in optimizers]
    for text in found:
        if found.count(text) > 1:
            raise InputError(f"the optimizer {clipped(text)} is there twice")
    return found


def optimizer_text(optimizer: Optimizer) -> str:
    """An optimizer with the settings that the user made, as it is typed."""
    if isinstance(optimizer, LibraryOptimizer) or optimizer.is_custom:
        return optimizer.text
    settings = ", ".join(f"{name}={plain(value)}" for name, value in optimizer.settings.items())
    return f"{optimizer.name}({settings})" if settings else optimizer.name


def value_text(value: Value) -> str:
    """A value of an axis as it is typed."""
    return value if isinstance(value, str) else number_text(float(value))
