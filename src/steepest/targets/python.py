"""Recorded runs: the program's fast loop, and the reference interpreter for the steps that it leaves.

The fast loop uses Python's own arithmetic in blocks of steps. Afterwards a block is looked through for anything unusual: an
exception, a position so far out that the value could overflow, a value that is not finite. From there on some steps are taken
by the reference interpreter, which knows IEEE arithmetic and what went wrong, and then the fast loop takes over again.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from struct import pack

from steepest.tape.program import Program, Stop, swallowed
from steepest.tape.tape import STEP
from steepest.targets.loop import loop_of
from steepest.targets.reference import Failure, failure, results

Column = Sequence[float]
Progress = Callable[[int, int], None]

BLOCK = 1024  # steps between two looks at what was recorded; up to here lists are faster than arrays, beyond they are large
CHUNK = 64 * BLOCK  # steps between two reports of progress
SMALLEST = 5e-324


@dataclass
class Outcome:
    """What a run left: columns of every coordinate of the position, start included, and of the recorded quantities.

    `slope` is the gradient's norm where a last step began that was short enough; `swallowed` is the last step where rounding
    made nothing of it: see `steepest.tape.program.swallowed`.
    """

    stop: Stop
    steps: int
    positions: Sequence[Column]
    quantities: Sequence[Column] = ()
    failure: Failure | None = None
    slope: float = 0.0
    swallowed: tuple[float, float] | None = None


def run(
    program: Program,
    start: Sequence[float],
    hyperparameters: Mapping[str, float],
    *,
    steps: int,
    tol: float,
    gtol: float = 0.0,
    asked: float = math.inf,
    seed: int = 0,
    horizon: int | None = None,
    quantities: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """Take up to `steps` steps from `start` and record every position; `T` is the horizon, if that is not `steps`.

    A step shorter than `tol` ends the run where the gradient's norm is below `asked`, too.
    """
    runner = _Runner(program, start, hyperparameters, steps, horizon or steps, tol, gtol, asked, seed, quantities, progress)
    try:
        outcome = runner.run()
        if outcome.stop is Stop.LIMIT and not quantities:
            outcome.swallowed = runner.swallowed()
        return outcome
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
        asked: float,
        seed: int,
        quantities: bool,
        progress: Progress | None,
    ) -> None:
        self.program = program
        self.steps, self.horizon, self.seed, self.progress = steps, horizon, seed, progress
        self.tol, self.asked = tol, asked * asked
        self.hyperparameters, self.slope = hyperparameters, 0.0
        self.shortest = max(tol * tol, SMALLEST) if tol > 0 else 0.0
        self.flattest = max(gtol * gtol, SMALLEST) if gtol > 0 else 0.0
        self.constants = [hyperparameters[name] for name in program.hyperparameters]
        self.position = [float(value) for value in start]
        self.state = [0.0] * len(program.next_state)
        self.recorded = program.recorded if quantities else ()
        self.done = 0
        first = [*self.position, *[math.nan] * len(self.recorded)]
        self.columns = [[value] if steps <= BLOCK else array("d", [value]) for value in first]
        self.loop = loop_of(program, tol=tol > 0, gtol=gtol > 0, asks=False, quantities=quantities)
        self.reach = program.safe_radius or math.inf

    def run(self) -> Outcome:
        stop, handed_over = Stop.UNUSUAL, 1
        if self.value_is_finite():
            while self.done < self.steps:
                stop = self.fast()
                if stop is not Stop.UNUSUAL:
                    break
                stop, broken = self.careful(handed_over)
                handed_over *= 2
                if stop is not Stop.UNUSUAL:
                    return self.outcome(stop, broken)
            stop = Stop.LIMIT if stop is Stop.UNUSUAL else stop
        if not self.value_is_finite():
            return self.outcome(Stop.LEFT, self.value_failure())
        if stop is Stop.LIMIT and self.flattest and _squared(self.slope_at(-1)) < self.flattest:
            stop = Stop.GRADIENT
        return self.outcome(stop)

    def fast(self) -> Stop:
        """The compiled loop in blocks, until it ends or hands over."""
        stop = Stop.LIMIT if math.hypot(*self.position) < self.reach else Stop.UNUSUAL
        while stop is Stop.LIMIT and self.done < self.steps:
            stop = self.block(min(BLOCK - self.done % BLOCK, self.steps - self.done))
            if stop is Stop.STEP and not self.at_rest():  # from here on the loop asks the gradient, too
                self.loop = loop_of(self.program, tol=True, gtol=self.flattest > 0, asks=True, quantities=bool(self.recorded))
                stop = Stop.LIMIT
            if self.progress and (self.done % CHUNK == 0 or self.done == self.steps or stop is not Stop.LIMIT):
                self.progress(self.done, self.steps)
        return stop

    def block(self, count: int) -> Stop:
        """Up to `count` steps of the compiled loop; those before the first unusual one are recorded."""
        try:
            step_terms = self.step_terms(count)
        except (ArithmeticError, ValueError):
            return Stop.UNUSUAL
        stop, state, rows = self.taken(step_terms)
        usual = self.usual(rows)
        if stop is not Stop.INTERRUPTED and (stop is Stop.UNUSUAL or usual < len(rows[-1])):
            stop, state, rows = self.taken([column[:usual] for column in step_terms])  # once more, for the state there
            stop = Stop.UNUSUAL if stop is Stop.LIMIT else stop
        if not all(map(math.isfinite, state)):
            return stop if stop is Stop.INTERRUPTED else Stop.UNUSUAL
        if stop is Stop.INTERRUPTED:  # perhaps between two coordinates
            usual = min(usual, *map(len, rows))
            rows = [row[:usual] for row in rows]
        for column, row in zip(self.columns, rows, strict=True):
            if isinstance(column, list):
                column.extend(row)
            else:
                column.frombytes(pack(f"{usual}d", *row))  # three times as fast as an array's own ways to take in floats
        self.done += usual
        self.position, self.state = [column[-1] for column in self.columns[: self.program.count]], state
        return stop

    def step_terms(self, count: int) -> Sequence[Sequence[object]]:
        """What the loop goes through in `count` steps."""
        if self.loop.step_terms is None:
            return [[None] * count]
        return self.loop.step_terms.ticks(self.done + 1, count, self.constants, self.horizon, self.seed)

    def taken(self, step_terms: Sequence[Sequence[object]]) -> tuple[Stop, list[float], list[list[float]]]:
        """Why the compiled loop ended, the state then, and the rows of every column."""
        rows: list[list[float]] = [[] for _ in self.columns]
        stop, state = self.loop.function(
            step_terms, float(self.horizon), self.seed, self.tol, self.shortest, self.flattest, self.asked,
            self.position, self.state, self.constants, rows,
        )  # fmt: skip
        return stop, state, rows

    def usual(self, rows: Sequence[Sequence[float]]) -> int:
        """How many positions there are before the first one that is not finite or so far out that the value may overflow."""
        positions = rows[: self.program.count]
        if all(math.hypot(*column) < self.reach for column in positions):
            return len(positions[-1])
        every = zip(*positions, strict=False)  # Ctrl-C may have come between two coordinates
        return next((index for index, row in enumerate(every) if not math.hypot(*row) < self.reach), len(positions[-1]))

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
                return Stop.BROKEN, failure(step, slots, ("theta", *self.program.state), self.program.quantities)
            length = sum(slots[slot] * slots[slot] for slot in step.outputs[STEP])
            self.position, self.state = moved, state
            for column, value in zip(self.columns, [*moved, *(slots[slot] for slot in self.recorded)], strict=True):
                column.append(value)
            self.done = t
            if not self.value_is_finite():
                return Stop.LEFT, self.value_failure()
            if length < self.shortest and self.at_rest():
                return Stop.STEP, None
        return Stop.UNUSUAL, None

    def value_is_finite(self) -> bool:
        """Whether the value at the present position is; within the safe radius it must be."""
        if math.hypot(*self.position) < self.program.safe_radius:
            return True
        return math.isfinite(results(self.program.objective, self.position)[self.program.objective.outputs["f"][0]])

    def at_rest(self) -> bool:
        """Whether the last step, which is shorter than the tolerance, is so as recorded, and began where the gradient is small."""
        moved = math.dist(self.position, [column[-2] for column in self.columns[: self.program.count]])
        slope = self.slope_at(-2)
        self.slope = math.hypot(*slope)
        return moved < self.tol and _squared(slope) < self.asked

    def slope_at(self, row: int) -> list[float]:
        """The gradient at a recorded position."""
        objective = self.program.objective
        slots = results(objective, [column[row] for column in self.columns[: self.program.count]])
        return [slots[slot] for slot in objective.outputs["g"]]

    def swallowed(self) -> tuple[float, float] | None:
        """The last step's length and the spacing of numbers there, if the step is not zero and yet changed nothing."""
        columns = self.columns[: self.program.count]
        if not self.done or any(column[self.done] != column[self.done - 1] for column in columns):
            return None
        start = [column[0] for column in columns]
        before = _Runner(
            self.program, start, self.hyperparameters, self.done - 1, self.horizon, 0.0, 0.0, math.inf, self.seed, False, None
        )
        before.run()
        clock = (float(self.done), float(self.horizon), self.seed)
        slots = results(self.program.step, [*before.position, *before.state, *self.constants, *clock])
        return swallowed([slots[slot] for slot in self.program.step.outputs[STEP]], self.position)

    def value_failure(self) -> Failure | None:
        objective = self.program.objective
        return failure(objective, results(objective, self.position), ("f",), ("f",))

    def outcome(self, stop: Stop, broken: Failure | None = None) -> Outcome:
        rows, count = self.done + 1, self.program.count
        columns = [column if len(column) == rows else column[:rows] for column in self.columns]
        return Outcome(stop, self.done, columns[:count], columns[count:], broken, self.slope)


def _squared(vector: Sequence[float]) -> float:
    """The square of a length, as the compiled loop has it."""
    return sum(part * part for part in vector)
