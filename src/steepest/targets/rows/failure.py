"""What makes a sum or mean over rows not finite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from steepest.tape.tape import RowTapes, Tape

if TYPE_CHECKING:
    from steepest.targets.rows.sums import RowSums


class RowFailure(NamedTuple):
    """What makes a sum or mean over rows not finite: a row, or the sum itself.

    Attributes:
        kind: `sum` or `mean`, of the one whose terms are at fault.
        place: the first row whose term is not finite, such as `row 2`; empty if all terms are finite, and only their sum is not.
        tape, inputs, output: the tape of that row, its inputs, and the name of the term; None, empty for the sum itself.
    """

    kind: str
    place: str = ""
    tape: Tape | None = None
    inputs: tuple[float, ...] = ()
    output: str = ""


def first_not_finite(sums: RowSums, number: int, position: Sequence[float], step: int | None = None) -> RowFailure:
    """What makes a sum or mean not finite: the first row of it, or of one that it needs, whose term is not finite.

    Args:
        number: of the sum or mean.
        position: a number for each parameter.
        step: whose batch is looked at, from 1; None for all rows.
    """
    import numpy as np

    from steepest.targets.rows.chunk_sums import FirstNotFinite

    tapes, batches = sums.tapes, sums.batches
    taken = np.sort(batches.at(step)) if batches and step is not None else None
    totals = sums.at(position, step)
    needed, first = _needed(tapes, number), 0
    for stage, tape in enumerate(tapes.stages):
        work = FirstNotFinite(tape, (*position, *totals[:first]), len(tapes.columns[stage]))
        wrong: dict[str, tuple[int, tuple[float, ...]]] = {}
        rows = 0
        for size, found in sums.by_chunk(work, stage, step, taken):
            wrong = {name: (row + rows, values) for name, (row, values) in found.items()} | wrong
            rows += size
        for name in tape.outputs:
            kind = tapes.kinds[int(name)]
            if int(name) in needed and name in wrong:
                row, values = wrong[name]
                place = sums.source.place(row if taken is None else int(taken[row]))
                return RowFailure(kind, place, tape, (*work.given, *values), name)
            if int(name) in needed and not np.isfinite(totals[int(name)]):
                return RowFailure(kind)
        first += len(tape.outputs)
    return RowFailure(tapes.kinds[number])


def _needed(tapes: RowTapes, number: int) -> set[int]:
    """The sums and means that one is computed from, itself included."""
    needed = {number}
    for tape in reversed(tapes.stages):
        for name, slots in tape.outputs.items():
            if int(name) in needed:
                inputs = [tape.inputs[slot] for slot in tape.needed(slots) if slot < len(tape.inputs)]
                needed |= {int(word.partition(" ")[2]) for word in inputs if word.startswith("reduce ")}
    return needed
