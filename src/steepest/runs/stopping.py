"""When a run stops: the step limit and the tolerances."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from steepest.errors import InputError, clipped
from steepest.language.expression import Expression
from steepest.optimizers.optimizer import Optimizer, schedules
from steepest.random import LARGEST_SEED

MOST_STEPS = 100_000_000
SHORTEST, LONGEST = 1e-150, 1e150  # the square of a length in between is a normal number
SLOPE = 1e3  # times tol: a gradient that is too large for a short step to mean that a run has converged


@dataclass(frozen=True)
class StoppingRule:
    """When a run stops.

    Attributes:
        steps: the step limit, `T` in a schedule.
        tol: the run has converged when a step is shorter; 0 for never.
        gtol: the run has converged when the gradient's norm is smaller; 0 for never.
        budget: how many values, gradients and Hessians the optimizer may ask for, all together; None for any number.

    Raises:
        InputError: for a step limit, a budget or a tolerance that no run can have.
    """

    steps: int
    tol: float
    gtol: float
    budget: int | None = None

    def __post_init__(self) -> None:
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or not 0 <= self.steps <= MOST_STEPS:
            raise InputError(f"the number of steps is a whole number from 0 to {MOST_STEPS:,}, not {self.steps!r}")
        budget = self.budget
        if budget is not None and (isinstance(budget, bool) or not isinstance(budget, int) or budget < 0):
            raise InputError(f"the budget is a whole number of evaluations from 0, not {clipped(repr(budget))}")
        for name, value in (("tol", self.tol), ("gtol", self.gtol)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise InputError(f"{name} is a length, a finite number from 0, not {value!r}")
            if value and not SHORTEST <= value <= LONGEST:
                raise InputError(f"{name} is 0 or a length from {SHORTEST:g} to {LONGEST:g}, not {value!r}")

    def allowed(self, each: int) -> int:
        """How many steps the limit and the budget allow, where each step takes so many evaluations."""
        return self.steps if self.budget is None else min(self.steps, self.budget // each)

    def gradient_bound(self, optimizer: Optimizer, hyperparameters: Mapping[str, Expression]) -> float:
        """The gradient's norm above which a step shorter than `tol` does not end a run.

        A step may be short because the learning rate is. With a schedule, or a learning rate that is not above `tol`, the
        gradient must be below `tol` itself; else below 1000 tol, as it is whenever gradient descent with a learning rate of
        0.001 or more stops. There is no bound where the optimizer may rest on a slope that weight decay balances.
        """
        lr = hyperparameters.get("lr")
        if schedules(hyperparameters) or (lr is not None and not lr.value > self.tol):
            return self.tol
        return math.inf if optimizer.decays_weights else SLOPE * self.tol


def check_seed(seed: int) -> int:
    """The seed, if it is one.

    Raises:
        InputError: unless it is a whole number from 0 to 2^32 - 1.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise InputError(f"the seed is a whole number from 0 to {LARGEST_SEED}, not {seed!r}")
    return seed
