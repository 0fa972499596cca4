"""SVG path data, with no more points and digits than are visible."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from matplotlib.path import Path

from steepest.plot.scene.limits import Array

PLACES = 2  # decimal places of a coordinate in points
TOLERANCE = 0.1  # points that a line may be off
STRAIGHT = re.compile(r'(?<= d=")[MLz\s\d.-]+(?=")')  # without curves
COORDINATE = re.compile(r"-?[\d.]+")
VERBS = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE3: "Q", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}


def number(value: float, places: int = PLACES) -> str:
    """A number with as few characters as possible.

    >>> [number(value) for value in (0.5, -0.123, 20.0, -0.001)]
    ['.5', '-.12', '20', '0']
    """
    text = f"{value:.{places}f}".rstrip("0").rstrip(".") if places else f"{value:.0f}"
    return re.sub(r"^(-?)0\.", r"\1.", text) if text != "-0" else "0"


def path_data(points: Array, *, closed: bool = False) -> str:
    """A polyline as path data: its first point, then relative moves.

    >>> path_data(np.array([[1.0, 2.0], [4.5, 2.0], [4.5, 1.75]]))
    'M1 2l3.5 0 0-.25'
    """
    scale = 10**PLACES
    grid = np.rint(points * scale).astype(np.int64)
    moves = np.diff(grid, axis=0)
    moves = moves[(moves != 0).any(axis=1)]
    start, line = ("".join(_separated(part.ravel().tolist())) for part in (grid[:1], moves))
    return f"M{start}" + (f"l{line}" if line else "h0") + ("z" if closed else "")


def _separated(values: list[int]) -> Iterator[str]:
    """Multiples of the last decimal place as numbers, separated by a sign or by a space."""
    for index, value in enumerate(values):
        text = number(value / 10**PLACES)
        yield text if not index or text.startswith("-") else f" {text}"


def curves(path: Path) -> str:
    """A path with curves as path data, in absolute coordinates."""
    segments = []
    for vertices, verb in path.iter_segments(simplify=False):
        coordinates = "" if verb == Path.CLOSEPOLY else " ".join(number(value) for value in np.asarray(vertices).tolist())
        segments.append(VERBS[Path.code_type(verb)] + coordinates)
    return "".join(segments)


def compact(picture: str) -> str:
    """An SVG document with its straight paths made shorter, and without indentation."""
    return STRAIGHT.sub(lambda found: "".join(map(_shortened, found[0].split("M")[1:])), re.sub(r">\s+<", ">\n<", picture))


def _shortened(text: str) -> str:
    """One polyline of a path, without the points that lie on a line between others."""
    points, closed = np.array(COORDINATE.findall(text), dtype=np.float64).reshape(-1, 2), text.rstrip().endswith("z")
    if closed:
        points = np.vstack([points, points[:1]])
    return path_data(thinned(points), closed=closed)


def thinned(points: Array) -> Array:
    """The points of a polyline that differ visibly from a line between others."""
    if len(points) < 3:
        return points
    path = Path(points)
    path.should_simplify, path.simplify_threshold = True, TOLERANCE
    cleaned = path.cleaned(simplify=True)
    needed: Array = np.asarray(cleaned.vertices)[np.asarray(cleaned.codes) != Path.STOP]
    return needed
