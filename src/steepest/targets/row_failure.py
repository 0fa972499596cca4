"""What makes a sum or mean over rows not finite."""

from __future__ import annotations

from typing import NamedTuple

from steepest.tape.tape import Tape


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
