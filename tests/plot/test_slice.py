"""A slice over two of many parameters."""

from __future__ import annotations

import numpy as np
import pytest

import steepest
from steepest.errors import InputError
from steepest.plot.options import PictureOptions
from steepest.plot.scene.scene import scene


def test_a_slice_is_over_two_parameters() -> None:
    options = PictureOptions(over="w, b")
    assert (options.over, options.view) == (("w", "b"), "slices")
    options.check_for(("b", "v", "w"), [])
    with pytest.raises(InputError, match="no parameter 'w': did you mean w2"):
        options.check_for(("b", "w1", "w2"), [])
    with pytest.raises(InputError, match="three and more parameters, and this one has 2"):
        options.check_for(("w", "b"), [])
    for over in ("w", "w,w", "w,b,c"):
        with pytest.raises(InputError, match="a slice is over two parameters"):
            PictureOptions(over=over)
    with pytest.raises(InputError, match="over two parameters is the view slices, not surface"):
        PictureOptions(over="w,b", view="surface")


def test_a_slice_is_where_the_others_are_as_at_the_end() -> None:
    fit = steepest.fit("houses", "price ~ w1*size + w2*age + b", scale="z", lr=0.1, steps=20)
    planes = scene([fit], options=PictureOptions(over="w2,b")).planes
    assert planes is not None and planes.heading.startswith("a slice through the end")
    (panel,) = planes.panels
    assert panel.layer.labels == ("w_{2}", "b")
    np.testing.assert_array_equal(panel.paths[0].points, fit.positions[:, [2, 0]])
    assert panel.layer.grid is not None
    x, y = panel.layer.grid.x[3], panel.layer.grid.y[5]
    np.testing.assert_allclose(panel.layer.grid.values[5, 3], fit.objective.value((y, fit.positions[-1][1], x)), rtol=1e-12)
