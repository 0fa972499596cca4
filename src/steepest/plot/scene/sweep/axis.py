"""The axes of maps and curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.language.digits import short
from steepest.language.expression import name as named
from steepest.language.latex import latex
from steepest.plot.scene.text.number import typographic
from steepest.runs.sweep.axes import Axis

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MapAxis:
    """An axis of a map.

    Attributes:
        name, label: the name, and the same in LaTeX between dollar signs.
        values: numbers; the indices 0, 1, ... where the values are words or have no even spacing.
        spacing: `linear` or `log`.
        ticks: of an axis of words: their positions and texts.
    """

    name: str
    label: str
    values: Array
    spacing: str
    ticks: tuple[tuple[float, ...], tuple[str, ...]] | None = None

    @property
    def limits(self) -> tuple[float, float]:
        """The ends of the axis, half a cell beyond the first and the last value."""
        at = np.log(self.values) if self.spacing == "log" else self.values
        half = (at[-1] - at[0]) / (2 * (len(at) - 1)) if len(at) > 1 else 0.5
        low, high = float(at[0] - half), float(at[-1] + half)
        return (float(np.exp(low)), float(np.exp(high))) if self.spacing == "log" else (low, high)


def map_axis(axis: Axis) -> MapAxis:
    """An axis as a map has it."""
    array, label = axis.values.array, f"${latex(named(axis.name))}$" if axis.name.isascii() else axis.name
    label = label if axis.name not in ("lr", "seed", "batch", "optimizer") else {"lr": "learning rate"}.get(axis.name, axis.name)
    if axis.values.spacing in ("linear", "log") and len(array) > 1:
        return MapAxis(axis.name, label, array, axis.values.spacing)
    if axis.values.spacing == "range":
        return MapAxis(axis.name, label, array.astype(float), "linear")
    numbers = array.astype(float) if array.dtype.kind != "U" else None
    if numbers is not None and len(numbers) > 2 and (numbers > 0).all():
        ratios, gaps = np.diff(np.log(numbers)), np.diff(numbers)
        if (np.abs(gaps - gaps[0]) <= 1e-6 * np.abs(gaps).max()).all():
            return MapAxis(axis.name, label, numbers, "linear")
        if (np.abs(ratios - ratios[0]) <= 1e-6 * np.abs(ratios).max()).all():
            return MapAxis(axis.name, label, numbers, "log")
    shown = range(0, len(array), max(1, len(array) // 12))
    ticks = tuple(float(index) for index in shown), tuple(value_text(array[index].item()) for index in shown)
    return MapAxis(axis.name, label, np.arange(len(array), dtype=float), "linear", ticks)


def value_text(value: object) -> str:
    """A value of an axis, as text."""
    return str(value) if isinstance(value, str) else typographic(short(float(value)))  # type: ignore[arg-type]
