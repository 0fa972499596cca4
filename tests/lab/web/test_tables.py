"""Texts as tables in the page: the numbers, the notes and the refusals are those of Python."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from steepest.data.reading import read_table
from steepest.errors import InputError

MAIN = """
import { readBytes, readTable } from "/model/data/table.js";
globalThis.read = ([text, name]) => {
  try {
    const table = typeof text === "string" ? readTable(text, name) : readBytes(Uint8Array.from(text), name);
    const columns = table.columns.map((column) => [...column]);
    const { names, notes, decimal } = table;
    return { names, columns, notes, lines: [...table.lines], decimal };
  } catch (error) {
    if (!error.reason) throw error;
    return { refused: error.message };
  }
};
globalThis.chosen = ([text, name, names]) => {
  try {
    return { columns: readTable(text, name).select(names).columns.map((column) => [...column]) };
  } catch (error) {
    if (!error.reason) throw error;
    return { refused: error.message };
  }
};
"""

TEXTS = {
    "a header": "size,price\n1,2\n3,4\n",
    "none": "1,2\n3,4\n",
    "tabs": "size\tprice\n1.5\t2\n3\t4\n",
    "semicolons and commas": "size;price\n1,5;300\n2;400\n",
    "pipes": "a|b\n1|2\n",
    "blanks": "a b\n1   2\n  3 4 \n",
    "one column": "x\n1\n2\n\n3\n",
    "a mark": "\ufeffx,y\n1,2\n",
    "carriage returns": "x,y\r1,2\r3,4\r",
    "both": "x,y\r\n1,2\r\n3,4\r\n",
    "mixed": "x,y\n1,2\r\n3,4\n5,6",
    "no last end": "x,y\n1,2\n3,4",
    "quotes": 'name,"the size",price\n"a, b",1,2\n"c ""d""",3,4\n',
    "a quoted line break": 'name,x\n"a\nb",1\nc,2\n',
    "a quote never closed": 'name,x\n"a,1\nb,2\n',
    "text after a quote": 'name,x\n"a"b,1\n',
    "an open first row": '"a,b\n1,2\n',
    "too few cells": "x,y\n1,2\n3\n",
    "too many cells": "x,y\n1,2\n3,4,5\n",
    "too many with semicolons": "x;y\n1;2\n3;4;5\n",
    "missing": "x,y\n1,NA\n,3\n?,n/a\nnull,4\n",
    "blank lines": "x,y\n1,2\n\n\n3,4\n\n",
    "no rows": "x,y\n",
    "nothing": "",
    "white": "  \n \t\n",
    "a byte 0": "x,y\n1,2\n3,\x004\n",
    "thousands": 'x,y\n"1,234.5",1\n80,2\n',
    "one group": 'x,y\n"1,234",1\n80,2\n',
    "points as groups": "x;y\n1.234,5;1\n80;2\n",
    "truth": "x,open\n1,true\n2,False\n3,\n",
    "shares": "x,share\n1,12%\n2,3%\n",
    "dates": "x,day\n1,2024-01-02\n2,2024-01-03\n",
    "names alike": "x,x,y\n1,2,3\n",
    "unnamed": "x,,y\n1,2,3\n",
    "spaced names": " the  size ,y\n1,2\n",
    "large numbers": "x,y\n9007199254740993,1\n9007199254740992,2\n1e400,3\n",
    "infinities": "x,y\ninf,1\n-Infinity,2\n",
    "text later": "x,y\n1,2\n3,4\nfive,6\n",
    "a hint": "sep=;\nx;y\n1;2\n",
    "foreign digits": "x,y\n١,2\n3,4\n",
    "underscores": "x,y\n1_000,2\n3,4\n",
    "hexadecimal": "x,y\n0x10,2\n3,4\n",
    "exponents": "x,y\n1e3,.5\n+2.,-3E-2\n",
    "umlauts": "größe,preis\n1,2\n",
    "formulas": "x,y\n=1+1,2\n3,4\n",
    "a lone quote": 'x,y\n1,5"\n2,3\n',
    "a decimal comma alone": "x;y\n1,5;2\n2,25;3\n",
    "doubtful": "x;y\n1,234;2\n5,678;3\n",
    "header of numbers": "2019,2020\n1,2\n3,4\n",
    "years below a name": "country,2019\nDE,1\nFR,2\n",
    "html": "<p>1,2</p>\n<p>3,4</p>\n",
    "code": "x,y\n<script>alert(1)</script>,2\n3,4\n",
    "a long cell": "x,y\n" + "a" * 140_000 + ",1\n",
    "spaces around": "x , y\n 1 , 2 \n 3 , 4 \n",
    "nan spelled": "x,y\nNaN,1\n-nan,2\n#N/A,3\n",
}


@pytest.fixture(scope="module")
def page(node: Callable[..., Any]) -> Any:
    return node(MAIN)


def python_reads(text: str | bytes, path: Path) -> dict[str, Any]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        table = read_table(path.name)
    except InputError as error:
        return {"refused": str(error)}
    return {
        "names": list(table.names),
        "columns": [[each if each == each else None for each in values.tolist()] for values in table.columns],
        "notes": list(table.notes),
        "lines": [] if table.lines is None else list(map(int, table.lines)),
        "decimal": table.decimal,
    }  # fmt: skip


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """The page's answer with None for NaN."""
    columns = [[each if each == each else None for each in values] for values in found.get("columns", [])]
    return found | ({"columns": columns} if "columns" in found else {})


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_read_as_in_python(page: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = python_reads(TEXTS[name], tmp_path / "table.csv")
    assert plain(page.evaluate("(given) => read(given)", [TEXTS[name], "table.csv"])) == wanted


@pytest.mark.parametrize("name", ["missing", "shares", "dates", "infinities", "text later", "names alike", "one group", "truth",
                                  "doubtful", "underscores", "thousands", "large numbers"])  # fmt: skip
def test_columns_are_refused_as_in_python(page: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text(TEXTS[name])
    table = read_table("table.csv")
    for chosen in ([table.names[0]], list(table.names), ["prize"]):
        try:
            wanted: dict[str, Any] = {"columns": [values.tolist() for values in table.select(chosen).columns]}
        except InputError as error:
            wanted = {"refused": str(error).removesuffix(" with --drop-missing")}
        assert page.evaluate("(given) => chosen(given)", [TEXTS[name], "table.csv", chosen]) == wanted


BYTES = {
    "UTF-8": "größe,y\n1,2\n".encode(),
    "a mark": "größe,y\n1,2\n".encode("utf-8-sig"),
    "UTF-16": "größe,y\n1,2\n".encode("utf-16"),
    "UTF-16 without a mark": "x,y\n1,2\n3,4\n".encode("utf-16-le"),
    "UTF-16, the high byte first": "x,y\n1,2\n3,4\n".encode("utf-16-be"),
    "latin-1": "größe,y\n1,2\n".encode("latin-1"),
    "cp1252": "price in €,y\n1,2\n".encode("cp1252"),
    "a byte that cp1252 has not": b"\x81\x93,y\n1,2\n",
    "a PDF": b"%PDF-1.7\n1,2\n",
    "a web page": b"  <!DOCTYPE html><html></html>",
    "a workbook": b"PK\x03\x04\x14\x00",
    "a bell": b"x,y\n1,\x072\n",
    "nothing": b"",
    "a database": b"SQLite format 3\x00",
}


@pytest.mark.parametrize("name", BYTES)
def test_a_file_is_read_as_in_python(page: Any, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    wanted = python_reads(BYTES[name], tmp_path / "table.csv")
    assert plain(page.evaluate("(given) => read(given)", [list(BYTES[name]), "table.csv"])) == wanted


def test_random_texts_are_read_as_in_python(page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    chance = random.Random(20)
    cells = ["1", "2.5", "-3e2", "", "NA", "abc", '"a,b"', '"x""y"', "1,5", "1,234", "1,234.5", "true", "12%", " 7 ", "2024-01-02",
             "inf", '"', "a b", "9007199254740993", "\u00a05", ";", "|"]  # fmt: skip
    for _ in range(300):
        delimiter, end = chance.choice(",;\t| "), chance.choice(["\n", "\n", "\r\n", "\r"])
        width = chance.randint(1, 4)
        rows = [[chance.choice(cells) for _ in range(width + (chance.random() < 0.03))] for _ in range(chance.randint(0, 6))]
        head = [[chance.choice(["x", "y", "size", "", "1", "x y"]) for _ in range(width)]] if chance.random() < 0.8 else []
        text = end.join(delimiter.join(row) for row in head + rows) + chance.choice(["", end, end + end])
        wanted = python_reads(text, tmp_path / "table.csv")
        assert plain(page.evaluate("(given) => read(given)", [text, "table.csv"])) == wanted, repr(text)
