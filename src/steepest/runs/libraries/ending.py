"""How a run of another library's optimizer ended: a word and a sentence of ours, and what the library says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from steepest.errors import counted
from steepest.runs.ending import TOO_LARGE, Ending, LastStep, budget_ending, failed_ending, finite_ending
from steepest.tape.program import Stop

if TYPE_CHECKING:
    from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
    from steepest.runs.stopping import StoppingRule
    from steepest.targets.reference import Failure

BY_VERDICT = {"converged": Stop.OWN_RULE, "step_limit": Stop.LIMIT, "failed": Stop.FAILED}


def library_ending(stop: Stop, steps: int, reason: str, last: LastStep, rule: StoppingRule, optimizer: LibraryOptimizer) -> Ending:
    """The ending of a run that stayed finite.

    Args:
        stop: why it ended.
        steps: how many steps were taken.
        reason: what the library says, or what it raised; empty where the rule ended the run.
        last: the last step.
    """
    after = f"after {counted(steps, 'step')}"
    if stop is Stop.OWN_RULE:
        return Ending(stop, f"converged {after} by a rule of its own: {reason}")
    if stop is Stop.FAILED:
        return Ending(stop, f"failed {after}: {reason}")
    if stop is Stop.BUDGET:
        return budget_ending(steps, rule)
    if stop is Stop.LIMIT and reason:
        return Ending(stop, f"stopped at a limit of its own {after}: {reason}")
    return finite_ending(stop, steps, last, rule, optimizer, {})


def broken_ending(stop: Stop, steps: int, cause: Failure | None, moved: Sequence[float], name: str) -> Ending:
    """The ending of a run that left the finite numbers.

    Args:
        cause: of a value or a gradient that is not finite.
        moved: where the optimizer went last, if that is not finite.
        name: of the optimizer.
    """
    if cause is not None or stop is Stop.LEFT or not moved:
        return failed_ending(stop, steps, cause)
    if any(map(math.isnan, moved)):
        return Ending(stop, f"undefined at step {steps + 1}: {name} moved to a position that is not a number")
    return Ending(stop, f"diverged at step {steps + 1}: the position is {TOO_LARGE}", diverged=True)
