"""The room around the axes of maps and curves for their numbers and labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg

from steepest.plot.mpl.layout import Picture
from steepest.plot.mpl.sweep.arrangement import Rectangle

AROUND, DPI = 2.0, 100  # inches around axes that are measured, and dots an inch
NARROWEST = 0.05  # inches, of a margin


def margins(
    sides: tuple[float, float], draw: Callable[[Picture, Rectangle], Iterable[Axes]]
) -> tuple[float, float, float]:  # fmt: skip
    """The inches left of axes, right of them and below them that their numbers and labels need, measured on a figure of their own.

    Args:
        sides: width and height of all axes together, in inches.
        draw: draws them into a rectangle of a figure, and gives each one whenever it is to be measured.
    """
    wide, tall = sides
    figure = Picture(figsize=(wide + 2 * AROUND, tall + 2 * AROUND), dpi=DPI)
    FigureCanvasAgg(figure)
    drawn = draw(figure, (AROUND, AROUND, wide, tall))
    boxes = [box for ax in drawn for axis in (ax.xaxis, ax.yaxis) if (box := axis.get_tightbbox()) is not None]
    left, low, right = min(box.x0 for box in boxes), min(box.y0 for box in boxes), max(box.x1 for box in boxes)
    return AROUND - float(left) / DPI, max(NARROWEST, float(right) / DPI - AROUND - wide), AROUND - float(low) / DPI
