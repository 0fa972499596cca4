"""Themes from matplotlib styles: colors, widths and fonts, as far as a picture uses them.

Matplotlib's own settings do not change: the style is read, and a changed theme is returned.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from steepest.data.files.regular_file import opened, system_errors
from steepest.errors import InputError, clipped, clipped_path
from steepest.language.suggestions import nearest
from steepest.plot.mpl.settings import own_settings
from steepest.plot.options import PictureOptions
from steepest.plot.theme import THEMES, Theme, contrast, lightness, mix

Settings = Mapping[str, Any]
LARGEST = 1_000_000  # bytes of a style's file

COLORS = (
    "figure.facecolor", "axes.facecolor", "axes.edgecolor", "axes.labelcolor", "text.color", "xtick.color", "grid.color",
)  # fmt: skip
FAMILIES = ("font.sans-serif", "font.serif", "font.monospace", "font.cursive", "font.fantasy")
KEYS = (
    *COLORS, "axes.prop_cycle", "axes.grid", "lines.linewidth", "font.size", "font.family", *FAMILIES, "image.cmap",
    "mathtext.fontset",
)  # fmt: skip
MATHEMATICS = ("cm", "dejavusans", "dejavuserif", "stix", "stixsans")
CYCLE = re.compile(r"\bcolor['\"]?\s*[,=]\s*[\[(](.*?)[\])]")
WORD = re.compile(r"['\"]([^'\"]*)['\"]")
COMMENT = re.compile(r"""((?:[^'"#]|'[^']*'|"[^"]*")*).*""", re.DOTALL)
NEAR = 0.85  # similarity from which on an unknown setting is a typing error

READABLE, VISIBLE = 4.5, 1.6  # least contrast of text (W3C, Web Content Accessibility Guidelines 2.2, 1.4.3) and of lines
LINE_WIDTH, FONT_SIZE = 1.5, 10.0  # matplotlib's defaults, relative to which a style's count
WIDTHS, SIZES = (0.5, 2.0), (0.8, 1.25)  # least and greatest factor, so that the layout still fits
SHADES = 11


def theme_of(options: PictureOptions) -> Theme:
    """The theme of a picture's options, changed by its style.

    Raises:
        InputError: for a style that cannot be read.
    """
    theme = THEMES[options.theme]
    return theme if options.style is None else styled(theme, options.style)


def styled(theme: Theme, style: str | os.PathLike[str]) -> Theme:
    """A theme changed by what a matplotlib style sets; other colors are adapted where they would be illegible.

    `figure.facecolor` is the background and `axes.facecolor` that of the axes; `text.color`, else `axes.labelcolor`, is the text;
    `xtick.color`, `axes.edgecolor` and, where `axes.grid` is on, `grid.color` are ticks, frames and grids; the colors of
    `axes.prop_cycle` are those of the runs, `image.cmap` that of the values; `lines.linewidth` and `font.size` count relative to
    matplotlib's defaults; of `font.family` the first installed font is used. A dark background starts from the dark theme.

    Args:
        style: the name of one of matplotlib's styles, or a style file.

    Raises:
        InputError: for an unknown style, a file that cannot be read, or an invalid setting in it.

    >>> styled(THEMES["light"], "ggplot").panel, styled(THEMES["light"], "dark_background").paper
    ('#e5e5e5', '#000000')
    """
    if not isinstance(style, str | os.PathLike):
        raise InputError(f"a style is a matplotlib style file or the name of one of matplotlib's styles, not {style!r}")
    with own_settings():
        found = _settings_of(os.fspath(style))
        base = _base(theme, found)
        return _with_sizes(_with_colors(base, found), found)


def _base(theme: Theme, found: Settings) -> Theme:
    """The theme, or the other one of light and dark where the style's background asks for it."""
    background = _color_in(found, "figure.facecolor", "axes.facecolor") or theme.paper
    dark = lightness(background) < 0.5
    return theme if dark == (lightness(theme.paper) < 0.5) else THEMES["dark" if dark else "light"]


def _with_colors(base: Theme, found: Settings) -> Theme:
    """The colors of a style, and those that follow from its background and its text color."""
    paper = _color_in(found, "figure.facecolor") or base.paper
    panel = _color_in(found, "axes.facecolor") or (paper if "figure.facecolor" in found else base.panel)
    given = _color_in(found, "text.color", "axes.labelcolor")
    ink = _readable(given or base.ink, (paper, panel), READABLE)
    runs = tuple(_readable(color, (panel,), VISIBLE) for color in _cycle(found)) or base.colors
    if not {"figure.facecolor", "axes.facecolor", "text.color", "axes.labelcolor"} & found.keys():
        return replace(base, colors=runs, colormap=_colormap(found) or base.colormap, **_around(base, found))
    follow = replace(
        base, paper=paper, panel=panel, ink=ink, quiet=_readable(mix(ink, paper, 0.3), (paper,), READABLE),
        faint=mix(ink, paper, 0.82), grid=mix(ink, panel, 0.85), box=mix(ink, paper, 0.6), nowhere=mix(panel, ink, 0.06),
        curve=mix(ink, panel, 0.25), saddle=ink, sample=mix(ink, panel, 0.45), level=(paper, base.level[1]), colors=runs,
        colormap=_colormap(found) or base.colormap,
    )  # fmt: skip
    return replace(follow, **_around(follow, found))


def _around(base: Theme, found: Settings) -> dict[str, Any]:
    """The colors of ticks, frames and grids in a style."""
    ticks, edge, grid = (_color_in(found, key) for key in ("xtick.color", "axes.edgecolor", "grid.color"))
    colors = {"faint": edge, "grid": grid if found.get("axes.grid") else None}
    if found.get("axes.grid") is False:
        colors["grid"] = base.panel
    if ticks:
        colors["quiet"] = _readable(ticks, (base.paper,), READABLE)
    return {name: color for name, color in colors.items() if color is not None}


def _readable(color: str, backgrounds: Sequence[str], least: float) -> str:
    """The color, mixed with black or white until it has this contrast to each background."""
    end = "#000000" if min(map(lightness, backgrounds)) > 0.5 else "#ffffff"
    shades = (mix(color, end, share / 20) for share in range(21))
    return next((shade for shade in shades if all(contrast(shade, each) >= least for each in backgrounds)), end)


def _with_sizes(base: Theme, found: Settings) -> Theme:
    """The widths, the sizes and the fonts of a style."""
    wide = _within(found.get("lines.linewidth", LINE_WIDTH) / LINE_WIDTH, WIDTHS)
    large = _within(_size_in(found) / FONT_SIZE, SIZES)
    sizes = ("title_size", "formula_size", "plain_size", "label_size", "text_size", "small_size")
    fontset = found.get("mathtext.fontset")
    return replace(
        base,
        path_width=base.path_width * wide,
        curve_width=base.curve_width * wide,
        font=_family(found) or base.font,
        mathematics=fontset if fontset in MATHEMATICS else base.mathematics,
        **{name: getattr(base, name) * large for name in sizes},
    )


def _within(value: float, interval: tuple[float, float]) -> float:
    return min(max(value, interval[0]), interval[1])


def _size_in(found: Settings) -> float:
    return float(found.get("font.size", FONT_SIZE))


def _color_in(found: Settings, *keys: str) -> str | None:
    """The first of these settings that is a color and not transparent, as `#rrggbb`."""
    from matplotlib.colors import is_color_like, to_hex, to_rgba

    for key in keys:
        value = found.get(key)
        if value is not None and is_color_like(value) and to_rgba(value)[3] > 0:
            return to_hex(value)
    return None


def _cycle(found: Settings) -> list[str]:
    """The colors of the property cycle, each once."""
    from matplotlib.colors import to_hex

    given = found.get("axes.prop_cycle", ())
    colors = given if isinstance(given, (list, tuple)) else given.by_key().get("color", [])
    return list(dict.fromkeys(to_hex(color) for color in colors))


def _colormap(found: Settings) -> tuple[str, ...] | None:
    """The colors of the color map, evenly spaced."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    name = str(found.get("image.cmap"))
    return tuple(to_hex(colormaps[name](share / (SHADES - 1))) for share in range(SHADES)) if name in colormaps else None


def _family(found: Settings) -> str | None:
    """The first font of the style that is installed."""
    from matplotlib.font_manager import fontManager

    wanted = found.get("font.family", ["sans-serif"] if "font.sans-serif" in found else [])
    installed = {font.name for font in fontManager.ttflist}
    names = (font for name in wanted for font in found.get(f"font.{name}", [name]))
    return next((name for name in names if name in installed), None)


def _settings_of(style: str) -> dict[str, Any]:
    """The settings of a style, by name or file, that a picture uses."""
    from matplotlib import style as styles

    if "\0" in style or any("\ud800" <= character <= "\udfff" for character in style):
        raise InputError("cannot read the style: its name is not UTF-8, and every picture carries that name: rename the file")
    library: Mapping[str, Mapping[Any, Any]] = styles.library
    if style in library:
        found = {key: value for key, value in library[style].items() if key in KEYS}
    elif style.endswith(".mplstyle") or os.sep in style or os.path.exists(style):
        found = dict(_read_style(style))
    else:
        near = nearest(style, library)
        hint = f"did you mean {near}? Else" if near else "there are ggplot, bmh, dark_background and more; or"
        raise InputError(f"there is no style '{clipped(style)}': {hint} give the path of a .mplstyle file")
    if not found:
        raise InputError(f"the style {clipped(style)} sets nothing that a picture uses, such as axes.facecolor or axes.prop_cycle")
    return found


def _read_style(path: str) -> Iterator[tuple[str, Any]]:
    """The settings of a file that a picture uses."""
    with opened(path, "style") as file, system_errors(clipped_path(path)):
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputError(f"cannot read the style {clipped_path(path)}: it has more than {LARGEST:,} bytes")
    try:
        lines = data.decode().splitlines()
    except UnicodeDecodeError:
        raise InputError(f"cannot read the style {clipped_path(path)}: it is no text") from None
    for count, line in enumerate(lines, 1):
        text = COMMENT.sub(r"\1", line).strip()
        if not text:
            continue
        key, colon, value = (part.strip() for part in text.partition(":"))
        where = f"line {count} of {clipped_path(path)}"
        if not colon:
            raise InputError(f"{where}: a setting is a name, a colon and a value, such as axes.facecolor: white")
        slip = difflib.get_close_matches(key, KEYS, n=1, cutoff=NEAR)
        if slip and slip[0] != key and not _is_setting(key):
            raise InputError(f"{where}: there is no setting '{clipped(key)}': did you mean {slip[0]}?")
        if key in KEYS:
            yield key, _read_value(key, value, where)


def _is_setting(key: str) -> bool:
    from matplotlib import rcParamsDefault

    return key in rcParamsDefault


def _read_value(key: str, value: str, where: str) -> Any:
    """The value of a setting, read by matplotlib; of a property cycle only the colors."""
    from matplotlib import RcParams, colormaps
    from matplotlib.colors import is_color_like

    if key == "axes.prop_cycle":
        listed = CYCLE.search(value)
        colors = [color if is_color_like(color) else f"#{color}" for color in WORD.findall(listed[1])] if listed else []
        if not colors or not all(map(is_color_like, colors)):
            raise InputError(f"{where}: the cycle of colors is such as cycler('color', ['#1b9e77', 'orange'])")
        return colors
    read: Any = RcParams
    try:
        found = read({key: value.strip("'\"") if key in COLORS else value})[key]
    except (ValueError, TypeError):
        raise InputError(f"{where}: '{clipped(value)}' is no value of {key}") from None
    if key == "image.cmap" and found not in colormaps:
        near = nearest(str(found), colormaps)
        raise InputError(
            f"{where}: there is no color map '{clipped(value)}': " + (f"did you mean {near}?" if near else "try viridis")
        )
    return found
