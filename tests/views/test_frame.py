"""The part of a curve that its picture shows."""

import numpy as np

from steepest.views.frame import value_interval

X = np.linspace(-4.2, 3.0, 800)


def test_a_steep_branch_does_not_flatten_what_the_runs_visited() -> None:
    curve, visited = X**4 - 3 * X**2 + X, np.array([6.0, 0.3, -1.07, -3.5])
    low, high = value_interval(curve, visited)
    assert low < -3.5 and high > 6.0
    assert high < curve.max() / 2
    assert (visited.max() - visited.min()) / (high - low) > 0.1


def test_hills_and_valleys_that_no_run_visited_are_seen() -> None:
    curve = np.sin(X) + np.cos(2 * X)
    low, high = value_interval(curve, np.array([0.42, 0.1, 0.0]))
    assert low < curve.min() and high > curve.max()


def test_what_was_visited_is_seen_also_far_above_the_rest() -> None:
    low, high = value_interval(X**2, np.array([400.0, 0.0]))
    assert low < 0.0 and high > 400.0
    assert value_interval(np.full(800, 2.0), np.array([2.0])) == value_interval(np.full(800, 2.0), np.array([]))
