"""Where a run starts: what a user gives, as finite numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError, clipped, counted
from steepest.objectives.array import ArrayObjective
from steepest.objectives.formula import FormulaObjective

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUILTIN = (int, float)  # which are what they are: asking them for a shape takes time


def start_position(objective: FormulaObjective | ArrayObjective, start: Any, seed: int) -> tuple[float, ...]:
    """The start on a formula: one finite number for each parameter.

    Args:
        objective: the formula.
        start: a number, numbers, or a mapping of names to numbers; None for the objective's own start.
        seed: of the start that a formula without one of its own is given.

    Raises:
        InputError: for anything else.
    """
    names = objective.names
    if start is None:
        return objective.start(seed)
    labels = list(start.keys()) if hasattr(start, "keys") and hasattr(start, "__getitem__") else None
    if labels is not None and (isinstance(start, Mapping) or any(isinstance(label, str) for label in labels)):  # or a Series
        unknown = [str(name) for name in labels if name not in names]
        missing = [name for name in names if name not in labels]
        if unknown:
            raise InputError(f"the start names '{clipped(unknown[0])}', and the parameters are {', '.join(names)}")
        if missing:
            raise InputError(f"the start has no number for {', '.join(missing)}")
        start = [start[name] for name in names]
    single = isinstance(start, str) or not hasattr(start, "__iter__") or getattr(start, "shape", None) == ()
    try:
        if isinstance(start, bytes | bytearray | set | frozenset):  # whose order or meaning is not that of parameters
            raise TypeError
        numbers = [_real(value) for value in ([start] if single else start)]
    except (TypeError, ValueError, OverflowError):
        shown = clipped(" ".join(repr(start).split()))
        raise InputError(f"the start is one number for each of {', '.join(names)}, not {shown}") from None
    if len(numbers) != len(names):
        found = counted(len(numbers), "number")
        raise InputError(f"the start has {found}, and the parameters are {', '.join(names)}")
    if not all(map(math.isfinite, numbers)):
        raise InputError("the start is made of finite numbers")
    return tuple(numbers)


def start_array(start: Any) -> NDArray[np.float64]:
    """The start of a Python function: an array of finite numbers.

    Raises:
        InputError: for anything else.
    """
    import numpy as np

    if start is None:
        raise InputError("a Python function needs a start: an array of the shape that it takes")
    try:
        array = np.array(_detached(start))
        if array.dtype.kind not in "biuf" or np.ma.is_masked(start):
            raise TypeError
        array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError("the start of a Python function is an array of numbers") from None
    if not array.size or not np.isfinite(array).all():
        raise InputError("the start is made of finite numbers, at least one")
    return array


def builtin_number(value: Any) -> Any:
    """A scalar of NumPy or PyTorch as Python's own number; anything else as it is, also a masked scalar."""
    if type(value) in BUILTIN:
        return value
    scalar = getattr(value, "shape", None) == () and hasattr(value, "item") and not getattr(value, "mask", False)
    return value.item() if scalar else value


def _real(value: Any) -> float:
    """One real number.

    Raises:
        TypeError, ValueError, OverflowError: for anything else, such as an array of one number, or a masked one.
    """
    if type(value) in BUILTIN:
        return float(value)
    if getattr(value, "shape", ()) != () or getattr(value, "mask", False):
        raise TypeError
    return float(builtin_number(value))


def _detached(value: Any) -> Any:
    """The numbers of a tensor that PyTorch would differentiate; anything else as it is."""
    if isinstance(value, list | tuple):
        return [_detached(each) for each in value]
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value
