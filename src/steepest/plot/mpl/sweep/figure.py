"""The figure of a sweep: maps of two axes, or the outcome curves of one."""

from __future__ import annotations

from dataclasses import replace

from steepest.errors import InputError
from steepest.plot.map_options import MAP_DEFAULTS, MapOptions
from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.curves import draw_curves
from steepest.plot.mpl.sweep.maps import draw_maps
from steepest.plot.mpl.text.fonts import with_fonts_for
from steepest.plot.scene.sweep.map import map_scene
from steepest.plot.scene.sweep.outcome_curve import CurveScene, curve_scene
from steepest.plot.size import picture_size
from steepest.plot.theme import THEMES
from steepest.runs.sweep.sweep import Sweep


def sweep_figure(sweep: Sweep, options: MapOptions = MAP_DEFAULTS) -> Picture:
    """The figure of a sweep.

    Raises:
        InputError: for axes that no picture shows, and for a size too small for them.
    """
    if options.film is not None:
        raise InputError("a film is saved as gif, apng, mp4 or webm: --save film.gif")
    size = picture_size(options.size, None, film=False)
    is_curve = sum(len(axis) > 1 for axis in sweep.axes) < 2
    scene = curve_scene(sweep, options) if is_curve else map_scene(sweep, options)
    scene = scene if options.title is None else replace(scene, title=options.title)
    theme = with_fonts_for(THEMES[options.theme], scene).scaled(size.type_scale)
    return draw_curves(scene, options.theme, size, theme) if isinstance(scene, CurveScene) else draw_maps(scene, size, theme)
