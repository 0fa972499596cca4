"""A film as an animated SVG that plays by itself: the stage once, and what moves with its times (W3C, SMIL Animation, 2001)."""

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
from steepest.plot.svg.elements import elements, texts
from steepest.plot.svg.font import embedded_font
from steepest.plot.svg.path_data import compact
from steepest.plot.svg.timing import timing
from steepest.plot.theme import Theme

KIND = "http://purl.org/dc/dcmitype/MovingImage"
SIZE = re.compile(r'width="([\d.]+)pt" height="([\d.]+)pt"')

# Where animations are not known, or not wanted, the last frame is seen.
CALM = "@media (prefers-reduced-motion:reduce){{.{0}-film{{display:none!important}}.{0}-end{{display:inline!important}}}}"


def write_svg(film: Film, film_format: FilmFormat, file: IO[bytes]) -> None:
    """Write a film whose camera rests as a picture that plays by itself: no script, nothing to fetch, sharp at any size."""
    still = _background(film, film_format)
    size = SIZE.search(still)
    assert size is not None
    key = f"s{zlib.crc32(still.encode()):08x}"  # two films on one page do not share names
    document = SvgDocument(key, float(size[1]), float(size[2]), float(film.layout_.picture.dpi))
    moving = elements(film, document, timing(film.timeline, loop=film_format.loop))
    lines = [
        SIZE.sub(f'width="{film_format.width}" height="{film_format.height}"', still, count=1).rpartition("</svg>")[0].rstrip(),
        f"<style>{CALM.format(key)}{_font_face(film, document)}</style>",
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
    """What stays still, as matplotlib writes it, made short."""
    picture, ground, file = film.layout_.picture, film.layout_.objective_layer, BytesIO()
    grid = None if film.shown.objective_layer is None or film.layout_.surface_axes is not None else film.shown.objective_layer.grid
    hidden = [artist for artist in picture.findobj(Artist.get_animated) if artist.get_visible()]
    terraces: list[Artist] = []
    if ground is not None and grid is not None and np.isfinite(grid.values).all():
        hidden += [artist for artist in ground.collections if isinstance(artist, ContourSet)]
        terraces = list(_draw_terraces(ground, grid, film.theme))
    for artist in hidden:
        artist.set_visible(False)
    with own_settings():
        about = {
            "Title": film_format.title,
            "Creator": film_format.software,
            "Description": film_format.made,
            "Type": KIND,
            "Date": None,
        }
        picture.savefig(file, format="svg", metadata=about)
    for artist in hidden:
        artist.set_visible(True)
    for artist in terraces:
        artist.remove()
    return compact(file.getvalue().decode())


def _draw_terraces(ax: Axes, grid: Grid, theme: Theme) -> Iterator[Artist]:
    """The bands of height as areas on top of each other, the level as the rim of each.

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
    """A style with the letters that the words need."""
    used = "".join(sorted({letter for words in texts(film) for line in words for letter in line}))
    url = embedded_font(film.layout_.words[0].get_fontproperties(), used)
    return f"@font-face{{font-family:{document.name('f')};src:url({url})}}"
