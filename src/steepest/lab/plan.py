"""What a state of the page would run: its texts read and checked, each once, before anything is run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from steepest.errors import InputError
from steepest.lab.bounds import LOCAL, Bounds, integer_field, settings_field, text_field
from steepest.lab.document import resolve
from steepest.lab.fit_data import state_objective
from steepest.lab.state import DEFAULTS, check_state
from steepest.lab.texts import page_optimizer
from steepest.language.expression import Expression
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.optimizer import Optimizer
from steepest.optimizers.reading import optimizer
from steepest.runs.descent import descend
from steepest.runs.start import start_position
from steepest.runs.stopping import StoppingRule, check_seed
from steepest.runs.trajectory import Trajectory


@dataclass(frozen=True)
class Plan:
    """An objective, a start, limits and optimizers that can be run.

    Attributes:
        objective: the function to minimize.
        start: one number for each parameter.
        stopping: the step limit and the tolerances of every run.
        seed: of every run's noise.
        optimizers: one for each run.
        hyperparameters: their values for each optimizer, numbers or formulas in `t` and `T`.
    """

    objective: FormulaObjective
    start: tuple[float, ...]
    stopping: StoppingRule
    seed: int
    optimizers: tuple[Optimizer, ...]
    hyperparameters: tuple[dict[str, Expression], ...]

    def runs(self) -> list[Trajectory]:
        """Run each optimizer."""
        stopping = self.stopping
        return [
            descend(
                self.objective, self.start, optimizer=each, steps=stopping.steps, tol=stopping.tol, gtol=stopping.gtol,
                seed=self.seed,
            )
            for each in self.optimizers
        ]  # fmt: skip


def read_plan(state: Any, bounds: Bounds = LOCAL) -> Plan:
    """Read what a state of the page would run.

    Args:
        state: the page's state (see `steepest.lab.state`) with an objective and one optimizer at least.
        bounds: how much it may ask for.

    Raises:
        FormulaError, InputError: for a state that cannot be run, or asks for more.

    >>> plan = read_plan({"objective": "x^2", "start": [1], "steps": 3, "optimizers": [{"text": "gd"}]})
    >>> [run.steps for run in plan.runs()]
    [3]
    """
    check_state(state)
    text_field(state, "objective", bounds.text)
    function = state_objective(state)
    given = DEFAULTS | {name: value for name, value in state.items() if value is not None}
    stopping = StoppingRule(integer_field(given, "steps", 0, bounds.steps), given["tol"], given["gtol"])
    seed = check_seed(given["seed"])
    chosen = state.get("optimizers") or ()
    if not 1 <= len(chosen) <= bounds.optimizers:
        raise InputError(f"'optimizers' is a list of 1 to {bounds.optimizers} entries")
    optimizers = tuple(page_optimizer(text_field(each, "text", bounds.text), settings_field(each, bounds)) for each in chosen)
    return Plan(
        function,
        start_position(function, state.get("start"), seed),
        stopping,
        seed,
        optimizers,
        tuple(resolve(each, function) for each in optimizers),
    )


def as_optimizers(value: Any) -> list[Optimizer]:
    """One optimizer or several, each as a text or as the result of `steepest.optimizer`, as a list.

    Raises:
        FormulaError, InputError: for a text that is no optimizer.
    """
    several = value if isinstance(value, list | tuple) else [value]
    return [each if isinstance(each, Optimizer) else optimizer(each) for each in several]
