"""Where the maps or charts of a sweep go, their color bar, and what is told about them, beside or below.

Of all arrangements that fit a picture, the one with the largest maps is taken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from steepest.errors import RoomError
from steepest.plot.mpl.sweep.legend import Entry, MapLegend, placed_legend
from steepest.plot.mpl.text.heading import Heading
from steepest.plot.mpl.text.measure import wrapped
from steepest.plot.size import PictureSize
from steepest.plot.theme import Theme

# Inches, in words of the theme's own size.
EDGE, ABOVE = 0.25, 0.15  # left empty at the sides, and above the heading
UNDER_HEADING, CAPTION, LINE = 0.08, 0.12, 0.19  # below the heading; below the caption; from line to line of the caption
PAD = 0.14  # around the legend
BESIDE = 0.4  # between the maps, or their bar of colors, and what is told beside them
BAR, BAR_GAP, BAR_ROOM, BAR_BELOW = 0.14, 0.12, 0.6, 0.46  # a color bar: its width, the gap before it, its numbers and its label
ACROSS, UP, UNDER_NUMBERS = 0.36, 0.18, 0.5  # between maps; the last where maps have numbers below them
TELLING = 4.2, 3.4, 2.8, 2.3  # widths of what is told beside
LEAST = 0.8  # side of a map
FLATTEST, SLIMMEST = 2.2, 1.4  # width over height, and height over width, of a map that may have any
LESSER = 0.1  # what an area counts that is beyond them

Rectangle = tuple[float, float, float, float]  # left, bottom, width and height


@dataclass(frozen=True)
class Needs:
    """What the subject of a picture needs, in inches.

    Attributes:
        count: of maps; of charts below each other it is one subject.
        ratio: height over width of a map; None if it may be any.
        left, right, below: for the numbers and labels of the axes.
        title: above each map.
        bar: whether there is a color bar.
        grown: height over width of a map of any ratio in a picture that is as high as it has to be.
        flattest: the most width over height of a map of any ratio that is worth having.
        fills: whether the subject takes more width, and any height, all the same.
    """

    count: int
    ratio: float | None
    left: float
    right: float
    below: float
    title: float = 0.0
    bar: bool = False
    grown: float = 1.0
    flattest: float = FLATTEST
    fills: bool = False


@dataclass(frozen=True, eq=False)
class SweepArrangement:
    """A picture's size in inches and the places of everything in it, from its lower left corner; words from its upper left corner.

    Attributes:
        columns: of maps.
        boxes: the axes of each map.
        bar, upright: the color bar, and whether it stands.
        heading: with its left end in `left`.
        caption, caption_at: its lines, the left end and the middle of the first.
        legend, legend_at: with its left end and its top.
        aside: left end and top of what a film tells beside the map, and its right end.
    """

    width: float
    height: float
    columns: int
    boxes: tuple[Rectangle, ...]
    bar: Rectangle | None
    upright: bool
    heading: Heading
    left: float
    caption: tuple[str, ...]
    caption_at: tuple[float, float]
    legend: MapLegend
    legend_at: tuple[float, float]
    aside: tuple[float, float, float] = (0.0, 0.0, 0.0)

    @property
    def side(self) -> float:
        """The shorter side of a map."""
        return min(self.boxes[0][2:])

    def worth(self, flattest: float) -> float:
        """The area of the maps, in which more width over height than the flattest has counts little."""
        area = sum(min(wide, flattest * tall) * tall for _, _, wide, tall in self.boxes)
        return area + LESSER * sum(wide * tall for _, _, wide, tall in self.boxes)


@dataclass(frozen=True, eq=False)
class Told:
    """What is told about the subject: the heading in a width, the caption, and the groups of the legend."""

    heading: Callable[[float], Heading]
    caption: str
    legend: Sequence[Sequence[Entry]]


def arranged(
    needs: Needs, told: Told, size: PictureSize, theme: Theme, natural: tuple[float, float], aside: float = 0.0
) -> SweepArrangement:  # fmt: skip
    """The arrangement in which the maps are largest.

    Args:
        natural: width and height of a map in a picture without a size, in inches.
        aside: the height of what a film tells beside its map, before everything else.

    Raises:
        RoomError: for a picture that is too small for its maps.
    """
    plan = _Plan(needs, told, theme, aside)
    if size.inches is None:
        return plan.natural(natural)
    width, height = size.inches
    if size.tallest is not None:
        found = [plan.grown(columns, width) for columns in range(1, needs.count + 1)]
        fitting = [each for each in found if each.height <= size.tallest and each.side >= LEAST * plan.times]
        if fitting:
            return fitting[0]
        height = size.tallest
    found = [each for each in plan.fitted(width, height) if each.side >= LEAST * plan.times]
    if not found:
        pixels = f"{width * size.dpi:.0f}x{height * size.dpi:.0f}"
        what = "a map with its legend has" if needs.count == 1 else f"{needs.count} maps with their legend have"
        raise RoomError(f"{what} no room in {pixels} pixels: make it larger, or --size thumbnail without words")
    return max(found, key=lambda each: each.worth(needs.flattest))


@dataclass(frozen=True, eq=False)
class _Plan:
    """Finds arrangements."""

    needs: Needs
    told: Told
    theme: Theme
    aside: float

    @property
    def times(self) -> float:
        """The size of words, in that of a theme's own."""
        return self.theme.type_scale

    def natural(self, sides: tuple[float, float]) -> SweepArrangement:
        """Maps of the sides that suit them, with the legend below them."""
        count, (wide, tall) = self.needs.count, sides
        columns = 1 if count == 1 else 2 if count <= 4 else 3 if count <= 9 else 4
        bar = (BAR_GAP + BAR + BAR_ROOM) * self.times if self.needs.bar else self.needs.right
        width = EDGE + self.needs.left + columns * wide + (columns - 1) * self._gaps(columns)[0] + bar + EDGE
        return self._below(columns, wide, tall, width, None, upright=True)

    def grown(self, columns: int, width: float) -> SweepArrangement:
        """The maps as wide as the picture is, which is as high as it has to be."""
        room = width - 2 * EDGE - self.needs.left - self.needs.right - (columns - 1) * self._gaps(columns)[0]
        wide = room / columns
        return self._below(columns, wide, wide * (self.needs.ratio or self.needs.grown), width, None, upright=False)

    def fitted(self, width: float, height: float) -> Iterator[SweepArrangement]:
        """All arrangements in a picture of this size."""
        for columns in range(1, self.needs.count + 1):
            for upright in (True, False) if self.needs.bar else (True,):
                for telling in TELLING:
                    found = self._beside(columns, telling * self.times, width, height, upright=upright)
                    if found is not None:
                        yield found
                if not self.aside:
                    found = self._fitted_below(columns, width, height, upright=upright)
                    if found is not None:
                        yield found

    def _gaps(self, columns: int) -> tuple[float, float]:
        """Between maps beside each other, and between the rows of them."""
        complete = self.needs.count % columns == 0
        return ACROSS * self.times, (UP if complete else UNDER_NUMBERS) * self.times

    def _bar_room(self, *, upright: bool) -> tuple[float, float]:
        """Right of the maps, and below them."""
        if not self.needs.bar:
            return self.needs.right, 0.0
        if upright:
            return (BAR_GAP + BAR + BAR_ROOM) * self.times, 0.0
        return self.needs.right, (BAR_GAP + BAR + BAR_BELOW) * self.times

    def _cells(self, columns: int, wide: float, tall: float) -> tuple[float, float]:
        """The sides of one map where all of them have a room."""
        across, up = self._gaps(columns)
        rows = math.ceil(self.needs.count / columns)
        wide = (wide - (columns - 1) * across) / columns
        tall = (tall - rows * self.needs.title - (rows - 1) * up) / rows
        if self.needs.ratio is not None:
            return min(wide, tall / self.needs.ratio), min(tall, wide * self.needs.ratio)
        if self.needs.fills:
            return wide, tall
        return min(wide, self.needs.flattest * tall), min(tall, SLIMMEST * wide)

    def _block(self, columns: int, wide: float, tall: float) -> tuple[float, float]:
        """Width and height of all maps, from the sides of one."""
        across, up = self._gaps(columns)
        rows = math.ceil(self.needs.count / columns)
        return columns * wide + (columns - 1) * across, rows * (tall + self.needs.title) + (rows - 1) * up

    def _heading(self, width: float) -> tuple[Heading, float]:
        """The heading, and how far from the top it and the space below it reach."""
        heading = self.told.heading(width - EDGE - self._left)
        return heading, (ABOVE + UNDER_HEADING) * self.times + heading.height

    @property
    def _left(self) -> float:
        """Where the axes begin."""
        return EDGE + self.needs.left

    def _caption(self, width: float) -> tuple[str, ...]:
        return tuple(wrapped(self.told.caption, width, self.theme.text_size, self.theme)) if self.told.caption else ()

    def _boxes(self, columns: int, wide: float, tall: float, top: float) -> tuple[Rectangle, ...]:
        """The axes of each map, the first row of them below a height."""
        across, up = self._gaps(columns)
        places = (divmod(number, columns) for number in range(self.needs.count))
        return tuple(
            (self._left + column * (wide + across), top - (row + 1) * (tall + self.needs.title) - row * up, wide, tall)
            for row, column in places
        )

    def _bar(self, block: tuple[float, float], top: float, *, upright: bool) -> Rectangle | None:
        """The place of the color bar beside or below the maps, whose upper end is at a height."""
        if not self.needs.bar:
            return None
        if upright:
            left = self._left + block[0] + BAR_GAP * self.times
            return left, top - block[1], BAR * self.times, block[1] - self.needs.title
        low = top - block[1] - self.needs.below - (BAR_GAP + BAR) * self.times
        return self._left, low, block[0], BAR * self.times

    def _fitted_below(self, columns: int, width: float, height: float, *, upright: bool) -> SweepArrangement | None:
        """Caption and legend above and below the maps, in a picture of this size."""
        reach = self._heading(width)[1]
        room = width - EDGE - self._left
        caption = self._caption(room)
        legend = placed_legend(self.told.legend, room, self.theme)
        beside, under = self._bar_room(upright=upright)
        tall = height - reach - self._caption_height(caption) - self.needs.below - under - legend.height - 2 * PAD * self.times
        beside = beside if self.needs.bar and upright else max(0.0, beside - EDGE / 2)  # numbers may reach beyond the maps
        wide, tall = self._cells(columns, room - beside, tall)
        return self._below(columns, wide, tall, width, height, upright=upright) if min(wide, tall) > 0 else None

    def _caption_height(self, caption: Sequence[str]) -> float:
        return (len(caption) * LINE + CAPTION) * self.times if caption else 0.0

    def _below(
        self, columns: int, wide: float, tall: float, width: float, height: float | None, *, upright: bool
    ) -> SweepArrangement:  # fmt: skip
        """The arrangement with caption and legend above and below maps of these sides; as high as it has to be if None."""
        heading, reach = self._heading(width)
        room = width - EDGE - self._left
        caption = self._caption(room)
        legend = placed_legend(self.told.legend, room, self.theme)
        block = self._block(columns, wide, tall)
        under = self._bar_room(upright=upright)[1]
        begin = reach + self._caption_height(caption)
        legend_top = begin + block[1] + self.needs.below + under + PAD * self.times
        whole = legend_top + (legend.height + PAD * self.times if legend.entries else EDGE / 2)
        height = whole if height is None else height
        top = height - begin
        return SweepArrangement(
            width, height, columns, self._boxes(columns, wide, tall, top), self._bar(block, top, upright=upright), upright,
            heading, self._left, caption, (self._left, reach + LINE * self.times / 2), legend, (self._left, legend_top),
        )  # fmt: skip

    def _beside(self, columns: int, telling: float, width: float, height: float, *, upright: bool) -> SweepArrangement | None:
        """The arrangement with caption and legend beside the maps; None where they have no room there."""
        heading, reach = self._heading(width)
        beside, under = self._bar_room(upright=upright)
        gap = BESIDE * self.times
        room = width - self._left - beside - gap - telling - EDGE
        wide, tall = self._cells(columns, room, height - reach - self.needs.below - under - EDGE / 2)
        if min(wide, tall) <= 0:
            return None
        block = self._block(columns, wide, tall)
        begin = self._left + block[0] + beside + gap
        telling = width - EDGE - begin
        caption = self._caption(telling)
        legend = placed_legend(self.told.legend, telling, self.theme)
        down = reach + self.needs.title + self.aside
        below = down + self._caption_height(caption)
        if below + legend.height > height - EDGE / 2:
            return None
        foot = reach + block[1] - legend.height  # at the foot of the maps where there is room
        at = begin, max(below, foot) if self.aside else below
        top = height - reach
        return SweepArrangement(
            width, height, columns, self._boxes(columns, wide, tall, top), self._bar(block, top, upright=upright), upright,
            heading, self._left, caption, (begin, down + LINE * self.times / 2), legend, at,
            (begin, reach, width - EDGE),
        )  # fmt: skip
