"""The fit beside the cost, as data: the rows of the table, and what each run's model says about them at any step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from steepest.data.losses import ANY, COUNTS, SIGNS
from steepest.data.table import Table
from steepest.errors import InputError, counted
from steepest.language.digits import short
from steepest.objectives.data import DataObjective
from steepest.objectives.many_columns.objective import ManyColumnsObjective
from steepest.objectives.model import ModelObjective
from steepest.plot.scene.limits import Array, Box, Interval
from steepest.plot.scene.regions import (
    ClassPlane,
    FitRegions,
    class_plane,
    is_softmax,
    of_observed_class,
    position_at,
    rows_right,
)
from steepest.plot.scene.text.number import typographic
from steepest.runs.fit import Fit
from steepest.runs.trajectory import Trajectory

GRID = 241  # points of a curve
MOST_POINTS = 3_000  # rows that are drawn as points: of more the density is
MOST_MOVING = 1_500  # rows that move as points, where a density cannot
BINS = 160  # of a density, along each axis
MOST_RESIDUALS = 200
MOST_REGIONS = 10  # classes with a color in the plane of two columns
WIDEST = 1e300  # an interval that is drawn
MARGIN = 0.06  # around the rows, as a share of their range
LONGEST = 60  # characters of a caption
DIGITS = 6
SPREAD = 0.76  # width of a class on an axis of classes, one apart
GOLDEN = (5**0.5 - 1) / 2  # its multiples modulo 1 are spread evenly, however many there are


@dataclass(frozen=True, eq=False)
class FitCurve:
    """What one run's model says: a curve over the column, or the predictions in the rows.

    Attributes:
        kind: see `FitLayer`.
        objective: the fit.
        positions: of the run, one for each step.
        xs: where a curve is computed; of predictions, where each of the rows stands.
        grid: what the model is asked for; the rows of the fit if None.
        rows: of predictions, which rows are drawn; all if None.
    """

    kind: str
    objective: ModelObjective
    positions: Array
    xs: Array
    grid: Table | None
    rows: NDArray[np.intp] | None = None

    def at(self, step: float) -> Array:
        """The points at a step, or between two: shape `(points, 2)`, in the table's own units."""
        return self.of(position_at(self.positions, step))

    def of(self, position: Array) -> Array:
        """The points for a position."""
        with np.errstate(all="ignore"):
            found = self.objective.predict(position.tolist(), self.grid)
        if self.kind == "certainty":
            found = of_observed_class(self.objective, observed_of(self.objective), found)
        points = np.column_stack([self.xs, found])
        return points if self.rows is None else points[self.rows]

    def residuals(self, step: float) -> Array:
        """A segment from each row to its prediction: shape `(rows, 2, 2)`."""
        objective = self.objective
        predicted = objective.predict(position_at(self.positions, step).tolist())
        observed, column = observed_of(objective), _unscaled(objective)[objective.columns[0]]
        return np.stack([np.column_stack([column, observed]), np.column_stack([column, predicted])], axis=1)


@dataclass(frozen=True, eq=False)
class FitLayer:
    """The rows and the models.

    Attributes:
        kind: `curve` for one column; `regions` for two columns and classes; else `certainty` for classes, what the model says about
            the class that was observed in each row, and `agreement` for numbers, predicted against observed.
        labels: of the axes, plain text.
        view: the limits of the axes.
        points: the rows, shape `(rows, 2)`; none where there are too many.
        classes: the number of the class of each row; None without classes.
        density: how many rows are in each cell, shape `(BINS, BINS)`, the lowest row first, of `regions` one for each class; None
            where there are points, and where it moves.
        class_names: of all classes, in the order of their numbers; empty without classes.
        curves: what each run's model says.
        best: the exact answer, as a curve or as the lines between the classes; None where there is none.
        plane: of `regions`.
        residuals: whether the distances of the rows from the curve are drawn.
        dense: whether the predictions are drawn as a density.
    """

    kind: str
    labels: tuple[str, str]
    view: Box
    points: Array
    classes: NDArray[np.intp] | None
    density: Array | None
    class_names: tuple[str, ...]
    curves: tuple[FitCurve | FitRegions, ...]
    best: Array | None
    plane: ClassPlane | None = None
    residuals: bool = False
    dense: bool = False

    @property
    def colored(self) -> ClassPlane | None:
        """The plane whose areas are colored: that of the only run; those of several would cover each other."""
        return self.plane if len(self.curves) == 1 else None

    def with_points(self, most: int = MOST_MOVING) -> FitLayer:
        """The same with points in place of what moves as a density: of some rows, which the label of the axis says."""
        if not self.dense and (self.kind != "regions" or self.density is None):
            return self
        objective, rows = self.curves[0].objective, self.curves[0].objective.table.rows
        kept = np.linspace(0, rows - 1, most).astype(np.intp)
        labels = (f"{self.labels[0]} ({most:,} of {rows:,} rows)", self.labels[1])
        if self.kind == "regions":
            points = np.column_stack([_unscaled(objective)[name][kept] for name in objective.columns])
            classes = None if self.classes is None else self.classes[kept]
            return replace(self, points=points, classes=classes, density=None, labels=labels)
        curves = tuple(replace(curve, rows=kept) if isinstance(curve, FitCurve) else curve for curve in self.curves)
        return replace(self, curves=curves, dense=False, labels=labels)


def fit_layer(runs: Sequence[Trajectory]) -> FitLayer | None:
    """The fit that runs make; None for runs on anything but a fit.

    >>> from steepest.runs.fitting import fit
    >>> layer = fit_layer([fit({"x": [1, 2], "y": [300, 500]}, "y ~ w*x + b", loss="mse/2", lr=0.01, steps=1)])
    >>> layer.kind, layer.labels, layer.curves[0].at(1)[0].round(2).tolist()
    ('curve', ('x', 'y'), [0.94, 10.11])
    """
    first = runs[0]
    if not isinstance(first, Fit):
        return None
    whole = first.objective
    objective = whole.drawn
    names = _class_names(objective)
    paths = [_finite(run.positions) for run in runs]
    if len(objective.columns) == 1 and not is_softmax(objective):
        layer = _curve_layer(objective, names, paths)
    elif len(objective.columns) == 2 and 0 < len(names) <= MOST_REGIONS:
        layer = _regions_layer(objective, names, paths)
    else:
        layer = _rows_layer(objective, names, paths)
    if layer.kind in ("curve", "regions") and first.exact.position is not None:
        layer = replace(layer, best=layer.curves[0].of(np.array(first.exact.position)))
    if objective is not whole:
        layer = replace(layer, labels=(f"{layer.labels[0]} ({sampled(whole)})", layer.labels[1]))
    return layer if len(runs) == 1 else layer.with_points()


def _curve_layer(objective: ModelObjective, names: tuple[str, ...], paths: Sequence[Array]) -> FitLayer:
    """The rows over the only column, and the curve."""
    observed, (column,) = observed_of(objective), objective.columns
    values, classes = _unscaled(objective)[column], _classes(objective, names)
    xs = np.linspace(*_padded(values), GRID)
    curves = tuple(FitCurve("curve", objective, path, xs, Table((column,), (xs,), "the axis")) for path in paths)
    view = (_padded(values), _padded(observed, MARGIN if classes is None else 0.12))
    points, density = _points_or_density(np.column_stack([values, observed]), view)
    residuals = classes is None and len(values) <= MOST_RESIDUALS
    shown = () if objective.labels is not None and objective.labels.unchanged else names
    return FitLayer(
        "curve", (column, objective.target), view, points, classes, density, shown, curves, None, residuals=residuals
    )  # fmt: skip


def _regions_layer(objective: ModelObjective, names: tuple[str, ...], paths: Sequence[Array]) -> FitLayer:
    """The rows in the plane of two columns, and what the model says everywhere in it."""
    table, (across, up) = _unscaled(objective), objective.columns
    view = (_padded(table[across]), _padded(table[up]))
    plane = class_plane(objective, view, names)
    classes, points = _classes(objective, names), np.column_stack([table[across], table[up]])
    density: Array | None = None
    if len(points) > MOST_POINTS:
        density = np.stack([density_of(points[classes == of], view) for of in range(len(names))])
        points = points[:0]
    regions = tuple(FitRegions(plane, objective, path) for path in paths)
    return FitLayer(
        "regions", (across, up), view, points, classes, density, names, regions, None, plane
    )  # fmt: skip


def _rows_layer(objective: ModelObjective, names: tuple[str, ...], paths: Sequence[Array]) -> FitLayer:
    """What the model says in each row: about the class that was observed, or the prediction over the observed number."""
    observed, classes = observed_of(objective), _classes(objective, names)
    if classes is None:
        curves = tuple(FitCurve("agreement", objective, path, observed, None) for path in paths)
        view, labels = _agreement_view(objective, paths, observed), (f"{objective.target}, observed", "predicted")
    else:
        xs = classes + SPREAD * (np.arange(len(classes)) * GOLDEN % 1 - 0.5)
        curves = tuple(FitCurve("certainty", objective, path, xs, None) for path in paths)
        scores = objective.loss.labels == SIGNS
        high = _reach([curve.at(len(curve.positions) - 1)[:, 1] for curve in curves]) if scores else (-0.03, 1.03)
        view = ((-0.5, len(names) - 0.5), high)
        labels = (f"{objective.target}, observed", f"{'score' if scores else 'probability'} of the observed class")
    return FitLayer(
        curves[0].kind, labels, view, np.zeros((0, 2)), classes, None, names, curves, None, dense=len(observed) > MOST_POINTS
    )  # fmt: skip


def sampled(objective: DataObjective | ModelObjective) -> str:
    """How many of its rows a picture is drawn from: `100,000 of 100,000,000 rows`."""
    return f"{objective.drawn.table.rows:,} of {counted(objective.table.rows, 'row')}"


def fit_caption(curve: FitCurve | FitRegions, step: float, digits: int = DIGITS) -> str:
    """The model with its numbers at a step, in the table's own units where it has such; empty where that is long.

    Of classes it ends with the number of rows that are predicted right.

    Args:
        digits: of the numbers; 0 leaves them out.
    """
    objective, position = curve.objective, position_at(curve.positions, step).tolist()
    numbers = objective.in_original_units(position)
    text = (
        ", ".join(f"{name} = {typographic(short(value, digits))}" for name, value in numbers.items()) if numbers and digits else ""
    )
    units = " in the table's units" if objective.scaling.method != "none" else ""
    text = f"{text}{units}" if text and len(text) <= LONGEST else ""
    if not _has_classes(objective):
        return text
    observed = observed_of(objective)
    with np.errstate(all="ignore"):
        right = rows_right(objective, observed, objective.predict(position))
    told = f"{right:,} of {counted(len(observed), 'row')} right"
    return f"{text}; {told}" if text and len(text) + len(told) <= LONGEST else told


def density_of(points: Array, view: Box) -> Array:
    """How many points are in each cell of the view: shape `(BINS, BINS)`, the lowest row first."""
    counts: Array = np.histogram2d(points[:, 1], points[:, 0], bins=BINS, range=(view[1], view[0]))[0]
    return counts


def observed_of(objective: ModelObjective) -> Array:
    """The target: shape `(rows,)`."""
    table = objective.table
    assert isinstance(table, Table)
    return table[objective.target]


def _points_or_density(rows: Array, view: Box) -> tuple[Array, Array | None]:
    return (rows[:0], density_of(rows, view)) if len(rows) > MOST_POINTS else (rows, None)


def _has_classes(objective: ModelObjective) -> bool:
    return is_softmax(objective) or objective.loss.labels not in (ANY, COUNTS)


def _classes(objective: ModelObjective, names: tuple[str, ...]) -> NDArray[np.intp] | None:
    """The number of the class of each row; None without classes."""
    if not names:
        return None
    observed = observed_of(objective)
    return (observed if is_softmax(objective) else observed == 1).astype(np.intp)


def _unscaled(objective: ModelObjective) -> Table:
    """The columns in their own units."""
    table = objective.unscaled or objective.table
    assert isinstance(table, Table)
    return table


def _class_names(objective: ModelObjective) -> tuple[str, ...]:
    """The values of the target by which its classes are known; none without classes."""
    if isinstance(objective, ManyColumnsObjective) and objective.classes:
        return objective.classes
    labels = objective.labels
    if not _has_classes(objective) or labels is None:
        return ()
    if labels.unchanged:
        return tuple(f"{objective.target} = {code:g}" for code in labels.codes)
    low = "other" if labels.low is None else labels.low
    return tuple(f"{value:g}" if isinstance(value, float) else value for value in (low, labels.high))


def _finite(positions: Array) -> Array:
    """The positions up to the first that is not finite."""
    bad = ~np.isfinite(positions).all(axis=1)
    return positions[: max(1, int(bad.argmax()))] if bad.any() else positions


def _padded(values: Array, share: float = MARGIN) -> Interval:
    """The interval of some numbers, and a share of it on either side.

    Raises:
        InputError: for numbers too far apart for arithmetic on a picture.
    """
    low, high = float(values.min()), float(values.max())
    if not high - low < WIDEST:
        raise InputError(f"the fit cannot be drawn: its numbers go from {low:.3g} to {high:.3g}; change their unit")
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


def _reach(scores: Sequence[Array]) -> Interval:
    """Limits for the finite ones of several runs' scores, and for those from -2 to 2."""
    finite = np.concatenate([each[np.isfinite(each)] for each in scores])
    return _padded(np.concatenate([finite, [-2.0, 2.0]]))
