"""The fit beside the cost, as data: the rows of the table, and what each run's model says about them at any step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from steepest.data.losses import ANY, COUNTS
from steepest.data.table import Table
from steepest.errors import counted
from steepest.language.digits import short
from steepest.objectives.data import DataObjective
from steepest.objectives.many_columns.objective import ManyColumnsObjective
from steepest.objectives.model import ModelObjective
from steepest.plot.scene.limits import Array, Box, Interval
from steepest.runs.fit import Fit
from steepest.runs.trajectory import Trajectory

GRID = 241  # points of a curve
BOUNDARY = 161  # columns, and rows, of the grid on which a boundary is sought
MOST_POINTS = 3_000  # rows that are drawn as points: of more the density is
BINS = 160  # of a density, along each axis
MOST_RESIDUALS = 200
MARGIN = 0.06  # around the rows, as a share of their range
LONGEST = 60  # characters of a caption


@dataclass(frozen=True, eq=False)
class FitCurve:
    """What one run's model says: a curve over the column, a boundary between classes, or predictions of all rows.

    Attributes:
        kind: `curve`, `boundary` or `agreement`.
        objective: the fit.
        positions: of the run, one for each step.
        xs: where a curve or a boundary is computed; the observed numbers of the rows for predictions.
        grid: what the model is asked for.
    """

    kind: str
    objective: ModelObjective
    positions: Array
    xs: Array
    grid: Table | None
    ys: Array

    def at(self, step: float) -> Array:
        """The points at a step, or between two: shape `(points, 2)`, in the table's own units."""
        return self.of(self.position(step))

    def of(self, position: Array) -> Array:
        """The points for a position."""
        with np.errstate(all="ignore"):
            found = self.objective.predict(position.tolist(), self.grid)
        if self.kind == "boundary":
            return np.column_stack([self.xs, _crossings(found.reshape(len(self.xs), -1) - 0.5, self.ys)])
        return np.column_stack([self.xs, found])

    def position(self, step: float) -> Array:
        """The parameters at a step, or between two."""
        whole = min(int(step), len(self.positions) - 1)
        after = min(whole + 1, len(self.positions) - 1)
        moved: Array = self.positions[whole] + (step - whole) * (self.positions[after] - self.positions[whole])
        return moved if after > whole else self.positions[whole]

    def residuals(self, step: float) -> Array:
        """A segment from each row to its prediction: shape `(rows, 2, 2)`."""
        objective = self.objective
        predicted = objective.predict(self.position(step).tolist())
        observed, column = objective.table[objective.target], _unscaled(objective)[objective.columns[0]]
        return np.stack([np.column_stack([column, observed]), np.column_stack([column, predicted])], axis=1)


@dataclass(frozen=True, eq=False)
class FitLayer:
    """The rows and the models.

    Attributes:
        kind: `curve` for one column, `boundary` for two columns and two classes, else `agreement`.
        labels: of the axes, plain text.
        view: the limits of the axes.
        points: the rows, shape `(rows, 2)`; none where there are too many.
        high: which rows are of the class that counts as 1; None without classes.
        density: how many rows are in each cell, shape `(BINS, BINS)`, the lowest row first; None where there are points.
        class_names: of the two classes, the one that counts as 0 first; empty without classes.
        curves: of each run.
        best: the curve of the exact answer; None where there is none.
        residuals: whether the distances of the rows from the curve are drawn.
    """

    kind: str
    labels: tuple[str, str]
    view: Box
    points: Array
    high: NDArray[np.bool_] | None
    density: Array | None
    class_names: tuple[str, ...]
    curves: tuple[FitCurve, ...]
    best: Array | None
    residuals: bool


def fit_layer(runs: Sequence[Trajectory]) -> FitLayer | None:
    """The fit that runs make; None for runs on anything but a fit, and for softmax.

    >>> from steepest.runs.fitting import fit
    >>> layer = fit_layer([fit({"x": [1, 2], "y": [300, 500]}, "y ~ w*x + b", loss="mse/2", lr=0.01, steps=1)])
    >>> layer.kind, layer.labels, layer.curves[0].at(1)[0].round(2).tolist()
    ('curve', ('x', 'y'), [0.94, 10.11])
    """
    first = runs[0]
    if not isinstance(first, Fit):
        return None
    whole = first.objective
    if isinstance(whole, ManyColumnsObjective) and whole.classes:
        return None
    objective = whole.drawn
    classes = objective.loss.labels not in (ANY, COUNTS)
    table, observed, columns = _unscaled(objective), objective.table[objective.target], objective.columns
    kind = "curve" if len(columns) == 1 else "boundary" if len(columns) == 2 and classes else "agreement"
    high = observed == observed.max() if classes else None
    paths = [_finite(run.positions) for run in runs]
    if kind == "agreement":
        xs, grid, ys = observed, None, observed
        view = _agreement_view(objective, paths, observed)
        rows = np.column_stack([observed, objective.predict(paths[0][-1].tolist())])
        labels = (f"{objective.target}, observed", "predicted")
    elif kind == "curve":
        xs, ys = np.linspace(*_padded(table[columns[0]]), GRID), observed
        grid = Table(columns, (xs,), "the axis")
        view = (_padded(table[columns[0]]), _padded(observed, 0.12 if classes else MARGIN))
        rows, labels = np.column_stack([table[columns[0]], observed]), (columns[0], objective.target)
    else:
        view = (_padded(table[columns[0]]), _padded(table[columns[1]]))
        xs, ys = np.linspace(*view[0], BOUNDARY), np.linspace(*view[1], BOUNDARY)
        across, up = np.meshgrid(xs, ys, indexing="ij")
        grid = Table(columns, (across.ravel(), up.ravel()), "the plane")
        rows, labels = np.column_stack([table[name] for name in columns]), (columns[0], columns[1])
    curves = tuple(FitCurve(kind, objective, path, xs, grid, ys) for path in paths)
    many = len(rows) > MOST_POINTS
    best = whole.minima[0].position if kind != "agreement" and whole.minima else None
    if objective is not whole:
        labels = (f"{labels[0]} ({sampled(whole)})", labels[1])
    return FitLayer(
        kind, labels, view, rows[:0] if many else rows, high, _density(rows, view) if many else None,
        _class_names(objective) if classes else (), curves, None if best is None else curves[0].of(np.array(best)),
        kind == "curve" and not classes and len(rows) <= MOST_RESIDUALS,
    )  # fmt: skip


def sampled(objective: DataObjective | ModelObjective) -> str:
    """How many of its rows a picture is drawn from: `100,000 of 100,000,000 rows`."""
    return f"{objective.drawn.table.rows:,} of {counted(objective.table.rows, 'row')}"


def fit_caption(curve: FitCurve, step: float) -> str:
    """The model with its numbers at a step, in the table's own units where it has such; empty where that is long."""
    objective = curve.objective
    numbers = objective.in_original_units(curve.position(step).tolist())
    if numbers is None:
        return ""
    text = ", ".join(f"{name} = {short(value)}" for name, value in numbers.items())
    units = " in the table's units" if objective.scaling.method != "none" else ""
    return f"{text}{units}" if len(text) <= LONGEST else ""


def _unscaled(objective: ModelObjective) -> Table:
    """The columns in their own units."""
    table = objective.unscaled or objective.table
    assert isinstance(table, Table)
    return table


def _class_names(objective: ModelObjective) -> tuple[str, ...]:
    labels = objective.labels
    if labels is None or labels.unchanged:
        return ()
    low = "other" if labels.low is None else labels.low
    return tuple(f"{value:g}" if isinstance(value, float) else value for value in (low, labels.high))


def _finite(positions: Array) -> Array:
    """The positions up to the first that is not finite."""
    bad = ~np.isfinite(positions).all(axis=1)
    return positions[: max(1, int(bad.argmax()))] if bad.any() else positions


def _padded(values: Array, share: float = MARGIN) -> Interval:
    low, high = float(values.min()), float(values.max())
    pad = share * (high - low) or max(abs(low), 1.0) / 2
    return low - pad, high + pad


def _agreement_view(objective: ModelObjective, paths: Sequence[Array], observed: Array) -> Box:
    """Limits for the observed numbers, and for these and the predictions at the end of the runs that stay within reach."""
    low, high = _padded(observed)
    reach = [low, high]
    for path in paths:
        predicted = objective.predict(path[-1].tolist())
        inside = predicted[np.abs(predicted - (low + high) / 2) < 2 * (high - low)]
        reach += [float(inside.min(initial=low)), float(inside.max(initial=high))]
    return (low, high), (min(reach), max(reach))


def _density(rows: Array, view: Box) -> Array:
    """How many rows are in each cell of the view."""
    counts: Array = np.histogram2d(rows[:, 1], rows[:, 0], bins=BINS, range=(view[1], view[0]))[0]
    return counts


def _crossings(heights: Array, ys: Array) -> Array:
    """Where each row of heights first changes its sign, by linear interpolation; NaN where it does not."""
    with np.errstate(all="ignore"):
        changes = np.signbit(heights[:, 1:]) != np.signbit(heights[:, :-1])
        place = changes.argmax(axis=1)
        index = np.arange(len(heights))
        before, after = heights[index, place], heights[index, place + 1]
        found = ys[place] + (ys[place + 1] - ys[place]) * before / (before - after)
    return np.where(changes.any(axis=1), found, np.nan)
