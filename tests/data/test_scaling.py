"""Scaling: closed forms, extreme numbers, what cannot be scaled."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from steepest.data.arrays import read_columns
from steepest.data.scaling import METHODS, fit_scaling, original, scaled
from steepest.errors import InputError


def exact(values: list[float]) -> tuple[float, float]:
    """The mean and the population standard deviation in rational arithmetic."""
    numbers = [Fraction(value) for value in values]
    mean = sum(numbers, Fraction(0)) / len(numbers)
    variance = sum(((number - mean) ** 2 for number in numbers), Fraction(0)) / len(numbers)
    shift = 2 ** max(0, 400 - variance.numerator.bit_length() + variance.denominator.bit_length())
    root = Fraction(math.isqrt(variance.numerator * shift**2 // variance.denominator), shift)
    return float(mean), float(root)


EXTREMES = {
    "plain": [1.0, 2.0, 4.0],
    "a large offset": [1e15 + 1, 1e15 + 2, 1e15 + 4],
    "the largest": [1.7e308, -1.7e308, 1e308],
    "all large": [1e308, 1.1e308, 1.2e308],
    "the smallest": [5e-324, 1.5e-323, 0.0],
    "far apart": [1e308, 1.0, -1e-300],
    "nearly constant": [1.0, 1.0, 1.0 + 2**-52],
    "negative": [-3.0, -1.0, -2.0],
}


@pytest.mark.parametrize("values", EXTREMES.values(), ids=EXTREMES)
def test_z_is_mean_and_population_deviation(values: list[float]) -> None:
    found = fit_scaling(read_columns({"x": values}), ["x"], "z")
    mean, deviation = exact(values)
    largest = max(map(abs, values))
    assert found.shifts[0] == pytest.approx(mean, rel=1e-15, abs=largest * 3e-16)
    assert found.scales[0] == pytest.approx(deviation, rel=1e-14 if largest > 1e-300 else 0.3)
    result = scaled(np.array(values), found.shifts[0], found.scales[0])
    assert np.isfinite(result).all()
    if largest > 1e-300:
        assert result.std() == pytest.approx(1, rel=1e-12)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40).filter(lambda values: max(values) - min(values) > 1e-3))
def test_every_method_can_be_undone(values: list[float]) -> None:
    for method in METHODS:
        found = fit_scaling(read_columns({"x": values}), ["x"], method)
        (shift,), (scale,) = found.shifts, found.scales
        assert scale > 0
        back = original(scaled(np.array(values), shift, scale), shift, scale)
        assert np.allclose(back, values, rtol=1e-12, atol=1e-9)


def test_minmax_reaches_0_and_1() -> None:
    found = fit_scaling(read_columns({"x": [3.0, 0.1, 7.7]}), ["x"], "minmax")
    result = found.apply(read_columns({"x": [0.1, 7.7]}))
    assert result["x"].tolist() == [0.0, 1.0]
    assert result.notes == ("minmax: x is replaced by (x - 0.1)/7.6, its least value and its range",)


def test_only_named_columns_change() -> None:
    table = read_columns({"x": [1, 3], "y": [10, 20]})
    found = fit_scaling(table, ["x"], "z")
    assert found.apply(table)["y"].tolist() == [10.0, 20.0]
    assert fit_scaling(table, ["x"]).apply(table) is table
    assert fit_scaling(table, ["x"]).sentence == "none: the columns keep their units"
    many = fit_scaling(read_columns({f"x{index}": [1, 3] for index in range(9)}), [f"x{index}" for index in range(9)], "z")
    assert "and 5 more columns likewise" in many.sentence


@pytest.mark.parametrize(
    ("values", "method", "told"),
    [
        ([3, 3], "z", "'x' is 3 in every row and cannot be scaled: leave it out, or scale by none"),
        ([0.1, 0.1, 0.1], "minmax", "'x' is 0.1 in every row"),
        ([3], "z", "'x' has one row and cannot be scaled"),
        ([1e308, -1e308], "minmax", "the range of 'x' is beyond 1.8e308: change its unit"),
        ([1, None], "z", "missing"),
        ([1, math.inf], "z", "'x' is infinite"),
        (["a", "b"], "z", "'x' is 'a', no number"),
        ([1, 2], "min-max", r"there is no scaling 'min-max': did you mean minmax\?"),
        ([1, 2], "std", "there are z, minmax, none"),
    ],
)
def test_what_cannot_be_scaled(values: list[float], method: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        fit_scaling(read_columns({"x": values}), ["x"], method)
