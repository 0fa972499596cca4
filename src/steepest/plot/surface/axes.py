"""Draws a surface into matplotlib axes: its image, the box around it, and the paths in front and behind."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import offset_copy
from numpy.typing import NDArray

from steepest.plot.film.frames import Pixels
from steepest.plot.mpl.artists import ENDS, GUIDES, LEVELS, PATHS, SAMPLES, draw_run, marker_properties
from steepest.plot.scene.limits import Array
from steepest.plot.scene.path import Path
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.framing import corners, fitted, height_axis
from steepest.plot.surface.labels import Label, axis_labels, placed
from steepest.plot.surface.renderer import SurfaceRendering, Viewport, render_surface
from steepest.plot.surface.shading import Colors, Shading, shading
from steepest.plot.surface.surface import FLOOR, RISE, Surface, SurfacePath
from steepest.plot.surface.ticks import height_labels
from steepest.plot.theme import RunStyle, Theme

WORKERS = 2  # threads that make the next images of a turning surface; NumPy leaves them the lock for the most part
HIDDEN = 0.38  # opacity of what the surface hides
SHADOW = 0.45  # opacity of a path's shadow on the floor
CONTACT, CONTACT_WIDTH, CONTACT_SHIFT = 0.3, 3.2, (0.9, -1.3)  # of its shadow on the surface: opacity, points beyond it, points
DROP = (0, (2.2, 1.6))  # dashes of the line from a head to the floor
DOTS_APART, ARROWS_APART = 7.0, 22.0  # points
TEXTURE = 4 / 5  # points of a texture for each sample of the image
LINE_WIDTH = 2 / 3  # of a contour line on the surface, relative to one in the plane


@dataclass(eq=False)
class SurfaceAxes:
    """A surface in axes whose data coordinates are those of `Camera.project`.

    Attributes:
        labels: of the horizontal axes, in LaTeX.
        heights: the labels of the height axis, each with its share of it.
        viewport: the pixels of the axes, as the camera sees the surface at present.
        supersampling: samples a side of a pixel.
        rendering: what the camera sees at present.
        initial: the camera of the scene.
        edges, marks, texts: of the box.
        drops: whether a line leads from each run's head down to the floor.
        markers: each with its point in space.
        samples: the artists of the visible and of the hidden samples.
        sample_points: rows of `x, y, z`.
    """

    ax: Axes
    surface: Surface
    labels: tuple[str, str]
    heights: Sequence[tuple[float, str]]
    shading: Shading
    theme: Theme
    viewport: Viewport
    supersampling: int
    rendering: SurfaceRendering
    initial: Camera
    edges: tuple[Line2D, ...]
    marks: Line2D
    texts: tuple[Text, ...]
    markers: tuple[tuple[Line2D, Array], ...]
    samples: tuple[tuple[Line2D, bool], ...]
    sample_points: Array
    drops: bool = False

    @property
    def camera(self) -> Camera:
        """The camera at present."""
        return self.rendering.camera

    def turn_to(self, rendering: SurfaceRendering) -> None:
        """Move the box, its labels, the markers and the samples to where another camera sees them."""
        self.rendering, camera = rendering, rendering.camera
        self.viewport = fitted(self.surface, camera, self.viewport.width, self.viewport.height)
        view = self.viewport
        self.ax.set(
            xlim=(-view.across / view.scale, (view.width - view.across) / view.scale),
            ylim=(-view.up / view.scale, (view.height - view.up) / view.scale),
        )
        for line, edge in zip(self.edges, _box(self.surface, camera), strict=True):
            line.set_data(*camera.project(edge).T)
        unit = self.ax.figure.dpi / 72 / view.scale  # a point
        marks = [np.zeros((0, 2))]
        labels = self._labels(camera)
        for text, place in zip(self.texts, placed(labels, camera, unit), strict=True):
            text.set_visible(place is not None)
            if place is None:
                continue
            text.set_position(tuple(place.anchor + place.offset * unit))
            if place.mark is not None:
                marks.append(np.array([place.anchor, place.anchor + place.mark * unit, (np.nan, np.nan)]))
        self.marks.set_data(*np.vstack(marks).T)
        for marker, point in self.markers:
            marker.set_data(*camera.project(point).T)
            marker.set_alpha(1.0 if rendering.visible(point)[0] else HIDDEN)
        visible = rendering.visible(self.sample_points)
        for line, wanted in self.samples:
            line.set_data(*camera.project(self.sample_points[visible == wanted]).T)

    def views(self, turns: Iterable[float]) -> Iterator[tuple[SurfaceRendering, Pixels]]:
        """What the camera sees when turned by each of some angles, with the image; the next ones are made in threads.

        Args:
            turns: degrees from the initial camera, counterclockwise as seen from above.
        """
        with ThreadPoolExecutor(WORKERS) as workers:
            waiting: deque[Future[tuple[SurfaceRendering, Pixels]]] = deque()
            for turn in turns:
                waiting.append(workers.submit(self._view, self.initial.turned(turn)))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _view(self, camera: Camera) -> tuple[SurfaceRendering, Pixels]:
        viewport = fitted(self.surface, camera, self.viewport.width, self.viewport.height)
        rendering = render_surface(self.surface, camera, viewport.finer(self.supersampling))
        return rendering, downsampled(rendering.picture(self.shading), self.supersampling)

    def draw(self, image: Pixels, renderer: Any, pixels: Pixels) -> None:
        """Draw what turns with the camera over a frame of a film: the box, the surface, then texts, samples and markers."""
        for line in (*self.edges, self.marks):
            line.draw(renderer)
        height = pixels.shape[0]
        left, bottom = (round(side) for side in self.ax.bbox.extents[:2])
        top = height - bottom - self.viewport.height
        blend_over(pixels[top : top + self.viewport.height, left : left + self.viewport.width], image)
        for artist in (*(text for text in self.texts if text.get_visible()), *(line for line, _ in (*self.samples, *self.markers))):
            artist.draw(renderer)

    def _labels(self, camera: Camera) -> list[Label]:
        return axis_labels(self.surface, camera, self.labels, self.heights, self.theme)


def surface_axes(ax: Axes, scene: Scene, theme: Theme, *, turning: bool, supersampling: int) -> SurfaceAxes:
    """Draw the surface of a scene into axes, without the paths.

    Args:
        turning: whether the camera turns; what turns with it is then left to each frame.
        supersampling: samples a side of a pixel.
    """
    surface, camera, layer = scene.surface, scene.camera, scene.objective_layer
    assert surface is not None and camera is not None and layer is not None and layer.grid is not None
    viewport = _viewport(ax, surface, camera)
    ax.set_axis_off()
    edges = tuple(_line(ax, theme.box, 0.9) for _ in range(len(_box(surface, camera))))
    marks = _line(ax, theme.quiet, 0.8)
    resolution = min(1600, max(300, round(viewport.scale * supersampling * TEXTURE)))
    figure: Any = ax.figure
    line = theme.level_width * LINE_WIDTH / 2 * figure.dpi / 72 * resolution / viewport.scale
    texture = shading(surface, theme, resolution, line)
    markers = tuple(
        (
            ax.plot([], [], zorder=ENDS, clip_on=False, **marker_properties(marker.kind, theme))[0],
            surface.points(surface.unit(np.array([marker.point], dtype=np.float64))),
        )
        for marker in layer.markers
    )
    samples = tuple((_draw_samples(ax, theme, opacity), front) for front, opacity in ((True, 1.0), (False, HIDDEN)))
    sample_points = surface.points(surface.unit(layer.samples))
    rendering = render_surface(surface, camera, viewport.finer(supersampling))
    axes = SurfaceAxes(
        ax, surface, layer.labels, height_labels(layer.grid), texture, theme, viewport, supersampling, rendering, camera, edges,
        marks, (), markers, samples, sample_points, scene.drops,
    )  # fmt: skip
    axes.texts = tuple(_draw_label(ax, label.text, theme) for label in axes._labels(camera))
    axes.turn_to(rendering)
    if turning:
        for artist in (*edges, marks, *axes.texts, *(line for line, _ in (*markers, *samples))):
            artist.set_animated(True)
    else:
        limits = (*ax.get_xlim(), *ax.get_ylim())
        image = downsampled(rendering.picture(texture), supersampling)
        ax.imshow(image, extent=limits, interpolation="antialiased", aspect="auto", zorder=LEVELS)
    return axes


def _line(ax: Axes, color: str, width: float) -> Line2D:
    return ax.add_line(Line2D([], [], color=color, linewidth=width, zorder=LEVELS - 0.5, clip_on=False))


def _draw_label(ax: Axes, text: str, theme: Theme) -> Text:
    """Draw a tick label, or an axis label, which is LaTeX between dollar signs."""
    name = text.startswith("$")
    return ax.text(
        0, 0, text, ha="center", va="center", math_fontfamily=theme.mathematics, zorder=GUIDES, fontfamily=theme.fonts,
        color=theme.ink if name else theme.quiet, fontsize=theme.label_size if name else theme.small_size,
    )  # fmt: skip


def _draw_samples(ax: Axes, theme: Theme, opacity: float) -> Line2D:
    return ax.plot(
        [], [], linestyle="none", marker="o", markersize=theme.dot_size, alpha=opacity, zorder=SAMPLES,
        markerfacecolor=theme.paper, markeredgecolor=theme.sample, markeredgewidth=1.0, clip_on=False,
    )[0]  # fmt: skip


def _viewport(ax: Axes, surface: Surface, camera: Camera) -> Viewport:
    """The viewport of axes, which are moved to whole pixels."""
    figure: Any = ax.figure
    size = figure.bbox.size
    left, bottom, right, top = np.rint(ax.bbox.extents)
    ax.set_position((left / size[0], bottom / size[1], (right - left) / size[0], (top - bottom) / size[1]))
    return fitted(surface, camera, int(right - left), int(top - bottom))


def _box(surface: Surface, camera: Camera) -> list[Array]:
    """The border of the floor, the height axis, and an edge from each other corner of the floor to the surface above it."""
    places = corners(surface)
    floor = np.column_stack([places[[0, 1, 2, 3, 0]], np.full(5, FLOOR)])
    axis = height_axis(surface, camera)
    heights = surface.points(places / (2 * np.array(surface.half)) + 0.5)[:, 2]
    upright = []
    for corner, height in zip(places, heights, strict=True):
        top = RISE if (corner == axis).all() else height if np.isfinite(height) else FLOOR
        upright.append(np.array([(*corner, FLOOR), (*corner, top)]))
    return [floor, *upright]


def downsampled(picture: Colors, samples: int) -> Pixels:
    """A picture with `samples` a side of a pixel, averaged: red, green, blue and opacity, transparent samples without color."""
    count = samples * samples
    total = np.stack([_summed(picture, samples, 0), _summed(picture, samples, 8)], axis=-1).view(
        np.uint16
    )  # red, blue, green, opacity
    mean = (total + np.uint16(count // 2)) // np.uint16(count)
    pixels = np.ascontiguousarray(mean[..., [0, 2, 1, 3]].astype(np.uint8))
    partly = np.nonzero((pixels[..., 3] > 0) & (total[..., 3] < 255 * count))  # transparent samples are 0
    opaque = total[partly][:, 3:] // 255
    pixels[partly[0], partly[1], :3] = (total[partly][:, [0, 2, 1]] + opaque // 2) // opaque
    return pixels


def _summed(picture: Colors, samples: int, shift: int) -> Colors:
    """For each pixel the sums of red and blue, or shifted of green and opacity, as the halves of one number."""
    sums = np.zeros((picture.shape[0] // samples, picture.shape[1] // samples), np.uint32)
    for row in range(samples):
        for column in range(samples):
            part = picture[row::samples, column::samples]
            sums += (part >> np.uint32(shift) if shift else part) & np.uint32(0x00FF00FF)
    return sums


def blend_over(under: Pixels, image: Pixels) -> None:
    """Blend an image over opaque pixels of the same size, in place."""
    opacity = image[..., 3]
    np.copyto(under, image, where=(opacity == 255)[..., None])
    edge = np.nonzero((opacity > 0) & (opacity < 255))
    share = image[edge][:, 3:] / 255
    opaque = np.append(image[edge][:, :3], np.full_like(image[edge][:, 3:], 255), axis=1)
    under[edge] = np.rint(under[edge] * (1 - share) + opaque * share)


def front_and_behind(points: Array, visible: NDArray[np.bool_]) -> tuple[Array, Array]:
    """The visible and the hidden part of a polyline, which share their ends; NaN where the other part is."""
    hidden = ~visible
    reaching = hidden.copy()
    reaching[1:] |= hidden[:-1]
    reaching[:-1] |= hidden[1:]
    return np.where(visible[:, None], points, np.nan), np.where(reaching[:, None], points, np.nan)


def on_floor(points: Array) -> Array:
    """The points of the floor below points of the surface, rows of `x, y, z`."""
    return np.column_stack([points[:, :2], np.full(len(points), FLOOR)])


def draw_surface_paths(axes: SurfaceAxes, runs: Sequence[SceneRun]) -> None:
    """Draw the paths of all runs on the surface, with their shadows on the floor."""
    for run in runs:
        if run.path is not None and run.surface_path is not None:
            _draw_surface_path(axes, run, run.path, run.surface_path)


def _draw_surface_path(axes: SurfaceAxes, run: SceneRun, path: Path, surface_path: SurfacePath) -> None:
    theme, style, ax, rendering = axes.theme, axes.theme.run_style(run.index), axes.ax, axes.rendering
    front, behind = front_and_behind(axes.camera.project(surface_path.points), rendering.visible(surface_path.points))
    shadow = on_floor(surface_path.points)
    shadow = np.where(rendering.floor_visible(shadow)[:, None], axes.camera.project(shadow), np.nan)
    ax.plot(*shadow.T, color=style.color, linewidth=0.9, alpha=SHADOW, zorder=GUIDES)
    ax.plot(*behind.T, color=style.color, linewidth=0.8 * theme.path_width, alpha=HIDDEN, zorder=PATHS - 0.3)
    ax.plot(*front.T, **contact_shadow(ax, theme))
    if axes.drops:
        ax.plot(*drop_line(axes, surface_path.stops[-1]).T, **drop_style(style))
    stops, visible = axes.camera.project(surface_path.stops), rendering.visible(surface_path.stops)
    unit = ax.figure.dpi / 72 / axes.viewport.scale  # a point
    dots = path.dots[visible[path.dots]]
    arrows = _arrows(axes, path.arrows)
    projected = replace(
        path,
        points=np.where(visible[:, None], stops, np.nan),
        line=front,
        opaque=len(front),
        dots=dots[_spaced(stops[dots], DOTS_APART * unit)],
        arrows=arrows[_spaced(arrows[:, :2], ARROWS_APART * unit)],
        exit=None,
    )
    assert run.standing is not None
    start, end = (np.where(seen, place, np.nan) for seen, place in ((visible[0], stops[0]), (visible[-1], stops[-1])))
    draw_run(ax, replace(run, path=projected, standing=replace(run.standing, start_place=start, end_place=end)), theme)
    for end_index, filled in ((0, False), (-1, True)):
        if not visible[end_index] and np.isfinite(stops[end_index]).all():
            _draw_hidden_end(ax, stops[end_index], style, theme, filled=filled)


def contact_shadow(ax: Axes, theme: Theme) -> dict[str, Any]:
    """The properties of the shadow that a path casts on the surface, away from the light, so that it is seen to lie on it."""
    figure: Any = ax.figure
    return {
        "color": "#000000", "alpha": CONTACT, "linewidth": theme.path_width + CONTACT_WIDTH, "zorder": PATHS - 0.25,
        "transform": offset_copy(ax.transData, figure, *CONTACT_SHIFT, units="points"), "solid_capstyle": "round",
    }  # fmt: skip


def drop_line(axes: SurfaceAxes, point: Array) -> Array:
    """The line from a point on the surface down to the floor, in the picture."""
    return axes.camera.project(np.vstack([point, on_floor(point[None])[0]]))


def drop_style(style: RunStyle) -> dict[str, Any]:
    """The properties of such a line."""
    return {"color": style.color, "linewidth": 1.2, "linestyle": DROP, "zorder": PATHS - 0.35, "clip_on": False}


def _spaced(points: Array, least: float) -> list[int]:
    """Which points to keep, in order, so that none is nearer than this to another one."""
    kept: list[int] = []
    for index, point in enumerate(points):
        if not kept or np.hypot(*(points[kept] - point).T).min() >= least:
            kept.append(index)
    return kept


def _draw_hidden_end(ax: Axes, point: Array, style: RunStyle, theme: Theme, *, filled: bool) -> None:
    """Draw the start or the end of a path behind the surface."""
    ax.plot(
        *point, marker=style.marker, markersize=theme.mark_size, markeredgecolor=style.color, alpha=HIDDEN,
        markerfacecolor=style.color if filled else "none", zorder=ENDS,
    )  # fmt: skip


def _arrows(axes: SurfaceAxes, plane: Array) -> Array:
    """The arrows of a path in the plane, rows of `x, y, dx, dy`, projected from the surface; only the visible ones."""
    if not len(plane):
        return plane
    surface, project = axes.surface, axes.camera.project
    size = np.array([high - low for low, high in surface.view])
    directions = plane[:, 2:] / np.hypot(*(plane[:, 2:] / size).T)[:, None]
    tails, tips = (surface.points(np.clip(surface.unit(plane[:, :2] + share * directions), 0, 1)) for share in (-0.01, 0.01))
    middles = (tails + tips) / 2
    arrows = np.hstack([project(middles), project(tips) - project(tails)])
    return np.asarray(arrows[axes.rendering.visible(middles)])
