"""Why a run of another library's optimizer differs from another run: the hyperparameters that are not the same, tried out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from steepest.errors import InputError, counted
from steepest.optimizers.frameworks import HYPERPARAMETERS, OTHERWISE_IN_OPTAX
from steepest.optimizers.libraries.library_optimizer import LibraryOptimizer, value_text
from steepest.runs.trajectory import Trajectory

CLOSE = 1e-9  # of the largest coordinate: closer, two runs make the same steps


def library_reason(one: Trajectory, other: Trajectory, gap: float) -> str:
    """Why two runs differ, one of them at least of another library's optimizer.

    Args:
        gap: the largest distance of their positions.
    """
    scale = max(abs(value) for run in (one, other) for row in run.record.positions() for value in row)
    if gap <= CLOSE * scale:
        agreed = "to the bit" if gap == 0 else f"to {gap:.1g}"
        return f"both make the same steps: they agree {agreed} over {counted(min(one.steps, other.steps), 'step')}"
    differing = _differing(one, other)
    if not differing:
        notes = [note for run in (one, other) if (note := _otherwise(run))]
        return "; ".join(["why: the methods are different", *notes])
    told = ", ".join(
        f"{name} is {_told(one, values[0], name)} and {_told(other, values[1], name)}" for name, values in differing.items()
    )
    repeated = _repeated(one, other, differing)
    return f"why: {told}" + (f"; {repeated}" if repeated else ", and the methods may differ, too")


def _parts(run: Trajectory, names: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[str], Sequence[Any]]]:
    """Each hyperparameter of a run: its own name, the names that another run has for its parts, and the parts."""
    for name, value in run.settings.items():
        ours = (name,) if name in names else HYPERPARAMETERS.get(name, (name,))
        yield name, ours, value if isinstance(value, tuple | list) else (value,)


def _settings(run: Trajectory, names: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """A run's hyperparameters that are numbers or texts, by the names of another run; each with its own name.

    Several in one, such as PyTorch's `betas`, are told apart.
    """
    found: dict[str, tuple[str, Any]] = {}
    for name, ours, parts in _parts(run, names):
        if len(parts) == len(ours) and all(isinstance(part, int | float | str) and not isinstance(part, bool) for part in parts):
            found |= {word: (name, part) for word, part in zip(ours, parts, strict=True)}
    return found


def _translated(run: Trajectory, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a run that give hyperparameters, which have the names of another run, other values."""
    settings: dict[str, Any] = {}
    for name, ours, parts in _parts(run, wanted):
        if wanted.keys() & set(ours):
            changed = [wanted.get(word, part) for word, part in zip(ours, parts, strict=True)]
            settings[name] = tuple(changed) if isinstance(run.settings[name], tuple | list) else changed[0]
    return settings


def _differing(one: Trajectory, other: Trajectory) -> dict[str, tuple[Any, Any]]:
    """The hyperparameters that both have with different values."""
    second = _settings(other, {})
    first = _settings(one, second)
    second = _settings(other, first)
    return {name: (first[name][1], second[name][1]) for name in first if name in second and first[name][1] != second[name][1]}


def _told(run: Trajectory, value: Any, name: str) -> str:
    """A value, and whether it is the library's default."""
    optimizer = run.optimizer
    default = isinstance(optimizer, LibraryOptimizer) and name not in _own_names(optimizer)
    text = value if isinstance(value, str) else value_text(value)
    return f"{text} (the default of {optimizer.name})" if default else text


def _own_names(optimizer: LibraryOptimizer) -> set[str]:
    """The names, in any library's spelling, of the hyperparameters that were set."""
    return {word for name in optimizer.arguments for word in (name, *HYPERPARAMETERS.get(name, ()))}


def _repeated(one: Trajectory, other: Trajectory, differing: Mapping[str, tuple[Any, Any]]) -> str:
    """That a library's run makes the other's steps with its hyperparameters, if it does so when it is run."""
    for run, target, side in ((other, one, 0), (one, other, 1)):
        if not isinstance(run.optimizer, LibraryOptimizer):
            continue
        try:
            again = run.rerun(settings=_translated(run, {name: values[side] for name, values in differing.items()}))
        except InputError:
            continue
        pairs = list(zip(again.record.positions(), target.record.positions(), strict=False))
        gap = max(abs(a - b) for left, right in pairs for a, b in zip(left, right, strict=True))
        if gap <= CLOSE * max(abs(value) for _, row in pairs for value in row):
            agreed = "to the bit" if gap == 0 else f"to {gap:.1g}"
            steps = counted(len(pairs) - 1, "step")
            return f"{again.label} makes the steps of {target.label}: checked by running it, they agree {agreed} over {steps}"
    return ""


def _otherwise(run: Trajectory) -> str:
    """What optax does otherwise than PyTorch and the zoo, where that is known."""
    library, _, name = run.optimizer.name.partition(":")
    return f"{run.optimizer.name} {OTHERWISE_IN_OPTAX[name]}" if library == "optax" and name in OTHERWISE_IN_OPTAX else ""
