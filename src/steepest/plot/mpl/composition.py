"""Where the panels, the legend and the heading of a picture go: one grid, with as much room for the subject as there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from steepest.plot.mpl.legend import Legend, LegendContent

# Inches.
EDGE, GAP, PAD = 0.2, 0.3, 0.12  # around the picture, between panels with their labels, between the panels and the legend
SLACK = 0.02  # more than a legend needs
HEIGHT = 4.2  # of the panels of a picture without a size
LEAST_CHART = 2.1, 1.35  # width and height
LEAST_SUBJECT = 1.2  # a side
LEAST_COLUMN, COLUMN = 1.5, 3.0  # width of a legend beside the subject: the least, and that beside an only panel
WIDEST, NARROWEST = 7.0, 2.6  # a subject whose axes share one scale, in a picture without a size

MOST_OF_WIDTH = 0.64  # of the room, for a subject whose axes share one scale
STACKED_SHARE = 0.7  # of the height, for the subject above a chart
LESSER = 0.45  # what a square inch of another panel counts against one of the subject
SECOND = 0.8  # what one of the second of three panels counts, which is a subject, too
SLIMMEST, FLATTEST = 0.6, 2.0  # width over height of a second subject, beyond which more room does not count
UPPER, LEFT = 0.7, 0.55  # the shares of two subjects above a chart, and of the first beside the second and the chart
ROOMY = 0.9  # of the width, that the subject of a picture that may grow has
LEAST_HEIGHT = 0.6  # of its width, for a subject whose axes have scales of their own
CRAMPED = 0.25  # what an arrangement counts in which a chart or a line of the legend has too little room


@dataclass(frozen=True)
class PanelNeeds:
    """What a panel needs, in inches.

    Attributes:
        left, right, above, below: for its labels, a color bar, a caption.
        ratio: width over height of its axes; None if they fill what they are given.
        share: of the width, among panels without a ratio.
        least: height of its axes in a picture that may grow.
        natural: its width in a picture without a size.
    """

    left: float
    natural: float
    right: float = 0.0
    above: float = 0.0
    below: float = 0.5
    ratio: float | None = None
    share: float = 1.0
    least: float = 0.0


@dataclass(frozen=True)
class Box:
    """A rectangle in inches from the lower left corner of the picture."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def shorter(self) -> float:
        """Its shorter side."""
        return min(self.width, self.height)


@dataclass(frozen=True, eq=False)
class Composition:
    """A picture's size in inches, the axes of each panel, and the legend with its left and its top."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    legend: Legend | None
    legend_at: tuple[float, float]

    @property
    def left(self) -> float:
        """Where the axes of the subject begin, and with them the heading."""
        return self.boxes[0].left

    def is_roomy(self, panels: Sequence[PanelNeeds]) -> bool:
        """Whether the subject has most of the width, the others are high enough, and the legend has room for all its lines."""
        first, *others = self.boxes
        room = self.width - 2 * EDGE - panels[0].left - panels[0].right
        ratio = panels[0].ratio if panels[0].ratio is not None else 1 / LEAST_HEIGHT
        spilling = self.legend is not None and self.legend_at[1] - self.legend.height < 0
        return (
            first.height >= max(ROOMY * room / max(ratio, 1.0), panels[0].least)
            and all(box.height >= LEAST_CHART[1] for box in others)
            and not spilling
        )

    @property
    def is_crowded(self) -> bool:
        """Whether a panel is too small, or the legend reaches below the picture."""
        first, *others = self.boxes
        cramped = any(box.width < LEAST_CHART[0] or box.height < LEAST_CHART[1] for box in others)
        overflowing = self.legend is not None and self.legend_at[1] - self.legend.height < 0
        return cramped or overflowing or min(first.width, first.height) < LEAST_SUBJECT

    def worth(self) -> float:
        """The area of the panels, the first one's before the others', less where something has too little room."""
        first, *others = self.boxes
        area = first.area + LESSER * sum(box.area for box in others)
        if len(others) == 2:
            second = others[0]
            area += SECOND * min(second.area, FLATTEST * second.height**2, second.width**2 / SLIMMEST) - LESSER * second.area
        spilling = self.legend is not None and (not self.legend.fits or self.legend.width < LEAST_COLUMN)
        return area * (CRAMPED if self.is_crowded else 1.0) * (CRAMPED if spilling else 1.0)


def compose(
    panels: Sequence[PanelNeeds],
    legend: LegendContent | None,
    *,
    size: tuple[float, float] | None,
    heading: float,
    bottom: float,
    arrangement: str,
) -> Composition:
    """The arrangement in which the panels are largest.

    Args:
        panels: from left to right, or from top to bottom; the first one is the subject.
        size: width and height in inches; what suits the panels if None.
        heading, bottom: inches for the title and the formula, and to leave empty below everything.
        arrangement: `side` for panels side by side only, `stack` for panels one above the other only.
    """
    if size is None:
        return _natural(panels, legend, heading, bottom)
    grid = _Grid(panels, legend, size[0], size[1], heading, bottom)
    found = list(grid.side_by_side()) if arrangement != "stack" or len(panels) == 1 else []
    if arrangement != "side" and len(panels) > 1:
        found += grid.stacked()
    if arrangement not in ("side", "stack") and len(panels) == 3:
        found += [*grid.chart_below(), *grid.two_right()]
    return max(found, key=Composition.worth)


def _natural(panels: Sequence[PanelNeeds], legend: LegendContent | None, heading: float, bottom: float) -> Composition:
    """Panels of the size that suits them, with the legend under the last one, or below all."""
    first = panels[0]
    wide = first.natural if first.ratio is None else min(max(HEIGHT * first.ratio, NARROWEST), WIDEST)
    width = 2 * EDGE + sum(each.left + each.right for each in panels) + GAP * (len(panels) - 1)
    width += wide + sum(each.natural for each in panels[1:])
    height = heading + max(each.above + each.below for each in panels) + HEIGHT + 2 * EDGE + bottom
    if first.ratio is not None and wide < HEIGHT * first.ratio:
        height -= HEIGHT - max(wide / first.ratio, 0.6 * HEIGHT)
    beside = next(_Grid(panels, legend, width, height, heading, bottom, whole=True).side_by_side(), None)
    chart = beside.boxes[-1].height >= 0.5 * HEIGHT if beside is not None and beside.legend is not None else False
    if legend is None or (beside is not None and chart and len(panels) == 2 and beside.legend is not None and beside.legend.fits):
        assert beside is not None
        return beside
    arranged = legend.arranged(width - 2 * EDGE - first.left)
    height += arranged.height + PAD
    return list(_Grid(panels, legend, width, height, heading, bottom, whole=True).side_by_side())[-1]


@dataclass(frozen=True, eq=False)
class _Grid:
    """What is to be arranged, in a picture of a given size; `whole` if the subject may take all the width it asks for."""

    panels: Sequence[PanelNeeds]
    legend: LegendContent | None
    width: float
    height: float
    heading: float
    bottom: float
    whole: bool = False

    @property
    def top(self) -> float:
        """Inches from below to the top of the panels with what is above their axes."""
        return self.height - EDGE - self.heading

    def side_by_side(self) -> Iterator[Composition]:
        """The panels side by side: the legend under the last one or beside the only one, then below all."""
        first, last = self.panels[0], self.panels[-1]
        if self.legend is None:
            yield self._row(None, 0.0)
            return
        row = self._row(None, 0.0)
        if len(self.panels) > 1 and last.ratio is None:
            yield self._under_last(row)
        elif first.ratio is not None:
            yield from self._beside_only()
        wide = self.legend.arranged(self.width - 2 * EDGE - first.left)
        yield self._row(wide, wide.height + PAD)

    def _row(self, legend: Legend | None, low: float) -> Composition:
        """The panels side by side with the legend below all of them."""
        panels, first = self.panels, self.panels[0]
        room = self.width - 2 * EDGE - sum(each.left + each.right for each in panels) - GAP * (len(panels) - 1)
        base = self.bottom + EDGE + low
        top = self.top - max(each.above for each in panels)  # one line for all
        heights = [top - base - each.below for each in panels]
        most = room if len(panels) == 1 or self.whole else MOST_OF_WIDTH * room
        widths = [0.0 if each.ratio is None else min(high * each.ratio, most) for each, high in zip(panels, heights, strict=True)]
        shares = sum(each.share for each in panels if each.ratio is None)
        rest = room - sum(widths)
        boxes, left = [], EDGE
        spare = rest / 2 if not shares and len(panels) == 1 else 0.0
        for each, width, high in zip(panels, widths, heights, strict=True):
            wide = width if each.ratio is not None else rest * each.share / shares
            tall = wide / each.ratio if each.ratio is not None else high
            left += each.left
            boxes.append(Box(left + spare, top - tall, wide, tall))
            left += wide + each.right + GAP
        at = (EDGE + first.left, self.bottom + EDGE + (legend.height if legend is not None else 0.0))
        return Composition(self.width, self.height, tuple(boxes), legend, at)

    def _under_last(self, row: Composition) -> Composition:
        """The legend under the last panel, which is so much lower."""
        assert self.legend is not None
        *others, box = row.boxes
        wide = box.width + box.left - self._label_edge(box)
        legend = self.legend.arranged(wide)
        raised = legend.height + PAD
        at = (self._label_edge(box), self.bottom + EDGE + legend.height)
        boxes = (*others, Box(box.left, box.bottom + raised, box.width, box.height - raised))
        return Composition(self.width, self.height, boxes, legend, at)

    def _label_edge(self, box: Box) -> float:
        """Where the labels of the last panel begin."""
        return box.left - self.panels[-1].left

    def _beside_only(self) -> Iterator[Composition]:
        """The legend right of the only panel, where there is room."""
        assert self.legend is not None
        (panel,) = self.panels
        row = self._row(None, 0.0)
        box = row.boxes[0]
        spare = self.width - 2 * EDGE - panel.left - box.width - panel.right - GAP
        room = min(spare, COLUMN)
        left = EDGE + panel.left + (spare - room) / 2
        begin = left + box.width + panel.right + GAP
        if room < LEAST_COLUMN:
            return
        yield Composition(
            self.width, self.height, (Box(left, box.bottom, box.width, box.height),), self.legend.arranged(room),
            (begin, box.bottom + box.height),
        )  # fmt: skip

    def chart_below(self) -> Iterator[Composition]:
        """Two panels side by side, and below them the third: the legend beside that one, or below all."""
        *upper, last = self.panels
        needed = max(each.above + each.below for each in upper) + last.above + last.below
        left = EDGE + max(upper[0].left, last.left)

        def made(legend: Legend | None, low: float, right: float, at: tuple[float, float]) -> Composition:
            base = self.bottom + EDGE + low
            high = (1 - UPPER) * (self.top - base - needed)
            rest = _Grid(upper, None, self.width, self.height, self.heading, base + high + last.above + last.below - EDGE)
            box = Box(left, base + last.below, right - left - last.right, high)
            return Composition(self.width, self.height, (*rest._row(None, 0.0).boxes, box), legend, at)

        edge = self.width - EDGE
        if self.legend is None:
            yield made(None, 0.0, edge, (0.0, 0.0))
            return
        wide = self.legend.arranged(edge - left)
        yield made(wide, wide.height + PAD, edge, (left, self.bottom + EDGE + wide.height))
        beside = self.legend.arranged(min(COLUMN, (edge - left) / 2))
        alone = made(None, 0.0, edge - beside.width - GAP, (0.0, 0.0))
        if beside.height <= alone.boxes[-1].height + last.below:
            top = alone.boxes[-1].bottom + alone.boxes[-1].height
            yield made(beside, 0.0, edge - beside.width - GAP, (edge - beside.width, top))

    def two_right(self) -> Iterator[Composition]:
        """The first panel on the left, and right of it the two others above each other, with the legend below them or below all."""
        first, *others = self.panels
        margins = max(each.left for each in others), max(each.right for each in others)
        room = self.width - 2 * EDGE - first.left - first.right - GAP - sum(margins)

        def made(legend: Legend | None, low: float, column: float, at: tuple[float, float]) -> Composition:
            base, top = self.bottom + EDGE + low, self.top - max(first.above, others[0].above)  # one line for both
            wide = LEFT * room
            tall = top - base - first.below
            if first.ratio is not None:
                wide, tall = min(wide, tall * first.ratio), min(tall, wide / first.ratio)
            boxes = [Box(EDGE + first.left, top - tall, wide, tall)]
            begin = EDGE + first.left + wide + first.right + GAP + margins[0]
            free = top - base - column - sum(each.above + each.below for each in others) + others[0].above
            above = top + others[0].above
            for each, part in zip(others, (LEFT, 1 - LEFT), strict=True):
                above -= each.above + part * free
                boxes.append(Box(begin, above, self.width - EDGE - margins[1] - begin, part * free))
                above -= each.below
            return Composition(self.width, self.height, tuple(boxes), legend, at)

        if self.legend is None:
            yield made(None, 0.0, 0.0, (0.0, 0.0))
            return
        wide = self.legend.arranged(self.width - 2 * EDGE - first.left)
        yield made(wide, wide.height + PAD, 0.0, (EDGE + first.left, self.bottom + EDGE + wide.height))
        begin = made(None, 0.0, 0.0, (0.0, 0.0)).boxes[1].left
        below = self.legend.arranged(self.width - EDGE - begin)
        yield made(below, 0.0, below.height + PAD, (begin, self.bottom + EDGE + below.height))
        box = made(None, 0.0, 0.0, (0.0, 0.0)).boxes[0]
        under = self.legend.arranged(box.width + first.right)
        start = box.bottom - first.below - PAD
        if under.height <= start - self.bottom - EDGE:
            yield made(under, 0.0, 0.0, (box.left, start))

    def stacked(self) -> Iterator[Composition]:
        """The panels one above the other: the legend beside the subject, or below all."""
        if self.legend is None:
            yield self._column(None, 0.0)
            return
        wide = self.legend.arranged(self.width - 2 * EDGE - max(each.left for each in self.panels))
        yield self._column(wide, wide.height + PAD)
        first = self.panels[0]
        if first.ratio is None:
            return
        for kept in (LEAST_COLUMN, *self.legend.widths()):  # beside the subject, which makes way for it
            column = self._column(None, 0.0, GAP + SLACK + max(kept, LEAST_COLUMN))
            box = column.boxes[0]
            begin = box.left + box.width + first.right + GAP
            legend = self.legend.arranged(self.width - EDGE - begin)
            if legend.height <= box.height:
                yield Composition(self.width, self.height, column.boxes, legend, (begin, box.bottom + box.height))

    def _column(self, legend: Legend | None, low: float, beside: float = 0.0) -> Composition:
        """The panels one above the other, their axes aligned at the left, with some width kept free beside the first."""
        panels = self.panels
        left = EDGE + max(each.left for each in panels)
        base, room = self.bottom + EDGE + low, self.top
        free = room - base - sum(each.above + each.below for each in panels)
        others = len(panels) - 1
        wide = self.width - EDGE - left - panels[0].right - beside
        ratio = panels[0].ratio
        tall = min(STACKED_SHARE * free, max(free - others * LEAST_CHART[1], free / 2)) if others else free
        tall = tall if ratio is None else min(tall, wide / ratio)
        heights = [tall, *((free - tall) / max(others, 1) for _ in panels[1:])]
        boxes, top = [], room
        for each, high in zip(panels, heights, strict=True):
            top -= each.above + high
            across = self.width - EDGE - left - each.right if each.ratio is None else high * each.ratio
            boxes.append(Box(left, top, across, high))
            top -= each.below
        at = (left, self.bottom + EDGE + (legend.height if legend is not None else 0.0))
        return Composition(self.width, self.height, tuple(boxes), legend, at)
