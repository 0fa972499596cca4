"""The domain of a formula and its gradient, and seeded random points in it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

from steepest.language.derivative import gradient
from steepest.language.expression import ONE, Expression, call, evaluate, postorder
from steepest.language.operations import OPERATIONS
from steepest.random import uniform

Point = tuple[float, ...]
View = Sequence[tuple[float, float]]

IN_VIEW = 32  # random points of the view that are tried first
APPROACHES = 8  # how many of these are then moved toward the domain
MOVES = 60  # at most, of each of these
BEYOND = 1.3  # a move is longer by this factor than the estimated distance to the boundary, so that it ends inside
LONGEST = 4.0  # the longest move, relative to 1 + the norm of the position
HALVINGS, AROUND = 24, 8  # boxes around a point of the domain, and random points in each
SCALES = (0.2, 10.0, 0.04, 100.0, 0.002, 1e3, 1e-4, 1e5, 1e-6, 1e7, 1e-9, 1e9)  # by which the view is scaled at last


class Domain:
    """The set where a formula and its gradient are finite."""

    def __init__(self, expression: Expression, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.results = (expression, *gradient(expression, names))
        self.margins = tuple(_margins(expression))

    def holds(self, point: Point) -> bool:
        """Whether value and gradient are finite at a point."""
        values = _values(postorder(*self.results), dict(zip(self.names, point, strict=True)))
        return all(math.isfinite(values[result]) for result in self.results)

    def random(self, view: View, seed: int) -> Point | None:
        """A seeded random point of the domain, in the view if one is found there; None if none is found.

        >>> from steepest.language.grammar import read_formula
        >>> Domain(read_formula("log(x - 100)").expression, ("x",)).random([(-5.0, 5.0)], 0)[0] > 100
        True
        """
        in_view = [random_point(view, seed, index) for index in range(IN_VIEW)]
        within = next(filter(self.holds, in_view), None)
        if within is not None:
            return within
        for point in in_view[:APPROACHES]:
            found = self._moved_inside(point)
            if found is not None:
                return next(filter(self.holds, self._around(found, seed)), found)
        wider = (
            random_point([(low * by, high * by) for low, high in view], seed, index) for by in SCALES for index in range(AROUND)
        )
        return next(filter(self.holds, wider), None)

    def _moved_inside(self, point: Point) -> Point | None:
        """A point moved across one violated boundary after another; None if it does not reach the domain.

        This is the relaxation method of Agmon, Canadian J. Math. 6 (1954), p. 382.
        """
        for _ in range(MOVES):
            given = dict(zip(self.names, point, strict=True))
            behind = ((margin, evaluate(margin, given)) for margin in self.margins)
            margin, missing = next(((each, value) for each, value in behind if value <= 0), (None, 0.0))
            if margin is None:
                break
            slopes = [evaluate(slope, given) for slope in _slopes_of(margin, self.names)]
            square = math.hypot(*slopes)
            square *= square
            if not (0 < square < math.inf and math.isfinite(missing)):
                return None
            by = min((BEYOND * -missing + 1e-3) / square, LONGEST * (1 + math.hypot(*point)) / math.sqrt(square))
            point = tuple(value + by * slope for value, slope in zip(point, slopes, strict=True))
        return point if self.holds(point) else None

    def _around(self, point: Point, seed: int) -> Iterator[Point]:
        """Random points around a point that may be close to the boundary, from large boxes to small ones."""
        for halving in range(HALVINGS):
            reach = [max(1.0, abs(value)) / 2**halving for value in point]
            box = [(value - half, value + half) for value, half in zip(point, reach, strict=True)]
            inside = [each for index in range(AROUND) if self.holds(each := random_point(box, seed, index))]
            if len(inside) > 1:
                yield inside[0]


def random_point(view: View, seed: int, index: int) -> Point:
    """The seed's random point number `index`, uniform in the view."""
    return tuple(low + (high - low) * uniform(seed, index, k) for k, (low, high) in enumerate(view))


def _values(order: Sequence[Expression], given: dict[str, float]) -> dict[Expression, float]:
    """The IEEE value of each expression of a postorder."""
    values: dict[Expression, float] = {}
    for node in order:
        if node.arguments:
            values[node] = OPERATIONS[node.operation].value(*[values[argument] for argument in node.arguments])
        else:
            values[node] = given[node.name] if node.operation == "name" else node.value
    return values


def _margins(root: Expression) -> Iterator[Expression]:
    """What must be positive for each operation to have a value and a derivative, the innermost first."""
    for node in postorder(root):
        if node.is_constant:
            continue
        argument = node.arguments[0] if node.arguments else node
        if node.operation in ("log", "log2", "log10", "sqrt") or (node.operation == "pow" and not _whole(node.arguments[1])):
            if not argument.is_constant:
                yield argument
        elif node.operation in ("asin", "acos"):
            yield call("sub", ONE, call("mul", argument, argument))


def _whole(exponent: Expression) -> bool:
    return exponent.is_constant and evaluate(exponent).is_integer()


@lru_cache(maxsize=64)
def _slopes_of(margin: Expression, names: tuple[str, ...]) -> tuple[Expression, ...]:
    return gradient(margin, names)
