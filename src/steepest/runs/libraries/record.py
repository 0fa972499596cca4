"""The record of a library's run: what its optimizer did not ask for at a position is computed after the run, and not counted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from steepest.runs.libraries.source import CallFailedError
from steepest.runs.record import Record
from steepest.tape.program import Stop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.runs.libraries.recorder import Recorder


def library_record(recorder: Recorder, stop: Stop, *, exact: bool) -> tuple[Record, Stop]:
    """The record of a run, and why the run is over.

    Where the ending depends on nothing but the last value, only that is looked at now. The rows are put together when one of them
    is first looked at, unless a Python function would have to be called again for that.

    Args:
        exact: whether the gradient is known without differences, which would cost more than the run; else it is NaN where the
            optimizer did not ask for it.
    """
    if recorder.source.lasting and (not recorder.judged or recorder.rows.begin_with_values()):
        return _record_later(recorder, stop)
    return _record_now(recorder, stop, exact=exact)


def _record_later(recorder: Recorder, stop: Stop) -> tuple[Record, Stop]:
    try:
        stop = _ended(recorder.last_value(), stop)
    except KeyboardInterrupt:
        stop = Stop.INTERRUPTED

    def numbers() -> memoryview[float]:
        _complete(recorder, exact=True)
        return _memory(recorder.rows.table())

    return Record(numbers, _columns(recorder.width), (), recorder.start.shape, recorder.taken), stop


def _record_now(recorder: Recorder, stop: Stop, *, exact: bool) -> tuple[Record, Stop]:
    """The record up to the first value that is not finite, if the optimizer has no rule of its own, or that is not known."""
    width = recorder.width
    try:
        _complete(recorder, exact=exact)
    except KeyboardInterrupt:
        stop = Stop.INTERRUPTED
    table = recorder.rows.table()
    if recorder.judged and (lost := np.flatnonzero(~np.isfinite(table[:-1, width]))).size:
        table = table[: lost[0] + 1]
    stop = _ended(table[-1, width], stop)
    return Record(_memory(table), _columns(width), (), recorder.start.shape, len(table) - 1), stop


def _ended(last: float, stop: Stop) -> Stop:
    """Why a run is over, with its last value."""
    return stop if math.isfinite(last) or stop in (Stop.BROKEN, Stop.INTERRUPTED) else Stop.LEFT


def _columns(width: int) -> dict[str, range]:
    return {"theta": range(width), "f": range(width, width + 1), "g": range(width + 1, 2 * width + 1)}


def _memory(table: NDArray[np.float64]) -> memoryview[float]:
    return cast("memoryview[float]", table.reshape(-1).data)


def _complete(recorder: Recorder, *, exact: bool) -> None:
    """Write into the rows of a run what is not known of them, as far as that is not interrupted.

    Args:
        exact: whether the gradient is known without differences.
    """
    table, width = recorder.rows.table(), recorder.width
    told, found = dict[Any, Any](), list[Sequence[float]]()
    unknown = np.isnan(table[:, width + exact]).nonzero()[0]
    positions, known = table[unknown, :width].tolist(), table[unknown, width:].tolist()
    try:
        for row, position, before in zip(unknown.tolist(), positions, known, strict=True):
            step = None if recorder.step_number is None else row + 1
            key = (step, *position)
            if key not in told:
                told[key] = _evaluated(recorder, position, step, exact=exact)
            found.append(told[key] or before)
    finally:
        if found:
            table[unknown[: len(found)], width:] = found


def _evaluated(recorder: Recorder, position: list[float], step: int | None, *, exact: bool) -> Sequence[float]:
    """The value and the gradient at a position, NaN where only differences know it; nothing where the function raises."""
    unknown = [math.nan] * len(position)
    try:
        if not exact:
            return recorder.source.value(position, step), *unknown
        value, gradient = recorder.source.value_and_gradient(position, step)
    except CallFailedError as error:
        recorder.reason = recorder.reason or str(error)
        return ()
    return value, *gradient
