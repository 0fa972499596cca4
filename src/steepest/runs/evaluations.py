"""What a run asked for: how often the value, the gradient and the Hessian were evaluated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from steepest.errors import counted
from steepest.language.expression import Expression
from steepest.tape.compile import method_tape
from steepest.tape.tape import CALLS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from steepest.optimizers.optimizer import Optimizer

KINDS = tuple(CALLS)


@dataclass(frozen=True)
class Evaluations:
    """How often the value, the gradient and the Hessian were evaluated; each counts as one, whatever it costs."""

    value: int = 0
    gradient: int = 0
    hessian: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.value + self.gradient + self.hessian

    @property
    def document(self) -> dict[str, int]:
        """The counts as data for JSON."""
        return {"value": self.value, "gradient": self.gradient, "hessian": self.hessian}

    def times(self, steps: int) -> Evaluations:
        """The same in every step."""
        return Evaluations(self.value * steps, self.gradient * steps, self.hessian * steps)

    def __str__(self) -> str:
        words = {"value": self.value, "gradient": self.gradient, "Hessian": self.hessian}
        named = [counted(count, kind) for kind, count in words.items() if count]
        return ", ".join(named) or "none"


class Work(Protocol):
    """What a run asked for, step by step."""

    @property
    def evaluations(self) -> Evaluations:
        """All of them; of another library's optimizer also those after the last complete step."""

    @property
    def spent(self) -> Sequence[int]:
        """How many, of any kind, each position of the run had taken when it was reached, the start first."""

    @property
    def seconds(self) -> Sequence[float]:
        """When each position was reached, from the first evaluation on."""

    @property
    def trials(self) -> Trials | None:
        """Of a library's optimizer, everything that it asked for; None for equations, which ask at each position."""


@dataclass(frozen=True, eq=False)
class EvenWork:
    """The work of equations; see `Work`."""

    evaluations: Evaluations
    spent: Sequence[int]
    seconds: Sequence[float]
    trials: None = None


@dataclass(frozen=True, eq=False)
class Trials:
    """Every evaluation that an optimizer asked for, in order.

    Attributes:
        kinds: `value`, `gradient` or `hessian`.
        positions: where: shape `(evaluations, parameters)`.
        values: what a value was; NaN for a gradient and a Hessian.
    """

    kinds: tuple[str, ...]
    positions: NDArray[np.float64]
    values: NDArray[np.float64]

    @property
    def counts(self) -> Evaluations:
        """How many there are of each kind."""
        return Evaluations(*map(self.kinds.count, KINDS))

    def __len__(self) -> int:
        return len(self.kinds)


def evaluations_a_step(optimizer: Optimizer, schedules: Mapping[str, Expression], count: int) -> Evaluations:
    """What one step of an optimizer's equations takes: a value and a gradient where it begins, and what they ask for besides.

    Args:
        schedules: the hyperparameters that are formulas in `t` and `T`.
        count: the number of parameters; 0 for whole arrays.

    >>> from steepest.optimizers.reading import optimizer
    >>> evaluations_a_step(optimizer("adam"), {}, 2), evaluations_a_step(optimizer("sam"), {}, 2).gradient
    (Evaluations(value=1, gradient=1, hessian=0), 2)
    """
    return _asked(optimizer.equations, tuple(schedules.items()), count)


@lru_cache(maxsize=256)
def _asked(equations: tuple[tuple[str, Expression], ...], schedules: tuple[tuple[str, Expression], ...], count: int) -> Evaluations:
    tape = method_tape(equations, schedules, count)
    start = tuple(range(count or 1))
    asked = {(call[0], call[1 + CALLS[call[0]] :]) for call in tape.operations if call[0] in CALLS}
    asked |= {("value", start), ("gradient", start)}
    return Evaluations(*(sum(name == kind for name, _ in asked) for kind in KINDS))


def even_work(each: Evaluations, steps: int, seconds: float) -> EvenWork:
    """The work of a run whose steps all take the same.

    Args:
        each: what a step takes.
        seconds: that all steps took.
    """
    spent = range(0, each.total * steps + 1, each.total)
    return EvenWork(each.times(steps), spent, [seconds * step / max(steps, 1) for step in range(steps + 1)])
