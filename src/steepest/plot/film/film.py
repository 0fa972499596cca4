"""Films: the background is drawn once, and on each frame only what moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg

from steepest.plot.film.card import Card
from steepest.plot.film.cards import film_cards
from steepest.plot.film.frames import FilmFormat, Frame
from steepest.plot.film.run_artist import RunArtist, longest_caption, run_artist
from steepest.plot.film.sprites import glyph_sprites
from steepest.plot.film.strip import Strip, strip_of
from steepest.plot.film.timeline import Stage, Timeline, timeline
from steepest.plot.mpl.composition import EDGE
from steepest.plot.mpl.fit import FitArtist, fit_artists
from steepest.plot.mpl.layout import STRIP_LEFT, Arrangement, Layout, lay_out
from steepest.plot.mpl.text.fonts import with_fonts_for
from steepest.plot.options import FILM_DEFAULTS, PICTURE_DEFAULTS, FilmOptions, PictureOptions
from steepest.plot.scene.scene import Scene, SceneRun
from steepest.plot.size import picture_size
from steepest.plot.surface.best_camera import turning_camera
from steepest.plot.surface.camera import Camera
from steepest.plot.surface.framing import HIGHEST
from steepest.plot.theme import LIGHT, Theme

LOOKS = 19  # moments of a turn at which the surface should not hide the runs
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
        cards: what is told in some stages of the film.
        strip: what is said below the picture at each frame.
    """

    scene: Scene
    layout: Layout
    run_artists: tuple[RunArtist, ...]
    timeline: Timeline
    theme: Theme
    turn: float = 0.0
    fits: tuple[FitArtist, ...] = ()
    cards: Mapping[Stage, Card] = field(default_factory=dict)
    strip: Strip | None = None

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
        layer = self.scene.objective_layer
        stars = [theme.minimum] if layer is not None and layer.markers else []
        colors = tuple(dict.fromkeys((*runs, theme.ink, theme.quiet, *stars, *quantities)))
        return FilmFormat(width, height, options.fps, options.loop, colors, theme.paper, title, software, made)

    def frames(self) -> Iterator[Frame]:
        """Every frame in order; its pixels change when the next one is asked for."""
        canvas: Any = self.canvas
        canvas.draw()
        background = canvas.copy_from_bbox(self.layout.figure.bbox)
        renderer, pixels = canvas.get_renderer(), np.asarray(canvas.buffer_rgba())
        captions = [glyph_sprites(text, canvas) for text in self.layout.captions]
        strip = [glyph_sprites(text, canvas) for text in self.layout.strip]
        canvas.restore_region(background)
        rows = [slot.cut(pixels) for slot in self.layout.slots]
        surface = self.layout.surface_axes if self.turn else None
        turned = self.turn * self.timeline.turned
        views = surface.views(np.unique(turned)[:: -1 if self.turn < 0 else 1]) if surface is not None else None
        image, angle = None, None
        for frame, (step, stage) in enumerate(self.timeline):
            canvas.restore_region(background)
            if surface is not None and views is not None:
                if turned[frame] != angle:
                    rendering, image = next(views)
                    surface.turn_to(rendering)
                    angle = turned[frame]
                assert image is not None
                surface.draw(image, renderer, pixels)
            for artist in sorted(self.artists_at(step, stage), key=lambda artist: artist.get_zorder()):
                artist.draw(renderer)
            order = self.scene.race.order(step) if self.scene.race is not None else range(len(rows))
            for place, index in enumerate(order if rows else ()):
                slot, home = self.layout.slots[place], self.layout.slots[index]
                rows[index].copy_to(slot, pixels)
                across, down = slot.left - home.left, slot.top - home.top
                if captions:
                    captions[index].write(self.run_artists[index].caption(step, stage), pixels, across, down)
            for glyphs, words in zip(strip, self.strip.pieces[frame] if self.strip is not None else (), strict=True):
                glyphs.write(words, pixels)
            yield Frame(pixels, float(self.timeline.seconds[frame]))

    def artists_at(self, step: float, stage: Stage) -> Iterator[Artist]:
        """Everything that is drawn at a step over what stays still, moved to where it is then."""
        for run in self.run_artists:
            yield from run.at(step, stage)
        if stage.shows_runs:
            for fit in self.fits:
                yield from fit.at(step)
        if step >= self.timeline.steps[-1]:
            yield from self.layout.ends
        card = self.cards.get(stage)
        if card is not None:
            yield from card.artists


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
    theme = with_fonts_for(theme, scene).scaled(size.type_scale)
    scales = scene.quantity_scales()
    turning = bool(options.turn)
    if turning and scene.camera is not None and scene.surface is not None:
        lower = Camera(scene.camera.azimuth, min(scene.camera.elevation, HIGHEST))
        paths = [run.surface_path for run in scene.runs if run.surface_path is not None]
        on_way = np.interp(np.linspace(0, 1, LOOKS), frames.turned, frames.steps)
        scene = replace(scene, camera=turning_camera(lower, options.turn, scene.surface, paths, on_way))
    assert size.inches is not None
    strip = None
    if options.caption and not size.bare:
        strip = strip_of(scene, frames, size.inches[0] - STRIP_LEFT - EDGE, theme)
    arrangement = Arrangement(
        picture_options.layout, picture_options.legend, options.turn, TURNING if turning else AT_REST, moving=True,
        strip=strip.places if strip is not None else (), strip_size=strip.size if strip is not None else 0.0,
        strip_width=strip.width if strip is not None else 0.0, common=not (frames.stages == Stage.CARD).any(),
    )  # fmt: skip
    layout = lay_out(scene, size, theme, scales, [longest_caption(scene, run) for run in scene.runs], arrangement)
    guided = bool((frames.stages == Stage.SLOPE).any())
    artists = tuple(
        run_artist(layout, scene, run, options.trail, theme, scales, turning=turning, guided=guided and _is_first(scene, run))
        for run in scene.runs
    )
    fits: tuple[FitArtist, ...] = ()
    if layout.fit_axes is not None and scene.fit is not None:
        styles = [theme.run_style(run.index) for run in scene.runs]
        fits = fit_artists(layout.fit_axes, scene.fit, styles, theme, animated=True)
    made = Film(scene, layout, artists, frames, theme, options.turn, fits, strip=strip)
    return made if size.bare else replace(made, cards=film_cards(made))


def _is_first(scene: Scene, run: SceneRun) -> bool:
    """Whether no earlier run starts at the same point."""
    start = run.trajectory.positions[0]
    return not any(np.array_equal(start, each.trajectory.positions[0]) for each in scene.runs[: run.index])
