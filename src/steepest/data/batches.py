"""Which rows are the batch of a step: a function of seed, step and place, hence the same on every target, in no memory.

A shuffle is a permutation of the rows for each epoch: a Feistel network (Luby and Rackoff, SIAM J. Comput. 17(2), 1988) whose round
function is PCG3D (`steepest.random`), on the numbers of as many bits as the last row has, repeated from where it leads until it
leads to a row (cycle walking: Black and Rogaway, "Ciphers with Arbitrary Finite Domains", CT-RSA 2002). It takes 32-bit integers
only; a choice with replacement takes one float64 product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from steepest.errors import InputError, clipped, counted
from steepest.language.suggestions import nearest
from steepest.random import LARGEST_SEED, MASK, STREAM, pcg3d

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDERS = {
    "shuffle": "Each epoch takes every row once, in a new random order.",
    "cyclic": "Each epoch takes every row once, in the order of the table.",
    "replacement": "Each row of a batch is any row of the table, so an epoch takes some rows twice and others not at all.",
}
"""Every order in which rows are taken."""

MOST_ROWS = 2**31
ROUNDS, LEAST_BITS = 6, 6  # with which all orders of 3 to 6 rows are equally frequent; with fewer they are not
SHUFFLE, REPLACEMENT = 0x53485546, 0x5245504C  # keep these numbers apart from the noise of the same seed


@dataclass(frozen=True)
class Batches:
    """The batches of all steps.

    The last batch of an epoch is shorter where the size does not divide the rows, so that every epoch of `shuffle` and `cyclic`
    has each row once; a loss is a mean over the rows that are there. With `replacement` every batch is full.

    Attributes:
        rows: of the table, up to 2^31.
        size: rows of a batch, from 1 to `rows`.
        order: `shuffle`, `cyclic` or `replacement`.
        seed: from 0 to 2^32 - 1.

    Raises:
        InputError: for an attribute outside its range.

    >>> batches = Batches(5, 2, "cyclic")
    >>> [batches.at(step).tolist() for step in (1, 2, 3, 4)]
    [[0, 1], [2, 3], [4], [0, 1]]
    >>> batches.sentence
    '2 of 5 rows a step (cyclic): 3 steps an epoch, the last one with 1 row'
    """

    rows: int
    size: int
    order: str = "shuffle"
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.rows <= MOST_ROWS:
            raise InputError(f"batches are taken from 1 to {MOST_ROWS:,} rows, not from {self.rows:,}")
        if not 1 <= self.size <= self.rows:
            whole = "for all rows, write full" if self.size > self.rows else "a batch has at least 1"
            raise InputError(f"a batch of {counted(self.size, 'row')} cannot be taken from {counted(self.rows, 'row')}: {whole}")
        if self.order not in ORDERS:
            near = nearest(self.order, ORDERS)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(ORDERS)}"
            raise InputError(f"there is no order '{clipped(self.order)}': {hint}")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise InputError(f"a seed is a whole number from 0 to {LARGEST_SEED}, not {self.seed}")

    @property
    def steps_an_epoch(self) -> int:
        """The steps after which as many rows were taken as the table has, or a few more with `replacement`."""
        return -(-self.rows // self.size)

    @property
    def sentence(self) -> str:
        """The size of the batches and of an epoch, to be printed."""
        steps, last = self.steps_an_epoch, self.length(self.steps_an_epoch)
        short = f", the last one with {counted(last, 'row')}" if last < self.size else ""
        return f"{self.size:,} of {counted(self.rows, 'row')} a step ({self.order}): {counted(steps, 'step')} an epoch{short}"

    def length(self, step: int) -> int:
        """The number of rows of a step's batch.

        Args:
            step: from 1.
        """
        if self.order == "replacement":
            return self.size
        return min(self.size, self.rows - (step - 1) % self.steps_an_epoch * self.size)

    def at(self, step: int) -> NDArray[Any]:
        """The rows of a step's batch, counted from 0: an int64 array of the shape (length(step),).

        Args:
            step: from 1.

        >>> sorted(row for step in (1, 2, 3) for row in Batches(5, 2, seed=7).at(step).tolist())
        [0, 1, 2, 3, 4]
        """
        return self.between(step, step)

    def first_place(self, step: int) -> int:
        """How many rows the steps before this one took, where every epoch has `span` of them.

        Args:
            step: from 1.
        """
        epoch, index = divmod(step - 1, self.steps_an_epoch)
        return epoch * self.span + index * self.size

    @property
    def span(self) -> int:
        """The rows that an epoch takes."""
        return self.steps_an_epoch * self.size if self.order == "replacement" else self.rows

    def between(self, first: int, last: int) -> NDArray[Any]:
        """The rows of the batches of some steps, one batch behind the other: an int64 array.

        Args:
            first, last: the steps, from 1; both are included.

        >>> Batches(5, 2, "cyclic").between(2, 4).tolist()
        [2, 3, 4, 0, 1]
        """
        import numpy as np

        begin = self.first_place(first)
        size = self.first_place(last) + self.length(last) - begin
        epoch, place = divmod(begin, self.span)
        if place + size <= self.span:
            return self._rows(np.arange(place, place + size, dtype=np.uint64), epoch)
        further, places = np.divmod(np.arange(place, place + size, dtype=np.uint64), np.uint64(self.span))
        return self._rows(places, further + np.uint64(epoch))

    def _rows(self, places: NDArray[Any], epoch: Any) -> NDArray[Any]:
        """The rows at places of an epoch, or each of its own epoch."""
        import numpy as np

        if self.order == "cyclic":
            return places.astype(np.int64)
        if self.order == "replacement":
            drawn = pcg3d(places, epoch & MASK, self.seed ^ REPLACEMENT)[0]  # type: ignore[arg-type]
            return np.asarray(np.floor((np.asarray(drawn) + 0.5) / 2.0**32 * self.rows)).astype(np.int64)
        found = np.asarray(_exchanged(places, epoch, self.rows, self.seed))
        while (outside := np.flatnonzero(found >= self.rows)).size:
            found[outside] = _exchanged(found[outside], epoch[outside] if np.ndim(epoch) else epoch, self.rows, self.seed)
        return found.astype(np.int64)

    def row(self, step: int, place: int) -> int:
        """One row of a step's batch; the same as `at(step)[place]`, without NumPy.

        Args:
            step: from 1.
            place: in the batch, from 0 to length(step) - 1.

        >>> Batches(5, 2, "replacement", seed=1).row(3, 1) == Batches(5, 2, "replacement", seed=1).at(3).tolist()[1]
        True
        """
        epoch, index = divmod(step - 1, self.steps_an_epoch)
        position = index * self.size + place
        if self.order == "cyclic":
            return position
        if self.order == "replacement":
            return int((pcg3d(position, epoch & MASK, self.seed ^ REPLACEMENT)[0] + 0.5) / 2.0**32 * self.rows)
        found: int = _exchanged(position, epoch, self.rows, self.seed)
        while found >= self.rows:
            found = _exchanged(found, epoch, self.rows, self.seed)
        return found


def _exchanged(number: Any, epoch: int, rows: int, seed: int) -> Any:
    """A permutation of the numbers of so many bits as `rows - 1` has, at least 6: of an integer, or of an array of uint64.

    The number's low and high halves (of which the high one may have a bit less) are in turn combined with a hash of the other.
    """
    bits = max(LEAST_BITS, (rows - 1).bit_length())
    low_bits = (bits + 1) // 2
    high_bits = bits - low_bits
    low, high = number & ((1 << low_bits) - 1), number >> low_bits
    for turn in range(0, ROUNDS, 2):
        low = low ^ (pcg3d(high, epoch & MASK, _key(seed, turn))[0] >> (32 - low_bits))
        high = high ^ (pcg3d(low, epoch & MASK, _key(seed, turn + 1))[0] >> (32 - high_bits))
    return (high << low_bits) | low


def _key(seed: int, turn: int) -> int:
    """The third number of a round's hash."""
    return (seed ^ SHUFFLE) + turn * STREAM & MASK
