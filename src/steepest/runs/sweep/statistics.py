"""What runs with different seeds have in common: quartiles of their values, and how many ended in each way."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError
from steepest.runs.sweep.axes import Axis
from steepest.runs.sweep.endings import ENDINGS

if TYPE_CHECKING:
    from steepest.runs.sweep.sweep import Sweep

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class SeedStatistics:
    """Statistics over the seeds of a sweep; every array has the shape of the other axes, in their order.

    Attributes:
        axes: the other axes.
        seeds: how many seeds there are.
        finite: of how many runs the value at the last position is finite.
        low, median, high: the quartiles of these values, between two of them by linear interpolation (Hyndman and Fan, "Sample
            Quantiles in Statistical Packages", The American Statistician 50(4), 1996, definition 7); NaN where there are none.
        endings: how many runs ended in each way, by its word.
    """

    axes: tuple[Axis, ...]
    seeds: int
    finite: NDArray[np.int64]
    low: NDArray[np.float64]
    median: NDArray[np.float64]
    high: NDArray[np.float64]
    endings: dict[str, NDArray[np.int64]]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each cell of the other axes, the last one fastest: its settings, quartiles and endings; None for what is NaN."""
        for index in np.ndindex(*self.finite.shape):
            settings = {axis.name: axis.values.array[at].item() for axis, at in zip(self.axes, index, strict=True)}
            quartiles = {name: float(getattr(self, name)[index]) for name in ("low", "median", "high")}
            yield {
                "settings": settings,
                **{name: None if math.isnan(value) else value for name, value in quartiles.items()},
                "endings": {word: int(counts[index]) for word, counts in self.endings.items() if counts[index]},
            }


def seed_statistics(sweep: Sweep) -> SeedStatistics:
    """The statistics over the axis `seed`.

    Raises:
        InputError: for a sweep without that axis.

    >>> from steepest.runs.sweep.sweep import sweep
    >>> found = sweep("x^2", {"seed": range(5), "temperature": [0, 0.1]}, optimizer="noisy_gd(lr=0.1)", start=1)
    >>> made = seed_statistics(found)
    >>> made.seeds, bool(made.low[0] == made.high[0]), bool(made.low[1] < made.median[1] < made.high[1])
    (5, True, True)
    """
    names = [axis.name for axis in sweep.axes]
    if "seed" not in names:
        raise InputError('statistics are over seeds: sweep over seed, too, such as --over "seed = 0:100"')
    place = names.index("seed")
    ordered = np.sort(np.where(np.isfinite(sweep.value), sweep.value, np.nan), axis=place)  # those that are none come last
    finite = np.isfinite(ordered).sum(axis=place)
    low, median, high = (_quantile(ordered, finite, share, place) for share in QUARTILES)
    endings = {word: (sweep.ending == code).sum(axis=place) for code, word in enumerate(ENDINGS)}
    others = tuple(axis for axis in sweep.axes if axis.name != "seed")
    return SeedStatistics(others, sweep.shape[place], finite, low, median, high, {w: c for w, c in endings.items() if c.any()})


def _quantile(ordered: NDArray[np.float64], finite: NDArray[np.int64], share: float, axis: int) -> NDArray[np.float64]:
    """The quantile of the first so many numbers along an axis."""
    place = np.maximum(finite - 1, 0) * share
    before = np.floor(place).astype(np.int64)
    ends = [
        np.take_along_axis(ordered, np.expand_dims(at, axis), axis).squeeze(axis) for at in (before, np.ceil(place).astype(int))
    ]
    with np.errstate(all="ignore"):
        return np.asarray(ends[0] + (ends[1] - ends[0]) * (place - before))
