"""Two columns and some classes: what a model says everywhere in their plane, and the lines on which two classes are even."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from contourpy import FillType, LineType, contour_generator
from numpy.typing import NDArray

from steepest.data.losses import SIGNS
from steepest.data.table import Table
from steepest.objectives.many_columns.objective import ManyColumnsObjective
from steepest.objectives.model import ModelObjective
from steepest.plot.scene.limits import Array, Box

GRID = 161  # columns, and rows, of the grid on which the model is asked
TENTHS = tuple(tenth / 10 for tenth in range(1, 10))
SURE = (0.5, 0.7, 0.9)  # probabilities of the likeliest of many classes
MARGIN = 1.0  # the score up to which the hinge loss asks for more


@dataclass(frozen=True)
class Area:
    """Where a field is at least a level; later areas lie on earlier ones.

    Attributes:
        field: its number; None for the whole plane.
        of: the number of the class whose color it has.
        strength: how much of it, from 0 to 1.
    """

    field: int | None
    level: float
    of: int
    strength: float


@dataclass(frozen=True, eq=False)
class Outline:
    """The outline of an area, with holes, as matplotlib's paths have it: points, and a code for each."""

    points: Array
    codes: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ClassPlane:
    """The plane of two columns, and what is asked there.

    Attributes:
        kind: `probability` of the second of two classes, `score` of the hinge loss, or `softmax`.
        classes: the names of the classes.
        xs, ys: of the grid.
        table: its points, as a table of the two columns.
    """

    kind: str
    classes: tuple[str, ...]
    xs: Array
    ys: Array
    table: Table

    @property
    def label(self) -> str:
        """What the colors tell."""
        if self.kind == "softmax":
            return "probability of the class"
        return f"probability of {self.classes[1]}" if self.kind == "probability" else "score"

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """All areas, in drawing order."""
        if self.kind == "score":
            return (Area(None, 0.0, 0, 1.0), Area(0, -MARGIN, 0, 0.4), Area(0, 0.0, 1, 0.4), Area(0, MARGIN, 1, 1.0))
        if self.kind == "probability":
            middles = [level + 0.05 for level in TENTHS]
            above = (Area(0, level, int(middle > 0.5), abs(2 * middle - 1)) for level, middle in zip(TENTHS, middles, strict=True))
            return (Area(None, 0.0, 0, 0.9), *above)
        count = len(self.classes)
        shares = [(index + 1) / (len(SURE) + 1) for index in range(len(SURE) + 1)]
        return tuple(
            Area(of if level is None else count + of, level or 0.0, of, share)
            for of in range(count)
            for level, share in zip((None, *SURE), shares, strict=True)
        )

    @property
    def boundaries(self) -> tuple[tuple[int, float], ...]:
        """The fields and the levels of the lines on which two classes are even."""
        if self.kind == "softmax":
            return tuple((of, 0.0) for of in range(len(self.classes) - 1))
        return ((0, 0.5 if self.kind == "probability" else 0.0),)

    def fields(self, objective: ModelObjective, position: Array) -> Array:
        """What the model says at every point of the grid.

        Of two classes that is one field; of more there are, for each class, its lead over the likeliest other one, and then the
        probabilities: shape `(fields, len(ys), len(xs))`.
        """
        with np.errstate(all="ignore"):
            found = objective.predict(position.tolist(), self.table)
        shape = (len(self.ys), len(self.xs))
        if self.kind != "softmax":
            return np.asarray(found.reshape(1, *shape))
        leads = [found[:, of] - np.delete(found, of, axis=1).max(axis=1) for of in range(found.shape[1])]
        return np.concatenate([np.stack(leads), found.T]).reshape(-1, *shape)

    def outlines(self, fields: Array) -> Iterator[Outline | None]:
        """The outline of each area; None where it is empty."""
        corners = np.array([(x, y) for x, y in zip(self.xs[[0, -1, -1, 0, 0]], self.ys[[0, 0, -1, -1, 0]], strict=True)])
        for area in self.areas:
            if area.field is None:
                yield Outline(corners, np.array([1, 2, 2, 2, 79], dtype=np.uint8))
                continue
            generator: Any = self._contours(fields[area.field], fill_type=FillType.ChunkCombinedCode)
            (points,), (codes,) = generator.filled(area.level, np.inf)
            yield None if points is None else Outline(points, codes)

    def lines(self, fields: Array) -> Array:
        """The lines on which two classes are even: shape `(points, 2)`, with NaN between pieces."""
        gap, pieces = np.full((1, 2), np.nan), []
        for field, level in self.boundaries:
            generator: Any = self._contours(fields[field], line_type=LineType.ChunkCombinedNan)
            ((points,),) = generator.lines(level)
            pieces += [] if points is None else [points, gap]
        return np.concatenate(pieces[:-1]) if pieces else gap

    def _contours(self, field: Array, **kinds: Any) -> Any:
        return contour_generator(self.xs, self.ys, np.ma.masked_invalid(field), **kinds)


@dataclass(frozen=True, eq=False)
class FitRegions:
    """What one run's model says in the plane.

    Attributes:
        positions: of the run, one for each step.
    """

    plane: ClassPlane
    objective: ModelObjective
    positions: Array

    def at(self, step: float) -> Array:
        """The lines on which two classes are even at a step, or between two: see `ClassPlane.lines`."""
        return self.plane.lines(self.fields(step))

    def of(self, position: Array) -> Array:
        """The lines for a position."""
        return self.plane.lines(self.plane.fields(self.objective, position))

    def fields(self, step: float) -> Array:
        """What the model says at a step, or between two: see `ClassPlane.fields`."""
        return self.plane.fields(self.objective, position_at(self.positions, step))


def class_plane(objective: ModelObjective, view: Box, classes: tuple[str, ...]) -> ClassPlane:
    """The plane of an objective's two columns.

    Args:
        view: the part that is drawn.
    """
    xs, ys = (np.linspace(*side, GRID) for side in view)
    across, up = np.meshgrid(xs, ys)
    kind = "score" if objective.loss.labels == SIGNS else "softmax" if len(classes) > 2 or is_softmax(objective) else "probability"
    return ClassPlane(kind, classes, xs, ys, Table(objective.columns, (across.ravel(), up.ravel()), "the plane"))


def is_softmax(objective: ModelObjective) -> bool:
    """Whether the model predicts a probability for each class."""
    return isinstance(objective, ManyColumnsObjective) and bool(objective.classes)


def position_at(positions: Array, step: float) -> Array:
    """The parameters at a step, or between two; those of the last step after it."""
    whole = min(int(step), len(positions) - 1)
    after = min(whole + 1, len(positions) - 1)
    moved: Array = positions[whole] + (step - whole) * (positions[after] - positions[whole])
    return moved if after > whole else positions[whole]


def of_observed_class(objective: ModelObjective, observed: Array, predicted: Array) -> Array:
    """What a model says about the class that was observed in each row: its probability, or of the hinge loss its score."""
    if predicted.ndim > 1:
        return np.asarray(predicted[np.arange(len(observed)), observed.astype(np.intp)])
    if objective.loss.labels == SIGNS:
        return np.asarray(observed * predicted)
    return np.where(observed == 1, predicted, 1 - predicted)


def rows_right(objective: ModelObjective, observed: Array, predicted: Array) -> int:
    """In how many rows the class that was observed is the one that is predicted; rows that are even count as wrong."""
    own = of_observed_class(objective, observed, predicted)
    if predicted.ndim > 1:
        others = predicted.copy()
        others[np.arange(len(observed)), observed.astype(np.intp)] = -np.inf
        return int((own > others.max(axis=1)).sum())
    return int((own > (0.0 if objective.loss.labels == SIGNS else 0.5)).sum())
