"""What a sweep runs: an objective, an optimizer, where runs start and end, and the axes, each with what it varies."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from steepest.errors import InputError, clipped
from steepest.language.expression import Expression, names, number, substitute
from steepest.language.suggestions import nearest
from steepest.objectives.formula import FormulaObjective
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer
from steepest.optimizers.optimizer import Optimizer, constant_settings, schedules
from steepest.random import LARGEST_SEED
from steepest.runs.descent import descend
from steepest.runs.start import builtin_number, start_position
from steepest.runs.stopping import StoppingRule, check_seed
from steepest.runs.sweep.axes import VIEWED, Axis, Values, example, linear, read_axes
from steepest.runs.sweep.optimizers import labels, read_optimizer_over, read_schedule
from steepest.runs.sweep.source import Source, read_source
from steepest.runs.trajectory import Trajectory
from steepest.tape.compile import program
from steepest.tape.program import Program
from steepest.targets.many.jax_runs import load_jax

Array = NDArray[np.float64]
KINDS = ("constant", "optimizer", "batch", "schedule")
"""The roles of axes each of whose values makes another program."""
MOST_PROGRAMS = 10_000
TARGETS = ("llvm", "jax")


@dataclass(frozen=True, eq=False)
class Setup:
    """What all cells with the same formula, optimizer, batch and schedule share.

    Attributes:
        objective, optimizer: those of the cells.
        hyperparameters: their values; those on an axis are 0 here.
        linked: the program, if the cells can be run together; None if each is run by itself.
        minima: what tells objectives apart, of which each has minima of its own.
    """

    objective: Any
    optimizer: Optimizer
    hyperparameters: Mapping[str, Expression]
    linked: Program | None
    minima: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Definition:
    """What a sweep runs.

    Attributes:
        source: gives the objective, for constants and batches.
        optimizers: one, or those of the axis `optimizer`.
        shared: values of hyperparameters that an optimizer does not set itself; they may name schedules' constants.
        start: where runs start that no axis says otherwise; None for the objective's own.
        rule: when runs end.
        seed: of the noise and of random starts.
        axes: what is varied.
        roles: for each axis, what it varies: `parameter`, `hyperparameter`, `seed`, `constant`, `optimizer`, `batch`, `schedule`.
        below: the value of which the first step below it is looked for; None for none.
        rate: whether the rate is measured.
        fast: whether products and sums may be fused and functions be off by 2 units in the last place.
        target: what runs the cells: `llvm`, machine code for the processor; or `jax`.
    """

    source: Source
    optimizers: tuple[Optimizer, ...]
    shared: Mapping[str, Expression]
    start: Any
    rule: StoppingRule
    seed: int
    axes: tuple[Axis, ...]
    roles: tuple[str, ...]
    below: float | None = None
    rate: bool = False
    fast: bool = False
    target: str = TARGETS[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple(self.source.objective().names)

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each axis."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def size(self) -> int:
        """The number of cells."""
        return math.prod(self.shape)

    @cached_property
    def _setups(self) -> dict[tuple[int, ...], Setup]:
        return {}

    def axis(self, name: str) -> Axis:
        """The axis of that name.

        Raises:
            InputError: for a name that is none.
        """
        for axis in self.axes:
            if axis.name == name:
                return axis
        words = [axis.name for axis in self.axes]
        near = nearest(name, words)
        raise InputError(
            f"there is no axis '{clipped(name)}': " + (f"did you mean {near}?" if near else f"there is {', '.join(words)}")
        )

    def alone(self, role: str) -> dict[str, Any]:
        """The values of axes of one value that vary what has a role, by name."""
        pairs = zip(self.axes, self.roles, strict=True)
        return {axis.name: axis.values.array[0].item() for axis, found in pairs if found == role and len(axis) == 1}

    @cached_property
    def structural(self) -> tuple[int, ...]:
        """The axes each of whose values makes another program."""
        return tuple(index for index, role in enumerate(self.roles) if role in KINDS)

    def setup(self, key: tuple[int, ...]) -> Setup:
        """What the cells with these indices on the structural axes share, made once."""
        if key not in self._setups:
            self._setups[key] = self._make_setup(dict(zip(self.structural, key, strict=True)))
        return self._setups[key]

    def _make_setup(self, indices: Mapping[int, int]) -> Setup:
        chosen: dict[str, dict[str, Any]] = {role: {} for role in KINDS}
        for position, index in indices.items():
            axis = self.axes[position]
            chosen[self.roles[position]][axis.name] = index if axis.name == "optimizer" else axis.values.array[index]
        objective = self.source.objective(
            {name: float(value) for name, value in chosen["constant"].items()},
            str(chosen["batch"]["batch"]) if chosen["batch"] else None,
        )
        constants = {name: number(float(value)) for name, value in chosen["schedule"].items()}
        given = self.optimizers[chosen["optimizer"].get("optimizer", 0)]
        shared = {name: substitute(value, constants) for name, value in self.shared.items()}
        swept = {axis.name: number(0.0) for axis, role in zip(self.axes, self.roles, strict=True) if role == "hyperparameter"}
        groups = tuple(index for position, index in indices.items() if self.roles[position] == "constant")
        if isinstance(given, LibraryOptimizer):
            return Setup(objective, given.with_shared_rate(shared.get("lr")), {}, None, groups)
        settings = {name: substitute(value, constants) for name, value in given.settings.items()}
        optimizer = replace(given, settings={**settings, **{name: swept[name] for name in swept if name in given.hyperparameters}})
        hyperparameters = optimizer.resolve(shared, objective.hyperparameters)
        linked = None
        if isinstance(objective, FormulaObjective):
            linked = program(optimizer.equations, tuple(schedules(hyperparameters).items()), objective.expression, objective.names)
        whole = linked if linked is not None and linked.step.rows is None else None
        return Setup(objective, optimizer, hyperparameters, whole, groups)

    def indices(self, cells: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """The index of cells on each axis; the last axis goes fastest."""
        return tuple(np.asarray(part, np.int64) for part in np.unravel_index(cells, self.shape))

    def indices_between(self, first: int, last: int) -> tuple[NDArray[np.int64], ...]:
        """The indices of the cells from `first` to before `last`, as of `indices`, without a division for each of them."""
        found, stride = [], math.prod(self.shape)
        for size in self.shape:
            stride //= size
            low, high = first // stride, -(-last // stride)
            along = np.resize(np.arange(low, low + min(high - low, size)) % size, high - low)
            if stride > 1:
                edges: NDArray[np.int64] = np.clip(np.arange(low, high + 1) * stride, first, last)
                along = np.repeat(along, np.diff(edges))
            found.append(along)
        return tuple(found)

    def starts(self, indices: Sequence[NDArray[np.int64]], objective: Any) -> Array:
        """Where cells start, a row each."""
        count, seeds = len(indices[0]), self.roles.index("seed") if "seed" in self.roles else None
        if self.start is None and seeds is not None:
            used, inverse = np.unique(indices[seeds], return_inverse=True)
            table = [start_position(objective, None, int(self.axes[seeds].values.array[index])) for index in used]
            found = np.array(table)[inverse]
        else:
            found = np.empty((count, len(objective.names)))
            found[:] = self._fixed_start(objective)
        for axis, role, index in zip(self.axes, self.roles, indices, strict=True):
            if role == "parameter":
                found[:, objective.names.index(axis.name)] = axis.values.array[index]
        return found

    def _fixed_start(self, objective: Any) -> tuple[float, ...]:
        """The start but for the coordinates on axes, which need none of their own."""
        swept = [axis.name for axis, role in zip(self.axes, self.roles, strict=True) if role == "parameter"]
        if self.start is None and set(swept) >= set(objective.names):
            return (0.0,) * len(objective.names)
        start = self.start
        if isinstance(start, Mapping):
            start = {**dict.fromkeys(swept, 0.0), **start}
        return start_position(objective, start, self.seed)

    def hyperparameters(self, indices: Sequence[NDArray[np.int64]], setup: Setup) -> dict[str, Any]:
        """The hyperparameters that are inputs of the program: a number, or one for each cell."""
        found: dict[str, Any] = constant_settings(setup.hyperparameters)
        for axis, role, index in zip(self.axes, self.roles, indices, strict=True):
            if role == "hyperparameter" and axis.name in found:
                found[axis.name] = axis.values.array[index].astype(np.float64)
        return found

    def seeds(self, indices: Sequence[NDArray[np.int64]]) -> Any:
        """The seed, or one for each cell."""
        if "seed" not in self.roles:
            return self.seed
        position = self.roles.index("seed")
        return self.axes[position].values.array[indices[position]].astype(np.float64)

    def trajectory(self, cell: int, progress: Any = None) -> Trajectory:
        """The run of one cell by itself, with every step."""
        at = self.indices(np.array([cell], dtype=np.int64))
        setup = self.setup(tuple(int(at[position][0]) for position in self.structural))
        values = {
            axis.name: axis.values.array[index[0]].item()
            for axis, role, index in zip(self.axes, self.roles, at, strict=True)
            if role == "hyperparameter"
        }
        optimizer: Any = setup.optimizer
        if isinstance(optimizer, LibraryOptimizer):
            optimizer = optimizer.with_arguments(
                {name: value for name, value in values.items() if name in optimizer.hyperparameters}
            )
        else:
            fixed = {name: value for name, value in setup.hyperparameters.items() if name not in values}
            numbers = {name: number(float(value)) for name, value in values.items() if name in setup.hyperparameters}
            optimizer = replace(optimizer, settings={**fixed, **numbers})
        seeds = self.seeds(at)
        seed = int(seeds[0]) if isinstance(seeds, np.ndarray) else int(seeds)
        start = self.starts(at, setup.objective)[0].tolist()
        return descend(
            setup.objective, start, optimizer=optimizer, steps=self.rule.steps, tol=self.rule.tol, gtol=self.rule.gtol,
            seed=seed, progress=progress,
        )  # fmt: skip


def read_definition(
    objective: Any,
    over: Any,
    *,
    optimizer: Any = "gd",
    settings: Mapping[str, Any] | None = None,
    start: Any = None,
    steps: int = 100,
    tol: float = 1e-8,
    gtol: float = 0.0,
    seed: int = 0,
    below: float | None = None,
    rate: bool = False,
    fast: bool = False,
    target: str = TARGETS[0],
    **about: Any,
) -> Definition:
    """What a sweep runs, from what a user gives.

    Args:
        objective, about: see `steepest.runs.sweep.source.read_source`.
        over: see `steepest.runs.sweep.axes.read_axes`.
        optimizer: as for `steepest.descend`; several in a list are an axis `optimizer`, the first.
        settings: hyperparameters that several optimizers share, such as `lr`; a formula may name constants that are axes.
        start: as for `steepest.descend`.

    Raises:
        FormulaError, InputError: for what cannot be read or run, in one line.
    """
    pairs = list(read_axes(over))
    optimizers = [optimizer] if isinstance(optimizer, str) or not isinstance(optimizer, list | tuple) else list(optimizer)
    named = dict(pairs)
    if "optimizer" in named:
        if named["optimizer"] is None:
            raise InputError('the axis optimizer lists optimizers: --over "optimizer = gd, momentum, adam"')
        if len(optimizers) > 1 or optimizers[0] != "gd":
            raise InputError("the optimizers are an axis: list all of them there")
        optimizers = list(named["optimizer"].given)
    elif len(optimizers) > 1:
        pairs.insert(0, ("optimizer", None))
    if not optimizers:
        raise InputError("a sweep takes an optimizer, or several in a list, such as ['gd', 'adam']")
    words = [name for name, _ in pairs]
    rule = StoppingRule(builtin_number(steps), builtin_number(tol), builtin_number(gtol))
    source = read_source(objective, words, **about)
    function = source.objective()
    shared: dict[str, Expression] = {}
    for name, value in (settings or {}).items():
        shared[name] = read_schedule(name, builtin_number(value), words)
    chosen = tuple(read_optimizer_over(each, words, tuple(shared)) for each in optimizers)
    for name in shared:
        if name != "lr" and not any(name in each.hyperparameters for each in chosen):
            raise InputError(f"no optimizer has a hyperparameter '{clipped(name)}'")
    places = _Places(function, source, chosen, shared, words)
    axes, roles = [], []
    for name, values in pairs:
        role = places.role(name)
        if name == "optimizer":
            values = Values("list", 0.0, 0.0, len(chosen), tuple(labels(chosen)))
        roles.append(role)
        for size in values.given if role == "batch" and values is not None else ():
            source.objective(None, str(size))  # refuses a batch that cannot be taken
        axes.append(Axis(name, places.over_view(name) if values is None and role == "parameter" else _checked(name, role, values)))
    programs = math.prod(len(axis) for axis, role in zip(axes, roles, strict=True) if role in KINDS)
    if programs > MOST_PROGRAMS:
        raise InputError(
            f"{programs:,} formulas and optimizers would be compiled, and {MOST_PROGRAMS:,} may be: take fewer constants"
        )
    if below is not None and (isinstance(below, bool) or not isinstance(below, int | float) or not math.isfinite(below)):
        raise InputError(f"the threshold of a value is a finite number, not {clipped(repr(below))}")
    if target not in TARGETS:
        near = nearest(str(target), TARGETS)
        hint = f": did you mean {near}?" if near else ""
        raise InputError(f"the target is one of {', '.join(TARGETS)}, not '{clipped(str(target))}'{hint}")
    found = Definition(
        source, chosen, shared, start, rule, check_seed(builtin_number(seed)), tuple(axes), tuple(roles), below, bool(rate),
        bool(fast), target,
    )  # fmt: skip
    if target == "jax":
        _check_jax(found)
    return found


def _check_jax(definition: Definition) -> None:
    """Refuse what the target jax does not run.

    Raises:
        InputError: for rates and thresholds, which need every position, and for what is no formula alone.
        MissingDependencyError: without JAX.
    """
    load_jax()
    if definition.below is not None or definition.rate:
        raise InputError("the target jax keeps no positions on the way, which --below and --rate need: leave one out")
    if definition.fast:
        raise InputError("--fast is for the target llvm: leave one out")
    for each in range(len(definition.optimizers)):
        key = tuple(each if definition.roles[position] == "optimizer" else 0 for position in definition.structural)
        if definition.setup(key).linked is None:
            raise InputError("the target jax runs formulas without a table, with the zoo's optimizers or equations of your own")


@dataclass(frozen=True, eq=False)
class _Places:
    """Where a name may stand: among the parameters, the constants, the optimizers' hyperparameters and their schedules' names."""

    function: Any
    source: Source
    optimizers: Sequence[Optimizer]
    shared: Mapping[str, Expression]
    words: Sequence[str]

    def role(self, name: str) -> str:
        """What an axis of that name varies.

        Raises:
            InputError: for a name that is none, with the nearest one, or that is two things.
        """
        scheduled = self._scheduled()
        having = [each for each in self.optimizers if name in each.hyperparameters]
        found = {
            "parameter": name in self.function.names,
            "constant": name in self.source.constants,
            "schedule": name in scheduled,
            "hyperparameter": bool(having),
            "seed": name == "seed",
            "batch": name == "batch",
            "optimizer": name == "optimizer",
        }
        roles = [role for role, true in found.items() if true]
        if len(roles) > 1:
            first, second = (f"a {role}" if role not in (name, "optimizer") else "an option" for role in roles[:2])
            raise InputError(f"'{name}' is {first} and {second}: rename one, so that it is plain what is varied")
        if not roles:
            raise InputError(self._unknown(name, scheduled))
        if roles == ["batch"] and not self.source.is_fit:
            raise InputError('a batch is made of the rows of a fit: steepest sweep TABLE MODEL --over "batch = 1, 8, full"')
        if roles == ["hyperparameter"]:
            for each in self.optimizers:
                if name not in each.hyperparameters:
                    raise InputError(f"{each.name} has no hyperparameter {name}, over which all optimizers are varied")
                if name in (each.arguments if isinstance(each, LibraryOptimizer) else each.settings):
                    raise InputError(f"{name} is varied and set in {each.name}({name}=...): leave one out")
            if name in self.shared:
                raise InputError(f"{name} is varied and set: leave out --over {name} or the value")
        return roles[0]

    def _scheduled(self) -> set[str]:
        """The names of schedules' constants."""
        formulas = [*self.shared.values(), *(value for each in self.optimizers for value in each.settings.values())]
        return {word for formula in formulas for word in names(formula)} - {"t", "T"}

    def _unknown(self, name: str, scheduled: set[str]) -> str:
        hyperparameters = list(dict.fromkeys(word for each in self.optimizers for word in each.hyperparameters))
        known = [*self.function.names, *hyperparameters, *self.source.constants, *sorted(scheduled), "seed", "batch", "optimizer"]
        near = nearest(name, known)
        parts = [f"the parameters {', '.join(self.function.names[:8])}"] if self.function.names else []
        parts += [f"the hyperparameters {', '.join(hyperparameters)}"] if hyperparameters else []
        hint = f"did you mean {near}?" if near else f"there are {' and '.join(parts)}; and seed, optimizer"
        return f"nothing is called '{clipped(name)}': {hint}"

    def over_view(self, name: str) -> Values:
        """A coordinate over its view."""
        low, high = self.function.view[self.function.names.index(name)]
        return linear(low, high, VIEWED)


def _checked(name: str, role: str, values: Values | None) -> Values:
    """The values of an axis, if they suit what it varies.

    Raises:
        InputError: for what does not suit.
    """
    if values is None:
        raise InputError(f'say over which values: --over "{example(name)}"')
    if role == "seed":
        if values.spacing not in ("range", "list") or not all(isinstance(value, int) for value in values.given):
            raise InputError("seeds are whole numbers, such as seed = 0:100")
        seeds = values.given
        if values.spacing == "range":
            seeds = (values.low, values.low + (values.count - 1) * int(values.given[0]))
        if min(seeds) < 0 or max(seeds) > LARGEST_SEED:  # type: ignore[operator]
            raise InputError(f"a seed is a whole number from 0 to {LARGEST_SEED}")
    if role == "batch" and not all(isinstance(value, int) or value == "full" for value in values.given):
        raise InputError("a batch is a number of rows, or full: batch = 1, 8, 64, full")
    return values
