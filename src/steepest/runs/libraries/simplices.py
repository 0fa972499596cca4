"""The simplices of SciPy's Nelder-Mead, which tells the last one only: its rules, run again over the values that it asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steepest.runs.evaluations import Trials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.runs.trajectory import Trajectory

    Array = NDArray[np.float64]

NELDER_MEAD = "scipy:Nelder-Mead"
ROUNDING = 64 * np.finfo(np.float64).eps  # relative to the largest coordinate


@dataclass(frozen=True, eq=False)
class Simplices:
    """The simplex at each position of a run, its corners from the lowest to the highest.

    Attributes:
        corners: shape `(steps + 1, parameters + 1, parameters)`.
        values: at the corners: shape `(steps + 1, parameters + 1)`.
    """

    corners: Array
    values: Array


class OtherRulesError(Exception):
    """A run asked for other values than the rules do."""


class _AllAskedError(Exception):
    """The values of a step are used up: a limit of SciPy's own ended the run within it."""


def simplices(run: Trajectory) -> Simplices | None:
    """The simplices of a run: the first one at the start, then the one that each step led to; None where there is none.

    Each step reflects the highest corner through the center of the others, and then expands, contracts or shrinks the simplex as
    the values say (Lagarias, Reeds, Wright and Wright, SIAM J. Optim. 9(1), 1998, whose rules SciPy follows). Every position that
    was asked for must be the one that these rules ask for, and every lowest corner the position of its step.

    Raises:
        OtherRulesError: where they are not; then no simplex is known.

    >>> from steepest import descend
    >>> run = descend("x^2 + y^2", (1, 2), optimizer="scipy:Nelder-Mead", steps=3)
    >>> simplices(run).corners[1].round(3).tolist()
    [[1.075, 1.8], [1.0, 2.0], [1.05, 2.0]]
    """
    trials, count = run.work.trials, len(run.names)
    if run.optimizer.name != NELDER_MEAD or trials is None or len(trials) <= count:
        return None
    simplex = _Simplex(count, adaptive=bool(run.settings.get("adaptive")))
    path = run.positions.reshape(-1, count)
    simplex.asked = _values(trials, 0, count + 1)
    simplex.begin()
    corners, values = [simplex.corners], [simplex.values]
    for step, position in enumerate(path[1:]):
        simplex.asked = _values(trials, max(run.spent[step], count + 1), run.spent[step + 1])
        simplex.take_step()
        if not _same(simplex.corners[0], position):
            raise OtherRulesError
        corners.append(simplex.corners)
        values.append(simplex.values)
    return Simplices(np.array(corners), np.array(values))


def _values(trials: Trials, first: int, last: int) -> Iterator[tuple[Array, float]]:
    """Some of the values that were asked for, each with its position."""
    return zip(trials.positions[first:last], trials.values[first:last].tolist(), strict=True)


def _same(position: Array, wanted: Array) -> bool:
    """Whether two positions are the same but for rounding."""
    return bool((np.abs(position - wanted) <= ROUNDING * np.abs(wanted).max()).all())


class _Simplex:
    """A simplex on its way.

    Args:
        count: the number of parameters.
        adaptive: whether the coefficients depend on it (Gao and Han, Comput. Optim. Appl. 51, 2012).

    Attributes:
        corners, values: from the lowest to the highest; new arrays after each step.
        asked: the values that the present step asks for.
    """

    def __init__(self, count: int, *, adaptive: bool) -> None:
        self.expansion = 1 + 2 / count if adaptive else 2.0
        self.contraction = 0.75 - 1 / (2 * count) if adaptive else 0.5
        self.shrinkage = 1 - 1 / count if adaptive else 0.5
        self.corners, self.values = np.zeros((0, count)), np.zeros(0)
        self.asked: Iterator[tuple[Array, float]] = iter(())

    def begin(self) -> None:
        """The first simplex: its corners are the first that are asked for."""
        positions, values = zip(*self.asked, strict=True)
        self._sort(np.array(positions), np.array(values))

    def take_step(self) -> None:
        """The next simplex."""
        corners, values = self.corners.copy(), self.values.copy()
        with suppress(_AllAskedError):
            self._replace(corners, values)
        if next(self.asked, None) is not None:
            raise OtherRulesError
        self._sort(corners, values)

    def _replace(self, corners: Array, values: Array) -> None:
        """Replace the highest corner, or shrink towards the lowest."""
        center, highest = corners[:-1].sum(axis=0) / len(corners[1:]), corners[-1].copy()
        reflected = self._value(2 * center - highest)
        if reflected[1] < values[0]:
            expanded = self._value((1 + self.expansion) * center - self.expansion * highest)
            taken = expanded if expanded[1] < reflected[1] else reflected
        elif reflected[1] < values[-2]:
            taken = reflected
        elif reflected[1] < values[-1]:
            taken = self._value((1 + self.contraction) * center - self.contraction * highest)
            if not taken[1] <= reflected[1]:
                return self._shrink(corners, values)
        else:
            taken = self._value((1 - self.contraction) * center + self.contraction * highest)
            if not taken[1] < values[-1]:
                return self._shrink(corners, values)
        corners[-1], values[-1] = taken
        return None

    def _shrink(self, corners: Array, values: Array) -> None:
        for index in range(1, len(corners)):
            corners[index] = corners[0] + self.shrinkage * (corners[index] - corners[0])
            corners[index], values[index] = self._value(corners[index])

    def _value(self, position: Array) -> tuple[Array, float]:
        """The value at a position, which must be the next that was asked for."""
        found = next(self.asked, None)
        if found is None:
            raise _AllAskedError
        if not _same(found[0], position):
            raise OtherRulesError
        return found

    def _sort(self, corners: Array, values: Array) -> None:
        order = np.argsort(values)
        self.corners, self.values = corners[order], values[order]
