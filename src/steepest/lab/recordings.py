"""Runs that the page shows and cannot run itself: those of other libraries' optimizers, as recorded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from steepest.errors import InputError
from steepest.lab.texts import constants, objective_text
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.optimizer import Optimizer
from steepest.runs.trajectory import Trajectory
from steepest.version import __version__

MOST_NUMBERS = 10_000  # of all recordings of a page, some 200 kB


def is_recorded(optimizer: Optimizer) -> bool:
    """Whether the page shows its runs as recordings: it has no equations."""
    return isinstance(optimizer, LibraryOptimizer)


def recordings(runs: Sequence[Trajectory]) -> list[dict[str, Any]]:
    """Runs as plain data, in which a number that is not finite is None.

    Raises:
        InputError: for more numbers than a page carries.
    """
    made = [_recording(run) for run in runs]
    count = sum(len(each[part]) for each in made for part in ("positions", "values", "gradients"))
    if count > MOST_NUMBERS:
        raise InputError(
            f"the page carries {MOST_NUMBERS:,} numbers of other libraries' runs, and these have {count:,}: take fewer steps"
        )
    return made


def _recording(run: Trajectory) -> dict[str, Any]:
    return {
        "label": run.label,
        "text": run.optimizer.name_or_text,
        "settings": {name: str(value) for name, value in run.settings.items() if value is not None and value is not False},
        "version": __version__,
        "objective": objective_text(run.objective),
        "let": constants(run.objective),
        "steps": run.steps,
        "positions": _numbers(value for row in run.positions for value in _row(row)),
        "values": _numbers(run.values),
        "gradients": _numbers(value for row in run.gradients for value in _row(row)),
        "evaluations": asdict(run.evaluations),
        "ending": {"kind": str(run.ending), "message": run.ending.message},
    }


def _row(row: Any) -> Sequence[float]:
    """The coordinates of a position, which is one number where there is one parameter."""
    return row if hasattr(row, "__len__") else (row,)


def _numbers(values: Iterable[Any]) -> list[float | None]:
    return [float(value) if value is not None and math.isfinite(value) else None for value in values]
