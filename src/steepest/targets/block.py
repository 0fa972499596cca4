"""The memory that a run is recorded in: rows of float64 numbers, one row for the start and one for each step."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from steepest.errors import InputError

if TYPE_CHECKING:
    from mmap import mmap

SMALL = 1 << 20  # bytes that are cleared at once; larger memory is taken page by page, as it is written
NUMBER = 8  # bytes


class Block:
    """Memory for rows of equally many numbers.

    Attributes:
        width: the numbers in a row.
        memory: the bytes of all numbers, row after row.
        numbers: the same as numbers.

    Args:
        rows: for how many rows there is room.

    Raises:
        InputError: where that is more memory than the machine has.
    """

    def __init__(self, rows: int, width: int) -> None:
        self.width = width
        size = max(rows * width, 1) * NUMBER
        self.memory = bytearray(size) if size <= SMALL else _pages(size, rows)
        self.numbers: memoryview[float] = memoryview(self.memory).cast("d")

    def write(self, row: int, values: Sequence[float]) -> None:
        """Write numbers from the beginning of a row on; they may go on into the next rows."""
        from array import array

        begin = row * self.width
        self.numbers[begin : begin + len(values)] = array("d", values)

    def read(self, row: int, begin: int, count: int) -> Sequence[float]:
        """`count` numbers of a row, from column `begin` on."""
        first = row * self.width + begin
        return self.numbers[first : first + count].tolist()


def _pages(size: int, rows: int) -> mmap:
    """Memory of so many bytes that takes no room before it is written."""
    from mmap import mmap

    room = free_memory()
    try:
        if room is not None and size > room:
            raise MemoryError
        return mmap(-1, size)
    except (MemoryError, OSError, OverflowError):
        free = "" if room is None else f" of {room / 1e9:.1f} GB that are free"
        fewer = "" if room is None else f": take at most {max(int(rows * room / size) - 1, 0):,} steps"
        raise InputError(f"a record of {rows - 1:,} steps takes {size / 1e9:.1f} GB{free}{fewer}") from None


def free_memory() -> int | None:
    """The bytes that a process can still take; None where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        return None
