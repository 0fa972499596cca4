"""The film of a sweep: its maps one after the other, as a third axis goes from its first value to its last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.errors import InputError
from steepest.plot.film.frames import FilmFormat, Frame
from steepest.plot.map_options import MapOptions
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep import CellImage, draw_maps, write_title
from steepest.plot.scene.map import MapScene, map_scene
from steepest.plot.theme import THEMES, Theme
from steepest.runs.sweep.sweep import Sweep

SECONDS = (0.04, 0.5)  # that a frame is shown for at least and at most
LENGTH, HOLD = 6.0, 1.5  # seconds: of the film, and of its last frame besides


@dataclass(frozen=True, eq=False)
class MapFilm:
    """A film that is ready to be drawn.

    Attributes:
        scene: its maps.
        figure: that of the first of them.
        theme: how it looks.
    """

    scene: MapScene
    figure: Picture
    theme: Theme

    @property
    def seconds(self) -> float:
        """For how long each frame is shown."""
        return min(max(LENGTH / len(self.scene.panels), SECONDS[0]), SECONDS[1])

    def film_format(self, title: str, software: str, made: str) -> FilmFormat:
        """What an encoder needs to know besides the frames; see `steepest.plot.film.frames.FilmFormat`."""
        width, height = self.figure.canvas.get_width_height()
        colors = [color for each in self.scene.swatches for color in (each.colors[-1], each.colors[len(each.colors) // 2])]
        return FilmFormat(
            width, height, 1 / self.seconds, True, tuple(dict.fromkeys(colors[:12])), self.theme.paper, title, software, made
        )

    def frames(self) -> Iterator[Frame]:
        """Every frame in order; its pixels change when the next one is asked for."""
        canvas: Any = self.figure.canvas
        (cells,) = [image for ax in self.figure.axes for image in ax.images if isinstance(image, CellImage)]
        (titled,) = [ax for ax in self.figure.axes if ax.get_title(loc="left")]
        count = len(self.scene.panels)
        for number, panel in enumerate(self.scene.panels, 1):
            cells.set_data(panel.pixels)
            write_title(titled, panel.title, self.theme)
            canvas.draw()
            yield Frame(np.asarray(canvas.buffer_rgba()), self.seconds + (HOLD if number == count else 0.0))


def map_film(sweep: Sweep, options: MapOptions) -> MapFilm:
    """The film of a sweep over three axes.

    Raises:
        InputError: without the axis that the film goes through, and for other axes than two besides it.
    """
    if options.film is None:
        raise InputError('a film goes through a third axis: --film lr, or film="lr"')
    scene, theme = map_scene(sweep, options), THEMES[options.theme]
    figure = draw_maps(replace(scene, panels=scene.panels[:1]), theme, titled=True)
    width, height = figure.canvas.get_width_height()
    figure.set_size_inches((width + width % 2) / figure.dpi, (height + height % 2) / figure.dpi)  # as videos need it
    return MapFilm(scene, figure, theme)
