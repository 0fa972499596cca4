"""Where the numbers of a library's run come from: a formula's tape, or a Python function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from steepest.errors import InputError, named
from steepest.objectives.callable import CallableObjective
from steepest.objectives.formula import FormulaObjective
from steepest.targets.function import FormulaFunction
from steepest.targets.reference import Failure

if TYPE_CHECKING:
    from steepest.objectives.objective import Objective

Numbers = Sequence[float]


class CallFailedError(BaseException):
    """The user's function raised; no library may catch it. The message says what."""


class Source(Protocol):
    """The value and the derivatives at a position, a flat list of numbers; over the rows of a step, if there are batches.

    Attributes:
        pairs: whether both together take little longer than the gradient, so that neither is computed twice at one position.
        lasting: whether the numbers are the same after the run; a Python function may give others then.
    """

    pairs: bool
    lasting: bool

    def value(self, position: Numbers, step: int | None = None) -> float:
        """The value."""

    def value_and_gradient(self, position: Numbers, step: int | None = None) -> tuple[float, Numbers]:
        """Both."""

    def hessian(self, position: Numbers) -> Numbers:
        """The Hessian, row by row."""

    def failure(self, position: Numbers, step: int | None = None) -> Failure | None:
        """What makes the value or the gradient not finite."""


def source_of(objective: Objective, shape: tuple[int, ...], seed: int, steps: int) -> Source:
    """The source of an objective's numbers.

    Args:
        shape: of a position.
        seed: of the batches.
        steps: how many there may be.
    """
    if isinstance(objective, FormulaObjective):
        return FormulaFunction(
            objective.compiled, objective.names, objective.batches(seed), steps, dict(objective.constants)
        )  # fmt: skip
    return FunctionSource(objective, shape, seed)


class FunctionSource:
    """The numbers of a Python function, or of a model of many columns.

    Args:
        objective: the function with its gradient.
        shape: of the array that it takes.
        seed: of the batches.
    """

    pairs = False

    def __init__(self, objective: Any, shape: tuple[int, ...], seed: int = 0) -> None:
        self.objective, self.shape = objective, shape
        self.lasting = not isinstance(objective, CallableObjective)
        self.by_step = objective.by_step(objective.batches(seed))
        self.blamed = "gradient" if objective.method == "given" else "function"

    def value(self, position: Numbers, step: int | None = None) -> float:
        """The value; see `Source`."""
        return float(self._called("function", self._in(step, 0, self.objective.value), position))

    def value_and_gradient(self, position: Numbers, step: int | None = None) -> tuple[float, Numbers]:
        """Both; see `Source`."""
        value = self.value(position, step)
        found: Numbers = self._called(self.blamed, self._in(step, 1, self.objective.gradient), position).ravel().tolist()
        return value, found

    def hessian(self, position: Numbers) -> Numbers:
        """The Hessian of a model of many columns, row by row; a Python function is asked for none."""
        found: Numbers = self._called("Hessian", self.objective.hessian, position).ravel().tolist()
        return found

    def failure(self, position: Numbers, step: int | None = None) -> Failure | None:
        """What is not finite; see `Source`."""
        value, gradient = self.value_and_gradient(position, step)
        for kind, numbers in (("value", np.array([value])), ("gradient", np.array(gradient))):
            if not np.isfinite(numbers).all():
                return Failure(not np.isnan(numbers).any(), kind, ())
        return None

    def _in(self, step: int | None, which: int, over_all: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """The value or the gradient as a function of the position, over the rows of a step if one is given."""
        return over_all if step is None else lambda position: self.by_step[which](position, step)

    def _called(self, name: str, function: Callable[[Any], Any], position: Numbers) -> Any:
        try:
            with np.errstate(all="ignore"):
                return function(np.array(position).reshape(self.shape))
        except InputError as error:
            raise CallFailedError(str(error)) from error
        except Exception as error:
            raise CallFailedError(f"the {name} raised {named(error)}") from error
