"""Damped Newton: the minimum of a loss whose gradient and Hessian are known, to the last digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from steepest.objectives.answer import Exact

Array = NDArray[np.float64]
Derivatives = tuple[float, Array, Array]
FIRST_DAMPING, LEAST_DAMPING, MOST_DAMPING = 1e-3, 1e-15, 1e15
DEFINITE = 1e-13  # the least eigenvalue of a scaled Hessian, next to the largest, that is certainly positive
SMALL = 1e-6  # a gradient in units of the curvature, next to the square root of the value
LAST_PLACE = 1e-12  # the same next to the position in these units, which a constant that is added to the loss does not change


class Search(Protocol):
    """A loss to minimize.

    Attributes:
        convex: whether it is certainly convex.
    """

    convex: bool

    def at(self, position: Array) -> Derivatives | None:
        """The value, the gradient and the Hessian; None where one is not finite."""

    def separates(self, position: Array) -> bool:
        """Whether parameters, however large, put every row on its own side: then the loss falls along them without end."""


def newton(search: Search, start: Sequence[float], most: int) -> Exact:
    """A minimum by Newton's method with Marquardt's damping (Nocedal and Wright, Numerical Optimization, 2006, section 10.3).

    Args:
        search: the loss.
        start: where the search begins.
        most: steps.
    """
    position, damping = np.array(start, dtype=float), FIRST_DAMPING
    here = search.at(position)
    if here is None:
        return Exact(None, None, False, "none computed: the loss has no finite value and curvature where Newton's method starts")
    separated = search.separates(position)
    for _ in range(most):
        value, slope, hessian = here
        scales = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-300))
        step = _damped(hessian, slope, scales, damping)
        there = None if step is None else search.at(position + step)
        if step is None or there is None or not there[0] <= value:
            damping *= 10
            if damping > MOST_DAMPING:
                break
            continue
        same = bool((position + step == position).all()) or (there[0] == value and damping <= LEAST_DAMPING)
        position, here, damping = position + step, there, max(damping / 10, LEAST_DAMPING)
        separated = separated or search.separates(position)
        if separated or same:
            break
    if separated:
        return Exact(
            None, None, False, "none: the classes can be separated, so the loss falls on as the parameters grow without bound"
        )
    return judged(position, here, convex=search.convex)


def _damped(hessian: Array, slope: Array, scales: Array, damping: float) -> Array | None:
    """Newton's step with Marquardt's damping; None where the damped Hessian is not positive definite."""
    scaled = hessian / np.outer(scales, scales) + damping * np.eye(len(slope))
    try:
        factor = np.linalg.cholesky(scaled)
    except np.linalg.LinAlgError:
        return None
    with np.errstate(all="ignore"):
        step = -np.linalg.solve(factor.T, np.linalg.solve(factor, slope / scales)) / scales
    return step if np.isfinite(step).all() else None


def judged(position: Array, here: Derivatives, *, convex: bool) -> Exact:
    """The answer, if it is a minimum."""
    value, slope, hessian = here
    diagonal = np.diag(hessian)
    if not (diagonal > 0).all():
        return Exact(None, None, False, "none computed: Newton's method found no minimum")
    scales = np.sqrt(diagonal)
    curvatures = np.linalg.eigvalsh(hessian / np.outer(scales, scales))
    steep = float(np.abs(slope / scales).max())
    rests = steep <= SMALL * math.sqrt(abs(value) + 1e-300) or steep <= LAST_PLACE * float(np.abs(position * scales).max())
    if curvatures[0] <= DEFINITE * curvatures[-1] or not rests:
        return Exact(None, None, False, "none computed: Newton's method found no minimum")
    told = "Newton's method, on a convex loss" if convex else "a minimum by Newton's method; there may be others"
    return Exact(tuple(map(float, position)), value, convex, told)
