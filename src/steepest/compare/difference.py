"""Two runs, compared: where they diverge, by how much, how far apart they end, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

from steepest.compare.divergence import Divergence, divergence, largest_gap, quantity_rows
from steepest.compare.reasons import Reason, Setting, label, reasons
from steepest.errors import InputError, counted
from steepest.language.digits import apart, for_json
from steepest.language.notation import plain
from steepest.runs.record import Row
from steepest.runs.trajectory import Trajectory

WIDTH = 80


@dataclass(frozen=True)
class Difference:
    """Two runs, compared.

    Attributes:
        runs: both.
        settings: what was set differently: a name, and how each run has it.
        partings: for every quantity that both have, where the runs diverge; the earliest first.
        gap: the largest distance of the positions over the steps that both took.
        end_gap: the distance between the last positions.
        reasons: why they differ, or what makes one the other; each was checked by running it.
    """

    runs: tuple[Trajectory, Trajectory]
    settings: tuple[Setting, ...]
    partings: tuple[Divergence, ...]
    gap: float
    end_gap: float
    reasons: tuple[Reason, ...]

    @property
    def same(self) -> bool:
        """Whether all that both runs computed is equal to the bit."""
        one, other = self.runs
        return one.steps == other.steps and all(each.exact_step is None for each in self.partings) and bool(self.partings)

    @property
    def first(self) -> Divergence | None:
        """The first divergence by more than rounding, if there is one."""
        return next((each for each in self.partings if each.step is not None), None)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The comparison in sentences, the most important first."""
        return tuple(_told(self))

    def __str__(self) -> str:
        first, second = self.labels
        objectives = {run.objective.text for run in self.runs}
        where = [f"on      {objectives.pop()}"] if len(objectives) == 1 else []
        texts = (*self.endings, *(reason.sentence for reason in self.reasons))
        told = [fill(text, WIDTH, break_long_words=False) for text in texts]
        tables = [] if self.same else [_table(self.partings)]
        return "\n\n".join(["\n".join([f"first   {first}", f"second  {second}", *where]), *tables, *told])

    @property
    def labels(self) -> tuple[str, str]:
        """Each run's label, with the settings besides the optimizer's in which it differs."""
        one, other = (label(run) for run in self.runs)
        named = [setting for setting in self.settings if setting[0] in ("objective", "start", "seed", "steps", "tol", "gtol")]
        extra = [", ".join(f"{name} {setting[side]}" for name, *setting in named) for side in (0, 1)]
        return (f"{one}, {extra[0]}", f"{other}, {extra[1]}") if named else (one, other)

    @property
    def endings(self) -> tuple[str, ...]:
        """Where both runs end, and how if that differs."""
        one, other = self.runs
        if self.same:
            return (f"the two runs are the same, to the bit, over {counted(one.steps, 'step')}",)
        first, second = counted(one.steps, "step"), counted(other.steps, "step")
        after = f"after {first}" if one.steps == other.steps else f"after {first} and {second}"
        values = " and ".join(apart(*(float(run.values[-1]) for run in self.runs)))
        found = [f"at the end, {after}, they are {self.end_gap:.3g} apart; f is {values}"]
        if one.ending != other.ending:
            found += [f"the first {one.ending.message}", f"the second {other.ending.message}"]
        return tuple(found)

    def __repr__(self) -> str:
        return f"<Difference: {self.sentences[1]}>"

    @property
    def document(self) -> dict[str, Any]:
        """Everything, for JSON; a number that is not finite is a word, see `steepest.language.digits.for_json`."""
        return {
            "runs": [
                {"label": label(run), "ending": str(run.ending), "message": run.ending.message, "steps": run.steps,
                 "position": for_json(run.positions[-1].ravel().tolist()), "value": for_json(float(run.values[-1]))}
                for run in self.runs
            ],
            "same": self.same,
            "settings": [{"name": name, "values": [one, other]} for name, one, other in self.settings],
            "first": self.first.document if self.first else None,
            "partings": [each.document for each in self.partings],
            "gap": for_json(self.gap),
            "end_gap": for_json(self.end_gap),
            "reasons": [reason.document for reason in self.reasons],
            "sentences": list(self.sentences),
        }  # fmt: skip


def diff(one: Trajectory, other: Trajectory | str) -> Difference:
    """Compare two runs step by step.

    Two numbers diverge where they differ by more than 1e-12 of the largest of their kind so far; the first step at which any bit
    differs is given, too. Where two methods differ by a convention only, each is run with the hyperparameters that make it the
    other.

    Args:
        one: what `descend` returned.
        other: another run, or `"float32"` for the same run in single precision.

    Raises:
        InputError: for runs whose positions have different shapes.

    >>> from steepest.runs.descent import compare
    >>> result = diff(*compare("x^2", ["momentum", "heavy_ball"], start=1, lr=0.1))
    >>> result.first.quantity, result.first.step, result.first.values
    ('v', 1, (2.0, -0.2))
    >>> result.gap < 1e-15
    True
    """
    if isinstance(other, str):
        if other != "float32":
            raise InputError(f"a run is compared with another run, or with 'float32', not {other!r}")
        from steepest.compare.single_precision import in_single_precision

        other = in_single_precision(one)
    for run in (one, other):
        if not isinstance(run, Trajectory):
            raise InputError(f"diff compares what steepest.descend returns, not {type(run).__name__}")
    if one.record.shape != other.record.shape:
        sizes = [counted(len(run.names), "number") for run in (one, other)]
        raise InputError(f"the runs have no position in common: one moves {sizes[0]} and the other {sizes[1]}")
    rows = quantity_rows(one), quantity_rows(other)
    partings = sorted(
        (divergence(name, rows[0][name], rows[1][name], one.names) for name in rows[0] if _compatible(name, *rows)),
        key=lambda each: math.inf if each.step is None else each.step,
    )
    settings = tuple(_differing(one, other))
    ends = float(math.dist(one.positions[-1].ravel(), other.positions[-1].ravel()))
    gap = largest_gap(one.record.positions(), other.record.positions())
    return Difference((one, other), settings, tuple(partings), gap, ends, tuple(reasons(one, other, settings, gap)))


def _compatible(name: str, one: Mapping[str, Sequence[Row]], other: Mapping[str, Sequence[Row]]) -> bool:
    """Whether both runs have the quantity, with as many coordinates."""
    if name not in other or not one[name] or not other[name]:
        return name in other and not one[name] and not other[name]
    return len(one[name][0]) == len(other[name][0])


def _differing(one: Trajectory, other: Trajectory) -> Iterator[Setting]:
    """The settings that differ: a name, and how each run has it."""
    described = _described_settings(one), _described_settings(other)
    for name in dict.fromkeys((*described[0], *described[1])):
        values = described[0].get(name, "-"), described[1].get(name, "-")
        if values[0] != values[1] and not (name == "start" and one.record.precision != other.record.precision):
            yield name, *values


def _described_settings(run: Trajectory) -> dict[str, str]:
    """All settings of a run as text."""
    start = ", ".join(f"{name} = {value:.10g}" for name, value in zip(run.names[:4], run.start[:4], strict=True))
    return {
        "objective": run.objective.text,
        "start": start + (", ..." if len(run.names) > 4 else ""),
        "optimizer": run.optimizer.name_or_text,
        **{name: plain(value) for name, value in run.hyperparameters.items()},
        **({name: str(value) for name, value in run.settings.items()} if not run.optimizer.equations else {}),
        "seed": str(run.seed),
        "precision": run.record.precision,
        "tol": f"{run.tol:g}",
        "gtol": f"{run.gtol:g}",
        "steps": str(run.limit),
        **({} if run.stopping.budget is None else {"budget": str(run.stopping.budget)}),
    }


def _told(difference: Difference) -> Iterator[str]:
    """The sentences of a comparison."""
    yield " and ".join(difference.labels)
    if not difference.same:
        for each in difference.partings:
            yield each.sentence
    yield from difference.endings
    for reason in difference.reasons:
        yield reason.sentence


def _table(partings: tuple[Divergence, ...]) -> str:
    """A table of where every quantity diverges."""
    rows = [("", "parts", "first", "second", "apart by", "at most"), *(each.cells for each in partings)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join([row[0].ljust(widths[0]), row[1].ljust(widths[1]), *map(str.rjust, row[2:], widths[2:])]) for row in rows)
    return "\n".join(line.rstrip() for line in lines)
