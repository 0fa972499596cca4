"""Recorded runs: the program's fast loop, and the reference interpreter for the steps that it leaves.

The fast loop uses Python's own arithmetic and leaves as soon as anything is unusual: an exception, a position so far
out that the value could overflow, a value that is not finite. Those steps are taken by the reference interpreter, which
knows IEEE arithmetic and what went wrong, and then the fast loop takes over again.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from steepest.tape import STEP
from steepest.targets.program import Program, Stop
from steepest.targets.reference import Failure, failure, results

__all__ = ["Column", "Outcome", "run"]

Column: TypeAlias = "list[float] | array[float]"
Progress = Callable[[int, int], None]

SHORT = 200  # up to here lists are faster than arrays, which do not keep a float object for every number
CHUNK = 65_536  # steps between two reports of progress
SMALLEST = 5e-324


@dataclass
class Outcome:
    """What a run left: columns of every coordinate of the position, start included, and of the recorded quantities."""

    stop: Stop
    steps: int
    positions: list[Column]
    quantities: list[Column] = field(default_factory=list)
    failure: Failure | None = None


def run(
    program: Program,
    start: Sequence[float],
    hyperparameters: Mapping[str, float],
    *,
    steps: int,
    tol: float,
    gtol: float = 0.0,
    seed: int = 0,
    horizon: int | None = None,
    quantities: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Take up to `steps` steps from `start` and record every position; `T` is the horizon, if that is not `steps`."""
    runner = _Runner(program, start, hyperparameters, steps, horizon or steps, tol, gtol, seed, quantities, progress)
    try:
        return runner.run()
    except KeyboardInterrupt:
        return runner.outcome(Stop.INTERRUPTED)


class _Runner:
    """One run in progress: what is recorded so far, and the position and state after `done` steps."""

    def __init__(
        self,
        program: Program,
        start: Sequence[float],
        hyperparameters: Mapping[str, float],
        steps: int,
        horizon: int,
        tol: float,
        gtol: float,
        seed: int,
        quantities: bool,
        progress: Progress | None,
    ) -> None:
        self.program = program
        self.steps, self.horizon, self.seed, self.progress = steps, horizon, seed, progress
        self.shortest = max(tol * tol, SMALLEST) if tol > 0 else 0.0
        self.flattest = max(gtol * gtol, SMALLEST) if gtol > 0 else 0.0
        self.constants = [hyperparameters[name] for name in program.hyperparameters]
        self.position = [float(value) for value in start]
        self.state = [0.0] * len(program.next_state)
        self.start = list(self.position)
        self.recorded = program.recorded if quantities else ()
        self.done = 0
        self.columns: list[Column] = self.fresh_columns()
        self.loop = program.loop(gradient=gtol > 0, quantities=quantities)

    def fresh_columns(self) -> list[Column]:
        """Columns for the positions and the recorded quantities, the start in their first row."""
        first = [*self.start, *[math.nan] * len(self.recorded)]
        if self.steps <= SHORT:
            return [[value] + [0.0] * self.steps for value in first]
        return [array("d", [value]) for value in first]

    def run(self) -> Outcome:
        stop, handed_over = Stop.UNUSUAL, 1
        if self.value_is_finite():
            while self.done < self.steps:
                stop = self.fast()
                if not all(map(math.isfinite, self.state)):
                    return self.again()
                if stop is not Stop.UNUSUAL:
                    break
                stop, broken = self.careful(handed_over)
                handed_over *= 2
                if stop is not Stop.UNUSUAL:
                    return self.outcome(stop, broken)
            stop = Stop.LIMIT if stop is Stop.UNUSUAL else stop
        if not self.value_is_finite():
            return self.outcome(Stop.LEFT, self.value_failure())
        return self.outcome(stop)

    def fast(self) -> Stop:
        """The compiled loop in chunks, until it ends or hands over."""
        stop, farthest = Stop.LIMIT, self.farthest()
        while self.done < self.steps:
            last = min(self.steps, self.done + CHUNK)
            views = [self.room(column, last) for column in self.columns]
            stop, self.done, self.position, self.state = self.loop(
                self.done + 1, last, self.horizon, self.seed, self.shortest, self.flattest, farthest,
                self.position, self.state, self.constants, views,
            )  # fmt: skip
            for view in views:
                if isinstance(view, memoryview):
                    view.release()
            if self.progress:
                self.progress(self.done, self.steps)
            if stop is not Stop.LIMIT:
                break
        if stop is Stop.INTERRUPTED:  # perhaps between two coordinates
            self.position = [column[self.done] for column in self.columns[: self.program.count]]
        return stop

    def farthest(self) -> float:
        """The square of a step's length from where the value might overflow before the run has taken all its steps."""
        if self.program.watches_value:
            return math.inf
        radius = self.program.safe_radius / 2
        if any(abs(value) > radius for value in self.position):
            return 0.0
        far = radius / (self.steps + 1)
        return far * far

    def room(self, column: Column, last: int) -> Any:
        """The column, a list or a view of an array, long enough for row `last`."""
        if isinstance(column, list):
            return column
        missing = last + 1 - len(column)
        if missing > 0:
            column.frombytes(bytes(8 * missing))
        return memoryview(column)

    def careful(self, most: int) -> tuple[Stop, Failure | None]:
        """Up to `most` steps of the reference interpreter."""
        step = self.program.step
        if not self.value_is_finite():
            return Stop.LEFT, self.value_failure()
        for _ in range(min(most, self.steps - self.done)):
            t = self.done + 1
            slots = results(step, [*self.position, *self.state, *self.constants, float(t), float(self.horizon), self.seed])
            if self.flattest and sum(slots[slot] * slots[slot] for slot in step.outputs["g"]) < self.flattest:
                return Stop.GRADIENT, None
            moved, state = [slots[slot] for slot in step.outputs["theta"]], [slots[slot] for slot in self.program.next_state]
            if not all(map(math.isfinite, (*moved, *state))):
                return Stop.BROKEN, failure(step, slots, (*step.outputs["theta"], *self.program.next_state))
            length = sum(slots[slot] * slots[slot] for slot in step.outputs[STEP])
            self.position, self.state = moved, state
            for column, value in zip(self.columns, [*moved, *(slots[slot] for slot in self.recorded)], strict=True):
                self.room(column, t)[t] = value
            self.done = t
            if not self.value_is_finite():
                return Stop.LEFT, self.value_failure()
            if length < self.shortest:
                return Stop.STEP, None
        return Stop.UNUSUAL, None

    def again(self) -> Outcome:
        """The whole run with the reference interpreter: the state overflowed somewhere on the way."""
        self.position, self.state, self.done = list(self.start), [0.0] * len(self.state), 0
        stop, broken = self.careful(self.steps)
        return self.outcome(Stop.LIMIT if stop is Stop.UNUSUAL else stop, broken)

    def value_is_finite(self) -> bool:
        """Whether the value at the present position is; within the safe radius it must be."""
        if not self.program.watches_value and all(abs(value) <= self.program.safe_radius for value in self.position):
            return True
        return math.isfinite(results(self.program.objective, self.position)[self.program.objective.outputs["f"][0]])

    def value_failure(self) -> Failure | None:
        objective = self.program.objective
        return failure(objective, results(objective, self.position), objective.outputs["f"])

    def outcome(self, stop: Stop, broken: Failure | None = None) -> Outcome:
        rows, count = self.done + 1, self.program.count
        columns = [column if len(column) == rows else column[:rows] for column in self.columns]
        return Outcome(stop, self.done, columns[:count], columns[count:], broken)
