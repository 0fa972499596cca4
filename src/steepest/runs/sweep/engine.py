"""Runs the cells of a sweep: all with one program together, on all cores; what no program holds, run by run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.language.expression import number
from steepest.objectives.data import DataObjective
from steepest.optimizers.optimizer import schedules
from steepest.runs.sweep.definition import Definition, Setup
from steepest.runs.sweep.endings import ENDINGS, INTERRUPTED, endings_of
from steepest.runs.sweep.history import first_below, first_below_of, measured_rate, rate_of
from steepest.runs.trajectory import Trajectory
from steepest.targets.many.jax_runs import run_many_jax
from steepest.targets.many.runs import ManyOutcome, run_many

CHUNK = 131_072  # cells that are run at once
HISTORY = 2**28  # bytes of the positions of all steps that are held at once
Progress = Callable[[int, int], None]
Members = NDArray[np.int64] | slice
"""Some of the cells that are run at once; a slice where that is all of them, which copies nothing."""
ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Cells:
    """What is kept of cells.

    Attributes:
        ending: indices into `ENDINGS`.
        steps: how many were taken.
        value: at the last position.
        position: the last position, a row each.
        first: the first step whose value is below the threshold; -1 where none is. None unless it was asked for.
        rate: the measured rate; None unless it was asked for.
    """

    ending: NDArray[np.uint8]
    steps: NDArray[np.int32]
    value: NDArray[np.float64]
    position: NDArray[np.float64]
    first: NDArray[np.int32] | None = None
    rate: NDArray[np.float64] | None = None

    @classmethod
    def empty(cls, count: int, parameters: int, definition: Definition) -> Cells:
        """Room for cells that are not run yet: they are `interrupted`."""
        return cls(
            np.full(count, INTERRUPTED, np.uint8), np.zeros(count, np.int32), np.full(count, np.nan),
            np.full((count, parameters), np.nan),
            None if definition.below is None else np.full(count, -1, np.int32),
            np.full(count, np.nan) if definition.rate else None,
        )  # fmt: skip

    def write(self, places: Any, cells: Cells) -> None:
        """Write what was found into these places."""
        for each in fields(self):
            column = getattr(self, each.name)
            if column is not None:
                column[places] = getattr(cells, each.name)

    @property
    def interrupted(self) -> bool:
        """Whether some are not done."""
        return bool((self.ending == INTERRUPTED).any())


def run_cells(definition: Definition, first: int, last: int, progress: Progress | None = None) -> Cells:
    """Run the cells from `first` to before `last`, the last axis fastest, in chunks, so that memory stays flat.

    Args:
        progress: called with the cells done and the cells to do now and then.

    Ctrl-C keeps what is done; the rest is `interrupted`.
    """
    count = last - first
    parameters = len(definition.source.objective().names)
    found = Cells.empty(count, parameters, definition)
    step = _chunk_size(definition, parameters)
    try:
        for begin in range(0, count, step):
            end = min(begin + step, count)
            cells = np.arange(first + begin, first + end, dtype=np.int64)
            if not _run_some(definition, cells, found, begin, _shifted(progress, begin, count)):
                break
            if progress is not None:
                progress(end, count)
    except KeyboardInterrupt:
        pass
    return found


def _chunk_size(definition: Definition, parameters: int) -> int:
    """The cells that are run at once."""
    if definition.below is None and not definition.rate:
        return CHUNK
    return max(min(CHUNK, HISTORY // (8 * max(parameters, 1) * (definition.rule.steps + 1))), 64)


def _shifted(progress: Progress | None, begin: int, count: int) -> Progress | None:
    return None if progress is None else lambda done, _: progress(min(begin + done, count), count)


def _run_some(definition: Definition, cells: NDArray[np.int64], found: Cells, offset: int, progress: Progress | None) -> bool:
    """Run consecutive cells, those with the same program together; returns whether all are done."""
    indices = definition.indices_between(int(cells[0]), int(cells[-1]) + 1)
    keys = np.stack([indices[position] for position in definition.structural]) if definition.structural else None
    if keys is None:
        groups: list[tuple[tuple[int, ...], Members]] = [((), ALL)]
    else:
        shape = [definition.shape[position] for position in definition.structural]
        flat = np.ravel_multi_index(tuple(keys), shape)
        order = np.argsort(flat, kind="stable")
        starts = np.flatnonzero(np.diff(flat[order], prepend=-1))
        groups = [
            (tuple(int(part) for part in np.unravel_index(flat[members[0]], shape)), members)
            for members in np.split(order, starts[1:])
        ]
    done = 0
    for key, members in groups:
        told = None if progress is None else (lambda more, _, before=done: progress(before + more, len(cells)))
        setup = definition.setup(key)
        some = cells[members]
        places = slice(offset, offset + len(cells)) if isinstance(members, slice) else members + offset
        if setup.linked is None:
            complete = _alone(definition, some, found, places, told)
        else:
            complete = _together(definition, setup, [index[members] for index in indices], found, places, told)
        if not complete:
            return False
        done += len(some)
    return True


def _together(
    definition: Definition, setup: Setup, indices: list[NDArray[np.int64]], found: Cells, places: Members,
    progress: Progress | None,
) -> bool:  # fmt: skip
    """Run cells with one program at once."""
    assert setup.linked is not None
    starts = definition.starts(indices, setup.objective)
    values, seeds = definition.hyperparameters(indices, setup), definition.seeds(indices)
    wanted = definition.below is not None or definition.rate
    run: Callable[..., ManyOutcome] = run_many_jax
    if definition.target != "jax":
        run = partial(run_many, history=wanted, exact=not definition.fast, progress=progress)
    for asked, members in _by_bound(definition, setup, values):
        outcome = run(
            setup.linked, starts[members], {name: _of(value, members) for name, value in values.items()},
            steps=definition.rule.steps, tol=definition.rule.tol, gtol=definition.rule.gtol, asked=asked, seed=_of(seeds, members),
        )  # fmt: skip
        found.write(places if isinstance(members, slice) else _numbers(places)[members], _kept(definition, outcome))
        if (outcome.stops == 5).any():
            return False
    return True


def _of(value: Any, members: Members) -> Any:
    return value[members] if isinstance(value, np.ndarray) else value


def _numbers(places: Members) -> NDArray[np.int64]:
    return np.arange(places.start, places.stop) if isinstance(places, slice) else places


def _by_bound(definition: Definition, setup: Setup, values: dict[str, Any]) -> list[tuple[float, Members]]:
    """The cells by the gradient's norm above which a short step does not end a run: see `StoppingRule.gradient_bound`."""
    rule, lr = definition.rule, values.get("lr")
    if not isinstance(lr, np.ndarray) or schedules(setup.hyperparameters):
        return [(rule.gradient_bound(setup.optimizer, setup.hyperparameters), ALL)]
    found: list[tuple[float, Members]] = []
    for above in (True, False):
        members = np.flatnonzero((lr > rule.tol) == above)
        if len(members):
            one = {**setup.hyperparameters, "lr": number(float(lr[members[0]]))}
            found.append((rule.gradient_bound(setup.optimizer, one), ALL if len(members) == len(lr) else members))
    return found


def _kept(definition: Definition, outcome: ManyOutcome) -> Cells:
    """What is kept of many runs."""
    first = rate = None
    if outcome.history is not None:
        first = None if definition.below is None else first_below(outcome, definition.below, exact=not definition.fast)
        rate = measured_rate(outcome) if definition.rate else None
    return Cells(
        endings_of(outcome), outcome.steps.astype(np.int32), np.asarray(outcome.values), np.asarray(outcome.positions), first, rate
    )  # fmt: skip


def _alone(definition: Definition, cells: NDArray[np.int64], found: Cells, places: Members, progress: Progress | None) -> bool:
    """Run cells one after the other: over data, by another library, on a function that is no formula."""
    for index, (cell, place) in enumerate(zip(cells.tolist(), _numbers(places).tolist(), strict=True)):
        run = definition.trajectory(cell)
        if run.ending == "interrupted":
            return False
        found.ending[place], found.steps[place] = ENDINGS.index(run.ending), run.steps
        found.value[place], found.position[place] = _last_value(run), run.positions[-1].ravel()
        if found.first is not None and definition.below is not None:
            found.first[place] = first_below_of(run.values, definition.below)
        if found.rate is not None:
            found.rate[place] = rate_of(run.positions.reshape(len(run.positions), -1)[:, None, :], np.array([run.steps]))[0]
        if progress is not None:
            progress(index + 1, len(cells))
    return True


def _last_value(run: Trajectory) -> float:
    """The value at the last position; with batches over all rows, so that batches of different sizes can be compared."""
    objective = run.objective
    if isinstance(objective, DataObjective) and objective.batch is not None and run.ending != "diverged":
        return objective.value(run.positions[-1].tolist())
    return float(run.values[-1])
