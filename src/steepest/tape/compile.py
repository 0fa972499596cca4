"""Cached tapes and programs of formulas and equations."""

from __future__ import annotations

from functools import lru_cache

from steepest.language.expression import Expression
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.optimizer import Optimizer
from steepest.tape.lowering import link, objective_tape, optimizer_tape
from steepest.tape.program import Program
from steepest.tape.tape import Tape


@lru_cache(maxsize=256)
def program(
    equations: tuple[tuple[str, Expression], ...],
    schedules: tuple[tuple[str, Expression], ...],
    expression: Expression,
    names: tuple[str, ...],
    constants: tuple[str, ...] = (),
) -> Program:
    """The program of an optimizer on a formula.

    Args:
        equations: the optimizer's.
        schedules: the hyperparameters that are formulas in `t` and `T`; the others are inputs of the program.
        expression, names: the formula and its parameters.
        constants: further names that are inputs of the program.
    """
    optimizer = Optimizer("", equations)
    function = function_tape(expression, names, optimizer.uses("H"), constants)
    method = method_tape(equations, schedules, len(names))
    held = tuple(name for name in optimizer.hyperparameters if name not in dict(schedules))
    return Program(link(method, function), function, optimizer.state, held)


def tape_of(objective: FormulaObjective, *, second: bool = False) -> Tape:
    """The cached tape of an objective, with the inputs of `FormulaObjective.inputs`.

    Args:
        second: whether the Hessian is an output, too.
    """
    return function_tape(objective.compiled, objective.names, second, objective.constant_names)


@lru_cache(maxsize=256)
def function_tape(expression: Expression, names: tuple[str, ...], second: bool, constants: tuple[str, ...] = ()) -> Tape:
    """The cached `objective_tape`."""
    return objective_tape(expression, names, second=second, constants=constants)


@lru_cache(maxsize=256)
def method_tape(equations: tuple[tuple[str, Expression], ...], schedules: tuple[tuple[str, Expression], ...], count: int) -> Tape:
    """The cached `optimizer_tape`."""
    return optimizer_tape(Optimizer("", equations), count, dict(schedules))
