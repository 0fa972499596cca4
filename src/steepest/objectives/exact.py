"""The exact answer of a fit, where there is one: least squares by QR, other losses by damped Newton, to the last digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.data.files.cells import listed
from steepest.language.derivative import gradient
from steepest.language.expression import Expression, evaluate, names, number, rebuilt, substitute
from steepest.language.operations import REDUCTIONS
from steepest.objectives.answer import Exact
from steepest.objectives.newton import newton
from steepest.objectives.units import inside_link, linear_terms
from steepest.tape.compile import function_tape
from steepest.tape.row_lowering import row_tape
from steepest.targets.arrays import interpret
from steepest.targets.reference import results

if TYPE_CHECKING:
    from steepest.objectives.fit import FitObjective

Array = NDArray[np.float64]
BLOCK = 65_536  # rows whose matrix is factored at once
MOST_NAMED = 8  # parameters that a sentence names
PERFECT = 1e-13  # residuals next to the observed numbers that are rounding
CONVEX = {"log": "sigmoid", "poisson": "exp"}
"""Losses that are convex in what the function of the prediction is taken of."""


def exact_answer(objective: FitObjective, start: Sequence[float] | None = None) -> Exact:
    """The minimum of a fit's loss over all rows.

    A loss that is a multiple of (y-p)^2 with a model that is linear in its parameters is solved by Householder QR with a step of
    refinement (Björck, Numerical Methods for Least Squares Problems, 1996, sections 2.4 and 2.9), everything else by Newton's
    method from the start.

    Args:
        objective: the fit.
        start: where Newton's method begins; 0 if it is left out.
    """
    terms = linear_terms(objective.model, objective.names)
    if terms is not None and is_squared(objective.loss.expression):
        return _least_squares(objective, *terms)
    return newton(_Search(objective), [0.0] * len(objective.names) if start is None else list(start))


def is_squared(loss: Expression) -> bool:
    """Whether a loss is a positive multiple of (y-p)^2."""
    (slope,) = gradient(loss, ("p",))
    (bend,) = gradient(slope, ("p",))
    if names(bend) or not evaluate(bend) > 0:
        return False
    probes = (-2.75, 0.3125, 1.7e3)
    return all(
        evaluate(substitute(part, {"y": number(value), "p": number(value)})) == 0 for value in probes for part in (loss, slope)
    )


def _matrix(objective: FitObjective, parts: Sequence[Expression]) -> Array:
    """Expressions without parameters in every row: shape `(rows, parts)`."""
    columns = objective.columns
    values = [objective.table[name] for name in columns]
    matrix = np.empty((objective.table.rows, len(parts)))
    for index, part in enumerate(parts):
        tape = row_tape(rebuilt(part, _reduced), (), columns)
        matrix[:, index] = interpret(tape, values)[tape.outputs["p"][0]]
    return matrix


def _reduced(node: Expression) -> Expression | None:
    """A sum or mean over the rows as its number."""
    return number(evaluate(node)) if node.operation in REDUCTIONS else None


def _least_squares(objective: FitObjective, rest: Expression, factors: Sequence[Expression]) -> Exact:
    """Linear least squares of a model with these factors."""
    matrix, target = _matrix(objective, factors), objective.table[objective.target] - _matrix(objective, [rest])[:, 0]
    found = least_squares(matrix, target, objective.names)
    return found if found.position is None else replace(found, value=objective.value(found.position))


def least_squares(matrix: Array, target: Array, labels: Sequence[str]) -> Exact:
    """The position that makes |target - matrix @ position| least, without a value.

    Args:
        matrix: shape `(rows, parameters)`.
        target: shape `(rows,)`.
        labels: the parameters' names, for sentences.
    """
    if not (np.isfinite(matrix).all() and np.isfinite(target).all()):
        return Exact(None, None, False, "none: the model has no finite value in every row")
    sizes = np.abs(matrix).max(axis=0)
    zero = [name for name, size in zip(labels, sizes, strict=True) if not size]
    if zero:
        return Exact(None, None, False, f"none: every value of {listed(zero, MOST_NAMED)} gives the same predictions")
    scales = np.ldexp(1.0, np.frexp(sizes)[1])
    scaled = matrix / scales
    size = float(np.abs(target).max()) or 1.0
    triangle, turned = _solved_form(scaled, target / size)
    spread, directions = np.linalg.svd(triangle)[1:]
    if len(matrix) < matrix.shape[1] or spread[-1] <= spread[0] * np.finfo(float).eps * max(scaled.shape):
        mixed = np.abs(directions[-1]) > 1e-6 * np.abs(directions[-1]).max()
        together = [name for name, part in zip(labels, mixed, strict=True) if part]
        return Exact(
            None, None, False, f"none: {listed(together, MOST_NAMED)} cannot be told apart by these rows, so many answers are equal"
        )
    found: Array = np.asarray(np.linalg.solve(triangle, turned), dtype=float)
    left = _residuals(scaled, target / size, found)
    found += np.linalg.solve(triangle, _solved_form(scaled, left)[1])
    left = _residuals(scaled, target / size, found)
    position = tuple(map(float, found * size / scales))
    if not all(map(math.isfinite, position)):
        return Exact(None, None, False, "none: the numbers of the answer are beyond 1.8e308")
    perfect = float(np.abs(left).max()) <= PERFECT
    told = "least squares by QR" + ("; the model fits every row, up to rounding" if perfect else "")
    return Exact(position, None, True, told)


def _solved_form(matrix: Array, target: Array) -> tuple[Array, Array]:
    """R of the QR factorization, and Q'y: from that of [X y], block after block, so that Q is never kept."""
    count = matrix.shape[1]
    triangle: Array = np.empty((0, count + 1))
    for begin in range(0, len(matrix), BLOCK):
        block = np.column_stack([matrix[begin : begin + BLOCK], target[begin : begin + BLOCK]])
        triangle = np.asarray(np.linalg.qr(np.vstack([triangle, block]), mode="r"))
    triangle = np.vstack([triangle, np.zeros((max(count - len(triangle), 0), count + 1))])
    return triangle[:count, :count], triangle[:count, count]


def _residuals(matrix: Array, target: Array, found: Array) -> Array:
    """Observed minus predicted, in more digits than they are kept with."""
    parts = [
        target[begin : begin + BLOCK] - matrix[begin : begin + BLOCK].astype(np.longdouble) @ found.astype(np.longdouble)
        for begin in range(0, len(matrix), BLOCK)
    ]
    return np.concatenate(parts).astype(float)


class _Search:
    """The loss, its derivatives, and what is known about its shape."""

    def __init__(self, objective: FitObjective) -> None:
        self.objective = objective
        self.tape = function_tape(objective.expression, objective.names, True)
        inner = inside_link(objective.model)
        terms = linear_terms(inner, objective.names)
        self.convex = (
            terms is not None
            and CONVEX.get(objective.loss.name) == objective.model.operation
            and inner is objective.model.arguments[0]
        )
        self.design = _matrix(objective, [*terms[1], terms[0]]) if terms and self.convex and objective.loss.name == "log" else None

    def at(self, position: Array) -> tuple[float, Array, Array] | None:
        """The value, the gradient and the Hessian; None where one is not finite."""
        slots, count = results(self.tape, position.tolist()), len(position)
        value = slots[self.tape.outputs["f"][0]]
        slope = np.array([slots[slot] for slot in self.tape.outputs["g"]])
        hessian = np.array([slots[slot] for slot in self.tape.outputs["H"]]).reshape(count, count)
        return (value, slope, hessian) if math.isfinite(value) and np.isfinite(slope).all() and np.isfinite(hessian).all() else None

    def separates(self, position: Array) -> bool:
        """Whether parameters, however large, put every row on its own side: then the loss falls along them without end.

        Albert and Anderson, Biometrika 71 (1984), p. 1: complete and quasi-complete separation.
        """
        if self.design is None or self.design[:, -1].any() or not position.any():
            return False
        signs = 2 * self.objective.table[self.objective.target] - 1
        margins = signs * (self.design[:, :-1] @ position)
        return bool(margins.min() >= 0 and margins.max() > 0)
