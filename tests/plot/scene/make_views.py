#!/usr/bin/env python3
"""Write `views.jsonl`: which part of their functions runs are shown in, a row for each, to which Python and the page are held."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from steepest.plot.scene.grid import function_over
from steepest.plot.scene.limits import Array
from steepest.plot.scene.objective_layer import fitting_box, known_entry
from steepest.plot.scene.scene import finite_runs
from steepest.runs.descent import compare
from steepest.runs.trajectory import Trajectory
from steepest.tape.compile import function_tape

VIEWS = Path(__file__).parent / "views.jsonl"
STEPS = 25

CASES: tuple[tuple[str, tuple[float, ...], tuple[float, ...]], ...] = (
    ("x^2 + x/3", (3,), (0.1,)), ("1e-6x^2 + 1", (2000,), (1e5,)), ("1e200x^2 - 1e199x", (1e-3,), (1e-201,)),
    ("x^2 + x", (1e6,), (0.3,)), ("x^2 + 2x", (-0.99999,), (0.3,)), ("x^4 - 3x^2 + x", (1.6,), (0.02,)),
    ("x^4 - 3x^2 + x", (4,), (0.001,)), ("x^4 - 3x^2 + x", (1.6,), (0.02, 0.2)), ("-1/(1 + x^2)", (0.5,), (0.3,)),
    ("log(x)", (2,), (0.1,)), ("1/x", (1,), (0.5,)), ("sqrt(x)", (3,), (0.3,)), ("tan(x)", (1,), (0.02,)),
    ("sin(x) + x^2/10", (3,), (0.3,)), ("exp(-x^2)", (0.4,), (0.2,)), ("|x| + 1", (2.2,), (0.3,)), ("x^3 + 1", (1,), (0.1,)),
    ("x^6 - 5x^4 + 6x^2 + x/2", (1.9,), (0.005,)), ("sin(x) + 0.001x", (0.3,), (0.1,)), ("x^3 - 3x", (1.8,), (0.05,)),
    ("x log(x)", (2,), (0.3,)), ("sigmoid(x)", (2,), (1,)), ("0x + 5", (1,), (0.1,)), ("(x - 3)^2 + 1", (0,), (1.1,)),
    ("x^2 + x", (3,), (0.1, 1.1)), ("-x^2 + 1", (0.1,), (0.1,)), ("1/x^2", (1,), (0.1,)), ("x^2 + sin(40x)/50", (2,), (0.1,)),
    ("x^2 + y^2 + x", (2, 1.5), (0.1,)), ("x^2 + 10y^2 + 1", (4, 1), (0.08,)), ("(x^2 - 1)^2 + y^2", (0.5, 0.8), (0.1,)),
    ("2(x^2 - y)^2 + (1 - x)^2 + 1", (-1.2, 1), (0.02,)), ("(3 - x)^2 + 70(y - x^2)^2", (-1.2, 1), (0.001,)),
    ("-exp(-x^2 - y^2)", (0.5, 0.6), (0.3,)), ("-x^2 + y", (0.1, 0.2), (0.1,)), ("x^2 - 2y^2", (1, 0.01), (0.1,)),
    ("x^3 - 3x + y^2", (2, 1), (0.05,)), ("x^2 + y^2 + 3sin(3x) + 3sin(3y)", (1.5, 1), (0.02,)),
    ("log(x^2 + y^2 + 0.1)", (2, 1), (0.1,)), ("(x - y)^2 + 0.01x^2", (3, -1), (0.2,)), ("|x| + |y| + 1", (2, 1.1), (0.3,)),
    ("(x - 3)^2 + (y + 2)^2", (0, 0), (1.1,)), ("x*y + 1", (1, 1.2), (0.1,)), ("1/(x^2 + y^2)", (1, 0.5), (0.05,)),
    ("cos(x) + cos(y) + 0.05(x^2 + y^2)", (0.5, 1), (0.3,)), ("sqrt(x) + y^2", (3, 1), (0.1,)),
    ("(x - 3)^2 + 1/(x + 2.3)", (0,), (1.1,)),  # far away, beside a pole
    ("rosenbrock", (-1.2, 1), (0.001,)), ("himmelblau", (0, 0), (0.01,)), ("quartic", (1.5,), (0.02,)),
)  # fmt: skip


def shown(runs: list[Trajectory]) -> list[list[float]]:
    """The view of some runs, before its axes get one scale."""
    first, known = runs[0], known_entry(runs[0])
    finite = finite_runs(runs, known.view if known else None)
    box = fitting_box(first, finite, np.zeros((0, len(first.names))), function_over(first.objective, first.record.shape))
    return [list(interval) for interval in box]


def runs_of(formula: str, start: tuple[float, ...], rates: tuple[float, ...]) -> list[Trajectory]:
    """A run of gradient descent with each learning rate."""
    return list(compare(formula, [f"gd(lr={rate})" for rate in rates], start=start, steps=STEPS, tol=0, gtol=0))


def rows() -> Iterator[dict[str, Any]]:
    """Every case: the function as a tape, the runs as the page has them, and the view."""
    for formula, start, rates in CASES:
        runs = runs_of(formula, start, rates)
        objective, known = runs[0].objective, known_entry(runs[0])
        yield {
            "formula": formula, "start": start, "rates": rates,
            "base": [list(interval) for interval in known.view] if known else None,
            "tape": function_tape(objective.expression, objective.names, False).to_data(),
            "runs": [
                {"positions": run.positions.ravel().tolist(), "values": _finite(run.values), "ending": str(run.ending)}
                for run in runs
            ],
            "view": shown(runs),
        }  # fmt: skip


def _finite(values: Array) -> list[float | None]:
    """Values for JSON, which has no word for one that is missing."""
    return [float(value) if np.isfinite(value) else None for value in values]


def text() -> str:
    """The file."""
    return "".join(json.dumps(row, allow_nan=False) + "\n" for row in rows())


if __name__ == "__main__":
    VIEWS.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{VIEWS.stat().st_size} bytes\n")
