"""The second gear over data: steps and the sums over rows that they need as one piece of machine code, on one thread."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.tape.program import Program, Stop
from steepest.targets.llvm import BLOCK, MachineGear, is_available, library_addresses, steps_function
from steepest.targets.rows.batch_kernel import rows_between
from steepest.targets.rows.kernel import RowKernel, compiled_rows, row_module
from steepest.targets.rows.rows_ir import VECTOR_DECLARATIONS
from steepest.targets.state import RunState
from steepest.targets.steps_ir import steps_ir

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.data.batches import Batches

MOST_ROWS = 1 << 16  # in the batches of one stride


class RowGear:
    """Takes steps as machine code, up to the first one in which something is not finite."""

    def __init__(self, program: Program, state: RunState) -> None:
        assert state.rows is not None
        self.state, self.sums, self.batches = state, state.rows, state.rows.batches
        self.steps = MachineGear(program, state, row_code(program, batched=self.batches is not None))
        work = len(program.step.operations) + self.sums.operations * self.sums.rows_a_step
        self.stride = max(min(int(BLOCK / work), MOST_ROWS // self.sums.rows_a_step if self.batches else BLOCK), 1)

    def take(self, until: int) -> Stop:
        """Take steps until so many are done; see `steepest.targets.runner.Gear`."""
        columns, batches, first = self.sums.found_columns, self.batches, self.state.done + 1
        if batches is None:
            return self.steps.take(until, columns.addresses, None, None, columns.rows)
        rows, bounds = rows_between(batches, first, until), _bounds(batches, first, until)
        return self.steps.take(until, columns.addresses, rows.ctypes.data, bounds.ctypes.data, columns.rows)


def _bounds(batches: Batches, first: int, last: int) -> NDArray[np.int64]:
    """Where the batches of some steps begin among the rows of all, and where the last one ends."""
    epochs, indices = np.divmod(np.arange(first - 1, last + 1), batches.steps_an_epoch)
    places: NDArray[np.int64] = epochs * batches.span + indices * batches.size
    places -= places[0]
    return places


def row_code(program: Program, *, batched: bool) -> Callable[..., int]:
    """The compiled function that takes steps over data; see `steepest.targets.steps_ir`."""
    is_available()
    key = ("rows", batched)
    if key not in program.compiled:
        assert program.step.rows is not None
        steps = steps_ir(program, library_addresses(), batched=batched)
        text = "\n".join([VECTOR_DECLARATIONS, row_module(program.step.rows, batched=batched), steps])
        pointer: Any = ctypes.c_void_p
        engine = compiled_rows(text)
        program.step.rows.compiled.setdefault(batched, RowKernel(program.step.rows, engine))
        program.compiled[key] = steps_function(engine, pointer, pointer, pointer, ctypes.c_int64)
    found: Callable[..., int] = program.compiled[key]
    return found
