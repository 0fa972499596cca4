"""Ticks of a horizontal axis whose numbers do not touch each other, however long they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

from matplotlib.ticker import MaxNLocator

from steepest.plot.mpl.text.measure import text_width
from steepest.plot.theme import Theme

APART = 0.8  # widths of a digit between two numbers
FEWEST = 2  # intervals
ROUND = (1, 2, 5, 10)  # from one number to the next, in powers of ten


class FittingLocator(MaxNLocator):
    """Round numbers, in at most so many intervals, or as many fewer as the numbers need; of a tiny axis a part of them."""

    def __init__(
        self,
        theme: Theme,
        most: int | Literal["auto"] = "auto",
        steps: Sequence[float] = (1, 2, 2.5, 5, 10),
        *,
        integer: bool = False,
    ) -> None:
        super().__init__(nbins=most, steps=list(steps), integer=integer)
        self.theme, self.most = theme, most

    def tick_values(self, vmin: float, vmax: float) -> Any:
        self.set_params(nbins=self.most)
        found = super().tick_values(vmin, vmax)
        axis: Any = self.axis
        for count in range(len(found) - 2, FEWEST - 1, -1):
            if self._fits(found, vmin, vmax):
                break
            self.set_params(nbins=count)
            found = super().tick_values(vmin, vmax)
        while not self._fits(found, vmin, vmax):  # also with the fewest intervals: every other number
            found = [tick for tick in found if min(vmin, vmax) <= tick <= max(vmin, vmax)][::2]
        axis.get_major_formatter().set_locs(found)
        return found

    def _fits(self, ticks: Any, vmin: float, vmax: float) -> bool:
        """Whether the numbers within the view have room beside each other."""
        axis: Any = self.axis
        low, high = sorted((vmin, vmax))
        shown = [tick for tick in ticks if low <= tick <= high]
        if len(shown) < 2 or high == low:
            return True
        length = axis.axes.bbox.width / axis.axes.figure.dpi * (shown[1] - shown[0]) / (high - low)
        widths = [text_width(text, self.theme.small_size, self.theme) for text in axis.get_major_formatter().format_ticks(shown)]
        needed = max((one + other) / 2 for one, other in pairwise(widths))
        return bool(needed + APART * text_width("0", self.theme.small_size, self.theme) <= length)
