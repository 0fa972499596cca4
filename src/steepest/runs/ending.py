"""How a run ended: a word and a sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from steepest.errors import counted
from steepest.language.expression import Expression
from steepest.language.operations import OPERATIONS, REDUCTIONS
from steepest.optimizers.optimizer import Optimizer
from steepest.runs.stopping import SLOPE, StoppingRule
from steepest.tape.program import Stop
from steepest.tape.tape import CALLS
from steepest.targets.reference import Failure, operation_text

TOO_LARGE = "larger than any number of the machine (1.8e308)"
QUANTITIES = {"f": "the value", "g": "the gradient", "theta": "the position", "": "a step"}
WORDS = {"div": "a quotient", "pow": "a power", "exponent": "the slope of a power by its exponent"}
GROWING = ("add", "sub", "mul")  # they overflow only where something is already very large


class Ending(str):
    """How a run ended: the word of a `Stop`, with the code itself and a sentence.

    Args:
        stop: the code that the target returned.
        message: the sentence.
        diverged: of a run that is not finite, whether a number was too large rather than undefined.

    >>> ending = Ending(Stop.STEP, "converged after 3 steps")
    >>> ending == "converged", ending.message, ending.stop.name
    (True, 'converged after 3 steps', 'STEP')
    """

    __slots__ = ("message", "stop")
    message: str
    stop: Stop

    def __new__(cls, stop: Stop, message: str, diverged: bool = False) -> Ending:
        ending = str.__new__(cls, stop.endings[-1 if diverged else 0])
        ending.stop, ending.message = stop, message
        return ending

    def __reduce__(self) -> tuple[type[Ending], tuple[Stop, str, bool]]:
        return Ending, (self.stop, self.message, self == self.stop.endings[-1])


@dataclass(frozen=True)
class LastStep:
    """The last step of a run, as far as its sentence tells it.

    Attributes:
        length: between the last two positions, 0 if there is only one.
        slope: the gradient's norm where the last step began.
        swallowed: see `steepest.tape.program.swallowed`.
    """

    length: float = 0.0
    slope: float = 0.0
    swallowed: tuple[float, float] | None = None


def finite_ending(
    stop: Stop,
    steps: int,
    last: LastStep,
    rule: StoppingRule,
    optimizer: Optimizer,
    hyperparameters: Mapping[str, Expression],
    epoch: int = 0,
) -> Ending:
    """The ending of a run that stayed finite.

    Args:
        stop: the code that the target returned.
        steps: how many steps were taken.
        last: the last one of them.
        rule, optimizer, hyperparameters: those of the run.
        epoch: the steps of an epoch; 0 where each step takes all rows.
    """
    after = f"after {steps} step{'s' * (steps != 1)}"
    if stop is Stop.STEP:
        length, tol = _told_apart(last.length, rule.tol)
        if epoch > 1:
            return Ending(stop, f"converged {after}: each of the last {epoch:,} steps, an epoch, is shorter than tol = {tol}")
        sentence = f"converged {after}: the last step, {length} long, is shorter than tol = {tol}"
        lr, bound = hyperparameters.get("lr"), rule.gradient_bound(optimizer, hyperparameters)
        if bound == rule.tol or (math.isfinite(bound) and lr is not None and lr.value * SLOPE < 1):
            slope, bound_text = _told_apart(last.slope, bound)
            sentence += f", and the gradient's norm, {slope}, is smaller than {'tol' if bound == rule.tol else bound_text}, too"
        return Ending(stop, sentence)
    if stop is Stop.GRADIENT:
        return Ending(stop, f"converged {after}: the gradient's norm is smaller than gtol = {rule.gtol:g}")
    if stop is Stop.LIMIT and steps < rule.steps:
        return budget_ending(steps, rule)
    if stop is Stop.INTERRUPTED:
        return Ending(stop, f"interrupted {after} of {rule.steps}")
    if not steps:
        return Ending(stop, f"stopped at the step limit {after}")
    end = f"; the last one was {last.length:.3g} long"
    if last.swallowed:
        length, spacing = (f"{value:.3g}" for value in last.swallowed)
        end = f"; the last one, {length} long, is below the spacing of floating-point numbers there, {spacing}, and changed nothing"
    return Ending(stop, f"stopped at the step limit {after}{end}")


def budget_ending(steps: int, rule: StoppingRule) -> Ending:
    """The ending of a run whose evaluations are spent."""
    spent = f"a budget of {counted(rule.budget or 0, 'evaluation')} allows no more"
    return Ending(Stop.BUDGET, f"stopped after {counted(steps, 'step')}: {spent}")


def _told_apart(value: float, bound: float) -> tuple[str, str]:
    """Both as text, with digits enough to see that the first is the smaller one: 0.09999999 and 0.1."""
    for digits in range(3, 18):
        texts = f"{value:.{digits}g}", f"{bound:.{max(digits, 6)}g}"
        if float(texts[0]) < float(texts[1]):
            break
    return texts


def failed_ending(stop: Stop, steps: int, cause: Failure | None, remedy: str = "") -> Ending:
    """The ending of a run that left the finite numbers.

    Args:
        stop: `Stop.BROKEN` or `Stop.LEFT`.
        steps: how many steps were taken.
        cause: the operation that gave no finite number, where it is known.
        remedy: how the formula can be written so that it stays finite.
    """
    step = steps + (stop is Stop.BROKEN)
    when = f"at step {step}" if step else "at the start"
    if cause is None:
        what = "the value" if stop is Stop.LEFT else "the position"
        return Ending(stop, f"undefined {when}: {what} is not a finite number")
    diverged, reason = _reason(cause, steps)
    instead = f"; {remedy}" if remedy and cause.operation not in (*CALLS, "raised") else ""
    return Ending(stop, f"{'diverged' if diverged else 'undefined'} {when}: {reason}{instead}", diverged)


def _reason(cause: Failure, steps: int) -> tuple[bool, str]:
    """Whether the run diverged, and what was not finite, in words."""
    if cause.operation == "raised":
        return False, cause.quantity
    what = f"the function's {cause.operation}" if cause.operation in CALLS else QUANTITIES.get(cause.quantity, cause.quantity)
    if cause.operation in REDUCTIONS:
        what += "'s sum over the rows"
    if cause.place:
        what = cause.place if cause.quantity == "f" else f"{cause.place}, in {what}"
    if cause.overflow and (cause.inner or cause.place):
        lost = f", and {cause.lost} is not a number" if cause.lost else ""
        diverged = bool(steps) and (cause.operation in GROWING or not cause.lost)
        return diverged, f"in {what}, {operation_text(cause.operation, cause.arguments)} is {TOO_LARGE}{lost}"
    if cause.operation in CALLS:  # whether it is a pole or too large only the function knows
        return cause.overflow, f"{what} is {'infinite' if cause.overflow else 'not a number'}"
    if cause.overflow:
        return True, f"{what} is {TOO_LARGE}"
    where = f"in {what}, " if cause.place or cause.quantity != "f" else ""
    return False, f"{where}{_need(cause)}"


def _need(cause: Failure) -> str:
    """What an operation needs, and what it got."""
    needs = OPERATIONS[cause.operation].domain if cause.operation in OPERATIONS else "a positive base"
    given = " and ".join(f"{value:.6g}" for value in cause.arguments)
    if cause.operation == "div":
        given = operation_text("div", cause.arguments)
    return f"{WORDS.get(cause.operation, cause.operation)} needs {needs} and got {given}"
