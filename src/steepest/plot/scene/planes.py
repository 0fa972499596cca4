"""Planes through the end of a run on a function of three and more parameters: slices, and the plane of its main directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from steepest.errors import counted
from steepest.language.digits import short
from steepest.plot.scene.grid import Function, function_over
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import FiniteRun, ObjectiveLayer, plane_layer
from steepest.plot.scene.overlap import Standing, standings
from steepest.plot.scene.parameters import farthest
from steepest.plot.scene.path import Path
from steepest.plot.scene.text import labels as captions
from steepest.runs.trajectory import Trajectory

MOST_SLICES = 4
ASPECT, SLICE_ASPECT = 1.28, 1.42  # width over height of the plane's panel, and of a slice's
SLICED = 4  # parameters of which pairs are made
AT_ONCE = 4_000_000  # coordinates; more are computed row by row
WALKS, LONGEST_WALK, WIDE = 256, 100, 64  # random walks, their positions at most, and from how many parameters the limit will do


@dataclass(frozen=True, eq=False)
class PlanePanel:
    """The objective in a plane, and the paths as seen from straight above it.

    Attributes:
        layer: the objective where only the plane's two coordinates change.
        paths: one for each run.
        standings: how each is drawn among the others.
    """

    layer: ObjectiveLayer
    paths: tuple[Path, ...]
    standings: tuple[Standing, ...]


@dataclass(frozen=True, eq=False)
class PlanesLayer:
    """Planes through the end of a run.

    Attributes:
        kind: `slices` or `directions`.
        heading: what they show, in a sentence.
    """

    kind: str
    panels: tuple[PlanePanel, ...]
    heading: str


def slices(first: Trajectory, runs: Sequence[FiniteRun], label: str, over: Sequence[str] = ()) -> PlanesLayer:
    """Up to four pairs of parameters; all others are as at the end of the first run.

    The parameters are those that moved the farthest; of four, the pairs that moved the farthest together.

    Args:
        label: of the first run.
        over: the names of the only pair.
    """
    paths, names = [run.positions for run in runs], captions.axis_names(first)
    end, function = paths[0][-1], function_over(first.objective, first.record.shape)
    chosen = farthest(paths, SLICED)
    moved = np.max([np.ptp(path, axis=0) for path in paths], axis=0)
    with np.errstate(over="ignore"):
        together = {pair: float(moved[pair[0]] * moved[pair[1]]) for pair in combinations(chosen, 2)}
    pairs = sorted(together, key=lambda pair: -together[pair])[:MOST_SLICES]
    panels = []
    if over:
        pairs = [(first.names.index(over[0]), first.names.index(over[1]))]
    for pair in pairs if over else sorted(pairs):
        unit = np.zeros((2, len(end)))
        unit[[0, 1], list(pair)] = 1.0
        origin = np.where(unit.any(axis=0), 0.0, end)
        points = [path[:, list(pair)] for path in paths]
        panels.append(
            _panel(
                first,
                runs,
                points,
                _in_plane(function, origin, unit),
                (names[pair[0]], names[pair[1]]),
                ASPECT if over else SLICE_ASPECT,
            )
        )
    whose = f"the end of {label}" if len(runs) > 1 else "the end"
    what = "a slice" if len(panels) == 1 else "slices"
    paths_seen = "paths" if len(runs) > 1 else "the path"
    heading = f"{what} through {whose}: the others as there; {paths_seen} seen from above"
    return PlanesLayer("slices", tuple(panels), heading)


def main_plane(first: Trajectory, runs: Sequence[FiniteRun], label: str) -> PlanesLayer:
    """The plane through the end of the first run along the two main directions of the paths, by principal components.

    Args:
        label: of the first run.
    """
    paths = [run.positions for run in runs]
    end, function = paths[0][-1], function_over(first.objective, first.record.shape)
    unit, shares = main_directions(np.vstack(paths))
    points = [(path - end) @ unit.T for path in paths]
    panel = _panel(first, runs, points, _in_plane(function, end, unit), ("u", "v"), ASPECT)
    percent = [_percent(share) for share in shares]
    whose = f"the end of {label}" if len(runs) > 1 else "the end"
    heading = f"plane of the two main directions u, v, through {whose}: it holds {_percent(sum(shares))} of the variance"
    heading += f" of the {'paths' if len(runs) > 1 else 'path'} ({percent[0]} + {percent[1]})"
    if len(runs) == 1 and len(paths[0]) > 1:
        walk = _percent(random_walk_share(len(paths[0]), len(end)))
        steps, count = counted(len(paths[0]) - 1, "step"), counted(len(end), "parameter")
        heading += f"; a random walk of {steps} in {count}: about {walk}"
    return PlanesLayer("directions", (panel,), heading)


def main_directions(positions: Array) -> tuple[Array, tuple[float, float]]:
    """The two main directions of positions around their mean, a row each, and the share of the variance along each.

    Each direction has its largest component positive. Positions that do not differ along a second direction, or at all, get
    one that is perpendicular to the first.

    >>> unit, shares = main_directions(np.array([[0.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 3.0, 1.0]]))
    >>> [round(share, 3) for share in shares]
    [0.927, 0.073]
    """
    centered = positions - positions.mean(axis=0)
    largest = float(np.abs(centered).max())
    scaled = centered / largest if largest > 0 else centered
    _, sizes, directions = np.linalg.svd(scaled, full_matrices=False)
    count = positions.shape[1]
    if len(sizes) < 2:  # a single position, or two
        directions = np.linalg.qr(np.vstack([directions, np.eye(count)]).T)[0].T
        sizes = np.append(sizes, [0.0, 0.0])
    unit = directions[:2] * np.where(directions[:2][[0, 1], np.abs(directions[:2]).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
    total = float(np.square(sizes).sum())
    first, second = (float(size**2) / total if total else 0.0 for size in sizes[:2])
    return unit, (first, second)


def random_walk_share(positions: int, parameters: int, directions: int = 2) -> float:
    """The mean share of the variance that the main directions of a random walk hold.

    With many parameters direction k of n positions has the share l_k / (l_1 + ... + l_(n-1)) with l_k = 1/(4 sin^2(pi k/2n)), near
    6/(pi k)^2 for long walks. With fewer than 64 parameters a walk has less room beside its main directions and they hold
    more: then it is the mean over 256 walks with normal steps, always the same ones, of 100 positions at most.

    Source: J. Antognini and J. Sohl-Dickstein, PCA of high dimensional random walks with comparison to neural network training,
    NeurIPS 2018, arXiv:1806.08805.

    >>> round(random_walk_share(1000, 10_000), 4), round(random_walk_share(1000, 10_000, 1), 4)
    (0.7599, 0.6079)
    """
    if positions - 1 <= directions or parameters <= directions:
        return 1.0
    if parameters >= WIDE:
        sizes = 1 / np.square(np.sin(np.pi * np.arange(1, positions) / (2 * positions)))
        return float(sizes[:directions].sum() / sizes.sum())
    steps = np.random.default_rng(0).standard_normal((WALKS, min(positions, LONGEST_WALK), parameters))
    walks = steps.cumsum(axis=1)
    walks -= walks.mean(axis=1, keepdims=True)
    sizes = np.linalg.eigvalsh(walks.transpose(0, 2, 1) @ walks)
    return float(np.mean(sizes[:, -directions:].sum(axis=1) / sizes.sum(axis=1)))


def _percent(share: float) -> str:
    """A share in percent, never rounded to all or to nothing.

    >>> _percent(0.934), _percent(0.99996), _percent(1.0), _percent(0.0004)
    ('93 %', '> 99.9 %', '100 %', '< 0.1 %')
    """
    if 0 < share < 0.001:
        return "< 0.1 %"
    if 0.999 < share < 1 - 1e-12:
        return "> 99.9 %"
    return f"{short(100 * share, 3 if share > 0.99 or share < 0.01 else 2)} %"


def _in_plane(function: Function, origin: Array, unit: Array) -> Function:
    """A function of two coordinates in the plane through a position along two directions."""

    def along(x: Array, y: Array) -> Array:
        return function(*(start + x * across + y * up for start, across, up in zip(origin, *unit, strict=True)))

    def over(x: Array, y: Array) -> Array:
        x, y = np.broadcast_arrays(x, y)
        if x.size * len(origin) <= AT_ONCE:
            return along(x, y)
        return np.array([along(*row) for row in zip(x, y, strict=True)])

    return over


def _panel(
    first: Trajectory,
    runs: Sequence[FiniteRun],
    points: Sequence[Array],
    function: Function,
    labels: tuple[str, str],
    aspect: float,
) -> PlanePanel:
    flat = [FiniteRun(path, run.values, run.escapes, run.leaves) for path, run in zip(points, runs, strict=True)]
    layer, paths = plane_layer(first.objective, flat, function, labels, aspect)
    return PlanePanel(layer, tuple(paths), tuple(standings(paths, layer.view)))
