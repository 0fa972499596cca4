"""Batches that are drawn ahead are those of each step alone, in whatever order the steps are asked for."""

import numpy as np
import pytest

from steepest.data.batches import ORDERS, Batches
from steepest.targets.rows.drawn_batches import COMPILED_FROM, DrawnBatches


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_drawn_ahead_or_one_by_one(order: str, compiled: bool) -> None:
    batches = Batches(1000, 48, order, seed=3)
    drawn = DrawnBatches(batches, compiled=compiled)
    for step in (*range(1, 90), 5, 4, 91, 1, 2, 3, 4, 400, *range(90, 140)):
        found = drawn.at(step)
        assert found is drawn.at(step)
        np.testing.assert_array_equal(found, batches.at(step))


def test_a_long_run_draws_by_machine_code() -> None:
    batches = Batches(100_000, 1024, seed=5)
    drawn = DrawnBatches(batches)
    for step in range(1, 2 * COMPILED_FROM // 1024):
        np.testing.assert_array_equal(drawn.at(step), batches.at(step))
