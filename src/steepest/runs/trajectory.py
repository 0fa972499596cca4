"""A trajectory: what was run, every position, and how it ended; everything else is derived from these."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from steepest.language.expression import Expression
from steepest.language.notation import plain
from steepest.language.suggestions import nearest
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.optimizer import Optimizer, constant_settings, schedules
from steepest.runs.ending import Ending
from steepest.runs.evaluations import Evaluations, Work
from steepest.runs.methods import ComparisonMethods, TrajectoryMethods
from steepest.runs.record import Record
from steepest.runs.stopping import StoppingRule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.objectives.objective import Objective
    from steepest.runs.sweep.tuning import Tuning

    Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory(TrajectoryMethods):
    """One run of an optimizer on an objective.

    Attributes:
        objective: what was minimized.
        optimizer: the equations.
        hyperparameters: their values, numbers or formulas in `t` and `T`.
        stopping: the rule that ends the run: `limit`, `tol` and `gtol`.
        seed: of the optimizer's noise and of the start, where none was given.
        ending: how the run ended: `converged`, `step_limit`, `budget`, `diverged`, `undefined`, `failed` or `interrupted`, with
            `.message`.
        steps: how many steps were taken.
        record: its numbers.
        work: what it asked for, and when.
        tuning: how a hyperparameter was chosen, if `steepest.tune` chose it; see `steepest.runs.sweep.tuning`.
    """

    objective: Objective
    optimizer: Optimizer
    hyperparameters: Mapping[str, Expression]
    stopping: StoppingRule
    seed: int
    ending: Ending
    steps: int
    record: Record
    work: Work
    tuning: Tuning | None = None

    @property
    def runs(self) -> tuple[Trajectory, ...]:
        """This run alone: a comparison has several."""
        return (self,)

    @property
    def evaluations(self) -> Evaluations:
        """How often the optimizer asked for the value, the gradient and the Hessian; `.trials` of `work` has each of them."""
        return self.work.evaluations

    @property
    def spent(self) -> Sequence[int]:
        """How many evaluations, of any kind, each position had taken when it was reached."""
        return self.work.spent

    @property
    def limit(self) -> int:
        """The step limit, `T` in a schedule."""
        return self.stopping.steps

    @property
    def tol(self) -> float:
        """The length below which a step ends the run, 0 for never."""
        return self.stopping.tol

    @property
    def gtol(self) -> float:
        """The norm below which a gradient ends the run, 0 for never."""
        return self.stopping.gtol

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters' names; `p[0]`, `p[1]`, ... for a Python function."""
        return self.objective.names or tuple(f"p[{index}]" for index in range(math.prod(self.record.shape)))

    @property
    def start(self) -> tuple[float, ...]:
        """The first position, one number for each of `names`."""
        return tuple(map(float, self.record.positions([0])[0]))

    @cached_property
    def positions(self) -> Array:
        """Every position, the start first: shape `(steps + 1, parameters)`, or `(steps + 1, *shape of the start)`."""
        return self.record.array("theta")

    @cached_property
    def values(self) -> Array:
        """The objective's value at every position: shape `(steps + 1,)`."""
        return self.record.array("f")

    @cached_property
    def gradients(self) -> Array:
        """The gradient at every position, in the shape of `positions`."""
        return self.record.array("g")

    @cached_property
    def _over_all_rows(self) -> tuple[Array, Array]:
        from steepest.runs.full import over_all_rows

        return over_all_rows(self)

    @property
    def full_values(self) -> Array:
        """The value over all rows at every position, where `values` are those of each step's batch: shape `(steps + 1,)`."""
        return self._over_all_rows[0]

    @property
    def full_gradients(self) -> Array:
        """The gradient over all rows at every position, in the shape of `positions`."""
        return self._over_all_rows[1]

    @cached_property
    def quantities(self) -> dict[str, Array]:
        """Every named quantity of the equations: row k is what step k + 1 computed, `(steps, parameters)` or `(steps,)`."""
        return {name: self.record.array(name) for name in self.record.quantity_names}

    def __getitem__(self, name: str) -> Array:
        """A quantity of the equations by its name, such as `run["v"]`.

        Raises:
            KeyError: for a name that no equation assigns, with the nearest one.
        """
        if name in self.quantities:
            return self.quantities[name]
        near = nearest(name, self.quantities) if isinstance(name, str) else None
        hint = f"did you mean {near!r}?" if near else f"there are {', '.join(self.quantities) or 'none'}"
        raise KeyError(f"the equations assign no quantity {name!r}: {hint}")

    @property
    def settings(self) -> dict[str, Any]:
        """The hyperparameters as numbers, or as text where they are schedules; of another library as it takes them."""
        if isinstance(self.optimizer, LibraryOptimizer):
            return {name: plain(value) if isinstance(value, Expression) else value for name, value in self.optimizer.values.items()}
        constants = self.constant_settings
        return {name: constants.get(name, plain(value)) for name, value in self.hyperparameters.items()}

    @property
    def constant_settings(self) -> dict[str, float]:
        """The hyperparameters that are numbers."""
        return constant_settings(self.hyperparameters)

    @property
    def held(self) -> dict[str, float]:
        """The numbers that are inputs of the program and the same in every step: hyperparameters, and constants as `constant k`."""
        found = self.constant_settings
        return found | self.objective.constant_inputs if isinstance(self.objective, FormulaObjective) else found

    @property
    def schedules(self) -> dict[str, Expression]:
        """The hyperparameters that are formulas in `t` and `T`."""
        return schedules(self.hyperparameters)

    @property
    def label(self) -> str:
        """The optimizer's name and the hyperparameters that differ from the zoo's: `adam(lr=0.05)`."""
        if isinstance(self.optimizer, LibraryOptimizer):
            return self.optimizer.text
        defaults = self.optimizer.defaults
        shown = [f"{name}={plain(value)}" for name, value in self.hyperparameters.items() if value is not defaults.get(name)]
        name = self.optimizer.name_or_text
        return f"{name}({', '.join(shown)})" if shown else name

    def __len__(self) -> int:
        return self.steps + 1

    def __repr__(self) -> str:
        return f"<Trajectory of {self.label} on {self.objective.text}: {self.ending.message}>"


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(ComparisonMethods):
    """Several runs on one objective.

    Attributes:
        runs: the runs, in the order of their optimizers.
    """

    runs: tuple[Trajectory, ...]

    def __iter__(self) -> Iterator[Trajectory]:
        return iter(self.runs)

    def __len__(self) -> int:
        return len(self.runs)

    def __getitem__(self, index: int) -> Trajectory:
        return self.runs[index]

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(run.label for run in self.runs)} on {self.runs[0].objective.text}>"

    def __str__(self) -> str:
        return "\n\n".join(f"{run.label}\n{run}" for run in self.runs)
