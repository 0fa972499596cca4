"""Scales of the numbers that runs ended with: from which to which they go, whether by decades, and what they are measured from."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from steepest.objectives.data import DataObjective
from steepest.objectives.formula import FormulaObjective
from steepest.plot.scene.text.number import number
from steepest.runs.sweep.sweep import Sweep
from steepest.tape.compile import function_tape
from steepest.targets.arrays import interpret

Array = NDArray[np.float64]
BEYOND = 1e3  # times the end of a scale that is said to be beyond it
MOST_DECADES = 200  # above 1, of a scale
STARTS, STARTS_OVER_ROWS, OBJECTIVES = 1024, 8, 32  # whose values are computed


def known_values(sweep: Sweep) -> list[float]:
    """The values of the minima that the gallery knows; none where a constant is varied, with which they change."""
    known = () if "constant" in sweep.definition.roles else getattr(sweep.definition.source.objective(), "minima", ())
    return [point.value for point in known]


def threshold(sweep: Sweep) -> str:
    """The value below which the first step was looked for."""
    return number(sweep.definition.below or 0.0)


def least_value(sweep: Sweep, shown: Array) -> tuple[float, str]:
    """What values are measured from, and what they are called: the least value, unless all are positive and none is known."""
    known = known_values(sweep)
    if not known and np.ptp(shown) > 0 and shown.min() > 0:
        return 0.0, "value at the end"
    least = min(known) if known and min(known) <= shown.min() + 1e-12 * max(1.0, abs(shown.min())) else float(shown.min())
    return least, "value at the end" if least == 0 else f"value at the end, above {number(least)}"


def start_values(sweep: Sweep) -> Array:
    """The values at the starts, of a sample that is spread evenly; none where the objective is no formula or has many rows."""
    definition = sweep.definition
    numbers = np.unique(np.linspace(0, definition.size - 1, min(definition.size, STARTS)).astype(np.int64))
    indices = definition.indices(numbers)
    keys = np.stack([indices[position] for position in definition.structural], axis=1) if definition.structural else None
    found = []
    for key in [()] if keys is None else [tuple(row) for row in np.unique(keys, axis=0)[:OBJECTIVES].tolist()]:
        objective = definition.setup(key).objective
        if not isinstance(objective, FormulaObjective) or (isinstance(objective, DataObjective) and not objective.table.in_memory):
            return np.zeros(0)
        members = slice(None) if keys is None else (keys == np.array(key)).all(axis=1)
        starts = np.unique(definition.starts([part[members] for part in indices], objective), axis=0)
        if isinstance(objective, DataObjective):
            starts = starts[:: -(-len(starts) // STARTS_OVER_ROWS)]
        tape = function_tape(objective.expression, objective.names, False)
        with np.errstate(all="ignore"):
            slots = interpret(tape, list(starts.T))
        found.append(np.broadcast_to(slots[tape.outputs["f"][0]], len(starts)))
    values = np.concatenate(found)
    return np.asarray(values[np.isfinite(values)])


def highest_shown(numbers: Array, started: Array) -> float:
    """Where a logarithmic scale of finite numbers ends, so that runs that were about to diverge do not stretch it.

    That is a decade above what runs started from, or than the best tenth of them ended with; where the starts are not known, 8
    decades above the median.
    """
    if len(started) and (start := float(np.quantile(started, 0.99))) > 0:
        power = math.ceil(1 + math.log10(max(start, float(np.quantile(numbers, 0.1)))))
    elif (middle := float(np.median(numbers))) > 0:
        power = math.floor(8 + math.log10(middle))
    else:
        return math.inf
    return float(10.0 ** min(power, MOST_DECADES))


def scale_ends(numbers: Array, highest: float, by: str) -> tuple[float, float, str]:
    """The numbers at the ends of a scale, and its spacing: from the 1st to the 99th percentile, at most 16 decades.

    Args:
        highest: where it ends at the latest.
        by: see `steepest.plot.map_options.MapOptions`.
    """
    sample = np.sort(numbers[:: max(1, len(numbers) // 200_000)])
    low, high = float(sample[len(sample) // 200]), float(sample[-1 - len(sample) // 200])
    positive = sample[sample > 0]
    if len(positive):
        high = min(high, highest)
    if len(positive) and by != "rate" and high > 0:
        bottom = max(float(positive[len(positive) // 200]), high * 1e-16)
        if high / bottom > 20:
            return bottom, high, "log"
    return low, (high if high > low else low + max(abs(low), 1.0) * 1e-9), "linear"
