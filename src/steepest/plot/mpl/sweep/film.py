"""The film of a sweep: its maps one after the other, as a third axis goes from its first value to its last."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from steepest.errors import InputError
from steepest.plot.film.frames import FilmFormat, Frame
from steepest.plot.map_options import ZOOM, MapOptions
from steepest.plot.mpl.artists import brief_numbers
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.frame import MapFrame, map_frame, shares
from steepest.plot.mpl.text.fonts import with_fonts_for
from steepest.plot.scene.sweep.axis import map_axis
from steepest.plot.scene.sweep.map import MapScene, check_picture, map_scene
from steepest.plot.scene.text.labels import pretty
from steepest.plot.scene.text.number import typographic
from steepest.plot.size import picture_size
from steepest.plot.theme import THEMES, Theme
from steepest.runs.sweep.axes import Axis, Values
from steepest.runs.sweep.sweep import Sweep, check_memory, run_sweep
from steepest.runs.sweep.zooming import levels, magnification, with_minima_of, zoomed

SECONDS = (0.04, 0.5)  # that a frame is shown for at least and at most
FEWEST, PER_DOUBLING, MOST = 12, 8, 120  # frames of a film of zooming: in all, and each time the box halves
LENGTH, HOLD = 6.0, 1.5  # seconds: of the film, and of its last frame besides
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class MapFilm:
    """A film that is ready to be drawn.

    Attributes:
        scene: its maps.
        frame: the figure that shows them.
        told: for each of them which value it is of.
        shares: how far along the film's axis that is.
        theme: how it looks.
        limits: of a film of zooming, the ends of both axes on each frame.
    """

    scene: MapScene
    frame: MapFrame
    told: tuple[str, ...]
    shares: tuple[float, ...]
    theme: Theme
    limits: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()

    @property
    def figure(self) -> Picture:
        """What the frames are drawn on."""
        return self.frame.figure

    @property
    def seconds(self) -> float:
        """For how long each frame is shown."""
        return min(max(LENGTH / len(self.scene.panels), SECONDS[0]), SECONDS[1])

    def film_format(self, title: str, software: str, made: str) -> FilmFormat:
        """What an encoder needs to know besides the frames; see `steepest.plot.film.frames.FilmFormat`."""
        width, height = self.figure.canvas.get_width_height()
        colors = [color for each in self.scene.swatches for color in (each.colors[-1], each.colors[len(each.colors) // 2])]
        moving = tuple(dict.fromkeys((self.theme.run_style(0).color, *colors[:12])))
        return FilmFormat(width, height, 1 / self.seconds, True, moving, self.theme.paper, title, software, made)

    def frames(self, progress: Progress | None = None) -> Iterator[Frame]:
        """Every frame in order; its pixels change when the next one is asked for.

        Args:
            progress: called with the frames done and all frames; of a film of zooming each counts twice, see `map_film`.
        """
        canvas: Any = self.figure.canvas
        count = len(self.scene.panels)
        computed = count if self.limits else 0
        for number, panel in enumerate(self.scene.panels, 1):
            self.frame.show(panel, self.told[number - 1], self.shares[number - 1])
            if self.limits:
                self.frame.axes.set(xlim=self.limits[number - 1][0], ylim=self.limits[number - 1][1])
            canvas.draw()
            yield Frame(np.asarray(canvas.buffer_rgba()), self.seconds + (HOLD if number == count else 0.0))
            if progress is not None:
                progress(computed + number, computed + count)


def map_film(
    sweep: Sweep, options: MapOptions, workers: tuple[Executor, int] | None = None, progress: Progress | None = None
) -> MapFilm:
    """The film of a sweep over three axes; or over two, going closer to a box.

    Args:
        workers: who runs the frames of a film of zooming; see `steepest.runs.sweep.sweep.run_sweep`.
        progress: of a film of zooming, whose frames are computed now and drawn later: called with the frames that are computed, and
            twice as many as there are.

    Raises:
        InputError: without the axis that the film goes through, for other axes than two besides it, and of a film of zooming for a
            sweep that was interrupted.
    """
    if options.film is None:
        raise InputError('a film goes through a third axis: --film lr, or film="lr"')
    limits: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()
    if options.film == ZOOM:
        sweep, limits = _zooming(sweep, options, workers, progress)
    size = picture_size(options.size, None, film=True)
    scene = map_scene(sweep, options)
    scene = scene if options.title is None else replace(scene, title=options.title)
    theme = with_fonts_for(THEMES[options.theme], scene).scaled(size.type_scale)
    axis = sweep.definition.axis(options.film)
    array = axis.values.array
    values = array.tolist() if array.dtype.kind == "U" else brief_numbers(array.astype(float).tolist())
    placed = map_axis(axis)
    shown = steady(values, array.tolist()) if placed.spacing == "linear" and placed.ticks is None else values
    told = tuple(f"{pretty(axis.name)} = {value}" for value in shown)
    along = shares(array.tolist(), "log") if options.film == ZOOM else shares(placed.values.tolist(), placed.spacing)
    frame = map_frame(scene, (values[0], values[-1]), max(told, key=len), size, theme, grows=options.size is None, limits=limits)
    return MapFilm(scene, frame, told, tuple(along), theme, limits)


def steady(texts: Sequence[str], values: Sequence[float]) -> list[str]:
    """Numbers with as many decimals as the longest of them has, so that digits stay in their places from frame to frame.

    >>> steady(["0.5", "0.75", "1"], [0.5, 0.75, 1.0])
    ['0.50', '0.75', '1.00']
    """
    if any("e" in text for text in texts):
        return list(texts)
    decimals = max(len(text.partition(".")[2]) for text in texts)
    return [typographic(f"{value:.{decimals}f}") for value in values]


def _zooming(
    sweep: Sweep, options: MapOptions, workers: tuple[Executor, int] | None, progress: Progress | None
) -> tuple[Sweep, tuple[tuple[tuple[float, float], tuple[float, float]], ...]]:
    """Closer and closer looks as one sweep over a first axis `zoom`, by how many times; and the ends of the axes at each.

    Raises:
        InputError: for other axes than two, an interrupted sweep, a box that is none, more cells on all frames than memory holds.
        KeyboardInterrupt: where Ctrl-C ends the runs of a frame.
    """
    check_picture(sweep.definition, options)
    wide = [axis for axis in sweep.axes if len(axis) > 1]
    if sweep.interrupted:
        raise InputError("a film of zooming begins with the whole sweep, and this one was interrupted: run all of its cells first")
    definition = sweep.definition
    zoomed(definition, options.box)  # refuses what is no box
    last = magnification(definition, options.box)
    count = min(max(FEWEST, 1 + round(PER_DOUBLING * math.log2(last))), MOST)
    boxes = levels(definition, options.box, count)
    times = tuple(float(f"{magnification(definition, box):.3g}") for box in boxes)
    axis = Axis(ZOOM, Values("list", times[0], times[-1], count, times))
    whole = replace(definition, axes=(axis, *sweep.axes), roles=(ZOOM, *definition.roles))
    check_memory(whole, "take fewer values, or a larger box")
    found = [sweep]
    for box in boxes[1:]:
        found.append(run_sweep(zoomed(definition, box), workers=workers))
        if found[-1].interrupted:
            raise KeyboardInterrupt
        if progress is not None:
            progress(len(found), 2 * count)
    alike = [with_minima_of(each, found) for each in found]
    arrays: dict[str, Any] = {
        name: np.stack([getattr(one, name) for one in alike])
        for name in ("ending", "steps", "value", "position", "minimum", "first", "rate")
        if getattr(sweep, name) is not None
    }
    across, up = wide
    ends = tuple(
        (map_axis(each.definition.axis(across.name)).limits, map_axis(each.definition.axis(up.name)).limits) for each in found
    )
    return replace(alike[0], definition=whole, **arrays), ends
