"""The objective over a part of the plane: a curve or a grid of values, its levels, its lowest point."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from steepest.objectives.data import DataObjective
from steepest.objectives.objective import Objective
from steepest.plot.options import LARGEST
from steepest.plot.scene.limits import Array, Box, Interval
from steepest.plot.scene.neighborhood import Evaluate

Function = Callable[..., Array]
"""The objective over arrays that broadcast together, one for each parameter."""

# By the number of parameters.
FINE = {1: 1201, 2: 400}  # points a side of a formula's curve or grid
COARSE = {1: (401, 101, 31), 2: (120, 60, 30)}  # the same for a Python function, by how long a call takes
FIRST = {1: 2001, 2: 201}  # points a side of the grid on which the lowest point is first looked for

EQUAL = 2e-3  # share of the spread of values on that grid within which two points are equally low
MANY_ROWS = 1_000  # from which a quadratic function of rows is not added up anew at each point
MOST_WORK = 2e10  # operations in all rows at all points, some seconds; of more a coarser grid is drawn
PATIENCE = 2.0  # seconds for all calls of a Python function
BANDS = 16  # between levels
LONG_TAIL = 8.0  # a tail this many times longer than the bulk of the values does not suit a linear scale
OUTLIER = 1e12  # a greatest value this many times farther out than the bulk is clipped
FEW_LINES, FAINTEST = 24.0, 0.2  # contour lines across a view that keep their opacity; the least share of it that is left
CONSTANT, TINY = 1e-14, 1e-300  # a smaller relative spread of the values is rounding, and so is a smaller spread


@dataclass(frozen=True, eq=False)
class Grid:
    """Values on a grid, with the levels of their contours.

    Attributes:
        x, y: the coordinates of the columns and of the rows, increasing.
        values: one row for each `y`; NaN where the function has no value.
        levels: increasing; every finite value lies between the first and the last.
        spacing: how the levels were spaced: `linear`, `log` (above the least value) or `symlog` (around the middle).
    """

    x: Array
    y: Array
    values: Array
    levels: Array
    spacing: str

    @property
    def line_share(self) -> float:
        """The share of its opacity that a contour line keeps: where there are very many they would cover what they show.

        >>> x = np.linspace(0, 1, 401)
        >>> waves = np.tile(np.sin(200 * x), (401, 1))
        >>> Grid(x, x, waves, np.linspace(-1, 1, 17), "linear").line_share
        0.2
        """
        bands = np.where(np.isnan(self.values), np.nan, np.digitize(self.values, self.levels[1:-1]))
        across = max(float(np.nansum(np.abs(np.diff(bands, axis=axis)), axis=axis).mean()) for axis in (0, 1))
        return min(max(FEW_LINES / max(across, 1.0), FAINTEST), 1.0)


def function_over(objective: Objective, shape: tuple[int, ...]) -> Function:
    """The objective as a function of arrays; a Python function is called point by point, with positions of `shape`."""
    if objective.expression is None:
        return _pointwise(objective, shape)
    from steepest.tape.compile import function_tape
    from steepest.targets.arrays import evaluate

    if isinstance(objective, DataObjective):
        if objective.table.rows > MANY_ROWS and objective.is_quadratic:
            return _quadratic(objective)
        objective = objective.drawn
    assert objective.expression is not None
    tape = function_tape(objective.expression, objective.names, False)
    return lambda *coordinates: evaluate(tape, coordinates, tape.outputs["f"][0])


def _quadratic(objective: DataObjective) -> Function:
    """A quadratic function from its value, slope and curvature at one position, so that the rows are added only once."""
    center = objective.minima[0].position if objective.minima else (0.0,) * len(objective.names)
    value, slope, matrix = objective.value(center), objective.gradient(center), objective.hessian(center)

    def function(*coordinates: Array) -> Array:
        away = [part - start for part, start in zip(coordinates, center, strict=True)]
        linear = sum(by * part for by, part in zip(slope, away, strict=True))
        bent = sum(matrix[i][j] * away[i] * away[j] for i in range(len(away)) for j in range(len(away)))
        return np.asarray(value + linear + bent / 2, dtype=np.float64)

    return function


def _pointwise(objective: Objective, shape: tuple[int, ...]) -> Function:
    """A Python function over arrays; NaN where it raises."""

    def value(*position: float) -> float:
        try:
            return objective.value(np.array(position, dtype=np.float64).reshape(shape))
        except Exception:  # a function that fails away from the path has no value there
            return np.nan

    def function(*coordinates: Array) -> Array:
        grid = np.broadcast_arrays(*coordinates)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            values = [value(*map(float, position)) for position in zip(*(part.ravel() for part in grid), strict=True)]
        return np.array(values).reshape(grid[0].shape)

    return function


def evaluate_over(objective: Objective, function: Function, parameters: int) -> Evaluate | None:
    """The objective on a grid that is given by its axes; None where so many values would take too long."""
    box = tuple((0.0, 1.0) for _ in range(parameters))
    if _resolution(objective, function, box) < (FINE[parameters] if objective.expression is not None else COARSE[parameters][0]):
        return None

    def evaluate(axes: Sequence[Array]) -> Array:
        with np.errstate(all="ignore"):
            return function(axes[0]) if parameters == 1 else function(axes[0][None, :], axes[1][:, None])

    return evaluate


def _resolution(objective: Objective, function: Function, box: Box) -> int:
    """Points a side of a grid; 0 for a Python function that is too slow to draw."""
    sides = (FINE[len(box)], *COARSE[len(box)])
    if isinstance(objective, DataObjective) and not (objective.table.rows > MANY_ROWS and objective.is_quadratic):
        work = objective.drawn.table.rows * objective.expression.parts
        return next((points for points in sides if work * points ** len(box) <= MOST_WORK), sides[-1])
    if objective.expression is not None:
        return sides[0]
    middle = [np.full(3, (low + high) / 2) for low, high in box]
    began = time.perf_counter()
    function(*middle)
    call = (time.perf_counter() - began) / 3
    return next((points for points in sides[1:] if call * points ** len(box) <= PATIENCE), 0)


def curve_over(objective: Objective, function: Function, interval: Interval) -> Array | None:
    """The points of a curve as rows of position and value; None for a Python function that is too slow to draw."""
    points = _resolution(objective, function, (interval,))
    if not points:
        return None
    x = np.linspace(*interval, points)
    return np.column_stack([x, function(x)])


def grid(objective: Objective, function: Function, box: Box, least: float, spacing: str | None = None) -> Grid | None:
    """A function of two parameters on a grid over a box; None where it has no value, or is too slow to draw.

    Args:
        least: the least value known to lie in the box, or infinity.
        spacing: of the levels, `linear` or `log`; what suits the values if None.
    """
    points = _resolution(objective, function, box)
    if not points:
        return None
    x, y = (np.linspace(low, high, points) for low, high in box)
    values = function(x[None, :], y[:, None])
    bounds, chosen = levels(values, least, spacing)
    if not bounds.size:
        return None
    with np.errstate(invalid="ignore"):
        return Grid(x, y, np.clip(values, bounds[0], bounds[-1]), bounds, chosen)


def levels(values: Array, least: float = np.inf, spacing: str | None = None) -> tuple[Array, str]:
    """Levels of contours that show the shape of a function, and how they are spaced; no levels if nothing is finite.

    Equal spacing suits a bowl. Where most values lie far below the greatest, a valley shows only on a logarithmic scale
    above the least value (`log`); where there are both deep holes and high peaks, on one to both sides of the median
    (`symlog`).

    Args:
        least: the least value known, which a grid may miss; infinity if none is.
        spacing: `linear` or `log`, instead of what suits the values.
    """
    finite = np.clip(values[np.isfinite(values)], -LARGEST, LARGEST)
    if not finite.size:
        return np.array([]), "linear"
    low, tenth, middle, ninth, high = map(float, np.quantile(finite, (0.001, 0.1, 0.5, 0.9, 0.999)))
    bottom, top = float(finite.min()), float(finite.max())
    low = bottom if middle - bottom <= LONG_TAIL**2 * (middle - low) else low  # the least value, unless it lies in a pole
    low = min(low, least) if least > bottom - (middle - low) else low
    high = top if top - middle <= OUTLIER * (ninth - tenth) else high
    if not high - low > max(CONSTANT * max(abs(low), abs(high)), TINY):
        return np.array([low - max(1.0, abs(low)), high + max(1.0, abs(high))]), "linear"
    up, down = high - middle, middle - low
    if spacing:
        return (_logarithmic_levels(low, high, finite) if spacing == "log" else np.linspace(low, high, BANDS + 1)), spacing
    if up > LONG_TAIL * (ninth - middle) and down > LONG_TAIL * (middle - tenth) and tenth < middle < ninth:
        return _symmetric_levels(low, high, middle, (ninth - tenth) / 4), "symlog"
    if up > 3 * down:
        return _logarithmic_levels(low, high, finite), "log"
    return np.linspace(low, high, BANDS + 1), "linear"


def _logarithmic_levels(low: float, high: float, finite: Array) -> Array:
    """Levels whose distances from the least value grow by a constant factor beyond the lowest fiftieth of the area."""
    scale = max(float(np.quantile(finite, 0.02)) - low, (high - low) * 1e-12)
    return np.asarray(low + scale * np.expm1(np.linspace(0.0, np.log1p((high - low) / scale), BANDS + 1)))


def _symmetric_levels(low: float, high: float, middle: float, scale: float) -> Array:
    """Levels that are close to each other around the middle and far apart toward both ends."""
    ends = np.arcsinh((np.array([low, high]) - middle) / scale)
    return np.asarray(middle + scale * np.sinh(np.linspace(ends[0], ends[1], BANDS + 1)))


def lowest_point(function: Function, box: Box, rounds: int = 5, points: int = 41) -> tuple[tuple[float, ...], float] | None:
    """The lowest position in a box and its value, found on a grid that is refined around it.

    None if it is on the border, if another one apart from it is as low, or if the value keeps falling as the grid gets
    finer, as it does toward a pole.

    Args:
        rounds: how many grids are tried.
        points: a side of each grid after the first.
    """
    low, high = (np.array(side) for side in zip(*box, strict=True))
    borders = low, high
    found: list[float] = []
    for index in range(rounds):
        count = points if index else FIRST[len(box)]
        axes = [np.linspace(a, b, count) for a, b in zip(low, high, strict=True)]
        grid = np.meshgrid(*axes, indexing="ij", sparse=True)
        values = function(*grid)
        if np.isneginf(values).any() or not np.isfinite(values).any():
            return None
        lowest = np.unravel_index(np.nanargmin(values), values.shape)
        if not index and not _is_isolated(values, lowest):
            return None
        found.append(float(values[lowest]))
        best = np.array([axis[cell] for axis, cell in zip(axes, lowest, strict=True)])
        spacing = np.array([axis[1] - axis[0] for axis in axes])
        low, high = np.maximum(best - 1.5 * spacing, borders[0]), np.minimum(best + 1.5 * spacing, borders[1])
    *gains, last = -np.diff(found)
    falls = last > 0.3 * max(gains) and last > 1e-12 * abs(found[-1])
    if falls or ((best <= borders[0]) | (best >= borders[1])).any():
        return None
    return tuple(map(float, best)), found[-1]


def lowest_positions(function: Function, box: Box) -> Array:
    """All equally low positions on a grid over a box, a row each; none where some of them lie on its border."""
    axes = [np.linspace(low, high, FIRST[len(box)]) for low, high in box]
    values = function(*np.meshgrid(*axes, indexing="ij", sparse=True))
    finite = values[np.isfinite(values)]
    if np.isneginf(values).any() or not finite.size:
        return np.zeros((0, len(box)))
    low = np.nan_to_num(values, nan=np.inf) <= finite.min() + EQUAL * float(np.median(finite) - finite.min())
    cells = np.argwhere(low)
    on_border = (cells == 0).any() or (cells == np.array(values.shape) - 1).any()
    return np.zeros((0, len(box))) if on_border else np.column_stack([axis[row] for axis, row in zip(axes, cells.T, strict=True)])


def _is_isolated(values: Array, lowest: tuple[np.intp, ...]) -> bool:
    """Whether all cells that are as low as this one are connected with it."""
    finite = values[np.isfinite(values)]
    low = np.nan_to_num(values, nan=np.inf) <= values[lowest] + EQUAL * float(np.median(finite) - values[lowest])
    found = np.zeros_like(low)
    found[lowest] = True
    while True:
        grown = found.copy()
        for axis in range(found.ndim):
            for shift in (-1, 1):
                ahead = [slice(None)] * found.ndim
                behind = [slice(None)] * found.ndim
                ahead[axis], behind[axis] = (slice(1, None), slice(None, -1))[::shift]
                grown[tuple(ahead)] |= found[tuple(behind)]
        grown &= low
        if (grown == found).all():
            return bool((found == low).all())
        found = grown
