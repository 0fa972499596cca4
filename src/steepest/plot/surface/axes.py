"""Draws a surface into matplotlib axes: the box around it, its picture, and the paths before and behind it."""

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
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from steepest.plot.film.frames import Pixels
from steepest.plot.mpl.artists import ENDS, GUIDES, LEVELS, PATHS, SAMPLES, brief_numbers, draw_run, marker_style
from steepest.plot.scene.limits import Array, Interval
from steepest.plot.scene.path import CLEAR, Path
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.renderer import SurfaceRendering, Viewport, render_surface
from steepest.plot.surface.shading import Colors, Shading, shading
from steepest.plot.surface.surface import FLOOR, RISE, Surface, SurfacePath
from steepest.plot.theme import Brush, Theme

BEHIND = 0.38  # the opacity of what the surface hides
SHADOW = 0.45  # of a path's shadow on the floor
TICKS = 5
INSIDE = 0.04  # of an axis at its ends where no number stands
DOTS_APART, ARROWS_APART = 7.0, 22.0  # points
NUMBERS, NAMES = 11.0, 25.0  # points from the floor
ROOM = 0.2, 0.05, 0.42  # inches beside, above and below the box
SPREAD = 4  # points of a skin for five pixels of the ground


@dataclass(eq=False)
class SurfaceAxes:
    """A surface in its axes, whose data coordinates are those of `Camera.project`.

    Attributes:
        viewport: the pixels of the axes.
        fine: so many samples a side of a pixel.
        seen: what the camera sees at present.
        rest: the camera at first.
        edges, words: of the box.
        markers: of known places, each with its place in space.
        samples, dots: the marks of the samples in front and behind, and their places.
    """

    ax: Axes
    surface: Surface
    labels: tuple[str, str]
    shading: Shading
    theme: Theme
    viewport: Viewport
    fine: int
    seen: SurfaceRendering
    rest: Camera
    edges: tuple[Line2D, ...]
    words: tuple[Text, ...]
    markers: tuple[tuple[Line2D, Array], ...]
    samples: tuple[tuple[Line2D, bool], ...]
    dots: Array

    @property
    def camera(self) -> Camera:
        return self.seen.camera

    def picture_options(self, seen: SurfaceRendering) -> None:
        """Turn to what another camera sees: the box, its words and the marks follow."""
        self.seen, camera = seen, seen.camera
        for line, corners in zip(self.edges, box(self.surface, camera), strict=True):
            line.set_data(*camera.project(corners).T)
        for word, (place, _) in zip(self.words, self.signs(camera), strict=True):
            word.set_position(place)
        for mark, spot in self.markers:
            mark.set_data(*camera.project(spot).T)
            mark.set_alpha(1.0 if self.seen.sees(spot)[0] else BEHIND)
        front = self.seen.sees(self.dots)
        for line, wanted in self.samples:
            line.set_data(*camera.project(self.dots[front == wanted]).T)

    def views(self, turns: Iterable[float]) -> Iterator[tuple[SurfaceRendering, Pixels]]:
        """What is seen from so many degrees to the side of where the camera is at rest, and its picture, each made while
        the one before is in use."""
        with ThreadPoolExecutor(1) as worker:
            waiting: deque[Future[tuple[SurfaceRendering, Pixels]]] = deque()
            for turn in turns:
                waiting.append(worker.submit(self.view, self.rest.turned(turn)))
                if len(waiting) > 1:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def view(self, camera: Camera) -> tuple[SurfaceRendering, Pixels]:
        """What a camera sees, and its picture."""
        seen = render_surface(self.surface, camera, self.viewport.finer(self.fine))
        return seen, averaged(seen.picture(self.shading), self.fine)

    def draw(self, picture: Pixels, renderer: Any, pixels: Pixels) -> None:
        """Draw what turns with the camera over a film's picture: the box, the surface before it, words and marks before that."""
        for line in self.edges:
            line.draw(renderer)
        height = pixels.shape[0]
        left, bottom = (round(side) for side in self.ax.bbox.extents[:2])
        top = height - bottom - self.viewport.height
        laid_over(pixels[top : top + self.viewport.height, left : left + self.viewport.width], picture)
        for artist in (*self.words, *(line for line, _ in (*self.samples, *self.markers))):
            artist.draw(renderer)

    def signs(self, camera: Camera) -> list[tuple[tuple[float, float], str]]:
        """The numbers and the names along the two sides of the floor that are near the camera: where, and what."""
        found = []
        unit = self.ax.figure.dpi / 72 / self.viewport.scale  # a point
        for axis in (0, 1):
            side = _edge_side(camera, axis)
            outward = np.zeros(3)
            outward[1 - axis] = side
            direction = camera.project(outward[None])[0]
            direction = direction / np.hypot(*direction) * unit
            ticks = numbers(self.surface.view[axis])
            signs = [(share, text, NUMBERS) for share, text in ticks] + [(0.5, f"${self.labels[axis]}$", NAMES)]
            for share, text, distance in signs:
                spot = np.array([0.0, 0.0, FLOOR])
                spot[axis] = (2 * share - 1) * self.surface.half[axis]
                spot[1 - axis] = side * self.surface.half[1 - axis]
                across, up = camera.project(spot[None])[0] + direction * distance
                found.append(((float(across), float(up)), text))
        return found


def surface_axes(ax: Axes, shown: Scene, theme: Theme, *, turning: bool, fine: int) -> SurfaceAxes:
    """A surface in axes of its own: the box and its words, and unless the camera turns the picture and the known places."""
    surface, camera, ground = shown.surface, shown.camera, shown.objective_layer
    assert surface is not None and camera is not None and ground is not None
    viewport = _fitted(ax, surface, camera, turning=turning)
    ax.set(xlim=(-viewport.across / viewport.scale, (viewport.width - viewport.across) / viewport.scale))
    ax.set(ylim=(-viewport.up / viewport.scale, (viewport.height - viewport.up) / viewport.scale))
    ax.set_axis_off()
    edges = tuple(
        ax.add_line(Line2D([], [], color=theme.faint, linewidth=0.9, zorder=LEVELS - 0.5)) for _ in range(len(box(surface, camera)))
    )
    colors = shading(surface, theme, min(1600, max(300, round(viewport.scale * fine * SPREAD / 5))))
    markers = tuple(
        (ax.plot([], [], zorder=ENDS, **marker_style(mark.kind, theme))[0], spot(surface, mark.place)) for mark in ground.markers
    )
    samples = tuple((_draw_samples(ax, theme, opacity), front) for front, opacity in ((True, 1.0), (False, BEHIND)))
    dots = surface.places(surface.unit(ground.samples))
    seen = render_surface(surface, camera, viewport.finer(fine))
    built = SurfaceAxes(ax, surface, ground.labels, colors, theme, viewport, fine, seen, camera, edges, (), markers, samples, dots)
    built.words = tuple(_draw_sign(ax, text, theme) for _, text in built.signs(camera))
    built.picture_options(seen)
    if turning:
        for artist in (*edges, *built.words, *(line for line, _ in (*markers, *samples))):
            artist.set_animated(True)
    else:
        limits = (*ax.get_xlim(), *ax.get_ylim())
        ax.imshow(averaged(seen.picture(colors), fine), extent=limits, interpolation="antialiased", aspect="auto", zorder=LEVELS)
    return built


def spot(surface: Surface, position: tuple[float, float]) -> Array:
    """A position as one row of `x, y, z`."""
    return surface.places(surface.unit(np.array([position], dtype=np.float64)))


def _draw_sign(ax: Axes, text: str, theme: Theme) -> Text:
    """A number or a name beside the floor."""
    name = text.startswith("$")
    return ax.text(
        0, 0, text, ha="center", va="center", math_fontfamily=theme.mathematics, zorder=GUIDES, fontfamily=theme.fonts,
        color=theme.ink if name else theme.quiet, fontsize=theme.label_size if name else theme.small_size,
    )  # fmt: skip


def _draw_samples(ax: Axes, theme: Theme, opacity: float) -> Line2D:
    return ax.plot(
        [], [], linestyle="none", marker="o", markersize=theme.dot_size, alpha=opacity, zorder=SAMPLES,
        markerfacecolor=theme.paper, markeredgecolor=theme.sample, markeredgewidth=1.0,
    )[0]  # fmt: skip


def _fitted(ax: Axes, surface: Surface, camera: Camera, *, turning: bool) -> Viewport:
    """The window that shows the whole box, whatever way the camera turns if it does; it moves the axes onto whole pixels."""
    figure: Any = ax.figure
    size = figure.bbox.size
    left, bottom, right, top = np.rint(ax.bbox.extents)
    ax.set_position((left / size[0], bottom / size[1], (right - left) / size[0], (top - bottom) / size[1]))
    width, height = right - left, top - bottom
    if turning:
        radius = float(np.hypot(*surface.half))
        low = np.array([-radius, camera.cosine * FLOOR - camera.sine * radius])
        high = np.array([radius, camera.cosine * RISE + camera.sine * radius])
    else:
        corners = camera.project(np.concatenate(box(surface, camera)))
        low, high = corners.min(axis=0), corners.max(axis=0)
    beside, above, below = (part * figure.dpi for part in ROOM)
    scale = min((width - 2 * beside) / (high[0] - low[0]), (height - above - below) / (high[1] - low[1]))
    middle = width / 2 - scale * (low[0] + high[0]) / 2
    return Viewport(
        int(width),
        int(height),
        float(scale),
        float(middle),
        float(below + (height - above - below - scale * (high[1] - low[1])) / 2 - scale * low[1]),
    )


def box(surface: Surface, camera: Camera) -> list[Array]:
    """The floor's border, and the upright edges but for the nearest one, each as rows of `x, y, z`."""
    x, y = surface.half
    corners = np.array([(-x, -y), (x, -y), (x, y), (-x, y)])
    floor = np.column_stack([corners[[0, 1, 2, 3, 0]], np.full(5, FLOOR)])
    nearest = int((corners @ camera.away).argmin())
    upright = [np.array([(*corner, FLOOR), (*corner, RISE)]) for index, corner in enumerate(corners) if index != nearest]
    return [floor, *upright]


def _edge_side(camera: Camera, axis: int) -> float:
    """On which side of the ground the numbers of an axis stand: on the one near the camera."""
    away = float(camera.away[1 - axis])
    return -1.0 if away > -1e-9 else 1.0


def numbers(interval: Interval) -> list[tuple[float, str]]:
    """Round numbers in an interval, each with its share of the way."""
    low, high = interval
    ticks = [float(tick) for tick in MaxNLocator(TICKS, steps=[1, 2, 5, 10]).tick_values(low, high)]
    shares = [(tick - low) / (high - low) for tick in ticks]
    kept = [(share, tick) for share, tick in zip(shares, ticks, strict=True) if INSIDE <= share <= 1 - INSIDE]
    return list(zip([share for share, _ in kept], brief_numbers([tick for _, tick in kept]), strict=True)) if kept else []


def averaged(picture: Colors, fine: int) -> Pixels:
    """A picture with `fine` samples a side of a pixel as red, green, blue and opacity; the colors are those of what is there."""
    count = fine * fine
    total = np.stack([_summed(picture, fine, 0), _summed(picture, fine, 8)], axis=-1).view(np.uint16)  # red, blue, green, opacity
    mean = (total + np.uint16(count // 2)) // np.uint16(count)
    pixels = np.ascontiguousarray(mean[..., [0, 2, 1, 3]].astype(np.uint8))
    partly = np.nonzero((pixels[..., 3] > 0) & (total[..., 3] < 255 * count))  # what is not there is 0 in every part
    there = total[partly][:, 3:] // 255
    pixels[partly[0], partly[1], :3] = (total[partly][:, [0, 2, 1]] + there // 2) // there
    return pixels


def _summed(picture: Colors, fine: int, shift: int) -> Colors:
    """The sums of red and blue over the samples of every pixel, or of green and opacity, as the halves of one number."""
    sums = np.zeros((picture.shape[0] // fine, picture.shape[1] // fine), np.uint32)
    for row in range(fine):
        for column in range(fine):
            part = picture[row::fine, column::fine]
            sums += (part >> np.uint32(shift) if shift else part) & np.uint32(0x00FF00FF)
    return sums


def laid_over(under: Pixels, picture: Pixels) -> None:
    """Put a picture over another of the same size."""
    opacity = picture[..., 3]
    np.copyto(under, picture, where=(opacity == 255)[..., None])
    edge = np.nonzero((opacity > 0) & (opacity < 255))
    share = picture[edge][:, 3:] / 255
    under[edge] = np.rint(
        under[edge] * (1 - share) + np.append(picture[edge][:, :3], np.full_like(picture[edge][:, 3:], 255), axis=1) * share
    )


def apart(points: Array, seen: NDArray[np.bool_]) -> tuple[Array, Array]:
    """A polyline as its parts in front and its parts behind, which meet; a row of NaN where the pen is lifted."""
    hidden = ~seen
    reaching = hidden.copy()
    reaching[1:] |= hidden[:-1]
    reaching[:-1] |= hidden[1:]
    return np.where(seen[:, None], points, np.nan), np.where(reaching[:, None], points, np.nan)


def _floor_shadow(surface_path: SurfacePath, built: SurfaceAxes) -> Array:
    """A path's shadow on the floor, where the surface does not hide it."""
    shadow = np.column_stack([surface_path.places[:, :2], np.full(len(surface_path.places), FLOOR)])
    return np.where(built.seen.sees_floor(shadow)[:, None], built.camera.project(shadow), np.nan)


def draw_surface_paths(built: SurfaceAxes, scene_runs: Sequence[SceneRun]) -> None:
    """The paths of all runs on the surface, with their shadows."""
    for scene_run in scene_runs:
        if scene_run.path is not None and scene_run.surface_path is not None:
            _draw_surface_path(built, scene_run, scene_run.path, scene_run.surface_path)


def _draw_surface_path(built: SurfaceAxes, scene_run: SceneRun, path: Path, surface_path: SurfacePath) -> None:
    theme, brush, ax = built.theme, built.theme.brush(scene_run.index), built.ax
    front, behind = apart(built.camera.project(surface_path.places), built.seen.sees(surface_path.places))
    ax.plot(*_floor_shadow(surface_path, built).T, color=brush.color, linewidth=0.9, alpha=SHADOW, zorder=GUIDES)
    ax.plot(*behind.T, color=brush.color, linewidth=0.8 * theme.path_width, alpha=BEHIND, zorder=PATHS - 0.3)
    stops, seen = built.camera.project(surface_path.stops), built.seen.sees(surface_path.stops)
    unit = ax.figure.dpi / 72 / built.viewport.scale  # a point
    dots = path.dots[seen[path.dots]]
    dots = dots[_spaced(stops[dots], DOTS_APART * unit)]
    heads = _arrows(built, path.arrows)
    ends = np.where(seen[:, None], stops, np.nan)
    moved = replace(
        path,
        points=ends,
        line=front,
        clear=len(front),
        dots=dots,
        arrows=heads[_spaced(heads[:, :2], ARROWS_APART * unit)],
        exit=None,
    )
    draw_run(ax, replace(scene_run, path=moved), theme)
    for spot, visible, filled in ((stops[0], seen[0], False), (stops[-1], seen[-1], True)):
        if not visible and np.isfinite(spot).all():
            _draw_hidden_end(ax, spot, brush, theme, filled=filled)


def _clear(surface_path: SurfacePath) -> int:
    """So many places of a path are drawn at full strength, as in the plane."""
    lengths = np.nan_to_num(np.hypot(*np.diff(surface_path.places[:, :2], axis=0).T))
    return int(np.searchsorted(np.cumsum(lengths), CLEAR, side="right"))


def _spaced(spots: Array, least: float) -> list[int]:
    """Which spots to keep, in order, so that none is nearer than this to the others."""
    kept: list[int] = []
    for index, spot in enumerate(spots):
        if not kept or np.hypot(*(spots[kept] - spot).T).min() >= least:
            kept.append(index)
    return kept


def _draw_hidden_end(ax: Axes, spot: Array, brush: Brush, theme: Theme, *, filled: bool) -> None:
    """The start or the end of a path behind the surface."""
    ax.plot(
        *spot, marker=brush.marker, markersize=theme.mark_size, markeredgecolor=brush.color, alpha=BEHIND,
        markerfacecolor=brush.color if filled else "none", zorder=ENDS,
    )  # fmt: skip


def _arrows(built: SurfaceAxes, flat: Array) -> Array:
    """The arrows of a path in the plane, `x, y, dx, dy`, as they lie on the surface, those in front."""
    if not len(flat):
        return flat
    size = np.array([high - low for low, high in built.surface.view])
    directions = flat[:, 2:] / np.hypot(*(flat[:, 2:] / size).T)[:, None]
    tails, tips = (
        built.surface.places(np.clip(built.surface.unit(flat[:, :2] + share * directions), 0, 1)) for share in (-0.01, 0.01)
    )
    places = (tails + tips) / 2
    start, end = built.camera.project(tails), built.camera.project(tips)
    return np.asarray(np.hstack([built.camera.project(places), end - start])[built.seen.sees(places)])
