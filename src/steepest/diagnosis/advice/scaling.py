"""Whether a fit would do better on scaled columns: the curvatures before and after."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from steepest.diagnosis.advice.tuning import rounded_down
from steepest.diagnosis.evidence import Evidence
from steepest.errors import InputError
from steepest.objectives.fit import FitObjective
from steepest.objectives.model import ModelObjective
from steepest.objectives.units import inside_link, linear_terms
from steepest.runs.fit import Fit

WORTHWHILE = 30.0  # the condition number from which scaling is tried
UNEQUAL = 10.0  # and the ratio of two columns' sizes from which it is told


def scalings(evidence: Evidence) -> Iterator[tuple[dict[str, float | str], str]]:
    """Standardized columns with the best learning rate for the curvatures there, and why.

    For gradient descent on a cost that is quadratic in the parameters, whose curvatures are the same everywhere.
    """
    if not isinstance(evidence.run, Fit) or evidence.run.objective.scaling.method != "none" or not evidence.is_gradient_descent:
        return
    objective = evidence.run.objective
    if evidence.condition is None or evidence.condition < WORTHWHILE or not objective.is_quadratic:
        return
    try:
        scaled = objective.scaled("z")
    except InputError:  # a column that is constant
        return
    if scaled.units.reason:
        return
    curvatures = scaled.curvatures((0.0,) * len(scaled.names))
    if curvatures is None or curvatures[0] <= 0:
        return
    least, largest = float(curvatures[0]), float(curvatures[-1])
    before = float(evidence.curvatures[-1])
    reason = f"the condition number is {largest / least:.4g} then, not {evidence.condition:.4g}, and gd is stable below "
    reason += f"lr {rounded_down(2 / largest):g}, not {rounded_down(2 / before):g}"
    told = _sizes(objective)
    yield {"scale": "z", "lr": rounded_down(2 / (least + largest))}, f"{told}{reason}"


def _sizes(objective: ModelObjective) -> str:
    """The two factors of parameters whose typical sizes differ most, where that is much."""
    if isinstance(objective, FitObjective) and linear_terms(inside_link(objective.model), objective.names) is None:
        return ""
    table = objective.drawn.unscaled or objective.drawn.table
    sizes = {name: math.sqrt(float(np.mean(table[name] ** 2))) for name in objective.columns}
    sizes = {name: size for name, size in sizes.items() if 0 < size < math.inf}
    if not sizes:
        return ""
    large, small = max(sizes, key=sizes.__getitem__), min(sizes, key=sizes.__getitem__)
    other, size = (small, sizes[small]) if len(sizes) > 1 else ("the constant term's 1", 1.0)
    ratio = sizes[large] / size
    return f"in root mean square {large} is {ratio:,.0f} times as large as {other}; " if ratio >= UNEQUAL else ""
