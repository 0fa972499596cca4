"""The box in which an optimizer looks: what is typed -> the least and the largest number of each parameter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, clipped
from steepest.language.notation import number_text
from steepest.optimizers.libraries.library_optimizer import is_plain, value_text


def read_bounds(name: str, bounds: Any, start: NDArray[np.float64], *, finite: bool) -> list[tuple[float, float]] | None:
    """The least and the largest number of each parameter: of one pair for all of them, or a pair for each; None for no bounds.

    Args:
        name: of the optimizer.
        bounds: an end that is None or infinite is open.
        start: a flat array, which lies within.
        finite: whether no end may be open.

    Raises:
        InputError: for anything else.

    >>> read_bounds("optimagic:nlopt_bobyqa", (None, 2), np.array([1.0, 0.0]), finite=False)
    [(-inf, 2.0), (-inf, 2.0)]
    """
    if bounds is None:
        return None
    try:
        given = np.array(bounds, dtype=object)
        fits = given.shape in ((2,), (len(start), 2))
        pairs = [_pair(*ends) for ends in np.broadcast_to(given, (len(start), 2)).tolist()] if fits else []
    except (TypeError, ValueError):
        pairs = []
    if not pairs:
        told = clipped(value_text(bounds) if is_plain(bounds) else repr(bounds))
        raise InputError(f"{name}: bounds are a pair such as (-2, 2), or one for each parameter, not {told}")
    for begin, (low, high) in zip(start.tolist(), pairs, strict=True):
        ends = f"{number_text(low)} to {number_text(high)}"
        if not low < high:
            raise InputError(f"{name}: bounds go from a lower to a higher number, not from {ends}")
        if finite and math.isinf(high - low):
            raise InputError(f"{name} needs bounds at both ends, such as (-2, 2), not {ends}")
        if not low <= begin <= high:
            raise InputError(f"{name}: the start {number_text(begin)} is not within its bounds, {ends}")
    return pairs


def _pair(low: Any, high: Any) -> tuple[float, float]:
    return -math.inf if low is None else float(low), math.inf if high is None else float(high)
