"""Where a quantity of two runs diverges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from steepest.language.digits import apart, for_json
from steepest.runs.record import Row
from steepest.runs.trajectory import Trajectory

ROUNDING = 1e-12  # of the largest number so far: what two ways to the same number may differ by


@dataclass(frozen=True)
class Divergence:
    """Where a quantity of two runs diverges.

    Attributes:
        quantity: a name of the equations, `position` or `f`.
        step: the first step after which it differs by more than rounding; None for never.
        exact_step: the first after which any bit differs; None for never.
        parameter: the coordinate that differs most there; None for a number.
        values: its values in both runs at `step`; those at `exact_step` if it differs by rounding only.
        largest: the largest difference over all steps that both took.
        largest_step: where that is.
    """

    quantity: str
    step: int | None
    exact_step: int | None
    parameter: str | None
    values: tuple[float, float]
    largest: float
    largest_step: int

    @property
    def gap(self) -> float:
        """The difference of `values`."""
        return abs(self.values[0] - self.values[1])

    @property
    def name(self) -> str:
        """`v`, `v_x`, or `x` for the position."""
        if self.parameter is None:
            return self.quantity
        return self.parameter if self.quantity == "position" else f"{self.quantity}_{self.parameter}"

    @property
    def sentence(self) -> str:
        """`v parts at step 1: 2 against -0.2`"""
        if self.exact_step is None:
            return f"{self.quantity} is the same, to the bit"
        if self.step is None:
            return f"{self.quantity} differs by rounding only: by at most {self.largest:.2g}, from step {self.exact_step} on"
        when = f"at step {self.step}" if self.step else "at the start"
        return f"{self.name} parts {when}: {' against '.join(apart(*self.values))}"

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table: name, where it diverges, both values, their difference there, the largest difference."""
        most = f"{self.largest:.3g}"
        if self.step is None:
            return self.quantity, "never" if self.exact_step is None else "rounding", "", "", "", most
        return self.name, f"step {self.step}" if self.step else "start", *apart(*self.values), f"{self.gap:.3g}", most

    @property
    def document(self) -> dict[str, Any]:
        """The divergence as data for JSON."""
        return {
            "quantity": self.quantity,
            "step": self.step,
            "exact_step": self.exact_step,
            "parameter": self.parameter,
            "values": for_json(self.values),
            "gap": for_json(self.gap),
            "largest": for_json(self.largest),
            "largest_step": self.largest_step,
        }


def quantity_rows(run: Trajectory) -> dict[str, list[Row]]:
    """The rows of every quantity in the order of the equations, then of `position` and `f`: one for the start and each step."""
    named = {
        name: [(), *((row,) if isinstance(row, float) else row for row in rows)]
        for name, rows in run.record.quantities().items()
    }  # fmt: skip
    return named | {"position": list(run.record.positions()), "f": [(value,) for value in run.record.values()]}


def divergence(quantity: str, one: Sequence[Row], other: Sequence[Row], names: Sequence[str]) -> Divergence:
    """Where the rows of a quantity diverge.

    Args:
        quantity: its name.
        one, other: the rows of both runs; a row is empty where a quantity has no value, as at the start.
        names: of the parameters.
    """
    exact: tuple[int, int] | None = None
    first: tuple[int, int] | None = None
    largest, largest_step, scale = 0.0, 0, 0.0
    for step, (a, b) in enumerate(zip(one, other, strict=False)):
        gaps = [_gap(left, right) for left, right in zip(a, b, strict=True)]
        if not gaps:
            continue
        scale = max([scale, *(abs(value) for value in (*a, *b) if math.isfinite(value))])
        most = max(range(len(gaps)), key=gaps.__getitem__)
        if gaps[most] > 0 and exact is None:
            exact = step, most
        if gaps[most] > ROUNDING * scale and first is None:
            first = step, most
        if gaps[most] > largest:
            largest, largest_step = gaps[most], step
    step, index = first or exact or (0, 0)
    values = (one[step][index], other[step][index]) if first or exact else (0.0, 0.0)
    vector = bool(first or exact) and (quantity == "position" or len(one[-1]) > 1)
    parameter = names[index] if vector else None
    return Divergence(
        quantity, first[0] if first else None, exact[0] if exact else None, parameter, values, largest, largest_step
    )  # fmt: skip


def _gap(a: float, b: float) -> float:
    """The distance of two numbers; 0 for equal infinities or two NaN."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    distance = abs(a - b)
    return math.inf if math.isnan(distance) else distance


def largest_gap(one: Sequence[Row], other: Sequence[Row]) -> float:
    """The largest distance of two positions of the same step."""
    return max((math.dist(a, b) for a, b in zip(one, other, strict=False)), default=0.0)
