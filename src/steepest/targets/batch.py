"""BatchResult runs of one program at once, in arrays with one element per run."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP
from steepest.targets.arrays import BLOCK, Array, interpret
from steepest.targets.reference import Failure, failure, results


@dataclass
class BatchResult:
    """Where many runs ended.

    Attributes:
        positions: the last recorded position of each run: shape `(runs, parameters)`.
        steps: how many steps each run took.
        stops: why each run ended.
        failures: the causes of results that are not finite, by the index of the run.
        history: every position: shape `(limit + 1, runs, parameters)`; a run that has ended repeats its last one. None unless
            requested.
    """

    positions: Array
    steps: NDArray[np.int64]
    stops: list[Stop]
    failures: dict[int, Failure | None]
    history: Array | None = None


def run_many(
    program: Program,
    starts: Array,
    hyperparameters: Mapping[str, Any],
    *,
    steps: int,
    tol: float,
    gtol: float = 0.0,
    asked: float = math.inf,
    seed: int = 0,
    history: bool = False,
) -> BatchResult:
    """Run an optimizer from many starts at once.

    Args:
        starts: shape `(runs, parameters)`.
        hyperparameters: numbers, or arrays of one number per run.
        steps, tol, gtol: when a run ends; see `steepest.descend`.
        asked: a step shorter than `tol` ends a run only where the gradient's norm is below this.
        history: whether every position is recorded.
    """
    constants = [np.broadcast_to(np.asarray(hyperparameters[name], float), len(starts)) for name in program.hyperparameters]
    blocks = []
    for first in range(0, len(starts), BLOCK):
        block = slice(first, first + BLOCK)
        lanes = _Lanes(program, starts[block], [constant[block] for constant in constants], steps, seed)
        blocks.append(lanes.run(tol, gtol, asked, history=history))
    return BatchResult(
        np.concatenate([block.positions for block in blocks]),
        np.concatenate([block.steps for block in blocks]),
        [stop for block in blocks for stop in block.stops],
        {first * BLOCK + lane: cause for first, block in enumerate(blocks) for lane, cause in block.failures.items()},
        np.concatenate([block.history for block in blocks if block.history is not None], axis=1) if history else None,
    )


class _Lanes:
    """One block of runs; `alive` has the indices of those that have not ended, and the arrays hold only these."""

    def __init__(self, program: Program, starts: Array, constants: list[Array], limit: int, seed: int) -> None:
        self.program, self.limit, self.seed = program, limit, seed
        self.alive = np.arange(len(starts))
        self.position = [np.array(column, dtype=np.float64) for column in starts.T]
        self.state = [np.zeros(len(starts)) for _ in program.next_state]
        self.constants = constants
        self.result = BatchResult(
            np.array(starts, dtype=np.float64), np.zeros(len(starts), np.int64), [Stop.LIMIT] * len(starts), {}
        )

    def run(self, tol: float, gtol: float, asked: float, *, history: bool) -> BatchResult:
        """All steps, until every run has ended."""
        past = [self.result.positions.copy()]
        shortest = max(tol * tol, 5e-324) if tol > 0 else 0.0
        flattest = max(gtol * gtol, 5e-324) if gtol > 0 else 0.0
        self.end_where_value_is_not_finite()
        for t in range(1, self.limit + 1):
            if not self.alive.size:
                break
            self.step(t, tol, shortest, asked * asked, flattest)
            if history:
                past.append(self.result.positions.copy())
        self.end_where_gradient_is_small(flattest)
        if history:
            past += [past[-1]] * (self.limit + 1 - len(past))
            self.result.history = np.stack(past)
        return self.result

    def step(self, t: int, tol: float, shortest: float, asked: float, flattest: float) -> None:
        """One step of all runs; those that it ends are dropped."""
        step = self.program.step
        self.end_where_gradient_is_small(flattest)
        slots = interpret(step, self.inputs(t))
        count = self.alive.size
        moved = [np.broadcast_to(slots[slot], count) for slot in step.outputs["theta"]]
        state = [np.broadcast_to(slots[slot], count) for slot in self.program.next_state]
        broken = ~np.logical_and.reduce([np.isfinite(part) for part in (*moved, *state)])
        short = (self.squared_length(STEP, slots) < shortest) & (self.squared_length("g", slots) < asked)
        if shortest:
            short &= self.distance(moved) < tol
        for lane in np.flatnonzero(broken):
            inputs_of_lane = [float(part[lane]) if np.ndim(part) else float(part) for part in self.inputs(t)]
            values = results(step, inputs_of_lane)
            self.result.failures[int(self.alive[lane])] = failure(
                step, values, ("theta", *self.program.state), self.program.quantities
            )
        self.position, self.state = [np.array(part) for part in moved], [np.array(part) for part in state]
        short = short[~broken]
        self.end(broken, Stop.BROKEN)
        self.result.positions[self.alive] = np.stack(self.position, axis=1)
        self.result.steps[self.alive] = t
        left = self.not_finite()
        self.record_value_failures(left)
        for lane in np.flatnonzero(short & ~left):
            self.result.stops[self.alive[lane]] = Stop.STEP
        for lane in np.flatnonzero(left):
            self.result.stops[self.alive[lane]] = Stop.LEFT
        self.keep(~(short | left))

    def squared_length(self, name: str, slots: list[Any]) -> Array:
        """The squared norm of an output of the step, for each run."""
        with np.errstate(all="ignore"):
            total = sum(slots[slot] * slots[slot] for slot in self.program.step.outputs[name])
        return np.broadcast_to(total, self.alive.shape)

    def distance(self, moved: list[Array]) -> Array:
        """The distance between the positions before and after the step of each run."""
        with np.errstate(all="ignore"):
            return np.asarray(np.linalg.norm([new - old for new, old in zip(moved, self.position, strict=True)], axis=0))

    def end_where_gradient_is_small(self, flattest: float) -> None:
        if flattest and self.alive.size:
            slots = interpret(self.program.objective, self.position)
            with np.errstate(all="ignore"):
                total = sum(slots[slot] * slots[slot] for slot in self.program.objective.outputs["g"])
            self.end(np.broadcast_to(total < flattest, self.alive.shape), Stop.GRADIENT)

    def inputs(self, t: int) -> list[Any]:
        """The inputs of the step's tape."""
        return [*self.position, *self.state, *self.constants, float(t), float(self.limit), self.seed]

    def not_finite(self) -> NDArray[np.bool_]:
        """Which runs have a value that is not finite."""
        objective = self.program.objective
        value = interpret(objective, self.position)[objective.outputs["f"][0]]
        return np.broadcast_to(~np.isfinite(value), self.alive.shape)

    def end_where_value_is_not_finite(self) -> None:
        left = self.not_finite()
        self.record_value_failures(left)
        self.end(left, Stop.LEFT)

    def record_value_failures(self, left: NDArray[np.bool_]) -> None:
        objective = self.program.objective
        for lane in np.flatnonzero(left):
            values = results(objective, [float(part[lane]) for part in self.position])
            self.result.failures[int(self.alive[lane])] = failure(objective, values, ("f",), ("f",))

    def end(self, lanes: NDArray[np.bool_], stop: Stop) -> None:
        """End some runs."""
        for lane in np.flatnonzero(lanes):
            self.result.stops[self.alive[lane]] = stop
        self.keep(~lanes)

    def keep(self, lanes: NDArray[np.bool_]) -> None:
        """Drop all runs but these from the arrays."""
        if not lanes.all():
            self.alive = self.alive[lanes]
            self.position, self.state, self.constants = (
                [part[lanes] for part in parts] for parts in (self.position, self.state, self.constants)
            )
