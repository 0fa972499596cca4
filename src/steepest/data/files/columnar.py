"""Parquet, Arrow and Feather files, with PyArrow or Polars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

from steepest.data.files.regular_file import opened, system_errors
from steepest.data.frames import read_frame
from steepest.data.table import Table
from steepest.errors import InputError, MissingDependencyError, clipped, clipped_path, named

FORMATS = {"parquet": "Parquet", "arrow": "Arrow"}


def read_columnar(path: str, format: str) -> Table:
    """The table in a Parquet or an Arrow file.

    Args:
        format: `parquet` or `arrow`.

    Raises:
        InputError: if it cannot be read.
        MissingDependencyError: without PyArrow and Polars, with the command that installs one.
    """
    name = clipped_path(path)
    with reading_columnar(path, format) as (file, library):
        if library == "polars":
            import polars

            frame: Any = (polars.read_parquet if format == "parquet" else polars.read_ipc)(file)
        elif format == "parquet":
            from pyarrow import parquet

            frame = parquet.ParquetFile(file).read()
        else:
            from pyarrow import ipc

            frame = ipc.open_file(file).read_all()
    return read_frame(frame, name)


def columnar_chunks(
    path: str, format: str, rows: int, columns: Sequence[str] | None = None, *, texts: bool = False
) -> Iterator[Table]:  # fmt: skip
    """The table in a Parquet or an Arrow file in tables of so many rows; only one of them is in memory.

    Args:
        columns: the names of those to read; all if it is None.
        texts: whether texts stay texts in a chunk where all of them are numbers.

    Raises:
        InputError, MissingDependencyError: as `read_columnar` does.
    """
    name = clipped_path(path)
    wanted = None if columns is None else list(columns)
    with reading_columnar(path, format) as (file, library):
        if library == "polars":
            frames = _polars_frames(path, format, rows, wanted)
        else:
            frames = _arrow_frames(file, format, rows, wanted)
        first = 0
        for frame in frames:
            if len(frame):
                yield read_frame(frame, f"{name} from row {first + 1:,}" if first else name, texts=texts)
                first += len(frame)


def _arrow_frames(file: Any, format: str, rows: int, columns: list[str] | None) -> Iterator[Any]:
    import pyarrow
    from pyarrow import ipc, parquet

    if format == "parquet":
        batches: Iterator[Any] = parquet.ParquetFile(file, pre_buffer=False).iter_batches(rows, columns=columns)
    else:
        reader = ipc.open_file(file)
        whole = (reader.get_batch(index) for index in range(reader.num_record_batches))
        batches = (batch.slice(first, rows) for batch in whole for first in range(0, batch.num_rows, rows))
    for batch in batches:
        table = pyarrow.Table.from_batches([batch])
        yield table if columns is None or format == "parquet" else table.select(columns)


def _polars_frames(path: str, format: str, rows: int, columns: list[str] | None) -> Iterator[Any]:
    import polars

    lazy = (polars.scan_parquet if format == "parquet" else polars.scan_ipc)(path)
    if columns is not None:
        lazy = lazy.select(columns)
    first = 0
    while len(frame := lazy.slice(first, rows).collect()):
        yield frame
        first += rows


@contextmanager
def reading_columnar(path: str, format: str) -> Iterator[tuple[Any, str]]:
    """An open file and the library to read it with; what the library refuses becomes one line.

    Raises:
        InputError: for a file that cannot be read.
        MissingDependencyError: without PyArrow and Polars.
    """
    name = clipped_path(path)
    library = next((each for each in ("pyarrow", "polars") if find_spec(each) is not None), None)
    if library is None:
        raise MissingDependencyError("PyArrow or Polars", f"a table as {FORMATS[format]}", "data", or_else="save it as CSV")
    with opened(path) as file, system_errors(name):
        try:
            yield file, library
        except (InputError, GeneratorExit, OSError, MemoryError):
            raise
        except Exception as error:  # of the library, about what stands in the file
            raise InputError(f"cannot read {name} as {FORMATS[format]}: {clipped(named(error).partition(': ')[2])}") from None
