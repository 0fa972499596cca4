"""Films: the background is drawn once, and on each frame only what moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from steepest.plot.film.frames import FilmFormat, Frame
from steepest.plot.film.run_artist import RunArtist, longest_caption, run_artist
from steepest.plot.film.sprites import glyph_sprites
from steepest.plot.film.timeline import Timeline, timeline
from steepest.plot.mpl.fit import FitArtist, fit_artists
from steepest.plot.mpl.layout import Arrangement, Layout, lay_out
from steepest.plot.options import FILM_DEFAULTS, PICTURE_DEFAULTS, FilmOptions, PictureOptions
from steepest.plot.scene.scene import Scene
from steepest.plot.size import picture_size
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.framing import HIGHEST
from steepest.plot.theme import LIGHT, Theme

AT_REST, TURNING = 3, 2  # supersampling of a surface: samples a side of a pixel


@dataclass(frozen=True, eq=False)
class Film:
    """A film that is ready to be drawn.

    Attributes:
        layout: what stays still.
        run_artists: what moves, for each run.
        timeline: which step each frame shows.
        turn: degrees by which the camera of a surface turns until the last frame.
        fits: what moves in the fit, if the scene has one.
    """

    scene: Scene
    layout: Layout
    run_artists: tuple[RunArtist, ...]
    timeline: Timeline
    theme: Theme
    turn: float = 0.0
    fits: tuple[FitArtist, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self.canvas.get_width_height()
        return int(width), int(height)

    @property
    def canvas(self) -> FigureCanvasAgg:
        """What the frames are drawn on."""
        canvas = self.layout.figure.canvas
        assert isinstance(canvas, FigureCanvasAgg)
        return canvas

    def film_format(self, options: FilmOptions, title: str, software: str, made: str) -> FilmFormat:
        """What an encoder needs to know besides the frames.

        Args:
            title: what the film shows.
            software: what made it, with its version.
            made: the command that makes it again.
        """
        width, height = self.size
        theme = self.theme
        runs = [theme.run_style(artist.run.index).color for artist in self.run_artists]
        quantities = [each.color for artist in self.run_artists if artist.quantities for each in artist.quantities.artists]
        colors = tuple(dict.fromkeys((*runs, theme.ink, theme.quiet, *quantities)))
        return FilmFormat(width, height, options.fps, options.loop, colors, theme.paper, title, software, made)

    def frames(self) -> Iterator[Frame]:
        """Every frame in order; its pixels change when the next one is asked for."""
        canvas: Any = self.canvas
        canvas.draw()
        background = canvas.copy_from_bbox(self.layout.figure.bbox)
        renderer, pixels = canvas.get_renderer(), np.asarray(canvas.buffer_rgba())
        captions = [glyph_sprites(text, canvas) for text in self.layout.captions]
        canvas.restore_region(background)
        rows = [slot.cut(pixels) for slot in self.layout.slots]
        surface = self.layout.surface_axes if self.turn else None
        count = len(self.timeline.steps)
        views = surface.views(self.turn * index / max(count - 1, 1) for index in range(count)) if surface is not None else None
        for frame, step in enumerate(self.timeline.steps):
            canvas.restore_region(background)
            if surface is not None and views is not None:
                rendering, image = next(views)
                surface.turn_to(rendering)
                surface.draw(image, renderer, pixels)
            moving: tuple[RunArtist | FitArtist, ...] = (*self.run_artists, *self.fits)
            artists = [artist for part in moving for artist in part.at(float(step))]
            for artist in sorted(artists, key=lambda artist: artist.get_zorder()):
                artist.draw(renderer)
            order = self.scene.race.order(float(step)) if self.scene.race is not None else range(len(captions))
            for place, index in enumerate(order if captions else ()):
                slot, home = self.layout.slots[place], self.layout.slots[index]
                rows[index].copy_to(slot, pixels)
                across, down = slot.left - home.left, slot.top - home.top
                captions[index].write(self.run_artists[index].caption(float(step)), pixels, across, down)
            yield Frame(pixels, 1 / self.timeline.rate + (self.timeline.hold if frame == count - 1 else 0.0))


def film(
    scene: Scene, options: FilmOptions = FILM_DEFAULTS, theme: Theme = LIGHT, picture_options: PictureOptions = PICTURE_DEFAULTS
) -> Film:
    """The film of a scene.

    Args:
        picture_options: the size, the layout, and whether there is a legend.

    Raises:
        InputError: for a size too small to draw in, or too many frames.

    >>> from steepest import descend
    >>> from steepest.plot.scene.scene import scene
    >>> made = film(scene([descend("x^2", start=3, lr=0.3)]), FilmOptions(frames=5))
    >>> made.size, len(made.timeline.steps)
    ((1280, 720), 5)
    """
    frames = timeline(max(len(run.values) for run in scene.runs) - 1, options)
    size = picture_size(picture_options.size, picture_options.dpi, film=True)
    theme = theme.scaled(size.type_scale)
    scales = scene.quantity_scales()
    turning = bool(options.turn)
    if turning and scene.camera is not None:
        scene = replace(scene, camera=Camera(scene.camera.azimuth, min(scene.camera.elevation, HIGHEST)))
    arrangement = Arrangement(
        picture_options.layout, picture_options.legend, options.turn, TURNING if turning else AT_REST, moving=True
    )  # fmt: skip
    layout = lay_out(scene, size, theme, scales, [longest_caption(run, scene.race) for run in scene.runs], arrangement)
    artists = tuple(run_artist(layout, scene, run, options.trail, theme, scales, turning=turning) for run in scene.runs)
    fits: tuple[FitArtist, ...] = ()
    if layout.fit_axes is not None and scene.fit is not None:
        styles = [theme.run_style(run.index) for run in scene.runs]
        fits = fit_artists(layout.fit_axes, scene.fit, styles, theme, animated=True)
    return Film(scene, layout, artists, frames, theme, options.turn, fits)
