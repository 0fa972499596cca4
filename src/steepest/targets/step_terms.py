"""What depends on the step number alone, such as Adam's 1 - beta1^t or a schedule: worked out once for runs that share it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from steepest.tape.program import Program
from steepest.targets.reference import results
from steepest.targets.source import Writer, compiled

Columns = tuple[list[float], ...]


@dataclass(frozen=True, eq=False)
class StepTerms:
    """The slots of a program's step that change with the step number `t` and with nothing else that changes.

    Attributes:
        program: whose step it is.
        slots: those that the rest of the step reads.
        inputs: the hyperparameters, `T` and `seed` as far as these slots depend on them.
        function: the compiled loop over the step numbers.
    """

    program: Program
    slots: tuple[int, ...]
    inputs: tuple[int, ...]
    function: Callable[..., Columns]

    def ticks(self, first: int, count: int, constants: Sequence[float], limit: int, seed: int) -> Columns:
        """A column for every slot, with its numbers at `count` steps from `first` on; `constants` are the hyperparameters.

        Raises:
            ArithmeticError, ValueError: where the hyperparameters alone give no number.
        """
        held = [*constants, math.nan, float(limit), seed]
        begin = len(self.program.moving)
        values = tuple(held[slot - begin] for slot in self.inputs)
        return remembered(self, first, count, values, array("d", values).tobytes())


@lru_cache(maxsize=64)
def remembered(step_terms: StepTerms, first: int, count: int, values: tuple[float, ...], bits: bytes) -> Columns:
    """The columns, kept for the next run; `bits` tells 0 from -0."""
    step = step_terms.program.step
    known = dict(zip(step_terms.inputs, values, strict=True))

    def ieee(k: int) -> tuple[float, ...]:
        """The numbers of a step where Python's arithmetic raises."""
        inputs = [known.get(slot, 0.0) for slot in range(len(step.inputs))]
        inputs[-3] = float(k)
        slots = results(step, inputs)
        return tuple(slots[slot] for slot in step_terms.slots)

    return step_terms.function(first, first + count, values, ieee)


def step_terms_of(program: Program, wanted: Sequence[int]) -> StepTerms | None:
    """The clock of a loop that needs the `wanted` slots, if there is one."""
    step = program.step
    t = len(step.inputs) - 3
    first = len(step.inputs) + len(step.constants)
    changing = step.dependents(program.moving)
    ticking = step.dependents([t]) - changing
    needed = step.needed(wanted)
    read = {part for slot in needed & changing if slot >= first for part in step.operations[slot - first][1:]}
    slots = tuple(sorted(ticking & (read | set(wanted))))
    if not slots:
        return None
    used = step.needed(slots)
    inputs = tuple(slot for slot in range(len(step.inputs)) if slot in used and slot != t)
    return StepTerms(program, slots, inputs, compiled("ticks", _step_terms_source(program, slots, inputs)))


def _step_terms_source(program: Program, slots: Sequence[int], inputs: Sequence[int]) -> str:
    """The loop's Python text, made of the tape alone."""
    t = len(program.step.inputs) - 3
    writer = Writer(program.step, slots, counter=t)
    once, always = writer.lines([t])
    names, held = ", ".join(f"s{slot}" for slot in slots), ", ".join(f"s{slot}" for slot in inputs)
    lines = [
        "def ticks(first, end, values, ieee):",
        *([f"  {held}, = values"] if inputs else []),
        *(f"  {line}" for line in once),
        f"  {', '.join(f'c{slot}' for slot in slots)}, = columns = {', '.join(['[]'] * len(slots))},",
        "  for k in range(first, end):",
        "    try:",
        *(f"      {line}" for line in always),
        *([f"      s{t} = float(k)"] if t in slots else []),
        "    except (ArithmeticError, ValueError):",
        f"      {names}, = ieee(k)",
        *(f"    c{slot}.append(s{slot})" for slot in slots),
        "  return columns",
    ]
    return "\n".join(lines)
