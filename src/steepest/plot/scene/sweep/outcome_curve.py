"""The picture of a sweep over one axis as data: value, steps and position at the end against it, colored by how runs ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.language.expression import name as named
from steepest.language.latex import latex
from steepest.plot.map_options import MapOptions
from steepest.plot.scene.sweep.axis import MapAxis, map_axis
from steepest.plot.scene.sweep.colors import WORDS
from steepest.plot.scene.sweep.heading import caption, heading
from steepest.plot.scene.sweep.map import check_picture
from steepest.plot.scene.sweep.number_scale import BEYOND, highest_shown, known_values, start_values, threshold
from steepest.plot.scene.sweep.theory import theory_of_rate
from steepest.plot.scene.text.number import number
from steepest.runs.sweep.endings import CONVERGED, ENDINGS, STEP_LIMIT
from steepest.runs.sweep.sweep import Sweep

Array = NDArray[np.float64]
FAR = 10  # times most positions or the starts, where a chart of positions is cut


@dataclass(frozen=True, eq=False)
class Outcomes:
    """The cells that ended in one way.

    Attributes:
        code, label, count: the ending, its words, and how many.
        members: which cells.
    """

    code: int
    label: str
    count: int
    members: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class CurvePanel:
    """One chart: numbers against the axis, with a spacing; NaN where there is none."""

    label: str
    numbers: Array
    spacing: str


@dataclass(frozen=True, eq=False)
class CurveScene:
    """Everything that the picture of one axis shows.

    Attributes:
        title, formula, text, caption: as of a map.
        axis: what is varied, of which the points are `at`.
        panels: charts below each other.
        outcomes: the cells by how they ended.
        rules: vertical lines: kind, position and label.
    """

    title: str
    formula: str
    text: str
    caption: str
    axis: MapAxis
    at: Array
    panels: tuple[CurvePanel, ...]
    outcomes: tuple[Outcomes, ...]
    rules: tuple[tuple[str, float, str], ...]


def curve_scene(sweep: Sweep, options: MapOptions) -> CurveScene:
    """The outcome curves of a sweep over one axis.

    Raises:
        InputError: for a sweep without an axis of more than one value.
    """
    check_picture(sweep.definition, options)
    (wide,) = (axis for axis in sweep.axes if len(axis) > 1)
    axis = _scatter_axis(map_axis(wide), wide.values.array)
    ending, steps, value = sweep.ending.ravel(), sweep.steps.ravel(), sweep.value.ravel()
    finite = (ending == CONVERGED) | (ending == STEP_LIMIT)
    panels = [_value_panel(sweep, np.where(finite & np.isfinite(value), value, np.nan))]
    position = np.where(finite[:, None], sweep.position.reshape(len(ending), -1), np.nan)
    if position.shape[1] == 1 and np.isfinite(position).any():
        word = sweep.names[0]
        label = f"${latex(named(word))}$ at the end" if word.isascii() else f"{word} at the end"
        definition = sweep.definition
        setup = definition.setup((0,) * len(definition.structural))
        starts = definition.starts(definition.indices(np.arange(definition.size, dtype=np.int64)), setup.objective)
        panels.append(_cut(label, position[:, 0], float(np.abs(starts).max())))
    panels.append(CurvePanel("steps taken", steps.astype(float), "log" if steps.max() > 20 * max(1, steps.min()) else "linear"))
    below = threshold(sweep)
    for name, label in (("rate", "measured factor per step"), ("first", f"first step below {below}")):
        asked = getattr(sweep, name)
        if asked is not None:
            numbers = np.where(asked.ravel() < 0, np.nan, asked.ravel()).astype(float)
            panels.append(CurvePanel(label, numbers, "linear"))
    outcomes = tuple(
        Outcomes(code, WORDS[code], int((ending == code).sum()), ending == code)
        for code in range(len(ENDINGS))
        if (ending == code).any()
    )
    rules = tuple(theory_of_rate(sweep, axis)) if options.theory else ()
    title, formula, text = heading(sweep)
    return CurveScene(title, formula, text, caption(sweep), axis, axis.values, tuple(panels), outcomes, rules)


def _scatter_axis(axis: MapAxis, array: NDArray[np.generic]) -> MapAxis:
    """The axis of points, which need no even spacing."""
    if axis.ticks is None or array.dtype.kind == "U":
        return axis
    numbers = np.unique(array.astype(float))
    if len(numbers) < len(array) or not (np.diff(array.astype(float)) > 0).all():
        return axis
    spread = numbers[0] > 0 and numbers[-1] > 20 * numbers[0]
    return MapAxis(axis.name, axis.label, numbers, "log" if spread else "linear")


def _value_panel(sweep: Sweep, value: Array) -> CurvePanel:
    """The values at the end, by the logarithm of what is above the least known one where they span decades."""
    told = value[np.isfinite(value)]
    if not len(told):
        return CurvePanel("value at the end", value, "linear")
    known = known_values(sweep)
    least = min(known) if known else None
    if least is not None and least <= told.min() + 1e-12 * max(1.0, abs(told.min())):
        above = np.where(value - least > 0, value - least, np.nan)
        positive = above[np.isfinite(above)]
        if len(positive) and positive.max() > 20 * positive.min():
            return _of_decades(sweep, least, "value at the end" + ("" if not least else f", above {number(least)}"), above)
    if told.min() > 0 and told.max() > 20 * told.min():
        return _of_decades(sweep, 0.0, "value at the end", value)
    return CurvePanel("value at the end", value, "linear")


def _of_decades(sweep: Sweep, offset: float, label: str, numbers: Array) -> CurvePanel:
    """Values less an offset on a logarithmic scale; those of runs that were about to diverge do not stretch it."""
    high = highest_shown(numbers[np.isfinite(numbers)], start_values(sweep) - offset)
    if float(np.nanmax(numbers)) <= BEYOND * high:
        return CurvePanel(label, numbers, "log")
    return CurvePanel(f"{label}\n(cut at {number(high)})", np.minimum(numbers, high), "log")


def _cut(label: str, numbers: Array, farthest: float) -> CurvePanel:
    """Numbers on a linear scale, cut where a few are so far out that all others would lie on one line.

    Args:
        farthest: of the starts.
    """
    sizes = np.abs(numbers[np.isfinite(numbers)])
    reach = FAR * max(float(np.median(sizes)), farthest)
    if not 0 < reach < float(sizes.max()) / BEYOND:
        return CurvePanel(label, numbers, "linear")
    reach = float(f"{reach:.0e}")
    return CurvePanel(f"{label}\n(cut at ±{number(reach)})", np.clip(numbers, -reach, reach), "linear")
