"""Values and gradients over all rows beside those of batches."""

from __future__ import annotations

import numpy as np
import pytest

import steepest
from steepest.plot.options import PictureOptions
from steepest.plot.scene.scene import scene


@pytest.mark.parametrize(
    ("table", "model", "further"),
    [
        ("houses", "price ~ w*size + k*b", {"let": {"k": 2}}),
        ("houses", "price ~ linear", {}),
        ("iris", "species ~ softmax", {}),
    ],
)
def test_all_rows_give_the_value_and_the_gradient_at_every_position(table: str, model: str, further: dict[str, object]) -> None:
    run = steepest.fit(table, model, scale="z", lr=0.05, batch=4, epochs=2, **further)  # type: ignore[arg-type]
    assert run.full_values.shape == run.values.shape
    assert run.full_gradients.shape == run.gradients.shape
    for step in (0, 7, run.steps):
        np.testing.assert_allclose(run.full_values[step], run.objective.value(run.positions[step]), rtol=1e-13)
        np.testing.assert_allclose(run.full_gradients[step], run.objective.gradient(run.positions[step]), rtol=1e-12)
    assert not np.isclose(run.full_values, run.values).all()


def test_the_mean_over_an_epoch_of_batches_is_what_all_rows_give() -> None:
    run = steepest.fit("houses", "price ~ w*size + b", scale="z", lr=0.0, batch=12, epochs=1, tol=0)  # 60 rows
    assert run.steps == 5
    np.testing.assert_allclose(run.gradients[:5].mean(axis=0), run.full_gradients[0], rtol=1e-12)


def test_without_batches_they_are_the_run_s_own() -> None:
    run = steepest.descend("x^2", 3, steps=4)
    assert run.full_values is run.values
    assert run.full_gradients is run.gradients


def test_a_picture_shows_both_on_request() -> None:
    run = steepest.fit("houses", "price ~ w*size + b", scale="z", lr=0.05, batch=4, epochs=3)
    plain, both = (scene([run], options=PictureOptions(show=show)) for show in ("gradient", "gradient,full"))
    assert plain.chart.full == ()
    np.testing.assert_array_equal(both.chart.full[0].values, run.full_values)
    np.testing.assert_array_equal(both.chart.series[0].values, run.values)
    quantities = {each.name: each for each in both.runs[0].quantities}
    np.testing.assert_array_equal(quantities["full"].rows, run.full_gradients)
    np.testing.assert_array_equal(quantities["gradient"].rows, run.gradients)
    factors = {each.factor for each in both.quantity_scales()}
    assert len(factors) == 1
    assert not scene([steepest.descend("x^2", 3)], options=PictureOptions(show="full")).chart.full
