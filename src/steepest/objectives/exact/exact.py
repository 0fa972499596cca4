"""The exact answer of a fit, where there is one: least squares by QR, other losses by damped Newton, to the last digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from steepest.language import added_constant
from steepest.language.derivative import gradient
from steepest.language.expression import Expression, evaluate, names, number, substitute
from steepest.objectives.answer import Exact
from steepest.objectives.exact.least_squares import least_squares, values_in_rows
from steepest.objectives.exact.levenberg_marquardt import Residuals, levenberg_marquardt
from steepest.objectives.exact.newton import judged, newton
from steepest.objectives.units import inside_link, linear_terms
from steepest.tape.compile import tape_of
from steepest.targets.reference import results
from steepest.targets.rows.values import RowValues

if TYPE_CHECKING:
    from steepest.objectives.fit import FitObjective

Array = NDArray[np.float64]
MOST_STEPS, MOST_PASSES = 1_000, 50  # of a search; over a table that is not in memory
LAST_DIGITS = 1e-9  # a cosine with which the Levenberg-Marquardt method has them
POLISHING = 20  # steps of Newton's method from where another one rests
CONVEX = {"log": "sigmoid", "poisson": "exp"}
"""Losses that are convex in what the function of the prediction is taken of."""


def exact_answer(objective: FitObjective, start: Sequence[float] | None = None) -> Exact:
    """The minimum of a fit's loss over all rows.

    A loss that is a multiple of (y-p)^2, and perhaps a constant, is solved by QR if the model is linear in its parameters, else by
    the Levenberg-Marquardt method from the start. Everything else, and what that does not reach, is solved by Newton's method with
    Marquardt's damping (Nocedal and Wright, Numerical Optimization, 2006, section 10.3).

    Args:
        objective: the fit.
        start: where the search begins; 0 if it is left out.
    """
    terms, squared = linear_terms(objective.model, objective.names), is_squared(objective.loss.expression)
    if terms is not None and squared:
        position, told = least_squares(objective, *terms)
        return Exact(position, None if position is None else objective.value(position), position is not None, told)
    begin = [0.0] * len(objective.names) if start is None else list(start)
    most = MOST_STEPS if objective.table.in_memory else MOST_PASSES
    found = (_squares(objective, begin, most) if squared else None) or newton(_Search(objective), begin, most)
    return found if found.position is None else replace(found, value=objective.value(found.position))


def without_constant(objective: FitObjective) -> FitObjective:
    """The same fit without the constants that are added to its loss, in which the digits of its value would be lost."""
    opened = objective.opened and added_constant.without_constant(objective.opened)
    return replace(objective, expression=added_constant.without_constant(objective.expression), opened=opened)


def _squares(objective: FitObjective, start: Sequence[float], most: int) -> Exact | None:
    """A minimum of the sum of squares to the last digits; None if none was reached.

    Where the Levenberg-Marquardt method rests, Newton's method finds the last digits, and sees whether it is a minimum.
    """
    rest = levenberg_marquardt(Residuals(objective), start, most)
    if rest is None:
        return None
    position, here = rest
    told = "a minimum by the Levenberg-Marquardt method; there may be others"
    if here.perfect:
        place = tuple(map(float, position))
        return Exact(place, None, False, f"{told}; the model fits every row, up to rounding")
    search = _Search(objective)
    curved = search.at(position) if here.cosine <= LAST_DIGITS else None
    found = newton(search, position.tolist(), POLISHING) if curved is None else judged(position, curved, convex=False)
    return None if found.position is None else replace(found, told=told)


def is_squared(loss: Expression) -> bool:
    """Whether a loss is a positive multiple of (y-p)^2, perhaps with a constant added."""
    (slope,) = gradient(loss, ("p",))
    (bend,) = gradient(slope, ("p",))
    if names(bend) or not evaluate(bend) > 0:
        return False
    hits = [{"y": number(value), "p": number(value)} for value in (-2.75, 0.3125, 1.7e3)]
    constant = evaluate(substitute(loss, hits[0]))
    return all(evaluate(substitute(loss, hit)) == constant and evaluate(substitute(slope, hit)) == 0 for hit in hits)


class _Search:
    """The loss without an added constant, its derivatives, and what is known about its shape."""

    def __init__(self, objective: FitObjective) -> None:
        self.objective = objective
        self.tape = tape_of(without_constant(objective), second=True)
        inner = inside_link(objective.model)
        terms = linear_terms(inner, objective.names)
        self.convex = (
            terms is not None
            and CONVEX.get(objective.loss.name) == objective.model.operation
            and inner is objective.model.arguments[0]
        )
        by_classes = self.convex and objective.loss.name == "log"
        self.design = values_in_rows(objective, [*terms[1], terms[0]]) if terms and by_classes else None

    def at(self, position: Array) -> tuple[float, Array, Array] | None:
        """The value, the gradient and the Hessian; None where one is not finite."""
        slots, count = results(self.tape, self.objective.inputs(position.tolist())), len(position)
        value = slots[self.tape.outputs["f"][0]]
        slope = np.array([slots[slot] for slot in self.tape.outputs["g"]])
        hessian = np.array([slots[slot] for slot in self.tape.outputs["H"]]).reshape(count, count)
        return (value, slope, hessian) if math.isfinite(value) and np.isfinite(slope).all() and np.isfinite(hessian).all() else None

    def separates(self, position: Array) -> bool:
        """Whether parameters, however large, put every row on its own side: then the loss falls along them without end.

        Albert and Anderson, Biometrika 71 (1984), p. 1: complete and quasi-complete separation.
        """
        if self.design is None or not position.any():
            return False
        names = (*self.objective.columns, self.objective.target)
        found = list(self.objective.table.by_chunk(_Margins(self.design, tuple(map(float, position))), names))
        return all(each is not None and each[0] >= 0 for each in found) and any(each is not None and each[1] > 0 for each in found)


@dataclass(frozen=True)
class _Margins:
    """The least and the greatest margin of a chunk's rows, by which they are on their own side; None with a constant part."""

    design: RowValues
    position: tuple[float, ...]

    def __call__(self, columns: Sequence[Array]) -> tuple[float, float] | None:
        design = self.design(columns)
        if design[:, -1].any():
            return None
        margins = (2 * columns[-1] - 1) * (design[:, :-1] @ np.array(self.position))
        return float(margins.min()), float(margins.max())
