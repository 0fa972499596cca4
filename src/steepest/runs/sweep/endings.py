"""How the runs of a sweep ended, as small numbers with words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from steepest.runs.ending import failed_ending
from steepest.tape.program import Stop
from steepest.tape.tape import Tape
from steepest.targets.arrays import interpret
from steepest.targets.many.runs import ManyOutcome
from steepest.targets.reference import NEGLIGIBLE

ENDINGS = ("converged", "step_limit", "diverged", "undefined", "interrupted", "failed", "budget")
"""The words; a cell holds an index into them."""
CONVERGED, STEP_LIMIT, DIVERGED, UNDEFINED, INTERRUPTED = range(5)
BLOCK = 16_384  # runs whose causes are looked for at once
PLAIN = {Stop.LIMIT: STEP_LIMIT, Stop.STEP: CONVERGED, Stop.GRADIENT: CONVERGED, Stop.INTERRUPTED: INTERRUPTED}
Array = NDArray[np.float64]


def endings_of(outcome: ManyOutcome) -> NDArray[np.uint8]:
    """The ending of each of many runs, the one that it would have alone.

    Whether a run that is not finite diverged or left the domain depends on the first operation that gave no number, and on
    which of the others are infinite, NaN, large or small. Runs in which that is the same share their ending, which is found
    out for one of them.
    """
    table = np.full(max(stop.code for stop in Stop) + 1, UNDEFINED, dtype=np.uint8)
    for stop, ending in PLAIN.items():
        table[stop.code] = ending
    found = table[outcome.stops]
    for stop in (Stop.BROKEN, Stop.LEFT):
        failed = np.flatnonzero(outcome.stops == stop.code)
        known: dict[int, int] = {}
        for first in range(0, len(failed), BLOCK):
            block = failed[first : first + BLOCK]
            signs, rows, inverse = np.unique(_signatures(outcome, stop, block), return_index=True, return_inverse=True)
            for sign, row in zip(signs.tolist(), rows.tolist(), strict=True):
                if sign not in known:
                    known[sign] = _ending_alone(outcome, stop, int(block[row]))
            found[block] = np.array([known[sign] for sign in signs.tolist()], dtype=np.uint8)[inverse]
    return found


def _ending_alone(outcome: ManyOutcome, stop: Stop, index: int) -> int:
    """The ending of one run that left the finite numbers."""
    return ENDINGS.index(failed_ending(stop, int(outcome.steps[index]), outcome.failure(index)))


def _signatures(outcome: ManyOutcome, stop: Stop, runs: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number for each run; runs with the same one fail for the same reason."""
    program, positions = outcome.program, outcome.positions[runs]
    inputs: list[Array] = list(positions.T)
    tape: Tape = program.objective
    if stop is Stop.BROKEN:
        tape = program.step
        held = [np.broadcast_to(part, len(outcome.stops))[runs] for part in outcome.constants]
        t, limit = outcome.steps[runs] + 1.0, np.full(len(runs), float(outcome.limit))
        inputs += [np.asarray(part, np.float64) for part in (*outcome.state[runs].T, *held[:-1], t, limit, held[-1])]
    found = (outcome.steps[runs] > 0).astype(np.uint64)
    multiplier = 0x9E3779B97F4A7C15
    for slot in interpret(tape, inputs):
        found = found * np.uint64(multiplier) + _size_class(np.broadcast_to(slot, len(runs)))
    return found


def _size_class(numbers: Array) -> NDArray[np.uint64]:
    """What matters of a number for the cause of a failure: whether it is 0, small, large, enormous, infinite, NaN."""
    size = np.abs(numbers)
    classes = (size > 0).astype(np.uint64) + (size >= 1) + (size >= NEGLIGIBLE) + np.isposinf(size)
    return np.asarray(np.where(np.isnan(size), np.uint64(5), classes), dtype=np.uint64)
