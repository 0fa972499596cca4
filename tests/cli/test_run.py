"""The command line, as other programs see it: what is printed where, and the exit code."""

import csv
import html
import io
import json
import math
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from steepest.cli.terminal import say
from steepest.errors import SteepestError

Steepest = Callable[..., Any]


def test_a_run_prints_a_row_a_step_and_how_it_ended(steepest: Steepest) -> None:
    code, out, err = steepest("run", "x^2", "--start", "3", "--lr", "0.3", "--tol", "1e-5", "--steps", "20")
    lines = out.splitlines()
    assert code == 0
    assert err == ""
    assert lines[0].split() == ["step", "x", "f", "|gradient|", "|step|"]
    assert [line.split() for line in lines[1:4]] == [
        ["0", "3", "9", "6", "-"],
        ["1", "1.2", "1.44", "2.4", "1.8"],
        ["2", "0.48", "0.2304", "0.96", "0.72"],
    ]
    assert lines[-1] == "converged after 15 steps: the last step, 4.83e-06 long, is shorter than tol = 1e-05"
    assert len({len(line) for line in lines[:-1]}) == 1, "the columns are aligned"


def test_nothing_to_think_up(steepest: Steepest) -> None:
    result = steepest("run")
    assert result.code == 0
    assert result.out.splitlines()[1].split()[:3] == ["0", "3", "9"]


@pytest.mark.parametrize(
    ("words", "names", "start"),
    [
        (["-exp(-x^2)", "--start", "1"], ["x"], [1.0]),
        (["--start", "1", "-exp(-x^2)"], ["x"], [1.0]),
        (["-h^2+h^4", "--start", "1"], ["h"], [1.0]),
        (["-omega^2+omega^4", "--start", "1", "-oadam"], ["omega"], [1.0]),
        (["-hypot(x,y)+x^2", "--start", "[1, 2]"], ["x", "y"], [1.0, 2.0]),
        (["--start", "1", "-2x + x^2"], ["x"], [1.0]),
        (["-2x + x^2", "--start=-1.5"], ["x"], [-1.5]),
        (["x^2 + y^2", "--start", "-1.2,1"], ["x", "y"], [-1.2, 1.0]),
        (["x^2 + y^2", "--start", "y=1, x=-1.2"], ["x", "y"], [-1.2, 1.0]),
        (["f(w, b) = (w-1)^2 + b^2", "--start", "2,3"], ["w", "b"], [2.0, 3.0]),
        (["b^2 + a^2", "--start", "pi/2,max(1,2)"], ["a", "b"], [math.pi / 2, 2.0]),
        (["himmelblau", "--start", "x=0,y=0"], ["x", "y"], [0.0, 0.0]),
        (["rosenbrock"], ["x", "y"], [-1.2, 1.0]),
    ],
)
def test_objectives_and_starts(steepest: Steepest, words: list[str], names: list[str], start: list[float]) -> None:
    result = steepest("run", *words, "--json", "--steps", "2", "--lr", "1e-3")
    (run,) = json.loads(result.out)["runs"]
    assert run["names"] == names
    assert run["positions"][0] == start


def test_a_formula_starts_at_the_seed(steepest: Steepest) -> None:
    starts = [json.loads(steepest("run", "x^2", "--json", "--seed", seed).out)["runs"][0]["positions"][0] for seed in "112"]
    assert starts[0] == starts[1] != starts[2]
    assert all(-5 < start[0] < 5 for start in starts)


def test_json_is_one_document_and_nothing_else(steepest: Steepest) -> None:
    words = [
        "run",
        "2x^2-4x",
        "--start",
        "0",
        "-o",
        "momentum",
        "-o",
        "adam(lr=0.05)",
        "--lr",
        "0.1",
        "--steps",
        "3",
        "--samples",
        "4",
    ]
    code, out, err = steepest(*words, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert document["objective"] == {
        "text": "2*x^2 - 4*x",
        "names": ["x"],
        "latex": "2 x^{2} - 4 x",
        "minima": [{"position": [1.0], "value": -2.0}],
    }
    momentum, adam = document["runs"]
    assert set(momentum) == {
        "optimizer", "equations", "hyperparameters", "ending", "message", "steps", "evaluations", "names", "positions", "values",
        "gradients", "quantities",
    }  # fmt: skip
    assert momentum["equations"] == ["v = beta*v + g", "theta = theta - lr*v"]
    assert momentum["hyperparameters"] == {"lr": 0.1, "beta": 0.9}
    assert adam["hyperparameters"]["lr"] == 0.05
    assert len(momentum["positions"]) == len(momentum["values"]) == len(momentum["gradients"]) == momentum["steps"] + 1
    assert len(momentum["quantities"]["v"]) == momentum["steps"]
    assert momentum["quantities"]["v"][0] == [-4.0]
    assert len(document["samples"]["positions"]) == len(document["samples"]["values"]) == 4
    assert list(document) == ["steepest", "objective", "runs", "samples"]


@pytest.mark.parametrize(
    ("words", "ending", "steps"),
    [
        (["x^2", "--start", "1", "--lr", "0.5"], "converged", 2),
        (["x^2", "--start", "1", "--lr", "0.1", "--gtol", "0.5"], "converged", 7),
        (["x^2", "--start", "1", "--lr", "1", "--steps", "7"], "step_limit", 7),
        (["x^4", "--start", "10", "--lr", "0.1"], "diverged", 5),
        (["x - log(x)", "--start", "0.5", "--lr", "-3"], "undefined", 1),
        (["log(x)", "--start", "-1"], "undefined", 0),
        (["x^2", "--start", "1", "--steps", "0"], "step_limit", 0),
    ],
)
def test_endings(steepest: Steepest, words: list[str], ending: str, steps: int) -> None:
    code, out, _ = steepest("run", *words, "--json")
    (run,) = json.loads(out)["runs"]
    assert (code, run["ending"], run["steps"]) == (0, ending, steps)
    assert len(run["positions"]) == steps + 1


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_picture_with_the_diagnosis(steepest: Steepest, tmp_path: Path, suffix: str) -> None:
    words = ("x^2 + 10y^2", "--start", "10,1", "--lr", "0.21", "--steps", "20")
    one, other, record = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}", tmp_path / "a.csv"
    asked = ("--view", "diagnosis", "--at", "3", "--save", str(one), "--save", str(record), "--quiet")
    assert steepest("run", *words, *asked).code == 0
    assert steepest("diagnose", *words, "--at", "3", "--save", str(other)).code == 0
    assert one.read_bytes() == other.read_bytes() and record.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--view", "diagnosis", "--save", "a.gif"), "cannot draw a diagnosis to a.gif: it is a still picture"),
        (("--view", "diagnosis", "--save", "a.html"), "cannot draw a diagnosis to a.html"),
        (("--view", "diagnosis", "--save", "a/"), "cannot draw a diagnosis to a/"),
        (("--view", "diagnosis", "--animate", "--save", "a.svg"), "cannot draw a diagnosis to a.svg"),
        (("--view", "diagnosis", "-o", "gd", "-o", "adam", "--save", "a.png"), "shows one run, not 2"),
        (("--view", "diagnosis"), "--save one"),
        (("--at", "3", "--save", "a.png"), "needs its picture: --view diagnosis"),
        (("--view", "diagnosis", "--at", "900", "--save", "a.png"), "no step 900"),
    ],
)
def test_a_diagnosis_that_cannot_be_drawn(steepest: Steepest, words: tuple[str, ...], message: str) -> None:
    answer = steepest("run", "x^2", "--start", "1", *words)
    assert answer.code == 2 and message in answer.err and not list(Path().glob("a.*"))


def test_what_is_not_finite_is_a_word(steepest: Steepest) -> None:
    (run,) = json.loads(steepest("run", "x^4", "--start", "10", "--lr", "0.1", "--json").out)["runs"]
    assert run["values"][-1] == "Infinity"
    assert all(value is not None for value in run["values"][:-1])


def test_schedules(steepest: Steepest) -> None:
    out = steepest("run", "x", "--start", "0", "--lr", "0.5*(1+cos(pi*t/T))", "--steps", "4", "--tol", "0", "--json").out
    (run,) = json.loads(out)["runs"]
    steps = np.diff(np.array(run["positions"])[:, 0])
    assert steps == pytest.approx([-0.5 * (1 + math.cos(math.pi * t / 4)) for t in range(1, 5)], abs=1e-15)
    assert run["quantities"]["lr"] == pytest.approx(-steps, abs=1e-15)
    assert run["hyperparameters"] == {"lr": "0.5*(1+cos(pi*t/T))"}


def test_every_prints_every_kth_step_and_the_last(steepest: Steepest) -> None:
    out = steepest("run", "x^2", "--start", "1", "--steps", "10", "--tol", "0", "--every", "4").out
    assert [line.split()[0] for line in out.splitlines()[1:-1]] == ["0", "4", "8", "10"]


def test_quiet_prints_nothing(steepest: Steepest, tmp_path: Path) -> None:
    assert steepest("run", "2x^2", "--start", "1", "--quiet", "--save", str(tmp_path / "x.csv")) == (0, "", "")
    assert (tmp_path / "x.csv").exists()


def test_what_was_read_is_echoed_apart_from_the_table(steepest: Steepest) -> None:
    assert steepest("run", "1/2x", "--start", "1", "--steps", "1").err == "read as 1/2*x\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "x^2 +"], "unfinished"),
        (["run", "rosenbrok"], "rosenbrock"),
        (["run", "x^2", "-o", "adm"], "adam"),
        (["run", "x^2", "-o", "adam(lr=0.1, bta1=0.5)"], "beta1"),
        (["run", "x^2", "-o", "v = v + q; theta = theta - v"], "equation 1"),
        (["run", "x^2", "--start", "1,2"], "2 numbers"),
        (["run", "x^2", "--start", "y=1"], "'y'"),
        (["run", "x^2", "--start", "nan"], "finite"),
        (["run", "x^2", "--start", ""], "--start"),
        (["run", "x^2", "--start", "one"], "'one'"),
        (["run", "x^2", "--lr", "abc"], "abc"),
        (["run", "x^2", "--lr", "1e999"], "1e999"),
        (["run", "x^2", "--set", "beta=0.9"], "--set beta"),
        (["run", "x^2", "--set", "beta"], "name=value"),
        (["run", "x^2", "--steps", "-1"], "steps"),
        (["run", "x^2", "--steps", "99999999999"], "100,000,000"),
        (["run", "x^2", "--steps", "many"], "--steps"),
        (["run", "x^2", "--tol", "nan"], "tol"),
        (["run", "x^2", "--seed", "-1"], "seed"),
        (["run", "x^2", "--samples", "-1"], "--samples"),
        (["run", "x^2", "--every", "0"], "--every"),
        (["run", "x^2", "--save", "x.docx"], "png, svg, pdf"),
        (["run", "x^2", "--save", "nowhere/x.png"], "nowhere"),
        (["run", "x^2", "--sav", "x.png"], "--sav"),
        (["run", "x^2", "--show", "gradeint", "--save", "x.png"], "did you mean gradient"),
        (["run", "x^2", "--show", "momentum", "--save", "x.png"], "there are gradient, update, lr"),
        (["run", "x^2", "--show", "gradient,,update", "--save", "x.png"], "empty name"),
        (["run", "x^2", "--show", "gradient"], "--show is for pictures and films"),
        (["run", "x^2", "--style", "ggplt", "--save", "x.png"], "did you mean ggplot"),
        (["run", "x^2", "--style", "no.mplstyle", "--save", "x.png"], "there is no file no.mplstyle"),
        (["run", "x^2", "--style", "ggplot", "--save", "x.csv"], "--style is for pictures and films"),
        (["run", "x^2", "y^2"], "y^2"),
        (["show", "adamm"], "adam"),
        (["list", "things"], "optimizers"),
        (["runn"], "runn"),
    ],
)
def test_what_the_user_got_wrong_is_told_once(steepest: Steepest, words: list[str], told: str) -> None:
    code, out, err = steepest(*words)
    assert (code, out) == (2, "")
    assert err.startswith("steepest: ")
    assert told in err
    assert "Traceback" not in err
    assert len(err.splitlines()) in (1, 3), "a line, with a formula and its caret where there is one"


def test_a_caret_stands_under_what_is_wrong(steepest: Steepest) -> None:
    line, text, caret = steepest("run", "x^2 + sni(x)").err.splitlines()
    assert "sin" in line
    assert text[caret.index("^")] == "s"


def test_csv_has_a_row_a_step(steepest: Steepest, tmp_path: Path) -> None:
    path = tmp_path / "compare.csv"
    steepest("run", "rosenbrock", "-o", "gd", "-o", "adam", "--steps", "5", "--save", str(path))
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert len(rows) == 12
    assert [row["step"] for row in rows] == [*"012345", *"012345"]
    assert rows[0]["f"] == "24.199999999999996"
    assert float(rows[7]["m_x"]) == pytest.approx(-21.56)
    assert rows[0]["m_x"] == ""
    assert rows[0]["made_by"].startswith("steepest 0.1.0: steepest run rosenbrock")


def test_json_and_npz_hold_the_same_numbers(steepest: Steepest, tmp_path: Path) -> None:
    steepest("run", "wave", "-o", "adam", "--save", str(tmp_path / "x.json"), "--save", str(tmp_path / "x.npz"))
    document = json.loads((tmp_path / "x.json").read_text())
    with np.load(tmp_path / "x.npz") as arrays:
        assert arrays["positions"].tolist() == document["runs"][0]["positions"]
        assert arrays["m"].tolist() == document["runs"][0]["quantities"]["m"]
        made_by = json.loads(str(arrays["document"]))["made_by"]
    command = document["made_by"]["command"].removesuffix("json") + "npz"
    assert made_by == {**document["made_by"], "command": command}


@pytest.mark.parametrize(("suffix", "begin"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_pictures_carry_the_command(steepest: Steepest, tmp_path: Path, suffix: str, begin: bytes) -> None:
    path = tmp_path / f"x.{suffix}"
    result = steepest("run", "x^2", "--start", "3", "--samples", "5", "--save", str(path))
    content = path.read_bytes()
    assert result.err == f"saved {path}\n"
    assert content.startswith(begin)
    assert suffix == "pdf" or b"steepest run" in content
    steepest("run", "x^2", "--start", "3", "--samples", "5", "--save", str(path))
    assert path.read_bytes() == content, "the same command makes the same bytes"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_failed_save_keeps_what_was_there(steepest: Steepest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_text("mine")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("steepest.export.writers.SUFFIXES", {"csv": full})
    result = steepest("run", "x^2", "--start", "3", "--save", str(path), "--quiet")
    assert result == (2, "", f"steepest: cannot write {path}: No space left on device\n")
    assert path.read_text() == "mine"
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]


def test_lists_and_shows(steepest: Steepest) -> None:
    assert "adam " in steepest("list", "optimizers").out
    assert "rosenbrock " in steepest("list", "functions").out
    assert "m = beta1*m + (1-beta1)*g" in steepest("show", "adam").out
    assert "df/dx = -2(1-x) - 400x(y-x^2)" in steepest("show", "rosenbrock").out
    assert "df/dx = 2x sin(y)" in steepest("show", "x^2 sin(y)").out


@pytest.mark.parametrize("words", [[], ["--help"], ["run", "--help"], ["list", "-h"], ["show", "-h"], ["--version"]])
def test_help(steepest: Steepest, words: list[str]) -> None:
    code, out, err = steepest(*words)
    assert "steepest" in out + err
    assert code == (0 if words else 2)


# Whole processes

COMMAND = [sys.executable, "-m", "steepest"]
Started = Callable[..., "subprocess.Popen[str]"]


def test_help_and_tables_load_neither_numpy_nor_matplotlib() -> None:
    for words in (["--help"], ["run", "x^2"], ["run", "x^2", "--json"], ["show", "adam"]):
        code = (
            "import sys; from steepest.cli.main import main; sys.argv = ['steepest', *sys.argv[1:]]\n"
            "try: main()\nexcept SystemExit: pass\n"
            "print(sorted({'numpy', 'matplotlib', 'rich', 'jax', 'torch'} & set(sys.modules)), file=sys.stderr)"
        )
        result = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
        assert result.stderr.splitlines()[-1] == "[]", words


def test_control_c_keeps_prints_and_saves_what_was_computed(started: Started, terminal: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    words = ["-o", "adam", "--lr", "1e-9", "--tol", "0", "--steps", "90000000", "--every", "10000000"]
    process = started("run", "x^2 + y^2", *words, "--save", str(path), stderr=terminal.theirs)
    terminal.until("steps/s")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 130, terminal.rest()
    assert re.search(r"^interrupted after \d+ steps of 90000000$", out.splitlines()[-1])
    with np.load(path) as arrays:
        assert len(arrays["positions"]) == int(out.split()[-4]) + 1


PRESSED = """
import importlib.abc, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)

awaited = sys.argv.pop(1)

class Pressed(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == awaited:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Pressed())
from steepest.cli.main import main
main()
"""


@pytest.mark.parametrize(
    "module", ["steepest.cli.command_line", "click", "click.core", "steepest.language.grammar", "steepest.runs.descent"]
)
def test_control_c_while_modules_are_loaded(module: str, tmp_path: Path) -> None:
    """Ctrl-C just as a module is asked for."""
    words = ["run", "x^2", "--save", f"{tmp_path}/frames/"]
    result = subprocess.run([sys.executable, "-c", PRESSED, module, *words], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr.strip()) == (130, "", "")
    assert not list(tmp_path.iterdir())


def test_control_c_when_all_is_done_changes_nothing() -> None:
    code = (
        "import atexit, os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "atexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
        "from steepest.cli.main import main; sys.argv = ['steepest', 'run', 'x^2', '--quiet']; main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    words = ["run", "x^2", "--lr", "1e-9", "--tol", "0", "--steps", "30000"]
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


def test_a_terminal_gets_color_and_a_pipe_does_not(terminal: Any) -> None:
    command = [*COMMAND, "run", "x^2", "--start", "3", "--steps", "3"]
    assert "\x1b[" in terminal.shown(command)
    piped = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "\x1b" not in piped.stdout


def test_shell_completion_offers_optimizers() -> None:
    environment = {
        **os.environ,
        "_STEEPEST_COMPLETE": "bash_complete",
        "COMP_WORDS": "steepest run -o ada",
        "COMP_CWORD": "3",
    }
    code = "import sys; sys.argv = ['steepest']; from steepest.cli.command_line import cli; cli.main(prog_name='steepest')"
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "plain,adam\n" in result.stdout


def test_control_c_while_saving_still_saves(writing: Started, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    process = writing("run", "rosenbrock", "--steps", "200000", "--tol", "0", "--quiet", "--save", str(path))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert err == "printing and saving what was computed: press Ctrl-C again to stop\n"
    assert len(path.read_text().splitlines()) == 200_002


@pytest.mark.parametrize(
    "words", [["run", "x^2"], ["run", "x^2", "--json"], ["list", "functions"], ["explain", "x^2"], ["show", "adam"]]
)
def test_a_full_disk_is_one_line(words: list[str]) -> None:
    with open("/dev/full", "w") as full:
        result = subprocess.run([*COMMAND, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr == "steepest: cannot write: No space left on device\n"


@pytest.mark.parametrize("redirected", [">/dev/full", ">&-", ">&- <&-", ">/dev/full 2>/dev/full", ">&- 2>&- <&-"])
def test_what_cannot_be_printed_is_still_saved(redirected: str, tmp_path: Path) -> None:
    words = ["run", "x^2", "--start", "1", "--steps", "2", "--save", "run.csv", "--save", "run.gif", "--frames", "2", "--hold", "0"]
    result = subprocess.run(
        f"{shlex.join([*COMMAND, *words])} {redirected}", shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 2
    assert (tmp_path / "run.csv").read_text().startswith("run,optimizer") and (tmp_path / "run.gif").read_bytes()[:6] == b"GIF89a"
    lines = result.stderr.splitlines()
    reason = "standard output is closed" if ">&-" in redirected else "No space left on device"
    assert lines == ([] if "2>" in redirected else ["saved run.csv", "saved run.gif", f"steepest: cannot write: {reason}"])


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_what_an_encoding_lacks_is_written_otherwise(encoding: str) -> None:
    def printed(*words: str) -> str:
        environment = os.environ | {"PYTHONIOENCODING": encoding}
        result = subprocess.run([*COMMAND, *words], env=environment, capture_output=True, check=False)
        assert (result.returncode, result.stderr) == (0, b"")
        return result.stdout.decode(encoding)

    step = printed("explain", "rosenbrock", "-o", "adam", "--lr", "0.05", "--step", "17")
    assert ("≈" if encoding == "utf-8" else " ~ ") in step
    mathml = printed("explain", "rosenbrock", "-o", "adam", "--mathml")
    assert "∂" in html.unescape(mathml) and "β" in html.unescape(mathml)
    assert "Bubeck" in printed("show", "nesterov") or "Nesterov" in printed("show", "nesterov")


def test_a_sign_that_an_encoding_lacks_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    with pytest.raises(SteepestError, match=r"standard output is ascii, which has no 'λ': set PYTHONIOENCODING=utf-8"):
        say("λ")


def test_the_caret_keeps_its_place_in_ascii() -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    result = subprocess.run([*COMMAND, "run", "λ^x + ²"], env=environment, capture_output=True, text=True, check=False)
    _, formula, caret = result.stderr.splitlines()
    assert (formula, caret) == ("  ?^x + ?", "        ^")


def test_a_long_record_ends_at_the_first_control_c(writing: Started, tmp_path: Path) -> None:
    words = ["run", "x^2", "--start", "1", "--lr", "1e-9", "--steps", "600000", "--tol", "0", "--quiet"]
    process = writing(*words, "--save", str(tmp_path / "x.csv"))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err.strip()) == (130, "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("start", "lr"), [("1e308", "1e300"), ("-1.7e308", "1"), ("1e200", "0.1")])
@pytest.mark.parametrize("path", ["run.png", "run.svg", "run.gif"])
def test_a_run_too_far_out_is_drawn_or_says_why_not(steepest: Steepest, start: str, lr: str, path: str, tmp_path: Path) -> None:
    code, _, err = steepest("run", "abs(x)", "--start", start, "--lr", lr, "--save", str(tmp_path / path))
    assert code == 2
    assert err.startswith("steepest: a picture shows positions up to 1e+150, and these reach ") and err.count("\n") == 1
    assert not list(tmp_path.iterdir())


LONG = "a b" * 3_000
Q = "q" * 900
HOSTILE = [
    ["run", f"sin{Q}(x)"], ["run", "x^2", "--start", LONG], ["run", "x^2", "--start", f"{Q}=1"], ["run", "x^2", "-o", LONG],
    ["run", "x^2", "--start", "1", "--size", LONG, "--save", "a.gif"], ["run", "x^2", "-o", Q],
    ["run", "x^2", "-o", f"adam({Q}=1)"],
    ["run", "x^2", "--set", LONG], ["run", "x^2", "--set", f"{Q}=1"], ["run", "x^2", "--lr", LONG], ["run", "x^2", "--steps", LONG],
    ["run", "x^2", "--seed", "9" * 900], ["run", "x^2", f"--{Q}"], ["run", "x^2", "--save", f"/nowhere/{LONG}.png"],
    ["run", "x^2", "--save", LONG], ["run", "x^2", "--view", LONG], ["run", "x^2", "--style", LONG, "--save", "a.png"],
    ["run", "x^2", "--show", Q, "--save", "a.png"], ["run", "x^2", "--pace", LONG, "--save", "a.gif"], ["run", "x^2", LONG, LONG],
    [LONG], ["show", Q], ["list", LONG], ["run", "x^2\n\x1b[31m\udcff"], ["run", "x^2", "--start", "\x1b[31m\n\n\n\n"],
    ["diagnose", "x^2", "--save", f"{LONG}.txt"], ["explain", "x^2", "--step", "9" * 900], ["lab", "x^2", "--origin", LONG],
    ["diff", "x^2", "--other-start", LONG, "--start", "1"], ["lab", "x^2", "--port", "9" * 900],
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=lambda words: words[0][:9] + words[-1][:9].strip())
def test_messages_clip_what_they_echo(steepest: Steepest, words: list[str]) -> None:
    code, out, err = steepest(*words)
    lines = err.rstrip("\n").split("\n")
    assert (code, out) == (2, "")
    assert len(lines) in (1, 3) and all(len(line) <= 320 for line in lines), err
    assert "\x1b" not in err


def test_a_window_too_narrow_for_the_table_gets_whole_numbers(terminal: Any) -> None:
    text = terminal.shown(
        [*COMMAND, "run", "a^2 + b^2 + c^2 + d^2 + h^2 + k^2", "--start", "1,2,3,4,5,6", "--steps", "3", "--lr", "0.1234567"]
    )
    assert "…" not in text
    assert "0.753087" in text
