"""The rows of batches by machine code."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from steepest.targets.llvm import compile_functions
from steepest.targets.rows.batches_ir import WIDTH, batches_ir

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.data.batches import Batches


def rows_between(batches: Batches, first: int, last: int) -> NDArray[np.int64]:
    """What `Batches.between` gives, some twenty times as fast."""
    if batches.order == "cyclic":
        return batches.between(first, last)
    begin, end = batches.first_place(first), batches.first_place(last) + batches.length(last)
    found = np.empty(end - begin + WIDTH, np.int64)
    function = getattr(_engine(), batches.order)
    function(found.ctypes.data, begin, end, batches.span, batches.rows, batches.seed)
    return found[: end - begin]


class _Functions:
    """The compiled functions, one for each random order."""

    def __init__(self) -> None:
        self.engine = compile_functions(batches_ir(), level=2)  # which owns the machine code
        count, pointer = ctypes.c_int64, ctypes.c_void_p
        prototype = ctypes.CFUNCTYPE(None, pointer, count, count, count, count, ctypes.c_uint32)
        self.shuffle = prototype(self.engine.get_function_address("shuffle"))
        self.replacement = prototype(self.engine.get_function_address("replacement"))


@cache
def _engine() -> Any:
    return _Functions()
