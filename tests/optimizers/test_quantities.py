"""What a quantity is to its optimizer follows from the equations."""

from __future__ import annotations

import pytest

import steepest
from steepest.errors import InputError
from steepest.optimizers.quantities import check_shown, momentum, order, quantity, showable
from steepest.optimizers.zoo import OPTIMIZERS

MOMENTUM = {
    "momentum": "v", "heavy_ball": "v", "ema_momentum": "v", "nesterov": "v", "sutskever_nesterov": "v", "rmsprop_momentum": "v",
    "adam": "m", "adamw": "m", "adamax": "m", "amsgrad": "m", "nadam": "m", "radam": "m", "adabelief": "m", "lion": "m",
}  # fmt: skip
SQUARED = {
    "adagrad": "s", "rmsprop": "s", "rmsprop_centered": "s", "rmsprop_momentum": "s", "adadelta": "s", "adam": "v", "adamw": "v",
    "amsgrad": "v_max", "nadam": "v", "radam": "v", "adabelief": "s",
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_zoo_carries_what_its_papers_say(name: str) -> None:
    optimizer = steepest.optimizer(name)
    assert momentum(optimizer) == MOMENTUM.get(name)
    squared = [each for each in optimizer.state if order(optimizer, each, optimizer.defaults) == 2]
    assert squared[-1:] == ([SQUARED[name]] if name in SQUARED and name != "adadelta" else ["u"] if name == "adadelta" else [])


@pytest.mark.parametrize(
    ("equations", "carried"),
    [
        ("v = 0.9 v + g; theta = theta - 0.01 v", "v"),
        ("m = 0.9*m + 0.1*g; theta = theta - 0.1*sign(m)", "m"),
        ("a = 0.9*a + g; b = 0.99*b + g; theta = theta - 0.1*(a + b)", "a"),
        ("m = 0.9*m + 0.1*g; mhat = m/(1-0.9^t); theta = theta - 0.1*mhat", "m"),
        ("m = 0.9*m + 0.1*g; theta = theta - 0.1*g/(sqrt(m^2)+1)", None),
        ("m = 0.9*m + 0.1*g; theta = theta - 0.1*g/(norm(m)+1)", None),
        ("old = theta; theta = theta - 0.1*g", None),
        ("d = theta - old; old = theta; theta = theta - 0.1*g + 0.5*d", None),
        ("s = s + g^2; theta = theta - 0.1*g/(sqrt(s)+1)", None),
        ("n = 0.9*n + norm(g); theta = theta - 0.1*n*g", None),
    ],
)
def test_the_momentum_of_equations_of_ones_own(equations: str, carried: str | None) -> None:
    assert momentum(steepest.optimizer(equations)) == carried


@pytest.mark.parametrize(
    ("equation", "power"),
    [
        ("q = 0.9*q + 0.1*g^2", 2),
        ("q = q + g*g", 2),
        ("q = max(0.9*q, abs(g))", 1),
        ("q = 0.9*q + 0.1*abs(g)", 1),
        ("q = (1 - 0.9^t)*q + g^2", 2),
        ("q = b*q + (1-b)*g^2", 2),
        ("q = g^2/(1-0.9^t)", 2),
        ("q = (0.9 - 1)*q + g^2", None),
        ("q = (2-t)*q + g^2", None),
        ("q = 0.9*q + g^3", None),
        ("q = q - g^2", None),
        ("q = q + g", None),
        ("q = q + noise()", None),
    ],
)
def test_what_is_never_negative(equation: str, power: float | None) -> None:
    optimizer = steepest.optimizer(f"{equation}; theta = theta - 0.1*q", **({"b": 0.9} if "b*" in equation else {}))
    assert order(optimizer, "q", optimizer.settings) == power


def test_the_sign_of_a_hyperparameter_counts() -> None:
    optimizer = steepest.optimizer("q = b*q + g^2; theta = theta - 0.1*q", b=-0.5)
    assert order(optimizer, "q", optimizer.settings) is None


def test_words_and_what_they_stand_for() -> None:
    adam = steepest.optimizer("adam")
    assert [quantity(adam, word) for word in ("gradient", "g", "update", "momentum", "v", "lr", "theta", "q")] == [
        "gradient", "gradient", "update", "m", "v", "lr", None, None,
    ]  # fmt: skip
    assert showable(steepest.optimizer("gd")) == ("gradient", "update", "lr")


def test_a_name_of_ones_own_comes_first() -> None:
    optimizer = steepest.optimizer("v = 0.9 v + g; momentum = 2 v; theta = theta - 0.01 momentum")
    assert quantity(optimizer, "momentum") == "momentum"


@pytest.mark.parametrize(
    ("names", "optimizers", "message"),
    [
        (["momentum"], ["gd"], "'gd' has no 'momentum' to show: there are gradient, update, lr$"),
        (["gradeint"], ["gd"], "did you mean gradient"),
        (["v_mx"], ["gd", "amsgrad"], "these optimizers have no 'v_mx' to show: did you mean v_max"),
        (["theta"], ["adam"], "no 'theta'"),
    ],
)
def test_names_that_nothing_has(names: list[str], optimizers: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_shown(names, [steepest.optimizer(each) for each in optimizers])


def test_one_optimizer_of_a_race_is_enough() -> None:
    check_shown(["momentum", "v"], [steepest.optimizer(each) for each in ("gd", "adam")])
