"""The figure of a sweep: maps of two axes, or the outcome curves of one."""

from __future__ import annotations

from steepest.errors import InputError
from steepest.plot.map_options import MAP_DEFAULTS, MapOptions
from steepest.plot.mpl.layout import Picture

# Inches.
from steepest.plot.mpl.sweep.curves import draw_curves
from steepest.plot.mpl.sweep.maps import draw_maps
from steepest.plot.scene.sweep.map import map_scene
from steepest.plot.scene.sweep.outcome_curve import curve_scene
from steepest.plot.theme import THEMES
from steepest.runs.sweep.sweep import Sweep


def sweep_figure(sweep: Sweep, options: MapOptions = MAP_DEFAULTS) -> Picture:
    """The figure of a sweep.

    Raises:
        InputError: for axes that no picture shows.
    """
    theme = THEMES[options.theme]
    if options.film is not None:
        raise InputError("a film is saved as gif, apng, mp4 or webm: --save film.gif")
    if sum(len(axis) > 1 for axis in sweep.axes) < 2:
        return draw_curves(curve_scene(sweep, options), options.theme, theme)
    return draw_maps(map_scene(sweep, options), theme)
