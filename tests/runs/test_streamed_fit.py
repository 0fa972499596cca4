"""Fits over a file that is streamed: the bits of the same fit in memory, what is refused, Ctrl-C, pictures, the command line."""

import _thread
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pyarrow
import pytest
from pyarrow import parquet

from steepest.cli.passes import PassBar
from steepest.data import chunked, opening, spool
from steepest.data.files import columnar_file
from steepest.data.passes import watched
from steepest.errors import InputError
from steepest.objectives.data import objective
from steepest.objectives.fit import FitObjective
from steepest.plot.scene.scene import scene
from steepest.runs.descent import descend
from steepest.runs.fit import Fit
from steepest.runs.fitting import fit
from steepest.targets.rows import sums as rows

ROWS = 30_003


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columnar_file, "CHUNK", 5000)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    chosen = np.random.default_rng(0)
    size, age = chosen.normal(17, 5, ROWS), chosen.integers(0, 90, ROWS)
    price = 3 * size - 0.2 * age + chosen.normal(size=ROWS)
    columns = {
        "size": size, "age": age, "price": price, "dear": np.where(price + chosen.normal(0, 9, ROWS) > 45, "yes", "no"),
        "count": chosen.poisson(np.exp(size / 20)), "holes": np.where(np.arange(ROWS) % 1000 == 7, np.nan, size),
    }  # fmt: skip
    file = tmp_path_factory.mktemp("tables") / "houses.parquet"
    parquet.write_table(pyarrow.table(columns), file, row_group_size=9001)
    return str(file)


def numbers(run: Fit) -> list[Any]:
    """Everything that a fit computes."""
    exact = run.exact
    original = run.coefficients_in(original=True) if not run.objective.units.reason else None
    recorded = run.positions.tolist(), run.values.tolist(), run.gradients.tolist()
    return [*recorded, run.ending.message, run.coefficients, original, exact, run.residual_sum_of_squares]


def both(path: str, model: str, **settings: Any) -> tuple[Fit, Fit]:
    """The fit of the streamed file, and that in memory."""
    return fit(path, model, stream=True, **settings), fit(path, model, stream=False, **settings)


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("price ~ w*size + b", {}),
        ("price ~ w*size + b", {"scale": "z", "lr": 0.3, "loss": "mse/2"}),
        ("price ~ w1*size + w2*age + b", {"scale": "minmax", "lr": 0.3, "optimizer": "momentum"}),
        ("price ~ w*size + b", {"batch": 4100, "order": "cyclic", "epochs": 2, "lr": 1e-4}),
        ("price ~ w*(size - mean(size)) + b", {"lr": 1e-3}),
        ("price ~ b", {"lr": 0.1, "optimizer": "adam"}),
        ("price ~ w*size + b", {"loss": "huber(2)", "lr": 1e-3}),
        ("price ~ w*holes + b", {"drop_missing": True}),
        ("dear ~ sigmoid(w*size + b)", {"loss": "log", "scale": "z", "lr": 0.5}),
        ("dear ~ w*size + b", {"loss": "hinge", "lr": 1e-3}),
        ("count ~ exp(w*size + b)", {"loss": "poisson", "lr": 1e-3}),
    ],
)
def test_a_streamed_fit_has_the_bits_of_one_in_memory(
    path: str, model: str, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "COMPILING", 1e18 if "exp" in model or "sigmoid" in model else rows.COMPILING)
    mine, known = both(path, model, **({"steps": 5} | settings if "epochs" not in settings else settings))
    assert numbers(mine) == numbers(known)


@pytest.mark.parametrize("threads", [1, 2])
def test_machine_code_has_the_same_bits(path: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "COMPILING", -1e18)
    monkeypatch.setattr(rows, "THREADED", 0.0 if threads > 1 else np.inf)
    mine, known = both(path, "price ~ w1*size + w2*(age - mean(age))^2 + b", steps=4, lr=1e-4)
    assert numbers(mine) == numbers(known)


def test_each_step_is_one_pass(path: str) -> None:
    made = fit(path, "price ~ w*size + b", stream=True, steps=0).objective
    assert isinstance(made, FitObjective)
    passes: list[int] = []
    with watched(lambda done, rows: passes.append(done) if done == rows else None):
        descend(made, steps=3)
    assert len(passes) == 3  # what step 1 needs is known from the start


def test_predictions_and_residuals(path: str) -> None:
    mine, known = both(path, "price ~ w*size + b", steps=3)
    assert mine.predict({"size": [10, 20]}).tolist() == known.predict({"size": [10, 20]}).tolist()
    asks: list[Callable[[], Any]] = [lambda: mine.residuals, mine.predict]
    for ask in asks:
        with pytest.raises(InputError, match=r"houses.parquet is streamed, and this needs all of its 30,003 rows at once"):
            ask()


@pytest.mark.parametrize("most_mapped", [0, 1 << 27])
@pytest.mark.parametrize("order", ["shuffle", "replacement"])
@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("price ~ w*size + b", {"batch": 10, "steps": 60, "lr": 1e-4}),
        ("price ~ w*size + b", {"batch": 20_000, "epochs": 3, "lr": 1e-4, "seed": 7}),
        ("price ~ w1*size + w2*age + b", {"batch": 700, "epochs": 2, "scale": "z", "lr": 0.1, "optimizer": "adam"}),
        ("price ~ w*holes + b", {"batch": 999, "steps": 40, "drop_missing": True}),
        ("price ~ w*(size - mean(size)) + b", {"batch": 4100, "steps": 9, "lr": 1e-3}),
        ("dear ~ w*size + b", {"batch": 64, "steps": 50, "loss": "hinge", "lr": 1e-3}),
    ],
)
def test_batches_with_rows_from_anywhere_have_the_bits_of_those_in_memory(
    path: str, order: str, model: str, settings: dict[str, Any], most_mapped: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST_MAPPED", most_mapped)
    mine, known = both(path, model, order=order, **settings)
    assert numbers(mine) == numbers(known)
    assert any(note.startswith("rows from anywhere are taken from a temporary copy") for note in mine.objective.notes)


def test_the_copy_of_the_rows_is_made_once_and_leaves_no_file(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = fit(path, "price ~ w*size + b", stream=True, batch=10, steps=0).objective
    passes: list[int] = []
    with watched(lambda done, rows: passes.append(done) if done == rows else None):
        descend(made, steps=30, seed=1)
        descend(made, steps=30, seed=2)
    assert len(passes) <= 1
    assert not list(tmp_path.iterdir())
    pickle.loads(pickle.dumps(made.table))


def test_a_row_that_is_not_finite_is_named_in_a_batch_from_anywhere(path: str) -> None:
    said = [run.ending.message for run in both(path, "price ~ log(w*size) + b", batch=50, steps=5, start={"w": 1.0, "b": 0.0})]
    assert said[0] == said[1]


def test_ctrl_c_while_the_copy_is_made_keeps_what_is_whole(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = fit(path, "price ~ w*size + b", stream=True, steps=0).objective

    def stop(done: int, rows: int) -> None:
        raise KeyboardInterrupt

    table = made.table
    assert isinstance(table, chunked.ChunkedTable)
    with watched(stop), pytest.raises(KeyboardInterrupt):
        list(table.at_rows(len, ["size"], np.arange(3)))
    assert not list(tmp_path.iterdir())
    assert list(table.at_rows(len, ["size"], np.arange(3))) == [1]


def test_a_disk_without_room_is_refused_before_the_first_step(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: type("", (), {"free": 5e6})())
    with pytest.raises(InputError, match=r"need a temporary copy of 480 kB, and .* has 5 MB free: set TMPDIR .*--order cyclic"):
        fit(path, "price ~ w*size + b", stream=True, batch=10)
    fit(path, "price ~ w*size + b", stream=True, batch=10, order="cyclic", steps=1)


def test_the_disk_is_looked_at_when_a_fit_is_read_and_when_its_rows_are_copied(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def usage(folder: str) -> Any:
        asked.append(folder)
        return type("", (), {"free": 1e12})()

    monkeypatch.setattr(shutil, "disk_usage", usage)
    run = fit(path, "price ~ w*size + b", stream=True, batch=10, steps=5, lr=1e-4)
    assert len(asked) == 2
    for _ in range(3):
        assert run.objective.batches(0) is not None and run.objective.notes
    assert len(asked) == 2


def missing(folder: str = "") -> Any:
    raise FileNotFoundError(2, "No such file or directory")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ((tempfile, "gettempdir"), r"^no folder for temporary files can be written to: set TMPDIR .*--order cyclic"),
        ((shutil, "disk_usage"), r"^a temporary copy of .* cannot be written to .*: No such file or directory: set TMPDIR"),
    ],
)
def test_no_folder_for_temporary_files_gets_one_line(
    path: str, place: tuple[Any, str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = fit(path, "price ~ w*size + b", stream=True, steps=0).objective
    monkeypatch.setattr(*place, missing)
    with pytest.raises(InputError, match=message):
        fit(path, "price ~ w*size + b", stream=True, batch=10)
    with pytest.raises(InputError, match=message):
        list(made.table.at_rows(len, ["size"], np.arange(3)))
    fit(path, "price ~ w*size + b", stream=True, batch=10, order="cyclic", steps=1)


def test_what_is_refused_in_memory_is_refused(path: str, tmp_path: Path) -> None:
    parquet.write_table(pyarrow.table({"x": [1.0] * 9000, "y": [1.0] * 8000 + [-1.0] * 1000}), tmp_path / "t.parquet")
    for model, settings in (("y ~ w*x + b", {"loss": "poisson"}), ("y ~ w*x", {"scale": "z"}), ("y ~ w*u", {}), ("z ~ x", {})):
        said = []
        for stream in (True, False):
            try:
                fit(str(tmp_path / "t.parquet"), model, stream=stream, **settings)  # type: ignore[arg-type]
            except InputError as error:
                said.append(str(error))
            except ValueError as error:
                said.append(str(error))
        assert len(said) in (0, 2)
        assert said[:1] == said[1:]


def test_the_first_row_that_is_not_finite_is_named(path: str, tmp_path: Path) -> None:
    x = np.ones(12_000)
    x[9876] = -3.0
    parquet.write_table(pyarrow.table({"x": x, "y": x}), tmp_path / "t.parquet")
    mine, known = both(str(tmp_path / "t.parquet"), "y ~ log(w + x)", start=2, lr=1.0, steps=50)
    assert mine.ending.message == known.ending.message
    assert "row 9,877" in mine.ending.message


@pytest.mark.parametrize("pass_", [3, 5])
def test_an_interrupt_within_a_pass_keeps_the_steps(path: str, pass_: int) -> None:
    made = fit(path, "price ~ w*size + b", stream=True, steps=0).objective
    assert isinstance(made, FitObjective)
    known = descend(made, steps=20)
    interrupted = run_interrupted(made, lambda passes, done: passes == pass_ and 9000 < done < 20_000)
    assert interrupted.ending == "interrupted"
    assert interrupted.steps == pass_
    assert interrupted.values.tolist() == known.values[: pass_ + 1].tolist()
    assert interrupted.exact.told == "none computed, since the run was interrupted"


def test_a_second_interrupt_drops_the_last_step(path: str) -> None:
    made = fit(path, "price ~ w*size + b", stream=True, steps=0).objective
    assert isinstance(made, FitObjective)
    known = descend(made, steps=20)
    interrupted = run_interrupted(made, lambda passes, done: passes >= 3 and 9000 < done < 20_000)
    assert (interrupted.ending, interrupted.steps) == ("interrupted", 2)
    assert interrupted.values.tolist() == known.values[:3].tolist()
    assert interrupted.positions.tolist() == known.positions[:3].tolist()


def run_interrupted(made: FitObjective, when: Callable[[int, int], bool]) -> Any:
    """A run in which Ctrl-C is pressed, once in each pass for which that is asked: with the passes before and the rows done."""
    ended, pressed = 0, -1

    def watch(done: int, rows: int) -> None:
        nonlocal ended, pressed
        ended += done == rows
        if when(ended, done) and pressed < ended:
            pressed = ended
            _thread.interrupt_main()

    with watched(watch):
        return descend(made, steps=20)


def test_formulas_over_data_are_streamed(path: str) -> None:
    text = "mean((price - w*size)^2) + 0.1 w^2"
    mine, known = (descend(objective(text, path, stream=stream), steps=3, lr=1e-4) for stream in (True, False))
    assert mine.values.tolist() == known.values.tolist()
    assert not objective(text, path, stream=True).table.in_memory  # type: ignore[attr-defined]
    assert str(mine.explain(2)) == str(known.explain(2))


def test_a_few_columns_of_a_large_file_are_loaded(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = fit(path, "price ~ w*holes + b", steps=3, drop_missing=True)
    monkeypatch.setattr(opening, "MOST_BYTES", ROWS * 8 * 3)
    mine = fit(path, "price ~ w*holes + b", steps=3, drop_missing=True)
    assert mine.objective.table.in_memory and mine.objective.table.names == ("price", "holes")
    assert numbers(mine) == numbers(known)
    assert mine.objective.notes == known.objective.notes
    with pytest.raises(InputError, match=r"'dear' is '(yes|no)', no number"):
        fit(path, "price ~ w*dear + b")
    with pytest.raises(ValueError, match="did you mean holes"):
        fit(path, "price ~ w*holess + b")


def test_a_streamed_fit_is_pickled(path: str) -> None:
    run = fit(path, "price ~ w*size + b", stream=True, steps=2, scale="z", lr=0.1)
    again = pickle.loads(pickle.dumps(run))
    assert numbers(again) == numbers(run)


@pytest.mark.parametrize(
    ("model", "settings", "title"),
    [
        ("price ~ w*size + b", {}, ""),
        ("dear ~ sigmoid(w*size + b)", {"loss": "log"}, "drawn from 10,006 of 30,003 rows"),
        ("price ~ w1*size + w2*age", {"scale": "z"}, ""),
    ],
)
def test_pictures_say_of_how_many_rows_they_are(
    path: str, model: str, settings: dict[str, Any], title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunked, "MOST_SAMPLED", 10_010)
    run = fit(path, model, stream=True, steps=3, **settings)
    made = scene([run])
    assert made.title == title
    assert made.fit is not None
    assert "(10,006 of 30,003 rows)" in made.fit.labels[0]
    if title:
        mpl.use("agg")
        assert run.plot() is not None


def test_the_command_line(path: str, steepest: Callable[..., Any], tmp_path: Path) -> None:
    words = ["fit", path, "price ~ w*size + b", "--steps", "3", "--lr", "1e-3"]
    mine, known = steepest(*words, "--stream"), steepest(*words, "--no-stream")
    assert mine.code == 0
    assert mine.out == known.out
    assert "is streamed: 30,003 rows" in mine.err and "streamed" not in known.err
    saved = steepest(*words, "--stream", "--quiet", "--save", str(tmp_path / "run.json"))
    assert saved.code == 0
    assert "--stream" in (tmp_path / "run.json").read_text()
    formula = steepest("run", "mean((price - w*size)^2)", "--data", path, "--stream", "--steps", "2")
    assert (formula.code, "is streamed: 30,003 rows" in formula.err) == (0, True)
    assert steepest("run", "x^2", "--stream").err == "steepest: --stream is for a table: --data houses.csv\n"
    mine, known = (steepest(*words, way, "--batch", "5") for way in ("--stream", "--no-stream"))
    assert (mine.code, mine.out) == (0, known.out)
    assert "rows from anywhere are taken from a temporary copy of the columns of " in mine.err and ", 480 kB in " in mine.err


def test_a_long_pass_has_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    now = 0.0
    monkeypatch.setattr("steepest.cli.passes.time.monotonic", lambda: now)
    bar = PassBar()
    bar.step(2, 10)
    for now, done in ((0.0, 10), (0.9, 20), (1.1, 30)):  # noqa: B007
        bar(done, 100)
    assert bar.bar is not None
    assert bar.bar.tasks[0].description == "step 3 of 10"
    bar(100, 100)
    assert bar.bar is None
    bar(10, 100)
    assert bar.bar is None
    capsys.readouterr()
