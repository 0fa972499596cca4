"""Where the columns of a table come from that is not in memory, and what is done with them before they are worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from steepest.data.chunks import Chunk
from steepest.language.rows import Work

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")
Change = Callable[["NDArray[Any]"], "NDArray[Any]"]


class Origin(Protocol):
    """Where the columns of a table come from."""

    @property
    def noted(self) -> dict[str, str]:
        """What to tell about columns that were converted, by name."""

    @property
    def told(self) -> str:
        """How its rows are worked on, for a sentence."""

    def over(self, prepare: Preparation, work: Work[T]) -> Iterator[T]:
        """What work makes of the prepared columns of one chunk after another."""

    def only(self, names: Sequence[str]) -> Origin:
        """The same, of which the columns of these names are asked for and no others."""

    def read(self, names: Sequence[str]) -> Iterator[Chunk]:
        """The columns of these names in chunks, brought into this process."""


@dataclass(frozen=True)
class Preparation:
    """What is done with the columns of a chunk before they are worked on.

    Attributes:
        names: of the columns that are read.
        changes: what is made of the numbers of each, in order.
        wanted: how many of the columns, the first ones, are worked on.
        drops: whether a row is left out if one of the columns lacks a number in it.
    """

    names: tuple[str, ...]
    changes: tuple[tuple[Change, ...], ...]
    wanted: int
    drops: bool = False

    def __call__(self, columns: Sequence[NDArray[Any]]) -> Chunk:
        """The columns to work on."""
        import numpy as np

        made: Chunk = []
        for values, changes in zip(columns, self.changes, strict=True):
            changed = values
            for change in changes:
                changed = change(changed)
            made.append(changed)
        if self.drops:
            complete = ~np.logical_or.reduce([np.isnan(values) for values in made])
            if not complete.all():
                made = [values[complete] for values in made]
        return made[: self.wanted]
