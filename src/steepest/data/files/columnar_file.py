"""A Parquet or Arrow file as the origin of a table that is not in memory: only the columns that are asked for are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from steepest.data.chunks import Chunk, ahead, whole_blocks
from steepest.data.files.cells import LARGEST_EXACT
from steepest.data.files.columnar import columnar_chunks, reading_columnar
from steepest.data.frames import read_frame
from steepest.errors import clipped, clipped_path
from steepest.language.rows import BLOCK, Work

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from steepest.data.origin import Preparation

T = TypeVar("T")
CHUNK = 1 << 18  # rows; fewer of many columns
MOST_NUMBERS = 1 << 21  # of a chunk
BUFFER = 1 << 20  # bytes of a column that are read at once


@dataclass(frozen=True, eq=False)
class ColumnarFile:
    """A Parquet or Arrow file; see `steepest.data.origin.Origin`.

    Attributes:
        path, format: of the file; `parquet` or `arrow`.
        names, rows: of its table.
        noted, told: as there.
    """

    path: str
    format: str
    names: tuple[str, ...]
    rows: int
    noted: dict[str, str] = field(default_factory=dict)
    told: str = "streamed"

    def only(self, names: Sequence[str]) -> ColumnarFile:
        """The file itself: other columns are not read anyway."""
        return self

    def over(self, prepare: Preparation, work: Work[T]) -> Iterator[T]:
        """What work makes of the prepared columns of one chunk after another; the next one is read meanwhile."""
        for columns in whole_blocks(ahead(map(prepare, self.read(prepare.names)))):
            yield work(columns)

    def read(self, names: Sequence[str]) -> Iterator[Chunk]:
        """The columns of these names in chunks, as they stand in the file."""
        rows = max(min(CHUNK, MOST_NUMBERS // max(len(names), 1) // BLOCK * BLOCK), 1)
        with reading_columnar(self.path, self.format) as (_, library):
            if library == "polars":
                for table in columnar_chunks(self.path, self.format, rows, names, texts=True):
                    yield list(table.columns)
                return
            for batch in _batches(self.path, self.format, rows, names):
                yield [self._numbers(name, batch.column(batch.schema.get_field_index(name))) for name in names]

    def _numbers(self, name: str, values: Any) -> NDArray[Any]:
        """A column of Arrow's as float64, or as an array of `str` objects."""
        import numpy as np
        import pyarrow

        kind, complete = values.type, not values.null_count
        if pyarrow.types.is_float64(kind) and complete:
            return values.to_numpy()  # type: ignore[no-any-return]
        if pyarrow.types.is_floating(kind):
            return np.asarray(values.to_numpy(zero_copy_only=False), np.float64)
        if pyarrow.types.is_integer(kind) and complete:
            whole = values.to_numpy()
            if kind.bit_width == 64 and len(whole) and (whole.max() > LARGEST_EXACT or whole.min() < -LARGEST_EXACT):
                self.noted[name] = f"{clipped(name)}: whole numbers beyond 2^53 are rounded to float64"
            return np.asarray(whole, np.float64)
        table = read_frame(pyarrow.Table.from_arrays([values], [name]), clipped_path(self.path), texts=True)
        self.noted.update(dict.fromkeys([name] if table.notes else [], *table.notes[:1]))
        return table.columns[0]


def columnar_file(path: str, format: str) -> ColumnarFile:
    """The file at a path, of which only the names of the columns and the number of rows are read.

    Args:
        format: `parquet` or `arrow`.

    Raises:
        InputError, MissingDependencyError: as `steepest.data.files.columnar.read_columnar` does.
    """
    with reading_columnar(path, format) as (file, library):
        if library == "polars":
            import polars

            lazy = (polars.scan_parquet if format == "parquet" else polars.scan_ipc)(path)
            return ColumnarFile(path, format, tuple(lazy.collect_schema().names()), lazy.select(polars.len()).collect().item())
        from pyarrow import ipc, memory_map, parquet

        if format == "parquet":
            opened = parquet.ParquetFile(file)
            return ColumnarFile(path, format, tuple(opened.schema_arrow.names), opened.metadata.num_rows)
        with memory_map(path) as mapped:
            reader = ipc.open_file(mapped)
            rows = sum(reader.get_batch(index).num_rows for index in range(reader.num_record_batches))
            return ColumnarFile(path, format, tuple(reader.schema.names), rows)


def _batches(path: str, format: str, rows: int, names: Sequence[str]) -> Iterator[Any]:
    """The record batches of some columns."""
    from pyarrow import ipc, memory_map, parquet

    if format == "parquet":
        with parquet.ParquetFile(path, buffer_size=BUFFER, pre_buffer=False) as file:
            yield from file.iter_batches(rows, columns=list(names))
        return
    with memory_map(path) as mapped:
        fields = ipc.open_file(mapped).schema
        options = ipc.IpcReadOptions(included_fields=[fields.get_field_index(name) for name in names])
        reader = ipc.open_file(mapped, options=options)
        for index in range(reader.num_record_batches):
            batch = reader.get_batch(index)
            for first in range(0, batch.num_rows, rows):
                yield batch.slice(first, rows)
