"""`steepest sweep`, as other programs see it."""

import csv
import json
import re
import shlex
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import steepest as package
from steepest.errors import RoomError
from steepest.export.sweeps.writers import check_room
from steepest.plot.map_options import MapOptions
from steepest.runs.sweep import engine
from steepest.runs.sweep.endings import ENDINGS

Steepest = Callable[..., Any]


def read(path: Path) -> dict[str, Any]:
    """The arrays of an archive."""
    with np.load(path) as archive:
        return dict(archive)


MAP = ["rosenbrock", "-o", "momentum", "--over", "lr = log(1e-5, 1e-1, 12)", "--over", "beta = linear(0, 0.99, 9)", "--steps", "60"]


def test_the_archive_has_the_documented_layout(steepest: Steepest, tmp_path: Path) -> None:
    path = tmp_path / "map.npz"
    code, _, err = steepest("sweep", *MAP, "--save", str(path))
    assert code == 0 and err == f"saved {path}\n"
    arrays = read(path)
    lr, beta = np.geomspace(1e-5, 1e-1, 12), np.linspace(0, 0.99, 9)
    np.testing.assert_array_equal(arrays["lr"], lr)
    np.testing.assert_array_equal(arrays["beta"], beta)
    for name, kind in (("ending", "u"), ("steps", "i"), ("value", "f"), ("minimum", "i")):
        assert arrays[name].shape == (12, 9) and arrays[name].dtype.kind == kind
    assert arrays["position"].shape == (12, 9, 2) and arrays["minima"].shape[1] == 2
    words = arrays["endings"].tolist()
    for i, j in ((0, 0), (5, 8), (9, 3), (11, 8)):
        run = package.descend("rosenbrock", optimizer=package.optimizer("momentum", lr=lr[i], beta=beta[j]), steps=60)
        assert words[arrays["ending"][i, j]] == run.ending and arrays["steps"][i, j] == run.steps
        assert arrays["position"][i, j].tobytes() == run.positions[-1].tobytes()
        assert arrays["value"][i, j] == run.values[-1] or not np.isfinite(run.values[-1])


@pytest.mark.parametrize(
    "words",
    [
        MAP,
        ["x^2 + k*y^2", "--let", "k=1", "--over", "k = 1, 10", "--over", "lr = 0.01, 0.15", "--start", "1,2"],
        ["houses", "price ~ w*size + b", "--over", "lr = 1e-7, 1e-6", "--over", "batch = 8, full", "--scale", "z", "--seed", "4"],
        [
            "x^2",
            "--over",
            "a = 0.1, 0.2",
            "--over",
            "x = linear(-1, 1, 5)",
            "--lr",
            "a/t",
            "-o",
            "gd",
            "-o",
            "adam",
            "--below",
            "0.1",
            "--rate",
        ],
        ["-x^2 + x^4", "--over", "x", "--steps", "20", "--fast"],
    ],
)
def test_every_file_carries_the_command_that_makes_it_again(steepest: Steepest, tmp_path: Path, words: list[str]) -> None:
    path, again = tmp_path / "one.npz", tmp_path / "two.npz"
    assert steepest("sweep", *words, "--save", str(path)).code == 0
    document = json.loads(str(read(path)["document"]))
    made = shlex.split(document["command"])
    assert made[:2] == ["steepest", "sweep"]
    assert steepest(*made[1:], "--save", str(again)).code == 0
    one, two = read(path), read(again)
    assert set(one) == set(two)
    for name in set(one) - {"document"}:
        np.testing.assert_array_equal(one[name], two[name])
    rerun = eval(document["python"], {"steepest": package})  # noqa: S307  # our own text
    np.testing.assert_array_equal(rerun.position, one["position"])


def test_a_picture_has_the_size_and_the_title_that_are_asked_for_and_carries_them(steepest: Steepest, tmp_path: Path) -> None:
    path, again = tmp_path / "map.png", tmp_path / "again.png"
    words = ["himmelblau", "--over", "x = linear(-5, 5, 20)", "--over", "y = linear(-5, 5, 20)"]
    assert steepest("sweep", *words, "--save", str(path), "--size", "slide", "--title", "--Where runs end--").code == 0
    with Image.open(path) as picture:
        assert picture.size == (1920, 1080)
        made = shlex.split(str(picture.info["Description"]))
        pixels = picture.tobytes()
    made[made.index("--save") + 1] = str(again)
    assert "--title=--Where runs end--" in made
    assert steepest(*made[1:]).code == 0
    with Image.open(again) as picture:
        assert picture.tobytes() == pixels


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--save", "map.png"], "12 maps with their legend have no room in 400x300 pixels"),
        (["--save", "map.gif", "--film", "lr"], "a map with its legend has no room in 400x300 pixels"),
    ],
)
def test_a_size_without_room_is_refused_before_a_long_sweep_is_run(
    steepest: Steepest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    over = ["--over", "x = linear(-5, 5, 500)", "--over", "y = linear(-5, 5, 500)", "--over", "lr = linear(0.005, 0.03, 12)"]
    runs: list[int] = []

    def run_cells(definition: Any, first: int, last: int, *rest: Any) -> Any:
        runs.append(last - first)
        return engine.run_cells(definition, first, last, *rest)

    monkeypatch.setattr("steepest.runs.sweep.sweep.run_cells", run_cells)
    code, out, err = steepest("sweep", "himmelblau", *over, "--steps", "300", *words, "--size", "400x300")
    assert code == 2 and not out and message in err and err.count("\n") == 1
    assert 0 < sum(runs) < 2000 and not list(tmp_path.iterdir())


@pytest.mark.parametrize("refused", [{"minimum"}, {None}, {None, "minimum"}])
def test_a_size_is_refused_only_if_no_colors_have_room(monkeypatch: pytest.MonkeyPatch, refused: set[str | None]) -> None:
    """Which colors suit all runs, some of them do not say."""

    def draw(_: Any, options: MapOptions) -> None:
        if options.by in refused:
            raise RoomError("no room")

    monkeypatch.setattr("steepest.plot.mpl.sweep.figure.sweep_figure", draw)
    definition = package.sweep("himmelblau", {"x": package.linear(-5, 5, 9), "y": package.linear(-5, 5, 9)}, steps=2).definition
    with pytest.raises(RoomError) if len(refused) == 2 else nullcontext():
        check_room(["map.png"], MapOptions(size=(400, 300)), definition)


def test_a_table_has_a_row_for_each_cell(steepest: Steepest, tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    assert steepest("sweep", *MAP, "--save", str(path)).code == 0
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 108
    assert list(rows[0])[:8] == ["lr", "beta", "ending", "steps", "value", "minimum", "x_end", "y_end"]
    found = package.sweep(
        "rosenbrock", {"lr": package.log(1e-5, 0.1, 12), "beta": package.linear(0, 0.99, 9)}, optimizer="momentum", steps=60
    )
    for number, row in enumerate(rows):
        at = divmod(number, 9)
        assert row["ending"] == ENDINGS[found.ending[at]] and float(row["x_end"]) == found.position[at][0]
    assert rows[0]["made_by"].startswith("steepest ") and rows[1]["made_by"] == ""


@pytest.mark.parametrize("suffix", ["nc", "zarr"])
def test_xarray_reads_what_was_saved(steepest: Steepest, tmp_path: Path, suffix: str) -> None:
    import xarray

    path = tmp_path / f"map.{suffix}"
    for _ in range(2):  # the second takes the place of the first
        assert steepest("sweep", *MAP, "-o", "nesterov", "--save", str(path)).code == 0
    opened = xarray.open_dataset(path) if suffix == "nc" else xarray.open_zarr(path, consolidated=False)
    with opened as dataset:
        assert dict(dataset.sizes) == {"optimizer": 2, "lr": 12, "beta": 9, "parameter": 2, "minimum_number": 1}
        part = dataset.sel(optimizer="nesterov").isel(lr=3, beta=2)
        run = package.descend(
            "rosenbrock", optimizer=package.optimizer("nesterov", lr=float(part.lr), beta=float(part.beta)), steps=60
        )  # fmt: skip
        assert part.position.values.tobytes() == run.positions[-1].tobytes()
        assert dataset.attrs["command"].startswith("steepest sweep rosenbrock")


def test_the_summary_counts_runs(steepest: Steepest) -> None:
    code, out, _ = steepest(
        "sweep",
        "himmelblau",
        "--over",
        "x = linear(-5, 5, 30)",
        "--over",
        "y = linear(-5, 5, 30)",
        "--lr",
        "0.01",
        "--steps",
        "3000",
    )
    assert code == 0
    assert out.splitlines()[0] == "900 runs over x (30), y (30); 3,000 steps each at most"
    assert re.search(r"converged +900 +100\.0 %", out)
    assert len(re.findall(r"^  minimum \(", out, re.MULTILINE)) == 4
    assert "least value" in out


def test_json_is_one_document(steepest: Steepest) -> None:
    code, out, err = steepest("sweep", *MAP, "--json")
    document = json.loads(out)
    assert (code, err, document["runs"]) == (0, "", 108)
    assert sum(document["endings"].values()) == 108
    assert document["best"]["settings"].keys() == {"lr", "beta"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["x^2"], "a sweep goes over something"),
        (
            ["x^2", "--over", "lr = log(1e-5, 1e-1, 1000000)", "--over", "x = linear(0, 1, 1000000)"],
            "1,000,000,000,000 cells take 23 TB",
        ),
        (["x^2", "--over", "lrr = 1"], "did you mean lr?"),
        (["x^2", "--over", "x", "--size", "slide"], "the options of a picture need one: --save map.png"),
        (["x^2", "--over", "x", "--save", "map.npz", "--title", "Sweep"], "the options of a picture need one: --save map.png"),
        (["x^2", "--over", "x", "--save", "map.png", "--size", "slides"], "--size is one of slide, square, column"),
        (["x^2", "--over", "x", "--save", "map.png", "--size", "99x99"], "a picture is at least"),
        ([*MAP, "--over", "x", "--save", "map.gif", "--film", "x", "--size", "thumbnail"], "no room: --size slide"),
        ([*MAP, "--over", "x", "--save", "map.gif", "--save", "map.png", "--film", "x"], "or save the film alone"),
        (["x^2", "--over", "x", "--save", "map.xyz"], "the suffix of a sweep is one of png, svg, pdf, gif"),
        (["x^2", "--over", "x", "--save", "nowhere/map.npz"], "there is no folder nowhere"),
        (["x^2", "--over", "x", "--by", "steps"], "the options of a picture need one"),
        (["houses", "price", "--over", "lr = 1"], "a model has a tilde"),
        (["x^2", "--over", "x = 1", "--save", "map.png"], "an axis with more than one value"),
        (["x^2", "--over", "x", "--over", "lr = 1, 2", "--save", "map.gif", "--film", "q"], "there is no axis 'q'"),
        (["x^2", "--over", "x", "--over", "lr = 1, 2", "--save", "map.gif", "--film", "lr"], "a film shows two axes besides lr"),
        (["x^2", "--over", "x", "--over", "lr = 1, 2", "--save", "map.png", "--by", "rate"], "or --rate"),
        (["x^2", "--over", "x", "--over", "lr = 1, 2", "--save", "map.png", "--by", "first"], "or --below 1e-6"),
        (["x^2", "--over", "lr = log(1e-300, 1e300, 9)", "--save", "map.png"], "no picture has an axis as long as"),
        (["x^2", "--over", "lr = 1e-320, 1, 1e305", "--save", "map.png"], "no picture has an axis as long as"),
        (["x^2", "--over", "x = linear(1e307, 1.7e308, 9)", "--save", "map.png"], "no picture has an axis as long as"),
        (["x^2", "--over", "lr = 1, 2", "--dask", "nowhere"], "no Dask scheduler answers at nowhere: missing port number"),
        (["x^2", "--over", "lr = 1, 2", "--dask", "foo://x:1"], "no Dask scheduler answers at foo://x:1: unknown address scheme"),
        (["x^2", "--over", "x", "--epochs", "3"], "a sweep counts --steps"),
        (["nowhere.csv", "y ~ w*x", "--over", "lr = 1"], "nowhere.csv"),
    ],
)
def test_what_cannot_be_run_gets_one_line(steepest: Steepest, words: list[str], message: str) -> None:
    code, out, err = steepest("sweep", *words)
    assert (code, out) == (2, "")
    assert message in err and err.startswith("steepest: ") and err.count("\n") <= 3


def test_ctrl_c_saves_what_is_done(started: Callable[..., Any], tmp_path: Path) -> None:
    program = """
import os, signal
from steepest.runs.sweep import engine
plain, calls = engine.run_many, []
def run_many(*arguments, **settings):
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGINT)
    return plain(*arguments, **settings)
engine.run_many = run_many
from steepest.cli.main import main
main()
"""
    path = tmp_path / "part.npz"
    process = started(
        "sweep", "x^2", "--over", "x = linear(-1, 1, 300000)", "--steps", "10", "--tol", "0", "--save", str(path), program=program
    )
    out, err = process.communicate()
    assert process.returncode == 130, err
    assert "interrupted" in out
    arrays = read(path)
    done = arrays["ending"] == ENDINGS.index("step_limit")
    assert 0 < done.sum() < 300_000 and (arrays["ending"][~done] == ENDINGS.index("interrupted")).all()


def test_ctrl_c_in_a_film_of_zooming_keeps_everything_else(started: Callable[..., Any], tmp_path: Path) -> None:
    program = """
import os, signal
from steepest.plot.mpl.sweep import film as sweep_film
def run_sweep(*arguments, **settings):
    signal.raise_signal(signal.SIGINT)
sweep_film.run_sweep = run_sweep
from steepest.cli.main import main
main()
"""
    names = ["film.gif", "film.apng", "map.png", "map.npz"]
    saved = [word for name in names for word in ("--save", str(tmp_path / name))]
    axes = ["--over", "x = linear(-1, 1, 9)", "--over", "y = linear(-1, 1, 9)", "--film", "zoom", "--zoom", "x=0:0.1,y=0:0.1"]
    with open("/dev/full", "w") as full:
        process = started("sweep", "x^2 + y^2", *axes, "--steps", "10", *saved, program=program, stdout=full)
        process.wait()
    err = process.stderr.read()
    films, others = ([tmp_path / name for name in part] for part in (names[:2], names[2:]))
    told = [*(f"saved {path}" for path in others), *(f"interrupted: {path} is not written" for path in films)]
    assert err.splitlines() == [*told, "steepest: cannot write: No space left on device"]
    assert sorted(tmp_path.iterdir()) == sorted(others)


def test_a_read_only_folder_gets_one_line(limited: Steepest, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    code, _, err = limited("sweep", "x^2", "--over", "x", "--save", str(tmp_path / "map.npz"))
    assert code == 2 and "read-only" in err


def test_each_optimizer_is_tuned_with_the_same_budget(steepest: Steepest) -> None:
    code, out, err = steepest(
        "run", "rosenbrock", "-o", "gd", "-o", "adam", "-o", "adadelta", "--tune", "lr", "--steps", "50", "--every", "50", "--quiet"
    )
    assert (code, out) == (0, "")
    code, out, err = steepest(
        "run", "rosenbrock", "-o", "gd", "-o", "adam", "--tune", "lr = log(1e-5, 1, 20)", "--steps", "50", "--every", "50"
    )
    assert code == 0
    assert len(re.findall(r"^lr tuned over 20 values for 50 steps: lr = ", out, re.MULTILINE)) == 2
    assert err == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tune", "lrr"], "no optimizer has the hyperparameter"),
        (["--tune", "eps", "-o", "adam"], "say among which values eps is looked for"),
        (["--tune", "lr", "--lr", "0.1"], "varied and set"),
        (["--below", "0.1"], "give --tune lr, too"),
        (["--tune", "lr", "--budget", "5"], "leave out --budget"),
    ],
)
def test_what_cannot_be_tuned_gets_one_line(steepest: Steepest, words: list[str], message: str) -> None:
    code, out, err = steepest("run", "x^2", *words)
    assert (code, out) == (2, "")
    assert message in err and err.count("\n") == 1


def test_statistics_over_seeds(steepest: Steepest) -> None:
    words = ("sweep", "rosenbrock", "-o", "noisy_gd(lr=1e-4)", "--over", "seed=0:20", "--over", "temperature = 0, 1, 1e9")
    told = steepest(*words).out.splitlines()
    assert "value at the end over 20 seeds: median (quartiles), and how many ended how" in told
    rows = [line for line in told if line.startswith("  temperature")]
    assert rows[0].endswith("; 20 step limit") and "none is finite; 20 diverged" in rows[2]
    data = json.loads(steepest(*words, "--json").out)["over_seeds"]
    assert [row["settings"] for row in data] == [{"temperature": 0.0}, {"temperature": 1.0}, {"temperature": 1e9}]
    assert f"temperature = 1: {data[1]['median']:.6g} ({data[1]['low']:.6g} to {data[1]['high']:.6g})" in rows[1]
    assert "over_seeds" not in json.loads(steepest("sweep", "x^2", "--over", "lr = 0.1, 0.2", "--json").out)
    many = steepest("sweep", "x^2", "--over", "x=linear(-1,1,20)", "--over", "seed=0:2").out
    assert "  and 8 more, which --json has" in many.splitlines()
