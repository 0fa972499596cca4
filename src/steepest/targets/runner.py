"""Runs a program: chooses the gear, takes the steps, and finds how the run ended."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from steepest.tape.program import Program, Stop, swallowed
from steepest.tape.tape import STEP
from steepest.targets.block import Block
from steepest.targets.python import PythonGear
from steepest.targets.reference import Failure, Find, Reduce, failure, results
from steepest.targets.rows.failure import first_not_finite
from steepest.targets.state import RunState

if TYPE_CHECKING:
    from steepest.data.batches import Batches
    from steepest.targets.rows.sums import RowSums

LOADING = 2_400_000  # operations that the first gear takes in the time that LLVM needs to load
COMPILING, COMPILING_ONE = 160_000, 4_000  # and in the time that a program takes to compile, and one operation of it
ROW_OPERATION = 3  # an operation on rows takes as long to compile as so many on numbers
OPERATION = 25.0  # nanoseconds that the first gear takes for one
Progress = Callable[[int, int], None]
SMALLEST = 5e-324


class Gear(Protocol):
    """One way to take steps.

    Attributes:
        stride: how many steps it takes in a fraction of a second.
    """

    stride: int

    def __init__(self, program: Program, state: RunState) -> None: ...

    def take(self, until: int) -> Stop:
        """Take steps, record them and move the state on, until so many are done.

        Returns:
            LIMIT if all are taken; STEP after a step that is shorter than the tolerance, while the gradient is small enough;
            GRADIENT where the gradient is smaller than its tolerance; UNUSUAL before a step that has to be taken by the
            reference interpreter, because something in it is not finite or may not be; INTERRUPTED after Ctrl-C.
        """


@dataclass(frozen=True)
class Outcome:
    """What a run left.

    Attributes:
        stop: why it ended.
        steps: how many steps were taken.
        block: a row for the start and for each step: the position, the value and the gradient there, and the quantities of the
            next step (see `steepest.tape.program.Program.columns`); the last row has no quantities.
        failure: the cause of a result that is not finite.
        swallowed: of a last step where rounding made nothing of it: see `steepest.tape.program.swallowed`.
    """

    stop: Stop
    steps: int
    block: Block
    failure: Failure | None = None
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
    horizon: int | None = None,
    seed: int = 0,
    batches: Batches | None = None,
    progress: Progress | None = None,
    gear: type[Gear] | None = None,
    threads: int | None = None,
) -> Outcome:
    """Take up to `steps` steps from `start` and record everything.

    Args:
        program, start: what is run, and from where.
        hyperparameters: the numbers of `program.held`: hyperparameters, and constants of the formula as `constant k`.
        steps, tol, gtol, seed, progress: see `steepest.descend`.
        asked: a step shorter than `tol` ends the run only where the gradient's norm is below this.
        horizon: `T` in a schedule; `steps` if it is left out.
        batches: the rows of each step, for a program over data; None for all. With them a run converges where all steps of an
            epoch are shorter than the tolerance; `gtol` means nothing then.
        gear: instead of the one that is chosen by the work ahead.
        threads: on which the rows of a large table are added; one for each core if it is left out.

    Raises:
        InputError: for a record that does not fit into memory.
    """
    state = RunState(
        Block(steps + 1, program.width),
        [*map(float, start), *[0.0] * len(program.next_state)],
        [hyperparameters[name] for name in program.held],
        limit=steps,
        horizon=steps if horizon is None else horizon,
        seed=seed,
        shortest=max(tol * tol, SMALLEST) if tol > 0 else 0.0,
        asked=asked * asked,
        flattest=max(gtol * gtol, SMALLEST) if gtol > 0 and batches is None else 0.0,
        rows=_row_sums(program, batches, steps, threads),
    )
    return _Runner(program, state, tol, progress).run(gear)


def _row_sums(program: Program, batches: Batches | None, steps: int, threads: int | None) -> RowSums | None:
    """The sums and means over the rows; None without data."""
    if program.step.rows is None:
        return None
    from steepest.targets.rows.sums import RowSums

    return RowSums(program.step.rows, batches, steps=steps + 1, threads=threads)


class _Runner:
    """One run."""

    def __init__(self, program: Program, state: RunState, tol: float, progress: Progress | None) -> None:
        self.program, self.state, self.tol, self.progress = program, state, tol, progress
        self.failure: Failure | None = None

    def run(self, gear: type[Gear] | None) -> Outcome:
        """All steps, and the record of the last position."""
        try:
            stop = self._take_all(gear)
        except KeyboardInterrupt:
            stop = Stop.INTERRUPTED
        stop = self._recorded(stop)
        lost = self._swallowed() if stop is Stop.LIMIT else None
        return Outcome(stop, self.state.done, self.state.block, self.failure, lost)

    def _recorded(self, stop: Stop) -> Stop:
        """Record the last position, for which the rows of data are added up once more; Ctrl-C meanwhile drops the last step."""
        try:
            return self._record_last(stop)
        except KeyboardInterrupt:
            if not self.state.done:
                raise
            self.state.done -= 1  # whose row is complete
            self.failure = None
            return Stop.INTERRUPTED

    def _take_all(self, chosen: type[Gear] | None) -> Stop:
        """Take steps until the run ends."""
        state, limit, stop = self.state, self.state.limit, Stop.LIMIT
        gear: Gear = (chosen or self._first_gear())(self.program, state)
        while stop is Stop.LIMIT and state.done < limit:
            before = state.done
            stop = gear.take(min(before + gear.stride, limit))
            taken = state.done - before if state.rows else gear.stride
            if isinstance(gear, PythonGear) and not chosen and self._wants_machine_code(taken):
                gear = _machine_gear(self.program)(self.program, state)
            if stop is Stop.UNUSUAL:
                stop = self._by_reference()
            if stop is Stop.STEP and not self._at_rest():
                stop = Stop.LIMIT
            if self.progress:
                self.progress(state.done, limit)
        return stop

    def _first_gear(self) -> type[Gear]:
        """The gear for the first steps; a step over data may be so long that it matters."""
        ready = "llvm" in self.program.compiled or (self.state.rows and self._wants_machine_code(0))
        return _machine_gear(self.program) if ready else PythonGear

    def _wants_machine_code(self, taken: int) -> bool:
        """Whether machine code, its compilation included, has the work done sooner than the first gear.

        What the first gear did is remembered: a program that runs again and again is compiled in the end. Over so many rows that
        several threads add them, the first gear is as fast.

        Args:
            taken: the steps that the first gear took since this was asked last.
        """
        program, rows, left = self.program, self.state.rows, self.state.limit - self.state.done
        if rows and (rows.threads > 1 or not rows.in_memory or not left):
            return False
        operations = compiling = len(program.step.operations)
        if rows:
            operations, compiling = operations + int(rows.nanoseconds / OPERATION), compiling + ROW_OPERATION * rows.operations
        spent = program.compiled["spent"] = program.compiled.get("spent", 0) + operations * taken
        waiting = COMPILING + COMPILING_ONE * compiling + (0 if "llvmlite.binding" in sys.modules else LOADING)
        if spent + operations * left <= waiting:
            return False
        from steepest.targets.llvm import is_available

        return is_available()

    def _by_reference(self) -> Stop:
        """One step of the reference interpreter."""
        state, step = self.state, self.program.step
        if not self._value_is_finite():
            return Stop.LEFT
        slots = results(
            step, [*state.moving, *state.constants, float(state.done + 1), float(state.horizon), state.seed], self._reduce()
        )
        state.block.write(state.done, [slots[slot] for slot in self.program.row])
        slope = _squared([slots[slot] for slot in step.outputs["g"]])
        if slope < state.flattest:
            return Stop.GRADIENT
        moving = [slots[slot] for slot in (*step.outputs["theta"], *self.program.next_state)]
        if not all(map(math.isfinite, moving)):
            self.failure = failure(step, slots, ("theta", *self.program.state), self.program.quantities, self._find())
            return Stop.BROKEN
        state.moving, state.done = moving, state.done + 1
        short = _squared([slots[slot] for slot in step.outputs[STEP]]) < state.shortest and slope < state.asked
        if not self._value_is_finite():
            return Stop.LEFT
        return Stop.STEP if short else Stop.LIMIT

    def _reduce(self, taken: int = 0) -> Reduce | None:
        """What gives the sums and means over the rows of a step that was taken, or else of the present one."""
        rows, step = self.state.rows, taken or self.state.done + 1
        return (lambda position: rows.at(position, step)) if rows else None

    def _find(self) -> Find | None:
        """What finds the row at fault among those of the present step."""
        rows, step = self.state.rows, self.state.done + 1
        return (lambda number, position: first_not_finite(rows, number, position, step)) if rows else None

    @property
    def _position(self) -> Sequence[float]:
        return self.state.moving[: self.program.count]

    @property
    def _inputs(self) -> Sequence[float]:
        """The present position, and the formula's constants."""
        return [*self._position, *self.state.constants[len(self.program.hyperparameters) :]]

    def _value_is_finite(self) -> bool:
        """Whether the value at the present position is."""
        objective = self.program.objective
        return math.isfinite(results(objective, self._inputs, self._reduce())[objective.outputs["f"][0]])

    def _at_rest(self) -> bool:
        """Whether the last step is shorter than the tolerance as it is recorded, too; with batches, all steps of an epoch."""
        state, count = self.state, self.program.count
        steps = state.rows.batches.steps_an_epoch if state.rows and state.rows.batches else 1
        if state.done < steps:
            return False
        at = [state.block.read(row, 0, count) for row in range(state.done - steps, state.done)]
        return all(math.dist(before, after) < self.tol for before, after in pairwise([*at, self._position]))

    def _record_last(self, stop: Stop) -> Stop:
        """Record the last position; returns why the run ended, which may be what is found there."""
        objective = self.program.objective
        slots = results(objective, self._inputs, self._reduce())
        value, gradient = slots[objective.outputs["f"][0]], [slots[slot] for slot in objective.outputs["g"]]
        self.state.block.write(self.state.done, [*self._position, value, *gradient])
        if stop in (Stop.INTERRUPTED, Stop.BROKEN):
            return stop
        if not math.isfinite(value):
            self.failure = failure(objective, slots, ("f",), ("f",), self._find())
            return Stop.LEFT
        return Stop.GRADIENT if stop is Stop.LIMIT and _squared(gradient) < self.state.flattest else stop

    def _swallowed(self) -> tuple[float, float] | None:
        """The last step's length and the spacing of numbers there, if the step is not zero and yet changed nothing."""
        state, program, done = self.state, self.program, self.state.done
        if not done or list(state.block.read(done - 1, 0, program.count)) != list(self._position):
            return None
        before = [0.0] * len(program.next_state)
        if done > 1:
            row = state.block.read(done - 2, 0, program.width)
            before = [row[column] for name in program.state for column in program.columns[name]]
        slots = results(
            program.step,
            [*self._position, *before, *state.constants, float(done), float(state.horizon), state.seed],
            self._reduce(done),
        )
        return swallowed([slots[slot] for slot in program.step.outputs[STEP]], self._position)


def _machine_gear(program: Program) -> type[Gear]:
    """The second gear, which is loaded when it is first needed."""
    if program.step.rows:
        from steepest.targets.rows.gear import RowGear

        return RowGear
    from steepest.targets.llvm import MachineGear

    return MachineGear


def _squared(vector: Sequence[float]) -> float:
    """The square of a length, as the gears have it."""
    return sum(part * part for part in vector)
