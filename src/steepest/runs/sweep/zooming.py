"""Where a sweep is looked at closer: a box of its axes, over which the same runs are made at the full number of values again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import FormulaError, InputError, clipped
from steepest.language.expression import evaluate
from steepest.language.grammar import read_expression
from steepest.language.notation import number_text
from steepest.optimizers.settings import split_arguments
from steepest.runs.start import builtin_number
from steepest.runs.sweep.axes import Axis, Value, Values
from steepest.runs.sweep.definition import Definition
from steepest.runs.sweep.minima import place

if TYPE_CHECKING:
    from steepest.runs.sweep.sweep import Sweep

SIDE = re.compile(r"\s*(\w+)\s*=([^:]*\S[^:]*):([^:]*\S[^:]*)")
EXAMPLE = "x=-0.5:0.5,y=1:2"
ROOM = 1e-9  # beyond an end, as a share of it, that is rounding
Boxes = Mapping[str, tuple[float, float]]


def read_boxes(given: Any) -> dict[str, tuple[float, float]]:
    """The lowest and the highest value on each axis that is narrowed, from text or a mapping of names to pairs.

    Raises:
        InputError, FormulaError: for what cannot be read.

    >>> read_boxes("x=-0.5:0.5, lr = 1e-3:pi/100")["x"], read_boxes({"y": (1, 2)})
    ((-0.5, 0.5), {'y': (1.0, 2.0)})
    """
    if isinstance(given, str):
        pairs = []
        for part in split_arguments(given):
            found = SIDE.fullmatch(part)
            if found is None:
                raise InputError(f"a zoom is an axis and its ends, such as {EXAMPLE}, not '{clipped(part.strip())}'")
            pairs.append((found[1], (_read_number(found[1], found[2]), _read_number(found[1], found[3]))))
    elif isinstance(given, Mapping):
        pairs = [(name, _pair(name, ends)) for name, ends in given.items()]
    else:
        raise InputError(f"a zoom is a text such as {EXAMPLE}, or a mapping of axes to pairs, not {type(given).__name__}")
    if not pairs:
        raise InputError(f"a zoom is an axis and its ends, such as {EXAMPLE}")
    names = [name for name, _ in pairs]
    for name, (low, high) in pairs:
        if names.count(name) > 1:
            raise InputError(f"the zoom has {clipped(name)} twice")
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise InputError(
                f"a zoom goes from a lower to a higher number, and {clipped(name)} from {number_text(low)} to {number_text(high)}"
            )
    return dict(pairs)


def _read_number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        try:
            return evaluate(read_expression(text, known=()))
        except FormulaError as error:
            raise error.within(name) from None


def _pair(name: str, ends: Any) -> tuple[float, float]:
    try:
        low, high = (float(builtin_number(end)) for end in ends)
    except (TypeError, ValueError):
        raise InputError(f"a zoom has two ends, such as {clipped(str(name))}=(-0.5, 0.5), not {clipped(repr(ends))}") from None
    return low, high


def zoomed(definition: Definition, boxes: Boxes) -> Definition:
    """The same sweep over a box: as many values, evenly spaced or by equal factors as before; of a list those that lie in it.

    Raises:
        InputError: for a name that is no axis, for a box beyond the axis, and for one too small for so many numbers.
    """
    named = {definition.axis(name).name: ends for name, ends in boxes.items()}
    axes = tuple(_narrowed(axis, *named[axis.name]) if axis.name in named else axis for axis in definition.axes)
    return replace(definition, axes=axes)


def _narrowed(axis: Axis, low: float, high: float) -> Axis:
    """An axis between two of its values."""
    values, array = axis.values, axis.values.array
    if array.dtype.kind == "U":
        raise InputError(f"{axis.name} is a list of words, in which nothing lies between two")
    ends = float(array.min()), float(array.max())
    logarithmic = values.spacing == "log"
    room = [ROOM * (abs(end) if logarithmic else max(map(abs, ends))) for end in ends]
    if low < ends[0] - room[0] or high > ends[1] + room[1]:
        raise InputError(
            f"{axis.name} goes from {number_text(ends[0])} to {number_text(ends[1])}, and {number_text(low)} to "
            f"{number_text(high)} is beyond"
        )
    if values.spacing in ("linear", "log"):
        first, last = (low, high) if values.low <= values.high else (high, low)
        found = replace(values, low=first, high=last, count=len(values), every=1)
        if len(np.unique(found.array)) < len(values):
            raise InputError(
                f"there are fewer than {len(values):,} numbers of 64 bits from {number_text(low)} to {number_text(high)}: zoom less"
            )
        return Axis(axis.name, found)
    inside: list[Value] = [value for value in array.tolist() if low <= value <= high]
    if not inside:
        raise InputError(f"no value of {axis.name} lies between {number_text(low)} and {number_text(high)}")
    return Axis(axis.name, Values("list", float(inside[0]), float(inside[-1]), len(inside), tuple(inside)))


def levels(definition: Definition, boxes: Boxes, count: int) -> list[dict[str, tuple[float, float]]]:
    """The boxes of a film that goes from the whole axes to a box, each smaller than the one before by the same factor.

    On an axis of equal factors the same holds for logarithms.

    Raises:
        InputError: see `zoomed`; and for axes that are lists.
    """
    zoomed(definition, boxes)
    found: list[dict[str, tuple[float, float]]] = [{} for _ in range(count)]
    for name, (low, high) in boxes.items():
        axis = definition.axis(name)
        if axis.values.spacing not in ("linear", "log"):
            raise InputError(f"a film zooms on axes of linear or log, and {name} is a list")
        begin, end = sorted(axis.values.ends)
        along: Callable[[float], float] = math.log if axis.values.spacing == "log" else float
        back: Callable[[float], float] = math.exp if axis.values.spacing == "log" else float
        outer, inner = (along(begin), along(end)), (along(low), along(high))
        factor = (inner[1] - inner[0]) / (outer[1] - outer[0])
        still = (inner[0] - factor * outer[0]) / (1 - factor) if factor < 1 else 0.0  # the point that does not move
        for level in range(1, count):
            share = factor ** (level / (count - 1))
            sides = [back(still + share * (side - still)) for side in outer]
            found[level][name] = (max(sides[0], begin), min(sides[1], end))
        found[-1][name] = (low, high)
    return found


def magnification(definition: Definition, box: Boxes) -> float:
    """By how much a box is narrower than the axes, on the axis of which it shows the least."""
    found = 1.0
    for name, (low, high) in box.items():
        values = definition.axis(name).values
        first, last = values.ends
        if values.spacing == "log":
            found = max(found, abs(math.log(last / first)) / math.log(high / low))
        else:
            found = max(found, abs(last - first) / (high - low))
    return found


def with_minima_of(found: Sweep, others: Sequence[Sweep]) -> Sweep:
    """The sweep with the minima of others before its own, so that the same minimum has the same number and the same color."""
    positions: list[NDArray[np.float64]] = []
    names: list[str] = []
    hued: list[int] = []
    for other in others:
        rows = [place(point, name, positions, names) for point, name in zip(other.minima, other.minimum_names, strict=True)]
        hued += [row for index in other.hues if (row := rows[index]) not in hued]
    own = [place(point, name, positions, names) for point, name in zip(found.minima, found.minimum_names, strict=True)]
    table = np.array([*own, -1], dtype=np.int16)
    minima = np.array(positions).reshape(-1, found.minima.shape[1])
    return replace(found, minimum=table[found.minimum], minima=minima, minimum_names=tuple(names), hued=tuple(hued))
