"""A formula's value, gradient and Hessian at a position, for whoever asks for them one at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any

from steepest.language.expression import Expression
from steepest.tape.compile import function_tape
from steepest.tape.tape import Tape
from steepest.targets.reference import Failure, failure, results
from steepest.targets.rows.failure import first_not_finite
from steepest.targets.source import assignments, compiled

if TYPE_CHECKING:
    from steepest.data.batches import Batches
    from steepest.targets.rows.sums import RowSums

VALUE, GRADIENT, HESSIAN = ("f",), ("f", "g"), ("H",)
Wanted = tuple[str, ...]
Numbers = Sequence[float]
Compiled = tuple[Callable[..., Numbers], Any]


class FormulaFunction:
    """A formula as a function of a position; it returns IEEE numbers and raises nothing.

    Its gradient comes with its value: both together take little longer than the gradient.

    Args:
        expression, names: the formula and its parameters.
        batches: the rows of each step; None for all of them.
        steps: how often it is likely to be asked.
        constants: the values of further names in the formula, which are inputs of its tape.
    """

    pairs = lasting = True  # see `steepest.runs.libraries.source.Source`

    def __init__(
        self, expression: Expression, names: tuple[str, ...], batches: Batches | None = None, steps: int = 1,
        constants: Mapping[str, float] | None = None,
    ) -> None:  # fmt: skip
        self.expression, self.names, self.batches, self.steps = expression, names, batches, steps
        self.constants, self.held = tuple(constants or ()), tuple((constants or {}).values())
        self.rows: dict[bool, RowSums | None] = {}

    def value(self, position: Numbers, step: int | None = None) -> float:
        """The value at a position, over the rows of a step's batch."""
        function, reduce = self._of_value
        return function((*position, *self.held) if self.held else position, step, reduce)[0]

    def value_and_gradient(self, position: Numbers, step: int | None = None) -> tuple[float, Numbers]:
        """Both at a position."""
        function, reduce = self._of_gradient
        found = function((*position, *self.held) if self.held else position, step, reduce)
        return found[0], found[1:]

    def hessian(self, position: Numbers) -> Numbers:
        """The Hessian, row by row, over all rows."""
        function, reduce = self._of_hessian
        return function((*position, *self.held) if self.held else position, None, reduce)

    def failure(self, position: Numbers, step: int | None = None) -> Failure | None:
        """What makes the value or the gradient not finite at a position; None if both are."""
        tape, rows = function_tape(self.expression, self.names, False, self.constants), self._rows(False)
        slots = results(tape, (*position, *self.held), partial(rows.at, step=step) if rows else None)
        find = partial(first_not_finite, rows, step=step) if rows and step else None
        return failure(tape, slots, ("f", "g"), ("f", "g"), find)

    @cached_property
    def _of_value(self) -> Compiled:
        return self._made(VALUE)

    @cached_property
    def _of_gradient(self) -> Compiled:
        return self._made(GRADIENT)

    @cached_property
    def _of_hessian(self) -> Compiled:
        return self._made(HESSIAN)

    def _made(self, wanted: Wanted) -> Compiled:
        """The function that gives what is wanted, and what adds up the rows for it."""
        function, over_rows = _compiled(self.expression, self.names, wanted, self.constants)
        rows = self._rows(wanted is HESSIAN) if over_rows else None
        return function, rows and rows.at

    def _rows(self, second: bool) -> RowSums | None:
        """The sums and means over the rows; None without data."""
        if second not in self.rows:
            tapes = function_tape(self.expression, self.names, second, self.constants).rows
            if tapes is None:
                self.rows[second] = None
            else:
                from steepest.targets.rows.sums import RowSums

                self.rows[second] = RowSums(tapes, self.batches, steps=self.steps)
        return self.rows[second]


@lru_cache(maxsize=256)
def _compiled(
    expression: Expression, names: tuple[str, ...], wanted: Wanted, constants: tuple[str, ...]
) -> tuple[Callable[..., Any], bool]:
    """The function of a position, a step and what gives the sums over rows that returns what is wanted; whether there are rows."""
    tape = function_tape(expression, names, wanted is HESSIAN, constants)
    slots = [slot for name in wanted for slot in tape.outputs[name]]
    lines, texts = assignments(tape, slots, slots)
    outputs = [texts[slot] for slot in slots]
    text = [
        "def at(position, k, reduce):",
        "  try:",
        f"    ({''.join(f's{slot}, ' for slot in range(len(tape.inputs)))}) = position",
        *(f"    {line}" for line in lines),
        f"    total = {' + '.join(dict.fromkeys(outputs))}",
        "    if total - total == 0.0:",  # all of them are finite
        f"      return ({''.join(f'{each}, ' for each in outputs)})",
        "  except (ArithmeticError, ValueError):",
        "    pass",
        "  return by_reference(position, k, reduce)",
    ]
    function = compiled("at", "\n".join(text), by_reference=partial(_by_reference, tape, slots))
    return function, tape.rows is not None


def _by_reference(tape: Tape, wanted: Sequence[int], position: Numbers, step: int | None, reduce: Any) -> Numbers:
    """The outputs as the reference interpreter computes them, infinities and NaN included."""
    slots = results(tape, position, reduce and (lambda at: reduce(at, step)))
    return tuple(slots[slot] for slot in wanted)
