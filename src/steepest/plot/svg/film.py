"""A film as an animated SVG: the background once, and what moves with its animations (W3C, SMIL Animation, 2001)."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.contour import ContourSet

from steepest.plot.film.film import Film
from steepest.plot.film.frames import FilmFormat
from steepest.plot.mpl.artists import LEVELS
from steepest.plot.mpl.settings import own_settings
from steepest.plot.scene.grid import Grid
from steepest.plot.svg.document import SvgDocument
from steepest.plot.svg.elements import elements
from steepest.plot.svg.font import embedded_font
from steepest.plot.svg.path_data import compact
from steepest.plot.svg.timing import timing
from steepest.plot.svg.words import changing_words
from steepest.plot.theme import Theme

KIND = "http://purl.org/dc/dcmitype/MovingImage"
SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')

# Where animations are not supported, or not wanted, the last frame is displayed.
REDUCED_MOTION = "@media (prefers-reduced-motion:reduce){{.{0}-film{{display:none!important}}.{0}-end{{display:inline!important}}}}"


def write_svg(film: Film, film_format: FilmFormat, file: IO[bytes]) -> None:
    """Write a film as an SVG that plays by itself, without scripts and without other files.

    Args:
        film: whose camera, if it shows a surface, does not turn.
        film_format: the size, whether it loops, and the metadata.
    """
    still = _background(film, film_format)
    size = SIZE.search(still)
    assert size is not None
    key = f"s{zlib.crc32(still.encode()):08x}"  # differs between films
    document = SvgDocument(key, float(size[1]), float(size[2]), float(film.layout.figure.dpi))
    moving = elements(film, document, timing(film.timeline, loop=film_format.loop))
    lines = [
        SIZE.sub(f'width="{film_format.width}" height="{film_format.height}"', still, count=1).rpartition("</svg>")[0].rstrip(),
        f"<style>{REDUCED_MOTION.format(key)}{_font_face(film, document)}</style>",
        *("<defs>", *document.definitions, "</defs>"),
        *(
            f'<g class="{key}-film" display="none"><set attributeName="display" to="inline"/>',
            *(part.moving for part in moving),
            "</g>",
        ),
        *(f'<g class="{key}-end"><set attributeName="display" to="none"/>', *(part.end for part in moving), "</g>"),
        "</svg>\n",
    ]
    file.write("\n".join(lines).encode())


def _background(film: Film, film_format: FilmFormat) -> str:
    """What does not move, as matplotlib writes it, made shorter."""
    figure, axes, layer, file = film.layout.figure, film.layout.objective_axes, film.scene.objective_layer, BytesIO()
    grid = None if layer is None or film.layout.surface_axes is not None else layer.grid
    hidden = [artist for artist in figure.findobj(Artist.get_animated) if artist.get_visible()]
    areas: list[Artist] = []
    if axes is not None and grid is not None and np.isfinite(grid.values).all():
        hidden += [artist for artist in axes.collections if isinstance(artist, ContourSet)]
        areas = list(_draw_areas(axes, grid, film.theme))
    for artist in hidden:
        artist.set_visible(False)
    with own_settings():
        about = {
            "Title": film_format.title, "Creator": film_format.software, "Description": film_format.made,
            "Type": KIND, "Date": None,
        }  # fmt: skip
        figure.savefig(file, format="svg", metadata=about)
    for artist in hidden:
        artist.set_visible(True)
    for artist in areas:
        artist.remove()
    return compact(file.getvalue().decode())


def _draw_areas(ax: Axes, grid: Grid, theme: Theme) -> Iterator[Artist]:
    """Draw the contours as areas on top of each other, each with its level as its edge.

    That takes a third of the points of bands side by side with lines between them.
    """
    color, opacity = theme.level
    bottom, *levels, top = grid.levels.tolist()
    for level, shade in zip((bottom, *levels), theme.shades(len(levels) + 1), strict=True):
        area = ax.contourf(grid.x, grid.y, grid.values, [level, top], colors=[shade], zorder=LEVELS, antialiased=True)
        if level > bottom:
            area.set(edgecolor=to_rgba(color, opacity), linewidth=theme.level_width)
        yield area


def _font_face(film: Film, document: SvgDocument) -> str:
    """The style sheet's rule with the glyphs that changing words need; empty if there are no such words."""
    used, text = changing_words(film)
    if text is None:
        return ""
    return f"@font-face{{font-family:{document.name('f')};src:url({embedded_font(text.get_fontproperties(), used)})}}"
