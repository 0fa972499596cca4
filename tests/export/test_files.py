"""Where exports are written: whole or not at all, through links, into pipes, from many threads, and not after a signal."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import steepest
from steepest.errors import InputError
from steepest.export.files import complete_file, complete_folder

RUN = steepest.descend("x^2", 1, lr=0.1, steps=3)


def write(path: Path, data: bytes = b"new") -> None:
    with complete_file(os.fspath(path)) as file:
        file.write(data)


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "run.csv").write_text("old")
    (tmp_path / "first.csv").symlink_to(tmp_path / "there" / "run.csv")
    (tmp_path / "second.csv").symlink_to("first.csv")
    write(tmp_path / "second.csv")
    assert (tmp_path / "second.csv").is_symlink() and (tmp_path / "first.csv").is_symlink()
    assert (tmp_path / "there" / "run.csv").read_text() == "new"
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["run.csv"]


def test_a_link_to_nothing_makes_its_target(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to("target.csv")
    write(tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink() and (tmp_path / "target.csv").read_text() == "new"


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_the_mode_is_kept(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.touch()
    path.chmod(mode)
    write(path)
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_new_file_has_the_mode_that_any_has(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write(tmp_path / "run.csv")
    assert (tmp_path / "run.csv").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_another_hard_link_keeps_the_old_content(tmp_path: Path) -> None:
    (tmp_path / "run.csv").write_text("old")
    os.link(tmp_path / "run.csv", tmp_path / "kept.csv")
    write(tmp_path / "run.csv")
    assert ((tmp_path / "run.csv").read_text(), (tmp_path / "kept.csv").read_text()) == ("new", "old")


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "run.csv")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "run.csv").read_bytes()))
    reader.start()
    RUN.save(tmp_path / "run.csv")
    reader.join()
    assert read[0].startswith(b"run,optimizer,step,x,f") and stat.S_ISFIFO((tmp_path / "run.csv").stat().st_mode)


def test_many_threads_write_one_file(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    start = threading.Barrier(20)

    def save() -> None:
        start.wait()
        try:
            RUN.save(tmp_path / "run.json")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=save) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failures and [path.name for path in tmp_path.iterdir()] == ["run.json"]


def test_a_name_as_long_as_the_system_takes(tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 251}.csv"
    RUN.save(path)
    assert path.stat().st_size


@pytest.mark.parametrize("name", [b"\xff\xfe.csv", b"-x.csv", b"a 'b' \"c\".csv", b"two\nlines.csv", b" .csv"])
def test_odd_names(name: bytes, tmp_path: Path) -> None:
    RUN.save(os.path.join(os.fsencode(tmp_path), name))  # type: ignore[arg-type]
    assert os.listdir(os.fsencode(tmp_path)) == [name]


def loop(folder: Path) -> str:
    (folder / "a.csv").symlink_to("b.csv")
    (folder / "b.csv").symlink_to("a.csv")
    return "a.csv"


def socket_(folder: Path) -> str:
    import socket

    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "s.csv"))
    return "s.csv"


def file_as_folder(folder: Path) -> str:
    (folder / "file").touch()
    return "file/run.csv"


def folder_as_file(folder: Path) -> str:
    (folder / "run.csv").mkdir()
    return "run.csv"


def full_folder(folder: Path) -> str:
    (folder / "frames").mkdir()
    (folder / "frames" / "mine").touch()
    return "frames/"


def link_to_full(folder: Path) -> str:
    (folder / "run.csv").symlink_to("/dev/full")
    return "run.csv"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (loop, "its symbolic links lead nowhere"),
        (socket_, "neither a file nor a pipe"),
        (file_as_folder, "there is no folder"),
        (folder_as_file, "it is a folder"),
        (full_folder, "the folder is not empty"),
        (link_to_full, "No space left on device"),
        (lambda folder: "nowhere/run.csv", "there is no folder"),
        (lambda folder: f"{'n' * 300}.csv", "File name too long"),
        (lambda folder: "a\0.csv", "a character 0"),
    ],
)
def test_what_cannot_be_written_is_one_line(make: Callable[[Path], str], message: str, tmp_path: Path) -> None:
    name = make(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match=message) as refusal:
        RUN.save(f"{tmp_path}/{name}")
    assert "\n" not in str(refusal.value) and len(str(refusal.value)) <= 300
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_read_only_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run.csv").touch()
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # everything is writable for root
    with pytest.raises(InputError, match=r"run\.csv: it is read-only"):
        RUN.save(tmp_path / "run.csv")
    with pytest.raises(InputError, match=r"the folder .* is read-only"):
        RUN.save(tmp_path / "other.csv")


def test_a_folder_keeps_its_mode_and_is_reached_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir(0o750)
    (tmp_path / "link").symlink_to("frames")
    with complete_folder(f"{tmp_path}/link/") as folder:
        (Path(folder) / "1.png").touch()
    assert (tmp_path / "link").is_symlink() and os.listdir(tmp_path / "frames") == ["1.png"]
    assert stat.S_IMODE((tmp_path / "frames").stat().st_mode) == 0o750


HALF = """
import os, signal, sys
from steepest.export import writers
number = getattr(signal, sys.argv.pop(1))
def half(order, file):
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), number)
    signal.pause()
for suffix in ("csv", "png", "gif"):
    writers.SUFFIXES[suffix] = half
from steepest.cli.main import main
main()
"""


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("path", ["run.csv", "run.png", "run.gif"])
def test_a_signal_leaves_nothing_behind(name: str, path: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HALF, name, "run", "x^2", "--quiet", "--save", str(tmp_path / path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (-getattr(signal, name), "")
    assert not list(tmp_path.iterdir())
