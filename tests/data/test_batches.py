"""Batches: the same in Python and NumPy, every row once an epoch, and evenly distributed."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steepest.data.batches import MOST_ROWS, ORDERS, Batches
from steepest.errors import InputError

ROWS = st.integers(1, 10**6)
PUBLISHED = {
    "shuffle": [1, 2, 5, 7, 8, 3, 4, 0, 9, 6],
    "shuffle, epoch 2": [8, 7, 5, 9, 4, 1, 0, 6, 2, 3],
    "shuffle of 1000": [949, 591, 802, 861, 272, 152],
    "replacement": [9, 0, 5, 4, 0, 6, 8, 2, 2, 9],
}
"""What another target has to give."""


@settings(deadline=None)
@given(st.data(), ROWS, st.sampled_from(sorted(ORDERS)), st.integers(0, 2**32 - 1), st.integers(1, 10**9))
def test_python_and_numpy_agree(data: st.DataObject, rows: int, order: str, seed: int, step: int) -> None:
    batches = Batches(rows, data.draw(st.integers(1, min(rows, 20))), order, seed)
    found = batches.at(step)
    assert found.dtype == np.int64 and found.shape == (batches.length(step),)
    assert found.tolist() == [batches.row(step, place) for place in range(len(found))]
    assert found.min() >= 0 and found.max() < rows


@settings(deadline=None)
@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(0, 2**32 - 1), st.integers(0, 1000))
def test_an_epoch_has_every_row_once(rows: int, size: int, seed: int, epoch: int) -> None:
    for order in ("shuffle", "cyclic"):
        batches = Batches(rows, min(size, rows), order, seed)
        first, last = epoch * batches.steps_an_epoch + 1, (epoch + 1) * batches.steps_an_epoch
        found = batches.between(first, last)
        assert np.array_equal(np.sort(found), np.arange(rows))
        assert {batches.length(step) for step in range(first, last)} <= {batches.size}
        for step in {first, (first + last) // 2, last}:
            place = (step - first) * batches.size
            assert np.array_equal(batches.at(step), found[place : place + batches.length(step)])


def test_published_values() -> None:
    assert Batches(10, 10, "shuffle", 0).at(1).tolist() == PUBLISHED["shuffle"]
    assert Batches(10, 10, "shuffle", 0).at(2).tolist() == PUBLISHED["shuffle, epoch 2"]
    assert Batches(1000, 6, "shuffle", 4294967295).at(1).tolist() == PUBLISHED["shuffle of 1000"]
    assert Batches(10, 10, "replacement", 0).at(1).tolist() == PUBLISHED["replacement"]


@pytest.mark.parametrize("rows", [2, 3, 4, 5, 6])
def test_all_orders_of_few_rows_are_equally_frequent(rows: int) -> None:
    epochs = 12_000
    batches = Batches(rows, rows, seed=11)
    counts = Counter(map(tuple, batches.between(1, epochs).reshape(epochs, rows).tolist()))
    expected = epochs / math.factorial(rows)
    squares = sum((counts[order] - expected) ** 2 / expected for order in itertools.permutations(range(rows)))
    freedom = math.factorial(rows) - 1
    assert squares < freedom + 4 * math.sqrt(2 * freedom)


@pytest.mark.parametrize("rows", [7, 16, 30, 33, 64, 65, 100])
def test_where_two_rows_go_is_even(rows: int) -> None:
    epochs = 6000
    batches = Batches(rows, rows, seed=3)
    counts = np.zeros((rows, rows))
    first, second = batches.between(1, epochs).reshape(epochs, rows)[:, :2].T
    np.add.at(counts, (first, second), 1)
    expected = epochs / (rows * (rows - 1))
    squares = ((counts[~np.eye(rows, dtype=bool)] - expected) ** 2 / expected).sum()
    freedom = rows * (rows - 1) - 1
    assert abs(squares - freedom) < 4 * math.sqrt(2 * freedom)


def test_replacement_is_even_and_takes_rows_twice() -> None:
    batches = Batches(100, 100, "replacement", seed=5)
    found = np.concatenate([batches.at(step) for step in range(1, 401)])
    squares = ((np.bincount(found, minlength=100) - 400) ** 2 / 400).sum()
    assert squares < 99 + 4 * math.sqrt(2 * 99)
    assert np.mean([len(set(batches.at(step).tolist())) for step in range(1, 401)]) == pytest.approx(100 * (1 - 0.99**100), abs=1)


def test_seeds_and_epochs_have_nothing_in_common() -> None:
    sources = {
        key: Batches(1000, 1000, order, seed).at(epoch)
        for key in itertools.product(("shuffle", "replacement"), (0, 1, 2**32 - 1), (1, 2))
        for order, seed, epoch in [key]
    }
    for (one, a), (other, b) in itertools.combinations(sources.items(), 2):
        assert abs(np.corrcoef(a, b)[0, 1]) < 5 / math.sqrt(1000), (one, other)


def test_short_batches_are_told() -> None:
    assert Batches(10, 4).length(3) == 2 and Batches(10, 4).length(4) == 4
    assert Batches(10, 4).sentence == "4 of 10 rows a step (shuffle): 3 steps an epoch, the last one with 2 rows"
    assert Batches(10, 4, "replacement").length(3) == 4
    assert Batches(10, 5, "cyclic").sentence == "5 of 10 rows a step (cyclic): 2 steps an epoch"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((10, 16), "a batch of 16 rows cannot be taken from 10 rows: for all rows, write full"),
        ((10, 0), "a batch has at least 1"),
        ((0, 1), "batches are taken from 1 to 2,147,483,648 rows"),
        ((MOST_ROWS + 1, 1), "batches are taken from 1 to"),
        ((10, 2, "shufle"), r"there is no order 'shufle': did you mean shuffle\?"),
        ((10, 2, "shuffle", -1), "a seed is a whole number from 0 to 4294967295"),
    ],
)
def test_what_cannot_be(arguments: tuple[int, int], told: str) -> None:
    with pytest.raises(InputError, match=told):
        Batches(*arguments)


def test_the_largest_table() -> None:
    batches = Batches(MOST_ROWS, 4, seed=9)
    assert len({row for step in (1, 2, MOST_ROWS // 4) for row in batches.at(step).tolist()}) == 12
