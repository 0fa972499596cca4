"""Tables: selection, missing values, frames, arrays, chunks."""

import datetime
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import polars
import pyarrow
import pytest
from pyarrow import feather, ipc, parquet

from steepest.data.arrays import read_array, read_columns
from steepest.data.files import columnar
from steepest.data.reading import chunks, read_table
from steepest.data.table import Table, is_numeric
from steepest.errors import InputError, MissingDependencyError

NAN = float("nan")


def test_only_the_columns_that_are_named_count() -> None:
    table = read_columns({"x": [1, 2, 3], "y": [1, None, 3], "t": ["a", "b", "c"]})
    assert table.select(["x"]).rows == 3
    with pytest.raises(InputError, match=r"the data has 1 missing number: y is missing in row 2: .* --drop-missing"):
        table.select(["x", "y"])
    kept = table.select(["y", "x", "y"], drop_missing=True)
    assert kept.names == ("y", "x")
    assert kept["x"].tolist() == [1.0, 3.0]
    assert kept.notes[-1] == "1 of 3 rows are left out: y is missing in row 2"
    with pytest.raises(InputError, match="no row has a number in each of x and z"):
        read_columns({"x": [1, None], "z": [None, 2]}).select(["x", "z"], drop_missing=True)


def test_a_misspelled_column() -> None:
    with pytest.raises(InputError, match=r"the data has no column 'pric': did you mean price\?"):
        read_columns({"price": [1], "size": [2]}).select(["pric"])


def test_places_after_rows_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\nNA,3\n4,inf\n")
    kept = read_table(path).select(["x"], drop_missing=True)
    assert [kept.place(row) for row in range(kept.rows)] == ["line 2", "line 4"]


COLUMNS: dict[str, tuple[Any, list[Any], str]] = {
    "integers": ([1, 2], [1.0, 2.0], ""),
    "truth": ([True, False], [1.0, 0.0], "True counts as 1"),
    "truth of NumPy": (np.array([True, False]), [1.0, 0.0], "True counts as 1"),
    "None": ([1, None], [1.0, NAN], ""),
    "NaN": ([NAN, 1.0], [NAN, 1.0], ""),
    "fractions": ([Fraction(1, 2), Decimal("0.1")], [0.5, 0.1], ""),
    "float32": (np.array([0.5, 0.25], np.float32), [0.5, 0.25], ""),
    "unsigned": (np.array([1, 255], np.uint8), [1.0, 255.0], ""),
    "large": ([2**53 + 1, 1], [2.0**53, 1.0], "1 whole number beyond 2^53 rounded to float64, the first 9007199254740993"),
    "large of NumPy": (np.array([2**53 + 1, 2**53 + 2]), [2.0**53, 2.0**53 + 2], "1 whole number beyond 2^53"),
    "texts": (["a", "b"], ["a", "b"], ""),
    "texts with none": (["a", None], ["a", ""], ""),
    "texts of numbers": (["1", "2.5"], [1.0, 2.5], "texts are read as numbers"),
    "mixed": ([1, "2"], [1.0, 2.0], "texts are read as numbers"),
    "dates": ([datetime.date(2024, 5, 6)] * 2, ["2024-05-06"] * 2, ""),
    "dates of NumPy": (np.array(["2024-05-06", "2024-05-07"], "M8[D]"), ["2024-05-06", "2024-05-07"], ""),
    "masked": (np.ma.masked_array([1, 2], [True, False]), [NAN, 2.0], ""),
    "masked floats": (np.ma.masked_array([1.5, 2.5], [False, True]), [1.5, NAN], ""),
    "objects": (np.array([1, None], object), [1.0, NAN], ""),
    "a range": (range(2), [0.0, 1.0], ""),
    "a pandas column": (pandas.Series([1.5, None]), [1.5, NAN], ""),
}


@pytest.mark.parametrize("values", COLUMNS.values(), ids=COLUMNS)
def test_columns(values: tuple[Any, list[Any], str]) -> None:
    given, expected, told = values
    table = read_columns({"x": given})
    assert repr(table["x"].tolist()) == repr(expected)
    assert told in " ".join(table.notes) and bool(told) == bool(table.notes)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({}, "the data has no columns"),
        ({"x": []}, "the data has no rows"),
        ({"x": [1], "y": [1, 2]}, "'x' has 1 row and 'y' 2"),
        ({"x": 3}, "column 'x' of the data is int: give a list or an array"),
        ({"x": "abc"}, "column 'x' of the data is str"),
        ({"x": iter([1])}, "give a list or an array"),
        ({"x": np.eye(2)}, r"has the shape \(2, 2\): a column has one dimension"),
        ({"x": [[1], [2]]}, r"column 'x' of the data has \[1\] in row 1: a column holds numbers or texts"),
        ({"x": [1j]}, "has 1j in row 1"),
        ({"x": np.array([1j])}, "no number"),
        ({"x": [10**400]}, "a number beyond 1.8e308 in row 1"),
        ({1: [1], "1": [2]}, "two columns whose names are written alike"),
    ],
)
def test_columns_that_cannot_be(columns: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_columns(columns).select(["x"])


def test_arrays() -> None:
    table = read_array(np.arange(6).reshape(3, 2))
    assert table.names == ("c1", "c2") and table["c2"].tolist() == [1.0, 3.0, 5.0]
    assert table.notes == ("the columns of the array are called c1 to c2",)
    assert read_array(np.eye(2), ["a", "b"]).names == ("a", "b")
    fields = np.array([(1, 2.5), (3, 4.5)], [("n", "i4"), ("v", "f8")])
    assert read_table(fields)["v"].tolist() == [2.5, 4.5]
    for wrong in (np.arange(3), np.zeros((2, 2, 2)), np.float64(1)):
        with pytest.raises(InputError, match=r"a table has the shape \(rows, columns\)"):
            read_table(wrong)
    with pytest.raises(InputError, match="has 2 columns and 1 name"):
        read_array(np.eye(2), ["a"])


FRAMES: dict[str, Any] = {
    "pandas": pandas.DataFrame({"n": [1, 2], "x": [0.5, None], "t": ["a", None], "b": [True, False], "d": ["1", "2"]}),
    "polars": polars.DataFrame({"n": [1, 2], "x": [0.5, None], "t": ["a", None], "b": [True, False], "d": ["1", "2"]}),
    "pyarrow": pyarrow.table({"n": [1, 2], "x": [0.5, None], "t": ["a", None], "b": [True, False], "d": ["1", "2"]}),
}


@pytest.mark.parametrize("library", FRAMES)
def test_frames(library: str) -> None:
    table = read_table(FRAMES[library])
    assert table.names == ("n", "x", "t", "b", "d")
    assert repr([values.tolist() for values in table.columns]) == repr([[1.0, 2.0], [0.5, NAN], ["a", ""], [1.0, 0.0], [1.0, 2.0]])
    assert table.notes == ("b: True counts as 1", "d: texts are read as numbers")
    assert table.source.lower() == f"the {library} frame"


def test_frames_with_rare_columns() -> None:
    frame = polars.DataFrame(
        {
            "null": polars.Series([None, 3], dtype=polars.Int64),
            "decimal": [Decimal("0.1"), None],
            "class": polars.Series(["a", "b"], dtype=polars.Categorical),
            "date": [datetime.date(2024, 5, 6), None],
            "truth": [None, True],
        }
    )
    found = [values.tolist() for values in read_table(frame).columns]
    assert repr(found) == repr([[NAN, 3.0], [0.1, NAN], ["a", "b"], ["2024-05-06", ""], [NAN, 1.0]])
    nullable = pandas.DataFrame({"x": pandas.array([1, None], "Int64"), "y": pandas.array([1.5, None], "Float64")})
    assert repr([values.tolist() for values in read_table(nullable).columns]) == repr([[1.0, NAN], [1.5, NAN]])
    large = read_table(pandas.DataFrame({"x": [2**53 + 1]}))
    assert "x: 1 whole number beyond 2^53" in large.notes[0]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (polars.DataFrame({"x": [1]}).lazy(), "the Polars frame is lazy: collect it first"),
        (polars.Series([1]), "the Polars frame is one column"),
        (pandas.Series([1]), "the pandas frame is one column"),
        (pandas.DataFrame([[1, 2]], columns=["x", "x"]), "pandas frame"),
        (pandas.DataFrame(), "the pandas frame has no columns"),
        (polars.DataFrame({"x": []}), "the Polars frame has no rows"),
        ([1, 2], "a list has no names of columns"),
        (3, "a table is a path, a data frame, a mapping of names to columns or an array, not int"),
        (None, "not NoneType"),
    ],
)
def test_what_is_no_table(given: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_table(given)


def test_a_table_stays_itself() -> None:
    table = read_columns({"x": [1]})
    assert read_table(table) is table
    with pytest.raises(InputError, match="decimal is a setting of text files such as CSV"):
        read_table(table, decimal=",")


@pytest.fixture
def columnar_files(tmp_path: Path) -> dict[str, Path]:
    table = pyarrow.table({"x": [float(row) for row in range(25)], "t": ["a"] * 25})
    parquet.write_table(table, tmp_path / "t.parquet", row_group_size=10)
    feather.write_feather(table, str(tmp_path / "t.feather"), compression="uncompressed")
    with ipc.new_file(str(tmp_path / "t.arrow"), table.schema) as file:
        for batch in table.to_batches(max_chunksize=10):
            file.write_batch(batch)
    (tmp_path / "t.csv").write_text("x,t\n" + "".join(f"{row},a\n" for row in range(25)))
    return {path.suffix: path for path in tmp_path.iterdir()}


@pytest.mark.parametrize("suffix", [".parquet", ".feather", ".arrow", ".csv"])
@pytest.mark.parametrize("library", ["pyarrow", "polars"])
def test_files_and_their_chunks(
    columnar_files: dict[str, Path], suffix: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columnar, "find_spec", lambda name: True if name == library else None)
    path = columnar_files[suffix]
    table = read_table(path)
    assert table["x"].tolist() == list(range(25)) and not is_numeric(table["t"])
    for rows in (1, 4, 10, 25, 100):
        parts = list(chunks(path, rows, columns=["x"]))
        assert all(part.rows <= rows and part.names == ("x",) for part in parts)
        assert np.concatenate([part["x"] for part in parts]).tolist() == list(range(25))
        if suffix == ".csv":
            assert [part.rows for part in parts[:-1]] == [rows] * (len(parts) - 1)
            assert [line for part in parts for line in np.asarray(part.lines)] == list(range(2, 27))


def test_columnar_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for head in (b"PAR1", b"ARROW1\0\0"):
        (tmp_path / "broken").write_bytes(head + b"nonsense" * 10)
        with pytest.raises(InputError, match=r"cannot read .*broken as "):
            read_table(tmp_path / "broken")
    monkeypatch.setattr(columnar, "find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match=r"needs PyArrow or Polars: pip install 'steepest\[data\]', or save it as CSV"):
        read_table(tmp_path / "broken")
    with pytest.raises(InputError, match="a chunk has at least 1 row, not 0"):
        list(chunks(tmp_path / "broken", 0))


def test_a_chunk_of_text_among_chunks_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x\n" + "1.5\n" * 2000 + "oops\n" + "2.5\n" * 2000)
    kinds = [is_numeric(chunk["x"]) for chunk in chunks(tmp_path / "t.csv", 1500)]
    assert kinds.count(False) >= 1
    parts = [chunk["x"].tolist() for chunk in chunks(tmp_path / "t.csv", 1500)]
    assert [str(value) for part in parts for value in part] == ["1.5"] * 2000 + ["oops"] + ["2.5"] * 2000
    with pytest.raises(InputError, match="line 2,002: 'x' is 'oops', no number"):
        [chunk.select(["x"]) for chunk in chunks(tmp_path / "t.csv", 1500)]


def test_chunks_hold_only_about_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"x,y\n" + b"0.5,1.25\n" * 3_000_000)
    code = f"""
import resource
from steepest.data.reading import chunks
first = None
total = 0
for chunk in chunks({str(path)!r}, 50_000):
    total += chunk.rows
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    first = first or used
    last = used
print(total, last - first < 100_000)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "3000000 True\n"


def test_without_the_extra_csv_is_read_and_a_frame_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    code = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("narwhals", "pandas", "polars", "pyarrow"):
            raise ModuleNotFoundError(name)
import importlib.util
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name in ("polars", "pyarrow") else found(name, *rest)
sys.meta_path.insert(0, Missing())
from steepest.data.reading import read_table
print(read_table({str(tmp_path / "t.csv")!r}).rows)
read_table(object())
"""
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert result.stdout == "1\n"
    assert "a data frame needs narwhals: pip install 'steepest[data]', or give" in result.stderr


def test_importing_data_loads_no_numpy() -> None:
    modules = ", ".join(f"steepest.data.{name}" for name in ("reading", "losses", "batches", "scaling", "labels", "sets.catalog"))
    code = f"import sys, {modules}"
    printed = subprocess.run(
        [sys.executable, "-c", f"{code}; print('numpy' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert printed.stdout == "False\n"


def test_a_table_by_hand() -> None:
    assert Table((), (), "nothing").rows == 0
