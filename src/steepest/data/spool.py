"""Rows of columns in a temporary file, from which any of them are taken at random in little memory."""

from __future__ import annotations

import mmap
import os
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from weakref import finalize

from steepest.data.chunks import Chunk
from steepest.errors import InputError, bytes_text, clipped_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

WIDTH = 8  # bytes of a number
MOST_MAPPED = 1 << 27  # bytes of a file that is mapped into memory; of a larger one any row may map megabytes around it
SPARE = 1 << 28  # bytes of the disk that are left free
INSTEAD = "set TMPDIR to another folder, or take the rows in their order (--order cyclic)"


def check_room(source: str, rows: int, columns: int) -> None:
    """Refuse to write rows for which the disk has no room.

    Args:
        source: where they come from, for the sentence.

    Raises:
        InputError: with how much room there is, and what to do instead; also where there is no folder for temporary files.
    """
    folder, size = _folder(), WIDTH * rows * columns
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise _unwritable(source, folder, error) from None
    if size + SPARE > free:
        raise InputError(
            f"batches with rows from anywhere in {source} need a temporary copy of {bytes_text(size)}, and {clipped_path(folder)} "
            f"has {bytes_text(free)} free: {INSTEAD}"
        )


class Spool:
    """Rows of columns in a temporary file, one row behind the other.

    The file has no name, where the system can do so, so that nothing is left however the process ends.

    Args:
        chunks: all rows.
        columns: how many columns there are.
        source: where the rows come from, for sentences.

    Attributes:
        rows: the number of rows.

    Raises:
        InputError: if the disk is full, or there is no folder for temporary files.

    >>> import numpy as np
    >>> spool = Spool([[np.arange(3.0), np.ones(3)], [np.arange(3.0, 5.0), np.zeros(2)]], 2, "the example")
    >>> [values.tolist() for values in spool.at(np.array([4, 0, 4]))]
    [[4.0, 0.0, 4.0], [0.0, 1.0, 0.0]]
    """

    def __init__(self, chunks: Iterable[Sequence[NDArray[Any]]], columns: int, source: str) -> None:
        import numpy as np

        self.rows, folder = 0, _folder()
        try:
            with tempfile.TemporaryFile(prefix="steepest-", dir=folder) as file:
                for chunk in chunks:
                    file.write(np.column_stack(chunk).astype(np.float64, copy=False).data)
                    self.rows += len(chunk[0])
                file.flush()
                self.row = WIDTH * columns
                self.numbers: NDArray[Any] | None = None
                if self.row * self.rows <= MOST_MAPPED or not hasattr(os, "pread"):
                    mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                    self.numbers = np.frombuffer(mapped, np.float64).reshape(self.rows, columns)
                else:
                    self.file = os.dup(file.fileno())
                    finalize(self, os.close, self.file)
        except OSError as error:
            raise _unwritable(source, folder, error) from None

    def at(self, rows: NDArray[Any]) -> Chunk:
        """The columns of some rows, counted from 0."""
        import numpy as np

        if self.numbers is not None:
            return list(np.ascontiguousarray(self.numbers[rows].T))
        read, file, size = os.pread, self.file, self.row
        found = b"".join([read(file, size, offset) for offset in (rows * size).tolist()])
        return list(np.ascontiguousarray(np.frombuffer(found, np.float64).reshape(len(rows), -1).T))


def told(source: str, rows: int, columns: int) -> str:
    """What is done, as a sentence for the user.

    Raises:
        InputError: where there is no folder for temporary files.

    >>> told("trips.parquet", 100_000_000, 3).partition(" in ")[0]
    'rows from anywhere are taken from a temporary copy of the columns of trips.parquet, 2.4 GB'
    """
    folder = clipped_path(os.path.abspath(_folder()))
    size = bytes_text(WIDTH * rows * columns)
    return f"rows from anywhere are taken from a temporary copy of the columns of {source}, {size} in {folder}"


def _folder() -> str:
    """The folder of temporary files.

    Raises:
        InputError: where there is none.
    """
    try:
        return tempfile.gettempdir()
    except OSError:
        raise InputError(f"no folder for temporary files can be written to: {INSTEAD}") from None


def _unwritable(source: str, folder: str, error: OSError) -> InputError:
    return InputError(f"a temporary copy of {source} cannot be written to {clipped_path(folder)}: {error.strerror}: {INSTEAD}")
