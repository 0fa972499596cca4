"""Where a sweep's objective comes from, which its constants and batches may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from steepest.errors import InputError, clipped
from steepest.objectives.array import ArrayObjective
from steepest.objectives.data import objective as read_over
from steepest.objectives.data import path_of
from steepest.objectives.formula import FormulaObjective
from steepest.objectives.reading import read_model
from steepest.runs.fitting import read_batch

FITTING = ("loss", "scale", "order", "one")
DATA = ("drop_missing", "stream")


@dataclass(frozen=True, eq=False)
class Source:
    """An objective as it was given.

    Attributes:
        given: a text, or an objective that was read already.
        data: the table of a formula over rows, or of a fit.
        let: the values of constants.
        constants: the names of those that are an axis.
        batch: the rows of a step of a fit.
        settings: of a fit and its table.
    """

    given: Any
    data: Any = None
    let: Mapping[str, float] = field(default_factory=dict)
    constants: tuple[str, ...] = ()
    batch: Any = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_fit(self) -> bool:
        """Whether a model is fitted to a table."""
        return isinstance(self.given, str) and "~" in self.given

    @cached_property
    def _made(self) -> dict[tuple[Any, ...], Any]:
        return {}

    def objective(self, constants: Mapping[str, float] | None = None, batch: Any = None) -> Any:
        """The objective for some values of the constants that are axes, and a batch; the table is read once for each.

        Raises:
            FormulaError, InputError: for what cannot be read.
        """
        if not isinstance(self.given, str):
            return self.given
        values = dict.fromkeys(self.constants, 1.0) | dict(constants or {})
        key = (tuple(values.items()), batch)
        if key not in self._made:
            let = {**self.let, **values}
            if self.is_fit:
                size = read_batch(self.batch if batch is None else batch)
                self._made[key] = read_model(self.given, self.data, let=let, batch=size, **self.settings)
            else:
                self._made[key] = read_over(self.given, self.data, let=let, **self.settings)
        return self._made[key]

    @property
    def path(self) -> str:
        """The path or name of the table; empty where there is none."""
        return path_of(self.data)


def read_source(
    objective: Any,
    axes: Sequence[str],
    *,
    data: Any = None,
    let: Mapping[str, float] | None = None,
    batch: Any = None,
    **settings: Any,
) -> Source:
    """Where the objective comes from.

    Args:
        objective: a formula, the name of a gallery function, a model `price ~ w*size + b` over `data`, or what
            `steepest.objective` gives.
        axes: the names of the axes; one that `let` names, or that the formula needs and does not declare, is a constant.
        data, let, batch, settings: as of `steepest.objective` and `steepest.fit`.

    Raises:
        FormulaError, InputError: for what cannot be read.
    """
    given = {name: value for name, value in settings.items() if value is not None and value is not False}
    if isinstance(objective, FormulaObjective | ArrayObjective):
        if data is not None or let or given or batch is not None:
            raise InputError("the objective was read already: give its table and constants where it is made")
        return Source(objective)
    if not isinstance(objective, str):
        raise InputError(
            f"a sweep goes over a formula, a gallery name, or what steepest.objective gives, not {type(objective).__name__}"
        )
    if "~" in objective and data is None:
        raise InputError(f'a model needs a table: sweep({clipped(objective)!r}, data="houses.csv"), or: steepest sweep TABLE MODEL')
    if "~" not in objective:
        refused = [name for name in FITTING if name in given] + ["batch"] * (batch is not None)
        if refused:
            raise InputError(f"{refused[0]} is for a fit: a model such as price ~ w*size + b, and its table")
        for name in DATA:
            if name in given and data is None:
                raise InputError(f"{name} is for a table")
    constants = {name: float(value) for name, value in (let or {}).items()}
    declared = _declared(objective)
    swept = tuple(name for name in axes if name in constants or (declared is not None and _is_free(objective, name, declared)))
    fixed = {name: value for name, value in constants.items() if name not in swept}
    return Source(objective, data, fixed, swept, batch, given)


def _declared(text: str) -> tuple[str, ...] | None:
    """The parameters that a formula declares: x and y of `f(x, y) = k*x^2 + y^2`."""
    import re

    found = re.match(r"\s*\w+\s*\(([\w\s,]*)\)\s*=(?!=)", text)
    return None if found is None else tuple(part.strip() for part in found[1].split(","))


def _is_free(text: str, name: str, declared: Sequence[str]) -> bool:
    """Whether a formula uses a name that is none of its parameters."""
    import re

    body = text.partition("=")[2]
    return (
        name not in declared
        and name not in ("seed", "batch", "optimizer")
        and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", body))
    )
