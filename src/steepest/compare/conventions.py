"""Conventions: methods that are the same but for how they are written, and the hyperparameters that turn one into another.

Textbooks and libraries write momentum in several ways. With a constant learning rate they make the same steps once the
learning rate is translated, and their velocities differ by a factor:

    momentum      v = beta*v + g            theta = theta - lr*v     (PyTorch)
    heavy_ball    v = beta*v - lr*g         theta = theta + v        (Polyak)
    ema_momentum  v = beta*v + (1-beta)*g   theta = theta - lr*v     (the first moment of Adam)

Nesterov's two forms store different positions: PyTorch's is Sutskever's look-ahead, theta + beta*v. Each row of the table is
verified by running both methods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from steepest.explain.rounding import rounded
from steepest.language.expression import Expression, evaluate, number, substitute
from steepest.language.grammar import read_expression
from steepest.optimizers.reading import zoo_entry
from steepest.optimizers.zoo import OPTIMIZERS
from steepest.runs.descent import rerun
from steepest.runs.trajectory import Trajectory

POLYAK = "Polyak, USSR Comput. Math. Math. Phys. 4(5), 1964, eq. 9; PyTorch's documentation of SGD"
MOVING_AVERAGE = "Kingma and Ba, arXiv:1412.6980, algorithm 1, first moment; PyTorch's documentation of SGD"
LOOK_AHEAD = "Sutskever et al., ICML 2013, eq. 3-4; Bengio, Boulanger-Lewandowski and Pascanu, arXiv:1212.0901, eq. 6-7"
AVERAGED = "ema_momentum's v is (1-beta) times momentum's, so it needs a learning rate 1/(1-beta) times as large"
LIMIT = "by putting the numbers into the equations"


@dataclass(frozen=True)
class Convention:
    """A row of the table: how one method of the zoo makes the steps of another.

    Attributes:
        one, other: the names of the methods.
        settings: hyperparameters of `other` as formulas in those of `one`; those that are not named are the same.
        why: what differs between the two, in words.
        source: the paper or documentation that says so.
        steady: hyperparameters of `one` that must be numbers, not schedules.
        needs: values that hyperparameters of `one` must have.
        position: the position of `other`, as a formula in the quantities of `one` after the step.
    """

    one: str
    other: str
    settings: Mapping[str, str]
    why: str
    source: str
    steady: tuple[str, ...] = ()
    needs: Mapping[str, float] = field(default_factory=dict)
    position: str = "theta"


CONVENTIONS: tuple[Convention, ...] = (
    Convention("momentum", "heavy_ball", {}, "heavy_ball's v is -lr times momentum's", POLYAK, ("lr",)),
    Convention("heavy_ball", "momentum", {}, "heavy_ball's v is -lr times momentum's", POLYAK, ("lr",)),
    Convention(
        "momentum", "ema_momentum", {"lr": "lr/(1-beta)"},
        AVERAGED, MOVING_AVERAGE, ("beta",)),
    Convention(
        "ema_momentum", "momentum", {"lr": "lr*(1-beta)"},
        AVERAGED, MOVING_AVERAGE, ("beta",)),
    Convention(
        "heavy_ball", "ema_momentum", {"lr": "lr/(1-beta)"},
        "heavy_ball's v is the step itself, ema_momentum's is an average of gradients", POLYAK, ("lr", "beta")),
    Convention(
        "ema_momentum", "heavy_ball", {"lr": "lr*(1-beta)"},
        "heavy_ball's v is the step itself, ema_momentum's is an average of gradients", POLYAK, ("lr", "beta")),
    Convention(
        "sutskever_nesterov", "nesterov", {},
        "nesterov's position is where sutskever_nesterov's velocity leads, theta + beta*v", LOOK_AHEAD, ("lr", "beta"),
        position="theta + beta*v"),
    Convention(
        "nesterov", "sutskever_nesterov", {},
        "nesterov's position is where sutskever_nesterov's velocity leads, so the latter's is theta + lr*beta*v of nesterov",
        LOOK_AHEAD, ("lr", "beta"), position="theta + lr*beta*v"),
    *(
        Convention(name, "gd", {}, f"without {what}, {name} is gradient descent", LIMIT, needs={what: 0.0})
        for name, what in (
            ("momentum", "beta"), ("heavy_ball", "beta"), ("ema_momentum", "beta"), ("nesterov", "beta"),
            ("sutskever_nesterov", "beta"), ("sam", "rho"), ("noisy_gd", "temperature"),
        )
    ),
    Convention("adamw", "adam", {}, "without decay, adamw is adam", LIMIT, needs={"decay": 0.0}),
    Convention("rmsprop_momentum", "rmsprop", {}, "without beta, rmsprop_momentum is rmsprop", LIMIT, needs={"beta": 0.0}),
    Convention("lion", "signsgd", {}, "without beta1 and decay, lion is signsgd", LIMIT, needs={"beta1": 0.0, "decay": 0.0}),
)  # fmt: skip


def convention(one: Trajectory, other: Trajectory) -> Convention | None:
    """The row of the table that turns one run's method into the other's, if there is one."""
    names = _method(one), _method(other)
    for row in CONVENTIONS:
        if (row.one, row.other) == names and row.needs.items() <= one.constant_settings.items():
            return row
    return None


def is_steady(run: Trajectory, row: Convention) -> bool:
    """Whether the hyperparameters that a row needs as numbers are no schedules."""
    return run.schedules.keys().isdisjoint(row.steady)


def _method(run: Trajectory) -> str:
    """The zoo's name for the run's equations, also where a user typed them."""
    return next((name for name in OPTIMIZERS if zoo_entry(name).equations == run.optimizer.equations), run.optimizer.name)


def translated(run: Trajectory, row: Convention) -> Trajectory:
    """The run repeated by the other method of a row, with the hyperparameters that make the same steps."""
    target = zoo_entry(row.other)
    settings: dict[str, Expression] = {}
    for name in target.hyperparameters:
        formula = read_expression(row.settings.get(name, name), known=(*run.hyperparameters, name))
        if name in row.settings or name in run.hyperparameters:
            settings[name] = _folded(substitute(formula, run.hyperparameters))
    return rerun(run, optimizer=target, settings=settings)


def _folded(formula: Expression) -> Expression:
    """A constant formula as its number, without the last digits that are rounding: 0.02/(1-0.9) is 0.2."""
    return number(rounded(evaluate(formula), 15)) if formula.is_constant else formula
