"""The chart beside the objective: the value against the step, the evaluations or the time, on a linear or a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.plot.options import AGAINST
from steepest.plot.scene.limits import Array, Interval

DECADES = 2.0  # positive values that span more are shown on a logarithmic axis
ROUNDING = 4e-16  # a smaller difference from the least value, relative to it, is rounding
MOST_POINTS = 1500  # of a line
LEAST, MOST = 1e-306, 1e306  # values on a logarithmic axis


@dataclass(frozen=True, eq=False)
class Series:
    """One run's values.

    Attributes:
        steps, values: what is drawn; of a long run the extremes of each stretch.
        places: where each step stands on the horizontal axis.
        exit: place and value where the line first leaves the chart, if it does.
    """

    steps: NDArray[np.intp]
    values: Array
    places: Array
    exit: tuple[float, float] | None


@dataclass(frozen=True, eq=False)
class Chart:
    """The value against the step, the evaluations or the time.

    Attributes:
        across: what the horizontal axis counts: `step`, `evaluations` or `seconds`.
        label: of the vertical axis, in LaTeX: `f`, or `f - f^*` where the minimum is known.
        scale: `linear` or `log`.
        xlim, ylim: the limits of the axes.
        message: why there is nothing to show; else empty.
        full: the values over all rows, where `series` has those of each step's batch; none unless they were asked for.
    """

    series: tuple[Series, ...]
    label: str
    scale: str
    xlim: Interval
    ylim: Interval
    message: str = ""
    across: str = AGAINST["steps"]
    full: tuple[Series, ...] = ()


def chart(
    runs: Sequence[Array],
    escapes: Sequence[bool],
    least: float | None,
    places: Sequence[Array] | None = None,
    across: str = AGAINST["steps"],
    full: Sequence[Array] = (),
) -> Chart:
    """The chart of the values of several runs.

    Args:
        runs: the values of each run at all positions.
        escapes: which runs leave the view for good; they do not decide on the limits unless all of them do.
        least: the global minimum, if it is known.
        places: where each position of each run stands on the horizontal axis; the number of its step if that is left out.
        across: what they count.
        full: the values over all rows, beside those of batches.
    """
    where = [np.arange(len(row), dtype=np.float64) for row in runs] if places is None else places
    label, rows, known = _above_least([*runs, *full], least)
    rows, beside = rows[: len(runs)], rows[len(runs) :]
    shown = [row for row, lost in zip(rows, escapes, strict=True) if not lost] or list(rows)
    kept = [each for each, lost in zip(where, escapes, strict=True) if not lost] or list(where)
    limit = max(float(each[-1]) for each in kept) or 1.0
    xlim = (-0.02 * limit, 1.04 * limit)
    starts = np.array([row[0] for row in rows])
    over_all = [row for row, lost in zip(beside, escapes, strict=False) if not lost]
    values = np.concatenate([*shown, *over_all, starts])
    values = np.clip(values[np.isfinite(values)], -MOST, MOST)
    if not values.size:
        reason = "f is too large at the start" if np.isinf(starts).any() else "f has no value at the start"
        return Chart((), label, "linear", xlim, (0.0, 1.0), reason, across)
    scale = "log" if _spans_decades(values, distance=known) else "linear"
    ylim = _logarithmic_limits(values) if scale == "log" else _linear_limits(values)
    drawn = tuple(_series(row, each, scale, ylim) for row, each in zip(rows, where, strict=True))
    thick = tuple(_series(row, each, scale, ylim) for row, each in zip(beside, where, strict=False))
    return Chart(drawn, label, scale, xlim, ylim, across=across, full=thick)


def linear_chart(rows: Sequence[Array], escapes: Sequence[bool], label: str, places: Sequence[Array], across: str) -> Chart:
    """The chart of one parameter of several runs on a linear scale.

    Args:
        rows: the parameter at all positions of each run.
        escapes: which runs leave for good; they do not decide on the limits unless all of them do.
        label: in LaTeX.
        places: where each position of each run stands on the horizontal axis.
        across: what they count.
    """
    staying = [index for index, lost in enumerate(escapes) if not lost] or list(range(len(rows)))
    limit = max(float(places[index][-1]) for index in staying) or 1.0
    values = np.concatenate([rows[index] for index in staying] + [row[:1] for row in rows])
    ylim = _linear_limits(np.clip(values[np.isfinite(values)], -MOST, MOST))
    drawn = tuple(_series(row, each, "linear", ylim) for row, each in zip(rows, places, strict=True))
    return Chart(drawn, label, "linear", (-0.02 * limit, 1.04 * limit), ylim, across=across)


def _above_least(runs: Sequence[Array], least: float | None) -> tuple[str, list[Array], bool]:
    """The label, the values minus the known least one, and whether it was subtracted: not if a run came below it."""
    if least is None:
        return "f", list(runs), False
    noise = ROUNDING * max(1.0, abs(least))
    with np.errstate(over="ignore", invalid="ignore"):
        rows = [np.where(np.abs(row - least) <= noise, 0.0, row - least) for row in runs]
    flat = np.concatenate(rows)
    if (flat < -1e-9 * max(1.0, abs(least))).any() or not (flat > 0).any():
        return "f", list(runs), False
    return ("f" if least == 0 else "f - f^*"), [np.maximum(row, 0.0) for row in rows], True


def _spans_decades(values: Array, *, distance: bool) -> bool:
    """Whether a logarithmic axis helps: values span decades, none is negative, and few are 0 unless they are distances."""
    positive = values[values > 0]
    if not positive.size or (values < 0).any():
        return False
    if not distance and (values == 0).sum() > 0.5 * values.size:
        return False
    return bool(np.log10(positive.max()) - np.log10(positive.min()) > DECADES)


def _logarithmic_limits(values: Array) -> Interval:
    """Limits around the positive values, with a margin in decades."""
    positive = values[values > 0]
    low, high = np.log10(max(positive.min(), LEAST)), np.log10(min(positive.max(), MOST))
    margin = min(0.06 * (high - low), 2.0)
    return (float(10 ** (low - margin)), float(10 ** min(high + margin, 307.0)))


def _linear_limits(values: Array) -> Interval:
    low, high = float(values.min()), float(values.max())
    if not high > low:
        half = max(1.0, abs(low)) / 2
        return (low - half, high + half)
    margin = 0.06 * high - 0.06 * low
    return (low - margin, high + margin)


def _series(row: Array, places: Array, scale: str, limits: Interval) -> Series:
    """The part of a run's values that the scale can show."""
    shown = np.where(row <= 0, np.nan, row) if scale == "log" else row
    shown = np.where(np.abs(shown) > MOST, np.nan, shown)
    steps = _thinned(shown)
    left = _first_exit(shown, scale, limits)
    exit_ = None if left is None else (float(np.interp(left[0], np.arange(len(places)), places)), left[1])
    return Series(steps, shown[steps], places[steps], exit_)


def _first_exit(row: Array, scale: str, limits: Interval) -> tuple[float, float] | None:
    """The step and the value where the line through the values first crosses a limit."""
    heights, (low, high) = (np.log10(row), np.log10(limits)) if scale == "log" else (row, limits)
    with np.errstate(invalid="ignore"):
        beyond = np.flatnonzero((heights > high) | (heights < low))
    if not beyond.size:
        return None
    last = int(beyond[0])
    upward = bool(heights[last] > high)
    limit, before = (high if upward else low), heights[max(last - 1, 0)]
    share = (limit - before) / (heights[last] - before) if math.isfinite(before) and before != heights[last] else 1.0
    return (max(last - 1, 0) + float(share) if last else 0.0, limits[int(upward)])


def _thinned(row: Array) -> NDArray[np.intp]:
    """The steps to draw: all, or both ends and the greatest and least value of each stretch."""
    if len(row) <= MOST_POINTS:
        return np.arange(len(row))
    stretches = np.array_split(np.arange(len(row)), MOST_POINTS // 2)
    filled = np.where(np.isnan(row), np.inf, row), np.where(np.isnan(row), -np.inf, row)
    lowest = [stretch[0] + int(np.argmin(filled[0][stretch])) for stretch in stretches]
    highest = [stretch[0] + int(np.argmax(filled[1][stretch])) for stretch in stretches]
    return np.unique(np.array([0, len(row) - 1, *lowest, *highest]))
