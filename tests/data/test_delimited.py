"""Text files as tables: what is found in them, what is refused with its line, and nothing lost in between."""

import csv
import gzip
import io
import math
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from steepest.data.files import block_reader, delimited, text_file
from steepest.data.files.delimited import read_delimited
from steepest.data.reading import read_table
from steepest.data.table import Table, is_numeric
from steepest.errors import InputError

Write = Callable[[bytes], str]
READERS = {"polars": ("_with_polars",), "pyarrow": ("_with_pyarrow",), "both": ("_with_polars", "_with_pyarrow"), "rows": ()}


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test runs with every reader of blocks, and with none."""
    found = tuple(getattr(block_reader, name) for name in READERS[request.param])
    monkeypatch.setattr(block_reader, "readers", lambda: found)
    return str(request.param)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and give its path."""

    def written(content: bytes) -> str:
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        return str(path)

    return written


def contents(table: Table) -> dict[str, list[Any]]:
    return {name: values.tolist() for name, values in zip(table.names, table.columns, strict=True)}


NAN = math.nan
X_Y = {"x": [1.0, 3.0], "y": [2.0, 4.0]}
READ: list[tuple[str, bytes, dict[str, list[Any]], str]] = [
    ("comma", b"x,y\n1,2\n3,4\n", X_Y, "',' between columns, with a header"),
    ("tab", b"x\ty\n1\t2\n3\t4\n", X_Y, "tab between columns"),
    ("semicolon", b"x;y\n1;2\n3;4\n", X_Y, "';' between columns"),
    ("pipe", b"x|y\n1|2\n3|4\n", X_Y, "'|' between columns"),
    ("space", b"x y\n1 2\n3 4\n", X_Y, "space between columns"),
    ("aligned by spaces", b"  x    y \n  1    2\n  3   4 \n", X_Y, "space between columns"),
    ("Windows line ends", b"x,y\r\n1,2\r\n3,4\r\n", X_Y, ""),
    ("line ends of old Macs", b"x,y\r1,2\r3,4\r", X_Y, "lines end with CR"),
    ("mixed line ends", b"x,y\r\n1,2\n3,4\r", X_Y, ""),
    ("no last line end", b"x,y\n1,2\n3,4", X_Y, ""),
    ("blank lines at the end", b"x,y\n1,2\n3,4\n\n\r\n\n", X_Y, ""),
    ("blank lines", b"\nx,y\n\n1,2\n  \n3,4\n", X_Y, "2 blank lines between the rows are left out"),
    ("byte order mark", b"\xef\xbb\xbfx,y\n1,2\n3,4\n", X_Y, ""),
    ("UTF-16", "x,y\n1,2\n3,4\n".encode("utf-16"), X_Y, "UTF-16"),
    ("UTF-16, other order", b"\xfe\xff" + "x,y\n1,2\n3,4\n".encode("utf-16-be"), X_Y, "UTF-16"),
    ("UTF-16 without a mark", "x,y\n1,2\n3,4\n".encode("utf-16-le"), X_Y, "UTF-16-LE"),
    ("UTF-32", "x,y\n1,2\n3,4\n".encode("utf-32"), X_Y, "UTF-32"),
    ("latin-1", "größe;y\n1;2\n".encode("latin-1"), {"größe": [1.0], "y": [2.0]}, "LATIN-1"),
    ("cp1252", "preis in €;y\n1;2\n".encode("cp1252"), {"preis in €": [1.0], "y": [2.0]}, "CP1252"),
    ("gzip", gzip.compress(b"x,y\n1,2\n3,4\n"), X_Y, "packed by gzip"),
    ("quotes", b'"x","y, in m"\n"1","2"\n', {"x": [1.0], "y, in m": [2.0]}, ""),
    ("a quoted line break", b'x,t\n1,"a\nb"\n2,c\n', {"x": [1.0, 2.0], "t": ["a\nb", "c"]}, ""),
    ("doubled quotes", b'x,t\n1,"a ""b"""\n', {"x": [1.0], "t": ['a "b"']}, ""),
    ("blanks around", b"x, y\n 1 ,\t2 \n3, 4\n", X_Y, ""),
    ("no header", b"1,2\n3,4\n", {"c1": [1.0, 3.0], "c2": [2.0, 4.0]}, "the columns are called c1 to c2"),
    ("no header, a text", b"5.1,setosa\n4.9,setosa\n", {"c1": [5.1, 4.9], "c2": ["setosa"] * 2}, "no header"),
    ("no header, missing first", b"NA,2\n3,4\n", {"c1": [NAN, 3.0], "c2": [2.0, 4.0]}, "no header"),
    ("no header, a date", b"2024-01-01,2\n2024-01-02,4\n", {"c1": ["2024-01-01", "2024-01-02"], "c2": [2.0, 4.0]}, "no header"),
    ("years as names", b"land,2020\na,1\nb,2\n", {"c1": ["land", "a", "b"], "c2": [2020.0, 1.0, 2.0]}, "no header"),
    ("a number among names", b"x,2020\n3,1\n4,2\n", {"x": [3.0, 4.0], "2020": [1.0, 2.0]}, "with a header"),
    ("texts only", b"a,b\nc,d\n", {"a": ["c"], "b": ["d"]}, "with a header"),
    ("one column", b"x\n1\n2\n", {"x": [1.0, 2.0]}, "1 column"),
    ("one column, missing", b'x\n1\n""\n2\n', {"x": [1.0, NAN, 2.0]}, ""),
    ("one number", b"7", {"c1": [7.0]}, "no header"),
    ("decimal comma", b"x;y\n1,5;2\n3;4,25\n", {"x": [1.5, 3.0], "y": [2.0, 4.25]}, "decimal comma"),
    ("decimal comma alone", b"x\n1,5\n-2,5e3\n", {"x": [1.5, -2500.0]}, "decimal comma"),
    ("decimal comma in quotes", b'x,y\n"1,5","2"\n"3,25",4\n', {"x": [1.5, 3.25], "y": [2.0, 4.0]}, "decimal comma"),
    ("decimal comma settles 1,234", b"x;y\n1,234;2,5\n", {"x": [1.234], "y": [2.5]}, "decimal comma"),
    ("thousands", b'x\n"1,234.5"\n17\n', {"x": [1234.5, 17.0]}, "x: ',' separates thousands"),
    ("thousands by points", b"x;y\n1.234.567;0,5\n1.000;1,5\n", {"x": [1234567.0, 1000.0], "y": [0.5, 1.5]}, "'.' separates"),
    ("millions", b'x\n"1,234,567"\n"1,234"\n', {"x": [1234567.0, 1234.0]}, "thousands"),
    ("truth", b"x,t\n1,TRUE\n2,False\n", {"x": [1.0, 2.0], "t": [1.0, 0.0]}, "t: TRUE counts as 1"),
    ("missing", b"x,y\n1,NA\nnan,NULL\n,?\n3,#N/A\n", {"x": [1.0, NAN, NAN, 3.0], "y": [NAN] * 4}, ""),
    ("missing of C", b"x,y\n1,-nan\n2,+NaN\n", {"x": [1.0, 2.0], "y": [NAN] * 2}, ""),
    ("all forms", b"x\n+1\n.5\n1.\n1E-3\n-0\n007\n1e308\n", {"x": [1.0, 0.5, 1.0, 1e-3, -0.0, 7.0, 1e308]}, ""),
    ("smallest", b"x\n5e-324\n1e-400\n2.2250738585072011e-308\n", {"x": [5e-324, 0.0, 2.2250738585072011e-308]}, ""),
    ("infinite", b"x\ninf\n-Infinity\n1e999\n", {"x": [math.inf, -math.inf, math.inf]}, ""),
    ("rounded", b"x\n9007199254740992\n9007199254740993\n", {"x": [2.0**53] * 2}, "x: 1 whole number beyond 2^53 rounded"),
    ("a spreadsheet's hint", b"sep=;\r\nx;y\r\n1;2\r\n3;4\r\n", X_Y, "';' between columns"),
    ("no name", b",x\n1,2\n", {"c1": [1.0], "x": [2.0]}, "1 column without a name: called c1"),
    ("a last delimiter", b"x,y,\n1,2,\n3,4,\n", X_Y | {"c3": [NAN, NAN]}, "called c3"),
    ("text in the middle", b"x,y\n1,2\n3,zwei\n", {"x": [1.0, 3.0], "y": ["2", "zwei"]}, ""),
    ("blanks in names", b"size  in m, y\n1,2\n", {"size in m": [1.0], "y": [2.0]}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("content", "expected", "told"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_reading(reader: str, write: Write, content: bytes, expected: dict[str, list[Any]], told: str) -> None:
    table = read_table(write(content))
    found = contents(table)
    assert list(found) == list(expected)
    for name, values in expected.items():
        assert repr(found[name]) == repr(values)
    assert told in " | ".join(table.notes)
    assert table.lines is not None and len(table.lines) == table.rows


REFUSED: list[tuple[str, bytes, str]] = [
    ("empty", b"", "is empty"),
    ("blank", b" \n\n", "is empty"),
    ("only a mark", b"\xef\xbb\xbf", "is empty"),
    ("header only", b"x,y\n", "has a header and no rows below it"),
    ("a short row", b"x,y\n1,2\n3\n", "line 3: '3' has 1 cell and the table 2 columns"),
    ("a long row", b"x,y\n1,2\n3,4,5\n", "'3,4,5' has 3 cells and the table 2 columns: write a cell with a comma in quotes"),
    ("a quote that never closes", b'x,t\n1,"a\n2,b\n3,c\n', "line 2: a quote is opened here and never closed"),
    ("a quote in the header", b'"x,y\n1,2\n', "the first row cannot be read: is a closing quote missing?"),
    ("text behind a quote", b'x,t\n1,"a"b\n', "line 2: there is something between a closing quote and the next cell"),
    ("a byte 0", b"x,y\n1,2\n3,\x004\n" + b"5,6\n" * 1000, "line 3: the byte 0 does not occur in texts"),
    ("bytes 0", bytes(1000), "has nothing but bytes 0 in it"),
    ("control characters", b"x,y\n1,\x02\n", "line 2: the byte 2 does not occur in texts"),
    ("a workbook", b"PK\x03\x04\x14\x00", "is a zip archive or a workbook of a spreadsheet: save the table as CSV"),
    ("an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old workbook of a spreadsheet"),
    ("a web page", b"\n<!DOCTYPE html><html>", "is a web page: download the file behind it"),
    ("a picture", b"\x89PNG\r\n\x1a\n", "is a PNG picture"),
    ("a NumPy array", b"\x93NUMPY\x01\x00", "is a NumPy array: load it in Python"),
    ("a pickle", b"\x80\x04\x95", "is pickled Python, which is never loaded"),
    ("a cut gzip", gzip.compress(b"x,y\n1,2\n" * 50)[:-9], "the gzip file is damaged or cut off"),
    ("a damaged gzip", gzip.compress(b"x,y\n1,2\n")[:12] + b"\xff" * 9, "gzip"),
    ("odd UTF-16", b"\xff\xfe" + "x,y\n1,2\n".encode("utf-16-le") + b"3", "is not written in utf-16"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "told"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refusals_are_one_line(reader: str, write: Write, content: bytes, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read_table(write(content))
    assert told in str(caught.value) and "\n" not in str(caught.value)


SELECTED: list[tuple[str, bytes, str]] = [
    ("thousand or decimal", b'x\n"1,234"\n', "it may be 1234 or 1.234: set the decimal sign to '.' or ','"),
    ("percent", b"n,x\n1,12%\n", "'x' is '12%', no number: write 12% as 0.12 or as 12"),
    ("underscore", b"n,x\n1,1_000\n", "no number: write 1000"),
    ("a date", b"n,x\n1,2024-05-06\n", "dates are text: add a column with a number of days or years"),
    ("other digits", "n,x\n1,٣\n".encode(), "no number: leave the column out"),
    ("hexadecimal", b"n,x\n1,0x10\n", "no number"),
    ("another sign", b"n;x\n1;2,5\n2;x,3\n1;2.5\n", "no number"),
    ("truth among numbers", b"n,x\n1,TRUE\n2,3\n", "write 1 for true and 0 for false"),
    ("text", b"n,x\n1,2\n2,NA\n3,three\n", "line 4: 'x' is 'three', no number"),
    ("infinity", b"n,x\n1,2\n2,1e400\n", "line 3: 'x' is infinite, or beyond 1.8e308"),
    ("missing", b"x\n1\nNA\n?\nnan\nnull\n", "has 4 missing numbers: x is missing in lines 3, 4, 5 and 1 more: fill them in"),
    ("twice", b"x,x\n1,2\n", "has 2 columns called 'x', number 1 and 2: rename them"),
    ("unknown", b"xx1,y\n1,2\n", "has no column 'x': it has xx1 and y"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "told"), [row[1:] for row in SELECTED], ids=[row[0] for row in SELECTED])
def test_what_is_no_number_is_refused_when_it_is_asked_for(write: Write, content: bytes, told: str) -> None:
    table = read_table(write(content))
    with pytest.raises(InputError) as caught:
        table.select(["x"])
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_settings_overrule_what_is_found(write: Write) -> None:
    path = write(b'x;y\n"1,234";2\n')
    assert contents(read_table(path, decimal=","))["x"] == [1.234]
    assert contents(read_table(path, decimal="."))["x"] == [1234.0]
    assert read_table(write(b"land,2020\na,1\n"), header=True).names == ("land", "2020")
    assert read_table(write(b"a,b\nc,d\n"), header=False).rows == 2
    assert read_table(write(b"a,b;c\nd,e;f\n"), delimiter=";").names == ("a,b", "c")
    assert read_table(write("ä,y\n1,2\n".encode("cp437")), encoding="cp437").names == ("ä", "y")


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"delimiter": "ab"}, "the delimiter is one character, such as ',' or ';', not 'ab'"),
        ({"delimiter": "."}, "the delimiter is one character"),
        ({"decimal": ";"}, "the decimal sign is '.' or ',', not ';'"),
        ({"encoding": "latin-77"}, "there is no encoding 'latin-77'"),
        ({"encoding": "ascii"}, "is not written in ascii: leave the encoding out"),
    ],
)
def test_settings_that_cannot_be(write: Write, setting: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told.replace(".", r"\.")):
        read_table(write("ä,b\n1,2\n".encode()), **setting)


CELL = st.one_of(
    st.floats(allow_nan=False).map(repr),
    st.integers(-(10**18), 10**18).map(str),
    st.sampled_from(["", "NA", "nan", "?", "text", "x,y", 'say "so"', "line\nbreak", "a;b", "1,234", "12%", "true", "ä€"]),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.integers(1, 5), st.integers(1, 12))
def test_no_row_is_lost_and_no_number_changed(tmp_path: Path, data: st.DataObject, width: int, height: int) -> None:
    rows = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=height, max_size=height))
    delimiter = data.draw(st.sampled_from([",", ";", "\t", "|"]))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    written = io.StringIO()
    names = [f"name{index}" for index in range(width)]
    dialect: Any = {
        "delimiter": delimiter,
        "lineterminator": end,
        "quoting": data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    }
    csv.writer(written, **dialect).writerows([names, *rows])
    content = written.getvalue().encode(encoding)
    path = tmp_path / "table.csv"
    path.write_bytes(gzip.compress(content) if data.draw(st.booleans()) else content)
    table = read_delimited(str(path), delimiter=delimiter, decimal=".", header=True)
    assert table.names == tuple(names)
    assert table.rows == len(rows)
    for values, cells in zip(table.columns, zip(*rows, strict=True), strict=True):
        for value, cell in zip(values.tolist(), cells, strict=True):
            if isinstance(value, str):
                assert value == cell.strip()
            elif math.isnan(value):
                assert cell in ("", "NA", "nan", "?")
            else:
                assert value == {"1,234": 1234.0, "true": 1.0}.get(cell) or value == float(cell)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_all_readers_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject) -> None:
    characters = st.sampled_from([*'0123456789.,-+e;"\n\r \t_%xé', "nan", "NA", "inf", "1.5", "2,5", "\n1,2\n", "\n\n"])
    body = "".join(["a,b\n", *data.draw(st.lists(characters, max_size=30))])
    path = tmp_path / "table.csv"
    path.write_bytes(body.encode())
    found = []
    for names in READERS.values():
        chosen = tuple(getattr(block_reader, name) for name in names)
        monkeypatch.setattr(block_reader, "readers", lambda chosen=chosen: chosen)
        try:
            table = read_table(path)
            found.append(repr((contents(table), table.notes, np.asarray(table.lines).tolist())))
        except InputError as error:
            found.append(str(error))
    assert len(set(found)) == 1, found


def test_blocks_give_the_same_as_the_whole(reader: str, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f'{row},{row / 7!r},"t{row}"' if row % 5 else f'{row},{row / 7!r},"a\nb"' for row in range(500)]
    path = write(("x,y,t\n" + "\n".join(lines)).encode())
    whole = read_table(path)
    monkeypatch.setattr(text_file.blocks, "__defaults__", (64,))
    parts = read_table(path)
    assert repr(contents(parts)) == repr(contents(whole))
    assert np.array_equal(np.asarray(parts.lines), np.asarray(whole.lines))
    assert whole.place(1) == "line 4", "the first row has a line break in it"


@pytest.mark.parametrize("reader", ["polars", "pyarrow", "both"], indirect=True)  # which reads that block for all of them, slowly
def test_text_in_row_900_000(reader: str, write: Write) -> None:
    rows = [b"%d,0.5\n" % row for row in range(1_000_000)]
    rows[899_999] = b"oops,0.5\n"
    table = read_table(write(b"x,y\n" + b"".join(rows)))
    assert table.rows == 1_000_000
    assert table.select(["y"])["y"].sum() == 500_000
    with pytest.raises(InputError, match=r"line 900,001: 'x' is 'oops', no number"):
        table.select(["x"])
    assert table["x"][:2].tolist() == ["0", "1"], "the column keeps the texts of the file"


def test_latin_1_that_begins_late(reader: str, write: Write) -> None:
    content = b"x,town\n" + b"1,Ulm\n" * 300_000 + "2,Zürich\n".encode("latin-1")
    table = read_table(write(content))
    assert table["town"][-1] == "Zürich" and table.rows == 300_001
    assert "LATIN-1" in table.notes[0]


def test_ten_thousand_columns(reader: str, write: Write) -> None:
    names = ",".join(f"column{index}" for index in range(10_000))
    table = read_table(write(f"{names}\n{','.join('1' * 10_000)}\n".encode()))
    assert table.rows == 1 and [is_numeric(values) for values in table.columns] == [True] * 10_000
    with pytest.raises(InputError, match=r"has no column 'q': it has column0, .* and 9,992 more"):
        table.select(["q"])


def test_a_line_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(b"1,2," * 1000)
        for _ in range(5):
            file.write(b"3" * (1 << 22))
    with pytest.raises(InputError, match=r"line 1 has more than 16,777,216 bytes"):
        read_table(path)
    with path.open("wb") as file:
        file.write(b"x,y\n1,2\n" + b"3" * (1 << 25))
    with pytest.raises(InputError, match=r"line 3 has more than 16,777,216 bytes: is a line break missing\?"):
        read_table(path)


def test_two_gigabytes_of_bytes_0_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.csv"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    with pytest.raises(InputError, match="nothing but bytes 0"):
        read_table(path)


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)  # a socket's path has 107 bytes at most
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("socket")
    (tmp_path / "file").touch()
    cases: dict[str, str] = {
        str(tmp_path): "it is a folder; name a file in it",
        str(tmp_path / "pipe"): "it is a pipe; write the table into a file first",
        "socket": "it is a socket; write the table into a file first",
        "/dev/zero": "it is a device; write the table into a file first",
        str(tmp_path / "nothing.csv"): "there is no file",
        str(tmp_path / "file" / "x"): "cannot read",
        "a\0b": "the path has a character 0 in it",
        "x" * 5000: "cannot read",
    }
    for path, told in cases.items():
        with pytest.raises(InputError) as caught:
            read_table(path)
        assert told in str(caught.value)
    listening.close()

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(InputError, match="permission denied"):
        read_table(tmp_path / "file")


def test_a_pipe_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening it and closing it again would end its writer with EPIPE."""
    os.mkfifo(tmp_path / "pipe")
    opened: list[Any] = []
    monkeypatch.setattr(os, "open", lambda *given: opened.append(given))
    with pytest.raises(InputError, match="it is a pipe"):
        read_table(tmp_path / "pipe")
    assert not opened


def test_a_file_that_is_removed_while_it_is_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(b"x,y\n1,2\n")
    look = text_file.look_into

    def look_and_remove(*arguments: Any) -> Any:
        found = look(*arguments)
        os.unlink(path)
        return found

    monkeypatch.setattr(delimited, "look_into", look_and_remove)
    with pytest.raises(InputError, match="there is no file"):
        read_table(path)
