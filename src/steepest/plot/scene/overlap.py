"""Runs that hide each other: markers at one place, and paths that run along each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import Path, View

SAME_PLACE = 0.012  # share of the view within which two markers are one
COVERED, NEAR = 0.9, 0.006  # a path is covered by another if this share of it is nearer than that share of the view
SAMPLES = 200  # points along a path


@dataclass(frozen=True)
class Share:
    """One of several runs whose markers are at one place.

    Attributes:
        number: its number among them, from 0.
        count: how many they are.
        leader: the first of them, at whose place the marker of all is.
    """

    number: int = 0
    count: int = 1
    leader: int = 0


@dataclass(frozen=True)
class Layering:
    """Where a run's path is among the others.

    Attributes:
        rank: 0 is drawn first; a longer path is drawn before a shorter one, which it would hide.
        under: how many paths that are drawn later cover this one, which is drawn wider so that it is still seen.
    """

    rank: int = 0
    under: int = 0


def shares(points: Sequence[Array | None], view: View) -> list[Share]:
    """For each run its share of the marker at its place.

    Args:
        points: a position in the view for each run; None or NaN where it has none.

    >>> shares([np.array([0.0, 0.0]), np.array([5.0, 5.0]), np.array([0.001, 0.0])], ((0.0, 10.0), (0.0, 10.0)))
    [Share(number=0, count=2, leader=0), Share(number=0, count=1, leader=1), Share(number=1, count=2, leader=0)]
    """
    low, high = (np.array(side) for side in zip(*view, strict=True))
    groups: list[tuple[Array, list[int]]] = []
    for index, point in enumerate(points):
        if point is None or not np.isfinite(point).all():
            continue
        with np.errstate(over="ignore"):
            unit = (point - low) / (high - low)
        near = next((members for place, members in groups if np.hypot(*np.clip(unit - place, -2, 2)) < SAME_PLACE), None)
        if near is None:
            groups.append((unit, [index]))
        else:
            near.append(index)
    found = [Share(leader=index) for index in range(len(points))]
    for _, members in groups:
        for number, index in enumerate(members):
            found[index] = Share(number, len(members), members[0])
    return found


def layering(paths: Sequence[Path | None], view: View) -> list[Layering]:
    """For each run when its path is drawn and how many later ones cover it."""
    low, high = (np.array(side) for side in zip(*view, strict=True))
    along = [_samples((path.line - low) / (high - low)) if path is not None else np.zeros((0, 2)) for path in paths]
    lengths = [_length((path.line - low) / (high - low)) if path is not None else 0.0 for path in paths]
    order = sorted(range(len(paths)), key=lambda index: -lengths[index])
    found = [Layering()] * len(paths)
    for rank, index in enumerate(order):
        under = sum(_is_covered(along[index], along[later]) for later in order[rank + 1 :])
        found[index] = Layering(rank, under)
    return found


def _length(line: Array) -> float:
    """The length of a line whose pieces are apart by NaN."""
    return float(np.nan_to_num(np.hypot(*np.diff(line, axis=0).T)).sum()) if len(line) > 1 else 0.0


def _samples(line: Array) -> Array:
    """Points at equal distances along a line."""
    if len(line) < 2:
        return line
    steps = np.nan_to_num(np.hypot(*np.diff(line, axis=0).T))
    length = np.append(0.0, steps.cumsum())
    if not length[-1] > 0:
        return line[:1]
    places = np.linspace(0, length[-1], SAMPLES)
    known = np.isfinite(line).all(axis=1)
    return np.column_stack([np.interp(places, length[known], line[known, axis]) for axis in (0, 1)])


def _is_covered(one: Array, other: Array) -> bool:
    """Whether nearly all of a path lies on another."""
    if len(one) < 2 or len(other) < 2:
        return False
    apart = np.abs(one[:, None, :] - other[None, :, :]).max(axis=2).min(axis=1)
    return float((apart < NEAR).mean()) >= COVERED
