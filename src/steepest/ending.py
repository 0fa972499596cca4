"""When a run ends, and how that is told."""

from __future__ import annotations

import math
from dataclasses import dataclass

from steepest.errors import InputError
from steepest.language.operations import OPERATIONS
from steepest.noise import LARGEST_SEED
from steepest.tape import CALLS
from steepest.targets.program import Stop
from steepest.targets.reference import Failure

__all__ = ["ENDINGS", "MOST_STEPS", "Ending", "Limits", "tell"]

ENDINGS = ("converged", "step_limit", "diverged", "undefined", "interrupted")
MOST_STEPS = 100_000_000
SHORTEST, LONGEST = 1e-150, 1e150  # the square of a length in between is a normal number


class Ending(str):
    """How a run ended: one of `ENDINGS`, with a sentence in `message`.

    >>> ending = Ending("converged", "converged after 3 steps")
    >>> ending == "converged", ending.message
    (True, 'converged after 3 steps')
    """

    __slots__ = ("message",)
    message: str

    def __new__(cls, kind: str, message: str) -> Ending:
        if kind not in ENDINGS:
            raise InputError(f"there is no ending '{kind}'")
        ending = str.__new__(cls, kind)
        ending.message = message
        return ending

    def __reduce__(self) -> tuple[type[Ending], tuple[str, str]]:
        return Ending, (str(self), self.message)


@dataclass(frozen=True)
class Limits:
    """When a run ends, and what its noise starts from."""

    steps: int
    tol: float
    gtol: float
    seed: int

    def check(self) -> None:
        if isinstance(self.steps, bool) or not isinstance(self.steps, int) or not 0 <= self.steps <= MOST_STEPS:
            raise InputError(f"the number of steps is a whole number from 0 to {MOST_STEPS:,}, not {self.steps!r}")
        for name, value in (("tol", self.tol), ("gtol", self.gtol)):
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
                raise InputError(f"{name} is a length, a finite number from 0, not {value!r}")
            if value and not SHORTEST <= value <= LONGEST:
                raise InputError(f"{name} is 0 or a length from {SHORTEST:g} to {LONGEST:g}, not {value!r}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or not 0 <= self.seed <= LARGEST_SEED:
            raise InputError(f"the seed is a whole number from 0 to {LARGEST_SEED}, not {self.seed!r}")


def tell(stop: Stop, steps: int, length: float, cause: Failure | None, limits: Limits) -> Ending:
    """The ending as a kind and a sentence; `length` is the last step's, `cause` what was not finite."""
    if stop in (Stop.BROKEN, Stop.LEFT):
        return tell_failure(stop, steps, cause)
    return tell_stop(stop, steps, limits, length)


def tell_stop(stop: Stop, steps: int, limits: Limits, length: float) -> Ending:
    """The ending of a run that stayed finite; `length` is its last step's."""
    after = f"after {steps} step{'s' * (steps != 1)}"
    if stop is Stop.STEP:
        return Ending("converged", f"converged {after}: the last step, {length:.3g} long, is shorter than tol = {limits.tol:g}")
    if stop is Stop.GRADIENT:
        return Ending("converged", f"converged {after}: the gradient's norm is smaller than gtol = {limits.gtol:g}")
    if stop is Stop.INTERRUPTED:
        return Ending("interrupted", f"interrupted {after} of {limits.steps}")
    return Ending("step_limit", f"stopped at the step limit {after}" + (f"; the last one was {length:.3g} long" if steps else ""))


def tell_failure(stop: Stop, steps: int, cause: Failure | None) -> Ending:
    """The ending of a run that left the finite numbers."""
    step = steps + (stop is Stop.BROKEN)
    when = f"at step {step}" if step else "at the start"
    called = f"the function's {cause.operation}" if cause and cause.operation in CALLS else ""
    if cause is None or cause.overflow:
        what = called or ("the value" if stop is Stop.LEFT else "the position")
        return Ending("diverged", f"diverged {when}: {what} is larger than any number of the machine (1.8e308)")
    if called:
        return Ending("undefined", f"undefined {when}: {called} is not a number")
    given = " and ".join(f"{value:.6g}" for value in cause.arguments)
    needs = OPERATIONS[cause.operation].domain if cause.operation in OPERATIONS else ""
    word = {"div": "a quotient", "pow": "a power"}.get(cause.operation, cause.operation)
    if cause.operation == "div":
        given = f"{cause.arguments[0]:.6g}/{cause.arguments[1]:.6g}"
    return Ending("undefined", f"undefined {when}: {word} needs {needs} and got {given}")
