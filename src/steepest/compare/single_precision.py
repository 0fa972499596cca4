"""A run repeated in single precision: every operation of its tape rounded to float32, as in most training."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from steepest.errors import InputError
from steepest.optimizers.libraries.library_optimizer import need_equations
from steepest.runs.ending import Ending, finite_ending
from steepest.runs.equations import last_step
from steepest.runs.record import array_record
from steepest.runs.trajectory import Trajectory
from steepest.tape.program import Program, Stop
from steepest.tape.tape import STEP, Tape
from steepest.targets.array_operations import FUNCTIONS, noise_like
from steepest.targets.array_runs import ArrayOutcome, finish

LARGEST_SINGLE = float(np.finfo(np.float32).max)


def in_single_precision(run: Trajectory) -> Trajectory:
    """Repeat a run with every number a float32.

    Raises:
        InputError: for a Python function or another library's optimizer, whose arithmetic cannot be changed.

    >>> from steepest.runs.descent import descend
    >>> in_single_precision(descend("x^2", start=3, lr=0.1, steps=1)).positions[1].tolist()
    [2.4000000953674316]
    """
    need_equations(run.optimizer, "float32")
    if run.record.program is None:
        raise InputError("float32 needs a formula: a Python function computes in the precision that it was written in")
    outcome = _run(run, run.record.program)
    steps = len(outcome.positions) - 1
    record = array_record(outcome, run.record.vectors, "float32")
    if outcome.stop in (Stop.BROKEN, Stop.LEFT):
        ending = _failed_ending(outcome, steps)
    else:
        ending = finite_ending(
            outcome.stop, steps, last_step(record, outcome.swallowed), run.stopping, run.optimizer, run.hyperparameters
        )
    return replace(run, ending=ending, steps=steps, record=record)


def _moved(outcome: ArrayOutcome) -> float:
    """The distance between the last two positions."""
    return math.dist(outcome.positions[-1].tolist(), outcome.positions[-2].tolist())


def _run(run: Trajectory, program: Program) -> ArrayOutcome:
    """Take the steps; see `steepest.targets.array_runs.run_arrays`."""
    names = program.recorded_names
    outcome = ArrayOutcome(quantities={name: [] for name in names})
    position, state = _single(run.start), _single([0.0] * len(program.next_state))
    constants = _single([run.held[name] for name in program.held])
    fixed = constants[len(program.hyperparameters) :]
    bound = run.stopping.gradient_bound(run.optimizer, run.hyperparameters)
    _append(outcome, program.objective, position, fixed)
    for t in range(1, run.limit + 1):
        if not np.isfinite(outcome.values[-1]) or np.linalg.norm(outcome.gradients[-1]) < run.gtol:
            break
        slots = _rounded_slots(program.step, [*position, *state, *constants, *_single([t, run.limit]), run.seed])
        position, state = [slots[slot] for slot in program.step.outputs["theta"]], [slots[slot] for slot in program.next_state]
        if not np.isfinite([*position, *state]).all():
            outcome.stop = Stop.BROKEN
            outcome.values.append(float(np.sum([*position, *state])))
            return outcome
        for name in names:
            row = [float(slots[slot]) for slot in program.step.outputs[name]]
            outcome.quantities[name].append(np.array(row) if name in program.step.vectors else row[0])
        _append(outcome, program.objective, position, fixed)
        step = [float(slots[slot]) for slot in program.step.outputs[STEP]]
        outcome.swallowed = _swallowed(step, position) if _moved(outcome) == 0 else None
        if math.hypot(*step) < run.tol and _moved(outcome) < run.tol and np.linalg.norm(outcome.gradients[-2]) < bound:
            outcome.stop = Stop.STEP
            break
    finish(outcome, run.gtol)
    return outcome


def _swallowed(step: Sequence[float], position: Sequence[Any]) -> tuple[float, float] | None:
    """As `steepest.tape.program.swallowed`, with the spacing of float32."""
    spacing = [float(np.spacing(np.abs(value))) for part, value in zip(step, position, strict=True) if part]
    return (math.hypot(*step), math.hypot(*spacing)) if spacing else None


def _single(values: Sequence[float]) -> list[Any]:
    return [np.float32(value) for value in values]


def _rounded_slots(tape: Tape, inputs: Sequence[Any]) -> list[Any]:
    """The value of every slot, each rounded to float32."""
    slots = [*inputs, *_single(tape.constants)]
    with np.errstate(all="ignore"):
        for name, *used in tape.operations:
            values = [slots[slot] for slot in used]
            slots.append(np.float32(noise_like(*map(float, values)) if name == "noise" else FUNCTIONS[name](*values)))
    return slots


def _append(outcome: ArrayOutcome, objective: Tape, position: Sequence[Any], constants: Sequence[Any]) -> None:
    """Record a position with its value and gradient."""
    slots = _rounded_slots(objective, [*position, *constants])
    outcome.positions.append(np.array(position, dtype=np.float64))
    outcome.values.append(float(slots[objective.outputs["f"][0]]))
    outcome.gradients.append(np.array([slots[slot] for slot in objective.outputs["g"]], dtype=np.float64))


def _failed_ending(outcome: ArrayOutcome, steps: int) -> Ending:
    """The ending of a run that left the finite float32 numbers."""
    left = outcome.values.pop() if outcome.stop is Stop.BROKEN else outcome.values[-1]
    what = "the position" if outcome.stop is Stop.BROKEN else "the value"
    step = steps + (outcome.stop is Stop.BROKEN)
    when = f"at step {step}" if step else "at the start"
    if np.isnan(left):
        return Ending(outcome.stop, f"undefined {when}: {what} is not a number in float32")
    return Ending(outcome.stop, f"diverged {when}: {what} is larger than any float32 ({LARGEST_SINGLE:.1e})", diverged=True)
