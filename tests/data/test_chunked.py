"""Tables that are not in memory: which are, what is read of them, and that they say what a table in memory says."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars
import pyarrow
import pytest
from pyarrow import ipc, parquet

from steepest.data import opening
from steepest.data.chunked import ChunkedTable
from steepest.data.files import columnar_file
from steepest.data.labels import with_labels
from steepest.data.opening import memory, open_table
from steepest.data.scaling import fit_scaling
from steepest.data.table import Table
from steepest.errors import InputError

ROWS = 20_000


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar_file, "CHUNK", 3000)


def columns() -> dict[str, Any]:
    chosen = np.random.default_rng(0)
    return {
        "x": chosen.normal(size=ROWS),
        "whole": chosen.integers(-5, 5, ROWS),
        "small": chosen.normal(size=ROWS).astype(np.float32),
        "holes": [None if row in (17, 5000, 12_345) else row for row in range(ROWS)],
        "sold": chosen.random(ROWS) < 0.5,
        "town": np.where(chosen.random(ROWS) < 0.5, "Ulm", "Bern"),
        "digits": [str(row) for row in range(ROWS)],
        "infinite": np.where(np.arange(ROWS) == 15_000, np.inf, 1.0),
        "text": ["1"] * 9_999 + ["two"] + ["3"] * 10_000,
    }


@pytest.fixture(scope="module", params=["parquet", "arrow"])
def path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("tables") / f"t.{request.param}", columns())


def written(path: Path, columns: dict[str, Any]) -> str:
    """A file of several row groups whose sizes divide no block."""
    table = pyarrow.table(columns)
    if path.suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=7001)
    else:
        with ipc.new_file(path, table.schema) as file:
            file.write_table(table, max_chunksize=7001)
    return str(path)


def whole(table: ChunkedTable, name: str) -> Any:
    return np.concatenate(list(table.by_chunk(_column, [name])))


def _column(columns: Any) -> Any:
    return np.array(columns[0])


def streamed(path: str) -> ChunkedTable:
    table = open_table(path, stream=True)
    assert isinstance(table, ChunkedTable)
    return table


@lru_cache(maxsize=2)
def loaded(path: str) -> Table:
    table = open_table(path, stream=False)
    assert isinstance(table, Table)
    return table


@pytest.mark.parametrize("name", ["x", "whole", "small", "holes", "sold", "town", "infinite"])
def test_columns_are_those_in_memory(path: str, name: str) -> None:
    mine, known = whole(streamed(path), name), loaded(path)[name]
    assert mine.dtype == known.dtype
    assert np.array_equal(mine, known, equal_nan=known.dtype.kind == "f")


@pytest.mark.parametrize(
    "names", [["x"], ["x", "infinite"], ["holes"], ["text"], ["town", "x"], ["digits"], ["x", "nosuch"], ["wholee"]]
)
@pytest.mark.parametrize("drop", [False, True])
def test_checks_say_what_they_say_in_memory(path: str, names: list[str], drop: bool) -> None:
    def tried(table: Any) -> str:
        try:
            selected = table.select(names, drop_missing=drop)
        except InputError as error:
            return str(error)
        told = [note for note in selected.notes if "left out" in note]
        return f"{selected.names} {selected.rows} {told} {selected.place(selected.rows - 1)}"

    mine, known = tried(streamed(path)), tried(loaded(path))
    if names == ["digits"]:  # which is read as numbers where all of it can be looked at
        assert "row 1: 'digits' is '0', no number: the column is text" in mine
    else:
        assert mine == known


def test_rows_are_left_out_before_blocks_are_cut(path: str) -> None:
    mine = streamed(path).select(["x", "holes"], drop_missing=True)
    known = loaded(path).select(["x", "holes"], drop_missing=True)
    assert mine.rows == known.rows == ROWS - 3
    assert whole(mine, "x").tolist() == known["x"].tolist()
    assert [mine.place(row) for row in (16, 17, 4998, ROWS - 4)] == [known.place(row) for row in (16, 17, 4998, ROWS - 4)]
    sizes = list(mine.by_chunk(_size, ["x"]))
    assert all(size % 4096 == 0 for size in sizes[:-1]) and sum(sizes) == ROWS - 3


def _size(columns: Any) -> int:
    return len(columns[0])


@pytest.mark.parametrize("method", ["z", "minmax"])
def test_scaling_has_the_same_bits(path: str, method: str) -> None:
    mine, known = (fit_scaling(table, ["x", "whole"], method) for table in (streamed(path), loaded(path)))
    assert mine == known
    scaled = mine.apply(streamed(path).select(["x", "whole"]))
    assert whole(scaled, "whole").tolist() == known.apply(loaded(path))["whole"].tolist()


def test_labels_are_the_same(path: str) -> None:
    mine, labels = with_labels(streamed(path), "town")
    known, expected = with_labels(loaded(path), "town")
    assert labels == expected
    assert whole(mine, "town").tolist() == known["town"].tolist()
    with pytest.raises(InputError, match="'x' has more than 1,000 values, and a loss of two classes needs 2"):
        with_labels(streamed(path), "x")


def test_only_named_columns_are_read(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[list[str]] = []
    batches = columnar_file._batches

    def noting(path: str, format: str, rows: int, names: Any) -> Any:
        read.append(list(names))
        return batches(path, format, rows, names)

    monkeypatch.setattr(columnar_file, "_batches", noting)
    streamed(path).select(["x", "whole"])
    assert read == [["x", "whole"]]


def test_some_rows_are_taken(path: str) -> None:
    table, known = streamed(path), loaded(path)["x"]
    for first, count in ((0, 100), (100, 9000), (9100, 5000), (3, 8), (ROWS - 2, 2)):
        taken = np.concatenate(list(table.between(_column, ["x"], first, count)))
        assert taken.tolist() == known[first : first + count].tolist()
    assert table.cell("x", 12_000) == known[12_000]


def test_a_sample_has_rows_from_all_over(path: str) -> None:
    table = streamed(path).select(["whole", "x"])
    sample = table.sample(2000)
    assert 2000 <= sample.rows < 2100
    known = dict(zip(loaded(path)["x"].tolist(), loaded(path)["whole"].tolist(), strict=True))
    assert all(known[x] == whole for x, whole in zip(sample["x"].tolist(), sample["whole"].tolist(), strict=True))


def test_whole_columns_are_refused(path: str) -> None:
    with pytest.raises(InputError, match=r"is streamed, and this needs all of its 20,000 rows at once"):
        streamed(path)["x"]
    with pytest.raises(InputError, match="did you mean whole"):
        streamed(path)["wholee"]


def test_what_is_converted_is_told(tmp_path: Path) -> None:
    path = written(tmp_path / "t.parquet", {"sold": [True] * 9, "big": [2**53 + 1] * 9, "x": range(9)})
    notes = streamed(path).select(["sold", "big", "x"]).notes
    assert notes[1:] == ("sold: True counts as 1", "big: whole numbers beyond 2^53 are rounded to float64")


def test_large_files_are_streamed_and_others_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "t.parquet", {"size": range(1000), "price": range(1000), "unused": range(1000)})
    assert open_table(path, "price = w*size").in_memory
    monkeypatch.setattr(opening, "MOST_BYTES", 15_999)
    large = open_table(path, "price = w*size")
    assert not large.in_memory
    assert "1,000 rows" in large.notes[0] and "--no-stream" in large.notes[0]
    assert open_table(path, "price = w*size", stream=False).in_memory
    few = open_table(path, "price = w")
    assert isinstance(few, ChunkedTable) and few.fits and not few.notes  # of all columns these are to be loaded
    assert few.loaded(["price"])["price"].tolist() == list(range(1000))
    assert memory() > 0


def test_what_cannot_be_streamed_is_refused(tmp_path: Path) -> None:
    csv = tmp_path / "t.csv"
    csv.write_text("x,y\n1,2\n")
    for source in (str(csv), {"x": [1]}, "houses"):
        with pytest.raises(InputError, match="only a Parquet or Arrow file can be streamed"):
            open_table(source, stream=True)


def test_a_file_that_changes_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "t.parquet", {"x": range(9000)})
    table = streamed(path).select(["x"])
    written(tmp_path / "t.parquet", {"x": range(8000)})
    with pytest.raises(InputError, match="has 8,000 rows now and had 9,000 when it was opened"):
        list(table.by_chunk(_size, ["x"]))
    (tmp_path / "t.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(InputError, match="cannot read"):
        list(table.by_chunk(_size, ["x"]))


def test_polars_reads_without_pyarrow(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = loaded(path)["x"]
    monkeypatch.setattr("steepest.data.files.columnar.find_spec", lambda name: None if name == "pyarrow" else polars)
    table = streamed(path).select(["x", "whole"])
    assert table.rows == ROWS
    assert whole(table, "x").tolist() == known.tolist()
