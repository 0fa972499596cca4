"""The minima that a sweep's runs reached: the gallery's, and those that Newton's method finds from where runs ended."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.objectives.data import DataObjective
from steepest.objectives.formula import FormulaObjective
from steepest.runs.sweep.definition import Definition
from steepest.runs.sweep.endings import CONVERGED, STEP_LIMIT
from steepest.runs.sweep.engine import Cells
from steepest.tape.compile import function_tape
from steepest.targets.arrays import interpret
from steepest.targets.cores import cores

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

ARRIVED, ON_THE_WAY = 0.02, 1e-3
"""How close to a minimum a run ends that has reached it, as shares of its surroundings: one that converged, and one that was
still going at the step limit."""
SAMPLE, SAMPLE_OVER_ROWS = 256, 8  # ends from which Newton's method sets out at once
ROUNDS = 12
BLOCK = 32_768  # ends that are compared with the minima at once, in a processor's cache
NEWTON = 40  # steps
SAME = 1e-6  # two minima closer than this share of their size are one
ROUNDING = 1e-15  # next to the largest coordinate
FLAT = 1e-9  # a curvature next to the largest that is none
MOST_FLAT = 4  # minima with a flat direction, beyond which they are a valley rather than points
MOST = 32_000
FOUND = "found "  # begins the name of a minimum that no gallery knows


@dataclass(frozen=True, eq=False)
class Minima:
    """The minima of a sweep.

    Attributes:
        positions: a row each: those that the gallery knows, then those that were found, the lowest first.
        names: `minimum (1, 1)` of the gallery, `local minimum (...)`, or `found (...)`.
        groups: for each objective of the sweep its search, its minima, and the rows of `positions` that they are.
        at_hand: what each of the cells reached, where the search found that out.
    """

    positions: Array
    names: tuple[str, ...]
    groups: Mapping[tuple[int, ...], tuple[_Search, Array, NDArray[np.int16]]]
    at_hand: NDArray[np.int16] | None = None

    def reached(self, definition: Definition, cells: Cells, numbers: Integers) -> NDArray[np.int16]:
        """For each of some cells the row of the minimum that it reached; -1 where it reached none.

        Args:
            numbers: of the cells in the sweep.
        """
        found = np.full(len(numbers), -1, dtype=np.int16)
        for key, members in _objectives(definition, numbers):
            if key in self.groups:
                search, minima, rows = self.groups[key]
                found[members] = np.append(rows, np.int16(-1))[
                    search.reached(minima, cells.ending[members], cells.position[members])
                ]
        return found


def find_minima(definition: Definition, cells: Cells, numbers: Integers) -> Minima:
    """The minima that runs reached.

    A run has reached a minimum where it converged within 2 per cent of the minimum's surroundings, or stood at the step limit
    within 0.1 per cent of them. The surroundings go to the nearest other stationary point that is known, or to the farthest start.
    Minima that the gallery does not know are found by Newton's method from where runs ended: where it stops near that end, in
    a point with a positive curvature in every direction.

    Args:
        cells, numbers: cells of the sweep, all or a sample.
    """
    parameters = cells.position.shape[1]
    positions: list[Array] = []
    names: list[str] = []
    groups = {}
    at_hand = None
    for key, members in _objectives(definition, numbers):
        objective = definition.setup(key).objective
        if not isinstance(objective, FormulaObjective) or not parameters:
            continue
        search, found, labels = _of_objective(definition, objective, cells, members)
        rows = [place(point, label, positions, names) for point, label in zip(found, labels, strict=True)]
        groups[key] = search, found, np.array(rows, dtype=np.int16)
        if isinstance(members, slice) and rows == list(range(search.known)):
            at_hand = search.by_known
    return Minima(np.array(positions).reshape(-1, parameters), tuple(names), groups, at_hand)


def _objectives(definition: Definition, numbers: Integers) -> Iterable[tuple[tuple[int, ...], slice | Integers]]:
    """The cells with the same formula, and the key of a setup that has it."""
    constants = [position for position in definition.structural if definition.roles[position] == "constant"]
    if not constants:
        yield (0,) * len(definition.structural), slice(None)
        return
    indices = definition.indices(numbers)
    shape = [definition.shape[position] for position in constants]
    flat = np.ravel_multi_index(tuple(indices[position] for position in constants), shape)
    for number in np.unique(flat).tolist():
        at = dict(zip(constants, (int(part) for part in np.unravel_index(number, shape)), strict=True))
        yield tuple(at.get(position, 0) for position in definition.structural), np.flatnonzero(flat == number)


def place(point: Array, label: str, positions: list[Array], names: list[str]) -> int:
    """The row of a minimum among all, to which it is added unless it is there."""
    for index, other in enumerate(positions):
        if np.abs(point - other).max() <= SAME * max(1.0, float(np.abs(point).max())):
            return index
    if len(positions) >= MOST:
        return -1
    positions.append(point)
    names.append(label)
    return len(positions) - 1


def _of_objective(
    definition: Definition, objective: FormulaObjective, cells: Cells, members: slice | Integers
) -> tuple[_Search, Array, list[str]]:
    """The search for the minima of one objective, the minima, and their names."""
    entry, count = objective.known, len(objective.names)
    known = [*entry.minima, *entry.local_minima] if entry else []
    labels = [f"minimum {_point(each.position)}" for each in entry.minima] if entry else []
    labels += [f"local minimum {_point(each.position)}" for each in entry.local_minima] if entry else []
    minima = np.array([each.position for each in known]).reshape(-1, count)
    saddles = np.array([each.position for each in entry.saddles] if entry else []).reshape(-1, count)
    search = _Search(objective, saddles, _corners(definition, objective))
    found = search.among(minima, cells.ending[members], cells.position[members], cells.value[members])
    order = np.lexsort([*found.T[::-1], search.values(found)]) if len(found) else np.zeros(0, int)
    labels += [f"{FOUND}{_point(point)}" for point in found[order]]
    return search, np.concatenate([minima, found[order]]), labels


def _point(position: Sequence[float]) -> str:
    """A position; what is 0 but for the rounding of its other coordinates is written so."""
    noise = ROUNDING * max(map(abs, position), default=0.0)
    return "(" + ", ".join(f"{value + 0.0:.6g}" if abs(value) > noise else "0" for value in position) + ")"


def _corners(definition: Definition, objective: FormulaObjective) -> Array:
    """Starts at the corners of the box of all of them, at most 2^4."""
    shape = definition.shape
    ends = [(0, size - 1) if role in ("parameter", "seed") else (0, 0) for size, role in zip(shape, definition.roles, strict=True)]
    grid = np.stack(np.meshgrid(*ends, indexing="ij"), axis=-1).reshape(-1, len(shape))
    return definition.starts([np.ascontiguousarray(part, dtype=np.int64) for part in grid.T], objective)


class _Search:
    """Looks for the minima of one objective from where runs ended."""

    def __init__(self, objective: FormulaObjective, saddles: Array, corners: Array) -> None:
        self.objective, self.saddles, self.corners = objective, saddles, corners
        self.count = len(objective.names)
        self.tape = function_tape(objective.expression, objective.names, True)
        self.known = 0
        self.by_known = np.zeros(0, dtype=np.int16)  # what each of the cells reached, of the minima that are known
        self.sample = SAMPLE_OVER_ROWS if isinstance(objective, DataObjective) else SAMPLE

    def room(self, minima: Array) -> Array:
        """How far the surroundings of each minimum go: to the farthest start, or to the nearest other stationary point."""
        found = np.ones(len(minima))
        everything = np.concatenate([minima, self.saddles])
        for row, point in enumerate(minima):
            with np.errstate(over="ignore"):
                gaps = np.sqrt(((everything - point) ** 2).sum(axis=1))
                farthest = float(np.sqrt(((self.corners - point) ** 2).sum(axis=1)).max())
            gaps[row] = math.inf
            reach = min(float(gaps.min()), farthest or math.inf)
            found[row] = reach if math.isfinite(reach) else 1.0
        return found

    def nearest(self, minima: Array, ends: Array, converged: NDArray[np.bool_]) -> NDArray[np.int16]:
        """The index of the minimum that each end reached; -1 where it reached none.

        No end is close to two of them: what counts as close is a small share of the way to the next one.
        """
        found = np.full(len(ends), -1, dtype=np.int16)
        if not len(minima):
            return found
        rooms = self.room(minima)

        def block(first: int) -> None:
            part = slice(first, first + BLOCK)
            columns = [np.ascontiguousarray(ends[part, column]) for column in range(self.count)]
            arrived = converged[part]
            alike = arrived.all() or not arrived.any()  # as usual: one bound for all takes half the time
            squares = (ARRIVED if arrived[0] else ON_THE_WAY) ** 2 if alike else np.where(arrived, ARRIVED**2, ON_THE_WAY**2)
            gap, other = np.empty(len(arrived)), np.empty(len(arrived))
            for index, (point, room) in enumerate(zip(minima, rooms, strict=True)):
                np.square(np.subtract(columns[0], point[0], out=gap), out=gap)
                for column in range(1, self.count):
                    np.square(np.subtract(columns[column], point[column], out=other), out=other)
                    gap += other
                np.copyto(found[part], index, where=gap <= squares * room**2)

        with np.errstate(over="ignore"), ThreadPoolExecutor(cores()) as pool:
            list(pool.map(block, range(0, len(ends), BLOCK)))
        return found

    def reached(self, minima: Array, ending: NDArray[np.uint8], position: Array) -> NDArray[np.int16]:
        """The index of the minimum that each cell reached; -1 where it reached none."""
        found = np.full(len(ending), -1, dtype=np.int16)
        kept = (ending == CONVERGED) | (ending == STEP_LIMIT)
        if kept.all():
            return self.nearest(minima, position, ending == CONVERGED)
        finite = np.flatnonzero(kept)
        found[finite] = self.nearest(minima, position[finite], ending[finite] == CONVERGED)
        return found

    def among(self, known: Array, ending: NDArray[np.uint8], position: Array, value: Array) -> Array:
        """The minima that are not known yet, found in rounds, each from ends that no minimum explains."""
        found, flat = np.zeros((0, self.count)), 0
        self.known = len(known)
        self.by_known = self.reached(known, ending, position)
        left = np.flatnonzero(((ending == CONVERGED) | (ending == STEP_LIMIT)) & (self.by_known < 0))
        for round_ in range(ROUNDS):
            if len(found):
                left = left[self.nearest(np.concatenate([known, found]), position[left], ending[left] == CONVERGED) < 0]
            converged = left[ending[left] == CONVERGED]
            tried = [_spread(converged, self.sample, round_)]
            if round_ == 0:
                going = left[ending[left] == STEP_LIMIT]
                tried += [_spread(going, self.sample, 0), _least(going, value, self.sample)]
            starts = position[np.unique(np.concatenate(tried))]
            if not len(starts):
                break
            new, flats = self.polished(starts)
            flat += flats.sum()
            if flat > MOST_FLAT:  # a valley: its floor is one minimum, which has no position
                new = new[~flats]
            before = len(found)
            for point in new:
                others = np.concatenate([known, found])
                if not len(others) or np.abs(others - point).max(axis=1).min() > SAME * max(1.0, float(np.abs(point).max())):
                    found = np.concatenate([found, point[None]])
            if (len(found) == before and len(converged) <= self.sample) or len(found) + len(known) > MOST:
                break
        return found

    def values(self, points: Array) -> Array:
        """The values at points."""
        slots = interpret(self.tape, list(points.T))
        return np.array(np.broadcast_to(slots[self.tape.outputs["f"][0]], len(points)))

    def derivatives(self, points: Array) -> tuple[Array, Array]:
        """The gradients and Hessians at points."""
        slots = interpret(self.tape, list(points.T))
        parts = {
            name: np.stack([np.broadcast_to(slots[slot], len(points)) for slot in self.tape.outputs[name]], axis=-1)
            for name in ("g", "H")
        }
        return parts["g"], parts["H"].reshape(-1, self.count, self.count)

    def polished(self, starts: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Where Newton's method arrives from starts, if that is a minimum close by; and whether it is flat in some direction."""
        points, moved = starts.copy(), np.ones(len(starts), dtype=bool)
        with np.errstate(all="ignore"):
            for _ in range(NEWTON):
                gradient, hessian = self.derivatives(points)
                step = _newton_steps(gradient, hessian)
                moved = np.isfinite(step).all(axis=1) & (np.abs(step).max(axis=1) > 4e-16 * np.abs(points).max(axis=1))
                if not moved.any():
                    break
                points = np.where(moved[:, None], points + step, points)
            points = self.rounded(points, gradient_of=np.abs(self.derivatives(points)[0]).max(axis=1))
            gradient, hessian = self.derivatives(points)
            sound = _finite(points) & _finite(hessian) & _finite(gradient)
            curvatures = np.linalg.eigvalsh(np.where(sound[:, None, None], hessian, 0.0))
            _, around = self.derivatives(starts)
            scale = np.abs(np.where(np.isfinite(around), around, 0.0)).max(axis=(1, 2))
            largest = np.maximum(np.abs(curvatures).max(axis=1), FLAT * scale)
            reach = np.sqrt(((self.corners[:, None] - starts) ** 2).sum(axis=2)).max(axis=0)
            size = 1e-3 * (1 + np.abs(starts).max(axis=1))
            still = np.abs(gradient).max(axis=1) <= 1e-9 * np.maximum(largest, scale) * np.maximum(size, reach)
            up = (curvatures[:, 0] >= -FLAT * largest) & (largest > 0)
            close = np.sqrt(((points - starts) ** 2).sum(axis=1)) <= ARRIVED * np.maximum(reach, size)
        good = sound & still & up & close
        return points[good], (curvatures[:, 0] <= FLAT * largest)[good]

    def rounded(self, points: Array, gradient_of: Array) -> Array:
        """The points with fewer digits where the slope is no larger: without curvature the last digits are noise."""
        unit = 10.0 ** math.floor(math.log10(max(float(np.nanmax(np.abs(self.corners), initial=0.0)), 1e-3)) - 5)
        coarse = np.round(points / unit) * unit + 0.0
        better = np.abs(self.derivatives(coarse)[0]).max(axis=1) <= gradient_of
        return np.where(better[:, None], coarse, points)


def _spread(cells: Integers, most: int, shift: int) -> Integers:
    """At most so many of the cells, evenly spread."""
    if len(cells) <= most:
        return cells
    return cells[(np.arange(most) * len(cells) + shift * len(cells) // ROUNDS) // most]


def _least(cells: Integers, value: Array, most: int) -> Integers:
    """The first of the cells with the least values."""
    if len(cells) <= most:
        return cells
    bound = np.partition(value[cells], most)[most]
    return np.asarray(cells[value[cells] <= bound][:most])


def _newton_steps(gradient: Array, hessian: Array) -> Array:
    """The steps to where the gradient would vanish; the shortest ones where the Hessian is singular."""
    sound = _finite(hessian) & _finite(gradient)
    safe = np.where(sound[:, None, None], hessian, 0.0)
    inverse = np.linalg.pinv(safe, rcond=1e-12, hermitian=True)
    slope = np.where(sound[:, None], gradient, np.nan)
    return np.asarray(-(inverse @ slope[..., None])[..., 0])


def _finite(arrays: Array) -> NDArray[np.bool_]:
    """Which of several arrays are finite."""
    return np.asarray(np.isfinite(arrays).reshape(len(arrays), -1).all(axis=1))
