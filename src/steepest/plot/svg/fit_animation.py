"""The fit in motion, as elements of an animated SVG: curves, residuals, areas of classes with their boundaries, predictions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from steepest.plot.mpl.fit import FitArtist
from steepest.plot.scene.fit import FitCurve
from steepest.plot.scene.limits import Array
from steepest.plot.scene.regions import FitRegions, Outline
from steepest.plot.svg.document import NOTHING, Element, SvgDocument, style_attributes
from steepest.plot.svg.path_animation import marker_symbol
from steepest.plot.svg.path_data import number, path_data, thinned
from steepest.plot.svg.strokes import strokes
from steepest.plot.svg.timing import Timing, needed

TOLERANCE = 0.15  # points that an animation may be off
BEYOND = 2.0  # how far beyond the axes a curve is followed, in their heights
MOVE_TO = 1  # matplotlib's code


def fit_elements(fit: FitArtist, steps: Array, document: SvgDocument, timing: Timing, name: str) -> Iterator[Element]:
    """What one run's model says, at each frame.

    Args:
        steps: the step at each frame.
        name: unique in the document.
    """
    ax, curve = fit.line.axes, fit.curve
    assert isinstance(ax, Axes)
    steps = np.minimum(steps, len(curve.positions) - 1)
    if isinstance(curve, FitRegions):
        yield from _region_elements(fit, curve, ax, steps, document, timing, name)
        return
    frames = [_within(document.data_points(ax, curve.at(float(step))), ax, document) for step in steps]
    if fit.segments is not None:
        yield _segments_element(fit, curve, ax, steps, document, timing)
    if curve.kind == "curve":
        yield from _line_elements(fit.line, _curve_motion(frames, timing), ax, document, name)
    else:
        yield _dots_element(fit.line, frames, ax, document, timing, name)


def _within(points: Array, ax: Axes, document: SvgDocument) -> Array:
    """Points of which those far above or below the axes are moved nearer; NaN stays."""
    _, top, _, bottom = document.box(ax)
    reach = BEYOND * (bottom - top)
    return np.column_stack([points[:, 0], np.clip(points[:, 1], top - reach, bottom + reach)])


def _curve_motion(frames: Sequence[Array], timing: Timing) -> tuple[str, str]:
    """The animation of a curve over fixed places, and its path at the end; smooth where it has a height everywhere."""
    heights = np.stack([frame[:, 1] for frame in frames])
    xs = frames[0][:, 0]
    if not np.isfinite(heights).all():
        states = [_pieces(frame) for frame in frames]
        return timing.jumps(states), states[-1]
    kept = needed(xs, heights.T, TOLERANCE / 2)
    write = partial(_through, xs[kept])
    return timing.moves(heights[:, kept], write, TOLERANCE), write(heights[-1, kept])


def _through(xs: Array, ys: Array) -> str:
    """The path through points, in absolute coordinates, so that each path has the same commands."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in zip(xs.tolist(), ys.tolist(), strict=True))


def _pieces(points: Array) -> str:
    """The path data of a polyline with NaN between its pieces."""
    finite = np.isfinite(points).all(axis=1)
    parts = np.split(points, np.flatnonzero(np.diff(finite)) + 1)
    return "".join(path_data(thinned(part)) for part in parts if len(part) > 1 and np.isfinite(part).all()) or NOTHING


def _line_elements(line: Line2D, motion: tuple[str, str], ax: Axes, document: SvgDocument, name: str) -> Iterator[Element]:
    """A line with its outline; both show one path."""
    moving, end = motion
    line.set_data(ax.get_xlim(), ax.get_ylim())
    clip = document.clip(document.box(ax))
    document.define("path", name, f'<animate attributeName="d" {moving}/>', f'd="{end}"')
    for stroke in strokes(line, document.dpi):
        attributes = f"{style_attributes(stroke.style)} {clip}"
        yield Element(line.get_zorder(), document.use(name, attributes), f'<path d="{end}" {attributes}/>')


def _segments_element(
    fit: FitArtist, curve: FitCurve, ax: Axes, steps: Array, document: SvgDocument, timing: Timing
) -> Element:  # fmt: skip
    """The distances of the rows from the curve."""
    assert fit.segments is not None
    segments = np.stack([_corners(curve.residuals(float(step)), ax, document) for step in steps])
    xs, starts, ends = segments[0, :, 0, 0], segments[0, :, 0, 1], segments[:, :, 1, 1]

    def write(heights: Array) -> str:
        places = zip(xs.tolist(), starts.tolist(), heights.tolist(), strict=True)
        return "".join(f"M{number(x, 1)} {number(start, 1)}V{number(end, 1)}" for x, start, end in places)

    fit.segments.set_segments([np.zeros((2, 2))])
    attributes = f"{style_attributes(strokes(fit.segments, document.dpi)[0].style)} {document.clip(document.box(ax))}"
    return _animated(fit.segments.get_zorder(), timing.moves(ends, write, TOLERANCE), write(ends[-1]), attributes)


def _corners(segments: Array, ax: Axes, document: SvgDocument) -> Array:
    """Segments in the document's coordinates; an end without a number is at the start."""
    points = _within(document.data_points(ax, segments.reshape(-1, 2)), ax, document).reshape(segments.shape)
    return np.where(np.isfinite(points), points, points[:, :1])


def _dots_element(
    line: Line2D, frames: Sequence[Array], ax: Axes, document: SvgDocument, timing: Timing, name: str
) -> Element:  # fmt: skip
    """The predictions of the rows: a path through them that is not drawn, with a marker at each vertex."""
    xs, heights = frames[0][:, 0], np.stack([frame[:, 1] for frame in frames])
    outside = document.box(ax)[3] + 3 * line.get_markersize()
    heights = np.where(np.isfinite(heights), heights, outside)
    kept = np.isfinite(xs)
    xs, heights = xs[kept], heights[:, kept]

    write, attributes = partial(_vertices, xs), _marker_attributes(line, document, name)
    clip = document.clip(document.box(ax))
    element = _animated(line.get_zorder(), timing.moves(heights, write, TOLERANCE), write(heights[-1]), attributes)
    return Element(element.zorder, f"<g {clip}>{element.moving}</g>", f"<g {clip}>{element.end}</g>")


def _vertices(xs: Array, ys: Array) -> str:
    """A path through points that bear markers."""
    return "M" + "L".join(f"{number(x, 1)} {number(y, 1)}" for x, y in zip(xs.tolist(), ys.tolist(), strict=True))


def _marker_attributes(line: Line2D, document: SvgDocument, name: str) -> str:
    """The attributes of a path that is not drawn itself and bears a line's marker at each vertex."""
    alpha = line.get_alpha()
    opacity = "" if alpha is None else f' fill-opacity="{number(float(alpha))}"'
    symbol = f"<path {marker_symbol(line, document)}/>"
    document.define("marker", name, symbol, f'overflow="visible" markerUnits="userSpaceOnUse"{opacity}')
    reference = f"url(#{document.name(name)})"
    return f'fill="none" marker-start="{reference}" marker-mid="{reference}" marker-end="{reference}"'


def _animated(zorder: float, motion: str, end: str, attributes: str) -> Element:
    """A path that moves."""
    moving = f'<path d="{end}" {attributes}><animate attributeName="d" {motion}/></path>'
    return Element(zorder, moving, f'<path d="{end}" {attributes}/>')


def _region_elements(
    fit: FitArtist, curve: FitRegions, ax: Axes, steps: Array, document: SvgDocument, timing: Timing, name: str
) -> Iterator[Element]:
    """The areas of the classes, each in its color, and the lines between them."""
    assert fit.regions is not None
    areas: list[list[str]] = [[] for _ in fit.regions.areas]
    lines: list[str] = []
    for step in steps:
        fields = curve.fields(float(step))
        lines.append(_pieces(document.data_points(ax, curve.plane.lines(fields))))
        if areas:
            for states, outline in zip(areas, curve.plane.outlines(fields), strict=True):
                states.append(NOTHING if outline is None else _area(outline, ax, document))
    for patch, states in zip(fit.regions.areas, areas, strict=True):
        yield _animated(patch.get_zorder(), timing.jumps(states), states[-1], f'fill="{to_hex(patch.get_facecolor())}"')
    yield from _line_elements(fit.line, (timing.jumps(lines), lines[-1]), ax, document, name)
    for index, artist in enumerate(fit.above):
        assert isinstance(artist, Line2D)
        if artist.get_marker() in ("None", "", None):
            path = _pieces(document.data_points(ax, np.asarray(artist.get_xydata())))
            still = f'<path d="{path}" {style_attributes(strokes(artist, document.dpi)[0].style)}/>'
        else:
            points = document.data_points(ax, np.asarray(artist.get_xydata()))
            still = f'<path d="{_vertices(*points.T)}" {_marker_attributes(artist, document, f"{name}r{index}")}/>'
        yield Element(artist.get_zorder(), still, still)


def _area(outline: Outline, ax: Axes, document: SvgDocument) -> str:
    """The path data of an area, with no more points than are visible."""
    points = document.data_points(ax, outline.points)
    starts: NDArray[np.intp] = np.flatnonzero(outline.codes == MOVE_TO)
    return "".join(path_data(thinned(part), closed=True) for part in np.split(points, starts[1:]))
