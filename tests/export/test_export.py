"""Records and pictures on disk: complete, truthful, and made again by what they carry."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import shlex
import subprocess
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

import steepest
from steepest.cli.command_line import cli
from steepest.errors import InputError
from steepest.export import writers as export
from steepest.export.provenance import code, command
from steepest.export.records import document
from steepest.export.writers import save
from steepest.runs.record import READ_AT_ONCE, Record

ADAM = steepest.descend("rosenbrock", optimizer="adam(lr=0.05)", steps=20)
RUNS = {
    "one": [ADAM],
    "two": list(steepest.compare("x^2", ["gd", "momentum"], start=1, steps=5)),
    "own equations": [steepest.descend("-cos(x)", start=1, optimizer="v = 0.5 v + g; theta = theta - lr*v", lr="0.1/t")],
    "noise": [steepest.descend("x^2", start=1, optimizer="noisy_gd", seed=7, steps=5, gtol=1e-3)],
    "diverging": [steepest.descend("x^4", start=10, lr=1)],
    "names": [steepest.descend("f(w, b) = (3w + b)^2 + b^2", start=(1, 2))],
    "no step": [steepest.descend("himmelblau", steps=0)],
}
CALLABLE = steepest.descend(lambda p: float(p @ p), start=[1.0, 2.0], gradient=lambda p: 2 * p, steps=3)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def test_csv_has_a_row_a_step(tmp_path: Path) -> None:
    ADAM.save(tmp_path / "run.csv")
    table = rows(tmp_path / "run.csv")
    assert [int(row["step"]) for row in table] == list(range(21))
    np.testing.assert_array_equal([[float(row["x"]), float(row["y"])] for row in table], ADAM.positions)
    np.testing.assert_array_equal([float(row["f"]) for row in table], ADAM.values)
    np.testing.assert_array_equal([float(row["m_x"]) for row in table[1:]], ADAM["m"][:, 0])
    assert table[0]["m_x"] == "" and table[0]["step_length"] == ""
    assert table[0]["made_by"].endswith(f"{command([ADAM])} --save descent.csv") and table[1]["made_by"] == ""


def test_csv_of_several_runs_is_tidy(tmp_path: Path) -> None:
    save(RUNS["two"], tmp_path / "runs.csv")
    table = rows(tmp_path / "runs.csv")
    assert [(row["run"], row["optimizer"]) for row in table[::6]] == [("1", "gd(lr=0.1)"), ("2", "momentum(lr=0.1)")]
    assert table[3]["v_x"] == "" != table[9]["v_x"]  # gd has no velocity


@pytest.mark.parametrize("name", RUNS)
def test_json_is_strict_and_complete(name: str, tmp_path: Path) -> None:
    save(RUNS[name], tmp_path / "run.json")
    read = json.loads((tmp_path / "run.json").read_text(), parse_constant=pytest.fail)
    assert read.pop("made_by")["command"] == f"{command(RUNS[name])} --save descent.json"
    assert read == json.loads(json.dumps(document(RUNS[name])))
    assert list(read) == ["steepest", "objective", "runs", "samples"]
    for run, told in zip(RUNS[name], read["runs"], strict=True):
        assert told["ending"] == run.ending and told["message"] == run.ending.message
        assert len(told["positions"]) == len(told["values"]) == len(told["gradients"]) == told["steps"] + 1
        assert all(len(rows) == told["steps"] for rows in told["quantities"].values())


@pytest.mark.parametrize("suffix", ["json", "csv"])
def test_a_long_record_is_never_whole_in_memory(suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counted(method: Any) -> Any:
        def call(record: Record, steps: Any = None) -> Any:
            rows = method(record, steps)
            read.append(len(rows))
            return rows

        return call

    for name in ("positions", "values", "gradients"):
        monkeypatch.setattr(Record, name, counted(getattr(Record, name)))
    monkeypatch.setattr(Record, "quantities", pytest.fail)
    run = steepest.descend("rosenbrock", optimizer="adam", lr=1e-4, steps=3 * READ_AT_ONCE, tol=0)
    run.save(tmp_path / f"run.{suffix}")
    assert max(read) == READ_AT_ONCE and sum(read) >= 3 * len(run)
    monkeypatch.undo()
    if suffix == "json":
        told = json.loads((tmp_path / "run.json").read_text())["runs"][0]
        assert told["positions"] == run.positions.tolist() and told["values"] == run.values.tolist()
        assert told["gradients"] == run.gradients.tolist() and told["quantities"]["m"] == run["m"].tolist()
    else:
        table = rows(tmp_path / "run.csv")
        np.testing.assert_array_equal([float(row["x"]) for row in table], run.positions[:, 0])
        np.testing.assert_array_equal([float(row["v_y"]) for row in table[1:]], run["v"][:, 1])


NOT_FINITE = {
    "Infinity": steepest.descend("x^4", start=10, lr=1),
    "-Infinity": steepest.descend("-x^4", start=10, lr=1),
    "NaN": steepest.descend("log(x) + x", start=1, lr=3, steps=9),
}


@pytest.mark.parametrize("word", NOT_FINITE)
def test_records_tell_infinities_and_nan_apart(word: str, tmp_path: Path) -> None:
    run = NOT_FINITE[word]
    run.save(tmp_path / "run.json")
    (told,) = json.loads((tmp_path / "run.json").read_text(), parse_constant=pytest.fail)["runs"]
    assert told["values"][-1] == word
    np.testing.assert_array_equal(np.array(told["values"], dtype=float), run.values)
    run.save(tmp_path / "run.csv")
    np.testing.assert_array_equal([float(row["f"]) for row in rows(tmp_path / "run.csv")], run.values)
    np.testing.assert_array_equal(run.to_frame()["f"], run.values)


def test_an_exact_answer_whose_value_is_infinite_is_written(tmp_path: Path) -> None:
    steepest.fit({"x": [1e308, -1e308, 3], "y": [1e308, 2, 1e308]}, "y ~ w*x + b", start=(1, 1)).save(tmp_path / "run.json")
    told = json.loads((tmp_path / "run.json").read_text(), parse_constant=pytest.fail)
    assert told["runs"][0]["fit"]["exact"]["value"] == told["objective"]["minima"][0]["value"] == "Infinity"


def test_npz_holds_the_arrays(tmp_path: Path) -> None:
    save(RUNS["two"], tmp_path / "runs.npz", samples=[(1.0,), (2.0,)])
    with np.load(tmp_path / "runs.npz") as arrays:
        np.testing.assert_array_equal(arrays["positions_2"], RUNS["two"][1].positions)
        np.testing.assert_array_equal(arrays["samples"], [[1], [2]])
        assert json.loads(str(arrays["document"]))["made_by"]["command"] == f"{command(RUNS['two'], 2)} --save descent.npz"


def test_a_python_function_is_exported_with_its_code(tmp_path: Path) -> None:
    for suffix in ("png", "csv", "json", "npz"):
        CALLABLE.save(tmp_path / f"run.{suffix}")
    assert json.loads((tmp_path / "run.json").read_text())["objective"]["gradient"] == "given"
    assert json.loads((tmp_path / "run.json").read_text())["made_by"]["command"] == ""


@pytest.mark.parametrize("name", RUNS)
def test_the_command_makes_the_runs_again(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(command(RUNS[name]))
    cli.main([*words[1:], "--json"], standalone_mode=False)
    again = json.loads(capsys.readouterr().out)["runs"]
    for run, told in zip(document(RUNS[name])["runs"], again, strict=True):
        assert (told["positions"], told["ending"]) == (run["positions"], run["ending"])


@pytest.mark.parametrize("name", RUNS)
def test_the_code_makes_the_runs_again(name: str) -> None:
    made: Any = eval(code(RUNS[name]), {"steepest": steepest})  # noqa: S307
    for run, again in zip(RUNS[name], made if len(RUNS[name]) > 1 else [made], strict=True):
        np.testing.assert_array_equal(run.positions, again.positions)
        assert run.ending.message == again.ending.message


def test_pictures_carry_the_command(tmp_path: Path) -> None:
    for suffix in ("png", "svg", "pdf"):
        ADAM.save(tmp_path / f"run.{suffix}")
    with Image.open(tmp_path / "run.png") as image:
        assert image.info["Description"] == f"{command([ADAM])} --save descent.png"
    text = "".join(ElementTree.parse(tmp_path / "run.svg").getroot().itertext())
    assert f"{command([ADAM])} --save descent.svg" in text
    assert b"steepest run rosenbrock" in (tmp_path / "run.pdf").read_bytes()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("run.txt", "the suffix is one of png, svg, pdf, gif, apng, mp4, webm, html, csv, json, npz"),
        ("run", "the suffix is one of"),
        ("nowhere/run.png", "there is no folder"),
        ("folder.png", "it is a folder"),
    ],
)
def test_places_that_cannot_be_written(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(InputError, match=message):
        ADAM.save(tmp_path / name)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError("a bug")])
def test_what_was_there_stays_when_writing_fails(error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(order: object, file: io.BufferedWriter) -> None:
        file.write(b"half")
        raise error

    (tmp_path / "run.csv").write_text("before")
    monkeypatch.setitem(export.SUFFIXES, "csv", fail)
    with pytest.raises(InputError if isinstance(error, OSError) else type(error)):
        ADAM.save(tmp_path / "run.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["run.csv"]
    assert (tmp_path / "run.csv").read_text() == "before"


@pytest.mark.parametrize("backend", ["pandas", "polars", "pyarrow"])
def test_data_frames(backend: str) -> None:
    frame = ADAM.to_frame(backend)
    assert type(frame).__module__.split(".")[0] == backend
    columns = list(frame.column_names if backend == "pyarrow" else frame.columns)
    assert columns[:6] == ["run", "optimizer", "step", "x", "y", "f"] and frame.shape[0] == 21
    values = frame["f"].to_pylist() if backend == "pyarrow" else list(frame["f"])
    np.testing.assert_array_equal(values, ADAM.values)


def test_a_data_frame_of_something_else_is_refused() -> None:
    with pytest.raises(InputError, match="pandas, polars or pyarrow"):
        ADAM.to_frame("excel")


def test_a_frame_of_a_run_that_left_its_domain() -> None:
    frame = steepest.descend("log(x) + x", start=1, lr=3, steps=9).to_frame()
    assert frame["x"].to_list() == [1, -5]
    assert math.isnan(frame["f"].iloc[-1])


FIRST = ["x^2 + 10y^2", "--start", "10,1", "--lr", "0.05", "-o", "momentum", "--steps", "12"]
SHORT = ["--seconds", "0.2", "--hold", "0", "--size", "400x300"]
STYLED = ["--show", "v,update", "--style", "ggplot", "--limits", "-12,12,-2.5,2"]
MADE = [  # what is saved, with the options that are asked for
    *((suffix, []) for suffix in ("png", "svg", "pdf", "html", "csv", "json", "npz")),
    *((suffix, SHORT) for suffix in ("gif", "apng", "mp4", "webm")),
    *((suffix, STYLED) for suffix in ("png", "svg", "pdf", "html")),
    *((suffix, [*STYLED, *SHORT]) for suffix in ("gif", "mp4")),
    *((suffix, ["--view", "diagnosis", "--at", "3", "--theme", "dark"]) for suffix in ("png", "svg", "pdf")),
    *((suffix, ["--view", "surface", "--zscale", "log", "--samples", "5"]) for suffix in ("png", "svg", "pdf", "html")),
    *((suffix, ["--animate", "--show", "v,update", "--limits=-12,12,-2.5,2", *SHORT]) for suffix in ("png", "svg")),
    ("svg", ["--animate", "--view", "surface", *SHORT]),
    ("gif", ["--view", "surface", "--turn", "40", "--trail", "3", "--once", "--dpi", "60", "--seed", "5", *SHORT[:4]]),
    ("apng", ["--pace", "log", "--frames", "4", "--fps", "12.5", "--hold", "0.5"]),
    ("csv", ["-o", "noisy_gd", "--seed", "3", "--gtol", "1e-3"]),
]


def embedded(path: Path) -> str:
    """The command that a file carries."""
    suffix, data = path.suffix[1:], path.read_bytes()
    if suffix in ("png", "apng", "gif"):
        with Image.open(path) as image:
            told = image.info.get("Description") or image.info["comment"].decode().partition("Description: ")[2]
            return str(told)
    if suffix in ("mp4", "webm"):
        words = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "ffmetadata", "-"]
        told = subprocess.run(words, capture_output=True, check=True, text=True).stdout
        (found,) = re.findall(r"^comment=(.*)$", told, re.MULTILINE | re.IGNORECASE)
        return re.sub(r"\\(.)", r"\1", found)
    if suffix in ("json", "npz"):
        text = data.decode() if suffix == "json" else str(np.load(path)["document"])
        return str(json.loads(text)["made_by"]["command"])
    if suffix == "csv":
        return rows(path)[0]["made_by"].partition(": ")[2]
    pattern = {"svg": r"steepest run [^<]*", "pdf": r"(?<=/Subject \()steepest run .*?(?<!\\)(?=\))", "html": r'steepest run [^"]*'}
    found = re.search(pattern[suffix], data.decode("latin-1"), re.DOTALL)
    assert found is not None
    return re.sub(r"\\(.)", r"\1", found[0]) if suffix == "pdf" else unescape(found[0])


@pytest.mark.parametrize(("suffix", "options"), MADE, ids=lambda value: value if isinstance(value, str) else " ".join(value))
def test_the_command_in_a_file_makes_it_again(
    suffix: str, options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "again").mkdir()
    first = tmp_path / f"first.{suffix}"
    cli.main(["run", *FIRST, *options, "--save", str(first), "--quiet"], standalone_mode=False)
    monkeypatch.chdir(tmp_path / "again")
    cli.main([*shlex.split(embedded(first))[1:], "--quiet"], standalone_mode=False)
    (again,) = (tmp_path / "again").iterdir()
    assert again.name == f"descent.{suffix}"
    assert embedded(again) == embedded(first)
    if suffix == "npz":  # an archive knows when it was made
        with np.load(first) as one, np.load(again) as other:
            assert list(one) == list(other) and all(np.array_equal(one[name], other[name]) for name in one)
    elif suffix == "webm":  # its encoder numbers the segment at random
        assert again.stat().st_size == first.stat().st_size and frames_of(again) == frames_of(first)
    else:
        assert again.read_bytes() == first.read_bytes()


def test_the_command_in_a_frame_makes_the_folder_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    cli.main(["run", *FIRST, "--save", "first/", "--frames", "3", "--quiet"], standalone_mode=False)
    cli.main([*shlex.split(embedded(Path("first/frame_00001.png")))[1:], "--quiet"], standalone_mode=False)
    first, again = (sorted(Path(name).iterdir()) for name in ("first", "descent"))
    names = ["film.ffconcat", *(f"frame_0000{number}.png" for number in (1, 2, 3))]
    assert [path.name for path in again] == [path.name for path in first] == names
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in first]


def test_limits_of_a_curve_are_in_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    steepest.descend("x^2", 3, steps=5).save("first.png", limits=(-1, 4))
    words = shlex.split(embedded(Path("first.png")))
    assert words[-2:] == ["--limits", "-1,4"]
    cli.main([*words[1:], "--quiet"], standalone_mode=False)
    assert Path("descent.png").read_bytes() == Path("first.png").read_bytes()


def frames_of(path: Path) -> bytes:
    """A digest of every frame of a video."""
    words = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(path), "-f", "framemd5", "-"]
    return subprocess.run(words, capture_output=True, check=True).stdout
