"""Many runs of one program at once, each with its own start and hyperparameters, on all cores."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from steepest.tape.program import Program, Stop
from steepest.targets.array_operations import Array
from steepest.targets.cores import cores
from steepest.targets.llvm import compile_functions, fuses, is_available, library_addresses, vector_width
from steepest.targets.llvm_ir import LIBRARY
from steepest.targets.many.many_ir import Variant, many_ir
from steepest.targets.reference import Failure, failure, results
from steepest.targets.runner import SMALLEST, Progress, run
from steepest.targets.vector.vector_math import lane_by_lane, vector_function

IN_FLIGHT = ((24, 4), (60, 2))  # operations of a step up to which several vectors of the machine are taken at once
PIECE = 1e9  # operations between two looks at the keyboard: some hundredths of a second
CALL = 20  # a function is as much work as so many sums


@dataclass(frozen=True, eq=False)
class ManyOutcome:
    """Where many runs ended.

    Attributes:
        program: what was run.
        stops: the codes of why each run ended, see `steepest.tape.program.Stop`: shape `(runs,)`.
        steps: how many steps each run took.
        positions: the last position of each run: shape `(runs, parameters)`.
        values: the value there.
        state: the optimizer's state there: shape `(runs, numbers)`.
        constants: the numbers of `program.held`, and the seed, of each run.
        limit: the step limit.
        history: every position: shape `(limit + 1, runs, parameters)`; a run that has ended repeats its last one. None unless
            requested.
    """

    program: Program
    stops: NDArray[np.int64]
    steps: NDArray[np.int64]
    positions: Array
    values: Array
    state: Array
    constants: Sequence[Array]
    limit: int
    history: Array | None = None

    def failure(self, index: int) -> Failure | None:
        """The cause of a result that is not finite, in the run of that index."""
        program, position = self.program, self.positions[index].tolist()
        *constants, seed = (float(np.broadcast_to(part, len(self.stops))[index]) for part in self.constants)
        if self.stops[index] == Stop.LEFT.code:
            inputs = [*position, *constants[len(program.hyperparameters) :]]
            return failure(program.objective, results(program.objective, inputs), ("f",), ("f",))
        t, limit = float(self.steps[index] + 1), float(self.limit)
        slots = results(program.step, [*position, *self.state[index].tolist(), *constants, t, limit, seed])
        return failure(program.step, slots, ("theta", *program.state), program.quantities)


def run_many(
    program: Program,
    starts: Array,
    hyperparameters: Mapping[str, Any],
    *,
    steps: int,
    tol: float,
    gtol: float = 0.0,
    asked: float = math.inf,
    seed: Any = 0,
    history: bool = False,
    exact: bool = False,
    progress: Progress | None = None,
) -> ManyOutcome:
    """Run an optimizer from many starts at once.

    Args:
        program: what is run.
        starts: shape `(runs, parameters)`.
        hyperparameters: numbers, or arrays of one number per run, for the names of `program.held`: a constant of the formula is
            called `constant k`, and is at most 1e30.
        steps, tol, gtol: when a run ends; see `steepest.descend`.
        asked: a step shorter than `tol` ends a run only where the gradient's norm is below this.
        seed: of the noise: a number, or one per run.
        history: whether every position is recorded.
        exact: whether every number has the bits of a single run. Else products and sums may be fused, and `sin`, `cos`, `exp`,
            `log` and powers may be off by 2 units in the last place.
        progress: called with the runs done and the runs to do now and then.

    Runs that Ctrl-C kept from being done have the code of `Stop.INTERRUPTED` and 0 steps.
    """
    starts = np.ascontiguousarray(starts, np.float64)
    held = [np.asarray(value, np.float64) for value in (*(hyperparameters[name] for name in program.held), seed)]
    limits = _Limits(steps, tol, gtol, asked)
    if not is_available():
        return _one_by_one(program, starts, held, limits, history=history)
    job = _Job(program, starts, held, limits, history=history, exact=exact)
    return job.run(progress)


class _Limits(NamedTuple):
    """When a run ends; see `run_many`."""

    steps: int
    tol: float
    gtol: float
    asked: float


class _Job:
    """Many runs in progress."""

    def __init__(
        self, program: Program, starts: Array, held: Sequence[Array], limits: _Limits, *, history: bool, exact: bool
    ) -> None:
        self.program, self.limits, self.count = program, limits, len(starts)
        self.interrupted = False
        operations = len(program.step.operations)
        lanes = vector_width() * next((several for most, several in IN_FLIGHT if operations <= most), 1)
        varying = tuple(part.ndim > 0 for part in held)
        self.variant = Variant(lanes, varying, limits.tol > 0, limits.gtol > 0, history, exact)
        self.groups = -(-self.count // lanes)
        padded = self.groups * lanes
        self.moving = np.zeros((len(program.moving), padded))
        self.moving[: program.count, : self.count] = starts.T
        self.moving[: program.count, self.count :] = starts[-1:].T
        self.held = [_padded(part, padded) if part.ndim else part.reshape(1).copy() for part in held]
        self.values, self.steps, self.stops = np.empty(padded), np.zeros(padded, np.int64), np.empty(padded, np.int64)
        self.stops[:] = Stop.INTERRUPTED.code
        self.history = np.empty((limits.steps + 1 if history else 0, program.count, padded))
        if history:
            self.history[0] = self.moving[: program.count]
        self.function = _machine_code(program, self.variant)

    def run(self, progress: Progress | None) -> ManyOutcome:
        """All groups, on all cores; Ctrl-C leaves those that are not done."""
        work = sum(CALL if name in LIBRARY else 1 for name, *_ in self.program.step.operations)
        most = PIECE / max(work * self.limits.steps * self.variant.lanes, 1)
        size = max(min(int(most), -(-self.groups // (4 * cores()))), 1)
        pieces = [(first, min(first + size, self.groups)) for first in range(0, self.groups, size)]
        with ThreadPoolExecutor(cores()) as pool:
            waiting = {pool.submit(self._piece, *piece) for piece in pieces}
            try:
                while waiting:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for each in done:
                        each.result()
                    if progress:
                        progress(self.count * (len(pieces) - len(waiting)) // len(pieces), self.count)
            except KeyboardInterrupt:
                self.interrupted = True
                for each in waiting:
                    each.cancel()
        return self._outcome()

    def _piece(self, first: int, last: int) -> None:
        """The groups from `first` to `last`."""
        steps, tol, gtol, asked = self.limits
        inputs = [*self.moving, *self.held]
        strides = [1] * len(self.moving) + [int(varies) for varies in self.variant.varying]
        self.function(
            _addresses(inputs), (ctypes.c_int64 * len(strides))(*strides), first, last, steps, float(steps),
            max(tol * tol, SMALLEST), asked * asked, max(gtol * gtol, SMALLEST),
            _addresses([*self.moving, self.values, self.steps, self.stops]), self.history.ctypes.data, self.history.shape[2],
        )  # fmt: skip

    def _outcome(self) -> ManyOutcome:
        program, count = self.program, self.count
        moving = self.moving[:, :count].T
        for row in range(int(self.steps.min()) + 1, len(self.history)):  # of groups that had ended by then
            ended = self.steps < row
            self.history[row][:, ended] = self.moving[: program.count, ended]
        if self.interrupted:
            self.values[self.stops == Stop.INTERRUPTED.code] = np.nan
        return ManyOutcome(
            program, self.stops[:count], self.steps[:count], moving[:, : program.count], self.values[:count],
            moving[:, program.count :], [part[:count] for part in self.held], self.limits.steps,
            self.history[:, :, :count].transpose(0, 2, 1) if self.variant.history else None,
        )  # fmt: skip


def _padded(column: Array, size: int) -> Array:
    """A column of so many numbers; those beyond its end repeat the last one."""
    return np.concatenate([column, np.repeat(column[-1:], size - len(column))])


def _addresses(columns: Sequence[NDArray[Any]]) -> Any:
    return (ctypes.c_void_p * len(columns))(*(column.ctypes.data for column in columns))


def _machine_code(program: Program, variant: Variant) -> Callable[..., None]:
    """The compiled function; see `steepest.targets.many.many_ir`."""
    if variant not in program.compiled:
        addresses = library_addresses()
        text, called = many_ir(program, variant, addresses)
        functions = [_vector_function(name, variant, addresses) for name in sorted(called)]
        engine = compile_functions("\n".join([*functions, text]), level=2)
        pointer, count, double = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double
        prototype = ctypes.CFUNCTYPE(
            None, pointer, pointer, count, count, count, double, double, double, double, pointer, pointer, count
        )  # fmt: skip
        function = prototype(engine.get_function_address("many"))
        function.engine = engine  # type: ignore[attr-defined]  # which owns the machine code
        program.compiled[variant] = function
    found: Callable[..., None] = program.compiled[variant]
    return found


def _vector_function(name: str, variant: Variant, addresses: Mapping[str, int]) -> str:
    """The text of a function of vectors: lane by lane where the bits of a single run are asked for."""
    text = None if variant.exact else vector_function(name, variant.lanes, fused=fuses(), inlined=False)
    return text or lane_by_lane(name, variant.lanes, addresses[name])


def _one_by_one(program: Program, starts: Array, held: Sequence[Array], limits: _Limits, *, history: bool) -> ManyOutcome:
    """The same without LLVM: one run after the other."""
    count, limit = len(starts), limits.steps
    constants = [np.broadcast_to(part, count) for part in held]
    outcome = ManyOutcome(
        program, np.zeros(count, np.int64), np.zeros(count, np.int64), starts.copy(), np.zeros(count),
        np.zeros((count, len(program.next_state))), held, limit,
        np.empty((limit + 1, count, program.count)) if history else None,
    )  # fmt: skip
    for index in range(count):
        *numbers, seed = (float(part[index]) for part in constants)
        found = run(
            program, starts[index].tolist(), dict(zip(program.held, numbers, strict=True)), seed=int(seed), **limits._asdict()
        )  # fmt: skip
        table = np.asarray(found.block.numbers).reshape(-1, found.block.width)
        outcome.stops[index], outcome.steps[index] = found.stop.code, found.steps
        outcome.positions[index] = table[found.steps, : program.count]
        outcome.values[index] = table[found.steps, program.count]
        if found.steps and program.state:
            columns = [column for name in program.state for column in program.columns[name]]
            outcome.state[index] = table[found.steps - 1, columns]
        if outcome.history is not None:
            rows = np.minimum(np.arange(limit + 1), found.steps)
            outcome.history[:, index] = table[rows, : program.count]
    return outcome
