"""Many runs over a grid: how each ended, where, after how many steps, and which minimum it reached."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, bytes_text, clipped, counted
from steepest.language.suggestions import nearest
from steepest.optimizers.settings import Setting
from steepest.runs.methods import SweepMethods
from steepest.runs.sweep.axes import Axis
from steepest.runs.sweep.definition import Definition, read_definition
from steepest.runs.sweep.endings import CONVERGED, ENDINGS, STEP_LIMIT
from steepest.runs.sweep.engine import CHUNK, Cells, run_cells
from steepest.runs.sweep.minima import FOUND, find_minima
from steepest.runs.sweep.workers import spread
from steepest.runs.trajectory import Trajectory
from steepest.targets.block import free_memory

if TYPE_CHECKING:
    from steepest.runs.sweep.statistics import SeedStatistics

CRITERIA = ("value", "steps", "first", "rate")
WORKING = 1.6  # times the memory of the result that is needed on the way
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Cell:
    """One cell of a sweep.

    Attributes:
        index: on each axis.
        settings: the value on each axis, by its name.
        ending, steps, value, position: how and where the run ended, and after how many steps.
        minimum: the index of the minimum that it reached; -1 for none.
    """

    index: tuple[int, ...]
    settings: dict[str, Any]
    ending: str
    steps: int
    value: float
    position: tuple[float, ...]
    minimum: int


@dataclass(frozen=True, eq=False)
class Sweep(SweepMethods):
    """Many runs over a grid; every array has the shape of the axes, in their order.

    Attributes:
        definition: what was run.
        ending: of each run, as an index into `endings`.
        steps: that each run took.
        value: at each run's last position.
        position: each run's last position; one more axis, the parameters in order.
        minimum: the index of the minimum that each run reached, a row of `minima`; -1 where it reached none.
        minima: positions, a row each: those that the gallery knows first; see `steepest.runs.sweep.minima.find_minima`.
        minimum_names: what they are called.
        first: the first step whose value is below the threshold, -1 where none is; None unless it was asked for.
        rate: the factor by which steps shrink in the long run; None unless it was asked for.
        hued: of a sweep that looks closer at another, the minima that had a color there.
    """

    definition: Definition
    ending: NDArray[np.uint8]
    steps: NDArray[np.int32]
    value: NDArray[np.float64]
    position: NDArray[np.float64]
    minimum: NDArray[np.int16]
    minima: NDArray[np.float64]
    minimum_names: tuple[str, ...]
    first: NDArray[np.int32] | None = None
    rate: NDArray[np.float64] | None = None
    hued: tuple[int, ...] = ()

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The axes in order."""
        return self.definition.axes

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each axis."""
        return self.definition.shape

    @property
    def endings(self) -> tuple[str, ...]:
        """The words of the endings."""
        return ENDINGS

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters in order."""
        return self.definition.names

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C kept cells from being run."""
        return bool((self.ending == ENDINGS.index("interrupted")).any())

    def counts(self) -> dict[str, int]:
        """How many runs ended in each way, the words that occur."""
        found = np.bincount(self.ending.ravel(), minlength=len(ENDINGS))
        return {word: int(count) for word, count in zip(ENDINGS, found, strict=True) if count}

    @property
    def hues(self) -> tuple[int, ...]:
        """The minima that have a color, in the order of the colors: the gallery's, and those that runs reached."""
        first = self.hued or tuple(index for index, name in enumerate(self.minimum_names) if not name.startswith(FOUND))
        reached = np.unique(self.minimum[self.minimum >= 0]).tolist()
        return (*first, *(index for index in reached if index not in first))

    def zoom(self, **boxes: tuple[float, float]) -> Sweep:
        """A closer look: the same sweep over a box, computed at as many values as before.

        On an axis of equal factors they are again spaced by equal factors; of a list those that lie in the box are kept.
        Minima keep their numbers and colors; those that are found only now follow.

        Args:
            boxes: the lowest and the highest value, by the name of the axis; an axis that is left out stays as it is.

        Raises:
            InputError: for a name that is no axis, a box beyond the axis, and one too small for so many numbers of 64 bits.

        >>> from steepest.runs.sweep.axes import linear
        >>> found = sweep("(x^2 - 1)^2", {"x": linear(-2, 2, 5), "lr": linear(0.05, 0.2, 4)})
        >>> str(found.zoom(x=(-0.5, 0.5)).axes[0]), found.zoom(x=(-0.5, 0.5)).minima.tolist() == found.minima.tolist()
        ('x = linear(-0.5, 0.5, 5)', True)
        """
        from steepest.runs.sweep.zooming import read_boxes, with_minima_of, zoomed

        return with_minima_of(run_sweep(zoomed(self.definition, read_boxes(boxes))), [self])

    def index_of(self, settings: Mapping[str, Any]) -> tuple[int, ...]:
        """The index of the cell that is nearest to a value on each axis.

        Raises:
            InputError: for a name that is no axis, an axis that is left out, or a value beyond its ends.
        """
        for name in settings:
            self.definition.axis(name)
        missing = [axis.name for axis in self.axes if axis.name not in settings and len(axis) > 1]
        if missing:
            raise InputError(f"a cell has a value on every axis: say {missing[0]}, too")
        return tuple(axis.index(settings[axis.name]) if axis.name in settings else 0 for axis in self.axes)

    def at(self, **settings: Any) -> Trajectory:
        """The run of the cell that is nearest to a value on each axis, with every step.

        It is run again, as `steepest.descend` runs it. Its `hyperparameters` and `start` tell which cell it is.

        Args:
            settings: a value for each axis, by its name.

        Raises:
            InputError: for a name that is no axis, an axis that is left out, or a value beyond its ends.

        >>> from steepest.runs.sweep.axes import linear
        >>> found = sweep("x^2", {"lr": linear(0.1, 1.1, 11)}, start=3)
        >>> found.at(lr=0.2).hyperparameters["lr"].value, str(found.at(lr=1.1).ending)
        (0.2, 'step_limit')
        """
        return self.definition.trajectory(int(np.ravel_multi_index(self.index_of(settings), self.shape)))

    def cell(self, index: Sequence[int]) -> Cell:
        """What is kept of one cell."""
        at = tuple(int(part) for part in index)
        settings = {axis.name: axis.values.array[part].item() for axis, part in zip(self.axes, at, strict=True)}
        return Cell(
            at, settings, ENDINGS[self.ending[at]], int(self.steps[at]), float(self.value[at]),
            tuple(self.position[at].tolist()), int(self.minimum[at]),
        )  # fmt: skip

    def best(self, criterion: str = "value", **fixed: Any) -> Cell:
        """The best of the cells that converged or stood at the step limit.

        Args:
            criterion: `value`, the least value at the end; `steps`, the fewest steps of those that converged; `first`, the first
                to be below the threshold; `rate`, the least rate. Of equals the first cell.
            fixed: values on some axes, among whose cells the best is looked for.

        Raises:
            InputError: for a criterion that is none or was not asked for, and where no cell has one.

        >>> from steepest.runs.sweep.axes import linear
        >>> sweep("x^2", {"lr": linear(0.1, 1.1, 11)}, start=3).best("steps").settings
        {'lr': 0.5}
        """
        if criterion not in CRITERIA:
            near = nearest(criterion, CRITERIA)
            raise InputError(
                f"the best is by {', '.join(CRITERIA)}, not '{clipped(str(criterion))}'"
                + (f": did you mean {near}?" if near else "")
            )
        score = np.full(self.shape, np.inf)
        finite = (self.ending == CONVERGED) | (self.ending == STEP_LIMIT) | (self.ending == ENDINGS.index("budget"))
        if criterion == "value":
            score = np.where(finite, self.value, np.inf)
        elif criterion == "steps":
            score = np.where(self.ending == CONVERGED, self.steps, np.inf)
        elif criterion == "first":
            score = np.where(self._asked("first", self.first) >= 0, self._asked("first", self.first), np.inf)
        else:
            score = np.where(finite, self._asked("rate", self.rate), np.inf)
        score = np.where(np.isnan(score), np.inf, score)
        at: list[Any] = [slice(None)] * len(self.shape)
        for name, value in fixed.items():
            position = self.axes.index(self.definition.axis(name))
            at[position] = slice(self.axes[position].index(value), self.axes[position].index(value) + 1)
        part = score[tuple(at)]
        if not np.isfinite(part).any():
            raise InputError(
                f"no cell has a finite {criterion}: {', '.join(f'{count:,} {word}' for word, count in self.counts().items())}"
            )
        inner = np.unravel_index(int(np.argmin(part)), part.shape)
        offsets = [0 if each.start is None else each.start for each in at]
        return self.cell([int(index) + offset for index, offset in zip(inner, offsets, strict=True)])

    def boundary_dimension(self, of: str = "minimum") -> float:
        """The box-counting dimension of the boundary between a map's regions: see `steepest.runs.sweep.boundary`."""
        from steepest.runs.sweep.boundary import boundary_dimension

        return boundary_dimension(self, of)

    def over_seeds(self) -> SeedStatistics:
        """Quartiles of the values and counts of the endings over the axis `seed`: see `steepest.runs.sweep.statistics`.

        Raises:
            InputError: for a sweep without that axis.
        """
        from steepest.runs.sweep.statistics import seed_statistics

        return seed_statistics(self)

    def _asked(self, name: str, found: NDArray[Any] | None) -> NDArray[Any]:
        if found is None:
            words = {"first": "the first step below a threshold was not asked for: sweep(..., below=1e-6), or --below 1e-6"}
            raise InputError(words.get(name, "the rate was not measured: sweep(..., rate=True), or --rate"))
        return found

    def __repr__(self) -> str:
        axes = ", ".join(f"{axis.name}: {len(axis):,}" for axis in self.axes)
        return f"Sweep({axes}; {', '.join(f'{count:,} {word}' for word, count in self.counts().items())})"


def sweep(
    objective: Any,
    over: Any,
    *,
    optimizer: Any = "gd",
    lr: Setting | None = None,
    start: Any = None,
    steps: int = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
    below: float | None = None,
    rate: bool = False,
    fast: bool = False,
    target: str = "llvm",
    let: Mapping[str, float] | None = None,
    data: Any = None,
    loss: str | None = None,
    scale: str | None = None,
    batch: int | str | None = None,
    order: str | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Run an optimizer for every combination of values on one to four axes.

    Each cell is the run that `steepest.descend` makes with the cell's values, bit for bit.

    Args:
        objective: a formula, the name of a gallery function, what `steepest.objective` gives, or a model such as
            `"price ~ w*size + b"` for `data`.
        over: a mapping of names to values: what `steepest.linear` and `steepest.log` give, a range, a list; None for a coordinate
            over its view. The names are those of hyperparameters, of parameters (where a run starts), of constants in `let` and
            in a schedule, and `seed`, `batch`, `optimizer`.
        optimizer: as for `steepest.descend`; several in a list are the first axis.
        lr, start, steps, tol, gtol, seed: as for `steepest.descend`; a formula for `lr` may name constants that are axes.
        below: the value of which the first step below it is kept, too.
        rate: whether the rate of every run is measured, too.
        fast: whether products and sums may be fused, and functions be off by 2 units in the last place: then cells are no longer
            the bits of single runs, and come sooner.
        target: what runs the cells: `llvm`, machine code for the processor; or `jax` (the extra `jax`), in float64, on a GPU where
            JAX has one. Its numbers differ from single runs in the last digits.
        let, data, loss, scale, batch, order: as for `steepest.objective` and `steepest.fit`.
        progress: called with the runs done and all runs now and then.

    Raises:
        FormulaError, InputError: for what cannot be read or run, and for more cells than memory holds, in one line.

    >>> from steepest.runs.sweep.axes import linear
    >>> found = sweep("x^2", {"lr": linear(0.1, 1.1, 11)}, start=3)
    >>> found.counts(), found.minima.tolist()
    ({'converged': 9, 'step_limit': 2}, [[0.0]])
    >>> found.best("value").settings
    {'lr': 0.5}
    """
    settings = {} if lr is None else {"lr": lr}
    definition = read_definition(
        objective, over, optimizer=optimizer, settings=settings, start=start, steps=steps, tol=tol, gtol=gtol, seed=seed,
        below=below,
        rate=rate, fast=fast, target=target, let=let, data=data, loss=loss, scale=scale, batch=batch, order=order,
    )  # fmt: skip
    return run_sweep(definition, progress)


def run_sweep(definition: Definition, progress: Progress | None = None, workers: tuple[Executor, int] | None = None) -> Sweep:
    """Run a sweep that fits into memory; Ctrl-C keeps the cells that are done.

    Args:
        workers: who runs the cells, and how many they are; see `steepest.runs.sweep.workers`. This process if it is left out.

    Raises:
        InputError: for more cells than memory holds.
    """
    check_memory(definition)
    if workers is None:
        return assembled(definition, run_cells(definition, 0, definition.size, progress))
    executor, count = workers
    found = Cells.empty(definition.size, len(definition.names), definition)
    size = min(CHUNK, max(1, -(-definition.size // (4 * count))))
    ranges = [(first, min(first + size, definition.size)) for first in range(0, definition.size, size)]
    spread(executor, count, definition, ranges, lambda index, cells: found.write(slice(*ranges[index]), cells), progress)
    return assembled(definition, found)


def assembled(definition: Definition, cells: Cells) -> Sweep:
    """A sweep from all of its cells."""
    numbers, shape = np.arange(definition.size, dtype=np.int64), definition.shape
    minima = find_minima(definition, cells, numbers)
    reached = minima.reached(definition, cells, numbers) if minima.at_hand is None else minima.at_hand
    return Sweep(
        definition, cells.ending.reshape(shape), cells.steps.reshape(shape), cells.value.reshape(shape),
        cells.position.reshape(*shape, -1), reached.reshape(shape), minima.positions, minima.names,
        None if cells.first is None else cells.first.reshape(shape), None if cells.rate is None else cells.rate.reshape(shape),
    )  # fmt: skip


def bytes_of_cell(definition: Definition) -> int:
    """The bytes that a cell takes: its ending, steps, value, minimum and position, and what is asked for besides."""
    parameters = len(definition.source.objective().names)
    return 1 + 4 + 8 + 2 + 8 * parameters + (4 if definition.below is not None else 0) + (8 if definition.rate else 0)


def check_memory(definition: Definition, instead: str = "take fewer values, or --store sweep.zarr") -> None:
    """Refuse a sweep that does not fit into memory.

    Args:
        instead: what to do about it.

    Raises:
        InputError: with the memory that it would take.
    """
    size = definition.size * bytes_of_cell(definition) + 8 * sum(definition.shape)
    free = free_memory()
    if size * WORKING > (math.inf if free is None else free) or size > 2**60:
        room = "" if free is None else f", of which {bytes_text(free)} are free"
        raise InputError(f"{counted(definition.size, 'cell')} take {bytes_text(size)} of memory{room}: {instead}")
