"""How a picture looks, as data for any renderer: colors, markers, dashes, fonts and sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

FALLBACK = "DejaVu Sans"  # comes with matplotlib
TEXT = 9.0  # points, the size of words

# Viridis at eleven equal distances: Smith and van der Walt, SciPy 2015.
VIRIDIS = (
    "#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725",
)  # fmt: skip

LENGTHS = (
    "title_size", "formula_size", "plain_size", "label_size", "text_size", "small_size", "path_width", "curve_width", "halo",
    "dot_size", "mark_size", "arrow_size", "level_width",
)  # fmt: skip


@dataclass(frozen=True)
class RunStyle:
    """What distinguishes one run from another: a color, a marker as matplotlib names it, and dashes in line widths."""

    color: str
    marker: str
    dash: tuple[float, ...]

    @property
    def line(self) -> Literal["-"] | tuple[float, tuple[float, ...]]:
        """The dashes as matplotlib's line style."""
        return (0, self.dash) if self.dash else "-"


@dataclass(frozen=True)
class Theme:
    """A theme. Colors are `#rrggbb`; sizes and widths are in points, a 72nd of an inch.

    Attributes:
        paper, ink, quiet, faint: the background, the main text, secondary text, and frames.
        nowhere: where a function has no value.
        curve: the graph of a function of one parameter.
        minimum, saddle, sample: markers.
        colormap: for values from low to high, evenly spaced; `muted` is the share of the background mixed in.
        level: the color of a contour line, with its opacity; `level_width` is its width.
        styles: one for each run; the eighth run has the first color with the second marker and dash.
        halo: how much wider than a path its outline is.
        surface_line: the contour lines on a surface.
        box: the edges around a surface.
        panel, grid: the background of the axes, and their grid lines.
        quantity_colors: of the shown quantities, in order.
        class_colors: of the classes of a table; `class_tint` is the largest share of it in an area.
    """

    paper: str = "#ffffff"
    ink: str = "#1f2933"
    quiet: str = "#616e7c"
    faint: str = "#d9dee4"
    nowhere: str = "#eef0f2"
    curve: str = "#52606d"
    minimum: str = "#ffd43b"
    saddle: str = "#1f2933"
    sample: str = "#7b8794"
    colormap: tuple[str, ...] = VIRIDIS
    muted: float = 0.38
    level: tuple[str, float] = ("#ffffff", 0.55)
    level_width: float = 0.6
    surface_line: str = "#ffffff"
    colors: tuple[str, ...] = ("#d55e00", "#16191d", "#0072b2", "#aa3377", "#e69f00", "#007a5a", "#56b4e9")
    markers: tuple[str, ...] = ("o", "s", "^", "D", "v", "P", "X")
    dashes: tuple[tuple[float, ...], ...] = (
        (), (4.5, 1.3), (1.4, 1.2), (5.5, 1.3, 1.3, 1.3), (8, 2), (3, 1, 1, 1, 1, 1), (2.5, 2.5),
    )  # fmt: skip
    panel: str = "#ffffff"
    grid: str = "#d9dee4"
    box: str = "#9aa5b1"
    quantity_colors: tuple[str, ...] = ("#c2006b", "#2b35c8", "#0b0d0f", "#00614f", "#8a4b00")
    class_colors: tuple[str, ...] = (
        "#2f6db3", "#b98000", "#2f8f5b", "#8e5bb5", "#b8475a", "#3f8f97", "#8a6a4a", "#5f6b78", "#7a8f2a", "#c06a9a",
    )  # fmt: skip
    class_tint: float = 0.5
    font: str = FALLBACK
    others: tuple[str, ...] = ()
    mathematics: str = "cm"
    title_size: float = 14.0
    formula_size: float = 13.5
    plain_size: float = 11.0
    label_size: float = 13.0
    text_size: float = TEXT
    small_size: float = 8.5
    path_width: float = 1.6
    curve_width: float = 2.0
    halo: float = 1.8
    dot_size: float = 4.0
    mark_size: float = 7.5
    arrow_size: float = 6.5

    @property
    def type_scale(self) -> float:
        """How large words are, next to those of a theme as it is."""
        return self.text_size / TEXT

    @property
    def fonts(self) -> tuple[str, ...]:
        """The font, one that has the glyphs that it may lack, and those for what both lack."""
        return tuple(dict.fromkeys((self.font, FALLBACK, *self.others)))

    def scaled(self, times: float) -> Theme:
        """The theme with words, lines and markers this many times as large."""
        return self if times == 1 else replace(self, **{name: times * getattr(self, name) for name in LENGTHS})

    def run_style(self, index: int) -> RunStyle:
        """The style of the run with this index; styles repeat after as many runs as there are colors times dashes."""
        turn, position = divmod(index, len(self.colors))
        shifted = (position + turn) % len(self.markers)
        return RunStyle(self.colors[position], self.markers[shifted], self.dashes[shifted])

    def class_color(self, index: int) -> str:
        """The color of a class; colors repeat after ten."""
        return self.class_colors[index % len(self.class_colors)]

    def class_shade(self, index: int, strength: float) -> str:
        """The color of an area of a class, whose strength is 0 for the background and 1 for the most of its color."""
        return mix(self.panel, self.class_color(index), self.class_tint * strength)

    def shades(self, count: int) -> list[str]:
        """The colors of `count` bands between levels, from the lowest to the highest.

        >>> LIGHT.shades(2)
        ['#8b6295', '#fef078']
        """
        spread = max(count - 1, 1)
        return [mix(self.shade(band / spread), self.paper, self.muted) for band in range(count)]

    def shade(self, height: float) -> str:
        """The color of a value from 0, the lowest, to 1, before it is muted."""
        last = len(self.colormap) - 1
        low = min(int(height * last), last - 1)
        return mix(self.colormap[low], self.colormap[low + 1], height * last - low)


def mix(one: str, other: str, share: float) -> str:
    """A mixture of two colors, with this share of the other.

    >>> mix("#000000", "#ffffff", 0.5)
    '#808080'
    """
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def channels(color: str) -> tuple[int, int, int]:
    """Red, green and blue from 0 to 255."""
    red, green, blue = (int(color[first : first + 2], 16) for first in (1, 3, 5))
    return red, green, blue


def _luminance(color: str) -> float:
    """The relative luminance of a color, from 0 to 1 (IEC 61966-2-1, sRGB)."""
    linear = (((part / 255 + 0.055) / 1.055) ** 2.4 if part > 10 else part / 255 / 12.92 for part in channels(color))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colors, from 1 to 21 (W3C, Web Content Accessibility Guidelines 2.2).

    >>> contrast("#000000", "#ffffff"), round(contrast("#777777", "#ffffff"), 2)
    (21.0, 4.48)
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lightness(color: str) -> float:
    """The perceived lightness of a color, from 0 to 1 (CIE 1976 L*)."""
    bright = _luminance(color)
    return 1.16 * bright ** (1 / 3) - 0.16 if bright > 0.008856 else 9.033 * bright


LIGHT = Theme()
DARK = Theme(
    paper="#12181f",
    ink="#eef2f6",
    quiet="#a3b1bf",
    faint="#2f3b47",
    nowhere="#1b232c",
    curve="#9fb0c0",
    saddle="#eef2f6",
    sample="#8fa0b0",
    muted=0.3,
    level=("#12181f", 0.5),
    panel="#12181f",
    grid="#2f3b47",
    box="#5b6b7b",
    quantity_colors=("#ff7ac0", "#9fb4ff", "#ffffff", "#7ee0c0", "#ffc27a"),
    class_colors=(
        "#5aa0ea",
        "#e8b04a",
        "#57c98c",
        "#c39ae6",
        "#f08a9c",
        "#6fcdd6",
        "#caa682",
        "#a9b6c3",
        "#b7cf63",
        "#f0a3cd",
    ),
    colors=("#ff8c42", "#f5f7fa", "#5cb8ff", "#e78ac3", "#ffd166", "#3ddc97", "#b6a6ff"),
)
JOURNAL = Theme(
    ink="#000000",
    quiet="#3a3a3a",
    faint="#a6a6a6",
    nowhere="#ffffff",
    curve="#6e6e6e",
    minimum="#ffffff",
    saddle="#000000",
    sample="#6e6e6e",
    colormap=("#8c8c8c", "#a3a3a3", "#b8b8b8", "#cbcbcb", "#dcdcdc", "#ebebeb", "#f8f8f8"),
    muted=0.0,
    level=("#4d4d4d", 0.6),
    level_width=0.5,
    surface_line="#333333",
    colors=("#000000", "#4d4d4d", "#1a1a1a", "#595959", "#262626", "#404040", "#0d0d0d"),
    dashes=((), (5, 1.6), (1.2, 1.4), (7, 1.5, 1.2, 1.5), (10, 2.5), (3, 1.2, 1.2, 1.2, 1.2, 1.2), (2.2, 3.0)),
    grid="#d6d6d6",
    box="#6e6e6e",
    quantity_colors=("#000000", "#5a5a5a", "#000000", "#5a5a5a", "#000000"),
    class_colors=(
        "#1a1a1a",
        "#9a9a9a",
        "#5c5c5c",
        "#c4c4c4",
        "#3b3b3b",
        "#7a7a7a",
        "#ababab",
        "#2b2b2b",
        "#6b6b6b",
        "#8b8b8b",
    ),
    path_width=1.3,
)
THEMES = {"light": LIGHT, "dark": DARK, "journal": JOURNAL}
