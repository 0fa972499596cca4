"""How a diagnosis writes numbers, positions, directions and what became of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from steepest.errors import counted
from steepest.language.digits import apart, short
from steepest.runs.trajectory import Trajectory
from steepest.targets.array_operations import Array

ON_AXIS = 0.995  # the share of a direction from which it is that of one parameter
MOST_SHOWN = 4
ROUNDING = 1e-12
MEASURED = 1e-7  # what is measured is not known better
NOTHING = 1e-30  # a smaller value is rounding, and its digits say nothing


def digits(value: float, *others: float, noise: float = MEASURED) -> str:
    """A number for people: four digits, and more where it is not quite round, not quite 1, or not quite one of the others.

    Args:
        noise: the share of it within which it is taken for the round one beside it.

    >>> digits(0.09090909), digits(1234567.0), digits(0.99999), digits(2.0001, 2.0)
    ('0.09091', '1.235e+06', '0.99999', '2.0001')
    """
    return short(float(value), 4, others, noise=ROUNDING if abs(value - 1) < 0.1 else noise)


def exact(value: float | str) -> str:
    """A setting as it is: a number in as few digits as say it exactly, a schedule as its text.

    >>> exact(0.0909), exact(1 / 3), exact(2.0), exact("0.1/sqrt(t)")
    ('0.0909', '0.3333333333333333', '2', '0.1/sqrt(t)')
    """
    if isinstance(value, str):
        return value
    return next(shown for count in range(1, 18) if float(shown := f"{value:.{count}g}") == value)


def between(positions: Array, names: Sequence[str]) -> str:
    """The range of each coordinate, of the first few.

    >>> between(np.array([[0.0, 5.0], [1.0, 5.0], [0.5, 5.0]]), ("x", "y"))
    'x between 0 and 1, y at 5'
    """
    lows, highs = positions.min(axis=0), positions.max(axis=0)
    parts = []
    for name, low, high in list(zip(names, lows.tolist(), highs.tolist(), strict=True))[:MOST_SHOWN]:
        parts.append(
            f"{name} at {digits(low)}" if low == high else "{} between {} and {}".format(name, *apart(low, high, digits=4))
        )
    return ", ".join(parts) + (", ..." if len(names) > MOST_SHOWN else "")


def point(position: Array, names: Sequence[str] = ()) -> str:
    """A position: `x = 3` for one parameter of that name, `(3, 2)` for several; of many numbers the first few.

    >>> point(np.array([3.0]), ["x"]), point(np.array([3.0, 1e-17])), point(np.ones(9))
    ('x = 3', '(3, 0)', '(1, 1, 1, 1, ...)')
    """
    if len(position) == 1:
        return f"{names[0]} = {digits(position[0], noise=ROUNDING)}" if names else digits(position[0], noise=ROUNDING)
    rounding = ROUNDING * float(np.abs(position).max())
    shown = [digits(value if abs(value) > rounding else 0.0, noise=ROUNDING) for value in position[:MOST_SHOWN].tolist()]
    return f"({', '.join(shown)}{', ...' if len(shown) < len(position) else ''})"


def along(direction: Array, names: Sequence[str]) -> str:
    """A direction in words: `along y`, or with its components.

    >>> along(np.array([0.0, -1.0]), ("x", "y")), along(np.array([0.6, -0.8]), ("x", "y"))
    ('along y', 'along (0.6, -0.8)')
    """
    sizes = np.abs(direction)
    if not np.isfinite(direction).all():
        return "in some direction"
    if sizes.max() >= ON_AXIS or len(direction) == 1:
        return f"along {names[int(sizes.argmax())]}"
    if len(direction) <= MOST_SHOWN:
        turned = direction if direction[np.flatnonzero(sizes > 1e-6)[0]] > 0 else -direction
        return f"along ({', '.join(f'{value:.2g}' if abs(value) > 5e-3 else '0' for value in turned.tolist())})"
    largest = np.argsort(-sizes)[:2]
    return f"mostly along {names[largest[0]]} and {names[largest[1]]}"


def per_digit(rate: float) -> str:
    """The number of steps in which the error shrinks to a tenth.

    >>> per_digit(0.9), per_digit(0.999)
    ('21.9', '2,300')
    """
    steps = max(1.0, math.log(10) / -math.log(rate)) if 0 < rate < 1 else 1.0
    return f"{steps:.3g}" if steps < 1000 else f"{round(steps, -1):,.0f}"


def pace(rate: float) -> str:
    """How fast an error shrinks by a factor, in decimal digits; nothing where it is too slow to say.

    >>> pace(0.9), pace(0.01), pace(1.0)
    (', a further digit every 21.9 steps', ', 2 further digits at each', '')
    """
    if not 0 < rate < 0.9999:
        return ""
    gained = -math.log10(rate)
    if gained > 0.9999:
        return f", {gained:.3g} further digit{'s' * (gained > 1.005)} at each"
    return f", a further digit every {per_digit(rate)} steps"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def begin(text: str) -> str:
    """The text with a capital letter."""
    return text[:1].upper() + text[1:]


def method(run: Trajectory) -> str:
    """The optimizer's name, or what to call equations of the user's."""
    return "this optimizer" if run.optimizer.is_custom else run.optimizer.name


def outcome(run: Trajectory) -> str:
    """What became of a run, in a few words."""
    last = run.record.values([run.steps])[0]
    value = f"f = {digits(last)}" if not 0 < last < NOTHING else f"f < {NOTHING:g}"
    if run.ending == "converged":
        return f"converges in {counted(run.steps, 'step')} to {value}"
    if run.ending == "step_limit":
        return f"is at {value} after {counted(run.steps, 'step')}"
    when = run.ending.message.partition(":")[0].partition(" ")[2]
    return f"diverges {when}" if run.ending == "diverged" else f"leaves the domain {when}"


def product(run: Trajectory, curvature: float, found: float, bound: float | None, *, scaled: bool) -> str:
    """`lr*lambda = 0.21*20 = 4.2`, told from the bound, or the result alone where more than these two go into it."""
    rate = run.settings.get("lr")
    shown = digits(found, *([] if bound is None else [bound]))
    if isinstance(rate, float) and not scaled and math.isclose(rate * curvature, found, rel_tol=1e-9):
        return f"lr*lambda = {digits(rate)}*{digits(curvature)} = {shown}"
    return f"lr*lambda = {shown}"
