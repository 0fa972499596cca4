"""Statistics over the seeds of a sweep, beside NumPy's quantiles of each cell's runs."""

from typing import Any

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.runs.sweep.axes import linear


@pytest.mark.parametrize("seeds", [1, 2, 5, 40])
@pytest.mark.parametrize("order", [("seed", "lr", "x"), ("lr", "seed", "x"), ("lr", "x", "seed")])
def test_quartiles_are_numpys(order: tuple[str, ...], seeds: int) -> None:
    every: dict[str, Any] = {"lr": [0.1, 0.5, 40.0], "x": linear(-1, 1, 4), "seed": range(seeds)}
    about: dict[str, Any] = {"optimizer": "noisy_gd(temperature=0.1)", "steps": 60}
    found = steepest.sweep("x^4 - x^2", {name: every[name] for name in order}, **about)
    made = found.over_seeds()
    assert made.seeds == seeds and made.finite.shape == (3, 4) and [axis.name for axis in made.axes] == ["lr", "x"]
    place = order.index("seed")
    value, ending = np.moveaxis(found.value, place, -1), np.moveaxis(found.ending, place, -1)
    for index in np.ndindex(3, 4):
        runs = value[index][np.isfinite(value[index])]
        assert made.finite[index] == len(runs)
        wanted = np.quantile(runs, [0.25, 0.5, 0.75]) if len(runs) else np.full(3, np.nan)
        np.testing.assert_allclose([made.low[index], made.median[index], made.high[index]], wanted, rtol=1e-14)
        counts = {word: int((ending[index] == code).sum()) for code, word in enumerate(found.endings)}
        assert {word: int(each[index]) for word, each in made.endings.items() if each[index]} == {
            w: c for w, c in counts.items() if c
        }
    assert (made.finite == 0).any() and (made.finite == seeds).any()
    rows = list(made.rows())
    assert rows[5]["settings"] == {"lr": 0.5, "x": pytest.approx(-1 / 3)} and len(rows) == 12


def test_without_seeds_there_are_none() -> None:
    with pytest.raises(InputError, match=r'^statistics are over seeds: sweep over seed, too, such as --over "seed = 0:100"$'):
        steepest.sweep("x^2", {"lr": [0.1, 0.2]}, start=1).over_seeds()
