"""The stationary point near the end of a run: a minimum, a saddle, a maximum or a flat region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from steepest.diagnosis.motion.oscillation import lengths
from steepest.diagnosis.sampling import Sampling, evaluations, harmless, hessian_product, spectra
from steepest.objectives.objective import Objective
from steepest.targets.array_operations import Array

if TYPE_CHECKING:
    from steepest.runs.trajectory import Trajectory

MOST_STEPS = 100  # of Newton's method; at a degenerate point the error shrinks by a constant factor only
NEAR, NEAR_FLAT = 1e-3, 0.05  # a run has arrived when at most this share of its path is left; where the curvature vanishes
CLOSE = 1e-6  # or this share of the coordinates, however short the path was
SMALL, SHORT = 1e-3, 1e-2  # and slopes and steps are at most these shares of the steepest slope and of the path
NOTHING = 1e-9  # the share of the farthest distance that counts as 0
MOSTLY = 0.9  # the quantile of slopes and distances that counts instead of the largest, which a single step far out may have
RECENT = 6  # positions that must be there, and a twentieth of the steps
FLAT = 1e-6  # the share of the largest curvature below which one counts as 0
FADED = 1e-3  # the share of the curvature beside a point below which the one at the point vanishes
DIRECTIONS = 64
LOWER = 1e-9  # the share of a value by which another must be lower
SAMPLES = 512
RESTING = 0.01  # the share of the view that a run moves at most over its second half, if it is stuck on a plateau,
PATIENCE = 10_000  # and in so many steps like its last one
MOST_CALLS = 20_000
RUNAWAY = 1e3  # times the slope at the start: steeper ones are no measure for what a small slope is


@dataclass(frozen=True, eq=False)
class StationaryPoint:
    """A stationary point near the end of a run.

    Attributes:
        kind: `minimum`, `saddle`, `maximum` or `flat` (constant around it).
        position, value: where it is.
        curvatures, directions: the Hessian's eigenvalues, ascending, and eigenvectors there.
        flat: whether the curvature vanishes in some direction.
        arrived: whether the run came to rest close to it. Otherwise it is where Newton's method converges from the end of the
            run, or a known minimum.
    """

    kind: str
    position: Array
    value: float
    curvatures: Array
    directions: Array
    flat: bool
    arrived: bool


def stationary_point(run: Trajectory, sampling: Sampling) -> StationaryPoint | None:
    """The stationary point that Newton's method finds from the end of a run, else the nearest minimum that the gallery knows.

    >>> from steepest.runs.descent import descend
    >>> from steepest.diagnosis.sampling import sampling
    >>> run = descend("x^2 - y^2", (1, 0), lr=0.1)
    >>> stationary_point(run, sampling(run)).kind
    'saddle'
    """
    last = sampling.positions[-1]
    lost = run.ending in ("diverged", "undefined") or not np.isfinite(last).all()
    return (None if lost or sampling.hessians is None else _by_newton(run, sampling, last)) or _known_minimum(run, sampling)


def _by_newton(run: Trajectory, sampling: Sampling, last: Array) -> StationaryPoint | None:
    """The stationary point to which Newton's method converges from the end of a run, if that is near."""
    if run.objective.expression is None and _calls(run.objective, last.size) * 20 > MOST_CALLS:
        return None
    span = float(np.abs(sampling.positions - last).max())
    scale = 1 + float(np.abs(last).max())
    convex = bool((sampling.curvatures[-1] > 0).all())  # then Newton's method descends, and may go far
    found = _newton(run, last, 3 * span + (10 if convex else 1e-3) * scale, float(np.abs(sampling.positions).max()))
    if found is None:
        return None
    position, value, gradient, curvatures, directions = found
    held = run.ending == "step_limit" and len(sampling.positions) > 1 and bool((last == sampling.positions[-2]).all())
    if held and gradient.any() and (position == last).all():  # rounding swallows the steps, and Newton's, too
        return None
    steepest, first = (float(np.nanmax(np.abs(part), initial=0.0)) for part in (sampling.gradients, sampling.gradients[0]))
    steepest = min(steepest, RUNAWAY * first) if first else steepest  # next to the slopes of a run that ran away all others are 0
    precision, slope, bend = 1e-9 if sampling.exact else 1e-6, float(np.abs(gradient).max()), float(np.abs(curvatures).max())
    if not slope <= precision * max(steepest, 1e-3 * bend) or slope > 100 * precision * bend * max(span, scale):
        return None
    distance = float(np.abs(position - last).max())
    around = max(float(np.nanmax(np.abs(sampling.curvatures), initial=0.0)), float(np.abs(curvatures).max()))
    kind = _kind_of(run, position, value, curvatures, directions, around)
    if distance > 3 * span and not (kind == "minimum" and value <= sampling.values[-1]):
        return None
    flat = bool(abs(curvatures[0]) <= FLAT * around) and _fades(
        run, position, curvatures, directions, float(np.abs(position - last).max())
    )
    return StationaryPoint(kind, position, value, curvatures, directions, flat, _has_arrived(run, sampling, position, flat))


def _has_arrived(run: Trajectory, sampling: Sampling, position: Array, flat: bool) -> bool:
    """Whether the last positions are at a point, and slopes and steps there are small against those of the run.

    A run that starts and stays next to the point, as closely as numbers are printed, is at it, too.
    """
    recent = 1 if run.ending == "converged" else min(max(RECENT, run.steps // 20), run.steps // 2 + 1)
    rows = sampling.steps >= run.steps - recent + 1
    away = np.abs(sampling.positions - position).max(axis=1)
    if away[rows].max() <= CLOSE * np.abs(sampling.positions[-1]).max() or not away[rows].any():
        return True
    slopes = lengths(sampling.gradients)
    moves = lengths(np.diff(sampling.positions, axis=0))[rows[1:]]
    if away[rows].max() <= NOTHING * np.nanmax(away):
        return True
    near = NEAR_FLAT if flat else NEAR
    for steepest, farthest in ((slopes[0], away[0]), (np.nanquantile(slopes, MOSTLY), np.nanquantile(away, MOSTLY))):
        if slopes[rows].max() <= SMALL * steepest and max(moves.max(initial=0.0) / SHORT, away[rows].max() / near) <= farthest:
            return True
    return False


def _known_minimum(run: Trajectory, sampling: Sampling) -> StationaryPoint | None:
    """The gallery's minimum that is nearest to the end (of a run that diverged, to its start), if the function is smooth there."""
    rows = np.flatnonzero(np.isfinite(sampling.positions).all(axis=1) & np.isfinite(sampling.values))
    if not run.objective.minima or not len(rows):
        return None
    last = sampling.positions[rows[-1] if run.ending != "diverged" else 0]
    point = min(run.objective.minima, key=lambda each: float(np.abs(np.array(each.position) - last).max()))
    value, gradient, hessian = derivatives(run, np.array(point.position))
    curvatures, directions = (part[0] for part in spectra(hessian[None]))
    steepest = max(float(np.nanmax(np.abs(sampling.gradients[rows]), initial=0.0)), float(np.abs(curvatures).max()))
    if not (np.isfinite(curvatures).all() and float(np.abs(gradient).max()) <= 1e-6 * steepest):
        return None
    flat = not curvatures[0] > 1e-12 * float(np.abs(curvatures).max())
    position = np.array(point.position)
    arrived = run.ending not in ("diverged", "undefined") and _has_arrived(run, sampling, position, flat)
    return StationaryPoint("minimum", position, value, curvatures, directions, flat, arrived)


def _calls(objective: Objective, size: int) -> int:
    """The calls of a Python function that its gradient and Hessian take."""
    return (2 * size if objective.method == "central differences" else 1) * (2 * size + 1)


def _newton(run: Trajectory, start: Array, reach: float, span: float) -> tuple[Array, float, Array, Array, Array] | None:
    """Newton's method from a position: where it converges within reach, with the derivatives there.

    A coordinate that is rounding compared with the span of the run's coordinates is set to 0.

    Returns:
        The position, the value, the gradient, the eigenvalues and the eigenvectors of the Hessian; None if it does not converge.
    """
    position = start
    for _ in range(MOST_STEPS if run.objective.expression is not None else 20):
        value, gradient, hessian = derivatives(run, position)
        curvatures, directions = (part[0] for part in spectra(hessian[None]))
        if not (np.isfinite(curvatures).all() and np.isfinite(gradient).all()):
            return None
        size = float(np.abs(curvatures).max())
        with np.errstate(all="ignore"):
            inverse = np.where(np.abs(curvatures) > 1e-12 * size, 1 / curvatures, 0.0) if size else curvatures * 0
            step = -directions @ (inverse * (directions.T @ gradient))
        if not np.isfinite(step).all() or float(np.abs(position + step - start).max()) > reach:
            return None
        position = position + step
        if float(np.abs(step).max()) <= 1e-15 * (1e-3 + float(np.abs(position).max())):
            break
    position = _rounded(run, np.where(np.abs(position) <= 1e-15 * span, 0.0, position), span)
    value, gradient, hessian = derivatives(run, position)
    curvatures, directions = (part[0] for part in spectra(hessian[None]))
    return (position, value, gradient, curvatures, directions) if np.isfinite(curvatures).all() else None


def _rounded(run: Trajectory, position: Array, span: float) -> Array:
    """The position with fewer digits, if the slope there is no larger: where the curvature vanishes the last digits are noise."""
    slope = float(np.abs(derivatives(run, position)[1]).max())
    if not slope:
        coarse = np.where(np.abs(position) <= 1e-6 * span, 0.0, position)
        return position if derivatives(run, coarse)[1].any() else coarse
    for digits in (5, 7, 9, 12):
        unit = 10.0 ** (np.floor(np.log10(max(span, 1e-300))) - digits)
        coarse = np.round(position / unit) * unit
        coarse = np.where(coarse == 0, 0.0, np.array([float(f"{value:.15g}") for value in coarse]))
        if float(np.abs(derivatives(run, coarse)[1]).max()) <= slope:
            return coarse
    return position


def derivatives(run: Trajectory, position: Array) -> tuple[float, Array, Array]:
    """The value, the gradient `(n,)` and the Hessian `(n, n)` at a position `(n,)`."""
    if run.objective.expression is not None:
        value, gradient, hessian = evaluations(run, position[None])
        return float(value[0]), gradient[0], hessian[0]
    shape = run.record.shape
    with np.errstate(all="ignore"):
        times = hessian_product(run.objective, position, shape)
        matrix = np.stack([times(unit) for unit in np.eye(position.size)], axis=1)
        slope = np.ravel(harmless(run.objective.gradient, vector=True)(position.reshape(shape)))
        return harmless(run.objective.value)(position.reshape(shape)), slope, (matrix + matrix.T) / 2


def _kind_of(run: Trajectory, position: Array, value: float, curvatures: Array, directions: Array, around: float) -> str:
    """The kind of a stationary point: by its curvatures, and by the values around it where one of them vanishes."""
    flat = np.abs(curvatures) <= FLAT * around if around else np.ones(len(curvatures), dtype=bool)
    if curvatures[0] < 0 and not flat[0]:
        return "maximum" if curvatures[-1] < 0 and not flat[-1] else "saddle"
    if not flat.any():
        return "minimum"
    lower, higher = _neighbors(run, position, value, directions)
    if lower and not higher:
        return "maximum"
    return "saddle" if lower else "minimum" if higher else "flat"


def _fades(run: Trajectory, position: Array, curvatures: Array, directions: Array, distance: float) -> bool:
    """Whether the least curvature vanishes at a position: it is 0, or tiny compared with that at a distance from it."""
    if not abs(curvatures[0]) > 1e-12 * np.abs(curvatures).max():
        return True
    offset = max(distance, 1e-3 * (1 + float(np.abs(position).max()))) * directions[:, 0]
    beside = [derivatives(run, position + side * offset)[2] for side in (1, -1)]
    return bool(abs(curvatures[0]) <= FADED * max(abs(float(directions[:, 0] @ each @ directions[:, 0])) for each in beside))


def _neighbors(run: Trajectory, position: Array, value: float, directions: Array) -> tuple[bool, bool]:
    """Whether there are lower and higher values close to a position."""
    size = len(position)
    offsets = np.cos(np.arange(1.0, DIRECTIONS * size + 1).reshape(-1, size) ** 1.5)
    offsets = np.concatenate([offsets / np.linalg.norm(offsets, axis=1, keepdims=True), directions.T, -directions.T])
    scale = 1 + float(np.abs(position).max())
    lower = higher = False
    for radius in (1e-3, 1e-2):
        around = values_at(run, position + radius * scale * offsets)
        rounding = 1e-14 * (min(1.0, float(np.nanmax(np.abs(around), initial=0.0))) + abs(value))
        with np.errstate(invalid="ignore"):
            lower, higher = lower or bool((around < value - rounding).any()), higher or bool((around > value + rounding).any())
    return lower, higher


def values_at(run: Trajectory, positions: Array) -> Array:
    """The values at positions `(m, n)`: `(m,)`; NaN where a Python function raises."""
    if run.objective.expression is not None:
        return evaluations(run, positions)[0]
    value = harmless(run.objective.value)
    return np.array([value(position.reshape(run.record.shape)) for position in positions])


def lower_value(run: Trajectory, sampling: Sampling, value: float) -> tuple[Array, float] | None:
    """The lowest known value below that of a minimum, with its position; None if no lower one is known.

    The run's own positions are compared, and the gallery's minima or else 512 points of the view.

    Args:
        run, sampling: the run and its sampled positions.
        value: that of the minimum.
    """
    points, values = sampling.positions, sampling.values
    known = run.objective.minima
    if known:
        points = np.concatenate([points, [point.position for point in known]])
        values = np.concatenate([values, [point.value for point in known]])
    elif run.objective.expression is not None:
        more = np.array(run.objective.samples(SAMPLES, 0))
        points, values = np.concatenate([points, more]), np.concatenate([values, evaluations(run, more)[0]])
    lowest = np.where(np.isfinite(values), values, np.inf)
    best = int(np.argmin(lowest))
    spread = float(np.abs(lowest[np.isfinite(lowest)] - value).max(initial=0.0))
    margin = LOWER * (abs(value) + abs(float(lowest[best]))) + 1e-13 * spread
    return (points[best], float(values[best])) if lowest[best] < value - margin else None


def is_plateau(run: Trajectory, sampling: Sampling) -> bool:
    """Whether slope and curvature at the end are tiny compared with those in the view, and the run hardly moves there."""
    if run.objective.expression is None:
        return False
    late = sampling.positions[sampling.steps >= run.steps // 2]
    view = max(high - low for low, high in run.objective.view)
    last = float(np.abs(sampling.positions[-1] - sampling.positions[-2]).max())
    if not max(float(np.ptp(late, axis=0).max()), PATIENCE * last) <= RESTING * view:
        return False
    slope, curvature = float(np.abs(sampling.gradients[-1]).max()), float(np.abs(sampling.curvatures[-1]).max())
    if slope == 0 and curvature == 0:
        return True
    _, slopes, hessians = evaluations(run, np.array(run.objective.samples(SAMPLES, 0)))
    usual = [float(np.nanquantile(np.where(np.isfinite(part), np.abs(part), np.nan), 0.5)) for part in (slopes, hessians)]
    return slope <= 1e-3 * usual[0] and curvature <= 1e-2 * usual[1]
