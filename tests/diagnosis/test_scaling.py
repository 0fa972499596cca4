"""Advice to scale the columns of a fit: given where it is true, with its numbers, and not elsewhere."""

import numpy as np
import pytest

import steepest

HOUSES = {"size": [820.0, 1150.0, 1480.0, 1930.0, 2600.0], "price": [151.0, 209.0, 262.0, 371.0, 468.0]}


def advised(run: steepest.Fit) -> dict[str, float | str] | None:
    return next((dict(each.settings) for each in run.diagnose().advice if "scale" in each.settings), None)


@pytest.mark.parametrize("lr", [1e-7, 1e-6])
def test_scaling_is_advised_with_numbers_that_hold(lr: float) -> None:
    run = steepest.fit(HOUSES, "price ~ w*size + b", lr=lr)
    settings = advised(run)
    assert settings == {"scale": "z", "lr": 0.5}
    told = next(each for each in run.diagnose().sentences if "scale z" in each)
    size, m = np.array(HOUSES["size"]), 5
    hessian = 2 / m * np.array([[m, size.sum()], [size.sum(), (size**2).sum()]])
    least, largest = np.linalg.eigvalsh(hessian)
    assert f"not {largest / least:.4g}" in told
    assert f"in root mean square size is {np.sqrt((size**2).mean()):,.0f} times as large as the constant term's 1" in told
    assert "gd is stable below lr 1, not 3.408e-07" in told
    assert 2 / largest == pytest.approx(3.408e-7, rel=1e-3)
    again = steepest.fit(HOUSES, "price ~ w*size + b", scale="z", lr=0.5)
    assert f"it converges in {again.steps} steps" in told
    assert steepest.fit(HOUSES, "price ~ w*size + b", scale="z", lr=1.1, steps=6000, tol=0).ending == "diverged"
    assert steepest.fit(HOUSES, "price ~ w*size + b", lr=3.4079e-7, steps=3000, tol=0).ending == "step_limit"
    assert steepest.fit(HOUSES, "price ~ w*size + b", lr=3.6e-7, steps=20_000, tol=0).ending == "diverged"


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("price ~ w*size", {"lr": 1e-7}),  # nothing takes up the shift
        ("price ~ w*size + b", {"scale": "z", "lr": 0.1}),  # done already
        ("price ~ b + 1e-3*w*size", {"lr": 1e-1}),  # in other units by hand: a small condition number
        ("price ~ b*exp(w*size)", {"lr": 1e-12}),  # not quadratic
        ("price ~ w*size + b", {"optimizer": "adam"}),
    ],
)
def test_it_is_not_advised_elsewhere(model: str, settings: dict[str, object]) -> None:
    assert advised(steepest.fit(HOUSES, model, steps=50, **settings)) is None  # type: ignore[arg-type]


def test_a_run_that_ran_away_makes_no_saddle_of_a_bowl() -> None:
    run = steepest.fit(HOUSES, "price ~ w*size + b", lr=1e-6)
    assert not any("saddle" in each for each in run.diagnose().sentences)
