"""The parameters against the steps: a small chart for each, of objectives with too many parameters for a plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.errors import counted
from steepest.language.digits import short
from steepest.plot.scene.limits import Array
from steepest.plot.scene.text import labels as captions
from steepest.plot.scene.text.number import typographic
from steepest.plot.scene.value_chart import Chart, linear_chart
from steepest.runs.trajectory import Trajectory

MOST_PARAMETERS, MOST_IN_COLUMN = 8, 4  # that have a chart; of a fit in a journal's column, whose height has an end


@dataclass(frozen=True, eq=False)
class ParameterChart:
    """One parameter.

    Attributes:
        chart: its value against the step.
        ends: for each run the last value that was recorded, as text.
        last: these values.
    """

    chart: Chart
    ends: tuple[str, ...]
    last: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class ParameterLayer:
    """The charts of the parameters.

    Attributes:
        charts: in the objective's order; of many parameters, those that moved the farthest.
        heading: which they are.
    """

    charts: tuple[ParameterChart, ...]
    heading: str


def parameter_layer(
    runs: Sequence[Trajectory], escapes: Sequence[bool], places: Sequence[Array], across: str, most: int = MOST_PARAMETERS
) -> ParameterLayer:
    """The charts of the parameters of some runs.

    Args:
        escapes: which runs leave for good; they do not decide on the limits unless all of them do.
        places: where each position of each run stands on the horizontal axis.
        across: what they count.
        most: parameters that have a chart.

    >>> from steepest import descend
    >>> run = descend("x^2 + 2y^2 + 3z^2", (1, 2, 3), lr=0.1, steps=10)
    >>> layer = parameter_layer([run], [False], [np.arange(11.0)], "step")
    >>> [(each.chart.label, each.ends) for each in layer.charts]
    [('x', ('0.107',)), ('y', ('0.0121',)), ('z', ('0.000315',))]
    """
    names, rows = captions.axis_names(runs[0]), [run.positions.reshape(run.steps + 1, -1) for run in runs]
    chosen = farthest(rows, most)
    charts = []
    for index in chosen:
        columns = [row[:, index] for row in rows]
        last = tuple(float(column[np.flatnonzero(np.isfinite(column))[-1]]) for column in columns)
        charts.append(
            ParameterChart(
                linear_chart(columns, escapes, names[index], places, across),
                tuple(typographic(short(value, 3)) for value in last),
                last,
            )
        )
    heading = "the parameters"
    if len(chosen) < len(names):
        heading = f"{len(chosen)} of {counted(len(names), 'parameter')}, those that moved the farthest"
    return ParameterLayer(tuple(charts), heading)


def farthest(rows: Sequence[Array], most: int) -> list[int]:
    """The parameters that moved the farthest in any run, at most so many, in the objective's order.

    Args:
        rows: the positions of each run, a row each.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        ranges = [np.ptp(np.where(np.isfinite(row), row, row[0]), axis=0) for row in rows]
        moved = np.nan_to_num(np.max(ranges, axis=0), nan=np.inf)
    return sorted(np.argsort(-moved, kind="stable")[:most].tolist())
