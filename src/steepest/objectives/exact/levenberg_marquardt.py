"""Least squares of a model that is not linear in its parameters, by the Levenberg-Marquardt method with QR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steepest.language.derivative import gradient
from steepest.language.rows import BLOCK
from steepest.objectives.prediction import reduced
from steepest.tape.row_lowering import row_tape
from steepest.targets.rows.values import RowValues

if TYPE_CHECKING:
    from steepest.objectives.fit import FitObjective

Array = NDArray[np.float64]
FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-3, 1e-18, 1e30
ORTHOGONAL, SOUGHT = 1e-7, 1e-13  # the cosine of the residuals with the columns of the Jacobian that counts as 0; that is sought
ROUNDING = 1e-14  # the share by which two equal sums of squares differ at least
FINEST = 1e-15  # the share of an observed number by which its residual is off
PERFECT = 1e-12  # residuals next to the observed numbers that are rounding


class Linearized(NamedTuple):
    """The residuals r near a position, with the factors Q and R of their Jacobian.

    Attributes:
        squares: r'r.
        triangle, turned: R, and Q'r.
        largest: the largest absolute residual, and the largest absolute observed number.
    """

    squares: float
    triangle: Array
    turned: Array
    largest: tuple[float, float]

    @property
    def cosine(self) -> float:
        """Of the residuals with the nearest direction in which the parameters move them: 0 at a minimum."""
        return float(np.linalg.norm(self.turned) / np.sqrt(self.squares)) if self.squares else 0.0

    @property
    def perfect(self) -> bool:
        """Whether the model fits every row up to rounding, with parameters that the rows tell apart."""
        sizes = np.linalg.norm(self.triangle, axis=0)
        if not self.largest[0] <= PERFECT * self.largest[1] or not (sizes > 0).all():
            return False
        spread = np.linalg.svd(self.triangle / sizes, compute_uv=False)
        return bool(spread[-1] > np.finfo(float).eps * len(sizes) * spread[0])


@dataclass(frozen=True)
class Residuals:
    """The residuals of a fit over all rows, as a function of its parameters."""

    objective: FitObjective

    def at(self, position: Array) -> Linearized | None:
        """The residuals near a position; None where one of them, or one of their derivatives, is not finite."""
        objective, given = self.objective, position.tolist()
        numbers = dict(zip(objective.names, given, strict=True))
        parts = (*gradient(objective.model, objective.names), objective.model)
        tapes = tuple(row_tape(reduced(part, numbers), objective.names, objective.columns) for part in parts)
        work = _Triangle(RowValues(tapes, tuple(given), len(objective.columns)))
        count, squares, largest = len(given), 0.0, np.zeros(2)
        triangle: Array = np.zeros((0, count + 1))
        for found in objective.table.by_chunk(work, (*objective.columns, objective.target)):
            if found is None:
                return None
            triangle = np.asarray(np.linalg.qr(np.vstack([triangle, found[0]]), mode="r"))
            squares, largest = squares + found[1], np.maximum(largest, found[2])
        triangle = np.vstack([triangle, np.zeros((max(count - len(triangle), 0), count + 1))])
        return Linearized(squares, triangle[:count, :count], triangle[:count, count], (float(largest[0]), float(largest[1])))


@dataclass(frozen=True)
class _Triangle:
    """The triangle of [J r] of a chunk, the sum of the squared residuals, the largest residual and the largest observed number."""

    values: RowValues

    def __call__(self, columns: Sequence[Array]) -> tuple[Array, float, Array] | None:
        with np.errstate(all="ignore"):
            both = self.values(columns)
            both[:, -1] = columns[-1] - both[:, -1]
            sizes = (both**2).sum(axis=0)
        if not np.isfinite(sizes).all():
            return None
        squares = float(sizes[-1])
        parts = [np.linalg.qr(both[first : first + BLOCK], mode="r") for first in range(0, len(both), BLOCK)]
        largest = np.array([np.abs(both[:, -1]).max(), np.abs(columns[-1]).max()])
        return np.asarray(np.linalg.qr(np.vstack(parts), mode="r")), squares, largest


def levenberg_marquardt(residuals: Residuals, start: Sequence[float], most: int) -> tuple[Array, Linearized] | None:
    """A position at which the sum of the squared residuals rests, and the residuals there; None if none was reached.

    Moré, Numerical Analysis (Lecture Notes in Mathematics 630, 1978), p. 105, with the damping of Nielsen, IMM-REP-1999-05
    (Technical University of Denmark, 1999).

    Args:
        most: steps, each with a pass over the rows.
    """
    position, damping, growth = np.array(start, dtype=float), FIRST_DAMPING, 2.0
    here = residuals.at(position)
    sizes = np.zeros(len(position))
    for _ in range(most if here is not None else 0):
        assert here is not None
        if here.cosine <= SOUGHT:
            break
        sizes = np.maximum(sizes, np.linalg.norm(here.triangle, axis=0))
        scales = np.where(sizes > 0, sizes, 1.0)
        step = _damped(here, scales, damping)
        if (position + step / scales == position).all():
            break
        there = residuals.at(position + step / scales)
        promised = float(step @ (damping * step + (here.triangle / scales).T @ here.turned))
        gain = (here.squares - there.squares) / promised if there is not None and promised > 0 else -1.0
        if there is not None and (gain > 0 or _closer(here, there)):
            position, here, growth = position + step / scales, there, 2.0
            damping = max(damping * max(1 / 3, 1 - (2 * min(max(gain, 0.5), 1.0) - 1) ** 3), LEAST_DAMPING)
        else:
            damping, growth = damping * growth, growth * 2
            if damping > MOST_DAMPING:
                break
    return None if here is None or not (here.cosine <= ORTHOGONAL or here.perfect) else (position, here)


def _closer(here: Linearized, there: Linearized) -> bool:
    """Whether the sum of squares is the same up to rounding, and the residuals are closer to orthogonal."""
    residual, observed = here.largest
    rounding = max(ROUNDING, FINEST * observed / residual) if residual else ROUNDING
    return there.squares <= here.squares * (1 + rounding) and there.cosine < min(here.cosine, ORTHOGONAL)


def _damped(here: Linearized, scales: Array, damping: float) -> Array:
    """The step in units of the scales that minimizes the linearized sum of squares and its own square times the damping."""
    count = len(scales)
    matrix = np.vstack([here.triangle / scales, np.sqrt(damping) * np.eye(count)])
    return np.asarray(np.linalg.lstsq(matrix, np.concatenate([here.turned, np.zeros(count)]), rcond=None)[0])
