"""Stores of sweeps: chunks that are there are done, whatever happened to who wrote them."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import steepest as package
from steepest.errors import InputError
from steepest.runs.sweep.definition import Definition, read_definition
from steepest.runs.sweep.description import described
from steepest.runs.sweep.stores import store as stores
from steepest.runs.sweep.stores.loading import load
from steepest.runs.sweep.stores.store import Store, complete, grow, make_store, open_store, part_of
from steepest.runs.sweep.stores.template import chunk_shape
from steepest.runs.sweep.sweep import run_sweep
from steepest.runs.sweep.workers import cluster, compute, processes

OVER = ["x = linear(-2, 2, 701)", "y = linear(-1, 1, 500)"]
WORDS = ["x^4 - 3x^2 + x + y^2", "--over", OVER[0], "--over", OVER[1], "--lr", "0.05", "--steps", "60"]


def definition(lr: float = 0.05) -> Definition:
    return read_definition("x^4 - 3x^2 + x + y^2", OVER, settings={"lr": str(lr)}, steps=60)


def files(path: str | Path) -> dict[str, bytes]:
    """Every file of a store with its bytes."""
    return {str(each.relative_to(path)): each.read_bytes() for each in sorted(Path(path).rglob("*")) if each.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that was computed without interruption."""
    path = tmp_path_factory.mktemp("stores") / "whole.zarr"
    made = make_store(str(path), definition())
    assert grow(made, part_of(made, 1, 1))
    complete(made)
    return path


@pytest.mark.parametrize("shape", [(1,), (10**9,), (701, 500), (3, 5, 7, 11), (131_072, 2), (1, 10**7, 1), (40_000, 40_000)])
def test_chunks_are_ranges_of_cells_that_cover_everything_once(shape: tuple[int, ...]) -> None:
    chunk = chunk_shape(shape)
    grid = [-(-size // part) for size, part in zip(shape, chunk, strict=True)]
    assert np.prod(grid) == 1 or np.prod(chunk) >= 131_072
    made = Store("", read_definition("x^2", ["x = 1"]), chunk, None)
    object.__setattr__(made.definition, "axes", tuple(type("A", (), {"__len__": lambda self, n=n: n})() for n in shape))
    numbers = range(min(made.count, 50))
    ranges = [made.cells(number) for number in numbers]
    assert ranges[0][0] == 0
    for (_, last), (first, _) in pairwise(ranges):
        assert last == first
    assert made.cells(made.count - 1)[1] == np.prod(shape)


def test_a_store_holds_the_sweep(whole: Path) -> None:
    wanted, found = run_sweep(definition()), load(open_store(str(whole)))
    for name in ("ending", "steps", "value", "position", "minimum", "minima"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))
    assert found.minimum_names == wanted.minimum_names
    run = found.at(x=1.0, y=0.5)
    assert run.positions[-1].tobytes() == found.position[found.index_of({"x": 1.0, "y": 0.5})].tobytes()


@pytest.mark.parametrize("every", [2, 3, 7, 500, 100_000])
def test_every_so_manieth_value_of_a_store(whole: Path, every: int) -> None:
    told: list[tuple[int, int]] = []
    wanted, found = load(open_store(str(whole))), load(open_store(str(whole)), every, lambda *done: told.append(done))
    for name in ("ending", "steps", "value", "position", "minimum"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name)[::every, ::every])
    assert found.shape == found.ending.shape == (-(-701 // every), -(-500 // every))
    for axis, before in zip(found.axes, wanted.axes, strict=True):
        np.testing.assert_array_equal(axis.values.array, before.values.array[::every])
    assert told[-1][0] == told[-1][1] == len(told)
    x, y = (axis.values.array[-1] for axis in found.axes)
    run = found.at(x=x, y=y)
    assert run.positions[-1].tobytes() == found.position[-1, -1].tobytes()
    again = run_sweep(read_definition(**json.loads(json.dumps(described(found.definition)))))  # as its command says
    np.testing.assert_array_equal(again.position, found.position)


def test_words_and_lists_are_not_thinned(tmp_path: Path) -> None:
    over = ["optimizer = gd, momentum, adam", "x = 1, 2, 3", "seed = 0:9"]
    made = make_store(str(tmp_path / "s.zarr"), read_definition("x^2 + y^2", over, steps=5))
    assert grow(made, part_of(made, 1, 1))
    assert load(made, 4).shape == (3, 3, 3)
    assert [str(axis.values) for axis in load(made, 4).axes[1:]] == ["1, 2, 3", "0:9:4"]
    with pytest.raises(InputError, match="whole number from 1 on"):
        load(made, 0)


def test_a_sweep_beyond_memory_says_how_to_show_it(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("steepest.runs.sweep.sweep.free_memory", lambda: 1_000_000)
    monkeypatch.setattr("steepest.runs.sweep.stores.loading.SHOWN", 10_000)
    with pytest.raises(InputError, match=r"sweep show \S*whole.zarr --every 8 takes one of so many values"):
        load(open_store(str(whole)))
    assert load(open_store(str(whole)), 8).shape == (88, 63)


def test_xarray_reads_a_store(whole: Path) -> None:
    import xarray

    with xarray.open_zarr(whole, consolidated=False, chunks=None) as dataset:
        assert dict(dataset.sizes) == {"x": 701, "y": 500, "parameter": 2, "minimum_number": 2}
        part = dataset.sel(x=-2.0, y=1.0)
        run = package.descend("x^4 - 3x^2 + x + y^2", (-2, 1), lr=0.05, steps=60)
        assert float(part.value) == run.values[-1] and int(part.steps) == run.steps


KILLED = """
import os, signal
from steepest.runs.sweep.stores.store import Store
plain = Store.write
def write(self, number, cells):
    if number == 1:
        region = self.region(number)
        self.group["position"][region] = cells.position.reshape(self.group["position"][region].shape)
        self.group["value"][region] = cells.value.reshape(self.group["value"][region].shape)
        os.kill(os.getpid(), signal.SIGKILL)
    plain(self, number, cells)
Store.write = write
from steepest.cli.main import main
main()
"""


def test_a_killed_sweep_goes_on_and_ends_equal_to_an_uninterrupted_one(
    started: Callable[..., "subprocess.Popen[str]"], steepest: Callable[..., Any], whole: Path, tmp_path: Path
) -> None:
    path = tmp_path / "whole.zarr"
    killed = started("sweep", *WORDS, "--store", str(path), program=KILLED)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    half = open_store(str(path))
    assert half.done() == {0} and (path / "value" / "c" / "1" / "0").exists()
    code, _, err = steepest("sweep", *WORDS, "--store", str(path))
    assert (code, err) == (0, f"3 of 3 chunks in {path}\n")
    assert files(path) == files(whole)


def test_parts_grow_by_themselves(steepest: Callable[..., Any], started: Callable[..., Any], whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "whole.zarr"
    make_store(str(path), definition())
    code, out, _ = steepest("sweep", "status", str(path))
    assert code == 0 and "0 of 3 chunks are done, 0 of 350,500 runs" in out
    code, _, err = steepest("sweep", "show", str(path))
    assert code == 2 and "3 of 3 chunks are missing: steepest sweep grow" in err
    both = [started("sweep", "grow", str(path), "--part", f"{part}/2") for part in (1, 2)]
    both += [started("sweep", "grow", str(path), "--part", "1/2")]  # a second writer of the same chunks
    for each in both:
        _, err = each.communicate()
        assert each.returncode == 0, err
    assert steepest("sweep", "grow", str(path)).code == 0
    assert files(path) == files(whole)
    code, out, _ = steepest("sweep", "status", str(path), "--json")
    assert json.loads(out)["complete"] and json.loads(out)["runs_done"] == 350_500


def test_show_draws_what_a_store_holds(steepest: Callable[..., Any], whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "map.png"
    code, out, err = steepest("sweep", "show", str(whole), "--save", str(path))
    assert (code, err) == (0, f"read as x^4 - 3*x^2 + x + y^2\nsaved {path}\n") and path.read_bytes().startswith(b"\x89PNG")
    assert out.startswith("350,500 runs over x (701), y (500); ")


def test_a_store_of_another_sweep_is_refused_with_what_differs(whole: Path) -> None:
    with pytest.raises(InputError, match=r"is another sweep: settings is .*0\.05.* there and .*0\.06.* here"):
        make_store(str(whole), definition(0.06))
    with pytest.raises(InputError, match="is another sweep: steps is 60 there and 61 here"):
        make_store(str(whole), read_definition("x^4 - 3x^2 + x + y^2", OVER, settings={"lr": "0.05"}, steps=61))


def test_a_store_of_another_version_is_refused(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "__version__", "99.0")
    with pytest.raises(InputError, match=r"was written by steepest .*, and this is 99\.0"):
        open_store(str(whole))


@pytest.mark.parametrize("there", ["a file", "a folder", "another store"])
def test_what_is_no_store_is_refused(tmp_path: Path, there: str) -> None:
    path = tmp_path / "s.zarr"
    if there == "a file":
        path.write_text("x")
    else:
        path.mkdir()
        (path / ("zarr.json" if there == "another store" else "x")).write_text('{"zarr_format": 3, "node_type": "group"}')
    with pytest.raises(InputError) as error:
        make_store(str(path), definition())
    wanted = "a Zarr store, but none that a sweep wrote" if there == "another store" else "is there, and it is no store of a sweep"
    assert "\n" not in str(error.value) and wanted in str(error.value)


def test_a_store_has_a_name() -> None:
    with pytest.raises(InputError, match="a store is a folder of its own"):
        make_store("/", definition())


def _without(key: str) -> Any:
    return lambda about: {name: value for name, value in about.items() if name != key}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda about: 5, "none that a sweep wrote"),
        (lambda about: [], "none that a sweep wrote"),
        (_without("version"), "none that a sweep wrote"),
        (_without("chunk"), "is damaged: its definition cannot be read"),
        (_without("definition"), "is damaged: its definition cannot be read"),
        (lambda about: about | {"definition": {"what": 1}}, "is damaged: its definition cannot be read"),
        (lambda about: about | {"chunk": [0, 5]}, "is damaged: its chunks do not fit its axes"),
        (lambda about: about | {"chunk": [5]}, "is damaged: its chunks do not fit its axes"),
    ],
)
def test_what_a_store_says_of_itself_may_be_damaged(whole: Path, tmp_path: Path, change: Any, message: str) -> None:
    path = tmp_path / "damaged.zarr"
    shutil.copytree(whole, path)
    document = json.loads((path / "zarr.json").read_text())
    document["attributes"]["store"] = json.dumps(change(json.loads(document["attributes"]["store"])))
    (path / "zarr.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=message):
        open_store(str(path))


def test_an_array_that_is_no_array_is_damage(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "damaged.zarr"
    shutil.copytree(whole, path)
    of_value = (path / "value" / "zarr.json").read_text()
    for text, message in (("{", "it has no value"), (of_value.replace("701", "9"), "its value does not fit its axes")):
        (path / "value" / "zarr.json").write_text(text)
        with pytest.raises(InputError, match=f"is damaged: {message}: sweep again"):
            open_store(str(path))


@pytest.mark.parametrize("damage", ["chunk", "no chunk", "json"])
def test_the_list_of_minima_that_is_damaged_is_made_again(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("damaged.zarr")
    shutil.copytree(whole, path)
    if damage == "no chunk":
        shutil.rmtree(path / "minima" / "c")
    else:
        (path / "minima" / ("zarr.json" if damage == "json" else "c/0/0")).write_text("{")
    remedy = r": rm -r damaged.zarr/minima && steepest sweep grow damaged.zarr$"
    with pytest.raises(InputError, match=r"^the list of minima of damaged.zarr is damaged \(.*\)" + remedy):
        load(open_store(str(path)))
    shutil.rmtree(path / "minima")
    complete(open_store(str(path)))
    assert files(path) == files(whole)


def test_a_command_that_deletes_is_told_whole_or_not_at_all(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / ("deep" * 40) / "damaged.zarr"
    shutil.copytree(whole, path)
    (path / "minima" / "zarr.json").write_text("{")
    with pytest.raises(InputError, match=r": delete minima in it, and grow it$") as told:
        load(open_store(str(path)))
    assert "rm -r" not in str(told.value)


def test_other_files_among_chunks_are_left_alone(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "crowded.zarr"
    shutil.copytree(whole, path)
    for name in ("c/junk", "c/99", "c/0/77", "c/0/0.tmp"):
        (path / "ending" / name).write_text("x")
    (path / "ending" / "c" / "88").mkdir()
    (path / "ending" / "c" / "88" / "0").write_text("x")
    store = open_store(str(path))
    assert store.done() == open_store(str(whole)).done()
    assert (load(store).ending == load(open_store(str(whole))).ending).all()


def test_more_than_the_disk_holds_is_refused_with_what_it_takes(steepest: Callable[..., Any], tmp_path: Path) -> None:
    over = ["--over", "x = linear(0, 1, 1000000)", "--over", "lr = log(1e-5, 1, 1000000)"]
    code, _, err = steepest("sweep", "x^2", *over, "--store", str(tmp_path / "s.zarr"))
    assert code == 2 and "1,000,000,000,000 cells take up to 23 TB, and" in err and err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_full_disk_stops_with_one_line_and_what_is_done_stays(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "whole.zarr"
    made = make_store(str(path), definition())
    assert grow(made, [0])

    class Full:
        def __setitem__(self, region: Any, values: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    made.__dict__["arrays"] = dict.fromkeys(made.arrays, Full())
    with pytest.raises(InputError, match=r"the disk is full; 1 of 3 chunks are done and stay"):
        grow(made, [1])
    again = open_store(str(path))
    assert grow(again, part_of(again, 1, 1))
    complete(again)
    assert files(path) == files(whole)


LIMITED = """
import resource
from steepest.runs.sweep.stores.store import Store
from steepest.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
main()
"""


def test_a_file_that_is_too_large_for_the_system_gets_one_line(started: Callable[..., Any], tmp_path: Path) -> None:
    process = started("sweep", *WORDS, "--store", str(tmp_path / "s.zarr"), program=LIMITED)
    _, err = process.communicate()
    assert process.returncode == 2 and err.count("\n") == 1, err
    assert "0 of 3 chunks are done and stay" in err
    assert not list((tmp_path / "s.zarr").rglob("*.partial"))


def test_a_read_only_folder_gets_one_line(limited: Callable[..., Any], tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    code, _, err = limited("sweep", *WORDS, "--store", str(tmp_path / "s.zarr"))
    assert code == 2 and err.count("\n") == 1 and "ermission denied" in err


def test_a_store_that_may_only_be_read_is_shown_and_not_grown(limited: Callable[..., Any], whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "s.zarr"
    shutil.copytree(whole, path)
    folders = [path, *(each for each in path.rglob("*") if each.is_dir())]
    for each in folders:
        each.chmod(0o555)
    assert limited("sweep", "show", str(path))[0] == 0
    value = path / "value" / "c"
    for each in (value, *(each for each in value.rglob("*") if each.is_dir())):
        each.chmod(0o755)
    shutil.rmtree(value / "0")
    for words in (["grow", str(path)], [*WORDS, "--store", str(path)]):
        code, out, err = limited("sweep", *words)
        assert (code, out) == (2, "") and err.startswith("steepest: cannot write ") and "Permission denied; " in err
        assert err.count("\n") == 1


@pytest.mark.parametrize("closed", ["", "zarr.json", "steps", "ending/c/0"])
def test_a_store_that_may_not_be_read_is_no_damage(limited: Callable[..., Any], whole: Path, tmp_path: Path, closed: str) -> None:
    path = tmp_path / "s.zarr"
    shutil.copytree(whole, path)
    mode = (path / closed).stat().st_mode
    (path / closed).chmod(0)
    told = [limited("sweep", *words) for words in (["show", str(path)], [*WORDS, "--store", str(path)])]
    (path / closed).chmod(mode)
    for code, out, err in told:
        assert (code, out) == (2, "") and err.startswith("steepest: cannot read ") and err.endswith(": Permission denied\n")
        assert err.count("\n") == 1


def test_processes_find_the_same(whole: Path, tmp_path: Path) -> None:
    path = tmp_path / "whole.zarr"
    made = make_store(str(path), definition())
    with processes(2) as workers:
        assert grow(made, part_of(made, 1, 1), workers=workers)
        held = run_sweep(definition(), workers=workers)
    complete(made)
    assert files(path) == files(whole)
    np.testing.assert_array_equal(held.position, load(made).position)


def test_a_dask_cluster_finds_the_same(whole: Path, tmp_path: Path) -> None:
    import distributed

    path = tmp_path / "whole.zarr"
    made = make_store(str(path), definition())
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as local,
        cluster(local.scheduler_address) as workers,
    ):
        assert grow(made, part_of(made, 1, 1), workers=workers)
    complete(made)
    assert files(path) == files(whole)


GATHERING = """
import os, sys
from steepest.runs.sweep.workers import processes
with processes(1) as (pool, _):
    print(pool.submit(os.getpid).result(), flush=True)
    sys.stdin.read()
"""


def test_workers_end_with_a_process_that_is_killed() -> None:
    """A worker holds the standard output that it has inherited, which is closed when all have ended."""
    process = subprocess.Popen([sys.executable, "-c", GATHERING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    process.kill()
    try:
        process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        os.kill(worker, signal.SIGTERM)
        raise


@pytest.mark.parametrize("count", [0, -1, 257, 1.5, True])
def test_workers_are_counted(count: Any) -> None:
    with pytest.raises(InputError, match="workers are a whole number"), processes(count):
        pass


def test_a_worker_needs_nothing_but_steepest() -> None:
    """Neither xarray nor zarr."""
    program = """
import sys
sys.modules["xarray"] = sys.modules["zarr"] = None
from steepest.runs.sweep.workers import compute
print(len(compute('{"objective": "x^2", "over": ["x = 1, 2, 3"], "steps": 5}', 0, 2).ending))
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout == "2\n"
    assert len(compute('{"objective": "x^2", "over": ["x = 1, 2, 3"], "steps": 5}', 1, 3).ending) == 2


def test_what_no_text_describes_has_no_store(tmp_path: Path) -> None:
    made = read_definition("price ~ w*size + b", ["lr = 1e-7, 1e-6"], data={"size": [1.0, 2.0], "price": [3.0, 5.0]})
    with pytest.raises(InputError, match="a store keeps what can be written as text"):
        make_store(str(tmp_path / "s.zarr"), made)


@pytest.mark.parametrize("objective", ["rastrigin", "himmelblau"])
def test_known_minima_are_written_with_each_chunk_and_others_when_all_are_there(objective: str, tmp_path: Path) -> None:
    over = ["x = linear(-1.4, 1.4, 600)", "y = linear(-1.4, 1.4, 450)"]
    wanted = read_definition(objective, over, settings={"lr": "0.002"}, steps=100)
    made = make_store(str(tmp_path / "s.zarr"), wanted)
    assert grow(made, part_of(made, 1, 1)) and made.count == 3
    before = np.asarray(made.arrays["minimum"][:])
    complete(made)
    found, whole = load(open_store(made.path)), run_sweep(wanted)
    for name in ("ending", "steps", "value", "position", "minimum", "minima"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))
    assert (len(whole.minima) > len(made.known.positions)) == (objective == "rastrigin") == bool((before != found.minimum).any())


def test_a_chunk_that_another_process_computed_is_read_for_the_sample(whole: Path, tmp_path: Path) -> None:
    path = str(tmp_path / "whole.zarr")
    first = make_store(path, definition())
    assert grow(first, part_of(first, 1, 2))
    made = open_store(path)
    assert grow(made, part_of(made, 2, 2)) and set(made.samples) == {1}
    complete(made)
    assert files(path) == files(whole)
    complete(made)
    assert files(path) == files(whole)


def test_large_sweeps_have_large_chunks_but_not_of_many_bytes() -> None:
    assert chunk_shape((10_000, 10_000)) == (105, 10_000)
    assert chunk_shape((10_000, 10_000), cell=800) == (14, 10_000)
    assert chunk_shape((100_000, 100_000)) == (11, 100_000)


def test_a_chunk_that_is_damaged_or_gone_is_made_again(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path, wanted = Path("damaged.zarr"), files(whole)
    for name in ("value", "minimum", "position", "ending", "steps"):
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(whole, path)
        chunk = next(each for each in sorted((path / name / "c").rglob("*")) if each.is_file())
        chunk.write_bytes(b"no chunk")
        damaged = r"^chunk 1 of \S*damaged.zarr is damaged \(.*\): rm -r \S+ && steepest sweep grow \S+$"
        for every in (1, 3):
            with pytest.raises(InputError, match=damaged) as told:
                load(open_store(str(path)), every)
        remedy = Path(str(told.value).rpartition(": rm -r ")[2].partition(" && ")[0])
        shutil.rmtree(remedy) if remedy.is_dir() else remedy.unlink()
        store = open_store(str(path))
        assert grow(store, part_of(store, 1, 1))
        complete(store)
        assert files(path) == wanted
        chunk.unlink()
        store = open_store(str(path))
        if name != "minimum":
            with pytest.raises(InputError, match=r"^1 of \S+ chunks? (is|are) missing: steepest sweep grow"):
                load(store)
        assert grow(store, part_of(store, 1, 1))
        complete(store)
        assert files(path) == wanted
    shutil.rmtree(path / "steps")
    with pytest.raises(InputError, match=r"damaged.zarr is damaged: it has no steps: sweep again, into another folder$"):
        open_store(str(path))
