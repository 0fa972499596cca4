"""Chunks: blocks stay whole, sums have the bits of the language, what is found is found wherever a chunk ends."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from steepest.data.chunks import Cursor, ahead, whole_blocks
from steepest.data.missing_values import look, together
from steepest.data.passes import passing, watched
from steepest.data.sums import added, block_sums
from steepest.language.rows import BLOCK, reduced_rows

sizes = st.lists(st.integers(0, 20), min_size=1, max_size=12)


def cut(sizes: list[int]) -> list[list[NDArray[np.int64]]]:
    """Two columns, cut into chunks of these numbers of rows."""
    ends = np.cumsum([0, *sizes])
    return [[np.arange(low, high), -np.arange(low, high)] for low, high in pairwise(ends)]


@given(sizes, st.integers(1, 9))
def test_blocks_stay_whole(sizes: list[int], block: int) -> None:
    found = list(whole_blocks(cut(sizes), block))
    assert all(len(first) == len(second) and len(first) for first, second in found)
    assert all(len(first) % block == 0 for first, _ in found[:-1])
    for column, sign in ((0, 1), (1, -1)):
        whole = np.concatenate([np.empty(0, np.int64), *(chunk[column] for chunk in found)])
        assert whole.tolist() == (sign * np.arange(sum(sizes))).tolist()


@given(sizes, st.lists(st.integers(0, 30), max_size=8))
def test_a_cursor_takes_one_row_after_another(sizes: list[int], counts: list[int]) -> None:
    cursor, first = Cursor(iter(cut(sizes))), 0
    for count in counts:
        taken = [row for values, _ in cursor.take(count) for row in values.tolist()]
        assert taken == list(range(first, min(first + count, sum(sizes))))
        first = min(first + count, sum(sizes))
        assert cursor.row == first


def test_what_is_read_ahead_comes_in_order_and_raises_in_its_turn() -> None:
    def items() -> object:
        yield from range(5)
        raise ValueError("damaged")

    found: list[object] = []
    with pytest.raises(ValueError, match="damaged"):
        found.extend(ahead(items()))  # type: ignore[arg-type]
    assert found == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("count", [1, 7, 8, 9, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_sums_have_the_bits_of_the_language(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count) * 1e3
    assert float(added(block_sums(values))) == reduced_rows("sum", values.tolist())
    for cut_at in range(0, count, BLOCK):
        parts = added(block_sums(values[cut_at:]), added(block_sums(values[:cut_at])) if cut_at else 0.0)
        assert float(parts) == reduced_rows("sum", values.tolist())


@given(st.lists(st.sampled_from([1.0, np.nan, np.inf, -np.inf]), min_size=1, max_size=30), st.integers(1, 7))
def test_what_is_found_does_not_depend_on_the_chunks(values: list[float], size: int) -> None:
    columns = [np.array(values), np.array(values[::-1])]
    parts = [look([each[first : first + size] for each in columns]) for first in range(0, len(values), size)]
    assert together(parts) == look(columns)


def test_a_pass_that_is_broken_off_is_told_to_be_over() -> None:
    told: list[tuple[int, int]] = []

    def broken_off() -> None:
        with passing(9) as tell:
            tell(4)
            raise KeyboardInterrupt

    with watched(lambda done, rows: told.append((done, rows))), pytest.raises(KeyboardInterrupt):
        broken_off()
    assert told == [(4, 9), (9, 9)]
