"""When a run ends, and how that is told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from steepest.errors import InputError
from steepest.language.expression import Expression
from steepest.language.operations import OPERATIONS
from steepest.optimizers.optimizer import Optimizer
from steepest.random import LARGEST_SEED
from steepest.tape.program import Stop
from steepest.tape.tape import CALLS
from steepest.targets.reference import Failure, operation_text

ENDINGS = ("converged", "step_limit", "diverged", "undefined", "interrupted")
MOST_STEPS = 100_000_000
SLOPE = 1e3  # times tol: a gradient that is too large for a short step to mean that a run has converged
TOO_LARGE = "larger than any number of the machine (1.8e308)"
QUANTITIES = {"f": "the value", "g": "the gradient", "theta": "the position", "": "a step"}
WORDS = {"div": "a quotient", "pow": "a power", "exponent": "the slope of a power by its exponent"}
GROWING = ("add", "sub", "mul")  # they overflow only where something is already very large
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


def asked(limits: Limits, optimizer: Optimizer, hyperparameters: Mapping[str, Expression]) -> float:
    """The gradient's norm above which a step shorter than `tol` does not end a run.

    A step may be short because the learning rate is. With a schedule, or a learning rate that is not above `tol`, the gradient
    must be below `tol` itself; else below 1000 tol, as it is whenever gradient descent with a learning rate from 0.001 on stops.
    It is not asked where the optimizer may rest on a slope, which weight decay balances.
    """
    lr = hyperparameters.get("lr")
    scheduled = any(value.operation != "number" for value in hyperparameters.values())
    if scheduled or (lr is not None and not lr.value > limits.tol):
        return limits.tol
    return math.inf if optimizer.decays_weights else SLOPE * limits.tol


@dataclass(frozen=True)
class Last:
    """What there is to say about a run's last step.

    Attributes:
        length: between the last two positions, 0 if there is only one.
        slope: the gradient's norm where the last step began.
        swallowed: see `steepest.tape.program.swallowed`.
    """

    length: float = 0.0
    slope: float = 0.0
    swallowed: tuple[float, float] | None = None


def tell(
    stop: Stop,
    steps: int,
    last: Last,
    cause: Failure | None,
    limits: Limits,
    optimizer: Optimizer,
    hyperparameters: Mapping[str, Expression],
    cure: str = "",
) -> Ending:
    """The ending as a kind and a sentence; `cause` is what was not finite, `cure` how it can be written instead."""
    if stop in (Stop.BROKEN, Stop.LEFT):
        return _tell_failure(stop, steps, cause, cure)
    return tell_stop(stop, steps, last, limits, optimizer, hyperparameters)


def tell_stop(
    stop: Stop, steps: int, last: Last, limits: Limits, optimizer: Optimizer, hyperparameters: Mapping[str, Expression]
) -> Ending:
    """The ending of a run that stayed finite."""
    after = f"after {steps} step{'s' * (steps != 1)}"
    if stop is Stop.STEP:
        length, tol = below(last.length, limits.tol)
        sentence = f"converged {after}: the last step, {length} long, is shorter than tol = {tol}"
        lr, bound = hyperparameters.get("lr"), asked(limits, optimizer, hyperparameters)
        if bound == limits.tol or (math.isfinite(bound) and lr is not None and lr.value * SLOPE < 1):
            slope, bound_text = below(last.slope, bound)
            sentence += f", and the gradient's norm, {slope}, is smaller than {'tol' if bound == limits.tol else bound_text}, too"
        return Ending("converged", sentence)
    if stop is Stop.GRADIENT:
        return Ending("converged", f"converged {after}: the gradient's norm is smaller than gtol = {limits.gtol:g}")
    if stop is Stop.INTERRUPTED:
        return Ending("interrupted", f"interrupted {after} of {limits.steps}")
    if not steps:
        return Ending("step_limit", f"stopped at the step limit {after}")
    end = f"; the last one was {last.length:.3g} long"
    if last.swallowed:
        length, spacing = (f"{value:.3g}" for value in last.swallowed)
        end = f"; the last one, {length} long, is below the spacing of floating-point numbers there, {spacing}, and changed nothing"
    return Ending("step_limit", f"stopped at the step limit {after}{end}")


def below(value: float, bound: float) -> tuple[str, str]:
    """Both as text, with digits enough to see that the first is the smaller one.

    >>> below(0.0999, 0.1), below(0.09999999, 0.1)
    (('0.0999', '0.1'), ('0.09999999', '0.1'))
    """
    for digits in range(3, 18):
        texts = f"{value:.{digits}g}", f"{bound:.{max(digits, 6)}g}"
        if float(texts[0]) < float(texts[1]):
            break
    return texts


def _tell_failure(stop: Stop, steps: int, cause: Failure | None, cure: str = "") -> Ending:
    """The ending of a run that left the finite numbers."""
    step = steps + (stop is Stop.BROKEN)
    when = f"at step {step}" if step else "at the start"
    instead = f"; {cure}" if cure else ""
    if cause is None:
        return Ending(
            "undefined", f"undefined {when}: {'the value' if stop is Stop.LEFT else 'the position'} is not a finite number"
        )
    if cause.operation == "raised":
        return Ending("undefined", f"undefined {when}: {cause.quantity}")
    what = f"the function's {cause.operation}" if cause.operation in CALLS else QUANTITIES.get(cause.quantity, cause.quantity)
    if cause.overflow and cause.inner:
        kind = "diverged" if steps and (cause.operation in GROWING or not cause.lost) else "undefined"
        lost = f", and {cause.lost} is not a number" if cause.lost else ""
        part = f"in {what}, {operation_text(cause.operation, cause.arguments)} is {TOO_LARGE}{lost}"
        return Ending(kind, f"{kind} {when}: {part}{instead}")
    if cause.operation in CALLS:  # whether it is a pole or too large only the function knows
        kind, found = ("diverged", "infinite") if cause.overflow else ("undefined", "not a number")
        return Ending(kind, f"{kind} {when}: {what} is {found}")
    if cause.overflow:
        return Ending("diverged", f"diverged {when}: {what} is {TOO_LARGE}{instead}")
    where = "" if cause.quantity == "f" else f"in {what}, "
    return Ending("undefined", f"undefined {when}: {where}{_need(cause)}{instead}")


def _need(cause: Failure) -> str:
    """What an operation needs, and what it got."""
    needs = OPERATIONS[cause.operation].domain if cause.operation in OPERATIONS else "a positive base"
    given = " and ".join(f"{value:.6g}" for value in cause.arguments)
    if cause.operation == "div":
        given = operation_text("div", cause.arguments)
    return f"{WORDS.get(cause.operation, cause.operation)} needs {needs} and got {given}"
